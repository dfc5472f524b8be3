//! Facts about a host: what they are, where they come from, and what they say about a guest.
//!
//! A source (`virsh capabilities`, a CPUID dump, this machine …) is read into [`HostFacts`];
//! several are joined. Under a [`CpuMap`](crate::cpu::CpuMap) the facts become a CPU to compare
//! with. A missing fact is unknown, never absent.

pub mod capabilities;
pub mod common;
pub mod cpudata;
pub mod cpuid_text;
pub mod cpuinfo;
pub mod domcaps;
pub mod facts;
pub mod guest;
mod hypervisor;
pub mod json;
pub mod judge;
pub mod libvirt;
mod linux;
pub mod listing;
pub mod local;
pub mod programs;
pub mod read;
pub mod resources;
pub mod view;
mod words;

pub use facts::HostFacts;
pub use read::read_operand;
pub use resources::{Presence, Resources};
pub use view::{Confidence, CpuView};
