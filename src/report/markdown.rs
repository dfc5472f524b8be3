//! A comment on a pull request: one for all domains, found again by its first line and replaced.
//!
//! What is said is put together piece by piece, the most important first, until the comment is
//! full; how much is left out stands at its end.

use std::cmp::Reverse;
use std::io;

use super::escape::{code, fenced, prose};
use super::place::at;
use super::style::Paint;
use super::words::{self, plural, shortened};
use super::{
    Finding, HostReport, HostVerdict, Level, Look, Migratable, Question, Report, Side, Verdict,
    inline, is_long, matrix,
};

/// The first line: a program that wants to update its comment looks for it.
const MARKER: &str = "<!-- domdiff -->";
/// Bytes of a comment, unless said otherwise; GitHub takes 65,536 characters.
const MOST_BYTES: usize = 60_000;
/// Bytes kept for what stands at the end.
const RESERVE: usize = 500;
/// Characters of a name or path.
const LONGEST_NAME: usize = 80;
/// Characters of a sentence.
const LONGEST_SENTENCE: usize = 300;
/// Characters of a command; cut it would be of no use.
const LONGEST_COMMAND: usize = 200;
/// Characters in a line of a text that is shown as a difference.
const WIDTH: usize = 100;
/// Hosts that stand beside each other in a table.
const MOST_COLUMNS: usize = 6;

/// Prints the comment.
pub(super) fn render_all(
    reports: &[Report],
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut comment = Comment::new(look);
    let mut order: Vec<&Report> = reports.iter().collect();
    order.sort_by_key(|report| badness(report));
    if let [report] = reports {
        comment.opening(report);
    } else {
        comment.head = format!("{MARKER}\n### {}\n\n", capital(&words::total(reports)));
    }
    if reports.len() > 1 || reports.iter().any(|report| !report.hosts.is_empty()) {
        comment.overview(&order);
    }
    if !look.summary {
        let is_told = |report: &&Report| reports.len() == 1 || !is_identical(report);
        for report in order.into_iter().filter(is_told) {
            let heading = match reports.len() {
                1 => String::new(),
                _ => format!("#### {}: {}\n\n", name(report), words::in_a_word(report)),
            };
            comment.details(report, heading);
        }
    }
    out.write_all(comment.finish().as_bytes())
}

/// Whether there is nothing to say about a domain among others.
fn is_identical(report: &Report) -> bool {
    report.summary.verdict == Verdict::Identical && report.question != Question::Migration
}

/// Domains are told of in this order.
fn badness(report: &Report) -> impl Ord + use<> {
    let summary = &report.summary;
    let by_answer = match (report.question, summary.migratable) {
        (Question::Migration, Migratable::No) => 2,
        (Question::Migration, Migratable::Unknown) => 1,
        (Question::Migration, Migratable::Yes) => 0,
        _ => summary.verdict as u8,
    };
    Reverse((by_answer, summary.errors, summary.warnings, summary.infos))
}

/// What a piece of the comment tells, for the count of what is left out; the most important first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Domain,
    Error,
    Host,
    Warning,
    Need,
    Step,
    Text,
    Info,
    Accepted,
    Note,
}

impl Kind {
    const ALL: [(Self, &'static str); 10] = [
        (Self::Domain, "row"),
        (Self::Error, "error"),
        (Self::Host, "host"),
        (Self::Warning, "warning"),
        (Self::Need, "missing fact"),
        (Self::Step, "step"),
        (Self::Text, "long value"),
        (Self::Info, "info"),
        (Self::Accepted, "accepted finding"),
        (Self::Note, "note"),
    ];
}

/// Pieces that stand together, and what is around them if there is any.
struct Section {
    /// The heading above this section and those that follow, by its place.
    heading: usize,
    before: String,
    behind: &'static str,
}

struct Piece {
    kind: Kind,
    section: usize,
    text: String,
}

struct Comment<'l> {
    look: &'l Look,
    head: String,
    headings: Vec<String>,
    sections: Vec<Section>,
    pieces: Vec<Piece>,
}

impl<'l> Comment<'l> {
    fn new(look: &'l Look) -> Self {
        Self {
            look,
            head: String::new(),
            headings: vec![String::new()],
            sections: Vec::new(),
            pieces: Vec::new(),
        }
    }

    /// Begins a section under the last heading.
    fn section(&mut self, before: String, behind: &'static str) {
        let heading = self.headings.len() - 1;
        self.sections.push(Section {
            heading,
            before,
            behind,
        });
    }

    /// Adds a piece to the last section.
    fn add(&mut self, kind: Kind, text: String) {
        let section = self.sections.len() - 1;
        self.pieces.push(Piece {
            kind,
            section,
            text,
        });
    }

