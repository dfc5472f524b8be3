//! What hosts say: the matrix of domains and hosts, and a section for each host.

use super::{MOST_TEXT, Page, class, data, name, put, title};
use crate::report::escape::markup;
use crate::report::matrix::{cheapest_host, in_short};
use crate::report::words::{self, plural};
use crate::report::{HostReport, HostVerdict, Report};

/// Domains in the matrix.
const MOST_ROWS: usize = 1_000;
/// Hosts in the matrix.
const MOST_COLUMNS: usize = 50;
/// Characters of a reason in a cell.
const MOST_REASON: usize = 120;

/// How an answer of a host is coloured.
fn color(verdict: HostVerdict) -> &'static str {
    match verdict {
        HostVerdict::Runs => "good",
        HostVerdict::Refused => "bad",
        HostVerdict::Unknown => "open",
    }
}

/// The begin of a reason, which is told in full where the cell leads to.
fn brief(reason: &str) -> String {
    match reason.char_indices().nth(MOST_REASON) {
        Some((end, _)) => format!("{}...", markup(&reason[..end])),
        None => markup(reason).into_owned(),
    }
}

impl Page {
    /// Domains down, hosts across, the worst reason in each cell, linked to where it is told.
    pub(super) fn matrix(&mut self, reports: &[Report], link: bool) {
        let hosts = reports.iter().map(|report| &report.hosts);
        let Some(hosts) = hosts.max_by_key(|hosts| hosts.len()) else {
            return;
        };
        put!(
            self,
            "<section aria-labelledby=\"matrix\">\n<h2 id=\"matrix\">Which host runs which domain</h2>\n\
             <div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-labelledby=\"matrix\">\n\
             <table class=\"matrix\">\n<thead><tr><td></td>"
        );
        for host in hosts.iter().take(MOST_COLUMNS) {
            put!(self, "<th scope=\"col\">{}</th>", name(&host.name));
        }
        put!(self, "</tr></thead>\n<tbody>\n");
        for (at, report) in reports.iter().enumerate().take(MOST_ROWS) {
            put!(self, "<tr><th scope=\"row\">");
            self.link(at, report, link);
            if reports.len() > 1 {
                let (class, verdict) = (class(report), words::in_a_word(report));
                put!(self, "<br><span class=\"answer {class}\">{verdict}</span>");
            }
            put!(self, "</th>");
            for (column, host) in report.hosts.iter().enumerate().take(MOST_COLUMNS) {
                self.cell(host, &format!("d{at}h{column}"));
            }
            put!(self, "</tr>\n");
        }
        put!(self, "</tbody>\n</table>\n</div>\n");
        self.left_out(reports.len().saturating_sub(MOST_ROWS), "domain");
        self.left_out(hosts.len().saturating_sub(MOST_COLUMNS), "host");
        for report in reports.iter().take(MOST_ROWS) {
            self.cheapest(report);
        }
        put!(self, "</section>\n");
    }

    fn cell(&mut self, host: &HostReport, id: &str) {
        let (short, reason) = in_short(host);
        put!(
            self,
            "<td class=\"{}\"><a href=\"#{id}\">{}</a>",
            color(host.cell.verdict),
            name(&short)
        );
        if let Some(reason) = reason {
            put!(self, " <span>{}</span>", brief(reason));
        }
        put!(self, "</td>");
    }

    /// What makes a domain run that runs nowhere.
    fn cheapest(&mut self, report: &Report) {
        let Some(host) = cheapest_host(report) else {
            return;
        };
        put!(
            self,
            "<details class=\"steps\">\n<summary>{}: {} from running on {}</summary>\n<ol>\n",
            title(report),
            plural(host.cell.steps.len(), "step"),
            name(&host.name)
        );
        for step in &host.cell.steps {
            put!(
                self,
                "<li><code class=\"id\">{}</code> {}</li>\n",
                step.rule,
                data(&step.help, MOST_TEXT)
            );
        }
        put!(self, "</ol>\n</details>\n");
    }

    /// What one host says of a domain.
    pub(super) fn host(&mut self, host: &HostReport, report: &Report, id: &str, level: u8) {
        put!(
            self,
            "<section class=\"host\" id=\"{id}\">\n<h{level}>Host {} <span class=\"answer {}\">{}</span></h{level}>\n\
             <p class=\"cpu\">{}</p>\n",
            name(&host.name),
            color(host.verdict),
            words::host(host.verdict),
            data(&host.cpu.message, MOST_TEXT)
        );
        if !host.cpu.sources.is_empty() || !host.cpu.notes.is_empty() {
            put!(
                self,
                "<details class=\"notes\">\n<summary>What this rests on</summary>\n<ul>\n"
            );
            let mut told: Vec<(&str, Vec<&str>)> = Vec::new();
            for (feature, source) in &host.cpu.sources {
                match told.iter_mut().find(|(known, _)| known == source) {
                    Some((_, names)) => names.push(feature),
                    None => told.push((source, vec![feature])),
                }
            }
            for (source, names) in told {
                let text = format!("told by {source}: {}", names.join(", "));
                put!(self, "<li>{}</li>\n", data(&text, MOST_TEXT));
            }
            for note in &host.cpu.notes {
                put!(self, "<li>{}</li>\n", data(note, MOST_TEXT));
            }
            put!(self, "</ul>\n</details>\n");
        }
        self.findings(&host.findings, report, level + 1);
        put!(self, "</section>\n");
    }
}
