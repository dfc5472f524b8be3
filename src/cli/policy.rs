//! What the team decided: the configuration, accepted findings, and the flags that win over both.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use clap::Args;
use domdiff::Options;
use domdiff::host::{HostFacts, local, read_operand};
use domdiff::policy::{self, Accepted, Config, Date, FailOn, Origin, PolicyError, Reason};
use domdiff::report::{Level, Report};

use super::facts::CommandError;
use super::failure::{Failure, InputError};
use super::input::LibvirtDomain;
use super::output::write_file;

/// What a configuration is called where it is looked for.
const NAME: &str = "domdiff.toml";

/// Flags of every command that judges.
#[derive(Debug, Default, Args)]
pub(crate) struct PolicyArguments {
    /// Lowest level of a finding that makes the exit status 1: info where two definitions are
    /// compared, error in a check, unless given
    #[arg(long, value_name = "LEVEL")]
    fail_on: Option<FailOn>,
    /// Judge a rule's findings otherwise: error, warning, info, off
    #[arg(long, value_name = "ID=LEVEL", value_parser = rule_level)]
    rule: Vec<(String, Option<Level>)>,
    /// Read this configuration, instead of the domdiff.toml beside or above the new file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
    /// Findings that are accepted and do not count
    #[arg(long, value_name = "FILE")]
    accepted: Option<PathBuf>,
    /// Accept what counts from --fail-on on: write it to the file of accepted findings
    #[arg(long, requires = "reason")]
    accept: bool,
    /// Why it is accepted
    #[arg(long, value_name = "TEXT", requires = "accept")]
    reason: Option<String>,
    /// Who stands for it
    #[arg(long, value_name = "NAME", requires = "accept")]
    owner: Option<String>,
    /// The last day on which it is accepted, as 2026-12-31
    #[arg(long, value_name = "DATE", requires = "accept")]
    expires: Option<Date>,
}

/// Reads `ID=LEVEL`; `off` is no level.
fn rule_level(text: &str) -> Result<(String, Option<Level>), String> {
    let (id, level) = text
        .split_once('=')
        .ok_or("write it as ID=LEVEL, abi/disk=warning")?;
    let level = match level {
        "error" => Some(Level::Error),
        "warning" => Some(Level::Warning),
        "info" => Some(Level::Info),
        "off" => None,
        _ => {
            return Err(format!(
                "{level} is no level; error, warning, info and off are"
            ));
        }
    };
    domdiff::rules::find(id)?;
    Ok((id.to_owned(), level))
}

/// What was decided, read.
#[derive(Debug)]
pub(crate) struct Policy<'a> {
    arguments: &'a PolicyArguments,
    /// The configuration; empty without one.
    pub(crate) config: Config,
    home: Option<Home>,
    /// From which level on a finding counts.
    pub(crate) fail_on: FailOn,
}

/// Where a configuration stands.
#[derive(Debug)]
struct Home {
    folder: PathBuf,
    origin: Origin,
}

impl PolicyArguments {
    /// A configuration that is named, or none; none is looked for.
    pub(crate) fn named(config: Option<PathBuf>) -> Self {
        Self {
            no_config: config.is_none(),
            config,
            ..Self::default()
        }
    }

    /// Reads the configuration for an operand; `fail_on` is what the command does without one.
    pub(crate) fn load(&self, operand: &OsStr, fail_on: FailOn) -> Result<Policy<'_>, Failure> {
        let found = match &self.config {
            Some(path) => Some((path.clone(), Origin::Named)),
            None if self.no_config => None,
            None => search(operand).map(|path| (path, Origin::Found)),
        };
        let (config, home) = match found {
            None => (Config::default(), None),
            Some((path, origin)) => {
                let home = Home::of(&path, origin);
                let text = home.read(&path, Config::LARGEST)?;
                let config = Config::parse(&text, &shown(&path), origin)?;
                (config, Some(home))
            }
        };
        Ok(Policy {
            arguments: self,
            fail_on: self.fail_on.or(config.fail_on).unwrap_or(fail_on),
            config,
            home,
        })
    }
}

