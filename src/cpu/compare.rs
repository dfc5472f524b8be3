//! Can this host give that CPU? libvirt's own verdict, and the full lists behind it.

use super::def::{CpuDef, Kind, Match, Policy, is_arm, is_ppc64, is_x86};
use super::error::CpuError;
use super::map::CpuMap;
use super::{Bits, other};

/// The verdict of a comparison, seen from the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The host gives exactly what is asked.
    Identical,
    /// The host gives that and more.
    Superset,
    /// The host does not give it, or must not.
    Incompatible,
    /// Facts are missing: whether it fits cannot be told.
    Unknown,
}

impl Verdict {
    /// The word of the machine-readable answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Identical => "identical",
            Verdict::Superset => "superset",
            Verdict::Incompatible => "incompatible",
            Verdict::Unknown => "unknown",
        }
    }
}

/// Why a CPU is incompatible.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// The host's CPU has no model: libvirt could not name it.
    UnknownHost,
    /// The CPU is of an architecture that this host does not run.
    Arch {
        /// What is asked.
        wanted: String,
    },
    /// The CPU asks for another vendor.
    Vendor {
        /// What is asked.
        wanted: String,
        /// The host's, if it has one.
        host: Option<String>,
    },
    /// The host has features that the guest forbids.
    Forbidden,
    /// The host lacks features.
    Missing,
    /// The host has more features and the guest wants a strict match.
    Extra,
    /// The hypervisor does not offer the CPU mode on this host.
    Mode {
        /// What is asked.
        wanted: String,
    },
    /// The hypervisor does not know the model, and no other may take its place.
    ModelUnknownHere {
        /// What is asked.
        wanted: String,
    },
    /// The hypervisor says that the model cannot run on this host, without saying why.
    ModelUnusable {
        /// What is asked.
        wanted: String,
    },
    /// The model is another and this architecture knows no supersets.
    Model {
        /// What is asked.
        wanted: String,
        /// The host's.
        host: String,
    },
}

impl Reason {
    /// A short word for the reason.
    pub fn as_str(&self) -> &'static str {
        match self {
            Reason::UnknownHost => "unknown-host",
            Reason::Arch { .. } => "arch",
            Reason::Vendor { .. } => "vendor",
            Reason::Forbidden => "forbidden",
            Reason::Missing => "missing",
            Reason::Extra => "extra",
            Reason::Mode { .. } => "mode",
            Reason::ModelUnknownHere { .. } => "model-unknown-here",
            Reason::ModelUnusable { .. } => "model-unusable",
            Reason::Model { .. } => "model",
        }
    }
}

/// The answer of [`compare`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The verdict.
    pub verdict: Verdict,
    /// The first rule that made it incompatible; libvirt stops there.
    pub reason: Option<Reason>,
    /// Required features that the host lacks.
    pub missing: Bits,
    /// Forbidden features that the host has.
    pub forbidden: Bits,
    /// Features of the host that are not asked for. Only a strict match minds.
    pub extra: Bits,
    /// Features that decide the verdict and that the facts do not tell.
    pub unknown: Bits,
}

impl Comparison {
    fn plain(verdict: Verdict, reason: Option<Reason>) -> Comparison {
        Comparison {
            verdict,
            reason,
            missing: Bits::EMPTY,
            forbidden: Bits::EMPTY,
            extra: Bits::EMPTY,
            unknown: Bits::EMPTY,
        }
    }

    pub(crate) fn refused(reason: Reason) -> Comparison {
        Comparison::plain(Verdict::Incompatible, Some(reason))
    }

    pub(crate) fn superset() -> Comparison {
        Comparison::plain(Verdict::Superset, None)
    }

    pub(super) fn identical() -> Comparison {
        Comparison::plain(Verdict::Identical, None)
    }
}

/// A host's CPU as a comparison needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostCpu {
    /// Architecture, if known.
    pub arch: Option<String>,
    /// Vendor name.
    pub vendor: Option<String>,
    /// Model name. libvirt refuses everything on a host whose CPU it could not name; bare CPUID
    /// words count as named.
    pub model: Option<String>,
    /// Features that are there, or why they cannot be told.
    pub features: Result<HostFeatures, CpuError>,
}

