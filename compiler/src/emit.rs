//! A compiled module as an object file: code with its tables for traps and
//! names, the records the runtime reads, and the first content of globals,
//! tables and memories (`data.rs`). Data that nothing refers to is left out.

mod data;

use crate::code_tables::CodeTables;
use crate::codegen::{CompiledFunction, Relocation, RelocationTarget};
use crate::compile::Output;
use crate::constant::StaticValue;
use crate::debug::{Debug, Placed, SymbolTarget};
use crate::initialize::Initialization;
use crate::layout::{GlobalPlace, Layout};
use crate::lines::{FunctionLines, Lines};
use crate::module::{Item, Module};
use crate::object::{self, ObjectWriter, Record};
use crate::profile::file::Counters;
use crate::program::{FunctionSource, ResolvedImports};
use crate::symbols::{self, Symbol};
use crate::text::{Call, Callee, Text};
use crate::thunks::Thunk;
use crate::translate::ir_type;
use crate::{Cpu, Error};
use ::object::write::{SectionId, SymbolId};
use ::object::{SymbolKind, SymbolScope};
use quench_abi::{FUNCTION_HEADER_SIZE, FunctionHeader, PAGE_SIZE, RuntimeFunction, ValueType};
use std::collections::BTreeMap;

/// Bytes of a function type in messages.
const LONGEST_TYPE: usize = 500;

/// What code is emitted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Source {
    /// A function of the module.
    Function(u32),
    Thunk(Thunk),
}

impl Source {
    /// The function that others call by its index when they call this code.
    fn function(self) -> Option<u32> {
        match self {
            Source::Function(index) | Source::Thunk(Thunk::Import(index)) => Some(index),
            Source::Thunk(_) => None,
        }
    }
}

/// Machine code with what it is.
pub struct Code {
    pub source: Source,
    /// As messages show it.
    pub name: String,
    pub function: CompiledFunction,
    /// Where in the source it comes from.
    pub lines: FunctionLines,
}

/// What the code is of.
pub struct Unit<'a> {
    pub name: &'a str,
    pub cpu: Cpu,
    pub module: &'a Module<'a>,
    pub imports: &'a ResolvedImports,
    pub layout: &'a Layout,
    pub type_ids: &'a [u32],
    pub entry_points: &'a [(&'a str, u32)],
    /// Of an instrumented module.
    pub counters: Option<&'a Counters>,
    /// For debug information, if that is wanted.
    pub debug: Option<&'a Debug<'a>>,
}

/// Takes a module's code, function by function in the order it is to have, then
/// makes the object.
pub struct Emitter<'a> {
    unit: Unit<'a>,
    plan: &'a mut Initialization,
    writer: ObjectWriter,
    text: Text,
    tables: CodeTables,
    lines: Lines,
    /// Symbols of the code, in its order.
    placed: Vec<SymbolId>,
    /// The same code, for debug information.
    debugged: Vec<Placed>,
    thunks: BTreeMap<Thunk, SymbolId>,
    symbols: BTreeMap<Symbol, SymbolId>,
    library: BTreeMap<&'static str, SymbolId>,
    /// Symbols in order of first use; data is emitted for those of it.
    wanted: Vec<Symbol>,
}

