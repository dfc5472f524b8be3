//! The documents of `testdata/domains` are accepted by libvirt's own RNG
//! schema, and together they hold what it knows.
//!
//! How it is counted: the schema of Debian's libvirt is read from its `domain`
//! element down, through every `ref`. An element counts by its own and its
//! parent's name (`disk/target`), an attribute by its own and its element's
//! (`target/@dev`): a `<source>` or an `<address>` is the same thing wherever it
//! stands. What the schema names only to forbid it (`notAllowed`: status files
//! have it, definitions do not) does not count; what it leaves open (`anyName`
//! below `metadata`) is held by any other element there.

#![allow(
    clippy::print_stdout,
    reason = "the table is what a reader of the run wants"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use common::grammar;
use common::xml::Element;

/// Names of an element or attribute pattern; `*` is any.
const ANY: &str = "*";

struct Pattern {
    name: &'static str,
    attributes: BTreeMap<String, String>,
    text: String,
    children: Vec<Pattern>,
}

fn pattern(node: roxmltree::Node<'_, '_>) -> Pattern {
    let words = [
        "element",
        "attribute",
        "ref",
        "name",
        "anyName",
        "nsName",
        "choice",
        "notAllowed",
        "except",
    ];
    Pattern {
        name: words
            .into_iter()
            .find(|w| *w == node.tag_name().name())
            .unwrap_or(""),
        attributes: node
            .attributes()
            .map(|a| (a.name().to_owned(), a.value().to_owned()))
            .collect(),
        text: node.text().unwrap_or_default().trim().to_owned(),
        children: node
            .children()
            .filter(roxmltree::Node::is_element)
            .map(pattern)
            .collect(),
    }
}

#[derive(Default)]
struct Schema {
    defines: BTreeMap<String, Vec<Pattern>>,
    elements: BTreeSet<String>,
    attributes: BTreeSet<String>,
    visited: BTreeSet<(String, usize)>,
}

impl Schema {
    fn read(path: &Path) -> Self {
        let mut schema = Self::default();
        let mut read = BTreeSet::new();
        schema.load(path, &mut read);
        schema
    }

    fn load(&mut self, path: &Path, read: &mut BTreeSet<String>) {
        if !read.insert(path.to_string_lossy().into_owned()) {
            return;
        }
        let text =
            std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let options = roxmltree::ParsingOptions {
            allow_dtd: true,
            ..roxmltree::ParsingOptions::default()
        };
        let document =
            roxmltree::Document::parse_with_options(&text, options).expect("well-formed");
        for node in document.descendants() {
            match node.tag_name().name() {
                "include" => {
                    let file = node.attribute("href").expect("an include has a file");
                    self.load(&path.with_file_name(file), read);
                }
                "define" => {
                    let name = node
                        .attribute("name")
                        .expect("a define has a name")
                        .to_owned();
                    self.defines.entry(name).or_default().push(pattern(node));
                }
                _ => {}
            }
        }
    }

    /// Counts what an element pattern may hold, and what that may.
    fn element(
        &mut self,
        defines: &BTreeMap<String, Vec<Pattern>>,
        element: &Pattern,
        parent: &str,
    ) {
        let (mut elements, mut attributes) = (Vec::new(), BTreeSet::new());
        let allowed = content(
            defines,
            element,
            &mut elements,
            &mut attributes,
            &mut Vec::new(),
        );
        if !allowed {
            return;
        }
        for name in names(element) {
            if !parent.is_empty() {
                self.elements.insert(format!("{parent}/{name}"));
            }
            self.attributes
                .extend(attributes.iter().map(|a| format!("{name}/@{a}")));
            // A pattern below a name says the same each time it is met.
            if self
                .visited
                .insert((name.clone(), std::ptr::from_ref(element).addr()))
            {
                for inner in &elements {
                    self.element(defines, inner, &name);
                }
            }
        }
    }
}

fn names(pattern: &Pattern) -> Vec<String> {
    if let Some(name) = pattern.attributes.get("name") {
        return vec![name.clone()];
    }
    match pattern.children.first() {
        Some(first) if first.name == "name" => vec![first.text.clone()],
        Some(first) if first.name == "choice" => first
            .children
            .iter()
            .map(|name| name.text.clone())
            .collect(),
        _ => vec![ANY.to_owned()],
    }
}

