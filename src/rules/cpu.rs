//! The guest's CPU: what of it ties the guest to a host.

use super::{Check, Fact, Found, Proof, Rule};
use crate::cpu::CpuMap;
use crate::migration::Version;
use crate::report::{EnforcedBy, Level};
use crate::view::{CpuFeature, Guest};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "cpu/amd-arch-capabilities",
        why: "QEMU shows the bits of arch-capabilities on AMD CPUs up to 10.0, and from 10.1 on only where they are asked for: between the two the destination refuses the guest for missing features.",
        help: "update libvirt on the destination to 12.5, or take <feature name='arch-capabilities'/> out of <cpu> at the guest's next restart",
        source: "libvirt 12.5 release notes",
        needs: &[Fact::Qemu],
        example: "<feature policy='require' name='arch-capabilities'/>",
        check: Check::State {
            scope: "cpu",
            find: amd_arch_capabilities,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/cache-passthrough",
        why: "The guest sees the caches of the host where it started, and others after its next start on the destination.",
        help: "write <cache mode='emulate' level='3'/> into <cpu> at the guest's next restart",
        source: "libvirt formatdomain, CPU model and topology, cache",
        example: "<cache mode='passthrough'/>",
        check: Check::State {
            scope: "cpu/cache",
            find: cache_passthrough,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/check-none",
        why: "Features that a host lacks are dropped from the guest's CPU without a word when it starts there: the file does not tell which CPU the guest has.",
        help: "write check='partial' or check='full' into <cpu>; judge the running guest's own definition (`virsh dumpxml NAME`)",
        source: "libvirt formatdomain, CPU model and topology, check; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::Host],
        settled_by: Some("host/cpu-missing-feature"),
        example: "check='none'",
        check: Check::State {
            scope: "cpu",
            find: check_none,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/fallback-allow",
        level: Level::Info,
        why: "libvirt may put another CPU model in the place of one that the hypervisor does not know, and domdiff does not know it either.",
        help: "write <model fallback='forbid'>, or name a model of `virsh cpu-models x86_64`",
        source: "libvirt formatdomain, CPU model and topology, fallback; virCPUTranslate",
        needs: &[Fact::Host],
        settled_by: Some("host/cpu-model-unknown"),
        example: "<model fallback='allow'>no-such-model</model>",
        check: Check::State {
            scope: "cpu/model",
            find: fallback_allow,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/feature-force",
        why: "The guest is told of a feature whether the host has it or not: on a host without it, it may crash when it uses it.",
        help: "write policy='require' at the guest's next restart",
        source: "libvirt formatdomain, CPU model and topology, feature policy",
        example: "policy='force'",
        check: Check::State {
            scope: "cpu/feature",
            find: |guest| with_policy(guest, "force", "is claimed even where the host lacks it"),
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/feature-optional",
        why: "The host of each start decides whether the guest has the feature, so this file does not tell which CPU a running guest has.",
        help: "judge the running guest's own definition (`virsh dumpxml NAME`), which says require or disable; write one of them here",
        source: "libvirt formatdomain, CPU model and topology, feature policy; virCPUUpdate",
        example: "policy='optional'",
        check: Check::State {
            scope: "cpu/feature",
            find: |guest| with_policy(guest, "optional", "depends on the host of the last start"),
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/host-model-expanded",
        enforced_by: EnforcedBy::Libvirt,
        why: "host-model is expanded when the guest starts: a running guest's definition names model and features. libvirt's check compares the text of the two, and another host may expand it to another CPU.",
        help: "compare running with running definitions; give a migration the running guest's CPU (`virsh dumpxml --migratable`)",
        source: "libvirt virCPUUpdate; virCPUDefIsEqual",
        example: "- <cpu mode='host-model'/>\n+ <cpu mode='custom' match='exact' check='full'><model fallback='forbid'>Nehalem</model></cpu>",
        ..Rule::RISK
    },
    Rule {
        id: "cpu/host-model-inactive",
        level: Level::Info,
        why: "host-model becomes a real CPU when the guest starts, by what that host has: two files that look alike may be two CPUs, and this one does not tell what a destination must offer.",
        help: "judge the running guest's own definition (`virsh dumpxml NAME`, without --inactive), or give --source-host; where hosts differ, write the model of `virsh hypervisor-cpu-baseline`",
        source: "libvirt virCPUUpdate; live migrations between libvirt 9.0 and 12.8",
        proof: Proof::Run,
        needs: &[Fact::SourceHost],
        settled_by: Some("host/cpu-missing-feature"),
        example: "<cpu mode='host-model'/>",
        check: Check::State {
            scope: "cpu",
            find: host_model_inactive,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/host-passthrough",
        why: "libvirt does not compare CPUs then: on a host with another CPU, microcode or kernel the guest may crash after the migration, without a message.",
        help: "give --source-host and --host: equal hosts settle it; or write mode='host-model' or a named model (`virsh hypervisor-cpu-baseline`, or `domdiff baseline`) at the guest's next restart",
        source: "libvirt formatdomain, CPU model and topology; qemuDomainObjCheckCPUTaint",
        needs: &[Fact::SourceHost],
        settled_by: Some("host/cpu-passthrough-equal"),
        example: "<cpu mode='host-passthrough'/>",
        check: Check::State {
            scope: "cpu",
            find: host_passthrough,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/ht-extra-feature",
        enforced_by: EnforcedBy::Libvirt,
        why: "QEMU 10.0 and later add the feature ht to a CPU with several cores or threads; a libvirt before 11.10 there calls it an extra feature and refuses the guest.",
        help: "update libvirt on the destination to 11.10; or write <feature policy='require' name='ht'/> into <cpu> at the guest's next restart",
        source: "libvirt 11.10 release notes; Harvester issue 11615",
        needs: &[Fact::Host],
        settled_by: Some("host/cpu-extra-feature"),
        example: "<topology sockets='1' dies='1' cores='2' threads='2'/>",
        check: Check::State {
            scope: "cpu/topology",
            find: ht,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/invtsc-without-frequency",
        why: "A guest with an invariant TSC relies on its rate, and nothing fixes the rate: libvirt does not let it go.",
        help: "shut the guest down and add <timer name='tsc' frequency='HZ'/> to <clock>, with the frequency of `virsh capabilities`; or write policy='disable' for invtsc",
        source: "libvirt qemuMigrationSrcIsAllowed; KubeVirt tsc.go",
        example: "<feature policy='require' name='invtsc'/>",
        check: Check::State {
            scope: "cpu/feature",
            find: invtsc,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "cpu/maximum",
        why: "The guest gets all that QEMU can give on its host: another QEMU, kernel or processor gives another CPU, and libvirt does not compare them.",
        help: "write mode='host-model' or a named model (`virsh hypervisor-cpu-baseline`) at the guest's next restart; or give --source-host and --host",
        source: "libvirt formatdomain, CPU model and topology; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::SourceHost],
        settled_by: Some("host/cpu-passthrough-equal"),
        example: "<cpu mode='maximum'/>",
        check: Check::State {
            scope: "cpu",
            find: |guest| {
                mode(
                    guest,
                    "maximum",
                    "the guest gets all that its host's QEMU can give",
                )
            },
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/maxphysaddr-passthrough",
        why: "The guest sees the width of its host's addresses; on a host with a narrower one, memory that it maps high up is out of reach.",
        help: "write <maxphysaddr mode='emulate' bits='N'/> with the smallest width of all hosts (<maxphysaddr> in `virsh capabilities`)",
        source: "libvirt 8.7 release notes; formatdomain, maxphysaddr",
        since: "libvirt 8.7",
        needs: &[Fact::SourceHost],
        settled_by: Some("host/cpu-maxphysaddr"),
        example: "<maxphysaddr mode='passthrough'/>",
        check: Check::State {
            scope: "cpu/maxphysaddr",
            find: maxphysaddr_passthrough,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/minimum-match",
        why: "The guest gets every feature of its host beside those that are named, as with host-model: each start may give another CPU.",
        help: "write match='exact'; judge the running guest's own definition (`virsh dumpxml NAME`)",
        source: "libvirt formatdomain, CPU model and topology, match; virCPUUpdate",
        example: "match='minimum'",
        check: Check::State {
            scope: "cpu",
            find: minimum_match,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/nested-virt",
        why: "While the guest runs guests of its own, its CPU holds state that only newer kernels and QEMU (4.1) carry over; with older ones the migration is refused or the inner guests break.",
        help: "shut the inner guests down before the migration, or write policy='disable' for the feature at the guest's next restart",
        source: "libvirt 10.2 and 10.5 release notes; kernel documentation of nested KVM, migrating L1",
        example: "name='vmx'",
        check: Check::State {
            scope: "cpu/feature",
            find: nested_virt,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/no-model",
        level: Level::Info,
        why: "The guest gets QEMU's oldest common CPU: it moves anywhere and is slow, without vector units and cryptography in hardware.",
        help: "write <cpu mode='custom'><model>NAME</model></cpu> with the model of `virsh hypervisor-cpu-baseline`",
        source: "libvirt qemuDomainDefSetDefaultCPU",
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "cpu",
            find: no_model,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/not-migratable",
        enforced_by: EnforcedBy::Qemu,
        why: "migratable='off' gives the guest the features that cannot be migrated as well (invtsc): QEMU refuses to send it, even to an equal host.",
        help: "shut the guest down and write migratable='on' (the default)",
        source: "libvirt formatdomain, CPU model and topology, migratable; QEMU target/i386/kvm/kvm.c invtsc_mig_blocker",
        example: "migratable='off'",
        check: Check::State {
            scope: "cpu",
            find: not_migratable,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "cpu/pmu-on",
        level: Level::Info,
        why: "Performance counters differ between generations of CPUs: a program in the guest that uses them may read nonsense afterwards. Nobody ran it for domdiff.",
        help: "write <pmu state='off'/> into <features>",
        source: "libvirt formatdomain, features pmu",
        proof: Proof::Unverified,
        example: "<pmu state='on'/>",
        check: Check::State {
            scope: "features/pmu",
            find: pmu,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/strict-match",
        enforced_by: EnforcedBy::Libvirt,
        why: "Only a host with exactly these CPU features may run the guest; a better one is refused.",
        help: "use match='exact', and name features to forbid where that is meant",
        source: "libvirt virCPUx86Compare",
        settled_by: Some("host/cpu-strict"),
        example: "<cpu match='strict'>",
        check: Check::State {
            scope: "cpu",
            find: strict_match,
        },
        ..Rule::RISK
    },
];

fn host_passthrough(guest: &Guest<'_>) -> Vec<Found> {
    mode(
        guest,
        "host-passthrough",
        "the guest gets the host's CPU unchanged",
    )
}

/// The node at a path where it has a value.
fn valued(guest: &Guest<'_>, path: &str, value: &str, message: &str) -> Vec<Found> {
    guest
        .at(path)
        .filter(|node| guest.tree().value(*node) == Some(value))
        .map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}

/// A passed-through CPU matters to a running guest only: a start takes what is there.
fn mode(guest: &Guest<'_>, value: &str, message: &str) -> Vec<Found> {
    if guest.is_live() {
        valued(guest, "cpu/@mode", value, message)
    } else {
        Vec::new()
    }
}

fn strict_match(guest: &Guest<'_>) -> Vec<Found> {
    let message = "the host's CPU must match exactly, one with more features is refused";
    valued(guest, "cpu/@match", "strict", message)
}

fn minimum_match(guest: &Guest<'_>) -> Vec<Found> {
    let message = "the guest gets more features than its file names, by the host of its last start";
    // A running guest's definition says exact.
    valued(guest, "cpu/@match", "minimum", message)
}

fn cache_passthrough(guest: &Guest<'_>) -> Vec<Found> {
    let message = "the guest sees its host's caches";
    if guest.is_live() {
        valued(guest, "cpu/cache/@mode", "passthrough", message)
    } else {
        Vec::new()
    }
}

fn maxphysaddr_passthrough(guest: &Guest<'_>) -> Vec<Found> {
    let message = "the guest sees the width of its host's addresses";
    if guest.is_live() {
        valued(guest, "cpu/maxphysaddr/@mode", "passthrough", message)
    } else {
        Vec::new()
    }
}

fn check_none(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let check = guest
        .at("cpu/@check")
        .filter(|node| tree.is_written(*node) && tree.value(*node) == Some("none"));
    let named = guest.cpu_mode() == "custom" && guest.cpu_model().is_some();
    let message = "features that a host lacks are dropped without a word";
    check
        .filter(|_| named && guest.is_x86() && guest.is_live())
        .map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}

fn fallback_allow(guest: &Guest<'_>) -> Vec<Found> {
    let Some(model) = guest.cpu_model().filter(|_| guest.cpu_mode() == "custom") else {
        return Vec::new();
    };
    let forbids = guest.get("cpu/model/@fallback") == Some("forbid");
    let node = guest
        .at("cpu/model")
        .filter(|_| !forbids && guest.is_x86() && CpuMap::builtin().model(model).is_err());
    let message =
        format!("its model {model} is none that libvirt knows, another may take its place");
    node.map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}

fn with_policy(guest: &Guest<'_>, policy: &str, what: &str) -> Vec<Found> {
    if !guest.is_live() {
        return Vec::new();
    }
    guest
        .cpu_features()
        .filter(|feature| feature.policy == policy)
        .map(|feature| Found::at(feature.node, format!("feature {} {what}", feature.name)))
        .collect()
}

fn host_model_inactive(guest: &Guest<'_>) -> Vec<Found> {
    if guest.shows_running() {
        return Vec::new();
    }
    let message = "the host of each start makes another CPU of host-model";
    valued(guest, "cpu/@mode", "host-model", message)
}

/// The first release of QEMU that adds ht by itself, and of libvirt that bears it.
const HT_ADDED: (Version, Version) = (Version::new(10, 0), Version::new(11, 10));

fn ht(guest: &Guest<'_>) -> Vec<Found> {
    let (qemu, libvirt) = HT_ADDED;
    let is_new = guest.migration.qemu.is_some_and(|version| version >= qemu)
        || guest
            .migration
            .libvirt
            .is_some_and(|version| version >= libvirt);
    let named = matches!(guest.cpu_mode(), "custom" | "host-model")
        && (guest.cpu_model().is_some() || guest.cpu_mode() == "host-model");
    if is_new
        || !named
        || !guest.is_live()
        || !guest.is_x86()
        || guest.threads_in_socket() < 2
        || guest.cpu_feature("ht").is_some()
    {
        return Vec::new();
    }
    let message = "several threads in a socket: QEMU 10.0 there would add the feature ht";
    guest
        .at("cpu/topology")
        .map(|node| Found::at(node, message).needs(Fact::Host))
        .into_iter()
        .collect()
}

fn invtsc(guest: &Guest<'_>) -> Vec<Found> {
    let message = "feature invtsc is on, and no TSC frequency is set";
    guest
        .cpu_feature("invtsc")
        .filter(CpuFeature::is_on)
        .filter(|_| guest.is_live() && guest.tsc_frequency().is_none())
        .map(|feature| Found::at(feature.node, message))
        .into_iter()
        .collect()
}

fn nested_virt(guest: &Guest<'_>) -> Vec<Found> {
    if !guest.is_live() || !guest.is_x86() {
        return Vec::new();
    }
    let named = guest
        .cpu_features()
        .find(|feature| matches!(feature.name, "vmx" | "svm") && feature.is_on());
    let message = "the guest can run guests of its own";
    if let Some(feature) = named {
        return vec![Found::at(feature.node, message)];
    }
    let nests = guest
        .source
        .and_then(|source| source.system.kvm.as_ref()?.nested)
        == Some(true);
    let switched_off = guest
        .cpu_features()
        .any(|feature| matches!(feature.name, "vmx" | "svm") && feature.policy == "disable");
    guest
        .at("cpu/@mode")
        .filter(|_| nests && !switched_off && guest.is_passed_through())
        .map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}

fn no_model(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    // The machine's default stands in the canonical tree too.
    let named = guest
        .at("cpu/model")
        .is_some_and(|model| tree.is_written(model));
    let has = guest.cpu_mode() != "custom" || named;
    if has || !guest.is_x86() || guest.get("@type") != Some("kvm") {
        return Vec::new();
    }
    let node = guest.at("cpu").or_else(|| guest.at("os/type"));
    let message = "no CPU model is named, the guest gets the machine's default";
    node.map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}

fn not_migratable(guest: &Guest<'_>) -> Vec<Found> {
    if !guest.is_live() || !guest.is_passed_through() {
        return Vec::new();
    }
    let message = "the guest gets features that cannot be migrated";
    let mut found = valued(guest, "cpu/@migratable", "off", message);
    // invtsc is the one that QEMU stops at, unless it is off or its rate is fixed.
    // Emulation has no such counter (started with QEMU 7.2: nothing blocks).
    let harmless = guest.get("@type") == Some("qemu")
        || guest.tsc_frequency().is_some()
        || guest
            .cpu_feature("invtsc")
            .is_some_and(|feature| !feature.is_on());
    if harmless && guest.is_x86() {
        found = found
            .into_iter()
            .map(|found| found.level(Level::Warning))
            .collect();
    }
    found
}

fn amd_arch_capabilities(guest: &Guest<'_>) -> Vec<Found> {
    /// The first QEMU that does not show them on AMD by itself.
    const HIDDEN: Version = Version::new(10, 1);
    let map = CpuMap::builtin();
    let of_model = || {
        let model = map.model(guest.cpu_model()?).ok()?;
        map.vendor_name(model.vendor?)
    };
    let vendor = guest.get("cpu/vendor").or_else(of_model);
    if !guest.is_live() || vendor != Some("AMD") {
        return Vec::new();
    }
    let older = guest.migration.qemu;
    let Some(feature) = guest
        .cpu_feature("arch-capabilities")
        .filter(|feature| feature.is_on() && older.is_none_or(|version| version < HIDDEN))
    else {
        return Vec::new();
    };
    let message = "QEMU 10.1 and later do not give arch-capabilities on AMD by themselves";
    let found = Found::at(feature.node, message);
    vec![match older {
        Some(_) => found,
        None => found.needs(Fact::Qemu),
    }]
}

fn pmu(guest: &Guest<'_>) -> Vec<Found> {
    if !guest.is_live() || !guest.is_x86() {
        return Vec::new();
    }
    let message = "the guest uses the host's performance counters";
    let node = match guest.get("features/pmu/@state") {
        Some("on") => guest.at("features/pmu"),
        None if guest.is_passed_through() => guest.at("cpu/@mode"),
        _ => None,
    };
    node.map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}
