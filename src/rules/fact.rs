//! The facts that rules may lack: one list, with how to tell each.

use crate::report::Need;

/// A fact that no domain definition holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fact {
    /// How the disks reach the destination.
    Storage,
    /// Anything of a destination.
    Host,
    /// The host where the guest runs today.
    SourceHost,
    /// The releases of libvirt.
    Libvirt,
    /// The releases of QEMU.
    Qemu,
    /// What the host and its emulators are: architectures, machine types, NUMA, secmodels.
    Capabilities,
    /// What an emulator can give a guest of one machine type.
    DomainCapabilities,
    /// Files, and the file systems they are on.
    Files,
    /// Bridges and other network devices, addresses, and ports in use.
    Links,
    /// libvirt's networks.
    Networks,
    /// libvirt's network filters.
    Nwfilters,
    /// Storage pools and their volumes.
    Pools,
    /// Secrets.
    Secrets,
    /// Devices that can be passed through.
    Nodedevs,
    /// Other domains.
    Domains,
    /// Memory that is free now.
    Memory,
    /// Limits of the libvirt there, which only a person knows.
    Limits,
    /// What only somebody who knows the host can write down.
    HostFile,
    /// What libvirt knows of the guest beside its definition: snapshots, jobs, save images.
    GuestState,
}

impl Fact {
    /// Every fact.
    pub const ALL: &'static [Self] = &[
        Self::Storage,
        Self::Host,
        Self::SourceHost,
        Self::Libvirt,
        Self::Qemu,
        Self::Capabilities,
        Self::DomainCapabilities,
        Self::Files,
        Self::Links,
        Self::Networks,
        Self::Nwfilters,
        Self::Pools,
        Self::Secrets,
        Self::Nodedevs,
        Self::Domains,
        Self::Memory,
        Self::Limits,
        Self::HostFile,
        Self::GuestState,
    ];

    /// Its name, and how to tell it.
    #[must_use]
    pub const fn need(self) -> Need {
        let (fact, how) = match self {
            Self::Storage => (
                "storage",
                "--storage shared, or --storage copy for --copy-storage-all",
            ),
            Self::Host => ("host", "--host FACTS of the destination"),
            Self::SourceHost => (
                "source-host",
                "--source-host FACTS of the host where the guest runs today",
            ),
            Self::Libvirt => (
                "libvirt-version",
                "--libvirt-version, the older of the two hosts",
            ),
            Self::Qemu => ("qemu-version", "--qemu-version, the older of the two hosts"),
            Self::Capabilities => (
                "capabilities",
                "--host with `virsh capabilities` of the destination",
            ),
            Self::DomainCapabilities => (
                "domain-capabilities",
                "--host with `virsh domcapabilities` of the destination for this machine type",
            ),
            Self::Files => (
                "files",
                "--host with `domdiff host --with files` of the destination, or a listing of its files",
            ),
            Self::Links => ("links", "--host with `domdiff host` run on the destination"),
            Self::Networks => (
                "networks",
                "--host with `domdiff host --with networks` of the destination",
            ),
            Self::Nwfilters => (
                "nwfilters",
                "--host with `domdiff host --with nwfilters` of the destination",
            ),
            Self::Pools => (
                "pools",
                "--host with `domdiff host --with pools` of the destination",
            ),
            Self::Secrets => (
                "secrets",
                "--host with `domdiff host --with secrets` of the destination",
            ),
            Self::Nodedevs => (
                "nodedevs",
                "--host with `domdiff host --with nodedevs` of the destination",
            ),
            Self::Domains => (
                "domains",
                "--host with `domdiff host --with domains` of the destination",
            ),
            Self::Memory => (
                "memory",
                "--host with `domdiff host` run on the destination, or `--with memory` of its libvirt",
            ),
            Self::Limits => (
                "limits",
                "--host with a facts file that names memory_lock_kib, what libvirt may lock (`ulimit -l`)",
            ),
            Self::HostFile => (
                "host-file",
                "--host with a facts file of the destination in which you write it down",
            ),
            Self::GuestState => (
                "guest-state",
                "judge the running guest: `domdiff check dom:NAME`",
            ),
        };
        Need { fact, how }
    }
}
