//! What shells and `man` know of the command line, made from its definitions.

use std::io::Write;

use clap::{Args, Command, ValueEnum};
use clap_complete::Shell;

use super::output::OutputArguments;
use super::{Failure, Outcome};

/// Print the completions of a shell
///
/// For bash: domdiff completions bash > /etc/bash_completion.d/domdiff
#[derive(Debug, Args)]
pub(crate) struct CompletionsArguments {
    /// The shell
    shell: ShellChoice,
    #[command(flatten)]
    output: OutputArguments,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ShellChoice {
    Bash,
    Zsh,
    Fish,
}

/// Print the manual page of domdiff, or of one of its commands
///
/// domdiff man check > domdiff-check.1
#[derive(Debug, Args)]
pub(crate) struct ManArguments {
    /// The command; without one, domdiff itself
    command: Option<String>,
    #[command(flatten)]
    output: OutputArguments,
}

/// Prints the completions.
pub(super) fn completions(
    arguments: &CompletionsArguments,
    command: &Command,
    stdout: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let shell = match arguments.shell {
        ShellChoice::Bash => Shell::Bash,
        ShellChoice::Zsh => Shell::Zsh,
        ShellChoice::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    let name = command.get_name().to_owned();
    clap_complete::generate(shell, &mut for_people(command), name, &mut script);
    let output = &arguments.output;
    output.write(stdout, |out| out.write_all(&script))?;
    Ok(Outcome::NothingFound)
}

/// Prints a manual page.
pub(super) fn man(
    arguments: &ManArguments,
    command: &Command,
    stdout: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let mut usage = command.clone().render_usage();
    let mut command = for_people(command);
    command.build();
    if let Some(name) = &arguments.command {
        command = match command.find_subcommand(name) {
            Some(found) => found.clone(),
            None => return Err(Failure::Usage(format!("there is no command {name}"))),
        };
        usage = command.render_usage();
    }
    let page =
        clap_mangen::Man::new(command).source(concat!("domdiff ", env!("CARGO_PKG_VERSION")));
    arguments.output.write(stdout, |out| {
        page.render_title(out)?;
        page.render_name_section(out)?;
        out.write_all(synopsis(&usage.to_string()).as_bytes())?;
        page.render_description_section(out)?;
        page.render_options_section(out)?;
        page.render_subcommands_section(out)
    })?;
    Ok(Outcome::NothingFound)
}

/// The usage of the help, in lines of their own: clap's own form lists every flag.
fn synopsis(usage: &str) -> String {
    let mut section = ".SH SYNOPSIS\n".to_owned();
    for line in usage.lines() {
        let line = line.trim_start_matches("Usage:").trim();
        section += &format!("{}\n.br\n", line.replace('\\', "\\e").replace('-', "\\-"));
    }
    section
}

/// The command line without what is hidden from its help.
fn for_people(command: &Command) -> Command {
    let commands = command.get_subcommands().filter(|c| !c.is_hide_set());
    let mut people = Command::new("domdiff")
        .version(env!("CARGO_PKG_VERSION"))
        .args(command.get_arguments().cloned())
        .subcommands(commands.cloned())
        .disable_help_subcommand(true);
    if let Some(about) = command.get_about() {
        people = people.about(about.clone());
    }
    if let Some(about) = command.get_long_about() {
        people = people.long_about(about.clone());
    }
    people
}
