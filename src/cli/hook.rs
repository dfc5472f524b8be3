//! `domdiff hook`: libvirt asks whether a guest may come to this host.
//!
//! A daemon waits for the answer. So one thread works, another one waits for it no longer than it
//! may, and what happens without an answer is the configuration's to say.

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use domdiff::cpu::CpuMap;
use domdiff::hook::{self, Answer, Call, Entry, Judged, Operation, Refusal, unjudged};
use domdiff::host::{HostFacts, local};
use domdiff::policy::{Accepted, Config, FailOn, OnError, PolicyError, narrow};
use domdiff::xml::{Limits, ReadError, Source};
use domdiff::{Circumstances, Options};

use super::Outcome;
use super::failure::{Failure, InputError};
use super::policy::{Policy, PolicyArguments, read_text, today};

/// How long it may take to judge. With what is written afterwards it stays below a second.
const JUDGING: Duration = Duration::from_millis(700);

/// How long it may take to write the log, and to pass the XML on.
const WRITING: Duration = Duration::from_millis(100);

/// As on the main thread: deeply nested documents are read by recursion.
const STACK: usize = 8 << 20;

/// Judge a guest that comes to this host, as a hook of libvirt
///
/// Called by a script in /etc/libvirt/hooks/qemu.d with the words that libvirt calls it with, and
/// the guest's XML on standard input. It judges `migrate begin`, and `restore begin` where the
/// configuration says so; every other operation succeeds at once. Exit status: 0 the guest may
/// come, 1 it may not, 2 no answer, and the configuration says to refuse then.
#[derive(Debug, Args)]
#[command(override_usage = "domdiff hook [--config FILE] qemu NAME OPERATION SUBOPERATION EXTRA")]
pub(crate) struct Arguments {
    /// Read this configuration; no other is looked for
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// `qemu`, then the words of the call: "$@" of the script
    #[arg(
        required = true,
        value_name = "CALL",
        trailing_var_arg = true,
        allow_hyphen_values = true
    )]
    call: Vec<OsString>,
}

/// Whether a command line ends like a call of libvirt that is never judged: it succeeds, whatever
/// else is wrong with it. `line` is the command line without the program.
pub(super) fn always_succeeds(line: &[OsString]) -> bool {
    of_hook(line) == Some(None)
}

/// Whether one that makes no sense succeeds all the same. A restore that fails leaves a guest down;
/// a migration that is refused harms nobody, and shows what is wrong.
pub(super) fn succeeds_on_wrong_usage(line: &[OsString]) -> bool {
    of_hook(line) == Some(Some(Operation::Restore))
}

fn of_hook(line: &[OsString]) -> Option<Option<Operation>> {
    let (command, words) = line.split_first()?;
    hook::last_words(words).filter(|_| command == "hook")
}

/// What the configuration says of the answer.
#[derive(Debug, Default)]
struct Settings {
    on_error: OnError,
    /// Whether a restore is judged.
    restore: bool,
    pass_through: bool,
    log: Option<PathBuf>,
}

/// What the thread that works tells.
enum Told {
    Settings(Settings),
    /// The guest, and the bytes of its XML.
    Judged(Box<Judged>, Vec<u8>),
    /// Why there is no answer.
    Failed(String),
    /// It was not to be judged.
    Nothing,
}

