//! TPM.

use super::field::{attr, elem, text};
use super::kinds::{FLAG, NUMBER, TEXT, UUID, V9_0, V12_8, YES_NO, one_of};

group! {
/// What `devices/tpm` holds. Keys the guest has sealed are lost with the state
/// they were sealed in.
TPM:
    attr("@model", one_of(&["tpm-tis", "tpm-crb", "tpm-spapr", "spapr-tpm-proxy"])).compared().derived()
        .note("tpm-tis, on ppc64 tpm-spapr."),
    elem("backend", &[&[
        attr("@type", one_of(&["passthrough", "emulator", "external"])).compared(),
        attr("@version", one_of(&["1.2", "2.0"])).compared().only_if("@type", &["emulator"]).derived()
            .note("2.0, but for tpm-tis on x86 1.2."),
        attr("@persistent_state", YES_NO).default_is("no").rule("abi-plus/tpm"),
        attr("@debug", NUMBER).rule("host-side/security").since(V12_8),
        elem("active_pcr_banks", &[&[
            text("sha1", FLAG, &[]).compared().only_if("../@type", &["emulator"]),
            text("sha256", FLAG, &[]).compared().only_if("../@type", &["emulator"]),
            text("sha384", FLAG, &[]).compared().only_if("../@type", &["emulator"]),
            text("sha512", FLAG, &[]).compared().only_if("../@type", &["emulator"]),
        ]]).since(V9_0),
        elem("device", &[&[
            attr("@path", TEXT).default_is("/dev/tpm0"),
        ]]).rule("host-side/passthrough"),
        elem("encryption", &[&[
            attr("@secret", UUID),
        ]]).rule("abi-plus/tpm"),
        elem("source", &[&[
            attr("@type", one_of(&["file", "dir", "unix"])),
            attr("@mode", one_of(&["connect"])),
            attr("@path", TEXT),
        ]]).rule("abi-plus/tpm").since(V9_0),
        elem("profile", &[&[
            attr("@source", TEXT),
            attr("@name", TEXT),
            attr("@removeDisabled", one_of(&["check", "fips-host"])),
        ]]).rule("abi-plus/tpm").since(V12_8),
    ]]),
}
