//! The device lists as the XML for another host has them: without the
//! implicit devices that every libvirt adds again
//! (`qemuDomainDefFormatBufInternal` with `VIR_DOMAIN_XML_MIGRATABLE`).

use std::collections::HashSet;

use super::Form;
use crate::canon::{DeviceKind, Devices, Domain, Family, is_implied_bus, reread_order};
use crate::tree::{NodeId, Tree};

/// The device lists of both domains: the old one's as a migration sends them,
/// the new one's in the given form.
pub(super) fn lists(old: &Domain<'_>, new: &Domain<'_>, form: Form) -> (Devices, Devices) {
    let (mut old_lists, old_dropped) = migratable(old);
    let (mut new_lists, new_dropped) = match form {
        Form::Migratable => migratable(new),
        Form::Full => (Devices::of(new.tree()), Vec::new()),
    };
    // What was left out is added again behind the others when the XML is read;
    // left out on both sides it is the same anew, whatever it said before.
    let restore = |list: &mut Devices, own: Vec<NodeId>, tree: &Tree<'_>, others: &[String]| {
        let kept = own
            .into_iter()
            .filter(|c| !others.contains(&kind_of(tree, *c)));
        list[DeviceKind::Controller].extend(kept);
    };
    let kinds = |tree: &Tree<'_>, dropped: &[NodeId]| -> Vec<String> {
        dropped.iter().map(|c| kind_of(tree, *c)).collect()
    };
    let (old_kinds, new_kinds) = (
        kinds(old.tree(), &old_dropped),
        kinds(new.tree(), &new_dropped),
    );
    watchdogs(old, &mut old_lists, new, &mut new_lists, form);
    restore(&mut old_lists, old_dropped, old.tree(), &new_kinds);
    restore(&mut new_lists, new_dropped, new.tree(), &old_kinds);
    if !crate::canon::foretold(old, new) {
        drop_one_sided_buses(old.tree(), &mut old_lists, new.tree(), &mut new_lists);
    }
    (old_lists, new_lists)
}

/// On boards whose buses are not foretold, a PCI controller that one side does
/// not name may be there all the same.
fn drop_one_sided_buses(
    old: &Tree<'_>,
    old_lists: &mut Devices,
    new: &Tree<'_>,
    new_lists: &mut Devices,
) {
    let indexes = |tree: &Tree<'_>, list: &Devices| -> HashSet<Option<u64>> {
        let buses = list[DeviceKind::Controller]
            .iter()
            .filter(|c| is_implied_bus(tree, **c) && tree.is_written(**c));
        buses.map(|c| tree.number(*c, "@index")).collect()
    };
    let (mine, theirs) = (indexes(old, old_lists), indexes(new, new_lists));
    let keep = |tree: &Tree<'_>, list: &mut Devices, others: &HashSet<Option<u64>>| {
        list[DeviceKind::Controller]
            .retain(|c| !is_implied_bus(tree, *c) || others.contains(&tree.number(*c, "@index")));
    };
    let both = mine.intersection(&theirs).copied().collect();
    keep(old, old_lists, &both);
    keep(new, new_lists, &both);
    // Nor is foretold where among the others an implied one stands.
    for (tree, list) in [(old, old_lists), (new, new_lists)] {
        list[DeviceKind::Controller]
            .sort_by_key(|c| (tree.attr(*c, "type"), tree.number(*c, "@index")));
    }
}

/// A board's own watchdog is left out too, and added again behind the others.
fn watchdogs(
    old: &Domain<'_>,
    old_lists: &mut Devices,
    new: &Domain<'_>,
    new_lists: &mut Devices,
    form: Form,
) {
    let own = |domain: &Domain<'_>, lists: &Devices| {
        let is_own = |watchdog: &&NodeId| {
            domain.machine().family == Family::Q35
                && domain.tree().attr(**watchdog, "model") == Some("itco")
                && domain.tree().attr(**watchdog, "action") == Some("reset")
        };
        lists[DeviceKind::Watchdog].iter().find(is_own).copied()
    };
    let (from_old, from_new) = (
        own(old, old_lists),
        own(new, new_lists).filter(|_| form == Form::Migratable),
    );
    let both = from_old.is_some() && from_new.is_some();
    for (lists, found) in [(old_lists, from_old), (new_lists, from_new)] {
        if let Some(found) = found {
            let list = &mut lists[DeviceKind::Watchdog];
            list.retain(|watchdog| *watchdog != found);
            if !both {
                list.push(found);
            }
        }
    }
}

fn kind_of(tree: &Tree<'_>, controller: NodeId) -> String {
    tree.attr(controller, "type").unwrap_or_default().to_owned()
}

/// The lists without the implicit devices, and the controllers left out.
fn migratable(domain: &Domain<'_>) -> (Devices, Vec<NodeId>) {
    let tree = domain.tree();
    let mut devices = Devices::of(tree);
    reread_order(tree, &mut devices);
    let controllers = &devices[DeviceKind::Controller];
    let only = |kind: &str| {
        let mut of_kind = controllers
            .iter()
            .copied()
            .filter(|c| tree.attr(*c, "type") == Some(kind));
        match (of_kind.next(), of_kind.next()) {
            (Some(one), None) => Some(one),
            _ => None,
        }
    };
    let usb = only("usb").filter(|c| {
        domain.machine().family == Family::I440fx
            && is_first(tree, *c)
            && matches!(tree.attr(*c, "model"), None | Some("piix3-uhci"))
    });
    let root = only("pci").filter(|c| {
        is_first(tree, *c)
            && matches!(tree.attr(*c, "model"), Some("pci-root" | "pcie-root"))
            && tree.child(*c, "pcihole64").is_none()
    });
    devices[DeviceKind::Controller].retain(|c| Some(*c) != usb && Some(*c) != root);
    let dropped: Vec<NodeId> = [usb, root].into_iter().flatten().collect();
    devices[DeviceKind::Input].retain(|input| {
        !(tree.attr(*input, "type") == Some("keyboard")
            && matches!(tree.attr(*input, "bus"), Some("ps2" | "xen")))
    });
    let panics = &mut devices[DeviceKind::Panic];
    if let Some(implied) = panics
        .iter()
        .position(|panic| matches!(tree.attr(*panic, "model"), Some("s390" | "pseries")))
    {
        panics.remove(implied);
    }
    (devices, dropped)
}

fn is_first(tree: &Tree<'_>, controller: NodeId) -> bool {
    tree.attr(controller, "index") == Some("0") && tree.child(controller, "alias").is_none()
}
