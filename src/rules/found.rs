//! What a rule's function says.

use super::Fact;
use crate::report::{EnforcedBy, Level};
use crate::tree::NodeId;

/// A place at which a rule holds, or may hold.
#[derive(Debug, Clone)]
pub struct Found {
    /// The node.
    pub node: NodeId,
    /// What is the matter, to be read behind the name of the thing: "it has no source".
    pub message: String,
    /// Another level than the rule's.
    pub level: Option<Level>,
    /// The fact without which it is not decided.
    pub needs: Option<Fact>,
    /// What to do, where more can be said than the rule's own help.
    pub help: Option<String>,
    /// Who stops this one, where that is not whom the rule names.
    pub enforced_by: Option<EnforcedBy>,
    /// What of it is accepted where somebody accepts it, if node and value do not tell.
    pub detail: String,
}

impl Found {
    /// The rule holds at a node.
    #[must_use]
    pub fn at(node: NodeId, message: impl Into<String>) -> Self {
        Self {
            node,
            message: message.into(),
            level: None,
            needs: None,
            help: None,
            enforced_by: None,
            detail: String::new(),
        }
    }

    /// It weighs more or less than the rule says.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = Some(level);
        self
    }

    /// Somebody else than the rule says stops this one.
    #[must_use]
    pub fn enforced_by(mut self, who: EnforcedBy) -> Self {
        self.enforced_by = Some(who);
        self
    }

    /// It is not decided without a fact.
    #[must_use]
    pub fn needs(mut self, fact: Fact) -> Self {
        self.needs = Some(fact);
        self
    }

    /// What to do here.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// What tells it from another one of the same rule at the same node.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The level it counts with: what is not decided breaks nothing yet.
    #[must_use]
    pub fn weighed(&self, rule: Level) -> Level {
        let level = self.level.unwrap_or(rule);
        match (self.needs, level) {
            (Some(_), Level::Error) => Level::Warning,
            (Some(_), _) => Level::Info,
            (None, level) => level,
        }
    }
}
