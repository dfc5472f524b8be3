//! Graphics, video, audio and input devices (`virDomainGraphicsDefParseXML`,
//! `virDomainDefAddImplicitVideo`, `qemuDomainDefAddDefaultAudioBackend`,
//! `qemuDomainDefAddImplicitInputDevice`).

use super::general::is_bare;
use super::{DeviceKind, Devices, Release};
use crate::canon::{Family, Machine};
use crate::tree::{NodeId, Provenance, Tree};

pub(super) fn fill(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    for graphics in &devices[DeviceKind::Graphics] {
        fill_graphics(tree, *graphics);
    }
    inputs(tree, devices, machine);
    videos(tree, devices, machine);
    audio(tree, devices);
}

fn fill_graphics(tree: &mut Tree<'_>, graphics: NodeId) {
    let kind = tree.attr(graphics, "type").unwrap_or_default().to_owned();
    if tree.attr(graphics, "fullscreen") == Some("no") {
        tree.remove_attr(graphics, "fullscreen");
    }
    if !matches!(kind.as_str(), "vnc" | "spice" | "rdp") {
        return;
    }
    if tree.attr(graphics, "passwd").is_none() {
        tree.remove_attr(graphics, "passwdValidTo");
        tree.remove_attr(graphics, "connected");
    }
    let mut children: Vec<NodeId> = tree.children(graphics).collect();
    children.sort_by_key(|child| {
        let name = tree.attr(*child, "name").unwrap_or_default();
        CHANNELS
            .iter()
            .position(|channel| *channel == name && tree.name(*child) == "channel")
    });
    tree.set_children(graphics, children);
    listens(tree, graphics, &kind);
    let first = tree.child(graphics, "listen");
    let listen = first
        .and_then(|listen| tree.attr(listen, "type"))
        .unwrap_or_default();
    if matches!(listen, "socket" | "none") {
        for name in ["port", "tlsPort", "autoport", "listen"] {
            tree.remove_attr(graphics, name);
        }
        return;
    }
    ports(tree, graphics, &kind);
}

/// Channels of SPICE, in the order libvirt prints them.
const CHANNELS: [&str; 8] = [
    "main",
    "display",
    "inputs",
    "cursor",
    "playback",
    "record",
    "smartcard",
    "usbredir",
];

/// The `listen` attribute and the first `<listen>` say the same thing twice,
/// and so do `socket` and a `<listen type='socket'>`.
fn listens(tree: &mut Tree<'_>, graphics: NodeId, kind: &str) {
    if let Some(socket) = tree.attr(graphics, "socket").map(str::to_owned)
        && kind == "vnc"
        && tree.child(graphics, "listen").is_none()
    {
        let listen = tree.append(graphics, "listen", Provenance::Filled);
        tree.set_attr(listen, "type", "socket", Provenance::Filled);
        tree.set_attr(listen, "socket", socket, Provenance::Filled);
    }
    let no_ports = kind == "spice"
        && tree.attr(graphics, "port").is_none()
        && tree.attr(graphics, "tlsPort").is_none()
        && tree.attr(graphics, "autoport") != Some("yes");
    let attribute = tree
        .attr(graphics, "listen")
        .filter(|address| !address.is_empty())
        .map(str::to_owned);
    let listen = match tree.child(graphics, "listen") {
        Some(listen) => listen,
        None => {
            let listen = tree.append(graphics, "listen", Provenance::Default);
            let kind = if no_ports && attribute.is_none() {
                "none"
            } else {
                "address"
            };
            tree.set_attr(listen, "type", kind, Provenance::Default);
            listen
        }
    };
    if no_ports && tree.attr(listen, "type") == Some("address") {
        tree.set_attr(listen, "type", "none", Provenance::Filled);
        return;
    }
    match tree.attr(listen, "type").unwrap_or_default() {
        "address" => {
            let written = tree.attr(listen, "address").map(str::to_owned);
            if let Some(address) = written.or(attribute) {
                tree.set_attr(graphics, "listen", address.clone(), Provenance::Filled);
                tree.set_attr(listen, "address", address, Provenance::Filled);
            }
        }
        "network" => tree.remove_attr(listen, "address"),
        "socket" if kind == "vnc" => {
            if let Some(socket) = tree.attr(graphics, "socket").map(str::to_owned) {
                tree.default_attr(listen, "socket", socket);
            }
            if let Some(socket) = tree.attr(listen, "socket").map(str::to_owned) {
                tree.set_attr(graphics, "socket", socket, Provenance::Filled);
            }
        }
        _ => {}
    }
}

