//! TPM.

use super::field::{attr, elem, text};
use super::kinds::{FLAG, NUMBER, TEXT, UUID, V9_0, V12_8, YES_NO, one_of};

group! {
/// What `devices/tpm` holds.
TPM:
    attr("@model", one_of(&["tpm-tis", "tpm-crb", "tpm-spapr", "spapr-tpm-proxy"])),
    elem("backend", &[&[
        attr("@debug", NUMBER).since(V12_8),
        attr("@persistent_state", YES_NO),
        attr("@type", one_of(&["passthrough", "emulator", "external"])),
        attr("@version", one_of(&["1.2", "2.0"])),
        elem("active_pcr_banks", &[&[
            text("sha1", FLAG, &[]),
            text("sha256", FLAG, &[]),
            text("sha384", FLAG, &[]),
            text("sha512", FLAG, &[]),
        ]]).since(V9_0),
        elem("device", &[&[
            attr("@path", TEXT),
        ]]),
        elem("encryption", &[&[
            attr("@secret", UUID),
        ]]),
        elem("profile", &[&[
            attr("@name", TEXT),
            attr("@removeDisabled", one_of(&["check", "fips-host"])),
            attr("@source", TEXT),
        ]]).since(V12_8),
        elem("source", &[&[
            attr("@mode", one_of(&["connect"])),
            attr("@path", TEXT),
            attr("@type", one_of(&["file", "dir", "unix"])),
        ]]).since(V9_0),
    ]]),
}
