//! `domdiff schema`: the field table and the published JSON Schemas.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use domdiff::{host, policy, report, schema};

use super::output::OutputArguments;
use super::{Failure, Outcome};

/// Print the field table, or the JSON Schema of a file
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Which one
    what: What,
    /// How to print the fields; a JSON Schema is JSON
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    output: OutputArguments,
}

/// What can be printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// Every element and attribute of the domain XML, and what it means to change it
    Fields,
    /// The JSON Schema of domdiff.toml
    Config,
    /// The JSON Schema of the answers
    Report,
    /// The JSON Schema of facts about a host
    Facts,
}

/// How to print it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line each: path, rule, how a change is applied, first libvirt release
    Text,
    /// Everything
    Json,
}

/// Prints a schema.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Outcome, Failure> {
    arguments.output.write(stdout, |out| match arguments.what {
        What::Fields => fields(arguments.format, out),
        What::Config => json_schema(&policy::schema(), out),
        What::Report => json_schema(&report::schema(), out),
        What::Facts => json_schema(&host::json::schema(), out),
    })?;
    Ok(Outcome::NothingFound)
}

fn json_schema(schema: &serde_json::Value, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{schema:#}")
}

fn fields(format: Format, out: &mut dyn Write) -> io::Result<()> {
    match format {
        Format::Json => {
            serde_json::to_writer_pretty(&mut *out, &schema::field_table())?;
            writeln!(out)
        }
        Format::Text => {
            for field in schema::all_paths() {
                let d = field.describe();
                writeln!(out, "{}\t{}\t{}\t{}", d.path, d.rule, d.apply, d.since)?;
            }
            Ok(())
        }
    }
}
