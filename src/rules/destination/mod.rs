//! What a definition needs of one destination: each rule compares it with that host's facts.

pub(super) mod enums;
pub(super) mod network;
