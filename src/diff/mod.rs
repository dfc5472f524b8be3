//! Two canonical trees in, changes out.
//!
//! Items of lists are paired by the keys of their row, never by position
//! unless position is their meaning. Work is linear in the size of the two
//! trees: equal neighbours pair without a look-up, the rest through one map a
//! key, and the order of paired items is checked with one longest increasing
//! subsequence (`O(n log n)`).

mod order;
mod pairing;

pub(crate) use pairing::key_of;

use crate::canon::Domain;
use crate::schema::{AbiCheck, Default, Field, Identity, Kind};
use crate::tree::{NodeId, Provenance, Tree};

/// What happened to a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// Another value.
    Changed,
    /// Only in the new domain.
    Added,
    /// Only in the old domain.
    Removed,
    /// The same item at another place of a list whose order means something.
    Moved,
    /// The old domain leaves it to libvirt or the host, the new one writes it
    /// down, and nothing speaks against it being what was chosen.
    Pinned,
    /// The old domain writes it down, the new one leaves it to libvirt or the
    /// host, which choose again.
    Unpinned,
}

/// One change, with the node on each side where there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// The node in the old tree.
    pub old: Option<NodeId>,
    /// The node in the new tree.
    pub new: Option<NodeId>,
}

impl ChangeKind {
    /// The kind of the same change seen from the other side.
    #[must_use]
    pub fn swapped(self) -> Self {
        match self {
            Self::Added => Self::Removed,
            Self::Removed => Self::Added,
            Self::Pinned => Self::Unpinned,
            Self::Unpinned => Self::Pinned,
            same @ (Self::Changed | Self::Moved) => same,
        }
    }

    /// Whether the meaning of the definition changed. A pin does not: the
    /// dump of a domain pins what its author left open.
    #[must_use]
    pub fn is_semantic(self) -> bool {
        self != Self::Pinned
    }
}

/// What two domains have and have not in common.
#[derive(Debug)]
pub struct Diff {
    /// Every change, in the order of the new tree.
    pub changes: Vec<Change>,
    /// For each node of the old tree, the node of the new one that is alike in
    /// everything, counted from 1; of the elements that were asked.
    alike: Vec<u32>,
}

impl Diff {
    /// Whether two elements are known to be alike in all they hold.
    pub(crate) fn are_alike(&self, old: NodeId, new: NodeId) -> bool {
        self.alike
            .get(old.index())
            .is_some_and(|partner| *partner as usize == new.index() + 1)
    }
}

/// Compares two domains.
#[must_use]
pub fn diff(old: &Domain<'_>, new: &Domain<'_>) -> Diff {
    let mut differ = Differ {
        old: old.tree(),
        new: new.tree(),
        foretold: crate::canon::foretold(old, new),
        changes: Vec::new(),
        alike: vec![0; old.tree().len()],
    };
    differ.element(Tree::ROOT, Tree::ROOT);
    Diff {
        changes: differ.changes,
        alike: differ.alike,
    }
}

struct Differ<'t, 'o, 'n> {
    old: &'t Tree<'o>,
    new: &'t Tree<'n>,
    /// See [`crate::canon::foretold`].
    foretold: bool,
    changes: Vec<Change>,
    alike: Vec<u32>,
}

