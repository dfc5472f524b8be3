//! What libvirt fills in for disks, file systems and host devices, addresses
//! aside (`virDomainDiskDefPostParse`, `qemuDomainDeviceDiskDefPostParse`).

use super::general::is_bare;
use super::{DeviceKind, Devices};
use crate::canon::{Machine, Release};
use crate::tree::{NodeId, Provenance, Tree};

pub(super) fn fill(tree: &mut Tree<'_>, devices: &Devices, machine: &Machine) {
    for device in devices.all() {
        // A driver that says nothing is not kept.
        if let Some(driver) = tree.child(device, "driver")
            && is_bare(tree, driver)
        {
            tree.remove(driver);
        }
    }
    for disk in &devices[DeviceKind::Disk] {
        fill_disk(tree, *disk, machine);
    }
    throttle_groups(tree, &devices[DeviceKind::Disk]);
    for filesystem in &devices[DeviceKind::Filesystem] {
        tree.default_attr(*filesystem, "type", "mount");
        if let Some(driver) = tree.child(*filesystem, "driver")
            && tree.attr(driver, "type").is_none()
        {
            // What is left without a type are the virtio options.
            for name in ["format", "wrpolicy", "queue"] {
                tree.remove_attr(driver, name);
            }
            if is_bare(tree, driver) {
                tree.remove(driver);
            }
        }
        let is_virtiofs = tree.get(*filesystem, "driver/@type") == Some("virtiofs");
        if !is_virtiofs {
            tree.remove_child(*filesystem, "binary");
        }
        // With a socket it is another program that decides.
        if !is_virtiofs || tree.at(*filesystem, "source/@socket").is_none() {
            tree.default_attr(*filesystem, "accessmode", "passthrough");
        }
    }
    for hostdev in &devices[DeviceKind::Hostdev] {
        tree.default_attr(*hostdev, "mode", "subsystem");
        if tree.attr(*hostdev, "mode") == Some("subsystem")
            && !matches!(tree.attr(*hostdev, "type"), Some("scsi_host"))
        {
            let managed = if tree.attr(*hostdev, "managed") == Some("yes") {
                "yes"
            } else {
                "no"
            };
            tree.set_attr(*hostdev, "managed", managed, Provenance::Default);
        }
        if tree.attr(*hostdev, "type") != Some("scsi") {
            tree.remove_child(*hostdev, "readonly");
            tree.remove_child(*hostdev, "shareable");
        }
        if tree.attr(*hostdev, "type") == Some("mdev")
            && tree.attr(*hostdev, "model") == Some("vfio-pci")
        {
            tree.default_attr(*hostdev, "display", "off");
        }
        if let Some(address) = tree.at(*hostdev, "source/address")
            && tree.attr(address, "type") == Some("pci")
        {
            tree.remove_attr(address, "type");
        }
    }
}

/// Labels that override nothing.
pub(super) fn drop_silent_labels(tree: &mut Tree<'_>, source: NodeId) {
    for label in tree.children_named(source, "seclabel").collect::<Vec<_>>() {
        let said = tree.attributes(label).any(|a| tree.name(a) != "model");
        if !said && tree.children(label).next().is_none() {
            tree.remove(label);
        }
    }
}

fn fill_disk(tree: &mut Tree<'_>, disk: NodeId, machine: &Machine) {
    tree.default_attr(disk, "type", "file");
    // A volume without a volume is an empty drive.
    if tree.attr(disk, "type") == Some("volume") && tree.at(disk, "source/@pool").is_none() {
        tree.set_attr(disk, "type", "file", Provenance::Default);
    }
    tree.default_attr(disk, "device", "disk");
    let kind = tree.attr(disk, "type").unwrap_or_default().to_owned();
    let device = tree.attr(disk, "device").unwrap_or_default().to_owned();
    driver(tree, disk, &kind);
    target(tree, disk, &device);
    if device == "cdrom" {
        tree.ensure(disk, "readonly", Provenance::Default);
    }
    if kind == "vhostuser" {
        tree.default_attr(disk, "snapshot", "no");
    } else if tree.child(disk, "readonly").is_some() && tree.attr(disk, "snapshot") == Some("no") {
        // Nobody takes a snapshot of what cannot change.
        tree.remove_attr(disk, "snapshot");
    }
    if let Some(transient) = tree.child(disk, "transient")
        && tree.attr(transient, "shareBacking") == Some("no")
    {
        tree.remove_attr(transient, "shareBacking");
    }
    if let Some(source) = tree.child(disk, "source") {
        source_defaults(tree, source, &kind);
        drop_silent_labels(tree, source);
        if is_bare(tree, source) {
            tree.remove(source);
        }
    }
    // The policy is for the top of a chain.
    let mut layer = tree.child(disk, "backingStore");
    while let Some(store) = layer {
        if let Some(source) = tree.child(store, "source") {
            tree.remove_attr(source, "startupPolicy");
            let kind = tree.attr(store, "type").unwrap_or("file").to_owned();
            source_defaults(tree, source, &kind);
        } else {
            // Without a source it ends the chain, whatever else it says.
            tree.set_children(store, []);
        }
        layer = tree.child(store, "backingStore");
    }
    if let Some(mirror) = tree.child(disk, "mirror") {
        tree.remove(mirror);
    }
    if let Some(tune) = tree.child(disk, "iotune") {
        let set: Vec<NodeId> = tree
            .children(tune)
            .filter(|limit| tree.value(*limit) != Some("0"))
            .collect();
        tree.set_children(tune, set);
        if is_bare(tree, tune) {
            tree.remove(tune);
        }
    }
    for holder in [Some(disk), tree.child(disk, "source")]
        .into_iter()
        .flatten()
    {
        if let Some(encryption) = tree.child(holder, "encryption")
            && tree
                .attr(encryption, "format")
                .is_some_and(|format| format.starts_with("luks"))
        {
            tree.default_attr(encryption, "engine", "qemu");
        }
    }
    if machine.release >= Release::V12_8 && tree.get(disk, "target/@bus") == Some("usb") {
        let model = if device == "cdrom" {
            "usb-bot"
        } else {
            "usb-storage"
        };
        tree.default_attr(disk, "model", model);
    }
}

