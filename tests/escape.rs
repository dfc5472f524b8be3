//! Nothing that a definition, a file name or a fact says becomes structure of what is printed.
#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps fails with the place"
)]

mod common;

use common::hostile;
use domdiff::report::escape::is_unsafe;
use domdiff::report::{Format, Look, Report, render};

fn printed(report: &Report, format: Format, look: &Look) -> String {
    let mut out = Vec::new();
    render(report, format, look, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Reports about a text: as libvirt's XML lets it in, and with it in every place of the report.
fn reports(text: &str) -> Vec<Report> {
    let mut reports = hostile::reports(text);
    reports.push(hostile::with_texts(&reports[0], &|_| text.to_owned()));
    reports.push(hostile::with_texts(&reports[1], &|_| text.to_owned()));
    reports
}

#[test]
fn no_format_prints_a_character_that_does_something() {
    for text in hostile::TEXTS {
        for report in reports(text) {
            for format in [Format::Text, Format::Short, Format::Json, Format::Ndjson] {
                let printed = printed(&report, format, &Look::default());
                let found = printed.chars().find(|c| *c != '\n' && is_unsafe(*c));
                assert_eq!(found, None, "{format:?} of {text:?}: {printed}");
            }
        }
    }
}

#[test]
fn values_of_ten_million_characters_are_an_answer_too() {
    let report = hostile::enormous();
    let values = report
        .findings
        .iter()
        .filter_map(|finding| finding.new.as_ref()?.value.as_ref());
    assert!(values.map(String::len).max() > Some(10_000_000));
    assert!(!printed(&report, Format::Short, &Look::default()).contains('\u{202e}'));
}
