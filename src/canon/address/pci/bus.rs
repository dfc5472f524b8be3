//! PCI buses: what a controller model offers, what a device asks for, and the
//! slots in between (`virDomainPCIAddressSet`).

use std::ops::BitOr;

/// Kinds of connections, and how a device may come by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Connect(u16);

impl Connect {
    pub(super) const NONE: Self = Self(0);
    /// A conventional PCI device.
    pub(super) const PCI: Self = Self(1);
    /// A PCI Express device.
    pub(super) const PCIE: Self = Self(1 << 1);
    const BRIDGE: Self = Self(1 << 2);
    const PCI_EXPANDER: Self = Self(1 << 3);
    const PCIE_EXPANDER: Self = Self(1 << 4);
    const ROOT_PORT: Self = Self(1 << 5);
    const UPSTREAM: Self = Self(1 << 6);
    const DOWNSTREAM: Self = Self(1 << 7);
    const DMI: Self = Self(1 << 8);
    const PCIE_TO_PCI: Self = Self(1 << 9);
    /// Given out without being asked for; a bus without it takes such a device
    /// only at a written address.
    pub(super) const AUTO: Self = Self(1 << 10);
    /// Shares a slot with its like.
    const AGGREGATE: Self = Self(1 << 11);
    /// Sits on the root bus itself.
    pub(super) const INTEGRATED: Self = Self(1 << 12);

    const TYPES: Self = Self((1 << 10) - 1);

    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl BitOr for Connect {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// Models of PCI controllers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BusModel {
    PciRoot,
    PcieRoot,
    PciBridge,
    DmiToPciBridge,
    PcieToPciBridge,
    RootPort,
    UpstreamPort,
    DownstreamPort,
    PciExpander,
    PcieExpander,
}

const MODELS: [(&str, BusModel); 10] = [
    ("pci-root", BusModel::PciRoot),
    ("pcie-root", BusModel::PcieRoot),
    ("pci-bridge", BusModel::PciBridge),
    ("dmi-to-pci-bridge", BusModel::DmiToPciBridge),
    ("pcie-to-pci-bridge", BusModel::PcieToPciBridge),
    ("pcie-root-port", BusModel::RootPort),
    ("pcie-switch-upstream-port", BusModel::UpstreamPort),
    ("pcie-switch-downstream-port", BusModel::DownstreamPort),
    ("pci-expander-bus", BusModel::PciExpander),
    ("pcie-expander-bus", BusModel::PcieExpander),
];

impl BusModel {
    pub(super) fn of(name: &str) -> Option<Self> {
        MODELS
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, model)| *model)
    }

    pub(super) fn name(self) -> &'static str {
        MODELS
            .iter()
            .find(|(_, model)| *model == self)
            .map_or("", |(name, _)| *name)
    }

    /// What the controller itself plugs into; nothing for a root.
    pub(super) fn connect(self) -> Connect {
        match self {
            Self::PciRoot | Self::PcieRoot => Connect::NONE,
            Self::PciBridge => Connect::BRIDGE,
            Self::DmiToPciBridge => Connect::DMI,
            Self::PcieToPciBridge => Connect::PCIE_TO_PCI,
            Self::RootPort => Connect::ROOT_PORT | Connect::AGGREGATE,
            Self::UpstreamPort => Connect::UPSTREAM,
            Self::DownstreamPort => Connect::DOWNSTREAM,
            Self::PciExpander => Connect::PCI_EXPANDER,
            Self::PcieExpander => Connect::PCIE_EXPANDER,
        }
    }

    /// What its bus offers, and its first and last slot
    /// (`virDomainPCIAddressBusSetModel`).
    fn offers(self) -> (Connect, u8, u8) {
        use Connect as C;
        match self {
            Self::PciRoot => (C::AUTO | C::PCI | C::BRIDGE | C::PCI_EXPANDER, 1, LAST_SLOT),
            Self::PciBridge | Self::PcieToPciBridge => (C::AUTO | C::PCI | C::BRIDGE, 1, LAST_SLOT),
            Self::PciExpander => (C::AUTO | C::PCI | C::BRIDGE, 0, LAST_SLOT),
            Self::PcieRoot => (
                C::PCIE | C::ROOT_PORT | C::DMI | C::PCIE_EXPANDER,
                1,
                LAST_SLOT,
            ),
            Self::DmiToPciBridge => (C::PCI | C::BRIDGE, 0, LAST_SLOT),
            Self::RootPort | Self::DownstreamPort => {
                (C::AUTO | C::PCIE | C::UPSTREAM | C::PCIE_TO_PCI, 0, 0)
            }
            Self::UpstreamPort => (C::DOWNSTREAM, 0, LAST_SLOT),
            Self::PcieExpander => (C::ROOT_PORT | C::DMI, 0, LAST_SLOT),
        }
    }
}

