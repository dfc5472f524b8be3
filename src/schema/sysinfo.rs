//! SMBIOS strings and firmware configuration blobs.

use super::field::{attr, elem, text};
use super::kinds::{TEXT, one_of};

group! {
/// What `sysinfo` holds. An empty entry is the same as none; blanks count.
SYSINFO:
    attr("@type", one_of(&["smbios", "fwcfg"])).abi("abi/sysinfo"),
    elem("bios", &[&[
        text("entry", TEXT, &[&[
            attr("@name", one_of(&["vendor", "version", "date", "release"])).compared(),
        ]]).abi("abi/sysinfo").keys(&["@name"]),
    ]]),
    elem("system", &[&[
        text("entry", TEXT, &[&[
            attr("@name", one_of(&["manufacturer", "product", "version", "serial", "uuid", "sku", "family"])).compared(),
        ]]).abi("abi/sysinfo").keys(&["@name"])
            .note("The entry `uuid` is compared as a UUID: case and dashes mean nothing."),
    ]]),
    elem("baseBoard", &[&[
        text("entry", TEXT, &[&[
            attr("@name", one_of(&["manufacturer", "product", "version", "serial", "asset", "location"])).compared(),
        ]]).abi("abi/sysinfo").keys(&["@name"]),
    ]]).abi("abi/sysinfo").by_position(),
    elem("chassis", &[&[
        text("entry", TEXT, &[&[
            attr("@name", one_of(&["manufacturer", "version", "serial", "asset", "sku"])).compared(),
        ]]).abi("abi/sysinfo").keys(&["@name"]),
    ]]),
    elem("oemStrings", &[&[
        text("entry", TEXT, &[]).by_position(),
    ]]).rule("abi/oem-strings"),
    text("entry", TEXT, &[&[
        attr("@name", TEXT),
        attr("@file", TEXT),
    ]]).rule("abi/fwcfg").keys(&["@name"]),
}
