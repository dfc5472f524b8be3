//! USB ports and the hubs they need (`qemuDomainAssignUSBAddresses`).

mod port;

use self::port::{Path, Ports};
use crate::canon::controller_list::{ControllerType, Controllers};
use crate::canon::{DeviceKind, Devices, Machine, Release};
use crate::tree::{NodeId, Provenance, Tree};

/// Ports of a hub.
const HUB_PORTS: u64 = 8;
/// More hubs than the ports of all controllers can hold at the depth USB allows.
const MOST_HUBS: u64 = 4096;

/// Gives open USB devices the lowest free port of the lowest bus, hubs first,
/// adding hubs when the devices outnumber the ports.
pub(super) fn assign(tree: &mut Tree<'_>, devices: &mut Devices, machine: &Machine) {
    let usb = usb_devices(tree, devices, machine.release);
    let written = devices[DeviceKind::Hub].len();
    if usb.is_empty() && written == 0 {
        return;
    }
    let controllers = Controllers::read(tree, devices, machine);
    let mut ports = Ports::default();
    let mut count = HUB_PORTS.saturating_mul(u64::try_from(written).unwrap_or(u64::MAX));
    for controller in controllers.of(ControllerType::Usb) {
        let own = ports_of(tree, controller.node);
        count = count.saturating_add(own);
        if let Some(index) = controller.index {
            ports.add_bus(index, own);
        }
    }
    let needed = u64::try_from(usb.len() + written).unwrap_or(u64::MAX);
    if !add_hubs(tree, devices, needed, count) {
        return;
    }
    let mut open_hubs = Vec::new();
    for hub in &devices[DeviceKind::Hub] {
        match address(tree, *hub) {
            Address::At(bus, path) => ports.add_hub(bus, &path),
            open => open_hubs.push((*hub, open)),
        }
    }
    let mut open_devices = Vec::new();
    for device in usb {
        match address(tree, device) {
            Address::At(bus, path) => ports.take(bus, &path),
            open => open_devices.push((device, open)),
        }
    }
    for (hub, open) in open_hubs {
        if let Some((bus, path)) = next(&mut ports, open) {
            ports.add_hub(bus, &path);
            write(tree, hub, bus, &path);
        }
    }
    for (device, open) in open_devices {
        if let Some((bus, path)) = next(&mut ports, open) {
            write(tree, device, bus, &path);
        }
    }
}

/// Devices on a USB bus, hubs aside, in the order of
/// `virDomainUSBDeviceDefForeach`.
fn usb_devices(tree: &Tree<'_>, devices: &Devices, release: Release) -> Vec<NodeId> {
    const ORDER_9_0: &[DeviceKind] = &[
        DeviceKind::Hostdev,
        DeviceKind::Disk,
        DeviceKind::Controller,
        DeviceKind::Input,
        DeviceKind::Serial,
        DeviceKind::Sound,
        DeviceKind::Redirdev,
    ];
    const ORDER_12_8: &[DeviceKind] = &[
        DeviceKind::Disk,
        DeviceKind::Interface,
        DeviceKind::Sound,
        DeviceKind::Hostdev,
        DeviceKind::Controller,
        DeviceKind::Serial,
        DeviceKind::Input,
        DeviceKind::Redirdev,
    ];
    let order = match release {
        Release::V9_0 => ORDER_9_0,
        Release::V12_8 => ORDER_12_8,
    };
    let is_usb = |kind: DeviceKind, device: NodeId| match kind {
        DeviceKind::Hostdev => {
            tree.attr(device, "type") == Some("usb")
                && tree.attr(device, "mode") != Some("capabilities")
        }
        DeviceKind::Disk => tree.get(device, "target/@bus") == Some("usb"),
        DeviceKind::Interface => tree.get(device, "model/@type") == Some("usb-net"),
        DeviceKind::Controller => tree.attr(device, "type") == Some("ccid"),
        DeviceKind::Serial => tree.get(device, "target/@type") == Some("usb-serial"),
        DeviceKind::Sound => tree.attr(device, "model") == Some("usb"),
        _ => tree.attr(device, "bus") == Some("usb"),
    };
    order
        .iter()
        .flat_map(|kind| devices[*kind].iter().map(|device| (*kind, *device)))
        .filter(|(kind, device)| is_usb(*kind, *device))
        .map(|(_, device)| device)
        .collect()
}

/// Ports of a controller; none for a companion, whose ports another one has
/// (`virDomainUSBAddressControllerModelToPorts`).
fn ports_of(tree: &Tree<'_>, controller: NodeId) -> u64 {
    match tree.attr(controller, "model") {
        None | Some("piix3-uhci" | "piix4-uhci" | "vt82c686b-uhci") => 2,
        Some("ehci" | "ich9-ehci1") => 6,
        Some("pci-ohci") => 3,
        Some("nec-xhci" | "qemu-xhci") => tree.number(controller, "@ports").unwrap_or(4),
        _ => 0,
    }
}

/// Adds the hubs that `needed` devices want beyond `count` ports; says whether
/// that is possible (`qemuDomainUSBAddressAddHubs`).
fn add_hubs(tree: &mut Tree<'_>, devices: &mut Devices, needed: u64, count: u64) -> bool {
    if needed <= count {
        return true;
    }
    // Each hub takes a port itself.
    let hubs = (needed - count + 1).div_ceil(HUB_PORTS - 1);
    if count == 0 || hubs > MOST_HUBS {
        return false;
    }
    for _ in 0..hubs {
        let hub = devices.add(tree, DeviceKind::Hub);
        tree.set_attr(hub, "type", "usb", Provenance::Filled);
    }
    true
}

/// A device's written address.
enum Address {
    /// None.
    Open,
    /// A bus, but no port.
    OnBus(u64),
    /// A bus and a port.
    At(u64, Path),
    /// Of another type.
    Elsewhere,
}

fn address(tree: &Tree<'_>, device: NodeId) -> Address {
    let Some(address) = tree.child(device, "address") else {
        return Address::Open;
    };
    if tree.attr(address, "type") != Some("usb") {
        return Address::Elsewhere;
    }
    let bus = tree.number(address, "@bus").unwrap_or(0);
    match tree.attr(address, "port") {
        None => Address::OnBus(bus),
        Some(port) => match Path::parse(port) {
            Some(path) => Address::At(bus, path),
            None => Address::Elsewhere,
        },
    }
}

fn next(ports: &mut Ports, open: Address) -> Option<(u64, Path)> {
    match open {
        Address::Open => ports.take_next(),
        Address::OnBus(bus) => Some((bus, ports.take_next_of(bus)?)),
        Address::At(..) | Address::Elsewhere => None,
    }
}

fn write(tree: &mut Tree<'_>, device: NodeId, bus: u64, path: &Path) {
    let filled = Provenance::Filled;
    let address = tree.ensure(device, "address", filled);
    tree.set_attr(address, "type", "usb", filled);
    tree.set_attr(address, "bus", bus.to_string(), filled);
    tree.set_attr(address, "port", path.to_string(), filled);
}
