//! The canonical form as XML: one spelling for everything that means the same.
//!
//! Attributes and elements stand in the order of the field table, items of a
//! list whose order means nothing to anyone in the order of their keys, sizes in one
//! unit, name spaces under one prefix. What the table does not know stands
//! behind the rest, in the order of the file. Reading the result again gives
//! the same canonical tree, so printing it again changes nothing.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::escape::{command_marks, is_unsafe};
use super::mask;
use crate::canon::{Devices, Domain, reread_order};
use crate::diff::key_of;
use crate::schema::{AbiCheck, Field, Identity, Kind, NAMESPACES};
use crate::tree::{NodeId, Tree};

const HYPERVISORS: &str = "http://libvirt.org/schemas/domain/";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// What is printed for a secret.
#[derive(Debug)]
pub enum Secrets {
    /// The secret.
    Show,
    /// The same word for each.
    Mask,
    /// A word with a number, the same for the same secret: tells in a diff of
    /// two documents that a secret changed. Holds those that were met.
    Number(Vec<String>),
}

impl Secrets {
    fn mask(&mut self, secret: &str) -> Cow<'static, str> {
        let Self::Number(met) = self else {
            return Cow::Borrowed(mask::MASK);
        };
        let number = met.iter().position(|s| s == secret).unwrap_or_else(|| {
            met.push(secret.to_owned());
            met.len() - 1
        });
        Cow::Owned(format!("(masked {})", number + 1))
    }
}

/// Prints a domain in canonical form.
///
/// ```
/// use domdiff::canon::{Domain, Release};
/// use domdiff::report::Secrets;
/// use domdiff::xml::{Document, Limits, Source};
///
/// let text = "<domain type='kvm'><name>vm</name><memory unit='GiB'>1</memory></domain>";
/// let source = Source::from_bytes("vm.xml", text.into())?;
/// let document = Document::parse(&source, &Limits::default())?;
/// let domain = Domain::new(&document, Release::V12_8);
/// let xml = domdiff::report::canonical_xml(&domain, &mut Secrets::Mask);
/// assert!(xml.contains("<memory unit='KiB'>1048576</memory>"));
/// # Ok::<(), domdiff::xml::DocumentError>(())
/// ```
#[must_use]
pub fn canonical_xml(domain: &Domain<'_>, secrets: &mut Secrets) -> String {
    let tree = domain.tree();
    let mut printer = Printer {
        tree,
        secrets,
        out: String::with_capacity(domain.document().source().text().len()),
        scope: Vec::new(),
    };
    printer.element(Tree::ROOT, 0, Layout::Indented);
    printer.out.push('\n');
    printer.out
}

/// Whether blanks may be added between elements: not where they would become
/// part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    Indented,
    Compact,
}

struct Printer<'t, 'd> {
    tree: &'t Tree<'d>,
    secrets: &'t mut Secrets,
    out: String,
    /// Prefixes declared around the element being printed; an empty prefix is
    /// the default name space.
    scope: Vec<(Cow<'t, str>, &'t str)>,
}

