//! What `domdiff host --with` and `dom:NAME` read, beside a real libvirt of this machine: one that
//! is brought up for the test, with networks, pools, secrets, filters and domains of its own.
//!
//! Run as root, with Debian's `libvirt-daemon-system`, `libvirt-clients`, `qemu-system-x86` and
//! `iproute2`: `.ci/packages` installs them.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot ask libvirt has failed"
)]

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

const PACKAGES: &str = "this test brings up a libvirt: it must be run by root, with the packages \
    libvirt-daemon-system, libvirt-clients, qemu-system-x86 and iproute2 (bash .ci/packages)";

const UUID: &str = "1f0c1d3e-52a8-4f0b-9a75-0f5b8a0d7c";

/// A libvirt that lives as long as the pipe to it.
struct Host {
    _keeper: Child,
    uri: String,
}

/// The one of all tests of this program. Its pipe closes when the program ends.
fn host() -> &'static Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("host_libvirt");
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        let host = Host::start(&folder);
        host.furnish(&folder);
        host
    })
}

impl Host {
    fn start(folder: &Path) -> Self {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/libvirt/host.sh");
        let mut keeper = Command::new("unshare")
            .args([
                "--mount",
                "--net",
                "--uts",
                "--pid",
                "--fork",
                "--kill-child",
            ])
            .args(["--mount-proc", "bash", script])
            .arg(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("unshare: {error}: {PACKAGES}"));
        let mut line = String::new();
        let mut printed = BufReader::new(keeper.stdout.take().unwrap());
        printed.read_line(&mut line).unwrap();
        let log = fs::read_to_string(folder.join("libvirtd.log")).unwrap_or_default();
        assert_eq!(line.trim(), "ready", "no libvirt: {PACKAGES}\n{log}");
        let socket = folder.join("run/libvirt/libvirt-sock");
        Self {
            _keeper: keeper,
            uri: format!("qemu+unix:///system?socket={}", socket.display()),
        }
    }

    fn virsh(&self, arguments: &[&str]) -> String {
        let output = Command::new("virsh")
            .args(["--quiet", "--connect", &self.uri])
            .args(arguments)
            .output()
            .unwrap_or_else(|error| panic!("virsh: {error}: {PACKAGES}"));
        let complaint = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "virsh {arguments:?}: {complaint}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Hands a definition to a virsh command.
    fn define(&self, folder: &Path, command: &str, xml: &str) {
        let file = folder.join("definition.xml");
        fs::write(&file, xml).unwrap();
        self.virsh(&[command, file.to_str().unwrap()]);
    }

    /// Gives it what the tests look for.
    fn furnish(&self, folder: &Path) {
        let images = folder.join("images");
        fs::create_dir_all(&images).unwrap();
        fs::write(images.join("guest.img"), [0; 4096]).unwrap();
        let pool = |name: &str| {
            let target = images.display();
            format!(
                "<pool type='dir'><name>{name}</name><target><path>{target}</path></target></pool>"
            )
        };
        self.define(folder, "pool-define", &pool("images"));
        self.virsh(&["pool-start", "images"]);
        let archive = pool("archive").replace("/images<", "/archive<");
        self.define(folder, "pool-define", &archive);
        for network in [
            "<network><name>lan</name><bridge name='virbr7'/><portgroup name='office'/></network>",
            "<network><name>nat</name><forward mode='nat'/><bridge name='virbr8'/>\
             <ip address='192.168.77.1' netmask='255.255.255.0'/></network>",
        ] {
            self.define(folder, "net-define", network);
        }
        self.virsh(&["net-start", "lan"]);
        self.define(
            folder,
            "secret-define",
            &format!(
                "<secret ephemeral='no' private='yes'><uuid>{UUID}01</uuid>\
                 <usage type='ceph'><name>client.vms</name></usage></secret>"
            ),
        );
        self.define(
            folder,
            "nwfilter-define",
            "<filter name='web-only' chain='root'><rule action='accept' direction='in'/></filter>",
        );
        for (name, uuid, device) in [
            ("runs", "11", ""),
            (
                "rests",
                "12",
                "<vsock model='virtio'><cid auto='no' address='77'/></vsock>",
            ),
            ("--version", "13", ""),
        ] {
            self.define(folder, "define", &domain(name, uuid, device));
        }
        self.virsh(&["start", "runs"]);
        self.define(folder, "create", &domain("passing", "14", ""));
    }
}

/// An emulated guest without disks.
fn domain(name: &str, uuid: &str, device: &str) -> String {
    format!(
        "<domain type='qemu'><name>{name}</name><uuid>{UUID}{uuid}</uuid>\
         <memory unit='MiB'>32</memory><vcpu>1</vcpu>\
         <os><type arch='x86_64' machine='pc'>hvm</type></os>\
         <devices><emulator>/usr/bin/qemu-system-x86_64</emulator>{device}\
         <memballoon model='none'/></devices></domain>"
    )
}

/// Runs a command of domdiff's that asks the libvirt.
fn domdiff(command: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_domdiff"))
        .args([command, "--connect", &host().uri, "--format", "json"])
        .args(arguments)
        .output()
        .unwrap()
}

fn answer(command: &str, arguments: &[&str]) -> Value {
    let output = domdiff(command, arguments);
    let complaint = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("domdiff {command} {arguments:?}: {error}: {complaint}"))
}

