//! What a destination's processor, clock and releases must allow, beside CPU features.

use crate::cpu::def::Policy;
use crate::host::HostFacts;
use crate::migration::Version;
use crate::report::{EnforcedBy, Level};
use crate::rules::{Check, Fact, Found, Rule};
use crate::tree::NodeId;
use crate::view::{CpuThere, Guest};

pub(in crate::rules) static RULES: &[Rule] = &[
    Rule {
        id: "host/cpu-extra-feature",
        level: Level::Warning,
        why: "QEMU 10.0 and later add the feature ht to a CPU with several cores or threads; the destination's libvirt, before 11.10, calls that an extra feature and refuses a guest that came from an older QEMU.",
        help: "update libvirt on the destination to 11.10; or write <feature policy='require' name='ht'/> into <cpu> at the guest's next restart",
        source: "libvirt 11.10 release notes; Harvester issue 11615",
        needs: &[Fact::Libvirt],
        example: "<topology sockets='1' dies='1' cores='2' threads='2'/>",
        check: Check::Destination(extra_feature),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-maxphysaddr",
        enforced_by: EnforcedBy::Nobody,
        why: "The guest counts on addresses of this width: on a host with narrower ones, memory that it maps high up is out of reach, and it crashes.",
        help: "choose a host with wider addresses; or, at the guest's next restart, write <maxphysaddr mode='emulate' bits='N'/> with the smallest width of all hosts (`domdiff host` prints it)",
        source: "libvirt formatdomain, maxphysaddr; QEMU target/i386/host-cpu.c",
        needs: &[Fact::Capabilities, Fact::SourceHost],
        example: "<maxphysaddr mode='emulate' bits='46'/>",
        check: Check::Destination(address_width),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-nested",
        why: "The guest runs guests of its own, and KVM on the destination does not allow that: libvirt refuses it there for a missing feature.",
        help: "load kvm_intel or kvm_amd with nested=1 on the destination (`modprobe -r kvm_intel; modprobe kvm_intel nested=1`, with no guest running)",
        source: "libvirt virQEMUCapsInitHostCPUModel; kernel documentation of nested KVM",
        example: "name='vmx'",
        check: Check::Cpu(nested),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-topology-dies",
        why: "Older releases of QEMU and libvirt do not know this level of the CPU topology, and refuse or misread the guest.",
        help: "update the destination: dies need QEMU 4.1, clusters libvirt 10.1",
        source: "libvirt 6.1 and 10.1 release notes; QEMU 4.1 changelog",
        needs: &[Fact::Libvirt],
        example: "clusters='2'",
        check: Check::Destination(topology),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/kvm-feature",
        why: "The guest has a feature of KVM that older releases of libvirt and QEMU do not know: they refuse the guest.",
        help: "update the destination, or switch the feature off while the guest is shut off",
        source: "libvirt formatdomain, features kvm (hint-dedicated 5.7, poll-control 6.10, pv-ipi 7.10, dirty-ring 8.0); QEMU 6.1 changelog",
        needs: &[Fact::Libvirt, Fact::Qemu],
        example: "<dirty-ring state='on' size='4096'/>",
        check: Check::Destination(kvm_feature),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/s390-deprecated-features",
        level: Level::Warning,
        enforced_by: EnforcedBy::Nobody,
        why: "The guest has features that newer machines are without; a newer QEMU does not give them to a host-model any more.",
        help: "write <cpu mode='host-model' deprecated_features='off'/> at the guest's next restart",
        source: "libvirt formatdomain, deprecated_features; QEMU target/s390x/cpu_models.c",
        needs: &[Fact::DomainCapabilities],
        example: "<feature policy='require' name='csske'/>",
        check: Check::Destination(s390_deprecated),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/tsc-counter-missing",
        why: "The guest wants a TSC frequency and nothing tells the destination's: libvirt does not look then, and QEMU tries and may fail.",
        help: "give the destination's `virsh capabilities` with --host; where it has no <counter name='tsc'>, look at `dmesg | grep -i tsc` there",
        source: "libvirt qemuProcessStartValidateTSC",
        needs: &[Fact::Capabilities],
        example: "<timer name='tsc' frequency='2400000000'/>",
        check: Check::Destination(no_counter),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/tsc-frequency",
        why: "The guest's TSC frequency is not the destination's, and the host there cannot scale it: libvirt refuses the guest (`Requested TSC frequency … is outside tolerance range`).",
        help: "choose a host with the same frequency (within 250 ppm) or with scaling='yes' in <counter name='tsc'> of its `virsh capabilities`",
        source: "libvirt qemuProcessStartValidateTSC",
        needs: &[Fact::Capabilities],
        example: "<timer name='tsc' frequency='2400000000'/>",
        check: Check::Destination(tsc_frequency),
        ..Rule::DEMAND
    },
];

