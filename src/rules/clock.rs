//! The guest's clock: what of it depends on the host's time stamp counter.

use super::{Check, Fact, Found, Rule};
use crate::report::EnforcedBy;
use crate::view::Guest;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "clock/reenlightenment-without-tsc",
        enforced_by: EnforcedBy::Qemu,
        why: "A Windows guest that asked for these notifications must keep its TSC frequency: QEMU on the destination refuses the stream where none is set (`Guest enabled re-enlightenment notifications, 'tsc-frequency=' has to be specified`).",
        help: "shut the guest down and either add <timer name='tsc' frequency='HZ'/> to <clock>, with the frequency of `virsh capabilities`, or switch <reenlightenment> off",
        source: "QEMU target/i386/machine.c hyperv_reenlightenment_post_load; KubeVirt NoTSCFrequencyNotLiveMigratable",
        example: "<reenlightenment state='on'/>",
        check: Check::State {
            scope: "features/hyperv",
            find: reenlightenment,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "clock/tsc-frequency",
        enforced_by: EnforcedBy::Libvirt,
        why: "The guest starts and arrives only on hosts whose TSC runs at this frequency, within 250 ppm, or that can scale it (`Requested TSC frequency … is outside tolerance range`).",
        help: "look at <counter name='tsc' frequency scaling> in the destination's `virsh capabilities`",
        source: "libvirt qemuProcessStartValidateTSC",
        needs: &[Fact::Capabilities],
        settled_by: Some("host/tsc-frequency"),
        example: "<timer name='tsc' frequency='2400000000'/>",
        check: Check::State {
            scope: "clock",
            find: frequency,
        },
        ..Rule::RISK
    },
    Rule {
        id: "clock/tsc-mode-native",
        why: "The guest reads the host's own counter: on a host with another TSC its time jumps and runs at another speed.",
        help: "write mode='paravirt' or mode='auto' at the guest's next restart",
        source: "libvirt formatdomain, time keeping; Xen tsc_mode",
        example: "mode='native'",
        check: Check::State {
            scope: "clock",
            find: native,
        },
        ..Rule::RISK
    },
];

fn reenlightenment(guest: &Guest<'_>) -> Vec<Found> {
    let feature = guest
        .at("features/hyperv/reenlightenment")
        .filter(|node| guest.tree().attr(*node, "state") == Some("on"));
    let message = "re-enlightenment is on, and no TSC frequency is set";
    feature
        .filter(|_| guest.is_live() && guest.tsc_frequency().is_none())
        .map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}

fn frequency(guest: &Guest<'_>) -> Vec<Found> {
    let wanted = guest.tsc_frequency().filter(|_| guest.is_live());
    wanted
        .map(|(node, hz)| Found::at(node, format!("the TSC is to run at {hz} Hz on each host")))
        .into_iter()
        .collect()
}

fn native(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let mode = guest
        .tsc()
        .and_then(|timer| tree.attribute(timer, "mode"))
        .filter(|mode| guest.is_live() && tree.value(*mode) == Some("native"))
        // QEMU has no such modes.
        .filter(|_| guest.get("@type") == Some("xen"));
    let message = "the guest reads the host's own time stamp counter";
    mode.map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}
