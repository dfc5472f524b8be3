//! Filesystems passed through.

use super::field::{attr, elem, text};
use super::kinds::{
    BYTES, FLAG, IMAGE_FORMAT, INT, KIB, NUMBER, OCTAL, ON_OFF, TEXT, UNIT_OF, V9_0, V12_8,
    VIRTIO_MODEL, one_of,
};
use super::shared::{IDMAP, UNIT, VIRTIO_OPTIONS};

group! {
/// What `devices/filesystem` holds.
FILESYSTEM:
    attr("@type", one_of(&["file", "block", "mount", "bind", "template", "ram"])).rule("host-side/storage").default_is("mount"),
    attr("@accessmode", one_of(&["passthrough", "mapped", "squash"])).rule("abi-plus/filesystem-options").derived().note("`passthrough`, but for virtiofs, where absent stays absent."),
    attr("@model", VIRTIO_MODEL).compared().note("Absent is not `virtio`."),
    attr("@multidevs", one_of(&["default", "remap", "forbid", "warn"])).rule("abi-plus/filesystem-options").default_is("default"),
    attr("@fmode", OCTAL).rule("abi-plus/filesystem-options").note("Octal, with or without a leading 0."),
    attr("@dmode", OCTAL).rule("abi-plus/filesystem-options").note("Octal, with or without a leading 0."),
    elem("driver", &[&[
        attr("@type", one_of(&["path", "handle", "loop", "nbd", "ploop", "virtiofs", "mtp"])).rule("abi/filesystem-driver")
            .note("Absent means `path`; between it and virtiofs the guest finds another device."),
        attr("@format", IMAGE_FORMAT).rule("host-side/storage"),
        attr("@wrpolicy", one_of(&["immediate"])).rule("host-side/storage"),
        attr("@queue", NUMBER).rule("abi-plus/filesystem-options"),
    ], &VIRTIO_OPTIONS]).abi("abi/virtio-options")
        .note("The check wants it on both sides or on neither, whatever it holds; of what it holds it sees the virtio options."),
    elem("binary", &[&[
        attr("@path", TEXT),
        attr("@xattr", ON_OFF),
        elem("cache", &[&[
            attr("@mode", one_of(&["none", "always"])),
        ]]),
        elem("sandbox", &[&[
            attr("@mode", one_of(&["namespace", "chroot"])),
        ]]),
        elem("lock", &[&[
            attr("@posix", ON_OFF),
            attr("@flock", ON_OFF),
        ]]),
        elem("thread_pool", &[&[
            attr("@size", INT),
        ]]).since(V9_0),
        elem("openfiles", &[&[
            attr("@max", NUMBER),
        ]]).since(V12_8),
    ]]).rule("host-side/storage"),
    elem("idmap", &[&IDMAP]).rule("abi-plus/filesystem-options").since(V12_8),
    elem("source", &[&[
        attr("@dir", TEXT),
        attr("@file", TEXT),
        attr("@dev", TEXT),
        attr("@name", TEXT),
        attr("@socket", TEXT),
        attr("@usage", KIB),
        attr("@units", UNIT_OF),
    ]]).rule("host-side/storage"),
    elem("target", &[&[
        attr("@dir", TEXT).compared().note("The tag the guest mounts by."),
    ]]),
    text("readonly", FLAG, &[]).compared(),
    text("space_hard_limit", BYTES, &[&UNIT]).rule("host-side/storage"),
    text("space_soft_limit", BYTES, &[&UNIT]).rule("host-side/storage"),
}
