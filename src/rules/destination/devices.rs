//! Firmware, TPM, security labels, host devices and helper programs on a destination.

use super::storage::{missing, missing_all};
use crate::host::resources::NodeDevice;
use crate::host::{HostFacts, programs};
use crate::migration::Version;
use crate::report::{EnforcedBy, Level};
use crate::rules::{Check, Fact, Found, Proof, Rule};
use crate::tree::{NodeId, Tree};
use crate::view::Guest;

pub(in crate::rules) static RULES: &[Rule] = &[
    Rule {
        id: "host/audio-backend",
        level: Level::Warning,
        needs: &[Fact::HostFile],
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU on the destination cannot play the guest's sound there: it was built, or installed, without this sound system.",
        help: "install the module there (qemu-system-modules-…, qemu-audio-…), or use <audio type='none'/> with `virsh migrate --xml`",
        source: "QEMU -audiodev help; libvirt formatdomain, audio",
        example: "<audio id='1' type='pulseaudio'/>",
        check: Check::Destination(audio),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/boot-file-missing",
        needs: &[Fact::Files],
        why: "libvirt looks for the files that the guest boots from before it takes the guest, although a running one needs them at its next start only; QEMU does not start without the ROM of a card.",
        help: "put the same file at the same path on the destination",
        source: "libvirt virStorageFileGetMetadata, qemuSecuritySetAllLabel: unable to stat",
        proof: Proof::Run,
        example: "<kernel>/boot/vmlinuz</kernel>",
        check: Check::Destination(boot_files),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/filesystem-source",
        needs: &[Fact::Files],
        enforced_by: EnforcedBy::Qemu,
        why: "The directory that the guest shares with the host has to be there too.",
        help: "mount or create the directory at the same path on the destination",
        source: "QEMU hw/9pfs; libvirt qemuVirtioFSStart",
        proof: Proof::Run,
        example: "<source dir='/srv/data'/>",
        check: Check::Destination(shared_directory),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/helper-binaries",
        needs: &[Fact::Files],
        why: "libvirt starts a helper program beside QEMU for this device, and refuses the guest where it is not installed.",
        help: "install the program there (virtiofsd, passt)",
        source: "libvirt qemuVirtioFSPrepareDomain, qemuPasstStart",
        example: "<driver type='virtiofs'/>",
        check: Check::Destination(helpers),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/hostdev-present",
        needs: &[Fact::Nodedevs],
        why: "The guest is given this device of its host: the destination must have it too, and no other guest may use it there.",
        help: "give the guest a device that is there with `virsh migrate --xml`, or detach it before",
        source: "libvirt virHostdevPreparePCIDevices, virHostdevFindUSBDevice",
        example: "<hostdev mode='subsystem' type='usb'",
        check: Check::Destination(host_device),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/iommu",
        needs: &[Fact::Capabilities],
        why: "A PCI device can be given to a guest only behind an IOMMU, which must be on at the destination.",
        help: "switch it on in the firmware and the kernel (intel_iommu=on)",
        source: "libvirt virHostdevPreparePCIDevices; capabilities, host/iommu",
        example: "<hostdev mode='subsystem' type='pci'",
        check: Check::Destination(iommu),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/loader",
        needs: &[Fact::Files],
        enforced_by: EnforcedBy::Qemu,
        why: "The firmware that the guest runs has to be at the same path; distributions install it at different ones.",
        help: "install the firmware (OVMF, edk2) there, or name its path there with `virsh migrate --xml`",
        source: "QEMU: could not load the firmware image; libvirt qemuPrepareNVRAM",
        proof: Proof::Run,
        example: "<loader",
        check: Check::Destination(loader),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/loader-size",
        needs: &[Fact::SourceHost, Fact::Files],
        enforced_by: EnforcedBy::Qemu,
        why: "The flash of the firmware is part of the migration stream: another size breaks it on the way.",
        help: "install the same build of the firmware on both hosts (2 MiB and 4 MiB builds differ)",
        source: "QEMU migration/ram.c: Size mismatch: system.flash0",
        proof: Proof::Run,
        example: "type='pflash'",
        check: Check::Destination(loader_size),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/mdev-type",
        needs: &[Fact::SourceHost, Fact::Nodedevs],
        why: "No device of the destination makes mediated devices of the type that the guest has, or none is left.",
        help: "choose a host with the same card and a free device of that type (`virsh nodedev-list --cap mdev_types`)",
        source: "libvirt nodedev, capability mdev_types; OpenStack Nova vGPU live migration",
        example: "type='mdev'",
        check: Check::Destination(mdev_type),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/nvram-template",
        needs: &[Fact::Files],
        why: "libvirt makes the variable store from its template on the destination, before the stream fills it: one of the two must be there.",
        help: "install the firmware package there, or copy the variable store",
        source: "libvirt qemuPrepareNVRAM",
        proof: Proof::Run,
        example: "<nvram template=",
        check: Check::Destination(nvram_template),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/secmodel",
        needs: &[Fact::Capabilities],
        why: "The guest names a security driver, and libvirt refuses it on a host that does not run this one (`Security driver model … is not available`): SELinux and AppArmor hosts do not mix. Before libvirt 12.3 that holds for a label of type none too.",
        help: "remove the <seclabel> of that model with `virsh migrate --xml`, or run the same driver on both hosts",
        source: "live migration between two libvirt 9.0 hosts, started there with type none; libvirt 12.3 release notes",
        proof: Proof::Run,
        example: "model='selinux'",
        check: Check::Destination(security_driver),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/secure-boot",
        why: "A secure loader keeps the guest's operating system out of its variable store by SMM, which only q35 has and which has to be on.",
        help: "use a q35 machine and <smm state='on'/>, or secure='no'",
        source: "libvirt qemuFirmwareMatchDomain, virDomainDefOSValidate",
        example: "<loader secure='yes'",
        check: Check::State {
            scope: "os",
            find: secure_boot,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "host/swtpm",
        needs: &[Fact::Files],
        why: "libvirt starts swtpm for the guest's TPM, and refuses the guest where it is not installed.",
        help: "install swtpm and swtpm-tools there",
        source: "libvirt virTPMEmulatorInit",
        proof: Proof::Run,
        example: "<backend type='emulator'",
        check: Check::Destination(swtpm),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/tpm-shared",
        level: Level::Warning,
        needs: &[Fact::SourceHost],
        enforced_by: EnforcedBy::Nobody,
        why: "The directory with the TPM's state is shared storage on one host only: libvirt judges each side by itself, and the state may be written twice or removed.",
        help: "keep /var/lib/libvirt/swtpm on shared storage on both hosts or on neither",
        source: "libvirt qemuTPMHasSharedStorage; release notes 12.0.0",
        until: "libvirt 12.0",
        example: "<backend type='emulator'",
        check: Check::Destination(tpm_on_one_side),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/usb-startup-policy",
        level: Level::Warning,
        needs: &[Fact::Nodedevs],
        why: "The device is not on the destination; its startupPolicy lets the guest go on without it.",
        help: "plug it in there and attach it afterwards, if the guest needs it",
        source: "libvirt formatdomain, hostdev startupPolicy",
        example: "startupPolicy='optional'",
        check: Check::Destination(dropped_usb),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/vfio-migration",
        needs: &[Fact::Nodedevs],
        enforced_by: EnforcedBy::Qemu,
        why: "The device's driver on the source can migrate it, the one that it is bound to on the destination cannot take it.",
        help: "bind the same driver there, or let libvirt choose it (managed='yes', libvirt 10.0)",
        source: "libvirt release notes 9.7.0, 10.0.0; QEMU hw/vfio",
        example: "<driver model=",
        check: Check::Destination(vfio_driver),
        ..Rule::DEMAND
    },
];

fn boot_files(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let Some(os) = guest.at("os") else {
        return Vec::new();
    };
    let single = ["kernel", "initrd", "dtb", "shim"]
        .iter()
        .filter_map(|name| tree.child(os, name));
    let tables = tree
        .child(os, "acpi")
        .into_iter()
        .flat_map(|acpi| tree.children_named(acpi, "table"));
    // QEMU does not start without the ROM of a card.
    let roms = ["interface", "hostdev"]
        .into_iter()
        .flat_map(|kind| guest.devices(kind))
        .filter_map(|card| tree.at(card, "rom/@file"));
    let gone = |node| missing(host, tree.value(node)?, node, "");
    let by_qemu = |found: Found| found.enforced_by(EnforcedBy::Qemu);
    single
        .chain(tables)
        .filter_map(gone)
        .chain(roms.filter_map(gone).map(by_qemu))
        .collect()
}

fn shared_directory(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    guest
        .devices("filesystem")
        .filter_map(|share| {
            let source = tree.child(share, "source")?;
            let node = ["dir", "file", "dev", "socket"]
                .iter()
                .find_map(|name| tree.attribute(source, name))?;
            let path = tree.value(node)?;
            let found = missing(host, path, node, "")?;
            let is_told = found.needs.is_some() && guest.migration.is_shared_path(path);
            (!is_told).then_some(found)
        })
        .collect()
}

fn helpers(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let shares = guest.devices("filesystem").filter_map(|share| {
        let is_started = tree.get(share, "driver/@type") == Some("virtiofs")
            && tree.at(share, "source/@socket").is_none();
        if !is_started {
            return None;
        }
        match tree.at(share, "binary/@path") {
            Some(node) => missing(host, tree.value(node)?, node, ""),
            None => missing_all(host, programs::VIRTIOFSD, share, "virtiofsd"),
        }
    });
    let cards = guest
        .devices("interface")
        .filter(|card| tree.get(*card, "backend/@type") == Some("passt"))
        .filter_map(|card| missing_all(host, programs::PASST, card, "passt"));
    shares.chain(cards).collect()
}

/// The address of a PCI host device as the kernel writes it.
pub(in crate::rules) fn pci_address(tree: &Tree<'_>, hostdev: NodeId) -> Option<String> {
    let part = |name: &str| {
        let text = tree.get(hostdev, &format!("source/address/@{name}"))?;
        crate::value::number(text).ok()
    };
    Some(format!(
        "{:04x}:{:02x}:{:02x}.{:x}",
        part("domain").unwrap_or(0),
        part("bus")?,
        part("slot")?,
        part("function").unwrap_or(0)
    ))
}

/// What a host device is looked for by.
enum Wanted {
    Pci(String),
    Usb(String),
    UsbAddress(String),
    Mdev(String),
}

impl Wanted {
    /// What a `<hostdev>`, or a card that is one, names.
    fn of(tree: &Tree<'_>, hostdev: NodeId) -> Option<Self> {
        let get = |path: &str| tree.get(hostdev, path);
        let number = |path: &str| crate::value::number(get(path)?).ok();
        let is_card = tree.name(hostdev) == "interface";
        match get("@type")? {
            "usb" => {
                let ids = number("source/vendor/@id").zip(number("source/product/@id"));
                if let Some((vendor, product)) = ids {
                    return Some(Self::Usb(format!("{vendor:04x}:{product:04x}")));
                }
                let place = number("source/address/@bus").zip(number("source/address/@device"));
                place.map(|(bus, number)| Self::UsbAddress(format!("{bus}.{number}")))
            }
            "mdev" => get("source/address/@uuid").map(|uuid| Self::Mdev(uuid.to_owned())),
            kind if kind == "pci" || is_card => pci_address(tree, hostdev).map(Self::Pci),
            _ => None,
        }
    }

    fn is(&self, device: &NodeDevice) -> bool {
        let (has, wanted) = match self {
            Self::Pci(address) => (&device.pci, address),
            Self::Usb(id) => (&device.usb, id),
            Self::UsbAddress(place) => (&device.usb_address, place),
            Self::Mdev(uuid) => (&device.mdev, uuid),
        };
        has.as_ref() == Some(wanted)
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Pci(address) => write!(f, "PCI device {address}"),
            Self::Usb(id) => write!(f, "USB device {id}"),
            Self::UsbAddress(place) => write!(f, "USB device {place}"),
            Self::Mdev(uuid) => write!(f, "mediated device {uuid}"),
        }
    }
}

