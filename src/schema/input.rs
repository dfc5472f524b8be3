//! Input devices and USB hubs.

use super::field::{attr, elem};
use super::kinds::{ON_OFF, TEXT, VIRTIO_MODEL, one_of};
use super::shared::VIRTIO_OPTIONS;

group! {
/// What `devices/input` holds.
INPUT:
    attr("@type", one_of(&["tablet", "mouse", "keyboard", "passthrough", "evdev"])).compared(),
    attr("@bus", one_of(&["ps2", "usb", "xen", "virtio"])).compared().derived()
        .note("usb for a tablet, ps2 on x86 and else usb for mouse and keyboard, virtio for passthrough, none for evdev."),
    attr("@model", VIRTIO_MODEL).compared(),
    elem("driver", &[&VIRTIO_OPTIONS]).abi("abi/virtio-options"),
    elem("source", &[&[
        attr("@evdev", TEXT),
        attr("@dev", TEXT),
        attr("@grab", one_of(&["all"])),
        attr("@repeat", ON_OFF),
        attr("@grabToggle", one_of(&["ctrl-ctrl", "alt-alt", "shift-shift", "meta-meta", "scrolllock", "ctrl-scrolllock"])),
    ]]).rule("host-side/passthrough"),
}

group! {
/// What `devices/hub` holds.
HUB:
    attr("@type", one_of(&["usb"])).compared(),
}
