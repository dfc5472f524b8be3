//! Domain-wide elements: memory, vCPUs, I/O threads, NUMA, tuning, clock,
//! boot, life cycle (`virDomainDefPostParse` and the parsers of those elements).

use std::collections::BTreeSet;

use super::{DeviceKind, Devices, Release};
use crate::canon::Machine;
use crate::schema::Kind;
use crate::tree::{NodeId, Provenance, Tree};
use crate::value::NumberSet;

/// Limits at or above this many KiB are "unlimited", the same as none
/// (`VIR_DOMAIN_MEMORY_PARAM_UNLIMITED`).
const UNLIMITED_KIB: u64 = 9_007_199_254_740_991;

pub(super) fn fill(tree: &mut Tree<'_>, devices: &Devices, machine: &Machine) {
    uuid(tree);
    vcpus(tree);
    numa_cells(tree, machine);
    memory(tree, devices);
    memory_tuning(tree);
    io_threads(tree);
    pins(tree);
    numatune(tree);
    clock(tree);
    counters(tree);
    lifecycle(tree);
    boot(tree, devices);
    drop_empty(tree);
}

/// A domain without a UUID takes the one its SMBIOS tables show.
fn uuid(tree: &mut Tree<'_>) {
    if tree.child(Tree::ROOT, "uuid").is_some() {
        return;
    }
    let shown = tree
        .children_named(Tree::ROOT, "sysinfo")
        .filter_map(|sysinfo| tree.child(sysinfo, "system"))
        .flat_map(|system| tree.children_named(system, "entry"))
        .find(|entry| tree.attr(*entry, "name") == Some("uuid"))
        .and_then(|entry| crate::value::canonical(Kind::Uuid, tree.value(entry)?).ok())
        .map(std::borrow::Cow::into_owned);
    if let Some(shown) = shown {
        let uuid = tree.append(Tree::ROOT, "uuid", Provenance::Filled);
        tree.set_value(uuid, shown);
    }
}

/// Texts and blocks that libvirt does not keep when they are empty.
fn drop_empty(tree: &mut Tree<'_>) {
    for name in ["title", "description"] {
        if let Some(node) = tree.child(Tree::ROOT, name)
            && tree.value(node).unwrap_or_default().is_empty()
        {
            tree.remove(node);
        }
    }
    for name in [
        "pm",
        "perf",
        "resource",
        "cputune",
        "blkiotune",
        "memtune",
        "memoryBacking",
        "features",
        "iothreadids",
        "numatune",
    ] {
        if let Some(node) = tree.child(Tree::ROOT, name)
            && is_bare(tree, node)
        {
            tree.remove(node);
        }
    }
    // Children of <metadata> without a name space are not kept.
    if let Some(metadata) = tree.child(Tree::ROOT, "metadata") {
        let kept: Vec<NodeId> = tree
            .children(metadata)
            .filter(|child| tree.namespace(*child).is_some())
            .collect();
        tree.set_children(metadata, kept);
    }
    sysinfo(tree);
}

/// Entries of a block in libvirt's order, each once, none empty.
fn sysinfo(tree: &mut Tree<'_>) {
    const ORDER: [&str; 16] = [
        "vendor",
        "manufacturer",
        "product",
        "version",
        "date",
        "release",
        "serial",
        "uuid",
        "sku",
        "family",
        "asset",
        "location",
        "",
        "",
        "",
        "",
    ];
    let sysinfos: Vec<NodeId> = tree.children_named(Tree::ROOT, "sysinfo").collect();
    for sysinfo in sysinfos {
        let blocks: Vec<NodeId> = tree.children(sysinfo).collect();
        for block in blocks {
            let full: Vec<NodeId> = tree
                .children(block)
                .filter(|entry| !tree.value(*entry).unwrap_or_default().is_empty())
                .collect();
            let mut full = full;
            if matches!(
                tree.name(block),
                "bios" | "system" | "baseBoard" | "chassis"
            ) {
                let rank = |entry: &NodeId| {
                    let name = tree.attr(*entry, "name").unwrap_or_default();
                    ORDER.iter().position(|n| *n == name)
                };
                full.sort_by_key(rank);
                full.dedup_by_key(|entry| rank(entry));
            }
            let is_list = tree.name(block) == "entry";
            if full.is_empty() && !is_list {
                tree.remove(block);
            } else {
                tree.set_children(block, full);
            }
        }
    }
}

