//! Clock and timers.

use super::field::{attr, elem};
use super::kinds::{NUMBER, TEXT, V9_0, WORD, YES_NO, one_of};

group! {
/// What `clock` holds.
CLOCK:
    attr("@adjustment", WORD),
    attr("@basis", one_of(&["utc", "localtime"])),
    attr("@offset", one_of(&["localtime", "utc", "timezone", "variable", "absolute"])),
    attr("@start", NUMBER).since(V9_0),
    attr("@timezone", TEXT),
    elem("timer", &[&[
        attr("@frequency", NUMBER),
        attr("@mode", one_of(&["auto", "native", "emulate", "paravirt", "smpsafe"])),
        attr("@name", one_of(&["platform", "rtc", "tsc", "hpet", "pit", "armvtimer", "kvmclock", "hypervclock"])),
        attr("@present", YES_NO),
        attr("@tickpolicy", one_of(&["delay", "merge", "discard", "catchup"])),
        attr("@track", one_of(&["boot", "guest", "wall", "realtime"])),
        elem("catchup", &[&[
            attr("@limit", NUMBER),
            attr("@slew", NUMBER),
            attr("@threshold", NUMBER),
        ]]),
    ]]).keys(&["@name"]),
}
