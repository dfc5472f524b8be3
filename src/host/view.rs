//! Facts about a CPU put together under one CPU map: one host CPU to compare with, and which
//! source told what.

use super::facts::{Contradiction, HostFacts};
use super::linux;
use crate::cpu::compare::{HostCpu, HostFeatures};
use crate::cpu::decode::{Limits, Question, decode};
use crate::cpu::def::{CpuDef, Kind, MaxPhysAddr, Policy, TscCounter, is_x86};
use crate::cpu::other::{arm_model, ppc64_model};
use crate::cpu::{Bits, CpuError, CpuMap, Signature};

/// How far facts about a CPU carry, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Confidence {
    /// What this hypervisor gives a guest.
    Hypervisor,
    /// The host's CPU as libvirt names it: not all of it reaches a guest.
    Libvirt,
    /// CPUID words: what the hardware has, not what KVM lets through.
    Hardware,
    /// Kernel flags: some never show.
    Kernel,
}

impl Confidence {
    /// The word of the machine-readable answers.
    pub fn as_str(self) -> &'static str {
        match self {
            Confidence::Hypervisor => "hypervisor",
            Confidence::Libvirt => "libvirt",
            Confidence::Hardware => "hardware",
            Confidence::Kernel => "kernel",
        }
    }

    /// A sentence on what the facts leave open; empty when nothing.
    pub fn caveat(self) -> &'static str {
        match self {
            Confidence::Hypervisor => "",
            Confidence::Libvirt => {
                "the host's own CPU; domain capabilities would tell what its hypervisor gives a guest"
            }
            Confidence::Hardware => {
                "CPUID words: what the hardware has, not what KVM gives a guest"
            }
            Confidence::Kernel => "kernel flags: they show only a part of the features",
        }
    }
}

/// What one source says about the CPU, in names and bits of one map.
#[derive(Debug, Clone, PartialEq)]
pub struct CpuLayer {
    /// Place of the source in [`HostFacts::sources`].
    pub source: usize,
    /// How far it carries.
    pub confidence: Confidence,
    /// Vendor name.
    pub vendor: Option<String>,
    /// Signature.
    pub signature: Option<Signature>,
    /// Model name as the source writes it; none for words and flags.
    pub model: Option<String>,
    /// Features, or the name that the map does not know.
    pub features: Result<HostFeatures, CpuError>,
}

/// A host's CPU under one map.
#[derive(Debug, Clone, PartialEq)]
pub struct CpuView {
    /// To compare with.
    pub host: HostCpu,
    /// How far the best source carries.
    pub confidence: Confidence,
    /// Which source told which features; the sets do not overlap.
    pub origins: Vec<(usize, Bits)>,
}

impl CpuView {
    /// Place of the source that told a feature.
    pub fn source_of(&self, feature: usize) -> Option<usize> {
        self.origins
            .iter()
            .find(|(_, bits)| bits.contains(feature))
            .map(|(source, _)| *source)
    }

    /// Features that no source tells.
    pub fn unknown(&self, map: &CpuMap) -> Bits {
        match &self.host.features {
            Ok(features) => map.all_features().minus(features.known),
            Err(_) => Bits::EMPTY,
        }
    }
}

impl HostFacts {
    /// What each source says about the CPU, the most reliable first.
    pub fn cpu_layers(&self, map: &CpuMap) -> Vec<CpuLayer> {
        let mut layers = Vec::new();
        if let Some(layer) = &self.cpu.definition {
            let cpu = &layer.value.cpu;
            let unknown: Bits = layer
                .value
                .unknown
                .iter()
                .filter_map(|name| map.feature(name).ok())
                .collect();
            let features = cpu.bits(map).map(|present| HostFeatures {
                present: present.minus(unknown),
                known: map.all_features().minus(unknown),
            });
            layers.push(CpuLayer {
                source: layer.source,
                confidence: Confidence::Libvirt,
                vendor: cpu.vendor.clone(),
                signature: cpu.signature,
                model: cpu.model.clone(),
                features,
            });
        }
        let vendor_name = |vendor: u16| map.vendor_name(vendor).map(str::to_owned);
        if let Some(layer) = &self.cpu.words {
            let data = &layer.value;
            let (present, known) = (data.features(map), data.known(map));
            layers.push(CpuLayer {
                source: layer.source,
                confidence: Confidence::Hardware,
                vendor: data.vendor(map).and_then(vendor_name),
                signature: data.signature(),
                model: None,
                features: Ok(HostFeatures {
                    present,
                    known: known.union(present),
                }),
            });
        }
        if let Some(layer) = self
            .cpu
            .kernel
            .as_ref()
            .filter(|layer| layer.value.vendor.is_some())
        {
            let cpu = &layer.value;
            let vendor = map
                .vendors()
                .iter()
                .find(|v| cpu.vendor.as_deref() == Some(&*v.string));
            layers.push(CpuLayer {
                source: layer.source,
                confidence: Confidence::Kernel,
                vendor: vendor.map(|vendor| vendor.name.clone().into_owned()),
                signature: cpu.signature,
                model: None,
                features: Ok(linux::features(map, cpu)),
            });
        }
        layers
    }

