//! How a change is applied to a running domain, with the command spelled out.

use crate::canon::Domain;
use crate::diff::{Change, ChangeKind};
use crate::report::{Application, How, Impact, escape};
use crate::rules::Rule;
use crate::schema::Apply;
use crate::tree::{NodeId, Tree};

/// Takes effect at the next start.
pub(super) fn restart() -> Application {
    Application {
        how: How::Restart,
        command: None,
    }
}

/// How to apply one change; [`Apply::Live`] tells what a template may hold.
pub(super) fn application(
    change: &Change,
    old: &Domain<'_>,
    new: &Domain<'_>,
    rule: &Rule,
) -> Application {
    if rule.impact == Impact::Identity {
        return Application {
            how: How::Recreate,
            command: None,
        };
    }
    let (domain, node) = match (change.new, change.old) {
        (Some(node), _) => (new, node),
        (None, Some(node)) => (old, node),
        (None, None) => return restart(),
    };
    let tree = domain.tree();
    let name = domain_word(&domain_name(old, new));
    match row_apply(tree, node, change.kind) {
        Apply::Nothing => Application {
            how: How::None,
            command: None,
        },
        Apply::Live(template) => {
            let value = |tree: &Tree<'_>, node: Option<NodeId>| {
                node.and_then(|n| tree.value(n))
                    .unwrap_or_default()
                    .to_owned()
            };
            let enable = match change.new.and_then(|n| new.tree().value(n)) {
                Some("no") | None => "--disable",
                Some(_) => "--enable",
            };
            let device = tree.name(super::describe::list_item(tree, node));
            let note = note(tree, node);
            if template.contains("{uri}") && note.is_none() {
                return restart();
            }
            let (uri, whole) = note.unwrap_or_default();
            let template = match (change.kind, template.split_once(" | ")) {
                (ChangeKind::Removed, Some((_, removed)))
                    if whole || !template.contains("{uri}") =>
                {
                    removed
                }
                (_, Some((added, _))) => added,
                (_, None) => template,
            };
            let command = template
                .replace("{domain}", &name)
                .replace("{new}", &quote(&value(new.tree(), change.new)))
                .replace("{old}", &quote(&value(old.tree(), change.old)))
                .replace("{enable}", enable)
                .replace("{uri}", &quote(uri))
                .replace("{xml}", &format!("{device}.xml"))
                .replace("{target}", &quote(&key(tree, node)))
                .replace(
                    "{item}",
                    &quote(&key(tree, super::describe::list_item(tree, node))),
                );
            Application {
                how: How::Live,
                command: Some(format!("virsh {command}")),
            }
        }
        Apply::Hotplug if !can_be_plugged(tree, node) => restart(),
        Apply::Hotplug => Application {
            how: How::Live,
            command: Some(format!("virsh {}", plug(change, tree, node, &name))),
        },
        Apply::Recreate => Application {
            how: How::Recreate,
            command: None,
        },
        Apply::Restart | Apply::Inherit => restart(),
    }
}

/// The namespace of the note in the metadata that a node is in, and whether the node is all of it.
fn note<'t>(tree: &'t Tree<'_>, node: NodeId) -> Option<(&'t str, bool)> {
    let mut at = node;
    while let Some(around) = tree.parent(at) {
        if tree.name(around) == "metadata" && tree.parent(around) == Some(Tree::ROOT) {
            return Some((tree.namespace(at)?, at == node));
        }
        at = around;
    }
    None
}

/// The row's way, or the nearest enclosing row's. Plugging is for whole
/// devices: a change within one needs a restart.
fn row_apply(tree: &Tree<'_>, node: NodeId, kind: ChangeKind) -> Apply {
    let mut at = Some(node);
    while let Some(here) = at {
        match tree.field(here).apply {
            Apply::Inherit => at = tree.parent(here),
            Apply::Hotplug => {
                let whole = here == node && matches!(kind, ChangeKind::Added | ChangeKind::Removed);
                return if whole {
                    Apply::Hotplug
                } else {
                    Apply::Restart
                };
            }
            apply => return apply,
        }
    }
    Apply::Restart
}

