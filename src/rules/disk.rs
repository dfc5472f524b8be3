//! Disks: what of them stands in the way of a migration, or makes it a risk.

use super::{Check, Fact, Found, Proof, Rule};
use crate::migration::{Storage, Version};
use crate::report::{EnforcedBy, Level};
use crate::tree::NodeId;
use crate::view::{Disk, Guest, Layer};

/// A disk's state.
const fn disk(find: fn(&Guest<'_>) -> Vec<Found>) -> Check {
    Check::State {
        scope: "devices/disk",
        find,
    }
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "disk/backing-chain-local",
        needs: &[Fact::Storage, Fact::SourceHost],
        settled_by: Some("host/disk-source-missing"),
        why: "An image below the one that the disk writes to is on storage of this host only. libvirt's check on the source looks at the top image alone; the destination fails when it opens the chain.",
        help: "move the whole chain to shared storage, flatten it (`virsh blockpull`), or copy it with `--copy-storage-all`",
        source: "libvirt qemuMigrationSrcIsSafe looks at disk->src only; qemuDomainDetermineDiskChain on the destination",
        proof: Proof::Run,
        example: "<backingStore type='file'>",
        check: disk(backing_chain_local),
        ..Rule::BLOCKER
    },
    Rule {
        id: "disk/block-device-path",
        why: "The kernel numbers such devices in the order it finds them: on another host the same path can be another disk. libvirt does not compare block devices, so the guest would write to the wrong one.",
        help: "use a path that names the device itself: /dev/disk/by-id/…, /dev/mapper/<wwid>, a logical volume",
        source: "libvirt qemuMigrationSrcIsSafe: block devices count as safe",
        proof: Proof::Run,
        example: "<source dev='/dev/sdb'/>",
        check: disk(block_device_path),
        ..Rule::RISK
    },
    Rule {
        id: "disk/block-job",
        why: "libvirt refuses to migrate while a block job copies, commits or backs up a disk.",
        help: "end the job first: `virsh blockjob DOMAIN DISK --pivot` or `--abort`",
        source: "libvirt qemuMigrationSrcIsAllowed: domain has active block job",
        proof: Proof::Run,
        example: "<mirror type='file'",
        check: disk(block_job),
        ..Rule::BLOCKER
    },
    Rule {
        id: "disk/bus-nvme",
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU's emulated NVMe controller has no state that can be migrated.",
        help: "use bus='virtio' or 'scsi'; changing it needs the guest powered off",
        source: "QEMU hw/nvme: device is unmigratable (7.2)",
        proof: Proof::Run,
        example: "<target dev='nvme0n1' bus='nvme'/>",
        check: disk(bus_nvme),
        ..Rule::BLOCKER
    },
    Rule {
        id: "disk/cache-default",
        level: Level::Info,
        why: "Without a cache mode QEMU takes writeback. On shared storage that relies on both hosts giving up their page caches at the right time.",
        help: "write cache='none' into the disk's <driver>",
        source: "libvirt formatdomain, disk driver cache; QEMU -drive cache",
        example: "<driver name='qemu' type='raw'/>",
        check: disk(cache_default),
        ..Rule::RISK
    },
    Rule {
        id: "disk/cache-unsafe",
        why: "cache='unsafe' ignores the guest's flushes: a crash of either host around the migration loses data that the guest believes to be written.",
        help: "use cache='none' or 'writeback'",
        source: "libvirt formatdomain, disk driver cache",
        example: "cache='unsafe'",
        check: disk(cache_unsafe),
        ..Rule::RISK
    },
    Rule {
        id: "disk/cdrom-host-device",
        why: "The drive is the host's own: the destination's drive has another disc, or there is none.",
        help: "eject it before the migration (`virsh change-media DOMAIN TARGET --eject`), or use an image",
        source: "libvirt qemuDomainObjCheckDiskTaint",
        example: "<disk type='block' device='cdrom'>",
        check: disk(drive_of_the_host),
        ..Rule::RISK
    },
    Rule {
        id: "disk/cdrom-local-iso",
        needs: &[Fact::Files],
        settled_by: Some("host/disk-source-missing"),
        why: "The image in the drive is neither copied nor forgotten: the destination refuses the guest where the file is missing.",
        help: "eject it (`virsh change-media DOMAIN TARGET --eject`), or set startupPolicy='optional' on its <source>",
        source: "libvirt formatdomain, startupPolicy; virStorageSourceGetMetadata on the destination",
        proof: Proof::Run,
        example: "<disk type='file' device='cdrom'>",
        check: disk(drive_with_image),
        ..Rule::RISK
    },
    Rule {
        id: "disk/copy-tunnelled",
        why: "Disks are copied over a connection of their own (NBD); a tunnelled migration has only libvirt's.",
        help: "leave `--tunnelled` out; `--tls` encrypts both streams",
        source: "libvirt qemuMigrationSrcBeginPhase: tunnelled with storage migration needs QEMU without blockdev",
        proof: Proof::Run,
        example: "<disk type='file' device='disk'>",
        check: disk(copied_through_tunnel),
        ..Rule::BLOCKER
    },
    Rule {
        id: "disk/deep-chain",
        why: "libvirt describes a disk's chain to QEMU in nested JSON, and refuses chains that nest too deeply: 200 images, with libvirt 10.8 to 11.10 already about 25.",
        help: "shorten the chain with `virsh blockcommit` or `virsh blockpull`",
        source: "libvirt release notes 12.0.0, QEMU: JSON nesting limit",
        example: "<backingStore type='file'>",
        check: disk(deep_chain),
        ..Rule::RISK
    },
    Rule {
        id: "disk/detect-zeroes-copy",
        level: Level::Info,
        why: "A copied image is written out in full on the destination, holes included, unless zeroes are looked for.",
        help: "copy with `--migrate-disks-detect-zeroes` (libvirt 10.9), or make room for the whole size",
        source: "libvirt release notes 10.9.0; qemuMigrationSrcNBDStorageCopy",
        since: "libvirt 10.9 for the flag",
        example: "<disk type='file' device='disk'>",
        check: disk(copied_in_full),
        ..Rule::RISK
    },
    Rule {
        id: "disk/encryption-secret",
        needs: &[Fact::Secrets],
        settled_by: Some("host/secret"),
        why: "Secrets do not move with the guest: the destination's libvirt must know this one, by UUID or usage, with its value.",
        help: "define it there: `virsh secret-define`, `virsh secret-set-value`",
        source: "libvirt qemuDomainSecretInfoSetup, virSecretGetSecretString",
        proof: Proof::Run,
        example: "<secret type='passphrase'",
        check: disk(secrets),
        ..Rule::RISK
    },
    Rule {
        id: "disk/image-format",
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU reads and writes images of this format, but cannot hand one over to another QEMU: it refuses to migrate a guest that has one open, as a backing file too.",
        help: "convert the image with `qemu-img convert -O qcow2` while the guest is off, or copy it to a qcow2 file with `virsh blockcopy` while it runs",
        source: "QEMU block/vmdk.c, vdi.c, vpc.c, qcow.c: The vmdk format used by node … does not support live migration",
        proof: Proof::Run,
        example: "<driver name='qemu' type='vmdk'/>",
        check: disk(image_format),
        ..Rule::BLOCKER
    },
    Rule {
        id: "disk/io-error-paused",
        needs: &[Fact::GuestState],
        why: "The guest stands still after a disk error, and `--abort-on-error` gives the migration up at once for that.",
        help: "repair the storage and `virsh resume` the guest, or leave `--abort-on-error` out",
        source: "libvirt qemuMigrationSrcIsAllowed: cannot migrate domain with I/O error",
        proof: Proof::Run,
        example: "<disk type='file' device='disk'>",
        check: disk(io_error),
        ..Rule::BLOCKER
    },
    Rule {
        id: "disk/local-storage",
        needs: &[Fact::Storage, Fact::SourceHost],
        why: "libvirt refuses to migrate a guest that writes to a file on storage of this host only: without the disk the guest is nothing.",
        help: "put the disk on shared storage (NFS, CephFS, GFS2 …), or copy it with `--copy-storage-all`",
        source: "libvirt qemuMigrationSrcIsSafe, virFileIsSharedFS",
        proof: Proof::Run,
        example: "<disk type='file' device='disk'>",
        check: disk(local_storage),
        ..Rule::BLOCKER
    },
    Rule {
        id: "disk/lun-passthrough",
        why: "SCSI commands of the guest go to the device as they are. Reservations that the guest holds stay with this host's path to the LUN.",
        help: "check that the destination sees the same LUN and that the guest holds no reservation",
        source: "libvirt formatdomain, disk device='lun'",
        example: "<disk type='block' device='lun'>",
        check: disk(lun),
        ..Rule::RISK
    },
    Rule {
        id: "disk/missing-source",
        enforced_by: EnforcedBy::Qemu,
        why: "A disk that is no CD-ROM or floppy drive cannot be empty: the guest does not start, here or on a destination.",
        help: "write the source back, or remove the disk",
        source: "libvirt qemuValidateDomainDeviceDefDiskFrontend",
        proof: Proof::Run,
        example: "<disk type='file' device='disk'><target dev='vda'/></disk>",
        check: disk(missing_source),
        ..Rule::BLOCKER
    },
    Rule {
        id: "disk/nbdkit-ssh",
        level: Level::Info,
        why: "The connection is made with files of this host: keys, known hosts, cookies.",
        help: "put the same files on the destination and check that it reaches the server",
        source: "libvirt release notes 9.8.0; formatdomain, network disks",
        example: "protocol='ssh'",
        check: disk(curl_or_ssh),
        ..Rule::RISK
    },
    Rule {
        id: "disk/network-host",
        why: "The server is named by an address that means this host, so the destination asks itself. libvirt takes every network disk for safe.",
        help: "name the server by an address that the destination reaches",
        source: "libvirt qemuMigrationSrcIsSafe: network disks count as safe",
        example: "<host name='localhost'",
        check: disk(server_is_this_host),
        ..Rule::RISK
    },
    Rule {
        id: "disk/nvme-passthrough",
        why: "The disk is an NVMe device of this host, given to the guest as it is.",
        help: "copy it with `--copy-storage-all`, or use storage that both hosts reach",
        source: "libvirt qemuMigrationSrcIsSafe: VIR_STORAGE_TYPE_NVME",
        example: "<disk type='nvme'",
        check: disk(nvme_of_the_host),
        ..Rule::BLOCKER
    },
    Rule {
        id: "disk/persistent-reservation",
        why: "SCSI reservations belong to the host's path to the LUN, and the helper that makes them has to run on the destination.",
        help: "start qemu-pr-helper there, and let the guest drop its reservations before",
        source: "libvirt formatdomain, reservations; QEMU pr-manager",
        example: "<reservations",
        check: disk(reservations),
        ..Rule::RISK
    },
    Rule {
        id: "disk/rawio",
        level: Level::Info,
        why: "The guest may send raw commands to the device: QEMU needs that right on the destination too. sgio is gone from newer kernels.",
        help: "check the destination's kernel and that QEMU may have CAP_SYS_RAWIO there",
        source: "libvirt formatdomain, rawio and sgio",
        example: "rawio='yes'",
        check: disk(rawio),
        ..Rule::RISK
    },
    Rule {
        id: "disk/readonly-local",
        needs: &[Fact::Files],
        settled_by: Some("host/disk-source-missing"),
        why: "A read-only disk is neither copied nor checked on the source: the file has to be on the destination already, or the guest is refused there.",
        help: "put the file on shared storage, or copy it to the same path there first",
        source: "libvirt qemuMigrationAnyCopyDisk, qemuMigrationSrcIsSafe",
        proof: Proof::Run,
        example: "<readonly/>",
        check: disk(readonly_file),
        ..Rule::RISK
    },
    Rule {
        id: "disk/removable-usb-host",
        level: Level::Info,
        why: "A removable USB disk that is a file of this host: often forgotten when the other disks were moved to shared storage.",
        help: "detach it before the migration if the guest does not need it",
        source: "libvirt formatdomain, disk target removable",
        example: "removable='on'",
        check: disk(removable_usb),
        ..Rule::RISK
    },
    Rule {
        id: "disk/shareable-cache",
        why: "Several guests write to the disk. With a cached or structured (qcow2) image each of them sees its own state.",
        help: "use cache='none' and format raw for a shareable disk",
        source: "libvirt formatdomain, shareable; qemuDomainDiskSupportsShareable",
        proof: Proof::Run,
        example: "<shareable/>",
        check: disk(shareable_cache),
        ..Rule::RISK
    },
    Rule {
        id: "disk/shareable-copy",
        level: Level::Info,
        why: "A shareable disk is not copied along unless it is named: the destination has to reach it.",
        help: "name it in `--migrate-disks`, or see that the destination reaches it",
        source: "libvirt qemuMigrationAnyCopyDisk",
        example: "<shareable/>",
        check: disk(shareable_copy),
        ..Rule::RISK
    },
    Rule {
        id: "disk/startup-policy-mandatory",
        level: Level::Info,
        why: "The medium in the drive has to be reachable on the destination, although the guest may not need it.",
        help: "set startupPolicy='optional' on the <source>, or eject the medium",
        source: "libvirt formatdomain, startupPolicy",
        example: "device='cdrom'",
        check: disk(mandatory_medium),
        ..Rule::RISK
    },
    Rule {
        id: "disk/transient",
        why: "What the guest wrote is in an overlay that dies with the guest on this host; libvirt refuses.",
        help: "remove <transient/>; it takes effect with the next start",
        source: "libvirt qemuMigrationSrcIsAllowed: migration with transient disk is not supported",
        proof: Proof::Run,
        example: "<transient/>",
        check: disk(transient),
        ..Rule::BLOCKER
    },
    Rule {
        id: "disk/unsafe-cache",
        needs: &[Fact::Qemu],
        why: "QEMU before 4.0 cannot drop the host's page cache at the switch: both hosts would hold their own, and libvirt refuses.",
        help: "use cache='none', or QEMU 4.0 or later on both hosts",
        source: "libvirt qemuMigrationSrcIsSafe: QEMU_CAPS_MIGRATION_FILE_DROP_CACHE",
        proof: Proof::Run,
        until: "QEMU 4.0",
        example: "<driver name='qemu' type='raw'/>",
        check: disk(unsafe_cache),
        ..Rule::BLOCKER
    },
    Rule {
        id: "disk/vhost-user",
        why: "A daemon of this host holds the disk: it must run on the destination at the same socket, with the same data, and log what it writes.",
        help: "start the daemon on the destination first, or use a disk that QEMU serves",
        source: "libvirt formatdomain, disk type vhostuser; QEMU vhost-user-blk",
        example: "<disk type='vhostuser'",
        check: disk(vhost_user),
        ..Rule::RISK
    },
    Rule {
        id: "disk/vhost-vdpa",
        why: "The disk is a vDPA device of this host: the destination needs one with the same features, and QEMU decides on the way whether it can move.",
        help: "check that the destination has the same device, or detach the disk",
        source: "libvirt release notes 9.8.0; QEMU vhost-vdpa",
        since: "libvirt 9.8",
        example: "<disk type='vhostvdpa'",
        check: disk(vhost_vdpa),
        ..Rule::RISK
    },
    Rule {
        id: "disk/volume-source",
        needs: &[Fact::Pools],
        settled_by: Some("host/pool-volume"),
        why: "The destination looks for a running pool of that name and a volume of that name in it.",
        help: "define and start the pool there: `virsh pool-define`, `virsh pool-start`",
        source: "libvirt virDomainDiskTranslateSourcePool",
        proof: Proof::Run,
        example: "<source pool=",
        check: disk(volume),
        ..Rule::RISK
    },
];

