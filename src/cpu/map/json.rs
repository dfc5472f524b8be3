//! domdiff's own JSON form of a CPU map: reading a folder of it, and writing the same.
//!
//! Four files, each one object with `format` (1), `source` and lists whose order is meaning.

use std::fmt::Write as _;
use std::path::Path;

use serde::Deserialize;

use super::build::{RawFeature, RawMap, RawModel, build, steppings, steppings_text};
use super::xml::REGISTERS;
use super::{
    Alias, AliasOf, CpuMap, ModelSignature, OtherArch, OtherModel, OtherVendor, Place, Register,
    Vendor, version_of,
};
use crate::cpu::bits::Bits;
use crate::cpu::error::{InputError, InputErrorKind};
use crate::cpu::input::{number32, read_file};

#[derive(Deserialize)]
struct FeaturesFile {
    source: String,
    features: Vec<FeatureEntry>,
}

#[derive(Deserialize)]
struct FeatureEntry {
    name: String,
    #[serde(default)]
    cpuid: Vec<CpuidEntry>,
    #[serde(default)]
    msr: Vec<MsrEntry>,
    #[serde(default = "yes")]
    migratable: bool,
    #[serde(default)]
    aliases: Aliases,
}

#[derive(Deserialize, Default)]
struct Aliases {
    #[serde(default)]
    qemu: Vec<String>,
    #[serde(default)]
    linux: Vec<String>,
}

#[derive(Deserialize)]
struct CpuidEntry {
    leaf: Hex,
    subleaf: Option<Hex>,
    eax: Option<Hex>,
    ebx: Option<Hex>,
    ecx: Option<Hex>,
    edx: Option<Hex>,
}

#[derive(Deserialize)]
struct MsrEntry {
    index: Hex,
    eax: Option<Hex>,
    edx: Option<Hex>,
}

/// A 32-bit number written as a string.
#[derive(Clone, Copy)]
struct Hex(u32);

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Hex, D::Error> {
        let text = String::deserialize(from)?;
        number32(&text).map(Hex).ok_or_else(|| {
            serde::de::Error::custom(format_args!("`{text}` is not a 32-bit number"))
        })
    }
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
struct VendorsFile {
    vendors: Vec<VendorEntry>,
}

#[derive(Deserialize)]
struct VendorEntry {
    name: String,
    string: String,
}

#[derive(Deserialize)]
struct ModelsFile {
    models: Vec<ModelEntry>,
}

#[derive(Deserialize)]
struct ModelEntry {
    name: String,
    base: Option<String>,
    vendor: Option<String>,
    decode: Decode,
    check_partial: Option<String>,
    #[serde(default)]
    signatures: Vec<SignatureEntry>,
    #[serde(default)]
    features: Vec<String>,
    #[serde(default)]
    removed: Vec<String>,
    #[serde(default)]
    added: Vec<String>,
}

#[derive(Deserialize)]
struct Decode {
    host: bool,
    guest: bool,
}

#[derive(Deserialize)]
struct SignatureEntry {
    family: u32,
    model: u32,
    stepping: Option<String>,
}

#[derive(Deserialize)]
struct OtherFile {
    ppc64: OtherEntry,
    arm: OtherEntry,
}

#[derive(Deserialize)]
struct OtherEntry {
    vendors: Vec<OtherVendorEntry>,
    models: Vec<OtherModelEntry>,
    features: Vec<String>,
}

#[derive(Deserialize)]
struct OtherVendorEntry {
    name: String,
    value: Option<Hex>,
}

#[derive(Deserialize)]
struct OtherModelEntry {
    name: String,
    vendor: Option<String>,
    pvr: Vec<PvrEntry>,
}

#[derive(Deserialize)]
struct PvrEntry {
    value: Hex,
    mask: Option<Hex>,
}

