//! Devices of a few fields each.

use super::field::{attr, elem, text};
use super::kinds::{KIB, NUMBER, ON_OFF, TEXT, V12_8, YES_NO, one_of};
use super::shared::{UNIT, VIRTIO_OPTIONS};

group! {
/// What `devices/watchdog` holds.
WATCHDOG:
    attr("@action", one_of(&["reset", "shutdown", "poweroff", "pause", "none", "dump", "inject-nmi"])),
    attr("@model", one_of(&["i6300esb", "ib700", "diag288", "itco"])),
}

group! {
/// What `devices/memballoon` holds.
MEMBALLOON:
    attr("@autodeflate", ON_OFF),
    attr("@freePageReporting", ON_OFF),
    attr("@model", one_of(&["virtio", "virtio-transitional", "virtio-non-transitional", "xen", "none"])),
    elem("driver", &[&VIRTIO_OPTIONS]),
    elem("stats", &[&[
        attr("@period", NUMBER),
    ]]),
}

group! {
/// What `devices/panic` holds.
PANIC:
    attr("@model", one_of(&["isa", "pseries", "hyperv", "s390", "pvpanic"])),
}

group! {
/// What `devices/shmem` holds.
SHMEM:
    attr("@name", TEXT),
    attr("@role", one_of(&["master", "peer"])),
    elem("model", &[&[
        attr("@type", one_of(&["ivshmem", "ivshmem-plain", "ivshmem-doorbell"])),
    ]]),
    elem("msi", &[&[
        attr("@ioeventfd", ON_OFF),
        attr("@vectors", NUMBER),
    ]]),
    elem("server", &[&[
        attr("@path", TEXT),
    ]]),
    text("size", KIB, &[&UNIT]),
}

group! {
/// What `devices/crypto` holds.
CRYPTO:
    attr("@model", one_of(&["virtio"])).since(V12_8),
    attr("@type", one_of(&["qemu"])).since(V12_8),
    elem("backend", &[&[
        attr("@model", one_of(&["builtin", "lkcf"])),
        attr("@queues", NUMBER),
    ]]).since(V12_8),
    elem("driver", &[&VIRTIO_OPTIONS]).since(V12_8),
}

group! {
/// What `devices/vsock` holds.
VSOCK:
    attr("@model", one_of(&["virtio", "virtio-transitional", "virtio-non-transitional"])),
    elem("cid", &[&[
        attr("@address", NUMBER),
        attr("@auto", YES_NO),
    ]]),
    elem("driver", &[&VIRTIO_OPTIONS]),
}

group! {
/// What `devices/pstore` holds.
PSTORE:
    attr("@backend", one_of(&["acpi-erst"])).since(V12_8),
    text("path", TEXT, &[]).since(V12_8),
    text("size", KIB, &[&UNIT]).since(V12_8),
}
