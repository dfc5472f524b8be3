//! Changes in, judged findings out: which rule a change falls under, who
//! enforces it, what to say and how to apply it.

mod accept;
mod alone;
mod apply;
mod cpu;
mod describe;
mod fingerprint;

pub(crate) use accept::{Asked, accept};
pub use alone::Circumstances;
pub(crate) use alone::{check, check_cpu};
pub(crate) use apply::quote;
pub(crate) use fingerprint::fingerprint;

use std::collections::{HashMap, HashSet};

use crate::abi::{Mismatch, Prediction};
use crate::canon::{Domain, Note, NoteKind};
use crate::diff::{Change, ChangeKind};
use crate::migration::Migration;
use crate::policy::Accepted;
use crate::report::{
    Application, EnforcedBy, Finding, How, Impact, Input, Level, LibvirtCheck, Migratable, Place,
    Question, Remark, Report, Side, Summary, Tool, Unmodelled, Verdict,
};
use crate::rules::{self, Check, Rule};
use crate::tree::{NodeId, Tree};
use crate::view::Guest;

/// What a caller may choose.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Show passwords and keys instead of masking them.
    pub show_secrets: bool,
    /// Levels that replace those of rules; `None` switches a rule off.
    pub levels: HashMap<String, Option<Level>>,
    /// Findings that are accepted.
    pub accepted: Accepted,
}

impl Options {
    /// The level a finding of a rule has; `None` when the rule is switched off.
    fn level(&self, rule: &Rule, own: Level) -> Option<Level> {
        self.levels.get(rule.id).copied().unwrap_or(Some(own))
    }
}

/// Judges the changes between two domains.
pub(crate) fn judge(
    old: &Domain<'_>,
    new: &Domain<'_>,
    changes: &[Change],
    prediction: &Prediction,
    options: &Options,
) -> Report {
    let judge = Judge {
        old,
        new,
        options,
        refused: Refused::of(old, new, &prediction.mismatches),
    };
    let mut covered = HashSet::new();
    let mut findings: Vec<Finding> = changes
        .iter()
        .filter(|change| change.kind.is_semantic())
        .filter_map(|c| judge.change(c, &mut covered))
        .collect();
    findings.extend(judge.order(&prediction.mismatches, &covered));
    if findings.iter().any(cpu::is_identity)
        && let Some(meaning) = cpu::meaning(old, new)
        && cpu::weigh(&mut findings, &meaning)
    {
        findings.extend(judge.expanded_cpu(prediction.answer));
    }
    let states = judge.states(&findings);
    findings.extend(states);
    let changed = !findings.is_empty();
    let name = input(new).name.or_else(|| input(old).name);
    accept(
        &mut findings,
        &mut [],
        name.as_deref(),
        Asked::Change,
        options,
    );
    let summary = summary(&findings, changed, prediction.answer);
    let unmodelled = [(Side::Old, old), (Side::New, new)]
        .into_iter()
        .flat_map(|(side, d)| unmodelled(side, d))
        .collect();
    Report {
        schema_version: 1,
        tool: Tool::THIS,
        old: Some(input(old)),
        new: Some(input(new)),
        summary,
        findings,
        unmodelled,
        notes: notes(old, new),
        needs: Vec::new(),
        hosts: Vec::new(),
        canonical: None,
        question: Question::Change,
    }
}

