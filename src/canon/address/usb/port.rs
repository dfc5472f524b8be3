//! The ports of USB controllers and of the hubs on them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::HUB_PORTS;

/// Ports in a row from the controller to the device, at most.
const DEPTH: usize = 4;

/// The way to a port: `1.2` is port 2 of the hub on port 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Path {
    ports: [u8; DEPTH],
    length: usize,
}

impl Path {
    const EMPTY: Self = Self {
        ports: [0; DEPTH],
        length: 0,
    };

    /// Reads a path; nothing for one that no device can have.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut path = Self::EMPTY;
        for step in text.split('.') {
            let port = step.parse().ok().filter(|port| *port > 0)?;
            path = path.with(port)?;
        }
        Some(path)
    }

    fn with(mut self, port: u8) -> Option<Self> {
        *self.ports.get_mut(self.length)? = port;
        self.length += 1;
        Some(self)
    }

    /// Ports of the hubs on the way, and the last port.
    fn split(&self) -> Option<(&[u8], u8)> {
        let (last, hubs) = self.ports.get(..self.length)?.split_last()?;
        Some((hubs, *last))
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, port) in self.ports.iter().take(self.length).enumerate() {
            if i > 0 {
                f.write_str(".")?;
            }
            write!(f, "{port}")?;
        }
        Ok(())
    }
}

/// A controller or a hub.
#[derive(Debug)]
struct Hub {
    ports: u8,
    /// Ports in use, a bit each.
    taken: u64,
    /// Hubs on its ports.
    hubs: BTreeMap<u8, usize>,
    /// How many ports are free on it and on its hubs.
    free: u64,
}

/// All ports of a domain.
#[derive(Debug, Default)]
pub(super) struct Ports {
    hubs: Vec<Hub>,
    buses: BTreeMap<u64, usize>,
    /// Buses with a free port.
    room: BTreeSet<u64>,
}

impl Ports {
    /// Adds a controller; one without ports of its own makes no bus.
    pub(super) fn add_bus(&mut self, index: u64, ports: u64) {
        if ports > 0 && !self.buses.contains_key(&index) {
            let hub = self.add(ports);
            self.buses.insert(index, hub);
            self.room.insert(index);
        }
    }

    fn add(&mut self, ports: u64) -> usize {
        // No controller has more ports than bits in a word; libvirt allows 15.
        let ports = ports.min(u64::from(u64::BITS));
        self.hubs.push(Hub {
            ports: u8::try_from(ports).unwrap_or(0),
            taken: 0,
            hubs: BTreeMap::new(),
            free: ports,
        });
        self.hubs.len() - 1
    }

    /// The hubs on the way to a port, the bus first.
    fn way(&self, bus: u64, steps: &[u8]) -> Option<Vec<usize>> {
        let mut way = vec![*self.buses.get(&bus)?];
        for step in steps {
            let hub = self.hubs.get(*way.last()?)?;
            way.push(*hub.hubs.get(step)?);
        }
        Some(way)
    }

    /// Takes a port that is written, if it exists.
    pub(super) fn take(&mut self, bus: u64, path: &Path) {
        let Some((steps, port)) = path.split() else {
            return;
        };
        let Some(way) = self.way(bus, steps) else {
            return;
        };
        let Some(hub) = way.last().and_then(|hub| self.hubs.get_mut(*hub)) else {
            return;
        };
        let bit = 1 << (port - 1).min(63);
        if port > hub.ports || hub.taken & bit != 0 {
            return;
        }
        hub.taken |= bit;
        self.change(bus, &way, |free| free - 1);
    }

    /// Puts a hub on a port.
    pub(super) fn add_hub(&mut self, bus: u64, path: &Path) {
        self.take(bus, path);
        let Some((steps, port)) = path.split() else {
            return;
        };
        // Behind the last step of a way there is no room for another.
        if path.length >= DEPTH {
            return;
        }
        let Some(way) = self.way(bus, steps) else {
            return;
        };
        let Some(parent) = way.last().copied() else {
            return;
        };
        if port > self.hubs[parent].ports || self.hubs[parent].hubs.contains_key(&port) {
            return;
        }
        let hub = self.add(HUB_PORTS);
        self.hubs[parent].hubs.insert(port, hub);
        self.change(bus, &way, |free| free + HUB_PORTS);
    }

    fn change(&mut self, bus: u64, way: &[usize], change: impl Fn(u64) -> u64) {
        for hub in way {
            self.hubs[*hub].free = change(self.hubs[*hub].free);
        }
        let has_room = way.first().is_some_and(|hub| self.hubs[*hub].free > 0);
        if has_room {
            self.room.insert(bus);
        } else {
            self.room.remove(&bus);
        }
    }

    /// Takes the next port of the lowest bus that has one.
    pub(super) fn take_next(&mut self) -> Option<(u64, Path)> {
        let bus = *self.room.first()?;
        Some((bus, self.take_next_of(bus)?))
    }

    /// Takes the next port of a bus: its own first, then those of its hubs.
    pub(super) fn take_next_of(&mut self, bus: u64) -> Option<Path> {
        let mut at = *self.buses.get(&bus)?;
        let mut path = Path::EMPTY;
        loop {
            let hub = &self.hubs[at];
            if hub.free == 0 {
                return None;
            }
            let port = u8::try_from(hub.taken.trailing_ones()).ok()? + 1;
            if port <= hub.ports {
                path = path.with(port)?;
                break;
            }
            let (port, next) = hub
                .hubs
                .iter()
                .find(|(_, next)| self.hubs[**next].free > 0)?;
            path = path.with(*port)?;
            at = *next;
        }
        self.take(bus, &path);
        Some(path)
    }
}
