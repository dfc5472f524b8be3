//! The root row.

use super::clock::CLOCK;
use super::cpu::CPU;
use super::devices::DEVICES;
use super::features::FEATURES;
use super::field::{Apply, Field, attr, elem, text};
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
/// What stands directly below the root, in the order of a dump.
DOMAIN_ROWS:
    attr("@type", one_of(&["qemu", "kqemu", "kvm", "xen", "lxc", "uml", "openvz", "test", "vmware", "hyperv", "vbox", "phyp", "vz", "bhyve", "hvf"]))
        .abi("abi/virt-type"),
    attr("@id", NUMBER).runtime().rule("change/runtime").apply(Apply::Nothing)
        .note("Number of the running domain; a dump that has it is a live one."),
    text("name", TEXT, &[]).abi("identity/name").apply(Apply::Recreate)
        .note("`virsh domrename` works on a domain that is shut off, `migrate --dname` while it moves."),
    text("uuid", UUID, &[]).abi("identity/uuid").chosen().apply(Apply::Recreate),
    text("hwuuid", UUID, &[]).rule("abi-plus/hwuuid").since(V12_8)
        .note("The UUID that the guest reads from SMBIOS instead of the domain's."),
    text("genid", UUID, &[]).abi("abi/genid")
        .note("An empty element asks libvirt for a random value; two empty ones differ, and so do empty and absent."),
    text("title", TEXT, &[]).rule("change/title").live("desc {domain} --title {new} --live --config")
        .note("Empty means absent."),
    text("description", TEXT, &[]).rule("change/title").live("desc {domain} {new} --live --config")
        .note("Empty means absent."),
    elem("metadata", &[&METADATA]).rule("change/metadata")
        .live("metadata {domain} --uri {uri} --set \"$(cat {xml})\" --live --config | metadata {domain} --uri {uri} --remove --live --config"),
    text("maxMemory", KIB, &[&MAX_MEMORY]).abi("abi/max-memory"),
    text("memory", KIB, &[&MEMORY]).abi("abi/memory-size").derived()
        .note("With NUMA cells their sum and the memory devices count, whatever is written here; the check compares what is left without the memory devices."),
    text("currentMemory", KIB, &[&UNIT]).abi("abi/current-memory").derived()
        .live("setmem {domain} {new}KiB --live --config")
        .note("Absent, 0 or too much means all of `memory`. Compared for save images and snapshots, not for migration."),
    elem("blkiotune", &[&BLKIOTUNE]).rule("host-side/tuning"),
    elem("memtune", &[&MEMTUNE]).rule("host-side/tuning"),
    elem("memoryBacking", &[&MEMORY_BACKING]).rule("host-side/memory"),
    text("vcpu", NUMBER, &[&VCPU]).abi("abi/vcpu-max").default_is("1")
        .note("`virsh setvcpus --maximum --config` sets it for the next start."),
    elem("vcpus", &[&VCPUS]).rule("abi/vcpu-online")
        .note("Absent means that the first `vcpu/@current` are online."),
    text("iothreads", NUMBER, &[]).rule("host-side/tuning").derived()
        .note("Without `iothreadids` they are numbered from 1; `virsh iothreadadd` and `iothreaddel` change their number."),
    elem("iothreadids", &[&IOTHREADIDS]).rule("host-side/tuning"),
    elem("defaultiothread", &[&DEFAULTIOTHREAD]).rule("host-side/tuning").since(V9_0),
    elem("cputune", &[&CPUTUNE]).rule("host-side/tuning"),
    elem("numatune", &[&NUMATUNE]).rule("host-side/tuning"),
    elem("resource", &[&RESOURCE]).rule("host-side/tuning"),
    elem("sysinfo", &[&SYSINFO]).abi("abi/sysinfo").keys(&["@type"]).ordered()
        .note("Counted, and compared pair by pair in document order."),
    text("bootloader", TEXT, &[]).rule("host-side/boot"),
    text("bootloader_args", TEXT, &[]).rule("host-side/boot"),
    elem("os", &[&OS]).rule("host-side/boot"),
    elem("idmap", &[&IDMAP]).rule("host-side/container"),
    elem("features", &[&FEATURES]).rule("abi/feature"),
    elem("cpu", &[&CPU]).abi("abi/cpu-presence").derived()
        .note("On x86, s390 and ppc64 an absent or model-less one gets the machine's default model at define."),
    elem("clock", &[&CLOCK]).rule("abi-plus/clock"),
    text("on_poweroff", one_of(&["destroy", "restart", "preserve", "rename-restart"]), &[]).default_is("destroy")
        .rule("change/lifecycle").live("set-lifecycle-action {domain} poweroff {new} --live --config"),
    text("on_reboot", one_of(&["destroy", "restart", "preserve", "rename-restart"]), &[]).default_is("restart")
        .rule("change/lifecycle").live("set-lifecycle-action {domain} reboot {new} --live --config"),
    text("on_crash", one_of(&["destroy", "restart", "preserve", "rename-restart", "coredump-destroy", "coredump-restart", "preserve-running"]), &[]).default_is("destroy")
        .rule("change/lifecycle").live("set-lifecycle-action {domain} crash {new} --live --config"),
    text("on_lockfailure", one_of(&["poweroff", "restart", "pause", "ignore"]), &[]).rule("change/lifecycle"),
    elem("pm", &[&PM]).rule("abi-plus/pm"),
    elem("perf", &[&PERF]).rule("host-side/tuning"),
    elem("throttlegroups", &[&THROTTLEGROUPS]).rule("host-side/tuning").since(V12_8),
    elem("iommufd", &[&IOMMUFD]).rule("host-side/passthrough").since(V12_8),
    elem("devices", &[&DEVICES]).rule("change/domain"),
    elem("seclabel", &[&SECLABEL]).rule("host-side/security").keys(&["@model"]),
    elem("keywrap", &[&KEYWRAP]).rule("abi-plus/launch-security"),
    elem("launchSecurity", &[&LAUNCH_SECURITY]).rule("abi-plus/launch-security"),
    elem("qemu:commandline", &[&QEMU_COMMANDLINE]).rule("abi/qemu-commandline"),
    elem("qemu:capabilities", &[&QEMU_CAPABILITIES]).rule("abi/qemu-commandline"),
    elem("qemu:override", &[&QEMU_OVERRIDE]).rule("abi/qemu-commandline").since(V9_0),
    elem("qemu:deprecation", &[&QEMU_DEPRECATION]).rule("host-side/emulator"),
    elem("lxc:namespace", &[&LXC_NAMESPACE]).rule("host-side/container"),
    elem("xen:commandline", &[&XEN_COMMANDLINE]).rule("host-side/emulator"),
    elem("bhyve:commandline", &[&BHYVE_COMMANDLINE]).rule("host-side/emulator"),
    text("vmware:datacenterpath", TEXT, &[]).rule("host-side/emulator"),
}

/// The root of the table: the row of `domain`.
pub static DOMAIN: Field = elem("domain", &[&DOMAIN_ROWS])
    .rule("change/domain")
    .restart();
