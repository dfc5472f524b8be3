//! Networks, displays and consoles on a destination.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::host::HostFacts;
use crate::host::resources::{Bridge, BridgeKind, Network, Presence};
use crate::migration::Version;
use crate::report::{EnforcedBy, Impact, Level};
use crate::rules::{Check, Fact, Found, Proof, Rule};
use crate::tree::NodeId;
use crate::view::{Guest, Interface, PathDemand};

pub(in crate::rules) static RULES: &[Rule] = &[
    Rule {
        id: "host/bridge",
        why: "The guest's card is plugged into a bridge of that name, upper and lower case told apart; libvirt on the destination refuses the guest without it (`Cannot get interface MTU`).",
        help: "make the bridge there (`ip link add NAME type bridge`, or `ovs-vsctl add-br NAME`), or name another one with `virsh migrate --xml`",
        source: "live migration between two libvirt 9.0 hosts; libvirt virNetDevTapCreateInBridgePort",
        proof: Proof::Run,
        needs: &[Fact::Links],
        example: "<source bridge='br7'/>",
        check: Check::Destination(bridge),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/bridge-kind",
        why: "A card goes into a bridge of Open vSwitch by another way than into one of the kernel: the definition says which with virtualport type 'openvswitch'.",
        help: "make a bridge of the other kind there, or change the card's <virtualport> with `virsh migrate --xml`",
        source: "started on libvirt 9.0 with QEMU 7.2; libvirt formatdomain, bridge to LAN; virNetDevTapAttachBridge",
        proof: Proof::Run,
        needs: &[Fact::Links],
        example: "<virtualport type='openvswitch'>",
        check: Check::Destination(bridge_kind),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/chardev-path",
        why: "The guest's port or display is behind this path of the host. libvirt and QEMU make the last part of it, never the folder; a device, a pipe or a socket to connect to must be there.",
        help: "make the folder or the device there, or name another path with `virsh migrate --xml`",
        source: "live migration between two libvirt 9.0 hosts (type file); started on libvirt 9.0 with QEMU 7.2 (types dev, pipe, unix, logs, displays)",
        proof: Proof::Run,
        needs: &[Fact::Files],
        example: "<source path='/srv/console/web.log'/>",
        check: Check::Destination(chardev_path),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/direct-dev",
        why: "A macvtap card sits on top of a network device of that name; libvirt does not start the guest without it.",
        help: "name the destination's device with `virsh migrate --xml`, or use a network of libvirt that both hosts have",
        source: "started on libvirt 9.0 with QEMU 7.2; libvirt formatdomain, direct attachment to physical interface; virNetDevMacVLanCreateWithVPortProfile",
        proof: Proof::Run,
        needs: &[Fact::Links],
        example: "<source dev='enp5s0' mode='bridge'/>",
        check: Check::Destination(direct_dev),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/graphics-listen",
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU on the destination binds the display's address before the guest's memory comes in; it can bind only an address of its own host.",
        help: "listen on 0.0.0.0, :: or 127.0.0.1, or give an address of the destination with `virsh migrate --xml`",
        source: "live migration between two libvirt 9.0 hosts; Nova graphics_listen_addrs",
        proof: Proof::Run,
        needs: &[Fact::Links],
        example: "<listen type='address' address='192.0.2.99'/>",
        check: Check::Destination(graphics_listen),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/graphics-listen-network",
        why: "The display listens on the address that a network of libvirt has on the host.",
        help: "define and start the network there (`virsh net-define`, `virsh net-start`), or listen on an address",
        source: "started on libvirt 9.0 with QEMU 7.2; libvirt formatdomain, graphical framebuffers, listen type network; qemuProcessGraphicsSetupNetworkAddress",
        proof: Proof::Run,
        needs: &[Fact::Networks],
        example: "<listen type='network' network='displays'/>",
        check: Check::Destination(graphics_listen_network),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/graphics-port",
        why: "The display wants this very port: where something else listens on it, libvirt refuses the guest (`Failed to reserve port`).",
        help: "use autoport='yes', or give a free port with `virsh migrate --xml`",
        source: "live migration between two libvirt 9.0 hosts; libvirt qemuProcessGraphicsReservePorts",
        proof: Proof::Run,
        needs: &[Fact::Links],
        example: "port='5910' autoport='no'",
        check: Check::Destination(graphics_port),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/mtu-path",
        enforced_by: EnforcedBy::Nobody,
        why: "The guest sends packets as large as its card's MTU; a bridge or device with a smaller one drops them, and large transfers hang.",
        help: "raise the MTU of the bridge and its uplink there (`ip link set NAME mtu N`)",
        source: "libvirt formatdomain, MTU configuration",
        needs: &[Fact::Links],
        example: "<mtu size='9000'/>",
        check: Check::Destination(mtu_path),
        impact: Impact::Destination,
        ..Rule::RISK
    },
    Rule {
        id: "host/network",
        why: "The guest's card is plugged into a network of libvirt: it must be defined there, started, and have its bridge.",
        help: "`virsh net-dumpxml NAME` here, `virsh net-define` and `virsh net-start NAME` there, or name another one with `virsh migrate --xml`",
        source: "live migration between two libvirt 9.0 hosts; libvirt virNetworkAllocatePort",
        proof: Proof::Run,
        needs: &[Fact::Networks],
        example: "<source network='office'/>",
        check: Check::Destination(network),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/network-forward",
        enforced_by: EnforcedBy::Nobody,
        why: "A network of the same name that leads elsewhere: nobody refuses the migration, and the guest may lose its address and its peers.",
        help: "compare `virsh net-dumpxml NAME` of both hosts",
        source: "libvirt formatnetwork, connectivity",
        needs: &[Fact::SourceHost, Fact::Networks],
        example: "<source network='default'/>",
        check: Check::Destination(network_forward),
        impact: Impact::Destination,
        ..Rule::RISK
    },
    Rule {
        id: "host/nic-model",
        enforced_by: EnforcedBy::Qemu,
        why: "Not every QEMU has this network card: igb came with QEMU 8.0 and libvirt 9.3, and an older one refuses the guest.",
        help: "migrate to a host with a newer QEMU and libvirt, or give the guest another model (it must be shut down for that)",
        source: "live migration from libvirt 12.8 to 9.0; QEMU 8.0 change log; libvirt 9.3 release notes",
        proof: Proof::Run,
        needs: &[Fact::Qemu, Fact::Libvirt],
        example: "<model type='igb'/>",
        check: Check::Destination(nic_model),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/nwfilter",
        why: "The rules of this filter guard the guest's card; libvirt does not start the guest without it.",
        help: "`virsh nwfilter-dumpxml NAME` here, `virsh nwfilter-define` there",
        source: "live migration between two libvirt 9.0 hosts; libvirt virNWFilterInstantiateFilter",
        proof: Proof::Run,
        needs: &[Fact::Nwfilters],
        example: "<filterref filter='no-spoofing'/>",
        check: Check::Destination(nwfilter),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/render-node",
        enforced_by: EnforcedBy::Qemu,
        why: "The display draws with this GPU of the host.",
        help: "name the destination's render node (`ls /dev/dri`) with `virsh migrate --xml`",
        source: "started on libvirt 9.0 with QEMU 7.2; libvirt formatdomain, graphical framebuffers, gl; QEMU egl_rendernode_init",
        proof: Proof::Run,
        needs: &[Fact::Files],
        example: "rendernode='/dev/dri/renderD129'",
        check: Check::Destination(render_node),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/serial-listen",
        enforced_by: EnforcedBy::Qemu,
        why: "QEMU on the destination binds this address for the guest's port; it can bind only an address of its own host.",
        help: "listen on 0.0.0.0, :: or 127.0.0.1, or give an address of the destination with `virsh migrate --xml`",
        source: "live migration between two libvirt 9.0 hosts",
        proof: Proof::Run,
        needs: &[Fact::Links],
        example: "<source mode='bind' host='192.0.2.99' service='4555'/>",
        check: Check::Destination(serial_listen),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/vf-pool",
        why: "The card is a virtual function which the network picks of its pool when the guest starts: one of them must be free.",
        help: "free one there, or add functions to the network's pool",
        source: "libvirt formatnetwork, forward mode hostdev; networkAllocatePort",
        needs: &[Fact::Networks, Fact::Nodedevs],
        example: "<source network='vfs'/>",
        check: Check::Destination(vf_pool),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/vhostuser-socket",
        enforced_by: EnforcedBy::Qemu,
        why: "A program of the host serves the card or disk through this socket (a user-space switch, a storage daemon): it must run on the destination, with the same socket.",
        help: "start the switch there and make it listen on this path, or name another one with `virsh migrate --xml`",
        source: "started on libvirt 9.0 with QEMU 7.2; libvirt formatdomain, vhost-user interface",
        proof: Proof::Run,
        needs: &[Fact::Files],
        example: "<source type='unix' path='/run/vswitch/p1.sock' mode='client'/>",
        check: Check::Destination(vhostuser_socket),
        ..Rule::DEMAND
    },
    Rule {
        id: "host/vsock-cid",
        enforced_by: EnforcedBy::Qemu,
        why: "Programs on the host find the guest by this number; the kernel gives it to one guest at a time.",
        help: "use <cid auto='yes'/>, or another number, with `virsh migrate --xml`",
        source: "libvirt formatdomain, vsock; Linux vhost-vsock (VHOST_VSOCK_SET_GUEST_CID)",
        needs: &[Fact::Domains],
        example: "<cid auto='no' address='7'/>",
        check: Check::Destination(vsock_cid),
        ..Rule::DEMAND
    },
];

