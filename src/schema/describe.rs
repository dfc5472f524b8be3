//! Rows for readers: as data, and as text.

use std::fmt;

use serde::Serialize;

use super::field::{AbiCheck, Apply, Default, Identity, Kind, Origin, Print, Since, Unit};
use super::walk::{ResolvedField, all_paths};

/// The whole table as data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldTable {
    /// Version of this form; raised when a key changes its meaning.
    pub schema_version: u32,
    /// Every field in every place, in table order.
    pub fields: Vec<FieldDescription>,
}

/// One field in one place, in words a program can read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FieldDescription {
    /// Path below `domain`, steps joined by `/`.
    pub path: String,
    /// Kind of value: `element`, `flag`, `text`, `secret`, `enum`, `word`,
    /// `caseless-word`, `yes-no`, `on-off`, `number`, `integer`, `decimal`,
    /// `size`, `unit`, `uuid`, `mac`, `dotted-numbers`, `number-set`.
    pub kind: &'static str,
    /// The words of an `enum`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub values: Option<&'static [&'static str]>,
    /// How a `number` is printed: `decimal`, `hex`, `octal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub print: Option<&'static str>,
    /// Unit of a `size` that names none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_unit: Option<&'static str>,
    /// Unit a `size` is printed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub canonical_unit: Option<&'static str>,
    /// Whether there may be several.
    pub list: bool,
    /// The keys by which items of a list are paired, first to last; none: by position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<&'static [&'static str]>,
    /// Whether the order of a list's items means something.
    pub ordered: bool,
    /// What absence means: `absent`, `fixed`, `derived`, `chosen`.
    pub default: &'static str,
    /// The value that absence means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default_value: Option<&'static str>,
    /// Who writes it: `user`, `runtime`.
    pub origin: &'static str,
    /// Whether a running guest can see it.
    pub guest_visible: bool,
    /// Whether libvirt's guest-ABI check looks at it.
    pub compared_by_libvirt: bool,
    /// If it does so only sometimes: when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub compared_if: Option<ConditionDescription>,
    /// Rule that judges a change.
    pub rule: &'static str,
    /// What a change needs on a running domain: `nothing`, `live`, `hotplug`,
    /// `restart`, `recreate`.
    pub apply: &'static str,
    /// Template of the `virsh` command that applies it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
    /// First surveyed libvirt that knows it: `7.10`, `9.0`, `12.8`.
    pub since: &'static str,
    /// What is below is as below the enclosing element of the same name.
    pub recursive: bool,
    /// What else is to be said.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub note: &'static str,
}

/// When libvirt's check looks at a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ConditionDescription {
    /// Path from the element that holds the field, `..` one up.
    pub path: &'static str,
    /// Values, the empty one for "absent".
    pub any_of: &'static [&'static str],
}

/// The field table as data.
///
/// ```
/// let table = domdiff::schema::field_table();
/// let serial = table.fields.iter().find(|f| f.path == "devices/disk/serial").expect("a field");
/// assert!(serial.compared_by_libvirt);
/// assert_eq!(serial.rule, "abi/disk");
/// ```
#[must_use]
pub fn field_table() -> FieldTable {
    FieldTable {
        schema_version: 1,
        fields: all_paths().map(|row| row.describe()).collect(),
    }
}

/// The field table as JSON.
#[must_use]
pub fn to_json() -> serde_json::Value {
    serde_json::json!(field_table())
}

