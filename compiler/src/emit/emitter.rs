//! The emitter, which makes an object file of a compiled module: code with its tables
//! for traps and names, the records that the runtime reads, and the first content of
//! globals, tables and memories (`data.rs`). Data that nothing refers to is left out.

use super::ModuleObject;
use super::code_tables::CodeTables;
use super::elf::{self, DebugTarget, FinishedObject, ObjectWriter};
use super::record::{Address, record};
use super::text::{Call, Callee, Text};
use crate::code_unit::{CodeUnit, Thunk};
use crate::cpu::Cpu;
use crate::debug::{Debug, Placed, Section, SymbolTarget};
use crate::error::Error;
use crate::ir::types::ir_type;
use crate::lines::{FunctionLines, Lines};
use crate::machine_code::{MachineCode, Relocation, RelocationTarget};
use crate::module::{Item, Module};
use crate::plan::instantiation::Instantiation;
use crate::plan::layout::GlobalPlace;
use crate::plan::resolve::{FunctionSource, PlannedModule};
use crate::profile::file::Counters;
use crate::symbols::{self, Symbol};
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_module::{DataId, FuncId, FuncOrDataId, ModuleReloc, ModuleRelocTarget};
use object::SymbolScope;
use quench_abi::{FunctionHeader, PAGE_SIZE};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The machine code of a unit with its name and source lines.
pub(crate) struct Code {
    /// The function or thunk.
    pub unit: CodeUnit,
    /// The unit's name in the runtime's messages, or an empty one.
    pub name: String,
    /// The machine code.
    pub function: MachineCode,
    /// The places in the source that the code comes from.
    pub lines: FunctionLines,
    /// The instructions by which casts trap if they find null: their offsets, ascending, with
    /// the numbers of the types that the casts expect.
    pub casts: Vec<(u32, u32)>,
}

/// The maker of a module's object. It takes the module's code unit by unit, in the order
/// that the code is to have in the object.
pub(crate) struct Emitter<'a> {
    pub(super) module: &'a PlannedModule<'a>,
    cpu: Cpu,
    /// The counters of an instrumented module.
    pub(super) counters: Option<&'a Counters>,
    /// The source of debug information, if that is wanted.
    debug: Option<&'a Debug<'a>>,
    pub(super) instantiation: &'a mut Instantiation,
    pub(super) writer: ObjectWriter,
    text: Text,
    /// The block of all code.
    pub(super) code: FuncId,
    /// The relocations of the code that are left to the linker.
    relocations: Vec<ModuleReloc>,
    /// The places in `relocations` of references to functions of the module, with their
    /// indices. The addends do not contain the functions' offsets yet.
    function_references: Vec<(usize, u32)>,
    pub(super) tables: CodeTables,
    pub(super) lines: Lines,
    /// The units in the order of their code.
    placed: Vec<PlacedUnit>,
    /// Places in `placed` of the code that functions are called by, by their indices.
    functions: HashMap<u32, usize>,
    /// Places of the units' code for debug information, in the same order.
    debugged: Vec<Placed>,
    /// Places in `placed` of the thunks that have been added.
    thunks: BTreeMap<Thunk, usize>,
    /// The object's symbols for all things outside the code that have been referred to.
    pub(super) symbols: BTreeMap<Symbol, FuncOrDataId>,
    /// The data of the module among `symbols` in order of first use, to be defined.
    pub(super) wanted: Vec<(Symbol, DataId)>,
}

/// The place of a unit's code.
#[derive(Clone, Copy)]
struct PlacedUnit {
    unit: CodeUnit,
    /// Offset in the code, in bytes.
    offset: u64,
    /// Size in bytes.
    size: u64,
}

