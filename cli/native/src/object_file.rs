//! Takes the one object that matters out of an archive, and removes what only
//! debuggers read, except for tables of frames. Knows ELF.

use crate::constants;
use anyhow::{Context, Result, anyhow, bail};
use object::build::elf::{Builder, Section, SectionData, SectionId, Symbol};
use object::read::archive::ArchiveFile;
use object::{Object, ObjectSymbol, elf};
use std::collections::{BTreeSet, HashSet};

/// The entry point, which the object that matters defines.
const ENTRY: &str = "_start";

/// Returns the object in the archive that has the entry point, ready for linking.
///
/// # Errors
///
/// When there is none, or when it needs other objects of the archive.
pub(crate) fn extract(archive: &[u8]) -> Result<Vec<u8>> {
    let object = find(archive)?;
    check_alone(object, archive)?;
    strip(object)
}

/// Returns the object that defines the entry point.
fn find(archive: &[u8]) -> Result<&[u8]> {
    for member in ArchiveFile::parse(archive)?.members() {
        let data = member?.data(archive)?;
        let Ok(file) = object::File::parse(data) else {
            continue;
        };
        let is_entry = |name| name == Ok(ENTRY);
        if file.symbols().any(|symbol| symbol.is_definition() && is_entry(symbol.name())) {
            return Ok(data);
        }
    }
    Err(anyhow!("no object defines `{ENTRY}`"))
}

/// Fails if the object refers to a symbol that another object of the archive
/// defines.
fn check_alone(object: &[u8], archive: &[u8]) -> Result<()> {
    let mut support = HashSet::new();
    if let Some(symbols) = ArchiveFile::parse(archive)?.symbols()? {
        for symbol in symbols {
            support.insert(symbol?.name().to_vec());
        }
    }
    let file = object::File::parse(object)?;
    let mut needed = BTreeSet::new();
    for symbol in file.symbols().filter(ObjectSymbol::is_undefined) {
        if support.contains(symbol.name_bytes()?) {
            needed.insert(symbol.name()?);
        }
    }
    if !needed.is_empty() {
        let list = Vec::from_iter(needed).join(", ");
        bail!("it needs rustc's support library, which is left out, for {list}");
    }
    Ok(())
}

/// Returns the object without what only tools read, and with its sections laid
/// out as executables need them.
fn strip(object: &[u8]) -> Result<Vec<u8>> {
    let mut builder = Builder::read(object)?;
    let gone: Vec<SectionId> =
        builder.sections.iter().filter(|section| is_for_tools(section)).map(Section::id).collect();
    for section in builder.sections.iter_mut() {
        let applies_to_gone = matches!(section.data, SectionData::Relocation(_))
            && section.sh_info_section.is_some_and(|id| gone.contains(&id));
        section.delete |= gone.contains(&section.id()) || applies_to_gone;
    }
    builder.delete_orphans();
    constants::take_apart(&mut builder)?;
    builder.symbols.iter_mut().for_each(anonymise);
    for section in builder.sections.iter_mut() {
        keep_from_code(section);
        keep_apart(section);
        keep_on_one_page(section);
    }
    add_section_names(&mut builder);
    let mut bytes = Vec::new();
    builder.write(&mut bytes).context("cannot write the object")?;
    Ok(bytes)
}

/// Renames constant data, so that the segment of the code has nothing but code: the
/// linker would put `.rodata` there.
fn keep_from_code(section: &mut Section<'_>) {
    if let Some(rest) = section.name.strip_prefix(b".rodata") {
        section.name = [b".data.rel.ro", rest].concat().into();
        if section.sh_addralign >= RELOCATED {
            section.sh_addralign = section.sh_addralign.max(BEFORE_RELOCATED);
        }
        section.sh_flags |= u64::from(elf::SHF_WRITE);
        section.sh_flags &= !u64::from(elf::SHF_MERGE | elf::SHF_STRINGS);
        section.sh_entsize = 0;
    }
}

/// Alignment of constant data that may contain addresses, in bytes. The linker
/// sorts by alignment, so all other constant data comes before or after it, and
/// relocation at start writes to few pages.
const RELOCATED: u64 = 8;

/// Least alignment of constant data that comes before the relocated data, in bytes.
const BEFORE_RELOCATED: u64 = 16;

/// Moves large zeroed data behind the rest, so that the part of it that is used
/// shares pages with the rest.
fn keep_apart(section: &mut Section<'_>) {
    const PAGE: u64 = 0x1000;
    if let SectionData::UninitializedData(size) = section.data
        && size > PAGE
    {
        section.name = b".large".as_slice().into();
    }
}

/// Aligns small variable data so that a piece of it hardly ever lies across two
/// pages. More than a piece's size would only make the executable larger.
fn keep_on_one_page(section: &mut Section<'_>) {
    if let SectionData::Data(bytes) = &section.data
        && section.name.starts_with(b".data.")
        && !section.name.starts_with(b".data.rel.ro")
    {
        let size = bytes.len().next_power_of_two() as u64;
        section.sh_addralign = section.sh_addralign.max(size.min(128));
    }
}

/// Removes the names of local data. Functions keep theirs.
fn anonymise(symbol: &mut Symbol<'_>) {
    if symbol.st_bind() == elf::STB_LOCAL && symbol.st_type() != elf::STT_FUNC {
        symbol.name = b"".as_slice().into();
    }
}

/// Adds a table for the names of sections if there is none: LLVM keeps the names of
/// sections and symbols in one table, which is read as that of the symbols.
fn add_section_names(builder: &mut Builder<'_>) {
    let is_there = |section: &Section<'_>| matches!(section.data, SectionData::SectionString);
    if !builder.sections.iter().any(is_there) {
        let section = builder.sections.add();
        section.name = b".shstrtab".as_slice().into();
        section.sh_type = elf::SHT_STRTAB;
        section.data = SectionData::SectionString;
    }
}

/// Returns whether only debuggers and other tools read a section.
fn is_for_tools(section: &Section<'_>) -> bool {
    const NAMES: [&[u8]; 3] = [b".debug_", b".comment", b".llvm"];
    let is_one = |name: &&[u8]| section.name.starts_with(name);
    NAMES.iter().any(is_one) && &section.name[..] != b".debug_frame"
}
