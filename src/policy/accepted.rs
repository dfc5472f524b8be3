//! Findings that a team lives with, each with a reason: a TOML file with one
//! `[[accepted]]` table an entry.
//!
//! Whoever judges a domain can be in a hurry (a hook has milliseconds) and the
//! file long. So a file larger than [`WINDOW`] is kept in the order of domain
//! and fingerprint, which are the first two lines of an entry there, and
//! [`narrow`] finds those that can matter by halving: some reads, however long
//! it is. A smaller file may have any order.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::error::line_and_column;
use super::{Date, PolicyError};
use crate::report::Acceptance;

/// Bytes of a file that are searched line by line; a larger one must have an order.
pub(super) const WINDOW: usize = 64 << 10;

/// Accepted findings, by domain.
///
/// ```
/// use domdiff::policy::{Accepted, Date};
///
/// let text = "[[accepted]]\nfingerprint = \"00c0ffee00c0ffee\"\nrule = \"abi/disk\"\n";
/// let today: Date = "2026-11-23".parse().unwrap();
/// let error = Accepted::parse(text, "accepted.toml", today).unwrap_err();
/// assert_eq!(error.to_string(), "accepted.toml:1:1: missing field `reason`");
/// ```
#[derive(Debug, Clone, Default)]
pub struct Accepted {
    /// What the file is called.
    file: String,
    today: Option<Date>,
    entries: Vec<Entry>,
    /// Their places by domain and fingerprint; under the empty name those that hold for any.
    places: HashMap<String, HashMap<String, Vec<usize>>>,
}

/// One accepted finding.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) fingerprint: String,
    /// What it is about, for people.
    pub(crate) rule: String,
    pub(crate) path: String,
    pub(crate) acceptance: Acceptance,
    pub(crate) expires: Option<Date>,
    /// Line and column where it begins.
    pub(crate) place: (usize, usize),
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    accepted: Vec<Spanned<Written>>,
}

/// An entry as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    domain: Option<String>,
    fingerprint: Spanned<String>,
    rule: String,
    #[serde(default)]
    path: String,
    reason: Spanned<String>,
    owner: Option<String>,
    expires: Option<Spanned<Datetime>>,
}

impl Accepted {
    /// Bytes a file may have.
    pub const LARGEST: usize = 64 << 20;

    /// Reads accepted findings; `file` is what to call them, `today` the day on which they must
    /// hold.
    ///
    /// # Errors
    /// Text that is no TOML, an unknown key, an entry without a reason; with line and column.
    pub fn parse(text: &str, file: &str, today: Date) -> Result<Self, PolicyError> {
        let read: File =
            toml::from_str(text).map_err(|error| PolicyError::toml(file, text, &error))?;
        if let Some(start) = out_of_order(text) {
            let message = format!(
                "a file larger than {WINDOW} bytes is kept in the order of domain and fingerprint, the first two lines of an entry; `domdiff check --accept` writes it so"
            );
            return Err(PolicyError::at(file, text, start..start, message));
        }
        let mut accepted = Self {
            file: file.to_owned(),
            today: Some(today),
            ..Self::default()
        };
        let mut lines = Lines::new(text);
        for written in read.accepted {
            let place = lines.place(written.span().start);
            let written = written.into_inner();
            let wrong =
                |span, message: &str| Err(PolicyError::at(file, text, span, message.to_owned()));
            if !is_fingerprint(written.fingerprint.get_ref()) {
                let span = written.fingerprint.span();
                return wrong(
                    span,
                    "no fingerprint: 16 hexadecimal digits, as --format json tells them",
                );
            }
            if written.reason.get_ref().trim().is_empty() {
                return wrong(written.reason.span(), "a reason is needed");
            }
            let expires = match written.expires {
                None => None,
                Some(date) => match civil(date.get_ref()) {
                    Some(day) => Some(day),
                    None => return wrong(date.span(), "a day without a time is meant: 2026-12-31"),
                },
            };
            let fingerprint = written.fingerprint.into_inner();
            accepted
                .places
                .entry(written.domain.unwrap_or_default())
                .or_default()
                .entry(fingerprint.clone())
                .or_default()
                .push(accepted.entries.len());
            accepted.entries.push(Entry {
                fingerprint,
                rule: written.rule,
                path: written.path,
                acceptance: Acceptance {
                    reason: written.reason.into_inner(),
                    owner: written.owner,
                    expires: expires.map(|day| day.to_string()),
                },
                expires,
                place,
            });
        }
        Ok(accepted)
    }

