//! Words for nodes: what a thing is called, where it stands, what it holds.

use std::borrow::Cow;

use crate::canon::Domain;
use crate::diff::{Change, ChangeKind, key_of};
use crate::report::{Snippet, is_long, mask};
use crate::schema::{Identity, Kind};
use crate::tree::{NodeId, Tree};

use super::Options;

/// Values longer than this are cut in messages (not in a finding's `value`).
const LONGEST_IN_MESSAGE: usize = 80;

/// The key that tells an item of a list from the others, short enough to read.
fn label(tree: &Tree<'_>, item: NodeId) -> Option<String> {
    let field = tree.field(item);
    let position = || {
        let parent = tree.parent(item)?;
        let place = tree
            .children_named(parent, tree.name(item))
            .position(|n| n == item)?;
        Some((place + 1).to_string())
    };
    match field.identity {
        Identity::Single => None,
        Identity::Position => position(),
        Identity::Keys(keys) => keys
            .iter()
            .filter(|key| !key.contains("address") || key.contains("mac"))
            .find_map(|key| key_of(tree, item, key))
            .map(|key| key.replace('\u{1f}', " "))
            .filter(|key| !key.contains('\u{1e}'))
            .or_else(position),
    }
}

/// `devices/disk[vda]/serial`.
pub(super) fn keyed_path(tree: &Tree<'_>, node: NodeId) -> String {
    let mut steps = Vec::new();
    let mut at = Some(node).filter(|n| *n != Tree::ROOT);
    while let Some(node) = at {
        let mut step = String::new();
        if tree.is_attribute(node) {
            step.push('@');
        }
        step.push_str(tree.name(node));
        if !tree.is_attribute(node)
            && let Some(label) = label(tree, node)
        {
            step.push('[');
            step.push_str(&label);
            step.push(']');
        }
        steps.push(step);
        at = tree.parent(node).filter(|n| *n != Tree::ROOT);
    }
    steps.reverse();
    steps.join("/")
}

/// The nearest enclosing item of a list, or the node itself.
pub(super) fn list_item(tree: &Tree<'_>, node: NodeId) -> NodeId {
    let mut at = node;
    loop {
        if !tree.is_attribute(at) && tree.field(at).identity != Identity::Single {
            return at;
        }
        match tree.parent(at) {
            Some(parent) if parent != Tree::ROOT => at = parent,
            _ => return node,
        }
    }
}

/// What a node belongs to, as its owner calls it: `disk vda`, `memory`.
pub(super) fn thing(tree: &Tree<'_>, node: NodeId) -> String {
    let mut at = node;
    let mut owner = None;
    loop {
        match tree.parent(at) {
            Some(parent) if parent == Tree::ROOT || tree.name(parent) == "devices" => {
                owner = Some(at);
                break;
            }
            Some(parent) => at = parent,
            None => break,
        }
    }
    let Some(owner) = owner else {
        return "domain".to_owned();
    };
    match label(tree, owner) {
        Some(label) => format!("{} {label}", tree.name(owner)),
        None => tree.name(owner).to_owned(),
    }
}

/// The part below the thing: `driver cache`, empty for the thing itself.
fn part(tree: &Tree<'_>, node: NodeId) -> String {
    let mut names = Vec::new();
    let mut at = node;
    loop {
        match tree.parent(at) {
            Some(parent) if parent == Tree::ROOT || tree.name(parent) == "devices" => {
                if tree.is_attribute(at) {
                    names.push(tree.name(at).to_owned());
                }
                break;
            }
            Some(parent) => {
                match label(tree, at) {
                    Some(label) if !tree.is_attribute(at) => {
                        names.push(format!("{} {label}", tree.name(at)))
                    }
                    _ => names.push(tree.name(at).to_owned()),
                }
                at = parent;
            }
            None => break,
        }
    }
    names.reverse();
    names.join(" ")
}

/// A value as an answer shows it: canonical, with its unit, secrets masked.
pub(super) fn value(tree: &Tree<'_>, node: NodeId, show_secrets: bool) -> Option<String> {
    let field = tree.field(node);
    if field.name == "address" && !tree.is_attribute(node) {
        return Some(address(tree, node));
    }
    let value = if show_secrets {
        Cow::Borrowed(tree.value(node)?)
    } else {
        mask::value(tree, node)?
    };
    match field.kind {
        Kind::Size { canonical, .. } => Some(format!("{value} {}", canonical.name())),
        Kind::Element if value.is_empty() => None,
        _ => Some(value.into_owned()),
    }
}

