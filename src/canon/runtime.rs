//! What only a running guest's XML has, and is no part of the definition:
//! generated aliases, dynamic security labels. (Whole fields of that kind are
//! marked in the field table and never loaded.)

use super::Devices;
use super::general::is_bare;
use crate::tree::{NodeId, Tree};

pub(super) fn strip(tree: &mut Tree<'_>, devices: &Devices) {
    for device in devices.all() {
        let Some(alias) = tree.child(device, "alias") else {
            continue;
        };
        if !tree
            .attr(alias, "name")
            .is_some_and(|name| name.starts_with("ua-"))
        {
            tree.remove(alias);
        }
    }
    let labels: Vec<NodeId> = tree.children_named(Tree::ROOT, "seclabel").collect();
    for seclabel in labels {
        if tree.attr(seclabel, "model") == Some("none") {
            tree.default_attr(seclabel, "type", "none");
        }
        // A guest without labels, on a host that may have no security driver at all.
        if tree.attr(seclabel, "type") == Some("none") {
            tree.remove_attr(seclabel, "relabel");
            tree.default_attr(seclabel, "model", "none");
        }
        if tree.attr(seclabel, "model").is_some() {
            tree.default_attr(seclabel, "type", "dynamic");
            let relabel = match tree.attr(seclabel, "type") {
                Some("dynamic") => "yes",
                _ => "no",
            };
            if tree.attr(seclabel, "type") != Some("none") {
                tree.default_attr(seclabel, "relabel", relabel);
            }
        }
        if tree.attr(seclabel, "type") == Some("dynamic") {
            tree.remove_child(seclabel, "label");
            tree.remove_child(seclabel, "imagelabel");
            let default =
                tree.attr(seclabel, "model").is_none() && tree.children(seclabel).next().is_none();
            if default || is_bare(tree, seclabel) {
                tree.remove(seclabel);
            }
        }
    }
}
