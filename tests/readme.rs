//! What README.md shows is what the binary prints, and what it tells people
//! to run is what CI runs. `DOMDIFF_UPDATE=1 cargo test --test readme` writes
//! what is printed now.

use std::fs;
use std::path::Path;
use std::process::Command;

const RUN: &str = "$ cargo run --release --quiet -- ";

/// The text with the output in the block of the example replaced.
fn with_output(readme: &str, line: &str, output: &str) -> String {
    let start = readme.find(line).expect("the example") + line.len() + 1;
    let end = start + readme[start..].find("```").expect("the end of the block");
    format!("{}{output}{}", &readme[..start], &readme[end..])
}

#[test]
fn the_example_prints_what_the_readme_shows() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("README.md");
    let line = readme
        .lines()
        .find(|line| line.starts_with(RUN))
        .expect("a command that runs the example");
    let output = Command::new(env!("CARGO_BIN_EXE_domdiff"))
        .args(line[RUN.len()..].split(' '))
        .current_dir(root)
        .output()
        .expect("the binary runs");
    assert!(output.status.success());
    let actual = with_output(&readme, line, &String::from_utf8_lossy(&output.stdout));
    if std::env::var_os("DOMDIFF_UPDATE").is_some() {
        fs::write(root.join("README.md"), &actual).expect("writing README.md");
        return;
    }
    assert!(readme == actual, "README.md should be:\n{actual}");
}

#[test]
fn ci_runs_the_tests_that_the_readme_names() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).expect("README.md");
    assert!(readme.contains("\n$ bash .ci/packages && cargo test\n"));
    // The published package comes without CI.
    if let Ok(ci) = fs::read_to_string(root.join(".ci/run")) {
        assert!(ci.contains("bash .ci/packages\n"));
        assert!(ci.contains("\ncargo test\n"));
    }
}
