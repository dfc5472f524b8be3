//! The platform of a destination: what its emulators run, its memory and CPUs, its other domains.

use crate::host::HostFacts;
use crate::host::facts::{GuestFacts, MachineFacts};
use crate::host::resources::{OtherDomain, Presence};
use crate::migration::Version;
use crate::report::{EnforcedBy, Level};
use crate::rules::{Check, Fact, Found, Proof, Rule};
use crate::tree::{NodeId, Tree};
use crate::value::NumberSet;
use crate::view::Guest;

pub(in crate::rules) static RULES: &[Rule] = &[
    Rule {
        id: "host/arch",
        why: "The destination needs a QEMU for the guest's processor architecture; libvirt there refuses the guest without one.",
        help: "install the emulator there (package qemu-system-arm, qemu-system-ppc, …), or choose another host",
        source: "libvirt formatcaps, guest capabilities; virCapabilitiesDomainDataLookup",
        needs: &[Fact::Capabilities],
        example: "<type arch='aarch64'",
        check: Check::Destination(arch),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/arch-native",
        why: "KVM runs guests of the host's own architecture only.",
        help: "choose a host of the guest's architecture; as type 'qemu' (emulation) the guest is another one",
        source: "libvirt virQEMUCapsInitGuestFromBinary: KVM for native guests, i686 on x86_64, ppc64 and ppc64le, armv7l on aarch64",
        needs: &[Fact::Capabilities],
        example: "<type arch='aarch64'",
        check: Check::Destination(arch_native),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/duplicate-domain",
        why: "libvirt has each name and each UUID once. It takes the guest for its own old definition only where both are equal and that one is shut off (`domain 'NAME' already exists`, `is already active`).",
        help: "`virsh undefine NAME` (or `virsh domrename NAME OTHER`) there if it is another guest; if it is the guest itself, find out which of the two is the right one",
        source: "live migration between two libvirt 9.0 hosts; libvirt virDomainObjListAdd",
        proof: Proof::Run,
        needs: &[Fact::Domains],
        example: "<name>shop</name>",
        check: Check::Destination(duplicate_domain),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/emulator",
        why: "The definition names the emulator by its path, and libvirt there refuses the guest without it (`Cannot check QEMU binary`). Distributions put QEMU at other places.",
        help: "give the destination's path (`virsh capabilities` lists it) as <emulator> with `virsh migrate --xml`",
        source: "live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::Files],
        example: "<emulator>/usr/libexec/qemu-kvm</emulator>",
        check: Check::Destination(emulator),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/hypervisor-kind",
        why: "The guest is of another hypervisor: no libvirt driver moves a guest to one of another kind.",
        help: "convert the guest (virt-v2v for Xen and ESX guests), or choose a host with its hypervisor",
        source: "libvirt virDomainMigrate3: source and destination are the same driver; formatcaps, guest capabilities",
        needs: &[Fact::Capabilities],
        example: "<domain type='xen'>",
        check: Check::Destination(hypervisor_kind),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/machine",
        why: "QEMU there must have a machine of this name: libvirt refuses the guest otherwise (`does not support machine type`). Names of distributions (pc-q35-rhel9.2.0, pc-i440fx-focal) are only in that distribution's QEMU, and old ones are removed in time.",
        help: "choose a host whose `virsh capabilities` lists the machine; otherwise shut the guest down and give it a machine that both hosts list",
        source: "live migration from libvirt 9.0 to 12.8 (pc-i440fx-2.4)",
        proof: Proof::Run,
        needs: &[Fact::Capabilities],
        example: "machine='pc-q35-rhel9.2.0'",
        check: Check::Destination(machine),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/machine-deprecated",
        level: Level::Warning,
        enforced_by: EnforcedBy::Nobody,
        why: "QEMU there still has this machine, but calls it deprecated: one of its next releases will not start the guest.",
        help: "shut the guest down at the next occasion and give it a newer machine (`virsh edit`)",
        source: "libvirt formatcaps, machine deprecated; QEMU docs/about/deprecated",
        needs: &[Fact::Capabilities],
        example: "machine='pc-i440fx-1.7'",
        check: Check::Destination(machine_deprecated),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/machine-newer",
        why: "The machine is newer than the destination's QEMU, which cannot know how it is built. QEMU moves guests to newer releases only.",
        help: "update QEMU on the destination, or shut the guest down and give it a machine that both hosts have",
        source: "live migration from libvirt 12.8 to 9.0 (pc-q35-9.0)",
        proof: Proof::Run,
        needs: &[Fact::Capabilities],
        example: "machine='pc-q35-9.0'",
        check: Check::Destination(machine_newer),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/memory",
        enforced_by: EnforcedBy::Qemu,
        why: "The guest's memory must fit into the host: QEMU there does not start with more than RAM and swap hold (`cannot set up guest memory`); with less than that free the host swaps or kills a guest.",
        help: "choose a host with more memory, or move other guests away from it first",
        source: "started on libvirt 9.0 with QEMU 7.2; Linux overcommit accounting",
        proof: Proof::Run,
        needs: &[Fact::Capabilities, Fact::Memory],
        example: "<memory unit='GiB'>256</memory>",
        check: Check::Destination(memory),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/memory-lock",
        level: Level::Warning,
        enforced_by: EnforcedBy::Qemu,
        why: "The guest's memory is locked (VFIO devices, RDMA, <locked/>): a libvirt that is not root may lock only as much as its limit says, and cannot raise it.",
        help: "raise the limit there (`LimitMEMLOCK=` of its systemd unit, `ulimit -l`), or move the guest to the system's libvirt",
        source: "libvirt qemuDomainGetMemLockLimitBytes, virProcessSetMaxMemLock",
        needs: &[Fact::Limits],
        example: "<locked/>",
        check: Check::Destination(memory_lock),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/migration-transport",
        why: "libvirt and QEMU there must be built to take the stream over this transport.",
        help: "install libvirt and QEMU with RDMA there, or migrate over TCP (leave `rdma://` out)",
        source: "libvirt formatcaps, uri_transports; qemuMigrationDstPrepareDirect",
        needs: &[Fact::Capabilities],
        example: "<domain type='kvm'>",
        check: Check::Destination(transport),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/same-host",
        why: "libvirt does not migrate a guest to the host that it is on, and tells hosts by their UUID (`Attempt to migrate guest to the same host`). Cheap boards share one.",
        help: "if these are two hosts, give one of them its own `host_uuid` in /etc/libvirt/libvirtd.conf (virtqemud.conf) and restart libvirt",
        source: "live migration between two libvirt 9.0 hosts; libvirt qemuMigrationCookieXMLParse",
        proof: Proof::Run,
        needs: &[Fact::Capabilities, Fact::SourceHost],
        example: "<domain type='kvm'>",
        check: Check::Destination(same_host),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/vcpu-apic",
        why: "More than 255 virtual CPUs have APIC ids that only interrupt remapping with extended ids can reach: libvirt wants a q35 machine with such an IOMMU (`more than 255 vCPUs require extended interrupt mode enabled on the iommu device`). libvirt 10.10 adds one to a guest without any.",
        help: "shut the guest down and write <iommu model='intel'><driver intremap='on' eim='on'/></iommu> and <ioapic driver='qemu'/>; for AMD <driver intremap='on' xtsup='on'/> (libvirt 12.2)",
        source: "started on libvirt 9.0; libvirt 10.10 and 12.2 release notes",
        proof: Proof::Run,
        needs: &[Fact::Libvirt],
        example: "<vcpu>288</vcpu>",
        check: Check::Destination(vcpu_apic),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/vcpu-max",
        why: "The machine, or KVM on the destination, has room for fewer virtual CPUs (`Maximum CPUs greater than specified machine type limit`).",
        help: "choose a host that offers more (`virsh domcapabilities`, vcpu max), or shut the guest down and lower <vcpu>",
        source: "started on libvirt 9.0 with QEMU 7.2; libvirt formatdomaincaps, vcpu max",
        proof: Proof::Run,
        needs: &[Fact::Capabilities, Fact::DomainCapabilities],
        example: "<vcpu>300</vcpu>",
        check: Check::Destination(vcpu_max),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/vcpu-physical",
        level: Level::Warning,
        enforced_by: EnforcedBy::Nobody,
        why: "Where a guest has more virtual CPUs than the host has CPUs, they wait for each other, and spinning ones waste the time of those that would go on.",
        help: "choose a larger host, or shut the guest down and lower <vcpu>; until then `virsh setvcpus NAME COUNT --live` unplugs what is not needed",
        source: "QEMU kvm_init: warns above the recommended number, which is the host's",
        needs: &[Fact::Capabilities],
        example: "<vcpu>64</vcpu>",
        check: Check::Destination(vcpu_physical),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/virt-type",
        why: "No emulator there runs guests of this type: without KVM there is no /dev/kvm, its module is not loaded, or virtualization is off in the firmware.",
        help: "load the module there (`modprobe kvm_intel` or `kvm_amd`; `virt-host-validate qemu` tells what is missing), then restart libvirt",
        source: "libvirt formatcaps, guest capabilities; virCapabilitiesDomainDataLookup",
        needs: &[Fact::Capabilities],
        example: "<domain type='kvm'>",
        check: Check::Destination(virt_type),
        ..Rule::DEMAND
    },
];

