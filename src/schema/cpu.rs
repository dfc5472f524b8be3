//! The CPU model, topology and NUMA.

use super::field::{attr, elem, text};
use super::kinds::{KIB, NUMBER, ON_OFF, SET, TEXT, UNIT_OF, V9_0, V12_8, YES_NO, one_of};

group! {
/// What `cpu` holds.
CPU:
    attr("@check", one_of(&["none", "partial", "full"])),
    attr("@deprecated_features", ON_OFF).since(V12_8),
    attr("@match", one_of(&["minimum", "exact", "strict"])),
    attr("@migratable", ON_OFF),
    attr("@mode", one_of(&["custom", "host-model", "host-passthrough", "maximum"])),
    elem("cache", &[&[
        attr("@level", one_of(&["1", "2", "3"])),
        attr("@mode", one_of(&["emulate", "passthrough", "disable"])),
    ]]),
    elem("feature", &[&[
        attr("@name", TEXT),
        attr("@policy", one_of(&["force", "require", "optional", "disable", "forbid"])),
    ]]).keys(&["@name"]),
    elem("maxphysaddr", &[&[
        attr("@bits", NUMBER),
        attr("@limit", NUMBER).since(V12_8),
        attr("@mode", one_of(&["emulate", "passthrough"])),
    ]]).since(V9_0),
    text("model", TEXT, &[&[
        attr("@fallback", one_of(&["allow", "forbid"])),
        attr("@vendor_id", TEXT),
    ]]),
    elem("numa", &[&[
        elem("cell", &[&[
            attr("@cpus", SET),
            attr("@discard", YES_NO),
            attr("@id", NUMBER),
            attr("@memAccess", one_of(&["shared", "private"])),
            attr("@memory", KIB),
            attr("@unit", UNIT_OF),
            elem("cache", &[&[
                attr("@associativity", one_of(&["none", "direct", "full"])),
                attr("@level", NUMBER),
                attr("@policy", one_of(&["none", "writeback", "writethrough"])),
                elem("line", &[&[
                    attr("@unit", UNIT_OF),
                    attr("@value", KIB),
                ]]),
                elem("size", &[&[
                    attr("@unit", UNIT_OF),
                    attr("@value", KIB),
                ]]),
            ]]).keys(&["@level"]),
            elem("distances", &[&[
                elem("sibling", &[&[
                    attr("@id", NUMBER),
                    attr("@value", NUMBER),
                ]]).keys(&["@id"]),
            ]]),
        ]]).keys(&["@id"]),
        elem("interconnects", &[&[
            elem("bandwidth", &[&[
                attr("@cache", NUMBER),
                attr("@initiator", NUMBER),
                attr("@target", NUMBER),
                attr("@type", one_of(&["access", "read", "write"])),
                attr("@unit", UNIT_OF),
                attr("@value", KIB),
            ]]).keys(&["@initiator+@target+@type+@cache"]),
            elem("latency", &[&[
                attr("@cache", NUMBER),
                attr("@initiator", NUMBER),
                attr("@target", NUMBER),
                attr("@type", one_of(&["access", "read", "write"])),
                attr("@value", NUMBER),
            ]]).keys(&["@initiator+@target+@type+@cache"]),
        ]]),
    ]]),
    elem("topology", &[&[
        attr("@clusters", NUMBER).since(V12_8),
        attr("@cores", NUMBER),
        attr("@dies", NUMBER),
        attr("@sockets", NUMBER),
        attr("@threads", NUMBER),
    ]]),
    text("vendor", TEXT, &[]),
}
