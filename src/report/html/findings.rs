//! What was found: a card for each rule and level, the worst first, with why
//! and what to do told once in it.

use std::collections::HashMap;

use super::{MOST_TEXT, Page, ROOM_FOR_FINDINGS, code_spans, data, name, put};
use crate::report::escape::{markup, source_line};
use crate::report::words::{self, plural};
use crate::report::{EnforcedBy, Finding, How, Impact, Level, Place, Report, Snippet, is_long};
use crate::rules;

/// Characters of a source line around what is meant.
const MOST_SOURCE: usize = 160;

/// Findings of one kind under a heading of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Group {
    Of(Level),
    Accepted,
}

impl Group {
    const ALL: [Self; 4] = [
        Self::Of(Level::Error),
        Self::Of(Level::Warning),
        Self::Of(Level::Info),
        Self::Accepted,
    ];

    fn of(finding: &Finding) -> Self {
        if finding.accepted {
            Self::Accepted
        } else {
            Self::Of(finding.level)
        }
    }

    /// Its class, and its word in the filter.
    fn class(self) -> &'static str {
        match self {
            Self::Of(Level::Error) => "error",
            Self::Of(Level::Warning) => "warning",
            Self::Of(Level::Info) => "info",
            Self::Accepted => "accepted",
        }
    }

    fn heading(self) -> &'static str {
        match self {
            Self::Of(Level::Error) => "Errors",
            Self::Of(Level::Warning) => "Warnings",
            Self::Of(Level::Info) => "Infos",
            Self::Accepted => "Accepted",
        }
    }

    /// Whether its cards are unfolded at first.
    fn is_open(self) -> bool {
        matches!(self, Self::Of(Level::Error | Level::Warning))
    }
}

const IMPACTS: [Impact; 7] = [
    Impact::Identity,
    Impact::GuestAbi,
    Impact::Migration,
    Impact::Destination,
    Impact::Restart,
    Impact::HostSide,
    Impact::Cosmetic,
];

/// Its word in the filter, and what it means.
fn impact(impact: Impact) -> (&'static str, &'static str) {
    match impact {
        Impact::Identity => ("identity", "another virtual machine"),
        Impact::GuestAbi => ("guest-abi", "the guest sees it"),
        Impact::Migration => ("migration", "about the migration"),
        Impact::Destination => ("destination", "about the destination"),
        Impact::Restart => ("restart", "from the next start on"),
        Impact::HostSide => ("host-side", "on the host's side"),
        Impact::Cosmetic => ("cosmetic", "no effect"),
    }
}

fn enforced_by(by: EnforcedBy) -> &'static str {
    match by {
        EnforcedBy::Libvirt => "libvirt stops it",
        EnforcedBy::Qemu => "QEMU fails on the way",
        EnforcedBy::Nobody => "nobody stops it",
    }
}

impl Page {
    /// What chooses among the findings; shown by the script, which it needs.
    pub(super) fn filter(&mut self, reports: &[Report]) {
        let all = || reports.iter().flat_map(Report::all_findings);
        if all().next().is_none() {
            return;
        }
        put!(
            self,
            "<form id=\"filter\" class=\"filter\" hidden>\n<fieldset><legend>Show</legend>"
        );
        for group in Group::ALL {
            let count = all().filter(|finding| Group::of(finding) == group).count();
            if count > 0 {
                let (class, heading) = (group.class(), group.heading());
                put!(
                    self,
                    "<label class=\"{class}\"><input type=\"checkbox\" name=\"level\" value=\"{class}\" checked> \
                     {heading} <span class=\"count\">{count}</span></label>"
                );
            }
        }
        put!(
            self,
            "</fieldset>\n<label>Impact <select name=\"impact\"><option value=\"\">any</option>"
        );
        for kind in IMPACTS {
            if all().any(|finding| finding.impact == kind) {
                let (word, text) = impact(kind);
                put!(self, "<option value=\"{word}\">{text}</option>");
            }
        }
        put!(
            self,
            "</select></label>\n<label>Text <input type=\"search\" name=\"text\" autocomplete=\"off\"></label>\n\
             <p><button type=\"button\" name=\"fold\">Fold all</button>\
             <button type=\"button\" name=\"unfold\">Unfold all</button></p>\n\
             <output name=\"shown\"></output>\n</form>\n"
        );
    }

