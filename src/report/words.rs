//! The answers in words.

use std::borrow::Cow;
use std::fmt;

use super::{
    HostVerdict, How, Level, LibvirtCheck, Migratable, Question, Report, Summary, Verdict,
};

/// `1 error`, `2 errors`.
pub(crate) fn plural(count: usize, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}

/// The beginning of a text of more than `most` characters, and how many more there are.
pub(super) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let more = text[end..].chars().count();
            Cow::Owned(format!("{}... ({more} more characters)", &text[..end]))
        }
    }
}

/// The answer about a domain in a word.
pub(super) fn in_a_word(report: &Report) -> &'static str {
    match report.question {
        Question::Migration => migration(report.summary.migratable),
        Question::Change | Question::OneSided => verdict_word(report.summary.verdict),
    }
}

/// The answer about a domain in a sentence without its end.
pub(super) fn sentence(report: &Report) -> &'static str {
    match (report.question, &report.old) {
        (Question::OneSided, Some(_)) => "it stands in the old set only",
        (Question::OneSided, None) => "it stands in the new set only",
        (Question::Change, _) => verdict(report.summary.verdict),
        (Question::Migration, _) => answer(report.summary.migratable),
    }
}

/// What was found about a domain, in numbers, and what follows.
pub(super) fn counts(report: &Report) -> String {
    let summary = &report.summary;
    let mut text = [
        plural(summary.errors, "error"),
        plural(summary.warnings, "warning"),
        plural(summary.infos, "info"),
    ]
    .join(", ");
    let accepted = report.all_findings().filter(|f| f.accepted).count();
    if accepted > 0 {
        text.push_str(&format!(", {accepted} accepted"));
    }
    if report.question == Question::Migration {
        return text;
    }
    let (libvirt, apply) = (libvirt(summary.libvirt), apply_all(summary.apply));
    text.push_str(&format!("; {libvirt}; {apply}"));
    if let Some(migratable) = migratable(summary.migratable) {
        text.push_str(&format!("; {migratable}"));
    }
    text
}

/// What was found about a domain in numbers, without what there is nothing of.
pub(super) fn found(summary: &Summary) -> String {
    let counts = [
        (summary.errors, "error"),
        (summary.warnings, "warning"),
        (summary.infos, "info"),
    ];
    let counts = counts.iter().filter(|(count, _)| *count > 0);
    let counts: Vec<String> = counts.map(|(count, noun)| plural(*count, noun)).collect();
    counts.join(", ")
}

/// The answers about several domains, in numbers.
pub(super) fn total(reports: &[Report]) -> String {
    let domains = plural(reports.len(), "domain");
    let is_check = |report: &Report| report.question == Question::Migration;
    if reports.iter().any(is_check) {
        let count = |answer| {
            let same = |report: &&Report| report.summary.migratable == answer;
            reports.iter().filter(same).count()
        };
        return format!(
            "{domains}: {} blocked, {} unknown, {} migratable",
            count(Migratable::No),
            count(Migratable::Unknown),
            count(Migratable::Yes)
        );
    }
    let count = |verdict| {
        let same = |report: &&Report| report.summary.verdict == verdict;
        reports.iter().filter(same).count()
    };
    format!(
        "{domains}: {} incompatible, {} compatible, {} identical",
        count(Verdict::Incompatible),
        count(Verdict::Compatible),
        count(Verdict::Identical)
    )
}

/// What a verdict means.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Identical => "nothing changes its meaning",
        Verdict::Compatible => "it changes, and a running guest does not notice",
        Verdict::Incompatible => {
            "a running guest would see other hardware, or could not be migrated"
        }
    }
}

/// What libvirt's own check says.
pub(super) fn libvirt(check: LibvirtCheck) -> &'static str {
    match check {
        LibvirtCheck::Same => "libvirt sees no change",
        LibvirtCheck::Accepts => "libvirt accepts it",
        LibvirtCheck::Refuses => "libvirt refuses it",
        LibvirtCheck::Unknown => "no file tells what libvirt says",
    }
}

/// How one change is applied, before the command where there is one.
pub(super) fn apply(how: How) -> &'static str {
    match how {
        How::None => "nothing to do",
        How::Live => "live",
        How::Restart => "power the guest off and start it again",
        How::Recreate => "define it anew",
    }
}

/// What it takes to apply all changes.
pub(super) fn apply_all(how: How) -> &'static str {
    match how {
        How::None => "nothing to apply",
        How::Live => "can be applied live",
        How::Restart => "takes effect at the next start",
        How::Recreate => "needs a new domain",
    }
}

/// The answer to whether it can be migrated, in a word.
pub(super) fn migration(migratable: Migratable) -> &'static str {
    match migratable {
        Migratable::Yes => "migratable",
        Migratable::No => "blocked",
        Migratable::Unknown => "unknown",
    }
}

/// The same in a sentence.
pub(super) fn answer(migratable: Migratable) -> &'static str {
    match migratable {
        Migratable::Yes => "it can be migrated",
        Migratable::No => "something stands in the way of a migration",
        Migratable::Unknown => "whether it can be migrated is open",
    }
}

/// Whether a host can run a guest.
pub(super) fn host(verdict: HostVerdict) -> &'static str {
    match verdict {
        HostVerdict::Runs => "runs",
        HostVerdict::Refused => "refused",
        HostVerdict::Unknown => "unknown",
    }
}

/// Whether it can be migrated, where that is worth a word.
pub(super) fn migratable(migratable: Migratable) -> Option<&'static str> {
    match migratable {
        Migratable::No => Some("cannot be migrated"),
        Migratable::Yes | Migratable::Unknown => None,
    }
}

fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Identical => "identical",
        Verdict::Compatible => "compatible",
        Verdict::Incompatible => "incompatible",
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(verdict_word(*self))
    }
}
