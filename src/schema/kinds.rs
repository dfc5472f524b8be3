//! Short names for kinds of value, so that a row fits a line.

use super::field::{Kind, Print, Since, Unit};

pub(super) const FLAG: Kind = Kind::Flag;
pub(super) const TEXT: Kind = Kind::Text;
pub(super) const WORD: Kind = Kind::Word;
pub(super) const CASELESS: Kind = Kind::CaselessWord;
pub(super) const SECRET: Kind = Kind::Secret;
pub(super) const YES_NO: Kind = Kind::YesNo;
pub(super) const ON_OFF: Kind = Kind::OnOff;
pub(super) const NUMBER: Kind = Kind::Number(Print::Decimal);
pub(super) const ANY_BASE: Kind = Kind::Number(Print::DecimalOfAnyBase);
pub(super) const OCTAL: Kind = Kind::Number(Print::Octal(4));
pub(super) const INT: Kind = Kind::Int;
pub(super) const UUID: Kind = Kind::Uuid;
pub(super) const MAC: Kind = Kind::Mac;
pub(super) const SET: Kind = Kind::NumberSet;
pub(super) const DOTTED: Kind = Kind::Dotted;
pub(super) const UNIT_OF: Kind = Kind::Unit;
/// A size in KiB, unless a unit says otherwise.
pub(super) const KIB: Kind = Kind::Size {
    default: Unit::KiB,
    canonical: Unit::KiB,
};

/// A size in MiB, unless a unit says otherwise.
pub(super) const MIB: Kind = Kind::Size {
    default: Unit::MiB,
    canonical: Unit::MiB,
};
/// A size in bytes, unless a unit says otherwise.
pub(super) const BYTES: Kind = Kind::Size {
    default: Unit::Bytes,
    canonical: Unit::Bytes,
};
/// A size in bytes, unless a unit says otherwise, that libvirt prints in MiB.
pub(super) const BYTES_IN_MIB: Kind = Kind::Size {
    default: Unit::Bytes,
    canonical: Unit::MiB,
};

pub(super) const V9_0: Since = Since::V9_0;
pub(super) const V12_8: Since = Since::V12_8;

/// A number printed as `0x` and at least so many hex digits.
pub(super) const fn hex(digits: u8) -> Kind {
    Kind::Number(Print::Hex(digits))
}

/// A number read in hex with or without `0x`, printed with it and at least so many digits.
pub(super) const fn always_hex(digits: u8) -> Kind {
    Kind::Number(Print::AlwaysHex(digits))
}

/// What kinds of disk image there are.
pub(super) const IMAGE_FORMAT: Kind = one_of(&[
    "raw", "dir", "bochs", "cloop", "dmg", "iso", "vpc", "vdi", "fat", "vhd", "ploop", "luks",
    "cow", "qcow", "qcow2", "qed", "vmdk",
]);
/// Where the bytes of an image are.
pub(super) const STORAGE_TYPE: Kind = one_of(&[
    "file",
    "block",
    "dir",
    "network",
    "volume",
    "nvme",
    "vhostuser",
    "vhostvdpa",
    "ctl",
]);
/// What is at the host end of a character device.
pub(super) const CHARDEV_TYPE: Kind = one_of(&[
    "dev",
    "file",
    "pipe",
    "unix",
    "tcp",
    "udp",
    "null",
    "stdio",
    "vc",
    "pty",
    "spicevmc",
    "spiceport",
    "nmdm",
    "qemu-vdagent",
    "dbus",
]);
/// Which of the three virtio personalities a device has.
pub(super) const VIRTIO_MODEL: Kind =
    one_of(&["virtio", "virtio-transitional", "virtio-non-transitional"]);

/// One of these words.
pub(super) const fn one_of(words: &'static [&'static str]) -> Kind {
    Kind::Enum(words)
}
