//! Makes a map of what a loader read: numbers for names, inheritance, the indexes, all checks.

use std::collections::HashMap;

use super::{Alias, CpuMap, Feature, ListRule, Model, ModelSignature, OtherArch, Place, Vendor};
use crate::cpu::bits::Bits;

/// A model as a file writes it: names only.
#[derive(Debug, Default)]
pub(super) struct RawModel {
    pub(super) name: String,
    pub(super) base: Option<String>,
    pub(super) vendor: Option<String>,
    pub(super) decode_host: bool,
    pub(super) decode_guest: bool,
    pub(super) check_compat: bool,
    /// `None`: those of the base.
    pub(super) signatures: Option<Vec<ModelSignature>>,
    pub(super) features: Vec<String>,
    pub(super) removed: Vec<String>,
    pub(super) added: Vec<String>,
}

/// A whole map as a loader read it, in the order of the files.
#[derive(Debug)]
pub(super) struct RawMap {
    pub(super) source: String,
    pub(super) vendors: Vec<Vendor>,
    pub(super) features: Vec<RawFeature>,
    pub(super) models: Vec<RawModel>,
    pub(super) ppc64: OtherArch,
    pub(super) arm: OtherArch,
}

/// A feature as a file writes it.
#[derive(Debug)]
pub(super) struct RawFeature {
    pub(super) name: String,
    /// Every bit it is made of.
    pub(super) places: Vec<Place>,
    pub(super) migratable: bool,
    pub(super) aliases: Vec<Alias>,
}

impl OtherArch {
    /// No vendors, models or features.
    pub(super) fn empty() -> OtherArch {
        OtherArch {
            vendors: Vec::new().into(),
            models: Vec::new().into(),
            features: Vec::new().into(),
        }
    }
}

/// Makes the map; the error is a sentence about what does not fit.
pub(super) fn build(raw: RawMap) -> Result<CpuMap, String> {
    let mut names = HashMap::new();
    let mut places = HashMap::new();
    let mut features = Vec::new();
    for feature in raw.features {
        let RawFeature {
            name,
            places: bits,
            migratable,
            aliases,
        } = feature;
        let place = match bits.as_slice() {
            [place] => *place,
            [] => return Err(format!("feature `{name}` has no bit")),
            _ => {
                return Err(format!(
                    "feature `{name}` has several bits, which is not supported"
                ));
            }
        };
        if names.insert(name.clone(), features.len()).is_some() {
            return Err(format!("feature `{name}` is defined twice"));
        }
        if let Some(other) = places.insert(place, name.clone()) {
            return Err(format!("features `{other}` and `{name}` are the same bit"));
        }
        features.push(Feature {
            name: name.into(),
            place,
            migratable,
            aliases: aliases.into(),
        });
    }
    if features.len() > Bits::CAPACITY {
        return Err(format!(
            "{} features; at most {} fit",
            features.len(),
            Bits::CAPACITY
        ));
    }
    if features.is_empty() {
        return Err("no x86 features".into());
    }
    let mut models = build_models(raw.models, &names, &raw.vendors)?;
    // Older maps do not have the notion, and there every model is compared that way.
    if models.iter().all(|model| !model.check_compat) {
        models
            .iter_mut()
            .for_each(|model| model.check_compat = true);
    }
    let features_by_name = order(&features, |feature| &feature.name)?;
    let models_by_name = order(&models, |model| &model.name)?;
    let pick = |test: fn(&Feature) -> bool| {
        features
            .iter()
            .enumerate()
            .filter(|(_, feature)| test(feature))
            .map(|(at, _)| at)
            .collect()
    };
    Ok(CpuMap {
        rule: rule_of(&raw.source),
        source: raw.source.into(),
        migratable: pick(|feature| feature.migratable),
        msr: pick(|feature| matches!(feature.place, Place::Msr { .. })),
        features: features.into(),
        features_by_name: features_by_name.into(),
        models: models.into(),
        models_by_name: models_by_name.into(),
        vendors: raw.vendors.into(),
        ppc64: raw.ppc64,
        arm: raw.arm,
    })
}