/// One kind of facts.
fn facts(topic: &str) -> Value {
    answer("host", &["--with", topic])
}

/// The entry of a list with that name.
fn named<'v>(list: &'v Value, name: &str) -> &'v Value {
    let entries = list.as_array().map(Vec::as_slice).unwrap_or_default();
    let found = entries.iter().find(|entry| entry["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {list}"))
}

#[test]
fn networks() {
    let list = &facts("networks")["networks"];
    let lan = json!({"name": "lan", "active": true, "bridge": "virbr7", "portgroups": ["office"]});
    assert_eq!(named(list, "lan"), &lan);
    let nat = named(list, "nat");
    assert_eq!(
        (&nat["active"], &nat["forward"], &nat["address"]),
        (&json!(false), &json!("nat"), &json!("192.168.77.1"))
    );
}

#[test]
fn pools_and_volumes() {
    let list = &facts("pools")["pools"];
    let images = named(list, "images");
    assert_eq!(
        (&images["active"], &images["type"]),
        (&json!(true), &json!("dir"))
    );
    assert_eq!(images["volumes"], json!(["guest.img"]));
    assert!(images["target"].as_str().unwrap().ends_with("/images"));
    let archive = named(list, "archive");
    assert_eq!(archive["active"], false);
    assert_eq!(
        archive["volumes"],
        Value::Null,
        "a pool that rests tells none"
    );
}

#[test]
fn secrets_and_filters() {
    let told = facts("secrets,nwfilters");
    let secret = &told["secrets"][0];
    assert_eq!(secret["uuid"], format!("{UUID}01"));
    assert_eq!(
        (&secret["usage_type"], &secret["usage"]),
        (&json!("ceph"), &json!("client.vms"))
    );
    let filters = told["nwfilters"].as_array().unwrap();
    assert!(filters.contains(&json!("web-only")), "{filters:?}");
    let all = host().virsh(&["nwfilter-list"]);
    assert_eq!(
        filters.len(),
        all.lines().filter(|line| !line.trim().is_empty()).count()
    );
}

#[test]
fn devices_of_the_host() {
    let told = facts("nodedevs");
    let addresses = told["nodedevs"].as_array().unwrap().iter();
    let mut addresses: Vec<&str> = addresses
        .filter_map(|device| device["pci"].as_str())
        .collect();
    addresses.sort_unstable();
    let entries =
        fs::read_dir("/sys/bus/pci/devices").map_or_else(|_| Vec::new(), Iterator::collect);
    let mut kernels: Vec<String> = entries
        .into_iter()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    kernels.sort_unstable();
    assert_eq!(addresses, kernels);
}

#[test]
fn other_domains() {
    let list = &facts("domains")["domains"];
    for (name, active) in [
        ("runs", true),
        ("rests", false),
        ("--version", false),
        ("passing", true),
    ] {
        assert_eq!(named(list, name)["active"], active, "{name}");
    }
    assert_eq!(named(list, "runs")["uuid"], format!("{UUID}11"));
    assert_eq!(named(list, "rests")["vsock_cid"], 77);
}

