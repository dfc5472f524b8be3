//! `domdiff host`: facts of this machine, or converted from another source.

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use domdiff::cpu::decode::Limits;
use domdiff::cpu::xml::write_cpu;
use domdiff::cpu::{CpuDef, CpuError, CpuMap};
use domdiff::host::HostFacts;
use domdiff::host::json::guest_cpu_json;

use super::Failure;
use super::facts::{CommandError, CpuFormat, MapArg, describe, fold, read_blockers, write_json};
use super::gather::GatherArguments;
use super::output::OutputArguments;

/// Print host facts: of this machine, or converted from another source.
#[derive(Args, Debug)]
pub(crate) struct HostArgs {
    #[command(flatten)]
    gather: GatherArguments,
    /// Print the CPU a guest would need to get this host's CPU.
    #[arg(long = "as", value_name = "WHAT")]
    as_what: Option<AsWhat>,
    /// The form of the answer.
    #[arg(short, long, default_value = "text")]
    format: CpuFormat,
    #[command(flatten)]
    map: MapArg,
    /// Model names with the features that keep each from running here, as JSON (for tests).
    #[arg(long, value_name = "FILE", hide = true)]
    hv_models: Option<PathBuf>,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum AsWhat {
    /// A custom <cpu>.
    Guest,
}

/// Runs the command; the answer is always status 0.
pub(crate) fn run(args: &HostArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let facts = args.gather.facts()?;
    Ok(print(args, &facts, out)?)
}

fn print(args: &HostArgs, facts: &HostFacts, out: &mut dyn Write) -> Result<u8, CommandError> {
    let map = args.map.load()?;
    let failed = |error| CommandError::Cpu(facts.name.clone(), error);
    if args.as_what == Some(AsWhat::Guest) {
        let mut limits = Limits::default();
        if let Some(path) = &args.hv_models {
            limits.blockers = read_blockers(&map, path)?;
        }
        let cpu = facts.as_guest(&map, &limits).map_err(failed)?;
        let unknown = unknown_names(facts, &map);
        match args.format {
            CpuFormat::Xml => out.write_all(write_cpu(&cpu).as_bytes())?,
            CpuFormat::Json => {
                let mut entry = guest_cpu_json(&cpu);
                if let (false, Some(entry)) = (unknown.is_empty(), entry.as_object_mut()) {
                    entry.insert("unknown".into(), serde_json::json!(unknown));
                }
                let answer = serde_json::json!({
                    "schema_version": 1, "name": facts.name, "cpu": entry, "sources": facts.sources,
                });
                write_json(out, &answer)?;
            }
            CpuFormat::Text => {
                writeln!(out, "{}", describe(&cpu))?;
                write_unknown(out, &map, &unknown)?;
            }
        }
        return Ok(0);
    }
    match args.format {
        CpuFormat::Json => write_json(out, &facts.to_json(&map).map_err(failed)?)?,
        CpuFormat::Xml => {
            out.write_all(write_cpu(&facts.definition(&map).map_err(failed)?).as_bytes())?;
        }
        CpuFormat::Text => write_text(out, facts, &map)?,
    }
    Ok(0)
}

fn unknown_names(facts: &HostFacts, map: &CpuMap) -> Vec<String> {
    facts
        .cpu_view(map)
        .map(|view| map.names(view.unknown(map)))
        .unwrap_or_default()
}

/// How many names of unknown features are listed; the JSON form has all.
const UNKNOWN_SHOWN: usize = 20;

fn write_unknown(
    out: &mut dyn Write,
    map: &CpuMap,
    unknown: &[String],
) -> Result<(), CommandError> {
    let is_msr = |name: &&String| {
        map.feature(name)
            .is_ok_and(|at| map.msr_features().contains(at))
    };
    let (msr, other): (Vec<&String>, Vec<&String>) = unknown.iter().partition(is_msr);
    if !msr.is_empty() {
        writeln!(
            out,
            "unknown        {} features of model-specific registers, which these facts do not hold",
            msr.len()
        )?;
    }
    if !other.is_empty() {
        let shown: Vec<String> = other
            .iter()
            .take(UNKNOWN_SHOWN)
            .map(|n| n.to_string())
            .collect();
        let more = other.len() - shown.len();
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        writeln!(out, "unknown        {}{more}", fold(&shown, 15))?;
    }
    Ok(())
}

fn write_text(out: &mut dyn Write, facts: &HostFacts, map: &CpuMap) -> Result<(), CommandError> {
    let mut line = |label: &str, value: Option<String>| match value {
        Some(value) => writeln!(out, "{label:<14} {value}"),
        None => Ok(()),
    };
    line("host", Some(facts.name.clone()))?;
    line("arch", facts.arch().map(str::to_owned))?;
    let system = &facts.system;
    line("host UUID", system.host_uuid.clone())?;
    line("kernel", system.kernel.clone())?;
    let resources = &facts.resources;
    line(
        "libvirt",
        resources.libvirt_version.map(|version| version.to_string()),
    )?;
    line(
        "QEMU",
        resources.qemu_version.map(|version| version.to_string()),
    )?;
    let definition = facts.definition(map);
    match &definition {
        Ok(cpu) => cpu_lines(&mut line, cpu)?,
        Err(CpuError::NoModel) => {}
        Err(error) => line("cpu", Some(format!("not named: {error}")))?,
    }
    line(
        "microcode",
        system.microcode.map(|version| format!("{version:#x}")),
    )?;
    line(
        "address",
        system
            .physical_address_bits
            .map(|bits| format!("{bits} bits")),
    )?;
    line("tsc", system.tsc_hz.map(|hz| format!("{hz} Hz")))?;
    line("hypervisor", system.hypervisor.clone())?;
    line(
        "topology",
        system.topology.map(|t| {
            format!(
                "{} sockets, {} dies each, {} cores each, {} threads each",
                t.sockets, t.dies, t.cores, t.threads
            )
        }),
    )?;
    line("online CPUs", system.cpus_online.clone())?;
    let isolated = resources.isolated_cpus.clone();
    line("isolated CPUs", isolated.filter(|cpus| !cpus.is_empty()))?;
    line("memory", system.memory_kib.map(mib))?;
    line("available", system.memory_available_kib.map(mib))?;
    line("swap", system.swap_kib.filter(|kib| *kib > 0).map(mib))?;
    for node in system.numa.iter().flatten() {
        let memory = node
            .memory_kib
            .map_or(String::new(), |kib| format!(", {} MiB", kib / 1024));
        let cpus = node.cpus.as_deref().unwrap_or("unknown");
        line(
            "numa node",
            Some(format!("{}: CPUs {cpus}{memory}", node.id)),
        )?;
    }
    for pages in system.huge_pages.iter().flatten() {
        let free = pages
            .free
            .map_or(String::new(), |free| format!(", {free} free"));
        line(
            "huge pages",
            Some(format!("{} KiB: {}{free}", pages.size_kib, pages.total)),
        )?;
    }
    for cache in system.resctrl.iter().flat_map(|resctrl| &resctrl.caches) {
        let text = format!("level {} cache {}, {}", cache.level, cache.id, cache.kind);
        line("can divide", Some(text))?;
    }
    for node in system.resctrl.iter().flat_map(|resctrl| &resctrl.bandwidth) {
        line(
            "can divide",
            Some(format!("memory bandwidth of node {}", node.id)),
        )?;
    }
    line("kvm", system.kvm.map(|kvm| kvm_text(&kvm)))?;
    for kind in &facts.guests {
        let emulator = kind.emulator.as_deref().unwrap_or("an unknown emulator");
        let text = format!(
            "{} guests of {} by {emulator}, {} machine types",
            kind.arch,
            kind.domains.join(", "),
            kind.machines.len()
        );
        line("runs", Some(text))?;
    }
    for (name, state) in system.vulnerabilities.iter().flatten() {
        if !state.starts_with("Not affected") {
            line("vulnerability", Some(format!("{name}: {state}")))?;
        }
    }
    for caps in &facts.domains {
        let text = format!(
            "{} {} {} by {}",
            caps.virt_type, caps.arch, caps.machine, caps.emulator
        );
        line("can run", Some(text))?;
        line("host-model", caps.host_model.as_ref().map(describe))?;
    }
    for source in &facts.sources {
        line("source", Some(source.to_string()))?;
    }
    for note in &facts.notes {
        line("note", Some(note.clone()))?;
    }
    for found in facts
        .contradictions
        .iter()
        .chain(&facts.cpu_contradictions(map))
    {
        line(
            "contradiction",
            Some(format!("{}: {}, {}", found.fact, found.kept, found.other)),
        )?;
    }
    write_unknown(out, map, &unknown_names(facts, map))
}

fn cpu_lines(
    line: &mut dyn FnMut(&str, Option<String>) -> std::io::Result<()>,
    cpu: &CpuDef,
) -> std::io::Result<()> {
    line("cpu", Some(describe(cpu)))?;
    line("vendor", cpu.vendor.clone())?;
    line(
        "signature",
        cpu.signature.map(|signature| {
            format!(
                "family {} model {} stepping {}",
                signature.family, signature.model, signature.stepping
            )
        }),
    )
}

fn mib(kib: u64) -> String {
    format!("{} MiB", kib / 1024)
}

fn kvm_text(kvm: &domdiff::host::facts::KvmFacts) -> String {
    let mut text = if kvm.device { "there" } else { "not there" }.to_owned();
    match kvm.usable {
        Some(true) => text.push_str(", can be opened"),
        Some(false) => text.push_str(", cannot be opened by this user"),
        None => {}
    }
    match kvm.nested {
        Some(true) => text.push_str(", nested guests on"),
        Some(false) => text.push_str(", nested guests off"),
        None => {}
    }
    text
}
