//! The conditions of a migration that no definition tells: how the disks get
//! there, which releases are at both ends, which flags are given.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use crate::host::{HostFacts, Resources};

/// How the disks reach the destination.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Storage {
    /// Nobody said.
    #[default]
    Unknown,
    /// Both hosts reach the same storage.
    Shared,
    /// The migration copies them (`--copy-storage-all`, `--copy-storage-inc`).
    Copy,
}

/// A release of libvirt or QEMU.
///
/// ```
/// use domdiff::migration::Version;
/// let old: Version = "8.6".parse().unwrap();
/// assert!(old < "10.9.1".parse().unwrap());
/// assert_eq!(old.to_string(), "8.6.0");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Version {
    /// First number.
    pub major: u32,
    /// Second number.
    pub minor: u32,
    /// Third number.
    pub micro: u32,
}

impl Version {
    /// A release without a third number.
    #[must_use]
    pub const fn new(major: u32, minor: u32) -> Self {
        Self {
            major,
            minor,
            micro: 0,
        }
    }
}

impl JsonSchema for Version {
    fn schema_name() -> Cow<'static, str> {
        "Version".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "pattern": r"^[0-9]{1,9}\.[0-9]{1,9}(\.[0-9]{1,9})?$" })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.micro)
    }
}

impl From<Version> for String {
    fn from(version: Version) -> Self {
        version.to_string()
    }
}

impl TryFrom<String> for Version {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut numbers = text.split('.').map(|part| part.parse::<u32>().ok());
        let wrong = || format!("{text} is no release; write it as 9.0 or 9.0.0");
        let mut next = |required: bool| match numbers.next() {
            Some(Some(number)) => Ok(number),
            None if !required => Ok(0),
            _ => Err(wrong()),
        };
        let version = Self {
            major: next(true)?,
            minor: next(true)?,
            micro: next(false)?,
        };
        match numbers.next() {
            None => Ok(version),
            Some(_) => Err(wrong()),
        }
    }
}

/// The conditions of one migration. What is `None` nobody said.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Migration {
    /// How the disks reach the destination.
    pub storage: Storage,
    /// Only what an older image lacks is copied (`--copy-storage-inc`).
    pub incremental: bool,
    /// Folders that are storage which both hosts reach, whatever file system they are.
    pub shared_paths: Vec<String>,
    /// The older libvirt of the two hosts.
    pub libvirt: Option<Version>,
    /// The older QEMU of the two hosts.
    pub qemu: Option<Version>,
    /// Only the definition moves (`--offline`).
    pub offline: bool,
    /// The guest is made persistent on the destination (`--persistent`); `None`: nobody said.
    pub persistent: Option<bool>,
    /// Post-copy is asked for (`--postcopy`).
    pub postcopy: bool,
    /// The stream goes through libvirt's own connection (`--p2p --tunnelled`).
    pub tunnelled: bool,
    /// Several connections (`--parallel`).
    pub parallel: bool,
    /// The stream goes over RDMA (`rdma://`).
    pub rdma: bool,
    /// The stream is encrypted (`--tls`).
    pub tls: bool,
    /// libvirt's checks of disks are switched off (`--unsafe`).
    pub unsafe_disks: bool,
    /// The guest is paused for the time (no `--live`) or after it (`--suspend`).
    pub suspended: bool,
    /// A disk error aborts the migration (`--abort-on-error`).
    pub abort_on_error: bool,
    /// What is known of the guest as a running thing.
    pub state: GuestState,
}

impl Migration {
    /// The same, with the releases that the facts of both ends tell where nobody said them. What
    /// only one end tells, or hosts tell differently, stays open.
    #[must_use]
    pub fn between(&self, source: Option<&HostFacts>, hosts: &[HostFacts]) -> Self {
        let older = |of: fn(&Resources) -> Option<Version>| {
            let here = of(&source?.resources)?;
            let (first, others) = hosts.split_first()?;
            let there = of(&first.resources)?;
            let is_one = others.iter().all(|host| of(&host.resources) == Some(there));
            is_one.then(|| here.min(there))
        };
        let mut told = self.clone();
        told.libvirt = told
            .libvirt
            .or_else(|| older(|facts| facts.libvirt_version));
        told.qemu = told.qemu.or_else(|| older(|facts| facts.qemu_version));
        told
    }

    /// Whether somebody said that both hosts reach a path.
    #[must_use]
    pub fn is_shared_path(&self, path: &str) -> bool {
        self.shared_paths.iter().any(|folder| {
            path.strip_prefix(folder.trim_end_matches('/'))
                .is_some_and(|rest| rest.starts_with('/'))
        })
    }
}

/// What libvirt knows of a guest beside its definition.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GuestState {
    /// Whether it runs.
    pub running: Option<bool>,
    /// How many snapshots libvirt keeps of it.
    pub snapshots: Option<u32>,
    /// Whether a managed save image is there.
    pub managed_save: Option<bool>,
    /// Whether it ends with the connection that started it.
    pub autodestroy: Option<bool>,
    /// Whether it stands still after a disk error.
    pub io_error: Option<bool>,
}

impl GuestState {
    /// The same, and what another knows where this one does not.
    #[must_use]
    pub fn or(self, other: &Self) -> Self {
        Self {
            running: self.running.or(other.running),
            snapshots: self.snapshots.or(other.snapshots),
            managed_save: self.managed_save.or(other.managed_save),
            autodestroy: self.autodestroy.or(other.autodestroy),
            io_error: self.io_error.or(other.io_error),
        }
    }
}
