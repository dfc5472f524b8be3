//! Devices of a few fields each.

use super::field::{attr, elem, text};
use super::kinds::{BYTES_IN_MIB, KIB, NUMBER, ON_OFF, TEXT, VIRTIO_MODEL, YES_NO, one_of};
use super::shared::{UNIT, VIRTIO_OPTIONS, VIRTIO_OPTIONS_UNCOMPARED};

group! {
/// What `devices/watchdog` holds.
WATCHDOG:
    attr("@model", one_of(&["i6300esb", "ib700", "diag288", "itco"])).compared(),
    attr("@action", one_of(&["reset", "shutdown", "poweroff", "pause", "none", "dump", "inject-nmi"]))
        .rule("abi-plus/watchdog").default_is("reset"),
}

group! {
/// What `devices/memballoon` holds.
MEMBALLOON:
    attr("@model", one_of(&["virtio", "virtio-transitional", "virtio-non-transitional", "xen", "none"])).compared().default_is("virtio"),
    attr("@autodeflate", ON_OFF).compared(),
    attr("@freePageReporting", ON_OFF).compared(),
    elem("stats", &[&[
        attr("@period", NUMBER).default_is("0"),
    ]]).rule("host-side/memory").live("dommemstat {domain} --period {new} --live --config"),
    elem("driver", &[&VIRTIO_OPTIONS]).abi("abi/virtio-options"),
}

group! {
/// What `devices/panic` holds.
PANIC:
    attr("@model", one_of(&["isa", "pseries", "hyperv", "s390", "pvpanic"])).compared().derived()
        .note("isa on x86, pseries and s390 on those."),
}

group! {
/// What `devices/shmem` holds.
SHMEM:
    attr("@name", TEXT).rule("host-side/memory"),
    attr("@role", one_of(&["master", "peer"])).compared(),
    elem("model", &[&[
        attr("@type", one_of(&["ivshmem", "ivshmem-plain", "ivshmem-doorbell"])).compared().default_is("ivshmem"),
    ]]),
    text("size", BYTES_IN_MIB, &[&UNIT]).compared().note("4 MiB, but for `ivshmem-doorbell`."),
    elem("server", &[&[
        attr("@path", TEXT).rule("host-side/memory"),
    ]]).compared(),
    elem("msi", &[&[
        attr("@vectors", NUMBER).compared().default_is("0"),
        attr("@ioeventfd", ON_OFF).compared(),
    ]]).compared().note("A server brings it."),
}

group! {
/// What `devices/crypto` holds. The check forgets the whole device.
CRYPTO:
    attr("@model", one_of(&["virtio"])),
    attr("@type", one_of(&["qemu"])),
    elem("backend", &[&[
        attr("@model", one_of(&["builtin", "lkcf"])),
        attr("@queues", NUMBER),
    ]]),
    elem("driver", &[&VIRTIO_OPTIONS_UNCOMPARED]),
}

group! {
/// What `devices/vsock` holds.
VSOCK:
    attr("@model", VIRTIO_MODEL).compared().default_is("virtio"),
    elem("cid", &[&[
        attr("@auto", YES_NO).derived().note("`no` when an address is given."),
        attr("@address", NUMBER).chosen().note("The check forgets it; the guest's address changes."),
    ]]).rule("abi-plus/vsock-cid"),
    elem("driver", &[&VIRTIO_OPTIONS]).abi("abi/virtio-options"),
}

group! {
/// What `devices/pstore` holds.
PSTORE:
    attr("@backend", one_of(&["acpi-erst"])),
    text("path", TEXT, &[]).rule("host-side/storage").derived(),
    text("size", KIB, &[&UNIT]).compared(),
}
