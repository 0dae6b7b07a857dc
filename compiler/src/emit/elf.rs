//! ELF relocatable objects: sections, symbols and relocations for a target. This file
//! knows nothing of modules. The types of relocations are from the psABI of each machine.

use super::record::Record;
use crate::error::Error;
use crate::target::Target;
use cranelift_codegen::binemit::Reloc;
use object::elf;
use object::write::{
    Object, Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection,
};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationFlags, SectionKind, SymbolFlags, SymbolKind,
    SymbolScope,
};
use quench_abi::PAGE_SIZE;
use std::collections::BTreeMap;

/// The instructions of a jump to anywhere, for aarch64: `adrp x16`, `add x16, x16`,
/// `br x16`. Between functions the register x16 is free (AAPCS64: a veneer may change
/// it). On x86_64 calls reach everything.
pub const ISLAND: [u8; 12] = [0x10, 0, 0, 0x90, 0x10, 2, 0, 0x91, 0, 2, 0x1f, 0xd6];

/// Returns the number of bytes that a call reaches, forwards and backwards.
pub fn call_reach(target: Target) -> u64 {
    match target {
        Target::X86_64 => 1 << 31,
        Target::Aarch64 => 1 << 27,
    }
}

/// Returns whether a relocation can be completed by [`write_call`].
pub fn is_call(kind: Reloc) -> bool {
    matches!(kind, Reloc::X86CallPCRel4 | Reloc::X86PCRel4 | Reloc::Arm64Call)
}

/// Completes a call, or another reference of the same form. `field` is the four bytes at
/// the relocation's offset; `distance` is the number of bytes from there to the callee
/// plus the relocation's addend.
pub fn write_call(target: Target, field: &mut [u8], distance: i64) {
    let word = match target {
        Target::X86_64 => distance as u32,
        Target::Aarch64 => {
            let mut operation = [0; 4];
            operation.copy_from_slice(field);
            let mask = (1 << 26) - 1;
            u32::from_le_bytes(operation) & !mask | (distance >> 2) as u32 & mask
        }
    };
    field.copy_from_slice(&word.to_le_bytes());
}

/// An object that is being written.
pub struct ObjectWriter {
    /// The object as it stands.
    pub object: Object<'static>,
    target: Target,
    /// The section that [`ObjectWriter::pages`] returns, once there is one.
    pages: Option<SectionId>,
    /// The section that [`ObjectWriter::read_only`] returns, once there is one.
    constants: Option<SectionId>,
    /// Sections of debug information, by their names.
    debug: BTreeMap<&'static str, SectionId>,
}

impl ObjectWriter {
    /// Makes an empty object.
    pub fn new(target: Target) -> ObjectWriter {
        let architecture = match target {
            Target::X86_64 => Architecture::X86_64,
            Target::Aarch64 => Architecture::Aarch64,
        };
        let object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
        ObjectWriter { object, target, pages: None, constants: None, debug: BTreeMap::new() }
    }

    /// Sets the content of the code section, and its alignment in bytes.
    pub fn set_text(&mut self, bytes: Vec<u8>, alignment: u64) {
        let text = self.text();
        self.object.set_section_data(text, bytes, alignment);
    }

    /// Returns the code section.
    pub fn text(&mut self) -> SectionId {
        self.object.section_id(StandardSection::Text)
    }

    /// Returns the section of constants that contain no addresses. It is not `.rodata`,
    /// which would lie in one segment with the code: no byte that a module chose may be
    /// executable. Its alignment puts it before the constants with addresses, as in the
    /// runtime's object.
    pub fn read_only(&mut self) -> SectionId {
        let object = &mut self.object;
        *self.constants.get_or_insert_with(|| {
            let kind = SectionKind::ReadOnlyDataWithRel;
            let section = object.add_section(Vec::new(), b".data.rel.ro.constant".to_vec(), kind);
            object.append_section_data(section, &[], 16);
            section
        })
    }

    /// Returns the section of constants that contain addresses: they are constant once
    /// the executable has relocated itself.
    pub fn relocated(&mut self) -> SectionId {
        self.object.section_id(StandardSection::ReadOnlyDataWithRel)
    }

    /// Returns the section of variables.
    pub fn data(&mut self) -> SectionId {
        self.object.section_id(StandardSection::Data)
    }

    /// Returns the section of variables that are zero at first.
    pub fn zeros(&mut self) -> SectionId {
        self.object.section_id(StandardSection::UninitializedData)
    }

    /// Returns the section of whole pages that the runtime moves elsewhere; nothing else
    /// lies in these pages.
    pub fn pages(&mut self) -> SectionId {
        let object = &mut self.object;
        *self.pages.get_or_insert_with(|| {
            object.add_section(Vec::new(), b".quench.memory".to_vec(), SectionKind::Data)
        })
    }

