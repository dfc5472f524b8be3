//! x86 (and ppc64, arm) CPUs the way libvirt sees them.

pub mod baseline;
pub mod bits;
pub mod compare;
pub mod data;
pub mod decode;
pub mod def;
pub mod error;
pub(crate) mod input;
pub mod map;
pub mod meaning;
pub mod other;
pub mod update;
pub mod xml;

pub use bits::Bits;
pub use data::CpuidData;
pub use def::CpuDef;
pub use error::{CpuError, InputError, InputErrorKind};
pub use map::CpuMap;

/// Family, model and stepping of a CPU, with the extended parts added in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Signature {
    /// CPUID family.
    pub family: u32,
    /// CPUID model.
    pub model: u32,
    /// Stepping, 0 to 15.
    pub stepping: u32,
}
