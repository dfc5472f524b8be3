//! Text from files is data: nothing in it may move a cursor, change a colour,
//! begin a line of its own, turn the reading direction of what follows, or
//! become structure of the format it is printed in. A file for each target.

mod html;
mod markdown;
mod terminal;
mod workflow;

pub use html::{markup, markup_lines};
pub use markdown::{code, fenced, prose};
pub(crate) use terminal::{inside, visible};
pub use terminal::{line, lines, source_line};
pub use workflow::{command_data, command_property};
pub(crate) use workflow::{command_marks, disarmed};

/// Characters that no output may carry raw: controls (newline and tab among
/// them), DEL, C1 controls, line and paragraph separators, and what changes
/// the direction of text or is invisible in it.
#[must_use]
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
