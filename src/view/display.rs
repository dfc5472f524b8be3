//! Graphics servers.

use super::Guest;
use crate::tree::{NodeId, Tree};

/// A graphics server.
#[derive(Debug, Clone, Copy)]
pub struct Graphics<'g> {
    /// Its node.
    pub node: NodeId,
    tree: &'g Tree<'g>,
}

impl<'g> Graphics<'g> {
    /// `vnc`, `spice` and others.
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

    /// Where it listens, as far as the definition says: the nodes of its `listen` elements of
    /// one type.
    pub fn listens(&self, kind: &'g str) -> impl Iterator<Item = NodeId> + use<'g> {
        let tree = self.tree;
        tree.children_named(self.node, "listen")
            .filter(move |listen| tree.attr(*listen, "type") == Some(kind))
    }

    /// The TCP ports that the definition fixes, with their nodes. What libvirt chose itself at
    /// the last start (`autoport='yes'`) is none.
    pub fn fixed_ports(&self) -> impl Iterator<Item = (NodeId, u16)> + use<'g> {
        let this = *self;
        let listens = this
            .listens("address")
            .chain(this.listens("network"))
            .count()
            > 0;
        let names: &[&str] = match this.get("@autoport") {
            _ if !listens => &[],
            Some("yes") => &["websocket"],
            _ => &["port", "tlsPort", "websocket"],
        };
        names.iter().filter_map(move |name| {
            let node = this.tree.attribute(this.node, name)?;
            let port: u16 = this.tree.value(node)?.parse().ok()?;
            (port > 0).then_some((node, port))
        })
    }
}

impl<'g> Guest<'g> {
    /// The graphics servers, in order.
    pub fn graphics(&self) -> impl Iterator<Item = Graphics<'g>> + use<'g> {
        let tree = self.tree();
        self.devices("graphics")
            .map(move |node| Graphics { node, tree })
    }
}