    /// The places of the entries for a finding in a domain.
    pub(crate) fn find(&self, domain: &str, fingerprint: &str) -> impl Iterator<Item = usize> {
        let any = Some("").filter(|any| *any != domain);
        let domains = std::iter::once(domain).chain(any);
        domains
            .filter_map(|domain| self.places.get(domain)?.get(fingerprint))
            .flatten()
            .copied()
    }

    /// The places of the entries that name a domain, in the order of the file.
    pub(crate) fn of(&self, domain: &str) -> Vec<usize> {
        let own = self.places.get(domain).filter(|_| !domain.is_empty());
        let mut places: Vec<usize> = own
            .into_iter()
            .flat_map(HashMap::values)
            .flatten()
            .copied()
            .collect();
        places.sort_unstable();
        places
    }

    /// The entry at a place.
    pub(crate) fn entry(&self, place: usize) -> Option<&Entry> {
        self.entries.get(place)
    }

    /// Whether an entry's last day is over.
    pub(crate) fn is_over(&self, entry: &Entry) -> bool {
        entry
            .expires
            .zip(self.today)
            .is_some_and(|(last, today)| last < today)
    }

    /// Where an entry stands: `accepted.toml:12:1`.
    pub(crate) fn place(&self, entry: &Entry) -> String {
        let (line, column) = entry.place;
        format!("{}:{line}:{column}", self.file)
    }

    /// Whether nothing is accepted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

/// Lines and columns of places that come in their order: one walk over the text.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    fn place(&mut self, byte: usize) -> (usize, usize) {
        let Some(between) = self.text.get(self.at..byte) else {
            return line_and_column(self.text, byte);
        };
        self.line += between.matches('\n').count();
        self.at = byte;
        let start = self.text[..byte].rfind('\n').map_or(0, |end| end + 1);
        (self.line, self.text[start..byte].chars().count() + 1)
    }
}

fn is_fingerprint(text: &str) -> bool {
    text.len() == 16
        && text
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn civil(date: &Datetime) -> Option<Date> {
    let (Some(day), None, None) = (date.date, date.time, date.offset) else {
        return None;
    };
    let small = |number: u8| i8::try_from(number).ok();
    Date::new(
        i16::try_from(day.year).ok()?,
        small(day.month)?,
        small(day.day)?,
    )
    .ok()
}

/// What orders the entries of a large file, and finds them there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub(super) struct Key {
    #[serde(default)]
    pub(super) domain: String,
    pub(super) fingerprint: String,
}

impl Key {
    /// Not greater than that of any entry of a domain.
    fn first_of(domain: &str) -> Self {
        Self {
            domain: domain.to_owned(),
            fingerprint: String::new(),
        }
    }

    /// Greater than that of any: fingerprints are hexadecimal.
    fn last_of(domain: &str) -> Self {
        Self {
            domain: domain.to_owned(),
            fingerprint: "g".to_owned(),
        }
    }

    /// That of an entry whose text begins here, if domain and fingerprint are its first lines.
    pub(super) fn of(entry: &str) -> Option<Self> {
        let mut lines = entry.lines().skip(1);
        let first = lines.next()?;
        let second = lines.next().filter(|_| first.starts_with("domain"));
        toml::from_str(&format!("{first}\n{}\n", second.unwrap_or_default())).ok()
    }
}

/// The first entry of a large file that a search by halving would miss.
pub(super) fn out_of_order(text: &str) -> Option<usize> {
    if text.len() <= WINDOW {
        return None;
    }
    let mut last: Option<Key> = None;
    for start in headers(text.as_bytes(), true) {
        let entry = first_lines(&text.as_bytes()[start..]);
        let key = std::str::from_utf8(entry).ok().and_then(Key::of);
        if key.is_none() || key < last {
            return Some(start);
        }
        last = key;
    }
    None
}

/// The part of a file of accepted findings that can matter for findings with these
/// fingerprints in this domain: all of a small file, of a large one, which must be in order, the
/// entries of the domain and those for any, or single ones where these are many.
/// [`Accepted::parse`] reads what comes of it.
///
/// # Errors
/// What reading says; bytes that are no UTF-8.
pub fn narrow(
    file: &mut (impl Read + Seek),
    domain: Option<&str>,
    fingerprints: &[&str],
) -> io::Result<String> {
    let size = file.seek(SeekFrom::End(0))?;
    if size <= WINDOW as u64 {
        return read_at(file, 0, size).and_then(utf8);
    }
    let mut found = String::new();
    for domain in [Some(""), domain.filter(|name| !name.is_empty())]
        .into_iter()
        .flatten()
    {
        let of_domain = equal(file, 0..size, &Key::first_of(domain), &Key::last_of(domain))?;
        if of_domain.end - of_domain.start <= WINDOW as u64 {
            add(file, of_domain, &mut found)?;
            continue;
        }
        for fingerprint in fingerprints {
            let key = |fingerprint: String| Key {
                domain: domain.to_owned(),
                fingerprint,
            };
            let next = key(format!("{fingerprint}\0"));
            let wanted = key((*fingerprint).to_owned());
            let entries = equal(file, of_domain.clone(), &wanted, &next)?;
            add(file, entries, &mut found)?;
        }
    }
    Ok(found)
}

