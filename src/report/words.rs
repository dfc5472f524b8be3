//! The answers in words.

use std::borrow::Cow;
use std::fmt;

use super::{HostVerdict, How, Level, LibvirtCheck, Migratable, Verdict};

/// `1 error`, `2 errors`.
pub(super) fn plural(count: usize, noun: &str) -> String {
    let s = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{s}")
}

/// The beginning of a text of more than `most` characters, and how many more there are.
pub(super) fn shortened(text: &str, most: usize) -> Cow<'_, str> {
    match text.char_indices().nth(most) {
        None => Cow::Borrowed(text),
        Some((end, _)) => {
            let more = text[end..].chars().count();
            Cow::Owned(format!("{}... ({more} more characters)", &text[..end]))
        }
    }
}

/// What a verdict means.
pub(super) fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Identical => "nothing changes its meaning",
        Verdict::Compatible => "it changes, and a running guest does not notice",
        Verdict::Incompatible => {
            "a running guest would see other hardware, or could not be migrated"
        }
    }
}

/// What libvirt's own check says.
pub(super) fn libvirt(check: LibvirtCheck) -> &'static str {
    match check {
        LibvirtCheck::Same => "libvirt sees no change",
        LibvirtCheck::Accepts => "libvirt accepts it",
        LibvirtCheck::Refuses => "libvirt refuses it",
        LibvirtCheck::Unknown => "no file tells what libvirt says",
    }
}

/// How one change is applied, before the command where there is one.
pub(super) fn apply(how: How) -> &'static str {
    match how {
        How::None => "nothing to do",
        How::Live => "live",
        How::Restart => "power the guest off and start it again",
        How::Recreate => "define it anew",
    }
}

/// What it takes to apply all changes.
pub(super) fn apply_all(how: How) -> &'static str {
    match how {
        How::None => "nothing to apply",
        How::Live => "can be applied live",
        How::Restart => "takes effect at the next start",
        How::Recreate => "needs a new domain",
    }
}

/// The answer to whether it can be migrated, in a word.
pub(super) fn migration(migratable: Migratable) -> &'static str {
    match migratable {
        Migratable::Yes => "migratable",
        Migratable::No => "blocked",
        Migratable::Unknown => "unknown",
    }
}

/// The same in a sentence.
pub(super) fn answer(migratable: Migratable) -> &'static str {
    match migratable {
        Migratable::Yes => "it can be migrated",
        Migratable::No => "something stands in the way of a migration",
        Migratable::Unknown => "whether it can be migrated is open",
    }
}

/// Whether a host can run a guest.
pub(super) fn host(verdict: HostVerdict) -> &'static str {
    match verdict {
        HostVerdict::Runs => "runs",
        HostVerdict::Refused => "refused",
        HostVerdict::Unknown => "unknown",
    }
}

/// Whether it can be migrated, where that is worth a word.
pub(super) fn migratable(migratable: Migratable) -> Option<&'static str> {
    match migratable {
        Migratable::No => Some("cannot be migrated"),
        Migratable::Yes | Migratable::Unknown => None,
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Identical => "identical",
            Self::Compatible => "compatible",
            Self::Incompatible => "incompatible",
        })
    }
}
