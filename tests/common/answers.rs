//! Reports about real definitions, of every kind that there is: all examples of all rules, every
//! document alone and on hosts, sets.

use std::fs;
use std::path::{Path, PathBuf};

use domdiff::cpu::CpuMap;
use domdiff::host::{HostFacts, read_operand};
use domdiff::migration::Migration;
use domdiff::report::Report;
use domdiff::sets::compare_sets;
use domdiff::xml::{Document, Limits, Source};
use domdiff::{Circumstances, Options};

use super::testdata;

/// The reports that one call of the command prints, and what the call was about.
pub type Answer = (String, Vec<Report>);

/// All of them.
pub fn all() -> Vec<Answer> {
    let mut answers = Vec::new();
    let hosts = hosts();
    for folder in folders(&testdata("rules")) {
        let old = folder.join("old.xml");
        for file in files(&folder) {
            if old.is_file() && file != old {
                answers.push(comparison(&old, &file));
            } else if let Some(answer) = check(&file, &hosts[..1]) {
                answers.push(answer);
            }
        }
    }
    let domains = files(&testdata("domains"));
    let checks = domains.iter().filter_map(|file| check(file, &hosts));
    let checks: Vec<Answer> = checks.collect();
    let batch = checks.iter().flat_map(|(_, reports)| reports.clone());
    answers.push(("all domains".to_owned(), batch.collect()));
    answers.extend(checks);
    let web = |version| testdata("domains").join(format!("web01-{version}.xml"));
    answers.push(comparison(&web("old"), &web("new")));
    answers.push(sets());
    answers
}

/// The comparisons of pairs of files that libvirt tells apart, where they lie beside the repository
/// (`../shared/corpus/abi` or `$DOMDIFF_ABI_CORPUS`).
pub fn corpus() -> Option<impl Iterator<Item = Answer>> {
    let named = std::env::var_os("DOMDIFF_ABI_CORPUS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/abi");
    let corpus = named.unwrap_or(beside);
    let cases = fs::read_to_string(corpus.join("cases.jsonl")).ok()?;
    let cases: Vec<serde_json::Value> = cases
        .lines()
        .map(|case| serde_json::from_str(case).unwrap())
        .collect();
    Some(cases.into_iter().map(move |case| {
        let file = |side: &str| corpus.join(case[side].as_str().unwrap());
        comparison(&file("old"), &file("new"))
    }))
}

/// Facts of two hosts.
pub fn hosts() -> Vec<HostFacts> {
    ["vm-epyc.json", "kvm-skylake-domcaps.xml"]
        .map(|name| {
            let file = testdata("hosts").join(name);
            read_operand(&file.to_string_lossy()).expect("host facts")
        })
        .into()
}

/// The comparison of two files.
pub fn comparison(old: &Path, new: &Path) -> Answer {
    let sources = [source(old), source(new)];
    let [old, new] = [document(&sources[0]), document(&sources[1])];
    let report = domdiff::compare(&old, &new, &Options::default());
    (new.source().name().to_owned(), vec![report])
}

/// One file judged alone and on hosts, unless it is refused.
fn check(file: &Path, hosts: &[HostFacts]) -> Option<Answer> {
    let source = source(file);
    let document = Document::parse(&source, &Limits::default()).ok()?;
    let migration = Migration::default();
    let circumstances = Circumstances {
        migration: &migration,
        hosts,
        source: None,
        map: CpuMap::builtin(),
    };
    let report = domdiff::check(&document, &circumstances, &Options::default()).ok()?;
    Some((source.name().to_owned(), vec![report]))
}

/// Two directories.
fn sets() -> Answer {
    let [old, new] = ["old", "new"].map(|side| {
        let files = files(&testdata("sets").join(side));
        files.iter().map(|file| source(file)).collect::<Vec<_>>()
    });
    let parse = |set: &'static [Source]| set.iter().map(document).collect::<Vec<_>>();
    let (old, new) = (parse(old.leak()), parse(new.leak()));
    let reports = compare_sets(&old, &new, &Options::default());
    let reports = reports.into_iter().map(|(_, report)| report);
    ("sets".to_owned(), reports.collect())
}

/// Reads a file, named from the root of the repository where it stands there.
fn source(file: &Path) -> Source {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let name = file.strip_prefix(root).unwrap_or(file).to_string_lossy();
    Source::from_bytes(name, fs::read(file).unwrap()).expect("a text")
}

fn document(source: &Source) -> Document<'_> {
    Document::parse(source, &Limits::default()).unwrap_or_else(|error| panic!("{error}"))
}

/// The folders below one that hold files, by name.
fn folders(root: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(folders(&path));
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The XML files of a folder, by name.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "xml"));
    files.sort();
    files
}
