//! Finding the row of a child element or attribute.
//!
//! A group may have fifty rows, and a row is large: looking through them for
//! each node of a document would be most of the work of reading it. Answers
//! are therefore kept in a small direct-mapped cache of the thread; a document
//! asks the same few hundred questions again and again.

use std::cell::Cell;

use super::field::Field;

/// Slots of the cache; a power of two.
const SLOTS: usize = 1024;

/// A question (whose child) and its answer (which row; its name completes the question).
type Slot = Option<(&'static Field, &'static Field)>;

thread_local! {
    static CACHE: [Cell<Slot>; SLOTS] = const { [const { Cell::new(None) }; SLOTS] };
}

/// The row of the child of that name (without `@`) below a row.
pub(super) fn child(parent: &'static Field, name: &str, attribute: bool) -> Option<&'static Field> {
    let bytes = name.as_bytes();
    let ends = match bytes {
        [] => 0,
        [first, .., last] => usize::from(*first) << 5 ^ usize::from(*last) << 2,
        [only] => usize::from(*only) << 5,
    };
    let address = std::ptr::from_ref(parent).addr() >> 4;
    let mixed =
        address.wrapping_mul(0x9e37_79b1) ^ ends ^ bytes.len() ^ (usize::from(attribute) << 9);
    let slot = (mixed ^ (mixed >> 10)) % SLOTS;
    CACHE.with(|cache| {
        if let Some((asked, found)) = cache[slot].get()
            && std::ptr::eq(asked, parent)
            && found.attribute == attribute
            && found.local == name
        {
            return Some(found);
        }
        let found = parent
            .groups
            .iter()
            .flat_map(|group| group.iter())
            .find(|row| row.attribute == attribute && row.local == name);
        if let Some(found) = found {
            cache[slot].set(Some((parent, found)));
        }
        found
    })
}
