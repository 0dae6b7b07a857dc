//! Identity of types: numbers that tell the function types of a whole program apart, and the
//! matching of reference types. Types are equal if their recursion groups are, with references
//! inside a group counted from its start (specification, sections "Recursive Types" and
//! "Defined Types").

use std::collections::HashMap;
use wasmparser::{
    AbstractHeapType, CompositeInnerType, HeapType, RecGroup, SubType, UnpackedIndex, ValType,
};

/// A value type that means the same in all modules of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PreciseType {
    /// A number or vector type.
    Plain(ValType),
    /// A reference type.
    Reference {
        /// Whether null is one of its values.
        nullable: bool,
        /// The type of what it refers to.
        heap: PreciseHeap,
    },
}

/// A heap type that means the same in all modules of a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PreciseHeap {
    /// An abstract heap type, such as `func`.
    Abstract(AbstractHeapType),
    /// A function type, by its identity.
    Function(u32),
    /// A type of the recursion group in which this one occurs, by its number there.
    Own(u32),
}

/// A function type of a recursion group, as it is compared with others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct PreciseFunction {
    /// Whether the type is final: it can have no subtypes.
    is_final: bool,
    /// Types of the parameters.
    parameters: Vec<PreciseType>,
    /// Types of the results.
    results: Vec<PreciseType>,
}

/// The function types of a program, with their identities. An identity is never 0.
#[derive(Default)]
pub(crate) struct TypeRegistry {
    /// Identities of the first types of recursion groups, by the content of the groups.
    groups: HashMap<Vec<PreciseFunction>, u32>,
    /// Number of identities that have been given, which is also the last one.
    count: u32,
}

impl TypeRegistry {
    /// Returns the identities of a module's types, by index. Types that are not known yet get
    /// new ones.
    pub(crate) fn identities(&mut self, groups: &[RecGroup]) -> Vec<u32> {
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

/// Returns the precise form of a function type in the group that begins with type `start`.
/// `identities` are those of the types before the group.
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

/// Returns the precise form of a value type. `start` is the index of the first type of the
/// group in which `ty` occurs; for a type outside of the type section it is the number of
/// `identities`.
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

/// Returns the precise form of a value type in a module whose types have these identities.
pub(crate) fn resolve(ty: ValType, identities: &[u32]) -> PreciseType {
    precise(ty, identities.len() as u32, identities)
}

/// Returns whether each value of `given` is one of `expected` (specification, section
/// "Reference Types" of matching). Function types have no declared supertypes.
pub(crate) fn matches(given: PreciseType, expected: PreciseType) -> bool {
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