impl ResolvedField {
    /// The row in words a program can read.
    #[must_use]
    pub fn describe(&self) -> FieldDescription {
        let field = self.field;
        let (values, print) = match field.kind {
            Kind::Enum(values) => (Some(values), None),
            Kind::Number(print) => (None, Some(print_name(print))),
            _ => (None, None),
        };
        let (default_unit, canonical_unit) = match field.kind {
            Kind::Size { default, canonical } => (Some(unit(default)), Some(unit(canonical))),
            _ => (None, None),
        };
        let (default, default_value) = match field.default {
            Default::None => ("absent", None),
            Default::Fixed(value) => ("fixed", Some(value)),
            Default::Derived => ("derived", None),
            Default::Chosen => ("chosen", None),
        };
        let (apply, command) = match self.apply {
            Apply::Nothing => ("nothing", None),
            Apply::Live(template) => ("live", Some(virsh(template))),
            Apply::Hotplug => ("hotplug", None),
            Apply::Recreate => ("recreate", None),
            Apply::Restart | Apply::Inherit => ("restart", None),
        };
        FieldDescription {
            path: self.path.clone(),
            kind: kind_name(field.kind),
            values,
            print,
            default_unit,
            canonical_unit,
            list: field.identity != Identity::Single,
            keys: match field.identity {
                Identity::Keys(keys) if !keys.is_empty() => Some(keys),
                _ => None,
            },
            ordered: field.ordered,
            default,
            default_value,
            origin: match field.origin {
                Origin::User => "user",
                Origin::Runtime => "runtime",
            },
            guest_visible: self.is_guest_visible(),
            compared_by_libvirt: field.abi == AbiCheck::Compared,
            compared_if: field.compared_if.map(|c| ConditionDescription {
                path: c.path,
                any_of: c.any_of,
            }),
            rule: self.rule,
            apply,
            command,
            since: since(self.since),
            recursive: self.recursive,
            note: field.note,
        }
    }

    /// Whether a running guest can see the field, as the families of rules say.
    #[must_use]
    pub fn is_guest_visible(&self) -> bool {
        let family = self.rule.split('/').next().unwrap_or_default();
        self.field.abi == AbiCheck::Compared
            || matches!(family, "abi" | "abi-plus" | "cpu" | "identity")
    }
}

/// What `domdiff explain PATH` says.
impl fmt::Display for ResolvedField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let field = self.field;
        let what = if field.is_attribute() {
            "attribute"
        } else {
            "element"
        };
        let path = if self.path.is_empty() {
            field.name
        } else {
            &self.path
        };
        writeln!(f, "{path}: {what}, {}", KindText(field.kind))?;
        if field.identity != Identity::Single {
            f.write_str("List: ")?;
            match field.identity {
                Identity::Keys(keys) if !keys.is_empty() => {
                    write!(f, "paired by {}", keys.join(", else by "))?;
                }
                _ => f.write_str("paired by position")?,
            }
            let order = if field.ordered {
                "the order means something"
            } else {
                "the order means nothing"
            };
            writeln!(f, "; {order}")?;
        }
        let container = field.kind == Kind::Element && field.abi == AbiCheck::Ignored;
        if !(container && field.default == Default::None) {
            writeln!(f, "Absent: {}", AbsentText(field.default))?;
        }
        if field.origin == Origin::Runtime {
            writeln!(
                f,
                "Written by: libvirt, into the XML of a running domain; not compared"
            )?;
        }
        f.write_str("Guest ABI: ")?;
        match (field.abi, field.compared_if, self.is_guest_visible()) {
            (AbiCheck::Compared, None, _) => writeln!(f, "libvirt refuses a change")?,
            (AbiCheck::Compared, Some(c), _) => {
                let values: Vec<_> = c
                    .any_of
                    .iter()
                    .map(|v| if v.is_empty() { "absent" } else { *v })
                    .collect();
                writeln!(
                    f,
                    "libvirt refuses a change if {} is {}",
                    c.path,
                    values.join(" or ")
                )?;
            }
            (AbiCheck::Ignored, _, true) => {
                writeln!(f, "the guest sees it, libvirt's check does not look")?;
            }
            (AbiCheck::Ignored, _, false) => writeln!(f, "no")?,
        }
        writeln!(f, "Rule: {}", self.rule)?;
        writeln!(f, "To apply a change: {}", ApplyText(self.apply))?;
        writeln!(f, "Since: libvirt {} or earlier", since(self.since))?;
        if !field.note.is_empty() {
            writeln!(f, "\n{}", field.note)?;
        }
        let below: Vec<_> = field.children().map(|c| c.name).collect();
        if !below.is_empty() {
            writeln!(f, "\nHolds: {}", below.join(", "))?;
        }
        Ok(())
    }
}

