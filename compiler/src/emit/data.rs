//! What code refers to besides code: cells of globals, records of memories,
//! tables and tags, content of segments. Knows how each is laid out
//! (`quench_abi`), not who refers to it.

use super::emitter::Emitter;
use super::record::{Address, Record, record};
use super::text::Callee;
use crate::error::Error;
use crate::ir::types::ir_type;
use crate::module::StaticValue;
use crate::plan::instantiation::SegmentStart;
use crate::plan::layout::{self, GlobalPlace};
use crate::plan::memory_image::Piece;
use crate::symbols::Symbol;
use cranelift_module::DataId;
use quench_abi::FUNCTION_HEADER_SIZE;

impl Emitter<'_> {
    /// Defines the data that something referred to. That may refer to more.
    pub(super) fn wanted_data(&mut self) -> Result<(), Error> {
        let mut next = 0;
        while let Some((symbol, data)) = self.wanted.get(next).copied() {
            self.define_data(symbol, data)?;
            next += 1;
        }
        Ok(())
    }

    /// Defines the symbol of a thing that is not code.
    fn define_data(&mut self, symbol: Symbol, data: DataId) -> Result<(), Error> {
        let module = self.module.module;
        let (record, alignment) = match symbol {
            Symbol::Global(index) => (self.global_cell(index)?, 16),
            Symbol::Table(index) => (self.table_record(index)?, 8),
            Symbol::Memory(index) => (self.memory_record(index)?, 8),
            Symbol::Tag(index) => (self.tag_record(index)?, 8),
            Symbol::TableElements(index) => return self.table_elements(index, data),
            Symbol::Data(index) => match self.instantiation.data[index as usize] {
                SegmentStart::Available => {
                    (Record::from(module.data[index as usize].bytes.to_vec()), 16)
                }
                SegmentStart::Dropped => (Record::default(), 16),
            },
            Symbol::DataLength(index) => {
                let length = module.data[index as usize].bytes.len();
                (length_cell(self.instantiation.data[index as usize], length), 8)
            }
            Symbol::Elements(index) => (self.segment_items(index)?, 8),
            Symbol::ElementsLength(index) => {
                let length = module.elements[index as usize].items.len();
                (length_cell(self.instantiation.elements[index as usize], length), 8)
            }
            Symbol::ImportText(index) => {
                let text = self.module.imports.text(module, index);
                (Record::from(text.into_bytes()), 1)
            }
            Symbol::MinimumText(number) => {
                let check = &self.module.imports.minimum_checks[number as usize];
                (Record::from(check.text.as_bytes().to_vec()), 1)
            }
            Symbol::Counters => {
                let bytes = self.counters.map_or(Vec::new(), |counters| counters.bytes());
                return self.writer.define_pages(data, bytes);
            }
            // Defined by other objects, or as code.
            Symbol::Fuel
            | Symbol::Function(_)
            | Symbol::HostFunction(_)
            | Symbol::Context(_)
            | Symbol::InitializePart(_)
            | Symbol::Runtime(_) => {
                return Ok(());
            }
        };
        self.writer.define(data, record, alignment)
    }

    fn global_cell(&mut self, index: u32) -> Result<Record, Error> {
        let module = self.module.module;
        let global = &module.globals[index as usize];
        let value = match self.module.layout.globals[index as usize] {
            GlobalPlace::Constant(value) => Some(value),
            GlobalPlace::Cell => global.value,
        };
        let mut record = Record::default();
        self.append_value(&mut record, value.unwrap_or(StaticValue::Bits(0)))?;
        let size = ir_type(global.ty.content).bytes() as usize;
        record.bytes.resize(record.bytes.len().max(size), 0);
        Ok(record)
    }

    fn append_value(&mut self, record: &mut Record, value: StaticValue) -> Result<(), Error> {
        match value {
            StaticValue::Bits(bits) => record.u64(bits),
            StaticValue::Vector(bytes) => record.bytes(&bytes),
            StaticValue::Function(function) => record.address(self.function_reference(function)?),
        };
        Ok(())
    }

    /// Returns the reference to a function: the address of its header.
    pub(super) fn function_reference(&mut self, function: u32) -> Result<Address, Error> {
        let mut reference = self.callee(Callee::Symbol(Symbol::Function(function)))?;
        reference.addend -= FUNCTION_HEADER_SIZE as i64;
        Ok(reference)
    }

    /// Makes a [`quench_abi::Tag`].
    fn tag_record(&mut self, index: u32) -> Result<Record, Error> {
        let module = self.module.module;
        let ty = module.tag_type(index);
        let parameters: Vec<u8> = ty.parameters.iter().map(|ty| *ty as u8).collect();
        let description = module.display_tag(index);
        Ok(record!(quench_abi::Tag {
            parameters: self.writer.constant_bytes(&parameters)?,
            description: self.writer.constant_bytes(description.as_bytes())?,
        }))
    }

    /// Makes a [`quench_abi::Table`].
    fn table_record(&mut self, index: u32) -> Result<Record, Error> {
        let ty = self.module.module.tables[index as usize].ty;
        let elements = self.symbol(Symbol::TableElements(index))?;
        let most = if ty.table64 { u64::MAX } else { u64::from(u32::MAX) };
        Ok(record!(quench_abi::Table {
            elements: Address::from(elements),
            length: ty.minimum,
            maximum: ty.maximum.unwrap_or(most),
            capacity: ty.minimum,
        }))
    }

    /// Defines the elements of a table. Only where all of them are null at first, they
    /// take no space in the file.
    fn table_elements(&mut self, index: u32, data: DataId) -> Result<(), Error> {
        let own = (index - self.module.module.imported_tables) as usize;
        let length = self.module.module.tables[index as usize].ty.minimum;
        let first = std::mem::take(&mut self.instantiation.tables[own]);
        if first.is_empty() {
            return self.writer.define_zeros(data, length * 8, 16);
        }
        let mut record = Record::default();
        for (element, function) in first {
            record.bytes.resize(element as usize * 8, 0);
            self.append_value(&mut record, StaticValue::Function(function))?;
        }
        record.bytes.resize(length as usize * 8, 0);
        self.writer.define(data, record, 16)
    }

    fn segment_items(&mut self, index: u32) -> Result<Record, Error> {
        let mut record = Record::default();
        if self.instantiation.elements[index as usize] == SegmentStart::Dropped {
            return Ok(record);
        }
        let module = self.module.module;
        for item in &module.elements[index as usize].items {
            let value = module.evaluate(item).unwrap_or(StaticValue::Bits(0));
            self.append_value(&mut record, value)?;
        }
        Ok(record)
    }

    /// Makes a [`quench_abi::Memory`] with its images.
    fn memory_record(&mut self, index: u32) -> Result<Record, Error> {
        let module = self.module.module;
        let own = (index - module.imported_memories) as usize;
        let ty = module.memories[index as usize];
        let pieces = std::mem::take(&mut self.instantiation.memories[own]).into_pieces();
        let image_count = pieces.len();
        let mut images = Record::default();
        for piece in pieces {
            let (offset, length) = (piece.offset, piece.bytes.len());
            let movable = u64::from(piece.movable);
            images.append(record!(quench_abi::MemoryImage {
                bytes: self.place_piece(piece)?,
                offset: offset,
                length: length,
                movable: movable,
            }));
        }
        let place = self.module.layout.memories[index as usize];
        Ok(record!(quench_abi::Memory {
            base: place.base,
            length: ty.byte_size(ty.minimum),
            maximum: layout::largest_length(&ty),
            reservation: place.reservation,
            page_size_log2: u64::from(ty.page_size_log2),
            images: self.writer.constant(images, 8)?,
            image_count: image_count,
        }))
    }

    fn place_piece(&mut self, piece: Piece) -> Result<DataId, Error> {
        if piece.movable {
            let data = self.writer.declare_nameless(true)?;
            self.writer.define_pages(data, piece.bytes)?;
            Ok(data)
        } else {
            self.writer.constant(Record::from(piece.bytes), 16)
        }
    }
}

/// Makes the cell with the length of a segment, which is `length` until it is dropped.
fn length_cell(start: SegmentStart, length: usize) -> Record {
    let mut record = Record::default();
    record.u64(match start {
        SegmentStart::Available => length as u64,
        SegmentStart::Dropped => 0,
    });
    record
}
