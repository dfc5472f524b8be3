//! PCI addresses (`qemuDomainAssignPCIAddresses`).
//!
//! The devices are walked twice. The first walk only finds out how many buses
//! are needed; what it adds becomes controllers. The second one, with these in
//! the list, gives the addresses, to PCI controllers first.

mod bus;
mod chipset;
mod connect;
mod device;
mod target;

use std::collections::HashMap;

use self::bus::{BusModel, Buses, Connect, MOST_BUSES, Slot};
use self::connect::Connections;
use self::device::{PciDevice, Place, Quirk};
use super::ORDER;
use crate::canon::controller_list::{ControllerType, Controllers};
use crate::canon::{DeviceKind, Devices, Family, Machine, Release};
use crate::tree::{NodeId, Tree};

/// Gives open devices their addresses and fills in what follows from those.
///
/// The walk is known for x86 boards with PCI, `virt` boards, s390 and pseries,
/// on the last without host devices, which have a bus of their own if the host
/// says so. On others open devices stay open.
pub(super) fn assign(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    let controllers = Controllers::read(tree, devices, machine);
    if controllers.of(ControllerType::Pci).next().is_none() {
        return;
    }
    let mut domain = Domain::read(tree, devices, machine, &controllers);
    if domain.is_known() && domain.needs_walk() {
        domain.complete_buses(tree, devices, controllers);
        let buses = Buses::new(domain.models(domain.bus_count()), None);
        domain.place(buses);
    }
    domain.write(tree);
    target::fill(tree, &domain.controllers, machine);
}

/// What the walk sees of a domain.
struct Domain<'m> {
    machine: &'m Machine,
    connections: Connections,
    /// File systems, interfaces and sound cards, which come before controllers.
    early: Vec<PciDevice>,
    /// All controllers, in order.
    controllers: Vec<PciDevice>,
    /// The devices that come after controllers.
    late: Vec<PciDevice>,
    /// The first video card, which has a usual place.
    first_video: Option<NodeId>,
}

/// Devices that are given their addresses before controllers.
const EARLY: [DeviceKind; 3] = [
    DeviceKind::Filesystem,
    DeviceKind::Interface,
    DeviceKind::Sound,
];

/// Devices that are given theirs after controllers. The kinds at the end are
/// given none, but may have one that is written.
const LATE: [DeviceKind; 24] = [
    DeviceKind::Disk,
    DeviceKind::Hostdev,
    DeviceKind::Memballoon,
    DeviceKind::Rng,
    DeviceKind::Watchdog,
    DeviceKind::Video,
    DeviceKind::Shmem,
    DeviceKind::Input,
    DeviceKind::Serial,
    DeviceKind::Vsock,
    DeviceKind::Memory,
    DeviceKind::Iommu,
    DeviceKind::Crypto,
    DeviceKind::Panic,
    DeviceKind::Pstore,
    DeviceKind::Smartcard,
    DeviceKind::Parallel,
    DeviceKind::Console,
    DeviceKind::Channel,
    DeviceKind::Tpm,
    DeviceKind::Redirdev,
    DeviceKind::Hub,
    DeviceKind::Nvram,
    DeviceKind::Lease,
];

impl<'m> Domain<'m> {
    fn read(
        tree: &Tree<'_>,
        devices: &Devices,
        machine: &'m Machine,
        controllers: &Controllers,
    ) -> Self {
        let has_express = controllers
            .of(ControllerType::Pci)
            .any(|c| tree.attr(c.node, "model") == Some(BusModel::PcieRoot.name()));
        let connections = Connections::new(has_express, machine.release);
        let mut domain = Self {
            machine,
            connections,
            early: Vec::new(),
            controllers: Vec::new(),
            late: Vec::new(),
            first_video: devices[DeviceKind::Video].first().copied(),
        };
        // An interface that is a host device has its turn with those.
        let is_hostdev = |node: NodeId| tree.attr(node, "type") == Some("hostdev");
        let read = |kind, node: &NodeId| PciDevice::read(tree, connections, kind, *node);
        for kind in EARLY {
            let list = devices[kind].iter();
            let list = list.filter(|n| kind != DeviceKind::Interface || !is_hostdev(**n));
            domain.early.extend(list.filter_map(|n| read(kind, n)));
        }
        domain.controllers = controllers
            .list
            .iter()
            .map(|c| PciDevice::controller(tree, connections, c))
            .collect();
        for kind in LATE {
            let is_newer = matches!(kind, DeviceKind::Crypto | DeviceKind::Pstore);
            if is_newer && machine.release == Release::V9_0 {
                // An element that 9.0 does not know and does not keep.
                continue;
            }
            if kind == DeviceKind::Hostdev {
                let list = devices[DeviceKind::Interface].iter();
                let list = list.filter(|n| is_hostdev(**n));
                domain
                    .late
                    .extend(list.filter_map(|n| read(DeviceKind::Interface, n)));
            }
            domain
                .late
                .extend(devices[kind].iter().filter_map(|n| read(kind, n)));
        }
        domain
    }

