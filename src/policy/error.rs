//! What can be wrong with a configuration or with accepted findings.

use std::fmt;
use std::ops::Range;

/// A place in a policy file, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyError {
    /// What the file is called.
    pub file: String,
    /// Line and column in characters, from 1; absent when it is about the whole file.
    pub place: Option<(usize, usize)>,
    /// What is wrong, in one sentence.
    pub message: String,
}

impl PolicyError {
    /// Something about a file as a whole.
    #[must_use]
    pub fn new(file: &str, message: impl Into<String>) -> Self {
        Self {
            file: file.to_owned(),
            place: None,
            message: message.into(),
        }
    }

    /// Something about a range of bytes of a text.
    pub(super) fn at(file: &str, text: &str, span: Range<usize>, message: String) -> Self {
        Self {
            file: file.to_owned(),
            place: Some(line_and_column(text, span.start)),
            message,
        }
    }

    /// What the TOML reader says of a text.
    pub(super) fn toml(file: &str, text: &str, error: &toml::de::Error) -> Self {
        // The reader's own words span lines where it lists what it expected.
        let message = error.message().trim().replace('\n', "; ");
        match error.span() {
            Some(span) => Self::at(file, text, span, message),
            None => Self::new(file, message),
        }
    }
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some((line, column)) = self.place {
            write!(f, ":{line}:{column}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for PolicyError {}

/// Line and column, in characters from 1, of a byte.
pub(super) fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte.min(text.len())).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let start = before.rfind('\n').map_or(0, |end| end + 1);
    (line, before[start..].chars().count() + 1)
}
