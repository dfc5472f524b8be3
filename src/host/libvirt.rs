//! Reads what `virsh` prints of one libvirt: networks, pools, secrets, filters, devices, domains,
//! releases. Running virsh is the caller's; here its text becomes [`Resources`](super::Resources).

use std::collections::BTreeMap;

use roxmltree::Node;

use super::facts::{HugePages, NumaNode};
use super::resources::{MdevType, Network, NodeDevice, OtherDomain, Pool, Secret};
use crate::cpu::error::{InputError, InputErrorKind};
use crate::cpu::input::{at_node, child, children, number32, parse_xml, text_of};
use crate::migration::{GuestState, Version};

/// Reads one XML document with a root of that name.
fn document<T>(
    xml: &str,
    name: &str,
    root: &str,
    read: impl FnOnce(Node<'_, '_>) -> T,
) -> Result<T, InputError> {
    let document = parse_xml(xml, name)?;
    let node = document.root_element();
    if node.tag_name().name() != root {
        let text = format!("<{root}> was expected");
        return Err(at_node(node, name, InputErrorKind::Content(text)));
    }
    Ok(read(node))
}

fn name_of(node: Node<'_, '_>) -> String {
    child(node, "name").and_then(text_of).unwrap_or_default()
}

/// A network, of `virsh net-dumpxml`.
///
/// # Errors
/// Text that is no `<network>`.
pub fn network(xml: &str, active: bool) -> Result<Network, InputError> {
    document(xml, "virsh net-dumpxml", "network", |node| Network {
        name: name_of(node),
        active,
        // libvirt formatnetwork: a <forward> without mode is nat.
        forward: child(node, "forward")
            .map(|forward| forward.attribute("mode").unwrap_or("nat").to_owned()),
        bridge: child(node, "bridge")
            .and_then(|bridge| bridge.attribute("name"))
            .map(str::to_owned),
        portgroups: children(node, "portgroup")
            .filter_map(|group| group.attribute("name"))
            .map(str::to_owned)
            .collect(),
        devices: child(node, "forward")
            .map(|forward| {
                let addresses = children(forward, "address");
                addresses.filter_map(pci_address).collect()
            })
            .filter(|addresses: &Vec<String>| !addresses.is_empty()),
        address: child(node, "ip")
            .and_then(|ip| ip.attribute("address"))
            .map(str::to_owned),
    })
}

/// `0000:3b:00.1` of an address in four hexadecimal parts.
fn pci_address(node: Node<'_, '_>) -> Option<String> {
    let part = |name| {
        let text = node.attribute(name)?;
        u32::from_str_radix(text.trim_start_matches("0x"), 16).ok()
    };
    let (domain, bus) = (part("domain")?, part("bus")?);
    let (slot, function) = (part("slot")?, part("function")?);
    Some(format!("{domain:04x}:{bus:02x}:{slot:02x}.{function:x}"))
}

/// A storage pool, of `virsh pool-dumpxml`, and the names of its volumes where they are known.
///
/// # Errors
/// Text that is no `<pool>`.
pub fn pool(xml: &str, active: bool, volumes: Option<Vec<String>>) -> Result<Pool, InputError> {
    document(xml, "virsh pool-dumpxml", "pool", |node| Pool {
        name: name_of(node),
        active,
        kind: node.attribute("type").map(str::to_owned),
        target: child(node, "target")
            .and_then(|target| child(target, "path"))
            .and_then(text_of),
        volumes,
    })
}

/// Names in the first column of `virsh --quiet vol-list`; the second is the path.
#[must_use]
pub fn volumes(table: &str) -> Vec<String> {
    /// What virsh puts between two columns at least (vshTablePrint).
    const GAP: &str = "   ";
    let first = |line: &str| line.trim_start().split(GAP).next().map(str::to_owned);
    table
        .lines()
        .filter(|line| !line.trim().is_empty())
        .filter_map(first)
        .collect()
}

/// A secret, of `virsh secret-dumpxml`. Whether it has a value is not told there.
///
/// # Errors
/// Text that is no `<secret>`.
pub fn secret(xml: &str) -> Result<Secret, InputError> {
    document(xml, "virsh secret-dumpxml", "secret", |node| {
        let usage = child(node, "usage");
        // The element that names the thing is called by the kind of usage: <volume>, <target>, <name>.
        let named = usage.and_then(|usage| usage.children().find(Node::is_element));
        Secret {
            uuid: child(node, "uuid").and_then(text_of).unwrap_or_default(),
            usage_type: usage
                .and_then(|usage| usage.attribute("type"))
                .map(str::to_owned),
            usage: named.and_then(text_of),
            has_value: None,
        }
    })
}

