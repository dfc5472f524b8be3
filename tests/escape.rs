//! Nothing that a definition, a file name or a fact says becomes structure of what is printed: the
//! answer is read by a reader of its format, and has the form it has for harmless words.
#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps fails with the place"
)]

mod common;

use std::collections::HashSet;

use clap::ValueEnum;
use common::hostile;
use domdiff::report::escape::{code, command_data, command_property, is_unsafe, line, prose};
use domdiff::report::{Format, Level, Look, Report, render, render_all};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

fn printed(reports: &[Report], format: Format, look: &Look) -> String {
    let mut out = Vec::new();
    match reports {
        [report] => render(report, format, look, &mut out).unwrap(),
        _ => render_all(reports, format, look, &mut out).unwrap(),
    }
    String::from_utf8(out).unwrap()
}

/// Answers about a text, each of one report or several: as definitions can hold it, and with it in
/// every place of the report.
fn answers(text: &str) -> Vec<Vec<Report>> {
    let all = hostile::reports(text);
    let everywhere = |report| hostile::with_texts(report, &|_| text.to_owned());
    let mut answers: Vec<Vec<Report>> = all.iter().map(|report| vec![report.clone()]).collect();
    answers.push(all.iter().map(everywhere).collect());
    answers.push(all);
    answers
}

/// A look that leaves nothing out, so that answers of different length have the same form.
fn unlimited() -> Look {
    Look {
        max_bytes: Some(usize::MAX),
        rules_url: Some("https://rules.example/rules.md".parse().unwrap()),
        ..Look::default()
    }
}

/// Whether a terminal does something at a character that has no place in an answer.
fn is_obeyed(c: char, format: Format) -> bool {
    // A tab in a text stays one in XML.
    is_unsafe(c) && c != '\n' && (c != '\t' || format != Format::Diff)
}

/// Whether a runner takes a line of a log for a command.
fn is_command(line: &str) -> bool {
    let behind_hashes = |(at, _)| {
        let word = |c: char| c == '#' || c.is_ascii_alphanumeric();
        line[at..].trim_start_matches(word).starts_with('[')
    };
    line.trim_start().starts_with("::") || line.match_indices("##").any(behind_hashes)
}

#[test]
fn no_format_prints_what_a_terminal_or_a_runner_obeys() {
    for text in hostile::TEXTS {
        for reports in answers(text) {
            for format in Format::value_variants() {
                let printed = printed(&reports, *format, &Look::default());
                let found = printed.chars().find(|c| is_obeyed(*c, *format));
                assert_eq!(found, None, "{format:?} of {text:?}: {printed}");
                if *format != Format::Github {
                    let found = printed.lines().find(|line| is_command(line));
                    assert_eq!(found, None, "{format:?} of {text:?}");
                }
            }
        }
    }
}

#[test]
fn a_terminal_is_told_nothing_but_colours() {
    let look = Look {
        color: true,
        width: Some(72),
        ..Look::default()
    };
    for text in hostile::TEXTS {
        for reports in answers(text) {
            for format in [Format::Text, Format::Short, Format::Diff] {
                let printed = printed(&reports, format, &look);
                let mut parts = printed.split("\u{1b}[");
                let first = parts.next().unwrap();
                let behind = parts.map(|part| {
                    let end = part.find('m').expect("the end of a colour");
                    let codes = &part[..end];
                    assert!(
                        codes.bytes().all(|b| b.is_ascii_digit() || b == b';'),
                        "{codes}"
                    );
                    &part[end + 1..]
                });
                for part in [first].into_iter().chain(behind) {
                    assert!(!part.chars().any(|c| is_obeyed(c, format)), "{part:?}");
                }
            }
        }
    }
}

/// What a comment consists of beside words: tags, links, HTML.
fn skeleton(markdown: &str) -> Vec<String> {
    let mut skeleton = Vec::new();
    for event in Parser::new_ext(markdown, extensions()) {
        match event {
            Event::Text(text) => {
                // What sites make of words that are no code, nobody knows in full.
                let is_plain = |c: char| c.is_alphanumeric() || " \"'(),;:.-…*".contains(c);
                let in_block = skeleton
                    .last()
                    .is_some_and(|last: &String| last.contains("CodeBlock"));
                assert!(
                    in_block || text.chars().all(is_plain),
                    "{text:?} in {markdown}"
                );
            }
            Event::Code(_) | Event::SoftBreak => {}
            event => skeleton.push(format!("{event:?}")),
        }
    }
    skeleton
}