impl<'a> Emitter<'a> {
    pub fn new(unit: Unit<'a>, plan: &'a mut Initialization) -> Emitter<'a> {
        let target = unit.cpu.target();
        Emitter {
            unit,
            plan,
            writer: ObjectWriter::new(target),
            text: Text::new(target, object::call_reach(target)),
            tables: CodeTables::default(),
            lines: Lines::default(),
            placed: Vec::new(),
            debugged: Vec::new(),
            thunks: BTreeMap::new(),
            symbols: BTreeMap::new(),
            library: BTreeMap::new(),
            wanted: Vec::new(),
        }
    }

    /// # Errors
    ///
    /// When the code refers to something in a way that objects do not have.
    pub fn add(&mut self, code: Code) -> Result<(), Error> {
        let (source, function) = (code.source, &code.function);
        self.lines.add(code.lines);
        let index = source.function();
        let header = self.header(source);
        let offset = self.text.place(
            index,
            header.as_ref().map_or(&[], |header| header),
            &function.code,
            function.phase,
        );
        let symbol = match source {
            Source::Function(index) | Source::Thunk(Thunk::Import(index)) => {
                self.symbol(Symbol::Function(index))
            }
            Source::Thunk(thunk) => {
                let symbol = self.writer.declare(self.thunk_name(thunk), SymbolKind::Text);
                self.thunks.insert(thunk, symbol);
                symbol
            }
        };
        let text = self.writer.text();
        let size = function.code.len() as u64;
        self.writer.define(symbol, SymbolScope::Compilation, text, offset, size);
        self.placed.push(symbol);
        let own = match source {
            Source::Function(index) => Some(index),
            Source::Thunk(_) => None,
        };
        self.tables.add(own, &code.name, function);
        if let Some(debug) = self.unit.debug {
            self.debugged.push(debug.placed(own, offset, function));
        }
        function
            .relocations
            .iter()
            .try_for_each(|relocation| self.relocate(offset, symbol, relocation))
    }

    /// # Errors
    ///
    /// When a table or the object would be larger than its format allows.
    pub fn finish(mut self) -> Result<Output, Error> {
        self.finish_text()?;
        self.exports()?;
        self.counters();
        self.module_record()?;
        let warnings = self.debug_sections()?;
        self.wanted_data()?;
        let runtime_symbols = self.symbols.keys().filter_map(|symbol| match symbol {
            Symbol::Runtime(function) => Some(symbols::of_runtime(*function, self.unit.cpu)),
            _ => None,
        });
        Ok(Output {
            runtime_symbols: runtime_symbols.collect(),
            warnings,
            bytes: self.writer.write()?,
        })
    }

    /// Adds debug information, if it is wanted; returns what is wrong with the
    /// module's.
    fn debug_sections(&mut self) -> Result<Vec<String>, Error> {
        let Some(debug) = self.unit.debug else {
            return Ok(Vec::new());
        };
        let code = std::mem::take(&mut self.debugged);
        let unit = &self.unit;
        let global_size = |index: u32| {
            let place = unit.layout.globals.get(index as usize)?;
            let ty = unit.module.globals[index as usize].ty.content;
            matches!(place, GlobalPlace::Cell).then(|| ir_type(ty).bytes() as u8)
        };
        let (sections, warnings) = debug.sections(code, &global_size);
        for section in &sections {
            self.writer.add_debug_section(section.name, &section.bytes);
        }
        for section in &sections {
            for relocation in &section.relocations {
                let target = match relocation.target {
                    SymbolTarget::Text => self.writer.text_symbol(),
                    SymbolTarget::Global(index) => self.symbol(Symbol::Global(index)),
                    SymbolTarget::Section(name) => self.writer.debug_symbol(name)?,
                };
                self.writer.relocate_debug(
                    section.name,
                    relocation.offset,
                    target,
                    relocation.addend,
                    relocation.size,
                )?;
            }
        }
        Ok(warnings)
    }

    fn finish_text(&mut self) -> Result<(), Error> {
        let target = self.unit.cpu.target();
        let text = Text::new(target, object::call_reach(target));
        let mut finished = std::mem::replace(&mut self.text, text).finish();
        if self.unit.cpu.marks_branch_targets() {
            let pages = finished.bytes.len().next_multiple_of(PAGE_SIZE as usize);
            finished.bytes.resize(pages, 0);
            finished.alignment = PAGE_SIZE;
        }
        self.writer.set_text(finished.bytes, finished.alignment);
        for call in finished.calls {
            let symbol = self.callee(call.callee);
            self.writer.relocate_call(call.at, symbol, i64::from(call.addend))?;
        }
        for island in finished.islands {
            let symbol = self.callee(island.callee);
            self.writer.relocate_island(island.at, symbol)?;
        }
        Ok(())
    }

    /// The type identity before the code of functions that can be referred to.
    fn header(&self, source: Source) -> Option<[u8; FUNCTION_HEADER_SIZE as usize]> {
        let function = self.unit.module.functions[source.function()? as usize];
        function.referenced.then(|| {
            let counters = self.unit.counters.zip(source.function());
            let header = FunctionHeader {
                type_id: self.unit.type_ids[function.type_index as usize],
                profile: counters.map_or([0; 2], |(counters, index)| counters.identity(index)),
                reserved: 0,
            };
            let mut bytes = [0; FUNCTION_HEADER_SIZE as usize];
            bytes[..4].copy_from_slice(&header.type_id.to_le_bytes());
            bytes[4..8].copy_from_slice(&header.profile[0].to_le_bytes());
            bytes[8..12].copy_from_slice(&header.profile[1].to_le_bytes());
            bytes
        })
    }

    fn thunk_name(&self, thunk: Thunk) -> String {
        match thunk {
            Thunk::HostExport(index) => format!("%host.{index}"),
            Thunk::EntryPoint(index) => format!("%entry.{index}"),
            Thunk::Import(index) => format!("%import.{index}"),
            Thunk::Initialize => "%initialize".to_string(),
        }
    }

    /// `own` is the symbol of the code that lies at `start`.
    fn relocate(
        &mut self,
        start: u64,
        own: SymbolId,
        relocation: &Relocation,
    ) -> Result<(), Error> {
        let at = start + u64::from(relocation.offset);
        let addend = relocation.addend;
        let callee = match relocation.target {
            RelocationTarget::Own(offset) => {
                let addend = addend + i64::from(offset);
                return self.writer.relocate_code(at, own, addend, relocation.kind);
            }
            RelocationTarget::Symbol(symbol) => Callee::Symbol(symbol),
            RelocationTarget::LibraryCall(name) => Callee::Library(name),
        };
        match i32::try_from(addend) {
            Ok(addend) if is_code(callee) && object::is_call(relocation.kind) => {
                self.text.call(Call { at, callee, addend });
                Ok(())
            }
            _ => {
                let symbol = self.callee(callee);
                self.writer.relocate_code(at, symbol, addend, relocation.kind)
            }
        }
    }

    fn callee(&mut self, callee: Callee) -> SymbolId {
        match callee {
            Callee::Symbol(symbol) => self.symbol(symbol),
            Callee::Library(name) => *self
                .library
                .entry(name)
                .or_insert_with(|| self.writer.declare(name, SymbolKind::Text)),
        }
    }

    /// The object's symbol for a thing, to be defined later if it is ours.
    fn symbol(&mut self, symbol: Symbol) -> SymbolId {
        if let Some(id) = self.symbols.get(&symbol) {
            return *id;
        }
        let kind = match is_code(Callee::Symbol(symbol)) {
            true => SymbolKind::Text,
            false => SymbolKind::Data,
        };
        let id = self.writer.declare(self.symbol_name(symbol), kind);
        self.symbols.insert(symbol, id);
        self.wanted.push(symbol);
        id
    }

    fn symbol_name(&self, symbol: Symbol) -> String {
        let module = self.unit.module;
        let imports = self.unit.imports;
        match symbol {
            Symbol::Function(index) => match imports.functions.get(index as usize) {
                Some(FunctionSource::Module { symbol }) => symbol.clone(),
                Some(_) => format!("%import.{index}"),
                None => match module.function_names.get(&index) {
                    Some(name) => symbols::local(name),
                    None => format!("%function.{index}"),
                },
            },
            Symbol::HostFunction(index) => {
                let import = module.function_import(index);
                symbols::public(import.module, import.name)
            }
            Symbol::Global(index) => imported_name(&imports.globals, index, "global"),
            Symbol::Table(index) => imported_name(&imports.tables, index, "table"),
            Symbol::Memory(index) => imported_name(&imports.memory_symbols, index, "memory"),
            Symbol::Tag(index) => imported_name(&imports.tags, index, "tag"),
            Symbol::TableElements(index) => format!("%elements.{index}"),
            Symbol::Data(index) => format!("%data.{index}"),
            Symbol::DataLength(index) => format!("%data.length.{index}"),
            Symbol::Elements(index) => format!("%segment.{index}"),
            Symbol::ElementsLength(index) => format!("%segment.length.{index}"),
            Symbol::ImportText(index) => format!("%text.{index}"),
            Symbol::Counters => "%counters".to_string(),
            Symbol::Fuel => quench_abi::symbols::FUEL.to_string(),
            Symbol::Runtime(function) => symbols::of_runtime(function, self.unit.cpu).to_string(),
        }
    }

    /// Public names for what the module exports.
    fn exports(&mut self) -> Result<(), Error> {
        let name = self.unit.name;
        for export in &self.unit.module.exports {
            let public = symbols::public(name, export.name);
            match export.item {
                Item::Function(index) => {
                    self.writer.alias(self.thunks[&Thunk::HostExport(index)], public);
                    if !self.unit.imports.is_module_function(index) {
                        let function = self.symbol(Symbol::Function(index));
                        self.writer.alias(function, symbols::internal(name, export.name));
                    }
                }
                item => {
                    let (symbol, imported) = match item {
                        Item::Table(index) => {
                            (Symbol::Table(index), self.unit.module.imported_tables)
                        }
                        Item::Memory(index) => {
                            (Symbol::Memory(index), self.unit.module.imported_memories)
                        }
                        Item::Global(index) => {
                            (Symbol::Global(index), self.unit.module.imported_globals)
                        }
                        Item::Tag(index) => (Symbol::Tag(index), self.unit.module.imported_tags),
                        Item::Function(_) => unreachable!("handled above"),
                    };
                    // What is only passed on keeps its first name.
                    if item.index() >= imported {
                        let id = self.symbol(symbol);
                        self.define_data(symbol)?;
                        self.writer.alias(id, public);
                    }
                }
            }
        }
        for (export, index) in self.unit.entry_points {
            self.writer
                .alias(self.thunks[&Thunk::EntryPoint(*index)], symbols::entry_point(name, export));
        }
        Ok(())
    }

    /// What an instrumented module counts, in pages that the runtime replaces.
    fn counters(&mut self) {
        let Some(counters) = self.unit.counters else {
            return;
        };
        let bytes = counters.bytes();
        let symbol = self.symbol(Symbol::Counters);
        let section = self.writer.pages();
        let at = self.writer.place_pages(section, &bytes);
        let scope = SymbolScope::Compilation;
        let size = bytes.len() as u64;
        self.writer.define(symbol, scope, section, at, size);
        let name = symbols::module_counters(self.unit.name);
        self.writer.alias(symbol, name);
    }

    /// [`quench_abi::Module`] with what it points to.
    fn module_record(&mut self) -> Result<(), Error> {
        let read_only = self.writer.read_only();
        let relocated = self.writer.relocated();
        let tables = std::mem::take(&mut self.tables);

        let functions = self.local_table(read_only, &tables.functions)?;
        let functions_at = self.writer.object.symbol(functions).value;
        for (number, symbol) in self.placed.iter().enumerate() {
            let entry = (number * size_of::<quench_abi::FunctionEntry>()) as u64;
            self.writer.relocate_distance(read_only, functions_at + entry, *symbol)?;
        }
        let traps = self.local_table(read_only, &tables.traps)?;
        let handlers = self.local_table(read_only, &tables.handlers)?;
        let (names, names_size) = self.local_bytes(tables.names.as_bytes());
        let (types, types_size) = self.local_bytes(&self.type_names());
        let lines = std::mem::take(&mut self.lines).table();
        let (lines, lines_size) = self.local_bytes(&lines);

        let own_globals = u64::from(self.unit.module.imported_globals);
        let global_table = self.global_entries()?;
        let source_frame = (lines_size > 0).then(|| {
            let name = quench_abi::symbols::SOURCE_FRAME;
            self.writer.declare(name, SymbolKind::Text)
        });

        let own_memories =
            self.unit.module.imported_memories..self.unit.module.memories.len() as u32;
        let memories = own_memories.map(Symbol::Memory).collect();
        let (memories, memory_count) = self.address_list(memories)?;
        let (exception_globals, global_count) = self.address_list(exception_globals(&self.unit))?;
        let (exception_tables, table_count) =
            self.address_list(exception_tables(self.unit.module))?;

        let mut record = Record::default();
        record
            .optional_address(memories)
            .u64(memory_count)
            .address(self.thunks[&Thunk::Initialize], 0)
            .address(functions, 0)
            .u64(tables.function_count() as u64)
            .address(traps, 0)
            .u64(tables.trap_count() as u64)
            .address(handlers, 0)
            .u64(tables.handler_count() as u64)
            .address(names, 0)
            .u64(names_size)
            .address(global_table, 0)
            .u64((self.unit.module.globals.len() as u64).saturating_sub(own_globals))
            .address(types, 0)
            .u64(types_size)
            .address(lines, 0)
            .u64(lines_size)
            .optional_address(source_frame)
            .optional_address(exception_globals)
            .u64(global_count)
            .optional_address(exception_tables)
            .u64(table_count);
        assert_eq!(record.bytes.len(), size_of::<quench_abi::Module>());
        let at = self.writer.place(&record, relocated, 8)?;
        let symbol = self.writer.declare(symbols::module_record(self.unit.name), SymbolKind::Data);
        self.writer.define(symbol, SymbolScope::Linkage, relocated, at, record.bytes.len() as u64);
        Ok(())
    }

    /// [`quench_abi::Module::globals`]. Constants, which code does not read, get
    /// a cell that nobody writes.
    fn global_entries(&mut self) -> Result<SymbolId, Error> {
        let module = self.unit.module;
        let read_only = self.writer.read_only();
        let own = module.imported_globals..module.globals.len() as u32;
        let mut cells = Vec::new();
        let mut entries = Record::default();
        for index in own {
            let cell = match self.unit.layout.globals[index as usize] {
                GlobalPlace::Cell => self.symbol(Symbol::Global(index)),
                GlobalPlace::Constant(value) => self.constant_cell(value)?,
            };
            cells.push(cell);
            let ty = module.globals[index as usize].ty.content;
            entries.u32(0).u32(ty as u32);
        }
        let at = self.writer.place(&entries, read_only, 8)?;
        for (number, cell) in cells.into_iter().enumerate() {
            let entry = (number * size_of::<quench_abi::GlobalEntry>()) as u64;
            self.writer.relocate_distance(read_only, at + entry, cell)?;
        }
        let size = entries.bytes.len() as u64;
        Ok(self.writer.local(read_only, at, size))
    }

    fn constant_cell(&mut self, value: StaticValue) -> Result<SymbolId, Error> {
        let mut record = Record::default();
        match value {
            // What a reference refers to is not dumped.
            StaticValue::Function(_) => record.u64(0),
            StaticValue::Bits(bits) => record.u64(bits),
            StaticValue::Vector(bytes) => record.bytes(&bytes),
        };
        record.bytes.resize(record.bytes.len().max(16), 0);
        let read_only = self.writer.read_only();
        let at = self.writer.place(&record, read_only, 16)?;
        Ok(self.writer.local(read_only, at, 16))
    }

    /// [`quench_abi::Module::types`]; nothing if no call expects a type.
    fn type_names(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mismatch = Symbol::Runtime(RuntimeFunction::TypeMismatch);
        if !self.symbols.contains_key(&mismatch) {
            return bytes;
        }
        let module = self.unit.module;
        let names: BTreeMap<u32, String> = module
            .functions
            .iter()
            .map(|function| function.type_index)
            .chain(0..module.types.len() as u32)
            .map(|index| index as usize)
            .map(|index| (self.unit.type_ids[index], module.types[index].to_string()))
            .collect();
        for (id, name) in names {
            let name = name.as_bytes();
            let name = &name[..name.len().min(LONGEST_TYPE)];
            bytes.extend_from_slice(&id.to_le_bytes());
            bytes.extend_from_slice(&(name.len() as u16).to_le_bytes());
            bytes.extend_from_slice(name);
        }
        bytes
    }

    /// Constant bytes under a symbol of their own, with their number.
    fn local_bytes(&mut self, bytes: &[u8]) -> (SymbolId, u64) {
        let section = self.writer.read_only();
        let at = self.writer.object.append_section_data(section, bytes, 1);
        let size = bytes.len() as u64;
        (self.writer.local(section, at, size), size)
    }

    /// An array of the addresses of these, if there are any, and their number.
    fn address_list(&mut self, items: Vec<Symbol>) -> Result<(Option<SymbolId>, u64), Error> {
        if items.is_empty() {
            return Ok((None, 0));
        }
        let mut list = Record::default();
        for item in &items {
            let item = self.symbol(*item);
            list.address(item, 0);
        }
        let section = self.writer.relocated();
        let at = self.writer.place(&list, section, 8)?;
        let size = list.bytes.len() as u64;
        let list = self.writer.local(section, at, size);
        Ok((Some(list), items.len() as u64))
    }

    /// A table of 8-byte alignment under a symbol of its own.
    fn local_table(&mut self, section: SectionId, table: &Record) -> Result<SymbolId, Error> {
        let at = self.writer.place(table, section, 8)?;
        Ok(self.writer.local(section, at, table.bytes.len() as u64))
    }
}

