//! The definition as a whole: values that libvirt refuses, notes that disagree.

use super::{Check, Found, Rule};
use crate::canon::NoteKind;
use crate::report::{EnforcedBy, Impact, Level};
use crate::tree::Tree;
use crate::view::Guest;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "metadata/nova-flavor",
        level: Level::Info,
        impact: Impact::Cosmetic,
        enforced_by: EnforcedBy::Nobody,
        why: "Nova keeps the flavor in the metadata; where the domain differs, one of the two was changed alone.",
        help: "resize the instance through Nova, or put the domain's own values back",
        source: "OpenStack Nova, libvirt driver metadata",
        example: "<nova:memory>512</nova:memory>",
        check: Check::State {
            scope: "",
            find: nova_flavor,
        },
        ..Rule::BASE
    },
    Rule {
        id: "parse/invalid-value",
        level: Level::Warning,
        impact: Impact::Migration,
        enforced_by: EnforcedBy::Libvirt,
        why: "libvirt refuses a definition with a value that it does not know for this field.",
        help: "correct the value; `domdiff explain PATH` tells what the field takes",
        source: "libvirt RNG schema and parsers",
        example: "<clock offset='nowhere'/>",
        check: Check::State {
            scope: "",
            find: invalid_values,
        },
        ..Rule::BASE
    },
];

/// Where the flavor that Nova noted and the domain's own size differ.
fn nova_flavor(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
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
            found.push(Found::at(
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
        found.push(Found::at(flavor, message));
    }
    found
}

/// Values that libvirt does not take.
fn invalid_values(guest: &Guest<'_>) -> Vec<Found> {
    guest
        .domain
        .notes()
        .iter()
        .filter(|note| note.kind == NoteKind::Invalid)
        .map(|note| Found::at(note.node, "libvirt does not take this value"))
        .collect()
}
