//! CPUs and NUMA nodes of a destination: what a guest is pinned and bound to.

use std::collections::BTreeMap;

use super::platform::online;
use crate::host::HostFacts;
use crate::host::facts::NumaNode;
use crate::report::{EnforcedBy, Level};
use crate::rules::{Check, Fact, Found, Proof, Rule};
use crate::tree::NodeId;
use crate::value::NumberSet;
use crate::view::{Guest, Pin};

pub(in crate::rules) static RULES: &[Rule] = &[
    Rule {
        id: "host/cpuset",
        why: "Threads of the guest are pinned to CPUs of the host by number: where these are missing or offline, libvirt refuses the guest (`cannot set CPU affinity`, or `Unable to write to cpuset.cpus` where only some of them are missing and cgroups are in use).",
        help: "give CPUs that the destination has (`virsh nodecpumap` there) with `virsh migrate --xml`, or drop the pin: `virsh vcpupin`, `virsh emulatorpin`, `virsh iothreadpin`",
        source: "live migration between two libvirt 9.0 hosts; Linux cpuset.cpus refuses numbers beyond its CPUs (run)",
        proof: Proof::Run,
        needs: &[Fact::Capabilities],
        example: "<vcpupin vcpu='0' cpuset='12'/>",
        check: Check::Destination(cpuset),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpuset-isolated",
        level: Level::Warning,
        enforced_by: EnforcedBy::Nobody,
        why: "The destination keeps CPUs free for pinned guests (isolcpus), and this one is pinned to others: it shares them with everything else there.",
        help: "pin it to the isolated CPUs of the destination with `virsh migrate --xml` (there: cat /sys/devices/system/cpu/isolated)",
        source: "Linux isolcpus; libvirt knowledge base, real-time KVM",
        example: "<vcpupin vcpu='0' cpuset='1'/>",
        check: Check::Destination(isolated),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/numa-distance-locality",
        level: Level::Info,
        enforced_by: EnforcedBy::Nobody,
        why: "The virtual CPU would run in one NUMA node and have its memory in another: every access goes through the link between them.",
        help: "pin it to CPUs of the node that its memory is bound to, with `virsh migrate --xml` (`virsh capabilities` there lists them)",
        source: "libvirt formatdomain, NUMA node tuning",
        example: "<vcpupin vcpu='0' cpuset='1'/>",
        check: Check::Destination(locality),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/numa-memory",
        enforced_by: EnforcedBy::Nobody,
        why: "The guest's memory may come from these NUMA nodes only: where they have less, the kernel swaps or kills the guest although other nodes have room.",
        help: "bind it to nodes with room with `virsh migrate --xml` (`virsh freecell --all` there), or use mode 'preferred'",
        source: "libvirt formatdomain, NUMA node tuning; Linux set_mempolicy(2), MPOL_BIND",
        needs: &[Fact::Capabilities, Fact::Memory],
        example: "<memory mode='strict' nodeset='0'/>",
        check: Check::Destination(numa_memory),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/numa-nodeset",
        why: "The guest's memory is to come from NUMA nodes of the host by number: where one is missing, libvirt refuses the guest, whatever the mode (`NUMA node N is unavailable`).",
        help: "give nodes that the destination has (`virsh capabilities` there) with `virsh migrate --xml`, or take <numatune> out",
        source: "live migration between two libvirt 9.0 hosts (strict); started on libvirt 9.0 (restrictive, preferred, interleave, memnode)",
        proof: Proof::Run,
        needs: &[Fact::Capabilities],
        example: "<memory mode='strict' nodeset='3'/>",
        check: Check::Destination(nodeset),
        ..Rule::DEMAND
    },
];

/// Which lists of host numbers a destination lacks something of.
fn lacking(
    lists: impl Iterator<Item = (NodeId, NumberSet)>,
    has: Option<&NumberSet>,
    what: &str,
) -> Vec<Found> {
    let find = |(node, wanted): (NodeId, NumberSet)| {
        let Some(has) = has else {
            let message = format!("{what} {wanted} must be there");
            return Some(Found::at(node, message).needs(Fact::Capabilities));
        };
        let missing = wanted.without(has);
        let message = format!("{what} {missing} is not there, {has} are");
        (!missing.is_empty()).then(|| Found::at(node, message))
    };
    lists.filter_map(find).collect()
}

fn cpuset(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let online = online(host);
    // A virtual CPU that is not plugged in has no thread yet.
    let plugged = guest.number("vcpu/@current").or(guest.number("vcpu"));
    let is_single = guest.at("vcpus").is_some();
    let is_there = |pin: &Pin| {
        let id = pin.vcpu.map(u64::from);
        is_single || id.zip(plugged).is_none_or(|(id, plugged)| id < plugged)
    };
    let pins = guest.pins().into_iter().filter(is_there);
    lacking(pins.map(|pin| (pin.node, pin.cpus)), online.as_ref(), "CPU")
}

fn isolated(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let isolated = host.resources.isolated_cpus.as_ref()?;
        let isolated = NumberSet::parse(isolated).ok()?;
        let online = online(host)?;
        let outside = |pin: &Pin| {
            let is_missing = pin.cpus.without(&online) == pin.cpus;
            let is_all = online.without(&pin.cpus).is_empty();
            pin.vcpu.is_some() && !is_all && !is_missing && !pin.cpus.without(&isolated).is_empty()
        };
        let pin = guest.pins().into_iter().find(outside)?;
        let message = format!(
            "CPUs {} are not among those that are kept free there, {isolated}",
            pin.cpus
        );
        Some(Found::at(pin.node, message))
    };
    find().into_iter().collect()
}

