//! From feature bits to a model and the features beyond it, as libvirt chooses them.
//!
//! One pass over the models, a few word operations each: microseconds.

use std::collections::BTreeMap;

use super::data::CpuidData;
use super::def::{CpuDef, CpuFeature, Kind, Policy};
use super::error::CpuError;
use super::map::{CpuMap, ListRule, Model};
use super::{Bits, Signature};

/// What is to be named.
#[derive(Debug, Clone, Copy, Default)]
pub struct Question {
    /// The features that are there.
    pub features: Bits,
    /// The vendor's number in the map, if known.
    pub vendor: Option<u16>,
    /// The CPU's signature, if known.
    pub signature: Option<Signature>,
}

impl Question {
    /// The question that CPUID data poses.
    pub fn of(data: &CpuidData, map: &CpuMap) -> Question {
        Question {
            features: data.features(map),
            vendor: data.vendor(map),
            signature: data.signature(),
        }
    }
}

/// What narrows the choice of a model.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// The models the hypervisor knows; `None`: all of the map.
    pub models: Option<Vec<String>>,
    /// For a model: features it has that the hypervisor cannot give.
    pub blockers: BTreeMap<String, Bits>,
    /// Models that win where they can: those that the CPUs of a baseline name.
    pub preferred: Vec<String>,
}

/// A model with the features that make it the CPU in question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decoded<'m> {
    /// The model.
    pub model: &'m Model,
    /// The vendor of the data.
    pub vendor: Option<u16>,
    /// Features beyond the model.
    pub require: Bits,
    /// Features of the model that are not there; those that it once had and that are not there.
    pub disable: Bits,
}

impl Decoded<'_> {
    /// The definition: of a host without policies, or of a guest.
    pub fn definition(&self, map: &CpuMap, kind: Kind) -> CpuDef {
        let mut cpu = CpuDef::new(kind);
        cpu.model = Some(self.model.name.clone().into_owned());
        cpu.vendor = self
            .vendor
            .and_then(|vendor| map.vendor_name(vendor))
            .map(str::to_owned);
        let mut put = |bits: Bits, policy| {
            let named = map
                .names(bits)
                .into_iter()
                .map(|name| CpuFeature { name, policy });
            cpu.features.extend(named);
        };
        put(self.require, Policy::Require);
        if kind == Kind::Guest {
            put(self.disable, Policy::Disable);
        }
        cpu
    }
}

/// Names a CPU.
///
/// # Errors
/// [`CpuError::NoCandidate`] when no model is possible.
pub fn decode<'m>(
    map: &'m CpuMap,
    question: &Question,
    kind: Kind,
    limits: &Limits,
) -> Result<Decoded<'m>, CpuError> {
    let sole_preferred = match limits.preferred.split_first() {
        Some((first, rest)) if rest.iter().all(|name| name == first) => Some(first.as_str()),
        _ => None,
    };
    let mut best: Option<Decoded<'m>> = None;
    for model in map.models().iter().rev() {
        let Some(candidate) = candidate(model, question, kind, limits) else {
            continue;
        };
        if sole_preferred == Some(&*model.name) {
            return Ok(candidate);
        }
        if best
            .as_ref()
            .is_none_or(|best| is_better(map, question, limits, best, &candidate))
        {
            best = Some(candidate);
        }
    }
    best.ok_or(CpuError::NoCandidate)
}

/// The model as an answer, unless something rules it out.
fn candidate<'m>(
    model: &'m Model,
    question: &Question,
    kind: Kind,
    limits: &Limits,
) -> Option<Decoded<'m>> {
    let listed = limits
        .models
        .as_ref()
        .is_none_or(|models| models.iter().any(|name| *name == model.name));
    let vendor_fits = match (question.vendor, model.vendor) {
        (Some(data), Some(model)) => data == model,
        _ => true,
    };
    let decodes = match kind {
        Kind::Host => model.decode_host,
        Kind::Guest => model.decode_guest,
    };
    if !(listed && vendor_fits && decodes) {
        return None;
    }
    let require = question.features.minus(model.features);
    let mut disable = model.features.minus(question.features);
    if let Some(blockers) = limits.blockers.get(&*model.name) {
        disable = disable.union(blockers.minus(require));
    }
    match kind {
        // A host *has* its model: one with something missing is another CPU.
        Kind::Host if !disable.is_empty() => return None,
        Kind::Host => {}
        Kind::Guest => disable = disable.union(model.removed.minus(require)),
    }
    Some(Decoded {
        model,
        vendor: question.vendor,
        require,
        disable,
    })
}

