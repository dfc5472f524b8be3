//! Can a guest's CPU run on a host? The verdict, the full lists behind it, who told what, and how
//! far the facts carry.

use super::facts::HostFacts;
use super::guest::GuestCpu;
use super::hypervisor::{domain_for, judge_domain};
use super::view::{Confidence, CpuView};
use crate::cpu::compare::{Comparison, HostCpu, Reason, Verdict, compare};
use crate::cpu::decode::Limits;
use crate::cpu::def::{Check, CpuDef, Kind, Mode, Policy, is_arm, is_x86};
use crate::cpu::update::{migratable_only, update};
use crate::cpu::{Bits, CpuError, CpuMap};
use crate::report::CpuReport;

/// What a domain says beside its CPU that decides which facts apply.
#[derive(Debug, Clone, Default)]
pub struct Setting {
    /// Domain type (`kvm`, `qemu`); unknown for a bare CPU.
    pub virt_type: Option<String>,
    /// Machine type.
    pub machine: Option<String>,
    /// Emulator program.
    pub emulator: Option<String>,
}

/// A feature with the place of the source that told of it, in [`HostFacts::sources`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The feature.
    pub name: String,
    /// The source, where one told.
    pub source: Option<usize>,
}

/// The answer of [`judge_cpu`].
#[derive(Debug, Clone, PartialEq)]
pub struct CpuAnswer {
    /// The verdict, or why there is none.
    pub verdict: Result<Verdict, CpuError>,
    /// The rule that made it incompatible.
    pub reason: Option<Reason>,
    /// Required features that the host lacks.
    pub missing: Vec<Told>,
    /// Forbidden features that the host has.
    pub forbidden: Vec<Told>,
    /// Features of the host that a strict match does not want.
    pub extra: Vec<Told>,
    /// Features that decide and that no source tells.
    pub unknown: Vec<String>,
    /// How far the facts carry, where there are any.
    pub confidence: Option<Confidence>,
    /// One sentence with the verdict.
    pub message: String,
    /// The vendor of the guest's model and that of the host, where they differ and nothing asks for
    /// one of them.
    pub vendors: Option<(String, String)>,
    /// What a reader should know beside it, as sentences.
    pub notes: Vec<String>,
}

impl CpuAnswer {
    /// The word of the machine-readable answers.
    pub fn verdict_word(&self) -> &'static str {
        self.verdict
            .as_ref()
            .map_or("error", |verdict| verdict.as_str())
    }

    /// What that means for the guest: `runs`, `refused` or `unknown`.
    pub fn outcome(&self) -> &'static str {
        match self.verdict {
            Ok(Verdict::Identical | Verdict::Superset) => "runs",
            Ok(Verdict::Unknown) => "unknown",
            Ok(Verdict::Incompatible) | Err(_) => "refused",
        }
    }

    /// The answer as a report holds it.
    pub fn to_report(&self, facts: &HostFacts) -> CpuReport {
        let names =
            |list: &[Told]| -> Vec<String> { list.iter().map(|told| told.name.clone()).collect() };
        let told = self
            .missing
            .iter()
            .chain(&self.forbidden)
            .chain(&self.extra);
        CpuReport {
            verdict: self.verdict_word(),
            missing: names(&self.missing),
            message: self.message.clone(),
            reason: self.reason.as_ref().map(Reason::as_str),
            forbidden: names(&self.forbidden),
            extra: names(&self.extra),
            unknown: self.unknown.clone(),
            confidence: self.confidence.map(Confidence::as_str),
            sources: told
                .filter_map(|told| {
                    let source = facts.source(told.source?)?;
                    Some((told.name.clone(), source.to_string()))
                })
                .collect(),
            notes: self.notes.clone(),
        }
    }

    pub(super) fn add_guest_notes(&mut self, map: &CpuMap, host: &HostCpu, cpu: &CpuDef) {
        self.notes.extend(mode_note(cpu.mode).map(str::to_owned));
        self.vendors = vendors(map, host, cpu);
        if let (Some((of, has)), Some(model)) = (&self.vendors, &cpu.model) {
            self.notes.push(format!(
                "model {model} is {of}'s and the host is {has}: no live migration between vendors"
            ));
        }
        if cpu.check == Some(Check::None) && !self.missing.is_empty() {
            self.notes.push(
                "check='none': nothing refuses the start, and the guest silently lacks these"
                    .to_owned(),
            );
        }
    }

    /// Takes out of what is missing what a guest switches off.
    fn forgive(&mut self, disabled: &[String]) {
        self.missing.retain(|told| !disabled.contains(&told.name));
        if self.reason != Some(Reason::Missing) {
            return;
        }
        if self.missing.is_empty() {
            self.verdict = Ok(Verdict::Superset);
            self.reason = None;
            self.message = "the host gives all that the guest does not switch off".to_owned();
        } else {
            let names: Vec<&str> = self.missing.iter().map(|told| &*told.name).collect();
            self.message = format!("the host lacks: {}", names.join(", "));
        }
    }

    fn undecided(message: &str) -> CpuAnswer {
        CpuAnswer {
            verdict: Ok(Verdict::Unknown),
            reason: None,
            missing: Vec::new(),
            forbidden: Vec::new(),
            extra: Vec::new(),
            unknown: Vec::new(),
            confidence: None,
            message: message.to_owned(),
            vendors: None,
            notes: Vec::new(),
        }
    }
}

