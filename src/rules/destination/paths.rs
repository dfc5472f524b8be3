//! Other paths of the host that devices name: what no rule of their own looks for.

use super::storage::missing;
use crate::host::HostFacts;
use crate::report::{EnforcedBy, Level};
use crate::rules::{Check, Fact, Found, Proof, Rule};
use crate::view::Guest;

pub(in crate::rules) static RULES: &[Rule] = &[Rule {
    id: "host/path-missing",
    needs: &[Fact::Files],
    enforced_by: EnforcedBy::Qemu,
    why: "QEMU on the destination opens this path of the host before it takes the guest, and does not start where it is missing.",
    help: "make it there (start the daemon, plug in the device, copy the file), or name the destination's with `virsh migrate --xml`",
    source: "started with QEMU 7.2: event devices, sockets and vDPA devices that are not there",
    proof: Proof::Run,
    example: "<source evdev='/dev/input/event3'/>",
    check: Check::Destination(paths),
    ..Rule::DEMAND
}];

/// Where devices name a path that must be there: the devices, their type (empty: any), and the path
/// below each.
#[rustfmt::skip]
static PLACES: &[(&str, &str, &str)] = &[
    ("input", "", "source/@evdev"),
    ("input", "", "source/@dev"),
    ("interface", "vdpa", "source/@dev"),
    ("interface", "ethernet", "script/@path"),
    ("interface", "", "backend/@tap"),
    ("interface", "", "backend/@vhost"),
    ("smartcard", "", "database"),
    ("shmem", "", "server/@path"),
];

/// The same below the images of disks.
const IN_IMAGES: [&str; 5] = [
    "@dev",
    "identity/@keyfile",
    "knownHosts/@path",
    "config/@file",
    "host/@socket",
];

/// What names files of which nobody has seen yet that QEMU fails without them.
const UNTRIED: [&str; 5] = ["identity", "knownHosts", "config", "script", "database"];

fn paths(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    if !guest.is_live() {
        return Vec::new();
    }
    let tree = guest.tree();
    let of_devices = PLACES.iter().flat_map(|(name, kind, path)| {
        guest
            .devices(name)
            .filter(|device| kind.is_empty() || tree.attr(*device, "type") == Some(*kind))
            .filter_map(|device| tree.at(device, path))
    });
    let of_images = guest
        .disks()
        .flat_map(|disk| disk.layers())
        // What files and block devices are at, others look for.
        .filter(|layer| matches!(layer.kind(), "network" | "vhostvdpa"))
        .flat_map(|layer| IN_IMAGES.iter().filter_map(move |path| layer.at(path)));
    of_devices
        .chain(of_images)
        .filter_map(|node| {
            let path = tree.value(node).filter(|path| path.starts_with('/'))?;
            let found = missing(host, path, node, "")?;
            let element = tree.parent(node).filter(|_| tree.is_attribute(node));
            Some(
                match UNTRIED.contains(&tree.name(element.unwrap_or(node))) {
                    true => found.level(Level::Warning),
                    false => found,
                },
            )
        })
        .collect()
}
