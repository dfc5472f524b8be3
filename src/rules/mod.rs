//! What is known of each kind of finding: one list, by id.
//!
//! A rule is data and, unless the field table names it, a small function:
//! [`Check`] tells what it looks at. Adding one is an entry in the file of its
//! family and its examples in `testdata/rules/<id>/`.

mod abi;
mod change;
mod clock;
mod cpu;
mod definition;
mod destination;
mod device;
mod disk;
mod domain;
mod fact;
mod features;
mod found;
mod graphics;
mod memory;
mod net;
mod platform;
mod policy;
mod set;
mod undecided;

pub use fact::Fact;
pub use found::Found;
pub use undecided::{UNDECIDED, Undecided};

use crate::host::HostFacts;
use crate::report::{EnforcedBy, Impact, Level};
use crate::view::{CpuThere, Guest};

/// One rule. Its id is a promise: never renamed, never used for something else.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// `abi/disk`.
    pub id: &'static str,
    /// How severe, unless configured otherwise.
    pub level: Level,
    /// What it is about.
    pub impact: Impact,
    /// Who stops a change against it.
    pub enforced_by: EnforcedBy,
    /// Why it matters, in one or two sentences.
    pub why: &'static str,
    /// What to do.
    pub help: &'static str,
    /// Where the fact is from.
    pub source: &'static str,
    /// Whether the fact is sure.
    pub proof: Proof,
    /// The release from which on it holds (`libvirt 11.2`); empty: every surveyed one.
    pub since: &'static str,
    /// The release from which on it holds no more; empty: it still does.
    pub until: &'static str,
    /// Facts without which it may stay undecided.
    pub needs: &'static [Fact],
    /// A rule about a destination that takes over where facts of one are given.
    pub settled_by: Option<&'static str>,
    /// XML at which it holds; of a change, lines of the old definition behind `- ` and of the new
    /// one behind `+ `.
    pub example: &'static str,
    /// What it looks at.
    pub check: Check,
}

/// How sure a rule's fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// The real libvirt or QEMU did so.
    Run,
    /// Their source or documentation says so.
    Documented,
    /// Likely, but neither run nor found in source or documentation: never an error.
    Unverified,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy)]
pub enum Check {
    /// A change: rows of the field table, or what compares, name the rule.
    Change,
    /// One definition, wherever it is to run.
    State {
        /// Path of what decides it. Of a pair only states in a part that changed are looked for.
        scope: &'static str,
        /// Where it holds.
        find: fn(&Guest<'_>) -> Vec<Found>,
    },
    /// One definition on one destination.
    Destination(fn(&Guest<'_>, &HostFacts) -> Vec<Found>),
    /// What a destination answers about the guest's CPU, or about a CPU alone.
    Cpu(fn(&CpuThere<'_>) -> Vec<Found>),
    /// An entry of the file of accepted findings.
    Accepted,
}

impl Check {
    /// Whether it looks at a change.
    #[must_use]
    pub fn is_change(&self) -> bool {
        matches!(self, Self::Change)
    }
}

impl Rule {
    /// What it is about: the first sentence of why it is there, without its end.
    #[must_use]
    pub fn gist(&self) -> &'static str {
        self.why
            .split_once(". ")
            .map_or(self.why, |(first, _)| first)
            .trim_end_matches('.')
    }

    /// What most rules have in common.
    const BASE: Self = Self {
        id: "",
        level: Level::Info,
        impact: Impact::Migration,
        enforced_by: EnforcedBy::Nobody,
        why: "",
        help: "",
        source: "",
        proof: Proof::Documented,
        since: "",
        until: "",
        needs: &[],
        settled_by: None,
        example: "",
        check: Check::Change,
    };

    /// A state in which libvirt or QEMU refuses the migration.
    const BLOCKER: Self = Self {
        level: Level::Error,
        enforced_by: EnforcedBy::Libvirt,
        ..Self::BASE
    };

    /// A state that lets a migration through only under a condition.
    const RISK: Self = Self {
        level: Level::Warning,
        ..Self::BASE
    };

    /// Something that a destination must offer.
    const DEMAND: Self = Self {
        impact: Impact::Destination,
        ..Self::BLOCKER
    };
}

/// Every rule, sorted by id within its family.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().copied().flatten()
}

static FAMILIES: &[&[Rule]] = &[
    abi::RULES,
    change::RULES,
    clock::RULES,
    cpu::RULES,
    platform::RULES,
    memory::RULES,
    device::RULES,
    disk::RULES,
    destination::cpu::RULES,
    destination::cpu_limits::RULES,
    destination::storage::RULES,
    destination::devices::RULES,
    net::RULES,
    features::RULES,
    graphics::RULES,
    domain::RULES,
    definition::RULES,
    destination::enums::RULES,
    destination::network::RULES,
    destination::paths::RULES,
    destination::platform::RULES,
    destination::releases::RULES,
    destination::placement::RULES,
    destination::memory::RULES,
    policy::RULES,
    set::RULES,
];

/// The rule of that id.
#[must_use]
pub fn get(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

/// The rule that somebody named.
///
/// # Errors
///
/// A sentence that tells the id which was meant, perhaps.
pub fn find(id: &str) -> Result<&'static Rule, String> {
    /// How alike two ids must be, from 0 to 1, for one to be taken for the other misspelt.
    const ALIKE: f64 = 0.9;
    get(id).ok_or_else(|| {
        let nearest = all()
            .map(|rule| (strsim::jaro_winkler(rule.id, id), rule.id))
            .max_by(|a, b| a.0.total_cmp(&b.0))
            .filter(|(likeness, _)| *likeness >= ALIKE);
        match nearest {
            Some((_, meant)) => format!("no rule is called {id}; did you mean {meant}?"),
            None => format!("no rule is called {id}; `domdiff explain` lists them"),
        }
    })
}
