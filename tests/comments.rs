//! Comments about real definitions: they are read as what they are, and stay in their budget.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test says how much it looked at"
)]

mod common;

use common::answers::{self, Answer};
use domdiff::report::{Format, Look, Report, render_all};
use pulldown_cmark::{Event, Options, Parser, Tag};

/// Bytes of a comment.
const BUDGET: usize = 60_000;

/// Reads the comment about one answer and counts its bytes.
fn read(about: &str, reports: &[Report]) -> usize {
    let mut out = Vec::new();
    render_all(reports, Format::Markdown, &Look::default(), &mut out).unwrap();
    let comment = String::from_utf8(out).unwrap();
    assert!(comment.len() <= BUDGET, "{about}: {}", comment.len());
    assert!(comment.starts_with("<!-- domdiff -->\n### "), "{about}");
    let (mut headings, mut rows, mut opened, mut closed) = (0, 0, 0, 0);
    for event in Parser::new_ext(&comment, Options::all()) {
        match event {
            Event::Start(Tag::Heading { .. }) => headings += 1,
            Event::Start(Tag::TableRow) => rows += 1,
            Event::Html(html) => {
                opened += html.matches("<details>").count();
                closed += html.matches("</details>").count();
            }
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) | Event::InlineHtml(_) => {
                panic!("{about}: {event:?}")
            }
            _ => {}
        }
    }
    assert!(headings > 0, "{about}");
    assert_eq!(opened, closed, "{about}");
    if !comment.contains("Left out") && reports.len() == 1 && reports[0].hosts.is_empty() {
        let summary = &reports[0].summary;
        assert_eq!(rows, summary.errors + summary.warnings, "{about}");
    }
    comment.len()
}

fn read_all(answers: impl Iterator<Item = Answer>) {
    let sizes = answers.map(|(about, reports)| (read(&about, &reports), about));
    let sizes: Vec<(usize, String)> = sizes.collect();
    let largest = sizes.iter().max().expect("answers");
    println!("{} comments; the largest {largest:?}", sizes.len());
}

#[test]
fn comments_about_all_test_data_are_read_as_what_they_are() {
    read_all(answers::all().into_iter());
}

#[test]
fn comments_about_any_two_documents_are_read_as_what_they_are() {
    let documents = common::documents(&common::testdata("domains"));
    let pairs = documents.iter().zip(documents.iter().cycle().skip(1));
    read_all(pairs.map(|(old, new)| {
        let about = format!("{} and {}", old.0, new.0);
        (about, vec![common::compare(&old.1, &new.1)])
    }));
}

/// Without the corpus this does nothing.
#[test]
fn comments_about_the_corpus_are_read_as_what_they_are() {
    if let Some(corpus) = answers::corpus() {
        read_all(corpus);
    }
}
