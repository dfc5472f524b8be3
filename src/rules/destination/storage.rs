//! Images, pools, secrets and helpers of disks on a destination.

use crate::host::resources::{BlockDevice, PathFact, PathKind, Pool, Presence};
use crate::host::{HostFacts, programs};
use crate::migration::Storage;
use crate::report::{EnforcedBy, Level};
use crate::rules::{Check, Fact, Found, Proof, Rule};
use crate::tree::NodeId;
use crate::view::{Disk, Guest, Layer};

pub(in crate::rules) static RULES: &[Rule] = &[
    Rule {
        id: "disk/copy-inc-no-target",
        needs: &[Fact::Files],
        why: "`--copy-storage-inc` writes into an image that is there already; libvirt makes none for it.",
        help: "create the image on the destination with the same backing file, or use `--copy-storage-all`",
        source: "libvirt qemuMigrationDstPrecreateStorage: incremental migration needs the image",
        proof: Proof::Run,
        example: "<source file='/vms/copied.img'/>",
        check: Check::Destination(incremental_target),
        ..Rule::DEMAND
    },
    Rule {
        id: "disk/copy-precreate",
        needs: &[Fact::Files],
        why: "libvirt creates files and volumes to copy into, but no block device, NVMe or vhost-user target.",
        help: "create the device on the destination at the same path and with the same size",
        source: "libvirt qemuMigrationDstPrecreateDisk: cannot precreate storage for disk type",
        proof: Proof::Documented,
        example: "<disk type='block' device='disk'>",
        check: Check::Destination(target_device),
        ..Rule::DEMAND
    },
    Rule {
        id: "disk/copy-size",
        needs: &[Fact::SourceHost, Fact::Files],
        level: Level::Warning,
        why: "The copy is a mirror of the whole device: a smaller target aborts it, a larger one leaves the guest with another size (libvirt 10.0 cuts it to fit).",
        help: "give the destination's device the size of the source's",
        source: "libvirt release notes 10.0.0; QEMU blockdev-mirror",
        proof: Proof::Documented,
        example: "<disk type='block' device='disk'>",
        check: Check::Destination(target_device_size),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/disk-block-identity",
        needs: &[Fact::SourceHost],
        enforced_by: EnforcedBy::Nobody,
        why: "The path is the same on both hosts and the device behind it is not: the guest would go on with another disk. libvirt does not compare them.",
        help: "use the path below /dev/disk/by-id, and see that the destination reaches the same device",
        source: "libvirt qemuMigrationSrcIsSafe: block devices count as safe",
        proof: Proof::Run,
        example: "<source dev='/dev/sdb'/>",
        check: Check::Destination(other_block_device),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/disk-different-backend",
        needs: &[Fact::SourceHost],
        enforced_by: EnforcedBy::Nobody,
        why: "Both hosts have shared storage at that path, but not the same: the guest would go on with another file, or with none.",
        help: "mount the same export on the destination",
        source: "libvirt virFileIsSharedFS looks at the type of the file system only",
        example: "<source file='/shared/guest.img'/>",
        check: Check::Destination(other_export),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/disk-format-support",
        needs: &[Fact::HostFile],
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU on the destination cannot open disks of this format or protocol: distributions put the drivers (rbd, gluster, iscsi, ssh, curl) into packages of their own.",
        help: "install the driver there (qemu-block-extra, qemu-block-rbd, …)",
        source: "QEMU: Unknown driver; Debian and Fedora packages of QEMU block drivers",
        example: "<source protocol='rbd'",
        check: Check::Destination(unknown_driver),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/disk-lun",
        needs: &[Fact::Files],
        why: "The LUN that is passed through has to be there under the same path.",
        help: "map the LUN to the destination, with multipath names by WWID",
        source: "libvirt qemuDomainDetermineDiskChain",
        example: "<disk type='block' device='lun'>",
        check: Check::Destination(missing_lun),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/disk-not-shared",
        level: Level::Warning,
        needs: &[Fact::Files],
        enforced_by: EnforcedBy::Nobody,
        why: "The path is there, on storage of the destination only: the guest would go on with a file that is not its own. libvirt judges the source's file system alone.",
        help: "mount the shared storage on the destination, or copy the disk with `--copy-storage-all`",
        source: "libvirt qemuMigrationSrcIsSafe runs on the source",
        proof: Proof::Run,
        example: "<source file='/vms/guest.img'/>",
        check: Check::Destination(local_there),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/disk-size",
        needs: &[Fact::SourceHost, Fact::Files],
        enforced_by: EnforcedBy::Qemu,
        why: "The image on the destination has another size: a copy into a smaller one is refused, and without a copy the guest reads beyond the end.",
        help: "give the destination's image the size of the source's",
        source: "QEMU blockdev-mirror: Source and target image have different sizes",
        proof: Proof::Run,
        example: "<driver name='qemu' type='raw'/>",
        check: Check::Destination(other_size),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/disk-source-missing",
        needs: &[Fact::Files],
        why: "libvirt opens every image of every disk on the destination before it takes the guest, and refuses when one is not there.",
        help: "put the image there at the same path, copy disks with `--copy-storage-all`, or eject a medium that is not needed",
        source: "libvirt qemuDomainDetermineDiskChain, virStorageSourceGetMetadata: Cannot access storage file",
        proof: Proof::Run,
        example: "<source file='/vms/gone.img'/>",
        check: Check::Destination(missing_source),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/disk-space",
        needs: &[Fact::SourceHost, Fact::Files],
        enforced_by: EnforcedBy::Qemu,
        why: "The copied images do not fit into the file system of the destination.",
        help: "make room there, or copy with `--migrate-disks-detect-zeroes` where the images are sparse",
        source: "OpenStack Nova _assert_dest_node_has_enough_disk; QEMU blockdev-mirror",
        example: "<source file='/vms/big.img'/>",
        check: Check::Destination(no_room),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/lockspace",
        needs: &[Fact::Files],
        why: "The lease is in a lockspace that the destination has to reach.",
        help: "make the lockspace's file available there",
        source: "libvirt virLockManagerLockDaemonAddLock",
        example: "<target path='/vms/lockspace' offset='1024'/>",
        check: Check::Destination(missing_lockspace),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/pool-for-precreate",
        needs: &[Fact::Pools, Fact::Files],
        why: "libvirt makes the image to copy into with a storage pool, which it looks up by the image's directory.",
        help: "define and start a pool on that directory there, or create the image by hand",
        source: "libvirt qemuMigrationDstPrecreateDisk, virStoragePoolLookupByTargetPath",
        proof: Proof::Run,
        example: "<source file='/srv/copied.img'/>",
        check: Check::Destination(no_pool_to_create_in),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/pool-volume",
        needs: &[Fact::Pools],
        why: "The destination finds the disk through a running pool of that name and a volume in it.",
        help: "define and start the pool there: `virsh pool-define`, `virsh pool-start`, `virsh pool-refresh`",
        source: "libvirt virDomainDiskTranslateSourcePool",
        proof: Proof::Run,
        example: "<source pool='images' volume='guest.img'/>",
        check: Check::Destination(missing_volume),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/pr-helper",
        needs: &[Fact::Files],
        why: "Persistent reservations are made by a helper that has to run on the destination.",
        help: "install qemu-pr-helper there, or start the helper at the socket that the disk names",
        source: "libvirt qemuProcessStartManagedPRDaemon; formatdomain, reservations",
        example: "<reservations managed='no'>",
        check: Check::Destination(missing_pr_helper),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/secret",
        needs: &[Fact::Secrets],
        why: "Secrets do not move with the guest: the destination's libvirt must have one of that UUID or usage, with its value.",
        help: "define it there and set its value: `virsh secret-define`, `virsh secret-set-value`",
        source: "libvirt virSecretGetSecretString",
        proof: Proof::Run,
        example: "<secret type='passphrase'",
        check: Check::Destination(missing_secret),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/storage-permission",
        level: Level::Warning,
        needs: &[Fact::HostFile],
        why: "The image is there, and the user that QEMU runs as on the destination cannot read it: libvirt gives it to that user where it can, which an NFS server that maps root to nobody (root_squash) does not let it.",
        help: "give the user or group of QEMU access there (`chown`, `setfacl`; no_root_squash, or dynamic_ownership=0 in qemu.conf)",
        source: "libvirt virSecurityDACSetOwnership; qemu.conf user, group, dynamic_ownership",
        example: "<source file='/vms/private.img'/>",
        check: Check::Destination(unreadable),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/tls-x509",
        needs: &[Fact::Files],
        enforced_by: EnforcedBy::Qemu,
        why: "TLS needs the destination's own certificates: QEMU does not start without them.",
        help: "install ca-cert.pem, server-cert.pem and server-key.pem in /etc/pki/qemu there, or where qemu.conf says",
        source: "libvirt qemu.conf default_tls_x509_cert_dir",
        proof: Proof::Run,
        example: "tls='yes'",
        check: Check::Destination(missing_certificates),
        ..Rule::DEMAND
    },
];