/// Whether an element has neither attributes nor children.
pub(super) fn is_bare(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.attributes(node).next().is_none() && tree.children(node).next().is_none()
}

fn vcpus(tree: &mut Tree<'_>) {
    let auto_memory = tree.get(Tree::ROOT, "numatune/memory/@placement") == Some("auto");
    let vcpu = tree.ensure(Tree::ROOT, "vcpu", Provenance::Default);
    if tree.value(vcpu).is_none() {
        tree.set_value(vcpu, "1");
    }
    if tree.attr(vcpu, "cpuset").is_some_and(str::is_empty) {
        tree.remove_attr(vcpu, "cpuset");
    }
    let written_set = tree.attr(vcpu, "cpuset").is_some();
    if auto_memory && !written_set {
        tree.default_attr(vcpu, "placement", "auto");
    }
    tree.default_attr(vcpu, "placement", "static");
    if tree.attr(vcpu, "placement") == Some("auto") {
        tree.remove_attr(vcpu, "cpuset");
        if tree.child(Tree::ROOT, "numatune").is_none() {
            let numatune = tree.append(Tree::ROOT, "numatune", Provenance::Filled);
            let memory = tree.append(numatune, "memory", Provenance::Filled);
            tree.set_attr(memory, "mode", "strict", Provenance::Filled);
            tree.set_attr(memory, "placement", "auto", Provenance::Filled);
        }
    }
    let maximum = tree.amount(vcpu);
    let listed = vcpu_list(tree);
    if let Some(online) = listed {
        tree.set_attr(vcpu, "current", online.to_string(), Provenance::Filled);
    }
    if tree.number(vcpu, "@current") == maximum {
        tree.remove_attr(vcpu, "current");
    }
}

/// Fills in a written vCPU list and counts the enabled ones.
fn vcpu_list(tree: &mut Tree<'_>) -> Option<usize> {
    let list = tree.child(Tree::ROOT, "vcpus")?;
    const MOST: u64 = 4096;
    let mut entries: Vec<NodeId> = tree.children_named(list, "vcpu").collect();
    // Of a vCPU listed twice the last counts; one that is not listed is off.
    entries.reverse();
    entries.sort_by_key(|entry| tree.number(*entry, "@id"));
    entries.dedup_by_key(|entry| tree.number(*entry, "@id"));
    let listed: BTreeSet<u64> = entries
        .iter()
        .filter_map(|entry| tree.number(*entry, "@id"))
        .collect();
    let maximum = tree.number(Tree::ROOT, "vcpu").unwrap_or(1).min(MOST);
    for id in (0..maximum).filter(|id| !listed.contains(id)) {
        let entry = tree.append(list, "vcpu", Provenance::Filled);
        tree.set_attr(entry, "id", id.to_string(), Provenance::Filled);
        tree.set_attr(entry, "enabled", "no", Provenance::Filled);
        entries.push(entry);
    }
    let mut online = 0;
    for entry in &entries {
        let enabled = tree.attr(*entry, "enabled") != Some("no");
        online += usize::from(enabled);
        tree.default_attr(*entry, "hotpluggable", if enabled { "no" } else { "yes" });
    }
    entries.sort_by_key(|entry| tree.number(*entry, "@id"));
    tree.set_children(list, entries);
    Some(online)
}