    /// Findings in groups, under headings of that level.
    pub(super) fn findings(&mut self, findings: &[Finding], report: &Report, level: u8) {
        let mut left_out = 0;
        for group in Group::ALL {
            let of_group = || findings.iter().filter(|f| Group::of(f) == group);
            let count = of_group().count();
            if count == 0 {
                continue;
            }
            let (class, heading) = (group.class(), group.heading());
            put!(
                self,
                "<section class=\"group {class}\">\n<h{level}>{heading} <span class=\"count\">{count}</span></h{level}>\n"
            );
            let mut cards: Vec<Vec<&Finding>> = Vec::new();
            let mut places = HashMap::new();
            for finding in of_group() {
                let place = *places.entry(finding.rule).or_insert(cards.len());
                match cards.get_mut(place) {
                    Some(card) => card.push(finding),
                    None => cards.push(vec![finding]),
                }
            }
            for card in cards {
                left_out += self.card(&card, group, report);
            }
            put!(self, "</section>\n");
        }
        self.left_out(left_out, "finding");
    }

    /// The findings of one rule; returns how many of them had no room.
    fn card(&mut self, findings: &[&Finding], group: Group, report: &Report) -> usize {
        let Some((first, more)) = findings.split_first() else {
            return 0;
        };
        if self.html.len() > ROOM_FOR_FINDINGS {
            return findings.len();
        }
        let open = if group.is_open() { " open" } else { "" };
        let message = data(&first.message, MOST_TEXT);
        if more.is_empty() {
            let item = item(first, group);
            put!(
                self,
                "<details class=\"rule item\" {item}{open}>\n<summary><span class=\"message\">{message}</span> \
                 <code class=\"id\">{}</code></summary>\n<div class=\"body\">\n",
                first.rule
            );
            self.body(first, report);
            self.lesson(first);
            self.own_help(first);
            self.apply(first);
            put!(self, "</div>\n</details>\n");
            return 0;
        }
        put!(
            self,
            "<details class=\"rule\"{open}>\n<summary><span class=\"message\">{message}, and {} more</span> \
             <code class=\"id\">{}</code></summary>\n<div class=\"body\">\n",
            more.len(),
            first.rule
        );
        self.lesson(first);
        let applied_alike = first.apply.command.is_none()
            && more.iter().all(|finding| finding.apply == first.apply);
        if applied_alike {
            self.apply(first);
        }
        put!(self, "<ul class=\"items\">\n");
        let mut left_out = 0;
        for (at, finding) in findings.iter().enumerate() {
            if self.html.len() > ROOM_FOR_FINDINGS {
                left_out = findings.len() - at;
                break;
            }
            put!(
                self,
                "<li class=\"item\" {}>\n<p class=\"message\">{}</p>\n",
                item(finding, group),
                data(&finding.message, MOST_TEXT)
            );
            self.body(finding, report);
            self.own_help(finding);
            if !applied_alike {
                self.apply(finding);
            }
            put!(self, "</li>\n");
        }
        put!(self, "</ul>\n</div>\n</details>\n");
        left_out
    }

    /// Where it is, and what stands there.
    fn body(&mut self, finding: &Finding, report: &Report) {
        put!(
            self,
            "<p class=\"where\"><span class=\"tag\">{}</span> <span class=\"tag\">{}</span>",
            impact(finding.impact).1,
            enforced_by(finding.enforced_by)
        );
        let Some((path, place)) = report.location(finding) else {
            put!(self, "</p>\n");
            return;
        };
        put!(
            self,
            " <code class=\"place\">{}:{}:{}</code>",
            name(path),
            place.line,
            place.column
        );
        if let (Some(old), Some(_), Some(input)) = (&finding.old, &finding.new, &report.old) {
            put!(
                self,
                " <span class=\"was\">was <code class=\"place\">{}:{}:{}</code></span>",
                name(&input.path),
                old.line,
                old.column
            );
        }
        put!(self, "</p>\n");
        if let Some(snippet) = &place.snippet {
            self.snippet(place.line, snippet);
        }
        let value = |place: &Option<Place>| place.as_ref().and_then(|place| place.value.clone());
        if let (Some(old), Some(new)) = (value(&finding.old), value(&finding.new))
            && old != new
            && (is_long(&old) || is_long(&new))
        {
            self.values(&old, &new);
        }
    }