/// A finding at each disk of which something holds.
fn each(
    guest: &Guest<'_>,
    is: impl Fn(&Disk<'_>) -> bool,
    place: &str,
    message: &str,
) -> Vec<Found> {
    guest
        .disks()
        .filter(|disk| is(disk))
        .map(|disk| Found::at(disk.at(place), message))
        .collect()
}

/// A finding at each image of which something holds, once for a disk.
fn first_layer(
    guest: &Guest<'_>,
    find: impl Fn(&Disk<'_>, &Layer<'_>) -> Option<Found>,
) -> Vec<Found> {
    let of_disk = |disk: Disk<'_>| {
        let layers = disk.layers();
        layers.iter().find_map(|layer| find(&disk, layer))
    };
    guest.disks().filter_map(of_disk).collect()
}

/// Whether the host where the guest runs keeps a path for itself; `None`: nobody said.
fn is_local(guest: &Guest<'_>, path: &str) -> Option<bool> {
    if guest.migration.is_shared_path(path) {
        return Some(false);
    }
    let known = guest
        .source
        .and_then(|host| host.resources.file_system(path))
        .map(|system| !system.is_shared());
    known.or((guest.migration.storage == Storage::Shared).then_some(false))
}

/// Where a layer's image is, as libvirt judges it: a file or folder of the host, or a volume of a
/// pool of files; `None` for what counts as safe.
fn image_in_files<'g>(guest: &Guest<'g>, layer: &Layer<'g>) -> Option<(NodeId, Option<&'g str>)> {
    if matches!(layer.kind(), "file" | "dir") {
        return layer.path().map(|(path, node)| (node, Some(path)));
    }
    let (name, node) = (layer.get("@pool")?, layer.at("@pool")?);
    let pools = guest.source.and_then(|host| host.resources.pools.as_ref());
    let pool = pools.and_then(|pools| pools.iter().find(|pool| pool.name == name));
    match pool.map(|pool| (pool.kind.as_deref(), pool.target.as_deref())) {
        Some((Some("dir" | "fs" | "netfs" | "vstorage"), target)) => Some((node, target)),
        // A logical volume, a LUN, a network disk.
        Some((Some(_), _)) => None,
        _ => Some((node, None)),
    }
}