/// A finding about a path: none when it is there, open when nothing tells.
pub(super) fn missing(host: &HostFacts, path: &str, node: NodeId, what: &str) -> Option<Found> {
    match host.resources.path(path) {
        Presence::There(_) => None,
        Presence::Missing => Some(Found::at(node, format!("{what}{path} is not there"))),
        Presence::Unknown => {
            Some(Found::at(node, format!("{what}{path} has to be there")).needs(Fact::Files))
        }
    }
}

/// A finding about one of several paths: none when any is there, open when nothing tells of one.
pub(super) fn missing_all(
    host: &HostFacts,
    paths: &[&str],
    node: NodeId,
    what: &str,
) -> Option<Found> {
    let states: Vec<Presence> = paths.iter().map(|path| host.resources.path(path)).collect();
    if states
        .iter()
        .any(|state| matches!(state, Presence::There(_)))
    {
        return None;
    }
    if states.iter().any(Presence::is_unknown) {
        return Some(Found::at(node, format!("{what} has to be there")).needs(Fact::Files));
    }
    Some(Found::at(node, format!("{what} is not there")))
}

/// Each disk with each of its images.
fn layers<'g>(guest: &Guest<'g>) -> impl Iterator<Item = (Disk<'g>, Layer<'g>)> {
    guest
        .disks()
        .flat_map(|disk| disk.layers().into_iter().map(move |layer| (disk, layer)))
}

