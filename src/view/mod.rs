//! Typed readers over the canonical tree, for rules: a guest and its parts as
//! libvirt's documentation calls them.

mod chardev;
mod commandline;
mod cpu;
mod disk;
mod display;
mod network;
mod placement;
mod processor;

pub use chardev::{PathDemand, PortPath};
pub use cpu::CpuThere;
pub use disk::{Disk, Layer};
pub use display::Graphics;
pub use network::Interface;
pub use placement::{Binding, Bindings, HUGE_KIB, PageDemand, Pin};
pub use processor::CpuFeature;

use crate::canon::Domain;
use crate::host::HostFacts;
use crate::host::domcaps::DomainCapabilities;
use crate::migration::Migration;
use crate::tree::{NodeId, Tree};

/// A definition together with the conditions under which it is to move.
#[derive(Debug, Clone, Copy)]
pub struct Guest<'g> {
    /// The definition.
    pub domain: &'g Domain<'g>,
    /// How it is to move.
    pub migration: &'g Migration,
    /// The host where it runs today, as far as it is known.
    pub source: Option<&'g HostFacts>,
}

impl<'g> Guest<'g> {
    /// The canonical tree.
    #[must_use]
    pub fn tree(&self) -> &'g Tree<'g> {
        self.domain.tree()
    }

    /// Whether memory and state move, not only the definition.
    #[must_use]
    pub fn is_live(&self) -> bool {
        !self.migration.offline
    }

    /// The node at a path below `<domain>`, the first of each name.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<NodeId> {
        self.tree().at(Tree::ROOT, path)
    }

    /// The value at a path below `<domain>`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&'g str> {
        self.tree().get(Tree::ROOT, path)
    }

    /// The number at a path below `<domain>`.
    #[must_use]
    pub fn number(&self, path: &str) -> Option<u64> {
        self.tree().number(Tree::ROOT, path)
    }

    /// The devices of one kind, in order.
    pub fn devices(&self, kind: &'g str) -> impl Iterator<Item = NodeId> + use<'g> {
        let tree = self.tree();
        tree.child(Tree::ROOT, "devices")
            .into_iter()
            .flat_map(move |devices| tree.children_named(devices, kind))
    }

    /// The domain capabilities of a host that are about such a guest: of its type, architecture
    /// and machine. A machine type and its alias are the same.
    #[must_use]
    pub fn capabilities<'h>(&self, host: &'h HostFacts) -> Option<&'h DomainCapabilities> {
        let machine = self.get("os/type/@machine");
        let versioned = |name: &str| {
            let machines = host.guests.iter().flat_map(|guest| &guest.machines);
            machines
                .filter(|known| known.name == name)
                .find_map(|known| known.canonical.clone())
                .unwrap_or_else(|| name.to_owned())
        };
        host.domains.iter().find(|caps| {
            self.get("@type") == Some(&*caps.virt_type)
                && self.get("os/type/@arch") == Some(&*caps.arch)
                && machine.is_some_and(|machine| {
                    machine == caps.machine || versioned(machine) == versioned(&caps.machine)
                })
        })
    }
}