/// Host devices of the guest, cards that are PCI devices among them.
fn host_devices<'g>(guest: &Guest<'g>) -> impl Iterator<Item = NodeId> {
    let tree = guest.tree();
    let cards = guest
        .devices("interface")
        .filter(move |card| tree.attr(*card, "type") == Some("hostdev"));
    guest.devices("hostdev").chain(cards)
}

fn may_be_dropped(tree: &Tree<'_>, hostdev: NodeId) -> bool {
    matches!(
        tree.get(hostdev, "source/@startupPolicy"),
        Some("optional" | "requisite")
    )
}

fn host_device(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    host_devices(guest)
        .filter(|node| !may_be_dropped(tree, *node))
        .filter_map(|node| {
            let wanted = Wanted::of(tree, node)?;
            let Some(devices) = &host.resources.nodedevs else {
                let message = format!("{wanted} has to be there");
                return Some(Found::at(node, message).needs(Fact::Nodedevs));
            };
            match devices.iter().find(|device| wanted.is(device)) {
                None => Some(Found::at(node, format!("{wanted} is not there"))),
                Some(device) => device
                    .used_by
                    .as_ref()
                    .map(|other| Found::at(node, format!("domain {other} has {wanted} there"))),
            }
        })
        .collect()
}

fn dropped_usb(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let Some(devices) = &host.resources.nodedevs else {
        return Vec::new();
    };
    host_devices(guest)
        .filter(|node| may_be_dropped(tree, *node))
        .filter_map(|node| {
            let wanted = Wanted::of(tree, node)?;
            (!devices.iter().any(|device| wanted.is(device)))
                .then(|| Found::at(node, format!("{wanted} is not there and is left behind")))
        })
        .collect()
}