/// Whether the migration brings the image along, or makes it.
fn comes_along(guest: &Guest<'_>, disk: &Disk<'_>) -> bool {
    disk.is_copied(guest.migration)
}

fn missing_source(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    layers(guest)
        .filter_map(|(disk, layer)| {
            let (path, node) = layer.path()?;
            let is_brought =
                comes_along(guest, &disk) && (layer.depth == 0 || !guest.migration.incremental);
            if is_brought || disk.get("@device") == Some("lun") || !guest.is_live() {
                return None;
            }
            let found = missing(host, path, node, &layer.title())?;
            if found.needs.is_some() && is_told_shared(guest, &disk, path) {
                return None;
            }
            if disk.may_be_dropped() {
                return (found.needs.is_none()).then(|| {
                    found
                        .level(Level::Warning)
                        .help("nothing, if the guest can do without: libvirt drops the medium")
                });
            }
            Some(found)
        })
        .collect()
}

/// Whether somebody said that both hosts reach a disk's images.
fn is_told_shared(guest: &Guest<'_>, disk: &Disk<'_>, path: &str) -> bool {
    let storage = guest.migration.storage == Storage::Shared && !disk.is_readonly();
    storage || guest.migration.is_shared_path(path)
}

fn missing_lun(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    layers(guest)
        .filter(|(disk, _)| disk.get("@device") == Some("lun") && guest.is_live())
        .filter_map(|(_, layer)| {
            let (path, node) = layer.path()?;
            missing(host, path, node, "")
        })
        .collect()
}

fn local_there(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    layers(guest)
        .filter_map(|(disk, layer)| {
            let (path, node) = layer.path().filter(|_| layer.kind() == "file")?;
            let system = host.resources.file_system(path)?;
            let concerns = guest.is_live()
                && !comes_along(guest, &disk)
                && !disk.is_readonly()
                && layer.depth == 0
                && matches!(host.resources.path(path), Presence::There(_))
                && !guest.migration.is_shared_path(path);
            (concerns && !system.is_shared()).then(|| {
                let message = format!("{path} is there on a local file system ({})", system.kind);
                Found::at(node, message)
            })
        })
        .collect()
}

