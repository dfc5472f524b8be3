//! Gathers the facts of a host: from one source, from a libvirt, from the file system.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use domdiff::canon::{Domain, Release};
use domdiff::host::facts::SourceKind;
use domdiff::host::{HostFacts, listing, programs, read_operand};
use domdiff::tree::Tree;
use domdiff::xml::{Document, Limits};

use super::facts::CommandError;
use super::virsh::{Topic, Tuple, Virsh};
use super::{Failure, input};

/// Which facts are gathered.
#[derive(Args, Debug)]
pub(crate) struct GatherArguments {
    /// Read FACTS instead of this machine: domdiff's JSON, virsh capabilities or domcapabilities,
    /// a <cpu>, a <cpudata> dump, `cpuid -r` text, /proc/cpuinfo; several joined with `+`.
    #[arg(long, value_name = "FACTS")]
    from: Option<String>,
    /// Add what a libvirt and the file system tell; several joined with commas.
    #[arg(long, value_name = "TOPIC", value_delimiter = ',')]
    with: Vec<Topic>,
    /// A guest that the host is to run: which domain capabilities are asked for, which files are
    /// looked up; may be given several times.
    #[arg(long = "for", value_name = "DOMAIN")]
    guests: Vec<OsString>,
    /// A directory whose files are listed (with --with files); may be given several times.
    #[arg(long, value_name = "DIRECTORY")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    virsh: Virsh,
}

impl GatherArguments {
    /// The facts that are asked for: of one source, and what a libvirt adds to it.
    pub(crate) fn facts(&self) -> Result<HostFacts, Failure> {
        let mut topics = self.with.clone();
        if topics.contains(&Topic::All) {
            topics = Topic::value_variants().to_vec();
            // The files of this machine are not those of another one's libvirt.
            topics.retain(|topic| *topic != Topic::Files || !self.virsh.is_remote());
        }
        topics.sort();
        topics.dedup();
        let with_files = topics.contains(&Topic::Files);
        if with_files && self.virsh.is_remote() {
            return Err(Failure::Usage(
                "--with files looks at this machine's files; run domdiff host on the other one"
                    .into(),
            ));
        }
        if !self.files.is_empty() && !with_files {
            return Err(Failure::Usage("--files goes with --with files".into()));
        }
        let mut facts = match &self.from {
            Some(operand) => read_operand(operand).map_err(CommandError::from)?,
            // What this machine is says nothing of another one.
            None if self.virsh.is_remote() => HostFacts::of_libvirt(self.virsh.name()),
            None => read_operand("local").map_err(CommandError::from)?,
        };
        let limits = Limits::default();
        let sources = input::all(
            self.guests
                .iter()
                .map(|operand| input::read(operand, &limits, &self.virsh)),
        )?;
        let documents = input::all(
            sources
                .iter()
                .map(|source| Document::parse(source, &limits).map_err(Failure::from)),
        )?;
        let domains: Vec<Domain<'_>> = documents
            .iter()
            .map(|document| Domain::new(document, Release::V12_8))
            .collect();
        let tuples = tuples(&domains);
        for topic in topics {
            facts = self.virsh.tell(topic, &tuples, facts)?;
        }
        if with_files {
            let mut told = HostFacts::from_source(SourceKind::Listing, "files of this machine");
            let named = domains.iter().flat_map(|domain| {
                let tree = domain.tree();
                let values = tree.nodes().filter_map(|node| tree.value(node));
                values.filter(|value| value.starts_with('/'))
            });
            // A pipe may be two, of which the definition names neither.
            let pipes: Vec<String> = domains.iter().flat_map(pipes).collect();
            let pipes = pipes.iter().map(String::as_str);
            let mut paths = listing::look_up(named.chain(pipes).chain(programs::all()));
            paths.extend(
                self.files
                    .iter()
                    .flat_map(|directory| listing::list(directory)),
            );
            told.resources.paths = Some(paths);
            facts = facts.join(told.told());
        }
        Ok(facts)
    }
}

/// The two ends of each pipe that a guest's ports may be behind.
fn pipes(domain: &Domain<'_>) -> Vec<String> {
    let tree = domain.tree();
    let sources = tree.nodes().filter(|node| {
        let device = tree.parent(*node);
        tree.name(*node) == "source"
            && device.is_some_and(|device| tree.attr(device, "type") == Some("pipe"))
    });
    sources
        .filter_map(|source| tree.attr(source, "path"))
        .flat_map(|path| [format!("{path}.in"), format!("{path}.out")])
        .collect()
}

/// What domain capabilities are asked for: of each kind of guest once, of libvirt's default where
/// no guest is given.
fn tuples(domains: &[Domain<'_>]) -> Vec<Tuple> {
    let tuple = |domain: &Domain<'_>| {
        let get = |path| domain.tree().get(Tree::ROOT, path).map(str::to_owned);
        Tuple {
            virt_type: get("@type"),
            arch: get("os/type/@arch"),
            machine: get("os/type/@machine"),
            emulator: get("devices/emulator"),
        }
    };
    let mut tuples: Vec<Tuple> = domains.iter().map(tuple).collect();
    tuples.sort();
    tuples.dedup();
    if tuples.is_empty() {
        tuples.push(Tuple::default());
    }
    tuples
}
