//! Guests that do not move, each for another reason.

use super::case::{
    COPIED, Case, Guest, IMAGE_HERE, QCOW2, disk, domain, libvirt, qemu, tail, with,
};
use super::hosts::Side::{Dst, Src};

const NETWORK: &str = "<interface type='network'><source network='$NAME'/></interface>";

const VOLUME: &str = "<disk type='volume' device='disk'><driver name='qemu' type='raw'/>
  <source pool='$NAME' volume='v'/><target dev='vdb' bus='virtio'/></disk>";

const VOLUME_HERE: &str =
    "mkdir $SHARED/$NAME; truncate -s 1M $SHARED/$NAME/v; pool $NAME $SHARED/$NAME";

const ONLY_HERE: &str = "cp $IMAGE $LOCAL/";

pub(crate) static CASES: &[Case] = &[
    // Images.
    Case {
        name: "image-missing",
        guest: with(
            "<disk type='file' device='disk'><driver name='qemu' type='raw'/>
             <source file='$SHARED/sub/b'/><target dev='vdb' bus='virtio'/></disk>",
        ),
        before: &[
            (Src, "mkdir $SHARED/sub; truncate -s 1M $SHARED/sub/b"),
            (Dst, "mount -t tmpfs none $SHARED/sub"),
        ],
        after: &[(Dst, "umount $SHARED/sub")],
        expected: libvirt("host/disk-source-missing", "Cannot access storage file"),
        ..Case::PLAIN
    },
    Case {
        name: "backing-file-missing",
        guest: disk(QCOW2),
        before: &[(
            Src,
            "cp $IMAGE $LOCAL/; qemu-img create -q -f qcow2 -b $LOCAL/$NAME.img -F raw $SHARED/$NAME.qcow2",
        )],
        expected: libvirt("host/disk-source-missing", "Cannot access backing file"),
        ..Case::PLAIN
    },
    Case {
        name: "cdrom-missing",
        guest: with(
            "<disk type='file' device='cdrom'><driver name='qemu' type='raw'/>
             <source file='$LOCAL/$NAME.iso'/><target dev='hda' bus='ide'/><readonly/></disk>",
        ),
        before: &[(Src, "truncate -s 1M $LOCAL/$NAME.iso")],
        expected: libvirt("host/disk-source-missing", "Cannot access storage file"),
        ..Case::PLAIN
    },
    Case {
        name: "floppy-missing",
        guest: with(
            "<disk type='file' device='floppy'><driver name='qemu' type='raw'/>
             <source file='$LOCAL/$NAME.flp'/><target dev='fda' bus='fdc'/></disk>",
        ),
        before: &[(Src, "truncate -s 1440K $LOCAL/$NAME.flp")],
        flags: "--live --unsafe",
        told: "--unsafe",
        expected: libvirt("host/disk-source-missing", "Cannot access storage file"),
        ..Case::PLAIN
    },
    Case {
        name: "readonly-missing",
        guest: with(
            "<disk type='file' device='disk'><driver name='qemu' type='raw'/>
             <source file='$LOCAL/$NAME.ro'/><target dev='vdb' bus='virtio'/><readonly/></disk>",
        ),
        before: &[(Src, "truncate -s 1M $LOCAL/$NAME.ro")],
        expected: libvirt("host/disk-source-missing", "Cannot access storage file"),
        ..Case::PLAIN
    },
    Case {
        name: "image-not-shared",
        guest: disk(IMAGE_HERE),
        before: COPIED,
        expected: libvirt("disk/local-storage", "Unsafe migration"),
        ..Case::PLAIN
    },
    Case {
        name: "transient-disk",
        guest: with(
            "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/>
             <source file='$SHARED/$NAME.qcow2'/><target dev='vdb' bus='virtio'/><transient/></disk>",
        ),
        before: &[(Src, "qemu-img create -q -f qcow2 $SHARED/$NAME.qcow2 1M")],
        expected: libvirt("disk/transient", "transient disk is not supported"),
        ..Case::PLAIN
    },
    Case {
        name: "image-format",
        guest: with(
            "<disk type='file' device='disk'><driver name='qemu' type='vmdk'/>
             <source file='$SHARED/b.vmdk'/><target dev='vdb' bus='virtio'/></disk>",
        ),
        before: &[(Src, "qemu-img create -q -f vmdk $SHARED/b.vmdk 1M")],
        expected: qemu("disk/image-format", "does not support live migration"),
        ..Case::PLAIN
    },
    Case {
        name: "image-format-below",
        guest: disk(QCOW2),
        before: &[(
            Src,
            "qemu-img convert -O vdi $IMAGE $SHARED/below.vdi
             qemu-img create -q -f qcow2 -b below.vdi -F vdi $SHARED/$NAME.qcow2",
        )],
        expected: qemu("disk/image-format", "does not support live migration"),
        ..Case::PLAIN
    },
    Case {
        name: "image-format-qcow",
        guest: with(
            "<disk type='file' device='disk'><driver name='qemu' type='qcow'/>
             <source file='$SHARED/b.qcow'/><target dev='vdb' bus='virtio'/></disk>",
        ),
        before: &[(Src, "qemu-img create -q -f qcow $SHARED/b.qcow 1M")],
        expected: qemu("disk/image-format", "does not support live migration"),
        ..Case::PLAIN
    },
    Case {
        name: "block-job",
        guest: disk(
            "<disk type='file' device='disk'><driver name='qemu' type='raw'/>
             <source file='$SHARED/$NAME.img'/><target dev='vda' bus='virtio'/></disk>",
        ),
        running: &[(
            Src,
            "virsh blockcopy $NAME vda $SHARED/$NAME.copy --format raw --transient-job; sleep 1",
        )],
        expected: libvirt("disk/block-job", "active block job"),
        ..Case::PLAIN
    },
    Case {
        name: "nvme",
        guest: tail(
            "<qemu:commandline>
               <qemu:arg value='-drive'/><qemu:arg value='file=/dev/null,if=none,id=n0,format=raw'/>
               <qemu:arg value='-device'/><qemu:arg value='nvme,serial=x,drive=n0,addr=0x1d'/>
             </qemu:commandline>",
        ),
        expected: qemu("disk/bus-nvme", "non-migratable device"),
        ..Case::PLAIN
    },
    Case {
        name: "pool-missing",
        guest: with(VOLUME),
        before: &[(Src, VOLUME_HERE)],
        expected: libvirt("host/pool-volume", "Storage pool not found"),
        ..Case::PLAIN
    },
    Case {
        name: "pool-stopped",
        guest: with(VOLUME),
        before: &[
            (Src, VOLUME_HERE),
            (Dst, "pool $NAME $SHARED/$NAME define"),
        ],
        expected: libvirt("host/pool-volume", "is not active"),
        ..Case::PLAIN
    },
    Case {
        name: "volume-missing",
        guest: with(VOLUME),
        before: &[(Src, VOLUME_HERE), (Dst, "pool $NAME $LOCAL/$NAME")],
        expected: libvirt("host/pool-volume", "Storage volume not found"),
        ..Case::PLAIN
    },
    Case {
        name: "volume-not-shared",
        guest: with(VOLUME),
        before: &[
            (
                Src,
                "mkdir $LOCAL/$NAME; truncate -s 1M $LOCAL/$NAME/v; pool $NAME $LOCAL/$NAME",
            ),
            (
                Dst,
                "mkdir $LOCAL/$NAME; truncate -s 1M $LOCAL/$NAME/v; pool $NAME $LOCAL/$NAME",
            ),
        ],
        expected: libvirt("disk/local-storage", "Unsafe migration"),
        ..Case::PLAIN
    },
    // Copied images.
    Case {
        name: "copy-into-smaller",
        guest: disk(IMAGE_HERE),
        before: &[
            (Src, ONLY_HERE),
            (Dst, "truncate -s 512K $LOCAL/$NAME.img"),
        ],
        flags: "--live --copy-storage-all",
        told: "--storage copy",
        expected: qemu("host/disk-size", "different sizes"),
        ..Case::PLAIN
    },
    Case {
        name: "copy-into-larger",
        guest: disk(IMAGE_HERE),
        before: &[(Src, ONLY_HERE), (Dst, "truncate -s 2M $LOCAL/$NAME.img")],
        flags: "--live --copy-storage-all",
        told: "--storage copy",
        expected: qemu("host/disk-size", "different sizes"),
        ..Case::PLAIN
    },
    Case {
        name: "copy-without-pool",
        guest: disk(IMAGE_HERE),
        before: &[(Src, ONLY_HERE)],
        flags: "--live --copy-storage-all",
        told: "--storage copy",
        expected: libvirt(
            "host/pool-for-precreate",
            "no storage pool with matching target path",
        ),
        ..Case::PLAIN
    },
    Case {
        name: "copy-incremental",
        guest: disk(IMAGE_HERE),
        before: &[(Src, ONLY_HERE)],
        flags: "--live --copy-storage-inc",
        told: "--storage copy --incremental",
        expected: libvirt("disk/copy-inc-no-target", "incremental storage migration"),
        ..Case::PLAIN
    },
    Case {
        name: "copy-tunnelled",
        guest: disk(IMAGE_HERE),
        before: COPIED,
        flags: "--live --p2p --tunnelled --copy-storage-all",
        told: "--tunnelled --storage copy",
        expected: libvirt("disk/copy-tunnelled", "'host' must not have null value"),
        ..Case::PLAIN
    },
    // Networks.
    Case {
        name: "bridge-missing",
        guest: with("<interface type='bridge'><source bridge='br-9'/></interface>"),
        before: &[(Src, "bridge br-9")],
        expected: libvirt("host/bridge", "Cannot get interface MTU"),
        ..Case::PLAIN
    },
    Case {
        name: "network-missing",
        guest: with(NETWORK),
        before: &[(Src, "network $NAME br-10")],
        expected: libvirt("host/network", "Network not found"),
        ..Case::PLAIN
    },
    Case {
        name: "network-stopped",
        guest: with(NETWORK),
        before: &[
            (Src, "network $NAME br-11"),
            (
                Dst,
                "virsh net-define <(echo \"<network><name>$NAME</name><bridge name='br-11'/></network>\")",
            ),
        ],
        expected: libvirt("host/network", "is not active"),
        ..Case::PLAIN
    },
    Case {
        name: "network-without-its-bridge",
        guest: with(NETWORK),
        before: &[
            (
                Src,
                "bridge br-12; network $NAME br-12 \"<forward mode='bridge'/>\"",
            ),
            (Dst, "network $NAME br-12 \"<forward mode='bridge'/>\""),
        ],
        expected: libvirt("host/network", "Cannot get interface MTU"),
        ..Case::PLAIN
    },
    Case {
        name: "filter-missing",
        guest: with(
            "<interface type='bridge'><source bridge='br-13'/><filterref filter='mine'/></interface>",
        ),
        before: &[
            (
                Src,
                "bridge br-13; virsh nwfilter-define <(echo \"<filter name='mine' chain='root'/>\")",
            ),
            (Dst, "bridge br-13"),
        ],
        expected: libvirt("host/nwfilter", "referenced filter 'mine' is missing"),
        ..Case::PLAIN
    },
    Case {
        name: "macvtap-device-missing",
        guest: with("<interface type='direct'><source dev='up0' mode='bridge'/></interface>"),
        before: &[(
            Src,
            "ip link add up0 type veth peer name up1; ip link set up0 up; ip link set up1 up",
        )],
        expected: libvirt("host/direct-dev", "Unable to get index for interface up0"),
        ..Case::PLAIN
    },
    // Displays and ports.
    Case {
        name: "vnc-listen",
        guest: with("<graphics type='vnc' autoport='yes' listen='10.77.1.1'/>"),
        expected: qemu("host/graphics-listen", "Cannot assign requested address"),
        ..Case::PLAIN
    },
    Case {
        name: "vnc-port",
        guest: with("<graphics type='vnc' port='5977' autoport='no' listen='127.0.0.1'/>"),
        before: &[(
            Dst,
            "guest other \"<graphics type='vnc' port='5977' autoport='no' listen='127.0.0.1'/>\"",
        )],
        after: &[(Dst, "virsh destroy other")],
        expected: libvirt("host/graphics-port", "Failed to reserve port"),
        ..Case::PLAIN
    },
    Case {
        name: "vnc-network",
        guest: with(
            "<graphics type='vnc' autoport='yes'><listen type='network' network='$NAME'/></graphics>",
        ),
        before: &[(
            Src,
            "network $NAME br-14 \"<dns enable='no'/><ip address='10.99.1.1' netmask='255.255.255.0'/>\"",
        )],
        expected: libvirt("host/graphics-listen-network", "Network not found"),
        ..Case::PLAIN
    },
    Case {
        name: "vnc-socket",
        guest: with(
            "<graphics type='vnc'><listen type='socket' socket='$LOCAL/displays/a.sock'/></graphics>",
        ),
        before: &[(Src, "mkdir $LOCAL/displays")],
        expected: qemu("host/chardev-path", "Failed to bind socket"),
        ..Case::PLAIN
    },
    Case {
        name: "spice-missing",
        guest: with("<graphics type='spice' autoport='yes'/>"),
        // libvirt asks QEMU anew where the folder of its modules is a newer one.
        before: &[(
            Dst,
            "cp -a $MODULES $LOCAL/modules; rm $LOCAL/modules/*spice*; touch $LOCAL/modules
             mount --bind $LOCAL/modules $MODULES",
        )],
        after: &[(Dst, "umount $MODULES")],
        expected: libvirt("host/graphics-type", "spice graphics are not supported"),
        ..Case::PLAIN
    },
    Case {
        name: "serial-bind",
        guest: with(
            "<serial type='tcp'><source mode='bind' host='10.77.1.1' service='4555'/>
             <protocol type='raw'/></serial>",
        ),
        expected: qemu("host/serial-listen", "Cannot assign requested address"),
        ..Case::PLAIN
    },
    Case {
        name: "serial-file",
        guest: with("<serial type='file'><source path='$LOCAL/logs/a.log'/></serial>"),
        before: &[(Src, "mkdir $LOCAL/logs")],
        expected: libvirt("host/chardev-path", "Failed to create file"),
        ..Case::PLAIN
    },
    Case {
        name: "serial-device",
        guest: with("<serial type='dev'><source path='$LOCAL/tty'/></serial>"),
        before: &[(Src, "mknod $LOCAL/tty c 1 3")],
        expected: libvirt("host/chardev-path", "unable to stat"),
        ..Case::PLAIN
    },
    Case {
        name: "serial-pipe",
        guest: with("<serial type='pipe'><source path='$LOCAL/a.pipe'/></serial>"),
        before: &[(Src, "mkfifo $LOCAL/a.pipe")],
        expected: libvirt("host/chardev-path", "unable to stat"),
        ..Case::PLAIN
    },
    Case {
        name: "channel-socket",
        guest: with(
            "<channel type='unix'><source mode='bind' path='$LOCAL/agents/a.sock'/>
             <target type='virtio' name='x'/></channel>",
        ),
        before: &[(Src, "mkdir $LOCAL/agents")],
        expected: libvirt("host/chardev-path", "Unable to bind to UNIX socket path"),
        ..Case::PLAIN
    },
    // Other devices.
    Case {
        name: "9p-folder-missing",
        guest: with(
            "<filesystem type='mount' accessmode='passthrough'><source dir='$LOCAL/share'/>
             <target dir='share'/></filesystem>",
        ),
        before: &[(Src, "mkdir $LOCAL/share")],
        expected: qemu("host/filesystem-source", "cannot initialize fsdev"),
        ..Case::PLAIN
    },
    Case {
        name: "virtiofs",
        guest: Guest {
            devices: "<filesystem type='mount'><driver type='virtiofs'/>
                        <source dir='$SHARED'/><target dir='share'/></filesystem>",
            ..domain("<memoryBacking><source type='memfd'/><access mode='shared'/></memoryBacking>")
        },
        expected: qemu("device/virtiofs", "vhost-user-fs"),
        ..Case::PLAIN
    },
    Case {
        name: "shmem-peer",
        guest: with(
            "<shmem name='$NAME' role='peer'><model type='ivshmem-plain'/>
             <size unit='M'>1</size></shmem>",
        ),
        expected: qemu("device/shmem-peer", "peer mode"),
        ..Case::PLAIN
    },
    Case {
        name: "crypto",
        guest: tail(
            "<qemu:commandline>
               <qemu:arg value='-object'/><qemu:arg value='cryptodev-backend-builtin,id=c0'/>
               <qemu:arg value='-device'/><qemu:arg value='virtio-crypto-pci,cryptodev=c0,addr=0x1e'/>
             </qemu:commandline>",
        ),
        expected: qemu("device/crypto", "non-migratable device"),
        ..Case::PLAIN
    },
    Case {
        name: "random-source-missing",
        guest: with("<rng model='virtio'><backend model='random'>$LOCAL/random</backend></rng>"),
        before: &[(Src, "mknod $LOCAL/random c 1 9")],
        expected: qemu("host/rng-backend", "Could not open"),
        ..Case::PLAIN
    },
    Case {
        name: "swtpm-missing",
        guest: with("<tpm model='tpm-tis'><backend type='emulator' version='2.0'/></tpm>"),
        before: &[(Dst, "mount --bind /dev/null /usr/bin/swtpm")],
        after: &[(Dst, "umount /usr/bin/swtpm")],
        expected: libvirt("host/tpm-model", "TPM version '2.0' is not supported"),
        ..Case::PLAIN
    },
    Case {
        name: "secret-missing",
        guest: with(
            "<tpm model='tpm-tis'><backend type='emulator' version='2.0'>
             <encryption secret='6f1de8a8-0b0c-4c5f-8a70-c44b10e7a002'/></backend></tpm>",
        ),
        before: &[(Src, "secret 6f1de8a8-0b0c-4c5f-8a70-c44b10e7a002 hidden")],
        expected: libvirt("host/secret", "no secret with matching uuid"),
        ..Case::PLAIN
    },
    Case {
        name: "secret-without-value",
        guest: with(
            "<tpm model='tpm-tis'><backend type='emulator' version='2.0'>
             <encryption secret='6f1de8a8-0b0c-4c5f-8a70-c44b10e7a003'/></backend></tpm>",
        ),
        before: &[
            (Src, "secret 6f1de8a8-0b0c-4c5f-8a70-c44b10e7a003 hidden"),
            (Dst, "secret 6f1de8a8-0b0c-4c5f-8a70-c44b10e7a003"),
        ],
        expected: libvirt("host/secret", "does not have a value"),
        ..Case::PLAIN
    },
    // Emulator, machine, firmware, CPU.
    Case {
        name: "emulator-missing",
        guest: with("<emulator>$LOCAL/qemu-here</emulator>"),
        before: &[(Src, "emulator $LOCAL/qemu-here")],
        expected: libvirt("host/emulator", "Cannot check QEMU binary"),
        ..Case::PLAIN
    },
    Case {
        name: "machine-missing",
        guest: Guest {
            machine: "pc-i440fx-2.4",
            ..Guest::PLAIN
        },
        // A QEMU in which that machine has another name.
        before: &[(
            Dst,
            "sed 's/pc-i440fx-2\\.4-machine/pc-i440fx-2.Z-machine/' $QEMU > $LOCAL/qemu-less
             chmod 755 $LOCAL/qemu-less; mount --bind $LOCAL/qemu-less $QEMU",
        )],
        after: &[(Dst, "umount $QEMU")],
        expected: libvirt("host/machine", "does not support machine type"),
        ..Case::PLAIN
    },
    Case {
        name: "cpu-feature-missing",
        guest: Guest {
            devices: "<emulator>$LOCAL/qemu-cpu</emulator>",
            ..domain(
                "<cpu mode='custom' match='exact' check='partial'>
                 <model fallback='forbid'>Westmere</model></cpu>",
            )
        },
        before: &[
            (Src, "emulator $LOCAL/qemu-cpu"),
            (
                Dst,
                "emulator $LOCAL/qemu-cpu -global x86_64-cpu.aes=off",
            ),
        ],
        expected: libvirt("host/cpu-missing-feature", "missing features: aes"),
        ..Case::PLAIN
    },
    Case {
        name: "kernel-missing",
        guest: Guest {
            os: "<kernel>$LOCAL/kernel</kernel>",
            ..Guest::PLAIN
        },
        before: &[(Src, "head -c 8192 /dev/zero > $LOCAL/kernel")],
        start: "virsh create --paused $XML",
        expected: libvirt("host/boot-file-missing", "unable to stat"),
        ..Case::PLAIN
    },
    Case {
        name: "firmware-missing",
        guest: Guest {
            os: "<loader type='rom'>$LOCAL/bios.bin</loader>",
            ..Guest::PLAIN
        },
        before: &[(Src, "cp $FIRMWARE/bios-256k.bin $LOCAL/bios.bin")],
        expected: qemu("host/loader", "could not load PC BIOS"),
        ..Case::PLAIN
    },
    Case {
        name: "firmware-of-another-size",
        guest: Guest {
            os: "<loader readonly='yes' type='pflash'>$LOCAL/$NAME.code</loader>
                 <nvram template='$SHARED/$NAME.vars'>$LOCAL/$NAME.vars</nvram>",
            ..Guest::PLAIN
        },
        before: &[
            (
                Src,
                "cp $FIRMWARE/bios-256k.bin $LOCAL/$NAME.code; cp $LOCAL/$NAME.code $SHARED/$NAME.vars",
            ),
            (Dst, "cp $FIRMWARE/bios.bin $LOCAL/$NAME.code"),
        ],
        expected: qemu("host/loader-size", "Size mismatch: system.flash0"),
        ..Case::PLAIN
    },
    Case {
        name: "variables-template-missing",
        guest: Guest {
            os: "<loader readonly='yes' type='pflash'>$SHARED/$NAME.code</loader>
                 <nvram template='$LOCAL/$NAME.template'>$LOCAL/$NAME.vars</nvram>",
            ..Guest::PLAIN
        },
        before: &[(
            Src,
            "cp $FIRMWARE/bios-256k.bin $SHARED/$NAME.code; cp $SHARED/$NAME.code $LOCAL/$NAME.template",
        )],
        expected: libvirt("host/nvram-template", "Failed to open file"),
        ..Case::PLAIN
    },
    Case {
        name: "rom-file-missing",
        guest: with(
            "<interface type='user'><model type='virtio'/><rom file='$LOCAL/card.rom'/></interface>",
        ),
        before: &[(Src, "cp $FIRMWARE/vgabios-stdvga.bin $LOCAL/card.rom")],
        expected: qemu("host/boot-file-missing", "failed to find romfile"),
        ..Case::PLAIN
    },
    // What is tied to a host by --xml.
    Case {
        name: "cpuset",
        edit: Some((
            "<vcpu placement='static'>",
            "<vcpu placement='static' cpuset='4000'>",
        )),
        expected: libvirt("host/cpuset", "cannot set CPU affinity"),
        ..Case::PLAIN
    },
    Case {
        name: "numa-node-missing",
        edit: Some((
            "<os>",
            "<numatune><memory mode='strict' nodeset='63'/></numatune><os>",
        )),
        expected: libvirt("host/numa-nodeset", "NUMA node 63 is unavailable"),
        ..Case::PLAIN
    },
    Case {
        name: "huge-pages",
        edit: Some((
            "<os>",
            "<memoryBacking><hugepages/></memoryBacking><os>",
        )),
        expected: libvirt("host/hugetlbfs-mount", "hugetlbfs"),
        ..Case::PLAIN
    },
    Case {
        name: "security-driver",
        edit: Some((
            "</devices>",
            "</devices><seclabel type='dynamic' model='selinux' relabel='yes'/>",
        )),
        expected: libvirt("host/secmodel", "is not available"),
        ..Case::PLAIN
    },
    // What the guest would see, by --xml.
    Case {
        name: "abi-mac",
        guest: with("<interface type='user'><mac address='52:54:00:aa:bb:01'/></interface>"),
        edit: Some(("52:54:00:aa:bb:01", "52:54:00:aa:bb:02")),
        expected: libvirt("abi/interface", "Target network card mac"),
        ..Case::PLAIN
    },
    Case {
        name: "abi-user-network",
        guest: with("<interface type='user'><mac address='52:54:00:aa:bb:01'/></interface>"),
        before: &[(Src, "bridge br-15"), (Dst, "bridge br-15")],
        edit: Some((
            "<interface type='user'>",
            "<interface type='bridge'><source bridge='br-15'/>",
        )),
        expected: qemu("abi/interface-user", "slirp"),
        ..Case::PLAIN
    },
    Case {
        name: "abi-memory",
        edit: Some((
            "<memory unit='KiB'>16384",
            "<memory unit='KiB'>32768",
        )),
        expected: libvirt("abi/memory-size", "Target domain max memory"),
        ..Case::PLAIN
    },
    Case {
        name: "abi-host-device",
        edit: Some((
            "</devices>",
            "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/>
             <product id='0x5678'/></source></hostdev></devices>",
        )),
        expected: libvirt("abi/hostdev", "host device count"),
        ..Case::PLAIN
    },
    // The guest's state, and other guests.
    Case {
        name: "shut-off",
        start: "virsh define $XML",
        expected: libvirt("domain/not-running", "domain is not running"),
        ..Case::PLAIN
    },
    Case {
        name: "snapshots",
        guest: disk(QCOW2),
        before: &[(Src, "qemu-img convert -O qcow2 $IMAGE $SHARED/$NAME.qcow2")],
        start: "virsh define $XML; virsh start $NAME",
        running: &[(Src, "virsh snapshot-create-as $NAME s1")],
        expected: libvirt("domain/snapshots", "with 1 snapshots"),
        ..Case::PLAIN
    },
    Case {
        name: "autodestroy",
        // It lives as long as the connection: that of a virsh which waits for words.
        start: "{ (echo \"create $XML --autodestroy\"; sleep 25) | virsh; } > /dev/null 2>&1 & sleep 2",
        told: "--guest-state autodestroy",
        expected: libvirt("domain/autodestroy", "marked for auto destroy"),
        ..Case::PLAIN
    },
    Case {
        name: "same-name-there",
        before: &[(
            Dst,
            "sed 's#<uuid>0d8f#<uuid>ffff#' $XML > $XML.other; virsh define $XML.other",
        )],
        expected: libvirt("host/duplicate-domain", "already exists"),
        ..Case::PLAIN
    },
    Case {
        name: "runs-there-already",
        before: &[(
            Dst,
            "cp $IMAGE $LOCAL/; sed \"s#$SHARED/#$LOCAL/#\" $XML > $XML.other
             virsh create --paused $XML.other",
        )],
        expected: libvirt("host/duplicate-domain", "is already active"),
        ..Case::PLAIN
    },
    Case {
        name: "same-host",
        to: Src,
        expected: libvirt("host/same-host", "to the same host"),
        ..Case::PLAIN
    },
    // Flags.
    Case {
        name: "postcopy-suspended",
        flags: "--live --postcopy --suspend",
        told: "--postcopy --suspend",
        expected: libvirt("domain/postcopy-paused", "non-live or paused"),
        ..Case::PLAIN
    },
    Case {
        name: "postcopy-tunnelled",
        flags: "--live --postcopy --p2p --tunnelled",
        told: "--postcopy --tunnelled",
        expected: libvirt("domain/postcopy-tunnel", "with tunnelled migration"),
        ..Case::PLAIN
    },
    Case {
        name: "offline-not-persistent",
        start: "virsh define $XML",
        flags: "--offline",
        told: "--offline --persistent=false",
        expected: libvirt("domain/offline-no-persist", "with the persistent flag set"),
        ..Case::PLAIN
    },
    Case {
        name: "offline-copy",
        start: "virsh define $XML",
        flags: "--offline --persistent --copy-storage-all",
        told: "--offline --persistent --storage copy",
        expected: libvirt("domain/offline-copy", "cannot handle non-shared storage"),
        ..Case::PLAIN
    },
    Case {
        name: "offline-tunnelled",
        start: "virsh define $XML",
        flags: "--offline --persistent --p2p --tunnelled",
        told: "--offline --persistent --tunnelled",
        expected: libvirt("domain/offline-tunnel", "does not make sense"),
        ..Case::PLAIN
    },
    Case {
        name: "rdma-without-limit",
        flags: "--live --migrateuri rdma://10.77.1.2:49300",
        told: "--rdma",
        expected: libvirt("memory/rdma-no-hard-limit", "no memory hard limit"),
        ..Case::PLAIN
    },
    Case {
        name: "tls-without-certificates",
        flags: "--live --tls",
        told: "--tls",
        expected: qemu("host/tls-x509", "Unable to access credentials"),
        ..Case::PLAIN
    },
];
