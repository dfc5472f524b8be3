//! Disks: what stands in the way of a guest that is to find its data elsewhere.

use super::{Check, Found, Rule};
use crate::report::EnforcedBy;
use crate::view::Guest;

pub(super) static RULES: &[Rule] = &[Rule {
    id: "disk/missing-source",
    enforced_by: EnforcedBy::Qemu,
    why: "A disk that is no CD-ROM or floppy drive cannot be empty: the guest does not start, here or on a destination.",
    help: "write the source back, or remove the disk",
    source: "libvirt qemuValidateDomainDeviceDefDiskFrontend",
    example: "<disk type='file' device='disk'><target dev='vda'/></disk>",
    check: Check::State {
        scope: "devices/disk",
        find: missing_source,
    },
    ..Rule::BLOCKER
}];

fn missing_source(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    guest
        .devices("disk")
        .filter(|disk| {
            matches!(tree.attr(*disk, "device"), Some("disk" | "lun"))
                && tree.child(*disk, "source").is_none()
        })
        .map(|disk| Found::at(disk, "it has no source"))
        .collect()
}
