//! The fields that libvirt's check treats in a way of their own.

use super::Check;
use crate::canon::Domain;
use crate::schema::{Default, Field};
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
    match field.name {
        "memory" | "vcpu" | "vcpus" if at_root => false,
        "distances" => false,
        "address" => {
            let parent = old_parent
                .map(|p| check.old.name(p))
                .or(new_parent.map(|p| check.new.name(p)));
            if !matches!(parent, Some("source" | "target")) {
                address(check, field, old, new);
                return false;
            }
            true
        }
        "alias" => {
            old_parent
                .map(|p| check.old.name(p))
                .or(new_parent.map(|p| check.new.name(p)))
                == Some("memory")
        }
        "tseg" => sibling("@state").as_deref() == Some("on"),
        "@queues" => match grandparent(check, old, new) {
            Some(("interface", model)) => model.is_some_and(|model| model.starts_with("virtio")),
            _ => true,
        },
        // The migratable form leaves the model of a USB disk out.
        "@model" if check.migratable => sibling("target/@bus").as_deref() != Some("usb"),
        "@type" => {
            let values = (
                old.and_then(|n| check.old.value(n)),
                new.and_then(|n| check.new.value(n)),
            );
            !matches!(
                values,
                (Some("mdev"), Some("pci")) | (Some("pci"), Some("mdev"))
            )
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

/// Whether one side leaves a field to libvirt or the host, so that nothing
/// speaks against the other side's value being what they choose. A UUID or
/// MAC address that the new side drops is random: never the same.
pub(super) fn left_open(field: &'static Field, old: Option<NodeId>, new: Option<NodeId>) -> bool {
    let open = matches!(field.default, Default::Chosen | Default::Derived);
    open && (old.is_none()
        || (new.is_none() && !matches!(field.name, "uuid" | "mac" | "@address" | "genid")))
}

/// Name of the device around an attribute of its `driver`, and the device's model.
fn grandparent<'c>(
    check: &'c Check<'_, '_, '_>,
    old: Option<NodeId>,
    new: Option<NodeId>,
) -> Option<(&'c str, Option<&'c str>)> {
    fn of<'t>(tree: &'t Tree<'_>, node: NodeId) -> Option<(&'t str, Option<&'t str>)> {
        let device = tree.parent(node).and_then(|driver| tree.parent(driver))?;
        Some((tree.name(device), tree.get(device, "model/@type")))
    }
    old.and_then(|n| of(check.old, n))
        .or_else(|| new.and_then(|n| of(check.new, n)))
}

/// Which parts of an address are compared, by its type; of the others only
/// the type is (`virDomainDeviceInfoCheckABIStability`).
fn compared_parts(kind: &str) -> &'static [&'static str] {
    match kind {
        "pci" => &["domain", "bus", "slot", "function"],
        "drive" => &["controller", "bus", "unit"],
        "virtio-serial" => &["controller", "bus", "port"],
        "ccid" => &["controller", "slot"],
        "isa" => &["iobase", "irq"],
        "dimm" => &["slot", "base"],
        _ => &[],
    }
}

fn address(
    check: &mut Check<'_, '_, '_>,
    field: &'static Field,
    old: Option<NodeId>,
    new: Option<NodeId>,
) {
    let on_x86 = check.old_domain.machine().is_x86_pci() && check.new_domain.machine().is_x86_pci();
    if !on_x86 && (old.is_none() || new.is_none()) {
        // Which address libvirt would give is not foretold for other boards.
        return;
    }
    let kind = |tree: &Tree<'_>, node: Option<NodeId>| {
        node.and_then(|n| tree.attr(n, "type")).map(str::to_owned)
    };
    let (old_kind, new_kind) = (kind(check.old, old), kind(check.new, new));
    let differs = old_kind != new_kind
        || old_kind.as_deref().is_some_and(|kind| {
            compared_parts(kind).iter().any(|part| {
                let a = old
                    .and_then(|n| check.old.attribute(n, part))
                    .and_then(|n| check.old.amount(n));
                let b = new
                    .and_then(|n| check.new.attribute(n, part))
                    .and_then(|n| check.new.amount(n));
                // Only an ISA or DIMM address may leave parts open.
                let zero = |value: Option<u64>| {
                    if matches!(kind, "isa" | "dimm") {
                        value
                    } else {
                        value.or(Some(0))
                    }
                };
                zero(a) != zero(b)
            })
        });
    if differs {
        let rule = if field.rule.is_empty() {
            "abi/address"
        } else {
            field.rule
        };
        check.refuse(rule, old, new);
    }
}

/// A channel with no name in its target is told by its back end.
fn channel(check: &mut Check<'_, '_, '_>, old: NodeId, new: NodeId) {
    let unnamed = |tree: &Tree<'_>, node: NodeId| tree.get(node, "target/@name").is_none();
    if unnamed(check.old, old) && unnamed(check.new, new) {
        let agent = |tree: &Tree<'_>, node: NodeId| tree.attr(node, "type") == Some("spicevmc");
        if agent(check.old, old) != agent(check.new, new) {
            check.refuse("abi/channel", Some(old), Some(new));
        }
    }
}

