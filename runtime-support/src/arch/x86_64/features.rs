//! Features of x86_64 processors; `arch/mod.rs` has the contract. The
//! instructions are those that the Intel SDM, volume 2, lists under the feature's
//! CPUID flag.
//!
//! # Safety
//!
//! Each probe changes only registers that its assembly names.
#![allow(unsafe_code, reason = "see Safety")]

use crate::arch::probe;
use core::arch::asm;
use rustix::mm::MprotectFlags;

pub(crate) const CPU_FEATURES: &str = quench_abi::X86_64_FEATURES;

probe::probes!(CPU_FEATURES: {
    "sse3" => asm!("addsubpd {x}, {x}", x = inout(xmm_reg) 0f64 => _),
    "ssse3" => asm!("pshufb {x}, {x}", x = inout(xmm_reg) 0f64 => _),
    "sse4.1" => asm!("ptest {x}, {x}", x = in(xmm_reg) 0f64),
    "sse4.2" => asm!("pcmpgtq {x}, {x}", x = inout(xmm_reg) 0f64 => _),
    "popcnt" => asm!("popcnt {r:e}, {r:e}", r = inout(reg) 0 => _),
    "cmpxchg16b" => asm!(
        "mov {saved}, rbx", // the compiler has another use for it
        "cmpxchg16b [{cell}]",
        "mov rbx, {saved}",
        saved = out(reg) _,
        cell = in(reg) &mut AlignedCell([1; 2]),
        inout("rax") 0 => _,
        inout("rdx") 0 => _,
        in("rcx") 0,
    ),
    "avx" => asm!("vaddps ymm0, ymm0, ymm0", "vzeroupper", out("ymm0") _),
    "avx2" => asm!("vpaddd ymm0, ymm0, ymm0", "vzeroupper", out("ymm0") _),
    "fma" => asm!("vfmadd231ps ymm0, ymm0, ymm0", "vzeroupper", out("ymm0") _),
    "bmi1" => asm!("andn {r:e}, {r:e}, {r:e}", r = inout(reg) 0 => _),
    "bmi2" => asm!("pdep {r:e}, {r:e}, {r:e}", r = inout(reg) 0 => _),
    // Without the feature this is `bsr`, whose result is 31.
    "lzcnt" => asm!("lzcnt {r:e}, {r:e}", "jz 2f", "ud2", "2:", r = inout(reg) i32::MIN => _),
    "avxvnni" => asm!("{{vex}} vpdpbusd ymm0, ymm0, ymm0", "vzeroupper", out("ymm0") _),
    "avx512f" => asm!("vpaddd zmm0, zmm0, zmm0", "vzeroupper", out("zmm0") _),
    "avx512dq" => asm!("vpmullq zmm0, zmm0, zmm0", "vzeroupper", out("zmm0") _),
    "avx512vl" => asm!("{{evex}} vpaddd ymm0, ymm0, ymm0", "vzeroupper", out("ymm0") _),
    "avx512bitalg" => asm!("vpopcntb zmm0, zmm0", "vzeroupper", out("zmm0") _),
    "avx512vbmi" => asm!("vpermb zmm0, zmm0, zmm0", "vzeroupper", out("zmm0") _),
    "avx512vnni" => asm!("vpdpbusd zmm0, zmm0, zmm0", "vzeroupper", out("zmm0") _),
} else asm!("ud2"));

/// 16 aligned bytes that a probe may change.
#[repr(align(16))]
struct AlignedCell([u64; 2]);

/// Pages of code need nothing beyond what the linker asked for.
pub(crate) fn code_protection(_features: u32) -> Option<MprotectFlags> {
    None
}
