//! Layouts of structs and arrays in the heap (see [`quench_abi::Heap`]), and the numbers of
//! types, for all modules of a program. This is the only file that decides about them.

use crate::error::Error;
use crate::module::{
    Module, PreciseField, PreciseHeap, PreciseStorage, PreciseStructure, PreciseType, TypeNumbers,
    TypeRegistry, representation,
};
use quench_abi::{ARRAY_HEADER_SIZE, HEAP_BASE, ValueType};
use std::collections::BTreeMap;

/// The form of a value in an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Storage {
    /// An integer of 8 bits.
    I8,
    /// An integer of 16 bits.
    I16,
    /// A value of this type; a reference to an object has 4 bytes.
    Value(ValueType),
}

impl Storage {
    /// Returns the number of bytes, which is a power of 2.
    pub(crate) fn width(self) -> u32 {
        match self {
            Storage::I8 => 1,
            Storage::I16 => 2,
            Storage::Value(ValueType::I32 | ValueType::F32 | ValueType::AnyRef) => 4,
            Storage::Value(
                ValueType::I64
                | ValueType::F64
                | ValueType::FuncRef
                | ValueType::ExternRef
                | ValueType::ExnRef,
            ) => 8,
            Storage::Value(ValueType::V128) => 16,
        }
    }

    /// Returns whether the value is a reference that the collector follows.
    pub(crate) fn is_followed(self) -> bool {
        matches!(self, Storage::Value(ty) if ty.may_refer_to_object())
    }
}

/// A field of a struct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Field {
    /// Distance from the object's start, in bytes.
    pub offset: u32,
    /// Form of the value.
    pub storage: Storage,
}

/// The layout of the objects of a type.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ObjectLayout {
    /// A struct.
    Struct {
        /// The fields, in their order.
        fields: Vec<Field>,
        /// Bytes of an object, a multiple of 8.
        size: u32,
    },
    /// An array, with the form of its elements.
    Array(Storage),
}

/// A type of garbage-collected objects, as a module has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectType {
    /// Name of the type in messages: its name in the module, or its index.
    pub name: String,
    /// Whether it is a type of arrays.
    pub is_array: bool,
    /// Bytes of an object or, in an array, of an element.
    pub size: u32,
    /// Number of the references that an object has, or an element is, which a collection follows.
    pub references: u32,
}

impl ObjectType {
    /// Describes a type by its name and its layout.
    fn new(name: String, layout: &ObjectLayout) -> ObjectType {
        let followed = |storage: Storage| u32::from(storage.is_followed());
        match layout {
            ObjectLayout::Struct { fields, size } => ObjectType {
                name,
                is_array: false,
                size: *size,
                references: fields.iter().map(|field| followed(field.storage)).sum(),
            },
            ObjectLayout::Array(storage) => ObjectType {
                name,
                is_array: true,
                size: storage.width(),
                references: followed(*storage),
            },
        }
    }
}

/// Describes the types of objects of a module, in their order.
pub(crate) fn object_types(module: &Module<'_>) -> Vec<ObjectType> {
    let mut registry = TypeRegistry::default();
    let identities = registry.identities(&module.groups);
    let types = ObjectTypes::new(&registry, false);
    let layouts = (0..).zip(identities).filter_map(|(index, identity)| {
        let layout = types.layouts[identity as usize - 1].as_ref()?;
        Some(ObjectType::new(module.display_type(index), layout))
    });
    layouts.collect()
}

/// The types of a program as code sees them.
#[derive(Default)]
pub(crate) struct ObjectTypes {
    /// The numbers of all types.
    pub numbers: TypeNumbers,
    /// Layouts of the objects of each type, in the order of identities, the first of which is
    /// 1; `None` for functions.
    layouts: Vec<Option<ObjectLayout>>,
    /// Whether the program has a heap.
    pub has_heap: bool,
    /// Names of the types of objects for messages, by number.
    pub names: BTreeMap<u32, String>,
    /// The address behind the constant objects of the modules so far.
    pub constants_end: u64,
}

