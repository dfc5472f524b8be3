//! The document: text, its XML tree with byte ranges, and where the domain stands in it.

mod document;
mod error;
mod limits;
mod lines;
mod save_image;
mod source;

pub(crate) use document::domain_in;
pub use document::{Document, Meant};
pub use error::{DocumentError, ErrorKind, ReadError, Root};
pub use limits::Limits;
pub use lines::{LineIndex, Position};
pub use source::Source;
