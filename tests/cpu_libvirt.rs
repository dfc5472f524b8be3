//! domdiff beside the libvirt of this machine: the same host CPU, the same verdicts.
//!
//! Needs a libvirt that can run embedded in virsh; Debian and Ubuntu: `libvirt-clients`,
//! `libvirt-daemon` (or `libvirt-daemon-driver-qemu`) and `qemu-system-x86`. It must be run by a
//! user who may write below the target folder; no daemon is started.

#![cfg(target_arch = "x86_64")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use domdiff::cpu::CpuMap;
use domdiff::cpu::def::Policy;
use domdiff::host::{HostFacts, read};
use serde_json::Value;

const PACKAGES: &str = "this test compares domdiff with libvirt and needs the packages \
    libvirt-clients, libvirt-daemon (libvirt-daemon-driver-qemu where that exists) and \
    qemu-system-x86";
const MAP: &str = "/usr/share/libvirt/cpu_map";

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// Runs virsh commands with an embedded libvirt: state below a folder of ours, no daemon. Each
/// test has its own, since two cannot share one.
fn virsh(root: &str, commands: &str) -> String {
    let root = scratch("libvirt").join(root);
    fs::create_dir_all(root.join("etc")).expect("a folder");
    // QEMU is probed as ourselves: as another user it might not open /dev/kvm, and then libvirt
    // probes it again for every question.
    let settings = "user = \"+0\"\ngroup = \"+0\"\n";
    fs::write(root.join("etc/qemu.conf"), settings).expect("a file");
    let mut child = Command::new("virsh")
        .arg("-c")
        .arg(format!("qemu:///embed?root={}", root.display()))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("virsh cannot be run ({error}): {PACKAGES}"));
    let mut input = child.stdin.take().expect("a pipe");
    let commands = commands.to_owned();
    let writer = std::thread::spawn(move || input.write_all(commands.as_bytes()));
    let output = child.wait_with_output().expect("virsh ends");
    let _ = writer.join();
    let trouble = String::from_utf8_lossy(&output.stderr);
    assert!(
        !trouble.contains("failed to connect"),
        "{trouble}\n{PACKAGES}"
    );
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// The XML document in what virsh printed.
fn document(printed: &str, root: &str) -> String {
    let (open, close) = (format!("<{root}>"), format!("</{root}>"));
    match (printed.find(&open), printed.find(&close)) {
        (Some(from), Some(to)) => printed[from..to + close.len()].to_owned(),
        _ => panic!("no <{root}> from virsh: {PACKAGES}\n{printed}"),
    }
}

fn domdiff(arguments: &[&str]) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_domdiff"))
        .args(arguments)
        .args(["--cpu-map", MAP, "--format", "json"])
        .output()
        .expect("domdiff runs");
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!(
            "domdiff {arguments:?}: {error}: {}",
            String::from_utf8_lossy(&output.stderr)
        )
    })
}

fn names(value: &Value) -> BTreeSet<String> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

fn map() -> CpuMap {
    CpuMap::load(Path::new(MAP)).unwrap_or_else(|error| panic!("{error}: {PACKAGES}"))
}

#[test]
fn this_machine_has_the_cpu_that_libvirt_says() {
    let libvirt: HostFacts = read::parse(
        &document(&virsh("host", "capabilities\n"), "capabilities"),
        "virsh",
    )
    .expect("capabilities read");
    let theirs = libvirt.definition(&map()).expect("a CPU");
    let ours = domdiff(&["host"]);
    let cpu = &ours["cpu"];
    assert_eq!(cpu["model"].as_str(), theirs.model.as_deref());
    assert_eq!(cpu["vendor"].as_str(), theirs.vendor.as_deref());
    let signature = theirs.signature.expect("a signature");
    assert_eq!(
        cpu["signature"]["family"].as_u64(),
        Some(u64::from(signature.family))
    );
    assert_eq!(
        cpu["signature"]["model"].as_u64(),
        Some(u64::from(signature.model))
    );
    assert_eq!(ours["microcode"].as_u64(), theirs.microcode);
    // The one difference there may be: libvirt asks KVM for model-specific registers, which an
    // unprivileged process cannot read. Those are unknown to us, never absent.
    let (theirs, mine) = (theirs.names(Policy::Require), names(&cpu["features"]));
    let theirs: BTreeSet<String> = theirs.into_iter().collect();
    let unknown = names(&cpu["unknown"]);
    let lacking: Vec<&String> = theirs
        .difference(&mine)
        .filter(|name| !unknown.contains(*name))
        .collect();
    let extra: Vec<&String> = mine.difference(&theirs).collect();
    assert!(
        lacking.is_empty() && extra.is_empty(),
        "lacks {lacking:?}, extra {extra:?}"
    );
}

