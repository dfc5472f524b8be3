//! Block tuning, resource groups, power management, performance events.

use super::field::{attr, elem, text};
use super::kinds::{NUMBER, TEXT, V12_8, YES_NO, one_of};
use super::storage::THROTTLE_GROUP;

group! {
/// What `blkiotune` holds.
BLKIOTUNE:
    text("weight", NUMBER, &[]).live("blkiotune {domain} --weight {new} --live --config"),
    elem("device", &[&[
        text("path", TEXT, &[]),
        text("weight", NUMBER, &[]).live("blkiotune {domain} --device-weights {item},{new} --live --config"),
        text("read_iops_sec", NUMBER, &[])
            .live("blkiotune {domain} --device-read-iops-sec {item},{new} --live --config"),
        text("write_iops_sec", NUMBER, &[])
            .live("blkiotune {domain} --device-write-iops-sec {item},{new} --live --config"),
        text("read_bytes_sec", NUMBER, &[])
            .live("blkiotune {domain} --device-read-bytes-sec {item},{new} --live --config"),
        text("write_bytes_sec", NUMBER, &[])
            .live("blkiotune {domain} --device-write-bytes-sec {item},{new} --live --config"),
    ]]).keys(&["path"]),
}

group! {
/// What `resource` holds.
RESOURCE:
    text("partition", TEXT, &[]),
    elem("fibrechannel", &[&[
        attr("@appid", TEXT),
    ]]),
}

group! {
/// What `perf` holds.
PERF:
    elem("event", &[&[
        attr("@name", one_of(&["cmt", "mbmt", "mbml", "cpu_cycles", "instructions", "cache_references", "cache_misses", "branch_instructions", "branch_misses", "bus_cycles", "stalled_cycles_frontend", "stalled_cycles_backend", "ref_cpu_cycles", "cpu_clock", "task_clock", "page_faults", "context_switches", "cpu_migrations", "page_faults_min", "page_faults_maj", "alignment_faults", "emulation_faults"])),
        attr("@enabled", YES_NO).live("perf {domain} {enable} {item} --live --config"),
    ]]).keys(&["@name"])
        .live("perf {domain} --enable {item} --live --config | perf {domain} --disable {item} --live --config"),
}

group! {
/// Sleep states that the ACPI tables offer to the guest.
PM:
    elem("suspend-to-mem", &[&[
        attr("@enabled", YES_NO),
    ]]),
    elem("suspend-to-disk", &[&[
        attr("@enabled", YES_NO),
    ]]),
}

group! {
/// What `throttlegroups` holds.
THROTTLEGROUPS:
    elem("throttlegroup", &[&THROTTLE_GROUP]).keys(&["group_name"]).since(V12_8)
        .note("`virsh domthrottlegroupset` makes one, `domthrottlegroupdel` removes it."),
}

group! {
/// What `iommufd` holds.
IOMMUFD:
    attr("@enabled", YES_NO),
    attr("@fdgroup", TEXT),
}