fn other_export(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let Some(source) = guest.source else {
        return Vec::new();
    };
    layers(guest)
        .filter_map(|(disk, layer)| {
            let (path, node) = layer.path().filter(|_| layer.kind() == "file")?;
            let old = source.resources.file_system(path)?;
            let new = host.resources.file_system(path)?;
            let (Some(from), Some(to)) = (&old.source, &new.source) else {
                return None;
            };
            let differ = old.is_shared() && new.is_shared() && from != to;
            (differ && !comes_along(guest, &disk) && guest.is_live())
                .then(|| Found::at(node, format!("it is on {from} here and on {to} there")))
        })
        .collect()
}

fn other_block_device(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let Some(source) = guest.source else {
        return Vec::new();
    };
    layers(guest)
        .filter_map(|(disk, layer)| {
            let (path, node) = layer.path().filter(|_| layer.kind() == "block")?;
            let old = source.resources.block_device(path)?;
            let new = host.resources.block_device(path)?;
            let what = difference(old, new)?;
            (guest.is_live() && !comes_along(guest, &disk) && !disk.is_drive())
                .then(|| Found::at(node, format!("{path} has {what} there")))
        })
        .collect()
}

/// What tells two block devices apart.
fn difference(old: &BlockDevice, new: &BlockDevice) -> Option<&'static str> {
    let differ = |old: &Option<String>, new: &Option<String>| matches!((old, new), (Some(old), Some(new)) if old != new);
    if differ(&old.wwn, &new.wwn) {
        Some("another WWN")
    } else if differ(&old.serial, &new.serial) {
        Some("another serial number")
    } else if matches!((old.size, new.size), (Some(old), Some(new)) if old != new) {
        Some("another size")
    } else {
        None
    }
}

fn other_size(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let Some(source) = guest.source else {
        return Vec::new();
    };
    guest
        .disks()
        .filter_map(|disk| {
            let layer = disk.layers().into_iter().next()?;
            let (path, node) = layer.path().filter(|_| layer.kind() == "file")?;
            let is_raw = disk.get("driver/@type").is_none_or(|kind| kind == "raw");
            let (old, new) = (source.resources.size(path)?, host.resources.size(path)?);
            let concerns = guest.is_live() && is_raw && !disk.is_drive() && old != new;
            concerns.then(|| {
                let message = format!("{path} has {old} bytes here and {new} there");
                let found = Found::at(node, message);
                match comes_along(guest, &disk) {
                    true => found,
                    // Nobody compares images that are not copied.
                    false => found.enforced_by(EnforcedBy::Nobody),
                }
            })
        })
        .collect()
}

/// Disks that are copied, with the path of the image on top.
fn copied<'g>(guest: &Guest<'g>) -> impl Iterator<Item = (Disk<'g>, &'g str, NodeId)> {
    let migration = guest.migration;
    let is_live = guest.is_live();
    guest.disks().filter_map(move |disk| {
        let layer = disk.layers().into_iter().find(|layer| layer.depth == 0)?;
        let (path, node) = layer.path()?;
        (is_live && disk.is_copied(migration)).then_some((disk, path, node))
    })
}

fn incremental_target(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    copied(guest)
        .filter(|_| guest.migration.incremental)
        .filter_map(|(_, path, node)| missing(host, path, node, "the image to copy into, "))
        .collect()
}

fn target_device(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    copied(guest)
        .filter(|(disk, ..)| matches!(disk.get("@type"), Some("block" | "dir")))
        .filter_map(|(_, path, node)| missing(host, path, node, "the device to copy into, "))
        .collect()
}

fn target_device_size(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let Some(source) = guest.source else {
        return Vec::new();
    };
    copied(guest)
        .filter(|(disk, ..)| disk.get("@type") == Some("block"))
        .filter_map(|(_, path, node)| {
            let (old, new) = (source.resources.size(path)?, host.resources.size(path)?);
            let found = Found::at(node, format!("{path} has {old} bytes here and {new} there"));
            match old.cmp(&new) {
                std::cmp::Ordering::Less => Some(found),
                std::cmp::Ordering::Equal => None,
                std::cmp::Ordering::Greater => Some(found.level(Level::Error)),
            }
        })
        .collect()
}

