//! `domdiff show FILE`.

use std::ffi::OsString;
use std::fs;
use std::io::Write;

use clap::Args;
use domdiff::canon::{Domain, Release};
use domdiff::report::{Secrets, canonical_xml};
use domdiff::xml::{Document, Limits, Source};

use super::failure::InputError;
use super::output::OutputArguments;
use super::virsh::Virsh;
use super::{Failure, Outcome, input};

/// Print one definition in canonical form
///
/// Everything is spelled in one way, what libvirt would fill in is filled in,
/// and what has no order stands in one order: git can use it as textconv.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The definition: a path, - for standard input, or dom:NAME for a domain of a libvirt
    file: OsString,
    /// Print passwords and keys, which are masked otherwise
    #[arg(long)]
    show_secrets: bool,
    /// For git: print what is no domain as it is, for git would stop without an answer
    #[arg(long)]
    textconv: bool,
    #[command(flatten)]
    virsh: Virsh,
    #[command(flatten)]
    output: OutputArguments,
}

/// Prints one definition in canonical form.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Outcome, Failure> {
    let limits = Limits::default();
    if arguments.textconv {
        return convert(arguments, &limits, stdout);
    }
    let source = input::read(&arguments.file, &limits, &arguments.virsh)?;
    let document = Document::parse(&source, &limits)?;
    arguments.print(&arguments.canonical(&document), stdout)
}

/// As git wants it of a textconv: an answer for every file.
fn convert(
    arguments: &Arguments,
    limits: &Limits,
    stdout: &mut dyn Write,
) -> Result<Outcome, Failure> {
    let fail = |error| {
        let name = arguments.file.to_string_lossy().into_owned();
        Failure::Input(name, InputError::Io(error))
    };
    let bytes = fs::read(&arguments.file).map_err(fail)?;
    let source = Source::from_bytes(arguments.file.to_string_lossy(), bytes.clone());
    let parsed = source
        .as_ref()
        .map(|source| Document::parse(source, limits));
    match parsed {
        Ok(Ok(document)) => arguments.print(&arguments.canonical(&document), stdout),
        _ => arguments.print(&bytes, stdout),
    }
}

impl Arguments {
    fn canonical(&self, document: &Document<'_>) -> Vec<u8> {
        let mut secrets = if self.show_secrets {
            Secrets::Show
        } else {
            Secrets::Mask
        };
        canonical(document, &mut secrets).into_bytes()
    }

    fn print(&self, answer: &[u8], stdout: &mut dyn Write) -> Result<Outcome, Failure> {
        self.output.write(stdout, |out| out.write_all(answer))?;
        Ok(Outcome::NothingFound)
    }
}

/// The canonical form, as the newest libvirt that was surveyed makes it.
pub(super) fn canonical(document: &Document<'_>, secrets: &mut Secrets) -> String {
    canonical_xml(&Domain::new(document, Release::V12_8), secrets)
}
