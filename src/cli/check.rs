//! `domdiff check`: each definition alone, and on every given host.

use std::ffi::{OsStr, OsString};
use std::io::Write;

use clap::{Args, ValueEnum};
use domdiff::host::HostFacts;
use domdiff::host::guest::read_guest;
use domdiff::migration::{GuestState, Migration, Storage, Version};
use domdiff::report::{self, Format, Level, Report};
use domdiff::xml::{Document, Limits, Source};
use domdiff::{Circumstances, Options};

use super::compare::{FailOn, rule_level};
use super::facts::{CommandError, MapArg, read_hosts};
use super::input::LibvirtDomain;
use super::output::{ColorChoice, OutputArguments};
use super::virsh::Virsh;
use super::{Failure, Outcome, input};

/// Judge each domain alone: can it be migrated, what is risky, and can it run
/// on each given host
///
/// Exit status: 0 nothing at or above --fail-on, 1 something, 2 no answer.
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A domain, a bare <cpu> or a capabilities document; a path, - for standard input, dom:NAME
    /// for a domain of a libvirt, or a directory of definitions
    #[arg(required = true, value_name = "DOMAIN")]
    domains: Vec<OsString>,
    /// Facts of a destination; may be given several times
    #[arg(long, value_name = "FACTS")]
    host: Vec<String>,
    /// Facts of the host where the guest runs today
    #[arg(long, value_name = "FACTS")]
    source_host: Option<String>,
    #[command(flatten)]
    migration: MigrationArguments,
    /// How to print the answer
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Lowest level of a finding that makes the exit status 1
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    fail_on: FailOn,
    /// Judge a rule's findings otherwise: error, warning, info, off
    #[arg(long, value_name = "ID=LEVEL", value_parser = rule_level)]
    rule: Vec<(String, Option<Level>)>,
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
    map: MapArg,
    #[command(flatten)]
    virsh: Virsh,
    #[command(flatten)]
    output: OutputArguments,
}

/// How the guests are to move: the flags of `virsh migrate`, and what is at both ends.
#[derive(Debug, Args)]
pub(crate) struct MigrationArguments {
    /// How the disks reach the destination
    #[arg(long, value_name = "HOW", default_value = "unknown")]
    storage: StorageChoice,
    /// A folder that both hosts reach, whatever file system it is on; may be given several times
    #[arg(long, value_name = "PATH")]
    shared_path: Vec<String>,
    /// The older libvirt of the two hosts, as 9.0.0
    #[arg(long, value_name = "VERSION")]
    libvirt_version: Option<Version>,
    /// The older QEMU of the two hosts, as 7.2.0
    #[arg(long, value_name = "VERSION")]
    qemu_version: Option<Version>,
    /// Only the definition moves
    #[arg(long)]
    offline: bool,
    /// The guest becomes persistent on the destination (=false: it does not)
    #[arg(
        long,
        value_name = "true|false",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "true"
    )]
    persistent: Option<bool>,
    /// Memory follows after the switch
    #[arg(long)]
    postcopy: bool,
    /// The stream goes through libvirt's connection
    #[arg(long)]
    tunnelled: bool,
    /// Several connections carry the stream
    #[arg(long)]
    parallel: bool,
    /// The stream goes over RDMA
    #[arg(long)]
    rdma: bool,
    /// The stream is encrypted
    #[arg(long)]
    tls: bool,
    /// libvirt's checks of disks are switched off
    #[arg(long = "unsafe")]
    unsafe_disks: bool,
    /// Only what older images lack is copied (with --storage copy)
    #[arg(long)]
    incremental: bool,
    /// The guest is paused for the time of the migration or after it
    #[arg(long)]
    suspend: bool,
    /// A disk error aborts the migration
    #[arg(long)]
    abort_on_error: bool,
    /// What is known of a guest beside its file, separated by commas; dom:NAME asks libvirt
    #[arg(long, value_name = "WORDS", value_delimiter = ',')]
    guest_state: Vec<StateWord>,
}

/// What libvirt knows of a guest beside its definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StateWord {
    /// It runs, or is paused
    Running,
    /// It does not run
    ShutOff,
    /// libvirt keeps snapshots of it
    Snapshots,
    /// It has none
    NoSnapshots,
    /// A managed save image is there
    ManagedSave,
    /// There is none
    NoManagedSave,
    /// It ends with the connection that started it
    Autodestroy,
    /// It does not
    NoAutodestroy,
    /// It stands still after a disk error
    IoError,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum StorageChoice {
    /// Both hosts reach the same storage
    Shared,
    /// The migration copies them
    Copy,
    /// Not known
    Unknown,
}

