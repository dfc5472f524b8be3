//! Controllers.

use super::field::{attr, elem, text};
use super::kinds::{ANY_BASE, KIB, NUMBER, ON_OFF, TEXT, V12_8, hex, one_of};
use super::shared::{IOTHREAD_QUEUES, UNIT, VIRTIO_OPTIONS};

group! {
/// What `devices/controller` holds. Absent queues, ports and vectors leave the
/// number to QEMU, and are told from any number written down.
CONTROLLER:
    attr("@type", one_of(&["fdc", "sata", "ccid", "scsi", "usb", "ide", "isa", "pci", "virtio-serial", "xenbus", "nvme"]))
        .compared(),
    attr("@index", NUMBER).compared().derived().note("The lowest free of its type; companions of a USB 2 controller share one."),
    attr("@model", one_of(&["auto", "buslogic", "lsilogic", "lsisas1068", "vmpvscsi", "ibmvscsi", "virtio-scsi", "lsisas1078", "virtio-transitional", "virtio-non-transitional", "ncr53c90", "dc390", "am53c974", "piix3-uhci", "piix4-uhci", "ehci", "ich9-ehci1", "ich9-uhci1", "ich9-uhci2", "ich9-uhci3", "vt82c686b-uhci", "pci-ohci", "nec-xhci", "none", "qusb1", "qusb2", "qemu-xhci", "piix3", "piix4", "ich6", "pci-root", "pcie-root", "pci-bridge", "dmi-to-pci-bridge", "pcie-to-pci-bridge", "pcie-root-port", "pcie-switch-upstream-port", "pcie-switch-downstream-port", "pci-expander-bus", "pcie-expander-bus", "virtio"]))
        .compared()
        .note("Filled in for SCSI and USB, not for virtio-serial: there absent is not `virtio`."),
    attr("@ports", NUMBER).abi("abi/controller-ports").only_if("@type", &["virtio-serial", "usb"]),
    attr("@vectors", NUMBER).abi("abi/controller-ports").only_if("@type", &["virtio-serial"]),
    attr("@maxGrantFrames", NUMBER).rule("abi-plus/controller-options"),
    attr("@maxEventChannels", NUMBER).rule("abi-plus/controller-options"),
    elem("driver", &[&[
        attr("@queues", NUMBER).rule("abi-plus/controller-options"),
        attr("@cmd_per_lun", NUMBER).rule("abi-plus/controller-options"),
        attr("@max_sectors", NUMBER).rule("abi-plus/controller-options"),
        attr("@ioeventfd", ON_OFF).rule("abi-plus/controller-options"),
        attr("@iothread", NUMBER).rule("host-side/tuning").default_is("0"),
        elem("iothreads", &[&IOTHREAD_QUEUES]).rule("host-side/tuning").since(V12_8),
    ], &VIRTIO_OPTIONS]).abi("abi/virtio-options")
        .note("The check wants it on both sides or on neither, whatever it holds; of what it holds it sees the virtio options."),
    elem("master", &[&[
        attr("@startport", NUMBER),
    ]]).rule("abi-plus/controller-options").derived(),
    elem("model", &[&[
        attr("@name", one_of(&["spapr-pci-host-bridge", "pci-bridge", "i82801b11-bridge", "pcie-pci-bridge", "ioh3420", "pcie-root-port", "x3130-upstream", "xio3130-downstream", "pxb", "pxb-pcie"])).derived(),
    ]]).rule("abi-plus/pci-target").derived(),
    elem("target", &[&[
        attr("@chassisNr", ANY_BASE).derived(),
        attr("@chassis", ANY_BASE).derived(),
        attr("@port", hex(1)).derived(),
        attr("@busNr", ANY_BASE).derived(),
        attr("@index", ANY_BASE).derived(),
        attr("@hotplug", ON_OFF),
        attr("@memReserve", NUMBER).since(V12_8),
        text("node", NUMBER, &[]),
    ]]).rule("abi-plus/pci-target").derived(),
    text("pcihole64", KIB, &[&UNIT]).rule("abi-plus/pcihole64")
        .note("Written on one side only, it can also move the root controller in the list that the check compares."),
    text("serial", TEXT, &[]).rule("abi-plus/controller-options").since(V12_8),
}