/// Ids, order and full CPU coverage of the guest's NUMA cells, and the cell
/// that memory hot-plug needs.
fn numa_cells(tree: &mut Tree<'_>, machine: &Machine) {
    let vcpus = tree
        .number(Tree::ROOT, "vcpu")
        .and_then(|n| u32::try_from(n).ok())
        .unwrap_or(1);
    let mut cells = cells(tree);
    if cells.is_empty() {
        if machine.release == Release::V9_0 || tree.child(Tree::ROOT, "maxMemory").is_none() {
            return;
        }
        let Some(memory) = tree.get(Tree::ROOT, "memory").map(str::to_owned) else {
            return;
        };
        let cpu = tree.ensure(Tree::ROOT, "cpu", Provenance::Filled);
        let numa = tree.ensure(cpu, "numa", Provenance::Filled);
        let cell = tree.append(numa, "cell", Provenance::Filled);
        tree.set_attr(cell, "id", "0", Provenance::Filled);
        let cpus = if vcpus > 1 {
            format!("0-{}", vcpus - 1)
        } else {
            "0".to_owned()
        };
        tree.set_attr(cell, "cpus", cpus, Provenance::Filled);
        tree.set_attr(cell, "memory", memory, Provenance::Filled);
        return;
    }
    for (position, cell) in cells.iter().enumerate() {
        tree.default_attr(*cell, "id", position.to_string());
    }
    cells.sort_by_key(|cell| tree.number(*cell, "@id"));
    let mut covered = NumberSet::default();
    for cell in &cells {
        if let Some(set) = tree
            .attr(*cell, "cpus")
            .and_then(|text| NumberSet::parse(text).ok())
        {
            covered.extend(&set);
        }
    }
    if covered.len() < vcpus as usize && vcpus <= MOST_VCPUS {
        let mut first = tree
            .attr(cells[0], "cpus")
            .and_then(|text| NumberSet::parse(text).ok())
            .unwrap_or_default();
        for cpu in (0..vcpus).filter(|cpu| !covered.contains(*cpu)) {
            first.insert(cpu, cpu);
        }
        tree.set_attr(cells[0], "cpus", first.to_string(), Provenance::Filled);
    }
    if let Some(numa) = tree.at(Tree::ROOT, "cpu/numa") {
        let rest: Vec<NodeId> = tree
            .children(numa)
            .filter(|child| tree.name(*child) != "cell")
            .collect();
        tree.set_children(numa, cells.iter().copied().chain(rest));
    }
    mirror_distances(tree, &cells);
}

/// libvirt's own bound on vCPUs is far lower; this one bounds our work.
const MOST_VCPUS: u32 = 1 << 16;

fn cells(tree: &Tree<'_>) -> Vec<NodeId> {
    tree.at(Tree::ROOT, "cpu/numa")
        .map(|numa| tree.children_named(numa, "cell").collect())
        .unwrap_or_default()
}

/// A distance written in one cell only holds in the other direction too, and a
/// cell that has any lists them all: 10 to itself, 20 to any other by default.
fn mirror_distances(tree: &mut Tree<'_>, cells: &[NodeId]) {
    const MOST_CELLS: usize = 128;
    if cells.len() > MOST_CELLS
        || !cells
            .iter()
            .any(|cell| tree.child(*cell, "distances").is_some())
    {
        return;
    }
    let count = cells.len();
    let mut table = vec![None; count * count];
    for (from, cell) in cells.iter().enumerate() {
        let Some(distances) = tree.child(*cell, "distances") else {
            continue;
        };
        for sibling in tree.children_named(distances, "sibling") {
            if let (Some(to), Some(value)) =
                (tree.number(sibling, "@id"), tree.number(sibling, "@value"))
                && let Some(slot) = usize::try_from(to).ok().filter(|to| *to < count)
            {
                table[from * count + slot] = Some(value);
            }
        }
    }
    let distance = |from: usize, to: usize| {
        table[from * count + to]
            .or(table[to * count + from])
            .unwrap_or(if from == to { 10 } else { 20 })
    };
    for (from, cell) in cells.iter().enumerate() {
        let distances = tree.ensure(*cell, "distances", Provenance::Filled);
        for to in 0..count {
            let id = to.to_string();
            let written = tree
                .children_named(distances, "sibling")
                .find(|s| tree.attr(*s, "id") == Some(&id));
            if written.is_none() {
                let sibling = tree.append(distances, "sibling", Provenance::Filled);
                tree.set_attr(sibling, "id", id, Provenance::Filled);
                tree.set_attr(
                    sibling,
                    "value",
                    distance(from, to).to_string(),
                    Provenance::Filled,
                );
            }
        }
        let mut siblings: Vec<NodeId> = tree.children_named(distances, "sibling").collect();
        // Of a distance written twice the last counts.
        siblings.reverse();
        siblings.sort_by_key(|sibling| tree.number(*sibling, "@id"));
        siblings.dedup_by_key(|sibling| tree.number(*sibling, "@id"));
        tree.set_children(distances, siblings);
    }
}