/// Judges a CPU, of a guest or of another host, against a host's facts. Domain capabilities that
/// belong to the guest's type overrule what the hardware has.
pub fn judge_cpu(map: &CpuMap, facts: &HostFacts, cpu: &CpuDef, setting: &Setting) -> CpuAnswer {
    if cpu.kind == Kind::Guest {
        if let Some(caps) = domain_for(facts, cpu, setting)
            && let Some(answer) = judge_domain(map, facts, caps, cpu)
        {
            return answer;
        }
        let emulated = setting
            .virt_type
            .as_deref()
            .is_some_and(|kind| kind == "qemu");
        if emulated {
            return CpuAnswer::undecided(
                "an emulated CPU does not depend on the host's: domain capabilities for type \
                 qemu would tell",
            );
        }
    }
    let view = match facts.cpu_view(map) {
        Ok(view) => view,
        Err(CpuError::NoModel) => {
            return CpuAnswer::undecided("nothing is known about this host's CPU");
        }
        Err(error) => return failed(error),
    };
    let mut answer = answer(map, facts, &view, cpu);
    if cpu.kind == Kind::Guest {
        answer.add_guest_notes(map, &view.host, cpu);
    }
    let caveat = view.confidence.caveat();
    if !caveat.is_empty() {
        answer.notes.push(format!("judged by {caveat}"));
    }
    answer
}

/// Judges a guest on a destination, with the facts of its present host where they are known: a
/// passed-through CPU is then compared host with host, and a host-model is what it became there.
pub fn judge_guest(
    map: &CpuMap,
    guest: &GuestCpu,
    source: Option<&HostFacts>,
    host: &HostFacts,
) -> CpuAnswer {
    let alone = judge_cpu(map, host, &guest.cpu, &guest.setting);
    let Some(source) = source.filter(|_| alone.outcome() != "refused") else {
        return alone;
    };
    match guest.cpu.mode {
        Mode::HostPassthrough | Mode::Maximum => {
            let mut answer = judge_passthrough(map, source, host);
            answer.forgive(&guest.cpu.names(Policy::Disable));
            answer
        }
        // An arm CPU has no model by which it could be named.
        Mode::HostModel if guest.cpu.arch.as_deref().is_some_and(is_arm) => {
            judge_passthrough(map, source, host)
        }
        Mode::HostModel => match made_on(map, guest, source) {
            Ok(cpu) => {
                let mut answer = judge_cpu(map, host, &cpu, &guest.setting);
                if answer.confidence == Some(Confidence::Libvirt) && named_by_old_libvirt(map, host)
                {
                    forgive_new_names(map, &mut answer);
                }
                answer
                    .notes
                    .push("host-model as a start on the source host makes it".to_owned());
                answer
            }
            Err(error) => failed(error),
        },
        Mode::Custom => alone,
    }
}

/// The CPU that a start on a host gives the guest.
fn made_on(map: &CpuMap, guest: &GuestCpu, source: &HostFacts) -> Result<CpuDef, CpuError> {
    let own = domain_for(source, &guest.cpu, &guest.setting);
    let host = match own.and_then(|caps| caps.host_model.clone()) {
        Some(model) => model,
        None if source.arch().is_none_or(is_x86) => source.as_guest(map, &Limits::default())?,
        None => source.definition(map)?,
    };
    update(map, &guest.cpu, &migratable_only(map, &host))
}

