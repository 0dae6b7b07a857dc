//! Identity of types: numbers that tell the defined types of a whole program apart, and the
//! matching of reference types. Types are equal if their recursion groups are, with references
//! inside a group counted from its start (specification, sections "Recursive Types" and
//! "Defined Types").
//!
//! Identities are given as modules come. What code compares are other numbers, which are given
//! when all modules are known: see `numbers`.

use std::collections::HashMap;
use wasmparser::{
    AbstractHeapType, CompositeInnerType, FieldType, HeapType, RecGroup, StorageType, SubType,
    UnpackedIndex, ValType,
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
    /// A defined type, by its identity.
    Defined(u32),
    /// A type of the recursion group in which this one occurs, by its number there.
    Own(u32),
}

/// The type of a field of a struct, or of an array's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PreciseField {
    /// Type of the value; `i8` and `i16` are kept in as many bits.
    pub storage: PreciseStorage,
    /// Whether the value can change.
    mutable: bool,
}

/// The type of a value in an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PreciseStorage {
    /// An integer of 8 bits.
    I8,
    /// An integer of 16 bits.
    I16,
    /// A value of this type.
    Value(PreciseType),
}

/// The structure of a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum PreciseStructure {
    /// Functions.
    Function {
        /// Types of the parameters.
        parameters: Vec<PreciseType>,
        /// Types of the results.
        results: Vec<PreciseType>,
    },
    /// Arrays of elements of one type.
    Array(PreciseField),
    /// Structs with these fields.
    Struct(Vec<PreciseField>),
}

/// A type of a recursion group, as it is compared with others.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct PreciseSubtype {
    /// Whether the type is final: it can have no subtypes.
    is_final: bool,
    /// The declared supertype.
    supertype: Option<PreciseHeap>,
    /// The structure of its values.
    pub structure: PreciseStructure,
}

/// The defined types of a program, with their identities. An identity is never 0.
#[derive(Default)]
pub(crate) struct TypeRegistry {
    /// Identities of the first types of recursion groups, by the content of the groups.
    groups: HashMap<Vec<PreciseSubtype>, u32>,
    /// The types, in the order of their identities, the first of which is 1.
    types: Vec<RegisteredType>,
}

/// A type with an identity.
pub(crate) struct RegisteredType {
    /// Identity of the declared supertype.
    pub supertype: Option<u32>,
    /// The structure, in which types have identities.
    pub structure: PreciseStructure,
}

impl TypeRegistry {
    /// Returns the identities of a module's types, by index. Types that are not known yet get
    /// new ones.
    pub(crate) fn identities(&mut self, groups: &[RecGroup]) -> Vec<u32> {
        let mut identities: Vec<u32> = Vec::new();
        for group in groups {
            let start = identities.len() as u32;
            let content: Vec<PreciseSubtype> =
                group.types().map(|ty| precise_subtype(ty, start, &identities)).collect();
            let size = content.len() as u32;
            let next = self.types.len() as u32 + 1;
            let first = match self.groups.get(&content) {
                Some(first) => *first,
                None => {
                    self.types.extend(content.iter().map(|ty| RegisteredType {
                        supertype: ty.supertype.map(|ty| ty.identity(next)),
                        structure: ty.structure.in_group(next),
                    }));
                    self.groups.insert(content, next);
                    next
                }
            };
            identities.extend(first..first + size);
        }
        identities
    }

    /// Returns all types, in the order of their identities, the first of which is 1.
    pub(crate) fn types(&self) -> &[RegisteredType] {
        &self.types
    }

    /// Returns the type with this identity.
    fn ty(&self, identity: u32) -> &RegisteredType {
        &self.types[identity as usize - 1]
    }

    /// Returns whether the type with this identity is one of functions.
    pub(crate) fn is_function(&self, identity: u32) -> bool {
        matches!(self.ty(identity).structure, PreciseStructure::Function { .. })
    }

    /// Returns whether the type `given` is `expected` or one of its subtypes, by identities.
    pub(crate) fn is_subtype(&self, given: u32, expected: u32) -> bool {
        let mut next = Some(given);
        while let Some(identity) = next {
            if identity == expected {
                return true;
            }
            next = self.ty(identity).supertype;
        }
        false
    }

    /// Returns whether each value of `given` is one of `expected` (specification, section
    /// "Reference Types" of matching).
    pub(crate) fn matches(&self, given: PreciseType, expected: PreciseType) -> bool {
        match (given, expected) {
            (
                PreciseType::Reference { nullable: given_null, heap: given },
                PreciseType::Reference { nullable: expected_null, heap: expected },
            ) => self.heap_matches(given, expected) && (expected_null || !given_null),
            _ => given == expected,
        }
    }