    /// Adds a symbol that is not defined so far.
    pub fn declare(&mut self, name: impl Into<Vec<u8>>, kind: SymbolKind) -> SymbolId {
        self.object.add_symbol(Symbol {
            name: name.into(),
            value: 0,
            size: 0,
            kind,
            scope: SymbolScope::Unknown,
            weak: false,
            section: SymbolSection::Undefined,
            flags: SymbolFlags::None,
        })
    }

    /// Defines a symbol as `size` bytes at an offset in a section.
    pub fn define(
        &mut self,
        symbol: SymbolId,
        scope: SymbolScope,
        section: SectionId,
        offset: u64,
        size: u64,
    ) {
        let symbol = self.object.symbol_mut(symbol);
        symbol.scope = scope;
        symbol.section = SymbolSection::Section(section);
        symbol.value = offset;
        symbol.size = size;
    }

    /// Adds a public symbol, `name`, with the definition of `symbol`.
    pub fn alias(&mut self, symbol: SymbolId, name: String) {
        let known = self.object.symbol(symbol);
        let alias = Symbol {
            name: name.into_bytes(),
            scope: SymbolScope::Linkage,
            value: known.value,
            size: known.size,
            kind: known.kind,
            weak: known.weak,
            section: known.section,
            flags: SymbolFlags::None,
        };
        self.object.add_symbol(alias);
    }

    /// Adds a symbol without a name for `size` bytes of data at an offset in `section`.
    /// Only this object can refer to it.
    pub fn local(&mut self, section: SectionId, offset: u64, size: u64) -> SymbolId {
        let symbol = self.declare("", SymbolKind::Data);
        self.define(symbol, SymbolScope::Compilation, section, offset, size);
        symbol
    }

    /// Appends a record to a section, aligned to `align` bytes, with relocations for its
    /// addresses; returns its offset in the section.
    ///
    /// # Errors
    ///
    /// When the object's format does not have the relocation, a fault of the compiler.
    pub fn place(&mut self, record: &Record, section: SectionId, align: u64) -> Result<u64, Error> {
        let start = self.object.append_section_data(section, &record.bytes, align);
        for (offset, symbol, addend) in record.addresses() {
            self.relocate(section, start + offset, *symbol, *addend, self.absolute64())?;
        }
        Ok(start)
    }

    /// Appends a record as [`ObjectWriter::place`] does; returns a [local](ObjectWriter::local)
    /// symbol for it.
    ///
    /// # Errors
    ///
    /// As [`ObjectWriter::place`].
    pub fn place_local(
        &mut self,
        record: &Record,
        section: SectionId,
        align: u64,
    ) -> Result<SymbolId, Error> {
        let at = self.place(record, section, align)?;
        Ok(self.local(section, at, record.size()))
    }

    /// Appends constant bytes; returns a [local](ObjectWriter::local) symbol for them, and
    /// their number.
    pub fn constant_bytes(&mut self, bytes: &[u8]) -> (SymbolId, u64) {
        let section = self.read_only();
        let at = self.object.append_section_data(section, bytes, 1);
        let size = bytes.len() as u64;
        (self.local(section, at, size), size)
    }

    /// Appends `bytes` to a section, aligned to a page, and returns their offset in it.
    pub fn place_pages(&mut self, section: SectionId, bytes: &[u8]) -> u64 {
        self.object.append_section_data(section, bytes, PAGE_SIZE)
    }

    /// Adds a relocation at an offset in the code section.
    ///
    /// # Errors
    ///
    /// When ELF, as we use it, has no type for `kind`, a fault of the compiler.
    pub fn relocate_code(
        &mut self,
        offset: u64,
        symbol: SymbolId,
        addend: i64,
        kind: Reloc,
    ) -> Result<(), Error> {
        let text = self.text();
        let kind = self.elf_type(kind)?;
        self.relocate(text, offset, symbol, addend, kind)
    }

    /// Adds the relocation of a call, which the linker completes as [`write_call`] does.
    ///
    /// # Errors
    ///
    /// When the object's format does not have the relocation, a fault of the compiler.
    pub fn relocate_call(
        &mut self,
        offset: u64,
        symbol: SymbolId,
        addend: i64,
    ) -> Result<(), Error> {
        let kind = match self.target {
            Target::X86_64 => Reloc::X86CallPCRel4,
            Target::Aarch64 => Reloc::Arm64Call,
        };
        self.relocate_code(offset, symbol, addend, kind)
    }

    /// Adds the relocations of an [`ISLAND`] at `offset`, which jumps to `symbol`.
    ///
    /// # Errors
    ///
    /// When the target has no islands, a fault of the compiler.
    pub fn relocate_island(&mut self, offset: u64, symbol: SymbolId) -> Result<(), Error> {
        self.relocate_code(offset, symbol, 0, Reloc::Aarch64AdrPrelPgHi21)?;
        self.relocate_code(offset + 4, symbol, 0, Reloc::Aarch64AddAbsLo12Nc)
    }

