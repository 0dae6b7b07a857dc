//! aarch64, see `mod.rs`.
//!
//! # Safety
//!
//! The assembly follows the procedure call standard where it is called and
//! where it calls; what it does beyond that is said at each function. Vector
//! accesses are unaligned ones.
#![allow(unsafe_code)]

use crate::backtrace::Callers;
use crate::trap::Access;
use core::arch::aarch64::{uint8x16_t, vdupq_n_u8};
use core::arch::{asm, naked_asm};
use quench_abi::{AccessKind, Exception, Fuel, FunctionHeader};
use rustix::mm::MprotectFlags;

/// `R_AARCH64_RELATIVE`: the image's address plus the addend.
pub const RELATIVE_RELOCATION: u32 = 1027;

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
        "mov x29, xzr", // the outermost frame: unwinders stop here
        "mov x30, xzr",
        "mov x0, sp", // the argument block
        "adrp x1, __ehdr_start",
        "add x1, x1, :lo12:__ehdr_start",
        "bl {start}", // the kernel aligns the stack pointer
        "udf #0",
        ".hidden __ehdr_start",
        start = sym crate::start::start,
    )
}

// How debuggers find the callers of code that is not the guest's, where they do not
// know its functions: there are no tables for that, but frame pointers everywhere.
// This is said once, of all from here on; it is wrong for the few instructions that
// set a frame up.
#[cfg(feature = "freestanding")]
core::arch::global_asm!(
    ".pushsection .debug_frame, \"\", %progbits",
    "2: .long 4f - 3f",
    "3: .long -1", // not about code, but what the next entry refers to
    ".byte 1, 0",  // version, nothing added
    ".uleb128 1",
    ".sleb128 -8",
    ".byte 30",           // where the return address goes
    ".byte 0x0c, 29, 16", // the caller's stack: from the frame pointer, and above it
    ".byte 0x80 + 29, 2",
    ".byte 0x80 + 30, 1",
    ".balign 8",
    "4: .long 6f - 5f",
    "5: .long 2b",
    ".quad _start",
    ".quad 0x100000",
    "6:",
    ".popsection",
);

/// Calls `function(data)` on another stack, whose top is 16-byte aligned.
/// Before that stores in `frame` what [`resume`] needs to return from here in
/// its place. Returns 0 if the function returns.
///
/// # Safety
///
/// The stack is unused and large enough for the function, or guarded.
#[unsafe(naked)]
#[unsafe(export_name = "quench_call_on_stack")]
pub unsafe extern "C" fn call_on_stack(
    frame: *mut usize,
    stack_top: usize,
    function: unsafe extern "C" fn(*mut u8),
    data: *mut u8,
) -> u32 {
    naked_asm!(
        "stp x29, x30, [sp, #-160]!",
        "mov x29, sp", // so that a chain of frames leads across the stacks
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "str x29, [x0]",
        "mov sp, x1",
        "mov x0, x3",
        "blr x2",
        "mov x0, x29",
        "mov w1, wzr",
        "b {resume}",
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
#[unsafe(export_name = "quench_resume")]
pub unsafe extern "C" fn resume(frame: usize, code: u32) -> ! {
    naked_asm!(
        "mov sp, x0",
        "mov w0, w1",
        "ldp x19, x20, [sp, #16]",
        "ldp x21, x22, [sp, #32]",
        "ldp x23, x24, [sp, #48]",
        "ldp x25, x26, [sp, #64]",
        "ldp x27, x28, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "ldp x29, x30, [sp], #160",
        "ret",
    )
}

/// Calls `function` with the address of the registers that callers may use
/// over this call, which are on the stack meanwhile.
///
/// # Safety
///
/// The function can be called.
#[unsafe(naked)]
#[unsafe(export_name = "quench_call_with_registers_on_stack")]
pub unsafe extern "C" fn call_with_registers_on_stack(
    function: unsafe extern "C" fn(*const usize),
) {
    naked_asm!(
        "stp x29, x30, [sp, #-96]!",
        "mov x29, sp",
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "mov x1, x0",
        "mov x0, sp",
        "blr x1",
        "ldp x29, x30, [sp], #96", // the others are as they were
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
        "mov x1, x29",
        "mov x2, x30",
        "b {unwind}",
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
        "mov x2, x29",
        "mov x3, x30",
        "b {missing_import}",
        missing_import = sym crate::trap::missing_import,
    )
}

/// See [`quench_abi::symbols::OUT_OF_BOUNDS`].
///
/// # Safety
///
/// Called by compiled code, whose frame pointer is in its register.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_out_of_bounds(start: u64, count: u64, limit: u64, what: u32) -> ! {
    naked_asm!(
        "mov x4, x29",
        "mov x5, x30",
        "b {out_of_bounds}",
        out_of_bounds = sym crate::trap::out_of_bounds,
    )
}

/// See [`quench_abi::symbols::UNDEFINED_ELEMENT`].
///
/// # Safety
///
/// Called by compiled code, whose frame pointer is in its register.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_undefined_element(index: u64, length: u64) -> ! {
    naked_asm!(
        "mov x2, x29",
        "mov x3, x30",
        "b {undefined_element}",
        undefined_element = sym crate::trap::undefined_element,
    )
}

