//! domdiff's prediction of libvirt's own guest-ABI check, against libvirt.
//!
//! The documents of `testdata/domains` that a libvirt for x86 takes are
//! normalized by it; then hundreds of small changes are made to them (always
//! the same ones), libvirt says of each whether a saved guest could go on with
//! it, and `summary.libvirt` must say the same.
//!
//! To look further than the suite does:
//!
//! - `DOMDIFF_COMPOSED` number of documents put together from parts of the others;
//! - `DOMDIFF_MUTATIONS` number of changes, `DOMDIFF_SEED` another seed;
//! - `DOMDIFF_ORACLE` a command that runs `tests/libvirt/oracle.py` elsewhere, with another libvirt;
//! - `DOMDIFF_DOCUMENTS` another folder of documents;
//! - `DOMDIFF_MISMATCHES` a file that gets every mismatch as a line of JSON.

#![allow(
    clippy::print_stdout,
    reason = "the table is what a reader of the run wants"
)]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;

use common::compose;
use common::grammar;
use common::mutate::{Change, Mutator, Pool};
use common::oracle::Oracle;
use common::random::Random;
use common::xml::Element;
use domdiff::report::{LibvirtCheck, Verdict};

/// Changes asked of libvirt in one run of the suite.
const MUTATIONS: usize = 800;

/// Documents put together from parts of the others.
const COMPOSED: usize = 20;

/// Changes made before the schema is asked about them all.
const BATCH: usize = 400;

/// What libvirt's answer must be, as a word.
fn word(check: LibvirtCheck) -> &'static str {
    match check {
        LibvirtCheck::Same => "same",
        LibvirtCheck::Accepts => "stable",
        LibvirtCheck::Refuses => "unstable",
        LibvirtCheck::Unknown => "unknown",
    }
}

fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn count(name: &str, default: usize) -> usize {
    setting(name).map_or(default, |n| n.parse().expect("a number"))
}

fn seed() -> u64 {
    setting("DOMDIFF_SEED").map_or(1, |n| n.parse().expect("a number"))
}

struct Base {
    name: String,
    authored: String,
    dump: String,
}

/// The documents that this libvirt takes, adapted to its QEMU, with its dumps.
fn bases(oracle: &mut Oracle) -> (Vec<Base>, Vec<String>) {
    let folder = setting("DOMDIFF_DOCUMENTS").map_or(common::testdata("domains"), PathBuf::from);
    let (mut bases, mut refused) = (Vec::new(), Vec::new());
    for (name, text) in common::documents(&folder) {
        let mut document = Element::parse(&text);
        if document.name != "domain" || !matches!(document.attribute("type"), Some("kvm" | "qemu"))
        {
            refused.push(format!("{name}: not for QEMU"));
            continue;
        }
        adapt(&mut document, oracle);
        let mut answer = oracle.normalize(&document.to_string());
        for (words, prune) in PRUNES {
            if matches!(&answer, Err(refusal) if refusal.contains(words)) {
                remove(&mut document, prune);
                answer = oracle.normalize(&document.to_string());
            }
        }
        match answer.and_then(|dump| settled(oracle, dump)) {
            Ok(dump) => bases.push(Base {
                name,
                authored: document.to_string(),
                dump,
            }),
            Err(words) => refused.push(format!("{name}: {}", words.trim())),
        }
    }
    (bases, refused)
}

/// Documents made of parts of the others, as far as libvirt takes them.
fn composed(oracle: &mut Oracle, bases: &[Base], wanted: usize, seed: u64) -> Vec<Base> {
    let documents: Vec<Element> = bases.iter().map(|b| Element::parse(&b.authored)).collect();
    let mut random = Random::new(seed);
    let mut found = Vec::new();
    for number in 0..wanted * 4 {
        let Some(mut document) = compose::compose(&documents, &mut random) else {
            continue;
        };
        for _ in 0..25 {
            let authored = document.to_string();
            let dump = oracle.normalize(&authored);
            match dump.and_then(|dump| settled(oracle, dump)) {
                Ok(dump) => {
                    let name = format!("composed-{number}");
                    found.push(Base {
                        name,
                        authored,
                        dump,
                    });
                    break;
                }
                Err(_) if compose::thinner(&mut document, &mut random) => {}
                Err(_) => break,
            }
        }
        if found.len() == wanted {
            break;
        }
    }
    found
}

