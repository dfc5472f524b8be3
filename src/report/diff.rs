//! A unified diff of the two canonical forms.

use std::io;
use std::time::Duration;

use similar::{ChangeTag, TextDiff};

use super::escape::line;
use super::style::Paint;
use super::{Look, Report};

/// Lines of context around a change, as in `diff -u`.
const CONTEXT: usize = 3;
/// The diff is no longer the shortest possible after so long.
const DEADLINE: Duration = Duration::from_secs(2);

/// Prints the diff; nothing when the definitions mean the same, whatever
/// one of them writes down that the other leaves to libvirt.
pub(super) fn render(report: &Report, look: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    let (Some(canonical), false) = (&report.canonical, report.findings.is_empty()) else {
        return Ok(());
    };
    let paint = Paint::new(look);
    let diff = TextDiff::configure()
        .timeout(DEADLINE)
        .diff_lines(canonical.old.as_str(), canonical.new.as_str());
    let name = |input: &Option<super::Input>| {
        input.as_ref().map_or_else(
            || "/dev/null".to_owned(),
            |input| line(&input.path).into_owned(),
        )
    };
    let (bold, reset) = (paint.bold(), paint.reset());
    let mut unified = diff.unified_diff();
    for (index, hunk) in unified.context_radius(CONTEXT).iter_hunks().enumerate() {
        if index == 0 {
            writeln!(out, "{bold}--- {}{reset}", name(&report.old))?;
            writeln!(out, "{bold}+++ {}{reset}", name(&report.new))?;
        }
        writeln!(out, "{}{}{reset}", paint.hunk(), hunk.header())?;
        for change in hunk.iter_changes() {
            let (sign, color) = match change.tag() {
                ChangeTag::Equal => (' ', ""),
                ChangeTag::Delete => ('-', paint.removed()),
                ChangeTag::Insert => ('+', paint.added()),
            };
            let text = change.value();
            let end = if color.is_empty() { "" } else { reset };
            writeln!(out, "{color}{sign}{}{end}", text.trim_end_matches('\n'))?;
        }
    }
    Ok(())
}
