//! The few colours in use: the sixteen that every terminal has and its owner chose.

use super::{HostVerdict, Level, Look, Verdict};

/// Escape sequences, or empty strings where nothing is coloured.
#[derive(Debug, Clone, Copy)]
pub(super) struct Paint(bool);

impl Paint {
    pub(super) fn new(look: &Look) -> Self {
        Self(look.color)
    }

    fn sgr(self, sequence: &'static str) -> &'static str {
        if self.0 { sequence } else { "" }
    }

    pub(super) fn reset(self) -> &'static str {
        self.sgr("\x1b[0m")
    }

    pub(super) fn bold(self) -> &'static str {
        self.sgr("\x1b[1m")
    }

    pub(super) fn dim(self) -> &'static str {
        self.sgr("\x1b[2m")
    }

    /// What was.
    pub(super) fn removed(self) -> &'static str {
        self.sgr("\x1b[31m")
    }

    /// What is.
    pub(super) fn added(self) -> &'static str {
        self.sgr("\x1b[32m")
    }

    /// The words in an old or new line that differ.
    pub(super) fn emphasis(self) -> &'static str {
        self.sgr("\x1b[1;4m")
    }

    pub(super) fn hunk(self) -> &'static str {
        self.sgr("\x1b[36m")
    }

    pub(super) fn level(self, level: Level) -> &'static str {
        self.sgr(match level {
            Level::Error => "\x1b[1;31m",
            Level::Warning => "\x1b[1;33m",
            Level::Info => "\x1b[1;34m",
        })
    }

    pub(super) fn verdict(self, verdict: Verdict) -> &'static str {
        self.sgr(match verdict {
            Verdict::Identical => "\x1b[1;32m",
            Verdict::Compatible => "\x1b[1;33m",
            Verdict::Incompatible => "\x1b[1;31m",
        })
    }

    pub(super) fn host(self, verdict: HostVerdict) -> &'static str {
        self.sgr(match verdict {
            HostVerdict::Runs => "\x1b[1;32m",
            HostVerdict::Unknown => "\x1b[1;33m",
            HostVerdict::Refused => "\x1b[1;31m",
        })
    }

    /// Whether anything is coloured.
    pub(super) fn is_on(self) -> bool {
        self.0
    }
}
