//! The document: text, its XML tree with byte ranges, and where the domain stands in it.

mod document;
mod limits;
mod lines;

pub use document::{Document, DocumentError, ErrorKind, ReadError, Source};
pub use limits::Limits;
pub use lines::{LineIndex, Position};
