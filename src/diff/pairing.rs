//! Children and lists: which item of the old document is which of the new.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::{ChangeKind, Differ, order};
use crate::schema::{Field, Identity};
use crate::tree::{NodeId, Tree};

/// Children of one name on both sides.
#[derive(Default)]
struct Family {
    old: Vec<NodeId>,
    new: Vec<NodeId>,
}

impl Differ<'_, '_, '_> {
    pub(super) fn children(&mut self, old: NodeId, new: NodeId) {
        let (old_tree, new_tree) = (self.old, self.new);
        let mut mine = old_tree.children(old);
        let mut theirs = new_tree.children(new);
        // Documents are mostly alike: as long as the next two are the same
        // thing, they pair without any look-up.
        loop {
            let (before_old, before_new) = (mine.clone(), theirs.clone());
            match (mine.next(), theirs.next()) {
                (None, None) => return,
                (Some(a), Some(b)) if self.are_identical(a, b) => {}
                (Some(a), Some(b)) if self.are_neighbours(a, b) => self.element(a, b),
                _ => {
                    (mine, theirs) = (before_old, before_new);
                    break;
                }
            }
        }
        for family in families(old_tree, mine.collect(), new_tree, theirs.collect()) {
            self.family(&family);
        }
    }

    /// Whether there is nothing to say of two children at the same place. Not
    /// asked of the devices as a whole, which are asked one by one.
    fn are_identical(&mut self, old: NodeId, new: NodeId) -> bool {
        let identical = self.new.name(new) != "devices" && self.old.identical(old, self.new, new);
        if identical {
            self.alike[old.index()] = u32::try_from(new.index() + 1).unwrap_or(0);
        }
        identical
    }

    /// Whether two children at the same place are surely the same thing.
    fn are_neighbours(&self, old: NodeId, new: NodeId) -> bool {
        let field = self.new.field(new);
        if !std::ptr::eq(field, self.old.field(old)) || self.old.name(old) != self.new.name(new) {
            return false;
        }
        match field.identity {
            Identity::Single => true,
            Identity::Position => false,
            Identity::Keys(keys) => keys
                .first()
                .is_some_and(|key| same_key(self.old, old, self.new, new, key)),
        }
    }

    fn family(&mut self, family: &Family) {
        let field = match (family.old.first(), family.new.first()) {
            (_, Some(node)) => self.new.field(*node),
            (Some(node), None) => self.old.field(*node),
            (None, None) => return,
        };
        let pairs = self.pairs(field, family);
        for (old, new) in pairs.iter().copied() {
            match (old.map(|i| family.old[i]), new.map(|i| family.new[i])) {
                (Some(a), Some(b)) => self.element(a, b),
                (old, new) => self.one_sided(old, new),
            }
        }
        if field.ordered {
            let both: Vec<(usize, usize)> = {
                let mut both: Vec<(usize, usize)> = pairs
                    .iter()
                    .filter_map(|(old, new)| Some(((*old)?, (*new)?)))
                    .collect();
                both.sort_unstable();
                both
            };
            let places: Vec<usize> = both.iter().map(|(_, new)| *new).collect();
            for moved in order::moved(&places) {
                let (old, new) = both[moved];
                self.push(
                    ChangeKind::Moved,
                    Some(family.old[old]),
                    Some(family.new[new]),
                );
            }
        }
    }

    /// Pairs the items of one family: indexes into both lists, in the order of
    /// the new list, then what only the old one has.
    fn pairs(&self, field: &'static Field, family: &Family) -> Vec<(Option<usize>, Option<usize>)> {
        let mut partner_of_new: Vec<Option<usize>> = vec![None; family.new.len()];
        let mut taken = vec![false; family.old.len()];
        match field.identity {
            Identity::Single | Identity::Position => {
                for i in 0..family.old.len().min(family.new.len()) {
                    partner_of_new[i] = Some(i);
                    taken[i] = true;
                }
            }
            Identity::Keys(keys) => {
                for key in keys {
                    self.pair_by(key, family, &mut partner_of_new, &mut taken);
                }
                self.pair_leftovers(keys, family, &mut partner_of_new, &mut taken);
            }
        }
        let removed = (0..taken.len())
            .filter(|i| !taken[*i])
            .map(|i| (Some(i), None));
        partner_of_new
            .iter()
            .enumerate()
            .map(|(new, old)| (*old, Some(new)))
            .chain(removed)
            .collect()
    }

    /// Pairs what has the same value of one key, where that value is unique on both sides.
    fn pair_by(
        &self,
        key: &str,
        family: &Family,
        partner_of_new: &mut [Option<usize>],
        taken: &mut [bool],
    ) {
        let mut by_key: HashMap<String, Unique> = HashMap::new();
        for (i, node) in family.old.iter().enumerate().filter(|(i, _)| !taken[*i]) {
            if let Some(value) = key_of(self.old, *node, key) {
                match by_key.entry(value) {
                    Entry::Occupied(mut entry) => entry.get_mut().old = None,
                    Entry::Vacant(entry) => {
                        entry.insert(Unique {
                            old: Some(i),
                            new: Seen::Never,
                        });
                    }
                }
            }
        }
        if by_key.is_empty() {
            return;
        }
        for (i, node) in family
            .new
            .iter()
            .enumerate()
            .filter(|(i, _)| partner_of_new[*i].is_none())
        {
            if let Some(unique) =
                key_of(self.new, *node, key).and_then(|value| by_key.get_mut(&value))
            {
                unique.new = match unique.new {
                    Seen::Never => Seen::Once(i),
                    _ => Seen::Often,
                };
            }
        }
        for unique in by_key.values() {
            if let (Some(old), Seen::Once(new)) = (unique.old, unique.new) {
                partner_of_new[new] = Some(old);
                taken[old] = true;
            }
        }
    }

    /// Pairs by position what no key could decide: two items of which, for
    /// every key, one at least lacks it, and items whose keys collide.
    fn pair_leftovers(
        &self,
        keys: &[&str],
        family: &Family,
        partner_of_new: &mut [Option<usize>],
        taken: &mut [bool],
    ) {
        let free: Vec<usize> = (0..taken.len()).filter(|old| !taken[*old]).collect();
        let open: Vec<usize> = (0..partner_of_new.len())
            .filter(|new| partner_of_new[*new].is_none())
            .collect();
        // The first with the first and so on, so that it is the same from both sides.
        for (old, new) in free.into_iter().zip(open) {
            let contradicted = keys.iter().any(|key| {
                let mine = key_of(self.old, family.old[old], key);
                let theirs = key_of(self.new, family.new[new], key);
                mine.is_some() && theirs.is_some() && mine != theirs
            });
            if !contradicted {
                partner_of_new[new] = Some(old);
                taken[old] = true;
            }
        }
    }
}