    /// Begins a section that is shown at a click.
    fn folded(&mut self, summary: &str) {
        let before = format!("<details><summary>{summary}</summary>\n\n");
        self.section(before, "\n</details>\n\n");
    }

    /// The answer about one domain.
    fn opening(&mut self, report: &Report) {
        self.head = format!(
            "{MARKER}\n### {}: {}\n\n{}.\n\n{}.\n\n",
            name(report),
            words::in_a_word(report),
            capital(words::sentence(report)),
            capital(&words::counts(report))
        );
    }

    /// One line a domain, hosts across.
    fn overview(&mut self, reports: &[&Report]) {
        let reports = reports.iter().filter(|report| !is_identical(report));
        let reports: Vec<&Report> = reports.copied().collect();
        let hosts = reports.iter().map(|report| report.hosts.as_slice());
        let hosts = hosts.max_by_key(|hosts| hosts.len()).unwrap_or_default();
        let columns: Vec<&[HostReport]> = match hosts.len() {
            0 => vec![hosts],
            _ => hosts.chunks(MOST_COLUMNS).collect(),
        };
        let mut from = 0;
        for hosts in columns {
            let names: String = hosts
                .iter()
                .map(|host| format!(" {} |", cell(&host.name)))
                .collect();
            let rule = "---|".repeat(hosts.len());
            self.section(
                format!("| Domain | Answer | Found |{names}\n|---|---|---|{rule}\n"),
                "\n",
            );
            for report in &reports {
                let to = report.hosts.len().min(from + hosts.len());
                let on_hosts = report.hosts.get(from..to).unwrap_or_default();
                let cells: String = on_hosts
                    .iter()
                    .map(|host| format!(" {} |", self.on_host(host)))
                    .collect();
                let row = format!(
                    "| {} | {} | {} |{cells}\n",
                    name(report),
                    words::in_a_word(report),
                    words::found(&report.summary)
                );
                self.add(Kind::Domain, row);
            }
            from += hosts.len();
        }
        self.section(String::new(), "\n");
        for report in reports {
            let Some(host) = matrix::cheapest_host(report) else {
                continue;
            };
            let steps = &host.cell.steps;
            let mut text = format!(
                "- {}: {} from running on {}\n",
                name(report),
                plural(steps.len(), "step"),
                cell(&host.name)
            );
            for step in steps {
                let help = prose(&shortened(&step.help, LONGEST_SENTENCE));
                text.push_str(&format!("  - {}: {help}\n", self.rule(step.rule)));
            }
            self.add(Kind::Step, text);
        }
    }

    /// A cell of the overview.
    fn on_host(&self, host: &HostReport) -> String {
        let verdict = words::host(host.cell.verdict);
        match (host.cell.verdict, &host.cell.worst) {
            (HostVerdict::Runs, _) | (HostVerdict::Unknown, None) => verdict.to_owned(),
            (HostVerdict::Unknown, Some(worst)) => match worst.needs {
                Some(need) => format!("{verdict}: needs {}", code(need.fact)),
                None => format!("{verdict}: {}", self.rule(worst.rule)),
            },
            (HostVerdict::Refused, Some(worst)) if worst.needs.is_none() => {
                format!("{verdict}: {}", self.rule(worst.rule))
            }
            // What no finding refuses is refused for its CPU.
            (HostVerdict::Refused, _) => format!("{verdict}: CPU"),
        }
    }

    /// Everything about one domain.
    fn details(&mut self, report: &Report, heading: String) {
        self.headings.push(heading);
        let found: Vec<Found<'_>> = Found::all(report).collect();
        let (accepted, open): (Vec<_>, Vec<_>) =
            found.into_iter().partition(|found| found.finding.accepted);
        let (mut worse, harmless): (Vec<_>, Vec<_>) = open
            .into_iter()
            .partition(|found| found.finding.level >= Level::Warning);
        worse.sort_by_key(|found| Reverse(found.finding.level));
        self.section(String::new(), "\n");
        for host in &report.hosts {
            let message = prose(&shortened(&host.cpu.message, LONGEST_SENTENCE));
            let verdict = words::host(host.verdict);
            let text = format!("- {}: {verdict}; CPU: {message}\n", cell(&host.name));
            self.add(Kind::Host, text);
        }
        self.section(
            "| Finding | What | Where | What to do |\n|---|---|---|---|\n".to_owned(),
            "\n",
        );
        for found in &worse {
            let finding = found.finding;
            let kind = match finding.level {
                Level::Error => Kind::Error,
                Level::Warning | Level::Info => Kind::Warning,
            };
            let row = format!(
                "| {} {} | {} | {} | {} |\n",
                finding.level,
                self.rule(finding.rule),
                found.what(),
                found.place(),
                prose(&shortened(&finding.help, LONGEST_SENTENCE)),
            );
            self.add(kind, row);
        }
        self.section(String::new(), "\n");
        for found in &worse {
            if let Some(block) = difference(found.finding, "  ") {
                let path = cell(&found.finding.path);
                self.add(Kind::Text, format!("- {path}\n\n{block}\n"));
            }
        }
        self.needs(report);
        self.harmless(&harmless, report.question);
        self.accepted(&accepted);
        self.notes(report);
    }

