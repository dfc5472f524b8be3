//! Domains and hosts: one answer for each pair, the worst reason against it, and what would turn
//! it.

use std::io;

use schemars::JsonSchema;
use serde::Serialize;

use super::escape::line;
use super::style::Paint;
use super::words::{self, plural};
use super::{Finding, HostReport, HostVerdict, Impact, Level, Look, Need, Report};

/// One domain on one host, of the definition and the host together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Cell {
    /// Whether the domain can move there.
    pub verdict: HostVerdict,
    /// The worst that stands in the way, or is open; absent where it runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub worst: Option<Reason>,
    /// All that it takes for it to run there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Step>,
}

/// Why a domain cannot move to a host, or why that is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Reason {
    /// Id of the rule.
    pub rule: &'static str,
    /// What was found.
    pub message: String,
    /// The fact that would settle it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub needs: Option<Need>,
}

/// One thing to do for a domain to run on a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Step {
    /// What has to be changed.
    pub what: Target,
    /// Id of the rule that asks for it.
    pub rule: &'static str,
    /// What is to be done.
    pub help: String,
}

/// What a step changes; the cheapest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// Nothing: somebody has to tell a fact.
    Fact,
    /// The host.
    Host,
    /// The guest.
    Guest,
}

impl Cell {
    /// One domain with its own findings on one host with its.
    pub(crate) fn of(own: &[Finding], verdict: HostVerdict, on_host: &[Finding]) -> Self {
        let all = || {
            own.iter()
                .chain(on_host)
                .filter(|finding| !finding.accepted)
        };
        let blocks = |finding: &&Finding| finding.level == Level::Error;
        let is_open =
            |finding: &&Finding| finding.needs.is_some() && finding.level >= Level::Warning;
        let reason = |finding: &Finding| Reason {
            rule: finding.rule,
            message: finding.message.clone(),
            needs: finding.needs,
        };
        let mut steps: Vec<Step> = Vec::new();
        for finding in all().filter(blocks).chain(all().filter(is_open)) {
            let step = Step::of(finding);
            // A fact is told once, whatever it settles.
            let is_told = |known: &Step| {
                known.what == Target::Fact && step.what == Target::Fact && known.help == step.help
            };
            if !steps.iter().any(|known| *known == step || is_told(known)) {
                steps.push(step);
            }
        }
        Self {
            verdict: if all().any(|finding| blocks(&finding)) {
                HostVerdict::Refused
            } else if verdict == HostVerdict::Runs && all().any(|finding| is_open(&finding)) {
                HostVerdict::Unknown
            } else {
                verdict
            },
            worst: all()
                .find(blocks)
                .or_else(|| all().find(is_open))
                .map(reason),
            steps,
        }
    }

    /// How dear it is to make the domain run there. A change of the guest may need it powered off;
    /// many open facts are no cheaper than one change, since each may tell of another.
    fn cost(&self) -> usize {
        let price = |step: &Step| match step.what {
            Target::Guest => 4,
            Target::Host => 2,
            Target::Fact => 1,
        };
        self.steps.iter().map(price).sum()
    }
}

impl Step {
    fn of(finding: &Finding) -> Self {
        let (what, help) = match finding.needs {
            Some(need) => (Target::Fact, format!("tell {}: {}", need.fact, need.how)),
            None if finding.impact == Impact::Destination => (Target::Host, finding.help.clone()),
            None => (Target::Guest, finding.help.clone()),
        };
        Self {
            what,
            rule: finding.rule,
            help,
        }
    }
}

