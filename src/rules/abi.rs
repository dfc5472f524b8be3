//! Fields that are part of what the guest sees: those libvirt's own check
//! compares (`abi/`, `identity/`), and those it lets through (`abi-plus/`).

use super::{Proof, Rule};
use crate::report::{EnforcedBy, Impact, Level};

const CHECK: &str = "libvirt virDomainDefCheckABIStability";
const KEEP: &str =
    "keep the old value for as long as the guest runs; change it with the guest powered off";

const fn breaks(id: &'static str, why: &'static str, example: &'static str) -> Rule {
    Rule {
        id,
        level: Level::Error,
        impact: Impact::GuestAbi,
        enforced_by: EnforcedBy::Libvirt,
        why,
        help: KEEP,
        source: CHECK,
        example,
        ..Rule::BASE
    }
}

const fn unchecked(
    id: &'static str,
    level: Level,
    why: &'static str,
    example: &'static str,
) -> Rule {
    Rule {
        level,
        enforced_by: EnforcedBy::Nobody,
        source: "QEMU device model; not compared by libvirt",
        ..breaks(id, why, example)
    }
}

/// Takes effect when the guest boots the next time.
const fn boot_time(id: &'static str, why: &'static str, example: &'static str) -> Rule {
    Rule {
        impact: Impact::Restart,
        ..unchecked(id, Level::Info, why, example)
    }
}

const fn helped(mut rule: Rule, help: &'static str) -> Rule {
    rule.help = help;
    rule
}

const fn identity(
    id: &'static str,
    why: &'static str,
    help: &'static str,
    example: &'static str,
) -> Rule {
    Rule {
        impact: Impact::Identity,
        help,
        ..breaks(id, why, example)
    }
}

