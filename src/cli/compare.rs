//! `domdiff OLD NEW`: two definitions, two directories of them, or the files that git sees changed.

use std::ffi::{OsStr, OsString};
use std::io::{self, Write};

use clap::Args;
use domdiff::policy::FailOn;
use domdiff::report::{self, Canonical, Format, Look, Report, Secrets};
use domdiff::sets::{self, Pair};
use domdiff::xml::{Document, Limits, Source};

use super::output::{ColorChoice, OutputArguments, ReviewArguments};
use super::policy::{Policy, PolicyArguments};
use super::virsh::Virsh;
use super::{Failure, Outcome, against, input, show};

/// Operands and flags of a comparison.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The definition that runs today: a path, - for standard input, REV:PATH
    /// for a file of a git revision, dom:NAME for a domain of a libvirt, or a
    /// directory of definitions; /dev/null for none
    #[arg(required_unless_present = "against")]
    old: Option<OsString>,
    /// The definition it shall become
    #[arg(required_unless_present = "against")]
    new: Option<OsString>,
    /// With --against: more files and folders
    #[arg(value_name = "PATH", hide = true)]
    more: Vec<OsString>,
    /// Compare all definitions that changed since a git revision, in the given
    /// files and folders or everywhere: REV with the working tree, OLD..NEW, or
    /// REV... with where the working tree's history left that of REV
    #[arg(long, value_name = "REV")]
    against: Option<String>,
    #[command(flatten)]
    virsh: Virsh,
    #[command(flatten)]
    answering: Answering,
}

/// How changes are judged, and how the answer is printed.
#[derive(Debug, Args)]
pub(crate) struct Answering {
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
    policy: PolicyArguments,
    #[command(flatten)]
    review: ReviewArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// Compares what the operands name.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Outcome, Failure> {
    let limits = Limits::default();
    if let Some(revision) = &arguments.against {
        return trees(arguments, revision, &limits, stdout);
    }
    let (Some(old), Some(new), []) = (&arguments.old, &arguments.new, &arguments.more[..]) else {
        let text = "OLD and NEW are compared, no more than two";
        return Err(Failure::Usage(text.into()));
    };
    input::stdin_once(&[old, new])?;
    let policy = arguments.answering.policy(new)?;
    match (input::is_directory(old), input::is_directory(new)) {
        (true, true) => sets(arguments, &policy, old, new, &limits, stdout),
        _ => pair(arguments, &policy, old, new, &limits, stdout),
    }
}

/// Two definitions; one of them may be none.
fn pair(
    arguments: &Arguments,
    policy: &Policy<'_>,
    old: &OsStr,
    new: &OsStr,
    limits: &Limits,
    stdout: &mut dyn Write,
) -> Result<Outcome, Failure> {
    // What git calls a file that is not there.
    let is_none = |operand: &OsStr| operand == "/dev/null";
    let read = |operand: &OsStr, other: &OsStr| {
        if is_none(operand) && !is_none(other) {
            return Ok(Vec::new());
        }
        input::read(operand, limits, &arguments.virsh).map(|source| vec![source])
    };
    let (old, new) = both(read(old, new), read(new, old))?;
    let (old, new) = both(parse_all(&old, limits), parse_all(&new, limits))?;
    let answering = &arguments.answering;
    answering.answer_one(policy, &old, &new, "", stdout)
}

/// Two directories of definitions.
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
    let pairs = sets::pair(&old, &new);
    let answering = &arguments.answering;
    answering.answer(policy, &pairs, &old, &new, stdout)
}

/// What git sees changed.
fn trees(
    arguments: &Arguments,
    revision: &str,
    limits: &Limits,
    stdout: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let paths: Vec<OsString> = [&arguments.old, &arguments.new]
        .into_iter()
        .flatten()
        .chain(&arguments.more)
        .cloned()
        .collect();
    let here = OsStr::new(".");
    let first = paths.first().map_or(here, OsString::as_os_str);
    let policy = arguments.answering.policy(first)?;
    let files = against::Files::read(revision, &paths, limits)?;
    let changed = files.definitions(limits)?;
    let (old, new) = (&changed.old, &changed.new);
    let answering = &arguments.answering;
    answering.answer(&policy, &changed.pairs, old, new, stdout)
}

fn parse_all<'s>(sources: &'s [Source], limits: &Limits) -> Result<Vec<Document<'s>>, Failure> {
    let parse = |source| Document::parse(source, limits).map_err(Failure::from);
    input::all(sources.iter().map(parse))
}

impl Answering {
    /// The policy for an operand.
    pub(super) fn policy(&self, operand: &OsStr) -> Result<Policy<'_>, Failure> {
        self.policy.load(operand, FailOn::Info)
    }

    /// Judges one pair, of which one side may be missing, and prints it behind a heading for
    /// people.
    pub(super) fn answer_one(
        &self,
        policy: &Policy<'_>,
        old: &[Document<'_>],
        new: &[Document<'_>],
        heading: &str,
        stdout: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        let pair = Pair {
            old: (!old.is_empty()).then_some(0),
            new: (!new.is_empty()).then_some(0),
        };
        let reports = self.judge(policy, &[pair], old, new)?;
        self.print(policy, stdout, |look, out| {
            if self.format == Format::Text {
                out.write_all(heading.as_bytes())?;
            }
            let render = |report| report::render(report, self.format, look, out);
            reports.iter().try_for_each(render)
        })?;
        Ok(Outcome::found(policy.fails(&reports)))
    }

    /// Judges all pairs and prints them together.
    fn answer(
        &self,
        policy: &Policy<'_>,
        pairs: &[Pair],
        old: &[Document<'_>],
        new: &[Document<'_>],
        stdout: &mut dyn Write,
    ) -> Result<Outcome, Failure> {
        let reports = self.judge(policy, pairs, old, new)?;
        self.print(policy, stdout, |look, out| {
            report::render_all(&reports, self.format, look, out)
        })?;
        Ok(Outcome::found(policy.fails(&reports)))
    }

    fn judge(
        &self,
        policy: &Policy<'_>,
        pairs: &[Pair],
        old: &[Document<'_>],
        new: &[Document<'_>],
    ) -> Result<Vec<Report>, Failure> {
        policy.judge(self.show_secrets, |options| {
            let mut reports = sets::compare_pairs(pairs, old, new, options);
            for (pair, report) in pairs.iter().zip(&mut reports) {
                let (old, new) = (pair.old.map(|at| &old[at]), pair.new.map(|at| &new[at]));
                self.add_canonical(report, old, new);
            }
            Ok(reports)
        })
    }

    /// Adds the canonical forms, where the format needs them.
    fn add_canonical(
        &self,
        report: &mut Report,
        old: Option<&Document<'_>>,
        new: Option<&Document<'_>>,
    ) {
        if !self.format.shows_canonical() {
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
    pub(super) fn print(
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
        self.review.add_to(&mut look);
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
