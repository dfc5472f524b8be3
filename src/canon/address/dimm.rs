//! Slots of memory modules (`qemuDomainAssignMemorySlots`).

use std::collections::HashSet;

use crate::canon::{DeviceKind, Devices};
use crate::tree::{NodeId, Provenance, Tree};

/// Gives open DIMMs and NVDIMMs the lowest free slots.
pub(super) fn assign(tree: &mut Tree<'_>, devices: &Devices) {
    let modules = &devices[DeviceKind::Memory];
    if modules.is_empty() {
        return;
    }
    let slots = tree.number(Tree::ROOT, "maxMemory/@slots").unwrap_or(0);
    let mut taken: HashSet<u64> = modules
        .iter()
        .filter_map(|module| tree.child(*module, "address"))
        .filter(|address| tree.attr(*address, "type") == Some("dimm"))
        .filter_map(|address| tree.number(address, "@slot"))
        .collect();
    let open: Vec<NodeId> = modules
        .iter()
        .copied()
        .filter(|module| matches!(tree.attr(*module, "model"), Some("dimm" | "nvdimm")))
        .filter(|module| tree.child(*module, "address").is_none())
        .collect();
    let mut slot = 0;
    for module in open {
        while taken.contains(&slot) {
            slot += 1;
        }
        if slot >= slots {
            return;
        }
        taken.insert(slot);
        let address = tree.append(module, "address", Provenance::Filled);
        tree.set_attr(address, "type", "dimm", Provenance::Filled);
        tree.set_attr(address, "slot", slot.to_string(), Provenance::Filled);
    }
}
