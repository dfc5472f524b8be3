//! What a host offers a guest beside its CPU: files, storage, networks, devices, other domains.
//!
//! Every fact is optional: absent is unknown. A list that is there is complete, so what it does
//! not name is not on the host.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::migration::Version;

/// What is known of a host's resources.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Resources {
    /// The host's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hostname: Option<String>,
    /// Release of libvirt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub libvirt_version: Option<Version>,
    /// Release of QEMU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qemu_version: Option<Version>,
    /// CPUs that the kernel keeps from everything else, as a list of ranges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub isolated_cpus: Option<String>,
    /// Where libvirt keeps memory that is backed by files (`memory_backing_dir` in qemu.conf).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_backing_dir: Option<String>,
    /// Mounted file systems.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filesystems: Option<Vec<FileSystem>>,
    /// Files, directories, devices and sockets that are there, or known to be missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub paths: Option<Vec<PathFact>>,
    /// Block devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_devices: Option<Vec<BlockDevice>>,
    /// Storage pools of libvirt, running or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pools: Option<Vec<Pool>>,
    /// Secrets of libvirt, without their values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secrets: Option<Vec<Secret>>,
    /// Bridges, of the kernel and of Open vSwitch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bridges: Option<Vec<Bridge>>,
    /// Network devices, bridges among them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub links: Option<Vec<Link>>,
    /// IP addresses of the host, without prefix lengths.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub addresses: Option<Vec<String>>,
    /// TCP ports that something listens on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ports_in_use: Option<Vec<u16>>,
    /// Networks of libvirt, running or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub networks: Option<Vec<Network>>,
    /// Names of libvirt's network filters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nwfilters: Option<Vec<String>>,
    /// Devices that a guest can be given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nodedevs: Option<Vec<NodeDevice>>,
    /// Whether libvirt there refuses every migration that is not encrypted
    /// (`migrate_tls_force` in qemu.conf).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migrate_tls_force: Option<bool>,
    /// What qemu.conf of libvirt sets there, by key: `user`, `max_files`, `migration_port_min`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qemu_conf: Option<BTreeMap<String, String>>,
    /// Formats and protocols of disks that the installed QEMU can open: `raw`, `qcow2`, `rbd`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub block_drivers: Option<Vec<String>>,
    /// Sound systems that QEMU there can play to: `pulseaudio`, `alsa`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio_backends: Option<Vec<String>>,
    /// Other domains of this libvirt, running or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domains: Option<Vec<OtherDomain>>,
    /// Whether paths can be looked up on this very machine.
    #[serde(skip)]
    pub here: bool,
}

/// A mounted file system.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct FileSystem {
    /// Where it is mounted.
    pub mount: String,
    /// Its type as /proc/self/mountinfo has it: `ext4`, `nfs4`, `fuse.glusterfs`, `hugetlbfs`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is mounted: a device, `server:/export`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Free space in bytes, at the time of reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_bytes: Option<u64>,
    /// Page size in KiB, of a hugetlbfs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_size_kib: Option<u64>,
}

/// A path.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct PathFact {
    /// Absolute, without `..`.
    pub path: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: PathKind,
    /// Size of a file in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
    /// Whether the user that QEMU runs as can read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub readable: Option<bool>,
    /// How much of what is below a directory is listed.
    #[serde(skip_serializing_if = "Listed::is_nothing")]
    pub listed: Listed,
}

/// What a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PathKind {
    /// It is there; nobody said as what.
    #[default]
    Unknown,
    /// Known not to be there.
    Missing,
    /// A file.
    File,
    /// A directory.
    Directory,
    /// A block device.
    Block,
    /// A character device.
    Character,
    /// A socket.
    Socket,
    /// A named pipe.
    Pipe,
}

/// How much of what is below a directory is listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Listed {
    /// Nothing is said.
    #[default]
    Nothing,
    /// Every entry of the directory.
    Entries,
    /// Everything below it.
    Tree,
}

impl Listed {
    fn is_nothing(&self) -> bool {
        *self == Self::Nothing
    }
}

/// A block device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct BlockDevice {
    /// Its paths: `/dev/sda`, `/dev/disk/by-id/…`.
    pub paths: Vec<String>,
    /// World wide name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wwn: Option<String>,
    /// Serial number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Size in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size: Option<u64>,
}

/// A storage pool.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Pool {
    /// Name.
    pub name: String,
    /// Whether it runs.
    pub active: bool,
    /// Its type (`dir`, `logical`, `rbd`).
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Path of its target.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// Its volumes; libvirt tells them of running pools only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub volumes: Option<Vec<String>>,
}

/// A secret.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Secret {
    /// UUID.
    pub uuid: String,
    /// What it is for (`ceph`, `volume`, `iscsi`, `tls`, `vtpm`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage_type: Option<String>,
    /// The name it is used by.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usage: Option<String>,
    /// Whether a value is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_value: Option<bool>,
}

