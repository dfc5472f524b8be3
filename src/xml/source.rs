//! Reading one input: bytes to text.

use std::io::Read;
use std::sync::OnceLock;

use super::error::{DocumentError, ErrorKind, ReadError};
use super::limits::Limits;
use super::lines::{LineIndex, Position};
use super::save_image;

/// The text of one input and what to call it in answers.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    lines: OnceLock<LineIndex>,
}

impl Source {
    /// Reads an input to its end, of a save image no more than its XML.
    ///
    /// # Errors
    ///
    /// [`ReadError`] when reading fails, when there is more than
    /// [`Limits::bytes`], or for what [`Source::from_bytes`] refuses.
    pub fn read(
        name: impl Into<String>,
        from: &mut dyn Read,
        limits: &Limits,
    ) -> Result<Self, ReadError> {
        let name = name.into();
        let mut bytes = Vec::new();
        // Most definitions are read at once; a save image shows itself here,
        // before gigabytes of guest memory are read.
        from.take(FIRST_READ).read_to_end(&mut bytes)?;
        if let Some(wanted) = save_image::length(&bytes) {
            let rest = wanted.saturating_sub(bytes.len() as u64);
            let allowed = (limits.bytes as u64 + 1).saturating_sub(bytes.len() as u64);
            from.take(rest.min(allowed)).read_to_end(&mut bytes)?;
        } else if bytes.len() as u64 == FIRST_READ {
            let allowed = (limits.bytes as u64 + 1).saturating_sub(FIRST_READ);
            from.take(allowed).read_to_end(&mut bytes)?;
        }
        if bytes.len() > limits.bytes {
            return Err(ReadError::Document(DocumentError {
                source: name,
                position: None,
                kind: ErrorKind::TooLarge {
                    limit: limits.bytes,
                },
            }));
        }
        Ok(Self::from_bytes(name, bytes)?)
    }

    /// Takes the bytes of an input: UTF-8 text, with or without a byte-order
    /// mark, or a libvirt save image (`virsh save`), of which the XML is taken.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when there is nothing, when it is not UTF-8, or when
    /// a save image is cut off.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self, DocumentError> {
        let name = name.into();
        match text(bytes) {
            Ok(text) => Ok(Self {
                name,
                text,
                lines: OnceLock::new(),
            }),
            Err((position, kind)) => Err(DocumentError {
                source: name,
                position,
                kind,
            }),
        }
    }

    /// What the input is called: a path, `-`, `HEAD:vm.xml`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Lines of the text, counted when first asked for.
    #[must_use]
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and column of a byte offset.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        self.lines().position(&self.text, offset)
    }

    /// The error of that kind at that byte offset.
    pub(super) fn error(&self, offset: usize, kind: ErrorKind) -> DocumentError {
        DocumentError {
            source: self.name.clone(),
            position: Some(self.position(offset)),
            kind,
        }
    }
}

/// Bytes read before it is known what an input is.
const FIRST_READ: u64 = 64 << 10;

/// Byte-order marks and first characters of encodings that are not UTF-8,
/// longest first.
const ENCODINGS: [(&[u8], &str); 6] = [
    (&[0xff, 0xfe, 0, 0], "UTF-32"),
    (&[0, 0, 0xfe, 0xff], "UTF-32"),
    (&[0xff, 0xfe], "UTF-16"),
    (&[0xfe, 0xff], "UTF-16"),
    (&[b'<', 0], "UTF-16LE"),
    (&[0, b'<'], "UTF-16BE"),
];

fn text(bytes: Vec<u8>) -> Result<String, (Option<Position>, ErrorKind)> {
    let bytes = if save_image::length(&bytes).is_some() {
        save_image::xml(&bytes)
            .map_err(|what| (None, ErrorKind::SaveImage(what)))?
            .to_vec()
    } else {
        bytes
    };
    if let Some((_, encoding)) = ENCODINGS.iter().find(|(mark, _)| bytes.starts_with(mark)) {
        return Err((None, ErrorKind::Encoding(encoding)));
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let before = String::from_utf8_lossy(&bytes[..valid]);
        let position = LineIndex::new(&before).position(&before, valid);
        let kind = ErrorKind::Encoding(declared_encoding(&before));
        (Some(position), kind)
    })?;
    if text.starts_with('\u{feff}') {
        text.drain(..'\u{feff}'.len_utf8());
    }
    if text.trim().is_empty() {
        return Err((None, ErrorKind::Empty));
    }
    Ok(text)
}

/// The encoding that an XML declaration names, if it is a common one that is not UTF-8.
fn declared_encoding(text: &str) -> &'static str {
    let Some((head, _)) = text.split_once("?>") else {
        return "";
    };
    let Some((_, encoding)) = head.split_once("encoding") else {
        return "";
    };
    let name = encoding
        .trim_start_matches(['=', ' ', '"', '\''])
        .split(['"', '\''])
        .next()
        .unwrap_or_default();
    ["ISO-8859-1", "ISO-8859-15", "windows-1252"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name))
        .unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(bytes: &[u8]) -> ErrorKind {
        Source::from_bytes("x", bytes.to_vec()).unwrap_err().kind
    }

    #[test]
    fn a_byte_order_mark_of_utf_8_is_no_part_of_the_text() {
        let source = Source::from_bytes("x", b"\xef\xbb\xbf<domain/>".to_vec()).unwrap();
        assert_eq!(source.text(), "<domain/>");
    }

    #[test]
    fn other_encodings_are_named() {
        assert_eq!(kind(b"\xff\xfe<\0d\0"), ErrorKind::Encoding("UTF-16"));
        assert_eq!(kind(b"<\0d\0"), ErrorKind::Encoding("UTF-16LE"));
        assert_eq!(kind(b"\0<\0d"), ErrorKind::Encoding("UTF-16BE"));
        assert_eq!(
            kind(b"<?xml version='1.0' encoding='iso-8859-1'?><a>\xe4</a>"),
            ErrorKind::Encoding("ISO-8859-1")
        );
        assert_eq!(kind(b"QFI\xfb\0"), ErrorKind::Encoding(""));
        assert_eq!(kind(b" \n"), ErrorKind::Empty);
    }

    #[test]
    fn the_place_of_a_wrong_byte_is_told() {
        let error = Source::from_bytes("x", b"<a>\n  \xe4</a>".to_vec()).unwrap_err();
        assert_eq!(error.position, Some(Position { line: 2, column: 3 }));
    }

    #[test]
    fn no_more_is_read_than_allowed() {
        struct Endless(u64);
        impl Read for Endless {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                self.0 += buffer.len() as u64;
                buffer.fill(b'<');
                Ok(buffer.len())
            }
        }
        let limits = Limits {
            bytes: 1 << 20,
            ..Limits::default()
        };
        let mut endless = Endless(0);
        let error = Source::read("x", &mut endless, &limits).unwrap_err();
        let limit = limits.bytes;
        assert!(matches!(
            error,
            ReadError::Document(DocumentError { kind: ErrorKind::TooLarge { limit: l }, .. }) if l == limit
        ));
        assert!(endless.0 < 2 << 20);
    }
}