#[test]
fn releases_and_capabilities() {
    let told = facts("versions,capabilities,domcapabilities");
    let printed = host().virsh(&["version", "--daemon"]);
    for (key, words) in [
        ("libvirt_version", "Using library: libvirt"),
        ("qemu_version", "Running hypervisor: QEMU"),
    ] {
        let line = printed.lines().find_map(|line| line.strip_prefix(words));
        assert_eq!(told[key].as_str(), line.map(str::trim), "{printed}");
    }
    let guests = told["guests"].as_array().unwrap();
    let of_pc = guests
        .iter()
        .find(|guest| guest["arch"] == "x86_64")
        .unwrap();
    assert_eq!(of_pc["emulator"], "/usr/bin/qemu-system-x86_64");
    let machines = of_pc["machines"].as_array().unwrap();
    assert!(
        machines.iter().any(|machine| machine["name"] == "pc"),
        "{machines:?}"
    );
    let caps = &told["domain_capabilities"][0];
    assert_eq!(caps["arch"], "x86_64");
    let buses = caps["enums"]["devices/disk/bus"].as_array().unwrap();
    assert!(buses.contains(&json!("virtio")), "{buses:?}");
}

#[test]
fn all_that_is_asked_for_at_once() {
    let told = answer("host", &["--with", "all", "--for", "dom:runs"]);
    for key in [
        "networks",
        "nwfilters",
        "pools",
        "secrets",
        "nodedevs",
        "domains",
        "libvirt_version",
        "guests",
        "domain_capabilities",
        "paths",
    ] {
        assert!(!told[key].is_null(), "{key} is not told");
    }
    assert_eq!(told["domain_capabilities"][0]["virt_type"], "qemu");
}

#[test]
fn a_libvirt_without_a_driver_tells_the_rest() {
    // libvirt's test driver knows networks, but neither filters nor secrets.
    let topics = "networks,nwfilters,secrets";
    let arguments = ["host", "--connect", "test:///default", "--with", topics];
    let output = Command::new(env!("CARGO_BIN_EXE_domdiff"))
        .args(arguments)
        .args(["--format", "json"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(named(&told["networks"], "default")["active"], true);
    assert!(told["nwfilters"].is_null() && told["secrets"].is_null());
    let notes = told["notes"].to_string();
    for command in ["virsh nwfilter-list: ", "virsh secret-list: "] {
        assert!(notes.contains(command), "no {command}in {notes}");
    }
}

#[test]
fn domains_by_name() {
    let running = &answer("check", &["dom:runs"])[0];
    assert_eq!(running["new"]["name"], "runs");
    // What libvirt makes of `pc` at the start shows that the live definition was read.
    let show = |operand: &str| {
        let arguments = ["show", "--connect", &host().uri, operand];
        let output = Command::new(env!("CARGO_BIN_EXE_domdiff"))
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let live = host().virsh(&["dumpxml", "runs"]);
    let inactive = host().virsh(&["dumpxml", "runs", "--inactive"]);
    assert_ne!(live, inactive);
    assert!(show("dom:runs:inactive").contains("<name>runs</name>"));
    // A name that looks like an option is a name.
    assert_eq!(
        answer("check", &["dom:--version"])[0]["new"]["name"],
        "--version"
    );
    assert!(show("dom:--version").contains("<name>--version</name>"));
    // One that rests cannot be migrated live, which only libvirt can tell.
    let rests = &answer("check", &["dom:rests"])[0];
    let rules: Vec<&Value> = rests["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| &finding["rule"])
        .collect();
    assert!(rules.contains(&&json!("domain/not-running")), "{rules:?}");
}

#[test]
fn complaints_of_virsh_are_passed_on() {
    let unknown = domdiff("check", &["dom:nobody"]);
    let complaint = String::from_utf8(unknown.stderr).unwrap();
    assert_eq!(unknown.status.code(), Some(2), "{complaint}");
    assert!(unknown.stdout.is_empty());
    assert!(
        complaint.contains("failed to get domain 'nobody'"),
        "{complaint}"
    );
    // One that is gone when it stops has no persistent definition; libvirt gives the live one.
    assert_eq!(
        answer("check", &["dom:passing:inactive"])[0]["new"]["name"],
        "passing"
    );
    let nowhere = Command::new(env!("CARGO_BIN_EXE_domdiff"))
        .args([
            "host",
            "--connect",
            "qemu+unix:///system?socket=/nowhere",
            "--with",
            "networks",
        ])
        .output()
        .unwrap();
    let complaint = String::from_utf8(nowhere.stderr).unwrap();
    assert_eq!(nowhere.status.code(), Some(2), "{complaint}");
    assert!(complaint.contains("/nowhere"), "{complaint}");
    assert_eq!(complaint.lines().count(), complaint.trim().lines().count());
}
