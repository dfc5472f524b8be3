//! Document and field table in, canonical tree out: what libvirt's QEMU driver
//! makes of a definition when it is given to `virsh define`.
//!
//! The steps follow libvirt's own order, because later ones see what earlier
//! ones filled in: `load` reads the written values into canonical spelling,
//! the family files fill in what libvirt derives for their elements
//! (`virDomainDefPostParse` and `qemuDomainDefPostParse`), and `address` gives
//! every device the address it would get.

mod address;
mod chardev;
mod controller;
mod controller_list;
mod cpu;
mod devices;
mod display;
mod drive_address;
mod general;
mod ignored;
mod load;
mod machine;
mod network;
mod platform;
mod runtime;
mod storage;

pub(crate) use devices::{DeviceKind, Devices};
pub use machine::Release;
pub(crate) use machine::{Family, Machine, is_machine_alias};

use crate::schema::Field;
use crate::tree::{NodeId, Tree};
use crate::xml::Document;

/// A domain definition in canonical form.
#[derive(Debug)]
pub struct Domain<'d> {
    document: &'d Document<'d>,
    tree: Tree<'d>,
    machine: Machine,
    notes: Vec<Note>,
}

/// Something about a file that is no change and no value: what libvirt would
/// ignore or refuse in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub kind: NoteKind,
    /// Path of the element or attribute, as written.
    pub path: String,
    /// The element it is about or stands on.
    pub node: NodeId,
    /// Byte range in the source.
    pub span: (u32, u32),
}

/// Kinds of [`Note`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoteKind {
    /// The field table does not know it; libvirt drops it silently.
    Unmodelled,
    /// The text is no value of the field's kind; libvirt refuses the file.
    Invalid,
    /// A second element where one counts; libvirt reads the first.
    Repeated,
}

/// What a document stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    /// A file that libvirt is given.
    File,
    /// The guest that it is a dump of.
    Guest,
}

impl<'d> Domain<'d> {
    /// Canonicalizes a document's domain as `release` of libvirt would make it of the file.
    #[must_use]
    pub fn new(document: &'d Document<'d>, release: Release) -> Self {
        Self::read(document, release, Reading::File)
    }

    /// Canonicalizes the domain of a guest that libvirt holds, of which the document is a dump:
    /// what only its live XML tells counts, although libvirt would not read it back from a file.
    #[must_use]
    pub fn of_guest(document: &'d Document<'d>, release: Release) -> Self {
        Self::read(document, release, Reading::Guest)
    }

    fn read(document: &'d Document<'d>, release: Release, reading: Reading) -> Self {
        let (tree, notes) = load::load(document);
        let machine = Machine::of(&tree, release);
        let mut domain = Self {
            document,
            tree,
            machine,
            notes,
        };
        domain.fill(reading);
        domain
    }

    fn fill(&mut self, reading: Reading) {
        let (tree, machine) = (&mut self.tree, &self.machine);
        let mut devices = Devices::collect(tree);
        runtime::strip(tree, &devices);
        ignored::drop(tree, &mut devices);
        storage::fill(tree, &devices, machine);
        if reading == Reading::Guest {
            network::unresolve(tree, &devices);
        }
        network::fill(tree, &devices, machine);
        chardev::fill(tree, &mut devices, machine);
        display::fill(tree, &mut devices, machine);
        platform::fill(tree, &mut devices, machine);
        controller::fill(tree, &mut devices, machine);
        address::assign(tree, &mut devices, machine);
        cpu::fill(tree, machine);
        general::fill(tree, &devices, machine);
        devices.store(tree);
    }

    /// The canonical tree.
    #[must_use]
    pub fn tree(&self) -> &Tree<'d> {
        &self.tree
    }

    /// The document it was made from.
    #[must_use]
    pub fn document(&self) -> &'d Document<'d> {
        self.document
    }

    /// What libvirt would ignore or refuse in the file.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    pub(crate) fn machine(&self) -> &Machine {
        &self.machine
    }
}

/// Puts disks and controllers in the order they have when libvirt reads its
/// own XML again.
pub(crate) fn reread_order(tree: &Tree<'_>, devices: &mut Devices) {
    drive_address::sort_disks(tree, devices, true);
    controller_list::sort_again(tree, &mut devices[DeviceKind::Controller]);
}

/// Whether all that libvirt derives for both boards is known here, so that
/// what one side lacks is a difference and not just left to libvirt.
pub(crate) fn foretold(old: &Domain<'_>, new: &Domain<'_>) -> bool {
    old.machine.is_x86_pci() && new.machine.is_x86_pci()
}

/// Whether an element is a PCI address that names no place: libvirt gives one
/// of its own instead.
pub(crate) fn is_open_place(tree: &Tree<'_>, address: NodeId) -> bool {
    tree.attr(address, "type") == Some("pci")
        && ["@domain", "@bus", "@slot", "@function"]
            .iter()
            .all(|part| tree.number(address, part).unwrap_or(0) == 0)
}

/// Whether an element is a PCI controller: on boards whose addresses are not
/// foretold, libvirt adds those that it needs.
pub(crate) fn is_implied_bus(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.name(node) == "controller" && tree.attr(node, "type") == Some("pci")
}

/// Whether an element is the watchdog that every Q35 board has: newer releases write it down for
/// each guest, and leave it out of the XML for another host.
pub(crate) fn is_own_watchdog(domain: &Domain<'_>, node: NodeId) -> bool {
    let tree = domain.tree();
    domain.machine.family == Family::Q35
        && tree.name(node) == "watchdog"
        && tree.attr(node, "model") == Some("itco")
        && tree.attr(node, "action") == Some("reset")
}

/// Whether an element is a CPU that libvirt would not have filled in: of a KVM guest on an
/// architecture whose default model QEMU tells for emulation only (`qemuDomainDefSetDefaultCPU`).
pub(crate) fn is_cpu_of_its_own(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.name(node) == "cpu"
        && tree.parent(node) == Some(Tree::ROOT)
        && tree.attr(Tree::ROOT, "type") == Some("kvm")
        && tree.get(Tree::ROOT, "os/type/@arch").is_some_and(|arch| {
            matches!(
                arch,
                "aarch64" | "armv7l" | "riscv64" | "riscv32" | "loongarch64"
            )
        })
}

/// Whether an element is what a host without a security driver writes down for
/// no label at all.
pub(crate) fn is_no_label(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.name(node) == "seclabel"
        && tree.attr(node, "type") == Some("none")
        && tree
            .attribute(node, "model")
            .is_some_and(|model| tree.is_written(model) && tree.value(model) == Some("none"))
}

/// Whether two different canonical texts of a field mean the same: a machine
/// alias and a versioned name of its family.
pub(crate) fn same_value(field: &Field, old: &str, new: &str) -> bool {
    field.name == "@machine" && machine::same_board(old, new)
}
