//! Refusal of what the validator accepts but quench does not compile: types and operators of
//! the garbage collection proposal, which has to be enabled for its recursion groups. Offsets
//! are those of errors, in bytes from the module's start.

use crate::error::Error;
use wasmparser::{
    AbstractHeapType, CompositeInnerType, FuncType, HeapType, Operator, RefType, SubType, ValType,
};

/// Returns the function type that a type is.
///
/// # Errors
///
/// [`Error::Unsupported`] if the type is that of a garbage-collected object or a continuation,
/// has a declared supertype, or names a type of garbage-collected objects.
pub(crate) fn check_type(ty: &SubType, offset: usize) -> Result<&FuncType, Error> {
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

/// Checks that values of a type are not references to garbage-collected objects.
///
/// # Errors
///
/// [`Error::Unsupported`] if they are.
pub(crate) fn check_value_type(ty: ValType, offset: usize) -> Result<(), Error> {
    match ty {
        ValType::Ref(ty) if is_collected(ty.heap_type()) => {
            Err(needs_gc(&format!("the type `{ty}`"), offset))
        }
        _ => Ok(()),
    }
}

/// Checks that references of a type do not refer to garbage-collected objects.
///
/// # Errors
///
/// [`Error::Unsupported`] if they do.
pub(crate) fn check_reference_type(ty: RefType, offset: usize) -> Result<(), Error> {
    check_value_type(ValType::Ref(ty), offset)
}

/// Returns whether a heap type is one of garbage-collected objects.
fn is_collected(heap: HeapType) -> bool {
    use AbstractHeapType::{Any, Array, Eq, I31, None, Struct};
    matches!(heap, HeapType::Abstract { ty: Any | Eq | I31 | Struct | Array | None, .. })
}

/// Returns the error of a module that needs garbage collection for `what`.
fn needs_gc(what: &str, offset: usize) -> Error {
    Error::Unsupported {
        offset,
        place: None,
        message: format!("needs `gc`, which quench does not compile yet: {what}"),
    }
}

/// Checks that an operator is neither one of those that only garbage-collected objects need,
/// nor names a type of such objects.
///
/// # Errors
///
/// [`Error::Unsupported`] if it is, or does.
pub(crate) fn check_operator(operator: &Operator<'_>, offset: usize) -> Result<(), Error> {
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
