//! Accepted findings end to end: what is written, what of it stays, what is
//! found in a file of any size, and what tells one finding from another.

#![allow(clippy::unwrap_used)]

mod common;

use std::fmt::Write as _;
use std::fs;
use std::io::Cursor;
use std::path::PathBuf;
use std::process::{Command, Output};

use domdiff::policy::{Accepted, Date, narrow};
use proptest::prelude::*;

/// A folder of its own for one test.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("domdiff-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(fs::canonicalize(path).unwrap())
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.0.join(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.0.join(name)).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_domdiff"))
            .args(arguments)
            .current_dir(&self.0)
            .output()
            .unwrap()
    }

    /// Runs and says the exit status, with what went wrong.
    fn status(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let output = self.run(arguments);
        let complaint = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), complaint)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

const DONE: (Option<i32>, String) = (Some(0), String::new());

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn guest(name: &str, cpu: &str, devices: &str) -> String {
    format!(
        "<domain type='kvm'><name>{name}</name><memory unit='MiB'>512</memory>\
         <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>{cpu}\
         <devices>{devices}</devices></domain>"
    )
}

const PASSTHROUGH: &str = "<cpu mode='host-passthrough'/>";

#[test]
fn every_shipped_domain_is_clean_once_its_findings_are_accepted() {
    let folder = Folder::new("clean");
    let mut names = Vec::new();
    for (name, text) in common::documents(&common::testdata("domains")) {
        folder.write(&format!("{name}.xml"), &text);
        names.push(format!("{name}.xml"));
    }
    let files: Vec<&str> = names.iter().map(String::as_str).collect();
    let check = [
        "check",
        "--fail-on",
        "info",
        "--accepted",
        "a.toml",
        "--quiet",
    ];
    let accept = [&check[..], &["--accept", "--reason", "as it is"], &files].concat();
    assert_eq!(folder.status(&accept), DONE);
    assert_eq!(folder.status(&[&check[..], &files].concat()), DONE);
    let written = folder.read("a.toml");
    assert_eq!(folder.status(&accept), DONE);
    assert_eq!(folder.read("a.toml"), written, "accepted twice");
    for file in &files {
        assert_eq!(
            folder.status(&[&check[..], &[file]].concat()),
            DONE,
            "{file}"
        );
    }
}

#[test]
fn what_people_wrote_stays() {
    let folder = Folder::new("comments");
    folder.write("b.xml", &guest("b", PASSTHROUGH, ""));
    let before = "# Ours.\n\n# Since the move.\n[[accepted]]\ndomain = 'a' # the old one\n\
                  fingerprint = \"00c0ffee00c0ffee\"\nrule = 'disk/missing-source'\n\
                  reason = '''of\nmany lines'''\n\n# The end.\n";
    folder.write("a.toml", before);
    let accept = |reason: &str| {
        let flags = [
            "check",
            "b.xml",
            "--fail-on",
            "warning",
            "--accepted",
            "a.toml",
            "--accept",
        ];
        assert_eq!(
            folder.status(&[&flags[..], &["--reason", reason]].concat()),
            DONE
        );
        folder.read("a.toml")
    };
    let after = accept("because of \"this\"\n[[accepted]]\u{202e}");
    let (kept, added) = after.split_at(before.find("\n# The end").unwrap());
    assert!(before.starts_with(kept), "{after}");
    assert!(after.ends_with("\n# The end.\n"), "{after}");
    let reason = r#"reason = "because of \"this\"\n[[accepted]]\U0000202E""#;
    assert!(added.contains(reason), "{after}");
}

#[test]
fn an_expired_entry_is_renewed_in_its_place() {
    let folder = Folder::new("renewed");
    let data = common::testdata("policy");
    folder.write(
        "a.toml",
        &fs::read_to_string(data.join("expired.toml")).unwrap(),
    );
    folder.write(
        "g.xml",
        &fs::read_to_string(data.join("team/guest.xml")).unwrap(),
    );
    let flags = [
        "check",
        "g.xml",
        "--fail-on",
        "warning",
        "--accepted",
        "a.toml",
    ];
    assert_eq!(folder.status(&flags).0, Some(1));
    let accept = [
        "--accept",
        "--reason",
        "still so",
        "--expires",
        "2999-01-31",
    ];
    assert_eq!(folder.status(&[&flags[..], &accept].concat()), DONE);
    let expected = fs::read_to_string(data.join("expired.toml"))
        .unwrap()
        .replace("All hosts of the rack are of one model.", "still so")
        .replace("owner = \"compute\"\n", "")
        .replace("2020-12-31", "2999-01-31");
    assert_eq!(folder.read("a.toml"), expected);
    assert_eq!(folder.status(&flags), DONE);
}

