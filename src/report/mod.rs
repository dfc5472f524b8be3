//! The answer: findings, a summary, and nothing of XML any more.
//!
//! A [`Report`] owns all its text and is complete: every format is a pure
//! function of it.

mod canonical_xml;
mod diff;
pub mod escape;
mod format;
mod inline;
mod json;
pub mod mask;
mod short;
mod style;
mod text;
mod words;

use serde::Serialize;

pub use canonical_xml::{Secrets, canonical_xml};
pub use format::{Format, Look, render, render_all};
pub use json::pretty as json;

/// The judged comparison of two definitions, or the judgement of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Version of this form; raised when a key changes its meaning.
    pub schema_version: u32,
    /// Who made it.
    pub tool: Tool,
    /// The definition that runs today; absent when one definition is judged alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Input>,
    /// The definition that is judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Input>,
    /// The answer in a few words.
    pub summary: Summary,
    /// Everything found, worst first, then in the order of the new file.
    pub findings: Vec<Finding>,
    /// What the field table does not know, in either file.
    pub unmodelled: Vec<Unmodelled>,
    /// How the files were read, where a reader might expect otherwise.
    pub notes: Vec<Remark>,
    /// The canonical forms, where they were asked for.
    #[serde(skip)]
    pub canonical: Option<Canonical>,
}

/// Whether a value is too long for a sentence: a diff of old and new says more.
pub(crate) fn is_long(value: &str) -> bool {
    /// Characters of a value that a message may hold.
    const LONGEST: usize = 80;
    value.contains('\n') || value.chars().nth(LONGEST).is_some()
}

/// Two definitions in canonical form, as `domdiff show` prints them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Canonical {
    /// The definition that runs today.
    pub old: String,
    /// The definition that is judged.
    pub new: String,
}

impl Report {
    /// One of the inputs.
    #[must_use]
    pub fn input(&self, side: Side) -> Option<&Input> {
        match side {
            Side::Old => self.old.as_ref(),
            Side::New => self.new.as_ref(),
        }
    }

    /// Where a finding points: the new file, or the old one for what is gone.
    #[must_use]
    pub fn location<'r>(&'r self, finding: &'r Finding) -> Option<(&'r str, &'r Place)> {
        let (input, place) = match (&finding.new, &finding.old) {
            (Some(place), _) => (&self.new, place),
            (None, Some(place)) => (&self.old, place),
            (None, None) => return None,
        };
        input.as_ref().map(|input| (input.path.as_str(), place))
    }

    /// What to call the domain: its new name.
    #[must_use]
    pub fn domain_name(&self) -> Option<&str> {
        [&self.new, &self.old]
            .into_iter()
            .flatten()
            .find_map(|input| input.name.as_deref())
    }

    /// Whether something of at least `level` was found and not accepted.
    #[must_use]
    pub fn has_at_least(&self, level: Level) -> bool {
        self.findings
            .iter()
            .any(|finding| !finding.accepted && finding.level >= level)
    }

    /// Inputs, answer and counts only.
    #[must_use]
    pub fn without_details(&self) -> Self {
        Self {
            schema_version: self.schema_version,
            tool: self.tool,
            old: self.old.clone(),
            new: self.new.clone(),
            summary: self.summary.clone(),
            findings: Vec::new(),
            unmodelled: Vec::new(),
            notes: Vec::new(),
            canonical: None,
        }
    }
}

/// The program that made a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Tool {
    /// `domdiff`.
    pub name: &'static str,
    /// Its version.
    pub version: &'static str,
}

impl Tool {
    /// This program.
    pub const THIS: Self = Self {
        name: "domdiff",
        version: env!("CARGO_PKG_VERSION"),
    };
}

/// One of the compared definitions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Input {
    /// What the input is called: a path, `-`.
    pub path: String,
    /// The domain's name, when it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The domain's UUID, when it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<String>,
    /// Which part of a wrapper document was compared: `domainsnapshot/domain`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken_from: Option<&'static str>,
}

/// Can a running guest of the old definition go on as the new one?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// No change of meaning.
    Identical,
    /// Changes, none of which the guest sees while it runs.
    Compatible,
    /// The guest would see it, or the migration would break.
    Incompatible,
}

