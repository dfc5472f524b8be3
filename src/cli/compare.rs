//! `domdiff OLD NEW`.

use std::ffi::OsString;
use std::io::Write;

use clap::{Args, ValueEnum};
use domdiff::Options;
use domdiff::report::{self, Canonical, Format, Level, Secrets};
use domdiff::xml::{Document, Limits};

use super::output::OutputArguments;
use super::{Failure, Outcome, input, show};

/// Operands and flags of a comparison.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The definition that runs today: a path, or - for standard input
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
fn rule_level(text: &str) -> Result<(String, Option<Level>), String> {
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

/// Compares two definitions.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Outcome, Failure> {
    let (Some(old), Some(new)) = (&arguments.old, &arguments.new) else {
        return Err(Failure::Usage("two definitions are needed".into()));
    };
    input::stdin_once(&[old, new])?;
    let limits = Limits::default();
    let (old, new) = both(input::read(old, &limits), input::read(new, &limits))?;
    let (old, new) = both(
        Document::parse(&old, &limits).map_err(Failure::from),
        Document::parse(&new, &limits).map_err(Failure::from),
    )?;
    let options = Options {
        show_secrets: arguments.show_secrets,
        levels: arguments.rule.iter().cloned().collect(),
    };
    let mut report = domdiff::compare(&old, &new, &options);
    if arguments.format == Format::Diff {
        let mut secrets = if arguments.show_secrets {
            Secrets::Show
        } else {
            Secrets::Number(Vec::new())
        };
        report.canonical = Some(Canonical {
            old: show::canonical(&old, &mut secrets),
            new: show::canonical(&new, &mut secrets),
        });
    }
    let found = arguments
        .fail_on
        .level()
        .is_some_and(|level| report.has_at_least(level));
    if !arguments.quiet {
        let mut look = arguments.output.look();
        look.summary = arguments.summary;
        arguments.output.write(stdout, |out| {
            report::render(&report, arguments.format, &look, out)
        })?;
    }
    Ok(Outcome::found(found))
}

/// Both, or what is wrong with either.
fn both<T>(old: Result<T, Failure>, new: Result<T, Failure>) -> Result<(T, T), Failure> {
    match (old, new) {
        (Ok(old), Ok(new)) => Ok((old, new)),
        (Err(old), Err(new)) => Err(Failure::Several(vec![old, new])),
        (Err(failure), Ok(_)) | (Ok(_), Err(failure)) => Err(failure),
    }
}
