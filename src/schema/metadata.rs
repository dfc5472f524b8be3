//! Metadata of other programs.

use super::field::{attr, text};
use super::kinds::TEXT;

group! {
/// Any element of another program.
ANY:
    attr("@*", TEXT),
    text("*", TEXT, &[&ANY]),
}

group! {
/// One element a namespace, kept for other programs.
METADATA:
    text("*", TEXT, &[&ANY]),
}
