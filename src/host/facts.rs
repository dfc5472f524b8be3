//! What is known of a host, whatever it was read from.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::domcaps::DomainCapabilities;
use super::resources::Resources;
use crate::cpu::{CpuDef, CpuidData, Signature};

/// A source that facts were read from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Source {
    /// What it is.
    pub kind: SourceKind,
    /// The file, or `local`.
    pub name: String,
}

/// The kinds of sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// CPUID and what an unprivileged process can read, of this machine.
    Local,
    /// domdiff's own JSON.
    Facts,
    /// `virsh capabilities`.
    Capabilities,
    /// `virsh domcapabilities`: what this hypervisor can give a guest.
    DomainCapabilities,
    /// A bare `<cpu>` element.
    Cpu,
    /// libvirt's `<cpudata>` dump.
    Cpudata,
    /// `cpuid -r` text.
    Cpuid,
    /// /proc/cpuinfo text.
    Cpuinfo,
    /// A listing of files.
    Listing,
    /// What virsh tells of a libvirt.
    Libvirt,
}

impl SourceKind {
    /// What to call it.
    pub fn as_str(self) -> &'static str {
        match self {
            SourceKind::Local => "this machine",
            SourceKind::Facts => "facts file",
            SourceKind::Capabilities => "capabilities",
            SourceKind::DomainCapabilities => "domain capabilities",
            SourceKind::Cpu => "cpu element",
            SourceKind::Cpudata => "CPUID dump",
            SourceKind::Cpuid => "cpuid text",
            SourceKind::Cpuinfo => "/proc/cpuinfo text",
            SourceKind::Listing => "file listing",
            SourceKind::Libvirt => "libvirt",
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.kind {
            SourceKind::Local => out.write_str("this machine"),
            kind => write!(out, "{} {}", kind.as_str(), self.name),
        }
    }
}

/// Two sources that say different things of one host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Contradiction {
    /// Which fact.
    pub fact: String,
    /// What is believed, and who says so.
    pub kept: String,
    /// What the other says, and who.
    pub other: String,
}

/// All that is known of one host.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct HostFacts {
    /// What to call the host.
    pub name: String,
    /// Its CPU.
    pub cpu: CpuFacts,
    /// Everything else that is one value.
    pub system: SystemFacts,
    /// What it offers a guest beside its CPU.
    pub resources: Resources,
    /// What the hypervisors of this host can run: capabilities.
    pub guests: Vec<GuestFacts>,
    /// What they can give a guest, one entry for each emulator, type, architecture and machine.
    pub domains: Vec<DomainCapabilities>,
    /// Where the facts come from, in the order they were joined.
    pub sources: Vec<Source>,
    /// For a fact of [`SystemFacts`] or [`Resources`] by its JSON name: its source, as a place in `sources`.
    pub provenance: BTreeMap<String, usize>,
    /// What sources disagree on.
    pub contradictions: Vec<Contradiction>,
    /// Things a reader should know about these facts, as sentences.
    pub notes: Vec<String>,
}

/// What is known of the CPU; each layer with its source's place in [`HostFacts::sources`].
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CpuFacts {
    /// As libvirt named it.
    pub definition: Option<Layer<NamedCpu>>,
    /// CPUID words and model-specific registers.
    pub words: Option<Layer<CpuidData>>,
    /// As a Linux kernel shows it.
    pub kernel: Option<Layer<KernelCpu>>,
}

/// A fact with its source.
#[derive(Debug, Clone, PartialEq)]
pub struct Layer<T> {
    /// The fact.
    pub value: T,
    /// Place of the source in [`HostFacts::sources`].
    pub source: usize,
}

/// A CPU with names for its features.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedCpu {
    /// The definition, of kind host.
    pub cpu: CpuDef,
    /// Features that are neither told present nor absent; all others are told.
    pub unknown: Vec<String>,
}

