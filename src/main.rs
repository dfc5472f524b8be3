//! The `domdiff` command.

mod cli;

use std::io;
use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main(&mut io::stdout().lock(), &mut io::stderr().lock())
}
