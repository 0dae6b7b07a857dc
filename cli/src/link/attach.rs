//! Makes room in an executable for an archive that is written behind it, as a segment that the
//! kernel maps with the others: for reading only, and page by page when it is read. Knows ELF,
//! and that nobody needs the program header that describes the program headers: it is for
//! dynamic linkers.

use anyhow::{Result, anyhow};
use object::elf::{
    FileHeader64, PF_R, PT_LOAD, PT_PHDR, ProgramHeader64, SHF_ALLOC, SHT_PROGBITS, SectionHeader64,
};
use object::endian::{LittleEndian as LE, U16, U32, U64};
use object::pod::{bytes_of_slice, from_bytes_mut, slice_from_bytes, slice_from_bytes_mut};

/// The name of the section that is the archive.
pub const SECTION: &str = ".quench.files";

/// The size of the pages that files in an archive begin at.
const SMALLEST_PAGE: u64 = 4096;

/// Makes room behind an executable for `length` bytes, which are its last segment. Returns the
/// bytes that follow them.
///
/// # Errors
///
/// When the executable is not one that [`link`](super::link()) makes.
pub fn attach(executable: &mut Vec<u8>, length: u64) -> Result<Vec<u8>> {
    attach_segment(executable, length).ok_or_else(|| {
        anyhow!("linking failed: no room for a segment; this is a bug in quench, please report it")
    })
}

fn attach_segment(executable: &mut Vec<u8>, length: u64) -> Option<Vec<u8>> {
    let (header, _) = from_bytes_mut::<FileHeader64<LE>>(executable).ok()?;
    let mut header = *header;
    let start = header.e_phoff.get(LE) as usize;
    let count = header.e_phnum.get(LE).into();
    let table = executable.get_mut(start..)?;
    let (programs, _) = slice_from_bytes_mut::<ProgramHeader64<LE>>(table, count).ok()?;
    let is_loaded = |program: &ProgramHeader64<LE>| program.p_type.get(LE) == PT_LOAD;
    let loaded = || programs.iter().filter(|program| is_loaded(program));
    let page = loaded().map(|program| program.p_align.get(LE)).max()?;
    let end = loaded().map(|program| program.p_vaddr.get(LE) + program.p_memsz.get(LE)).max()?;
    // Both have to be the same within a page, which is larger on some machines than on others.
    let place = (executable.len() as u64).checked_next_multiple_of(SMALLEST_PAGE)?;
    let address = end.checked_next_multiple_of(page)?.checked_add(place % page)?;

    // Segments that are loaded stand in the order of their addresses.
    let (programs, _) =
        slice_from_bytes_mut::<ProgramHeader64<LE>>(executable.get_mut(start..)?, count).ok()?;
    let own = programs.iter().position(|program| program.p_type.get(LE) == PT_PHDR)?;
    let last = programs.iter().rposition(is_loaded).filter(|last| *last > own)?;
    programs.get_mut(own..=last)?.rotate_left(1);
    *programs.get_mut(last)? = ProgramHeader64 {
        p_type: U32::new(LE, PT_LOAD),
        p_flags: U32::new(LE, PF_R),
        p_offset: U64::new(LE, place),
        p_vaddr: U64::new(LE, address),
        p_paddr: U64::new(LE, address),
        p_filesz: U64::new(LE, length),
        p_memsz: U64::new(LE, length),
        p_align: U64::new(LE, page),
    };

    let sections = executable.get(header.e_shoff.get(LE) as usize..)?;
    let count = header.e_shnum.get(LE);
    let (sections, _) = slice_from_bytes::<SectionHeader64<LE>>(sections, count.into()).ok()?;
    let mut sections = sections.to_vec();
    let names = sections.get_mut(usize::from(header.e_shstrndx.get(LE)))?;
    let (names_start, names_size) = (names.sh_offset.get(LE), names.sh_size.get(LE));
    let old = executable.get(names_start as usize..)?.get(..names_size as usize)?;
    let mut behind = [old, SECTION.as_bytes(), b"\0"].concat();
    names.sh_offset = U64::new(LE, place + length);
    names.sh_size = U64::new(LE, behind.len() as u64);
    sections.push(SectionHeader64 {
        sh_name: U32::new(LE, u32::try_from(names_size).ok()?),
        sh_type: U32::new(LE, SHT_PROGBITS),
        sh_flags: U64::new(LE, SHF_ALLOC.into()),
        sh_addr: U64::new(LE, address),
        sh_offset: U64::new(LE, place),
        sh_size: U64::new(LE, length),
        sh_link: U32::new(LE, 0),
        sh_info: U32::new(LE, 0),
        sh_addralign: U64::new(LE, SMALLEST_PAGE),
        sh_entsize: U64::new(LE, 0),
    });
    while !(length + behind.len() as u64).is_multiple_of(8) {
        behind.push(0);
    }
    header.e_shoff = U64::new(LE, place + length + behind.len() as u64);
    header.e_shnum = U16::new(LE, count.checked_add(1)?);
    behind.extend(bytes_of_slice(&sections));
    *from_bytes_mut::<FileHeader64<LE>>(executable).ok()?.0 = header;
    executable.resize(usize::try_from(place).ok()?, 0);
    Some(behind)
}
