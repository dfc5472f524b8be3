//! CPU questions on input made from the built-in map: what must hold for every model, and for
//! CPUs that nobody built.

use domdiff::cpu::baseline::{Options, baseline, expand};
use domdiff::cpu::compare::{HostCpu, Verdict, compare};
use domdiff::cpu::data::{CpuidData, Words};
use domdiff::cpu::decode::{Limits, Question, decode};
use domdiff::cpu::def::{CpuDef, Kind, Policy};
use domdiff::cpu::map::Place;
use domdiff::cpu::meaning::{Relation, compare_meaning};
use domdiff::cpu::xml::{read_cpu, write_cpu};
use domdiff::cpu::{Bits, CpuMap};
use domdiff::host::read;
use proptest::prelude::*;

fn guest(model: &str) -> CpuDef {
    let mut cpu = CpuDef::new(Kind::Guest);
    cpu.model = Some(model.into());
    cpu
}

/// The words of a CPU with these features.
fn words(map: &CpuMap, vendor: Option<u16>, features: Bits) -> CpuidData {
    let mut data = CpuidData::default();
    let register = |string: &str, at: usize| {
        let bytes: [u8; 4] = string.as_bytes()[at..at + 4].try_into().expect("12 bytes");
        u32::from_le_bytes(bytes)
    };
    if let Some(vendor) = vendor {
        let string = &*map.vendors()[usize::from(vendor)].string;
        let (ebx, edx, ecx) = (
            register(string, 0),
            register(string, 4),
            register(string, 8),
        );
        data.add_leaf(
            0,
            0,
            Words {
                eax: 0x29,
                ebx,
                ecx,
                edx,
            },
        );
    }
    for feature in features.iter().map(|at| &map.features()[at]) {
        match feature.place {
            Place::Cpuid {
                leaf,
                subleaf,
                register,
                bit,
            } => {
                let mut words = Words::default();
                words.set(register, 1 << bit);
                data.add_leaf(leaf, subleaf, words);
            }
            Place::Msr { index, bit } => data.add_msr(index, 1 << bit),
        }
    }
    data
}

fn reread(cpu: &CpuDef) -> CpuDef {
    let text = write_cpu(cpu);
    let document = roxmltree::Document::parse(&text).expect("well-formed");
    read_cpu(document.root_element(), "test").expect("it reads")
}

#[test]
fn every_model_runs_on_itself_and_on_what_has_more() {
    let map = CpuMap::builtin();
    for host in map.models() {
        let mut own = guest(&host.name);
        own.kind = Kind::Host;
        own.arch = Some("x86_64".into());
        let own = HostCpu::of(map, &own);
        for model in map.models() {
            let verdict = compare(map, &own, &guest(&model.name))
                .expect("all known")
                .verdict;
            let expected = match (
                model.features == host.features,
                model.features.is_subset(host.features),
            ) {
                (true, _) => Verdict::Identical,
                (false, true) => Verdict::Superset,
                (false, false) => Verdict::Incompatible,
            };
            assert_eq!(verdict, expected, "{} on {}", model.name, host.name);
        }
    }
}

#[test]
fn words_of_every_model_are_named_by_the_same_set() {
    let map = CpuMap::builtin();
    for model in map.models() {
        let data = words(map, model.vendor, model.features);
        let question = Question::of(&data, map);
        assert_eq!(question.features, model.features, "{}", model.name);
        assert_eq!(question.vendor, model.vendor, "{}", model.name);
        for kind in [Kind::Host, Kind::Guest] {
            let decoded = decode(map, &question, kind, &Limits::default()).expect("a model");
            let cpu = decoded.definition(map, kind);
            assert_eq!(cpu.bits(map), Ok(model.features), "{} {kind:?}", model.name);
        }
    }
}

#[test]
fn versioned_names_mean_the_same_cpu() {
    let map = CpuMap::builtin();
    for model in map.models().iter().filter(|model| model.base.is_some()) {
        let base = model.base.as_deref().expect("filtered");
        let answer = compare_meaning(map, &guest(base), &guest(&model.name));
        assert_eq!(answer.relation, Relation::Same, "{}", model.name);
    }
}

#[test]
fn definitions_survive_writing_and_reading() {
    let text = "<cpu mode='custom' match='strict' check='partial'><model fallback='forbid' \
        vendor_id='KVMKVMKVMKVM'>EPYC</model><vendor>AMD</vendor><topology sockets='2' dies='3' \
        clusters='2' cores='4' threads='5'/><maxphysaddr mode='emulate' bits='42'/><feature \
        policy='forbid' name='svm'/><feature policy='optional' name='avx'/></cpu>";
    let document = roxmltree::Document::parse(text).expect("well-formed");
    let cpu = read_cpu(document.root_element(), "test").expect("it reads");
    assert_eq!(reread(&cpu), cpu);
    let mut odd = guest("a<b>&'\"");
    odd.vendor = Some("x".into());
    assert_eq!(reread(&odd), odd);
}

