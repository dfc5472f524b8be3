//! Devices other than disks and network cards: what of them cannot move, or moves at a risk.

use super::{Check, Fact, Found, Proof, Rule};
use crate::migration::Version;
use crate::report::{EnforcedBy, Level};
use crate::tree::{NodeId, Tree};
use crate::view::Guest;

/// A device's state.
const fn device(scope: &'static str, find: fn(&Guest<'_>) -> Vec<Found>) -> Check {
    Check::State { scope, find }
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "device/9p",
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU refuses to migrate a guest that has a 9p share mounted; one that has not mounted it migrates.",
        help: "unmount the share in the guest before the migration, or use a network file system",
        source: "QEMU hw/9pfs: migration is blocked while the share is mounted",
        proof: Proof::Run,
        example: "<filesystem type='mount'>",
        check: device("devices/filesystem", p9),
        ..Rule::RISK
    },
    Rule {
        id: "device/crypto",
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU's virtio-crypto device has no state that can be migrated.",
        help: "shut the guest down and take <crypto> out of its definition (`virsh edit NAME`)",
        source: "QEMU hw/virtio/virtio-crypto.c: unmigratable (7.2)",
        proof: Proof::Run,
        since: "libvirt 9.1",
        example: "<crypto model='virtio'",
        check: device("devices/crypto", crypto),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/hostdev-capabilities",
        why: "A host capability given to a container cannot move.",
        help: "move the container shut off",
        source: "libvirt qemuMigrationSrcIsAllowedHostdev",
        example: "<hostdev mode='capabilities'",
        check: device("devices/hostdev", capabilities),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/hostdev-mdev",
        needs: &[Fact::Qemu],
        enforced_by: EnforcedBy::Qemu,
        why: "A mediated device (vGPU) keeps its state in hardware: it moves with QEMU 8.1 and a vendor driver that can, and with an older one never.",
        help: "detach it before the migration (`virsh detach-device NAME FILE --live`, with its element in FILE), or check that the vendor's driver migrates and that the destination has the same type free",
        source: "libvirt qemuMigrationSrcIsAllowedHostdev; QEMU hw/vfio migration; OpenStack Nova MIN_MDEV_LIVEMIG",
        since: "movable since libvirt 8.6 and QEMU 8.1",
        example: "type='mdev'",
        check: device("devices/hostdev", mdev),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/hostdev-pci",
        needs: &[Fact::SourceHost],
        enforced_by: EnforcedBy::Qemu,
        why: "A PCI device of the host keeps its state in hardware. Unless its driver can migrate it (mlx5, hisi_acc and a few more, with QEMU 8.1), QEMU refuses.",
        help: "detach it before the migration (`virsh detach-device NAME FILE --live`, with its element in FILE), or make it the transient half of a <teaming> pair with a virtio card",
        source: "libvirt qemuMigrationSrcIsAllowedHostdev; QEMU hw/vfio: VFIO device doesn't support migration",
        example: "<hostdev mode='subsystem' type='pci'",
        check: device("devices/hostdev", pci),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/hostdev-scsi",
        why: "libvirt refuses to migrate a guest with a SCSI device or adapter of the host.",
        help: "give the guest the LUN as a virtio-scsi or iSCSI disk instead",
        source: "libvirt qemuMigrationSrcIsAllowedHostdev",
        example: "type='scsi'",
        check: device("devices/hostdev", scsi),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/hostdev-usb",
        needs: &[Fact::Nodedevs],
        settled_by: Some("host/hostdev-present"),
        why: "The guest sees its USB device unplugged, and needs one of the same name or place on the destination.",
        help: "detach it before the migration, or set startupPolicy='optional' on its <source>",
        source: "libvirt qemuMigrationSrcIsAllowedHostdev: USB is allowed",
        example: "type='usb'",
        check: device("devices/hostdev", usb),
        ..Rule::RISK
    },
    Rule {
        id: "device/input-evdev",
        why: "The event device is the host's own: another host has another one of that name, or none.",
        help: "check the path on the destination, or use a USB or virtio input device",
        source: "libvirt formatdomain, input type passthrough and evdev",
        example: "<input type='passthrough'",
        check: device("devices/input", evdev),
        ..Rule::RISK
    },
    Rule {
        id: "device/interface-hostdev",
        enforced_by: EnforcedBy::Qemu,
        why: "The card is a PCI device of the host: its state is in hardware and does not move.",
        help: "pair it with a virtio card by <teaming type='transient'>, or detach it before the migration",
        source: "libvirt qemuMigrationSrcIsAllowed; formatdomain, teaming",
        example: "<interface type='hostdev'",
        check: device("devices/interface", interface_hostdev),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/iommu-amd",
        needs: &[Fact::Qemu],
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU up to 9.2 marks its AMD IOMMU as not migratable; later ones may carry its state.",
        help: "use model='virtio' or 'intel', or try it with a guest that does not matter",
        source: "QEMU hw/i386/amd_iommu.c: vmstate_amdvi_sysbus.unmigratable",
        since: "libvirt 11.5",
        example: "<iommu model='amd'/>",
        check: device("devices/iommu", iommu_amd),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/lease",
        needs: &[Fact::Files],
        settled_by: Some("host/lockspace"),
        why: "The lease is held in a lockspace: the destination needs it, and the lock has to move along.",
        help: "configure the same lock manager and lockspace on the destination",
        source: "libvirt qemuMigrationCookie lockstate",
        example: "<lease>",
        check: device("devices/lease", lease),
        ..Rule::RISK
    },
    Rule {
        id: "device/mtp",
        enforced_by: EnforcedBy::Qemu,
        proof: Proof::Unverified,
        why: "It is not verified whether QEMU's USB MTP share can be migrated; it keeps open files of this host.",
        help: "detach it before the migration",
        source: "QEMU hw/usb/dev-mtp.c",
        since: "libvirt 10.2",
        example: "<driver type='mtp'/>",
        check: device("devices/filesystem", mtp),
        ..Rule::RISK
    },
    Rule {
        id: "device/panic-pstore",
        why: "The guest's crash log is in a file of this host.",
        help: "put the file on shared storage, or copy it to the destination",
        source: "libvirt release notes 10.6.0; formatdomain, pstore",
        since: "libvirt 10.6",
        example: "<pstore backend='acpi-erst'>",
        check: device("devices/pstore", pstore),
        ..Rule::RISK
    },
    Rule {
        id: "device/redirdev-tcp",
        level: Level::Info,
        why: "The client that gives the guest its USB device has to connect anew.",
        help: "tell those who use the device",
        source: "libvirt formatdomain, redirdev",
        example: "<redirdev bus='usb' type='tcp'>",
        check: device("devices/redirdev", redirdev_tcp),
        ..Rule::RISK
    },
    Rule {
        id: "device/rng-host",
        needs: &[Fact::Files],
        settled_by: Some("host/rng-backend"),
        why: "The guest's random numbers come from a device or service that the destination needs too.",
        help: "use /dev/urandom, or see that the destination has the same source",
        source: "libvirt formatdomain, rng backend",
        proof: Proof::Run,
        example: "<backend model='random'>/dev/hwrng</backend>",
        check: device("devices/rng", rng),
        ..Rule::RISK
    },
    Rule {
        id: "device/scsi-controller-default-model",
        level: Level::Info,
        why: "No model is written, and what libvirt takes instead changed for ARM and RISC-V guests with 11.6.",
        help: "write the model that the running guest has (`virsh dumpxml`)",
        source: "libvirt release notes 11.6.0",
        since: "libvirt 11.6",
        example: "<controller type='scsi' index='0'/>",
        check: device("devices/controller", scsi_model),
        ..Rule::RISK
    },
    Rule {
        id: "device/serial-host",
        needs: &[Fact::Files],
        settled_by: Some("host/chardev-path"),
        why: "What is behind the port is on this host: a file, a device, a socket, an address to listen on.",
        help: "see that the destination has the same path, listen on 0.0.0.0, or change it on the way with `--xml`",
        source: "OpenStack Nova _update_serial_xml; libvirt qemuProcessStart on the destination",
        proof: Proof::Run,
        example: "<serial type='file'>",
        check: device("devices", serial_host),
        ..Rule::RISK
    },
    Rule {
        id: "device/shmem-legacy",
        enforced_by: EnforcedBy::Qemu,
        why: "The old ivshmem device cannot be migrated, and newer QEMU has it no more.",
        help: "use ivshmem-plain or ivshmem-doorbell",
        source: "libvirt qemuMigrationSrcIsAllowed (7.10)",
        until: "QEMU 4.0, which dropped the device",
        example: "<model type='ivshmem'/>",
        check: device("devices/shmem", shmem_legacy),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/shmem-peer",
        enforced_by: EnforcedBy::Qemu,
        why: "A guest that is a peer of a shared memory does not own it, so QEMU refuses to take it along; the master's moves.",
        help: "set role='master', or detach the device before the migration",
        source: "QEMU hw/misc/ivshmem.c: Migration is disabled when using feature 'peer mode'",
        proof: Proof::Run,
        example: "<shmem name='area'>",
        check: device("devices/shmem", shmem_peer),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/smartcard-host",
        proof: Proof::Unverified,
        why: "The guest's card is in a reader or certificate store of this host. Whether QEMU refuses is not verified.",
        help: "use mode='passthrough' with spicevmc, or detach the reader",
        source: "libvirt formatdomain, smartcard",
        example: "<smartcard mode='host'/>",
        check: device("devices/smartcard", smartcard),
        ..Rule::RISK
    },
    Rule {
        id: "device/sound-audio-host",
        level: Level::Info,
        why: "The guest's sound goes to a sound service of this host.",
        help: "see that the destination has the same service, or use type='none'",
        source: "libvirt formatdomain, audio",
        example: "<audio id='1' type='alsa'/>",
        check: device("devices/audio", audio),
        ..Rule::RISK
    },
    Rule {
        id: "device/sound-virtio",
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU's virtio sound device has no state that can be migrated.",
        help: "use model='ich9' or another; changing it needs the guest powered off",
        source: "live migration from libvirt 12.8 and QEMU 11.1: `non-migratable device`",
        proof: Proof::Run,
        since: "libvirt 10.4",
        example: "<sound model='virtio'",
        check: device("devices/sound", sound_virtio),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/teaming-incomplete",
        why: "A transient card takes over from its persistent partner: without one, or with one that is not virtio, the guest loses its network on the way.",
        help: "give <teaming> the alias (ua-…) of a virtio card with <teaming type='persistent'/>",
        source: "libvirt formatdomain, teaming; virDomainDefValidate",
        example: "<teaming type='transient'",
        check: device("devices/interface", teaming),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/tpm-emulator",
        level: Level::Info,
        needs: &[Fact::Files],
        settled_by: Some("host/swtpm"),
        why: "The TPM's state travels with a live migration and is left behind by an offline one; the destination needs swtpm.",
        help: "install swtpm on the destination; before `--offline` copy /var/lib/libvirt/swtpm/<uuid>",
        source: "libvirt qemuTPMEmulatorStart; migration documentation, Offline migration",
        proof: Proof::Run,
        example: "<backend type='emulator'",
        check: device("devices/tpm", tpm_emulator),
        ..Rule::RISK
    },
    Rule {
        id: "device/tpm-emulator-shared-state",
        needs: &[Fact::SourceHost, Fact::Libvirt],
        why: "The TPM's state is on shared storage: libvirt before 8.10 lets two swtpm write to it at once, and refuses.",
        help: "use libvirt 8.10 and a swtpm with --migration on both hosts",
        source: "libvirt qemuTPMCanMigrateSharedStorage; release notes 8.10.0, 12.0.0",
        until: "libvirt 8.10",
        example: "<backend type='emulator'",
        check: device("devices/tpm", tpm_shared),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/tpm-encryption-secret",
        needs: &[Fact::Secrets],
        settled_by: Some("host/secret"),
        why: "The TPM's state is encrypted with a secret of libvirt, which does not move with the guest.",
        help: "define it on the destination: `virsh secret-define`, `virsh secret-set-value`",
        source: "libvirt formatdomain, tpm encryption",
        example: "<encryption secret=",
        check: device("devices/tpm", tpm_secret),
        ..Rule::RISK
    },
    Rule {
        id: "device/tpm-external",
        why: "libvirt does not start this swtpm: somebody has to start one on the destination before.",
        help: "start swtpm there at the same socket, with the state of this one",
        source: "libvirt release notes 9.0.0; formatdomain, tpm external",
        since: "libvirt 9.0",
        example: "<backend type='external'>",
        check: device("devices/tpm", tpm_external),
        ..Rule::RISK
    },
    Rule {
        id: "device/tpm-passthrough",
        enforced_by: EnforcedBy::Qemu,
        proof: Proof::Unverified,
        why: "The TPM is a chip of this host, and its keys cannot leave it. That QEMU refuses is not verified.",
        help: "use the emulator backend (swtpm)",
        source: "QEMU docs/specs/tpm",
        example: "<backend type='passthrough'>",
        check: device("devices/tpm", tpm_passthrough),
        ..Rule::RISK
    },
    Rule {
        id: "device/tpm-profile",
        why: "An older swtpm does not know profiles and refuses the state.",
        help: "install a swtpm that knows profiles (0.10) on the destination",
        source: "libvirt release notes 10.10.0",
        since: "libvirt 10.10",
        example: "<profile",
        check: device("devices/tpm", tpm_profile),
        ..Rule::RISK
    },
    Rule {
        id: "device/usb-controller-none-vs-default",
        level: Level::Info,
        why: "No USB controller is written, so libvirt adds one of a model that depends on machine and release (changed with 11.9).",
        help: "write the controller that the running guest has, or <controller type='usb' model='none'/>",
        source: "libvirt release notes 11.9.0; qemuDomainDefAddDefaultDevices",
        since: "libvirt 11.9",
        example: "<devices>",
        check: device("devices/controller", usb_default),
        ..Rule::RISK
    },
    Rule {
        id: "device/vdpa-interface",
        why: "The card's data path is in hardware: QEMU moves it only when it can follow all the device's features in software.",
        help: "check that the destination has the same vDPA device, or use a virtio card on a bridge",
        source: "libvirt qemuMigrationSrcIsAllowed; QEMU shadow virtqueue",
        since: "refused by libvirt before 8.6",
        example: "<interface type='vdpa'>",
        check: device("devices/interface", vdpa),
        ..Rule::RISK
    },
    Rule {
        id: "device/vhost-user-gpu",
        enforced_by: EnforcedBy::Qemu,
        proof: Proof::Unverified,
        why: "A daemon of this host draws the guest's display, and its state is not transferred; that QEMU refuses is not verified.",
        help: "use the virtio video device without vhostuser",
        source: "QEMU contrib/vhost-user-gpu",
        example: "<driver name='vhostuser'/>",
        check: device("devices/video", vhost_user_gpu),
        ..Rule::RISK
    },
    Rule {
        id: "device/vhost-user-interface",
        why: "A switch of this host (OVS-DPDK, VPP, passt) serves the card: the destination needs the same socket with the same features.",
        help: "see that the destination's switch has the port before the migration",
        source: "libvirt formatdomain, interface type vhostuser",
        example: "<interface type='vhostuser'>",
        check: device("devices/interface", vhost_user),
        ..Rule::RISK
    },
    Rule {
        id: "device/video-virtio-variant",
        level: Level::Info,
        needs: &[Fact::Libvirt],
        why: "libvirt before 12.5 does not write down whether the first virtio display is a VGA one: two hosts may choose differently.",
        help: "compare `virsh qemu-monitor-command DOMAIN --hmp info pci` with a guest started on the destination",
        source: "libvirt release notes 12.5.0",
        proof: Proof::Run,
        until: "libvirt 12.5",
        example: "<model type='virtio'/>",
        check: device("devices/video", video_variant),
        ..Rule::RISK
    },
    Rule {
        id: "device/virtio-gpu-3d",
        enforced_by: EnforcedBy::Qemu,
        why: "The state of 3D acceleration is in the host's graphics driver and cannot be migrated.",
        help: "set accel3d='no' and leave blob out; it takes effect with the next start",
        source: "QEMU hw/display/virtio-gpu-base.c: virgl is not yet migratable",
        example: "<acceleration accel3d='yes'/>",
        check: device("devices/video", virtio_gpu_3d),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/virtiofs",
        needs: &[Fact::Libvirt],
        enforced_by: EnforcedBy::Qemu,
        why: "The daemon keeps the share's state: it moves with virtiofsd 1.11 and a libvirt that knows to ask it, and never before.",
        help: "unmount and detach the share before the migration, or bring both hosts to libvirt 10.9 and virtiofsd 1.11",
        source: "libvirt qemuMigrationSrcIsAllowed; libvirt.org/kbase/virtiofs",
        proof: Proof::Run,
        since: "movable since about libvirt 10.9 and virtiofsd 1.11",
        example: "<driver type='virtiofs'/>",
        check: device("devices/filesystem", virtiofs),
        ..Rule::BLOCKER
    },
    Rule {
        id: "device/vsock",
        level: Level::Info,
        needs: &[Fact::Domains],
        settled_by: Some("host/vsock-cid"),
        why: "Open vsock connections break, and the context id has to be free on the destination.",
        help: "let programs in the guest connect anew; use <cid auto='yes'/> where the id does not matter",
        source: "libvirt formatdomain, vsock",
        example: "<vsock model='virtio'>",
        check: device("devices/vsock", vsock),
        ..Rule::RISK
    },
];