impl Check<'_, '_, '_> {
    /// Memory, vCPUs and NUMA distances, which are compared by what they come to.
    pub(super) fn general(&mut self) {
        let at = |tree: &Tree<'_>, path: &str| tree.at(Tree::ROOT, path);
        if initial_memory(self.old) != initial_memory(self.new) {
            self.refuse(
                "abi/memory-size",
                at(self.old, "memory"),
                at(self.new, "memory"),
            );
        }
        if maximum(self.old) != maximum(self.new) {
            self.refuse("abi/vcpu-max", at(self.old, "vcpu"), at(self.new, "vcpu"));
        }
        if online(self.old) != online(self.new) {
            self.refuse(
                "abi/vcpu-online",
                at(self.old, "vcpu"),
                at(self.new, "vcpu"),
            );
        }
        if order(self.old) != order(self.new) {
            self.refuse(
                "abi/vcpu-order",
                at(self.old, "vcpus"),
                at(self.new, "vcpus"),
            );
        }
        if distances(self.old) != distances(self.new) {
            self.refuse(
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
    same(old.tree(), Tree::ROOT, new.tree(), Tree::ROOT, false)
}

fn same(old: &Tree<'_>, a: NodeId, new: &Tree<'_>, b: NodeId, in_metadata: bool) -> bool {
    let field = old.field(a);
    let values_agree = match (old.value(a), new.value(b)) {
        (a, b) if a == b => true,
        (Some(a), Some(b)) => crate::canon::same_value(field, a, b),
        (Some(""), None) | (None, Some("")) => true,
        _ => field.default == Default::Chosen,
    };
    let kept = |tree: &Tree<'_>, n: NodeId| in_metadata || tree.is_modelled(n);
    values_agree
        && old.attributes(a).filter(|n| kept(old, *n)).all(|n| {
            match new.attribute(b, old.name(n)) {
                Some(other) => same(old, n, new, other, in_metadata),
                None => is_chosen_again(old, n),
            }
        })
        && new
            .attributes(b)
            .filter(|n| kept(new, *n))
            .all(|n| old.attribute(a, new.name(n)).is_some() || is_chosen_again(new, n))
        && same_children(old, a, new, b, in_metadata)
}

fn same_children(old: &Tree<'_>, a: NodeId, new: &Tree<'_>, b: NodeId, in_metadata: bool) -> bool {
    let kept = |tree: &Tree<'_>, n: NodeId| {
        let in_metadata = in_metadata || tree.name(n) == "metadata";
        (in_metadata || tree.is_modelled(n)).then_some(in_metadata)
    };
    let (mut mine, mut theirs) = (old.children(a), new.children(b));
    let mut rest_old: Vec<NodeId> = Vec::new();
    let mut rest_new: Vec<NodeId> = Vec::new();
    loop {
        match (mine.next(), theirs.next()) {
            (None, None) => return true,
            (Some(x), Some(y)) if old.name(x) == new.name(y) => {
                if let Some(in_metadata) = kept(old, x)
                    && !same(old, x, new, y, in_metadata)
                {
                    return false;
                }
            }
            (x, y) => {
                rest_old.extend(x);
                rest_old.extend(mine);
                rest_new.extend(y);
                rest_new.extend(theirs);
                break;
            }
        }
    }
    // Elements of different names have no order among each other.
    rest_old.retain(|n| kept(old, *n).is_some());
    rest_new.retain(|n| kept(new, *n).is_some());
    rest_old.sort_by_key(|n| old.name(*n));
    rest_new.sort_by_key(|n| new.name(*n));
    let (mut mine, mut theirs) = (rest_old.iter().peekable(), rest_new.iter().peekable());
    loop {
        match (mine.peek(), theirs.peek()) {
            (None, None) => return true,
            (Some(x), Some(y)) if old.name(**x) == new.name(**y) => {
                let in_metadata = in_metadata || old.name(**x) == "metadata";
                if !same(old, **x, new, **y, in_metadata) {
                    return false;
                }
                mine.next();
                theirs.next();
            }
            (Some(x), y) if y.is_none_or(|y| old.name(**x) < new.name(**y)) => {
                if !is_chosen_again(old, **x) {
                    return false;
                }
                mine.next();
            }
            (_, Some(y)) => {
                if !is_chosen_again(new, **y) {
                    return false;
                }
                theirs.next();
            }
            (Some(_), None) => return false,
        }
    }
}

/// Whether libvirt would choose the same again where a node is left out. A
/// UUID or MAC address is random: never the same.
fn is_chosen_again(tree: &Tree<'_>, node: NodeId) -> bool {
    match tree.field(node).default {
        Default::Chosen | Default::Derived => {
            !matches!(tree.field(node).name, "uuid" | "mac" | "genid")
        }
        Default::Fixed(value) => tree.value(node) == Some(value),
        Default::None => {
            !tree.is_written(node)
                || (tree.value(node).unwrap_or_default().is_empty()
                    && tree
                        .attributes(node)
                        .chain(tree.children(node))
                        .next()
                        .is_some()
                    && tree
                        .attributes(node)
                        .chain(tree.children(node))
                        .all(|part| is_chosen_again(tree, part)))
        }
    }
}