proptest! {
    #[test]
    fn any_cpu_is_named_exactly(features in prop::collection::vec(0usize..400, 0..120),
        model in 0usize..176, vendor in 0u16..4)
    {
        let map = CpuMap::builtin();
        let mut bits: Bits = features.into_iter().collect();
        bits = bits.union(map.models()[model].features);
        let question = Question { features: bits, vendor: Some(vendor), signature: None };
        let decoded = decode(map, &question, Kind::Guest, &Limits::default()).expect("a model");
        let cpu = decoded.definition(map, Kind::Guest);
        prop_assert_eq!(cpu.bits(map), Ok(bits));
        prop_assert_eq!(expand(map, &cpu).expect("known").bits(map), Ok(bits));
        prop_assert_eq!(&reread(&cpu), &cpu);
        if let Ok(host) = decode(map, &question, Kind::Host, &Limits::default()) {
            let mut host = host.definition(map, Kind::Host);
            host.arch = Some("x86_64".into());
            prop_assert_eq!(host.bits(map), Ok(bits));
            let answer = compare(map, &HostCpu::of(map, &host), &cpu).expect("known");
            prop_assert_eq!(answer.verdict, Verdict::Identical);
        }
    }

    #[test]
    fn a_baseline_runs_on_every_host(models in prop::collection::vec(0usize..176, 1..5),
        extra in prop::collection::vec(0usize..400, 0..40))
    {
        let map = CpuMap::builtin();
        let hosts: Vec<CpuDef> = models.iter().enumerate().map(|(at, &model)| {
            let mut host = guest(&map.models()[model].name);
            host.kind = Kind::Host;
            host.arch = Some("x86_64".into());
            for feature in extra.iter().skip(at * 10).take(10) {
                host.set(&map.features()[*feature].name, Policy::Require);
            }
            host
        }).collect();
        let list: Vec<&CpuDef> = hosts.iter().collect();
        let Ok(common) = baseline(map, &list, &Options::default()) else { return Ok(()) };
        for host in &hosts {
            let answer = compare(map, &HostCpu::of(map, host), &common).expect("known");
            prop_assert!(matches!(answer.verdict, Verdict::Identical | Verdict::Superset));
        }
    }

    #[test]
    fn swapping_two_definitions_swaps_what_changed(one in 0usize..176, two in 0usize..176,
        policies in prop::collection::vec((0usize..400, 0usize..5, any::<bool>()), 0..20))
    {
        let map = CpuMap::builtin();
        let mut cpus = [guest(&map.models()[one].name), guest(&map.models()[two].name)];
        let all = [Policy::Force, Policy::Require, Policy::Optional, Policy::Disable, Policy::Forbid];
        for (feature, policy, side) in policies {
            cpus[usize::from(side)].set(&map.features()[feature].name, all[policy]);
        }
        let (there, back) =
            (compare_meaning(map, &cpus[0], &cpus[1]), compare_meaning(map, &cpus[1], &cpus[0]));
        prop_assert_eq!(&there.lost, &back.gained);
        prop_assert_eq!(&there.gained, &back.lost);
        prop_assert_eq!(&there.relation, &back.relation);
        prop_assert_eq!(compare_meaning(map, &cpus[0], &cpus[0]).relation, Relation::Same);
    }

    #[test]
    fn no_text_makes_the_readers_panic(cut in 0usize..6000, at in 0usize..6000, byte in any::<u8>()) {
        for text in [
            include_str!("../testdata/hosts/vm-epyc-capabilities.xml"),
            include_str!("../testdata/hosts/vm-epyc-cpuid.txt"),
            include_str!("../testdata/hosts/vm-epyc.json"),
            include_str!("../testdata/hosts/vm-epyc-cpuinfo.txt"),
            include_str!("../testdata/hosts/kvm-skylake-domcaps.xml"),
            include_str!("../testdata/hosts/vm-epyc-cpudata.xml"),
        ] {
            let mut bytes = text.as_bytes()[..cut.min(text.len())].to_vec();
            if let Some(place) = bytes.get_mut(at) {
                *place = byte;
            }
            let Ok(facts) = read::read_from(bytes.as_slice(), "mutated") else { continue };
            let map = CpuMap::builtin();
            let _ = facts.cpu_view(map).map(|view| view.unknown(map));
            let _ = (facts.definition(map), facts.to_json(map), facts.cpu_contradictions(map));
        }
    }
}
