//! Reads host facts of any kind: the kind is told by the content, several are joined with `+`.

use std::io::Read;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::facts::{Contradiction, HostFacts, HugePages, Layer, NumaNode, SourceKind};
use super::resources::Resources;
use super::{capabilities, cpudata, cpuid_text, cpuinfo, domcaps, json, listing, local, words};
use crate::cpu::error::{InputError, InputErrorKind};
use crate::cpu::input::{parse_xml, read_file, read_text};

/// Reads facts as an operand names them: a file, `-` for standard input, `local` for this
/// machine, several about one host joined with `+`. A file of the whole name wins over the parts.
///
/// # Errors
/// Any part that cannot be read or understood.
pub fn read_operand(operand: &str) -> Result<HostFacts, InputError> {
    if Path::new(operand).is_file() || !operand.contains('+') {
        return read_one(operand);
    }
    let mut parts = operand.split('+');
    let mut facts = read_one(parts.next().unwrap_or_default())?;
    for part in parts {
        facts = facts.join(read_one(part)?);
    }
    Ok(facts)
}

fn read_one(name: &str) -> Result<HostFacts, InputError> {
    match name {
        "" => {
            let text = "an empty part of a host's facts".to_owned();
            Err(InputError::new("--host", InputErrorKind::Content(text)))
        }
        "local" => Ok(local::read()),
        "-" => parse(
            &read_text(std::io::stdin().lock(), "standard input")?,
            "standard input",
        ),
        path => parse(&read_file(Path::new(path))?, path),
    }
}

/// Reads facts from a reader; `name` is what to call it in errors.
///
/// # Errors
/// As [`parse`], and what the reader reports.
pub fn read_from(from: impl Read, name: &str) -> Result<HostFacts, InputError> {
    parse(&read_text(from, name)?, name)
}

/// Reads facts from text; `name` is what to call it in errors.
///
/// # Errors
/// Text of no known kind, or that breaks the rules of its kind.
pub fn parse(text: &str, name: &str) -> Result<HostFacts, InputError> {
    let start = text.trim_start();
    if start.is_empty() {
        return Err(InputError::new(name, InputErrorKind::Empty));
    }
    if start.starts_with('<') {
        return parse_facts_xml(text, name);
    }
    if start.starts_with('{') {
        return json::read_json(text, name);
    }
    if text.lines().take(16).any(cpuid_text::is_words_line) {
        return cpuid_text::read_cpuid_text(text, name);
    }
    if cpuinfo::is_cpuinfo(text) {
        return cpuinfo::read_cpuinfo(text, name);
    }
    if listing::is_listing(text) {
        return Ok(listing::read_listing(text, name));
    }
    Err(InputError::new(name, InputErrorKind::UnknownKind))
}

fn parse_facts_xml(text: &str, name: &str) -> Result<HostFacts, InputError> {
    let document = parse_xml(text, name)?;
    let root = document.root_element();
    match root.tag_name().name() {
        "capabilities" => capabilities::read_capabilities(root, name),
        "domainCapabilities" => domcaps::read_domain_capabilities(root, name),
        "cpu" => capabilities::read_bare_cpu(root, name),
        "cpudata" => {
            let data = cpudata::read_cpudata(root, name)?;
            let mut facts = HostFacts::from_source(SourceKind::Cpudata, name);
            words::take_words(&mut facts, data);
            Ok(facts.mark_provenance())
        }
        "domain" => {
            let text = "a domain definition tells nothing about a host".to_owned();
            Err(InputError::new(name, InputErrorKind::Content(text)))
        }
        _ => Err(InputError::new(name, InputErrorKind::UnknownKind)),
    }
}

/// Facts that change from one moment to the next: two readings differ without contradiction.
const VOLATILE: [&str; 8] = [
    "memory_available_kib",
    "numa",
    "huge_pages",
    "kvm",
    "filesystems",
    "nodedevs",
    "ports_in_use",
    "domains",
];

