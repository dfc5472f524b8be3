//! Graphics servers.

use super::field::{attr, elem};
use super::kinds::{INT, NUMBER, ON_OFF, TEXT, V12_8, WORD, YES_NO, one_of};

group! {
/// What `devices/graphics` holds.
GRAPHICS:
    attr("@address", TEXT),
    attr("@autoport", YES_NO),
    attr("@connected", one_of(&["keep", "fail", "disconnect"])),
    attr("@defaultMode", one_of(&["any", "secure", "insecure"])),
    attr("@display", TEXT),
    attr("@fullscreen", YES_NO),
    attr("@keymap", TEXT),
    attr("@listen", WORD),
    attr("@multiUser", YES_NO),
    attr("@p2p", YES_NO),
    attr("@passwd", TEXT),
    attr("@passwdValidTo", TEXT),
    attr("@port", INT),
    attr("@powerControl", YES_NO),
    attr("@replaceUser", YES_NO),
    attr("@sharePolicy", one_of(&["allow-exclusive", "force-shared", "ignore"])),
    attr("@socket", TEXT),
    attr("@tlsPort", INT),
    attr("@type", one_of(&["sdl", "vnc", "spice", "dbus", "rdp", "desktop", "egl-headless"])),
    attr("@username", TEXT).since(V12_8),
    attr("@wait", YES_NO).since(V12_8),
    attr("@websocket", INT),
    attr("@xauth", TEXT),
    elem("audio", &[&[
        attr("@id", NUMBER),
    ]]),
    elem("channel", &[&[
        attr("@mode", one_of(&["any", "secure", "insecure"])),
        attr("@name", one_of(&["main", "display", "inputs", "cursor", "playback", "record", "smartcard", "usbredir"])),
    ]]).keys(&["@name"]),
    elem("clipboard", &[&[
        attr("@copypaste", YES_NO),
    ]]),
    elem("filetransfer", &[&[
        attr("@enable", YES_NO),
    ]]),
    elem("gl", &[&[
        attr("@enable", YES_NO),
        attr("@rendernode", TEXT),
    ]]),
    elem("image", &[&[
        attr("@compression", one_of(&["auto_glz", "auto_lz", "quic", "glz", "lz", "off"])),
    ]]),
    elem("jpeg", &[&[
        attr("@compression", one_of(&["auto", "never", "always"])),
    ]]),
    elem("listen", &[&[
        attr("@address", WORD),
        attr("@network", TEXT),
        attr("@socket", TEXT),
        attr("@type", one_of(&["address", "network", "socket", "none"])),
    ]]).by_position(),
    elem("mouse", &[&[
        attr("@mode", one_of(&["server", "client"])),
    ]]),
    elem("playback", &[&[
        attr("@compression", ON_OFF),
    ]]),
    elem("streaming", &[&[
        attr("@mode", one_of(&["filter", "all", "off"])),
    ]]),
    elem("zlib", &[&[
        attr("@compression", one_of(&["auto", "never", "always"])),
    ]]),
}
