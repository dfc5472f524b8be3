//! What programs read has the form that is published for it: `testdata/published/README.md`
//! tells where the forms are from.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that unwraps fails with the place"
)]

mod common;

use std::collections::{HashMap, HashSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{answers, testdata};
use domdiff::report::{Acceptance, Finding, Format, Level, Look, Report, render_all};
use serde_json::Value;

fn printed(reports: &[Report], format: Format, look: &Look) -> String {
    let mut out = Vec::new();
    render_all(reports, format, look, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn log(reports: &[Report]) -> Value {
    serde_json::from_str(&printed(reports, Format::Sarif, &Look::default())).unwrap()
}

fn findings(reports: &[Report]) -> impl Iterator<Item = &Finding> {
    reports.iter().flat_map(Report::all_findings)
}

/// Says what is wrong with a log: that it does not follow the schema, or that it does not say
/// what the reports say.
struct LogCheck(jsonschema::Validator);

impl LogCheck {
    fn new() -> Self {
        let text = fs::read_to_string(testdata("published").join("sarif-2.1.0.json")).unwrap();
        let schema: Value = serde_json::from_str(&text).unwrap();
        let options = jsonschema::options().should_validate_formats(true);
        Self(options.build(&schema).unwrap())
    }

    fn check(&self, about: &str, reports: &[Report]) {
        let log = log(reports);
        let wrong: Vec<String> = self
            .0
            .iter_errors(&log)
            .map(|error| format!("{error} at {}", error.instance_path()))
            .collect();
        assert!(wrong.is_empty(), "{about}: {wrong:#?}");
        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        assert_eq!(results.len(), findings(reports).count(), "{about}");
        for (result, finding) in results.iter().zip(findings(reports)) {
            let rule = result["ruleIndex"].as_u64().unwrap() as usize;
            let rule = &run["tool"]["driver"]["rules"][rule];
            assert_eq!(rule["id"], finding.rule, "{about}");
            assert_eq!(result["ruleId"], finding.rule, "{about}");
            let all = [&result["locations"], &result["relatedLocations"]];
            for location in all.into_iter().filter_map(Value::as_array).flatten() {
                let artifact = &location["physicalLocation"]["artifactLocation"];
                let at = artifact["index"].as_u64().unwrap() as usize;
                assert_eq!(run["artifacts"][at]["location"], *artifact, "{about}");
            }
            if let (Some(new), Some(old)) = (&finding.new, &finding.old) {
                let line =
                    |location: &Value| location["physicalLocation"]["region"]["startLine"].clone();
                assert_eq!(line(&result["locations"][0]), new.line, "{about}");
                assert_eq!(line(&result["relatedLocations"][0]), old.line, "{about}");
            }
        }
    }
}

#[test]
fn every_log_follows_the_schema_of_sarif() {
    let check = LogCheck::new();
    let answers = answers::all();
    for (about, reports) in &answers {
        check.check(about, reports);
    }
    println!("{} SARIF logs follow the schema", answers.len());
}

/// Pairs of files that libvirt tells apart, where they lie beside the repository
/// (`../shared/corpus/abi` or `$DOMDIFF_ABI_CORPUS`): without them this does nothing.
#[test]
fn the_logs_of_the_corpus_follow_the_schema_of_sarif() {
    let Some(corpus) = answers::corpus() else {
        return;
    };
    let check = LogCheck::new();
    let mut logs = 0;
    for (about, reports) in corpus {
        if findings(&reports).next().is_some() {
            check.check(&about, &reports);
            logs += 1;
        }
    }
    println!("{logs} SARIF logs of the corpus follow the schema");
    assert!(logs > 0);
}

#[test]
fn what_is_accepted_is_suppressed_with_its_reason() {
    let (_, mut reports) = answers::all().pop().unwrap();
    let accepted = reports[0].findings.first_mut().unwrap();
    accepted.accepted = true;
    accepted.acceptance = Some(Acceptance {
        reason: "The [rack](https://example.com) has one.".to_owned(),
        owner: Some("compute".to_owned()),
        expires: None,
    });
    LogCheck::new().check("accepted", &reports);
    let log = log(&reports);
    let results = log["runs"][0]["results"].as_array().unwrap();
    let of = |at: usize| results[at]["suppressions"].as_array().unwrap();
    assert_eq!(of(0).len(), 1);
    assert_eq!(of(0)[0]["kind"], "external");
    assert_eq!(of(0)[0]["properties"]["owner"], "compute");
    // Once something is suppressed, the others have to say that they are not.
    assert!((1..results.len()).all(|at| of(at).is_empty()));
}

#[test]
fn a_log_names_where_its_rules_are_explained() {
    let look = Look {
        rules_url: Some("https://example.org/rules.md".parse().unwrap()),
        ..Look::default()
    };
    let (_, reports) = answers::all().pop().unwrap();
    let log: Value = serde_json::from_str(&printed(&reports, Format::Sarif, &look)).unwrap();
    let rule = &log["runs"][0]["tool"]["driver"]["rules"][0];
    let anchor = rule["id"].as_str().unwrap().replace('/', "");
    let expected = format!("https://example.org/rules.md#{anchor}");
    assert_eq!(rule["helpUri"], expected.as_str());
}

#[test]
fn a_log_keeps_the_worst_of_too_many_results() {
    let (_, reports) = answers::comparison(
        &testdata("domains").join("web01-old.xml"),
        &testdata("domains").join("web01-new.xml"),
    );
    let mut report = reports[0].clone();
    let info = report.findings.last().unwrap().clone();
    let error = report.findings[0].clone();
    assert_eq!((info.level, error.level), (Level::Info, Level::Error));
    report.findings = vec![info; 26_000];
    report.findings.push(error);
    let log = log(&[report]);
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), 25_000);
    assert_eq!(results[0]["level"], "error");
    let told = run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"].as_str();
    assert!(told.unwrap().starts_with("1001 results are left out"));
}

/// A schema validator that is there wherever libvirt's tools are.
fn xmllint(files: &[impl AsRef<std::ffi::OsStr>]) {
    let output = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(testdata("published").join("junit-10.xsd"))
        .args(files)
        .output()
        .expect("xmllint, which the Debian package libxml2-utils has");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
}

#[test]
fn every_file_of_test_results_follows_the_schema_of_junit() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("junit");
    fs::create_dir_all(&folder).unwrap();
    let answers = answers::all();
    let mut files = Vec::new();
    for (at, (about, reports)) in answers.iter().enumerate() {
        let text = printed(reports, Format::Junit, &Look::default());
        let document = roxmltree::Document::parse(&text).unwrap_or_else(|e| panic!("{about}: {e}"));
        counts_add_up(about, &document, reports);
        let file = folder.join(format!("{at}.xml"));
        fs::write(&file, text).unwrap();
        files.push(file);
    }
    xmllint(&files);
    println!("{} JUnit files follow the schema", files.len());
}