impl<'t> Printer<'t, '_> {
    fn element(&mut self, id: NodeId, depth: usize, layout: Layout) {
        let outer = self.scope.len();
        let (prefix, local) = self.element_name(id);
        self.out.push('<');
        let start = self.out.len();
        push_name(&mut self.out, prefix, local);
        let name = self.out[start..].to_owned();
        if id == Tree::ROOT {
            self.declare_hypervisors();
        }
        self.declare(prefix, self.tree.namespace(id).unwrap_or_default());
        self.attributes(id);
        let value = self.shown(id).unwrap_or_default();
        let children = self.children(id);
        if value.is_empty() && children.is_empty() {
            self.out.push_str("/>");
        } else {
            self.out.push('>');
            escape(&value, Context::Text, &mut self.out);
            let layout = if value.is_empty() {
                layout
            } else {
                Layout::Compact
            };
            for child in &children {
                self.line_break(layout, depth + 1);
                self.element(*child, depth + 1, layout);
            }
            if !children.is_empty() {
                self.line_break(layout, depth);
            }
            self.out.push_str("</");
            self.out.push_str(&name);
            self.out.push('>');
        }
        self.scope.truncate(outer);
    }

    fn line_break(&mut self, layout: Layout, depth: usize) {
        if layout == Layout::Indented {
            self.out.push('\n');
            self.out.extend(std::iter::repeat_n("  ", depth));
        }
    }

    fn element_name(&self, id: NodeId) -> (&'t str, &'t str) {
        let name = self.tree.name(id);
        match (name.split_once(':'), self.tree.namespace(id)) {
            (Some(parts), _) => parts,
            (None, Some(uri)) => (known_prefix(uri).unwrap_or_default(), name),
            (None, None) => ("", name),
        }
    }

    /// Hypervisors' name spaces are declared once, on the root, as libvirt does.
    fn declare_hypervisors(&mut self) {
        let mut used: Vec<&str> = self
            .tree
            .nodes()
            .filter_map(|node| self.tree.namespace(node))
            .filter(|uri| uri.starts_with(HYPERVISORS))
            .collect();
        used.sort_unstable();
        used.dedup();
        for uri in used {
            if let Some(prefix) = known_prefix(uri) {
                self.declare(prefix, uri);
            }
        }
    }

    /// Declares a prefix on the element being printed unless it is in scope.
    fn declare(&mut self, prefix: impl Into<Cow<'t, str>>, uri: &'t str) {
        let prefix = prefix.into();
        let bound = self.scope.iter().rev().find(|(p, _)| *p == prefix);
        if bound.map_or("", |(_, uri)| uri) == uri || uri == XML {
            return;
        }
        self.out.push_str(" xmlns");
        if !prefix.is_empty() {
            self.out.push(':');
            self.out.push_str(&prefix);
        }
        self.out.push_str("='");
        escape(uri, Context::Attribute, &mut self.out);
        self.out.push('\'');
        self.scope.push((prefix, uri));
    }

    fn attributes(&mut self, id: NodeId) {
        let tree = self.tree;
        let mut attributes: Vec<(usize, NodeId)> = tree
            .attributes(id)
            .map(|attribute| (row_index(tree, id, attribute), attribute))
            .collect();
        attributes.sort_by_key(|(row, attribute)| {
            (*row, tree.namespace(*attribute), tree.name(*attribute))
        });
        let field = tree.field(id);
        let mut unit = match field.kind {
            Kind::Size { .. } => unit_of(field, field),
            _ => None,
        };
        for (_, attribute) in attributes {
            let prefix = self.attribute_prefix(attribute);
            self.out.push(' ');
            push_name(&mut self.out, &prefix, tree.name(attribute));
            self.out.push_str("='");
            let value = self.shown(attribute).unwrap_or_default();
            escape(&value, Context::Attribute, &mut self.out);
            self.out.push('\'');
            unit = unit.or_else(|| unit_of(field, tree.field(attribute)));
        }
        if let Some(unit) = unit {
            self.out.push_str(" unit='");
            self.out.push_str(unit);
            self.out.push('\'');
        }
    }

    /// The prefix of an attribute, declared: unlike elements, attributes
    /// without one have no name space.
    fn attribute_prefix(&mut self, attribute: NodeId) -> Cow<'t, str> {
        let Some(uri) = self.tree.namespace(attribute) else {
            return Cow::Borrowed("");
        };
        if uri == XML {
            return Cow::Borrowed("xml");
        }
        let prefix = match known_prefix(uri) {
            Some(prefix) => Cow::Borrowed(prefix),
            None => {
                let mine =
                    |(prefix, bound): &&(Cow<'t, str>, &str)| *bound == uri && !prefix.is_empty();
                match self.scope.iter().rev().find(mine) {
                    Some((prefix, _)) => prefix.clone(),
                    None => Cow::Owned(format!("ns{}", self.scope.len())),
                }
            }
        };
        self.declare(prefix.clone(), uri);
        prefix
    }

    fn shown(&mut self, id: NodeId) -> Option<Cow<'t, str>> {
        match self.secrets {
            Secrets::Show => self.tree.value(id).map(Cow::Borrowed),
            _ => mask::value_with(self.tree, id, &mut |secret| self.secrets.mask(secret)),
        }
    }

    /// Child elements in canonical order: rows as in the table, items of an
    /// unordered list by their keys, what has no row at the end.
    fn children(&self, id: NodeId) -> Vec<NodeId> {
        let tree = self.tree;
        let children: Vec<NodeId> = if id != Tree::ROOT && tree.name(id) == "devices" {
            let mut devices = Devices::of(tree);
            reread_order(tree, &mut devices);
            devices.all().collect()
        } else {
            tree.children(id).collect()
        };
        let mut items: Vec<Item<'_>> = children
            .into_iter()
            .map(|child| Item::new(tree, id, child))
            .collect();
        items.sort_by(Item::compare);
        items.into_iter().map(|item| item.node).collect()
    }
}

