//! The rules of a log: each that found something, with what `domdiff explain` says of it.

use std::collections::HashMap;

use serde::Serialize;

use super::{Message, SarifLevel};
use crate::report::{Level, RulesUrl};
use crate::rules::{self, Check, Rule};

/// Every rule once, in the order of their first use.
#[derive(Debug)]
pub(super) struct Rules {
    /// Where they are explained.
    url: Option<RulesUrl>,
    list: Vec<Descriptor>,
    places: HashMap<&'static str, usize>,
}

/// What is known of a rule. Nothing of it comes from a document.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_description: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_description: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_configuration: Option<Configuration>,
    #[serde(skip_serializing_if = "Option::is_none")]
    properties: Option<Properties>,
}

#[derive(Debug, Serialize)]
struct Configuration {
    level: SarifLevel,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties {
    impact: crate::report::Impact,
    enforced_by: crate::report::EnforcedBy,
    source: &'static str,
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    severity: &'static str,
    tags: [&'static str; 1],
}

impl Rules {
    pub(super) fn new(url: Option<RulesUrl>) -> Self {
        Self {
            url,
            list: Vec::new(),
            places: HashMap::new(),
        }
    }

    /// The place of a rule, which is listed from now on.
    pub(super) fn place(&mut self, id: &'static str) -> usize {
        *self.places.entry(id).or_insert_with(|| {
            self.list.push(describe(id, self.url.as_ref()));
            self.list.len() - 1
        })
    }

    pub(super) fn into_list(self) -> Vec<impl Serialize> {
        self.list
    }
}

fn describe(id: &'static str, url: Option<&RulesUrl>) -> Descriptor {
    let rule = rules::get(id);
    Descriptor {
        id,
        short_description: rule.map(|rule| Message::new(&format!("{}.", rule.gist()))),
        full_description: rule.map(|rule| Message::new(rule.why)),
        help: rule.map(help),
        help_uri: url.map(|url| url.of(id)),
        default_configuration: rule.map(|rule| Configuration {
            level: rule.level.into(),
        }),
        properties: rule.map(|rule| Properties {
            impact: rule.impact,
            enforced_by: rule.enforced_by,
            source: rule.source,
            precision: match rule.proof {
                rules::Proof::Run => "very-high",
                rules::Proof::Documented => "high",
                rules::Proof::Unverified => "medium",
            },
            severity: match rule.level {
                Level::Error => "error",
                Level::Warning => "warning",
                Level::Info => "recommendation",
            },
            tags: ["libvirt"],
        }),
    }
}

/// What to do, as text and as Markdown.
fn help(rule: &'static Rule) -> Message {
    let language = match rule.check {
        Check::Change => "diff",
        Check::State { .. } | Check::Destination(_) | Check::Cpu(_) => "xml",
        Check::Accepted => "toml",
    };
    let mut text = rule.help.to_owned();
    let mut markdown = rule.help.to_owned();
    if !rule.example.is_empty() {
        text.push_str("\n\nExample:\n");
        text.push_str(rule.example);
        markdown.push_str(&format!("\n\n```{language}\n{}\n```", rule.example));
    }
    for fact in rule.needs {
        let need = fact.need();
        let sentence = format!("\n\nTo settle it, tell {}: {}", need.fact, need.how);
        text.push_str(&sentence);
        markdown.push_str(&sentence);
    }
    Message {
        markdown: Some(markdown),
        ..Message::new(&text)
    }
}
