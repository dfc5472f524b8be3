//! One page that is complete in itself, for a browser: verdict, findings, both
//! definitions side by side, and for several domains and hosts the matrix.
//!
//! Everything is there without scripts; the script adds a filter, and buttons
//! that copy. The page names no other resource, and its security policy lets
//! the browser run nothing but that script. It stays below some ten megabytes:
//! what does not fit is counted.

mod findings;
mod hosts;
mod sides;

use std::collections::HashSet;
use std::fmt::{self, Write as _};
use std::io;

use super::escape::markup;
use super::words::{self, plural, shortened};
use super::{Input, Look, Migratable, Question, Report, RulesUrl, Side, Verdict};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// SHA-256 of the two: nothing else is style or script, whatever a document slips in.
/// `tests/browser.rs` sees the page break where they are out of date, and prints what is right.
const STYLE_HASH: &str = "sha256-tfi+L/E9xg+ZLiQ94iXN3pUqj6cHQIEm6YWn/LXt1SI=";
const SCRIPT_HASH: &str = "sha256-WzfrRheFeARjyhlc2kMbz49mUK4A2zS7SlKcXTKIWS0=";

/// Bytes after which no more findings are added.
const ROOM_FOR_FINDINGS: usize = 5 << 20;
/// Bytes after which no more definitions are added.
const ROOM_FOR_SIDES: usize = 8 << 20;
/// Characters of one text of a finding.
const MOST_TEXT: usize = 2_000;
/// Characters of a name or a path.
const MOST_NAME: usize = 200;
/// Notes of one report.
const MOST_NOTES: usize = 100;

/// Prints the page about all reports.
pub(super) fn render_all(
    reports: &[Report],
    look: &Look,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let mut page = Page {
        html: String::new(),
        rules_url: look.rules_url.clone(),
    };
    page.whole(reports, look.summary);
    out.write_all(page.html.as_bytes())
}

/// The page as far as it is written.
#[derive(Debug, Default)]
struct Page {
    html: String,
    /// Where rules are explained.
    rules_url: Option<RulesUrl>,
}

/// Adds to the page as `write!` does.
macro_rules! put {
    ($page:expr, $($text:tt)*) => {
        $page.add(format_args!($($text)*))
    };
}
use put;

/// A text of a document, ready to stand anywhere between tags or in an attribute.
fn data(text: &str, most: usize) -> String {
    markup(&shortened(text, most)).into_owned()
}

/// A name or a path of a document.
fn name(text: &str) -> String {
    data(text, MOST_NAME)
}

/// The class of an answer: how it is coloured.
fn class(report: &Report) -> &'static str {
    let summary = &report.summary;
    match (report.question, summary.verdict, summary.migratable) {
        (Question::Migration, _, Migratable::Yes) => "good",
        (Question::Migration, _, Migratable::No) => "bad",
        (Question::Migration, _, Migratable::Unknown) => "open",
        (_, Verdict::Identical, _) => "good",
        (_, Verdict::Compatible, _) => "fair",
        (_, Verdict::Incompatible, _) => "bad",
    }
}

/// What to call what a report is about; never empty, for it is a link.
fn title(report: &Report) -> String {
    let title = report.title();
    if title.trim().is_empty() {
        return "(no name)".to_owned();
    }
    name(title)
}

impl Page {
    fn add(&mut self, text: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = self.html.write_fmt(text);
    }

    fn whole(&mut self, reports: &[Report], summary: bool) {
        let title = match reports {
            [report] => format!("{}: {}", title(report), words::in_a_word(report)),
            _ => words::total(reports),
        };
        put!(
            self,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '{STYLE_HASH}'; \
             script-src '{SCRIPT_HASH}'; base-uri 'none'; form-action 'none'\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
             <a class=\"skip\" href=\"#main\">Skip to the findings</a>\n"
        );
        match reports {
            [report] => self.single(report, summary),
            _ => self.several(reports, summary),
        }
        let tool = reports.first().map_or(super::Tool::THIS, |r| r.tool);
        put!(
            self,
            "<footer><p>Made by {} {}.</p></footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
            tool.name,
            tool.version
        );
    }

