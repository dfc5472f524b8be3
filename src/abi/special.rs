//! The fields that libvirt's check treats in a way of their own.

use super::{Check, Form};
use crate::canon::Domain;
use crate::schema::{AbiCheck, Default, Field};
use crate::tree::{NodeId, Tree};
use crate::value::NumberSet;

/// Whether the generic comparison is to look at a node; what is compared in
/// another way is done here, or in [`Check::general`].
pub(super) fn applies(
    check: &mut Check<'_, '_, '_>,
    field: &'static Field,
    old: Option<NodeId>,
    new: Option<NodeId>,
) -> bool {
    let (old_parent, new_parent) = (
        old.and_then(|n| check.old.parent(n)),
        new.and_then(|n| check.new.parent(n)),
    );
    let at_root = old_parent == Some(Tree::ROOT) || new_parent == Some(Tree::ROOT);
    // What both sides have around the node, for conditions on its siblings.
    let sibling = |path: &str| {
        old_parent
            .and_then(|p| check.old.get(p, path))
            .or_else(|| new_parent.and_then(|p| check.new.get(p, path)))
            .map(str::to_owned)
    };
    let under = |name: &str| {
        old_parent.is_some_and(|p| check.old.name(p) == name)
            || new_parent.is_some_and(|p| check.new.name(p) == name)
    };
    match field.name {
        "memory" | "vcpu" | "vcpus" if at_root => false,
        "distances" => false,
        "address" => address_applies(check, old, new),
        "tseg" => sibling("@state").as_deref() == Some("on"),
        // The migratable form leaves the model of a USB disk out.
        "@model" if check.form == Form::Migratable && under("disk") => {
            sibling("target/@bus").as_deref() != Some("usb")
        }
        "@type" if under("channel") => false,
        "@type" if under("hostdev") => {
            let values = (
                old.and_then(|n| check.old.value(n)),
                new.and_then(|n| check.new.value(n)),
            );
            !matches!(
                values,
                (Some("mdev"), Some("pci")) | (Some("pci"), Some("mdev"))
            )
        }
        // Of the image on top, not of those below it or of an NVRAM.
        "@migration" => {
            const OF_A_DISK: &str = "devices/disk/source/reservations";
            old_parent.is_some_and(|p| check.old.path(p) == OF_A_DISK)
                || new_parent.is_some_and(|p| check.new.path(p) == OF_A_DISK)
        }
        "channel" => {
            if let (Some(old), Some(new)) = (old, new) {
                channel(check, old, new);
            }
            true
        }
        _ => true,
    }
}

/// Which address libvirt would give is foretold for x86 boards only; on
/// others an address that one side leaves out is no difference.
fn address_applies(check: &Check<'_, '_, '_>, old: Option<NodeId>, new: Option<NodeId>) -> bool {
    let given = |tree: &Tree<'_>, node: Option<NodeId>| {
        node.is_some_and(|address| !crate::canon::is_open_place(tree, address))
    };
    check.foretold || (given(check.old, old) && given(check.new, new))
}

/// A channel with no name in its target is told by its back end.
fn channel(check: &mut Check<'_, '_, '_>, old: NodeId, new: NodeId) {
    let unnamed = |tree: &Tree<'_>, node: NodeId| tree.get(node, "target/@name").is_none();
    if unnamed(check.old, old) && unnamed(check.new, new) {
        let agent = |tree: &Tree<'_>, node: NodeId| tree.attr(node, "type") == Some("spicevmc");
        if agent(check.old, old) != agent(check.new, new) {
            check.refuse_by("abi/channel", Some(old), Some(new));
        }
    }
}

impl Check<'_, '_, '_> {
    /// Memory, vCPUs and NUMA distances, which are compared by what they come to.
    pub(super) fn general(&mut self) {
        let at = |tree: &Tree<'_>, path: &str| tree.at(Tree::ROOT, path);
        if initial_memory(self.old) != initial_memory(self.new) {
            self.refuse_by(
                "abi/memory-size",
                at(self.old, "memory"),
                at(self.new, "memory"),
            );
        }
        if maximum(self.old) != maximum(self.new) {
            self.refuse_by("abi/vcpu-max", at(self.old, "vcpu"), at(self.new, "vcpu"));
        }
        if online(self.old) != online(self.new) {
            self.refuse_by(
                "abi/vcpu-online",
                at(self.old, "vcpu"),
                at(self.new, "vcpu"),
            );
        }
        if order(self.old) != order(self.new) {
            self.refuse_by(
                "abi/vcpu-order",
                at(self.old, "vcpus"),
                at(self.new, "vcpus"),
            );
        }
        if distances(self.old) != distances(self.new) {
            self.refuse_by(
                "abi/numa-cell",
                at(self.old, "cpu/numa"),
                at(self.new, "cpu/numa"),
            );
        }
    }
}

