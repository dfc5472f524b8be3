//! Judges a guest's CPU by domain capabilities: what one hypervisor says that it can give.
//!
//! libvirt 9.0 compares every CPU with the hypervisor's host-model. Newer ones do so for the old
//! models only, and believe QEMU about the others: its list of features that keep a model from
//! running. Both were asked; `tests/cpu_libvirt.rs` asks the one that is installed.

use super::domcaps::{DomainCapabilities, UsableModel};
use super::facts::HostFacts;
use super::judge::{CpuAnswer, Setting, Told, answer, from_comparison};
use super::view::{Confidence, CpuView};
use crate::cpu::compare::{Comparison, HostCpu, HostFeatures, Reason, Verdict};
use crate::cpu::def::{CpuDef, Fallback, Mode, Policy, is_x86};
use crate::cpu::{Bits, CpuMap};

/// The domain capabilities that belong to the guest: of its type and architecture, and of its
/// machine and emulator where several are there.
pub(super) fn domain_for<'f>(
    facts: &'f HostFacts,
    cpu: &CpuDef,
    setting: &Setting,
) -> Option<&'f DomainCapabilities> {
    let wanted_type = setting.virt_type.as_deref().unwrap_or("kvm");
    let fits = |caps: &&DomainCapabilities| {
        caps.virt_type == wanted_type && cpu.arch.as_ref().is_none_or(|arch| *arch == caps.arch)
    };
    let rank = |caps: &&DomainCapabilities| {
        let same = |wanted: &Option<String>, has: &String| wanted.as_ref() == Some(has);
        (
            same(&setting.machine, &caps.machine),
            same(&setting.emulator, &caps.emulator),
        )
    };
    // The first of the best: joined order decides ties.
    facts.domains.iter().rev().filter(fits).max_by_key(rank)
}

/// Judges by domain capabilities; `None` when they say nothing about such a CPU.
pub(super) fn judge_domain(
    map: &CpuMap,
    facts: &HostFacts,
    caps: &DomainCapabilities,
    cpu: &CpuDef,
) -> Option<CpuAnswer> {
    let mut notes = Vec::new();
    let mut judged = by_mode_and_model(map, caps, cpu, &mut notes);
    let vendor = host_vendor(map, facts, caps);
    if judged.is_none() {
        let features = host_features(map, caps, cpu, &mut notes);
        if features.known.is_empty() && is_x86(&caps.arch) && !asks_nothing(cpu) {
            return None;
        }
        let mut view = hypervisor_view(caps, features);
        view.host.vendor = vendor.clone();
        judged = Some(answer(map, facts, &view, cpu));
    }
    let mut judged = judged?;
    judged.notes.extend(notes);
    let host = HostCpu {
        vendor,
        ..hypervisor_view(caps, HostFeatures::default()).host
    };
    judged.add_guest_notes(map, &host, cpu);
    Some(judged)
}

/// What the lists of modes and models decide on their own.
fn by_mode_and_model(
    map: &CpuMap,
    caps: &DomainCapabilities,
    cpu: &CpuDef,
    notes: &mut Vec<String>,
) -> Option<CpuAnswer> {
    let view = hypervisor_view(caps, HostFeatures::default());
    let refused = |reason| Some(from_comparison(map, &view, Comparison::refused(reason)));
    let mode = cpu.mode.as_str();
    if caps.modes.get(mode) == Some(&false) {
        return refused(Reason::Mode {
            wanted: mode.to_owned(),
        });
    }
    let model = cpu.model.as_ref().filter(|_| cpu.mode == Mode::Custom)?;
    let Some(listed) = listed(caps, cpu) else {
        if caps.models.is_empty() {
            return None;
        }
        if cpu.fallback == Fallback::Forbid {
            return refused(Reason::ModelUnknownHere {
                wanted: model.clone(),
            });
        }
        notes.push(format!(
            "this hypervisor does not know model {model}; libvirt replaces it by another with \
             features added and taken away"
        ));
        return None;
    };
    if listed.deprecated {
        notes.push(format!("model {model} is deprecated there"));
    }
    if explains(caps) {
        if is_called_usable(listed, cpu) {
            let mut usable = from_comparison(map, &view, Comparison::superset());
            usable.message = "the hypervisor there says that it can run this CPU".to_owned();
            return Some(usable);
        }
        let old_kind = map.model(model).map_or(true, |model| model.check_compat);
        if !old_kind && listed.usable.is_some() {
            return by_blockers(map, caps, listed, cpu, notes).or_else(|| {
                refused(Reason::ModelUnusable {
                    wanted: model.clone(),
                })
            });
        }
    }
    if listed.usable == Some(false) {
        if caps.host_model.is_none() && listed.blockers.is_empty() {
            return refused(Reason::ModelUnusable {
                wanted: model.clone(),
            });
        }
        notes.push(format!(
            "the hypervisor calls model {model} not usable here"
        ));
    }
    None
}

/// The entry of the guest's model.
fn listed<'c>(caps: &'c DomainCapabilities, cpu: &CpuDef) -> Option<&'c UsableModel> {
    let model = cpu.model.as_ref().filter(|_| cpu.mode == Mode::Custom)?;
    caps.models.iter().find(|known| known.name == *model)
}

