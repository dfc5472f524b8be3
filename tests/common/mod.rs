//! What several test programs need.
#![allow(
    dead_code,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "test helpers, of which no program uses all"
)]

pub mod answers;
pub mod compose;
pub mod grammar;
pub mod hostile;
pub mod mutate;
pub mod oracle;
pub mod random;
pub mod repository;
pub mod xml;

use std::path::{Path, PathBuf};

use domdiff::Options;
use domdiff::report::Report;
use domdiff::xml::{Document, Limits, Source};

/// A folder of the test data.
pub fn testdata(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(folder)
}

/// Names and texts of the XML files in a folder, by name.
pub fn documents(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "xml") {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            found.push((name, text));
        }
    }
    assert!(!found.is_empty(), "no documents in {}", folder.display());
    found.sort();
    found
}

/// The comparison of two texts.
pub fn compare(old: &str, new: &str) -> Report {
    let limits = Limits::default();
    let source = |name: &str, text: &str| {
        Source::from_bytes(name, text.as_bytes().to_vec()).expect("a text")
    };
    let (old, new) = (source("old.xml", old), source("new.xml", new));
    let parse = |s| Document::parse(s, &limits).unwrap_or_else(|e| panic!("{e}"));
    domdiff::compare(&parse(&old), &parse(&new), &Options::default())
}