/// The first words of a table's rows: UUIDs of `virsh --quiet secret-list` and `nwfilter-list`.
pub fn first_words(table: &str) -> impl Iterator<Item = &str> {
    table
        .lines()
        .filter_map(|line| line.split_whitespace().next())
}

/// Names of filters, of `virsh --quiet nwfilter-list`: a UUID and a name a row.
#[must_use]
pub fn nwfilters(table: &str) -> Vec<String> {
    let name = |line: &str| {
        Some(
            line.trim()
                .split_once(char::is_whitespace)?
                .1
                .trim()
                .to_owned(),
        )
    };
    table.lines().filter_map(name).collect()
}

/// A device, of `virsh nodedev-dumpxml`; `None` for one that no guest can be given.
///
/// # Errors
/// Text that is no `<device>`.
pub fn node_device(xml: &str) -> Result<Option<NodeDevice>, InputError> {
    document(xml, "virsh nodedev-dumpxml", "device", |node| {
        let capability = child(node, "capability")?;
        let text = |name: &str| child(capability, name).and_then(text_of);
        let hex = |name: &str| {
            let id = child(capability, name)?.attribute("id")?;
            number32(id).map(|id| format!("{id:04x}"))
        };
        let driver = child(node, "driver").map(name_of);
        let device = NodeDevice {
            driver: driver.filter(|name| !name.is_empty()),
            ..NodeDevice::default()
        };
        match capability.attribute("type")? {
            "pci" => {
                let part = |name| text(name).and_then(|text| number32(&text));
                let (domain, bus) = (part("domain")?, part("bus")?);
                let (slot, function) = (part("slot")?, part("function")?);
                Some(NodeDevice {
                    pci: Some(format!("{domain:04x}:{bus:02x}:{slot:02x}.{function:x}")),
                    mdev_types: mdev_types(capability),
                    ..device
                })
            }
            "usb_device" => Some(NodeDevice {
                usb: Some(format!("{}:{}", hex("vendor")?, hex("product")?)),
                usb_address: text("bus")
                    .zip(text("device"))
                    .map(|(bus, device)| format!("{bus}.{device}")),
                ..device
            }),
            "mdev" => Some(NodeDevice {
                mdev: Some(text("uuid")?),
                ..device
            }),
            "scsi" => Some(NodeDevice {
                scsi: Some(format!(
                    "{}:{}:{}:{}",
                    text("host")?,
                    text("bus")?,
                    text("target")?,
                    text("lun")?
                )),
                ..device
            }),
            _ => None,
        }
    })
}

fn mdev_types(pci: Node<'_, '_>) -> Vec<MdevType> {
    children(pci, "capability")
        .filter(|node| node.attribute("type") == Some("mdev_types"))
        .flat_map(|node| children(node, "type"))
        .filter_map(|node| {
            Some(MdevType {
                id: node.attribute("id")?.to_owned(),
                available: child(node, "availableInstances")
                    .and_then(text_of)
                    .and_then(|text| number32(&text)),
            })
        })
        .collect()
}

/// A domain, of `virsh dumpxml`.
///
/// # Errors
/// Text that is no `<domain>`.
pub fn domain(xml: &str, active: bool) -> Result<OtherDomain, InputError> {
    document(xml, "virsh dumpxml", "domain", |node| {
        let cid = child(node, "devices")
            .and_then(|devices| child(devices, "vsock"))
            .and_then(|vsock| child(vsock, "cid"))
            .and_then(|cid| cid.attribute("address"));
        OtherDomain {
            name: name_of(node),
            uuid: child(node, "uuid").and_then(text_of).unwrap_or_default(),
            active,
            vsock_cid: cid.and_then(number32),
        }
    })
}

/// The releases of libvirt and QEMU, of `virsh version --daemon`.
#[must_use]
pub fn versions(text: &str) -> (Option<Version>, Option<Version>) {
    let behind = |label: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(label))?;
        line.split_whitespace().last()?.parse().ok()
    };
    let libvirt = behind("Running against daemon:").or_else(|| behind("Using library:"));
    (libvirt, behind("Running hypervisor: QEMU"))
}

