//! Workflow commands. A runner reads them out of whatever a job prints: `::error::` at the
//! beginning of a line, blanks aside (GitHub), and `##[error]`, `##vso[…]`, `##teamcity[…]`
//! anywhere in it (GitHub, Azure, TeamCity).

use std::borrow::Cow;

/// The characters of a text with which runners would begin to read a command, by byte offset; none
/// is there in nearly all texts. Written in any other way they begin none. `starts_line` says
/// whether the text stands at the beginning of a line.
pub(crate) fn command_marks(text: &str, starts_line: bool) -> Vec<usize> {
    if !text.contains("::") && !text.contains("##") {
        return Vec::new();
    }
    let mut marks = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let blanks = line.len() - line.trim_start().len();
        if (start > 0 || starts_line) && line[blanks..].starts_with("::") {
            marks.push(start + blanks);
        }
        for (hashes, _) in line.match_indices("##") {
            let word = |c: char| c == '#' || c.is_ascii_alphanumeric();
            let rest = line[hashes..].trim_start_matches(word);
            let bracket = start + line.len() - rest.len();
            if rest.starts_with('[') && marks.last() != Some(&bracket) {
                marks.push(bracket);
            }
        }
        start += line.len() + 1;
    }
    marks
}

/// The text with `write` in place of what [`command_marks`] finds, of the character that stands there.
pub(crate) fn disarmed(
    text: &str,
    starts_line: bool,
    write: fn(char) -> &'static str,
) -> Cow<'_, str> {
    let marks = command_marks(text, starts_line);
    if marks.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8 * marks.len());
    let mut from = 0;
    for mark in marks {
        out.push_str(&text[from..mark]);
        out.push_str(write(char::from(text.as_bytes()[mark])));
        from = mark + 1;
    }
    out.push_str(&text[from..]);
    Cow::Owned(out)
}

/// A text as the message of a GitHub workflow command; line breaks stay line breaks.
///
/// ```
/// use domdiff::report::escape::command_data;
/// assert_eq!(command_data("100 %\nof a: b"), "100 %25%0Aof a: b");
/// ```
#[must_use]
pub fn command_data(text: &str) -> String {
    let text = super::lines(text);
    text.replace('%', "%25").replace('\n', "%0A")
}

/// A text as the value of a property of a GitHub workflow command.
///
/// ```
/// use domdiff::report::escape::command_property;
/// assert_eq!(command_property("a,b::c"), "a%2Cb%3A%3Ac");
/// ```
#[must_use]
pub fn command_property(text: &str) -> String {
    let text = command_data(&super::line(text));
    text.replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_where_runners_find_them() {
        for (text, first, later) in [
            ("::error::x", vec![0], vec![]),
            ("\u{a0}\t ::x", vec![4], vec![]),
            ("a ::error::x", vec![], vec![]),
            ("a\n  ::x", vec![4], vec![4]),
            ("a ##[error]", vec![4], vec![4]),
            ("##vso[x] ###[y]", vec![5, 12], vec![5, 12]),
            ("## [x] #[y] ##", vec![], vec![]),
            ("fe80::1", vec![], vec![]),
        ] {
            assert_eq!(command_marks(text, true), first, "{text:?}");
            assert_eq!(command_marks(text, false), later, "{text:?}");
        }
    }
}