/// A CPU as /proc/cpuinfo shows it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KernelCpu {
    /// The 12 bytes of CPUID leaf 0 (x86).
    pub vendor: Option<String>,
    /// Signature (x86).
    pub signature: Option<Signature>,
    /// Flags that every CPU shows, with the kernel's names (x86).
    pub flags: Vec<String>,
    /// Processor version register (ppc64).
    pub pvr: Option<u32>,
    /// Implementer and part (arm).
    pub part: Option<(u32, u32)>,
}

/// Single facts; each absent one is unknown.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SystemFacts {
    /// Architecture as libvirt names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arch: Option<String>,
    /// The host's UUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub host_uuid: Option<String>,
    /// Kernel release.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kernel: Option<String>,
    /// Microcode version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub microcode: Option<u64>,
    /// Width of a physical address in bits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub physical_address_bits: Option<u32>,
    /// TSC frequency in Hz.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tsc_hz: Option<u64>,
    /// Can the host give a guest another TSC frequency?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tsc_scaling: Option<bool>,
    /// The hypervisor this host itself runs under; `none` on bare metal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hypervisor: Option<String>,
    /// Sockets, dies, cores, threads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topology: Option<HostTopology>,
    /// Online CPUs as a list of ranges (`0-3,8`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpus_online: Option<String>,
    /// Memory in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_kib: Option<u64>,
    /// Memory in KiB that can be had without swapping, at the time of reading. More than what is
    /// free: file caches give way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_available_kib: Option<u64>,
    /// Swap space in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swap_kib: Option<u64>,
    /// Memory in KiB that libvirt there may lock for a guest; only a libvirt that is not root has
    /// a limit, and nothing but a person tells it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_lock_kib: Option<u64>,
    /// NUMA nodes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub numa: Option<Vec<NumaNode>>,
    /// Page sizes in KiB, the normal one included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_sizes_kib: Option<Vec<u64>>,
    /// Huge pages of the whole machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub huge_pages: Option<Vec<HugePages>>,
    /// Size in KiB of the huge pages that one gets who names no size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_huge_page_kib: Option<u64>,
    /// What of caches and memory bandwidth can be set apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resctrl: Option<Resctrl>,
    /// Does the kernel merge equal pages (KSM)?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ksm: Option<bool>,
    /// Transparent huge pages: `always`, `madvise` or `never`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transparent_huge_pages: Option<String>,
    /// KVM.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kvm: Option<KvmFacts>,
    /// Can VFIO be used (an IOMMU is on)?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iommu: Option<bool>,
    /// Security models (`selinux`, `apparmor`, `dac`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secmodels: Option<Vec<String>>,
    /// Transports for migration (`tcp`, `rdma`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub migration_transports: Option<Vec<String>>,
    /// Hardware vulnerabilities as the kernel reports them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vulnerabilities: Option<BTreeMap<String, String>>,
}

/// Counts of a machine's CPU topology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HostTopology {
    /// Sockets.
    pub sockets: u32,
    /// Dies in a socket.
    pub dies: u32,
    /// Cores in a die.
    pub cores: u32,
    /// Threads of a core.
    pub threads: u32,
}

/// A NUMA node.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct NumaNode {
    /// Number.
    pub id: u32,
    /// Memory in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_kib: Option<u64>,
    /// Free memory in KiB, at the time of reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub free_kib: Option<u64>,
    /// CPUs as a list of ranges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpus: Option<String>,
    /// Distances to the nodes, in their order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub distances: Vec<u32>,
    /// Huge pages.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pages: Vec<HugePages>,
}

/// Huge pages of one size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HugePages {
    /// Page size in KiB.
    pub size_kib: u64,
    /// Number of pages.
    pub total: u64,
    /// Free pages, at the time of reading.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free: Option<u64>,
}

/// What a kernel's resctrl can set apart, as `virsh capabilities` lists it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct Resctrl {
    /// Caches that can be divided, one entry for each kind of share.
    pub caches: Vec<CacheControl>,
    /// Memory controllers whose bandwidth can be divided.
    pub bandwidth: Vec<BandwidthControl>,
}

