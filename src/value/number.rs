//! Numbers as `virStrToLong_*` with base 0 reads them: decimal, `0x` hex,
//! octal with a leading 0.

use std::borrow::Cow;

use super::Invalid;
use crate::schema::Print;

/// The value of a non-negative number in decimal, hex or octal.
///
/// # Errors
///
/// [`Invalid`] for anything else, and above `u64::MAX`.
pub fn number(text: &str) -> Result<u64, Invalid> {
    let digits = text.strip_prefix('+').unwrap_or(text);
    let (digits, radix) = match digits.as_bytes() {
        [b'0', b'x' | b'X', rest @ ..] if !rest.is_empty() => (&digits[2..], 16),
        [b'0', rest @ ..] if !rest.is_empty() => (&digits[1..], 8),
        _ => (digits, 10),
    };
    if digits.starts_with(['+', '-']) {
        return Err(Invalid);
    }
    u64::from_str_radix(digits, radix).map_err(|_| Invalid)
}

/// The value of a number that may be negative; negative ones in decimal only.
///
/// # Errors
///
/// [`Invalid`] for anything else, and outside of `i64`.
pub fn signed(text: &str) -> Result<i64, Invalid> {
    if text.starts_with('-') {
        text.parse().map_err(|_| Invalid)
    } else {
        i64::try_from(number(text)?).map_err(|_| Invalid)
    }
}

/// Whether `text` is what `print` would print, without computing it.
fn is_canonical(text: &str, print: Print) -> bool {
    let bytes = text.as_bytes();
    match print {
        Print::Decimal | Print::DecimalOfAnyBase => {
            (1..=19).contains(&bytes.len())
                && bytes.iter().all(u8::is_ascii_digit)
                && (bytes[0] != b'0' || bytes.len() == 1)
        }
        Print::Hex(width) | Print::AlwaysHex(width) => match bytes {
            [b'0', b'x', digits @ ..] => {
                let width = usize::from(width.max(1));
                digits.len() >= width
                    && digits.len() <= 16
                    && (digits.len() == width || digits[0] != b'0')
                    && digits
                        .iter()
                        .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
            }
            _ => false,
        },
        Print::Octal(_) => false,
    }
}

pub(super) fn canonical(text: &str, print: Print) -> Result<Cow<'_, str>, Invalid> {
    if is_canonical(text, print) {
        return Ok(Cow::Borrowed(text));
    }
    // "-1" is how several fields spell "automatic"; it has no other spelling.
    if text == "-1" {
        return Ok(Cow::Borrowed(text));
    }
    let value = match print {
        // A mode is octal with or without the leading 0.
        Print::Octal(_) => u64::from_str_radix(text, 8).map_err(|_| Invalid)?,
        // What libvirt prints in decimal it reads in decimal: a leading 0 says nothing.
        Print::Decimal if !text.starts_with("0x") => text
            .strip_prefix('+')
            .unwrap_or(text)
            .parse()
            .map_err(|_| Invalid)?,
        Print::AlwaysHex(_) => {
            let digits = text.strip_prefix('+').unwrap_or(text);
            let digits = digits
                .strip_prefix("0x")
                .or(digits.strip_prefix("0X"))
                .unwrap_or(digits);
            if digits.starts_with('+') {
                return Err(Invalid);
            }
            u64::from_str_radix(digits, 16).map_err(|_| Invalid)?
        }
        Print::Decimal | Print::DecimalOfAnyBase | Print::Hex(_) => number(text)?,
    };
    Ok(Cow::Owned(match print {
        Print::Decimal | Print::DecimalOfAnyBase => value.to_string(),
        Print::Hex(width) | Print::AlwaysHex(width) => {
            format!("0x{value:0width$x}", width = usize::from(width))
        }
        Print::Octal(width) => format!("{value:0width$o}", width = usize::from(width)),
    }))
}

/// Numbers joined by dots, as the ports of USB hubs are: `1.2`.
pub(super) fn canonical_dotted(text: &str) -> Result<Cow<'_, str>, Invalid> {
    if text
        .split('.')
        .all(|part| is_canonical(part, Print::Decimal))
    {
        return Ok(Cow::Borrowed(text));
    }
    let parts: Result<Vec<_>, _> = text
        .split('.')
        .map(|part| canonical(super::trim(part), Print::Decimal))
        .collect();
    Ok(Cow::Owned(parts?.join(".")))
}

pub(super) fn canonical_signed(text: &str) -> Result<Cow<'_, str>, Invalid> {
    if is_canonical(text, Print::Decimal) {
        return Ok(Cow::Borrowed(text));
    }
    let value = signed(text)?;
    Ok(Cow::Owned(value.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bases_are_told_by_their_prefix() {
        assert_eq!(number("12"), Ok(12));
        assert_eq!(number("0x12"), Ok(18));
        assert_eq!(number("012"), Ok(10));
        assert_eq!(number("0"), Ok(0));
        assert_eq!(number("0x"), Err(Invalid));
        assert_eq!(number("-3"), Err(Invalid));
        assert_eq!(number("18446744073709551616"), Err(Invalid));
    }

    #[test]
    fn ports_of_hubs_are_numbers_between_dots() {
        assert_eq!(canonical_dotted("01.+2").unwrap(), "1.2");
        assert!(matches!(canonical_dotted("1.2"), Ok(Cow::Borrowed(_))));
        assert_eq!(canonical_dotted("1..2"), Err(Invalid));
    }

    #[test]
    fn ports_of_isa_devices_are_hex_without_a_prefix_too() {
        assert_eq!(canonical("505", Print::AlwaysHex(1)).unwrap(), "0x505");
        assert_eq!(canonical("0x505", Print::AlwaysHex(1)).unwrap(), "0x505");
        assert_eq!(canonical("0x", Print::AlwaysHex(1)), Err(Invalid));
        assert_eq!(canonical("++5", Print::AlwaysHex(1)), Err(Invalid));
    }

    #[test]
    fn hex_is_padded_and_never_cut() {
        assert_eq!(canonical("4", Print::Hex(2)).unwrap(), "0x04");
        assert_eq!(canonical("0X1F", Print::Hex(2)).unwrap(), "0x1f");
        assert_eq!(canonical("0x0001f", Print::Hex(1)).unwrap(), "0x1f");
        assert_eq!(canonical("0x12345", Print::Hex(4)).unwrap(), "0x12345");
        assert!(matches!(
            canonical("0x1f", Print::Hex(2)),
            Ok(Cow::Borrowed(_))
        ));
    }
}
