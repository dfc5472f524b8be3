//! The published form of the JSON answers.

use schemars::JsonSchema;

use super::Report;
use crate::json_schema::{Contract, of};

/// What `--format json` prints: an object about one comparison, an array about definitions that
/// are checked or compared as a set. `--format ndjson` prints the object for each, on a line.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "only its form is of use")]
enum Answer {
    /// About one comparison.
    One(Box<Report>),
    /// About several definitions.
    Several(Vec<Report>),
}

/// The JSON Schema of the answers (`domdiff schema report`).
#[must_use]
pub fn schema() -> serde_json::Value {
    of::<Answer>("Answer of domdiff", Contract::Printed)
}
