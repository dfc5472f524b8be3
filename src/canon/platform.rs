//! Balloon, watchdog, panic, TPM and the other devices of which a guest has
//! few (`qemuDomainDefAddDefaultDevices` and their parsers).

use super::{DeviceKind, Devices, Release};
use crate::canon::{Family, Machine};
use crate::tree::{NodeId, Provenance, Tree};

pub(super) fn fill(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    balloon(tree, devices, machine);
    watchdogs(tree, devices, machine);
    panics(tree, devices, machine);
    for controller in &devices[DeviceKind::Controller] {
        // A controller that is none stands nowhere.
        if tree.attr(*controller, "model") == Some("none") {
            tree.remove_child(*controller, "address");
        }
    }
    for rng in &devices[DeviceKind::Rng] {
        if let Some(backend) = tree.child(*rng, "backend")
            && tree.attr(backend, "model") == Some("random")
            && tree.value(backend).unwrap_or_default().is_empty()
        {
            tree.set_value(backend, "/dev/random");
        }
    }
    for tpm in &devices[DeviceKind::Tpm] {
        fill_tpm(tree, *tpm, machine);
    }
    for vsock in &devices[DeviceKind::Vsock] {
        tree.default_attr(*vsock, "model", "virtio");
        let cid = tree.ensure(*vsock, "cid", Provenance::Default);
        let auto = if tree.attr(cid, "address").is_some() {
            "no"
        } else {
            "yes"
        };
        tree.default_attr(cid, "auto", auto);
    }
    for shmem in &devices[DeviceKind::Shmem] {
        fill_shmem(tree, *shmem);
    }
    for memory in &devices[DeviceKind::Memory] {
        if tree.attr(*memory, "model") == Some("virtio-pmem") {
            tree.default_attr(*memory, "access", "shared");
        }
        if let Some(target) = tree.child(*memory, "target") {
            tree.remove_child(target, "current");
        }
    }
}

fn balloon(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    let by_default = !matches!(
        machine.arch.as_str(),
        "armv6l" | "armv7l" | "aarch64" | "sparc"
    ) && (machine.release < Release::V12_8 || !machine.arch.starts_with("riscv"));
    if devices[DeviceKind::Memballoon].is_empty() && by_default {
        devices.add(tree, DeviceKind::Memballoon);
    }
    for balloon in &devices[DeviceKind::Memballoon] {
        tree.default_attr(*balloon, "model", "virtio");
        if tree
            .get(*balloon, "stats/@period")
            .is_none_or(|period| period == "0")
        {
            tree.remove_child(*balloon, "stats");
        }
    }
}

fn watchdogs(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    for watchdog in &devices[DeviceKind::Watchdog] {
        tree.default_attr(*watchdog, "action", "reset");
    }
    let has_itco = devices[DeviceKind::Watchdog]
        .iter()
        .any(|w| tree.attr(*w, "model") == Some("itco"));
    if machine.family == Family::Q35 && machine.release >= Release::V12_8 && !has_itco {
        // All watchdogs of a guest do the same.
        let action = devices[DeviceKind::Watchdog]
            .first()
            .and_then(|first| tree.attr(*first, "action"))
            .unwrap_or("reset")
            .to_owned();
        let watchdog = devices.add(tree, DeviceKind::Watchdog);
        tree.set_attr(watchdog, "model", "itco", Provenance::Filled);
        tree.set_attr(watchdog, "action", action, Provenance::Filled);
    }
}

fn panics(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    let model = match machine.family {
        Family::Pseries => "pseries",
        Family::S390Ccw => "s390",
        _ => "isa",
    };
    if matches!(machine.family, Family::Pseries | Family::S390Ccw)
        && devices[DeviceKind::Panic].is_empty()
    {
        devices.add(tree, DeviceKind::Panic);
    }
    for panic in &devices[DeviceKind::Panic] {
        tree.default_attr(*panic, "model", model);
    }
}

fn fill_tpm(tree: &mut Tree<'_>, tpm: NodeId, machine: &Machine) {
    let model = if machine.family == Family::Pseries {
        "tpm-spapr"
    } else {
        "tpm-tis"
    };
    tree.default_attr(tpm, "model", model);
    let crb = matches!(
        tree.attr(tpm, "model"),
        Some("tpm-crb" | "tpm-spapr" | "spapr-tpm-proxy")
    ) || machine.family == Family::ArmVirt;
    let Some(backend) = tree.child(tpm, "backend") else {
        return;
    };
    if tree.attr(backend, "type") != Some("emulator") {
        tree.remove_attr(backend, "version");
    }
    match tree.attr(backend, "type") {
        Some("emulator") => {
            if matches!(tree.attr(backend, "version"), None | Some("default")) {
                tree.set_attr(
                    backend,
                    "version",
                    if crb { "2.0" } else { "1.2" },
                    Provenance::Default,
                );
            }
        }
        Some("passthrough") => {
            let device = tree.ensure(backend, "device", Provenance::Default);
            tree.default_attr(device, "path", "/dev/tpm0");
        }
        _ => {}
    }
}

fn fill_shmem(tree: &mut Tree<'_>, shmem: NodeId) {
    if tree.child(shmem, "server").is_some() {
        let msi = tree.ensure(shmem, "msi", Provenance::Default);
        tree.default_attr(msi, "enabled", "yes");
        tree.default_attr(msi, "ioeventfd", "on");
    }
    if tree.get(shmem, "model/@type") == Some("ivshmem-plain") {
        let size = tree.ensure(shmem, "size", Provenance::Default);
        // Less than is printed is as good as nothing.
        if matches!(tree.value(size), None | Some("0")) {
            tree.set_value(size, "4");
        }
    }
}
