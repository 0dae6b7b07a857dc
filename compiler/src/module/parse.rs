//! Parsing of a module's bytes into a [`Module`] and its [`Interface`]. Everything but function
//! bodies is validated here; bodies are validated where they are translated.

use super::constant::ConstantExpression;
use super::index_spaces::{
    Body, DataSegment, DefinedType, ElementSegment, Function, Global, Item, Module, ModuleExport,
    ModuleImport, SegmentMode, Table,
};
use super::interface::{
    Export, ExternType, FunctionType, GlobalType, Import, Interface, MemoryType, TableType,
};
use super::line_paths;
use crate::error::Error;
use crate::features::features;
use quench_abi::ValueType;
use std::borrow::Cow;
use std::collections::HashMap;
use wasmparser::{
    CompositeInnerType, DataKind, ElementItems, ElementKind, ExternalKind, FuncType, KnownCustom,
    Name, Parser, Payload, RecGroup, RefType, SubType, TableInit, TypeRef, ValType, ValidPayload,
    Validator,
};

/// Parses a module, and validates all of it but its function bodies.
///
/// # Errors
///
/// [`Error`] if the bytes are not a valid module, apart from its function bodies, or if the
/// module needs something that quench does not compile.
pub(crate) fn parse(wasm: &[u8]) -> Result<(Module<'_>, Interface), Error> {
    let mut reader = Reader::new();
    let mut validator = Validator::new_with_features(features());
    let mut parser = Parser::new(0);
    parser.set_features(features());
    for payload in parser.parse_all(wasm) {
        let payload = payload?;
        if let Payload::Version { encoding: wasmparser::Encoding::Component, range, .. } = &payload
        {
            return Err(Error::Unsupported {
                offset: range.start as usize,
                place: None,
                message: "this is a component, and a core module is needed here".to_string(),
            });
        }
        let section = section(&payload);
        let within = |error: Error| match section {
            Some(section) => error.within(format!("the {section} section")),
            None => error,
        };
        let valid = validator.payload(&payload);
        match valid.map_err(|e| within(Error::from(e)))? {
            ValidPayload::Func(validator, body) => {
                reader.interface.code_size += body.as_bytes().len() as u64;
                reader.module.bodies.push(Body { validator, body });
            }
            _ => reader.payload(payload).map_err(within)?,
        }
    }
    Ok(reader.finish())
}

/// Returns the name of the section that a payload is, for messages.
fn section(payload: &Payload<'_>) -> Option<&'static str> {
    Some(match payload {
        Payload::TypeSection(_) => "type",
        Payload::ImportSection(_) => "import",
        Payload::FunctionSection(_) => "function",
        Payload::TableSection(_) => "table",
        Payload::MemorySection(_) => "memory",
        Payload::TagSection(_) => "tag",
        Payload::GlobalSection(_) => "global",
        Payload::ExportSection(_) => "export",
        Payload::StartSection { .. } => "start",
        Payload::ElementSection(_) => "element",
        Payload::DataCountSection { .. } => "data count",
        Payload::DataSection(_) => "data",
        Payload::CodeSectionStart { .. } => "code",
        _ => return None,
    })
}

/// A module that is being read, section by section.
struct Reader<'a> {
    /// The part of the module that has been read.
    module: Module<'a>,
    /// The interface of that part.
    interface: Interface,
}

