//! The `domdiff` command.

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod cli {
    pub(crate) mod baseline;
    pub(crate) mod check;
    pub(crate) mod expand;
    pub(crate) mod facts;
    pub(crate) mod host;
}

#[derive(Parser)]
#[command(name = "domdiff", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Host(cli::host::HostArgs),
    Baseline(cli::baseline::BaselineArgs),
    Check(cli::check::CheckArgs),
    #[command(hide = true)]
    Expand(cli::expand::ExpandArgs),
    #[command(hide = true)]
    Live(cli::expand::LiveArgs),
    #[command(hide = true)]
    HasFeature(cli::expand::HasFeatureArgs),
}

fn main() -> ExitCode {
    let command = Cli::parse().command;
    let mut out = Vec::new();
    let status = match &command {
        Command::Host(args) => cli::host::run(args, &mut out),
        Command::Baseline(args) => cli::baseline::run(args, &mut out),
        Command::Check(args) => cli::check::run(args, &mut out),
        Command::Expand(args) => cli::expand::expand(args, &mut out),
        Command::Live(args) => cli::expand::live(args, &mut out),
        Command::HasFeature(args) => cli::expand::has(args, &mut out),
    };
    match status {
        Ok(status) => match std::io::stdout().write_all(&out) {
            Ok(()) => ExitCode::from(status),
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(_) => ExitCode::from(2),
        },
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "domdiff: {error}");
            ExitCode::from(2)
        }
    }
}
