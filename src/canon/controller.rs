//! Controllers as libvirt completes them: order, indexes, models, and those
//! that the machine or another device implies.
//!
//! The steps are those of `virDomainDefPostParse`: indexes first
//! (`virDomainAssignControllerIndexes`), then the machine's own controllers
//! (`qemuDomainDefAddDefaultDevices`), models
//! (`qemuDomainControllerDefPostParse`), the places of disks, and what those
//! and other devices need (`virDomainDefAddImplicitControllers`).

use std::collections::{HashMap, HashSet};

use super::controller_list::{Controller, ControllerType, Controllers, companion_port};
use super::drive_address::{self, Place};
use super::{DeviceKind, Devices, Family, Machine, Release, address};
use crate::tree::{NodeId, Provenance, Tree};

/// Fills in everything about controllers but their addresses and what follows
/// from those, and the places of disks on them.
pub(super) fn fill(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    address::complete(tree, devices);
    drive_address::sort_disks(tree, devices, false);
    let mut controllers = Controllers::read(tree, devices, machine);
    controllers.sort_written();
    add_for_hostdevs(tree, devices, &mut controllers, None);
    controllers.settle();
    assign_indexes(tree, &mut controllers, machine);
    add_defaults(tree, devices, &mut controllers, machine);
    controllers.settle();
    let scsi = scsi_model(tree, &controllers, machine);
    for controller in &controllers.list {
        default_model(tree, controller, machine, scsi);
    }
    drive_address::assign(tree, devices);
    add_for_disks(tree, devices, &mut controllers, scsi);
    add_for_channels(tree, devices, &mut controllers);
    add_for_smartcards(tree, devices, &mut controllers);
    add_for_hostdevs(tree, devices, &mut controllers, Some(scsi));
    controllers.settle();
    controllers.store(devices);
}

/// The models of an ICH9 USB controller, which share one index.
fn ich9(tree: &Tree<'_>, controller: &Controller) -> Option<usize> {
    if controller.kind != ControllerType::Usb {
        return None;
    }
    let model = tree.attr(controller.node, "model")?;
    ["ich9-ehci1", "ich9-uhci1", "ich9-uhci2", "ich9-uhci3"]
        .iter()
        .position(|known| *known == model)
}

/// Lowest free index for those that have none; a companion right behind
/// another takes that one's unless its model is there already. 12.8 sorts all
/// controllers afterwards when it may have had such a companion.
fn assign_indexes(tree: &mut Tree<'_>, controllers: &mut Controllers, machine: &Machine) {
    if controllers.list.iter().all(|c| c.index.is_some()) {
        return;
    }
    let mut companions: HashSet<(usize, u64)> = controllers
        .list
        .iter()
        .filter_map(|c| Some((ich9(tree, c)?, c.index?)))
        .collect();
    let mut lowest: HashMap<ControllerType, u64> = HashMap::new();
    let mut previous_usb: Option<(bool, u64)> = None;
    let mut sort = false;
    for place in 0..controllers.list.len() {
        let controller = controllers.list[place];
        let model = ich9(tree, &controller);
        let index = controller.index.unwrap_or_else(|| {
            let shared = match (model, previous_usb) {
                (Some(model), Some((true, index))) if !companions.contains(&(model, index)) => {
                    Some(index)
                }
                _ => None,
            };
            shared.unwrap_or_else(|| {
                let lowest = lowest.entry(controller.kind).or_insert(0);
                while controllers.has(controller.kind, *lowest) {
                    *lowest += 1;
                }
                *lowest
            })
        });
        if controller.index.is_none() {
            tree.set_attr(
                controller.node,
                "index",
                index.to_string(),
                Provenance::Filled,
            );
            controllers.list[place].index = Some(index);
            controllers.note(controller.kind, index);
            if let Some(model) = model {
                companions.insert((model, index));
                sort |= place > 0;
            }
        }
        if controller.kind == ControllerType::Usb {
            previous_usb = Some((model.is_some(), index));
        }
    }
    if sort && machine.release >= Release::V12_8 {
        controllers.sort();
    }
}

