//! Memory of the domain.

use super::field::{attr, elem, text};
use super::kinds::{FLAG, KIB, NUMBER, ON_OFF, SET, UNIT_OF, V9_0, one_of};
use super::shared::UNIT;

group! {
/// What `maxMemory` holds.
MAX_MEMORY:
    attr("@slots", NUMBER).abi("abi/memory-slots").default_is("0")
        .note("Leaving it out beside a `maxMemory` is accepted since 9.5."),
    attr("@unit", UNIT_OF),
}

group! {
/// What `memory` holds.
MEMORY:
    attr("@dumpCore", ON_OFF).rule("host-side/memory"),
    attr("@unit", UNIT_OF),
}

group! {
/// Limits; at or above 9007199254740991 KiB each is unlimited, the same as absent.
MEMTUNE:
    text("hard_limit", KIB, &[&UNIT]).live("memtune {domain} --hard-limit {new} --live --config")
        .note("Below what is in use the guest is killed."),
    text("soft_limit", KIB, &[&UNIT]).live("memtune {domain} --soft-limit {new} --live --config"),
    text("min_guarantee", KIB, &[&UNIT]).note("ESX only."),
    text("swap_hard_limit", KIB, &[&UNIT])
        .live("memtune {domain} --swap-hard-limit {new} --live --config"),
}

group! {
/// What `memoryBacking` holds.
MEMORY_BACKING:
    elem("hugepages", &[&[
        elem("page", &[&[
            attr("@size", KIB),
            attr("@unit", UNIT_OF),
            attr("@nodeset", SET).note("`0` without guest NUMA is dropped at define."),
        ]]).keys(&["@nodeset", "@size"]),
    ]]).note("The guest does not see the page size, and the migration stream does not hold it."),
    text("nosharepages", FLAG, &[]),
    text("locked", FLAG, &[]),
    elem("source", &[&[
        attr("@type", one_of(&["file", "anonymous", "memfd"])).abi("abi/memory-backing-source")
            .note("It names the RAM block in the migration stream; a check of the QEMU driver."),
    ]]).rule("abi/memory-backing-source"),
    elem("access", &[&[
        attr("@mode", one_of(&["shared", "private"])),
    ]]).note("`shared` is what vhost-user devices and virtiofs need."),
    elem("allocation", &[&[
        attr("@mode", one_of(&["immediate", "ondemand"])),
        attr("@threads", NUMBER).since(V9_0),
    ]]),
    text("discard", FLAG, &[]),
}
