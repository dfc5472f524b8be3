//! Memory of the domain.

use super::field::{attr, elem, text};
use super::kinds::{FLAG, KIB, NUMBER, ON_OFF, SET, UNIT_OF, V9_0, one_of};
use super::shared::UNIT;

group! {
/// What `maxMemory` holds.
MAX_MEMORY:
    attr("@slots", NUMBER),
    attr("@unit", UNIT_OF),
}

group! {
/// What `memory` holds.
MEMORY:
    attr("@dumpCore", ON_OFF),
    attr("@unit", UNIT_OF),
}

group! {
/// What `memtune` holds.
MEMTUNE:
    text("hard_limit", KIB, &[&UNIT]),
    text("min_guarantee", KIB, &[&UNIT]),
    text("soft_limit", KIB, &[&UNIT]),
    text("swap_hard_limit", KIB, &[&UNIT]),
}

group! {
/// What `memoryBacking` holds.
MEMORY_BACKING:
    elem("access", &[&[
        attr("@mode", one_of(&["shared", "private"])),
    ]]),
    elem("allocation", &[&[
        attr("@mode", one_of(&["immediate", "ondemand"])),
        attr("@threads", NUMBER).since(V9_0),
    ]]),
    text("discard", FLAG, &[]),
    elem("hugepages", &[&[
        elem("page", &[&[
            attr("@nodeset", SET),
            attr("@size", KIB),
            attr("@unit", UNIT_OF),
        ]]).keys(&["@nodeset", "@size"]),
    ]]),
    text("locked", FLAG, &[]),
    text("nosharepages", FLAG, &[]),
    elem("source", &[&[
        attr("@type", one_of(&["file", "anonymous", "memfd"])),
    ]]),
}