fn no_room(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let Some(source) = guest.source else {
        return Vec::new();
    };
    // What the images of one file system take together, and the first of them.
    let mut demands: Vec<(&str, u64, u64, NodeId)> = Vec::new();
    for (_, path, node) in copied(guest) {
        let Presence::There(PathFact {
            kind: PathKind::File,
            size: Some(size),
            ..
        }) = source.resources.path(path)
        else {
            continue;
        };
        let is_there = matches!(host.resources.path(path), Presence::There(_));
        let Some(system) = host.resources.file_system(path).filter(|_| !is_there) else {
            continue;
        };
        let Some(free) = system.free_bytes else {
            continue;
        };
        match demands.iter_mut().find(|demand| demand.0 == system.mount) {
            Some(demand) => demand.1 = demand.1.saturating_add(size),
            None => demands.push((&system.mount, size, free, node)),
        }
    }
    demands
        .into_iter()
        .filter(|(_, needed, free, _)| needed > free)
        .map(|(mount, needed, free, node)| {
            let message = format!("{needed} bytes are copied to {mount}, which has {free} free");
            Found::at(node, message)
        })
        .collect()
}

fn no_pool_to_create_in(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    copied(guest)
        .filter(|(disk, ..)| disk.get("@type") == Some("file") && !guest.migration.incremental)
        .filter_map(|(_, path, node)| {
            let (folder, _) = path.rsplit_once('/')?;
            let presence = host.resources.path(path);
            if matches!(presence, Presence::There(_)) {
                return None;
            }
            let Some(pools) = &host.resources.pools else {
                let message = format!("a pool on {folder} has to make the image there");
                return Some(Found::at(node, message).needs(Fact::Pools));
            };
            let has_pool = |pool: &Pool| {
                let target = pool
                    .target
                    .as_deref()
                    .map(|path| path.trim_end_matches('/'));
                pool.active && target == Some(folder)
            };
            if pools.iter().any(has_pool) {
                return None;
            }
            let found = Found::at(
                node,
                format!("no running pool has {folder}, to make the image"),
            );
            Some(match presence {
                Presence::Unknown => found.needs(Fact::Files),
                _ => found,
            })
        })
        .collect()
}

fn missing_volume(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    layers(guest)
        .filter_map(|(disk, layer)| {
            // libvirt makes the volume to copy into, in a pool that runs; offline a person does.
            let is_made = match guest.is_live() {
                true => comes_along(guest, &disk) && !guest.migration.incremental,
                false => guest.migration.storage != Storage::Shared,
            };
            let (pool, volume) = (layer.get("@pool")?, layer.get("@volume")?);
            let node = layer.at("@pool")?;
            let Some(pools) = &host.resources.pools else {
                let message = format!("pool {pool} has to run there, with volume {volume}");
                return Some(Found::at(node, message).needs(Fact::Pools));
            };
            let Some(known) = pools.iter().find(|known| known.name == pool) else {
                return Some(Found::at(node, format!("there is no pool {pool}")));
            };
            if !known.active {
                return Some(Found::at(node, format!("pool {pool} is not running")));
            }
            match &known.volumes {
                _ if is_made => None,
                None => {
                    let message = format!("pool {pool} has to hold volume {volume}");
                    Some(Found::at(node, message).needs(Fact::Pools))
                }
                Some(volumes) if volumes.iter().any(|name| name == volume) => None,
                Some(_) => Some(Found::at(
                    node,
                    format!("pool {pool} has no volume {volume}"),
                )),
            }
        })
        .collect()
}

fn missing_pr_helper(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    layers(guest)
        .filter(|_| guest.is_live())
        .filter_map(|(_, layer)| {
            let node = layer.at("reservations")?;
            match layer.get("reservations/source/@path") {
                Some(path) => missing(host, path, node, "the helper's socket "),
                None => missing_all(host, programs::PR_HELPER, node, "qemu-pr-helper"),
            }
        })
        .collect()
}

