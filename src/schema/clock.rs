//! Clock and timers.

use super::field::{attr, elem};
use super::kinds::{NUMBER, TEXT, V9_0, WORD, YES_NO, one_of};

group! {
/// What `clock` holds.
CLOCK:
    attr("@offset", one_of(&["localtime", "utc", "timezone", "variable", "absolute"])).default_is("utc")
        .note("`utc` or `localtime` with a number as adjustment is turned into `variable` on that basis."),
    attr("@adjustment", WORD).derived().note("A number of seconds or `reset`; 0 for `variable`."),
    attr("@basis", one_of(&["utc", "localtime"])).derived().note("`utc` for `variable`."),
    attr("@timezone", TEXT),
    attr("@start", NUMBER).since(V9_0),
    elem("timer", &[&[
        attr("@name", one_of(&["platform", "rtc", "tsc", "hpet", "pit", "armvtimer", "kvmclock", "hypervclock"]))
            .abi("abi/timer"),
        attr("@tickpolicy", one_of(&["delay", "merge", "discard", "catchup"])).rule("abi-plus/timer"),
        attr("@track", one_of(&["boot", "guest", "wall", "realtime"])).rule("abi-plus/timer"),
        attr("@frequency", NUMBER).abi("abi/tsc").only_if("@name", &["tsc"]).default_is("0"),
        attr("@mode", one_of(&["auto", "native", "emulate", "paravirt", "smpsafe"]))
            .abi("abi/tsc").only_if("@name", &["tsc"]),
        attr("@present", YES_NO).abi("abi/timer").note("Absent means yes, and is still told from it."),
        elem("catchup", &[&[
            attr("@threshold", NUMBER),
            attr("@slew", NUMBER),
            attr("@limit", NUMBER),
        ]]).rule("abi-plus/timer"),
    ]]).abi("abi/timer-count").keys(&["@name"])
        .note("Order means nothing, but the check compares in document order and refuses a swap."),
}
