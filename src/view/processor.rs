//! What a guest's definition says of its CPU and clock.

use super::Guest;
use crate::tree::{NodeId, Tree};

/// A feature that a `<cpu>` names.
#[derive(Debug, Clone, Copy)]
pub struct CpuFeature<'g> {
    /// Its node.
    pub node: NodeId,
    /// Its name.
    pub name: &'g str,
    /// What is asked of it: `require`, `disable` …
    pub policy: &'g str,
}

impl CpuFeature<'_> {
    /// Whether the guest is to have it.
    #[must_use]
    pub fn is_on(&self) -> bool {
        matches!(self.policy, "require" | "force")
    }
}

impl<'g> Guest<'g> {
    /// Whether the guest is of an x86 architecture.
    #[must_use]
    pub fn is_x86(&self) -> bool {
        self.domain.machine().is_x86()
    }

    /// Whether this is the definition of a running guest: it has an id, and what libvirt leaves
    /// open until the start is settled.
    #[must_use]
    pub fn shows_running(&self) -> bool {
        // The canonical tree leaves it out.
        let domain = self.domain.document().domain();
        domain.attribute("id").is_some()
    }

    /// The CPU mode; `custom` where it is not written.
    #[must_use]
    pub fn cpu_mode(&self) -> &'g str {
        self.get("cpu/@mode").unwrap_or("custom")
    }

    /// Whether the guest gets the CPU of its host, or all that the hypervisor can give.
    #[must_use]
    pub fn is_passed_through(&self) -> bool {
        matches!(self.cpu_mode(), "host-passthrough" | "maximum")
    }

    /// The CPU model that the definition names.
    #[must_use]
    pub fn cpu_model(&self) -> Option<&'g str> {
        self.get("cpu/model").filter(|model| !model.is_empty())
    }

    /// The CPU features that the definition names, in order.
    pub fn cpu_features(&self) -> impl Iterator<Item = CpuFeature<'g>> + use<'g> {
        let tree = self.tree();
        let features = tree
            .child(Tree::ROOT, "cpu")
            .into_iter()
            .flat_map(move |cpu| tree.children_named(cpu, "feature"));
        features.filter_map(move |node| {
            Some(CpuFeature {
                node,
                name: tree.attr(node, "name")?,
                policy: tree.attr(node, "policy").unwrap_or("require"),
            })
        })
    }

    /// A CPU feature by name.
    #[must_use]
    pub fn cpu_feature(&self, name: &str) -> Option<CpuFeature<'g>> {
        self.cpu_features().find(|feature| feature.name == name)
    }

    /// Hardware threads in a socket, as far as the definition says.
    #[must_use]
    pub fn threads_in_socket(&self) -> u64 {
        ["dies", "clusters", "cores", "threads"]
            .iter()
            .map(|part| {
                let count = self.number(&format!("cpu/topology/@{part}"));
                count.filter(|count| *count > 0).unwrap_or(1)
            })
            .fold(1, u64::saturating_mul)
    }

    /// The timer of the time stamp counter.
    #[must_use]
    pub fn tsc(&self) -> Option<NodeId> {
        let tree = self.tree();
        let clock = tree.child(Tree::ROOT, "clock")?;
        let mut timers = tree.children_named(clock, "timer");
        timers.find(|timer| tree.attr(*timer, "name") == Some("tsc"))
    }

    /// The frequency that the definition gives the time stamp counter, in Hz, with its node.
    #[must_use]
    pub fn tsc_frequency(&self) -> Option<(NodeId, u64)> {
        let tree = self.tree();
        let node = tree.attribute(self.tsc()?, "frequency")?;
        let hz: u64 = tree.value(node)?.parse().ok()?;
        (hz > 0).then_some((node, hz))
    }
}
