//! Semantic diff and migration-compatibility checks for libvirt domain XML.

pub mod canon;
pub mod cpu;
pub mod diff;
pub mod host;
pub mod report;
pub mod schema;
pub mod tree;
pub mod value;
pub mod xml;