fn is_better(
    map: &CpuMap,
    question: &Question,
    limits: &Limits,
    best: &Decoded<'_>,
    candidate: &Decoded<'_>,
) -> bool {
    let fits = |model: &Model| {
        question
            .signature
            .is_some_and(|signature| model.signatures.iter().any(|entry| entry.fits(signature)))
    };
    if fits(best.model) && !fits(candidate.model) {
        return false;
    }
    let wins = match map.list_rule() {
        ListRule::Shortest => {
            candidate.require.len() + candidate.disable.len()
                < best.require.len() + best.disable.len()
        }
        ListRule::Penalty => {
            let preferred = limits
                .preferred
                .iter()
                .any(|name| *name == candidate.model.name);
            let (new, old) = (penalty(candidate), penalty(best));
            let cost = |decoded: &Decoded<'_>, penalty| {
                decoded.require.len() + decoded.disable.len() + penalty
            };
            let (new_cost, old_cost) = (cost(candidate, new), cost(best, old));
            (preferred && new < old) || new_cost < old_cost || (new_cost == old_cost && new < old)
        }
    };
    wins || (fits(candidate.model) && !fits(best.model))
}

/// What missing features cost beyond their number: 0, 1, 1, 3, 3, 6, 6, 10 … for 0, 1, 2 … of them.
fn penalty(decoded: &Decoded<'_>) -> usize {
    let half = decoded.disable.len().div_ceil(2);
    half * (half + 1) / 2
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(map: &CpuMap, model: &str, vendor: &str) -> Question {
        Question {
            features: map.model(model).expect("in the map").features,
            vendor: Some(map.vendor(vendor).expect("in the map")),
            signature: None,
        }
    }

    #[test]
    fn every_guest_model_is_found_again() {
        let map = CpuMap::builtin();
        for model in map.models().iter().filter(|model| model.decode_guest) {
            let question = Question {
                features: model.features,
                vendor: model.vendor,
                signature: None,
            };
            let decoded =
                decode(map, &question, Kind::Guest, &Limits::default()).expect("a candidate");
            assert_eq!(decoded.model.features, model.features, "{}", model.name);
            assert!(decoded.require.is_empty(), "{}", model.name);
        }
    }

    #[test]
    fn a_host_never_lacks_a_feature_of_its_model() {
        let map = CpuMap::builtin();
        let mut question = question(map, "Skylake-Server", "Intel");
        question
            .features
            .remove(map.feature("avx512f").expect("in the map"));
        let host = decode(map, &question, Kind::Host, &Limits::default()).expect("a candidate");
        assert!(host.disable.is_empty());
        assert!(host.model.features.is_subset(question.features));
        let guest = decode(map, &question, Kind::Guest, &Limits::default()).expect("a candidate");
        let definition = guest.definition(map, Kind::Guest);
        assert_eq!(definition.bits(map), Ok(question.features));
    }

    #[test]
    fn the_hypervisors_list_narrows_the_choice() {
        let map = CpuMap::builtin();
        let question = question(map, "EPYC-Milan", "AMD");
        let limits = Limits {
            models: Some(vec!["EPYC".into()]),
            ..Limits::default()
        };
        let decoded = decode(map, &question, Kind::Guest, &limits).expect("a candidate");
        assert_eq!(decoded.model.name, "EPYC");
        let none = Limits {
            models: Some(Vec::new()),
            ..Limits::default()
        };
        assert_eq!(
            decode(map, &question, Kind::Guest, &none),
            Err(CpuError::NoCandidate)
        );
    }

    #[test]
    fn a_blocked_feature_is_switched_off() {
        let map = CpuMap::builtin();
        let question = question(map, "EPYC", "AMD");
        let blocked: Bits = [map.feature("svm").expect("in the map")]
            .into_iter()
            .collect();
        let limits = Limits {
            models: Some(vec!["EPYC".into()]),
            blockers: [("EPYC".to_owned(), blocked)].into(),
            ..Limits::default()
        };
        let decoded = decode(map, &question, Kind::Guest, &limits).expect("a candidate");
        assert!(map.names(decoded.disable).contains(&"svm".to_owned()));
    }
}
