//! Short names for kinds of value, so that a row fits a line.

use super::field::{Kind, Print, Since, Unit};

pub(super) const FLAG: Kind = Kind::Flag;
pub(super) const TEXT: Kind = Kind::Text;
pub(super) const WORD: Kind = Kind::Word;
pub(super) const YES_NO: Kind = Kind::YesNo;
pub(super) const ON_OFF: Kind = Kind::OnOff;
pub(super) const NUMBER: Kind = Kind::Number(Print::Decimal);
pub(super) const OCTAL: Kind = Kind::Number(Print::Octal(3));
pub(super) const INT: Kind = Kind::Int;
pub(super) const UUID: Kind = Kind::Uuid;
pub(super) const MAC: Kind = Kind::Mac;
pub(super) const SET: Kind = Kind::NumberSet;
pub(super) const UNIT_OF: Kind = Kind::Unit;
/// A size in KiB, unless a unit says otherwise.
pub(super) const KIB: Kind = Kind::Size {
    default: Unit::KiB,
    canonical: Unit::KiB,
};

pub(super) const V9_0: Since = Since::V9_0;
pub(super) const V12_8: Since = Since::V12_8;

/// A number printed as `0x` and at least so many hex digits.
pub(super) const fn hex(digits: u8) -> Kind {
    Kind::Number(Print::Hex(digits))
}

/// One of these words.
pub(super) const fn one_of(words: &'static [&'static str]) -> Kind {
    Kind::Enum(words)
}
