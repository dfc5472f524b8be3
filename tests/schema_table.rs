//! The field table held against the list of paths, and against itself.

#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet, HashSet};

use domdiff::schema::{
    AbiCheck, Apply, DOMAIN, Default, Field, Identity, Kind, ResolvedField, Since, all_paths,
    field_table, lookup, to_json,
};
use domdiff::value;

const LIST: &str = include_str!("../testdata/schema/paths.tsv");

/// Rows for what libvirt reads or other programs write beside libvirt's
/// schema: the path, or the beginning of it before a `*`.
const BESIDE_THE_SCHEMA: &[&str] = &[
    "metadata/nova:*",
    "metadata/libosinfo:*",
    "metadata/ovirt-vm:*",
    "metadata/ovirt-tune:*",
    "metadata/kubevirt:*",
    "cpu/arch",
    "devices/interface/actual*",
    "devices/nvram/alias*",
    "devices/smartcard/alias*",
];

fn is_beside_the_schema(path: &str) -> bool {
    path.split('/').any(|step| step == "privateData")
        || BESIDE_THE_SCHEMA
            .iter()
            .any(|known| path.starts_with(known.trim_end_matches('*')))
}

fn marked(text: &str) -> (&str, Since) {
    if let Some(name) = text.strip_suffix("+9.0") {
        (name, Since::V9_0)
    } else if let Some(name) = text.strip_suffix("+12.8") {
        (name, Since::V12_8)
    } else {
        (text, Since::V7_10)
    }
}

/// The list: path to first release.
fn listed() -> BTreeMap<String, Since> {
    let mut paths = BTreeMap::new();
    for line in LIST.lines() {
        let (element, rest) = line.split_once('\t').unwrap_or((line, ""));
        let (element, since) = marked(element);
        let prefix = if element == "." {
            String::new()
        } else {
            paths.insert(element.to_owned(), since);
            format!("{element}/")
        };
        if !rest.starts_with('=') {
            for attribute in rest.split_whitespace() {
                let (attribute, since) = marked(attribute);
                let doubled = paths.insert(format!("{prefix}{attribute}"), since);
                assert_eq!(doubled, None, "{prefix}{attribute} is listed twice");
            }
        }
    }
    paths
}

fn rows() -> Vec<ResolvedField> {
    all_paths().collect()
}

#[test]
fn table_and_list_agree() {
    let listed = listed();
    assert_eq!(listed.len(), 2898);
    let rows: BTreeMap<String, Since> = rows().into_iter().map(|r| (r.path, r.since)).collect();
    let missing: Vec<_> = listed.keys().filter(|p| !rows.contains_key(*p)).collect();
    assert!(missing.is_empty(), "not in the table: {missing:#?}");
    let other: Vec<_> = rows
        .keys()
        .filter(|p| !listed.contains_key(*p) && !is_beside_the_schema(p))
        .collect();
    assert!(other.is_empty(), "not in the list: {other:#?}");
    let since: Vec<_> = listed
        .iter()
        .filter(|(path, since)| rows[*path] != **since)
        .collect();
    assert!(since.is_empty(), "another first release: {since:#?}");
}

#[test]
fn what_leads_back_to_itself_is_what_the_list_says() {
    for line in LIST.lines() {
        if let Some((path, same)) = line.split_once("\t= ") {
            let path = marked(path).0;
            assert_eq!(names(path), names(same), "{path}");
        }
    }
    let deep = "devices/disk/backingStore/backingStore/backingStore/source/dataStore/source/@file";
    assert_eq!(lookup(deep).unwrap().rule, "host-side/storage");
}

fn names(path: &str) -> BTreeSet<&'static str> {
    let row = lookup(path).unwrap();
    row.field.children().map(|child| child.name).collect()
}

#[test]
fn no_row_stands_twice() {
    let mut seen = HashSet::new();
    for row in rows() {
        assert!(seen.insert(row.path.clone()), "{} stands twice", row.path);
    }
}

#[test]
fn every_path_is_found_again() {
    for row in rows() {
        let found = lookup(&row.path).unwrap();
        assert!(std::ptr::eq(found.field, row.field), "{}", row.path);
        assert_eq!(
            (found.rule, found.apply, found.since),
            (row.rule, row.apply, row.since),
            "{}",
            row.path
        );
    }
    assert!(std::ptr::eq(lookup("").unwrap().field, &DOMAIN));
    for nothing in ["disk", "devices/disk/@", "devices/disk/@type/x", "@nosuch"] {
        assert!(lookup(nothing).is_none(), "{nothing}");
    }
}

#[test]
fn every_path_has_a_rule_and_a_way_to_apply_it() {
    let families = ["abi", "abi-plus", "cpu", "host-side", "change", "identity"];
    for row in rows() {
        let (family, name) = row.rule.split_once('/').unwrap_or_default();
        assert!(families.contains(&family), "{}: {}", row.path, row.rule);
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(!name.is_empty() && name.chars().all(good), "{}", row.rule);
        assert_ne!(row.apply, Apply::Inherit, "{}", row.path);
        if row.field.abi == AbiCheck::Compared {
            let refused = matches!(family, "abi" | "identity");
            let backend = row.path == "devices/channel/@type";
            assert!(refused || backend, "{}: {}", row.path, row.rule);
        }
    }
}

#[test]
fn keys_name_what_items_hold() {
    for row in rows().iter().filter(|row| !row.recursive) {
        let Identity::Keys(keys) = row.field.identity else {
            continue;
        };
        for key in keys.iter().flat_map(|key| key.split('+')) {
            assert!(
                key == "." || below(row, key).is_some(),
                "{} is paired by {key}, which it does not hold",
                row.path
            );
        }
    }
}