fn build_models(
    raw: Vec<RawModel>,
    names: &HashMap<String, usize>,
    vendors: &[Vendor],
) -> Result<Vec<Model>, String> {
    let mut models: Vec<Model> = Vec::with_capacity(raw.len());
    let mut known: HashMap<String, usize> = HashMap::new();
    for model in raw {
        let set = |list: &[String]| -> Result<Bits, String> {
            list.iter()
                .map(|feature| {
                    names.get(feature).copied().ok_or_else(|| {
                        format!("model `{}` has an unknown feature `{feature}`", model.name)
                    })
                })
                .collect()
        };
        let base = match &model.base {
            None => None,
            Some(base) => Some(known.get(base).map(|&at| &models[at]).ok_or_else(|| {
                format!(
                    "model `{}` is based on `{base}`, which does not stand before it",
                    model.name
                )
            })?),
        };
        let vendor = match &model.vendor {
            None => base.and_then(|base| base.vendor),
            Some(vendor) => Some(
                vendors
                    .iter()
                    .position(|known| known.name == *vendor)
                    .and_then(|at| u16::try_from(at).ok())
                    .ok_or_else(|| {
                        format!("model `{}` has unknown vendor `{vendor}`", model.name)
                    })?,
            ),
        };
        let signatures = match model.signatures {
            Some(signatures) => signatures.into(),
            None => base.map(|base| base.signatures.clone()).unwrap_or_default(),
        };
        let inherited = base.map_or(Bits::EMPTY, |base| base.features);
        let built = Model {
            base: model.base.clone().map(Into::into),
            vendor,
            decode_host: model.decode_host,
            decode_guest: model.decode_guest,
            check_compat: model.check_compat,
            signatures,
            features: inherited.union(set(&model.features)?),
            removed: set(&model.removed)?,
            added: set(&model.added)?,
            name: model.name.clone().into(),
        };
        if known.insert(model.name.clone(), models.len()).is_some() {
            return Err(format!("model `{}` is defined twice", model.name));
        }
        models.push(built);
    }
    Ok(models)
}

/// The numbers of a list, sorted by name.
pub(super) fn order<T>(list: &[T], name: impl Fn(&T) -> &str) -> Result<Vec<u16>, String> {
    let count = u16::try_from(list.len()).map_err(|_| "too many entries".to_owned())?;
    let mut order: Vec<u16> = (0..count).collect();
    order.sort_by(|&a, &b| name(&list[usize::from(a)]).cmp(name(&list[usize::from(b)])));
    Ok(order)
}

/// The rule of the release that `source` names ("… version 7.10.0"); unknown counts as new.
/// The newer one came between 7.10 and 9.0; what is not written as a version is new.
pub(super) fn rule_of(source: &str) -> ListRule {
    let version = source.rsplit_once("version ").and_then(|(_, version)| {
        let mut parts = version
            .split('.')
            .map(|part| part.trim().parse::<u32>().ok());
        Some((parts.next()??, parts.next()??))
    });
    match version {
        Some(version) if version < (8, 5) => ListRule::Shortest,
        _ => ListRule::Penalty,
    }
}

/// A stepping list ("0-3", "5-7,11") as bits; the error is a sentence.
pub(super) fn steppings(text: &str) -> Result<u16, String> {
    let bad = || format!("`{text}` is not a list of steppings between 0 and 15");
    let mut bits = 0u16;
    for part in text.split(',') {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        let from: u32 = from.trim().parse().map_err(|_| bad())?;
        let to: u32 = to.trim().parse().map_err(|_| bad())?;
        if from > to || to > 15 {
            return Err(bad());
        }
        bits |= (from..=to).fold(0, |bits, stepping| bits | 1 << stepping);
    }
    Ok(bits)
}

/// The reverse of [`steppings`]; `None` for all of them.
pub(super) fn steppings_text(bits: u16) -> Option<String> {
    if bits == u16::MAX {
        return None;
    }
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for stepping in (0..16).filter(|stepping| bits & (1 << stepping) != 0) {
        match ranges.last_mut() {
            Some((_, to)) if *to + 1 == stepping => *to = stepping,
            _ => ranges.push((stepping, stepping)),
        }
    }
    let text: Vec<String> = ranges
        .iter()
        .map(|(from, to)| {
            if from == to {
                from.to_string()
            } else {
                format!("{from}-{to}")
            }
        })
        .collect();
    Some(text.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stepping_lists_read_and_write() {
        assert_eq!(steppings("5-7,11"), Ok(0b1000_1110_0000));
        assert_eq!(steppings_text(0b1000_1110_0000).as_deref(), Some("5-7,11"));
        assert_eq!(steppings_text(u16::MAX), None);
        assert!(steppings("3-1").is_err() && steppings("16").is_err() && steppings("").is_err());
    }

    #[test]
    fn the_source_tells_the_rule() {
        assert_eq!(
            rule_of("CPU map of the libvirt project, version 7.10.0"),
            ListRule::Shortest
        );
        assert_eq!(
            rule_of("CPU map of the libvirt project, version 9.0.0"),
            ListRule::Penalty
        );
        assert_eq!(rule_of("somewhere"), ListRule::Penalty);
    }
}