/// An image on storage that is local, or that nobody said is shared.
fn local_image(guest: &Guest<'_>, layer: &Layer<'_>) -> Option<Found> {
    let (node, path) = image_in_files(guest, layer)?;
    let told = (guest.migration.storage == Storage::Shared).then_some(false);
    match path.map_or(told, |path| is_local(guest, path)) {
        Some(false) => None,
        Some(true) => Some(Found::at(
            node,
            format!("{}is on storage of this host only", layer.title()),
        )),
        None => {
            let message = format!("{}may be on storage of this host only", layer.title());
            // With disks copied it is one that is not: how the others get there is no answer.
            let fact = match guest.migration.storage {
                Storage::Unknown => Fact::Storage,
                Storage::Shared | Storage::Copy => Fact::SourceHost,
            };
            Some(Found::at(node, message).needs(fact))
        }
    }
}

fn is_judged_for_safety(guest: &Guest<'_>, disk: &Disk<'_>) -> bool {
    guest.is_live()
        && !guest.migration.unsafe_disks
        && !disk.is_readonly()
        && !disk.is_copied(guest.migration)
}

fn local_storage(guest: &Guest<'_>) -> Vec<Found> {
    first_layer(guest, |disk, layer| {
        let is_top = layer.depth == 0;
        (is_top && is_judged_for_safety(guest, disk))
            .then(|| local_image(guest, layer))
            .flatten()
    })
}

