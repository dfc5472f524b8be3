//! One rich report, printed in every format: `testdata/reports/sample.*`.
//!
//! `DOMDIFF_UPDATE=1 cargo test --test render` writes what is printed now.

use std::fs;
use std::path::Path;

use clap::ValueEnum;
use domdiff::report::escape::is_unsafe;
use domdiff::report::{
    Application, Canonical, EnforcedBy, Finding, Format, How, Impact, Input, Level, LibvirtCheck,
    Look, Migratable, Place, Question, Remark, Report, Side, Snippet, Summary, Tool, Unmodelled,
    Verdict, render,
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
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/reports");
    for format in Format::value_variants() {
        for (look_name, look) in &looks {
            let text = printed(&sample(), *format, look).replace('\x1b', "␛");
            let text = without_style(text);
            let file = folder.join(format!("sample.{look_name}.{}", name_of(*format)));
            if std::env::var_os("DOMDIFF_UPDATE").is_some() {
                fs::write(&file, &text).expect("writing the snapshot");
            }
            let expected = fs::read_to_string(&file).unwrap_or_default();
            assert_eq!(text, expected, "{}", file.display());
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

#[test]
fn a_report_without_findings_is_short() {
    let report = Report {
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
    };
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