/// A finding at a place in each device of one kind of which something holds, when the guest moves
/// alive.
fn each(
    guest: &Guest<'_>,
    kind: &'static str,
    is: impl Fn(&Tree<'_>, NodeId) -> bool,
    place: &str,
    message: &str,
) -> Vec<Found> {
    if !guest.is_live() {
        return Vec::new();
    }
    let tree = guest.tree();
    guest
        .devices(kind)
        .filter(|node| is(tree, *node))
        .map(|node| Found::at(tree.at(node, place).unwrap_or(node), message))
        .collect()
}

fn p9(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| {
        matches!(tree.attr(node, "type"), None | Some("mount"))
            && matches!(
                tree.get(node, "driver/@type"),
                None | Some("path" | "handle")
            )
    };
    each(
        guest,
        "filesystem",
        is,
        "",
        "QEMU refuses while the guest has the share mounted",
    )
}

fn crypto(guest: &Guest<'_>) -> Vec<Found> {
    const MESSAGE: &str = "QEMU cannot migrate it";
    let by_hand = guest.devices_by_hand().into_iter();
    let by_hand = by_hand.filter(|(_, name)| guest.is_live() && name.starts_with("virtio-crypto"));
    let by_hand = by_hand.map(|(node, _)| Found::at(node, MESSAGE));
    let devices = each(guest, "crypto", |_, _| true, "", MESSAGE);
    devices.into_iter().chain(by_hand).collect()
}

fn hostdevs(guest: &Guest<'_>, kinds: &[&str], message: &str) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| {
        tree.attr(node, "mode") != Some("capabilities")
            && tree
                .attr(node, "type")
                .is_some_and(|kind| kinds.contains(&kind))
    };
    each(guest, "hostdev", is, "", message)
}

