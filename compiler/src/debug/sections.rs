//! Sections of debug information for the object, with the relocations that the linker
//! applies.

use gimli::LittleEndian;
use gimli::write::{
    Dwarf, EndianVec, FrameTable, RelocateWriter, Relocation, RelocationTarget, Result, Sections,
};

/// A section of debug information.
pub(crate) struct Section {
    /// Name of the section.
    pub name: &'static str,
    /// Content of the section before it is relocated.
    pub bytes: Vec<u8>,
    /// Relocations of the content.
    pub relocations: Vec<SectionRelocation>,
}

/// A field that the linker sets to the address of a symbol plus a number.
pub(crate) struct SectionRelocation {
    /// Offset of the field in the section.
    pub offset: u64,
    /// Size of the field in bytes: 4 or 8.
    pub size: u8,
    /// The symbol.
    pub target: SymbolTarget,
    /// The number that is added.
    pub addend: i64,
}

/// The symbol that a [`SectionRelocation`] refers to.
pub(crate) enum SymbolTarget {
    /// The text section.
    Text,
    /// The cell of a global, by the global's index.
    Global(u32),
    /// Another one of the sections, by its name.
    Section(&'static str),
}

/// A section while gimli writes it.
#[derive(Clone)]
struct Buffer {
    /// Content of the section.
    bytes: EndianVec<LittleEndian>,
    /// Relocations of the content.
    relocations: Vec<Relocation>,
}

impl RelocateWriter for Buffer {
    type Writer = EndianVec<LittleEndian>;

    fn writer(&self) -> &Self::Writer {
        &self.bytes
    }

    fn writer_mut(&mut self) -> &mut Self::Writer {
        &mut self.bytes
    }

    fn relocate(&mut self, relocation: Relocation) {
        self.relocations.push(relocation);
    }
}

/// Encodes DWARF and the table of frames, and returns the sections that are not empty.
///
/// # Errors
///
/// When something cannot be encoded in DWARF.
pub(super) fn write(dwarf: &mut Dwarf, frames: &FrameTable) -> Result<Vec<Section>> {
    let mut sections =
        Sections::new(Buffer { bytes: EndianVec::new(LittleEndian), relocations: Vec::new() });
    dwarf.write(&mut sections)?;
    if frames.fde_count() > 0 {
        frames.write_debug_frame(&mut sections.debug_frame)?;
    }
    let mut found = Vec::new();
    sections.for_each_mut(|id, buffer| {
        let bytes = buffer.bytes.take();
        if !bytes.is_empty() {
            found.push(Section {
                name: id.name(),
                bytes,
                relocations: buffer.relocations.iter().map(relocation).collect(),
            });
        }
        Ok(())
    })?;
    Ok(found)
}

/// Converts a relocation of gimli's, for which symbol 0 is the text section, and each
/// further number that of a global plus 1.
fn relocation(relocation: &Relocation) -> SectionRelocation {
    SectionRelocation {
        offset: relocation.offset as u64,
        size: relocation.size,
        target: match relocation.target {
            RelocationTarget::Symbol(0) => SymbolTarget::Text,
            RelocationTarget::Symbol(number) => SymbolTarget::Global(number as u32 - 1),
            RelocationTarget::Section(id) => SymbolTarget::Section(id.name()),
        },
        addend: relocation.addend,
    }
}