/// The bridges of a host by name; `None`: not told.
fn bridges(host: &HostFacts) -> Option<BTreeMap<&str, &Bridge>> {
    let bridges = host.resources.bridges.as_ref()?;
    Some(
        bridges
            .iter()
            .map(|bridge| (bridge.name.as_str(), bridge))
            .collect(),
    )
}

/// The names of a host's network devices; `None`: not told.
fn links(host: &HostFacts) -> Option<BTreeSet<&str>> {
    let links = host.resources.links.as_ref()?;
    Some(links.iter().map(|link| link.name.as_str()).collect())
}

/// The networks of a host by name; `None`: not told.
fn networks(host: &HostFacts) -> Option<BTreeMap<&str, &Network>> {
    let networks = host.resources.networks.as_ref()?;
    Some(
        networks
            .iter()
            .map(|network| (network.name.as_str(), network))
            .collect(),
    )
}

/// A thing that is there, is not, or of which nobody told.
fn missing(there: Option<bool>, node: NodeId, what: &str, fact: Fact) -> Option<Found> {
    match there {
        Some(true) => None,
        Some(false) => Some(Found::at(node, format!("{what} is not there"))),
        None => Some(Found::at(node, format!("{what} must be there")).needs(fact)),
    }
}

fn bridge(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let (bridges, links) = (bridges(host), links(host));
    let find = |interface: Interface<'_>| {
        let name = interface.get("source/@bridge")?;
        // A bridge is a network device too, where only those are told.
        let there = match (&bridges, &links) {
            (Some(bridges), _) => Some(bridges.contains_key(name)),
            (None, Some(links)) => Some(links.contains(name)),
            (None, None) => None,
        };
        let node = interface.at("source/@bridge");
        missing(there, node, &format!("bridge {name}"), Fact::Links)
    };
    guest.interfaces_of("bridge").filter_map(find).collect()
}