#[test]
fn one_domain_is_accepted_and_not_another() {
    let folder = Folder::new("names");
    folder.write("a.xml", &guest("a", PASSTHROUGH, ""));
    folder.write("b.xml", &guest("b", PASSTHROUGH, ""));
    let check = |file| {
        [
            "check",
            file,
            "--fail-on",
            "warning",
            "--accepted",
            "a.toml",
        ]
    };
    let accept = [&check("a.xml")[..], &["--accept", "--reason", "why"]].concat();
    assert_eq!(folder.status(&accept), DONE);
    assert_eq!(folder.status(&check("a.xml")), DONE);
    assert_eq!(folder.status(&check("b.xml")).0, Some(1));
    let nameless = folder.read("a.toml").replace("domain = \"a\"\n", "");
    folder.write("a.toml", &nameless);
    assert_eq!(folder.status(&check("b.xml")), DONE);
}

#[test]
fn a_second_one_like_the_accepted_is_not_accepted() {
    let folder = Folder::new("twins");
    let rng = "<rng model='virtio'><backend model='random'>/dev/random</backend></rng>";
    folder.write("old.xml", &guest("a", "", ""));
    folder.write("one.xml", &guest("a", "", rng));
    folder.write("two.xml", &guest("a", "", &rng.repeat(2)));
    let flags = ["--fail-on", "warning", "--accepted", "a.toml"];
    let accept = ["old.xml", "one.xml", "--accept", "--reason", "why"];
    assert_eq!(folder.status(&[&accept[..], &flags].concat()), DONE);
    assert_eq!(
        folder
            .status(&[&["old.xml", "two.xml"][..], &flags].concat())
            .0,
        Some(1)
    );
}

#[test]
fn a_link_out_of_the_folder_is_not_followed() {
    let folder = Folder::new("links");
    fs::create_dir(folder.0.join("repository")).unwrap();
    folder.write("secret.toml", "[[accepted]]\n");
    folder.write("repository/g.xml", &guest("g", "", ""));
    folder.write("repository/domdiff.toml", "accepted = 'a.toml'\n");
    let link = folder.0.join("repository/a.toml");
    std::os::unix::fs::symlink("../secret.toml", &link).unwrap();
    for extra in [&[][..], &["--accept", "--reason", "why"]] {
        let (status, complaint) = folder.status(&[&["check", "repository/g.xml"], extra].concat());
        assert_eq!(status, Some(2));
        assert!(complaint.contains("leads out of the folder"), "{complaint}");
    }
    fs::remove_file(folder.0.join("repository/domdiff.toml")).unwrap();
    std::os::unix::fs::symlink("../secret.toml", folder.0.join("repository/domdiff.toml")).unwrap();
    let (_, complaint) = folder.status(&["check", "repository/g.xml"]);
    assert!(complaint.contains("leads out of the folder"), "{complaint}");
}

/// Entries of many domains, with more than one a domain, in no order.
fn entries(count: u64) -> Vec<(String, String)> {
    (0..count)
        .map(|i| {
            let mixed = i.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            (format!("guest{}", mixed % 997), format!("{mixed:016x}"))
        })
        .collect()
}

fn file(entries: &[(String, String)]) -> String {
    let mut text = String::from("# Accepted by us.\n");
    for (domain, fingerprint) in entries {
        text.push_str("\n[[accepted]]\n");
        if !domain.is_empty() {
            writeln!(text, "domain = \"{domain}\"").unwrap();
        }
        write!(
            text,
            "fingerprint = \"{fingerprint}\"\nrule = \"abi/disk\"\nreason = \"why\"\n"
        )
        .unwrap();
    }
    text
}

