//! Small changes of domain definitions, driven by the field table.

use std::collections::HashMap;

use domdiff::schema::{self, Default, Field, Kind, Print, ResolvedField};

use super::random::Random;
use super::xml::{Element, Node, join};

/// One change of a document.
#[derive(Debug, Clone)]
pub struct Change {
    pub operation: &'static str,
    /// Path without positions: `devices/disk/target/@dev`.
    pub path: String,
    pub from: String,
    pub to: String,
}

/// What stands in documents: values and elements to take over into another.
#[derive(Default)]
pub struct Pool {
    values: HashMap<String, Vec<String>>,
    elements: HashMap<String, Vec<Element>>,
}

const POOLED: usize = 60;

impl Pool {
    pub fn add(&mut self, document: &Element) {
        for (place, path) in document.walk() {
            let element = document.at(&place);
            for (name, value) in &element.attributes {
                self.value(join(&path, &format!("@{name}")), value);
            }
            if let Some(text) = element.text() {
                self.value(path.clone(), text);
            }
            let elements = self.elements.entry(path).or_default();
            if !elements.contains(element) && elements.len() < POOLED {
                elements.push(element.clone());
            }
        }
    }

    fn value(&mut self, path: String, value: &str) {
        let values = self.values.entry(path).or_default();
        if !values.iter().any(|v| v == value) && values.len() < POOLED {
            values.push(value.to_owned());
        }
    }

    /// Elements that stand at a path anywhere.
    pub fn elements(&self, path: &str) -> &[Element] {
        self.elements.get(path).map_or(&[], Vec::as_slice)
    }
}

/// Makes changes; prefers what it has changed least so far.
pub struct Mutator<'p> {
    pool: &'p Pool,
    random: Random,
    used: HashMap<(&'static str, String), usize>,
}

const OPERATIONS: [(&str, usize); 11] = [
    ("change-attribute", 22),
    ("add-attribute", 16),
    ("remove-attribute", 12),
    ("change-text", 5),
    ("add-element", 16),
    ("remove-element", 9),
    ("duplicate", 3),
    ("swap", 5),
    ("equal-value", 8),
    ("default", 3),
    ("format", 1),
];

type Candidate = (Vec<usize>, String, String);

impl<'p> Mutator<'p> {
    pub fn new(pool: &'p Pool, seed: u64) -> Self {
        Self {
            pool,
            random: Random::new(seed),
            used: HashMap::new(),
        }
    }

    pub fn random(&mut self) -> &mut Random {
        &mut self.random
    }

    /// One change of the document, or two; `None` where the dice fell badly.
    pub fn mutate(&mut self, document: &mut Element) -> Option<Vec<Change>> {
        let mut changes = vec![self.change(document)?];
        if self.random.chance(8) {
            changes.extend(self.change(document));
        }
        Some(changes)
    }

    fn change(&mut self, document: &mut Element) -> Option<Change> {
        let total: usize = OPERATIONS.iter().map(|(_, weight)| weight).sum();
        let mut dice = self.random.below(total);
        let operation = OPERATIONS
            .iter()
            .find(|(_, weight)| {
                let hit = dice < *weight;
                dice = dice.wrapping_sub(*weight);
                hit
            })
            .map(|(name, _)| *name)?;
        match operation {
            "change-attribute" => self.change_attribute(document),
            "add-attribute" => self.add_attribute(document, operation, |_| true),
            "remove-attribute" => self.remove_attribute(document),
            "change-text" => self.change_text(document),
            "add-element" => self.add_element(document),
            "remove-element" => self.remove_element(document),
            "duplicate" => self.duplicate(document),
            "swap" => self.swap(document),
            "equal-value" => self.equal_value(document),
            "default" => self.add_attribute(document, operation, |f| {
                matches!(f.default, Default::Fixed(_))
            }),
            _ => Some(self.format(document)),
        }
    }

