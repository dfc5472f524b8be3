//! Security labels, key wrapping, confidential guests.

use super::field::{attr, elem, text};
use super::kinds::{NUMBER, ON_OFF, SECRET, TEXT, V9_0, V12_8, YES_NO, hex, one_of};

group! {
/// What `seclabel` holds. A dynamic one without a model is the default, the same as none.
SECLABEL:
    attr("@type", one_of(&["dynamic", "static", "none"])).derived(),
    attr("@model", TEXT).derived(),
    attr("@relabel", YES_NO).derived(),
    text("label", TEXT, &[]).note("Of a dynamic label: written while the domain runs."),
    text("imagelabel", TEXT, &[]).runtime(),
    text("baselabel", TEXT, &[]),
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
    attr("@type", one_of(&["sev", "sev-snp", "s390-pv", "tdx"])),
    attr("@kernelHashes", YES_NO).since(V9_0),
    attr("@authorKey", YES_NO).since(V12_8),
    attr("@vcek", YES_NO).since(V12_8),
    text("cbitpos", NUMBER, &[]).chosen(),
    text("reducedPhysBits", NUMBER, &[]).chosen(),
    text("policy", hex(4), &[]),
    text("handle", NUMBER, &[]).runtime(),
    text("dhCert", SECRET, &[]),
    text("session", SECRET, &[]),
    text("guestVisibleWorkarounds", TEXT, &[]).since(V12_8),
    text("idBlock", TEXT, &[]).since(V12_8),
    text("idAuth", SECRET, &[]).since(V12_8),
    text("hostData", TEXT, &[]).since(V12_8),
    text("mrConfigId", TEXT, &[]).since(V12_8),
    text("mrOwner", TEXT, &[]).since(V12_8),
    text("mrOwnerConfig", TEXT, &[]).since(V12_8),
    elem("quoteGenerationService", &[&[
        attr("@path", TEXT),
    ]]).rule("host-side/security").since(V12_8),
}
