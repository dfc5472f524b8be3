//! Character devices: serial, parallel, console, channel, smartcard, redirdev, rng.

use super::field::{attr, elem, text};
use super::kinds::{NUMBER, ON_OFF, TEXT, V9_0, YES_NO, one_of};
use super::shared::{BOOT, RECONNECT, SOURCE_SECLABEL, VIRTIO_OPTIONS};

group! {
/// What `devices/serial/source` holds.
CHARDEV_SOURCE:
    attr("@append", ON_OFF),
    attr("@channel", TEXT),
    attr("@host", TEXT),
    attr("@master", TEXT),
    attr("@mode", TEXT),
    attr("@path", TEXT),
    attr("@service", TEXT),
    attr("@slave", TEXT),
    attr("@tls", YES_NO),
    elem("clipboard", &[&[
        attr("@copypaste", YES_NO),
    ]]).since(V9_0),
    elem("mouse", &[&[
        attr("@mode", one_of(&["server", "client"])),
    ]]).since(V9_0),
    elem("reconnect", &[&RECONNECT]),
    elem("seclabel", &[&SOURCE_SECLABEL]),
}

group! {
/// Where the host end of a character device goes.
CHARDEV_BACKEND:
    elem("source", &[&CHARDEV_SOURCE]),
    elem("protocol", &[&[
        attr("@type", one_of(&["raw", "telnet", "telnets", "tls"])),
    ]]),
    elem("log", &[&[
        attr("@append", ON_OFF),
        attr("@file", TEXT),
    ]]),
}

group! {
/// What `devices/smartcard` holds.
SMARTCARD:
    attr("@mode", one_of(&["host", "host-certificates", "passthrough"])),
    attr("@type", one_of(&["dev", "file", "pipe", "unix", "tcp", "udp", "null", "stdio", "vc", "pty", "spicevmc", "spiceport", "nmdm", "qemu-vdagent", "dbus"])),
    text("certificate", TEXT, &[]).by_position(),
    text("database", TEXT, &[]),
    elem("target", &[&[
        attr("@port", TEXT),
        attr("@type", one_of(&["xen", "serial", "uml", "virtio", "lxc", "openvz", "sclp", "sclplm", "isa-serial", "usb-serial", "pci-serial", "spapr-vio-serial", "system-serial", "sclp-serial", "isa-debug"])),
        elem("model", &[&[
            attr("@name", one_of(&["isa-serial", "usb-serial", "pci-serial", "spapr-vty", "pl011", "16550a", "sclpconsole", "sclplmconsole", "isa-debugcon"])),
        ]]),
    ]]),
}

group! {
/// What `devices/serial` holds.
SERIAL:
    attr("@tty", TEXT),
    attr("@type", one_of(&["dev", "file", "pipe", "unix", "tcp", "udp", "null", "stdio", "vc", "pty", "spicevmc", "spiceport", "nmdm", "qemu-vdagent", "dbus"])),
    elem("target", &[&[
        attr("@port", TEXT),
        attr("@type", one_of(&["xen", "serial", "uml", "virtio", "lxc", "openvz", "sclp", "sclplm", "isa-serial", "usb-serial", "pci-serial", "spapr-vio-serial", "system-serial", "sclp-serial", "isa-debug"])),
        elem("model", &[&[
            attr("@name", one_of(&["isa-serial", "usb-serial", "pci-serial", "spapr-vty", "pl011", "16550a", "sclpconsole", "sclplmconsole", "isa-debugcon"])),
        ]]),
    ]]),
}

group! {
/// What `devices/parallel` holds.
PARALLEL:
    attr("@tty", TEXT),
    attr("@type", one_of(&["dev", "file", "pipe", "unix", "tcp", "udp", "null", "stdio", "vc", "pty", "spicevmc", "spiceport", "nmdm", "qemu-vdagent", "dbus"])),
    elem("target", &[&[
        attr("@port", TEXT),
        attr("@type", one_of(&["xen", "serial", "uml", "virtio", "lxc", "openvz", "sclp", "sclplm", "isa-serial", "usb-serial", "pci-serial", "spapr-vio-serial", "system-serial", "sclp-serial", "isa-debug"])),
        elem("model", &[&[
            attr("@name", one_of(&["isa-serial", "usb-serial", "pci-serial", "spapr-vty", "pl011", "16550a", "sclpconsole", "sclplmconsole", "isa-debugcon"])),
        ]]),
    ]]),
}

group! {
/// What `devices/console` holds.
CONSOLE:
    attr("@tty", TEXT),
    attr("@type", one_of(&["dev", "file", "pipe", "unix", "tcp", "udp", "null", "stdio", "vc", "pty", "spicevmc", "spiceport", "nmdm", "qemu-vdagent", "dbus"])),
    elem("target", &[&[
        attr("@port", TEXT),
        attr("@type", one_of(&["xen", "serial", "uml", "virtio", "lxc", "openvz", "sclp", "sclplm", "isa-serial", "usb-serial", "pci-serial", "spapr-vio-serial", "system-serial", "sclp-serial", "isa-debug"])),
        elem("model", &[&[
            attr("@name", one_of(&["isa-serial", "usb-serial", "pci-serial", "spapr-vty", "pl011", "16550a", "sclpconsole", "sclplmconsole", "isa-debugcon"])),
        ]]),
    ]]),
}

group! {
/// What `devices/channel` holds.
CHANNEL:
    attr("@type", one_of(&["dev", "file", "pipe", "unix", "tcp", "udp", "null", "stdio", "vc", "pty", "spicevmc", "spiceport", "nmdm", "qemu-vdagent", "dbus"])),
    elem("target", &[&[
        attr("@address", TEXT),
        attr("@name", TEXT),
        attr("@port", TEXT),
        attr("@state", one_of(&["connected", "disconnected"])),
        attr("@type", one_of(&["guestfwd", "virtio", "xen"])),
    ]]),
}

group! {
/// What `devices/redirdev` holds.
REDIRDEV:
    attr("@bus", one_of(&["usb"])),
    attr("@type", one_of(&["dev", "file", "pipe", "unix", "tcp", "udp", "null", "stdio", "vc", "pty", "spicevmc", "spiceport", "nmdm", "qemu-vdagent", "dbus"])),
    elem("boot", &[&BOOT]),
}

group! {
/// What `devices/rng` holds.
RNG:
    attr("@model", one_of(&["virtio", "virtio-transitional", "virtio-non-transitional"])),
    text("backend", TEXT, &[&[
        attr("@model", one_of(&["random", "egd", "builtin"])),
        attr("@type", one_of(&["dev", "file", "pipe", "unix", "tcp", "udp", "null", "stdio", "vc", "pty", "spicevmc", "spiceport", "nmdm", "qemu-vdagent", "dbus"])),
    ], &CHARDEV_BACKEND]),
    elem("driver", &[&VIRTIO_OPTIONS]),
    elem("rate", &[&[
        attr("@bytes", NUMBER),
        attr("@period", NUMBER),
    ]]),
}