/// At most one place where a rule holds, as a list.
fn one(found: Option<Found>) -> Vec<Found> {
    found.into_iter().collect()
}

/// What the host runs of an architecture.
fn of_arch<'h>(host: &'h HostFacts, arch: &'h str) -> impl Iterator<Item = &'h GuestFacts> {
    host.guests.iter().filter(move |kind| kind.arch == arch)
}

/// Whether KVM on a host of one architecture runs guests of the other.
fn is_native(host: &str, guest: &str) -> bool {
    host == guest
        || matches!(
            (host, guest),
            ("x86_64", "i686")
                | ("ppc64", "ppc64le")
                | ("ppc64le", "ppc64")
                | ("aarch64", "armv7l")
                | ("armv7l", "armv6l")
        )
}

/// The host's architecture, if KVM there cannot run such a guest.
fn foreign<'h>(guest: &Guest<'_>, host: &'h HostFacts) -> Option<&'h str> {
    let (native, arch) = (host.arch()?, guest.get("os/type/@arch")?);
    (guest.get("@type") == Some("kvm") && !is_native(native, arch)).then_some(native)
}

/// `a, b and c`, each once, in their order.
fn listed<'t>(names: impl Iterator<Item = &'t str>) -> String {
    let mut seen: Vec<&str> = Vec::new();
    for name in names {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    match seen.split_last() {
        None => "nothing".to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

fn arch(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let (Some(node), Some(wanted)) = (guest.at("os/type/@arch"), guest.get("os/type/@arch")) else {
        // libvirt takes the host's own.
        return Vec::new();
    };
    if host.guests.is_empty() {
        let is_told = host.domains.iter().any(|caps| caps.arch == wanted);
        if is_told || foreign(guest, host).is_some() {
            return Vec::new();
        }
        let message = format!("nothing tells whether {wanted} guests run there");
        return vec![Found::at(node, message).needs(Fact::Capabilities)];
    }
    if of_arch(host, wanted).next().is_some() {
        return Vec::new();
    }
    let offered = listed(host.guests.iter().map(|kind| kind.arch.as_str()));
    let message = format!("{wanted} guests do not run there, only {offered}");
    vec![Found::at(node, message)]
}

/// Whether capabilities list KVM for the guest's architecture.
fn offers_type(guest: &Guest<'_>, host: &HostFacts) -> bool {
    let (Some(kind), Some(arch)) = (guest.get("@type"), guest.get("os/type/@arch")) else {
        return false;
    };
    of_arch(host, arch).any(|known| known.domains.iter().any(|name| name == kind))
        || host
            .domains
            .iter()
            .any(|caps| caps.virt_type == kind && caps.arch == arch)
}

fn arch_native(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let native = foreign(guest, host)?;
        let (node, arch) = (guest.at("os/type/@arch")?, guest.get("os/type/@arch")?);
        // What is not there at all is another rule's.
        let is_there = host.guests.is_empty() || of_arch(host, arch).next().is_some();
        if offers_type(guest, host) || !is_there {
            return None;
        }
        let message = format!("KVM of a {native} host does not run {arch} guests");
        Some(Found::at(node, message))
    };
    one(find())
}

/// The libvirt driver that runs guests of a type.
fn driver(kind: &str) -> &str {
    match kind {
        "kvm" | "hvf" | "kqemu" => "qemu",
        other => other,
    }
}

/// The types of guests that the host is told to run.
fn types(host: &HostFacts) -> impl Iterator<Item = &str> {
    let emulators = host.domains.iter().map(|caps| caps.virt_type.as_str());
    let guests = host.guests.iter().flat_map(|kind| &kind.domains);
    guests.map(String::as_str).chain(emulators)
}

/// Whether another hypervisor than the guest's runs there.
fn is_of_another_kind(guest: &Guest<'_>, host: &HostFacts) -> bool {
    let wanted = driver(guest.get("@type").unwrap_or_default());
    types(host).next().is_some() && !types(host).any(|kind| driver(kind) == wanted)
}

fn hypervisor_kind(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let (node, kind) = (guest.at("@type")?, guest.get("@type")?);
        let offered = listed(types(host));
        let message = format!("it is a guest of {kind}, and {offered} runs there");
        is_of_another_kind(guest, host).then(|| Found::at(node, message))
    };
    one(find())
}

fn virt_type(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let (node, kind) = (guest.at("@type")?, guest.get("@type")?);
        if is_of_another_kind(guest, host) || offers_type(guest, host) {
            return None;
        }
        if host.guests.is_empty() {
            let has_none = host.system.kvm.is_some_and(|kvm| !kvm.device);
            return (kind == "kvm" && has_none && host.domains.is_empty())
                .then(|| Found::at(node, "there is no /dev/kvm"));
        }
        let arch = guest.get("os/type/@arch").or_else(|| host.arch())?;
        let mut kinds = of_arch(host, arch).peekable();
        kinds.peek()?;
        let offered: Vec<&str> = kinds
            .flat_map(|kind| &kind.domains)
            .map(String::as_str)
            .collect();
        if offered.contains(&kind) || foreign(guest, host).is_some() {
            return None;
        }
        let offered = listed(offered.into_iter());
        let message = format!("{arch} guests are of type {offered} there, not {kind}");
        Some(Found::at(node, message))
    };
    one(find())
}

