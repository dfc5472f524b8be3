//! ppc64 and arm: models by name, no feature arithmetic.

use super::compare::{Comparison, HostCpu, Reason, differs_in_kind};
use super::def::{CpuDef, Fallback, Kind, Match, Mode, is_arm, is_ppc64};
use super::error::CpuError;
use super::map::{CpuMap, OtherArch, OtherModel};

/// The canonical name behind a ppc64 model's old names.
fn canonical(name: &str) -> &str {
    match name {
        "POWER7_v2.1" | "POWER7_v2.3" | "POWER7+_v2.1" => "POWER7",
        "POWER8_v1.0" => "POWER8",
        other => other,
    }
}

fn model<'m>(arch: &'m OtherArch, name: &str) -> Result<&'m OtherModel, CpuError> {
    arch.models
        .iter()
        .find(|model| model.name == name)
        .ok_or_else(|| CpuError::UnknownModel(name.to_owned()))
}

/// The generation of a ppc64 model (`POWER8`) or compatibility mode (`power8`).
fn generation(name: &str, prefix: &str) -> Option<u32> {
    name.strip_prefix(prefix)?.parse().ok()
}

/// ppc64: the models must be equal; a host-model may name a compatibility mode not above the
/// host's own generation.
pub(super) fn compare_ppc64(
    map: &CpuMap,
    host: &HostCpu,
    cpu: &CpuDef,
) -> Result<Comparison, CpuError> {
    if let Some(reason) = differs_in_kind(host, cpu, is_ppc64) {
        return Ok(Comparison::refused(reason));
    }
    let Some(host_name) = &host.model else {
        return Ok(Comparison::refused(Reason::UnknownHost));
    };
    let host_name = canonical(host_name);
    let host_model = model(map.ppc64(), host_name)?;
    let Some(wanted) = &cpu.model else {
        // host-model and host-passthrough without a compatibility mode ask for nothing.
        return Ok(Comparison::identical());
    };
    let refused = || {
        Comparison::refused(Reason::Model {
            wanted: wanted.clone(),
            host: host_name.to_owned(),
        })
    };
    if cpu.kind == Kind::Guest && cpu.mode == Mode::HostModel {
        let unknown = || CpuError::UnknownCompatMode(wanted.clone());
        let host = generation(&host_model.name, "POWER").ok_or_else(unknown)?;
        let known = map
            .ppc64()
            .models
            .iter()
            .filter_map(|model| generation(&model.name, "POWER"));
        let guest = generation(wanted, "power")
            .filter(|wanted| known.into_iter().any(|known| known == *wanted))
            .ok_or_else(unknown)?;
        return Ok(if guest <= host {
            Comparison::identical()
        } else {
            refused()
        });
    }
    let wanted_model = model(map.ppc64(), canonical(wanted))?;
    Ok(if wanted_model.name == host_model.name {
        Comparison::identical()
    } else {
        refused()
    })
}

/// arm: any guest goes; another host is equal or not.
pub(super) fn compare_arm(host: &HostCpu, cpu: &CpuDef) -> Result<Comparison, CpuError> {
    if cpu.kind == Kind::Guest && cpu.arch.as_deref().is_none_or(is_arm) {
        return Ok(Comparison::identical());
    }
    if let Some(reason) = differs_in_kind(host, cpu, is_arm) {
        return Ok(Comparison::refused(reason));
    }
    if cpu.model == host.model {
        return Ok(Comparison::identical());
    }
    let name = |model: &Option<String>| model.clone().unwrap_or_else(|| "no model".to_owned());
    Ok(Comparison::refused(Reason::Model {
        wanted: name(&cpu.model),
        host: name(&host.model),
    }))
}

