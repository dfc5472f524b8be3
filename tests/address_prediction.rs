//! Controllers and addresses of the documents in `testdata/addresses`, against
//! what libvirt 9.0 and 12.8 made of them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use domdiff::canon::{Domain, Release};
use domdiff::tree::{NodeId, Provenance, Tree};
use domdiff::xml::{Document, Limits, Source};

const RELEASES: [(Release, &str); 2] = [(Release::V9_0, "9.0"), (Release::V12_8, "12.8")];

/// They have no address, or one that is not the guest's.
const WITHOUT: [&str; 4] = ["emulator", "graphics", "audio", "redirfilter"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/addresses")
}

/// All documents, sorted by name.
fn documents() -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder())
        .expect("testdata/addresses")
        .map(|entry| entry.expect("a folder's entry").path())
        .filter(|path| path.extension().is_some_and(|e| e == "xml"))
        .collect();
    paths.sort();
    paths
}

fn with_domain<T>(text: &str, release: Release, look: impl FnOnce(&Tree<'_>) -> T) -> T {
    let source = Source::from_bytes("test", text.as_bytes().to_vec()).expect("a text");
    let document = Document::parse(&source, &Limits::default()).expect("a domain");
    look(Domain::new(&document, release).tree())
}

fn attributes(tree: &Tree<'_>, element: NodeId) -> String {
    let mut all: Vec<String> = tree
        .attributes(element)
        .map(|a| format!("{}={}", tree.name(a), tree.value(a).unwrap_or_default()))
        .collect();
    all.sort();
    all.join(" ")
}

/// A device as `ask-libvirt.py` writes it down.
fn line(tree: &Tree<'_>, device: NodeId) -> String {
    let mut line = tree.name(device).to_owned();
    let mut push = |text: &str| {
        line.push(' ');
        line.push_str(text);
    };
    if tree.name(device) == "controller" {
        for name in ["type", "index", "model"] {
            if let Some(value) = tree.attr(device, name) {
                push(value);
            }
        }
        for child in ["model", "target", "master"] {
            if let Some(element) = tree.child(device, child) {
                push(&format!("{child}({})", attributes(tree, element)));
            }
        }
    }
    if tree.name(device) == "disk" {
        for path in ["target/@dev", "target/@bus"] {
            push(tree.get(device, path).unwrap_or_default());
        }
    }
    line.push_str(": ");
    match tree.child(device, "address") {
        Some(address) => {
            line.push_str(&attributes(tree, address));
            if let Some(zpci) = tree.child(address, "zpci") {
                write!(line, " zpci({})", attributes(tree, zpci)).expect("a string takes all");
            }
        }
        None => line.push('-'),
    }
    line
}

fn predicted(tree: &Tree<'_>) -> String {
    let devices = tree.child(Tree::ROOT, "devices").expect("devices");
    let mut lines = String::new();
    for device in tree.children(devices) {
        if !WITHOUT.contains(&tree.name(device)) {
            writeln!(lines, "{}", line(tree, device)).expect("a string takes all");
        }
    }
    lines
}

#[test]
fn addresses_are_those_that_libvirt_gives() {
    let mut compared = 0;
    let mut wrong = String::new();
    for path in documents() {
        let text = fs::read_to_string(&path).expect("a document");
        for (release, version) in RELEASES {
            let expected = path.with_extension(format!("{version}.txt"));
            let Ok(expected) = fs::read_to_string(expected) else {
                continue;
            };
            compared += 1;
            let found = with_domain(&text, release, predicted);
            // An element that 9.0 does not know is in no dump of it.
            let found: Vec<&str> = found
                .lines()
                .filter(|line| release > Release::V9_0 || !line.starts_with("crypto"))
                .collect();
            let expected: Vec<&str> = expected.lines().collect();
            if found != expected {
                writeln!(wrong, "{} for {version}:", path.display()).expect("a string takes all");
                for (found, expected) in found.iter().zip(&expected) {
                    if found != expected {
                        writeln!(wrong, "  libvirt {expected}\n  domdiff {found}")
                            .expect("a string takes all");
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(compared > 90, "only {compared} answers of libvirt found");
}

#[test]
fn a_dump_keeps_its_addresses() {
    let text = fs::read_to_string(folder().join("q35-complete.xml")).expect("a document");
    for (release, _) in RELEASES {
        with_domain(&text, release, |tree| {
            let devices = tree.child(Tree::ROOT, "devices").expect("devices");
            for controller in tree.children_named(devices, "controller") {
                assert!(tree.is_written(controller));
                if let Some(address) = tree.child(controller, "address") {
                    assert!(tree.attributes(address).all(|part| tree.is_written(part)));
                }
            }
        });
    }
}

#[test]
fn what_libvirt_gives_is_marked_as_filled_in() {
    let text = "<domain type='kvm'><os><type arch='x86_64' machine='q35'>hvm</type></os><devices>\
                <interface type='user'><model type='virtio'/></interface>\
                <disk><target dev='sdb' bus='sata'/><address type='drive' unit='3'/></disk>\
                </devices></domain>";
    with_domain(text, Release::V12_8, |tree| {
        let nic = tree
            .at(Tree::ROOT, "devices/interface/address")
            .expect("an address");
        assert_eq!(tree.provenance(nic), Provenance::Filled);
        let drive = tree
            .at(Tree::ROOT, "devices/disk/address")
            .expect("an address");
        let provenance = |name| {
            tree.attribute(drive, name)
                .map(|part| tree.provenance(part))
        };
        assert_eq!(provenance("unit"), Some(Provenance::Written));
        assert_eq!(provenance("controller"), Some(Provenance::Default));
    });
}

#[test]
fn numbers_that_no_machine_has_are_left_alone() {
    let devices = "<controller type='pci' index='18446744073709551615' model='pci-bridge'/>\
        <controller type='scsi' index='4294967295'/>\
        <controller type='usb' index='3' model='qemu-xhci' ports='18446744073709551615'/>\
        <rng model='virtio'><address type='pci' bus='0xffffffff' slot='0x99' function='9'/></rng>\
        <hub type='usb'><address type='usb' bus='99999999999' port='255.255.255.255.1'/></hub>\
        <input type='mouse' bus='usb'><address type='usb' bus='0' port='0.0'/></input>\
        <channel type='pty'><target type='virtio'/><address type='virtio-serial' \
        controller='18446744073709551615' port='18446744073709551615'/></channel>\
        <smartcard mode='host'><address type='ccid' slot='18446744073709551615'/></smartcard>\
        <smartcard mode='host'/>\
        <memory model='dimm'><address type='dimm' slot='18446744073709551615'/></memory>\
        <disk><target dev='sdzzzzzzzzzzzzzzz' bus='scsi'/></disk>\
        <disk><target dev='sdzzzzzz' bus='sata'/></disk>\
        <hostdev mode='subsystem' type='scsi'><source/>\
        <address type='drive' controller='4000000000'/></hostdev>";
    for machine in ["pc", "q35"] {
        let text = format!(
            "<domain type='kvm'><os><type arch='x86_64' machine='{machine}'>hvm</type></os>\
             <devices>{devices}</devices></domain>"
        );
        for (release, _) in RELEASES {
            with_domain(&text, release, |tree| {
                let devices = tree.child(Tree::ROOT, "devices").expect("devices");
                assert!(tree.children(devices).count() < 64);
                let rng = tree.get(devices, "rng/address/@bus");
                assert_eq!(rng, Some("0xffffffff"));
            });
        }
    }
}

#[test]
fn many_devices_are_no_burden() {
    let mut devices = String::new();
    for kind in [
        "<input type='mouse' bus='usb'/>",
        "<rng model='virtio'/>",
        "<channel type='pty'><target type='virtio'/></channel>",
        "<controller type='usb' model='ich9-uhci1'/>",
        "<hostdev mode='subsystem' type='scsi'><source/></hostdev>",
    ] {
        devices.push_str(&kind.repeat(5000));
    }
    let text = format!("<domain type='kvm'><devices>{devices}</devices></domain>");
    for (release, _) in RELEASES {
        with_domain(&text, release, |tree| {
            let devices = tree.child(Tree::ROOT, "devices").expect("devices");
            let bridges = tree
                .children_named(devices, "controller")
                .filter(|c| tree.attr(*c, "type") == Some("pci"))
                .count();
            assert!(bridges <= 256, "{bridges} PCI buses");
        });
    }
}
