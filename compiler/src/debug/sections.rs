//! Sections of the object, with what the linker is to fill in.

use gimli::LittleEndian;
use gimli::write::{
    Dwarf, EndianVec, FrameTable, RelocateWriter, Relocation, RelocationTarget, Result, Sections,
};

/// Bytes for a section of this name.
pub struct Section {
    pub name: &'static str,
    pub bytes: Vec<u8>,
    pub relocations: Vec<SectionRelocation>,
}

/// A number that depends on where things come to lie.
pub struct SectionRelocation {
    pub offset: u64,
    /// In bytes: 4 or 8.
    pub size: u8,
    pub target: SymbolTarget,
    pub addend: i64,
}

pub enum SymbolTarget {
    Text,
    /// The cell of a global.
    Global(u32),
    /// Another one of the sections.
    Section(&'static str),
}

#[derive(Clone)]
struct Buffer {
    bytes: EndianVec<LittleEndian>,
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

/// # Errors
///
/// When something has no form in DWARF.
pub fn write(dwarf: &mut Dwarf, frames: &FrameTable) -> Result<Vec<Section>> {
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
