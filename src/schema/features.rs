//! Hypervisor features.

use super::field::{attr, elem, text};
use super::kinds::{FLAG, KIB, MIB, NUMBER, ON_OFF, TEXT, V9_0, V12_8, YES_NO, one_of};
use super::shared::UNIT;

group! {
/// A switch that must say its state.
STATE:
    attr("@state", ON_OFF).compared(),
}

group! {
/// A switch that is on when it says nothing more.
STATE_ON:
    attr("@state", ON_OFF).compared().default_is("on"),
}

group! {
/// A POSIX capability of a container.
CAPABILITY:
    attr("@state", ON_OFF).default_is("on"),
}

group! {
/// What `features` holds. Absent, off and on are three values to the check;
/// where there is no `@state`, being there means on.
FEATURES:
    text("acpi", FLAG, &[]).abi("abi/feature").note("Without it many guests do not boot or cannot be shut down."),
    elem("apic", &[&[
        attr("@eoi", ON_OFF).compared(),
    ]]).abi("abi/apic"),
    text("pae", FLAG, &[]).abi("abi/feature"),
    elem("hap", &[&STATE_ON]).abi("abi/feature"),
    text("viridian", FLAG, &[]).abi("abi/feature"),
    text("privnet", FLAG, &[]).abi("abi/feature"),
    elem("hyperv", &[&HYPERV]).abi("abi/hyperv"),
    elem("kvm", &[&[
        elem("hidden", &[&STATE]).abi("abi/kvm"),
        elem("hint-dedicated", &[&STATE]).abi("abi/kvm"),
        elem("poll-control", &[&STATE]).abi("abi/kvm"),
        elem("pv-ipi", &[&STATE]).abi("abi/kvm"),
        elem("dirty-ring", &[&[
            attr("@state", ON_OFF).compared(),
            attr("@size", NUMBER).compared(),
        ]]).abi("abi/kvm-dirty-ring").since(V9_0),
    ]]).abi("abi/kvm"),
    elem("xen", &[&[
        elem("e820_host", &[&STATE]).abi("abi/xen"),
        elem("passthrough", &[&[
            attr("@state", ON_OFF).compared(),
            attr("@mode", one_of(&["sync_pt", "share_pt"])).compared(),
        ]]).abi("abi/xen"),
    ]]).abi("abi/xen"),
    elem("pvspinlock", &[&STATE_ON]).abi("abi/feature"),
    elem("pmu", &[&STATE_ON]).abi("abi/feature"),
    elem("vmport", &[&STATE_ON]).abi("abi/feature"),
    elem("gic", &[&[
        attr("@version", one_of(&["host", "2", "3"])).compared().chosen(),
    ]]).abi("abi/gic").derived(),
    elem("smm", &[&[
        attr("@state", ON_OFF).compared().default_is("on"),
        text("tseg", MIB, &[&UNIT]).abi("abi/smm-tseg"),
    ]]).abi("abi/feature"),
    elem("ioapic", &[&[
        attr("@driver", one_of(&["qemu", "kvm"])).compared(),
    ]]).rule("abi/ioapic"),
    elem("hpt", &[&[
        attr("@resizing", one_of(&["enabled", "disabled", "required"])).compared(),
        text("maxpagesize", KIB, &[&UNIT]).compared(),
    ]]).abi("abi/hpt"),
    elem("vmcoreinfo", &[&STATE_ON]).abi("abi/feature"),
    elem("htm", &[&STATE]).abi("abi/feature"),
    elem("nested-hv", &[&STATE]).abi("abi/feature"),
    elem("ccf-assist", &[&STATE]).abi("abi/feature"),
    elem("cfpc", &[&[
        attr("@value", one_of(&["broken", "workaround", "fixed"])).compared(),
    ]]).abi("abi/spectre-ppc"),
    elem("sbbc", &[&[
        attr("@value", one_of(&["broken", "workaround", "fixed"])).compared(),
    ]]).abi("abi/spectre-ppc"),
    elem("ibs", &[&[
        attr("@value", one_of(&["broken", "workaround", "fixed-ibs", "fixed-ccd", "fixed-na"])).compared(),
    ]]).abi("abi/spectre-ppc"),
    elem("msrs", &[&[
        attr("@unknown", one_of(&["ignore", "fault"])),
    ]]).rule("abi/msrs"),
    elem("tcg", &[&[
        text("tb-cache", KIB, &[&UNIT]),
    ]]).rule("host-side/tuning").since(V9_0),
    elem("async-teardown", &[&[
        attr("@enabled", YES_NO),
    ]]).rule("host-side/tuning").since(V12_8),
    elem("ras", &[&STATE]).abi("abi/feature").since(V12_8),
    elem("ps2", &[&STATE]).abi("abi/feature").since(V12_8)
        .note("Off, it takes the PS/2 mouse and keyboard with it."),
    elem("aia", &[&[
        attr("@value", one_of(&["none", "aplic", "aplic-imsic"])).compared(),
    ]]).abi("abi/feature").since(V12_8),
    text("virtualization", FLAG, &[]).abi("abi/feature").since(V12_8),
    elem("capabilities", &[&[
        attr("@policy", one_of(&["default", "allow", "deny"])).abi("abi/feature"),
        elem("audit_control", &[&CAPABILITY]),
        elem("audit_write", &[&CAPABILITY]),
        elem("block_suspend", &[&CAPABILITY]),
        elem("chown", &[&CAPABILITY]),
        elem("dac_override", &[&CAPABILITY]),
        elem("dac_read_search", &[&CAPABILITY]),
        elem("fowner", &[&CAPABILITY]),
        elem("fsetid", &[&CAPABILITY]),
        elem("ipc_lock", &[&CAPABILITY]),
        elem("ipc_owner", &[&CAPABILITY]),
        elem("kill", &[&CAPABILITY]),
        elem("lease", &[&CAPABILITY]),
        elem("linux_immutable", &[&CAPABILITY]),
        elem("mac_admin", &[&CAPABILITY]),
        elem("mac_override", &[&CAPABILITY]),
        elem("mknod", &[&CAPABILITY]),
        elem("net_admin", &[&CAPABILITY]),
        elem("net_bind_service", &[&CAPABILITY]),
        elem("net_broadcast", &[&CAPABILITY]),
        elem("net_raw", &[&CAPABILITY]),
        elem("setfcap", &[&CAPABILITY]),
        elem("setgid", &[&CAPABILITY]),
        elem("setpcap", &[&CAPABILITY]),
        elem("setuid", &[&CAPABILITY]),
        elem("sys_admin", &[&CAPABILITY]),
        elem("sys_boot", &[&CAPABILITY]),
        elem("sys_chroot", &[&CAPABILITY]),
        elem("sys_module", &[&CAPABILITY]),
        elem("sys_nice", &[&CAPABILITY]),
        elem("sys_pacct", &[&CAPABILITY]),
        elem("sys_ptrace", &[&CAPABILITY]),
        elem("sys_rawio", &[&CAPABILITY]),
        elem("sys_resource", &[&CAPABILITY]),
        elem("sys_time", &[&CAPABILITY]),
        elem("sys_tty_config", &[&CAPABILITY]),
        elem("syslog", &[&CAPABILITY]),
        elem("wake_alarm", &[&CAPABILITY]),
    ]]).rule("host-side/container"),
}

