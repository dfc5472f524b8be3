//! The field table: one row for every element and attribute of the domain
//! format, with what it means to be equal, who writes it, who enforces it and
//! how a change is applied.
//!
//! Rows are grouped by family, one file each; what several elements share
//! (addresses, aliases, character device sources, disk sources) is one group
//! that their rows name. A row's effective rule, way of applying and first
//! libvirt release come from the enclosing rows where it says nothing itself.

mod field;

pub(crate) use field::unmodelled_row;
pub use field::{
    AbiCheck, Apply, Default, Field, Group, Identity, Kind, Origin, Print, Since, Unit,
};
