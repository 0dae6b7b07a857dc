//! A compiled module as an object file: code with its tables for traps and
//! names, the records the runtime reads, and the first content of globals,
//! tables and memories. Data that nothing refers to is left out.

use crate::codegen::{CompiledFunction, RelocationTarget};
use crate::compile::Output;
use crate::constant::StaticValue;
use crate::image::Piece;
use crate::initialize::{Initialization, SegmentStart};
use crate::layout::{self, GlobalPlace, Layout};
use crate::module::{Item, Module};
use crate::object::{ObjectWriter, Record};
use crate::program::{FunctionSource, ResolvedImports};
use crate::symbols::{self, Symbol};
use crate::thunks::Thunk;
use crate::{Error, Target, lines, names, translate};
use object::write::SymbolId;
use object::{SymbolKind, SymbolScope};
use quench_abi::{FUNCTION_HEADER_SIZE, FunctionHeader, ValueType};
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

/// All there is to a compiled module.
pub struct Unit<'a> {
    pub name: &'a str,
    pub target: Target,
    pub module: &'a Module<'a>,
    pub imports: &'a ResolvedImports,
    pub layout: &'a Layout,
    pub type_ids: &'a [u32],
    pub entry_points: &'a [(&'a str, u32)],
    pub code: Vec<(Source, CompiledFunction)>,
    /// Whether messages name functions.
    pub with_names: bool,
}

struct Emitter<'a, 'u> {
    unit: &'u Unit<'a>,
    plan: Initialization,
    writer: ObjectWriter,
    symbols: BTreeMap<Symbol, SymbolId>,
    library: BTreeMap<&'static str, SymbolId>,
    /// Symbols in order of first use; data is emitted for those of it.
    wanted: Vec<Symbol>,
}

/// A code symbol's place in the text section.
struct PlacedCode {
    symbol: SymbolId,
    offset: u64,
}

pub fn emit(unit: &Unit<'_>, plan: Initialization) -> Result<Output, Error> {
    let mut emitter = Emitter {
        unit,
        plan,
        writer: ObjectWriter::new(unit.target),
        symbols: BTreeMap::new(),
        library: BTreeMap::new(),
        wanted: Vec::new(),
    };
    let placed = emitter.place_code();
    emitter.relocate_code(&placed)?;
    emitter.exports(&placed)?;
    emitter.module_record(&placed)?;
    emitter.wanted_data()?;
    let runtime_symbols = emitter.symbols.keys().filter_map(|symbol| match symbol {
        Symbol::Runtime(function) => Some(function.name()),
        _ => None,
    });
    Ok(Output {
        runtime_symbols: runtime_symbols.collect(),
        warnings: Vec::new(),
        bytes: emitter.writer.write()?,
    })
}

impl Emitter<'_, '_> {
    /// Puts all code into the text section, so that each function has an
    /// address before anything refers to it.
    fn place_code(&mut self) -> Vec<PlacedCode> {
        let text = self.writer.text();
        let mut placed = Vec::with_capacity(self.unit.code.len());
        for (source, function) in &self.unit.code {
            if let Some(type_id) = self.header(*source) {
                let header = FunctionHeader {
                    type_id,
                    reserved: [0; 3],
                };
                let mut bytes = [0; FUNCTION_HEADER_SIZE as usize];
                bytes[..4].copy_from_slice(&header.type_id.to_le_bytes());
                self.writer
                    .object
                    .append_section_data(text, &bytes, function.alignment);
            }
            let offset =
                self.writer
                    .object
                    .append_section_data(text, &function.code, function.alignment);
            let symbol = match source {
                Source::Function(index) | Source::Thunk(Thunk::Import(index)) => {
                    self.symbol(Symbol::Function(*index))
                }
                Source::Thunk(thunk) => self
                    .writer
                    .declare(self.thunk_name(*thunk), SymbolKind::Text),
            };
            let size = function.code.len() as u64;
            self.writer
                .define(symbol, SymbolScope::Compilation, text, offset, size);
            placed.push(PlacedCode { symbol, offset });
        }
        placed
    }

    /// The type identity before the code of functions that can be referred to.
    fn header(&self, source: Source) -> Option<u32> {
        let index = match source {
            Source::Function(index) | Source::Thunk(Thunk::Import(index)) => index,
            Source::Thunk(_) => return None,
        };
        let function = self.unit.module.functions[index as usize];
        function
            .referenced
            .then(|| self.unit.type_ids[function.type_index as usize])
    }