fn backing_chain_local(guest: &Guest<'_>) -> Vec<Found> {
    first_layer(guest, |disk, layer| {
        let is_flattened = disk.is_copied(guest.migration) && !guest.migration.incremental;
        if layer.depth == 0 || !guest.is_live() || is_flattened {
            return None;
        }
        // Where nothing is known of storage at all, the image on top says so.
        local_image(guest, layer).filter(|found| found.needs != Some(Fact::Storage))
    })
}

/// Whether the kernel gives a device this path in the order it finds devices.
fn is_numbered(path: &str) -> bool {
    let Some(name) = path.strip_prefix("/dev/") else {
        return false;
    };
    let letters = ["sd", "vd", "hd", "xvd"];
    let lettered = letters.iter().any(|prefix| {
        name.strip_prefix(prefix).is_some_and(|rest| {
            let number = rest.trim_start_matches(|c: char| c.is_ascii_lowercase());
            number.len() < rest.len() && number.bytes().all(|b| b.is_ascii_digit())
        })
    });
    let numbers = ["nvme", "dm-", "loop", "mapper/mpath"];
    lettered || numbers.iter().any(|prefix| name.starts_with(prefix))
}

fn block_device_path(guest: &Guest<'_>) -> Vec<Found> {
    first_layer(guest, |disk, layer| {
        let (path, node) = layer.path().filter(|_| layer.kind() == "block")?;
        let concerns = guest.is_live() && !disk.is_drive() && is_numbered(path);
        concerns.then(|| {
            Found::at(
                node,
                format!(
                    "{}{path} may be another disk on another host",
                    layer.title()
                ),
            )
        })
    })
}

