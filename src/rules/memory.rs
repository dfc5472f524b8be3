//! Memory, NUMA and CPU tuning of a guest: what of them stands in the way of a migration, or ties
//! it to a host.

use super::{Check, Fact, Found, Proof, Rule};
use crate::migration::Version;
use crate::report::{EnforcedBy, Level};
use crate::tree::{NodeId, Tree};
use crate::value::NumberSet;
use crate::view::Guest;

/// A state of a part.
const fn state(scope: &'static str, find: fn(&Guest<'_>) -> Vec<Found>) -> Check {
    Check::State { scope, find }
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "memory/balloon-below-current",
        level: Level::Info,
        why: "currentMemory is where the balloon stands at the next start; of a running guest libvirt takes what it stands at now, not this number.",
        help: "nothing for a migration; `virsh setmem NAME SIZE --live --config` sets both",
        source: "libvirt formatdomain, currentMemory; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<currentMemory unit='MiB'>256</currentMemory>",
        check: state("currentMemory", balloon),
        ..Rule::RISK
    },
    Rule {
        id: "memory/dimm-no-address",
        why: "The guest has a memory module whose slot and base address the definition does not tell: the destination could not lay its memory out in the same way, and libvirt refuses.",
        help: "use the running guest's XML (`virsh dumpxml NAME`, `dom:NAME`), which has <address type='dimm' slot=… base=…/>",
        source: "libvirt qemuMigrationSrcIsAllowed",
        example: "<memory model='dimm'>",
        check: state("devices/memory", dimm),
        ..Rule::BLOCKER
    },
    Rule {
        id: "memory/file-backed-private",
        why: "A vhost-user device or virtiofs is served by another process, which must be able to map the guest's memory: libvirt refuses the guest otherwise (`requires shared memory`), for network cards since 11.2. A source of memfd alone does not share it.",
        help: "write <memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>; takes effect with the next start",
        source: "started on libvirt 9.0; libvirt qemuValidateDomainDefVhostUserRequireSharedMemory; libvirt 11.2 release notes",
        proof: Proof::Run,
        needs: &[Fact::Libvirt],
        example: "<driver type='virtiofs'/>",
        check: state("", private_memory),
        ..Rule::BLOCKER
    },
    Rule {
        id: "memory/hugepages",
        needs: &[Fact::Memory],
        settled_by: Some("host/hugepages"),
        why: "QEMU on the destination takes all of the guest's huge pages at once and does not start with fewer (`unable to map backing store for guest RAM`). With pages of 1 GiB post-copy fetches a GiB for each access.",
        help: "give the destination's facts with --host, or reserve the pages there: `virsh allocpages --pagesize SIZE --pagecount COUNT`",
        source: "live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<hugepages/>",
        check: state("memoryBacking", hugepages),
        ..Rule::RISK
    },
    Rule {
        id: "memory/locked-no-limit",
        why: "All of QEMU's memory is locked, and nothing limits it: libvirt then sets no limit at all, so a guest that grows takes the memory that the host needs for itself.",
        help: "write <memtune><hard_limit unit='GiB'>…</hard_limit></memtune> with some GiB more than the guest has",
        source: "libvirt formatdomain, memoryBacking locked; qemuDomainGetMemLockLimitBytes",
        example: "<locked/>",
        check: state("memoryBacking", locked),
        ..Rule::RISK
    },
    Rule {
        id: "memory/nvdimm-host-path",
        needs: &[Fact::Files],
        settled_by: Some("host/nvdimm-path"),
        why: "The module is a file or device of the host. Its content is copied like other memory, but the destination must have the path, at least as large, and only what is written there outlives the guest.",
        help: "make the file there in the same size (`truncate -s BYTES PATH`), or name another with `virsh migrate --xml`",
        source: "started on libvirt 9.0 with QEMU 7.2; Nova, virtual persistent memory",
        proof: Proof::Run,
        example: "<path>/srv/pmem/data.img</path>",
        check: state("devices/memory", module_path),
        ..Rule::RISK
    },
    Rule {
        id: "memory/nvdimm-pmem",
        why: "libvirt tells QEMU that the module is real persistent memory, which then flushes by CPU instructions: on ordinary storage of the destination what the guest has written may be lost in a power cut.",
        help: "check that the destination's path is on persistent memory (`ndctl list`), or take <pmem/> out (takes effect with the next start)",
        source: "libvirt formatdomain, memory source pmem; QEMU docs/nvdimm",
        example: "<pmem/>",
        check: state("devices/memory", pmem),
        ..Rule::RISK
    },
    Rule {
        id: "memory/postcopy-shared",
        why: "With post-copy pages arrive after the guest went on, also for the process behind its vhost-user device: that one must be able to wait for pages of shared memory.",
        help: "migrate without --postcopy, or check that the device's program supports post-copy (VHOST_USER_PROTOCOL_F_PAGEFAULT)",
        source: "QEMU docs/devel/migration/postcopy, shared memory; libvirt 10.1 release notes",
        proof: Proof::Unverified,
        example: "<access mode='shared'/>",
        check: state("", postcopy_shared),
        ..Rule::RISK
    },
    Rule {
        id: "memory/rdma-no-hard-limit",
        why: "RDMA writes into memory that is locked, and libvirt wants to know how much it may lock: the destination refuses the guest (`cannot start RDMA migration with no memory hard limit set`).",
        help: "`virsh memtune NAME --hard-limit SIZE --live --config`, or migrate over TCP",
        source: "libvirt qemuMigrationDstPrepareAny; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<domain type='kvm'>",
        check: state("memtune", rdma),
        ..Rule::BLOCKER
    },
    Rule {
        id: "memory/sgx-epc",
        enforced_by: EnforcedBy::Qemu,
        why: "What is in an SGX enclave is encrypted with keys of this very processor: nobody can read it out and send it. That QEMU refuses is not verified.",
        help: "shut the guest down and move it cold; its programs make their enclaves anew",
        source: "libvirt formatdomain, sgx-epc; QEMU docs/system/i386/sgx",
        proof: Proof::Unverified,
        example: "<memory model='sgx-epc'>",
        check: state("devices/memory", sgx),
        ..Rule::RISK
    },
    Rule {
        id: "memory/virtio-mem",
        level: Level::Info,
        why: "How much memory the guest has taken of the module must be the same on both sides while it moves.",
        help: "change it before or after (`virsh update-memory-device NAME --requested-size SIZE --live`), not on the way or with --xml",
        source: "libvirt formatdomain, virtio-mem; libvirt 9.4 release notes",
        example: "<memory model='virtio-mem'>",
        check: state("devices/memory", virtio_mem),
        ..Rule::RISK
    },
    Rule {
        id: "numa/memory-device-nodemask",
        needs: &[Fact::Capabilities],
        settled_by: Some("host/numa-nodeset"),
        why: "The module's memory is to come from these NUMA nodes of the host: the destination must have them, with room (strictly since libvirt 12.0).",
        help: "give nodes that the destination has with `virsh migrate --xml`, or drop <nodemask>",
        source: "libvirt 12.0 release notes; libvirt formatdomain, memory source nodemask",
        example: "<nodemask>1</nodemask>",
        check: state("devices/memory", nodemask),
        ..Rule::RISK
    },
    Rule {
        id: "numa/placement-auto",
        level: Level::Info,
        why: "numad chooses CPUs and memory nodes at each start, on each host by itself.",
        help: "nothing, unless numad is missing on the destination (package numad)",
        source: "libvirt formatdomain, vcpu placement and numatune placement",
        example: "placement='auto'",
        check: state("", placement_auto),
        ..Rule::RISK
    },
    Rule {
        id: "numa/strict-nodeset",
        needs: &[Fact::Capabilities],
        settled_by: Some("host/numa-nodeset"),
        why: "The guest's memory may come from these NUMA nodes of the host only: the destination must have nodes of these numbers (`NUMA node N is unavailable`), with room.",
        help: "give nodes that the destination has (`virsh capabilities` there) with `virsh migrate --xml`",
        source: "live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<memory mode='strict' nodeset='0'/>",
        check: state("numatune", strict_nodeset),
        ..Rule::RISK
    },
    Rule {
        id: "cputune/pinned",
        needs: &[Fact::Capabilities],
        settled_by: Some("host/cpuset"),
        why: "Threads of the guest are pinned to CPUs of the host by number: the destination must have them (`cannot set CPU affinity`), and other guests there may have them already.",
        help: "give CPUs of the destination with `virsh migrate --xml`, or give its facts with --host",
        source: "live migration between two libvirt 9.0 hosts; started on libvirt 9.0",
        proof: Proof::Run,
        example: "<vcpupin vcpu='0' cpuset='2'/>",
        check: state("", pinned),
        ..Rule::RISK
    },
    Rule {
        id: "cputune/realtime",
        why: "Threads with real-time priority keep everything else off their CPU: without isolated CPUs on the destination they starve it, and on the source the migration itself may not come to an end.",
        help: "isolate the CPUs that the guest is pinned to there (isolcpus), and migrate with `--auto-converge` or `--postcopy`, or paused (`--suspend`)",
        source: "libvirt knowledge base, real-time KVM; libvirt formatdomain, vcpusched",
        example: "<vcpusched vcpus='0' scheduler='fifo' priority='1'/>",
        check: state("cputune", realtime),
        ..Rule::RISK
    },
    Rule {
        id: "cputune/resctrl",
        needs: &[Fact::Capabilities],
        settled_by: Some("host/resctrl"),
        why: "Shares of caches and memory bandwidth are given by numbers of the host's hardware: the destination must have resctrl mounted, with the same caches.",
        help: "check `virsh capabilities` there for <cache> banks with <control>, or change <cputune> with `virsh migrate --xml`",
        source: "libvirt formatdomain, cachetune and memorytune; libvirt 12.4 release notes (energytune)",
        example: "<cachetune vcpus='0'>",
        check: state("cputune", resctrl),
        ..Rule::RISK
    },
];

