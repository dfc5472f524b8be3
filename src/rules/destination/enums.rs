//! Values of a definition that a destination's emulator must know: what `virsh domcapabilities`
//! lists for a guest of this type, architecture and machine.
//!
//! Each row says where the value stands in a definition and which list names it. A list that is
//! absent is one that libvirt there is too old to print: nothing is said then. Where nothing at
//! all is told of such guests, one rule says so, not thirty.

use std::collections::BTreeSet;

use super::storage::missing;
use crate::host::HostFacts;
use crate::host::domcaps::DomainCapabilities;
use crate::report::EnforcedBy;
use crate::rules::{Check, Fact, Found, Proof, Rule};
use crate::tree::{NodeId, Tree};
use crate::view::Guest;

/// A rule that the table below decides.
macro_rules! listed {
    ($id:literal, $why:literal, $help:literal, $source:literal, $example:literal) => {
        Rule {
            id: $id,
            why: $why,
            help: $help,
            source: $source,
            example: $example,
            check: Check::Destination(|guest, host| judge($id, guest, host)),
            ..LISTED
        }
    };
}

const LISTED: Rule = Rule {
    needs: &[Fact::DomainCapabilities],
    ..Rule::DEMAND
};

pub(in crate::rules) static RULES: &[Rule] = &[
    listed!(
        "host/async-teardown",
        "The guest asks for its memory to be freed in the background; QEMU there cannot do that (it can since 8.1).",
        "take <async-teardown> out with `virsh migrate --xml`, or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainDefFeatures",
        "<async-teardown enabled='yes'/>"
    ),
    listed!(
        "host/channel-type",
        "libvirt there cannot put this behind a guest's channel.",
        "give one that the destination offers with `virsh migrate --xml`, or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainChrSourceDef",
        "<channel type='pty'>"
    ),
    listed!(
        "host/console-type",
        "libvirt there cannot put this behind a guest's console.",
        "give one that the destination offers with `virsh migrate --xml`, or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainChrSourceDef",
        "<console type='dbus'>"
    ),
    listed!(
        "host/crypto",
        "QEMU there has no such crypto device.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; libvirt 9.0 release notes",
        "<crypto model='virtio' type='qemu'>"
    ),
    listed!(
        "host/disk-bus",
        "QEMU there has no such bus for a machine of this type.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainDeviceDefDisk",
        "<target dev='hda' bus='ide'/>"
    ),
    listed!(
        "host/disk-device",
        "QEMU there has no such drive; some distributions build it without floppy drives.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainDeviceDefDisk",
        "<disk type='file' device='floppy'>"
    ),
    listed!(
        "host/disk-model",
        "QEMU there does not know this kind of virtio disk.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainDeviceDefDisk",
        "model='virtio-transitional'"
    ),
    Rule {
        id: "host/domain-capabilities",
        why: "Which disks, displays, video cards and other devices QEMU there has depends on how it was built; only its domain capabilities for this type, architecture and machine tell.",
        help: "add the destination's `virsh domcapabilities --virttype TYPE --arch ARCH --machine MACHINE` to --host",
        source: "libvirt formatdomaincaps",
        example: "<graphics type='vnc'",
        check: Check::Destination(told),
        ..LISTED
    },
    listed!(
        "host/filesystem-driver",
        "QEMU there cannot share a folder that way.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainDeviceDefFS",
        "<driver type='virtiofs'/>"
    ),
    listed!(
        "host/firmware-autoselect",
        "libvirt there finds no firmware with these features among its descriptors (/usr/share/qemu/firmware).",
        "install the firmware there (packages ovmf, edk2-ovmf), or name the file with <loader>",
        "libvirt formatdomaincaps; qemuFirmwareFillDomain",
        "<os firmware='efi'>"
    ),
    listed!(
        "host/genid",
        "QEMU there cannot give the guest a generation id.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainDef",
        "<genid>"
    ),
    listed!(
        "host/gic-version",
        "The destination has no interrupt controller of this version.",
        "choose a host with the same interrupt controller; the version cannot change while the guest runs",
        "libvirt formatdomaincaps; virQEMUCapsSupportsGICVersion",
        "<gic version='2'/>"
    ),
    Rule {
        proof: Proof::Run,
        ..listed!(
            "host/graphics-type",
            "QEMU there has no such display; RHEL and CentOS build it without SPICE since 9.",
            "give one that the destination offers with `virsh migrate --xml`, or choose another host",
            "live migration from libvirt 9.0 to a QEMU without SPICE; libvirt formatdomaincaps",
            "<graphics type='spice'"
        )
    },
    listed!(
        "host/hostdev-enum",
        "libvirt there cannot pass such a device through.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainDeviceDefHostdev",
        "<hostdev mode='subsystem' type='scsi'"
    ),
    Rule {
        id: "host/hyperv-feature",
        why: "The guest uses this Hyper-V enlightenment; KVM or QEMU there does not offer it, and libvirt refuses the guest (`host doesn't support hyperv`).",
        help: "choose a host with a newer kernel and QEMU, or shut the guest down and switch the feature off",
        source: "libvirt formatdomaincaps; qemuProcessVerifyHypervFeatures",
        example: "<evmcs state='on'/>",
        check: Check::Destination(hyperv),
        ..LISTED
    },
    listed!(
        "host/interface-backend",
        "QEMU there has no such user-mode network; some distributions build it without slirp, and passt is a program of its own.",
        "install passt there, or give the card another type with `virsh migrate --xml`",
        "libvirt formatdomaincaps; libvirt 10.6 release notes",
        "<backend type='passt'/>"
    ),
    listed!(
        "host/iothreads",
        "QEMU there has no I/O threads.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; virQEMUCapsFillDomainIOThreadCaps",
        "<iothreads>2</iothreads>"
    ),
    listed!(
        "host/launch-security",
        "The destination cannot run a confidential guest of this kind: processor, firmware, kernel or QEMU lack it.",
        "choose a host with the same protection switched on",
        "libvirt formatdomaincaps; qemuValidateDomainDef",
        "<launchSecurity type='sev'>"
    ),
    listed!(
        "host/loader-type",
        "QEMU or the firmware there cannot be loaded in this way.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; virQEMUCapsFillDomainLoaderCaps",
        "type='rom'"
    ),
    listed!(
        "host/memory-source",
        "QEMU there cannot take the guest's memory from there.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; libvirt 8.0 release notes",
        "<source type='memfd'/>"
    ),
    listed!(
        "host/panic-model",
        "QEMU there has no such panic device.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainDeviceDefPanic",
        "<panic model='pvpanic'/>"
    ),
    listed!(
        "host/ps2",
        "QEMU there cannot switch the PS/2 controller of this machine.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; libvirt 10.7 release notes",
        "<ps2 state='off'/>"
    ),
    listed!(
        "host/redirdev-bus",
        "QEMU there cannot redirect USB devices.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; libvirt 8.9 release notes",
        "<redirdev bus='usb' type='tcp'>"
    ),
    Rule {
        id: "host/rng-backend",
        why: "QEMU there must have this source of random numbers, and the device or service that they come from must be there (`Could not open`).",
        help: "use /dev/urandom with `virsh migrate --xml`, or choose another host",
        source: "libvirt formatdomaincaps; qemuValidateDomainRNGDef; QEMU backends/rng-random.c",
        needs: &[Fact::DomainCapabilities, Fact::Files],
        proof: Proof::Run,
        example: "<backend model='builtin'/>",
        check: Check::Destination(random_numbers),
        ..LISTED
    },
    listed!(
        "host/sgx",
        "The guest has SGX memory, and the destination offers none.",
        "choose a host with SGX switched on",
        "libvirt formatdomaincaps; libvirt 8.10 release notes",
        "<memory model='sgx-epc'>"
    ),
    listed!(
        "host/spice-channel",
        "The guest's agent or USB redirection talks to a SPICE display, and QEMU there has no SPICE.",
        "take the device out before (`virsh detach-device NAME FILE --live`, with its element in FILE), or choose another host",
        "libvirt formatdomaincaps; libvirt 8.9 release notes",
        "<channel type='spicevmc'>"
    ),
    listed!(
        "host/tpm-model",
        "The destination has no such TPM: QEMU lacks the model, or the programs swtpm and swtpm_setup are not installed.",
        "install swtpm there (with swtpm-tools where that is a package of its own), or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainDeviceDefTPM",
        "<backend type='emulator' version='2.0'/>"
    ),
    listed!(
        "host/varstore",
        "QEMU there cannot keep firmware variables itself (uefi-vars).",
        "choose a host with QEMU 10.0 and libvirt 12.1 or newer",
        "libvirt formatdomaincaps; libvirt 12.1 release notes",
        "<varstore"
    ),
    listed!(
        "host/video-model",
        "QEMU there has no such video card; qxl goes together with SPICE.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainDeviceDefVideo",
        "<model type='qxl'"
    ),
    listed!(
        "host/vmcoreinfo",
        "QEMU there cannot take the guest's notes for crash dumps.",
        "shut the guest down and give it one that the destination offers, or choose another host",
        "libvirt formatdomaincaps; qemuValidateDomainDefFeatures",
        "<vmcoreinfo state='on'/>"
    ),
];

