//! Two texts, line by line, with the words that differ marked: for values
//! that are too long to stand in a sentence.

use std::io;
use std::time::{Duration, Instant};

use similar::{ChangeTag, TextDiff};

use super::escape::{disarmed, inside, visible};
use super::style::Paint;

/// Characters of a text that are looked at.
const MOST_TEXT: usize = 16 << 10;
/// Lines printed of one diff.
const MOST_LINES: usize = 24;
/// Lines longer than this are cut where no terminal's width is known.
const WIDTH: usize = 160;
/// Work on one pair of texts stops to be thorough after that.
const DEADLINE: Duration = Duration::from_millis(200);

/// Prints what differs between two texts, indented: `- ` and `+ ` lines with
/// the differing words in emphasis, or in `[-…-]` and `{+…+}` without colours.
pub(super) fn render(
    old: &str,
    new: &str,
    width: Option<usize>,
    paint: Paint,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    let (old, new) = (head(old), head(new));
    let width = width.unwrap_or(WIDTH).saturating_sub(6).max(20);
    let deadline = Instant::now() + DEADLINE;
    let diff = TextDiff::configure()
        .deadline(deadline)
        .diff_lines(old, new);
    let mut printed = 0;
    for group in diff.grouped_ops(1) {
        for op in &group {
            for change in diff.iter_inline_changes_deadline(op, Some(deadline)) {
                printed += 1;
                if printed > MOST_LINES {
                    return writeln!(out, "    ...");
                }
                let mut row = Row::new(change.tag(), paint);
                for (differs, text) in change.iter_strings_lossy() {
                    row.push(differs, text.trim_end_matches(['\n', '\r']));
                }
                row.print(width, out)?;
            }
        }
    }
    Ok(())
}

fn head(text: &str) -> &str {
    match text.char_indices().nth(MOST_TEXT) {
        Some((at, _)) => &text[..at],
        None => text,
    }
}

/// One line: its parts, each with whether it differs.
struct Row {
    tag: ChangeTag,
    paint: Paint,
    parts: Vec<(bool, String)>,
}

impl Row {
    fn new(tag: ChangeTag, paint: Paint) -> Self {
        Self {
            tag,
            paint,
            parts: Vec::new(),
        }
    }

    fn push(&mut self, differs: bool, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.parts.last_mut() {
            Some((same, last)) if *same == differs => last.push_str(&inside(text)),
            _ => self.parts.push((differs, inside(text).into_owned())),
        }
    }

    fn print(&self, width: usize, out: &mut dyn io::Write) -> io::Result<()> {
        let (sign, color, marks) = match self.tag {
            ChangeTag::Equal => (' ', "", ("", "")),
            ChangeTag::Delete => ('-', self.paint.removed(), ("[-", "-]")),
            ChangeTag::Insert => ('+', self.paint.added(), ("{+", "+}")),
        };
        // A line that differs as a whole needs no marks.
        let marked = self.parts.len() > 1;
        let mut room = width;
        let mut row = String::new();
        for (differs, text) in &self.parts {
            let emphasis = *differs && marked;
            if emphasis && !self.paint.is_on() {
                row.push_str(marks.0);
            } else if emphasis {
                row.push_str(self.paint.emphasis());
            }
            let length = text.chars().count();
            if length > room {
                row.extend(text.chars().take(room.saturating_sub(3)));
                row.push_str("...");
            } else {
                row.push_str(text);
            }
            if emphasis && !self.paint.is_on() {
                row.push_str(marks.1);
            } else if emphasis {
                row.push_str(self.paint.reset());
                row.push_str(color);
            }
            room = room.saturating_sub(length);
            if room == 0 {
                break;
            }
        }
        let end = if color.is_empty() {
            ""
        } else {
            self.paint.reset()
        };
        // The parts together may be what none of them is.
        let row = disarmed(&row, self.tag == ChangeTag::Equal, visible);
        writeln!(out, "    {color}{sign} {row}{end}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Look;

    fn plain(old: &str, new: &str) -> String {
        let mut out = Vec::new();
        render(old, new, None, Paint::new(&Look::default()), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn words_that_differ_are_marked() {
        assert_eq!(
            plain(
                "one line\nthe quick fox\nend",
                "one line\nthe slow fox\nend"
            ),
            "      one line\n    - the [-quick-] fox\n    + the {+slow+} fox\n      end\n"
        );
    }

    #[test]
    fn parts_make_no_workflow_command_together() {
        assert_eq!(
            plain("::a\n##b c", "::a\n##b d"),
            "      \\u{3a}:a\n    - ##b [-c-]\n    + ##b {+d+}\n"
        );
        assert!(!plain("## x\n##x", "## x\n##y").contains("##["));
    }

    #[test]
    fn long_lines_are_cut_and_long_texts_end() {
        let old = "a ".repeat(2000);
        let printed = plain(&old, &format!("{old}b"));
        assert!(
            printed.lines().all(|l| l.chars().count() < 180),
            "{printed}"
        );
        let many = plain("", &"x\n".repeat(5000));
        assert_eq!(many.lines().count(), MOST_LINES + 1);
    }
}
