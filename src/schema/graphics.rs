//! Graphics servers. The guest does not see them; a first one brings a video card.

use super::field::{attr, elem};
use super::kinds::{INT, NUMBER, ON_OFF, SECRET, TEXT, V12_8, WORD, YES_NO, one_of};

group! {
/// What `devices/graphics` holds.
GRAPHICS:
    attr("@type", one_of(&["sdl", "vnc", "spice", "dbus", "rdp", "desktop", "egl-headless"])),
    attr("@port", INT).derived().note("-1 is automatic; with `autoport='yes'` a number is only history."),
    attr("@tlsPort", INT).derived(),
    attr("@autoport", YES_NO).derived(),
    attr("@websocket", INT),
    attr("@listen", WORD).derived().note("The address of the first `listen` element; both are printed."),
    attr("@socket", TEXT).derived().note("The socket of the first `listen` element; both are printed."),
    attr("@keymap", TEXT),
    attr("@sharePolicy", one_of(&["allow-exclusive", "force-shared", "ignore"])),
    attr("@powerControl", YES_NO),
    attr("@wait", YES_NO).since(V12_8),
    attr("@passwd", SECRET).live("update-device {domain} {xml} --live --config")
        .note("Absent from a dump without `--security-info`."),
    attr("@passwdValidTo", TEXT).live("update-device {domain} {xml} --live --config"),
    attr("@connected", one_of(&["keep", "fail", "disconnect"])).live("update-device {domain} {xml} --live --config"),
    attr("@defaultMode", one_of(&["any", "secure", "insecure"])).default_is("any"),
    attr("@display", TEXT),
    attr("@xauth", TEXT),
    attr("@fullscreen", YES_NO).default_is("no"),
    attr("@multiUser", YES_NO),
    attr("@replaceUser", YES_NO),
    attr("@username", TEXT).since(V12_8),
    attr("@p2p", YES_NO),
    attr("@address", TEXT),
    elem("listen", &[&[
        attr("@type", one_of(&["address", "network", "socket", "none"])),
        attr("@address", WORD),
        attr("@network", TEXT),
        attr("@socket", TEXT),
    ]]).by_position().derived(),
    elem("audio", &[&[
        attr("@id", NUMBER),
    ]]).rule("host-side/audio"),
    elem("channel", &[&[
        attr("@name", one_of(&["main", "display", "inputs", "cursor", "playback", "record", "smartcard", "usbredir"])),
        attr("@mode", one_of(&["any", "secure", "insecure"])).default_is("any"),
    ]]).keys(&["@name"]),
    elem("image", &[&[
        attr("@compression", one_of(&["auto_glz", "auto_lz", "quic", "glz", "lz", "off"])),
    ]]),
    elem("jpeg", &[&[
        attr("@compression", one_of(&["auto", "never", "always"])),
    ]]),
    elem("zlib", &[&[
        attr("@compression", one_of(&["auto", "never", "always"])),
    ]]),
    elem("playback", &[&[
        attr("@compression", ON_OFF),
    ]]),
    elem("streaming", &[&[
        attr("@mode", one_of(&["filter", "all", "off"])),
    ]]),
    elem("mouse", &[&[
        attr("@mode", one_of(&["server", "client"])),
    ]]),
    elem("clipboard", &[&[
        attr("@copypaste", YES_NO),
    ]]).note("`virsh update-device` takes a change and does nothing."),
    elem("filetransfer", &[&[
        attr("@enable", YES_NO),
    ]]),
    elem("gl", &[&[
        attr("@enable", YES_NO),
        attr("@rendernode", TEXT).derived(),
    ]]),
}