fn block_job(guest: &Guest<'_>) -> Vec<Found> {
    // The canonical form has no jobs: they are a state of the running guest.
    let is = |node: &roxmltree::Node<'_, '_>, name: &str| node.has_tag_name(name);
    let root = guest.domain.document().domain();
    let raw = root
        .children()
        .filter(|node| is(node, "devices"))
        .flat_map(|devices| devices.children())
        .filter(|node| is(node, "disk"));
    let busy: Vec<&str> = raw
        .filter(|disk| disk.children().any(|part| is(&part, "mirror")))
        .filter_map(|disk| disk.children().find(|part| is(part, "target")))
        .filter_map(|target| target.attribute("dev"))
        .collect();
    if busy.is_empty() || !guest.is_live() {
        return Vec::new();
    }
    let is_busy = |disk: &Disk<'_>| {
        disk.get("target/@dev")
            .is_some_and(|name| busy.contains(&name))
    };
    each(guest, is_busy, "", "a block job is running")
}

fn bus_nvme(guest: &Guest<'_>) -> Vec<Found> {
    const MESSAGE: &str = "QEMU cannot migrate an emulated NVMe disk";
    let is = |disk: &Disk<'_>| guest.is_live() && disk.get("target/@bus") == Some("nvme");
    let by_hand = guest.devices_by_hand().into_iter();
    let by_hand = by_hand.filter(|(_, name)| guest.is_live() && *name == "nvme");
    let by_hand = by_hand.map(|(node, _)| Found::at(node, MESSAGE));
    let disks = each(guest, is, "target/@bus", MESSAGE);
    disks.into_iter().chain(by_hand).collect()
}

