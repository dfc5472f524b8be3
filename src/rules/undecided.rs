//! What migration may fail on that neither a definition nor facts of a host can tell.

/// A cause that domdiff knows of and cannot judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecided {
    /// The id that a rule about it would have.
    pub id: &'static str,
    /// What it is about, and why it cannot be told.
    pub reason: &'static str,
}

/// Every such cause, sorted by id.
pub static UNDECIDED: &[Undecided] = &[
    Undecided {
        id: "disk/copy-tls-unix",
        reason: "Disks are not copied over TLS to a UNIX socket (`--disks-uri unix:…`): where they are copied to is an address of that one command, which neither a definition nor a host tells.",
    },
    Undecided {
        id: "domain/metadata-secret",
        reason: "A dump without --security-info leaves passwords out, and nothing in it tells that there were any.",
    },
];