    /// The page about one domain.
    fn single(&mut self, report: &Report, summary: bool) {
        put!(self, "<header class=\"top\">\n");
        self.opening(report, 1);
        put!(self, "</header>\n<main id=\"main\" tabindex=\"-1\">\n");
        if report.hosts.len() > 1 {
            self.matrix(std::slice::from_ref(report), false);
        }
        if !summary {
            self.filter(std::slice::from_ref(report));
            self.details(report, 0, 2);
        }
        put!(self, "</main>\n");
    }

    /// The page about several domains: all of them in short, then those that are not identical.
    fn several(&mut self, reports: &[Report], summary: bool) {
        let total = words::total(reports);
        let (domains, answers) = total.split_once(": ").unwrap_or((&total, ""));
        let worst = ["bad", "open", "fair", "good"];
        let worst = worst
            .into_iter()
            .find(|c| reports.iter().any(|report| class(report) == *c));
        put!(
            self,
            "<header class=\"top\">\n<h1>{domains}</h1>\n<p class=\"verdict {}\">{answers}</p>\n</header>\n\
             <main id=\"main\" tabindex=\"-1\">\n",
            worst.unwrap_or("good")
        );
        if reports.iter().any(|report| !report.hosts.is_empty()) {
            self.matrix(reports, !summary);
        } else {
            self.overview(reports, !summary);
        }
        if !summary {
            self.filter(reports);
            for (at, report) in reports.iter().enumerate().filter(|(_, r)| is_told(r)) {
                put!(self, "<article class=\"domain\" id=\"d{at}\">\n<header>\n");
                self.opening(report, 2);
                put!(self, "</header>\n");
                self.details(report, at, 3);
                put!(self, "</article>\n");
            }
        }
        put!(self, "</main>\n");
    }

    /// Name, verdict and what is to be said of it in a few words, under a heading of that level.
    fn opening(&mut self, report: &Report, level: u8) {
        put!(
            self,
            "<h{level}>{}</h{level}>\n<p class=\"verdict {}\"><strong>{}</strong> <span>{}</span></p>\n",
            title(report),
            class(report),
            words::in_a_word(report),
            words::sentence(report)
        );
        let summary = &report.summary;
        let accepted = report.all_findings().filter(|f| f.accepted).count();
        put!(self, "<ul class=\"facts\">");
        for (class, count, noun) in [
            ("error", summary.errors, "error"),
            ("warning", summary.warnings, "warning"),
            ("info", summary.infos, "info"),
        ] {
            let class = if count > 0 { class } else { "none" };
            put!(self, "<li class=\"{class}\">{}</li>", plural(count, noun));
        }
        if accepted > 0 {
            put!(self, "<li>{accepted} accepted</li>");
        }
        if report.question != Question::Migration {
            put!(self, "<li>{}</li>", words::libvirt(summary.libvirt));
            put!(self, "<li>{}</li>", words::apply_all(summary.apply));
            if let Some(text) = words::migratable(summary.migratable) {
                put!(self, "<li>{text}</li>");
            }
        }
        put!(self, "</ul>\n<dl class=\"files\">");
        for (label, input) in [("Old", &report.old), ("New", &report.new)] {
            let Some(input) = input else { continue };
            let label = match report.question {
                Question::Migration => "File",
                Question::Change | Question::OneSided => label,
            };
            self.file(label, input);
        }
        put!(self, "</dl>\n");
    }

    fn file(&mut self, label: &str, input: &Input) {
        put!(
            self,
            "<div><dt>{label}</dt><dd><code>{}</code>",
            name(&input.path)
        );
        if let Some(part) = input.taken_from {
            put!(self, ", its {part}");
        }
        put!(self, "</dd></div>");
    }

    /// Every domain in a line.
    fn overview(&mut self, reports: &[Report], link: bool) {
        /// Domains that are listed.
        const MOST_DOMAINS: usize = 2_000;
        put!(
            self,
            "<section aria-labelledby=\"domains\">\n<h2 id=\"domains\">Domains</h2>\n\
             <div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"domains\">\n\
             <table class=\"list\">\n<thead><tr><th scope=\"col\">Domain</th><th scope=\"col\">Answer</th>\
             <th scope=\"col\">Errors</th><th scope=\"col\">Warnings</th><th scope=\"col\">Infos</th></tr></thead>\n<tbody>\n"
        );
        for (at, report) in reports.iter().enumerate().take(MOST_DOMAINS) {
            put!(self, "<tr><th scope=\"row\">");
            self.link(at, report, link);
            let summary = &report.summary;
            put!(
                self,
                "</th><td class=\"{}\">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>\n",
                class(report),
                words::in_a_word(report),
                summary.errors,
                summary.warnings,
                summary.infos
            );
        }
        put!(self, "</tbody>\n</table>\n</div>\n");
        self.left_out(reports.len().saturating_sub(MOST_DOMAINS), "domain");
        put!(self, "</section>\n");
    }