fn ports(tree: &mut Tree<'_>, graphics: NodeId, kind: &str) {
    let automatic = |port: Option<&str>| matches!(port, None | Some("-1" | "0"));
    let autoport = tree.attr(graphics, "autoport").map(str::to_owned);
    let port = automatic(tree.attr(graphics, "port"));
    if kind == "spice" {
        let tls_minus = tree.attr(graphics, "tlsPort") == Some("-1");
        let both = tree.attr(graphics, "port") == Some("-1") && tls_minus;
        if autoport.as_deref() == Some("yes") || both {
            tree.set_attr(graphics, "autoport", "yes", Provenance::Default);
            tree.remove_attr(graphics, "port");
            tree.remove_attr(graphics, "tlsPort");
        } else {
            tree.set_attr(graphics, "autoport", "no", Provenance::Default);
        }
        return;
    }
    if autoport.as_deref() == Some("no") && port {
        // Neither chosen here nor by libvirt.
        if tree.attr(graphics, "port") == Some("0") {
            tree.remove_attr(graphics, "port");
        }
        return;
    }
    if autoport.as_deref() == Some("yes") || port {
        tree.set_attr(graphics, "port", "-1", Provenance::Default);
        tree.set_attr(graphics, "autoport", "yes", Provenance::Default);
    } else {
        tree.set_attr(graphics, "autoport", "no", Provenance::Default);
    }
}

fn inputs(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    let mut without_bus: Vec<&str> = Vec::new();
    for input in &devices[DeviceKind::Input] {
        let bus = match tree.attr(*input, "type") {
            Some("tablet") => "usb",
            Some("mouse" | "keyboard") if machine.is_x86() => {
                if tree.attr(*input, "bus").is_none() {
                    let mouse = tree.attr(*input, "type") == Some("mouse");
                    without_bus.push(if mouse { "mouse" } else { "keyboard" });
                }
                "ps2"
            }
            Some("mouse" | "keyboard") => "usb",
            Some("passthrough") => "virtio",
            Some("evdev") => "none",
            _ => continue,
        };
        if bus == "none" {
            continue;
        }
        tree.default_attr(*input, "bus", bus);
    }
    let has = |tree: &Tree<'_>, devices: &Devices, kind: &str, bus: &str| {
        devices[DeviceKind::Input].iter().any(|input| {
            tree.attr(*input, "type") == Some(kind) && tree.attr(*input, "bus") == Some(bus)
        })
    };
    if machine.is_x86() && tree.get(Tree::ROOT, "features/ps2/@state") != Some("off") {
        for kind in ["mouse", "keyboard"] {
            // libvirt 12.8 does not count an input whose bus it had to fill in.
            let uncounted = without_bus.contains(&kind) && machine.release >= Release::V12_8;
            if uncounted || !has(tree, devices, kind, "ps2") {
                add_input(tree, devices, kind, "ps2");
            }
        }
    } else if machine.family == Family::Pseries && !devices[DeviceKind::Graphics].is_empty() {
        if !has(tree, devices, "keyboard", "usb") {
            add_input(tree, devices, "keyboard", "usb");
        }
        if !has(tree, devices, "mouse", "usb") && !has(tree, devices, "tablet", "usb") {
            add_input(tree, devices, "mouse", "usb");
        }
    }
}

fn add_input(tree: &mut Tree<'_>, devices: &mut Devices, kind: &'static str, bus: &'static str) {
    let input = devices.add(tree, DeviceKind::Input);
    tree.set_attr(input, "type", kind, Provenance::Filled);
    tree.set_attr(input, "bus", bus, Provenance::Filled);
}

