//! CPUID words and model-specific registers of one machine, and the features they hold.

use std::collections::BTreeMap;

use super::Signature;
use super::bits::Bits;
use super::map::{CpuMap, Feature, Place, Register};

/// The four result registers of one CPUID call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Words {
    /// `eax`
    pub eax: u32,
    /// `ebx`
    pub ebx: u32,
    /// `ecx`
    pub ecx: u32,
    /// `edx`
    pub edx: u32,
}

impl Words {
    /// The register's value.
    pub fn get(&self, register: Register) -> u32 {
        match register {
            Register::Eax => self.eax,
            Register::Ebx => self.ebx,
            Register::Ecx => self.ecx,
            Register::Edx => self.edx,
        }
    }

    /// Bits that are set in either.
    #[must_use]
    pub fn or(self, other: Words) -> Words {
        Words {
            eax: self.eax | other.eax,
            ebx: self.ebx | other.ebx,
            ecx: self.ecx | other.ecx,
            edx: self.edx | other.edx,
        }
    }

    /// Sets the register's value.
    pub fn set(&mut self, register: Register, value: u32) {
        match register {
            Register::Eax => self.eax = value,
            Register::Ebx => self.ebx = value,
            Register::Ecx => self.ecx = value,
            Register::Edx => self.edx = value,
        }
    }
}

/// What CPUID and the model-specific registers of one machine say.
///
/// A word that is not there reads as 0 when a CPU is named, as in libvirt; [`CpuidData::known`]
/// tells absent from never read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CpuidData {
    leaves: BTreeMap<(u32, u32), Words>,
    msrs: BTreeMap<u32, u64>,
}

/// Where the extended leaves begin.
const EXTENDED: u32 = 0x8000_0000;
/// Where Zhaoxin's own leaves begin.
const ZHAOXIN: u32 = 0xc000_0000;

impl CpuidData {
    /// Adds the words of one CPUID call; words of the same leaf and subleaf are or-ed.
    pub fn add_leaf(&mut self, leaf: u32, subleaf: u32, words: Words) {
        let known = self.leaves.entry((leaf, subleaf)).or_default();
        *known = known.or(words);
    }

    /// Adds a model-specific register; values of the same one are or-ed.
    pub fn add_msr(&mut self, index: u32, value: u64) {
        *self.msrs.entry(index).or_default() |= value;
    }

    /// The words of a leaf, if it was read.
    pub fn leaf(&self, leaf: u32, subleaf: u32) -> Option<Words> {
        self.leaves.get(&(leaf, subleaf)).copied()
    }

    /// A model-specific register, if it was read.
    pub fn msr(&self, index: u32) -> Option<u64> {
        self.msrs.get(&index).copied()
    }

