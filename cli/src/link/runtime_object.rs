//! The native code that every executable has: the runtime and the functions of
//! WASI, built with this program and embedded in it. Knows where ELF has
//! symbols and sizes of sections.

use super::linker::Input;
use super::merge::merge;
use anyhow::Result;
use ar_archive_writer::{
    ArchiveKind, DEFAULT_OBJECT_READER, NewArchiveMember, write_archive_to_stream,
};
use object::Endianness;
use object::elf::{FileHeader64, SHT_SYMTAB, STB_LOCAL, SectionHeader64, Sym64};
use object::read::elf::{FileHeader as _, SectionHeader as _, Sym as _};
use quench_compiler::Target;
use std::io::Cursor;
use std::mem::offset_of;

/// The kind of a program, which decides what it may import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// Core modules.
    Modules,
    /// A component.
    Component,
}

/// Returns the runtime and the functions of WASI, as one relocatable object.
pub fn embedded(target: Target, world: World) -> &'static [u8] {
    match (target, world) {
        (Target::X86_64, World::Modules) => include_bytes!(env!("QUENCH_WASI_SHIM_X86_64")),
        (Target::Aarch64, World::Modules) => include_bytes!(env!("QUENCH_WASI_SHIM_AARCH64")),
        (Target::X86_64, World::Component) => {
            include_bytes!(env!("QUENCH_COMPONENT_SHIM_X86_64"))
        }
        (Target::Aarch64, World::Component) => {
            include_bytes!(env!("QUENCH_COMPONENT_SHIM_AARCH64"))
        }
    }
}

/// Returns the same for executables that have files in them: for both kinds of programs,
/// because few have, and what a program of modules does not need is left out.
fn with_archive(target: Target) -> &'static [u8] {
    match target {
        Target::X86_64 => include_bytes!(env!("QUENCH_ARCHIVE_SHIM_X86_64")),
        Target::Aarch64 => include_bytes!(env!("QUENCH_ARCHIVE_SHIM_AARCH64")),
    }
}

/// The parts of the object, besides the code, that an executable has.
pub struct Extent<'a> {
    /// The kind of the program.
    pub world: World,
    /// Whether the executable has files in it.
    pub archive: bool,
    /// Whether it has the names of local functions, and exact rules by which
    /// debuggers and profilers find the caller of each function, in place of
    /// one rule for all of them. Together they would be a quarter of a small
    /// executable.
    pub debug_info: bool,
    /// Returns whether the program imports anything from this module, one of
    /// those that WASI has functions in. Most functions of WASI have a symbol
    /// for each module.
    pub is_imported: &'a dyn Fn(&str) -> bool,
}

/// Returns the object for an executable: sections and symbols that it does not need
/// are removed by overwriting their sizes, names or section numbers with zeros.
///
/// # Errors
///
/// When the embedded bytes are not an object.
pub fn for_program(target: Target, extent: &Extent<'_>) -> Result<Vec<u8>> {
    let object = if extent.archive { with_archive(target) } else { embedded(target, extent.world) };
    let header = Header::parse(object)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, object)?;
    let mut changed = object.to_vec();
    let mut clear = |start: u64, length: usize| changed[start as usize..][..length].fill(0);

    for (index, section) in sections.enumerate() {
        if extent.omits(sections.section_name(endian, section)?) {
            let place = header.e_shoff(endian) + (index.0 * size_of::<SectionHeader>()) as u64;
            clear(place + offset_of!(SectionHeader, sh_size) as u64, 8);
        }
    }
    let symbols = sections.symbols(endian, object, SHT_SYMTAB)?;
    let table = sections.section(symbols.section())?.sh_offset(endian);
    for (index, symbol) in symbols.enumerate() {
        let place = table + (index.0 * size_of::<Symbol>()) as u64;
        if symbol.st_bind() == STB_LOCAL && !extent.debug_info {
            // The linker leaves out symbols without a name.
            clear(place + offset_of!(Symbol, st_name) as u64, 4);
        } else if extent.is_unused(symbol.name(endian, symbols.strings())?) {
            // A symbol without a section is undefined, and left out too. The
            // function has other symbols.
            clear(place + offset_of!(Symbol, st_shndx) as u64, 2);
        }
    }
    Ok(changed)
}

/// Returns the runtime and the functions of WASI as a static library for other linkers, for
/// objects of programs of a kind.
///
/// # Errors
///
/// When the embedded bytes are not an object.
pub fn library(target: Target, world: World) -> Result<Vec<u8>> {
    const MEMBER: &str = "quench.o";
    let object = merge(&[Input::new(MEMBER, embedded(target, world))])?;
    let member = NewArchiveMember::new(object, &DEFAULT_OBJECT_READER, MEMBER.to_string());
    let mut archive = Cursor::new(Vec::new());
    write_archive_to_stream(&mut archive, &[member], ArchiveKind::Gnu, false, None)?;
    Ok(archive.into_inner())
}

type Header = FileHeader64<Endianness>;
type SectionHeader = SectionHeader64<Endianness>;
type Symbol = Sym64<Endianness>;

impl Extent<'_> {
    /// Returns whether a section is left out, given its name. The relocations of a
    /// section have a name with the same ending.
    fn omits(&self, section: &[u8]) -> bool {
        section.ends_with(if self.debug_info { b".debug_frame" } else { b".eh_frame" })
    }

    /// Returns whether a symbol belongs to a module of WASI that nothing is
    /// imported from.
    fn is_unused(&self, symbol: &[u8]) -> bool {
        quench_policy::MODULES.iter().any(|module| {
            let rest = symbol.strip_prefix(module.as_bytes());
            rest.is_some_and(|rest| rest.starts_with(b".")) && !(self.is_imported)(module)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object::read::archive::ArchiveFile;
    use object::{Object, ObjectSymbol};

    /// Other names could be those of functions that a program or a C library has.
    #[test]
    fn a_library_defines_only_names_of_its_own() {
        let worlds = [World::Modules, World::Component];
        let all = Target::ALL.iter().flat_map(|target| worlds.map(|world| (*target, world)));
        for (target, world) in all {
            let library = library(target, world).expect("a library");
            let archive = ArchiveFile::parse(&*library).expect("an archive");
            let member = archive.members().next().expect("a member").expect("whole");
            let data = member.data(&*library).expect("inside");
            let object = object::File::parse(data).expect("an object");
            for symbol in object.symbols().filter(|one| one.is_global() && one.is_definition()) {
                let name = symbol.name().expect("text");
                let is_own = name.starts_with("quench_")
                    || name.starts_with("wasi_")
                    || name.starts_with("wasi-")
                    || name.starts_with("wasi:");
                assert!(is_own || name == "_start" && symbol.is_weak(), "{name}");
            }
        }
    }
}
