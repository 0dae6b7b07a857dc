//! Refusal of what the validator accepts and quench does not compile: types and
//! operators of the garbage collection proposal, which its recursion groups bring
//! along.

use crate::error::Error;
use wasmparser::{
    AbstractHeapType, CompositeInnerType, FuncType, HeapType, Operator, RefType, SubType, ValType,
};

/// Returns the function type that a type is.
///
/// # Errors
///
/// When the type is a garbage-collected object or has a declared supertype.
pub fn check_type(ty: &SubType, offset: usize) -> Result<&FuncType, Error> {
    let function = match &ty.composite_type.inner {
        CompositeInnerType::Func(function) => function,
        CompositeInnerType::Struct(_) => return Err(needs_gc("a struct type", offset)),
        CompositeInnerType::Array(_) => return Err(needs_gc("an array type", offset)),
        CompositeInnerType::Cont(_) => {
            return Err(Error::Unsupported {
                offset,
                place: None,
                message: "needs `stack-switching`, which quench does not compile yet".to_string(),
            });
        }
    };
    if !ty.supertype_idxs.is_empty() {
        return Err(needs_gc("a type with a supertype", offset));
    }
    for ty in function.params().iter().chain(function.results()) {
        check_value_type(*ty, offset)?;
    }
    Ok(function)
}

pub fn check_value_type(ty: ValType, offset: usize) -> Result<(), Error> {
    match ty {
        ValType::Ref(ty) if is_collected(ty.heap_type()) => {
            Err(needs_gc(&format!("the type `{ty}`"), offset))
        }
        _ => Ok(()),
    }
}

pub fn check_reference_type(ty: RefType, offset: usize) -> Result<(), Error> {
    check_value_type(ValType::Ref(ty), offset)
}

fn is_collected(heap: HeapType) -> bool {
    use AbstractHeapType::{Any, Array, Eq, I31, None, Struct};
    matches!(heap, HeapType::Abstract { ty: Any | Eq | I31 | Struct | Array | None, .. })
}

fn needs_gc(what: &str, offset: usize) -> Error {
    Error::Unsupported {
        offset,
        place: None,
        message: format!("needs `gc`, which quench does not compile yet: {what}"),
    }
}

/// Whether an operator is one of those that only garbage-collected objects
/// need, or names such a type.
pub fn check_operator(operator: &Operator<'_>, offset: usize) -> Result<(), Error> {
    use wasmparser::BlockType;
    match operator {
        Operator::Block { blockty: BlockType::Type(ty) }
        | Operator::Loop { blockty: BlockType::Type(ty) }
        | Operator::If { blockty: BlockType::Type(ty) }
        | Operator::Try { blockty: BlockType::Type(ty) }
        | Operator::TypedSelect { ty } => check_value_type(*ty, offset),
        Operator::RefNull { hty } if is_collected(*hty) => Err(needs_gc("`ref.null`", offset)),
        Operator::RefEq
        | Operator::RefI31
        | Operator::I31GetS
        | Operator::I31GetU
        | Operator::RefTestNonNull { .. }
        | Operator::RefTestNullable { .. }
        | Operator::RefCastNonNull { .. }
        | Operator::RefCastNullable { .. }
        | Operator::BrOnCast { .. }
        | Operator::BrOnCastFail { .. }
        | Operator::AnyConvertExtern
        | Operator::ExternConvertAny => Err(needs_gc("an operator on references", offset)),
        Operator::StructNew { .. }
        | Operator::StructNewDefault { .. }
        | Operator::StructGet { .. }
        | Operator::StructGetS { .. }
        | Operator::StructGetU { .. }
        | Operator::StructSet { .. }
        | Operator::ArrayNew { .. }
        | Operator::ArrayNewDefault { .. }
        | Operator::ArrayNewFixed { .. }
        | Operator::ArrayNewData { .. }
        | Operator::ArrayNewElem { .. }
        | Operator::ArrayGet { .. }
        | Operator::ArrayGetS { .. }
        | Operator::ArrayGetU { .. }
        | Operator::ArraySet { .. }
        | Operator::ArrayLen
        | Operator::ArrayFill { .. }
        | Operator::ArrayCopy { .. }
        | Operator::ArrayInitData { .. }
        | Operator::ArrayInitElem { .. } => Err(needs_gc("an operator on objects", offset)),
        _ => Ok(()),
    }
}