/// The controllers the machine has by itself.
fn add_defaults(
    tree: &mut Tree<'_>,
    devices: &Devices,
    controllers: &mut Controllers,
    machine: &Machine,
) {
    let (usb, root) = match machine.family {
        Family::I440fx => (Some("piix3-uhci"), Some("pci-root")),
        Family::Q35 => (Some("qemu-xhci"), Some("pcie-root")),
        Family::Pseries => (Some("qemu-xhci"), Some("pci-root")),
        Family::ArmVirt | Family::RiscvVirt => (None, Some("pcie-root")),
        Family::S390Ccw => (None, Some("pci-root")),
        Family::X86NoPci | Family::Other => (None, None),
    };
    if usb.is_some() {
        controllers.add_missing(tree, devices, ControllerType::Usb, 0, usb);
    }
    if machine.family == Family::Q35 {
        controllers.add_missing(tree, devices, ControllerType::Sata, 0, None);
    }
    if root.is_some() {
        controllers.add_missing(tree, devices, ControllerType::Pci, 0, root);
    }
}

/// The model of a controller that has none yet.
fn default_model(
    tree: &mut Tree<'_>,
    controller: &Controller,
    machine: &Machine,
    scsi: &'static str,
) {
    let model = match controller.kind {
        ControllerType::Scsi
            if matches!(tree.attr(controller.node, "model"), None | Some("auto")) =>
        {
            Some(scsi)
        }
        ControllerType::Usb => {
            if let Some(port) = companion_port(tree, controller.node) {
                let master = tree.ensure(controller.node, "master", Provenance::Default);
                tree.default_attr(master, "startport", port);
            }
            if tree.attribute(controller.node, "model").is_some() {
                return;
            }
            match machine.family {
                Family::S390Ccw if tree.child(controller.node, "address").is_none() => Some("none"),
                Family::Pseries => Some("qemu-xhci"),
                _ if machine.arch == "aarch64" => Some("qemu-xhci"),
                Family::ArmVirt | Family::RiscvVirt if machine.release >= Release::V12_8 => {
                    Some("qemu-xhci")
                }
                _ if machine.is_x86() => Some("piix3-uhci"),
                _ => None,
            }
        }
        _ => None,
    };
    if let Some(model) = model {
        tree.set_attr(controller.node, "model", model, Provenance::Filled);
    }
}

