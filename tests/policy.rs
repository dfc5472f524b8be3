//! The configuration as text: what is read, what is refused and where, and the
//! published schema beside it.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use domdiff::policy::{Accepted, Config, FailOn, OnError, Origin, Reason, schema};
use domdiff::report::Level;
use proptest::prelude::*;

fn data(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata/policy")
        .join(name)
}

fn validator() -> jsonschema::Validator {
    jsonschema::validator_for(&schema()).unwrap()
}

fn as_json(text: &str) -> serde_json::Value {
    toml::from_str(text).unwrap()
}

#[test]
fn every_key_is_read() {
    let text = fs::read_to_string(data("full.toml")).unwrap();
    let config = Config::parse(&text, "full.toml", Origin::Named).unwrap();
    assert_eq!(config.fail_on, Some(FailOn::Warning));
    assert_eq!(config.rules.0["change/title"], None);
    assert_eq!(config.rules.0["cpu/host-passthrough"], Some(Level::Info));
    assert_eq!(config.hosts.len(), 2);
    let migration = config.migration.migration();
    assert_eq!(migration.libvirt.unwrap().to_string(), "9.0.0");
    assert!(migration.tls && migration.abort_on_error && !migration.offline);
    assert_eq!(migration.persistent, Some(true));
    assert_eq!(config.hook.on_error, OnError::Allow);
    assert_eq!(config.hook.facts[0].get_ref(), "local");
}

#[test]
fn the_full_example_has_every_key_of_the_schema() {
    let schema = schema();
    let example = as_json(&fs::read_to_string(data("full.toml")).unwrap());
    let keys = |properties: &serde_json::Value| -> Vec<String> {
        properties.as_object().unwrap().keys().cloned().collect()
    };
    let mut missing = Vec::new();
    for (place, definition) in [
        ("", &schema),
        ("/migration", &schema["$defs"]["MigrationConfig"]),
        ("/hook", &schema["$defs"]["HookConfig"]),
    ] {
        for key in keys(&definition["properties"]) {
            if example.pointer(&format!("{place}/{key}")).is_none() {
                missing.push(format!("{place}/{key}"));
            }
        }
    }
    assert!(missing.is_empty(), "full.toml lacks {missing:?}");
}

#[test]
fn what_is_read_fits_the_schema() {
    let validator = validator();
    let full = fs::read_to_string(data("full.toml")).unwrap();
    for text in [
        "",
        &full,
        "[hook]\nrestore_begin = true\n",
        "[rules]\n\"abi/disk\" = \"warning\"\n",
    ] {
        Config::parse(text, "domdiff.toml", Origin::Named).unwrap();
        let wrong: Vec<String> = validator
            .iter_errors(&as_json(text))
            .map(|error| error.to_string())
            .collect();
        assert!(wrong.is_empty(), "{text}: {wrong:?}");
    }
}

#[test]
fn what_is_refused_is_told_with_its_place_and_fits_no_schema() {
    let validator = validator();
    let mut seen = 0;
    for entry in fs::read_dir(data("refused")).unwrap() {
        let path = entry.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let expected = text.lines().last().unwrap().trim_start_matches("# ");
        let error = Config::parse(&text, "c", Origin::Named).unwrap_err();
        assert!(
            error.to_string().starts_with(&format!("c:{expected}")),
            "{}: {error}",
            path.display()
        );
        if let Ok(value) = toml::from_str::<serde_json::Value>(&text) {
            assert!(!validator.is_valid(&value), "{}", path.display());
        }
        seen += 1;
    }
    assert!(seen > 5);
}

#[test]
fn a_configuration_that_was_found_stays_in_its_folder() {
    for line in [
        "accepted = '../accepted.toml'",
        "accepted = '/etc/passwd'",
        "hosts = ['a.json', 'b.xml+../c.xml']",
        "hosts = ['-']",
        "source_host = '/proc/cpuinfo'",
        "hook.log = '/var/log/x'",
        "hook.facts = ['a/../../b']",
    ] {
        let error = Config::parse(line, "c", Origin::Found).unwrap_err();
        let column = if line.starts_with("hosts = ['a") {
            20
        } else {
            line.find('\'').unwrap() + 1
        };
        assert_eq!(error.place, Some((1, column)), "{error}");
        assert!(error.message.contains("--config"), "{error}");
        Config::parse(line, "c", Origin::Named).unwrap();
    }
    for line in ["accepted = './sub/a.toml'", "hosts = ['local', 'a..json']"] {
        Config::parse(line, "c", Origin::Found).unwrap();
    }
}

#[test]
fn a_configuration_has_a_largest_size() {
    let text = format!("#{}", "x".repeat(Config::LARGEST));
    let error = Config::parse(&text, "c", Origin::Named).unwrap_err();
    assert!(error.to_string().starts_with("c: larger than"), "{error}");
}

#[test]
fn the_documentation_shows_what_is_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/policy.md")).unwrap();
    let blocks: Vec<&str> = page
        .split("```toml\n")
        .skip(1)
        .map(|rest| rest.split_once("```").unwrap().0)
        .collect();
    let [config, accepted] = blocks[..] else {
        panic!("a configuration and accepted findings")
    };
    assert_eq!(config, fs::read_to_string(data("full.toml")).unwrap());
    let today = "2026-11-23".parse().unwrap();
    assert!(!Accepted::parse(accepted, "page", today).unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in them is read or refused, and what is written can be read.
    #[test]
    fn no_file_makes_it_panic(
        which in 0..3_usize,
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..6_usize), 0..6),
    ) {
        let name = ["full.toml", "stale.toml", "team/accepted.toml"][which];
        let mut text: Vec<char> = fs::read_to_string(data(name)).unwrap().chars().collect();
        for (from, to, kind) in edits {
            if text.is_empty() {
                break;
            }
            let (a, b) = (from.index(text.len()), to.index(text.len()));
            let (a, b) = (a.min(b), a.max(b).min(a + 80));
            match kind {
                0 => text.drain(a..b).for_each(drop),
                1 => { let part = text[a..b].to_vec(); text.splice(b..b, part); }
                2 => text.splice(a..a, "é\u{202e}\u{0}".chars()).for_each(drop),
                3 => text.splice(a..a, "[[accepted]]\n".chars()).for_each(drop),
                4 => text.splice(a..a, "[".repeat(300).chars()).for_each(drop),
                _ => text.splice(a..a, "\"\"\"".chars()).for_each(drop),
            }
        }
        let text: String = text.into_iter().collect();
        let today = "2026-11-23".parse().unwrap();
        let _ = Config::parse(&text, "c", Origin::Found);
        let reason = Reason { reason: "why".to_owned(), owner: None, expires: None };
        if Accepted::parse(&text, "a", today).is_ok()
            && let Ok(written) = domdiff::policy::accept(&text, "a", &[], Level::Error, &reason)
        {
            prop_assert!(Accepted::parse(&written, "a", today).is_ok(), "{written}");
        }
    }
}
