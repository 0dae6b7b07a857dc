//! Takes sections of mergeable constants apart, so that a linker leaves out the
//! constants that a program does not use. A compiler puts all strings into one section, and
//! all numbers of a size into another, because linkers merge equal ones; but those that do
//! keep or leave out only whole sections. Knows ELF.

use anyhow::{Context, Result, ensure};
use object::build::elf::{Builder, Relocation, SectionData, SectionId, SymbolId};
use object::elf;
use std::collections::BTreeMap;

/// The pieces of a section that was taken apart, by their first byte.
struct Pieces(BTreeMap<u64, Piece>);

#[derive(Clone, Copy)]
struct Piece {
    section: SectionId,
    /// The symbol of the section.
    symbol: SymbolId,
}

impl Pieces {
    /// Returns the piece with a byte, and its first byte.
    fn of(&self, byte: u64) -> Result<(u64, Piece)> {
        let piece = self.0.range(..=byte).next_back();
        piece.map(|(start, piece)| (*start, *piece)).context("a constant outside of its section")
    }
}

/// Gives each constant of the mergeable sections a section of its own. A section stays
/// whole where a reference does not say which constant it means.
///
/// # Errors
///
/// When the content of a section is not what its header says.
pub(crate) fn take_apart(builder: &mut Builder<'_>) -> Result<()> {
    let is_mergeable = |flags: u64| flags & u64::from(elf::SHF_MERGE) != 0;
    let sections = builder.sections.iter();
    let mergeable: Vec<SectionId> = sections
        .filter(|section| is_mergeable(section.sh_flags))
        .map(|section| section.id())
        .collect();
    for section in mergeable {
        let own = own_symbols(builder, section);
        if !are_exact(builder, &own) {
            continue;
        }
        let pieces = split(builder, section)?;
        move_references(builder, &own, &pieces)?;
        for symbol in builder.symbols.iter_mut() {
            if own.contains(&symbol.id()) {
                symbol.delete = true;
            } else if symbol.section == Some(section) {
                let (start, piece) = pieces.of(symbol.st_value)?;
                symbol.section = Some(piece.section);
                symbol.st_value -= start;
            }
        }
        builder.sections.get_mut(section).delete = true;
    }
    Ok(())
}

/// Returns the symbols that stand for a section as a whole.
fn own_symbols(builder: &Builder<'_>, id: SectionId) -> Vec<SymbolId> {
    let symbols = builder.symbols.iter();
    symbols
        .filter(|symbol| symbol.section == Some(id) && symbol.st_type() == elf::STT_SECTION)
        .map(|symbol| symbol.id())
        .collect()
}

/// Returns whether each reference by a section's symbol has the distance from the section's
/// start as its addend. One that is relative to the place on x86_64 has less, by the distance
/// to the end of the instruction.
fn are_exact(builder: &Builder<'_>, own: &[SymbolId]) -> bool {
    let machine = builder.header.e_machine;
    let is_exact = |relocation: &Relocation| {
        machine == elf::EM_AARCH64 || relocation.r_type == elf::R_X86_64_64
    };
    builder.sections.iter().all(|section| match &section.data {
        SectionData::Relocation(relocations) => {
            let mut ours = relocations.iter().filter(|one| refers(one, own));
            ours.all(is_exact)
        }
        _ => true,
    })
}

fn refers(relocation: &Relocation, symbols: &[SymbolId]) -> bool {
    relocation.symbol.is_some_and(|symbol| symbols.contains(&symbol))
}

/// Adds a section for each constant of one.
fn split(builder: &mut Builder<'_>, id: SectionId) -> Result<Pieces> {
    let section = builder.sections.get(id);
    let SectionData::Data(data) = &section.data else {
        anyhow::bail!("a section of constants has no content");
    };
    let data = data.to_vec();
    let size = usize::try_from(section.sh_entsize)?;
    let mut rest = data.as_slice();
    let mut pieces = BTreeMap::new();
    let mut start = 0;
    while !rest.is_empty() {
        let section = builder.sections.get(id);
        let is_text = section.sh_flags & u64::from(elf::SHF_STRINGS) != 0;
        let length = if is_text {
            ensure!(size == 1, "a section of strings whose characters have {size} bytes");
            rest.iter().position(|byte| *byte == 0).map_or(rest.len(), |end| end + 1)
        } else {
            size
        };
        let (constant, others) =
            rest.split_at_checked(length).context("a constant that is cut short")?;
        let section = builder.sections.copy(id);
        section.data = SectionData::Data(constant.to_vec().into());
        section.sh_offset = 0;
        let section = section.id();
        let symbol = builder.symbols.add();
        symbol.set_st_info(elf::STB_LOCAL, elf::STT_SECTION);
        symbol.section = Some(section);
        pieces.insert(start, Piece { section, symbol: symbol.id() });
        start += constant.len() as u64;
        rest = others;
    }
    Ok(Pieces(pieces))
}

/// Has references by a section's own symbols name the pieces instead.
fn move_references(builder: &mut Builder<'_>, own: &[SymbolId], pieces: &Pieces) -> Result<()> {
    for section in builder.sections.iter_mut() {
        let SectionData::Relocation(relocations) = &mut section.data else {
            continue;
        };
        for relocation in relocations.iter_mut().filter(|one| refers(one, own)) {
            let byte = u64::try_from(relocation.r_addend)?;
            let (start, piece) = pieces.of(byte)?;
            relocation.symbol = Some(piece.symbol);
            relocation.r_addend = i64::try_from(byte - start)?;
        }
    }
    Ok(())
}