/// Judges a guest that gets its host's CPU as it is: the destination must offer all that the
/// source host has, but for what a migration leaves out.
pub fn judge_passthrough(map: &CpuMap, source: &HostFacts, host: &HostFacts) -> CpuAnswer {
    let wanted = match source.as_requirement(map) {
        Ok(wanted) => wanted,
        Err(error) => return failed(error),
    };
    let mut answer = judge_cpu(map, host, &wanted, &Setting::default());
    if answer.confidence == Some(Confidence::Libvirt) && named_by_old_libvirt(map, host) {
        forgive_new_names(map, &mut answer);
    }
    let hidden: Vec<String> = source
        .cpu_view(map)
        .map(|view| map.names(view.unknown(map)))
        .unwrap_or_default();
    if !hidden.is_empty() {
        answer.notes.push(format!(
            "{} features of the source host are unknown and not compared",
            hidden.len()
        ));
    }
    answer.notes.extend(differences(map, source, host));
    if let (Some(old), Some(new)) = (&source.system.kernel, &host.system.kernel)
        && old != new
    {
        answer
            .notes
            .push(format!("kernels differ: {old} there, {new} here"));
    }
    answer
}

/// What two hosts' CPUs differ in beside their features, as sentences about the source (there) and
/// the destination (here).
#[must_use]
pub fn differences(map: &CpuMap, source: &HostFacts, host: &HostFacts) -> Vec<String> {
    let mut told = Vec::new();
    let (one, two) = (&source.system, &host.system);
    if let (Some(old), Some(new)) = (one.microcode, two.microcode)
        && old != new
    {
        told.push(format!("microcode differs: {old:#x} there, {new:#x} here"));
    }
    let signature = |facts: &HostFacts| facts.definition(map).ok().and_then(|cpu| cpu.signature);
    if let (Some(old), Some(new)) = (signature(source), signature(host)) {
        if (old.family, old.model) != (new.family, new.model) {
            told.push("the hosts' CPUs are of different generations".to_owned());
        } else if old.stepping != new.stepping {
            told.push(format!(
                "steppings differ: {} there, {} here",
                old.stepping, new.stepping
            ));
        }
    }
    let nested = |facts: &HostFacts| facts.system.kvm.as_ref().and_then(|kvm| kvm.nested);
    if (nested(source), nested(host)) == (Some(true), Some(false)) {
        told.push("guests can run guests there, not here".to_owned());
    }
    told
}

/// Did a libvirt before 10.10 name this host's CPU? Later ones use the versioned model names.
fn named_by_old_libvirt(map: &CpuMap, host: &HostFacts) -> bool {
    let named = host
        .cpu
        .definition
        .as_ref()
        .and_then(|layer| layer.value.cpu.model.as_deref());
    named.is_some_and(|model| map.canonical_model(model).is_some_and(|name| name != model))
}

/// Models of the old kind (compared feature by feature) that libvirt 9.0 did not have yet: some of
/// their features got their names later.
const AFTER_9_0: [&str; 4] = [
    "SapphireRapids",
    "GraniteRapids",
    "SierraForest",
    "EPYC-Genoa",
];

/// Takes features that an old libvirt has no name for out of what is missing: it does not list
/// them whether they are there or not. The names that it surely has are those of the old models.
fn forgive_new_names(map: &CpuMap, answer: &mut CpuAnswer) {
    let old_models = map
        .models()
        .iter()
        .filter(|model| model.check_compat && !AFTER_9_0.contains(&&*model.name));
    let old_names = old_models.fold(Bits::EMPTY, |bits, model| bits.union(model.features));
    let is_new = |told: &Told| {
        map.feature(&told.name)
            .is_ok_and(|at| !old_names.contains(at))
    };
    let (new, old): (Vec<Told>, Vec<Told>) = std::mem::take(&mut answer.missing)
        .into_iter()
        .partition(is_new);
    if new.is_empty() {
        answer.missing = old;
        return;
    }
    answer.unknown.extend(new.into_iter().map(|told| told.name));
    answer.notes.push(
        "an old libvirt described this host: features it has no name for are unknown".to_owned(),
    );
    if old.is_empty() && answer.reason == Some(Reason::Missing) {
        answer.verdict = Ok(Verdict::Unknown);
        answer.reason = None;
        answer.message = format!("the facts do not tell: {}", answer.unknown.join(", "));
    } else {
        let names: Vec<&str> = old.iter().map(|told| told.name.as_str()).collect();
        answer.message = format!("the host lacks: {}", names.join(", "));
    }
    answer.missing = old;
}

/// Compares and puts the result in words.
pub(super) fn answer(map: &CpuMap, facts: &HostFacts, view: &CpuView, cpu: &CpuDef) -> CpuAnswer {
    let wanted = CpuDef {
        // Only a custom CPU's model is asked of the host; ppc64 reads a compatibility mode there.
        model: cpu
            .model
            .clone()
            .filter(|_| cpu.kind == Kind::Host || cpu.mode == Mode::Custom || !view.host.is_x86()),
        ..cpu.clone()
    };
    match compare(map, &view.host, &wanted) {
        Ok(comparison) => {
            let mut answer = from_comparison(map, view, comparison);
            for contradiction in facts
                .contradictions
                .iter()
                .chain(&facts.cpu_contradictions(map))
            {
                answer.notes.push(format!(
                    "the sources disagree on {}: {}, {}",
                    contradiction.fact, contradiction.kept, contradiction.other
                ));
            }
            answer
        }
        Err(error) => failed(error),
    }
}

