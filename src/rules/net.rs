//! Network cards: what of their host side a guest needs elsewhere too.

use super::{Check, Fact, Found, Proof, Rule};
use crate::host::resources::Presence;
use crate::migration::Version;
use crate::report::{EnforcedBy, Level};
use crate::view::{Guest, Interface};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "net/bridge-by-name",
        why: "The card is plugged into a bridge of the host, by name: the destination needs one of the same name in the same network.",
        help: "tell the destination's bridges with --host, or use a network of libvirt that both hosts have",
        source: "libvirt formatdomain, bridge to LAN; live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::Links],
        settled_by: Some("host/bridge"),
        example: "<interface type='bridge'>",
        check: Check::State {
            scope: "devices/interface",
            find: bridge_by_name,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/dbus-vmstate",
        enforced_by: EnforcedBy::Libvirt,
        why: "A helper program (slirp-helper) keeps the guest's connections; its state can go into the migration only with QEMU 5.0 or newer.",
        help: "use a newer QEMU, or a card of another type",
        source: "libvirt qemuMigrationSrcIsAllowed; qemuInterfacePrepareSlirp",
        until: "QEMU 5.0",
        needs: &[Fact::SourceHost],
        example: "<interface type='user'>",
        check: Check::State {
            scope: "devices/interface",
            find: dbus_vmstate,
        },
        ..Rule::BLOCKER
    },
    Rule {
        id: "net/direct-device",
        why: "A macvtap card sits on a network device of the host, by name. In mode passthrough it needs that device for itself; mode vepa needs a switch that sends packets back.",
        help: "tell the destination's devices with --host, or use a network of libvirt that both hosts have",
        source: "libvirt formatdomain, direct attachment to physical interface",
        needs: &[Fact::Links],
        settled_by: Some("host/direct-dev"),
        example: "<interface type='direct'>",
        check: Check::State {
            scope: "devices/interface",
            find: direct_device,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/ethernet-script",
        why: "The card's tap device is made or set up outside libvirt, on each host anew.",
        help: "make the tap device on the destination, and put the script there",
        source: "libvirt formatdomain, generic ethernet connection; started on libvirt 9.0",
        proof: Proof::Run,
        example: "<script path='/etc/guest-ifup'/>",
        check: Check::State {
            scope: "devices/interface",
            find: ethernet_script,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/filter",
        why: "The filter must be defined on the destination: libvirt there refuses the guest without it.",
        help: "`virsh nwfilter-dumpxml NAME` here, `virsh nwfilter-define` there",
        source: "live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::Nwfilters],
        settled_by: Some("host/nwfilter"),
        example: "<filterref filter='clean-traffic'/>",
        check: Check::State {
            scope: "devices/interface",
            find: filter,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/internal",
        why: "QEMU has no card of this type: the definition was converted from another hypervisor. libvirt takes internal for user-mode networking, and libvirt 9.0 crashes when a guest with null or vds starts.",
        help: "give the card a type that QEMU has: network, bridge, user",
        source: "started on libvirt 9.0 with QEMU 7.2",
        proof: Proof::Run,
        example: "<interface type='internal'>",
        check: Check::State {
            scope: "devices/interface",
            find: internal,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/mtu-tap",
        level: Level::Info,
        why: "The guest was told this MTU and keeps it; the destination's bridge and uplink must carry packets of that size.",
        help: "give the destination's bridge the same MTU",
        source: "libvirt formatdomain, MTU configuration",
        settled_by: Some("host/mtu-path"),
        example: "<mtu size='9000'/>",
        check: Check::State {
            scope: "devices/interface",
            find: mtu_tap,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/network-by-name",
        why: "The card is plugged into a network of libvirt, by name: it must be defined and started on the destination.",
        help: "tell the destination's networks with --host; `virsh net-define` and `virsh net-start` make one",
        source: "live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::Networks],
        settled_by: Some("host/network"),
        example: "<interface type='network'>",
        check: Check::State {
            scope: "devices/interface",
            find: network_by_name,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/no-mac",
        why: "libvirt gives a card without a MAC address a new one each time the definition is defined: names, leases and licences in the guest hang on it.",
        help: "write the card's address into the definition: <mac address='…'/>",
        source: "libvirt formatdomain, network interfaces; virDomainNetGenerateMAC",
        example: "<interface type='network'>",
        check: Check::State {
            scope: "devices/interface",
            find: no_mac,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/queues",
        level: Level::Info,
        why: "The number of queues decides how many interrupts the guest's card has: it must be the same after the migration.",
        help: "keep the number in what `virsh migrate --xml` gives",
        source: "libvirt 11.4 release notes; virDomainNetDefCheckABIStability",
        since: "libvirt 11.4",
        example: "<driver name='vhost' queues='4'/>",
        check: Check::State {
            scope: "devices/interface",
            find: queues,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/rx-queue-size",
        level: Level::Info,
        why: "The guest sees the size of the card's rings; libvirt does not compare it. More than 256 for tx works with vhost-user and vDPA only.",
        help: "keep the sizes in what `virsh migrate --xml` gives",
        source: "libvirt formatdomain, setting NIC driver-specific options",
        example: "rx_queue_size='1024'",
        check: Check::State {
            scope: "devices/interface",
            find: ring_sizes,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/socket-type",
        why: "The card talks to a fixed address and port: a peer that connects to the old host does not find the guest on the new one.",
        help: "use a bridge or a network of libvirt, or change the addresses with `virsh migrate --xml`",
        source: "libvirt formatdomain, TCP tunnel, UDP unicast tunnel, multicast tunnel",
        example: "<interface type='server'>",
        check: Check::State {
            scope: "devices/interface",
            find: socket_type,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/user-slirp",
        why: "The guest's connections end on this host, in QEMU or in a helper program: the guest moves, open connections break.",
        help: "use a bridge or a network of libvirt where connections must live on",
        source: "live migration between two libvirt 9.0 hosts; libvirt formatdomain, userspace connection",
        proof: Proof::Run,
        example: "<interface type='user'>",
        check: Check::State {
            scope: "devices/interface",
            find: user,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/virtualport",
        why: "The card is known to a switch or a manager beside libvirt, which must know it on the destination too. libvirt itself carries over the port data of Open vSwitch only.",
        help: "check that the destination belongs to the same Open vSwitch controller or switch manager",
        source: "libvirt formatdomain, network interfaces, virtualport; qemu_migration_cookie",
        example: "<virtualport type='openvswitch'>",
        check: Check::State {
            scope: "devices/interface",
            find: virtualport,
        },
        ..Rule::RISK
    },
    Rule {
        id: "net/vlan-bridge",
        enforced_by: EnforcedBy::Libvirt,
        why: "libvirt can put a card's VLAN tag on a bridge of the kernel since 11.0; an older one refuses the guest.",
        help: "update libvirt on both hosts, or tag on a network of Open vSwitch",
        source: "libvirt 11.0 release notes; started on libvirt 9.0",
        proof: Proof::Run,
        until: "libvirt 11.0",
        needs: &[Fact::Libvirt],
        example: "<vlan>",
        check: Check::State {
            scope: "devices/interface",
            find: vlan_bridge,
        },
        ..Rule::RISK
    },
];

/// The live migration's places among the interfaces of one type.
fn live(
    guest: &Guest<'_>,
    kinds: &[&str],
    find: impl Fn(Interface<'_>) -> Option<Found>,
) -> Vec<Found> {
    if guest.migration.offline {
        return Vec::new();
    }
    guest
        .interfaces()
        .filter(|interface| kinds.is_empty() || kinds.contains(&interface.kind()))
        .filter_map(find)
        .collect()
}

/// What the destination must have, as long as nobody told whether it has it.
fn demand(interface: Interface<'_>, path: &str, what: &str, fact: Fact) -> Option<Found> {
    let name = interface.get(path)?;
    let message = format!("{what} {name} must be on the destination too");
    let found = Found::at(interface.at(path), message);
    Some(found.level(Level::Error).needs(fact))
}

fn bridge_by_name(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, &["bridge"], |interface| {
        demand(interface, "source/@bridge", "bridge", Fact::Links)
    })
}

fn dbus_vmstate(guest: &Guest<'_>) -> Vec<Found> {
    const HELPER: &str = "/usr/bin/slirp-helper";
    // Only a version that was told: what is supported today is newer.
    let qemu = guest.migration.qemu;
    if qemu.is_none_or(|version| version >= Version::new(5, 0)) {
        return Vec::new();
    }
    let helper = guest.source.map(|host| host.resources.path(HELPER));
    live(guest, &["user"], |interface| {
        let passt = interface.get("backend/@type") == Some("passt");
        let message = "slirp-helper keeps its connections, and this QEMU cannot send them along";
        let found = Found::at(interface.node, message);
        match &helper {
            _ if passt => None,
            Some(Presence::Missing) => None,
            Some(Presence::There(_)) => Some(found),
            Some(Presence::Unknown) | None => Some(found.needs(Fact::SourceHost)),
        }
    })
}

fn direct_device(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, &["direct"], |interface| {
        let what = match interface.get("source/@mode") {
            Some("passthrough") => "free network device",
            _ => "network device",
        };
        demand(interface, "source/@dev", what, Fact::Links)
    })
}

fn ethernet_script(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, &["ethernet"], |interface| {
        if let Some(script) = interface.get("script/@path") {
            let message = format!("{script} must be on the destination and do the same there");
            return Some(Found::at(interface.at("script/@path"), message));
        }
        if interface.get("target/@managed") != Some("no") {
            return None;
        }
        let name = interface.get("target/@dev").unwrap_or("its device");
        let message = format!("{name} must be made on the destination first");
        Some(Found::at(interface.at("target"), message))
    })
}

fn filter(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, &[], |interface| {
        if !interface.is_filtered() {
            return None;
        }
        demand(interface, "filterref/@filter", "filter", Fact::Nwfilters)
    })
}

fn internal(guest: &Guest<'_>) -> Vec<Found> {
    if !matches!(guest.get("@type"), Some("kvm" | "qemu" | "hvf")) {
        return Vec::new();
    }
    live(guest, &["internal", "null", "vds"], |interface| {
        let message = format!("QEMU has no card of type {}", interface.kind());
        Some(Found::at(interface.at("@type"), message))
    })
}

fn mtu_tap(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, &[], |interface| {
        let size = interface.number("mtu/@size").filter(|size| *size > 0)?;
        let message = format!("packets of {size} bytes must get through on the destination");
        Some(Found::at(interface.at("mtu/@size"), message))
    })
}

fn network_by_name(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, &["network"], |interface| {
        demand(interface, "source/@network", "network", Fact::Networks)
    })
}

fn no_mac(guest: &Guest<'_>) -> Vec<Found> {
    guest
        .interfaces()
        .filter(|interface| !interface.has("mac/@address"))
        .map(|interface| Found::at(interface.node, "it has no MAC address of its own"))
        .collect()
}

fn queues(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, &[], |interface| {
        let queues = interface.number("driver/@queues").filter(|n| *n > 1)?;
        let message = format!("it has {queues} queues, which must stay");
        Some(Found::at(interface.at("driver/@queues"), message))
    })
}

fn ring_sizes(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, &[], |interface| {
        let path = ["driver/@tx_queue_size", "driver/@rx_queue_size"]
            .into_iter()
            .find(|path| interface.has(path))?;
        let message = "the size of its rings is fixed, and must stay";
        Some(Found::at(interface.at(path), message))
    })
}

fn socket_type(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, &["server", "client", "mcast", "udp"], |interface| {
        let message = format!("type {} talks to fixed addresses", interface.kind());
        Some(Found::at(interface.at("@type"), message))
    })
}

fn user(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, &["user"], |interface| {
        let message = "its connections break when the guest moves";
        Some(Found::at(interface.at("@type"), message))
    })
}

fn virtualport(guest: &Guest<'_>) -> Vec<Found> {
    live(guest, &[], |interface| {
        let kind = interface.get("virtualport/@type")?;
        let message = format!("the destination must belong to the same {kind} network");
        Some(Found::at(interface.at("virtualport/@type"), message))
    })
}

fn vlan_bridge(guest: &Guest<'_>) -> Vec<Found> {
    const FIRST: Version = Version::new(11, 0);
    let libvirt = guest.migration.libvirt;
    if libvirt.is_some_and(|version| version >= FIRST) {
        return Vec::new();
    }
    live(guest, &["bridge"], |interface| {
        if !interface.has("vlan/tag") || interface.is_openvswitch() {
            return None;
        }
        let message = format!("a VLAN on a bridge of the kernel needs libvirt {FIRST}");
        let found = Found::at(interface.at("vlan"), message).level(Level::Error);
        Some(match libvirt {
            Some(_) => found,
            None => found.needs(Fact::Libvirt),
        })
    })
}
