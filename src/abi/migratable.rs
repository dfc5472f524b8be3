//! The device lists as the XML for another host has them: without the
//! implicit devices that every libvirt adds again
//! (`qemuDomainDefFormatBufInternal` with `VIR_DOMAIN_XML_MIGRATABLE`).

use crate::canon::{DeviceKind, Devices, Domain, Family};
use crate::tree::{NodeId, Tree};

/// The device lists of a domain, in full or as a migration sends them.
pub(super) fn lists(domain: &Domain<'_>, migratable: bool) -> Devices {
    let tree = domain.tree();
    let mut devices = Devices::of(tree);
    if !migratable {
        return devices;
    }
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
    // What is left out is added again behind the others when the XML is read.
    let added: Vec<NodeId> = [usb, root].into_iter().flatten().collect();
    devices[DeviceKind::Controller].extend(added);
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
    devices
}

fn is_first(tree: &Tree<'_>, controller: NodeId) -> bool {
    tree.attr(controller, "index") == Some("0") && tree.child(controller, "alias").is_none()
}
