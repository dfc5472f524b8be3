//! Sizes: a number and a unit, `virScaleInteger`.

use super::{Invalid, number, trim};
use crate::schema::Unit;

/// Bytes in a unit as libvirt spells them: `b`, `byte`, `bytes`; `KB` is
/// 1000, `K` and `KiB` are 1024, and so on up to E, in any case.
///
/// # Errors
///
/// [`Invalid`] for a unit libvirt does not know.
pub fn unit_in_bytes(unit: &str) -> Result<u64, Invalid> {
    let unit = trim(unit);
    if ["b", "byte", "bytes"]
        .iter()
        .any(|u| unit.eq_ignore_ascii_case(u))
    {
        return Ok(1);
    }
    let mut chars = unit.chars();
    let power = match chars.next().map(|c| c.to_ascii_lowercase()) {
        Some('k') => 1,
        Some('m') => 2,
        Some('g') => 3,
        Some('t') => 4,
        Some('p') => 5,
        Some('e') => 6,
        _ => return Err(Invalid),
    };
    let rest = chars.as_str();
    if rest.is_empty() || rest.eq_ignore_ascii_case("ib") {
        Ok(1024_u64.pow(power))
    } else if rest.eq_ignore_ascii_case("b") {
        Ok(1000_u64.pow(power))
    } else {
        Err(Invalid)
    }
}

impl Unit {
    /// Bytes in this unit.
    #[must_use]
    pub fn bytes(self) -> u64 {
        match self {
            Self::Bytes => 1,
            Self::KiB => 1024,
            Self::MiB => 1024 * 1024,
        }
    }

    /// As libvirt prints it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::KiB => "KiB",
            Self::MiB => "M",
        }
    }
}

/// A size in bytes, wide enough for every number and unit.
pub type ParsedSize = u128;

/// The bytes of a number with a unit, absent units meaning `default`.
///
/// # Errors
///
/// [`Invalid`] when the number or the unit is none.
pub fn size_in_bytes(text: &str, unit: Option<&str>, default: Unit) -> Result<ParsedSize, Invalid> {
    let value = number(trim(text))?;
    let scale = unit.map_or(Ok(default.bytes()), unit_in_bytes)?;
    Ok(u128::from(value) * u128::from(scale))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_and_binary_units_differ() {
        assert_eq!(unit_in_bytes("KB"), Ok(1000));
        assert_eq!(unit_in_bytes("kib"), Ok(1024));
        assert_eq!(unit_in_bytes("k"), Ok(1024));
        assert_eq!(unit_in_bytes("Bytes"), Ok(1));
        assert_eq!(unit_in_bytes("GiBi"), Err(Invalid));
        assert_eq!(unit_in_bytes(""), Err(Invalid));
    }
}
