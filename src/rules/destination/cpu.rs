//! What a destination answers about the guest's CPU, as findings: each answer that lets the guest
//! down, or leaves it open, falls under exactly one rule.

use crate::cpu::CpuError;
use crate::cpu::compare::{Reason, Verdict};
use crate::cpu::def::{Match, Mode};
use crate::host::HostFacts;
use crate::host::judge::{Told, differences, judge_cpu};
use crate::host::view::Confidence;
use crate::migration::Version;
use crate::report::{EnforcedBy, Level};
use crate::rules::{Check, Fact, Found, Proof, Rule};
use crate::view::CpuThere;

pub(in crate::rules) static RULES: &[Rule] = &[
    Rule {
        id: "host/aarch64-cpu",
        enforced_by: EnforcedBy::Qemu,
        why: "An Arm guest under KVM gets the host's own CPU, identification registers included; QEMU there cannot load them where the CPU is another.",
        help: "choose a destination with the same CPU (`domdiff host` on both tells)",
        source: "libvirt virCPUarmCompare; QEMU target/arm/kvm.c; OpenStack Nova compares host with host on aarch64",
        needs: &[Fact::SourceHost],
        example: "<cpu mode='host-passthrough'",
        check: Check::Cpu(|there| about(there, Topic::Arm)),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-deprecated-model",
        level: Level::Warning,
        enforced_by: EnforcedBy::Nobody,
        why: "QEMU there is going to drop this CPU model: after an update the guest cannot start or arrive any more.",
        help: "give the guest a newer model at its next restart (`virsh hypervisor-cpu-baseline`, or `domdiff baseline`)",
        source: "libvirt formatdomaincaps, cpu/mode/model@deprecated; qemuDomainObjCheckTaint deprecated-config",
        needs: &[Fact::DomainCapabilities],
        example: "<model fallback='forbid'>qemu64-v1</model>",
        check: Check::Cpu(deprecated),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-feature-unknown",
        why: "libvirt refuses a guest whose CPU names a feature that its own list of CPUs lacks (`unknown CPU feature`), whatever the hardware there can do.",
        help: "update libvirt on the destination; or, at the guest's next restart, take the feature out of <cpu>. For a libvirt newer than domdiff give its list with --cpu-map /usr/share/libvirt/cpu_map",
        source: "live migration from libvirt 12.8 to 9.0; libvirt virCPUx86Update",
        proof: Proof::Run,
        example: "<feature policy='require' name='no-such-feature'/>",
        check: Check::Cpu(feature_unknown),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-forbidden-feature",
        why: "The guest forbids a CPU feature that the destination has; libvirt refuses it there (`host CPU provides forbidden features`).",
        help: "write policy='disable' instead of 'forbid', which hides the feature on every host, or choose a host without it",
        source: "libvirt virCPUx86Compare",
        needs: &[Fact::DomainCapabilities],
        example: "<feature policy='forbid' name='avx2'/>",
        check: Check::Cpu(|there| about(there, Topic::Forbidden)),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-missing-feature",
        why: "The destination must give every feature of the guest's CPU; libvirt refuses the guest otherwise (`guest CPU doesn't match specification: missing features`).",
        help: "choose a host that has them; or give all hosts the CPU that each can run (`domdiff baseline A B`) and restart the guest with it",
        source: "live migration from libvirt 12.8 to 9.0; libvirt virCPUx86Compare, qemuProcessVerifyCPU",
        proof: Proof::Run,
        needs: &[
            Fact::DomainCapabilities,
            Fact::SourceHost,
            Fact::Capabilities,
        ],
        example: "<model fallback='forbid'>Broadwell</model>",
        check: Check::Cpu(|there| about(there, Topic::Missing)),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-mode",
        why: "The hypervisor there does not offer this CPU mode: host-passthrough needs KVM.",
        help: "choose a host with /dev/kvm, or give the guest a named model at its next restart",
        source: "libvirt formatdomaincaps, cpu/mode@supported; virQEMUCapsIsCPUModeSupported",
        needs: &[Fact::DomainCapabilities],
        example: "<cpu mode='host-passthrough'",
        check: Check::Cpu(|there| about(there, Topic::Mode)),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-model-unknown",
        why: "libvirt or QEMU there has no CPU model of this name, and nothing may take its place. Models with a version (EPYC-v2) exist since libvirt 10.10.",
        help: "update libvirt and QEMU there, or give the guest a model that both hosts list (`virsh cpu-models x86_64`) at its next restart",
        source: "libvirt formatdomaincaps, cpu/mode/model; virCPUTranslate",
        needs: &[Fact::DomainCapabilities],
        example: "<model fallback='forbid'>no-such-model</model>",
        check: Check::Cpu(|there| about(there, Topic::ModelUnknown)),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-model-unusable",
        why: "The destination cannot run this CPU model at all, or cannot name its own CPU.",
        help: "choose another host, or give the guest a model with usable='yes' in the destination's `virsh domcapabilities` at its next restart",
        source: "libvirt formatdomaincaps, cpu/mode/model@usable; virCPUCompare",
        needs: &[Fact::DomainCapabilities],
        example: "<model fallback='forbid'>POWER8</model>",
        check: Check::Cpu(|there| about(there, Topic::Unusable)),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-passthrough-equal",
        enforced_by: EnforcedBy::Nobody,
        why: "The guest uses its host's CPU as it is, and libvirt compares nothing: features that the destination lacks vanish under the running guest, which crashes sooner or later.",
        help: "choose a destination with the same CPU, microcode and kernel; or restart the guest with a named model that both hosts run (`domdiff baseline A B`)",
        source: "libvirt formatdomain, CPU model and topology; qemuProcessVerifyCPU",
        needs: &[Fact::SourceHost, Fact::Capabilities],
        example: "<cpu mode='host-passthrough'/>",
        check: Check::Cpu(|there| about(there, Topic::Equal)),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-strict",
        why: "The guest wants exactly its CPU, and the destination has more; libvirt refuses it there (`host CPU provides extra features`).",
        help: "write match='exact', which hides what is not asked for, or choose a host with exactly these features",
        source: "libvirt virCPUx86Compare",
        needs: &[Fact::DomainCapabilities],
        example: "<cpu mode='custom' match='strict'",
        check: Check::Cpu(|there| about(there, Topic::Strict)),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/cpu-vendor",
        why: "The destination's CPU is another vendor's. A <vendor> in the definition makes libvirt refuse it; without one the guest moves, but live migration between vendors is not supported by KVM.",
        help: "choose a destination of the same vendor, or shut the guest down to move it",
        source: "libvirt virCPUx86Compare; kernel documentation of KVM, live migration between vendors",
        needs: &[Fact::DomainCapabilities],
        example: "<vendor>Intel</vendor>",
        check: Check::Cpu(vendor),
        ..Rule::DEMAND
    },
];

