//! Block tuning, resource groups, power management, performance events.

use super::field::{attr, elem, text};
use super::kinds::{NUMBER, TEXT, V12_8, YES_NO, one_of};
use super::storage::IOTUNE;

group! {
/// What `blkiotune` holds.
BLKIOTUNE:
    elem("device", &[&[
        text("path", TEXT, &[]),
        text("read_bytes_sec", NUMBER, &[]),
        text("read_iops_sec", NUMBER, &[]),
        text("weight", NUMBER, &[]),
        text("write_bytes_sec", NUMBER, &[]),
        text("write_iops_sec", NUMBER, &[]),
    ]]).keys(&["path"]),
    text("weight", NUMBER, &[]),
}

group! {
/// What `resource` holds.
RESOURCE:
    elem("fibrechannel", &[&[
        attr("@appid", TEXT),
    ]]),
    text("partition", TEXT, &[]),
}

group! {
/// What `perf` holds.
PERF:
    elem("event", &[&[
        attr("@enabled", YES_NO),
        attr("@name", one_of(&["cmt", "mbmt", "mbml", "cpu_cycles", "instructions", "cache_references", "cache_misses", "branch_instructions", "branch_misses", "bus_cycles", "stalled_cycles_frontend", "stalled_cycles_backend", "ref_cpu_cycles", "cpu_clock", "task_clock", "page_faults", "context_switches", "cpu_migrations", "page_faults_min", "page_faults_maj", "alignment_faults", "emulation_faults"])),
    ]]).keys(&["@name"]),
}

group! {
/// What `pm` holds.
PM:
    elem("suspend-to-disk", &[&[
        attr("@enabled", YES_NO),
    ]]),
    elem("suspend-to-mem", &[&[
        attr("@enabled", YES_NO),
    ]]),
}

group! {
/// What `throttlegroups` holds.
THROTTLEGROUPS:
    elem("throttlegroup", &[&IOTUNE]).keys(&["group_name"]).since(V12_8),
}

group! {
/// What `iommufd` holds.
IOMMUFD:
    attr("@enabled", YES_NO).since(V12_8),
    attr("@fdgroup", TEXT).since(V12_8),
}