fn capabilities(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| tree.attr(node, "mode") == Some("capabilities");
    each(
        guest,
        "hostdev",
        is,
        "@mode",
        "a host capability cannot move",
    )
}

fn mdev(guest: &Guest<'_>) -> Vec<Found> {
    /// From here on QEMU asks the vendor's driver.
    const MOVABLE: Version = Version::new(8, 1);
    let found = hostdevs(guest, &["mdev"], "its state is in the host's hardware");
    let weigh = |found: Found| match guest.migration.qemu {
        Some(version) if version < MOVABLE => found,
        Some(_) => found.level(Level::Warning),
        None => found.needs(Fact::Qemu),
    };
    found.into_iter().map(weigh).collect()
}

/// Kernel drivers that carry a device's state along (Linux drivers/vfio/pci).
const MIGRATING_DRIVERS: [&str; 6] = [
    "mlx5_vfio_pci",
    "hisi_acc_vfio_pci",
    "pds_vfio_pci",
    "virtio_vfio_pci",
    "qat_vfio_pci",
    "xe_vfio_pci",
];

fn pci(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let is_paired = |node: NodeId| tree.get(node, "teaming/@type") == Some("transient");
    hostdevs(guest, &["pci"], "its state is in the host's hardware")
        .into_iter()
        .filter(|found| !is_paired(found.node))
        .map(|found| {
            let named = tree.get(found.node, "driver/@model").map(str::to_owned);
            let bound = guest.source.and_then(|host| {
                let address = super::destination::devices::pci_address(tree, found.node)?;
                let devices = host.resources.nodedevs.as_ref()?;
                let device = devices
                    .iter()
                    .find(|device| device.pci.as_deref() == Some(&*address))?;
                device.driver.clone()
            });
            let driver = named.or(bound).unwrap_or_default();
            let driver = driver.replace('-', "_");
            // From here on QEMU asks the driver, and libvirt asks QEMU.
            let is_old = |version: Option<Version>, first| version.is_some_and(|own| own < first);
            let asks = !is_old(guest.migration.qemu, Version::new(8, 1))
                && !is_old(guest.migration.libvirt, Version::new(8, 6));
            if asks && MIGRATING_DRIVERS.contains(&driver.as_str()) {
                found.level(Level::Warning)
            } else {
                found
            }
        })
        .collect()
}