    /// Returns whether a heap type is another or a subtype of it.
    fn heap_matches(&self, given: PreciseHeap, expected: PreciseHeap) -> bool {
        use AbstractHeapType::{
            Any, Array, Eq, Exn, Extern, Func, I31, NoExn, NoExtern, NoFunc, None, Struct,
        };
        use PreciseHeap::{Abstract, Defined};
        match (given, expected) {
            (Defined(given), Defined(expected)) => self.is_subtype(given, expected),
            (Defined(given), Abstract(expected)) => match self.ty(given).structure {
                PreciseStructure::Function { .. } => expected == Func,
                PreciseStructure::Array(_) => matches!(expected, Array | Eq | Any),
                PreciseStructure::Struct(_) => matches!(expected, Struct | Eq | Any),
            },
            (Abstract(given), Defined(expected)) => match self.ty(expected).structure {
                PreciseStructure::Function { .. } => given == NoFunc,
                _ => given == None,
            },
            (Abstract(given), Abstract(expected)) => {
                given == expected
                    || match expected {
                        Any => matches!(given, Eq | I31 | Struct | Array | None),
                        Eq => matches!(given, I31 | Struct | Array | None),
                        I31 | Struct | Array => given == None,
                        Func => given == NoFunc,
                        Extern => given == NoExtern,
                        Exn => given == NoExn,
                        _ => false,
                    }
            }
            (given, expected) => given == expected,
        }
    }
}

impl PreciseStructure {
    /// Returns the structure with identities in place of numbers in the recursion group, whose
    /// first type has the identity `first`.
    fn in_group(&self, first: u32) -> PreciseStructure {
        let value = |ty: PreciseType| match ty {
            PreciseType::Reference { nullable, heap: PreciseHeap::Own(number) } => {
                PreciseType::Reference { nullable, heap: PreciseHeap::Defined(first + number) }
            }
            other => other,
        };
        let field = |field: &PreciseField| PreciseField {
            storage: match field.storage {
                PreciseStorage::Value(ty) => PreciseStorage::Value(value(ty)),
                packed => packed,
            },
            mutable: field.mutable,
        };
        let values = |types: &[PreciseType]| types.iter().copied().map(value).collect();
        match self {
            PreciseStructure::Function { parameters, results } => PreciseStructure::Function {
                parameters: values(parameters),
                results: values(results),
            },
            PreciseStructure::Array(element) => PreciseStructure::Array(field(element)),
            PreciseStructure::Struct(fields) => {
                PreciseStructure::Struct(fields.iter().map(field).collect())
            }
        }
    }
}

impl PreciseHeap {
    /// Returns the identity of a defined type, in a group whose first type has the identity
    /// `first`.
    ///
    /// # Panics
    ///
    /// If the type is abstract.
    fn identity(self, first: u32) -> u32 {
        match self {
            PreciseHeap::Defined(identity) => identity,
            PreciseHeap::Own(number) => first + number,
            PreciseHeap::Abstract(_) => unreachable!("validated"),
        }
    }
}

/// Returns the precise form of a type in the group that begins with type `start`.
/// `identities` are those of the types before the group.
fn precise_subtype(ty: &SubType, start: u32, identities: &[u32]) -> PreciseSubtype {
    let values =
        |types: &[ValType]| types.iter().map(|ty| precise(*ty, start, identities)).collect();
    let field = |ty: &FieldType| PreciseField {
        storage: match ty.element_type {
            StorageType::I8 => PreciseStorage::I8,
            StorageType::I16 => PreciseStorage::I16,
            StorageType::Val(ty) => PreciseStorage::Value(precise(ty, start, identities)),
        },
        mutable: ty.mutable,
    };
    let structure = match &ty.composite_type.inner {
        CompositeInnerType::Func(function) => PreciseStructure::Function {
            parameters: values(function.params()),
            results: values(function.results()),
        },
        CompositeInnerType::Array(array) => PreciseStructure::Array(field(&array.0)),
        CompositeInnerType::Struct(fields) => {
            PreciseStructure::Struct(fields.fields.iter().map(field).collect())
        }
        CompositeInnerType::Cont(_) => unreachable!("refused by `check_type`"),
    };
    let supertype = ty.supertype_idxs.first();
    PreciseSubtype {
        is_final: ty.is_final,
        supertype: supertype.map(|index| defined(index.unpack(), start, identities)),
        structure,
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
        HeapType::Concrete(index) | HeapType::Exact(index) => defined(index, start, identities),
    };
    PreciseType::Reference { nullable: reference.is_nullable(), heap }
}

/// Returns the precise form of a defined type; the arguments are those of [`precise`].
fn defined(index: UnpackedIndex, start: u32, identities: &[u32]) -> PreciseHeap {
    match index {
        UnpackedIndex::Module(index) if index < start => {
            PreciseHeap::Defined(identities[index as usize])
        }
        UnpackedIndex::Module(index) => PreciseHeap::Own(index - start),
        UnpackedIndex::RecGroup(index) => PreciseHeap::Own(index),
        UnpackedIndex::Id(_) => unreachable!("types are read, not taken from the validator"),
    }
}

/// Returns the precise form of a value type in a module whose types have these identities.
pub(crate) fn resolve(ty: ValType, identities: &[u32]) -> PreciseType {
    precise(ty, identities.len() as u32, identities)
}