fn one(found: Option<Found>) -> Vec<Found> {
    found.into_iter().collect()
}

/// The memory modules of one model.
fn modules<'g>(guest: &Guest<'g>, model: &'static str) -> impl Iterator<Item = NodeId> + use<'g> {
    let tree = guest.tree();
    guest
        .devices("memory")
        .filter(move |module| tree.attr(*module, "model") == Some(model))
}

/// Something that one destination or another settles.
fn open(node: NodeId, message: impl Into<String>, fact: Fact) -> Found {
    Found::at(node, message).level(Level::Error).needs(fact)
}

fn balloon(guest: &Guest<'_>) -> Vec<Found> {
    let find = || {
        let node = guest.at("currentMemory")?;
        let (now, all) = (guest.number("currentMemory")?, guest.number("memory")?);
        let message = format!("{} MiB of {} MiB at the next start", now / 1024, all / 1024);
        (now < all && !guest.is_running()).then(|| Found::at(node, message))
    };
    one(find())
}

fn dimm(guest: &Guest<'_>) -> Vec<Found> {
    if !guest.is_live() || !guest.is_running() {
        return Vec::new();
    }
    let tree = guest.tree();
    let is_written = |module: NodeId, path: &str| {
        let node = tree.at(module, path);
        node.is_some_and(|node| tree.is_written(node))
    };
    modules(guest, "dimm")
        .filter(|module| {
            !is_written(*module, "address/@slot") || !is_written(*module, "address/@base")
        })
        .map(|module| Found::at(module, "its slot and base address are not told"))
        .collect()
}

