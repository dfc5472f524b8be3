//! Filter of redirected USB devices.

use super::field::{attr, elem};
use super::kinds::{WORD, YES_NO, hex};

group! {
/// Rules, of which the first that matches decides; -1, or nothing, matches any.
REDIRFILTER:
    elem("usbdev", &[&[
        attr("@class", hex(2)).compared().default_is("-1"),
        attr("@vendor", hex(4)).compared().default_is("-1"),
        attr("@product", hex(4)).compared().default_is("-1"),
        attr("@version", WORD).compared().default_is("-1").note("`9.4` is `9.40`."),
        attr("@allow", YES_NO).compared(),
    ]]).compared().by_position(),
}