/// See [`quench_abi::symbols::TYPE_MISMATCH`].
///
/// # Safety
///
/// A reference to a function; called by compiled code, whose frame pointer is
/// in its register.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_type_mismatch(
    reference: *const FunctionHeader,
    expected: u32,
) -> ! {
    naked_asm!(
        "mov x2, x29",
        "mov x3, x30",
        "b {type_mismatch}",
        type_mismatch = sym crate::trap::type_mismatch,
    )
}

/// See [`quench_abi::symbols::OUT_OF_FUEL`].
///
/// # Safety
///
/// The program's fuel; called by compiled code, whose frame pointer is in its
/// register.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_out_of_fuel(fuel: *const Fuel) -> ! {
    naked_asm!(
        "mov x1, x29",
        "mov x2, x30",
        "b {out_of_fuel}",
        out_of_fuel = sym crate::fuel::out_of_fuel,
    )
}

/// Continues in compiled code with an exception as payload.
///
/// # Safety
///
/// The code expects that, with this stack and this frame.
#[unsafe(naked)]
#[unsafe(export_name = "quench_land")]
pub unsafe extern "C" fn land(
    exception: *mut Exception,
    address: usize,
    stack: usize,
    frame: usize,
) -> ! {
    naked_asm!(
        // The exception is the payload in x0 already.
        "mov sp, x2",
        "mov x29, x3",
        // Compiled code has the base of the first memory here.
        "movz x21, #{base}, lsl #16",
        "ret x1", // may arrive at what is not marked as a branch's target
        base = const quench_abi::MEMORY_BASE >> 16,
    )
}

/// What a stored return address stands for, without a signature (the feature
/// `pauth`).
pub fn plain_return_address(stored: usize) -> usize {
    let mut address = stored;
    // SAFETY: `xpaclri`, which older processors take for no operation.
    unsafe {
        asm!(
            "hint #7",
            inout("lr") address,
            options(nomem, nostack, preserves_flags),
        );
    }
    address
}

/// Where a signal handler returns to: asks the kernel to put back the context
/// (`rt_sigreturn`).
///
/// # Safety
///
/// For the kernel only.
#[unsafe(naked)]
#[unsafe(export_name = "quench_return_from_signal")]
pub unsafe extern "C" fn return_from_signal() {
    // Debuggers recognise this frame by exactly these instructions.
    naked_asm!("mov x8, #139", "svc #0")
}

/// The beginning of the kernel's `struct ucontext`.
#[repr(C)]
pub struct SignalContext {
    flags: u64,
    link: u64,
    stack: [u64; 3],
    /// Room for 1024 signals.
    signal_mask: [u64; 16],
    /// `struct sigcontext` is aligned to 16.
    padding: u64,
    fault_address: u64,
    /// x0 to x30.
    registers: [u64; 31],
    stack_pointer: u64,
    program_counter: u64,
}

impl SignalContext {
    /// Address of the instruction that was interrupted.
    pub fn program_counter(&self) -> usize {
        self.program_counter as usize
    }

