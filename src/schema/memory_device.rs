//! Memory modules.

use super::field::{attr, elem, text};
use super::kinds::{FLAG, KIB, NUMBER, SET, TEXT, UUID, V12_8, YES_NO, hex, one_of};
use super::shared::{UNIT, VIRTIO_OPTIONS};

group! {
/// What `devices/memory` holds.
MEMORY_DEVICE:
    attr("@access", one_of(&["shared", "private"])),
    attr("@discard", YES_NO),
    attr("@model", one_of(&["dimm", "nvdimm", "virtio-pmem", "virtio-mem", "sgx-epc"])),
    elem("driver", &[&VIRTIO_OPTIONS]).since(V12_8),
    elem("source", &[&[
        text("alignsize", KIB, &[&UNIT]),
        text("nodemask", SET, &[]),
        text("pagesize", KIB, &[&UNIT]),
        text("path", TEXT, &[]),
        text("pmem", FLAG, &[]),
    ]]),
    elem("target", &[&[
        attr("@dynamicMemslots", YES_NO).since(V12_8),
        elem("address", &[&[
            attr("@base", hex(1)),
        ]]).since(V12_8),
        text("block", KIB, &[&UNIT]),
        text("current", KIB, &[&UNIT]),
        elem("label", &[&[
            text("size", KIB, &[&UNIT]),
        ]]),
        text("node", NUMBER, &[]),
        text("readonly", FLAG, &[]),
        text("requested", KIB, &[&UNIT]),
        text("size", KIB, &[&UNIT]),
    ]]),
    text("uuid", UUID, &[]),
}
