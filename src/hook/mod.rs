//! libvirt's hook protocol: what the daemon calls a hook for, which of it is judged, and what the
//! hook says.
//!
//! libvirt calls `HOOK NAME OPERATION SUBOPERATION EXTRA` with the domain's XML on standard input.
//! A status other than 0 stops most operations. For `migrate begin`, on the destination, that
//! refuses the guest and shows the hook's standard error to the operator on the source; a
//! `reconnect` that fails kills the running guest. So one operation is judged, a second one on
//! request, and all others succeed whatever is wrong.
//!
//! Nothing here reads a file or the clock; see `docs/hook.md` for what an operator does with it.

mod log;
mod reasons;

use std::ffi::{OsStr, OsString};

use crate::policy::{Accepted, FailOn, HookConfig};
use crate::report::{Finding, Report};
use crate::xml::{Document, DocumentError, Limits, Source};
use crate::{Circumstances, Options};

pub use log::{Answer, Entry};
pub use reasons::{Refusal, unjudged};

/// Operations that may be judged; what they are is asked of this host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `migrate begin`: a guest wants to come here.
    Migrate,
    /// `restore begin`: a guest is to go on from a save image.
    Restore,
}

/// What libvirt calls a hook for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call<'a> {
    /// The domain's name; any text.
    pub name: &'a OsStr,
    /// The operation, where it can be judged.
    pub operation: Option<Operation>,
}

impl<'a> Call<'a> {
    /// The words that libvirt's driver called its hook with, that driver's name first: `qemu NAME
    /// OPERATION SUBOPERATION EXTRA`. `None` for another number of words.
    ///
    /// ```
    /// use domdiff::hook::{Call, Operation};
    ///
    /// let words = ["qemu", "--help", "migrate", "begin", "-"].map(Into::into);
    /// let call = Call::of(&words).unwrap();
    /// assert_eq!(call.name, "--help");
    /// assert_eq!(call.operation, Some(Operation::Migrate));
    /// ```
    #[must_use]
    pub fn of(words: &'a [OsString]) -> Option<Self> {
        let [driver, name, operation, sub_operation, _] = words else {
            return None;
        };
        Some(Self {
            name,
            operation: operation_of(operation, sub_operation).filter(|_| driver == "qemu"),
        })
    }

    /// The operation that must be judged; `None` where the call succeeds at once.
    #[must_use]
    pub fn judged(&self, config: &HookConfig) -> Option<Operation> {
        self.operation.filter(|operation| match operation {
            Operation::Migrate => true,
            Operation::Restore => config.restore_begin,
        })
    }
}

/// The operation that a command line with whatever options before it ends with: `None` unless it
/// ends like a call of libvirt, else the operation where it can be judged.
///
/// A mistake in the script that calls domdiff must not reach the operations that are never judged.
///
/// ```
/// use domdiff::hook::{Operation, last_words};
///
/// let line = |text: &str| -> Vec<_> { text.split(' ').map(Into::into).collect() };
/// assert_eq!(last_words(&line("--confg x qemu web01 reconnect begin -")), Some(None));
/// assert_eq!(last_words(&line("web01 migrate begin -")), Some(Some(Operation::Migrate)));
/// assert_eq!(last_words(&line("--help")), None);
/// ```
#[must_use]
pub fn last_words(line: &[OsString]) -> Option<Option<Operation>> {
    let [.., _name, operation, sub_operation, _extra] = line else {
        return None;
    };
    Some(operation_of(operation, sub_operation))
}

fn operation_of(operation: &OsStr, sub_operation: &OsStr) -> Option<Operation> {
    match (operation.to_str()?, sub_operation.to_str()?) {
        ("migrate", "begin") => Some(Operation::Migrate),
        ("restore", "begin") => Some(Operation::Restore),
        _ => None,
    }
}

/// Judges a guest that wants to come to a host. `accepted` is asked for accepted findings only
/// where something counts: for the domain's name and the fingerprints that were found.
///
/// # Errors
/// A document that is no domain, a `<cpu>` that libvirt refuses, what `accepted` says.
pub fn judge<E: From<DocumentError> + From<crate::cpu::error::InputError>>(
    source: &Source,
    operation: Operation,
    fail_on: FailOn,
    circumstances: &Circumstances<'_>,
    mut options: Options,
    accepted: impl FnOnce(Option<&str>, &[&str]) -> Result<Accepted, E>,
) -> Result<Judged, E> {
    let document = Document::parse(source, &Limits::default())?;
    let report = crate::check(&document, circumstances, &options)?;
    let judged = Judged {
        report,
        operation,
        fail_on,
    };
    if !judged.is_refused() {
        return Ok(judged);
    }
    let report = &judged.report;
    let found: Vec<&str> = report
        .all_findings()
        .map(|finding| finding.fingerprint.as_str())
        .collect();
    options.accepted = accepted(report.domain_name(), &found)?;
    if options.accepted.is_empty() {
        return Ok(judged);
    }
    let report = crate::check(&document, circumstances, &options)?;
    Ok(Judged { report, ..judged })
}

/// A guest that was judged.
#[derive(Debug)]
pub struct Judged {
    /// What was found.
    pub report: Report,
    /// What libvirt wanted to do with it.
    pub operation: Operation,
    /// From which level on it is refused.
    pub fail_on: FailOn,
}

impl Judged {
    /// Whether the guest must not come.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.reasons().next().is_some()
    }

    /// The findings that refuse it.
    fn reasons(&self) -> impl Iterator<Item = &Finding> {
        let level = self.fail_on.level();
        self.findings().filter(move |finding| {
            !finding.accepted && level.is_some_and(|level| finding.level >= level)
        })
    }

    /// What is asked of this host. That a guest cannot be migrated says nothing against going on
    /// from a save image here.
    fn findings(&self) -> impl Iterator<Item = &Finding> {
        let own = match self.operation {
            Operation::Migrate => &self.report.findings[..],
            Operation::Restore => &[],
        };
        let here = self.report.hosts.iter().flat_map(|host| &host.findings);
        own.iter().chain(here)
    }
}
