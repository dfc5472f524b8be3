//! Byte offsets to lines and columns, computed once for output.

/// A place in a text: line and column, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

/// Where each line of a text begins.
#[derive(Debug, Clone)]
pub struct LineIndex {
    starts: Vec<usize>,
}

impl LineIndex {
    /// Reads a text once.
    #[must_use]
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(
            text.bytes()
                .enumerate()
                .filter(|(_, b)| *b == b'\n')
                .map(|(i, _)| i + 1),
        );
        Self { starts }
    }

    /// The line and column of a byte offset of the text this index was made of.
    #[must_use]
    pub fn position(&self, text: &str, offset: usize) -> Position {
        let line = self
            .starts
            .partition_point(|start| *start <= offset)
            .saturating_sub(1);
        let start = self.starts[line];
        let before = text.get(start..offset.min(text.len())).unwrap_or_default();
        Position {
            line: u32::try_from(line + 1).unwrap_or(u32::MAX),
            column: u32::try_from(before.chars().count() + 1).unwrap_or(u32::MAX),
        }
    }

    /// The byte offset of a position; the end of the text for one behind it.
    #[must_use]
    pub fn offset(&self, text: &str, position: Position) -> usize {
        let line = (position.line as usize).saturating_sub(1);
        let Some(&start) = self.starts.get(line) else {
            return text.len();
        };
        let before = (position.column as usize).saturating_sub(1);
        text.get(start..)
            .and_then(|rest| rest.char_indices().nth(before))
            .map_or(text.len(), |(at, _)| start + at)
    }

    /// The text of a line (from 1) without its end, empty when there is none.
    #[must_use]
    pub fn line<'t>(&self, text: &'t str, line: u32) -> &'t str {
        let index = (line as usize).saturating_sub(1);
        let Some(&start) = self.starts.get(index) else {
            return "";
        };
        let end = self.starts.get(index + 1).copied().unwrap_or(text.len());
        text.get(start..end)
            .unwrap_or_default()
            .trim_end_matches(['\n', '\r'])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters() {
        let text = "a\nüb\n";
        let index = LineIndex::new(text);
        assert_eq!(index.position(text, 0), Position { line: 1, column: 1 });
        assert_eq!(index.position(text, 4), Position { line: 2, column: 2 });
        for offset in [0, 1, 2, 4, 5] {
            assert_eq!(index.offset(text, index.position(text, offset)), offset);
        }
        assert_eq!(index.line(text, 2), "üb");
        assert_eq!(index.line(text, 9), "");
    }
}
