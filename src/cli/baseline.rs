//! `domdiff baseline`: the CPU that every given host can run, and what each host loses.

use std::io::Write;

use clap::Args;
use domdiff::cpu::baseline::Options;
use domdiff::cpu::xml::write_cpu;
use domdiff::host::common::{CommonCpu, common_cpu};
use domdiff::host::json::guest_cpu_json;
use serde_json::json;

use super::facts::{CommandError, CpuFormat, MapArg, describe, fold, read_hosts, write_json};
use super::output::OutputArguments;

/// Print the CPU that every given host can run, and what each host loses by it.
#[derive(Args, Debug)]
pub(crate) struct BaselineArgs {
    /// Facts of each host, as `domdiff host --from` takes them.
    #[arg(required = true, value_name = "FACTS")]
    hosts: Vec<String>,
    /// Leave out features that a live migration cannot carry (the default).
    #[arg(long, conflicts_with = "all_features")]
    migratable: bool,
    /// Keep features that a live migration cannot carry.
    #[arg(long)]
    all_features: bool,
    /// List every feature of the model.
    #[arg(long)]
    expand: bool,
    /// The form of the answer.
    #[arg(short, long, default_value = "xml")]
    format: CpuFormat,
    #[command(flatten)]
    map: MapArg,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

/// Runs the command; the answer is always status 0.
pub(crate) fn run(args: &BaselineArgs, out: &mut dyn Write) -> Result<u8, CommandError> {
    let map = args.map.load()?;
    let hosts = read_hosts(&args.hosts)?;
    let options = Options {
        migratable: !args.all_features,
        expand: args.expand,
        models: None,
    };
    let common = common_cpu(&map, &hosts, &options).map_err(|(host, error)| {
        CommandError::Cpu(
            host.unwrap_or_else(|| "these hosts together".to_owned()),
            error,
        )
    })?;
    match args.format {
        CpuFormat::Xml => out.write_all(write_cpu(&common.cpu).as_bytes())?,
        CpuFormat::Json => write_json(out, &to_json(&common))?,
        CpuFormat::Text => {
            writeln!(out, "{}", describe(&common.cpu))?;
            for loss in &common.losses {
                match loss.lost.len() {
                    0 => writeln!(out, "\n{} loses nothing", loss.host)?,
                    count => writeln!(
                        out,
                        "\n{} loses {count} features\n    {}",
                        loss.host,
                        fold(&loss.lost, 4)
                    )?,
                }
                if !loss.unknown.is_empty() {
                    writeln!(
                        out,
                        "{} features of {} are unknown and left out",
                        loss.unknown.len(),
                        loss.host
                    )?;
                }
            }
        }
    }
    Ok(0)
}

fn to_json(common: &CommonCpu) -> serde_json::Value {
    let hosts: Vec<serde_json::Value> = common
        .losses
        .iter()
        .map(|loss| json!({"name": loss.host, "lost": loss.lost, "unknown": loss.unknown}))
        .collect();
    json!({"schema_version": 1, "cpu": guest_cpu_json(&common.cpu), "hosts": hosts})
}
