//! Reads `virsh capabilities`: the host as libvirt sees it, and the guests it can run.

use roxmltree::Node;

use super::facts::{
    BandwidthControl, CacheControl, GuestFacts, HostFacts, HostTopology, HugePages, Layer,
    MachineFacts, NamedCpu, NumaNode, Resctrl, SourceKind,
};
use crate::cpu::def::{CpuDef, Kind};
use crate::cpu::error::{InputError, InputErrorKind};
use crate::cpu::input::{at_node, child, children, number, number32, text_of};
use crate::cpu::xml::read_cpu;
use crate::schema::Unit;
use crate::value::size_in_bytes;

/// The most CPUs of a NUMA cell that are listed.
const CPU_LIMIT: usize = 65_536;

/// Reads a `<capabilities>` element.
///
/// # Errors
/// No `<host>`, or a `<cpu>` that libvirt would refuse.
pub fn read_capabilities(node: Node<'_, '_>, file: &str) -> Result<HostFacts, InputError> {
    let host = child(node, "host").ok_or_else(|| {
        let text = "<capabilities> without <host>".to_owned();
        at_node(node, file, InputErrorKind::Content(text))
    })?;
    let mut facts = HostFacts::from_source(SourceKind::Capabilities, file);
    if let Some(node) = child(host, "cpu") {
        let cpu = read_cpu(node, file)?;
        if cpu.kind == Kind::Guest && cpu.model.is_some() {
            let text = "the <cpu> of a host without <arch>".to_owned();
            return Err(at_node(node, file, InputErrorKind::Content(text)));
        }
        facts.system.page_sizes_kib = page_sizes(node);
        take_cpu(&mut facts, cpu);
    }
    let system = &mut facts.system;
    system.host_uuid = child(host, "uuid").and_then(text_of);
    system.iommu = child(host, "iommu").and_then(|iommu| match iommu.attribute("support") {
        Some("yes") => Some(true),
        Some("no") => Some(false),
        _ => None,
    });
    let models: Vec<String> = children(host, "secmodel")
        .filter_map(|model| child(model, "model").and_then(text_of))
        .collect();
    system.secmodels = (!models.is_empty()).then_some(models);
    system.migration_transports = child(host, "migration_features")
        .and_then(|features| child(features, "uri_transports"))
        .map(|list| {
            children(list, "uri_transport")
                .filter_map(text_of)
                .collect()
        });
    if let Some(cells) = child(host, "topology").and_then(|topology| child(topology, "cells")) {
        let nodes: Vec<NumaNode> = children(cells, "cell").filter_map(numa_node).collect();
        system.memory_kib = nodes.iter().map(|node| node.memory_kib).sum();
        system.numa = Some(nodes);
    }
    system.resctrl = Some(resctrl(host));
    facts.guests = children(node, "guest").flat_map(guest).collect();
    Ok(facts.mark_provenance())
}

/// Reads a bare `<cpu>` element as a host's CPU. One without `<arch>`, as `virsh
/// hypervisor-cpu-baseline` prints it, counts as what the host can give.
///
/// # Errors
/// What libvirt refuses too.
pub fn read_bare_cpu(node: Node<'_, '_>, file: &str) -> Result<HostFacts, InputError> {
    let cpu = read_cpu(node, file)?;
    if cpu.kind == Kind::Guest && cpu.model.is_none() {
        let text = "a <cpu> without a model tells nothing about a host".to_owned();
        return Err(at_node(node, file, InputErrorKind::Content(text)));
    }
    let mut facts = HostFacts::from_source(SourceKind::Cpu, file);
    facts.system.page_sizes_kib = page_sizes(node);
    take_cpu(&mut facts, cpu);
    Ok(facts.mark_provenance())
}

/// Takes the definition, and the single facts out of it.
pub(super) fn take_cpu(facts: &mut HostFacts, cpu: CpuDef) {
    let system = &mut facts.system;
    system.arch = cpu.arch.clone();
    system.microcode = cpu.microcode;
    system.physical_address_bits = cpu.max_phys_addr.and_then(|width| width.bits);
    system.tsc_hz = cpu.tsc.map(|tsc| tsc.frequency);
    system.tsc_scaling = cpu.tsc.and_then(|tsc| tsc.scaling);
    system.topology = cpu.topology.map(|topology| HostTopology {
        sockets: topology.sockets,
        dies: topology.dies.saturating_mul(topology.clusters),
        cores: topology.cores,
        threads: topology.threads,
    });
    facts.cpu.definition = Some(Layer {
        value: NamedCpu {
            cpu,
            unknown: Vec::new(),
        },
        source: 0,
    });
}

fn page_sizes(cpu: Node<'_, '_>) -> Option<Vec<u64>> {
    let sizes: Vec<u64> = children(cpu, "pages")
        .filter_map(|page| number(page.attribute("size")?))
        .collect();
    (!sizes.is_empty()).then_some(sizes)
}