/// Whether QEMU's driver runs the guest.
fn is_qemu(guest: &Guest<'_>) -> bool {
    driver(guest.get("@type").unwrap_or_default()) == "qemu"
}

/// The emulators that capabilities name for guests of the guest's architecture.
fn emulators<'h>(guest: &Guest<'h>, host: &'h HostFacts) -> impl Iterator<Item = &'h str> {
    let arch = guest.get("os/type/@arch").or_else(|| host.arch());
    let arch = arch.unwrap_or_default();
    let guests = of_arch(host, arch).filter_map(|kind| kind.emulator.as_deref());
    let caps = host.domains.iter().filter(move |caps| caps.arch == arch);
    guests.chain(caps.map(|caps| caps.emulator.as_str()))
}

fn emulator(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let (node, path) = (
            guest.at("devices/emulator")?,
            guest.get("devices/emulator")?,
        );
        if !is_qemu(guest) || !path.starts_with('/') {
            return None;
        }
        let known: Vec<&str> = emulators(guest, host).collect();
        match host.resources.path(path) {
            Presence::There(_) => None,
            Presence::Unknown if known.contains(&path) => None,
            Presence::Unknown => {
                let message = format!("{path} must be there");
                Some(Found::at(node, message).needs(Fact::Files))
            }
            Presence::Missing => {
                let found = Found::at(node, format!("{path} is not there"));
                Some(match known.first() {
                    Some(other) => found.help(format!(
                        "write <emulator>{other}</emulator> into what `virsh migrate --xml` gives"
                    )),
                    None => found,
                })
            }
        }
    };
    one(find())
}

