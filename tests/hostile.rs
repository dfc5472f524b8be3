//! Inputs made to be slow, deep or large: an error or an answer, never a panic.
//! Work that grew faster than the input would take hours here.

use domdiff::canon::{Domain, Release};
use domdiff::report::{Secrets, canonical_xml};
use domdiff::xml::{Document, DocumentError, ErrorKind, Limits, Source};

fn domain(content: &str) -> String {
    format!("<domain type='kvm'><name>a</name>{content}</domain>")
}

/// Reads, canonicalizes and prints a document.
fn show(text: &str) -> Result<String, DocumentError> {
    let source = Source::from_bytes("hostile.xml", text.into())?;
    Document::parse(&source, &Limits::default()).map(|document| {
        let domain = Domain::new(&document, Release::V12_8);
        canonical_xml(&domain, &mut Secrets::Mask)
    })
}

fn refused(text: &str) -> ErrorKind {
    show(text).expect_err("an error").kind
}

#[test]
fn depth_is_bounded_above_and_below_the_size_that_is_checked_first() {
    for depth in [300, 4_000, 100_000, 1_000_000] {
        let text = domain(&("<a>".repeat(depth) + &"</a>".repeat(depth)));
        assert_eq!(refused(&text), ErrorKind::TooDeep { limit: 256 });
    }
    let deepest = domain(&("<a>".repeat(255) + &"</a>".repeat(255)));
    assert!(show(&deepest).is_ok());
}

#[test]
fn depth_without_an_end_is_an_error_too() {
    assert!(matches!(
        refused(&"<a>".repeat(5_000)),
        ErrorKind::Syntax(_)
    ));
    let kind = refused(&"<a>".repeat(1_000_000));
    assert_eq!(kind, ErrorKind::TooDeep { limit: 256 });
}

#[test]
fn attributes_of_one_element_are_bounded() {
    let many: String = (0..100_000).map(|i| format!(" a{i}=''")).collect();
    let kind = refused(&domain(&format!("<a{many}/>")));
    assert_eq!(kind, ErrorKind::TooManyAttributes { limit: 256 });
    let below: String = (0..3_000).map(|i| format!(" a{i}=''")).collect();
    assert!(show(&domain(&format!("<a{below}/>"))).is_ok());
}

#[test]
fn one_attribute_may_be_large() {
    let large = "x".repeat(10_000_000);
    let shown = show(&domain(&format!("<title a='{large}'>b</title>"))).expect("a domain");
    assert!(shown.contains(&large));
}

#[test]
fn entities_are_never_expanded() {
    let mut laughs = String::from("<!DOCTYPE domain [<!ENTITY a0 'ha'>");
    for i in 1..30 {
        laughs.push_str(&format!("<!ENTITY a{i} '&a{};&a{};'>", i - 1, i - 1));
    }
    laughs.push_str("]><domain><name>&a29;</name></domain>");
    assert_eq!(refused(&laughs), ErrorKind::Dtd);
}

#[test]
fn name_spaces_in_scope_are_bounded() {
    let declared = |depth: usize| -> String {
        let names = (0..250).map(|i| format!(" xmlns:a{i}='u:{depth}:{i}'"));
        format!("<m{}>", names.collect::<String>())
    };
    let outer: String = (0..200).map(declared).collect();
    let inner = "<b xmlns='q'/>".repeat(50_000);
    let text = domain(&format!(
        "<metadata>{outer}{inner}{}</metadata>",
        "</m>".repeat(200)
    ));
    assert_eq!(refused(&text), ErrorKind::TooManyNamespaces { limit: 4096 });
}

#[test]
fn nodes_are_bounded() {
    let text = domain(&"<!---->y".repeat(1_100_000));
    assert_eq!(refused(&text), ErrorKind::TooManyNodes { limit: 2_000_000 });
}

#[test]
fn texts_in_many_pieces_are_joined_in_linear_time() {
    let text = domain(&format!(
        "<title>{}</title>",
        "<![CDATA[x]]>&amp;".repeat(200_000)
    ));
    assert!(show(&text).is_ok());
}

#[test]
fn every_prefix_of_a_document_is_an_error_and_no_panic() {
    let text = include_str!("../testdata/domains/web01-new.xml").trim_end();
    for (end, _) in text.char_indices() {
        assert!(show(&text[..end]).is_err(), "{end}");
    }
}

#[test]
fn any_byte_changed_is_no_panic() {
    let text = include_bytes!("../testdata/inputs/snapshot.xml");
    for at in 0..text.len() {
        for byte in [0, b'<', b'>', b'&', b'\'', b' ', 0x80, 0xff] {
            let mut bytes = text.to_vec();
            bytes[at] = byte;
            if let Ok(source) = Source::from_bytes("changed.xml", bytes)
                && let Ok(document) = Document::parse(&source, &Limits::default())
            {
                let domain = Domain::new(&document, Release::V9_0);
                assert!(!canonical_xml(&domain, &mut Secrets::Mask).is_empty());
            }
        }
    }
}
