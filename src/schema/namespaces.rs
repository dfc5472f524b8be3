//! Elements in the namespaces of hypervisors.

use super::field::{attr, elem};
use super::kinds::{TEXT, one_of};

group! {
/// What libvirt passes to QEMU as it stands: nothing can be said of it in general.
QEMU_COMMANDLINE:
    elem("qemu:arg", &[&[
        attr("@value", TEXT).note("May hold a secret after `password=`, `secret` and the like."),
    ]]).by_position(),
    elem("qemu:env", &[&[
        attr("@name", TEXT),
        attr("@value", TEXT),
    ]]).keys(&["@name"]),
}

group! {
/// What `qemu:capabilities` holds.
QEMU_CAPABILITIES:
    elem("qemu:add", &[&[
        attr("@capability", TEXT),
    ]]).keys(&["@capability"]),
    elem("qemu:del", &[&[
        attr("@capability", TEXT),
    ]]).keys(&["@capability"]),
}

group! {
/// What `qemu:override` holds.
QEMU_OVERRIDE:
    elem("qemu:device", &[&[
        attr("@alias", TEXT),
        elem("qemu:frontend", &[&[
            elem("qemu:property", &[&[
                attr("@name", TEXT),
                attr("@type", one_of(&["string", "signed", "unsigned", "bool", "remove"])),
                attr("@value", TEXT),
            ]]).keys(&["@name"]),
        ]]),
    ]]).keys(&["@alias"]),
}

group! {
/// What `qemu:deprecation` holds.
QEMU_DEPRECATION:
    attr("@behavior", one_of(&["none", "omit", "reject", "crash"])),
}

group! {
/// What `lxc:namespace` holds.
LXC_NAMESPACE:
    elem("lxc:shareipc", &[&[
        attr("@type", one_of(&["name", "pid"])),
        attr("@value", TEXT),
    ]]),
    elem("lxc:sharenet", &[&[
        attr("@type", one_of(&["netns", "name", "pid"])),
        attr("@value", TEXT),
    ]]),
    elem("lxc:shareuts", &[&[
        attr("@type", one_of(&["name", "pid"])),
        attr("@value", TEXT),
    ]]),
}

group! {
/// What `xen:commandline` holds.
XEN_COMMANDLINE:
    elem("xen:arg", &[&[
        attr("@value", TEXT),
    ]]).by_position(),
}

group! {
/// What `bhyve:commandline` holds.
BHYVE_COMMANDLINE:
    elem("bhyve:arg", &[&[
        attr("@value", TEXT),
    ]]).by_position(),
}
