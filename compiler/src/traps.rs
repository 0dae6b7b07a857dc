//! Trap codes of the runtime as Cranelift carries them, and back.

use cranelift_codegen::ir::TrapCode;
use quench_abi::Trap;

/// Carried by loads and stores of guarded memories, whose faults the runtime
/// recognises by their address: they have no entry in the table of traps.
/// Checks that are made in code carry `code(Trap::MemoryOutOfBounds)`.
pub const GUARDED_ACCESS: TrapCode = TrapCode::HEAP_OUT_OF_BOUNDS;

pub fn code(trap: Trap) -> TrapCode {
    match trap {
        Trap::IntegerOverflow => TrapCode::INTEGER_OVERFLOW,
        Trap::IntegerDivideByZero => TrapCode::INTEGER_DIVISION_BY_ZERO,
        Trap::InvalidConversionToInteger => TrapCode::BAD_CONVERSION_TO_INTEGER,
        Trap::StackExhausted => TrapCode::STACK_OVERFLOW,
        other => TrapCode::unwrap_user(other as u8),
    }
}

pub fn trap(code: TrapCode) -> Option<Trap> {
    Trap::ALL.into_iter().find(|trap| self::code(*trap) == code)
}