    /// Of some random candidates the one whose path was taken least often.
    fn choose(&mut self, operation: &'static str, candidates: &[Candidate]) -> Option<Candidate> {
        let mut best: Option<(usize, &Candidate)> = None;
        for _ in 0..5 {
            let candidate = self.random.pick(candidates)?;
            let key = (operation, join(&candidate.1, &candidate.2));
            let used = self.used.get(&key).copied().unwrap_or(0);
            if best.is_none_or(|(least, _)| used < least) {
                best = Some((used, candidate));
            }
        }
        let (used, chosen) = best?;
        let key = (operation, join(&chosen.1, &chosen.2));
        self.used.insert(key, used + 1);
        Some(chosen.clone())
    }

    fn change_attribute(&mut self, document: &mut Element) -> Option<Change> {
        let (place, path, name) = self.choose("change-attribute", &attributes(document))?;
        let path = join(&path, &format!("@{name}"));
        let from = document.at(&place).attribute(&name)?.to_owned();
        let to = self.other_value(&path, Some(&from))?;
        document.at_mut(&place).set(&name, &to);
        Some(change("change-attribute", path, from, to))
    }

    fn add_attribute(
        &mut self,
        document: &mut Element,
        operation: &'static str,
        wanted: impl Fn(&Field) -> bool,
    ) -> Option<Change> {
        let mut candidates = Vec::new();
        for (place, path) in document.walk() {
            let element = document.at(&place);
            let Some(row) = schema::lookup(&path) else {
                continue;
            };
            for field in row
                .field
                .children()
                .filter(|f| f.is_attribute() && wanted(f))
            {
                let name = field.name.trim_start_matches('@');
                if name != "*" && element.attribute(name).is_none() {
                    candidates.push((place.clone(), path.clone(), name.to_owned()));
                }
            }
        }
        let (place, path, name) = self.choose(operation, &candidates)?;
        let path = join(&path, &format!("@{name}"));
        let field = schema::lookup(&path)?.field;
        let to = match field.default {
            Default::Fixed(value) if operation == "default" || self.random.chance(4) => {
                value.to_owned()
            }
            _ => self.other_value(&path, None)?,
        };
        document.at_mut(&place).set(&name, &to);
        Some(change(operation, path, String::new(), to))
    }

    fn remove_attribute(&mut self, document: &mut Element) -> Option<Change> {
        let (place, path, name) = self.choose("remove-attribute", &attributes(document))?;
        let element = document.at_mut(&place);
        let from = element.attribute(&name)?.to_owned();
        element.attributes.retain(|(n, _)| *n != name);
        let path = join(&path, &format!("@{name}"));
        Some(change("remove-attribute", path, from, String::new()))
    }

    fn change_text(&mut self, document: &mut Element) -> Option<Change> {
        let texts: Vec<Candidate> = document
            .walk()
            .into_iter()
            .filter(|(place, path)| {
                document.at(place).text().is_some() && !path.contains("metadata")
            })
            .map(|(place, path)| (place, path, String::new()))
            .collect();
        let (place, path, _) = self.choose("change-text", &texts)?;
        let from = document.at(&place).text()?.to_owned();
        let to = self.other_value(&path, Some(&from))?;
        document.at_mut(&place).set_text(&to);
        Some(change("change-text", path, from, to))
    }

    fn add_element(&mut self, document: &mut Element) -> Option<Change> {
        let mut candidates = Vec::new();
        for (place, path) in document.walk() {
            let Some(row) = schema::lookup(&path) else {
                continue;
            };
            for field in row.field.children().filter(|f| !f.is_attribute()) {
                if field.name != "*" && !path.contains("metadata") {
                    candidates.push((place.clone(), path.clone(), field.name.to_owned()));
                }
            }
        }
        let (place, path, name) = self.choose("add-element", &candidates)?;
        let path = join(&path, &name);
        let element = match self.random.pick(self.pool.elements(&path)) {
            Some(known) if !self.random.chance(5) => known.clone(),
            _ => self.make(&schema::lookup(&path)?, 0)?,
        };
        let to = element.to_string();
        declare_prefixes(document, &element);
        let parent = document.at_mut(&place);
        let like = parent
            .children
            .iter()
            .rposition(|child| matches!(child, Node::Element(other) if other.name == name));
        let at = match like {
            Some(last) => last + 1 - self.random.below(2),
            None => parent.children.len(),
        };
        parent.children.insert(at, Node::Element(element));
        Some(change("add-element", path, String::new(), to))
    }