/// Where a key's value was seen: unique on the old side or not at all, and on the new side.
struct Unique {
    old: Option<usize>,
    new: Seen,
}

#[derive(Clone, Copy)]
enum Seen {
    Never,
    Once(usize),
    Often,
}

/// Groups children by name, in the order of the new document.
fn families(
    old_tree: &Tree<'_>,
    old: Vec<NodeId>,
    new_tree: &Tree<'_>,
    new: Vec<NodeId>,
) -> Vec<Family> {
    let mut families = Families {
        list: Vec::new(),
        names: Vec::new(),
        index: HashMap::new(),
    };
    for node in new {
        families.named(new_tree.name(node)).new.push(node);
    }
    for node in old {
        families.named(old_tree.name(node)).old.push(node);
    }
    families.list
}

/// Families in the order of their first member. Real documents have few names,
/// for which a look through the list is the fastest; the map bounds the work
/// where a hostile one has thousands.
struct Families<'t> {
    list: Vec<Family>,
    names: Vec<&'t str>,
    index: HashMap<&'t str, usize>,
}

impl<'t> Families<'t> {
    fn named(&mut self, name: &'t str) -> &mut Family {
        const FEW: usize = 32;
        let known = match self.names.iter().take(FEW).position(|n| *n == name) {
            None if self.names.len() > FEW => self.index.get(name).copied(),
            known => known,
        };
        let at = known.unwrap_or_else(|| {
            self.list.push(Family::default());
            self.names.push(name);
            let at = self.list.len() - 1;
            if at >= FEW {
                self.index.insert(name, at);
            }
            at
        });
        &mut self.list[at]
    }
}

/// Whether both items have a key and its values are the same.
fn same_key(old_tree: &Tree<'_>, old: NodeId, new_tree: &Tree<'_>, new: NodeId, key: &str) -> bool {
    key.split('+').all(|path| {
        let of = |tree: &Tree<'_>, item| {
            if path == "." {
                Some(item)
            } else {
                tree.at(item, path)
            }
        };
        match (of(old_tree, old), of(new_tree, new)) {
            (Some(a), Some(b)) if old_tree.is_attribute(a) || path == "." => {
                old_tree.value(a) == new_tree.value(b)
            }
            (Some(a), Some(b)) => old_tree.same(a, new_tree, b),
            _ => false,
        }
    })
}

/// The value of a key: paths joined by `+`, all of which must be there.
pub(crate) fn key_of(tree: &Tree<'_>, item: NodeId, key: &str) -> Option<String> {
    let mut value = String::new();
    for path in key.split('+') {
        if !value.is_empty() {
            value.push('\u{1f}');
        }
        let node = if path == "." {
            item
        } else {
            tree.at(item, path)?
        };
        content(tree, node, &mut value);
    }
    (!value.is_empty()).then_some(value)
}

/// All that an element or attribute holds, as one text.
fn content(tree: &Tree<'_>, node: NodeId, out: &mut String) {
    if let Some(value) = tree.value(node) {
        out.push_str(value);
    }
    // Attributes have no order, nor have elements of different names.
    let mut parts: Vec<NodeId> = tree
        .attributes(node)
        .chain(tree.children(node))
        .filter(|part| tree.name(*part) != "multifunction")
        .collect();
    parts.sort_by_key(|part| tree.name(*part));
    for part in parts {
        out.push('\u{1e}');
        out.push_str(tree.name(part));
        out.push('=');
        content(tree, part, out);
    }
}