fn scsi(guest: &Guest<'_>) -> Vec<Found> {
    hostdevs(
        guest,
        &["scsi", "scsi_host"],
        "libvirt does not migrate SCSI devices of the host",
    )
}

fn usb(guest: &Guest<'_>) -> Vec<Found> {
    hostdevs(guest, &["usb"], "the guest sees it unplugged")
        .into_iter()
        .map(|found| found.needs(Fact::Nodedevs))
        .collect()
}

fn evdev(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| {
        matches!(tree.attr(node, "type"), Some("passthrough" | "evdev"))
    };
    each(
        guest,
        "input",
        is,
        "source",
        "it is an event device of this host",
    )
}

fn interface_hostdev(guest: &Guest<'_>) -> Vec<Found> {
    let pools: Vec<&str> = guest
        .source
        .and_then(|host| host.resources.networks.as_ref())
        .into_iter()
        .flatten()
        .filter(|network| network.forward.as_deref() == Some("hostdev"))
        .map(|network| network.name.as_str())
        .collect();
    let is = |tree: &Tree<'_>, node: NodeId| {
        let is_of_pool = tree
            .get(node, "source/@network")
            .is_some_and(|name| pools.contains(&name));
        (tree.attr(node, "type") == Some("hostdev") || is_of_pool)
            && tree.get(node, "teaming/@type") != Some("transient")
    };
    each(guest, "interface", is, "", "it is a PCI device of the host")
}

