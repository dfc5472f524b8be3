//! What a team decided beside the facts: levels of rules, the conditions its
//! guests move under, and findings it lives with.
//!
//! [`Config`] is read from `domdiff.toml`, [`Accepted`] from the file of
//! accepted findings. Nothing here opens a file, looks
//! for one or reads the clock: the caller passes text.

mod accepted;
mod config;
mod error;
mod write;

pub(crate) use accepted::Entry;
pub use accepted::{Accepted, narrow};
pub use config::{Config, FailOn, HookConfig, Levels, MigrationConfig, OnError, Origin, schema};
pub use error::PolicyError;
/// A day, as `2026-12-31`.
pub use jiff::civil::Date;
pub use write::{Reason, accept};
