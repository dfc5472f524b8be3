//! Host facts from every kind of source: the same machine says the same, joins keep their
//! sources, and bad input is told clearly.

use std::path::{Path, PathBuf};

use domdiff::cpu::compare::Verdict;
use domdiff::cpu::def::{CpuDef, Kind, Match, Mode, Policy};
use domdiff::cpu::{CpuError, CpuMap, InputErrorKind};
use domdiff::host::facts::{HostFacts, SourceKind};
use domdiff::host::judge::{Setting, judge_cpu, judge_passthrough};
use domdiff::host::{read, read_operand};

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/hosts")
        .join(name)
}

fn facts(names: &[&str]) -> HostFacts {
    let operand: Vec<String> = names
        .iter()
        .map(|name| path(name).to_str().expect("UTF-8").to_owned())
        .collect();
    read_operand(&operand.join("+")).expect("it reads")
}

fn guest(model: &str, features: &[(&str, Policy)]) -> CpuDef {
    let mut cpu = CpuDef::new(Kind::Guest);
    cpu.model = Some(model.into());
    for (name, policy) in features {
        cpu.set(name, *policy);
    }
    cpu
}

fn kvm() -> Setting {
    Setting {
        virt_type: Some("kvm".into()),
        ..Setting::default()
    }
}

#[test]
fn the_same_words_in_every_form_are_the_same_cpu() {
    let map = CpuMap::builtin();
    let text = facts(&["vm-epyc-cpuid.txt"]);
    let expected = text.definition(map).expect("a CPU");
    assert_eq!(expected.vendor.as_deref(), Some("AMD"));
    assert_eq!(
        expected.signature.map(|s| (s.family, s.model, s.stepping)),
        Some((25, 1, 1))
    );
    for name in ["vm-epyc-cpudata.xml", "vm-epyc.json"] {
        let other = facts(&[name]);
        assert_eq!(
            other.cpu.words.as_ref().map(|l| &l.value),
            text.cpu.words.as_ref().map(|l| &l.value),
            "{name}"
        );
        let cpu = other.definition(map).expect("a CPU");
        assert_eq!(
            (&cpu.model, &cpu.features),
            (&expected.model, &expected.features),
            "{name}"
        );
        assert_eq!(other.system.physical_address_bits, Some(48), "{name}");
        assert_eq!(
            other.system.hypervisor.as_deref(),
            Some("KVMKVMKVM"),
            "{name}"
        );
    }
}

#[test]
fn a_facts_file_reads_back_as_it_was_written() {
    let map = CpuMap::builtin();
    for name in [
        "vm-epyc.json",
        "vm-epyc-capabilities.xml",
        "kvm-skylake-domcaps.xml",
        "vm-epyc-cpuinfo.txt",
    ] {
        let first = facts(&[name]);
        let json = first.to_json(map).expect("it is named");
        let second = read::parse(&json.to_string(), "again.json").expect("it reads");
        let again = second.to_json(map).expect("it is named");
        for key in [
            "name",
            "arch",
            "cpu",
            "guests",
            "domain_capabilities",
            "memory_kib",
            "numa",
            "topology",
            "kvm",
            "microcode",
            "vulnerabilities",
            "huge_pages",
        ] {
            assert_eq!(json.get(key), again.get(key), "{name}: {key}");
        }
    }
}

#[test]
fn libvirts_facts_and_the_words_agree_where_both_know() {
    // libvirt 9.0 wrote the capabilities: it knows fewer names, and no other difference may be.
    let map = CpuMap::builtin();
    let both = facts(&["vm-epyc-capabilities.xml", "vm-epyc.json"]);
    assert_eq!(both.sources.len(), 2);
    assert_eq!(both.sources[0].kind, SourceKind::Capabilities);
    assert_eq!(both.provenance.get("host_uuid"), Some(&0));
    assert_eq!(both.provenance.get("kernel"), Some(&1));
    for found in both.cpu_contradictions(map) {
        assert_eq!(found.fact, "cpu.features", "{found:?}");
        assert_eq!(
            found.kept.split(' ').next_back(),
            both.sources[0]
                .name
                .split(' ')
                .next_back()
                .map(|name| format!("{name})"))
                .as_deref(),
            "{found:?}"
        );
        assert!(found.kept.starts_with("has not"), "{found:?}");
    }
    assert_eq!(both.guests.len(), 1);
    assert_eq!(
        both.guests[0].machines[1].canonical.as_deref(),
        Some("pc-q35-7.2")
    );
    assert_eq!(both.system.iommu, Some(false));
}

#[test]
fn kernel_flags_never_contradict_the_words() {
    let map = CpuMap::builtin();
    let both = facts(&["vm-epyc-cpuid.txt", "vm-epyc-cpuinfo.txt"]);
    let found = both.cpu_contradictions(map);
    // ibs and the like: a kernel may clear a flag of a feature that it does not use.
    assert!(
        found.iter().all(|c| c.kept.starts_with("has ")),
        "{found:?}"
    );
    let flags = facts(&["vm-epyc-cpuinfo.txt"]);
    let view = flags.cpu_view(map).expect("a CPU");
    let unknown = map.names(view.unknown(map));
    assert!(unknown.contains(&"rdctl-no".to_owned()) && unknown.contains(&"osxsave".to_owned()));
    assert!(!unknown.contains(&"avx2".to_owned()));
}

