//! One rich report, printed in every format: `testdata/reports/sample.*`; two definitions judged
//! for two hosts: `check.*`; a set: `set.*`.
//!
//! `DOMDIFF_UPDATE=1 cargo test --test render` writes what is printed now.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clap::ValueEnum;
use domdiff::report::escape::is_unsafe;
use domdiff::report::{
    Acceptance, Application, Canonical, Cell, CpuReport, EnforcedBy, Finding, Format, HostReport,
    HostVerdict, How, Impact, Input, Level, LibvirtCheck, Look, Migratable, Need, Place, Question,
    Reason, Remark, Report, Side, Snippet, Step, Summary, Target, Tool, Unmodelled, Verdict,
    render, render_all, render_checks,
};

fn place(value: &str, line: u32, snippet: Option<(&str, usize, usize)>) -> Place {
    Place {
        value: Some(value.to_owned()),
        line,
        column: 7,
        written: true,
        snippet: snippet.map(|(text, start, width)| Snippet {
            text: text.to_owned(),
            start,
            width,
        }),
    }
}

fn finding(rule: &'static str, level: Level, message: &str) -> Finding {
    Finding {
        rule,
        level,
        impact: Impact::GuestAbi,
        enforced_by: EnforcedBy::Nobody,
        path: "devices/disk[vda]/serial".to_owned(),
        message: message.to_owned(),
        why: "",
        help: String::new(),
        apply: Application {
            how: How::None,
            command: None,
        },
        old: None,
        new: None,
        fingerprint: "0123456789abcdef".to_owned(),
        needs: None,
        accepted: false,
        acceptance: None,
    }
}

/// A report with everything in it that a format must cope with.
fn sample() -> Report {
    let mut findings = vec![
        Finding {
            enforced_by: EnforcedBy::Libvirt,
            why: "The guest finds its disks by serial number, and /dev/disk/by-id is made of it; it would look for one that is gone.",
            help: "keep the old value for as long as the guest runs".to_owned(),
            apply: Application {
                how: How::Restart,
                command: None,
            },
            old: Some(place("A1", 29, None)),
            new: Some(place("B2", 31, Some(("\t    <serial>B2</serial>", 5, 19)))),
            ..finding(
                "abi/disk-serial",
                Level::Error,
                "disk vda: serial changed from \"A1\" to \"B2\"",
            )
        },
        Finding {
            old: Some(place(
                "gone",
                40,
                Some(("    <rng model='virtio'/>", 4, 21)),
            )),
            ..finding("abi/rng", Level::Error, "rng removed")
        },
        Finding {
            new: Some(place("a\u{1b}[31mb\u{202e}c\nd", 7, None)),
            why: "Nothing in a file may reach the terminal raw: \u{7}.",
            ..finding(
                "change/hostile",
                Level::Warning,
                "title changed to \"a\u{1b}[31mb\u{202e}c\nd\"",
            )
        },
        Finding {
            old: Some(place(
                "Front end.\nAsk the web team first.\nThanks!",
                5,
                None,
            )),
            new: Some(place(
                "Front end.\nAsk the shop team first.\nThanks!",
                5,
                None,
            )),
            ..finding("change/title", Level::Info, "description changed")
        },
        Finding {
            accepted: true,
            ..finding("abi/machine", Level::Error, "never printed: it is accepted")
        },
    ];
    findings.extend((1..=6).map(|n| Finding {
        apply: Application {
            how: How::Live,
            command: Some(format!("virsh blkdeviotune web01 vd{n} --live")),
        },
        new: Some(place("1", 50 + n, None)),
        ..finding(
            "host-side/tuning",
            Level::Info,
            &format!("disk vd{n}: iotune added"),
        )
    }));
    let input = |path: &str, taken_from| Input {
        path: path.to_owned(),
        name: Some("web01".to_owned()),
        uuid: None,
        taken_from,
    };
    Report {
        schema_version: 1,
        tool: Tool {
            name: "domdiff",
            version: "0.0.0",
        },
        old: Some(input("old.xml", None)),
        new: Some(input("new.xml", Some("domainsnapshot/domain"))),
        summary: Summary {
            verdict: Verdict::Incompatible,
            libvirt: LibvirtCheck::Refuses,
            migratable: Migratable::No,
            apply: How::Restart,
            errors: 2,
            warnings: 1,
            infos: 7,
        },
        findings,
        unmodelled: (1..=7)
            .map(|n| Unmodelled {
                side: Side::New,
                path: format!("devices/gadget{n}"),
                line: 60 + n,
                column: 5,
            })
            .collect(),
        notes: vec![Remark {
            side: Side::Old,
            line: 12,
            column: 3,
            text: "machine q35 is an alias".to_owned(),
        }],
        needs: Vec::new(),
        hosts: Vec::new(),
        canonical: Some(Canonical {
            old: "<domain>\n  <name>web01</name>\n  <serial>A1</serial>\n</domain>\n".to_owned(),
            new: "<domain>\n  <name>web01</name>\n  <serial>B2</serial>\n</domain>\n".to_owned(),
        }),
        question: Question::Change,
    }
}

