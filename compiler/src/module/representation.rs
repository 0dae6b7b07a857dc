//! The representations of value types: all references to functions have one, and so have all to
//! objects. Knows abstract types; whether a defined type is one of functions, the caller says.

use quench_abi::ValueType;
use wasmparser::{AbstractHeapType, HeapType, RefType, ValType};

/// Returns the representation of a value of a type that is no reference type.
///
/// # Panics
///
/// If it is one.
pub(crate) fn of_number(ty: ValType) -> ValueType {
    match ty {
        ValType::I32 => ValueType::I32,
        ValType::I64 => ValueType::I64,
        ValType::F32 => ValueType::F32,
        ValType::F64 => ValueType::F64,
        ValType::V128 => ValueType::V128,
        ValType::Ref(_) => unreachable!("a reference type"),
    }
}

/// Returns the representation of a reference of an abstract type.
pub(crate) fn of_abstract(ty: AbstractHeapType) -> ValueType {
    use AbstractHeapType::{Exn, Extern, Func, NoExn, NoExtern, NoFunc};
    match ty {
        Extern | NoExtern => ValueType::ExternRef,
        Exn | NoExn => ValueType::ExnRef,
        Func | NoFunc => ValueType::FuncRef,
        _ => ValueType::AnyRef,
    }
}

/// Returns the representation of a reference of a defined type.
pub(crate) fn of_defined(is_function: bool) -> ValueType {
    if is_function { ValueType::FuncRef } else { ValueType::AnyRef }
}

/// Returns whether a reference of this type may be an `i31`.
pub(crate) fn may_be_i31(ty: RefType) -> bool {
    use AbstractHeapType::{Any, Eq, I31};
    matches!(ty.heap_type(), HeapType::Abstract { ty: Any | Eq | I31, .. })
}