/// Answers a call. Where standard error is closed, nothing is left to tell.
pub(super) fn run(arguments: &Arguments, stderr: &mut dyn Write) -> Outcome {
    let Some(call) = Call::of(&arguments.call) else {
        let text = "the words of the call are qemu NAME OPERATION SUBOPERATION EXTRA; in the script: domdiff hook --config FILE qemu \"$@\"";
        let _ = Failure::Usage(text.to_owned()).print(stderr);
        let is_restore = hook::last_words(&arguments.call) == Some(Some(Operation::Restore));
        return if is_restore {
            Outcome::NothingFound
        } else {
            Outcome::NoAnswer
        };
    };
    let Some(operation) = call.operation else {
        return Outcome::NothingFound;
    };
    let name = call.name.to_string_lossy();
    let (settings, answer) = ask(arguments.config.clone(), operation);
    if operation == Operation::Restore && !settings.restore {
        return Outcome::NothingFound;
    }
    let time = jiff::Timestamp::now().to_string();
    let (status, entry) = match answer {
        Told::Judged(judged, xml) => {
            let entry = Entry::judged(time, &name, &judged);
            if judged.is_refused() {
                let _ = stderr.write_all(Refusal(&judged).to_string().as_bytes());
                (Outcome::Found, entry)
            } else if settings.pass_through && pass_on(xml).is_err() {
                let _ = writeln!(stderr, "domdiff: cannot pass the XML on");
                (Outcome::NoAnswer, entry)
            } else {
                (Outcome::NothingFound, entry)
            }
        }
        Told::Failed(error) => {
            let _ = stderr.write_all(unjudged(&name, settings.on_error, &error).as_bytes());
            let (status, answer) = match settings.on_error {
                OnError::Allow => (Outcome::NothingFound, Answer::Allowed),
                OnError::Refuse => (Outcome::NoAnswer, Answer::Refused),
            };
            let entry = Entry::unjudged(time, &name, operation, answer, &error);
            (status, entry)
        }
        Told::Nothing | Told::Settings(_) => return Outcome::NothingFound,
    };
    if let Some(log) = settings.log
        && let Err(error) = append(log.clone(), entry.line())
    {
        let _ = Failure::Output(log, error).print(stderr);
    }
    status
}

/// Has the guest judged, and waits for that.
fn ask(config: Option<PathBuf>, operation: Operation) -> (Settings, Told) {
    // A mistake of domdiff's own is told in one sentence, not in many lines with who knows what.
    std::panic::set_hook(Box::new(|_| {}));
    let end = Instant::now() + JUDGING;
    let (tell, told) = mpsc::channel();
    let work = move || {
        let answer = answer(config, operation, &tell);
        // Nobody listens when it took too long.
        let _ = tell.send(answer.unwrap_or_else(|failure| Told::Failed(failure.text())));
    };
    let mut settings = Settings::default();
    if let Err(error) = thread::Builder::new().stack_size(STACK).spawn(work) {
        return (settings, Told::Failed(format!("cannot start: {error}")));
    }
    loop {
        let failed = match told.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(Told::Settings(read)) => {
                settings = read;
                continue;
            }
            Ok(answer) => return (settings, answer),
            Err(RecvTimeoutError::Timeout) => {
                format!("no answer within {} ms", JUDGING.as_millis())
            }
            Err(RecvTimeoutError::Disconnected) => {
                "a mistake of domdiff's own; please report it".to_owned()
            }
        };
        return (settings, Told::Failed(failed));
    }
}

/// Reads the configuration, tells of it, and judges what stands on standard input.
fn answer(
    config: Option<PathBuf>,
    operation: Operation,
    tell: &Sender<Told>,
) -> Result<Told, Failure> {
    let named = PolicyArguments::named(config.clone());
    let policy = named.load(OsStr::new("-"), FailOn::Error);
    let settings = match (&policy, &config) {
        (Ok(policy), _) => settings(policy)?,
        (Err(_), Some(path)) => Settings {
            on_error: on_error_of_broken(path),
            ..Settings::default()
        },
        (Err(_), None) => Settings::default(),
    };
    let is_judged = operation == Operation::Migrate || settings.restore;
    // The other end waits for it longer than for anything else.
    let _ = tell.send(Told::Settings(settings));
    if !is_judged {
        return Ok(Told::Nothing);
    }
    let policy = policy?;
    let xml = read_standard_input()?;
    let judged = judge(&policy, operation, &xml)?;
    Ok(Told::Judged(Box::new(judged), xml))
}

