//! What CPU questions cost: naming a CPU, comparing, a baseline, reading facts, loading a map.

use domdiff::cpu::baseline::{self, Options};
use domdiff::cpu::compare::{HostCpu, compare};
use domdiff::cpu::decode::{Limits, Question, decode};
use domdiff::cpu::def::{CpuDef, Kind, Policy};
use domdiff::cpu::meaning::compare_meaning;
use domdiff::cpu::{CpuMap, CpuidData};
use domdiff::host::read;

fn main() {
    divan::main();
}

const DUMP: &str = include_str!("../testdata/hosts/vm-epyc-cpudata.xml");
const CAPABILITIES: &str = include_str!("../testdata/hosts/vm-epyc-capabilities.xml");

fn words() -> CpuidData {
    let facts = read::parse(DUMP, "dump").expect("it reads");
    facts.cpu.words.expect("words").value
}

fn host() -> CpuDef {
    let facts = read::parse(CAPABILITIES, "capabilities").expect("it reads");
    facts.definition(CpuMap::builtin()).expect("a CPU")
}

fn guest(model: &str) -> CpuDef {
    let mut cpu = CpuDef::new(Kind::Guest);
    cpu.model = Some(model.into());
    cpu.set("vmx", Policy::Disable);
    cpu
}

#[divan::bench(args = [Kind::Host, Kind::Guest])]
fn decode_words(bencher: divan::Bencher<'_, '_>, kind: Kind) {
    let (map, data) = (CpuMap::builtin(), words());
    bencher.bench(|| decode(map, &Question::of(&data, map), kind, &Limits::default()));
}

#[divan::bench]
fn decode_bits(bencher: divan::Bencher<'_, '_>) {
    let map = CpuMap::builtin();
    let question = Question::of(&words(), map);
    bencher.bench(|| decode(map, &question, Kind::Guest, &Limits::default()));
}

#[divan::bench]
fn compare_guest(bencher: divan::Bencher<'_, '_>) {
    let map = CpuMap::builtin();
    let (host, cpu) = (HostCpu::of(map, &host()), guest("EPYC-Milan"));
    bencher.bench(|| compare(map, &host, &cpu));
}

#[divan::bench]
fn compare_two_definitions(bencher: divan::Bencher<'_, '_>) {
    let (map, one, two) = (
        CpuMap::builtin(),
        guest("Skylake-Server"),
        guest("Skylake-Server-v1"),
    );
    bencher.bench(|| compare_meaning(map, &one, &two));
}

#[divan::bench(args = [2, 64])]
fn baseline_of_hosts(bencher: divan::Bencher<'_, '_>, count: usize) {
    let (map, host) = (CpuMap::builtin(), host());
    let list: Vec<&CpuDef> = std::iter::repeat_n(&host, count).collect();
    bencher.bench(|| baseline::baseline(map, &list, &Options::default()));
}

#[divan::bench]
fn read_capabilities() -> usize {
    read::parse(CAPABILITIES, "capabilities").map_or(0, |facts| facts.guests.len())
}

#[divan::bench]
fn first_use_of_the_map() -> usize {
    CpuMap::builtin().feature("avx2").unwrap_or_default()
}