/// What a reader should know of how the files were read.
fn notes(old: &Domain<'_>, new: &Domain<'_>) -> Vec<Remark> {
    let mut notes = Vec::new();
    let machine = |domain: &Domain<'_>| domain.tree().at(Tree::ROOT, "os/type/@machine");
    for (side, domain, other) in [(Side::Old, old, new), (Side::New, new, old)] {
        let source = domain.document().source();
        let mut note = |span: (u32, u32), text: String| {
            let position = source.position(span.0 as usize);
            let (line, column) = (position.line, position.column);
            notes.push(Remark {
                side,
                line,
                column,
                text,
            });
        };
        if let (Some(node), Some(versioned)) = (machine(domain), machine(other))
            && let (Some(alias), Some(versioned)) =
                (domain.tree().value(node), other.tree().value(versioned))
            && crate::canon::is_machine_alias(alias)
            && !crate::canon::is_machine_alias(versioned)
            && crate::canon::same_value(domain.tree().field(node), alias, versioned)
        {
            note(
                domain.tree().span(node),
                format!("machine {alias} is an alias, taken as {versioned} like the other side"),
            );
        }
        for repeated in domain
            .notes()
            .iter()
            .filter(|n| n.kind == NoteKind::Repeated)
        {
            notes.push(self::repeated(side, domain, repeated));
        }
    }
    notes
}

/// Says that libvirt reads the first of two elements only.
fn repeated(side: Side, domain: &Domain<'_>, note: &Note) -> Remark {
    let position = domain.document().source().position(note.span.0 as usize);
    Remark {
        side,
        line: position.line,
        column: position.column,
        text: format!("a second {}; libvirt reads the first only", note.path),
    }
}

fn summary(findings: &[Finding], changed: bool, libvirt: LibvirtCheck) -> Summary {
    let open = || findings.iter().filter(|f| !f.accepted);
    let count = |level| open().filter(|f| f.level == level).count();
    let seen = |f: &Finding| {
        f.level >= Level::Warning && matches!(f.impact, Impact::GuestAbi | Impact::Identity)
            || f.level == Level::Error
    };
    let verdict = if !changed {
        Verdict::Identical
    } else if open().any(seen) {
        Verdict::Incompatible
    } else {
        Verdict::Compatible
    };
    Summary {
        verdict,
        libvirt,
        migratable: if verdict == Verdict::Incompatible {
            Migratable::No
        } else {
            Migratable::Unknown
        },
        apply: findings
            .iter()
            .map(|f| f.apply.how)
            .max()
            .unwrap_or(How::None),
        errors: count(Level::Error),
        warnings: count(Level::Warning),
        infos: count(Level::Info),
    }
}

fn input(domain: &Domain<'_>) -> Input {
    let tree = domain.tree();
    let text = |name: &str| {
        tree.child(Tree::ROOT, name)
            .filter(|node| tree.is_written(*node))
            .and_then(|node| tree.value(node))
            .filter(|value| !value.is_empty())
            .map(str::to_owned)
    };
    Input {
        path: domain.document().source().name().to_owned(),
        name: text("name"),
        uuid: text("uuid"),
        taken_from: domain.document().taken_from(),
    }
}

fn unmodelled(side: Side, domain: &Domain<'_>) -> impl Iterator<Item = Unmodelled> {
    domain
        .notes()
        .iter()
        .filter(|note| note.kind == NoteKind::Unmodelled)
        .map(move |note| {
            let position = domain.document().source().position(note.span.0 as usize);
            Unmodelled {
                side,
                path: note.path.clone(),
                line: position.line,
                column: position.column,
            }
        })
}

/// The nodes that libvirt's check refuses, and everything around them.
struct Refused {
    old: HashMap<NodeId, usize>,
    new: HashMap<NodeId, usize>,
    around_old: HashMap<NodeId, usize>,
    around_new: HashMap<NodeId, usize>,
    rules: Vec<&'static str>,
}

impl Refused {
    fn of(old: &Domain<'_>, new: &Domain<'_>, mismatches: &[Mismatch]) -> Self {
        let mut refused = Self {
            old: HashMap::new(),
            new: HashMap::new(),
            around_old: HashMap::new(),
            around_new: HashMap::new(),
            rules: mismatches.iter().map(|m| m.rule).collect(),
        };
        for (index, mismatch) in mismatches.iter().enumerate() {
            for (node, exact, around, tree) in [
                (
                    mismatch.old,
                    &mut refused.old,
                    &mut refused.around_old,
                    old.tree(),
                ),
                (
                    mismatch.new,
                    &mut refused.new,
                    &mut refused.around_new,
                    new.tree(),
                ),
            ] {
                let Some(node) = node else { continue };
                exact.entry(node).or_insert(index);
                let mut at = tree.parent(node);
                while let Some(parent) = at {
                    around.entry(parent).or_insert(index);
                    at = tree.parent(parent);
                }
            }
        }
        refused
    }

