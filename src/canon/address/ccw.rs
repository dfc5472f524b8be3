//! Channel addresses of s390 (`qemuDomainAssignS390Addresses`).

use std::collections::HashSet;

use super::virtio;
use crate::canon::{Devices, Family, Machine};
use crate::tree::{NodeId, Provenance, Tree};

/// Gives open virtio devices the lowest free device numbers.
pub(super) fn assign(tree: &mut Tree<'_>, devices: &Devices, machine: &Machine) {
    if machine.family != Family::S390Ccw {
        return;
    }
    let mut taken = HashSet::new();
    let mut open = Vec::new();
    for (kind, device) in super::in_order(devices) {
        match tree.child(device, "address") {
            Some(address) if tree.attr(address, "type") == Some("ccw") => {
                match written(tree, address) {
                    Some(place) => {
                        taken.insert(place);
                    }
                    None => open.push(device),
                }
            }
            None if virtio::is_channel_device(tree, kind, device) => open.push(device),
            _ => {}
        }
    }
    let mut next = 0;
    for device in open {
        while taken.contains(&(CSSID, next)) {
            next += 1;
        }
        taken.insert((CSSID, next));
        write(tree, device, next);
    }
}

/// The channel subsystem of virtio devices.
const CSSID: u64 = 0xfe;

/// Channel subsystem and number of a written address, the subchannel set in
/// the number's high part.
fn written(tree: &Tree<'_>, address: NodeId) -> Option<(u64, u64)> {
    let part = |name: &str| {
        let value = tree.attr(address, name)?;
        crate::value::number(value).ok()
    };
    let number = part("devno")?;
    let set = part("ssid").filter(|set| *set < 4)?;
    Some((part("cssid")?, set << 16 | number))
}

fn write(tree: &mut Tree<'_>, device: NodeId, number: u64) {
    let filled = Provenance::Filled;
    let address = tree.ensure(device, "address", filled);
    tree.set_attr(address, "type", "ccw", filled);
    tree.set_attr(address, "cssid", format!("{CSSID:#04x}"), filled);
    tree.set_attr(address, "ssid", format!("{:#x}", number >> 16), filled);
    let number = number & 0xffff;
    tree.set_attr(address, "devno", format!("{number:#06x}"), filled);
}