impl Policy<'_> {
    /// From which level on a finding makes the exit status 1.
    pub(crate) fn fails(&self, reports: &[Report]) -> bool {
        let level = self.fail_on.level();
        level.is_some_and(|level| reports.iter().any(|report| report.has_at_least(level)))
    }

    /// The facts that the configuration names.
    pub(crate) fn hosts(&self) -> Result<Vec<HostFacts>, Failure> {
        let operands = self.config.hosts.iter();
        operands
            .map(|operand| self.facts(operand.get_ref()))
            .collect()
    }

    /// The facts that it names of the host where the guests run.
    pub(crate) fn source_host(&self) -> Result<Option<HostFacts>, Failure> {
        let operand = self.config.source_host.as_ref();
        operand
            .map(|operand| self.facts(operand.get_ref()))
            .transpose()
    }

    /// Facts as a configuration names them: relative to it, parts joined with `+`.
    pub(crate) fn facts(&self, operand: &str) -> Result<HostFacts, Failure> {
        self.facts_of(operand, local::Wanted::ALL)
    }

    /// The same, of this machine only what is wanted.
    pub(crate) fn facts_of(
        &self,
        operand: &str,
        wanted: local::Wanted,
    ) -> Result<HostFacts, Failure> {
        let read = |part: &str| -> Result<HostFacts, Failure> {
            if part == "local" {
                return Ok(local::read_wanted(wanted));
            }
            let path = self.path(part)?;
            Ok(read_operand(&path.to_string_lossy()).map_err(CommandError::from)?)
        };
        let mut parts = operand.split('+');
        let first = read(parts.next().unwrap_or_default())?;
        parts.try_fold(first, |facts, part| Ok(facts.join(read(part)?)))
    }

    /// A file that the configuration names: relative to it.
    pub(crate) fn path(&self, name: &str) -> Result<PathBuf, Failure> {
        match &self.home {
            Some(home) => home.resolve(name),
            None => Ok(PathBuf::from(name)),
        }
    }

    /// Judges by what was decided, and accepts what was found if that was asked for.
    pub(crate) fn judge(
        &self,
        show_secrets: bool,
        judge: impl Fn(&Options) -> Result<Vec<Report>, Failure>,
    ) -> Result<Vec<Report>, Failure> {
        let mut levels: HashMap<_, _> = self.config.rules.0.clone();
        levels.extend(self.arguments.rule.iter().cloned());
        let path = self.accepted_file()?;
        let text = match &path {
            Some(path) => self.read_accepted(path)?,
            None => String::new(),
        };
        let name = path.as_deref().map_or_else(String::new, shown);
        let mut options = Options {
            show_secrets,
            levels,
            accepted: Accepted::default(),
        };
        let Some(reason) = self.reason()? else {
            options.accepted = Accepted::parse(&text, &name, today())?;
            return judge(&options);
        };
        let Some(path) = path else {
            let text = "--accept needs a file to write to: --accepted FILE, or accepted = \"FILE\" in domdiff.toml";
            return Err(Failure::Usage(text.into()));
        };
        // A file that lost its order is put in order by writing it.
        let ordered = policy::accept(&text, &name, &[], Level::Error, &reason)?;
        options.accepted = Accepted::parse(&ordered, &name, today())?;
        let mut reports = judge(&options)?;
        let mut written = ordered;
        if let Some(level) = self.fail_on.level() {
            written = policy::accept(&written, &name, &reports, level, &reason)?;
            options.accepted = Accepted::parse(&written, &name, today())?;
            reports = judge(&options)?;
        }
        if written != text {
            write_file(&path, |out| out.write_all(written.as_bytes()))
                .map_err(|error| Failure::Output(path.clone(), error))?;
        }
        Ok(reports)
    }

    /// Why findings are accepted, where they are to be.
    fn reason(&self) -> Result<Option<Reason>, Failure> {
        let given = self.arguments;
        let Some(reason) = given.reason.clone().filter(|_| given.accept) else {
            return Ok(None);
        };
        if reason.trim().is_empty() {
            return Err(Failure::Usage("--reason needs a reason".into()));
        }
        if let Some(day) = given.expires.filter(|day| *day < today()) {
            return Err(Failure::Usage(format!("--expires {day} is over")));
        }
        Ok(Some(Reason {
            reason,
            owner: given.owner.clone(),
            expires: given.expires,
        }))
    }

    /// The file of accepted findings.
    pub(crate) fn accepted_file(&self) -> Result<Option<PathBuf>, Failure> {
        match (&self.arguments.accepted, &self.config.accepted) {
            (Some(path), _) => Ok(Some(path.clone())),
            (None, Some(name)) => self.path(name.get_ref()).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The text of the accepted findings. Only what is to be written may be missing.
    fn read_accepted(&self, path: &Path) -> Result<String, Failure> {
        if self.arguments.accept && !path.exists() {
            return Ok(String::new());
        }
        read_text(path, Accepted::LARGEST)
    }
}

impl Home {
    fn of(config: &Path, origin: Origin) -> Self {
        let folder = match config.parent() {
            Some(folder) if folder != Path::new("") => folder.to_owned(),
            _ => PathBuf::from("."),
        };
        Self { folder, origin }
    }

    /// A path that the configuration names. One that was found reaches nothing outside its
    /// folder, through symbolic links neither.
    fn resolve(&self, name: &str) -> Result<PathBuf, Failure> {
        let path = self.folder.join(name);
        self.guard(&path)?;
        Ok(path.strip_prefix(".").map(Path::to_owned).unwrap_or(path))
    }

    fn guard(&self, path: &Path) -> Result<(), Failure> {
        if self.origin == Origin::Named {
            return Ok(());
        }
        // What is not there yet is where its folder is.
        let real = fs::canonicalize(path).or_else(|_| {
            let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
            fs::canonicalize(folder)
        });
        let is_inside = match (real, fs::canonicalize(&self.folder)) {
            (Ok(real), Ok(folder)) => real.starts_with(folder),
            // Reading tells what is wrong.
            _ => true,
        };
        if is_inside {
            return Ok(());
        }
        Err(Failure::Usage(format!(
            "{} leads out of the folder of a {NAME} that was found, not named; name it with --config to trust it",
            path.display()
        )))
    }

    fn read(&self, path: &Path, largest: usize) -> Result<String, Failure> {
        self.guard(path)?;
        read_text(path, largest)
    }
}

/// The configuration beside an operand or in a folder above; from the working directory for what
/// is no file.
fn search(operand: &OsStr) -> Option<PathBuf> {
    let is_file = operand != "-" && LibvirtDomain::of(operand).is_none();
    let start = Some(Path::new(operand))
        .filter(|path| is_file && path.exists())
        .and_then(|path| {
            if path.is_dir() {
                Some(path)
            } else {
                path.parent()
            }
        })
        .unwrap_or(Path::new(""));
    let here = fs::canonicalize(".").ok();
    let start = if start == Path::new("") {
        here.clone()?
    } else {
        fs::canonicalize(start).ok()?
    };
    let path = start
        .ancestors()
        .map(|folder| folder.join(NAME))
        .find(|path| path.is_file())?;
    // As short as people write it.
    match here.and_then(|here| path.strip_prefix(here).map(Path::to_owned).ok()) {
        Some(short) => Some(short),
        None => Some(path),
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

pub(crate) fn read_text(path: &Path, largest: usize) -> Result<String, Failure> {
    let fail = |error| Failure::Policy(PolicyError::new(&shown(path), error));
    let file = File::open(path).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => fail("no such file".to_owned()),
        _ => Failure::Input(shown(path), InputError::Io(error)),
    })?;
    let mut text = String::new();
    let read = file.take(largest as u64 + 1).read_to_string(&mut text);
    read.map_err(|error| fail(format!("cannot read: {error}")))?;
    if text.len() > largest {
        return Err(fail(format!("larger than {largest} bytes")));
    }
    Ok(text)
}

/// The day, in UTC: what is accepted ends everywhere at once.
pub(crate) fn today() -> Date {
    let now = jiff::Timestamp::now();
    now.to_zoned(jiff::tz::TimeZone::UTC).date()
}