/// ppc64: all models must be the same.
pub(super) fn baseline_ppc64(map: &CpuMap, cpus: &[&CpuDef]) -> Result<CpuDef, CpuError> {
    let mut first: Option<&OtherModel> = None;
    let mut vendor: Option<&str> = None;
    for cpu in cpus {
        let name = cpu.model.as_deref().ok_or(CpuError::NoModel)?;
        let model = model(map.ppc64(), canonical(name))?;
        if let Some(first) = first.filter(|first| first.name != model.name) {
            let names = (
                first.name.clone().into_owned(),
                model.name.clone().into_owned(),
            );
            return Err(CpuError::ModelsDiffer(names.0, names.1));
        }
        first = Some(model);
        if let Some(named) = cpu.vendor.as_deref() {
            if !map.ppc64().vendors.iter().any(|known| known.name == named) {
                return Err(CpuError::UnknownVendor(named.to_owned()));
            }
            if let Some(expected) = model.vendor.as_deref().filter(|vendor| *vendor != named) {
                return Err(CpuError::VendorContradictsModel {
                    vendor: named.to_owned(),
                    model: model.name.clone().into_owned(),
                    expected: expected.to_owned(),
                });
            }
            // A model that has a vendor says it already.
            if model.vendor.is_none() {
                match vendor {
                    Some(vendor) if vendor != named => {
                        return Err(CpuError::VendorsDiffer(vendor.to_owned(), named.to_owned()));
                    }
                    _ => vendor = Some(named),
                }
            }
        }
    }
    let model = first.ok_or(CpuError::NoCpus)?;
    let mut cpu = CpuDef::new(Kind::Guest);
    cpu.model = Some(model.name.clone().into_owned());
    cpu.vendor = vendor.map(str::to_owned);
    cpu.fallback = Fallback::Forbid;
    Ok(cpu)
}

/// arm: the first CPU's model.
pub(super) fn baseline_arm(cpus: &[&CpuDef]) -> Result<CpuDef, CpuError> {
    let first = cpus.first().ok_or(CpuError::NoCpus)?;
    let mut cpu = CpuDef::new(Kind::Guest);
    cpu.model = Some(first.model.clone().ok_or(CpuError::NoModel)?);
    cpu.vendor = first.vendor.clone();
    Ok(cpu)
}

/// ppc64 at a guest's start: nothing changes but the match.
pub(super) fn update_ppc64(guest: &CpuDef) -> CpuDef {
    let mut cpu = guest.clone();
    cpu.matching = Match::Exact;
    cpu
}

/// The ppc64 model whose version register value and mask fit.
pub fn ppc64_model(map: &CpuMap, pvr: u32) -> Option<&OtherModel> {
    let fits = |model: &&OtherModel| model.pvr.iter().any(|(value, mask)| pvr & mask == *value);
    map.ppc64().models.iter().find(fits)
}

/// The arm model of an implementer and part number.
pub fn arm_model(map: &CpuMap, implementer: u32, part: u32) -> Option<&OtherModel> {
    let vendor = map
        .arm()
        .vendors
        .iter()
        .find(|vendor| vendor.value == Some(implementer))?;
    map.arm().models.iter().find(|model| {
        model.vendor.as_deref() == Some(&*vendor.name)
            && model.pvr.iter().any(|(value, _)| *value == part)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cpu::compare::{Verdict, compare};

    fn host(arch: &str, model: &str) -> HostCpu {
        let mut cpu = CpuDef::new(Kind::Host);
        cpu.arch = Some(arch.into());
        cpu.model = Some(model.into());
        HostCpu::of(CpuMap::builtin(), &cpu)
    }

    fn guest(mode: Mode, model: &str) -> CpuDef {
        let mut cpu = CpuDef::new(Kind::Guest);
        cpu.mode = mode;
        cpu.model = Some(model.into());
        cpu
    }

    #[test]
    fn ppc64_compares_names_and_compatibility_modes() {
        let map = CpuMap::builtin();
        let host = host("ppc64", "POWER8");
        let ask = |mode, model| compare(map, &host, &guest(mode, model)).map(|c| c.verdict);
        assert_eq!(ask(Mode::Custom, "POWER8_v1.0"), Ok(Verdict::Identical));
        assert_eq!(ask(Mode::Custom, "POWER7"), Ok(Verdict::Incompatible));
        assert_eq!(ask(Mode::HostModel, "power7"), Ok(Verdict::Identical));
        assert_eq!(ask(Mode::HostModel, "power9"), Ok(Verdict::Incompatible));
        assert!(ask(Mode::HostModel, "power77").is_err());
        assert!(ask(Mode::Custom, "POWER8E_v1.0").is_err());
    }

    #[test]
    fn models_are_found_by_their_registers() {
        let map = CpuMap::builtin();
        assert_eq!(
            ppc64_model(map, 0x004b_0201).map(|m| &*m.name),
            Some("POWER8")
        );
        assert_eq!(
            arm_model(map, 0x41, 0xd0c).map(|m| &*m.name),
            Some("Neoverse-N1")
        );
        assert_eq!(arm_model(map, 0x41, 0xfff), None);
    }

    #[test]
    fn arm_guests_go_anywhere() {
        let map = CpuMap::builtin();
        let host = host("aarch64", "Neoverse-N1");
        let verdict = compare(map, &host, &guest(Mode::Custom, "max")).map(|c| c.verdict);
        assert_eq!(verdict, Ok(Verdict::Identical));
    }
}