    /// All leaves with their subleaf, in order.
    pub fn leaves(&self) -> impl Iterator<Item = (u32, u32, Words)> + '_ {
        self.leaves
            .iter()
            .map(|(&(leaf, subleaf), &words)| (leaf, subleaf, words))
    }

    /// All model-specific registers, in order.
    pub fn msrs(&self) -> impl Iterator<Item = (u32, u64)> + '_ {
        self.msrs.iter().map(|(&index, &value)| (index, value))
    }

    /// Nothing was read at all?
    pub fn is_empty(&self) -> bool {
        self.leaves.is_empty() && self.msrs.is_empty()
    }

    /// Family, model and stepping from leaf 1; `None` when the leaf is missing or 0.
    pub fn signature(&self) -> Option<Signature> {
        // The reserved bits and the processor type are no part of a signature.
        let eax = self.leaf(1, 0)?.eax & 0x0fff_3fff;
        (eax != 0).then_some(Signature {
            family: (eax >> 20 & 0xff) + (eax >> 8 & 0xf),
            model: (eax >> 16 & 0xf) << 4 | (eax >> 4 & 0xf),
            stepping: eax & 0xf,
        })
    }

    /// The first vendor of the map whose 12 bytes are in leaf 0.
    pub fn vendor(&self, map: &CpuMap) -> Option<u16> {
        let zero = self.leaf(0, 0)?;
        let at = map.vendors().iter().position(|vendor| {
            let mut parts = vendor.string.as_bytes().chunks_exact(4).map(|part| {
                part.iter()
                    .rev()
                    .fold(0u32, |word, &byte| word << 8 | u32::from(byte))
            });
            [zero.ebx, zero.edx, zero.ecx]
                .into_iter()
                .all(|word| parts.next().is_some_and(|part| word & part == part))
        })?;
        u16::try_from(at).ok()
    }

    /// The 12 bytes of leaf 0 as text, with anything but ASCII as `?`.
    pub fn vendor_string(&self) -> Option<String> {
        let zero = self.leaf(0, 0)?;
        let bytes = [zero.ebx, zero.edx, zero.ecx]
            .into_iter()
            .flat_map(u32::to_le_bytes);
        let text = bytes.map(|byte| {
            if byte.is_ascii_graphic() || byte == b' ' {
                byte as char
            } else {
                '?'
            }
        });
        Some(text.collect())
    }

    /// Physical address bits from leaf 0x80000008.
    pub fn physical_address_bits(&self) -> Option<u32> {
        self.leaf(0x8000_0008, 0)
            .map(|words| words.eax & 0xff)
            .filter(|&bits| bits != 0)
    }

    /// Is the CPU shown by a hypervisor (leaf 1 ecx bit 31)?
    pub fn under_hypervisor(&self) -> Option<bool> {
        self.leaf(1, 0).map(|words| words.ecx >> 31 == 1)
    }

    /// The name of the hypervisor from leaf 0x40000000, when one shows itself.
    pub fn hypervisor_name(&self) -> Option<String> {
        let words = self
            .leaf(0x4000_0000, 0)
            .filter(|_| self.under_hypervisor() == Some(true))?;
        let bytes: Vec<u8> = [words.ebx, words.ecx, words.edx]
            .into_iter()
            .flat_map(u32::to_le_bytes)
            .collect();
        let text: String = bytes
            .iter()
            .take_while(|&&byte| byte != 0)
            .map(|&byte| {
                if byte.is_ascii_graphic() || byte == b' ' {
                    byte as char
                } else {
                    '?'
                }
            })
            .collect();
        (!text.is_empty()).then_some(text)
    }

    /// Does this machine mix core types (leaf 7 edx bit 15)?
    pub fn is_hybrid(&self) -> bool {
        self.leaf(7, 0)
            .is_some_and(|words| words.edx >> 15 & 1 == 1)
    }

    /// TSC frequency in Hz from leaf 0x15, where the CPU tells its crystal.
    pub fn tsc_hz(&self) -> Option<u64> {
        let words = self.leaf(0x15, 0)?;
        if words.eax == 0 || words.ebx == 0 || words.ecx == 0 {
            return None;
        }
        Some(u64::from(words.ecx) * u64::from(words.ebx) / u64::from(words.eax))
    }

    /// Features of the map whose bit is set, except TSX where libvirt takes it for broken
    /// (Haswell before its last stepping).
    pub fn features(&self, map: &CpuMap) -> Bits {
        let mut bits: Bits = map
            .features()
            .iter()
            .enumerate()
            .filter(|(_, feature)| self.has(feature.place))
            .map(|(at, _)| at)
            .collect();
        if self.has_broken_tsx(map) {
            for name in ["hle", "rtm"] {
                if let Ok(at) = map.feature(name) {
                    bits.remove(at);
                }
            }
        }
        bits
    }

    /// Features of the map that the data tells present or absent. The others were never read:
    /// an MSR without its value, a leaf below the CPU's maximum that the dump lacks.
    pub fn known(&self, map: &CpuMap) -> Bits {
        let pick = |(at, feature): (usize, &Feature)| match feature.place {
            Place::Msr { index, .. } => self.msrs.contains_key(&index).then_some(at),
            Place::Cpuid { leaf, subleaf, .. } => self.knows_leaf(leaf, subleaf).then_some(at),
        };
        map.features().iter().enumerate().filter_map(pick).collect()
    }

    fn has(&self, place: Place) -> bool {
        match place {
            Place::Cpuid {
                leaf,
                subleaf,
                register,
                bit,
            } => self
                .leaf(leaf, subleaf)
                .is_some_and(|words| words.get(register) >> bit & 1 == 1),
            Place::Msr { index, bit } => self.msr(index).is_some_and(|value| value >> bit & 1 == 1),
        }
    }

    fn has_broken_tsx(&self, map: &CpuMap) -> bool {
        let intel = self.vendor(map).and_then(|vendor| map.vendor_name(vendor)) == Some("Intel");
        intel
            && self.signature().is_some_and(|signature| {
                signature.family == 6
                    && match signature.model {
                        60 | 69 | 70 => true,
                        63 => signature.stepping < 4,
                        _ => false,
                    }
            })
    }

    /// Is a leaf read, or told to be beyond what the CPU has?
    fn knows_leaf(&self, leaf: u32, subleaf: u32) -> bool {
        if self.leaves.contains_key(&(leaf, subleaf)) {
            return true;
        }
        let beyond = match leaf {
            0..EXTENDED => self.leaf(0, 0).map(|words| leaf > words.eax),
            EXTENDED..ZHAOXIN => self.leaf(EXTENDED, 0).map(|words| leaf > words.eax),
            // No reader asks these of the other vendors, and those have nothing there.
            ZHAOXIN.. => self
                .vendor_string()
                .map(|vendor| vendor != "CentaurHauls" && vendor != "  Shanghai  "),
        };
        if beyond == Some(true) {
            return true;
        }
        // Subleaf 0 tells which others there are.
        self.leaf(leaf, 0).is_some_and(|zero| match leaf {
            7 | 0x14 | 0x1e | 0x24 => subleaf > zero.eax,
            0xf => subleaf < 32 && zero.edx >> subleaf & 1 == 0,
            0x10 => subleaf < 32 && zero.ebx >> subleaf & 1 == 0,
            _ => false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(eax: u32, ebx: u32, ecx: u32, edx: u32) -> Words {
        Words { eax, ebx, ecx, edx }
    }

    fn haswell() -> CpuidData {
        let mut data = CpuidData::default();
        data.add_leaf(0, 0, words(0xd, 0x756e_6547, 0x6c65_746e, 0x4965_6e69));
        data.add_leaf(1, 0, words(0x0003_06c3, 0, 0, 0x1));
        data.add_leaf(7, 0, words(0, 1 << 4 | 1 << 5, 0, 0));
        data
    }

    #[test]
    fn vendor_signature_and_features_are_read() {
        let map = CpuMap::builtin();
        let data = haswell();
        assert_eq!(
            data.vendor(map).and_then(|at| map.vendor_name(at)),
            Some("Intel")
        );
        assert_eq!(data.vendor_string().as_deref(), Some("GenuineIntel"));
        assert_eq!(
            data.signature(),
            Some(Signature {
                family: 6,
                model: 60,
                stepping: 3
            })
        );
        // hle is set, and taken away: this Haswell's TSX is broken.
        assert_eq!(map.names(data.features(map)), ["fpu", "avx2"]);
    }

    #[test]
    fn what_was_never_read_is_not_known() {
        let map = CpuMap::builtin();
        let data = haswell();
        let known = data.known(map);
        let knows = |name: &str| known.contains(map.feature(name).expect("in the map"));
        assert!(knows("avx2") && knows("fpu"));
        assert!(
            knows("avx-vnni"),
            "subleaf 1 of leaf 7 is beyond its maximum of 0"
        );
        assert!(knows("amx-fp8"), "leaf 0x1e is beyond the maximum");
        assert!(!knows("rdctl-no"), "an MSR");
        assert!(!knows("xsavec"), "leaf 0xd is missing in the dump");
        assert!(!knows("lm"), "no extended leaf was dumped");
        assert!(knows("pmm"), "Zhaoxin's leaves");
    }

    #[test]
    fn repeated_words_are_or_ed() {
        let mut data = CpuidData::default();
        data.add_leaf(1, 0, words(0, 0, 1, 0));
        data.add_leaf(1, 0, words(0, 0, 2, 0));
        data.add_msr(0x10a, 1);
        data.add_msr(0x10a, 4);
        assert_eq!(data.leaf(1, 0), Some(words(0, 0, 3, 0)));
        assert_eq!(data.msr(0x10a), Some(5));
    }
}
