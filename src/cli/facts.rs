//! What the CPU commands share: the map, facts operands, errors.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use domdiff::cpu::{Bits, CpuDef, CpuError, CpuMap, InputError, InputErrorKind};
use domdiff::host::guest::GuestCpu;
use domdiff::host::{HostFacts, guest, read_operand};

/// Why a command has no answer: exit status 2.
#[derive(Debug)]
pub(crate) enum CommandError {
    /// A file that cannot be read or understood.
    Input(InputError),
    /// A CPU question without an answer; of which file or host.
    Cpu(String, CpuError),
    /// The answer cannot be written.
    Output(io::Error),
}

impl fmt::Display for CommandError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommandError::Input(error) => write!(out, "{error}"),
            CommandError::Cpu(whose, error) => write!(out, "{whose}: {error}"),
            CommandError::Output(error) => write!(out, "cannot write the answer: {error}"),
        }
    }
}

impl std::error::Error for CommandError {}

impl From<InputError> for CommandError {
    fn from(error: InputError) -> CommandError {
        CommandError::Input(error)
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> CommandError {
        CommandError::Output(error)
    }
}

/// The CPU map that a command uses.
#[derive(Args, Debug)]
pub(crate) struct MapArg {
    /// Use the CPU map of an installed libvirt (/usr/share/libvirt/cpu_map) or of a folder in
    /// domdiff's JSON form, instead of the built-in one.
    #[arg(long, value_name = "DIR")]
    cpu_map: Option<PathBuf>,
}

impl MapArg {
    pub(crate) fn load(&self) -> Result<Cow<'static, CpuMap>, CommandError> {
        match &self.cpu_map {
            Some(folder) => Ok(Cow::Owned(CpuMap::load(folder)?)),
            None => Ok(Cow::Borrowed(CpuMap::builtin())),
        }
    }
}

/// The forms of an answer that is a `<cpu>`.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CpuFormat {
    /// For people.
    Text,
    /// For programs; a host's facts are what `--host` takes.
    Json,
    /// libvirt's `<cpu>` element.
    Xml,
}

/// Reads several hosts' facts.
pub(crate) fn read_hosts(operands: &[String]) -> Result<Vec<HostFacts>, CommandError> {
    operands
        .iter()
        .map(|operand| read_operand(operand).map_err(Into::into))
        .collect()
}

/// Reads the CPU of a domain, a bare `<cpu>` or a capabilities document.
pub(crate) fn read_guest(path: &str) -> Result<GuestCpu, CommandError> {
    let guest = if path == "-" {
        guest::read_guest(io::stdin().lock(), "standard input")?
    } else {
        let file = std::fs::File::open(Path::new(path))
            .map_err(|error| InputError::new(path, InputErrorKind::Io(error.to_string())))?;
        guest::read_guest(file, path)?
    };
    Ok(guest)
}

/// Reads a JSON object of model names with the features that keep each from running.
pub(crate) fn read_blockers(
    map: &CpuMap,
    path: &Path,
) -> Result<BTreeMap<String, Bits>, CommandError> {
    let name = path.display().to_string();
    let fail = |kind| CommandError::Input(InputError::new(&name, kind));
    let text = std::fs::read_to_string(path)
        .map_err(|error| fail(InputErrorKind::Io(error.to_string())))?;
    let lists: BTreeMap<String, Vec<String>> = serde_json::from_str(&text)
        .map_err(|error| fail(InputErrorKind::Json(error.to_string())))?;
    lists
        .into_iter()
        .map(|(model, names)| {
            let bits: Result<Bits, CpuError> = names.iter().map(|name| map.feature(name)).collect();
            Ok((
                model,
                bits.map_err(|error| CommandError::Cpu(name.clone(), error))?,
            ))
        })
        .collect()
}

/// A JSON value with a final newline.
pub(crate) fn write_json(
    out: &mut dyn io::Write,
    value: &serde_json::Value,
) -> Result<(), CommandError> {
    writeln!(out, "{value:#}")?;
    Ok(())
}

/// `Penryn + sse4.2, popcnt − vme`, folded at 100 columns below `indent`.
pub(crate) fn describe(cpu: &CpuDef) -> String {
    use domdiff::cpu::def::Policy;
    let mut text = cpu.model.clone().unwrap_or_else(|| "no model".to_owned());
    for (policy, word) in [
        (Policy::Require, "plus"),
        (Policy::Force, "forced"),
        (Policy::Optional, "optional"),
        (Policy::Disable, "without"),
        (Policy::Forbid, "forbidden"),
    ] {
        let names = cpu.names(policy);
        if !names.is_empty() {
            text.push_str(&format!("\n  {word}: {}", fold(&names, 4)));
        }
    }
    text
}

/// Names with commas, lines of at most 96 characters, further lines indented.
pub(crate) fn fold(names: &[String], indent: usize) -> String {
    let mut text = String::new();
    let mut width = indent;
    for (at, name) in names.iter().enumerate() {
        let comma = usize::from(at + 1 < names.len());
        if at > 0 {
            if width + 1 + name.len() + comma > 96 {
                text.push('\n');
                text.push_str(&" ".repeat(indent));
                width = indent;
            } else {
                text.push(' ');
                width += 1;
            }
        }
        text.push_str(name);
        text.push_str(&",".repeat(comma));
        width += name.len() + comma;
    }
    text
}
