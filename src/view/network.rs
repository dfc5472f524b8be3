//! Network interfaces.

use super::Guest;
use crate::tree::{NodeId, Tree};

/// A network interface.
#[derive(Debug, Clone, Copy)]
pub struct Interface<'g> {
    /// Its node.
    pub node: NodeId,
    tree: &'g Tree<'g>,
}

impl<'g> Interface<'g> {
    /// How it reaches the host: `bridge`, `network`, `direct`, `user` and others.
    #[must_use]
    pub fn kind(&self) -> &'g str {
        self.get("@type").unwrap_or_default()
    }

    /// A value below it.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&'g str> {
        self.tree.get(self.node, path)
    }

    /// The node of a value below it, or its own.
    #[must_use]
    pub fn at(&self, path: &str) -> NodeId {
        self.tree.at(self.node, path).unwrap_or(self.node)
    }

    /// A number below it.
    #[must_use]
    pub fn number(&self, path: &str) -> Option<u64> {
        self.tree.number(self.node, path)
    }

    /// Whether something stands at a path below it.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.tree.at(self.node, path).is_some()
    }

    /// Whether libvirt applies network filters to it: only where it makes a tap device.
    #[must_use]
    pub fn is_filtered(&self) -> bool {
        matches!(self.kind(), "bridge" | "network" | "ethernet")
    }

    /// Whether it is tied to an Open vSwitch.
    #[must_use]
    pub fn is_openvswitch(&self) -> bool {
        self.get("virtualport/@type") == Some("openvswitch")
    }
}

impl<'g> Guest<'g> {
    /// The network interfaces, in order.
    pub fn interfaces(&self) -> impl Iterator<Item = Interface<'g>> + use<'g> {
        let tree = self.tree();
        self.devices("interface")
            .map(move |node| Interface { node, tree })
    }

    /// The network interfaces of one type.
    pub fn interfaces_of(&self, kind: &'g str) -> impl Iterator<Item = Interface<'g>> + use<'g> {
        self.interfaces()
            .filter(move |interface| interface.kind() == kind)
    }
}
