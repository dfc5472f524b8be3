//! Asks a libvirt through the program `virsh`: only where the user names one, by `dom:`, `--with`
//! or `--connect`.

use std::process::Command;

use clap::{Args, ValueEnum};
use domdiff::cpu::InputError;
use domdiff::host::{HostFacts, libvirt};
use domdiff::migration::GuestState;

use super::failure::Failure;
use super::program::{self, Bounds};

/// Which libvirt is asked.
#[derive(Debug, Clone, Args)]
pub(crate) struct Virsh {
    /// The libvirt that dom:NAME and --with ask, as `virsh --connect` takes it
    #[arg(long, value_name = "URI")]
    connect: Option<String>,
}

/// What is asked of a libvirt about its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Topic {
    /// What host and emulators are
    Capabilities,
    /// What the emulator gives the guests of --for
    Domcapabilities,
    /// Releases of libvirt and QEMU
    Versions,
    /// Networks
    Networks,
    /// Network filters
    Nwfilters,
    /// Storage pools and volumes
    Pools,
    /// Secrets, without their values
    Secrets,
    /// Devices that can be passed through
    Nodedevs,
    /// Domains
    Domains,
    /// Free memory and huge pages of each NUMA node
    Memory,
    /// The files that the guests of --for name or may need, and what is in --files
    Files,
    /// All of these
    All,
}

/// What is read of what virsh prints. A libvirt elsewhere may take its time.
const BOUNDS: Bounds = Bounds {
    bytes: 32 << 20,
    time: None,
};

impl Virsh {
    /// Whether the libvirt is of another machine.
    pub(crate) fn is_remote(&self) -> bool {
        let authority = self.connect.as_deref().and_then(|uri| {
            let (_, rest) = uri.split_once("://")?;
            rest.split('/').next()
        });
        authority.is_some_and(|host| !host.is_empty())
    }

    /// What to call the libvirt.
    pub(crate) fn name(&self) -> &str {
        self.connect.as_deref().unwrap_or("virsh")
    }

    /// Runs one virsh command and returns what it prints.
    pub(crate) fn run(&self, arguments: &[&str]) -> Result<String, Failure> {
        let mut command = Command::new("virsh");
        command.arg("--quiet");
        if let Some(uri) = &self.connect {
            command.arg(format!("--connect={uri}"));
        }
        let what = format!("virsh {}", arguments.join(" "));
        let printed = program::run(
            command.args(arguments),
            Vec::new(),
            BOUNDS,
            &what,
            "it is in the package libvirt-clients",
        )?;
        String::from_utf8(printed).map_err(|_| Failure::Program(what, "prints no UTF-8".to_owned()))
    }

    /// The definition of a domain: of the running guest, or the persistent one. `name` is what
    /// virsh takes for a domain: a name, a UUID, an id.
    pub(crate) fn dumpxml(&self, name: &str, inactive: bool) -> Result<String, Failure> {
        let domain = format!("--domain={name}");
        let mut arguments = vec!["dumpxml", &domain];
        if inactive {
            arguments.push("--inactive");
        }
        self.run(&arguments)
    }

    /// What libvirt knows of a domain beside its definition.
    pub(crate) fn state(&self, name: &str) -> Result<GuestState, Failure> {
        let domain = format!("--domain={name}");
        let state = self.run(&["domstate", &domain, "--reason"])?;
        let info = self.run(&["dominfo", &domain])?;
        let snapshots = self.run(&["snapshot-list", "--name", &domain])?;
        let snapshots = snapshots
            .lines()
            .filter(|line| !line.trim().is_empty())
            .count();
        Ok(libvirt::guest_state(&state, &info, snapshots))
    }

    /// Adds what one topic tells to a host's facts. `guests` are those that domain capabilities
    /// are asked for.
    pub(crate) fn tell(
        &self,
        topic: Topic,
        guests: &[Tuple],
        facts: HostFacts,
    ) -> Result<HostFacts, Failure> {
        /// What libvirt says of a call that none of its drivers serves (`VIR_ERR_NO_SUPPORT`).
        const NO_DRIVER: &str = "this function is not supported by the connection driver";
        match self.ask(topic, guests, facts.clone()) {
            // The drivers of filters, secrets and others are packages of their own: that one is not
            // there is no reason to tell nothing.
            Err(Failure::Program(command, words)) if words.contains(NO_DRIVER) => {
                let mut facts = facts;
                facts.notes.push(format!("{command}: {words}"));
                Ok(facts)
            }
            told => told,
        }
    }

