//! How the generated table writes its rows: constant constructors with plain arguments.

use std::borrow::Cow;

use super::{
    Alias, AliasOf, Feature, Model, ModelSignature, OtherModel, OtherVendor, Place, Register,
};
use crate::cpu::bits::Bits;

/// A feature that is a CPUID bit.
pub(in crate::cpu::map) const fn cpuid(
    name: &'static str,
    leaf: u32,
    subleaf: u32,
    register: Register,
    bit: u8,
    migratable: bool,
    aliases: &'static [Alias],
) -> Feature {
    let place = Place::Cpuid {
        leaf,
        subleaf,
        register,
        bit,
    };
    Feature {
        name: Cow::Borrowed(name),
        place,
        migratable,
        aliases: Cow::Borrowed(aliases),
    }
}

/// A feature that is a bit of a model-specific register.
pub(in crate::cpu::map) const fn msr(
    name: &'static str,
    index: u32,
    bit: u8,
    migratable: bool,
    aliases: &'static [Alias],
) -> Feature {
    let place = Place::Msr { index, bit };
    Feature {
        name: Cow::Borrowed(name),
        place,
        migratable,
        aliases: Cow::Borrowed(aliases),
    }
}

/// QEMU's spelling of a feature.
pub(in crate::cpu::map) const fn qemu(name: &'static str) -> Alias {
    Alias {
        of: AliasOf::Qemu,
        name: Cow::Borrowed(name),
    }
}

/// Linux's spelling of a feature.
pub(in crate::cpu::map) const fn linux(name: &'static str) -> Alias {
    Alias {
        of: AliasOf::Linux,
        name: Cow::Borrowed(name),
    }
}

/// Family, model and stepping bits.
pub(in crate::cpu::map) const fn sig(family: u32, model: u32, steppings: u16) -> ModelSignature {
    ModelSignature {
        family,
        model,
        steppings,
    }
}

/// A model in the table; what most rows leave out is in [`Row::EMPTY`].
#[derive(Clone, Copy)]
pub(in crate::cpu::map) struct Row {
    pub(super) name: &'static str,
    pub(super) base: Option<&'static str>,
    pub(super) vendor: Option<u16>,
    pub(super) decode_host: bool,
    pub(super) decode_guest: bool,
    pub(super) check_compat: bool,
    pub(super) signatures: &'static [ModelSignature],
    pub(super) features: &'static [u16],
    pub(super) removed: &'static [u16],
    pub(super) added: &'static [u16],
}

impl Row {
    /// A model of any vendor, good for host and guest, without signatures.
    pub(super) const EMPTY: Row = Row {
        name: "",
        base: None,
        vendor: None,
        decode_host: true,
        decode_guest: true,
        check_compat: false,
        signatures: &[],
        features: &[],
        removed: &[],
        added: &[],
    };

    /// The model of the row.
    pub(in crate::cpu::map) const fn model(self) -> Model {
        Model {
            name: Cow::Borrowed(self.name),
            base: match self.base {
                Some(base) => Some(Cow::Borrowed(base)),
                None => None,
            },
            vendor: self.vendor,
            decode_host: self.decode_host,
            decode_guest: self.decode_guest,
            check_compat: self.check_compat,
            signatures: Cow::Borrowed(self.signatures),
            features: Bits::of(self.features),
            removed: Bits::of(self.removed),
            added: Bits::of(self.added),
        }
    }
}

/// A vendor of another architecture.
pub(in crate::cpu::map) const fn other_vendor(
    name: &'static str,
    value: Option<u32>,
) -> OtherVendor {
    OtherVendor {
        name: Cow::Borrowed(name),
        value,
    }
}

/// A model of another architecture.
pub(in crate::cpu::map) const fn other_model(
    name: &'static str,
    vendor: Option<&'static str>,
    pvr: &'static [(u32, u32)],
) -> OtherModel {
    OtherModel {
        name: Cow::Borrowed(name),
        vendor: match vendor {
            Some(vendor) => Some(Cow::Borrowed(vendor)),
            None => None,
        },
        pvr: Cow::Borrowed(pvr),
    }
}

/// The numbers of the features that a live migration can carry.
pub(in crate::cpu::map) const fn migratable_bits(features: &[Feature]) -> Bits {
    let mut bits = Bits::EMPTY;
    let mut at = 0;
    while at < features.len() {
        if features[at].migratable {
            bits = bits.with(at);
        }
        at += 1;
    }
    bits
}

/// The numbers of the features that are bits of model-specific registers.
pub(in crate::cpu::map) const fn msr_bits(features: &[Feature]) -> Bits {
    let mut bits = Bits::EMPTY;
    let mut at = 0;
    while at < features.len() {
        if matches!(features[at].place, Place::Msr { .. }) {
            bits = bits.with(at);
        }
        at += 1;
    }
    bits
}
