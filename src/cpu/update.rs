//! What becomes of a guest's CPU when it starts on a host, and what a running guest's looks like.

use super::compare::{HostCpu, Verdict, compare};
use super::data::CpuidData;
use super::decode::{Limits, Question, decode};
use super::def::{CpuDef, Fallback, Kind, Match, Mode, Policy, is_arm, is_ppc64};
use super::error::CpuError;
use super::map::CpuMap;
use super::other;

/// A host's CPU without the features that a live migration cannot carry.
pub fn migratable_only(map: &CpuMap, host: &CpuDef) -> CpuDef {
    let mut cpu = host.clone();
    cpu.features.retain(|feature| {
        map.feature(&feature.name)
            .map_or(true, |at| map.migratable().contains(at))
    });
    cpu
}

/// The guest's CPU as libvirt makes it up from the host's when the guest starts: host-model and a
/// minimum match take the host's model, optional features are decided, features that the model
/// once had are switched off. `host` is the *migratable* host CPU, see [`migratable_only`].
///
/// # Errors
/// A model or feature that the map does not know; a host without model where one is needed.
pub fn update(map: &CpuMap, guest: &CpuDef, host: &CpuDef) -> Result<CpuDef, CpuError> {
    if host.arch.as_deref().is_some_and(is_ppc64) {
        return Ok(other::update_ppc64(guest));
    }
    if host.arch.as_deref().is_some_and(is_arm)
        || matches!(guest.mode, Mode::HostPassthrough | Mode::Maximum)
    {
        return Ok(guest.clone());
    }
    let mut cpu = guest.clone();
    let from_host = cpu.mode == Mode::HostModel || cpu.matching == Match::Minimum;
    let optional = cpu
        .features
        .iter()
        .any(|feature| feature.policy == Policy::Optional);
    if from_host || optional {
        let has = host.bits(map)?;
        for feature in cpu
            .features
            .iter_mut()
            .filter(|f| f.policy == Policy::Optional)
        {
            let there = has.contains(map.feature(&feature.name)?);
            feature.policy = if there {
                Policy::Require
            } else {
                Policy::Disable
            };
        }
    }
    if from_host {
        cpu = over_host(&cpu, host)?;
    }
    let Some(name) = &cpu.model else {
        return Ok(cpu);
    };
    for name in map.names(map.model(name)?.removed) {
        if cpu.policy(&name).is_none() {
            cpu.set(&name, Policy::Disable);
        }
    }
    Ok(cpu)
}

/// The host's model with the guest's own features put over it.
fn over_host(guest: &CpuDef, host: &CpuDef) -> Result<CpuDef, CpuError> {
    let model = host.model.clone().ok_or(CpuError::NoModel)?;
    let mut cpu = guest.clone();
    cpu.features = host.features.clone();
    for feature in &guest.features {
        cpu.set(&feature.name, feature.policy);
    }
    if guest.mode == Mode::HostModel {
        cpu.vendor = host.vendor.clone();
    }
    cpu.model = Some(model);
    cpu.mode = Mode::Custom;
    cpu.matching = Match::Exact;
    Ok(cpu)
}

/// Replaces a model that the hypervisor does not know by one of its list, if `fallback` allows.
///
/// # Errors
/// A model that the map does not know; `fallback='forbid'`; no model of the list fits.
pub fn translate(map: &CpuMap, cpu: &CpuDef, known: &[String]) -> Result<CpuDef, CpuError> {
    let Some(name) = &cpu.model else {
        return Ok(cpu.clone());
    };
    if known.contains(name) {
        return Ok(cpu.clone());
    }
    if cpu.fallback == Fallback::Forbid {
        return Err(CpuError::ModelNotSupported(name.clone()));
    }
    let model = map.model(name)?;
    let question = Question {
        features: model.features,
        vendor: model.vendor,
        signature: model.signatures.first().map(|signature| super::Signature {
            family: signature.family,
            model: signature.model,
            stepping: signature.steppings.trailing_zeros(),
        }),
    };
    let limits = Limits {
        models: Some(known.to_vec()),
        ..Limits::default()
    };
    let decoded = decode(map, &question, Kind::Guest, &limits)
        .map_err(|_| CpuError::ModelNotSupported(name.clone()))?;
    let made = decoded.definition(map, Kind::Guest);
    let mut translated = CpuDef {
        model: made.model,
        features: made.features,
        ..cpu.clone()
    };
    for feature in &cpu.features {
        translated.set(&feature.name, feature.policy);
    }
    Ok(translated)
}