    /// An element from its row alone.
    fn make(&mut self, row: &ResolvedField, depth: usize) -> Option<Element> {
        let mut element = Element::new(row.field.name);
        for field in row.field.children() {
            if field.name.contains('*') {
                continue;
            }
            if let Some(name) = field.name.strip_prefix('@') {
                if !self.random.chance(3) {
                    let value = self.other_value(&join(&row.path, field.name), None)?;
                    element.set(name, &value);
                }
            } else if depth < 3 && self.random.chance(3 + 4 * depth) {
                let child = self.make(&row.child(field.name)?, depth + 1)?;
                element.children.push(Node::Element(child));
            }
        }
        if !matches!(row.field.kind, Kind::Element | Kind::Flag) {
            let text = self.other_value(&row.path, None)?;
            element.set_text(&text);
        }
        Some(element)
    }

    fn remove_element(&mut self, document: &mut Element) -> Option<Change> {
        let candidates = elements(document);
        let (place, path, _) = self.choose("remove-element", &candidates)?;
        let from = document.at(&place).to_string();
        let (last, parent) = place.split_last()?;
        document.at_mut(parent).children.remove(*last);
        Some(change("remove-element", path, from, String::new()))
    }

    fn duplicate(&mut self, document: &mut Element) -> Option<Change> {
        let candidates = elements(document);
        let (place, path, _) = self.choose("duplicate", &candidates)?;
        let copy = document.at(&place).clone();
        let to = copy.to_string();
        let (last, parent) = place.split_last()?;
        let children = &mut document.at_mut(parent).children;
        children.insert(*last + 1, Node::Element(copy));
        Some(change("duplicate", path, String::new(), to))
    }

    fn swap(&mut self, document: &mut Element) -> Option<Change> {
        let candidates: Vec<Candidate> = elements(document)
            .into_iter()
            .filter(|(place, _, _)| {
                let name = &document.at(place).name;
                let parent = document.at(&place[..place.len() - 1]);
                parent.elements().filter(|e| e.name == *name).count() > 1
            })
            .collect();
        let (place, path, _) = self.choose("swap", &candidates)?;
        let (one, parent) = place.split_last()?;
        let name = document.at(&place).name.clone();
        let parent = document.at_mut(parent);
        let others: Vec<usize> = (0..parent.children.len())
            .filter(|index| {
                index != one
                    && matches!(&parent.children[*index], Node::Element(e) if e.name == name)
            })
            .collect();
        let other = *self.random.pick(&others)?;
        let describe = |index: usize| match &parent.children[index] {
            Node::Element(element) => element.to_string(),
            Node::Text(text) => text.clone(),
        };
        let (from, to) = (describe(*one), describe(other));
        parent.children.swap(*one, other);
        Some(change("swap", path, from, to))
    }

