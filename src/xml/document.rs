//! Reading one input: bytes to text, text to XML, XML to the `<domain>` in it.

use std::fmt;
use std::io::{self, Read};
use std::sync::OnceLock;

use super::limits::Limits;
use super::lines::{LineIndex, Position};

/// The text of one input and what to call it in answers.
#[derive(Debug)]
pub struct Source {
    name: String,
    text: String,
    lines: OnceLock<LineIndex>,
}

/// Why an input is no domain; the text tells what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No byte but blanks.
    Empty,
    /// Not UTF-8; the name of the encoding it looks like, when it looks like one.
    Encoding(&'static str),
    /// More bytes than allowed.
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// Elements too deep inside of each other.
    TooDeep {
        /// Depth allowed.
        limit: usize,
    },
    /// Too many attributes on one element.
    TooManyAttributes {
        /// Attributes allowed.
        limit: usize,
    },
    /// Too many nodes.
    TooManyNodes,
    /// A document type declaration.
    Dtd,
    /// Not well-formed; the parser's words.
    Syntax(String),
    /// Another root element.
    NotADomain(String),
    /// A known wrapper without a domain in it.
    NoDomainInside(String),
    /// A second domain where one is wanted.
    SecondDomain,
    /// A save image that ends too early or is damaged.
    SaveImage(&'static str),
}

/// An input that cannot be used, with the place where that shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentError {
    /// Name of the input.
    pub source: String,
    /// Line and column, where there is one.
    pub position: Option<Position>,
    /// What is wrong.
    pub kind: ErrorKind,
}

impl std::error::Error for DocumentError {}

/// Why an input could not be read.
#[derive(Debug)]
pub enum ReadError {
    /// Reading failed.
    Io(io::Error),
    /// What was read cannot be used.
    Document(DocumentError),
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<DocumentError> for ReadError {
    fn from(error: DocumentError) -> Self {
        Self::Document(error)
    }
}

impl std::error::Error for ReadError {}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(f, "cannot read: {error}"),
            Self::Document(error) => error.fmt(f),
        }
    }
}

impl fmt::Display for DocumentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source)?;
        if let Some(Position { line, column }) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(
                f,
                "the input is empty; give a domain XML, as `virsh dumpxml` prints it"
            ),
            Self::Encoding("") => {
                write!(
                    f,
                    "not UTF-8 text; convert it with iconv, or give the XML instead of a binary file"
                )
            }
            Self::Encoding(name) => {
                write!(
                    f,
                    "{name} is not supported; convert with iconv (iconv -f {name} -t UTF-8)"
                )
            }
            Self::TooLarge { limit } => write!(
                f,
                "more than {limit} bytes; no domain definition is that large"
            ),
            Self::TooDeep { limit } => write!(
                f,
                "elements more than {limit} deep; no domain definition is that deep"
            ),
            Self::TooManyAttributes { limit } => {
                write!(
                    f,
                    "more than {limit} attributes on one element; no domain definition has that many"
                )
            }
            Self::TooManyNodes => {
                write!(f, "too many elements; no domain definition has that many")
            }
            Self::Dtd => write!(
                f,
                "document type declarations are not read; remove the <!DOCTYPE …>"
            ),
            Self::Syntax(text) => write!(f, "not well-formed XML: {text}"),
            Self::NotADomain(root) => write!(
                f,
                "the root element is <{root}>, not <domain>; give a domain XML, as `virsh dumpxml` prints it"
            ),
            Self::NoDomainInside(root) => {
                write!(
                    f,
                    "this <{root}> holds no <domain>; give the domain XML itself (`virsh dumpxml`)"
                )
            }
            Self::SecondDomain => write!(f, "a second <domain>; give one domain a file"),
            Self::SaveImage(what) => write!(
                f,
                "this libvirt save image {what}; try `virsh save-image-dumpxml`"
            ),
        }
    }
}

const SAVE_MAGICS: [&[u8]; 2] = [b"LibvirtQemudSave", b"LibvirtQemudPart"];
/// Magic, then 5 fields and 14 unused words of 4 bytes each (`virQEMUSaveHeader`).
const SAVE_HEADER: usize = 16 + 19 * 4;