    /// The refusals a change explains: at its node, around it, and for a whole
    /// element also within it.
    fn explained_by(&self, change: &Change, old: &Tree<'_>, new: &Tree<'_>) -> Option<usize> {
        let up = |map: &HashMap<NodeId, usize>, tree: &Tree<'_>, node: Option<NodeId>| {
            let mut at = node;
            while let Some(node) = at {
                if let Some(index) = map.get(&node) {
                    return Some(*index);
                }
                at = tree.parent(node);
            }
            None
        };
        up(&self.old, old, change.old)
            .or_else(|| up(&self.new, new, change.new))
            .or_else(|| {
                let whole = change.kind != ChangeKind::Changed;
                whole
                    .then(|| {
                        change
                            .old
                            .and_then(|n| self.around_old.get(&n))
                            .or_else(|| change.new.and_then(|n| self.around_new.get(&n)))
                            .copied()
                    })
                    .flatten()
            })
    }
}

/// The rule that a row's rule stands for at a node: some rows serve several
/// kinds of one device, which have rules of their own.
fn variant(id: &'static str, tree: &Tree<'_>, node: NodeId) -> &'static str {
    let holder = tree.parent(node).unwrap_or(node);
    match id {
        "abi/disk"
            if tree.name(node) == "model" && tree.get(holder, "target/@bus") == Some("usb") =>
        {
            "abi/disk-usb-model"
        }
        "abi/virtio-mem" => {
            let mut around = Some(node);
            while let Some(here) = around {
                if tree.attr(here, "model") == Some("virtio-pmem") {
                    return "abi/virtio-pmem";
                }
                around = tree.parent(here);
            }
            id
        }
        // libvirt keeps what it does not know in one place: the notes of others.
        "change/unmodelled" => {
            let mut around = Some(node);
            while let Some(here) = around {
                if tree.is_modelled(here) {
                    let id = tree.rule(here);
                    return if id == "change/metadata" {
                        id
                    } else {
                        "change/unmodelled"
                    };
                }
                around = tree.parent(here);
            }
            id
        }
        id => id,
    }
}