    fn equal_value(&mut self, document: &mut Element) -> Option<Change> {
        let mut candidates = Vec::new();
        for (place, path) in document.walk() {
            let element = document.at(&place);
            for (name, value) in &element.attributes {
                let full = join(&path, &format!("@{name}"));
                if schema::lookup(&full).is_some_and(|r| has_spellings(r.field.kind, value)) {
                    candidates.push((place.clone(), path.clone(), format!("@{name}")));
                }
            }
            if let Some(text) = element.text()
                && schema::lookup(&path).is_some_and(|r| has_spellings(r.field.kind, text))
            {
                candidates.push((place, path, String::new()));
            }
        }
        let (place, path, name) = self.choose("equal-value", &candidates)?;
        let attribute = name.strip_prefix('@');
        let path = if name.is_empty() {
            path
        } else {
            join(&path, &name)
        };
        let row = schema::lookup(&path)?;
        let element = document.at_mut(&place);
        let from = match attribute {
            Some(name) => element.attribute(name)?.to_owned(),
            None => element.text()?.to_owned(),
        };
        let to = match row.field.kind {
            Kind::Size { .. } if element.attribute("unit").is_none_or(|u| u == "KiB") => {
                let number: u64 = from.trim().parse().ok()?;
                element.attribute("unit")?;
                if number.is_multiple_of(1024) && self.random.chance(2) {
                    element.set("unit", "MiB");
                    (number / 1024).to_string()
                } else {
                    element.set("unit", "b");
                    (number.checked_mul(1024)?).to_string()
                }
            }
            kind => self.spelling(kind, &from)?,
        };
        match attribute {
            Some(name) => element.set(name, &to),
            None => element.set_text(&to),
        }
        Some(change("equal-value", path, from, to))
    }

    fn spelling(&mut self, kind: Kind, value: &str) -> Option<String> {
        let bare = value.trim();
        Some(match kind {
            Kind::Uuid if self.random.chance(2) => bare.to_uppercase(),
            Kind::Uuid => bare.replace('-', ""),
            Kind::Mac => bare.to_uppercase(),
            Kind::CaselessWord => bare.to_uppercase(),
            Kind::Number(Print::Hex(_) | Print::AlwaysHex(_)) => {
                let digits = bare.strip_prefix("0x")?;
                let number = u64::from_str_radix(digits, 16).ok()?;
                match self.random.below(3) {
                    0 => number.to_string(),
                    1 => format!("0x{number:x}"),
                    _ => format!("0x{number:06X}"),
                }
            }
            Kind::NumberSet => {
                let mut all = Vec::new();
                for part in bare.split(',') {
                    let (from, to) = part.split_once('-').unwrap_or((part, part));
                    let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
                    all.extend((from..=to.min(from + 64)).map(|n| n.to_string()));
                }
                all.reverse();
                all.join(",")
            }
            _ => return None,
        })
    }

    fn format(&mut self, document: &mut Element) -> Change {
        for (place, path) in document.walk() {
            // Metadata is dumped as it is written.
            if path.starts_with("metadata") {
                continue;
            }
            let element = document.at_mut(&place);
            element.attributes.reverse();
            let only_elements = element.text().is_none();
            for child in &mut element.children {
                if let Node::Text(text) = child
                    && only_elements
                    && text.trim().is_empty()
                {
                    "\n\n ".clone_into(text);
                }
            }
        }
        change("format", String::new(), String::new(), String::new())
    }

