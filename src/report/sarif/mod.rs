//! SARIF 2.1.0: one log with one run, whatever number of domains and hosts.
//!
//! Code scanning services take at most so many results and cut what is long:
//! the worst are kept, and a notification says how many are not.

mod artifact;
mod rule;

use std::io;

use serde::Serialize;

use self::artifact::{ArtifactLocation, Artifacts};
use self::rule::Rules;
use super::escape::line;
use super::words::shortened;
use super::{
    Application, EnforcedBy, Finding, HostReport, HostVerdict, Impact, Input, Level, Look,
    Migratable, Need, Place, Question, Report, Side, Verdict, json,
};

/// Where the form of a log is published.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";
/// Results of one run; GitHub refuses a log with more.
const MOST_RESULTS: usize = 25_000;
/// Notifications of one run.
const MOST_NOTES: usize = 1_000;
/// Characters of one text of a finding.
const MOST_TEXT: usize = 2_000;

/// Prints the log of all reports.
pub(super) fn render_all(
    reports: &[Report],
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    json(&Log::of(reports, look), out)
}

#[derive(Serialize)]
struct Log<A, R> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<A, R>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<A, R> {
    tool: Tool<R>,
    automation_details: Automation,
    column_kind: &'static str,
    invocations: [Invocation; 1],
    artifacts: Vec<A>,
    results: Vec<SarifResult>,
    properties: RunProperties,
}

#[derive(Serialize)]
struct Tool<R> {
    driver: Driver<R>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver<R> {
    name: &'static str,
    version: &'static str,
    semantic_version: &'static str,
    rules: Vec<R>,
}

/// Keeps logs of different questions about one commit apart.
#[derive(Serialize)]
struct Automation {
    id: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

/// How a file was read, or what the log leaves out.
#[derive(Serialize)]
struct Notification {
    level: SarifLevel,
    message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
}

#[derive(Serialize)]
struct RunProperties {
    domains: Vec<DomainProperties>,
}

/// The answer for a domain, which no result holds.
#[derive(Serialize)]
struct DomainProperties {
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    verdict: Verdict,
    migratable: Migratable,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    hosts: Vec<HostProperties>,
}

#[derive(Serialize)]
struct HostProperties {
    name: String,
    verdict: HostVerdict,
    cpu: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    level: SarifLevel,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
    /// Absent where nothing at all is accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<Vec<Suppression>>,
    properties: ResultProperties,
}

#[derive(Serialize)]
struct Fingerprints {
    /// The finding, on whatever host.
    #[serde(rename = "domdiff/v1")]
    finding: String,
    /// The only one that GitHub looks at; it tells hosts apart too.
    #[serde(rename = "primaryLocationLineHash")]
    alert: String,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<SuppressionProperties>,
}

#[derive(Serialize)]
struct SuppressionProperties {
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultProperties {
    #[serde(skip_serializing_if = "Option::is_none")]
    domain: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host: Option<String>,
    impact: Impact,
    enforced_by: EnforcedBy,
    #[serde(skip_serializing_if = "String::is_empty")]
    help: String,
    apply: Application,
    #[serde(skip_serializing_if = "Option::is_none")]
    needs: Option<Need>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    fully_qualified_name: String,
    kind: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<u32>,
}

/// A text for people.
#[derive(Debug, Clone, Serialize)]
struct Message {
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    markdown: Option<String>,
}

impl Message {
    /// A text of our own.
    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            markdown: None,
        }
    }