    /// The source line with what is meant marked.
    fn snippet(&mut self, line: u32, snippet: &Snippet) {
        let text = source_line(&snippet.text);
        let chars: Vec<char> = text.chars().collect();
        let start = snippet.start.min(chars.len());
        let end = (snippet.start.saturating_add(snippet.width)).min(chars.len());
        let indent = chars.iter().take_while(|c| **c == ' ').count().min(start);
        let from = start.saturating_sub(MOST_SOURCE / 2).max(indent);
        let to = chars.len().min(from + MOST_SOURCE);
        let part = |range: std::ops::Range<usize>| -> String {
            chars.get(range).unwrap_or_default().iter().collect()
        };
        let cut = |is_cut: bool| if is_cut { "..." } else { "" };
        let (end, begin) = (end.min(to), start.min(to));
        put!(
            self,
            "<pre class=\"source\"><span class=\"no\">{line}</span> <code>{}{}<mark>{}</mark>{}{}</code></pre>\n",
            cut(from > indent),
            markup(&part(from..begin)),
            markup(&part(begin..end)),
            markup(&part(end..to)),
            cut(to < chars.len())
        );
    }

    /// Why the rule is there and what it says is to be done.
    fn lesson(&mut self, finding: &Finding) {
        let rule = rules::get(finding.rule);
        let help = rule.map_or("", |rule| rule.help);
        let url = self.rules_url.as_ref().map(|url| url.of(finding.rule));
        if finding.why.is_empty() && help.is_empty() && url.is_none() {
            return;
        }
        put!(self, "<dl class=\"say\">\n");
        if !finding.why.is_empty() {
            put!(
                self,
                "<div><dt>Why</dt><dd>{}</dd></div>\n",
                code_spans(finding.why)
            );
        }
        if !help.is_empty() {
            put!(
                self,
                "<div><dt>Help</dt><dd>{}</dd></div>\n",
                code_spans(help)
            );
        }
        if let Some(url) = url {
            put!(
                self,
                "<div><dt>Rule</dt><dd><a href=\"{}\" rel=\"noreferrer\">{}</a></dd></div>\n",
                markup(&url),
                finding.rule
            );
        }
        put!(self, "</dl>\n");
    }

    /// What is to be done of this finding alone.
    fn own_help(&mut self, finding: &Finding) {
        let general = rules::get(finding.rule).map_or("", |rule| rule.help);
        let has_own = !finding.help.is_empty() && finding.help != general;
        if !has_own && finding.needs.is_none() && !finding.accepted {
            return;
        }
        put!(self, "<dl class=\"say\">\n");
        if has_own {
            put!(
                self,
                "<div><dt>Here</dt><dd>{}</dd></div>\n",
                data(&finding.help, MOST_TEXT)
            );
        }
        if let Some(need) = finding.needs {
            put!(
                self,
                "<div><dt>Open</dt><dd>tell {}: {}</dd></div>\n",
                need.fact,
                code_spans(need.how)
            );
        }
        if let Some(acceptance) = &finding.acceptance {
            put!(
                self,
                "<div><dt>Accepted</dt><dd>{}",
                data(&acceptance.reason, MOST_TEXT)
            );
            for (label, text) in [("by", &acceptance.owner), ("until", &acceptance.expires)] {
                if let Some(text) = text {
                    put!(self, " <span class=\"was\">{label} {}</span>", name(text));
                }
            }
            put!(self, "</dd></div>\n");
        }
        put!(self, "</dl>\n");
    }

    /// How it is applied, with the command to copy.
    fn apply(&mut self, finding: &Finding) {
        let how = finding.apply.how;
        if how == How::None && finding.apply.command.is_none() {
            return;
        }
        put!(
            self,
            "<dl class=\"say\">\n<div><dt>Apply</dt><dd>{}</dd></div>\n</dl>\n",
            words::apply(how)
        );
        if let Some(command) = &finding.apply.command {
            if command.chars().nth(MOST_TEXT).is_some() {
                let length = plural(command.chars().count(), "character");
                put!(self, "<p class=\"more\">Its command has {length}.</p>\n");
            } else {
                put!(
                    self,
                    "<pre class=\"command\"><code>{}</code></pre>\n",
                    markup(command)
                );
            }
        }
    }
}

/// The attributes by which the filter finds it.
fn item(finding: &Finding, group: Group) -> String {
    format!(
        "data-level=\"{}\" data-impact=\"{}\"",
        group.class(),
        impact(finding.impact).0
    )
}
