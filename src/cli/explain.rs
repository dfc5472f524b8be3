//! `domdiff explain [RULE|PATH]`.

use std::io::{self, Write};

use clap::Args;
use domdiff::report::{EnforcedBy, Level};
use domdiff::rules::{self, Rule};
use domdiff::schema::{self, AbiCheck, ResolvedField};

use super::output::OutputArguments;
use super::{Failure, Outcome};

/// List the rules, or explain one rule or one field of the domain XML
///
/// A field is named by its path below the domain element, with @ before an
/// attribute: devices/disk/target/@dev.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Id of a rule (abi/disk) or path of a field (devices/disk/serial)
    #[arg(value_name = "RULE|PATH")]
    what: Option<String>,
    #[command(flatten)]
    output: OutputArguments,
}

/// What is asked about.
enum Subject {
    Everything,
    Rule(&'static Rule),
    Field(ResolvedField),
}

/// Explains a rule or a field, or lists the rules.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Outcome, Failure> {
    let subject = match arguments.what.as_deref() {
        None => Subject::Everything,
        Some(what) => rules::get(what)
            .map(Subject::Rule)
            .or_else(|| schema::lookup(&field_path(what)).map(Subject::Field))
            .ok_or_else(|| Failure::Usage(unknown(what)))?,
    };
    arguments.output.write(stdout, |out| match &subject {
        Subject::Everything => list(out),
        Subject::Rule(rule) => explain_rule(rule, out),
        Subject::Field(field) => explain_field(field, out),
    })?;
    Ok(Outcome::NothingFound)
}

/// A path as the table has it: findings write `devices/disk[vda]/serial`,
/// people begin with `domain/` or `/domain/`.
fn field_path(what: &str) -> String {
    let mut path = String::with_capacity(what.len());
    let mut depth = 0_usize;
    for c in what.chars() {
        match c {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => path.push(c),
            _ => {}
        }
    }
    let path = path.trim_matches('/');
    let below = path.strip_prefix("domain/").unwrap_or(path);
    if below == "domain" {
        String::new()
    } else {
        below.to_owned()
    }
}

/// What to say of a name that is neither: how far its path is known.
fn unknown(what: &str) -> String {
    let path = field_path(what);
    let mut known = "";
    for (end, _) in path.match_indices('/') {
        if schema::lookup(&path[..end]).is_some() {
            known = &path[..end];
        }
    }
    if known.is_empty() {
        format!("no rule and no field is called {what}")
    } else {
        format!("no field is called {what}; `domdiff explain {known}` lists what it holds")
    }
}

fn list(out: &mut dyn Write) -> io::Result<()> {
    let width = rules::all().map(|rule| rule.id.len()).max().unwrap_or(0);
    for rule in rules::all() {
        writeln!(out, "{:width$}  {}", rule.id, level(rule.level))?;
    }
    Ok(())
}

fn explain_rule(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}", rule.id, level(rule.level))?;
    writeln!(out, "{}", rule.why)?;
    writeln!(out, "Enforced by: {}", enforced_by(rule.enforced_by))?;
    writeln!(out, "Help: {}", rule.help)?;
    writeln!(out, "Source: {}", rule.source)?;
    let fields: Vec<_> = schema::all_paths()
        .filter(|row| row.rule == rule.id && !row.recursive)
        .filter(|row| !row.field.rule.is_empty() || row.field.abi == AbiCheck::Compared)
        .collect();
    if !fields.is_empty() {
        writeln!(out, "\nFields:")?;
        for field in fields {
            writeln!(out, "  {}", field.path)?;
        }
    }
    Ok(())
}

fn explain_field(field: &ResolvedField, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{field}")?;
    if let Some(rule) = rules::get(field.rule) {
        writeln!(out, "\n{}: {}", rule.id, rule.why)?;
    }
    Ok(())
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Info => "info",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

fn enforced_by(by: EnforcedBy) -> &'static str {
    match by {
        EnforcedBy::Libvirt => "libvirt, which refuses before anything happens",
        EnforcedBy::Qemu => "QEMU, which fails on the way",
        EnforcedBy::Nobody => "nobody: it goes through, and the guest suffers",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_findings_and_of_people_are_understood() {
        assert_eq!(
            field_path("devices/disk[vda]/serial"),
            "devices/disk/serial"
        );
        assert_eq!(field_path("/domain/vcpu/"), "vcpu");
        assert_eq!(field_path("domain"), "");
    }

    #[test]
    fn an_unknown_path_leads_to_the_nearest_known_one() {
        assert!(unknown("devices/disk/tarjet").contains("explain devices/disk`"));
        assert!(unknown("dsk").starts_with("no rule and no field"));
    }
}