/// A value that an emulator must know.
struct Row {
    /// The rule that it is judged by.
    rule: &'static str,
    /// The elements that need it, below `<domain>`.
    element: &'static str,
    /// The value below such an element; empty: the element itself counts.
    value: &'static str,
    /// What the value is called; empty: as its attribute.
    name: &'static str,
    /// What is meant where the value is not written; empty: nothing.
    default: &'static str,
    /// The part of the capabilities that says whether there is such a thing at all.
    part: &'static str,
    /// The list, below that part, of what the emulator knows; empty: there is none.
    list: &'static str,
    /// The values that libvirt lists if they work; empty: all. It never lists others.
    told: &'static [&'static str],
    /// Whether an element counts.
    when: fn(&Tree<'_>, NodeId) -> bool,
}

/// A value must be in a list.
const fn row(
    rule: &'static str,
    element: &'static str,
    value: &'static str,
    part: &'static str,
    list: &'static str,
) -> Row {
    Row {
        rule,
        element,
        value,
        name: "",
        default: "",
        part,
        list,
        told: &[],
        when: |_, _| true,
    }
}

/// A part must be supported.
const fn has(rule: &'static str, element: &'static str, part: &'static str) -> Row {
    row(rule, element, "", part, "")
}

impl Row {
    const fn named(mut self, name: &'static str) -> Self {
        self.name = name;
        self
    }

