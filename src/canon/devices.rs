//! The device lists of a domain, in libvirt's order.

use std::ops::{Index, IndexMut};

use crate::tree::{NodeId, Provenance, Tree};

/// Kinds of devices, in the order libvirt dumps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeviceKind {
    Emulator,
    Disk,
    Controller,
    Lease,
    Filesystem,
    Interface,
    Smartcard,
    Serial,
    Parallel,
    Console,
    Channel,
    Input,
    Tpm,
    Graphics,
    Sound,
    Audio,
    Video,
    Hostdev,
    Redirdev,
    Redirfilter,
    Hub,
    Watchdog,
    Memballoon,
    Rng,
    Nvram,
    Panic,
    Shmem,
    Memory,
    Crypto,
    Iommu,
    Vsock,
    Pstore,
}

const NAMES: [&str; 32] = [
    "emulator",
    "disk",
    "controller",
    "lease",
    "filesystem",
    "interface",
    "smartcard",
    "serial",
    "parallel",
    "console",
    "channel",
    "input",
    "tpm",
    "graphics",
    "sound",
    "audio",
    "video",
    "hostdev",
    "redirdev",
    "redirfilter",
    "hub",
    "watchdog",
    "memballoon",
    "rng",
    "nvram",
    "panic",
    "shmem",
    "memory",
    "crypto",
    "iommu",
    "vsock",
    "pstore",
];

const KINDS: [DeviceKind; NAMES.len()] = [
    DeviceKind::Emulator,
    DeviceKind::Disk,
    DeviceKind::Controller,
    DeviceKind::Lease,
    DeviceKind::Filesystem,
    DeviceKind::Interface,
    DeviceKind::Smartcard,
    DeviceKind::Serial,
    DeviceKind::Parallel,
    DeviceKind::Console,
    DeviceKind::Channel,
    DeviceKind::Input,
    DeviceKind::Tpm,
    DeviceKind::Graphics,
    DeviceKind::Sound,
    DeviceKind::Audio,
    DeviceKind::Video,
    DeviceKind::Hostdev,
    DeviceKind::Redirdev,
    DeviceKind::Redirfilter,
    DeviceKind::Hub,
    DeviceKind::Watchdog,
    DeviceKind::Memballoon,
    DeviceKind::Rng,
    DeviceKind::Nvram,
    DeviceKind::Panic,
    DeviceKind::Shmem,
    DeviceKind::Memory,
    DeviceKind::Crypto,
    DeviceKind::Iommu,
    DeviceKind::Vsock,
    DeviceKind::Pstore,
];

impl DeviceKind {
    /// Every kind the table knows, in dump order.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        KINDS.into_iter()
    }

    /// Name of the element.
    pub(crate) fn name(self) -> &'static str {
        NAMES[self as usize]
    }
}

/// One list a kind: `devices[DeviceKind::Disk]`. Steps of canonicalization
/// read, extend and sort the lists; [`Devices::store`] writes them back.
#[derive(Debug)]
pub(crate) struct Devices {
    /// The `<devices>` element; added when the file has none.
    pub(crate) element: NodeId,
    /// One list a kind, and a last one for what the table does not know.
    lists: [Vec<NodeId>; NAMES.len() + 1],
}

impl Devices {
    /// Takes the lists out of a tree.
    pub(crate) fn collect(tree: &mut Tree<'_>) -> Self {
        tree.ensure(Tree::ROOT, "devices", Provenance::Default);
        Self::of(tree)
    }

    /// The lists of a tree as they stand.
    pub(crate) fn of(tree: &Tree<'_>) -> Self {
        let element = tree.child(Tree::ROOT, "devices").unwrap_or(Tree::ROOT);
        let mut lists: [Vec<NodeId>; NAMES.len() + 1] = std::array::from_fn(|_| Vec::new());
        for device in tree.children(element) {
            let name = tree.name(device);
            let kind = NAMES.iter().position(|n| *n == name).unwrap_or(NAMES.len());
            lists[kind].push(device);
        }
        Self { element, lists }
    }

    /// Puts the lists back as the children of `<devices>`, kind by kind.
    pub(crate) fn store(self, tree: &mut Tree<'_>) {
        tree.set_children(self.element, self.lists.into_iter().flatten());
    }

    /// Every device, kind by kind.
    pub(crate) fn all(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.lists.iter().flatten().copied()
    }

    /// Adds a device that libvirt implies to the end of its list.
    pub(crate) fn add(&mut self, tree: &mut Tree<'_>, kind: DeviceKind) -> NodeId {
        let device = tree.detached(self.element, kind.name(), Provenance::Filled);
        self[kind].push(device);
        device
    }
}

impl Index<DeviceKind> for Devices {
    type Output = Vec<NodeId>;

    fn index(&self, kind: DeviceKind) -> &Self::Output {
        &self.lists[kind as usize]
    }
}

impl IndexMut<DeviceKind> for Devices {
    fn index_mut(&mut self, kind: DeviceKind) -> &mut Self::Output {
        &mut self.lists[kind as usize]
    }
}
