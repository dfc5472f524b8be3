//! Kernel flag names that differ from libvirt's feature names, and what a missing flag means.
//!
//! Facts about Linux's `/proc/cpuinfo` (7.2 names) against libvirt 12.8's CPU map.

use super::facts::KernelCpu;
use crate::cpu::compare::HostFeatures;
use crate::cpu::map::{AliasOf, Place, Register};
use crate::cpu::{Bits, CpuMap};

/// Kernel flag, libvirt feature: the same bit.
const RENAMED: [(&str, &str); 51] = [
    ("amx_bf16", "amx-bf16"),
    ("amx_int8", "amx-int8"),
    ("amx_tile", "amx-tile"),
    ("arch_capabilities", "arch-capabilities"),
    ("arch_lbr", "arch-lbr"),
    ("avx512_4fmaps", "avx512-4fmaps"),
    ("avx512_4vnniw", "avx512-4vnniw"),
    ("avx512_bf16", "avx512-bf16"),
    ("avx512_bitalg", "avx512bitalg"),
    ("avx512_fp16", "avx512-fp16"),
    ("avx512_vbmi2", "avx512vbmi2"),
    ("avx512_vnni", "avx512vnni"),
    ("avx512_vp2intersect", "avx512-vp2intersect"),
    ("avx512_vpopcntdq", "avx512-vpopcntdq"),
    ("avx_vnni", "avx-vnni"),
    ("bus_lock_detect", "bus-lock-detect"),
    ("cqm", "cmt"),
    ("dts", "ds"),
    ("flush_l1d", "flush-l1d"),
    ("ibt", "cet-ibt"),
    ("intel_pt", "intel-pt"),
    ("md_clear", "md-clear"),
    ("nrip_save", "nrip-save"),
    ("pausefilter", "pause-filter"),
    ("pclmulqdq", "pclmuldq"),
    ("sgx_lc", "sgxlc"),
    ("sha_ni", "sha-ni"),
    ("sse4_1", "sse4.1"),
    ("sse4_2", "sse4.2"),
    ("svm_lock", "svm-lock"),
    ("tsc_deadline_timer", "tsc-deadline"),
    ("tsc_scale", "tsc-scale"),
    ("tsxldtrk", "tsx-ldtrk"),
    ("v_vmsave_vmload", "v-vmsave-vmload"),
    ("virt_ssbd", "virt-ssbd"),
    ("vmcb_clean", "vmcb-clean"),
    ("cr8_legacy", "cr8legacy"),
    ("nonstop_tsc", "invtsc"),
    ("cqm_mbm_total", "mbm_total"),
    ("cqm_mbm_local", "mbm_local"),
    ("overflow_recov", "overflow-recov"),
    ("perfmon_v2", "perfmon-v2"),
    ("rng", "xstore"),
    ("rng_en", "xstore-en"),
    ("ace", "xcrypt"),
    ("ace_en", "xcrypt-en"),
    ("ace2_en", "ace2-en"),
    ("phe_en", "phe-en"),
    ("pmm_en", "pmm-en"),
    ("ibrs_enhanced", "ibrs-all"),
    ("split_lock_detect", "split-lock-detect"),
];

/// Flags that several features can be behind: neither told by the flag nor by its absence.
const AMBIGUOUS: [&str; 12] = [
    "ibrs",
    "ibpb",
    "stibp",
    "ssbd",
    "cqm_occup_llc",
    "constant_tsc",
    "vnmi",
    "tpr_shadow",
    "ept",
    "vpid",
    "flexpriority",
    "ept_ad",
];

/// The features behind them.
const UNTOLD: [&str; 14] = [
    "amd-ssbd",
    "amd-stibp",
    "ibpb",
    "ibrs",
    "spec-ctrl",
    "ssbd",
    "stibp",
    "virt-ssbd",
    "vmx-ept",
    "vmx-eptad",
    "vmx-flexpriority",
    "vmx-vnmi",
    "vmx-vpid",
    "vnmi",
];