/// A child element with what decides its place.
struct Item<'t> {
    node: NodeId,
    row: usize,
    /// Empty where the order of the file stays.
    keys: Vec<Option<Cow<'t, str>>>,
}

impl<'t> Item<'t> {
    fn new(tree: &'t Tree<'_>, parent: NodeId, node: NodeId) -> Self {
        let field = tree.field(node);
        let keys = match field.identity {
            Identity::Keys(keys) if !field.ordered && !is_compared(field) => {
                [tree.namespace(node), Some(tree.name(node))]
                    .into_iter()
                    .map(|name| name.map(Cow::Borrowed))
                    .chain(
                        keys.iter()
                            .map(|key| key_of(tree, node, key).map(Cow::Owned)),
                    )
                    .collect()
            }
            _ => Vec::new(),
        };
        Self {
            node,
            row: row_index(tree, parent, node),
            keys,
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        self.row.cmp(&other.row).then_with(|| {
            let pairs = self.keys.iter().zip(&other.keys);
            pairs
                .map(|(a, b)| match (a, b) {
                    (Some(a), Some(b)) => natural(a, b),
                    // Items that lack a key come behind those that have it.
                    _ => a.is_none().cmp(&b.is_none()),
                })
                .find(|order| order.is_ne())
                .unwrap_or(Ordering::Equal)
        })
    }
}

/// Whether libvirt's ABI check looks at the items of a list, which it compares
/// one after the other, so that their order must stay.
fn is_compared(field: &Field) -> bool {
    field.abi == AbiCheck::Compared
        || field
            .children()
            .any(|below| below.abi == AbiCheck::Compared)
}

/// Compares texts with the numbers in them by their value: `vcpu 2` before `vcpu 10`.
fn natural(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let (m, n) = (digits(a), digits(b));
        if m > 0 && n > 0 {
            let (x, y) = (
                a[..m].trim_start_matches('0'),
                b[..n].trim_start_matches('0'),
            );
            let order = x.len().cmp(&y.len()).then_with(|| x.cmp(y)).then(m.cmp(&n));
            if order.is_ne() {
                return order;
            }
            (a, b) = (&a[m..], &b[n..]);
            continue;
        }
        let (mut c, mut d) = (a.chars(), b.chars());
        match (c.next(), d.next()) {
            (Some(x), Some(y)) if x == y => (a, b) = (c.as_str(), d.as_str()),
            (x, y) => return x.cmp(&y),
        }
    }
}

/// Where a node's row stands among the rows of its parent; behind all of them
/// for what the table does not know.
fn row_index(tree: &Tree<'_>, parent: NodeId, node: NodeId) -> usize {
    let row = tree.field(node);
    tree.field(parent)
        .children()
        .position(|field| std::ptr::eq(field, row))
        .unwrap_or(usize::MAX)
}

/// The unit to print for a size held by `holder`, the element or one of its
/// attributes, where the element has an attribute for it.
fn unit_of(element: &'static Field, holder: &Field) -> Option<&'static str> {
    match holder.kind {
        Kind::Size { canonical, .. } if element.child("@unit").is_some() => Some(canonical.name()),
        _ => None,
    }
}

fn known_prefix(uri: &str) -> Option<&'static str> {
    NAMESPACES
        .iter()
        .find(|(known, _)| *known == uri)
        .map(|(_, prefix)| *prefix)
}