/// A bridge.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Bridge {
    /// Name.
    pub name: String,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<BridgeKind>,
    /// Largest packet in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u32>,
}

/// Whose bridge it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BridgeKind {
    /// The kernel's.
    Linux,
    /// Open vSwitch's.
    Openvswitch,
}

/// A network device.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Link {
    /// Name.
    pub name: String,
    /// Largest packet in bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mtu: Option<u32>,
}

/// A network of libvirt.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Network {
    /// Name.
    pub name: String,
    /// Whether it runs.
    pub active: bool,
    /// Forward mode (`nat`, `bridge`, `hostdev`); an isolated network has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forward: Option<String>,
    /// Its bridge.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bridge: Option<String>,
    /// Names of its port groups.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub portgroups: Vec<String>,
    /// PCI addresses of the functions that it gives to guests (forward mode `hostdev`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devices: Option<Vec<String>>,
    /// Its first IP address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A device that a guest can be given. Which fields are there tells its kind.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct NodeDevice {
    /// PCI address, `0000:3b:00.1`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pci: Option<String>,
    /// Vendor and product of a USB device, `046d:c52b`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usb: Option<String>,
    /// Bus and number of a USB device, `1.4`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usb_address: Option<String>,
    /// UUID of a mediated device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mdev: Option<String>,
    /// SCSI address, `0:0:1:0`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scsi: Option<String>,
    /// Mediated device types it can make, with how many more.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mdev_types: Vec<MdevType>,
    /// Driver it is bound to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub driver: Option<String>,
    /// A domain that has it now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub used_by: Option<String>,
}

/// A type of mediated devices.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MdevType {
    /// Id, `nvidia-35`.
    pub id: String,
    /// How many can still be made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub available: Option<u32>,
}

/// Another domain on the host.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct OtherDomain {
    /// Name.
    pub name: String,
    /// UUID.
    pub uuid: String,
    /// Whether it runs.
    pub active: bool,
    /// Its context id, if it has a vsock device with a fixed one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vsock_cid: Option<u32>,
}

/// Whether a path is on a host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// It is.
    There(PathFact),
    /// It is not.
    Missing,
    /// No fact tells.
    Unknown,
}

impl Presence {
    /// Whether it is known not to be there.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        *self == Self::Missing
    }

    /// Whether no fact tells.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        *self == Self::Unknown
    }
}

impl FileSystem {
    /// Whether libvirt takes it for one that other hosts reach too (virFileIsSharedFS).
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(
            self.kind.as_str(),
            "nfs"
                | "nfs4"
                | "gfs2"
                | "ocfs2"
                | "afs"
                | "smb3"
                | "cifs"
                | "ceph"
                | "fuse.ceph"
                | "fuse.ceph-fuse"
                | "gpfs"
                | "fuse.quobyte"
                | "acfs"
                | "beegfs"
                | "fuse.glusterfs"
        )
    }
}

impl Resources {
    /// The size in bytes of a file or block device, where it is known.
    #[must_use]
    pub fn size(&self, path: &str) -> Option<u64> {
        match self.path(path) {
            Presence::There(PathFact {
                kind: PathKind::File | PathKind::Unknown,
                size: Some(size),
                ..
            }) => Some(size),
            _ => self.block_device(path)?.size.filter(|size| *size > 0),
        }
    }

    /// The block device that a path names.
    #[must_use]
    pub fn block_device(&self, path: &str) -> Option<&BlockDevice> {
        let devices = self.block_devices.as_ref()?;
        devices
            .iter()
            .find(|device| device.paths.iter().any(|known| known == path))
    }

    /// Whether a path is on the host: looked up on this machine when the facts are of it, in the
    /// listing otherwise. A file is never opened. A path that is not absolute, or goes up with
    /// `..`, is unknown.
    #[must_use]
    pub fn path(&self, path: &str) -> Presence {
        let Some(path) = plain(path) else {
            return Presence::Unknown;
        };
        let listed = self.listed(&path);
        if listed.is_unknown() && self.here {
            return look_up(&path);
        }
        listed
    }

    fn listed(&self, path: &str) -> Presence {
        let Some(paths) = &self.paths else {
            return Presence::Unknown;
        };
        if let Some(fact) = paths.iter().find(|fact| fact.path == path) {
            return match fact.kind {
                PathKind::Missing => Presence::Missing,
                _ => Presence::There(fact.clone()),
            };
        }
        let missing = paths.iter().any(|fact| {
            let below = match fact.path.as_str() {
                "/" => path.strip_prefix('/'),
                directory => path
                    .strip_prefix(directory)
                    .and_then(|rest| rest.strip_prefix('/')),
            };
            below.is_some_and(|below| match (fact.kind, fact.listed) {
                (PathKind::Missing | PathKind::File, _) | (_, Listed::Tree) => true,
                (_, Listed::Entries) => !below.contains('/'),
                (_, Listed::Nothing) => false,
            })
        });
        if missing {
            return Presence::Missing;
        }
        // What is below a directory that is not there is not there either.
        match path.rsplit_once('/') {
            Some((parent, _)) if !parent.is_empty() && self.listed(parent).is_missing() => {
                Presence::Missing
            }
            _ => Presence::Unknown,
        }
    }

