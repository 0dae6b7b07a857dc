//! Makes one relocatable object of several for other linkers, as `ld -r` does: sections
//! of the same name and flags become one, and what one object declares and another
//! defines is one symbol. Names that a C library has too are changed. Knows ELF and
//! nothing of what is in the objects, which the compiler or rustc made.

use super::linker::Input;
use anyhow::{Result, anyhow};
use object::elf::STB_WEAK;
use object::read::elf::{ElfFile64, ElfSection64};
use object::read::{
    Object as _, ObjectSection as _, ObjectSymbol as _, RelocationTarget, SymbolIndex,
};
use object::write::{Object, Relocation, SectionId, Symbol, SymbolId, SymbolSection};
use object::{
    BinaryFormat, Endianness, RelocationFlags, SectionFlags, SectionIndex, SectionKind,
    SymbolFlags, SymbolKind, SymbolScope,
};
use std::collections::HashMap;

/// Symbols of C that code refers to and the runtime defines, under names of their own
/// where there may be a C library: linkers differ in which of two they take.
const C_FUNCTIONS: [&str; 6] = ["memcpy", "memmove", "memset", "memcmp", "bcmp", "strlen"];

/// Symbols that are weak: the start of a program, which that of a C library replaces, and
/// the records that only some programs have.
const WEAK: [&str; 3] = ["_start", quench_abi::symbols::PROFILE, quench_abi::symbols::HEAP];

/// The section by which exceptions of C++ find their way. Guest code has none, and
/// `.debug_frame` has the same for debuggers.
const FRAMES: &[u8] = b".eh_frame";

/// Makes one object of the inputs, which are objects for the same machine.
///
/// # Errors
///
/// When an input is not such an object, or two define the same symbol.
pub fn merge(inputs: &[Input]) -> Result<Vec<u8>> {
    let files = inputs.iter().map(|input| ElfFile64::<Endianness>::parse(&*input.bytes));
    let files: Vec<_> = files.collect::<Result<_, _>>()?;
    let first = files.first().ok_or_else(fault)?;
    let object = Object::new(BinaryFormat::Elf, first.architecture(), Endianness::Little);
    let mut merger = Merger { object, sections: HashMap::new(), globals: HashMap::new() };
    for file in &files {
        merger.add(file)?;
    }
    Ok(merger.object.write()?)
}

/// Makes the error for an object that is none, or does not go with the others: quench made
/// all of them.
fn fault() -> anyhow::Error {
    anyhow!("an object of quench's own is damaged; this is a bug in quench, please report it")
}

struct Merger {
    object: Object<'static>,
    /// The sections by name and flags.
    sections: HashMap<(Vec<u8>, u64), SectionId>,
    /// The global symbols by name.
    globals: HashMap<Vec<u8>, SymbolId>,
}

/// The place of an input's section in the output: a section, and an offset in it in
/// bytes.
type Place = (SectionId, u64);

impl Merger {
    fn add(&mut self, file: &ElfFile64<'_>) -> Result<()> {
        let mut places: HashMap<SectionIndex, Place> = HashMap::new();
        for section in file.sections() {
            if let Some(place) = self.add_section(&section)? {
                places.insert(section.index(), place);
            }
        }
        let mut symbols: HashMap<SymbolIndex, (SymbolId, i64)> = HashMap::new();
        for symbol in file.symbols() {
            let place = symbol.section_index().and_then(|index| places.get(&index)).copied();
            let added = match (symbol.kind(), place) {
                // The output has its own, for the whole section.
                (SymbolKind::Section, Some((section, offset))) => {
                    (self.object.section_symbol(section), offset as i64)
                }
                (SymbolKind::Section, None) => continue,
                // The symbol is in a section that is left out.
                (_, None) if symbol.is_definition() && symbol.kind() != SymbolKind::File => {
                    continue;
                }
                _ => (self.add_symbol(&symbol, place)?, 0),
            };
            symbols.insert(symbol.index(), added);
        }
        for section in file.sections() {
            let Some((to, start)) = places.get(&section.index()).copied() else {
                continue;
            };
            for (offset, relocation) in section.relocations() {
                let RelocationTarget::Symbol(target) = relocation.target() else {
                    return Err(fault());
                };
                let (symbol, before) = symbols.get(&target).copied().ok_or_else(fault)?;
                let RelocationFlags::Elf { r_type } = relocation.flags() else {
                    return Err(fault());
                };
                self.object.add_relocation(
                    to,
                    Relocation {
                        offset: start + offset,
                        symbol,
                        addend: relocation.addend() + before,
                        flags: RelocationFlags::Elf { r_type },
                    },
                )?;
            }
        }
        Ok(())
    }

    /// Adds a section's content to the section of that name; returns its place. Tables of
    /// symbols, names and relocations are made anew and have none.
    fn add_section(&mut self, section: &ElfSection64<'_, '_>) -> Result<Option<Place>> {
        let SectionFlags::Elf { sh_flags } = section.flags() else {
            return Err(fault());
        };
        let kind = section.kind();
        let name = section.name_bytes()?.to_vec();
        if matches!(kind, SectionKind::Metadata | SectionKind::Unknown) || name == FRAMES {
            return Ok(None);
        }
        let object = &mut self.object;
        let id = *self.sections.entry((name, sh_flags)).or_insert_with_key(|(name, _)| {
            let id = object.add_section(Vec::new(), name.clone(), kind);
            *object.section_flags_mut(id) = SectionFlags::Elf { sh_flags };
            id
        });
        let alignment = section.align().max(1);
        let offset = if kind == SectionKind::UninitializedData {
            object.append_section_bss(id, section.size(), alignment)
        } else {
            object.append_section_data(id, section.data()?, alignment)
        };
        Ok(Some((id, offset)))
    }

    /// Adds a symbol, which may be a global one that is there.
    fn add_symbol<'data>(
        &mut self,
        symbol: &impl object::ObjectSymbol<'data>,
        place: Option<Place>,
    ) -> Result<SymbolId> {
        let mut name = symbol.name_bytes()?.to_vec();
        let SymbolFlags::Elf { mut st_info, st_other } = symbol.flags() else {
            return Err(fault());
        };
        let is_global = symbol.is_global();
        if is_global && C_FUNCTIONS.iter().any(|function| function.as_bytes() == name) {
            name.splice(..0, *b"quench_");
        }
        if is_global && WEAK.iter().any(|weak| weak.as_bytes() == name) {
            st_info = STB_WEAK << 4 | st_info & 0xf;
        }
        let section = match place {
            Some((section, _)) => SymbolSection::Section(section),
            None if symbol.kind() == SymbolKind::File => SymbolSection::None,
            None => SymbolSection::Undefined,
        };
        let added = Symbol {
            name: name.clone(),
            value: symbol.address() + place.map_or(0, |(_, offset)| offset),
            size: symbol.size(),
            kind: symbol.kind(),
            scope: if is_global { SymbolScope::Dynamic } else { SymbolScope::Compilation },
            weak: symbol.is_weak(),
            section,
            flags: SymbolFlags::Elf { st_info, st_other },
        };
        let known = self.globals.get(&name).copied().filter(|_| is_global);
        let Some(known) = known else {
            let id = self.object.add_symbol(added);
            if is_global {
                self.globals.insert(name, id);
            }
            return Ok(id);
        };
        if place.is_some() {
            let before = self.object.symbol_mut(known);
            if !before.is_undefined() {
                return Err(fault());
            }
            *before = added;
        }
        Ok(known)
    }
}
