//! What /proc and /sys tell of this machine's file systems, networks and devices.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use super::system::{text, value};
use crate::host::facts::HostFacts;
use crate::host::resources::{
    BlockDevice, Bridge, BridgeKind, FileSystem, Link, MdevType, NodeDevice,
};

/// Facts that take long to read on a host with thousands of devices, links or connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// Bridges and other network devices.
    links: bool,
    /// Their largest packets.
    mtu: bool,
    /// The host's addresses.
    addresses: bool,
    /// Ports that something listens on.
    ports: bool,
    block_devices: bool,
    /// Devices that a guest can be given.
    devices: bool,
}

impl Wanted {
    /// Everything.
    pub const ALL: Self = Self {
        links: true,
        mtu: true,
        addresses: true,
        ports: true,
        block_devices: true,
        devices: true,
    };

    /// What rules can ask for a guest with this XML: that it holds the word is no proof of more.
    /// Words that are spelled by character references could hide: with any, everything is read.
    #[must_use]
    pub fn of(xml: &str) -> Self {
        if xml.contains("&#") {
            return Self::ALL;
        }
        let has = |word: &str| xml.contains(word);
        let automatic = xml.matches("autoport='yes'").count();
        Self {
            links: has("<interface"),
            mtu: has("<mtu"),
            addresses: has("listen") || has("bind"),
            ports: xml.matches("<graphics").count() > automatic,
            block_devices: has("block") || has("/dev/"),
            devices: has("hostdev") || has("<interface"),
        }
    }
}

/// Takes what is wanted of all that can be read below `root`.
pub(super) fn read(facts: &mut HostFacts, root: &Path, wanted: Wanted) {
    let resources = &mut facts.resources;
    let kernel = root.join("proc/sys/kernel");
    resources.hostname = text(&kernel.join("hostname")).filter(|name| !name.is_empty());
    resources.isolated_cpus = text(&root.join("sys/devices/system/cpu/isolated"));
    resources.filesystems = text(&root.join("proc/self/mountinfo")).map(|text| mounts(&text));
    let class = root.join("sys/class/net");
    if wanted.links && class.is_dir() {
        let links = entries(&class);
        let mtu = |path: &Path| wanted.mtu.then(|| mtu(path)).flatten();
        // Open vSwitch's bridges look like any virtual device.
        let may_be_switched = root.join("sys/module/openvswitch").is_dir();
        resources.bridges = Some(
            links
                .iter()
                .filter_map(|(name, path)| {
                    let kind = bridge_kind(name, path, may_be_switched)?;
                    let (name, mtu) = (name.clone(), mtu(path));
                    Some(Bridge { name, kind, mtu })
                })
                .collect(),
        );
        resources.links = Some(
            links
                .iter()
                .map(|(name, path)| Link {
                    name: name.clone(),
                    mtu: mtu(path),
                })
                .collect(),
        );
    }
    let net = root.join("proc/self/net");
    if wanted.addresses {
        resources.addresses = text(&net.join("fib_trie")).map(|v4| {
            let v6 = text(&net.join("if_inet6")).unwrap_or_default();
            addresses(&v4, &v6)
        });
    }
    if wanted.ports {
        resources.ports_in_use = text(&net.join("tcp")).map(|v4| {
            let v6 = text(&net.join("tcp6")).unwrap_or_default();
            let mut ports: Vec<u16> = v4.lines().chain(v6.lines()).filter_map(listening).collect();
            ports.sort_unstable();
            ports.dedup();
            ports
        });
    }
    let blocks = root.join("sys/class/block");
    if wanted.block_devices && blocks.is_dir() {
        resources.block_devices = Some(block_devices(&blocks, &root.join("dev/disk")));
    }
    if wanted.devices && root.join("sys/bus/pci/devices").is_dir() {
        resources.nodedevs = Some(node_devices(&root.join("sys/bus")));
    }
}

/// The entries of a folder by name.
fn entries(folder: &Path) -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, entry.path())))
        .collect()
}

