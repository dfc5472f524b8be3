//! Groups that several families share.

use super::field::{Apply, attr, elem, text};
use super::kinds::{
    DOTTED, NUMBER, ON_OFF, SET, TEXT, UNIT_OF, V12_8, WORD, YES_NO, always_hex, hex, one_of,
};
use super::metadata::ANY;

group! {
/// The place a device has in the guest, compared by the check.
ADDRESS:
    elem("address", &[&ADDRESS_FIELDS]).abi("abi/address").derived()
        .note("Left out, libvirt gives one by a fixed walk; written addresses are kept."),
}

group! {
/// The place of a device that the check does not look at.
ADDRESS_UNCOMPARED:
    elem("address", &[&ADDRESS_FIELDS_UNCOMPARED]).derived(),
}

group! {
/// An address. libvirt prints bus and slot of a PCI address in hex, of any other in decimal.
ADDRESS_FIELDS:
    attr("@type", ADDRESS_TYPE).compared(),
    attr("@domain", hex(4)).compared().only_if("@type", &["pci"]).default_is("0x0000"),
    attr("@controller", NUMBER).compared().only_if("@type", &["drive", "virtio-serial", "ccid"]).default_is("0"),
    attr("@bus", hex(2)).compared().only_if("@type", &["pci", "drive", "virtio-serial"]).default_is("0x00")
        .note("The check does not look at the bus of a USB address; the guest does."),
    attr("@target", NUMBER).rule("abi-plus/address").default_is("0"),
    attr("@unit", NUMBER).compared().only_if("@type", &["drive"]).default_is("0"),
    attr("@slot", hex(2)).compared().only_if("@type", &["pci", "ccid", "dimm"]).default_is("0x00"),
    attr("@port", DOTTED).compared().only_if("@type", &["virtio-serial"]).derived()
        .note("The check does not look at the port of a USB address (`1.2` is port 2 of the hub on 1); the guest does."),
    attr("@function", hex(1)).compared().only_if("@type", &["pci"]).default_is("0x0"),
    attr("@multifunction", ON_OFF).rule("abi-plus/address").derived()
        .note("`on` is added to function 0 of a slot that is shared."),
    attr("@base", always_hex(1)).compared().only_if("@type", &["dimm"]).default_is("0x0"),
    attr("@cssid", hex(2)).rule("abi/address-ccw"),
    attr("@ssid", hex(1)).rule("abi/address-ccw"),
    attr("@devno", hex(4)).rule("abi/address-ccw"),
    attr("@reg", always_hex(8)).rule("abi/address-spapr").derived().derived(),
    attr("@iobase", always_hex(1)).compared().only_if("@type", &["isa"]).default_is("0x0"),
    attr("@irq", always_hex(1)).compared().only_if("@type", &["isa"]).default_is("0x0"),
    elem("zpci", &[&[
        attr("@uid", hex(4)),
        attr("@fid", hex(8)),
    ]]).rule("abi-plus/address").derived(),
}

group! {
/// The same address, not compared.
ADDRESS_FIELDS_UNCOMPARED:
    attr("@type", ADDRESS_TYPE),
    attr("@domain", hex(4)).default_is("0x0000"),
    attr("@controller", NUMBER),
    attr("@bus", hex(2)).default_is("0x00"),
    attr("@target", NUMBER),
    attr("@unit", NUMBER),
    attr("@slot", hex(2)),
    attr("@port", DOTTED),
    attr("@function", hex(1)).default_is("0x0"),
    attr("@multifunction", ON_OFF).derived(),
    attr("@base", always_hex(1)),
    attr("@cssid", hex(2)).rule("abi/address-ccw"),
    attr("@ssid", hex(1)).rule("abi/address-ccw"),
    attr("@devno", hex(4)).rule("abi/address-ccw"),
    attr("@reg", always_hex(8)).rule("abi/address-spapr").derived().derived(),
    attr("@iobase", always_hex(1)),
    attr("@irq", always_hex(1)),
    elem("zpci", &[&[
        attr("@uid", hex(4)),
        attr("@fid", hex(8)),
    ]]).rule("abi-plus/address").derived(),
}

const ADDRESS_TYPE: super::Kind = one_of(&[
    "pci",
    "drive",
    "virtio-serial",
    "ccid",
    "usb",
    "spapr-vio",
    "ccw",
    "isa",
    "virtio-mmio",
    "dimm",
    "unassigned",
]);