fn iommu_amd(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| tree.attr(node, "model") == Some("amd");
    each(guest, "iommu", is, "@model", "older QEMU cannot migrate it")
        .into_iter()
        .map(|found| match guest.migration.qemu {
            Some(version) if version < Version::new(10, 0) => found,
            Some(_) => found.level(Level::Warning),
            None => found.needs(Fact::Qemu),
        })
        .collect()
}

fn lease(guest: &Guest<'_>) -> Vec<Found> {
    each(
        guest,
        "lease",
        |_, _| true,
        "",
        "its lock has to move along",
    )
    .into_iter()
    .map(|found| found.needs(Fact::Files))
    .collect()
}

fn mtp(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| tree.get(node, "driver/@type") == Some("mtp");
    each(
        guest,
        "filesystem",
        is,
        "driver",
        "it keeps open files of this host",
    )
}

fn sound_virtio(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| tree.attr(node, "model") == Some("virtio");
    each(guest, "sound", is, "@model", "QEMU cannot migrate it")
}

fn pstore(guest: &Guest<'_>) -> Vec<Found> {
    each(
        guest,
        "pstore",
        |_, _| true,
        "path",
        "it is a file of this host",
    )
}

fn redirdev_tcp(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| tree.attr(node, "type") == Some("tcp");
    each(guest, "redirdev", is, "", "its client has to connect anew")
}

