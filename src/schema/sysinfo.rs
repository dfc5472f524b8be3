//! SMBIOS strings and firmware configuration blobs.

use super::field::{attr, elem, text};
use super::kinds::{TEXT, one_of};

group! {
/// What `sysinfo` holds.
SYSINFO:
    attr("@type", one_of(&["smbios", "fwcfg"])),
    elem("baseBoard", &[&[
        text("entry", TEXT, &[&[
            attr("@name", one_of(&["manufacturer", "product", "version", "serial", "asset", "location"])),
        ]]).keys(&["@name"]),
    ]]).by_position(),
    elem("bios", &[&[
        text("entry", TEXT, &[&[
            attr("@name", one_of(&["vendor", "version", "date", "release"])),
        ]]).keys(&["@name"]),
    ]]),
    elem("chassis", &[&[
        text("entry", TEXT, &[&[
            attr("@name", one_of(&["manufacturer", "version", "serial", "asset", "sku"])),
        ]]).keys(&["@name"]),
    ]]),
    text("entry", TEXT, &[&[
        attr("@file", TEXT),
        attr("@name", TEXT),
    ]]).keys(&["@name"]),
    elem("oemStrings", &[&[
        text("entry", TEXT, &[]).by_position(),
    ]]),
    elem("system", &[&[
        text("entry", TEXT, &[&[
            attr("@name", one_of(&["manufacturer", "product", "version", "serial", "uuid", "sku", "family"])),
        ]]).keys(&["@name"]),
    ]]),
}