fn bridge_kind(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let Some(bridges) = bridges(host) else {
        return Vec::new();
    };
    let find = |interface: Interface<'_>| {
        let name = interface.get("source/@bridge")?;
        let node = interface.at("source/@bridge");
        let message = match (interface.is_openvswitch(), bridges.get(name)?.kind) {
            (_, None) => {
                let message = format!("bridge {name} must be of the kind that the card expects");
                return Some(Found::at(node, message).needs(Fact::Links));
            }
            (true, Some(BridgeKind::Linux)) => {
                format!("bridge {name} is one of the kernel, the card expects Open vSwitch")
            }
            (false, Some(BridgeKind::Openvswitch)) => {
                format!("bridge {name} is one of Open vSwitch, the card expects one of the kernel")
            }
            _ => return None,
        };
        Some(Found::at(node, message))
    };
    guest.interfaces_of("bridge").filter_map(find).collect()
}

/// The folder that a path is in; a path without one has none.
fn folder(path: &str) -> Option<&str> {
    match path.trim_end_matches('/').rsplit_once('/')? {
        ("", _) => Some("/"),
        (folder, _) => Some(folder),
    }
}

/// Whether what a path needs is there; `None`: not told.
fn is_there(host: &HostFacts, path: &str, demand: PathDemand) -> Option<bool> {
    let known = |path: &str| match host.resources.path(path) {
        Presence::There(_) => Some(true),
        Presence::Missing => Some(false),
        Presence::Unknown => None,
    };
    match demand {
        PathDemand::Itself => known(path),
        PathDemand::Pipe => match (known(path), known(&format!("{path}.in"))) {
            (Some(true), _) | (_, Some(true)) => Some(true),
            (Some(false), Some(false)) => Some(false),
            _ => None,
        },
        PathDemand::Folder => match folder(path).map(known)? {
            // What is there has its folder, even if the listing does not name it.
            None if known(path) == Some(true) => Some(true),
            answer => answer,
        },
    }
}

