//! Findings that are accepted, and entries that accept nothing any more.

use std::collections::{BTreeMap, HashSet};

use crate::policy::Entry;
use crate::report::{Application, Finding, How};
use crate::rules::{self, Check, Rule};

use super::Options;
use super::fingerprint::{fingerprint, number_twins};

/// What was asked, and so which findings there could have been.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// What changed.
    Change,
    /// Whether a definition can be migrated.
    Migration {
        /// Whether a destination was given.
        to_hosts: bool,
    },
}

impl Asked {
    /// Whether a finding of a rule was looked for.
    fn covers(self, rule: &Rule) -> bool {
        match (self, rule.check) {
            (Self::Change, Check::Change) => true,
            (Self::Migration { to_hosts }, Check::State { .. }) => {
                !to_hosts || rule.settled_by.is_none()
            }
            (Self::Migration { to_hosts }, Check::Destination(_) | Check::Cpu(_)) => to_hosts,
            _ => false,
        }
    }
}

/// Marks what is accepted among the findings of a domain and those on each host, adds what is
/// to be said of the entries, and sorts: worst first, otherwise as they came.
pub(crate) fn accept(
    findings: &mut Vec<Finding>,
    on_hosts: &mut [Vec<Finding>],
    domain: Option<&str>,
    asked: Asked,
    options: &Options,
) {
    number_twins(findings);
    for findings in on_hosts.iter_mut() {
        number_twins(findings);
    }
    let mut entries = Entries {
        options,
        domain: domain.unwrap_or_default(),
        used: HashSet::new(),
        missed: BTreeMap::new(),
    };
    for finding in findings.iter_mut().chain(on_hosts.iter_mut().flatten()) {
        entries.look_up(finding);
    }
    findings.extend(entries.left_over(asked));
    for findings in std::iter::once(findings).chain(on_hosts) {
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.level));
    }
}

/// The entries that hold for a domain, and what became of them.
struct Entries<'o> {
    options: &'o Options,
    domain: &'o str,
    /// Places of those that accepted a finding.
    used: HashSet<usize>,
    /// Findings that would be accepted, were the day not over.
    missed: BTreeMap<usize, Finding>,
}

impl Entries<'_> {
    fn look_up(&mut self, finding: &mut Finding) {
        let accepted = &self.options.accepted;
        for place in accepted.find(self.domain, &finding.fingerprint) {
            let Some(entry) = accepted.entry(place) else {
                continue;
            };
            if accepted.is_over(entry) {
                self.missed.insert(place, finding.clone());
                continue;
            }
            self.used.insert(place);
            if !finding.accepted {
                finding.accepted = true;
                finding.acceptance = Some(entry.acceptance.clone());
            }
        }
    }

    /// What is to be said of entries that accepted nothing.
    fn left_over(&self, asked: Asked) -> Vec<Finding> {
        let accepted = &self.options.accepted;
        let expired = self.missed.iter().filter_map(|(place, missed)| {
            let entry = accepted.entry(*place)?;
            self.expired(entry, missed)
        });
        let unused = accepted.of(self.domain).into_iter();
        let stale = unused
            .filter(|place| !self.used.contains(place) && !self.missed.contains_key(place))
            .filter_map(|place| self.stale(accepted.entry(place)?, asked));
        expired.chain(stale).collect()
    }

    fn expired(&self, entry: &Entry, missed: &Finding) -> Option<Finding> {
        let last = entry.acceptance.expires.as_deref().unwrap_or_default();
        let message = format!(
            "{} at {} was accepted until {last} ({}): {}",
            missed.rule,
            missed.path,
            self.options.accepted.place(entry),
            entry.acceptance.reason,
        );
        let mut finding = self.finding("policy/accepted-expired", entry, message)?;
        finding.path.clone_from(&missed.path);
        finding.old.clone_from(&missed.old);
        finding.new.clone_from(&missed.new);
        Some(finding)
    }

    fn stale(&self, entry: &Entry, asked: Asked) -> Option<Finding> {
        let rule = rules::get(&entry.rule);
        if rule.is_some_and(|rule| !asked.covers(rule)) {
            return None;
        }
        let place = self.options.accepted.place(entry);
        let message = match rule {
            Some(rule) => format!(
                "{} at {} is accepted, but is not found any more ({place})",
                rule.id, entry.path
            ),
            None => format!(
                "{} is accepted, but there is no such rule ({place})",
                entry.rule
            ),
        };
        self.finding("policy/accepted-stale", entry, message)
    }

    fn finding(&self, id: &str, entry: &Entry, message: String) -> Option<Finding> {
        let rule = rules::get(id)?;
        Some(Finding {
            rule: rule.id,
            level: self.options.level(rule, rule.level)?,
            impact: rule.impact,
            enforced_by: rule.enforced_by,
            path: entry.path.clone(),
            message,
            why: rule.why,
            help: rule.help.to_owned(),
            apply: Application {
                how: How::None,
                command: None,
            },
            old: None,
            new: None,
            fingerprint: fingerprint(&[rule.id, &entry.fingerprint]),
            needs: None,
            accepted: false,
            acceptance: None,
        })
    }
}
