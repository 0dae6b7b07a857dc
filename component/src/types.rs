//! Types of the values that functions of a component take and return, as trees with their
//! layouts in the canonical ABI. Types that are used more than once are shared.

use std::collections::HashMap;
use std::sync::Arc;
use wasmtime_environ::EntityRef;
use wasmtime_environ::component::{ComponentTypes, InterfaceType, TypeFuncIndex};

/// The type of a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionType {
    /// Names and types of the parameters.
    pub parameters: Vec<(String, Arc<Type>)>,
    /// The type of the result, if there is one.
    pub result: Option<Arc<Type>>,
    /// Whether the function may wait for something.
    pub is_async: bool,
}

/// The largest number of core values that parameters are passed as (Canonical ABI,
/// `MAX_FLAT_PARAMS`); that of a result is 1.
const MAX_FLAT_PARAMETERS: usize = 16;

impl FunctionType {
    /// Returns whether a call passes nothing but numbers: no value is in a memory, and none
    /// is a handle.
    pub(crate) fn passes_numbers(&self) -> bool {
        let parameters = || self.parameters.iter().map(|(_, ty)| ty);
        let flat = parameters().map(|ty| ty.flat.map(usize::from)).sum::<Option<usize>>();
        !self.is_async
            && flat.is_some_and(|flat| flat <= MAX_FLAT_PARAMETERS)
            && self.result.iter().all(|ty| ty.flat.is_some_and(|flat| flat <= 1))
            && parameters().chain(&self.result).all(|ty| ty.is_made_of_numbers())
    }
}

impl Type {
    fn is_made_of_numbers(&self) -> bool {
        match &self.shape {
            Shape::String
            | Shape::List(_)
            | Shape::Map(_)
            | Shape::Own(_)
            | Shape::Borrow(_)
            | Shape::Stream(_)
            | Shape::Future(_)
            | Shape::ErrorContext(_) => false,
            Shape::FixedList(ty, _) | Shape::Option(ty) => ty.is_made_of_numbers(),
            Shape::Record(fields) => fields.iter().all(|(_, ty)| ty.is_made_of_numbers()),
            Shape::Tuple(types) => types.iter().all(|ty| ty.is_made_of_numbers()),
            Shape::Variant(cases) => {
                cases.iter().filter_map(|(_, ty)| ty.as_ref()).all(|ty| ty.is_made_of_numbers())
            }
            Shape::Result(ok, error) => ok.iter().chain(error).all(|ty| ty.is_made_of_numbers()),
            Shape::Bool
            | Shape::S8
            | Shape::U8
            | Shape::S16
            | Shape::U16
            | Shape::S32
            | Shape::U32
            | Shape::S64
            | Shape::U64
            | Shape::F32
            | Shape::F64
            | Shape::Char
            | Shape::Enum(_)
            | Shape::Flags(_) => true,
        }
    }
}

/// A type of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Type {
    /// The kind of the values, with the types of their parts.
    pub shape: Shape,
    /// Size in a memory, in bytes.
    pub size: u32,
    /// Alignment in a memory, in bytes.
    pub alignment: u32,
    /// Number of core values that a value is; `None` if it is too many to be passed so.
    pub flat: Option<u8>,
}

/// The kind of the values of a type, with the types of their parts.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names are those of the component model")]
pub enum Shape {
    Bool,
    S8,
    U8,
    S16,
    U16,
    S32,
    U32,
    S64,
    U64,
    F32,
    F64,
    Char,
    String,
    List(Arc<Type>),
    FixedList(Arc<Type>, u32),
    /// The record of a key and its value.
    Map(Arc<Type>),
    Record(Vec<(String, Arc<Type>)>),
    Tuple(Vec<Arc<Type>>),
    Variant(Vec<(String, Option<Arc<Type>>)>),
    Enum(Vec<String>),
    Option(Arc<Type>),
    Result(Option<Arc<Type>>, Option<Arc<Type>>),
    Flags(Vec<String>),
    /// An own handle, with the table that it is in: an index into
    /// [`Component::resource_tables`](crate::Component::resource_tables).
    Own(usize),
    /// A borrow handle, likewise.
    Borrow(usize),
    /// The readable end of a stream, with the table that it is in: an index into
    /// [`Component::stream_tables`](crate::Component::stream_tables).
    Stream(usize),
    /// The readable end of a future, likewise.
    Future(usize),
    /// An error context, likewise.
    ErrorContext(usize),
}

