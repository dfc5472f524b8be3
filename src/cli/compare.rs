//! `domdiff OLD NEW`: two definitions, or two directories of them.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use clap::{Args, ValueEnum};
use domdiff::Options;
use domdiff::report::{self, Canonical, Format, Level, Look, Report, Secrets};
use domdiff::sets::compare_sets;
use domdiff::xml::{Document, Limits, Source};

use super::output::{ColorChoice, OutputArguments};
use super::virsh::Virsh;
use super::{Failure, Outcome, input, show};

/// Operands and flags of a comparison.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The definition that runs today: a path, - for standard input, dom:NAME
    /// for a domain of a libvirt, or a directory of definitions
    #[arg(required = true)]
    old: Option<OsString>,
    /// The definition it shall become
    #[arg(required = true)]
    new: Option<OsString>,
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Lowest level of a finding that makes the exit status 1
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    fail_on: FailOn,
    /// Judge a rule's findings otherwise: error, warning, info, off
    #[arg(long, value_name = "ID=LEVEL", value_parser = rule_level)]
    rule: Vec<(String, Option<Level>)>,
    /// Print nothing; the exit status is the answer
    #[arg(short, long)]
    quiet: bool,
    /// Print verdict and counts only
    #[arg(long)]
    summary: bool,
    /// Print passwords and keys, which are masked otherwise
    #[arg(long)]
    show_secrets: bool,
    /// When to colour
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    color: ColorChoice,
    #[command(flatten)]
    virsh: Virsh,
    #[command(flatten)]
    output: OutputArguments,
}

/// From which level on a finding makes the exit status 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Any change
    Info,
    /// Nothing
    Never,
}

impl FailOn {
    /// The lowest level that counts, if one does.
    pub(crate) fn level(self) -> Option<Level> {
        match self {
            Self::Error => Some(Level::Error),
            Self::Warning => Some(Level::Warning),
            Self::Info => Some(Level::Info),
            Self::Never => None,
        }
    }
}

/// Reads `ID=LEVEL`; `off` is no level.
pub(super) fn rule_level(text: &str) -> Result<(String, Option<Level>), String> {
    let (id, level) = text
        .split_once('=')
        .ok_or("write it as ID=LEVEL, abi/disk=warning")?;
    let level = match level {
        "error" => Some(Level::Error),
        "warning" => Some(Level::Warning),
        "info" => Some(Level::Info),
        "off" => None,
        _ => {
            return Err(format!(
                "{level} is no level; error, warning, info and off are"
            ));
        }
    };
    if domdiff::rules::get(id).is_none() {
        return Err(format!("no rule is called {id}"));
    }
    Ok((id.to_owned(), level))
}

/// Compares two definitions, or two directories of them.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Outcome, Failure> {
    let (Some(old), Some(new)) = (&arguments.old, &arguments.new) else {
        return Err(Failure::Usage("two definitions are needed".into()));
    };
    input::stdin_once(&[old, new])?;
    let limits = Limits::default();
    match (input::is_directory(old), input::is_directory(new)) {
        (true, true) => sets(arguments, old, new, &limits, stdout),
        _ => pair(arguments, old, new, &limits, stdout),
    }
}

fn pair(
    arguments: &Arguments,
    old: &OsStr,
    new: &OsStr,
    limits: &Limits,
    stdout: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let (old, new) = both(
        input::read(old, limits, &arguments.virsh),
        input::read(new, limits, &arguments.virsh),
    )?;
    let parse = |source| Document::parse(source, limits).map_err(Failure::from);
    let (old, new) = both(parse(&old), parse(&new))?;
    let mut report = domdiff::compare(&old, &new, &arguments.options());
    arguments.add_canonical(&mut report, Some(&old), Some(&new));
    arguments.print(std::slice::from_ref(&report), stdout, |look, out| {
        report::render(&report, arguments.format, look, out)
    })
}

fn sets(
    arguments: &Arguments,
    old: &OsStr,
    new: &OsStr,
    limits: &Limits,
    stdout: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let (old, new) = both(
        input::read_directory(old, limits, &arguments.virsh),
        input::read_directory(new, limits, &arguments.virsh),
    )?;
    let (old, new) = both(parse_all(&old, limits), parse_all(&new, limits))?;
    let reports: Vec<Report> = compare_sets(&old, &new, &arguments.options())
        .into_iter()
        .map(|(pair, mut report)| {
            let (old, new) = (pair.old.map(|at| &old[at]), pair.new.map(|at| &new[at]));
            arguments.add_canonical(&mut report, old, new);
            report
        })
        .collect();
    arguments.print(&reports, stdout, |look, out| {
        report::render_all(&reports, arguments.format, look, out)
    })
}

fn parse_all<'s>(sources: &'s [Source], limits: &Limits) -> Result<Vec<Document<'s>>, Failure> {
    let parse = |source| Document::parse(source, limits).map_err(Failure::from);
    input::all(sources.iter().map(parse))
}

impl Arguments {
    fn options(&self) -> Options {
        Options {
            show_secrets: self.show_secrets,
            levels: self.rule.iter().cloned().collect(),
        }
    }

    /// Adds the canonical forms, where the format needs them.
    fn add_canonical(
        &self,
        report: &mut Report,
        old: Option<&Document<'_>>,
        new: Option<&Document<'_>>,
    ) {
        if self.format != Format::Diff {
            return;
        }
        let mut secrets = if self.show_secrets {
            Secrets::Show
        } else {
            Secrets::Number(Vec::new())
        };
        let mut canonical = |document: Option<&Document<'_>>| {
            document.map_or_else(String::new, |document| {
                show::canonical(document, &mut secrets)
            })
        };
        report.canonical = Some(Canonical {
            old: canonical(old),
            new: canonical(new),
        });
    }

    /// Prints the answer and says what was found.
    fn print(
        &self,
        reports: &[Report],
        stdout: &mut dyn Write,
        print: impl FnOnce(&Look, &mut dyn Write) -> io::Result<()>,
    ) -> Result<Outcome, Failure> {
        if !self.quiet {
            let mut look = self.output.look(self.color);
            look.summary = self.summary;
            self.output.write(stdout, |out| print(&look, out))?;
        }
        let found = self
            .fail_on
            .level()
            .is_some_and(|level| reports.iter().any(|report| report.has_at_least(level)));
        Ok(Outcome::found(found))
    }
}

/// Both, or what is wrong with either.
fn both<T>(old: Result<T, Failure>, new: Result<T, Failure>) -> Result<(T, T), Failure> {
    match (old, new) {
        (Ok(old), Ok(new)) => Ok((old, new)),
        (Err(old), Err(new)) => Err(Failure::Several(vec![old, new])),
        (Err(failure), Ok(_)) | (Ok(_), Err(failure)) => Err(failure),
    }
}
