//! Boot and firmware.

use super::field::{attr, elem, text};
use super::kinds::{INT, NUMBER, TEXT, V9_0, V12_8, WORD, YES_NO, one_of};
use super::storage::DISK_SOURCE;

group! {
/// What `os` holds.
OS:
    attr("@firmware", one_of(&["bios", "efi"])),
    elem("acpi", &[&[
        text("table", TEXT, &[&[
            attr("@type", one_of(&["raw", "rawset", "slic", "msdm"])),
        ]]).keys(&["@type", "."]),
    ]]),
    elem("bios", &[&[
        attr("@rebootTimeout", INT),
        attr("@useserial", YES_NO),
    ]]),
    elem("boot", &[&[
        attr("@dev", one_of(&["hd", "fd", "cdrom", "network"])),
    ]]).by_position(),
    elem("bootmenu", &[&[
        attr("@enable", YES_NO),
        attr("@timeout", NUMBER),
    ]]),
    text("cmdline", TEXT, &[]),
    text("dtb", TEXT, &[]),
    elem("firmware", &[&[
        elem("feature", &[&[
            attr("@enabled", YES_NO),
            attr("@name", one_of(&["enrolled-keys", "secure-boot"])),
        ]]).keys(&["@name"]),
    ]]),
    text("init", TEXT, &[]),
    text("initarg", TEXT, &[]).by_position(),
    text("initdir", TEXT, &[]),
    text("initenv", TEXT, &[&[
        attr("@name", TEXT),
    ]]).keys(&["@name"]),
    text("initgroup", TEXT, &[]),
    text("initrd", TEXT, &[]),
    text("inituser", TEXT, &[]),
    text("kernel", TEXT, &[]),
    text("loader", TEXT, &[&[
        attr("@format", one_of(&["raw", "qcow2"])).since(V12_8),
        attr("@readonly", YES_NO),
        attr("@secure", YES_NO),
        attr("@stateless", YES_NO).since(V9_0),
        attr("@type", one_of(&["rom", "pflash"])),
    ]]),
    text("nvram", TEXT, &[&[
        attr("@format", one_of(&["raw", "qcow2"])).since(V12_8),
        attr("@template", TEXT),
        attr("@templateFormat", one_of(&["raw", "qcow2"])).since(V12_8),
        attr("@type", one_of(&["file", "block", "dir", "network", "volume", "nvme", "vhostuser", "vhostvdpa", "ctl"])).since(V9_0),
        elem("source", &[&DISK_SOURCE]).since(V9_0),
    ]]),
    text("root", TEXT, &[]),
    text("shim", TEXT, &[]).since(V12_8),
    elem("smbios", &[&[
        attr("@mode", one_of(&["emulate", "host", "sysinfo"])),
    ]]),
    text("type", one_of(&["xen", "linux", "xenpvh", "hvm", "exe"]), &[&[
        attr("@arch", one_of(&["i686", "x86_64", "ia64", "aarch64", "alpha", "armv6l", "armv7l", "cris", "lm32", "loongarch64", "m68k", "microblaze", "microblazeel", "mips", "mipsel", "mips64", "mips64el", "openrisc", "parisc", "parisc64", "ppc", "ppc64", "ppc64le", "ppcemb", "riscv32", "riscv64", "s390", "s390x", "sh4", "sh4eb", "sparc", "sparc64", "unicore32", "xtensa", "xtensaeb"])),
        attr("@machine", WORD),
    ]]),
    elem("varstore", &[&[
        attr("@path", TEXT),
        attr("@template", TEXT),
    ]]).since(V12_8),
}
