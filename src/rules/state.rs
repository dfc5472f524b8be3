//! States of a definition that stand in the way of a migration, wherever they
//! come from. On a pair, what the new definition has and the old one has not.

use super::Rule;
use crate::canon::{Domain, NoteKind};
use crate::report::{EnforcedBy, Impact, Level};
use crate::tree::{NodeId, Tree};

/// A rule and the function that finds where it holds.
#[derive(Debug, Clone, Copy)]
pub struct State {
    /// Id of the rule.
    pub rule: &'static str,
    /// The nodes at which it holds, and what to say of each.
    pub find: fn(&Domain<'_>) -> Vec<(NodeId, String)>,
}

/// Every state that is looked for.
pub static STATES: &[State] = &[
    State {
        rule: "cpu/host-passthrough",
        find: host_passthrough,
    },
    State {
        rule: "cpu/strict-match",
        find: strict_match,
    },
    State {
        rule: "disk/missing-source",
        find: missing_source,
    },
    State {
        rule: "metadata/nova-flavor",
        find: nova_flavor,
    },
    State {
        rule: "parse/invalid-value",
        find: invalid_values,
    },
];

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "cpu/host-model-expanded",
        level: Level::Warning,
        impact: Impact::Migration,
        enforced_by: EnforcedBy::Libvirt,
        why: "host-model is expanded when the guest starts: a running guest's definition names model and features. libvirt's check compares the text of the two, and another host may expand it to another CPU.",
        help: "compare running with running definitions; give a migration the running guest's CPU (`virsh dumpxml --migratable`)",
        source: "libvirt virCPUUpdate; virCPUDefIsEqual",
    },
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
    Rule {
        id: "metadata/nova-flavor",
        level: Level::Info,
        impact: Impact::Cosmetic,
        enforced_by: EnforcedBy::Nobody,
        why: "Nova keeps the flavor in the metadata; where the domain differs, one of the two was changed alone.",
        help: "resize the instance through Nova, or put the domain's own values back",
        source: "OpenStack Nova, libvirt driver metadata",
    },
    Rule {
        id: "parse/invalid-value",
        level: Level::Warning,
        impact: Impact::Migration,
        enforced_by: EnforcedBy::Libvirt,
        why: "libvirt refuses a definition with a value that it does not know for this field.",
        help: "correct the value; `domdiff explain PATH` tells what the field takes",
        source: "libvirt RNG schema and parsers",
    },
];

fn host_passthrough(domain: &Domain<'_>) -> Vec<(NodeId, String)> {
    with_value(
        domain,
        "cpu/@mode",
        "host-passthrough",
        "the guest gets the host's CPU unchanged",
    )
}

fn strict_match(domain: &Domain<'_>) -> Vec<(NodeId, String)> {
    let message = "the host's CPU must match exactly, one with more features is refused";
    with_value(domain, "cpu/@match", "strict", message)
}

fn with_value(
    domain: &Domain<'_>,
    path: &str,
    value: &str,
    message: &str,
) -> Vec<(NodeId, String)> {
    let tree = domain.tree();
    let node = tree
        .at(Tree::ROOT, path)
        .filter(|node| tree.value(*node) == Some(value));
    node.map(|node| (node, message.to_owned()))
        .into_iter()
        .collect()
}

fn missing_source(domain: &Domain<'_>) -> Vec<(NodeId, String)> {
    let tree = domain.tree();
    let Some(devices) = tree.child(Tree::ROOT, "devices") else {
        return Vec::new();
    };
    tree.children_named(devices, "disk")
        .filter(|disk| {
            matches!(tree.attr(*disk, "device"), Some("disk" | "lun"))
                && tree.child(*disk, "source").is_none()
        })
        .map(|disk| (disk, "it has no source".to_owned()))
        .collect()
}

/// Where the flavor that Nova noted and the domain's own size differ.
fn nova_flavor(domain: &Domain<'_>) -> Vec<(NodeId, String)> {
    let tree = domain.tree();
    let Some(flavor) = tree.at(Tree::ROOT, "metadata/nova:instance/nova:flavor") else {
        return Vec::new();
    };
    let name = tree.attr(flavor, "name").unwrap_or("of this instance");
    let mut found = Vec::new();
    let mut compare = |path: &str, unit: &str, own: Option<u64>| {
        if let (Some(node), Some(own)) = (tree.child(flavor, path), own)
            && let Some(noted) = tree.amount(node)
            && noted != own
        {
            found.push((
                node,
                format!("flavor {name} says {noted} {unit}, the domain has {own}"),
            ));
        }
    };
    compare(
        "nova:memory",
        "MiB",
        tree.number(Tree::ROOT, "memory").map(|kib| kib / 1024),
    );
    compare("nova:vcpus", "vCPUs", tree.number(Tree::ROOT, "vcpu"));
    // Swap and ephemeral space are disks beside the root disk.
    let extra = ["nova:swap", "nova:ephemeral"]
        .into_iter()
        .filter(|path| tree.number(flavor, path).is_some_and(|size| size > 0))
        .count();
    let disks = tree.child(Tree::ROOT, "devices").map_or(0, |devices| {
        tree.children_named(devices, "disk")
            .filter(|disk| tree.attr(*disk, "device") == Some("disk"))
            .count()
    });
    if extra > 0 && disks < extra + 1 {
        let message =
            format!("flavor {name} has swap or ephemeral space, the domain has {disks} disks");
        found.push((flavor, message));
    }
    found
}

/// Values that libvirt does not take.
fn invalid_values(domain: &Domain<'_>) -> Vec<(NodeId, String)> {
    domain
        .notes()
        .iter()
        .filter(|note| note.kind == NoteKind::Invalid)
        .map(|note| (note.node, "libvirt does not take this value".to_owned()))
        .collect()
}
