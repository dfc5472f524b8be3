//! Reads `virsh domcapabilities`: what one emulator can give a guest of one architecture, machine
//! and type. The best source for "can it run there".

use std::collections::BTreeMap;

use roxmltree::Node;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::facts::{HostFacts, SourceKind};
use crate::cpu::CpuDef;
use crate::cpu::error::{InputError, InputErrorKind};
use crate::cpu::input::{at_node, child, children, number32, text_of};
use crate::cpu::xml::read_cpu;

/// What an emulator can give. A part that is absent means "libvirt too old to say", not "no".
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DomainCapabilities {
    /// Place of the source in [`HostFacts::sources`].
    pub source: usize,
    /// Emulator program.
    pub emulator: String,
    /// Domain type (`kvm`, `qemu`).
    pub virt_type: String,
    /// Machine type.
    pub machine: String,
    /// Architecture.
    pub arch: String,
    /// The most virtual CPUs.
    pub max_vcpus: Option<u32>,
    /// CPU modes and whether they work.
    pub modes: BTreeMap<String, bool>,
    /// The host-model that it makes, of kind guest.
    pub host_model: Option<CpuDef>,
    /// Named CPU models.
    pub models: Vec<UsableModel>,
    /// Values a device or feature may have: path (`devices/disk/bus`) to values.
    pub enums: BTreeMap<String, Vec<String>>,
    /// Parts that say whether they work: path (`devices/tpm`) to the answer.
    pub supported: BTreeMap<String, bool>,
    /// Firmware files.
    pub loaders: Vec<String>,
}

/// A named CPU model of an emulator.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct UsableModel {
    /// Name.
    pub name: String,
    /// Can it run here? `None`: unknown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usable: Option<bool>,
    /// The name behind an alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical: Option<String>,
    /// Vendor, where the emulator ties it to one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vendor: Option<String>,
    /// Going away.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub deprecated: bool,
    /// Its features that the host cannot give; empty where libvirt is too old to say.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub blockers: Vec<String>,
}

/// The most nodes below an element whose enums are collected.
const DEPTH_LIMIT: usize = 8;

/// Reads a `<domainCapabilities>` element.
///
/// # Errors
/// An element without emulator type or architecture, or with a broken host-model.
pub fn read_domain_capabilities(node: Node<'_, '_>, file: &str) -> Result<HostFacts, InputError> {
    let part = |name: &str| child(node, name).and_then(text_of);
    let required = |name: &str| {
        part(name).ok_or_else(|| {
            let text = format!("<domainCapabilities> without <{name}>");
            at_node(node, file, InputErrorKind::Content(text))
        })
    };
    let mut caps = DomainCapabilities {
        emulator: part("path").unwrap_or_default(),
        virt_type: required("domain")?,
        machine: part("machine").unwrap_or_default(),
        arch: required("arch")?,
        max_vcpus: child(node, "vcpu").and_then(|vcpu| number32(vcpu.attribute("max")?)),
        ..DomainCapabilities::default()
    };
    if let Some(cpu) = child(node, "cpu") {
        read_modes(cpu, file, &mut caps)?;
    }
    for part in node
        .children()
        .filter(|part| part.is_element() && !part.has_tag_name("cpu"))
    {
        collect(part, part.tag_name().name(), 0, &mut caps);
    }
    let loaders = child(node, "os").and_then(|os| child(os, "loader"));
    caps.loaders = loaders
        .map(|loader| children(loader, "value").filter_map(text_of).collect())
        .unwrap_or_default();
    let mut facts = HostFacts::from_source(SourceKind::DomainCapabilities, file);
    facts.domains.push(caps);
    Ok(facts)
}

fn yes_no(text: Option<&str>) -> Option<bool> {
    match text {
        Some("yes" | "on") => Some(true),
        Some("no" | "off") => Some(false),
        _ => None,
    }
}

fn read_modes(
    cpu: Node<'_, '_>,
    file: &str,
    caps: &mut DomainCapabilities,
) -> Result<(), InputError> {
    for mode in children(cpu, "mode") {
        let Some(name) = mode.attribute("name") else {
            continue;
        };
        let supported = yes_no(mode.attribute("supported"));
        if let Some(supported) = supported {
            caps.modes.insert(name.to_owned(), supported);
        }
        match name {
            "host-model" if supported == Some(true) && child(mode, "model").is_some() => {
                let mut model = read_cpu(mode, file)?;
                model.arch = Some(caps.arch.clone());
                caps.host_model = Some(model);
            }
            "custom" => {
                caps.models = children(mode, "model").filter_map(usable_model).collect();
                for blockers in children(mode, "blockers") {
                    let of = blockers.attribute("model");
                    let known = caps.models.iter_mut().find(|m| Some(m.name.as_str()) == of);
                    if let Some(model) = known {
                        let names = children(blockers, "feature");
                        let names = names.filter_map(|feature| feature.attribute("name"));
                        model.blockers = names.map(str::to_owned).collect();
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn usable_model(model: Node<'_, '_>) -> Option<UsableModel> {
    Some(UsableModel {
        name: text_of(model)?,
        usable: yes_no(model.attribute("usable")),
        canonical: model.attribute("canonical").map(str::to_owned),
        vendor: model
            .attribute("vendor")
            .filter(|name| *name != "unknown")
            .map(str::to_owned),
        deprecated: model.attribute("deprecated") == Some("yes"),
        blockers: Vec::new(),
    })
}

/// Collects `supported` and `<enum>` of a part, and of the parts below it.
fn collect(node: Node<'_, '_>, path: &str, depth: usize, caps: &mut DomainCapabilities) {
    if let Some(supported) = yes_no(node.attribute("supported")) {
        caps.supported.insert(path.to_owned(), supported);
    }
    for part in node.children().filter(Node::is_element) {
        let name = part.tag_name().name();
        if name == "enum" {
            if let Some(name) = part.attribute("name") {
                let values = children(part, "value").filter_map(text_of).collect();
                caps.enums.insert(format!("{path}/{name}"), values);
            }
        } else if depth < DEPTH_LIMIT {
            collect(part, &format!("{path}/{name}"), depth + 1, caps);
        }
    }
}