/// NUMA nodes with their free memory, of `virsh freecell --all`, and their free pages, of `virsh
/// freepages --all`. How many pages there are in all is not told: as many as are free, at least.
#[must_use]
pub fn free_memory(freecell: &str, freepages: &str) -> Vec<NumaNode> {
    let amount = |text: &str, unit: &str| text.trim().strip_suffix(unit)?.trim().parse().ok();
    let mut nodes: BTreeMap<u32, NumaNode> = BTreeMap::new();
    let new = |id| NumaNode {
        id,
        ..NumaNode::default()
    };
    for (label, value) in freecell.lines().filter_map(|line| line.split_once(':')) {
        // The last row is the sum.
        if let Ok(id) = label.trim().parse() {
            nodes.entry(id).or_insert_with(|| new(id)).free_kib = amount(value, "KiB");
        }
    }
    let mut id = None;
    for (label, value) in freepages.lines().filter_map(|line| line.split_once(':')) {
        if let Some(number) = label.trim().strip_prefix("Node ") {
            id = number.trim().parse().ok();
            continue;
        }
        let page = || {
            let free = value.trim().parse().ok()?;
            Some(HugePages {
                size_kib: amount(label, "KiB")?,
                total: free,
                free: Some(free),
            })
        };
        if let Some((id, page)) = id.zip(page()) {
            nodes.entry(id).or_insert_with(|| new(id)).pages.push(page);
        }
    }
    for node in nodes.values_mut() {
        // The normal pages are no huge pages: the smallest size is left out.
        node.pages.sort_by_key(|page| page.size_kib);
        node.pages = node.pages.split_off(node.pages.len().min(1));
    }
    nodes.into_values().collect()
}

/// The state of a guest, of `virsh domstate --reason` and `virsh dominfo`, and of how many
/// snapshots `virsh snapshot-list` names.
#[must_use]
pub fn guest_state(domstate: &str, dominfo: &str, snapshots: usize) -> GuestState {
    let (state, reason) = domstate
        .trim()
        .split_once(" (")
        .unwrap_or((domstate.trim(), ""));
    let info = |label: &str| {
        dominfo
            .lines()
            .find_map(|line| line.strip_prefix(label))
            .map(str::trim)
    };
    let running = match state {
        "running" | "paused" | "blocked" | "idle" | "pmsuspended" | "in shutdown" => Some(true),
        "shut off" | "crashed" => Some(false),
        _ => None,
    };
    GuestState {
        running,
        snapshots: u32::try_from(snapshots).ok(),
        managed_save: match info("Managed save:") {
            Some("yes") => Some(true),
            Some("no") => Some(false),
            _ => None,
        },
        autodestroy: None,
        io_error: (!reason.is_empty()).then(|| reason.starts_with("I/O error")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_daemon_and_qemu_are_found() {
        let text = "Using library: libvirt 9.0.0\nUsing API: QEMU 9.0.0\n\
                    Running hypervisor: QEMU 7.2.19\nRunning against daemon: 8.0.0\n";
        assert_eq!(
            versions(text),
            ("8.0.0".parse().ok(), "7.2.19".parse().ok())
        );
    }

    #[test]
    fn free_memory_of_each_node_is_read() {
        let cells =
            "    0:    2083516 KiB\n    1:          8 KiB\n----------\nTotal:    2083524 KiB\n";
        let pages = "Node 0:\n4KiB: 520324\n2048KiB: 7\n\nNode 1:\n4KiB: 2\n2048KiB: 0\n";
        let nodes = free_memory(cells, pages);
        let free: Vec<_> = nodes.iter().map(|node| (node.id, node.free_kib)).collect();
        assert_eq!(free, [(0, Some(2_083_516)), (1, Some(8))]);
        let huge: Vec<_> = nodes.iter().flat_map(|node| &node.pages).collect();
        assert_eq!(huge.len(), 2);
        assert_eq!((huge[0].size_kib, huge[0].free), (2048, Some(7)));
    }

    #[test]
    fn a_volume_may_have_blanks_in_its_name() {
        let table = " a b.img   /vms/a b.img\n c.img     /vms/c.img\n\n";
        assert_eq!(volumes(table), ["a b.img", "c.img"]);
    }

    #[test]
    fn the_state_of_a_guest_is_read() {
        let state = guest_state("paused (I/O error)\n\n", "Managed save:   no\n", 2);
        assert_eq!(state.running, Some(true));
        assert_eq!(state.io_error, Some(true));
        assert_eq!(state.managed_save, Some(false));
        assert_eq!(state.snapshots, Some(2));
        assert_eq!(
            guest_state("shut off (shutdown)", "", 0).running,
            Some(false)
        );
    }
}
