//! Input devices and USB hubs.

use super::field::{attr, elem};
use super::kinds::{ON_OFF, TEXT, one_of};
use super::shared::VIRTIO_OPTIONS;

group! {
/// What `devices/input` holds.
INPUT:
    attr("@bus", one_of(&["ps2", "usb", "xen", "virtio"])),
    attr("@model", one_of(&["virtio", "virtio-transitional", "virtio-non-transitional"])),
    attr("@type", one_of(&["tablet", "mouse", "keyboard", "passthrough", "evdev"])),
    elem("driver", &[&VIRTIO_OPTIONS]),
    elem("source", &[&[
        attr("@dev", TEXT),
        attr("@evdev", TEXT),
        attr("@grab", one_of(&["all"])),
        attr("@grabToggle", one_of(&["ctrl-ctrl", "alt-alt", "shift-shift", "meta-meta", "scrolllock", "ctrl-scrolllock"])),
        attr("@repeat", ON_OFF),
    ]]),
}

group! {
/// What `devices/hub` holds.
HUB:
    attr("@type", one_of(&["usb"])),
}
