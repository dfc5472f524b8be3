//! Reading files and XML with limits; every trouble names file, line and column.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use roxmltree::{Document, Node, ParsingOptions};

use super::error::{InputError, InputErrorKind};

/// The largest file that is read, in bytes. Real capabilities stay below 1 MiB.
pub(crate) const FILE_LIMIT: u64 = 32 << 20;

/// Bytes that are asked for at first.
const FIRST_READ: usize = 16 << 10;

/// The most XML nodes that are kept.
const NODE_LIMIT: u32 = 2_000_000;

/// A whole text file, at most [`FILE_LIMIT`] long; a byte-order mark is dropped.
pub(crate) fn read_file(path: &Path) -> Result<String, InputError> {
    let name = path.display().to_string();
    let file = File::open(path)
        .map_err(|error| InputError::new(&name, InputErrorKind::Io(error.to_string())))?;
    read_text(file, &name)
}

/// All text of a reader, at most [`FILE_LIMIT`] long; a byte-order mark is dropped.
pub(crate) fn read_text(from: impl Read, name: &str) -> Result<String, InputError> {
    let fail = |kind| InputError::new(name, kind);
    // The kernel makes some of its files anew for every read: few large ones are quick.
    let mut bytes = Vec::with_capacity(FIRST_READ);
    from.take(FILE_LIMIT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| fail(InputErrorKind::Io(error.to_string())))?;
    if bytes.len() as u64 > FILE_LIMIT {
        return Err(fail(InputErrorKind::TooLarge(FILE_LIMIT)));
    }
    let text = String::from_utf8(bytes).map_err(|_| fail(InputErrorKind::NotUtf8))?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}

/// An XML tree over `text`; DTDs are refused, nodes are limited.
pub(crate) fn parse_xml<'t>(text: &'t str, name: &str) -> Result<Document<'t>, InputError> {
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: NODE_LIMIT,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| {
        let pos = error.pos();
        InputError::at(
            name,
            pos.row,
            pos.col,
            InputErrorKind::Xml(error.to_string()),
        )
    })
}

/// An error at the start of an XML node.
pub(crate) fn at_node(node: Node<'_, '_>, file: &str, kind: InputErrorKind) -> InputError {
    let pos = node.document().text_pos_at(node.range().start);
    InputError::at(file, pos.row, pos.col, kind)
}

/// The first child element of that name.
pub(crate) fn child<'a, 'i>(node: Node<'a, 'i>, name: &str) -> Option<Node<'a, 'i>> {
    node.children().find(|child| child.has_tag_name(name))
}

/// All child elements of that name.
pub(crate) fn children<'a, 'i: 'a>(
    node: Node<'a, 'i>,
    name: &'a str,
) -> impl Iterator<Item = Node<'a, 'i>> + 'a {
    node.children()
        .filter(move |child| child.has_tag_name(name))
}

/// The text of an element without surrounding space, `None` when there is none.
pub(crate) fn text_of(node: Node<'_, '_>) -> Option<String> {
    let text: String = node
        .children()
        .filter(Node::is_text)
        .filter_map(|part| part.text())
        .collect();
    let trimmed = text.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_owned())
}

/// A number as libvirt writes them: decimal or `0x…`.
pub(crate) fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(hex) if !hex.starts_with('+') => u64::from_str_radix(hex, 16).ok(),
        Some(_) => None,
        None if text.starts_with('+') => None,
        None => text.parse().ok(),
    }
}

/// The same, for a register or index of 32 bits.
pub(crate) fn number32(text: &str) -> Option<u32> {
    number(text).and_then(|value| u32::try_from(value).ok())
}
