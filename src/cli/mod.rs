//! The command line: what is asked for, from where to where, and the exit status.
//!
//! Arguments, flags and their help are defined once, here and in the file of
//! each command. A command returns an [`Outcome`] or a [`Failure`]; only
//! [`main`] knows of exit statuses.

mod against;
mod baseline;
mod check;
mod compare;
mod expand;
mod explain;
mod facts;
mod failure;
mod gather;
mod git;
mod git_diff;
mod hook;
mod host;
mod input;
mod output;
mod policy;
mod program;
mod schema;
mod shell;
mod show;
mod virsh;

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use failure::Failure;

/// Nothing at or above `--fail-on`.
const NOTHING_FOUND: u8 = 0;
/// Something at or above `--fail-on`.
const FOUND: u8 = 1;
/// No answer: unreadable or invalid input, wrong usage, internal error.
pub(crate) const NO_ANSWER: u8 = 2;

/// What a command that ran to its end has to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Nothing at or above `--fail-on`.
    NothingFound,
    /// Something at or above `--fail-on`.
    Found,
    /// No answer, and why was told already.
    NoAnswer,
}

impl Outcome {
    fn found(found: bool) -> Self {
        if found {
            Self::Found
        } else {
            Self::NothingFound
        }
    }
}

/// Compare libvirt domain definitions by meaning, and say whether a running
/// guest could go on with the new one.
///
/// Exit status: 0 nothing found, 1 something found, 2 no answer.
#[derive(Debug, Parser)]
#[command(
    version,
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    disable_help_subcommand = true,
    override_usage = "domdiff [OPTIONS] OLD NEW\n       domdiff [OPTIONS] --against REV [PATH]...\n       domdiff COMMAND ...",
    after_help = "A file that is named like a command is written ./show."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    compare: compare::Arguments,
}

#[derive(Debug, Subcommand)]
enum Command {
    Show(show::Arguments),
    Check(Box<check::Arguments>),
    Host(host::HostArgs),
    Baseline(baseline::BaselineArgs),
    Hook(hook::Arguments),
    Explain(explain::Arguments),
    Schema(schema::Arguments),
    GitDiff(git_diff::Arguments),
    Completions(shell::CompletionsArguments),
    Man(shell::ManArguments),
    #[command(hide = true)]
    Expand(expand::ExpandArgs),
    #[command(hide = true)]
    Live(expand::LiveArgs),
    #[command(hide = true)]
    HasFeature(expand::HasFeatureArgs),
}

/// Runs the command that the process was called with.
pub(crate) fn main(stdout: &mut dyn Write, stderr: &mut dyn Write) -> ExitCode {
    let line: Vec<OsString> = std::env::args_os().skip(1).collect();
    if hook::always_succeeds(&line) {
        return ExitCode::from(NOTHING_FOUND);
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are answers; a reader that went away is no error.
            let _ = error.print();
            return if error.use_stderr() && !hook::succeeds_on_wrong_usage(&line) {
                ExitCode::from(NO_ANSWER)
            } else {
                ExitCode::from(NOTHING_FOUND)
            };
        }
    };
    match run(&cli, stdout, stderr) {
        Ok(Outcome::NothingFound) => ExitCode::from(NOTHING_FOUND),
        Ok(Outcome::Found) => ExitCode::from(FOUND),
        Ok(Outcome::NoAnswer) => ExitCode::from(NO_ANSWER),
        Err(failure) => {
            // Nothing is left to tell where standard error is closed.
            let _ = failure.print(stderr);
            ExitCode::from(NO_ANSWER)
        }
    }
}

/// The outcome of a command that answers with an exit status.
fn found(status: Result<u8, Failure>) -> Result<Outcome, Failure> {
    Ok(Outcome::found(status? != NOTHING_FOUND))
}

fn run(cli: &Cli, stdout: &mut dyn Write, stderr: &mut dyn Write) -> Result<Outcome, Failure> {
    match &cli.command {
        None => compare::run(&cli.compare, stdout),
        Some(Command::Show(arguments)) => show::run(arguments, stdout),
        Some(Command::Explain(arguments)) => explain::run(arguments, stdout),
        Some(Command::Schema(arguments)) => schema::run(arguments, stdout),
        Some(Command::Check(arguments)) => check::run(arguments, stdout),
        Some(Command::GitDiff(arguments)) => git_diff::run(arguments, stdout),
        Some(Command::Completions(arguments)) => {
            shell::completions(arguments, &Cli::command(), stdout)
        }
        Some(Command::Man(arguments)) => shell::man(arguments, &Cli::command(), stdout),
        Some(Command::Host(arguments)) => found(
            arguments
                .output
                .write_whole(stdout, |out| host::run(arguments, out)),
        ),
        Some(Command::Hook(arguments)) => Ok(hook::run(arguments, stderr)),
        Some(Command::Baseline(arguments)) => found(
            arguments
                .output
                .write_whole(stdout, |out| baseline::run(arguments, out)),
        ),
        Some(Command::Expand(arguments)) => {
            found(expand::expand(arguments, stdout).map_err(Failure::from))
        }
        Some(Command::Live(arguments)) => {
            found(expand::live(arguments, stdout).map_err(Failure::from))
        }
        Some(Command::HasFeature(arguments)) => {
            found(expand::has(arguments, stdout).map_err(Failure::from))
        }
    }
}
