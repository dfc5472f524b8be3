//! domdiff's own facts file: what `domdiff host --format json` prints and `--host` takes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::domcaps::{DomainCapabilities, UsableModel};
use super::facts::{
    Contradiction, GuestFacts, HostFacts, KernelCpu, Layer, NamedCpu, Source, SourceKind,
    SystemFacts,
};
use super::resources::Resources;
use crate::cpu::data::Words;
use crate::cpu::def::{CpuDef, CpuFeature, Kind, Policy};
use crate::cpu::error::{InputError, InputErrorKind};
use crate::cpu::input::number32;
use crate::cpu::{CpuError, CpuMap, CpuidData, Signature};
use crate::json_schema;

/// The version of the form; a file of a later one is refused.
pub const SCHEMA_VERSION: u64 = 1;

/// Facts about a host. What is not there is unknown; a list that is there is complete.
#[derive(Deserialize, JsonSchema)]
struct File {
    schema_version: u64,
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    cpu: Option<CpuEntry>,
    #[serde(flatten)]
    system: SystemFacts,
    #[serde(flatten)]
    resources: Resources,
    #[serde(default)]
    guests: Vec<GuestFacts>,
    #[serde(default)]
    domain_capabilities: Vec<DomainEntry>,
    #[serde(default)]
    sources: Vec<Source>,
    #[serde(default)]
    contradictions: Vec<Contradiction>,
    #[serde(default)]
    notes: Vec<String>,
    /// Which source told what, when the file was made; read to be known, not used.
    #[serde(default, rename = "provenance")]
    _provenance: BTreeMap<String, usize>,
    /// What no field of the form is called.
    #[serde(flatten)]
    #[schemars(skip)]
    unknown: Map<String, Value>,
}

#[derive(Serialize, Deserialize, Default, JsonSchema)]
#[serde(default)]
struct CpuEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    arch: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    features: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<SignatureEntry>,
    /// Features that are neither told present nor absent.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unknown: Vec<String>,
    /// Who found the model: libvirt, or domdiff from the words or flags below.
    #[serde(skip_serializing_if = "Option::is_none")]
    named_by: Option<NamedBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    microcode: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cpuid: Vec<LeafEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    msr: Vec<MsrEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kernel: Option<KernelEntry>,
}

#[derive(Serialize, Deserialize, Clone, Copy, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum NamedBy {
    Libvirt,
    Domdiff,
}

