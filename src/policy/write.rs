//! Accepted findings written back: what people wrote and in which order stays.

use std::collections::{BTreeMap, HashMap};

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

use super::accepted::{Key, out_of_order};
use super::{Date, PolicyError};
use crate::report::{Finding, Level, Report};
use crate::rules::{self, Check};

/// Why findings are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// Why, in a sentence.
    pub reason: String,
    /// Who stands for it.
    pub owner: Option<String>,
    /// The last day.
    pub expires: Option<Date>,
}

/// Accepts what counts in reports: every open finding of at least `level`. `text` is the file as
/// it stands, empty for a new one, `file` what to call it. Returns the new text.
///
/// # Errors
/// Text that cannot be read; a domain without a name, which an entry could not name.
pub fn accept(
    text: &str,
    file: &str,
    reports: &[Report],
    level: Level,
    reason: &Reason,
) -> Result<String, PolicyError> {
    let mut document: DocumentMut = text.parse().map_err(|error: toml_edit::TomlError| {
        let message = error.message().replace('\n', "; ");
        match error.span() {
            Some(span) => PolicyError::at(file, text, span, message),
            None => PolicyError::new(file, message),
        }
    })?;
    let item = document
        .entry("accepted")
        .or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    let Some(list) = item.as_array_of_tables_mut() else {
        let message = "write each accepted finding as a table of its own, [[accepted]]";
        return Err(PolicyError::new(file, message));
    };
    let mut tables: Vec<(Key, Table)> = std::mem::take(list)
        .into_iter()
        .map(|table| (key(&table), table))
        .collect();
    let known: HashMap<Key, usize> = (tables.iter().enumerate())
        .map(|(place, (key, _))| (key.clone(), place))
        .collect();
    let mut added: BTreeMap<Key, Table> = BTreeMap::new();
    for (domain, finding) in counting(reports, level)? {
        let key = Key {
            domain: domain.to_owned(),
            fingerprint: finding.fingerprint.clone(),
        };
        match known.get(&key) {
            Some(place) => explain(&mut tables[*place].1, reason),
            None => {
                added.insert(key, entry(domain, finding, reason));
            }
        }
    }
    let mut tables = merged(tables, added);
    let mut written = with_entries(&mut document, &tables);
    if out_of_order(&written).is_some() {
        tables.iter_mut().for_each(lead_with_key);
        tables.sort_by_key(key);
        written = with_entries(&mut document, &tables);
    }
    Ok(written.trim_start_matches('\n').to_owned())
}

/// The findings to accept, with their domains.
fn counting(reports: &[Report], level: Level) -> Result<Vec<(&str, &Finding)>, PolicyError> {
    let mut counting = Vec::new();
    for report in reports {
        let open = report
            .all_findings()
            .filter(|finding| !finding.accepted && finding.level >= level)
            // What is to be said of entries is mended, not accepted.
            .filter(|finding| {
                rules::get(finding.rule).is_some_and(|rule| !matches!(rule.check, Check::Accepted))
            });
        for finding in open {
            let Some(domain) = report.domain_name() else {
                let message = "a finding is accepted for one domain, and this one has no name";
                let path = report.new.as_ref().map_or("", |input| &input.path);
                return Err(PolicyError::new(path, message));
            };
            counting.push((domain, finding));
        }
    }
    Ok(counting)
}

/// Entries as they stand, each new one before the first that is greater.
fn merged(old: Vec<(Key, Table)>, added: BTreeMap<Key, Table>) -> Vec<Table> {
    let mut added = added.into_iter().peekable();
    let mut tables = Vec::new();
    for (key, table) in old {
        while let Some((_, before)) = added.next_if(|(new, _)| *new < key) {
            tables.push(before);
        }
        tables.push(table);
    }
    tables.extend(added.map(|(_, table)| table));
    tables
}

fn with_entries(document: &mut DocumentMut, tables: &[Table]) -> String {
    let mut list = ArrayOfTables::new();
    for (place, table) in tables.iter().enumerate() {
        let mut table = table.clone();
        table.set_position(isize::try_from(place).ok());
        list.push(table);
    }
    document["accepted"] = Item::ArrayOfTables(list);
    document.to_string()
}

/// A new entry.
fn entry(domain: &str, finding: &Finding, reason: &Reason) -> Table {
    let mut table = Table::new();
    table.decor_mut().set_prefix("\n");
    for (name, text) in [
        ("domain", domain),
        ("fingerprint", &finding.fingerprint),
        ("rule", finding.rule),
        ("path", &finding.path),
    ] {
        table.insert(name, Item::Value(string(text)));
    }
    explain(&mut table, reason);
    table
}

/// Writes why, who and how long; comments beside the values stay.
fn explain(table: &mut Table, reason: &Reason) {
    let expires = reason.expires.map(|day| {
        let day = toml_edit::Date {
            year: u16::try_from(day.year()).unwrap_or_default(),
            month: day.month().unsigned_abs(),
            day: day.day().unsigned_abs(),
        };
        Value::from(toml_edit::Datetime::from(day))
    });
    for (name, value) in [
        ("reason", Some(string(&reason.reason))),
        ("owner", reason.owner.as_deref().map(string)),
        ("expires", expires),
    ] {
        match (value, table.get_mut(name).and_then(Item::as_value_mut)) {
            (Some(mut value), Some(old)) => {
                *value.decor_mut() = old.decor().clone();
                *old = value;
            }
            (Some(value), None) => {
                table.insert(name, Item::Value(value));
            }
            (None, _) => {
                table.remove(name);
            }
        }
    }
}

fn key(table: &Table) -> Key {
    let text = |name: &str| {
        let value = table.get(name).and_then(Item::as_str);
        value.unwrap_or_default().to_owned()
    };
    Key {
        domain: text("domain"),
        fingerprint: text("fingerprint"),
    }
}

/// Moves domain and fingerprint to the first lines, where a search looks for them.
fn lead_with_key(table: &mut Table) {
    let rank = |name: &str| match name {
        "domain" => 0,
        "fingerprint" => 1,
        _ => 2,
    };
    table.sort_values_by(|one, _, two, _| rank(one.get()).cmp(&rank(two.get())));
}

/// A string on one line, in which nothing hides.
fn string(text: &str) -> Value {
    let mut written = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => written.extend(['\\', character]),
            '\n' => written.push_str("\\n"),
            '\t' => written.push_str("\\t"),
            _ if character.is_control() || is_invisible(character) => {
                written.push_str(&format!("\\U{:08X}", u32::from(character)));
            }
            _ => written.push(character),
        }
    }
    written.push('"');
    // Every character is one of a basic string, or escaped.
    written.parse().unwrap_or_else(|_| Value::from(text))
}

/// Marks that turn the direction of text or break its lines: a reviewer would read other words.
const fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