impl HostFacts {
    /// Joins facts about the same host. What is told already stays, unless the other source is
    /// the better one for it; what differs is noted as a contradiction.
    #[must_use]
    pub fn join(mut self, mut other: HostFacts) -> HostFacts {
        let shift = self.sources.len();
        self.cpu.definition = pick(self.cpu.definition, other.cpu.definition.take(), shift);
        self.cpu.words = pick(self.cpu.words, other.cpu.words.take(), shift);
        self.cpu.kernel = pick(self.cpu.kernel, other.cpu.kernel.take(), shift);
        self.join_values(&other, shift);
        if self.guests.is_empty() {
            self.guests = other.guests;
        }
        self.domains
            .extend(other.domains.into_iter().map(|mut domain| {
                domain.source += shift;
                domain
            }));
        self.sources.extend(other.sources);
        self.contradictions.extend(other.contradictions);
        self.notes.extend(other.notes);
        self.notes.dedup();
        self
    }

    fn join_values(&mut self, other: &HostFacts, shift: usize) {
        let system = joined(self, &other.system, &self.system.clone(), other, shift);
        self.system = system;
        if let (Some(nodes), Some(more)) = (&mut self.system.numa, &other.system.numa) {
            complete(nodes, more);
        }
        let paths = match (self.resources.paths.take(), &other.resources.paths) {
            (Some(mut paths), Some(more)) => {
                paths.extend(more.iter().cloned());
                Some(paths)
            }
            (paths, more) => paths.or_else(|| more.clone()),
        };
        let here = self.resources.here || other.resources.here;
        let resources = joined(
            self,
            &other.resources,
            &self.resources.clone(),
            other,
            shift,
        );
        self.resources = Resources {
            paths,
            here,
            ..resources
        };
    }
}

/// Takes over what only the other source tells of a NUMA node: capabilities have no free memory.
fn complete(nodes: &mut [NumaNode], more: &[NumaNode]) {
    for node in nodes {
        let Some(other) = more.iter().find(|other| other.id == node.id) else {
            continue;
        };
        node.memory_kib = node.memory_kib.or(other.memory_kib);
        node.free_kib = node.free_kib.or(other.free_kib);
        node.cpus = node.cpus.take().or_else(|| other.cpus.clone());
        if node.distances.is_empty() {
            node.distances.clone_from(&other.distances);
        }
        if node.pages.is_empty() {
            node.pages.clone_from(&other.pages);
        }
        for page in &mut node.pages {
            let same = |other: &&HugePages| other.size_kib == page.size_kib;
            let free = other.pages.iter().find(same).and_then(|other| other.free);
            page.free = page.free.or(free);
        }
    }
}

/// One kind of facts, joined by their JSON names. What is told already stays; what differs is
/// noted with `facts`.
fn joined<T: Serialize + DeserializeOwned + Clone>(
    facts: &mut HostFacts,
    added: &T,
    kept: &T,
    other: &HostFacts,
    shift: usize,
) -> T {
    use serde_json::Value;
    let (Ok(Value::Object(mut values)), Ok(Value::Object(added))) =
        (serde_json::to_value(kept), serde_json::to_value(added))
    else {
        return kept.clone();
    };
    for (key, value) in added {
        let source = other.provenance.get(&key).copied().unwrap_or(0);
        match values.get(&key) {
            None => {
                facts.provenance.insert(key.clone(), source + shift);
                values.insert(key, value);
            }
            Some(old) if *old == value || VOLATILE.contains(&key.as_str()) => {}
            Some(old) => {
                let of = |facts: &HostFacts, at: usize| {
                    facts
                        .source(at)
                        .map_or_else(String::new, |source| format!(" ({source})"))
                };
                let first = facts.provenance.get(&key).copied().unwrap_or(0);
                let contradiction = Contradiction {
                    fact: key,
                    kept: format!("{old}{}", of(facts, first)),
                    other: format!("{value}{}", of(other, source)),
                };
                facts.contradictions.push(contradiction);
            }
        }
    }
    serde_json::from_value(Value::Object(values)).unwrap_or_else(|_| kept.clone())
}

/// The layer that is there, the first one where both are.
fn pick<T>(one: Option<Layer<T>>, two: Option<Layer<T>>, shift: usize) -> Option<Layer<T>> {
    one.or_else(|| {
        two.map(|layer| Layer {
            source: layer.source + shift,
            ..layer
        })
    })
}
