//! Memory of a destination: huge pages, files behind memory, shares of caches.

use std::collections::{BTreeMap, BTreeSet};

use crate::host::HostFacts;
use crate::host::facts::{CacheControl, HugePages};
use crate::host::resources::Presence;
use crate::report::{EnforcedBy, Level};
use crate::rules::{Check, Fact, Found, Proof, Rule};
use crate::tree::{NodeId, Tree};
use crate::value::NumberSet;
use crate::view::{Guest, HUGE_KIB, PageDemand};

pub(in crate::rules) static RULES: &[Rule] = &[
    Rule {
        id: "host/hugepage-size",
        why: "The destination's kernel must have huge pages of this size; libvirt refuses the guest otherwise (`Unable to find any usable hugetlbfs mount`).",
        help: "give a page size that the destination has (`virsh capabilities` there lists them) with `virsh migrate --xml`; the guest does not see it",
        source: "live migration between two libvirt 9.0 hosts; started on libvirt 9.0",
        proof: Proof::Run,
        needs: &[Fact::Capabilities],
        example: "<page size='16' unit='M'/>",
        check: Check::Destination(page_size),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/hugepages",
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU takes all of the guest's huge pages at once, and does not start with fewer (`unable to map backing store for guest RAM`). Pages of 1 GiB are often to be had only at boot.",
        help: "`virsh allocpages --pagesize SIZE --pagecount COUNT` there, or take <hugepages> out with `virsh migrate --xml`; the guest does not see it",
        source: "live migration between two libvirt 9.0 hosts; started on libvirt 9.0 (memfd too)",
        proof: Proof::Run,
        needs: &[Fact::Memory],
        example: "<hugepages/>",
        check: Check::Destination(pages),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/hugetlbfs-mount",
        why: "libvirt takes huge pages from a hugetlbfs that is mounted for their size, and refuses the guest without one (`Unable to find any usable hugetlbfs mount`). Memory of source memfd needs none.",
        help: "mount one there (`mount -t hugetlbfs -o pagesize=1G none /dev/hugepages1G`) and restart libvirt, or name it in hugetlbfs_mount of /etc/libvirt/qemu.conf",
        source: "started on libvirt 9.0",
        proof: Proof::Run,
        needs: &[Fact::Files],
        example: "<page size='1' unit='G'/>",
        check: Check::Destination(mount),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/memory-backing-dir",
        level: Level::Warning,
        enforced_by: EnforcedBy::Nobody,
        why: "The guest's memory is a file in libvirt's memory_backing_dir: with less room there than it needs, the guest is killed when the file system is full.",
        help: "make room there, or set memory_backing_dir in /etc/libvirt/qemu.conf to a larger file system and restart libvirt",
        source: "libvirt qemu.conf, memory_backing_dir",
        needs: &[Fact::Files],
        example: "<source type='file'/>",
        check: Check::Destination(backing_dir),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/memory-balance-thp",
        level: Level::Info,
        enforced_by: EnforcedBy::Nobody,
        why: "The kernels of the two hosts treat a guest's memory differently: merged pages (KSM) and small pages cost the guest speed, and merged ones tell other guests what it holds.",
        help: "write <nosharepages/> into <memoryBacking> against merging (takes effect with the next start); for huge pages set /sys/kernel/mm/transparent_hugepage/enabled alike",
        source: "libvirt formatdomain, memory backing; Linux admin-guide/mm",
        needs: &[Fact::SourceHost],
        example: "<domain type='kvm'>",
        check: Check::Destination(kernel_settings),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/nvdimm-path",
        why: "The guest's memory module is this file or device of the host: libvirt does not start the guest without it (`unable to stat`), QEMU not with a smaller one (`backing store size does not match`).",
        help: "make it there in the same size (`truncate -s BYTES PATH`), or name another with `virsh migrate --xml`; its content is copied by the migration",
        source: "started on libvirt 9.0 with QEMU 7.2",
        proof: Proof::Run,
        needs: &[Fact::Files],
        example: "<path>/srv/pmem/data.img</path>",
        check: Check::Destination(module_path),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/resctrl",
        why: "The guest has a share of a cache or of memory bandwidth: libvirt refuses it on a host that cannot set it apart.",
        help: "mount resctrl there (`mount -t resctrl resctrl /sys/fs/resctrl`, then restart libvirt; `virsh capabilities` lists what can be set apart), or change <cputune> with `virsh migrate --xml`",
        source: "libvirt formatdomain, cachetune and memorytune; virResctrlAllocCreate",
        needs: &[Fact::Capabilities],
        example: "<cache id='5' level='3' type='both' size='4' unit='MiB'/>",
        check: Check::Destination(resctrl),
        ..Rule::DEMAND
    },
];