/// The module's own variables that may hold an exnref. What is constant is null.
fn exception_globals(unit: &Unit<'_>) -> Vec<Symbol> {
    let module = unit.module;
    let own = module.imported_globals..module.globals.len() as u32;
    own.filter(|index| {
        let ty = module.globals[*index as usize].ty;
        let place = unit.layout.globals[*index as usize];
        ty.content == ValueType::ExnRef && matches!(place, GlobalPlace::Cell)
    })
    .map(Symbol::Global)
    .collect()
}

/// The module's own tables of exnrefs.
fn exception_tables(module: &Module<'_>) -> Vec<Symbol> {
    let own = module.imported_tables..module.tables.len() as u32;
    own.filter(|index| module.tables[*index as usize].ty.element == ValueType::ExnRef)
        .map(Symbol::Table)
        .collect()
}

fn is_code(callee: Callee) -> bool {
    match callee {
        Callee::Symbol(symbol) => {
            matches!(symbol, Symbol::Function(_) | Symbol::HostFunction(_) | Symbol::Runtime(_))
        }
        Callee::Library(_) => true,
    }
}

fn imported_name(imported: &[String], index: u32, kind: &str) -> String {
    match imported.get(index as usize) {
        Some(symbol) => symbol.clone(),
        None => format!("%{kind}.{index}"),
    }
}
