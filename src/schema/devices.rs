//! The list of devices.

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
use super::memory_device::MEMORY_DEVICE;
use super::redirfilter::REDIRFILTER;
use super::shared::{ACPI, ADDRESS, ALIAS};
use super::small::{CRYPTO, MEMBALLOON, PANIC, PSTORE, SHMEM, VSOCK, WATCHDOG};
use super::tpm::TPM;
use super::video::VIDEO;

group! {
/// What `devices` holds.
DEVICES:
    text("emulator", TEXT, &[]).by_position(),
    elem("disk", &[&DISK, &ACPI, &ADDRESS, &ALIAS]).keys(&["target/@dev", "address", "source"]),
    elem("controller", &[&CONTROLLER, &ACPI, &ADDRESS, &ALIAS]).keys(&["@type+@index", "address"]),
    elem("lease", &[&LEASE]).keys(&["lockspace+key"]),
    elem("filesystem", &[&FILESYSTEM, &ACPI, &ADDRESS, &ALIAS]).keys(&["target/@dir", "address", "source"]).ordered(),
    elem("interface", &[&INTERFACE, &ACPI, &ADDRESS, &ALIAS]).keys(&["mac/@address", "address", "alias/@name"]).ordered(),
    elem("smartcard", &[&SMARTCARD, &CHARDEV_BACKEND, &ACPI, &ADDRESS]).keys(&["address", "@mode"]),
    elem("serial", &[&SERIAL, &CHARDEV_BACKEND, &ACPI, &ADDRESS, &ALIAS]).keys(&["target/@port"]).ordered(),
    elem("parallel", &[&PARALLEL, &CHARDEV_BACKEND, &ACPI, &ADDRESS, &ALIAS]).keys(&["target/@port"]).ordered(),
    elem("console", &[&CONSOLE, &CHARDEV_BACKEND, &ACPI, &ADDRESS, &ALIAS]).keys(&["target/@port"]).ordered(),
    elem("channel", &[&CHANNEL, &CHARDEV_BACKEND, &ADDRESS, &ALIAS]).keys(&["target/@name", "address", "target/@address+target/@port"]).ordered(),
    elem("input", &[&INPUT, &ACPI, &ADDRESS, &ALIAS]).keys(&["@type+@bus", "address"]),
    elem("tpm", &[&TPM, &ADDRESS, &ALIAS]).keys(&["@model"]),
    elem("graphics", &[&GRAPHICS]).keys(&["@type"]).ordered(),
    elem("sound", &[&SOUND, &ACPI, &ADDRESS, &ALIAS]).keys(&["address", "@model"]),
    elem("audio", &[&AUDIO]).keys(&["@id"]),
    elem("video", &[&VIDEO, &ACPI, &ADDRESS, &ALIAS]).keys(&["address"]).ordered(),
    elem("hostdev", &[&HOSTDEV, &ACPI, &ADDRESS, &ALIAS]).keys(&["address", "source"]).ordered(),
    elem("redirdev", &[&REDIRDEV, &CHARDEV_BACKEND, &ADDRESS, &ALIAS]).keys(&["address", "@type"]).ordered(),
    elem("redirfilter", &[&REDIRFILTER]),
    elem("hub", &[&HUB, &ADDRESS, &ALIAS]).keys(&["address", "@type"]),
    elem("watchdog", &[&WATCHDOG, &ACPI, &ADDRESS, &ALIAS]).keys(&["address", "@model"]),
    elem("memballoon", &[&MEMBALLOON, &ACPI, &ADDRESS, &ALIAS]),
    elem("rng", &[&RNG, &ACPI, &ADDRESS, &ALIAS]).keys(&["address", "@model"]).ordered(),
    elem("nvram", &[&ADDRESS]),
    elem("panic", &[&PANIC, &ADDRESS, &ALIAS]).keys(&["@model", "address"]),
    elem("shmem", &[&SHMEM, &ACPI, &ADDRESS, &ALIAS]).keys(&["@name", "address"]),
    elem("memory", &[&MEMORY_DEVICE, &ACPI, &ADDRESS, &ALIAS]).keys(&["address", "alias/@name", "uuid", "@model+target/node+target/size"]),
    elem("crypto", &[&CRYPTO, &ADDRESS, &ALIAS]).keys(&["address"]).since(V12_8),
    elem("iommu", &[&IOMMU]).keys(&["@model"]),
    elem("vsock", &[&VSOCK, &ACPI, &ADDRESS, &ALIAS]),
    elem("pstore", &[&PSTORE, &ADDRESS, &ALIAS]).since(V12_8),
}
