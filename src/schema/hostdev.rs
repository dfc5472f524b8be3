//! Host devices passed through.

use super::field::{attr, elem, text};
use super::kinds::{FLAG, INT, NUMBER, ON_OFF, TEXT, UUID, V9_0, V12_8, WORD, YES_NO, hex, one_of};
use super::shared::{HOST_PCI_ADDRESS, IP, ROUTE};
use super::storage::{AUTH, INITIATOR};

group! {
/// What `devices/hostdev` holds; of it the check sees mode, type and address in the guest.
HOSTDEV:
    attr("@mode", one_of(&["subsystem", "capabilities"])).compared().default_is("subsystem"),
    attr("@type", one_of(&["pci", "usb", "scsi", "scsi_host", "mdev", "storage", "misc", "net"]))
        .compared().only_if("@mode", &["", "subsystem"])
        .note("Since 11.0 `pci` and `mdev` may stand for each other."),
    attr("@managed", YES_NO).rule("host-side/passthrough").default_is("no"),
    attr("@sgio", one_of(&["filtered", "unfiltered"])).rule("host-side/passthrough"),
    attr("@rawio", YES_NO).rule("host-side/passthrough"),
    attr("@model", one_of(&["virtio", "virtio-transitional", "virtio-non-transitional", "vfio-pci", "vfio-ccw", "vfio-ap"])).rule("abi-plus/hostdev"),
    attr("@display", ON_OFF).rule("abi-plus/hostdev"),
    attr("@ramfb", ON_OFF).rule("abi-plus/hostdev"),
    elem("driver", &[&[
        attr("@name", one_of(&["kvm", "vfio", "xen"])),
        attr("@model", TEXT).since(V12_8),
        attr("@iommufd", YES_NO).since(V12_8),
    ]]).rule("host-side/passthrough").derived(),
    elem("source", &[&[
        attr("@startupPolicy", one_of(&["mandatory", "requisite", "optional"])),
        attr("@guestReset", one_of(&["off", "uninitialized", "on"])).since(V9_0),
        attr("@writeFiltering", YES_NO),
        attr("@protocol", one_of(&["adapter", "iscsi", "vhost"])),
        attr("@name", TEXT),
        attr("@wwpn", TEXT),
        elem("address", &[&[
            attr("@domain", hex(4)).default_is("0x0000"),
            attr("@bus", hex(2)).note("libvirt prints that of a USB or SCSI device in decimal."),
            attr("@slot", hex(2)).default_is("0x00"),
            attr("@function", hex(1)).default_is("0x0"),
            attr("@multifunction", ON_OFF),
            attr("@device", NUMBER),
            attr("@port", TEXT).since(V12_8),
            attr("@target", NUMBER),
            attr("@unit", NUMBER),
            attr("@uuid", UUID),
        ]]),
        elem("vendor", &[&[
            attr("@id", hex(4)),
        ]]),
        elem("product", &[&[
            attr("@id", hex(4)),
        ]]),
        elem("adapter", &[&[
            attr("@name", TEXT),
            attr("@type", one_of(&["scsi_host", "fc_host"])).default_is("scsi_host"),
            attr("@managed", YES_NO),
            attr("@parent", TEXT),
            attr("@parent_wwnn", WORD),
            attr("@parent_wwpn", WORD),
            attr("@parent_fabric_wwn", WORD),
            attr("@wwnn", WORD),
            attr("@wwpn", WORD),
            elem("parentaddr", &[&[
                attr("@unique_id", NUMBER),
                elem("address", &[&HOST_PCI_ADDRESS]),
            ]]),
        ]]),
        elem("host", &[&[
            attr("@name", TEXT),
            attr("@port", INT),
        ]]).by_position(),
        elem("auth", &[&AUTH]),
        elem("initiator", &[&INITIATOR]),
        text("block", TEXT, &[]),
        text("char", TEXT, &[]),
        text("interface", TEXT, &[]),
    ]]).rule("host-side/passthrough")
        .note("Another device: unplug the one and plug the other."),
    text("readonly", FLAG, &[]).rule("abi-plus/hostdev"),
    text("shareable", FLAG, &[]).rule("host-side/passthrough"),
    elem("ip", &[&IP]).rule("host-side/container").keys(&["@address"]),
    elem("route", &[&ROUTE]).rule("host-side/container").keys(&["@address+@prefix", "@address"]),
}
