//! The IR types of WebAssembly's value types.

use cranelift_codegen::ir::{Type, types};
use quench_abi::ValueType;

/// Returns the IR type that holds a value of this type. References are addresses.
pub(crate) fn ir_type(ty: ValueType) -> Type {
    match ty {
        ValueType::I32 => types::I32,
        ValueType::I64
        | ValueType::FuncRef
        | ValueType::ExternRef
        | ValueType::ExnRef
        | ValueType::AnyRef => types::I64,
        ValueType::F32 => types::F32,
        ValueType::F64 => types::F64,
        ValueType::V128 => types::I8X16,
    }
}

/// Returns the IR types that hold values of these types, in the same order.
pub(crate) fn ir_types(types: &[ValueType]) -> Vec<Type> {
    types.iter().map(|ty| ir_type(*ty)).collect()
}
