//! A device as the PCI walk sees it.

use super::bus::{BusModel, Connect, Slot};
use super::connect::Connections;
use crate::canon::DeviceKind;
use crate::canon::controller_list::{Controller, ControllerType};
use crate::tree::{NodeId, Provenance, Tree};

/// Where a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// No address is written.
    Open,
    /// A PCI address of bus and slot zero is written, which is none.
    Zero,
    /// At a place of domain 0.
    At(Slot),
    /// At an address of another type, or one that does not exist.
    Elsewhere,
}

/// A device that has or wants a PCI address.
#[derive(Debug)]
pub(super) struct PciDevice {
    pub(super) node: NodeId,
    pub(super) kind: DeviceKind,
    pub(super) connect: Connect,
    pub(super) place: Place,
    /// Whether the walk put it there, from no place or from a written one.
    moved: Moved,
    /// Whether it is a PCI device of the host.
    pub(super) is_host_device: bool,
    /// Whether it is the first function of a slot whatever else is there.
    pub(super) multifunction: bool,
    /// A controller's type, index and, of a PCI controller, model.
    pub(super) controller: Option<ControllerType>,
    pub(super) index: Option<u64>,
    pub(super) model: Option<BusModel>,
    /// What makes the board treat it in a way of its own.
    pub(super) quirk: Quirk,
}

/// How a device came to its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moved {
    No,
    Given,
    Shifted,
}

/// Devices with usual places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quirk {
    None,
    /// The USB controller of the PIIX3 chip.
    Piix3Usb,
    /// A member of an ICH9 USB group, and the function it takes of the slot.
    Ich9Usb(u8),
    /// The sound card of the ICH9 chip.
    Ich9Sound,
}

impl PciDevice {
    /// A device that is no controller; nothing when it neither has nor wants a
    /// PCI address.
    pub(super) fn read(
        tree: &Tree<'_>,
        connections: Connections,
        kind: DeviceKind,
        node: NodeId,
    ) -> Option<Self> {
        let place = place(tree, node);
        let connect = connections.of(tree, kind, node);
        let quirk = match kind {
            DeviceKind::Sound if tree.attr(node, "model") == Some("ich9") => Quirk::Ich9Sound,
            _ => Quirk::None,
        };
        let matters = match place {
            Place::At(_) => true,
            Place::Open | Place::Zero => connect != Connect::NONE,
            Place::Elsewhere => false,
        };
        matters.then_some(Self {
            node,
            kind,
            connect,
            place,
            moved: Moved::No,
            is_host_device: match kind {
                DeviceKind::Hostdev => tree.attr(node, "type") == Some("pci"),
                DeviceKind::Interface => tree.attr(node, "type") == Some("hostdev"),
                _ => false,
            },
            multifunction: false,
            controller: None,
            index: None,
            model: None,
            quirk,
        })
    }

    /// A controller.
    pub(super) fn controller(
        tree: &Tree<'_>,
        connections: Connections,
        controller: &Controller,
    ) -> Self {
        let node = controller.node;
        let model = tree.attr(node, "model");
        let place = place(tree, node);
        Self {
            node,
            kind: DeviceKind::Controller,
            connect: connections.of(tree, DeviceKind::Controller, node),
            place,
            moved: Moved::No,
            is_host_device: false,
            multifunction: false,
            controller: Some(controller.kind),
            index: controller.index,
            model: model.and_then(BusModel::of),
            quirk: match (controller.kind, model) {
                (ControllerType::Usb, None | Some("piix3-uhci")) => Quirk::Piix3Usb,
                (ControllerType::Usb, Some("ich9-ehci1")) => Quirk::Ich9Usb(7),
                (ControllerType::Usb, Some("ich9-uhci1")) => Quirk::Ich9Usb(0),
                (ControllerType::Usb, Some("ich9-uhci2")) => Quirk::Ich9Usb(1),
                (ControllerType::Usb, Some("ich9-uhci3")) => Quirk::Ich9Usb(2),
                _ => Quirk::None,
            },
        }
    }

    /// Whether it wants an address.
    pub(super) fn is_open(&self) -> bool {
        self.connect != Connect::NONE && matches!(self.place, Place::Open | Place::Zero)
    }

    pub(super) fn place_at(&mut self, at: Slot) {
        self.moved = match self.place {
            Place::At(_) => Moved::Shifted,
            _ => Moved::Given,
        };
        self.place = Place::At(at);
    }

    /// Writes down the address it was given.
    pub(super) fn write(&self, tree: &mut Tree<'_>, shared: bool) {
        let Place::At(at) = self.place else {
            return;
        };
        if self.moved == Moved::No && !shared {
            return;
        }
        let filled = Provenance::Filled;
        let address = tree.ensure(self.node, "address", filled);
        if self.moved != Moved::No {
            if self.moved == Moved::Given {
                // What goes with an address that is none is dropped.
                tree.remove_attr(address, "multifunction");
            }
            tree.set_attr(address, "type", "pci", filled);
            tree.set_attr(address, "domain", "0x0000", filled);
            tree.set_attr(address, "bus", format!("{:#04x}", at.bus), filled);
            tree.set_attr(address, "slot", format!("{:#04x}", at.slot), filled);
            tree.set_attr(address, "function", format!("{:#x}", at.function), filled);
        }
        if (shared || self.multifunction) && tree.attribute(address, "multifunction").is_none() {
            tree.set_attr(address, "multifunction", "on", filled);
        }
    }
}

/// A device's written place.
fn place(tree: &Tree<'_>, device: NodeId) -> Place {
    let Some(address) = tree.child(device, "address") else {
        return Place::Open;
    };
    let (mut domain, mut bus, mut slot, mut function) = (None, None, None, None);
    for attribute in tree.attributes(address) {
        let part = match tree.name(attribute) {
            "type" if tree.value(attribute) != Some("pci") => return Place::Elsewhere,
            "domain" => &mut domain,
            "bus" => &mut bus,
            "slot" => &mut slot,
            "function" => &mut function,
            _ => continue,
        };
        *part = tree
            .amount(attribute)
            .and_then(|number| u8::try_from(number).ok());
    }
    let (Some(0), Some(bus), Some(slot), Some(function)) = (domain, bus, slot, function) else {
        return Place::Elsewhere;
    };
    match (bus, slot, function) {
        // `virPCIDeviceAddressIsEmpty` does not look at the function.
        (0, 0, _) => Place::Zero,
        (_, 0..=31, 0..=7) => Place::At(Slot {
            bus,
            slot,
            function,
        }),
        _ => Place::Elsewhere,
    }
}
