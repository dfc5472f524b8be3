//! Hidden commands that ask the CPU code single questions, for measurements and bug reports:
//! what a start makes of a CPU, what a running one looks like, and whether it has a feature.

use std::io::Write;
use std::path::Path;

use clap::Args;
use domdiff::cpu::compare::has_feature;
use domdiff::cpu::def::{CpuDef, Mode};
use domdiff::cpu::update;
use domdiff::cpu::{CpuidData, InputError, InputErrorKind};
use domdiff::host::json::guest_cpu_json;
use domdiff::host::read_operand;
use serde_json::{Map, Value, json};

use super::facts::{CommandError, MapArg, read_guest, write_json};

/// What a start on a host makes of a guest's CPU.
#[derive(Args, Debug)]
pub(crate) struct ExpandArgs {
    /// The guest's CPU.
    cpu: String,
    /// Facts of the host.
    #[arg(long, value_name = "FACTS")]
    host: String,
    /// The models that the hypervisor knows.
    #[arg(long, value_delimiter = ',')]
    models: Option<Vec<String>>,
    /// Only `json`.
    #[arg(short, long, default_value = "json")]
    format: String,
    #[command(flatten)]
    map: MapArg,
}

/// What a running guest's CPU looks like.
#[derive(Args, Debug)]
pub(crate) struct LiveArgs {
    /// The guest's CPU.
    cpu: String,
    /// The dump of what the hypervisor enabled.
    #[arg(long, value_name = "FILE")]
    enabled: String,
    /// The dump of what it filtered out.
    #[arg(long, value_name = "FILE")]
    disabled: String,
    /// Only `json`.
    #[arg(short, long, default_value = "json")]
    format: String,
    #[command(flatten)]
    map: MapArg,
}

/// Whether a CPU has features.
#[derive(Args, Debug)]
pub(crate) struct HasFeatureArgs {
    /// The CPU.
    cpu: String,
    /// Feature names.
    names: Vec<String>,
    /// Only `json`.
    #[arg(short, long, default_value = "json")]
    format: String,
    #[command(flatten)]
    map: MapArg,
}

/// Runs `expand`.
pub(crate) fn expand(args: &ExpandArgs, out: &mut dyn Write) -> Result<u8, CommandError> {
    let map = args.map.load()?;
    let guest = read_guest(&args.cpu)?;
    let facts = read_operand(&args.host)?;
    let failed = |error| CommandError::Cpu(args.cpu.clone(), error);
    let host = facts.definition(&map).map_err(failed)?;
    let made = match &args.models {
        Some(models) => update::start(&map, &guest.cpu, &host, Some(models)),
        None => {
            let host = update::migratable_only(&map, &host);
            update::update(&map, &guest.cpu, &host)
        }
    };
    answer(&made.map_err(failed)?, out)
}

fn answer(cpu: &CpuDef, out: &mut dyn Write) -> Result<u8, CommandError> {
    let mut entry = guest_cpu_json(cpu);
    if let Some(entry) = entry.as_object_mut() {
        entry.insert("mode".into(), json!(cpu.mode.as_str()));
        if cpu.mode == Mode::Custom {
            entry.insert("match".into(), json!(cpu.matching.as_str()));
        }
        if let Some(id) = &cpu.vendor_id {
            entry.insert("vendor_id".into(), json!(id));
        }
    }
    write_json(out, &json!({"schema_version": 1, "cpu": entry}))?;
    Ok(0)
}

/// Runs `live`.
pub(crate) fn live(args: &LiveArgs, out: &mut dyn Write) -> Result<u8, CommandError> {
    let map = args.map.load()?;
    let guest = read_guest(&args.cpu)?;
    let made = update::live(
        &map,
        &guest.cpu,
        &words(&args.enabled)?,
        &words(&args.disabled)?,
    );
    answer(
        &made.map_err(|error| CommandError::Cpu(args.cpu.clone(), error))?,
        out,
    )
}

fn words(path: &str) -> Result<CpuidData, CommandError> {
    let facts = read_operand(path)?;
    facts.cpu.words.map(|layer| layer.value).ok_or_else(|| {
        let text = format!("{} has no CPUID words", Path::new(path).display());
        InputError::new(path, InputErrorKind::Content(text)).into()
    })
}

/// Runs `has-feature`.
pub(crate) fn has(args: &HasFeatureArgs, out: &mut dyn Write) -> Result<u8, CommandError> {
    let map = args.map.load()?;
    let guest = read_guest(&args.cpu)?;
    let word = |name: &String| match has_feature(&map, &guest.cpu, name) {
        Ok(true) => "yes",
        Ok(false) => "no",
        Err(_) => "error",
    };
    let answers: Map<String, Value> = args
        .names
        .iter()
        .map(|name| (name.clone(), json!(word(name))))
        .collect();
    write_json(out, &json!({"schema_version": 1, "cpu": {"has": answers}}))?;
    Ok(0)
}