    const fn default(mut self, value: &'static str) -> Self {
        self.default = value;
        self
    }

    const fn told(mut self, values: &'static [&'static str]) -> Self {
        self.told = values;
        self
    }

    const fn when(mut self, when: fn(&Tree<'_>, NodeId) -> bool) -> Self {
        self.when = when;
        self
    }
}

const VIRTIO: &[&str] = &["virtio", "virtio-transitional", "virtio-non-transitional"];

#[rustfmt::skip]
static ROWS: &[Row] = &[
    has("host/async-teardown", "features/async-teardown", "features/async-teardown").when(is_enabled),
    row("host/channel-type", "devices/channel", "@type", "devices/channel", "type").told(&["pty", "unix"]),
    row("host/console-type", "devices/console", "@type", "devices/console", "type"),
    row("host/crypto", "devices/crypto", "@model", "devices/crypto", "model"),
    row("host/crypto", "devices/crypto", "@type", "devices/crypto", "type"),
    row("host/crypto", "devices/crypto", "backend/@model", "devices/crypto", "backendModel").named("back end"),
    row("host/disk-bus", "devices/disk", "target/@bus", "devices/disk", "bus"),
    row("host/disk-device", "devices/disk", "@device", "devices/disk", "diskDevice"),
    row("host/disk-model", "devices/disk", "@model", "devices/disk", "model").told(VIRTIO),
    row("host/filesystem-driver", "devices/filesystem", "driver/@type", "devices/filesystem", "driverType").named("driver").default("path"),
    row("host/firmware-autoselect", "os", "@firmware", "os", "firmware").when(chooses_firmware),
    row("host/firmware-autoselect", "os/firmware/feature", "@enabled", "os/firmwareFeatures", "secureBoot").named("secure boot").when(|tree, node| wants(tree, node, "secure-boot")),
    row("host/firmware-autoselect", "os/firmware/feature", "@enabled", "os/firmwareFeatures", "enrolledKeys").named("enrolled keys").when(|tree, node| wants(tree, node, "enrolled-keys")),
    has("host/genid", "genid", "features/genid"),
    row("host/gic-version", "features/gic", "@version", "features/gic", "version").named("GIC version").told(&["2", "3"]),
    row("host/graphics-type", "devices/graphics", "@type", "devices/graphics", "type"),
    row("host/hostdev-enum", "devices/hostdev", "@mode", "devices/hostdev", "mode"),
    row("host/hostdev-enum", "devices/hostdev", "@type", "devices/hostdev", "subsysType").told(&["usb", "pci", "scsi"]),
    row("host/interface-backend", "devices/interface", "backend/@type", "devices/interface", "backendType").named("back end").default("default").when(|tree, node| tree.attr(node, "type") == Some("user")),
    row("host/interface-backend", "devices/interface", "backend/@type", "devices/interface", "backendType").named("back end").told(&["passt"]).when(|tree, node| tree.attr(node, "type") == Some("vhostuser")),
    has("host/iothreads", "iothreads", "iothreads").when(|tree, node| tree.value(node) != Some("0")),
    row("host/launch-security", "launchSecurity", "@type", "features/launchSecurity", "sectype"),
    has("host/launch-security", "launchSecurity", "features/sev").when(|tree, node| matches!(tree.attr(node, "type"), Some("sev" | "sev-snp"))),
    has("host/launch-security", "launchSecurity", "features/s390-pv").when(|tree, node| tree.attr(node, "type") == Some("s390-pv")),
    has("host/launch-security", "launchSecurity", "features/tdx").when(|tree, node| tree.attr(node, "type") == Some("tdx")),
    row("host/loader-type", "os/loader", "@type", "os/loader", "type").named("loader type"),
    row("host/loader-type", "os/loader", "@readonly", "os/loader", "readonly").named("read-only loader"),
    row("host/loader-type", "os/loader", "@secure", "os/loader", "secure").named("secure loader").when(|tree, node| !names_file(tree, node)),
    row("host/memory-source", "memoryBacking/source", "@type", "memoryBacking", "sourceType").named("source"),
    row("host/panic-model", "devices/panic", "@model", "devices/panic", "model"),
    has("host/ps2", "features/ps2", "features/ps2"),
    row("host/redirdev-bus", "devices/redirdev", "@bus", "devices/redirdev", "bus"),
    row("host/rng-backend", "devices/rng", "@model", "devices/rng", "model"),
    row("host/rng-backend", "devices/rng", "backend/@model", "devices/rng", "backendModel").named("back end"),
    has("host/sgx", "devices/memory", "features/sgx").when(|tree, node| tree.attr(node, "model") == Some("sgx-epc")),
    row("host/spice-channel", "devices/channel", "@type", "devices/channel", "type").told(&["spicevmc"]),
    row("host/spice-channel", "devices/redirdev", "@type", "devices/channel", "type").told(&["spicevmc"]),
    row("host/spice-channel", "devices/smartcard", "@type", "devices/channel", "type").told(&["spicevmc"]),
    row("host/tpm-model", "devices/tpm", "@model", "devices/tpm", "model"),
    row("host/tpm-model", "devices/tpm", "backend/@type", "devices/tpm", "backendModel").named("back end"),
    has("host/varstore", "os/varstore", "os/varstore"),
    row("host/video-model", "devices/video", "model/@type", "devices/video", "modelType"),
    has("host/vmcoreinfo", "features/vmcoreinfo", "features/vmcoreinfo").when(|tree, node| tree.attr(node, "state") != Some("off")),
];