/// All that readers of Markdown may know, and what changes no words.
fn extensions() -> Options {
    Options::all() - Options::ENABLE_SMART_PUNCTUATION
}

#[test]
fn a_comment_has_the_form_that_it_has_for_harmless_words() {
    let look = unlimited();
    for text in hostile::TEXTS {
        for reports in answers(text) {
            let harmless: Vec<Report> = reports
                .iter()
                .map(|report| hostile::with_texts(report, &hostile::harmless))
                .collect();
            let comment = printed(&reports, Format::Markdown, &look);
            let expected = printed(&harmless, Format::Markdown, &look);
            assert_eq!(
                skeleton(&comment),
                skeleton(&expected),
                "{text:?}\n{comment}\n{expected}"
            );
        }
    }
}

#[test]
fn links_of_a_comment_lead_to_rules_only() {
    for text in hostile::TEXTS {
        for reports in answers(text) {
            let comment = printed(&reports, Format::Markdown, &unlimited());
            for event in Parser::new_ext(&comment, extensions()) {
                if let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) =
                    event
                {
                    assert!(
                        dest_url.starts_with("https://rules.example/rules.md#"),
                        "{dest_url}"
                    );
                }
            }
        }
    }
}

/// One command of a GitHub workflow, as the runner reads it.
#[derive(Debug)]
struct Command {
    name: String,
    properties: Vec<(String, String)>,
    data: String,
}

fn command(text: &str) -> Command {
    let rest = text.strip_prefix("::").expect("a command");
    let (head, data) = rest.split_once("::").expect("its end");
    let (name, properties) = head.split_once(' ').unwrap_or((head, ""));
    let unescape = |text: &str| {
        let text = text.replace("%0D", "\r").replace("%0A", "\n");
        text.replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
    };
    let properties = properties.split(',').map(|property| {
        let (key, value) = property.split_once('=').expect("a property");
        (key.to_owned(), unescape(value))
    });
    Command {
        name: name.to_owned(),
        properties: properties.collect(),
        data: unescape(data),
    }
}

#[test]
fn a_workflow_sees_the_commands_that_the_report_has() {
    for text in hostile::TEXTS {
        for reports in answers(text) {
            let printed = printed(&reports, Format::Github, &Look::default());
            let commands: Vec<Command> = printed.lines().map(command).collect();
            let mut expected = Vec::new();
            for (level, name) in [
                (Level::Error, "error"),
                (Level::Warning, "warning"),
                (Level::Info, "notice"),
            ] {
                let findings = reports.iter().flat_map(Report::all_findings);
                let count = findings.filter(|f| !f.accepted && f.level == level).count();
                expected.extend(std::iter::repeat_n(name, count.min(10)));
            }
            let names: Vec<&str> = commands.iter().map(|command| &*command.name).collect();
            assert_eq!(names, expected, "{text:?}");
            for command in &commands {
                let keys: Vec<&str> = command.properties.iter().map(|(key, _)| &**key).collect();
                let place: &[&str] = &["file", "line", "col", "title"];
                assert!(keys == place || keys == ["title"], "{command:?}");
                let values = command.properties.iter().map(|(_, value)| value);
                for text in values.chain([&command.data]) {
                    assert!(!text.chars().any(|c| c != '\n' && is_unsafe(c)), "{text:?}");
                }
            }
        }
    }
}

#[test]
fn issues_for_gitlab_are_those_of_the_report() {
    for text in hostile::TEXTS {
        for reports in answers(text) {
            let printed = printed(&reports, Format::Gitlab, &Look::default());
            let issues: serde_json::Value = serde_json::from_str(&printed).unwrap();
            let issues = issues.as_array().unwrap();
            let findings = reports.iter().flat_map(Report::all_findings);
            assert_eq!(issues.len(), findings.filter(|f| !f.accepted).count());
            let mut fingerprints = HashSet::new();
            for issue in issues {
                assert!(fingerprints.insert(issue["fingerprint"].as_str().unwrap()));
                let description = issue["description"].as_str().unwrap();
                assert!(!description.chars().any(is_unsafe), "{description:?}");
                let path = issue["location"]["path"].as_str().unwrap();
                assert!(!path.starts_with('/'), "{path}");
            }
        }
    }
}

