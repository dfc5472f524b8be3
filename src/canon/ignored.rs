//! What libvirt's QEMU driver reads past: fields of other hypervisors and of
//! other kinds of device, blocks that say nothing. Taken out before anything
//! else looks at the tree, so that it makes no difference.

use super::general::is_bare;
use super::{DeviceKind, Devices};
use crate::tree::{NodeId, Tree};

pub(super) fn drop(tree: &mut Tree<'_>, devices: &mut Devices) {
    let hypervisor = tree.attr(Tree::ROOT, "type").unwrap_or("qemu");
    if matches!(hypervisor, "kvm" | "qemu" | "hvf") {
        other_hypervisors(tree);
    }
    for (parent, name) in EMPTY_IS_ABSENT {
        let parent = match parent {
            "" => Some(Tree::ROOT),
            path => tree.at(Tree::ROOT, path),
        };
        if let Some(parent) = parent {
            drop_bare(tree, parent, name);
        }
    }
    for device in devices.all() {
        drop_bare(tree, device, "acpi");
        for (parent, name) in EMPTY_IS_ABSENT_IN_DEVICES {
            let parent = match *parent {
                "" => Some(device),
                path => tree.at(device, path),
            };
            if let Some(parent) = parent {
                drop_bare(tree, parent, name);
            }
        }
    }
    // A filter without rules lets everything through, as no filter does.
    devices[DeviceKind::Redirfilter].retain(|filter| !is_bare(tree, *filter));
    for memory in &devices[DeviceKind::Memory] {
        memory_device(tree, *memory);
        if tree.attr(*memory, "model") != Some("nvdimm") {
            tree.remove_child(*memory, "uuid");
        }
    }
    for filesystem in &devices[DeviceKind::Filesystem] {
        for limit in ["space_hard_limit", "space_soft_limit"] {
            if tree.get(*filesystem, limit) == Some("0") {
                tree.remove_child(*filesystem, limit);
            }
        }
    }
    for disk in &devices[DeviceKind::Disk] {
        disk_target(tree, *disk);
    }
    for sound in &devices[DeviceKind::Sound] {
        sound_card(tree, *sound);
    }
    for interface in &devices[DeviceKind::Interface] {
        // Filters are for cards on a tap device of libvirt's.
        if !matches!(
            tree.attr(*interface, "type"),
            Some("network" | "bridge" | "ethernet")
        ) {
            tree.remove_child(*interface, "filterref");
        }
    }
    for device in devices[DeviceKind::Parallel]
        .iter()
        .chain(&devices[DeviceKind::Console])
    {
        if let Some(target) = tree.child(*device, "target") {
            tree.remove_child(target, "model");
        }
    }
    for parallel in &devices[DeviceKind::Parallel] {
        if let Some(target) = tree.child(*parallel, "target") {
            tree.remove_attr(target, "type");
        }
    }
    for balloon in &devices[DeviceKind::Memballoon] {
        if tree.attr(*balloon, "model") == Some("none") {
            for part in ["address", "alias", "acpi"] {
                tree.remove_child(*balloon, part);
            }
        }
    }
    for kind in [DeviceKind::Hostdev, DeviceKind::Interface, DeviceKind::Disk] {
        for device in &devices[kind] {
            // It is the guest's slot that has functions to announce.
            if let Some(address) = tree.at(*device, "source/address") {
                tree.remove_attr(address, "multifunction");
            }
        }
    }
}

/// Blocks of the domain that libvirt does not keep when there is nothing in them.
const EMPTY_IS_ABSENT: [(&str, &str); 18] = [
    ("", "iothreadids"),
    ("", "metadata"),
    ("cpu/numa", "interconnects"),
    ("", "idmap"),
    ("", "keywrap"),
    ("", "throttlegroups"),
    ("", "vcpus"),
    ("", "qemu:commandline"),
    ("", "qemu:capabilities"),
    ("", "qemu:override"),
    ("", "qemu:deprecation"),
    ("os", "acpi"),
    ("os", "bios"),
    ("os", "smbios"),
    ("os", "firmware"),
    ("features", "hpt"),
    ("features", "tcg"),
    ("features", "ioapic"),
];