const LAST_SLOT: u8 = 31;
/// Bus numbers have 8 bits.
pub(super) const MOST_BUSES: usize = 256;

/// A place on a bus of domain 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) bus: u8,
    pub(super) slot: u8,
    pub(super) function: u8,
}

impl Slot {
    /// A place on the root bus.
    pub(super) const fn root(slot: u8, function: u8) -> Self {
        Self {
            bus: 0,
            slot,
            function,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Bus {
    pub(super) model: BusModel,
    offers: Connect,
    first: u8,
    last: u8,
    /// Functions in use, a bit each, slot by slot.
    functions: [u8; 32],
    /// Slots that were opened by a device which shares them, a bit each.
    shared: u32,
}

impl Bus {
    fn new(model: BusModel) -> Self {
        let (offers, first, last) = model.offers();
        Self {
            model,
            offers,
            first,
            last,
            functions: [0; 32],
            shared: 0,
        }
    }

    fn is_full(&self) -> bool {
        self.functions[usize::from(self.first)..=usize::from(self.last)]
            .iter()
            .all(|functions| *functions != 0)
    }
}

/// The buses of a domain.
#[derive(Debug)]
pub(super) struct Buses {
    list: Vec<Bus>,
    /// Whether buses may be added for devices that find no place, and which
    /// model for conventional ones.
    grows: Option<BusModel>,
    /// Below which bus nothing is left for a kind of connection: places are
    /// never given back, so a search goes on where the last one ended.
    searched: Vec<(Connect, usize)>,
}

impl Buses {
    /// Buses of these models; while it is still open how many are needed,
    /// `grows` is the model that adds slots for conventional devices.
    pub(super) fn new(models: impl IntoIterator<Item = BusModel>, grows: Option<BusModel>) -> Self {
        Self {
            list: models.into_iter().take(MOST_BUSES).map(Bus::new).collect(),
            grows,
            searched: Vec::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    pub(super) fn model(&self, bus: usize) -> Option<BusModel> {
        self.list.get(bus).map(|bus| bus.model)
    }

    /// Whether every slot of every bus is in use.
    pub(super) fn are_full(&self) -> bool {
        self.list.iter().all(Bus::is_full)
    }

    /// Whether any function of a slot is in use.
    pub(super) fn in_use(&self, at: Slot) -> bool {
        self.list
            .get(usize::from(at.bus))
            .and_then(|bus| bus.functions.get(usize::from(at.slot)))
            .is_none_or(|functions| *functions != 0)
    }

    /// Takes a place that is written or fixed. On a bus beyond the last, buses
    /// are added up to it; where that needs a port more than expected the place
    /// moves one bus up, and the moved one is returned. A place that does not
    /// exist is not taken.
    pub(super) fn take(&mut self, at: Slot, connect: Connect) -> Slot {
        let bus = match self.grow(usize::from(at.bus), connect) {
            Some(bus) => bus,
            None => usize::from(at.bus),
        };
        let Some(target) = self.list.get_mut(bus) else {
            return at;
        };
        let Some(functions) = target.functions.get_mut(usize::from(at.slot)) else {
            return at;
        };
        if at.function > 7 {
            return at;
        }
        if *functions == 0 && connect.has(Connect::AGGREGATE) {
            target.shared |= 1 << at.slot;
        }
        *functions |= 1 << at.function;
        Slot {
            bus: u8::try_from(bus).unwrap_or(at.bus),
            ..at
        }
    }

    /// Finds and takes the next place for a connection: the lowest bus that
    /// offers it, the lowest slot of that without any function in use, or, for
    /// what shares slots, a free function (`virDomainPCIAddressGetNextAddr`).
    /// With `function` the device takes that one of its slot.
    pub(super) fn take_next(&mut self, connect: Connect, function: Option<u8>) -> Option<Slot> {
        if connect == Connect::NONE {
            return None;
        }
        let known = self.searched.iter().position(|(c, _)| *c == connect);
        let known = known.unwrap_or_else(|| {
            self.searched.push((connect, 0));
            self.searched.len() - 1
        });
        let start = self.searched[known].1;
        let found = (start..self.list.len())
            .find_map(|bus| Some((bus, self.free_place(bus, connect, function)?)));
        let (bus, (slot, function)) = match found {
            Some(found) => found,
            None => {
                self.searched[known].1 = self.list.len();
                let bus = self.grow(self.list.len(), connect)?;
                (bus, (self.list.get(bus)?.first, function.unwrap_or(0)))
            }
        };
        self.searched[known].1 = bus;
        let bus = u8::try_from(bus).ok()?;
        let at = Slot {
            bus,
            slot,
            function,
        };
        Some(self.take(at, connect))
    }

    fn free_place(&self, bus: usize, connect: Connect, function: Option<u8>) -> Option<(u8, u8)> {
        let target = &self.list[bus];
        let mut offers = target.offers;
        if connect.has(Connect::INTEGRATED) {
            if bus != 0 {
                return None;
            }
            offers = offers | Connect::AUTO;
        }
        if connect.has(Connect::AUTO) && !offers.has(Connect::AUTO) {
            return None;
        }
        if connect.0 & offers.0 & Connect::TYPES.0 == 0 {
            return None;
        }
        (target.first..=target.last).find_map(|slot| {
            let used = target.functions[usize::from(slot)];
            if used == 0 {
                return Some((slot, function.unwrap_or(0)));
            }
            let shared = connect.has(Connect::AGGREGATE) && target.shared & 1 << slot != 0;
            (shared && used != u8::MAX)
                .then(|| (slot, u8::try_from(used.trailing_ones()).unwrap_or(0)))
        })
    }

    /// Adds buses up to number `bus`, for a device of that connection
    /// (`virDomainPCIAddressSetGrow`; 9.0 refuses to add a port for a bridge to
    /// PCI that is written). Returns the bus that offers it, if any
    /// were added.
    fn grow(&mut self, bus: usize, connect: Connect) -> Option<usize> {
        let more_slots = self.grows?;
        if bus < self.list.len() || bus >= MOST_BUSES {
            return None;
        }
        let mut wanted = bus + 1;
        let mut model = BusModel::RootPort;
        let mut port = false;
        if connect.has(Connect::PCI) {
            model = more_slots;
            // Without a bus for a bridge the guest has only PCIe so far: a
            // bridge from there to PCI has slots itself, and needs a root port.
            port = model == BusModel::PciBridge
                && !self.list.iter().any(|b| b.offers.has(Connect::BRIDGE));
            if port && wanted == self.list.len() + 1 {
                wanted += 1;
            }
        } else if !connect.has(Connect::PCIE | Connect::UPSTREAM | Connect::PCIE_TO_PCI) {
            return None;
        }
        if wanted > MOST_BUSES {
            return None;
        }
        if port {
            let mut root_port = Bus::new(BusModel::RootPort);
            root_port.offers = Connect::PCIE_TO_PCI;
            self.list.push(root_port);
            self.list.push(Bus::new(BusModel::PcieToPciBridge));
        }
        while self.list.len() < wanted {
            self.list.push(Bus::new(model));
        }
        Some(wanted - 1)
    }
}
