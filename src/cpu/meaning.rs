//! Are two guest CPUs the same by meaning, and if not, what does the guest lose or gain?
//!
//! libvirt's own check compares strings: mode, model, the feature list in its order. This one
//! compares what the guest sees: `Skylake-Server` and `Skylake-Server-v1` are one CPU.

use std::collections::BTreeMap;

use super::bits::Bits;
use super::def::{CpuDef, CpuFeature, Match, Mode, Policy};
use super::error::CpuError;
use super::map::CpuMap;

/// How two definitions' CPUs relate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Relation {
    /// The guest sees the same CPU.
    Same,
    /// The guest sees another CPU: see what it loses and gains.
    Differs,
    /// One is a wish (host-model), the other a CPU that such a wish became on some host; nothing
    /// the wish says is against it. The next start may give another CPU.
    Expansion,
    /// Only a host decides; the sentence says why.
    Depends(String),
}

/// The answer of [`compare_meaning`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// How they relate.
    pub relation: Relation,
    /// Features the guest has with the old definition and not with the new one, in map order.
    pub lost: Vec<String>,
    /// Features it has with the new one only.
    pub gained: Vec<String>,
    /// Features that a host decides (`optional`) in one and that the other says otherwise.
    pub open: Vec<String>,
    /// Other parts of the CPU that the guest sees and that differ (`vendor_id`).
    pub other: Vec<&'static str>,
    /// Do libvirt's own string comparisons (mode, check, model, vendor, features in order) agree?
    pub same_text: bool,
}

/// Compares two guest CPUs by meaning.
pub fn compare_meaning(map: &CpuMap, old: &CpuDef, new: &CpuDef) -> Meaning {
    let mut meaning = Meaning {
        relation: Relation::Same,
        lost: Vec::new(),
        gained: Vec::new(),
        open: Vec::new(),
        other: Vec::new(),
        same_text: same_text(old, new),
    };
    if old.vendor_id != new.vendor_id {
        meaning.other.push("vendor_id");
    }
    match (old.mode, new.mode) {
        (Mode::Custom, Mode::Custom) => custom(map, old, new, &mut meaning),
        (Mode::HostModel, Mode::HostModel) => by_names(map, old, new, &mut meaning),
        (Mode::HostModel, Mode::Custom) | (Mode::Custom, Mode::HostModel) => {
            expansion(map, old, new, &mut meaning);
        }
        (one, two) if one == two => {
            by_names(map, old, new, &mut meaning);
            // Both default to on.
            if old.migratable.unwrap_or(true) != new.migratable.unwrap_or(true) {
                meaning.other.push("migratable");
            }
        }
        (one, two) => {
            meaning.relation = Relation::Depends(format!(
                "mode {} gives what the host has, so whether it equals mode {} depends on the host",
                if one == Mode::Custom { two } else { one }.as_str(),
                if one == Mode::Custom { one } else { two }.as_str(),
            ));
            return meaning;
        }
    }
    let apart = !(meaning.lost.is_empty() && meaning.gained.is_empty() && meaning.other.is_empty());
    if apart {
        meaning.relation = Relation::Differs;
    } else if meaning.relation == Relation::Same && !meaning.open.is_empty() {
        meaning.relation = Relation::Depends(format!(
            "the host decides about {}",
            meaning.open.join(", ")
        ));
    }
    meaning
}

/// What libvirt's check of a migration target compares; it does not look at `match`, `fallback`
/// and `migratable`.
fn same_text(old: &CpuDef, new: &CpuDef) -> bool {
    old.mode == new.mode
        && old.check == new.check
        && old.model == new.model
        && old.vendor == new.vendor
        && old.vendor_id == new.vendor_id
        && old.features == new.features
}

/// What is asked of each feature that either names, where the map does not help.
fn policies(cpu: &CpuDef) -> BTreeMap<&str, Policy> {
    cpu.features
        .iter()
        .map(|CpuFeature { name, policy }| (name.as_str(), *policy))
        .collect()
}

/// On, off, or for a host to decide.
fn is_on(policy: Policy) -> Option<bool> {
    match policy {
        Policy::Force | Policy::Require => Some(true),
        Policy::Disable | Policy::Forbid => Some(false),
        Policy::Optional => None,
    }
}