/// Every node that names a secret of libvirt: of disks, their images, and the TPM.
fn secrets(guest: &Guest<'_>) -> Vec<NodeId> {
    let tree = guest.tree();
    // An image that is encrypted in layers has a secret for each of them.
    let of = |node: Option<NodeId>| {
        node.into_iter()
            .flat_map(|node| tree.children_named(node, "secret"))
    };
    let mut nodes = Vec::new();
    for disk in guest.disks() {
        nodes.extend(tree.at(disk.node, "auth/secret"));
        nodes.extend(of(tree.at(disk.node, "encryption")));
        for layer in disk.layers() {
            nodes.extend(layer.at("auth/secret"));
            nodes.extend(of(layer.at("encryption")));
        }
    }
    for tpm in guest.devices("tpm") {
        nodes.extend(tree.at(tpm, "backend/encryption"));
    }
    nodes
}

fn missing_secret(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    secrets(guest)
        .into_iter()
        .filter_map(|node| {
            let uuid = tree
                .attr(node, "uuid")
                .or_else(|| tree.attr(node, "secret"));
            let usage = tree.attr(node, "usage");
            let name = uuid.or(usage)?;
            let Some(known) = &host.resources.secrets else {
                let message = format!("secret {name} has to be known there");
                return Some(Found::at(node, message).needs(Fact::Secrets));
            };
            let same = |secret: &&crate::host::resources::Secret| match uuid {
                Some(uuid) => secret.uuid.eq_ignore_ascii_case(uuid),
                None => secret.usage.as_deref() == usage,
            };
            match known.iter().find(same) {
                None => Some(Found::at(node, format!("secret {name} is not known there"))),
                Some(secret) if secret.has_value == Some(false) => {
                    Some(Found::at(node, format!("secret {name} has no value there")))
                }
                Some(_) => None,
            }
        })
        .collect()
}

fn missing_certificates(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let of_disk = layers(guest)
        .find_map(|(_, layer)| (layer.get("@tls") == Some("yes")).then(|| layer.at("@tls"))?);
    let of_port = ["serial", "console", "channel"]
        .iter()
        .flat_map(|kind| guest.devices(kind))
        .find_map(|port| {
            tree.at(port, "source/@tls")
                .filter(|tls| tree.value(*tls) == Some("yes"))
        });
    let of_migration = guest.migration.tls.then_some(crate::tree::Tree::ROOT);
    of_disk
        .or(of_port)
        .or(of_migration)
        .and_then(|node| {
            missing_all(
                host,
                programs::AUTHORITIES,
                node,
                "a CA certificate for TLS",
            )
        })
        .into_iter()
        .collect()
}

fn missing_lockspace(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    guest
        .devices("lease")
        .filter_map(|lease| {
            let node = tree.at(lease, "target/@path")?;
            missing(host, tree.value(node)?, node, "the lockspace ")
        })
        .collect()
}

fn unknown_driver(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let Some(known) = &host.resources.block_drivers else {
        return Vec::new();
    };
    let tree = guest.tree();
    let is_unknown = |name: &str| !known.iter().any(|known| known == name);
    layers(guest)
        .filter(|_| guest.is_live())
        .filter_map(|(disk, layer)| {
            let protocol = layer.at("@protocol").zip(layer.get("@protocol"));
            let path = if layer.depth == 0 {
                "driver/@type"
            } else {
                "format/@type"
            };
            let format = tree.at(layer.node, path).zip(tree.get(layer.node, path));
            let (_, name) = protocol
                .into_iter()
                .chain(format)
                .find(|(_, name)| is_unknown(name))?;
            let node = protocol.or(format).map_or(disk.node, |(node, _)| node);
            Some(Found::at(node, format!("QEMU there cannot open {name}")))
        })
        .collect()
}

fn unreadable(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    layers(guest)
        .filter(|_| guest.is_live())
        .filter_map(|(_, layer)| {
            let (path, node) = layer.path()?;
            let Presence::There(fact) = host.resources.path(path) else {
                return None;
            };
            let message = format!("{path} is there, and QEMU may not read it");
            (fact.readable == Some(false)).then(|| Found::at(node, message))
        })
        .collect()
}
