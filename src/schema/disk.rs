//! Disks and leases.

use super::field::{attr, elem, text};
use super::kinds::{
    FLAG, IMAGE_FORMAT, INT, NUMBER, ON_OFF, STORAGE_TYPE, TEXT, V12_8, WORD, YES_NO, one_of,
};
use super::shared::{IOTHREAD_QUEUES, VIRTIO_OPTIONS};
use super::storage::{
    AUTH, BACKING_STORE, DISK_SOURCE, ENCRYPTION, FORMAT, IOTUNE, METADATA_CACHE,
};

group! {
/// What `devices/disk` holds.
DISK:
    attr("@type", STORAGE_TYPE).rule("host-side/storage").default_is("file"),
    attr("@device", one_of(&["disk", "cdrom", "floppy", "lun"])).compared().default_is("disk"),
    attr("@model", one_of(&["virtio", "virtio-transitional", "virtio-non-transitional", "usb-storage", "usb-bot"]))
        .compared()
        .note("Filled in for USB only, and there left out of the form that a migration compares; absent is not `virtio`."),
    attr("@rawio", YES_NO).rule("host-side/storage"),
    attr("@sgio", one_of(&["filtered", "unfiltered"])).rule("host-side/storage"),
    attr("@snapshot", one_of(&["no", "internal", "external", "manual"])).rule("host-side/storage").derived()
        .live("update-device {domain} {xml} --live --config"),
    elem("driver", &[&[
        attr("@name", WORD).default_is("qemu"),
        attr("@type", one_of(&["raw", "dir", "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "luks", "cow", "qcow", "qcow2", "qed", "vmdk", "aio"]))
            .derived().note("`raw`, but for volumes: nothing is probed. The wrong format destroys data."),
        attr("@cache", one_of(&["default", "none", "writeback", "writethrough", "directsync", "unsafe"])).default_is("default"),
        attr("@error_policy", one_of(&["stop", "report", "ignore", "enospace"])),
        attr("@rerror_policy", one_of(&["stop", "report", "ignore"])),
        attr("@io", one_of(&["threads", "native", "io_uring"])),
        attr("@ioeventfd", ON_OFF),
        attr("@event_idx", ON_OFF),
        attr("@copy_on_read", ON_OFF),
        attr("@discard", one_of(&["unmap", "ignore"])).rule("abi-plus/disk-options"),
        attr("@iothread", NUMBER).rule("host-side/tuning"),
        attr("@detect_zeroes", one_of(&["off", "on", "unmap"])),
        attr("@queues", NUMBER).abi("abi/disk").default_is("0"),
        attr("@queue_size", NUMBER).abi("abi/disk").default_is("0"),
        attr("@discard_no_unref", ON_OFF).since(V12_8),
        elem("iothreads", &[&IOTHREAD_QUEUES]).rule("host-side/tuning").since(V12_8),
        elem("metadata_cache", &[&METADATA_CACHE]),
        elem("statistics", &[&[
            elem("statistic", &[&[
                attr("@interval", NUMBER),
            ]]).keys(&["@interval"]),
            elem("latency-histogram", &[&[
                attr("@type", one_of(&["read", "write", "zone", "flush"])),
                elem("bin", &[&[
                    attr("@start", NUMBER),
                ]]).keys(&["@start"]),
            ]]).keys(&["@type"]),
        ]]).rule("host-side/tuning").since(V12_8),
    ], &VIRTIO_OPTIONS]).rule("host-side/storage")
        .note("Every disk has one, so its presence is never a difference."),
    elem("auth", &[&AUTH]).rule("host-side/storage"),
    elem("source", &[&DISK_SOURCE]).rule("host-side/storage")
        .note("Of a cdrom or floppy it can be changed live (`virsh change-media`); of a disk only by block jobs."),
    elem("backingStore", &[&BACKING_STORE]).rule("host-side/storage")
        .note("A running domain's dump lists the chain that was found; nothing written says nothing."),
    elem("backenddomain", &[&[
        attr("@name", TEXT),
    ]]).rule("host-side/storage"),
    elem("geometry", &[&[
        attr("@cyls", INT),
        attr("@heads", INT),
        attr("@secs", INT),
        attr("@trans", one_of(&["auto", "none", "lba"])),
    ]]).rule("abi-plus/disk-options"),
    elem("blockio", &[&[
        attr("@logical_block_size", INT).compared().default_is("0"),
        attr("@physical_block_size", INT).compared().default_is("0"),
        attr("@discard_granularity", INT).compared().default_is("0").since(V12_8),
    ]]).rule("abi/disk-blockio")
        .note("Compared since a release between 9.0 and 10.5; the hardware's usual 512 written down differs from absent."),
    elem("mirror", &[&[
        attr("@type", STORAGE_TYPE),
        attr("@file", TEXT),
        attr("@format", IMAGE_FORMAT),
        attr("@job", one_of(&["copy", "active-commit"])),
        attr("@ready", one_of(&["yes", "abort", "pivot"])),
        elem("format", &[&FORMAT]),
        elem("source", &[&DISK_SOURCE]),
        elem("backingStore", &[&BACKING_STORE]),
    ]]).runtime().rule("change/runtime"),
    elem("target", &[&[
        attr("@dev", TEXT).compared(),
        attr("@bus", one_of(&["ide", "fdc", "scsi", "virtio", "xen", "usb", "uml", "sata", "sd", "nvme"])).compared().derived()
            .note("Told by the device and the first letters of `@dev`."),
        attr("@tray", one_of(&["open", "closed"])).rule("abi-plus/disk-options").default_is("closed"),
        attr("@removable", ON_OFF).abi("abi/disk-removable").note("Compared since a release after 9.0."),
        attr("@dpofua", ON_OFF).abi("abi/disk-removable").since(V12_8),
        attr("@rotation_rate", NUMBER).compared().default_is("0"),
    ]]),
    elem("iotune", &[&IOTUNE]).rule("host-side/tuning"),
    elem("throttlefilters", &[&[
        elem("throttlefilter", &[&[
            attr("@group", TEXT),
        ]]).by_position(),
    ]]).rule("host-side/tuning").since(V12_8),
    text("readonly", FLAG, &[]).compared().note("A cdrom always has it."),
    text("shareable", FLAG, &[]).rule("host-side/storage"),
    elem("transient", &[&[
        attr("@shareBacking", YES_NO).default_is("no"),
    ]]).rule("host-side/storage").note("What the guest writes is lost when it is powered off."),
    text("serial", TEXT, &[]).compared().note("Names the disk below /dev/disk/by-id in the guest."),
    text("wwn", TEXT, &[]).compared(),
    text("vendor", TEXT, &[]).rule("abi-plus/disk-vendor"),
    text("product", TEXT, &[]).rule("abi-plus/disk-vendor"),
    elem("encryption", &[&ENCRYPTION]).rule("host-side/storage"),
}

group! {
/// What `devices/lease` holds.
LEASE:
    text("lockspace", TEXT, &[]),
    text("key", TEXT, &[]),
    elem("target", &[&[
        attr("@path", TEXT),
        attr("@offset", NUMBER).default_is("0"),
    ]]),
}
