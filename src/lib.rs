//! Semantic diff and migration-compatibility checks for libvirt domain XML.

pub mod abi;
pub mod canon;
pub mod cpu;
pub mod diff;
pub mod hook;
pub mod host;
mod json_schema;
mod judge;
pub mod migration;
pub mod policy;
pub mod report;
pub mod rules;
pub mod schema;
pub mod sets;
pub mod tree;
pub mod value;
pub mod view;
pub mod xml;

pub use judge::{Circumstances, Options};

use canon::{Domain, Release};
use host::guest::GuestCpu;
use report::{Report, Verdict};
use xml::Document;

/// Compares two definitions by meaning and judges every change.
///
/// Both are read as the newest surveyed libvirt reads them. Where that finds
/// differences, the older release is asked as well: what it fills in for an
/// authored file may be just what its own dump shows.
///
/// ```
/// use domdiff::xml::{Document, Limits, Source};
///
/// let text = |memory: u32| {
///     format!("<domain type='kvm'><name>vm</name><memory unit='MiB'>{memory}</memory><os><type>hvm</type></os></domain>")
/// };
/// let old = Source::from_bytes("old.xml", text(1024).into_bytes())?;
/// let new = Source::from_bytes("new.xml", text(2048).into_bytes())?;
/// let limits = Limits::default();
/// let (old, new) = (Document::parse(&old, &limits)?, Document::parse(&new, &limits)?);
/// let report = domdiff::compare(&old, &new, &domdiff::Options::default());
/// assert_eq!(report.findings[0].rule, "abi/memory-size");
/// # Ok::<(), domdiff::xml::DocumentError>(())
/// ```
#[must_use]
pub fn compare(old: &Document<'_>, new: &Document<'_>, options: &Options) -> Report {
    let (newest, left_open) = compare_as(old, new, options, Release::V12_8);
    if newest.summary.verdict != Verdict::Identical && left_open {
        let (older, _) = compare_as(old, new, options, Release::V9_0);
        if older.summary.verdict == Verdict::Identical {
            return older;
        }
    }
    newest
}

/// Judges one definition: can the guest be migrated, what is risky, and can
/// each given host run it. It is read as the newest surveyed libvirt reads it.
///
/// # Errors
///
/// A `<cpu>` that libvirt refuses.
pub fn check(
    document: &Document<'_>,
    circumstances: &Circumstances<'_>,
    options: &Options,
) -> Result<Report, cpu::error::InputError> {
    let cpu = GuestCpu::of_document(document)?;
    let domain = Domain::of_guest(document, Release::V12_8);
    Ok(judge::check(&domain, &cpu, circumstances, options))
}

/// Judges a CPU alone, a bare `<cpu>` or that of a capabilities document: can
/// each given host give it to a guest? `path` is what to call it.
#[must_use]
pub fn check_cpu(
    cpu: &GuestCpu,
    path: &str,
    circumstances: &Circumstances<'_>,
    options: &Options,
) -> Report {
    judge::check_cpu(cpu, path, circumstances, options)
}

/// The report, and whether a change in it is of something that the old file
/// leaves to libvirt, so that an older libvirt may have chosen otherwise.
fn compare_as(
    old: &Document<'_>,
    new: &Document<'_>,
    options: &Options,
    release: Release,
) -> (Report, bool) {
    let (old, new) = (Domain::new(old, release), Domain::new(new, release));
    let diff = diff::diff(&old, &new);
    let prediction = abi::predict(&old, &new, &diff);
    let filled =
        |change: &diff::Change| change.old.is_some_and(|node| !old.tree().is_written(node));
    // One such change is enough: a controller of another model moves others.
    let left_open = diff.changes.iter().any(filled);
    (
        judge::judge(&old, &new, &diff.changes, &prediction, options),
        left_open,
    )
}
