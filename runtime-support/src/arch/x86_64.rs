//! x86_64, see `mod.rs`.
//!
//! # Safety
//!
//! The assembly follows the System V calling convention where it is called
//! and where it calls; what it does beyond that is said at each function.
//! Vector accesses are unaligned ones.
#![allow(unsafe_code)]

use crate::backtrace::Callers;
use crate::trap::Access;
use core::arch::x86_64::{__m128i, __m256i, _mm_set1_epi8};
use core::arch::{asm, naked_asm};
use quench_abi::{AccessKind, Exception, Fuel, FunctionHeader};
use rustix::mm::MprotectFlags;

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

// How debuggers find the callers of code that is not the guest's, where they do not
// know its functions: there are no tables for that, but frame pointers everywhere.
// This is said once, of all from here on; it is wrong for the few instructions that
// set a frame up.
#[cfg(feature = "freestanding")]
core::arch::global_asm!(
    ".pushsection .debug_frame, \"\", @progbits",
    "2: .long 4f - 3f",
    "3: .long -1", // not about code, but what the next entry refers to
    ".byte 1, 0",  // version, nothing added
    ".uleb128 1",
    ".sleb128 -8",
    ".byte 16",          // where the return address goes
    ".byte 0x0c, 6, 16", // the caller's stack: from the frame pointer, and above it
    ".byte 0x80 + 6, 2",
    ".byte 0x80 + 16, 1",
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
#[unsafe(export_name = "quench_resume")]
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
        "push rbp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "mov rax, rdi",
        "mov rdi, rsp",
        "sub rsp, 8", // aligned to 16
        "call rax",
        "add rsp, 48", // the registers are as they were
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

/// See [`quench_abi::symbols::OUT_OF_BOUNDS`].
///
/// # Safety
///
/// Called by compiled code, whose frame pointer is in its register.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_out_of_bounds(start: u64, count: u64, limit: u64, what: u32) -> ! {
    naked_asm!(
        "mov r8, rbp",
        "mov r9, [rsp]",
        "jmp {out_of_bounds}",
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
        "mov rdx, rbp",
        "mov rcx, [rsp]",
        "jmp {undefined_element}",
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
        "mov rdx, rbp",
        "mov rcx, [rsp]",
        "jmp {type_mismatch}",
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
        "mov rsi, rbp",
        "mov rdx, [rsp]",
        "jmp {out_of_fuel}",
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
#[unsafe(export_name = "quench_return_from_signal")]
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
    /// rip, flags, segments, the error code.
    registers: [u64; 20],
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
        Callers { frame, return_address }
    }

    /// What the interrupted instruction accesses, as far as this knows
    /// instructions.
    pub fn access(&self) -> Option<Access> {
        // SAFETY: code, with more behind it than the longest instruction.
        let bytes: [u8; 16] = unsafe { (self.program_counter() as *const [u8; 16]).read() };
        let instruction = Instruction::decode(&bytes)?;
        let is_store = self.registers[19] & 2 != 0;
        Some(Access {
            address: self.effective_address(&instruction),
            width: instruction.width()?,
            kind: match is_store {
                _ if instruction.is_locked => AccessKind::Atomic,
                true => AccessKind::Store,
                false => AccessKind::Load,
            },
            value: match (instruction.map, instruction.opcode) {
                (0, 0xc7) => i64::from(instruction.immediate).cast_unsigned(),
                _ => self.register(instruction.register),
            },
        })
    }

    /// A register by its number in instructions.
    fn register(&self, number: u8) -> u64 {
        const PLACES: [usize; 16] = [13, 14, 12, 11, 15, 10, 9, 8, 0, 1, 2, 3, 4, 5, 6, 7];
        self.registers[PLACES[usize::from(number & 15)]]
    }

    fn effective_address(&self, instruction: &Instruction) -> usize {
        let register = |number| self.register(number);
        let base = instruction.base.map_or(0, register);
        let index = instruction.index.map_or(0, register) << instruction.scale_log2;
        let sum = base.wrapping_add(index);
        sum.wrapping_add_signed(i64::from(instruction.displacement)) as usize
    }

    /// Makes the handler's return go to [`resume`].
    pub fn resume_at(&mut self, frame: usize, code: u32) {
        self.registers[8] = frame as u64;
        self.registers[9] = u64::from(code);
        self.registers[16] = resume as *const () as u64;
    }
}

/// An instruction with an operand in memory.
struct Instruction {
    /// Which of the tables of opcodes: 0, or 1 to 3 (`0f`, `0f 38`, `0f 3a`).
    map: u8,
    opcode: u8,
    /// The prefix that is part of the opcode or says the size: 0, 0x66, 0xf2 or
    /// 0xf3.
    prefix: u8,
    /// The bit that makes operands 64 bits wide.
    wide: bool,
    is_locked: bool,
    /// The operand that is not in memory.
    register: u8,
    base: Option<u8>,
    index: Option<u8>,
    scale_log2: u8,
    displacement: i32,
    /// Four bytes that follow, which some instructions have.
    immediate: i32,
}

