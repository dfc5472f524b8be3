//! Filesystems passed through.

use super::field::{attr, elem, text};
use super::kinds::{FLAG, INT, KIB, NUMBER, OCTAL, ON_OFF, TEXT, UNIT_OF, V9_0, V12_8, one_of};
use super::shared::{BOOT, IDMAP, UNIT, VIRTIO_OPTIONS};

group! {
/// What `devices/filesystem` holds.
FILESYSTEM:
    attr("@accessmode", one_of(&["passthrough", "mapped", "squash"])),
    attr("@dmode", OCTAL),
    attr("@fmode", OCTAL),
    attr("@model", one_of(&["virtio", "virtio-transitional", "virtio-non-transitional"])),
    attr("@multidevs", one_of(&["default", "remap", "forbid", "warn"])),
    attr("@type", one_of(&["file", "block", "mount", "bind", "template", "ram"])),
    elem("binary", &[&[
        attr("@path", TEXT),
        attr("@xattr", ON_OFF),
        elem("cache", &[&[
            attr("@mode", one_of(&["none", "always"])),
        ]]),
        elem("lock", &[&[
            attr("@flock", ON_OFF),
            attr("@posix", ON_OFF),
        ]]),
        elem("openfiles", &[&[
            attr("@max", NUMBER),
        ]]).since(V12_8),
        elem("sandbox", &[&[
            attr("@mode", one_of(&["namespace", "chroot"])),
        ]]),
        elem("thread_pool", &[&[
            attr("@size", INT),
        ]]).since(V9_0),
    ]]),
    elem("boot", &[&BOOT]),
    elem("driver", &[&[
        attr("@format", one_of(&["raw", "dir", "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "luks", "cow", "qcow", "qcow2", "qed", "vmdk"])),
        attr("@queue", NUMBER),
        attr("@type", one_of(&["path", "handle", "loop", "nbd", "ploop", "virtiofs", "mtp"])),
        attr("@wrpolicy", one_of(&["immediate"])),
    ], &VIRTIO_OPTIONS]),
    elem("idmap", &[&IDMAP]).since(V12_8),
    text("readonly", FLAG, &[]),
    elem("source", &[&[
        attr("@dev", TEXT),
        attr("@dir", TEXT),
        attr("@file", TEXT),
        attr("@name", TEXT),
        attr("@socket", TEXT),
        attr("@units", UNIT_OF),
        attr("@usage", NUMBER),
    ]]),
    text("space_hard_limit", KIB, &[&UNIT]),
    text("space_soft_limit", KIB, &[&UNIT]),
    elem("target", &[&[
        attr("@dir", TEXT),
    ]]),
}