    /// The name of a domain, linked to its section where it has one.
    fn link(&mut self, at: usize, report: &Report, link: bool) {
        if link && is_told(report) {
            put!(self, "<a href=\"#d{at}\">{}</a>", title(report));
        } else {
            put!(self, "{}", title(report));
        }
    }

    /// What is missing for want of room.
    fn left_out(&mut self, count: usize, noun: &str) {
        if count > 0 {
            let more = plural(count, noun);
            put!(
                self,
                "<p class=\"more\">{more} more: left out here, the page would be too large. \
                 <code>--format json</code> has all.</p>\n"
            );
        }
    }

    /// All that is known of a domain: findings, hosts, definitions, notes.
    fn details(&mut self, report: &Report, at: usize, level: u8) {
        self.findings(&report.findings, report, level);
        for (host, what) in report.hosts.iter().enumerate() {
            self.host(what, report, &format!("d{at}h{host}"), level);
        }
        self.needs(report, level);
        self.sides(report, level);
        self.notes(report);
    }

    /// The facts that would settle what is open.
    fn needs(&mut self, report: &Report, level: u8) {
        if report.summary.migratable != Migratable::Unknown || report.needs.is_empty() {
            return;
        }
        put!(
            self,
            "<section class=\"needs\">\n<h{level}>To settle what is open, tell</h{level}>\n<dl class=\"say\">\n"
        );
        for need in &report.needs {
            put!(
                self,
                "<div><dt>{}</dt><dd>{}</dd></div>\n",
                need.fact,
                code_spans(need.how)
            );
        }
        put!(self, "</dl>\n</section>\n");
    }

    /// How the files were read, and what the table does not know, once where it stands in both.
    fn notes(&mut self, report: &Report) {
        let unmodelled_of = |side| report.unmodelled.iter().filter(move |p| p.side == side);
        let new: HashSet<&str> = unmodelled_of(Side::New).map(|p| &*p.path).collect();
        let unmodelled = unmodelled_of(Side::Old)
            .filter(|part| !new.contains(&*part.path))
            .chain(unmodelled_of(Side::New))
            .map(|part| {
                let text = format!("not known to domdiff, compared as text: {}", part.path);
                (text, part.side, part.line, part.column)
            });
        let remarks = report.notes.iter();
        let notes: Vec<_> = remarks
            .map(|note| (note.text.clone(), note.side, note.line, note.column))
            .chain(unmodelled)
            .collect();
        if notes.is_empty() {
            return;
        }
        put!(
            self,
            "<details class=\"notes\">\n<summary>{}</summary>\n<ul>\n",
            plural(notes.len(), "note")
        );
        for (text, side, line, column) in notes.iter().take(MOST_NOTES) {
            let file = report.input(*side).map_or("", |input| &input.path);
            put!(
                self,
                "<li>{} <code class=\"place\">{}:{line}:{column}</code></li>\n",
                data(text, MOST_TEXT),
                name(file)
            );
        }
        put!(self, "</ul>\n");
        self.left_out(notes.len().saturating_sub(MOST_NOTES), "note");
        put!(self, "</details>\n");
    }
}

/// Whether a domain of several has a section of its own.
fn is_told(report: &Report) -> bool {
    report.question == Question::Migration || report.summary.verdict != Verdict::Identical
}

/// A text of our own, with what stands between backticks as code.
fn code_spans(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut parts = text.split('`');
    while let Some(plain) = parts.next() {
        out.push_str(&markup(plain));
        if let Some(code) = parts.next() {
            out.push_str("<code>");
            out.push_str(&markup(code));
            out.push_str("</code>");
        }
    }
    out
}