fn rng(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| match tree.get(node, "backend/@model") {
        Some("random") => !matches!(
            tree.get(node, "backend"),
            None | Some("" | "/dev/random" | "/dev/urandom")
        ),
        Some("egd") => true,
        _ => false,
    };
    each(guest, "rng", is, "backend", "its source is of this host")
        .into_iter()
        .map(|found| found.needs(Fact::Files))
        .collect()
}

fn scsi_model(guest: &Guest<'_>) -> Vec<Found> {
    let has_changed = guest.get("os/type/@arch").is_some_and(|arch| {
        arch.starts_with("arm") || arch.starts_with("aarch64") || arch.starts_with("riscv")
    });
    let is = |tree: &Tree<'_>, node: NodeId| {
        has_changed
            && tree.attr(node, "type") == Some("scsi")
            && tree.is_written(node)
            && !tree
                .attribute(node, "model")
                .is_some_and(|model| tree.is_written(model))
    };
    each(guest, "controller", is, "", "its model is left to libvirt")
}

/// What is behind each port of the guest, as `(kind of device, node)`.
const PORTS: [&str; 5] = ["serial", "parallel", "console", "channel", "smartcard"];

fn serial_host(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let is = |tree: &Tree<'_>, node: NodeId| match tree.attr(node, "type") {
        Some("dev" | "file" | "pipe") => true,
        // libvirt makes the path of an agent's socket itself.
        Some("unix") => tree.at(node, "source/@path").is_some(),
        Some("tcp" | "udp") => {
            let is_wildcard = |host: &str| matches!(host, "0.0.0.0" | "::" | "127.0.0.1" | "::1");
            tree.children_named(node, "source").any(|source| {
                tree.attr(source, "mode") == Some("bind")
                    && !tree.attr(source, "host").is_some_and(is_wildcard)
            })
        }
        _ => false,
    };
    PORTS
        .iter()
        .flat_map(|kind| {
            each(
                guest,
                kind,
                is,
                "source",
                "what is behind it is of this host",
            )
        })
        // A console of the same port as a serial one is that one.
        .filter(|found| {
            tree.parent(found.node).is_none_or(|port| {
                tree.name(port) != "console" || tree.get(port, "target/@type") != Some("serial")
            })
        })
        .map(|found| found.needs(Fact::Files))
        .collect()
}