/// KiB of memory at start: the total without memory devices.
fn initial_memory(tree: &Tree<'_>) -> u64 {
    let plugged: u64 = tree
        .child(Tree::ROOT, "devices")
        .map(|devices| {
            tree.children_named(devices, "memory")
                .filter_map(|device| tree.number(device, "target/size"))
                .fold(0, u64::saturating_add)
        })
        .unwrap_or(0);
    tree.number(Tree::ROOT, "memory")
        .unwrap_or(0)
        .saturating_sub(plugged)
}

fn maximum(tree: &Tree<'_>) -> u64 {
    tree.number(Tree::ROOT, "vcpu").unwrap_or(1)
}

/// The vCPUs that are enabled.
fn online(tree: &Tree<'_>) -> NumberSet {
    let mut online = NumberSet::default();
    match tree.child(Tree::ROOT, "vcpus") {
        Some(list) => {
            for vcpu in tree.children_named(list, "vcpu") {
                if let Some(id) = tree
                    .number(vcpu, "@id")
                    .and_then(|id| u32::try_from(id).ok())
                    && tree.attr(vcpu, "enabled") != Some("no")
                {
                    online.insert(id, id);
                }
            }
        }
        None => {
            let count = tree
                .number(Tree::ROOT, "vcpu/@current")
                .unwrap_or_else(|| maximum(tree));
            if let Some(last) = count
                .checked_sub(1)
                .and_then(|last| u32::try_from(last).ok())
            {
                online.insert(0, last);
            }
        }
    }
    online
}

fn order(tree: &Tree<'_>) -> Vec<(Option<u64>, u64)> {
    let Some(list) = tree.child(Tree::ROOT, "vcpus") else {
        return Vec::new();
    };
    tree.children_named(list, "vcpu")
        .filter_map(|vcpu| {
            Some((
                tree.number(vcpu, "@id"),
                tree.number(vcpu, "@order").filter(|o| *o > 0)?,
            ))
        })
        .collect()
}

/// Distances between cells that are not the default ones: 10 within a cell, 20 between two.
fn distances(tree: &Tree<'_>) -> Vec<(u64, u64, u64)> {
    let Some(numa) = tree.at(Tree::ROOT, "cpu/numa") else {
        return Vec::new();
    };
    let mut list: Vec<(u64, u64, u64)> = Vec::new();
    for cell in tree.children_named(numa, "cell") {
        let (Some(from), Some(distances)) =
            (tree.number(cell, "@id"), tree.child(cell, "distances"))
        else {
            continue;
        };
        for sibling in tree.children_named(distances, "sibling") {
            if let (Some(to), Some(value)) =
                (tree.number(sibling, "@id"), tree.number(sibling, "@value"))
                && value != if from == to { 10 } else { 20 }
            {
                list.push((from, to, value));
            }
        }
    }
    list
}

/// Whether libvirt would dump the same text for both: everything equal, with
/// the items of each list in the same order. What it drops when it reads a
/// file plays no part.
pub(super) fn same_dump(old: &Domain<'_>, new: &Domain<'_>) -> bool {
    let dump = Dump {
        old: old.tree(),
        new: new.tree(),
        foretold: crate::canon::foretold(old, new),
    };
    dump.same(Tree::ROOT, Tree::ROOT, false)
}

struct Dump<'t, 'o, 'n> {
    old: &'t Tree<'o>,
    new: &'t Tree<'n>,
    foretold: bool,
}

