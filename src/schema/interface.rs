//! Network interfaces.

use super::field::{attr, elem, text};
use super::kinds::{
    CASELESS, INT, MAC, NUMBER, ON_OFF, TEXT, UUID, V9_0, V12_8, WORD, YES_NO, hex, one_of,
};
use super::metadata::ANY;
use super::shared::{IP, RECONNECT, ROUTE, VIRTIO_OPTIONS};

/// Virtio's network cards.
const VIRTIO_CARDS: &[&str] = &["virtio", "virtio-transitional", "virtio-non-transitional"];
/// A card of the host has no model.
const VIRTIO_CARDS_OR_HOSTDEV: &[&str] = &[
    "virtio",
    "virtio-transitional",
    "virtio-non-transitional",
    "",
];

group! {
/// What `devices/interface` holds.
INTERFACE:
    attr("@type", one_of(&["bridge", "ethernet", "vhostuser", "network", "direct", "user", "internal", "mcast", "client", "udp", "server", "hostdev", "vdpa", "null", "vds"]))
        .rule("host-side/network")
        .note("Between bridge and network it can be changed live with `virsh update-device`."),
    attr("@managed", YES_NO).rule("host-side/network").default_is("no"),
    attr("@trustGuestRxFilters", YES_NO).rule("host-side/network").live("update-device {domain} {xml} --live --config")
        .note("Works live since 10.0."),
    elem("mac", &[&[
        attr("@address", MAC).compared().chosen().note("Another one is another card to the guest: names, leases and licences hang on it."),
        attr("@type", one_of(&["generated", "static"])).rule("host-side/network"),
        attr("@check", YES_NO).rule("host-side/network"),
        attr("@currentAddress", MAC).runtime().rule("change/runtime").since(V12_8),
    ]]),
    elem("source", &[&[
        attr("@bridge", TEXT).live("update-device {domain} {xml} --live --config"),
        attr("@network", TEXT).live("update-device {domain} {xml} --live --config"),
        attr("@portgroup", TEXT).live("update-device {domain} {xml} --live --config"),
        attr("@portid", WORD).rule("change/runtime")
            .note("Of type `vds` it is part of the definition."),
        attr("@dev", TEXT),
        attr("@mode", one_of(&["server", "client", "vepa", "bridge", "private", "passthrough"])).derived()
            .note("`vepa` for type `direct`."),
        attr("@type", one_of(&["unix"])).default_is("unix"),
        attr("@path", TEXT),
        attr("@address", WORD),
        attr("@port", INT),
        attr("@name", TEXT),
        attr("@macTableManager", one_of(&["kernel", "libvirt"])),
        attr("@missing", YES_NO).runtime().rule("change/runtime"),
        attr("@switchid", UUID).since(V9_0),
        attr("@portgroupid", TEXT).since(V9_0),
        attr("@connectionid", INT).since(V9_0),
        elem("address", &[&[
            attr("@type", one_of(&["pci", "usb"])),
            attr("@domain", hex(4)).default_is("0x0000"),
            attr("@bus", hex(2)),
            attr("@slot", hex(2)),
            attr("@function", hex(1)).default_is("0x0"),
            attr("@multifunction", ON_OFF),
            attr("@device", NUMBER),
            attr("@port", TEXT).since(V12_8),
        ]]),
        elem("vendor", &[&[
            attr("@id", hex(4)),
        ]]),
        elem("product", &[&[
            attr("@id", hex(4)),
        ]]),
        elem("local", &[&[
            attr("@address", WORD),
            attr("@port", INT),
        ]]),
        elem("reconnect", &[&RECONNECT]),
        elem("ip", &[&IP]).keys(&["@address"]),
        elem("route", &[&ROUTE]).keys(&["@address+@prefix", "@address"]),
    ]]).rule("host-side/network"),
    elem("virtualport", &[&[
        attr("@type", one_of(&["802.1Qbg", "802.1Qbh", "openvswitch", "midonet"])),
        elem("parameters", &[&[
            attr("@interfaceid", UUID).chosen(),
            attr("@profileid", TEXT),
            attr("@managerid", NUMBER),
            attr("@typeid", NUMBER),
            attr("@typeidversion", NUMBER),
            attr("@instanceid", UUID).chosen(),
        ]]),
    ]]).rule("host-side/network"),
    elem("vlan", &[&[
        attr("@trunk", one_of(&["yes"])).derived().note("`yes` as soon as there are two tags."),
        elem("tag", &[&[
            attr("@id", NUMBER),
            attr("@nativeMode", one_of(&["tagged", "untagged"])),
        ]]).keys(&["@id"]),
    ]]).rule("host-side/network").live("update-device {domain} {xml} --live --config")
        .note("Live on Open vSwitch, on a Linux bridge since 11.0."),
    elem("bandwidth", &[&[
        attr("@classID", NUMBER).runtime().rule("change/runtime"),
        elem("inbound", &[&BANDWIDTH_LIMITS]),
        elem("outbound", &[&BANDWIDTH_LIMITS]),
    ]]).rule("host-side/network").live("update-device {domain} {xml} --live --config")
        .note("`virsh domiftune` does the same for one card."),
    elem("filterref", &[&[
        attr("@filter", TEXT),
        elem("parameter", &[&[
            attr("@name", TEXT),
            attr("@value", TEXT),
        ]]).keys(&["@name", "@name+@value"]),
    ]]).rule("host-side/network").live("update-device {domain} {xml} --live --config"),
    elem("link", &[&[
        attr("@state", one_of(&["up", "down"])),
    ]]).rule("host-side/network").live("domif-setlink {domain} {target} {new}"),
    elem("mtu", &[&[
        attr("@size", NUMBER).abi("abi/interface").default_is("0"),
    ]]),
    elem("model", &[&[
        attr("@type", CASELESS).compared().derived()
            .note("rtl8139 on x86 (or what QEMU has), virtio on arm and riscv virt and s390; none of type `hostdev`."),
    ]]).derived(),
    elem("driver", &[&[
        attr("@name", one_of(&["qemu", "vhost", "vfio", "kvm", "xen"])).rule("abi-plus/interface-options"),
        attr("@txmode", one_of(&["iothread", "timer"])).rule("abi-plus/interface-options"),
        attr("@ioeventfd", ON_OFF).rule("abi-plus/interface-options"),
        attr("@event_idx", ON_OFF).rule("abi-plus/interface-options"),
        attr("@queues", NUMBER).abi("abi/interface-queues").only_if("../model/@type", VIRTIO_CARDS).default_is("1")
            .note("Compared since 11.4: the number of MSI-X vectors follows from it."),
        attr("@rx_queue_size", NUMBER).rule("abi-plus/interface-options"),
        attr("@tx_queue_size", NUMBER).rule("abi-plus/interface-options"),
        attr("@rss", ON_OFF).rule("abi-plus/interface-options").since(V9_0),
        attr("@rss_hash_report", ON_OFF).rule("abi-plus/interface-options").since(V9_0),
        attr("@model", TEXT).rule("host-side/passthrough").since(V12_8),
        attr("@iommufd", YES_NO).rule("host-side/passthrough").since(V12_8),
        elem("host", &[&[
            attr("@csum", ON_OFF),
            attr("@gso", ON_OFF),
            attr("@tso4", ON_OFF),
            attr("@tso6", ON_OFF),
            attr("@ecn", ON_OFF),
            attr("@ufo", ON_OFF),
            attr("@mrg_rxbuf", ON_OFF),
        ]]).rule("abi-plus/interface-options"),
        elem("guest", &[&[
            attr("@csum", ON_OFF),
            attr("@tso4", ON_OFF),
            attr("@tso6", ON_OFF),
            attr("@ecn", ON_OFF),
            attr("@ufo", ON_OFF),
        ]]).rule("abi-plus/interface-options"),
    ], &VIRTIO_OPTIONS]).abi("abi/virtio-options").only_if("model/@type", VIRTIO_CARDS_OR_HOSTDEV)
        .note("The check wants it on both sides or on neither, whatever it holds; of what it holds it sees queues and virtio options."),
    elem("backend", &[&[
        attr("@type", one_of(&["default", "passt"])).default_is("default").since(V9_0),
        attr("@tap", TEXT),
        attr("@vhost", TEXT),
        attr("@logFile", TEXT).since(V9_0),
        attr("@hostname", TEXT).since(V12_8),
        attr("@fqdn", TEXT).since(V12_8),
    ]]).rule("host-side/network"),
    elem("backenddomain", &[&[
        attr("@name", TEXT),
    ]]).rule("host-side/network"),
    elem("coalesce", &[&[
        elem("rx", &[&[
            elem("frames", &[&[
                attr("@max", NUMBER),
            ]]),
        ]]),
    ]]).rule("host-side/network").live("update-device {domain} {xml} --live --config"),
    elem("port", &[&[
        attr("@isolated", YES_NO),
    ]]).rule("host-side/network").live("update-device {domain} {xml} --live --config"),
    elem("target", &[&[
        attr("@dev", TEXT).note("Names libvirt makes (vnet3, macvtap0) are dropped."),
        attr("@managed", YES_NO),
    ]]).rule("host-side/network"),
    elem("guest", &[&[
        attr("@dev", TEXT),
        attr("@actual", TEXT).runtime().rule("change/runtime"),
    ]]).rule("host-side/container"),
    elem("script", &[&[
        attr("@path", TEXT),
    ]]).rule("host-side/network"),
    elem("downscript", &[&[
        attr("@path", TEXT),
    ]]).rule("host-side/network"),
    elem("tune", &[&[
        text("sndbuf", NUMBER, &[]),
    ]]).rule("host-side/network"),
    elem("ip", &[&IP]).rule("host-side/network").keys(&["@address"]),
    elem("route", &[&ROUTE]).rule("host-side/network").keys(&["@address+@prefix", "@address"]),
    elem("portForward", &[&[
        attr("@proto", one_of(&["tcp", "udp"])),
        attr("@address", WORD),
        attr("@dev", TEXT),
        elem("range", &[&[
            attr("@start", INT),
            attr("@end", INT),
            attr("@to", INT),
            attr("@exclude", YES_NO),
        ]]).keys(&["@start"]),
    ]]).rule("host-side/network").keys(&["@proto+@address+@dev", "@proto"]).since(V9_0),
    elem("actual", &[&ANY]).runtime().rule("change/runtime")
        .note("What a network gave the interface; in status files only."),
}

group! {
/// Bandwidth one way: KiB/s, the burst in KiB.
BANDWIDTH_LIMITS:
    attr("@average", NUMBER),
    attr("@peak", NUMBER),
    attr("@burst", NUMBER),
    attr("@floor", NUMBER),
}