/// Which features a host has, and which the facts tell at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HostFeatures {
    /// Present.
    pub present: Bits,
    /// Told present or absent.
    pub known: Bits,
}

impl HostCpu {
    /// The CPU that a definition describes; libvirt's list is taken for complete.
    pub fn of(map: &CpuMap, cpu: &CpuDef) -> HostCpu {
        HostCpu {
            arch: cpu.arch.clone(),
            vendor: cpu.vendor.clone(),
            model: cpu.model.clone(),
            features: cpu.bits(map).map(|present| HostFeatures {
                present,
                known: map.all_features(),
            }),
        }
    }
}

/// Compares a CPU with a host's, in libvirt's order of rules: a host without model, then arch,
/// vendor, unknown names, forbidden features, missing ones, and extra ones for a strict match.
///
/// # Errors
/// A model or feature, of either side, that the map does not know; an architecture whose CPUs
/// cannot be compared from files.
pub fn compare(map: &CpuMap, host: &HostCpu, cpu: &CpuDef) -> Result<Comparison, CpuError> {
    let arch = host
        .arch
        .as_deref()
        .or(cpu.arch.as_deref())
        .unwrap_or("x86_64");
    if is_ppc64(arch) {
        return other::compare_ppc64(map, host, cpu);
    }
    if is_arm(arch) {
        return other::compare_arm(host, cpu);
    }
    if !is_x86(arch) {
        return Err(CpuError::UnsupportedArch(arch.to_owned()));
    }
    if host.model.is_none() {
        return Ok(Comparison::refused(Reason::UnknownHost));
    }
    if let Some(reason) = differs_in_kind(host, cpu, is_x86) {
        return Ok(Comparison::refused(reason));
    }
    let features = host.features.clone()?;
    compare_bits(map, features, cpu)
}

/// The architecture and vendor rules, the same everywhere.
pub(super) fn differs_in_kind(
    host: &HostCpu,
    cpu: &CpuDef,
    arch_fits: fn(&str) -> bool,
) -> Option<Reason> {
    if let Some(wanted) = cpu.arch.as_ref().filter(|arch| !arch_fits(arch)) {
        return Some(Reason::Arch {
            wanted: wanted.clone(),
        });
    }
    let wanted = cpu.vendor.as_ref()?;
    (host.vendor.as_ref() != Some(wanted)).then(|| Reason::Vendor {
        wanted: wanted.clone(),
        host: host.vendor.clone(),
    })
}

fn compare_bits(map: &CpuMap, host: HostFeatures, cpu: &CpuDef) -> Result<Comparison, CpuError> {
    let of = |policy| cpu.bits_of(map, policy);
    let (force, optional) = (of(Policy::Force)?, of(Policy::Optional)?);
    let (disable, forbid) = (of(Policy::Disable)?, of(Policy::Forbid)?);
    let all_required = cpu.model_bits(map)?.union(of(Policy::Require)?);
    let HostFeatures { present, known } = host;

    let forbidden = forbid.intersection(present);
    // A forbidden feature that is part of the model is required all the same: libvirt's rule.
    let require = all_required.minus(force).minus(optional).minus(disable);
    let lacking = require.minus(present);
    let missing = lacking.intersection(known);
    let extra = present
        .minus(optional)
        .minus(require)
        .minus(disable)
        .minus(force);
    let strict = cpu.kind == Kind::Guest && cpu.matching == Match::Strict;

    let mut unknown = lacking.minus(known).union(forbid.minus(known));
    let reason = if !forbidden.is_empty() {
        Some(Reason::Forbidden)
    } else if !missing.is_empty() {
        Some(Reason::Missing)
    } else if strict && !extra.is_empty() {
        Some(Reason::Extra)
    } else {
        None
    };
    if strict && reason.is_none() {
        let named = require.union(optional).union(disable).union(force);
        unknown = unknown.union(map.all_features().minus(known).minus(named));
    }
    let verdict = match &reason {
        Some(_) => Verdict::Incompatible,
        None if !unknown.is_empty() => Verdict::Unknown,
        None if extra.is_empty() => Verdict::Identical,
        None => Verdict::Superset,
    };
    Ok(Comparison {
        verdict,
        reason,
        missing,
        forbidden,
        extra,
        unknown,
    })
}

