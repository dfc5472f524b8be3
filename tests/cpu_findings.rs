//! What a host says of a guest's CPU counts like any other finding: exit status, counts, the cell
//! of the matrix, levels and accepted findings.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

use domdiff::cpu::CpuMap;
use domdiff::cpu::def::{CpuDef, Kind, Mode, Policy};
use domdiff::host::guest::GuestCpu;
use domdiff::host::judge::Setting;
use domdiff::host::{HostFacts, read_operand};
use domdiff::migration::Migration;
use domdiff::report::HostVerdict;
use domdiff::{Circumstances, Options, check_cpu};
use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const EPYC: &str = "testdata/hosts/vm-epyc-capabilities.xml";
const OTHER: &str = "testdata/rules/hosts/rack-b.json";
const WEB: &str = "testdata/domains/web01-old.xml";

/// Exit status and the one report.
fn check(arguments: &[&str]) -> (i32, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_domdiff"))
        .args(["check", "--format", "ndjson", "--no-config"])
        .args(arguments)
        .current_dir(ROOT)
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    let report = serde_json::from_str(&text).unwrap_or_else(|error| {
        panic!("{error}: {text}{complaint}");
    });
    (output.status.code().unwrap(), report)
}

fn finding<'r>(report: &'r Value, rule: &str) -> &'r Value {
    let findings = report["hosts"][0]["findings"].as_array().unwrap();
    findings
        .iter()
        .find(|finding| finding["rule"] == rule)
        .unwrap_or_else(|| panic!("no {rule} in {findings:#?}"))
}

#[test]
fn a_host_without_the_guests_features_is_an_error() {
    let (status, report) = check(&[WEB, "--host", EPYC, "--storage", "copy"]);
    assert_eq!(status, 1);
    assert_eq!(report["hosts"][0]["verdict"], "refused");
    assert_eq!(report["summary"]["migratable"], "no");
    assert_eq!(report["summary"]["errors"], 1);
    let cell = &report["hosts"][0]["cell"];
    assert_eq!(cell["worst"]["rule"], "host/cpu-missing-feature");
    assert_eq!(cell["verdict"], "refused");
    let found = finding(&report, "host/cpu-missing-feature");
    assert!(found["message"].as_str().unwrap().contains("avx512f"));
}

#[test]
fn levels_and_accepted_findings_turn_a_host() {
    let base = [WEB, "--host", EPYC, "--storage", "copy"];
    let rule = ["--rule", "host/cpu-missing-feature=warning"];
    let (status, report) = check(&[&base[..], &rule].concat());
    assert_eq!(status, 0);
    assert_ne!(report["hosts"][0]["verdict"], "refused");

    let (_, report) = check(&base);
    let found = finding(&report, "host/cpu-missing-feature");
    let folder = std::env::temp_dir().join(format!("domdiff-cpu-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("accepted.toml");
    let entry = format!(
        "[[accepted]]\ndomain = \"web01\"\nfingerprint = {}\nrule = \"host/cpu-missing-feature\"\n\
         path = \"cpu\"\nreason = \"It is stopped before.\"\n",
        found["fingerprint"]
    );
    std::fs::write(&file, entry).unwrap();
    let accepted = ["--accepted", file.to_str().unwrap()];
    let (status, report) = check(&[&base[..], &accepted].concat());
    assert_eq!(status, 0, "{report:#}");
    assert_ne!(report["hosts"][0]["verdict"], "refused");
    assert_eq!(
        finding(&report, "host/cpu-missing-feature")["accepted"],
        true
    );

    // Another host lacks other features: that was not accepted.
    let other = [WEB, "--host", OTHER];
    let (_, report) = check(&[&other[..], &accepted].concat());
    let findings = report["hosts"][0]["findings"].as_array().unwrap();
    let cpu = findings
        .iter()
        .find(|f| f["rule"] == "host/cpu-missing-feature");
    assert!(cpu.is_some_and(|f| f["accepted"] == false), "{findings:#?}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_cpu_alone_fails_the_check_as_well() {
    let folder = std::env::temp_dir().join(format!("domdiff-bare-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let ask = |name: &str, cpu: &str| {
        let file = folder.join(name);
        std::fs::write(&file, cpu).unwrap();
        check(&[file.to_str().unwrap(), "--host", EPYC])
    };
    let (status, report) = ask("more.xml", "<cpu><model>Skylake-Server</model></cpu>");
    assert_eq!(status, 1);
    assert_eq!(report["summary"]["errors"], 1);
    assert_eq!(report["hosts"][0]["verdict"], "refused");
    assert_eq!(finding(&report, "host/cpu-missing-feature")["path"], "cpu");
    // No start is asked about: the check at one does not matter.
    let (status, _) = ask(
        "unchecked.xml",
        "<cpu check='none'><model>Skylake-Server</model></cpu>",
    );
    assert_eq!(status, 1);
    let (status, report) = ask("less.xml", "<cpu><model>kvm64</model></cpu>");
    assert_eq!(status, 0, "{report:#}");
    assert_eq!(report["hosts"][0]["verdict"], "runs");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// Every model of the map, with each mode and policy, on hosts of every kind of facts: where the
/// answer is no, the finding says no, and where a host is called fit, nothing was missing.
#[test]
fn no_answer_goes_without_a_finding() {
    let map = CpuMap::builtin();
    let hosts: Vec<HostFacts> = [
        "vm-epyc-capabilities.xml",
        "vm-epyc.json",
        "kvm-skylake-domcaps.xml",
    ]
    .iter()
    .map(|name| Path::new(ROOT).join("testdata/hosts").join(name))
    .map(|path| read_operand(path.to_str().unwrap()).unwrap())
    .collect();
    let migration = Migration::default();
    let circumstances = Circumstances {
        migration: &migration,
        hosts: &hosts,
        source: None,
        map,
    };
    let mut refused = 0;
    let mut ask = |cpu: CpuDef| {
        let guest = GuestCpu {
            name: None,
            uuid: None,
            cpu,
            setting: Setting::default(),
        };
        let report = check_cpu(&guest, "-", &circumstances, &Options::default());
        for host in &report.hosts {
            let no = matches!(host.cpu.verdict, "incompatible" | "error");
            refused += usize::from(no);
            let runs = host.verdict == HostVerdict::Runs;
            assert!(!(no && runs), "{:?} on {host:#?}", guest.cpu);
            let yes = matches!(host.cpu.verdict, "identical" | "superset");
            let is_refused = host.verdict == HostVerdict::Refused;
            assert!(!(yes && is_refused), "{:?} on {host:#?}", guest.cpu);
        }
    };
    for model in map.models() {
        for (policy, name) in [
            (Policy::Require, "avx512f"),
            (Policy::Forbid, "avx2"),
            (Policy::Disable, "no-such-feature"),
        ] {
            let mut cpu = CpuDef::new(Kind::Guest);
            cpu.model = Some(model.name.clone().into_owned());
            ask(cpu.clone());
            cpu.set(name, policy);
            ask(cpu);
        }
    }
    for mode in [Mode::HostModel, Mode::HostPassthrough, Mode::Maximum] {
        let mut cpu = CpuDef::new(Kind::Guest);
        cpu.mode = mode;
        ask(cpu);
    }
    assert!(refused > 100, "only {refused} were refused");
}
