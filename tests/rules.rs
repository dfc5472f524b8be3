//! The list of rules agrees with the field table, and the rules of the mission
//! work end to end on a pair.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot read its data has failed"
)]

use std::collections::BTreeSet;

use domdiff::report::{EnforcedBy, Impact, Level, LibvirtCheck, Report, Verdict};
use domdiff::xml::{Document, Limits, Source};

/// Compares two texts as files called old.xml and new.xml.
fn compare(old: &str, new: &str) -> Report {
    let limits = Limits::default();
    let old = Source::from_bytes("old.xml", old.as_bytes().to_vec()).unwrap();
    let new = Source::from_bytes("new.xml", new.as_bytes().to_vec()).unwrap();
    let (old, new) = (
        Document::parse(&old, &limits).unwrap(),
        Document::parse(&new, &limits).unwrap(),
    );
    domdiff::compare(&old, &new, &domdiff::Options::default())
}

fn domain(cpu: &str, devices: &str) -> String {
    format!(
        "<domain type='kvm'><name>vm</name><uuid>9f1c7b3a-6a43-4d8e-9a53-0c4f6f3f7a10</uuid>\
         <memory unit='MiB'>512</memory><os><type arch='x86_64' machine='pc-q35-9.2'>hvm</type></os>\
         {cpu}<devices>{devices}</devices></domain>"
    )
}

const MODEL: &str =
    "<cpu mode='custom' match='exact'><model fallback='forbid'>Skylake-Server</model></cpu>";

#[test]
fn every_rule_of_the_table_is_known() {
    let named: BTreeSet<&str> = domdiff::schema::all_paths().map(|path| path.rule).collect();
    let unknown: Vec<&&str> = named
        .iter()
        .filter(|id| domdiff::rules::get(id).is_none())
        .collect();
    assert!(
        unknown.is_empty(),
        "rules that the table names and nobody wrote: {unknown:?}"
    );
}

#[test]
fn rules_are_well_formed() {
    let mut ids = BTreeSet::new();
    for rule in domdiff::rules::all() {
        assert!(ids.insert(rule.id), "{} stands twice", rule.id);
        let (family, name) = rule.id.split_once('/').unwrap();
        for word in [family, name] {
            assert!(
                !word.is_empty()
                    && word
                        .chars()
                        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'),
                "{}",
                rule.id
            );
        }
        assert!(
            rule.why.ends_with('.') && rule.why.len() > 15,
            "{}: why",
            rule.id
        );
        assert!(
            !rule.help.is_empty() && !rule.help.ends_with('.'),
            "{}: help",
            rule.id
        );
        assert!(!rule.source.is_empty(), "{}: source", rule.id);
    }
}

#[test]
fn a_cpu_that_becomes_the_hosts_is_refused_and_named() {
    let report = compare(
        &domain(MODEL, ""),
        &domain("<cpu mode='host-passthrough'/>", ""),
    );
    assert_eq!(report.summary.libvirt, LibvirtCheck::Refuses);
    assert_eq!(report.summary.verdict, Verdict::Incompatible);
    let mode = report
        .findings
        .iter()
        .find(|f| f.rule == "abi/cpu-mode")
        .unwrap();
    assert_eq!(
        (mode.level, mode.enforced_by),
        (Level::Error, EnforcedBy::Libvirt)
    );
    let state = report
        .findings
        .iter()
        .find(|f| f.rule == "cpu/host-passthrough")
        .unwrap();
    assert_eq!(
        (state.level, state.impact),
        (Level::Warning, Impact::Migration)
    );
}

#[test]
fn a_match_that_becomes_strict_passes_the_check_and_is_a_warning() {
    let report = compare(
        &domain(MODEL, ""),
        &domain(&MODEL.replace("exact", "strict"), ""),
    );
    assert_eq!(report.summary.libvirt, LibvirtCheck::Accepts);
    let rules: Vec<&str> = report.findings.iter().map(|f| f.rule).collect();
    assert!(
        rules.contains(&"cpu/match-changed") && rules.contains(&"cpu/strict-match"),
        "{rules:?}"
    );
}

#[test]
fn a_disk_that_lost_its_source_cannot_go_on() {
    let disk = "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>\
                <source file='/srv/a.qcow2'/><target dev='vda' bus='virtio'/></disk>";
    let without = disk.replace("<source file='/srv/a.qcow2'/>", "");
    let report = compare(&domain(MODEL, disk), &domain(MODEL, &without));
    let lost = report
        .findings
        .iter()
        .find(|f| f.rule == "disk/missing-source")
        .unwrap();
    assert_eq!(lost.level, Level::Error);
    assert_eq!(report.summary.verdict, Verdict::Incompatible);
    assert_eq!(report.summary.libvirt, LibvirtCheck::Accepts);
}