fn cache_default(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| {
        guest.migration.storage == Storage::Shared
            && is_judged_for_safety(guest, disk)
            && !disk.is_empty()
            && matches!(disk.get("driver/@cache"), None | Some("default"))
    };
    each(guest, is, "driver", "no cache mode is written: writeback")
}

fn cache_unsafe(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| disk.get("driver/@cache") == Some("unsafe");
    each(
        guest,
        is,
        "driver/@cache",
        "the guest's flushes are ignored",
    )
}

fn drive_of_the_host(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| {
        guest.is_live() && disk.is_drive() && !disk.is_empty() && disk.get("@type") == Some("block")
    };
    each(guest, is, "source", "it is a drive of this host")
}

fn drive_with_image(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| {
        disk.is_drive()
            && disk.get("@type") == Some("file")
            && !disk.is_empty()
            && !disk.may_be_dropped()
    };
    let found = each(
        guest,
        is,
        "source",
        "the image in the drive has to be on the destination",
    );
    found
        .into_iter()
        .map(|found| found.needs(Fact::Files))
        .collect()
}

fn copied_through_tunnel(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| {
        guest.migration.tunnelled && guest.is_live() && disk.is_copied(guest.migration)
    };
    let mut found = each(guest, is, "", "it cannot be copied through a tunnel");
    found.truncate(1);
    found
}

