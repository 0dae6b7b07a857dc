//! A parsed module: its index spaces, and the items in them. Knows types and initial values;
//! function bodies are kept as bytes, each with its validator. Knows nothing of machine code.

use super::constant::{ConstantExpression, StaticValue};
use super::demangle;
use super::interface::{ExternType, FunctionType, GlobalType, MemoryType, TableType};
use super::representation;
use quench_abi::ValueType;
use std::borrow::Cow;
use std::collections::HashMap;
use wasmparser::{
    FuncToValidate, FunctionBody, HeapType, OperatorsReader, RecGroup, RefType, ValType,
    ValidatorResources,
};

/// A module that has been parsed. Its function bodies have not been validated.
pub(crate) struct Module<'a> {
    /// Defined types, by index.
    pub types: Vec<DefinedType>,
    /// The recursion groups of the same types, from which their identities are computed.
    pub groups: Vec<RecGroup>,
    /// Imports, in their order.
    pub imports: Vec<ModuleImport<'a>>,
    /// Indices in `imports` of the imported functions.
    pub function_imports: Vec<u32>,
    /// Functions, by index; imported ones first.
    pub functions: Vec<Function>,
    /// Tables, by index; imported ones first.
    pub tables: Vec<Table>,
    /// Types of the memories, by index; imported ones first.
    pub memories: Vec<MemoryType>,
    /// Globals, by index; imported ones first.
    pub globals: Vec<Global>,
    /// Indices of the function types of the tags, by index; imported ones first.
    pub tags: Vec<u32>,
    /// Exports, in their order.
    pub exports: Vec<ModuleExport<'a>>,
    /// Index of the start function, if there is one.
    pub start: Option<u32>,
    /// Element segments, by index.
    pub elements: Vec<ElementSegment>,
    /// Data segments, by index.
    pub data: Vec<DataSegment<'a>>,
    /// Bodies of the functions behind the imported ones.
    pub bodies: Vec<Body<'a>>,
    /// Number of imported functions.
    pub imported_functions: u32,
    /// Number of imported tables.
    pub imported_tables: u32,
    /// Number of imported memories.
    pub imported_memories: u32,
    /// Number of imported globals.
    pub imported_globals: u32,
    /// Number of imported tags.
    pub imported_tags: u32,
    /// Names of functions in the name section, by index.
    pub function_names: HashMap<u32, &'a str>,
    /// Offset of the code section's content in the module, in bytes.
    pub code_start: u32,
    /// Names and contents of the custom sections with DWARF.
    pub debug_sections: Vec<(&'a str, Cow<'a, [u8]>)>,
    /// Names of tags in the name section, by index.
    pub tag_names: HashMap<u32, &'a str>,
    /// Names of types in the name section, by index.
    pub type_names: HashMap<u32, &'a str>,
}

/// A defined type, by the representation of its values.
#[derive(Clone, Debug)]
pub(crate) enum DefinedType {
    /// A type of functions.
    Function(FunctionType),
    /// A type of structs or arrays.
    Object,
}

/// An import of a module.
pub(crate) struct ModuleImport<'a> {
    /// First part of its name: that of the module that provides it.
    pub module: &'a str,
    /// Second part of its name.
    pub name: &'a str,
    /// The item that it is in the importing module.
    pub item: Item,
}

/// An index together with its index space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Item {
    /// The index of a function.
    Function(u32),
    /// The index of a table.
    Table(u32),
    /// The index of a memory.
    Memory(u32),
    /// The index of a global.
    Global(u32),
    /// The index of a tag.
    Tag(u32),
}

impl Item {
    /// Returns the index.
    pub(crate) fn index(self) -> u32 {
        match self {
            Item::Function(index)
            | Item::Table(index)
            | Item::Memory(index)
            | Item::Global(index)
            | Item::Tag(index) => index,
        }
    }
}

