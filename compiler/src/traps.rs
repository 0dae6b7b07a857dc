//! Cranelift's codes for the traps of the runtime.

use cranelift_codegen::ir::TrapCode;
use quench_abi::Trap;

/// The code of loads and stores of guarded memories. The runtime recognises their faults by the
/// address, so they have no entries in the table of traps. Checks that are made in code have
/// the code of [`Trap::MemoryOutOfBounds`].
pub(crate) const GUARDED_ACCESS: TrapCode = TrapCode::HEAP_OUT_OF_BOUNDS;

/// Returns Cranelift's code for a trap.
pub(crate) fn code(trap: Trap) -> TrapCode {
    match trap {
        Trap::IntegerOverflow => TrapCode::INTEGER_OVERFLOW,
        Trap::IntegerDivideByZero => TrapCode::INTEGER_DIVISION_BY_ZERO,
        Trap::InvalidConversionToInteger => TrapCode::BAD_CONVERSION_TO_INTEGER,
        Trap::StackExhausted => TrapCode::STACK_OVERFLOW,
        other => TrapCode::unwrap_user(other as u8),
    }
}

/// Returns the trap that a code of Cranelift's stands for, if it stands for one.
pub(crate) fn trap(code: TrapCode) -> Option<Trap> {
    Trap::ALL.into_iter().find(|trap| self::code(*trap) == code)
}
