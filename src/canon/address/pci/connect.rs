//! What each device plugs into (`qemuDomainDeviceCalculatePCIConnectFlags`).

use super::bus::{BusModel, Connect};
use crate::canon::{DeviceKind, Release};
use crate::tree::{NodeId, Tree};

/// The connections a machine makes of PCI Express and of virtio devices: on a
/// machine without PCI Express both are conventional.
#[derive(Debug, Clone, Copy)]
pub(super) struct Connections {
    express: Connect,
    release: Release,
}

const CONVENTIONAL: Connect = Connect::PCI;

impl Connections {
    pub(super) fn new(has_express: bool, release: Release) -> Self {
        Self {
            express: if has_express {
                Connect::PCIE
            } else {
                Connect::PCI
            },
            release,
        }
    }

    /// A device's connection; nothing for one that needs no PCI address.
    pub(super) fn of(self, tree: &Tree<'_>, kind: DeviceKind, device: NodeId) -> Connect {
        if kind == DeviceKind::Controller && tree.attr(device, "type") == Some("pci") {
            return tree
                .attr(device, "model")
                .and_then(BusModel::of)
                .map_or(Connect::NONE, BusModel::connect);
        }
        match self.endpoint(tree, kind, device) {
            Connect::NONE => Connect::NONE,
            connect => connect | Connect::AUTO,
        }
    }

    fn endpoint(self, tree: &Tree<'_>, kind: DeviceKind, device: NodeId) -> Connect {
        let attr = |name| tree.attr(device, name);
        match kind {
            DeviceKind::Controller => self.controller(tree, device),
            DeviceKind::Filesystem => match tree.get(device, "driver/@type") {
                Some("loop" | "nbd" | "ploop") => Connect::NONE,
                Some("virtiofs") => self.express,
                _ => self.virtio(attr("model")),
            },
            DeviceKind::Interface => self.interface(tree, device),
            DeviceKind::Sound => match attr("model") {
                Some("ac97" | "ich6" | "ich9" | "es1370") => CONVENTIONAL,
                Some("virtio") if self.release > Release::V9_0 => self.express,
                _ => Connect::NONE,
            },
            DeviceKind::Disk if tree.get(device, "target/@bus") == Some("virtio") => {
                self.virtio(attr("model"))
            }
            DeviceKind::Hostdev if attr("mode") != Some("capabilities") => match attr("type") {
                Some("pci") => self.express,
                Some("mdev") if attr("model") == Some("vfio-pci") => self.express,
                Some("scsi_host") => self.virtio(attr("model")),
                _ => Connect::NONE,
            },
            DeviceKind::Memballoon if matches!(attr("model"), Some("none" | "xen")) => {
                Connect::NONE
            }
            DeviceKind::Memballoon | DeviceKind::Rng | DeviceKind::Vsock => {
                self.virtio(attr("model"))
            }
            DeviceKind::Watchdog if attr("model") == Some("i6300esb") => CONVENTIONAL,
            DeviceKind::Video => match tree.get(device, "model/@type") {
                Some("virtio" | "bochs") => self.express,
                Some("vga" | "cirrus" | "vmvga" | "xen" | "vbox" | "qxl" | "parallels") => {
                    CONVENTIONAL
                }
                _ => Connect::NONE,
            },
            DeviceKind::Shmem | DeviceKind::Crypto | DeviceKind::Pstore => CONVENTIONAL,
            DeviceKind::Input if attr("bus") == Some("virtio") => self.virtio(attr("model")),
            DeviceKind::Serial if tree.get(device, "target/@type") == Some("pci-serial") => {
                CONVENTIONAL
            }
            DeviceKind::Memory if matches!(attr("model"), Some("virtio-mem" | "virtio-pmem")) => {
                self.express
            }
            DeviceKind::Iommu if attr("model") == Some("virtio") => {
                self.express | Connect::INTEGRATED
            }
            DeviceKind::Panic
                if attr("model") == Some("pvpanic") && self.release > Release::V9_0 =>
            {
                self.express | Connect::INTEGRATED
            }
            _ => Connect::NONE,
        }
    }

    /// Transitional virtio devices work in conventional slots only.
    fn virtio(self, model: Option<&str>) -> Connect {
        match model {
            Some("virtio-transitional") => CONVENTIONAL,
            _ => self.express,
        }
    }

    fn controller(self, tree: &Tree<'_>, controller: NodeId) -> Connect {
        let model = tree.attr(controller, "model");
        match tree.attr(controller, "type") {
            Some("sata" | "ide") => CONVENTIONAL,
            Some("nvme") => self.express,
            Some("virtio-serial") => self.virtio(model),
            Some("scsi") => match model {
                None | Some("ncr53c90") => Connect::NONE,
                Some("virtio-scsi" | "virtio-non-transitional") => self.express,
                Some(_) => CONVENTIONAL,
            },
            Some("usb") => match model {
                Some("none" | "qusb1" | "qusb2") => Connect::NONE,
                Some("qemu-xhci" | "nec-xhci") => self.express,
                _ => CONVENTIONAL,
            },
            _ => Connect::NONE,
        }
    }

    fn interface(self, tree: &Tree<'_>, interface: NodeId) -> Connect {
        if tree.attr(interface, "type") == Some("hostdev") {
            return match tree.get(interface, "source/address/@type") {
                Some("usb") => Connect::NONE,
                _ => self.express,
            };
        }
        let model = tree.get(interface, "model/@type").unwrap_or_default();
        let is = |known: &&str| known.eq_ignore_ascii_case(model);
        if ["usb-net", "spapr-vlan"].iter().any(is) {
            Connect::NONE
        } else if ["lan9118", "scm91c111"].iter().any(is) {
            // On-board cards of Arm boards.
            match self.release {
                Release::V9_0 => CONVENTIONAL,
                Release::V12_8 => Connect::NONE,
            }
        } else if CONVENTIONAL_NICS.iter().any(is) {
            CONVENTIONAL
        } else {
            self.express
        }
    }
}

/// The models that libvirt knows as conventional ones. Any name it does not
/// know is taken for PCI Express, `pcnet` and `ne2k_pci` among them.
const CONVENTIONAL_NICS: [&str; 13] = [
    "rtl8139",
    "e1000",
    "virtio-transitional",
    "netfront",
    "vlance",
    "vmxnet",
    "vmxnet2",
    "vmxnet3",
    "Am79C970A",
    "Am79C973",
    "82540EM",
    "82545EM",
    "82543GC",
];