/// Both get the host's CPU: what they change in it must be the same.
fn by_names(map: &CpuMap, old: &CpuDef, new: &CpuDef, meaning: &mut Meaning) {
    let (was, is) = (policies(old), policies(new));
    let mut names: Vec<&str> = was.keys().chain(is.keys()).copied().collect();
    names.sort_by_key(|name| map.feature(name).unwrap_or(usize::MAX));
    names.dedup();
    for name in names {
        let (was, is) = (was.get(name).copied(), is.get(name).copied());
        match (was.map(is_on), is.map(is_on)) {
            (one, two) if one == two => {}
            (Some(Some(true)), Some(Some(false))) => meaning.lost.push(name.to_owned()),
            (Some(Some(false)), Some(Some(true))) => meaning.gained.push(name.to_owned()),
            // The host's own state on one side.
            _ => meaning.open.push(name.to_owned()),
        }
    }
}

/// A named model on both sides.
fn custom(map: &CpuMap, old: &CpuDef, new: &CpuDef, meaning: &mut Meaning) {
    let (was, is) = match (known_bits(map, old), known_bits(map, new)) {
        (Ok(was), Ok(is)) => (was, is),
        (Err(_), Err(_)) if old.model == new.model => {
            // The same unknown model: only the features around it can differ.
            by_names(map, old, new, meaning);
            // What one side alone names was the model's own state before: unknown here.
            for name in std::mem::take(&mut meaning.open) {
                match (
                    old.policy(&name).and_then(is_on),
                    new.policy(&name).and_then(is_on),
                ) {
                    (None, Some(true)) => meaning.gained.push(name),
                    (Some(true), None) => meaning.lost.push(name),
                    _ => meaning.open.push(name),
                }
            }
            return;
        }
        (Err(error), _) | (_, Err(error)) => {
            meaning.relation = Relation::Depends(error.to_string());
            return;
        }
    };
    if old.model.is_some() != new.model.is_some() {
        let text = "without a model the machine type's own default applies";
        meaning.relation = Relation::Depends(text.to_owned());
        return;
    }
    if (old.matching == Match::Minimum) != (new.matching == Match::Minimum) {
        let text = "with match='minimum' the guest gets all that the host has";
        meaning.relation = Relation::Depends(text.to_owned());
    }
    let open = was
        .open
        .union(is.open)
        .minus(was.open.intersection(is.open));
    meaning.open = map.names(open);
    meaning.lost = map.names(was.on.minus(is.on).minus(open));
    meaning.gained = map.names(is.on.minus(was.on).minus(open));
    let names = |one: &[String], two: &[String]| -> Vec<String> {
        one.iter()
            .filter(|name| !two.contains(name))
            .cloned()
            .collect()
    };
    meaning.lost.extend(names(&was.unknown, &is.unknown));
    meaning.gained.extend(names(&is.unknown, &was.unknown));
}

/// A wish and a CPU that a host made: what the wish names must be so there.
fn expansion(map: &CpuMap, old: &CpuDef, new: &CpuDef, meaning: &mut Meaning) {
    let (wish, made) = if old.mode == Mode::HostModel {
        (old, new)
    } else {
        (new, old)
    };
    let made_bits = match known_bits(map, made) {
        Ok(bits) => bits,
        Err(error) => {
            meaning.relation = Relation::Depends(error.to_string());
            return;
        }
    };
    meaning.relation = Relation::Expansion;
    for CpuFeature { name, policy } in &wish.features {
        let has = match map.feature(name) {
            Ok(at) => made_bits.on.contains(at),
            Err(_) => made_bits.unknown.contains(name),
        };
        let lost = match is_on(*policy) {
            Some(wanted) if wanted != has => has == (made.mode == old.mode),
            _ => continue,
        };
        if lost {
            meaning.lost.push(name.clone())
        } else {
            meaning.gained.push(name.clone())
        }
    }
}

/// What a definition switches on, as far as the map knows the names.
struct KnownBits {
    on: Bits,
    open: Bits,
    /// Features that are on and that the map does not know.
    unknown: Vec<String>,
}