fn is_enabled(tree: &Tree<'_>, node: NodeId) -> bool {
    tree.attr(node, "enabled") == Some("yes")
}

fn names_file(tree: &Tree<'_>, loader: NodeId) -> bool {
    tree.value(loader).is_some_and(|path| !path.is_empty())
}

/// Whether libvirt looks for a firmware: one that is named is taken as it is.
fn chooses_firmware(tree: &Tree<'_>, os: NodeId) -> bool {
    tree.child(os, "loader")
        .is_none_or(|loader| !names_file(tree, loader))
}

fn wants(tree: &Tree<'_>, feature: NodeId, name: &str) -> bool {
    tree.attr(feature, "name") == Some(name)
        && tree
            .at(Tree::ROOT, "os")
            .is_some_and(|os| chooses_firmware(tree, os))
}

/// The elements of a guest that a row is about.
fn elements(guest: &Guest<'_>, row: &Row) -> Vec<NodeId> {
    let tree = guest.tree();
    let mut nodes = vec![Tree::ROOT];
    for name in row.element.split('/') {
        nodes = nodes
            .into_iter()
            .flat_map(|node| tree.children_named(node, name))
            .collect();
    }
    nodes.retain(|node| (row.when)(tree, *node));
    nodes
}

/// The value of an element that a row is about: an empty one where the element itself counts,
/// none where nothing is to be known of it.
fn wanted<'t>(tree: &'t Tree<'_>, row: &Row, element: NodeId) -> Option<&'t str> {
    let default = Some(row.default).filter(|text| row.value.is_empty() || !text.is_empty());
    let value = tree.get(element, row.value).or(default)?;
    let is_told = row.told.is_empty() || row.told.contains(&value);
    is_told.then_some(value)
}