fn videos(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    if devices[DeviceKind::Video].is_empty() && !devices[DeviceKind::Graphics].is_empty() {
        devices.add(tree, DeviceKind::Video);
    }
    let videos = devices[DeviceKind::Video].clone();
    for video in &videos {
        let model = tree.ensure(*video, "model", Provenance::Default);
        let default = match machine.family {
            Family::Pseries => "vga",
            Family::ArmVirt | Family::RiscvVirt | Family::S390Ccw => "virtio",
            _ => "cirrus",
        };
        tree.default_attr(model, "type", default);
    }
    let primary = videos
        .iter()
        .position(|video| tree.get(*video, "model/@primary") == Some("yes"))
        .unwrap_or(0);
    let list = &mut devices[DeviceKind::Video];
    if primary < list.len() {
        let first = list.remove(primary);
        list.insert(0, first);
    }
    for (position, video) in devices[DeviceKind::Video].iter().enumerate() {
        fill_video(tree, *video, position == 0, machine);
    }
}

fn fill_video(tree: &mut Tree<'_>, video: NodeId, first: bool, machine: &Machine) {
    let Some(model) = tree.child(video, "model") else {
        return;
    };
    let kind = tree.attr(model, "type").unwrap_or_default().to_owned();
    if let Some(driver) = tree.child(video, "driver")
        && tree.attr(driver, "vgaconf") == Some("io")
    {
        tree.remove_attr(driver, "vgaconf");
        if is_bare(tree, driver) {
            tree.remove(driver);
        }
    }
    if kind == "none" {
        let others: Vec<NodeId> = tree
            .attributes(model)
            .filter(|a| tree.name(*a) != "type")
            .collect();
        for attribute in others {
            tree.remove(attribute);
        }
        tree.set_children(model, []);
        let kept: Vec<NodeId> = tree
            .children(video)
            .filter(|c| matches!(tree.name(*c), "model" | "alias"))
            .collect();
        tree.set_children(video, kept);
        return;
    }
    match kind.as_str() {
        "vga" | "cirrus" | "vmvga" | "bochs" => {
            tree.default_attr(model, "vram", "16384");
        }
        "qxl" => {
            tree.default_attr(model, "ram", "65536");
            tree.default_attr(model, "vram", "65536");
            tree.default_attr(model, "vgamem", "16384");
        }
        "xen" => tree.default_attr(model, "vram", "4096"),
        _ => {}
    }
    for name in ["ram", "vram"] {
        let rounded = tree
            .attribute(model, name)
            .and_then(|a| tree.amount(a))
            .and_then(u64::checked_next_power_of_two);
        if let Some(rounded) = rounded
            && (name == "vram" || kind == "qxl")
        {
            tree.set_attr(model, name, rounded.to_string(), Provenance::Default);
        }
    }
    tree.default_attr(model, "heads", "1");
    if first {
        tree.set_attr(model, "primary", "yes", Provenance::Default);
    } else {
        tree.remove_attr(model, "primary");
    }
    if machine.release >= Release::V12_8 && kind == "virtio" && machine.is_x86() {
        let outside = tree.get(video, "driver/@name") == Some("vhostuser");
        let device = match (outside, first) {
            (false, true) => "virtio-vga",
            (false, false) => "virtio-gpu",
            (true, true) => "vhost-user-vga",
            (true, false) => "vhost-user-gpu",
        };
        tree.default_attr(model, "device", device);
    }
}

/// The default audio back end follows from the last VNC, SPICE or SDL display.
fn audio(tree: &mut Tree<'_>, devices: &mut Devices) {
    if !devices[DeviceKind::Audio].is_empty() {
        return;
    }
    let graphics = &devices[DeviceKind::Graphics];
    let decides = graphics
        .iter()
        .rev()
        .find_map(|display| match tree.attr(*display, "type") {
            Some("vnc") => Some("none"),
            Some("spice") => Some("spice"),
            Some("sdl") => Some(""),
            _ => None,
        })
        .unwrap_or(if graphics.is_empty() { "none" } else { "" });
    if decides.is_empty() {
        return;
    }
    let audio = devices.add(tree, DeviceKind::Audio);
    tree.set_attr(audio, "id", "1", Provenance::Filled);
    tree.set_attr(audio, "type", decides, Provenance::Filled);
}