#[test]
fn a_large_file_without_order_is_refused_and_put_in_order() {
    let folder = Folder::new("order");
    let mut list = entries(3000);
    folder.write("a.toml", &file(&list));
    folder.write("g.xml", &guest("g", "", ""));
    let flags = ["check", "g.xml", "--accepted", "a.toml"];
    let (status, complaint) = folder.status(&flags);
    assert_eq!(status, Some(2));
    assert!(
        complaint.contains("in the order of domain and fingerprint"),
        "{complaint}"
    );
    assert_eq!(
        folder.status(&[&flags[..], &["--accept", "--reason", "why"]].concat()),
        DONE
    );
    list.sort();
    assert_eq!(folder.read("a.toml"), file(&list));
    assert_eq!(folder.status(&flags), DONE);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    /// What is found by halving is what stands in the file, wherever it stands.
    #[test]
    fn narrowing_loses_nothing(
        count in 1..3000_u64,
        nameless in 0..400_usize,
        wanted in any::<prop::sample::Index>(),
        long in 0..9000_usize,
        comment in any::<prop::sample::Index>(),
    ) {
        let mut list = entries(count);
        for (domain, _) in list.iter_mut().take(nameless) {
            domain.clear();
        }
        list.sort();
        let mut text = file(&list);
        // A long comment behind any line: entries are of any length.
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        text.insert_str(*comment.get(&ends), &format!(" # {}", "é[[".repeat(long / 3)));
        let (domain, fingerprint) = wanted.get(&list);
        let asked = if domain.is_empty() { "any" } else { domain };
        let part = narrow(&mut Cursor::new(&text), Some(asked), &[fingerprint, "0000000000000001"]).unwrap();
        let header = format!("fingerprint = \"{fingerprint}\"");
        prop_assert!(part.contains(&header), "{domain} {fingerprint}");
        prop_assert!(Accepted::parse(&part, "a.toml", day("2026-11-23")).is_ok());
        if text.len() > 64 << 10 {
            let own = list.iter().filter(|(domain, _)| domain.is_empty() || domain == asked);
            prop_assert!(part.matches("fingerprint").count() <= own.count());
        }
    }
}

/// The fingerprints of what changed.
fn prints(old: &str, new: &str) -> Vec<String> {
    let findings = common::compare(old, new).findings;
    findings
        .into_iter()
        .map(|finding| finding.fingerprint)
        .collect()
}

#[test]
fn a_place_is_told_by_what_stands_there_not_by_its_number() {
    let hostdev = |slot: u8, driver: &str| {
        format!(
            "<hostdev mode='subsystem' type='pci' managed='yes'><driver name='{driver}'/>\
             <source><address domain='0' bus='3' slot='{slot}' function='0'/></source>\
             <address type='pci' domain='0' bus='{slot}' slot='0' function='0'/></hostdev>"
        )
    };
    let list = |devices: &[String]| guest("a", "", &devices.concat());
    let (one, two, three) = (hostdev(1, "vfio"), hostdev(2, "vfio"), hostdev(2, "kvm"));
    let own = prints(
        &list(std::slice::from_ref(&two)),
        &list(std::slice::from_ref(&three)),
    );
    assert!(!own.is_empty());
    assert_eq!(
        own,
        prints(&list(&[one.clone(), two]), &list(&[one, three]))
    );
}

#[test]
fn no_fingerprint_lets_a_secret_be_guessed() {
    let vnc = |password: &str| {
        guest(
            "a",
            "",
            &format!("<graphics type='vnc' passwd='{password}'/>"),
        )
    };
    let one = prints(&vnc("a"), &vnc("b"));
    assert!(!one.is_empty());
    assert_eq!(one, prints(&vnc("c"), &vnc("d")));
    let folder = Folder::new("secrets");
    folder.write("a.xml", &vnc("a"));
    folder.write("b.xml", &vnc("b"));
    let told = |extra: &[&str]| {
        let arguments = [&["a.xml", "b.xml", "--format", "json"][..], extra].concat();
        let output = folder.run(&arguments).stdout;
        let answer: serde_json::Value = serde_json::from_slice(&output).unwrap();
        answer["findings"][0]["fingerprint"].clone()
    };
    assert_eq!(told(&[]), told(&["--show-secrets"]));
    assert_eq!(told(&[]), one[0].as_str());
}

#[test]
fn a_configuration_is_found_above_the_new_file() {
    let folder = Folder::new("above");
    fs::create_dir_all(folder.0.join("team/rack/guests")).unwrap();
    folder.write("team/domdiff.toml", "fail_on = 'warning'\n");
    folder.write("team/rack/guests/g.xml", &guest("g", PASSTHROUGH, ""));
    let check =
        |operand: &str, extra: &[&str]| folder.status(&[&["check", operand], extra].concat());
    assert_eq!(check("team/rack/guests/g.xml", &[]).0, Some(1));
    assert_eq!(check("team/rack/guests", &[]).0, Some(1));
    assert_eq!(check("team/rack/guests/g.xml", &["--no-config"]).0, Some(0));
    assert_eq!(
        check("team/rack/guests/g.xml", &["--fail-on", "error"]).0,
        Some(0)
    );
    folder.write("team/rack/domdiff.toml", "");
    assert_eq!(
        check("team/rack/guests/g.xml", &[]).0,
        Some(0),
        "the nearest one"
    );
    let named = ["--config", "team/domdiff.toml"];
    assert_eq!(check("team/rack/guests/g.xml", &named).0, Some(1));
}
