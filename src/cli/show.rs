//! `domdiff show FILE`.

use std::ffi::OsString;
use std::io::Write;

use clap::Args;
use domdiff::canon::{Domain, Release};
use domdiff::report::{Secrets, canonical_xml};
use domdiff::xml::{Document, Limits};

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
    #[command(flatten)]
    virsh: Virsh,
    #[command(flatten)]
    output: OutputArguments,
}

/// Prints one definition in canonical form.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Outcome, Failure> {
    let limits = Limits::default();
    let source = input::read(&arguments.file, &limits, &arguments.virsh)?;
    let document = Document::parse(&source, &limits)?;
    let mut secrets = if arguments.show_secrets {
        Secrets::Show
    } else {
        Secrets::Mask
    };
    let xml = canonical(&document, &mut secrets);
    arguments
        .output
        .write(stdout, |out| out.write_all(xml.as_bytes()))?;
    Ok(Outcome::NothingFound)
}

/// The canonical form, as the newest libvirt that was surveyed makes it.
pub(super) fn canonical(document: &Document<'_>, secrets: &mut Secrets) -> String {
    canonical_xml(&Domain::new(document, Release::V12_8), secrets)
}
