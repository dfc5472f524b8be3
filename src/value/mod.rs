//! Values: from the many spellings libvirt reads to the one it prints.
//!
//! [`canonical`] is the one entry: it takes a field's kind and the written
//! text and gives the canonical text, borrowed when the text already is
//! canonical, which is the common case for anything libvirt has dumped.
//! A text that is not a value of its kind is an [`Invalid`]; libvirt would
//! refuse the document, so callers keep the text as it is and say so.

mod number;
mod set;
mod size;

use std::borrow::Cow;

use crate::schema::Kind;

pub use number::{number, signed};
pub use set::NumberSet;
pub use size::{ParsedSize, size_in_bytes, unit_in_bytes};

/// A text that is no value of its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invalid;

/// Blanks as libvirt and XML know them.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// A text without the blanks around it.
#[must_use]
pub fn trim(text: &str) -> &str {
    text.trim_matches(is_blank)
}

/// The canonical form of `raw` as a value of `kind`.
///
/// [`Kind::Size`] is not handled here, since its unit stands elsewhere: see
/// [`size_in_bytes`].
///
/// # Errors
///
/// [`Invalid`] when `raw` is no value of that kind.
pub fn canonical(kind: Kind, raw: &str) -> Result<Cow<'_, str>, Invalid> {
    match kind {
        Kind::Element | Kind::Flag => Ok(Cow::Borrowed("")),
        Kind::Text | Kind::Secret => Ok(Cow::Borrowed(raw)),
        Kind::Unit | Kind::Size { .. } | Kind::Word | Kind::Float => Ok(Cow::Borrowed(trim(raw))),
        Kind::CaselessWord => Ok(known_model(trim(raw))),
        Kind::Enum(words) => one_of(trim(raw), words),
        Kind::YesNo => one_of(trim(raw), &["yes", "no"]),
        Kind::OnOff => one_of(trim(raw), &["on", "off"]),
        Kind::Number(print) => number::canonical(trim(raw), print),
        Kind::Int => number::canonical_signed(trim(raw)),
        Kind::Uuid => uuid(trim(raw)),
        Kind::Mac => mac(trim(raw)),
        Kind::Dotted => number::canonical_dotted(trim(raw)),
        Kind::NumberSet => set::canonical(trim(raw)),
    }
}

fn one_of<'r>(word: &'r str, words: &[&str]) -> Result<Cow<'r, str>, Invalid> {
    if words.contains(&word) {
        Ok(Cow::Borrowed(word))
    } else {
        Err(Invalid)
    }
}

/// Models of network cards that libvirt has a name of its own for, as it
/// prints them (`virDomainNetModel`).
const NET_MODELS: [&str; 21] = [
    "netfront",
    "rtl8139",
    "virtio",
    "e1000",
    "e1000e",
    "igb",
    "virtio-transitional",
    "virtio-non-transitional",
    "usb-net",
    "spapr-vlan",
    "lan9118",
    "smc91c111",
    "vlance",
    "vmxnet",
    "vmxnet2",
    "vmxnet3",
    "Am79C970A",
    "Am79C973",
    "82540EM",
    "82545EM",
    "82543GC",
];

/// A model of network card: known ones in any case, others as they are.
fn known_model(word: &str) -> Cow<'_, str> {
    match NET_MODELS.iter().find(|m| m.eq_ignore_ascii_case(word)) {
        Some(model) if *model != word => Cow::Borrowed(model),
        _ => Cow::Borrowed(word),
    }
}

/// A UUID: 32 hex digits, dashes and blanks between bytes left out
/// (`virUUIDParse`), printed 8-4-4-4-12 in lower case.
fn uuid(raw: &str) -> Result<Cow<'_, str>, Invalid> {
    const DASHES: [usize; 4] = [8, 13, 18, 23];
    let bytes = raw.as_bytes();
    let is_canonical = bytes.len() == 36
        && bytes.iter().enumerate().all(|(i, b)| {
            if DASHES.contains(&i) {
                *b == b'-'
            } else {
                matches!(b, b'0'..=b'9' | b'a'..=b'f')
            }
        });
    if is_canonical {
        return Ok(Cow::Borrowed(raw));
    }
    let mut digits = String::with_capacity(36);
    let mut rest = bytes;
    for byte in 0..16 {
        while let [b'-' | b' ', tail @ ..] = rest {
            rest = tail;
        }
        let [high, low, tail @ ..] = rest else {
            return Err(Invalid);
        };
        if !high.is_ascii_hexdigit() || !low.is_ascii_hexdigit() {
            return Err(Invalid);
        }
        if matches!(byte, 4 | 6 | 8 | 10) {
            digits.push('-');
        }
        digits.push(char::from(high.to_ascii_lowercase()));
        digits.push(char::from(low.to_ascii_lowercase()));
        rest = tail;
    }
    if rest.is_empty() {
        Ok(Cow::Owned(digits))
    } else {
        Err(Invalid)
    }
}

/// A MAC address: six groups of one or two hex digits between colons
/// (`virMacAddrParse`).
fn mac(raw: &str) -> Result<Cow<'_, str>, Invalid> {
    let bytes = raw.as_bytes();
    let is_canonical = bytes.len() == 17
        && bytes.iter().enumerate().all(|(i, b)| {
            if i % 3 == 2 {
                *b == b':'
            } else {
                matches!(b, b'0'..=b'9' | b'a'..=b'f')
            }
        });
    if is_canonical {
        return Ok(Cow::Borrowed(raw));
    }
    let mut out = String::with_capacity(17);
    let mut groups = 0;
    for group in raw.split(':') {
        let value = match group.len() {
            1 | 2 if group.bytes().all(|b| b.is_ascii_hexdigit()) => {
                u8::from_str_radix(group, 16).map_err(|_| Invalid)?
            }
            _ => return Err(Invalid),
        };
        if groups > 0 {
            out.push(':');
        }
        out.push_str(&format!("{value:02x}"));
        groups += 1;
    }
    if groups == 6 {
        Ok(Cow::Owned(out))
    } else {
        Err(Invalid)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_in_any_spelling_are_one() {
        for raw in [
            "C7A5FDBD-edaf-9455-926a-d65c16db1809",
            "c7a5fdbdedaf9455926ad65c16db1809",
            "c7 a5 fd bd-edaf-9455-926a-d65c16db1809",
        ] {
            assert_eq!(
                uuid(raw).unwrap(),
                "c7a5fdbd-edaf-9455-926a-d65c16db1809",
                "{raw}"
            );
        }
        assert_eq!(uuid("c7a5fdbd-edaf"), Err(Invalid));
        assert_eq!(uuid("c7a5fdbd-edaf-9455-926a-d65c16db180900"), Err(Invalid));
    }

    #[test]
    fn mac_groups_may_be_short() {
        assert_eq!(mac("52:54:0:A:b:1").unwrap(), "52:54:00:0a:0b:01");
        assert_eq!(mac("52-54-00-0a-0b-01"), Err(Invalid));
        assert_eq!(mac("52:54:00:0a:0b"), Err(Invalid));
    }
}