#[test]
fn one_cpu_under_two_names_is_one_cpu() {
    let report = compare(
        &domain(MODEL, ""),
        &domain(&MODEL.replace("Skylake-Server", "Skylake-Server-v1"), ""),
    );
    assert_eq!(report.summary.libvirt, LibvirtCheck::Refuses);
    assert_eq!(report.summary.verdict, Verdict::Compatible);
    assert!(
        report.findings[0].message.contains("the same CPU"),
        "{}",
        report.findings[0].message
    );
}

#[test]
fn lost_features_are_named() {
    let report = compare(
        &domain(MODEL, ""),
        &domain(&MODEL.replace("Skylake-Server", "Haswell"), ""),
    );
    assert!(
        report.findings[0].message.contains("the guest loses"),
        "{:?}",
        report.findings
    );
    assert!(report.findings[0].message.contains("avx512f"));
}

#[test]
fn a_dropped_mac_uuid_or_address_is_no_longer_pinned() {
    let card = "<interface type='user'><mac address='52:54:00:5e:10:01'/><model type='virtio'/>\
                <address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/></interface>";
    let open = "<interface type='user'><model type='virtio'/></interface>";
    let pinned = domain(MODEL, card);
    let report = compare(&pinned, &domain(MODEL, open));
    let paths: Vec<&str> = report
        .findings
        .iter()
        .filter(|f| f.message.contains("no longer pinned"))
        .map(|f| f.path.as_str())
        .collect();
    assert!(
        paths.iter().any(|p| p.contains("/mac")),
        "{:?}",
        report.findings
    );
    assert!(
        paths.iter().any(|p| p.ends_with("/address")),
        "{:?}",
        report.findings
    );
    // The other way round nothing changed: the dump pins what the author left open.
    let back = compare(&domain(MODEL, open), &pinned);
    assert_eq!(
        back.summary.verdict,
        Verdict::Identical,
        "{:?}",
        back.findings
    );
}

#[test]
fn a_flavor_that_disagrees_is_noted() {
    let instance = |memory: u32| {
        domain(MODEL, "").replace(
            "<os>",
            &format!(
                "<metadata><nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'>\
                 <nova:flavor name='m1.tiny'><nova:memory>{memory}</nova:memory></nova:flavor>\
                 </nova:instance></metadata><os>"
            ),
        )
    };
    let report = compare(&instance(512), &instance(1024));
    let rules: Vec<&str> = report.findings.iter().map(|f| f.rule).collect();
    assert!(rules.contains(&"metadata/nova-flavor"), "{rules:?}");
    assert!(rules.contains(&"change/metadata"), "{rules:?}");
}

#[test]
fn commands_fit_the_device() {
    let disk = |dev: &str, bus: &str| {
        format!(
            "<disk type='file' device='disk'><source file='/srv/{dev}.img'/>\
             <target dev='{dev}' bus='{bus}'/></disk>"
        )
    };
    let with = |devices: &str| domain(MODEL, devices);
    let removed = compare(&with(&disk("vdb", "virtio")), &with(""));
    let command = removed
        .findings
        .iter()
        .find_map(|f| f.apply.command.clone())
        .unwrap();
    assert_eq!(command, "virsh detach-disk vm vdb --live --config");
    let sata = compare(&with(""), &with(&disk("sdb", "sata")));
    assert!(
        sata.findings.iter().all(|f| f.apply.command.is_none()),
        "{:?}",
        sata.findings
    );
}

#[test]
fn kinds_of_one_device_have_rules_of_their_own() {
    let disk = |model: &str| {
        format!(
            "<disk type='file' device='disk' model='{model}'><source file='/srv/a.img'/>\
             <target dev='sda' bus='usb'/></disk>"
        )
    };
    let report = compare(
        &domain(MODEL, &disk("usb-storage")),
        &domain(MODEL, &disk("usb-bot")),
    );
    assert_eq!(report.summary.libvirt, LibvirtCheck::Accepts);
    assert_eq!(report.findings[0].rule, "abi/disk-usb-model");
    let tablet = |port: u8| {
        format!(
            "<input type='tablet' bus='usb'><address type='usb' bus='0' port='{port}'/></input>"
        )
    };
    let report = compare(&domain(MODEL, &tablet(1)), &domain(MODEL, &tablet(2)));
    assert_eq!(report.findings[0].rule, "abi/address-usb");
    assert_eq!(report.findings[0].enforced_by, EnforcedBy::Nobody);
}
