//! Markdown as GitHub and GitLab read it.
//!
//! What they make of a text goes far beyond Markdown (`@name`, `#1`, `GH-1`, `:tada:`, commit ids,
//! bare addresses, labels, formulas), changes over the years, and happens after entities are
//! decoded, so that no list of characters to escape is ever complete. They make nothing of a code
//! span. So a word is prose only if it is made of letters and digits and looks like nothing else;
//! every other word is a code span.

use std::borrow::Cow;

use super::{inside, line};

/// A text as one line of code, fit for a cell of a table too; nothing for an empty text.
///
/// ```
/// use domdiff::report::escape::code;
/// assert_eq!(code("/srv/a.img"), "`/srv/a.img`");
/// assert_eq!(code("a`b"), "``a`b``");
/// assert_eq!(code("a|b\n"), "`a\\u{7c}b\\n`");
/// ```
#[must_use]
pub fn code(text: &str) -> String {
    if text.is_empty() {
        return String::new();
    }
    // A bar ends a cell even in code, and readers do not agree on `\|` behind a backslash.
    let text = inside(text).replace('|', "\\u{7c}");
    let fence = "`".repeat(longest_run(&text, '`') + 1);
    // Where both ends are blanks, one of each is taken off, unless there is nothing else.
    let is_ticked = text.starts_with('`') || text.ends_with('`');
    let is_blank = text.bytes().all(|b| b == b' ');
    let is_padded = text.starts_with(' ') && text.ends_with(' ') && !is_blank;
    let pad = if is_ticked || is_padded { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A sentence, with every word that might be more than a word as code, and what stands between
/// backticks too.
///
/// ```
/// use domdiff::report::escape::prose;
/// assert_eq!(prose("disk vda: path changed to \"/a_b\""), "disk vda: path changed to \"`/a_b`\"");
/// assert_eq!(prose("ask @me, see `man virsh`"), "ask `@me`, see `man virsh`");
/// ```
#[must_use]
pub fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let text = inside(text);
    let mut ticks = text.matches('`').count();
    let mut in_code = false;
    let words = text.split(|c| {
        if c == '`' {
            ticks -= 1;
            in_code = !in_code && ticks > 0;
        }
        c == ' ' && !in_code
    });
    for word in words.filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        push_word(word, &mut out);
    }
    out
}

fn push_word(word: &str, out: &mut String) {
    let inner = word.trim_start_matches(['"', '(']);
    let (before, inner) = word.split_at(word.len() - inner.len());
    let core = inner.trim_end_matches(['"', ')', ',', ';', ':', '.', '…']);
    let behind = &inner[core.len()..];
    let begins_list = core.bytes().all(|b| b.is_ascii_digit()) && behind.starts_with(['.', ')']);
    if core.is_empty() && !word.contains(':') {
        out.push_str(word);
        return;
    }
    if core.is_empty() || begins_list {
        out.push_str(&code(word));
        return;
    }
    out.push_str(before);
    if let Some(given) = core
        .strip_prefix('`')
        .and_then(|rest| rest.strip_suffix('`'))
        && !given.is_empty()
        && !given.contains('`')
    {
        out.push_str(&code(given));
        out.push_str(behind);
        return;
    }
    if is_plain(core) {
        out.push_str(core);
    } else {
        out.push_str(&code(core));
    }
    out.push_str(behind);
}

/// Whether nobody takes a word for more than that.
fn is_plain(word: &str) -> bool {
    /// Shorter ones are no commit ids.
    const SHORTEST_ID: usize = 7;
    let has_digit = word.contains(|c: char| c.is_ascii_digit());
    word.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '\'')
        && word.starts_with(char::is_alphanumeric)
        && word.ends_with(char::is_alphanumeric)
        // `GH-1`, `TICKET-12`, a commit id.
        && !(has_digit && (word.contains('-') || word.len() >= SHORTEST_ID))
}

/// Lines as a block of code, each indented by `indent`.
#[must_use]
pub fn fenced(lines: &[Cow<'_, str>], language: &str, indent: &str) -> String {
    let longest = lines.iter().map(|line| longest_run(line, '`')).max();
    let fence = "`".repeat(longest.unwrap_or(0).max(2) + 1);
    let mut out = format!("{indent}{fence}{language}\n");
    for text in lines {
        out.push_str(indent);
        out.push_str(&line(text));
        out.push('\n');
    }
    out + indent + &fence + "\n"
}

/// The length of the longest run of a character.
fn longest_run(text: &str, c: char) -> usize {
    let runs = text.split(|other| other != c);
    runs.map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_words_stay_and_others_become_code() {
        for (text, expected) in [
            ("it is the host's own", "it is the host's own"),
            ("what-is (so)", "what-is (so)"),
            ("from \"4194304 KiB\" to", "from \"`4194304` KiB\" to"),
            ("vm1: \"Größe\"", "vm1: \"Größe\""),
            ("1. x 2) 12: (3)", "`1.` x `2)` 12: `(3)`"),
            ("- # > + * |", "`-` `#` `>` `+` `*` `\\u{7c}`"),
            ("a_b *c* d~e", "`a_b` `*c*` `d~e`"),
            ("www.x.org http://x y@z", "`www.x.org` `http://x` `y@z`"),
            ("GH-1 abcdef0 x#1", "`GH-1` `abcdef0` `x#1`"),
            (":tada: &amp; <b>", "`:tada`: `&amp`; `<b>`"),
            ("\"\" \"\\\" :", "\"\" \"`\\`\" `:`"),
            (
                "(`ip link`, `a`b) ` c d",
                "(`ip link`, `` `a`b ``) `` ` `` c d",
            ),
            ("NFS …), ::1", "NFS …), `::1`"),
            ("  a   b ", "a b"),
        ] {
            assert_eq!(prose(text), expected);
        }
    }

    #[test]
    fn code_holds_whatever_stands_in_it() {
        for (text, expected) in [
            ("", ""),
            (" ", "` `"),
            (" a ", "`  a  `"),
            (" a", "` a`"),
            ("`", "`` ` ``"),
            ("a```b", "````a```b````"),
            ("a\\", "`a\\`"),
        ] {
            assert_eq!(code(text), expected);
        }
    }

    #[test]
    fn a_block_ends_where_it_shall() {
        let lines = [Cow::Borrowed("a"), Cow::Borrowed("````")];
        let block = fenced(&lines, "diff", "  ");
        assert_eq!(block, "  `````diff\n  a\n  ````\n  `````\n");
    }
}
