//! Every rule has examples in `testdata/rules/<id>/`, and every rule runs over every example:
//! `testdata/rules/README.md` tells how they are laid out.
//!
//! `DOMDIFF_UPDATE=1 cargo test --test rule_examples` writes what is found now.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use domdiff::report::Level;
use domdiff::rules::{self, Check, Rule};
use serde_json::Value;

/// A finding, as far as examples tell it.
struct Line {
    rule: String,
    level: String,
    path: String,
    host: Option<String>,
    needs: Option<String>,
}

impl Line {
    fn new(finding: &Value, host: Option<&str>) -> Self {
        let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        Self {
            rule: text("rule"),
            level: text("level"),
            path: text("path"),
            host: host.map(str::to_owned),
            needs: finding["needs"]["fact"].as_str().map(str::to_owned),
        }
    }
}

/// What domdiff finds in an example: of a change against `old`, of anything else alone.
fn findings(rule: &Rule, file: &Path) -> Vec<Line> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_domdiff"));
    if rule.check.is_change() {
        let old = if file.is_dir() { "old" } else { "old.xml" };
        command.arg(old);
    } else {
        let text = fs::read_to_string(file).unwrap();
        let arguments = text
            .lines()
            .next()
            .and_then(|line| line.strip_prefix("<?check ")?.strip_suffix("?>"))
            .unwrap_or_default();
        command.arg("check").args(arguments.split_whitespace());
    }
    let output = command
        .arg(file.file_name().unwrap())
        .args(["--format", "ndjson", "--fail-on", "never"])
        .current_dir(file.parent().unwrap())
        .output()
        .unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{} is not judged: {complaint}",
        file.display()
    );
    let answers = String::from_utf8(output.stdout).unwrap();
    let reports = answers
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    reports.flat_map(|report| lines(&report)).collect()
}

fn lines(report: &Value) -> Vec<Line> {
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let own = list(&report["findings"]);
    let mut lines: Vec<Line> = own.iter().map(|finding| Line::new(finding, None)).collect();
    for host in list(&report["hosts"]) {
        let on_host = list(&host["findings"]);
        let name = host["name"].as_str();
        lines.extend(on_host.iter().map(|finding| Line::new(finding, name)));
    }
    lines
}

fn snapshot(examples: &BTreeMap<String, Vec<Line>>) -> String {
    let mut out = String::new();
    for (file, lines) in examples {
        writeln!(out, "{file}").unwrap();
        for line in lines {
            write!(out, "  {} {} {}", line.level, line.rule, line.path).unwrap();
            if let Some(host) = &line.host {
                write!(out, " on {host}").unwrap();
            }
            if let Some(fact) = &line.needs {
                write!(out, " needs {fact}").unwrap();
            }
            out.push('\n');
        }
    }
    out
}

fn folder(rule: &Rule) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/rules")
        .join(rule.id)
}

/// Rules that no finding can have: they stand in the field table for what is never compared.
const NEVER_FOUND: [&str; 2] = ["change/domain", "change/runtime"];

fn has_examples(rule: &Rule) -> bool {
    !NEVER_FOUND.contains(&rule.id)
}

/// All that the files of an example hold.
fn text(example: &Path) -> String {
    if example.is_dir() {
        let files = fs::read_dir(example).unwrap();
        return files.map(|entry| text(&entry.unwrap().path())).collect();
    }
    fs::read_to_string(example).unwrap()
}

/// Whether every line of a rule's example is in the files: behind `- ` in the old one, behind `+ `
/// or nothing in one where the rule holds.
fn is_shown(rule: &Rule, folder: &Path, fires: &Path) -> bool {
    let old = || {
        let file = folder.join("old.xml");
        text(&if file.exists() {
            file
        } else {
            folder.join("old")
        })
    };
    if matches!(rule.check, Check::Accepted) {
        return text(&folder.join("accepted.toml")).contains(rule.example);
    }
    if !rule.check.is_change() {
        return text(fires).contains(rule.example);
    }
    rule.example.lines().all(|line| match line.split_once(' ') {
        Some(("-", line)) => old().contains(line),
        Some(("+", line)) => text(fires).contains(line),
        _ => false,
    })
}

