//! Metadata of other programs: OpenStack Nova's, libosinfo's, oVirt's and
//! KubeVirt's by name, anyone else's as it stands.

use super::field::{attr, elem, text};
use super::kinds::{NUMBER, TEXT, UUID, WORD, one_of};

group! {
/// Any element of another program.
ANY:
    attr("@*", TEXT),
    text("*", TEXT, &[&ANY]).by_position(),
}

group! {
/// One element a namespace, in any order; what has no namespace is dropped at define.
METADATA:
    elem("nova:instance", &[&NOVA]),
    elem("libosinfo:libosinfo", &[&[
        elem("libosinfo:os", &[&[
            attr("@id", TEXT),
        ]]),
    ]]),
    elem("ovirt-vm:vm", &[&OVIRT]),
    elem("ovirt-tune:qos", &[&[
        text("ovirt-tune:vcpuLimit", NUMBER, &[]),
    ]]),
    elem("kubevirt:kubevirt", &[&[
        text("kubevirt:uid", UUID, &[]),
        elem("kubevirt:graceperiod", &[&[
            text("kubevirt:deletionGracePeriodSeconds", NUMBER, &[]),
            text("kubevirt:markedForGracefulShutdown", WORD, &[]),
        ]]),
    ]]),
    text("*", TEXT, &[&ANY]).keys(&[])
        .note("Paired by name within a namespace."),
}

group! {
/// What Nova notes about an instance; the flavor is what the instance was sold as.
NOVA:
    elem("nova:package", &[&[
        attr("@version", TEXT),
    ]]),
    text("nova:name", TEXT, &[]),
    text("nova:creationTime", TEXT, &[]),
    elem("nova:flavor", &[&[
        attr("@name", TEXT),
        attr("@id", TEXT),
        text("nova:memory", NUMBER, &[]).note("MiB."),
        text("nova:disk", NUMBER, &[]).note("GiB of the root disk."),
        text("nova:swap", NUMBER, &[]).note("MiB."),
        text("nova:ephemeral", NUMBER, &[]).note("GiB."),
        text("nova:vcpus", NUMBER, &[]),
        elem("nova:extraSpecs", &[&[
            text("nova:extraSpec", TEXT, &[&[
                attr("@name", TEXT),
            ]]).keys(&["@name"]),
        ]]),
    ]]),
    elem("nova:image", &[&[
        attr("@uuid", TEXT),
        text("nova:containerFormat", TEXT, &[]),
        text("nova:diskFormat", TEXT, &[]),
        text("nova:minDisk", NUMBER, &[]),
        text("nova:minRam", NUMBER, &[]),
        elem("nova:properties", &[&[
            text("nova:property", TEXT, &[&[
                attr("@name", TEXT),
            ]]).keys(&["@name"]),
        ]]),
    ]]),
    elem("nova:owner", &[&[
        text("nova:user", TEXT, &[&[
            attr("@uuid", TEXT),
        ]]),
        text("nova:project", TEXT, &[&[
            attr("@uuid", TEXT),
        ]]),
    ]]),
    elem("nova:root", &[&[
        attr("@type", TEXT),
        attr("@uuid", TEXT),
    ]]),
    elem("nova:ports", &[&[
        elem("nova:port", &[&[
            attr("@uuid", TEXT),
            elem("nova:ip", &[&[
                attr("@type", TEXT),
                attr("@address", TEXT),
                attr("@ipVersion", one_of(&["4", "6"])),
            ]]).keys(&["@address"]),
        ]]).keys(&["@uuid"]),
    ]]),
}

group! {
/// What oVirt's VDSM notes about a virtual machine; the rest it adds is kept as it stands.
OVIRT:
    text("ovirt-vm:clusterVersion", TEXT, &[]),
    text("ovirt-vm:minGuaranteedMemoryMb", NUMBER, &[&ANY]),
    text("ovirt-vm:launchPaused", WORD, &[&ANY]),
    text("ovirt-vm:resumeBehavior", WORD, &[]),
    text("ovirt-vm:startTime", TEXT, &[&ANY]),
    elem("ovirt-vm:device", &[&ANY]).by_position(),
    text("*", TEXT, &[&ANY]).keys(&[]),
}
