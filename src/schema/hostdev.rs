//! Host devices passed through.

use super::field::{attr, elem, text};
use super::kinds::{FLAG, INT, NUMBER, ON_OFF, TEXT, UUID, V9_0, V12_8, WORD, YES_NO, hex, one_of};
use super::shared::{BOOT, IP, PCI_ADDRESS, ROM, ROUTE, TEAMING};
use super::storage::{AUTH, INITIATOR};

group! {
/// What `devices/hostdev` holds.
HOSTDEV:
    attr("@display", ON_OFF),
    attr("@managed", YES_NO),
    attr("@mode", one_of(&["subsystem", "capabilities"])),
    attr("@model", one_of(&["virtio", "virtio-transitional", "virtio-non-transitional", "vfio-pci", "vfio-ccw", "vfio-ap"])),
    attr("@ramfb", ON_OFF),
    attr("@rawio", YES_NO),
    attr("@sgio", one_of(&["filtered", "unfiltered"])),
    attr("@type", one_of(&["pci", "usb", "scsi", "scsi_host", "mdev", "storage", "misc", "net"])),
    elem("boot", &[&BOOT]),
    elem("driver", &[&[
        attr("@iommufd", YES_NO).since(V12_8),
        attr("@model", TEXT).since(V12_8),
        attr("@name", one_of(&["kvm", "vfio", "xen"])),
    ]]),
    elem("ip", &[&IP]).keys(&["@address"]),
    text("readonly", FLAG, &[]),
    elem("rom", &[&ROM]),
    elem("route", &[&ROUTE]).keys(&["@address+@prefix", "@address"]),
    text("shareable", FLAG, &[]),
    elem("source", &[&[
        attr("@guestReset", one_of(&["off", "uninitialized", "on"])).since(V9_0),
        attr("@name", TEXT),
        attr("@protocol", one_of(&["adapter", "iscsi", "vhost"])),
        attr("@startupPolicy", one_of(&["mandatory", "requisite", "optional"])),
        attr("@writeFiltering", YES_NO),
        attr("@wwpn", TEXT),
        elem("adapter", &[&[
            attr("@managed", YES_NO),
            attr("@name", TEXT),
            attr("@parent", TEXT),
            attr("@parent_fabric_wwn", WORD),
            attr("@parent_wwnn", WORD),
            attr("@parent_wwpn", WORD),
            attr("@type", one_of(&["scsi_host", "fc_host"])),
            attr("@wwnn", WORD),
            attr("@wwpn", WORD),
            elem("parentaddr", &[&[
                attr("@unique_id", NUMBER),
                elem("address", &[&PCI_ADDRESS]),
            ]]),
        ]]),
        elem("address", &[&[
            attr("@bus", hex(2)),
            attr("@device", hex(1)),
            attr("@domain", hex(4)),
            attr("@function", hex(1)),
            attr("@multifunction", ON_OFF),
            attr("@port", TEXT).since(V12_8),
            attr("@slot", hex(2)),
            attr("@target", NUMBER),
            attr("@unit", NUMBER),
            attr("@uuid", UUID),
        ]]),
        elem("auth", &[&AUTH]),
        text("block", TEXT, &[]),
        text("char", TEXT, &[]),
        elem("host", &[&[
            attr("@name", TEXT),
            attr("@port", INT),
        ]]),
        elem("initiator", &[&INITIATOR]),
        text("interface", TEXT, &[]),
        elem("product", &[&[
            attr("@id", hex(4)),
        ]]),
        elem("vendor", &[&[
            attr("@id", hex(4)),
        ]]),
    ]]),
    elem("teaming", &[&TEAMING]),
}