/// Suites count what they hold, tests have names of their own, and errors are failures.
fn counts_add_up(about: &str, document: &roxmltree::Document<'_>, reports: &[Report]) {
    let count = |node: roxmltree::Node<'_, '_>, name: &str| {
        node.descendants().filter(|n| n.has_tag_name(name)).count()
    };
    let mut names = HashMap::new();
    let elements = document.descendants();
    for node in elements.filter(|n| n.has_tag_name("testsuite") || n.has_tag_name("testsuites")) {
        for (attribute, element) in [
            ("tests", "testcase"),
            ("failures", "failure"),
            ("skipped", "skipped"),
        ] {
            if let Some(told) = node.attribute(attribute) {
                assert_eq!(
                    told,
                    count(node, element).to_string(),
                    "{about}: {attribute}"
                );
            }
        }
        if node.has_tag_name("testsuite") {
            *names.entry(node.attribute("name").unwrap()).or_insert(0) += 1;
            let cases = node.children().filter(|n| n.has_tag_name("testcase"));
            let cases: Vec<_> = cases.map(|n| n.attribute("name")).collect();
            let distinct: HashSet<_> = cases.iter().collect();
            assert_eq!(distinct.len(), cases.len(), "{about}: {cases:?}");
        }
    }
    let errors = findings(reports).filter(|finding| finding.level == Level::Error);
    assert_eq!(count(document.root(), "failure"), errors.count(), "{about}");
}

#[test]
fn what_fails_is_what_the_exit_status_counts() {
    let (_, mut reports) = answers::comparison(
        &testdata("domains").join("web01-old.xml"),
        &testdata("domains").join("web01-new.xml"),
    );
    let failures = |reports: &[Report], fail_on| {
        let look = Look {
            fail_on,
            ..Look::default()
        };
        printed(reports, Format::Junit, &look)
            .matches("<failure ")
            .count()
    };
    assert_eq!(failures(&reports, None), 0);
    for level in [Level::Info, Level::Warning, Level::Error] {
        let counted = findings(&reports)
            .filter(|finding| finding.level >= level)
            .count();
        assert_eq!(failures(&reports, Some(level)), counted);
    }
    let errors = failures(&reports, Some(Level::Error));
    reports[0].findings[0].accepted = true;
    assert_eq!(failures(&reports, Some(Level::Error)), errors - 1);
    assert!(printed(&reports, Format::Junit, &Look::default()).contains("<skipped "));
}
