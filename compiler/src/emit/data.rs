//! What code refers to besides code: cells of globals, records of memories,
//! tables and tags, content of segments. Knows how each is laid out
//! (`quench_abi`), not who refers to it.

use super::emitter::Emitter;
use super::record::{Record, record};
use crate::error::Error;
use crate::ir::types::ir_type;
use crate::module::StaticValue;
use crate::plan::instantiation::SegmentStart;
use crate::plan::layout::{self, GlobalPlace};
use crate::plan::memory_image::Piece;
use crate::symbols::Symbol;
use ::object::SymbolScope;
use ::object::write::{SectionId, SymbolId};
use quench_abi::FUNCTION_HEADER_SIZE;

impl Emitter<'_> {
    /// Defines the data that something referred to. That may refer to more.
    pub(super) fn wanted_data(&mut self) -> Result<(), Error> {
        let mut next = 0;
        while let Some(symbol) = self.wanted.get(next).copied() {
            self.define_data(symbol)?;
            next += 1;
        }
        Ok(())
    }

    pub(super) fn define_data(&mut self, symbol: Symbol) -> Result<(), Error> {
        let id = self.symbol(symbol);
        if !self.writer.object.symbol(id).is_undefined() {
            return Ok(());
        }
        let module = self.module.module;
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
                if self.instantiation.data[index as usize] == SegmentStart::Available {
                    record.bytes = module.data[index as usize].bytes.to_vec();
                }
                (self.writer.read_only(), record, 16)
            }
            Symbol::DataLength(index) => {
                let length = match self.instantiation.data[index as usize] {
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
                let length = match self.instantiation.elements[index as usize] {
                    SegmentStart::Available => module.elements[index as usize].items.len() as u64,
                    SegmentStart::Dropped => 0,
                };
                (self.writer.data(), length_cell(length), 8)
            }
            Symbol::ImportText(index) => {
                let mut record = Record::default();
                record.bytes = self.module.imports.text(module, index).into_bytes();
                (self.writer.read_only(), record, 1)
            }
            // Defined with the code, or elsewhere.
            Symbol::Function(_)
            | Symbol::HostFunction(_)
            | Symbol::Runtime(_)
            | Symbol::Global(_)
            | Symbol::Table(_)
            | Symbol::Memory(_)
            | Symbol::Tag(_)
            | Symbol::Counters
            | Symbol::Fuel => return Ok(()),
        };
        let at = self.writer.place(&record, section, align)?;
        self.writer.define(id, SymbolScope::Compilation, section, at, record.bytes.len() as u64);
        Ok(())
    }

    fn global_cell(&mut self, index: u32) -> Record {
        let module = self.module.module;
        let global = &module.globals[index as usize];
        let value = match self.module.layout.globals[index as usize] {
            GlobalPlace::Constant(value) => Some(value),
            GlobalPlace::Cell => {
                global.initial.as_ref().and_then(|initial| module.evaluate(initial))
            }
        };
        let mut record = Record::default();
        self.append_value(&mut record, value.unwrap_or(StaticValue::Bits(0)));
        let size = ir_type(global.ty.content).bytes() as usize;
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
        let module = self.module.module;
        let ty = &module.types[module.tags[index as usize] as usize];
        let parameters: Vec<u8> = ty.parameters.iter().map(|ty| *ty as u8).collect();
        let description = module.display_tag(index);
        record!(quench_abi::Tag {
            parameters: self.writer.constant_bytes(&parameters),
            description: self.writer.constant_bytes(description.as_bytes()),
        })
    }

    /// [`quench_abi::Table`].
    fn table_record(&mut self, index: u32) -> Record {
        let ty = self.module.module.tables[index as usize].ty;
        let elements = self.symbol(Symbol::TableElements(index));
        let most = if ty.table64 { u64::MAX } else { u64::from(u32::MAX) };
        record!(quench_abi::Table {
            elements: elements,
            length: ty.minimum,
            maximum: ty.maximum.unwrap_or(most),
            capacity: ty.minimum,
        })
    }

    fn table_elements(&mut self, index: u32, id: SymbolId) -> Result<(), Error> {
        let own = (index - self.module.module.imported_tables) as usize;
        let length = self.module.module.tables[index as usize].ty.minimum;
        let first = std::mem::take(&mut self.instantiation.tables[own]);
        // Null elements behind the last function take no space in the file of
        // an all-null table only; a mixed one is written out.
        let (section, at) = if first.is_empty() {
            let section = self.writer.zeros();
            (section, self.writer.object.append_section_bss(section, length * 8, 16))
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
        self.writer.define(id, SymbolScope::Compilation, section, at, length * 8);
        Ok(())
    }

    fn segment_items(&mut self, index: u32) -> Record {
        let mut record = Record::default();
        if self.instantiation.elements[index as usize] == SegmentStart::Dropped {
            return record;
        }
        let module = self.module.module;
        for item in &module.elements[index as usize].items {
            let value = module.evaluate(item).unwrap_or(StaticValue::Bits(0));
            self.append_value(&mut record, value);
        }
        record
    }

    /// [`quench_abi::Memory`] with its images.
    fn memory_record(&mut self, index: u32) -> Result<Record, Error> {
        let module = self.module.module;
        let own = (index - module.imported_memories) as usize;
        let ty = module.memories[index as usize];
        let pieces = std::mem::take(&mut self.instantiation.memories[own]).into_pieces();
        let mut images = Record::default();
        for piece in &pieces {
            let (section, at) = self.place_piece(piece);
            let symbol = self.writer.local(section, at, piece.bytes.len() as u64);
            images.append(record!(quench_abi::MemoryImage {
                bytes: symbol,
                offset: piece.offset,
                length: piece.bytes.len(),
                movable: u64::from(piece.movable),
            }));
        }
        let relocated = self.writer.relocated();
        let images = self.writer.place_local(&images, relocated, 8)?;
        let place = self.module.layout.memories[index as usize];
        Ok(record!(quench_abi::Memory {
            base: place.base,
            length: ty.byte_size(ty.minimum),
            maximum: layout::largest_length(&ty),
            reservation: place.reservation,
            page_size_log2: u64::from(ty.page_size_log2),
            images: images,
            image_count: pieces.len(),
        }))
    }

    fn place_piece(&mut self, piece: &Piece) -> (SectionId, u64) {
        if piece.movable {
            let section = self.writer.pages();
            (section, self.writer.place_pages(section, &piece.bytes))
        } else {
            let section = self.writer.read_only();
            (section, self.writer.object.append_section_data(section, &piece.bytes, 16))
        }
    }
}

fn length_cell(length: u64) -> Record {
    let mut record = Record::default();
    record.u64(length);
    record
}
