//! The guest's CPU: what of it ties the guest to a host.

use super::{Check, Fact, Found, Rule};
use crate::report::EnforcedBy;
use crate::view::Guest;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "cpu/host-model-expanded",
        enforced_by: EnforcedBy::Libvirt,
        why: "host-model is expanded when the guest starts: a running guest's definition names model and features. libvirt's check compares the text of the two, and another host may expand it to another CPU.",
        help: "compare running with running definitions; give a migration the running guest's CPU (`virsh dumpxml --migratable`)",
        source: "libvirt virCPUUpdate; virCPUDefIsEqual",
        example: "- <cpu mode='host-model'/>\n+ <cpu mode='custom' match='exact' check='full'><model fallback='forbid'>Nehalem</model></cpu>",
        ..Rule::RISK
    },
    Rule {
        id: "cpu/host-passthrough",
        why: "libvirt does not compare CPUs then: on a host with another CPU, microcode or kernel the guest may crash after the migration, without a message.",
        help: "use mode='host-model' or a named model (`virsh hypervisor-cpu-baseline`, or `domdiff baseline`)",
        source: "libvirt formatdomain, CPU model and topology; qemuDomainObjCheckCPUTaint",
        needs: &[Fact::SourceHost],
        settled_by: Some("host/cpu-passthrough-equal"),
        example: "<cpu mode='host-passthrough'/>",
        check: Check::State {
            scope: "cpu",
            find: host_passthrough,
        },
        ..Rule::RISK
    },
    Rule {
        id: "cpu/strict-match",
        enforced_by: EnforcedBy::Libvirt,
        why: "Only a host with exactly these CPU features may run the guest; a better one is refused.",
        help: "use match='exact', and name features to forbid where that is meant",
        source: "libvirt virCPUx86Compare",
        settled_by: Some("host/cpu-strict"),
        example: "<cpu match='strict'>",
        check: Check::State {
            scope: "cpu",
            find: strict_match,
        },
        ..Rule::RISK
    },
];

fn host_passthrough(guest: &Guest<'_>) -> Vec<Found> {
    mode(
        guest,
        "host-passthrough",
        "the guest gets the host's CPU unchanged",
    )
}

fn mode(guest: &Guest<'_>, value: &str, message: &str) -> Vec<Found> {
    let node = guest
        .at("cpu/@mode")
        .filter(|node| guest.tree().value(*node) == Some(value));
    node.map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}

fn strict_match(guest: &Guest<'_>) -> Vec<Found> {
    let message = "the host's CPU must match exactly, one with more features is refused";
    let node = guest
        .at("cpu/@match")
        .filter(|node| guest.tree().value(*node) == Some("strict"));
    node.map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}