#[test]
fn values_of_ten_million_characters_fit_into_a_comment() {
    let report = hostile::enormous();
    let values = report
        .findings
        .iter()
        .filter_map(|finding| finding.new.as_ref()?.value.as_ref());
    assert!(values.map(String::len).max() > Some(10_000_000));
    let report = [report];
    let comment = printed(&report, Format::Markdown, &Look::default());
    assert!(comment.len() <= 60_000, "{}", comment.len());
    assert!(comment.contains("more characters)"), "{comment}");
    assert!(!comment.contains("Left out"), "{comment}");
    for format in [Format::Github, Format::Gitlab] {
        let length = printed(&report, format, &Look::default()).len();
        assert!(length <= 60_000, "{format:?}: {length}");
    }
}

#[test]
fn thousands_of_domains_fit_into_a_comment() {
    let some = hostile::reports("@a|b #1");
    let reports: Vec<Report> = (0..3_000).map(|n| some[n % some.len()].clone()).collect();
    for most in [2_000, 60_000, 200_000] {
        let look = Look {
            max_bytes: Some(most),
            ..Look::default()
        };
        let comment = printed(&reports, Format::Markdown, &look);
        assert!(
            comment.len() <= most && comment.len() > most / 2,
            "{}",
            comment.len()
        );
        assert!(comment.contains("### 3000 domains"), "{comment}");
        assert!(
            comment.contains("**Left out to keep this comment short: "),
            "{comment}"
        );
        // What counts for less makes way.
        assert!(!comment.contains("harmless"), "{comment}");
        assert!(
            skeleton(&comment)
                .iter()
                .all(|event| !event.contains("Link"))
        );
    }
}

/// Text of any kind, that of hostile texts more often than others.
fn any_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => proptest::sample::select(hostile::TEXTS).prop_map(str::to_owned),
        2 => "[`|\\\\<>*_#@:~\\[\\]()!&. \n-]{1,8}",
        1 => "\\PC{0,6}",
        1 => any::<char>().prop_map(|c| c.to_string()),
    ];
    proptest::collection::vec(piece, 0..5).prop_map(|pieces| pieces.concat())
}

/// The only words of a document, if it is nothing but a paragraph or a cell of them.
fn words(markdown: &str) -> String {
    let mut words = String::new();
    for event in Parser::new_ext(markdown, extensions()) {
        match event {
            Event::Text(text) | Event::Code(text) => words.push_str(&text),
            Event::Start(
                Tag::Paragraph | Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell,
            )
            | Event::End(
                TagEnd::Paragraph
                | TagEnd::Table
                | TagEnd::TableHead
                | TagEnd::TableRow
                | TagEnd::TableCell,
            ) => {}
            event => panic!("{event:?} in {markdown:?}"),
        }
    }
    words
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn code_is_read_as_the_text_it_was(text in any_text()) {
        let visible = line(&text).replace("\\u{3a}:", "::").replace('|', "\\u{7c}");
        let tells = |read: &str| read.replace("\\u{3a}:", "::") == visible;
        prop_assert!(tells(&words(&code(&text))), "{}", code(&text));
        let table = format!("|a|b|\n|-|-|\n|{}|b|\n", code(&text));
        let cell = words(&table);
        let cell = cell.strip_prefix("ab").unwrap().strip_suffix('b').unwrap();
        prop_assert!(tells(cell), "{table}");
    }

    #[test]
    fn prose_is_read_as_the_text_it_was(text in any_text()) {
        // Blanks and backticks are what makes words and code of it.
        let bare = |text: &str| text.replace(['`', ' '], "").replace("\\u{3a}:", "::");
        let visible = bare(&line(&text).replace('|', "\\u{7c}"));
        let text = prose(&text);
        prop_assert_eq!(bare(&words(&format!("x {text}"))), format!("x{visible}"), "{}", text);
        let table = format!("|a|b|\n|-|-|\n|{text}|b|\n");
        prop_assert_eq!(bare(&words(&table)), format!("ab{visible}b"), "{}", table);
    }

    #[test]
    fn commands_hold_one_line_of_text(text in any_text(), other in any_text()) {
        let (property, data) = (command_property(&text), command_data(&other));
        let printed = format!("::error title={property}::{data}");
        prop_assert_eq!(printed.lines().count(), 1);
        let command = command(&printed);
        prop_assert_eq!(&command.properties, &[("title".to_owned(), line(&text).into_owned())]);
        prop_assert!(!command.data.chars().any(|c| c != '\n' && is_unsafe(c)));
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_comment_about_any_text_has_the_same_form(text in any_text()) {
        let report = hostile::comparison(&text);
        let harmless = hostile::with_texts(&report, &hostile::harmless);
        let comment = |report| printed(&[report], Format::Markdown, &unlimited());
        prop_assert_eq!(skeleton(&comment(report)), skeleton(&comment(harmless)));
    }
}
