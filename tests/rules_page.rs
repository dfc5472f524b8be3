//! `docs/rules.md` is what `domdiff explain --format markdown` prints, and README.md counts the
//! rules.
//!
//! `DOMDIFF_UPDATE=1 cargo test --test rules_page` writes the page anew, and adds new ids to the
//! list of those that were ever published.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use domdiff::rules::{self, Check, Rule, UNDECIDED};

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
    let causes = rules::all().filter(|rule| is_cause(rule)).count();
    let all = format!("{} rules", rules::all().count());
    let known = format!("Of {} known causes", causes.saturating_add(UNDECIDED.len()));
    let judged = format!(
        "judges {causes}, and {} cannot be decided offline",
        UNDECIDED.len()
    );
    let said: Vec<&str> = readme.split_whitespace().collect();
    let said = said.join(" ");
    for sentence in [all, known, judged] {
        assert!(
            said.contains(&sentence),
            "README.md does not say `{sentence}`"
        );
    }
}

/// Whether a rule is about what stops or harms one guest's migration, whatever changed.
fn is_cause(rule: &Rule) -> bool {
    !matches!(rule.check, Check::Change | Check::Accepted)
}

/// Ids are a promise: `testdata/rules/ids.txt` lists all that there ever were.
#[test]
fn no_id_is_forgotten() {
    let file = root().join("testdata/rules/ids.txt");
    let known = fs::read_to_string(&file).unwrap_or_default();
    let promised: BTreeSet<&str> = known.lines().collect();
    let now: BTreeSet<&str> = rules::all()
        .map(|rule| rule.id)
        .chain(UNDECIDED.iter().map(|cause| cause.id))
        .collect();
    let gone: Vec<_> = promised.difference(&now).collect();
    assert!(gone.is_empty(), "neither rules nor undecided: {gone:?}");
    if std::env::var_os("DOMDIFF_UPDATE").is_some() {
        let ids: Vec<&str> = now.iter().copied().collect();
        fs::write(&file, ids.join("\n") + "\n").unwrap();
        return;
    }
    let new: Vec<_> = now.difference(&promised).collect();
    assert!(new.is_empty(), "not in testdata/rules/ids.txt: {new:?}");
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