/// The NUMA nodes of a host by number.
fn nodes(host: &HostFacts) -> Option<BTreeMap<u32, &NumaNode>> {
    let nodes = host.system.numa.as_ref()?;
    Some(nodes.iter().map(|node| (node.id, node)).collect())
}

fn numbers(numbers: impl Iterator<Item = u32>) -> NumberSet {
    let mut set = NumberSet::default();
    for number in numbers {
        set.insert(number, number);
    }
    set
}

fn nodeset(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let has = nodes(host).map(|nodes| numbers(nodes.into_keys()));
    let bindings = guest.bindings().all.into_iter();
    let bindings = bindings.map(|binding| (binding.node, binding.nodes));
    let modules = guest.devices("memory").filter_map(|module| {
        let node = tree.at(module, "source/nodemask")?;
        Some((node, NumberSet::parse(tree.value(node)?).ok()?))
    });
    lacking(bindings.chain(modules), has.as_ref(), "NUMA node")
}

fn numa_memory(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    // Huge pages are counted by themselves.
    if guest.at("memoryBacking/hugepages").is_some() {
        return Vec::new();
    }
    let bindings = guest.bindings();
    let Some(has) = nodes(host) else {
        // That the nodes must be there is said already.
        return Vec::new();
    };
    // What is bound to the same nodes is counted together.
    let mut demands: BTreeMap<String, (NodeId, NumberSet, u64)> = BTreeMap::new();
    let mut add = |cell: Option<u32>, kib: u64| {
        if let Some(binding) = bindings.of(cell).filter(|binding| binding.strict) {
            let demand = (binding.node, binding.nodes.clone(), 0);
            let demand = demands.entry(binding.nodes.to_string()).or_insert(demand);
            demand.2 = demand.2.saturating_add(kib);
        }
    };
    let cells: Vec<(u32, NodeId, u64)> = guest.cells().collect();
    for (id, _, kib) in &cells {
        add(Some(*id), *kib);
    }
    if cells.is_empty() {
        add(None, guest.number("memory").unwrap_or(0));
    }
    let judge = |(names, (node, set, kib)): (String, (NodeId, NumberSet, u64))| {
        let bound: Vec<&&NumaNode> = has
            .iter()
            .filter(|(id, _)| set.contains(**id))
            .map(|(_, node)| node)
            .collect();
        if bound.is_empty() {
            return None;
        }
        let sum = |part: fn(&NumaNode) -> Option<u64>| {
            let mut parts = bound.iter().map(|node| part(node));
            parts.try_fold(0_u64, |sum, part| Some(sum.saturating_add(part?)))
        };
        let mib = |kib: u64| format!("{} MiB", kib / 1024);
        let (total, free) = (sum(|node| node.memory_kib), sum(|node| node.free_kib));
        let wanted = mib(kib);
        match (total, free) {
            (Some(total), _) if kib > total => {
                let message = format!("{wanted} must be in NUMA node {names}, {} are", mib(total));
                Some(Found::at(node, message))
            }
            // Caches give way, so it may be enough.
            (_, Some(free)) if kib > free => {
                let message = format!(
                    "{wanted} must be in NUMA node {names}, {} were free",
                    mib(free)
                );
                Some(Found::at(node, message).level(Level::Warning))
            }
            (_, Some(_)) => None,
            (_, None) => {
                let message = format!("{wanted} must be free in NUMA node {names}");
                let found = Found::at(node, message).level(Level::Warning);
                Some(found.needs(Fact::Memory))
            }
        }
    };
    demands.into_iter().filter_map(judge).collect()
}

fn locality(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let has = nodes(host)?;
        let bindings = guest.bindings();
        let tree = guest.tree();
        // First virtual CPU of a range to its last and its cell.
        let mut cells: BTreeMap<u32, (u32, u32)> = BTreeMap::new();
        for (id, cell, _) in guest.cells() {
            let cpus = tree
                .attr(cell, "cpus")
                .and_then(|text| NumberSet::parse(text).ok());
            for (first, last) in cpus.iter().flat_map(NumberSet::ranges) {
                cells.insert(first, (last, id));
            }
        }
        let cell_of = |vcpu: u32| {
            let (_, (last, cell)) = cells.range(..=vcpu).next_back()?;
            (vcpu <= *last).then_some(*cell)
        };
        let is_apart = |pin: &Pin| {
            let Some(vcpu) = pin.vcpu else {
                return false;
            };
            let Some(binding) = bindings.of(cell_of(vcpu)) else {
                return false;
            };
            let mut near = NumberSet::default();
            for (first, last) in binding.nodes.ranges() {
                for (_, node) in has.range(first..=last) {
                    let cpus = node.cpus.as_ref().map(|text| NumberSet::parse(text));
                    match cpus {
                        Some(Ok(cpus)) => near.extend(&cpus),
                        // A node without CPUs, or of which nothing is known.
                        _ => return false,
                    }
                }
            }
            !near.is_empty() && pin.cpus.without(&near) == pin.cpus
        };
        let apart: Vec<Pin> = guest.pins().into_iter().filter(is_apart).collect();
        let first = apart.first()?;
        let vcpus = numbers(apart.iter().filter_map(|pin| pin.vcpu));
        let message = format!("virtual CPUs {vcpus} run far from their memory there");
        Some(Found::at(first.node, message))
    };
    find().into_iter().collect()
}