fn vfio_driver(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    host_devices(guest)
        .filter_map(|node| {
            let driver = tree.get(node, "driver/@model")?.replace('-', "_");
            let wanted = Wanted::of(tree, node)?;
            let devices = host.resources.nodedevs.as_ref()?;
            let device = devices.iter().find(|device| wanted.is(device))?;
            let bound = device.driver.as_ref()?.replace('-', "_");
            // A device that no guest has yet is bound when it is given to one.
            let is_settled =
                bound.ends_with("vfio_pci") && tree.attr(node, "managed") != Some("yes");
            (is_settled && bound != driver)
                .then(|| Found::at(node, format!("{wanted} is bound to {bound} there")))
        })
        .collect()
}

fn iommu(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let first = host_devices(guest).find(|node| {
        matches!(tree.attr(*node, "type"), Some("pci" | "hostdev"))
            && tree.attr(*node, "mode") != Some("capabilities")
    });
    let Some(node) = first else {
        return Vec::new();
    };
    match host.system.iommu {
        Some(true) => Vec::new(),
        Some(false) => vec![Found::at(node, "the host's IOMMU is off")],
        None => vec![Found::at(node, "the host needs an IOMMU").needs(Fact::Capabilities)],
    }
}

fn loader(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    guest
        .at("os/loader")
        .and_then(|node| {
            let path = tree.value(node).filter(|path| path.starts_with('/'))?;
            missing(host, path, node, "")
        })
        .into_iter()
        .collect()
}