group! {
/// Enlightenments for Windows guests.
HYPERV:
    attr("@mode", one_of(&["passthrough", "custom", "host-model"])).abi("abi/hyperv-mode").default_is("custom").since(V9_0)
        .note("`host-model` is expanded into the running domain's XML at start."),
    elem("relaxed", &[&STATE]).abi("abi/hyperv"),
    elem("vapic", &[&STATE]).abi("abi/hyperv"),
    elem("spinlocks", &[&[
        attr("@state", ON_OFF),
        attr("@retries", NUMBER).compared().default_is("4294967295")
            .note("Since 11.9 leaving it out means never to notify; before, it had to be given."),
    ]]).abi("abi/hyperv-spinlocks").default_is("off"),
    elem("vpindex", &[&STATE]).abi("abi/hyperv"),
    elem("runtime", &[&STATE]).abi("abi/hyperv"),
    elem("synic", &[&STATE]).abi("abi/hyperv"),
    elem("stimer", &[&[
        attr("@state", ON_OFF).compared(),
        elem("direct", &[&STATE]).abi("abi/hyperv-stimer-direct").default_is("off"),
    ]]).abi("abi/hyperv").note("12.8 wants the timer `hypervclock` beside it."),
    elem("reset", &[&STATE]).abi("abi/hyperv"),
    elem("vendor_id", &[&[
        attr("@state", ON_OFF),
        attr("@value", TEXT).compared().note("Means nothing while off."),
    ]]).abi("abi/hyperv-vendor-id").default_is("off"),
    elem("frequencies", &[&STATE]).abi("abi/hyperv"),
    elem("reenlightenment", &[&STATE]).abi("abi/hyperv"),
    elem("tlbflush", &[&[
        attr("@state", ON_OFF).compared(),
        elem("direct", &[&[
            attr("@state", ON_OFF),
        ]]).rule("abi-plus/hyperv-tlbflush").default_is("off").since(V12_8),
        elem("extended", &[&[
            attr("@state", ON_OFF),
        ]]).rule("abi-plus/hyperv-tlbflush").default_is("off").since(V12_8),
    ]]).abi("abi/hyperv"),
    elem("ipi", &[&STATE]).abi("abi/hyperv"),
    elem("evmcs", &[&STATE]).abi("abi/hyperv"),
    elem("avic", &[&STATE]).abi("abi/hyperv").since(V9_0),
    elem("emsr_bitmap", &[&STATE]).abi("abi/hyperv").since(V12_8),
    elem("xmm_input", &[&STATE]).abi("abi/hyperv").since(V12_8),
}