fn one(found: Option<Found>) -> Vec<Found> {
    found.into_iter().collect()
}

fn libvirt_there(guest: &Guest<'_>, host: &HostFacts) -> Option<Version> {
    host.resources.libvirt_version.or(guest.migration.libvirt)
}

fn qemu_there(guest: &Guest<'_>, host: &HostFacts) -> Option<Version> {
    host.resources.qemu_version.or(guest.migration.qemu)
}

fn extra_feature(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    /// The first QEMU that adds ht by itself, and the first libvirt that bears it.
    const ADDED: (Version, Version) = (Version::new(10, 0), Version::new(11, 10));
    let is_named = guest.cpu_model().is_some() || guest.cpu_mode() == "host-model";
    let came_with_it = guest
        .source
        .and_then(|source| source.resources.qemu_version)
        .or(guest.migration.qemu)
        .is_some_and(|version| version >= ADDED.0);
    let adds = host
        .resources
        .qemu_version
        .is_some_and(|version| version >= ADDED.0);
    let exposed = guest.is_live()
        && guest.is_x86()
        && is_named
        && !guest.is_passed_through()
        && guest.threads_in_socket() > 1
        && guest.cpu_feature("ht").is_none();
    let Some(node) = guest
        .at("cpu/topology")
        .filter(|_| exposed && adds && !came_with_it)
    else {
        return Vec::new();
    };
    let found = Found::at(node, "QEMU there adds the feature ht to such a CPU");
    match host.resources.libvirt_version {
        Some(version) if version >= ADDED.1 => Vec::new(),
        Some(_) => vec![found],
        None => vec![found.needs(Fact::Libvirt)],
    }
}

fn address_width(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let there = host.system.physical_address_bits.map(u64::from);
    let Some(node) = guest.at("cpu/maxphysaddr") else {
        return Vec::new();
    };
    let wants = |bits: u64| match there {
        Some(there) if bits > there => Some(Found::at(
            node,
            format!("addresses of {bits} bits, and the host has {there}"),
        )),
        Some(_) => None,
        None => Some(
            Found::at(node, format!("addresses of {bits} bits are wanted"))
                .needs(Fact::Capabilities),
        ),
    };
    if guest.get("cpu/maxphysaddr/@mode") != Some("passthrough") {
        return one(guest.number("cpu/maxphysaddr/@bits").and_then(wants));
    }
    if !guest.is_live() {
        return Vec::new();
    }
    let limit = guest.number("cpu/maxphysaddr/@limit").unwrap_or(u64::MAX);
    let Some(here) = guest
        .source
        .and_then(|source| source.system.physical_address_bits)
    else {
        // A limit that the destination reaches is what both hosts give, or less on the source.
        let reached = there.is_some_and(|bits| bits >= limit);
        let found = Found::at(
            node,
            "the guest has the width of its present host's addresses",
        );
        return one((!reached).then(|| found.needs(Fact::SourceHost)));
    };
    one(wants(limit.min(u64::from(here))))
}

/// Where the facts say that guests cannot run guests, and features have not said so already.
fn nested(there: &CpuThere<'_>) -> Vec<Found> {
    let Some(guest) = there.guest else {
        return Vec::new();
    };
    let nests = there.host.system.kvm.as_ref().and_then(|kvm| kvm.nested);
    let wanted = guest
        .cpu_features()
        .find(|feature| matches!(feature.name, "vmx" | "svm") && feature.is_on());
    let told = |name: &str| {
        there
            .answer
            .missing
            .iter()
            .any(|missing| missing.name == name)
    };
    let found = wanted
        .filter(|feature| nests == Some(false) && !there.is_emulated() && !told(feature.name))
        .map(|feature| {
            let message = format!(
                "feature {} is wanted, and KVM there does not nest",
                feature.name
            );
            Found::at(feature.node, message)
        });
    one(found)
}

fn topology(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let level = |name: &str| -> Option<NodeId> {
        let path = format!("cpu/topology/@{name}");
        let node = guest.at(&path)?;
        guest.number(&path).filter(|count| *count > 1)?;
        Some(node)
    };
    let mut all = Vec::new();
    if let Some(node) = level("dies")
        && let Some(version) = qemu_there(guest, host).filter(|v| *v < Version::new(4, 1))
    {
        all.push(Found::at(
            node,
            format!("QEMU {version} there knows no dies"),
        ));
    }
    if let Some(node) = level("clusters") {
        match libvirt_there(guest, host) {
            Some(version) if version < Version::new(10, 1) => all.push(Found::at(
                node,
                format!("libvirt {version} there knows no clusters"),
            )),
            Some(_) => {}
            None => {
                let found = Found::at(node, "clusters need libvirt 10.1 there");
                all.push(found.needs(Fact::Libvirt));
            }
        }
    }
    all
}

