//! JUnit's XML, for what shows test results: a suite for each domain and each
//! host that it may go to, a test for each finding.
//!
//! A finding fails at or above the level that makes the exit status 1, is
//! skipped when it is accepted, and passes below: the file fails exactly when
//! the command does.

use std::collections::HashMap;
use std::io;

use super::escape::{markup, markup_lines};
use super::words::{self, shortened};
use super::{Finding, HostReport, Level, Look, Report, text};

/// Characters of one text of a finding.
const MOST_TEXT: usize = 4_000;
/// Characters of a name, which stands in every test.
const MOST_NAME: usize = 200;

/// Prints the suites of all reports.
pub(super) fn render_all(
    reports: &[Report],
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let suites: Vec<Suite> = reports
        .iter()
        .flat_map(|report| suites(report, look.fail_on))
        .collect();
    let (tests, failures) = suites.iter().fold((0, 0), |(tests, failures), suite| {
        (tests + suite.cases.len(), failures + suite.failures())
    });
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(
        out,
        "<testsuites name=\"domdiff\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\">"
    )?;
    suites.iter().try_for_each(|suite| suite.print(out))?;
    writeln!(out, "</testsuites>")
}

/// The tests of one definition, or of one definition on one host.
struct Suite {
    name: String,
    /// What the suite says as a whole.
    verdict: String,
    file: Option<String>,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    outcome: Outcome,
    /// What there is to say, ready to stand in an attribute or between tags.
    message: String,
    details: String,
}

enum Outcome {
    Passed,
    Failed(Level),
    Skipped,
}

fn suites(report: &Report, fail_on: Option<Level>) -> Vec<Suite> {
    let path = report.new.as_ref().or(report.old.as_ref());
    let path = path.map(|input| input.path.as_str());
    let name = shortened(report.title(), MOST_NAME);
    let suite = |name: String, verdict: String, findings: &[Finding]| Suite {
        name,
        verdict,
        file: path.map(str::to_owned),
        cases: cases(report, findings, fail_on),
    };
    let verdict = words::sentence(report).to_owned();
    let own = suite(name.clone().into_owned(), verdict, &report.findings);
    let on_host = |host: &HostReport| {
        let verdict = format!("{}: {}", words::host(host.verdict), host.cpu.message);
        let host_name = shortened(&host.name, MOST_NAME);
        suite(format!("{name} on {host_name}"), verdict, &host.findings)
    };
    std::iter::once(own)
        .chain(report.hosts.iter().map(on_host))
        .collect()
}

/// A test for each finding; one that passes where nothing was found.
fn cases(report: &Report, findings: &[Finding], fail_on: Option<Level>) -> Vec<Case> {
    if findings.is_empty() {
        return vec![Case {
            name: "nothing found".to_owned(),
            outcome: Outcome::Passed,
            message: String::new(),
            details: String::new(),
        }];
    }
    let mut seen: HashMap<String, usize> = HashMap::new();
    findings
        .iter()
        .map(|finding| {
            let mut name = format!("{} {}", finding.rule, shortened(&finding.path, MOST_TEXT));
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            if *count > 1 {
                name.push_str(&format!(" ({count})"));
            }
            Case {
                name: name.trim_end().to_owned(),
                outcome: match fail_on {
                    _ if finding.accepted => Outcome::Skipped,
                    Some(level) if finding.level >= level => Outcome::Failed(finding.level),
                    _ => Outcome::Passed,
                },
                message: message(finding),
                details: shortened(text::finding(report, finding).trim_end(), MOST_TEXT)
                    .into_owned(),
            }
        })
        .collect()
}

/// What was found; of an accepted finding, why it does not count.
fn message(finding: &Finding) -> String {
    let message = shortened(&finding.message, MOST_TEXT);
    match &finding.acceptance {
        Some(acceptance) => format!("accepted: {}; {message}", acceptance.reason),
        None => message.into_owned(),
    }
}

impl Suite {
    fn failures(&self) -> usize {
        let failed = |case: &&Case| matches!(case.outcome, Outcome::Failed(_));
        self.cases.iter().filter(failed).count()
    }

    fn print(&self, out: &mut dyn io::Write) -> io::Result<()> {
        let skipped = |case: &&Case| matches!(case.outcome, Outcome::Skipped);
        let skipped = self.cases.iter().filter(skipped).count();
        let name = markup(&self.name);
        write!(
            out,
            "  <testsuite name=\"{name}\" tests=\"{}\" failures=\"{}\" errors=\"0\" skipped=\"{skipped}\"",
            self.cases.len(),
            self.failures()
        )?;
        if let Some(file) = &self.file {
            write!(out, " file=\"{}\"", markup(file))?;
        }
        writeln!(out, ">")?;
        let verdict = markup(&self.verdict);
        writeln!(
            out,
            "    <properties>\n      <property name=\"verdict\" value=\"{verdict}\"/>\n    </properties>"
        )?;
        for case in &self.cases {
            write!(
                out,
                "    <testcase classname=\"domdiff.{name}\" name=\"{}\"",
                markup(&case.name)
            )?;
            let (message, details) = (markup(&case.message), markup_lines(&case.details));
            match case.outcome {
                Outcome::Passed if details.is_empty() => {
                    writeln!(out, "/>")?;
                    continue;
                }
                Outcome::Passed => write!(out, ">\n      <system-out>{details}</system-out>")?,
                Outcome::Failed(level) => write!(
                    out,
                    ">\n      <failure type=\"{level}\" message=\"{message}\">{details}</failure>"
                )?,
                Outcome::Skipped => write!(out, ">\n      <skipped message=\"{message}\"/>")?,
            }
            writeln!(out, "\n    </testcase>")?;
        }
        writeln!(out, "  </testsuite>")
    }
}