/// A dump that dumps as itself: a libvirt may need a second reading to sort
/// what it added in the first.
fn settled(oracle: &mut Oracle, mut dump: String) -> Result<String, String> {
    for _ in 0..3 {
        let again = oracle.normalize(&dump)?;
        if again == dump {
            return Ok(dump);
        }
        dump = again;
    }
    Err("its dump never dumps as itself".to_owned())
}

/// The document for a host without KVM and with this QEMU's machine types.
fn adapt(document: &mut Element, oracle: &Oracle) {
    document.set("type", "qemu");
    for (place, path) in document.walk() {
        let element = document.at_mut(&place);
        match path.as_str() {
            "os/type" => {
                let machine = element.attribute("machine").unwrap_or("pc").to_owned();
                if !oracle.has_machine(&machine) {
                    let other = if machine.contains("q35") { "q35" } else { "pc" };
                    element.set("machine", other);
                }
            }
            "devices/emulator" => element.set_text("/usr/bin/qemu-system-x86_64"),
            "cpu" if element.attribute("mode") == Some("host-passthrough") => {
                element.set("mode", "maximum");
            }
            _ => {}
        }
    }
}

/// Elements to leave out: path and a word somewhere in them.
type Prune = &'static [(&'static str, &'static str)];

const SPICE: Prune = &[
    ("devices/graphics", "spice"),
    ("devices/video", "qxl"),
    ("devices/audio", "spice"),
    ("devices/sound", "audio id"),
    ("devices/channel", "spice"),
    ("devices/serial", "spiceport"),
    ("devices/redirdev", "spicevmc"),
    ("devices/smartcard", "spicevmc"),
];

/// What a refusal is about, and the elements (path and a word somewhere in
/// them) without which the document is tried again.
const PRUNES: [(&str, Prune); 4] = [
    // Intel RDT is for KVM only.
    (
        "only supported for KVM",
        &[("cputune/cachetune", ""), ("cputune/memorytune", "")],
    ),
    // QEMU's newest releases in Debian have no SPICE.
    ("video model 'qxl'", SPICE),
    // Emulated TPMs need swtpm on the host.
    ("spice graphics are not", SPICE),
    ("TPM version", &[("devices/tpm", "emulator")]),
];

fn remove(document: &mut Element, prune: Prune) {
    let mut places = document.walk();
    places.reverse();
    for (place, path) in places {
        let gone = |(at, word): &(&str, &str)| {
            *at == path && document.at(&place).to_string().contains(word)
        };
        if prune.iter().any(gone)
            && let Some((last, parent)) = place.split_last()
        {
            document.at_mut(parent).children.remove(*last);
        }
    }
}

