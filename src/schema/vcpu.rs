//! Virtual CPUs, I/O threads, and where they run.

use super::field::{attr, elem, text};
use super::kinds::{INT, KIB, NUMBER, SET, TEXT, UNIT_OF, V9_0, V12_8, YES_NO, one_of};
use super::metadata::ANY;

group! {
/// What `vcpu` holds.
VCPU:
    attr("@placement", one_of(&["static", "auto"])).derived().rule("host-side/tuning"),
    attr("@cpuset", SET).rule("host-side/tuning")
        .note("Affinity of threads still to be made; `virsh vcpupin` moves those that run."),
    attr("@current", NUMBER).abi("abi/vcpu-online").derived()
        .live("setvcpus {domain} {new} --live --config")
        .note("Absent means all; unplugging needs the guest's help."),
}

group! {
/// What `vcpus` holds.
VCPUS:
    elem("vcpu", &[&[
        attr("@id", NUMBER),
        attr("@enabled", YES_NO).abi("abi/vcpu-online")
            .live("setvcpu {domain} {item} {enable} --live --config"),
        attr("@hotpluggable", YES_NO).rule("abi-plus/vcpu-hotpluggable").restart(),
        attr("@order", NUMBER).abi("abi/vcpu-order").default_is("0").restart(),
        elem("privateData", &[&ANY]).runtime().rule("change/runtime"),
    ]]).keys(&["@id"]),
}

group! {
/// What `iothreadids` holds.
IOTHREADIDS:
    elem("iothread", &[&[
        attr("@id", NUMBER),
        attr("@thread_pool_min", NUMBER).since(V9_0)
            .live("iothreadset {domain} {item} --thread-pool-min {new} --live --config"),
        attr("@thread_pool_max", NUMBER).since(V9_0)
            .live("iothreadset {domain} {item} --thread-pool-max {new} --live --config"),
        elem("poll", &[&[
            attr("@max", NUMBER).live("iothreadset {domain} {item} --poll-max-ns {new} --live"),
            attr("@grow", NUMBER).live("iothreadset {domain} {item} --poll-grow {new} --live"),
            attr("@shrink", NUMBER).live("iothreadset {domain} {item} --poll-shrink {new} --live"),
            attr("@weight", NUMBER).live("iothreadset {domain} {item} --poll-weight {new} --live"),
        ]]).since(V12_8),
    ]]).keys(&["@id"])
        .live("iothreadadd {domain} {item} --live --config | iothreaddel {domain} {item} --live --config")
        .note("Ids left out are the lowest free ones. One that a disk uses cannot be removed."),
}

group! {
/// What `defaultiothread` holds.
DEFAULTIOTHREAD:
    attr("@thread_pool_min", NUMBER),
    attr("@thread_pool_max", NUMBER),
}

group! {
/// What `cputune` holds. Pins and schedules are sets: their order means nothing.
CPUTUNE:
    text("shares", NUMBER, &[]).live("schedinfo {domain} --set cpu_shares={new} --live --config"),
    text("period", NUMBER, &[]).live("schedinfo {domain} --set vcpu_period={new} --live --config"),
    text("quota", INT, &[]).live("schedinfo {domain} --set vcpu_quota={new} --live --config"),
    text("global_period", NUMBER, &[]).live("schedinfo {domain} --set global_period={new} --live --config"),
    text("global_quota", INT, &[]).live("schedinfo {domain} --set global_quota={new} --live --config"),
    text("emulator_period", NUMBER, &[]).live("schedinfo {domain} --set emulator_period={new} --live --config"),
    text("emulator_quota", INT, &[]).live("schedinfo {domain} --set emulator_quota={new} --live --config"),
    text("iothread_period", NUMBER, &[]).live("schedinfo {domain} --set iothread_period={new} --live --config"),
    text("iothread_quota", INT, &[]).live("schedinfo {domain} --set iothread_quota={new} --live --config"),
    elem("vcpupin", &[&[
        attr("@vcpu", NUMBER),
        attr("@cpuset", SET).live("vcpupin {domain} {item} {new} --live --config"),
    ]]).keys(&["@vcpu"]).live("vcpupin {domain} {item} {new} --live --config"),
    elem("emulatorpin", &[&[
        attr("@cpuset", SET).live("emulatorpin {domain} {new} --live --config"),
    ]]).live("emulatorpin {domain} {new} --live --config"),
    elem("iothreadpin", &[&[
        attr("@iothread", NUMBER),
        attr("@cpuset", SET).live("iothreadpin {domain} {item} {new} --live --config"),
    ]]).keys(&["@iothread"]).live("iothreadpin {domain} {item} {new} --live --config"),
    elem("vcpusched", &[&[
        attr("@vcpus", SET),
        attr("@scheduler", one_of(&["batch", "idle", "fifo", "rr"])),
        attr("@priority", NUMBER),
    ]]).keys(&["@vcpus"]).note("libvirt prints one for each vCPU."),
    elem("emulatorsched", &[&[
        attr("@scheduler", one_of(&["batch", "idle", "fifo", "rr"])),
        attr("@priority", NUMBER),
    ]]),
    elem("iothreadsched", &[&[
        attr("@iothreads", SET),
        attr("@scheduler", one_of(&["batch", "idle", "fifo", "rr"])),
        attr("@priority", NUMBER),
    ]]).keys(&["@iothreads"]),
    elem("cachetune", &[&[
        attr("@vcpus", SET),
        attr("@id", TEXT).runtime(),
        elem("cache", &[&[
            attr("@id", NUMBER),
            attr("@level", NUMBER),
            attr("@type", one_of(&["both", "code", "data"])),
            attr("@size", KIB),
            attr("@unit", UNIT_OF),
        ]]).keys(&["@id+@level+@type"]),
        elem("monitor", &[&[
            attr("@level", NUMBER),
            attr("@vcpus", SET),
        ]]).keys(&["@level+@vcpus"]),
    ]]).keys(&["@vcpus"]),
    elem("memorytune", &[&[
        attr("@vcpus", SET),
        elem("node", &[&[
            attr("@id", NUMBER),
            attr("@bandwidth", NUMBER),
        ]]).keys(&["@id"]),
        elem("monitor", &[&[
            attr("@vcpus", SET),
        ]]).keys(&["@vcpus"]),
    ]]).keys(&["@vcpus"]),
    elem("energytune", &[&[
        attr("@vcpus", SET),
        attr("@id", TEXT).runtime(),
        elem("monitor", &[&[
            attr("@vcpus", SET),
        ]]).keys(&["@vcpus"]),
    ]]).keys(&["@vcpus"]).since(V12_8),
}

group! {
/// What `numatune` holds.
NUMATUNE:
    elem("memory", &[&[
        attr("@mode", one_of(&["strict", "preferred", "interleave", "restrictive"])).default_is("strict"),
        attr("@nodeset", SET).live("numatune {domain} --nodeset {new} --live --config")
            .note("Live only without a mode or with mode `restrictive`."),
        attr("@placement", one_of(&["static", "auto"])).derived(),
    ]]),
    elem("memnode", &[&[
        attr("@cellid", NUMBER),
        attr("@mode", one_of(&["strict", "preferred", "interleave", "restrictive"])),
        attr("@nodeset", SET),
    ]]).keys(&["@cellid"]),
}
