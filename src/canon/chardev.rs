//! Serial ports, consoles, channels and everything else with a character
//! device behind it (`virDomainChrDefParseXML`, `virDomainDefAddConsoleCompat`,
//! `qemuDomainChrDefPostParse`).

use std::collections::BTreeSet;

use super::general::is_bare;
use super::storage::drop_silent_labels;
use super::{DeviceKind, Devices, Release};
use crate::canon::{Family, Machine};
use crate::tree::{NodeId, Provenance, Tree};

pub(super) fn fill(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    for kind in [
        DeviceKind::Serial,
        DeviceKind::Parallel,
        DeviceKind::Console,
        DeviceKind::Channel,
        DeviceKind::Smartcard,
        DeviceKind::Redirdev,
        DeviceKind::Rng,
    ] {
        for device in &devices[kind] {
            let holder = if kind == DeviceKind::Rng {
                tree.child(*device, "backend")
            } else {
                Some(*device)
            };
            if let Some(holder) = holder {
                backend(tree, holder, kind);
            }
        }
    }
    serial_targets(tree, devices, machine);
    number_serials(tree, &devices[DeviceKind::Serial]);
    number_parallels(tree, &devices[DeviceKind::Parallel]);
    if tree.get(Tree::ROOT, "os/type").unwrap_or("hvm") == "hvm" {
        mirror_console(tree, devices, machine);
    }
    number_consoles(tree, &devices[DeviceKind::Console], machine);
    for redirdev in &devices[DeviceKind::Redirdev] {
        tree.default_attr(*redirdev, "bus", "usb");
    }
}

/// The back end: what its type decides, and what only a running guest has.
fn backend(tree: &mut Tree<'_>, device: NodeId, kind: DeviceKind) {
    let backend = tree.attr(device, "type").unwrap_or_default().to_owned();
    if backend != "tcp" {
        tree.remove_child(device, "protocol");
    }
    own_source(tree, device, &backend);
    match backend.as_str() {
        "tcp" => {
            if let Some(source) = tree.child(device, "source") {
                tree.default_attr(source, "mode", "connect");
            }
            let protocol = tree.ensure(device, "protocol", Provenance::Default);
            tree.default_attr(protocol, "type", "raw");
        }
        "pty" => {
            if let Some(source) = tree.child(device, "source") {
                tree.remove_attr(source, "path");
            }
        }
        "unix" => {
            if let Some(source) = tree.child(device, "source") {
                let generated = kind == DeviceKind::Channel
                    && tree.get(device, "target/@type") == Some("virtio")
                    && tree.attr(source, "path").is_some_and(|path| {
                        is_generated_path(path, tree.get(device, "target/@name").unwrap_or(""))
                    });
                if generated {
                    tree.remove_attr(source, "path");
                }
                if tree.attr(source, "path").is_none() {
                    tree.remove(source);
                } else {
                    tree.default_attr(source, "mode", "connect");
                }
            }
        }
        _ => {}
    }
    if let Some(source) = tree.child(device, "source")
        && is_bare(tree, source)
    {
        tree.remove(source);
    }
    let sources: Vec<NodeId> = tree.children_named(device, "source").collect();
    if sources.len() > 1 {
        // First the own end, then the other one.
        let mut children: Vec<NodeId> = tree.children(device).collect();
        children.sort_by_key(|child| match tree.name(*child) {
            "source" => (1, tree.attr(*child, "mode").or(Some("connect"))),
            _ => (0, None),
        });
        tree.set_children(device, children);
    }
    for source in sources {
        if let Some(reconnect) = tree.child(source, "reconnect")
            && tree.attr(reconnect, "enabled") != Some("yes")
        {
            tree.remove_attr(reconnect, "timeout");
            tree.remove_attr(reconnect, "delay");
            if is_bare(tree, reconnect) {
                tree.remove(reconnect);
            }
        }
        drop_silent_labels(tree, source);
    }
}