fn deep_chain(guest: &Guest<'_>) -> Vec<Found> {
    /// Images of a chain (QEMU's limit on nested JSON).
    const DEEPEST: usize = 200;
    /// The same for the releases that nest twice as deep.
    const DEEPEST_OF_SOME: usize = 25;
    let releases = Version::new(10, 8)..Version::new(12, 0);
    let limit = match guest.migration.libvirt {
        Some(version) if releases.contains(&version) => DEEPEST_OF_SOME,
        _ => DEEPEST,
    };
    guest
        .disks()
        .map(|disk| (disk, disk.layers().len()))
        .filter(|(_, count)| *count > limit)
        .map(|(disk, count)| Found::at(disk.node, format!("its chain has {count} images")))
        .collect()
}

fn copied_in_full(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| {
        guest.is_live()
            && disk.is_copied(guest.migration)
            && disk
                .get("driver/@detect_zeroes")
                .is_none_or(|value| value == "off")
    };
    each(guest, is, "", "its copy takes the whole size")
}

fn secrets(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let secret = |disk: Disk<'_>| -> Option<NodeId> {
        let of_layer = |layer: &Layer<'_>| {
            layer
                .at("auth/secret")
                .or_else(|| layer.at("encryption/secret"))
        };
        tree.at(disk.node, "auth/secret")
            .or_else(|| tree.at(disk.node, "encryption/secret"))
            .or_else(|| disk.layers().iter().find_map(of_layer))
    };
    guest
        .disks()
        .filter_map(secret)
        .map(|node| Found::at(node, "it needs a secret there").needs(Fact::Secrets))
        .collect()
}

fn image_format(guest: &Guest<'_>) -> Vec<Found> {
    const UNMOVABLE: [&str; 4] = ["qcow", "vdi", "vmdk", "vpc"];
    if !guest.is_live() {
        return Vec::new();
    }
    let layers = guest.disks().flat_map(|disk| disk.layers());
    layers
        .filter_map(|layer| {
            let node = layer.format()?;
            let format = guest.tree().value(node)?;
            let message = format!(
                "{}is of format {format}, which QEMU cannot migrate",
                layer.title()
            );
            UNMOVABLE
                .contains(&format)
                .then(|| Found::at(node, message))
        })
        .collect()
}

fn io_error(guest: &Guest<'_>) -> Vec<Found> {
    if !guest.migration.abort_on_error || !guest.is_live() {
        return Vec::new();
    }
    let Some(disk) = guest.disks().find(|disk| !disk.is_empty()) else {
        return Vec::new();
    };
    match guest.migration.state.io_error {
        Some(true) => vec![Found::at(
            disk.node,
            "the guest stands still after a disk error",
        )],
        Some(false) => Vec::new(),
        None => vec![
            Found::at(
                disk.node,
                "the migration is given up if the guest had a disk error",
            )
            .level(Level::Info)
            .needs(Fact::GuestState),
        ],
    }
}

fn lun(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| guest.is_live() && disk.get("@device") == Some("lun");
    each(guest, is, "@device", "the guest talks to the LUN itself")
}

fn missing_source(guest: &Guest<'_>) -> Vec<Found> {
    let is =
        |disk: &Disk<'_>| matches!(disk.get("@device"), Some("disk" | "lun")) && disk.is_empty();
    each(guest, is, "", "it has no source")
}

fn curl_or_ssh(guest: &Guest<'_>) -> Vec<Found> {
    first_layer(guest, |_, layer| {
        let protocol = layer.get("@protocol")?;
        let is = matches!(protocol, "ssh" | "http" | "https" | "ftp" | "ftps" | "tftp");
        is.then(|| {
            let node = layer.at("@protocol").unwrap_or(layer.node);
            Found::at(node, format!("it is read by {protocol}"))
        })
    })
}

fn server_is_this_host(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    first_layer(guest, |_, layer| {
        let here = |host: &NodeId| {
            let name = tree.attr(*host, "name").unwrap_or_default();
            let is_loopback = name == "localhost"
                || name.starts_with("localhost.")
                || name
                    .trim_matches(['[', ']'])
                    .parse::<std::net::IpAddr>()
                    .is_ok_and(|address| address.is_loopback());
            is_loopback || tree.attr(*host, "transport") == Some("unix")
        };
        let host = layer.all("host").find(here)?;
        (layer.kind() == "network" && guest.is_live())
            .then(|| Found::at(host, "its server is this host, by name or socket"))
    })
}

