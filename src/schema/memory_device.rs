//! Memory modules.

use super::field::{attr, elem, text};
use super::kinds::{FLAG, KIB, NUMBER, SET, TEXT, UUID, V12_8, YES_NO, always_hex, one_of};
use super::shared::{UNIT, VIRTIO_OPTIONS};

group! {
/// What `devices/memory` holds.
MEMORY_DEVICE:
    attr("@model", one_of(&["dimm", "nvdimm", "virtio-pmem", "virtio-mem", "sgx-epc"])).compared(),
    attr("@access", one_of(&["shared", "private"])).rule("host-side/memory").derived().note("`shared` for virtio-pmem."),
    attr("@discard", YES_NO).rule("host-side/memory"),
    text("uuid", UUID, &[]).abi("abi/nvdimm").only_if("@model", &["nvdimm"]).chosen().note("Of an NVDIMM on ppc64."),
    elem("source", &[&[
        text("pagesize", KIB, &[&UNIT]),
        text("nodemask", SET, &[]),
        text("path", TEXT, &[]),
        text("alignsize", KIB, &[&UNIT]).abi("abi/nvdimm").only_if("../@model", &["nvdimm"]),
        text("pmem", FLAG, &[]).abi("abi/nvdimm").only_if("../@model", &["nvdimm"]),
    ]]).rule("host-side/memory"),
    elem("target", &[&[
        attr("@dynamicMemslots", YES_NO).abi("abi/virtio-mem").only_if("../@model", &["virtio-mem"]).since(V12_8),
        text("size", KIB, &[&UNIT]).compared(),
        text("node", NUMBER, &[]).compared(),
        text("block", KIB, &[&UNIT]).abi("abi/virtio-mem").only_if("../@model", &["virtio-mem"]),
        text("requested", KIB, &[&UNIT]).abi("abi/virtio-mem").only_if("../@model", &["virtio-mem"])
            .live("update-memory-device {domain} --alias {target} --requested-size {new}KiB --live --config"),
        text("current", KIB, &[&UNIT]).runtime().rule("change/runtime"),
        elem("label", &[&[
            text("size", KIB, &[&UNIT]).abi("abi/nvdimm").only_if("../../@model", &["nvdimm"]),
        ]]).rule("abi/nvdimm"),
        text("readonly", FLAG, &[]).abi("abi/nvdimm").only_if("../@model", &["nvdimm"]),
        elem("address", &[&[
            attr("@base", always_hex(1)).compared(),
        ]]).rule("abi/virtio-mem").since(V12_8)
            .note("Compared since 9.4, of virtio-mem and virtio-pmem."),
    ]]),
    elem("driver", &[&VIRTIO_OPTIONS]).abi("abi/virtio-options").since(V12_8),
}

group! {
/// The one place where an alias is seen: it names the RAM block in the stream.
MEMORY_ALIAS:
    elem("alias", &[&[
        attr("@name", TEXT).compared(),
    ]]).rule("abi/memory-alias")
        .note("Names that do not begin with `ua-` are made anew at each start and never differ."),
}