fn chardev_path(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let ports = guest.port_paths().into_iter();
    let ports = ports.map(|port| (port.node, port.path, port.demand, EnforcedBy::Libvirt));
    let displays = guest.graphics().filter_map(|graphics| {
        let node = guest.tree().at(graphics.node, "listen/@socket")?;
        let path = guest.tree().value(node)?;
        Some((node, path, PathDemand::Folder, EnforcedBy::Qemu))
    });
    ports
        .chain(displays)
        .filter(|(_, path, ..)| path.starts_with('/'))
        .filter_map(|(node, path, demand, who)| {
            let what = match demand {
                PathDemand::Folder => format!("the folder of {path}"),
                PathDemand::Itself | PathDemand::Pipe => path.to_owned(),
            };
            let found = missing(is_there(host, path, demand), node, &what, Fact::Files)?;
            Some(found.enforced_by(who))
        })
        .collect()
}

fn direct_dev(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let links = links(host);
    let find = |interface: Interface<'_>| {
        let name = interface.get("source/@dev")?;
        let there = links.as_ref().map(|links| links.contains(name));
        let node = interface.at("source/@dev");
        missing(there, node, &format!("network device {name}"), Fact::Links)
    };
    guest.interfaces_of("direct").filter_map(find).collect()
}

/// An address as it stands in a definition: without the brackets of a URL and without a zone.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim_start_matches('[').trim_end_matches(']');
    let text = text.split_once('%').map_or(text, |(address, _)| address);
    text.parse().ok()
}

/// Whether an address that is to be listened on is one of the host; a name is not judged.
fn listens(host: &HostFacts, node: NodeId, text: &str) -> Option<Found> {
    let wanted = address(text)?;
    if wanted.is_unspecified() || wanted.is_loopback() {
        return None;
    }
    let Some(own) = &host.resources.addresses else {
        let message = format!("{text} must be an address of the destination");
        return Some(Found::at(node, message).needs(Fact::Links));
    };
    let is_own = own.iter().any(|own| address(own) == Some(wanted));
    (!is_own).then(|| Found::at(node, format!("{text} is no address of the destination")))
}

