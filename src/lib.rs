//! Semantic diff and migration-compatibility checks for libvirt domain XML.

pub mod cpu;
pub mod host;
pub mod schema;
