//! The CPU model, topology and NUMA.

use super::field::{attr, elem, text};
use super::kinds::{
    BYTES, KIB, NUMBER, ON_OFF, SET, TEXT, UNIT_OF, V9_0, V12_8, WORD, YES_NO, one_of,
};

group! {
/// What `cpu` holds.
CPU:
    attr("@mode", one_of(&["custom", "host-model", "host-passthrough", "maximum"]))
        .abi("abi/cpu-mode").derived()
        .note("A running host-model domain is dumped as `custom` with the model and features it got."),
    attr("@match", one_of(&["minimum", "exact", "strict"])).rule("cpu/match-changed").derived()
        .note("`exact` when a model is given."),
    attr("@check", one_of(&["none", "partial", "full"])).abi("abi/cpu-check").derived()
        .note("`none` for host-passthrough, maximum and emulated guests, else `partial`; a running domain's dump says `full`."),
    attr("@migratable", ON_OFF).rule("cpu/migratable-changed").derived()
        .note("`on` for host-passthrough."),
    attr("@deprecated_features", ON_OFF).rule("cpu/deprecated-features-changed").since(V12_8),
    text("arch", WORD, &[]).abi("abi/cpu-arch").note("Of a host's CPU; a guest's has none as a rule."),
    text("model", TEXT, &[&[
        attr("@fallback", one_of(&["allow", "forbid"])).rule("cpu/fallback-changed").derived(),
        attr("@vendor_id", TEXT).abi("abi/cpu-vendor"),
    ]]).abi("abi/cpu-model").derived()
        .note("Versioned names (since 10.10) differ from the plain ones, even where the hardware is the same."),
    text("vendor", TEXT, &[]).abi("abi/cpu-vendor"),
    elem("topology", &[&[
        attr("@sockets", NUMBER).abi("abi/cpu-topology"),
        attr("@dies", NUMBER).abi("abi/cpu-topology").default_is("1"),
        attr("@clusters", NUMBER).abi("abi/cpu-topology").default_is("1").since(V12_8),
        attr("@cores", NUMBER).abi("abi/cpu-topology"),
        attr("@threads", NUMBER).abi("abi/cpu-topology"),
    ]]).abi("abi/cpu-topology")
        .note("Absent it means one socket per vCPU, and is still told from the same topology written down."),
    elem("cache", &[&[
        attr("@level", one_of(&["1", "2", "3"])).abi("abi/cpu-cache"),
        attr("@mode", one_of(&["emulate", "passthrough", "disable"])).abi("abi/cpu-cache"),
    ]]).abi("abi/cpu-cache"),
    elem("maxphysaddr", &[&[
        attr("@mode", one_of(&["emulate", "passthrough"])).abi("abi/cpu-maxphysaddr"),
        attr("@bits", NUMBER).abi("abi/cpu-maxphysaddr"),
        attr("@limit", NUMBER).rule("cpu/maxphysaddr-limit-changed").since(V12_8),
    ]]).abi("abi/cpu-maxphysaddr").since(V9_0),
    elem("feature", &[&[
        attr("@policy", one_of(&["force", "require", "optional", "disable", "forbid"]))
            .abi("abi/cpu-feature").default_is("require"),
        attr("@name", TEXT).abi("abi/cpu-feature"),
    ]]).abi("abi/cpu-feature").keys(&["@name"])
        .note("Order means nothing, but the check compares in document order and refuses a swap."),
    elem("numa", &[&[
        elem("cell", &[&[
            attr("@id", NUMBER).derived().note("Absent: the position."),
            attr("@cpus", SET).abi("abi/numa-cell")
                .note("vCPUs that no cell names belong to cell 0."),
            attr("@memory", KIB).abi("abi/numa-cell"),
            attr("@unit", UNIT_OF),
            attr("@memAccess", one_of(&["shared", "private"])).rule("host-side/memory"),
            attr("@discard", YES_NO).rule("host-side/memory"),
            elem("distances", &[&[
                elem("sibling", &[&[
                    attr("@id", NUMBER),
                    attr("@value", NUMBER).abi("abi/numa-cell"),
                ]]).abi("abi/numa-cell").derived().keys(&["@id"])
                    .note("Absent: 10 to itself, 20 to others, or what the other cell says."),
            ]]).rule("abi/numa-cell").derived(),
            elem("cache", &[&[
                attr("@level", NUMBER),
                attr("@associativity", one_of(&["none", "direct", "full"])),
                attr("@policy", one_of(&["none", "writeback", "writethrough"])),
                elem("size", &[&[
                    attr("@value", KIB).note("libvirt 9.0 reads it as KiB whatever the unit says."),
                    attr("@unit", UNIT_OF),
                ]]),
                elem("line", &[&[
                    attr("@value", BYTES).note("libvirt 9.0 reads it as bytes whatever the unit says."),
                    attr("@unit", UNIT_OF),
                ]]),
            ]]).rule("abi-plus/hmat").keys(&["@level"]),
        ]]).abi("abi/numa-cells").keys(&["@id"]),
        elem("interconnects", &[&[
            elem("latency", &[&[
                attr("@initiator", NUMBER),
                attr("@target", NUMBER),
                attr("@cache", NUMBER),
                attr("@type", one_of(&["access", "read", "write"])),
                attr("@value", NUMBER),
            ]]).keys(&["@initiator+@target+@type+@cache"]),
            elem("bandwidth", &[&[
                attr("@initiator", NUMBER),
                attr("@target", NUMBER),
                attr("@cache", NUMBER),
                attr("@type", one_of(&["access", "read", "write"])),
                attr("@value", KIB),
                attr("@unit", UNIT_OF),
            ]]).keys(&["@initiator+@target+@type+@cache"]),
        ]]).rule("abi-plus/hmat"),
    ]]).rule("abi/numa-cells"),
}
