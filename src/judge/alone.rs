//! One definition judged alone, and on each given host.

use crate::canon::{Domain, NoteKind};
use crate::cpu::CpuMap;
use crate::host::HostFacts;
use crate::host::guest::GuestCpu;
use crate::host::judge::{CpuAnswer, judge_guest};
use crate::migration::Migration;
use crate::report::{
    Application, Cell, EnforcedBy, Finding, HostReport, HostVerdict, How, Input, Level,
    LibvirtCheck, Migratable, Need, Question, Report, Side, Summary, Tool, Verdict,
};
use crate::rules::{self, Check, Fact, Found, Proof, Rule};
use crate::view::Guest;

use super::fingerprint::{self, fingerprint};
use super::{Asked, Options, accept, describe, input, place, unmodelled};

/// What a definition is judged with, beside itself.
#[derive(Debug, Clone, Copy)]
pub struct Circumstances<'c> {
    /// How it is to move.
    pub migration: &'c Migration,
    /// Where it may go.
    pub hosts: &'c [HostFacts],
    /// Where it runs today.
    pub source: Option<&'c HostFacts>,
    /// The CPU models and features that libvirt knows.
    pub map: &'c CpuMap,
}

/// Judges one definition, and whether each host can run it. `cpu` is the guest's CPU as its
/// document has it.
pub(crate) fn check(
    domain: &Domain<'_>,
    cpu: &GuestCpu,
    circumstances: &Circumstances<'_>,
    options: &Options,
) -> Report {
    let migration = circumstances
        .migration
        .between(circumstances.source, circumstances.hosts);
    let guest = Guest {
        domain,
        migration: &migration,
        source: circumstances.source,
    };
    let mut findings = states(&guest, circumstances.hosts, options);
    let mut on_hosts: Vec<Vec<Finding>> = circumstances
        .hosts
        .iter()
        .map(|host| on_host(&guest, host, options))
        .collect();
    let new = input(domain);
    let asked = Asked::Migration {
        to_hosts: !circumstances.hosts.is_empty(),
    };
    accept(
        &mut findings,
        &mut on_hosts,
        new.name.as_deref(),
        asked,
        options,
    );
    let hosts: Vec<HostReport> = circumstances
        .hosts
        .iter()
        .zip(on_hosts)
        .map(|(host, found)| {
            let answer = judge_guest(circumstances.map, cpu, circumstances.source, host);
            host_report(host, &answer, &findings, found)
        })
        .collect();
    let needs = needs(&findings, &hosts);
    Report {
        schema_version: 1,
        tool: Tool::THIS,
        old: None,
        new: Some(new),
        summary: summary(&findings, &hosts),
        findings,
        unmodelled: unmodelled(Side::New, domain).collect(),
        notes: domain
            .notes()
            .iter()
            .filter(|note| note.kind == NoteKind::Repeated)
            .map(|note| super::repeated(Side::New, domain, note))
            .collect(),
        needs,
        hosts,
        canonical: None,
        question: Question::Migration,
    }
}

/// Judges a CPU alone, as `virsh cpu-compare` takes one: whether each host gives it.
pub(crate) fn check_cpu(cpu: &GuestCpu, path: &str, circumstances: &Circumstances<'_>) -> Report {
    let hosts: Vec<HostReport> = circumstances
        .hosts
        .iter()
        .map(|host| {
            let answer = judge_guest(circumstances.map, cpu, circumstances.source, host);
            host_report(host, &answer, &[], Vec::new())
        })
        .collect();
    Report {
        schema_version: 1,
        tool: Tool::THIS,
        old: None,
        new: Some(Input {
            path: path.to_owned(),
            name: cpu.name.clone(),
            uuid: cpu.uuid.clone(),
            taken_from: None,
        }),
        summary: summary(&[], &hosts),
        findings: Vec::new(),
        unmodelled: Vec::new(),
        notes: Vec::new(),
        needs: needs(&[], &hosts),
        hosts,
        canonical: None,
        question: Question::Migration,
    }
}

/// The states that hold wherever the guest goes. What a given destination settles is its to say.
fn states(guest: &Guest<'_>, hosts: &[HostFacts], options: &Options) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules::all() {
        if let Check::State { find, .. } = rule.check
            && (hosts.is_empty() || rule.settled_by.is_none())
        {
            let found = find(guest);
            findings.extend(
                found
                    .iter()
                    .filter_map(|found| finding(rule, found, guest.domain, options)),
            );
        }
    }
    findings
}

fn on_host(guest: &Guest<'_>, host: &HostFacts, options: &Options) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in rules::all() {
        if let Check::Destination(find) = rule.check {
            let found = find(guest, host);
            findings.extend(
                found
                    .iter()
                    .filter_map(|found| finding(rule, found, guest.domain, options)),
            );
        }
    }
    findings
}

