//! When two types are the same: identities of function types in the whole
//! program, and which reference types match. Types are equal if their
//! recursion groups are, with references inside a group counted from its
//! start (specification, sections "Recursive Types" and "Defined Types").

use std::collections::HashMap;
use wasmparser::{
    AbstractHeapType, CompositeInnerType, HeapType, RecGroup, SubType, UnpackedIndex, ValType,
};

/// A value type that means the same in all modules of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PreciseType {
    Plain(ValType),
    Reference { nullable: bool, heap: PreciseHeap },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PreciseHeap {
    Abstract(AbstractHeapType),
    /// The identity of a function type.
    Function(u32),
    /// In a group: the type of this number in the same group.
    Own(u32),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PreciseFunction {
    is_final: bool,
    parameters: Vec<PreciseType>,
    results: Vec<PreciseType>,
}

/// The function types of a program. An identity is never 0.
#[derive(Default)]
pub struct TypeRegistry {
    /// Groups by content, with the identity of their first type.
    groups: HashMap<Vec<PreciseFunction>, u32>,
    count: u32,
}

impl TypeRegistry {
    /// Identities of a module's types, by index.
    pub fn identities(&mut self, groups: &[RecGroup]) -> Vec<u32> {
        let mut identities: Vec<u32> = Vec::new();
        for group in groups {
            let start = identities.len() as u32;
            let content: Vec<PreciseFunction> =
                group.types().map(|ty| precise_function(ty, start, &identities)).collect();
            let size = content.len() as u32;
            let next = self.count + 1;
            let first = *self.groups.entry(content).or_insert(next);
            if first == next {
                self.count += size;
            }
            identities.extend(first..first + size);
        }
        identities
    }
}

fn precise_function(ty: &SubType, start: u32, identities: &[u32]) -> PreciseFunction {
    let precise =
        |types: &[ValType]| types.iter().map(|ty| precise(*ty, start, identities)).collect();
    let CompositeInnerType::Func(function) = &ty.composite_type.inner else {
        unreachable!("refused by `check_type`");
    };
    PreciseFunction {
        is_final: ty.is_final,
        parameters: precise(function.params()),
        results: precise(function.results()),
    }
}

/// `start` is the index of the first type of the group that `ty` stands in;
/// beyond all of `identities` for a type outside of the type section.
fn precise(ty: ValType, start: u32, identities: &[u32]) -> PreciseType {
    let ValType::Ref(reference) = ty else {
        return PreciseType::Plain(ty);
    };
    let heap = match reference.heap_type() {
        HeapType::Abstract { ty, .. } => PreciseHeap::Abstract(ty),
        HeapType::Concrete(index) | HeapType::Exact(index) => match index {
            UnpackedIndex::Module(index) if index < start => {
                PreciseHeap::Function(identities[index as usize])
            }
            UnpackedIndex::Module(index) => PreciseHeap::Own(index - start),
            UnpackedIndex::RecGroup(index) => PreciseHeap::Own(index),
            UnpackedIndex::Id(_) => unreachable!("types are read, not taken from the validator"),
        },
    };
    PreciseType::Reference { nullable: reference.is_nullable(), heap }
}

/// A type in a module whose types have these identities.
pub fn resolve(ty: ValType, identities: &[u32]) -> PreciseType {
    precise(ty, identities.len() as u32, identities)
}

/// Whether each value of `given` is one of `expected` (specification, section
/// "Reference Types" of matching). Function types have no declared supertypes.
pub fn matches(given: PreciseType, expected: PreciseType) -> bool {
    use AbstractHeapType::{Exn, Extern, Func, NoExn, NoExtern, NoFunc};
    use PreciseHeap::{Abstract, Function};
    let (
        PreciseType::Reference { nullable: given_null, heap: given_heap },
        PreciseType::Reference { nullable: expected_null, heap: expected_heap },
    ) = (given, expected)
    else {
        return given == expected;
    };
    let heap_matches = given_heap == expected_heap
        || matches!(
            (given_heap, expected_heap),
            (Function(_), Abstract(Func))
                | (Abstract(NoFunc), Function(_) | Abstract(Func))
                | (Abstract(NoExtern), Abstract(Extern))
                | (Abstract(NoExn), Abstract(Exn))
        );
    heap_matches && (expected_null || !given_null)
}
