//! The root row.

use super::clock::CLOCK;
use super::cpu::CPU;
use super::devices::DEVICES;
use super::features::FEATURES;
use super::field::{Field, attr, elem, text};
use super::kinds::{KIB, NUMBER, TEXT, UUID, V9_0, V12_8, one_of};
use super::memory::{MAX_MEMORY, MEMORY, MEMORY_BACKING, MEMTUNE};
use super::metadata::METADATA;
use super::namespaces::{
    BHYVE_COMMANDLINE, LXC_NAMESPACE, QEMU_CAPABILITIES, QEMU_COMMANDLINE, QEMU_DEPRECATION,
    QEMU_OVERRIDE, XEN_COMMANDLINE,
};
use super::os::OS;
use super::security::{KEYWRAP, LAUNCH_SECURITY, SECLABEL};
use super::shared::{IDMAP, UNIT};
use super::sysinfo::SYSINFO;
use super::tuning::{BLKIOTUNE, IOMMUFD, PERF, PM, RESOURCE, THROTTLEGROUPS};
use super::vcpu::{CPUTUNE, DEFAULTIOTHREAD, IOTHREADIDS, NUMATUNE, VCPU, VCPUS};

group! {
/// What stands directly below the root.
DOMAIN_ROWS:
    attr("@type", one_of(&["qemu", "kqemu", "kvm", "xen", "lxc", "uml", "openvz", "test", "vmware", "hyperv", "vbox", "phyp", "vz", "bhyve", "hvf"])),
    attr("@id", NUMBER),
    text("name", TEXT, &[]),
    text("uuid", UUID, &[]),
    text("hwuuid", UUID, &[]).since(V12_8),
    text("genid", UUID, &[]),
    text("title", TEXT, &[]),
    text("description", TEXT, &[]),
    elem("metadata", &[&METADATA]),
    text("maxMemory", KIB, &[&MAX_MEMORY]),
    text("memory", KIB, &[&MEMORY]),
    text("currentMemory", KIB, &[&UNIT]),
    elem("blkiotune", &[&BLKIOTUNE]),
    elem("memtune", &[&MEMTUNE]),
    elem("memoryBacking", &[&MEMORY_BACKING]),
    text("vcpu", NUMBER, &[&VCPU]),
    elem("vcpus", &[&VCPUS]),
    text("iothreads", NUMBER, &[]),
    elem("iothreadids", &[&IOTHREADIDS]),
    elem("defaultiothread", &[&DEFAULTIOTHREAD]).since(V9_0),
    elem("cputune", &[&CPUTUNE]),
    elem("numatune", &[&NUMATUNE]),
    elem("resource", &[&RESOURCE]),
    elem("sysinfo", &[&SYSINFO]).keys(&["@type"]),
    text("bootloader", TEXT, &[]),
    text("bootloader_args", TEXT, &[]),
    elem("os", &[&OS]),
    elem("idmap", &[&IDMAP]),
    elem("features", &[&FEATURES]),
    elem("cpu", &[&CPU]),
    elem("clock", &[&CLOCK]),
    text("on_poweroff", one_of(&["destroy", "restart", "preserve", "rename-restart"]), &[]),
    text("on_reboot", one_of(&["destroy", "restart", "preserve", "rename-restart"]), &[]),
    text("on_crash", one_of(&["destroy", "restart", "preserve", "rename-restart", "coredump-destroy", "coredump-restart", "preserve-running"]), &[]),
    text("on_lockfailure", one_of(&["poweroff", "restart", "pause", "ignore"]), &[]),
    elem("pm", &[&PM]),
    elem("perf", &[&PERF]),
    elem("throttlegroups", &[&THROTTLEGROUPS]).since(V12_8),
    elem("iommufd", &[&IOMMUFD]).since(V12_8),
    elem("devices", &[&DEVICES]),
    elem("seclabel", &[&SECLABEL]).keys(&["@model"]),
    elem("keywrap", &[&KEYWRAP]),
    elem("launchSecurity", &[&LAUNCH_SECURITY]),
    elem("qemu:commandline", &[&QEMU_COMMANDLINE]),
    elem("qemu:capabilities", &[&QEMU_CAPABILITIES]),
    elem("qemu:override", &[&QEMU_OVERRIDE]).since(V9_0),
    elem("qemu:deprecation", &[&QEMU_DEPRECATION]),
    elem("lxc:namespace", &[&LXC_NAMESPACE]),
    elem("xen:commandline", &[&XEN_COMMANDLINE]),
    elem("bhyve:commandline", &[&BHYVE_COMMANDLINE]),
    text("vmware:datacenterpath", TEXT, &[]),
}

/// The root of the table: the row of `domain`.
pub static DOMAIN: Field = elem("domain", &[&DOMAIN_ROWS]);
