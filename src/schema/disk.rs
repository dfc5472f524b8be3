//! Disks and leases.

use super::field::{attr, elem, text};
use super::kinds::{FLAG, INT, NUMBER, ON_OFF, TEXT, V12_8, WORD, YES_NO, one_of};
use super::shared::{BOOT, IOTHREAD_QUEUES, VIRTIO_OPTIONS};
use super::storage::{
    AUTH, BACKING_STORE, DISK_SOURCE, ENCRYPTION, FORMAT, IOTUNE, METADATA_CACHE,
};

group! {
/// What `devices/disk` holds.
DISK:
    attr("@device", one_of(&["floppy", "disk", "cdrom", "lun"])),
    attr("@model", one_of(&["virtio", "virtio-transitional", "virtio-non-transitional", "usb-storage", "usb-bot"])),
    attr("@rawio", YES_NO),
    attr("@sgio", one_of(&["filtered", "unfiltered"])),
    attr("@snapshot", one_of(&["no", "internal", "external", "manual"])),
    attr("@type", one_of(&["file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa", "ctl"])),
    elem("auth", &[&AUTH]),
    elem("backenddomain", &[&[
        attr("@name", TEXT),
    ]]),
    elem("backingStore", &[&BACKING_STORE]),
    elem("blockio", &[&[
        attr("@discard_granularity", INT).since(V12_8),
        attr("@logical_block_size", INT),
        attr("@physical_block_size", INT),
    ]]),
    elem("boot", &[&BOOT]),
    elem("driver", &[&[
        attr("@cache", one_of(&["default", "none", "writeback", "writethrough", "directsync", "unsafe"])),
        attr("@copy_on_read", ON_OFF),
        attr("@detect_zeroes", one_of(&["off", "on", "unmap"])),
        attr("@discard", one_of(&["unmap", "ignore"])),
        attr("@discard_no_unref", ON_OFF).since(V12_8),
        attr("@error_policy", one_of(&["stop", "report", "ignore", "enospace"])),
        attr("@event_idx", ON_OFF),
        attr("@io", one_of(&["threads", "native", "io_uring"])),
        attr("@ioeventfd", ON_OFF),
        attr("@iothread", NUMBER),
        attr("@name", TEXT),
        attr("@queue_size", NUMBER),
        attr("@queues", NUMBER),
        attr("@rerror_policy", one_of(&["stop", "report", "ignore"])),
        attr("@type", one_of(&["raw", "dir", "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "luks", "cow", "qcow", "qcow2", "qed", "vmdk", "aio"])),
        elem("iothreads", &[&IOTHREAD_QUEUES]).since(V12_8),
        elem("metadata_cache", &[&METADATA_CACHE]),
        elem("statistics", &[&[
            elem("latency-histogram", &[&[
                attr("@type", one_of(&["read", "write", "zone", "flush"])),
                elem("bin", &[&[
                    attr("@start", NUMBER),
                ]]).keys(&["@start"]),
            ]]).keys(&["@type"]),
            elem("statistic", &[&[
                attr("@interval", NUMBER),
            ]]).keys(&["@interval"]),
        ]]).since(V12_8),
    ], &VIRTIO_OPTIONS]),
    elem("encryption", &[&ENCRYPTION]),
    elem("geometry", &[&[
        attr("@cyls", INT),
        attr("@heads", INT),
        attr("@secs", INT),
        attr("@trans", one_of(&["auto", "none", "lba"])),
    ]]),
    elem("iotune", &[&IOTUNE]),
    elem("mirror", &[&[
        attr("@file", TEXT),
        attr("@format", one_of(&["raw", "dir", "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "luks", "cow", "qcow", "qcow2", "qed", "vmdk"])),
        attr("@job", one_of(&["copy", "active-commit"])),
        attr("@ready", one_of(&["yes", "abort", "pivot"])),
        attr("@type", one_of(&["file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa", "ctl"])),
        elem("backingStore", &[&BACKING_STORE]),
        elem("format", &[&FORMAT]),
        elem("source", &[&DISK_SOURCE]),
    ]]),
    text("product", TEXT, &[]),
    text("readonly", FLAG, &[]),
    text("serial", TEXT, &[]),
    text("shareable", FLAG, &[]),
    elem("source", &[&DISK_SOURCE]),
    elem("target", &[&[
        attr("@bus", one_of(&["ide", "fdc", "scsi", "virtio", "xen", "usb", "uml", "sata", "sd", "nvme"])),
        attr("@dev", TEXT),
        attr("@dpofua", ON_OFF).since(V12_8),
        attr("@removable", ON_OFF),
        attr("@rotation_rate", NUMBER),
        attr("@tray", one_of(&["open", "closed"])),
    ]]),
    elem("throttlefilters", &[&[
        elem("throttlefilter", &[&[
            attr("@group", TEXT),
        ]]).by_position(),
    ]]).since(V12_8),
    elem("transient", &[&[
        attr("@shareBacking", YES_NO),
    ]]),
    text("vendor", TEXT, &[]),
    text("wwn", WORD, &[]),
}

group! {
/// What `devices/lease` holds.
LEASE:
    text("key", TEXT, &[]),
    text("lockspace", TEXT, &[]),
    elem("target", &[&[
        attr("@offset", NUMBER),
        attr("@path", TEXT),
    ]]),
}