/// Names listed in a message before they are counted.
const MOST_NAMES: usize = 12;

/// Features that KVM or QEMU give a guest whatever the host's own CPU lists: emulated ones, ones
/// that depend on the guest's topology, and bits that KVM makes up from others. Without domain
/// capabilities nobody can tell whether they are missing.
const GIVEN_BY_KVM: &[&str] = &[
    "amd-no-ssb",
    "amd-ssbd",
    "amd-stibp",
    "arch-capabilities",
    "cmp_legacy",
    "flushbyasid",
    "gds-no",
    "hypervisor",
    "ht",
    "ibpb",
    "ibrs",
    "mds-no",
    "npt",
    "nrip-save",
    "pause-filter",
    "pfthreshold",
    "pschange-mc-no",
    "rdctl-no",
    "rfds-no",
    "sbdr-ssdp-no",
    "skip-l1dfl-vmentry",
    "spec-ctrl",
    "ssb-no",
    "ssbd",
    "stibp",
    "svme-addr-chk",
    "taa-no",
    "tsc-deadline",
    "tsc_adjust",
    "umip",
    "vgif",
    "virt-ssbd",
    "vmcb-clean",
    "x2apic",
];

/// What an answer is about: a rule each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Topic {
    Arm,
    Equal,
    FeatureUnknown,
    Forbidden,
    Missing,
    Mode,
    ModelUnknown,
    Strict,
    Unusable,
    Vendor,
}

