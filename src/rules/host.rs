//! Fields that the guest does not see while it runs.

use super::Rule;
use crate::report::{EnforcedBy, Impact, Level};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "change/no-longer-pinned",
        level: Level::Info,
        impact: Impact::Restart,
        enforced_by: EnforcedBy::Nobody,
        why: "The new definition leaves it to libvirt or the host, which choose again when it is defined.",
        help: "write the old value into the new definition",
        source: "libvirt virDomainDefPostParse",
    },
    Rule {
        id: "change/unmodelled",
        level: Level::Info,
        impact: Impact::Restart,
        enforced_by: EnforcedBy::Nobody,
        why: "domdiff does not know this element or attribute, and libvirt drops what it does not know.",
        help: "check its spelling and the libvirt release it needs",
        source: "libvirt RNG schema",
    },
];