fn shmem_legacy(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| {
        matches!(tree.get(node, "model/@type"), None | Some("ivshmem"))
    };
    each(guest, "shmem", is, "model", "the old ivshmem cannot move")
}

fn shmem_peer(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| {
        tree.attr(node, "role") != Some("master")
            && matches!(
                tree.get(node, "model/@type"),
                Some("ivshmem-plain" | "ivshmem-doorbell")
            )
    };
    each(
        guest,
        "shmem",
        is,
        "",
        "a peer of shared memory cannot move",
    )
}

fn smartcard(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| {
        matches!(tree.attr(node, "mode"), Some("host" | "host-certificates"))
    };
    each(guest, "smartcard", is, "", "the card is in this host")
}

fn audio(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| {
        matches!(
            tree.attr(node, "type"),
            Some("alsa" | "oss" | "pulseaudio" | "pipewire" | "jack" | "file")
        )
    };
    each(guest, "audio", is, "", "its sound service is of this host")
}

fn teaming(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let partner = |alias: &str| {
        guest
            .devices("interface")
            .find(|card| tree.get(*card, "alias/@name") == Some(alias))
    };
    let wrong = |node: NodeId| -> Option<Found> {
        let teaming = tree.child(node, "teaming")?;
        if tree.attr(teaming, "type") != Some("transient") {
            return None;
        }
        let alias = tree.attr(teaming, "persistent").unwrap_or_default();
        match partner(alias) {
            None => Some(Found::at(teaming, format!("no card has the alias {alias}"))),
            Some(card)
                if tree
                    .get(card, "model/@type")
                    .is_none_or(|model| !model.starts_with("virtio")) =>
            {
                Some(Found::at(
                    teaming,
                    format!("its partner {alias} is no virtio card"),
                ))
            }
            Some(_) => None,
        }
    };
    guest
        .devices("interface")
        .chain(guest.devices("hostdev"))
        .filter_map(wrong)
        .collect()
}

fn tpms(guest: &Guest<'_>, kind: &str, message: &str) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| tree.get(node, "backend/@type") == Some(kind);
    each(guest, "tpm", is, "backend", message)
}

fn tpm_emulator(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    if !guest.is_live() {
        return guest
            .devices("tpm")
            .filter(|tpm| tree.get(*tpm, "backend/@type") == Some("emulator"))
            .map(|tpm| Found::at(tpm, "its state stays on this host").level(Level::Warning))
            .collect();
    }
    tpms(guest, "emulator", "the destination needs swtpm")
        .into_iter()
        .map(|found| found.needs(Fact::Files))
        .collect()
}

fn tpm_shared(guest: &Guest<'_>) -> Vec<Found> {
    /// Where libvirt keeps the state (swtpm_storage_dir).
    const STATE: &str = "/var/lib/libvirt/swtpm";
    let is_shared = guest
        .source
        .and_then(|host| host.resources.file_system(STATE))
        .is_some_and(|system| system.is_shared());
    let is_old = guest
        .migration
        .libvirt
        .is_some_and(|version| version < Version::new(8, 10));
    if !is_shared || !is_old {
        return Vec::new();
    }
    tpms(guest, "emulator", "its state is on shared storage")
}

