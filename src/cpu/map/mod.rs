//! The CPU map: which bits have names, which sets of them are models, which bytes are vendors.
//!
//! The built-in map ([`CpuMap::builtin`]) is a table of constants, so a process pays nothing for it
//! at its start. [`CpuMap::load`] reads another one: the XML files of an installed libvirt
//! (`/usr/share/libvirt/cpu_map`) or a folder in domdiff's own JSON form. Both are the same type.
//!
//! `cargo run --example cpu_map -- DIR` writes the table anew from such a folder.

mod build;
mod emit;
mod json;
mod rows;
#[rustfmt::skip]
mod table;
mod xml;

use std::borrow::Cow;
use std::path::Path;

pub use emit::rust_source;
pub use json::{JsonFile, json_files};

use super::bits::Bits;
use super::error::{CpuError, InputError, InputErrorKind};

/// One of the four CPUID result registers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Register {
    /// `eax`
    Eax,
    /// `ebx`
    Ebx,
    /// `ecx`
    Ecx,
    /// `edx`
    Edx,
}

/// Where a feature's bit is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// A bit of a CPUID result.
    Cpuid {
        /// `eax` on entry.
        leaf: u32,
        /// `ecx` on entry, 0 where the leaf has no subleaves.
        subleaf: u32,
        /// The result register.
        register: Register,
        /// The bit in it, 0 to 31.
        bit: u8,
    },
    /// A bit of a model-specific register; needs root to read.
    Msr {
        /// The register's number.
        index: u32,
        /// The bit in it, 0 to 63.
        bit: u8,
    },
}

/// Whose spelling an alias is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AliasOf {
    /// QEMU's property name; `-` and `_` are the same there.
    Qemu,
    /// A flag of /proc/cpuinfo.
    Linux,
}

/// Another spelling of a feature, for reading foreign data only: libvirt refuses it in XML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alias {
    /// Whose spelling.
    pub of: AliasOf,
    /// The spelling.
    pub name: Cow<'static, str>,
}

/// A named bit. Its number in [`Bits`] is its place in [`CpuMap::features`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    /// libvirt's name.
    pub name: Cow<'static, str>,
    /// Where the bit is.
    pub place: Place,
    /// May a guest with it be live migrated as it is?
    pub migratable: bool,
    /// Other spellings.
    pub aliases: Cow<'static, [Alias]>,
}

/// A CPU vendor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vendor {
    /// libvirt's name (`Intel`).
    pub name: Cow<'static, str>,
    /// The 12 bytes of CPUID leaf 0 (`GenuineIntel`).
    pub string: Cow<'static, str>,
}

/// Family, model and steppings that a CPU model stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ModelSignature {
    /// CPUID family, with the extended part.
    pub family: u32,
    /// CPUID model, with the extended part.
    pub model: u32,
    /// One bit for each of the 16 steppings.
    pub steppings: u16,
}

/// An x86 CPU model: a named set of features.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// libvirt's name.
    pub name: Cow<'static, str>,
    /// The model it takes vendor, signatures and features from.
    pub base: Option<Cow<'static, str>>,
    /// Place of its vendor in [`CpuMap::vendors`]; none fits every vendor.
    pub vendor: Option<u16>,
    /// May a host's CPU be named by it?
    pub decode_host: bool,
    /// May a guest's CPU be named by it?
    pub decode_guest: bool,
    /// With `check='partial'`: all its features are compared with the host (otherwise the
    /// hypervisor's own list of what it cannot give decides).
    pub check_compat: bool,
    /// The CPUs it stands for; empty: never recognised by signature.
    pub signatures: Cow<'static, [ModelSignature]>,
    /// All features, those of `base` included.
    pub features: Bits,
    /// Features that an older state of the model had: a guest that does not name them gets them
    /// as `disable`.
    pub removed: Bits,
    /// Features that newer QEMU adds to the model; not part of `features`, left out of what a
    /// migration sends.
    pub added: Bits,
}