fn kvm_feature(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    /// Feature, first libvirt and first QEMU.
    const FEATURES: [(&str, Version, Version); 4] = [
        ("hint-dedicated", Version::new(5, 7), Version::new(2, 12)),
        ("poll-control", Version::new(6, 10), Version::new(4, 2)),
        ("pv-ipi", Version::new(7, 10), Version::new(3, 1)),
        ("dirty-ring", Version::new(8, 0), Version::new(6, 1)),
    ];
    let (libvirt, qemu) = (libvirt_there(guest, host), qemu_there(guest, host));
    let mut all = Vec::new();
    for (name, first_libvirt, first_qemu) in FEATURES {
        let path = format!("features/kvm/{name}");
        if guest.get("@type") != Some("kvm") || guest.get(&format!("{path}/@state")) != Some("on") {
            continue;
        }
        let Some(node) = guest.at(&path) else {
            continue;
        };
        let old = [
            ("libvirt", libvirt, first_libvirt),
            ("QEMU", qemu, first_qemu),
        ]
        .into_iter()
        .find_map(|(program, version, first)| {
            let version = version.filter(|version| *version < first)?;
            Some(format!(
                "{name} needs {program} {first}, there is {version}"
            ))
        });
        let unknown = match (libvirt, qemu) {
            (None, _) => Some(Fact::Libvirt),
            (_, None) => Some(Fact::Qemu),
            _ => None,
        };
        match (old, unknown) {
            (Some(message), _) => all.push(Found::at(node, message)),
            // Releases without it are rare by now: said, but it leaves nothing open.
            (None, Some(fact)) => {
                let message = format!("{name} needs libvirt {first_libvirt} and QEMU {first_qemu}");
                all.push(Found::at(node, message).level(Level::Warning).needs(fact));
            }
            (None, None) => {}
        }
    }
    all
}

fn s390_deprecated(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    /// Features that QEMU calls deprecated.
    const DEPRECATED: [&str; 4] = ["bpb", "csske", "cte", "te"];
    if guest.get("os/type/@arch") != Some("s390x") {
        return Vec::new();
    }
    let offered = guest
        .capabilities(host)
        .and_then(|caps| caps.host_model.as_ref());
    guest
        .cpu_features()
        .filter(|feature| feature.is_on() && DEPRECATED.contains(&feature.name))
        .filter_map(|feature| {
            let found = |message: String| Found::at(feature.node, message);
            let name = feature.name;
            match offered {
                Some(model) if model.policy(name).is_some_and(|p| p == Policy::Require) => None,
                Some(_) => Some(found(format!("feature {name} is not given there any more"))),
                None => {
                    let message = format!("feature {name} is deprecated");
                    Some(found(message).needs(Fact::DomainCapabilities))
                }
            }
        })
        .collect()
}

/// The frequency that a KVM guest asks for.
fn wanted_frequency(guest: &Guest<'_>) -> Option<(NodeId, u64)> {
    guest
        .tsc_frequency()
        .filter(|_| guest.get("@type") == Some("kvm") && guest.is_x86())
}

/// The host's frequency and whether it can scale it.
fn counter(host: &HostFacts) -> Option<(u64, Option<bool>)> {
    let named = host.cpu.definition.as_ref();
    let of_libvirt = named
        .and_then(|layer| layer.value.cpu.tsc)
        .map(|tsc| (tsc.frequency, tsc.scaling));
    let own = host.system.tsc_hz.map(|hz| (hz, host.system.tsc_scaling));
    own.or(of_libvirt)
}

fn no_counter(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let Some((node, hz)) = wanted_frequency(guest).filter(|_| counter(host).is_none()) else {
        return Vec::new();
    };
    let found = Found::at(
        node,
        format!("{hz} Hz are wanted, and the host's frequency is not told"),
    );
    vec![if host.cpu.definition.is_some() {
        found.level(Level::Warning)
    } else {
        found.needs(Fact::Capabilities)
    }]
}

fn tsc_frequency(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    /// Parts in a million that libvirt lets pass.
    const TOLERANCE: u128 = 250;
    let (Some((node, wanted)), Some((hz, scaling))) = (wanted_frequency(guest), counter(host))
    else {
        return Vec::new();
    };
    let within = u128::from(wanted.abs_diff(hz)) <= u128::from(hz) * TOLERANCE / 1_000_000;
    if within || scaling == Some(true) {
        return Vec::new();
    }
    let found = |scales: &str| {
        let message = format!("{wanted} Hz are wanted, the host has {hz} Hz and {scales}");
        Found::at(node, message)
    };
    vec![match scaling {
        Some(_) => found("cannot scale them"),
        None => found("does not say whether it scales them").level(Level::Warning),
    }]
}
