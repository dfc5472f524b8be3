//! Reads the text that `cpuid -r` prints: raw words of every CPU.

use super::facts::{HostFacts, SourceKind};
use crate::cpu::CpuMap;
use crate::cpu::CpuidData;
use crate::cpu::data::Words;
use crate::cpu::error::{InputError, InputErrorKind};
use crate::cpu::input::number32;
use crate::cpu::map::{Place, Register};

/// The most CPUs in one dump.
const CPU_LIMIT: usize = 8192;

/// Does a line look like one of such a dump? For telling the kind of a file.
pub(super) fn is_words_line(line: &str) -> bool {
    line.trim_start().starts_with("0x") && line.contains("eax=")
}

/// Reads the dump. Of several CPUs the feature bits that all have count; everything else is the
/// first one's.
///
/// # Errors
/// A line that is neither a `CPU` header nor a full line of words: a dump cut off in the middle.
pub fn read_cpuid_text(text: &str, file: &str) -> Result<HostFacts, InputError> {
    let mut cpus: Vec<CpuidData> = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let trimmed = line.trim();
        let number = u32::try_from(at + 1).unwrap_or(u32::MAX);
        let wrong = |text: String| InputError::at(file, number, 1, InputErrorKind::Content(text));
        if trimmed.is_empty() {
            continue;
        }
        if trimmed.starts_with("CPU") && trimmed.ends_with(':') {
            if cpus.len() >= CPU_LIMIT {
                return Err(wrong(format!("more than {CPU_LIMIT} CPUs")));
            }
            cpus.push(CpuidData::default());
            continue;
        }
        let Some((leaf, subleaf, words)) = words_line(trimmed) else {
            return Err(wrong(
                "not a line of `cpuid -r`; is the dump cut off?".to_owned(),
            ));
        };
        if cpus.is_empty() {
            cpus.push(CpuidData::default());
        }
        if let Some(cpu) = cpus.last_mut() {
            cpu.add_leaf(leaf, subleaf, words);
        }
    }
    let mut facts = HostFacts::from_source(SourceKind::Cpuid, file);
    let (data, differing) = common(&cpus);
    if data.is_empty() {
        return Err(InputError::new(file, InputErrorKind::Empty));
    }
    if !differing.is_empty() {
        facts.notes.push(format!(
            "not every CPU of this host has the same features; left out: {}",
            differing.join(", ")
        ));
    }
    super::words::take_words(&mut facts, data);
    Ok(facts.mark_provenance())
}

fn words_line(line: &str) -> Option<(u32, u32, Words)> {
    let (place, registers) = line.split_once(':')?;
    let mut place = place.split_whitespace();
    let (leaf, subleaf) = (number32(place.next()?)?, number32(place.next()?)?);
    if place.next().is_some() {
        return None;
    }
    let mut parts = registers.split_whitespace();
    let mut register = |name: &str| {
        let value = parts.next()?.strip_prefix(name)?.strip_prefix('=')?;
        // Eight digits always: fewer mean a line cut off.
        (value.len() == 10).then(|| number32(value)).flatten()
    };
    let words = Words {
        eax: register("eax")?,
        ebx: register("ebx")?,
        ecx: register("ecx")?,
        edx: register("edx")?,
    };
    parts.next().is_none().then_some((leaf, subleaf, words))
}

/// The first CPU's words with only those feature bits that all CPUs have, and the features that
/// some lack.
fn common(cpus: &[CpuidData]) -> (CpuidData, Vec<String>) {
    let Some((first, rest)) = cpus.split_first() else {
        return (CpuidData::default(), Vec::new());
    };
    let map = CpuMap::builtin();
    let mut data = CpuidData::default();
    for (leaf, subleaf, mut words) in first.leaves() {
        for register in [Register::Eax, Register::Ebx, Register::Ecx, Register::Edx] {
            let named = map.features().iter().any(|feature| {
                matches!(feature.place, Place::Cpuid { leaf: l, subleaf: s, register: r, .. }
                    if (l, s, r) == (leaf, subleaf, register))
            });
            if named {
                let all = rest.iter().fold(words.get(register), |bits, cpu| {
                    bits & cpu.leaf(leaf, subleaf).unwrap_or_default().get(register)
                });
                words.set(register, all);
            }
        }
        data.add_leaf(leaf, subleaf, words);
    }
    let lost = first.features(map).minus(data.features(map));
    (data, map.names(lost))
}
