//! Rows in their places: paths, and what a row inherits from the rows around it.

use super::domain::DOMAIN;
use super::field::{Apply, Field, Group, Since};

/// A row together with where it stands and what it inherits there.
#[derive(Debug, Clone)]
pub struct ResolvedField {
    /// Path below `domain`, steps joined by `/`; empty for the root itself.
    pub path: String,
    /// The row.
    pub field: &'static Field,
    /// Id of the rule that judges a change here: the row's own, else that of
    /// the nearest enclosing row that names one.
    pub rule: &'static str,
    /// How a change is applied, never [`Apply::Inherit`].
    pub apply: Apply,
    /// First surveyed libvirt that knows the path.
    pub since: Since,
    /// What is below has been listed already, below an enclosing element of the same kind.
    pub recursive: bool,
}

impl ResolvedField {
    fn root() -> Self {
        ResolvedField {
            path: String::new(),
            field: &DOMAIN,
            rule: DOMAIN.rule,
            apply: DOMAIN.apply,
            since: DOMAIN.since,
            recursive: false,
        }
    }

    /// The row `name` below this one, with what it inherits from it.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<ResolvedField> {
        self.field
            .child(name)
            .map(|field| self.inherit(field, name))
    }

    fn inherit(&self, field: &'static Field, name: &str) -> ResolvedField {
        let mut path = self.path.clone();
        if !path.is_empty() {
            path.push('/');
        }
        path.push_str(name);
        ResolvedField {
            path,
            field,
            rule: if field.rule.is_empty() {
                self.rule
            } else {
                field.rule
            },
            apply: match (field.apply, self.apply) {
                // The device can be plugged as a whole, its fields cannot.
                (Apply::Inherit, Apply::Hotplug) => Apply::Restart,
                (Apply::Inherit, outer) => outer,
                (own, _) => own,
            },
            since: self.since.max(field.since),
            recursive: false,
        }
    }
}

/// The row at `path` (`devices/disk/target/@dev`, steps as the table spells
/// them), through groups that contain themselves to any depth.
///
/// ```
/// let row = domdiff::schema::lookup("devices/disk/target/@dev").expect("a known path");
/// assert!(row.field.is_attribute());
/// assert!(domdiff::schema::lookup("devices/disk/tarjet").is_none());
/// ```
#[must_use]
pub fn lookup(path: &str) -> Option<ResolvedField> {
    let mut at = ResolvedField::root();
    for step in path.split('/').filter(|step| !step.is_empty()) {
        at = at.child(step)?;
    }
    Some(at)
}

/// Every row in every place, parents before what they hold, in table order.
/// Where a group contains itself the inner row is listed, marked
/// [`recursive`](ResolvedField::recursive), and nothing below it.
pub fn all_paths() -> impl Iterator<Item = ResolvedField> {
    let root = ResolvedField::root();
    let mut pending = Vec::new();
    push_children(&root, &[], &mut pending);
    std::iter::from_fn(move || {
        let (mut row, open) = pending.pop()?;
        let recurs = |group: &&'static Group| open.iter().any(|o| std::ptr::eq(*o, *group));
        if row.field.groups.iter().any(recurs) {
            row.recursive = true;
        } else {
            push_children(&row, &open, &mut pending);
        }
        Some(row)
    })
}

type Pending = Vec<(ResolvedField, Vec<&'static Group>)>;

fn push_children(row: &ResolvedField, open: &[&'static Group], pending: &mut Pending) {
    let mut inside = open.to_vec();
    inside.extend(row.field.groups);
    let start = pending.len();
    for field in row.field.children() {
        pending.push((row.inherit(field, field.name), inside.clone()));
    }
    pending[start..].reverse();
}
