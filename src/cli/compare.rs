//! `domdiff OLD NEW`: two definitions, or two directories of them.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use clap::Args;
use domdiff::policy::FailOn;
use domdiff::report::{self, Canonical, Format, Look, Report, Secrets};
use domdiff::sets::{Pair, compare_sets};
use domdiff::xml::{Document, Limits, Source};

use super::output::{ColorChoice, OutputArguments};
use super::policy::{Policy, PolicyArguments};
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
    policy: PolicyArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Compares two definitions, or two directories of them.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Outcome, Failure> {
    let (Some(old), Some(new)) = (&arguments.old, &arguments.new) else {
        return Err(Failure::Usage("two definitions are needed".into()));
    };
    input::stdin_once(&[old, new])?;
    let limits = Limits::default();
    let policy = arguments.policy.load(new, FailOn::Info)?;
    match (input::is_directory(old), input::is_directory(new)) {
        (true, true) => sets(arguments, &policy, old, new, &limits, stdout),
        _ => pair(arguments, &policy, old, new, &limits, stdout),
    }
}

fn pair(
    arguments: &Arguments,
    policy: &Policy<'_>,
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
    let reports = policy.judge(arguments.show_secrets, |options| {
        let mut report = domdiff::compare(&old, &new, options);
        arguments.add_canonical(&mut report, Some(&old), Some(&new));
        Ok(vec![report])
    })?;
    arguments.print(policy, stdout, |look, out| {
        let render = |report| report::render(report, arguments.format, look, out);
        reports.iter().try_for_each(render)
    })?;
    Ok(Outcome::found(policy.fails(&reports)))
}

fn sets(
    arguments: &Arguments,
    policy: &Policy<'_>,
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
    let reports = policy.judge(arguments.show_secrets, |options| {
        let reports = compare_sets(&old, &new, options).into_iter();
        let complete = |(pair, mut report): (Pair, Report)| {
            let (old, new) = (pair.old.map(|at| &old[at]), pair.new.map(|at| &new[at]));
            arguments.add_canonical(&mut report, old, new);
            report
        };
        Ok(reports.map(complete).collect())
    })?;
    arguments.print(policy, stdout, |look, out| {
        report::render_all(&reports, arguments.format, look, out)
    })?;
    Ok(Outcome::found(policy.fails(&reports)))
}

fn parse_all<'s>(sources: &'s [Source], limits: &Limits) -> Result<Vec<Document<'s>>, Failure> {
    let parse = |source| Document::parse(source, limits).map_err(Failure::from);
    input::all(sources.iter().map(parse))
}

impl Arguments {
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

    /// Prints the answer, unless only the exit status is wanted.
    fn print(
        &self,
        policy: &Policy<'_>,
        stdout: &mut dyn Write,
        print: impl FnOnce(&Look, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        if self.quiet {
            return Ok(());
        }
        let mut look = self.output.look(self.color);
        look.summary = self.summary;
        look.fail_on = policy.fail_on.level();
        self.output.write(stdout, |out| print(&look, out))
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
