//! What a definition needs of one destination: each rule compares it with that host's facts.

pub(super) mod cpu;
pub(super) mod cpu_limits;
pub(super) mod devices;
pub(super) mod enums;
pub(super) mod memory;
pub(super) mod network;
pub(super) mod paths;
pub(super) mod placement;
pub(super) mod platform;
pub(super) mod releases;
pub(super) mod storage;
