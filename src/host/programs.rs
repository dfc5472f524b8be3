//! Files of a host that a guest may need though its definition does not name them: helper
//! programs and certificates, each at every place where distributions put it.

/// The TPM that libvirt starts.
pub const SWTPM: &[&str] = &["/usr/bin/swtpm"];

/// The daemon behind a virtiofs share.
pub const VIRTIOFSD: &[&str] = &[
    "/usr/libexec/virtiofsd",
    "/usr/lib/qemu/virtiofsd",
    "/usr/lib/virtiofsd",
];

/// User-mode network.
pub const PASST: &[&str] = &["/usr/bin/passt"];

/// What makes persistent reservations.
pub const PR_HELPER: &[&str] = &[
    "/usr/bin/qemu-pr-helper",
    "/usr/libexec/qemu-pr-helper",
    "/usr/lib/qemu/qemu-pr-helper",
];

/// Where libvirt looks for the certificate of a CA unless qemu.conf says otherwise.
pub const AUTHORITIES: &[&str] = &["/etc/pki/qemu/ca-cert.pem", "/etc/pki/CA/cacert.pem"];

/// All of them.
pub fn all<'p>() -> impl Iterator<Item = &'p str> {
    let lists = [SWTPM, VIRTIOFSD, PASST, PR_HELPER, AUTHORITIES];
    lists.into_iter().flatten().copied()
}
