//! Fields that the guest does not see while it runs.

use super::Rule;
use crate::report::{EnforcedBy, Impact, Level};

const fn host(
    id: &'static str,
    impact: Impact,
    why: &'static str,
    help: &'static str,
    example: &'static str,
) -> Rule {
    Rule {
        id,
        level: Level::Info,
        impact,
        enforced_by: EnforcedBy::Nobody,
        why,
        help,
        source: "libvirt formatdomain; not compared by virDomainDefCheckABIStability",
        example,
        ..Rule::BASE
    }
}

pub(super) static RULES: &[Rule] = &[
    host(
        "change/alias",
        Impact::Cosmetic,
        "A user's name for a device, by which management tools find it.",
        "update whatever finds the device by this name",
        "- <disk type='file' device='disk'><alias name='ua-one'/><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>\n+ <disk type='file' device='disk'><alias name='ua-two'/><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>",
    ),
    host(
        "change/domain",
        Impact::Restart,
        "It says how the hypervisor is to treat the whole domain.",
        "check what the hypervisor makes of it",
        "",
    ),
    host(
        "change/lifecycle",
        Impact::HostSide,
        "It decides what happens to the guest when it shuts down, reboots or crashes.",
        "check that management tools expect the new action",
        "- <on_crash>destroy</on_crash>\n+ <on_crash>restart</on_crash>",
    ),
    host(
        "change/metadata",
        Impact::Cosmetic,
        "Management tools keep their own notes here; the guest does not see them.",
        "check that the tool which owns the notes agrees",
        "- <metadata><m:note xmlns:m='http://example.org/note'>one</m:note></metadata>\n+ <metadata><m:note xmlns:m='http://example.org/note'>two</m:note></metadata>",
    ),
    host(
        "change/runtime",
        Impact::Cosmetic,
        "Only a running domain's XML has it.",
        "compare inactive definitions (`virsh dumpxml --inactive`)",
        "",
    ),
    host(
        "change/title",
        Impact::Cosmetic,
        "Text for people.",
        "nothing to do",
        "- <title>one</title>\n+ <title>two</title>",
    ),
    host(
        "host-side/audio",
        Impact::HostSide,
        "It decides where the guest's sound goes on the host.",
        "check that the destination has the same sound service",
        "- <audio id='1' type='none'/>\n+ <audio id='1' type='pulseaudio'/>",
    ),
    host(
        "host-side/boot",
        Impact::Restart,
        "The files are read at the next start of the guest.",
        "put the same files on the destination",
        "- <kernel>/vms/one</kernel>\n+ <kernel>/vms/two</kernel>",
    ),
    host(
        "host-side/chardev",
        Impact::HostSide,
        "It decides what is behind the guest's port on the host.",
        "check that path, address or service exists on the destination",
        "- <serial type='pty'><target type='isa-serial' port='0'/></serial>\n+ <serial type='file'><source path='/var/log/guest.log'/><target type='isa-serial' port='0'/></serial>",
    ),
    host(
        "host-side/container",
        Impact::Restart,
        "It is a setting of containers.",
        "restart the container",
        "- <init>/sbin/init</init>\n+ <init>/bin/sh</init>",
    ),
    host(
        "host-side/emulator",
        Impact::Restart,
        "Another QEMU binary runs the guest from the next start on; machine types and devices it knows may differ.",
        "check that the destination has this binary and that it knows the guest's machine type",
        "- <emulator>/usr/bin/qemu-system-x86_64</emulator>\n+ <emulator>/usr/libexec/qemu-kvm</emulator>",
    ),
    host(
        "host-side/graphics",
        Impact::HostSide,
        "It decides how the guest's display is reached.",
        "tell those who connect to the display",
        "- <graphics type='vnc' port='5900' autoport='no'/>\n+ <graphics type='vnc' port='5901' autoport='no'/>",
    ),
    host(
        "host-side/memory",
        Impact::Restart,
        "It decides where the host takes the guest's memory from.",
        "check that the destination has such memory (huge pages, NUMA nodes)",
        "- <memoryBacking><nosharepages/></memoryBacking>\n+ <memoryBacking><hugepages/></memoryBacking>",
    ),
    host(
        "host-side/network",
        Impact::HostSide,
        "It decides which network of the host the card is connected to.",
        "check that the destination has the same bridge or network",
        "- <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><model type='virtio'/></interface>\n+ <interface type='network'><mac address='52:54:00:11:22:33'/><source network='lan'/><model type='virtio'/></interface>",
    ),
    host(
        "host-side/passthrough",
        Impact::Destination,
        "It decides which device of the host the guest gets.",
        "check that the destination has this device, free and of the same kind",
        "- <hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product id='0xbeef'/></source></hostdev>\n+ <hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product id='0xbee0'/></source></hostdev>",
    ),
    host(
        "host-side/security",
        Impact::Restart,
        "It decides which labels and rights the guest's process and files have on the host.",
        "check that the destination uses the same security driver",
        "- <seclabel type='none'/>\n+ <seclabel type='dynamic' model='selinux' relabel='yes'/>",
    ),
    host(
        "host-side/storage",
        Impact::HostSide,
        "It decides which data is behind the disk and how the host reads and writes it.",
        "check that the new source holds the guest's data and can be reached from the destination",
        "- <disk type='file' device='disk'><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>\n+ <disk type='file' device='disk'><source file='/vms/b.img'/><target dev='vda' bus='virtio'/></disk>",
    ),
    host(
        "host-side/tuning",
        Impact::HostSide,
        "It decides which share of the host the guest gets.",
        "check that the destination has these CPUs and nodes",
        "- <cputune><shares>1024</shares></cputune>\n+ <cputune><shares>2048</shares></cputune>",
    ),
    Rule {
        id: "change/no-longer-pinned",
        level: Level::Info,
        impact: Impact::Restart,
        enforced_by: EnforcedBy::Nobody,
        why: "The new definition leaves it to libvirt or the host, which choose again when it is defined.",
        help: "write the old value into the new definition",
        source: "libvirt virDomainDefPostParse",
        example: "- <cpu match='exact'><model>z14</model></cpu>",
        ..Rule::BASE
    },
    Rule {
        id: "change/unmodelled",
        level: Level::Info,
        impact: Impact::Restart,
        enforced_by: EnforcedBy::Nobody,
        why: "domdiff does not know this element or attribute, and libvirt drops what it does not know.",
        help: "check its spelling and the libvirt release it needs",
        source: "libvirt RNG schema",
        example: "- <disk type='file' device='disk'><shiny/><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>\n+ <disk type='file' device='disk'><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>",
        ..Rule::BASE
    },
];