/// One file of the folder, parsed.
fn file<T: for<'de> Deserialize<'de>>(folder: &Path, name: &str) -> Result<T, InputError> {
    let path = folder.join(name);
    let shown = path.display().to_string();
    let text = read_file(&path)?;
    serde_json::from_str(&text).map_err(|error| {
        let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
        let column = u32::try_from(error.column()).unwrap_or(u32::MAX);
        InputError::at(
            &shown,
            line,
            column,
            InputErrorKind::Json(error.to_string()),
        )
    })
}

/// Reads a folder with `features.json`.
pub(super) fn load(folder: &Path) -> Result<CpuMap, InputError> {
    let features: FeaturesFile = file(folder, "features.json")?;
    let vendors: VendorsFile = file(folder, "vendors.json")?;
    let models: ModelsFile = file(folder, "models.json")?;
    let other: OtherFile = file(folder, "models-other.json")?;
    raw_map(features, vendors, models, other)
        .and_then(build)
        .map_err(|text| {
            InputError::new(&folder.display().to_string(), InputErrorKind::Content(text))
        })
}

fn raw_map(
    features: FeaturesFile,
    vendors: VendorsFile,
    models: ModelsFile,
    other: OtherFile,
) -> Result<RawMap, String> {
    let vendors = vendors
        .vendors
        .into_iter()
        .map(|vendor| match vendor.string.len() {
            12 => Ok(Vendor {
                name: vendor.name.into(),
                string: vendor.string.into(),
            }),
            _ => Err(format!(
                "vendor string `{}` is not 12 bytes long",
                vendor.string
            )),
        })
        .collect::<Result<_, _>>()?;
    let models = models
        .models
        .into_iter()
        .map(raw_model)
        .collect::<Result<_, _>>()?;
    Ok(RawMap {
        source: features.source,
        vendors,
        features: features.features.into_iter().map(raw_feature).collect(),
        models,
        ppc64: other_arch(other.ppc64),
        arm: other_arch(other.arm),
    })
}

fn raw_feature(entry: FeatureEntry) -> RawFeature {
    let mut places = Vec::new();
    for cpuid in &entry.cpuid {
        let registers = [
            (Register::Eax, cpuid.eax),
            (Register::Ebx, cpuid.ebx),
            (Register::Ecx, cpuid.ecx),
            (Register::Edx, cpuid.edx),
        ];
        for (register, mask) in registers {
            let mask = mask.map_or(0, |mask| mask.0);
            places.extend(
                (0..32u8)
                    .filter(|bit| mask & (1 << bit) != 0)
                    .map(|bit| Place::Cpuid {
                        leaf: cpuid.leaf.0,
                        subleaf: cpuid.subleaf.map_or(0, |subleaf| subleaf.0),
                        register,
                        bit,
                    }),
            );
        }
    }
    for msr in &entry.msr {
        let half = |half: Option<Hex>| u64::from(half.map_or(0, |half| half.0));
        let mask = half(msr.edx) << 32 | half(msr.eax);
        places.extend(
            (0..64u8)
                .filter(|bit| mask & (1u64 << bit) != 0)
                .map(|bit| Place::Msr {
                    index: msr.index.0,
                    bit,
                }),
        );
    }
    let alias = |of| {
        move |name: String| Alias {
            of,
            name: name.into(),
        }
    };
    RawFeature {
        name: entry.name,
        places,
        migratable: entry.migratable,
        aliases: entry
            .aliases
            .qemu
            .into_iter()
            .map(alias(AliasOf::Qemu))
            .chain(entry.aliases.linux.into_iter().map(alias(AliasOf::Linux)))
            .collect(),
    }
}

fn raw_model(entry: ModelEntry) -> Result<RawModel, String> {
    let signatures = entry
        .signatures
        .iter()
        .map(|signature| {
            Ok(ModelSignature {
                family: signature.family,
                model: signature.model,
                steppings: signature
                    .stepping
                    .as_deref()
                    .map_or(Ok(u16::MAX), steppings)?,
            })
        })
        .collect::<Result<Vec<_>, String>>()?;
    Ok(RawModel {
        name: entry.name,
        base: entry.base,
        vendor: entry.vendor,
        decode_host: entry.decode.host,
        decode_guest: entry.decode.guest,
        check_compat: entry.check_partial.as_deref() == Some("compat"),
        signatures: Some(signatures),
        features: entry.features,
        removed: entry.removed,
        added: entry.added,
    })
}

