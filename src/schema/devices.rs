//! The list of devices, in the order of a dump.
//!
//! libvirt compares each list by position after sorting; here items are paired
//! by what names them, in the order of the keys.

use super::audio::{AUDIO, SOUND};
use super::chardev::{
    CHANNEL, CHARDEV_BACKEND, CONSOLE, PARALLEL, REDIRDEV, RNG, SERIAL, SMARTCARD,
};
use super::controller::CONTROLLER;
use super::disk::{DISK, LEASE};
use super::field::{elem, text};
use super::filesystem::FILESYSTEM;
use super::graphics::GRAPHICS;
use super::hostdev::HOSTDEV;
use super::input::{HUB, INPUT};
use super::interface::INTERFACE;
use super::iommu::IOMMU;
use super::kinds::{TEXT, V12_8};
use super::memory_device::{MEMORY_ALIAS, MEMORY_DEVICE};
use super::redirfilter::REDIRFILTER;
use super::shared::{ACPI, ADDRESS, ADDRESS_UNCOMPARED, ALIAS, BOOT, ROM, STATUS, TEAMING};
use super::small::{CRYPTO, MEMBALLOON, PANIC, PSTORE, SHMEM, VSOCK, WATCHDOG};
use super::tpm::TPM;
use super::video::VIDEO;

group! {
/// What `devices` holds.
DEVICES:
    text("emulator", TEXT, &[]).rule("host-side/emulator").by_position().chosen(),
    elem("disk", &[&DISK, &BOOT, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/disk").keys(&["target/@dev", "address", "source"]).hotplug()
        .note("Plugged on virtio, SCSI and USB only. libvirt sorts them by target within a bus."),
    elem("controller", &[&CONTROLLER, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/controller").keys(&["@type+@index", "address"])
        .note("Only SCSI controllers can be plugged. libvirt sorts them by index within a type."),
    elem("lease", &[&LEASE]).rule("host-side/storage").keys(&["lockspace+key"]).hotplug(),
    elem("filesystem", &[&FILESYSTEM, &BOOT, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/filesystem").keys(&["target/@dir", "address", "source"]).ordered().hotplug()
        .note("Only virtiofs can be plugged, not 9p."),
    elem("interface", &[&INTERFACE, &BOOT, &ROM, &TEAMING, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/interface").keys(&["mac/@address", "address", "alias/@name"]).ordered().hotplug(),
    elem("smartcard", &[&SMARTCARD, &CHARDEV_BACKEND, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/smartcard").keys(&["address", "@mode"]),
    elem("serial", &[&SERIAL, &CHARDEV_BACKEND, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/serial").keys(&["target/@port"]).ordered().hotplug()
        .note("Only PCI and USB ports can be plugged."),
    elem("parallel", &[&PARALLEL, &CHARDEV_BACKEND, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/parallel").keys(&["target/@port"]).ordered(),
    elem("console", &[&CONSOLE, &CHARDEV_BACKEND, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/console").keys(&["target/@port"]).ordered().hotplug()
        .note("Only virtio consoles can be plugged."),
    elem("channel", &[&CHANNEL, &CHARDEV_BACKEND, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/channel").keys(&["target/@name", "address", "target/@address+target/@port"]).ordered().hotplug(),
    elem("input", &[&INPUT, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/input").keys(&["@type+@bus", "address"]).hotplug()
        .note("USB and virtio ones can be plugged, PS/2 and Xen ones not."),
    elem("tpm", &[&TPM, &ALIAS, &STATUS, &ADDRESS]).abi("abi/tpm").keys(&["@model"]),
    elem("graphics", &[&GRAPHICS, &STATUS]).rule("host-side/graphics").keys(&["@type"]).ordered()
        .note("A guest without a video card gets one with its first graphics."),
    elem("sound", &[&SOUND, &ACPI, &ALIAS, &STATUS, &ADDRESS]).abi("abi/sound").keys(&["address", "@model"]),
    elem("audio", &[&AUDIO]).rule("host-side/audio").keys(&["@id"]),
    elem("video", &[&VIDEO, &ACPI, &ALIAS, &STATUS, &ADDRESS]).abi("abi/video").keys(&["address"]).ordered()
        .note("The first is the primary one."),
    elem("hostdev", &[&HOSTDEV, &BOOT, &ROM, &TEAMING, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/hostdev").keys(&["address", "source"]).ordered().hotplug(),
    elem("redirdev", &[&REDIRDEV, &CHARDEV_BACKEND, &BOOT, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/redirdev").keys(&["address", "@type"]).ordered().hotplug(),
    elem("redirfilter", &[&REDIRFILTER]).abi("abi/redirfilter"),
    elem("hub", &[&HUB, &ALIAS, &STATUS, &ADDRESS]).abi("abi/hub").keys(&["address", "@type"]),
    elem("watchdog", &[&WATCHDOG, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/watchdog").keys(&["address", "@model"]).hotplug()
        .note("Only i6300esb can be plugged. More than one since 9.1."),
    elem("memballoon", &[&MEMBALLOON, &ACPI, &ALIAS, &STATUS, &ADDRESS]).abi("abi/memballoon").derived()
        .note("Most architectures get a virtio one; model `none` says that there is none."),
    elem("rng", &[&RNG, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/rng").keys(&["address", "@model"]).ordered().hotplug(),
    elem("nvram", &[&ALIAS, &ADDRESS_UNCOMPARED]).rule("abi-plus/nvram"),
    elem("panic", &[&PANIC, &ALIAS, &STATUS, &ADDRESS]).abi("abi/panic").keys(&["@model", "address"]),
    elem("shmem", &[&SHMEM, &ACPI, &ALIAS, &STATUS, &ADDRESS])
        .abi("abi/shmem").keys(&["@name", "address"]).hotplug(),
    elem("memory", &[&MEMORY_DEVICE, &ACPI, &MEMORY_ALIAS, &STATUS, &ADDRESS])
        .abi("abi/memory-device").keys(&["address", "alias/@name", "uuid", "@model+target/node+target/size"]).hotplug()
        .note("Plugging needs `maxMemory` and a free slot; unplugging needs the guest's help."),
    elem("crypto", &[&CRYPTO, &ALIAS, &STATUS, &ADDRESS_UNCOMPARED])
        .rule("abi/crypto").keys(&["address"]).since(V12_8),
    elem("iommu", &[&IOMMU]).abi("abi/iommu").keys(&["@model"])
        .note("12.8 adds one to q35 guests of more than 255 vCPUs."),
    elem("vsock", &[&VSOCK, &ACPI, &ALIAS, &STATUS, &ADDRESS]).abi("abi/vsock").hotplug(),
    elem("pstore", &[&PSTORE, &ALIAS, &STATUS, &ADDRESS]).abi("abi/pstore").since(V12_8),
}