impl Instruction {
    /// None for what compiled code does not have.
    fn decode(bytes: &[u8; 16]) -> Option<Instruction> {
        /// What the VEX prefix says with two bits.
        const PREFIXES: [u8; 4] = [0, 0x66, 0xf3, 0xf2];
        let mut at = 0;
        let mut next = || {
            at += 1;
            // An instruction is not that long.
            bytes[(at - 1) & 15]
        };
        let (mut prefix, mut is_locked) = (0, false);
        let mut opcode = next();
        while matches!(opcode, 0x66 | 0xf0 | 0xf2 | 0xf3) {
            if opcode == 0xf0 {
                is_locked = true;
            } else {
                prefix = opcode;
            }
            opcode = next();
        }
        let mut map = 0;
        // Bits: 8, operands of 64 bits; 4, 2 and 1, high bits of register, index
        // and base.
        let mut rex = 0;
        if opcode & 0xfe == 0xc4 {
            let mut last = next();
            map = 1;
            if opcode == 0xc4 {
                map = last & 31;
                rex = !last >> 5 & 7;
                last = next();
                rex |= last >> 4 & 8;
            }
            prefix = PREFIXES[usize::from(last & 3)];
            if last & 4 != 0 {
                return None; // 256 bits
            }
            opcode = next();
        } else {
            if opcode & 0xf0 == 0x40 {
                rex = opcode;
                opcode = next();
            }
            if opcode == 0x0f {
                opcode = next();
                map = match opcode {
                    0x38 => 2,
                    0x3a => 3,
                    _ => 1,
                };
                if map > 1 {
                    opcode = next();
                }
            }
        }
        let modes = next();
        let (mode, field) = (modes >> 6, modes & 7);
        let mut instruction = Instruction {
            map,
            opcode,
            prefix,
            wide: rex & 8 != 0,
            // An exchange is, without being told.
            is_locked: is_locked || (map == 0 && opcode & 0xfe == 0x86),
            register: (modes >> 3 & 7) | (rex & 4) << 1,
            base: Some(field | (rex & 1) << 3),
            index: None,
            scale_log2: 0,
            displacement: 0,
            immediate: 0,
        };
        let mut displacement_size = [0, 1, 4, 0][usize::from(mode)];
        if mode == 3 || (mode == 0 && field == 5) {
            // A register, or an address relative to the instruction.
            return None;
        }
        if field == 4 {
            let byte = next();
            let index = (byte >> 3 & 7) | (rex & 2) << 2;
            instruction.scale_log2 = byte >> 6;
            instruction.index = (index != 4).then_some(index);
            instruction.base = Some((byte & 7) | (rex & 1) << 3);
            if byte & 7 == 5 && mode == 0 {
                instruction.base = None;
                displacement_size = 4;
            }
        }
        for shift in 0..displacement_size {
            instruction.displacement |= i32::from(next()) << (8 * shift);
        }
        if displacement_size == 1 {
            instruction.displacement = i32::from(instruction.displacement as i8);
        }
        instruction.immediate = i32::from_le_bytes(core::array::from_fn(|_| next()));
        Some(instruction)
    }

