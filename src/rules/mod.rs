//! What is known of each kind of finding: one list, by id.
//!
//! A rule is data. Rules about a changed field are named by the field's row in
//! the table; rules about a state of the new definition also have a function
//! that finds it ([`state`]).

mod abi;
mod host;
mod set;
pub mod state;

use crate::report::{EnforcedBy, Impact, Level};

/// One rule. Its id is a promise: never renamed, never used for something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
}

/// Every rule, sorted by id within its family.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    abi::RULES
        .iter()
        .chain(host::RULES)
        .chain(state::RULES)
        .chain(set::RULES)
}

/// The rule of that id.
#[must_use]
pub fn get(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}
