//! The `domdiff` command.

mod cli;

use std::io;
use std::panic::catch_unwind;
use std::process::ExitCode;

fn main() -> ExitCode {
    // A mistake in domdiff itself is no answer either; 101, as Rust ends then, would read as one.
    catch_unwind(|| cli::main(&mut io::stdout().lock(), &mut io::stderr().lock()))
        .unwrap_or(ExitCode::from(cli::NO_ANSWER))
}
