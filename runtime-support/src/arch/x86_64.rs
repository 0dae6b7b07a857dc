//! x86_64, see `mod.rs`.
//!
//! # Safety
//!
//! The assembly follows the System V calling convention where it is called
//! and where it calls; what it does beyond that is said at each function.
//! Vector accesses are unaligned ones.
#![allow(unsafe_code)]

use crate::backtrace::Callers;
use core::arch::asm;
use core::arch::naked_asm;
use core::arch::x86_64::{__m128i, _mm_loadu_si128, _mm_set1_epi8, _mm_storeu_si128};
use quench_abi::Exception;

/// `R_X86_64_RELATIVE`: the image's address plus the addend.
pub const RELATIVE_RELOCATION: u32 = 8;

/// The first instructions of the process. The kernel leaves the argument
/// block at the stack pointer and nothing of use in other registers.
///
/// # Safety
///
/// For the kernel only.
#[cfg(feature = "freestanding")]
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _start() -> ! {
    naked_asm!(
        "xor ebp, ebp", // the outermost frame: unwinders stop here
        "mov rdi, rsp", // the argument block
        "lea rsi, [rip + __ehdr_start]",
        "and rsp, -16",
        "call {start}",
        "ud2",
        ".hidden __ehdr_start",
        start = sym crate::start::start,
    )
}

/// Calls `function(data)` on another stack, whose top is 16-byte aligned.
/// Before that stores in `frame` what [`resume`] needs to return from here in
/// its place. Returns 0 if the function returns.
///
/// # Safety
///
/// The stack is unused and large enough for the function, or guarded.
#[unsafe(naked)]
pub unsafe extern "C" fn call_on_stack(
    frame: *mut usize,
    stack_top: usize,
    function: unsafe extern "C" fn(*mut u8),
    data: *mut u8,
) -> u32 {
    naked_asm!(
        "push rbp",
        "mov rbp, rsp", // so that a chain of frames leads across the stacks
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov [rdi], rsp",
        "mov rsp, rsi",
        "mov rdi, rcx",
        "call rdx",
        "lea rdi, [rbp - 40]",
        "xor esi, esi",
        "jmp {resume}",
        resume = sym resume,
    )
}

/// Returns `code` from the [`call_on_stack`] that stored `frame`, without the
/// called function's doing.
///
/// # Safety
///
/// That call has not returned, and nothing between there and here has to be
/// dropped.
#[unsafe(naked)]
pub unsafe extern "C" fn resume(frame: usize, code: u32) -> ! {
    naked_asm!(
        "mov rsp, rdi",
        "mov eax, esi",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// See [`quench_abi::symbols::THROW`].
///
/// # Safety
///
/// An exception; called by compiled code, whose frame pointer is in its
/// register.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_throw(exception: *mut Exception) -> ! {
    naked_asm!(
        "mov rsi, rbp",
        "mov rdx, [rsp]",
        "jmp {unwind}",
        unwind = sym crate::exception::unwind,
    )
}

/// See [`quench_abi::symbols::MISSING_IMPORT`].
///
/// # Safety
///
/// A text; called by compiled code, whose frame pointer is in its register.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_missing_import(import: *const u8, length: u64) -> ! {
    naked_asm!(
        "mov rdx, rbp",
        "mov rcx, [rsp]",
        "jmp {missing_import}",
        missing_import = sym crate::trap::missing_import,
    )
}

/// Continues in compiled code with an exception as payload.
///
/// # Safety
///
/// The code expects that, with this stack and this frame.
#[unsafe(naked)]
pub unsafe extern "C" fn land(
    exception: *mut Exception,
    address: usize,
    stack: usize,
    frame: usize,
) -> ! {
    naked_asm!("mov rax, rdi", "mov rsp, rdx", "mov rbp, rcx", "jmp rsi",)
}

/// What a stored return address stands for, without a signature.
pub fn plain_return_address(stored: usize) -> usize {
    stored
}

/// Where a signal handler returns to: asks the kernel to put back the context
/// (`rt_sigreturn`).
///
/// # Safety
///
/// For the kernel only.
#[unsafe(naked)]
pub unsafe extern "C" fn return_from_signal() {
    // Debuggers recognise this frame by exactly these instructions.
    naked_asm!("mov rax, 15", "syscall")
}

/// The beginning of the kernel's `struct ucontext`.
#[repr(C)]
pub struct SignalContext {
    flags: u64,
    link: u64,
    stack: [u64; 3],
    /// `struct sigcontext`: r8 to r15, rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp,
    /// rip.
    registers: [u64; 17],
}

impl SignalContext {
    /// Address of the instruction that was interrupted.
    pub fn program_counter(&self) -> usize {
        self.registers[16] as usize
    }

    /// The callers of the function that was interrupted, which starts at
    /// `start`.
    pub fn callers(&self, start: usize) -> Callers {
        let [frame, stack] = [self.registers[10], self.registers[15]].map(|value| value as usize);
        // The first instruction saves the frame pointer.
        if self.program_counter() != start {
            return Callers::of_frame(frame);
        }
        // SAFETY: guest code was interrupted at its entry, with the return
        // address on the stack.
        let return_address = unsafe { (stack as *const usize).read() };
        Callers {
            frame,
            return_address,
        }
    }

    /// Makes the handler's return go to [`resume`].
    pub fn resume_at(&mut self, frame: usize, code: u32) {
        self.registers[8] = frame as u64;
        self.registers[9] = u64::from(code);
        self.registers[16] = resume as *const () as u64;
    }
}

