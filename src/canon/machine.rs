//! The machine a guest is built on, as far as libvirt's defaults depend on it.

use crate::tree::Tree;

/// The libvirt release whose behaviour is followed. Files dumped by an older
/// libvirt differ from the newest one's in a few derived values (addresses of
/// devices that follow from the order of controllers, above all).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Release {
    /// libvirt 9.0 (Debian 12).
    V9_0,
    /// libvirt 12.8.
    V12_8,
}

/// Families of boards with like defaults.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// x86 `pc`, `pc-i440fx-*` and the board of an x86 guest that names none.
    I440fx,
    /// x86 `q35`, `pc-q35-*`.
    Q35,
    /// x86 boards without PCI: `isapc`, `microvm`.
    X86NoPci,
    /// Arm `virt`, `virt-*`.
    ArmVirt,
    /// RISC-V `virt`.
    RiscvVirt,
    /// ppc64 `pseries*`.
    Pseries,
    /// s390 `s390-ccw-virtio*`.
    S390Ccw,
    /// Any other.
    Other,
}

/// What defaults depend on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Machine {
    pub(crate) arch: String,
    pub(crate) family: Family,
    pub(crate) release: Release,
}

impl Machine {
    /// Reads `os/type`. A file without an arch means the host's; the surveyed
    /// hosts are x86_64, and so is nearly every one that has such a file.
    pub(crate) fn of(tree: &Tree, release: Release) -> Self {
        let arch = tree
            .get(Tree::ROOT, "os/type/@arch")
            .unwrap_or("x86_64")
            .to_owned();
        let machine = tree.get(Tree::ROOT, "os/type/@machine").unwrap_or("");
        let family = family(&arch, machine);
        Self {
            arch,
            family,
            release,
        }
    }

    pub(crate) fn is_x86(&self) -> bool {
        is_x86(&self.arch)
    }

    /// x86 boards with a PCI bus: where the address walk is known exactly.
    pub(crate) fn is_x86_pci(&self) -> bool {
        matches!(self.family, Family::I440fx | Family::Q35)
    }
}

fn is_x86(arch: &str) -> bool {
    matches!(arch, "x86_64" | "i686")
}

fn family(arch: &str, machine: &str) -> Family {
    if is_x86(arch) {
        if machine == "q35" || machine.starts_with("pc-q35-") {
            Family::Q35
        } else if machine == "isapc"
            || machine.starts_with("microvm")
            || machine.starts_with("xenfv")
        {
            Family::X86NoPci
        } else if machine.is_empty()
            || machine == "pc"
            || machine.starts_with("pc-")
            || machine.starts_with("rhel")
        {
            Family::I440fx
        } else {
            Family::Other
        }
    } else if matches!(arch, "aarch64" | "armv7l" | "armv6l") && is_virt(machine) {
        Family::ArmVirt
    } else if arch.starts_with("riscv") && (machine.is_empty() || is_virt(machine)) {
        Family::RiscvVirt
    } else if arch.starts_with("ppc64") && (machine.is_empty() || machine.starts_with("pseries")) {
        Family::Pseries
    } else if arch.starts_with("s390") && (machine.is_empty() || machine.starts_with("s390-ccw")) {
        Family::S390Ccw
    } else {
        Family::Other
    }
}

fn is_virt(machine: &str) -> bool {
    machine == "virt" || machine.starts_with("virt-")
}

/// Board names without a version, and how the versioned names of each begin.
const ALIASES: [(&str, &str); 5] = [
    ("pc", "pc-i440fx-"),
    ("q35", "pc-q35-"),
    ("virt", "virt-"),
    ("pseries", "pseries-"),
    ("s390-ccw-virtio", "s390-ccw-virtio-"),
];

/// Whether one is the alias of the other's family: libvirt resolves it to the
/// newest version its QEMU knows, which the other file shows.
pub(super) fn same_board(old: &str, new: &str) -> bool {
    ALIASES.iter().any(|(alias, prefix)| {
        (old == *alias && new.starts_with(prefix)) || (new == *alias && old.starts_with(prefix))
    })
}

/// Whether it is a board name without a version.
pub(crate) fn is_machine_alias(name: &str) -> bool {
    ALIASES.iter().any(|(alias, _)| *alias == name)
}
