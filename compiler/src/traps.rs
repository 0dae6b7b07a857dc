//! Trap codes of the runtime as Cranelift carries them, and back.

use cranelift_codegen::ir::TrapCode;
use quench_abi::Trap;

pub fn code(trap: Trap) -> TrapCode {
    match trap {
        Trap::MemoryOutOfBounds => TrapCode::HEAP_OUT_OF_BOUNDS,
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
