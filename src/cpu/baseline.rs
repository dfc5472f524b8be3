//! The best CPU that every one of a list of hosts can run.

use super::decode::{Limits, Question, decode};
use super::def::{CpuDef, CpuFeature, Fallback, Kind, Policy, is_arm, is_ppc64, is_x86};
use super::error::CpuError;
use super::map::CpuMap;
use super::{Bits, other};

/// What a baseline may contain.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Leave out features that a live migration cannot carry.
    pub migratable: bool,
    /// List every feature of the model, sorted by name.
    pub expand: bool,
    /// Models that the hypervisors know; `None`: all of the map.
    pub models: Option<Vec<String>>,
}

/// The guest CPU that all of `cpus` can run.
///
/// # Errors
/// No CPU, one without a model, unknown names, different vendors or architectures, a vendor that
/// contradicts its model, nothing in common.
pub fn baseline(map: &CpuMap, cpus: &[&CpuDef], options: &Options) -> Result<CpuDef, CpuError> {
    let arch = common_arch(cpus)?;
    match arch.as_deref() {
        Some(arch) if is_ppc64(arch) => return other::baseline_ppc64(map, cpus),
        Some(arch) if is_arm(arch) => return other::baseline_arm(cpus),
        Some(arch) if !is_x86(arch) => return Err(CpuError::UnsupportedArch(arch.to_owned())),
        _ => {}
    }
    let vendor = common_vendor(map, cpus)?;
    let mut common = map.all_features();
    for cpu in cpus {
        common = common.intersection(cpu.bits(map)?);
    }
    if common.is_empty() {
        return Err(CpuError::NothingInCommon);
    }
    let names: Vec<String> = cpus.iter().filter_map(|cpu| cpu.model.clone()).collect();
    let sole = names
        .split_first()
        .filter(|(first, rest)| rest.iter().all(|name| name == *first));
    let sole = sole.map(|(first, _)| first.clone());
    // libvirt up to 7.10 prefers a model only when all CPUs name the same.
    let preferred = match (map.list_rule(), &sole) {
        (super::map::ListRule::Shortest, None) => Vec::new(),
        _ => names,
    };
    let question = Question {
        features: common,
        vendor: vendor.number,
        signature: None,
    };
    let limits = Limits {
        models: options.models.clone(),
        preferred,
        ..Limits::default()
    };
    let decoded = decode(map, &question, Kind::Guest, &limits)?;
    let mut cpu = decoded.definition(map, Kind::Guest);
    if !vendor.shown {
        cpu.vendor = None;
    }
    cpu.fallback = if sole.is_some() && sole == cpu.model {
        Fallback::Forbid
    } else {
        Fallback::Allow
    };
    if options.migratable {
        cpu = super::update::migratable_only(map, &cpu);
    }
    if options.expand {
        expand(map, &cpu)
    } else {
        Ok(cpu)
    }
}

/// The architecture of all CPUs that name one; i686 and x86_64 are one family.
fn common_arch(cpus: &[&CpuDef]) -> Result<Option<String>, CpuError> {
    if cpus.is_empty() {
        return Err(CpuError::NoCpus);
    }
    let mut first: Option<&String> = None;
    for arch in cpus.iter().filter_map(|cpu| cpu.arch.as_ref()) {
        match first {
            Some(first) if first != arch && !(is_x86(first) && is_x86(arch)) => {
                return Err(CpuError::ArchsDiffer(first.clone(), arch.clone()));
            }
            Some(_) => {}
            None => first = Some(arch),
        }
    }
    Ok(first.cloned())
}

struct CommonVendor {
    /// The vendor's number, if any CPU or its model has one.
    number: Option<u16>,
    /// Does every CPU name it?
    shown: bool,
}

fn common_vendor(map: &CpuMap, cpus: &[&CpuDef]) -> Result<CommonVendor, CpuError> {
    let name = |vendor: u16| map.vendor_name(vendor).unwrap_or_default().to_owned();
    let mut common: Option<u16> = None;
    let mut shown = true;
    for (at, cpu) in cpus.iter().enumerate() {
        let model = map.model(cpu.model.as_deref().ok_or(CpuError::NoModel)?)?;
        let written = cpu
            .vendor
            .as_deref()
            .map(|vendor| map.vendor(vendor))
            .transpose()?;
        shown &= written.is_some();
        // libvirt looks at the first CPU's own vendor element only.
        let vendor = if at == 0 {
            written
        } else {
            written.or(model.vendor)
        };
        if let (true, Some(written), Some(expected)) = (at > 0, written, model.vendor)
            && written != expected
        {
            return Err(CpuError::VendorContradictsModel {
                vendor: name(written),
                model: model.name.clone().into_owned(),
                expected: name(expected),
            });
        }
        match (common, vendor) {
            (Some(one), Some(two)) if one != two => {
                return Err(CpuError::VendorsDiffer(name(one), name(two)));
            }
            (None, Some(vendor)) => common = Some(vendor),
            _ => {}
        }
    }
    Ok(CommonVendor {
        number: common,
        shown,
    })
}

