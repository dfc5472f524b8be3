//! libvirt's save images (`virsh save`, managed save): a header, the domain
//! XML, then gigabytes of guest memory.
//!
//! The header (`virQEMUSaveHeader`) is a magic of 16 bytes, then in the byte
//! order of the machine that wrote it the 32-bit words version, length of the
//! data, whether the guest was running, compression, offset of a cookie, and
//! 14 unused. The XML follows, with a NUL at its end and perhaps a cookie behind.

/// Of a complete image, and of one that is being written.
const MAGICS: [&[u8]; 2] = [b"LibvirtQemudSave", b"LibvirtQemudPart"];
const VERSION: usize = 16;
const DATA_LENGTH: usize = 20;
const HEADER: usize = 16 + 19 * 4;

/// How many bytes from the start hold the XML of a save image, at least the
/// header's; `None` when these are no save image's bytes.
pub(super) fn length(bytes: &[u8]) -> Option<u64> {
    if !MAGICS.iter().any(|magic| bytes.starts_with(magic)) {
        return None;
    }
    let data = data_length(bytes).unwrap_or(0);
    Some(HEADER as u64 + u64::from(data))
}

/// The XML in the bytes of a save image.
pub(super) fn xml(bytes: &[u8]) -> Result<&[u8], &'static str> {
    let data = bytes.get(HEADER..).ok_or("ends within its header")?;
    let length = data_length(bytes).ok_or("ends within its header")?;
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let xml = &data[..length.min(data.len())];
    match xml.iter().position(|byte| *byte == 0) {
        Some(end) => Ok(&xml[..end]),
        None if data.len() < length => Err("ends within its XML"),
        None => Err("has no end of its XML"),
    }
}

/// Versions are small numbers, so the one that looks small tells the byte order.
fn data_length(bytes: &[u8]) -> Option<u32> {
    let word = |at: usize| -> Option<[u8; 4]> { bytes.get(at..at + 4)?.try_into().ok() };
    let version = word(VERSION)?;
    let length = word(DATA_LENGTH)?;
    if u32::from_le_bytes(version) <= u32::from_be_bytes(version) {
        Some(u32::from_le_bytes(length))
    } else {
        Some(u32::from_be_bytes(length))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(magic: &[u8], word: fn(u32) -> [u8; 4], xml: &[u8]) -> Vec<u8> {
        let mut bytes = magic.to_vec();
        bytes.extend(word(2));
        bytes.extend(word(u32::try_from(xml.len()).unwrap()));
        bytes.extend([0; 17 * 4]);
        bytes.extend(xml);
        bytes.extend(b"\x01\x02 guest memory");
        bytes
    }

    #[test]
    fn both_byte_orders_and_both_magics_are_read() {
        for magic in MAGICS {
            for word in [u32::to_le_bytes, u32::to_be_bytes] {
                let bytes = image(magic, word, b"<domain/>\0<cookie/>\0");
                assert_eq!(length(&bytes), Some((HEADER + 20) as u64));
                assert_eq!(xml(&bytes), Ok(&b"<domain/>"[..]));
            }
        }
        assert_eq!(length(b"<domain/>"), None);
    }

    #[test]
    fn what_is_cut_off_is_told() {
        let bytes = image(MAGICS[0], u32::to_le_bytes, b"<domain/>\0");
        assert_eq!(xml(&bytes[..20]), Err("ends within its header"));
        assert_eq!(xml(&bytes[..HEADER + 4]), Err("ends within its XML"));
        let bytes = image(MAGICS[0], u32::to_le_bytes, b"<domain/>");
        assert_eq!(xml(&bytes), Err("has no end of its XML"));
        for end in 16..HEADER {
            assert!(length(&bytes[..end]).is_some());
        }
    }
}
