//! Groups that several families share.

use super::field::{attr, elem, text};
use super::kinds::{NUMBER, ON_OFF, SET, TEXT, UNIT_OF, V12_8, WORD, YES_NO, hex, one_of};

group! {
/// What `devices/disk/address` holds.
ADDRESS_FIELDS:
    attr("@base", hex(1)),
    attr("@bus", hex(2)),
    attr("@controller", NUMBER),
    attr("@cssid", hex(2)),
    attr("@devno", hex(4)),
    attr("@domain", hex(4)),
    attr("@function", hex(1)),
    attr("@iobase", hex(1)),
    attr("@irq", hex(1)),
    attr("@multifunction", ON_OFF),
    attr("@port", WORD),
    attr("@reg", hex(8)),
    attr("@slot", hex(2)),
    attr("@ssid", hex(1)),
    attr("@target", NUMBER),
    attr("@type", one_of(&["pci", "drive", "virtio-serial", "ccid", "usb", "spapr-vio", "ccw", "isa", "virtio-mmio", "dimm", "unassigned"])),
    attr("@unit", NUMBER),
    elem("zpci", &[&[
        attr("@fid", hex(8)),
        attr("@uid", hex(4)),
    ]]),
}

group! {
/// What `devices/disk/source/address` holds.
PCI_ADDRESS:
    attr("@bus", hex(2)),
    attr("@domain", hex(4)),
    attr("@function", hex(1)),
    attr("@multifunction", ON_OFF),
    attr("@slot", hex(2)),
}

group! {
/// What `devices/disk/source/reconnect` holds.
RECONNECT:
    attr("@delay", NUMBER).since(V12_8),
    attr("@enabled", YES_NO),
    attr("@timeout", NUMBER),
}

group! {
/// What `devices/disk/source/seclabel` holds.
SOURCE_SECLABEL:
    attr("@labelskip", one_of(&["yes"])),
    attr("@model", TEXT),
    attr("@relabel", YES_NO),
    text("label", TEXT, &[]),
}

group! {
/// What `devices/disk/boot` holds.
BOOT:
    attr("@loadparm", TEXT),
    attr("@order", NUMBER),
}

group! {
/// What `devices/interface/rom` holds.
ROM:
    attr("@bar", ON_OFF),
    attr("@enabled", YES_NO),
    attr("@file", TEXT),
}

group! {
/// What `devices/interface/teaming` holds.
TEAMING:
    attr("@persistent", TEXT),
    attr("@type", one_of(&["persistent", "transient"])),
}

group! {
/// What `devices/interface/ip` holds.
IP:
    attr("@address", WORD),
    attr("@family", one_of(&["ipv4", "ipv6"])),
    attr("@peer", WORD),
    attr("@prefix", NUMBER),
}

group! {
/// What `devices/interface/route` holds.
ROUTE:
    attr("@address", WORD),
    attr("@family", one_of(&["ipv4", "ipv6"])),
    attr("@gateway", WORD),
    attr("@metric", NUMBER),
    attr("@netmask", WORD),
    attr("@prefix", NUMBER),
}

group! {
/// What `idmap` holds.
IDMAP:
    elem("gid", &[&IDMAP_RANGE]).keys(&["@start"]),
    elem("uid", &[&IDMAP_RANGE]).keys(&["@start"]),
}

group! {
/// What `idmap/uid` holds.
IDMAP_RANGE:
    attr("@count", NUMBER),
    attr("@start", NUMBER),
    attr("@target", NUMBER),
}

group! {
/// What `devices/crypto/driver` holds.
VIRTIO_OPTIONS:
    attr("@ats", ON_OFF),
    attr("@iommu", ON_OFF),
    attr("@packed", ON_OFF),
    attr("@page_per_vq", ON_OFF),
}

group! {
/// What `devices/disk/driver/iothreads` holds.
IOTHREAD_QUEUES:
    elem("iothread", &[&[
        attr("@id", NUMBER),
        elem("queue", &[&[
            attr("@id", NUMBER),
        ]]).keys(&["@id"]),
    ]]).keys(&["@id"]).since(V12_8),
}

group! {
/// What `currentMemory` holds.
UNIT:
    attr("@unit", UNIT_OF),
}

group! {
/// The address a device has in the guest.
ADDRESS: elem("address", &[&ADDRESS_FIELDS]), }

group! {
/// The name a device goes by in the hypervisor.
ALIAS: elem("alias", &[&[attr("@name", TEXT)]]), }

group! {
/// What ACPI tells the guest about a device.
ACPI: elem("acpi", &[&[
    attr("@index", NUMBER),
    attr("@nodeset", SET).since(V12_8),
]]), }