impl Source {
    /// Takes the bytes of an input: UTF-8 text, with or without a byte-order
    /// mark, or a libvirt save image (`virsh save`), of which the XML is taken.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] when there is nothing, when it is not UTF-8, or when
    /// a save image is cut off.
    pub fn from_bytes(name: impl Into<String>, bytes: Vec<u8>) -> Result<Self, DocumentError> {
        let name = name.into();
        let fail = |kind| DocumentError {
            source: name.clone(),
            position: None,
            kind,
        };
        let bytes = if SAVE_MAGICS.iter().any(|magic| bytes.starts_with(magic)) {
            save_image_xml(&bytes)
                .map_err(|what| fail(ErrorKind::SaveImage(what)))?
                .to_vec()
        } else {
            bytes
        };
        for (mark, encoding) in [
            (&[0xff, 0xfe, 0, 0][..], "UTF-32LE"),
            (&[0, 0, 0xfe, 0xff][..], "UTF-32BE"),
            (&[0xff, 0xfe][..], "UTF-16"),
            (&[0xfe, 0xff][..], "UTF-16"),
            (&[b'<', 0][..], "UTF-16LE"),
            (&[0, b'<'][..], "UTF-16BE"),
        ] {
            if bytes.starts_with(mark) {
                return Err(fail(ErrorKind::Encoding(encoding)));
            }
        }
        let mut text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let valid = error.utf8_error().valid_up_to();
                let bytes = error.into_bytes();
                let before = String::from_utf8_lossy(&bytes[..valid]);
                let position = LineIndex::new(&before).position(&before, valid);
                let kind = ErrorKind::Encoding(declared_encoding(&before));
                return Err(DocumentError {
                    source: name,
                    position: Some(position),
                    kind,
                });
            }
        };
        if text.starts_with('\u{feff}') {
            text.drain(..'\u{feff}'.len_utf8());
        }
        if text.trim().is_empty() {
            return Err(fail(ErrorKind::Empty));
        }
        Ok(Self {
            name,
            text,
            lines: OnceLock::new(),
        })
    }

    /// Reads an input to its end.
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
        from.take(limits.bytes as u64 + 1).read_to_end(&mut bytes)?;
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
}

/// The encoding that an XML declaration names, if it is a common one that is not UTF-8.
fn declared_encoding(text: &str) -> &'static str {
    let head = text
        .split_once("?>")
        .map_or("", |(head, _)| head)
        .to_ascii_lowercase();
    ["ISO-8859-1", "ISO-8859-15", "windows-1252"]
        .into_iter()
        .find(|name| head.contains(&format!("\"{}\"", name.to_ascii_lowercase())))
        .unwrap_or("")
}

/// The XML in a save image: NUL-terminated behind the header.
fn save_image_xml(bytes: &[u8]) -> Result<&[u8], &'static str> {
    let xml = bytes.get(SAVE_HEADER..).ok_or("ends within its header")?;
    let length = bytes
        .get(20..24)
        .and_then(|b| <[u8; 4]>::try_from(b).ok())
        .ok_or("ends within its header")?;
    // The header is in the byte order of the machine that wrote it: the right
    // one gives a length that fits into the file.
    let fits = |length: u32| usize::try_from(length).is_ok_and(|n| n <= xml.len());
    let (little, big) = (u32::from_le_bytes(length), u32::from_be_bytes(length));
    let length = [little, big]
        .into_iter()
        .find(|n| fits(*n))
        .ok_or("ends within its XML")?;
    let data = &xml[..length as usize];
    let end = data.iter().position(|b| *b == 0).ok_or("holds no XML")?;
    Ok(&data[..end])
}

/// A parsed input and the domain in it.
#[derive(Debug)]
pub struct Document<'s> {
    source: &'s Source,
    xml: roxmltree::Document<'s>,
    domain: roxmltree::NodeId,
    taken_from: Option<&'static str>,
}

/// Texts longer than this are checked against depth and attribute limits
/// before they are parsed; in shorter ones the parser cannot be made slow,
/// and the depth is checked afterwards.
const UNCHECKED_BYTES: usize = 32 << 10;