/// What a back end's `<source>` may say; anything else in it is not read.
fn own_source(tree: &mut Tree<'_>, device: NodeId, backend: &str) {
    let parts: &[&str] = match backend {
        "dev" | "pipe" => &["path", "seclabel"],
        "file" => &["path", "append", "seclabel"],
        "unix" => &["path", "mode", "reconnect", "seclabel"],
        "tcp" => &["host", "service", "mode", "tls", "reconnect"],
        "udp" => &["host", "service", "mode"],
        "pty" => &["path", "seclabel"],
        "spiceport" | "dbus" => &["channel"],
        "nmdm" => &["master", "slave"],
        "qemu-vdagent" => &["clipboard", "mouse"],
        "null" | "stdio" | "vc" | "spicevmc" => &[],
        _ => return,
    };
    for source in tree.children_named(device, "source").collect::<Vec<_>>() {
        let foreign: Vec<NodeId> = tree
            .attributes(source)
            .chain(tree.children(source))
            .filter(|part| !parts.contains(&tree.name(*part)))
            .collect();
        for part in foreign {
            tree.remove(part);
        }
    }
}

/// Whether libvirt named a channel's socket itself: below its channel
/// directory as `target/DOMAIN.NAME` or `domain-ID-DOMAIN/NAME`
/// (`qemuDomainChrMatchDefaultPath`).
fn is_generated_path(path: &str, name: &str) -> bool {
    let mut steps = path.rsplit('/');
    let (Some(file), Some(folder)) = (steps.next(), steps.next()) else {
        return false;
    };
    let below_channel = path.contains("/channel/");
    let own_folder = folder.starts_with("domain-") && (file == name || name.is_empty());
    let shared_folder = folder == "target" && (name.is_empty() || file.ends_with(name));
    below_channel && (own_folder || shared_folder)
}

/// Type and model of a serial port when none is written.
fn serial_targets(tree: &mut Tree<'_>, devices: &Devices, machine: &Machine) {
    for serial in &devices[DeviceKind::Serial] {
        let target = tree.ensure(*serial, "target", Provenance::Default);
        let board = match machine.family {
            _ if machine.is_x86() => Some("isa-serial"),
            Family::Pseries => Some("spapr-vio-serial"),
            Family::ArmVirt | Family::RiscvVirt => Some("system-serial"),
            Family::S390Ccw => Some("sclp-serial"),
            _ => None,
        };
        if let Some(board) = board {
            tree.default_attr(target, "type", board);
            if !machine.is_x86() && tree.attr(target, "type") == Some("isa-serial") {
                tree.set_attr(target, "type", board, Provenance::Default);
            }
        }
        let model = match tree.attr(target, "type") {
            Some("isa-serial") => "isa-serial",
            Some("pci-serial") => "pci-serial",
            Some("usb-serial") => "usb-serial",
            Some("spapr-vio-serial") => "spapr-vty",
            Some("system-serial") if machine.family == Family::RiscvVirt => "16550a",
            Some("system-serial") => "pl011",
            Some("sclp-serial") => "sclpconsole",
            Some("isa-debug") => "isa-debugcon",
            _ => continue,
        };
        let node = tree.ensure(target, "model", Provenance::Default);
        tree.default_attr(node, "name", model);
    }
}

/// A parallel port without a number follows the highest one before it in the list.
fn number_parallels(tree: &mut Tree<'_>, devices: &[NodeId]) {
    let mut next = 0;
    for device in devices {
        let port = port_or(tree, *device, next);
        next = next.max(port.saturating_add(1));
    }
}

/// A serial port without a number gets the lowest free one when it is written
/// to be an ISA port, of which a board has four; others follow the highest of all.
fn number_serials(tree: &mut Tree<'_>, devices: &[NodeId]) {
    let mut used: BTreeSet<u64> = devices
        .iter()
        .filter_map(|serial| tree.number(*serial, "target/@port"))
        .collect();
    let mut lowest = 0;
    for device in devices {
        let is_isa = tree
            .at(*device, "target/@type")
            .is_some_and(|kind| tree.is_written(kind) && tree.value(kind) == Some("isa-serial"));
        let next = if is_isa {
            while used.contains(&lowest) {
                lowest += 1;
            }
            lowest
        } else {
            used.last().map_or(0, |port| port.saturating_add(1))
        };
        used.insert(port_or(tree, *device, next));
    }
}

