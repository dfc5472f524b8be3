//! Video cards.

use super::field::{attr, elem};
use super::kinds::{NUMBER, ON_OFF, TEXT, V12_8, YES_NO, one_of};
use super::shared::VIRTIO_OPTIONS;

group! {
/// What `devices/video` holds.
VIDEO:
    elem("driver", &[&[
        attr("@name", one_of(&["qemu", "vhostuser"])),
        attr("@vgaconf", one_of(&["io", "on", "off"])),
    ], &VIRTIO_OPTIONS]),
    elem("model", &[&[
        attr("@blob", ON_OFF).since(V12_8),
        attr("@device", one_of(&["virtio-vga", "virtio-vga-gl", "virtio-gpu", "virtio-gpu-gl", "vhost-user-vga", "vhost-user-gpu"])).since(V12_8),
        attr("@edid", ON_OFF).since(V12_8),
        attr("@heads", NUMBER),
        attr("@primary", YES_NO),
        attr("@ram", NUMBER),
        attr("@type", one_of(&["vga", "cirrus", "vmvga", "xen", "vbox", "gop", "none", "bochs", "ramfb", "qxl", "virtio"])),
        attr("@vgamem", NUMBER),
        attr("@vram", NUMBER),
        attr("@vram64", NUMBER),
        elem("acceleration", &[&[
            attr("@accel2d", YES_NO),
            attr("@accel3d", YES_NO),
            attr("@rendernode", TEXT),
        ]]),
        elem("resolution", &[&[
            attr("@x", NUMBER),
            attr("@y", NUMBER),
        ]]),
    ]]),
}