/// The trees of a component's types, made as they are asked for.
pub(crate) struct Structures<'a> {
    types: &'a ComponentTypes,
    known: HashMap<InterfaceType, Arc<Type>>,
}

impl<'a> Structures<'a> {
    pub(crate) fn new(types: &'a ComponentTypes) -> Structures<'a> {
        Structures { types, known: HashMap::new() }
    }

    /// Returns the type of a function.
    pub(crate) fn function(&mut self, index: TypeFuncIndex) -> FunctionType {
        let types = self.types;
        let ty = &types[index];
        let names = ty.param_names.iter();
        let parameters = types[ty.params].types.iter().enumerate().map(|(index, parameter)| {
            (names.clone().nth(index).cloned().unwrap_or_default(), self.value(parameter))
        });
        FunctionType {
            parameters: parameters.collect(),
            result: types[ty.results].types.first().map(|result| self.value(result)),
            is_async: ty.async_,
        }
    }

    /// Returns a type of values. Types nest only as deep as the validator allows.
    pub(crate) fn value(&mut self, ty: &InterfaceType) -> Arc<Type> {
        if let Some(known) = self.known.get(ty) {
            return Arc::clone(known);
        }
        let shape = self.shape(ty);
        let abi = self.types.canonical_abi(ty);
        let made = Arc::new(Type {
            shape,
            size: abi.size32,
            alignment: abi.align32,
            flat: abi.flat_count,
        });
        self.known.insert(*ty, Arc::clone(&made));
        made
    }

    fn shape(&mut self, ty: &InterfaceType) -> Shape {
        let types = self.types;
        match ty {
            InterfaceType::Bool => Shape::Bool,
            InterfaceType::S8 => Shape::S8,
            InterfaceType::U8 => Shape::U8,
            InterfaceType::S16 => Shape::S16,
            InterfaceType::U16 => Shape::U16,
            InterfaceType::S32 => Shape::S32,
            InterfaceType::U32 => Shape::U32,
            InterfaceType::S64 => Shape::S64,
            InterfaceType::U64 => Shape::U64,
            InterfaceType::Float32 => Shape::F32,
            InterfaceType::Float64 => Shape::F64,
            InterfaceType::Char => Shape::Char,
            InterfaceType::String => Shape::String,
            InterfaceType::List(index) => Shape::List(self.value(&types[*index].element)),
            InterfaceType::FixedLengthList(index) => {
                Shape::FixedList(self.value(&types[*index].element), types[*index].size)
            }
            InterfaceType::Map(index) => {
                let map = &types[*index];
                let entry = vec![self.value(&map.key), self.value(&map.value)];
                Shape::Map(Arc::new(Type {
                    shape: Shape::Tuple(entry),
                    size: map.entry_abi.size32,
                    alignment: map.entry_abi.align32,
                    flat: map.entry_abi.flat_count,
                }))
            }
            InterfaceType::Record(index) => {
                let fields = types[*index].fields.iter();
                let field = |field: &wasmtime_environ::component::RecordField| {
                    (field.name.clone(), self.value(&field.ty))
                };
                Shape::Record(fields.map(field).collect())
            }
            InterfaceType::Tuple(index) => {
                Shape::Tuple(types[*index].types.iter().map(|ty| self.value(ty)).collect())
            }
            InterfaceType::Variant(index) => {
                let cases = types[*index].cases.iter();
                Shape::Variant(
                    cases.map(|(name, ty)| (name.clone(), self.optional(ty.as_ref()))).collect(),
                )
            }
            InterfaceType::Enum(index) => {
                Shape::Enum(types[*index].names.iter().cloned().collect())
            }
            InterfaceType::Option(index) => Shape::Option(self.value(&types[*index].ty)),
            InterfaceType::Result(index) => {
                let result = &types[*index];
                Shape::Result(self.optional(result.ok.as_ref()), self.optional(result.err.as_ref()))
            }
            InterfaceType::Flags(index) => {
                Shape::Flags(types[*index].names.iter().cloned().collect())
            }
            InterfaceType::Own(table) => Shape::Own(table.index()),
            InterfaceType::Borrow(table) => Shape::Borrow(table.index()),
            InterfaceType::Future(table) => Shape::Future(table.index()),
            InterfaceType::Stream(table) => Shape::Stream(table.index()),
            InterfaceType::ErrorContext(table) => Shape::ErrorContext(table.index()),
        }
    }

    fn optional(&mut self, ty: Option<&InterfaceType>) -> Option<Arc<Type>> {
        ty.map(|ty| self.value(ty))
    }
}
