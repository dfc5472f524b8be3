//! What tells one finding from all others, in every run: rule, place and values.
//!
//! A place is told by what the thing is called (`disk vda`, the host's device
//! behind a hostdev), not by where it stands among others or at which address,
//! so that neither another order nor an edit elsewhere changes it. Secrets
//! are masked: nobody can guess at one with a fingerprint in hand.

use std::collections::HashMap;

use crate::report::{Finding, mask};
use crate::schema::Identity;
use crate::tree::{NodeId, Tree};

/// 64 bits of FNV-1a over the parts: the same for the same finding in every
/// run, whatever stands around it.
pub(crate) fn fingerprint(parts: &[&str]) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    for byte in parts.iter().flat_map(|part| part.bytes().chain([0])) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

/// Gives findings that agree in everything numbers of their own: a second such
/// one is not the first, and accepting one does not accept what comes later.
pub(crate) fn number_twins(findings: &mut [Finding]) {
    let mut seen: HashMap<String, usize> = HashMap::new();
    for finding in findings {
        let count = seen.entry(finding.fingerprint.clone()).or_default();
        *count += 1;
        if *count > 1 {
            finding.fingerprint = fingerprint(&[&finding.fingerprint, &count.to_string()]);
        }
    }
}

/// The place of a node, as a fingerprint knows it.
pub(super) fn anchor(tree: &Tree<'_>, node: NodeId) -> String {
    let mut steps = Vec::new();
    let mut at = Some(node).filter(|node| *node != Tree::ROOT);
    while let Some(node) = at {
        let mut step = tree.name(node).to_owned();
        if tree.is_attribute(node) {
            step.insert(0, '@');
        } else {
            step.push('[');
            label(tree, node, &mut step);
            step.push(']');
        }
        steps.push(step);
        at = tree.parent(node).filter(|node| *node != Tree::ROOT);
    }
    steps.reverse();
    steps.join("/")
}

/// What tells an item of a list from the others, apart from its position, and
/// from addresses and aliases, which libvirt chooses anew where others change.
fn label(tree: &Tree<'_>, item: NodeId, out: &mut String) {
    match tree.field(item).identity {
        Identity::Single => {}
        Identity::Position => content(tree, item, out),
        Identity::Keys(keys) => {
            let nodes = |key: &str| -> Option<Vec<NodeId>> {
                key.split('+')
                    .map(|path| match path {
                        "." => Some(item),
                        path => tree.at(item, path),
                    })
                    .collect()
            };
            let chosen = |key: &str| {
                key.contains("alias") || (key.contains("address") && !key.contains("mac"))
            };
            let found = keys
                .iter()
                .filter(|key| !chosen(key))
                .find_map(|key| nodes(key));
            for node in found.into_iter().flatten() {
                content(tree, node, out);
                out.push('\u{1f}');
            }
        }
    }
}

/// All that an element or attribute holds, as one text, secrets masked.
fn content(tree: &Tree<'_>, node: NodeId, out: &mut String) {
    if let Some(value) = mask::value(tree, node) {
        out.push_str(&value);
    }
    let mut parts: Vec<NodeId> = tree.attributes(node).chain(tree.children(node)).collect();
    parts.sort_by_key(|part| tree.name(*part));
    for part in parts {
        out.push('\u{1e}');
        out.push_str(tree.name(part));
        out.push('=');
        content(tree, part, out);
    }
}
