//! Disks in libvirt's order, and where each sits on its controller.

use std::collections::HashSet;

use super::{DeviceKind, Devices};
use crate::tree::{NodeId, Provenance, Tree};

/// Puts disks in order (`virDomainDiskInsert`): each goes behind the last disk
/// of its bus, in front of those with a higher target letter. That happens
/// before a bus is guessed, so the disks that name none are a bus of their
/// own; when libvirt reads its own XML again (`reread`) every bus is named.
pub(super) fn sort_disks(tree: &Tree<'_>, devices: &mut Devices, reread: bool) {
    let disks = &mut devices[DeviceKind::Disk];
    if disks.len() < 2 {
        return;
    }
    let mut buses: Vec<&str> = Vec::new();
    let mut keyed: Vec<(usize, Option<u64>, NodeId)> = Vec::with_capacity(disks.len());
    for disk in disks.iter() {
        let target = tree.child(*disk, "target");
        let bus = target
            .and_then(|target| tree.attribute(target, "bus"))
            .filter(|bus| reread || tree.is_written(*bus))
            .and_then(|bus| tree.value(bus))
            .unwrap_or_default();
        // The known buses are few; anything beyond them is no bus.
        let rank = match buses.iter().position(|known| *known == bus) {
            Some(rank) => rank,
            None if buses.len() < MOST_BUSES => {
                buses.push(bus);
                buses.len() - 1
            }
            None => MOST_BUSES,
        };
        let index = target
            .and_then(|target| tree.attr(target, "dev"))
            .and_then(target_index);
        keyed.push((rank, index, *disk));
    }
    keyed.sort_by_key(|(rank, index, _)| (*rank, *index));
    *disks = keyed.into_iter().map(|(_, _, disk)| disk).collect();
}

/// More than libvirt knows disk buses.
const MOST_BUSES: usize = 32;

/// The number in a target name (`virDiskNameToIndex`): `sda` is 0, `sdz` 25,
/// `sdaa` 26; a partition number behind it does not count.
fn target_index(dev: &str) -> Option<u64> {
    let letters = ["fd", "hd", "vd", "sd", "xvd", "ubd"]
        .iter()
        .find_map(|prefix| dev.strip_prefix(prefix))?;
    let letters = letters.trim_end_matches(|c: char| c.is_ascii_digit());
    if letters.is_empty() || !letters.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    letters
        .bytes()
        .try_fold(0_u64, |sum, letter| {
            sum.checked_mul(26)?
                .checked_add(u64::from(letter - b'a') + 1)
        })
        .map(|sum| sum - 1)
}

/// Gives open disks their place from the target letter
/// (`virDomainDiskDefAssignAddress`), whoever may sit there already, then open
/// SCSI host devices the lowest free one (`virDomainHostdevAssignAddress`).
pub(super) fn assign(tree: &mut Tree<'_>, devices: &Devices) {
    for disk in &devices[DeviceKind::Disk] {
        if tree.child(*disk, "address").is_none() {
            assign_disk(tree, *disk);
        }
    }
    assign_hostdevs(tree, devices);
}

fn assign_disk(tree: &mut Tree<'_>, disk: NodeId) {
    let Some(target) = tree.child(disk, "target") else {
        return;
    };
    let Some(index) = tree.attr(target, "dev").and_then(target_index) else {
        return;
    };
    let (controller, bus, unit) = match tree.attr(target, "bus") {
        Some("scsi") => (index / SCSI_UNITS, 0, index % SCSI_UNITS),
        Some("ide") => (index / 4, index % 4 / 2, index % 2),
        Some("sata") => (index / 6, 0, index % 6),
        Some("fdc") => (index / 2, 0, index % 2),
        _ => return,
    };
    set(tree, disk, controller, bus, unit);
}

/// Units of a SCSI controller that libvirt gives out, whatever its model.
const SCSI_UNITS: u64 = 7;

fn assign_hostdevs(tree: &mut Tree<'_>, devices: &Devices) {
    let hostdevs: Vec<NodeId> = scsi_hostdevs(tree, devices).collect();
    if hostdevs.is_empty() {
        return;
    }
    let mut used = HashSet::new();
    let disks = devices[DeviceKind::Disk]
        .iter()
        .copied()
        .filter(|disk| tree.get(*disk, "target/@bus") == Some("scsi"));
    for device in disks.chain(hostdevs.iter().copied()) {
        if let Some(place) = Place::of(tree, device)
            && (place.bus, place.target) == (0, 0)
        {
            used.insert((place.controller, place.unit));
        }
    }
    // Places are never given back, so the search goes on where it stopped.
    let (mut controller, mut unit) = (0, 0);
    for hostdev in hostdevs {
        if tree.child(hostdev, "address").is_some() {
            continue;
        }
        while used.contains(&(controller, unit)) || unit == SCSI_UNITS {
            unit += 1;
            if unit >= SCSI_UNITS {
                (controller, unit) = (controller + 1, 0);
            }
        }
        used.insert((controller, unit));
        set(tree, hostdev, controller, 0, unit);
    }
}

/// Host devices that are disks on a SCSI bus.
pub(super) fn scsi_hostdevs<'t>(
    tree: &'t Tree<'_>,
    devices: &'t Devices,
) -> impl Iterator<Item = NodeId> + 't {
    devices[DeviceKind::Hostdev]
        .iter()
        .copied()
        .filter(|hostdev| {
            tree.attr(*hostdev, "mode") == Some("subsystem")
                && tree.attr(*hostdev, "type") == Some("scsi")
        })
}

/// A place on a controller.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) controller: u64,
    bus: u64,
    target: u64,
    unit: u64,
}

impl Place {
    /// A device's address, if it is one of type `drive`.
    pub(super) fn of(tree: &Tree<'_>, device: NodeId) -> Option<Self> {
        let address = tree.child(device, "address")?;
        if tree.attr(address, "type") != Some("drive") {
            return None;
        }
        let number = |path| tree.number(address, path).unwrap_or(0);
        Some(Self {
            controller: number("@controller"),
            bus: number("@bus"),
            target: number("@target"),
            unit: number("@unit"),
        })
    }
}

fn set(tree: &mut Tree<'_>, device: NodeId, controller: u64, bus: u64, unit: u64) {
    let filled = Provenance::Filled;
    let address = tree.append(device, "address", filled);
    tree.set_attr(address, "type", "drive", filled);
    tree.set_attr(address, "controller", controller.to_string(), filled);
    tree.set_attr(address, "bus", bus.to_string(), filled);
    tree.set_attr(address, "target", "0", filled);
    tree.set_attr(address, "unit", unit.to_string(), filled);
}

#[cfg(test)]
mod tests {
    use super::target_index;

    #[test]
    fn target_names_are_numbers_of_base_26() {
        assert_eq!(target_index("sda"), Some(0));
        assert_eq!(target_index("sdz"), Some(25));
        assert_eq!(target_index("sdaa"), Some(26));
        assert_eq!(target_index("xvdb3"), Some(1));
        assert_eq!(target_index("sd"), None);
        assert_eq!(target_index("nvme0n1"), None);
        assert_eq!(target_index("sdaaaaaaaaaaaaaaaaaaaaaaaaa"), None);
    }
}
