//! Features of the hypervisor, and guests that are protected from it.

use super::{Check, Fact, Found, Proof, Rule};
use crate::report::{EnforcedBy, Level};
use crate::tree::NodeId;
use crate::view::Guest;

/// A rule about the state of a feature.
macro_rules! state {
    ($scope:literal, $find:expr) => {
        Check::State {
            scope: $scope,
            find: $find,
        }
    };
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "features/async-teardown",
        level: Level::Info,
        why: "The destination's QEMU must be able to free the guest's memory in the background too; it can since 8.1.",
        help: "give the destination's `virsh domcapabilities` with --host, or take <async-teardown> out with `virsh migrate --xml`",
        source: "libvirt formatdomain, async-teardown; libvirt 9.6 release notes",
        needs: &[Fact::DomainCapabilities],
        settled_by: Some("host/async-teardown"),
        example: "<async-teardown enabled='yes'/>",
        check: state!("features", |guest| live(
            guest,
            "features/async-teardown/@enabled",
            "yes",
            "the guest's memory is freed in the background"
        )),
        ..Rule::RISK
    },
    Rule {
        id: "features/gic-host",
        why: "Without a version libvirt takes the best interrupt controller of the host where the guest is defined: two hosts may make two machines of one file.",
        help: "write <gic version='3'/> (or what `virsh dumpxml` of the running guest shows) into <features>",
        source: "libvirt qemuDomainDefEnableDefaultFeatures",
        example: "<type arch='aarch64' machine='virt-7.2'>",
        check: state!("features/gic", gic),
        ..Rule::RISK
    },
    Rule {
        id: "features/hyperv-evmcs",
        why: "The guest's own Hyper-V uses Intel's VMX in this way; hosts with AMD CPUs do not offer it, and the guest cannot arrive there.",
        help: "choose a destination with an Intel CPU, or switch <evmcs> off while the guest is shut off",
        source: "libvirt formatdomain, Hyper-V enlightenments; QEMU docs/system/i386/hyperv",
        needs: &[Fact::DomainCapabilities],
        settled_by: Some("host/hyperv-feature"),
        example: "<evmcs state='on'/>",
        check: state!("features/hyperv", |guest| live(
            guest,
            "features/hyperv/evmcs/@state",
            "on",
            "the enlightened VMCS exists on Intel hosts only"
        )),
        ..Rule::RISK
    },
    Rule {
        id: "features/hyperv-host-model",
        level: Level::Info,
        why: "The set of Hyper-V features is chosen at each start, by what that host offers: two definitions that look alike may be two guests.",
        help: "judge the running guest's own definition (`virsh dumpxml NAME`, without --inactive)",
        source: "libvirt 11.9 release notes",
        since: "libvirt 11.9",
        example: "<hyperv mode='host-model'/>",
        check: state!("features/hyperv", |guest| at(
            guest,
            "features/hyperv/@mode",
            "host-model",
            "the host of each start chooses the Hyper-V features"
        )),
        ..Rule::RISK
    },
    Rule {
        id: "features/hyperv-passthrough",
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU refuses to migrate or save a guest that gets all Hyper-V features of its host (`'hv-passthrough' CPU flag prevents migration`).",
        help: "shut the guest down and list the features: <hyperv mode='custom'> with <relaxed state='on'/>, <vapic state='on'/>, <spinlocks state='on' retries='8191'/> …",
        source: "QEMU target/i386/kvm/kvm.c hyperv_init_vcpu; KubeVirt HypervPassthroughNotLiveMigratable",
        example: "<hyperv mode='passthrough'/>",
        check: state!("features/hyperv", hyperv_passthrough),
        ..Rule::BLOCKER
    },
    Rule {
        id: "features/kvm-hidden",
        level: Level::Info,
        why: "A guest that does not know of KVM has no kvmclock to correct its time after the pause of a migration. Nobody measured it for domdiff.",
        help: "let the guest keep its time by NTP",
        source: "libvirt formatdomain, features kvm hidden",
        proof: Proof::Unverified,
        example: "<hidden state='on'/>",
        check: state!("features/kvm", |guest| live(
            guest,
            "features/kvm/hidden/@state",
            "on",
            "the guest does not see that it runs on KVM"
        )),
        ..Rule::RISK
    },
    Rule {
        id: "features/launch-security-s390-pv",
        enforced_by: EnforcedBy::Qemu,
        why: "The host cannot read a protected guest's memory, and QEMU does not send it (`protected VMs are currently not migratable`).",
        help: "shut the guest down, `virsh migrate --offline --persistent` it, and start it on the destination",
        source: "QEMU hw/s390x/s390-virtio-ccw.c s390_machine_protect; KubeVirt SecureExecutionNotLiveMigratable",
        example: "<launchSecurity type='s390-pv'/>",
        check: state!("launchSecurity", |guest| sealed(guest, &["s390-pv"])),
        ..Rule::BLOCKER
    },
    Rule {
        id: "features/launch-security-sev",
        enforced_by: EnforcedBy::Qemu,
        why: "The guest's memory is encrypted with a key of this host's processor; QEMU refuses to send or save it (`SEV: Migration is not implemented`).",
        help: "shut the guest down, `virsh migrate --offline --persistent` it, and start it on the destination",
        source: "QEMU target/i386/sev.c sev_launch_finish; KubeVirt SEVNotLiveMigratable; Nova reject_sev_instances",
        example: "<launchSecurity type='sev'>",
        check: state!("launchSecurity", |guest| sealed(guest, &["sev", "sev-snp"])),
        ..Rule::BLOCKER
    },
    Rule {
        id: "features/launch-security-tdx",
        enforced_by: EnforcedBy::Qemu,
        why: "The host cannot read the guest's memory, and QEMU cannot migrate such a guest.",
        help: "shut the guest down, `virsh migrate --offline --persistent` it, and start it on the destination",
        source: "KubeVirt TDXNotLiveMigratable; QEMU docs/system/i386/tdx (live migration is not supported)",
        example: "<launchSecurity type='tdx'>",
        check: state!("launchSecurity", |guest| sealed(guest, &["tdx"])),
        ..Rule::BLOCKER
    },
    Rule {
        id: "features/msrs-unknown",
        level: Level::Info,
        why: "What the guest reads from a register that KVM does not know depends on the host's kernel and may be another after the migration.",
        help: "run the same kernel on both hosts, or write <msrs unknown='fault'/> where the guest bears it",
        source: "libvirt formatdomain, features msrs",
        example: "<msrs unknown='ignore'/>",
        check: state!("features/msrs", |guest| live(
            guest,
            "features/msrs/@unknown",
            "ignore",
            "accesses to unknown registers are ignored"
        )),
        ..Rule::RISK
    },
    Rule {
        id: "features/s390-keywrap",
        level: Level::Info,
        why: "Keys that the guest wrapped are bound to this host: it has to wrap them anew after the migration. Nobody ran it for domdiff.",
        help: "let the guest's programs make their protected keys again after the migration",
        source: "libvirt formatdomain, key wrap",
        proof: Proof::Unverified,
        example: "<cipher name='aes' state='on'/>",
        check: state!("keywrap", keywrap),
        ..Rule::RISK
    },
];