/// Page sizes of a host in KiB; none told: `None`.
fn sizes(host: &HostFacts) -> Option<BTreeSet<u64>> {
    let system = &host.system;
    let of =
        |pages: &Vec<HugePages>| -> Vec<u64> { pages.iter().map(|page| page.size_kib).collect() };
    let mut sizes: BTreeSet<u64> = system.page_sizes_kib.iter().flatten().copied().collect();
    sizes.extend(system.huge_pages.iter().flat_map(of));
    sizes.extend(
        system
            .numa
            .iter()
            .flatten()
            .flat_map(|node| of(&node.pages)),
    );
    (!sizes.is_empty()).then_some(sizes)
}

/// The host's sizes of huge pages.
fn huge_sizes(host: &HostFacts) -> Option<BTreeSet<u64>> {
    let sizes = sizes(host)?;
    Some(sizes.into_iter().filter(|size| *size >= HUGE_KIB).collect())
}

/// Whether a host has no pages of a size, or no huge pages at all. What follows from that is not
/// told beside it.
fn is_size_missing(size: Option<u64>, has: Option<BTreeSet<u64>>) -> bool {
    has.is_some_and(|has| size.map_or(has.is_empty(), |size| !has.contains(&size)))
}

/// The size of a demand's pages on a host, where the host is known to have such.
fn resolved(demand: &PageDemand, host: &HostFacts) -> Option<u64> {
    let sizes = huge_sizes(host)?;
    let default = || {
        let only = (sizes.len() == 1).then(|| sizes.first().copied());
        host.system.default_huge_page_kib.or(only.flatten())
    };
    let size = demand.size_kib.or_else(default)?;
    sizes.contains(&size).then_some(size)
}

/// Sizes as people write them.
fn named(size_kib: u64) -> String {
    match size_kib {
        size if size % (1 << 20) == 0 => format!("{} GiB", size >> 20),
        size if size % (1 << 10) == 0 => format!("{} MiB", size >> 10),
        size => format!("{size} KiB"),
    }
}

/// The first demand of each size.
fn by_size(guest: &Guest<'_>) -> BTreeMap<Option<u64>, PageDemand> {
    let mut first = BTreeMap::new();
    for demand in guest.page_demands() {
        first.entry(demand.size_kib).or_insert(demand);
    }
    first
}

fn page_size(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let has = huge_sizes(host);
    let find = |(size, demand): (Option<u64>, PageDemand)| {
        let wanted = size.map_or_else(
            || "huge pages".to_owned(),
            |size| format!("pages of {}", named(size)),
        );
        let Some(has) = &has else {
            let message = format!("{wanted} must be there");
            return Some(Found::at(demand.node, message).needs(Fact::Capabilities));
        };
        let is_missing = is_size_missing(size, Some(has.clone()));
        let list: Vec<String> = has.iter().map(|size| named(*size)).collect();
        let instead = match list.as_slice() {
            [] => "there are no huge pages".to_owned(),
            list => format!("there are pages of {}", list.join(", ")),
        };
        is_missing.then(|| Found::at(demand.node, format!("no {wanted}: {instead}")))
    };
    by_size(guest).into_iter().filter_map(find).collect()
}

fn mount(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    if guest.get("memoryBacking/source/@type") == Some("memfd") {
        return Vec::new();
    }
    let find = |(size, demand): (Option<u64>, PageDemand)| {
        if is_size_missing(size, huge_sizes(host)) {
            return None;
        }
        let Some(systems) = &host.resources.filesystems else {
            let wanted =
                size.map_or_else(String::new, |size| format!(" for pages of {}", named(size)));
            let message = format!("a hugetlbfs{wanted} must be mounted there");
            return Some(Found::at(demand.node, message).needs(Fact::Files));
        };
        let mut mounts = systems.iter().filter(|system| system.kind == "hugetlbfs");
        let Some(size) = size else {
            // libvirt takes any where there is none for the default size.
            let message = "no hugetlbfs is mounted there";
            return mounts
                .next()
                .is_none()
                .then(|| Found::at(demand.node, message));
        };
        let fits = |mounted: Option<u64>| match mounted.or(host.system.default_huge_page_kib) {
            Some(mounted) => mounted == size,
            None => true,
        };
        let is_there = mounts.any(|system| fits(system.page_size_kib));
        let message = format!("no hugetlbfs for pages of {} is mounted there", named(size));
        (!is_there).then(|| Found::at(demand.node, message))
    };
    by_size(guest).into_iter().filter_map(find).collect()
}