/// An export of a module.
pub(crate) struct ModuleExport<'a> {
    /// Name of the export.
    pub name: &'a str,
    /// The item that is exported.
    pub item: Item,
    /// Whether native code may call it, if it is a function.
    pub is_native: bool,
}

/// A function, imported or defined.
#[derive(Clone, Copy)]
pub(crate) struct Function {
    /// Index of its type.
    pub type_index: u32,
    /// Whether a reference to it may exist as a value, so that it needs a header.
    pub referenced: bool,
}

/// A table, imported or defined.
pub(crate) struct Table {
    /// Type of the table.
    pub ty: TableType,
    /// Precise type of its elements.
    pub element: RefType,
    /// Initial value of all its elements; `None` for null, and for an imported table.
    pub initial: Option<ConstantExpression>,
}

/// A global, imported or defined.
pub(crate) struct Global {
    /// Type of the global.
    pub ty: GlobalType,
    /// Precise type of its value.
    pub content: ValType,
    /// Initial value; `None` for an imported global.
    pub initial: Option<ConstantExpression>,
    /// The initial value where it is known.
    pub value: Option<StaticValue>,
}

/// The mode of a segment.
pub(crate) enum SegmentMode {
    /// Instantiation does nothing with the segment.
    Passive,
    /// Instantiation copies the segment into a table or memory.
    Active {
        /// Index of the table or memory.
        index: u32,
        /// Offset in it: an element of a table, a byte of a memory.
        offset: ConstantExpression,
    },
    /// The segment only declares that its functions are referred to.
    Declared,
}

/// An element segment.
pub(crate) struct ElementSegment {
    /// Mode of the segment.
    pub mode: SegmentMode,
    /// Precise type of its elements.
    pub content: RefType,
    /// Expressions for its elements.
    pub items: Vec<ConstantExpression>,
}

/// A data segment.
pub(crate) struct DataSegment<'a> {
    /// Mode of the segment, which is never `Declared`.
    pub mode: SegmentMode,
    /// Content of the segment.
    pub bytes: &'a [u8],
}

/// The body of a function, which has not been validated.
pub(crate) struct Body<'a> {
    /// State from which a validator of the body is made.
    pub validator: FuncToValidate<ValidatorResources>,
    /// The declarations of locals and the operators, as bytes.
    pub body: FunctionBody<'a>,
}

impl<'a> Body<'a> {
    /// Returns the state for one validation, whose features the caller may change.
    pub(crate) fn validator(&self) -> FuncToValidate<ValidatorResources> {
        FuncToValidate {
            resources: self.validator.resources.clone(),
            index: self.validator.index,
            ty: self.validator.ty,
            features: self.validator.features,
        }
    }

    /// Returns a reader of the operators, which follow the declarations of locals.
    ///
    /// # Errors
    ///
    /// The decoder's, if the declarations are malformed.
    pub(crate) fn operators(&self) -> wasmparser::Result<OperatorsReader<'a>> {
        let mut reader = self.body.get_binary_reader();
        for _ in 0..reader.read_var_u32()? {
            reader.read_var_u32()?;
            reader.read::<ValType>()?;
        }
        reader.set_features(self.validator.features);
        Ok(OperatorsReader::new(reader))
    }
}

