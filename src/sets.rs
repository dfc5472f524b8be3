//! Two sets of definitions, as two directories hold them: which is which, and
//! what of those that stand in one set only.

use std::collections::HashMap;

use crate::judge::{Asked, accept, fingerprint, quote};
use crate::report::{
    Application, EnforcedBy, Finding, How, Input, Level, LibvirtCheck, Migratable, Place, Question,
    Report, Side, Summary, Tool, Verdict,
};
use crate::rules;
use crate::xml::Document;
use crate::{Options, compare};

/// Two definitions of one domain, by their places in the two sets; one of them
/// is missing for a domain that was added or removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// Place in the old set.
    pub old: Option<usize>,
    /// Place in the new set.
    pub new: Option<usize>,
}

/// Pairs two sets by UUID, then the rest by name. A UUID or name that stands
/// twice in one set pairs nothing. Pairs come in the order of the new set,
/// removed domains behind them in the order of the old one.
#[must_use]
pub fn pair(old: &[Document<'_>], new: &[Document<'_>]) -> Vec<Pair> {
    let nobody = vec![None; new.len()];
    pair_files(old, new, nobody.clone(), &nobody)
}

/// Pairs what two trees of files hold: as `known`, then by UUID and by name as
/// [`pair`] does, then as `likely`, unless both write a UUID, for then they are
/// two domains. Both tell for every place in the new set the place in the old
/// one: `known` where a file has kept its path, `likely` where one is like another.
#[must_use]
pub fn pair_files(
    old: &[Document<'_>],
    new: &[Document<'_>],
    known: Vec<Option<usize>>,
    likely: &[Option<usize>],
) -> Vec<Pair> {
    let mut partners = known;
    let mut taken = vec![false; old.len()];
    partners
        .iter()
        .flatten()
        .for_each(|place| taken[*place] = true);
    let keys: [fn(&Document<'_>) -> Option<String>; 2] = [|d| d.uuid(), |d| d.name()];
    for key in keys {
        let free_old = (0..old.len()).filter(|place| !taken[*place]);
        let by_key = unique(free_old.map(|place| (key(&old[place]), place)));
        let free_new = (0..new.len()).filter(|place| partners[*place].is_none());
        let wanted = unique(free_new.map(|place| (key(&new[place]), place)));
        for (key, place) in wanted {
            if let Some(partner) = by_key.get(&key) {
                partners[place] = Some(*partner);
                taken[*partner] = true;
            }
        }
    }
    for (place, partner) in likely.iter().enumerate() {
        if let (None, Some(partner)) = (partners[place], *partner)
            && !taken[partner]
            && (old[partner].uuid().is_none() || new[place].uuid().is_none())
        {
            partners[place] = Some(partner);
            taken[partner] = true;
        }
    }
    let paired = partners.iter().enumerate().map(|(place, partner)| Pair {
        old: *partner,
        new: Some(place),
    });
    let removed = (0..old.len())
        .filter(|place| !taken[*place])
        .map(|place| Pair {
            old: Some(place),
            new: None,
        });
    paired.chain(removed).collect()
}

/// The keys that stand once.
fn unique(items: impl Iterator<Item = (Option<String>, usize)>) -> HashMap<String, usize> {
    let mut places: HashMap<String, Option<usize>> = HashMap::new();
    for (key, place) in items {
        if let Some(key) = key {
            places
                .entry(key)
                .and_modify(|place| *place = None)
                .or_insert(Some(place));
        }
    }
    places
        .into_iter()
        .filter_map(|(key, place)| Some((key, place?)))
        .collect()
}

/// Compares what was paired: one report a pair, as [`compare`] makes it, or one
/// that says that a domain was added or removed.
#[must_use]
pub fn compare_pairs(
    pairs: &[Pair],
    old: &[Document<'_>],
    new: &[Document<'_>],
    options: &Options,
) -> Vec<Report> {
    let report = |pair: &Pair| match (pair.old.map(|p| &old[p]), pair.new.map(|p| &new[p])) {
        (Some(old), Some(new)) => Some(compare(old, new, options)),
        (Some(old), None) => Some(one_sided(Side::Old, old, options)),
        (None, Some(new)) => Some(one_sided(Side::New, new, options)),
        (None, None) => None,
    };
    pairs.iter().filter_map(report).collect()
}

/// Compares two sets: each pair and its report.
#[must_use]
pub fn compare_sets(
    old: &[Document<'_>],
    new: &[Document<'_>],
    options: &Options,
) -> Vec<(Pair, Report)> {
    let pairs = pair(old, new);
    let reports = compare_pairs(&pairs, old, new, options);
    pairs.into_iter().zip(reports).collect()
}

/// The report of a domain that stands on one side only.
fn one_sided(side: Side, document: &Document<'_>, options: &Options) -> Report {
    let name = document.name();
    let input = Input {
        path: document.source().name().to_owned(),
        name: name.clone(),
        uuid: document.uuid(),
        taken_from: document.taken_from(),
    };
    let called = name.clone().unwrap_or_else(|| input.path.clone());
    let (id, message, apply) = match side {
        Side::New => (
            "set/domain-added",
            format!("domain {called} added"),
            Application {
                how: How::Recreate,
                command: Some(format!("virsh define {}", quote(&input.path))),
            },
        ),
        Side::Old => (
            "set/domain-removed",
            format!("domain {called} removed"),
            Application {
                how: How::None,
                command: None,
            },
        ),
    };
    let level = |id| match options.levels.get(id) {
        Some(level) => *level,
        None => rules::get(id).map(|rule| rule.level),
    };
    let position = document.position();
    let place = Place {
        value: name,
        line: position.line,
        column: position.column,
        written: true,
        snippet: None,
    };
    let (old_place, new_place) = on(side, place);
    let finding = rules::get(id).zip(level(id)).map(|(rule, level)| Finding {
        rule: rule.id,
        level,
        impact: rule.impact,
        enforced_by: EnforcedBy::Nobody,
        path: String::new(),
        message,
        why: rule.why,
        help: rule.help.to_owned(),
        apply,
        old: old_place,
        new: new_place,
        fingerprint: fingerprint(&[id, &called]),
        needs: None,
        accepted: false,
        acceptance: None,
    });
    let mut findings: Vec<Finding> = finding.into_iter().collect();
    let apply = findings.first().map_or(How::None, |f| f.apply.how);
    let is_told = !findings.is_empty();
    let domain = input.name.clone();
    accept(
        &mut findings,
        &mut [],
        domain.as_deref(),
        Asked::Change,
        options,
    );
    let open = |level| move |f: &&Finding| !f.accepted && f.level == level;
    let count = |level| findings.iter().filter(open(level)).count();
    let is_accepted = findings.iter().any(|finding| finding.accepted);
    let verdict = match side {
        _ if !is_told => Verdict::Identical,
        Side::Old if !is_accepted => Verdict::Incompatible,
        Side::Old | Side::New => Verdict::Compatible,
    };
    let (old, new) = on(side, input);
    Report {
        schema_version: 1,
        tool: Tool::THIS,
        old,
        new,
        summary: Summary {
            verdict,
            libvirt: LibvirtCheck::Unknown,
            migratable: Migratable::Unknown,
            apply,
            errors: count(Level::Error),
            warnings: count(Level::Warning),
            infos: count(Level::Info),
        },
        findings,
        unmodelled: Vec::new(),
        notes: Vec::new(),
        needs: Vec::new(),
        hosts: Vec::new(),
        canonical: None,
        question: Question::OneSided,
    }
}

fn on<T>(side: Side, value: T) -> (Option<T>, Option<T>) {
    match side {
        Side::Old => (Some(value), None),
        Side::New => (None, Some(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::{Limits, Source};

    fn pairs(old: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<(Option<usize>, Option<usize>)> {
        let sources = |set: &[(&str, &str)]| -> Vec<Source> {
            set.iter()
                .map(|(name, uuid)| {
                    let uuid = match *uuid {
                        "" => String::new(),
                        end => format!("<uuid>0000000000004000800000000000000{end}</uuid>"),
                    };
                    let text = format!("<domain><name>{name}</name>{uuid}</domain>");
                    Source::from_bytes("x.xml", text.into()).unwrap()
                })
                .collect()
        };
        let (old, new) = (sources(old), sources(new));
        let parse = |set: &'static [Source]| -> Vec<Document<'static>> {
            set.iter()
                .map(|source| Document::parse(source, &Limits::default()).unwrap())
                .collect()
        };
        let (old, new) = (parse(old.leak()), parse(new.leak()));
        let pairs = pair(&old, &new);
        pairs.iter().map(|pair| (pair.old, pair.new)).collect()
    }

    #[test]
    fn uuids_pair_before_names() {
        assert_eq!(
            pairs(&[("a", "1"), ("b", "2")], &[("a", "2"), ("c", "1")]),
            [(Some(1), Some(0)), (Some(0), Some(1))]
        );
        assert_eq!(pairs(&[("a", "1")], &[("a", "")]), [(Some(0), Some(0))]);
    }

    #[test]
    fn what_pairs_with_nothing_was_added_or_removed() {
        assert_eq!(
            pairs(&[("a", "1"), ("b", "2")], &[("c", "3"), ("b", "2")]),
            [(None, Some(0)), (Some(1), Some(1)), (Some(0), None)]
        );
    }

    #[test]
    fn what_stands_twice_pairs_nothing() {
        assert_eq!(
            pairs(&[("a", "1"), ("b", "1")], &[("a", "1")]),
            [(Some(0), Some(0)), (Some(1), None)]
        );
        assert_eq!(
            pairs(&[("a", ""), ("a", "")], &[("a", "")]),
            [(None, Some(0)), (Some(0), None), (Some(1), None)]
        );
    }
}