    /// The facts that would settle what is open.
    fn needs(&mut self, report: &Report) {
        if report.summary.migratable != Migratable::Unknown {
            return;
        }
        self.section("To settle it, tell:\n\n".to_owned(), "\n");
        for need in &report.needs {
            let text = format!("- {}: {}\n", code(need.fact), prose(need.how));
            self.add(Kind::Need, text);
        }
    }

    fn harmless(&mut self, findings: &[Found<'_>], question: Question) {
        let what = match question {
            Question::Migration => plural(findings.len(), "remark"),
            Question::Change | Question::OneSided => plural(findings.len(), "harmless change"),
        };
        self.folded(&what);
        for found in findings {
            let finding = found.finding;
            let mut text = format!("- {} {}", found.what(), self.rule(finding.rule));
            let command = finding.apply.command.as_ref();
            if let Some(command) = command.filter(|c| c.len() <= LONGEST_COMMAND) {
                let how = words::apply(finding.apply.how);
                text.push_str(&format!("; {how}: {}", code(command)));
            }
            text.push('\n');
            if let Some(block) = difference(finding, "  ") {
                text.push_str(&format!("\n{block}\n"));
            }
            self.add(Kind::Info, text);
        }
    }

    fn accepted(&mut self, findings: &[Found<'_>]) {
        self.folded(&plural(findings.len(), "accepted finding"));
        for found in findings {
            let finding = found.finding;
            let rule = self.rule(finding.rule);
            let mut text = format!("- {} {rule}: {}", finding.level, found.what());
            if let Some(acceptance) = &finding.acceptance {
                let reason = acceptance.reason.trim_end_matches('.');
                let reason = prose(&shortened(reason, LONGEST_SENTENCE));
                text.push_str(&format!("; accepted: {reason}"));
                if let Some(owner) = &acceptance.owner {
                    text.push_str(&format!("; by {}", cell(owner)));
                }
                if let Some(day) = &acceptance.expires {
                    text.push_str(&format!("; until {}", cell(day)));
                }
            }
            self.add(Kind::Accepted, text + "\n");
        }
    }

    /// How the files were read.
    fn notes(&mut self, report: &Report) {
        let mut notes = Vec::new();
        let path = |side| report.input(side).map_or("", |input| input.path.as_str());
        for side in [Side::Old, Side::New] {
            if let Some(part) = report.input(side).and_then(|input| input.taken_from) {
                notes.push(format!("{}: of this file {}", cell(path(side)), code(part)));
            }
        }
        for note in &report.notes {
            let text = prose(&shortened(&note.text, LONGEST_SENTENCE));
            notes.push(format!("{text} ({})", place(path(note.side), note.line)));
        }
        for part in &report.unmodelled {
            let place = place(path(part.side), part.line);
            let what = cell(&part.path);
            notes.push(format!(
                "not known to domdiff, compared as text: {what} ({place})"
            ));
        }
        self.folded(&plural(notes.len(), "note"));
        for note in notes {
            self.add(Kind::Note, format!("- {note}\n"));
        }
    }

    /// A rule, with a link to its explanation where one is known.
    fn rule(&self, id: &str) -> String {
        match &self.look.rules_url {
            Some(url) => format!("[{}]({})", code(id), url.of(id)),
            None => code(id),
        }
    }

    /// What fits, and how much does not.
    fn finish(self) -> String {
        let most = self.look.max_bytes.unwrap_or(MOST_BYTES);
        let mut room = most.saturating_sub(self.head.len() + RESERVE);
        // A line for every domain of a large set would leave nothing to say about any of them.
        let mut room_for_domains = room / 2;
        let mut order: Vec<usize> = (0..self.pieces.len()).collect();
        order.sort_by_key(|at| self.pieces[*at].kind);
        let mut headings = vec![false; self.headings.len()];
        let mut sections = vec![false; self.sections.len()];
        let mut fits = vec![false; self.pieces.len()];
        let mut is_full = false;
        for at in order {
            let piece = &self.pieces[at];
            let section = &self.sections[piece.section];
            let mut cost = piece.text.len();
            if !sections[piece.section] {
                cost += section.before.len() + section.behind.len();
            }
            if !headings[section.heading] {
                cost += self.headings[section.heading].len();
            }
            if piece.kind == Kind::Domain {
                if cost > room_for_domains {
                    room_for_domains = 0;
                    continue;
                }
                room_for_domains -= cost;
            } else if is_full || cost > room {
                is_full = true;
                continue;
            }
            room -= cost;
            fits[at] = true;
            sections[piece.section] = true;
            headings[section.heading] = true;
        }
        self.print(&fits, &sections)
    }

    fn print(&self, fits: &[bool], sections: &[bool]) -> String {
        let mut out = self.head.clone();
        let mut heading = 0;
        let mut pieces = self.pieces.iter().zip(fits).peekable();
        for (at, section) in self.sections.iter().enumerate() {
            if sections[at] && section.heading != heading {
                heading = section.heading;
                out.push_str(&self.headings[heading]);
            }
            if sections[at] {
                out.push_str(&section.before);
            }
            while let Some((piece, fits)) = pieces.next_if(|(piece, _)| piece.section == at) {
                if *fits {
                    out.push_str(&piece.text);
                }
            }
            if sections[at] {
                out.push_str(section.behind);
            }
        }
        let left_out = Kind::ALL.iter().filter_map(|(kind, noun)| {
            let dropped = |(piece, fits): &(&Piece, &bool)| piece.kind == *kind && !**fits;
            let count = self.pieces.iter().zip(fits).filter(dropped).count();
            (count > 0).then(|| plural(count, noun))
        });
        let left_out: Vec<String> = left_out.collect();
        if !left_out.is_empty() {
            let left_out = left_out.join(", ");
            out.push_str(&format!(
                "**Left out to keep this comment short: {left_out}.**\n\n"
            ));
        }
        let kinds = self.pieces.iter().map(|piece| piece.kind);
        if self.look.rules_url.is_none() && kinds.max() > Some(Kind::Domain) {
            out.push_str("`domdiff explain RULE` tells more about a rule.\n");
        }
        out.truncate(out.trim_end().len());
        out.push('\n');
        out
    }
}

/// A finding and where it was found.
struct Found<'r> {
    report: &'r Report,
    host: Option<&'r HostReport>,
    finding: &'r Finding,
}

impl<'r> Found<'r> {
    /// Those of the definition, then those of each host.
    fn all(report: &'r Report) -> impl Iterator<Item = Self> {
        let own = report.findings.iter().map(|finding| (None, finding));
        let on_hosts = report.hosts.iter().flat_map(|host| {
            host.findings
                .iter()
                .map(move |finding| (Some(host), finding))
        });
        own.chain(on_hosts).map(move |(host, finding)| Self {
            report,
            host,
            finding,
        })
    }