    fn ask(&self, topic: Topic, guests: &[Tuple], facts: HostFacts) -> Result<HostFacts, Failure> {
        let mut told = HostFacts::of_libvirt(self.name());
        let resources = &mut told.resources;
        match topic {
            Topic::Capabilities => return self.read(&["capabilities"], facts),
            Topic::Domcapabilities => {
                return guests.iter().try_fold(facts, |mut facts, guest| {
                    let arguments = guest.arguments();
                    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
                    match self.run(&arguments) {
                        Ok(text) => joined(&arguments, &text, facts),
                        // A host without that emulator or machine type is worth knowing; one whose
                        // libvirt does not answer at all is not known.
                        Err(Failure::Program(command, words)) => {
                            self.run(&["uri"])?;
                            facts.notes.push(format!("{command}: {words}"));
                            Ok(facts)
                        }
                        Err(other) => Err(other),
                    }
                });
            }
            Topic::Versions => {
                let text = self.run(&["version", "--daemon"])?;
                (resources.libvirt_version, resources.qemu_version) = libvirt::versions(&text);
            }
            Topic::Networks => {
                let (all, running) = self.lists(&["net-list", "--uuid"])?;
                resources.networks = Some(each(&all, |uuid| {
                    let xml = self.run(&["net-dumpxml", &format!("--network={uuid}")])?;
                    Ok(libvirt::network(&xml, running.contains(uuid))?)
                })?);
            }
            Topic::Nwfilters => {
                let table = self.run(&["nwfilter-list"])?;
                resources.nwfilters = Some(libvirt::nwfilters(&table));
            }
            Topic::Pools => {
                let (all, running) = self.lists(&["pool-list", "--uuid"])?;
                resources.pools = Some(each(&all, |uuid| {
                    let pool = format!("--pool={uuid}");
                    let active = running.contains(uuid);
                    let xml = self.run(&["pool-dumpxml", &pool])?;
                    let volumes = match active {
                        true => Some(libvirt::volumes(&self.run(&["vol-list", &pool])?)),
                        false => None,
                    };
                    Ok(libvirt::pool(&xml, active, volumes)?)
                })?);
            }
            Topic::Secrets => {
                let table = self.run(&["secret-list"])?;
                let uuids: Vec<String> = libvirt::first_words(&table).map(str::to_owned).collect();
                resources.secrets = Some(each(&uuids, |uuid| {
                    let xml = self.run(&["secret-dumpxml", &format!("--secret={uuid}")])?;
                    let mut secret = libvirt::secret(&xml)?;
                    if !self.is_remote() {
                        secret.has_value = has_value(&secret.uuid);
                    }
                    Ok(secret)
                })?);
            }
            Topic::Nodedevs => {
                let mut devices = Vec::new();
                for capability in ["pci", "usb_device", "mdev", "scsi"] {
                    let names = self.run(&["nodedev-list", &format!("--cap={capability}")])?;
                    for name in names.lines().map(str::trim).filter(|name| !name.is_empty()) {
                        let xml = self.run(&["nodedev-dumpxml", &format!("--device={name}")])?;
                        devices.extend(libvirt::node_device(&xml)?);
                    }
                }
                resources.nodedevs = Some(devices);
            }
            Topic::Domains => {
                let (all, running) = self.lists(&["list", "--uuid"])?;
                resources.domains = Some(each(&all, |uuid| {
                    let xml = self.dumpxml(uuid, false)?;
                    Ok(libvirt::domain(&xml, running.contains(uuid))?)
                })?);
            }
            Topic::Memory => {
                let mut ask = |arguments: &[&str]| match self.run(arguments) {
                    Ok(text) => Ok(text),
                    // A libvirt without NUMA tells no free memory, and all else.
                    Err(Failure::Program(command, words)) => {
                        self.run(&["uri"])?;
                        told.notes.push(format!("{command}: {words}"));
                        Ok(String::new())
                    }
                    Err(other) => Err(other),
                };
                let cells = ask(&["freecell", "--all"])?;
                let pages = ask(&["freepages", "--all"])?;
                let nodes = libvirt::free_memory(&cells, &pages);
                told.system.numa = Some(nodes).filter(|nodes| !nodes.is_empty());
            }
            Topic::Files | Topic::All => return Ok(facts),
        }
        Ok(facts.join(told.told()))
    }

    fn read(&self, arguments: &[&str], facts: HostFacts) -> Result<HostFacts, Failure> {
        joined(arguments, &self.run(arguments)?, facts)
    }

    /// The UUIDs of all, and of those that run.
    fn lists(&self, list: &[&str]) -> Result<(Vec<String>, Vec<String>), Failure> {
        let words = |text: String| -> Vec<String> {
            libvirt::first_words(&text).map(str::to_owned).collect()
        };
        let running = words(self.run(list)?);
        let all = words(self.run(&[list, &["--all"]].concat())?);
        Ok((all, running))
    }
}

/// Facts, and what a virsh command printed.
fn joined(arguments: &[&str], printed: &str, facts: HostFacts) -> Result<HostFacts, Failure> {
    let name = format!("virsh {}", arguments.join(" "));
    Ok(facts.join(domdiff::host::read::parse(printed, &name)?))
}

/// Whether this machine's system libvirt keeps a value of a secret; `None` of one that it keeps in
/// memory only, and where its folder cannot be read.
fn has_value(uuid: &str) -> Option<bool> {
    const FOLDER: &str = "/etc/libvirt/secrets";
    let entries = std::fs::read_dir(FOLDER).ok()?;
    let names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
    let definition = format!("{uuid}.xml");
    if !names.iter().any(|name| *name == *definition) {
        return None;
    }
    let is_value = |name: &std::ffi::OsString| {
        *name != *definition && name.to_string_lossy().starts_with(&format!("{uuid}."))
    };
    Some(names.iter().any(is_value))
}

fn each<T>(
    names: &[String],
    read: impl FnMut(&String) -> Result<T, Failure>,
) -> Result<Vec<T>, Failure> {
    names.iter().map(read).collect()
}

/// What domain capabilities are about.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tuple {
    /// Domain type.
    pub virt_type: Option<String>,
    /// Architecture.
    pub arch: Option<String>,
    /// Machine type.
    pub machine: Option<String>,
    /// Emulator program.
    pub emulator: Option<String>,
}

impl Tuple {
    fn arguments(&self) -> Vec<String> {
        let parts = [
            ("--virttype", &self.virt_type),
            ("--arch", &self.arch),
            ("--machine", &self.machine),
            ("--emulatorbin", &self.emulator),
        ];
        let given = parts
            .into_iter()
            .filter_map(|(flag, value)| Some(format!("{flag}={}", value.as_ref()?)));
        std::iter::once("domcapabilities".to_owned())
            .chain(given)
            .collect()
    }
}

impl From<InputError> for Failure {
    fn from(error: InputError) -> Self {
        super::facts::CommandError::Input(error).into()
    }
}