/// Does a CPU have a feature?
///
/// # Errors
/// A model or feature, asked for or in the definition, that the map does not know.
pub fn has_feature(map: &CpuMap, cpu: &CpuDef, name: &str) -> Result<bool, CpuError> {
    let at = map.feature(name)?;
    Ok(cpu.bits(map)?.contains(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guest(model: &str) -> CpuDef {
        let mut cpu = CpuDef::new(Kind::Guest);
        cpu.model = Some(model.into());
        cpu
    }

    fn host(model: &str, vendor: Option<&str>) -> HostCpu {
        let mut cpu = CpuDef::new(Kind::Host);
        cpu.arch = Some("x86_64".into());
        cpu.model = Some(model.into());
        cpu.vendor = vendor.map(str::to_owned);
        HostCpu::of(CpuMap::builtin(), &cpu)
    }

    fn answer(host: &HostCpu, cpu: &CpuDef) -> Comparison {
        compare(CpuMap::builtin(), host, cpu).expect("all names are known")
    }

    #[test]
    fn the_rules_come_in_libvirts_order() {
        let host = host("Penryn", Some("Intel"));
        assert_eq!(answer(&host, &guest("Penryn")).verdict, Verdict::Identical);
        assert_eq!(answer(&host, &guest("Conroe")).verdict, Verdict::Superset);
        let missing = answer(&host, &guest("Nehalem"));
        assert_eq!(missing.reason, Some(Reason::Missing));
        assert_eq!(
            CpuMap::builtin().names(missing.missing),
            ["sse4.2", "popcnt"]
        );

        let mut cpu = guest("no-such-model");
        cpu.vendor = Some("AMD".into());
        let wrong_vendor = answer(&host, &cpu);
        assert_eq!(
            wrong_vendor.reason.as_ref().map(Reason::as_str),
            Some("vendor")
        );
        cpu.vendor = None;
        let error = compare(CpuMap::builtin(), &host, &cpu);
        assert_eq!(error, Err(CpuError::UnknownModel("no-such-model".into())));
    }

    #[test]
    fn policies_decide() {
        let host = host("Penryn", None);
        let mut cpu = guest("Nehalem");
        cpu.set("sse4.2", Policy::Force);
        cpu.set("popcnt", Policy::Optional);
        assert_eq!(answer(&host, &cpu).verdict, Verdict::Identical);
        cpu.set("fpu", Policy::Forbid);
        assert_eq!(answer(&host, &cpu).reason, Some(Reason::Forbidden));
        let mut strict = guest("Conroe");
        strict.matching = Match::Strict;
        assert_eq!(answer(&host, &strict).reason, Some(Reason::Extra));
    }

    #[test]
    fn an_untold_feature_is_neither_yes_nor_no() {
        let map = CpuMap::builtin();
        let mut host = host("Penryn", None);
        let known = map.all_features().minus(map.msr_features());
        let present = map.model("Penryn").expect("in the map").features;
        host.features = Ok(HostFeatures { present, known });
        let mut cpu = guest("Penryn");
        cpu.set("rdctl-no", Policy::Require);
        let open = answer(&host, &cpu);
        assert_eq!(open.verdict, Verdict::Unknown);
        assert_eq!(map.names(open.unknown), ["rdctl-no"]);
        cpu.set("popcnt", Policy::Require);
        assert_eq!(answer(&host, &cpu).verdict, Verdict::Incompatible);
    }

    #[test]
    fn no_model_means_refused_or_everything_fits() {
        let mut unknown = host("486", None);
        unknown.model = None;
        assert_eq!(
            answer(&unknown, &guest("Conroe")).reason,
            Some(Reason::UnknownHost)
        );
        let mut passthrough = CpuDef::new(Kind::Guest);
        passthrough.mode = super::super::def::Mode::HostPassthrough;
        assert_eq!(
            answer(&host("486", None), &passthrough).verdict,
            Verdict::Superset
        );
    }
}