fn known_bits(map: &CpuMap, cpu: &CpuDef) -> Result<KnownBits, CpuError> {
    let mut bits = KnownBits {
        on: cpu.model_bits(map)?,
        open: Bits::EMPTY,
        unknown: Vec::new(),
    };
    for CpuFeature { name, policy } in &cpu.features {
        match (map.feature(name), is_on(*policy)) {
            (Ok(at), Some(true)) => bits.on.insert(at),
            (Ok(at), Some(false)) => bits.on.remove(at),
            (Ok(at), None) => bits.open.insert(at),
            (Err(_), Some(true)) => bits.unknown.push(name.clone()),
            (Err(_), _) => {}
        }
    }
    bits.on = bits.on.minus(bits.open);
    Ok(bits)
}

#[cfg(test)]
mod tests {
    use super::super::def::Kind;
    use super::*;

    fn guest(model: &str, features: &[(&str, Policy)]) -> CpuDef {
        let mut cpu = CpuDef::new(Kind::Guest);
        cpu.model = Some(model.into());
        for (name, policy) in features {
            cpu.set(name, *policy);
        }
        cpu
    }

    fn ask(old: &CpuDef, new: &CpuDef) -> Meaning {
        compare_meaning(CpuMap::builtin(), old, new)
    }

    #[test]
    fn names_of_the_same_set_are_the_same_cpu() {
        let answer = ask(
            &guest("Skylake-Server", &[]),
            &guest("Skylake-Server-v1", &[]),
        );
        assert_eq!(answer.relation, Relation::Same);
        assert!(!answer.same_text);
        let more = guest(
            "Penryn",
            &[("sse4.2", Policy::Require), ("popcnt", Policy::Require)],
        );
        assert_eq!(ask(&guest("Nehalem", &[]), &more).relation, Relation::Same);
        let one = guest(
            "Penryn",
            &[("vmx", Policy::Require), ("avx", Policy::Require)],
        );
        let two = guest(
            "Penryn",
            &[("avx", Policy::Force), ("vmx", Policy::Require)],
        );
        assert_eq!(ask(&one, &two).relation, Relation::Same);
        assert!(ask(&one, &one).same_text && !ask(&one, &two).same_text);
    }

    #[test]
    fn losses_and_gains_are_named() {
        let old = guest("Nehalem", &[("vme", Policy::Require)]);
        let answer = ask(&old, &guest("Penryn", &[("avx", Policy::Require)]));
        assert_eq!(answer.relation, Relation::Differs);
        assert_eq!(answer.lost, ["sse4.2", "popcnt", "vme"]);
        assert_eq!(answer.gained, ["avx"]);
        let back = ask(&guest("Penryn", &[("avx", Policy::Require)]), &old);
        assert_eq!((back.lost, back.gained), (answer.gained, answer.lost));
    }

    #[test]
    fn an_expanded_host_model_is_what_it_was_asked_for() {
        let mut wish = CpuDef::new(Kind::Guest);
        wish.mode = Mode::HostModel;
        let live = guest("Skylake-Client", &[("mpx", Policy::Disable)]);
        assert_eq!(ask(&live, &wish).relation, Relation::Expansion);
        wish.set("avx2", Policy::Disable);
        let answer = ask(&live, &wish);
        assert_eq!(
            (answer.relation, answer.lost),
            (Relation::Differs, vec!["avx2".to_owned()])
        );
        assert_eq!(ask(&wish, &live).gained, ["avx2"]);
    }

    #[test]
    fn what_a_host_decides_is_not_claimed() {
        let mut passthrough = CpuDef::new(Kind::Guest);
        passthrough.mode = Mode::HostPassthrough;
        let fixed = guest("Penryn", &[]);
        assert!(matches!(
            ask(&fixed, &passthrough).relation,
            Relation::Depends(_)
        ));
        assert_eq!(ask(&passthrough, &passthrough).relation, Relation::Same);
        let maybe = guest("Penryn", &[("avx", Policy::Optional)]);
        assert!(matches!(ask(&fixed, &maybe).relation, Relation::Depends(_)));
        assert!(matches!(
            ask(&fixed, &guest("no-such", &[])).relation,
            Relation::Depends(_)
        ));
        let strange = guest("no-such", &[("avx", Policy::Require)]);
        assert_eq!(ask(&guest("no-such", &[]), &strange).gained, ["avx"]);
    }
}