/// The rule for new models: what QEMU cannot give of the model, unless the guest disables it, and
/// what the guest requires beyond it. Vendor, match and forbidden features are not looked at, and
/// a name that nobody knows is a missing feature. `None` when QEMU does not say what it lacks.
fn by_blockers(
    map: &CpuMap,
    caps: &DomainCapabilities,
    listed: &UsableModel,
    cpu: &CpuDef,
    notes: &mut Vec<String>,
) -> Option<CpuAnswer> {
    if listed.usable == Some(false) && listed.blockers.is_empty() {
        return None;
    }
    let has = caps
        .host_model
        .as_ref()
        .and_then(|model| model.bits(map).ok());
    let mut missing: Vec<&String> = listed
        .blockers
        .iter()
        .filter(|name| cpu.policy(name) != Some(Policy::Disable))
        .collect();
    let mut unknown = Vec::new();
    for feature in cpu
        .features
        .iter()
        .filter(|feature| feature.policy == Policy::Require)
    {
        match (map.feature(&feature.name), has) {
            (Ok(at), Some(has)) if has.contains(at) => {}
            (Ok(_), None) => unknown.push(feature.name.clone()),
            _ if missing.contains(&&feature.name) => {}
            _ => missing.push(&feature.name),
        }
    }
    let shown: Vec<String> = cpu
        .names(Policy::Forbid)
        .into_iter()
        .filter(|name| {
            map.feature(name)
                .is_ok_and(|at| has.is_some_and(|has| has.contains(at)))
        })
        .collect();
    if !shown.is_empty() {
        notes.push(format!(
            "libvirt does not look at forbidden features of such a model; the host has {}",
            shown.join(", ")
        ));
    }
    let names: Vec<&str> = missing.iter().map(|name| name.as_str()).collect();
    let verdict = match (missing.is_empty(), unknown.is_empty()) {
        (false, _) => Verdict::Incompatible,
        (true, false) => Verdict::Unknown,
        (true, true) => Verdict::Superset,
    };
    let view = hypervisor_view(caps, HostFeatures::default());
    let mut answer = from_comparison(map, &view, Comparison::superset());
    answer.message = match verdict {
        Verdict::Incompatible => format!("the hypervisor there cannot give: {}", names.join(", ")),
        Verdict::Unknown => format!("the facts do not tell: {}", unknown.join(", ")),
        _ => "the hypervisor there says that it can run this CPU".to_owned(),
    };
    answer.reason = (verdict == Verdict::Incompatible).then_some(Reason::Missing);
    let told = |name: &&String| Told {
        name: (*name).clone(),
        source: Some(caps.source),
    };
    answer.missing = missing.iter().map(told).collect();
    answer.unknown = unknown;
    answer.verdict = Ok(verdict);
    Some(answer)
}

/// What the hypervisor gives: its host-model, else what it says of the guest's own model.
fn host_features(
    map: &CpuMap,
    caps: &DomainCapabilities,
    cpu: &CpuDef,
    notes: &mut Vec<String>,
) -> HostFeatures {
    match caps.host_model.as_ref().map(|model| model.bits(map)) {
        Some(Ok(present)) => {
            return HostFeatures {
                present,
                known: map.all_features(),
            };
        }
        Some(Err(error)) => notes.push(format!("its host-model is not used: {error}")),
        None => {}
    }
    let Some(listed) = listed(caps, cpu) else {
        return HostFeatures::default();
    };
    let Ok(own) = map.model(&listed.name) else {
        return HostFeatures::default();
    };
    let blocked: Bits = listed
        .blockers
        .iter()
        .filter_map(|name| map.feature(name).ok())
        .collect();
    if listed.usable == Some(true) || !blocked.is_empty() {
        let known = own.features.union(blocked);
        return HostFeatures {
            present: own.features.minus(blocked),
            known,
        };
    }
    HostFeatures::default()
}

/// A hypervisor's CPU as a comparison needs it, without a vendor.
fn hypervisor_view(caps: &DomainCapabilities, features: HostFeatures) -> CpuView {
    let named = caps
        .host_model
        .as_ref()
        .and_then(|model| model.model.clone());
    CpuView {
        host: HostCpu {
            arch: Some(caps.arch.clone()),
            vendor: None,
            // A hypervisor's answer stands for itself: no host model has to be named.
            model: named.or_else(|| Some("unnamed".to_owned())),
            features: Ok(features),
        },
        confidence: Confidence::Hypervisor,
        origins: vec![(caps.source, features.known)],
    }
}

fn host_vendor(map: &CpuMap, facts: &HostFacts, caps: &DomainCapabilities) -> Option<String> {
    let named = caps
        .host_model
        .as_ref()
        .and_then(|model| model.vendor.clone());
    named.or_else(|| {
        facts
            .cpu_layers(map)
            .into_iter()
            .find_map(|layer| layer.vendor)
    })
}

/// Does the list say why a model cannot run? Only a libvirt that prints blockers or canonical names
/// also judges by them.
fn explains(caps: &DomainCapabilities) -> bool {
    caps.models
        .iter()
        .any(|model| !model.blockers.is_empty() || model.canonical.is_some())
}

/// Such a libvirt believes QEMU about a model whose blockers the guest all disables, when it
/// changes the model in no other way: neither vendor nor match is looked at then.
fn is_called_usable(listed: &UsableModel, cpu: &CpuDef) -> bool {
    let only_disables = cpu
        .features
        .iter()
        .all(|feature| feature.policy == Policy::Disable);
    let unblocked = match listed.usable {
        Some(true) => true,
        Some(false) => !listed.blockers.is_empty(),
        None => false,
    };
    unblocked
        && only_disables
        && listed
            .blockers
            .iter()
            .all(|name| cpu.policy(name).is_some())
}

/// A CPU that takes what the host has and names no features.
fn asks_nothing(cpu: &CpuDef) -> bool {
    cpu.features.is_empty() && (cpu.model.is_none() || cpu.mode != Mode::Custom)
}