    /// The CPU that all sources together tell: for each feature the most reliable one that does.
    /// A source with a name that the map does not know counts only when it is the only one.
    ///
    /// # Errors
    /// [`CpuError::NoModel`] when nothing is known of the CPU.
    pub fn cpu_view(&self, map: &CpuMap) -> Result<CpuView, CpuError> {
        let mut layers = self.cpu_layers(map);
        if layers.iter().any(|layer| layer.features.is_ok()) {
            layers.retain(|layer| layer.features.is_ok());
        }
        let Some(best) = layers.first() else {
            return self.foreign_view(map);
        };
        let confidence = best.confidence;
        let mut merged = Ok(HostFeatures::default());
        let mut origins = Vec::new();
        for layer in &layers {
            merged = match (merged, &layer.features) {
                (Ok(so_far), Ok(features)) => {
                    let told = features.known.minus(so_far.known);
                    origins.push((layer.source, told));
                    Ok(HostFeatures {
                        present: so_far.present.union(features.present.intersection(told)),
                        known: so_far.known.union(told),
                    })
                }
                (_, Err(error)) => Err(error.clone()),
                (error, _) => error,
            };
        }
        let model = match layers.iter().find_map(|layer| layer.model.clone()) {
            Some(model) => Some(model),
            None if confidence == Confidence::Libvirt => None,
            None => self.definition(map).ok().and_then(|cpu| cpu.model),
        };
        let host = HostCpu {
            arch: self.arch().map(str::to_owned),
            vendor: layers.iter().find_map(|layer| layer.vendor.clone()),
            model,
            features: merged,
        };
        Ok(CpuView {
            host,
            confidence,
            origins,
        })
    }

    /// ppc64 and arm: a model without feature bits.
    fn foreign_view(&self, map: &CpuMap) -> Result<CpuView, CpuError> {
        let cpu = self.definition(map)?;
        Ok(CpuView {
            host: HostCpu::of(map, &cpu),
            confidence: Confidence::Kernel,
            origins: Vec::new(),
        })
    }

    /// The host's CPU as `virsh capabilities` would write it.
    ///
    /// # Errors
    /// [`CpuError::NoModel`] when nothing is known of the CPU; [`CpuError::NoCandidate`] when no
    /// model fits.
    pub fn definition(&self, map: &CpuMap) -> Result<CpuDef, CpuError> {
        if let Some(layer) = &self.cpu.definition {
            let mut cpu = layer.value.cpu.clone();
            if cpu.kind == Kind::Guest {
                cpu = self.as_host(map, &cpu)?;
            }
            return Ok(cpu);
        }
        let mut cpu = match self.question(map) {
            Ok(question) => {
                decode(map, &question, Kind::Host, &Limits::default())?.definition(map, Kind::Host)
            }
            Err(_) => self.foreign_definition(map)?,
        };
        let system = &self.system;
        cpu.arch = self.arch().map(str::to_owned).or(cpu.arch);
        if cpu.arch.is_none() {
            cpu.arch = Some("x86_64".to_owned());
        }
        cpu.signature = self
            .cpu_layers(map)
            .into_iter()
            .find_map(|layer| layer.signature);
        cpu.microcode = system.microcode;
        cpu.tsc = system.tsc_hz.map(|frequency| TscCounter {
            frequency,
            scaling: system.tsc_scaling,
        });
        cpu.topology = system.topology.map(|topology| crate::cpu::def::Topology {
            sockets: topology.sockets,
            dies: topology.dies,
            clusters: 1,
            cores: topology.cores,
            threads: topology.threads,
        });
        cpu.max_phys_addr = system.physical_address_bits.map(|bits| MaxPhysAddr {
            passthrough: false,
            bits: Some(bits),
        });
        Ok(cpu)
    }

    /// A guest's definition (a hypervisor baseline) as a host's: what it has is what is there.
    fn as_host(&self, map: &CpuMap, guest: &CpuDef) -> Result<CpuDef, CpuError> {
        let question = Question {
            features: guest.bits(map)?,
            vendor: guest
                .vendor
                .as_deref()
                .map(|vendor| map.vendor(vendor))
                .transpose()?,
            signature: None,
        };
        let mut cpu =
            decode(map, &question, Kind::Host, &Limits::default())?.definition(map, Kind::Host);
        cpu.arch = Some(self.arch().unwrap_or("x86_64").to_owned());
        Ok(cpu)
    }

