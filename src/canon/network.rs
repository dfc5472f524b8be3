//! What libvirt fills in for network interfaces
//! (`virDomainNetDefParseXML`, `qemuDomainDeviceNetDefPostParse`).

use super::general::is_bare;
use super::{DeviceKind, Devices};
use crate::canon::{Family, Machine};
use crate::tree::{NodeId, Provenance, Tree};

pub(super) fn fill(tree: &mut Tree<'_>, devices: &Devices, machine: &Machine) {
    for interface in &devices[DeviceKind::Interface] {
        fill_interface(tree, *interface, machine);
    }
}

/// Names the networks of a running guest's cards: its live XML shows such a card as what the
/// network came to on this host. The definition that libvirt keeps, and sends to another host,
/// names the network (`virDomainNetDefFormat`); only a port that the network gave has an id.
pub(super) fn unresolve(tree: &mut Tree<'_>, devices: &Devices) {
    for interface in &devices[DeviceKind::Interface] {
        if matches!(tree.attr(*interface, "type"), Some("bridge" | "direct"))
            && tree.at(*interface, "source/@network").is_some()
            && tree.at(*interface, "source/@portid").is_some()
        {
            tree.set_attr(*interface, "type", "network", Provenance::Written);
        }
    }
}

fn fill_interface(tree: &mut Tree<'_>, interface: NodeId, machine: &Machine) {
    let kind = tree.attr(interface, "type").unwrap_or_default().to_owned();
    if kind != "hostdev" {
        let default = match (kind.as_str(), machine.family) {
            ("vdpa", _) | (_, Family::ArmVirt | Family::RiscvVirt | Family::S390Ccw) => "virtio",
            _ => "rtl8139",
        };
        let model = tree.ensure(interface, "model", Provenance::Default);
        tree.default_attr(model, "type", default);
    } else {
        tree.default_attr(interface, "managed", "no");
    }
    let is_virtio = tree
        .get(interface, "model/@type")
        .is_some_and(|model| model.starts_with("virtio"));
    if let Some(source) = tree.child(interface, "source") {
        let own: &[&str] = match kind.as_str() {
            "network" => &["network", "portgroup"],
            "bridge" => &["bridge"],
            "direct" => &["dev", "mode"],
            "user" | "vdpa" => &["dev"],
            "internal" => &["name"],
            "vds" => &["switchid", "portid", "portgroupid", "connectionid"],
            "vhostuser" => &["type", "path", "mode"],
            "server" | "client" | "mcast" | "udp" => &["address", "port"],
            _ => &[],
        };
        let foreign: Vec<NodeId> = tree
            .attributes(source)
            .filter(|a| tree.is_modelled(*a) && !own.contains(&tree.name(*a)))
            .collect();
        for attribute in foreign {
            tree.remove(attribute);
        }
        if kind == "direct" {
            tree.default_attr(source, "mode", "vepa");
        }
        if is_bare(tree, source) {
            tree.remove(source);
        }
    }
    if let Some(target) = tree.child(interface, "target") {
        let unmanaged = tree.attr(target, "managed") == Some("no");
        let generated = tree.attr(target, "dev").is_some_and(|dev| {
            ["vnet", "macvtap", "macvlan", "vif"].iter().any(|prefix| {
                dev.strip_prefix(prefix)
                    .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
            })
        });
        if generated && !unmanaged {
            tree.remove_attr(target, "dev");
        }
        if is_bare(tree, target) {
            tree.remove(target);
        }
    }
    if let Some(backend) = tree.child(interface, "backend") {
        if !is_virtio {
            tree.remove_attr(backend, "vhost");
        }
        if is_bare(tree, backend) {
            tree.remove(backend);
        }
    }
    if let Some(driver) = tree.child(interface, "driver") {
        // Only a virtio card has driver options; `hostdev` names its host driver here.
        if !is_virtio && kind != "hostdev" {
            tree.set_children(driver, []);
            let options: Vec<NodeId> = tree.attributes(driver).collect();
            for option in options {
                tree.remove(option);
            }
        }
        if tree.attr(driver, "queues") == Some("1") {
            tree.remove_attr(driver, "queues");
        }
        for side in ["host", "guest"] {
            if tree
                .child(driver, side)
                .is_some_and(|offloads| is_bare(tree, offloads))
            {
                tree.remove_child(driver, side);
            }
        }
        if is_bare(tree, driver) {
            tree.remove(driver);
        }
    }
    if let Some(filter) = tree.child(interface, "filterref") {
        let mut parameters: Vec<NodeId> = tree.children(filter).collect();
        parameters.sort_by_key(|parameter| tree.attr(*parameter, "name"));
        tree.set_children(filter, parameters);
    }
    if let Some(vlan) = tree.child(interface, "vlan")
        && tree.children(vlan).count() > 1
    {
        tree.default_attr(vlan, "trunk", "yes");
    }
    if tree.get(interface, "mtu/@size") == Some("0") {
        tree.remove_child(interface, "mtu");
    }
    if let Some(coalesce) = tree.child(interface, "coalesce")
        && tree
            .get(coalesce, "rx/frames/@max")
            .is_none_or(|max| max == "0")
    {
        tree.remove(coalesce);
    }
    if let Some(bandwidth) = tree.child(interface, "bandwidth")
        && is_bare(tree, bandwidth)
    {
        tree.remove(bandwidth);
    }
}
