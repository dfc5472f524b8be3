//! What can be wrong with an input, each with what to do about it.

use std::fmt;
use std::io;

use super::lines::Position;

/// Why an input is no domain; the text tells what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No byte but blanks.
    Empty,
    /// Not UTF-8; the name of the encoding it looks like, empty when it looks like none.
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
    /// Too many name spaces declared.
    TooManyNamespaces {
        /// Declarations allowed.
        limit: usize,
    },
    /// Too many elements, texts and comments.
    TooManyNodes {
        /// Nodes allowed.
        limit: u32,
    },
    /// A document type declaration.
    Dtd,
    /// Does not begin as XML does; what it looks like, empty when it looks like nothing known.
    NotXml(&'static str),
    /// Not well-formed; the parser's words.
    Syntax(String),
    /// Another root element.
    NotADomain(Root),
    /// A known wrapper without a domain in it.
    NoDomainInside(&'static str),
    /// A second domain where one is wanted.
    SecondDomain,
    /// A save image that ends too early or is damaged.
    SaveImage(&'static str),
}

/// A root element that is no domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Its name.
    pub name: String,
    /// What it is, where that is known.
    pub what: &'static str,
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

impl DocumentError {
    /// Whether the input is a `<cpu>` or a `<capabilities>` document, whose CPU can be judged alone.
    #[must_use]
    pub fn is_about_a_cpu(&self) -> bool {
        matches!(&self.kind, ErrorKind::NotADomain(root) if matches!(&*root.name, "cpu" | "capabilities"))
    }
}

impl std::error::Error for DocumentError {}

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
        f.write_str(&self.source)?;
        if let Some(Position { line, column }) = self.position {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.kind)
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str(
                "the input is empty; give a domain XML, as `virsh dumpxml` prints it",
            ),
            Self::Encoding("") => f.write_str(
                "not UTF-8 text; convert it with iconv, or give the XML instead of a binary file",
            ),
            Self::Encoding(name) => write!(
                f,
                "{name} is not supported, convert with iconv (iconv -f {name} -t UTF-8)"
            ),
            Self::TooLarge { limit } => {
                write!(f, "more than {limit} bytes; no domain definition is that large")
            }
            Self::TooDeep { limit } => {
                write!(f, "elements more than {limit} deep; no domain definition is that deep")
            }
            Self::TooManyAttributes { limit } => write!(
                f,
                "more than {limit} attributes on one element; no domain definition has that many"
            ),
            Self::TooManyNamespaces { limit } => write!(
                f,
                "more than {limit} name space declarations; no domain definition has that many"
            ),
            Self::TooManyNodes { limit } => write!(
                f,
                "more than {limit} elements, texts and comments; no domain definition has that many"
            ),
            Self::Dtd => f.write_str(
                "document type declarations are not read; remove the <!DOCTYPE ...>",
            ),
            Self::NotXml("") => f.write_str(
                "not XML, it does not begin with <; give a domain XML, as `virsh dumpxml` prints it",
            ),
            Self::NotXml(what) => write!(
                f,
                "not XML but {what}; give a domain XML, as `virsh dumpxml` prints it"
            ),
            Self::Syntax(text) => write!(f, "not well-formed XML: {text}"),
            Self::NotADomain(Root { name, what: "" }) => write!(
                f,
                "the root element is <{name}>, not <domain>; give a domain XML, as `virsh dumpxml` prints it"
            ),
            Self::NotADomain(Root { name, what }) => write!(
                f,
                "the root element is <{name}>: {what}, not a domain; give a domain XML, as `virsh dumpxml` prints it"
            ),
            Self::NoDomainInside(root) => write!(
                f,
                "this <{root}> holds no domain definition; give the domain XML itself, as `virsh dumpxml` prints it"
            ),
            Self::SecondDomain => {
                f.write_str("a second <domain> begins here; give each domain in a file of its own")
            }
            Self::SaveImage(what) => write!(
                f,
                "this libvirt save image {what}; try `virsh save-image-dumpxml`"
            ),
        }
    }
}