/// The rule of a node that libvirt's check lets through; of an address whose
/// parts libvirt does not compare, the one for its kind.
fn accepted_rule(tree: &Tree<'_>, node: NodeId) -> &'static str {
    match (tree.name(node), tree.attr(node, "type")) {
        ("address", Some("usb")) => "abi/address-usb",
        ("address", Some("ccw")) => "abi/address-ccw",
        ("address", Some("spapr-vio")) => "abi/address-spapr",
        _ => variant(tree.rule(node), tree, node),
    }
}

struct Judge<'j, 'd> {
    old: &'j Domain<'d>,
    new: &'j Domain<'d>,
    options: &'j Options,
    refused: Refused,
}

impl Judge<'_, '_> {
    /// The side that shows a change best: the new one, where it is there.
    fn shown(&self, change: &Change) -> Option<(&Domain<'_>, NodeId)> {
        change
            .new
            .map(|n| (self.new, n))
            .or(change.old.map(|n| (self.old, n)))
    }

    fn change(&self, change: &Change, covered: &mut HashSet<usize>) -> Option<Finding> {
        let (domain, node) = self.shown(change)?;
        let tree = domain.tree();
        let refusal = self
            .refused
            .explained_by(change, self.old.tree(), self.new.tree());
        let (rule, enforced_by) = match refusal {
            Some(index) => {
                covered.insert(index);
                let id = variant(self.refused.rules[index], tree, node);
                (rules::get(id)?, EnforcedBy::Libvirt)
            }
            None => {
                let id = if change.kind == ChangeKind::Unpinned {
                    "change/no-longer-pinned"
                } else if self.leaves_user_network(change) {
                    "abi/interface-user"
                } else {
                    accepted_rule(tree, node)
                };
                let rule = rules::get(id)?;
                let enforced_by = if rule.enforced_by == EnforcedBy::Libvirt {
                    EnforcedBy::Nobody
                } else {
                    rule.enforced_by
                };
                (rule, enforced_by)
            }
        };
        let level = match rule.level {
            // libvirt's check looks at the field, but not in this case.
            Level::Error
                if rule.enforced_by == EnforcedBy::Libvirt && enforced_by == EnforcedBy::Nobody =>
            {
                Level::Warning
            }
            level => level,
        };
        let apply = apply::application(change, self.old, self.new, rule);
        let message = describe::message(change, self.old, self.new, self.options);
        self.finding(
            rule,
            level,
            enforced_by,
            change.old,
            change.new,
            message,
            apply,
        )
    }

    /// Whether a card of QEMU's user-mode network becomes another one.
    fn leaves_user_network(&self, change: &Change) -> bool {
        let (Some(old), Some(new)) = (change.old, change.new) else {
            return false;
        };
        let tree = self.old.tree();
        let card = tree.parent(old).filter(|_| tree.name(old) == "type");
        card.is_some_and(|card| {
            tree.name(card) == "interface"
                && tree.value(old) == Some("user")
                && tree.get(card, "backend/@type") != Some("passt")
                && self.new.tree().value(new) != Some("user")
        })
    }

    /// Refusals that no change explains: the same things at other places.
    fn order(&self, mismatches: &[Mismatch], covered: &HashSet<usize>) -> Vec<Finding> {
        let Some(rule) = rules::get("abi/list-order") else {
            return Vec::new();
        };
        let mut seen = HashSet::new();
        let mut findings = Vec::new();
        for (index, mismatch) in mismatches.iter().enumerate() {
            if covered.contains(&index) {
                continue;
            }
            let (domain, node) = match (mismatch.new, mismatch.old) {
                (Some(node), _) => (self.new, node),
                (None, Some(node)) => (self.old, node),
                (None, None) => continue,
            };
            let item = describe::list_item(domain.tree(), node);
            let name = domain.tree().name(item);
            if !seen.insert(name.to_owned()) {
                continue;
            }
            let message =
                format!("the order of the {name} elements changed, which libvirt compares");
            let old = mismatch
                .old
                .map(|n| describe::list_item(self.old.tree(), n));
            let new = mismatch
                .new
                .map(|n| describe::list_item(self.new.tree(), n));
            let apply = apply::restart();
            findings.extend(self.finding(
                rule,
                rule.level,
                EnforcedBy::Libvirt,
                old,
                new,
                message,
                apply,
            ));
        }
        findings
    }

    /// One side wishes for the host's model, the other shows what came of it.
    fn expanded_cpu(&self, answer: LibvirtCheck) -> Option<Finding> {
        let rule = rules::get("cpu/host-model-expanded")?;
        let enforced_by = match answer {
            LibvirtCheck::Refuses => EnforcedBy::Libvirt,
            _ => EnforcedBy::Nobody,
        };
        let (old, new) = (self.old.tree(), self.new.tree());
        let message =
            "cpu: one definition asks for host-model, the other has what a start made of it";
        self.finding(
            rule,
            rule.level,
            enforced_by,
            old.child(Tree::ROOT, "cpu"),
            new.child(Tree::ROOT, "cpu"),
            message.to_owned(),
            apply::restart(),
        )
    }

    /// States of the new definition that the old one does not have, where it changed.
    fn states(&self, changed: &[Finding]) -> Vec<Finding> {
        let migration = Migration::default();
        let guest = |domain| Guest {
            domain,
            migration: &migration,
            source: None,
        };
        let mut findings = Vec::new();
        for rule in rules::all() {
            let Check::State { scope, find } = rule.check else {
                continue;
            };
            if !changed.iter().any(|finding| touches(&finding.path, scope)) {
                continue;
            }
            let mut found = find(&guest(self.new));
            // What no file decides is no change.
            found.retain(|found| found.needs.is_none());
            if found.is_empty() {
                continue;
            }
            let before: HashSet<String> = find(&guest(self.old))
                .into_iter()
                .map(|found| describe::keyed_path(self.old.tree(), found.node))
                .collect();
            for found in found {
                let path = describe::keyed_path(self.new.tree(), found.node);
                if !before.contains(&path) && changed.iter().any(|f| overlap(&f.path, &path)) {
                    findings.extend(alone::finding(rule, &found, self.new, self.options));
                }
            }
        }
        findings
    }

    #[expect(clippy::too_many_arguments, reason = "one place that makes findings")]
    fn finding(
        &self,
        rule: &'static Rule,
        level: Level,
        enforced_by: EnforcedBy,
        old: Option<NodeId>,
        new: Option<NodeId>,
        message: String,
        apply: Application,
    ) -> Option<Finding> {
        let level = self.options.level(rule, level)?;
        let path = match (new, old) {
            (Some(node), _) => describe::keyed_path(self.new.tree(), node),
            (None, Some(node)) => describe::keyed_path(self.old.tree(), node),
            (None, None) => String::new(),
        };
        let value = |domain: &Domain<'_>, node: Option<NodeId>| {
            node.and_then(|node| masked_value(domain.tree(), node))
                .unwrap_or_default()
        };
        let anchor = match (new, old) {
            (Some(node), _) => fingerprint::anchor(self.new.tree(), node),
            (None, Some(node)) => fingerprint::anchor(self.old.tree(), node),
            (None, None) => String::new(),
        };
        let fingerprint = fingerprint(&[
            rule.id,
            &anchor,
            &value(self.old, old),
            &value(self.new, new),
        ]);
        let old = old.map(|node| place(self.old, node, self.options));
        let new = new.map(|node| place(self.new, node, self.options));
        Some(Finding {
            rule: rule.id,
            level,
            impact: rule.impact,
            enforced_by,
            path,
            message,
            why: rule.why,
            help: rule.help.to_owned(),
            apply,
            old,
            new,
            fingerprint,
            needs: None,
            accepted: false,
            acceptance: None,
        })
    }
}

