//! Laws that hold for every document: a file is identical with itself and with
//! any other spelling of itself, a comparison read backwards shows the same
//! changes, the canonical form is final, and no input makes the library panic.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its data has failed"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use domdiff::Options;
use domdiff::canon::{Domain, Release};
use domdiff::diff::{ChangeKind, diff};
use domdiff::report::{Secrets, Verdict, canonical_xml};
use domdiff::xml::{Document, Limits, Source};
use proptest::prelude::*;

/// The shipped domains, by name.
fn documents() -> &'static [(String, String)] {
    static DOCUMENTS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    DOCUMENTS.get_or_init(|| common::documents(&common::testdata("domains")))
}

fn source(text: &str) -> Source {
    Source::from_bytes("domain.xml", text.as_bytes().to_vec()).unwrap()
}

/// Lists in which the order of the items means nothing, to libvirt either.
const UNORDERED: [&str; 4] = ["vcpupin", "iothreadpin", "memnode", "event"];

/// Another spelling of an element: attributes in another order and other
/// quotes, children of different names mixed, comments and blanks added.
fn respelled(node: roxmltree::Node<'_, '_>, text: &str, random: &mut Random) -> String {
    let range = node.range();
    let children: Vec<_> = node.children().filter(|c| c.is_element()).collect();
    let (Some(first), Some(last)) = (children.first(), children.last()) else {
        return start_tag_respelled(&text[range], random);
    };
    if node.has_tag_name("metadata") {
        return text[range].to_owned();
    }
    let mut places: Vec<usize> = (0..children.len()).collect();
    random.shuffle(&mut places);
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, child) in children.iter().enumerate() {
        by_name.entry(child.tag_name().name()).or_default().push(i);
    }
    for (name, items) in &mut by_name {
        if UNORDERED.contains(name) {
            random.shuffle(items);
        }
        items.reverse();
    }
    // Each place takes the next child of the name that stands there.
    let mut out = start_tag_respelled(&text[range.start..first.range().start], random);
    for place in places {
        let next = by_name
            .get_mut(children[place].tag_name().name())
            .unwrap()
            .pop()
            .unwrap();
        out.push_str(&respelled(children[next], text, random));
        out.push_str(if random.below(4) == 0 {
            "\n<!-- a note -->\n"
        } else {
            "\n"
        });
    }
    out.push_str(&text[last.range().end..range.end]);
    out
}

/// The same text with the attributes of the tag it begins with shuffled and requoted.
fn start_tag_respelled(text: &str, random: &mut Random) -> String {
    let mut at = 1;
    let bytes = text.as_bytes();
    while !matches!(bytes[at], b' ' | b'\n' | b'\t' | b'>' | b'/') {
        at += 1;
    }
    let name = &text[..at];
    let mut attributes: Vec<String> = Vec::new();
    loop {
        while bytes[at].is_ascii_whitespace() {
            at += 1;
        }
        if matches!(bytes[at], b'>' | b'/') {
            break;
        }
        let equals = at + text[at..].find('=').unwrap();
        let open = equals + text[equals..].find(['"', '\'']).unwrap();
        let close = open + 1 + text[open + 1..].find(char::from(bytes[open])).unwrap();
        let value = &text[open + 1..close];
        let quote = if value.contains(['"', '\'']) {
            char::from(bytes[open])
        } else {
            ['"', '\''][random.below(2)]
        };
        attributes.push(format!(
            "{}={quote}{value}{quote}",
            text[at..equals].trim_end()
        ));
        at = close + 1;
    }
    random.shuffle(&mut attributes);
    let mut out = name.to_owned();
    for attribute in attributes {
        out.push_str(if random.below(4) == 0 { "\n  " } else { " " });
        out.push_str(&attribute);
    }
    out + &text[at..]
}

/// A small generator, so that a failing case is told by one number.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % bound as u64) as usize
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// A document without one of its elements or attributes.
fn without_one(text: &str, random: &mut Random) -> String {
    let xml = roxmltree::Document::parse(text).unwrap();
    let elements: Vec<_> = xml
        .root_element()
        .descendants()
        .filter(|n| n.is_element())
        .collect();
    let element = elements[1 + random.below(elements.len() - 1)];
    let attributes: Vec<_> = element.attributes().collect();
    let range = match attributes.len() {
        0 => element.range(),
        n if random.below(2) == 0 => attributes[random.below(n)].range(),
        _ => element.range(),
    };
    format!("{}{}", &text[..range.start], &text[range.end..])
}

#[test]
fn a_file_is_identical_with_itself() {
    for (name, text) in documents() {
        let report = common::compare(text, text);
        assert_eq!(
            report.summary.verdict,
            Verdict::Identical,
            "{name}: {:?}",
            report.findings
        );
    }
}

