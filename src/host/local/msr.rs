//! Reads model-specific registers, where root lets it: /dev/cpu/0/msr.

use std::collections::BTreeSet;
use std::path::Path;

use crate::cpu::CpuMap;
use crate::cpu::map::Place;

/// Every register that a feature of the built-in map uses and that can be read.
pub(super) fn read(root: &Path) -> Vec<(u32, u64)> {
    let indexes: BTreeSet<u32> = CpuMap::builtin()
        .features()
        .iter()
        .filter_map(|feature| match feature.place {
            Place::Msr { index, .. } => Some(index),
            Place::Cpuid { .. } => None,
        })
        .collect();
    read_registers(&root.join("dev/cpu/0/msr"), indexes)
}

/// A register that the CPU lacks gives an error: it stays unknown.
#[cfg(unix)]
fn read_registers(path: &Path, indexes: BTreeSet<u32>) -> Vec<(u32, u64)> {
    use std::os::unix::fs::FileExt;

    let Ok(device) = std::fs::File::open(path) else {
        return Vec::new();
    };
    let one = |index: u32| {
        let mut bytes = [0; 8];
        device.read_exact_at(&mut bytes, u64::from(index)).ok()?;
        Some((index, u64::from_le_bytes(bytes)))
    };
    indexes.into_iter().filter_map(one).collect()
}

#[cfg(not(unix))]
fn read_registers(_path: &Path, _indexes: BTreeSet<u32>) -> Vec<(u32, u64)> {
    Vec::new()
}
