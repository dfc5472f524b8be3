//! The device lists as the XML for another host has them: without the
//! implicit devices that every libvirt adds again
//! (`qemuDomainDefFormatBufInternal` with `VIR_DOMAIN_XML_MIGRATABLE`).

use super::Form;
use crate::canon::{DeviceKind, Devices, Domain, Family, sort_disks};
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
    restore(&mut old_lists, old_dropped, old.tree(), &new_kinds);
    restore(&mut new_lists, new_dropped, new.tree(), &old_kinds);
    (old_lists, new_lists)
}

fn kind_of(tree: &Tree<'_>, controller: NodeId) -> String {
    tree.attr(controller, "type").unwrap_or_default().to_owned()
}

/// The lists without the implicit devices, and the controllers left out.
fn migratable(domain: &Domain<'_>) -> (Devices, Vec<NodeId>) {
    let tree = domain.tree();
    let mut devices = Devices::of(tree);
    sort_disks(tree, &mut devices, true);
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
