//! What is to be said of a team's own decisions: findings that it accepted.

use super::{Check, Rule};
use crate::report::{Impact, Level};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "policy/accepted-expired",
        level: Level::Warning,
        impact: Impact::Cosmetic,
        why: "The finding was accepted up to a day that is over: it counts again.",
        help: "mend it, or accept it anew: `domdiff check --accept --reason TEXT --expires DATE`",
        source: "the file of accepted findings",
        example: r#"[[accepted]]
domain = "example"
fingerprint = "0de61a46a4c0a05c"
rule = "cpu/host-passthrough"
path = "cpu/@mode"
reason = "All hosts are of one model."
expires = 2020-12-31"#,
        check: Check::Accepted,
        ..Rule::BASE
    },
    Rule {
        id: "policy/accepted-stale",
        level: Level::Info,
        impact: Impact::Cosmetic,
        why: "An entry that accepts nothing today may accept something tomorrow that nobody looked at.",
        help: "remove the entry from the file of accepted findings",
        source: "the file of accepted findings",
        example: r#"[[accepted]]
domain = "example"
fingerprint = "0de61a46a4c0a05c"
rule = "cpu/host-passthrough"
path = "cpu/@mode"
reason = "All hosts are of one model.""#,
        check: Check::Accepted,
        ..Rule::BASE
    },
];
