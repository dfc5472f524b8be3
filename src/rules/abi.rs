//! Fields that are part of what the guest sees: those libvirt's own check
//! compares (`abi/`, `identity/`), and those it lets through (`abi-plus/`).

use super::Rule;
use crate::report::{EnforcedBy, Impact, Level};

const CHECK: &str = "libvirt virDomainDefCheckABIStability";
const KEEP: &str =
    "keep the old value for as long as the guest runs; change it with the guest powered off";

const fn breaks(id: &'static str, why: &'static str) -> Rule {
    Rule {
        id,
        level: Level::Error,
        impact: Impact::GuestAbi,
        enforced_by: EnforcedBy::Libvirt,
        why,
        help: KEEP,
        source: CHECK,
        ..Rule::BASE
    }
}

const fn unchecked(id: &'static str, level: Level, why: &'static str) -> Rule {
    Rule {
        level,
        enforced_by: EnforcedBy::Nobody,
        source: "QEMU device model; not compared by libvirt",
        ..breaks(id, why)
    }
}

/// Takes effect when the guest boots the next time.
const fn boot_time(id: &'static str, why: &'static str) -> Rule {
    Rule {
        impact: Impact::Restart,
        ..unchecked(id, Level::Info, why)
    }
}

const fn helped(mut rule: Rule, help: &'static str) -> Rule {
    rule.help = help;
    rule
}

const fn identity(id: &'static str, why: &'static str, help: &'static str) -> Rule {
    Rule {
        impact: Impact::Identity,
        help,
        ..breaks(id, why)
    }
}