/// Total memory in KiB: NUMA cells and memory devices decide over what is written.
fn memory(tree: &mut Tree<'_>, devices: &Devices) {
    let plugged: u64 = devices[DeviceKind::Memory]
        .iter()
        .filter_map(|device| tree.number(*device, "target/size"))
        .fold(0, u64::saturating_add);
    let in_cells: u64 = cells(tree)
        .iter()
        .filter_map(|cell| tree.number(*cell, "@memory"))
        .fold(0, u64::saturating_add);
    let memory = tree.ensure(Tree::ROOT, "memory", Provenance::Filled);
    if in_cells > 0 {
        let total = in_cells.saturating_add(plugged).to_string();
        if tree.value(memory) != Some(&total) {
            tree.set_value(memory, total);
            tree.set_provenance(memory, Provenance::Filled);
        }
    }
    let total = tree.amount(memory).unwrap_or(0);
    let current = tree.ensure(Tree::ROOT, "currentMemory", Provenance::Filled);
    let written = tree.amount(current).unwrap_or(0);
    if written == 0 || written > total {
        tree.set_value(current, total.to_string());
        tree.set_provenance(current, Provenance::Filled);
    }
}

fn memory_tuning(tree: &mut Tree<'_>) {
    if let Some(memtune) = tree.child(Tree::ROOT, "memtune") {
        let limited: Vec<NodeId> = tree
            .children(memtune)
            .filter(|limit| tree.amount(*limit).is_none_or(|kib| kib < UNLIMITED_KIB))
            .collect();
        tree.set_children(memtune, limited);
    }
    // Without NUMA cells there is only node 0, so naming it says nothing.
    if cells(tree).is_empty()
        && let Some(pages) = tree.at(Tree::ROOT, "memoryBacking/hugepages")
    {
        let list: Vec<NodeId> = tree.children_named(pages, "page").collect();
        for page in list {
            if tree.attr(page, "nodeset") == Some("0") {
                tree.remove_attr(page, "nodeset");
            }
        }
    }
}

/// `<iothreads>` is the count, `<iothreadids>` the ids; either may be left out.
fn io_threads(tree: &mut Tree<'_>) {
    const MOST: u64 = 4096;
    let list = tree.child(Tree::ROOT, "iothreadids");
    let ids: BTreeSet<u64> = list
        .map(|list| {
            tree.children_named(list, "iothread")
                .filter_map(|t| tree.number(t, "@id"))
                .collect()
        })
        .unwrap_or_default();
    let count = tree
        .number(Tree::ROOT, "iothreads")
        .unwrap_or(0)
        .max(ids.len() as u64);
    if count == 0 || count > MOST {
        if let Some(node) = tree.child(Tree::ROOT, "iothreads").filter(|_| count == 0) {
            tree.remove(node);
        }
        return;
    }
    let node = tree.ensure(Tree::ROOT, "iothreads", Provenance::Filled);
    tree.set_value(node, count.to_string());
    if let Some(list) = list {
        let missing = count - ids.len() as u64;
        let free: Vec<u64> = (1..)
            .filter(|id| !ids.contains(id))
            .take(usize::try_from(missing).unwrap_or(0))
            .collect();
        for id in free {
            let thread = tree.append(list, "iothread", Provenance::Filled);
            tree.set_attr(thread, "id", id.to_string(), Provenance::Filled);
        }
        // A list that says no more than the count is not printed.
        let plain = tree
            .children_named(list, "iothread")
            .enumerate()
            .all(|(i, t)| tree.number(t, "@id") == Some(i as u64 + 1) && only_id(tree, t));
        if plain {
            tree.remove(list);
        }
    }
}

fn only_id(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.attributes(node).count() == 1 && tree.children(node).next().is_none()
}