/// A vendor of another architecture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherVendor {
    /// libvirt's name.
    pub name: Cow<'static, str>,
    /// Implementer code (arm).
    pub value: Option<u32>,
}

/// A CPU model of another architecture.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherModel {
    /// libvirt's name.
    pub name: Cow<'static, str>,
    /// Its vendor's name.
    pub vendor: Option<Cow<'static, str>>,
    /// Version register values and masks: the model fits when `pvr & mask == value` for one of
    /// them (ppc64), or the part number equals the value (arm, mask all ones).
    pub pvr: Cow<'static, [(u32, u32)]>,
}

/// Vendors, models and feature names of an architecture without feature bits in the map.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherArch {
    /// Vendors in map order.
    pub vendors: Cow<'static, [OtherVendor]>,
    /// Models in map order: the first that fits is the CPU's.
    pub models: Cow<'static, [OtherModel]>,
    /// Feature names.
    pub features: Cow<'static, [Cow<'static, str>]>,
}

/// How libvirt weighs candidate models when it names a guest CPU; it changed between releases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListRule {
    /// Up to 7.10 at least: the shortest list of extra and missing features wins.
    Shortest,
    /// 9.0 and later: missing features cost more the more there are.
    Penalty,
}

/// The names libvirt gives to CPU bits, models and vendors, in the order it tries them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CpuMap {
    source: Cow<'static, str>,
    rule: ListRule,
    features: Cow<'static, [Feature]>,
    /// Numbers of the features, sorted by name.
    features_by_name: Cow<'static, [u16]>,
    migratable: Bits,
    msr: Bits,
    models: Cow<'static, [Model]>,
    /// Numbers of the models, sorted by name.
    models_by_name: Cow<'static, [u16]>,
    vendors: Cow<'static, [Vendor]>,
    ppc64: OtherArch,
    arm: OtherArch,
}

