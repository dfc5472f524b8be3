//! Ports of virtio-serial controllers (`qemuDomainAssignVirtioSerialAddresses`).

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::canon::controller_list::{ControllerType, Controllers};
use crate::canon::{DeviceKind, Devices, Machine, Release};
use crate::tree::{NodeId, Provenance, Tree};

/// Ports of a controller that does not say how many it has.
const DEFAULT_PORTS: u64 = 31;

/// Gives open channels the lowest free port of the lowest controller that has
/// one, adding controllers when all are full. A virtio console without an
/// address stays without.
pub(super) fn assign(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    let open = |kind| -> Vec<NodeId> {
        devices[kind]
            .iter()
            .copied()
            .filter(|device| tree.get(*device, "target/@type") == Some("virtio"))
            .filter(|device| written_port(tree, *device).is_none_or(|(_, port)| port.is_none()))
            .collect()
    };
    let channels = open(DeviceKind::Channel);
    let consoles = open(DeviceKind::Console);
    if channels.is_empty() && consoles.is_empty() {
        return;
    }
    let mut controllers = Controllers::read(tree, devices, machine);
    let mut ports = Ports::default();
    for controller in controllers.of(ControllerType::VirtioSerial) {
        if let Some(index) = controller.index {
            let count = tree.number(controller.node, "@ports");
            ports.add(index, count.unwrap_or(DEFAULT_PORTS));
        }
    }
    for device in devices.all() {
        if let Some((controller, Some(port))) = written_port(tree, device) {
            ports.take(controller, port);
        }
    }
    for console in consoles {
        let written = written_port(tree, console).map(|(controller, _)| controller);
        let taken = ports.take_for_console(written, machine.release);
        if machine.release >= Release::V12_8
            && written.is_some()
            && let (Some(port), Some(address)) = (taken, tree.child(console, "address"))
        {
            tree.set_attr(address, "port", port.to_string(), Provenance::Filled);
        }
    }
    for channel in channels {
        let written = written_port(tree, channel);
        let given = match written {
            Some((controller, _)) => ports.next_of(controller).map(|port| (controller, port)),
            None => ports.next(),
        };
        let (controller, port) = match given {
            Some(given) => given,
            None if written.is_some() => continue,
            None => (ports.add_lowest(), 1),
        };
        ports.take(controller, port);
        controllers.add_missing(
            tree,
            devices,
            ControllerType::VirtioSerial,
            controller,
            None,
        );
        let filled = Provenance::Filled;
        if tree.get(channel, "address/@type") != Some("virtio-serial") {
            // An address of another type is none: nothing of it is kept.
            tree.remove_child(channel, "address");
        }
        let address = tree.ensure(channel, "address", filled);
        tree.set_attr(address, "type", "virtio-serial", filled);
        tree.set_attr(address, "controller", controller.to_string(), filled);
        tree.set_attr(address, "bus", "0", filled);
        tree.set_attr(address, "port", port.to_string(), filled);
    }
    controllers.settle();
    controllers.store(devices);
}

/// Controller and port of a written virtio-serial address; port 0 is none.
fn written_port(tree: &Tree<'_>, device: NodeId) -> Option<(u64, Option<u64>)> {
    let address = tree.child(device, "address")?;
    if tree.attr(address, "type") != Some("virtio-serial") {
        return None;
    }
    let controller = tree.number(address, "@controller").unwrap_or(0);
    let port = tree.number(address, "@port").filter(|port| *port != 0);
    Some((controller, port))
}

/// Which ports are taken.
#[derive(Debug, Default)]
struct Ports {
    controllers: BTreeMap<u64, Controller>,
    /// Controllers with a free port.
    room: BTreeSet<u64>,
    /// Controllers with a free port, port 0 included.
    console_room: BTreeSet<u64>,
    /// Below it every index is in use.
    lowest: u64,
}

#[derive(Debug)]
struct Controller {
    count: u64,
    taken: HashSet<u64>,
    /// The lowest free port but 0, which is for consoles.
    free: u64,
}

impl Ports {
    fn add(&mut self, index: u64, count: u64) {
        self.controllers.entry(index).or_insert_with(|| Controller {
            count,
            taken: HashSet::new(),
            free: 1,
        });
        self.note_room(index);
    }

    /// Adds a controller of the lowest free index.
    fn add_lowest(&mut self) -> u64 {
        while self.controllers.contains_key(&self.lowest) {
            self.lowest += 1;
        }
        self.add(self.lowest, DEFAULT_PORTS);
        self.lowest
    }

    fn take(&mut self, index: u64, port: u64) {
        if let Some(controller) = self.controllers.get_mut(&index) {
            controller.taken.insert(port);
            while controller.taken.contains(&controller.free) {
                controller.free += 1;
            }
            self.note_room(index);
        }
    }

    fn note_room(&mut self, index: u64) {
        let note = |room: &mut BTreeSet<u64>, has_room| {
            if has_room {
                room.insert(index);
            } else {
                room.remove(&index);
            }
        };
        let console_room = self.next_for_console(index).is_some();
        let room = self.next_of(index).is_some();
        note(&mut self.room, room);
        note(&mut self.console_room, console_room);
    }

    /// Takes the port that a console without one uses up.
    ///
    /// In 9.0 an address without a port costs one of controller 0 for nothing,
    /// no address costs nothing. In 12.8 the former has the lowest port of its
    /// controller, the latter costs the lowest of all, but any number of them
    /// share one as long as that is port 0.
    fn take_for_console(&mut self, written: Option<u64>, release: Release) -> Option<u64> {
        let place = match (release, written) {
            (Release::V9_0, None) => None,
            (Release::V9_0, Some(_)) => self.next_of(0).map(|port| (0, port)),
            (Release::V12_8, Some(index)) => self.next_for_console(index).map(|port| (index, port)),
            (Release::V12_8, None) => self.console_room.first().copied().and_then(|index| {
                let port = self.next_for_console(index).filter(|port| *port != 0);
                port.map(|port| (index, port))
            }),
        };
        let (index, port) = place?;
        self.take(index, port);
        Some(port)
    }

    /// The next port of one controller, port 0 included.
    fn next_for_console(&self, index: u64) -> Option<u64> {
        let controller = self.controllers.get(&index)?;
        if controller.count > 0 && !controller.taken.contains(&0) {
            return Some(0);
        }
        self.next_of(index)
    }

    /// The next place.
    fn next(&self) -> Option<(u64, u64)> {
        let index = *self.room.first()?;
        Some((index, self.next_of(index)?))
    }

    /// The next port of one controller.
    fn next_of(&self, index: u64) -> Option<u64> {
        let controller = self.controllers.get(&index)?;
        Some(controller.free).filter(|port| *port < controller.count)
    }
}