struct KindText(Kind);

impl fmt::Display for KindText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Element => f.write_str("holds others"),
            Kind::Flag => f.write_str("there or not"),
            Kind::Text => f.write_str("text, blanks count"),
            Kind::Secret => f.write_str("secret text, masked"),
            Kind::Enum(words) => write!(f, "one of {}", words.join(", ")),
            Kind::Word => f.write_str("a word"),
            Kind::CaselessWord => f.write_str("a word, case means nothing"),
            Kind::YesNo => f.write_str("yes or no"),
            Kind::OnOff => f.write_str("on or off"),
            Kind::Number(Print::Decimal | Print::DecimalOfAnyBase) => f.write_str("a number"),
            Kind::Number(Print::Hex(_) | Print::AlwaysHex(_)) => {
                f.write_str("a number, printed in hex")
            }
            Kind::Number(Print::Octal(_)) => f.write_str("an octal number"),
            Kind::Int => f.write_str("a number, negative ones too"),
            Kind::Float => f.write_str("a decimal fraction"),
            Kind::Size { default, canonical } => {
                write!(f, "a size in {} unless a unit is given", unit(default))?;
                if default != canonical {
                    write!(f, ", printed in {}", unit(canonical))?;
                }
                Ok(())
            }
            Kind::Unit => f.write_str("the unit of a size"),
            Kind::Uuid => f.write_str("a UUID"),
            Kind::Mac => f.write_str("a MAC address"),
            Kind::Dotted => f.write_str("numbers joined by dots"),
            Kind::NumberSet => f.write_str("a set of numbers (0-3,^2,7)"),
        }
    }
}

struct AbsentText(Default);

impl fmt::Display for AbsentText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Default::None => f.write_str("a value of its own"),
            Default::Fixed(value) => write!(f, "the same as {value}"),
            Default::Derived => f.write_str("libvirt derives it from the rest of the file"),
            Default::Chosen => f.write_str("libvirt or the host chooses; no file foretells what"),
        }
    }
}

struct ApplyText(Apply);

impl fmt::Display for ApplyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Apply::Nothing => f.write_str("nothing is needed"),
            Apply::Live(template) => write!(f, "live, {}", virsh(template)),
            Apply::Hotplug => f.write_str(
                "adding and removing it works live (virsh attach-device, detach-device); a change inside waits for the next start",
            ),
            Apply::Recreate => f.write_str("another domain: undefine, define again"),
            Apply::Restart | Apply::Inherit => {
                f.write_str("power off and start again; a reboot of the guest is not enough")
            }
        }
    }
}

fn virsh(template: &str) -> String {
    match template.split_once(" | ") {
        Some((add, remove)) => format!("virsh {add} | virsh {remove}"),
        None => format!("virsh {template}"),
    }
}

fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Element => "element",
        Kind::Flag => "flag",
        Kind::Text => "text",
        Kind::Secret => "secret",
        Kind::Enum(_) => "enum",
        Kind::Word => "word",
        Kind::CaselessWord => "caseless-word",
        Kind::YesNo => "yes-no",
        Kind::OnOff => "on-off",
        Kind::Number(_) => "number",
        Kind::Int => "integer",
        Kind::Float => "decimal",
        Kind::Size { .. } => "size",
        Kind::Unit => "unit",
        Kind::Uuid => "uuid",
        Kind::Mac => "mac",
        Kind::Dotted => "dotted-numbers",
        Kind::NumberSet => "number-set",
    }
}

fn print_name(print: Print) -> &'static str {
    match print {
        Print::Decimal | Print::DecimalOfAnyBase => "decimal",
        Print::Hex(_) => "hex",
        Print::AlwaysHex(_) => "always-hex",
        Print::Octal(_) => "octal",
    }
}

fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Bytes => "bytes",
        Unit::KiB => "KiB",
        Unit::MiB => "MiB",
    }
}

fn since(since: Since) -> &'static str {
    match since {
        Since::V7_10 => "7.10",
        Since::V9_0 => "9.0",
        Since::V12_8 => "12.8",
    }
}