fn nvme_of_the_host(guest: &Guest<'_>) -> Vec<Found> {
    first_layer(guest, |disk, layer| {
        (layer.kind() == "nvme" && is_judged_for_safety(guest, disk))
            .then(|| Found::at(layer.node, "it is an NVMe device of this host"))
    })
}

fn reservations(guest: &Guest<'_>) -> Vec<Found> {
    first_layer(guest, |_, layer| {
        let node = layer.at("reservations").filter(|_| guest.is_live())?;
        Some(Found::at(node, "its reservations stay with this host"))
    })
}

fn rawio(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| disk.get("@rawio") == Some("yes") || disk.has("@sgio");
    each(guest, is, "", "the guest sends raw commands to it")
}

fn readonly_file(guest: &Guest<'_>) -> Vec<Found> {
    first_layer(guest, |disk, layer| {
        let (path, node) = layer.path().filter(|_| layer.kind() == "file")?;
        let concerns = layer.depth == 0 && disk.is_readonly() && !disk.is_drive();
        (concerns && is_local(guest, path) != Some(false))
            .then(|| Found::at(node, "a read-only file is not copied along").needs(Fact::Files))
    })
}

fn removable_usb(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| {
        guest.is_live()
            && disk.get("target/@bus") == Some("usb")
            && disk.get("target/@removable") == Some("on")
            && disk.get("@type") == Some("file")
    };
    each(
        guest,
        is,
        "target/@removable",
        "it is a removable disk in a file",
    )
}

fn shareable_cache(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| {
        disk.is_shareable()
            && !disk.is_readonly()
            && !disk.is_empty()
            && (!disk.is_uncached() || disk.get("driver/@type").is_some_and(|kind| kind != "raw"))
    };
    each(
        guest,
        is,
        "shareable",
        "several guests share it through caches of their own",
    )
}

fn shareable_copy(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| {
        guest.is_live()
            && guest.migration.storage == Storage::Copy
            && disk.is_shareable()
            && !disk.is_empty()
    };
    each(guest, is, "shareable", "it is not copied along")
}

fn mandatory_medium(guest: &Guest<'_>) -> Vec<Found> {
    // Of an image in a file disk/cdrom-local-iso speaks, of a drive disk/cdrom-host-device.
    let is = |disk: &Disk<'_>| {
        disk.is_drive()
            && !disk.is_empty()
            && matches!(disk.get("@type"), Some("network" | "volume"))
            && !disk.may_be_dropped()
    };
    each(
        guest,
        is,
        "source",
        "the guest is refused where the medium cannot be reached",
    )
}

fn transient(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| guest.is_live() && disk.has("transient");
    each(guest, is, "transient", "what was written to it cannot move")
}

fn unsafe_cache(guest: &Guest<'_>) -> Vec<Found> {
    let is_old = guest
        .migration
        .qemu
        .is_some_and(|version| version < Version::new(4, 0));
    let is = |disk: &Disk<'_>| {
        is_old
            && is_judged_for_safety(guest, disk)
            && !disk.is_empty()
            && !disk.is_shareable()
            && disk.get("@type") != Some("network")
            && !disk.is_uncached()
    };
    each(guest, is, "driver", "this QEMU cannot give up its cache")
}

fn vhost_user(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| guest.is_live() && disk.get("@type") == Some("vhostuser");
    each(guest, is, "source", "a daemon of this host holds it")
}

fn vhost_vdpa(guest: &Guest<'_>) -> Vec<Found> {
    let is = |disk: &Disk<'_>| guest.is_live() && disk.get("@type") == Some("vhostvdpa");
    each(guest, is, "source", "it is a vDPA device of this host")
}

fn volume(guest: &Guest<'_>) -> Vec<Found> {
    first_layer(guest, |_, layer| {
        let (pool, name) = (layer.get("@pool")?, layer.get("@volume")?);
        let node = layer.at("@pool")?;
        let message = format!("pool {pool} and its volume {name} are needed there");
        Some(Found::at(node, message).needs(Fact::Pools))
    })
}
