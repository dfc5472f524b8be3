//! The field table: one row for every element and attribute of the domain
//! format, with what it means to be equal, who writes it, who enforces it and
//! how a change is applied.
//!
//! Rows are grouped by family, one file each; what several elements share
//! (addresses, aliases, character device sources, disk sources) is one group
//! that their rows name. A row's effective rule, way of applying and first
//! libvirt release come from the enclosing rows where it says nothing itself.

/// A named group of rows: a static array whose length nobody has to count.
macro_rules! group {
    ($(#[$doc:meta])* $name:ident: $($row:expr),+ $(,)?) => {
        $(#[$doc])*
        pub(crate) static $name: [$crate::schema::Field; [$(stringify!($row)),+].len()] = [$($row),+];
    };
}

mod audio;
mod chardev;
mod clock;
mod controller;
mod cpu;
mod describe;
mod devices;
mod disk;
mod domain;
mod features;
mod field;
mod filesystem;
mod graphics;
mod hostdev;
mod input;
mod interface;
mod iommu;
mod kinds;
mod lookup;
mod memory;
mod memory_device;
mod metadata;
mod namespaces;
mod os;
mod redirfilter;
mod security;
mod shared;
mod small;
mod storage;
mod sysinfo;
mod tpm;
mod tuning;
mod uris;
mod vcpu;
mod video;
mod walk;

pub use describe::{ConditionDescription, FieldDescription, FieldTable, field_table, to_json};
pub use domain::DOMAIN;
pub(crate) use field::unmodelled_row;
pub use field::{
    AbiCheck, Apply, Condition, Default, Field, Group, Identity, Kind, Origin, Print, Since, Unit,
};
pub use uris::NAMESPACES;
pub use walk::{ResolvedField, all_paths, lookup};