fn below(row: &ResolvedField, path: &str) -> Option<ResolvedField> {
    path.split('/')
        .try_fold(row.clone(), |at, step| at.child(step))
}

#[test]
fn positions_are_an_order() {
    for row in rows() {
        if row.field.identity == Identity::Position {
            assert!(row.field.ordered, "{}", row.path);
        }
        if row.field.ordered {
            assert_ne!(row.field.identity, Identity::Single, "{}", row.path);
        }
        if row.field.is_attribute() {
            assert_eq!(row.field.identity, Identity::Single, "{}", row.path);
            assert!(row.field.groups.is_empty(), "{}", row.path);
        }
    }
}

#[test]
fn lists_of_words_are_lists() {
    for row in rows() {
        if let Kind::Enum(words) = row.field.kind {
            let unique: BTreeSet<_> = words.iter().collect();
            assert!(!words.is_empty(), "{}", row.path);
            assert_eq!(unique.len(), words.len(), "{}", row.path);
            let trimmed = words.iter().all(|w| !w.is_empty() && w.trim() == *w);
            assert!(trimmed, "{}", row.path);
        }
    }
}

#[test]
fn defaults_are_values_in_canonical_form() {
    for row in rows() {
        let Default::Fixed(default) = row.field.default else {
            continue;
        };
        match row.field.kind {
            Kind::Element => {
                let state = row.child("@state").unwrap();
                assert_eq!(state.field.kind, Kind::OnOff, "{}", row.path);
                assert!(matches!(default, "on" | "off"), "{}", row.path);
            }
            kind => {
                let canonical = value::canonical(kind, default);
                assert_eq!(canonical.as_deref(), Ok(default), "{}", row.path);
            }
        }
    }
}

#[test]
fn conditions_are_about_what_stands_nearby() {
    for row in rows().iter().filter(|row| !row.recursive) {
        let Some(condition) = row.field.compared_if else {
            continue;
        };
        assert_eq!(row.field.abi, AbiCheck::Compared, "{}", row.path);
        let mut at: Vec<&str> = row.path.split('/').collect();
        at.pop();
        for step in condition.path.split('/') {
            if step == ".." {
                at.pop();
            } else {
                at.push(step);
            }
        }
        let of = lookup(&at.join("/")).unwrap_or_else(|| panic!("{}: {condition:?}", row.path));
        assert!(!condition.any_of.is_empty());
        for value in condition.any_of.iter().filter(|v| !v.is_empty()) {
            assert!(
                value::canonical(of.field.kind, value).is_ok(),
                "{}",
                row.path
            );
        }
    }
}

#[test]
fn sizes_have_units_and_units_have_sizes() {
    let is_size = |field: &Field| matches!(field.kind, Kind::Size { .. });
    let check = |row: &ResolvedField| {
        let of_attributes = row.field.children().any(|c| c.is_attribute() && is_size(c));
        let units = row
            .field
            .children()
            .filter(|c| c.kind == Kind::Unit)
            .count();
        let wanted = usize::from(of_attributes || is_size(row.field));
        assert_eq!(units, wanted, "{}", row.path);
    };
    rows()
        .iter()
        .filter(|row| !row.field.is_attribute())
        .for_each(check);
}

#[test]
fn commands_have_known_placeholders() {
    let known = [
        "{domain}", "{old}", "{new}", "{target}", "{item}", "{uri}", "{enable}", "{xml}",
    ];
    for row in rows() {
        let Apply::Live(template) = row.field.apply else {
            continue;
        };
        assert!(!template.starts_with("virsh"), "{}", row.path);
        for command in template.split(" | ") {
            assert_eq!(command.matches("{domain}").count(), 1, "{}", row.path);
            let rest = known
                .iter()
                .fold(command.to_owned(), |text, known| text.replace(known, ""));
            assert!(!rest.contains(['{', '}']), "{}: {command}", row.path);
        }
    }
}

#[test]
fn notes_are_sentences() {
    for row in rows() {
        let note = row.field.note;
        if !note.is_empty() {
            assert!(note.ends_with('.'), "{}: {note}", row.path);
        }
    }
}

#[test]
fn the_table_is_data_too() {
    let table = field_table();
    assert_eq!(table.fields.len(), rows().len());
    let json = to_json();
    assert_eq!(json["schema_version"], 1);
    let find = |path: &str| {
        let fields = json["fields"].as_array().unwrap();
        fields.iter().find(|f| f["path"] == path).unwrap().clone()
    };
    let memory = find("memory");
    assert_eq!(memory["kind"], "size");
    assert_eq!(memory["default_unit"], "KiB");
    let frequency = find("clock/timer/@frequency");
    assert_eq!(frequency["compared_if"]["path"], "@name");
    assert_eq!(frequency["compared_if"]["any_of"][0], "tsc");
    let disk = find("devices/disk");
    assert_eq!(disk["keys"][0], "target/@dev");
    assert_eq!(disk["apply"], "hotplug");
    assert_eq!(find("devices/disk/serial")["apply"], "restart");
    let bytes = find("devices/disk/iotune/read_bytes_sec");
    let command = "virsh blkdeviotune {domain} {target} --read-bytes-sec {new} --live --config";
    assert_eq!(bytes["command"], command);
}

#[test]
fn a_row_explains_itself() {
    let text = lookup("clock/timer/@frequency").unwrap().to_string();
    assert!(text.starts_with("clock/timer/@frequency: attribute, a number\n"));
    assert!(text.contains("Absent: the same as 0\n"));
    assert!(text.contains("libvirt refuses a change if @name is tsc\n"));
    assert!(text.contains("Rule: abi/tsc\n"));
    for row in rows() {
        let text = row.to_string();
        assert!(text.lines().count() >= 4, "{text}");
        assert!(text.ends_with('\n'));
    }
}
