//! ELF relocatable objects: sections, symbols and relocations for a target.
//! Knows nothing of modules.

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

/// A jump to anywhere: `adrp x16`, `add x16, x16`, `br x16`. Between functions
/// these registers are nobody's. Only aarch64 has calls that are too short.
pub const ISLAND: [u8; 12] = [0x10, 0, 0, 0x90, 0x10, 2, 0, 0x91, 0, 2, 0x1f, 0xd6];

/// Bytes that a call reaches, forwards and backwards.
pub fn call_reach(target: Target) -> u64 {
    match target {
        Target::X86_64 => 1 << 31,
        Target::Aarch64 => 1 << 27,
    }
}

/// Whether a relocation is for [`write_call`].
pub fn is_call(kind: Reloc) -> bool {
    matches!(kind, Reloc::X86CallPCRel4 | Reloc::X86PCRel4 | Reloc::Arm64Call)
}

/// Completes a call, or whatever has its form, with the distance from the
/// relocation's place, `field`, plus its addend.
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

pub struct ObjectWriter {
    pub object: Object<'static>,
    target: Target,
    pages: Option<SectionId>,
    constants: Option<SectionId>,
    /// Of debug information, by their names.
    debug: BTreeMap<&'static str, SectionId>,
}

impl ObjectWriter {
    pub fn new(target: Target) -> ObjectWriter {
        let architecture = match target {
            Target::X86_64 => Architecture::X86_64,
            Target::Aarch64 => Architecture::Aarch64,
        };
        let object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
        ObjectWriter { object, target, pages: None, constants: None, debug: BTreeMap::new() }
    }

    /// Makes `bytes` the code.
    pub fn set_text(&mut self, bytes: Vec<u8>, alignment: u64) {
        let text = self.text();
        self.object.set_section_data(text, bytes, alignment);
    }

    pub fn text(&mut self) -> SectionId {
        self.object.section_id(StandardSection::Text)
    }

    /// Constant, without addresses. Not `.rodata`, which would lie in one
    /// segment with the code: no byte that a module chose is executable. The
    /// alignment puts it before what has addresses, as in the runtime's object.
    pub fn read_only(&mut self) -> SectionId {
        let object = &mut self.object;
        *self.constants.get_or_insert_with(|| {
            let kind = SectionKind::ReadOnlyDataWithRel;
            let section = object.add_section(Vec::new(), b".data.rel.ro.constant".to_vec(), kind);
            object.append_section_data(section, &[], 16);
            section
        })
    }

    /// Constant once the executable has relocated itself.
    pub fn relocated(&mut self) -> SectionId {
        self.object.section_id(StandardSection::ReadOnlyDataWithRel)
    }

    pub fn data(&mut self) -> SectionId {
        self.object.section_id(StandardSection::Data)
    }

    pub fn zeros(&mut self) -> SectionId {
        self.object.section_id(StandardSection::UninitializedData)
    }

    /// Whole pages that the runtime moves away; nothing else shares them.
    pub fn pages(&mut self) -> SectionId {
        let object = &mut self.object;
        *self.pages.get_or_insert_with(|| {
            object.add_section(Vec::new(), b".quench.memory".to_vec(), SectionKind::Data)
        })
    }

    /// A symbol that is not defined yet.
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

    /// Another name for what `symbol` already is.
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

    /// A symbol at data in `section`, without a name: nobody else refers to it.
    pub fn local(&mut self, section: SectionId, offset: u64, size: u64) -> SymbolId {
        let symbol = self.declare("", SymbolKind::Data);
        self.define(symbol, SymbolScope::Compilation, section, offset, size);
        symbol
    }

    /// Places a record; returns its offset in the section.
    pub fn place(&mut self, record: &Record, section: SectionId, align: u64) -> Result<u64, Error> {
        let start = self.object.append_section_data(section, &record.bytes, align);
        for (offset, symbol, addend) in record.addresses() {
            self.relocate(section, start + offset, *symbol, *addend, self.absolute64())?;
        }
        Ok(start)
    }

    /// Places pages for the runtime to move.
    pub fn place_pages(&mut self, section: SectionId, bytes: &[u8]) -> u64 {
        self.object.append_section_data(section, bytes, PAGE_SIZE)
    }

    /// Leaves a reference in code to the linker.
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

    /// A call that [`write_call`] would complete if `symbol` were near.
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

    /// An [`ISLAND`] at `offset` that jumps to `symbol`.
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

    /// 4 bytes at `offset`: the distance from there to the symbol.
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

    /// A section that is not loaded.
    pub fn add_debug_section(&mut self, name: &'static str, bytes: &[u8]) {
        let object = &mut self.object;
        let id = object.add_section(Vec::new(), name.into(), SectionKind::Debug);
        object.append_section_data(id, bytes, 1);
        self.debug.insert(name, id);
    }

    /// The symbol of the text as a whole.
    pub fn text_symbol(&mut self) -> SymbolId {
        let text = self.text();
        self.object.section_symbol(text)
    }

    pub fn debug_symbol(&mut self, name: &str) -> Result<SymbolId, Error> {
        let id = self.debug_section(name)?;
        Ok(self.object.section_symbol(id))
    }

    fn debug_section(&self, name: &str) -> Result<SectionId, Error> {
        let section = self.debug.get(name).copied();
        section.ok_or_else(|| Error::Internal {
            function: None,
            message: format!("debug information refers to {name}, which is not there"),
        })
    }

    /// `size` bytes of a section of debug information: an address or offset.
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

    fn absolute64(&self) -> u32 {
        match self.target {
            Target::X86_64 => elf::R_X86_64_64,
            Target::Aarch64 => elf::R_AARCH64_ABS64,
        }
    }

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

    pub fn write(&self) -> Result<Vec<u8>, Error> {
        self.object.write().map_err(|e| Error::Internal { function: None, message: e.to_string() })
    }
}