fn tpm_secret(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| tree.at(node, "backend/encryption/@secret").is_some();
    each(
        guest,
        "tpm",
        is,
        "backend/encryption",
        "it needs a secret there",
    )
    .into_iter()
    .map(|found| found.needs(Fact::Secrets))
    .collect()
}

fn tpm_external(guest: &Guest<'_>) -> Vec<Found> {
    tpms(guest, "external", "somebody has to start its swtpm there")
}

fn tpm_passthrough(guest: &Guest<'_>) -> Vec<Found> {
    tpms(guest, "passthrough", "it is a chip of this host")
}

fn tpm_profile(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| tree.at(node, "backend/profile").is_some();
    each(
        guest,
        "tpm",
        is,
        "backend/profile",
        "an older swtpm does not know profiles",
    )
}

fn usb_default(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let filled = guest.devices("controller").find(|controller| {
        tree.attr(*controller, "type") == Some("usb") && !tree.is_written(*controller)
    });
    filled
        .map(|node| Found::at(node, "its model is left to libvirt"))
        .into_iter()
        .collect()
}

fn vdpa(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| tree.attr(node, "type") == Some("vdpa");
    let is_refused = guest
        .migration
        .libvirt
        .is_some_and(|version| version < Version::new(8, 6));
    each(guest, "interface", is, "", "its data path is in hardware")
        .into_iter()
        .map(|found| match is_refused {
            true => found.level(Level::Error),
            false => found,
        })
        .collect()
}

fn vhost_user_gpu(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| tree.get(node, "driver/@name") == Some("vhostuser");
    each(
        guest,
        "video",
        is,
        "driver",
        "a daemon of this host draws it",
    )
}

fn vhost_user(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| tree.attr(node, "type") == Some("vhostuser");
    each(
        guest,
        "interface",
        is,
        "",
        "a switch of this host serves it",
    )
}

fn video_variant(guest: &Guest<'_>) -> Vec<Found> {
    let is_open = guest
        .migration
        .libvirt
        .is_some_and(|version| version < Version::new(12, 5));
    let tree = guest.tree();
    let first = guest.devices("video").next().filter(|_| is_open);
    let is = |video: &NodeId| {
        tree.get(*video, "model/@type") == Some("virtio")
            && !tree
                .at(*video, "model/@device")
                .is_some_and(|device| tree.is_written(device))
    };
    first
        .filter(is)
        .map(|video| Found::at(video, "each host chooses its variant"))
        .into_iter()
        .collect()
}

fn virtio_gpu_3d(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| {
        tree.get(node, "model/@type") == Some("virtio")
            && (tree.get(node, "model/acceleration/@accel3d") == Some("yes")
                || tree.get(node, "model/@blob") == Some("on"))
    };
    each(guest, "video", is, "model", "its 3D state cannot move")
}

fn virtiofs(guest: &Guest<'_>) -> Vec<Found> {
    /// From about here on libvirt lets virtiofsd carry the state.
    const MOVABLE: Version = Version::new(10, 9);
    let tree = guest.tree();
    let is = |tree: &Tree<'_>, node: NodeId| tree.get(node, "driver/@type") == Some("virtiofs");
    each(
        guest,
        "filesystem",
        is,
        "",
        "virtiofsd has to carry its state",
    )
    .into_iter()
    .map(|found| {
        let is_external = tree.at(found.node, "source/@socket").is_some();
        match guest.migration.libvirt {
            Some(version) if version < MOVABLE => found,
            Some(_) => found.level(Level::Warning),
            None if is_external => found.level(Level::Warning),
            None => found.needs(Fact::Libvirt),
        }
    })
    .collect()
}

fn vsock(guest: &Guest<'_>) -> Vec<Found> {
    let is = |tree: &Tree<'_>, node: NodeId| tree.get(node, "cid/@auto") != Some("yes");
    each(
        guest,
        "vsock",
        is,
        "cid",
        "its context id has to be free there",
    )
    .into_iter()
    .map(|found| found.needs(Fact::Domains))
    .collect()
}
