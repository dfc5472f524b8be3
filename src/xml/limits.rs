//! Bounds on what a document may hold, checked before the XML parser sees it.

use super::error::ErrorKind;

/// How large a document may be. The parser's work is linear in a document
/// within these bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of text.
    pub bytes: usize,
    /// Elements inside of each other.
    pub depth: usize,
    /// Nodes: elements, texts, comments.
    pub nodes: u32,
    /// Attributes (and name space declarations) of one element.
    pub attributes: usize,
    /// Name space declarations in the whole document: the parser keeps all
    /// that are in scope for every element that declares one.
    pub namespaces: usize,
}

impl Default for Limits {
    /// 64 MiB, depth 256, 2 million nodes, 256 attributes an element, 4096
    /// name space declarations: far above any real
    /// domain (a guest with 1,000 disks has 0.5 MiB and 9,000 nodes).
    fn default() -> Self {
        Self {
            bytes: 64 << 20,
            depth: 256,
            nodes: 2_000_000,
            attributes: 256,
            namespaces: 4096,
        }
    }
}

impl Limits {
    /// Scans the markup of a text for what would make the parser's work more
    /// than linear or its stack deep. Markup errors are left to the parser.
    pub(super) fn check(&self, text: &str) -> Result<(), (usize, ErrorKind)> {
        let bytes = text.as_bytes();
        if bytes.len() > self.bytes {
            return Err((0, ErrorKind::TooLarge { limit: self.bytes }));
        }
        let mut depth = 0_usize;
        let mut namespaces = 0;
        let mut at = 0;
        while let Some(open) = find(bytes, at, b"<") {
            let rest = &bytes[open..];
            let skip_to: Option<&[u8]> = if rest.starts_with(b"<!--") {
                Some(b"-->")
            } else if rest.starts_with(b"<![CDATA[") {
                Some(b"]]>")
            } else if rest.starts_with(b"<?") {
                Some(b"?>")
            } else {
                None
            };
            if let Some(end) = skip_to {
                at = find(bytes, open + 2, end).map_or(bytes.len(), |i| i + end.len());
                continue;
            }
            let tag = tag(bytes, open + 1);
            if tag.attributes > self.attributes {
                return Err((
                    open,
                    ErrorKind::TooManyAttributes {
                        limit: self.attributes,
                    },
                ));
            }
            namespaces += tag.namespaces;
            if namespaces > self.namespaces {
                let limit = self.namespaces;
                return Err((open, ErrorKind::TooManyNamespaces { limit }));
            }
            if rest.starts_with(b"</") {
                depth = depth.saturating_sub(1);
            } else if !tag.closes_itself {
                depth += 1;
                if depth > self.depth {
                    return Err((open, ErrorKind::TooDeep { limit: self.depth }));
                }
            }
            at = tag.end;
        }
        Ok(())
    }
}

/// Where `needle` stands in `bytes` at or behind `from`.
fn find(bytes: &[u8], from: usize, needle: &[u8]) -> Option<usize> {
    let mut at = from;
    while let Some(found) = bytes.get(at..)?.iter().position(|b| *b == needle[0]) {
        if bytes[at + found..].starts_with(needle) {
            return Some(at + found);
        }
        at += found + 1;
    }
    None
}

/// What one tag holds.
struct Tag {
    /// Counted by their `=`.
    attributes: usize,
    namespaces: usize,
    closes_itself: bool,
    end: usize,
}

/// Reads one tag from behind its `<`.
fn tag(bytes: &[u8], from: usize) -> Tag {
    let mut tag = Tag {
        attributes: 0,
        namespaces: 0,
        closes_itself: false,
        end: bytes.len(),
    };
    let mut at = from;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'>' => {
                tag.closes_itself = bytes[at - 1] == b'/';
                tag.end = at + 1;
                break;
            }
            b'=' => tag.attributes += 1,
            b'x' if bytes[at..].starts_with(b"xmlns") => tag.namespaces += 1,
            b'"' | b'\'' => match bytes[at + 1..].iter().position(|b| *b == byte) {
                Some(length) => at += length + 1,
                None => break,
            },
            _ => {}
        }
        at += 1;
    }
    tag
}