impl MigrationArguments {
    /// The conditions they stand for.
    pub(crate) fn migration(&self) -> Migration {
        Migration {
            storage: match self.storage {
                StorageChoice::Shared => Storage::Shared,
                StorageChoice::Copy => Storage::Copy,
                StorageChoice::Unknown => Storage::Unknown,
            },
            incremental: self.incremental,
            shared_paths: self.shared_path.clone(),
            libvirt: self.libvirt_version,
            qemu: self.qemu_version,
            offline: self.offline,
            persistent: self.persistent,
            postcopy: self.postcopy,
            tunnelled: self.tunnelled,
            parallel: self.parallel,
            rdma: self.rdma,
            tls: self.tls,
            unsafe_disks: self.unsafe_disks,
            suspended: self.suspend,
            abort_on_error: self.abort_on_error,
            state: self.state(),
        }
    }

    fn state(&self) -> GuestState {
        let mut state = GuestState::default();
        for word in &self.guest_state {
            match word {
                StateWord::Running => state.running = Some(true),
                StateWord::ShutOff => state.running = Some(false),
                StateWord::Snapshots => state.snapshots = Some(1),
                StateWord::NoSnapshots => state.snapshots = Some(0),
                StateWord::ManagedSave => state.managed_save = Some(true),
                StateWord::NoManagedSave => state.managed_save = Some(false),
                StateWord::Autodestroy => state.autodestroy = Some(true),
                StateWord::NoAutodestroy => state.autodestroy = Some(false),
                StateWord::IoError => state.io_error = Some(true),
            }
        }
        state
    }
}

/// Judges every operand.
pub(super) fn run(arguments: &Arguments, stdout: &mut dyn Write) -> Result<Outcome, Failure> {
    let operands: Vec<_> = arguments.domains.iter().map(OsString::as_os_str).collect();
    input::stdin_once(&operands)?;
    let limits = Limits::default();
    let map = arguments.map.load()?;
    let hosts = read_hosts(&arguments.host)?;
    let source: Option<HostFacts> = match &arguments.source_host {
        Some(operand) => read_hosts(std::slice::from_ref(operand))?.pop(),
        None => None,
    };
    let migration = arguments.migration.migration();
    let options = Options {
        show_secrets: arguments.show_secrets,
        levels: arguments.rule.iter().cloned().collect(),
    };
    let guests = input::all(
        operands
            .iter()
            .map(|operand| read(operand, &limits, &arguments.virsh)),
    )?;
    let reports = input::all(guests.iter().flatten().map(|guest| {
        let migration = Migration {
            state: guest.state.clone().unwrap_or(migration.state.clone()),
            ..migration.clone()
        };
        let circumstances = Circumstances {
            migration: &migration,
            hosts: &hosts,
            source: source.as_ref(),
            map: &map,
        };
        judge(&guest.source, &limits, &circumstances, &options)
    }))?;
    if !arguments.quiet {
        let mut look = arguments.output.look(arguments.color);
        look.summary = arguments.summary;
        arguments.output.write(stdout, |out| {
            report::render_checks(&reports, arguments.format, &look, out)
        })?;
    }
    let found = arguments
        .fail_on
        .level()
        .is_some_and(|level| reports.iter().any(|report| report.has_at_least(level)));
    Ok(Outcome::found(found))
}

/// A definition, and what its libvirt knows beside it if it was asked.
struct Guest {
    source: Source,
    state: Option<GuestState>,
}

/// Reads the definitions that an operand names.
fn read(operand: &OsStr, limits: &Limits, virsh: &Virsh) -> Result<Vec<Guest>, Failure> {
    let sources = if input::is_directory(operand) {
        input::read_directory(operand, limits, virsh)?
    } else {
        vec![input::read(operand, limits, virsh)?]
    };
    let state = match LibvirtDomain::of(operand) {
        Some(domain) => Some(virsh.state(domain.name)?),
        None => None,
    };
    let guest = |source| Guest {
        source,
        state: state.clone(),
    };
    Ok(sources.into_iter().map(guest).collect())
}

/// Judges what stands in a file: a domain, or a CPU alone.
fn judge(
    source: &Source,
    limits: &Limits,
    circumstances: &Circumstances<'_>,
    options: &Options,
) -> Result<Report, Failure> {
    match Document::parse(source, limits) {
        Ok(document) => domdiff::check(&document, circumstances, options)
            .map_err(|e| CommandError::from(e).into()),
        Err(error) if error.is_about_a_cpu() => {
            let cpu =
                read_guest(source.text().as_bytes(), source.name()).map_err(CommandError::from)?;
            Ok(domdiff::check_cpu(&cpu, source.name(), circumstances))
        }
        Err(error) => Err(error.into()),
    }
}