#[test]
fn contradictions_are_reported_and_the_first_source_is_believed() {
    let one = r#"{"schema_version":1,"name":"a","arch":"x86_64","kernel":"6.1","memory_kib":1000}"#;
    let two = r#"{"schema_version":1,"name":"b","arch":"aarch64","kernel":"6.1"}"#;
    let join = |one, two| {
        let one: HostFacts = read::parse(one, "one").expect("it reads");
        one.join(read::parse(two, "two").expect("it reads"))
    };
    let both = join(one, two);
    assert_eq!(both.arch(), Some("x86_64"));
    assert_eq!(both.contradictions.len(), 1);
    assert_eq!(both.contradictions[0].fact, "arch");
    assert!(
        both.contradictions[0].other.contains("two"),
        "{:?}",
        both.contradictions
    );
    assert!(join(one, one).contradictions.is_empty());
}

#[test]
fn domain_capabilities_overrule_the_hardware() {
    let map = CpuMap::builtin();
    let host = facts(&["kvm-skylake-domcaps.xml"]);
    let caps = &host.domains[0];
    assert_eq!(caps.enums.get("devices/disk/bus").map(Vec::len), Some(2));
    assert_eq!(caps.supported.get("devices/tpm"), Some(&false));
    assert_eq!((caps.max_vcpus, caps.loaders.len()), (Some(4096), 1));
    let ask = |cpu: &CpuDef| judge_cpu(map, &host, cpu, &kvm());

    assert_eq!(
        ask(&guest("Skylake-Client-noTSX-IBRS", &[])).verdict,
        Ok(Verdict::Superset)
    );
    // Its blockers, and only while the guest asks for them.
    let sapphire = ask(&guest("SapphireRapids-v2", &[]));
    let missing: Vec<&str> = sapphire
        .missing
        .iter()
        .map(|told| told.name.as_str())
        .collect();
    assert_eq!(missing, ["amx-tile", "avx512f"]);
    assert_eq!(sapphire.missing[0].source, Some(0));
    let off = [("avx512f", Policy::Disable), ("amx-tile", Policy::Disable)];
    assert_eq!(ask(&guest("SapphireRapids-v2", &off)).outcome(), "runs");
    // What the host-model switches off is not there.
    let rtm = ask(&guest("qemu64-v1", &[("rtm", Policy::Require)]));
    assert_eq!(rtm.message, "the hypervisor there cannot give: rtm");
    let mut maximum = CpuDef::new(Kind::Guest);
    maximum.mode = Mode::Maximum;
    assert_eq!(ask(&maximum).reason.map(|r| r.as_str()), Some("mode"));
    // An emulated guest needs other capabilities.
    let tcg = Setting {
        virt_type: Some("qemu".into()),
        ..Setting::default()
    };
    assert_eq!(
        judge_cpu(map, &host, &guest("qemu64", &[]), &tcg).outcome(),
        "unknown"
    );
}

#[test]
fn what_facts_do_not_tell_is_unknown() {
    let map = CpuMap::builtin();
    let words = facts(&["vm-epyc-cpuid.txt"]);
    let ask = |cpu: &CpuDef| judge_cpu(map, &words, cpu, &kvm());
    let msr = ask(&guest("kvm64", &[("rdctl-no", Policy::Require)]));
    assert_eq!(
        (msr.outcome(), msr.unknown.as_slice()),
        ("unknown", ["rdctl-no".to_owned()].as_slice())
    );
    assert!(
        msr.notes.iter().any(|note| note.contains("not what KVM")),
        "{:?}",
        msr.notes
    );
    let lost = ask(&guest(
        "kvm64",
        &[("rdctl-no", Policy::Require), ("avx512f", Policy::Require)],
    ));
    assert_eq!(lost.message, "the host lacks: avx512f");
    let forbidden = ask(&guest("kvm64", &[("avx2", Policy::Forbid)]));
    assert_eq!(forbidden.forbidden[0].name, "avx2");
    let mut strict = guest("kvm64", &[]);
    strict.matching = Match::Strict;
    let strict = ask(&strict);
    assert_eq!(strict.reason.as_ref().map(|r| r.as_str()), Some("extra"));
    assert!(strict.extra.iter().any(|told| told.name == "avx2"));
    // A dump cut off at a line: the lost leaves are unknown, not absent.
    let text = std::fs::read_to_string(path("vm-epyc-cpuid.txt")).expect("it is there");
    let half: String = text
        .lines()
        .take_while(|line| !line.contains("0x80000001"))
        .collect::<Vec<_>>()
        .join("\n");
    let half = read::parse(&half, "half").expect("whole lines");
    let cut = judge_cpu(map, &half, &guest("kvm64", &[]), &kvm());
    assert_eq!(cut.outcome(), "unknown");
    assert!(cut.unknown.contains(&"lm".to_owned()), "{:?}", cut.unknown);
}

