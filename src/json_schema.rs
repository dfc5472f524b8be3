//! JSON Schemas of what domdiff reads and prints, made of the types themselves.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};
use serde_json::Value;

/// The schema of what a type is printed as, or of what it is read from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contract {
    /// Every key that is always printed is required.
    Printed,
    /// Every key that may be left out may be missing.
    Read,
}

/// The schema of a type. Keys that it does not name are wrong.
pub(crate) fn of<T: JsonSchema>(title: &str, contract: Contract) -> Value {
    let settings = SchemaSettings::draft2020_12();
    let settings = match contract {
        Contract::Printed => settings.for_serialize(),
        Contract::Read => settings.for_deserialize(),
    };
    let generator = settings.with_transform(Closed).into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// Forbids other keys in every object with named ones.
#[derive(Debug, Clone)]
struct Closed;

impl Transform for Closed {
    fn transform(&mut self, schema: &mut Schema) {
        if schema.get("properties").is_some() {
            schema.insert("additionalProperties".to_owned(), false.into());
        }
        transform_subschemas(self, schema);
    }
}
