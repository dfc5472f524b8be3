//! GitLab's Code Quality report: an array of issues, each with a file and a line of the
//! repository, and a fingerprint by which GitLab tells what is new in a merge request.

use std::collections::HashMap;
use std::io;

use serde::Serialize;

use super::escape::line;
use super::place::at;
use super::words::{self, shortened};
use super::{Level, Look, Place, Report, json};
use crate::judge::fingerprint;

/// Characters of one text.
const MOST_TEXT: usize = 1_000;

/// One issue; GitLab reads no other keys.
#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// Prints an issue for everything found and not accepted.
pub(super) fn render_all(
    reports: &[Report],
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut issues = Vec::new();
    for report in reports {
        if look.summary {
            issues.push(of_summary(report));
        } else {
            all(report, &mut issues);
        }
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    for issue in &mut issues {
        let before = seen.entry(issue.fingerprint.clone()).or_default();
        if *before > 0 {
            let ordinal = before.to_string();
            issue.fingerprint = fingerprint(&[&issue.fingerprint, &ordinal]);
        }
        *before += 1;
    }
    json(&issues, out)
}

/// What was found in the definition, then on each host.
fn all(report: &Report, issues: &mut Vec<Issue>) {
    let own = report.findings.iter().map(|finding| ("", finding));
    let on_hosts = report.hosts.iter().flat_map(|host| {
        let name = host.name.as_str();
        host.findings.iter().map(move |finding| (name, finding))
    });
    for (host, finding) in own.chain(on_hosts) {
        if finding.accepted {
            continue;
        }
        let title = shortened(report.title(), MOST_TEXT);
        let message = shortened(&finding.message, MOST_TEXT);
        let on = match host {
            "" => String::new(),
            host => format!("on {}: ", shortened(host, MOST_TEXT)),
        };
        let location = location(report, report.location(finding));
        issues.push(Issue {
            description: visible(&format!("{title}: {on}{message}")),
            check_name: finding.rule,
            // A finding of two domains, or on two hosts, is two issues.
            fingerprint: fingerprint(&[&location.path, host, &finding.fingerprint]),
            severity: severity(finding.level),
            location,
        });
    }
}

/// Verdict and counts.
fn of_summary(report: &Report) -> Issue {
    let summary = &report.summary;
    let location = location(report, None);
    let word = words::in_a_word(report);
    let title = shortened(report.title(), MOST_TEXT);
    Issue {
        description: visible(&format!("{title}: {word}: {}", words::counts(report))),
        check_name: "summary",
        fingerprint: fingerprint(&[&location.path, "summary"]),
        severity: severity(match (summary.errors, summary.warnings) {
            (1.., _) => Level::Error,
            (0, 1..) => Level::Warning,
            (0, 0) => Level::Info,
        }),
        location,
    }
}

/// Where an issue is shown. What stands in no file is shown at the first line of the definition.
fn location(report: &Report, place: Option<(&str, &Place)>) -> Location {
    let input = report.new.as_ref().or(report.old.as_ref());
    let (name, begin) = match (place, input) {
        (Some((name, place)), _) => (name, place.line),
        (None, Some(input)) => (input.path.as_str(), 1),
        (None, None) => ("", 1),
    };
    let path = at(name).map_or(name, |file| file.path);
    Location {
        path: path.trim_start_matches('/').to_owned(),
        lines: Lines { begin },
    }
}

/// A reader of JSON shows what it decodes.
fn visible(text: &str) -> String {
    line(text).into_owned()
}

fn severity(level: Level) -> &'static str {
    match level {
        Level::Error => "critical",
        Level::Warning => "major",
        Level::Info => "info",
    }
}