#[test]
fn another_architecture_never_fits() {
    let map = CpuMap::builtin();
    let mut x86 = guest("qemu64", &[]);
    x86.arch = Some("x86_64".into());
    let mut power = guest("POWER9", &[]);
    power.arch = Some("ppc64le".into());
    for name in ["power9-cpuinfo.txt", "n1-cpuinfo.txt"] {
        let answer = judge_cpu(map, &facts(&[name]), &x86, &kvm());
        assert_ne!(answer.outcome(), "runs", "{name}: {answer:?}");
    }
    let answer = judge_cpu(map, &facts(&["vm-epyc.json"]), &power, &kvm());
    assert_eq!(answer.reason.map(|r| r.as_str()), Some("arch"));
    let answer = judge_cpu(map, &facts(&["power9-cpuinfo.txt"]), &power, &kvm());
    assert_eq!(answer.verdict, Ok(Verdict::Identical));
    let empty = read::parse(r#"{"schema_version":1,"arch":"x86_64"}"#, "x").expect("it reads");
    assert_eq!(judge_cpu(map, &empty, &x86, &kvm()).outcome(), "unknown");
}

#[test]
fn passthrough_compares_host_with_host() {
    let map = CpuMap::builtin();
    let host = facts(&["vm-epyc.json"]);
    let same = judge_passthrough(map, &host, &host);
    assert_eq!(same.outcome(), "runs", "{same:?}");
    // An old libvirt cannot name all that the words show: that is no loss.
    let old = facts(&["vm-epyc-capabilities.xml"]);
    let answer = judge_passthrough(map, &host, &old);
    assert_eq!(answer.outcome(), "unknown", "{answer:?}");
    assert!(answer.unknown.contains(&"cet-ss".to_owned()));
    let mut less = facts(&["vm-epyc-capabilities.xml"]);
    if let Some(layer) = &mut less.cpu.definition {
        layer
            .value
            .cpu
            .features
            .retain(|feature| feature.name != "avx2");
    }
    let answer = judge_passthrough(map, &facts(&["vm-epyc-capabilities.xml"]), &less);
    assert_eq!(answer.message, "the host lacks: avx2");
}

#[test]
fn bad_facts_are_told_with_their_place() {
    let fail = |text: &str| read::parse(text, "f").expect_err("bad input");
    assert_eq!(fail(" \n").kind, InputErrorKind::Empty);
    assert_eq!(fail("hello").kind, InputErrorKind::UnknownKind);
    assert!(
        fail("<domain/>")
            .to_string()
            .contains("nothing about a host")
    );
    assert!(matches!(fail("<cpu>\n<").kind, InputErrorKind::Xml(_)));
    let cut = "CPU 0:\n   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x4965";
    assert!(
        fail(cut).to_string().starts_with("f:2:1: "),
        "{}",
        fail(cut)
    );
    let twice =
        "<cpu><arch>x86_64</arch><model>486</model>\n<feature name='a'/><feature name='a'/></cpu>";
    assert_eq!(
        fail(twice).to_string(),
        "f:2:20: CPU feature `a` is named twice"
    );
    let arch = "<cpudata arch='arm'><cpuid eax_in='0'/></cpudata>";
    assert!(fail(arch).to_string().contains("not x86"));
    let version = fail(r#"{"schema_version": 7}"#);
    assert!(version.to_string().contains("form 7"), "{version}");
    let deep = format!("{{\"schema_version\":1,\"x\":{}", "[".repeat(100_000));
    assert!(matches!(fail(&deep).kind, InputErrorKind::Json(_)));
    let nested = format!("{}{}", "<cpu>".repeat(50_000), "</cpu>".repeat(50_000));
    assert!(read::parse(&nested, "f").is_err());
    let dtd = "<!DOCTYPE cpu [<!ENTITY a 'aaaa'>]><cpu>&a;</cpu>";
    assert!(fail(dtd).to_string().contains("DTD"));
    let policy = "<cpu><model>486</model><feature policy='maybe' name='a'/></cpu>";
    assert!(fail(policy).to_string().contains("`maybe`"));
}

#[test]
fn names_that_nobody_knows_are_errors() {
    let map = CpuMap::builtin();
    let host = facts(&["vm-epyc-capabilities.xml"]);
    let answer = judge_cpu(map, &host, &guest("no-such-cpu", &[]), &kvm());
    assert_eq!(
        answer.verdict,
        Err(CpuError::UnknownModel("no-such-cpu".into()))
    );
    let answer = judge_cpu(
        map,
        &host,
        &guest("kvm64", &[("hv-relaxed", Policy::Require)]),
        &kvm(),
    );
    assert_eq!(
        (answer.verdict_word(), answer.outcome()),
        ("error", "refused")
    );
    let strange = "<cpu><arch>x86_64</arch><model>kvm64</model><feature name='new'/></cpu>";
    let strange = read::parse(strange, "f").expect("it reads");
    assert_eq!(
        judge_cpu(map, &strange, &guest("kvm64", &[]), &kvm()).verdict_word(),
        "error"
    );
}
