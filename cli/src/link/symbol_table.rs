//! The symbol table of an executable, without what debuggers and profilers have no use for.
//! Knows the ELF layout that the linker makes.

use anyhow::Result;
use object::Endianness;
use object::elf::{
    FileHeader64, SHT_SYMTAB, STB_LOCAL, STT_FUNC, STT_NOTYPE, SectionHeader64, Sym64,
};
use object::pod::{bytes_of, bytes_of_slice};
use object::read::elf::{FileHeader as _, SectionHeader as _, Sym as _};

/// Leaves only functions in the symbol table of an executable. What else the linker puts there
/// are names of records, of files and of places that it marks: in a small program more than
/// the functions.
///
/// # Errors
///
/// When the bytes are no executable with a symbol table.
pub(super) fn keep_functions(mut executable: Vec<u8>) -> Result<Vec<u8>> {
    let bytes = &*executable;
    let header = FileHeader64::<Endianness>::parse(bytes)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, bytes)?;
    let symbols = sections.symbols(endian, bytes, SHT_SYMTAB)?;
    let mut table = *sections.section(symbols.section())?;
    let mut strings = *sections.section(symbols.string_section())?;
    let start = table.sh_offset(endian);
    // The linker puts the two last, so the file can end sooner.
    let ends = [&table, &strings].map(|one| one.sh_offset(endian) + one.sh_size(endian));
    if ends != [strings.sh_offset(endian), bytes.len() as u64] {
        return Ok(executable);
    }

    // Both tables begin with nothing: a symbol of no type, and a name without letters.
    let mut kept: Vec<Sym64<Endianness>> = Vec::new();
    let mut names = vec![0];
    for (index, symbol) in symbols.enumerate() {
        if index.0 > 0 && symbol.st_type() != STT_FUNC {
            continue;
        }
        let mut symbol = *symbol;
        if symbol.st_type() != STT_NOTYPE {
            let name = symbol.name(endian, symbols.strings())?;
            symbol.st_name.set(endian, names.len() as u32);
            names.extend_from_slice(name);
            names.push(0);
        }
        kept.push(symbol);
    }
    let local = kept.iter().filter(|symbol| symbol.st_bind() == STB_LOCAL).count();
    let kept = bytes_of_slice(&kept);
    table.sh_info.set(endian, local as u32);
    table.sh_size.set(endian, kept.len() as u64);
    strings.sh_offset.set(endian, start + kept.len() as u64);
    strings.sh_size.set(endian, names.len() as u64);

    let headers = header.e_shoff(endian) as usize;
    let places = [symbols.section(), symbols.string_section()]
        .map(|index| headers + index.0 * size_of::<SectionHeader64<Endianness>>());
    for (place, section) in places.into_iter().zip([table, strings]) {
        let section = bytes_of(&section);
        executable[place..][..section.len()].copy_from_slice(section);
    }
    executable.truncate(start as usize);
    executable.extend_from_slice(kept);
    executable.extend_from_slice(&names);
    Ok(executable)
}

#[cfg(test)]
mod tests {
    use crate::link::{Input, Symbols, link};
    use object::write::{Object, StandardSection, Symbol, SymbolSection};
    use object::{Architecture, BinaryFormat, SymbolFlags, SymbolKind, SymbolScope};
    use object::{Object as _, ObjectSymbol};
    use quench_compiler::Target;

    #[test]
    fn only_functions_have_symbols() {
        let mut program =
            Object::new(BinaryFormat::Elf, Architecture::X86_64, object::Endianness::Little);
        let text = program.section_id(StandardSection::Text);
        let data = program.section_id(StandardSection::Data);
        let code = (text, SymbolKind::Text);
        for (name, (section, kind), scope) in [
            ("local", code, SymbolScope::Compilation),
            ("_start", code, SymbolScope::Linkage),
            ("value", (data, SymbolKind::Data), SymbolScope::Linkage),
        ] {
            let value = program.append_section_data(section, &[0x90; 8], 8);
            program.add_symbol(Symbol {
                name: name.into(),
                value,
                size: 8,
                kind,
                scope,
                weak: false,
                section: SymbolSection::Section(section),
                flags: SymbolFlags::None,
            });
        }
        let program = program.write().expect("an object");
        let link = |symbols| {
            let inputs = vec![Input::new("program.o", program.clone())];
            link(Target::X86_64, inputs, symbols).expect("it links")
        };
        let names = |executable: &[u8]| -> Vec<String> {
            let file = object::File::parse(executable).expect("an executable");
            let names = file.symbols().map(|symbol| symbol.name().expect("text").to_string());
            names.collect()
        };
        let all = link(Symbols::All);
        assert!(names(&all).len() > 3);
        let functions = link(Symbols::Functions);
        assert_eq!(names(&functions), ["local", "_start"]);
        assert!(functions.len() < all.len());
        assert!(names(&link(Symbols::None)).is_empty());
    }
}