impl ObjectTypes {
    /// Decides about the types in `registry`. `converts` says whether a module makes references
    /// to objects of references of the host's, which needs a heap even if there are no types of
    /// objects.
    pub(crate) fn new(registry: &TypeRegistry, converts: bool) -> ObjectTypes {
        let numbers = TypeNumbers::new(registry.types());
        let layouts: Vec<Option<ObjectLayout>> =
            registry.types().iter().map(|ty| layout(&ty.structure, registry)).collect();
        let has_heap = converts || layouts.iter().any(Option::is_some);
        let (names, constants_end) = (BTreeMap::new(), HEAP_BASE);
        ObjectTypes { numbers, layouts, has_heap, names, constants_end }
    }

    /// Adds the types that `registry` has got since the last call; `converts` is that of
    /// [`ObjectTypes::new`] for the module that has them.
    ///
    /// # Errors
    ///
    /// [`Error::Link`] if they are not all functions without supertypes: the numbers of others
    /// have to be known before the first module is compiled.
    pub(crate) fn extend(&mut self, registry: &TypeRegistry, converts: bool) -> Result<(), Error> {
        if !self.numbers.extend(registry.types()) || converts && !self.has_heap {
            return Err(Error::link(
                "the module has types of objects that were not declared before the first module \
                 of the program was added"
                    .to_string(),
            ));
        }
        self.layouts.resize(self.numbers.count(), None);
        Ok(())
    }

    /// Returns the layout of the objects of the type with this identity.
    ///
    /// # Panics
    ///
    /// If it is a type of functions.
    pub(crate) fn layout(&self, identity: u32) -> &ObjectLayout {
        self.layouts[identity as usize - 1].as_ref().expect("validated")
    }

    /// Notes the names that the types of a module have in messages, if they have none yet.
    /// `type_ids` are the identities of the module's types.
    pub(crate) fn name_types(&mut self, module: &Module<'_>, type_ids: &[u32]) {
        for (index, identity) in (0..).zip(type_ids) {
            if self.layouts[*identity as usize - 1].is_some() {
                let number = self.numbers.range(*identity).start;
                self.names.entry(number).or_insert_with(|| module.display_type(index));
            }
        }
    }

    /// Returns the layouts of all types of objects with their numbers, in the order of these.
    pub(crate) fn by_number(&self) -> Vec<(u32, &ObjectLayout)> {
        let numbered = (1..).zip(&self.layouts).filter_map(|(identity, layout)| {
            layout.as_ref().map(|layout| (self.numbers.range(identity).start, layout))
        });
        let mut all: Vec<(u32, &ObjectLayout)> = numbered.collect();
        all.sort_by_key(|(number, _)| *number);
        all
    }
}

/// Returns the layout of the objects of a type; none for functions.
fn layout(structure: &PreciseStructure, registry: &TypeRegistry) -> Option<ObjectLayout> {
    let storage = |field: &PreciseField| match field.storage {
        PreciseStorage::I8 => Storage::I8,
        PreciseStorage::I16 => Storage::I16,
        PreciseStorage::Value(ty) => Storage::Value(representation(ty, registry)),
    };
    match structure {
        PreciseStructure::Function { .. } => None,
        PreciseStructure::Array(element) => Some(ObjectLayout::Array(storage(element))),
        PreciseStructure::Struct(fields) => {
            // The number of the type comes first.
            let mut end = 4;
            let mut place = |field: &PreciseField| {
                let storage = storage(field);
                let offset = u32::next_multiple_of(end, storage.width().min(8));
                end = offset + storage.width();
                Field { offset, storage }
            };
            let fields = fields.iter().map(&mut place).collect();
            Some(ObjectLayout::Struct { fields, size: end.next_multiple_of(8) })
        }
    }
}

/// Returns the representation of a value.
fn representation(ty: PreciseType, registry: &TypeRegistry) -> ValueType {
    match ty {
        PreciseType::Plain(number) => representation::of_number(number),
        PreciseType::Reference { heap: PreciseHeap::Abstract(ty), .. } => {
            representation::of_abstract(ty)
        }
        PreciseType::Reference { heap: PreciseHeap::Defined(identity), .. } => {
            representation::of_defined(registry.is_function(identity))
        }
        PreciseType::Reference { heap: PreciseHeap::Own(_), .. } => {
            unreachable!("registered types have identities")
        }
    }
}

const _: () = assert!(ARRAY_HEADER_SIZE == 8, "elements of arrays are aligned like fields");
