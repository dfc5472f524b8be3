//! The CPU map from outside: table and generator agree, both forms read, mistakes are told.

use std::fs;
use std::path::{Path, PathBuf};

use domdiff::cpu::map::{AliasOf, ListRule, Place, json_files, rust_source};
use domdiff::cpu::{CpuMap, InputErrorKind};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A fresh folder for one test.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    folder
}

fn export(map: &CpuMap, folder: &Path) {
    for file in json_files(map) {
        fs::write(folder.join(file.name), file.text).expect("a file");
    }
}

#[test]
fn the_committed_table_is_what_the_generator_writes() {
    let folder = scratch("map-export");
    export(CpuMap::builtin(), &folder);
    let again = CpuMap::load(&folder).expect("its own export reads");
    assert_eq!(&again, CpuMap::builtin(), "the JSON form keeps everything");
    for (name, text) in rust_source(&again).expect("no clash of names") {
        let committed = fs::read_to_string(root().join("src/cpu/map/table").join(name));
        assert!(
            committed.expect("the table") == text,
            "table/{name} differs: run the generator"
        );
    }
}

#[test]
fn the_built_in_map_has_what_it_should() {
    let map = CpuMap::builtin();
    assert!(map.source().contains("libvirt"), "{}", map.source());
    assert_eq!(
        (
            map.features().len(),
            map.models().len(),
            map.vendors().len()
        ),
        (400, 176, 4)
    );
    assert_eq!(map.list_rule(), ListRule::Penalty);
    assert_eq!(map.canonical_model("EPYC-IBPB"), Some("EPYC-v2"));
    assert_eq!(map.canonical_model("Haswell-v4"), Some("Haswell-v4"));
    assert_eq!(map.canonical_model("pentiumpro"), None);
    assert!(map.feature("pclmulqdq").is_err(), "an alias is no name");
    assert_eq!(
        map.feature_by_alias("pclmulqdq", AliasOf::Qemu),
        map.feature("pclmuldq").ok()
    );
    assert_eq!(
        map.feature_by_alias("tsc_scale", AliasOf::Qemu),
        map.feature("tsc-scale").ok()
    );
    assert_eq!(
        map.names(map.all_features().minus(map.migratable())),
        ["xsaves", "invtsc"]
    );
    let msr = map.names(map.msr_features());
    assert_eq!(msr.len(), 119);
    assert!(msr.contains(&"rdctl-no".to_owned()));
    for model in map.models() {
        assert!(
            model.features.intersection(model.removed).is_empty(),
            "{}",
            model.name
        );
    }
}

#[test]
fn libvirts_form_reads() {
    let map = CpuMap::load(&root().join("testdata/cpu/map-xml")).expect("it reads");
    let wide = &map.features()[map.feature("wide").expect("there")];
    assert!(matches!(
        wide.place,
        Place::Cpuid {
            leaf: 7,
            subleaf: 1,
            bit: 4,
            ..
        }
    ));
    let safe = &map.features()[map.feature("safe").expect("there")];
    assert_eq!(
        safe.place,
        Place::Msr {
            index: 0x10a,
            bit: 32
        }
    );
    let large = map.model("large").expect("there");
    assert_eq!(map.names(large.features), ["fpu", "wide"]);
    assert_eq!(map.names(large.removed), ["clock"]);
    assert_eq!(map.names(large.added), ["safe"]);
    assert_eq!(large.signatures[0].steppings, 0b1111, "inherited");
    assert_eq!(
        large.vendor.and_then(|vendor| map.vendor_name(vendor)),
        Some("Acme")
    );
    assert!(large.decode_host && !large.decode_guest);
    assert_eq!(map.ppc64().models[0].pvr[0], (0x004b_0000, 0xffff_0000));
    assert_eq!(map.arm().features[0], "sve");

    let folder = scratch("map-small");
    export(&map, &folder);
    let again = CpuMap::load(&folder).expect("its export reads");
    assert_eq!(again.models(), map.models());
    assert_eq!(again.features(), map.features());
}

/// A map folder like the sample, with one file written anew.
fn changed(name: &str, file: &str, text: &str) -> String {
    let folder = scratch(name);
    for entry in fs::read_dir(root().join("testdata/cpu/map-xml")).expect("the sample") {
        let entry = entry.expect("an entry");
        fs::copy(entry.path(), folder.join(entry.file_name())).expect("a copy");
    }
    fs::write(folder.join(file), text).expect("a file");
    CpuMap::load(&folder).expect_err("a mistake").to_string()
}

#[test]
fn mistakes_in_a_map_are_told_with_their_place() {
    let missing = CpuMap::load(Path::new("/nonexistent")).expect_err("nothing there");
    assert!(
        matches!(missing.kind, InputErrorKind::Content(_)),
        "{missing}"
    );

    let escape = "<cpus>\n<arch name='x86'>\n<include filename='../secret.xml'/></arch></cpus>";
    let text = changed("map-escape", "index.xml", escape);
    assert!(
        text.contains("index.xml:3:1:") && text.contains("plain file name"),
        "{text}"
    );

    let model = "<cpus><feature name='a'><cpuid eax_in='1' eax='1'/></feature>\
                 <model name='m'><feature name='b'/></model></cpus>";
    let text = changed("map-unknown", "x86.xml", model);
    assert!(text.contains("unknown feature `b`"), "{text}");

    let twice = "<cpus><feature name='a'><cpuid eax_in='1' eax='3'/></feature></cpus>";
    assert!(changed("map-bits", "x86.xml", twice).contains("several bits"));
    let number = "<cpus><feature name='a'><cpuid eax_in='x'/></feature></cpus>";
    assert!(changed("map-number", "x86.xml", number).contains("x86.xml:1:25: `x` is not"));
    let dtd = "<!DOCTYPE cpus [<!ENTITY a 'b'>]><cpus/>";
    assert!(changed("map-dtd", "x86.xml", dtd).contains("DTD"));
    let same = "<cpus><feature name='a'><cpuid eax_in='1' eax='1'/></feature>\
                <feature name='b'><cpuid eax_in='1' eax='1'/></feature></cpus>";
    assert!(changed("map-same", "x86.xml", same).contains("the same bit"));
    let base = "<cpus><model name='m'><model name='later'/></model></cpus>";
    assert!(
        changed("map-base", "x86.xml", base).contains("does not stand before it")
            || changed("map-base", "x86.xml", base).contains("no x86 features")
    );

    let folder = scratch("map-json");
    export(CpuMap::builtin(), &folder);
    fs::write(folder.join("vendors.json"), "{\"vendors\": [").expect("a file");
    let text = CpuMap::load(&folder).expect_err("cut off").to_string();
    assert!(
        text.contains("vendors.json:1:") && text.contains("JSON"),
        "{text}"
    );
}