/// The node at a path where it has a value.
fn value(guest: &Guest<'_>, path: &str, value: &str) -> Option<NodeId> {
    guest
        .at(path)
        .filter(|node| guest.tree().value(*node) == Some(value))
}

fn at(guest: &Guest<'_>, path: &str, wanted: &str, message: &str) -> Vec<Found> {
    value(guest, path, wanted)
        .map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}

fn hyperv_passthrough(guest: &Guest<'_>) -> Vec<Found> {
    // Only KVM has Hyper-V features: an emulated guest gets none, and nothing blocks (started with
    // QEMU 7.2).
    if guest.get("@type") == Some("qemu") {
        return Vec::new();
    }
    live(
        guest,
        "features/hyperv/@mode",
        "passthrough",
        "QEMU does not migrate a guest with its host's own Hyper-V features",
    )
}

/// The same for what concerns a running guest only.
fn live(guest: &Guest<'_>, path: &str, wanted: &str, message: &str) -> Vec<Found> {
    if guest.is_live() {
        at(guest, path, wanted, message)
    } else {
        Vec::new()
    }
}

fn sealed(guest: &Guest<'_>, kinds: &[&str]) -> Vec<Found> {
    let kind = guest.at("launchSecurity/@type").filter(|node| {
        guest.is_live()
            && guest
                .tree()
                .value(*node)
                .is_some_and(|kind| kinds.contains(&kind))
    });
    let message = "the guest's memory is closed to its host and cannot be sent";
    kind.map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}

fn gic(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let is_virt = guest
        .get("os/type/@machine")
        .is_some_and(|machine| machine == "virt" || machine.starts_with("virt-"));
    if guest.get("os/type/@arch") != Some("aarch64") || !is_virt || guest.shows_running() {
        return Vec::new();
    }
    let version = guest.at("features/gic/@version");
    if version.is_some_and(|node| tree.is_written(node)) {
        return Vec::new();
    }
    let node = guest
        .at("features/gic")
        .or_else(|| guest.at("os/type/@machine"));
    let message = "the version of its interrupt controller is left to the host";
    node.map(|node| Found::at(node, message))
        .into_iter()
        .collect()
}

fn keywrap(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let Some(keywrap) = guest.at("keywrap").filter(|_| guest.is_live()) else {
        return Vec::new();
    };
    tree.children_named(keywrap, "cipher")
        .filter(|cipher| tree.attr(*cipher, "state") == Some("on"))
        .map(|cipher| {
            let name = tree.attr(cipher, "name").unwrap_or("some");
            Found::at(cipher, format!("{name} keys are wrapped by this host"))
        })
        .collect()
}