pub(super) static RULES: &[Rule] = &[
    identity(
        "identity/name",
        "libvirt finds a guest by its name; another name is another virtual machine.",
        "rename with `virsh domrename` while it is shut off, or with `virsh migrate --dname` on the way",
    ),
    identity(
        "identity/uuid",
        "The UUID is who the guest is, to libvirt and, through SMBIOS, to itself: another UUID is another virtual machine.",
        "put the old UUID back; a copy of a guest gets a new name and a new UUID together",
    ),
    breaks(
        "abi/virt-type",
        "Another hypervisor type means another machine under the guest.",
    ),
    breaks(
        "abi/genid",
        "A changed generation id tells the guest's software that it was cloned or restored.",
    ),
    breaks(
        "abi/memory-size",
        "The guest's memory map is part of the migration stream and cannot change under a running guest.",
    ),
    Rule {
        level: Level::Error,
        ..breaks(
            "abi/current-memory",
            "A save image must fit the balloon size it was made with; a live migration takes the size from the source.",
        )
    },
    breaks(
        "abi/max-memory",
        "The size of the hot-plug area is laid out when the guest starts.",
    ),
    breaks(
        "abi/memory-slots",
        "The number of memory slots is in the guest's ACPI tables.",
    ),
    breaks(
        "abi/numa-cells",
        "The guest's NUMA topology is fixed when it starts.",
    ),
    breaks(
        "abi/numa-cell",
        "The guest's NUMA topology is fixed when it starts.",
    ),
    breaks(
        "abi/memory-backing-source",
        "It names the memory blocks in QEMU's migration stream.",
    ),
    breaks(
        "abi/vcpu-max",
        "The number of possible vCPUs is in the guest's firmware tables.",
    ),
    helped(
        breaks(
            "abi/vcpu-online",
            "The destination must start with just the vCPUs that are plugged in on the source.",
        ),
        "plug or unplug vCPUs in the running guest with `virsh setvcpus --live` first",
    ),
    breaks(
        "abi/vcpu-order",
        "vCPUs must be plugged in on the destination in the order they were on the source.",
    ),
    breaks("abi/os-type", "Another kind of guest is another machine."),
    breaks(
        "abi/arch",
        "A guest cannot go on with another processor architecture.",
    ),
    helped(
        breaks(
            "abi/machine",
            "The machine type decides every built-in device of the guest, down to its registers.",
        ),
        "keep the versioned machine type; move to a newer one with the guest powered off",
    ),
    breaks(
        "abi/smbios-mode",
        "The guest reads its identity from SMBIOS tables, which come from somewhere else then.",
    ),
    breaks("abi/timer-count", "Each timer is a device of the guest."),
    breaks("abi/timer", "Each timer is a device of the guest."),
    breaks(
        "abi/tsc",
        "The guest has measured its clock by this time stamp counter.",
    ),
    breaks(
        "abi/sysinfo",
        "The guest's SMBIOS tables would change; operating systems and licences are bound to them.",
    ),
    unchecked(
        "abi/oem-strings",
        Level::Error,
        "The guest reads these strings from SMBIOS; libvirt does not compare them.",
    ),
    unchecked(
        "abi/fwcfg",
        Level::Error,
        "The guest's firmware reads these entries; libvirt does not compare them.",
    ),
    breaks(
        "abi/feature",
        "The feature is hardware that the guest has found and uses.",
    ),
    breaks(
        "abi/gic",
        "The interrupt controller is hardware that the guest uses.",
    ),
    breaks(
        "abi/hpt",
        "The page table size is agreed on between guest and hypervisor at start.",
    ),
    breaks(
        "abi/spectre-ppc",
        "The guest has chosen its mitigations by this.",
    ),
    breaks(
        "abi/hyperv",
        "Windows has chosen its code paths by the Hyper-V enlightenments it found at boot.",
    ),
    breaks(
        "abi/hyperv-spinlocks",
        "Windows has chosen its code paths by the Hyper-V enlightenments it found at boot.",
    ),
    breaks(
        "abi/hyperv-vendor-id",
        "The guest has read this hypervisor name.",
    ),
    breaks(
        "abi/hyperv-stimer-direct",
        "Windows has chosen its code paths by the Hyper-V enlightenments it found at boot.",
    ),
    breaks(
        "abi/hyperv-mode",
        "It decides the whole set of Hyper-V enlightenments.",
    ),
    breaks(
        "abi/kvm",
        "The guest has chosen its code paths by the KVM features it found at boot.",
    ),
    breaks(
        "abi/kvm-dirty-ring",
        "Both ends must track memory changes in the same way.",
    ),
    breaks(
        "abi/xen",
        "The guest has chosen its code paths by the Xen features it found at boot.",
    ),
    breaks(
        "abi/smm-tseg",
        "The size of this memory area is fixed by the firmware at boot.",
    ),
    unchecked(
        "abi/msrs",
        Level::Warning,
        "It decides whether an access to an unknown MSR faults in the guest.",
    ),
    breaks(
        "abi/cpu-presence",
        "With no CPU given the guest gets the machine type's default one: another CPU.",
    ),
    helped(
        breaks(
            "abi/cpu-mode",
            "The mode decides which CPU the guest sees; a running guest cannot change its CPU.",
        ),
        "keep the CPU that the running guest has (`virsh dumpxml` shows it); change it with the guest powered off",
    ),
    breaks(
        "abi/cpu-check",
        "libvirt compares how strictly the CPU is checked, although the guest does not see it.",
    ),
    breaks(
        "abi/cpu-arch",
        "A guest cannot go on with another processor architecture.",
    ),
    breaks(
        "abi/cpu-model",
        "The guest has chosen its code by the CPU it found at boot.",
    ),
    breaks(
        "abi/cpu-vendor",
        "The guest has chosen its code by the CPU vendor it found at boot.",
    ),
    breaks(
        "abi/cpu-topology",
        "Sockets, cores and threads are in the guest's tables; schedulers and licences go by them.",
    ),
    breaks(
        "abi/cpu-maxphysaddr",
        "The guest has laid out its address space by the physical address width.",
    ),
    breaks(
        "abi/cpu-feature",
        "The guest may use an instruction set that disappears, or miss one that it was promised.",
    ),
    breaks(
        "abi/cpu-cache",
        "The guest reads the cache layout from CPUID.",
    ),
    Rule {
        level: Level::Warning,
        impact: Impact::Migration,
        enforced_by: EnforcedBy::Nobody,
        ..breaks(
            "cpu/match-changed",
            "It decides which destinations may run the guest, and with `minimum` which features it sees.",
        )
    },
    unchecked(
        "cpu/migratable-changed",
        Level::Warning,
        "It adds or takes away CPU features that cannot be migrated.",
    ),
    unchecked(
        "cpu/deprecated-features-changed",
        Level::Warning,
        "It adds or takes away CPU features.",
    ),
    Rule {
        level: Level::Info,
        impact: Impact::Restart,
        enforced_by: EnforcedBy::Nobody,
        ..breaks(
            "cpu/fallback-changed",
            "It decides whether libvirt may take another model where the host's QEMU does not know this one.",
        )
    },
    breaks(
        "abi/disk",
        "The guest knows its disks by bus, name, serial number and virtio options; it would lose or confuse one.",
    ),
    breaks(
        "abi/disk-removable",
        "The guest treats removable media differently.",
    ),
    unchecked(
        "abi/disk-usb-model",
        Level::Error,
        "The guest drives the two USB disk models with different protocols; the form that a migration sends leaves the model out.",
    ),
    breaks(
        "abi/disk-blockio",
        "File systems are laid out by the block sizes that the disk reports.",
    ),
    breaks(
        "abi/controller",
        "The guest's driver is bound to this controller and its model.",
    ),
    breaks(
        "abi/controller-ports",
        "The number of ports and vectors is part of the controller that the guest sees.",
    ),
    breaks("abi/filesystem", "The guest mounts the share by its tag."),
    unchecked(
        "abi/filesystem-driver",
        Level::Error,
        "9p and virtiofs are different devices to the guest; libvirt does not compare them.",
    ),
    breaks(
        "abi/interface",
        "The guest knows a network card by MAC address, model and MTU: it would find another card.",
    ),
    breaks(
        "abi/interface-queues",
        "The number of queues decides how many interrupt vectors the guest sees.",
    ),
    breaks("abi/input", "The guest drives this input device."),
    breaks("abi/sound", "The guest drives this sound device."),
    breaks(
        "abi/video",
        "The guest drives this video device and has mapped its memory.",
    ),
    unchecked(
        "abi/video-device",
        Level::Error,
        "virtio-vga and virtio-gpu are different devices to the guest; libvirt does not compare them.",
    ),
    breaks("abi/hostdev", "The guest drives this host device."),
    breaks("abi/smartcard", "The guest drives this smartcard reader."),
    breaks("abi/serial", "The guest drives this serial port."),
    breaks("abi/parallel", "The guest drives this parallel port."),
    breaks(
        "abi/channel",
        "The guest's agent opens the channel by its name.",
    ),
    breaks("abi/console", "The guest drives this console."),
    breaks("abi/hub", "USB devices of the guest hang on this hub."),
    breaks("abi/redirdev", "The guest sees this USB redirection slot."),
    breaks(
        "abi/redirfilter",
        "It decides which USB devices the guest may see; the first rule that fits wins.",
    ),
    breaks("abi/watchdog", "The guest drives this watchdog."),
    breaks("abi/memballoon", "The guest drives this balloon."),
    breaks("abi/rng", "The guest drives this random number generator."),
    breaks(
        "abi/panic",
        "The guest reports crashes through this device.",
    ),
    breaks("abi/shmem", "The guest has mapped this shared memory."),
    breaks("abi/tpm", "The guest's keys are sealed to this TPM."),
    breaks("abi/memory-device", "The guest has plugged in this memory."),
    breaks("abi/nvdimm", "The guest has plugged in this memory."),
    breaks("abi/virtio-mem", "The guest has plugged in this memory."),
    breaks("abi/virtio-pmem", "The guest has plugged in this memory."),
    breaks(
        "abi/memory-alias",
        "It names the memory block in QEMU's migration stream.",
    ),
    breaks("abi/iommu", "The guest has programmed this IOMMU."),
    breaks("abi/vsock", "The guest drives this vsock device."),
    breaks("abi/pstore", "The guest keeps crash logs in this device."),
    unchecked(
        "abi/crypto",
        Level::Error,
        "A crypto device is a PCI device of the guest; libvirt does not compare it.",
    ),
    helped(
        breaks(
            "abi/address",
            "The guest has bound its driver to the device at this address.",
        ),
        "write the old address into the new definition; `virsh dumpxml` of the running guest shows it",
    ),
    unchecked(
        "abi/address-usb",
        Level::Error,
        "The guest knows a USB device by its port; libvirt compares the address type only.",
    ),
    unchecked(
        "abi/address-ccw",
        Level::Error,
        "The guest knows a CCW device by its device number; libvirt compares the address type only.",
    ),
    unchecked(
        "abi/address-spapr",
        Level::Error,
        "The guest knows a device by its register; libvirt compares the address type only.",
    ),
    unchecked(
        "abi/qemu-commandline",
        Level::Warning,
        "Arguments passed to QEMU can change anything the guest sees; nobody checks them.",
    ),
    breaks(
        "abi/acpi-index",
        "The guest names its network cards and disks by this index (`eno1`).",
    ),
    breaks(
        "abi/apic",
        "The interrupt controller is hardware that the guest uses.",
    ),
    breaks(
        "abi/ioapic",
        "The interrupt controller is hardware that the guest uses.",
    ),
    unchecked(
        "abi-plus/acpi-nodeset",
        Level::Warning,
        "The guest reads from it which NUMA node a device is near to.",
    ),
    unchecked(
        "abi-plus/address",
        Level::Warning,
        "The guest may see the device at another place or as another function; libvirt does not compare this part.",
    ),
    boot_time(
        "abi-plus/boot-order",
        "The firmware looks for a system in this order at the next boot of the guest.",
    ),
    unchecked(
        "abi-plus/clock",
        Level::Warning,
        "The guest's hardware clock would start from another time or zone.",
    ),
    unchecked(
        "abi-plus/controller-options",
        Level::Warning,
        "The guest's driver has negotiated queues and limits with the controller.",
    ),
    unchecked(
        "abi-plus/disk-options",
        Level::Warning,
        "The guest's driver sees or has negotiated this property of the disk.",
    ),
    unchecked(
        "abi-plus/disk-vendor",
        Level::Warning,
        "The guest reads vendor and product from the disk; device names and licences may go by them.",
    ),
    unchecked(
        "abi-plus/filesystem-options",
        Level::Warning,
        "What the guest may do with files of the share, or how they look to it, changes.",
    ),
    unchecked(
        "abi-plus/firmware",
        Level::Warning,
        "Another firmware boots the guest at the next start, and its memory is part of the migration stream.",
    ),
    unchecked(
        "abi-plus/hmat",
        Level::Warning,
        "The guest reads memory latencies and caches from these tables.",
    ),
    unchecked(
        "abi-plus/hostdev",
        Level::Warning,
        "The guest sees this property of the host device.",
    ),
    unchecked(
        "abi-plus/hwuuid",
        Level::Warning,
        "The guest reads this UUID as that of its hardware.",
    ),
    unchecked(
        "abi-plus/hyperv-tlbflush",
        Level::Warning,
        "Windows has chosen its code paths by the Hyper-V enlightenments it found at boot.",
    ),
    unchecked(
        "abi-plus/interface-options",
        Level::Warning,
        "The guest's driver has negotiated offloads and queue sizes with the card.",
    ),
    unchecked(
        "abi-plus/launch-security",
        Level::Warning,
        "The guest's memory is encrypted and measured by these settings.",
    ),
    unchecked(
        "abi-plus/nvram",
        Level::Warning,
        "Boot entries and enrolled keys are in the variable store; another store has others or none.",
    ),
    unchecked(
        "abi-plus/option-rom",
        Level::Warning,
        "The size of a card's ROM is part of the migration stream, its content is run at boot.",
    ),
    unchecked(
        "abi-plus/pci-target",
        Level::Warning,
        "The guest reads slot and chassis numbers of PCI ports, and hot-plug goes by them.",
    ),
    unchecked(
        "abi-plus/pcihole64",
        Level::Warning,
        "It decides where the guest's firmware places large PCI windows.",
    ),
    unchecked(
        "abi-plus/pm",
        Level::Warning,
        "The guest reads from its ACPI tables whether it can suspend.",
    ),
    unchecked(
        "abi-plus/smartcard",
        Level::Warning,
        "The guest would find another card in the reader.",
    ),
    unchecked(
        "abi-plus/sound",
        Level::Warning,
        "The guest's sound driver sees this property of the device.",
    ),
    unchecked(
        "abi-plus/timer",
        Level::Warning,
        "How ticks are made up for changes the guest's sense of time.",
    ),
    unchecked(
        "abi-plus/tpm",
        Level::Warning,
        "The guest's keys are sealed to the state of this TPM.",
    ),
    unchecked(
        "abi-plus/vcpu-hotpluggable",
        Level::Warning,
        "It decides which vCPUs the guest may lose.",
    ),
    unchecked(
        "abi-plus/video",
        Level::Warning,
        "The guest's display driver sees this property of the device.",
    ),
    unchecked(
        "abi-plus/vsock-cid",
        Level::Warning,
        "Programs in the guest know it by this address; open connections break.",
    ),
    unchecked(
        "abi-plus/watchdog",
        Level::Warning,
        "Something else happens to the guest when the watchdog fires.",
    ),
    unchecked(
        "cpu/maxphysaddr-limit-changed",
        Level::Warning,
        "It bounds the address width that the guest gets on another host.",
    ),
    breaks(
        "abi/virtio-options",
        "It changes the features that the guest's virtio driver has negotiated.",
    ),
    helped(
        breaks(
            "abi/list-order",
            "libvirt compares devices by their place in the list: the same devices in another order are other devices to it.",
        ),
        "write the devices in the order of the old definition",
    ),
];