/// The rows of a mountinfo file (proc_pid_mountinfo(5)).
fn mounts(text: &str) -> Vec<FileSystem> {
    let row = |line: &str| {
        let (front, back) = line.split_once(" - ")?;
        let mut back = back.split(' ');
        let (kind, source, options) = (back.next()?, back.next()?, back.next().unwrap_or(""));
        let page_size = options
            .split(',')
            .find_map(|option| option.strip_prefix("pagesize="))
            .and_then(page_size_kib);
        Some(FileSystem {
            mount: unescape(front.split(' ').nth(4)?),
            kind: kind.to_owned(),
            source: Some(unescape(source)).filter(|source| source != "none"),
            free_bytes: None,
            page_size_kib: page_size,
        })
    };
    text.lines().filter_map(row).collect()
}

/// `2M` or `1024M`, as hugetlbfs writes its page size, in KiB.
fn page_size_kib(text: &str) -> Option<u64> {
    let (number, factor) = match text.as_bytes().last()? {
        b'K' => (text.strip_suffix('K')?, 1),
        b'M' => (text.strip_suffix('M')?, 1 << 10),
        b'G' => (text.strip_suffix('G')?, 1 << 20),
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// The octal escapes of mountinfo: blank, tab, newline and backslash.
fn unescape(text: &str) -> String {
    text.replace("\\040", " ")
        .replace("\\011", "\t")
        .replace("\\012", "\n")
        .replace("\\134", "\\")
}

fn mtu(link: &Path) -> Option<u32> {
    value(&link.join("mtu"))?.try_into().ok()
}

/// Whose bridge a network device is; `None` for what is none.
fn bridge_kind(name: &str, link: &Path, may_be_switched: bool) -> Option<Option<BridgeKind>> {
    if link.join("bridge").is_dir() {
        return Some(Some(BridgeKind::Linux));
    }
    let is_of_another_kind = || {
        link.join("device").exists()
            || link.join("tun_flags").exists()
            || link.join("bonding").exists()
            || text(&link.join("uevent")).is_some_and(|text| text.contains("DEVTYPE="))
            || name == "lo"
    };
    (may_be_switched && !is_of_another_kind()).then_some(None)
}

/// The host's own addresses: the local rows of fib_trie, and if_inet6.
fn addresses(fib_trie: &str, if_inet6: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut leaf: Option<Ipv4Addr> = None;
    for line in fib_trie.lines() {
        let line = line.trim_start();
        if let Some(address) = line.strip_prefix("|-- ") {
            leaf = address.trim().parse().ok();
        } else if line.starts_with("/32 host LOCAL")
            && let Some(address) = leaf
        {
            found.push(address.to_string());
        }
    }
    found.extend(if_inet6.lines().filter_map(|line| {
        let digits = line.split_whitespace().next()?;
        let bits = u128::from_str_radix(digits, 16).ok()?;
        (digits.len() == 32).then(|| Ipv6Addr::from_bits(bits).to_string())
    }));
    found.sort();
    found.dedup();
    found
}

/// The port of a row of /proc/net/tcp in state LISTEN.
fn listening(line: &str) -> Option<u16> {
    /// `TCP_LISTEN` of the kernel's tcp_states.h.
    const LISTEN: &str = "0A";
    let mut columns = line.split_whitespace().skip(1);
    let (local, _, state) = (columns.next()?, columns.next()?, columns.next()?);
    let port = local.rsplit_once(':')?.1;
    (state == LISTEN)
        .then(|| u16::from_str_radix(port, 16).ok())
        .flatten()
}

fn block_devices(class: &Path, by: &Path) -> Vec<BlockDevice> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (kind, folder) in entries(by) {
        for (name, link) in entries(&folder) {
            let target = fs::read_link(&link).ok();
            let target = target.as_deref().and_then(Path::file_name);
            if let Some(device) = target.and_then(|name| name.to_str()) {
                let path = format!("/dev/disk/{kind}/{name}");
                names.entry(device.to_owned()).or_default().push(path);
            }
        }
    }
    /// Bytes in a sector, whatever the device's own are (Linux, block/genhd.c).
    const SECTOR: u64 = 512;
    entries(class)
        .into_iter()
        .map(|(name, path)| {
            let mut paths = vec![format!("/dev/{}", name.replace('!', "/"))];
            if let Some(mapped) = text(&path.join("dm/name")) {
                paths.push(format!("/dev/mapper/{mapped}"));
            }
            paths.extend(names.remove(&name).unwrap_or_default());
            BlockDevice {
                paths,
                wwn: text(&path.join("wwid")).or_else(|| text(&path.join("device/wwid"))),
                serial: text(&path.join("serial")).or_else(|| text(&path.join("device/serial"))),
                size: value(&path.join("size")).and_then(|sectors| sectors.checked_mul(SECTOR)),
            }
        })
        .collect()
}

fn node_devices(bus: &Path) -> Vec<NodeDevice> {
    let driver = |path: &Path| {
        let link = fs::read_link(path.join("driver")).ok()?;
        Some(link.file_name()?.to_str()?.to_owned())
    };
    let mut found: Vec<NodeDevice> = entries(&bus.join("pci/devices"))
        .into_iter()
        .map(|(address, path)| NodeDevice {
            driver: driver(&path),
            mdev_types: mdev_types(&path),
            pci: Some(address),
            ..NodeDevice::default()
        })
        .collect();
    found.extend(
        entries(&bus.join("usb/devices"))
            .into_values()
            .filter_map(|path| {
                let vendor = text(&path.join("idVendor"))?;
                let product = text(&path.join("idProduct"))?;
                let at = value(&path.join("busnum")).zip(value(&path.join("devnum")));
                Some(NodeDevice {
                    usb: Some(format!("{vendor}:{product}")),
                    usb_address: at.map(|(bus, number)| format!("{bus}.{number}")),
                    ..NodeDevice::default()
                })
            }),
    );
    found.extend(
        entries(&bus.join("mdev/devices"))
            .into_iter()
            .map(|(uuid, path)| NodeDevice {
                driver: driver(&path),
                mdev: Some(uuid),
                ..NodeDevice::default()
            }),
    );
    found.extend(
        entries(&bus.join("scsi/devices"))
            .into_keys()
            .filter(|name| name.starts_with(|c: char| c.is_ascii_digit()))
            .map(|address| NodeDevice {
                scsi: Some(address),
                ..NodeDevice::default()
            }),
    );
    found
}

fn mdev_types(device: &Path) -> Vec<MdevType> {
    entries(&device.join("mdev_supported_types"))
        .into_iter()
        .map(|(id, path)| MdevType {
            id,
            available: value(&path.join("available_instances"))
                .and_then(|count| count.try_into().ok()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mounts_are_read_with_type_source_and_page_size() {
        let text = "22 1 0:21 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n\
                    30 22 0:40 / /my\\040vms rw - fuse.glusterfs cluster:/vms rw,user_id=0\n\
                    31 22 0:41 / /dev/hugepages rw - hugetlbfs none rw,pagesize=1024M\n\
                    broken line\n";
        let found = mounts(text);
        assert_eq!(found.len(), 3);
        assert_eq!(found[1].mount, "/my vms");
        assert_eq!(found[1].kind, "fuse.glusterfs");
        assert_eq!(found[1].source.as_deref(), Some("cluster:/vms"));
        assert_eq!(found[2].page_size_kib, Some(1 << 20));
        assert_eq!(found[2].source, None);
    }

    #[test]
    fn local_addresses_and_listening_ports_are_found() {
        let trie = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 127.0.0.0\n        /8 host LOCAL\n     \
                    |-- 127.0.0.1\n        /32 host LOCAL\n     |-- 10.0.0.255\n        \
                    /32 link BROADCAST\n     |-- 10.0.0.7\n        /32 host LOCAL\n";
        let v6 = "00000000000000000000000000000001 01 80 10 80       lo\n";
        assert_eq!(addresses(trie, v6), ["10.0.0.7", "127.0.0.1", "::1"]);
        let row = "   0: 0100007F:170C 00000000:0000 0A 00000000:00000000 00:00000000 00000000";
        assert_eq!(listening(row), Some(5900));
        assert_eq!(listening(&row.replace(" 0A ", " 01 ")), None);
        assert_eq!(listening("  sl  local_address rem_address   st"), None);
    }
}