#[test]
fn the_prediction_is_what_libvirt_says() {
    let mut oracle = Oracle::start();
    let (mut bases, refused) = bases(&mut oracle);
    bases.extend(composed(
        &mut oracle,
        &bases,
        count("DOMDIFF_COMPOSED", COMPOSED),
        seed(),
    ));
    let mut pool = Pool::default();
    for base in &bases {
        pool.add(&Element::parse(&base.authored));
        pool.add(&Element::parse(&base.dump));
    }
    let wanted = count("DOMDIFF_MUTATIONS", MUTATIONS);
    let mut file = setting("DOMDIFF_MISMATCHES").map(|p| std::fs::File::create(p).expect("a file"));
    let mut mutator = Mutator::new(&pool, seed());
    let mut tally: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let mut paths: BTreeSet<String> = BTreeSet::new();
    let mut mismatches = Vec::new();
    let (mut asked, mut tries) = (0, 0);
    while asked < wanted && tries < wanted * 60 {
        let mut batch: Vec<(&Base, Vec<Change>, String)> = Vec::new();
        while batch.len() < BATCH {
            let base = &bases[tries % bases.len()];
            tries += 1;
            let mut document = Element::parse(&base.dump);
            if let Some(changes) = mutator.mutate(&mut document)
                && !changes.iter().any(|c| is_left_out(oracle.version(), c))
            {
                batch.push((base, changes, document.to_string()));
            }
        }
        let texts: Vec<String> = batch.iter().map(|b| b.2.clone()).collect();
        for ((base, changes, new), valid) in batch.into_iter().zip(grammar::valid(&texts)) {
            // What no schema allows is dropped or refused by libvirt's parser;
            // spellings that the parser takes are wider than the schema.
            if asked == wanted || !(valid || changes.iter().all(|c| c.operation == "equal-value")) {
                continue;
            }
            let said = oracle.check(&base.dump, &new);
            if !matches!(said.answer.as_str(), "same" | "stable" | "unstable") {
                continue;
            }
            asked += 1;
            paths.extend(changes.iter().map(|c| c.path.clone()));
            let ours = word(common::compare(&base.dump, &new).summary.libvirt);
            if said.answer != ours {
                if let Some(file) = &mut file {
                    let line = serde_json::json!({
                        "base": base.name, "libvirt": said.answer, "ours": ours, "words": said.words,
                        "changes": changes.iter().map(|c| [c.operation, &c.path, &c.from, &c.to]).collect::<Vec<_>>(),
                        "old": base.dump, "new": new,
                    });
                    writeln!(file, "{line}").expect("the file takes it");
                }
                mismatches.push((base, changes, said.clone(), ours));
            }
            *tally.entry((said.answer, ours)).or_default() += 1;
        }
    }
    println!(
        "libvirt {}: {} documents, {asked} changes of {} paths asked, {tries} tried",
        oracle.version(),
        bases.len(),
        paths.len()
    );
    for ((libvirt, ours), count) in &tally {
        println!("  libvirt {libvirt:9} domdiff {ours:9} {count:6}");
    }
    for words in &refused {
        println!("not taken: {words}");
    }
    for (base, changes, said, ours) in &mismatches {
        println!(
            "{}: libvirt {}, domdiff {ours}  {}",
            base.name,
            said.answer,
            said.words.lines().next().unwrap_or("")
        );
        for c in changes {
            println!(
                "    {} {}: {} -> {}",
                c.operation,
                c.path,
                cut(&c.from),
                cut(&c.to)
            );
        }
    }
    let missed = mismatches
        .iter()
        .filter(|m| m.2.answer == "unstable")
        .count();
    let right = asked - mismatches.len();
    println!(
        "{right} of {asked} right ({:.2} %), {missed} breaks missed",
        100.0 * right as f64 / asked as f64
    );
    assert_eq!(asked, wanted, "libvirt answered too few questions");
    assert_eq!(
        missed, 0,
        "breaks that libvirt refuses and domdiff lets through"
    );
    assert!(right * 100 >= asked * 99, "less than 99 % right");
}

fn cut(text: &str) -> String {
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match flat.char_indices().nth(300) {
        Some((end, _)) => format!("{}…", &flat[..end]),
        None => flat,
    }
}

/// What no file foretells: the host decides it.
const HOST_DECIDES: [(&str, &str); 6] = [
    (
        "os/@firmware",
        "the host's firmware descriptors choose the image, and with it SMM",
    ),
    ("os/firmware", "the same"),
    ("os/loader", "the same"),
    ("os/nvram", "the same"),
    ("os/type/@machine", "the default machine of the host's QEMU"),
    ("os/type/@arch", "the host's own architecture"),
];

/// Where domdiff does not do as libvirt does.
const NOT_FOLLOWED: [(&str, &str); 2] = [
    (
        "cpu/numa/cell/cache",
        "libvirt reads past the units, so that 12 MiB are 12 KiB to it; a reader means 12 MiB",
    ),
    (
        "devices/interface/guest/@actual",
        "libvirt keeps what a running container had",
    ),
];

/// What libvirt 9.0 reads or compares in another way than 12.8, which is what
/// domdiff predicts. Fields that 9.0 does not know are told by the table.
const SINCE_9_0: [(&str, &str); 3] = [
    ("devices/disk/blockio", "compared since a release after 9.0"),
    (
        "devices/disk/target/@removable",
        "compared since a release after 9.0",
    ),
    ("devices/interface/driver/@queues", "compared since 11.4"),
];

