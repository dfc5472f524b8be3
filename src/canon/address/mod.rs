//! The addresses libvirt gives to devices at define time
//! (`qemuDomainAssignAddresses`).

mod dimm;
mod pci;
mod spelling;
mod usb;
mod virtio_serial;

pub(super) use spelling::complete;

use super::{Devices, Machine};
use crate::tree::Tree;

/// Gives every open device the address it would get.
pub(super) fn assign(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    virtio_serial::assign(tree, devices, machine);
    pci::assign(tree, devices, machine);
    usb::assign(tree, devices, machine);
    dimm::assign(tree, devices);
}
