//! Written addresses in libvirt's spelling: which parts a type prints, and in
//! which base (`virDomainDeviceInfoFormat`).

use super::super::Devices;
use crate::tree::{NodeId, Provenance, Tree};

/// A part of an address and what an absent one means.
type Part = (&'static str, &'static str);

/// Completes and respells the written addresses of all devices.
pub(in super::super) fn complete(tree: &mut Tree<'_>, devices: &Devices) {
    for device in devices.all() {
        if let Some(address) = tree.child(device, "address") {
            complete_one(tree, address);
        }
    }
}

fn complete_one(tree: &mut Tree<'_>, address: NodeId) {
    let (parts, decimal): (&[Part], Option<&str>) = match tree.attr(address, "type") {
        Some("pci") => (
            &[
                ("domain", "0x0000"),
                ("bus", "0x00"),
                ("slot", "0x00"),
                ("function", "0x0"),
            ],
            None,
        ),
        Some("drive") => (
            &[
                ("controller", "0"),
                ("bus", "0"),
                ("target", "0"),
                ("unit", "0"),
            ],
            Some("bus"),
        ),
        Some("virtio-serial") => (&[("controller", "0"), ("bus", "0")], Some("bus")),
        Some("ccid") => (&[("controller", "0"), ("slot", "0")], Some("slot")),
        Some("usb") => (&[("bus", "0")], Some("bus")),
        Some("dimm") => (&[("slot", "0")], Some("slot")),
        _ => return,
    };
    // What goes with another type of address is not read.
    let also: &[&str] = match tree.attr(address, "type") {
        Some("pci") => &["multifunction"],
        Some("virtio-serial" | "usb") => &["port"],
        Some("dimm") => &["base"],
        _ => &[],
    };
    let is_own = |name: &str| {
        name == "type" || also.contains(&name) || parts.iter().any(|(part, _)| *part == name)
    };
    let foreign: Vec<NodeId> = tree
        .attributes(address)
        .filter(|a| tree.is_modelled(*a) && !is_own(tree.name(*a)))
        .collect();
    for attribute in foreign {
        tree.remove(attribute);
    }
    // One look at the attributes tells what is there: all of it, as a rule.
    let mut missing: u8 = (1 << parts.len()) - 1;
    let mut respelled: Option<(NodeId, u64)> = None;
    for attribute in tree.attributes(address) {
        let name = tree.name(attribute);
        if let Some(part) = parts.iter().position(|(part, _)| *part == name) {
            missing &= !(1 << part);
        }
        // The field table has one spelling for all types, that of PCI addresses.
        if decimal == Some(name)
            && let Some(text) = tree.value(attribute)
            && text.starts_with("0x")
            && let Ok(number) = crate::value::number(text)
        {
            respelled = Some((attribute, number));
        }
    }
    if let Some((attribute, number)) = respelled {
        tree.set_value(attribute, number.to_string());
    }
    for (part, (name, zero)) in parts.iter().enumerate() {
        if missing & 1 << part != 0 {
            tree.set_attr(address, name, *zero, Provenance::Default);
        }
    }
}
