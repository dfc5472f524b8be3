//! The addresses libvirt gives to devices at define time
//! (`qemuDomainAssignAddresses`).

mod ccw;
mod dimm;
mod pci;
mod spapr_vio;
mod spelling;
mod usb;
mod virtio;
mod virtio_serial;
mod zpci;

pub(super) use spelling::complete;

use super::{DeviceKind, Devices, Machine};
use crate::tree::{NodeId, Provenance, Tree};

/// Gives every open device the address it would get.
pub(super) fn assign(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    virtio_serial::assign(tree, devices, machine);
    spapr_vio::assign(tree, devices, machine);
    ccw::assign(tree, devices, machine);
    virtio::assign_mmio(tree, devices, machine);
    pci::assign(tree, devices, machine);
    zpci::assign(tree, devices, machine);
    usb::assign(tree, devices, machine);
    dimm::assign(tree, devices);
    mirror_serial(tree, devices);
}

/// The first console of a guest is its first serial port once more, and has
/// that one's address (`virDomainDefFormatInternal` prints the serial port).
fn mirror_serial(tree: &mut Tree<'_>, devices: &Devices) {
    let (Some(serial), Some(console)) = (
        devices[DeviceKind::Serial].first().copied(),
        devices[DeviceKind::Console].first().copied(),
    ) else {
        return;
    };
    if tree.get(console, "target/@type") != Some("serial") {
        return;
    }
    match (
        tree.child(serial, "address"),
        tree.child(console, "address"),
    ) {
        (Some(theirs), Some(own)) if tree.same(own, tree, theirs) => {}
        (theirs, own) => {
            if let Some(own) = own {
                tree.remove(own);
            }
            if let Some(theirs) = theirs {
                tree.copy_into(theirs, console, Provenance::Filled);
            }
        }
    }
}

/// The order in which libvirt goes through the devices that can have an
/// address (`virDomainDeviceInfoIterate`).
const ORDER: [DeviceKind; 26] = [
    DeviceKind::Disk,
    DeviceKind::Interface,
    DeviceKind::Sound,
    DeviceKind::Hostdev,
    DeviceKind::Video,
    DeviceKind::Controller,
    DeviceKind::Smartcard,
    DeviceKind::Serial,
    DeviceKind::Parallel,
    DeviceKind::Channel,
    DeviceKind::Console,
    DeviceKind::Input,
    DeviceKind::Filesystem,
    DeviceKind::Watchdog,
    DeviceKind::Memballoon,
    DeviceKind::Rng,
    DeviceKind::Nvram,
    DeviceKind::Shmem,
    DeviceKind::Tpm,
    DeviceKind::Panic,
    DeviceKind::Memory,
    DeviceKind::Iommu,
    DeviceKind::Vsock,
    DeviceKind::Crypto,
    DeviceKind::Pstore,
    DeviceKind::Hub,
];

/// Devices in that order.
fn in_order(devices: &Devices) -> impl Iterator<Item = (DeviceKind, NodeId)> {
    ORDER
        .into_iter()
        .flat_map(|kind| devices[kind].iter().map(move |device| (kind, *device)))
}