/// An address in the usual short form: `0000:00:05.0`, `drive 0:0:0`.
fn address(tree: &Tree<'_>, node: NodeId) -> String {
    let kind = tree.attr(node, "type").unwrap_or("address");
    let number = |name: &str| {
        tree.attribute(node, name)
            .and_then(|n| tree.amount(n))
            .unwrap_or(0)
    };
    match kind {
        "pci" => {
            format!(
                "{:04x}:{:02x}:{:02x}.{:x}",
                number("domain"),
                number("bus"),
                number("slot"),
                number("function")
            )
        }
        "drive" => format!(
            "drive {}:{}:{}",
            number("controller"),
            number("bus"),
            number("unit")
        ),
        _ => {
            let mut parts: Vec<String> = tree
                .attributes(node)
                .filter(|a| tree.name(*a) != "type")
                .map(|a| format!("{}={}", tree.name(a), tree.value(a).unwrap_or_default()))
                .collect();
            // Attributes have no order.
            parts.sort();
            format!("{kind} {}", parts.join(" ")).trim_end().to_owned()
        }
    }
}

fn quoted(value: Option<String>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(value) if value.chars().count() > LONGEST_IN_MESSAGE => {
            let cut: String = value.chars().take(LONGEST_IN_MESSAGE).collect();
            format!("\"{cut}…\"")
        }
        Some(value) => format!("\"{value}\""),
    }
}

/// One sentence: what happened to what.
pub(super) fn message(
    change: &Change,
    old: &Domain<'_>,
    new: &Domain<'_>,
    options: &Options,
) -> String {
    let (tree, node) = match (change.new, change.old) {
        (Some(node), _) => (new.tree(), node),
        (None, Some(node)) => (old.tree(), node),
        (None, None) => return String::new(),
    };
    let thing = thing(tree, node);
    let part = part(tree, node);
    let subject = if part.is_empty() {
        thing
    } else {
        format!("{thing}: {part}")
    };
    let old_value = change
        .old
        .and_then(|n| value(old.tree(), n, options.show_secrets));
    let new_value = change
        .new
        .and_then(|n| value(new.tree(), n, options.show_secrets));
    match change.kind {
        ChangeKind::Changed => {
            if old_value == new_value && old_value.is_some() {
                format!("{subject} changed (what differs is masked)")
            } else if let (Some(old), Some(new)) = (&old_value, &new_value)
                && (is_long(old) || is_long(new))
            {
                // Formats show them as a diff.
                format!("{subject} changed")
            } else {
                let filled = change.new.is_some_and(|n| !new.tree().is_written(n));
                let by = if filled {
                    ", which libvirt fills in"
                } else {
                    ""
                };
                format!(
                    "{subject} changed from {} to {}{by}",
                    quoted(old_value),
                    quoted(new_value)
                )
            }
        }
        ChangeKind::Added => match new_value.filter(|v| !v.is_empty()) {
            Some(value) => format!("{subject} added: {}", quoted(Some(value))),
            None => format!("{subject} added"),
        },
        ChangeKind::Removed => match old_value.filter(|v| !v.is_empty()) {
            Some(value) => format!("{subject} removed, it was {}", quoted(Some(value))),
            None => format!("{subject} removed"),
        },
        ChangeKind::Moved => format!("{subject} moved to another place in the list"),
        ChangeKind::Unpinned => match old_value {
            Some(value) => format!("{subject} is no longer pinned to {}", quoted(Some(value))),
            None => format!("{subject} is no longer pinned"),
        },
        ChangeKind::Pinned => format!("{subject} is now pinned"),
    }
}

/// The source line a span begins on, with secrets in it masked.
pub(super) fn snippet(domain: &Domain<'_>, span: (u32, u32), options: &Options) -> Option<Snippet> {
    const LONGEST: usize = 400;
    let source = domain.document().source();
    let text = source.text();
    let start = span.0 as usize;
    let line_start = text.get(..start)?.rfind('\n').map_or(0, |i| i + 1);
    let line_end = text
        .get(start..)?
        .find('\n')
        .map_or(text.len(), |i| start + i);
    let line = text.get(line_start..line_end)?;
    if line.len() > LONGEST
        || (!options.show_secrets && has_secret_in(domain.tree(), line_start, line_end))
    {
        return None;
    }
    let end = (span.1 as usize).clamp(start, line_end);
    Some(Snippet {
        text: line.trim_end().to_owned(),
        start: line.get(..start - line_start)?.chars().count(),
        width: text.get(start..end)?.chars().count().max(1),
    })
}

/// Whether something secret stands anywhere in a byte range of the source.
fn has_secret_in(tree: &Tree<'_>, start: usize, end: usize) -> bool {
    tree.nodes().any(|node| {
        let (from, to) = tree.span(node);
        (from as usize) < end && start < to as usize && mask::hides(tree, node)
    })
}
