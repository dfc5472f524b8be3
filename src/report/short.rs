//! One line a finding, as compilers print them; editors can jump to it.

use std::io;

use super::escape::line;
use super::style::Paint;
use super::{Look, Report};

/// Prints `file:line:column: level[rule]: message` for every finding. The
/// place is the new one, for something removed the old one.
pub(super) fn render(report: &Report, look: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    let paint = Paint::new(look);
    for finding in report.findings.iter().filter(|finding| !finding.accepted) {
        if let Some((path, place)) = report.location(finding) {
            write!(out, "{}:{}:{}: ", line(path), place.line, place.column)?;
        }
        writeln!(
            out,
            "{}{}[{}]{}: {}",
            paint.level(finding.level),
            finding.level,
            finding.rule,
            paint.reset(),
            line(&finding.message)
        )?;
    }
    Ok(())
}