/// Runs the examples of one rule; what is wrong with them.
fn try_rule(rule: &Rule) -> Vec<String> {
    let folder = folder(rule);
    let mut wrong = Vec::new();
    let mut examples = BTreeMap::new();
    let mut shown = false;
    let mut seen = (false, false);
    let files = fs::read_dir(&folder).map_or_else(|_| Vec::new(), Iterator::collect);
    for entry in files {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.starts_with("old") || !(name.ends_with(".xml") || path.is_dir()) {
            continue;
        }
        let lines = findings(rule, &path);
        let own: Vec<&Line> = lines.iter().filter(|line| line.rule == rule.id).collect();
        let decided = own.iter().any(|line| line.needs.is_none());
        let right = if name.starts_with("fires") {
            seen.0 = true;
            shown |= is_shown(rule, &folder, &path);
            decided
        } else if name.starts_with("quiet") {
            seen.1 = true;
            own.is_empty()
        } else if name.starts_with("unknown") {
            seen.0 |= own.iter().any(|line| line.needs.is_some());
            shown |= is_shown(rule, &folder, &path);
            !own.is_empty() && !decided
        } else {
            false
        };
        if !right {
            wrong.push(format!("{}/{name} is not what its name says", rule.id));
        }
        examples.insert(name, lines);
    }
    if seen != (true, true) {
        wrong.push(format!(
            "{} needs a fires*.xml (or unknown*.xml) and a quiet*.xml",
            rule.id
        ));
    }
    if !shown {
        wrong.push(format!(
            "the example of {} is in no fires*.xml or unknown*.xml",
            rule.id
        ));
    }
    if examples.is_empty() {
        return wrong;
    }
    let file = folder.join("findings.txt");
    let now = snapshot(&examples);
    if std::env::var_os("DOMDIFF_UPDATE").is_some() {
        fs::write(&file, now).unwrap();
    } else if fs::read_to_string(&file).unwrap_or_default() != now {
        wrong.push(format!("{}: findings.txt is not what is found", rule.id));
    }
    wrong
}

#[test]
fn every_rule_holds_where_its_examples_say() {
    let rules: Vec<&Rule> = rules::all().filter(|rule| has_examples(rule)).collect();
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let runs: Vec<_> = rules
            .chunks(rules.len().div_ceil(workers))
            .map(|part| {
                scope.spawn(|| {
                    part.iter()
                        .flat_map(|rule| try_rule(rule))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        runs.into_iter()
            .flat_map(|run| run.join().unwrap())
            .collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_folder_of_examples_is_of_a_rule() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/rules");
    let folders = |path: &Path| -> Vec<PathBuf> {
        let entries = fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path());
        entries.filter(|path| path.is_dir()).collect()
    };
    for family in folders(&root) {
        if family.ends_with("hosts") {
            continue;
        }
        for folder in folders(&family) {
            let id = folder.strip_prefix(&root).unwrap().to_str().unwrap();
            let rule = rules::get(id);
            assert!(
                rule.is_some_and(has_examples),
                "testdata/rules/{id} is of no rule"
            );
        }
    }
}

#[test]
fn every_rule_is_complete() {
    for rule in rules::all() {
        let id = rule.id;
        for (what, text) in [
            ("why", rule.why),
            ("help", rule.help),
            ("source", rule.source),
        ] {
            assert!(!text.is_empty(), "{id} has no {what}");
        }
        if has_examples(rule) {
            assert!(!rule.example.is_empty(), "{id} has no example");
        }
        assert!(
            rule.proof != rules::Proof::Unverified || rule.level != Level::Error,
            "{id} is not verified: what it finds is never an error"
        );
        let (family, name) = id.split_once('/').unwrap();
        let is_name = |text: &str| {
            !text.is_empty()
                && text
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        assert!(is_name(family) && is_name(name), "{id} is no rule id");
    }
    let mut ids: Vec<_> = rules::all().map(|rule| rule.id).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count, "a rule is there twice");
}