/// The devices that another process serves through the guest's memory, with what they are.
fn served<'g>(guest: &Guest<'g>) -> impl Iterator<Item = (NodeId, &'static str)> + use<'g> {
    let tree = guest.tree();
    let is = move |path: &'static str, value: &'static str| {
        move |node: &NodeId| tree.get(*node, path) == Some(value)
    };
    let cards = guest.devices("interface").filter(is("@type", "vhostuser"));
    let disks = guest.devices("disk").filter(is("@type", "vhostuser"));
    let shares = guest.devices("filesystem");
    let shares = shares.filter(is("driver/@type", "virtiofs"));
    let cards = cards.map(|card| (card, "a vhost-user card"));
    let disks = disks.map(|disk| (disk, "a vhost-user disk"));
    cards
        .chain(disks)
        .chain(shares.map(|share| (share, "virtiofs")))
}

fn private_memory(guest: &Guest<'_>) -> Vec<Found> {
    const CARDS: Version = Version::new(11, 2);
    if guest.has_shared_memory() {
        return Vec::new();
    }
    let tree = guest.tree();
    served(guest)
        .map(|(node, what)| {
            let found = Found::at(node, format!("{what} cannot map its memory"));
            match (tree.name(node), guest.migration.libvirt) {
                ("interface", None) => found.needs(Fact::Libvirt),
                ("interface", Some(version)) if version < CARDS => found.level(Level::Warning),
                _ => found,
            }
        })
        .collect()
}

fn hugepages(guest: &Guest<'_>) -> Vec<Found> {
    let node = guest.at("memoryBacking/hugepages");
    let node = node.filter(|_| guest.is_live());
    let kib = guest
        .page_demands()
        .iter()
        .map(|demand| demand.kib)
        .fold(0, u64::saturating_add);
    let message = format!(
        "{} MiB in huge pages must be free on the destination",
        kib / 1024
    );
    one(node
        .filter(|_| kib > 0)
        .map(|node| open(node, message, Fact::Memory)))
}

fn locked(guest: &Guest<'_>) -> Vec<Found> {
    let node = guest.at("memoryBacking/locked");
    let is_limited = guest.at("memtune/hard_limit").is_some();
    let node = node.filter(|_| !is_limited);
    one(node.map(|node| Found::at(node, "its memory is locked without a limit")))
}

fn module_path(guest: &Guest<'_>) -> Vec<Found> {
    if !guest.is_live() {
        return Vec::new();
    }
    guest
        .memory_paths()
        .map(|(node, path, _)| {
            let message = format!("{path} must be on the destination in its size");
            open(node, message, Fact::Files)
        })
        .collect()
}

fn pmem(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    guest
        .devices("memory")
        .filter(|_| guest.is_live())
        .filter_map(|module| tree.at(module, "source/pmem"))
        .map(|node| Found::at(node, "the destination must have real persistent memory"))
        .collect()
}

fn postcopy_shared(guest: &Guest<'_>) -> Vec<Found> {
    let find = || {
        let (node, what) = served(guest).next()?;
        let is_asked = guest.is_live() && guest.migration.postcopy;
        let message = format!("{what} must be able to wait for pages");
        (is_asked && guest.has_shared_memory()).then(|| Found::at(node, message))
    };
    one(find())
}

fn rdma(guest: &Guest<'_>) -> Vec<Found> {
    let is_asked = guest.is_live() && guest.migration.rdma;
    let is_limited = guest.at("memtune/hard_limit").is_some();
    let message = "RDMA wants a hard limit of its memory";
    one((is_asked && !is_limited).then(|| Found::at(Tree::ROOT, message)))
}

fn sgx(guest: &Guest<'_>) -> Vec<Found> {
    modules(guest, "sgx-epc")
        .filter(|_| guest.is_live())
        .map(|node| Found::at(node, "the memory of enclaves does not migrate"))
        .collect()
}

fn virtio_mem(guest: &Guest<'_>) -> Vec<Found> {
    modules(guest, "virtio-mem")
        .filter(|_| guest.is_live())
        .map(|node| Found::at(node, "its requested size must stay as it is on the way"))
        .collect()
}

fn nodemask(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    guest
        .devices("memory")
        .filter(|_| guest.is_live())
        .filter_map(|module| {
            let node = tree.at(module, "source/nodemask")?;
            let message = format!("NUMA node {} must be on the destination", tree.value(node)?);
            Some(open(node, message, Fact::Capabilities))
        })
        .collect()
}

fn placement_auto(guest: &Guest<'_>) -> Vec<Found> {
    let places = ["vcpu/@placement", "numatune/memory/@placement"];
    let is_auto = |path: &&str| guest.get(path) == Some("auto");
    let path = places.into_iter().find(|path| is_auto(path));
    let node = path.and_then(|path| guest.at(path));
    one(node.map(|node| Found::at(node, "numad places it anew on each host")))
}

fn strict_nodeset(guest: &Guest<'_>) -> Vec<Found> {
    if !guest.is_live() {
        return Vec::new();
    }
    let bindings = guest.bindings().all.into_iter();
    bindings
        .filter(|binding| binding.strict)
        .map(|binding| {
            let message = format!("NUMA node {} must be on the destination", binding.nodes);
            open(binding.node, message, Fact::Capabilities)
        })
        .collect()
}

fn pinned(guest: &Guest<'_>) -> Vec<Found> {
    if !guest.is_live() {
        return Vec::new();
    }
    let pins = guest.pins();
    let mut all = NumberSet::default();
    for pin in &pins {
        all.extend(&pin.cpus);
    }
    let message = format!("it is pinned to CPUs {all} of the host");
    let first = pins.first();
    one(first.map(|pin| open(pin.node, message, Fact::Capabilities)))
}

fn realtime(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let find = || {
        let cputune = guest.at("cputune").filter(|_| guest.is_live())?;
        let node = tree.children(cputune).find(|node| {
            matches!(
                tree.name(*node),
                "vcpusched" | "iothreadsched" | "emulatorsched"
            ) && matches!(tree.attr(*node, "scheduler"), Some("fifo" | "rr"))
        })?;
        Some(Found::at(node, "its threads run with real-time priority"))
    };
    one(find())
}

fn resctrl(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let find = || {
        let cputune = guest.at("cputune").filter(|_| guest.is_live())?;
        let names = ["cachetune", "memorytune", "energytune"];
        let mut parts = tree.children(cputune);
        let node = parts.find(|node| names.contains(&tree.name(*node)))?;
        let message = "the destination must have what is set apart for it";
        Some(open(node, message, Fact::Capabilities))
    };
    one(find())
}