    /// A text with parts of documents in it.
    fn of_data(text: &str) -> Self {
        // `[text](target)` is a link in plain text too.
        Self::new(&data(text).replace("](", "] ("))
    }
}

/// How a level is called here.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "lowercase")]
enum SarifLevel {
    Error,
    Warning,
    Note,
}

impl From<Level> for SarifLevel {
    fn from(level: Level) -> Self {
        match level {
            Level::Error => Self::Error,
            Level::Warning => Self::Warning,
            Level::Info => Self::Note,
        }
    }
}

/// A part of a document: on one line, visible, of some length at most.
fn data(text: &str) -> String {
    line(&shortened(text, MOST_TEXT)).into_owned()
}

impl Log<(), ()> {
    fn of(reports: &[Report], look: &Look) -> Log<impl Serialize, impl Serialize> {
        let mut log = Writer {
            artifacts: Artifacts::default(),
            rules: Rules::new(look.rules_url.clone()),
            accepts: reports
                .iter()
                .flat_map(Report::all_findings)
                .any(|finding| finding.accepted),
        };
        let mut found: Vec<Source<'_>> = reports.iter().flat_map(Source::all).collect();
        let left_out = found.len().saturating_sub(MOST_RESULTS);
        if left_out > 0 {
            found.sort_by_key(|source| std::cmp::Reverse(source.finding.level));
            found.truncate(MOST_RESULTS);
        }
        let results = found.iter().map(|source| log.result(source)).collect();
        let tool = reports
            .first()
            .map_or(super::Tool::THIS, |report| report.tool);
        Log {
            schema: SCHEMA,
            version: "2.1.0",
            runs: [Run {
                automation_details: automation(reports),
                column_kind: "unicodeCodePoints",
                invocations: [Invocation {
                    execution_successful: true,
                    tool_execution_notifications: log.notifications(reports, left_out),
                }],
                results,
                properties: RunProperties {
                    domains: reports.iter().map(domain).collect(),
                },
                artifacts: log.artifacts.into_list(),
                tool: Tool {
                    driver: Driver {
                        name: tool.name,
                        version: tool.version,
                        semantic_version: tool.version,
                        rules: log.rules.into_list(),
                    },
                },
            }],
        }
    }
}

fn automation(reports: &[Report]) -> Automation {
    let is_check = |report: &Report| report.question == Question::Migration;
    let id = if reports.iter().any(is_check) {
        "domdiff/check/"
    } else {
        "domdiff/diff/"
    };
    Automation { id }
}

fn domain(report: &Report) -> DomainProperties {
    let host = |host: &HostReport| HostProperties {
        name: data(&host.name),
        verdict: host.cell.verdict,
        cpu: data(&host.cpu.message),
    };
    DomainProperties {
        name: report.domain_name().map(data),
        verdict: report.summary.verdict,
        migratable: report.summary.migratable,
        hosts: report.hosts.iter().map(host).collect(),
    }
}

/// A finding and where it comes from.
struct Source<'r> {
    report: &'r Report,
    finding: &'r Finding,
    /// The host that it was found on, and which one that is.
    host: Option<(usize, &'r HostReport)>,
}

impl<'r> Source<'r> {
    fn all(report: &'r Report) -> impl Iterator<Item = Self> {
        let own = report.findings.iter().map(|finding| (finding, None));
        let hosts = report.hosts.iter().enumerate();
        let on_hosts = hosts.flat_map(|(at, host)| {
            let found = host.findings.iter();
            found.map(move |finding| (finding, Some((at, host))))
        });
        own.chain(on_hosts).map(move |(finding, host)| Self {
            report,
            finding,
            host,
        })
    }
}

/// What a log refers to by number, while it is put together.
struct Writer {
    artifacts: Artifacts,
    rules: Rules,
    /// Whether anything is accepted: then every result has to say whether it is.
    accepts: bool,
}

impl Writer {
    fn result(&mut self, source: &Source<'_>) -> SarifResult {
        let Source {
            report,
            finding,
            host,
        } = source;
        let message = match host {
            Some((_, host)) => format!("on host {}: {}", host.name, finding.message),
            None => finding.message.clone(),
        };
        let was = finding.old.as_ref().zip(report.old.as_ref());
        let related = was.filter(|_| finding.new.is_some()).map(|(place, input)| {
            let value = place.value.as_deref();
            let was =
                value.map_or_else(|| "it was here".to_owned(), |value| format!("was {value}"));
            Location {
                id: Some(0),
                message: Some(Message::of_data(&was)),
                ..self.location(input, Some(place))
            }
        });
        SarifResult {
            rule_id: finding.rule,
            rule_index: self.rules.place(finding.rule),
            level: finding.level.into(),
            message: Message::of_data(&message),
            locations: [self.primary(report, finding)],
            related_locations: related.into_iter().collect(),
            partial_fingerprints: Fingerprints {
                finding: finding.fingerprint.clone(),
                alert: format!(
                    "{}:{}",
                    finding.fingerprint,
                    host.map_or(1, |(at, _)| at + 1)
                ),
            },
            suppressions: self
                .accepts
                .then(|| suppression(finding).into_iter().collect()),
            properties: ResultProperties {
                domain: report.domain_name().map(data),
                host: host.map(|(_, host)| data(&host.name)),
                impact: finding.impact,
                enforced_by: finding.enforced_by,
                help: data(&finding.help),
                apply: Application {
                    how: finding.apply.how,
                    command: finding.apply.command.as_deref().map(data),
                },
                needs: finding.needs,
            },
        }
    }