fn loader_size(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let differing = || {
        let node = guest.at("os/loader")?;
        let path = tree.value(node)?;
        let old = guest.source?.resources.size(path)?;
        let new = host.resources.size(path)?;
        let is_flash = tree.attr(node, "type") == Some("pflash");
        (is_flash && old != new && guest.is_live())
            .then(|| Found::at(node, format!("{path} has {old} bytes here and {new} there")))
    };
    differing().into_iter().collect()
}

fn nvram_template(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let find = || {
        let nvram = guest.at("os/nvram")?;
        let template = tree.attribute(nvram, "template")?;
        let store = tree.value(nvram).filter(|path| path.starts_with('/'));
        let template_found = missing(host, tree.value(template)?, template, "the template ")?;
        match store.map(|path| missing(host, path, nvram, "the variable store ")) {
            // With the store itself nobody needs the template.
            Some(None) => None,
            Some(Some(found)) if found.needs.is_some() => Some(Found {
                needs: Some(Fact::Files),
                ..template_found
            }),
            Some(Some(_)) | None => Some(template_found),
        }
    };
    find().into_iter().collect()
}

/// The first libvirt that lets labels of type `none` name a driver that its host does not run.
pub(in crate::rules) const IDLE_LABELS: Version = Version::new(12, 3);