    /// Bytes of the operand in memory.
    fn width(&self) -> Option<u8> {
        /// Any prefix.
        const ANY: u8 = 1;
        /// The operand's width: 2, 4 or 8 bytes by prefix and bit, or 1 by the opcode.
        const INTEGER: u8 = 100;
        /// 4 or 8 bytes by the bit.
        const BY_BIT: u8 = 101;
        /// A floating-point number or a vector, by the prefix.
        const NUMBER: u8 = 102;

        /// Map, prefix, first and last opcode, width. The first that fits counts.
        #[rustfmt::skip]
        const WIDTHS: [(u8, u8, u8, u8, u8); 74] = [
            (0, ANY, 0x00, 0x3f, INTEGER), (0, ANY, 0x63, 0x63, 4), (0, ANY, 0x69, 0x69, INTEGER),
            (0, ANY, 0x6b, 0x6b, INTEGER), (0, ANY, 0x80, 0x8b, INTEGER), (0, ANY, 0xc0, 0xc7, INTEGER),
            (0, ANY, 0xd0, 0xd3, INTEGER), (0, ANY, 0xf6, 0xff, INTEGER),
            (1, ANY, 0x10, 0x11, NUMBER), (1, 0xf3, 0x12, 0x16, 16), (1, ANY, 0x12, 0x13, 8),
            (1, ANY, 0x14, 0x15, 16), (1, ANY, 0x16, 0x17, 8), (1, ANY, 0x28, 0x29, 16),
            (1, ANY, 0x2a, 0x2a, BY_BIT), (1, ANY, 0x2c, 0x2d, NUMBER), (1, 0x66, 0x2e, 0x2f, 8),
            (1, ANY, 0x2e, 0x2f, 4), (1, ANY, 0x40, 0x4f, INTEGER), (1, 0, 0x5a, 0x5a, 8),
            (1, ANY, 0x5b, 0x5b, 16), (1, ANY, 0x51, 0x5f, NUMBER), (1, ANY, 0x6e, 0x6e, BY_BIT), (1, 0xf3, 0x7e, 0x7e, 8),
            (1, ANY, 0x7e, 0x7e, BY_BIT), (1, ANY, 0x60, 0x7f, 16), (1, ANY, 0xaf, 0xaf, INTEGER),
            (1, ANY, 0xb0, 0xb0, 1), (1, ANY, 0xb1, 0xb1, INTEGER), (1, ANY, 0xb6, 0xb6, 1),
            (1, ANY, 0xb7, 0xb7, 2), (1, ANY, 0xb8, 0xbd, INTEGER), (1, ANY, 0xbe, 0xbe, 1),
            (1, ANY, 0xbf, 0xbf, 2), (1, ANY, 0xc0, 0xc0, 1), (1, ANY, 0xc1, 0xc1, INTEGER),
            (1, ANY, 0xc2, 0xc2, NUMBER), (1, ANY, 0xc4, 0xc4, 2), (1, ANY, 0xc7, 0xc7, 16),
            (1, ANY, 0xd6, 0xd6, 8), (1, 0xf3, 0xe6, 0xe6, 8), (1, ANY, 0xc6, 0xff, 16),
            (2, ANY, 0x22, 0x22, 2), (2, ANY, 0x32, 0x32, 2), (2, ANY, 0x18, 0x18, 4),
            (2, ANY, 0x20, 0x20, 8), (2, ANY, 0x23, 0x23, 8), (2, ANY, 0x25, 0x25, 8),
            (2, ANY, 0x30, 0x30, 8), (2, ANY, 0x33, 0x33, 8), (2, ANY, 0x35, 0x35, 8),
            (2, ANY, 0x78, 0x78, 1), (2, ANY, 0x79, 0x79, 2), (2, ANY, 0xf0, 0xff, BY_BIT),
            (2, ANY, 0x21, 0x24, 4), (2, ANY, 0x31, 0x34, 4), (2, ANY, 0x58, 0x58, 4),
            (2, ANY, 0x59, 0x59, 8), (2, ANY, 0x19, 0x19, 8), (2, ANY, 0x00, 0x0b, 16),
            (2, ANY, 0x1c, 0x1e, 16), (2, ANY, 0x28, 0x2b, 16), (2, ANY, 0x36, 0x41, 16),
            (3, ANY, 0x0a, 0x0a, 4), (3, ANY, 0x0b, 0x0b, 8), (3, ANY, 0x08, 0x0f, 16),
            (3, ANY, 0x14, 0x14, 1), (3, ANY, 0x15, 0x15, 2), (3, ANY, 0x16, 0x16, BY_BIT),
            (3, ANY, 0x17, 0x17, 4), (3, ANY, 0x20, 0x20, 1), (3, ANY, 0x21, 0x21, 4),
            (3, ANY, 0x22, 0x22, BY_BIT), (3, ANY, 0xf0, 0xf0, BY_BIT),
        ];

        let (_, _, _, _, width) = WIDTHS.iter().find(|(map, prefix, first, last, _)| {
            *map == self.map
                && (*prefix == ANY || *prefix == self.prefix)
                && (*first..=*last).contains(&self.opcode)
        })?;
        let by_bit = if self.wide { 8 } else { 4 };
        Some(match *width {
            INTEGER if self.map == 0 && self.opcode & 1 == 0 => 1,
            INTEGER if self.prefix == 0x66 && !self.wide => 2,
            INTEGER | BY_BIT => by_bit,
            NUMBER => match self.prefix {
                0xf3 => 4,
                0xf2 => 8,
                _ => 16,
            },
            width => width,
        })
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

/// How the pages of compiled code are to be protected where that takes a system
/// call; `features` are those the code needs.
pub fn code_protection(_features: u32) -> Option<MprotectFlags> {
    None
}

/// What one instruction loads or stores.
pub type Vector = __m128i;

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

/// # Safety
///
/// C's `memmove`, on a processor with AVX.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
#[target_feature(enable = "avx")]
pub unsafe extern "C" fn quench_memmove_wide(
    to: *mut u8,
    from: *const u8,
    count: usize,
) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { crate::mem::move_bytes::<__m256i>(to, from, count) };
    to
}

/// # Safety
///
/// C's `memset`, on a processor with AVX.
#[cfg_attr(feature = "freestanding", unsafe(no_mangle))]
#[target_feature(enable = "avx")]
pub unsafe extern "C" fn quench_memset_wide(to: *mut u8, value: i32, count: usize) -> *mut u8 {
    // SAFETY: the caller's promise.
    unsafe { crate::mem::fill_bytes::<__m256i>(to, value as u8, count) };
    to
}
