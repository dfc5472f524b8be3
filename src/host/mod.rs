//! Facts about a host.

pub mod cpudata;