group! {
/// Where a PCI device sits in the host.
HOST_PCI_ADDRESS:
    attr("@domain", hex(4)).default_is("0x0000"),
    attr("@bus", hex(2)).default_is("0x00"),
    attr("@slot", hex(2)).default_is("0x00"),
    attr("@function", hex(1)).default_is("0x0"),
    attr("@multifunction", ON_OFF),
}

group! {
/// The name a device goes by in the hypervisor. libvirt keeps names that begin
/// with `ua-` and makes all others anew at each start.
ALIAS:
    elem("alias", &[&[
        attr("@name", TEXT),
    ]]).rule("change/alias").chosen().apply(Apply::Nothing),
}

group! {
/// What libvirt's status files hold beside the definition. Not in its schema.
STATUS:
    elem("privateData", &[&ANY]).runtime().rule("change/runtime"),
}

group! {
/// What ACPI tells the guest about a device.
ACPI:
    elem("acpi", &[&ACPI_FIELDS]).rule("abi/acpi-index"),
}

group! {
/// What `acpi` holds.
ACPI_FIELDS:
    attr("@index", NUMBER).compared().note("Number of an onboard device, which names the interface in the guest."),
    attr("@nodeset", SET).rule("abi-plus/acpi-nodeset").since(V12_8),
}

group! {
/// Virtio options of a device, compared by the check.
VIRTIO_OPTIONS:
    attr("@iommu", ON_OFF).abi("abi/virtio-options"),
    attr("@ats", ON_OFF).abi("abi/virtio-options"),
    attr("@packed", ON_OFF).abi("abi/virtio-options"),
    attr("@page_per_vq", ON_OFF).abi("abi/virtio-options"),
}

group! {
/// Virtio options of a device for which the check forgets them.
VIRTIO_OPTIONS_UNCOMPARED:
    attr("@iommu", ON_OFF),
    attr("@ats", ON_OFF),
    attr("@packed", ON_OFF),
    attr("@page_per_vq", ON_OFF),
}

group! {
/// Place of a device in the boot order.
BOOT:
    elem("boot", &[&[
        attr("@order", NUMBER),
        attr("@loadparm", TEXT).note("libvirt prints it in upper case."),
    ]]).rule("abi-plus/boot-order")
        .note("Excludes `os/boot`."),
}

group! {
/// The option ROM of a PCI device.
ROM:
    elem("rom", &[&[
        attr("@enabled", YES_NO),
        attr("@bar", ON_OFF),
        attr("@file", TEXT),
    ]]).rule("abi-plus/option-rom"),
}

group! {
/// A pair of interfaces, one of which goes away while the guest migrates.
TEAMING:
    elem("teaming", &[&[
        attr("@type", one_of(&["persistent", "transient"])),
        attr("@persistent", TEXT),
    ]]).rule("abi-plus/interface-options"),
}

group! {
/// An address of a network interface.
IP:
    attr("@address", WORD),
    attr("@family", one_of(&["ipv4", "ipv6"])).default_is("ipv4"),
    attr("@prefix", NUMBER),
    attr("@peer", WORD),
}

group! {
/// A route through a network interface.
ROUTE:
    attr("@family", one_of(&["ipv4", "ipv6"])).note("Absent means `ipv4`."),
    attr("@address", WORD),
    attr("@netmask", WORD),
    attr("@prefix", NUMBER),
    attr("@gateway", WORD),
    attr("@metric", NUMBER),
}

group! {
/// Which users and groups of the host a container or a filesystem has.
IDMAP:
    elem("uid", &[&IDMAP_RANGE]).keys(&["@start"]),
    elem("gid", &[&IDMAP_RANGE]).keys(&["@start"]),
}

group! {
/// A range of user or group numbers.
IDMAP_RANGE:
    attr("@start", NUMBER),
    attr("@target", NUMBER),
    attr("@count", NUMBER),
}

group! {
/// Which I/O threads serve which queues.
IOTHREAD_QUEUES:
    elem("iothread", &[&[
        attr("@id", NUMBER),
        elem("queue", &[&[
            attr("@id", NUMBER),
        ]]).keys(&["@id"]),
    ]]).keys(&["@id"]),
}

group! {
/// Whether and how soon a lost connection is made again.
RECONNECT:
    attr("@enabled", YES_NO),
    attr("@timeout", NUMBER),
    attr("@delay", NUMBER).since(V12_8),
}

group! {
/// The label of one file or socket.
SOURCE_SECLABEL:
    attr("@model", TEXT),
    attr("@relabel", YES_NO).default_is("yes"),
    attr("@labelskip", one_of(&["yes"])).runtime(),
    text("label", TEXT, &[]),
}

group! {
/// The unit of a size.
UNIT:
    attr("@unit", UNIT_OF),
}