    fn all(&self) -> impl Iterator<Item = &PciDevice> {
        self.early.iter().chain(&self.controllers).chain(&self.late)
    }

    /// Whether the walk is known.
    fn is_known(&self) -> bool {
        match self.machine.family {
            Family::I440fx
            | Family::Q35
            | Family::ArmVirt
            | Family::RiscvVirt
            | Family::S390Ccw => true,
            Family::Pseries => !self
                .late
                .iter()
                .any(|device| device.is_open() && device.is_host_device),
            Family::X86NoPci | Family::Other => false,
        }
    }

    /// Whether anything is open: a device, or a bus that an address names.
    fn needs_walk(&self) -> bool {
        let mut known = [false; MOST_BUSES];
        let mut highest = 0;
        for bus in self.pci_controllers().filter_map(|c| c.index) {
            if let Some(known) = usize::try_from(bus).ok().and_then(|b| known.get_mut(b)) {
                *known = true;
                highest = highest.max(bus);
            }
        }
        self.all().any(|device| match device.place {
            Place::Open | Place::Zero => device.connect != Connect::NONE,
            Place::At(at) => u64::from(at.bus) > highest,
            Place::Elsewhere => false,
        }) || known.iter().zip(0..=highest).any(|(known, _)| !known)
    }

    fn pci_controllers(&self) -> impl Iterator<Item = &PciDevice> {
        self.controllers
            .iter()
            .filter(|c| c.controller == Some(ControllerType::Pci))
    }

    /// One more than the highest bus a controller makes.
    fn bus_count(&self) -> usize {
        self.pci_controllers()
            .filter_map(|c| usize::try_from(c.index?).ok())
            .filter(|index| *index < MOST_BUSES)
            .max()
            .map_or(0, |highest| highest + 1)
    }

    /// Models of the first `count` buses; a bus without a controller is what
    /// the root makes the natural one (`qemuDomainPCIAddressSetCreate`).
    fn models(&self, count: usize) -> Vec<BusModel> {
        let mut models = vec![None; count];
        for controller in self.pci_controllers() {
            if let Some(model) = controller
                .index
                .and_then(|index| usize::try_from(index).ok())
                .and_then(|index| models.get_mut(index))
            {
                *model = controller.model;
            }
        }
        let natural = match self.more_slots() {
            BusModel::PciRoot => BusModel::PciRoot,
            _ if models.contains(&Some(BusModel::PcieRoot)) => BusModel::RootPort,
            model => model,
        };
        models
            .into_iter()
            .enumerate()
            .map(|(bus, model)| match (bus, model) {
                (_, Some(model)) => model,
                (0, None) => BusModel::PciRoot,
                (_, None) => natural,
            })
            .collect()
    }

    /// What adds slots for conventional devices: pseries can have many roots.
    fn more_slots(&self) -> BusModel {
        match self.machine.family {
            Family::Pseries => BusModel::PciRoot,
            _ => BusModel::PciBridge,
        }
    }

    /// The first walk: adds a controller for every bus that is needed.
    fn complete_buses(
        &mut self,
        tree: &mut Tree<'_>,
        devices: &mut Devices,
        mut controllers: Controllers,
    ) {
        let written = self.bus_count();
        let mut buses = Buses::new(self.models(written), Some(self.more_slots()));
        self.reserve(&mut buses);
        self.place_chipset(&mut buses, true);
        let root = buses.model(0);
        if root == Some(BusModel::PciRoot) && !buses.are_full() {
            // Room for one more bridge.
            buses.take_next(Connect::PCI | Connect::AUTO, None);
        }
        self.walk(&mut buses, true);
        if root == Some(BusModel::PcieRoot) && written <= 1 && buses.len() > written {
            // Buses are left to libvirt: one port is kept for a later device.
            buses.take_next(Connect::PCIE | Connect::AUTO, None);
        }
        for bus in 1..buses.len() {
            let (Some(model), Ok(index)) = (buses.model(bus), u64::try_from(bus)) else {
                break;
            };
            controllers.add_missing(
                tree,
                devices,
                ControllerType::Pci,
                index,
                Some(model.name()),
            );
        }
        controllers.settle();
        let mut known: HashMap<NodeId, PciDevice> =
            self.controllers.drain(..).map(|c| (c.node, c)).collect();
        self.controllers = controllers
            .list
            .iter()
            .map(|c| {
                known
                    .remove(&c.node)
                    .unwrap_or_else(|| PciDevice::controller(tree, self.connections, c))
            })
            .collect();
        controllers.store(devices);
    }

