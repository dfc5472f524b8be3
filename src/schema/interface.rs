//! Network interfaces.

use super::field::{attr, elem, text};
use super::kinds::{INT, MAC, NUMBER, ON_OFF, TEXT, UUID, V9_0, V12_8, WORD, YES_NO, hex, one_of};
use super::shared::{BOOT, IP, RECONNECT, ROM, ROUTE, TEAMING, VIRTIO_OPTIONS};

group! {
/// What `devices/interface/bandwidth/inbound` holds.
BANDWIDTH_LIMITS:
    attr("@average", NUMBER),
    attr("@burst", NUMBER),
    attr("@floor", NUMBER),
    attr("@peak", NUMBER),
}

group! {
/// What `devices/interface` holds.
INTERFACE:
    attr("@managed", YES_NO),
    attr("@trustGuestRxFilters", YES_NO),
    attr("@type", one_of(&["bridge", "ethernet", "vhostuser", "network", "direct", "user", "internal", "mcast", "client", "udp", "server", "hostdev", "vdpa", "null", "vds"])),
    elem("backend", &[&[
        attr("@fqdn", TEXT).since(V12_8),
        attr("@hostname", TEXT).since(V12_8),
        attr("@logFile", TEXT).since(V9_0),
        attr("@tap", TEXT),
        attr("@type", one_of(&["default", "passt"])).since(V9_0),
        attr("@vhost", TEXT),
    ]]),
    elem("backenddomain", &[&[
        attr("@name", TEXT),
    ]]),
    elem("bandwidth", &[&[
        attr("@classID", NUMBER),
        elem("inbound", &[&BANDWIDTH_LIMITS]),
        elem("outbound", &[&BANDWIDTH_LIMITS]),
    ]]),
    elem("boot", &[&BOOT]),
    elem("coalesce", &[&[
        elem("rx", &[&[
            elem("frames", &[&[
                attr("@max", NUMBER),
            ]]),
        ]]),
    ]]),
    elem("downscript", &[&[
        attr("@path", TEXT),
    ]]),
    elem("driver", &[&[
        attr("@event_idx", ON_OFF),
        attr("@ioeventfd", ON_OFF),
        attr("@iommufd", YES_NO).since(V12_8),
        attr("@model", TEXT).since(V12_8),
        attr("@name", one_of(&["kvm", "vfio", "xen", "qemu", "vhost"])),
        attr("@queues", NUMBER),
        attr("@rss", ON_OFF).since(V9_0),
        attr("@rss_hash_report", ON_OFF).since(V9_0),
        attr("@rx_queue_size", NUMBER),
        attr("@tx_queue_size", NUMBER),
        attr("@txmode", one_of(&["iothread", "timer"])),
        elem("guest", &[&[
            attr("@csum", ON_OFF),
            attr("@ecn", ON_OFF),
            attr("@tso4", ON_OFF),
            attr("@tso6", ON_OFF),
            attr("@ufo", ON_OFF),
        ]]),
        elem("host", &[&[
            attr("@csum", ON_OFF),
            attr("@ecn", ON_OFF),
            attr("@gso", ON_OFF),
            attr("@mrg_rxbuf", ON_OFF),
            attr("@tso4", ON_OFF),
            attr("@tso6", ON_OFF),
            attr("@ufo", ON_OFF),
        ]]),
    ], &VIRTIO_OPTIONS]),
    elem("filterref", &[&[
        attr("@filter", TEXT),
        elem("parameter", &[&[
            attr("@name", TEXT),
            attr("@value", TEXT),
        ]]).keys(&["@name", "@name+@value"]),
    ]]),
    elem("guest", &[&[
        attr("@actual", TEXT),
        attr("@dev", TEXT),
    ]]),
    elem("ip", &[&IP]).keys(&["@address"]),
    elem("link", &[&[
        attr("@state", one_of(&["up", "down"])),
    ]]),
    elem("mac", &[&[
        attr("@address", MAC),
        attr("@check", YES_NO),
        attr("@currentAddress", MAC).since(V12_8),
        attr("@type", one_of(&["generated", "static"])),
    ]]),
    elem("model", &[&[
        attr("@type", TEXT),
    ]]),
    elem("mtu", &[&[
        attr("@size", NUMBER),
    ]]),
    elem("port", &[&[
        attr("@isolated", YES_NO),
    ]]),
    elem("portForward", &[&[
        attr("@address", WORD),
        attr("@dev", TEXT),
        attr("@proto", one_of(&["tcp", "udp"])),
        elem("range", &[&[
            attr("@end", INT),
            attr("@exclude", YES_NO),
            attr("@start", INT),
            attr("@to", INT),
        ]]).keys(&["@start"]),
    ]]).keys(&["@proto+@address+@dev", "@proto"]).since(V9_0),
    elem("rom", &[&ROM]),
    elem("route", &[&ROUTE]).keys(&["@address+@prefix", "@address"]),
    elem("script", &[&[
        attr("@path", TEXT),
    ]]),
    elem("source", &[&[
        attr("@address", WORD),
        attr("@bridge", TEXT),
        attr("@connectionid", INT).since(V9_0),
        attr("@dev", TEXT),
        attr("@macTableManager", one_of(&["kernel", "libvirt"])),
        attr("@missing", YES_NO),
        attr("@mode", one_of(&["server", "client", "vepa", "bridge", "private", "passthrough"])),
        attr("@name", TEXT),
        attr("@network", TEXT),
        attr("@path", TEXT),
        attr("@port", INT),
        attr("@portgroup", TEXT),
        attr("@portgroupid", TEXT).since(V9_0),
        attr("@portid", WORD),
        attr("@switchid", UUID).since(V9_0),
        attr("@type", one_of(&["unix"])),
        elem("address", &[&[
            attr("@bus", hex(2)),
            attr("@device", hex(1)),
            attr("@domain", hex(4)),
            attr("@function", hex(1)),
            attr("@multifunction", ON_OFF),
            attr("@port", TEXT).since(V12_8),
            attr("@slot", hex(2)),
            attr("@type", one_of(&["pci", "usb"])),
        ]]),
        elem("ip", &[&IP]).keys(&["@address"]),
        elem("local", &[&[
            attr("@address", WORD),
            attr("@port", INT),
        ]]),
        elem("product", &[&[
            attr("@id", hex(4)),
        ]]),
        elem("reconnect", &[&RECONNECT]),
        elem("route", &[&ROUTE]).keys(&["@address+@prefix", "@address"]),
        elem("vendor", &[&[
            attr("@id", hex(4)),
        ]]),
    ]]),
    elem("target", &[&[
        attr("@dev", TEXT),
        attr("@managed", YES_NO),
    ]]),
    elem("teaming", &[&TEAMING]),
    elem("tune", &[&[
        text("sndbuf", NUMBER, &[]),
    ]]),
    elem("virtualport", &[&[
        attr("@type", one_of(&["802.1Qbg", "802.1Qbh", "openvswitch", "midonet"])),
        elem("parameters", &[&[
            attr("@instanceid", UUID),
            attr("@interfaceid", UUID),
            attr("@managerid", NUMBER),
            attr("@profileid", TEXT),
            attr("@typeid", NUMBER),
            attr("@typeidversion", NUMBER),
        ]]),
    ]]),
    elem("vlan", &[&[
        attr("@trunk", one_of(&["yes"])),
        elem("tag", &[&[
            attr("@id", NUMBER),
            attr("@nativeMode", one_of(&["tagged", "untagged"])),
        ]]).keys(&["@id"]),
    ]]),
}