/// Pins are a map by id; libvirt prints them sorted, kind by kind.
fn pins(tree: &mut Tree<'_>) {
    let Some(cputune) = tree.child(Tree::ROOT, "cputune") else {
        return;
    };
    split_schedulers(tree, cputune);
    let mut children: Vec<NodeId> = tree.children(cputune).collect();
    children.sort_by_key(|child| match tree.name(*child) {
        "vcpupin" => (1, tree.number(*child, "@vcpu")),
        "iothreadpin" => (2, tree.number(*child, "@iothread")),
        "vcpusched" => (3, tree.number(*child, "@vcpus")),
        "iothreadsched" => (4, tree.number(*child, "@iothreads")),
        _ => (0, None),
    });
    tree.set_children(cputune, children);
}

/// A scheduler for several threads is one for each of them.
fn split_schedulers(tree: &mut Tree<'_>, cputune: NodeId) {
    const MOST: usize = 4096;
    for (name, ids) in [("vcpusched", "vcpus"), ("iothreadsched", "iothreads")] {
        let written: Vec<NodeId> = tree.children_named(cputune, name).collect();
        let mut made = 0;
        for scheduler in written {
            let Some(set) = tree
                .attr(scheduler, ids)
                .and_then(|text| NumberSet::parse(text).ok())
            else {
                continue;
            };
            made += set.len();
            if set.len() < 2 || made > MOST {
                continue;
            }
            let mut numbers = set.iter();
            let first = numbers.next().unwrap_or_default().to_string();
            for number in numbers {
                let copy = tree.copy_into(scheduler, cputune, Provenance::Written);
                tree.set_attr(copy, ids, number.to_string(), Provenance::Written);
            }
            tree.set_attr(scheduler, ids, first, Provenance::Written);
        }
    }
}

fn numatune(tree: &mut Tree<'_>) {
    if let Some(numatune) = tree.child(Tree::ROOT, "numatune") {
        let mut children: Vec<NodeId> = tree.children(numatune).collect();
        children.sort_by_key(|child| tree.number(*child, "@cellid"));
        tree.set_children(numatune, children);
    }
    let static_vcpus = tree.get(Tree::ROOT, "vcpu/@placement") != Some("auto");
    let Some(numatune) = tree.child(Tree::ROOT, "numatune") else {
        return;
    };
    let Some(memory) = tree.child(numatune, "memory") else {
        return;
    };
    tree.default_attr(memory, "mode", "strict");
    let has_nodeset = tree.attr(memory, "nodeset").is_some();
    if has_nodeset {
        if tree.attr(memory, "placement") == Some("static") {
            tree.remove_attr(memory, "placement");
        }
    } else if tree.attr(memory, "placement").is_none() && !static_vcpus {
        tree.default_attr(memory, "placement", "auto");
    }
}

fn clock(tree: &mut Tree<'_>) {
    let clock = tree.ensure(Tree::ROOT, "clock", Provenance::Default);
    tree.default_attr(clock, "offset", "utc");
    let offset = tree.attr(clock, "offset").unwrap_or_default().to_owned();
    let adjustment = tree.attr(clock, "adjustment").map(str::to_owned);
    match (offset.as_str(), adjustment.as_deref()) {
        ("utc" | "localtime", Some("reset")) => {}
        ("utc" | "localtime", Some(_)) => {
            tree.set_attr(clock, "offset", "variable", Provenance::Filled);
            tree.set_attr(clock, "basis", offset, Provenance::Filled);
        }
        ("variable", adjustment) => {
            if adjustment.is_none() {
                tree.default_attr(clock, "adjustment", "0");
            }
            tree.default_attr(clock, "basis", "utc");
        }
        _ => {}
    }
}

/// Counters are a set; libvirt prints them in an order of its own.
fn counters(tree: &mut Tree<'_>) {
    if let Some(perf) = tree.child(Tree::ROOT, "perf") {
        let mut events: Vec<NodeId> = tree.children(perf).collect();
        events.sort_by_key(|event| tree.attr(*event, "name"));
        tree.set_children(perf, events);
    }
}