/// Features that no kernel shows: their absence says nothing.
const NEVER_SHOWN: [&str; 84] = [
    "amd-no-ssb",
    "amd-psfd",
    "amd-ssbd",
    "amd-stibp",
    "amx-avx512",
    "amx-bf16-alias",
    "amx-complex",
    "amx-complex-alias",
    "amx-fp16",
    "amx-fp16-alias",
    "amx-fp8",
    "amx-int8-alias",
    "amx-movrs",
    "amx-tf32",
    "apx-nci-ndd-nf",
    "apxf",
    "auto-ibrs",
    "avx-ifma",
    "avx-ne-convert",
    "avx-vnni-int16",
    "avx-vnni-int8",
    "avx10",
    "avx10-128",
    "avx10-256",
    "avx10-512",
    "avx10-vnni-int",
    "bhi-ctrl",
    "cet-ss",
    "cmpccxadd",
    "core-capability",
    "ddpd-u",
    "eraps",
    "fdp-excptn-only",
    "fs-gs-base-ns",
    "fsrc",
    "fsrs",
    "fzrm",
    "gmet",
    "ibpb",
    "ibpb-brtype",
    "ibrs",
    "intel-psfd",
    "intel-pt-lip",
    "ipred-ctrl",
    "lfence-always-serializing",
    "lkgs",
    "mcdt-no",
    "movrs",
    "msr-imm",
    "no-nested-data-bp",
    "null-sel-clr-base",
    "osxsave",
    "pcommit",
    "pks",
    "prefetchi",
    "prefetchiti",
    "rrsba-ctrl",
    "sbpb",
    "sgx-aex-notify",
    "sgx-debug",
    "sgx-edeccssa",
    "sgx-exinfo",
    "sgx-kss",
    "sgx-mode64",
    "sgx-provisionkey",
    "sgx-tokenkey",
    "sgx1",
    "sgx2",
    "sha512",
    "sm3",
    "sm4",
    "spec-ctrl",
    "srso-no",
    "srso-user-kernel-no",
    "ssbd",
    "stibp",
    "stibp-always-on",
    "svme-addr-chk",
    "tsa-l1-no",
    "tsa-sq-no",
    "verw-clear",
    "wrmsrns",
    "xfd",
    "zero-fcs-fds",
];

/// The leaves whose flags kernels have shown for so long that a missing flag means a missing
/// feature: standard, extended, structured (`ebx`), power, XSAVE and SVM features. Younger words
/// got their flags one kernel at a time.
fn shown_for_long(place: Place) -> bool {
    let Place::Cpuid {
        leaf,
        subleaf,
        register,
        ..
    } = place
    else {
        return false;
    };
    match (leaf, subleaf) {
        (7, 0) => register == Register::Ebx,
        (0xd, 1) | (1 | 0x8000_0001 | 0x8000_0007 | 0x8000_000a, 0) => true,
        _ => false,
    }
}

/// The features that a kernel's flags tell. Most stay unknown when their flag is missing: kernels
/// show few of the newer ones, and clear those that they switch off.
pub(super) fn features(map: &CpuMap, cpu: &KernelCpu) -> HostFeatures {
    let find = |flag: &String| {
        if AMBIGUOUS.contains(&flag.as_str()) {
            return None;
        }
        match RENAMED.iter().find(|(linux, _)| linux == flag) {
            Some((_, name)) => map.feature(name).ok(),
            None => map.feature_by_alias(flag, AliasOf::Linux),
        }
    };
    let present: Bits = cpu.flags.iter().filter_map(find).collect();
    let told = |name: &str| !UNTOLD.contains(&name) && !NEVER_SHOWN.contains(&name);
    let absent_is_told: Bits = map
        .features()
        .iter()
        .enumerate()
        .filter(|(_, feature)| shown_for_long(feature.place) && told(&feature.name))
        .map(|(at, _)| at)
        .collect();
    HostFeatures {
        present,
        known: present.union(absent_is_told),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_renamed_feature_is_in_the_map() {
        let map = CpuMap::builtin();
        for (linux, name) in RENAMED {
            assert!(map.feature(name).is_ok(), "{linux} = {name}");
        }
        for name in UNTOLD
            .iter()
            .filter(|name| !name.starts_with("vmx-"))
            .chain(&NEVER_SHOWN)
        {
            assert!(map.feature(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn a_missing_flag_is_not_always_a_missing_feature() {
        let map = CpuMap::builtin();
        let flags = ["fpu", "pclmulqdq", "ibrs"].map(str::to_owned).to_vec();
        let got = features(
            map,
            &KernelCpu {
                flags,
                ..KernelCpu::default()
            },
        );
        assert_eq!(map.names(got.present), ["pclmuldq", "fpu"]);
        let known = |name: &str| got.known.contains(map.feature(name).expect("in the map"));
        assert!(known("avx2") && known("pclmuldq"));
        assert!(!known("spec-ctrl") && !known("osxsave") && !known("avx512-fp16"));
    }
}