    /// The callers of the function that was interrupted, which starts at
    /// `start`.
    pub fn callers(&self, start: usize) -> Callers {
        /// Signs the return address (the feature `pauth`).
        const PACIASP: u32 = 0xd503_233f;
        /// Lets branches arrive (the feature `bti`).
        const BTI_JC: u32 = 0xd503_24df;
        /// `stp x29, x30, [sp, #-16]!`
        const SAVE_FRAME: u32 = 0xa9bf_7bfd;
        let mut first = start as *const u32;
        // SAFETY: the function's first instructions, of which it has more.
        let saves = unsafe {
            for marker in [BTI_JC, PACIASP] {
                if first.read() == marker {
                    first = first.add(1);
                }
            }
            (first.read() == SAVE_FRAME).then(|| first.add(1).addr())
        };
        let [frame, link] = [self.registers[29], self.registers[30]].map(|value| value as usize);
        match saves {
            // What follows it sets the frame pointer.
            Some(sets) if self.program_counter() > sets => Callers::of_frame(frame),
            // The function calls nobody, or has not begun.
            _ => Callers { frame, return_address: plain_return_address(link) },
        }
    }

    /// What the interrupted instruction accesses, as far as this knows
    /// instructions.
    pub fn access(&self) -> Option<Access> {
        // SAFETY: code.
        let instruction = Instruction(unsafe { (self.program_counter() as *const u32).read() });
        let (width, kind) = instruction.width_and_kind()?;
        let register = |number: u32| match number {
            31 => 0,
            _ => self.registers[number as usize],
        };
        let base = match instruction.field(5, 5) {
            31 => self.stack_pointer,
            number => register(number),
        };
        let offset = instruction.offset(width, register)?;
        Some(Access {
            address: base.wrapping_add(offset) as usize,
            width,
            kind,
            value: register(instruction.field(0, 5)),
        })
    }

    /// Makes the handler's return go to [`resume`].
    pub fn resume_at(&mut self, frame: usize, code: u32) {
        self.registers[0] = frame as u64;
        self.registers[1] = u64::from(code);
        self.program_counter = resume as *const () as u64;
    }
}

/// An instruction that loads or stores.
struct Instruction(u32);

impl Instruction {
    fn field(&self, start: u32, length: u32) -> u32 {
        self.0 >> start & ((1 << length) - 1)
    }

    /// The operations on registers at an address in one, or one plus a
    /// constant, or one plus another.
    fn is_plain(&self) -> bool {
        self.field(27, 3) == 0b111 && self.field(25, 1) == 0
    }

    /// Changes memory and says what was there.
    fn is_exchange(&self) -> bool {
        self.is_plain()
            && self.field(24, 1) == 0
            && self.field(21, 1) == 1
            && self.field(10, 2) == 0
    }

    /// Loads and stores with an order, exclusive ones, compare and swap.
    fn is_ordered(&self) -> bool {
        self.field(24, 6) == 0b00_1000
    }

    /// Loads of one element of a vector, or of one into all.
    fn is_element(&self) -> bool {
        self.0 & 0xbf00_0000 == 0x0d00_0000
    }

    fn width_and_kind(&self) -> Option<(u8, AccessKind)> {
        let load_if = |load| {
            if load { AccessKind::Load } else { AccessKind::Store }
        };
        let size = 1 << self.field(30, 2);
        let operation = self.field(22, 2);
        if self.is_exchange() {
            return Some((size, AccessKind::Atomic));
        }
        if self.is_plain() {
            return Some(match self.field(26, 1) {
                0 => (size, load_if(operation != 0)),
                _ if operation & 2 != 0 => (16, load_if(operation & 1 != 0)),
                _ => (size, load_if(operation & 1 != 0)),
            });
        }
        if self.is_ordered() {
            let is_only_ordered = self.field(23, 1) == 1 && self.field(21, 1) == 0;
            return Some(match is_only_ordered {
                true => (size, load_if(operation & 1 != 0)),
                false => (size, AccessKind::Atomic),
            });
        }
        let width = match (self.field(13, 3), self.field(10, 2)) {
            (0, _) => 1,
            (2, _) => 2,
            (4, 0) => 4,
            (4, 1) => 8,
            (6, size) => 1 << size,
            _ => return None,
        };
        self.is_element().then(|| (width, load_if(operation & 1 != 0)))
    }

