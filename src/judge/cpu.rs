//! CPUs compared by what the guest sees of them, where the text differs.

use crate::canon::Domain;
use crate::cpu::CpuMap;
use crate::cpu::def::CpuDef;
use crate::cpu::meaning::{Meaning, Relation, compare_meaning};
use crate::cpu::xml::read_cpu;
use crate::report::{Finding, Impact, Level};

/// Names listed in a message before they are counted.
const MOST_NAMES: usize = 12;

/// What the differing CPUs of two definitions mean to the guest; nothing where
/// a file names no CPU, or one that libvirt refuses.
pub(super) fn meaning(old: &Domain<'_>, new: &Domain<'_>) -> Option<Meaning> {
    if !old.machine().is_x86() || !new.machine().is_x86() {
        return None;
    }
    Some(compare_meaning(
        CpuMap::builtin(),
        &definition(old)?,
        &definition(new)?,
    ))
}

fn definition(domain: &Domain<'_>) -> Option<CpuDef> {
    let document = domain.document();
    let cpu = document
        .domain()
        .children()
        .find(|node| node.has_tag_name("cpu"))?;
    read_cpu(cpu, document.source().name()).ok()
}

/// Whether a finding is about which CPU the guest sees, not about its
/// topology, NUMA cells or caches.
pub(super) fn is_identity(finding: &Finding) -> bool {
    [
        "cpu/model",
        "cpu/feature",
        "cpu/vendor",
        "cpu/@mode",
        "cpu/@check",
    ]
    .iter()
    .any(|path| finding.path.starts_with(path))
}

/// Puts what the CPUs mean into the findings about them. True when these are
/// all but the expansion of a wish, and one finding is to stand for them.
pub(super) fn weigh(findings: &mut Vec<Finding>, meaning: &Meaning) -> bool {
    match &meaning.relation {
        Relation::Expansion => {
            findings.retain(|finding| !is_identity(finding));
            return true;
        }
        Relation::Same => {
            for finding in findings.iter_mut().filter(|finding| is_identity(finding)) {
                // The guest goes on as it is; only the check stands in the way.
                finding.level = finding.level.min(Level::Warning);
                finding.impact = Impact::Migration;
                finding.message.push_str(
                    "; the guest sees the same CPU, but libvirt's check compares the text",
                );
            }
        }
        Relation::Differs | Relation::Depends(_) => {
            let first = findings
                .iter_mut()
                .filter(|finding| is_identity(finding))
                .max_by_key(|f| f.level);
            if let (Some(finding), Some(text)) = (first, difference(meaning)) {
                finding.message.push_str("; ");
                finding.message.push_str(&text);
            }
        }
    }
    false
}

fn difference(meaning: &Meaning) -> Option<String> {
    if let Relation::Depends(reason) = &meaning.relation {
        return Some(reason.clone());
    }
    let parts: Vec<String> = [("loses", &meaning.lost), ("gains", &meaning.gained)]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(verb, names)| format!("{verb} {}", list(names)))
        .collect();
    (!parts.is_empty()).then(|| format!("the guest {}", parts.join(" and ")))
}

fn list(names: &[String]) -> String {
    let shown = names
        .iter()
        .take(MOST_NAMES)
        .cloned()
        .collect::<Vec<_>>()
        .join(", ");
    match names.len().checked_sub(MOST_NAMES) {
        Some(more) if more > 0 => format!("{shown} and {more} more"),
        _ => shown,
    }
}
