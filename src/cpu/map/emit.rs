//! Writes a map as the Rust table that is compiled into domdiff.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use super::build::order;
use super::{AliasOf, CpuMap, ListRule, Model, OtherArch, Place};
use crate::cpu::bits::Bits;

/// What every generated file begins with.
fn head(map: &CpuMap, what: &str) -> String {
    format!(
        "//! {what}\n//!\n//! Generated: facts of the {source}, in domdiff's own form.\n\
         //! Do not edit: `cargo run --example cpu_map -- DIR` writes it anew from a libvirt's map.\n\n",
        source = map.source(),
    )
}

/// The files of `src/cpu/map/table/` for a map: name and text. The same map gives the same text.
///
/// # Errors
/// A sentence, when two feature names make the same Rust constant.
pub fn rust_source(map: &CpuMap) -> Result<Vec<(&'static str, String)>, String> {
    Ok(vec![
        ("mod.rs", table_text(map)?),
        ("features.rs", features_text(map)),
        ("ids.rs", ids_text(map)?),
        ("models.rs", models_text(map)?),
        ("other.rs", other_text(map)),
    ])
}

/// The constant that stands for a feature's or vendor's number.
fn constant(name: &str) -> String {
    let mut text: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        text.insert(0, '_');
    }
    text
}

fn set_text(map: &CpuMap, bits: Bits) -> String {
    let names: Vec<String> = map.names(bits).iter().map(|name| constant(name)).collect();
    format!("&[{}]", names.join(", "))
}

fn order_text<T>(list: &[T], name: impl Fn(&T) -> &str) -> Result<String, String> {
    let order: Vec<String> = order(list, name)?.iter().map(u16::to_string).collect();
    let lines: Vec<String> = order
        .chunks(20)
        .map(|chunk| format!("    {},\n", chunk.join(", ")))
        .collect();
    Ok(lines.concat())
}

fn table_text(map: &CpuMap) -> Result<String, String> {
    let mut text = head(map, "The built-in CPU map.");
    let features = map.features().len();
    let models = map.models().len();
    text.push_str(
        "mod features;\nmod ids;\nmod models;\nmod other;\n\nuse std::borrow::Cow;\n\n\
         use super::rows::{migratable_bits, msr_bits};\nuse super::{CpuMap, ListRule, Vendor};\n\n",
    );
    for (at, vendor) in map.vendors().iter().enumerate() {
        let _ = writeln!(text, "const {}: u16 = {at};", constant(&vendor.name));
    }
    let _ = writeln!(
        text,
        "\nstatic VENDORS: [Vendor; {}] = [",
        map.vendors().len()
    );
    for vendor in map.vendors() {
        let _ = writeln!(
            text,
            "    Vendor {{ name: Cow::Borrowed({:?}), string: Cow::Borrowed({:?}) }},",
            vendor.name, vendor.string
        );
    }
    let rule = match map.list_rule() {
        ListRule::Shortest => "Shortest",
        ListRule::Penalty => "Penalty",
    };
    let _ = write!(
        text,
        "];\n\nstatic FEATURES_BY_NAME: [u16; {features}] = [\n{}];\n\n\
         static MODELS_BY_NAME: [u16; {models}] = [\n{}];\n\n\
         pub(super) static BUILTIN: CpuMap = CpuMap {{\n    source: Cow::Borrowed({:?}),\n    \
         rule: ListRule::{rule},\n    features: Cow::Borrowed(&features::FEATURES),\n    \
         features_by_name: Cow::Borrowed(&FEATURES_BY_NAME),\n    \
         migratable: migratable_bits(&features::FEATURES),\n    \
         msr: msr_bits(&features::FEATURES),\n    models: Cow::Borrowed(&models::MODELS),\n    \
         models_by_name: Cow::Borrowed(&MODELS_BY_NAME),\n    vendors: Cow::Borrowed(&VENDORS),\n    \
         ppc64: other::PPC64,\n    arm: other::ARM,\n}};\n",
        order_text(map.features(), |feature| &feature.name)?,
        order_text(map.models(), |model| &model.name)?,
        map.source(),
    );
    Ok(text)
}

fn features_text(map: &CpuMap) -> String {
    let mut text = head(map, "The x86 features in map order.");
    text.push_str(
        "use crate::cpu::map::Feature;\nuse crate::cpu::map::Register::{Eax, Ebx, Ecx, Edx};\n\
         use crate::cpu::map::rows::{cpuid, linux, msr, qemu};\n\n",
    );
    let _ = writeln!(
        text,
        "pub(super) static FEATURES: [Feature; {}] = [",
        map.features().len()
    );
    for feature in map.features() {
        let aliases: Vec<String> = feature
            .aliases
            .iter()
            .map(|alias| match alias.of {
                AliasOf::Qemu => format!("qemu({:?})", alias.name),
                AliasOf::Linux => format!("linux({:?})", alias.name),
            })
            .collect();
        let place = match feature.place {
            Place::Cpuid {
                leaf,
                subleaf,
                register,
                bit,
            } => {
                format!(
                    "cpuid({:?}, {leaf:#x}, {subleaf}, {register:?}, {bit}",
                    feature.name
                )
            }
            Place::Msr { index, bit } => format!("msr({:?}, {index:#x}, {bit}", feature.name),
        };
        // An alias owns its text in general, so the list needs a constant of its own.
        let aliases = match aliases.as_slice() {
            [] => "&[]".to_owned(),
            some => format!("const {{ &[{}] }}", some.join(", ")),
        };
        let _ = writeln!(text, "    {place}, {}, {aliases}),", feature.migratable);
    }
    text.push_str("];\n");
    text
}