/// What capabilities say of the guest's machine.
enum Board<'h> {
    /// It is offered.
    Offered(Option<&'h MachineFacts>),
    /// It is not; what is, is listed.
    Absent(Vec<&'h MachineFacts>),
    /// Nothing tells.
    Untold,
}

/// Looks for the guest's machine, by its name or as what an alias stands for. Capabilities list
/// the machines of the emulators that libvirt takes by itself; another one may have others.
fn board<'h>(guest: &Guest<'_>, host: &'h HostFacts) -> Board<'h> {
    let Some(wanted) = guest.get("os/type/@machine") else {
        return Board::Offered(None);
    };
    let arch = guest.get("os/type/@arch").or_else(|| host.arch());
    let Some(arch) = arch else {
        return Board::Untold;
    };
    let kinds = || host.guests.iter().filter(|kind| kind.arch == arch);
    let machines: Vec<&MachineFacts> = kinds().flat_map(|kind| &kind.machines).collect();
    let is = |machine: &&&MachineFacts| {
        machine.name == wanted || machine.canonical.as_deref() == Some(wanted)
    };
    // An entry of its own tells more than an alias that stands for it.
    let own = machines.iter().find(|machine| machine.name == wanted);
    if let Some(machine) = own.or_else(|| machines.iter().find(is)) {
        return Board::Offered(Some(machine));
    }
    if guest.capabilities(host).is_some() {
        return Board::Offered(None);
    }
    let path = guest.get("devices/emulator");
    let is_usual =
        path.is_none_or(|path| kinds().any(|kind| kind.emulator.as_deref() == Some(path)));
    if machines.is_empty() || !is_usual {
        return Board::Untold;
    }
    Board::Absent(machines)
}

/// A versioned name in two parts: `pc-q35-` and 7.2, `pc-q35-rhel` and 9.2.0.
pub(in crate::rules) fn versioned(name: &str) -> Option<(&str, Version)> {
    let digits = name.rfind(|c: char| !c.is_ascii_digit() && c != '.')? + 1;
    let (family, version) = name.split_at_checked(digits)?;
    let version = version.parse().ok().or_else(|| {
        let major = version.parse().ok()?;
        Some(Version::new(major, 0))
    })?;
    Some((family, version))
}

/// The newest machine of the guest's family there, if the guest's is newer.
fn newest_there<'h>(wanted: &str, machines: &[&'h MachineFacts]) -> Option<&'h str> {
    let (family, version) = versioned(wanted)?;
    let names = machines.iter().map(|machine| machine.name.as_str());
    let aliases = machines
        .iter()
        .filter_map(|machine| machine.canonical.as_deref());
    let (newest, name) = names
        .chain(aliases)
        .filter_map(|name| {
            let (of, version) = versioned(name)?;
            (of == family).then_some((version, name))
        })
        .max()?;
    (newest < version).then_some(name)
}

