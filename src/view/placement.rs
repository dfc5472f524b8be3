//! Where a guest's virtual CPUs and memory are tied to.

use std::collections::{BTreeMap, BTreeSet};

use super::Guest;
use crate::tree::NodeId;
use crate::value::NumberSet;

/// Threads of the guest that may run on some of the host's CPUs only.
#[derive(Debug, Clone)]
pub struct Pin {
    /// The list of CPUs.
    pub node: NodeId,
    /// The virtual CPU; none: the emulator, an I/O thread, or all that are not pinned otherwise.
    pub vcpu: Option<u32>,
    /// The host's CPUs.
    pub cpus: NumberSet,
}

/// Memory of the guest that is to come from some of the host's NUMA nodes.
#[derive(Debug, Clone)]
pub struct Binding {
    /// The list of nodes.
    pub node: NodeId,
    /// The guest's NUMA cell; none: all that is not bound otherwise.
    pub cell: Option<u32>,
    /// Whether no other node may help out (`strict`, `restrictive`).
    pub strict: bool,
    /// The host's nodes.
    pub nodes: NumberSet,
}

/// The bindings of a guest, in the order of the file.
#[derive(Debug, Clone, Default)]
pub struct Bindings {
    /// All of them.
    pub all: Vec<Binding>,
    by_cell: BTreeMap<u32, usize>,
    general: Option<usize>,
}

impl Bindings {
    fn add(&mut self, binding: Binding) {
        let place = self.all.len();
        match binding.cell {
            Some(cell) => {
                self.by_cell.entry(cell).or_insert(place);
            }
            None => self.general = self.general.or(Some(place)),
        }
        self.all.push(binding);
    }

    /// The binding that counts for a cell of the guest, or for a guest without cells.
    #[must_use]
    pub fn of(&self, cell: Option<u32>) -> Option<&Binding> {
        let own = cell.and_then(|cell| self.by_cell.get(&cell).copied());
        self.all.get(own.or(self.general)?)
    }
}

/// Memory of the guest that is made of huge pages.
#[derive(Debug, Clone)]
pub struct PageDemand {
    /// What asks for them.
    pub node: NodeId,
    /// Size of a page in KiB; none: the host's default.
    pub size_kib: Option<u64>,
    /// How much memory, in KiB.
    pub kib: u64,
    /// The nodes of the host that it must come from; none: any.
    pub nodes: Option<NumberSet>,
}

/// The size in KiB below which a page is a normal one.
pub const HUGE_KIB: u64 = 128;

impl<'g> Guest<'g> {
    fn set(&self, node: NodeId) -> Option<NumberSet> {
        NumberSet::parse(self.tree().value(node)?).ok()
    }

    fn id(&self, node: NodeId, path: &str) -> Option<u32> {
        self.tree()
            .number(node, path)
            .and_then(|id| u32::try_from(id).ok())
    }

    /// The elements at a path of two names.
    fn each(&self, parent: &str, name: &'g str) -> impl Iterator<Item = NodeId> + use<'g> {
        let tree = self.tree();
        self.at(parent)
            .into_iter()
            .flat_map(move |parent| tree.children_named(parent, name))
    }

    /// Every list of host CPUs. Of automatic placement libvirt asks numad at each start.
    #[must_use]
    pub fn pins(&self) -> Vec<Pin> {
        let tree = self.tree();
        let mut pins = Vec::new();
        let mut add = |node: Option<NodeId>, vcpu| {
            if let Some((node, cpus)) = node.and_then(|node| Some((node, self.set(node)?))) {
                pins.push(Pin { node, vcpu, cpus });
            }
        };
        if self.get("vcpu/@placement") != Some("auto") {
            add(self.at("vcpu/@cpuset"), None);
        }
        for pin in self.each("cputune", "vcpupin") {
            add(tree.attribute(pin, "cpuset"), self.id(pin, "@vcpu"));
        }
        for name in ["emulatorpin", "iothreadpin"] {
            for pin in self.each("cputune", name) {
                add(tree.attribute(pin, "cpuset"), None);
            }
        }
        pins
    }

    /// Every list of host NUMA nodes that memory is to come from. Of automatic placement libvirt
    /// asks numad at each start.
    #[must_use]
    pub fn bindings(&self) -> Bindings {
        let tree = self.tree();
        let is_strict = |element| {
            let mode = tree.attr(element, "mode").unwrap_or("strict");
            matches!(mode, "strict" | "restrictive")
        };
        let mut bindings = Bindings::default();
        let mut add = |element: NodeId, cell| {
            let node = tree.attribute(element, "nodeset");
            if let Some((node, nodes)) = node.and_then(|node| Some((node, self.set(node)?))) {
                bindings.add(Binding {
                    node,
                    cell,
                    strict: is_strict(element),
                    nodes,
                });
            }
        };
        if let Some(memory) = self.at("numatune/memory")
            && tree.attr(memory, "placement") != Some("auto")
        {
            add(memory, None);
        }
        for memnode in self.each("numatune", "memnode") {
            add(memnode, self.id(memnode, "@cellid"));
        }
        bindings
    }

    /// The guest's NUMA cells: number, element, memory in KiB.
    pub fn cells(&self) -> impl Iterator<Item = (u32, NodeId, u64)> + use<'g> {
        let tree = self.tree();
        self.each("cpu/numa", "cell")
            .zip(0_u32..)
            .map(move |(cell, position)| {
                let id = tree
                    .number(cell, "@id")
                    .and_then(|id| u32::try_from(id).ok());
                let memory = tree.number(cell, "@memory").unwrap_or(0);
                (id.unwrap_or(position), cell, memory)
            })
    }

