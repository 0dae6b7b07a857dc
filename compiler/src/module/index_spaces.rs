//! A parsed module: the index spaces and what stands in them. Knows types and
//! initial values; function bodies are kept as bytes with the validator that
//! goes with each. Knows nothing of machine code.

use super::constant::{ConstantExpression, StaticValue};
use super::demangle;
use super::interface::{ExternType, FunctionType, GlobalType, MemoryType, TableType};
use std::collections::HashMap;
use wasmparser::{
    FuncToValidate, FunctionBody, OperatorsReader, RecGroup, RefType, ValType, ValidatorResources,
};

pub struct Module<'a> {
    pub types: Vec<FunctionType>,
    /// The same types as they are written, for their identity.
    pub groups: Vec<RecGroup>,
    pub imports: Vec<ModuleImport<'a>>,
    /// Places in `imports` of the functions among them.
    pub function_imports: Vec<u32>,
    pub functions: Vec<Function>,
    pub tables: Vec<Table>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<Global>,
    /// Function types of the tags.
    pub tags: Vec<u32>,
    pub exports: Vec<ModuleExport<'a>>,
    pub start: Option<u32>,
    pub elements: Vec<ElementSegment>,
    pub data: Vec<DataSegment<'a>>,
    /// Bodies of the functions after the imported ones.
    pub bodies: Vec<Body<'a>>,
    pub imported_functions: u32,
    pub imported_tables: u32,
    pub imported_memories: u32,
    pub imported_globals: u32,
    pub imported_tags: u32,
    pub function_names: HashMap<u32, &'a str>,
    /// Offset of the code section's content in the module.
    pub code_start: u32,
    /// Custom sections with DWARF, by their names.
    pub debug_sections: Vec<(&'a str, &'a [u8])>,
    pub tag_names: HashMap<u32, &'a str>,
}

pub struct ModuleImport<'a> {
    pub module: &'a str,
    pub name: &'a str,
    pub item: Item,
}

/// An index together with its index space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Item {
    Function(u32),
    Table(u32),
    Memory(u32),
    Global(u32),
    Tag(u32),
}

impl Item {
    pub fn index(self) -> u32 {
        match self {
            Item::Function(index)
            | Item::Table(index)
            | Item::Memory(index)
            | Item::Global(index)
            | Item::Tag(index) => index,
        }
    }
}

pub struct ModuleExport<'a> {
    pub name: &'a str,
    pub item: Item,
}

#[derive(Clone, Copy)]
pub struct Function {
    pub type_index: u32,
    /// Its reference may exist as a value, so it needs a header.
    pub referenced: bool,
}

pub struct Table {
    pub ty: TableType,
    /// The precise type of its elements.
    pub element: RefType,
    /// What all elements are at first; `None` for null or an import.
    pub initial: Option<ConstantExpression>,
}

pub struct Global {
    pub ty: GlobalType,
    /// The precise type of its content.
    pub content: ValType,
    /// `None` for an import.
    pub initial: Option<ConstantExpression>,
}

pub enum SegmentMode {
    Passive,
    /// In a table or memory, from an offset.
    Active {
        index: u32,
        offset: ConstantExpression,
    },
    Declared,
}

pub struct ElementSegment {
    pub mode: SegmentMode,
    pub items: Vec<ConstantExpression>,
}

pub struct DataSegment<'a> {
    pub mode: SegmentMode,
    pub bytes: &'a [u8],
}

pub struct Body<'a> {
    pub validator: FuncToValidate<ValidatorResources>,
    pub body: FunctionBody<'a>,
}

impl<'a> Body<'a> {
    /// For one validation, whose features may be changed.
    pub fn validator(&self) -> FuncToValidate<ValidatorResources> {
        FuncToValidate {
            resources: self.validator.resources.clone(),
            index: self.validator.index,
            ty: self.validator.ty,
            features: self.validator.features,
        }
    }

    /// What stands after the declarations of locals.
    pub fn operators(&self) -> wasmparser::Result<OperatorsReader<'a>> {
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
    pub fn function_import(&self, function: u32) -> &ModuleImport<'a> {
        &self.imports[self.function_imports[function as usize] as usize]
    }

    pub fn function_type(&self, function: u32) -> &FunctionType {
        &self.types[self.functions[function as usize].type_index as usize]
    }

    /// Returns the type of an item as importers see it.
    pub fn extern_type(&self, item: Item) -> ExternType {
        match item {
            Item::Function(index) => ExternType::Function(self.function_type(index).clone()),
            Item::Table(index) => ExternType::Table(self.tables[index as usize].ty),
            Item::Memory(index) => ExternType::Memory(self.memories[index as usize]),
            Item::Global(index) => ExternType::Global(self.globals[index as usize].ty),
            Item::Tag(index) => {
                ExternType::Tag(self.types[self.tags[index as usize] as usize].clone())
            }
        }
    }

    /// Evaluates a constant expression of the module. Returns `None` if its value
    /// depends on an imported or mutable global.
    pub fn evaluate(&self, expression: &ConstantExpression) -> Option<StaticValue> {
        expression.evaluate(&|index| {
            // Only earlier globals can be named, so this ends.
            let global = &self.globals[index as usize];
            let initial = global.initial.as_ref().filter(|_| !global.ty.mutable)?;
            self.evaluate(initial)
        })
    }

    /// What messages call a function: its name, or its number.
    pub fn display_name(&self, function: u32) -> String {
        match self.function_names.get(&function) {
            Some(name) => {
                let name = demangle::readable(name);
                format!("function {function} `{}`", shown(&name))
            }
            None => format!("function {function}"),
        }
    }

    /// What messages call a tag that the module defines: its name, that of an
    /// export, or its number.
    pub fn display_tag(&self, tag: u32) -> String {
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

/// Characters of a name in messages.
const LONGEST_NAME: usize = 200;

/// A name for messages.
fn shown(name: &str) -> String {
    let mut characters = name.chars();
    let mut text: String =
        characters.by_ref().take(LONGEST_NAME).flat_map(char::escape_debug).collect();
    if characters.next().is_some() {
        text.push('…');
    }
    text
}