impl CpuMap {
    /// The map compiled into domdiff.
    pub fn builtin() -> &'static CpuMap {
        &table::BUILTIN
    }

    /// Reads the map of an installed libvirt (a folder with `index.xml`) or one in our own JSON
    /// form (a folder with `features.json`).
    ///
    /// # Errors
    /// A file that is missing, too large or not in that form, a name used before it is defined, or
    /// more features than [`Bits::CAPACITY`].
    pub fn load(folder: &Path) -> Result<CpuMap, InputError> {
        if folder.join("index.xml").is_file() {
            xml::load(folder)
        } else if folder.join("features.json").is_file() {
            json::load(folder)
        } else {
            Err(InputError::new(
                &folder.display().to_string(),
                InputErrorKind::Content(
                    "no CPU map: neither index.xml (libvirt's form) nor features.json (ours)"
                        .into(),
                ),
            ))
        }
    }

    /// Where the facts come from, for people.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The same map under another source; a release in it ("version 7.10.0") sets the rule.
    #[must_use]
    pub fn with_source(mut self, source: &str) -> CpuMap {
        self.rule = build::rule_of(source);
        self.source = source.to_owned().into();
        self
    }

    /// How candidates are weighed by the libvirt this map belongs to. The XML form does not tell
    /// its version and counts as new.
    pub fn list_rule(&self) -> ListRule {
        self.rule
    }

    /// All x86 features in map order; their place is their number in [`Bits`].
    pub fn features(&self) -> &[Feature] {
        &self.features
    }

    /// All x86 models in map order.
    pub fn models(&self) -> &[Model] {
        &self.models
    }

    /// All x86 vendors in map order.
    pub fn vendors(&self) -> &[Vendor] {
        &self.vendors
    }

    /// The ppc64 part.
    pub fn ppc64(&self) -> &OtherArch {
        &self.ppc64
    }

    /// The arm part (aarch64, armv7l).
    pub fn arm(&self) -> &OtherArch {
        &self.arm
    }

    /// Every feature of the map.
    pub fn all_features(&self) -> Bits {
        Bits::first(self.features.len())
    }

    /// The features that do not stand in the way of a live migration.
    pub fn migratable(&self) -> Bits {
        self.migratable
    }

    /// The features that are read from model-specific registers.
    pub fn msr_features(&self) -> Bits {
        self.msr
    }

    /// The number of a feature by libvirt's name.
    ///
    /// # Errors
    /// [`CpuError::UnknownFeature`]; an alias is unknown.
    pub fn feature(&self, name: &str) -> Result<usize, CpuError> {
        let order = &self.features_by_name;
        order
            .binary_search_by(|&at| (*self.features[usize::from(at)].name).cmp(name))
            .map(|at| usize::from(order[at]))
            .map_err(|_| CpuError::UnknownFeature(name.to_owned()))
    }

    /// The number of a feature by another project's spelling, or libvirt's own.
    pub fn feature_by_alias(&self, name: &str, of: AliasOf) -> Option<usize> {
        let same = |alias: &str| match of {
            AliasOf::Linux => alias == name,
            AliasOf::Qemu => {
                alias.len() == name.len()
                    && alias.bytes().zip(name.bytes()).all(|(a, b)| {
                        a == b || (matches!(a, b'-' | b'_') && matches!(b, b'-' | b'_'))
                    })
            }
        };
        self.feature(name).ok().or_else(|| {
            self.features.iter().position(|feature| {
                feature
                    .aliases
                    .iter()
                    .any(|alias| alias.of == of && same(&alias.name))
                    || (of == AliasOf::Qemu && same(&feature.name))
            })
        })
    }

    /// A model by name.
    ///
    /// # Errors
    /// [`CpuError::UnknownModel`].
    pub fn model(&self, name: &str) -> Result<&Model, CpuError> {
        let order = &self.models_by_name;
        order
            .binary_search_by(|&at| (*self.models[usize::from(at)].name).cmp(name))
            .map(|at| &self.models[usize::from(order[at])])
            .map_err(|_| CpuError::UnknownModel(name.to_owned()))
    }

    /// The number of a vendor by libvirt's name.
    ///
    /// # Errors
    /// [`CpuError::UnknownVendor`].
    pub fn vendor(&self, name: &str) -> Result<u16, CpuError> {
        self.vendors
            .iter()
            .position(|vendor| vendor.name == name)
            .and_then(|at| u16::try_from(at).ok())
            .ok_or_else(|| CpuError::UnknownVendor(name.to_owned()))
    }

    /// The name of the vendor of that number.
    pub fn vendor_name(&self, vendor: u16) -> Option<&str> {
        self.vendors
            .get(usize::from(vendor))
            .map(|vendor| &*vendor.name)
    }

    /// The names of a set, in map order.
    pub fn names(&self, bits: Bits) -> Vec<String> {
        bits.iter()
            .filter_map(|at| self.features.get(at))
            .map(|feature| feature.name.clone().into_owned())
            .collect()
    }

    /// The canonical `-vN` name of a model: itself if it is one, else the `-vN` model made of it.
    pub fn canonical_model(&self, name: &str) -> Option<&str> {
        let model = self.model(name).ok()?;
        if version_of(&model.name).is_some() {
            return Some(&model.name);
        }
        self.models
            .iter()
            .find(|other| {
                other.base.as_deref() == Some(name)
                    && other.features == model.features
                    && version_of(&other.name).is_some()
            })
            .map(|other| &*other.name)
    }
}

/// `("EPYC", 2)` of `EPYC-v2`.
pub(crate) fn version_of(name: &str) -> Option<(&str, u32)> {
    let (stem, version) = name.rsplit_once("-v")?;
    let digits = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit());
    version
        .parse()
        .ok()
        .filter(|_| digits)
        .map(|version| (stem, version))
}

impl ModelSignature {
    /// Does a CPU of that family, model and stepping match?
    pub fn fits(&self, signature: super::Signature) -> bool {
        self.family == signature.family
            && self.model == signature.model
            && signature.stepping < 16
            && self.steppings & (1 << signature.stepping) != 0
    }
}