fn about(there: &CpuThere<'_>, topic: Topic) -> Vec<Found> {
    let said = say(there).filter(|(of, _)| *of == topic);
    said.map(|(_, found)| found).into_iter().collect()
}

/// A feature that no libvirt knows, or that the destination's is too old for.
fn feature_unknown(there: &CpuThere<'_>) -> Vec<Found> {
    /// The first after the one whose list of features is known here.
    const LATER: Version = Version::new(9, 1);
    let found = about(there, Topic::FeatureUnknown);
    let release = there.host.resources.libvirt_version;
    let is_old = release.is_some_and(|version| version < LATER);
    if !found.is_empty() || !is_old || !there.is_live() || !there.is_x86() {
        return found;
    }
    let is_new = |name: &&str| name.starts_with("vmx-") || AFTER_9_0.binary_search(name).is_ok();
    let features = there.cpu().features.iter();
    features
        .map(|feature| feature.name.as_str())
        .find(is_new)
        .and_then(|name| {
            let message = format!("libvirt there is too old to know CPU feature {name}");
            Some(Found::at(there.feature(name)?, message))
        })
        .into_iter()
        .collect()
}

/// What is to be said of the answer; nothing where the guest is well served.
fn say(there: &CpuThere<'_>) -> Option<(Topic, Found)> {
    let answer = there.answer;
    match (&answer.verdict, &answer.reason) {
        (Err(error), _) => Some(failed(there, error)),
        (Ok(Verdict::Incompatible), Some(reason)) => refused(there, reason),
        (Ok(Verdict::Incompatible), None) => Some((
            Topic::Unusable,
            there.found("cpu/model", answer.message.clone()),
        )),
        (Ok(Verdict::Unknown), _) => open(there),
        (Ok(Verdict::Identical | Verdict::Superset), _) => served(there),
    }
}

fn refused(there: &CpuThere<'_>, reason: &Reason) -> Option<(Topic, Found)> {
    let message = there.answer.message.clone();
    if let Reason::Mode { .. } = reason {
        return Some((Topic::Mode, there.found("cpu/@mode", message)));
    }
    if let Reason::Arch { .. } = reason
        && there.wanted.setting.virt_type.as_deref() == Some("kvm")
    {
        // host/arch-native says so.
        return None;
    }
    if there.is_passed_through() || there.is_arm() {
        return not_equal(there, reason);
    }
    let names = |list: &[Told]| joined(list.iter().map(|told| &*told.name));
    Some(match reason {
        Reason::Missing => return missing(there),
        Reason::Forbidden => {
            let forbidden = names(&there.answer.forbidden);
            let found = there.found("cpu", message).detail(forbidden);
            (Topic::Forbidden, found)
        }
        Reason::Extra => {
            let extra = &there.answer.extra;
            let message = format!(
                "a strict match, and the host has more features: {}",
                shortened(extra.iter().map(|told| &*told.name))
            );
            let found = there.found("cpu/@match", message).detail(names(extra));
            (Topic::Strict, found)
        }
        Reason::Vendor { .. } => (
            Topic::Vendor,
            there.found("cpu/vendor", message.clone()).detail(message),
        ),
        Reason::ModelUnknownHere { .. } => (Topic::ModelUnknown, there.found("cpu/model", message)),
        Reason::UnknownHost if there.guest.is_some() => {
            let found = there.found("cpu", message);
            (Topic::Unusable, found.needs(Fact::DomainCapabilities))
        }
        Reason::Mode { .. }
        | Reason::UnknownHost
        | Reason::Arch { .. }
        | Reason::Model { .. }
        | Reason::ModelUnusable { .. } => (
            Topic::Unusable,
            there.found("cpu/model", message.clone()).detail(message),
        ),
    })
}

