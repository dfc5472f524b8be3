//! Hypervisor features.

use super::field::{attr, elem, text};
use super::kinds::{FLAG, KIB, NUMBER, ON_OFF, TEXT, V9_0, V12_8, YES_NO, one_of};
use super::shared::UNIT;

group! {
/// What `features` holds.
FEATURES:
    text("acpi", FLAG, &[]),
    elem("aia", &[&[
        attr("@value", one_of(&["none", "aplic", "aplic-imsic"])),
    ]]).since(V12_8),
    elem("apic", &[&[
        attr("@eoi", ON_OFF),
    ]]),
    elem("async-teardown", &[&[
        attr("@enabled", YES_NO),
    ]]).since(V12_8),
    elem("capabilities", &[&[
        attr("@policy", one_of(&["default", "allow", "deny"])),
        elem("audit_control", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("audit_write", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("block_suspend", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("chown", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("dac_override", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("dac_read_search", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("fowner", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("fsetid", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("ipc_lock", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("ipc_owner", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("kill", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("lease", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("linux_immutable", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("mac_admin", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("mac_override", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("mknod", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("net_admin", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("net_bind_service", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("net_broadcast", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("net_raw", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("setfcap", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("setgid", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("setpcap", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("setuid", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("sys_admin", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("sys_boot", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("sys_chroot", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("sys_module", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("sys_nice", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("sys_pacct", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("sys_ptrace", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("sys_rawio", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("sys_resource", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("sys_time", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("sys_tty_config", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("syslog", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("wake_alarm", &[&[
            attr("@state", ON_OFF),
        ]]),
    ]]),
    elem("ccf-assist", &[&[
        attr("@state", ON_OFF),
    ]]),
    elem("cfpc", &[&[
        attr("@value", one_of(&["broken", "workaround", "fixed"])),
    ]]),
    elem("gic", &[&[
        attr("@version", one_of(&["host", "2", "3"])),
    ]]),
    elem("hap", &[&[
        attr("@state", ON_OFF),
    ]]),
    elem("hpt", &[&[
        attr("@resizing", one_of(&["enabled", "disabled", "required"])),
        text("maxpagesize", KIB, &[&UNIT]),
    ]]),
    elem("htm", &[&[
        attr("@state", ON_OFF),
    ]]),
    elem("hyperv", &[&[
        attr("@mode", one_of(&["passthrough", "custom", "host-model"])).since(V9_0),
        elem("avic", &[&[
            attr("@state", ON_OFF),
        ]]).since(V9_0),
        elem("emsr_bitmap", &[&[
            attr("@state", ON_OFF),
        ]]).since(V12_8),
        elem("evmcs", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("frequencies", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("ipi", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("reenlightenment", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("relaxed", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("reset", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("runtime", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("spinlocks", &[&[
            attr("@retries", NUMBER),
            attr("@state", ON_OFF),
        ]]),
        elem("stimer", &[&[
            attr("@state", ON_OFF),
            elem("direct", &[&[
                attr("@state", ON_OFF),
            ]]),
        ]]),
        elem("synic", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("tlbflush", &[&[
            attr("@state", ON_OFF),
            elem("direct", &[&[
                attr("@state", ON_OFF),
            ]]).since(V12_8),
            elem("extended", &[&[
                attr("@state", ON_OFF),
            ]]).since(V12_8),
        ]]),
        elem("vapic", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("vendor_id", &[&[
            attr("@state", ON_OFF),
            attr("@value", TEXT),
        ]]),
        elem("vpindex", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("xmm_input", &[&[
            attr("@state", ON_OFF),
        ]]).since(V12_8),
    ]]),
    elem("ibs", &[&[
        attr("@value", one_of(&["broken", "workaround", "fixed-ibs", "fixed-ccd", "fixed-na"])),
    ]]),
    elem("ioapic", &[&[
        attr("@driver", one_of(&["qemu", "kvm"])),
    ]]),
    elem("kvm", &[&[
        elem("dirty-ring", &[&[
            attr("@size", NUMBER),
            attr("@state", ON_OFF),
        ]]).since(V9_0),
        elem("hidden", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("hint-dedicated", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("poll-control", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("pv-ipi", &[&[
            attr("@state", ON_OFF),
        ]]),
    ]]),
    elem("msrs", &[&[
        attr("@unknown", one_of(&["ignore", "fault"])),
    ]]),
    elem("nested-hv", &[&[
        attr("@state", ON_OFF),
    ]]),
    text("pae", FLAG, &[]),
    elem("pmu", &[&[
        attr("@state", ON_OFF),
    ]]),
    text("privnet", FLAG, &[]),
    elem("ps2", &[&[
        attr("@state", ON_OFF),
    ]]).since(V12_8),
    elem("pvspinlock", &[&[
        attr("@state", ON_OFF),
    ]]),
    elem("ras", &[&[
        attr("@state", ON_OFF),
    ]]).since(V12_8),
    elem("sbbc", &[&[
        attr("@value", one_of(&["broken", "workaround", "fixed"])),
    ]]),
    elem("smm", &[&[
        attr("@state", ON_OFF),
        text("tseg", KIB, &[&UNIT]),
    ]]),
    elem("tcg", &[&[
        text("tb-cache", KIB, &[&UNIT]),
    ]]).since(V9_0),
    text("viridian", FLAG, &[]),
    text("virtualization", FLAG, &[]).since(V12_8),
    elem("vmcoreinfo", &[&[
        attr("@state", ON_OFF),
    ]]),
    elem("vmport", &[&[
        attr("@state", ON_OFF),
    ]]),
    elem("xen", &[&[
        elem("e820_host", &[&[
            attr("@state", ON_OFF),
        ]]),
        elem("passthrough", &[&[
            attr("@mode", one_of(&["sync_pt", "share_pt"])),
            attr("@state", ON_OFF),
        ]]),
    ]]),
}