    /// The custom CPU a guest would need to get this host's CPU.
    ///
    /// # Errors
    /// As [`HostFacts::definition`]; names that the map does not know.
    pub fn as_guest(&self, map: &CpuMap, limits: &Limits) -> Result<CpuDef, CpuError> {
        if let Some(arch) = self.arch().filter(|arch| !is_x86(arch)) {
            return Err(CpuError::UnsupportedArch(arch.to_owned()));
        }
        // A hypervisor's own host-model is that CPU.
        let kvm = self.domains.iter().find(|caps| caps.virt_type == "kvm");
        if let Some(model) = kvm.and_then(|caps| caps.host_model.clone()) {
            return Ok(model);
        }
        let question = self.question(map)?;
        let mut cpu = decode(map, &question, Kind::Guest, limits)?.definition(map, Kind::Guest);
        cpu.fallback = crate::cpu::def::Fallback::Forbid;
        Ok(cpu)
    }

    /// The bits, vendor and signature of the best source.
    fn question(&self, map: &CpuMap) -> Result<Question, CpuError> {
        if let Some(layer) = &self.cpu.words {
            return Ok(Question::of(&layer.value, map));
        }
        let layer = self
            .cpu_layers(map)
            .into_iter()
            .next()
            .ok_or(CpuError::NoModel)?;
        Ok(Question {
            features: layer.features?.present,
            vendor: layer
                .vendor
                .as_deref()
                .map(|vendor| map.vendor(vendor))
                .transpose()?,
            signature: layer.signature,
        })
    }

    fn foreign_definition(&self, map: &CpuMap) -> Result<CpuDef, CpuError> {
        let cpu = self
            .cpu
            .kernel
            .as_ref()
            .map(|layer| &layer.value)
            .ok_or(CpuError::NoModel)?;
        let model = match (cpu.pvr, cpu.part) {
            (Some(pvr), _) => ppc64_model(map, pvr),
            (None, Some((implementer, part))) => arm_model(map, implementer, part),
            (None, None) => return Err(CpuError::NoModel),
        };
        let model = model.ok_or(CpuError::NoCandidate)?;
        let mut definition = CpuDef::new(Kind::Host);
        definition.model = Some(model.name.clone().into_owned());
        definition.vendor = model.vendor.clone().map(Into::into);
        Ok(definition)
    }

    /// What sources disagree on about the CPU: vendor, signature, and features of the hardware.
    pub fn cpu_contradictions(&self, map: &CpuMap) -> Vec<Contradiction> {
        let layers = self.cpu_layers(map);
        let name = |layer: &CpuLayer| {
            self.source(layer.source)
                .map_or_else(String::new, |source| format!(" ({source})"))
        };
        let mut found = Vec::new();
        for (at, one) in layers.iter().enumerate() {
            for two in &layers[at + 1..] {
                let mut say = |fact: &str, kept: String, other: String| {
                    found.push(Contradiction {
                        fact: fact.to_owned(),
                        kept: kept + &name(one),
                        other: other + &name(two),
                    });
                };
                if let (Some(kept), Some(other)) = (&one.vendor, &two.vendor)
                    && kept != other
                {
                    say("cpu.vendor", kept.clone(), other.clone());
                }
                if let (Some(kept), Some(other)) = (one.signature, two.signature)
                    && kept != other
                {
                    let text = |s: Signature| {
                        format!(
                            "family {} model {} stepping {}",
                            s.family, s.model, s.stepping
                        )
                    };
                    say("cpu.signature", text(kept), text(other));
                }
                if let (Ok(kept), Ok(other)) = (&one.features, &two.features) {
                    let both = kept.known.intersection(other.known);
                    let more = kept.present.minus(other.present).intersection(both);
                    let less = other.present.minus(kept.present).intersection(both);
                    if !more.is_empty() {
                        say(
                            "cpu.features",
                            format!("has {}", map.names(more).join(", ")),
                            "has not".into(),
                        );
                    }
                    if !less.is_empty() {
                        say(
                            "cpu.features",
                            "has not".into(),
                            format!("has {}", map.names(less).join(", ")),
                        );
                    }
                }
            }
        }
        found
    }

    /// Required features of the definition as bits: what a destination must offer when a guest
    /// gets this host's CPU as it is.
    ///
    /// # Errors
    /// As [`HostFacts::definition`].
    pub fn as_requirement(&self, map: &CpuMap) -> Result<CpuDef, CpuError> {
        let mut cpu = self.definition(map)?;
        // What a migratable passthrough leaves out is not asked of the destination.
        cpu.features.retain(|feature| {
            feature.policy != Policy::Require
                || map
                    .feature(&feature.name)
                    .is_ok_and(|at| map.migratable().contains(at))
        });
        Ok(cpu)
    }
}