/// Features are missing: for sure, or as far as these facts tell, or only if the guest has them at
/// all.
fn missing(there: &CpuThere<'_>) -> Option<(Topic, Found)> {
    let sure = there.guest.is_none() || there.answer.confidence == Some(Confidence::Hypervisor);
    let (made_up, lacking): (Vec<&str>, Vec<&str>) = there
        .answer
        .missing
        .iter()
        .map(|told| &*told.name)
        .partition(|name| !sure && GIVEN_BY_KVM.contains(name));
    let found = |names: &[&str], message: String| {
        let found = there.found("cpu", message);
        (Topic::Missing, found.detail(joined(names.iter().copied())))
    };
    if lacking.is_empty() {
        let message = format!(
            "the host's own CPU lacks {}, which KVM may give all the same",
            shortened(made_up.iter().copied())
        );
        let (topic, found) = found(&made_up, message);
        return Some((topic, found.needs(Fact::DomainCapabilities)));
    }
    let lacks = format!("the host lacks {}", shortened(lacking.iter().copied()));
    if !there.starts_unchecked() {
        return Some(found(&lacking, lacks));
    }
    // A start goes through without them. A running guest may have got them nonetheless, and must
    // not lose them then: libvirt sends what it really has.
    if !there.is_live() {
        let message = format!("{lacks}, and the guest starts without a word about it");
        let (topic, found) = found(&lacking, message);
        return Some((topic, found.level(Level::Warning)));
    }
    let Some(source) = there.source else {
        let message = format!("{lacks}; whether the running guest has it is not told");
        let (topic, found) = found(&lacking, message);
        return Some((topic, found.needs(Fact::SourceHost)));
    };
    let there_today = judge_cpu(there.map, source, there.cpu(), &there.wanted.setting);
    let never_had = |name: &&str| there_today.missing.iter().any(|told| told.name == **name);
    let lost: Vec<&str> = lacking
        .into_iter()
        .filter(|name| !never_had(name))
        .collect();
    let message = format!("the host lacks {}", shortened(lost.iter().copied()));
    (!lost.is_empty()).then(|| found(&lost, message))
}

/// A guest that gets its host's CPU, and another CPU there.
fn not_equal(there: &CpuThere<'_>, reason: &Reason) -> Option<(Topic, Found)> {
    let answer = there.answer;
    // A start takes what is there.
    if there.guest.is_some() && !there.is_live() && !matches!(reason, Reason::Arch { .. }) {
        return None;
    }
    let names = answer.missing.iter().map(|told| &*told.name);
    let message = match reason {
        Reason::Missing => format!("the host lacks {}", shortened(names.clone())),
        _ => answer.message.clone(),
    };
    let detail = match reason {
        Reason::Missing => joined(names),
        _ => message.clone(),
    };
    let found = there.found("cpu/@mode", message).detail(detail);
    Some((whole(there), found))
}

/// The rule about a guest that gets its host's CPU.
fn whole(there: &CpuThere<'_>) -> Topic {
    if there.is_arm() {
        Topic::Arm
    } else {
        Topic::Equal
    }
}

