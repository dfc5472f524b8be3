//! Security labels, key wrapping, confidential guests.

use super::field::{attr, elem, text};
use super::kinds::{NUMBER, ON_OFF, TEXT, V9_0, V12_8, YES_NO, hex, one_of};

group! {
/// What `seclabel` holds.
SECLABEL:
    attr("@model", TEXT),
    attr("@relabel", YES_NO),
    attr("@type", one_of(&["dynamic", "static", "none"])),
    text("baselabel", TEXT, &[]),
    text("imagelabel", TEXT, &[]),
    text("label", TEXT, &[]),
}

group! {
/// What `keywrap` holds.
KEYWRAP:
    elem("cipher", &[&[
        attr("@name", one_of(&["aes", "dea"])),
        attr("@state", ON_OFF),
    ]]).keys(&["@name"]),
}

group! {
/// What `launchSecurity` holds.
LAUNCH_SECURITY:
    attr("@authorKey", YES_NO).since(V12_8),
    attr("@kernelHashes", YES_NO).since(V9_0),
    attr("@type", one_of(&["sev", "sev-snp", "s390-pv", "tdx"])),
    attr("@vcek", YES_NO).since(V12_8),
    text("cbitpos", NUMBER, &[]),
    text("dhCert", TEXT, &[]),
    text("guestVisibleWorkarounds", TEXT, &[]).since(V12_8),
    text("handle", NUMBER, &[]),
    text("hostData", TEXT, &[]).since(V12_8),
    text("idAuth", TEXT, &[]).since(V12_8),
    text("idBlock", TEXT, &[]).since(V12_8),
    text("mrConfigId", TEXT, &[]).since(V12_8),
    text("mrOwner", TEXT, &[]).since(V12_8),
    text("mrOwnerConfig", TEXT, &[]).since(V12_8),
    text("policy", hex(1), &[]),
    elem("quoteGenerationService", &[&[
        attr("@path", TEXT),
    ]]).since(V12_8),
    text("reducedPhysBits", NUMBER, &[]),
    text("session", TEXT, &[]),
}
