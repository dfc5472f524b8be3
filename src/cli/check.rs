//! `domdiff check`: each definition alone, and on every given host.

use std::ffi::{OsStr, OsString};
use std::io::Write;

use clap::{Args, ValueEnum};
use domdiff::host::HostFacts;
use domdiff::host::guest::read_guest;
use domdiff::migration::{GuestState, Migration, Storage, Version};
use domdiff::policy::{FailOn, MigrationConfig};
use domdiff::report::{self, Format, Report};
use domdiff::xml::{Document, Limits, Source};
use domdiff::{Circumstances, Options};

use super::facts::{CommandError, MapArg, read_hosts};
use super::input::LibvirtDomain;
use super::output::{ColorChoice, OutputArguments, ReviewArguments};
use super::policy::PolicyArguments;
use super::virsh::{Topic, Virsh};
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
    policy: PolicyArguments,
    #[command(flatten)]
    review: ReviewArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// How the guests are to move: the flags of `virsh migrate`, and what is at both ends.
#[derive(Debug, Args)]
pub(crate) struct MigrationArguments {
    /// How the disks reach the destination
    #[arg(long, value_name = "HOW")]
    storage: Option<StorageChoice>,
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
    /// The conditions they stand for, above those that are configured.
    pub(crate) fn over(&self, configured: &MigrationConfig) -> Migration {
        let base = configured.migration();
        Migration {
            storage: match self.storage {
                Some(StorageChoice::Shared) => Storage::Shared,
                Some(StorageChoice::Copy) => Storage::Copy,
                Some(StorageChoice::Unknown) => Storage::Unknown,
                None => base.storage,
            },
            incremental: self.incremental || base.incremental,
            shared_paths: if self.shared_path.is_empty() {
                base.shared_paths
            } else {
                self.shared_path.clone()
            },
            libvirt: self.libvirt_version.or(base.libvirt),
            qemu: self.qemu_version.or(base.qemu),
            offline: self.offline || base.offline,
            persistent: self.persistent.or(base.persistent),
            postcopy: self.postcopy || base.postcopy,
            tunnelled: self.tunnelled || base.tunnelled,
            parallel: self.parallel || base.parallel,
            rdma: self.rdma || base.rdma,
            tls: self.tls || base.tls,
            unsafe_disks: self.unsafe_disks || base.unsafe_disks,
            suspended: self.suspend || base.suspended,
            abort_on_error: self.abort_on_error || base.abort_on_error,
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
    let policy = arguments
        .policy
        .load(&arguments.domains[0], FailOn::Error)?;
    let hosts = match arguments.host.as_slice() {
        [] => policy.hosts()?,
        operands => read_hosts(operands)?,
    };
    let source: Option<HostFacts> = match &arguments.source_host {
        Some(operand) => read_hosts(std::slice::from_ref(operand))?.pop(),
        None => policy.source_host()?,
    };
    let migration = arguments.migration.over(&policy.config.migration);
    let guests = input::all(
        operands
            .iter()
            .map(|operand| read(operand, &limits, &arguments.virsh)),
    )?;
    let source = match operands.iter().any(|o| LibvirtDomain::of(o).is_some()) {
        true => Some(told_by_libvirt(&arguments.virsh, source, &guests)?),
        false => source,
    };
    let judge_one = |guest: &Guest, options: &Options| {
        let migration = Migration {
            state: match &guest.state {
                Some(told) => told.clone().or(&migration.state),
                None => migration.state.clone(),
            },
            ..migration.clone()
        };
        let circumstances = Circumstances {
            migration: &migration,
            hosts: &hosts,
            source: source.as_ref(),
            map: &map,
        };
        judge(&guest.source, &limits, &circumstances, options)
    };
    let reports = policy.judge(arguments.show_secrets, |options| {
        let guests = guests.iter().flatten();
        input::all(guests.map(|guest| judge_one(guest, options)))
    })?;
    if !arguments.quiet {
        let mut look = arguments.output.look(arguments.color);
        look.summary = arguments.summary;
        look.fail_on = policy.fail_on.level();
        arguments.review.add_to(&mut look);
        arguments.output.write(stdout, |out| {
            report::render_checks(&reports, arguments.format, &look, out)
        })?;
    }
    Ok(Outcome::found(policy.fails(&reports)))
}

/// Facts of the host where guests run, and what the libvirt that runs them knows of it: releases,
/// capabilities, and pools where a guest has a disk in one.
fn told_by_libvirt(
    virsh: &Virsh,
    source: Option<HostFacts>,
    guests: &[Vec<Guest>],
) -> Result<HostFacts, Failure> {
    let mut told = source.unwrap_or_else(|| HostFacts::of_libvirt(virsh.name()));
    let has_volume = |guest: &Guest| guest.source.text().contains("type='volume'");
    let mut topics = vec![Topic::Versions, Topic::Capabilities];
    if guests.iter().flatten().any(has_volume) {
        topics.push(Topic::Pools);
    }
    for topic in topics {
        told = virsh.tell(topic, &[], told)?;
    }
    Ok(told)
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
            Ok(domdiff::check_cpu(
                &cpu,
                source.name(),
                circumstances,
                options,
            ))
        }
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use domdiff::policy::{Config, Origin};

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        migration: MigrationArguments,
    }

    #[test]
    fn a_flag_wins_over_the_file() {
        let text = "[migration]\nstorage = 'shared'\nshared_paths = ['/a']\ntls = true\n\
                    persistent = false\nlibvirt_version = '9.0'\nqemu_version = '7.2'\n";
        let config = Config::parse(text, "domdiff.toml", Origin::Named).unwrap();
        let with = |arguments: &[&str]| {
            let line = Line::parse_from([&["check"], arguments].concat());
            line.migration.over(&config.migration)
        };
        assert_eq!(with(&[]), config.migration.migration());
        let flags = [
            "--storage=unknown",
            "--shared-path=/b",
            "--persistent",
            "--libvirt-version=10.0.0",
            "--postcopy",
        ];
        let expected = Migration {
            storage: Storage::Unknown,
            shared_paths: vec!["/b".to_owned()],
            persistent: Some(true),
            libvirt: Some(Version::new(10, 0)),
            postcopy: true,
            ..with(&[])
        };
        assert_eq!(with(&flags), expected);
    }
}
