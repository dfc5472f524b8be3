//! What the hook says on standard error: libvirt puts it behind its own words, which the operator
//! reads on the source.

use std::fmt;

use super::{Judged, Operation};
use crate::policy::OnError;
use crate::report::escape::line;
use crate::report::{Finding, Level, plural};

/// Bytes that are said. libvirt 9.0 keeps 8 KiB of an error, its own words before it among them.
const LARGEST: usize = 4096;

/// Bytes of one sentence: a value of the document may be long.
const LONGEST: usize = 480;

/// Bytes kept free for what was left out.
const REST: usize = 80;

/// Why a guest is refused, in plain text of at most 4 KiB: worst first, each with what to do.
#[derive(Debug, Clone, Copy)]
pub struct Refusal<'j>(pub &'j Judged);

impl fmt::Display for Refusal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let judged = self.0;
        let mut found: Vec<&Finding> = judged.reasons().collect();
        found.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        let title = title(judged, &found);
        let long = entries(&found, true);
        let room = LARGEST - REST - title.len();
        let entries = if total(&long) <= room {
            long
        } else {
            entries(&found, false)
        };
        f.write_str(&title)?;
        let mut left = room;
        for (at, entry) in entries.iter().enumerate() {
            if entry.len() > left {
                return writeln!(f, "and {} more", entries.len() - at);
            }
            left -= entry.len();
            f.write_str(entry)?;
        }
        Ok(())
    }
}

/// `domdiff: web01 cannot be migrated to node2: 2 errors`
fn title(judged: &Judged, found: &[&Finding]) -> String {
    let name = judged.report.domain_name().unwrap_or("the guest");
    let host = judged.report.hosts.first();
    let host = host.map_or("this host", |host| &host.name);
    let what = match judged.operation {
        Operation::Migrate => "be migrated to",
        Operation::Restore => "be restored on",
    };
    let counts: Vec<String> = [Level::Error, Level::Warning, Level::Info]
        .into_iter()
        .filter_map(|level| {
            let count = found.iter().filter(|found| found.level == level).count();
            (count > 0).then(|| plural(count, &level.to_string()))
        })
        .collect();
    format!(
        "domdiff: {} cannot {what} {}: {}\n",
        sentence(name),
        sentence(host),
        counts.join(", ")
    )
}

fn entries(found: &[&Finding], with_help: bool) -> Vec<String> {
    let entry = |finding: &&Finding| {
        let mut text = format!(
            "{}[{}]: {}\n",
            finding.level,
            finding.rule,
            sentence(&finding.message)
        );
        if with_help {
            text.push_str(&format!("  help: {}\n", sentence(&finding.help)));
        }
        text
    };
    found.iter().map(entry).collect()
}

fn total(entries: &[String]) -> usize {
    entries.iter().map(String::len).sum()
}

/// Text of a document on one line, in visible characters, not too long.
fn sentence(text: &str) -> String {
    let mut text = line(text).into_owned();
    if text.len() > LONGEST {
        let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at));
        text.truncate(end.unwrap_or_default());
        text.push('…');
    }
    text
}

/// What is said where the hook has no answer: who, what was decided, and why, on one line.
#[must_use]
pub fn unjudged(name: &str, on_error: OnError, error: &str) -> String {
    let (what, word) = match on_error {
        OnError::Allow => ("let through", "allow"),
        OnError::Refuse => ("refused", "refuse"),
    };
    format!(
        "domdiff: {} is {what} unjudged (on_error = \"{word}\"): {}\n",
        sentence(name),
        sentence(error)
    )
}
