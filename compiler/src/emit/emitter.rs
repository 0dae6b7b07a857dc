//! A compiled module as an object file: code with its tables for traps and
//! names, the records the runtime reads, and the first content of globals,
//! tables and memories (`data.rs`). Data that nothing refers to is left out.

use super::ModuleObject;
use super::code_tables::CodeTables;
use super::elf::{self, ObjectWriter};
use super::record::record;
use super::text::{Call, Callee, Text};
use crate::code_unit::{CodeUnit, Thunk};
use crate::cpu::Cpu;
use crate::debug::{Debug, Placed, SymbolTarget};
use crate::error::Error;
use crate::ir::types::ir_type;
use crate::lines::{FunctionLines, Lines};
use crate::machine_code::{MachineCode, Relocation, RelocationTarget};
use crate::module::Item;
use crate::plan::instantiation::Instantiation;
use crate::plan::layout::GlobalPlace;
use crate::plan::resolve::{FunctionSource, PlannedModule};
use crate::profile::file::Counters;
use crate::symbols::{self, Symbol};
use object::write::SymbolId;
use object::{SymbolKind, SymbolScope};
use quench_abi::{FunctionHeader, PAGE_SIZE};
use std::collections::BTreeMap;

/// The machine code of a unit with what belongs to it.
pub struct Code {
    /// The unit.
    pub unit: CodeUnit,
    /// The unit's name in messages.
    pub name: String,
    pub function: MachineCode,
    /// The places in the source that it comes from.
    pub lines: FunctionLines,
}

/// Takes a module's code, function by function in the order it is to have, then
/// makes the object.
pub struct Emitter<'a> {
    pub(super) module: &'a PlannedModule<'a>,
    cpu: Cpu,
    /// The counters of an instrumented module.
    counters: Option<&'a Counters>,
    /// Debug information, if that is wanted.
    debug: Option<&'a Debug<'a>>,
    pub(super) instantiation: &'a mut Instantiation,
    pub(super) writer: ObjectWriter,
    text: Text,
    pub(super) tables: CodeTables,
    pub(super) lines: Lines,
    /// Symbols of the code, in its order.
    pub(super) placed: Vec<SymbolId>,
    /// The same code, for debug information.
    debugged: Vec<Placed>,
    pub(super) thunks: BTreeMap<Thunk, SymbolId>,
    pub(super) symbols: BTreeMap<Symbol, SymbolId>,
    library: BTreeMap<&'static str, SymbolId>,
    /// Symbols in order of first use; data is emitted for each of them.
    pub(super) wanted: Vec<Symbol>,
}

