//! Controllers.

use super::field::{attr, elem, text};
use super::kinds::{KIB, NUMBER, ON_OFF, TEXT, V12_8, one_of};
use super::shared::{IOTHREAD_QUEUES, UNIT, VIRTIO_OPTIONS};

group! {
/// What `devices/controller` holds.
CONTROLLER:
    attr("@index", NUMBER),
    attr("@maxEventChannels", NUMBER),
    attr("@maxGrantFrames", NUMBER),
    attr("@model", one_of(&["auto", "buslogic", "lsilogic", "lsisas1068", "vmpvscsi", "ibmvscsi", "virtio-scsi", "lsisas1078", "virtio-transitional", "virtio-non-transitional", "ncr53c90", "dc390", "am53c974", "piix3-uhci", "piix4-uhci", "ehci", "ich9-ehci1", "ich9-uhci1", "ich9-uhci2", "ich9-uhci3", "vt82c686b-uhci", "pci-ohci", "nec-xhci", "none", "qusb1", "qusb2", "qemu-xhci", "piix3", "piix4", "ich6", "pci-root", "pcie-root", "pci-bridge", "dmi-to-pci-bridge", "pcie-to-pci-bridge", "pcie-root-port", "pcie-switch-upstream-port", "pcie-switch-downstream-port", "pci-expander-bus", "pcie-expander-bus", "virtio"])),
    attr("@ports", NUMBER),
    attr("@type", one_of(&["fdc", "sata", "ccid", "scsi", "usb", "ide", "isa", "pci", "virtio-serial", "xenbus", "nvme"])),
    attr("@vectors", NUMBER),
    elem("driver", &[&[
        attr("@cmd_per_lun", NUMBER),
        attr("@ioeventfd", ON_OFF),
        attr("@iothread", NUMBER),
        attr("@max_sectors", NUMBER),
        attr("@queues", NUMBER),
        elem("iothreads", &[&IOTHREAD_QUEUES]).since(V12_8),
    ], &VIRTIO_OPTIONS]),
    elem("master", &[&[
        attr("@startport", TEXT),
    ]]),
    elem("model", &[&[
        attr("@name", one_of(&["spapr-pci-host-bridge", "pci-bridge", "i82801b11-bridge", "pcie-pci-bridge", "ioh3420", "pcie-root-port", "x3130-upstream", "xio3130-downstream", "pxb", "pxb-pcie"])),
    ]]),
    text("pcihole64", KIB, &[&UNIT]),
    text("serial", TEXT, &[]).since(V12_8),
    elem("target", &[&[
        attr("@busNr", NUMBER),
        attr("@chassis", NUMBER),
        attr("@chassisNr", NUMBER),
        attr("@hotplug", ON_OFF),
        attr("@index", NUMBER),
        attr("@memReserve", NUMBER).since(V12_8),
        attr("@port", NUMBER),
        text("node", NUMBER, &[]),
    ]]),
}