    fn thunk_name(&self, thunk: Thunk) -> String {
        match thunk {
            Thunk::HostExport(index) => format!("%host.{index}"),
            Thunk::EntryPoint(index) => format!("%entry.{index}"),
            Thunk::Import(index) => format!("%import.{index}"),
            Thunk::Initialize => "%initialize".to_string(),
        }
    }

    fn relocate_code(&mut self, placed: &[PlacedCode]) -> Result<(), Error> {
        let text = self.writer.text();
        let unit = self.unit;
        for ((_, function), place) in unit.code.iter().zip(placed) {
            for relocation in &function.relocations {
                // Makes the symbols before the writer is borrowed below.
                self.resolve(&relocation.target);
            }
            let (symbols, library) = (&self.symbols, &self.library);
            self.writer.relocate_code(
                text,
                place.offset,
                place.symbol,
                function,
                |_, target| match target {
                    RelocationTarget::Symbol(symbol) => symbols[symbol],
                    RelocationTarget::LibraryCall(name) => library[name],
                    RelocationTarget::Own(_) => place.symbol,
                },
            )?;
        }
        Ok(())
    }

    fn resolve(&mut self, target: &RelocationTarget) {
        match target {
            RelocationTarget::Symbol(symbol) => {
                self.symbol(*symbol);
            }
            RelocationTarget::LibraryCall(name) => {
                if !self.library.contains_key(name) {
                    let symbol = self.writer.declare(*name, SymbolKind::Text);
                    self.library.insert(name, symbol);
                }
            }
            RelocationTarget::Own(_) => {}
        }
    }

    /// The object's symbol for a thing, to be defined later if it is ours.
    fn symbol(&mut self, symbol: Symbol) -> SymbolId {
        if let Some(id) = self.symbols.get(&symbol) {
            return *id;
        }
        let kind = match symbol {
            Symbol::Function(_) | Symbol::HostFunction(_) | Symbol::Runtime(_) => SymbolKind::Text,
            _ => SymbolKind::Data,
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
                let import = imports.import_of(module, Item::Function(index));
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
            Symbol::Runtime(function) => function.name().to_string(),
        }
    }