fn driver(tree: &mut Tree<'_>, disk: NodeId, kind: &str) {
    let driver = tree.ensure(disk, "driver", Provenance::Default);
    tree.default_attr(driver, "name", "qemu");
    if kind != "volume" {
        tree.default_attr(driver, "type", "raw");
    }
    if tree.attr(driver, "cache") == Some("default") {
        tree.remove_attr(driver, "cache");
    }
}

fn target(tree: &mut Tree<'_>, disk: NodeId, device: &str) {
    let Some(target) = tree.child(disk, "target") else {
        return;
    };
    if let Some(stripped) = tree
        .attr(target, "dev")
        .and_then(|dev| dev.strip_prefix("ioemu:"))
    {
        let stripped = stripped.to_owned();
        tree.set_attr(target, "dev", stripped, Provenance::Written);
    }
    let dev = tree.attr(target, "dev").unwrap_or_default();
    let bus = match dev.get(..2) {
        _ if device == "floppy" => "fdc",
        Some("hd") => "ide",
        Some("sd") => "scsi",
        Some("vd") => "virtio",
        Some("xv") => "xen",
        Some("ub") => "uml",
        _ => "ide",
    };
    tree.default_attr(target, "bus", bus);
    if tree.attr(target, "tray") == Some("closed") {
        tree.remove_attr(target, "tray");
    }
}

fn source_defaults(tree: &mut Tree<'_>, source: NodeId, kind: &str) {
    match kind {
        "network" => {
            let protocol = tree.attr(source, "protocol").unwrap_or_default().to_owned();
            if protocol == "iscsi"
                && let Some(name) = tree.attr(source, "name")
                && !name.contains('/')
            {
                let with_lun = format!("{name}/0");
                tree.set_attr(source, "name", with_lun, Provenance::Filled);
            }
            let port = match protocol.as_str() {
                "http" => "80",
                "https" => "443",
                "ftp" => "21",
                "ftps" => "990",
                "tftp" => "69",
                "ssh" => "22",
                "iscsi" => "3260",
                "nbd" => "10809",
                "sheepdog" => "7000",
                "gluster" => "24007",
                "vxhs" => "9999",
                "nfs" => "2049",
                _ => return,
            };
            let hosts: Vec<NodeId> = tree.children_named(source, "host").collect();
            for host in hosts {
                if tree.attr(host, "name").is_some() && tree.attr(host, "transport") != Some("unix")
                {
                    tree.default_attr(host, "port", port);
                }
            }
        }
        "nvme" => tree.default_attr(source, "managed", "yes"),
        _ => {}
    }
}

/// A disk that names a throttle group without limits takes the limits of the
/// group's first disk.
fn throttle_groups(tree: &mut Tree<'_>, disks: &[NodeId]) {
    let mut groups: std::collections::HashMap<String, NodeId> = std::collections::HashMap::new();
    for disk in disks {
        let Some(tune) = tree.child(*disk, "iotune") else {
            continue;
        };
        let Some(group) = tree.get(tune, "group_name").map(str::to_owned) else {
            continue;
        };
        let limits = tree.children(tune).count() - 1;
        match groups.get(&group) {
            Some(first) if limits == 0 => {
                let copied: Vec<NodeId> = tree
                    .children(*first)
                    .filter(|limit| tree.name(*limit) != "group_name")
                    .collect();
                for limit in copied {
                    tree.copy_into(limit, tune, Provenance::Filled);
                }
            }
            Some(_) => {}
            None => {
                groups.insert(group, tune);
            }
        }
    }
}
