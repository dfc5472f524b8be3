//! The written values in canonical spelling; what only a running domain's XML
//! has is left behind.

use std::borrow::Cow;

use super::{Note, NoteKind};
use crate::schema::{DOMAIN, Field, Identity, Kind, NAMESPACES, Origin, Unit};
use crate::tree::{NodeId, Tree, UNMODELLED};
use crate::value;
use crate::xml::Document;

/// Reads a document's domain into a tree.
pub(super) fn load<'d>(document: &'d Document<'_>) -> (Tree<'d>, Vec<Note>) {
    let domain = document.domain();
    let text = document.source().text();
    // An element or attribute of a dump takes 16 bytes of text on average.
    let tree = Tree::new(&DOMAIN, span(domain.range()), text.len() / 14 + 64);
    let mut loader = Loader {
        tree,
        notes: Vec::new(),
        seen: Vec::new(),
    };
    loader.element(domain, Tree::ROOT);
    (loader.tree, loader.notes)
}

struct Loader<'d> {
    tree: Tree<'d>,
    notes: Vec<Note>,
    /// Rows of single children already read, for the elements being read.
    seen: Vec<&'static Field>,
}

impl<'d> Loader<'d> {
    /// Reads attributes, text and children of an element whose node exists.
    fn element(&mut self, xml: roxmltree::Node<'d, '_>, node: NodeId) {
        let field = self.tree.field(node);
        let mut unit = None;
        let mut sizes = false;
        for attribute in xml.attributes() {
            let row = match attribute.namespace() {
                None => field.attribute(attribute.name()),
                Some(_) => None,
            };
            let range = span(attribute.range_value());
            match row {
                Some(row) if row.origin == Origin::Runtime => {}
                Some(row) if row.kind == Kind::Unit => unit = Some(attribute.value()),
                Some(row) => {
                    let value = if matches!(row.kind, Kind::Size { .. }) {
                        sizes = true;
                        Cow::Borrowed(attribute.value())
                    } else {
                        self.value(row, attribute.value(), node, range)
                    };
                    self.tree
                        .append_attribute(node, row, row.local, value, range);
                }
                None => {
                    if knows_its_content(field) {
                        self.note(
                            NoteKind::Unmodelled,
                            node,
                            &format!("@{}", attribute.name()),
                            range,
                        );
                    }
                    let value = Cow::Borrowed(attribute.value());
                    let name = attribute.name();
                    let id = self
                        .tree
                        .append_attribute(node, &UNMODELLED, name, value, range);
                    self.tree.set_namespace(id, attribute.namespace());
                }
            }
        }
        if sizes {
            self.scale_attributes(node, unit);
        }
        self.content(xml, node, field, unit);
    }

    /// Reads the text and the child elements.
    fn content(
        &mut self,
        xml: roxmltree::Node<'d, '_>,
        node: NodeId,
        field: &'static Field,
        unit: Option<&str>,
    ) {
        let before = self.seen.len();
        let mut has_children = false;
        for child in xml.children().filter(roxmltree::Node::is_element) {
            has_children = true;
            let (row, name) = element_row(field, &child);
            let range = span(child.range());
            match row {
                Some(row) if row.origin == Origin::Runtime => continue,
                Some(row) if row.identity == Identity::Single => {
                    if self.seen[before..]
                        .iter()
                        .any(|seen| std::ptr::eq(*seen, row))
                    {
                        self.note(NoteKind::Repeated, node, name, range);
                        continue;
                    }
                    self.seen.push(row);
                }
                Some(_) => {}
                None => {
                    if knows_its_content(field) {
                        self.note(NoteKind::Unmodelled, node, name, range);
                    }
                }
            }
            let row = row.unwrap_or(&UNMODELLED);
            let name = if row.name == "*" { name } else { row.name };
            let id = self.tree.append_written(node, row, name, range);
            self.tree.set_namespace(id, child.tag_name().namespace());
            self.element(child, id);
        }
        self.seen.truncate(before);
        if !matches!(field.kind, Kind::Element | Kind::Flag) {
            self.text(xml, node, field, unit, has_children);
        }
    }

