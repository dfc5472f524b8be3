//! `domdiff.toml`: its types, which are its JSON Schema as well, and how it is read.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::path::{Component, Path};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer};
use toml::Spanned;

use super::PolicyError;
use crate::migration::{Migration, Storage, Version};
use crate::report::Level;
use crate::rules;

/// What a team configured. All of it may be left out.
///
/// ```
/// use domdiff::policy::{Config, Origin};
///
/// let text = "[rules]\n'abi/title' = 'off'\n";
/// let error = Config::parse(text, "domdiff.toml", Origin::Named).unwrap_err();
/// assert_eq!(error.place, Some((2, 1)));
/// ```
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "domdiff.toml")]
pub struct Config {
    /// Levels that replace those of rules.
    #[serde(default)]
    pub rules: Levels,
    /// Lowest level of a finding that makes the exit status 1.
    pub fail_on: Option<FailOn>,
    /// The conditions under which guests move.
    #[serde(default)]
    pub migration: MigrationConfig,
    /// Facts of the destinations that `check` asks, as `--host` takes them; paths are relative to
    /// this file.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub hosts: Vec<Spanned<String>>,
    /// Facts of the host where the guests run today, as `--source-host` takes them.
    #[schemars(with = "Option<String>")]
    pub source_host: Option<Spanned<String>>,
    /// The file of accepted findings, relative to this file.
    #[schemars(with = "Option<String>")]
    pub accepted: Option<Spanned<String>>,
    /// What `domdiff hook` does.
    #[serde(default)]
    pub hook: HookConfig,
}

/// Where a configuration comes from, and so how far it is trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Somebody named it: it may name any file.
    Named,
    /// It was found beside the input, as part of a change that a stranger proposes perhaps: it
    /// may name files of its own folder only.
    Found,
}

/// Levels by rule; `None` switches a rule off.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels(pub HashMap<String, Option<Level>>);

/// From which level on a finding counts for the exit status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum FailOn {
    /// Errors
    Error,
    /// Warnings and errors
    Warning,
    /// Anything, any change
    Info,
    /// Nothing
    Never,
}

impl FailOn {
    /// The lowest level that counts, if one does.
    #[must_use]
    pub const fn level(self) -> Option<Level> {
        match self {
            Self::Error => Some(Level::Error),
            Self::Warning => Some(Level::Warning),
            Self::Info => Some(Level::Info),
            Self::Never => None,
        }
    }
}

/// The conditions under which guests move: the flags of `domdiff check`, which win.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MigrationConfig {
    /// How the disks reach the destination.
    #[serde(default)]
    pub storage: Storage,
    /// Folders that both hosts reach, whatever file system they are on.
    #[serde(default)]
    pub shared_paths: Vec<String>,
    /// The older libvirt of the two hosts: `9.0.0`.
    pub libvirt_version: Option<Version>,
    /// The older QEMU of the two hosts: `7.2.0`.
    pub qemu_version: Option<Version>,
    /// Only the definition moves.
    #[serde(default)]
    pub offline: bool,
    /// Whether the guest becomes persistent on the destination.
    pub persistent: Option<bool>,
    /// Memory follows after the switch.
    #[serde(default)]
    pub postcopy: bool,
    /// The stream goes through libvirt's connection.
    #[serde(default)]
    pub tunnelled: bool,
    /// Several connections carry the stream.
    #[serde(default)]
    pub parallel: bool,
    /// The stream goes over RDMA.
    #[serde(default)]
    pub rdma: bool,
    /// The stream is encrypted.
    #[serde(default)]
    pub tls: bool,
    /// libvirt's checks of disks are switched off.
    #[serde(default, rename = "unsafe")]
    pub unsafe_disks: bool,
    /// Only what older images lack is copied (with storage copy).
    #[serde(default)]
    pub incremental: bool,
    /// The guest is paused for the time of the migration or after it.
    #[serde(default)]
    pub suspend: bool,
    /// A disk error aborts the migration.
    #[serde(default)]
    pub abort_on_error: bool,
}

impl MigrationConfig {
    /// The conditions they stand for.
    #[must_use]
    pub fn migration(&self) -> Migration {
        Migration {
            storage: self.storage,
            incremental: self.incremental,
            shared_paths: self.shared_paths.clone(),
            libvirt: self.libvirt_version,
            qemu: self.qemu_version,
            offline: self.offline,
            persistent: self.persistent,
            postcopy: self.postcopy,
            tunnelled: self.tunnelled,
            parallel: self.parallel,
            rdma: self.rdma,
            tls: self.tls,
            unsafe_disks: self.unsafe_disks,
            suspended: self.suspend,
            abort_on_error: self.abort_on_error,
            ..Migration::default()
        }
    }
}