fn printed(report: &Report, format: Format, look: &Look) -> String {
    let mut out = Vec::new();
    render(report, format, look, &mut out).expect("writing to memory");
    String::from_utf8(out).expect("UTF-8")
}

fn name_of(format: Format) -> String {
    let value = format.to_possible_value().expect("a format one can choose");
    value.get_name().to_owned()
}

/// A page with its style and script left out, which are files of their own, and their hashes.
fn without_style(mut page: String) -> String {
    for (from, to) in [
        ("<style>", "</style>"),
        ("<script>", "</script>"),
        ("style-src 'sha256-", "'"),
        ("script-src 'sha256-", "'"),
    ] {
        if let Some(start) = page.find(from).map(|at| at + from.len())
            && let Some(length) = page[start..].find(to)
        {
            page.replace_range(start..start + length, "...");
        }
    }
    page
}

/// Two definitions judged for two hosts.
fn check_sample() -> Vec<Report> {
    let need = Need {
        fact: "storage",
        how: "`--storage shared`, or `--storage copy` for `--copy-storage-all`",
    };
    let open = Finding {
        help: "put the disk on shared storage (NFS, CephFS …), or copy it".to_owned(),
        needs: Some(need),
        new: Some(place("/srv/a|b_c.img", 12, None)),
        ..finding(
            "disk/local",
            Level::Warning,
            "disk vda: may be on storage of this host only",
        )
    };
    let missing = Finding {
        impact: Impact::Destination,
        help: "make the bridge there (`ip link add NAME type bridge`)".to_owned(),
        new: Some(place("br0", 20, None)),
        ..finding(
            "host/no-bridge",
            Level::Error,
            "interface 52:54:00:00:00:01: bridge br0 is not there",
        )
    };
    let accepted = Finding {
        accepted: true,
        acceptance: Some(Acceptance {
            reason: "The rack has one CPU model, see #12.".to_owned(),
            owner: Some("compute".to_owned()),
            expires: Some("2027-06-30".to_owned()),
        }),
        new: Some(place("host-passthrough", 9, None)),
        ..finding(
            "cpu/passed-through",
            Level::Error,
            "cpu: the guest gets the CPU of the host it runs on",
        )
    };
    let step = |what, finding: &Finding, help: &str| Step {
        what,
        rule: finding.rule,
        help: help.to_owned(),
    };
    let reason = |finding: &Finding| Reason {
        rule: finding.rule,
        message: finding.message.clone(),
        needs: finding.needs,
    };
    let host = |name: &str, verdict, cell, findings| HostReport {
        name: name.to_owned(),
        verdict,
        cell,
        cpu: CpuReport {
            verdict: "superset",
            missing: Vec::new(),
            message: "the host has all that the guest asks for".to_owned(),
            reason: None,
            forbidden: Vec::new(),
            extra: Vec::new(),
            unknown: Vec::new(),
            confidence: None,
            sources: BTreeMap::new(),
            notes: Vec::new(),
        },
        findings,
    };
    let cell = |verdict, worst, steps| Cell {
        verdict,
        worst,
        steps,
    };
    let runs = |name: &str| {
        let cell = cell(HostVerdict::Runs, None, Vec::new());
        host(name, HostVerdict::Runs, cell, Vec::new())
    };
    let tell = step(Target::Fact, &open, "tell storage: `--storage shared`");
    let make = step(Target::Host, &missing, &missing.help);
    let steps = vec![make, tell.clone()];
    let refused = cell(HostVerdict::Refused, Some(reason(&missing)), steps);
    let rack = host("rack1", HostVerdict::Refused, refused, vec![missing]);
    let unknown = cell(HostVerdict::Unknown, Some(reason(&open)), vec![tell]);
    let lab = host("lab@2", HostVerdict::Runs, unknown, Vec::new());
    let report = |name: &str, migratable, found, findings, needs, hosts| Report {
        old: None,
        new: Some(Input {
            path: format!("domains/{name}.xml"),
            name: Some(name.to_owned()),
            uuid: None,
            taken_from: None,
        }),
        summary: Summary {
            verdict: Verdict::Compatible,
            libvirt: LibvirtCheck::Unknown,
            migratable,
            apply: How::None,
            errors: 0,
            warnings: found,
            infos: 0,
        },
        findings,
        unmodelled: Vec::new(),
        notes: Vec::new(),
        needs,
        hosts,
        canonical: None,
        question: Question::Migration,
        ..sample()
    };
    let everywhere = vec![runs("rack1"), runs("lab@2")];
    let (found, hosts) = (vec![open, accepted], vec![rack, lab]);
    vec![
        report(
            "db01",
            Migratable::Yes,
            0,
            Vec::new(),
            Vec::new(),
            everywhere,
        ),
        report("web01", Migratable::Unknown, 1, found, vec![need], hosts),
    ]
}

