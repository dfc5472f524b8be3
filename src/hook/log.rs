//! The hook's log: a line of JSON for every guest that was to be judged.

use serde::Serialize;

use super::{Judged, Operation};
use crate::report::Level;

/// Findings that a line tells; the rest is counted.
const MOST: usize = 16;

/// Characters of a text in a line.
const LONGEST: usize = 480;

/// What became of a guest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// It may come.
    Allowed,
    /// It may not.
    Refused,
}

/// A line of the log. Secrets are masked as in every answer.
#[derive(Debug, Serialize)]
pub struct Entry {
    time: String,
    domain: String,
    operation: &'static str,
    answer: Answer,
    /// Why nothing was judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
    findings: Vec<Line>,
    /// Findings that the line leaves out.
    #[serde(skip_serializing_if = "is_zero")]
    more: usize,
}

/// A finding in the log.
#[derive(Debug, Serialize)]
struct Line {
    level: Level,
    rule: &'static str,
    message: String,
    fingerprint: String,
    accepted: bool,
}

impl Entry {
    /// Of a guest that was judged, at a time as RFC 3339 writes it.
    #[must_use]
    pub fn judged(time: String, name: &str, judged: &Judged) -> Self {
        let mut found: Vec<_> = judged.findings().collect();
        found.retain(|finding| finding.level >= Level::Warning);
        found.sort_by_key(|finding| std::cmp::Reverse(finding.level));
        let answer = if judged.is_refused() {
            Answer::Refused
        } else {
            Answer::Allowed
        };
        Self {
            findings: found
                .iter()
                .take(MOST)
                .map(|finding| Line {
                    level: finding.level,
                    rule: finding.rule,
                    message: shortened(&finding.message),
                    fingerprint: finding.fingerprint.clone(),
                    accepted: finding.accepted,
                })
                .collect(),
            more: found.len().saturating_sub(MOST),
            ..Self::new(time, name, judged.operation, answer)
        }
    }

    /// Of a guest about which there is no answer.
    #[must_use]
    pub fn unjudged(
        time: String,
        name: &str,
        operation: Operation,
        answer: Answer,
        error: &str,
    ) -> Self {
        Self {
            error: Some(shortened(error)),
            ..Self::new(time, name, operation, answer)
        }
    }

    fn new(time: String, name: &str, operation: Operation, answer: Answer) -> Self {
        Self {
            time,
            domain: shortened(name),
            operation: match operation {
                Operation::Migrate => "migrate",
                Operation::Restore => "restore",
            },
            answer,
            error: None,
            findings: Vec::new(),
            more: 0,
        }
    }

    /// The line, with its end. No character of it moves a cursor.
    #[must_use]
    pub fn line(&self) -> String {
        // Strings and numbers become JSON always.
        let mut text = serde_json::to_string(self).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// A text as a terminal may show it, which reads logs sooner or later.
fn shortened(text: &str) -> String {
    let text = crate::report::escape::line(text);
    text.chars().take(LONGEST).collect()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}