/// What begins an entry.
const HEADER: &[u8] = b"\n[[accepted]]";

/// Lines that hold an entry's header and its key.
const KEY_LINES: usize = 3;

/// Where headers stand in bytes that begin a file, or within one.
fn headers(bytes: &[u8], is_beginning: bool) -> impl Iterator<Item = usize> {
    let first = (is_beginning && bytes.starts_with(&HEADER[1..])).then_some(0);
    let others = bytes
        .windows(HEADER.len())
        .enumerate()
        .filter(|(_, window)| *window == HEADER)
        .map(|(at, _)| at + 1);
    first.into_iter().chain(others)
}

/// The lines of an entry that hold its key.
fn first_lines(entry: &[u8]) -> &[u8] {
    let end = entry
        .iter()
        .enumerate()
        .filter(|(_, byte)| **byte == b'\n')
        .nth(KEY_LINES - 1);
    &entry[..end.map_or(entry.len(), |(end, _)| end)]
}

/// Bytes read at once while halving: some entries.
const STEP: u64 = 4 << 10;

/// Where the entries stand that are not smaller than one key and smaller than another.
fn equal(
    file: &mut (impl Read + Seek),
    within: Range<u64>,
    from: &Key,
    to: &Key,
) -> io::Result<Range<u64>> {
    let start = first_not_smaller(file, within.clone(), from)?;
    let end = first_not_smaller(file, start..within.end, to)?;
    Ok(start..end)
}

/// Where the first entry in a range begins that is not smaller than a key; the range's end where
/// all are.
fn first_not_smaller(
    file: &mut (impl Read + Seek),
    within: Range<u64>,
    key: &Key,
) -> io::Result<u64> {
    // Entries that begin before `low` are smaller than the key; from `high` on they are not.
    let (mut low, mut high) = (within.start, within.end);
    while high - low > STEP {
        let middle = low + (high - low) / 2;
        match entry_after(file, middle, high)? {
            Some((start, entry)) if entry < *key => low = start + 1,
            _ => high = middle,
        }
    }
    loop {
        match entry_after(file, low, within.end)? {
            Some((start, entry)) if entry < *key => low = start + 1,
            Some((start, _)) => return Ok(start),
            None => return Ok(within.end),
        }
    }
}

/// Adds the text of a range.
fn add(file: &mut (impl Read + Seek), entries: Range<u64>, found: &mut String) -> io::Result<()> {
    if !entries.is_empty() {
        found.push_str(&utf8(read_at(file, entries.start, entries.end)?)?);
        found.push('\n');
    }
    Ok(())
}

/// The first entry that begins in a range: where, and its key. One whose first lines are not
/// domain and fingerprint is passed over.
fn entry_after(
    file: &mut (impl Read + Seek),
    from: u64,
    to: u64,
) -> io::Result<Option<(u64, Key)>> {
    // With the end of the line before.
    let mut base = from.saturating_sub(1);
    let mut length = STEP;
    while base < to {
        let bytes = read_at(file, base, base + length)?;
        let is_end = (bytes.len() as u64) < length;
        let mut passed = None;
        for at in headers(&bytes, base == 0) {
            let start = base + at as u64;
            if start < from {
                continue;
            }
            if start >= to {
                return Ok(None);
            }
            let entry = &bytes[at..];
            if !is_end && entry.iter().filter(|byte| **byte == b'\n').count() < KEY_LINES {
                passed = Some(start - 1);
                break;
            }
            if let Some(key) = std::str::from_utf8(first_lines(entry))
                .ok()
                .and_then(Key::of)
            {
                return Ok(Some((start, key)));
            }
        }
        if is_end {
            return Ok(None);
        }
        match passed {
            // Its lines are longer than what was read.
            Some(again) if again <= base => length *= 2,
            Some(again) => base = again,
            // What was read may end within a header.
            None => base += length - HEADER.len() as u64,
        }
    }
    Ok(None)
}

fn read_at(file: &mut (impl Read + Seek), from: u64, to: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = Vec::new();
    file.take(to - from).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn utf8(bytes: Vec<u8>) -> io::Result<String> {
    String::from_utf8(bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "the file is not UTF-8"))
}
