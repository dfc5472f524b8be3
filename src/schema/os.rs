//! Boot and firmware.

use super::field::{attr, elem, text};
use super::kinds::{INT, NUMBER, STORAGE_TYPE, TEXT, V9_0, V12_8, WORD, YES_NO, one_of};
use super::storage::DISK_SOURCE;

group! {
/// What `os` holds.
OS:
    attr("@firmware", one_of(&["bios", "efi"])).rule("abi-plus/firmware")
        .note("Since 9.2 `efi` is resolved at define: loader, nvram template, features, and `smm` where the image needs it."),
    text("type", one_of(&["xen", "linux", "xenpvh", "hvm", "exe"]), &[&[
        attr("@arch", one_of(&["i686", "x86_64", "ia64", "aarch64", "alpha", "armv6l", "armv7l", "cris", "lm32", "loongarch64", "m68k", "microblaze", "microblazeel", "mips", "mipsel", "mips64", "mips64el", "openrisc", "parisc", "parisc64", "ppc", "ppc64", "ppc64le", "ppcemb", "riscv32", "riscv64", "s390", "s390x", "sh4", "sh4eb", "sparc", "sparc64", "unicore32", "xtensa", "xtensaeb"]))
            .abi("abi/arch").chosen(),
        attr("@machine", WORD).abi("abi/machine").chosen()
            .note("`pc`, `q35` and `virt` are aliases that each host resolves to its own newest version."),
    ]]).abi("abi/os-type"),
    elem("firmware", &[&[
        elem("feature", &[&[
            attr("@name", one_of(&["enrolled-keys", "secure-boot"])),
            attr("@enabled", YES_NO),
        ]]).keys(&["@name"]),
    ]]).rule("abi-plus/firmware").derived(),
    text("loader", TEXT, &[&[
        attr("@readonly", YES_NO),
        attr("@secure", YES_NO),
        attr("@type", one_of(&["rom", "pflash"])).derived(),
        attr("@stateless", YES_NO).since(V9_0),
        attr("@format", one_of(&["raw", "qcow2"])).default_is("raw").since(V12_8),
    ]]).rule("abi-plus/firmware").chosen()
        .note("Chosen by the host when `@firmware` is given. BIOS instead of UEFI, or the reverse, leaves the disk unbootable."),
    text("nvram", TEXT, &[&[
        attr("@type", STORAGE_TYPE).since(V9_0),
        attr("@template", TEXT).chosen(),
        attr("@templateFormat", one_of(&["raw", "qcow2"])).default_is("raw").since(V12_8),
        attr("@format", one_of(&["raw", "qcow2"])).default_is("raw").since(V12_8),
        elem("source", &[&DISK_SOURCE]).since(V9_0),
    ]]).rule("abi-plus/nvram").derived()
        .note("Another variable store has lost the boot entries and enrolled keys of this one."),
    elem("varstore", &[&[
        attr("@template", TEXT).chosen(),
        attr("@path", TEXT).derived(),
    ]]).rule("abi-plus/nvram").since(V12_8),
    elem("boot", &[&[
        attr("@dev", one_of(&["hd", "fd", "cdrom", "network"])),
    ]]).rule("abi-plus/boot-order").by_position().derived()
        .note("`hd` when neither this nor any device's boot order is given."),
    elem("bootmenu", &[&[
        attr("@enable", YES_NO),
        attr("@timeout", NUMBER).note("Dropped at define when the menu is off."),
    ]]).rule("abi-plus/boot-order"),
    elem("bios", &[&[
        attr("@useserial", YES_NO),
        attr("@rebootTimeout", INT),
    ]]).rule("abi-plus/boot-order"),
    elem("smbios", &[&[
        attr("@mode", one_of(&["emulate", "host", "sysinfo"])).abi("abi/smbios-mode"),
    ]]).rule("abi/smbios-mode"),
    text("kernel", TEXT, &[]).note("A guest's reboot keeps the old one."),
    text("initrd", TEXT, &[]),
    text("cmdline", TEXT, &[]),
    text("dtb", TEXT, &[]),
    text("shim", TEXT, &[]).since(V12_8),
    text("root", TEXT, &[]),
    elem("acpi", &[&[
        text("table", TEXT, &[&[
            attr("@type", one_of(&["raw", "rawset", "slic", "msdm"])),
        ]]).keys(&["@type", "."]),
    ]]).rule("abi-plus/firmware"),
    text("init", TEXT, &[]).rule("host-side/container"),
    text("initarg", TEXT, &[]).rule("host-side/container").by_position(),
    text("initenv", TEXT, &[&[
        attr("@name", TEXT),
    ]]).rule("host-side/container").keys(&["@name"]),
    text("initdir", TEXT, &[]).rule("host-side/container"),
    text("inituser", TEXT, &[]).rule("host-side/container"),
    text("initgroup", TEXT, &[]).rule("host-side/container"),
}