fn graphics_listen(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    guest
        .graphics()
        .flat_map(|graphics| graphics.listens("address"))
        .filter_map(|listen| {
            let node = tree.attribute(listen, "address")?;
            listens(host, node, tree.value(node)?)
        })
        .collect()
}

fn graphics_listen_network(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let networks = networks(host);
    guest
        .graphics()
        .flat_map(|graphics| graphics.listens("network"))
        .filter_map(|listen| {
            let node = tree.attribute(listen, "network")?;
            is_started(networks.as_ref(), node, tree.value(node)?)
        })
        .collect()
}

/// Whether a network is there and started.
fn is_started(
    networks: Option<&BTreeMap<&str, &Network>>,
    node: NodeId,
    name: &str,
) -> Option<Found> {
    let network = networks.map(|networks| networks.get(name));
    let what = format!("network {name}");
    match network {
        Some(Some(network)) if !network.active => {
            let found = Found::at(node, format!("{what} is not started there"));
            Some(found.help(format!("`virsh net-start {name}` there")))
        }
        _ => missing(
            network.map(|network| network.is_some()),
            node,
            &what,
            Fact::Networks,
        ),
    }
}

/// Display 0 of VNC.
const FIRST_VNC_PORT: u16 = 5900;

fn graphics_port(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let used: Option<BTreeSet<u16>> = host
        .resources
        .ports_in_use
        .as_ref()
        .map(|ports| ports.iter().copied().collect());
    let tree = guest.tree();
    let is_vnc = |node| {
        let graphics = tree.parent(node);
        tree.name(node) == "port"
            && graphics.is_some_and(|graphics| tree.attr(graphics, "type") == Some("vnc"))
    };
    let find = |(node, port): (NodeId, u16)| match &used {
        _ if port < FIRST_VNC_PORT && is_vnc(node) => {
            let message = format!("VNC has ports from {FIRST_VNC_PORT} on, not {port}");
            Some(Found::at(node, message))
        }
        None => {
            let message = format!("port {port} must be free on the destination");
            Some(Found::at(node, message).needs(Fact::Links))
        }
        Some(used) => used
            .contains(&port)
            .then(|| Found::at(node, format!("port {port} is taken there"))),
    };
    guest
        .graphics()
        .flat_map(|graphics| graphics.fixed_ports())
        .filter_map(find)
        .collect()
}

fn mtu_path(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let bridges = bridges(host).unwrap_or_default();
    let links = host.resources.links.iter().flatten();
    let links: BTreeMap<&str, u32> = links
        .filter_map(|link| Some((link.name.as_str(), link.mtu?)))
        .collect();
    let networks = networks(host).unwrap_or_default();
    let find = |interface: Interface<'_>| {
        let wanted = interface.number("mtu/@size").filter(|size| *size > 0)?;
        let device = match interface.kind() {
            "bridge" => interface.get("source/@bridge")?,
            "direct" => interface.get("source/@dev")?,
            "network" => networks
                .get(interface.get("source/@network")?)?
                .bridge
                .as_deref()?,
            _ => return None,
        };
        let given = bridges.get(device).and_then(|bridge| bridge.mtu);
        let node = interface.at("mtu/@size");
        let Some(given) = given.or_else(|| links.get(device).copied()) else {
            let message = format!("{device} must carry packets of {wanted} bytes");
            return Some(Found::at(node, message).needs(Fact::Links));
        };
        let message = format!("{device} carries packets of {given} bytes at most, not {wanted}");
        (u64::from(given) < wanted).then(|| Found::at(node, message))
    };
    guest.interfaces().filter_map(find).collect()
}

