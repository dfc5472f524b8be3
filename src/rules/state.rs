//! States of a definition that stand in the way of a migration, wherever they
//! come from. On a pair, what the new definition has and the old one has not.

use super::Rule;
use crate::canon::Domain;
use crate::report::{EnforcedBy, Impact, Level};
use crate::tree::{NodeId, Tree};

/// A rule and the function that finds where it holds.
#[derive(Debug, Clone, Copy)]
pub struct State {
    /// Id of the rule.
    pub rule: &'static str,
    /// The nodes at which it holds.
    pub find: fn(&Domain<'_>) -> Vec<NodeId>,
    /// What to say of such a node.
    pub message: &'static str,
}

/// Every state that is looked for.
pub static STATES: &[State] = &[
    State {
        rule: "cpu/host-passthrough",
        find: host_passthrough,
        message: "the guest gets the host's CPU unchanged",
    },
    State {
        rule: "cpu/strict-match",
        find: strict_match,
        message: "the CPU must match exactly, more features are refused too",
    },
    State {
        rule: "disk/missing-source",
        find: missing_source,
        message: "the disk has no source",
    },
];

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "cpu/host-passthrough",
        level: Level::Warning,
        impact: Impact::Migration,
        enforced_by: EnforcedBy::Nobody,
        why: "libvirt does not compare CPUs then: on a host with another CPU, microcode or kernel the guest may crash after the migration, without a message.",
        help: "use mode='host-model' or a named model (`virsh hypervisor-cpu-baseline`, or `domdiff baseline`)",
        source: "libvirt formatdomain, CPU model and topology; qemuDomainObjCheckCPUTaint",
    },
    Rule {
        id: "cpu/strict-match",
        level: Level::Warning,
        impact: Impact::Migration,
        enforced_by: EnforcedBy::Libvirt,
        why: "Only a host with exactly these CPU features may run the guest; a better one is refused.",
        help: "use match='exact', and name features to forbid where that is meant",
        source: "libvirt virCPUx86Compare",
    },
    Rule {
        id: "disk/missing-source",
        level: Level::Error,
        impact: Impact::Migration,
        enforced_by: EnforcedBy::Qemu,
        why: "A disk that is no CD-ROM or floppy drive cannot be empty: the guest does not start, here or on a destination.",
        help: "write the source back, or remove the disk",
        source: "libvirt qemuValidateDomainDeviceDefDiskFrontend",
    },
];

fn host_passthrough(domain: &Domain<'_>) -> Vec<NodeId> {
    with_value(domain, "cpu/@mode", "host-passthrough")
}

fn strict_match(domain: &Domain<'_>) -> Vec<NodeId> {
    with_value(domain, "cpu/@match", "strict")
}

fn with_value(domain: &Domain<'_>, path: &str, value: &str) -> Vec<NodeId> {
    let tree = domain.tree();
    tree.at(Tree::ROOT, path)
        .filter(|node| tree.value(*node) == Some(value))
        .into_iter()
        .collect()
}

fn missing_source(domain: &Domain<'_>) -> Vec<NodeId> {
    let tree = domain.tree();
    let Some(devices) = tree.child(Tree::ROOT, "devices") else {
        return Vec::new();
    };
    tree.children_named(devices, "disk")
        .filter(|disk| {
            matches!(tree.attr(*disk, "device"), Some("disk" | "lun"))
                && tree.child(*disk, "source").is_none()
        })
        .collect()
}
