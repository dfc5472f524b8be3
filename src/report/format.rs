//! The list of formats, and what a format may adapt to.

use std::io;

use super::{
    Level, Report, RulesUrl, diff, github, gitlab, html, json, junit, markdown, sarif, short, text,
};

/// The formats a comparison can be printed in; the only list of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people: verdict, what was found, why it matters, what to do.
    #[default]
    Text,
    /// One line a finding: file:line:column: `level[rule]: message`.
    Short,
    /// For programs: one object, for several domains an array.
    Json,
    /// For programs: one object a line and domain.
    Ndjson,
    /// A unified diff of the two canonical forms.
    Diff,
    /// One page for a browser, complete in itself.
    Html,
    /// SARIF 2.1.0, for code scanning: one log for all domains.
    Sarif,
    /// JUnit's XML, for what shows test results: a suite a domain and host.
    Junit,
    /// A comment for a pull request: one for all domains, to be updated in place.
    Markdown,
    /// Annotations of a GitHub workflow.
    Github,
    /// A Code Quality report for GitLab.
    Gitlab,
}

impl Format {
    /// Whether it shows [`Report::canonical`].
    #[must_use]
    pub const fn shows_canonical(self) -> bool {
        matches!(self, Self::Diff | Self::Html)
    }
}

/// Where the output is going to, and what counts there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Whether to colour.
    pub color: bool,
    /// Characters in a line, when a person reads it on a terminal.
    pub width: Option<usize>,
    /// Verdict and counts, no findings; for people, and where a program can tell it from an answer
    /// that found nothing.
    pub summary: bool,
    /// The lowest level that counts as a failure, where a format knows failures; `None`: nothing.
    pub fail_on: Option<Level>,
    /// Bytes that a comment may have; `None`: as many as code review takes.
    pub max_bytes: Option<usize>,
    /// Where the explanations of rules are published, for formats with links.
    pub rules_url: Option<RulesUrl>,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            color: false,
            width: None,
            summary: false,
            fail_on: Some(Level::Error),
            max_bytes: None,
            rules_url: None,
        }
    }
}

/// Prints a report.
///
/// # Errors
///
/// What writing to `out` says.
pub fn render(
    report: &Report,
    format: Format,
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Json => json::render(report, look, out),
        Format::Ndjson => json::render_line(report, look, out),
        Format::Text | Format::Short | Format::Diff if look.summary => {
            text::render_summary(report, look, out)
        }
        Format::Text => text::render(report, look, out),
        Format::Short => short::render(report, look, out),
        Format::Diff => diff::render(report, look, out),
        Format::Html
        | Format::Sarif
        | Format::Junit
        | Format::Markdown
        | Format::Github
        | Format::Gitlab => render_all(std::slice::from_ref(report), format, look, out),
    }
}

/// Prints the reports of several domains.
///
/// # Errors
///
/// What writing to `out` says.
pub fn render_all(
    reports: &[Report],
    format: Format,
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match format {
        Format::Json => json::render_all(reports, look, out),
        Format::Text => text::render_all(reports, look, out),
        Format::Html => html::render_all(reports, look, out),
        Format::Sarif => sarif::render_all(reports, look, out),
        Format::Junit => junit::render_all(reports, look, out),
        Format::Markdown => markdown::render_all(reports, look, out),
        Format::Github => github::render_all(reports, look, out),
        Format::Gitlab => gitlab::render_all(reports, look, out),
        Format::Short | Format::Diff if look.summary => text::render_all(reports, look, out),
        Format::Ndjson | Format::Short | Format::Diff => reports
            .iter()
            .try_for_each(|report| render(report, format, look, out)),
    }
}

/// Prints the judgements of definitions, one or several: for programs always a list.
///
/// # Errors
///
/// What writing to `out` says.
pub fn render_checks(
    reports: &[Report],
    format: Format,
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    match (reports, format) {
        ([report], Format::Text | Format::Short | Format::Diff) => {
            render(report, format, look, out)
        }
        _ => render_all(reports, format, look, out),
    }
}
