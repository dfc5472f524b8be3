//! Video cards.

use super::field::{attr, elem};
use super::kinds::{NUMBER, ON_OFF, TEXT, V12_8, YES_NO, one_of};
use super::shared::VIRTIO_OPTIONS;

group! {
/// What `devices/video` holds.
VIDEO:
    elem("driver", &[&[
        attr("@name", one_of(&["qemu", "vhostuser"])).rule("abi-plus/video"),
        attr("@vgaconf", one_of(&["io", "on", "off"])).rule("abi-plus/video"),
    ], &VIRTIO_OPTIONS]).abi("abi/virtio-options")
        .note("The check wants it on both sides or on neither, of any model; of what it holds it sees the virtio options."),
    elem("model", &[&[
        attr("@type", one_of(&["vga", "cirrus", "vmvga", "xen", "vbox", "gop", "none", "bochs", "ramfb", "qxl", "virtio"])).compared().derived(),
        attr("@ram", NUMBER).compared().note("KiB; 65536 for qxl."),
        attr("@vram", NUMBER).compared().note("KiB, rounded up to a power of two; 65536 for qxl, 16384 for most."),
        attr("@vram64", NUMBER).compared().default_is("0").note("KiB."),
        attr("@vgamem", NUMBER).compared().note("KiB; 16384 for qxl."),
        attr("@heads", NUMBER).compared(),
        attr("@primary", YES_NO).rule("abi-plus/video").derived().note("The first; a written one is moved to the front."),
        attr("@blob", ON_OFF).rule("abi-plus/video").since(V12_8),
        attr("@edid", ON_OFF).compared().since(V12_8).note("Compared since a release after 9.0."),
        attr("@device", one_of(&["virtio-vga", "virtio-vga-gl", "virtio-gpu", "virtio-gpu-gl", "vhost-user-vga", "vhost-user-gpu"]))
            .rule("abi/video-device").derived().since(V12_8)
            .note("Written out since 12.5: virtio-vga for the first card, virtio-gpu for others."),
        elem("acceleration", &[&[
            attr("@accel2d", YES_NO).compared(),
            attr("@accel3d", YES_NO).compared(),
            attr("@rendernode", TEXT).rule("host-side/graphics"),
        ]]).compared(),
        elem("resolution", &[&[
            attr("@x", NUMBER),
            attr("@y", NUMBER),
        ]]).rule("abi-plus/video"),
    ]]).derived(),
}