    fn relocate(
        &mut self,
        section: SectionId,
        offset: u64,
        symbol: SymbolId,
        addend: i64,
        r_type: u32,
    ) -> Result<(), Error> {
        let flags = RelocationFlags::Elf { r_type };
        self.object
            .add_relocation(section, Relocation { offset, symbol, addend, flags })
            .map_err(|e| Error::Internal { function: None, message: e.to_string() })
    }

    /// Adds the relocation of 4 bytes at `offset` that hold the distance in bytes from
    /// there to the symbol.
    ///
    /// # Errors
    ///
    /// When the object's format does not have the relocation, a fault of the compiler.
    pub fn relocate_distance(
        &mut self,
        section: SectionId,
        offset: u64,
        symbol: SymbolId,
    ) -> Result<(), Error> {
        let kind = match self.target {
            Target::X86_64 => elf::R_X86_64_PC32,
            Target::Aarch64 => elf::R_AARCH64_PREL32,
        };
        self.relocate(section, offset, symbol, 0, kind)
    }

    /// Adds a section of debug information, which is not loaded when the program runs.
    pub fn add_debug_section(&mut self, name: &'static str, bytes: &[u8]) {
        let object = &mut self.object;
        let id = object.add_section(Vec::new(), name.into(), SectionKind::Debug);
        object.append_section_data(id, bytes, 1);
        self.debug.insert(name, id);
    }

    /// Returns the symbol of the code section as a whole.
    pub fn text_symbol(&mut self) -> SymbolId {
        let text = self.text();
        self.object.section_symbol(text)
    }

    /// Returns the symbol of a section of debug information.
    ///
    /// # Errors
    ///
    /// When there is no such section, a fault of the compiler.
    pub fn debug_symbol(&mut self, name: &str) -> Result<SymbolId, Error> {
        let id = self.debug_section(name)?;
        Ok(self.object.section_symbol(id))
    }

    /// Returns the section of debug information with this name.
    fn debug_section(&self, name: &str) -> Result<SectionId, Error> {
        let section = self.debug.get(name).copied();
        section.ok_or_else(|| Error::Internal {
            function: None,
            message: format!("debug information refers to {name}, which is not there"),
        })
    }

    /// Adds the relocation of an address or offset of `size` bytes, 4 or 8, in a section
    /// of debug information.
    ///
    /// # Errors
    ///
    /// When there is no such section, a fault of the compiler.
    pub fn relocate_debug(
        &mut self,
        section: &str,
        offset: u64,
        symbol: SymbolId,
        addend: i64,
        size: u8,
    ) -> Result<(), Error> {
        let kind = match (self.target, size) {
            (_, 8) => self.absolute64(),
            (Target::X86_64, _) => elf::R_X86_64_32,
            (Target::Aarch64, _) => elf::R_AARCH64_ABS32,
        };
        let section = self.debug_section(section)?;
        self.relocate(section, offset, symbol, addend, kind)
    }

    /// Returns the ELF type of a relocation for an address of 8 bytes.
    fn absolute64(&self) -> u32 {
        match self.target {
            Target::X86_64 => elf::R_X86_64_64,
            Target::Aarch64 => elf::R_AARCH64_ABS64,
        }
    }

    /// Returns the ELF type of one of Cranelift's relocations.
    fn elf_type(&self, kind: Reloc) -> Result<u32, Error> {
        Ok(match (self.target, kind) {
            (_, Reloc::Abs8) => self.absolute64(),
            (Target::X86_64, Reloc::X86PCRel4 | Reloc::X86CallPCRel4) => elf::R_X86_64_PC32,
            (Target::X86_64, Reloc::X86GOTPCRel4) => elf::R_X86_64_GOTPCREL,
            (Target::Aarch64, Reloc::Arm64Call) => elf::R_AARCH64_CALL26,
            (Target::Aarch64, Reloc::Aarch64AdrPrelPgHi21) => elf::R_AARCH64_ADR_PREL_PG_HI21,
            (Target::Aarch64, Reloc::Aarch64AddAbsLo12Nc) => elf::R_AARCH64_ADD_ABS_LO12_NC,
            (Target::Aarch64, Reloc::Aarch64AdrGotPage21) => elf::R_AARCH64_ADR_GOT_PAGE,
            (Target::Aarch64, Reloc::Aarch64Ld64GotLo12Nc) => elf::R_AARCH64_LD64_GOT_LO12_NC,
            (_, other) => {
                return Err(Error::Internal {
                    function: None,
                    message: format!("relocation {other:?}"),
                });
            }
        })
    }

    /// Writes the object file.
    ///
    /// # Errors
    ///
    /// When the object is larger than its format allows.
    pub fn write(&self) -> Result<Vec<u8>, Error> {
        self.object.write().map_err(|e| Error::Internal { function: None, message: e.to_string() })
    }
}
