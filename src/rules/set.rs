//! Domains that stand in one of two compared sets only.

use super::Rule;
use crate::report::{EnforcedBy, Impact, Level};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "set/domain-added",
        level: Level::Info,
        impact: Impact::Identity,
        enforced_by: EnforcedBy::Nobody,
        why: "No definition in the old set has its UUID or its name.",
        help: "`virsh define` it, if it is meant to be there",
        source: "domdiff pairs by UUID, then by name",
        example: "+ <name>fresh</name>",
        ..Rule::BASE
    },
    Rule {
        id: "set/domain-removed",
        level: Level::Warning,
        impact: Impact::Identity,
        enforced_by: EnforcedBy::Nobody,
        why: "No definition in the new set has its UUID or its name: after a change of host or a restore it would be gone.",
        help: "`virsh undefine` it, if it is meant to go",
        source: "domdiff pairs by UUID, then by name",
        example: "- <name>gone</name>",
        ..Rule::BASE
    },
];