fn network(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let networks = networks(host);
    let bridges = bridges(host);
    let find = |interface: Interface<'_>| {
        let name = interface.get("source/@network")?;
        let node = interface.at("source/@network");
        if let Some(found) = is_started(networks.as_ref(), node, name) {
            return Some(found);
        }
        let network = networks.as_ref()?.get(name)?;
        // libvirt makes the bridge of every other network when it starts it.
        if let (Some("bridge"), Some(bridge), Some(bridges)) =
            (network.forward.as_deref(), &network.bridge, &bridges)
            && !bridges.contains_key(bridge.as_str())
        {
            let message = format!("network {name} needs bridge {bridge}, which is not there");
            return Some(Found::at(node, message));
        }
        let group = interface.get("source/@portgroup")?;
        let message =
            format!("network {name} has no port group {group} there, its default one is used");
        (!network.portgroups.iter().any(|known| known == group))
            .then(|| Found::at(interface.at("source/@portgroup"), message).level(Level::Warning))
    };
    guest.interfaces_of("network").filter_map(find).collect()
}

fn network_forward(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let (Some(here), Some(there)) = (guest.source.and_then(networks), networks(host)) else {
        return Vec::new();
    };
    let leads = |network: &Network| {
        let forward = network.forward.as_deref().unwrap_or("nothing").to_owned();
        match &network.bridge {
            Some(bridge) if forward == "bridge" => format!("bridge {bridge}"),
            _ => forward,
        }
    };
    let find = |interface: Interface<'_>| {
        let name = interface.get("source/@network")?;
        let (old, new) = (leads(here.get(name)?), leads(there.get(name)?));
        let message = format!("network {name} leads to {new} there, here to {old}");
        (old != new).then(|| Found::at(interface.at("source/@network"), message))
    };
    guest.interfaces_of("network").filter_map(find).collect()
}

fn nic_model(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    const QEMU: Version = Version::new(8, 0);
    const LIBVIRT: Version = Version::new(9, 3);
    let qemu = host.resources.qemu_version.or(guest.migration.qemu);
    let libvirt = host.resources.libvirt_version.or(guest.migration.libvirt);
    let find = |interface: Interface<'_>| {
        if interface.get("model/@type") != Some("igb") {
            return None;
        }
        let node = interface.at("model/@type");
        let too_old = |what: &str, version: Version, first: Version| {
            Found::at(
                node,
                format!("igb needs {what} {first}, {version} is there"),
            )
        };
        let open = |what: &str, first: Version, fact| {
            Found::at(node, format!("igb needs {what} {first} or newer there")).needs(fact)
        };
        match (qemu, libvirt) {
            (Some(version), _) if version < QEMU => Some(too_old("QEMU", version, QEMU)),
            (_, Some(version)) if version < LIBVIRT => Some(too_old("libvirt", version, LIBVIRT)),
            (None, _) => Some(open("QEMU", QEMU, Fact::Qemu)),
            (_, None) => Some(open("libvirt", LIBVIRT, Fact::Libvirt)),
            _ => None,
        }
    };
    guest.interfaces().filter_map(find).collect()
}

fn nwfilter(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let filters: Option<BTreeSet<&str>> = host
        .resources
        .nwfilters
        .as_ref()
        .map(|filters| filters.iter().map(String::as_str).collect());
    let find = |interface: Interface<'_>| {
        let name = interface.get("filterref/@filter")?;
        let there = filters.as_ref().map(|filters| filters.contains(name));
        let node = interface.at("filterref/@filter");
        missing(there, node, &format!("filter {name}"), Fact::Nwfilters)
    };
    guest
        .interfaces()
        .filter(Interface::is_filtered)
        .filter_map(find)
        .collect()
}

fn render_node(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    guest
        .graphics()
        .filter_map(|graphics| {
            let path = graphics.get("gl/@rendernode")?;
            let there = is_there(host, path, PathDemand::Itself);
            missing(there, graphics.at("gl/@rendernode"), path, Fact::Files)
        })
        .collect()
}

