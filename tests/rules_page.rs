//! `docs/rules.md` is what `domdiff explain --format markdown` prints, and README.md counts the
//! rules.
//!
//! `DOMDIFF_UPDATE=1 cargo test --test rules_page` writes the page anew.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::Command;

use domdiff::rules::{self, UNDECIDED};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn the_page_of_rules_is_what_explain_prints() {
    let output = Command::new(env!("CARGO_BIN_EXE_domdiff"))
        .args(["explain", "--format", "markdown"])
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let page = root().join("docs/rules.md");
    if std::env::var_os("DOMDIFF_UPDATE").is_some() {
        fs::write(&page, &printed).unwrap();
    }
    assert!(
        fs::read_to_string(&page).unwrap_or_default() == printed,
        "docs/rules.md is old; DOMDIFF_UPDATE=1 cargo test --test rules_page writes it anew"
    );
}

#[test]
fn the_readme_counts_the_rules() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let sentence = format!(
        "{} rules, {} more causes",
        rules::all().count(),
        UNDECIDED.len()
    );
    assert!(
        readme.contains(&sentence),
        "README.md does not say `{sentence}`"
    );
}

#[test]
fn what_is_undecided_is_no_rule_and_in_order() {
    let ids: Vec<&str> = UNDECIDED.iter().map(|cause| cause.id).collect();
    assert!(ids.is_sorted_by(|a, b| a < b), "sorted by id");
    for cause in UNDECIDED {
        assert!(rules::get(cause.id).is_none(), "{} is a rule", cause.id);
        assert!(!cause.reason.is_empty());
    }
}