/// Pages of a size on some of a host's NUMA nodes, or on all: how many, and how many are free.
fn counted(host: &HostFacts, size: u64, nodes: Option<&NumberSet>) -> Option<(u64, Option<u64>)> {
    let of = |pages: &[HugePages]| pages.iter().find(|page| page.size_kib == size).copied();
    if nodes.is_none()
        && let Some(page) = host.system.huge_pages.as_deref().and_then(of)
    {
        return Some((page.total, page.free));
    }
    let cells = host.system.numa.as_ref()?;
    let bound = cells
        .iter()
        .filter(|cell| nodes.is_none_or(|nodes| nodes.contains(cell.id)));
    let pages: Vec<HugePages> = bound.filter_map(|cell| of(&cell.pages)).collect();
    if pages.is_empty() {
        return None;
    }
    let total = pages
        .iter()
        .map(|page| page.total)
        .fold(0, u64::saturating_add);
    let free = pages
        .iter()
        .map(|page| page.free)
        .try_fold(0_u64, |sum, free| Some(sum.saturating_add(free?)));
    Some((total, free))
}

fn pages(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    // What comes from the same nodes in pages of one size is counted together.
    let mut groups: BTreeMap<(Option<u64>, String), PageDemand> = BTreeMap::new();
    for demand in guest.page_demands() {
        let place = demand.nodes.as_ref().map(NumberSet::to_string);
        let key = (demand.size_kib, place.unwrap_or_default());
        match groups.get_mut(&key) {
            Some(group) => group.kib = group.kib.saturating_add(demand.kib),
            None => {
                groups.insert(key, demand);
            }
        }
    }
    let find = |((_, place), demand): ((Option<u64>, String), PageDemand)| {
        let open = |message: String| Some(Found::at(demand.node, message).needs(Fact::Memory));
        let Some(size) = resolved(&demand, host) else {
            // Of a host whose sizes are not known that is said already.
            let sizes = huge_sizes(host);
            let is_said = sizes.is_none() || is_size_missing(demand.size_kib, sizes);
            let message = format!("{} in huge pages must be free there", named(demand.kib));
            return if is_said { None } else { open(message) };
        };
        let wanted = demand.kib.div_ceil(size);
        let where_ = match place.as_str() {
            "" => "there".to_owned(),
            nodes => format!("in NUMA node {nodes} there"),
        };
        let what = format!("{wanted} pages of {}", named(size));
        match counted(host, size, demand.nodes.as_ref()) {
            Some((total, _)) if total < wanted => Some(Found::at(
                demand.node,
                format!("it takes {what}, {total} are {where_}"),
            )),
            Some((_, Some(free))) if free < wanted => Some(Found::at(
                demand.node,
                format!("it takes {what}, {free} were free {where_}"),
            )),
            Some((_, Some(_))) => None,
            _ => open(format!("{what} must be free {where_}")),
        }
    };
    groups.into_iter().filter_map(find).collect()
}

/// Where libvirt puts memory files unless qemu.conf says otherwise.
const BACKING_DIR: &str = "/var/lib/libvirt/qemu/ram";

fn backing_dir(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let node = guest.at("memoryBacking/source/@type")?;
        let is_file = guest.get("memoryBacking/source/@type") == Some("file");
        if !is_file || guest.at("memoryBacking/hugepages").is_some() {
            return None;
        }
        let wanted = guest.number("memory")?;
        let folder = host.resources.memory_backing_dir.as_deref();
        let folder = folder.unwrap_or(BACKING_DIR);
        let free = host
            .resources
            .file_system(folder)
            .and_then(|system| system.free_bytes);
        let Some(free) = free else {
            let message = format!("{folder} must have room for {}", named(wanted));
            return Some(Found::at(node, message).needs(Fact::Files));
        };
        let message = format!(
            "{folder} has room for {} MiB there, not for {}",
            free >> 20,
            named(wanted)
        );
        (wanted > free >> 10).then(|| Found::at(node, message))
    };
    find().into_iter().collect()
}