fn numa_node(cell: Node<'_, '_>) -> Option<NumaNode> {
    let id = number32(cell.attribute("id")?)?;
    let text_number = |node| text_of(node).and_then(|text| number(&text));
    // The normal pages are no huge pages: the smallest size is left out.
    let mut pages: Vec<HugePages> = children(cell, "pages")
        .filter_map(|page| {
            let size_kib = number(page.attribute("size")?)?;
            Some(HugePages {
                size_kib,
                total: text_number(page)?,
                free: None,
            })
        })
        .collect();
    pages.sort_by_key(|page| page.size_kib);
    pages = pages.split_off(pages.len().min(1));
    let distances = child(cell, "distances").map(|list| {
        children(list, "sibling")
            .filter_map(|node| number32(node.attribute("value")?))
            .collect()
    });
    let cpus: Option<Vec<u32>> = child(cell, "cpus").map(|list| {
        children(list, "cpu")
            .take(CPU_LIMIT)
            .filter_map(|cpu| number32(cpu.attribute("id")?))
            .collect()
    });
    Some(NumaNode {
        id,
        memory_kib: child(cell, "memory").and_then(text_number),
        free_kib: None,
        cpus: cpus.map(ranges),
        distances: distances.unwrap_or_default(),
        pages,
    })
}

/// What libvirt can set apart of caches and memory bandwidth: nothing where it lists nothing.
fn resctrl(host: Node<'_, '_>) -> Resctrl {
    let banks = child(host, "cache").into_iter();
    let banks = banks.flat_map(|cache| children(cache, "bank"));
    let nodes = child(host, "memory_bandwidth").into_iter();
    let nodes = nodes.flat_map(|bandwidth| children(bandwidth, "node"));
    let number_of = |node: Node<'_, '_>, name| node.attribute(name).and_then(number32);
    Resctrl {
        caches: banks
            .flat_map(|bank| children(bank, "control").map(move |control| (bank, control)))
            .filter_map(|(bank, control)| {
                Some(CacheControl {
                    id: number_of(bank, "id")?,
                    level: number_of(bank, "level")?,
                    kind: control.attribute("type")?.to_owned(),
                    size_kib: kib(bank, "size"),
                    granularity_kib: kib(control, "granularity"),
                    min_kib: kib(control, "min"),
                    max_allocs: number_of(control, "maxAllocs"),
                })
            })
            .collect(),
        bandwidth: nodes
            .flat_map(|node| children(node, "control").map(move |control| (node, control)))
            .filter_map(|(node, control)| {
                Some(BandwidthControl {
                    id: number_of(node, "id")?,
                    granularity: number_of(control, "granularity"),
                    min: number_of(control, "min"),
                    max_allocs: number_of(control, "maxAllocs"),
                })
            })
            .collect(),
    }
}

/// An attribute in the unit that the element's `unit` names, in KiB.
fn kib(node: Node<'_, '_>, name: &str) -> Option<u64> {
    let unit = node.attribute("unit");
    let size = size_in_bytes(node.attribute(name)?, unit, Unit::KiB).ok()?;
    u64::try_from(size / 1024).ok()
}

/// `0-3,8` of a list of numbers.
pub(super) fn ranges(mut numbers: Vec<u32>) -> String {
    numbers.sort_unstable();
    numbers.dedup();
    let mut parts: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match parts.last_mut() {
            Some((_, to)) if to.checked_add(1) == Some(number) => *to = number,
            _ => parts.push((number, number)),
        }
    }
    let text: Vec<String> = parts
        .iter()
        .map(|(from, to)| {
            if from == to {
                from.to_string()
            } else {
                format!("{from}-{to}")
            }
        })
        .collect();
    text.join(",")
}

fn guest(node: Node<'_, '_>) -> Vec<GuestFacts> {
    let os_type = child(node, "os_type").and_then(text_of).unwrap_or_default();
    children(node, "arch")
        .filter_map(|arch| {
            let domains = children(arch, "domain").filter_map(|domain| domain.attribute("type"));
            Some(GuestFacts {
                arch: arch.attribute("name")?.to_owned(),
                os_type: os_type.clone(),
                emulator: child(arch, "emulator").and_then(text_of),
                domains: domains.map(str::to_owned).collect(),
                machines: children(arch, "machine")
                    // Those that only one type of domains has stand with it.
                    .chain(children(arch, "domain").flat_map(|kind| children(kind, "machine")))
                    .filter_map(machine)
                    .collect(),
            })
        })
        .collect()
}

fn machine(node: Node<'_, '_>) -> Option<MachineFacts> {
    Some(MachineFacts {
        name: text_of(node)?,
        canonical: node.attribute("canonical").map(str::to_owned),
        max_cpus: node.attribute("maxCpus").and_then(number32),
        deprecated: node.attribute("deprecated") == Some("yes"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_become_ranges() {
        assert_eq!(ranges(vec![3, 0, 1, 2, 8, 8]), "0-3,8");
        assert_eq!(
            ranges(vec![u32::MAX, u32::MAX - 1]),
            "4294967294-4294967295"
        );
        assert_eq!(ranges(Vec::new()), "");
    }
}