#[test]
fn the_canonical_form_is_final_and_means_the_same() {
    let folders = ["domains", "addresses"].map(common::testdata);
    for (name, text) in folders.iter().flat_map(|folder| common::documents(folder)) {
        let show = |text: &str| {
            let source = source(text);
            let document = Document::parse(&source, &Limits::default()).unwrap();
            let domain = Domain::new(&document, Release::V12_8);
            canonical_xml(&domain, &mut Secrets::Show)
        };
        let shown = show(&text);
        assert!(show(&shown) == shown, "{name}: shown again it changes");
        let report = common::compare(&text, &shown);
        assert_eq!(
            report.summary.verdict,
            Verdict::Identical,
            "{name}: {:?}",
            report.findings
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn another_spelling_is_identical(document in any::<prop::sample::Index>(), seed in 1..u64::MAX) {
        let (name, text) = document.get(documents());
        let xml = roxmltree::Document::parse(text).unwrap();
        let other = respelled(xml.root_element(), text, &mut Random(seed));
        let report = common::compare(text, &other);
        prop_assert_eq!(report.summary.verdict, Verdict::Identical, "{}: {:?}", name, report.findings);
    }

    #[test]
    fn swapping_the_sides_swaps_the_changes(document in any::<prop::sample::Index>(), seed in 1..u64::MAX) {
        let (name, text) = document.get(documents());
        let other = without_one(text, &mut Random(seed));
        let (old, new) = (source(text), source(&other));
        let limits = Limits::default();
        let (Ok(old), Ok(new)) = (Document::parse(&old, &limits), Document::parse(&new, &limits)) else {
            return Ok(());
        };
        let (old, new) = (Domain::new(&old, Release::V12_8), Domain::new(&new, Release::V12_8));
        let count = |kinds: Vec<ChangeKind>| {
            let mut counts: BTreeMap<String, usize> = BTreeMap::new();
            for kind in kinds {
                *counts.entry(format!("{kind:?}")).or_default() += 1;
            }
            counts
        };
        let forth = diff(&old, &new).changes.iter().map(|c| c.kind).collect();
        let back = diff(&new, &old).changes.iter().map(|c| c.kind.swapped()).collect();
        prop_assert_eq!(count(forth), count(back), "{}", name);
    }

    /// Neither another spelling nor an edit elsewhere makes another finding of one, and no two
    /// findings are one.
    #[test]
    fn fingerprints_stay(document in any::<prop::sample::Index>(), seed in 1..u64::MAX) {
        let (name, text) = document.get(documents());
        let mut random = Random(seed);
        let new = without_one(text, &mut random);
        let Ok(xml) = roxmltree::Document::parse(&new) else { return Ok(()) };
        let limits = Limits::default();
        if Document::parse(&source(&new), &limits).is_err() {
            return Ok(());
        }
        let prints = |old: &str, new: &str| -> Vec<String> {
            let findings = common::compare(old, new).findings.into_iter();
            let mut prints: Vec<String> = findings
                .map(|finding| format!("{} {} {}", finding.fingerprint, finding.rule, finding.path))
                .collect();
            prints.sort();
            prints
        };
        let own = prints(text, &new);
        let once: BTreeSet<&str> = own.iter().map(|print| &print[..16]).collect();
        prop_assert_eq!(once.len(), own.len(), "{}: two findings of one fingerprint", name);

        // Devices that differ in nothing but impossible addresses: which of them lost something is
        // told by chance.
        if name == "every-address" {
            return Ok(());
        }
        let respelled = respelled(xml.root_element(), &new, &mut random);
        prop_assert_eq!(&own, &prints(text, &respelled), "{}: another spelling", name);

        let edited = |text: &str| text.replacen("<devices>", "<devices><lease><lockspace>ours</lockspace><key>fingerprint</key><target path='/srv/lease'/></lease>", 1);
        if new.contains("<devices>") {
            prop_assert_eq!(&own, &prints(&edited(text), &edited(&new)), "{}: an edit elsewhere", name);
        }
    }

    #[test]
    fn no_input_makes_it_panic(
        document in any::<prop::sample::Index>(),
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..7_usize), 1..8),
    ) {
        let (_, text) = document.get(documents());
        let mut bytes = text.as_bytes().to_vec();
        for (from, to, kind) in edits {
            let (a, b) = (from.index(bytes.len()), to.index(bytes.len()));
            let (a, b) = (a.min(b), a.max(b).min(a + 400));
            match kind {
                0 => { bytes.drain(a..b); }
                1 => { let part = bytes[a..b].to_vec(); bytes.splice(b..b, part); }
                2 => bytes[a] = b'0' + u8::try_from(b % 10).unwrap(),
                3 => bytes.splice(a..a, *b"99999999999999999999").for_each(drop),
                4 => bytes.splice(a..a, "\u{202e}\u{1b}[31m&#0;".bytes()).for_each(drop),
                5 => bytes[a] = u8::try_from(b % 256).unwrap(),
                _ => bytes.truncate(b.max(1)),
            }
            if bytes.is_empty() {
                return Ok(());
            }
        }
        let Ok(changed) = Source::from_bytes("changed.xml", bytes) else { return Ok(()) };
        let original = source(text);
        let limits = Limits::default();
        let original = Document::parse(&original, &limits).unwrap();
        if let Ok(changed) = Document::parse(&changed, &limits) {
            let options = Options::default();
            let _ = domdiff::compare(&original, &changed, &options);
            let _ = domdiff::compare(&changed, &original, &options);
        }
    }

    /// Numbers as large as they get, in every attribute.
    #[test]
    fn no_number_is_too_large(document in any::<prop::sample::Index>(), seed in 1..u64::MAX) {
        let (_, text) = document.get(documents());
        let mut random = Random(seed);
        let mut other = String::new();
        for piece in text.split_inclusive(['\'', '"', '>', '<']) {
            let digits = piece.trim_end_matches(['\'', '"', '>', '<']);
            if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) && random.below(3) == 0 {
                let large = ["18446744073709551615", "4294967295", "255", "0", "31", "70000"];
                other.push_str(large[random.below(large.len())]);
                other.push_str(&piece[digits.len()..]);
            } else {
                other.push_str(piece);
            }
        }
        let report = common::compare(text, &other);
        prop_assert!(report.summary.errors + report.summary.warnings + report.summary.infos == report.findings.len());
    }
}