impl Dump<'_, '_, '_> {
    fn same(&self, a: NodeId, b: NodeId, in_metadata: bool) -> bool {
        let (old, new) = (self.old, self.new);
        let field = old.field(a);
        let values_agree = match (old.value(a), new.value(b)) {
            (a, b) if a == b => true,
            (Some(a), Some(b)) => crate::canon::same_value(field, a, b),
            (Some(""), None) | (None, Some("")) => true,
            _ => false,
        };
        let kept = |tree: &Tree<'_>, n: NodeId| in_metadata || tree.is_modelled(n);
        values_agree
            && old.attributes(a).filter(|n| kept(old, *n)).all(|n| {
                match new.attribute(b, old.name(n)) {
                    Some(other) => self.same(n, other, in_metadata),
                    None => self.is_chosen_again(old, n),
                }
            })
            && new
                .attributes(b)
                .filter(|n| kept(new, *n))
                .all(|n| old.attribute(a, new.name(n)).is_some() || self.is_chosen_again(new, n))
            && self.same_children(a, b, in_metadata)
    }

    fn same_children(&self, a: NodeId, b: NodeId, in_metadata: bool) -> bool {
        let kept = |tree: &Tree<'_>, n: &NodeId| {
            in_metadata || tree.name(*n) == "metadata" || tree.is_modelled(*n)
        };
        let (old, new) = (self.old, self.new);
        let mut mine = old.children(a).filter(|n| kept(old, n));
        let mut theirs = new.children(b).filter(|n| kept(new, n));
        let (mut rest_old, mut rest_new): (Vec<NodeId>, Vec<NodeId>) = (Vec::new(), Vec::new());
        loop {
            match (mine.next(), theirs.next()) {
                (None, None) => return true,
                (Some(x), Some(y)) if old.name(x) == new.name(y) => {
                    if !self.same(x, y, in_metadata || old.name(x) == "metadata") {
                        return false;
                    }
                }
                (x, y) => {
                    rest_old.extend(x.into_iter().chain(mine));
                    rest_new.extend(y.into_iter().chain(theirs));
                    break;
                }
            }
        }
        // Elements of different names have no order among each other.
        rest_old.sort_by_key(|n| old.name(*n));
        rest_new.sort_by_key(|n| new.name(*n));
        let (mut mine, mut theirs) = (rest_old.iter().peekable(), rest_new.iter().peekable());
        loop {
            match (mine.peek(), theirs.peek()) {
                (None, None) => return true,
                (Some(x), Some(y)) if old.name(**x) == new.name(**y) => {
                    if !self.same(**x, **y, in_metadata || old.name(**x) == "metadata") {
                        return false;
                    }
                    mine.next();
                    theirs.next();
                }
                (Some(x), y) if y.is_none_or(|y| old.name(**x) < new.name(**y)) => {
                    if !self.is_chosen_again(old, **x) {
                        return false;
                    }
                    mine.next();
                }
                (_, Some(y)) => {
                    if !self.is_chosen_again(new, **y) {
                        return false;
                    }
                    theirs.next();
                }
                (Some(_), None) => return false,
            }
        }
    }

    /// Whether libvirt would print the same where a node is left out.
    fn is_chosen_again(&self, tree: &Tree<'_>, node: NodeId) -> bool {
        let field = tree.field(node);
        match field.default {
            Default::Fixed(value) if tree.value(node) == Some(value) => true,
            Default::Derived if !self.foretold => true,
            // What the host has by default, as far as a file can tell.
            _ if field.name == "emulator" => {
                let arch = tree.get(Tree::ROOT, "os/type/@arch").unwrap_or("x86_64");
                let binary = if arch == "i686" { "i386" } else { arch };
                tree.value(node)
                    .is_some_and(|path| path.ends_with(&format!("qemu-system-{binary}")))
            }
            _ if matches!(field.name, "@machine" | "@arch") => true,
            // Both sides were filled in alike: a device more is one more.
            _ if self.foretold
                && tree.parent(node).is_some_and(|p| tree.name(p) == "devices")
                && !tree.is_attribute(node) =>
            {
                false
            }
            _ if !tree.is_written(node) => true,
            // Its presence says something of its own.
            _ if field.abi == AbiCheck::Compared => false,
            _ => {
                let mut parts = tree.attributes(node).chain(tree.children(node)).peekable();
                tree.value(node).unwrap_or_default().is_empty()
                    && parts.peek().is_some()
                    && parts.all(|part| self.is_chosen_again(tree, part))
            }
        }
    }
}