#[derive(Serialize, Deserialize, Clone, Copy, JsonSchema)]
struct SignatureEntry {
    family: u32,
    model: u32,
    stepping: u32,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct LeafEntry {
    leaf: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subleaf: Option<String>,
    eax: String,
    ebx: String,
    ecx: String,
    edx: String,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct MsrEntry {
    index: String,
    value: String,
}

#[derive(Serialize, Deserialize, Default, JsonSchema)]
#[serde(default)]
struct KernelEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<SignatureEntry>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    flags: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pvr: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<(u32, u32)>,
}

#[derive(Serialize, Deserialize, Default, JsonSchema)]
#[serde(default)]
struct DomainEntry {
    emulator: String,
    virt_type: String,
    machine: String,
    arch: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_vcpus: Option<u32>,
    modes: BTreeMap<String, bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    host_model: Option<GuestEntry>,
    models: Vec<UsableModel>,
    enums: BTreeMap<String, Vec<String>>,
    supported: BTreeMap<String, bool>,
    loaders: Vec<String>,
}

/// A guest's CPU in JSON: model, vendor, features with policies.
#[derive(Serialize, Deserialize, Default, JsonSchema)]
#[serde(default)]
struct GuestEntry {
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fallback: Option<String>,
    features: Vec<FeatureEntry>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct FeatureEntry {
    name: String,
    policy: String,
}

/// The JSON Schema of a facts file (`domdiff schema facts`).
#[must_use]
pub fn schema() -> Value {
    json_schema::of::<File>("Facts about a host", json_schema::Contract::Read)
}

/// Reads a facts file.
///
/// # Errors
/// Not JSON, another form, a later version, a CPU with a feature named twice.
pub fn read_json(text: &str, name: &str) -> Result<HostFacts, InputError> {
    let content = |text: String| InputError::new(name, InputErrorKind::Content(text));
    let file: File = serde_json::from_str(text).map_err(|error| {
        let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
        let column = u32::try_from(error.column()).unwrap_or(u32::MAX);
        InputError::at(name, line, column, InputErrorKind::Json(error.to_string()))
    })?;
    if file.schema_version != SCHEMA_VERSION {
        let version = file.schema_version;
        return Err(content(format!(
            "facts of form {version}; this domdiff reads {SCHEMA_VERSION}"
        )));
    }
    if let Some(key) = file.unknown.keys().next() {
        return Err(content(format!(
            "there is no fact `{key}`; `domdiff schema facts` lists them"
        )));
    }
    let mut facts = HostFacts::from_source(SourceKind::Facts, name);
    if let Some(name) = file.name {
        facts.name = name;
    }
    facts.system = file.system;
    facts.resources = file.resources;
    facts.guests = file.guests;
    facts.contradictions = file.contradictions;
    facts.notes = file.notes;
    for source in file.sources {
        facts
            .notes
            .push(format!("facts file {name} was made from: {source}"));
    }
    for entry in file.domain_capabilities {
        facts.domains.push(domain(entry).map_err(content)?);
    }
    if let Some(cpu) = file.cpu {
        take_cpu(&mut facts, cpu).map_err(content)?;
    }
    Ok(facts.mark_provenance())
}

fn take_cpu(facts: &mut HostFacts, entry: CpuEntry) -> Result<(), String> {
    let number =
        |text: &String| number32(text).ok_or_else(|| format!("`{text}` is not a 32-bit number"));
    let mut data = CpuidData::default();
    for leaf in &entry.cpuid {
        let words = Words {
            eax: number(&leaf.eax)?,
            ebx: number(&leaf.ebx)?,
            ecx: number(&leaf.ecx)?,
            edx: number(&leaf.edx)?,
        };
        let subleaf = leaf.subleaf.as_ref().map_or(Ok(0), number)?;
        data.add_leaf(number(&leaf.leaf)?, subleaf, words);
    }
    for msr in &entry.msr {
        let value = crate::cpu::input::number(&msr.value);
        let value = value.ok_or_else(|| format!("`{}` is not a number", msr.value))?;
        data.add_msr(number(&msr.index)?, value);
    }
    let has_words = !data.is_empty();
    if has_words {
        facts.cpu.words = Some(Layer {
            value: data,
            source: 0,
        });
    }
    let signature = |entry: SignatureEntry| Signature {
        family: entry.family,
        model: entry.model,
        stepping: entry.stepping,
    };
    let has_kernel = entry.kernel.is_some();
    if let Some(kernel) = entry.kernel {
        let value = KernelCpu {
            vendor: kernel.vendor,
            signature: kernel.signature.map(signature),
            flags: kernel.flags,
            pvr: kernel.pvr,
            part: kernel.part,
        };
        facts.cpu.kernel = Some(Layer { value, source: 0 });
    }
    facts.system.arch = facts.system.arch.take().or(entry.arch.clone());
    // A name that was found from the words says nothing beyond them, and another map may know
    // better.
    let derived = entry.named_by == Some(NamedBy::Domdiff) && (has_words || has_kernel);
    if derived || (entry.model.is_none() && entry.features.is_empty()) {
        return Ok(());
    }
    let mut cpu = CpuDef::new(Kind::Host);
    cpu.arch = entry.arch.or_else(|| facts.system.arch.clone());
    cpu.model = entry.model;
    cpu.vendor = entry.vendor;
    cpu.signature = entry.signature.map(signature);
    cpu.microcode = entry.microcode;
    for name in entry.features {
        if cpu.policy(&name).is_some() {
            return Err(format!("CPU feature `{name}` is named twice"));
        }
        cpu.features.push(CpuFeature {
            name,
            policy: Policy::Require,
        });
    }
    facts.cpu.definition = Some(Layer {
        value: NamedCpu {
            cpu,
            unknown: entry.unknown,
        },
        source: 0,
    });
    Ok(())
}

fn domain(entry: DomainEntry) -> Result<DomainCapabilities, String> {
    let host_model = match entry.host_model {
        None => None,
        Some(model) => {
            let mut cpu = CpuDef::new(Kind::Guest);
            cpu.arch = Some(entry.arch.clone());
            cpu.model = model.model;
            cpu.vendor = model.vendor;
            for feature in model.features {
                let policy = Policy::from_word(&feature.policy)
                    .ok_or_else(|| format!("`{}` is not a feature policy", feature.policy))?;
                cpu.set(&feature.name, policy);
            }
            Some(cpu)
        }
    };
    Ok(DomainCapabilities {
        source: 0,
        emulator: entry.emulator,
        virt_type: entry.virt_type,
        machine: entry.machine,
        arch: entry.arch,
        max_vcpus: entry.max_vcpus,
        modes: entry.modes,
        host_model,
        models: entry.models,
        enums: entry.enums,
        supported: entry.supported,
        loaders: entry.loaders,
    })
}

fn guest_entry(cpu: &CpuDef) -> GuestEntry {
    GuestEntry {
        model: cpu.model.clone(),
        vendor: cpu.vendor.clone(),
        fallback: None,
        features: cpu
            .features
            .iter()
            .map(|feature| FeatureEntry {
                name: feature.name.clone(),
                policy: feature.policy.as_str().to_owned(),
            })
            .collect(),
    }
}

/// A guest's CPU as the JSON answers write it.
pub fn guest_cpu_json(cpu: &CpuDef) -> Value {
    let entry = GuestEntry {
        fallback: Some(cpu.fallback.as_str().to_owned()),
        ..guest_entry(cpu)
    };
    serde_json::to_value(entry).unwrap_or(Value::Null)
}

impl HostFacts {
    /// The facts file. The CPU is named with `map`; its words are there too, so that a reader
    /// with another map names it anew.
    ///
    /// # Errors
    /// A CPU that the map cannot name, although facts about it are there.
    pub fn to_json(&self, map: &CpuMap) -> Result<Value, CpuError> {
        let mut out = Map::new();
        out.insert("schema_version".into(), json!(SCHEMA_VERSION));
        out.insert("name".into(), json!(self.name));
        if let Some(arch) = self.arch() {
            out.insert("arch".into(), json!(arch));
        }
        if self.cpu != super::facts::CpuFacts::default() {
            let cpu = self.cpu_entry(map)?;
            out.insert(
                "cpu".into(),
                serde_json::to_value(cpu).unwrap_or(Value::Null),
            );
        }
        if let Ok(Value::Object(system)) = serde_json::to_value(&self.system) {
            out.extend(system.into_iter().filter(|(key, _)| key != "arch"));
        }
        if let Ok(Value::Object(resources)) = serde_json::to_value(&self.resources) {
            out.extend(resources);
        }
        if !self.guests.is_empty() {
            out.insert("guests".into(), json!(self.guests));
        }
        if !self.domains.is_empty() {
            let entries: Vec<DomainEntry> = self.domains.iter().map(domain_entry).collect();
            out.insert("domain_capabilities".into(), json!(entries));
        }
        let mut contradictions = self.contradictions.clone();
        contradictions.extend(self.cpu_contradictions(map));
        if !contradictions.is_empty() {
            out.insert("contradictions".into(), json!(contradictions));
        }
        if !self.notes.is_empty() {
            out.insert("notes".into(), json!(self.notes));
        }
        out.insert("sources".into(), json!(self.sources));
        if !self.provenance.is_empty() {
            out.insert("provenance".into(), json!(self.provenance));
        }
        Ok(Value::Object(out))
    }

