//! What /proc and /sys tell any process: kernel, topology, memory, NUMA, KVM, vulnerabilities.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use crate::cpu::input::{number, read_text};
use crate::host::facts::{HostFacts, HostTopology, HugePages, KvmFacts, NumaNode};

/// A small text file, trimmed; `None` when it cannot be read.
pub(super) fn text(path: &Path) -> Option<String> {
    let file = fs::File::open(path).ok()?;
    read_text(file, "").ok().map(|text| text.trim().to_owned())
}

pub(super) fn value(path: &Path) -> Option<u64> {
    number(&text(path)?)
}

/// The entries of a folder whose name is `prefix` and a number, by number.
fn numbered(folder: &Path, prefix: &str) -> BTreeMap<u32, std::path::PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let name = entry.file_name();
            let number = name.to_str()?.strip_prefix(prefix)?.parse().ok()?;
            Some((number, entry.path()))
        })
        .collect()
}

/// Takes all that can be read below `root`.
pub(super) fn read(facts: &mut HostFacts, root: &Path) {
    if let Some(name) = text(&root.join("proc/sys/kernel/hostname")).filter(|name| !name.is_empty())
    {
        facts.name = name;
    }
    if let Some(cpuinfo) = text(&root.join("proc/cpuinfo")) {
        super::take_kernel_cpu(facts, &cpuinfo);
    }
    let cpus = root.join("sys/devices/system/cpu");
    let system = &mut facts.system;
    if root == Path::new("/") {
        system.arch = Some(native_arch().to_owned());
    }
    system.kernel = text(&root.join("proc/sys/kernel/osrelease"));
    system.topology = topology(&cpus);
    system.cpus_online = text(&cpus.join("online"));
    if let Some(text) = text(&root.join("proc/meminfo")) {
        system.memory_kib = meminfo(&text, "MemTotal");
        system.memory_available_kib = meminfo(&text, "MemAvailable");
        system.swap_kib = meminfo(&text, "SwapTotal");
        system.default_huge_page_kib = meminfo(&text, "Hugepagesize");
    }
    let mm = root.join("sys/kernel/mm");
    system.ksm = value(&mm.join("ksm/run")).map(|run| run == 1);
    system.transparent_huge_pages =
        text(&mm.join("transparent_hugepage/enabled")).and_then(|text| chosen(&text));
    let nodes = numa(&root.join("sys/devices/system/node"));
    system.numa = (!nodes.is_empty()).then_some(nodes);
    let pages = huge_pages(&mm.join("hugepages"));
    system.huge_pages = (!pages.is_empty()).then_some(pages);
    system.kvm = kvm(root);
    let vulnerabilities: BTreeMap<String, String> = fs::read_dir(cpus.join("vulnerabilities"))
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().into_string().ok()?, text(&entry.path())?)))
        .collect();
    system.vulnerabilities = (!vulnerabilities.is_empty()).then_some(vulnerabilities);
}

/// libvirt's name of the architecture that domdiff was built for.
fn native_arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86" => "i686",
        "powerpc64" if cfg!(target_endian = "little") => "ppc64le",
        "powerpc64" => "ppc64",
        "arm" => "armv7l",
        other => other,
    }
}

/// Counts of sockets, dies, cores and threads among the online CPUs; of uneven machines the
/// largest.
fn topology(cpus: &Path) -> Option<HostTopology> {
    let mut sockets = BTreeSet::new();
    let mut dies = BTreeSet::new();
    let mut cores = BTreeSet::new();
    let mut threads: BTreeMap<(u64, u64, u64), u32> = BTreeMap::new();
    for path in numbered(cpus, "cpu").values() {
        let part = |name: &str| value(&path.join("topology").join(name));
        let Some(socket) = part("physical_package_id") else {
            continue;
        };
        let die = part("die_id").unwrap_or(0);
        let core = part("core_id").unwrap_or(0);
        sockets.insert(socket);
        dies.insert((socket, die));
        cores.insert((socket, die, core));
        *threads.entry((socket, die, core)).or_default() += 1;
    }
    let count = |set: usize| u32::try_from(set).unwrap_or(u32::MAX);
    let (sockets, dies, cores) = (count(sockets.len()), count(dies.len()), count(cores.len()));
    if sockets == 0 {
        return None;
    }
    Some(HostTopology {
        sockets,
        dies: dies.div_ceil(sockets),
        cores: cores.div_ceil(dies),
        threads: threads.values().copied().max().unwrap_or(1),
    })
}

/// A row of a meminfo file in KiB: `MemTotal:  16 kB`, also behind `Node 0 `.
fn meminfo(text: &str, row: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.split_once(&format!("{row}:")).map(|(_, v)| v))?;
    number(line.split_whitespace().next()?)
}

/// `madvise` of `always [madvise] never`.
fn chosen(text: &str) -> Option<String> {
    let word = text
        .split_whitespace()
        .find_map(|word| word.strip_prefix('[')?.strip_suffix(']'))?;
    Some(word.to_owned())
}

fn numa(folder: &Path) -> Vec<NumaNode> {
    numbered(folder, "node")
        .into_iter()
        .map(|(id, path)| {
            let memory = text(&path.join("meminfo")).unwrap_or_default();
            let distances = text(&path.join("distance")).unwrap_or_default();
            NumaNode {
                id,
                memory_kib: meminfo(&memory, "MemTotal"),
                free_kib: meminfo(&memory, "MemFree"),
                cpus: text(&path.join("cpulist")),
                distances: distances
                    .split_whitespace()
                    .filter_map(|v| v.parse().ok())
                    .collect(),
                pages: huge_pages(&path.join("hugepages")),
            }
        })
        .collect()
}

fn huge_pages(folder: &Path) -> Vec<HugePages> {
    let mut pages: Vec<HugePages> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let size = name
                .to_str()?
                .strip_prefix("hugepages-")?
                .strip_suffix("kB")?;
            Some(HugePages {
                size_kib: size.parse().ok()?,
                total: value(&entry.path().join("nr_hugepages"))?,
                free: value(&entry.path().join("free_hugepages")),
            })
        })
        .collect();
    pages.sort_by_key(|page| page.size_kib);
    pages
}

fn kvm(root: &Path) -> Option<KvmFacts> {
    // Where not even /dev can be seen, nothing is known.
    fs::metadata(root.join("dev")).ok()?;
    let device = root.join("dev/kvm");
    let there = fs::metadata(&device).is_ok();
    let opens = || {
        fs::OpenOptions::new()
            .read(true)
            .write(true)
            .open(&device)
            .is_ok()
    };
    let nested = ["kvm_intel", "kvm_amd", "kvm_hv", "kvm"]
        .iter()
        .find_map(|module| {
            text(
                &root
                    .join("sys/module")
                    .join(module)
                    .join("parameters/nested"),
            )
        });
    Some(KvmFacts {
        device: there,
        usable: there.then(opens),
        nested: nested.map(|value| matches!(value.as_str(), "Y" | "1")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_meminfo_are_found() {
        let text = "MemTotal:       5072672 kB\nMemFree:          12 kB\n";
        assert_eq!(meminfo(text, "MemTotal"), Some(5_072_672));
        assert_eq!(meminfo("Node 0 MemTotal:  7 kB\n", "MemTotal"), Some(7));
        assert_eq!(meminfo(text, "Nothing"), None);
    }
}