/// One question in libvirt's own form: file name and text.
fn questions(map: &CpuMap, folder: &Path) -> Vec<(PathBuf, String)> {
    fs::create_dir_all(folder).expect("a folder");
    let mut all = Vec::new();
    for model in map.models() {
        let name = &model.name;
        let plain = format!("<model>{name}</model>");
        let first = map.names(model.features.minus(map.migratable()));
        let off = map
            .names(model.features)
            .into_iter()
            .next()
            .or(first.into_iter().next());
        let off = off.map_or(String::new(), |f| {
            format!("<feature policy='disable' name='{f}'/>")
        });
        for (kind, text) in [
            ("exact", format!("<cpu match='exact'>{plain}</cpu>")),
            ("minimum", format!("<cpu match='minimum'>{plain}</cpu>")),
            ("strict", format!("<cpu match='strict'>{plain}</cpu>")),
            ("without", format!("<cpu match='exact'>{plain}{off}</cpu>")),
            (
                "forbid",
                format!("<cpu>{plain}<feature policy='forbid' name='avx2'/></cpu>"),
            ),
            (
                "require",
                format!("<cpu>{plain}<feature name='avx512f'/></cpu>"),
            ),
            (
                "unknown",
                format!("<cpu>{plain}<feature name='hv-relaxed'/></cpu>"),
            ),
        ] {
            let path = folder.join(format!("{name}-{kind}.xml"));
            fs::write(&path, &text).expect("a file");
            all.push((path, text));
        }
    }
    all
}

/// The verdicts of `virsh cpu-compare` or its sister, by file.
fn verdicts(printed: &str) -> BTreeMap<&str, &'static str> {
    let mut found = BTreeMap::new();
    for line in printed.lines() {
        let Some((before, after)) = line.split_once("CPU described in ") else {
            continue;
        };
        let verdict = match () {
            () if after.contains(" is incompatible") => "incompatible",
            () if after.contains(" is identical") => "identical",
            () if before.contains("is a superset of ") => "superset",
            () => continue,
        };
        found.insert(after.split(" is ").next().unwrap_or(after), verdict);
    }
    found
}

fn same_verdicts(root: &str, compare: &str, host: &Path, wrap: fn(&str) -> String) {
    let map = map();
    let all = questions(&map, &scratch("questions").join(root));
    let folder = scratch("wrapped").join(root);
    fs::create_dir_all(&folder).expect("a folder");
    let mut arguments = vec!["check".to_owned()];
    let mut commands = String::new();
    for (path, text) in &all {
        let file = folder.join(path.file_name().expect("a name"));
        fs::write(&file, wrap(text)).expect("a file");
        arguments.push(file.display().to_string());
        let _ = writeln!(commands, "{compare} '{}'", path.display());
    }
    arguments.extend(["--host".to_owned(), host.display().to_string()]);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let answers = domdiff(&arguments);
    let printed = virsh(root, &commands);
    let theirs = verdicts(&printed);
    assert!(
        theirs.len() * 2 > all.len(),
        "few answers from virsh: {PACKAGES}\n{printed}"
    );
    let mut wrong = Vec::new();
    for ((path, _), answer) in all.iter().zip(answers.as_array().expect("an array")) {
        let path = path.to_str().expect("UTF-8");
        let theirs = theirs.get(path).copied().unwrap_or("error");
        let ours = answer["hosts"][0]["cpu"]["verdict"]
            .as_str()
            .unwrap_or("none");
        if theirs != ours {
            wrong.push(format!("{path}: libvirt {theirs}, domdiff {ours}"));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        all.len(),
        wrong.join("\n")
    );
}

#[test]
fn every_model_compares_as_libvirt_does() {
    let host = scratch("facts").join("capabilities.xml");
    let printed = virsh("compare", "capabilities\n");
    fs::write(&host, document(&printed, "capabilities")).expect("a file");
    same_verdicts("compare", "cpu-compare", &host, str::to_owned);
}

#[test]
fn every_model_compares_with_the_hypervisors_cpu_as_libvirt_does() {
    // Emulation works on every machine, with or without KVM.
    let host = scratch("facts").join("domcapabilities.xml");
    let printed = virsh("hypervisor", "domcapabilities --virttype qemu\n");
    fs::write(&host, document(&printed, "domainCapabilities")).expect("a file");
    same_verdicts(
        "hypervisor",
        "hypervisor-cpu-compare --virttype qemu",
        &host,
        |cpu| format!("<domain type='qemu'><os><type arch='x86_64'>hvm</type></os>{cpu}</domain>"),
    );
}