fn machine(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let node = guest.at("os/type/@machine")?;
        let wanted = guest.get("os/type/@machine")?;
        if is_of_another_kind(guest, host) {
            return None;
        }
        match board(guest, host) {
            Board::Offered(_) => None,
            Board::Absent(machines) => {
                let is_newer = newest_there(wanted, &machines).is_some();
                let message = format!("machine {wanted} is not offered there");
                (!is_newer).then(|| Found::at(node, message))
            }
            Board::Untold => {
                let arch = guest.get("os/type/@arch");
                let arch = arch.or_else(|| host.arch()).unwrap_or_default();
                let is_listed = of_arch(host, arch).next().is_some();
                // Where nothing at all is told of such guests, that is said once.
                let is_told = is_listed || host.domains.iter().any(|caps| caps.arch == arch);
                let message = format!("nothing tells whether machine {wanted} is there");
                let fact = match is_listed {
                    true => Fact::DomainCapabilities,
                    false => Fact::Capabilities,
                };
                is_told.then(|| Found::at(node, message).needs(fact))
            }
        }
    };
    one(find())
}

fn machine_newer(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let node = guest.at("os/type/@machine")?;
        let wanted = guest.get("os/type/@machine")?;
        let Board::Absent(machines) = board(guest, host) else {
            return None;
        };
        let newest = newest_there(wanted, &machines)?;
        let message = format!("machine {wanted} is newer than all there, {newest} is the newest");
        (!is_of_another_kind(guest, host)).then(|| Found::at(node, message))
    };
    one(find())
}

fn machine_deprecated(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let node = guest.at("os/type/@machine")?;
        let Board::Offered(Some(machine)) = board(guest, host) else {
            return None;
        };
        let message = format!("machine {} is deprecated there", machine.name);
        machine.deprecated.then(|| Found::at(node, message))
    };
    one(find())
}

fn vcpu_max(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let (node, wanted) = (guest.at("vcpu")?, guest.number("vcpu")?);
        let most = guest.capabilities(host).and_then(|caps| caps.max_vcpus);
        let most = most.or_else(|| match board(guest, host) {
            Board::Offered(Some(machine)) => machine.max_cpus,
            _ => None,
        })?;
        let message =
            format!("{wanted} virtual CPUs are more than the {most} that it can have there");
        (wanted > u64::from(most)).then(|| Found::at(node, message))
    };
    one(find())
}

/// The CPUs of a host that work, by number.
pub(super) fn online(host: &HostFacts) -> Option<NumberSet> {
    let listed = |text: &String| NumberSet::parse(text).ok();
    if let Some(cpus) = host.system.cpus_online.as_ref().and_then(listed) {
        return Some(cpus);
    }
    let mut all = NumberSet::default();
    for node in host.system.numa.as_ref()? {
        let text = node.cpus.as_ref()?;
        if !text.is_empty() {
            all.extend(&NumberSet::parse(text).ok()?);
        }
    }
    (!all.is_empty()).then_some(all)
}