fn lifecycle(tree: &mut Tree<'_>) {
    for (name, action) in [
        ("on_poweroff", "destroy"),
        ("on_reboot", "restart"),
        ("on_crash", "destroy"),
    ] {
        let node = tree.ensure(Tree::ROOT, name, Provenance::Default);
        if tree.value(node).is_none() {
            tree.set_value(node, action);
        }
    }
}

/// With no boot device and no per-device order, libvirt boots from the hard disk.
fn boot(tree: &mut Tree<'_>, devices: &Devices) {
    let os = tree.ensure(Tree::ROOT, "os", Provenance::Default);
    let kind = tree.get(os, "type").unwrap_or("hvm");
    if kind == "hvm"
        && tree.child(os, "boot").is_none()
        && ![
            DeviceKind::Disk,
            DeviceKind::Interface,
            DeviceKind::Hostdev,
            DeviceKind::Redirdev,
            DeviceKind::Filesystem,
        ]
        .into_iter()
        .any(|kind| {
            devices[kind]
                .iter()
                .any(|device| tree.child(*device, "boot").is_some())
        })
    {
        let boot = tree.append(os, "boot", Provenance::Default);
        tree.set_attr(boot, "dev", "hd", Provenance::Default);
    }
    if tree.get(os, "bootmenu/@enable") == Some("no")
        && let Some(menu) = tree.child(os, "bootmenu")
    {
        tree.remove_attr(menu, "timeout");
    }
    let features = tree.child(os, "firmware");
    if let Some(features) = features {
        let enabled = |tree: &Tree<'_>, name: &str| {
            tree.children_named(features, "feature")
                .find(|feature| tree.attr(*feature, "name") == Some(name))
                .map(|feature| tree.attr(feature, "enabled") == Some("yes"))
        };
        // Enrolled keys are of use with secure boot only.
        // Of a feature named twice the first counts.
        let mut names: Vec<String> = Vec::new();
        for feature in tree.children_named(features, "feature").collect::<Vec<_>>() {
            let name = tree.attr(feature, "name").unwrap_or_default().to_owned();
            if names.contains(&name) {
                tree.remove(feature);
            } else {
                names.push(name);
            }
        }
        let mut list: Vec<NodeId> = tree.children(features).collect();
        list.sort_by_key(|feature| tree.attr(*feature, "name"));
        tree.set_children(features, list);
        if enabled(tree, "enrolled-keys") == Some(true) && enabled(tree, "secure-boot").is_none() {
            let feature = tree.append(features, "feature", Provenance::Filled);
            tree.set_attr(feature, "enabled", "yes", Provenance::Filled);
            tree.set_attr(feature, "name", "secure-boot", Provenance::Filled);
        }
    }
    firmware(tree, os);
}

fn firmware(tree: &mut Tree<'_>, os: NodeId) {
    let Some(loader) = tree.child(os, "loader") else {
        return;
    };
    let has_path = tree.value(loader).is_some_and(|path| !path.is_empty());
    if has_path {
        tree.default_attr(loader, "type", "rom");
    }
    if tree.attr(loader, "type") != Some("pflash") {
        return;
    }
    if has_path {
        // The image is told; 12.8 writes what it knows of it beside.
        tree.remove_attr(os, "firmware");
        tree.remove_child(os, "firmware");
    }
    if has_path {
        tree.default_attr(loader, "format", "raw");
    }
    if tree.attr(loader, "readonly") == Some("yes") && tree.attr(loader, "stateless") != Some("yes")
    {
        let nvram = tree.ensure(os, "nvram", Provenance::Filled);
        let has_source = tree.child(nvram, "source").is_some();
        if tree.value(nvram).unwrap_or_default().is_empty() && !has_source {
            let name = tree.get(Tree::ROOT, "name").unwrap_or_default();
            let path = format!("/var/lib/libvirt/qemu/nvram/{name}_VARS.fd");
            tree.set_value(nvram, path);
        }
        if tree.attr(nvram, "template").is_some() {
            tree.default_attr(nvram, "templateFormat", "raw");
        }
        tree.default_attr(nvram, "format", "raw");
    }
}