    /// Where a finding points; the begin of the file for one that is about no place in it.
    fn primary(&mut self, report: &Report, finding: &Finding) -> Location {
        let (input, place) = match (&finding.new, &finding.old) {
            (Some(place), _) => (&report.new, Some(place)),
            (None, Some(place)) => (&report.old, Some(place)),
            (None, None) => (&report.new, None),
        };
        let input = input.as_ref().or(report.old.as_ref());
        let name = report.domain_name().unwrap_or_default();
        let path = [name, &finding.path].map(data);
        let path = path.into_iter().filter(|part| !part.is_empty());
        Location {
            logical_locations: vec![LogicalLocation {
                fully_qualified_name: path.collect::<Vec<_>>().join("/"),
                kind: "element",
            }],
            ..match input {
                Some(input) => self.location(input, place),
                None => self.at("-", None),
            }
        }
    }

    fn location(&mut self, input: &Input, place: Option<&Place>) -> Location {
        self.at(&input.path, place.map(|place| (place.line, place.column)))
    }

    fn at(&mut self, path: &str, place: Option<(u32, u32)>) -> Location {
        Location {
            id: None,
            physical_location: PhysicalLocation {
                artifact_location: self.artifacts.location(path),
                region: Region {
                    start_line: place.map_or(1, |(line, _)| line.max(1)),
                    start_column: place.map(|(_, column)| column.max(1)),
                },
            },
            logical_locations: Vec::new(),
            message: None,
        }
    }

    fn notifications(&mut self, reports: &[Report], left_out: usize) -> Vec<Notification> {
        let mut told = Vec::new();
        if left_out > 0 {
            told.push(Notification {
                level: SarifLevel::Warning,
                message: Message::new(&format!(
                    "{left_out} results are left out, the least severe ones: a log holds {MOST_RESULTS}"
                )),
                locations: Vec::new(),
            });
        }
        let mut note = |report: &Report, side: Side, text: &str, place: (u32, u32)| {
            if told.len() < MOST_NOTES {
                let path = report.input(side).map_or("-", |input| &input.path);
                told.push(Notification {
                    level: SarifLevel::Note,
                    message: Message::of_data(text),
                    locations: vec![self.at(path, Some(place))],
                });
            }
        };
        for report in reports {
            for remark in &report.notes {
                note(
                    report,
                    remark.side,
                    &remark.text,
                    (remark.line, remark.column),
                );
            }
            for part in &report.unmodelled {
                let text = format!("not known to domdiff, compared as text: {}", part.path);
                note(report, part.side, &text, (part.line, part.column));
            }
        }
        told
    }
}

fn suppression(finding: &Finding) -> Option<Suppression> {
    finding.accepted.then(|| {
        let acceptance = finding.acceptance.as_ref();
        Suppression {
            kind: "external",
            status: "accepted",
            justification: acceptance.map(|acceptance| data(&acceptance.reason)),
            properties: acceptance
                .filter(|acceptance| acceptance.owner.is_some() || acceptance.expires.is_some())
                .map(|acceptance| SuppressionProperties {
                    owner: acceptance.owner.as_deref().map(data),
                    expires: acceptance.expires.as_deref().map(data),
                }),
        }
    })
}