fn kernel_settings(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let Some(here) = guest.source.map(|source| &source.system) else {
        return Vec::new();
    };
    let there = &host.system;
    if !guest.is_live() {
        return Vec::new();
    }
    let mut found = Vec::new();
    let is_merged = here.ksm == Some(false) && there.ksm == Some(true);
    if is_merged && guest.at("memoryBacking/nosharepages").is_none() {
        found.push(Found::at(
            Tree::ROOT,
            "equal pages are merged there (KSM), here they are not",
        ));
    }
    if let (Some(old), Some(new)) = (&here.transparent_huge_pages, &there.transparent_huge_pages)
        && old != new
        && guest.at("memoryBacking/hugepages").is_none()
    {
        let message = format!("transparent huge pages are '{new}' there, here '{old}'");
        found.push(Found::at(Tree::ROOT, message));
    }
    found
}

fn module_path(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = |(node, path, wanted): (NodeId, &str, u64)| match host.resources.path(path) {
        Presence::Unknown => {
            let message = format!("{path} must be there");
            Some(Found::at(node, message).needs(Fact::Files))
        }
        Presence::Missing => Some(Found::at(node, format!("{path} is not there"))),
        Presence::There(_) => {
            let size = host.resources.size(path)?;
            let message = format!("{path} has {size} bytes there, {wanted} are needed");
            (size < wanted).then(|| Found::at(node, message))
        }
    };
    guest
        .memory_paths()
        .filter(|(_, path, _)| path.starts_with('/'))
        .filter_map(find)
        .collect()
}

/// What is wrong with a share of a cache.
fn cache_share(tree: &Tree<'_>, share: NodeId, caches: &[CacheControl]) -> Option<String> {
    let number = |name: &str| tree.number(share, name);
    let (id, level) = (number("@id")?, number("@level").unwrap_or(3));
    let kind = tree.attr(share, "type").unwrap_or("both");
    let is = |cache: &&CacheControl| u64::from(cache.id) == id && u64::from(cache.level) == level;
    if !caches.iter().any(|cache| is(&cache)) {
        return Some(format!("level {level} cache {id} cannot be divided there"));
    }
    let Some(cache) = caches.iter().filter(is).find(|cache| cache.kind == kind) else {
        return Some(format!(
            "level {level} cache {id} is not divided by '{kind}' there"
        ));
    };
    let size = number("@size")?;
    let odd = cache
        .granularity_kib
        .filter(|step| *step > 0 && size % step != 0);
    let small = cache.min_kib.filter(|least| size < *least);
    match (odd, small, cache.size_kib) {
        (Some(step), _, _) => Some(format!("{size} KiB is no multiple of {step} KiB")),
        (_, Some(least), _) => Some(format!(
            "{size} KiB is less than the smallest share, {least} KiB"
        )),
        (_, _, Some(whole)) if size > whole => {
            Some(format!("the cache has {whole} KiB there, not {size}"))
        }
        _ => None,
    }
}

fn resctrl(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let Some(cputune) = guest.at("cputune") else {
        return Vec::new();
    };
    let shares = |group: &'static str, name: &'static str| {
        let groups = tree.children_named(cputune, group);
        groups.flat_map(move |group| tree.children_named(group, name))
    };
    let (caches, nodes) = (
        || shares("cachetune", "cache"),
        || shares("memorytune", "node"),
    );
    let Some(told) = &host.system.resctrl else {
        let found = |node| {
            let message = "the destination must be able to set it apart";
            Found::at(node, message).needs(Fact::Capabilities)
        };
        return caches()
            .chain(nodes())
            .next()
            .map(found)
            .into_iter()
            .collect();
    };
    let cache = |share: NodeId| {
        let message = cache_share(tree, share, &told.caches)?;
        Some(Found::at(share, message))
    };
    let bandwidth = |share: NodeId| {
        let id = tree.number(share, "@id")?;
        let percent = tree.number(share, "@bandwidth")?;
        let known = told.bandwidth.iter().find(|node| u64::from(node.id) == id);
        let Some(known) = known else {
            let message = format!("the bandwidth of node {id} cannot be divided there");
            return Some(Found::at(share, message));
        };
        let odd = known.granularity.map(u64::from);
        let odd = odd.filter(|step| *step > 0 && percent % step != 0);
        let small = known.min.map(u64::from).filter(|least| percent < *least);
        let message = match (odd, small) {
            (Some(step), _) => format!("{percent} % is no multiple of {step} %"),
            (_, Some(least)) => format!("{percent} % is less than the smallest share, {least} %"),
            _ => return None,
        };
        Some(Found::at(share, message))
    };
    let mut found: Vec<Found> = caches().filter_map(cache).collect();
    found.extend(nodes().filter_map(bandwidth));
    found
}
