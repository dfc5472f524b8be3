//! `domdiff check`, the part about CPUs: whether each given host can run each given guest's CPU.

use std::io::Write;

use clap::{Args, ValueEnum};
use domdiff::cpu::CpuMap;
use domdiff::cpu::baseline::Options;
use domdiff::cpu::def::Kind;
use domdiff::cpu::xml::write_cpu;
use domdiff::host::HostFacts;
use domdiff::host::common::common_cpu;
use domdiff::host::guest::GuestCpu;
use domdiff::host::json::guest_cpu_json;
use domdiff::host::judge::{CpuAnswer, judge_guest};
use serde_json::{Value, json};

use super::facts::{CommandError, MapArg, describe, read_guest, read_hosts, write_json};
use super::output::OutputArguments;

/// Judge domains alone, and whether they can run on each given host.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// A domain, a bare <cpu> or a capabilities document.
    #[arg(required = true, value_name = "DOMAIN")]
    domains: Vec<String>,
    /// Facts of a destination; may be given several times.
    #[arg(long, value_name = "FACTS")]
    host: Vec<String>,
    /// Facts of the host where the guest runs today.
    #[arg(long, value_name = "FACTS")]
    source_host: Option<String>,
    /// The form of the answer.
    #[arg(short, long, default_value = "text")]
    format: CheckFormat,
    #[command(flatten)]
    map: MapArg,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum CheckFormat {
    /// For people.
    Text,
    /// One array.
    Json,
    /// One object a line.
    Ndjson,
}

/// The `hosts` array of one domain's JSON answer.
pub(crate) fn hosts_json(answers: &[(&HostFacts, CpuAnswer)]) -> Value {
    let one = |(host, answer): &(&HostFacts, CpuAnswer)| {
        json!({
            "name": host.name,
            "verdict": answer.outcome(),
            "cpu": answer.to_json(host),
            "findings": [],
        })
    };
    answers.iter().map(one).collect()
}

/// A CPU that all hosts can run, when one of them refuses the guest's.
pub(crate) fn suggestion(
    map: &CpuMap,
    guest: &GuestCpu,
    hosts: &[HostFacts],
    answers: &[(&HostFacts, CpuAnswer)],
) -> Option<domdiff::cpu::CpuDef> {
    let refused = answers
        .iter()
        .any(|(_, answer)| answer.outcome() == "refused");
    if !refused || guest.cpu.kind == Kind::Host {
        return None;
    }
    let options = Options {
        migratable: true,
        ..Options::default()
    };
    common_cpu(map, hosts, &options)
        .ok()
        .map(|common| common.cpu)
}

/// Runs the command: status 1 when a host refuses a CPU.
pub(crate) fn run(args: &CheckArgs, out: &mut dyn Write) -> Result<u8, CommandError> {
    let map = args.map.load()?;
    let hosts = read_hosts(&args.host)?;
    let source = args
        .source_host
        .as_deref()
        .map(|name| read_hosts(&[name.to_owned()]));
    let source = source.transpose()?.and_then(|mut list| list.pop());
    let mut objects = Vec::new();
    let mut refused = false;
    for path in &args.domains {
        let guest = read_guest(path)?;
        let answers: Vec<(&HostFacts, CpuAnswer)> = hosts
            .iter()
            .map(|host| (host, judge_guest(&map, &guest, source.as_ref(), host)))
            .collect();
        refused |= answers
            .iter()
            .any(|(_, answer)| answer.outcome() == "refused");
        let suggested = suggestion(&map, &guest, &hosts, &answers);
        if args.format == CheckFormat::Text {
            write_text(out, path, &guest, &answers)?;
            if let Some(cpu) = &suggested {
                writeln!(out, "a CPU that all these hosts run: {}", describe(cpu))?;
            }
            continue;
        }
        let mut object = json!({
            "schema_version": 1,
            "tool": {"name": "domdiff", "version": env!("CARGO_PKG_VERSION")},
            "new": {"path": path, "name": guest.name, "uuid": guest.uuid},
            "hosts": hosts_json(&answers),
        });
        if let (Some(cpu), Some(object)) = (&suggested, object.as_object_mut()) {
            let suggestion = json!({"cpu": guest_cpu_json(cpu), "xml": write_cpu(cpu)});
            object.insert("suggestion".into(), suggestion);
        }
        objects.push(object);
    }
    match args.format {
        CheckFormat::Json => write_json(out, &Value::Array(objects))?,
        CheckFormat::Ndjson => {
            for object in objects {
                writeln!(out, "{object}")?;
            }
        }
        CheckFormat::Text => {}
    }
    Ok(u8::from(refused))
}

fn write_text(
    out: &mut dyn Write,
    path: &str,
    guest: &GuestCpu,
    answers: &[(&HostFacts, CpuAnswer)],
) -> Result<(), CommandError> {
    let name = guest.name.as_deref().unwrap_or(path);
    for (host, answer) in answers {
        writeln!(
            out,
            "{name} on {}: {}: {}",
            host.name,
            answer.outcome(),
            answer.message
        )?;
        let mut told: Vec<(String, Vec<&str>)> = Vec::new();
        for feature in answer
            .missing
            .iter()
            .chain(&answer.forbidden)
            .chain(&answer.extra)
        {
            let Some(source) = feature.source.and_then(|at| host.source(at)) else {
                continue;
            };
            let source = source.to_string();
            match told.iter_mut().find(|(known, _)| *known == source) {
                Some((_, names)) => names.push(&feature.name),
                None => told.push((source, vec![&feature.name])),
            }
        }
        for (source, names) in told {
            writeln!(out, "  told by {source}: {}", names.join(", "))?;
        }
        for note in &answer.notes {
            writeln!(out, "  note: {note}")?;
        }
    }
    Ok(())
}