fn security_driver(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    tree.children_named(Tree::ROOT, "seclabel")
        .filter_map(|label| {
            let node = tree.attribute(label, "model")?;
            let model = tree.value(node)?;
            if model == "none" {
                return None;
            }
            let libvirt = host.resources.libvirt_version.or(guest.migration.libvirt);
            // A label that labels nothing.
            let is_idle = tree.attr(label, "type") == Some("none");
            if is_idle && libvirt.is_some_and(|version| version >= IDLE_LABELS) {
                return None;
            }
            match &host.system.secmodels {
                None => {
                    let message = format!("the host has to run {model}");
                    Some(Found::at(node, message).needs(Fact::Capabilities))
                }
                Some(models) if models.iter().any(|known| known == model) => None,
                Some(_) => {
                    let found = Found::at(node, format!("the host does not run {model}"));
                    Some(match libvirt {
                        None if is_idle => found.needs(Fact::Libvirt),
                        _ => found,
                    })
                }
            }
        })
        .collect()
}

fn secure_boot(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let Some(node) = guest
        .at("os/loader/@secure")
        .filter(|node| tree.value(*node) == Some("yes"))
    else {
        return Vec::new();
    };
    let is_x86 = guest
        .get("os/type/@arch")
        .is_some_and(|arch| matches!(arch, "x86_64" | "i686"));
    let machine = guest.get("os/type/@machine").unwrap_or_default();
    let is_q35 = machine.starts_with("q35") || machine.starts_with("pc-q35");
    let has_smm =
        guest.at("features/smm").is_some() && guest.get("features/smm/@state") != Some("off");
    if is_x86 && !is_q35 {
        return vec![Found::at(node, format!("{machine} has no secure boot"))];
    }
    if is_x86 && !has_smm {
        return vec![Found::at(node, "it needs <smm state='on'/>")];
    }
    Vec::new()
}

/// TPMs that swtpm plays.
fn emulators<'g>(guest: &Guest<'g>) -> impl Iterator<Item = NodeId> {
    let tree = guest.tree();
    guest
        .devices("tpm")
        .filter(move |tpm| tree.get(*tpm, "backend/@type") == Some("emulator"))
}

fn swtpm(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    emulators(guest)
        .filter_map(|tpm| missing_all(host, programs::SWTPM, tpm, "swtpm"))
        .collect()
}

fn tpm_on_one_side(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    /// Where libvirt keeps the state (swtpm_storage_dir).
    const STATE: &str = "/var/lib/libvirt/swtpm";
    let is_shared = |facts: &HostFacts| {
        let system = facts.resources.file_system(STATE)?;
        Some(system.is_shared())
    };
    let (Some(old), Some(new)) = (guest.source.and_then(is_shared), is_shared(host)) else {
        return Vec::new();
    };
    if old == new {
        return Vec::new();
    }
    emulators(guest)
        .map(|tpm| Found::at(tpm, "its state is on shared storage on one host only"))
        .collect()
}

fn audio(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let Some(known) = &host.resources.audio_backends else {
        return Vec::new();
    };
    guest
        .devices("audio")
        .filter_map(|audio| {
            let node = tree.attribute(audio, "type")?;
            let kind = tree.value(node)?;
            // What needs no sound system is in every QEMU.
            let is_there = matches!(kind, "none" | "file" | "spice" | "dbus")
                || known.iter().any(|known| known == kind);
            (!is_there).then(|| Found::at(node, format!("QEMU there has no {kind}")))
        })
        .collect()
}

fn mdev_type(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let here = guest
        .source
        .and_then(|source| source.resources.nodedevs.as_ref());
    let (Some(here), Some(there)) = (here, &host.resources.nodedevs) else {
        return Vec::new();
    };
    guest
        .devices("hostdev")
        .filter(|device| tree.attr(*device, "type") == Some("mdev"))
        .filter_map(|device| {
            let wanted = Wanted::of(tree, device)?;
            let own = here.iter().find(|known| wanted.is(known))?;
            let kind = &own.mdev_types.first()?.id;
            // One that is made already needs no other.
            let is_made = there.iter().any(|known| wanted.is(known));
            let can_be_made = there
                .iter()
                .flat_map(|known| &known.mdev_types)
                .any(|known| known.id == *kind && known.available != Some(0));
            (!is_made && !can_be_made)
                .then(|| Found::at(device, format!("no device there makes {kind}")))
        })
        .collect()
}