fn serial_listen(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    guest
        .ports()
        .filter(|(_, kind)| matches!(*kind, "tcp" | "udp"))
        .flat_map(|(device, _)| tree.children_named(device, "source"))
        .filter(|source| tree.attr(*source, "mode") == Some("bind"))
        .filter_map(|source| {
            let node = tree.attribute(source, "host")?;
            listens(host, node, tree.value(node)?)
        })
        .collect()
}

fn vf_pool(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let networks = host.resources.networks.iter().flatten();
    let devices = host.resources.nodedevs.as_ref();
    let free: Option<BTreeSet<&str>> = devices.map(|devices| {
        let free = devices.iter().filter(|device| device.used_by.is_none());
        free.filter_map(|device| device.pci.as_deref()).collect()
    });
    let has_free = |network: &Network| {
        let (pool, free) = (network.devices.as_ref()?, free.as_ref()?);
        Some(pool.iter().any(|function| free.contains(function.as_str())))
    };
    let pools: BTreeMap<&str, Option<bool>> = networks
        .filter(|network| network.forward.as_deref() == Some("hostdev"))
        .map(|network| (network.name.as_str(), has_free(network)))
        .collect();
    let find = |interface: Interface<'_>| {
        let name = interface.get("source/@network")?;
        let node = interface.at("source/@network");
        match pools.get(name)? {
            Some(true) => None,
            Some(false) => {
                let message = format!("network {name} has no free virtual function there");
                Some(Found::at(node, message))
            }
            None => {
                let message = format!("network {name} must have a free virtual function there");
                Some(Found::at(node, message).needs(Fact::Nodedevs))
            }
        }
    };
    guest.interfaces_of("network").filter_map(find).collect()
}

fn vhostuser_socket(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let find = |interface: Interface<'_>| {
        // libvirt starts passt and names its socket.
        if interface.get("backend/@type") == Some("passt") {
            return None;
        }
        let path = interface.get("source/@path")?;
        // As a server QEMU makes the socket, and the switch connects to it.
        let (demand, what) = match interface.get("source/@mode") {
            Some("server") => (PathDemand::Folder, format!("the folder of {path}")),
            _ => (PathDemand::Itself, format!("socket {path}")),
        };
        let node = interface.at("source/@path");
        missing(is_there(host, path, demand), node, &what, Fact::Files)
    };
    let of_disks = guest
        .disks()
        .filter(|disk| disk.get("@type") == Some("vhostuser"));
    let of_disks = of_disks.filter(|_| guest.is_live()).filter_map(|disk| {
        let path = disk.get("source/@path")?;
        let state = is_there(host, path, PathDemand::Itself);
        let what = format!("socket {path}");
        missing(state, disk.at("source/@path"), &what, Fact::Files)
    });
    let of_cards = guest.interfaces_of("vhostuser").filter_map(find);
    of_cards.chain(of_disks).collect()
}

fn vsock_cid(guest: &Guest<'_>, host: &HostFacts) -> Vec<Found> {
    let tree = guest.tree();
    let find = |vsock: NodeId| {
        let node = tree.at(vsock, "cid/@address")?;
        let cid = tree.value(node)?;
        if tree.get(vsock, "cid/@auto") == Some("yes") {
            return None;
        }
        let Some(domains) = &host.resources.domains else {
            let message = format!("context id {cid} must be free there");
            return Some(Found::at(node, message).needs(Fact::Domains));
        };
        let number: u32 = cid.parse().ok()?;
        let other = domains.iter().find(|other| {
            other.active
                && other.vsock_cid == Some(number)
                && guest.get("uuid") != Some(other.uuid.as_str())
        })?;
        let message = format!("context id {cid} is domain {}'s there", other.name);
        Some(Found::at(node, message))
    };
    guest.devices("vsock").filter_map(find).collect()
}
