//! The addresses libvirt gives to devices at define time
//! (`qemuDomainAssignAddresses`).

mod pci;
mod spelling;

pub(super) use spelling::complete;

use super::{Devices, Machine};
use crate::tree::Tree;

/// Gives every open device the address it would get.
pub(super) fn assign(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    pci::assign(tree, devices, machine);
}
