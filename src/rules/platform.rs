//! The guest's board, firmware and boot files: what of them ties it to a host or a release.

use super::destination::platform::versioned;
use super::{Check, Fact, Found, Proof, Rule};
use crate::canon::is_machine_alias;
use crate::migration::Version;
use crate::report::Level;
use crate::tree::{NodeId, Tree};
use crate::view::Guest;

/// A state of the board or the firmware.
const fn os(find: fn(&Guest<'_>) -> Vec<Found>) -> Check {
    Check::State { scope: "os", find }
}

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "machine/alias",
        why: "The name stands for the newest machine of each QEMU: the same file is other hardware on another host, and on this one after an update. libvirt writes the real name when it defines the guest.",
        help: "write the versioned name: `virsh dumpxml NAME` shows what libvirt made of it, `virsh capabilities` what there is (machine canonical)",
        source: "libvirt qemuDomainDefMachinePostParse; QEMU docs/system/target-i386, machine types",
        example: "machine='q35'",
        check: os(alias),
        ..Rule::RISK
    },
    Rule {
        id: "machine/deprecated",
        settled_by: Some("host/machine-deprecated"),
        why: "QEMU calls a versioned machine deprecated three years after its release and removes it after six: the newest surveyed one, 11.1, has this one no more. No newer host can take the guest.",
        help: "shut the guest down at the next occasion and give it a newer machine (`virsh edit`); back it up first, its hardware changes",
        source: "QEMU docs/about/deprecated, versioned machine types; live migration from libvirt 9.0 to 12.8 (pc-i440fx-2.4)",
        example: "machine='pc-i440fx-2.4'",
        check: os(deprecated),
        ..Rule::RISK
    },
    Rule {
        id: "machine/none-or-isapc",
        why: "This board has no version: QEMU changes it as it likes and promises nothing for a migration between two releases.",
        help: "migrate between hosts with the very same QEMU only, or give the guest a versioned board (pc-q35-…, pc-i440fx-…)",
        source: "QEMU docs/devel/migration/compatibility, versioned machine types",
        example: "machine='isapc'",
        check: os(unversioned),
        ..Rule::RISK
    },
    Rule {
        id: "firmware/autoselect-unresolved",
        why: "Which firmware the guest gets is left to each host: another build, with secure boot or without, and libvirt before 9.2 chooses anew at each start.",
        help: "compare and keep what libvirt made of it: `virsh dumpxml NAME` has <loader> and <nvram> with their paths",
        source: "libvirt formatdomain, BIOS bootloader; libvirt 9.2 release notes",
        example: "<os firmware='efi'>",
        check: os(autoselect),
        ..Rule::RISK
    },
    Rule {
        id: "firmware/local-nvram",
        why: "Offline only the definition moves: the file with the guest's firmware variables (boot entries, enrolled keys) stays here, and the destination starts with an empty one. A live migration carries its content.",
        help: "copy the file to the same path there (`scp`), or keep it on storage that both hosts reach (--shared-path)",
        source: "libvirt migration documentation, offline migration; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<nvram>/var/lib/libvirt/qemu/nvram/web_VARS.fd</nvram>",
        check: os(local_nvram),
        ..Rule::RISK
    },
    Rule {
        id: "firmware/nvram-shared-path",
        level: Level::Info,
        why: "Both hosts reach the file with the firmware variables: during the switch the QEMUs of both have it open, and no lock keeps them apart.",
        help: "nothing, as long as nobody starts the guest on both hosts; else keep it on local storage, a live migration carries its content",
        source: "libvirt formatdomain, nvram",
        proof: Proof::Unverified,
        example: "<nvram>/srv/shared/web_VARS.fd</nvram>",
        check: os(shared_nvram),
        ..Rule::RISK
    },
    Rule {
        id: "firmware/varstore",
        why: "QEMU itself keeps the firmware variables (uefi-vars) in a file of the host: both hosts need libvirt 12.1 and QEMU 10.0 for it.",
        help: "check `virsh domcapabilities` of the destination for <varstore supported='yes'>, or give its facts with --host",
        source: "libvirt 12.1 release notes; libvirt formatdomain, varstore",
        since: "libvirt 12.1",
        needs: &[Fact::DomainCapabilities],
        settled_by: Some("host/varstore"),
        example: "<varstore",
        check: os(varstore),
        ..Rule::RISK
    },
    Rule {
        id: "os/bios-rom-size",
        why: "The device's boot ROM is a file of the host: QEMU on the destination does not start without it, and one of another size breaks the migration stream.",
        help: "put the same file at the same path on the destination, or use <rom bar='off'/> (takes effect with the next start)",
        source: "live migration between two libvirt 9.0 hosts; QEMU migration troubleshooting (size mismatch of ROM blocks)",
        proof: Proof::Run,
        example: "<rom file='/srv/roms/virtio.rom'/>",
        check: Check::State {
            scope: "devices",
            find: custom_rom,
        },
        ..Rule::RISK
    },
    Rule {
        id: "os/direct-kernel",
        needs: &[Fact::Files],
        settled_by: Some("host/boot-file-missing"),
        why: "QEMU loads this file of the host when it starts: the destination refuses the guest where it is missing (`unable to stat`), and a reboot there takes whatever is in it.",
        help: "put the same file at the same path on the destination, or give its facts with --host",
        source: "live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<kernel>/srv/boot/vmlinuz</kernel>",
        check: os(boot_files),
        ..Rule::RISK
    },
    Rule {
        id: "os/smbios-host",
        why: "The guest shows the host's manufacturer, product and serial number: after its next start on the destination it shows those of that host, and licences bound to them are gone.",
        help: "write the values into <sysinfo type='smbios'> and use <smbios mode='sysinfo'/> (takes effect with the next start)",
        source: "libvirt formatdomain, smbios",
        example: "<smbios mode='host'/>",
        check: os(host_smbios),
        ..Rule::RISK
    },
];

