//! The hook from outside, called as libvirt calls it: what is judged, what is said, and what
//! happens when something is broken. A hook that fails at the wrong time kills guests.

#![allow(clippy::unwrap_used)]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::{documents, testdata};
use domdiff::cpu::CpuMap;
use domdiff::host::{HostFacts, local};
use domdiff::migration::Migration;
use domdiff::policy::{Config, Origin};
use domdiff::report::escape::is_unsafe;
use domdiff::xml::{Document, Limits, Source};
use domdiff::{Circumstances, Options};

/// A folder of its own for one test.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What stands before the words of libvirt's call.
const FRONT: &[&str] = &["hook", "--config", "domdiff.toml", "qemu"];

/// How a call ended.
#[derive(Debug, PartialEq)]
struct Ended {
    status: Option<i32>,
    stdout: Vec<u8>,
    stderr: String,
}

impl Ended {
    fn silently() -> Self {
        Self {
            status: Some(0),
            stdout: Vec::new(),
            stderr: String::new(),
        }
    }
}

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("domdiff-hook-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(fs::canonicalize(path).unwrap())
    }

    /// One with a configuration.
    fn with(name: &str, config: &str) -> Self {
        let folder = Self::new(name);
        folder.write("domdiff.toml", config);
        folder
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    /// Starts domdiff with these arguments, and a virsh on the path that leaves a trace.
    fn start(&self, arguments: &[&str]) -> Child {
        let bin = self.0.join("bin");
        if !bin.exists() {
            fs::create_dir_all(&bin).unwrap();
            script(&bin.join("virsh"), "#!/bin/sh\n: > \"$0.called\"\n");
        }
        Command::new(env!("CARGO_BIN_EXE_domdiff"))
            .args(arguments)
            .current_dir(&self.0)
            .env_clear()
            .env("PATH", &bin)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// Calls the hook with the folder's configuration. A machine that is busy with other tests is
    /// asked again.
    fn call(&self, call: &[&str], xml: &[u8]) -> Ended {
        let log = self.0.join("log");
        let before = fs::read(&log).unwrap_or_default();
        loop {
            let child = self.start(&[FRONT, call].concat());
            let ended = self.end(child, xml);
            if !ended.stderr.contains("no answer within") {
                return ended;
            }
            fs::write(&log, &before).unwrap();
        }
    }

    /// The call of a guest that comes here.
    fn migrate(&self, xml: &str) -> Ended {
        self.call(&["web01", "migrate", "begin", "-"], xml.as_bytes())
    }

    fn end(&self, child: Child, xml: &[u8]) -> Ended {
        let ended = finish(child, xml);
        assert!(
            !self.0.join("bin/virsh.called").exists(),
            "libvirt waits for the hook: it must not be asked"
        );
        ended
    }
}

fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Gives a process its input, whether it reads it or not, and waits for its end.
fn finish(mut child: Child, input: &[u8]) -> Ended {
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || {
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ended {
        status: output.status.code(),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// An emulated guest, which needs nothing of the host's CPU.
fn guest(devices: &str) -> String {
    format!(
        "<domain type='qemu'>\n  <name>web01</name>\n  <memory unit='MiB'>64</memory>\n  \
         <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n  \
         <devices>{devices}</devices>\n</domain>\n"
    )
}

fn disk(path: &str) -> String {
    format!(
        "<disk type='file' device='cdrom'><source file='{path}'/>\
         <target dev='sda' bus='sata'/><readonly/></disk>"
    )
}

/// A guest that cannot run on any host.
fn blocked() -> String {
    guest(&disk("/nonexistent/web01.iso"))
}

const MISSING: &str =
    "error[host/disk-source-missing]: disk sda: /nonexistent/web01.iso is not there\n";

/// Every operation that libvirt 9.0 to 12.8 calls the hook of its QEMU driver for, with how it
/// goes on, but for `migrate begin`.
const OTHERS: [[&str; 2]; 9] = [
    ["prepare", "begin"],
    ["start", "begin"],
    ["started", "begin"],
    ["stopped", "end"],
    ["release", "end"],
    ["reconnect", "begin"],
    ["attach", "begin"],
    ["restore", "begin"],
    ["migrate", "end"],
];

#[test]
fn every_other_operation_succeeds_whatever_is_broken() {
    let folder = Folder::with("others", "no = [toml\n");
    for [operation, sub_operation] in OTHERS {
        for name in ["web01", "--help", "-x", "", "qemu", "migrate"] {
            let call = [name, operation, sub_operation, "-"];
            for (front, is_good) in [
                (FRONT, true),
                (&["hook", "--config", "/nonexistent", "qemu"], true),
                (&["hook", "qemu"], true),
                (&["hook", "lxc"], true),
                (&["hook", "--confg=x", "qemu"], false),
                (&["hook", "--config", "domdiff.toml"], false),
            ] {
                if !is_good && name == "--help" {
                    // Without the driver's word it is a question for help.
                    continue;
                }
                let line = [front, &call].concat();
                let mut child = folder.start(&line);
                // Its standard input stays open: nothing waits for the end of it.
                let stdin = child.stdin.take();
                let output = child.wait_with_output().unwrap();
                assert_eq!(output.status.code(), Some(0), "{line:?}");
                assert!(output.stdout.is_empty(), "{line:?}");
                // A restore can be judged, and so it is worth a word that the line is wrong.
                let may_complain = operation == "restore" && !is_good;
                assert!(output.stderr.is_empty() || may_complain, "{line:?}");
                drop(stdin);
            }
        }
    }
    let other_driver = ["hook", "libxl", "web01", "migrate", "begin", "-"];
    let child = folder.start(&other_driver);
    assert_eq!(folder.end(child, blocked().as_bytes()), Ended::silently());
}

#[test]
fn a_wrong_command_line_refuses_migrations_only() {
    let folder = Folder::new("usage");
    for line in [
        &["hook", "web01", "migrate", "begin", "-"][..],
        &[
            "hook", "--confg", "x", "qemu", "web01", "migrate", "begin", "-",
        ],
        &["hook", "qemu"],
        &["hook"],
    ] {
        let child = folder.start(line);
        let ended = folder.end(child, blocked().as_bytes());
        assert_eq!(ended.status, Some(2), "{line:?}");
        assert!(
            !ended.stderr.is_empty() && ended.stdout.is_empty(),
            "{line:?}"
        );
    }
}

#[test]
fn a_guest_that_cannot_run_here_is_refused_with_the_reasons() {
    let folder = Folder::with("refused", "");
    let ended = folder.migrate(&blocked());
    assert_eq!(ended.status, Some(1));
    assert!(ended.stdout.is_empty());
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap();
    let title = format!(
        "domdiff: web01 cannot be migrated to {}: 1 error\n",
        host.trim()
    );
    let reasons = ended.stderr.strip_prefix(&title).unwrap();
    assert!(
        reasons.starts_with(&format!("{MISSING}  help: put ")),
        "{reasons}"
    );
    assert_eq!(reasons.lines().count(), 2, "{reasons}");
}

#[test]
fn a_guest_that_can_run_here_comes_in_silence() {
    let folder = Folder::with("comes", "");
    folder.write("disc.iso", "");
    let path = folder.0.join("disc.iso");
    let ended = folder.migrate(&guest(&disk(path.to_str().unwrap())));
    assert_eq!(ended, Ended::silently());
}

#[test]
fn a_fact_that_is_missing_refuses_only_where_warnings_do() {
    let folder = Folder::with("facts", "");
    // Only libvirt knows its networks.
    let card = guest(
        "<interface type='network'><mac address='52:54:00:00:00:01'/><source network='lan'/>\
         </interface>",
    );
    assert_eq!(folder.migrate(&card), Ended::silently());
    folder.write("domdiff.toml", "[hook]\nfail_on = 'warning'\n");
    let ended = folder.migrate(&card);
    assert_eq!(ended.status, Some(1));
    assert!(
        ended.stderr.contains("\nwarning[host/network]: "),
        "{}",
        ended.stderr
    );
    folder.write("domdiff.toml", "[hook]\nfail_on = 'never'\n");
    assert_eq!(folder.migrate(&blocked()), Ended::silently());
    // The level of other commands is not the hook's.
    folder.write("domdiff.toml", "fail_on = 'never'\n");
    assert_eq!(folder.migrate(&blocked()).status, Some(1));
}

#[test]
fn levels_of_rules_and_conditions_of_the_migration_count() {
    let folder = Folder::with(
        "levels",
        "[rules]\n'host/disk-source-missing' = 'warning'\n",
    );
    assert_eq!(folder.migrate(&blocked()), Ended::silently());
    folder.write("domdiff.toml", "[migration]\noffline = true\n");
    let ended = folder.migrate(&guest(""));
    assert_eq!(ended.status, Some(1));
    assert!(
        ended
            .stderr
            .contains("\nerror[domain/offline-no-persist]: "),
        "{}",
        ended.stderr
    );
    folder.write(
        "domdiff.toml",
        "[migration]\noffline = true\npersistent = true\n",
    );
    assert_eq!(folder.migrate(&guest("")), Ended::silently());
}

#[test]
fn an_accepted_finding_lets_the_guest_come() {
    let folder = Folder::with(
        "accepted",
        "accepted = 'accepted.toml'\n[hook]\nlog = 'log'\n",
    );
    folder.write("web01.xml", &blocked());
    folder.write("accepted.toml", "");
    assert_eq!(folder.migrate(&blocked()).status, Some(1));
    let accept = [
        "check",
        "web01.xml",
        "--host",
        "local",
        "--config",
        "domdiff.toml",
        "--quiet",
        "--accept",
        "--reason",
        "The disc is ejected anyway.",
    ];
    let child = folder.start(&accept);
    assert_eq!(folder.end(child, b""), Ended::silently());
    assert_eq!(folder.migrate(&blocked()), Ended::silently());
    let log = log_lines(&folder);
    assert_eq!(log[1]["answer"], "allowed");
    assert_eq!(log[1]["findings"][0]["accepted"], true);
    // Another value is another finding.
    assert_eq!(
        folder
            .migrate(&guest(&disk("/nonexistent/other.iso")))
            .status,
        Some(1)
    );
}

#[test]
fn accepted_findings_are_found_in_a_file_of_any_length() {
    let folder = Folder::with("long", "accepted = 'accepted.toml'\n[hook]\nlog = 'log'\n");
    folder.write("accepted.toml", "");
    folder.migrate(&blocked());
    let own = log_lines(&folder)[0]["findings"][0]["fingerprint"].clone();
    let mut keys: Vec<(String, String)> = (0..100_000_u32)
        .map(|i| (format!("vm{i:06}"), format!("{i:016x}")))
        .chain([("web01".to_owned(), own.as_str().unwrap().to_owned())])
        .chain((0..3).map(|i| (format!("xm{i}"), format!("{i:016x}"))))
        .collect();
    keys.sort();
    let mut text = String::new();
    for (domain, fingerprint) in keys {
        let _ = write!(
            text,
            "[[accepted]]\ndomain = \"{domain}\"\nfingerprint = \"{fingerprint}\"\n\
             rule = \"host/disk-source-missing\"\nreason = \"so\"\n\n"
        );
    }
    folder.write("accepted.toml", &text);
    assert_eq!(folder.migrate(&blocked()), Ended::silently());
}

#[test]
fn the_xml_is_passed_on_byte_for_byte_where_that_is_asked_for() {
    let folder = Folder::with("pass", "[hook]\npass_through = true\n");
    let xml = guest("<!-- é\r\n -->").replace("domain", "domain\t\r\n") + "\n\n";
    let xml = format!("\u{feff}{xml}");
    let ended = folder.migrate(&xml);
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.is_empty() && ended.stdout == xml.as_bytes());
    let long = guest(&format!("<!--{}-->", "x".repeat(1 << 20)));
    assert!(folder.migrate(&long).stdout == long.as_bytes());
    assert!(folder.migrate(&blocked()).stdout.is_empty());
    let ended = folder.call(&["web01", "prepare", "begin", "-"], xml.as_bytes());
    assert_eq!(ended, Ended::silently());
    // Without output libvirt goes on with what it has.
    let ended = folder.migrate("<domain");
    assert_eq!((ended.status, ended.stdout.len()), (Some(0), 0));
}

/// Calls with an input that is broken, under both settings.
fn assert_on_error(folder: &Folder, rest: &str, xml: &[u8], says: &str) {
    for (word, status, what) in [("allow", 0, "let through"), ("refuse", 2, "refused")] {
        folder.write(
            "domdiff.toml",
            &format!("[hook]\non_error = '{word}'\n{rest}"),
        );
        let ended = folder.call(&["web01", "migrate", "begin", "-"], xml);
        assert_eq!(ended.status, Some(status), "{says}");
        assert!(ended.stdout.is_empty());
        let start = format!("domdiff: web01 is {what} unjudged (on_error = \"{word}\"): ");
        let said = ended
            .stderr
            .strip_prefix(&start)
            .unwrap_or_else(|| panic!("{}", ended.stderr));
        assert!(said.contains(says) && said.lines().count() == 1, "{said}");
    }
}

#[test]
fn without_an_answer_the_configuration_decides() {
    let folder = Folder::new("broken");
    let random: Vec<u8> = (0..5000_u32).map(|i| ((i * i) >> 3) as u8).collect();
    let deep = format!("<domain>{}", "<a>".repeat(100_000));
    for (xml, says) in [
        (&b""[..], "empty"),
        (b"<domain", "standard input:1:"),
        (&random, "UTF-8"),
        (b"<network><name>n</name></network>", "network"),
        (deep.as_bytes(), "standard input:1:"),
        (
            b"<domain type='kvm'><name>x</name><cpu mode='nonsense'/></domain>",
            "nonsense",
        ),
    ] {
        assert_on_error(&folder, "", xml, says);
    }
    for config in ["", "[hook]\non_error = 'refuse'\n"] {
        folder.write("domdiff.toml", config);
        let large = vec![b' '; 65 << 20];
        let child = folder.start(&[FRONT, &["web01", "migrate", "begin", "-"]].concat());
        let ended = folder.end(child, &large);
        let status = if config.is_empty() { 0 } else { 2 };
        // It is too large, or reading it takes too long.
        assert_eq!((ended.status, ended.stdout.len()), (Some(status), 0));
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    }
    let good = blocked();
    let good = good.as_bytes();
    assert_on_error(&folder, "facts = ['nothing.json']", good, "nothing.json");
    folder.write("facts.json", "{}}");
    assert_on_error(
        &folder,
        "facts = ['local', 'facts.json']",
        good,
        "facts.json",
    );
    assert_on_error(&folder, "[nonsense]", good, "nonsense");
    assert_on_error(&folder, "log = 1", good, "domdiff.toml:3:7");
    assert_on_error(&folder, "[rules]\n'abi/dsk' = 'off'", good, "abi/dsk");
    folder.write("accepted.toml", "[[accepted]]\nfingerprint = 1\n");
    for (word, status) in [("allow", 0), ("refuse", 2)] {
        let config = format!("accepted = 'accepted.toml'\nhook.on_error = '{word}'\n");
        folder.write("domdiff.toml", &config);
        let ended = folder.migrate(&blocked());
        assert_eq!(ended.status, Some(status));
        assert!(
            ended.stderr.contains("accepted.toml:2:15: "),
            "{}",
            ended.stderr
        );
        // It is not asked where nothing is found.
        assert_eq!(folder.migrate(&guest("")), Ended::silently());
    }
}

#[test]
fn an_input_without_an_end_is_not_waited_for() {
    let folder = Folder::new("endless");
    for (word, status) in [("allow", 0), ("refuse", 2)] {
        folder.write(
            "domdiff.toml",
            &format!("hook.on_error = '{word}'\nhook.log = 'log'\n"),
        );
        let mut child = folder.start(&[FRONT, &["web01", "migrate", "begin", "-"]].concat());
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(b"<domain>").unwrap();
        let output = child.wait_with_output().unwrap();
        drop(stdin);
        assert_eq!(output.status.code(), Some(status));
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.contains("no answer within 700 ms"), "{stderr}");
    }
    let log = log_lines(&folder);
    assert_eq!(log.len(), 2);
    assert_eq!(
        (&log[0]["answer"], &log[1]["answer"]),
        (&"allowed".into(), &"refused".into())
    );
    assert_eq!(log[1]["error"], "no answer within 700 ms");
}

#[test]
fn a_configuration_that_cannot_be_read_at_all_lets_guests_come() {
    let folder = Folder::new("missing");
    let ended = folder.migrate(&blocked());
    assert_eq!(ended.status, Some(0));
    assert!(
        ended.stderr.contains("domdiff.toml: no such file"),
        "{}",
        ended.stderr
    );
    // But for that one key.
    folder.write("domdiff.toml", "= broken\n[hook]\non_error = 'refuse'\n");
    assert_eq!(folder.migrate(&blocked()).status, Some(2));
    // And without one there are defaults.
    let child = folder.start(&["hook", "qemu", "web01", "migrate", "begin", "-"]);
    assert_eq!(folder.end(child, blocked().as_bytes()).status, Some(1));
}

#[test]
fn a_restore_is_judged_where_it_is_asked_for_and_by_this_host_only() {
    let folder = Folder::with("restore", "hook.restore_begin = true\n");
    let restore = |xml: &str| folder.call(&["web01", "restore", "begin", "-"], xml.as_bytes());
    let ended = restore(&blocked());
    assert_eq!(ended.status, Some(1));
    assert!(
        ended
            .stderr
            .starts_with("domdiff: web01 cannot be restored on "),
        "{}",
        ended.stderr
    );
    assert!(ended.stderr.contains(MISSING), "{}", ended.stderr);
    // libvirt does not migrate it; that is no reason against going on here.
    let bound = guest(
        "<interface type='hostdev'><mac address='52:54:00:00:00:01'/><source><address type='pci' domain='0' bus='0' slot='0' function='0'/></source></interface>",
    );
    assert_eq!(folder.migrate(&bound).status, Some(1));
    let ended = restore(&bound);
    assert!(!ended.stderr.contains("[device/"), "{}", ended.stderr);
    folder.write("domdiff.toml", "hook.restore_begin = 1\n");
    assert_eq!(restore(&blocked()), Ended::silently());
}

#[test]
fn facts_from_files_add_to_what_is_read_live() {
    let folder = Folder::with("added", "hook.facts = ['local', 'domcaps.xml']\n");
    let domcaps = "<domainCapabilities><path>/usr/bin/qemu-system-x86_64</path>\
        <domain>qemu</domain><machine>pc-q35-7.2</machine><arch>x86_64</arch>\
        <devices><video supported='yes'><enum name='modelType'><value>virtio</value></enum>\
        </video></devices></domainCapabilities>";
    folder.write("domcaps.xml", domcaps);
    let video = guest("<video><model type='cirrus'/></video>");
    let ended = folder.migrate(&video);
    assert_eq!(ended.status, Some(1), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("error[host/video-model]: "),
        "{}",
        ended.stderr
    );
    assert!(folder.migrate(&blocked()).stderr.contains(MISSING));
    assert_eq!(
        folder.migrate(&video.replace("cirrus", "virtio")).status,
        Some(0)
    );
}

#[test]
fn a_cpu_that_this_host_does_not_give_is_refused() {
    // The facts of a machine, in place of whichever this one is.
    let folder = Folder::with("cpu", "hook.facts = ['epyc.json']\n");
    let facts = fs::read_to_string(testdata("hosts").join("vm-epyc.json")).unwrap();
    folder.write("epyc.json", &facts);
    let with = |model: &str| {
        let cpu = format!(
            "<cpu mode='custom' match='exact' check='full'><model>{model}</model></cpu>\n  <devices>"
        );
        let xml = guest("").replace("<devices>", &cpu);
        folder.migrate(&xml.replace("type='qemu'", "type='kvm'"))
    };
    let ended = with("SierraForest");
    assert_eq!(ended.status, Some(1), "{}", ended.stderr);
    assert!(
        ended.stderr.contains("\nerror[host/cpu-missing-feature]: "),
        "{}",
        ended.stderr
    );
    assert_eq!(with("kvm64"), Ended::silently());
}

#[test]
fn nothing_hostile_reaches_the_operator_or_the_log() {
    let folder = Folder::with("hostile", "hook.log = 'log'\n");
    let evil = "\u{1b}[2J\u{202e}\u{9b}31m\nerror[fake]: all is well\u{7}";
    let path = format!("/nonexistent/{}", evil.replace(['\u{1b}', '\u{7}'], ""));
    let xml = guest(&disk(&path.replace('\n', "&#10;"))).replace(
        "web01",
        &evil.replace(['\u{1b}', '\u{7}'], "").replace('\n', "&#10;"),
    );
    let names = [evil, "", "--", "$(reboot)", "::error::x"];
    for name in names {
        for xml in [&xml, "<\u{1b}"] {
            let ended = folder.call(&[name, "migrate", "begin", "-"], xml.as_bytes());
            let lines = ended.stderr.replace('\n', "");
            assert!(!lines.chars().any(is_unsafe), "{:?}", ended.stderr);
            assert!(!ended.stderr.contains("\nerror[fake]"), "{}", ended.stderr);
        }
    }
    let log = folder.read("log");
    assert!(!log.replace('\n', "").chars().any(is_unsafe), "{log:?}");
    assert_eq!(log_lines(&folder).len(), 2 * names.len());
}

#[test]
fn no_secret_is_told() {
    let folder = Folder::with("secret", "[hook]\nfail_on = 'info'\nlog = 'log'\n");
    let xml = guest(&format!(
        "{}<graphics type='vnc' port='5901' passwd='geheim'/>\
         <graphics type='spice' port='5902' passwd='geheim'/>\
         <hostdev mode='subsystem' type='usb'><source><vendor id='0x1'/></source></hostdev>",
        disk("/nonexistent/geheim-is-no-secret-here.iso")
    ));
    let ended = folder.migrate(&xml);
    assert_eq!(ended.status, Some(1));
    for text in [ended.stderr, folder.read("log")] {
        let text = text.replace("geheim-is-no", "");
        assert!(!text.contains("geheim"), "{text}");
    }
}

#[test]
fn what_is_said_is_bounded() {
    let folder = Folder::with("bounded", "hook.log = 'log'\n");
    let disks: String = (0..200)
        .map(|i| {
            let name = "é".repeat(600);
            format!(
                "<disk type='file' device='cdrom'><source file='/nonexistent/{i}{name}'/>\
                 <target dev='sd{i}' bus='sata'/><readonly/></disk>"
            )
        })
        .collect();
    let few = disks.split_inclusive("</disk>").take(3).collect();
    let name = "n".repeat(100_000);
    for (xml, at_least) in [(few, 3), (disks, 5)] {
        let ended = folder.call(&[&name, "migrate", "begin", "-"], guest(&xml).as_bytes());
        assert_eq!(ended.status, Some(1));
        assert!(ended.stderr.len() <= 4096, "{}", ended.stderr.len());
        let reasons = ended.stderr.matches("error[host/disk-source-missing]: ");
        assert!(reasons.count() >= at_least, "{}", ended.stderr);
    }
    let ended = folder.call(&[&name, "migrate", "begin", "-"], b"");
    assert!(ended.stderr.len() <= 4096);
    for line in folder.read("log").lines() {
        assert!(line.len() < 32 << 10, "{}", line.len());
    }
}

/// The lines of a folder's log.
fn log_lines(folder: &Folder) -> Vec<serde_json::Value> {
    let text = folder.read("log");
    assert!(text.ends_with('\n'));
    let lines = text.lines();
    lines
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn the_log_tells_every_guest_that_was_judged() {
    let folder = Folder::with("log", "hook.log = 'log'\n");
    folder.migrate(&guest(""));
    folder.migrate(&blocked());
    folder.migrate("");
    folder.call(&["web01", "start", "begin", "-"], b"");
    let lines = log_lines(&folder);
    let of = |key: &str| -> Vec<&str> {
        lines
            .iter()
            .map(|line| line[key].as_str().unwrap_or(""))
            .collect()
    };
    assert_eq!(of("answer"), ["allowed", "refused", "allowed"]);
    assert_eq!(of("domain"), ["web01"; 3]);
    assert_eq!(of("operation"), ["migrate"; 3]);
    assert!(of("error")[2].contains("empty"));
    for time in of("time") {
        assert!(time.parse::<jiff::Timestamp>().is_ok(), "{time}");
    }
    let finding = &lines[1]["findings"][0];
    assert_eq!(finding["rule"], "host/disk-source-missing");
    assert_eq!(finding["level"], "error");
    assert_eq!(finding["accepted"], false);
    // A log that cannot be written changes no answer.
    folder.write("domdiff.toml", "hook.log = 'no/such/folder/log'\n");
    let ended = folder.migrate(&guest(""));
    assert_eq!(ended.status, Some(0));
    assert!(
        ended.stderr.contains("no/such/folder/log: cannot write"),
        "{}",
        ended.stderr
    );
    assert_eq!(folder.migrate(&blocked()).status, Some(1));
}

#[test]
fn what_is_not_read_of_this_machine_changes_no_answer() {
    let limits = Limits::default();
    let all = [local::read()];
    let mut folders = vec![testdata("domains")];
    for entry in fs::read_dir(testdata("rules/host")).unwrap() {
        folders.push(entry.unwrap().path());
    }
    let mut less = 0;
    for (name, text) in folders.iter().flat_map(|folder| documents(folder)) {
        let source = Source::from_bytes(&name, text.clone().into_bytes()).unwrap();
        let document = Document::parse(&source, &limits).unwrap();
        let found = |hosts: &[HostFacts]| -> Vec<String> {
            let circumstances = Circumstances {
                migration: &Migration::default(),
                hosts,
                source: None,
                map: CpuMap::builtin(),
            };
            let report = domdiff::check(&document, &circumstances, &Options::default()).unwrap();
            let found = report.all_findings();
            found
                .map(|f| format!("{} {}", f.level, f.message))
                .collect()
        };
        let wanted = local::Wanted::of(&text);
        less += usize::from(wanted != local::Wanted::ALL);
        let mut some = local::read_wanted(wanted);
        // Free memory and the like change from one moment to the next.
        some.system = all[0].system.clone();
        assert_eq!(found(&[some]), found(&all), "{name}");
    }
    assert!(less > 50, "{less}");
}

/// The script and the configuration that are to be installed.
fn packaged(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("packaging/hook");
    fs::read_to_string(folder.join(name)).unwrap()
}

#[test]
fn the_packaged_script_calls_domdiff_and_depends_on_it_for_migrations_only() {
    let folder = Folder::with("script", "");
    let text = packaged("domdiff");
    let config = folder.0.join("domdiff.toml");
    let moved = text.replace("/etc/domdiff/domdiff.toml", config.to_str().unwrap());
    assert_ne!(moved, text);
    script(&folder.0.join("hook"), &moved);
    let call = |path: &Path, call: &[&str], xml: &str| {
        let child = Command::new("/bin/sh")
            .arg("./hook")
            .args(call)
            .current_dir(&folder.0)
            .env_clear()
            .env("PATH", path)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        finish(child, xml.as_bytes())
    };
    let there = Path::new(env!("CARGO_BIN_EXE_domdiff")).parent().unwrap();
    let nowhere = Path::new("/nonexistent");
    for [operation, sub_operation] in OTHERS {
        for path in [there, nowhere] {
            let ended = call(path, &["web01", operation, sub_operation, "-"], &blocked());
            assert_eq!(ended, Ended::silently(), "{operation}");
        }
    }
    for name in ["web01", "--help", "a b'\"", "$(x)", "-n"] {
        let ended = call(there, &[name, "migrate", "begin", "-"], &blocked());
        assert_eq!(ended.status, Some(1), "{}", ended.stderr);
        assert!(ended.stderr.contains(MISSING), "{}", ended.stderr);
        let ended = call(there, &[name, "migrate", "begin", "-"], &guest(""));
        assert_eq!(ended, Ended::silently());
    }
}

#[test]
fn the_packaged_configuration_is_read_with_and_without_its_examples() {
    let text = packaged("domdiff.toml");
    let all = text
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(example) if example.contains(" = ") => example,
            _ => line,
        })
        .collect::<Vec<_>>()
        .join("\n");
    assert_ne!(all, text.trim_end());
    let plain = Config::parse(&text, "c", Origin::Named).unwrap();
    let full = Config::parse(&all, "c", Origin::Named).unwrap();
    assert!(plain.accepted.is_none() && plain.hook.facts.is_empty());
    assert!(full.accepted.is_some() && full.hook.facts.len() == 2);
    assert_eq!(full.migration.shared_paths.len(), 1);
}

#[test]
fn the_documentation_shows_what_is_said() {
    let folder = Folder::with("page", "");
    let card = guest(
        "<interface type='bridge'><mac address='52:54:00:5e:10:01'/><source bridge='br-dmz'/>\
         <model type='virtio'/></interface>",
    );
    let said = folder.migrate(&card).stderr;
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/hook.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, reasons) = said.split_once('\n').unwrap();
    assert!(page.contains(&format!("\n{reasons}```\n")), "{said}");
}