    /// A value for the field at `path` that is not `from`.
    fn other_value(&mut self, path: &str, from: Option<&str>) -> Option<String> {
        let row = schema::lookup(path);
        let kind = row.map_or(Kind::Text, |row| row.field.kind);
        let known: Vec<String> = self
            .pool
            .values
            .get(path)
            .map(|values| {
                let other = |v: &&String| Some(v.as_str()) != from;
                values.iter().filter(other).cloned().collect()
            })
            .unwrap_or_default();
        let pooled = self.random.pick(&known).cloned();
        let random = &mut self.random;
        let value = match kind {
            Kind::Enum(words) => match pooled {
                Some(word) if random.chance(3) => word,
                _ => (*random.pick(words)?).to_owned(),
            },
            Kind::YesNo => (*random.pick(&["yes", "no"])?).to_owned(),
            Kind::OnOff => (*random.pick(&["on", "off"])?).to_owned(),
            Kind::Unit => (*random.pick(&["KiB", "MiB", "b", "KB", "GiB"])?).to_owned(),
            Kind::Number(print) => {
                let number = match from.and_then(number) {
                    Some(n) if random.chance(2) => n.checked_add(1)?,
                    Some(n) if random.chance(3) => n.saturating_sub(1),
                    _ if pooled.is_some() && random.chance(2) => number(&pooled?)?,
                    _ => *random.pick(&[0, 1, 2, 3, 4, 8, 64, 256, 512, 1024, 4096])?,
                };
                match print {
                    Print::Hex(width) | Print::AlwaysHex(width) => {
                        format!("0x{number:0w$x}", w = usize::from(width))
                    }
                    Print::Octal(width) => format!("{number:0w$o}", w = usize::from(width)),
                    Print::Decimal | Print::DecimalOfAnyBase => number.to_string(),
                }
            }
            Kind::Int | Kind::Float | Kind::Size { .. } => match (from.and_then(number), pooled) {
                (Some(n), _) if random.chance(2) => (n + [1, 1024, n][random.below(3)]).to_string(),
                (_, Some(word)) if random.chance(2) => word,
                (Some(n), _) => n.saturating_sub(1).to_string(),
                _ => random
                    .pick(&[0, 1, 2, 16, 512, 1024, 4096, 65_536])?
                    .to_string(),
            },
            Kind::Uuid => match (from, pooled) {
                (_, Some(word)) if random.chance(2) => word,
                (Some(old), _) => {
                    let last = if old.ends_with('0') { '1' } else { '0' };
                    format!("{}{last}", &old[..old.len().checked_sub(1)?])
                }
                _ => format!("{:08x}-2d3e-4f50-8c61-{:012x}", random.next() as u32, 77),
            },
            Kind::Mac => format!(
                "52:54:00:{:02x}:aa:{:02x}",
                random.below(256),
                random.below(256)
            ),
            Kind::NumberSet => match pooled {
                Some(word) if random.chance(2) => word,
                _ => (*random.pick(&["0", "1", "0-1", "0,2", "1-3", "0-3,^2"])?).to_owned(),
            },
            Kind::Dotted => match pooled {
                Some(word) => word,
                None => (*random.pick(&["1", "2", "1.2", "3"])?).to_owned(),
            },
            Kind::Element | Kind::Flag => return None,
            Kind::Text | Kind::Secret | Kind::Word | Kind::CaselessWord => match (from, pooled) {
                (Some(old), _) if random.chance(4) => format!("{old}x"),
                (_, Some(word)) => word,
                (Some(old), None) => format!("{old}x"),
                (None, None) => format!("word{}", random.below(9)),
            },
        };
        (Some(value.as_str()) != from).then_some(value)
    }
}

/// Declares on the root what prefixes an element uses.
fn declare_prefixes(document: &mut Element, element: &Element) {
    for (place, _) in element.walk() {
        let Some((prefix, _)) = element.at(&place).name.split_once(':') else {
            continue;
        };
        if let Some((uri, _)) = schema::NAMESPACES.iter().find(|(_, p)| *p == prefix) {
            document.set(&format!("xmlns:{prefix}"), uri);
        }
    }
}

fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    match text.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

fn has_spellings(kind: Kind, value: &str) -> bool {
    match kind {
        Kind::Uuid | Kind::Mac | Kind::CaselessWord | Kind::Size { .. } => true,
        Kind::Number(Print::Hex(_) | Print::AlwaysHex(_)) => value.starts_with("0x"),
        Kind::NumberSet => value.contains(['-', ',']),
        _ => false,
    }
}

fn change(operation: &'static str, path: String, from: String, to: String) -> Change {
    Change {
        operation,
        path,
        from,
        to,
    }
}

/// Every attribute but those of user metadata.
fn attributes(document: &Element) -> Vec<Candidate> {
    let mut found = Vec::new();
    for (place, path) in document.walk() {
        for (name, _) in &document.at(&place).attributes {
            if !name.starts_with("xmlns") && !path.contains("metadata") {
                found.push((place.clone(), path.clone(), name.clone()));
            }
        }
    }
    found
}

/// Every element but the root and what user metadata holds.
fn elements(document: &Element) -> Vec<Candidate> {
    let mut found = document.walk();
    found.retain(|(place, path)| !place.is_empty() && !path.contains("metadata/"));
    found
        .into_iter()
        .map(|(place, path)| (place, path, String::new()))
        .collect()
}
