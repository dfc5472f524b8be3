//! The device lists as the XML for another host has them: without the
//! implicit devices that every libvirt adds again
//! (`qemuDomainDefFormatBufInternal` with `VIR_DOMAIN_XML_MIGRATABLE`).

use std::collections::HashSet;

use super::Form;
use crate::canon::{
    DeviceKind, Devices, Domain, Family, is_implied_bus, is_own_watchdog, reread_order,
};
use crate::tree::{NodeId, Tree};

/// The device lists of both domains: the old one's as a migration sends them,
/// the new one's in the given form.
pub(super) fn lists(old: &Domain<'_>, new: &Domain<'_>, form: Form) -> (Devices, Devices) {
    let (mut old_lists, old_dropped) = migratable(old);
    let (mut new_lists, new_dropped) = match form {
        Form::Migratable => migratable(new),
        Form::Full => {
            // The keyboard that was left out is added again, too.
            let keyboard = Devices::of(old.tree())[DeviceKind::Input]
                .iter()
                .copied()
                .find(|input| is_implied_keyboard(old.tree(), *input));
            old_lists[DeviceKind::Input].extend(keyboard);
            (Devices::of(new.tree()), Vec::new())
        }
    };
    watchdogs(old, &mut old_lists, new, &mut new_lists, form);
    // What was left out is added again behind the others when the XML is read.
    old_lists[DeviceKind::Controller].extend(&old_dropped);
    new_lists[DeviceKind::Controller].extend(&new_dropped);
    for mine in &old_dropped {
        let kind = old.tree().attr(*mine, "type");
        let theirs = new_dropped
            .iter()
            .find(|theirs| new.tree().attr(**theirs, "type") == kind);
        if let Some(theirs) = theirs {
            same_anew(&mut old_lists, *mine, &mut new_lists, *theirs);
        }
    }
    if !crate::canon::foretold(old, new) {
        drop_one_sided_buses(old.tree(), &mut old_lists, new.tree(), &mut new_lists);
    }
    (old_lists, new_lists)
}

/// A controller left out on both sides is the same anew, whatever it said
/// before, if it comes to stand in the same place.
fn same_anew(old_lists: &mut Devices, mine: NodeId, new_lists: &mut Devices, theirs: NodeId) {
    let (old, new) = (
        &mut old_lists[DeviceKind::Controller],
        &mut new_lists[DeviceKind::Controller],
    );
    let place = old.iter().position(|c| *c == mine);
    if let Some(place) = place
        && new.get(place) == Some(&theirs)
    {
        old.remove(place);
        new.remove(place);
    }
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
        let mut watchdogs = lists[DeviceKind::Watchdog].iter().copied();
        watchdogs.find(|watchdog| is_own_watchdog(domain, *watchdog))
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
    devices[DeviceKind::Input].retain(|input| !is_implied_keyboard(tree, *input));
    let panics = &mut devices[DeviceKind::Panic];
    if let Some(implied) = panics
        .iter()
        .position(|panic| matches!(tree.attr(*panic, "model"), Some("s390" | "pseries")))
    {
        panics.remove(implied);
    }
    (devices, dropped)
}

fn is_implied_keyboard(tree: &Tree<'_>, input: NodeId) -> bool {
    tree.attr(input, "type") == Some("keyboard")
        && matches!(tree.attr(input, "bus"), Some("ps2" | "xen"))
}

fn is_first(tree: &Tree<'_>, controller: NodeId) -> bool {
    tree.attr(controller, "index") == Some("0") && tree.child(controller, "alias").is_none()
}
