//! One line a finding, as compilers print them; editors can jump to it.

use std::io;

use super::escape::line;
use super::style::Paint;
use super::{Finding, Look, Report};

/// Prints `file:line:column: level[rule]: message` for every finding. The
/// place is the new one, for something removed the old one; what a host says
/// ends with its name.
pub(super) fn render(report: &Report, look: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    let own = report.findings.iter().map(|finding| (finding, None));
    let on_hosts = report.hosts.iter().flat_map(|host| {
        let findings = host.findings.iter();
        findings.map(|finding| (finding, Some(host.name.as_str())))
    });
    for (finding, host) in own.chain(on_hosts).filter(|(finding, _)| !finding.accepted) {
        one(report, finding, host, Paint::new(look), out)?;
    }
    Ok(())
}

fn one(
    report: &Report,
    finding: &Finding,
    host: Option<&str>,
    paint: Paint,
    out: &mut dyn io::Write,
) -> io::Result<()> {
    if let Some((path, place)) = report.location(finding) {
        write!(out, "{}:{}:{}: ", line(path), place.line, place.column)?;
    }
    write!(
        out,
        "{}{}[{}]{}: {}",
        paint.level(finding.level),
        finding.level,
        finding.rule,
        paint.reset(),
        line(&finding.message)
    )?;
    match host {
        Some(host) => writeln!(out, " (on {})", line(host)),
        None => writeln!(out),
    }
}