/// What the kernel calls this architecture in `seccomp` filters
/// (`AUDIT_ARCH_X86_64`).
pub const AUDIT_ARCHITECTURE: u32 = 0xc000_003e;

/// Asks the kernel for something; its result, or an error's number, negative.
/// For what rustix does not offer.
///
/// # Safety
///
/// That of the system call.
pub unsafe fn system_call(number: u32, arguments: [usize; 4]) -> isize {
    let result;
    // SAFETY: the caller's promise.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number as usize => result,
            in("rdi") arguments[0],
            in("rsi") arguments[1],
            in("rdx") arguments[2],
            in("r10") arguments[3],
            lateout("rcx") _,
            lateout("r11") _,
            options(nostack, preserves_flags),
        );
    }
    result
}

/// The names that go with the bits of [`quench_abi::Program::cpu_features`].
pub const CPU_FEATURES: &str = quench_abi::X86_64_FEATURES;

/// Executes an instruction that belongs to a feature; it is an illegal one
/// where the processor, or the kernel, lacks the feature.
///
/// # Safety
///
/// Somebody handles that signal.
pub unsafe fn use_cpu_feature(bit: u32) {
    // SAFETY: the caller's promise; only what the compiler is told changes.
    unsafe {
        match bit {
            0 => asm!("addsubpd {x}, {x}", x = inout(xmm_reg) 0f64 => _),
            1 => asm!("pshufb {x}, {x}", x = inout(xmm_reg) 0f64 => _),
            2 => asm!("ptest {x}, {x}", x = in(xmm_reg) 0f64),
            3 => asm!("pcmpgtq {x}, {x}", x = inout(xmm_reg) 0f64 => _),
            4 => asm!("popcnt {r:e}, {r:e}", r = inout(reg) 0 => _),
            5 => asm!(
                "mov {saved}, rbx", // the compiler has another use for it
                "cmpxchg16b [{cell}]",
                "mov rbx, {saved}",
                saved = out(reg) _,
                cell = in(reg) &mut AlignedCell([1; 2]),
                inout("rax") 0 => _,
                inout("rdx") 0 => _,
                in("rcx") 0,
            ),
            6 => asm!("vaddps ymm0, ymm0, ymm0", "vzeroupper", out("ymm0") _),
            7 => asm!("vpaddd ymm0, ymm0, ymm0", "vzeroupper", out("ymm0") _),
            8 => asm!("vfmadd231ps ymm0, ymm0, ymm0", "vzeroupper", out("ymm0") _),
            9 => asm!("andn {r:e}, {r:e}, {r:e}", r = inout(reg) 0 => _),
            10 => asm!("pdep {r:e}, {r:e}, {r:e}", r = inout(reg) 0 => _),
            // Without the feature this is another instruction, whose result is 31.
            11 => asm!("lzcnt {r:e}, {r:e}", "jz 2f", "ud2", "2:", r = inout(reg) i32::MIN => _),
            12 => asm!("{{vex}} vpdpbusd ymm0, ymm0, ymm0", "vzeroupper", out("ymm0") _),
            13 => asm!("vpaddd zmm0, zmm0, zmm0", "vzeroupper", out("zmm0") _),
            14 => asm!("vpmullq zmm0, zmm0, zmm0", "vzeroupper", out("zmm0") _),
            15 => asm!("{{evex}} vpaddd ymm0, ymm0, ymm0", "vzeroupper", out("ymm0") _),
            16 => asm!("vpopcntb zmm0, zmm0", "vzeroupper", out("zmm0") _),
            17 => asm!("vpermb zmm0, zmm0, zmm0", "vzeroupper", out("zmm0") _),
            18 => asm!("vpdpbusd zmm0, zmm0, zmm0", "vzeroupper", out("zmm0") _),
            _ => asm!("ud2"),
        }
    }
}

#[repr(align(16))]
struct AlignedCell([u64; 2]);

/// What one instruction loads or stores.
pub type Vector = __m128i;

/// # Safety
///
/// The bytes are readable.
#[inline(always)]
pub unsafe fn load(from: *const u8) -> Vector {
    // SAFETY: the caller's promise; SSE2 is part of x86_64.
    unsafe { _mm_loadu_si128(from.cast()) }
}

/// # Safety
///
/// The bytes are writable.
#[inline(always)]
pub unsafe fn store(to: *mut u8, value: Vector) {
    // SAFETY: the caller's promise; SSE2 is part of x86_64.
    unsafe { _mm_storeu_si128(to.cast(), value) }
}

#[inline(always)]
pub fn splat(byte: u8) -> Vector {
    // SAFETY: SSE2 is part of x86_64.
    unsafe { _mm_set1_epi8(byte.cast_signed()) }
}

/// From this many bytes on, [`fill_long`] is worth its start.
pub const LONG: usize = 2048;

/// Fills as C's `memset`. The microcode writes whole cache lines.
///
/// # Safety
///
/// As for that.
#[inline(always)]
pub unsafe fn fill_long(to: *mut u8, byte: u8, count: usize) {
    // SAFETY: the caller's promise; the direction flag is clear by convention.
    unsafe {
        asm!(
            "rep stosb",
            inout("rcx") count => _,
            inout("rdi") to => _,
            in("al") byte,
            options(nostack, preserves_flags),
        );
    }
}