fn one(found: Option<Found>) -> Vec<Found> {
    found.into_iter().collect()
}

/// Whether QEMU runs the guest.
fn is_qemu(guest: &Guest<'_>) -> bool {
    matches!(guest.get("@type"), Some("kvm" | "qemu" | "hvf"))
}

fn alias(guest: &Guest<'_>) -> Vec<Found> {
    let find = || {
        if !is_qemu(guest) {
            return None;
        }
        let Some(node) = guest.at("os/type/@machine") else {
            let message = "it names no machine: each host takes its own";
            return guest.at("os/type").map(|node| Found::at(node, message));
        };
        let name = guest.get("os/type/@machine")?;
        let message = format!("machine {name} is another one on each QEMU");
        is_machine_alias(name).then(|| Found::at(node, message))
    };
    one(find())
}

/// Names of versioned boards, up to the version.
const FAMILIES: [&str; 5] = [
    "pc-i440fx-",
    "pc-q35-",
    "virt-",
    "pseries-",
    "s390-ccw-virtio-",
];

fn deprecated(guest: &Guest<'_>) -> Vec<Found> {
    /// The newest surveyed QEMU.
    const NEWEST: (u32, u32) = (11, 1);
    /// Major releases, one a year, until a machine is removed.
    const KEPT: u32 = 6;
    let find = || {
        let (node, name) = (
            guest.at("os/type/@machine")?,
            guest.get("os/type/@machine")?,
        );
        let (family, Version { major, minor, .. }) = versioned(name)?;
        let is_removed =
            FAMILIES.contains(&family) && (major.saturating_add(KEPT), minor) <= NEWEST;
        let message = format!("machine {name} is gone from newer releases of QEMU");
        is_removed.then(|| Found::at(node, message))
    };
    one(find())
}

fn unversioned(guest: &Guest<'_>) -> Vec<Found> {
    let find = || {
        let (node, name) = (
            guest.at("os/type/@machine")?,
            guest.get("os/type/@machine")?,
        );
        let message = format!("machine {name} has no version");
        let is = matches!(name, "none" | "isapc" | "microvm") && guest.is_live();
        is.then(|| Found::at(node, message))
    };
    one(find())
}

fn autoselect(guest: &Guest<'_>) -> Vec<Found> {
    let find = || {
        let node = guest.at("os/@firmware")?;
        let is_open = guest.get("os/loader").is_none_or(str::is_empty);
        let is_efi = guest.get("os/@firmware") == Some("efi");
        (is_efi && is_open).then(|| Found::at(node, "which firmware it is, each host decides"))
    };
    one(find())
}

/// The path of the file with the firmware variables.
fn nvram<'g>(guest: &Guest<'g>) -> Option<(NodeId, &'g str)> {
    let tree = guest.tree();
    let node = guest.at("os/nvram")?;
    let path = tree.value(node).filter(|path| !path.is_empty());
    let path = path.or_else(|| tree.get(node, "source/@file"))?;
    Some((node, path))
}

fn local_nvram(guest: &Guest<'_>) -> Vec<Found> {
    let find = || {
        let (node, path) = nvram(guest)?;
        let stays = guest.migration.offline && !guest.migration.is_shared_path(path);
        stays.then(|| Found::at(node, format!("{path} does not move with it")))
    };
    one(find())
}

fn shared_nvram(guest: &Guest<'_>) -> Vec<Found> {
    let find = || {
        let (node, path) = nvram(guest)?;
        let system = guest
            .source
            .and_then(|host| host.resources.file_system(path));
        let is_shared = guest.migration.is_shared_path(path)
            || system.is_some_and(crate::host::resources::FileSystem::is_shared);
        let message = format!("both hosts have {path} open for a moment");
        (guest.is_live() && is_shared).then(|| Found::at(node, message))
    };
    one(find())
}

fn varstore(guest: &Guest<'_>) -> Vec<Found> {
    let found = |node| {
        let found = Found::at(node, "the destination's QEMU must be able to keep it");
        found.level(Level::Error).needs(Fact::DomainCapabilities)
    };
    one(guest.at("os/varstore").map(found))
}

fn custom_rom(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    if !guest.is_live() {
        return Vec::new();
    }
    let devices = guest.devices("interface").chain(guest.devices("hostdev"));
    devices
        .filter_map(|device| {
            let node = tree.at(device, "rom/@file")?;
            let path = tree.value(node)?;
            Some(Found::at(
                node,
                format!("{path} must be the same on the destination"),
            ))
        })
        .collect()
}

/// The files of the host that are loaded into the guest when it starts.
fn boot_files(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let Some(os) = guest.at("os").filter(|_| guest.is_live()) else {
        return Vec::new();
    };
    let single = ["kernel", "initrd", "dtb", "shim"];
    let single = single.iter().filter_map(|name| tree.child(os, name));
    let acpi = tree.child(os, "acpi").into_iter();
    let tables = acpi.flat_map(|acpi| tree.children_named(acpi, "table"));
    single
        .chain(tables)
        .filter_map(|node| {
            let message = format!("{} must be on the destination", tree.value(node)?);
            let found = Found::at(node, message).level(Level::Error);
            Some(found.needs(Fact::Files))
        })
        .collect()
}

fn host_smbios(guest: &Guest<'_>) -> Vec<Found> {
    let is_host = guest.get("os/smbios/@mode") == Some("host") && guest.is_live();
    let node = guest.at("os/smbios/@mode").unwrap_or(Tree::ROOT);
    one(is_host.then(|| Found::at(node, "it shows what the host is")))
}