impl<'a> Module<'a> {
    /// Returns the import that an imported function is.
    ///
    /// # Panics
    ///
    /// If the function is not imported.
    pub(crate) fn function_import(&self, function: u32) -> &ModuleImport<'a> {
        &self.imports[self.function_imports[function as usize] as usize]
    }

    /// Returns the type of functions with this index.
    ///
    /// # Panics
    ///
    /// If the type is not one of functions.
    pub(crate) fn signature(&self, type_index: u32) -> &FunctionType {
        match &self.types[type_index as usize] {
            DefinedType::Function(ty) => ty,
            DefinedType::Object => unreachable!("validated"),
        }
    }

    /// Returns whether the type with this index is one of functions.
    pub(crate) fn is_function_type(&self, type_index: u32) -> bool {
        matches!(self.types[type_index as usize], DefinedType::Function(_))
    }

    /// Returns the type of the function with this index.
    pub(crate) fn function_type(&self, function: u32) -> &FunctionType {
        self.signature(self.functions[function as usize].type_index)
    }

    /// Returns the type of the values that exceptions with the tag of this index carry.
    pub(crate) fn tag_type(&self, tag: u32) -> &FunctionType {
        self.signature(self.tags[tag as usize])
    }

    /// Returns the representation of a value.
    pub(crate) fn value_type(&self, ty: ValType) -> ValueType {
        match ty {
            ValType::Ref(ty) => match ty.heap_type() {
                HeapType::Abstract { ty, .. } => representation::of_abstract(ty),
                HeapType::Concrete(index) | HeapType::Exact(index) => {
                    let index = index.as_module_index().expect("types are read");
                    representation::of_defined(self.is_function_type(index))
                }
            },
            number => representation::of_number(number),
        }
    }

    /// Returns the type of an item as importers see it.
    pub(crate) fn extern_type(&self, item: Item) -> ExternType {
        match item {
            Item::Function(index) => ExternType::Function(self.function_type(index).clone()),
            Item::Table(index) => ExternType::Table(self.tables[index as usize].ty),
            Item::Memory(index) => ExternType::Memory(self.memories[index as usize]),
            Item::Global(index) => ExternType::Global(self.globals[index as usize].ty),
            Item::Tag(index) => ExternType::Tag(self.tag_type(index).clone()),
        }
    }

    /// Returns all constant expressions of the module but the offsets of segments.
    pub(crate) fn constants(&self) -> impl Iterator<Item = &ConstantExpression> {
        let items = self.elements.iter().flat_map(|segment| &segment.items);
        let globals = self.globals.iter().filter_map(|global| global.initial.as_ref());
        let tables = self.tables.iter().filter_map(|table| table.initial.as_ref());
        items.chain(globals).chain(tables)
    }

    /// Evaluates a constant expression of the module. Returns `None` if its value
    /// depends on an imported or mutable global.
    pub(crate) fn evaluate(&self, expression: &ConstantExpression) -> Option<StaticValue> {
        expression.evaluate(&|index| {
            let global = &self.globals[index as usize];
            global.value.filter(|_| !global.ty.mutable)
        })
    }

    /// Returns the text that stands for a function in messages: its index and, if it has one,
    /// its name.
    pub(crate) fn display_name(&self, function: u32) -> String {
        match self.function_names.get(&function) {
            Some(name) => {
                let name = demangle::readable(name);
                format!("function {function} `{}`", shown(&name))
            }
            None => format!("function {function}"),
        }
    }

    /// Returns the text that stands for a type of the module in messages: its name or its index.
    pub(crate) fn display_type(&self, type_index: u32) -> String {
        match self.type_names.get(&type_index) {
            Some(name) => format!("`{}`", shown(&demangle::readable(name))),
            None => format!("type {type_index}"),
        }
    }

    /// Returns the text that stands for a tag of the module in messages: its name, the name of
    /// an export, or its index.
    pub(crate) fn display_tag(&self, tag: u32) -> String {
        let exported = || {
            let mut exports = self.exports.iter();
            let export = exports.find(|export| export.item == Item::Tag(tag));
            export.map(|export| export.name)
        };
        match self.tag_names.get(&tag).copied().or_else(exported) {
            Some(name) => format!("tag `{name}`"),
            None => format!("tag {tag}"),
        }
    }
}

/// The largest number of characters of a name in messages.
const LONGEST_NAME: usize = 200;

/// Returns a name for messages: shortened if it is too long, and with special characters
/// escaped.
fn shown(name: &str) -> String {
    let mut characters = name.chars();
    let mut text: String =
        characters.by_ref().take(LONGEST_NAME).flat_map(char::escape_debug).collect();
    if characters.next().is_some() {
        text.push('…');
    }
    text
}