/// The same of devices: below which path, and what.
const EMPTY_IS_ABSENT_IN_DEVICES: &[(&str, &str)] = &[
    ("", "tune"),
    ("", "port"),
    ("", "idmap"),
    ("backingStore/format", "metadata_cache"),
    ("", "rom"),
    ("", "throttlefilters"),
    ("address", "zpci"),
    ("driver/metadata_cache", "max_size"),
    ("driver", "metadata_cache"),
    ("driver", "statistics"),
    ("driver", "iothreads"),
    ("model", "acceleration"),
    ("model", "resolution"),
];

fn drop_bare(tree: &mut Tree<'_>, parent: NodeId, name: &str) {
    if let Some(node) = tree.child(parent, name)
        && is_bare(tree, node)
        && tree.value(node).is_none_or(str::is_empty)
    {
        tree.remove(node);
    }
}

/// Namespaces of other drivers are not read.
fn other_hypervisors(tree: &mut Tree<'_>) {
    let own: Vec<NodeId> = tree
        .children(Tree::ROOT)
        .filter(|child| {
            let prefix = tree.name(*child).split_once(':').map(|(prefix, _)| prefix);
            !matches!(prefix, Some("lxc" | "xen" | "bhyve" | "vmware" | "ch"))
        })
        .collect();
    tree.set_children(Tree::ROOT, own);
}

/// Each model of memory device has a source and a target of its own
/// (`virDomainMemorySourceDefParseXML`, `virDomainMemoryTargetDefParseXML`).
fn memory_device(tree: &mut Tree<'_>, memory: NodeId) {
    let model = tree.attr(memory, "model").unwrap_or_default().to_owned();
    let (source, target): (&[&str], &[&str]) = match model.as_str() {
        "dimm" => (&["pagesize", "nodemask"], &["size", "node"]),
        "nvdimm" => (
            &["path", "alignsize", "pmem"],
            &["size", "node", "label", "readonly"],
        ),
        "virtio-mem" => (
            &["pagesize", "nodemask"],
            &[
                "size",
                "node",
                "block",
                "requested",
                "current",
                "address",
                "dynamicMemslots",
            ],
        ),
        "virtio-pmem" => (&["path"], &["size", "node", "address"]),
        _ => return,
    };
    for (part, known) in [("source", source), ("target", target)] {
        let Some(part) = tree.child(memory, part) else {
            continue;
        };
        keep_only(tree, part, known);
        if is_bare(tree, part) {
            tree.remove(part);
        }
    }
}

/// Only some buses have media to take out, only SCSI has DPO and FUA.
fn disk_target(tree: &mut Tree<'_>, disk: NodeId) {
    let Some(target) = tree.child(disk, "target") else {
        return;
    };
    let Some(bus) = tree.attr(target, "bus").map(str::to_owned) else {
        return;
    };
    if !matches!(bus.as_str(), "usb" | "scsi") {
        tree.remove_attr(target, "removable");
    }
    if bus != "scsi" {
        tree.remove_attr(target, "dpofua");
    }
}

/// Codecs are of HD Audio, several channels of the USB card, streams and
/// options of the virtio one.
fn sound_card(tree: &mut Tree<'_>, sound: NodeId) {
    let model = tree.attr(sound, "model").unwrap_or_default().to_owned();
    if !matches!(model.as_str(), "ich6" | "ich7" | "ich9") {
        let rest: Vec<NodeId> = tree
            .children(sound)
            .filter(|child| tree.name(*child) != "codec")
            .collect();
        tree.set_children(sound, rest);
    }
    if model != "usb" {
        tree.remove_attr(sound, "multichannel");
    }
    if model != "virtio" {
        tree.remove_attr(sound, "streams");
        tree.remove_child(sound, "driver");
    }
}

fn keep_only(tree: &mut Tree<'_>, node: NodeId, known: &[&str]) {
    let foreign: Vec<NodeId> = tree
        .attributes(node)
        .chain(tree.children(node))
        .filter(|part| tree.is_modelled(*part) && !known.contains(&tree.name(*part)))
        .collect();
    for part in foreign {
        tree.remove(part);
    }
}