    /// What is added to the base register; `register` gives the others.
    fn offset(&self, width: u8, register: impl Fn(u32) -> u64) -> Option<u64> {
        let scale = width.trailing_zeros();
        if !self.is_plain() || self.is_exchange() {
            return Some(0);
        }
        if self.field(24, 1) == 1 {
            return Some(u64::from(self.field(10, 12)) << scale);
        }
        if self.field(21, 1) == 0 {
            let offset = (self.field(12, 9) << 23).cast_signed() >> 23;
            // Written back after the access: not part of it.
            let offset = if self.field(10, 2) == 1 { 0 } else { offset };
            return Some(i64::from(offset).cast_unsigned());
        }
        let register = register(self.field(16, 5));
        let extended = match self.field(13, 3) {
            0b010 => u64::from(register as u32),
            0b011 | 0b111 => register,
            0b110 => i64::from(register as i32).cast_unsigned(),
            _ => return None,
        };
        Some(extended << if self.field(12, 1) == 1 { scale } else { 0 })
    }
}

/// What the kernel calls this architecture in `seccomp` filters
/// (`AUDIT_ARCH_AARCH64`).
pub const AUDIT_ARCHITECTURE: u32 = 0xc000_00b7;

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
            "svc 0",
            in("x8") number as usize,
            inlateout("x0") arguments[0] => result,
            in("x1") arguments[1],
            in("x2") arguments[2],
            in("x3") arguments[3],
            options(nostack, preserves_flags),
        );
    }
    result
}

/// The names that go with the bits of [`quench_abi::Program::cpu_features`].
pub const CPU_FEATURES: &str = quench_abi::AARCH64_FEATURES;

/// Executes an instruction that belongs to a feature; it is an illegal one
/// where the processor, or the kernel, lacks the feature.
///
/// # Safety
///
/// Somebody handles that signal.
pub unsafe fn use_cpu_feature(bit: u32) {
    const HWCAP2_BTI: usize = 1 << 17;
    // SAFETY: the caller's promise; only what the compiler is told changes.
    unsafe {
        match bit {
            0 => asm!(
                ".arch_extension lse",
                "ldadd {r}, {r}, [{cell}]",
                r = inout(reg) 0u64 => _,
                cell = in(reg) &mut AlignedCell([1; 2]),
            ),
            1 => asm!(".arch_extension fp16", "fadd h0, h0, h0", out("v0") _),
            2 => asm!(".arch_extension dotprod", "sdot v0.4s, v0.16b, v0.16b", out("v0") _),
            3 => asm!(".arch_extension i8mm", "usdot v0.4s, v0.16b, v0.16b", out("v0") _),
            4 => asm!(".arch_extension pauth", "paciza {r}", r = inout(reg) 0u64 => _),
            // Its instruction is never illegal; the kernel says whether it means
            // something.
            5 if rustix::param::linux_hwcap().1 & HWCAP2_BTI != 0 => {}
            _ => asm!("udf #0"),
        }
    }
}

#[repr(align(16))]
struct AlignedCell([u64; 2]);

/// How the pages of compiled code are to be protected where that takes a system
/// call; `features` are those the code needs.
pub fn code_protection(features: u32) -> Option<MprotectFlags> {
    /// The feature `bti`.
    const BTI_FEATURE: u32 = 5;
    let protection = MprotectFlags::READ | MprotectFlags::EXEC | MprotectFlags::BTI;
    (features & 1 << BTI_FEATURE != 0).then_some(protection)
}

/// What one instruction loads or stores.
pub type Vector = uint8x16_t;

#[inline(always)]
pub fn splat(byte: u8) -> Vector {
    // SAFETY: NEON is part of the target.
    unsafe { vdupq_n_u8(byte) }
}

/// From this many bytes on, [`fill_long`] is worth its start: never, pairs of
/// vectors are as fast.
pub const LONG: usize = usize::MAX;

/// Fills as C's `memset`.
///
/// # Safety
///
/// As for that.
#[inline(always)]
pub unsafe fn fill_long(to: *mut u8, byte: u8, count: usize) {
    // SAFETY: the caller's promise.
    unsafe { crate::mem::fill_blocks::<Vector>(to, byte, count) }
}

/// Nothing is wider here: nobody calls it.
///
/// # Safety
///
/// C's `memmove`.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub unsafe extern "C" fn quench_memmove_wide(
    to: *mut u8,
    from: *const u8,
    count: usize,
) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { crate::mem::memmove(to, from, count) }
}

/// Likewise.
///
/// # Safety
///
/// C's `memset`.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
pub unsafe extern "C" fn quench_memset_wide(to: *mut u8, value: i32, count: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { crate::mem::memset(to, value, count) }
}