fn host_report(
    host: &HostFacts,
    answer: &CpuAnswer,
    own: &[Finding],
    findings: Vec<Finding>,
) -> HostReport {
    let verdict = match answer.outcome() {
        _ if blocks(&findings) => HostVerdict::Refused,
        "refused" => HostVerdict::Refused,
        "unknown" => HostVerdict::Unknown,
        _ if is_open(&findings) => HostVerdict::Unknown,
        _ => HostVerdict::Runs,
    };
    HostReport {
        name: host.name.clone(),
        verdict,
        cell: Cell::of(own, verdict, &findings),
        cpu: answer.to_report(host),
        findings,
    }
}

fn blocks(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| !finding.accepted && finding.level == Level::Error)
}

/// Whether something stays undecided that could stand in the way.
fn is_open(findings: &[Finding]) -> bool {
    findings.iter().any(|finding| {
        !finding.accepted && finding.needs.is_some() && finding.level >= Level::Warning
    })
}

/// The facts that would settle what is open, each once.
fn needs(findings: &[Finding], hosts: &[HostReport]) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    if hosts.is_empty() {
        needs.push(Fact::Host.need());
    }
    let on_hosts = hosts.iter().flat_map(|host| &host.findings);
    for need in findings
        .iter()
        .chain(on_hosts)
        .filter(|finding| !finding.accepted && finding.level >= Level::Warning)
        .filter_map(|finding| finding.needs)
    {
        if !needs.contains(&need) {
            needs.push(need);
        }
    }
    needs
}

/// The answer, of the findings as they stand.
fn summary(findings: &[Finding], hosts: &[HostReport]) -> Summary {
    let on_hosts = hosts.iter().flat_map(|host| &host.findings);
    let all = || findings.iter().chain(on_hosts.clone());
    let count = |level| {
        all()
            .filter(|finding| !finding.accepted && finding.level == level)
            .count()
    };
    let says = |verdict| hosts.iter().any(|host| host.verdict == verdict);
    let migratable = if blocks(findings) {
        Migratable::No
    } else if hosts.is_empty() || is_open(findings) {
        Migratable::Unknown
    } else if says(HostVerdict::Runs) {
        Migratable::Yes
    } else if says(HostVerdict::Unknown) {
        Migratable::Unknown
    } else {
        Migratable::No
    };
    let refuses = all().any(|finding| {
        !finding.accepted
            && finding.level == Level::Error
            && finding.enforced_by == EnforcedBy::Libvirt
    });
    Summary {
        verdict: match migratable {
            Migratable::No => Verdict::Incompatible,
            Migratable::Yes | Migratable::Unknown => Verdict::Compatible,
        },
        libvirt: match migratable {
            Migratable::Yes => LibvirtCheck::Accepts,
            Migratable::No if refuses => LibvirtCheck::Refuses,
            Migratable::No | Migratable::Unknown => LibvirtCheck::Unknown,
        },
        migratable,
        apply: How::None,
        errors: count(Level::Error),
        warnings: count(Level::Warning),
        infos: count(Level::Info),
    }
}

/// The finding that a rule's function comes to.
pub(super) fn finding(
    rule: &'static Rule,
    found: &Found,
    domain: &Domain<'_>,
    options: &Options,
) -> Option<Finding> {
    let own = match (rule.proof, found.weighed(rule.level)) {
        (Proof::Unverified, Level::Error) => Level::Warning,
        (_, level) => level,
    };
    let level = options.level(rule, own)?;
    let path = describe::keyed_path(domain.tree(), found.node);
    let place = place(domain, found.node, options);
    let tree = domain.tree();
    let value = super::masked_value(tree, found.node).unwrap_or_default();
    // What is open, or weighs otherwise, is not what was accepted.
    let open = found.needs.map_or("", |fact| fact.need().fact);
    let weight = found
        .level
        .map(|level| level.to_string())
        .unwrap_or_default();
    let anchor = fingerprint::anchor(tree, found.node);
    Some(Finding {
        rule: rule.id,
        level,
        impact: rule.impact,
        enforced_by: rule.enforced_by,
        message: format!(
            "{}: {}",
            describe::thing(domain.tree(), found.node),
            found.message
        ),
        why: rule.why,
        help: found.help.clone().unwrap_or_else(|| rule.help.to_owned()),
        apply: Application {
            how: How::None,
            command: None,
        },
        old: None,
        fingerprint: fingerprint(&[rule.id, &anchor, "", &value, open, &weight]),
        path,
        new: Some(place),
        needs: found.needs.map(Fact::need),
        accepted: false,
        acceptance: None,
    })
}
