//! Guests that move: the kinds that there are, and those near something that would stop them.

use super::case::{COPIED, Case, Guest, IMAGE_HERE, QCOW2, disk, domain, with};
use super::hosts::Side::{Dst, Src};

const CDROM: &str = "<disk type='file' device='cdrom'>
  <driver name='qemu' type='raw'/><source file='$LOCAL/$NAME.iso'/>
  <target dev='hda' bus='ide'/><readonly/></disk>";

const NETWORK: &str = "<interface type='network'><source network='$NAME'/></interface>";

pub(crate) static CASES: &[Case] = &[
    Case {
        name: "pc",
        ..Case::PLAIN
    },
    Case {
        name: "q35",
        guest: Guest {
            machine: "q35",
            ..Guest::PLAIN
        },
        ..Case::PLAIN
    },
    Case {
        name: "qcow2-on-a-backing-file",
        guest: disk(QCOW2),
        before: &[(
            Src,
            "qemu-img create -q -f qcow2 -b $NAME.img -F raw $SHARED/$NAME.qcow2",
        )],
        ..Case::PLAIN
    },
    Case {
        name: "backing-file-on-both",
        guest: disk(QCOW2),
        before: &[
            (
                Src,
                "cp $IMAGE $LOCAL/; qemu-img create -q -f qcow2 -b $LOCAL/$NAME.img -F raw $SHARED/$NAME.qcow2",
            ),
            (Dst, "cp $IMAGE $LOCAL/"),
        ],
        ..Case::PLAIN
    },
    Case {
        name: "many-disks",
        guest: Guest {
            machine: "q35",
            domain: "<iothreads>1</iothreads>",
            ..with(
                "<iommu model='intel'/><controller type='scsi' model='virtio-scsi'/>
                 <disk type='file' device='disk'>
                   <driver name='qemu' type='raw' cache='writeback' iothread='1'/>
                   <source file='$SHARED/$NAME-b'/><target dev='vdb' bus='virtio'/></disk>
                 <disk type='file' device='disk'><driver name='qemu' type='raw'/>
                   <source file='$SHARED/$NAME-c'/><target dev='sda' bus='sata'/></disk>
                 <disk type='file' device='disk'><driver name='qemu' type='raw'/>
                   <source file='$SHARED/$NAME-d'/><target dev='sdb' bus='scsi'/></disk>",
            )
        },
        before: &[(
            Src,
            "truncate -s 1M $SHARED/$NAME-b $SHARED/$NAME-c $SHARED/$NAME-d",
        )],
        ..Case::PLAIN
    },
    Case {
        name: "bridge",
        guest: with(
            "<interface type='bridge'><source bridge='br-0'/><model type='virtio'/></interface>",
        ),
        before: &[(Src, "bridge br-0"), (Dst, "bridge br-0")],
        ..Case::PLAIN
    },
    Case {
        name: "network",
        guest: with(NETWORK),
        before: &[(Src, "network $NAME br-1"), (Dst, "network $NAME br-1")],
        ..Case::PLAIN
    },
    Case {
        name: "network-of-another-bridge",
        guest: with(NETWORK),
        before: &[
            (
                Src,
                "bridge br-here; network $NAME br-here \"<forward mode='bridge'/>\"",
            ),
            (
                Dst,
                "bridge br-there; network $NAME br-there \"<forward mode='bridge'/>\"",
            ),
        ],
        ..Case::PLAIN
    },
    Case {
        name: "network-without-port-group",
        guest: with(
            "<interface type='network'><source network='$NAME' portgroup='blue'/></interface>",
        ),
        before: &[
            (Src, "network $NAME br-2 \"<portgroup name='blue'/>\""),
            (Dst, "network $NAME br-2"),
        ],
        ..Case::PLAIN
    },
    Case {
        name: "vnc",
        guest: with(
            "<graphics type='vnc' autoport='yes' passwd='hidden' listen='0.0.0.0'/>
             <video><model type='vga'/></video>",
        ),
        ..Case::PLAIN
    },
    Case {
        name: "vnc-listen-rewritten",
        guest: with("<graphics type='vnc' autoport='yes' listen='10.77.1.1'/>"),
        edit: Some(("10.77.1.1", "10.77.1.2")),
        ..Case::PLAIN
    },
    Case {
        name: "spice",
        guest: with(
            "<graphics type='spice' autoport='yes'/><video><model type='qxl'/></video>
             <channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>",
        ),
        ..Case::PLAIN
    },
    Case {
        name: "tpm",
        guest: Guest {
            machine: "q35",
            ..with(
                "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>",
            )
        },
        ..Case::PLAIN
    },
    Case {
        name: "usb-sound-watchdog",
        guest: Guest {
            machine: "q35",
            ..with(
                "<controller type='usb' model='qemu-xhci'/><input type='tablet' bus='usb'/>
                 <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>
                 <sound model='ich9'/><serial type='pty'/><console type='pty'/>
                 <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
                 <watchdog model='i6300esb' action='reset'/>",
            )
        },
        ..Case::PLAIN
    },
    Case {
        name: "ports",
        guest: with(
            "<serial type='tcp'><source mode='bind' host='0.0.0.0' service='4556'/>
               <protocol type='raw'/></serial>
             <serial type='file'><source path='$LOCAL/$NAME.log'/></serial>
             <parallel type='null'/>
             <channel type='unix'><source mode='bind' path='$LOCAL/$NAME.sock'/>
               <target type='virtio' name='x'/></channel>",
        ),
        ..Case::PLAIN
    },
    Case {
        name: "cdrom-optional",
        guest: with(
            "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>
               <source file='$LOCAL/$NAME.iso' startupPolicy='optional'/>
               <target dev='hda' bus='ide'/><readonly/></disk>",
        ),
        before: &[(Src, "truncate -s 1M $LOCAL/$NAME.iso")],
        ..Case::PLAIN
    },
    Case {
        name: "cdrom-ejected",
        guest: with(CDROM),
        before: &[(Src, "truncate -s 1M $LOCAL/$NAME.iso")],
        running: &[(Src, "virsh change-media $NAME hda --eject --live")],
        ..Case::PLAIN
    },
    Case {
        name: "cdrom-taken-out",
        guest: with(CDROM),
        before: &[(Src, "truncate -s 1M $LOCAL/$NAME.iso")],
        edit: Some(("<source file='$LOCAL/$NAME.iso'/>", "")),
        ..Case::PLAIN
    },
    Case {
        name: "cdrom-requisite",
        guest: with(
            "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>
               <source file='$LOCAL/$NAME.iso' startupPolicy='requisite'/>
               <target dev='hda' bus='ide'/><readonly/></disk>",
        ),
        before: &[(Src, "truncate -s 1M $LOCAL/$NAME.iso")],
        ..Case::PLAIN
    },
    Case {
        name: "shareable-disk",
        guest: with(
            "<disk type='file' device='disk'><driver name='qemu' type='raw'/>
             <source file='$SHARED/$NAME-b'/><target dev='vdb' bus='virtio'/><shareable/></disk>",
        ),
        before: &[(Src, "truncate -s 1M $SHARED/$NAME-b")],
        ..Case::PLAIN
    },
    Case {
        name: "network-disk",
        guest: with(
            "<disk type='network' device='disk'><driver name='qemu' type='raw'/>
             <source protocol='nbd' name='x'><host name='10.77.1.1' port='10809'/></source>
             <target dev='vdb' bus='virtio'/></disk>",
        ),
        before: &[(
            Src,
            "truncate -s 1M $LOCAL/$NAME-b
             qemu-nbd --fork -t -e 8 -f raw -x x -b 10.77.1.1 $LOCAL/$NAME-b > /dev/null 2>&1",
        )],
        ..Case::PLAIN
    },
    Case {
        name: "shmem-master",
        guest: with(
            "<shmem name='$NAME' role='master'><model type='ivshmem-plain'/>
             <size unit='M'>1</size></shmem>",
        ),
        ..Case::PLAIN
    },
    Case {
        name: "9p-not-mounted",
        guest: with(
            "<filesystem type='mount' accessmode='passthrough'><source dir='$SHARED'/>
             <target dir='share'/></filesystem>",
        ),
        ..Case::PLAIN
    },
    Case {
        name: "pool-runs",
        guest: with(
            "<disk type='volume' device='disk'><driver name='qemu' type='raw'/>
             <source pool='$NAME' volume='v'/><target dev='vdb' bus='virtio'/></disk>",
        ),
        before: &[
            (
                Src,
                "mkdir $SHARED/$NAME; truncate -s 1M $SHARED/$NAME/v; pool $NAME $SHARED/$NAME",
            ),
            (Dst, "pool $NAME $SHARED/$NAME"),
        ],
        ..Case::PLAIN
    },
    Case {
        name: "tpm-secret-there",
        guest: with(
            "<tpm model='tpm-tis'><backend type='emulator' version='2.0'>
             <encryption secret='6f1de8a8-0b0c-4c5f-8a70-c44b10e7a001'/></backend></tpm>",
        ),
        before: &[
            (Src, "secret 6f1de8a8-0b0c-4c5f-8a70-c44b10e7a001 hidden"),
            (Dst, "secret 6f1de8a8-0b0c-4c5f-8a70-c44b10e7a001 hidden"),
        ],
        ..Case::PLAIN
    },
    Case {
        name: "cpu-named",
        guest: domain(
            "<cpu mode='custom' match='exact'><model fallback='forbid'>Westmere</model></cpu>",
        ),
        ..Case::PLAIN
    },
    Case {
        name: "cpu-host-model",
        guest: domain("<cpu mode='host-model'/>"),
        ..Case::PLAIN
    },
    Case {
        name: "cpu-maximum",
        guest: domain("<cpu mode='maximum'/>"),
        ..Case::PLAIN
    },
    Case {
        name: "cpu-not-checked",
        guest: domain(
            "<cpu mode='custom' match='exact' check='none'>
             <model fallback='forbid'>Westmere</model>
             <feature policy='require' name='avx512f'/></cpu>",
        ),
        ..Case::PLAIN
    },
    Case {
        name: "cpuset-rewritten",
        edit: Some((
            "<vcpu placement='static'>",
            "<vcpu placement='static' cpuset='0'>",
        )),
        ..Case::PLAIN
    },
    Case {
        name: "emulator-rewritten",
        guest: with("<emulator>$LOCAL/qemu-mine</emulator>"),
        before: &[(Src, "emulator $LOCAL/qemu-mine")],
        edit: Some(("$LOCAL/qemu-mine", "/usr/bin/qemu-system-x86_64")),
        ..Case::PLAIN
    },
    Case {
        name: "flash-firmware",
        guest: Guest {
            os: "<loader readonly='yes' type='pflash'>$SHARED/$NAME.code</loader>
                 <nvram template='$SHARED/$NAME.code'>$LOCAL/$NAME.vars</nvram>",
            ..Guest::PLAIN
        },
        before: &[(Src, "cp $FIRMWARE/bios-256k.bin $SHARED/$NAME.code")],
        ..Case::PLAIN
    },
    Case {
        name: "memory-plugged",
        guest: domain(
            "<maxMemory slots='2' unit='MiB'>512</maxMemory>
             <cpu><numa><cell id='0' cpus='0' memory='16' unit='MiB'/></numa></cpu>",
        ),
        running: &[(
            Src,
            "virsh attach-device $NAME --live <(echo \"<memory model='dimm'><target>
               <size unit='MiB'>128</size><node>0</node></target></memory>\")",
        )],
        ..Case::PLAIN
    },
    Case {
        name: "devices-plugged",
        running: &[(
            Src,
            "truncate -s 1M $SHARED/$NAME-b
             virsh attach-disk $NAME $SHARED/$NAME-b vdb --live --subdriver raw
             virsh attach-device $NAME --live <(echo \"<interface type='user'/>\")
             virsh setmem $NAME 14M --live",
        )],
        ..Case::PLAIN
    },
    Case {
        name: "paused",
        running: &[(Src, "virsh suspend $NAME")],
        ..Case::PLAIN
    },
    Case {
        name: "persistent",
        start: "virsh define $XML; virsh start $NAME",
        flags: "--live --persistent --undefinesource",
        told: "--persistent",
        ..Case::PLAIN
    },
    Case {
        name: "defined-on-both",
        before: &[(Dst, "virsh define $XML")],
        start: "virsh define $XML; virsh start $NAME",
        ..Case::PLAIN
    },
    Case {
        name: "offline",
        start: "virsh define $XML",
        flags: "--offline --persistent",
        told: "--offline --persistent",
        ..Case::PLAIN
    },
    Case {
        name: "offline-without-image",
        guest: disk(IMAGE_HERE),
        before: &[(Src, "cp $IMAGE $LOCAL/")],
        start: "virsh define $XML",
        flags: "--offline --persistent",
        told: "--offline --persistent",
        ..Case::PLAIN
    },
    Case {
        name: "checkpoint",
        guest: disk(QCOW2),
        before: &[(Src, "qemu-img convert -O qcow2 $IMAGE $SHARED/$NAME.qcow2")],
        start: "virsh define $XML; virsh start $NAME",
        running: &[(Src, "virsh checkpoint-create-as $NAME c1")],
        ..Case::PLAIN
    },
    Case {
        name: "unsafe",
        guest: disk(IMAGE_HERE),
        before: COPIED,
        flags: "--live --unsafe",
        told: "--unsafe",
        ..Case::PLAIN
    },
    Case {
        name: "copy",
        guest: disk(IMAGE_HERE),
        before: COPIED,
        flags: "--live --copy-storage-all",
        told: "--storage copy",
        ..Case::PLAIN
    },
    Case {
        name: "copy-into-a-pool",
        guest: disk(
            "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
             <source file='$LOCAL/$NAME/a.qcow2'/><target dev='vda' bus='virtio'/></disk>",
        ),
        before: &[
            (
                Src,
                "mkdir $LOCAL/$NAME; qemu-img convert -O qcow2 $IMAGE $LOCAL/$NAME/a.qcow2",
            ),
            (Dst, "pool $NAME $LOCAL/$NAME"),
        ],
        flags: "--live --copy-storage-all",
        told: "--storage copy",
        ..Case::PLAIN
    },
    Case {
        name: "postcopy",
        flags: "--live --postcopy --postcopy-after-precopy",
        told: "--postcopy",
        ..Case::PLAIN
    },
    Case {
        name: "tunnelled",
        flags: "--live --p2p --tunnelled",
        told: "--tunnelled",
        ..Case::PLAIN
    },
];
