//! Registers of the virtual I/O bus of pseries
//! (`qemuDomainAssignSpaprVIOAddresses`).

use std::collections::HashSet;

use crate::canon::{DeviceKind, Devices, Family, Machine};
use crate::tree::{NodeId, Provenance, Tree};

/// The kinds that sit there and the register that the first of each gets.
const KINDS: [(DeviceKind, u64); 5] = [
    (DeviceKind::Interface, 0x1000),
    (DeviceKind::Controller, 0x2000),
    (DeviceKind::Serial, 0x3000_0000),
    (DeviceKind::Nvram, 0x3000),
    (DeviceKind::Tpm, 0x4000),
];

const STEP: u64 = 0x1000;

/// Gives each device without a register the next free one of its kind.
pub(super) fn assign(tree: &mut Tree<'_>, devices: &Devices, machine: &Machine) {
    if machine.family != Family::Pseries {
        return;
    }
    let mut taken: HashSet<u64> = devices
        .all()
        .filter_map(|device| written(tree, device))
        .collect();
    for (kind, mut next) in KINDS {
        for device in &devices[kind] {
            if written(tree, *device).is_some() || !sits_there(tree, kind, *device) {
                continue;
            }
            while taken.contains(&next) {
                next = next.saturating_add(STEP);
            }
            taken.insert(next);
            let filled = Provenance::Filled;
            let address = tree.ensure(*device, "address", filled);
            tree.set_attr(address, "type", "spapr-vio", filled);
            tree.set_attr(address, "reg", format!("{next:#010x}"), filled);
        }
    }
}

fn sits_there(tree: &Tree<'_>, kind: DeviceKind, device: NodeId) -> bool {
    let attr = |path| tree.get(device, path);
    attr("address/@type") == Some("spapr-vio")
        || match kind {
            DeviceKind::Interface => attr("model/@type") == Some("spapr-vlan"),
            DeviceKind::Controller => {
                attr("@type") == Some("scsi") && attr("@model") == Some("ibmvscsi")
            }
            DeviceKind::Serial => attr("target/@type") == Some("spapr-vio-serial"),
            DeviceKind::Tpm => attr("@model") != Some("spapr-tpm-proxy"),
            _ => true,
        }
}

/// A device's written register.
fn written(tree: &Tree<'_>, device: NodeId) -> Option<u64> {
    let address = tree.child(device, "address")?;
    if tree.attr(address, "type") != Some("spapr-vio") {
        return None;
    }
    tree.number(address, "@reg")
}