/// What `domdiff hook` does. It reads no configuration but a named one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HookConfig {
    /// What happens when the hook has no answer: a broken input, unreadable facts.
    #[serde(default)]
    pub on_error: OnError,
    /// Whether `restore begin` is judged as well as `migrate begin`.
    #[serde(default)]
    pub restore_begin: bool,
    /// Whether the XML from standard input goes to standard output, for hooks that follow.
    #[serde(default)]
    pub pass_through: bool,
    /// Lowest level of a finding that refuses the migration; `error`, unless given.
    pub fail_on: Option<FailOn>,
    /// Facts of this host as `--host` takes them, each a part of one host; read live by CPUID,
    /// unless given. Paths are relative to this file.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub facts: Vec<Spanned<String>>,
    /// A file that every answer is appended to, relative to this file.
    #[schemars(with = "Option<String>")]
    pub log: Option<Spanned<String>>,
}

/// What the hook does without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnError {
    /// The migration goes on.
    #[default]
    Allow,
    /// The migration is refused.
    Refuse,
}

impl OnError {
    /// What a configuration that cannot be read says of itself, where that one key can be read: a
    /// mistake elsewhere in the file must not open or close the gate.
    ///
    /// ```
    /// use domdiff::policy::OnError;
    ///
    /// let text = "faill_on = 'info'\n[hook\n[hook]\non_error = 'refuse'\n";
    /// assert_eq!(OnError::of_broken(text), Some(OnError::Refuse));
    /// assert_eq!(OnError::of_broken("[hook]\n"), None);
    /// ```
    #[must_use]
    pub fn of_broken(text: &str) -> Option<Self> {
        let (table, _) = toml::de::DeTable::parse_recoverable(text);
        let hook = table.get_ref().get("hook")?.get_ref();
        match hook.get("on_error")?.get_ref().as_str()? {
            "allow" => Some(Self::Allow),
            "refuse" => Some(Self::Refuse),
            _ => None,
        }
    }
}

/// The levels a rule may be given in a file.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Setting {
    Error,
    Warning,
    Info,
    Off,
}

impl<'de> Deserialize<'de> for Levels {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let table = BTreeMap::<RuleId, Setting>::deserialize(from)?;
        let level = |setting| match setting {
            Setting::Error => Some(Level::Error),
            Setting::Warning => Some(Level::Warning),
            Setting::Info => Some(Level::Info),
            Setting::Off => None,
        };
        Ok(Self(
            table
                .into_iter()
                .map(|(RuleId(id), setting)| (id, level(setting)))
                .collect(),
        ))
    }
}

impl JsonSchema for Levels {
    fn schema_name() -> Cow<'static, str> {
        "Levels".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let ids: Vec<&str> = rules::all().map(|rule| rule.id).collect();
        json_schema!({
            "type": "object",
            "propertyNames": { "enum": ids },
            "additionalProperties": { "enum": ["error", "warning", "info", "off"] },
        })
    }
}

/// The id of a rule that exists.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct RuleId(String);

impl<'de> Deserialize<'de> for RuleId {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let id = String::deserialize(from)?;
        rules::find(&id).map_err(serde::de::Error::custom)?;
        Ok(Self(id))
    }
}

impl Config {
    /// Bytes a configuration may have.
    pub const LARGEST: usize = 1 << 20;

    /// Reads a configuration; `file` is what to call it.
    ///
    /// # Errors
    /// Text that is no TOML, an unknown key, rule or value, and for a configuration that was
    /// found a file outside its folder; with line and column.
    pub fn parse(text: &str, file: &str, origin: Origin) -> Result<Self, PolicyError> {
        if text.len() > Self::LARGEST {
            let message = format!("larger than {} bytes", Self::LARGEST);
            return Err(PolicyError::new(file, message));
        }
        let config: Self =
            toml::from_str(text).map_err(|error| PolicyError::toml(file, text, &error))?;
        if origin == Origin::Found {
            for operand in config.files() {
                let outside = operand
                    .get_ref()
                    .split('+')
                    .find(|part| !stays_inside(part));
                if let Some(part) = outside {
                    let message = format!(
                        "{part} is outside the folder of this file, which was found, not named; name it with --config to trust it"
                    );
                    return Err(PolicyError::at(file, text, operand.span(), message));
                }
            }
        }
        Ok(config)
    }

    /// Every file it names.
    fn files(&self) -> impl Iterator<Item = &Spanned<String>> {
        self.hosts
            .iter()
            .chain(&self.source_host)
            .chain(&self.accepted)
            .chain(&self.hook.facts)
            .chain(&self.hook.log)
    }
}

/// Whether a path leads to nothing outside the folder it is relative to, by its text.
fn stays_inside(path: &str) -> bool {
    path != "-"
        && Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_) | Component::CurDir))
}

/// The JSON Schema of a configuration.
#[must_use]
pub fn schema() -> serde_json::Value {
    schemars::schema_for!(Config).to_value()
}
