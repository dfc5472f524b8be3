//! The x86 features in map order.
//!
//! Generated: facts of the CPU map of the libvirt project, version 12.8.0, in domdiff's own form.
//! Do not edit: `cargo run --example cpu_map -- DIR` writes it anew from a libvirt's map.

use crate::cpu::map::Feature;
use crate::cpu::map::Register::{Eax, Ebx, Ecx, Edx};
use crate::cpu::map::rows::{cpuid, linux, msr, qemu};

pub(super) static FEATURES: [Feature; 400] = [
    cpuid("pni", 0x1, 0, Ecx, 0, true, const { &[qemu("sse3")] }),
    cpuid("pclmuldq", 0x1, 0, Ecx, 1, true, const { &[qemu("pclmulqdq")] }),
    cpuid("dtes64", 0x1, 0, Ecx, 2, true, &[]),
    cpuid("monitor", 0x1, 0, Ecx, 3, true, &[]),
    cpuid("ds_cpl", 0x1, 0, Ecx, 4, true, const { &[qemu("ds-cpl")] }),
    cpuid("vmx", 0x1, 0, Ecx, 5, true, &[]),
    cpuid("smx", 0x1, 0, Ecx, 6, true, &[]),
    cpuid("est", 0x1, 0, Ecx, 7, true, &[]),
    cpuid("tm2", 0x1, 0, Ecx, 8, true, &[]),
    cpuid("ssse3", 0x1, 0, Ecx, 9, true, &[]),
    cpuid("cid", 0x1, 0, Ecx, 10, true, &[]),
    cpuid("fma", 0x1, 0, Ecx, 12, true, &[]),
    cpuid("cx16", 0x1, 0, Ecx, 13, true, &[]),
    cpuid("xtpr", 0x1, 0, Ecx, 14, true, &[]),
    cpuid("pdcm", 0x1, 0, Ecx, 15, true, &[]),
    cpuid("pcid", 0x1, 0, Ecx, 17, true, &[]),
    cpuid("dca", 0x1, 0, Ecx, 18, true, &[]),
    cpuid("sse4.1", 0x1, 0, Ecx, 19, true, const { &[qemu("sse4-1"), qemu("sse4_1")] }),
    cpuid("sse4.2", 0x1, 0, Ecx, 20, true, const { &[qemu("sse4-2"), qemu("sse4_2")] }),
    cpuid("x2apic", 0x1, 0, Ecx, 21, true, &[]),
    cpuid("movbe", 0x1, 0, Ecx, 22, true, &[]),
    cpuid("popcnt", 0x1, 0, Ecx, 23, true, &[]),
    cpuid("tsc-deadline", 0x1, 0, Ecx, 24, true, &[]),
    cpuid("aes", 0x1, 0, Ecx, 25, true, &[]),
    cpuid("xsave", 0x1, 0, Ecx, 26, true, &[]),
    cpuid("osxsave", 0x1, 0, Ecx, 27, true, &[]),
    cpuid("avx", 0x1, 0, Ecx, 28, true, &[]),
    cpuid("f16c", 0x1, 0, Ecx, 29, true, &[]),
    cpuid("rdrand", 0x1, 0, Ecx, 30, true, &[]),
    cpuid("hypervisor", 0x1, 0, Ecx, 31, true, &[]),
    cpuid("fpu", 0x1, 0, Edx, 0, true, &[]),
    cpuid("vme", 0x1, 0, Edx, 1, true, &[]),
    cpuid("de", 0x1, 0, Edx, 2, true, &[]),
    cpuid("pse", 0x1, 0, Edx, 3, true, &[]),
    cpuid("tsc", 0x1, 0, Edx, 4, true, &[]),
    cpuid("msr", 0x1, 0, Edx, 5, true, &[]),
    cpuid("pae", 0x1, 0, Edx, 6, true, &[]),
    cpuid("mce", 0x1, 0, Edx, 7, true, &[]),
    cpuid("cx8", 0x1, 0, Edx, 8, true, &[]),
    cpuid("apic", 0x1, 0, Edx, 9, true, &[]),
    cpuid("sep", 0x1, 0, Edx, 11, true, &[]),
    cpuid("mtrr", 0x1, 0, Edx, 12, true, &[]),
    cpuid("pge", 0x1, 0, Edx, 13, true, &[]),
    cpuid("mca", 0x1, 0, Edx, 14, true, &[]),
    cpuid("cmov", 0x1, 0, Edx, 15, true, &[]),
    cpuid("pat", 0x1, 0, Edx, 16, true, &[]),
    cpuid("pse36", 0x1, 0, Edx, 17, true, &[]),
    cpuid("pn", 0x1, 0, Edx, 18, true, &[]),
    cpuid("clflush", 0x1, 0, Edx, 19, true, &[]),
    cpuid("ds", 0x1, 0, Edx, 21, true, &[]),
    cpuid("acpi", 0x1, 0, Edx, 22, true, &[]),
    cpuid("mmx", 0x1, 0, Edx, 23, true, &[]),
    cpuid("fxsr", 0x1, 0, Edx, 24, true, &[]),
    cpuid("sse", 0x1, 0, Edx, 25, true, &[]),
    cpuid("sse2", 0x1, 0, Edx, 26, true, &[]),
    cpuid("ss", 0x1, 0, Edx, 27, true, &[]),
    cpuid("ht", 0x1, 0, Edx, 28, true, &[]),
    cpuid("tm", 0x1, 0, Edx, 29, true, &[]),
    cpuid("ia64", 0x1, 0, Edx, 30, true, &[]),
    cpuid("pbe", 0x1, 0, Edx, 31, true, &[]),
    cpuid("arat", 0x6, 0, Eax, 2, true, &[]),
    cpuid("fsgsbase", 0x7, 0, Ebx, 0, true, &[]),
    cpuid("tsc_adjust", 0x7, 0, Ebx, 1, true, const { &[qemu("tsc-adjust")] }),
    cpuid("sgx", 0x7, 0, Ebx, 2, true, &[]),
    cpuid("bmi1", 0x7, 0, Ebx, 3, true, &[]),
    cpuid("hle", 0x7, 0, Ebx, 4, true, &[]),
    cpuid("avx2", 0x7, 0, Ebx, 5, true, &[]),
    cpuid("fdp-excptn-only", 0x7, 0, Ebx, 6, true, &[]),
    cpuid("smep", 0x7, 0, Ebx, 7, true, &[]),
    cpuid("bmi2", 0x7, 0, Ebx, 8, true, &[]),
    cpuid("erms", 0x7, 0, Ebx, 9, true, &[]),
    cpuid("invpcid", 0x7, 0, Ebx, 10, true, &[]),
    cpuid("rtm", 0x7, 0, Ebx, 11, true, &[]),
    cpuid("cmt", 0x7, 0, Ebx, 12, true, const { &[linux("cqm")] }),
    cpuid("zero-fcs-fds", 0x7, 0, Ebx, 13, true, &[]),
    cpuid("mpx", 0x7, 0, Ebx, 14, true, &[]),
    cpuid("avx512f", 0x7, 0, Ebx, 16, true, &[]),
    cpuid("avx512dq", 0x7, 0, Ebx, 17, true, &[]),
    cpuid("rdseed", 0x7, 0, Ebx, 18, true, &[]),
    cpuid("adx", 0x7, 0, Ebx, 19, true, &[]),
    cpuid("smap", 0x7, 0, Ebx, 20, true, &[]),
    cpuid("avx512ifma", 0x7, 0, Ebx, 21, true, &[]),
    cpuid("pcommit", 0x7, 0, Ebx, 22, true, &[]),
    cpuid("clflushopt", 0x7, 0, Ebx, 23, true, &[]),
    cpuid("clwb", 0x7, 0, Ebx, 24, true, &[]),
    cpuid("intel-pt", 0x7, 0, Ebx, 25, true, &[]),
    cpuid("avx512pf", 0x7, 0, Ebx, 26, true, &[]),
    cpuid("avx512er", 0x7, 0, Ebx, 27, true, &[]),
    cpuid("avx512cd", 0x7, 0, Ebx, 28, true, &[]),
    cpuid("sha-ni", 0x7, 0, Ebx, 29, true, &[]),
    cpuid("avx512bw", 0x7, 0, Ebx, 30, true, &[]),
    cpuid("avx512vl", 0x7, 0, Ebx, 31, true, &[]),
    cpuid("avx512vbmi", 0x7, 0, Ecx, 1, true, &[]),
    cpuid("umip", 0x7, 0, Ecx, 2, true, &[]),
    cpuid("pku", 0x7, 0, Ecx, 3, true, &[]),
    cpuid("ospke", 0x7, 0, Ecx, 4, true, &[]),
    cpuid("waitpkg", 0x7, 0, Ecx, 5, true, &[]),
    cpuid("avx512vbmi2", 0x7, 0, Ecx, 6, true, &[]),
    cpuid("cet-ss", 0x7, 0, Ecx, 7, true, &[]),
    cpuid("gfni", 0x7, 0, Ecx, 8, true, &[]),
    cpuid("vaes", 0x7, 0, Ecx, 9, true, &[]),
    cpuid("vpclmulqdq", 0x7, 0, Ecx, 10, true, &[]),
    cpuid("avx512vnni", 0x7, 0, Ecx, 11, true, &[]),
    cpuid("avx512bitalg", 0x7, 0, Ecx, 12, true, &[]),
    cpuid("avx512-vpopcntdq", 0x7, 0, Ecx, 14, true, &[]),
    cpuid("la57", 0x7, 0, Ecx, 16, true, &[]),
    cpuid("rdpid", 0x7, 0, Ecx, 22, true, &[]),
    cpuid("bus-lock-detect", 0x7, 0, Ecx, 24, true, &[]),
    cpuid("cldemote", 0x7, 0, Ecx, 25, true, &[]),
    cpuid("movdiri", 0x7, 0, Ecx, 27, true, &[]),
    cpuid("movdir64b", 0x7, 0, Ecx, 28, true, &[]),
    cpuid("sgxlc", 0x7, 0, Ecx, 30, true, &[]),
    cpuid("pks", 0x7, 0, Ecx, 31, true, &[]),
    cpuid("avx512-4vnniw", 0x7, 0, Edx, 2, true, &[]),
    cpuid("avx512-4fmaps", 0x7, 0, Edx, 3, true, &[]),
    cpuid("fsrm", 0x7, 0, Edx, 4, true, &[]),
    cpuid("avx512-vp2intersect", 0x7, 0, Edx, 8, true, &[]),
    cpuid("md-clear", 0x7, 0, Edx, 10, true, const { &[linux("md_clear")] }),
    cpuid("serialize", 0x7, 0, Edx, 14, true, &[]),
    cpuid("tsx-ldtrk", 0x7, 0, Edx, 16, true, &[]),
    cpuid("pconfig", 0x7, 0, Edx, 18, true, &[]),
    cpuid("arch-lbr", 0x7, 0, Edx, 19, true, &[]),
    cpuid("cet-ibt", 0x7, 0, Edx, 20, true, &[]),
    cpuid("amx-bf16", 0x7, 0, Edx, 22, true, &[]),
    cpuid("avx512-fp16", 0x7, 0, Edx, 23, true, &[]),
    cpuid("amx-tile", 0x7, 0, Edx, 24, true, &[]),
    cpuid("amx-int8", 0x7, 0, Edx, 25, true, &[]),
    cpuid("spec-ctrl", 0x7, 0, Edx, 26, true, &[]),
    cpuid("stibp", 0x7, 0, Edx, 27, true, &[]),
    cpuid("flush-l1d", 0x7, 0, Edx, 28, true, &[]),
    cpuid("arch-capabilities", 0x7, 0, Edx, 29, true, const { &[linux("arch_capabilities")] }),
    cpuid("core-capability", 0x7, 0, Edx, 30, true, &[]),
    cpuid("ssbd", 0x7, 0, Edx, 31, true, &[]),
    cpuid("sha512", 0x7, 1, Eax, 0, true, &[]),
    cpuid("sm3", 0x7, 1, Eax, 1, true, &[]),
    cpuid("sm4", 0x7, 1, Eax, 2, true, &[]),
    cpuid("avx-vnni", 0x7, 1, Eax, 4, true, &[]),
    cpuid("avx512-bf16", 0x7, 1, Eax, 5, true, &[]),
    cpuid("cmpccxadd", 0x7, 1, Eax, 7, true, &[]),
    cpuid("fzrm", 0x7, 1, Eax, 10, true, &[]),
    cpuid("fsrs", 0x7, 1, Eax, 11, true, &[]),
    cpuid("fsrc", 0x7, 1, Eax, 12, true, &[]),
    cpuid("fred", 0x7, 1, Eax, 17, true, &[]),
    cpuid("lkgs", 0x7, 1, Eax, 18, true, &[]),
    cpuid("wrmsrns", 0x7, 1, Eax, 19, true, &[]),
    cpuid("amx-fp16", 0x7, 1, Eax, 21, true, &[]),
    cpuid("avx-ifma", 0x7, 1, Eax, 23, true, &[]),
    cpuid("lam", 0x7, 1, Eax, 26, true, &[]),
    cpuid("movrs", 0x7, 1, Eax, 31, true, &[]),
    cpuid("msr-imm", 0x7, 1, Ecx, 5, true, &[]),
    cpuid("avx-vnni-int8", 0x7, 1, Edx, 4, true, &[]),
    cpuid("avx-ne-convert", 0x7, 1, Edx, 5, true, &[]),
    cpuid("amx-complex", 0x7, 1, Edx, 8, true, &[]),
    cpuid("avx-vnni-int16", 0x7, 1, Edx, 10, true, &[]),
    cpuid("prefetchiti", 0x7, 1, Edx, 14, true, &[]),
    cpuid("avx10", 0x7, 1, Edx, 19, true, &[]),
    cpuid("apxf", 0x7, 1, Edx, 21, true, &[]),
    cpuid("intel-psfd", 0x7, 2, Edx, 0, true, &[]),
    cpuid("ipred-ctrl", 0x7, 2, Edx, 1, true, &[]),
    cpuid("rrsba-ctrl", 0x7, 2, Edx, 2, true, &[]),
    cpuid("ddpd-u", 0x7, 2, Edx, 3, true, &[]),
    cpuid("bhi-ctrl", 0x7, 2, Edx, 4, true, &[]),
    cpuid("mcdt-no", 0x7, 2, Edx, 5, true, &[]),
    cpuid("xsaveopt", 0xd, 1, Eax, 0, true, &[]),
    cpuid("xsavec", 0xd, 1, Eax, 1, true, &[]),
    cpuid("xgetbv1", 0xd, 1, Eax, 2, true, &[]),
    cpuid("xsaves", 0xd, 1, Eax, 3, false, &[]),
    cpuid("xfd", 0xd, 1, Eax, 4, true, &[]),
    cpuid("mbm_total", 0xf, 1, Edx, 1, true, &[]),
    cpuid("mbm_local", 0xf, 1, Edx, 2, true, &[]),
    cpuid("sgx1", 0x12, 0, Eax, 0, true, &[]),
    cpuid("sgx2", 0x12, 0, Eax, 1, true, &[]),
    cpuid("sgx-edeccssa", 0x12, 0, Eax, 11, true, &[]),
    cpuid("sgx-exinfo", 0x12, 0, Ebx, 0, true, &[]),
    cpuid("sgx-debug", 0x12, 1, Eax, 1, true, &[]),
    cpuid("sgx-mode64", 0x12, 1, Eax, 2, true, &[]),
    cpuid("sgx-provisionkey", 0x12, 1, Eax, 4, true, &[]),
    cpuid("sgx-tokenkey", 0x12, 1, Eax, 5, true, &[]),
    cpuid("sgx-kss", 0x12, 1, Eax, 7, true, &[]),
    cpuid("sgx-aex-notify", 0x12, 1, Eax, 10, true, &[]),
    cpuid("intel-pt-lip", 0x14, 0, Ecx, 31, true, &[]),
    cpuid("amx-int8-alias", 0x1e, 1, Eax, 0, true, &[]),
    cpuid("amx-bf16-alias", 0x1e, 1, Eax, 1, true, &[]),
    cpuid("amx-complex-alias", 0x1e, 1, Eax, 2, true, &[]),
    cpuid("amx-fp16-alias", 0x1e, 1, Eax, 3, true, &[]),
    cpuid("amx-fp8", 0x1e, 1, Eax, 4, true, &[]),
    cpuid("amx-tf32", 0x1e, 1, Eax, 6, true, &[]),
    cpuid("amx-avx512", 0x1e, 1, Eax, 7, true, &[]),
    cpuid("amx-movrs", 0x1e, 1, Eax, 8, true, &[]),
    cpuid("avx10-128", 0x24, 0, Ebx, 16, true, &[]),
    cpuid("avx10-256", 0x24, 0, Ebx, 17, true, &[]),
    cpuid("avx10-512", 0x24, 0, Ebx, 18, true, &[]),
    cpuid("avx10-vnni-int", 0x24, 1, Ecx, 2, true, &[]),
    cpuid("apx-nci-ndd-nf", 0x29, 0, Ebx, 0, true, &[]),
    cpuid("lahf_lm", 0x80000001, 0, Ecx, 0, true, const { &[qemu("lahf-lm")] }),
    cpuid("cmp_legacy", 0x80000001, 0, Ecx, 1, true, const { &[qemu("cmp-legacy")] }),
    cpuid("svm", 0x80000001, 0, Ecx, 2, true, &[]),
    cpuid("extapic", 0x80000001, 0, Ecx, 3, true, &[]),
    cpuid("cr8legacy", 0x80000001, 0, Ecx, 4, true, &[]),
    cpuid("abm", 0x80000001, 0, Ecx, 5, true, &[]),
    cpuid("sse4a", 0x80000001, 0, Ecx, 6, true, &[]),
    cpuid("misalignsse", 0x80000001, 0, Ecx, 7, true, &[]),
    cpuid("3dnowprefetch", 0x80000001, 0, Ecx, 8, true, &[]),
    cpuid("osvw", 0x80000001, 0, Ecx, 9, true, &[]),
    cpuid("ibs", 0x80000001, 0, Ecx, 10, true, &[]),
    cpuid("xop", 0x80000001, 0, Ecx, 11, true, &[]),
    cpuid("skinit", 0x80000001, 0, Ecx, 12, true, &[]),
    cpuid("wdt", 0x80000001, 0, Ecx, 13, true, &[]),
    cpuid("lwp", 0x80000001, 0, Ecx, 15, true, &[]),
    cpuid("fma4", 0x80000001, 0, Ecx, 16, true, &[]),
    cpuid("tce", 0x80000001, 0, Ecx, 17, true, &[]),
    cpuid("cvt16", 0x80000001, 0, Ecx, 18, true, &[]),
    cpuid("nodeid_msr", 0x80000001, 0, Ecx, 19, true, const { &[qemu("nodeid-msr")] }),
    cpuid("tbm", 0x80000001, 0, Ecx, 21, true, &[]),
    cpuid("topoext", 0x80000001, 0, Ecx, 22, true, &[]),
    cpuid("perfctr_core", 0x80000001, 0, Ecx, 23, true, const { &[qemu("perfctr-core")] }),
    cpuid("perfctr_nb", 0x80000001, 0, Ecx, 24, true, const { &[qemu("perfctr-nb")] }),
    cpuid("syscall", 0x80000001, 0, Edx, 11, true, &[]),
    cpuid("nx", 0x80000001, 0, Edx, 20, true, const { &[qemu("xd")] }),
    cpuid("mmxext", 0x80000001, 0, Edx, 22, true, &[]),
    cpuid("fxsr_opt", 0x80000001, 0, Edx, 25, true, const { &[qemu("ffxsr"), qemu("fxsr-opt")] }),
    cpuid("pdpe1gb", 0x80000001, 0, Edx, 26, true, &[]),
    cpuid("rdtscp", 0x80000001, 0, Edx, 27, true, &[]),
    cpuid("lm", 0x80000001, 0, Edx, 29, true, const { &[qemu("i64")] }),
    cpuid("3dnowext", 0x80000001, 0, Edx, 30, true, &[]),
    cpuid("3dnow", 0x80000001, 0, Edx, 31, true, &[]),
    cpuid("overflow-recov", 0x80000007, 0, Ebx, 0, true, &[]),
    cpuid("succor", 0x80000007, 0, Ebx, 1, true, &[]),
    cpuid("invtsc", 0x80000007, 0, Edx, 8, false, &[]),
    cpuid("clzero", 0x80000008, 0, Ebx, 0, true, &[]),
    cpuid("xsaveerptr", 0x80000008, 0, Ebx, 2, true, &[]),
    cpuid("wbnoinvd", 0x80000008, 0, Ebx, 9, true, &[]),
    cpuid("ibpb", 0x80000008, 0, Ebx, 12, true, &[]),
    cpuid("ibrs", 0x80000008, 0, Ebx, 14, true, &[]),
    cpuid("amd-stibp", 0x80000008, 0, Ebx, 15, true, &[]),
    cpuid("stibp-always-on", 0x80000008, 0, Ebx, 17, true, &[]),
    cpuid("amd-ssbd", 0x80000008, 0, Ebx, 24, true, &[]),
    cpuid("virt-ssbd", 0x80000008, 0, Ebx, 25, true, &[]),
    cpuid("amd-no-ssb", 0x80000008, 0, Ebx, 26, true, &[]),
    cpuid("amd-psfd", 0x80000008, 0, Ebx, 28, true, &[]),
    cpuid("npt", 0x8000000a, 0, Edx, 0, true, &[]),
    cpuid("lbrv", 0x8000000a, 0, Edx, 1, true, &[]),
    cpuid("svm-lock", 0x8000000a, 0, Edx, 2, true, const { &[qemu("svm_lock")] }),
    cpuid("nrip-save", 0x8000000a, 0, Edx, 3, true, const { &[qemu("nrip_save")] }),
    cpuid("tsc-scale", 0x8000000a, 0, Edx, 4, true, const { &[qemu("tsc_scale")] }),
    cpuid("vmcb-clean", 0x8000000a, 0, Edx, 5, true, const { &[qemu("vmcb_clean")] }),
    cpuid("flushbyasid", 0x8000000a, 0, Edx, 6, true, &[]),
    cpuid("decodeassists", 0x8000000a, 0, Edx, 7, true, &[]),
    cpuid("pause-filter", 0x8000000a, 0, Edx, 10, true, const { &[qemu("pause_filter")] }),
    cpuid("pfthreshold", 0x8000000a, 0, Edx, 12, true, &[]),
    cpuid("avic", 0x8000000a, 0, Edx, 13, true, &[]),
    cpuid("v-vmsave-vmload", 0x8000000a, 0, Edx, 15, true, &[]),
    cpuid("vgif", 0x8000000a, 0, Edx, 16, true, &[]),
    cpuid("gmet", 0x8000000a, 0, Edx, 17, true, &[]),
    cpuid("vnmi", 0x8000000a, 0, Edx, 25, true, &[]),
    cpuid("svme-addr-chk", 0x8000000a, 0, Edx, 28, true, &[]),
    cpuid("no-nested-data-bp", 0x80000021, 0, Eax, 0, true, &[]),
    cpuid("fs-gs-base-ns", 0x80000021, 0, Eax, 1, true, &[]),
    cpuid("lfence-always-serializing", 0x80000021, 0, Eax, 2, true, &[]),
    cpuid("verw-clear", 0x80000021, 0, Eax, 5, true, &[]),
    cpuid("null-sel-clr-base", 0x80000021, 0, Eax, 6, true, &[]),
    cpuid("auto-ibrs", 0x80000021, 0, Eax, 8, true, &[]),
    cpuid("prefetchi", 0x80000021, 0, Eax, 20, true, &[]),
    cpuid("eraps", 0x80000021, 0, Eax, 24, true, &[]),
    cpuid("sbpb", 0x80000021, 0, Eax, 27, true, &[]),
    cpuid("ibpb-brtype", 0x80000021, 0, Eax, 28, true, &[]),
    cpuid("srso-no", 0x80000021, 0, Eax, 29, true, &[]),
    cpuid("srso-user-kernel-no", 0x80000021, 0, Eax, 30, true, &[]),
    cpuid("tsa-sq-no", 0x80000021, 0, Ecx, 1, true, &[]),
    cpuid("tsa-l1-no", 0x80000021, 0, Ecx, 2, true, &[]),
    cpuid("perfmon-v2", 0x80000022, 0, Eax, 0, true, &[]),
    cpuid("xstore", 0xc0000001, 0, Edx, 2, true, &[]),
    cpuid("xstore-en", 0xc0000001, 0, Edx, 3, true, &[]),
    cpuid("xcrypt", 0xc0000001, 0, Edx, 6, true, &[]),
    cpuid("xcrypt-en", 0xc0000001, 0, Edx, 7, true, &[]),
    cpuid("ace2", 0xc0000001, 0, Edx, 8, true, &[]),
    cpuid("ace2-en", 0xc0000001, 0, Edx, 9, true, &[]),
    cpuid("phe", 0xc0000001, 0, Edx, 10, true, &[]),
    cpuid("phe-en", 0xc0000001, 0, Edx, 11, true, &[]),
    cpuid("pmm", 0xc0000001, 0, Edx, 12, true, &[]),
    cpuid("pmm-en", 0xc0000001, 0, Edx, 13, true, &[]),
    msr("split-lock-detect", 0xcf, 5, true, &[]),
    msr("rdctl-no", 0x10a, 0, true, &[]),
    msr("ibrs-all", 0x10a, 1, true, &[]),
    msr("rsba", 0x10a, 2, true, &[]),
    msr("skip-l1dfl-vmentry", 0x10a, 3, true, &[]),
    msr("ssb-no", 0x10a, 4, true, &[]),
    msr("mds-no", 0x10a, 5, true, &[]),
    msr("pschange-mc-no", 0x10a, 6, true, &[]),
    msr("tsx-ctrl", 0x10a, 7, true, &[]),
    msr("taa-no", 0x10a, 8, true, &[]),
    msr("sbdr-ssdp-no", 0x10a, 13, true, &[]),
    msr("fbsdp-no", 0x10a, 14, true, &[]),
    msr("psdp-no", 0x10a, 15, true, &[]),
    msr("fb-clear", 0x10a, 17, true, &[]),
    msr("bhi-no", 0x10a, 20, true, &[]),
    msr("pbrsb-no", 0x10a, 24, true, &[]),
    msr("gds-no", 0x10a, 26, true, &[]),
    msr("rfds-no", 0x10a, 27, true, &[]),
    msr("rfds-clear", 0x10a, 28, true, &[]),
    msr("its-no", 0x10a, 62, true, &[]),
    msr("vmx-ins-outs", 0x480, 54, true, &[]),
    msr("vmx-true-ctls", 0x480, 55, true, &[]),
    msr("vmx-any-errcode", 0x480, 56, true, &[]),
    msr("vmx-nested-exception", 0x480, 58, true, &[]),
    msr("vmx-store-lma", 0x485, 5, true, &[]),
    msr("vmx-activity-hlt", 0x485, 6, true, &[]),
    msr("vmx-activity-shutdown", 0x485, 7, true, &[]),
    msr("vmx-activity-wait-sipi", 0x485, 8, true, &[]),
    msr("vmx-vmwrite-vmexit-fields", 0x485, 29, true, &[]),
    msr("vmx-zero-len-inject", 0x485, 30, true, &[]),
    msr("vmx-apicv-xapic", 0x48b, 32, true, &[]),
    msr("vmx-ept", 0x48b, 33, true, &[]),
    msr("vmx-desc-exit", 0x48b, 34, true, &[]),
    msr("vmx-rdtscp-exit", 0x48b, 35, true, &[]),
    msr("vmx-apicv-x2apic", 0x48b, 36, true, &[]),
    msr("vmx-vpid", 0x48b, 37, true, &[]),
    msr("vmx-wbinvd-exit", 0x48b, 38, true, &[]),
    msr("vmx-unrestricted-guest", 0x48b, 39, true, &[]),
    msr("vmx-apicv-register", 0x48b, 40, true, &[]),
    msr("vmx-apicv-vid", 0x48b, 41, true, &[]),
    msr("vmx-ple", 0x48b, 42, true, &[]),
    msr("vmx-rdrand-exit", 0x48b, 43, true, &[]),
    msr("vmx-invpcid-exit", 0x48b, 44, true, &[]),
    msr("vmx-vmfunc", 0x48b, 45, true, &[]),
    msr("vmx-shadow-vmcs", 0x48b, 46, true, &[]),
    msr("vmx-encls-exit", 0x48b, 47, true, &[]),
    msr("vmx-rdseed-exit", 0x48b, 48, true, &[]),
    msr("vmx-pml", 0x48b, 49, true, &[]),
    msr("vmx-xsaves", 0x48b, 52, true, &[]),
    msr("vmx-mbec", 0x48b, 54, true, &[]),
    msr("vmx-tsc-scaling", 0x48b, 57, true, &[]),
    msr("vmx-enable-user-wait-pause", 0x48b, 58, true, &[]),
    msr("vmx-ept-execonly", 0x48c, 0, true, &[]),
    msr("vmx-page-walk-4", 0x48c, 6, true, &[]),
    msr("vmx-page-walk-5", 0x48c, 7, true, &[]),
    msr("vmx-ept-uc", 0x48c, 8, true, &[]),
    msr("vmx-ept-wb", 0x48c, 14, true, &[]),
    msr("vmx-ept-2mb", 0x48c, 16, true, &[]),
    msr("vmx-ept-1gb", 0x48c, 17, true, &[]),
    msr("vmx-invept", 0x48c, 20, true, &[]),
    msr("vmx-eptad", 0x48c, 21, true, &[]),
    msr("vmx-ept-advanced-exitinfo", 0x48c, 22, true, &[]),
    msr("vmx-invept-single-context", 0x48c, 25, true, &[]),
    msr("vmx-invept-all-context", 0x48c, 26, true, &[]),
    msr("vmx-invvpid", 0x48c, 32, true, &[]),
    msr("vmx-invvpid-single-addr", 0x48c, 40, true, &[]),
    msr("vmx-invvpid-single-context", 0x48c, 41, true, &[]),
    msr("vmx-invvpid-all-context", 0x48c, 42, true, &[]),
    msr("vmx-invvpid-single-context-noglobals", 0x48c, 43, true, const { &[qemu("vmx-invept-single-context-noglobals")] }),
    msr("vmx-intr-exit", 0x48d, 32, true, &[]),
    msr("vmx-nmi-exit", 0x48d, 35, true, &[]),
    msr("vmx-vnmi", 0x48d, 37, true, &[]),
    msr("vmx-preemption-timer", 0x48d, 38, true, &[]),
    msr("vmx-posted-intr", 0x48d, 39, true, &[]),
    msr("vmx-vintr-pending", 0x48e, 34, true, &[]),
    msr("vmx-tsc-offset", 0x48e, 35, true, &[]),
    msr("vmx-hlt-exit", 0x48e, 39, true, &[]),
    msr("vmx-invlpg-exit", 0x48e, 41, true, &[]),
    msr("vmx-mwait-exit", 0x48e, 42, true, &[]),
    msr("vmx-rdpmc-exit", 0x48e, 43, true, &[]),
    msr("vmx-rdtsc-exit", 0x48e, 44, true, &[]),
    msr("vmx-cr3-load-noexit", 0x48e, 47, true, &[]),
    msr("vmx-cr3-store-noexit", 0x48e, 48, true, &[]),
    msr("vmx-cr8-load-exit", 0x48e, 51, true, &[]),
    msr("vmx-cr8-store-exit", 0x48e, 52, true, &[]),
    msr("vmx-flexpriority", 0x48e, 53, true, &[]),
    msr("vmx-vnmi-pending", 0x48e, 54, true, &[]),
    msr("vmx-movdr-exit", 0x48e, 55, true, &[]),
    msr("vmx-io-exit", 0x48e, 56, true, &[]),
    msr("vmx-io-bitmap", 0x48e, 57, true, &[]),
    msr("vmx-mtf", 0x48e, 59, true, &[]),
    msr("vmx-msr-bitmap", 0x48e, 60, true, &[]),
    msr("vmx-monitor-exit", 0x48e, 61, true, &[]),
    msr("vmx-pause-exit", 0x48e, 62, true, &[]),
    msr("vmx-secondary-ctls", 0x48e, 63, true, &[]),
    msr("vmx-exit-nosave-debugctl", 0x48f, 34, true, &[]),
    msr("vmx-exit-load-perf-global-ctrl", 0x48f, 44, true, &[]),
    msr("vmx-exit-ack-intr", 0x48f, 47, true, &[]),
    msr("vmx-exit-save-pat", 0x48f, 50, true, &[]),
    msr("vmx-exit-load-pat", 0x48f, 51, true, &[]),
    msr("vmx-exit-save-efer", 0x48f, 52, true, &[]),
    msr("vmx-exit-load-efer", 0x48f, 53, true, &[]),
    msr("vmx-exit-save-preemption-timer", 0x48f, 54, true, &[]),
    msr("vmx-exit-clear-bndcfgs", 0x48f, 55, true, &[]),
    msr("vmx-exit-clear-rtit-ctl", 0x48f, 57, true, &[]),
    msr("vmx-exit-save-cet", 0x48f, 60, true, &[]),
    msr("vmx-exit-load-pkrs", 0x48f, 61, true, &[]),
    msr("vmx-exit-secondary-ctls", 0x48f, 63, true, &[]),
    msr("vmx-entry-noload-debugctl", 0x490, 34, true, &[]),
    msr("vmx-entry-ia32e-mode", 0x490, 41, true, &[]),
    msr("vmx-entry-load-perf-global-ctrl", 0x490, 45, true, &[]),
    msr("vmx-entry-load-pat", 0x490, 46, true, &[]),
    msr("vmx-entry-load-efer", 0x490, 47, true, &[]),
    msr("vmx-entry-load-bndcfgs", 0x490, 48, true, &[]),
    msr("vmx-entry-load-rtit-ctl", 0x490, 50, true, &[]),
    msr("vmx-entry-load-cet", 0x490, 52, true, &[]),
    msr("vmx-entry-load-pkrs", 0x490, 54, true, &[]),
    msr("vmx-entry-load-fred", 0x490, 55, true, &[]),
    msr("vmx-eptp-switching", 0x491, 0, true, &[]),
];