    /// The file system that a path is on.
    #[must_use]
    pub fn file_system(&self, path: &str) -> Option<&FileSystem> {
        let path = plain(path)?;
        let holds = |mount: &str| {
            mount == "/"
                || path
                    .strip_prefix(mount)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        // The later of two mounts at one place covers the earlier.
        self.filesystems
            .as_ref()?
            .iter()
            .filter(|system| holds(&system.mount))
            .max_by_key(|system| system.mount.len())
    }
}

/// Longest path of Linux (`PATH_MAX`), in bytes.
const LONGEST_PATH: usize = 4096;

/// The path without doubled slashes and `.`; `None` for one that is not absolute, goes up or is
/// longer than a path can be.
fn plain(path: &str) -> Option<Cow<'_, str>> {
    if path.len() > LONGEST_PATH {
        return None;
    }
    let rest = path.strip_prefix('/')?;
    if rest.is_empty() || rest.split('/').all(|part| !matches!(part, "" | "." | "..")) {
        return Some(Cow::Borrowed(path));
    }
    if rest.split('/').any(|part| part == "..") {
        return None;
    }
    let parts = rest.split('/').filter(|part| !matches!(*part, "" | "."));
    Some(Cow::Owned(parts.fold(String::new(), |mut out, part| {
        out.push('/');
        out.push_str(part);
        out
    })))
}

/// A path on this machine.
fn look_up(path: &str) -> Presence {
    let metadata = match fs::metadata(Path::new(path)) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Presence::Missing,
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => {
            return Presence::Missing;
        }
        // No right to look: unknown.
        Err(_) => return Presence::Unknown,
    };
    let kind = metadata.file_type();
    let kind = match () {
        () if kind.is_file() => PathKind::File,
        () if kind.is_dir() => PathKind::Directory,
        () if kind.is_block_device() => PathKind::Block,
        () if kind.is_char_device() => PathKind::Character,
        () if kind.is_socket() => PathKind::Socket,
        () if kind.is_fifo() => PathKind::Pipe,
        () => PathKind::Unknown,
    };
    Presence::There(PathFact {
        path: path.to_owned(),
        kind,
        size: (kind == PathKind::File).then_some(metadata.len()),
        readable: None,
        listed: Listed::Nothing,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listing(entries: &[(&str, PathKind, Listed)]) -> Resources {
        let entry = |(path, kind, listed): &(&str, PathKind, Listed)| PathFact {
            path: (*path).to_owned(),
            kind: *kind,
            size: None,
            readable: None,
            listed: *listed,
        };
        Resources {
            paths: Some(entries.iter().map(entry).collect()),
            ..Resources::default()
        }
    }

    #[test]
    fn a_listing_tells_what_is_missing_only_where_it_is_complete() {
        let host = listing(&[
            ("/vms", PathKind::Directory, Listed::Entries),
            ("/vms/a.img", PathKind::File, Listed::Nothing),
            ("/vms/sub", PathKind::Directory, Listed::Nothing),
            ("/gone", PathKind::Missing, Listed::Nothing),
            ("/all", PathKind::Directory, Listed::Tree),
        ]);
        assert!(matches!(host.path("/vms/a.img"), Presence::There(_)));
        assert!(matches!(host.path("/vms//./a.img"), Presence::There(_)));
        assert!(host.path("/vms/b.img").is_missing());
        assert!(host.path("/vms/nodir/b.img").is_missing());
        assert!(host.path("/vms/a.img/b").is_missing());
        assert!(host.path("/vms/sub/b.img").is_unknown());
        assert!(host.path("/vms2/b.img").is_unknown());
        assert!(host.path("/gone/b.img").is_missing());
        assert!(host.path("/all/x/y/z").is_missing());
        assert!(host.path("/vms/../vms/b.img").is_unknown());
        assert!(host.path("vms/b.img").is_unknown());
    }

    #[test]
    fn the_deepest_mount_holds_a_path() {
        let mount = |mount: &str, kind: &str| FileSystem {
            mount: mount.to_owned(),
            kind: kind.to_owned(),
            ..FileSystem::default()
        };
        let host = Resources {
            filesystems: Some(vec![mount("/", "ext4"), mount("/vms", "nfs4")]),
            ..Resources::default()
        };
        let kind = |path| host.file_system(path).map(|system| system.kind.as_str());
        assert_eq!(kind("/vms/a.img"), Some("nfs4"));
        assert_eq!(kind("/vms2/a.img"), Some("ext4"));
    }
}
