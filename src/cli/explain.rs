//! `domdiff explain [RULE|PATH]`.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use domdiff::report::{EnforcedBy, anchor};
use domdiff::rules::{self, Check, Proof, Rule, UNDECIDED};
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
    /// How to print it
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    #[command(flatten)]
    output: OutputArguments,
}

/// How to print it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// The page of all rules
    Markdown,
}

/// What is asked about.
enum Subject {
    Everything,
    Rule(&'static Rule),
    Field(ResolvedField),
}

/// Explains a rule or a field, or lists the rules.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Outcome, Failure> {
    if arguments.format == Format::Markdown {
        if arguments.what.is_some() {
            let text = "--format markdown is the page of all rules; name none";
            return Err(Failure::Usage(text.into()));
        }
        arguments.output.write(stdout, page)?;
        return Ok(Outcome::NothingFound);
    }
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

/// The widest line of prose.
const WIDTH: usize = 80;

fn list(out: &mut dyn Write) -> io::Result<()> {
    for rule in rules::all() {
        writeln!(out, "{}: {}", rule.id, rule.level)?;
        paragraph("  ", rule.gist(), out)?;
    }
    Ok(())
}

/// Text behind its beginning, in lines that fit; further ones are indented by two.
fn paragraph(begin: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "{begin}")?;
    let mut column = begin.chars().count();
    for (at, word) in text.split(' ').enumerate() {
        let length = word.chars().count();
        if at > 0 && column + 1 + length > WIDTH {
            write!(out, "\n  ")?;
            column = 2;
        } else if at > 0 {
            write!(out, " ")?;
            column += 1;
        }
        write!(out, "{word}")?;
        column += length;
    }
    writeln!(out)
}

fn explain_rule(rule: &Rule, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}: {}", rule.id, rule.level)?;
    paragraph("  ", rule.why, out)?;
    for (label, text) in details(rule) {
        paragraph(&format!("{label}: "), &text, out)?;
    }
    if !rule.example.is_empty() {
        writeln!(out, "\nExample:")?;
        for line in rule.example.lines() {
            writeln!(out, "  {line}")?;
        }
    }
    let fields = fields(rule);
    if !fields.is_empty() {
        writeln!(out, "\nFields:")?;
        for field in fields {
            writeln!(out, "  {}", field.path)?;
        }
    }
    Ok(())
}

/// Everything that is known of a rule beside why it is there, with its label.
fn details(rule: &Rule) -> Vec<(&'static str, String)> {
    let mut details = vec![
        ("Enforced by", enforced_by(rule.enforced_by).to_owned()),
        ("Help", rule.help.to_owned()),
    ];
    let mut add = |label, text: &str| {
        if !text.is_empty() {
            details.push((label, text.to_owned()));
        }
    };
    add("Since", rule.since);
    add("Until", rule.until);
    add("Settled by", rule.settled_by.unwrap_or_default());
    for fact in rule.needs {
        let need = fact.need();
        add("Needs", &format!("{}: {}", need.fact, need.how));
    }
    let proof = match rule.proof {
        Proof::Run => "; tried on the real libvirt and QEMU",
        Proof::Documented => "",
        Proof::Unverified => "; not verified, so it is never an error",
    };
    add("Source", &format!("{}{proof}", rule.source));
    details
}

/// The fields of the domain XML that name the rule.
fn fields(rule: &Rule) -> Vec<ResolvedField> {
    schema::all_paths()
        .filter(|row| row.rule == rule.id && !row.recursive)
        .filter(|row| !row.field.rule.is_empty() || row.field.abi == AbiCheck::Compared)
        .collect()
}

/// The page of all rules.
fn page(out: &mut dyn Write) -> io::Result<()> {
    let count = rules::all().count();
    writeln!(out, "# Rules\n")?;
    writeln!(
        out,
        "domdiff has {count} rules; {} more causes are known and cannot be decided offline. This page is printed by",
        UNDECIDED.len()
    )?;
    writeln!(
        out,
        "`domdiff explain --format markdown`; `domdiff explain RULE` explains one of them.\n"
    )?;
    writeln!(out, "| Rule | Level | What it is about |\n|---|---|---|")?;
    for rule in rules::all() {
        writeln!(
            out,
            "| [`{}`](#{}) | {} | {} |",
            rule.id,
            anchor(rule.id),
            rule.level,
            rule.gist().replace('|', "\\|")
        )?;
    }
    for rule in rules::all() {
        writeln!(out, "\n## {}\n\n{}\n", rule.id, rule.why)?;
        writeln!(out, "- Level: {}", rule.level)?;
        for (label, text) in details(rule) {
            writeln!(out, "- {label}: {text}")?;
        }
        if !rule.example.is_empty() {
            let language = match rule.check {
                Check::Accepted => "toml",
                Check::Change | Check::State { .. } | Check::Destination(_) | Check::Cpu(_) => {
                    "xml"
                }
            };
            writeln!(out, "\n```{language}\n{}\n```", rule.example)?;
        }
    }
    writeln!(out, "\n# What cannot be decided offline\n")?;
    for cause in UNDECIDED {
        writeln!(out, "- `{}`: {}", cause.id, cause.reason)?;
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
