//! The answer: findings, a summary, and nothing of XML any more.
//!
//! A [`Report`] owns all its text and is complete: every format is a pure
//! function of it.

mod canonical_xml;
mod diff;
pub mod escape;
mod format;
mod github;
mod gitlab;
mod html;
mod inline;
mod json;
mod junit;
mod markdown;
pub mod mask;
mod matrix;
mod place;
mod rules_url;
mod sarif;
mod schema;
mod short;
mod style;
mod text;
mod words;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

pub use canonical_xml::{Secrets, canonical_xml};
pub use format::{Format, Look, render, render_all, render_checks};
pub use json::pretty as json;
pub use matrix::{Cell, Reason, Step, Target};
pub use rules_url::{InvalidUrl, RulesUrl, anchor};
pub use schema::schema;
pub(crate) use words::plural;

/// The judged comparison of two definitions, or the judgement of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
    /// The facts that would settle what is open, each once.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// What each given host says of the definition, in the order they were given.
    pub hosts: Vec<HostReport>,
    /// The canonical forms, where they were asked for.
    #[serde(skip)]
    pub canonical: Option<Canonical>,
    /// What was asked.
    #[serde(skip)]
    pub question: Question,
}

/// What a report answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// What changed between two definitions.
    Change,
    /// What became of a domain that only one of two sets holds.
    OneSided,
    /// Whether a definition can be migrated, and where to.
    Migration,
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

    /// What to call the domain in any case: its name, or its file.
    #[must_use]
    pub fn title(&self) -> &str {
        let input = self.new.as_ref().or(self.old.as_ref());
        let path = input.map(|input| input.path.as_str());
        let name = self.domain_name().filter(|name| !name.trim().is_empty());
        name.or(path).unwrap_or("domain")
    }

    /// Whether something of at least `level` was found and not accepted.
    #[must_use]
    pub fn has_at_least(&self, level: Level) -> bool {
        self.all_findings()
            .any(|finding| !finding.accepted && finding.level >= level)
    }

    /// What was found in the definition, then on each host.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .chain(self.hosts.iter().flat_map(|host| &host.findings))
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
            needs: self.needs.clone(),
            hosts: self.hosts.iter().map(HostReport::without_details).collect(),
            canonical: None,
            question: self.question,
        }
    }
}

/// The program that made a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
    /// The fact that is missing to decide it; absent when it is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<Need>,
    /// Whether somebody accepted it.
    pub accepted: bool,
    /// Who accepted it and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acceptance: Option<Acceptance>,
}

/// A fact that would settle something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
pub struct Need {
    /// Its name: `storage`, `networks`.
    pub fact: &'static str,
    /// How to tell it to domdiff.
    pub how: &'static str,
}

/// Why a finding does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Acceptance {
    /// Why it is accepted.
    pub reason: String,
    /// Who stands for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// The last day it is accepted: `2026-12-31`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires: Option<String>,
}

/// Can a guest run on a host?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HostVerdict {
    /// It can.
    Runs,
    /// It cannot: see the findings.
    Refused,
    /// A fact is missing.
    Unknown,
}

/// What one host says of a definition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct HostReport {
    /// What the host is called.
    pub name: String,
    /// Whether the guest can run there.
    pub verdict: HostVerdict,
    /// The same, with what the definition itself has against a migration.
    pub cell: Cell,
    /// What its CPU says.
    pub cpu: CpuReport,
    /// What stands in the way there, or may do so; worst first.
    pub findings: Vec<Finding>,
}

impl HostReport {
    fn without_details(&self) -> Self {
        Self {
            findings: Vec::new(),
            ..self.clone()
        }
    }
}

/// Whether a host gives the CPU that a guest asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct CpuReport {
    /// `identical`, `superset`, `incompatible`, `error` or `unknown`.
    pub verdict: &'static str,
    /// Features that are asked for and that the host lacks.
    pub missing: Vec<String>,
    /// One sentence.
    pub message: String,
    /// What makes it incompatible, in a word: `missing`, `vendor`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// Features that the guest forbids and that the host has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub forbidden: Vec<String>,
    /// Features of the host that a strict match does not want.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub extra: Vec<String>,
    /// Features that decide and that no source tells.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// How far the facts carry.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<&'static str>,
    /// For a feature named above: the source that tells of it.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub sources: BTreeMap<String, String>,
    /// What a reader should know beside it, as sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// How a change is applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Application {
    /// What it needs.
    pub how: How,
    /// The command for it, complete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
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
