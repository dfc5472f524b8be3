//! Releases and settings of libvirt and QEMU on a destination: what an older one does with a
//! newer guest.

use crate::canon::is_own_watchdog;
use crate::host::HostFacts;
use crate::migration::Version;
use crate::report::{EnforcedBy, Level};
use crate::rules::{Check, Fact, Found, Proof, Rule};
use crate::schema::Since;
use crate::tree::{NodeId, Tree};
use crate::view::Guest;

pub(in crate::rules) static RULES: &[Rule] = &[
    Rule {
        id: "host/libvirt-older",
        level: Level::Warning,
        why: "libvirt drops elements and attributes that it does not know without a word, so the guest arrives without them; a value or a feature that it does not know it refuses (`Invalid value for attribute`).",
        help: "update libvirt on the destination, or take what it does not know out with `virsh migrate --xml` if the guest can go on without it",
        source: "live migrations from libvirt 12.8 to 9.0; defined on libvirt 9.0",
        proof: Proof::Run,
        needs: &[Fact::Libvirt],
        example: "bus='nvme'",
        check: Check::Destination(libvirt_older),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/qemu-conf",
        level: Level::Info,
        enforced_by: EnforcedBy::Nobody,
        needs: &[Fact::HostFile],
        why: "The two hosts' qemu.conf differ in a setting that guests run under: what they may open, as whom they run, which ports a migration uses.",
        help: "compare /etc/libvirt/qemu.conf of both hosts and give them the same settings",
        source: "libvirt qemu.conf",
        example: "<domain type='kvm'>",
        check: Check::Destination(qemu_conf),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/qemu-older",
        level: Level::Warning,
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU promises to take a guest from an older release, not from a newer one. With one machine type and plain virtio devices it goes well (run from 11.1 to 7.2); a device whose state has grown breaks on the way, as does a TPM's (run from libtpms 0.10 to 0.9).",
        help: "update QEMU on the destination first, or try it with a guest that does not matter",
        source: "live migration from QEMU 11.1 to 7.2; QEMU docs/devel/migration/compatibility",
        proof: Proof::Run,
        needs: &[Fact::SourceHost, Fact::Qemu],
        example: "<domain type='kvm'>",
        check: Check::Destination(qemu_older),
        ..Rule::DEMAND
    },
];

/// Values that libvirt 9.0 does not know of fields that it knows.
#[rustfmt::skip]
static VALUES: &[(&str, &[&str])] = &[
    ("features/hyperv/@mode", &["host-model"]),
    ("launchSecurity/@type", &["sev-snp", "tdx"]),
    ("os/acpi/table/@type", &["raw", "rawset"]),
    ("devices/controller/@type", &["nvme"]),
    ("devices/disk/target/@bus", &["nvme"]),
    ("devices/filesystem/@type", &["mtp"]),
    ("devices/iommu/@model", &["amd"]),
    ("devices/panic/@model", &["pvpanic"]),
    ("devices/sound/@model", &["virtio"]),
    ("devices/watchdog/@model", &["itco"]),
];

/// Releases from this one on may know what the field table calls younger than 9.0.
const AFTER: Version = Version::new(9, 1);
/// The newest surveyed release: it knows all of the field table.
const NEWEST: Version = Version::new(12, 8);

/// What libvirt 9.0 would do with something younger.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fate {
    Dropped,
    Refused,
}

/// The written parts of a guest that are younger than libvirt 9.0, outermost first.
fn younger(tree: &Tree<'_>) -> Vec<(NodeId, Fate)> {
    let mut found = Vec::new();
    let mut open = vec![Tree::ROOT];
    while let Some(node) = open.pop() {
        for part in tree.attributes(node).chain(tree.children(node)) {
            if !tree.is_modelled(part)
                || !tree.is_written(part)
                || tree.says_default(part)
                || is_usual_virtio_card(tree, part)
            {
                continue;
            }
            if tree.field(part).since == Since::V12_8 {
                let is_feature = tree.parent(part).map(|node| tree.name(node)) == Some("features")
                    && tree.parent(node) == Some(Tree::ROOT);
                let fate = if is_feature {
                    Fate::Refused
                } else {
                    Fate::Dropped
                };
                found.push((part, fate));
            } else if !tree.is_attribute(part) {
                open.push(part);
            }
        }
    }
    found
}

/// Whether an attribute names the device that an older libvirt takes for a virtio video card
/// anyway: the first card is a VGA card on x86 (`qemuDeviceVideoGetModel`).
fn is_usual_virtio_card(tree: &Tree<'_>, device: NodeId) -> bool {
    let Some(model) = tree.parent(device).filter(|model| {
        tree.is_attribute(device)
            && tree.name(device) == "device"
            && tree.name(*model) == "model"
            && tree.attr(*model, "type") == Some("virtio")
    }) else {
        return false;
    };
    let arch = tree.get(Tree::ROOT, "os/type/@arch");
    let is_first = tree.attr(model, "primary") == Some("yes");
    let is_vga = is_first && matches!(arch, Some("x86_64" | "i686"));
    tree.value(device) == Some(if is_vga { "virtio-vga" } else { "virtio-gpu" })
}

