//! Reads CPUID: every leaf and subleaf that the CPU map names, by the rules of the manuals.

use crate::cpu::CpuidData;
use crate::cpu::data::Words;

/// The most leaves and subleaves that are read of one kind; real CPUs have below 64.
const LIMIT: u32 = 0x100;

/// The CPUID instruction on whichever CPU this thread is.
pub(super) fn native(leaf: u32, subleaf: u32) -> Words {
    let raw_cpuid::CpuIdResult { eax, ebx, ecx, edx } = raw_cpuid::cpuid!(leaf, subleaf);
    Words { eax, ebx, ecx, edx }
}

/// Reads all of a CPU through `ask(leaf, subleaf)`.
pub(super) fn read(ask: &dyn Fn(u32, u32) -> Words) -> CpuidData {
    let mut data = CpuidData::default();
    let basic = ask(0, 0).eax.min(LIMIT);
    for leaf in 0..=basic {
        read_leaf(&mut data, ask, leaf);
    }
    read_range(&mut data, ask, 0x8000_0000);
    let words = data.leaf(0, 0).unwrap_or_default();
    // Only Zhaoxin and Centaur have these; others repeat an unrelated leaf there.
    if words.ebx == u32::from_le_bytes(*b"Cent") || words.ebx == u32::from_le_bytes(*b"  Sh") {
        read_range(&mut data, ask, 0xc000_0000);
    }
    if data.under_hypervisor() == Some(true) {
        read_range(&mut data, ask, 0x4000_0000);
    }
    data
}

/// Leaves from `first` to the maximum that it tells, when it is a sane one.
fn read_range(data: &mut CpuidData, ask: &dyn Fn(u32, u32) -> Words, first: u32) {
    let highest = ask(first, 0).eax;
    if highest >= first && highest - first <= LIMIT {
        for leaf in first..=highest {
            data.add_leaf(leaf, 0, ask(leaf, 0));
        }
    }
}

/// A basic leaf with its subleaves.
fn read_leaf(data: &mut CpuidData, ask: &dyn Fn(u32, u32) -> Words, leaf: u32) {
    let zero = ask(leaf, 0);
    data.add_leaf(leaf, 0, zero);
    let mut add = |subleaf| {
        let words = ask(leaf, subleaf);
        data.add_leaf(leaf, subleaf, words);
        words
    };
    match leaf {
        // Caches, until one of type 0.
        4 => {
            let mut last = zero;
            for subleaf in 1..LIMIT {
                if last.eax & 0x1f == 0 {
                    break;
                }
                last = add(subleaf);
            }
        }
        // The highest subleaf is told.
        7 | 0x14 | 0x17 | 0x1e | 0x24 if (leaf != 0x17 || zero.eax >= 3) => {
            for subleaf in 1..=zero.eax.min(LIMIT) {
                add(subleaf);
            }
        }
        // Topology levels, until one of type 0.
        0xb => {
            let mut last = zero;
            for subleaf in 1..LIMIT {
                if last.ecx >> 8 & 0xff == 0 {
                    break;
                }
                last = add(subleaf);
            }
        }
        // XSAVE components: those that user (0) or supervisor (1) state has.
        0xd => {
            let one = add(1);
            let low = zero.eax | one.ecx;
            let high = zero.edx | one.edx;
            let components = u64::from(high) << 32 | u64::from(low);
            for subleaf in (2..64).filter(|bit| components & (1u64 << bit) != 0) {
                add(subleaf);
            }
        }
        // Resource monitoring and allocation: a bit for each.
        0xf | 0x10 => {
            let resources = if leaf == 0xf { zero.edx } else { zero.ebx };
            for subleaf in (1..32).filter(|bit| resources & (1 << bit) != 0) {
                add(subleaf);
            }
        }
        // SGX: two fixed ones, then sections until one of type 0.
        0x12 if ask(7, 0).ebx >> 2 & 1 == 1 => {
            add(1);
            for subleaf in 2..LIMIT {
                if add(subleaf).eax & 0xf == 0 {
                    break;
                }
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaves_and_subleaves_follow_the_cpus_own_words() {
        let words = |eax, ebx, ecx, edx| Words { eax, ebx, ecx, edx };
        let ask = |leaf, subleaf| match (leaf, subleaf) {
            (0, _) => words(0xd, 0, 0, 0),
            (4, 0) => words(0x21, 0, 0, 0),
            (7, 0) => words(2, 0, 0, 0),
            (0xd, 0) => words(0b111, 0, 0, 0),
            (0xd, 1) => words(1, 0, 1 << 8, 0),
            (0x8000_0000, _) => words(0x8000_0001, 0, 0, 0),
            // Beyond the maximum the last basic leaf is repeated: a map must not read it.
            (0xc000_0000, _) => words(0xd, 7, 7, 7),
            _ => words(0, 0, 0, 0),
        };
        let data = read(&ask);
        let subleaves = |wanted: u32| -> Vec<u32> {
            data.leaves()
                .filter(|(leaf, ..)| *leaf == wanted)
                .map(|(_, sub, _)| sub)
                .collect()
        };
        assert_eq!(subleaves(4), [0, 1]);
        assert_eq!(subleaves(7), [0, 1, 2]);
        assert_eq!(subleaves(0xd), [0, 1, 2, 8]);
        assert_eq!(subleaves(0x8000_0001), [0]);
        assert!(subleaves(0xc000_0000).is_empty() && subleaves(0x4000_0000).is_empty());
    }

    #[test]
    fn a_liar_cannot_make_it_read_forever() {
        let data = read(&|_, _| Words {
            eax: u32::MAX,
            ebx: u32::MAX,
            ecx: u32::MAX,
            edx: u32::MAX,
        });
        assert!(data.leaves().count() < 20_000);
    }
}
