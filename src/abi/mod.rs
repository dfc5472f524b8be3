//! What libvirt's own guest-ABI check would say (`virDomainDefCheckABIStability`
//! with the QEMU driver's additions), of two canonical domains.
//!
//! Which fields are compared is the field table's column `abi`; this module
//! holds how: lists by position, presence for presence, and the few places
//! where a field is compared only under a condition. libvirt stops at the
//! first difference, here all are collected.

mod migratable;
mod special;

use crate::canon::{DeviceKind, Domain};
use crate::diff::Diff;
use crate::report::LibvirtCheck;
use crate::schema::{AbiCheck, Default, Field, Identity, Kind};
use crate::tree::{NodeId, Tree};

/// A difference that libvirt's check refuses: the node on each side, where
/// there is one. Of a list's length, the first item too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch {
    /// Id of the rule: `abi/disk`.
    pub rule: &'static str,
    /// In the old tree.
    pub old: Option<NodeId>,
    /// In the new tree.
    pub new: Option<NodeId>,
}

/// libvirt's answer, and every reason for a refusal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prediction {
    /// The answer.
    pub answer: LibvirtCheck,
    /// Why it refuses.
    pub mismatches: Vec<Mismatch>,
}

/// Predicts libvirt's check of a saved or migrating guest whose definition
/// `old` is replaced by `new`.
#[must_use]
pub fn predict(old: &Domain<'_>, new: &Domain<'_>, diff: &Diff) -> Prediction {
    if diff.changes.is_empty() && special::same_dump(old, new) {
        return Prediction {
            answer: LibvirtCheck::Same,
            mismatches: Vec::new(),
        };
    }
    let mismatches = check(old, new, diff);
    let answer = if !mismatches.is_empty() {
        LibvirtCheck::Refuses
    } else if special::same_dump(old, new) {
        LibvirtCheck::Same
    } else {
        LibvirtCheck::Accepts
    };
    Prediction { answer, mismatches }
}

/// The new definition's migratable form is compared first and, when that
/// fails, the definition as it is; one of the two is enough. The old one is
/// always in its migratable form: so a saved or migrating guest has it.
/// (`qemuSaveImageUpdateDef`)
fn check(old: &Domain<'_>, new: &Domain<'_>, diff: &Diff) -> Vec<Mismatch> {
    let mismatches = Check::new(old, new, diff, Form::Migratable).run();
    if mismatches.is_empty() || Check::new(old, new, diff, Form::Full).run().is_empty() {
        Vec::new()
    } else {
        mismatches
    }
}

/// Which form of the new definition is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As it is sent to another host.
    Migratable,
    /// As it is.
    Full,
}

struct Check<'t, 'o, 'n> {
    old_domain: &'t Domain<'o>,
    new_domain: &'t Domain<'n>,
    old: &'t Tree<'o>,
    new: &'t Tree<'n>,
    /// Form of the new definition.
    form: Form,
    diff: &'t Diff,
    /// Whether what libvirt derives for this board is known in full, so that a
    /// derived field that one side lacks is a difference.
    foretold: bool,
    mismatches: Vec<Mismatch>,
}

/// Device lists that libvirt's check does not look at.
const UNCOMPARED: [DeviceKind; 6] = [
    DeviceKind::Emulator,
    DeviceKind::Lease,
    DeviceKind::Graphics,
    DeviceKind::Audio,
    DeviceKind::Nvram,
    DeviceKind::Crypto,
];

impl<'t, 'o, 'n> Check<'t, 'o, 'n> {
    fn new(old: &'t Domain<'o>, new: &'t Domain<'n>, diff: &'t Diff, form: Form) -> Self {
        Self {
            old_domain: old,
            new_domain: new,
            old: old.tree(),
            new: new.tree(),
            form,
            diff,
            foretold: crate::canon::foretold(old, new),
            mismatches: Vec::new(),
        }
    }

    fn run(mut self) -> Vec<Mismatch> {
        self.general();
        self.pair(Tree::ROOT, Tree::ROOT);
        self.devices();
        self.mismatches
    }

    fn refuse_by(&mut self, rule: &'static str, old: Option<NodeId>, new: Option<NodeId>) {
        self.mismatches.push(Mismatch { rule, old, new });
    }

    /// Refuses by the rule of the field's row.
    fn refuse(&mut self, old: Option<NodeId>, new: Option<NodeId>) {
        let rule = match (old, new) {
            (_, Some(node)) => self.new.rule(node),
            (Some(node), None) => self.old.rule(node),
            (None, None) => return,
        };
        self.refuse_by(rule, old, new);
    }

    fn devices(&mut self) {
        let (old, new) = migratable::lists(self.old_domain, self.new_domain, self.form);
        for kind in DeviceKind::all() {
            if !UNCOMPARED.contains(&kind) {
                self.list(&old[kind], &new[kind]);
            }
        }
    }

    /// Items by position; a list that is longer on one side is a difference.
    fn list(&mut self, old: &[NodeId], new: &[NodeId]) {
        for (a, b) in old.iter().zip(new) {
            if !self.diff.are_alike(*a, *b) {
                self.pair(*a, *b);
            }
        }
        let shorter = old.len().min(new.len());
        match (old.get(shorter), new.get(shorter)) {
            (None, None) => {}
            (a, b) => self.refuse(a.copied(), b.copied()),
        }
    }

    /// Two elements, one of which may be missing: own value, then what they hold.
    fn pair(&mut self, old: NodeId, new: NodeId) {
        self.node(Some(old), Some(new));
    }