pub(super) const PNI: u16 = 0;
pub(super) const PCLMULDQ: u16 = 1;
pub(super) const DTES64: u16 = 2;
pub(super) const MONITOR: u16 = 3;
pub(super) const DS_CPL: u16 = 4;
pub(super) const VMX: u16 = 5;
pub(super) const SMX: u16 = 6;
pub(super) const EST: u16 = 7;
pub(super) const TM2: u16 = 8;
pub(super) const SSSE3: u16 = 9;
pub(super) const CID: u16 = 10;
pub(super) const FMA: u16 = 11;
pub(super) const CX16: u16 = 12;
pub(super) const XTPR: u16 = 13;
pub(super) const PDCM: u16 = 14;
pub(super) const PCID: u16 = 15;
pub(super) const DCA: u16 = 16;
pub(super) const SSE4_1: u16 = 17;
pub(super) const SSE4_2: u16 = 18;
pub(super) const X2APIC: u16 = 19;
pub(super) const MOVBE: u16 = 20;
pub(super) const POPCNT: u16 = 21;
pub(super) const TSC_DEADLINE: u16 = 22;
pub(super) const AES: u16 = 23;
pub(super) const XSAVE: u16 = 24;
pub(super) const OSXSAVE: u16 = 25;
pub(super) const AVX: u16 = 26;
pub(super) const F16C: u16 = 27;
pub(super) const RDRAND: u16 = 28;
pub(super) const HYPERVISOR: u16 = 29;
pub(super) const FPU: u16 = 30;
pub(super) const VME: u16 = 31;
pub(super) const DE: u16 = 32;
pub(super) const PSE: u16 = 33;
pub(super) const TSC: u16 = 34;
pub(super) const MSR: u16 = 35;
pub(super) const PAE: u16 = 36;
pub(super) const MCE: u16 = 37;
pub(super) const CX8: u16 = 38;
pub(super) const APIC: u16 = 39;
pub(super) const SEP: u16 = 40;
pub(super) const MTRR: u16 = 41;
pub(super) const PGE: u16 = 42;
pub(super) const MCA: u16 = 43;
pub(super) const CMOV: u16 = 44;
pub(super) const PAT: u16 = 45;
pub(super) const PSE36: u16 = 46;
pub(super) const PN: u16 = 47;
pub(super) const CLFLUSH: u16 = 48;
pub(super) const DS: u16 = 49;
pub(super) const ACPI: u16 = 50;
pub(super) const MMX: u16 = 51;
pub(super) const FXSR: u16 = 52;
pub(super) const SSE: u16 = 53;
pub(super) const SSE2: u16 = 54;
pub(super) const SS: u16 = 55;
pub(super) const HT: u16 = 56;
pub(super) const TM: u16 = 57;
pub(super) const IA64: u16 = 58;
pub(super) const PBE: u16 = 59;
pub(super) const ARAT: u16 = 60;
pub(super) const FSGSBASE: u16 = 61;
pub(super) const TSC_ADJUST: u16 = 62;
pub(super) const SGX: u16 = 63;
pub(super) const BMI1: u16 = 64;
pub(super) const HLE: u16 = 65;
pub(super) const AVX2: u16 = 66;
pub(super) const FDP_EXCPTN_ONLY: u16 = 67;
pub(super) const SMEP: u16 = 68;
pub(super) const BMI2: u16 = 69;
pub(super) const ERMS: u16 = 70;
pub(super) const INVPCID: u16 = 71;
pub(super) const RTM: u16 = 72;
pub(super) const CMT: u16 = 73;
pub(super) const ZERO_FCS_FDS: u16 = 74;
pub(super) const MPX: u16 = 75;
pub(super) const AVX512F: u16 = 76;
pub(super) const AVX512DQ: u16 = 77;
pub(super) const RDSEED: u16 = 78;
pub(super) const ADX: u16 = 79;
pub(super) const SMAP: u16 = 80;
pub(super) const AVX512IFMA: u16 = 81;
pub(super) const PCOMMIT: u16 = 82;
pub(super) const CLFLUSHOPT: u16 = 83;
pub(super) const CLWB: u16 = 84;
pub(super) const INTEL_PT: u16 = 85;
pub(super) const AVX512PF: u16 = 86;
pub(super) const AVX512ER: u16 = 87;
pub(super) const AVX512CD: u16 = 88;
pub(super) const SHA_NI: u16 = 89;
pub(super) const AVX512BW: u16 = 90;
pub(super) const AVX512VL: u16 = 91;
pub(super) const AVX512VBMI: u16 = 92;
pub(super) const UMIP: u16 = 93;
pub(super) const PKU: u16 = 94;
pub(super) const OSPKE: u16 = 95;
pub(super) const WAITPKG: u16 = 96;
pub(super) const AVX512VBMI2: u16 = 97;
pub(super) const CET_SS: u16 = 98;
pub(super) const GFNI: u16 = 99;
pub(super) const VAES: u16 = 100;
pub(super) const VPCLMULQDQ: u16 = 101;
pub(super) const AVX512VNNI: u16 = 102;
pub(super) const AVX512BITALG: u16 = 103;
pub(super) const AVX512_VPOPCNTDQ: u16 = 104;
pub(super) const LA57: u16 = 105;
pub(super) const RDPID: u16 = 106;
pub(super) const BUS_LOCK_DETECT: u16 = 107;
pub(super) const CLDEMOTE: u16 = 108;
pub(super) const MOVDIRI: u16 = 109;
pub(super) const MOVDIR64B: u16 = 110;
pub(super) const SGXLC: u16 = 111;
pub(super) const PKS: u16 = 112;
pub(super) const AVX512_4VNNIW: u16 = 113;
pub(super) const AVX512_4FMAPS: u16 = 114;
pub(super) const FSRM: u16 = 115;
pub(super) const AVX512_VP2INTERSECT: u16 = 116;
pub(super) const MD_CLEAR: u16 = 117;
pub(super) const SERIALIZE: u16 = 118;
pub(super) const TSX_LDTRK: u16 = 119;
pub(super) const PCONFIG: u16 = 120;
pub(super) const ARCH_LBR: u16 = 121;
pub(super) const CET_IBT: u16 = 122;
pub(super) const AMX_BF16: u16 = 123;
pub(super) const AVX512_FP16: u16 = 124;
pub(super) const AMX_TILE: u16 = 125;
pub(super) const AMX_INT8: u16 = 126;
pub(super) const SPEC_CTRL: u16 = 127;
pub(super) const STIBP: u16 = 128;
pub(super) const FLUSH_L1D: u16 = 129;
pub(super) const ARCH_CAPABILITIES: u16 = 130;
pub(super) const CORE_CAPABILITY: u16 = 131;
pub(super) const SSBD: u16 = 132;
pub(super) const SHA512: u16 = 133;
pub(super) const SM3: u16 = 134;
pub(super) const SM4: u16 = 135;
pub(super) const AVX_VNNI: u16 = 136;
pub(super) const AVX512_BF16: u16 = 137;
pub(super) const CMPCCXADD: u16 = 138;
pub(super) const FZRM: u16 = 139;
pub(super) const FSRS: u16 = 140;
pub(super) const FSRC: u16 = 141;
pub(super) const FRED: u16 = 142;
pub(super) const LKGS: u16 = 143;
pub(super) const WRMSRNS: u16 = 144;
pub(super) const AMX_FP16: u16 = 145;
pub(super) const AVX_IFMA: u16 = 146;
pub(super) const LAM: u16 = 147;
pub(super) const MOVRS: u16 = 148;
pub(super) const MSR_IMM: u16 = 149;
pub(super) const AVX_VNNI_INT8: u16 = 150;
pub(super) const AVX_NE_CONVERT: u16 = 151;
pub(super) const AMX_COMPLEX: u16 = 152;
pub(super) const AVX_VNNI_INT16: u16 = 153;
pub(super) const PREFETCHITI: u16 = 154;
pub(super) const AVX10: u16 = 155;
pub(super) const APXF: u16 = 156;
pub(super) const INTEL_PSFD: u16 = 157;
pub(super) const IPRED_CTRL: u16 = 158;
pub(super) const RRSBA_CTRL: u16 = 159;
pub(super) const DDPD_U: u16 = 160;
pub(super) const BHI_CTRL: u16 = 161;
pub(super) const MCDT_NO: u16 = 162;
pub(super) const XSAVEOPT: u16 = 163;
pub(super) const XSAVEC: u16 = 164;
pub(super) const XGETBV1: u16 = 165;
pub(super) const XSAVES: u16 = 166;
pub(super) const XFD: u16 = 167;
pub(super) const MBM_TOTAL: u16 = 168;
pub(super) const MBM_LOCAL: u16 = 169;
pub(super) const SGX1: u16 = 170;
pub(super) const SGX2: u16 = 171;
pub(super) const SGX_EDECCSSA: u16 = 172;
pub(super) const SGX_EXINFO: u16 = 173;
pub(super) const SGX_DEBUG: u16 = 174;
pub(super) const SGX_MODE64: u16 = 175;
pub(super) const SGX_PROVISIONKEY: u16 = 176;
pub(super) const SGX_TOKENKEY: u16 = 177;
pub(super) const SGX_KSS: u16 = 178;
pub(super) const SGX_AEX_NOTIFY: u16 = 179;
pub(super) const INTEL_PT_LIP: u16 = 180;
pub(super) const AMX_INT8_ALIAS: u16 = 181;
pub(super) const AMX_BF16_ALIAS: u16 = 182;
pub(super) const AMX_COMPLEX_ALIAS: u16 = 183;
pub(super) const AMX_FP16_ALIAS: u16 = 184;
pub(super) const AMX_FP8: u16 = 185;
pub(super) const AMX_TF32: u16 = 186;
pub(super) const AMX_AVX512: u16 = 187;
pub(super) const AMX_MOVRS: u16 = 188;
pub(super) const AVX10_128: u16 = 189;
pub(super) const AVX10_256: u16 = 190;
pub(super) const AVX10_512: u16 = 191;
pub(super) const AVX10_VNNI_INT: u16 = 192;
pub(super) const APX_NCI_NDD_NF: u16 = 193;
pub(super) const LAHF_LM: u16 = 194;
pub(super) const CMP_LEGACY: u16 = 195;
pub(super) const SVM: u16 = 196;
pub(super) const EXTAPIC: u16 = 197;
pub(super) const CR8LEGACY: u16 = 198;
pub(super) const ABM: u16 = 199;
pub(super) const SSE4A: u16 = 200;
pub(super) const MISALIGNSSE: u16 = 201;
pub(super) const _3DNOWPREFETCH: u16 = 202;
pub(super) const OSVW: u16 = 203;
pub(super) const IBS: u16 = 204;
pub(super) const XOP: u16 = 205;
pub(super) const SKINIT: u16 = 206;
pub(super) const WDT: u16 = 207;
pub(super) const LWP: u16 = 208;
pub(super) const FMA4: u16 = 209;
pub(super) const TCE: u16 = 210;
pub(super) const CVT16: u16 = 211;
pub(super) const NODEID_MSR: u16 = 212;
pub(super) const TBM: u16 = 213;
pub(super) const TOPOEXT: u16 = 214;
pub(super) const PERFCTR_CORE: u16 = 215;
pub(super) const PERFCTR_NB: u16 = 216;
pub(super) const SYSCALL: u16 = 217;
pub(super) const NX: u16 = 218;
pub(super) const MMXEXT: u16 = 219;
pub(super) const FXSR_OPT: u16 = 220;
pub(super) const PDPE1GB: u16 = 221;
pub(super) const RDTSCP: u16 = 222;
pub(super) const LM: u16 = 223;
pub(super) const _3DNOWEXT: u16 = 224;
pub(super) const _3DNOW: u16 = 225;
pub(super) const OVERFLOW_RECOV: u16 = 226;
pub(super) const SUCCOR: u16 = 227;
pub(super) const INVTSC: u16 = 228;
pub(super) const CLZERO: u16 = 229;
pub(super) const XSAVEERPTR: u16 = 230;
pub(super) const WBNOINVD: u16 = 231;
pub(super) const IBPB: u16 = 232;
pub(super) const IBRS: u16 = 233;
pub(super) const AMD_STIBP: u16 = 234;
pub(super) const STIBP_ALWAYS_ON: u16 = 235;
pub(super) const AMD_SSBD: u16 = 236;
pub(super) const VIRT_SSBD: u16 = 237;
pub(super) const AMD_NO_SSB: u16 = 238;
pub(super) const AMD_PSFD: u16 = 239;
pub(super) const NPT: u16 = 240;
pub(super) const LBRV: u16 = 241;
pub(super) const SVM_LOCK: u16 = 242;
pub(super) const NRIP_SAVE: u16 = 243;
pub(super) const TSC_SCALE: u16 = 244;
pub(super) const VMCB_CLEAN: u16 = 245;
pub(super) const FLUSHBYASID: u16 = 246;
pub(super) const DECODEASSISTS: u16 = 247;
pub(super) const PAUSE_FILTER: u16 = 248;
pub(super) const PFTHRESHOLD: u16 = 249;
pub(super) const AVIC: u16 = 250;
pub(super) const V_VMSAVE_VMLOAD: u16 = 251;
pub(super) const VGIF: u16 = 252;
pub(super) const GMET: u16 = 253;
pub(super) const VNMI: u16 = 254;
pub(super) const SVME_ADDR_CHK: u16 = 255;
pub(super) const NO_NESTED_DATA_BP: u16 = 256;
pub(super) const FS_GS_BASE_NS: u16 = 257;
pub(super) const LFENCE_ALWAYS_SERIALIZING: u16 = 258;
pub(super) const VERW_CLEAR: u16 = 259;
pub(super) const NULL_SEL_CLR_BASE: u16 = 260;
pub(super) const AUTO_IBRS: u16 = 261;
pub(super) const PREFETCHI: u16 = 262;
pub(super) const ERAPS: u16 = 263;
pub(super) const SBPB: u16 = 264;
pub(super) const IBPB_BRTYPE: u16 = 265;
pub(super) const SRSO_NO: u16 = 266;
pub(super) const SRSO_USER_KERNEL_NO: u16 = 267;
pub(super) const TSA_SQ_NO: u16 = 268;
pub(super) const TSA_L1_NO: u16 = 269;
pub(super) const PERFMON_V2: u16 = 270;
pub(super) const XSTORE: u16 = 271;
pub(super) const XSTORE_EN: u16 = 272;
pub(super) const XCRYPT: u16 = 273;
pub(super) const XCRYPT_EN: u16 = 274;
pub(super) const ACE2: u16 = 275;
pub(super) const ACE2_EN: u16 = 276;
pub(super) const PHE: u16 = 277;
pub(super) const PHE_EN: u16 = 278;
pub(super) const PMM: u16 = 279;
pub(super) const PMM_EN: u16 = 280;
pub(super) const SPLIT_LOCK_DETECT: u16 = 281;
pub(super) const RDCTL_NO: u16 = 282;
pub(super) const IBRS_ALL: u16 = 283;
pub(super) const RSBA: u16 = 284;
pub(super) const SKIP_L1DFL_VMENTRY: u16 = 285;
pub(super) const SSB_NO: u16 = 286;
pub(super) const MDS_NO: u16 = 287;
pub(super) const PSCHANGE_MC_NO: u16 = 288;
pub(super) const TSX_CTRL: u16 = 289;
pub(super) const TAA_NO: u16 = 290;
pub(super) const SBDR_SSDP_NO: u16 = 291;
pub(super) const FBSDP_NO: u16 = 292;
pub(super) const PSDP_NO: u16 = 293;
pub(super) const FB_CLEAR: u16 = 294;
pub(super) const BHI_NO: u16 = 295;
pub(super) const PBRSB_NO: u16 = 296;
pub(super) const GDS_NO: u16 = 297;
pub(super) const RFDS_NO: u16 = 298;
pub(super) const RFDS_CLEAR: u16 = 299;
pub(super) const ITS_NO: u16 = 300;
pub(super) const VMX_INS_OUTS: u16 = 301;
pub(super) const VMX_TRUE_CTLS: u16 = 302;
pub(super) const VMX_ANY_ERRCODE: u16 = 303;
pub(super) const VMX_NESTED_EXCEPTION: u16 = 304;
pub(super) const VMX_STORE_LMA: u16 = 305;
pub(super) const VMX_ACTIVITY_HLT: u16 = 306;
pub(super) const VMX_ACTIVITY_SHUTDOWN: u16 = 307;
pub(super) const VMX_ACTIVITY_WAIT_SIPI: u16 = 308;
pub(super) const VMX_VMWRITE_VMEXIT_FIELDS: u16 = 309;
pub(super) const VMX_ZERO_LEN_INJECT: u16 = 310;
pub(super) const VMX_APICV_XAPIC: u16 = 311;
pub(super) const VMX_EPT: u16 = 312;
pub(super) const VMX_DESC_EXIT: u16 = 313;
pub(super) const VMX_RDTSCP_EXIT: u16 = 314;
pub(super) const VMX_APICV_X2APIC: u16 = 315;
pub(super) const VMX_VPID: u16 = 316;
pub(super) const VMX_WBINVD_EXIT: u16 = 317;
pub(super) const VMX_UNRESTRICTED_GUEST: u16 = 318;
pub(super) const VMX_APICV_REGISTER: u16 = 319;
pub(super) const VMX_APICV_VID: u16 = 320;
pub(super) const VMX_PLE: u16 = 321;
pub(super) const VMX_RDRAND_EXIT: u16 = 322;
pub(super) const VMX_INVPCID_EXIT: u16 = 323;
pub(super) const VMX_VMFUNC: u16 = 324;
pub(super) const VMX_SHADOW_VMCS: u16 = 325;
pub(super) const VMX_ENCLS_EXIT: u16 = 326;
pub(super) const VMX_RDSEED_EXIT: u16 = 327;
pub(super) const VMX_PML: u16 = 328;
pub(super) const VMX_XSAVES: u16 = 329;
pub(super) const VMX_MBEC: u16 = 330;
pub(super) const VMX_TSC_SCALING: u16 = 331;
pub(super) const VMX_ENABLE_USER_WAIT_PAUSE: u16 = 332;
pub(super) const VMX_EPT_EXECONLY: u16 = 333;
pub(super) const VMX_PAGE_WALK_4: u16 = 334;
pub(super) const VMX_PAGE_WALK_5: u16 = 335;
pub(super) const VMX_EPT_UC: u16 = 336;
pub(super) const VMX_EPT_WB: u16 = 337;
pub(super) const VMX_EPT_2MB: u16 = 338;
pub(super) const VMX_EPT_1GB: u16 = 339;
pub(super) const VMX_INVEPT: u16 = 340;
pub(super) const VMX_EPTAD: u16 = 341;
pub(super) const VMX_EPT_ADVANCED_EXITINFO: u16 = 342;
pub(super) const VMX_INVEPT_SINGLE_CONTEXT: u16 = 343;
pub(super) const VMX_INVEPT_ALL_CONTEXT: u16 = 344;
pub(super) const VMX_INVVPID: u16 = 345;
pub(super) const VMX_INVVPID_SINGLE_ADDR: u16 = 346;
pub(super) const VMX_INVVPID_SINGLE_CONTEXT: u16 = 347;
pub(super) const VMX_INVVPID_ALL_CONTEXT: u16 = 348;
pub(super) const VMX_INVVPID_SINGLE_CONTEXT_NOGLOBALS: u16 = 349;
pub(super) const VMX_INTR_EXIT: u16 = 350;
pub(super) const VMX_NMI_EXIT: u16 = 351;
pub(super) const VMX_VNMI: u16 = 352;
pub(super) const VMX_PREEMPTION_TIMER: u16 = 353;
pub(super) const VMX_POSTED_INTR: u16 = 354;
pub(super) const VMX_VINTR_PENDING: u16 = 355;
pub(super) const VMX_TSC_OFFSET: u16 = 356;
pub(super) const VMX_HLT_EXIT: u16 = 357;
pub(super) const VMX_INVLPG_EXIT: u16 = 358;
pub(super) const VMX_MWAIT_EXIT: u16 = 359;
pub(super) const VMX_RDPMC_EXIT: u16 = 360;
pub(super) const VMX_RDTSC_EXIT: u16 = 361;
pub(super) const VMX_CR3_LOAD_NOEXIT: u16 = 362;
pub(super) const VMX_CR3_STORE_NOEXIT: u16 = 363;
pub(super) const VMX_CR8_LOAD_EXIT: u16 = 364;
pub(super) const VMX_CR8_STORE_EXIT: u16 = 365;
pub(super) const VMX_FLEXPRIORITY: u16 = 366;
pub(super) const VMX_VNMI_PENDING: u16 = 367;
pub(super) const VMX_MOVDR_EXIT: u16 = 368;
pub(super) const VMX_IO_EXIT: u16 = 369;
pub(super) const VMX_IO_BITMAP: u16 = 370;
pub(super) const VMX_MTF: u16 = 371;
pub(super) const VMX_MSR_BITMAP: u16 = 372;
pub(super) const VMX_MONITOR_EXIT: u16 = 373;
pub(super) const VMX_PAUSE_EXIT: u16 = 374;
pub(super) const VMX_SECONDARY_CTLS: u16 = 375;
pub(super) const VMX_EXIT_NOSAVE_DEBUGCTL: u16 = 376;
pub(super) const VMX_EXIT_LOAD_PERF_GLOBAL_CTRL: u16 = 377;
pub(super) const VMX_EXIT_ACK_INTR: u16 = 378;
pub(super) const VMX_EXIT_SAVE_PAT: u16 = 379;
pub(super) const VMX_EXIT_LOAD_PAT: u16 = 380;
pub(super) const VMX_EXIT_SAVE_EFER: u16 = 381;
pub(super) const VMX_EXIT_LOAD_EFER: u16 = 382;
pub(super) const VMX_EXIT_SAVE_PREEMPTION_TIMER: u16 = 383;
pub(super) const VMX_EXIT_CLEAR_BNDCFGS: u16 = 384;
pub(super) const VMX_EXIT_CLEAR_RTIT_CTL: u16 = 385;
pub(super) const VMX_EXIT_SAVE_CET: u16 = 386;
pub(super) const VMX_EXIT_LOAD_PKRS: u16 = 387;
pub(super) const VMX_EXIT_SECONDARY_CTLS: u16 = 388;
pub(super) const VMX_ENTRY_NOLOAD_DEBUGCTL: u16 = 389;
pub(super) const VMX_ENTRY_IA32E_MODE: u16 = 390;
pub(super) const VMX_ENTRY_LOAD_PERF_GLOBAL_CTRL: u16 = 391;
pub(super) const VMX_ENTRY_LOAD_PAT: u16 = 392;
pub(super) const VMX_ENTRY_LOAD_EFER: u16 = 393;
pub(super) const VMX_ENTRY_LOAD_BNDCFGS: u16 = 394;
pub(super) const VMX_ENTRY_LOAD_RTIT_CTL: u16 = 395;
pub(super) const VMX_ENTRY_LOAD_CET: u16 = 396;
pub(super) const VMX_ENTRY_LOAD_PKRS: u16 = 397;
pub(super) const VMX_ENTRY_LOAD_FRED: u16 = 398;
pub(super) const VMX_EPTP_SWITCHING: u16 = 399;