fn push_name(out: &mut String, prefix: &str, local: &str) {
    if !prefix.is_empty() {
        out.push_str(prefix);
        out.push(':');
    }
    out.push_str(local);
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Context {
    Attribute,
    Text,
}

/// Escapes markup, what a parser would normalize, and what must not reach a
/// terminal or a log raw.
fn escape(text: &str, context: Context, out: &mut String) {
    let mut from = 0;
    for mark in command_marks(text, false) {
        // An attribute has no line breaks any more.
        if context == Context::Text || text[mark..].starts_with('[') {
            push_escaped(&text[from..mark], context, out);
            out.push_str(&format!("&#{};", text.as_bytes()[mark]));
            from = mark + 1;
        }
    }
    push_escaped(&text[from..], context, out);
}

fn push_escaped(text: &str, context: Context, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' if context == Context::Attribute => out.push_str("&apos;"),
            '\n' | '\t' if context == Context::Text => out.push(c),
            c if is_unsafe(c) => out.push_str(&format!("&#{};", u32::from(c))),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canon::Release;
    use crate::xml::{Document, Limits, Source};

    fn show(text: &str) -> String {
        let source = Source::from_bytes("test.xml", text.into()).unwrap();
        let document = Document::parse(&source, &Limits::default()).unwrap();
        canonical_xml(&Domain::new(&document, Release::V12_8), &mut Secrets::Mask)
    }

    fn within<'x>(xml: &'x str, from: &str, to: &str) -> &'x str {
        let start = xml.find(from).unwrap();
        let end = start + xml[start..].find(to).unwrap() + to.len();
        &xml[start..end]
    }

    #[test]
    fn what_is_printed_stays_as_it_is() {
        for text in [
            "<domain type='kvm'><name>a</name><title> b &lt;\u{202e}&#13;\n</title></domain>",
            "<domain type='qemu' xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:commandline><q:arg value='-s'/><q:env name='A' value='1'/></q:commandline><name>a</name></domain>",
            "<domain><name>a</name><metadata><x:a xmlns:x='urn:x' x:b='1' b='2'>text<x:c/><d xmlns='urn:d'/> <e/></x:a></metadata></domain>",
            "<domain><name>a</name><title>##[a]\n ::b::</title><foreign x='##vso[a]&#10;::b'/></domain>",
            "<domain><name>a</name><foreign x='1'>text <b/> text</foreign><cputune><vcpupin vcpu='10' cpuset='1'/><vcpupin vcpu='2' cpuset='0'/></cputune></domain>",
        ] {
            let once = show(text);
            assert_eq!(show(&once), once, "{text}");
        }
    }

    #[test]
    fn name_spaces_are_kept_without_their_prefixes() {
        let xml = show(
            "<domain><metadata><x:a xmlns:x='urn:x' x:b='1' b='2'><x:c/><d/></x:a></metadata></domain>",
        );
        assert_eq!(
            within(&xml, "<a", "</a>"),
            "<a xmlns='urn:x' b='2' xmlns:ns1='urn:x' ns1:b='1'>\n      <c/>\n      <d xmlns=''/>\n    </a>"
        );
    }

    #[test]
    fn lists_without_order_are_sorted_by_their_keys() {
        let xml = show(
            "<domain><vcpu>12</vcpu><cputune><vcpupin vcpu='10' cpuset='1'/><vcpupin vcpu='2' cpuset='0'/></cputune></domain>",
        );
        assert!(
            xml.find("vcpu='2'").unwrap() < xml.find("vcpu='10'").unwrap(),
            "{xml}"
        );
    }

    #[test]
    fn numbers_in_texts_count_by_value() {
        for (a, b) in [
            ("vda2", "vda10"),
            ("a", "b"),
            ("a1", "a01"),
            ("", "a"),
            ("a9", "b1"),
        ] {
            assert_eq!(natural(a, b), Ordering::Less, "{a} {b}");
            assert_eq!(natural(b, a), Ordering::Greater, "{b} {a}");
        }
        assert_eq!(natural("x10y", "x10y"), Ordering::Equal);
    }
}
