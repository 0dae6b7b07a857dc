//! Writes records that point at each other and at symbols, as an object file.
//! Does not know what the records are.

use anyhow::Result;
use object::write::{
    Object, Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection,
};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationEncoding, RelocationFlags, RelocationKind,
    SymbolFlags, SymbolKind, SymbolScope,
};
use quench_abi::{Text, Value};
use quench_compiler::Target;
use std::collections::HashMap;
use std::mem::offset_of;

/// A data section that grows record by record. A record is named by its offset
/// in the section, in bytes.
pub struct Records {
    object: Object<'static>,
    section: SectionId,
    section_symbol: SymbolId,
    externals: HashMap<String, SymbolId>,
    bytes: Vec<u8>,
}

impl Records {
    /// Returns an empty section for a machine.
    pub fn new(target: Target) -> Records {
        let architecture = match target {
            Target::X86_64 => Architecture::X86_64,
            Target::Aarch64 => Architecture::Aarch64,
        };
        let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
        let section = object.section_id(StandardSection::Data);
        let section_symbol = object.section_symbol(section);
        Records { object, section, section_symbol, externals: HashMap::new(), bytes: Vec::new() }
    }

    /// Adds a record of `size` zero bytes, aligned for any type; returns its
    /// offset.
    pub fn record(&mut self, size: usize) -> usize {
        let start = self.bytes.len().next_multiple_of(align_of::<Value>());
        self.bytes.resize(start + size, 0);
        start
    }

    /// Writes bytes at an offset.
    ///
    /// # Panics
    ///
    /// Panics when they do not fit the records that were added.
    pub fn write(&mut self, at: usize, bytes: &[u8]) {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
    }

    /// Writes a number of 8 bytes at an offset.
    ///
    /// # Panics
    ///
    /// Panics when it does not fit the records that were added.
    pub fn number(&mut self, at: usize, number: u64) {
        self.write(at, &number.to_le_bytes());
    }

    /// Adds an array of values; returns its offset.
    pub fn values(&mut self, values: &[u128]) -> usize {
        let array = self.record(std::mem::size_of_val(values));
        for (number, value) in values.iter().enumerate() {
            self.write(array + number * size_of::<Value>(), &value.to_le_bytes());
        }
        array
    }

    /// Fills in the [`Text`] at an offset.
    ///
    /// # Errors
    ///
    /// The errors of [`Records::pointer`].
    pub fn text(&mut self, at: usize, text: &str) -> Result<()> {
        let bytes = self.record(text.len());
        self.write(bytes, text.as_bytes());
        self.pointer(at + offset_of!(Text, bytes), bytes)?;
        self.number(at + offset_of!(Text, length), text.len() as u64);
        Ok(())
    }

    /// Fills in the address of another record at an offset.
    ///
    /// # Errors
    ///
    /// Fails when there are too many bytes for an object file.
    pub fn pointer(&mut self, at: usize, record: usize) -> Result<()> {
        self.relocation(at, self.section_symbol, i64::try_from(record)?)
    }

    /// Fills in the address of a symbol that another object defines at an
    /// offset.
    ///
    /// # Errors
    ///
    /// Fails when there are too many bytes for an object file.
    pub fn external(&mut self, at: usize, name: String) -> Result<()> {
        let object = &mut self.object;
        let symbol = *self.externals.entry(name).or_insert_with_key(|name| {
            object.add_symbol(symbol(name, SymbolKind::Unknown, SymbolSection::Undefined))
        });
        self.relocation(at, symbol, 0)
    }

    fn relocation(&mut self, at: usize, symbol: SymbolId, addend: i64) -> Result<()> {
        let relocation = Relocation {
            offset: at as u64,
            symbol,
            addend,
            flags: RelocationFlags::Generic {
                kind: RelocationKind::Absolute,
                encoding: RelocationEncoding::Generic,
                size: 64,
            },
        };
        Ok(self.object.add_relocation(self.section, relocation)?)
    }

    /// Returns the object, in which the symbol `name` stands for a record.
    ///
    /// # Errors
    ///
    /// Fails when an object file cannot hold it all.
    pub fn finish(mut self, name: &str, record: usize) -> Result<Vec<u8>> {
        let size = self.bytes.len() as u64;
        let section = SymbolSection::Section(self.section);
        let mut defined = symbol(name, SymbolKind::Data, section);
        defined.value = record as u64;
        defined.size = size;
        self.object.add_symbol(defined);
        let align = align_of::<Value>() as u64;
        self.object.set_section_data(self.section, self.bytes, align);
        Ok(self.object.write()?)
    }
}

fn symbol(name: &str, kind: SymbolKind, section: SymbolSection) -> Symbol {
    Symbol {
        name: name.as_bytes().to_vec(),
        value: 0,
        size: 0,
        kind,
        scope: SymbolScope::Linkage,
        weak: false,
        section,
        flags: SymbolFlags::None,
    }
}