fn other_arch(entry: OtherEntry) -> OtherArch {
    let vendor = |vendor: OtherVendorEntry| OtherVendor {
        name: vendor.name.into(),
        value: vendor.value.map(|value| value.0),
    };
    let model = |model: OtherModelEntry| OtherModel {
        name: model.name.into(),
        vendor: model.vendor.map(Into::into),
        pvr: model
            .pvr
            .iter()
            .map(|pvr| (pvr.value.0, pvr.mask.map_or(u32::MAX, |mask| mask.0)))
            .collect(),
    };
    OtherArch {
        vendors: entry.vendors.into_iter().map(vendor).collect(),
        models: entry.models.into_iter().map(model).collect(),
        features: entry.features.into_iter().map(Into::into).collect(),
    }
}

/// A file of the JSON form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonFile {
    /// Its name in the folder.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

/// The map in the form that [`CpuMap::load`] reads.
pub fn json_files(map: &CpuMap) -> Vec<JsonFile> {
    let head = |list: &str| {
        format!(
            "{{\n \"format\": 1,\n \"source\": {},\n \"{list}\": [\n",
            quote(map.source())
        )
    };
    let close = |mut text: String, rows: Vec<String>| {
        text.push_str(&rows.join(",\n"));
        text.push_str("\n ]\n}\n");
        text
    };
    let features = map.features().iter().map(feature_row).collect();
    let models = map
        .models()
        .iter()
        .map(|model| model_row(map, model))
        .collect();
    let vendors = map
        .vendors()
        .iter()
        .map(|vendor| {
            format!(
                "  {{\"name\":{},\"string\":{}}}",
                quote(&vendor.name),
                quote(&vendor.string)
            )
        })
        .collect();
    let other = format!(
        "{{\n \"format\": 1,\n \"source\": {},\n \"ppc64\": {},\n \"arm\": {}\n}}\n",
        quote(map.source()),
        other_text(map.ppc64()),
        other_text(map.arm()),
    );
    vec![
        JsonFile {
            name: "features.json",
            text: close(head("features"), features),
        },
        JsonFile {
            name: "vendors.json",
            text: close(head("vendors"), vendors),
        },
        JsonFile {
            name: "models.json",
            text: close(head("models"), models),
        },
        JsonFile {
            name: "models-other.json",
            text: other,
        },
    ]
}

fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.into_iter().map(quote).collect();
    format!("[{}]", names.join(","))
}

fn feature_row(feature: &super::Feature) -> String {
    let mut row = format!("  {{\"name\":{}", quote(&feature.name));
    match feature.place {
        Place::Cpuid {
            leaf,
            subleaf,
            register,
            bit,
        } => {
            let name = REGISTERS
                .iter()
                .find(|(known, _)| *known == register)
                .map_or("", |r| r.1);
            let _ = write!(row, ",\"cpuid\":[{{\"leaf\":\"{leaf:#x}\"");
            if subleaf != 0 {
                let _ = write!(row, ",\"subleaf\":\"{subleaf:#x}\"");
            }
            let _ = write!(row, ",\"{name}\":\"{:#x}\"}}]", 1u32 << bit);
        }
        Place::Msr { index, bit } => {
            let (half, bit) = if bit < 32 {
                ("eax", bit)
            } else {
                ("edx", bit - 32)
            };
            let mask = 1u32 << bit;
            let _ = write!(
                row,
                ",\"msr\":[{{\"index\":\"{index:#x}\",\"{half}\":\"{mask:#x}\"}}]"
            );
        }
    }
    if !feature.migratable {
        row.push_str(",\"migratable\":false");
    }
    let of = |of| {
        feature
            .aliases
            .iter()
            .filter(move |alias| alias.of == of)
            .map(|alias| &*alias.name)
    };
    let aliases: Vec<String> = [("qemu", AliasOf::Qemu), ("linux", AliasOf::Linux)]
        .into_iter()
        .filter(|(_, whose)| of(*whose).next().is_some())
        .map(|(name, whose)| format!("\"{name}\":{}", list(of(whose))))
        .collect();
    if !aliases.is_empty() {
        let _ = write!(row, ",\"aliases\":{{{}}}", aliases.join(","));
    }
    row.push('}');
    row
}

