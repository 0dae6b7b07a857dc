//! Features of aarch64 processors; `arch/mod.rs` has the contract. The
//! instructions are those that the Arm ARM (DDI 0487), chapter C6 and C7, ties to
//! the feature.
//!
//! # Safety
//!
//! Each probe changes only registers that its assembly names.
#![allow(unsafe_code, reason = "see Safety")]

use crate::arch::probe;
use core::arch::asm;
use rustix::mm::MprotectFlags;

pub(crate) const CPU_FEATURES: &str = quench_abi::AARCH64_FEATURES;

probe::probes!(CPU_FEATURES: {
    "lse" => asm!(
        ".arch_extension lse",
        "ldadd {r}, {r}, [{cell}]",
        r = inout(reg) 0u64 => _,
        cell = in(reg) &mut AlignedCell([1; 2]),
    ),
    "fp16" => asm!(".arch_extension fp16", "fadd h0, h0, h0", out("v0") _),
    "dotprod" => asm!(".arch_extension dotprod", "sdot v0.4s, v0.16b, v0.16b", out("v0") _),
    "i8mm" => asm!(".arch_extension i8mm", "usdot v0.4s, v0.16b, v0.16b", out("v0") _),
    "pauth" => asm!(".arch_extension pauth", "paciza {r}", r = inout(reg) 0u64 => _),
    // Its instruction is never illegal; the kernel says whether it means something.
    "bti" => {
        /// The bit of `asm/hwcap.h` for kernels that guard branches.
        const HWCAP2_BTI: usize = 1 << 17;
        if rustix::param::linux_hwcap().1 & HWCAP2_BTI == 0 {
            asm!("udf #0");
        }
    },
} else asm!("udf #0"));

/// 16 aligned bytes that a probe may change.
#[repr(align(16))]
struct AlignedCell([u64; 2]);

/// Pages of code that needs `bti` are to be guarded.
pub(crate) fn code_protection(features: u32) -> Option<MprotectFlags> {
    const BTI: u32 = 1 << probe::bit(CPU_FEATURES, "bti");
    let protection = MprotectFlags::READ | MprotectFlags::EXEC | MprotectFlags::BTI;
    (features & BTI != 0).then_some(protection)
}
