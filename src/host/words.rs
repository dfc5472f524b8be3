//! What CPUID words tell beside features: single facts of a host.

use super::facts::{HostFacts, Layer};
use crate::cpu::CpuidData;

/// Takes the words, and the single facts out of them.
pub(super) fn take_words(facts: &mut HostFacts, data: CpuidData) {
    let system = &mut facts.system;
    // A 64-bit CPU has long mode; without the extended leaves that cannot be told.
    system.arch = data.leaf(0x8000_0001, 0).map(|words| {
        if words.edx >> 29 & 1 == 1 {
            "x86_64".to_owned()
        } else {
            "i686".to_owned()
        }
    });
    system.physical_address_bits = data.physical_address_bits();
    system.tsc_hz = data.tsc_hz();
    if let Some(under) = data.under_hypervisor() {
        let name = || {
            data.hypervisor_name()
                .unwrap_or_else(|| "unnamed".to_owned())
        };
        system.hypervisor = Some(if under { name() } else { "none".to_owned() });
        if under {
            facts.notes.push(
                "read inside a virtual machine: its CPU, not the physical machine's".to_owned(),
            );
        }
    }
    if data.is_hybrid() {
        facts
            .notes
            .push("this CPU mixes core types; the words are those of one core".to_owned());
    }
    facts.cpu.words = Some(Layer {
        value: data,
        source: 0,
    });
}