fn model_row(map: &CpuMap, model: &super::Model) -> String {
    let names = |bits: Bits| list(map.names(bits).iter().map(String::as_str));
    let mut row = format!("  {{\"name\":{}", quote(&model.name));
    if let Some(vendor) = model.vendor.and_then(|vendor| map.vendor_name(vendor)) {
        let _ = write!(row, ",\"vendor\":{}", quote(vendor));
    }
    if let Some(base) = &model.base {
        let _ = write!(row, ",\"base\":{}", quote(base));
    }
    let _ = write!(
        row,
        ",\"decode\":{{\"host\":{},\"guest\":{}}}",
        model.decode_host, model.decode_guest
    );
    if model.check_compat {
        row.push_str(",\"check_partial\":\"compat\"");
    }
    if !model.signatures.is_empty() {
        let entries: Vec<String> = model
            .signatures
            .iter()
            .map(|signature| {
                let stepping = steppings_text(signature.steppings)
                    .map_or(String::new(), |text| format!(",\"stepping\":\"{text}\""));
                format!(
                    "{{\"family\":{},\"model\":{}{stepping}}}",
                    signature.family, signature.model
                )
            })
            .collect();
        let _ = write!(row, ",\"signatures\":[{}]", entries.join(","));
    }
    let base = model.base.as_deref().and_then(|base| map.model(base).ok());
    if base.is_none_or(|base| base.features != model.features) {
        let _ = write!(row, ",\"features\":{}", names(model.features));
    }
    for (key, bits) in [("removed", model.removed), ("added", model.added)] {
        if !bits.is_empty() {
            let _ = write!(row, ",\"{key}\":{}", names(bits));
        }
    }
    if let Some((stem, version)) = version_of(&model.name) {
        let _ = write!(row, ",\"version_of\":{},\"version\":{version}", quote(stem));
    }
    row.push('}');
    row
}

fn other_text(arch: &OtherArch) -> String {
    let vendors: Vec<String> = arch
        .vendors
        .iter()
        .map(|vendor| {
            let value = vendor
                .value
                .map_or(String::new(), |value| format!(",\"value\":\"{value:#x}\""));
            format!("   {{\"name\":{}{value}}}", quote(&vendor.name))
        })
        .collect();
    let models: Vec<String> = arch
        .models
        .iter()
        .map(|model| {
            let vendor = model.vendor.as_ref().map_or(String::new(), |vendor| {
                format!(",\"vendor\":{}", quote(vendor))
            });
            let pvr: Vec<String> = model
                .pvr
                .iter()
                .map(|(value, mask)| {
                    let mask = match *mask {
                        u32::MAX => String::new(),
                        mask => format!(",\"mask\":\"{mask:#x}\""),
                    };
                    format!("{{\"value\":\"{value:#x}\"{mask}}}")
                })
                .collect();
            format!(
                "   {{\"name\":{}{vendor},\"pvr\":[{}]}}",
                quote(&model.name),
                pvr.join(",")
            )
        })
        .collect();
    format!(
        "{{\n  \"vendors\": [\n{}\n  ],\n  \"models\": [\n{}\n  ],\n  \"features\": {}\n }}",
        vendors.join(",\n"),
        models.join(",\n"),
        list(arch.features.iter().map(|name| &**name)),
    )
}