impl HostCpu {
    /// x86, or of an unknown architecture and so taken for x86.
    fn is_x86(&self) -> bool {
        self.arch.as_deref().is_none_or(is_x86)
    }
}

fn failed(error: CpuError) -> CpuAnswer {
    let message = error.to_string();
    CpuAnswer {
        verdict: Err(error),
        ..CpuAnswer::undecided(&message)
    }
}

pub(super) fn from_comparison(map: &CpuMap, view: &CpuView, comparison: Comparison) -> CpuAnswer {
    let told = |bits: Bits| -> Vec<Told> {
        let list = bits.iter().zip(map.names(bits));
        list.map(|(at, name)| Told {
            name,
            source: view.source_of(at),
        })
        .collect()
    };
    let strict = comparison.reason == Some(Reason::Extra);
    let unknown = map.names(comparison.unknown);
    let message = message(map, &comparison, &unknown);
    CpuAnswer {
        verdict: Ok(comparison.verdict),
        missing: told(comparison.missing),
        forbidden: told(comparison.forbidden),
        extra: if strict {
            told(comparison.extra)
        } else {
            Vec::new()
        },
        reason: comparison.reason,
        unknown,
        confidence: Some(view.confidence),
        message,
        vendors: None,
        notes: Vec::new(),
    }
}

fn message(map: &CpuMap, comparison: &Comparison, unknown: &[String]) -> String {
    let names = |bits: Bits| map.names(bits).join(", ");
    let Some(reason) = &comparison.reason else {
        return match comparison.verdict {
            Verdict::Unknown => format!("the facts do not tell: {}", unknown.join(", ")),
            Verdict::Identical => "the host gives exactly this CPU".to_owned(),
            _ => "the host gives this CPU and more".to_owned(),
        };
    };
    match reason {
        Reason::UnknownHost => "the host's own CPU has no model".to_owned(),
        Reason::Arch { wanted } => format!("architecture {wanted} does not run on this host"),
        Reason::Vendor {
            wanted,
            host: Some(host),
        } => {
            format!("CPU vendor {wanted} is asked for, the host's is {host}")
        }
        Reason::Vendor { wanted, host: None } => {
            format!("CPU vendor {wanted} is asked for, the host's is unknown")
        }
        Reason::Mode { wanted } => format!("the hypervisor there does not offer CPU mode {wanted}"),
        Reason::ModelUnknownHere { wanted } => {
            format!(
                "the hypervisor there does not know CPU model {wanted}, and no other may take its place"
            )
        }
        Reason::ModelUnusable { wanted } => {
            format!("the hypervisor there cannot run CPU model {wanted} on this host")
        }
        Reason::Model { wanted, host } => {
            format!("CPU model {wanted} is asked for, the host's is {host}")
        }
        Reason::Forbidden => {
            format!(
                "the host has features that the guest forbids: {}",
                names(comparison.forbidden)
            )
        }
        Reason::Missing => format!("the host lacks: {}", names(comparison.missing)),
        Reason::Extra => format!(
            "a strict match, and the host has more features: {}",
            names(comparison.extra)
        ),
    }
}

/// What a mode means for a move, beyond the comparison.
fn mode_note(mode: Mode) -> Option<&'static str> {
    match mode {
        Mode::Custom => None,
        Mode::HostModel => Some(
            "host-model: a start there gives the guest that host's CPU; the live XML of a running \
             guest tells what it needs to keep",
        ),
        Mode::HostPassthrough => Some(
            "host-passthrough: libvirt checks nothing; the facts of the guest's present host \
             (--source-host) would tell what it may lose",
        ),
        Mode::Maximum => {
            Some("maximum: the guest gets all that the hypervisor there can give, which may differ")
        }
    }
}

/// The vendor of a custom CPU's model and the host's, where they are not the same. Between vendors
/// no live migration is supported, even with equal feature lists.
fn vendors(map: &CpuMap, host: &HostCpu, cpu: &CpuDef) -> Option<(String, String)> {
    let model = cpu.model.as_ref().filter(|_| cpu.mode == Mode::Custom)?;
    let of = map
        .model(model)
        .ok()?
        .vendor
        .and_then(|vendor| map.vendor_name(vendor))?;
    let has = host.vendor.as_deref()?;
    (of != has && cpu.vendor.is_none()).then(|| (of.to_owned(), has.to_owned()))
}
