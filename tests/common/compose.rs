//! Documents put together from parts of others.

use super::random::Random;
use super::xml::{Element, Node};

/// Devices of which a board has one, or whose place is the point of a document.
const STAY: [&str; 9] = [
    "emulator",
    "controller",
    "memballoon",
    "iommu",
    "vsock",
    "tpm",
    "nvram",
    "redirfilter",
    "lease",
];

/// One of the documents with some devices fewer and some of the others' more.
/// Most added devices leave their place to libvirt.
pub fn compose(documents: &[Element], random: &mut Random) -> Option<Element> {
    let mut document = random.pick(documents)?.clone();
    let number = random.next();
    if let Some(devices) = devices_mut(&mut document) {
        devices.children.retain(|child| {
            !matches!(child, Node::Element(device) if device.name != "emulator" && random.chance(6))
        });
    }
    for round in 0..3 + random.below(12) {
        let other = random.pick(documents)?;
        let Some(devices) = other.elements().find(|e| e.name == "devices") else {
            continue;
        };
        let all: Vec<&Element> = devices
            .elements()
            .filter(|device| !STAY.contains(&device.name.as_str()))
            .collect();
        let mut device = (*random.pick(&all)?).clone();
        fit(&mut device, number.wrapping_add(round as u64), random);
        if let Some(devices) = devices_mut(&mut document) {
            let at = random.below(devices.children.len() + 1);
            devices.children.insert(at, Node::Element(device));
        }
    }
    // Addresses that libvirt is to give again.
    if random.chance(3)
        && let Some(devices) = devices_mut(&mut document)
    {
        for child in &mut devices.children {
            if let Node::Element(device) = child
                && !random.chance(3)
            {
                remove(device, "address");
            }
        }
    }
    Some(document)
}

/// The document without one of its devices: the next try after a refusal.
pub fn thinner(document: &mut Element, random: &mut Random) -> bool {
    let Some(devices) = devices_mut(document) else {
        return false;
    };
    let places: Vec<usize> = (0..devices.children.len())
        .filter(
            |index| matches!(&devices.children[*index], Node::Element(e) if e.name != "emulator"),
        )
        .collect();
    match random.pick(&places) {
        Some(place) => {
            devices.children.remove(*place);
            true
        }
        None => false,
    }
}

fn devices_mut(document: &mut Element) -> Option<&mut Element> {
    document.children.iter_mut().find_map(|child| match child {
        Node::Element(element) if element.name == "devices" => Some(element),
        _ => None,
    })
}

fn remove(element: &mut Element, name: &str) {
    element
        .children
        .retain(|child| !matches!(child, Node::Element(e) if e.name == name));
}

/// Takes out what ties a device to its own document.
fn fit(device: &mut Element, number: u64, random: &mut Random) {
    for name in ["alias", "boot", "teaming", "acpi"] {
        remove(device, name);
    }
    if !random.chance(5) {
        remove(device, "address");
    }
    for child in &mut device.children {
        let Node::Element(child) = child else {
            continue;
        };
        match child.name.as_str() {
            "mac" => {
                let (a, b) = (number >> 8 & 0xff, number & 0xff);
                child.set("address", &format!("52:54:00:77:{a:02x}:{b:02x}"));
            }
            "driver" => child.attributes.retain(|(name, _)| name != "iothread"),
            "target" if device.name == "disk" => {
                let letter = char::from(b'g' + u8::try_from(number % 18).unwrap_or(0));
                let prefix: String = child
                    .attribute("dev")
                    .unwrap_or("vda")
                    .chars()
                    .take(2)
                    .collect();
                if matches!(prefix.as_str(), "vd" | "sd") {
                    child.set("dev", &format!("{prefix}{letter}"));
                }
            }
            "target" if device.name == "filesystem" => {
                child.set("dir", &format!("share{number}"));
            }
            _ => {}
        }
    }
    if device.name == "audio" {
        device.set("id", &(20 + number % 200).to_string());
    }
}