/// A cache that can be divided.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct CacheControl {
    /// Number.
    pub id: u32,
    /// Level, 2 or 3.
    pub level: u32,
    /// What a share is for: `code`, `data`, `both`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Size of the whole cache in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub size_kib: Option<u64>,
    /// A share is a multiple of this, in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granularity_kib: Option<u64>,
    /// The smallest share in KiB.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_kib: Option<u64>,
    /// The most shares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_allocs: Option<u32>,
}

/// A memory controller whose bandwidth can be divided.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct BandwidthControl {
    /// Number.
    pub id: u32,
    /// A share is a multiple of this many percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub granularity: Option<u32>,
    /// The smallest share in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<u32>,
    /// The most shares.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_allocs: Option<u32>,
}

/// What is known of KVM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct KvmFacts {
    /// Is there a /dev/kvm?
    pub device: bool,
    /// Can the process that looked open it?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usable: Option<bool>,
    /// Can guests run guests?
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nested: Option<bool>,
}

/// Guests of one architecture that a hypervisor of the host runs.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct GuestFacts {
    /// Architecture.
    pub arch: String,
    /// Kind of operating system (`hvm`).
    pub os_type: String,
    /// Emulator program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emulator: Option<String>,
    /// Domain types (`kvm`, `qemu`).
    pub domains: Vec<String>,
    /// Machine types.
    pub machines: Vec<MachineFacts>,
}

/// A machine type.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MachineFacts {
    /// Name or alias.
    pub name: String,
    /// The name behind an alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical: Option<String>,
    /// The most virtual CPUs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cpus: Option<u32>,
    /// Going away.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
}

impl HostFacts {
    /// No facts yet, from one source.
    pub fn from_source(kind: SourceKind, name: &str) -> HostFacts {
        HostFacts {
            name: short_name(name),
            sources: vec![Source {
                kind,
                name: name.to_owned(),
            }],
            ..HostFacts::default()
        }
    }

    /// No facts yet, from a libvirt; `name` is what it is called.
    #[must_use]
    pub fn of_libvirt(name: &str) -> HostFacts {
        HostFacts {
            name: name.to_owned(),
            ..HostFacts::from_source(SourceKind::Libvirt, name)
        }
    }

    /// The facts, each noted as told by their one source.
    #[must_use]
    pub fn told(self) -> HostFacts {
        self.mark_provenance()
    }

    /// Marks every single fact that is there as told by the (one) source.
    pub(super) fn mark_provenance(mut self) -> HostFacts {
        let keys = keys(&self.system).into_iter().chain(keys(&self.resources));
        for key in keys {
            self.provenance.entry(key).or_insert(0);
        }
        self
    }

    /// The host's architecture, from whichever fact tells it.
    pub fn arch(&self) -> Option<&str> {
        let named = self
            .cpu
            .definition
            .as_ref()
            .and_then(|layer| layer.value.cpu.arch.as_deref());
        let only_guest = || match self.domains.as_slice() {
            // Only KVM ties a guest's architecture to the host's.
            [only] if only.virt_type == "kvm" => Some(only.arch.as_str()),
            _ => None,
        };
        self.system.arch.as_deref().or(named).or_else(only_guest)
    }

    /// The source of that place.
    pub fn source(&self, at: usize) -> Option<&Source> {
        self.sources.get(at)
    }
}

/// The JSON names of the facts that are there.
fn keys(facts: &impl Serialize) -> Vec<String> {
    match serde_json::to_value(facts) {
        Ok(serde_json::Value::Object(map)) => map.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// `web1` of `/tmp/web1.xml`.
fn short_name(file: &str) -> String {
    let path = std::path::Path::new(file);
    let stem = path.file_stem().and_then(|stem| stem.to_str());
    stem.filter(|stem| !stem.is_empty())
        .unwrap_or(file)
        .to_owned()
}