fn vcpu_physical(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let (node, wanted) = (guest.at("vcpu")?, guest.number("vcpu")?);
        let by_topology = || {
            let parts = host.system.topology?;
            let parts = [parts.sockets, parts.dies, parts.cores, parts.threads];
            Some(
                parts
                    .into_iter()
                    .map(u64::from)
                    .fold(1, u64::saturating_mul),
            )
        };
        let counted = online(host).and_then(|cpus| u64::try_from(cpus.len()).ok());
        let Some(cpus) = counted.or_else(by_topology) else {
            let message = "nothing tells how many CPUs are there";
            return Some(Found::at(node, message).needs(Fact::Capabilities));
        };
        let message = format!("{wanted} virtual CPUs share {cpus} CPUs there");
        (wanted > cpus).then(|| Found::at(node, message))
    };
    one(find())
}

fn vcpu_apic(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    /// The last APIC id that fits into 8 bits is for broadcasts.
    const PLAIN: u64 = 255;
    const ADDED: Version = Version::new(10, 10);
    const AMD: Version = Version::new(12, 2);
    let find = || {
        let (node, wanted) = (guest.at("vcpu")?, guest.number("vcpu")?);
        let is_x86 = matches!(guest.get("os/type/@arch"), Some("x86_64" | "i686"));
        if wanted <= PLAIN || !is_x86 || !is_qemu(guest) {
            return None;
        }
        let machine = guest.get("os/type/@machine").unwrap_or_default();
        if !(machine == "q35" || machine.starts_with("pc-q35-")) {
            // Other boards have no room for so many, which capabilities may tell already.
            if !vcpu_max(guest, host).is_empty() {
                return None;
            }
            let message = format!("more than {PLAIN} virtual CPUs need a q35 machine");
            return Some(Found::at(node, message));
        }
        let on = |path| guest.get(path) == Some("on");
        let version = host.resources.libvirt_version.or(guest.migration.libvirt);
        let lacking = |what: &str| {
            let message = format!("more than {PLAIN} virtual CPUs need an IOMMU with {what}");
            Some(Found::at(node, message))
        };
        match guest.get("devices/iommu/@model") {
            Some("intel") if on("devices/iommu/driver/@eim") => None,
            Some("amd") if on("devices/iommu/driver/@xtsup") => {
                let message = format!("libvirt {AMD} or newer must be there for an AMD IOMMU");
                match version {
                    Some(version) if version >= AMD => None,
                    Some(_) => Some(Found::at(node, message)),
                    None => Some(Found::at(node, message).needs(Fact::Libvirt)),
                }
            }
            Some("amd") => lacking("xtsup='on'"),
            Some(_) => lacking("eim='on'"),
            None => match version {
                Some(version) if version >= ADDED => None,
                Some(_) => lacking("eim='on'"),
                None => lacking("eim='on'").map(|found| found.needs(Fact::Libvirt)),
            },
        }
    };
    one(find())
}

fn mib(kib: u64) -> String {
    format!("{} MiB", kib / 1024)
}

/// Whether the guest's memory is in files that are no RAM disk: it need not fit into memory.
fn is_in_files(guest: &Guest<'_>) -> bool {
    guest.get("memoryBacking/source/@type") == Some("file")
        && guest.at("memoryBacking/hugepages").is_none()
}

fn memory(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        let (node, wanted) = (guest.at("memory")?, guest.number("memory")?);
        if is_in_files(guest) {
            return None;
        }
        let system = &host.system;
        let Some(total) = system.memory_kib else {
            let message = format!("{} must be there", mib(wanted));
            return Some(Found::at(node, message).needs(Fact::Capabilities));
        };
        let all = total.saturating_add(system.swap_kib.unwrap_or(0));
        if wanted > all {
            let message = format!("it has {}, the host only {}", mib(wanted), mib(all));
            return Some(Found::at(node, message));
        }
        // Huge pages are counted by themselves.
        if guest.at("memoryBacking/hugepages").is_some() {
            return None;
        }
        let in_nodes = || {
            let nodes = system.numa.as_ref().filter(|nodes| !nodes.is_empty())?;
            let mut free = nodes.iter().map(|node| node.free_kib);
            free.try_fold(0_u64, |sum, free| Some(sum.saturating_add(free?)))
        };
        let Some(free) = system.memory_available_kib.or_else(in_nodes) else {
            let message = format!("{} must be free there", mib(wanted));
            return Some(
                Found::at(node, message)
                    .level(Level::Warning)
                    .needs(Fact::Memory),
            );
        };
        let message = format!("it has {}, and {} were free there", mib(wanted), mib(free));
        (wanted > free).then(|| Found::at(node, message).level(Level::Warning))
    };
    one(find())
}

