//! Displays: what of their host side a guest needs elsewhere too.

use std::net::IpAddr;

use super::{Check, Fact, Found, Proof, Rule};
use crate::report::{EnforcedBy, Level};
use crate::tree::NodeId;
use crate::view::{Graphics, Guest};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "graphics/egl-gl",
        enforced_by: EnforcedBy::Qemu,
        why: "The display is drawn with a GPU of the host, so the destination needs one that QEMU can use. Nobody ran such a migration for domdiff: QEMU's source blocks it where the guest's own card uses 3D, and not otherwise.",
        help: "switch gl off (<gl enable='no'/>) where the guest must move",
        source: "QEMU hw/display/virtio-gpu-base.c (`virgl is not yet migratable`), ui/egl-headless.c",
        proof: Proof::Unverified,
        example: "<gl enable='yes'",
        check: Check::State {
            scope: "devices/graphics",
            find: gl,
        },
        ..Rule::RISK
    },
    Rule {
        id: "graphics/fixed-port",
        why: "The display wants this very port of each host it runs on; taken there, libvirt refuses the guest (`Failed to reserve port`).",
        help: "write autoport='yes', or give a port that is free there with `virsh migrate --xml`",
        source: "live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::Links],
        settled_by: Some("host/graphics-port"),
        example: "port='5910' autoport='no'",
        check: Check::State {
            scope: "devices/graphics",
            find: fixed_port,
        },
        ..Rule::RISK
    },
    Rule {
        id: "graphics/listen-address",
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU on the destination cannot bind an address of another host: the migration fails.",
        help: "listen on 0.0.0.0, ::, 127.0.0.1 or on a network, or give an address of the destination with `virsh migrate --xml`",
        source: "live migration between two libvirt 9.0 hosts; Nova graphics_listen_addrs",
        proof: Proof::Run,
        needs: &[Fact::Links],
        settled_by: Some("host/graphics-listen"),
        example: "<listen type='address' address='192.0.2.10'/>",
        check: Check::State {
            scope: "devices/graphics",
            find: listen_address,
        },
        ..Rule::RISK
    },
    Rule {
        id: "graphics/password-expiry",
        level: Level::Info,
        why: "The display's password ends at this time, wherever the guest runs then; nobody can log in after it.",
        help: "`virsh update-device NAME FILE --live`, with the <graphics> of the guest and a new passwdValidTo in FILE",
        source: "libvirt formatdomain, graphical framebuffers",
        example: "passwdValidTo='2030-01-01T00:00:00'",
        check: Check::State {
            scope: "devices/graphics",
            find: password_expiry,
        },
        ..Rule::RISK
    },
    Rule {
        id: "graphics/socket-path",
        why: "The display listens on a socket at this path: its folder must be on the destination, and QEMU must be allowed to write there.",
        help: "leave the path out (<listen type='socket'/>): libvirt makes one",
        source: "libvirt formatdomain, graphical framebuffers, listen type socket",
        needs: &[Fact::Files],
        settled_by: Some("host/chardev-path"),
        example: "socket='/run/displays/web.sock'",
        check: Check::State {
            scope: "devices/graphics",
            find: socket_path,
        },
        ..Rule::RISK
    },
    Rule {
        id: "graphics/spice",
        why: "Many distributions build QEMU without SPICE (RHEL and CentOS since 9): such a destination cannot run the guest, since its display, qxl card, channel or sound needs it.",
        help: "tell what the destination's QEMU can with --host, or give the guest VNC and a virtio card",
        source: "live migration from libvirt 9.0 to a QEMU without SPICE, and to one with it",
        proof: Proof::Run,
        needs: &[Fact::DomainCapabilities],
        settled_by: Some("host/graphics-type"),
        example: "<graphics type='spice'",
        check: Check::State {
            scope: "devices",
            find: spice,
        },
        ..Rule::RISK
    },
];

/// The places of a live migration among the displays.
fn live(guest: &Guest<'_>, find: impl Fn(Graphics<'_>) -> Option<Found>) -> Vec<Found> {
    if guest.migration.offline {
        return Vec::new();
    }
    guest.graphics().filter_map(find).collect()
}

fn gl(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, |graphics| {
        let on = graphics.get("gl/@enable") == Some("yes");
        let path = match graphics.kind() {
            _ if on => "gl/@enable",
            "egl-headless" => graphics.get("gl/@rendernode").map(|_| "gl/@rendernode")?,
            _ => return None,
        };
        Some(Found::at(
            graphics.at(path),
            "it draws with a GPU of the host",
        ))
    })
}

fn fixed_port(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, |graphics| {
        let (node, port) = graphics.fixed_ports().next()?;
        let message = format!("port {port} must be free on the destination");
        let found = Found::at(node, message).level(Level::Error);
        Some(found.needs(Fact::Links))
    })
}

fn listen_address(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    live(guest, |graphics| {
        let is_foreign = |text: &str| {
            let address: Result<IpAddr, _> = text.parse();
            address.map_or(text != "localhost", |address| {
                !address.is_unspecified() && !address.is_loopback()
            })
        };
        let named = |listen: NodeId| {
            let node = tree.attribute(listen, "address")?;
            Some((node, tree.value(node)?))
        };
        let (node, text) = graphics
            .listens("address")
            .filter_map(named)
            .find(|(_, text)| is_foreign(text))?;
        let message = format!("{text} must be an address of the destination");
        let found = Found::at(node, message).level(Level::Error);
        Some(found.needs(Fact::Links))
    })
}

fn password_expiry(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, |graphics| {
        let until = graphics.get("@passwdValidTo")?;
        let message = format!("its password ends at {until}");
        Some(Found::at(graphics.at("@passwdValidTo"), message))
    })
}

fn socket_path(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    live(guest, |graphics| {
        let node = tree.at(graphics.node, "listen/@socket")?;
        let message = format!(
            "the folder of {} must be on the destination",
            tree.value(node)?
        );
        let found = Found::at(node, message).level(Level::Error);
        Some(found.needs(Fact::Files))
    })
}

/// Where a definition needs SPICE: one place is enough to tell.
fn spice(guest: &Guest<'_>) -> Vec<Found> {
    if guest.migration.offline {
        return Vec::new();
    }
    let tree = guest.tree();
    let of = |kind, path: &'static str, value: &'static str| {
        guest
            .devices(kind)
            .filter_map(move |node| tree.at(node, path))
            .find(|node| tree.value(*node) == Some(value))
    };
    let first = of("graphics", "@type", "spice")
        .or_else(|| of("video", "model/@type", "qxl"))
        .or_else(|| of("channel", "@type", "spicevmc"))
        .or_else(|| of("redirdev", "@type", "spicevmc"))
        .or_else(|| of("smartcard", "@type", "spicevmc"))
        .or_else(|| of("audio", "@type", "spice"));
    let message = "QEMU on the destination must have SPICE";
    first
        .map(|node| {
            let found = Found::at(node, message).level(Level::Error);
            found.needs(Fact::DomainCapabilities)
        })
        .into_iter()
        .collect()
}