pub(super) static RULES: &[Rule] = &[
    identity(
        "identity/name",
        "libvirt finds a guest by its name; another name is another virtual machine.",
        "rename with `virsh domrename` while it is shut off, or with `virsh migrate --dname` on the way",
        "- <name>example</name>\n+ <name>other</name>",
    ),
    identity(
        "identity/uuid",
        "The UUID is who the guest is, to libvirt and, through SMBIOS, to itself: another UUID is another virtual machine.",
        "put the old UUID back; a copy of a guest gets a new name and a new UUID together",
        "- <uuid>5d1e2b7a-6f5c-4c0e-9b38-0c6b1f9d7a01</uuid>\n+ <uuid>5d1e2b7a-6f5c-4c0e-9b38-0c6b1f9d7a02</uuid>",
    ),
    breaks(
        "abi/virt-type",
        "Another hypervisor type means another machine under the guest.",
        "- <domain type='kvm'>\n+ <domain type='qemu'>",
    ),
    breaks(
        "abi/genid",
        "A changed generation id tells the guest's software that it was cloned or restored.",
        "- <genid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</genid>\n+ <genid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90f</genid>",
    ),
    breaks(
        "abi/memory-size",
        "The guest's memory map is part of the migration stream and cannot change under a running guest.",
        "- <memory unit='MiB'>512</memory>\n+ <memory unit='MiB'>1024</memory>",
    ),
    Rule {
        level: Level::Error,
        help: "keep the old value; `virsh setmem NAME SIZE --live --config` changes it in the running guest, not on the way",
        ..breaks(
            "abi/current-memory",
            "libvirt restores a save image only with the balloon size that it was made with. A live migration takes the size from the source, whatever the new definition says: it can be left as it is.",
            "- <currentMemory unit='MiB'>512</currentMemory>\n+ <currentMemory unit='MiB'>256</currentMemory>",
        )
    },
    breaks(
        "abi/max-memory",
        "The size of the hot-plug area is laid out when the guest starts.",
        "- <maxMemory slots='4' unit='MiB'>2048</maxMemory>\n+ <maxMemory slots='4' unit='MiB'>4096</maxMemory>",
    ),
    breaks(
        "abi/memory-slots",
        "The number of memory slots is in the guest's ACPI tables.",
        "- <maxMemory slots='4' unit='MiB'>2048</maxMemory>\n+ <maxMemory slots='8' unit='MiB'>2048</maxMemory>",
    ),
    breaks(
        "abi/numa-cells",
        "The guest's NUMA topology is fixed when it starts.",
        "- <cpu><numa><cell id='0' cpus='0-1' memory='512' unit='MiB'/></numa></cpu>\n+ <cpu><numa><cell id='0' cpus='0' memory='256' unit='MiB'/><cell id='1' cpus='1' memory='256' unit='MiB'/></numa></cpu>",
    ),
    breaks(
        "abi/numa-cell",
        "The guest's NUMA topology is fixed when it starts.",
        "- <cpu><numa><cell id='0' cpus='0' memory='256' unit='MiB'/><cell id='1' cpus='1' memory='256' unit='MiB'/></numa></cpu>\n+ <cpu><numa><cell id='0' cpus='0' memory='128' unit='MiB'/><cell id='1' cpus='1' memory='384' unit='MiB'/></numa></cpu>",
    ),
    breaks(
        "abi/memory-backing-source",
        "It names the memory blocks in QEMU's migration stream.",
        "- <memoryBacking><source type='memfd'/></memoryBacking>\n+ <memoryBacking><source type='file'/></memoryBacking>",
    ),
    breaks(
        "abi/vcpu-max",
        "The number of possible vCPUs is in the guest's firmware tables.",
        "- <vcpu>2</vcpu>\n+ <vcpu>4</vcpu>",
    ),
    helped(
        breaks(
            "abi/vcpu-online",
            "The destination must start with just the vCPUs that are plugged in on the source.",
            "- <vcpu current='2'>4</vcpu>\n+ <vcpu current='3'>4</vcpu>",
        ),
        "plug or unplug vCPUs in the running guest with `virsh setvcpus --live` first",
    ),
    breaks(
        "abi/vcpu-order",
        "vCPUs must be plugged in on the destination in the order they were on the source.",
        "- <vcpus><vcpu id='0' enabled='yes' hotpluggable='no' order='1'/><vcpu id='1' enabled='yes' hotpluggable='yes' order='2'/></vcpus>\n+ <vcpus><vcpu id='0' enabled='yes' hotpluggable='no' order='2'/><vcpu id='1' enabled='yes' hotpluggable='yes' order='1'/></vcpus>",
    ),
    breaks(
        "abi/os-type",
        "Another kind of guest is another machine.",
        "- <type arch='x86_64' machine='xenpv'>linux</type>\n+ <type arch='x86_64' machine='xenfv'>hvm</type>",
    ),
    breaks(
        "abi/arch",
        "A guest cannot go on with another processor architecture.",
        "- <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n+ <os><type arch='i686' machine='pc-q35-7.2'>hvm</type></os>",
    ),
    helped(
        breaks(
            "abi/machine",
            "The machine type decides every built-in device of the guest, down to its registers.",
            "- <os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>\n+ <os><type arch='x86_64' machine='pc-q35-9.2'>hvm</type></os>",
        ),
        "keep the versioned machine type; move to a newer one with the guest powered off",
    ),
    breaks(
        "abi/smbios-mode",
        "The guest reads its identity from SMBIOS tables, which come from somewhere else then.",
        "- <smbios mode='emulate'/>\n+ <smbios mode='host'/>",
    ),
    breaks(
        "abi/timer-count",
        "Each timer is a device of the guest.",
        "- <clock offset='utc'><timer name='hpet' present='no'/></clock>\n+ <clock offset='utc'/>",
    ),
    breaks(
        "abi/timer",
        "Each timer is a device of the guest.",
        "- <clock offset='utc'><timer name='hpet' present='no'/></clock>\n+ <clock offset='utc'><timer name='hpet' present='yes'/></clock>",
    ),
    breaks(
        "abi/tsc",
        "The guest has measured its clock by this time stamp counter.",
        "- <clock offset='utc'><timer name='tsc' frequency='3000000000'/></clock>\n+ <clock offset='utc'><timer name='tsc' frequency='3200000000'/></clock>",
    ),
    breaks(
        "abi/sysinfo",
        "The guest's SMBIOS tables would change; operating systems and licences are bound to them.",
        "- <sysinfo type='smbios'><system><entry name='serial'>A1</entry></system></sysinfo>\n+ <sysinfo type='smbios'><system><entry name='serial'>B2</entry></system></sysinfo>",
    ),
    unchecked(
        "abi/oem-strings",
        Level::Error,
        "The guest reads these strings from SMBIOS; libvirt does not compare them.",
        "- <sysinfo type='smbios'><oemStrings><entry>one</entry></oemStrings></sysinfo>\n+ <sysinfo type='smbios'><oemStrings><entry>two</entry></oemStrings></sysinfo>",
    ),
    unchecked(
        "abi/fwcfg",
        Level::Error,
        "The guest's firmware reads these entries; libvirt does not compare them.",
        "- <sysinfo type='fwcfg'><entry name='opt/com.example/one'>1</entry></sysinfo>\n+ <sysinfo type='fwcfg'><entry name='opt/com.example/one'>2</entry></sysinfo>",
    ),
    breaks(
        "abi/feature",
        "The feature is hardware that the guest has found and uses.",
        "- <features><acpi/></features>\n+ <features><acpi/><pae/></features>",
    ),
    breaks(
        "abi/gic",
        "The interrupt controller is hardware that the guest uses.",
        "- <features><gic version='2'/></features>\n+ <features><gic version='3'/></features>",
    ),
    breaks(
        "abi/hpt",
        "The page table size is agreed on between guest and hypervisor at start.",
        "- <features><hpt resizing='enabled'/></features>\n+ <features><hpt resizing='required'/></features>",
    ),
    breaks(
        "abi/spectre-ppc",
        "The guest has chosen its mitigations by this.",
        "- <features><cfpc value='workaround'/></features>\n+ <features><cfpc value='fixed'/></features>",
    ),
    breaks(
        "abi/hyperv",
        "Windows has chosen its code paths by the Hyper-V enlightenments it found at boot.",
        "- <features><hyperv><relaxed state='on'/></hyperv></features>\n+ <features><hyperv><relaxed state='off'/></hyperv></features>",
    ),
    breaks(
        "abi/hyperv-spinlocks",
        "Windows has chosen its code paths by the Hyper-V enlightenments it found at boot.",
        "- <features><hyperv><spinlocks state='on' retries='8191'/></hyperv></features>\n+ <features><hyperv><spinlocks state='on' retries='4096'/></hyperv></features>",
    ),
    breaks(
        "abi/hyperv-vendor-id",
        "The guest has read this hypervisor name.",
        "- <features><hyperv><vendor_id state='on' value='one'/></hyperv></features>\n+ <features><hyperv><vendor_id state='on' value='two'/></hyperv></features>",
    ),
    breaks(
        "abi/hyperv-stimer-direct",
        "Windows has chosen its code paths by the Hyper-V enlightenments it found at boot.",
        "- <features><hyperv><vpindex state='on'/><synic state='on'/><stimer state='on'/></hyperv></features>\n+ <features><hyperv><vpindex state='on'/><synic state='on'/><stimer state='on'><direct state='on'/></stimer></hyperv></features>",
    ),
    breaks(
        "abi/hyperv-mode",
        "It decides the whole set of Hyper-V enlightenments.",
        "- <features><hyperv mode='custom'><relaxed state='on'/></hyperv></features>\n+ <features><hyperv mode='passthrough'/></features>",
    ),
    breaks(
        "abi/kvm",
        "The guest has chosen its code paths by the KVM features it found at boot.",
        "- <features><kvm><hidden state='off'/></kvm></features>\n+ <features><kvm><hidden state='on'/></kvm></features>",
    ),
    breaks(
        "abi/kvm-dirty-ring",
        "Both ends must track memory changes in the same way.",
        "- <features><kvm><dirty-ring state='on' size='1024'/></kvm></features>\n+ <features><kvm><dirty-ring state='on' size='4096'/></kvm></features>",
    ),
    breaks(
        "abi/xen",
        "The guest has chosen its code paths by the Xen features it found at boot.",
        "- <features><xen><e820_host state='off'/></xen></features>\n+ <features><xen><e820_host state='on'/></xen></features>",
    ),
    breaks(
        "abi/smm-tseg",
        "The size of this memory area is fixed by the firmware at boot.",
        "- <features><smm state='on'><tseg unit='MiB'>16</tseg></smm></features>\n+ <features><smm state='on'><tseg unit='MiB'>48</tseg></smm></features>",
    ),
    unchecked(
        "abi/msrs",
        Level::Warning,
        "It decides whether an access to an unknown MSR faults in the guest.",
        "- <features><msrs unknown='fault'/></features>\n+ <features><msrs unknown='ignore'/></features>",
    ),
    breaks(
        "abi/cpu-presence",
        "With no CPU given the guest gets the machine type's default one: another CPU.",
        "- <cpu mode='host-passthrough'/>",
    ),
    helped(
        breaks(
            "abi/cpu-mode",
            "The mode decides which CPU the guest sees; a running guest cannot change its CPU.",
            "- <cpu match='exact'><model>Nehalem</model></cpu>\n+ <cpu mode='host-passthrough'/>",
        ),
        "keep the CPU that the running guest has (`virsh dumpxml` shows it); change it with the guest powered off",
    ),
    breaks(
        "abi/cpu-check",
        "libvirt compares how strictly the CPU is checked, although the guest does not see it.",
        "- <cpu match='exact' check='partial'><model>Nehalem</model></cpu>\n+ <cpu match='exact' check='full'><model>Nehalem</model></cpu>",
    ),
    breaks(
        "abi/cpu-arch",
        "A guest cannot go on with another processor architecture.",
        "- <arch>x86_64</arch>\n+ <arch>i686</arch>",
    ),
    breaks(
        "abi/cpu-model",
        "The guest has chosen its code by the CPU it found at boot.",
        "- <cpu match='exact'><model>Nehalem</model></cpu>\n+ <cpu match='exact'><model>Westmere</model></cpu>",
    ),
    breaks(
        "abi/cpu-vendor",
        "The guest has chosen its code by the CPU vendor it found at boot.",
        "- <cpu match='exact'><model>Nehalem</model></cpu>\n+ <cpu match='exact'><model>Nehalem</model><vendor>Intel</vendor></cpu>",
    ),
    breaks(
        "abi/cpu-topology",
        "Sockets, cores and threads are in the guest's tables; schedulers and licences go by them.",
        "- <cpu><topology sockets='2' cores='1' threads='1'/></cpu>\n+ <cpu><topology sockets='1' cores='2' threads='1'/></cpu>",
    ),
    breaks(
        "abi/cpu-maxphysaddr",
        "The guest has laid out its address space by the physical address width.",
        "- <cpu mode='host-model'><maxphysaddr mode='emulate' bits='42'/></cpu>\n+ <cpu mode='host-model'><maxphysaddr mode='emulate' bits='46'/></cpu>",
    ),
    breaks(
        "abi/cpu-feature",
        "The guest may use an instruction set that disappears, or miss one that it was promised.",
        "- <cpu match='exact'><model>Nehalem</model><feature policy='require' name='aes'/></cpu>\n+ <cpu match='exact'><model>Nehalem</model></cpu>",
    ),
    breaks(
        "abi/cpu-cache",
        "The guest reads the cache layout from CPUID.",
        "- <cpu mode='host-passthrough'><cache mode='passthrough'/></cpu>\n+ <cpu mode='host-passthrough'><cache mode='disable'/></cpu>",
    ),
    Rule {
        level: Level::Warning,
        impact: Impact::Migration,
        enforced_by: EnforcedBy::Nobody,
        ..breaks(
            "cpu/match-changed",
            "It decides which destinations may run the guest, and with `minimum` which features it sees.",
            "- <cpu match='exact'><model>Nehalem</model></cpu>\n+ <cpu match='strict'><model>Nehalem</model></cpu>",
        )
    },
    unchecked(
        "cpu/migratable-changed",
        Level::Warning,
        "It adds or takes away CPU features that cannot be migrated.",
        "- <cpu mode='host-passthrough' migratable='on'/>\n+ <cpu mode='host-passthrough' migratable='off'/>",
    ),
    unchecked(
        "cpu/deprecated-features-changed",
        Level::Warning,
        "It adds or takes away CPU features.",
        "- <cpu mode='host-model' deprecated_features='off'/>\n+ <cpu mode='host-model' deprecated_features='on'/>",
    ),
    Rule {
        level: Level::Info,
        impact: Impact::Restart,
        enforced_by: EnforcedBy::Nobody,
        ..breaks(
            "cpu/fallback-changed",
            "It decides whether libvirt may take another model where the host's QEMU does not know this one.",
            "- <cpu match='exact'><model fallback='allow'>Nehalem</model></cpu>\n+ <cpu match='exact'><model fallback='forbid'>Nehalem</model></cpu>",
        )
    },
    breaks(
        "abi/disk",
        "The guest knows its disks by bus, name, serial number and virtio options; it would lose or confuse one.",
        "- <disk type='file' device='disk'><serial>A1</serial><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>\n+ <disk type='file' device='disk'><serial>B2</serial><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>",
    ),
    breaks(
        "abi/disk-removable",
        "The guest treats removable media differently.",
        "- <disk type='file' device='disk'><source file='/vms/a.img'/><target dev='sda' bus='usb' removable='off'/></disk>\n+ <disk type='file' device='disk'><source file='/vms/a.img'/><target dev='sda' bus='usb' removable='on'/></disk>",
    ),
    unchecked(
        "abi/disk-usb-model",
        Level::Error,
        "The guest drives the two USB disk models with different protocols; the form that a migration sends leaves the model out.",
        "- <disk type='file' device='disk' model='usb-storage'><source file='/vms/a.img'/><target dev='sda' bus='usb'/></disk>\n+ <disk type='file' device='disk' model='usb-bot'><source file='/vms/a.img'/><target dev='sda' bus='usb'/></disk>",
    ),
    breaks(
        "abi/disk-blockio",
        "File systems are laid out by the block sizes that the disk reports.",
        "- <disk type='file' device='disk'><blockio logical_block_size='512' physical_block_size='512'/><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>\n+ <disk type='file' device='disk'><blockio logical_block_size='512' physical_block_size='4096'/><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>",
    ),
    breaks(
        "abi/controller",
        "The guest's driver is bound to this controller and its model.",
        "- <controller type='scsi' index='0' model='virtio-scsi'/>\n+ <controller type='scsi' index='0' model='lsilogic'/>",
    ),
    breaks(
        "abi/controller-ports",
        "The number of ports and vectors is part of the controller that the guest sees.",
        "- <controller type='virtio-serial' index='0' ports='16'/>\n+ <controller type='virtio-serial' index='0' ports='31'/>",
    ),
    breaks(
        "abi/filesystem",
        "The guest mounts the share by its tag.",
        "- <filesystem type='mount'><source dir='/srv'/><target dir='data'/></filesystem>\n+ <filesystem type='mount'><source dir='/srv'/><target dir='files'/></filesystem>",
    ),
    unchecked(
        "abi/filesystem-driver",
        Level::Error,
        "9p and virtiofs are different devices to the guest; libvirt does not compare them.",
        "- <filesystem type='mount'><driver type='path'/><source dir='/srv'/><target dir='data'/></filesystem>\n+ <filesystem type='mount'><driver type='virtiofs'/><source dir='/srv'/><target dir='data'/></filesystem>",
    ),
    breaks(
        "abi/interface",
        "The guest knows a network card by MAC address, model and MTU: it would find another card.",
        "- <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><model type='virtio'/></interface>\n+ <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><model type='e1000e'/></interface>",
    ),
    breaks(
        "abi/interface-queues",
        "The number of queues decides how many interrupt vectors the guest sees.",
        "- <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><model type='virtio'/><driver queues='2'/></interface>\n+ <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><model type='virtio'/><driver queues='4'/></interface>",
    ),
    Rule {
        enforced_by: EnforcedBy::Qemu,
        help: "change it with the guest powered off, or detach the card and attach another one while it runs",
        source: "QEMU net/slirp.c: the state of its user-mode network is part of the stream (Unknown savevm section 'slirp')",
        proof: Proof::Run,
        ..breaks(
            "abi/interface-user",
            "QEMU's user-mode network keeps the guest's connections, and sends them along: a QEMU without it does not take the guest. libvirt does not look.",
            "- <interface type='user'><mac address='52:54:00:11:22:33'/><model type='virtio'/></interface>\n+ <interface type='bridge'><mac address='52:54:00:11:22:33'/><source bridge='br0'/><model type='virtio'/></interface>",
        )
    },
    breaks(
        "abi/input",
        "The guest drives this input device.",
        "- <input type='tablet' bus='usb'/>\n+ <input type='tablet' bus='virtio'/>",
    ),
    breaks(
        "abi/sound",
        "The guest drives this sound device.",
        "- <sound model='ich9'/>\n+ <sound model='ich6'/>",
    ),
    breaks(
        "abi/video",
        "The guest drives this video device and has mapped its memory.",
        "- <video><model type='virtio'/></video>\n+ <video><model type='vga'/></video>",
    ),
    unchecked(
        "abi/video-device",
        Level::Error,
        "virtio-vga and virtio-gpu are different devices to the guest; libvirt does not compare them.",
        "- <video><model type='virtio'/></video>\n+ <video><model type='virtio' device='vga'/></video>",
    ),
    breaks(
        "abi/hostdev",
        "The guest drives this host device.",
        "- <hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product id='0xbeef'/></source></hostdev>",
    ),
    breaks(
        "abi/smartcard",
        "The guest drives this smartcard reader.",
        "- <smartcard mode='passthrough' type='spicevmc'/>",
    ),
    breaks(
        "abi/serial",
        "The guest drives this serial port.",
        "- <serial type='pty'><target type='isa-serial' port='0'/></serial>\n+ <serial type='pty'><target type='isa-serial' port='1'/></serial>",
    ),
    breaks(
        "abi/parallel",
        "The guest drives this parallel port.",
        "- <parallel type='pty'><target port='0'/></parallel>\n+ <parallel type='pty'><target port='1'/></parallel>",
    ),
    breaks(
        "abi/channel",
        "The guest's agent opens the channel by its name.",
        "- <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>\n+ <channel type='unix'><target type='virtio' name='org.example.agent.0'/></channel>",
    ),
    breaks(
        "abi/console",
        "The guest drives this console.",
        "- <console type='pty'><target type='virtio' port='1'/></console>",
    ),
    breaks(
        "abi/hub",
        "USB devices of the guest hang on this hub.",
        "- <hub type='usb'/>",
    ),
    breaks(
        "abi/redirdev",
        "The guest sees this USB redirection slot.",
        "- <redirdev bus='usb' type='spicevmc'/>\n+ <redirdev bus='usb' type='tcp'><source mode='connect' host='192.0.2.1' service='4000'/></redirdev>",
    ),
    breaks(
        "abi/redirfilter",
        "It decides which USB devices the guest may see; the first rule that fits wins.",
        "- <redirfilter><usbdev class='0x08' allow='yes'/></redirfilter>\n+ <redirfilter><usbdev class='0x08' allow='no'/></redirfilter>",
    ),
    breaks(
        "abi/watchdog",
        "The guest drives this watchdog.",
        "- <watchdog model='i6300esb' action='reset'/>\n+ <watchdog model='itco' action='reset'/>",
    ),
    breaks(
        "abi/memballoon",
        "The guest drives this balloon.",
        "- <memballoon model='virtio'/>\n+ <memballoon model='none'/>",
    ),
    breaks(
        "abi/rng",
        "The guest drives this random number generator.",
        "- <rng model='virtio'><backend model='random'>/dev/urandom</backend></rng>",
    ),
    breaks(
        "abi/panic",
        "The guest reports crashes through this device.",
        "- <panic model='isa'/>\n+ <panic model='hyperv'/>",
    ),
    breaks(
        "abi/shmem",
        "The guest has mapped this shared memory.",
        "- <shmem name='area'><model type='ivshmem-plain'/><size unit='M'>4</size></shmem>\n+ <shmem name='area'><model type='ivshmem-plain'/><size unit='M'>8</size></shmem>",
    ),
    breaks(
        "abi/tpm",
        "The guest's keys are sealed to this TPM.",
        "- <tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>\n+ <tpm model='tpm-tis'><backend type='emulator' version='2.0'/></tpm>",
    ),
    breaks(
        "abi/memory-device",
        "The guest has plugged in this memory.",
        "- <memory model='dimm'><target><size unit='MiB'>512</size><node>0</node></target></memory>\n+ <memory model='dimm'><target><size unit='MiB'>256</size><node>0</node></target></memory>",
    ),
    breaks(
        "abi/nvdimm",
        "The guest has plugged in this memory.",
        "- <memory model='nvdimm'><source><path>/vms/nv</path></source><target><size unit='MiB'>512</size><node>0</node><label><size unit='KiB'>128</size></label></target></memory>\n+ <memory model='nvdimm'><source><path>/vms/nv</path></source><target><size unit='MiB'>512</size><node>0</node><label><size unit='KiB'>256</size></label></target></memory>",
    ),
    breaks(
        "abi/virtio-mem",
        "The guest has plugged in this memory.",
        "- <memory model='virtio-mem'><target><size unit='MiB'>512</size><node>0</node><block unit='MiB'>2</block><requested unit='MiB'>256</requested></target></memory>\n+ <memory model='virtio-mem'><target><size unit='MiB'>512</size><node>0</node><block unit='MiB'>4</block><requested unit='MiB'>256</requested></target></memory>",
    ),
    breaks(
        "abi/virtio-pmem",
        "The guest has plugged in this memory.",
        "- <memory model='virtio-pmem'><source><path>/vms/pm</path></source><target><size unit='MiB'>512</size><address base='0x140000000'/></target></memory>\n+ <memory model='virtio-pmem'><source><path>/vms/pm</path></source><target><size unit='MiB'>512</size><address base='0x180000000'/></target></memory>",
    ),
    breaks(
        "abi/memory-alias",
        "It names the memory block in QEMU's migration stream.",
        "- <memory model='dimm'><target><size unit='MiB'>512</size><node>0</node></target><alias name='ua-one'/></memory>\n+ <memory model='dimm'><target><size unit='MiB'>512</size><node>0</node></target><alias name='ua-two'/></memory>",
    ),
    breaks(
        "abi/iommu",
        "The guest has programmed this IOMMU.",
        "- <iommu model='intel'/>\n+ <iommu model='virtio'/>",
    ),
    breaks(
        "abi/vsock",
        "The guest drives this vsock device.",
        "- <vsock model='virtio'><cid auto='no' address='3'/></vsock>",
    ),
    breaks(
        "abi/pstore",
        "The guest keeps crash logs in this device.",
        "- <pstore backend='acpi-erst'><path>/vms/ps</path><size unit='KiB'>8</size></pstore>\n+ <pstore backend='acpi-erst'><path>/vms/ps</path><size unit='KiB'>16</size></pstore>",
    ),
    unchecked(
        "abi/crypto",
        Level::Error,
        "A crypto device is a PCI device of the guest; libvirt does not compare it.",
        "- <crypto model='virtio' type='qemu'><backend model='builtin'/></crypto>",
    ),
    helped(
        breaks(
            "abi/address",
            "The guest has bound its driver to the device at this address.",
            "- <disk type='file' device='disk'><address type='pci' domain='0x0000' bus='0x01' slot='0x00' function='0x0'/><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>\n+ <disk type='file' device='disk'><address type='pci' domain='0x0000' bus='0x02' slot='0x00' function='0x0'/><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>",
        ),
        "write the old address into the new definition; `virsh dumpxml` of the running guest shows it",
    ),
    unchecked(
        "abi/address-usb",
        Level::Error,
        "The guest knows a USB device by its port; libvirt compares the address type only.",
        "- <input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>\n+ <input type='tablet' bus='usb'><address type='usb' bus='0' port='2'/></input>",
    ),
    unchecked(
        "abi/address-ccw",
        Level::Error,
        "The guest knows a CCW device by its device number; libvirt compares the address type only.",
        "- <disk type='file' device='disk'><source file='/vms/a.img'/><target dev='vda' bus='virtio'/><address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0001'/></disk>\n+ <disk type='file' device='disk'><source file='/vms/a.img'/><target dev='vda' bus='virtio'/><address type='ccw' cssid='0xfe' ssid='0x0' devno='0x0002'/></disk>",
    ),
    unchecked(
        "abi/address-spapr",
        Level::Error,
        "The guest knows a device by its register; libvirt compares the address type only.",
        "- <serial type='pty'><target type='spapr-vio-serial' port='0'/><address type='spapr-vio' reg='0x30000000'/></serial>\n+ <serial type='pty'><target type='spapr-vio-serial' port='0'/><address type='spapr-vio' reg='0x30001000'/></serial>",
    ),
    unchecked(
        "abi/qemu-commandline",
        Level::Warning,
        "Arguments passed to QEMU can change anything the guest sees; nobody checks them.",
        "- <qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg value='-foo'/></qemu:commandline>\n+ <qemu:commandline xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:arg value='-bar'/></qemu:commandline>",
    ),
    breaks(
        "abi/acpi-index",
        "The guest names its network cards and disks by this index (`eno1`).",
        "- <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><model type='virtio'/><acpi index='1'/></interface>\n+ <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><model type='virtio'/><acpi index='2'/></interface>",
    ),
    breaks(
        "abi/apic",
        "The interrupt controller is hardware that the guest uses.",
        "- <features><apic/></features>\n+ <features><apic eoi='on'/></features>",
    ),
    breaks(
        "abi/ioapic",
        "The interrupt controller is hardware that the guest uses.",
        "- <features><ioapic driver='kvm'/></features>\n+ <features><ioapic driver='qemu'/></features>",
    ),
    unchecked(
        "abi-plus/acpi-nodeset",
        Level::Warning,
        "The guest reads from it which NUMA node a device is near to.",
        "- <hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x3b' slot='0x00' function='0x0'/></source><acpi nodeset='0'/></hostdev>\n+ <hostdev mode='subsystem' type='pci' managed='yes'><source><address domain='0x0000' bus='0x3b' slot='0x00' function='0x0'/></source><acpi nodeset='1'/></hostdev>",
    ),
    unchecked(
        "abi-plus/address",
        Level::Warning,
        "The guest may see the device at another place or as another function; libvirt does not compare this part.",
        "- <disk type='file' device='disk'><address type='drive' controller='0' bus='0' target='0' unit='1'/><source file='/vms/a.img'/><target dev='sda' bus='scsi'/></disk>\n+ <disk type='file' device='disk'><address type='drive' controller='0' bus='0' target='1' unit='1'/><source file='/vms/a.img'/><target dev='sda' bus='scsi'/></disk>",
    ),
    boot_time(
        "abi-plus/boot-order",
        "The firmware looks for a system in this order at the next boot of the guest.",
        "- <boot dev='hd'/>\n+ <boot dev='network'/>",
    ),
    unchecked(
        "abi-plus/clock",
        Level::Warning,
        "The guest's hardware clock would start from another time or zone.",
        "- <clock offset='utc'/>\n+ <clock offset='localtime'/>",
    ),
    unchecked(
        "abi-plus/controller-options",
        Level::Warning,
        "The guest's driver has negotiated queues and limits with the controller.",
        "- <controller type='scsi' index='0' model='virtio-scsi'><driver queues='2'/></controller>\n+ <controller type='scsi' index='0' model='virtio-scsi'><driver queues='4'/></controller>",
    ),
    unchecked(
        "abi-plus/disk-options",
        Level::Warning,
        "The guest's driver sees or has negotiated this property of the disk.",
        "- <disk type='file' device='disk'><driver name='qemu' type='raw' discard='ignore'/><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>\n+ <disk type='file' device='disk'><driver name='qemu' type='raw' discard='unmap'/><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>",
    ),
    unchecked(
        "abi-plus/disk-vendor",
        Level::Warning,
        "The guest reads vendor and product from the disk; device names and licences may go by them.",
        "- <disk type='file' device='disk'><vendor>ONE</vendor><source file='/vms/a.img'/><target dev='sda' bus='scsi'/></disk>\n+ <disk type='file' device='disk'><vendor>TWO</vendor><source file='/vms/a.img'/><target dev='sda' bus='scsi'/></disk>",
    ),
    unchecked(
        "abi-plus/filesystem-options",
        Level::Warning,
        "What the guest may do with files of the share, or how they look to it, changes.",
        "- <filesystem type='mount' accessmode='passthrough'><source dir='/srv'/><target dir='data'/></filesystem>\n+ <filesystem type='mount' accessmode='mapped'><source dir='/srv'/><target dir='data'/></filesystem>",
    ),
    unchecked(
        "abi-plus/firmware",
        Level::Warning,
        "Another firmware boots the guest at the next start, and its memory is part of the migration stream.",
        "- <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader>\n+ <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader>",
    ),
    unchecked(
        "abi-plus/hmat",
        Level::Warning,
        "The guest reads memory latencies and caches from these tables.",
        "- <cpu><numa><cell id='0' cpus='0-1' memory='512' unit='MiB'><cache level='1' associativity='direct' policy='writeback'><size value='8' unit='KiB'/><line value='64' unit='B'/></cache></cell></numa></cpu>\n+ <cpu><numa><cell id='0' cpus='0-1' memory='512' unit='MiB'><cache level='1' associativity='direct' policy='writeback'><size value='16' unit='KiB'/><line value='64' unit='B'/></cache></cell></numa></cpu>",
    ),
    unchecked(
        "abi-plus/hostdev",
        Level::Warning,
        "The guest sees this property of the host device.",
        "- <hostdev mode='subsystem' type='mdev' model='vfio-pci' display='off'><source><address uuid='c2177883-f1bb-47f0-914d-32a22e3a8804'/></source></hostdev>\n+ <hostdev mode='subsystem' type='mdev' model='vfio-pci' display='on'><source><address uuid='c2177883-f1bb-47f0-914d-32a22e3a8804'/></source></hostdev>",
    ),
    unchecked(
        "abi-plus/hwuuid",
        Level::Warning,
        "The guest reads this UUID as that of its hardware.",
        "- <hwuuid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90e</hwuuid>\n+ <hwuuid>43dc0cf8-809b-4adb-9bea-a9abb5f3d90f</hwuuid>",
    ),
    unchecked(
        "abi-plus/hyperv-tlbflush",
        Level::Warning,
        "Windows has chosen its code paths by the Hyper-V enlightenments it found at boot.",
        "- <features><hyperv><vpindex state='on'/><tlbflush state='on'/></hyperv></features>\n+ <features><hyperv><vpindex state='on'/><tlbflush state='on'><direct state='on'/></tlbflush></hyperv></features>",
    ),
    unchecked(
        "abi-plus/interface-options",
        Level::Warning,
        "The guest's driver has negotiated offloads and queue sizes with the card.",
        "- <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><model type='virtio'/><driver ioeventfd='on'/></interface>\n+ <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><model type='virtio'/><driver ioeventfd='off'/></interface>",
    ),
    unchecked(
        "abi-plus/launch-security",
        Level::Warning,
        "The guest's memory is encrypted and measured by these settings.",
        "- <launchSecurity type='sev'><policy>0x0001</policy></launchSecurity>\n+ <launchSecurity type='sev'><policy>0x0003</policy></launchSecurity>",
    ),
    unchecked(
        "abi-plus/nvram",
        Level::Warning,
        "Boot entries and enrolled keys are in the variable store; another store has others or none.",
        "- <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader><nvram>/vms/a.fd</nvram>\n+ <loader readonly='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE.fd</loader><nvram>/vms/b.fd</nvram>",
    ),
    unchecked(
        "abi-plus/option-rom",
        Level::Warning,
        "The size of a card's ROM is part of the migration stream, its content is run at boot.",
        "- <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><model type='virtio'/><rom file='/vms/a.rom'/></interface>\n+ <interface type='network'><mac address='52:54:00:11:22:33'/><source network='default'/><model type='virtio'/><rom file='/vms/b.rom'/></interface>",
    ),
    unchecked(
        "abi-plus/pci-target",
        Level::Warning,
        "The guest reads slot and chassis numbers of PCI ports, and hot-plug goes by them.",
        "- <controller type='pci' index='1' model='pcie-root-port'><target chassis='1' port='0x8'/></controller>\n+ <controller type='pci' index='1' model='pcie-root-port'><target chassis='1' port='0x9'/></controller>",
    ),
    unchecked(
        "abi-plus/pcihole64",
        Level::Warning,
        "It decides where the guest's firmware places large PCI windows.",
        "- <controller type='pci' index='0' model='pcie-root'><pcihole64 unit='KiB'>1048576</pcihole64></controller>\n+ <controller type='pci' index='0' model='pcie-root'><pcihole64 unit='KiB'>2097152</pcihole64></controller>",
    ),
    unchecked(
        "abi-plus/pm",
        Level::Warning,
        "The guest reads from its ACPI tables whether it can suspend.",
        "- <pm><suspend-to-disk enabled='no'/></pm>\n+ <pm><suspend-to-disk enabled='yes'/></pm>",
    ),
    unchecked(
        "abi-plus/smartcard",
        Level::Warning,
        "The guest would find another card in the reader.",
        "- <smartcard mode='host'/>\n+ <smartcard mode='passthrough' type='spicevmc'/>",
    ),
    unchecked(
        "abi-plus/sound",
        Level::Warning,
        "The guest's sound driver sees this property of the device.",
        "- <sound model='ich9'><codec type='duplex'/></sound>\n+ <sound model='ich9'><codec type='micro'/></sound>",
    ),
    unchecked(
        "abi-plus/timer",
        Level::Warning,
        "How ticks are made up for changes the guest's sense of time.",
        "- <clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>\n+ <clock offset='utc'><timer name='rtc' tickpolicy='delay'/></clock>",
    ),
    unchecked(
        "abi-plus/tpm",
        Level::Warning,
        "The guest's keys are sealed to the state of this TPM.",
        "- <tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>\n+ <tpm model='tpm-crb'><backend type='emulator' version='2.0' persistent_state='yes'/></tpm>",
    ),
    unchecked(
        "abi-plus/vcpu-hotpluggable",
        Level::Warning,
        "It decides which vCPUs the guest may lose.",
        "- <vcpus><vcpu id='0' enabled='yes' hotpluggable='no' order='1'/><vcpu id='1' enabled='yes' hotpluggable='yes' order='2'/></vcpus>\n+ <vcpus><vcpu id='0' enabled='yes' hotpluggable='no' order='1'/><vcpu id='1' enabled='yes' hotpluggable='no' order='2'/></vcpus>",
    ),
    unchecked(
        "abi-plus/video",
        Level::Warning,
        "The guest's display driver sees this property of the device.",
        "- <video><model type='virtio' blob='off'/></video>\n+ <video><model type='virtio' blob='on'/></video>",
    ),
    unchecked(
        "abi-plus/vsock-cid",
        Level::Warning,
        "Programs in the guest know it by this address; open connections break.",
        "- <vsock model='virtio'><cid auto='no' address='3'/></vsock>\n+ <vsock model='virtio'><cid auto='no' address='4'/></vsock>",
    ),
    unchecked(
        "abi-plus/watchdog",
        Level::Warning,
        "Something else happens to the guest when the watchdog fires.",
        "- <watchdog model='i6300esb' action='reset'/>\n+ <watchdog model='i6300esb' action='poweroff'/>",
    ),
    unchecked(
        "cpu/maxphysaddr-limit-changed",
        Level::Warning,
        "It bounds the address width that the guest gets on another host.",
        "- <cpu mode='host-passthrough'><maxphysaddr mode='passthrough' limit='42'/></cpu>\n+ <cpu mode='host-passthrough'><maxphysaddr mode='passthrough' limit='44'/></cpu>",
    ),
    breaks(
        "abi/virtio-options",
        "It changes the features that the guest's virtio driver has negotiated.",
        "- <disk type='file' device='disk'><driver name='qemu' type='raw' packed='off'/><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>\n+ <disk type='file' device='disk'><driver name='qemu' type='raw' packed='on'/><source file='/vms/a.img'/><target dev='vda' bus='virtio'/></disk>",
    ),
    helped(
        breaks(
            "abi/list-order",
            "libvirt compares devices by their place in the list: the same devices in another order are other devices to it.",
            "- <input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>\n- <input type='keyboard' bus='usb'><address type='usb' bus='0' port='2'/></input>\n+ <input type='keyboard' bus='usb'><address type='usb' bus='0' port='2'/></input>\n+ <input type='tablet' bus='usb'><address type='usb' bus='0' port='1'/></input>",
        ),
        "write the devices in the order of the old definition",
    ),
];