/// The values of a guest that libvirt 9.0 does not know, and is told of.
fn newer_values(guest: &Guest<'_>) -> Vec<(NodeId, Fate)> {
    let tree = guest.tree();
    let is_left_out = |value: NodeId| {
        let element = tree.parent(value);
        element.is_some_and(|element| is_own_watchdog(guest.domain, element))
    };
    let mut found = Vec::new();
    for (path, values) in VALUES {
        let mut nodes = vec![Tree::ROOT];
        for step in path.split('/') {
            nodes = match step.strip_prefix('@') {
                Some(name) => nodes
                    .into_iter()
                    .filter_map(|node| tree.attribute(node, name))
                    .collect(),
                None => nodes
                    .into_iter()
                    .flat_map(|node| tree.children_named(node, step))
                    .collect(),
            };
        }
        nodes.retain(|node| {
            let value = tree.value(*node).unwrap_or_default();
            tree.is_written(*node) && values.contains(&value) && !is_left_out(*node)
        });
        found.extend(nodes.into_iter().map(|node| (node, Fate::Refused)));
    }
    found
}

fn libvirt_older(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let version = host.resources.libvirt_version.or(guest.migration.libvirt);
    if version.is_some_and(|version| version >= NEWEST) {
        return Vec::new();
    }
    let tree = guest.tree();
    let mut parts = newer_values(guest);
    let refused: Vec<NodeId> = parts.iter().map(|(node, _)| *node).collect();
    let all = younger(tree).into_iter();
    parts.extend(all.filter(|(node, _)| !refused.contains(node)));
    let say = |(node, fate): (NodeId, Fate)| {
        let what = match (tree.is_attribute(node), tree.value(node)) {
            (true, Some(value)) => format!("{}='{value}'", tree.name(node)),
            _ => format!("<{}>", tree.name(node)),
        };
        match (version, fate) {
            (None, Fate::Refused) => {
                let message = format!("libvirt 9.0 and older do not know {what}");
                let found = Found::at(node, message).level(Level::Error);
                found.needs(Fact::Libvirt)
            }
            (None, Fate::Dropped) => {
                let message = format!("libvirt 9.0 and older drop {what}");
                Found::at(node, message).needs(Fact::Libvirt)
            }
            // Somewhere in between it came.
            (Some(version), _) if version >= AFTER => {
                let message =
                    format!("{what} is younger than libvirt 9.0; {version} there may not know it");
                Found::at(node, message).level(Level::Info)
            }
            (Some(version), Fate::Refused) => {
                let message = format!("libvirt {version} there does not know {what}");
                Found::at(node, message).level(Level::Error)
            }
            (Some(version), Fate::Dropped) => {
                Found::at(node, format!("libvirt {version} there drops {what}"))
            }
        }
    };
    parts.into_iter().map(say).collect()
}

fn qemu_older(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let here = guest
        .source
        .and_then(|source| source.resources.qemu_version);
    let (Some(here), Some(there)) = (here, host.resources.qemu_version) else {
        return Vec::new();
    };
    let release = |version: Version| (version.major, version.minor);
    if !guest.is_live() || release(there) >= release(here) {
        return Vec::new();
    }
    let older = format!("QEMU {there} there is older than {here} here");
    let tree = guest.tree();
    // What goes with an older QEMU is mostly as old; no host tells the release of libtpms.
    let is_emulated = |tpm: &NodeId| tree.get(*tpm, "backend/@type") == Some("emulator");
    let tpms = guest.devices("tpm").filter(is_emulated).map(|tpm| {
        let message = "a libtpms before 0.10 there does not take its state from a newer one here";
        Found::at(tpm, message)
    });
    std::iter::once(Found::at(Tree::ROOT, older))
        .chain(tpms)
        .collect()
}

fn qemu_conf(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    /// What a guest that worked under the one may miss under the other.
    const KEYS: &[&str] = &[
        "user",
        "group",
        "cgroup_device_acl",
        "namespaces",
        "max_files",
        "max_processes",
        "migration_host",
        "migration_address",
        "migration_port_min",
        "migration_port_max",
    ];
    let here = guest
        .source
        .and_then(|source| source.resources.qemu_conf.as_ref());
    let (Some(here), Some(there)) = (here, &host.resources.qemu_conf) else {
        return Vec::new();
    };
    let differ: Vec<&str> = KEYS
        .iter()
        .filter(|key| here.get(**key) != there.get(**key))
        .copied()
        .collect();
    let message = format!(
        "qemu.conf of the two hosts differs in {}",
        differ.join(", ")
    );
    (!differ.is_empty())
        .then(|| Found::at(Tree::ROOT, message))
        .into_iter()
        .collect()
}
