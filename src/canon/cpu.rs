//! `<cpu>` and `<features>` (`qemuDomainDefCPUPostParse`,
//! `virDomainFeaturesDefParse`).

use super::Release;
use super::general::is_bare;
use crate::canon::Machine;
use crate::tree::{NodeId, Provenance, Tree};

pub(super) fn fill(tree: &mut Tree<'_>, machine: &Machine) {
    cpu(tree, machine);
    features(tree);
}

fn cpu(tree: &mut Tree<'_>, machine: &Machine) {
    let virt_type = tree.attr(Tree::ROOT, "type").unwrap_or_default();
    let emulated = virt_type == "qemu";
    let is_qemu = emulated || virt_type == "kvm";
    if machine.is_x86() && is_qemu {
        let cpu = tree.ensure(Tree::ROOT, "cpu", Provenance::Default);
        default_model(tree, cpu, machine);
    }
    let Some(cpu) = tree.child(Tree::ROOT, "cpu") else {
        return;
    };
    let model = tree.child(cpu, "model");
    let has_model =
        model.is_some_and(|model| tree.value(model).is_some_and(|name| !name.is_empty()));
    if has_model {
        tree.default_attr(cpu, "mode", "custom");
    }
    let mode = tree.attr(cpu, "mode").unwrap_or_default().to_owned();
    match mode.as_str() {
        "custom" => {
            tree.default_attr(cpu, "match", "exact");
            tree.default_attr(cpu, "check", if emulated { "none" } else { "partial" });
        }
        "host-model" => tree.default_attr(cpu, "check", "partial"),
        "host-passthrough" | "maximum" => tree.default_attr(cpu, "check", "none"),
        _ => {}
    }
    if mode == "host-passthrough" {
        tree.default_attr(cpu, "migratable", "on");
    }
    if mode != "custom" {
        tree.remove_attr(cpu, "match");
        if let Some(model) = model.filter(|_| !has_model || mode != "host-model") {
            tree.remove(model);
        }
    }
    if let Some(model) = model.filter(|_| has_model) {
        tree.default_attr(model, "fallback", "allow");
    }
    let features: Vec<NodeId> = tree.children_named(cpu, "feature").collect();
    for feature in features {
        tree.default_attr(feature, "policy", "require");
    }
    vector_lengths(tree, cpu);
    if let Some(topology) = tree.child(cpu, "topology") {
        tree.default_attr(topology, "dies", "1");
        if machine.release >= Release::V12_8 {
            tree.default_attr(topology, "clusters", "1");
        }
    }
    if is_bare(tree, cpu) {
        tree.remove(cpu);
    }
}

/// A CPU without a mode and a model is the machine type's default one.
fn default_model(tree: &mut Tree<'_>, cpu: NodeId, machine: &Machine) {
    let mode = tree.attr(cpu, "mode").unwrap_or("custom");
    let has_model = tree.get(cpu, "model").is_some_and(|name| !name.is_empty());
    if mode != "custom" || has_model {
        return;
    }
    let model = tree.ensure(cpu, "model", Provenance::Default);
    let emulator = tree.get(Tree::ROOT, "devices/emulator").unwrap_or_default();
    // The binary decides: qemu-system-x86_64 runs i686 guests too.
    let is_64_bit =
        emulator.ends_with("x86_64") || (!emulator.ends_with("i386") && machine.arch == "x86_64");
    tree.set_value(model, if is_64_bit { "qemu64" } else { "qemu32" });
    tree.set_attr(model, "fallback", "forbid", Provenance::Default);
    tree.set_attr(cpu, "mode", "custom", Provenance::Default);
    tree.set_attr(cpu, "match", "exact", Provenance::Default);
    tree.set_attr(cpu, "check", "none", Provenance::Default);
}

/// An Arm guest that is promised a vector length (`sve256`) is promised SVE.
fn vector_lengths(tree: &mut Tree<'_>, cpu: NodeId) {
    let mut lengths = false;
    for feature in tree.children_named(cpu, "feature") {
        let name = tree.attr(feature, "name").unwrap_or_default();
        if name == "sve" {
            return;
        }
        lengths |= name
            .strip_prefix("sve")
            .is_some_and(|bits| bits.bytes().all(|b| b.is_ascii_digit()))
            && tree.attr(feature, "policy") == Some("require");
    }
    if lengths {
        let sve = tree.append(cpu, "feature", Provenance::Filled);
        tree.set_attr(sve, "policy", "require", Provenance::Filled);
        tree.set_attr(sve, "name", "sve", Provenance::Filled);
    }
}

/// Features whose presence is their state; a written `state` is not read.
const BY_PRESENCE: [&str; 6] = ["acpi", "pae", "viridian", "privnet", "apic", "gic"];

/// Features that are on when they are there without a `state`.
const ON_WHEN_PRESENT: [&str; 7] = [
    "hap",
    "pmu",
    "pvspinlock",
    "vmport",
    "vmcoreinfo",
    "smm",
    "ps2",
];

fn features(tree: &mut Tree<'_>) {
    let Some(features) = tree.child(Tree::ROOT, "features") else {
        return;
    };
    let list: Vec<NodeId> = tree.children(features).collect();
    for feature in list {
        let name = tree.name(feature);
        if BY_PRESENCE.contains(&name) {
            tree.remove_attr(feature, "state");
        } else if ON_WHEN_PRESENT.contains(&name) {
            tree.default_attr(feature, "state", "on");
        } else if name == "ioapic" && is_bare(tree, feature) {
            tree.remove(feature);
        } else if name == "hyperv" {
            hyperv(tree, feature);
        } else if name == "kvm"
            && let Some(ring) = tree.child(feature, "dirty-ring")
            && tree.attr(ring, "state") == Some("off")
        {
            tree.remove_attr(ring, "size");
        }
    }
    if is_bare(tree, features) {
        tree.remove(features);
    }
}

fn hyperv(tree: &mut Tree<'_>, hyperv: NodeId) {
    tree.default_attr(hyperv, "mode", "custom");
    // What belongs to an enlightenment that is off is not kept.
    for enlightenment in tree.children(hyperv).collect::<Vec<_>>() {
        if tree.attr(enlightenment, "state") == Some("off") {
            tree.remove_attr(enlightenment, "value");
            tree.remove_attr(enlightenment, "retries");
            tree.set_children(enlightenment, []);
        }
    }
    if let Some(spinlocks) = tree.child(hyperv, "spinlocks")
        && tree.number(spinlocks, "@retries") == Some(NEVER_NOTIFY)
    {
        tree.remove_attr(spinlocks, "retries");
    }
    if let Some(stimer) = tree.child(hyperv, "stimer")
        && tree.get(stimer, "direct/@state") == Some("off")
    {
        tree.remove_child(stimer, "direct");
    }
    if let Some(tlbflush) = tree.child(hyperv, "tlbflush") {
        for name in ["direct", "extended"] {
            if tree
                .child(tlbflush, name)
                .is_some_and(|sub| tree.attr(sub, "state") == Some("off"))
            {
                tree.remove_child(tlbflush, name);
            }
        }
    }
}

/// Spinlock retries that mean "never notify", which is also what leaving them
/// out means.
const NEVER_NOTIFY: u64 = 0xffff_ffff;
