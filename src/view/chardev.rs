//! Character devices: what is behind the guest's ports on the host.

use std::collections::BTreeSet;

use super::Guest;
use crate::tree::NodeId;

/// The devices whose host end a character device is.
const DEVICES: &[&str] = &[
    "serial",
    "parallel",
    "console",
    "channel",
    "smartcard",
    "redirdev",
];

/// Folders in which libvirt makes sockets itself, anew at each start.
const OWN_SOCKETS: &[&str] = &[
    "/var/lib/libvirt/qemu/channel/",
    "/run/libvirt/qemu/channel/",
    "/var/run/libvirt/qemu/channel/",
];

/// A path behind a guest's port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortPath<'g> {
    /// The node that names it.
    pub node: NodeId,
    /// The path.
    pub path: &'g str,
    /// What must be there before the guest starts.
    pub demand: PathDemand,
}

/// What must be there for a path to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathDemand {
    /// The path itself.
    Itself,
    /// The path itself, or a pair of pipes with `.in` and `.out` behind it.
    Pipe,
    /// The folder that it is in: libvirt or QEMU makes the rest.
    Folder,
}

impl<'g> Guest<'g> {
    /// The character devices with their types. A console that is the same port as the first
    /// serial one is left out.
    pub fn ports(&self) -> impl Iterator<Item = (NodeId, &'g str)> + use<'g> {
        let tree = self.tree();
        let guest = *self;
        DEVICES
            .iter()
            .flat_map(move |kind| guest.devices(kind))
            .filter(move |node| {
                tree.name(*node) != "console" || tree.get(*node, "target/@type") != Some("serial")
            })
            .filter_map(move |node| Some((node, tree.attr(node, "type")?)))
    }

    /// The paths behind the guest's ports, each once.
    #[must_use]
    pub fn port_paths(&self) -> Vec<PortPath<'g>> {
        let tree = self.tree();
        let mut paths = Vec::new();
        for (device, kind) in self.ports() {
            let mut add = |node: Option<NodeId>, demand| {
                if let Some((node, path)) = node.and_then(|node| Some((node, tree.value(node)?))) {
                    paths.push(PortPath { node, path, demand });
                }
            };
            for source in tree.children_named(device, "source") {
                let path = tree.attribute(source, "path");
                match kind {
                    "dev" => add(path, PathDemand::Itself),
                    "pipe" => add(path, PathDemand::Pipe),
                    "file" => add(path, PathDemand::Folder),
                    "unix" if tree.attr(source, "mode") == Some("bind") => {
                        add(path, PathDemand::Folder);
                    }
                    "unix" => add(path, PathDemand::Itself),
                    _ => {}
                }
            }
            add(tree.at(device, "log/@file"), PathDemand::Folder);
        }
        let mut seen = BTreeSet::new();
        paths.retain(|path| {
            !OWN_SOCKETS
                .iter()
                .any(|folder| path.path.starts_with(folder))
                && seen.insert(path.path)
        });
        paths
    }
}
