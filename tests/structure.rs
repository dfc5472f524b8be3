//! The formats that are trees have the same tree whatever a stranger writes into a definition or
//! a file name: parsed back, the report about hostile texts has the elements and keys of the
//! report about harmless ones, and the texts stand in it as they were, made visible.
#![allow(
    clippy::unwrap_used,
    reason = "a test that unwraps fails with the place"
)]

mod common;

use std::fmt::Write as _;

use common::hostile;
use domdiff::report::{Canonical, Format, Look, Report, render_all};
use scraper::node::Node;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;

const FORMATS: [Format; 3] = [Format::Html, Format::Sarif, Format::Junit];

fn printed(reports: &[Report], format: Format) -> String {
    let mut out = Vec::new();
    render_all(reports, format, &Look::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Elements, attributes and keys of what is printed, and of attributes the values that mean
/// something to a browser; no text.
fn skeleton(format: Format, text: &str) -> String {
    let mut out = String::new();
    match format {
        Format::Html => {
            let page = Html::parse_document(text);
            assert!(page.errors.is_empty(), "{:?}", page.errors);
            assert!(!page.tree.values().any(Node::is_comment));
            html(page.root_element(), &mut out);
        }
        Format::Junit => {
            let document = roxmltree::Document::parse(text).unwrap();
            xml(document.root_element(), &mut out);
        }
        _ => json(&serde_json::from_str(text).unwrap(), &mut out),
    }
    out
}

fn html(element: ElementRef<'_>, out: &mut String) {
    // What two texts have in common decides how many rows and marks there are.
    if element.value().attr("class") == Some("values") {
        return;
    }
    write!(out, "<{}", element.value().name()).unwrap();
    let mut attributes: Vec<_> = element.value().attrs().collect();
    attributes.sort_unstable();
    for (name, value) in attributes {
        write!(out, " {name}={value:?}").unwrap();
    }
    out.push('>');
    element.child_elements().for_each(|child| html(child, out));
    out.push_str("</>");
}

fn xml(node: roxmltree::Node<'_, '_>, out: &mut String) {
    if node.is_text() {
        return;
    }
    assert!(node.is_element(), "{node:?}");
    write!(out, "<{}", node.tag_name().name()).unwrap();
    for attribute in node.attributes() {
        write!(out, " {}", attribute.name()).unwrap();
    }
    out.push('>');
    node.children().for_each(|child| xml(child, out));
    out.push_str("</>");
}

fn json(value: &Value, out: &mut String) {
    match value {
        Value::Object(map) => {
            out.push('{');
            // A file name with a colon in it is described as one of a revision.
            for (key, value) in map.iter().filter(|(key, _)| *key != "description") {
                write!(out, "{key}:").unwrap();
                json(value, out);
            }
            out.push('}');
        }
        Value::Array(list) => {
            out.push('[');
            list.iter().for_each(|value| json(value, out));
            out.push(']');
        }
        Value::String(_) => out.push('s'),
        other => out.push_str(&other.to_string()),
    }
}

/// The reports about a text, with both definitions beside them.
fn reports(text: &str) -> Vec<Report> {
    let mut reports = hostile::reports(text);
    for report in &mut reports {
        if report.old.is_some() {
            let side = |n| {
                format!(
                    "<domain>\n  <a b='{n}'>{}</a>\n</domain>\n",
                    text.replace('\n', " ")
                )
            };
            report.canonical = Some(Canonical {
                old: side(1),
                new: side(2),
            });
        }
    }
    reports
}

#[test]
fn no_text_becomes_structure() {
    for text in hostile::TEXTS {
        // A comparison, a check, and what stands in one of two sets only.
        let mut reports = hostile::reports(text);
        reports.remove(2);
        for report in reports.iter().take(3) {
            // The same report with words in the place of all texts from outside.
            let with = |text: &str| hostile::with_texts(report, &|_| text.to_owned());
            // What a rule says of every finding is not told as what is said of this one.
            let marked = |text: &str| format!("{text}~");
            let pairs = [
                (
                    hostile::with_texts(report, &marked),
                    hostile::with_texts(report, &|text| hostile::harmless(&marked(text))),
                ),
                (with(text), with(&hostile::harmless(text))),
            ];
            for (bad, good) in pairs {
                for format in FORMATS {
                    let [bad, good] = [&bad, &good].map(|report| {
                        let printed = printed(std::slice::from_ref(report), format);
                        skeleton(format, &printed)
                    });
                    assert!(bad == good, "{format:?} of {text:?}:\n{bad}\n{good}");
                }
            }
        }
    }
}

#[test]
fn the_page_holds_no_element_of_a_document() {
    let known = [
        "html", "head", "meta", "title", "style", "body", "a", "header", "main", "section",
        "article", "footer", "script", "h1", "h2", "h3", "h4", "h5", "p", "strong", "span", "ul",
        "ol", "li", "dl", "div", "dt", "dd", "code", "pre", "mark", "del", "ins", "details",
        "summary", "table", "thead", "tbody", "tr", "th", "td", "form", "fieldset", "legend",
        "label", "input", "select", "option", "button", "output", "br",
    ];
    for text in hostile::TEXTS {
        let page = Html::parse_document(&printed(&reports(text), Format::Html));
        let elements = page.root_element().descendants();
        for element in elements.filter_map(|node| node.value().as_element().cloned()) {
            assert!(
                known.contains(&element.name()),
                "{} of {text:?}",
                element.name()
            );
            for (name, value) in element.attrs() {
                let is_handler = name.starts_with("on") || name == "style" || name == "src";
                let leads_out = name == "href" && !value.starts_with('#');
                assert!(!is_handler && !leads_out, "{name}={value} of {text:?}");
            }
        }
        let count = |selector| page.select(&Selector::parse(selector).unwrap()).count();
        assert_eq!((count("script"), count("style"), count("meta")), (1, 1, 4));
    }
}

#[test]
fn what_is_written_can_be_read() {
    let text = "</p><b>\"bold\"</b> & 'more' <!-- \u{202e} -->";
    let seen = "</p><b>\"bold\"</b> & 'more' <!-- \\u{202e} -->";
    let report = hostile::with_texts(&hostile::comparison("vm"), &|_| text.to_owned());
    let page = Html::parse_document(&printed(std::slice::from_ref(&report), Format::Html));
    let message = Selector::parse(".message").unwrap();
    let shown: String = page.select(&message).next().unwrap().text().collect();
    assert!(shown.starts_with(seen), "{shown}");
    let junit = printed(std::slice::from_ref(&report), Format::Junit);
    let junit = roxmltree::Document::parse(&junit).unwrap();
    let failure = junit.descendants().find(|n| n.has_tag_name("failure"));
    assert_eq!(failure.unwrap().attribute("message"), Some(seen));
    let log: Value = serde_json::from_str(&printed(&[report], Format::Sarif)).unwrap();
    assert_eq!(log["runs"][0]["results"][0]["message"]["text"], seen);
}

#[test]
fn a_document_makes_no_link_in_a_log() {
    let report = hostile::comparison("[text](https://evil.example)");
    let log = printed(&[report], Format::Sarif);
    let log: Value = serde_json::from_str(&log).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let texts = results
        .iter()
        .map(|result| result["message"]["text"].as_str().unwrap());
    assert!(
        texts
            .clone()
            .any(|text| text.contains("[text] (https://evil.example)"))
    );
    assert!(texts.clone().all(|text| !text.contains("](")));
}

#[test]
fn large_answers_stay_within_bounds() {
    let enormous = hostile::enormous();
    let mut many = hostile::comparison("vm");
    many.findings = many.findings.iter().cycle().take(30_000).cloned().collect();
    let long: String = (0..30_000).map(|n| format!("  <a>{n}</a>\n")).collect();
    let canonical = |from: &str, to: &str| {
        Some(Canonical {
            old: long.replace(from, to),
            new: long.clone(),
        })
    };
    let longer = Report {
        canonical: canonical("<a>", "<b>"),
        ..many.clone()
    };
    let set = vec![longer.clone(); 4];
    for (about, reports) in [
        ("enormous", vec![enormous]),
        ("many", vec![many]),
        ("set", set),
    ] {
        for (format, most) in [(Format::Html, 10 << 20), (Format::Sarif, 64 << 20)] {
            let length = printed(&reports, format).len();
            assert!(length < most, "{format:?} of {about}: {length} bytes");
        }
    }
    let page = printed(&[longer], Format::Html);
    assert!(page.contains("left out here, the page would be too large"));
}
