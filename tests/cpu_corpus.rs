//! Every case of the shared CPU corpus, where it lies beside the repository (`../shared/corpus/cpu`
//! or `$DOMDIFF_CPU_CORPUS`). The project's own cases are in `cpu_cases.rs`; without the corpus
//! this does nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use domdiff::cpu::compare::{HostCpu, compare, has_feature};
use domdiff::cpu::decode::{Limits, Question, decode};
use domdiff::cpu::def::{Kind, Policy};
use domdiff::cpu::xml::read_cpu;
use domdiff::cpu::{CpuDef, CpuMap, CpuidData, baseline, update};
use domdiff::host::cpudata::read_cpudata;
use serde_json::Value;

fn corpus() -> Option<PathBuf> {
    let named = std::env::var_os("DOMDIFF_CPU_CORPUS").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/cpu");
    named.or(Some(beside)).filter(|path| path.is_dir())
}

fn cpu(text: &str, arch: Option<&str>) -> Result<CpuDef, String> {
    let document = roxmltree::Document::parse(text).map_err(|error| error.to_string())?;
    let mut cpu = read_cpu(document.root_element(), "case").map_err(|error| error.to_string())?;
    if cpu.kind == Kind::Guest && cpu.arch.is_none() {
        cpu.arch = arch.map(str::to_owned);
    }
    Ok(cpu)
}

fn data(corpus: &Path, name: &Value) -> CpuidData {
    let text = std::fs::read_to_string(corpus.join(name.as_str().expect("a file name")))
        .expect("the dump is there");
    let document = roxmltree::Document::parse(&text).expect("the dump is XML");
    read_cpudata(document.root_element(), "dump").expect("the dump reads")
}

fn set(value: &Value) -> BTreeSet<String> {
    let names = value.as_array().map(Vec::as_slice).unwrap_or_default();
    names
        .iter()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect()
}

/// The differences between an answer and what is expected; empty when right.
fn differs(want: &Value, got: Result<CpuDef, String>) -> Option<String> {
    let got = match (got, want["error"].as_bool() == Some(true)) {
        (Err(_), true) => return None,
        (Err(error), false) => return Some(format!("error: {error}")),
        (Ok(_), true) => return Some("no error".into()),
        (Ok(got), false) => got,
    };
    if want["model"].as_str() != got.model.as_deref() {
        return Some(format!("model {:?}, expected {}", got.model, want["model"]));
    }
    if want["vendor"].as_str() != got.vendor.as_deref() {
        return Some(format!(
            "vendor {:?}, expected {}",
            got.vendor, want["vendor"]
        ));
    }
    if let Some(fallback) = want["fallback"].as_str()
        && got.kind == Kind::Guest
        && fallback != got.fallback.as_str()
    {
        return Some(format!(
            "fallback {}, expected {fallback}",
            got.fallback.as_str()
        ));
    }
    for policy in [
        Policy::Require,
        Policy::Disable,
        Policy::Force,
        Policy::Optional,
        Policy::Forbid,
    ] {
        let mut wanted = set(&want[policy.as_str()]);
        if policy == Policy::Require {
            wanted.extend(set(&want["features"]));
        }
        let names: BTreeSet<String> = got.names(policy).into_iter().collect();
        if wanted != names {
            let lists = (wanted.difference(&names), names.difference(&wanted));
            return Some(format!(
                "{}: lacks {:?}, extra {:?}",
                policy.as_str(),
                lists.0,
                lists.1
            ));
        }
    }
    None
}