/// What of the guest makes libvirt lock its memory.
fn locks(guest: &Guest<'_>) -> Option<NodeId> {
    let tree = guest.tree();
    let vfio = || {
        let mut devices = guest.devices("hostdev");
        devices.find(|device| matches!(tree.attr(*device, "type"), Some("pci" | "mdev")))
    };
    let card = || guest.interfaces_of("hostdev").next().map(|card| card.node);
    let rdma = || guest.migration.rdma.then_some(Tree::ROOT);
    let locked = guest.at("memoryBacking/locked");
    locked.or_else(vfio).or_else(card).or_else(rdma)
}

fn memory_lock(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    /// What libvirt adds for a guest with VFIO devices.
    const VFIO_KIB: u64 = 1024 * 1024;
    let find = || {
        let node = locks(guest)?;
        let limit = guest.number("memtune/hard_limit");
        let wanted = limit.or_else(|| Some(guest.number("memory")?.saturating_add(VFIO_KIB)))?;
        let Some(most) = host.system.memory_lock_kib else {
            let message = format!("{} may have to be locked there", mib(wanted));
            return Some(Found::at(node, message).needs(Fact::Limits));
        };
        let message = format!("{} may be locked there, not {}", mib(most), mib(wanted));
        (wanted > most).then(|| Found::at(node, message))
    };
    one(find())
}

fn transport(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        if !guest.migration.rdma || !guest.is_live() {
            return None;
        }
        let Some(offered) = &host.system.migration_transports else {
            let message = "the stream must be taken over RDMA there";
            return Some(Found::at(Tree::ROOT, message).needs(Fact::Capabilities));
        };
        let message = format!(
            "the stream is taken over {} there, not over rdma",
            listed(offered.iter().map(String::as_str))
        );
        (!offered.iter().any(|name| name == "rdma")).then(|| Found::at(Tree::ROOT, message))
    };
    one(find())
}

fn same_host(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = || {
        // Without both UUIDs nothing is said: the rule is about facts that were mixed up.
        let here = guest.source?.system.host_uuid.as_ref()?;
        let there = host.system.host_uuid.as_ref()?;
        let message = format!("the destination has the source's host UUID {there}");
        here.eq_ignore_ascii_case(there)
            .then(|| Found::at(Tree::ROOT, message))
    };
    one(find())
}

fn duplicate_domain(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let (Some(node), Some(name)) = (guest.at("name"), guest.get("name")) else {
        return Vec::new();
    };
    if !same_host(guest, host).is_empty() {
        // What is found there is the guest itself.
        return Vec::new();
    }
    let Some(domains) = &host.resources.domains else {
        let message = format!("nothing tells whether {name} is free there");
        return vec![Found::at(node, message).needs(Fact::Domains)];
    };
    let uuid = guest.get("uuid");
    let is_same =
        |other: &OtherDomain| uuid.is_some_and(|uuid| other.uuid.eq_ignore_ascii_case(uuid));
    let clash = |other: &OtherDomain| {
        let state = if other.active { "runs" } else { "is defined" };
        let by_name = other.name == name;
        match (by_name, is_same(other)) {
            (true, true) => other
                .active
                .then(|| Found::at(node, "it runs there already")),
            (false, true) => {
                let message = format!("{} {state} there with the same UUID", other.name);
                Some(Found::at(guest.at("uuid").unwrap_or(node), message))
            }
            // A file that leaves the UUID out may mean the very same domain.
            (true, false) if uuid.is_none() && !other.active => {
                let message = format!(
                    "a domain called {name} {state} there; with another UUID it is in the way"
                );
                Some(Found::at(node, message).level(Level::Warning))
            }
            (true, false) => {
                let message = format!("another domain called {name} {state} there");
                Some(Found::at(node, message))
            }
            (false, false) => None,
        }
    };
    domains.iter().filter_map(clash).collect()
}
