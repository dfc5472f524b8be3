//! Plain text: a terminal, a log, an editor. Logs are read by workflow runners too.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::is_unsafe;
use super::workflow::disarmed;

/// The text on one line, with every unsafe character in visible form: `\n`,
/// `\t`, `\u{1b}`, and no workflow command in it. Borrowed when there is none, which is the
/// common case.
///
/// ```
/// use domdiff::report::escape::line;
/// assert_eq!(line("disk vda"), "disk vda");
/// assert_eq!(line("a\u{1b}[31m\nb"), "a\\u{1b}[31m\\nb");
/// ```
#[must_use]
pub fn line(text: &str) -> Cow<'_, str> {
    one_line(text, true)
}

/// As [`line`](fn@line), for a text with something else before it.
#[must_use]
pub(crate) fn inside(text: &str) -> Cow<'_, str> {
    one_line(text, false)
}

fn one_line(text: &str, starts_line: bool) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return disarmed(text, starts_line, visible);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push(&mut out, c);
    }
    Cow::Owned(disarmed(&out, starts_line, visible).into_owned())
}

/// As [`line`](fn@line), but a tab becomes one blank and whatever else is unsafe one character, so
/// that columns under it still fit. It does not stand at the beginning of a line.
#[must_use]
pub fn source_line(text: &str) -> Cow<'_, str> {
    let text = disarmed(text, false, |_| "\u{fffd}");
    if !text.chars().any(is_unsafe) {
        return text;
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
        return disarmed(text, true, visible);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if c == '\n' {
            out.push(c);
        } else {
            push(&mut out, c);
        }
    }
    Cow::Owned(disarmed(&out, true, visible).into_owned())
}

/// How the characters that begin a workflow command are written, so that they begin none.
pub(crate) fn visible(c: char) -> &'static str {
    if c == ':' { "\\u{3a}" } else { "\\u{5b}" }
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
    fn commands_of_workflows_become_visible() {
        assert_eq!(line(" ::error::x"), " \\u{3a}:error::x");
        assert_eq!(line("a ##[x]\n::y"), "a ##\\u{5b}x]\\n::y");
        assert_eq!(lines("a\n::y"), "a\n\\u{3a}:y");
        assert_eq!(source_line("::y ##[x]"), "::y ##\u{fffd}x]");
    }

    #[test]
    fn a_source_line_keeps_its_columns() {
        let text = "\t<a b='\u{7}'/>";
        assert_eq!(source_line(text).chars().count(), text.chars().count());
        assert_eq!(source_line(text), " <a b='\u{fffd}'/>");
    }
}
