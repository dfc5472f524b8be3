//! What a comparison costs beside the bare parse of the same two files: a
//! small, a typical (8 KB) and a huge (1,000 disks) pair.
//!
//! The aim: a whole pair at most three times the bare parse, and the huge one
//! no more per byte than the typical one.

use divan::Bencher;
use domdiff::canon::{Domain, Release};
use domdiff::xml::{Document, Limits, Source};
use domdiff::{Options, compare};

fn main() {
    divan::main();
}

const SIZES: [&str; 3] = ["small", "typical", "huge"];

/// An old and a new text: one value differs.
fn texts(size: &str) -> (String, String) {
    let old = match size {
        "small" => include_str!("../testdata/domains/web01-old.xml").to_owned(),
        "typical" => include_str!("../testdata/domains/nova-compute.xml").to_owned(),
        _ => huge(),
    };
    let new = old
        .replacen("<memory", "<!-- changed --><memory", 1)
        .replacen("cache='none'", "cache='writeback'", 1);
    (old, new)
}

fn huge() -> String {
    let disk = |i: usize| {
        let letter = |n: usize| char::from(b'a' + u8::try_from(n % 26).unwrap_or(0));
        let dev: String = [letter(i / 676), letter(i / 26), letter(i)]
            .iter()
            .collect();
        format!(
            "<disk type='file' device='disk'><driver name='qemu' type='qcow2' cache='none'/>\
             <source file='/var/lib/libvirt/images/{i}.qcow2'/><target dev='sd{dev}' bus='scsi'/>\
             <serial>S{i}</serial><address type='drive' controller='{}' bus='0' target='0' unit='{}'/></disk>\n",
            i / 7,
            i % 7
        )
    };
    let disks: String = (0..1000).map(disk).collect();
    format!(
        "<domain type='kvm'><name>huge</name><uuid>0b7a2c1e-6a43-4d8e-9a53-0c4f6f3f7a10</uuid>\
         <memory unit='GiB'>8</memory><os><type arch='x86_64' machine='pc-i440fx-9.2'>hvm</type></os>\
         <devices>{disks}</devices></domain>"
    )
}

fn sources(size: &str) -> (Source, Source) {
    let (old, new) = texts(size);
    let source =
        |text: String| Source::from_bytes("domain.xml", text.into_bytes()).expect("a text");
    (source(old), source(new))
}

fn parse(source: &Source) -> Document<'_> {
    Document::parse(source, &Limits::default()).expect("a domain")
}

/// roxmltree alone.
#[divan::bench(args = SIZES)]
fn bare_parse(bencher: Bencher, size: &str) {
    let (old, new) = texts(size);
    let parse = |text| roxmltree::Document::parse(text).expect("XML");
    bencher.bench(|| (parse(&old).root().id(), parse(&new).root().id()));
}

/// Text to document, with limits.
#[divan::bench(args = SIZES)]
fn documents(bencher: Bencher, size: &str) {
    let (old, new) = sources(size);
    bencher.bench(|| (parse(&old).taken_from(), parse(&new).taken_from()));
}

/// Document to canonical tree.
#[divan::bench(args = SIZES)]
fn normalize(bencher: Bencher, size: &str) {
    let (old, new) = sources(size);
    let (old, new) = (parse(&old), parse(&new));
    let normalize = |document| Domain::new(document, Release::V12_8).tree().len();
    bencher.bench(|| (normalize(&old), normalize(&new)));
}

/// Two canonical trees to changes.
#[divan::bench(args = SIZES)]
fn changes(bencher: Bencher, size: &str) {
    let (old, new) = sources(size);
    let (old, new) = (parse(&old), parse(&new));
    let (old, new) = (
        Domain::new(&old, Release::V12_8),
        Domain::new(&new, Release::V12_8),
    );
    bencher.bench(|| domdiff::diff::diff(&old, &new));
}

/// Two texts to the report.
#[divan::bench(args = SIZES)]
fn whole_pair(bencher: Bencher, size: &str) {
    let (old, new) = sources(size);
    let options = Options::default();
    bencher.bench(|| compare(&parse(&old), &parse(&new), &options));
}
