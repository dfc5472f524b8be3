//! Reads the text of /proc/cpuinfo: the CPUs as a Linux kernel shows them.

use std::collections::BTreeMap;

use super::facts::{HostFacts, KernelCpu, Layer, SourceKind};
use crate::cpu::Signature;
use crate::cpu::error::{InputError, InputErrorKind};
use crate::cpu::input::{number, number32};

/// Does the text look like /proc/cpuinfo? For telling the kind of a file.
pub(super) fn is_cpuinfo(text: &str) -> bool {
    text.lines()
        .take(16)
        .filter_map(|line| line.split_once(':'))
        .any(|(key, _)| {
            matches!(
                key.trim_end(),
                "processor" | "vendor_id" | "CPU implementer" | "cpu family"
            )
        })
}

/// Reads the text. Flags that not every CPU shows are left out.
///
/// # Errors
/// Text that tells nothing about any CPU.
pub fn read_cpuinfo(text: &str, file: &str) -> Result<HostFacts, InputError> {
    let mut facts = HostFacts::from_source(SourceKind::Cpuinfo, file);
    take_cpuinfo(&mut facts, text);
    if facts.cpu.kernel.is_none() {
        let text = "no CPU in it: neither flags nor a version register".to_owned();
        return Err(InputError::new(file, InputErrorKind::Content(text)));
    }
    Ok(facts.mark_provenance())
}

/// Takes what the text tells; nothing when it tells nothing about a CPU.
pub(super) fn take_cpuinfo(facts: &mut HostFacts, text: &str) {
    let mut first: BTreeMap<&str, &str> = BTreeMap::new();
    let mut flags: Option<Vec<&str>> = None;
    let mut differing: Vec<String> = Vec::new();
    for line in text.lines() {
        let Some((key, value)) = line.split_once(':') else {
            continue;
        };
        let (key, value) = (key.trim(), value.trim());
        if matches!(key, "flags" | "Features") {
            let these: std::collections::HashSet<&str> = value.split_whitespace().collect();
            flags = Some(match flags {
                None => value.split_whitespace().collect(),
                Some(all) => {
                    let (common, lost): (Vec<&str>, Vec<&str>) =
                        all.into_iter().partition(|flag| these.contains(flag));
                    differing.extend(lost.into_iter().map(str::to_owned));
                    common
                }
            });
        }
        first.entry(key).or_insert(value);
    }
    let decimal = |key: &str| first.get(key).and_then(|value| value.parse::<u32>().ok());
    let signature = match (decimal("cpu family"), decimal("model"), decimal("stepping")) {
        (Some(family), Some(model), Some(stepping)) => Some(Signature {
            family,
            model,
            stepping,
        }),
        _ => None,
    };
    let part = first
        .get("CPU implementer")
        .and_then(|value| number32(value))
        .zip(first.get("CPU part").and_then(|value| number32(value)));
    let cpu = KernelCpu {
        vendor: first.get("vendor_id").map(|value| (*value).to_owned()),
        signature,
        flags: flags
            .iter()
            .flatten()
            .map(|flag| (*flag).to_owned())
            .collect(),
        pvr: first.get("revision").and_then(|value| pvr(value)),
        part,
    };
    let x86 = cpu.vendor.is_some() && flags.is_some();
    if !(x86 || cpu.pvr.is_some() || cpu.part.is_some()) {
        return;
    }
    let system = &mut facts.system;
    let arch = if x86 {
        if cpu.flags.iter().any(|flag| flag == "lm") {
            "x86_64"
        } else {
            "i686"
        }
    } else if cpu.pvr.is_some() {
        "ppc64"
    } else {
        "aarch64"
    };
    system.arch.get_or_insert_with(|| arch.to_owned());
    if let Some(version) = first.get("microcode").and_then(|value| number(value)) {
        system.microcode.get_or_insert(version);
    }
    let bits = first
        .get("address sizes")
        .and_then(|value| value.split_whitespace().next());
    if let Some(bits) = bits.and_then(number32) {
        system.physical_address_bits.get_or_insert(bits);
    }
    if !differing.is_empty() {
        facts.notes.push(format!(
            "not every CPU of this host shows the same flags; left out: {}",
            differing.join(", ")
        ));
    }
    facts.cpu.kernel = Some(Layer {
        value: cpu,
        source: 0,
    });
}

/// The register of `2.2 (pvr 004e 1202)`.
fn pvr(text: &str) -> Option<u32> {
    let inside = text.split_once("(pvr ")?.1.strip_suffix(')')?;
    let (high, low) = inside.split_once(' ')?;
    let half = |digits: &str| u32::from(u16::from_str_radix(digits, 16).unwrap_or(0));
    Some(half(high) << 16 | half(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kernels_of_three_architectures_are_read() {
        let x86 = "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 94\n\
                   stepping\t: 3\nmicrocode\t: 0xf0\nflags\t\t: fpu lm pni\n\
                   address sizes\t: 39 bits physical, 48 bits virtual\n\n\
                   processor\t: 1\nflags\t\t: fpu lm\n";
        assert!(is_cpuinfo(x86));
        let facts = read_cpuinfo(x86, "x").expect("it reads");
        let cpu = facts.cpu.kernel.expect("a CPU").value;
        assert_eq!(cpu.flags, ["fpu", "lm"]);
        assert_eq!(
            cpu.signature,
            Some(Signature {
                family: 6,
                model: 94,
                stepping: 3
            })
        );
        assert_eq!(facts.system.microcode, Some(0xf0));
        assert_eq!(facts.system.physical_address_bits, Some(39));
        assert_eq!(facts.notes.len(), 1, "pni is not everywhere");

        let arm =
            "processor\t: 0\nFeatures\t: fp asimd\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n";
        let facts = read_cpuinfo(arm, "x").expect("it reads");
        assert_eq!(
            facts.cpu.kernel.expect("a CPU").value.part,
            Some((0x41, 0xd0c))
        );
        let power = "processor\t: 0\ncpu\t\t: POWER9\nrevision\t: 2.2 (pvr 004e 1202)\n";
        let facts = read_cpuinfo(power, "x").expect("it reads");
        assert_eq!(
            facts.cpu.kernel.expect("a CPU").value.pvr,
            Some(0x004e_1202)
        );
        assert!(read_cpuinfo("processor : 0\n", "x").is_err());
    }
}
