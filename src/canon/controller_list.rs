//! The controllers of a domain by type and index, for every step that has to
//! know which ones exist or adds one.

use std::collections::BTreeSet;

use super::{DeviceKind, Devices, Machine, Release};
use crate::tree::{NodeId, Provenance, Tree};

/// Types of controllers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum ControllerType {
    Ide,
    Fdc,
    Scsi,
    Sata,
    VirtioSerial,
    Ccid,
    Usb,
    Pci,
    Other,
}

const NAMES: [(&str, ControllerType); 8] = [
    ("ide", ControllerType::Ide),
    ("fdc", ControllerType::Fdc),
    ("scsi", ControllerType::Scsi),
    ("sata", ControllerType::Sata),
    ("virtio-serial", ControllerType::VirtioSerial),
    ("ccid", ControllerType::Ccid),
    ("usb", ControllerType::Usb),
    ("pci", ControllerType::Pci),
];

impl ControllerType {
    fn of(name: &str) -> Self {
        NAMES
            .iter()
            .find(|(known, _)| *known == name)
            .map_or(Self::Other, |(_, kind)| *kind)
    }

    fn name(self) -> &'static str {
        NAMES
            .iter()
            .find(|(_, kind)| *kind == self)
            .map_or("", |(name, _)| *name)
    }
}

/// One controller; `index` is `None` while it has none.
#[derive(Debug, Clone, Copy)]
pub(super) struct Controller {
    pub(super) node: NodeId,
    pub(super) kind: ControllerType,
    pub(super) index: Option<u64>,
    /// A companion of another USB controller, by its model or its `master`
    /// element; it comes behind those of its index that are none.
    pub(super) companion: bool,
}

/// All controllers, in libvirt's order.
#[derive(Debug)]
pub(super) struct Controllers {
    pub(super) list: Vec<Controller>,
    present: BTreeSet<(ControllerType, u64)>,
    /// How many of the list are in their final place.
    settled: usize,
    /// 12.8 inserts what it adds behind lower indexes, 9.0 appends it.
    inserts: bool,
}

impl Controllers {
    /// The controllers as they stand in the lists.
    pub(super) fn read(tree: &Tree<'_>, devices: &Devices, machine: &Machine) -> Self {
        let mut controllers = Self {
            list: Vec::with_capacity(devices[DeviceKind::Controller].len() + 4),
            present: BTreeSet::new(),
            settled: devices[DeviceKind::Controller].len(),
            inserts: machine.release >= Release::V12_8,
        };
        for node in &devices[DeviceKind::Controller] {
            let mut controller = Controller {
                node: *node,
                kind: ControllerType::Other,
                index: None,
                companion: false,
            };
            for attribute in tree.attributes(*node) {
                match tree.name(attribute) {
                    "type" => {
                        controller.kind =
                            ControllerType::of(tree.value(attribute).unwrap_or_default());
                    }
                    // "-1" is no index.
                    "index" => {
                        controller.index = tree
                            .value(attribute)
                            .and_then(|text| crate::value::number(text).ok());
                    }
                    _ => {}
                }
            }
            controller.companion = controller.kind == ControllerType::Usb
                && (tree.child(*node, "master").is_some() || companion_port(tree, *node).is_some());
            controllers.list.push(controller);
            if let Some(index) = controller.index {
                controllers.present.insert((controller.kind, index));
            }
        }
        controllers
    }

    /// Whether there is such a controller.
    pub(super) fn has(&self, kind: ControllerType, index: u64) -> bool {
        self.present.contains(&(kind, index))
    }

    /// Notes that a controller of that type and index exists now.
    pub(super) fn note(&mut self, kind: ControllerType, index: u64) {
        self.present.insert((kind, index));
    }

    /// Those of one type.
    pub(super) fn of(&self, kind: ControllerType) -> impl Iterator<Item = &Controller> {
        self.list.iter().filter(move |c| c.kind == kind)
    }