    fn what(&self) -> String {
        let message = prose(&shortened(&self.finding.message, LONGEST_SENTENCE));
        match self.host {
            Some(host) => format!("on {}: {message}", cell(&host.name)),
            None => message,
        }
    }

    fn place(&self) -> String {
        let location = self.report.location(self.finding);
        location.map_or_else(String::new, |(path, at)| place(path, at.line))
    }
}

/// What to call a domain.
fn name(report: &Report) -> String {
    cell(report.title())
}

/// A name or path, or what its beginning is.
fn cell(name: &str) -> String {
    code(&shortened(name, LONGEST_NAME))
}

fn place(path: &str, line: u32) -> String {
    let path = at(path).map_or(path, |place| place.path);
    code(&format!("{}:{line}", shortened(path, LONGEST_NAME)))
}

/// What differs between two values too long for a sentence.
fn difference(finding: &Finding, indent: &str) -> Option<String> {
    let old = finding.old.as_ref()?.value.as_ref()?;
    let new = finding.new.as_ref()?.value.as_ref()?;
    if old == new || !(is_long(old) || is_long(new)) {
        return None;
    }
    let mut printed = Vec::new();
    let paint = Paint::new(&Look::default());
    inline::render(old, new, Some(WIDTH), paint, &mut printed).ok()?;
    let printed = String::from_utf8(printed).ok()?;
    let lines: Vec<_> = printed
        .lines()
        .map(|line| line.strip_prefix("    ").unwrap_or(line).into())
        .collect();
    Some(fenced(&lines, "diff", indent))
}

/// The text with a capital letter.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        // Not a name that is written so.
        Some(_) if text.starts_with("libvirt") => text.to_owned(),
        Some(first) => first.to_uppercase().chain(chars).collect(),
        None => String::new(),
    }
}
