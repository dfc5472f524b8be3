//! The binary, called as in `testdata/cli/*.txt`: each file is a transcript of
//! commands run in `testdata/`, with all they print and their exit status.
//!
//! ```text
//! $ domdiff inputs/domain.xml - < inputs/bom.xml
//! guest: identical: nothing changes its meaning
//! = 0
//! ```
//!
//! A line `! …` is standard error, `$ A=1 domdiff …` sets a variable, and an
//! escape character is written `␛`. `DOMDIFF_UPDATE=1 cargo test --test cli`
//! writes what is printed now into the files: read the diff before committing.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn testdata() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata")
}

/// Runs one command line: words, quoted ones in `'…'`, then perhaps `< FILE`.
fn run(line: &str) -> String {
    let mut words = split(line).into_iter();
    let mut command = Command::new(env!("CARGO_BIN_EXE_domdiff"));
    command.current_dir(testdata()).stdin(Stdio::null());
    for name in ["NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    for word in words.by_ref() {
        match word.split_once('=') {
            Some((name, value)) => command.env(name, value),
            None if word == "domdiff" => break,
            None => panic!("a command begins with domdiff: {line}"),
        };
    }
    while let Some(word) = words.next() {
        if word == "<" {
            let input = words.next().expect("a file behind <");
            command.stdin(File::open(testdata().join(input)).expect("the input"));
        } else {
            command.arg(word);
        }
    }
    let output = command.output().expect("the binary runs");
    let mut transcript = format!("$ {line}\n");
    let text = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).expect("UTF-8");
        text.replace('\x1b', "␛")
    };
    let stdout = text(&output.stdout);
    transcript.push_str(&stdout);
    if !stdout.is_empty() && !stdout.ends_with('\n') {
        transcript.push('\n');
    }
    for line in text(&output.stderr).lines() {
        let _ = writeln!(transcript, "{}", format!("! {line}").trim_end());
    }
    let status = output.status.code().expect("an exit status");
    let _ = writeln!(transcript, "= {status}");
    transcript
}

fn split(line: &str) -> Vec<String> {
    let mut words = vec![];
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (word, behind) = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').expect("a closing quote"),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = behind.trim_start();
    }
    words
}

#[test]
fn transcripts() {
    let update = std::env::var_os("DOMDIFF_UPDATE").is_some();
    let mut files: Vec<PathBuf> = fs::read_dir(testdata().join("cli"))
        .expect("testdata/cli")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    let mut wrong = String::new();
    for file in files {
        let expected = fs::read_to_string(&file).expect("a transcript");
        let commands = expected.lines().filter_map(|line| line.strip_prefix("$ "));
        let actual = commands.map(run).collect::<Vec<_>>().join("\n");
        if actual == expected {
            continue;
        }
        if update {
            fs::write(&file, actual).expect("writing the transcript");
            continue;
        }
        let diff = similar::TextDiff::from_lines(&expected, &actual);
        let _ = writeln!(wrong, "{}\n{}", file.display(), diff.unified_diff());
    }
    assert!(
        wrong.is_empty(),
        "{wrong}\nDOMDIFF_UPDATE=1 cargo test --test cli writes what is printed now"
    );
}
