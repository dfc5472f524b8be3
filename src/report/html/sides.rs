//! Two texts side by side, line by line, with what differs in a line marked.

use std::time::{Duration, Instant};

use similar::{Algorithm, DiffOp, capture_diff_slices, capture_diff_slices_deadline};

use super::{MOST_TEXT, Page, ROOM_FOR_SIDES, name, put};
use crate::report::escape::markup;
use crate::report::words::{plural, shortened};
use crate::report::{Input, Question, Report};

/// Lines around a change.
const CONTEXT: usize = 3;
/// Lines of a text that is compared: what it costs grows with their square.
const MOST_LINES: usize = 20_000;
/// Characters of a line.
const MOST_LINE: usize = 400;
/// A pair of lines of which less is the same has nothing marked: all of it differs.
const ALIKE: f64 = 0.3;
/// The pairs of lines are no longer the best possible after so long.
const DEADLINE: Duration = Duration::from_secs(2);

impl Page {
    /// The canonical forms of both definitions, where the report has them.
    pub(super) fn sides(&mut self, report: &Report, level: u8) {
        let (Some(canonical), false) = (&report.canonical, report.findings.is_empty()) else {
            return;
        };
        let (old, new) = (&canonical.old, &canonical.new);
        if report.question == Question::OneSided {
            let lines: Vec<&str> = old.lines().chain(new.lines()).collect();
            put!(
                self,
                "<section class=\"sides\">\n<h{level}>Definition</h{level}>\n"
            );
            let lines_of = plural(lines.len(), "line");
            self.folded(&format!("{lines_of} in canonical form"), &lines);
            put!(self, "</section>\n");
            return;
        }
        let path =
            |input: &Option<Input>| input.as_ref().map_or_else(String::new, |i| name(&i.path));
        put!(
            self,
            "<section class=\"sides\">\n<h{level}>Both definitions</h{level}>\n\
             <p class=\"lead\">In canonical form: what is spelled otherwise and means the same looks the same.</p>\n\
             <details class=\"whole\" open>\n<summary>Side by side</summary>\n\
             <div class=\"names\"><span>Old <code>{}</code></span><span>New <code>{}</code></span></div>\n",
            path(&report.old),
            path(&report.new)
        );
        self.texts(old, new);
        put!(self, "</details>\n</section>\n");
    }

    /// Two values too long for a sentence.
    pub(super) fn values(&mut self, old: &str, new: &str) {
        let (old, new) = (shortened(old, MOST_TEXT), shortened(new, MOST_TEXT));
        put!(self, "<div class=\"values\">\n");
        self.texts(&old, &new);
        put!(self, "</div>\n");
    }