/// What is wrong with an element, if the capabilities tell.
fn check(tree: &Tree<'_>, row: &Row, element: NodeId, caps: &DomainCapabilities) -> Option<Found> {
    let value = wanted(tree, row, element)?;
    if caps.supported.get(row.part) == Some(&false) {
        let message = not_offered("", tree.name(element), &[]);
        return Some(Found::at(element, message));
    }
    let known = caps.enums.get(&format!("{}/{}", row.part, row.list))?;
    let node = tree.at(element, row.value).unwrap_or(element);
    let is_known = known.iter().any(|known| known == value);
    let attribute = row.value.rsplit(['@', '/']).next().unwrap_or_default();
    let name = if row.name.is_empty() {
        attribute
    } else {
        row.name
    };
    (!is_known).then(|| Found::at(node, not_offered(name, value, known)))
}

/// Says what is lacking, and what there is instead.
fn not_offered(name: &str, value: &str, known: &[String]) -> String {
    const MOST: usize = 12;
    let space = if name.is_empty() { "" } else { " " };
    let names: Vec<&str> = known.iter().take(MOST).map(String::as_str).collect();
    let instead = match names.as_slice() {
        [] => String::new(),
        [only] => format!(" ({only} is)"),
        names => format!(" ({} are)", names.join(", ")),
    };
    format!("{name}{space}{value} is not offered there{instead}")
}

fn judge(rule: &str, guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let Some(caps) = guest.capabilities(host) else {
        return Vec::new();
    };
    let mut wrong = BTreeSet::new();
    let mut all = Vec::new();
    for row in ROWS.iter().filter(|row| row.rule == rule) {
        for element in elements(guest, row) {
            // What is not offered at all is told once.
            if !wrong.contains(&element)
                && let Some(found) = check(guest.tree(), row, element, caps)
            {
                wrong.insert(element);
                all.push(found);
            }
        }
    }
    all
}

fn random_numbers(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let devices = guest.devices("rng").filter_map(|rng| {
        let backend = tree.child(rng, "backend")?;
        let node = match tree.attr(backend, "model") {
            Some("random") => backend,
            // A service on a socket.
            Some("egd") => tree.at(backend, "source/@path")?,
            _ => return None,
        };
        let path = tree.value(node)?;
        // Every kernel has these.
        let is_own = !matches!(path, "" | "/dev/random" | "/dev/urandom");
        let found = is_own.then(|| missing(host, path, node, ""))?;
        Some(found?.enforced_by(EnforcedBy::Qemu))
    });
    let offered = judge("host/rng-backend", guest, host);
    offered.into_iter().chain(devices).collect()
}

fn hyperv(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let (Some(caps), Some(features)) = (guest.capabilities(host), guest.at("features/hyperv"))
    else {
        return Vec::new();
    };
    // QEMU without KVM takes every feature and gives none; libvirt does not look (run on 9.0).
    if guest.get("@type") != Some("kvm") {
        return Vec::new();
    }
    let on: Vec<NodeId> = tree
        .children(features)
        .filter(|feature| tree.attr(*feature, "state") == Some("on"))
        .collect();
    if caps.supported.get("features/hyperv") == Some(&false) {
        let found = Found::at(features, not_offered("", "hyperv", &[]));
        return on.first().map(|_| found).into_iter().collect();
    }
    let Some(known) = caps.enums.get("features/hyperv/features") else {
        return Vec::new();
    };
    let missing: Vec<&str> = on
        .into_iter()
        .map(|feature| tree.name(feature))
        .filter(|name| !known.iter().any(|known| known == name))
        .collect();
    // The kernel and QEMU decide it: one cause, however many there are.
    let message = not_offered("", &missing.join(", "), known);
    (!missing.is_empty())
        .then(|| Found::at(features, message))
        .into_iter()
        .collect()
}

/// Says once that nothing is told of such guests, if the guest has anything to be told of.
fn told(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let virt_type = guest.get("@type").unwrap_or_default();
    if !matches!(virt_type, "kvm" | "qemu" | "hvf" | "xen" | "bhyve")
        || guest.capabilities(host).is_some()
    {
        return Vec::new();
    }
    let uses = ROWS.iter().any(|row| {
        let elements = elements(guest, row).into_iter();
        let mut values = elements.filter_map(|node| wanted(guest.tree(), row, node));
        values.next().is_some()
    });
    let machine = guest.get("os/type/@machine").unwrap_or("its machine");
    let message =
        format!("nothing tells what the emulator there offers a {virt_type} guest of {machine}");
    uses.then(|| Found::at(Tree::ROOT, message).needs(Fact::DomainCapabilities))
        .into_iter()
        .collect()
}