/// What libvirt's own guest-ABI check says of the pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LibvirtCheck {
    /// libvirt makes the same definition of both.
    Same,
    /// The definitions differ, the check lets the change through.
    Accepts,
    /// The check refuses the change.
    Refuses,
    /// No file can tell.
    Unknown,
}

/// Can the new definition be migrated live?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Migratable {
    /// Yes.
    Yes,
    /// No: see the findings.
    No,
    /// A fact is missing.
    Unknown,
}

/// What a change needs on a running domain, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// Nothing.
    None,
    /// A command on the running domain.
    Live,
    /// Power off and start again.
    Restart,
    /// Another domain.
    Recreate,
}

/// How severe a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Good to know.
    Info,
    /// Works only under a condition that the inputs do not prove.
    Warning,
    /// Breaks.
    Error,
}

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Impact {
    /// It would be another virtual machine.
    Identity,
    /// The guest sees other hardware.
    GuestAbi,
    /// A live migration fails, or loses something.
    Migration,
    /// The destination must offer something.
    Destination,
    /// Takes effect at the next start.
    Restart,
    /// The host's side only.
    HostSide,
    /// No effect.
    Cosmetic,
}

/// Who stops a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum EnforcedBy {
    /// libvirt refuses before anything happens.
    Libvirt,
    /// QEMU fails on the way.
    Qemu,
    /// It goes through, and whatever follows follows.
    Nobody,
}

/// Counts and answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Our answer.
    pub verdict: Verdict,
    /// libvirt's answer, predicted.
    pub libvirt: LibvirtCheck,
    /// Whether the new definition can be migrated.
    pub migratable: Migratable,
    /// What the whole change needs.
    pub apply: How,
    /// Findings of level error, accepted ones aside.
    pub errors: usize,
    /// Findings of level warning, accepted ones aside.
    pub warnings: usize,
    /// Findings of level info, accepted ones aside.
    pub infos: usize,
}

/// One thing found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Id of the rule.
    pub rule: &'static str,
    /// How severe.
    pub level: Level,
    /// What it is about.
    pub impact: Impact,
    /// Who stops it.
    pub enforced_by: EnforcedBy,
    /// Where, with keys: `devices/disk[vda]/serial`.
    pub path: String,
    /// What happened, in one sentence that names the thing.
    pub message: String,
    /// Why it matters.
    pub why: &'static str,
    /// What to do.
    pub help: String,
    /// How to apply it to a running domain.
    pub apply: Application,
    /// The old value and its place; absent when it was added.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub old: Option<Place>,
    /// The new value and its place; absent when it was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<Place>,
    /// Stable across reordering and unrelated edits.
    pub fingerprint: String,
    /// Whether somebody accepted it.
    pub accepted: bool,
}

/// How a change is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Application {
    /// What it needs.
    pub how: How,
    /// The command for it, complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The canonical value, masked if it is a secret; absent for an element without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Line from 1. For what libvirt fills in: that of the enclosing element.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Whether it stands in the file, or libvirt fills it in.
    #[serde(skip_serializing_if = "is_true")]
    pub written: bool,
    /// The source line, secrets masked, for formats that show it.
    #[serde(skip)]
    pub snippet: Option<Snippet>,
}

/// A source line and the part of it that is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// The line, without its end.
    pub text: String,
    /// First character meant, from 0.
    pub start: usize,
    /// How many characters are meant.
    pub width: usize,
}

/// Something about how a file was read; no finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Remark {
    /// In which input.
    pub side: Side,
    /// Line from 1.
    pub line: u32,
    /// Column from 1.
    pub column: u32,
    /// One sentence.
    pub text: String,
}

/// Something the field table does not know; compared as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unmodelled {
    /// In which input.
    pub side: Side,
    /// Its path as written.
    pub path: String,
    /// Line from 1.
    pub line: u32,
    /// Column from 1.
    pub column: u32,
}

/// One of the two inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The definition that runs today.
    Old,
    /// The definition that is judged.
    New,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_true(value: &bool) -> bool {
    *value
}