/// The whole way of a guest's CPU at its start: the host must be able to give it, then it is
/// updated, then translated to a model of the hypervisor's list (`None`: it knows all).
///
/// # Errors
/// As [`compare`], [`update`] and [`translate`]; an incompatible CPU is an error too.
pub fn start(
    map: &CpuMap,
    guest: &CpuDef,
    host: &CpuDef,
    known: Option<&[String]>,
) -> Result<CpuDef, CpuError> {
    if guest.mode == Mode::Custom {
        let answer = compare(map, &HostCpu::of(map, host), guest)?;
        if answer.verdict == Verdict::Incompatible {
            let names = map.names(answer.missing.union(answer.forbidden)).join(", ");
            let what = answer.reason.map_or("", |reason| reason.as_str());
            return Err(CpuError::Invalid(format!(
                "the host cannot give this CPU ({what}: {names})"
            )));
        }
    }
    let updated = update(map, guest, host)?;
    match known {
        Some(known) => translate(map, &updated, known),
        None => Ok(updated),
    }
}

/// The CPU of a running guest as libvirt shows it, from what the hypervisor enabled and what it
/// filtered out.
///
/// # Errors
/// A model or feature that the map does not know.
pub fn live(
    map: &CpuMap,
    guest: &CpuDef,
    enabled: &CpuidData,
    disabled: &CpuidData,
) -> Result<CpuDef, CpuError> {
    let has = guest.bits(map)?;
    let (on, off) = (enabled.features(map), disabled.features(map));
    let mut cpu = guest.clone();
    for name in map.names(on.minus(has)) {
        cpu.set(&name, Policy::Require);
    }
    // What is neither enabled nor filtered is unknown to this hypervisor: the guest lacks it too.
    for name in map.names(has.intersection(off).union(has.minus(on))) {
        cpu.set(&name, Policy::Disable);
    }
    cpu.check = Some(super::def::Check::Full);
    Ok(cpu)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(model: &str, features: &[&str]) -> CpuDef {
        let mut cpu = CpuDef::new(Kind::Host);
        cpu.arch = Some("x86_64".into());
        cpu.model = Some(model.into());
        cpu.vendor = Some("Intel".into());
        for feature in features {
            cpu.set(feature, Policy::Require);
        }
        cpu
    }

    #[test]
    fn host_model_becomes_the_hosts_model() {
        let map = CpuMap::builtin();
        let mut guest = CpuDef::new(Kind::Guest);
        guest.mode = Mode::HostModel;
        guest.set("vmx", Policy::Disable);
        let host = migratable_only(map, &host("Skylake-Client", &["vmx", "invtsc"]));
        let made = update(map, &guest, &host).expect("all known");
        assert_eq!(made.model.as_deref(), Some("Skylake-Client"));
        assert_eq!(
            (made.mode, made.vendor.as_deref()),
            (Mode::Custom, Some("Intel"))
        );
        // mpx was once part of Skylake-Client; invtsc does not migrate.
        assert_eq!(made.names(Policy::Disable), ["vmx", "mpx"]);
        assert_eq!(made.policy("invtsc"), None);
    }

    #[test]
    fn optional_features_are_decided_by_the_host() {
        let map = CpuMap::builtin();
        let mut guest = CpuDef::new(Kind::Guest);
        guest.model = Some("Penryn".into());
        guest.set("vmx", Policy::Optional);
        guest.set("avx", Policy::Optional);
        let made = update(map, &guest, &host("Penryn", &["vmx"])).expect("all known");
        assert_eq!(made.policy("vmx"), Some(Policy::Require));
        assert_eq!(made.policy("avx"), Some(Policy::Disable));
    }

    #[test]
    fn an_unknown_model_is_translated_unless_forbidden() {
        let map = CpuMap::builtin();
        let mut guest = CpuDef::new(Kind::Guest);
        guest.model = Some("Haswell".into());
        let known = ["Nehalem".to_owned(), "qemu64".to_owned()];
        let made = translate(map, &guest, &known).expect("Nehalem fits");
        assert_eq!(made.model.as_deref(), Some("Nehalem"));
        assert_eq!(made.bits(map), guest.bits(map));
        guest.fallback = Fallback::Forbid;
        let refused = translate(map, &guest, &known);
        assert_eq!(refused, Err(CpuError::ModelNotSupported("Haswell".into())));
    }
}