    fn cpu_entry(&self, map: &CpuMap) -> Result<CpuEntry, CpuError> {
        let definition = self.definition(map)?;
        let named_by = match self.cpu.definition {
            Some(_) => NamedBy::Libvirt,
            None => NamedBy::Domdiff,
        };
        let unknown = match self.cpu_view(map) {
            Ok(view) => map.names(view.unknown(map)),
            Err(_) => Vec::new(),
        };
        let signature = |signature: Signature| SignatureEntry {
            family: signature.family,
            model: signature.model,
            stepping: signature.stepping,
        };
        let hex = |value: u32| format!("{value:#010x}");
        let data = self.cpu.words.as_ref().map(|layer| &layer.value);
        let cpuid = data
            .into_iter()
            .flat_map(CpuidData::leaves)
            .map(|(leaf, subleaf, words)| LeafEntry {
                leaf: format!("{leaf:#x}"),
                subleaf: (subleaf != 0).then(|| format!("{subleaf:#x}")),
                eax: hex(words.eax),
                ebx: hex(words.ebx),
                ecx: hex(words.ecx),
                edx: hex(words.edx),
            });
        let msr = data
            .into_iter()
            .flat_map(CpuidData::msrs)
            .map(|(index, value)| MsrEntry {
                index: format!("{index:#x}"),
                value: format!("{value:#018x}"),
            });
        Ok(CpuEntry {
            arch: definition.arch.clone(),
            vendor: definition.vendor.clone(),
            model: definition.model.clone(),
            features: definition.names(Policy::Require),
            signature: definition.signature.map(signature),
            unknown,
            named_by: Some(named_by),
            microcode: definition.microcode,
            cpuid: cpuid.collect(),
            msr: msr.collect(),
            kernel: self.cpu.kernel.as_ref().map(|layer| KernelEntry {
                vendor: layer.value.vendor.clone(),
                signature: layer.value.signature.map(signature),
                flags: layer.value.flags.clone(),
                pvr: layer.value.pvr,
                part: layer.value.part,
            }),
        })
    }
}

fn domain_entry(caps: &DomainCapabilities) -> DomainEntry {
    DomainEntry {
        emulator: caps.emulator.clone(),
        virt_type: caps.virt_type.clone(),
        machine: caps.machine.clone(),
        arch: caps.arch.clone(),
        max_vcpus: caps.max_vcpus,
        modes: caps.modes.clone(),
        host_model: caps.host_model.as_ref().map(guest_entry),
        models: caps.models.clone(),
        enums: caps.enums.clone(),
        supported: caps.supported.clone(),
        loaders: caps.loaders.clone(),
    }
}
