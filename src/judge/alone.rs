//! One definition judged alone, and on each given host.

use crate::canon::{Domain, NoteKind};
use crate::cpu::CpuMap;
use crate::host::HostFacts;
use crate::host::guest::GuestCpu;
use crate::host::judge::{CpuAnswer, judge_guest};
use crate::migration::Migration;
use crate::report::{
    Application, Cell, EnforcedBy, Finding, HostReport, HostVerdict, How, Input, Level,
    LibvirtCheck, Migratable, Need, Place, Question, Report, Side, Summary, Tool, Verdict,
};
use crate::rules::{self, Check, Fact, Found, Proof, Rule};
use crate::view::{CpuThere, Guest};

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
    let (answers, mut on_hosts): (Vec<CpuAnswer>, Vec<Vec<Finding>>) = circumstances
        .hosts
        .iter()
        .map(|host| {
            let answer = judge_guest(circumstances.map, cpu, circumstances.source, host);
            let there = CpuThere {
                wanted: cpu,
                guest: Some(&guest),
                source: circumstances.source,
                host,
                answer: &answer,
                map: circumstances.map,
            };
            let found = on_host(&guest, &there, options);
            (answer, found)
        })
        .unzip();
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
        .zip(answers)
        .zip(on_hosts)
        .map(|((host, answer), found)| host_report(host, &answer, &findings, found))
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
pub(crate) fn check_cpu(
    cpu: &GuestCpu,
    path: &str,
    circumstances: &Circumstances<'_>,
    options: &Options,
) -> Report {
    let (answers, mut on_hosts): (Vec<CpuAnswer>, Vec<Vec<Finding>>) = circumstances
        .hosts
        .iter()
        .map(|host| {
            let answer = judge_guest(circumstances.map, cpu, circumstances.source, host);
            let there = CpuThere {
                wanted: cpu,
                guest: None,
                source: circumstances.source,
                host,
                answer: &answer,
                map: circumstances.map,
            };
            let found = cpu_there(&there)
                .filter_map(|(rule, found)| cpu_finding(rule, &found, options))
                .collect();
            (answer, found)
        })
        .unzip();
    let mut findings = Vec::new();
    let asked = Asked::Migration { to_hosts: true };
    let name = cpu.name.as_deref();
    accept(&mut findings, &mut on_hosts, name, asked, options);
    let hosts: Vec<HostReport> = circumstances
        .hosts
        .iter()
        .zip(answers)
        .zip(on_hosts)
        .map(|((host, answer), found)| host_report(host, &answer, &findings, found))
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
        summary: summary(&findings, &hosts),
        needs: needs(&findings, &hosts),
        findings,
        unmodelled: Vec::new(),
        notes: Vec::new(),
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

fn on_host(guest: &Guest<'_>, there: &CpuThere<'_>, options: &Options) -> Vec<Finding> {
    let of_guest = rules::all().flat_map(|rule| {
        let found = match rule.check {
            Check::Destination(find) => find(guest, there.host),
            _ => Vec::new(),
        };
        found.into_iter().map(move |found| (rule, found))
    });
    cpu_there(there)
        .chain(of_guest)
        .filter_map(|(rule, found)| finding(rule, &found, guest.domain, options))
        .collect()
}

/// What the rules about CPUs say of one on a destination.
fn cpu_there(there: &CpuThere<'_>) -> impl Iterator<Item = (&'static Rule, Found)> {
    rules::all().flat_map(|rule| {
        let found = match rule.check {
            Check::Cpu(find) => find(there),
            _ => Vec::new(),
        };
        found.into_iter().map(move |found| (rule, found))
    })
}

fn host_report(
    host: &HostFacts,
    answer: &CpuAnswer,
    own: &[Finding],
    findings: Vec<Finding>,
) -> HostReport {
    let verdict = if blocks(&findings) {
        HostVerdict::Refused
    } else if is_open(&findings) {
        HostVerdict::Unknown
    } else {
        HostVerdict::Runs
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
    let nowhere = !hosts.is_empty()
        && hosts
            .iter()
            .all(|host| host.verdict == HostVerdict::Refused);
    let migratable = if blocks(findings) || nowhere {
        Migratable::No
    } else if hosts.is_empty() || is_open(findings) {
        Migratable::Unknown
    } else if hosts.iter().any(|host| host.verdict == HostVerdict::Runs) {
        Migratable::Yes
    } else {
        Migratable::Unknown
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
    let tree = domain.tree();
    let spot = Spot {
        thing: describe::thing(tree, found.node),
        path: describe::keyed_path(tree, found.node),
        value: super::masked_value(tree, found.node).unwrap_or_default(),
        anchor: fingerprint::anchor(tree, found.node),
        place: Some(place(domain, found.node, options)),
    };
    at_spot(rule, found, spot, options)
}

/// The finding about a CPU that stands alone.
fn cpu_finding(rule: &'static Rule, found: &Found, options: &Options) -> Option<Finding> {
    let spot = Spot {
        thing: "cpu".to_owned(),
        path: "cpu".to_owned(),
        value: String::new(),
        anchor: "cpu".to_owned(),
        place: None,
    };
    at_spot(rule, found, spot, options)
}

/// Where something was found, in words and for a fingerprint.
struct Spot {
    thing: String,
    path: String,
    value: String,
    anchor: String,
    place: Option<Place>,
}

fn at_spot(rule: &'static Rule, found: &Found, spot: Spot, options: &Options) -> Option<Finding> {
    let own = match (rule.proof, found.weighed(rule.level)) {
        (Proof::Unverified, Level::Error) => Level::Warning,
        (_, level) => level,
    };
    let level = options.level(rule, own)?;
    // What is open, or weighs otherwise, is not what was accepted.
    let open = found.needs.map_or("", |fact| fact.need().fact);
    let weight = found
        .level
        .map(|level| level.to_string())
        .unwrap_or_default();
    let mut parts = vec![rule.id, &spot.anchor, "", &spot.value, open, &weight];
    if !found.detail.is_empty() {
        parts.push(&found.detail);
    }
    let fingerprint = fingerprint(&parts);
    Some(Finding {
        rule: rule.id,
        level,
        impact: rule.impact,
        enforced_by: found.enforced_by.unwrap_or(rule.enforced_by),
        message: format!("{}: {}", spot.thing, found.message),
        why: rule.why,
        help: found.help.clone().unwrap_or_else(|| rule.help.to_owned()),
        apply: Application {
            how: How::None,
            command: None,
        },
        old: None,
        fingerprint,
        path: spot.path,
        new: spot.place,
        needs: found.needs.map(Fact::need),
        accepted: false,
        acceptance: None,
    })
}