/// The definition with every feature of its model written out, sorted by name; for a guest also
/// the features that the model once had, as disabled. Forced, optional and forbidden features of
/// a guest are left out, as libvirt does.
///
/// # Errors
/// A model or feature that the map does not know.
pub fn expand(map: &CpuMap, cpu: &CpuDef) -> Result<CpuDef, CpuError> {
    let mut out = cpu.clone();
    let Some(name) = &cpu.model else {
        return Ok(out);
    };
    let model = map.model(name)?;
    let named = |bits: Bits, policy| {
        map.names(bits)
            .into_iter()
            .map(move |name| CpuFeature { name, policy })
    };
    out.features = named(model.features, Policy::Require).collect();
    for feature in &cpu.features {
        map.feature(&feature.name)?;
        if matches!(feature.policy, Policy::Require | Policy::Disable) {
            out.set(&feature.name, feature.policy);
        }
    }
    if cpu.kind == Kind::Guest {
        for feature in named(model.removed, Policy::Disable) {
            if out.policy(&feature.name).is_none() {
                out.features.push(feature);
            }
        }
    }
    out.features.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(model: &str, vendor: Option<&str>, features: &[&str]) -> CpuDef {
        let mut cpu = CpuDef::new(Kind::Host);
        cpu.arch = Some("x86_64".into());
        cpu.model = Some(model.into());
        cpu.vendor = vendor.map(str::to_owned);
        for feature in features {
            cpu.set(feature, Policy::Require);
        }
        cpu
    }

    fn of(cpus: &[&CpuDef]) -> Result<CpuDef, CpuError> {
        baseline(
            CpuMap::builtin(),
            cpus,
            &Options {
                migratable: true,
                ..Options::default()
            },
        )
    }

    #[test]
    fn the_common_part_is_named() {
        let one = host("Westmere", Some("Intel"), &["avx", "invtsc"]);
        let two = host(
            "Nehalem",
            Some("Intel"),
            &["aes", "avx", "pclmuldq", "invtsc"],
        );
        let cpu = of(&[&one, &two]).expect("they fit");
        assert_eq!(cpu.model.as_deref(), Some("Westmere"));
        assert_eq!(cpu.names(Policy::Require), ["avx"]);
        assert_eq!(
            (cpu.fallback, cpu.vendor.as_deref()),
            (Fallback::Allow, Some("Intel"))
        );
        let same = of(&[&one, &one]).expect("they fit");
        assert_eq!(same.fallback, Fallback::Forbid);
    }

    #[test]
    fn vendors_must_agree() {
        let intel = host("Westmere", Some("Intel"), &[]);
        let amd = host("Opteron_G3", None, &[]);
        assert!(matches!(
            of(&[&intel, &amd]),
            Err(CpuError::VendorsDiffer(..))
        ));
        let liar = host("Opteron_G3", Some("Intel"), &[]);
        assert!(matches!(
            of(&[&intel, &liar]),
            Err(CpuError::VendorContradictsModel { .. })
        ));
        let plain = host("kvm64", None, &[]);
        assert_eq!(of(&[&intel, &plain]).expect("they fit").vendor, None);
    }

    #[test]
    fn nothing_sensible_is_an_error() {
        assert_eq!(of(&[]), Err(CpuError::NoCpus));
        let mut none = host("486", None, &[]);
        none.model = None;
        assert_eq!(of(&[&none]), Err(CpuError::NoModel));
        let mut power = host("POWER8", None, &[]);
        power.arch = Some("ppc64".into());
        assert!(matches!(
            of(&[&host("486", None, &[]), &power]),
            Err(CpuError::ArchsDiffer(..))
        ));
    }

    #[test]
    fn expansion_lists_the_whole_model() {
        let map = CpuMap::builtin();
        let mut guest = CpuDef::new(Kind::Guest);
        guest.model = Some("Skylake-Client".into());
        guest.set("avx", Policy::Disable);
        guest.set("svm", Policy::Optional);
        let expanded = expand(map, &guest).expect("all known");
        assert_eq!(expanded.policy("avx"), Some(Policy::Disable));
        assert_eq!(expanded.policy("svm"), None);
        assert_eq!(expanded.policy("mpx"), Some(Policy::Disable));
        assert_eq!(expanded.bits(map), guest.bits(map));
    }
}