impl<'a> Emitter<'a> {
    /// Makes an emitter without code for a module.
    pub fn new(
        module: &'a PlannedModule<'a>,
        cpu: Cpu,
        counters: Option<&'a Counters>,
        debug: Option<&'a Debug<'a>>,
        instantiation: &'a mut Instantiation,
    ) -> Emitter<'a> {
        let target = cpu.target();
        Emitter {
            module,
            cpu,
            counters,
            debug,
            instantiation,
            writer: ObjectWriter::new(target),
            text: Text::new(target, elf::call_reach(target)),
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
        let (unit, function) = (code.unit, &code.function);
        self.lines.add(code.lines);
        let index = unit.function();
        let header = self.header(unit);
        let offset = self.text.place(
            index,
            header.as_ref().map_or(&[], |header| header),
            &function.code,
            function.phase,
        );
        let symbol = match unit {
            CodeUnit::Function(index) | CodeUnit::Thunk(Thunk::Import(index)) => {
                self.symbol(Symbol::Function(index))
            }
            CodeUnit::Thunk(thunk) => {
                let symbol = self.writer.declare(self.thunk_name(thunk), SymbolKind::Text);
                self.thunks.insert(thunk, symbol);
                symbol
            }
        };
        let text = self.writer.text();
        let size = function.code.len() as u64;
        self.writer.define(symbol, SymbolScope::Compilation, text, offset, size);
        self.placed.push(symbol);
        let own = match unit {
            CodeUnit::Function(index) => Some(index),
            CodeUnit::Thunk(_) => None,
        };
        self.tables.add(own, &code.name, function);
        if let Some(debug) = self.debug {
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
    pub fn finish(mut self) -> Result<ModuleObject, Error> {
        self.finish_text()?;
        self.exports()?;
        self.counters();
        self.module_record()?;
        let warnings = self.debug_sections()?;
        self.wanted_data()?;
        let runtime_symbols = self.symbols.keys().filter_map(|symbol| match symbol {
            Symbol::Runtime(function) => Some(symbols::of_runtime(*function, self.cpu)),
            _ => None,
        });
        Ok(ModuleObject {
            runtime_symbols: runtime_symbols.collect(),
            warnings,
            bytes: self.writer.write()?,
        })
    }

    /// Adds debug information, if it is wanted; returns what is wrong with the
    /// module's.
    fn debug_sections(&mut self) -> Result<Vec<String>, Error> {
        let Some(debug) = self.debug else {
            return Ok(Vec::new());
        };
        let code = std::mem::take(&mut self.debugged);
        let planned = self.module;
        let global_size = |index: u32| {
            let place = planned.layout.globals.get(index as usize)?;
            let ty = planned.module.globals[index as usize].ty.content;
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
        let target = self.cpu.target();
        let text = Text::new(target, elf::call_reach(target));
        let mut finished = std::mem::replace(&mut self.text, text).finish();
        if self.cpu.marks_branch_targets() {
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
    fn header(&self, unit: CodeUnit) -> Option<Vec<u8>> {
        let function = self.module.module.functions[unit.function()? as usize];
        function.referenced.then(|| {
            let counters = self.counters.zip(unit.function());
            let header = record!(FunctionHeader {
                type_id: self.module.type_ids[function.type_index as usize],
                profile: counters.map_or([0; 2], |(counters, index)| counters.identity(index)),
                reserved: 0_u32,
            });
            header.bytes
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
            Ok(addend) if is_code(callee) && elf::is_call(relocation.kind) => {
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
    pub(super) fn symbol(&mut self, symbol: Symbol) -> SymbolId {
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
        let module = self.module.module;
        let imports = self.module.imports;
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
            Symbol::Runtime(function) => symbols::of_runtime(function, self.cpu).to_string(),
        }
    }

    /// Public names for what the module exports.
    fn exports(&mut self) -> Result<(), Error> {
        let name = self.module.name;
        for export in &self.module.module.exports {
            let public = symbols::public(name, export.name);
            match export.item {
                Item::Function(index) => {
                    self.writer.alias(self.thunks[&Thunk::HostExport(index)], public);
                    if !self.module.imports.is_module_function(index) {
                        let function = self.symbol(Symbol::Function(index));
                        self.writer.alias(function, symbols::internal(name, export.name));
                    }
                }
                item => {
                    let (symbol, imported) = match item {
                        Item::Table(index) => {
                            (Symbol::Table(index), self.module.module.imported_tables)
                        }
                        Item::Memory(index) => {
                            (Symbol::Memory(index), self.module.module.imported_memories)
                        }
                        Item::Global(index) => {
                            (Symbol::Global(index), self.module.module.imported_globals)
                        }
                        Item::Tag(index) => (Symbol::Tag(index), self.module.module.imported_tags),
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
        for (export, index) in self.module.entry_points {
            self.writer
                .alias(self.thunks[&Thunk::EntryPoint(*index)], symbols::entry_point(name, export));
        }
        Ok(())
    }

    /// What an instrumented module counts, in pages that the runtime replaces.
    fn counters(&mut self) {
        let Some(counters) = self.counters else {
            return;
        };
        let bytes = counters.bytes();
        let symbol = self.symbol(Symbol::Counters);
        let section = self.writer.pages();
        let at = self.writer.place_pages(section, &bytes);
        let scope = SymbolScope::Compilation;
        let size = bytes.len() as u64;
        self.writer.define(symbol, scope, section, at, size);
        let name = symbols::module_counters(self.module.name);
        self.writer.alias(symbol, name);
    }
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
