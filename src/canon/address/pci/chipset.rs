//! Places that the board itself fixes (`qemuDomainValidateDevicePCISlotsPIIX3`
//! and `…Q35`).

use super::Domain;
use super::bus::{BusModel, Buses, Connect, Slot};
use super::device::{PciDevice, Place, Quirk};
use crate::canon::Family;
use crate::canon::controller_list::ControllerType;

const PRIMARY_IDE: Slot = Slot::root(1, 1);
const PIIX3_USB: Slot = Slot::root(1, 2);

/// Where the PIIX3 chip has a controller that is part of it.
pub(super) fn piix3_place(device: &PciDevice) -> Option<Slot> {
    match (device.controller?, device.index) {
        (ControllerType::Ide, Some(0)) => Some(PRIMARY_IDE),
        (ControllerType::Usb, Some(0)) if device.quirk == Quirk::Piix3Usb => Some(PIIX3_USB),
        _ => None,
    }
}

impl Domain<'_> {
    /// Whether the board has a PIIX3 chip.
    pub(super) fn has_piix3(&self) -> bool {
        self.machine.family == Family::I440fx
    }

    /// Gives out and blocks the fixed places. A fixed place stays given also
    /// while only counting.
    pub(super) fn place_chipset(&mut self, buses: &mut Buses, counting: bool) {
        match self.machine.family {
            Family::I440fx => {
                self.place_piix3(buses);
                self.place_video(Slot::root(2, 0), Connect::PCI, buses, counting);
            }
            Family::Q35 => {
                self.place_q35(buses);
                self.place_video(Slot::root(1, 0), Connect::PCIE, buses, counting);
                self.place_sound(buses);
            }
            _ => {}
        }
    }

    fn place_piix3(&mut self, buses: &mut Buses) {
        for controller in &mut self.controllers {
            if let Some(at) = piix3_place(controller) {
                if matches!(controller.place, Place::Open | Place::Zero) {
                    controller.place_at(at);
                }
                buses.take(at, Connect::PCI);
            }
        }
        // The ISA and the ACPI bridge, which are in no definition.
        buses.take(Slot::root(1, 0), Connect::PCI);
        buses.take(Slot::root(1, 3), Connect::PCI);
    }

    fn place_q35(&mut self, buses: &mut Buses) {
        for controller in &mut self.controllers {
            match controller.controller {
                Some(ControllerType::Sata)
                    if controller.index == Some(0) && controller.is_open() =>
                {
                    controller.place_at(Slot::root(0x1f, 2));
                }
                Some(ControllerType::Usb)
                    if controller.quirk == Quirk::Ich9Usb(0) && controller.place == Place::Open =>
                {
                    let usual = [Slot::root(0x1d, 0), Slot::root(0x1a, 0)];
                    if let Some(at) = usual.into_iter().find(|at| !buses.in_use(*at)) {
                        controller.place_at(buses.take(at, Connect::PCIE));
                        controller.multifunction = true;
                    }
                }
                Some(ControllerType::Pci)
                    if controller.model == Some(BusModel::DmiToPciBridge)
                        && controller.place == Place::Open =>
                {
                    let at = Slot::root(0x1e, 0);
                    if !buses.in_use(at) {
                        controller.place_at(buses.take(at, Connect::PCIE));
                    }
                }
                _ => {}
            }
        }
        // The LPC bridge and the SMBus, which are in no definition.
        buses.take(Slot::root(0x1f, 0), Connect::PCIE);
        buses.take(Slot::root(0x1f, 3), Connect::PCIE);
    }

    /// The first video card sits where QEMU puts one by itself, or takes the
    /// next place at once when that is in use.
    fn place_video(&mut self, at: Slot, connect: Connect, buses: &mut Buses, counting: bool) {
        let Some(first) = self.first_video else {
            return;
        };
        let Some(video) = self.late.iter_mut().find(|d| d.node == first) else {
            return;
        };
        if !video.is_open() {
            return;
        }
        if !buses.in_use(at) {
            video.place_at(buses.take(at, connect));
        } else if let Some(next) = buses.take_next(video.connect, None)
            && !counting
        {
            video.place_at(next);
        }
    }

    /// One ICH9 sound card sits where the chip has it.
    fn place_sound(&mut self, buses: &mut Buses) {
        let at = Slot::root(0x1b, 0);
        if buses.in_use(at) {
            return;
        }
        let sound = self
            .early
            .iter_mut()
            .find(|d| d.quirk == Quirk::Ich9Sound && d.is_open());
        if let Some(sound) = sound {
            sound.place_at(buses.take(at, Connect::PCIE));
        }
    }
}