/// A set: one domain changed, one added, one removed, one as it was.
fn set_sample() -> Vec<Report> {
    let one_sided = |name: &str, is_old: bool| {
        let input = Input {
            path: format!("{name}.xml"),
            name: Some(name.to_owned()),
            uuid: None,
            taken_from: None,
        };
        let place = place(name, 1, None);
        let (word, verdict, level) = match is_old {
            true => ("removed", Verdict::Incompatible, Level::Warning),
            false => ("added", Verdict::Compatible, Level::Info),
        };
        Report {
            old: is_old.then(|| input.clone()),
            new: (!is_old).then(|| input.clone()),
            summary: Summary {
                verdict,
                libvirt: LibvirtCheck::Unknown,
                migratable: Migratable::Unknown,
                apply: How::None,
                errors: 0,
                warnings: usize::from(is_old),
                infos: usize::from(!is_old),
            },
            findings: vec![Finding {
                impact: Impact::Identity,
                path: String::new(),
                old: is_old.then(|| place.clone()),
                new: (!is_old).then(|| place.clone()),
                ..finding("set/domain", level, &format!("domain {name} {word}"))
            }],
            unmodelled: Vec::new(),
            notes: Vec::new(),
            canonical: None,
            question: Question::OneSided,
            ..sample()
        }
    };
    vec![
        one_sided("fresh", false),
        without_findings(),
        sample(),
        one_sided("gone", true),
    ]
}

#[test]
fn every_format_prints_the_samples_of_several_domains() {
    let look = Look::default();
    for format in Format::value_variants() {
        let (mut check, mut set) = (Vec::new(), Vec::new());
        render_checks(&check_sample(), *format, &look, &mut check).expect("writing to memory");
        render_all(&set_sample(), *format, &look, &mut set).expect("writing to memory");
        for (name, printed) in [("check", check), ("set", set)] {
            let text = String::from_utf8(printed).expect("UTF-8");
            compare_snapshot(&format!("{name}.plain.{}", name_of(*format)), &text);
        }
    }
}

fn compare_snapshot(name: &str, text: &str) {
    let text = without_style(text.to_owned());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/reports");
    let file = folder.join(name);
    if std::env::var_os("DOMDIFF_UPDATE").is_some() {
        fs::write(&file, &text).expect("writing the snapshot");
    }
    let expected = fs::read_to_string(&file).unwrap_or_default();
    assert_eq!(text, expected, "{}", file.display());
}

#[test]
fn every_format_prints_the_sample() {
    let looks = [
        ("plain", Look::default()),
        (
            "terminal",
            Look {
                color: true,
                width: Some(72),
                ..Look::default()
            },
        ),
        (
            "summary",
            Look {
                summary: true,
                ..Look::default()
            },
        ),
    ];
    for format in Format::value_variants() {
        for (look_name, look) in &looks {
            let text = printed(&sample(), *format, look).replace('\x1b', "␛");
            let name = format!("sample.{look_name}.{}", name_of(*format));
            compare_snapshot(&name, &text);
        }
    }
}

#[test]
fn no_format_lets_anything_dangerous_through() {
    for format in Format::value_variants() {
        let text = printed(&sample(), *format, &Look::default());
        let found = text.chars().find(|c| *c != '\n' && is_unsafe(*c));
        assert_eq!(found, None, "{}", name_of(*format));
        // Nor does a name with a line break in it begin a line.
        assert!(!text.lines().any(|line| line.starts_with("d\"")));
    }
}

/// Two definitions that mean the same.
fn without_findings() -> Report {
    Report {
        findings: Vec::new(),
        unmodelled: Vec::new(),
        notes: Vec::new(),
        summary: Summary {
            verdict: Verdict::Identical,
            libvirt: LibvirtCheck::Same,
            migratable: Migratable::Unknown,
            apply: How::None,
            errors: 0,
            warnings: 0,
            infos: 0,
        },
        ..sample()
    }
}

#[test]
fn a_report_without_findings_is_short() {
    let report = without_findings();
    let look = Look::default();
    assert_eq!(printed(&report, Format::Short, &look), "");
    assert_eq!(printed(&report, Format::Diff, &look), "");
    assert_eq!(printed(&report, Format::Text, &look).lines().count(), 2);
}

/// Five hundred errors of one rule are five hundred places, not five hundred lectures.
#[test]
fn what_a_rule_is_about_is_told_once() {
    let disk = |n: u32| Finding {
        why: "The guest finds its disks by serial number.",
        help: "keep the old value for as long as the guest runs".to_owned(),
        new: Some(place("B2", n, None)),
        ..finding(
            "abi/disk-serial",
            Level::Error,
            &format!("disk sd{n}: serial changed"),
        )
    };
    let report = Report {
        findings: (1..=500).map(disk).collect(),
        ..sample()
    };
    let text = printed(&report, Format::Text, &Look::default());
    let count = |words: &str| text.lines().filter(|line| line.contains(words)).count();
    assert_eq!(count("serial changed"), 500);
    assert_eq!((count("  why:"), count("  help:")), (1, 1));
}
