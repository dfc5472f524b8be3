//! CPU vendors and models of ppc64 and arm.
//!
//! Generated: facts of the CPU map of the libvirt project, version 12.8.0, in domdiff's own form.
//! Do not edit: `cargo run --example cpu_map -- DIR` writes it anew from a libvirt's map.

use std::borrow::Cow::{self, Borrowed};

use crate::cpu::map::rows::{other_model, other_vendor};
use crate::cpu::map::{OtherArch, OtherModel, OtherVendor};

static PPC64_VENDORS: [OtherVendor; 2] = [
    other_vendor("IBM", None),
    other_vendor("Freescale", None),
];

static PPC64_MODELS: [OtherModel; 8] = [
    other_model("POWER6", Some("IBM"), &[(0x3e0000, 0xffff0000)]),
    other_model("POWER7", Some("IBM"), &[(0x3f0000, 0xffff0000), (0x4a0000, 0xffff0000)]),
    other_model("POWER8", Some("IBM"), &[(0x4b0000, 0xffff0000), (0x4c0000, 0xffff0000), (0x4d0000, 0xffff0000)]),
    other_model("POWER9", Some("IBM"), &[(0x4e0000, 0xffff0000)]),
    other_model("POWER10", Some("IBM"), &[(0x800000, 0xffff0000)]),
    other_model("POWER11", Some("IBM"), &[(0x820000, 0xffff0000)]),
    other_model("POWERPC_e5500", Some("Freescale"), &[(0x80240000, 0xffff0000)]),
    other_model("POWERPC_e6500", Some("Freescale"), &[(0x80400000, 0xffff0000)]),
];

static PPC64_FEATURES: [Cow<'static, str>; 0] = [
];

pub(super) const PPC64: OtherArch = OtherArch {
    vendors: Borrowed(&PPC64_VENDORS),
    models: Borrowed(&PPC64_MODELS),
    features: Borrowed(&PPC64_FEATURES),
};

static ARM_VENDORS: [OtherVendor; 15] = [
    other_vendor("ARM", Some(0x41)),
    other_vendor("Broadcom", Some(0x42)),
    other_vendor("Cavium", Some(0x43)),
    other_vendor("DigitalEquipment", Some(0x44)),
    other_vendor("Fujitsu", Some(0x46)),
    other_vendor("HiSilicon", Some(0x48)),
    other_vendor("Infineon", Some(0x49)),
    other_vendor("Freescale", Some(0x4d)),
    other_vendor("NVIDIA", Some(0x4e)),
    other_vendor("APM", Some(0x50)),
    other_vendor("Qualcomm", Some(0x51)),
    other_vendor("Marvell", Some(0x56)),
    other_vendor("Intel", Some(0x69)),
    other_vendor("Phytium", Some(0x70)),
    other_vendor("Ampere", Some(0xc0)),
];

static ARM_MODELS: [OtherModel; 15] = [
    other_model("cortex-a53", Some("ARM"), &[(0xd03, 0xffffffff)]),
    other_model("cortex-a57", Some("ARM"), &[(0xd07, 0xffffffff)]),
    other_model("cortex-a72", Some("ARM"), &[(0xd08, 0xffffffff)]),
    other_model("Neoverse-N1", Some("ARM"), &[(0xd0c, 0xffffffff)]),
    other_model("Neoverse-N2", Some("ARM"), &[(0xd49, 0xffffffff)]),
    other_model("Neoverse-V1", Some("ARM"), &[(0xd40, 0xffffffff)]),
    other_model("Neoverse-V2", Some("ARM"), &[(0xd4f, 0xffffffff)]),
    other_model("Falkor", Some("Qualcomm"), &[(0xc00, 0xffffffff)]),
    other_model("ThunderX2 99xx", Some("Cavium"), &[(0xaf, 0xffffffff)]),
    other_model("a64fx", Some("Fujitsu"), &[(0x1, 0xffffffff)]),
    other_model("Kunpeng-920", Some("HiSilicon"), &[(0xd01, 0xffffffff)]),
    other_model("FT-2000+", Some("Phytium"), &[(0x662, 0xffffffff)]),
    other_model("Tengyun-S2500", Some("Phytium"), &[(0x663, 0xffffffff)]),
    other_model("Ampere-1", Some("Ampere"), &[(0xac3, 0xffffffff)]),
    other_model("Ampere-1a", Some("Ampere"), &[(0xac4, 0xffffffff)]),
];

static ARM_FEATURES: [Cow<'static, str>; 18] = [
    Borrowed("sve"),
    Borrowed("sve128"),
    Borrowed("sve256"),
    Borrowed("sve384"),
    Borrowed("sve512"),
    Borrowed("sve640"),
    Borrowed("sve768"),
    Borrowed("sve896"),
    Borrowed("sve1024"),
    Borrowed("sve1152"),
    Borrowed("sve1280"),
    Borrowed("sve1408"),
    Borrowed("sve1536"),
    Borrowed("sve1664"),
    Borrowed("sve1792"),
    Borrowed("sve1920"),
    Borrowed("sve2048"),
    Borrowed("pauth"),
];

pub(super) const ARM: OtherArch = OtherArch {
    vendors: Borrowed(&ARM_VENDORS),
    models: Borrowed(&ARM_MODELS),
    features: Borrowed(&ARM_FEATURES),
};
