//! A CPU on one destination, with the answer that the facts of the destination give.

use super::Guest;
use crate::cpu::CpuMap;
use crate::cpu::def::{Check, CpuDef, Mode, is_arm, is_x86};
use crate::host::HostFacts;
use crate::host::guest::GuestCpu;
use crate::host::judge::CpuAnswer;
use crate::rules::Found;
use crate::tree::{NodeId, Tree};

/// What rules about a guest's CPU on a destination look at.
#[derive(Debug, Clone, Copy)]
pub struct CpuThere<'q> {
    /// The CPU, and what decides which facts apply to it.
    pub wanted: &'q GuestCpu,
    /// The guest that asks for it; none for a CPU judged alone.
    pub guest: Option<&'q Guest<'q>>,
    /// The host where the guest runs today, as far as it is known.
    pub source: Option<&'q HostFacts>,
    /// The destination.
    pub host: &'q HostFacts,
    /// Its answer.
    pub answer: &'q CpuAnswer,
    /// The CPU models and features that libvirt knows.
    pub map: &'q CpuMap,
}

impl<'q> CpuThere<'q> {
    /// The CPU as its definition has it.
    #[must_use]
    pub fn cpu(&self) -> &'q CpuDef {
        &self.wanted.cpu
    }

    /// Something found at a path below `<domain>`, or at the nearest element around it that is
    /// there.
    #[must_use]
    pub fn found(&self, path: &str, message: impl Into<String>) -> Found {
        let node = self.guest.and_then(|guest| {
            let mut path = path;
            loop {
                if let Some(node) = guest.at(path) {
                    return Some(node);
                }
                path = path.rsplit_once('/')?.0;
            }
        });
        Found::at(node.unwrap_or(Tree::ROOT), message)
    }

    /// The element of a feature that the guest names.
    #[must_use]
    pub fn feature(&self, name: &str) -> Option<NodeId> {
        let guest = self.guest?;
        let tree = guest.tree();
        let mut features = tree.children_named(guest.at("cpu")?, "feature");
        features.find(|feature| tree.attr(*feature, "name") == Some(name))
    }

    /// Whether a running guest is to go on there, not only to start.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.guest.is_some_and(Guest::is_live)
    }

    /// Whether the guest gets the CPU of the host that it runs on, whichever that is.
    #[must_use]
    pub fn is_passed_through(&self) -> bool {
        matches!(self.cpu().mode, Mode::HostPassthrough | Mode::Maximum)
    }

    /// Whether the guest is of an arm architecture.
    #[must_use]
    pub fn is_arm(&self) -> bool {
        self.cpu().arch.as_deref().is_some_and(is_arm)
    }

    /// Whether the guest is of an x86 architecture, or may be.
    #[must_use]
    pub fn is_x86(&self) -> bool {
        self.cpu().arch.as_deref().is_none_or(is_x86)
    }

    /// Whether the CPU is emulated.
    #[must_use]
    pub fn is_emulated(&self) -> bool {
        self.wanted.setting.virt_type.as_deref() == Some("qemu")
    }

    /// Whether a start of the guest goes through whatever its CPU lacks: `check='none'`, written
    /// or by default.
    #[must_use]
    pub fn starts_unchecked(&self) -> bool {
        self.guest.is_some()
            && match self.cpu().check {
                Some(check) => check == Check::None,
                None => self.cpu().mode == Mode::Custom && self.is_emulated(),
            }
    }
}
