//! The JSON answers and facts files have the form that `domdiff schema` publishes.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test says how much it looked at"
)]

mod common;

use std::path::Path;
use std::process::Command;

use common::{answers, hostile};
use domdiff::cpu::CpuMap;
use domdiff::host::{self, read_operand};
use domdiff::report::{self, Format, Look, Report, render, render_checks};
use jsonschema::Validator;
use serde_json::Value;

/// A form, and what was held against it so far.
struct Form {
    validator: Validator,
    checked: usize,
}

impl Form {
    fn new(schema: &Value) -> Self {
        jsonschema::meta::validate(schema).unwrap_or_else(|error| panic!("{error}"));
        Self {
            validator: jsonschema::validator_for(schema).unwrap(),
            checked: 0,
        }
    }

    fn hold_against(&mut self, what: &str, json: &str) -> Value {
        let value: Value = serde_json::from_str(json).unwrap();
        let errors = self.validator.iter_errors(&value);
        let errors: Vec<String> = errors
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{what}: {errors:#?}");
        self.checked += 1;
        value
    }

    fn refuses(&self, value: &Value) -> bool {
        !self.validator.is_valid(value)
    }
}

fn printed(reports: &[Report], format: Format, look: &Look) -> String {
    let mut out = Vec::new();
    render_checks(reports, format, look, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn every_answer_has_the_published_form() {
    let mut form = Form::new(&report::schema());
    let mut all = answers::all();
    all.extend(hostile::TEXTS.iter().map(|text| {
        let reports = hostile::reports(text);
        ((*text).to_owned(), reports)
    }));
    for (what, reports) in &all {
        for summary in [false, true] {
            let look = Look {
                summary,
                ..Look::default()
            };
            form.hold_against(what, &printed(reports, Format::Json, &look));
            for line in printed(reports, Format::Ndjson, &look).lines() {
                form.hold_against(what, line);
            }
            for report in reports {
                let mut one = Vec::new();
                render(report, Format::Json, &look, &mut one).unwrap();
                form.hold_against(what, std::str::from_utf8(&one).unwrap());
            }
        }
    }
    println!("{} answers about {} inputs", form.checked, all.len());
}

#[test]
fn an_answer_with_another_key_or_without_one_has_another_form() {
    let mut form = Form::new(&report::schema());
    let (_, reports) = answers::all()
        .into_iter()
        .find(|(_, reports)| {
            reports
                .iter()
                .any(|report| !report.findings.is_empty() && !report.hosts.is_empty())
        })
        .unwrap();
    let look = Look::default();
    let answer = form.hold_against("an answer", &printed(&reports[..1], Format::Json, &look));
    for place in [
        "/0",
        "/0/summary",
        "/0/findings/0",
        "/0/hosts/0",
        "/0/hosts/0/cpu",
    ] {
        let mut other = answer.clone();
        let object = other.pointer_mut(place).unwrap().as_object_mut().unwrap();
        object.insert("another".to_owned(), Value::Null);
        assert!(form.refuses(&other), "a key more in {place}");
        let mut other = answer.clone();
        let object = other.pointer_mut(place).unwrap().as_object_mut().unwrap();
        let first = object.keys().next().unwrap().clone();
        object.remove(&first);
        assert!(form.refuses(&other), "no {first} in {place}");
    }
    let mut other = answer;
    *other.pointer_mut("/0/summary/verdict").unwrap() = "perhaps".into();
    assert!(form.refuses(&other));
}

/// Facts files that were written by hand, and those that are made of other sources.
#[test]
fn facts_have_the_published_form() {
    let mut form = Form::new(&host::json::schema());
    let map = CpuMap::builtin();
    for folder in ["hosts", "rules/hosts"] {
        let folder = common::testdata(folder);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let file = entry.unwrap().path();
            let name = file.display().to_string();
            if file.extension().is_some_and(|e| e == "json") {
                let text = std::fs::read_to_string(&file).unwrap();
                form.hold_against(&name, &text);
            }
            if file.extension().is_some_and(|e| e == "md") {
                continue;
            }
            let facts = read_operand(&name).unwrap_or_else(|error| panic!("{name}: {error:?}"));
            let facts = facts.to_json(map).unwrap().to_string();
            let mut other = form.hold_against(&name, &facts);
            other["another"] = Value::Null;
            assert!(form.refuses(&other), "{name}");
        }
    }
    println!("{} facts files", form.checked);
}

#[test]
fn the_command_prints_both_schemas_and_this_host() {
    let run = |arguments: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_domdiff"))
            .args(arguments)
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
            .output()
            .unwrap();
        assert!(output.status.success(), "{arguments:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    for (name, schema) in [
        ("report", report::schema()),
        ("facts", host::json::schema()),
    ] {
        let printed: Value = serde_json::from_str(&run(&["schema", name])).unwrap();
        assert_eq!(printed, schema);
    }
    let mut form = Form::new(&host::json::schema());
    form.hold_against("this host", &run(&["host", "--format", "json"]));
}
