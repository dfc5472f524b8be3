//! Virtual CPUs, I/O threads, and where they run.

use super::field::{attr, elem, text};
use super::kinds::{INT, KIB, NUMBER, SET, TEXT, UNIT_OF, V9_0, V12_8, YES_NO, one_of};

group! {
/// What `vcpu` holds.
VCPU:
    attr("@cpuset", SET),
    attr("@current", NUMBER),
    attr("@placement", one_of(&["static", "auto"])),
}

group! {
/// What `vcpus` holds.
VCPUS:
    elem("vcpu", &[&[
        attr("@enabled", YES_NO),
        attr("@hotpluggable", YES_NO),
        attr("@id", NUMBER),
        attr("@order", NUMBER),
    ]]).keys(&["@id"]),
}

group! {
/// What `iothreadids` holds.
IOTHREADIDS:
    elem("iothread", &[&[
        attr("@id", NUMBER),
        attr("@thread_pool_max", NUMBER).since(V9_0),
        attr("@thread_pool_min", NUMBER).since(V9_0),
        elem("poll", &[&[
            attr("@grow", NUMBER),
            attr("@max", NUMBER),
            attr("@shrink", NUMBER),
            attr("@weight", NUMBER),
        ]]).since(V12_8),
    ]]).keys(&["@id"]),
}

group! {
/// What `defaultiothread` holds.
DEFAULTIOTHREAD:
    attr("@thread_pool_max", NUMBER).since(V9_0),
    attr("@thread_pool_min", NUMBER).since(V9_0),
}

group! {
/// What `cputune` holds.
CPUTUNE:
    elem("cachetune", &[&[
        attr("@id", TEXT),
        attr("@vcpus", SET),
        elem("cache", &[&[
            attr("@id", NUMBER),
            attr("@level", NUMBER),
            attr("@size", KIB),
            attr("@type", one_of(&["both", "code", "data"])),
            attr("@unit", UNIT_OF),
        ]]).keys(&["@id+@level+@type"]),
        elem("monitor", &[&[
            attr("@level", NUMBER),
            attr("@vcpus", SET),
        ]]).keys(&["@level+@vcpus"]),
    ]]).keys(&["@vcpus"]),
    text("emulator_period", NUMBER, &[]),
    text("emulator_quota", INT, &[]),
    elem("emulatorpin", &[&[
        attr("@cpuset", SET),
    ]]),
    elem("emulatorsched", &[&[
        attr("@priority", NUMBER),
        attr("@scheduler", one_of(&["batch", "idle", "fifo", "rr"])),
    ]]),
    elem("energytune", &[&[
        attr("@id", TEXT),
        attr("@vcpus", SET),
        elem("monitor", &[&[
            attr("@vcpus", SET),
        ]]).keys(&["@vcpus"]),
    ]]).keys(&["@vcpus"]).since(V12_8),
    text("global_period", NUMBER, &[]),
    text("global_quota", INT, &[]),
    text("iothread_period", NUMBER, &[]),
    text("iothread_quota", INT, &[]),
    elem("iothreadpin", &[&[
        attr("@cpuset", SET),
        attr("@iothread", NUMBER),
    ]]).keys(&["@iothread"]),
    elem("iothreadsched", &[&[
        attr("@iothreads", SET),
        attr("@priority", NUMBER),
        attr("@scheduler", one_of(&["batch", "idle", "fifo", "rr"])),
    ]]).keys(&["@iothreads"]),
    elem("memorytune", &[&[
        attr("@vcpus", SET),
        elem("monitor", &[&[
            attr("@vcpus", SET),
        ]]).keys(&["@vcpus"]),
        elem("node", &[&[
            attr("@bandwidth", NUMBER),
            attr("@id", NUMBER),
        ]]).keys(&["@id"]),
    ]]).keys(&["@vcpus"]),
    text("period", NUMBER, &[]),
    text("quota", INT, &[]),
    text("shares", NUMBER, &[]),
    elem("vcpupin", &[&[
        attr("@cpuset", SET),
        attr("@vcpu", NUMBER),
    ]]).keys(&["@vcpu"]),
    elem("vcpusched", &[&[
        attr("@priority", NUMBER),
        attr("@scheduler", one_of(&["batch", "idle", "fifo", "rr"])),
        attr("@vcpus", SET),
    ]]).keys(&["@vcpus"]),
}

group! {
/// What `numatune` holds.
NUMATUNE:
    elem("memnode", &[&[
        attr("@cellid", NUMBER),
        attr("@mode", one_of(&["strict", "preferred", "interleave", "restrictive"])),
        attr("@nodeset", SET),
    ]]).keys(&["@cellid"]),
    elem("memory", &[&[
        attr("@mode", one_of(&["strict", "preferred", "interleave", "restrictive"])),
        attr("@nodeset", SET),
        attr("@placement", one_of(&["static", "auto"])),
    ]]),
}
