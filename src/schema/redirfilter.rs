//! Filter of redirected USB devices.

use super::field::{attr, elem};
use super::kinds::{WORD, YES_NO, hex};

group! {
/// What `devices/redirfilter` holds.
REDIRFILTER:
    elem("usbdev", &[&[
        attr("@allow", YES_NO),
        attr("@class", hex(2)),
        attr("@product", hex(4)),
        attr("@vendor", hex(4)),
        attr("@version", WORD),
    ]]).by_position(),
}