    /// Public names for what the module exports.
    fn exports(&mut self, placed: &[PlacedCode]) -> Result<(), Error> {
        let name = self.unit.name;
        let thunks: BTreeMap<(u8, u32), SymbolId> = self
            .unit
            .code
            .iter()
            .zip(placed)
            .filter_map(|((source, _), place)| match source {
                Source::Thunk(Thunk::HostExport(index)) => Some(((0, *index), place.symbol)),
                Source::Thunk(Thunk::EntryPoint(index)) => Some(((1, *index), place.symbol)),
                _ => None,
            })
            .collect();
        for export in &self.unit.module.exports {
            let public = symbols::public(name, export.name);
            match export.item {
                Item::Function(index) => {
                    self.writer.alias(thunks[&(0, index)], public);
                    if !self.unit.imports.is_module_function(index) {
                        let function = self.symbol(Symbol::Function(index));
                        self.writer
                            .alias(function, symbols::internal(name, export.name));
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
                .alias(thunks[&(1, *index)], symbols::entry_point(name, export));
        }
        Ok(())
    }

    /// [`quench_abi::Module`] with what it points to.
    fn module_record(&mut self, placed: &[PlacedCode]) -> Result<(), Error> {
        let unit = self.unit;
        let read_only = self.writer.read_only();
        let relocated = self.writer.relocated();

        let mut functions = Record::default();
        let mut traps = Record::default();
        let mut handlers = Record::default();
        let mut names = String::new();
        for (source, function) in &unit.code {
            let index = match source {
                Source::Function(index) => *index,
                Source::Thunk(_) => u32::MAX,
            };
            let name = unit.module.function_names.get(&index).copied();
            let name = name.filter(|_| unit.with_names);
            let name = names::readable(name.unwrap_or_default());
            functions
                .u32(0)
                .u32(function.code.len() as u32)
                .u32(index)
                .u32(traps.bytes.len() as u32 / size_of::<quench_abi::TrapEntry>() as u32)
                .u32(handlers.bytes.len() as u32 / size_of::<quench_abi::HandlerEntry>() as u32)
                .u32(names.len() as u32)
                .u32(name.len() as u32);
            names.push_str(&name);
            for (offset, trap) in &function.traps {
                traps.u32(*offset).u32(*trap as u32);
            }
            for handler in &function.handlers {
                handlers
                    .u32(handler.return_offset)
                    .u32(handler.handler_offset)
                    .u32(handler.frame_size);
            }
        }
        let functions_at = self.writer.place(&functions, read_only, 8)?;
        for (number, place) in placed.iter().enumerate() {
            let entry = (number * size_of::<quench_abi::FunctionEntry>()) as u64;
            self.writer
                .relocate_distance(read_only, functions_at + entry, place.symbol)?;
        }
        let functions = self.writer.local(
            "%functions",
            read_only,
            functions_at,
            functions.bytes.len() as u64,
        );
        let traps_at = self.writer.place(&traps, read_only, 8)?;
        let trap_table = self
            .writer
            .local("%traps", read_only, traps_at, traps.bytes.len() as u64);
        let handlers_at = self.writer.place(&handlers, read_only, 8)?;
        let handlers_size = handlers.bytes.len() as u64;
        let handler_table = self
            .writer
            .local("%handlers", read_only, handlers_at, handlers_size);
        let names_at = self
            .writer
            .object
            .append_section_data(read_only, names.as_bytes(), 1);
        let names_symbol = self
            .writer
            .local("%names", read_only, names_at, names.len() as u64);

        let types = self.type_names();
        let types_at = self.writer.object.append_section_data(read_only, &types, 1);
        let types_symbol = self
            .writer
            .local("%types", read_only, types_at, types.len() as u64);

        let lines = lines::table(unit.code.iter().map(|(_, function)| &function.lines));
        let lines_at = self.writer.object.append_section_data(read_only, &lines, 1);
        let lines_symbol = self
            .writer
            .local("%lines", read_only, lines_at, lines.len() as u64);

        let own_memories = unit.module.imported_memories..unit.module.memories.len() as u32;
        let memories = own_memories.map(Symbol::Memory).collect();
        let (memories, memory_count) = self.address_list("%memories", memories)?;
        let (globals, global_count) =
            self.address_list("%exceptions.globals", exception_globals(unit))?;
        let (tables, table_count) =
            self.address_list("%exceptions.tables", exception_tables(unit.module))?;

        let initialize = unit
            .code
            .iter()
            .zip(placed)
            .find(|((source, _), _)| *source == Source::Thunk(Thunk::Initialize));
        let initialize = initialize.expect("each unit has one").1.symbol;
        let mut record = Record::default();
        record
            .optional_address(memories)
            .u64(memory_count)
            .address(initialize, 0)
            .address(functions, 0)
            .u64(unit.code.len() as u64)
            .address(trap_table, 0)
            .u64(traps.bytes.len() as u64 / size_of::<quench_abi::TrapEntry>() as u64)
            .address(handler_table, 0)
            .u64(handlers_size / size_of::<quench_abi::HandlerEntry>() as u64)
            .address(names_symbol, 0)
            .u64(names.len() as u64)
            .address(types_symbol, 0)
            .u64(types.len() as u64)
            .address(lines_symbol, 0)
            .u64(lines.len() as u64)
            .optional_address(globals)
            .u64(global_count)
            .optional_address(tables)
            .u64(table_count);
        assert_eq!(record.bytes.len(), size_of::<quench_abi::Module>());
        let at = self.writer.place(&record, relocated, 8)?;
        let symbol = self
            .writer
            .declare(symbols::module_record(unit.name), SymbolKind::Data);
        self.writer.define(
            symbol,
            SymbolScope::Linkage,
            relocated,
            at,
            record.bytes.len() as u64,
        );
        Ok(())
    }

    /// [`quench_abi::Module::types`]; nothing if no call expects a type.
    fn type_names(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mismatch = Symbol::Runtime(symbols::Runtime::TypeMismatch);
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

    /// An array of the addresses of these, if there are any, and their number.
    fn address_list(
        &mut self,
        label: &str,
        items: Vec<Symbol>,
    ) -> Result<(Option<SymbolId>, u64), Error> {
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
        let list = self.writer.local(label, section, at, size);
        Ok((Some(list), items.len() as u64))
    }

    /// Defines the data that something referred to. That may refer to more.
    fn wanted_data(&mut self) -> Result<(), Error> {
        let mut next = 0;
        while let Some(symbol) = self.wanted.get(next).copied() {
            self.define_data(symbol)?;
            next += 1;
        }
        Ok(())
    }

    fn define_data(&mut self, symbol: Symbol) -> Result<(), Error> {
        let id = self.symbol(symbol);
        if !self.writer.object.symbol(id).is_undefined() {
            return Ok(());
        }
        let unit = self.unit;
        let module = unit.module;
        let (section, record, align) = match symbol {
            Symbol::Global(index) if index >= module.imported_globals => {
                let record = self.global_cell(index);
                (self.writer.data(), record, 16)
            }
            Symbol::Table(index) if index >= module.imported_tables => {
                (self.writer.data(), self.table_record(index), 8)
            }
            Symbol::Memory(index) if index >= module.imported_memories => {
                let record = self.memory_record(index)?;
                (self.writer.data(), record, 8)
            }
            Symbol::Tag(index) if index >= module.imported_tags => {
                (self.writer.relocated(), self.tag_record(index), 8)
            }
            Symbol::TableElements(index) => return self.table_elements(index, id),
            Symbol::Data(index) => {
                let mut record = Record::default();
                if self.plan.data[index as usize] == SegmentStart::Available {
                    record.bytes = module.data[index as usize].bytes.to_vec();
                }
                (self.writer.read_only(), record, 16)
            }
            Symbol::DataLength(index) => {
                let length = match self.plan.data[index as usize] {
                    SegmentStart::Available => module.data[index as usize].bytes.len() as u64,
                    SegmentStart::Dropped => 0,
                };
                (self.writer.data(), length_cell(length), 8)
            }
            Symbol::Elements(index) => {
                let record = self.segment_items(index);
                (self.writer.data(), record, 8)
            }
            Symbol::ElementsLength(index) => {
                let length = match self.plan.elements[index as usize] {
                    SegmentStart::Available => module.elements[index as usize].items.len() as u64,
                    SegmentStart::Dropped => 0,
                };
                (self.writer.data(), length_cell(length), 8)
            }
            Symbol::ImportText(index) => {
                let mut record = Record::default();
                record.bytes = unit.imports.text(module, index).into_bytes();
                (self.writer.read_only(), record, 1)
            }
            // Defined with the code, or elsewhere.
            Symbol::Function(_)
            | Symbol::HostFunction(_)
            | Symbol::Runtime(_)
            | Symbol::Global(_)
            | Symbol::Table(_)
            | Symbol::Memory(_)
            | Symbol::Tag(_) => return Ok(()),
        };
        let at = self.writer.place(&record, section, align)?;
        self.writer.define(
            id,
            SymbolScope::Compilation,
            section,
            at,
            record.bytes.len() as u64,
        );
        Ok(())
    }

    fn global_cell(&mut self, index: u32) -> Record {
        let module = self.unit.module;
        let global = &module.globals[index as usize];
        let value = match self.unit.layout.globals[index as usize] {
            GlobalPlace::Constant(value) => Some(value),
            GlobalPlace::Cell => global
                .initial
                .as_ref()
                .and_then(|initial| initial.evaluate(&module.globals)),
        };
        let mut record = Record::default();
        self.append_value(&mut record, value.unwrap_or(StaticValue::Bits(0)));
        let size = translate::ir_type(global.ty.content).bytes() as usize;
        record.bytes.resize(record.bytes.len().max(size), 0);
        record
    }

    fn append_value(&mut self, record: &mut Record, value: StaticValue) {
        match value {
            StaticValue::Bits(bits) => record.u64(bits),
            StaticValue::Vector(bytes) => record.bytes(&bytes),
            StaticValue::Function(function) => {
                let symbol = self.symbol(Symbol::Function(function));
                record.address(symbol, -(FUNCTION_HEADER_SIZE as i64))
            }
        };
    }

    /// [`quench_abi::Tag`].
    fn tag_record(&mut self, index: u32) -> Record {
        let module = self.unit.module;
        let ty = &module.types[module.tags[index as usize] as usize];
        let parameters: Vec<u8> = ty.parameters.iter().map(|ty| *ty as u8).collect();
        let description = module.display_tag(index);
        let mut record = Record::default();
        for (what, bytes) in [
            ("parameters", parameters.as_slice()),
            ("description", description.as_bytes()),
        ] {
            let section = self.writer.read_only();
            let at = self.writer.object.append_section_data(section, bytes, 1);
            let label = format!("%tag.{what}.{index}");
            let text = self.writer.local(&label, section, at, bytes.len() as u64);
            record.address(text, 0).u64(bytes.len() as u64);
        }
        assert_eq!(record.bytes.len(), size_of::<quench_abi::Tag>());
        record
    }

    /// [`quench_abi::Table`].
    fn table_record(&mut self, index: u32) -> Record {
        let ty = self.unit.module.tables[index as usize].ty;
        let elements = self.symbol(Symbol::TableElements(index));
        let mut record = Record::default();
        record
            .address(elements, 0)
            .u64(ty.minimum)
            .u64(ty.maximum.unwrap_or(if ty.table64 {
                u64::MAX
            } else {
                u64::from(u32::MAX)
            }))
            .u64(ty.minimum);
        assert_eq!(record.bytes.len(), size_of::<quench_abi::Table>());
        record
    }

    fn table_elements(&mut self, index: u32, id: SymbolId) -> Result<(), Error> {
        let own = (index - self.unit.module.imported_tables) as usize;
        let length = self.unit.module.tables[index as usize].ty.minimum;
        let first = std::mem::take(&mut self.plan.tables[own]);
        // Null elements behind the last function take no space in the file of
        // an all-null table only; a mixed one is written out.
        let (section, at) = if first.is_empty() {
            let section = self.writer.zeros();
            (
                section,
                self.writer
                    .object
                    .append_section_bss(section, length * 8, 16),
            )
        } else {
            let mut record = Record::default();
            for (element, function) in first {
                record.bytes.resize(element as usize * 8, 0);
                self.append_value(&mut record, StaticValue::Function(function));
            }
            record.bytes.resize(length as usize * 8, 0);
            let section = self.writer.data();
            (section, self.writer.place(&record, section, 16)?)
        };
        self.writer
            .define(id, SymbolScope::Compilation, section, at, length * 8);
        Ok(())
    }

    fn segment_items(&mut self, index: u32) -> Record {
        let mut record = Record::default();
        if self.plan.elements[index as usize] == SegmentStart::Dropped {
            return record;
        }
        let module = self.unit.module;
        for item in &module.elements[index as usize].items {
            let value = item
                .evaluate(&module.globals)
                .unwrap_or(StaticValue::Bits(0));
            self.append_value(&mut record, value);
        }
        record
    }

    /// [`quench_abi::Memory`] with its images.
    fn memory_record(&mut self, index: u32) -> Result<Record, Error> {
        let module = self.unit.module;
        let own = (index - module.imported_memories) as usize;
        let ty = module.memories[index as usize];
        let pieces = std::mem::take(&mut self.plan.memories[own]).into_pieces();
        let mut images = Record::default();
        for piece in &pieces {
            let (section, at) = self.place_piece(piece);
            let name = format!("%image.{index}.{:#x}", piece.offset);
            let symbol = self
                .writer
                .local(&name, section, at, piece.bytes.len() as u64);
            images
                .address(symbol, 0)
                .u64(piece.offset)
                .u64(piece.bytes.len() as u64)
                .u64(u64::from(piece.movable));
        }
        assert_eq!(
            images.bytes.len(),
            pieces.len() * size_of::<quench_abi::MemoryImage>()
        );
        let relocated = self.writer.relocated();
        let at = self.writer.place(&images, relocated, 8)?;
        let images = self.writer.local(
            &format!("%images.{index}"),
            relocated,
            at,
            images.bytes.len() as u64,
        );
        let place = self.unit.layout.memories[index as usize];
        let mut record = Record::default();
        record
            .u64(place.base)
            .u64(ty.byte_size(ty.minimum))
            .u64(layout::largest_length(&ty))
            .u64(place.reservation)
            .u64(u64::from(ty.page_size_log2))
            .address(images, 0)
            .u64(pieces.len() as u64);
        assert_eq!(record.bytes.len(), size_of::<quench_abi::Memory>());
        Ok(record)
    }

    fn place_piece(&mut self, piece: &Piece) -> (object::write::SectionId, u64) {
        if piece.movable {
            let section = self.writer.pages();
            (section, self.writer.place_pages(section, &piece.bytes))
        } else {
            let section = self.writer.read_only();
            (
                section,
                self.writer
                    .object
                    .append_section_data(section, &piece.bytes, 16),
            )
        }
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

fn imported_name(imported: &[String], index: u32, kind: &str) -> String {
    match imported.get(index as usize) {
        Some(symbol) => symbol.clone(),
        None => format!("%{kind}.{index}"),
    }
}

fn length_cell(length: u64) -> Record {
    let mut record = Record::default();
    record.u64(length);
    record
}
