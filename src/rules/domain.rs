//! The guest as a running thing: its life cycle, the flags it is migrated with, and what
//! libvirt does not look into.

use super::destination::devices::IDLE_LABELS;
use super::{Check, Fact, Found, Proof, Rule};
use crate::host::HostFacts;
use crate::host::resources::Presence;
use crate::migration::{GuestState, Storage, Version};
use crate::report::{EnforcedBy, Impact, Level};
use crate::tree::{NodeId, Tree};
use crate::view::Guest;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "domain/autodestroy",
        why: "The guest ends with the connection that started it: libvirt does not let it leave this host.",
        help: "start the guest without auto-destroy (`virsh start` without --autodestroy)",
        source: "libvirt qemuMigrationSrcIsAllowed; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::GuestState],
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "",
            find: autodestroy,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "domain/big-memory",
        level: Level::Info,
        why: "A guest that writes faster than the network carries never finishes a plain live migration; with this much memory that is likely.",
        help: "add --parallel, --auto-converge or --postcopy with a time limit (`virsh migrate --timeout 600 --timeout-postcopy`)",
        source: "libvirt migration documentation; QEMU docs/devel/migration",
        example: "<memory unit='GiB'>512</memory>",
        check: Check::State {
            scope: "memory",
            find: big_memory,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/emulator-path",
        why: "The destination must have an emulator at this very path; libvirt there refuses the guest without it (`Cannot check QEMU binary`). Distributions put QEMU at other places.",
        help: "give the destination's path with `virsh migrate --xml`, or take <emulator> out of the definition",
        source: "live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::Capabilities],
        settled_by: Some("host/emulator"),
        example: "<emulator>/opt/qemu/bin/qemu-system-x86_64</emulator>",
        check: Check::State {
            scope: "devices/emulator",
            find: emulator_path,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/genid",
        level: Level::Info,
        why: "The guest tells by this number whether it was copied or went back in time: it stays the same in a migration, and must change when a copy or an old state is started.",
        help: "keep it in what `virsh migrate --xml` gives; delete it from a clone's definition",
        source: "libvirt formatdomain, general metadata, genid",
        example: "<genid>",
        check: Check::State {
            scope: "genid",
            find: genid,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/hook-dependent",
        level: Level::Info,
        impact: Impact::Destination,
        why: "A hook of the destination may rewrite the guest's definition when it arrives; libvirt compares the result with the running guest then.",
        help: "read /etc/libvirt/hooks/qemu there if the guest arrives otherwise than it left",
        source: "libvirt qemuMigrationDstPrepareAny; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::Files],
        example: "<domain type='kvm'>",
        check: Check::Destination(hook),
        ..Rule::RISK
    },
    Rule {
        id: "domain/iothread-multiqueue",
        level: Level::Info,
        why: "An older libvirt drops the mapping of queues to I/O threads without a word: the guest moves and uses one thread.",
        help: "update libvirt on the destination",
        source: "live migration from libvirt 12.8 to 9.0; libvirt 10.0 and 11.2 release notes",
        proof: Proof::Run,
        needs: &[Fact::Libvirt],
        example: "<iothreads>",
        check: Check::State {
            scope: "devices",
            find: iothread_mapping,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/managed-save",
        why: "The guest's saved memory stays behind: on the destination it boots anew, as after a power cut.",
        help: "start the guest and shut it down first, or `virsh managedsave-remove` it",
        source: "libvirt virDomainMigrate3; live migration between two libvirt 9.0 hosts",
        needs: &[Fact::GuestState],
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "",
            find: managed_save,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/not-persistent",
        why: "The guest lives on the destination only until it shuts down, and is still defined here: both hosts may start it later.",
        help: "add --persistent --undefinesource",
        source: "libvirt virDomainMigrateFlags (VIR_MIGRATE_PERSIST_DEST, VIR_MIGRATE_UNDEFINE_SOURCE)",
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "",
            find: not_persistent,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/not-running",
        why: "A guest that is shut off has nothing to migrate live, not even with a managed save image.",
        help: "start it, or move its definition with --offline --persistent and its disks by hand",
        source: "live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::GuestState],
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "",
            find: not_running,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "domain/offline-copy",
        why: "Disks are copied by the running guest's QEMU; offline there is none.",
        help: "leave --copy-storage-all out and copy the images by hand",
        source: "libvirt qemuMigrationSrcBeginPhase; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "",
            find: offline_copy,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "domain/offline-no-persist",
        why: "Only the definition moves, and without --persistent nothing would remain on the destination.",
        help: "add --persistent",
        source: "libvirt qemuMigrationSrcBeginPhase; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "",
            find: offline_no_persist,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "domain/offline-state-files",
        why: "Offline only the definition moves; nobody checks that disks and TPM state are on the destination.",
        help: "copy the file, or put it on storage that both hosts reach (--storage shared, --shared-path)",
        source: "live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<backend type='emulator' version='2.0'/>",
        check: Check::State {
            scope: "",
            find: offline_state,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/offline-tunnel",
        why: "Offline there is no stream that could be tunnelled.",
        help: "leave --tunnelled out",
        source: "libvirt qemuMigrationSrcBeginPhase; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "",
            find: offline_tunnel,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "domain/postcopy-hostdev",
        why: "With post-copy pages arrive after the guest went on; a device that writes to pinned memory cannot wait for them. QEMU refuses it for VFIO since 8.2.",
        help: "migrate without --postcopy",
        source: "QEMU hw/vfio/migration.c vfio_save_prepare",
        example: "<hostdev mode='subsystem' type='pci'",
        check: Check::State {
            scope: "devices",
            find: postcopy_hostdev,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/postcopy-paused",
        why: "The guest must run on the destination while its pages arrive.",
        help: "leave --suspend out and add --live",
        source: "libvirt qemuMigrationSrcBeginPhase; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "",
            find: postcopy_paused,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "domain/postcopy-tunnel",
        why: "Post-copy asks the source for pages: it needs a channel in both directions, and a tunnel goes in one only.",
        help: "leave --tunnelled out",
        source: "libvirt qemuMigrationSrcBeginPhase; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "",
            find: postcopy_tunnel,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "domain/qemu-commandline",
        why: "libvirt hands these words to QEMU as they stand: it neither compares them nor knows what of the host they need.",
        help: "check by hand that every path and device in them is on the destination, or use libvirt's own elements",
        source: "libvirt formatdomain, QEMU command-line passthrough; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<qemu:commandline>",
        check: Check::State {
            scope: "qemu:commandline",
            find: qemu_commandline,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/qemu-override",
        why: "What libvirt knows of QEMU, or sets on a device, is overridden by hand: the destination's QEMU may take it otherwise.",
        help: "check that both hosts have the same QEMU, or take the override out",
        source: "libvirt formatdomain, QEMU command-line passthrough (qemu:override, qemu:capabilities)",
        example: "<qemu:override>",
        check: Check::State {
            scope: "qemu:override",
            find: qemu_override,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/seclabel-model-missing",
        why: "A destination without this security driver refuses the guest (`Security driver model … is not available`), before libvirt 12.3 for a label of type none too.",
        help: "switch the driver on there, or give a <seclabel> that the destination knows with `virsh migrate --xml`",
        source: "live migration between two libvirt 9.0 hosts; libvirt 12.3 release notes",
        proof: Proof::Run,
        needs: &[Fact::Capabilities],
        settled_by: Some("host/secmodel"),
        example: "<seclabel type='dynamic' model='apparmor'",
        check: Check::State {
            scope: "seclabel",
            find: seclabel_model,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/seclabel-static",
        why: "libvirt sets no label of its own: the destination's policy must know this one, and the files must have it already.",
        help: "use a dynamic label (<seclabel type='dynamic'>)",
        source: "libvirt formatdomain, security label",
        example: "<seclabel type='static'",
        check: Check::State {
            scope: "seclabel",
            find: seclabel_static,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/snapshots",
        why: "libvirt keeps snapshots on this host and refuses to move the guest without them. Checkpoints do not stand in the way.",
        help: "`virsh snapshot-dumpxml` and `virsh snapshot-delete --metadata` each of them, `virsh snapshot-create --redefine` on the destination",
        source: "libvirt qemuMigrationSrcIsAllowed; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::GuestState],
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "",
            find: snapshots,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "domain/thread-multifd-postcopy",
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU older than 10.1 does not do both: from 8.1 on it says so (`Postcopy is not yet compatible with multifd`), older ones fail when post-copy begins.",
        help: "leave --parallel or --postcopy out, or update QEMU on both hosts",
        source: "QEMU migration/options.c migrate_caps_check; Nova MIN_MULTIFD_WITH_POSTCOPY",
        until: "QEMU 10.1",
        needs: &[Fact::Qemu],
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "",
            find: parallel_postcopy,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/tls-forced",
        why: "`migrate_tls_force` in qemu.conf makes libvirt refuse every migration without --tls or --tunnelled, an offline one too (`allows migration only with VIR_MIGRATE_TLS flag`).",
        help: "add --tls (certificates must be set up), or --p2p --tunnelled for a live migration",
        source: "libvirt qemuMigrationSrcBegin, qemuMigrationDstPrepareAny; an offline migration tried on libvirt 9.0",
        proof: Proof::Run,
        example: "<domain type='kvm'>",
        check: Check::Destination(tls_forced),
        ..Rule::DEMAND
    },
    Rule {
        id: "domain/unsafe-flag",
        why: "libvirt's checks of caches and of storage that is not shared are off: even a smaller image of the same path on the destination goes through.",
        help: "leave --unsafe out and see what libvirt says",
        source: "live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        example: "<domain type='kvm'>",
        check: Check::State {
            scope: "",
            find: unsafe_flag,
        },
        ..Rule::RISK
    },
    Rule {
        id: "domain/xen-or-lxc",
        why: "libvirt's driver for this hypervisor has no live migration.",
        help: "shut the guest down and move its definition and files by hand",
        source: "libvirt drivers: lxc, vbox, test, bhyve, hyperv have no migration functions",
        example: "<domain type='lxc'>",
        check: Check::State {
            scope: "@type",
            find: no_migration,
        },
        ..Rule::BLOCKER
    },
];

/// Something about the guest as a whole.
fn whole(holds: bool, message: impl Into<String>) -> Vec<Found> {
    holds
        .then(|| Found::at(Tree::ROOT, message))
        .into_iter()
        .collect()
}

fn state<'g>(guest: &Guest<'g>) -> &'g GuestState {
    &guest.migration.state
}

/// Whether the guest itself is to move, not only its definition.
fn is_live(guest: &Guest<'_>) -> bool {
    !guest.migration.offline
}

fn autodestroy(guest: &Guest<'_>) -> Vec<Found> {
    whole(
        is_live(guest) && state(guest).autodestroy == Some(true),
        "it ends with the connection that started it",
    )
}

fn big_memory(guest: &Guest<'_>) -> Vec<Found> {
    const MUCH_KIB: u64 = 256 * 1024 * 1024;
    let migration = guest.migration;
    if migration.offline || migration.parallel || migration.postcopy {
        return Vec::new();
    }
    let Some(node) = guest.at("memory") else {
        return Vec::new();
    };
    let memory = guest.number("memory").unwrap_or(0);
    let gib = memory / 1024 / 1024;
    (memory >= MUCH_KIB)
        .then(|| {
            Found::at(
                node,
                format!("{gib} GiB may not get across in a plain migration"),
            )
        })
        .into_iter()
        .collect()
}

/// Where distributions put QEMU.
fn is_usual(emulator: &str) -> bool {
    matches!(
        emulator,
        "/usr/bin/qemu-kvm" | "/usr/libexec/qemu-kvm" | "/usr/bin/kvm"
    ) || emulator
        .strip_prefix("/usr/bin/qemu-system-")
        .is_some_and(|arch| !arch.contains('/'))
}

fn emulator_path(guest: &Guest<'_>) -> Vec<Found> {
    let (Some(node), Some(path)) = (guest.at("devices/emulator"), guest.get("devices/emulator"))
    else {
        return Vec::new();
    };
    if is_usual(path) || !matches!(guest.get("@type"), Some("kvm" | "qemu")) {
        return Vec::new();
    }
    let message = format!("{path} must be on the destination too");
    let found = Found::at(node, message).level(Level::Error);
    vec![found.needs(Fact::Capabilities)]
}

fn genid(guest: &Guest<'_>) -> Vec<Found> {
    guest
        .at("genid")
        .filter(|_| is_live(guest))
        .map(|node| Found::at(node, "it must stay the same"))
        .into_iter()
        .collect()
}

/// libvirt's own hook script.
const HOOK: &str = "/etc/libvirt/hooks/qemu";

fn hook(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let is_there = is_live(guest) && matches!(host.resources.path(HOOK), Presence::There(_));
    whole(is_there, format!("{HOOK} there may rewrite it"))
}

fn iothread_mapping(guest: &Guest<'_>) -> Vec<Found> {
    const DISK: Version = Version::new(10, 0);
    const CONTROLLER: Version = Version::new(11, 2);
    if !is_live(guest) {
        return Vec::new();
    }
    let tree = guest.tree();
    let of = |kind, first: Version| {
        let is_old = guest
            .migration
            .libvirt
            .is_none_or(|version| version < first);
        guest
            .devices(kind)
            .filter(move |_| is_old)
            .filter_map(move |device| tree.at(device, "driver/iothreads"))
            .map(move |node| {
                Found::at(
                    node,
                    format!("libvirt older than {first} drops its I/O threads"),
                )
            })
    };
    of("disk", DISK)
        .chain(of("controller", CONTROLLER))
        .collect()
}

fn managed_save(guest: &Guest<'_>) -> Vec<Found> {
    whole(
        guest.migration.offline && state(guest).managed_save == Some(true),
        "its managed save image stays on this host",
    )
}

fn not_persistent(guest: &Guest<'_>) -> Vec<Found> {
    whole(
        is_live(guest) && guest.migration.persistent == Some(false),
        "it is on the destination only until it shuts down",
    )
}

fn not_running(guest: &Guest<'_>) -> Vec<Found> {
    whole(
        is_live(guest) && state(guest).running == Some(false),
        "it does not run",
    )
}

fn offline_copy(guest: &Guest<'_>) -> Vec<Found> {
    whole(
        guest.migration.offline && guest.migration.storage == Storage::Copy,
        "offline no disk is copied",
    )
}

fn offline_no_persist(guest: &Guest<'_>) -> Vec<Found> {
    whole(
        guest.migration.offline && guest.migration.persistent != Some(true),
        "--offline wants --persistent",
    )
}

fn offline_state(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    let migration = guest.migration;
    if !migration.offline {
        return Vec::new();
    }
    let is_shared = |path: &str| {
        migration.shared_paths.iter().any(|folder| {
            path.strip_prefix(folder.trim_end_matches('/'))
                .is_some_and(|rest| rest.starts_with('/'))
        })
    };
    let stays = |node: NodeId, what: &str| Found::at(node, format!("{what} does not move with it"));
    let mut found = Vec::new();
    for tpm in guest.devices("tpm") {
        if tree.get(tpm, "backend/@type") == Some("emulator") {
            found.push(stays(tpm, "the state of the TPM"));
        }
    }
    if migration.storage == Storage::Shared {
        return found;
    }
    for disk in guest.devices("disk") {
        if !matches!(tree.attr(disk, "device"), None | Some("disk" | "lun")) {
            continue;
        }
        let path = ["source/@file", "source/@dev", "source/@dir"]
            .into_iter()
            .find_map(|path| tree.get(disk, path));
        if let Some(path) = path.filter(|path| !is_shared(path)) {
            found.push(stays(disk, path));
        }
        let volume = tree
            .get(disk, "source/@pool")
            .zip(tree.get(disk, "source/@volume"));
        if let Some((pool, volume)) = volume {
            found.push(stays(disk, &format!("volume {volume} of pool {pool}")));
        }
    }
    found
}

fn offline_tunnel(guest: &Guest<'_>) -> Vec<Found> {
    whole(
        guest.migration.offline && guest.migration.tunnelled,
        "offline there is nothing to tunnel",
    )
}

fn parallel_postcopy(guest: &Guest<'_>) -> Vec<Found> {
    const REFUSED: Version = Version::new(8, 1);
    const DONE: Version = Version::new(10, 1);
    let migration = guest.migration;
    if migration.offline || !migration.parallel || !migration.postcopy {
        return Vec::new();
    }
    let message = format!("--parallel with --postcopy needs QEMU {DONE}");
    let found = Found::at(Tree::ROOT, message);
    match migration.qemu {
        None => vec![found.level(Level::Error).needs(Fact::Qemu)],
        Some(version) if version < REFUSED => vec![found],
        Some(version) if version < DONE => vec![found.level(Level::Error)],
        Some(_) => Vec::new(),
    }
}

fn postcopy_hostdev(guest: &Guest<'_>) -> Vec<Found> {
    const REFUSED: Version = Version::new(8, 2);
    let migration = guest.migration;
    if migration.offline || !migration.postcopy {
        return Vec::new();
    }
    let tree = guest.tree();
    let message = "it does not go with post-copy";
    let vfio = Found::at(Tree::ROOT, message).level(
        if migration.qemu.is_some_and(|version| version >= REFUSED) {
            Level::Error
        } else {
            Level::Warning
        },
    );
    let vfio = |node| Found {
        node,
        ..vfio.clone()
    };
    let devices = guest
        .devices("hostdev")
        .filter(|node| matches!(tree.attr(*node, "type"), Some("pci" | "mdev")))
        .map(vfio);
    let functions = guest.interfaces_of("hostdev").map(|card| vfio(card.node));
    let vdpa = guest
        .interfaces_of("vdpa")
        .map(|card| Found::at(card.node, message));
    devices.chain(functions).chain(vdpa).collect()
}

fn postcopy_paused(guest: &Guest<'_>) -> Vec<Found> {
    whole(
        guest.migration.postcopy && guest.migration.suspended,
        "post-copy wants it to run",
    )
}

fn postcopy_tunnel(guest: &Guest<'_>) -> Vec<Found> {
    whole(
        guest.migration.postcopy && guest.migration.tunnelled,
        "post-copy does not go through a tunnel",
    )
}

fn qemu_commandline(guest: &Guest<'_>) -> Vec<Found> {
    by_hand(guest, &["qemu:commandline"])
}

fn qemu_override(guest: &Guest<'_>) -> Vec<Found> {
    by_hand(guest, &["qemu:override", "qemu:capabilities"])
}

/// Elements that hold what libvirt does not look into.
fn by_hand(guest: &Guest<'_>, names: &[&str]) -> Vec<Found> {
    let tree = guest.tree();
    names
        .iter()
        .filter_map(|name| guest.at(name))
        .filter(|node| tree.children(*node).next().is_some())
        .map(|node| Found::at(node, "libvirt does not look into it"))
        .collect()
}

/// The security labels, with the models they are of.
fn labels<'g>(guest: &Guest<'g>) -> impl Iterator<Item = NodeId> + use<'g> {
    let live = is_live(guest);
    guest
        .tree()
        .children_named(Tree::ROOT, "seclabel")
        .filter(move |_| live)
}

fn seclabel_model(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    labels(guest)
        .filter_map(|label| {
            let model = tree.attr(label, "model")?;
            let libvirt = guest.migration.libvirt;
            let is_tolerated = tree.attr(label, "type") == Some("none")
                && libvirt.is_some_and(|version| version >= IDLE_LABELS);
            if !matches!(model, "selinux" | "apparmor") || is_tolerated {
                return None;
            }
            let message = format!("the destination must use {model} too");
            let found = Found::at(label, message).level(Level::Error);
            Some(found.needs(Fact::Capabilities))
        })
        .collect()
}

fn seclabel_static(guest: &Guest<'_>) -> Vec<Found> {
    let tree = guest.tree();
    labels(guest)
        .filter(|label| tree.attr(*label, "type") != Some("none"))
        .filter(|label| {
            tree.attr(*label, "type") == Some("static")
                || tree.attr(*label, "relabel") == Some("no")
        })
        .map(|label| Found::at(label, "it must fit the destination's policy and files"))
        .collect()
}

fn snapshots(guest: &Guest<'_>) -> Vec<Found> {
    whole(
        state(guest).snapshots.is_some_and(|count| count > 0),
        "libvirt keeps snapshots of it on this host",
    )
}

fn tls_forced(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let migration = guest.migration;
    let forced = |host: &HostFacts| host.resources.migrate_tls_force == Some(true);
    // libvirt asks for it offline too, where nothing is sent that could be encrypted.
    let is_plain = !migration.tls && !migration.tunnelled;
    whole(
        is_plain && (forced(host) || guest.source.is_some_and(forced)),
        "only encrypted migrations are let through",
    )
}

fn unsafe_flag(guest: &Guest<'_>) -> Vec<Found> {
    whole(
        is_live(guest) && guest.migration.unsafe_disks,
        "libvirt's checks of its disks are off",
    )
}

fn no_migration(guest: &Guest<'_>) -> Vec<Found> {
    const DRIVERS: &[&str] = &["lxc", "vbox", "test", "uml", "bhyve", "hyperv"];
    let kind = guest.get("@type").filter(|kind| DRIVERS.contains(kind));
    match (kind, guest.at("@type")) {
        (Some(kind), Some(node)) if is_live(guest) => {
            vec![Found::at(
                node,
                format!("guests of type {kind} do not migrate"),
            )]
        }
        _ => Vec::new(),
    }
}