fn settings(policy: &Policy<'_>) -> Result<Settings, Failure> {
    let config = &policy.config.hook;
    let log = config.log.as_ref();
    Ok(Settings {
        on_error: config.on_error,
        restore: config.restore_begin,
        pass_through: config.pass_through,
        log: log.map(|name| policy.path(name.get_ref())).transpose()?,
    })
}

fn on_error_of_broken(path: &Path) -> OnError {
    let text = read_text(path, Config::LARGEST).ok();
    text.and_then(|text| OnError::of_broken(&text))
        .unwrap_or_default()
}

/// What libvirt's pipe holds, within bounds.
fn read_standard_input() -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let largest = Limits::default().bytes as u64;
    let read = io::stdin().lock().take(largest + 1).read_to_end(&mut bytes);
    read.map_err(|error| Failure::Input(STDIN.to_owned(), InputError::Io(error)))?;
    Ok(bytes)
}

const STDIN: &str = "standard input";

fn judge(policy: &Policy<'_>, operation: Operation, xml: &[u8]) -> Result<Judged, Failure> {
    let source =
        Source::read(STDIN, &mut &*xml, &Limits::default()).map_err(|error| match error {
            ReadError::Io(error) => Failure::Input(STDIN.to_owned(), InputError::Io(error)),
            ReadError::Document(error) => Failure::Document(error),
        })?;
    let config = &policy.config;
    let hosts = [here(policy, source.text())?];
    let source_host = policy.source_host()?;
    let migration = config.migration.migration();
    let circumstances = Circumstances {
        migration: &migration,
        hosts: &hosts,
        source: source_host.as_ref(),
        map: CpuMap::builtin(),
    };
    let options = Options {
        levels: config.rules.0.clone(),
        ..Options::default()
    };
    hook::judge(
        &source,
        operation,
        config.hook.fail_on.unwrap_or(FailOn::Error),
        &circumstances,
        options,
        |domain, found| accepted(policy, domain, found),
    )
}

/// The facts of this host that a guest can ask for: live, unless the configuration says otherwise.
fn here(policy: &Policy<'_>, xml: &str) -> Result<HostFacts, Failure> {
    let wanted = local::Wanted::of(xml);
    let read = |operand: &str| policy.facts_of(operand, wanted);
    let Some((first, others)) = policy.config.hook.facts.split_first() else {
        return read("local");
    };
    let first = read(first.get_ref())?;
    others
        .iter()
        .try_fold(first, |facts, other| Ok(facts.join(read(other.get_ref())?)))
}

/// Those of the accepted findings that can matter, however many there are.
fn accepted(
    policy: &Policy<'_>,
    domain: Option<&str>,
    found: &[&str],
) -> Result<Accepted, Failure> {
    let Some(path) = policy.accepted_file()? else {
        return Ok(Accepted::default());
    };
    let name = path.display().to_string();
    let fail = |error: io::Error| PolicyError::new(&name, error.to_string());
    let mut file = File::open(&path).map_err(fail)?;
    let text = narrow(&mut file, domain, found).map_err(fail)?;
    Ok(Accepted::parse(&text, &name, today())?)
}

/// Writes the XML to standard output, byte for byte, unless nobody reads it in time.
fn pass_on(xml: Vec<u8>) -> io::Result<()> {
    // A handle of its own: that of the standard library is locked by the thread that waits.
    let mut stdout = File::from(io::stdout().as_fd().try_clone_to_owned()?);
    in_time(move || stdout.write_all(&xml))
}

/// Appends a line to the log at once, so that those of other processes do not mix with it.
fn append(log: PathBuf, line: String) -> io::Result<()> {
    in_time(move || {
        let mut options = OpenOptions::new();
        let mut file = options.append(true).create(true).mode(0o600).open(log)?;
        file.write_all(line.as_bytes())
    })
}

/// Does what may block, and gives it up when it does.
fn in_time(work: impl FnOnce() -> io::Result<()> + Send + 'static) -> io::Result<()> {
    let (tell, told) = mpsc::channel();
    thread::Builder::new().spawn(move || tell.send(work()))?;
    told.recv_timeout(WRITING)
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}
