//! Virtio devices on buses other than PCI, and which devices these are
//! (`qemuDomainPrimeVirtioDeviceAddresses`).

use crate::canon::{DeviceKind, Devices, Family, Machine};
use crate::tree::{NodeId, Provenance, Tree};

/// On a `virt` board whose definition has a virtio-mmio address, open virtio
/// devices are on that bus too (`qemuDomainAssignVirtioMMIOAddresses`).
pub(super) fn assign_mmio(tree: &mut Tree<'_>, devices: &Devices, machine: &Machine) {
    if !matches!(machine.family, Family::ArmVirt | Family::RiscvVirt) {
        return;
    }
    let has_mmio = devices
        .all()
        .any(|device| tree.get(device, "address/@type") == Some("virtio-mmio"));
    if !has_mmio {
        return;
    }
    for (kind, device) in super::in_order(devices) {
        if tree.child(device, "address").is_none() && is_virtio(tree, kind, device) {
            let address = tree.append(device, "address", Provenance::Filled);
            tree.set_attr(address, "type", "virtio-mmio", Provenance::Filled);
        }
    }
}

/// Whether an open device becomes one of the channel subsystem.
pub(super) fn is_channel_device(tree: &Tree<'_>, kind: DeviceKind, device: NodeId) -> bool {
    match kind {
        DeviceKind::Filesystem | DeviceKind::Vsock => true,
        DeviceKind::Hostdev
            if tree.attr(device, "type") == Some("mdev")
                && tree.attr(device, "model") == Some("vfio-ccw") =>
        {
            true
        }
        _ => is_virtio(tree, kind, device),
    }
}

fn is_virtio(tree: &Tree<'_>, kind: DeviceKind, device: NodeId) -> bool {
    let attr = |name| tree.attr(device, name);
    match kind {
        DeviceKind::Disk => tree.get(device, "target/@bus") == Some("virtio"),
        DeviceKind::Interface => matches!(
            tree.get(device, "model/@type"),
            Some("virtio" | "virtio-transitional" | "virtio-non-transitional")
        ),
        DeviceKind::Video => tree.get(device, "model/@type") == Some("virtio"),
        DeviceKind::Input => attr("bus") == Some("virtio"),
        DeviceKind::Controller => matches!(attr("type"), Some("virtio-serial" | "scsi")),
        DeviceKind::Hostdev => attr("type") == Some("scsi_host"),
        DeviceKind::Memballoon => !matches!(attr("model"), Some("none")),
        DeviceKind::Rng | DeviceKind::Crypto => true,
        DeviceKind::Memory => matches!(attr("model"), Some("virtio-mem" | "virtio-pmem")),
        _ => false,
    }
}