/// Collects the elements and attributes directly inside; false where nothing is allowed.
fn content<'p>(
    defines: &'p BTreeMap<String, Vec<Pattern>>,
    pattern: &'p Pattern,
    elements: &mut Vec<&'p Pattern>,
    attributes: &mut BTreeSet<String>,
    open: &mut Vec<&'p str>,
) -> bool {
    let mut allowed = true;
    for child in &pattern.children {
        match child.name {
            "element" => elements.push(child),
            "attribute" => attributes.extend(names(child)),
            "ref" => {
                let name = child.attributes["name"].as_str();
                if !open.contains(&name) {
                    open.push(name);
                    for define in defines.get(name).into_iter().flatten() {
                        content(defines, define, elements, attributes, open);
                    }
                    open.pop();
                }
            }
            "notAllowed" => allowed = false,
            "name" | "anyName" | "nsName" => {}
            _ => {
                content(defines, child, elements, attributes, open);
            }
        }
    }
    allowed
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

fn collect(element: &Element, elements: &mut BTreeSet<String>, attributes: &mut BTreeSet<String>) {
    collect_as(local(&element.name), element, elements, attributes);
}

fn collect_as(
    name: &str,
    element: &Element,
    elements: &mut BTreeSet<String>,
    attributes: &mut BTreeSet<String>,
) {
    for (attribute, _) in &element.attributes {
        let attribute = if name == ANY { ANY } else { local(attribute) };
        attributes.insert(format!("{name}/@{attribute}"));
    }
    for child in element.elements() {
        // The schema leaves open what metadata holds.
        let open = name == "metadata" || name == ANY;
        let inner = if open { ANY } else { local(&child.name) };
        elements.insert(format!("{name}/{inner}"));
        collect_as(inner, child, elements, attributes);
    }
}

#[test]
fn the_documents_hold_what_the_schema_knows() {
    let mut schema = Schema::read(&grammar::schema());
    let defines = std::mem::take(&mut schema.defines);
    let domain = defines["domain"]
        .iter()
        .flat_map(|define| &define.children)
        .find(|pattern| pattern.name == "element")
        .expect("the schema defines the domain element");
    schema.element(&defines, domain, "");
    assert!(
        schema.elements.contains("disk/target"),
        "the schema was not understood"
    );
    assert!(
        schema.attributes.contains("target/@dev"),
        "the schema was not understood"
    );

    let (mut elements, mut attributes) = (BTreeSet::new(), BTreeSet::new());
    for (_, text) in common::documents(&common::testdata("domains")) {
        collect(&Element::parse(&text), &mut elements, &mut attributes);
    }
    let left_out = |known: &BTreeSet<String>, held: &BTreeSet<String>| -> Vec<String> {
        known.difference(held).cloned().collect()
    };
    let missing_elements = left_out(&schema.elements, &elements);
    let missing_attributes = left_out(&schema.attributes, &attributes);
    let (total, held) = (
        schema.attributes.len(),
        schema.attributes.len() - missing_attributes.len(),
    );
    println!(
        "elements: {} of {}\nattributes: {held} of {total}",
        schema.elements.len() - missing_elements.len(),
        schema.elements.len()
    );
    println!("elements left out: {}", missing_elements.join(" "));
    println!("attributes left out: {}", missing_attributes.join(" "));
    assert!(
        missing_elements.is_empty(),
        "in no document: {missing_elements:?}"
    );
    assert!(
        held * 10 >= total * 9,
        "only {held} of {total} attributes; not: {missing_attributes:?}"
    );
}

#[test]
fn libvirts_schema_accepts_every_document() {
    let mut files = Vec::new();
    for (name, _) in common::documents(&common::testdata("domains")) {
        files.push(common::testdata("domains").join(format!("{name}.xml")));
    }
    let mut refused = Vec::new();
    for (file, answer) in files.iter().zip(grammar::validate(&files)) {
        if let Err(words) = answer {
            refused.push(format!("{}: {words}", file.display()));
        }
    }
    println!(
        "{} of {} accepted",
        files.len() - refused.len(),
        files.len()
    );
    assert!(refused.is_empty(), "{}", refused.join("\n"));
}
