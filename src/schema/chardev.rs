//! Character devices: serial, parallel, console, channel, smartcard, redirdev, rng.

use super::field::{attr, elem, text};
use super::kinds::{CHARDEV_TYPE, NUMBER, ON_OFF, TEXT, V9_0, VIRTIO_MODEL, WORD, YES_NO, one_of};
use super::shared::{RECONNECT, SOURCE_SECLABEL, VIRTIO_OPTIONS};

group! {
/// The host end of a character device; the check does not look at it.
CHARDEV_BACKEND:
    elem("source", &[&CHARDEV_SOURCE]).rule("host-side/chardev").keys(&["@mode"])
        .note("Two of them, `bind` and `connect`, for UDP."),
    elem("protocol", &[&[
        attr("@type", one_of(&["raw", "telnet", "telnets", "tls"])).default_is("raw"),
    ]]).rule("host-side/chardev"),
    elem("log", &[&[
        attr("@file", TEXT),
        attr("@append", ON_OFF),
    ]]).rule("host-side/chardev"),
}

group! {
/// Where the host end is; which attributes count depends on its type.
CHARDEV_SOURCE:
    attr("@mode", WORD).default_is("connect"),
    attr("@path", TEXT).note("A pseudoterminal's path is made at start and dropped."),
    attr("@append", ON_OFF),
    attr("@host", TEXT),
    attr("@service", TEXT),
    attr("@tls", YES_NO),
    attr("@channel", TEXT),
    attr("@master", TEXT),
    attr("@slave", TEXT),
    elem("reconnect", &[&RECONNECT]),
    elem("clipboard", &[&[
        attr("@copypaste", YES_NO),
    ]]).since(V9_0),
    elem("mouse", &[&[
        attr("@mode", one_of(&["server", "client"])),
    ]]).since(V9_0),
    elem("seclabel", &[&SOURCE_SECLABEL]).rule("host-side/security").keys(&["@model"]),
}

const PORT_TYPE: super::Kind = one_of(&[
    "xen",
    "serial",
    "uml",
    "virtio",
    "lxc",
    "openvz",
    "sclp",
    "sclplm",
    "isa-serial",
    "usb-serial",
    "pci-serial",
    "spapr-vio-serial",
    "system-serial",
    "sclp-serial",
    "isa-debug",
]);

const PORT_MODEL: super::Kind = one_of(&[
    "isa-serial",
    "usb-serial",
    "pci-serial",
    "spapr-vty",
    "pl011",
    "16550a",
    "sclpconsole",
    "sclplmconsole",
    "isa-debugcon",
]);

group! {
/// What `devices/serial` holds.
SERIAL:
    attr("@type", CHARDEV_TYPE).rule("host-side/chardev"),
    attr("@tty", TEXT).runtime().rule("change/runtime"),
    elem("target", &[&[
        attr("@type", PORT_TYPE).compared().derived(),
        attr("@port", NUMBER).compared().derived().note("One more than the highest given so far."),
        elem("model", &[&[
            attr("@name", PORT_MODEL).compared().derived(),
        ]]),
    ]]),
}

group! {
/// What `devices/parallel` holds.
PARALLEL:
    attr("@type", CHARDEV_TYPE).rule("host-side/chardev"),
    attr("@tty", TEXT).runtime().rule("change/runtime"),
    elem("target", &[&[
        attr("@type", PORT_TYPE).rule("host-side/chardev"),
        attr("@port", NUMBER).compared().derived().note("One more than the highest given so far."),
        elem("model", &[&[
            attr("@name", PORT_MODEL),
        ]]).rule("host-side/chardev"),
    ]]),
}

group! {
/// What `devices/console` holds. The first console of an HVM guest mirrors the
/// first serial port: what is written about it there is ignored.
CONSOLE:
    attr("@type", CHARDEV_TYPE).rule("host-side/chardev"),
    attr("@tty", TEXT).runtime().rule("change/runtime"),
    elem("target", &[&[
        attr("@type", PORT_TYPE).compared().derived(),
        attr("@port", NUMBER).derived().note("Consoles are numbered anew at define."),
        elem("model", &[&[
            attr("@name", PORT_MODEL),
        ]]),
    ]]),
}

group! {
/// What `devices/channel` holds.
CHANNEL:
    attr("@type", CHARDEV_TYPE).rule("host-side/chardev").compared().only_if("target/@name", &[""])
        .note("Without a target name, between `spicevmc` and any other type: the guest would see another default name."),
    elem("target", &[&[
        attr("@type", one_of(&["guestfwd", "virtio", "xen"])).compared(),
        attr("@name", TEXT).compared().only_if("@type", &["virtio", "xen"])
            .note("Absent is told from the `com.redhat.spice.0` that a spicevmc channel then gets."),
        attr("@address", TEXT).compared().only_if("@type", &["guestfwd"]),
        attr("@port", NUMBER).compared().only_if("@type", &["guestfwd"]),
        attr("@state", one_of(&["connected", "disconnected"])).runtime().rule("change/runtime"),
    ]]),
}

group! {
/// What `devices/smartcard` holds; of it the check sees the address.
SMARTCARD:
    attr("@mode", one_of(&["host", "host-certificates", "passthrough"])).rule("abi-plus/smartcard"),
    attr("@type", CHARDEV_TYPE).rule("host-side/chardev"),
    text("certificate", TEXT, &[]).rule("host-side/chardev").by_position(),
    text("database", TEXT, &[]).rule("host-side/chardev"),
    elem("target", &[&[
        attr("@type", PORT_TYPE),
        attr("@port", NUMBER),
        elem("model", &[&[
            attr("@name", PORT_MODEL),
        ]]),
    ]]).rule("host-side/chardev"),
}

group! {
/// What `devices/redirdev` holds.
REDIRDEV:
    attr("@bus", one_of(&["usb"])).compared().default_is("usb"),
    attr("@type", CHARDEV_TYPE).compared(),
}

group! {
/// What `devices/rng` holds.
RNG:
    attr("@model", VIRTIO_MODEL).compared(),
    elem("rate", &[&[
        attr("@bytes", NUMBER),
        attr("@period", NUMBER),
    ]]).rule("host-side/chardev"),
    text("backend", TEXT, &[&[
        attr("@model", one_of(&["random", "egd", "builtin"])),
        attr("@type", CHARDEV_TYPE),
    ], &CHARDEV_BACKEND]).rule("host-side/chardev")
        .note("`random` without a path means /dev/random."),
    elem("driver", &[&VIRTIO_OPTIONS]).abi("abi/virtio-options"),
}