/// Prints the answers of several domains on hosts: domains down, hosts across, and for a domain
/// that runs nowhere the cheapest way to change that.
pub(super) fn render(reports: &[Report], look: &Look, out: &mut dyn io::Write) -> io::Result<()> {
    /// Width of a table on paper.
    const USUAL_WIDTH: usize = 100;
    let Some(hosts) = reports
        .iter()
        .map(|report| &report.hosts)
        .find(|hosts| !hosts.is_empty())
    else {
        return Ok(());
    };
    let rows: Vec<(String, Vec<String>)> = reports
        .iter()
        .map(|report| {
            (
                title(report),
                report.hosts.iter().map(|host| in_short(host).0).collect(),
            )
        })
        .collect();
    let length = |text: &str| text.chars().count();
    let first = rows.iter().map(|(name, _)| length(name)).max().unwrap_or(0);
    let widths: Vec<usize> = hosts
        .iter()
        .enumerate()
        .map(|(at, host)| {
            let cells = rows.iter().filter_map(|(_, cells)| cells.get(at));
            cells
                .map(|cell| length(cell))
                .chain([length(&line(&host.name))])
                .max()
                .unwrap_or(0)
        })
        .collect();
    let room = look.width.unwrap_or(USUAL_WIDTH);
    let paint = Paint::new(look);
    let mut from = 0;
    while from < hosts.len() {
        let mut used = first;
        let fits = widths[from..].iter().take_while(|width| {
            used += 2 + **width;
            used <= room
        });
        let to = from + fits.count().max(1);
        write!(out, "{:first$}", "")?;
        for (at, host) in hosts.iter().enumerate().take(to).skip(from) {
            let name = line(&host.name);
            let width = if at + 1 == to { 0 } else { widths[at] };
            write!(out, "  {}{name:width$}{}", paint.bold(), paint.reset())?;
        }
        writeln!(out)?;
        for ((name, cells), report) in rows.iter().zip(reports) {
            write!(out, "{name:first$}")?;
            let cells = cells.get(from..to).unwrap_or_default();
            let last = cells.len().saturating_sub(1);
            for (at, cell) in cells.iter().enumerate() {
                let width = if at == last { 0 } else { widths[from + at] };
                let color = paint.host(report.hosts[from + at].cell.verdict);
                write!(out, "  {color}{cell:width$}{}", paint.reset())?;
            }
            writeln!(out)?;
        }
        writeln!(out)?;
        from = to;
    }
    for report in reports {
        cheapest(report, out)?;
    }
    Ok(())
}

fn title(report: &Report) -> String {
    line(report.title()).into_owned()
}

/// A cell in a few words, and the reason in a sentence where there is one.
pub(super) fn in_short(host: &HostReport) -> (String, Option<&str>) {
    let cell = &host.cell;
    match (cell.verdict, &cell.worst) {
        (HostVerdict::Runs, _) => (words::host(cell.verdict).to_owned(), None),
        (_, None) => (
            words::host(cell.verdict).to_owned(),
            Some(&host.cpu.message),
        ),
        (_, Some(worst)) => {
            let short = match worst.needs {
                Some(need) => format!("needs {}", need.fact),
                None => worst.rule.to_owned(),
            };
            (short, Some(&worst.message))
        }
    }
}

/// The host on which the fewest changes would make a domain run, where it runs on none.
pub(super) fn cheapest_host(report: &Report) -> Option<&HostReport> {
    let runs = |host: &HostReport| host.cell.verdict == HostVerdict::Runs;
    if report.hosts.iter().any(runs) {
        return None;
    }
    let hosts = report.hosts.iter();
    hosts
        .filter(|host| !host.cell.steps.is_empty())
        .min_by_key(|host| host.cell.cost())
}

/// Prints what it takes for a domain to run on the cheapest host.
fn cheapest(report: &Report, out: &mut dyn io::Write) -> io::Result<()> {
    let Some(host) = cheapest_host(report) else {
        return Ok(());
    };
    writeln!(
        out,
        "{}: {} from running on {}",
        title(report),
        plural(host.cell.steps.len(), "step"),
        line(&host.name)
    )?;
    for step in &host.cell.steps {
        writeln!(out, "  {}: {}", step.rule, line(&step.help))?;
    }
    writeln!(out)
}
