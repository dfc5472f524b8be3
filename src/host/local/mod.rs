//! Facts of the machine that domdiff runs on: CPUID, and what an unprivileged process can read.

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
mod cpuid;
#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
mod msr;
mod resources;
mod system;

use std::path::Path;

use super::facts::{HostFacts, Layer, SourceKind};
pub use resources::Wanted;

/// Reads this machine. What cannot be read is unknown; nothing is an error.
pub fn read() -> HostFacts {
    read_wanted(Wanted::ALL)
}

/// Reads of this machine what a guest can ask for, and what costs little.
pub fn read_wanted(wanted: Wanted) -> HostFacts {
    let root = Path::new("/");
    let mut facts = HostFacts::from_source(SourceKind::Local, "local");
    read_cpu(&mut facts, root);
    system::read(&mut facts, root);
    resources::read(&mut facts, root, wanted);
    facts.resources.here = true;
    facts.mark_provenance()
}

/// The same below another root (a copied /proc and /sys), without the CPU's own words.
pub fn read_below(root: &Path) -> HostFacts {
    let mut facts = HostFacts::from_source(SourceKind::Local, "local");
    system::read(&mut facts, root);
    resources::read(&mut facts, root, Wanted::ALL);
    facts.mark_provenance()
}

#[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
fn read_cpu(facts: &mut HostFacts, root: &Path) {
    let mut data = cpuid::read(&cpuid::native);
    for (index, value) in msr::read(root) {
        data.add_msr(index, value);
    }
    super::words::take_words(facts, data);
}

/// Other architectures have no CPUID: /proc/cpuinfo tells the model.
#[cfg(not(any(target_arch = "x86", target_arch = "x86_64")))]
fn read_cpu(_facts: &mut HostFacts, _root: &Path) {}

/// Puts the kernel's view of the CPU beside the words.
fn take_kernel_cpu(facts: &mut HostFacts, text: &str) {
    super::cpuinfo::take_cpuinfo(facts, text);
    // The words tell all that the flags of x86 do, and more.
    if facts.cpu.words.is_some() {
        facts.cpu.kernel = None;
    }
    if let Some(Layer { source, .. }) = &mut facts.cpu.kernel {
        *source = 0;
    }
}