fn ids_text(map: &CpuMap) -> Result<String, String> {
    let mut text = head(
        map,
        "The numbers of the x86 features: their places in the list.",
    );
    text.push_str("#![allow(dead_code, reason = \"features that are part of no model\")]\n\n");
    let mut seen = HashSet::new();
    for (at, feature) in map.features().iter().enumerate() {
        let name = constant(&feature.name);
        let _ = writeln!(text, "pub(super) const {name}: u16 = {at};");
        if !seen.insert(name) {
            return Err(format!(
                "feature `{}` gets the constant of another",
                feature.name
            ));
        }
    }
    Ok(text)
}

fn models_text(map: &CpuMap) -> Result<String, String> {
    let mut text = head(map, "The x86 CPU models in map order.");
    text.push_str(
        "#![allow(clippy::wildcard_imports, reason = \"hundreds of feature constants\")]\n\n\
         use super::ids::*;\nuse super::*;\nuse crate::cpu::map::Model;\n\
         use crate::cpu::map::rows::{Row, sig};\n\n",
    );
    // Many models share a set (`-vN` names of another model): it is written once, where it first
    // stands, and named after that model.
    let mut sets: HashMap<Bits, String> = HashMap::new();
    for model in map.models() {
        if sets.contains_key(&model.features) {
            continue;
        }
        let name = format!("SET_{}", constant(&model.name));
        let _ = writeln!(
            text,
            "const {name}: &[u16] = {};",
            set_text(map, model.features)
        );
        sets.insert(model.features, name);
    }
    let _ = writeln!(
        text,
        "\npub(super) static MODELS: [Model; {}] = [",
        map.models().len()
    );
    for model in map.models() {
        let set = sets.get(&model.features).map_or("&[]", String::as_str);
        text.push_str(&model_text(map, model, set));
    }
    text.push_str("];\n");
    Ok(text)
}

fn model_text(map: &CpuMap, model: &Model, set: &str) -> String {
    let mut text = format!("    Row {{ name: {:?}", model.name);
    if let Some(base) = &model.base {
        let _ = write!(text, ", base: Some({base:?})");
    }
    if let Some(vendor) = model.vendor.and_then(|vendor| map.vendor_name(vendor)) {
        let _ = write!(text, ", vendor: Some({})", constant(vendor));
    }
    for (field, on) in [
        ("decode_host: false", !model.decode_host),
        ("decode_guest: false", !model.decode_guest),
        ("check_compat: true", model.check_compat),
    ] {
        if on {
            let _ = write!(text, ", {field}");
        }
    }
    if !model.signatures.is_empty() {
        let entries: Vec<String> = model
            .signatures
            .iter()
            .map(|s| format!("sig({}, {}, {:#06x})", s.family, s.model, s.steppings))
            .collect();
        let _ = write!(text, ", signatures: &[{}]", entries.join(", "));
    }
    let _ = write!(text, ", features: {set}");
    for (field, bits) in [("removed", model.removed), ("added", model.added)] {
        if !bits.is_empty() {
            let _ = write!(text, ", {field}: {}", set_text(map, bits));
        }
    }
    text.push_str(", ..Row::EMPTY }.model(),\n");
    text
}

fn other_text(map: &CpuMap) -> String {
    let mut text = head(map, "CPU vendors and models of ppc64 and arm.");
    text.push_str(
        "use std::borrow::Cow::{self, Borrowed};\n\n\
         use crate::cpu::map::rows::{other_model, other_vendor};\n\
         use crate::cpu::map::{OtherArch, OtherModel, OtherVendor};\n",
    );
    for (name, arch) in [("PPC64", map.ppc64()), ("ARM", map.arm())] {
        text.push_str(&arch_text(name, arch));
    }
    text
}

fn arch_text(name: &str, arch: &OtherArch) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "\nstatic {name}_VENDORS: [OtherVendor; {}] = [",
        arch.vendors.len()
    );
    for vendor in arch.vendors.iter() {
        let value = vendor
            .value
            .map_or("None".into(), |value| format!("Some({value:#x})"));
        let _ = writeln!(text, "    other_vendor({:?}, {value}),", vendor.name);
    }
    let _ = writeln!(
        text,
        "];\n\nstatic {name}_MODELS: [OtherModel; {}] = [",
        arch.models.len()
    );
    for model in arch.models.iter() {
        let vendor = model
            .vendor
            .as_ref()
            .map_or("None".into(), |vendor| format!("Some({vendor:?})"));
        let pvr: Vec<String> = model
            .pvr
            .iter()
            .map(|(value, mask)| format!("({value:#x}, {mask:#x})"))
            .collect();
        let _ = writeln!(
            text,
            "    other_model({:?}, {vendor}, &[{}]),",
            model.name,
            pvr.join(", ")
        );
    }
    let _ = writeln!(
        text,
        "];\n\nstatic {name}_FEATURES: [Cow<'static, str>; {}] = [",
        arch.features.len()
    );
    for feature in arch.features.iter() {
        let _ = writeln!(text, "    Borrowed({feature:?}),");
    }
    let _ = write!(
        text,
        "];\n\npub(super) const {name}: OtherArch = OtherArch {{\n    \
         vendors: Borrowed(&{name}_VENDORS),\n    models: Borrowed(&{name}_MODELS),\n    \
         features: Borrowed(&{name}_FEATURES),\n}};\n"
    );
    text
}