    fn texts(&mut self, old: &str, new: &str) {
        let (old, new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
        if old.len().max(new.len()) > MOST_LINES || self.html.len() > ROOM_FOR_SIDES {
            put!(
                self,
                "<p class=\"more\">Left out here, the page would be too large. <code>--format diff</code> has it.</p>\n"
            );
            return;
        }
        let deadline = Some(Instant::now() + DEADLINE);
        let ops = capture_diff_slices_deadline(Algorithm::Myers, &old, &new, deadline);
        let last = ops.len().saturating_sub(1);
        let mut in_table = false;
        for (at, op) in ops.iter().enumerate() {
            if self.html.len() > ROOM_FOR_SIDES {
                self.end(&mut in_table);
                put!(
                    self,
                    "<p class=\"more\">The rest is left out here. <code>--format diff</code> has it.</p>\n"
                );
                return;
            }
            match *op {
                DiffOp::Equal {
                    old_index,
                    new_index,
                    len,
                } => {
                    let head = if at == 0 { 0 } else { CONTEXT.min(len) };
                    let tail = if at == last {
                        0
                    } else {
                        CONTEXT.min(len - head)
                    };
                    let row = |step| (old_index + step, new_index + step, old[old_index + step]);
                    let hidden = head..len - tail;
                    (0..head).for_each(|step| self.same(&mut in_table, row(step)));
                    if hidden.len() > 1 {
                        self.end(&mut in_table);
                        let title = plural(hidden.len(), "unchanged line");
                        let from = old_index + hidden.start;
                        self.folded(&title, &old[from..old_index + hidden.end]);
                    } else {
                        hidden.for_each(|step| self.same(&mut in_table, row(step)));
                    }
                    (len - tail..len).for_each(|step| self.same(&mut in_table, row(step)));
                }
                _ => {
                    let (_, from, to) = op.as_tag_tuple();
                    for step in 0..from.len().max(to.len()) {
                        let old = from.clone().nth(step).map(|line| (line, old[line]));
                        let new = to.clone().nth(step).map(|line| (line, new[line]));
                        self.begin(&mut in_table);
                        self.row(old, new);
                    }
                }
            }
        }
        self.end(&mut in_table);
    }

    fn begin(&mut self, in_table: &mut bool) {
        if !*in_table {
            put!(
                self,
                "<table class=\"hunk\">\n<thead><tr><th scope=\"col\">Line</th><th scope=\"col\">Old</th>\
                 <th scope=\"col\">Line</th><th scope=\"col\">New</th></tr></thead>\n<tbody>\n"
            );
            *in_table = true;
        }
    }

    fn end(&mut self, in_table: &mut bool) {
        if *in_table {
            put!(self, "</tbody>\n</table>\n");
            *in_table = false;
        }
    }

    /// Lines that are there for who looks for them.
    fn folded(&mut self, title: &str, lines: &[&str]) {
        put!(
            self,
            "<details class=\"same\">\n<summary>{title}</summary>\n<pre>"
        );
        for line in lines {
            if self.html.len() > ROOM_FOR_SIDES {
                put!(self, "... (the page would be too large)\n");
                break;
            }
            put!(self, "{}\n", markup(&shortened(line, MOST_LINE)));
        }
        put!(self, "</pre>\n</details>\n");
    }

    /// A line that stands on both sides, with its place on either.
    fn same(&mut self, in_table: &mut bool, (old, new, text): (usize, usize, &str)) {
        self.begin(in_table);
        let text = shortened(text, MOST_LINE);
        let text = markup(&text);
        put!(
            self,
            "<tr class=\"same\"><td class=\"no\">{}</td><td class=\"line\">{text}</td>\
             <td class=\"no\">{}</td><td class=\"line\">{text}</td></tr>\n",
            old + 1,
            new + 1
        );
    }

    /// A line and what became of it.
    fn row(&mut self, old: Option<(usize, &str)>, new: Option<(usize, &str)>) {
        let cut = |line: Option<(usize, &str)>| {
            line.map(|(at, text)| (at, shortened(text, MOST_LINE).into_owned()))
        };
        let (old, new) = (cut(old), cut(new));
        let marked = match (&old, &new) {
            (Some((_, old)), Some((_, new))) => mark(old, new),
            _ => None,
        };
        let [old_text, new_text] = marked.map_or([None, None], |texts| texts.map(Some));
        put!(self, "<tr>");
        self.side("old", old, old_text);
        self.side("new", new, new_text);
        put!(self, "</tr>\n");
    }

    fn side(&mut self, side: &str, line: Option<(usize, String)>, marked: Option<String>) {
        match line {
            None => put!(
                self,
                "<td class=\"no none\"></td><td class=\"line none\"></td>"
            ),
            Some((at, text)) => put!(
                self,
                "<td class=\"no\">{}</td><td class=\"line {side}\">{}</td>",
                at + 1,
                marked.unwrap_or_else(|| markup(&text).into_owned())
            ),
        }
    }
}

/// Both lines with the words that differ in `<del>` and `<ins>`, where enough of them is the same.
fn mark(old: &str, new: &str) -> Option<[String; 2]> {
    let (from, to) = (tokens(old), tokens(new));
    let ops = capture_diff_slices(Algorithm::Myers, &from, &to);
    let is_word = |token: &&&str| token.starts_with(char::is_alphanumeric);
    let words = from.iter().chain(&to).filter(is_word).count();
    let same: usize = ops
        .iter()
        .filter_map(|op| match op {
            DiffOp::Equal { old_index, len, .. } => from.get(*old_index..*old_index + *len),
            _ => None,
        })
        .map(|tokens| 2 * tokens.iter().filter(is_word).count())
        .sum();
    #[expect(clippy::cast_precision_loss, reason = "a line has few words")]
    if (same as f64) < ALIKE * words as f64 {
        return None;
    }
    let mut texts = [String::new(), String::new()];
    for op in &ops {
        let (tag, old, new) = op.as_tag_tuple();
        let sides = [(&from, old, "del"), (&to, new, "ins")];
        for (text, (tokens, range, element)) in texts.iter_mut().zip(sides) {
            let part = tokens.get(range).unwrap_or_default().concat();
            let part = markup(&part);
            if part.is_empty() || tag == similar::DiffTag::Equal {
                text.push_str(&part);
            } else {
                text.push_str(&format!("<{element}>{part}</{element}>"));
            }
        }
    }
    Some(texts)
}

/// Words, runs of blanks, and each other character alone.
fn tokens(line: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        c if c.is_alphanumeric() || matches!(c, '-' | '_' | '.') => 0,
        ' ' => 1,
        _ => 2,
    };
    let mut tokens = Vec::new();
    let mut start = 0;
    let mut last = None;
    for (at, c) in line.char_indices() {
        let this = kind(c);
        if last.is_some_and(|last| last != this || this == 2) {
            tokens.push(&line[start..at]);
            start = at;
        }
        last = Some(this);
    }
    if start < line.len() {
        tokens.push(&line[start..]);
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_differ_are_marked() {
        let marked = mark("<serial a='x'>A1</serial>", "<serial a='x'>B2</serial>").unwrap();
        assert_eq!(
            marked[0],
            "&lt;serial a=&#39;x&#39;&gt;<del>A1</del>&lt;/serial&gt;"
        );
        assert!(marked[1].contains("<ins>B2</ins>"), "{marked:?}");
        assert_eq!(mark("<name>a</name>", "one two three"), None);
    }

    #[test]
    fn every_line_of_both_texts_stands_there_once() {
        let old: String = (0..60).map(|n| format!("line {n}\n")).collect();
        let new = old
            .replace("line 30\n", "line thirty\nline more\n")
            .replace("line 59\n", "");
        let mut page = Page::default();
        page.texts(&old, &new);
        for line in old.lines().chain(new.lines()) {
            assert!(
                page.html.contains(line) || page.html.contains("<del>30</del>"),
                "{line}"
            );
        }
        assert!(page.html.contains("<summary>27 unchanged lines</summary>"));
        assert!(page.html.contains("<td class=\"no none\">"));
        assert_eq!(
            page.html.matches("<table").count(),
            page.html.matches("</table>").count()
        );
    }
}