/// Whether a device can be added to and taken from a running guest: QEMU can
/// plug some buses and models only (tried with libvirt 9.0 and QEMU 7.2).
fn can_be_plugged(tree: &Tree<'_>, device: NodeId) -> bool {
    let is =
        |path: &str, words: &[&str]| tree.get(device, path).is_some_and(|v| words.contains(&v));
    match tree.name(device) {
        "disk" => is("target/@bus", &["virtio", "scsi", "usb"]),
        "controller" => is("@type", &["scsi"]),
        "serial" => is("target/@type", &["pci-serial", "usb-serial"]),
        "console" => is("target/@type", &["virtio"]),
        "input" => is("@bus", &["usb", "virtio"]),
        "filesystem" => is("driver/@type", &["virtiofs"]),
        "watchdog" => is("@model", &["i6300esb"]),
        "shmem" => is("model/@type", &["ivshmem-plain", "ivshmem-doorbell"]),
        "parallel" => false,
        _ => true,
    }
}

/// The command that adds or removes a device.
fn plug(change: &Change, tree: &Tree<'_>, device: NodeId, domain: &str) -> String {
    let kind = tree.name(device);
    let removed = change.kind == ChangeKind::Removed;
    let key = quote(&key(tree, device));
    match kind {
        "disk" if removed => format!("detach-disk {domain} {key} --live --config"),
        "interface" if removed => {
            let backend = quote(tree.attr(device, "type").unwrap_or("network"));
            format!("detach-interface {domain} {backend} --mac {key} --live --config")
        }
        _ => {
            let verb = if removed {
                "detach-device"
            } else {
                "attach-device"
            };
            let side = if removed { "old" } else { "new" };
            format!(
                "{verb} {domain} {kind}.xml --live --config  # {kind}.xml: the <{kind}> of the {side} file"
            )
        }
    }
}

/// A domain's name as an argument of virsh that is never taken for an option.
fn domain_word(name: &str) -> String {
    if name.starts_with('-') {
        quote(&format!("--domain={name}"))
    } else {
        quote(name)
    }
}

fn domain_name(old: &Domain<'_>, new: &Domain<'_>) -> String {
    [old, new]
        .iter()
        .find_map(|d| d.tree().get(Tree::ROOT, "name"))
        .unwrap_or("DOMAIN")
        .to_owned()
}

/// What virsh calls the device that a node belongs to: `vda`, a MAC address.
fn key(tree: &Tree<'_>, node: NodeId) -> String {
    let mut at = Some(node);
    while let Some(here) = at {
        for path in [
            "target/@dev",
            "mac/@address",
            "@id",
            "@vcpu",
            "@iothread",
            "@name",
        ] {
            if let Some(value) = tree.get(here, path).filter(|_| !tree.is_attribute(here)) {
                return value.to_owned();
            }
        }
        at = tree.parent(here).filter(|parent| *parent != Tree::ROOT);
    }
    String::new()
}

/// A word that a shell takes as it is, whatever it holds: bare, in quotes, or
/// with escapes (`$'…'`) where a terminal would not show it as it is.
pub(crate) fn quote(word: &str) -> String {
    let plain = !word.is_empty()
        && !word.starts_with('-')
        && word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./:,+@%=".contains(c));
    if plain {
        word.to_owned()
    } else if word.chars().any(escape::is_unsafe) {
        let mut quoted = String::from("$'");
        for c in word.chars() {
            match c {
                '\'' => quoted.push_str(r"\'"),
                '\\' => quoted.push_str(r"\\"),
                '\n' => quoted.push_str(r"\n"),
                '\t' => quoted.push_str(r"\t"),
                c if escape::is_unsafe(c) => {
                    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                        quoted.push_str(&format!("\\x{byte:02x}"));
                    }
                }
                c => quoted.push(c),
            }
        }
        quoted.push('\'');
        quoted
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shells_read_quoted_words_back() {
        for (word, quoted) in [
            ("dir/web01.xml", "dir/web01.xml"),
            ("", "''"),
            ("-x", "'-x'"),
            ("it's; rm", r"'it'\''s; rm'"),
            ("two\nlines' \u{9b}", r"$'two\nlines\' \xc2\x9b'"),
        ] {
            assert_eq!(quote(word), quoted);
        }
    }
}