fn judge(corpus: &Path, map: &CpuMap, case: &Value) -> Option<String> {
    let (input, want) = (&case["input"], &case["expect"]);
    let arch = case["arch"].as_str();
    let text = |key: &str| input[key].as_str().unwrap_or_default();
    let read = |key: &str| cpu(text(key), arch);
    match case["kind"].as_str().expect("a kind") {
        "decode" => {
            let data = data(corpus, &input["cpudata"]);
            let kind = if text("type") == "guest" {
                Kind::Guest
            } else {
                Kind::Host
            };
            let decoded = decode(map, &Question::of(&data, map), kind, &Limits::default());
            let mut want = want.clone();
            want["fallback"] = Value::Null;
            differs(
                &want,
                decoded
                    .map(|d| d.definition(map, kind))
                    .map_err(|e| e.to_string()),
            )
        }
        "signature" => {
            let signature = data(corpus, &input["cpudata"]).signature().expect("leaf 1");
            let got = [signature.family, signature.model, signature.stepping];
            let wanted = ["family", "model", "stepping"].map(|key| want[key].as_u64());
            (got.map(|part| Some(u64::from(part))) != wanted).then(|| format!("{got:?}"))
        }
        "compare" => {
            let answer = read("host").and_then(|host| {
                let cpu = read("cpu")?;
                compare(map, &HostCpu::of(map, &host), &cpu).map_err(|error| error.to_string())
            });
            let verdict = answer
                .as_ref()
                .map_or("error", |answer| answer.verdict.as_str());
            if want["verdict"].as_str() != Some(verdict) {
                return Some(format!(
                    "{verdict}, expected {} ({answer:?})",
                    want["verdict"]
                ));
            }
            let (reason, answer) = (want["reason"].as_str()?, answer.ok()?);
            if answer.reason.as_ref().map(|reason| reason.as_str()) != Some(reason) {
                return Some(format!("reason {:?}, expected {reason}", answer.reason));
            }
            let names = map.names(match reason {
                "missing" => answer.missing,
                "forbidden" => answer.forbidden,
                "extra" => answer.extra,
                _ => return None,
            });
            let wanted: Vec<&str> = want["features"]
                .as_array()?
                .iter()
                .filter_map(Value::as_str)
                .collect();
            (names != wanted).then(|| format!("{reason}: {names:?}, expected {wanted:?}"))
        }
        "baseline" => {
            let flags = set(&input["flags"]);
            let options = baseline::Options {
                migratable: flags.contains("migratable"),
                expand: flags.contains("expand"),
                models: None,
            };
            let texts = input["cpus"].as_array().expect("a list");
            let cpus: Result<Vec<CpuDef>, String> = texts
                .iter()
                .map(|text| cpu(text.as_str().unwrap_or_default(), arch))
                .collect();
            let made = cpus.and_then(|cpus| {
                let list: Vec<&CpuDef> = cpus.iter().collect();
                baseline::baseline(map, &list, &options).map_err(|error| error.to_string())
            });
            differs(want, made)
        }
        "update" => {
            let (host, guest) = (read("host").expect("a host"), read("cpu").expect("a guest"));
            let made = update::update(map, &guest, &update::migratable_only(map, &host));
            let wrong = differs(want, made.clone().map_err(|error| error.to_string()));
            wrong.or_else(|| {
                let wanted = want["verdict"].as_str()?;
                let answer = compare(map, &HostCpu::of(map, &host), &made.ok()?);
                let got = answer.map_or("error", |answer| answer.verdict.as_str());
                (got != wanted).then(|| format!("verdict {got}, expected {wanted}"))
            })
        }
        "guestcpu" => {
            let known: Option<Vec<String>> = input["models"].as_array().map(|names| {
                names
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned)
                    .collect()
            });
            let (host, guest) = (read("host").expect("a host"), read("cpu").expect("a guest"));
            let made = update::start(map, &guest, &host, known.as_deref());
            differs(want, made.map_err(|error| error.to_string()))
        }
        "live" => {
            let guest = read("cpu").expect("a guest");
            let (on, off) = (
                data(corpus, &input["enabled"]),
                data(corpus, &input["disabled"]),
            );
            let made = update::live(map, &guest, &on, &off).expect("all known");
            let mut wanted = map.model(want["model"].as_str()?).expect("known").features;
            let bits = |key: &str| {
                set(&want[key])
                    .iter()
                    .map(|name| map.feature(name).expect("known"))
                    .collect()
            };
            wanted = wanted.union(bits("require")).union(bits("force"));
            wanted = wanted.minus(bits("disable")).minus(bits("forbid"));
            let got = made.bits(map).expect("all known");
            (got != wanted).then(|| {
                let lists = (map.names(wanted.minus(got)), map.names(got.minus(wanted)));
                format!("lacks {:?}, extra {:?}", lists.0, lists.1)
            })
        }
        "hasfeature" => {
            let cpu = read("cpu").expect("a CPU");
            want["has"].as_object()?.iter().find_map(|(name, wanted)| {
                let got = match has_feature(map, &cpu, name) {
                    Ok(true) => "yes",
                    Ok(false) => "no",
                    Err(_) => "error",
                };
                (wanted.as_str() != Some(got)).then(|| format!("{name}: {got}"))
            })
        }
        other => Some(format!("unknown kind {other}")),
    }
}

#[test]
fn every_case_of_the_corpus_is_right() {
    let Some(corpus) = corpus() else { return };
    let old = |name: &str| CpuMap::load(&corpus.join(name)).expect("the map loads");
    let maps = BTreeMap::from([("7.10", old("map-7.10")), ("9.0", old("map-9.0"))]);
    let cases = std::fs::read_to_string(corpus.join("cases.jsonl")).expect("the cases are there");
    let (mut right, mut wrong) = (0, Vec::new());
    for line in cases.lines().filter(|line| !line.trim().is_empty()) {
        let case: Value = serde_json::from_str(line).expect("a case");
        let map = case["map"].as_str().and_then(|name| maps.get(name));
        match judge(&corpus, map.unwrap_or(CpuMap::builtin()), &case) {
            None => right += 1,
            Some(text) => wrong.push(format!("{}: {text}", case["id"])),
        }
    }
    assert!(
        wrong.is_empty(),
        "{right} right, {} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    assert!(right > 600, "only {right} cases");
}
