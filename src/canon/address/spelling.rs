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
    let (parts, decimals): (&[Part], &[&str]) = match tree.attr(address, "type") {
        Some("pci") => (
            &[
                ("domain", "0x0000"),
                ("bus", "0x00"),
                ("slot", "0x00"),
                ("function", "0x0"),
            ],
            &[],
        ),
        Some("drive") => (
            &[
                ("controller", "0"),
                ("bus", "0"),
                ("target", "0"),
                ("unit", "0"),
            ],
            &["bus"],
        ),
        Some("virtio-serial") => (&[("controller", "0"), ("bus", "0")], &["bus"]),
        Some("ccid") => (&[("controller", "0"), ("slot", "0")], &["slot"]),
        Some("usb") => (&[("bus", "0")], &["bus"]),
        Some("dimm") => (&[("slot", "0")], &["slot"]),
        _ => return,
    };
    // The field table has one spelling for all types, that of PCI addresses.
    for part in decimals {
        if let Some(attribute) = tree.attribute(address, part)
            && let Some(text) = tree.value(attribute)
            && text.starts_with("0x")
            && let Ok(number) = crate::value::number(text)
        {
            tree.set_value(attribute, number.to_string());
        }
    }
    for (part, zero) in parts {
        if tree.attribute(address, part).is_none() {
            tree.set_attr(address, part, *zero, Provenance::Default);
        }
    }
}