/// Whether a finding's path is about a part of the definition: `devices/disk[vda]/serial` is
/// about `devices/disk`.
fn touches(path: &str, scope: &str) -> bool {
    let mut rest = path;
    for (at, step) in scope.split('/').filter(|step| !step.is_empty()).enumerate() {
        let separator = if at == 0 { "" } else { "/" };
        let Some(behind) = rest
            .strip_prefix(separator)
            .and_then(|rest| rest.strip_prefix(step))
        else {
            return false;
        };
        rest = match behind.strip_prefix('[') {
            Some(key) => key.split_once(']').map_or("", |(_, behind)| behind),
            None if behind.is_empty() || behind.starts_with('/') => behind,
            None => return false,
        };
    }
    true
}

/// Whether one path is the other, or leads to it.
fn overlap(one: &str, two: &str) -> bool {
    let (short, long) = if one.len() < two.len() {
        (one, two)
    } else {
        (two, one)
    };
    long.strip_prefix(short)
        .is_some_and(|rest| short.is_empty() || rest.is_empty() || rest.starts_with('/'))
}

/// The value of a node as fingerprints know it: masked, whatever is shown.
fn masked_value(tree: &Tree<'_>, node: NodeId) -> Option<String> {
    describe::value(tree, node, false)
}

/// A value and where it stands.
fn place(domain: &Domain<'_>, node: NodeId, options: &Options) -> Place {
    let tree = domain.tree();
    let (start, end) = tree.span(node);
    let source = domain.document().source();
    let position = source.position(start as usize);
    let snippet = describe::snippet(domain, (start, end), options);
    Place {
        value: describe::value(tree, node, options.show_secrets),
        line: position.line,
        column: position.column,
        written: tree.is_written(node),
        snippet,
    }
}