impl Differ<'_, '_, '_> {
    fn push(&mut self, kind: ChangeKind, old: Option<NodeId>, new: Option<NodeId>) {
        self.changes.push(Change { kind, old, new });
    }

    /// Compares two elements that are the same thing.
    fn element(&mut self, old: NodeId, new: NodeId) {
        let field = self.new.field(new);
        if is_place(self.new, new) {
            self.place(old, new);
            return;
        }
        if !matches!(field.kind, Kind::Element | Kind::Flag) {
            self.value(field, old, new);
        }
        self.attributes(old, new);
        self.children(old, new);
    }

    fn attributes(&mut self, old: NodeId, new: NodeId) {
        let (old_tree, new_tree) = (self.old, self.new);
        let mut theirs = new_tree.attributes(new);
        let mut paired = 0;
        for attribute in old_tree.attributes(old) {
            let name = old_tree.name(attribute);
            // Dumps write attributes in one order, so the next one mostly fits.
            let next = theirs.next().filter(|other| new_tree.name(*other) == name);
            match next.or_else(|| new_tree.attribute(new, name)) {
                Some(other) => {
                    paired += 1;
                    self.value(new_tree.field(other), attribute, other);
                }
                None => self.one_sided(Some(attribute), None),
            }
        }
        if paired < new_tree.attributes(new).count() {
            for attribute in new_tree.attributes(new) {
                if old_tree.attribute(old, new_tree.name(attribute)).is_none() {
                    self.one_sided(None, Some(attribute));
                }
            }
        }
    }

    fn value(&mut self, field: &'static Field, old: NodeId, new: NodeId) {
        let (old_value, new_value) = (self.old.value(old), self.new.value(new));
        let equal = old_value == new_value
            || match (old_value, new_value) {
                (Some(o), Some(n)) => crate::canon::same_value(field, o, n),
                (Some(value), None) | (None, Some(value)) => absent_means(field, value),
                (None, None) => true,
            };
        let chosen = field.default == Default::Chosen;
        match (old_value, new_value) {
            _ if equal => {
                if chosen || field.name == "@machine" {
                    match (self.old.provenance(old), self.new.provenance(new)) {
                        (Provenance::Written, Provenance::Filled) => {
                            self.push(ChangeKind::Unpinned, Some(old), Some(new));
                        }
                        (Provenance::Filled, Provenance::Written) => {
                            self.push(ChangeKind::Pinned, Some(old), Some(new));
                        }
                        _ => {}
                    }
                }
            }
            (Some(""), _) | (None, _) if chosen => {
                self.push(ChangeKind::Pinned, Some(old), Some(new))
            }
            (_, Some("") | None) if chosen => self.push(ChangeKind::Unpinned, Some(old), Some(new)),
            // What libvirt fills in for other boards differs between releases.
            _ if !self.foretold && self.old.is_filled(old) && self.new.is_filled(new) => {}
            _ if !self.foretold && self.old.is_filled(old) => {
                self.push(ChangeKind::Pinned, Some(old), Some(new));
            }
            _ if !self.foretold && self.new.is_filled(new) => {
                self.push(ChangeKind::Unpinned, Some(old), Some(new));
            }
            _ => self.push(ChangeKind::Changed, Some(old), Some(new)),
        }
    }

    /// Compares two device addresses as wholes: a device stands at one place
    /// or at another.
    fn place(&mut self, old: NodeId, new: NodeId) {
        let (old_tree, new_tree) = (self.old, self.new);
        let open = |tree: &Tree<'_>, node| {
            !self.foretold && (tree.is_filled(node) || crate::canon::is_open_place(tree, node))
        };
        match (open(old_tree, old), open(new_tree, new)) {
            (false, false) => {}
            (true, true) => return,
            (true, false) => return self.push(ChangeKind::Pinned, Some(old), Some(new)),
            (false, true) => return self.push(ChangeKind::Unpinned, Some(old), Some(new)),
        }
        let covers = |one: &Tree<'_>, a: NodeId, other: &Tree<'_>, b: NodeId| {
            one.attributes(a)
                .filter(|part| one.field(*part).abi == AbiCheck::Compared)
                .all(|part| match other.attr(b, one.name(part)) {
                    Some(value) => one.value(part) == Some(value),
                    None => one.says_default(part),
                })
        };
        if !covers(old_tree, old, new_tree, new) || !covers(new_tree, new, old_tree, old) {
            self.push(ChangeKind::Changed, Some(old), Some(new));
            return;
        }
        match (old_tree.is_written(old), new_tree.is_written(new)) {
            (true, false) => self.push(ChangeKind::Unpinned, Some(old), Some(new)),
            (false, true) => self.push(ChangeKind::Pinned, Some(old), Some(new)),
            (true, true) | (false, false) => {
                self.attributes(old, new);
                self.children(old, new);
            }
        }
    }

    /// A node that the other side lacks: a change, a pin, or nothing.
    fn one_sided(&mut self, old: Option<NodeId>, new: Option<NodeId>) {
        let (tree, node) = match (old, new) {
            (Some(node), _) => (self.old, node),
            (None, Some(node)) => (self.new, node),
            (None, None) => return,
        };
        if !self.foretold && tree.is_filled(node) {
            return;
        }
        let meaning = if !self.foretold && crate::canon::is_implied_bus(tree, node) {
            Alone::Pin
        } else if crate::canon::is_cpu_of_its_own(tree, node) {
            Alone::Change
        } else {
            meaning_alone(tree, node, self.foretold)
        };
        let kind = match meaning {
            Alone::Nothing => return,
            Alone::Pin if old.is_some() => ChangeKind::Unpinned,
            Alone::Pin => ChangeKind::Pinned,
            Alone::Change if old.is_some() => ChangeKind::Removed,
            Alone::Change => ChangeKind::Added,
        };
        self.push(kind, old, new);
    }
}

/// Whether an element is the address of a device.
fn is_place(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.name(node) == "address" && tree.field(node).abi == AbiCheck::Compared
}

/// What a node means that stands on one side only.
enum Alone {
    /// The same as its absence.
    Nothing,
    /// Somebody's choice written down.
    Pin,
    /// A difference.
    Change,
}

fn absent_means(field: &Field, value: &str) -> bool {
    matches!(field.default, Default::Fixed(default) if default == value)
}

fn meaning_alone(tree: &Tree<'_>, node: NodeId, foretold: bool) -> Alone {
    let field = tree.field(node);
    let left_open = match field.default {
        Default::Chosen => true,
        Default::Derived => !foretold,
        Default::None | Default::Fixed(_) => false,
    };
    if left_open {
        return if tree.is_written(node) {
            Alone::Pin
        } else {
            Alone::Nothing
        };
    }
    if tree.says_default(node) {
        return Alone::Nothing;
    }
    let value = tree.value(node);
    if tree.is_attribute(node) {
        return match value {
            // What libvirt would fill in on the other side too, were it the same kind of guest.
            _ if !tree.is_written(node) => Alone::Nothing,
            _ => Alone::Change,
        };
    }
    if value.is_some_and(|value| !value.is_empty() && !absent_means(field, value)) {
        return Alone::Change;
    }
    if crate::canon::is_no_label(tree, node) {
        return Alone::Nothing;
    }
    // An element of a list is a thing of its own; another is what it holds.
    if field.identity != Identity::Single || field.kind == Kind::Flag {
        return Alone::Change;
    }
    // So is one whose presence libvirt compares.
    if field.abi == AbiCheck::Compared && tree.is_written(node) {
        return Alone::Change;
    }
    let mut meaning = None;
    for part in tree.attributes(node).chain(tree.children(node)) {
        match meaning_alone(tree, part, foretold) {
            Alone::Change => return Alone::Change,
            Alone::Pin => meaning = Some(Alone::Pin),
            Alone::Nothing => {
                meaning.get_or_insert(Alone::Nothing);
            }
        }
    }
    match meaning {
        Some(meaning) => meaning,
        None if value.is_some() => Alone::Nothing,
        None => Alone::Change,
    }
}