    /// Adds a controller unless there is one of that type and index
    /// (`virDomainDefMaybeAddController`); says whether it did.
    pub(super) fn add_missing(
        &mut self,
        tree: &mut Tree<'_>,
        devices: &Devices,
        kind: ControllerType,
        index: u64,
        model: Option<&'static str>,
    ) -> bool {
        if !self.present.insert((kind, index)) {
            return false;
        }
        let filled = Provenance::Filled;
        let node = tree.detached(devices.element, DeviceKind::Controller.name(), filled);
        tree.set_attr(node, "type", kind.name(), filled);
        tree.set_attr(node, "index", index.to_string(), filled);
        if let Some(model) = model {
            tree.set_attr(node, "model", model, filled);
        }
        self.list.push(Controller {
            node,
            kind,
            index: Some(index),
            companion: false,
        });
        true
    }

    /// Puts controllers added since the last call where this release has them:
    /// 12.8 inserts them ([`Controllers::insert`]), 9.0 appends them.
    pub(super) fn settle(&mut self) {
        if self.inserts && self.settled < self.list.len() {
            self.insert(self.settled);
        }
        self.settled = self.list.len();
    }

    /// Puts the written controllers in order.
    pub(super) fn sort_written(&mut self) {
        self.insert(0);
        self.settled = self.list.len();
    }

    /// Inserts the controllers from place `from` on, one after the other, as
    /// `virDomainControllerInsertPreAlloced` does: types as first seen, each
    /// controller in front of the first of its type with a higher index; one
    /// without an index behind the last.
    ///
    /// That is a stable sort by the highest index seen so far within the type,
    /// where a new controller counts for no other than itself.
    fn insert(&mut self, from: usize) {
        let rank = ranks(&self.list);
        let mut highest = [(None, false); NAMES.len() + 1];
        let mut keyed: Vec<_> = self
            .list
            .iter()
            .enumerate()
            .map(|(place, controller)| {
                let highest = &mut highest[controller.kind as usize];
                let own = (controller.index, controller.companion);
                let key = if place < from || controller.index.is_none() {
                    own.max(*highest)
                } else {
                    own
                };
                *highest = own.max(*highest);
                ((rank[controller.kind as usize], key), *controller)
            })
            .collect();
        keyed.sort_by_key(|(key, _)| *key);
        self.list = keyed
            .into_iter()
            .map(|(_, controller)| controller)
            .collect();
    }

    /// Sorts the controllers of each type by index.
    pub(super) fn sort(&mut self) {
        let rank = ranks(&self.list);
        self.list
            .sort_by_key(|c| (rank[c.kind as usize], c.index, c.companion));
    }

    /// Puts the list back.
    pub(super) fn store(self, devices: &mut Devices) {
        devices[DeviceKind::Controller] = self.list.into_iter().map(|c| c.node).collect();
    }
}

/// The first port of the ICH9 USB controller that a companion takes over, by
/// its model.
pub(super) fn companion_port(tree: &Tree<'_>, controller: NodeId) -> Option<&'static str> {
    match tree.attr(controller, "model") {
        Some("ich9-uhci1") => Some("0"),
        Some("ich9-uhci2") => Some("2"),
        Some("ich9-uhci3") => Some("4"),
        _ => None,
    }
}

/// At which place each type is first seen.
fn ranks(list: &[Controller]) -> [usize; NAMES.len() + 1] {
    let mut ranks = [usize::MAX; NAMES.len() + 1];
    for (place, controller) in list.iter().enumerate() {
        let rank = &mut ranks[controller.kind as usize];
        *rank = place.min(*rank);
    }
    ranks
}

/// Puts controllers in the order they have when libvirt reads its own XML:
/// types as first seen, each sorted by index (`virDomainControllerInsert`).
pub(super) fn sort_again(tree: &Tree<'_>, controllers: &mut [NodeId]) {
    let mut types: Vec<&str> = Vec::new();
    for controller in controllers.iter() {
        let kind = tree.attr(*controller, "type").unwrap_or_default();
        // The types are few; the bound is for files that make some up.
        if types.len() < 32 && !types.contains(&kind) {
            types.push(kind);
        }
    }
    let in_order = controllers.windows(2).all(|pair| {
        let key = |c: NodeId| (tree.attr(c, "type"), tree.number(c, "@index"));
        key(pair[0]).0 == key(pair[1]).0 && key(pair[0]).1 <= key(pair[1]).1
    });
    if in_order {
        return;
    }
    controllers.sort_by_cached_key(|controller| {
        let kind = tree.attr(*controller, "type").unwrap_or_default();
        (
            types.iter().position(|known| *known == kind),
            tree.number(*controller, "@index"),
        )
    });
}