    /// The second walk: places every device.
    fn place(&mut self, mut buses: Buses) {
        self.reserve(&mut buses);
        self.place_chipset(&mut buses, false);
        self.walk(&mut buses, false);
    }

    /// Takes the places that are written (`qemuDomainCollectPCIAddress`).
    fn reserve(&mut self, buses: &mut Buses) {
        let i440fx = self.has_piix3();
        let lists = [&mut self.early, &mut self.controllers, &mut self.late];
        let mut written: Vec<_> = lists
            .into_iter()
            .flatten()
            .filter(|device| matches!(device.place, Place::At(_)))
            .collect();
        // The order counts only where an address names a bus to be added.
        written.sort_by_key(|device| ORDER.iter().position(|kind| *kind == device.kind));
        for device in written {
            let Place::At(at) = device.place else {
                continue;
            };
            if i440fx && chipset::piix3_place(device) == Some(at) {
                continue;
            }
            let connect = match device.connect {
                // libvirt puts up with an address that a device should not have.
                Connect::NONE => Connect::PCI,
                connect => connect,
            };
            let taken = buses.take(at, connect);
            if taken != at {
                device.place_at(taken);
            }
        }
    }

    /// Gives open devices the next places, kind by kind
    /// (`qemuDomainAssignDevicePCISlots`). While counting, nothing is kept.
    fn walk(&mut self, buses: &mut Buses, counting: bool) {
        let place = |device: &mut PciDevice, buses: &mut Buses| {
            if device.is_open()
                && let Some(at) = buses.take_next(device.connect, None)
                && !counting
            {
                device.place_at(at);
            }
        };
        for device in &mut self.controllers {
            if device.controller == Some(ControllerType::Pci) {
                place(device, buses);
            }
        }
        for device in &mut self.early {
            place(device, buses);
        }
        let mut companions = companion_places(&self.controllers);
        for device in &mut self.controllers {
            match (device.controller, device.quirk) {
                (Some(ControllerType::Pci), _) => {}
                (Some(ControllerType::Ide), _) if device.index == Some(0) => {}
                (_, Quirk::Ich9Usb(function)) if device.is_open() => {
                    let index = device.index.unwrap_or_default();
                    let at = match companions.get(&index) {
                        Some(group) => {
                            let at = Slot { function, ..*group };
                            Some(buses.take(at, device.connect))
                        }
                        None => buses
                            .take_next(device.connect, Some(function))
                            .filter(|_| !counting),
                    };
                    if let Some(at) = at {
                        companions.insert(index, at);
                        device.place_at(at);
                        device.multifunction = function == 0;
                    }
                }
                _ => place(device, buses),
            }
        }
        for device in &mut self.late {
            place(device, buses);
        }
    }

    /// Writes down what was given, and `multifunction` on the first function
    /// of every slot that has more (`virDomainPCIAddressSetAllMulti`).
    fn write(&mut self, tree: &mut Tree<'_>) {
        let mut shared = [0_u32; MOST_BUSES];
        for device in self.all() {
            if let Place::At(at) = device.place
                && at.function != 0
            {
                shared[usize::from(at.bus)] |= 1 << (at.slot & 31);
            }
        }
        let lists = [&mut self.early, &mut self.controllers, &mut self.late];
        for device in lists.into_iter().flatten() {
            if let Place::At(at) = device.place {
                let is_shared = shared[usize::from(at.bus)] & 1 << (at.slot & 31) != 0;
                device.write(tree, at.function == 0 && is_shared);
            }
        }
    }
}

/// Where the members of each ICH9 USB group that have an address sit.
fn companion_places(controllers: &[PciDevice]) -> HashMap<u64, Slot> {
    let mut places = HashMap::new();
    for controller in controllers {
        if matches!(controller.quirk, Quirk::Ich9Usb(_))
            && let (Place::At(at), Some(index)) = (controller.place, controller.index)
        {
            places.entry(index).or_insert(at);
        }
    }
    places
}
