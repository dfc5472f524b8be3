//! HTML and XML: text between tags and in quoted attributes, of an answer that
//! is read by a browser or by a program.

use std::borrow::Cow;

use super::{line, lines};

/// The text on one line as [`line`](fn@line) gives it, fit to stand between tags and
/// in an attribute in single or double quotes. Borrowed when nothing changes.
///
/// ```
/// use domdiff::report::escape::markup;
/// assert_eq!(markup("disk vda"), "disk vda");
/// assert_eq!(markup("a<b>&'\u{1b}"), "a&lt;b&gt;&amp;&#39;\\u{1b}");
/// ```
#[must_use]
pub fn markup(text: &str) -> Cow<'_, str> {
    entities(line(text))
}

/// As [`markup`], for a text of several lines: newlines stay.
#[must_use]
pub fn markup_lines(text: &str) -> Cow<'_, str> {
    entities(lines(text))
}

fn entities(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.chars().any(is_special) {
        return text;
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' => out.push_str("\\u{fffe}"),
            '\u{ffff}' => out.push_str("\\u{ffff}"),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// What begins or ends markup, and the characters that XML 1.0 has no way to
/// hold, apart from the controls that [`line`](fn@line) makes visible.
fn is_special(c: char) -> bool {
    matches!(c, '&' | '<' | '>' | '"' | '\'' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_character_comes_back_from_a_parser_visible_and_harmless() {
        let all: String = (0..=0x10_ffff).filter_map(char::from_u32).collect();
        let text = format!("<a b=\"{0}\" c='{0}'>{0}</a>", markup(&all));
        let parsed = roxmltree::Document::parse(&text).expect("well-formed XML");
        let seen = line(&all)
            .replace('\u{fffe}', "\\u{fffe}")
            .replace('\u{ffff}', "\\u{ffff}");
        let root = parsed.root_element();
        assert!(root.text() == Some(&seen));
        assert!(root.attributes().all(|attribute| attribute.value() == seen));
    }

    #[test]
    fn newlines_stay_where_they_may() {
        assert_eq!(markup_lines("a\n<b>\t"), "a\n&lt;b&gt;\\t");
        assert_eq!(markup("a\nb"), "a\\nb");
    }
}