impl<'a> Reader<'a> {
    fn new() -> Reader<'a> {
        Reader {
            module: Module {
                types: Vec::new(),
                groups: Vec::new(),
                imports: Vec::new(),
                function_imports: Vec::new(),
                functions: Vec::new(),
                tables: Vec::new(),
                memories: Vec::new(),
                globals: Vec::new(),
                tags: Vec::new(),
                exports: Vec::new(),
                start: None,
                elements: Vec::new(),
                data: Vec::new(),
                bodies: Vec::new(),
                imported_functions: 0,
                imported_tables: 0,
                imported_memories: 0,
                imported_globals: 0,
                imported_tags: 0,
                function_names: HashMap::new(),
                code_start: 0,
                debug_sections: Vec::new(),
                tag_names: HashMap::new(),
                type_names: HashMap::new(),
            },
            interface: Interface::default(),
        }
    }

    /// Reads a part of the module that is not a function body.
    fn payload(&mut self, payload: Payload<'a>) -> Result<(), Error> {
        let module = &mut self.module;
        match payload {
            Payload::TypeSection(types) => {
                for group in types {
                    let group = group?;
                    module.add_types(&group);
                    module.groups.push(group);
                }
            }
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    self.import(import?);
                }
            }
            Payload::FunctionSection(functions) => {
                for type_index in functions {
                    module.functions.push(Function { type_index: type_index?, referenced: false });
                }
            }
            Payload::TableSection(tables) => {
                for table in tables {
                    let table = table?;
                    let initial = match &table.init {
                        TableInit::RefNull => None,
                        TableInit::Expr(expression) => Some(ConstantExpression::parse(expression)?),
                    };
                    module.tables.push(Table {
                        ty: module.table_type(&table.ty),
                        element: table.ty.element_type,
                        initial,
                    });
                }
            }
            Payload::MemorySection(memories) => {
                for memory in memories {
                    let ty = memory_type(&memory?);
                    module.memories.push(ty);
                    self.interface.memories.push(ty);
                }
            }
            Payload::GlobalSection(globals) => {
                for global in globals {
                    let global = global?;
                    let initial = ConstantExpression::parse(&global.init_expr)?;
                    module.globals.push(Global {
                        ty: module.global_type(&global.ty),
                        content: global.ty.content_type,
                        value: module.evaluate(&initial),
                        initial: Some(initial),
                    });
                }
            }
            Payload::TagSection(tags) => {
                for tag in tags {
                    module.tags.push(tag?.func_type_idx);
                }
            }
            Payload::ExportSection(exports) => {
                for export in exports {
                    let export = export?;
                    let item = match export.kind {
                        ExternalKind::Func | ExternalKind::FuncExact => {
                            Item::Function(export.index)
                        }
                        ExternalKind::Table => Item::Table(export.index),
                        ExternalKind::Memory => Item::Memory(export.index),
                        ExternalKind::Global => Item::Global(export.index),
                        ExternalKind::Tag => Item::Tag(export.index),
                    };
                    let is_native = true;
                    module.exports.push(ModuleExport { name: export.name, item, is_native });
                }
            }
            Payload::StartSection { func, .. } => {
                module.start = Some(func);
                self.interface.start = true;
            }
            Payload::ElementSection(elements) => {
                for element in elements {
                    module.elements.push(element_segment(element?)?);
                }
            }
            Payload::DataSection(data) => {
                for segment in data {
                    let segment = segment?;
                    self.interface.data_size += segment.data.len() as u64;
                    let mode = match &segment.kind {
                        DataKind::Passive => SegmentMode::Passive,
                        DataKind::Active { memory_index, offset_expr } => SegmentMode::Active {
                            index: *memory_index,
                            offset: ConstantExpression::parse(offset_expr)?,
                        },
                    };
                    module.data.push(DataSegment { mode, bytes: segment.data });
                }
            }
            Payload::CodeSectionStart { unchecked_range, .. } => {
                module.code_start = unchecked_range.start as u32
            }
            Payload::CustomSection(section) => {
                if let KnownCustom::Name(names) = section.as_known() {
                    self.names(names);
                } else if section.name().starts_with(".debug_") {
                    let found = (section.name(), Cow::Borrowed(section.data()));
                    module.debug_sections.push(found);
                    self.interface.debug_info |= section.name() == ".debug_info";
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds an import.
    fn import(&mut self, import: wasmparser::Import<'a>) {
        let module = &mut self.module;
        let (item, ty) = match import.ty {
            TypeRef::Func(type_index) | TypeRef::FuncExact(type_index) => {
                module.functions.push(Function { type_index, referenced: false });
                module.imported_functions += 1;
                module.function_imports.push(module.imports.len() as u32);
                let ty = module.signature(type_index).clone();
                (Item::Function(module.imported_functions - 1), ExternType::Function(ty))
            }
            TypeRef::Table(ty) => {
                let element = ty.element_type;
                let ty = module.table_type(&ty);
                module.tables.push(Table { ty, element, initial: None });
                module.imported_tables += 1;
                (Item::Table(module.imported_tables - 1), ExternType::Table(ty))
            }
            TypeRef::Memory(ty) => {
                let ty = memory_type(&ty);
                module.memories.push(ty);
                module.imported_memories += 1;
                (Item::Memory(module.imported_memories - 1), ExternType::Memory(ty))
            }
            TypeRef::Global(ty) => {
                let content = ty.content_type;
                let ty = module.global_type(&ty);
                module.globals.push(Global { ty, content, initial: None, value: None });
                module.imported_globals += 1;
                (Item::Global(module.imported_globals - 1), ExternType::Global(ty))
            }
            TypeRef::Tag(tag) => {
                module.tags.push(tag.func_type_idx);
                module.imported_tags += 1;
                let ty = module.signature(tag.func_type_idx).clone();
                (Item::Tag(module.imported_tags - 1), ExternType::Tag(ty))
            }
        };
        module.imports.push(ModuleImport { module: import.module, name: import.name, item });
        self.interface.imports.push(Import {
            module: import.module.to_string(),
            name: import.name.to_string(),
            ty,
        });
    }

    /// Reads the name section up to the first mistake, which is not an error: the section is
    /// only advice.
    fn names(&mut self, names: wasmparser::NameSectionReader<'a>) {
        for subsection in names {
            let Ok(subsection) = subsection else { return };
            let (map, names) = match subsection {
                Name::Function(map) => (map, &mut self.module.function_names),
                Name::Tag(map) => (map, &mut self.module.tag_names),
                Name::Type(map) => (map, &mut self.module.type_names),
                _ => continue,
            };
            for naming in map {
                let Ok(naming) = naming else { return };
                names.insert(naming.index, naming.name);
            }
        }
    }

    /// Completes the module and its interface.
    fn finish(mut self) -> (Module<'a>, Interface) {
        mark_referenced(&mut self.module);
        line_paths::mend(&mut self.module.debug_sections);
        let module = &self.module;
        for ty in module.groups.iter().flat_map(RecGroup::types) {
            match ty.composite_type.inner {
                CompositeInnerType::Struct(_) => self.interface.structs += 1,
                CompositeInnerType::Array(_) => self.interface.arrays += 1,
                _ => {}
            }
        }
        let takes_non_null = types_with_non_null_parameters(module);
        self.interface.functions = module.functions.len() as u32 - module.imported_functions;
        self.interface.exports = module
            .exports
            .iter()
            .map(|export| Export {
                name: export.name.to_string(),
                ty: module.extern_type(export.item),
                takes_non_null: match export.item {
                    Item::Function(index) => {
                        takes_non_null[module.functions[index as usize].type_index as usize]
                    }
                    _ => false,
                },
            })
            .collect();
        let names = self.interface.exports.iter().map(|export| export.name.clone());
        self.interface.export_places = names.zip(0..).collect();
        (self.module, self.interface)
    }
}

/// Returns for each type, by index, whether one of its parameters is a reference that cannot be
/// null.
fn types_with_non_null_parameters(module: &Module<'_>) -> Vec<bool> {
    let is_non_null = |ty: &ValType| ty.as_reference_type().is_some_and(|ty| !ty.is_nullable());
    let types = module.groups.iter().flat_map(RecGroup::types);
    let takes_non_null = |ty: &SubType| match &ty.composite_type.inner {
        CompositeInnerType::Func(function) => function.params().iter().any(is_non_null),
        _ => false,
    };
    types.map(takes_non_null).collect()
}

/// Marks the functions to which references may exist as values. Those that `ref.func` names in
/// bodies are among them, because they have to occur in exports, segments or globals
/// (specification, validation of `ref.func`).
pub(crate) fn mark_referenced(module: &mut Module<'_>) {
    let mut referenced: Vec<u32> = Vec::new();
    for export in &module.exports {
        if let Item::Function(index) = export.item {
            referenced.push(index);
        }
    }
    referenced.extend(module.constants().flat_map(ConstantExpression::functions));
    for index in referenced {
        module.functions[index as usize].referenced = true;
    }
}

/// Reads an element segment.
fn element_segment(element: wasmparser::Element<'_>) -> Result<ElementSegment, Error> {
    let mode = match &element.kind {
        ElementKind::Passive => SegmentMode::Passive,
        ElementKind::Declared => SegmentMode::Declared,
        ElementKind::Active { table_index, offset_expr } => SegmentMode::Active {
            index: table_index.unwrap_or(0),
            offset: ConstantExpression::parse(offset_expr)?,
        },
    };
    let mut content = RefType::FUNCREF;
    let mut items = Vec::new();
    match element.items {
        ElementItems::Functions(functions) => {
            for function in functions {
                items.push(ConstantExpression::function(function?));
            }
        }
        ElementItems::Expressions(ty, expressions) => {
            content = ty;
            for expression in expressions {
                items.push(ConstantExpression::parse(&expression?)?);
            }
        }
    }
    Ok(ElementSegment { mode, content, items })
}

/// Returns the type of a memory.
fn memory_type(ty: &wasmparser::MemoryType) -> MemoryType {
    MemoryType {
        minimum: ty.initial,
        maximum: ty.maximum,
        page_size_log2: ty.page_size_log2.unwrap_or(16),
        memory64: ty.memory64,
        shared: ty.shared,
    }
}

impl Module<'_> {
    /// Adds the types of a recursion group, which may refer to each other.
    fn add_types(&mut self, group: &RecGroup) {
        let start = self.types.len();
        let function = |ty: &SubType| match &ty.composite_type.inner {
            CompositeInnerType::Func(function) => Some(function.clone()),
            _ => None,
        };
        let functions: Vec<Option<FuncType>> = group.types().map(function).collect();
        self.types.extend(functions.iter().map(|function| match function {
            Some(_) => {
                DefinedType::Function(FunctionType { parameters: Vec::new(), results: Vec::new() })
            }
            None => DefinedType::Object,
        }));
        for (index, function) in functions.iter().enumerate() {
            if let Some(function) = function {
                let parameters = self.value_types(function.params());
                let results = self.value_types(function.results());
                let ty = FunctionType { parameters, results };
                self.types[start + index] = DefinedType::Function(ty);
            }
        }
    }

    /// Returns the representations of values of these types.
    fn value_types(&self, types: &[ValType]) -> Vec<ValueType> {
        types.iter().map(|ty| self.value_type(*ty)).collect()
    }

    /// Returns the type of a table, with values by their representations.
    fn table_type(&self, ty: &wasmparser::TableType) -> TableType {
        TableType {
            element: self.value_type(ValType::Ref(ty.element_type)),
            minimum: ty.initial,
            maximum: ty.maximum,
            table64: ty.table64,
        }
    }

    /// Returns the type of a global, with values by their representations.
    fn global_type(&self, ty: &wasmparser::GlobalType) -> GlobalType {
        GlobalType { content: self.value_type(ty.content_type), mutable: ty.mutable }
    }
}
