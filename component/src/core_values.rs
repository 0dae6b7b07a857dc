//! Core values in the modules that are made here: their types, and code that makes an `i64` of a
//! value of any type, and the value of it again.

use crate::plan::CoreType;
use wasm_encoder::{InstructionSink, ValType};

/// Returns the types as the encoder has them.
pub(crate) fn val_types(types: &[CoreType]) -> Vec<ValType> {
    let val_type = |ty: &CoreType| match ty {
        CoreType::I32 => ValType::I32,
        CoreType::I64 => ValType::I64,
        CoreType::F32 => ValType::F32,
        CoreType::F64 => ValType::F64,
    };
    types.iter().map(val_type).collect()
}

/// Makes an `i64` of a value.
pub(crate) fn widen<'a, 'b>(
    code: &'a mut InstructionSink<'b>,
    ty: CoreType,
) -> &'a mut InstructionSink<'b> {
    match ty {
        CoreType::I32 => code.i64_extend_i32_u(),
        CoreType::I64 => code,
        CoreType::F32 => code.i32_reinterpret_f32().i64_extend_i32_u(),
        CoreType::F64 => code.i64_reinterpret_f64(),
    }
}

/// Makes a value of the `i64` that was made of it.
pub(crate) fn narrow(code: &mut InstructionSink<'_>, ty: CoreType) {
    match ty {
        CoreType::I32 => code.i32_wrap_i64(),
        CoreType::I64 => code,
        CoreType::F32 => code.i32_wrap_i64().f32_reinterpret_i32(),
        CoreType::F64 => code.f64_reinterpret_i64(),
    };
}