/// No verdict, for a name that nobody knows or for want of facts.
fn failed(there: &CpuThere<'_>, error: &CpuError) -> (Topic, Found) {
    let cpu = there.cpu();
    let found = |path: &str| {
        there
            .found(path, error.to_string())
            .detail(error.to_string())
    };
    match error {
        CpuError::UnknownFeature(name) if cpu.policy(name).is_some() => {
            let mut found = found("cpu");
            found.node = there.feature(name).unwrap_or(found.node);
            (Topic::FeatureUnknown, found)
        }
        CpuError::UnknownModel(name) if cpu.model.as_ref() == Some(name) => {
            (Topic::ModelUnknown, found("cpu/model"))
        }
        CpuError::UnknownVendor(name) if cpu.vendor.as_ref() == Some(name) => {
            (Topic::Vendor, found("cpu/vendor"))
        }
        CpuError::ModelNotSupported(_) => (Topic::ModelUnknown, found("cpu/model")),
        CpuError::Invalid(_)
        | CpuError::UnknownCompatMode(_)
        | CpuError::VendorContradictsModel { .. } => (Topic::Unusable, found("cpu/model")),
        // Names in the facts, not in the guest; an architecture that only libvirt can judge.
        _ if there.is_passed_through() => {
            (whole(there), found("cpu/@mode").needs(Fact::SourceHost))
        }
        _ => (Topic::Missing, found("cpu").needs(Fact::DomainCapabilities)),
    }
}

/// The facts do not decide.
fn open(there: &CpuThere<'_>) -> Option<(Topic, Found)> {
    let cpu = there.cpu();
    let message = there.answer.message.clone();
    let moves = there.guest.is_none() || there.is_live();
    match cpu.mode {
        // The machine's own default asks for nothing.
        Mode::Custom if cpu.model.is_none() && cpu.features.is_empty() => None,
        Mode::HostModel | Mode::HostPassthrough | Mode::Maximum if !moves => None,
        Mode::HostPassthrough | Mode::Maximum => {
            let fact = match there.source {
                None => Fact::SourceHost,
                Some(_) => Fact::Capabilities,
            };
            let found = there.found("cpu/@mode", message).needs(fact);
            Some((whole(there), found))
        }
        _ if there.starts_unchecked() && !there.is_live() => None,
        _ => {
            let topic = match cpu.matching {
                Match::Strict => Topic::Strict,
                _ => Topic::Missing,
            };
            let detail = joined(there.answer.unknown.iter().map(String::as_str));
            let message = match there.answer.unknown.as_slice() {
                [] => message,
                names => format!(
                    "the facts do not tell {}",
                    shortened(names.iter().map(String::as_str))
                ),
            };
            let found = there.found("cpu", message).detail(detail);
            Some((topic, found.needs(Fact::DomainCapabilities)))
        }
    }
}

/// The host gives what the definition asks for; is that what the running guest has?
fn served(there: &CpuThere<'_>) -> Option<(Topic, Found)> {
    if !there.is_live() {
        return None;
    }
    let by_host = there.is_passed_through()
        || there.cpu().mode == Mode::HostModel && (there.is_x86() || there.is_arm());
    if !by_host {
        return None;
    }
    let mode = there.cpu().mode.as_str();
    let Some(source) = there.source else {
        let message = format!(
            "{mode} is what the host of its last start has, and nothing tells of that host"
        );
        let topic = if there.is_passed_through() || there.is_arm() {
            whole(there)
        } else {
            Topic::Missing
        };
        let found = there.found("cpu/@mode", message);
        return Some((topic, found.needs(Fact::SourceHost)));
    };
    if !there.is_passed_through() || there.is_arm() {
        return None;
    }
    let mut apart = differences(there.map, source, there.host);
    let more = more_features(there, source);
    if !more.is_empty() {
        let names = shortened(more.iter().map(String::as_str));
        apart.push(format!("the destination has {names} as well"));
    }
    let system = (&source.system.kernel, &there.host.system.kernel);
    let level = if apart.is_empty() {
        Level::Info
    } else {
        Level::Warning
    };
    if let (Some(old), Some(new)) = system
        && old != new
    {
        apart.push(format!("kernels differ: {old} there, {new} here"));
    }
    let message = apart.join("; ");
    let found = there.found("cpu/@mode", message.clone()).detail(message);
    (!apart.is_empty()).then(|| (Topic::Equal, found.level(level)))
}

