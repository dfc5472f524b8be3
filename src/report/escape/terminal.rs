//! Plain text: a terminal, a log, an editor.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::is_unsafe;

/// The text on one line, with every unsafe character in visible form: `\n`,
/// `\t`, `\u{1b}`. Borrowed when there is none, which is the common case.
///
/// ```
/// use domdiff::report::escape::line;
/// assert_eq!(line("disk vda"), "disk vda");
/// assert_eq!(line("a\u{1b}[31m\nb"), "a\\u{1b}[31m\\nb");
/// ```
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push(&mut out, c);
    }
    Cow::Owned(out)
}

/// As [`line`](fn@line), but a tab becomes one blank, so that columns under it still fit.
#[must_use]
pub fn source_line(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(
        text.chars()
            .map(|c| match c {
                '\t' => ' ',
                c if is_unsafe(c) => char::REPLACEMENT_CHARACTER,
                c => c,
            })
            .collect(),
    )
}

/// A text of several lines: newlines stay, everything else unsafe becomes visible.
#[must_use]
pub fn lines(text: &str) -> Cow<'_, str> {
    if !text.chars().any(|c| c != '\n' && is_unsafe(c)) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c == '\n' {
            out.push(c);
        } else {
            push(&mut out, c);
        }
    }
    Cow::Owned(out)
}

fn push(out: &mut String, c: char) {
    match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        c if is_unsafe(c) => {
            // Writing to a string cannot fail.
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_dangerous_comes_through() {
        for c in (0..=0x10_ffff).filter_map(char::from_u32) {
            let escaped = line(&c.to_string()).into_owned();
            assert!(!escaped.chars().any(is_unsafe), "{c:?} as {escaped:?}");
        }
    }

    #[test]
    fn overrides_of_direction_become_visible() {
        assert_eq!(line("disk\u{202e}adv"), "disk\\u{202e}adv");
        assert_eq!(lines("a\nb\u{9b}31m"), "a\nb\\u{9b}31m");
    }

    #[test]
    fn a_source_line_keeps_its_columns() {
        let text = "\t<a b='\u{7}'/>";
        assert_eq!(source_line(text).chars().count(), text.chars().count());
        assert_eq!(source_line(text), " <a b='\u{fffd}'/>");
    }
}