/// Whether a change is about something of which this libvirt's answer is not
/// the one that domdiff predicts.
fn is_left_out(version: u64, change: &Change) -> bool {
    let about = |list: &[(&str, &str)]| {
        list.iter().any(|(path, _)| {
            change
                .path
                .strip_prefix(path)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    };
    let unknown_to_it = domdiff::schema::lookup(&change.path)
        .is_some_and(|row| row.since == domdiff::schema::Since::V12_8);
    about(&HOST_DECIDES)
        || about(&NOT_FOLLOWED)
        || (version < 12_008_000 && (unknown_to_it || about(&SINCE_9_0)))
}

/// Every order of four things.
fn orders() -> Vec<[usize; 4]> {
    let mut found = Vec::new();
    for a in 0..4 {
        for b in (0..4).filter(|b| *b != a) {
            for c in (0..4).filter(|c| *c != a && *c != b) {
                found.push([a, b, c, 6 - a - b - c]);
            }
        }
    }
    found
}

/// Controllers that libvirt leaves out of the XML for another host are added
/// again behind the others, unless something is written in them: their order
/// counts in ways that only libvirt itself can tell.
#[test]
fn the_order_of_implied_controllers_counts_as_for_libvirt() {
    const HOLE: &str = "<pcihole64 unit='KiB'>1048576</pcihole64>";
    const ALIAS: &str = "<alias name='ua-root'/>";
    let mut oracle = Oracle::start();
    let boards = [
        ("pc", "pci-root", "piix3-uhci", "ide"),
        ("q35", "pcie-root", "qemu-xhci", "sata"),
    ];
    let (mut asked, mut wrong) = (0, Vec::new());
    for (machine, root, usb, disks) in boards {
        for order in orders() {
            let domain = |inside: &str| {
                let controllers = [
                    format!("<controller type='usb' index='0' model='{usb}'/>"),
                    format!(
                        "<controller type='pci' index='0' model='{root}'>{inside}</controller>"
                    ),
                    "<controller type='scsi' index='0' model='virtio-scsi'/>".to_owned(),
                    format!("<controller type='{disks}' index='0'/>"),
                ];
                let written: String = order.iter().map(|i| controllers[*i].as_str()).collect();
                format!(
                    "<domain type='qemu'><name>order</name>\
                     <uuid>0f6b7c1e-5d58-4f1c-9d3a-6a2f2f2c1f00</uuid><memory>1048576</memory>\
                     <os><type arch='x86_64' machine='{machine}'>hvm</type></os>\
                     <devices>{written}</devices></domain>"
                )
            };
            for (old, new) in [(HOLE, ""), ("", HOLE), ("", ALIAS), (ALIAS, "")] {
                let mut dump = |inside: &str| {
                    oracle
                        .normalize(&domain(inside))
                        .and_then(|dump| settled(&mut oracle, dump))
                };
                let (Ok(old), Ok(new)) = (dump(old), dump(new)) else {
                    continue;
                };
                let said = oracle.check(&old, &new);
                let ours = word(common::compare(&old, &new).summary.libvirt);
                asked += 1;
                if said.answer != ours {
                    wrong.push(format!(
                        "{machine} {order:?}: libvirt {} ({}), domdiff {ours}",
                        said.answer, said.words
                    ));
                }
            }
        }
    }
    println!("{asked} asked");
    assert!(asked > 100, "libvirt answered only {asked} questions");
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn a_document_is_what_libvirt_makes_of_it() {
    let mut oracle = Oracle::start();
    let (mut bases, refused) = bases(&mut oracle);
    bases.extend(composed(
        &mut oracle,
        &bases,
        count("DOMDIFF_COMPOSED", COMPOSED),
        seed(),
    ));
    let mut different = Vec::new();
    for base in &bases {
        let report = common::compare(&base.authored, &base.dump);
        if report.summary.verdict != Verdict::Identical {
            different.push(base.name.clone());
            println!("{}:", base.name);
            for finding in &report.findings {
                println!("    {} {}", finding.path, finding.message);
            }
        }
    }
    println!(
        "{} of {} identical",
        bases.len() - different.len(),
        bases.len()
    );
    for words in &refused {
        println!("not taken: {words}");
    }
    assert!(
        different.is_empty(),
        "not identical with their dumps: {different:?}"
    );
}