impl<'a> Emitter<'a> {
    /// Makes an emitter for a module, which has no code so far. `isa` is the target's.
    ///
    /// # Errors
    ///
    /// When the target has no ELF objects, a fault of the compiler.
    pub(crate) fn new(
        module: &'a PlannedModule<'a>,
        cpu: Cpu,
        isa: OwnedTargetIsa,
        counters: Option<&'a Counters>,
        debug: Option<&'a Debug<'a>>,
        instantiation: &'a mut Instantiation,
    ) -> Result<Emitter<'a>, Error> {
        let target = cpu.target();
        let mut writer = ObjectWriter::new(isa, module.name)?;
        Ok(Emitter {
            module,
            cpu,
            counters,
            debug,
            instantiation,
            code: writer.declare_code()?,
            writer,
            text: Text::new(target, elf::call_reach(target)),
            relocations: Vec::new(),
            function_references: Vec::new(),
            tables: CodeTables::default(),
            lines: Lines::default(),
            placed: Vec::new(),
            functions: HashMap::new(),
            debugged: Vec::new(),
            thunks: BTreeMap::new(),
            symbols: BTreeMap::new(),
            wanted: Vec::new(),
        })
    }

    /// Adds the code of a unit behind that of all units before.
    ///
    /// # Errors
    ///
    /// When the code has a relocation for which ELF, as we use it, has no type.
    pub(crate) fn add(&mut self, code: Code) -> Result<(), Error> {
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
        if let Some(index) = index {
            self.functions.insert(index, self.placed.len());
        }
        if let CodeUnit::Thunk(thunk) = unit {
            self.thunks.insert(thunk, self.placed.len());
        }
        self.placed.push(PlacedUnit { unit, offset, size: function.code.len() as u64 });
        let own = match unit {
            CodeUnit::Function(index) => Some(index),
            CodeUnit::Thunk(_) => None,
        };
        let address = Address::in_code(self.code, offset as i64);
        self.tables.add(address, own, &code.name, function, &code.casts);
        if let Some(debug) = self.debug {
            self.debugged.push(debug.placed(own, offset, function));
        }
        function.relocations.iter().try_for_each(|relocation| self.relocate(offset, relocation))
    }

    /// Completes the object: calls, exports, records, debug information and data.
    ///
    /// # Errors
    ///
    /// When a table or the object would be larger than its format allows.
    pub(crate) fn finish(mut self) -> Result<ModuleObject, Error> {
        self.finish_text()?;
        let exports = self.exports()?;
        self.module_record()?;
        let (sections, warnings) = self.debug_sections()?;
        self.wanted_data()?;
        let runtime_symbols = self.symbols.keys().filter_map(|symbol| match symbol {
            Symbol::Runtime(function) => Some(symbols::of_runtime(*function, self.cpu)),
            _ => None,
        });
        let runtime_symbols = runtime_symbols.collect();

        let mut finished = self.writer.finish(Some(self.code))?;
        let exported: HashSet<u64> =
            exports.iter().filter_map(|(_, exported)| exported.offset()).collect();
        for placed in &self.placed {
            let is_public = exported.contains(&placed.offset);
            if let Some(name) = unit_name(self.module.module, placed.unit, is_public) {
                let scope = SymbolScope::Compilation;
                finished.add_code_symbol(name, scope, placed.offset, placed.size);
            }
        }
        for (name, exported) in exports {
            match exported {
                Exported::Code(placed) => {
                    let scope = SymbolScope::Linkage;
                    finished.add_code_symbol(name, scope, placed.offset, placed.size);
                }
                Exported::Data(data) => finished.add_data_symbol(name, data),
            }
        }
        add_debug_sections(&mut finished, &sections, &self.symbols)?;
        Ok(ModuleObject { runtime_symbols, warnings, bytes: finished.write()? })
    }

    /// Makes the sections of debug information, if it is wanted, and warnings about
    /// faults of the module's own debug information.
    fn debug_sections(&mut self) -> Result<(Vec<Section>, Vec<String>), Error> {
        let Some(debug) = self.debug else {
            return Ok((Vec::new(), Vec::new()));
        };
        let code = std::mem::take(&mut self.debugged);
        let planned = self.module;
        let global_size = |index: u32| {
            let place = planned.layout.globals.get(index as usize)?;
            let ty = planned.module.globals[index as usize].ty.content;
            matches!(place, GlobalPlace::Cell).then(|| ir_type(ty).bytes() as u8)
        };
        let (sections, warnings) = debug.sections(code, &global_size);
        for relocation in sections.iter().flat_map(|section| &section.relocations) {
            if let SymbolTarget::Global(index) = relocation.target {
                self.symbol(Symbol::Global(index))?;
            }
        }
        Ok((sections, warnings))
    }

    /// Defines the code, with relocations for the calls that leave it. Code with marks for
    /// branch targets fills whole pages.
    fn finish_text(&mut self) -> Result<(), Error> {
        let target = self.cpu.target();
        let text = Text::new(target, elf::call_reach(target));
        let mut finished = std::mem::replace(&mut self.text, text).finish();
        if self.cpu.marks_branch_targets() {
            let pages = finished.bytes.len().next_multiple_of(PAGE_SIZE as usize);
            finished.bytes.resize(pages, 0);
            finished.alignment = PAGE_SIZE;
        }
        let mut relocations = std::mem::take(&mut self.relocations);
        for (place, function) in std::mem::take(&mut self.function_references) {
            let missing = || Error::Internal {
                function: Some(format!("function {function}")),
                message: "it is referred to and has no code".to_string(),
            };
            let unit = self.functions.get(&function).ok_or_else(missing)?;
            relocations[place].addend += self.placed[*unit].offset as i64;
        }
        for call in finished.calls {
            let callee = self.callee(call.callee)?;
            let kind = elf::call_relocation(target);
            relocations.push(relocation(call.at, kind, callee, i64::from(call.addend))?);
        }
        for island in finished.islands {
            let callee = self.callee(island.callee)?;
            for (offset, kind) in elf::ISLAND_RELOCATIONS {
                relocations.push(relocation(island.at + offset, kind, callee, 0)?);
            }
        }
        self.writer.define_code(self.code, &finished.bytes, finished.alignment, &relocations)
    }

    /// Makes the header that precedes the code of functions that can be referred to: it
    /// holds the number of the function's type.
    fn header(&self, unit: CodeUnit) -> Option<Vec<u8>> {
        let function = self.module.module.functions[unit.function()? as usize];
        function.referenced.then(|| {
            let counters = self.counters.zip(unit.function());
            let header = record!(FunctionHeader {
                type_id: self.module.type_number(function.type_index),
                profile: counters.map_or([0; 2], |(counters, index)| counters.identity(index)),
                reserved: 0_u32,
            });
            header.bytes
        })
    }

    /// Completes a relocation of the code at the offset `start`, or leaves it to the
    /// linker.
    fn relocate(&mut self, start: u64, relocation: &Relocation) -> Result<(), Error> {
        let at = start + u64::from(relocation.offset);
        let Relocation { addend, kind, .. } = *relocation;
        let callee = match relocation.target {
            RelocationTarget::Own(offset) => {
                let own = Address::in_code(self.code, start as i64 + i64::from(offset));
                self.relocations.push(self::relocation(at, kind, own, addend)?);
                return Ok(());
            }
            RelocationTarget::Symbol(symbol) => Callee::Symbol(symbol),
            RelocationTarget::LibraryCall(name) => Callee::Library(name),
        };
        match i32::try_from(addend) {
            Ok(addend) if is_code(callee) && elf::is_call(kind) => {
                self.text.call(Call { at, callee, addend });
            }
            _ => {
                let address = match callee {
                    Callee::Symbol(Symbol::Function(index)) if self.has_code(index) => {
                        self.function_references.push((self.relocations.len(), index));
                        Address::in_code(self.code, 0)
                    }
                    callee => self.callee(callee)?,
                };
                self.relocations.push(self::relocation(at, kind, address, addend)?);
            }
        }
        Ok(())
    }

    /// Returns whether the object has the code that a function is called by.
    fn has_code(&self, function: u32) -> bool {
        !self.module.imports.is_module_function(function)
    }

    /// Returns the address of a callee. If the object has its code, that has been placed.
    pub(super) fn callee(&mut self, callee: Callee) -> Result<Address, Error> {
        Ok(match callee {
            Callee::Symbol(Symbol::Function(index)) => match self.functions.get(&index) {
                Some(unit) => Address::in_code(self.code, self.placed[*unit].offset as i64),
                None => self.symbol(Symbol::Function(index))?.into(),
            },
            Callee::Symbol(Symbol::InitializePart(part)) => {
                let part = self.thunk(Thunk::InitializePart(part));
                Address::in_code(self.code, part.offset as i64)
            }
            Callee::Symbol(symbol) => self.symbol(symbol)?.into(),
            Callee::Library(name) => self.writer.import_function(name)?.into(),
        })
    }

    /// Returns the offset and size of a thunk's code.
    fn thunk(&self, thunk: Thunk) -> PlacedUnit {
        self.placed[self.thunks[&thunk]]
    }

    /// Returns the address of the initialiser, if the module has one.
    pub(super) fn initializer(&self) -> Option<Address> {
        let unit = self.thunks.get(&Thunk::Initialize)?;
        Some(Address::in_code(self.code, self.placed[*unit].offset as i64))
    }

    /// Returns the object's symbol for a thing outside the code. It is declared at the
    /// first use, and defined later if the thing is the module's.
    pub(super) fn symbol(&mut self, symbol: Symbol) -> Result<FuncOrDataId, Error> {
        if let Some(id) = self.symbols.get(&symbol) {
            return Ok(*id);
        }
        let id = match self.imported_name(symbol) {
            Some(name) if is_code(Callee::Symbol(symbol)) => {
                FuncOrDataId::Func(self.writer.import_function(&name)?)
            }
            Some(name) => FuncOrDataId::Data(self.writer.import_data(&name)?),
            None => {
                let constant = matches!(
                    symbol,
                    Symbol::Tag(_)
                        | Symbol::Data(_)
                        | Symbol::ImportText(_)
                        | Symbol::MinimumText(_)
                );
                let data = self.writer.declare_nameless(!constant)?;
                self.wanted.push((symbol, data));
                FuncOrDataId::Data(data)
            }
        };
        self.symbols.insert(symbol, id);
        Ok(id)
    }

    /// Returns the name under which another object defines a thing; `None` if it is data
    /// of the module.
    fn imported_name(&self, symbol: Symbol) -> Option<String> {
        let imports = self.module.imports;
        let of = |names: &[String], index: u32| names.get(index as usize).cloned();
        match symbol {
            Symbol::Function(index) => Some(match imports.functions.get(index as usize) {
                Some(FunctionSource::Module { symbol }) => symbol.clone(),
                // The object should have its code; the linker says what is missing.
                Some(_) | None => format!("%function.{index}"),
            }),
            Symbol::HostFunction(index) => match imports.functions.get(index as usize) {
                Some(FunctionSource::Host { symbol, .. }) => Some(symbol.clone()),
                _ => None,
            },
            Symbol::Context(index) => match imports.functions.get(index as usize) {
                Some(FunctionSource::Host { context, .. }) => context.clone(),
                _ => None,
            },
            Symbol::Global(index) => of(&imports.globals, index),
            Symbol::Table(index) => of(&imports.tables, index),
            Symbol::Memory(index) => of(&imports.memory_symbols, index),
            Symbol::Tag(index) => of(&imports.tags, index),
            Symbol::Fuel => Some(quench_abi::symbols::FUEL.to_string()),
            Symbol::Runtime(function) => Some(symbols::of_runtime(function, self.cpu).to_string()),
            Symbol::TableElements(_)
            | Symbol::Data(_)
            | Symbol::DataLength(_)
            | Symbol::Elements(_)
            | Symbol::ElementsLength(_)
            | Symbol::ImportText(_)
            | Symbol::MinimumText(_)
            | Symbol::InitializePart(_)
            | Symbol::Counters => None,
        }
    }

    /// Lists the public names of everything that the module exports. All that is exported
    /// will be defined.
    fn exports(&mut self) -> Result<Vec<(String, Exported)>, Error> {
        let name = self.module.name;
        let module = self.module.module;
        let mut exports = Vec::new();
        for export in &module.exports {
            let public = symbols::public(name, export.name);
            let (symbol, imported) = match export.item {
                Item::Function(index) => {
                    if export.is_native {
                        let thunk = self.thunk(Thunk::HostExport(index));
                        exports.push((public, Exported::Code(thunk)));
                    }
                    if let Some(unit) = self.functions.get(&index) {
                        let internal = symbols::internal(name, export.name);
                        exports.push((internal, Exported::Code(self.placed[*unit])));
                    }
                    continue;
                }
                Item::Table(index) => (Symbol::Table(index), module.imported_tables),
                Item::Memory(index) => (Symbol::Memory(index), module.imported_memories),
                Item::Global(index) => (Symbol::Global(index), module.imported_globals),
                Item::Tag(index) => (Symbol::Tag(index), module.imported_tags),
            };
            // An import that is exported again keeps the name of its origin.
            if export.item.index() >= imported
                && let FuncOrDataId::Data(data) = self.symbol(symbol)?
            {
                exports.push((public, Exported::Data(data)));
            }
        }
        if self.counters.is_some()
            && let FuncOrDataId::Data(counters) = self.symbol(Symbol::Counters)?
        {
            exports.push((symbols::module_counters(name), Exported::Data(counters)));
        }
        for (export, index) in self.module.entry_points {
            let entry = self.thunk(Thunk::EntryPoint(*index));
            exports.push((symbols::entry_point(name, export), Exported::Code(entry)));
        }
        Ok(exports)
    }
}

