//! Disks and the images they are made of.

use super::Guest;
use crate::migration::{Migration, Storage};
use crate::tree::{NodeId, Tree};

/// A `<disk>`.
#[derive(Debug, Clone, Copy)]
pub struct Disk<'g> {
    tree: &'g Tree<'g>,
    /// The element.
    pub node: NodeId,
}

/// One image of a disk: the one it writes to, one below it, or the data file of either.
#[derive(Debug, Clone, Copy)]
pub struct Layer<'g> {
    tree: &'g Tree<'g>,
    /// `<disk>`, `<backingStore>` or `<dataStore>`.
    pub node: NodeId,
    /// How many images are above it.
    pub depth: usize,
}

impl<'g> Guest<'g> {
    /// The disks, in order.
    pub fn disks(&self) -> impl Iterator<Item = Disk<'g>> + 'g {
        let tree = self.tree();
        self.devices("disk").map(move |node| Disk { tree, node })
    }
}

impl<'g> Disk<'g> {
    /// Value at a path below `<disk>`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&'g str> {
        self.tree.get(self.node, path)
    }

    /// The node at a path below `<disk>`, the disk itself where there is none.
    #[must_use]
    pub fn at(&self, path: &str) -> NodeId {
        self.tree.at(self.node, path).unwrap_or(self.node)
    }

    /// Whether there is something at a path below `<disk>`.
    #[must_use]
    pub fn has(&self, path: &str) -> bool {
        self.tree.at(self.node, path).is_some()
    }

    /// Whether it is a drive for media that come and go.
    #[must_use]
    pub fn is_drive(&self) -> bool {
        matches!(self.get("@device"), Some("cdrom" | "floppy"))
    }

    /// Whether the guest cannot write to it.
    #[must_use]
    pub fn is_readonly(&self) -> bool {
        self.has("readonly") || self.get("@device") == Some("cdrom")
    }

    /// Whether other guests may use it at the same time.
    #[must_use]
    pub fn is_shareable(&self) -> bool {
        self.has("shareable")
    }

    /// Whether no medium or image is there. An empty path is none
    /// (virDomainStorageSourceParse).
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let path = match self.get("@type").unwrap_or("file") {
            "file" => "source/@file",
            "block" => "source/@dev",
            "dir" => "source/@dir",
            _ => return !self.has("source"),
        };
        self.get(path).is_none_or(str::is_empty)
    }

    /// Whether QEMU keeps the host's page cache out of the way of what is written.
    #[must_use]
    pub fn is_uncached(&self) -> bool {
        matches!(self.get("driver/@cache"), Some("none" | "directsync"))
    }

    /// Whether a missing source drops the medium in a migration, instead of stopping it
    /// (libvirt formatdomain, `startupPolicy`).
    #[must_use]
    pub fn may_be_dropped(&self) -> bool {
        self.is_drive()
            && matches!(
                self.get("source/@startupPolicy"),
                Some("optional" | "requisite")
            )
    }

    /// Whether the migration carries its content along (qemuMigrationAnyCopyDisk, without a list
    /// of disks).
    #[must_use]
    pub fn is_copied(&self, migration: &Migration) -> bool {
        migration.storage == Storage::Copy
            && !self.is_readonly()
            && !self.is_shareable()
            && !self.is_empty()
    }

    /// Its images, the one it writes to first. What a definition does not list, only the images
    /// themselves tell.
    #[must_use]
    pub fn layers(&self) -> Vec<Layer<'g>> {
        let mut layers = Vec::new();
        let mut next = Some(self.node);
        while let Some(node) = next {
            let layer = Layer {
                tree: self.tree,
                node,
                depth: layers.len(),
            };
            layers.push(layer);
            if let Some(store) = self.tree.at(node, "source/dataStore") {
                layers.push(Layer {
                    node: store,
                    ..layer
                });
            }
            next = self.tree.child(node, "backingStore");
        }
        layers.retain(|layer| self.tree.child(layer.node, "source").is_some());
        layers
    }
}

impl<'g> Layer<'g> {
    /// The kind of source: `file`, `block`, `dir`, `network`, `volume`, `nvme`, `vhostuser`,
    /// `vhostvdpa`.
    #[must_use]
    pub fn kind(&self) -> &'g str {
        self.tree.attr(self.node, "type").unwrap_or("file")
    }

    /// The node that names its format: of the image on top it stands with the disk's driver.
    #[must_use]
    pub fn format(&self) -> Option<NodeId> {
        let path = match self.tree.name(self.node) {
            "disk" => "driver/@type",
            _ => "format/@type",
        };
        self.tree.at(self.node, path)
    }

    /// The path of the host it is at, and the node that says so.
    #[must_use]
    pub fn path(&self) -> Option<(&'g str, NodeId)> {
        let name = match self.kind() {
            "file" => "file",
            "block" => "dev",
            "dir" => "dir",
            _ => return None,
        };
        let source = self.tree.child(self.node, "source")?;
        let node = self.tree.attribute(source, name)?;
        self.tree
            .value(node)
            .filter(|path| !path.is_empty())
            .map(|path| (path, node))
    }

    /// The node at a path below its `<source>`.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<NodeId> {
        let source = self.tree.child(self.node, "source")?;
        self.tree.at(source, path)
    }

    /// The value at a path below its `<source>`.
    #[must_use]
    pub fn get(&self, path: &str) -> Option<&'g str> {
        self.at(path).and_then(|node| self.tree.value(node))
    }

    /// The nodes of one name below its `<source>`.
    pub fn all(&self, name: &'static str) -> impl Iterator<Item = NodeId> + 'g {
        let tree = self.tree;
        tree.child(self.node, "source")
            .into_iter()
            .flat_map(move |source| tree.children_named(source, name))
    }

    /// What to call it in a sentence: "backing file 2", nothing for the image on top.
    #[must_use]
    pub fn title(&self) -> String {
        match (self.tree.name(self.node), self.depth) {
            ("dataStore", _) => "data file ".to_owned(),
            (_, 0) => String::new(),
            (_, depth) => format!("backing file {depth} "),
        }
    }
}
