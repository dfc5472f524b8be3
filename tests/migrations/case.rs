//! What a case is: a guest, what is prepared for it, how it is migrated, and what must come of it.

use super::hosts::Side;

/// A guest, as far as it differs from the plainest one. `$SHARED`, `$LOCAL`, `$FOLDER` and `$NAME`
/// stand for what they are on the hosts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Guest {
    /// Machine type.
    pub(crate) machine: &'static str,
    /// What else stands in `<os>`.
    pub(crate) os: &'static str,
    /// Elements of the domain beside `<os>` and `<devices>`.
    pub(crate) domain: &'static str,
    /// The disk that the guest starts from.
    pub(crate) disk: &'static str,
    /// Other devices.
    pub(crate) devices: &'static str,
    /// Elements behind `<devices>`.
    pub(crate) tail: &'static str,
}

/// Of every guest; there is one at a time.
pub(crate) const UUID: &str = "0d8f5a4e-9d0a-4c62-9f6b-6a1f0f5b7c01";

impl Guest {
    /// One disk on shared storage, and nothing else.
    pub(crate) const PLAIN: Self = Self {
        machine: "pc",
        os: "",
        domain: "",
        disk: "<disk type='file' device='disk'>
                 <driver name='qemu' type='raw' cache='none'/>
                 <source file='$SHARED/$NAME.img'/>
                 <target dev='vda' bus='virtio'/>
               </disk>",
        devices: "",
        tail: "",
    };

    /// The definition.
    pub(crate) fn xml(&self, name: &str) -> String {
        let Self {
            machine,
            os,
            domain,
            disk,
            devices,
            tail,
        } = self;
        format!(
            "<domain type='qemu' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'>
               <name>{name}</name>
               <uuid>{UUID}</uuid>
               <memory unit='MiB'>16</memory>
               <vcpu>1</vcpu>
               <os><type arch='x86_64' machine='{machine}'>hvm</type>{os}</os>
               <features><acpi/></features>
               {domain}
               <devices>{disk}{devices}<memballoon model='virtio'/></devices>
               {tail}
             </domain>"
        )
    }
}

/// One migration.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    /// What it is about; the guest's name.
    pub(crate) name: &'static str,
    pub(crate) guest: Guest,
    /// What is done on which host before the guest starts, as words of bash.
    pub(crate) before: &'static [(Side, &'static str)],
    /// How the guest starts, on the source.
    pub(crate) start: &'static str,
    /// What is done once it runs.
    pub(crate) running: &'static [(Side, &'static str)],
    /// What `virsh migrate` gets beside guest and destination.
    pub(crate) flags: &'static str,
    /// The same for `domdiff check`.
    pub(crate) told: &'static str,
    /// Where it is to go.
    pub(crate) to: Side,
    /// `--xml`: what is replaced in the migratable XML, and by what.
    pub(crate) edit: Option<(&'static str, &'static str)>,
    /// What is done on which host afterwards, so that it does not disturb other cases.
    pub(crate) after: &'static [(Side, &'static str)],
    pub(crate) expected: Expected,
}

/// What must come of a migration.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// domdiff says that it goes, and it does: the guest's program goes on counting there.
    Goes,
    /// domdiff says that it does not go, and it does not: the guest goes on counting here.
    Refused {
        /// The rule that says why.
        rule: &'static str,
        /// Who stops it, as domdiff's report says.
        by: By,
        /// Words of what libvirt or QEMU says.
        says: &'static str,
    },
}

/// Who stops a migration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Libvirt,
    Qemu,
}

impl By {
    /// As a report says it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Libvirt => "libvirt",
            Self::Qemu => "qemu",
        }
    }
}

impl Case {
    /// The plainest guest, moved without flags.
    pub(crate) const PLAIN: Self = Self {
        name: "",
        guest: Guest::PLAIN,
        before: &[],
        start: "virsh create $XML",
        running: &[],
        flags: "--live",
        told: "",
        to: Side::Dst,
        edit: None,
        after: &[],
        expected: Expected::Goes,
    };
}

/// An image that only its host has.
pub(crate) const IMAGE_HERE: &str = "<disk type='file' device='disk'>
  <driver name='qemu' type='raw'/><source file='$LOCAL/$NAME.img'/>
  <target dev='vda' bus='virtio'/></disk>";

/// A qcow2 image on shared storage.
pub(crate) const QCOW2: &str = "<disk type='file' device='disk'>
  <driver name='qemu' type='qcow2'/><source file='$SHARED/$NAME.qcow2'/>
  <target dev='vda' bus='virtio'/></disk>";

/// Each host gets the image.
pub(crate) const COPIED: &[(Side, &str)] = &[
    (Side::Src, "cp $IMAGE $LOCAL/"),
    (Side::Dst, "cp $IMAGE $LOCAL/"),
];

/// The plainest guest with further devices.
pub(crate) const fn with(devices: &'static str) -> Guest {
    Guest {
        devices,
        ..Guest::PLAIN
    }
}

/// The plainest guest on another disk.
pub(crate) const fn disk(disk: &'static str) -> Guest {
    Guest {
        disk,
        ..Guest::PLAIN
    }
}

/// The plainest guest with further elements.
pub(crate) const fn domain(domain: &'static str) -> Guest {
    Guest {
        domain,
        ..Guest::PLAIN
    }
}

/// The plainest guest with elements behind its devices.
pub(crate) const fn tail(tail: &'static str) -> Guest {
    Guest {
        tail,
        ..Guest::PLAIN
    }
}

/// A reason that libvirt gives.
pub(crate) const fn libvirt(rule: &'static str, says: &'static str) -> Expected {
    Expected::Refused {
        rule,
        by: By::Libvirt,
        says,
    }
}

/// A reason that QEMU gives.
pub(crate) const fn qemu(rule: &'static str, says: &'static str) -> Expected {
    Expected::Refused {
        rule,
        by: By::Qemu,
        says,
    }
}