    /// The guest's memory that is made of huge pages, modules that are plugged in among it.
    #[must_use]
    pub fn page_demands(&self) -> Vec<PageDemand> {
        let tree = self.tree();
        let bindings = self.bindings();
        let strict = |cell: Option<u32>| {
            let binding = bindings.of(cell)?;
            binding.strict.then(|| binding.nodes.clone())
        };
        let hugepages = self.at("memoryBacking/hugepages");
        let pages: Vec<(NodeId, Option<u64>, Option<NumberSet>)> = self
            .each("memoryBacking/hugepages", "page")
            .map(|page| {
                let cells = tree.attribute(page, "nodeset");
                let cells = cells.and_then(|node| self.set(node));
                (page, tree.number(page, "@size"), cells)
            })
            .collect();
        let cells: Vec<(u32, NodeId, u64)> = self.cells().collect();
        // The page that names a cell; one that names none is for all others.
        let mut unnamed: BTreeSet<u32> = cells.iter().map(|(id, _, _)| *id).collect();
        let mut by_cell: BTreeMap<u32, (NodeId, Option<u64>)> = BTreeMap::new();
        for (node, size, named) in &pages {
            for (first, last) in named.iter().flat_map(NumberSet::ranges) {
                let ids: Vec<u32> = unnamed.range(first..=last).copied().collect();
                for id in ids {
                    unnamed.remove(&id);
                    by_cell.insert(id, (*node, *size));
                }
            }
        }
        let general = pages.iter().find(|(_, _, cells)| cells.is_none());
        let general = match general {
            Some((node, size, _)) => Some((*node, *size)),
            None if pages.is_empty() => hugepages.map(|node| (node, None)),
            None => None,
        };
        let page_of = |cell: Option<u32>| {
            let own = cell.and_then(|cell| by_cell.get(&cell).copied());
            own.or(general)
        };
        let mut demands = Vec::new();
        let mut add = |page: Option<(NodeId, Option<u64>)>, kib, nodes| {
            if let Some((node, size_kib)) = page
                && size_kib.is_none_or(|size| size >= HUGE_KIB)
            {
                demands.push(PageDemand {
                    node,
                    size_kib,
                    kib,
                    nodes,
                });
            }
        };
        for (id, _, kib) in &cells {
            add(page_of(Some(*id)), *kib, strict(Some(*id)));
        }
        if cells.is_empty() {
            add(
                page_of(None),
                self.number("memory").unwrap_or(0),
                strict(None),
            );
        }
        for module in self.devices("memory") {
            let amount = match tree.attr(module, "model") {
                Some("dimm") => "target/size",
                Some("virtio-mem") => "target/requested",
                _ => continue,
            };
            let cell = self.id(module, "target/node");
            let own = tree.at(module, "source/pagesize");
            let own = own.map(|node| (node, tree.number(module, "source/pagesize")));
            let kib = tree.number(module, amount).unwrap_or(0);
            let mask = tree.at(module, "source/nodemask");
            let nodes = mask
                .and_then(|node| self.set(node))
                .or_else(|| strict(cell));
            add(own.or_else(|| page_of(cell)), kib, nodes);
        }
        demands
    }

    /// Files and devices that are the guest's memory (`nvdimm`, `virtio-pmem`): the node of each
    /// path, the path, and the size in bytes that the guest sees.
    pub fn memory_paths(&self) -> impl Iterator<Item = (NodeId, &'g str, u64)> + use<'g> {
        let tree = self.tree();
        self.devices("memory").filter_map(move |module| {
            let node = tree.at(module, "source/path")?;
            let size = tree.number(module, "target/size").unwrap_or(0);
            Some((node, tree.value(node)?, size.saturating_mul(1024)))
        })
    }

    /// Whether the definition is the one of a guest that runs: libvirt gives it a number then.
    #[must_use]
    pub fn is_running(&self) -> bool {
        let root = self.domain.document().domain();
        let has_id = root.attribute("id").is_some_and(|id| id != "-1");
        self.migration.state.running.unwrap_or(has_id)
    }

    /// Whether all of the guest's memory can be mapped by other processes.
    #[must_use]
    pub fn has_shared_memory(&self) -> bool {
        let tree = self.tree();
        let mut cells = self.cells().peekable();
        self.get("memoryBacking/access/@mode") == Some("shared")
            || (cells.peek().is_some()
                && cells.all(|(_, cell, _)| tree.attr(cell, "memAccess") == Some("shared")))
    }
}
