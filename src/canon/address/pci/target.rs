//! The model name and the target of PCI controllers, which follow from index
//! and address (the end of `qemuDomainAssignPCIAddresses`).

use super::bus::BusModel;
use super::device::{PciDevice, Place};
use crate::canon::controller_list::ControllerType;
use crate::canon::{Family, Machine};
use crate::tree::{NodeId, Provenance, Tree};

/// Fills in names and targets of the PCI controllers among `controllers`.
pub(super) fn fill(tree: &mut Tree<'_>, controllers: &[PciDevice], machine: &Machine) {
    let pci = || {
        controllers
            .iter()
            .filter(|c| c.controller == Some(ControllerType::Pci))
    };
    let mut bus_number = pci()
        .filter_map(|c| tree.number(c.node, "target/@busNr"))
        .min()
        .unwrap_or(256)
        .min(256);
    let mut host_bridges: Vec<u64> = pci()
        .filter_map(|c| tree.number(c.node, "target/@index"))
        .collect();
    for controller in pci() {
        let Some(model) = controller.model else {
            continue;
        };
        let node = controller.node;
        if let Some(name) = name(model, machine) {
            let element = tree.ensure(node, "model", Provenance::Filled);
            set_missing(tree, element, "name", name.to_owned());
        }
        let index = controller.index.unwrap_or_default().to_string();
        match (model, controller.place) {
            (BusModel::PciBridge, _) => set_target(tree, node, "chassisNr", index),
            (BusModel::RootPort, place) => {
                set_target(tree, node, "chassis", index);
                if let Place::At(at) = place {
                    let port = format!("{:#x}", u16::from(at.slot) * 8 + u16::from(at.function));
                    set_target(tree, node, "port", port);
                }
            }
            (BusModel::DownstreamPort, place) => {
                set_target(tree, node, "chassis", index);
                if let Place::At(at) = place {
                    set_target(tree, node, "port", format!("{:#x}", at.slot));
                }
            }
            (BusModel::PciExpander | BusModel::PcieExpander, _)
                if tree.at(node, "target/@busNr").is_none() && bus_number > 2 =>
            {
                // Two numbers each, downwards: the guest numbers one more bus
                // behind it.
                bus_number -= 2;
                set_target(tree, node, "busNr", bus_number.to_string());
            }
            (BusModel::PciRoot, _)
                if machine.family == Family::Pseries
                    && tree.at(node, "target/@index").is_none() =>
            {
                let free = match controller.index {
                    Some(0) => Some(0),
                    _ => (1..=31).find(|index| !host_bridges.contains(index)),
                };
                if let Some(free) = free {
                    host_bridges.push(free);
                    set_target(tree, node, "index", free.to_string());
                }
            }
            _ => {}
        }
    }
}

fn name(model: BusModel, machine: &Machine) -> Option<&'static str> {
    match model {
        BusModel::PciBridge => Some("pci-bridge"),
        BusModel::DmiToPciBridge => Some("i82801b11-bridge"),
        BusModel::PcieToPciBridge => Some("pcie-pci-bridge"),
        BusModel::RootPort => Some("pcie-root-port"),
        BusModel::UpstreamPort => Some("x3130-upstream"),
        BusModel::DownstreamPort => Some("xio3130-downstream"),
        BusModel::PciExpander => Some("pxb"),
        BusModel::PcieExpander => Some("pxb-pcie"),
        BusModel::PciRoot if machine.family == Family::Pseries => Some("spapr-pci-host-bridge"),
        BusModel::PciRoot | BusModel::PcieRoot => None,
    }
}

fn set_target(tree: &mut Tree<'_>, controller: NodeId, name: &'static str, value: String) {
    let target = tree.ensure(controller, "target", Provenance::Filled);
    set_missing(tree, target, name, value);
}

fn set_missing(tree: &mut Tree<'_>, element: NodeId, name: &'static str, value: String) {
    if tree.attribute(element, name).is_none() {
        tree.set_attr(element, name, value, Provenance::Filled);
    }
}
