//! What an object of `--link` must not have, because nothing in an executable takes care
//! of it: a dynamic linker or a C library would.

use object::elf::{
    R_AARCH64_ABS16, R_AARCH64_ABS32, R_X86_64_8, R_X86_64_16, R_X86_64_32, R_X86_64_32S,
    SHF_ALLOC, STT_GNU_IFUNC,
};
use object::read::elf::ElfFile64;
use object::{
    Architecture, Object, ObjectSection, ObjectSymbol, RelocationFlags, RelocationTarget,
    SectionFlags, SymbolFlags, SymbolKind,
};

/// Describes the first thing in an object that programs cannot have, if there is any.
pub(super) fn unsupported(object: &ElfFile64<'_>) -> Option<String> {
    let symbols = || thread_local_symbol(object).or_else(|| chosen_symbol(object));
    symbols().or_else(|| object.sections().find_map(|section| section_fault(object, &section)))
}

/// Describes a variable of which each thread would have its own.
fn thread_local_symbol(object: &ElfFile64<'_>) -> Option<String> {
    let mut symbols = object.symbols();
    let symbol = symbols.find(|symbol| symbol.kind() == SymbolKind::Tls)?;
    let name = symbol.name().unwrap_or_default();
    Some(format!("`{name}` is thread-local, and a program has no storage of threads"))
}

/// Describes a function whose code is chosen when a program is loaded.
fn chosen_symbol(object: &ElfFile64<'_>) -> Option<String> {
    let mut symbols = object.symbols();
    let symbol = symbols.find(|symbol| match symbol.flags() {
        SymbolFlags::Elf { st_info, .. } => st_info & 0xf == STT_GNU_IFUNC,
        _ => false,
    })?;
    let name = symbol.name().unwrap_or_default();
    Some(format!("`{name}` is chosen among several functions at run time (IFUNC); nothing does so"))
}

fn section_fault<'a>(object: &ElfFile64<'a>, section: &impl ObjectSection<'a>) -> Option<String> {
    let name = section.name().unwrap_or_default();
    if section.size() > 0 && is_called(name) {
        return Some(format!(
            "its section `{name}` has constructors or destructors, which nothing calls"
        ));
    }
    let SectionFlags::Elf { sh_flags, .. } = section.flags() else {
        return None;
    };
    if sh_flags & u64::from(SHF_ALLOC) == 0 {
        return None;
    }
    section.relocations().find_map(|(_, relocation)| {
        let RelocationFlags::Elf { r_type } = relocation.flags() else {
            return None;
        };
        let RelocationTarget::Symbol(index) = relocation.target() else {
            return None;
        };
        let symbol = object.symbol_by_index(index).ok()?;
        let is_address = symbol.is_undefined() || symbol.section_index().is_some();
        if !is_address || !is_short(object.architecture(), r_type) {
            return None;
        }
        let target = symbol.name().ok().filter(|name| !name.is_empty()).unwrap_or("a section");
        Some(format!(
            "its section `{name}` has the address of `{target}` in 32 bits or fewer, and a \
             program lies anywhere in 64; compile it with `-fPIC`"
        ))
    })
}

/// Returns whether a section has functions, or addresses of some, that the start or the end
/// of a program would call. What follows its first word is a priority.
fn is_called(name: &str) -> bool {
    const CALLED: [&str; 7] =
        ["init_array", "fini_array", "preinit_array", "ctors", "dtors", "init", "fini"];
    name.split('.').nth(1).is_some_and(|word| CALLED.contains(&word))
}

/// Returns whether a kind of relocation puts an address where not all of it fits.
fn is_short(architecture: Architecture, kind: u32) -> bool {
    match architecture {
        Architecture::X86_64 => {
            matches!(kind, R_X86_64_32 | R_X86_64_32S | R_X86_64_16 | R_X86_64_8)
        }
        _ => matches!(kind, R_AARCH64_ABS32 | R_AARCH64_ABS16),
    }
}
