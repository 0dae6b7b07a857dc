//! The native code that every executable has, built with this program and
//! embedded in it. Knows where ELF has symbols and sizes of sections.

use anyhow::Result;
use object::Endianness;
use object::elf::{FileHeader64, SHT_SYMTAB, STB_LOCAL, SectionHeader64, Sym64};
use object::read::elf::{FileHeader as _, SectionHeader as _, Sym as _};
use quench_compiler::Target;
use std::mem::offset_of;

/// Runtime and WASI functions, as one relocatable object.
pub fn embedded(target: Target) -> &'static [u8] {
    match target {
        Target::X86_64 => include_bytes!(env!("QUENCH_WASI_SHIM_X86_64")),
        Target::Aarch64 => include_bytes!(env!("QUENCH_WASI_SHIM_AARCH64")),
    }
}

/// What an executable has of it beside the code.
pub struct Extent<'a> {
    /// For debuggers and profilers: the names of functions that only it calls
    /// itself, and how each finds its caller, in place of one rule for all of them.
    /// Together they would be a quarter of a small executable.
    pub debug_info: bool,
    /// Whether anything of a module that WASI is imported from is imported. Most of
    /// its functions have a symbol for each module.
    pub is_imported: &'a dyn Fn(&str) -> bool,
}

/// The object for an executable.
///
/// # Errors
///
/// When it is no object.
pub fn for_program(target: Target, extent: &Extent<'_>) -> Result<Vec<u8>> {
    let object = embedded(target);
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
            // The linker leaves out what has no name.
            clear(place + offset_of!(Symbol, st_name) as u64, 4);
        } else if extent.is_unused(symbol.name(endian, symbols.strings())?) {
            // Nor is there what has no section; another name of the function is.
            clear(place + offset_of!(Symbol, st_shndx) as u64, 2);
        }
    }
    Ok(changed)
}

type Header = FileHeader64<Endianness>;
type SectionHeader = SectionHeader64<Endianness>;
type Symbol = Sym64<Endianness>;

impl Extent<'_> {
    /// Of a section, or one of its relocations.
    fn omits(&self, section: &[u8]) -> bool {
        match self.debug_info {
            true => section.ends_with(b".debug_frame"),
            false => section.ends_with(b".eh_frame"),
        }
    }

    fn is_unused(&self, symbol: &[u8]) -> bool {
        quench_policy::MODULES.iter().any(|module| {
            let rest = symbol.strip_prefix(module.as_bytes());
            rest.is_some_and(|rest| rest.starts_with(b".")) && !(self.is_imported)(module)
        })
    }
}