    fn text(
        &mut self,
        xml: roxmltree::Node<'d, '_>,
        node: NodeId,
        field: &'static Field,
        unit: Option<&str>,
        has_children: bool,
    ) {
        let mut texts = xml
            .children()
            .filter(roxmltree::Node::is_text)
            .filter_map(|t| t.text());
        let raw = match (texts.next(), texts.next()) {
            (None, _) => Cow::Borrowed(""),
            (Some(one), None) => Cow::Borrowed(one),
            (Some(first), Some(second)) => {
                Cow::Owned([first, second].into_iter().chain(texts).collect::<String>())
            }
        };
        if has_children && value::trim(&raw).is_empty() {
            return;
        }
        let range = self.tree.span(node);
        let canonical = match (field.kind, raw) {
            (Kind::Size { default, canonical }, raw) => {
                match scaled(&raw, unit, default, canonical) {
                    Some(text) => Cow::Owned(text),
                    None => {
                        self.note(NoteKind::Invalid, node, "", range);
                        Cow::Owned(raw.into_owned())
                    }
                }
            }
            (_, Cow::Borrowed(raw)) => self.value(field, raw, node, range),
            (_, Cow::Owned(raw)) => Cow::Owned(self.value(field, &raw, node, range).into_owned()),
        };
        self.tree.set_value(node, canonical);
    }

    /// The canonical form of a text, or the text as it is and a note.
    fn value<'t>(
        &mut self,
        row: &'static Field,
        raw: &'t str,
        node: NodeId,
        range: (u32, u32),
    ) -> Cow<'t, str> {
        value::canonical(row.kind, raw).unwrap_or_else(|value::Invalid| {
            let name = if row.is_attribute() { row.name } else { "" };
            self.note(NoteKind::Invalid, node, name, range);
            Cow::Borrowed(value::trim(raw))
        })
    }

    /// Sizes in attributes (`numa/cell/@memory`), scaled by the sibling `@unit`.
    fn scale_attributes(&mut self, node: NodeId, unit: Option<&str>) {
        let attributes: Vec<NodeId> = self.tree.attributes(node).collect();
        for attribute in attributes {
            if let Kind::Size { default, canonical } = self.tree.field(attribute).kind {
                let text = self.tree.value(attribute).unwrap_or_default();
                match scaled(text, unit, default, canonical) {
                    Some(text) => self.tree.set_value(attribute, text),
                    None => {
                        let name = self.tree.field(attribute).name;
                        self.note(NoteKind::Invalid, node, name, self.tree.span(attribute));
                    }
                }
            }
        }
    }

    fn note(&mut self, kind: NoteKind, element: NodeId, name: &str, span: (u32, u32)) {
        // A file full of unknown things must not become a list of a million notes.
        if self.notes.len() < MOST_NOTES {
            let mut path = self.tree.path(element);
            if !name.is_empty() {
                if !path.is_empty() {
                    path.push('/');
                }
                path.push_str(name);
            }
            self.notes.push(Note {
                kind,
                path,
                node: element,
                span,
            });
        }
    }
}

/// At most so many notes are kept of one file.
const MOST_NOTES: usize = 1000;

/// A size as text in canonical units, rounded up; of shared memory, which is
/// kept in bytes and printed in MiB, what is printed.
fn scaled(text: &str, unit: Option<&str>, default: Unit, canonical: Unit) -> Option<String> {
    let bytes = value::size_in_bytes(text, unit, default).ok()?;
    let unit = u128::from(canonical.bytes());
    let shown = match (default, canonical) {
        (Unit::Bytes, Unit::MiB) => bytes / unit,
        _ => bytes.div_ceil(unit),
    };
    Some(shown.to_string())
}

/// Whether the table lists what may stand in an element, so that anything else
/// is worth a note.
fn knows_its_content(field: &'static Field) -> bool {
    field.name != "*" && field.name != "metadata"
}

/// The row of a child element and the name it is called by: `disk`, `qemu:arg`.
fn element_row<'d>(
    field: &'static Field,
    child: &roxmltree::Node<'d, '_>,
) -> (Option<&'static Field>, &'d str) {
    let tag = child.tag_name();
    let local = tag.name();
    match tag.namespace() {
        None => (field.child(local), local),
        Some(uri) => {
            let Some((_, prefix)) = NAMESPACES.iter().find(|(known, _)| *known == uri) else {
                return (None, local);
            };
            let row = field.children().find(|row| {
                row.name
                    .strip_prefix(prefix)
                    .and_then(|rest| rest.strip_prefix(':'))
                    == Some(local)
            });
            (row, local)
        }
    }
}

fn span(range: std::ops::Range<usize>) -> (u32, u32) {
    let bound = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    (bound(range.start), bound(range.end))
}
