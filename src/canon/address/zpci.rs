//! The numbers that s390 gives a PCI device beside its address
//! (`qemuDomainAssignPCIAddressExtension`).

use std::collections::HashSet;

use crate::canon::{Devices, Family, Machine};
use crate::tree::{Provenance, Tree};

/// Gives every PCI device the lowest free user-defined id from 1 and function
/// id from 0. Those with one of the two written are completed first, and do
/// not see what is written behind them.
pub(super) fn assign(tree: &mut Tree<'_>, devices: &Devices, machine: &Machine) {
    if machine.family != Family::S390Ccw {
        return;
    }
    let (written, open): (Vec<_>, Vec<_>) = super::in_order(devices)
        .filter_map(|(_, device)| tree.child(device, "address"))
        .filter(|address| tree.attr(*address, "type") == Some("pci"))
        .partition(|address| {
            let number = |path| tree.number(*address, path);
            number("zpci/@uid").is_some_and(|uid| uid != 0) || number("zpci/@fid").is_some()
        });
    let mut users = Numbers::from(1);
    let mut functions = Numbers::from(0);
    for address in written.into_iter().chain(open) {
        let zpci = tree.ensure(address, "zpci", Provenance::Filled);
        match tree.number(zpci, "@uid").filter(|uid| *uid != 0) {
            Some(uid) => users.take(uid),
            None => {
                let uid = format!("{:#06x}", users.take_lowest());
                tree.set_attr(zpci, "uid", uid, Provenance::Filled);
            }
        }
        match tree.number(zpci, "@fid") {
            Some(fid) => functions.take(fid),
            None => {
                let fid = format!("{:#010x}", functions.take_lowest());
                tree.set_attr(zpci, "fid", fid, Provenance::Filled);
            }
        }
    }
}

/// Numbers in use.
struct Numbers {
    taken: HashSet<u64>,
    lowest: u64,
}

impl Numbers {
    fn from(lowest: u64) -> Self {
        Self {
            taken: HashSet::new(),
            lowest,
        }
    }

    fn take(&mut self, number: u64) {
        self.taken.insert(number);
    }

    fn take_lowest(&mut self) -> u64 {
        while !self.taken.insert(self.lowest) {
            self.lowest += 1;
        }
        self.lowest
    }
}