/// Features of the destination that the source host lacks, but for what no migration carries.
fn more_features(there: &CpuThere<'_>, source: &HostFacts) -> Vec<String> {
    let features = |facts: &HostFacts| facts.cpu_view(there.map).ok()?.host.features.ok();
    match (features(source), features(there.host)) {
        (Some(old), Some(new)) => {
            let more = new.present.intersection(old.known).minus(old.present);
            there.map.names(more.intersection(there.map.migratable()))
        }
        _ => Vec::new(),
    }
}

fn vendor(there: &CpuThere<'_>) -> Vec<Found> {
    let mut all = about(there, Topic::Vendor);
    if all.is_empty()
        && there.is_live()
        && !there.is_emulated()
        && let Some((of, has)) = &there.answer.vendors
    {
        let message = format!("its model is {of}'s, and the host's CPU is {has}'s");
        all.push(there.found("cpu/model", message).level(Level::Warning));
    }
    all
}

fn deprecated(there: &CpuThere<'_>) -> Vec<Found> {
    let (Some(guest), Some(model)) = (there.guest, &there.cpu().model) else {
        return Vec::new();
    };
    let listed = guest.capabilities(there.host).and_then(|caps| {
        let mut models = caps.models.iter();
        models.find(|known| known.name == *model && there.cpu().mode == Mode::Custom)
    });
    let message = format!("QEMU there calls model {model} deprecated");
    let found = listed.filter(|model| model.deprecated);
    found
        .map(|_| there.found("cpu/model", message))
        .into_iter()
        .collect()
}

/// All names, in order.
fn joined<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.join(" ")
}

/// The first names, and how many more there are.
fn shortened<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.collect();
    let shown = names[..names.len().min(MOST_NAMES)].join(", ");
    match names.len().saturating_sub(MOST_NAMES) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// Features that libvirt's CPU map got after 9.0, beside those that begin with `vmx-`; sorted.
/// From the CPU maps of 9.0 and 12.8.
#[rustfmt::skip]
static AFTER_9_0: &[&str] = &[
    "ace2", "ace2-en", "amd-psfd", "amx-avx512", "amx-bf16-alias", "amx-complex",
    "amx-complex-alias", "amx-fp16", "amx-fp16-alias", "amx-fp8", "amx-int8-alias", "amx-movrs",
    "amx-tf32", "apx-nci-ndd-nf", "apxf", "auto-ibrs", "avx-ifma", "avx-ne-convert",
    "avx-vnni-int16", "avx-vnni-int8", "avx10", "avx10-128", "avx10-256", "avx10-512",
    "avx10-vnni-int", "bhi-ctrl", "bhi-no", "cet-ibt", "cet-ss", "cmpccxadd", "ddpd-u", "eraps",
    "fb-clear", "fbsdp-no", "fdp-excptn-only", "flush-l1d", "fred", "fs-gs-base-ns", "fsrc", "fsrs",
    "fzrm", "gds-no", "gmet", "ibpb-brtype", "intel-psfd", "ipred-ctrl", "its-no", "lam",
    "lfence-always-serializing", "lkgs", "mcdt-no", "movrs", "msr-imm", "no-nested-data-bp",
    "null-sel-clr-base", "overflow-recov", "pbrsb-no", "perfmon-v2", "phe", "phe-en", "pmm",
    "pmm-en", "prefetchi", "prefetchiti", "psdp-no", "rfds-clear", "rfds-no", "rrsba-ctrl",
    "sbdr-ssdp-no", "sbpb", "sgx-aex-notify", "sgx-edeccssa", "sha512", "sm3", "sm4", "srso-no",
    "srso-user-kernel-no", "stibp-always-on", "succor", "tsa-l1-no", "tsa-sq-no", "verw-clear",
    "vnmi", "wrmsrns", "xcrypt", "xcrypt-en", "xstore", "xstore-en", "zero-fcs-fds",
];
