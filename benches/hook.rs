//! What a call of the hook costs a migration: the whole process with a typical domain, and its
//! parts, with files of accepted findings of several sizes.
//!
//! The aim: under 10 ms, whatever the number of entries. `nothing` is what starting the process
//! costs, which the aim does not count.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use divan::Bencher;
use domdiff::cpu::CpuMap;
use domdiff::host::local;
use domdiff::migration::Migration;
use domdiff::policy::{Accepted, Date, narrow};
use domdiff::report::Report;
use domdiff::xml::{Document, Limits, Source};
use domdiff::{Circumstances, Options};

fn main() {
    divan::main();
}

const TYPICAL: &str = include_str!("../testdata/domains/nova-compute.xml");

/// How many entries.
const SIZES: [u64; 3] = [100, 10_000, 100_000];

fn today() -> Date {
    Date::constant(2026, 11, 23)
}

/// A file of that many entries, in order; those of the domain are in the middle. A configuration
/// that names it stands beside it.
fn file(count: u64) -> PathBuf {
    static MADE: OnceLock<()> = OnceLock::new();
    let path = |count: u64| std::env::temp_dir().join(format!("domdiff-bench-{count}.toml"));
    MADE.get_or_init(|| {
        let report = judge(&Options::default());
        let name = report.domain_name().unwrap_or_default().to_owned();
        for count in SIZES {
            let mut keys: Vec<(String, String)> = (0..count)
                .map(|i| {
                    let fingerprint = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                    (
                        format!("guest{:05}", i % 50_000),
                        format!("{fingerprint:016x}"),
                    )
                })
                .collect();
            let own = report.all_findings();
            keys.extend(own.map(|finding| (name.clone(), finding.fingerprint.clone())));
            keys.sort();
            let mut text = String::new();
            for (domain, fingerprint) in &keys {
                let _ = write!(
                    text,
                    "[[accepted]]\ndomain = \"{domain}\"\nfingerprint = \"{fingerprint}\"\n\
                     rule = \"disk/cache-unsafe\"\npath = \"devices/disk[vda]/driver/@cache\"\n\
                     reason = \"The storage team moves these to the new cluster this year.\"\n\
                     owner = \"storage\"\nexpires = 2999-12-31\n\n"
                );
            }
            std::fs::write(path(count), text).expect("a file");
            let config = format!("accepted = {:?}\n", path(count));
            std::fs::write(path(count).with_extension("conf"), config).expect("a file");
        }
    });
    path(count)
}

fn judge(options: &Options) -> Report {
    let limits = Limits::default();
    let source = Source::from_bytes("-", TYPICAL.as_bytes().to_vec()).expect("a text");
    let document = Document::parse(&source, &limits).expect("a domain");
    let circumstances = Circumstances {
        migration: &Migration::default(),
        hosts: &[local::read()],
        source: None,
        map: CpuMap::builtin(),
    };
    domdiff::check(&document, &circumstances, options).expect("a report")
}

/// The findings of a report looked up.
fn look_up(report: &Report, count: u64) -> Accepted {
    let fingerprints: Vec<&str> = report
        .all_findings()
        .map(|finding| finding.fingerprint.as_str())
        .collect();
    let mut file = File::open(file(count)).expect("the file");
    let text = narrow(&mut file, report.domain_name(), &fingerprints).expect("a part");
    Accepted::parse(&text, "accepted.toml", today()).expect("entries")
}

/// Calls the hook as libvirt does, and waits for its end.
fn call(operation: &str, count: u64) -> Option<i32> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_domdiff"))
        .args(["hook", "--config"])
        .arg(file(count).with_extension("conf"))
        .args(["qemu", "instance-0000a1f3", operation, "begin", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the hook starts");
    // It does not read what it does not judge.
    let _ = child
        .stdin
        .take()
        .expect("a pipe")
        .write_all(TYPICAL.as_bytes());
    child.wait_with_output().expect("it ends").status.code()
}

/// The whole process. All that counts is accepted, so that the domain is judged twice.
#[divan::bench(args = SIZES, sample_count = 200, sample_size = 1)]
fn process(bencher: Bencher<'_, '_>, count: u64) {
    assert_eq!(call("migrate", count), Some(0));
    bencher.bench(|| call("migrate", count));
}

/// The process with an operation that is never judged.
#[divan::bench(sample_count = 200, sample_size = 1)]
fn nothing(bencher: Bencher<'_, '_>) {
    bencher.bench(|| call("reconnect", SIZES[0]));
}

/// The facts of this machine.
#[divan::bench]
fn facts() -> domdiff::host::HostFacts {
    local::read()
}

#[divan::bench(args = SIZES)]
fn narrowed(bencher: Bencher<'_, '_>, count: u64) {
    file(count);
    let report = judge(&Options::default());
    bencher.bench(|| look_up(&report, count));
}

/// What `check` does, which tells of stale entries as well.
#[divan::bench(args = SIZES, max_time = 10)]
fn whole(bencher: Bencher<'_, '_>, count: u64) {
    let text = std::fs::read_to_string(file(count)).expect("the file");
    bencher.bench(|| Accepted::parse(&text, "accepted.toml", today()).expect("entries"));
}