impl<'s> Document<'s> {
    /// Parses a source and finds its one domain: the root, or what a snapshot,
    /// checkpoint or status file wraps.
    ///
    /// # Errors
    ///
    /// [`DocumentError`] for anything that is not one domain within the limits.
    pub fn parse(source: &'s Source, limits: &Limits) -> Result<Self, DocumentError> {
        let fail = |position, kind| DocumentError {
            source: source.name.clone(),
            position,
            kind,
        };
        if source.text.len() > UNCHECKED_BYTES {
            limits
                .check(&source.text)
                .map_err(|(offset, kind)| fail(Some(source.position(offset)), kind))?;
        }
        let options = roxmltree::ParsingOptions {
            nodes_limit: limits.nodes,
            ..Default::default()
        };
        let xml = roxmltree::Document::parse_with_options(&source.text, options)
            .map_err(|error| syntax_error(source, &error))?;
        if source.text.len() <= UNCHECKED_BYTES
            && let Some(node) = first_too_deep(&xml, limits.depth)
        {
            let kind = ErrorKind::TooDeep {
                limit: limits.depth,
            };
            return Err(fail(Some(source.position(node.range().start)), kind));
        }
        let root = xml.root_element();
        let at = |node: roxmltree::Node| Some(source.position(node.range().start));
        let (domain, taken_from) = match find_domain(root) {
            Found::One(node, taken_from) => (node.id(), taken_from),
            Found::Second(node) => return Err(fail(at(node), ErrorKind::SecondDomain)),
            Found::Nothing => {
                return Err(fail(
                    at(root),
                    ErrorKind::NoDomainInside(root.tag_name().name().to_owned()),
                ));
            }
            Found::Another => {
                return Err(fail(
                    at(root),
                    ErrorKind::NotADomain(root.tag_name().name().to_owned()),
                ));
            }
        };
        Ok(Self {
            source,
            xml,
            domain,
            taken_from,
        })
    }

    /// The `<domain>` element.
    pub(crate) fn domain(&self) -> roxmltree::Node<'_, 's> {
        self.xml
            .get_node(self.domain)
            .unwrap_or_else(|| self.xml.root_element())
    }

    /// The text it was parsed from.
    #[must_use]
    pub fn source(&self) -> &'s Source {
        self.source
    }

    /// Which part of a wrapper the domain was taken from, where there is a
    /// choice or a wrapper: `domainsnapshot/domain`.
    #[must_use]
    pub fn taken_from(&self) -> Option<&'static str> {
        self.taken_from
    }
}

/// The first element deeper than `limit`, found by the ends of those around it.
fn first_too_deep<'a, 's>(
    xml: &'a roxmltree::Document<'s>,
    limit: usize,
) -> Option<roxmltree::Node<'a, 's>> {
    let mut ends: Vec<usize> = Vec::new();
    xml.descendants()
        .filter(roxmltree::Node::is_element)
        .find(|node| {
            let range = node.range();
            while ends.last().is_some_and(|end| *end <= range.start) {
                ends.pop();
            }
            ends.push(range.end);
            ends.len() > limit
        })
}

enum Found<'a, 's> {
    One(roxmltree::Node<'a, 's>, Option<&'static str>),
    Second(roxmltree::Node<'a, 's>),
    Nothing,
    Another,
}

/// Wrapper roots and where their domain is. A snapshot of a running guest also
/// holds `<inactiveDomain>`; what the guest ran with, `<domain>`, is compared.
const WRAPPERS: [(&str, &str); 5] = [
    ("domstatus", "domstatus/domain"),
    ("domainsnapshot", "domainsnapshot/domain"),
    ("domaincheckpoint", "domaincheckpoint/domain"),
    ("domains", "domains/domain"),
    ("domainbackup", "domainbackup"),
];

fn find_domain<'a, 's>(root: roxmltree::Node<'a, 's>) -> Found<'a, 's> {
    if root.has_tag_name("domain") {
        return Found::One(root, None);
    }
    let Some((_, path)) = WRAPPERS.iter().find(|(name, _)| root.has_tag_name(*name)) else {
        return Found::Another;
    };
    // A snapshot's domain may be a mere reference, `<domain><uuid>…</uuid></domain>`.
    let mut domains = root.children().filter(|n| {
        n.has_tag_name("domain")
            && n.children()
                .any(|c| c.is_element() && !c.has_tag_name("uuid"))
    });
    match (domains.next(), domains.next()) {
        (Some(one), None) => Found::One(one, Some(path)),
        (Some(_), Some(second)) => Found::Second(second),
        _ => Found::Nothing,
    }
}

fn syntax_error(source: &Source, error: &roxmltree::Error) -> DocumentError {
    let position = error.pos();
    let kind = match error {
        roxmltree::Error::DtdDetected => ErrorKind::Dtd,
        roxmltree::Error::NodesLimitReached | roxmltree::Error::AttributesLimitReached => {
            ErrorKind::TooManyNodes
        }
        other => ErrorKind::Syntax(without_position(&other.to_string())),
    };
    let position = Position {
        line: position.row,
        column: position.col,
    };
    DocumentError {
        source: source.name.clone(),
        position: Some(position),
        kind,
    }
}

/// The parser's message without its own "at line:column".
fn without_position(message: &str) -> String {
    message
        .rsplit_once(" at ")
        .map_or(message, |(text, _)| text)
        .to_owned()
}
