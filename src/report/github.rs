//! Annotations of a GitHub workflow: commands that the runner reads out of the log.
//!
//! GitHub shows ten of a kind and step and drops the rest, so the last of ten counts it.

use std::cmp::Reverse;
use std::io;

use super::escape::{command_data, command_property, line};
use super::place::at;
use super::words::{self, plural, shortened};
use super::{Finding, Level, Look, Place, Report};

/// Annotations of one kind.
const MOST_OF_A_KIND: usize = 10;
/// Characters of one text.
const MOST_TEXT: usize = 1_000;

/// Prints an annotation for everything found, the worst first.
pub(super) fn render_all(
    reports: &[Report],
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut annotations: Vec<Annotation<'_>> = if look.summary {
        reports.iter().map(Annotation::of_summary).collect()
    } else {
        reports.iter().flat_map(Annotation::all).collect()
    };
    annotations.sort_by_key(|annotation| Reverse(annotation.level));
    for of_a_kind in annotations.chunk_by(|a, b| a.level == b.level) {
        let shown = if of_a_kind.len() > MOST_OF_A_KIND {
            &of_a_kind[..MOST_OF_A_KIND - 1]
        } else {
            of_a_kind
        };
        for annotation in shown {
            annotation.print(out)?;
        }
        let more = of_a_kind.len() - shown.len();
        if let (Some(last), true) = (of_a_kind.last(), more > 0) {
            let text = plural(more, &format!("more {}", last.level));
            writeln!(out, "::{} title=domdiff::{text}", command(last.level))?;
        }
    }
    Ok(())
}

/// What is shown beside a line of a file.
struct Annotation<'r> {
    level: Level,
    title: String,
    place: Option<(&'r str, &'r Place)>,
    text: String,
}

impl<'r> Annotation<'r> {
    /// What was found in the definition, then on each host.
    fn all(report: &'r Report) -> impl Iterator<Item = Self> {
        let own = report.findings.iter().map(|finding| (None, finding));
        let on_hosts = report.hosts.iter().flat_map(|host| {
            let name = Some(host.name.as_str());
            host.findings.iter().map(move |finding| (name, finding))
        });
        own.chain(on_hosts)
            .filter(|(_, finding)| !finding.accepted)
            .map(|(host, finding)| Self::of(report, host, finding))
    }

    fn of(report: &'r Report, host: Option<&str>, finding: &'r Finding) -> Self {
        let message = line(&shortened(&finding.message, MOST_TEXT)).into_owned();
        let mut text = match host {
            Some(host) => format!("on {}: {message}", line(&shortened(host, MOST_TEXT))),
            None => message,
        };
        for paragraph in [finding.why, &finding.help] {
            if !paragraph.is_empty() {
                text.push('\n');
                text.push_str(&line(&shortened(paragraph, MOST_TEXT)));
            }
        }
        Self {
            level: finding.level,
            title: format!("{}: {}", shortened(report.title(), MOST_TEXT), finding.rule),
            place: report.location(finding),
            text,
        }
    }

    /// Verdict and counts.
    fn of_summary(report: &'r Report) -> Self {
        let summary = &report.summary;
        let word = words::in_a_word(report);
        Self {
            level: match (summary.errors, summary.warnings) {
                (1.., _) => Level::Error,
                (0, 1..) => Level::Warning,
                (0, 0) => Level::Info,
            },
            title: format!("{}: {word}", shortened(report.title(), MOST_TEXT)),
            place: None,
            text: words::counts(report),
        }
    }

    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        write!(out, "::{} ", command(self.level))?;
        if let Some((name, place)) = self.place
            && let Some(file) = at(name)
        {
            let file = command_property(file.path);
            let (line, column) = (place.line, place.column);
            write!(out, "file={file},line={line},col={column},")?;
        }
        let (title, text) = (command_property(&self.title), command_data(&self.text));
        writeln!(out, "title={title}::{text}")
    }
}

/// The command for a level.
fn command(level: Level) -> &'static str {
    match level {
        Level::Error => "error",
        Level::Warning => "warning",
        Level::Info => "notice",
    }
}