/// Returns the name of the local symbol of a unit's code. What is called from elsewhere
/// has only its public name, unless the module names the function.
fn unit_name(module: &Module<'_>, unit: CodeUnit, is_public: bool) -> Option<String> {
    match unit {
        CodeUnit::Function(index) => match module.function_names.get(&index) {
            Some(name) => Some(symbols::local(name)),
            None if is_public => None,
            None => Some(format!("%function.{index}")),
        },
        CodeUnit::Thunk(Thunk::HostExport(_) | Thunk::EntryPoint(_)) => None,
        CodeUnit::Thunk(Thunk::Import(index)) => Some(format!("%import.{index}")),
        CodeUnit::Thunk(Thunk::Initialize) => Some("%initialize".to_string()),
        CodeUnit::Thunk(Thunk::InitializePart(part)) => Some(format!("%initialize.{part}")),
    }
}

/// What a public name stands for.
enum Exported {
    Code(PlacedUnit),
    Data(DataId),
}

impl Exported {
    /// Returns the offset of the code.
    fn offset(&self) -> Option<u64> {
        match self {
            Exported::Code(placed) => Some(placed.offset),
            Exported::Data(_) => None,
        }
    }
}

/// Adds sections of debug information. `symbols` has all that they refer to.
fn add_debug_sections(
    object: &mut FinishedObject,
    sections: &[Section],
    symbols: &BTreeMap<Symbol, FuncOrDataId>,
) -> Result<(), Error> {
    for section in sections {
        object.add_debug_section(section.name, &section.bytes);
    }
    for section in sections {
        for relocation in &section.relocations {
            let target = match relocation.target {
                SymbolTarget::Text => DebugTarget::Code,
                SymbolTarget::Global(index) => match symbols.get(&Symbol::Global(index)) {
                    Some(FuncOrDataId::Data(data)) => DebugTarget::Data(*data),
                    _ => continue,
                },
                SymbolTarget::Section(name) => DebugTarget::Section(name),
            };
            let (offset, addend) = (relocation.offset, relocation.addend);
            object.relocate_debug(section.name, offset, target, addend, relocation.size)?;
        }
    }
    Ok(())
}

/// Makes a relocation of the code that is left to the linker.
fn relocation(at: u64, kind: Reloc, to: Address, addend: i64) -> Result<ModuleReloc, Error> {
    let offset = u32::try_from(at).map_err(|_| Error::Internal {
        function: None,
        message: "the code has more than 4 GiB".to_string(),
    })?;
    let addend = addend + to.addend;
    Ok(ModuleReloc { offset, kind, name: ModuleRelocTarget::from(to.symbol), addend })
}

/// Returns whether a symbol is code rather than data.
fn is_code(callee: Callee) -> bool {
    match callee {
        Callee::Symbol(symbol) => matches!(
            symbol,
            Symbol::Function(_)
                | Symbol::HostFunction(_)
                | Symbol::InitializePart(_)
                | Symbol::Runtime(_)
        ),
        Callee::Library(_) => true,
    }
}