/// The model of SCSI controllers that name none: the machine's
/// (`qemuDomainGetSCSIControllerModel`), or in 12.8 on x86 that of the first
/// one that names it.
fn scsi_model(tree: &Tree<'_>, controllers: &Controllers, machine: &Machine) -> &'static str {
    let newer = machine.release >= Release::V12_8;
    if newer
        && machine.is_x86()
        && let Some(model) = controllers
            .of(ControllerType::Scsi)
            .find_map(|c| known_scsi_model(tree, c.node))
    {
        return model;
    }
    match machine.family {
        Family::Pseries => "ibmvscsi",
        Family::S390Ccw => "virtio-scsi",
        Family::ArmVirt | Family::RiscvVirt if newer => "virtio-scsi",
        _ => "lsilogic",
    }
}

/// The model a SCSI controller names.
fn known_scsi_model(tree: &Tree<'_>, controller: NodeId) -> Option<&'static str> {
    const MODELS: [&str; 12] = [
        "lsilogic",
        "virtio-scsi",
        "virtio-transitional",
        "virtio-non-transitional",
        "buslogic",
        "lsisas1068",
        "lsisas1078",
        "vmpvscsi",
        "ibmvscsi",
        "ncr53c90",
        "dc390",
        "am53c974",
    ];
    let model = tree.attr(controller, "model")?;
    MODELS.into_iter().find(|known| *known == model)
}

/// A definition that needs more controllers of one type than this is refused
/// for want of PCI slots; none are filled in then.
const MOST_IMPLIED: u64 = 8192;

/// Controllers 0 up to the highest that a disk sits on
/// (`virDomainDefAddDiskControllersForType`).
fn add_for_disks(
    tree: &mut Tree<'_>,
    devices: &Devices,
    controllers: &mut Controllers,
    scsi: &'static str,
) {
    const BUSES: [(&str, ControllerType); 4] = [
        ("scsi", ControllerType::Scsi),
        ("fdc", ControllerType::Fdc),
        ("ide", ControllerType::Ide),
        ("sata", ControllerType::Sata),
    ];
    let mut highest = [None; BUSES.len()];
    for disk in &devices[DeviceKind::Disk] {
        let Some(bus) = tree.get(*disk, "target/@bus") else {
            continue;
        };
        if let Some(at) = BUSES.iter().position(|(name, _)| *name == bus)
            && let Some(place) = Place::of(tree, *disk)
        {
            highest[at] = Some(place.controller).max(highest[at]);
        }
    }
    for ((_, kind), highest) in BUSES.into_iter().zip(highest) {
        let Some(highest) = highest.filter(|highest| *highest < MOST_IMPLIED) else {
            continue;
        };
        let model = (kind == ControllerType::Scsi).then_some(scsi);
        for index in 0..=highest {
            controllers.add_missing(tree, devices, kind, index, model);
        }
    }
}

/// `virDomainDefMaybeAddVirtioSerialController`
fn add_for_channels(tree: &mut Tree<'_>, devices: &Devices, controllers: &mut Controllers) {
    for kind in [DeviceKind::Channel, DeviceKind::Console] {
        for device in &devices[kind] {
            if tree.get(*device, "target/@type") == Some("virtio") {
                let index = address_index(tree, *device, "virtio-serial").unwrap_or(0);
                controllers.add_missing(tree, devices, ControllerType::VirtioSerial, index, None);
            }
        }
    }
}

/// The controller in a device's address of that type.
fn address_index(tree: &Tree<'_>, device: NodeId, kind: &str) -> Option<u64> {
    let address = tree.child(device, "address")?;
    (tree.attr(address, "type") == Some(kind))
        .then(|| tree.number(address, "@controller").unwrap_or(0))
}

/// A smart card without an address takes the slot behind the highest of
/// controller 0; each needs its controller
/// (`virDomainDefMaybeAddSmartcardController`).
fn add_for_smartcards(tree: &mut Tree<'_>, devices: &Devices, controllers: &mut Controllers) {
    let smartcards = &devices[DeviceKind::Smartcard];
    let mut next = smartcards
        .iter()
        .filter(|card| address_index(tree, **card, "ccid") == Some(0))
        .filter_map(|card| tree.number(*card, "address/@slot"))
        .max()
        .map_or(0, |slot| slot.saturating_add(1));
    for card in smartcards {
        let index = if tree.child(*card, "address").is_none() {
            let filled = Provenance::Filled;
            let address = tree.append(*card, "address", filled);
            tree.set_attr(address, "type", "ccid", filled);
            tree.set_attr(address, "controller", "0", filled);
            tree.set_attr(address, "slot", next.to_string(), filled);
            next = next.saturating_add(1);
            Some(0)
        } else {
            address_index(tree, *card, "ccid")
        };
        if let Some(index) = index {
            controllers.add_missing(tree, devices, ControllerType::Ccid, index, None);
        }
    }
}

/// Controllers 0 up to the highest that a SCSI host device sits on, of the
/// model that the last of those has which exist
/// (`virDomainDefMaybeAddHostdevSCSIcontroller`).
///
/// libvirt does this twice: while it reads host devices, when controllers have
/// neither an index nor a model (`default` is `None`) and an open host device
/// counts for controller 0, and again when every one has its place.
fn add_for_hostdevs(
    tree: &mut Tree<'_>,
    devices: &Devices,
    controllers: &mut Controllers,
    default: Option<&'static str>,
) {
    let mut highest = None;
    let mut model = None;
    let places: Vec<u64> = drive_address::scsi_hostdevs(tree, devices)
        .map(|hostdev| Place::of(tree, hostdev).map_or(0, |place| place.controller))
        .collect();
    if places.is_empty() {
        return;
    }
    let known: HashMap<u64, NodeId> = controllers
        .of(ControllerType::Scsi)
        .filter_map(|c| Some((c.index?, c.node)))
        .collect();
    for controller in places {
        if controller >= MOST_IMPLIED || highest.is_some_and(|highest| controller <= highest) {
            continue;
        }
        if let Some(node) = known.get(&controller) {
            model = known_scsi_model(tree, *node).or(model);
        }
        for index in highest.map_or(0, |highest| highest + 1)..=controller {
            controllers.add_missing(
                tree,
                devices,
                ControllerType::Scsi,
                index,
                model.or(default),
            );
        }
        highest = Some(controller);
    }
}
