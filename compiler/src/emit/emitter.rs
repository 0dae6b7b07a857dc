//! The emitter, which makes an object file of a compiled module: code with its tables
//! for traps and names, the records that the runtime reads, and the first content of
//! globals, tables and memories (`data.rs`). Data that nothing refers to is left out.

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

/// The machine code of a unit with its name and source lines.
pub struct Code {
    /// The function or thunk.
    pub unit: CodeUnit,
    /// The unit's name in the runtime's messages, or an empty one.
    pub name: String,
    /// The machine code.
    pub function: MachineCode,
    /// The places in the source that the code comes from.
    pub lines: FunctionLines,
}

/// The maker of a module's object. It takes the module's code unit by unit, in the order
/// that the code is to have in the object.
pub struct Emitter<'a> {
    pub(super) module: &'a PlannedModule<'a>,
    cpu: Cpu,
    /// The counters of an instrumented module.
    counters: Option<&'a Counters>,
    /// The source of debug information, if that is wanted.
    debug: Option<&'a Debug<'a>>,
    pub(super) instantiation: &'a mut Instantiation,
    pub(super) writer: ObjectWriter,
    text: Text,
    pub(super) tables: CodeTables,
    pub(super) lines: Lines,
    /// Symbols of the units, in the order of their code.
    pub(super) placed: Vec<SymbolId>,
    /// Places of the units' code for debug information, in the same order.
    debugged: Vec<Placed>,
    /// Symbols of the thunks that have been added.
    pub(super) thunks: BTreeMap<Thunk, SymbolId>,
    /// The object's symbols for all things that have been referred to.
    pub(super) symbols: BTreeMap<Symbol, SymbolId>,
    /// The object's symbols for library functions, by name.
    library: BTreeMap<&'static str, SymbolId>,
    /// The keys of `symbols` in order of first use; data is emitted for each of them.
    pub(super) wanted: Vec<Symbol>,
}

impl<'a> Emitter<'a> {
    /// Makes an emitter for a module, which has no code so far.
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

    /// Adds the code of a unit behind that of all units before.
    ///
    /// # Errors
    ///
    /// When the code has a relocation for which ELF, as we use it, has no type.
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

    /// Completes the object: calls, exports, records, debug information and data.
    ///
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

    /// Adds debug information, if it is wanted, and returns warnings about faults of the
    /// module's own debug information.
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

    /// Writes the code section, with relocations for the calls that leave it. Code with
    /// marks for branch targets fills whole pages.
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

    /// Makes the header that precedes the code of functions that can be referred to: it
    /// holds the identity of the function's type.
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

    /// Returns the name of a thunk's symbol.
    fn thunk_name(&self, thunk: Thunk) -> String {
        match thunk {
            Thunk::HostExport(index) => format!("%host.{index}"),
            Thunk::EntryPoint(index) => format!("%entry.{index}"),
            Thunk::Import(index) => format!("%import.{index}"),
            Thunk::Initialize => "%initialize".to_string(),
        }
    }

    /// Completes a relocation of the code at the offset `start`, whose symbol is `own`, or
    /// leaves it to the linker.
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

    /// Returns the object's symbol for a callee.
    fn callee(&mut self, callee: Callee) -> SymbolId {
        match callee {
            Callee::Symbol(symbol) => self.symbol(symbol),
            Callee::Library(name) => *self
                .library
                .entry(name)
                .or_insert_with(|| self.writer.declare(name, SymbolKind::Text)),
        }
    }

    /// Returns the object's symbol for a thing. It is declared at the first use, and
    /// defined later if the thing is the module's.
    pub(super) fn symbol(&mut self, symbol: Symbol) -> SymbolId {
        if let Some(id) = self.symbols.get(&symbol) {
            return *id;
        }
        let kind =
            if is_code(Callee::Symbol(symbol)) { SymbolKind::Text } else { SymbolKind::Data };
        let id = self.writer.declare(self.symbol_name(symbol), kind);
        self.symbols.insert(symbol, id);
        self.wanted.push(symbol);
        id
    }

    /// Returns the name that a thing's symbol has in the object.
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

    /// Gives public names to everything that the module exports.
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
                    // An import that is exported again keeps the name of its origin.
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

    /// Adds the counters of an instrumented module, in pages of their own, which the
    /// runtime replaces.
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

/// Returns whether a symbol is code rather than data.
fn is_code(callee: Callee) -> bool {
    match callee {
        Callee::Symbol(symbol) => {
            matches!(symbol, Symbol::Function(_) | Symbol::HostFunction(_) | Symbol::Runtime(_))
        }
        Callee::Library(_) => true,
    }
}

/// Returns the name of an imported thing's symbol, or for one that the module defines a
/// name made of `kind` and its index.
fn imported_name(imported: &[String], index: u32, kind: &str) -> String {
    match imported.get(index as usize) {
        Some(symbol) => symbol.clone(),
        None => format!("%{kind}.{index}"),
    }
}
