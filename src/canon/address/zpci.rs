//! The numbers that s390 gives a PCI device beside its address
//! (`qemuDomainAssignPCIAddressExtension`).

use std::collections::HashSet;

use crate::canon::{Devices, Family, Machine};
use crate::tree::{NodeId, Provenance, Tree};

/// Gives every PCI device the lowest free user-defined id from 1 and function
/// id from 0.
pub(super) fn assign(tree: &mut Tree<'_>, devices: &Devices, machine: &Machine) {
    if machine.family != Family::S390Ccw {
        return;
    }
    let addresses: Vec<NodeId> = super::in_order(devices)
        .filter_map(|(_, device)| tree.child(device, "address"))
        .filter(|address| tree.attr(*address, "type") == Some("pci"))
        .collect();
    if addresses.is_empty() {
        return;
    }
    let mut users = Numbers::new(tree, &addresses, "zpci/@uid", 1);
    let mut functions = Numbers::new(tree, &addresses, "zpci/@fid", 0);
    for address in addresses {
        let zpci = tree.ensure(address, "zpci", Provenance::Filled);
        if tree.number(zpci, "@uid").is_none_or(|uid| uid == 0) {
            let uid = format!("{:#06x}", users.next());
            tree.set_attr(zpci, "uid", uid, Provenance::Filled);
        }
        if tree.attribute(zpci, "fid").is_none() {
            let fid = format!("{:#010x}", functions.next());
            tree.set_attr(zpci, "fid", fid, Provenance::Filled);
        }
    }
}

/// Numbers in use.
struct Numbers {
    taken: HashSet<u64>,
    lowest: u64,
}

impl Numbers {
    fn new(tree: &Tree<'_>, addresses: &[NodeId], path: &str, lowest: u64) -> Self {
        let taken = addresses.iter().filter_map(|a| tree.number(*a, path));
        Self {
            taken: taken.collect(),
            lowest,
        }
    }

    /// Takes the lowest free one.
    fn next(&mut self) -> u64 {
        while !self.taken.insert(self.lowest) {
            self.lowest += 1;
        }
        self.lowest
    }
}