    fn node(&mut self, old: Option<NodeId>, new: Option<NodeId>) {
        let field = match (old, new) {
            (_, Some(node)) => self.new.field(node),
            (Some(node), None) => self.old.field(node),
            (None, None) => return,
        };
        if !special::applies(self, field, old, new) {
            return;
        }
        if self.left_open(field, old, new) {
            return;
        }
        if field.abi == AbiCheck::Compared
            && self.holds(field, old, new)
            && self.differs(field, old, new)
        {
            self.refuse(old, new);
            if old.is_none() || new.is_none() {
                return;
            }
        }
        if field.is_attribute() {
            return;
        }
        self.attributes(old, new);
        self.children(old, new);
    }

    /// Whether one side leaves a field to libvirt or the host, so that nothing
    /// speaks against the other side's value being what they choose. A UUID or
    /// MAC address that the new side drops is random: never the same.
    fn left_open(&self, field: &Field, old: Option<NodeId>, new: Option<NodeId>) -> bool {
        let open = match field.default {
            Default::Chosen => true,
            Default::Derived => !self.foretold,
            Default::None | Default::Fixed(_) => false,
        };
        let filled = old.is_some_and(|n| self.old.is_filled(n))
            || new.is_some_and(|n| self.new.is_filled(n));
        if !self.foretold && filled {
            return true;
        }
        let random = matches!(field.name, "uuid" | "mac" | "@address");
        open && (old.is_none() || (new.is_none() && !random))
    }

    /// Whether the condition holds under which a field is compared, on either side.
    fn holds(&self, field: &Field, old: Option<NodeId>, new: Option<NodeId>) -> bool {
        let Some(condition) = field.compared_if else {
            return true;
        };
        let on = |tree: &Tree<'_>, node: Option<NodeId>| {
            let mut holder = node.and_then(|n| tree.parent(n))?;
            let mut path = condition.path;
            while let Some(rest) = path.strip_prefix("../") {
                holder = tree.parent(holder)?;
                path = rest;
            }
            Some(
                condition
                    .any_of
                    .contains(&tree.get(holder, path).unwrap_or("")),
            )
        };
        on(self.old, old) == Some(true) || on(self.new, new) == Some(true)
    }

    fn differs(&self, field: &'static Field, old: Option<NodeId>, new: Option<NodeId>) -> bool {
        if matches!(field.kind, Kind::Element | Kind::Flag) {
            let says_more = old.is_some_and(|n| !self.old.says_default(n))
                || new.is_some_and(|n| !self.new.says_default(n));
            return old.is_some() != new.is_some() && says_more;
        }
        let (a, b) = (self.old_value(field, old), self.new_value(field, new));
        a != b && !matches!((a, b), (Some(a), Some(b)) if crate::canon::same_value(field, a, b))
    }

    fn old_value(&self, field: &'static Field, node: Option<NodeId>) -> Option<&str> {
        node.and_then(|n| self.old.value(n)).or(fixed(field))
    }

    fn new_value(&self, field: &'static Field, node: Option<NodeId>) -> Option<&str> {
        node.and_then(|n| self.new.value(n)).or(fixed(field))
    }

    fn attributes(&mut self, old: Option<NodeId>, new: Option<NodeId>) {
        let (old_tree, new_tree) = (self.old, self.new);
        if let Some(old) = old {
            for attribute in old_tree.attributes(old) {
                let other = new.and_then(|n| new_tree.attribute(n, old_tree.name(attribute)));
                self.node(Some(attribute), other);
            }
        }
        if let Some(new) = new {
            for attribute in new_tree.attributes(new) {
                let other = old.and_then(|o| old_tree.attribute(o, new_tree.name(attribute)));
                if other.is_none() {
                    self.node(None, Some(attribute));
                }
            }
        }
    }

    fn children(&mut self, old: Option<NodeId>, new: Option<NodeId>) {
        let (old_tree, new_tree) = (self.old, self.new);
        let of = |tree: &Tree<'_>, node: Option<NodeId>| -> Vec<NodeId> {
            node.map(|n| tree.children(n).collect()).unwrap_or_default()
        };
        let (mine, theirs) = (of(old_tree, old), of(new_tree, new));
        let mut done: Vec<&'static Field> = Vec::new();
        for (field, is_old, node) in mine
            .iter()
            .map(|n| (old_tree.field(*n), true, *n))
            .chain(theirs.iter().map(|n| (new_tree.field(*n), false, *n)))
        {
            if field.name == "devices"
                || field.name == "*"
                || done.iter().any(|d| std::ptr::eq(*d, field))
            {
                continue;
            }
            done.push(field);
            if field.identity == Identity::Single {
                let other = if is_old {
                    theirs
                        .iter()
                        .copied()
                        .find(|n| std::ptr::eq(new_tree.field(*n), field))
                } else {
                    None
                };
                match (is_old, other) {
                    (true, Some(other)) if self.diff.are_alike(node, other) => {}
                    (true, other) => self.node(Some(node), other),
                    (false, _) => self.node(None, Some(node)),
                }
            } else if field.abi == AbiCheck::Compared {
                let a: Vec<NodeId> = mine
                    .iter()
                    .copied()
                    .filter(|n| std::ptr::eq(old_tree.field(*n), field))
                    .collect();
                let b: Vec<NodeId> = theirs
                    .iter()
                    .copied()
                    .filter(|n| std::ptr::eq(new_tree.field(*n), field))
                    .collect();
                self.list(&a, &b);
            }
        }
    }
}

fn fixed(field: &'static Field) -> Option<&'static str> {
    match field.default {
        Default::Fixed(value) => Some(value),
        _ => None,
    }
}