/// The port of a device, which is `free` when none is written.
fn port_or(tree: &mut Tree<'_>, device: NodeId, free: u64) -> u64 {
    let target = tree.ensure(device, "target", Provenance::Default);
    tree.number(target, "@port").unwrap_or_else(|| {
        tree.set_attr(target, "port", free.to_string(), Provenance::Filled);
        free
    })
}

/// The first console of a fully virtualized guest is its first serial port,
/// under another name: whichever is missing is made from the other.
fn mirror_console(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    for console in &devices[DeviceKind::Console] {
        let target = tree.ensure(*console, "target", Provenance::Default);
        tree.default_attr(target, "type", "serial");
    }
    let is_serial =
        |tree: &Tree<'_>, console: NodeId| tree.get(console, "target/@type") == Some("serial");
    let first = devices[DeviceKind::Console].first().copied();
    match first.filter(|console| is_serial(tree, *console)) {
        Some(console) => {
            let serial = match devices[DeviceKind::Serial].first() {
                Some(serial) => *serial,
                None => serial_from_console(tree, devices, console, machine),
            };
            mirror(tree, serial, console);
        }
        None => {
            let Some(serial) = devices[DeviceKind::Serial].first().copied() else {
                return;
            };
            let on_board = matches!(
                tree.get(serial, "target/@type"),
                Some("isa-serial" | "spapr-vio-serial" | "system-serial" | "sclp-serial")
            );
            if on_board {
                let console = tree.detached(devices.element, "console", Provenance::Filled);
                devices[DeviceKind::Console].insert(0, console);
                let target = tree.append(console, "target", Provenance::Filled);
                tree.set_attr(target, "type", "serial", Provenance::Filled);
                mirror(tree, serial, console);
            }
        }
    }
}

fn serial_from_console(
    tree: &mut Tree<'_>,
    devices: &mut Devices,
    console: NodeId,
    machine: &Machine,
) -> NodeId {
    let serial = tree.detached(devices.element, "serial", Provenance::Filled);
    tree.copy_content(console, serial, Provenance::Filled);
    tree.remove_child(serial, "target");
    tree.remove_child(serial, "address");
    tree.remove_child(serial, "alias");
    devices[DeviceKind::Serial].push(serial);
    serial_targets(tree, devices, machine);
    number_serials(tree, &devices[DeviceKind::Serial]);
    serial
}

/// Gives a console the back end of the serial port it mirrors.
fn mirror(tree: &mut Tree<'_>, serial: NodeId, console: NodeId) {
    let target = tree.child(console, "target");
    let kept: Vec<NodeId> = target.into_iter().collect();
    let backend = tree.attr(serial, "type").unwrap_or("pty").to_owned();
    tree.set_attr(console, "type", backend, Provenance::Filled);
    tree.set_children(console, kept);
    let copied: Vec<NodeId> = tree
        .children(serial)
        .filter(|child| !matches!(tree.name(*child), "target" | "address" | "alias"))
        .collect();
    for child in copied {
        tree.copy_into(child, console, Provenance::Filled);
    }
    let port = tree.get(serial, "target/@port").unwrap_or("0").to_owned();
    if let Some(target) = target {
        tree.set_attr(target, "port", port, Provenance::Filled);
    }
}

/// libvirt numbers consoles itself, whatever is written.
fn number_consoles(tree: &mut Tree<'_>, consoles: &[NodeId], machine: &Machine) {
    let mut among_themselves = 0;
    for (position, console) in consoles.iter().enumerate() {
        let target = tree.ensure(*console, "target", Provenance::Default);
        if tree.attr(target, "type") == Some("serial") && position == 0 {
            continue;
        }
        let port = if machine.release >= Release::V12_8 {
            position
        } else {
            among_themselves
        };
        among_themselves += 1;
        tree.set_attr(target, "port", port.to_string(), Provenance::Filled);
    }
}
