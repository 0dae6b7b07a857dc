//! The executable is position-independent and nobody loads it but the kernel,
//! so it applies its own relocations. A static one has only those that add
//! the address it was loaded at; see the ELF specification, "Relocation" and
//! "Relative Relocation Table".
//!
//! # Safety
//!
//! Until [`Image::relocate`] is done, addresses in data, the GOT included, are
//! not valid. So it and what it calls uses no such data: no strings, no
//! slices with checked indices, no calls that are not inlined.
#![allow(unsafe_code, reason = "see Safety")]

use crate::arch::RELATIVE_RELOCATION;
use crate::pages::round_down;
use core::ffi::c_void;
use core::ops::Range;
use rustix::mm::{MprotectFlags, mprotect};

/// The kind of an executable that lies where its addresses say.
const ET_EXEC: u16 = 2;

const PT_LOAD: u32 = 1;
const PT_DYNAMIC: u32 = 2;
const PT_GNU_RELRO: u32 = 0x6474_e552;

const PF_W: u32 = 2;

const DT_NULL: u64 = 0;
const DT_RELA: u64 = 7;
const DT_RELASZ: u64 = 8;
const DT_RELRSZ: u64 = 35;
const DT_RELR: u64 = 36;

/// `Elf64_Ehdr`, as far as it is needed.
#[repr(C)]
pub(crate) struct FileHeader {
    identification: [u8; 16],
    kind: u16,
    machine: u16,
    version: u32,
    entry: u64,
    program_headers: u64,
    section_headers: u64,
    flags: u32,
    size: u16,
    program_header_size: u16,
    program_header_count: u16,
}

/// `Elf64_Phdr`.
#[repr(C)]
struct ProgramHeader {
    kind: u32,
    flags: u32,
    offset: u64,
    address: u64,
    physical_address: u64,
    file_size: u64,
    size: u64,
    alignment: u64,
}

/// `Elf64_Dyn`.
#[repr(C)]
struct DynamicEntry {
    tag: u64,
    value: u64,
}

/// `Elf64_Rela`.
#[repr(C)]
struct Relocation {
    offset: u64,
    info: u64,
    addend: u64,
}

/// The tables of relocations that the dynamic section names: addresses in the image
/// and sizes in bytes.
#[derive(Default)]
struct Tables {
    rela: u64,
    rela_size: u64,
    relr: u64,
    relr_size: u64,
}

/// The running executable in memory.
pub(crate) struct Image {
    /// What is added to the addresses that its tables have.
    base: *mut u8,
    header: *const FileHeader,
}

impl Image {
    /// Returns the image with a header.
    ///
    /// # Safety
    ///
    /// `header` is the executable's own. If that is position-independent, the header is
    /// linked at address 0.
    #[inline(always)]
    pub(crate) unsafe fn new(header: *const FileHeader) -> Image {
        // SAFETY: the caller's promise.
        let is_fixed = unsafe { (*header).kind == ET_EXEC };
        let base = if is_fixed { core::ptr::null_mut() } else { header.cast_mut().cast() };
        Image { base, header }
    }

    /// Applies all relocations. Returns whether each was of the kind that a
    /// static executable has.
    ///
    /// # Safety
    ///
    /// This is called once, before anything else.
    #[inline(always)]
    pub(crate) unsafe fn relocate(&self) -> bool {
        // SAFETY: the linker wrote these tables.
        unsafe {
            let dynamic = self.find(PT_DYNAMIC);
            if dynamic.is_null() {
                return true;
            }
            let tables = self.tables(self.at((*dynamic).address).cast());
            self.apply_relr(&tables);
            self.apply_rela(&tables)
        }
    }

    /// Makes the pages read-only that only relocation had to write.
    ///
    /// # Safety
    ///
    /// [`Image::relocate`] is done.
    pub(crate) unsafe fn protect(&self) {
        // SAFETY: the linker put nothing else on these pages.
        unsafe {
            let relro = self.find(PT_GNU_RELRO);
            if relro.is_null() {
                return;
            }
            let page = rustix::param::page_size() as u64;
            let start = round_down((*relro).address, page);
            let end = round_down((*relro).address + (*relro).size, page);
            let address = self.at(start).cast::<c_void>();
            // A failure does no harm: this is only a second wall.
            let _ = mprotect(address, (end - start) as usize, MprotectFlags::READ);
        }
    }

    /// Returns the addresses that the file was loaded to.
    pub(crate) fn range(&self) -> Range<usize> {
        let mut end = 0;
        // SAFETY: the linker wrote the headers.
        unsafe {
            for index in 0..(*self.header).program_header_count {
                let header = self.program_header(index);
                if (*header).kind == PT_LOAD {
                    end = end.max((*header).address + (*header).size);
                }
            }
        }
        self.header.addr()..self.base.addr() + end as usize
    }

    /// Returns the content of the last of the segments that are loaded, by their order in the
    /// file. Returns nothing if that can be written to.
    ///
    /// # Safety
    ///
    /// The segment stays mapped.
    pub(crate) unsafe fn last_segment(&self) -> &'static [u8] {
        let mut last: &[u8] = &[];
        // SAFETY: the linker wrote the headers, and the kernel has mapped what they say.
        unsafe {
            for index in 0..(*self.header).program_header_count {
                let header = self.program_header(index);
                if (*header).kind == PT_LOAD {
                    let is_constant = (*header).flags & PF_W == 0;
                    let size = if is_constant { (*header).file_size } else { 0 };
                    let start = self.at((*header).address);
                    last = core::slice::from_raw_parts(start, size as usize);
                }
            }
        }
        last
    }

    #[inline(always)]
    fn at(&self, address: u64) -> *mut u8 {
        self.base.wrapping_add(address as usize)
    }

    #[inline(always)]
    unsafe fn program_header(&self, index: u16) -> *const ProgramHeader {
        // SAFETY: the caller has an index below the count.
        unsafe {
            let size = (*self.header).program_header_size;
            let offset = u64::from(index) * u64::from(size);
            self.header.byte_add(((*self.header).program_headers + offset) as usize).cast()
        }
    }

    /// Returns the first program header of a kind, or null.
    #[inline(always)]
    unsafe fn find(&self, kind: u32) -> *const ProgramHeader {
        // SAFETY: the linker wrote the headers.
        unsafe {
            for index in 0..(*self.header).program_header_count {
                let header = self.program_header(index);
                if (*header).kind == kind {
                    return header;
                }
            }
        }
        core::ptr::null()
    }

    #[inline(always)]
    unsafe fn tables(&self, mut entry: *const DynamicEntry) -> Tables {
        let mut tables = Tables::default();
        // SAFETY: the array ends with `DT_NULL`, where we stop.
        unsafe {
            while (*entry).tag != DT_NULL {
                let value = (*entry).value;
                match (*entry).tag {
                    DT_RELA => tables.rela = value,
                    DT_RELASZ => tables.rela_size = value,
                    DT_RELR => tables.relr = value,
                    DT_RELRSZ => tables.relr_size = value,
                    _ => {}
                }
                entry = entry.add(1);
            }
        }
        tables
    }

    #[inline(always)]
    unsafe fn apply_rela(&self, tables: &Tables) -> bool {
        let mut entry = self.at(tables.rela).cast_const().cast::<Relocation>();
        let end = self.at(tables.rela + tables.rela_size).cast_const().cast();
        let mut all_known = true;
        // SAFETY: the linker wrote the table, and its targets are writable.
        unsafe {
            while entry < end {
                let kind = (*entry).info as u32;
                if kind == RELATIVE_RELOCATION {
                    let value = self.at((*entry).addend).addr();
                    self.at((*entry).offset).cast::<usize>().write_unaligned(value);
                } else if kind != 0 {
                    all_known = false;
                }
                entry = entry.add(1);
            }
        }
        all_known
    }

    /// Applies the table `DT_RELR`. An even entry is the address of a word to relocate;
    /// an odd one is a bitmap that says which of the 63 words after the last are to be
    /// relocated, too.
    #[inline(always)]
    unsafe fn apply_relr(&self, tables: &Tables) {
        let mut entry = self.at(tables.relr).cast_const().cast::<u64>();
        let end = self.at(tables.relr + tables.relr_size).cast_const().cast();
        let mut next = core::ptr::null_mut::<usize>();
        // SAFETY: the linker wrote the table, and its targets are writable.
        unsafe {
            while entry < end {
                let value = *entry;
                if value & 1 == 0 {
                    next = self.at(value).cast();
                    self.add_base(next);
                    next = next.add(1);
                } else {
                    let mut bits = value >> 1;
                    let mut place = next;
                    while bits != 0 {
                        if bits & 1 == 1 {
                            self.add_base(place);
                        }
                        bits >>= 1;
                        place = place.wrapping_add(1);
                    }
                    next = next.wrapping_add(63);
                }
                entry = entry.add(1);
            }
        }
    }

    #[inline(always)]
    unsafe fn add_base(&self, place: *mut usize) {
        // SAFETY: the caller has a relocation's target.
        unsafe { *place = (*place).wrapping_add(self.base.addr()) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An image of words: the code must find its way by offsets alone.
    #[repr(C, align(4096))]
    struct File {
        header: FileHeader,
        programs: [ProgramHeader; 1],
        dynamic: [DynamicEntry; 5],
        rela: [Relocation; 2],
        relr: [u64; 3],
        words: [u64; 80],
    }

    fn offset(word: usize) -> u64 {
        (core::mem::offset_of!(File, words) + word * 8) as u64
    }

    fn file(kind: u32) -> File {
        let entry = |tag, value| DynamicEntry { tag, value };
        File {
            header: FileHeader {
                identification: [0; 16],
                kind: 3,
                machine: 0,
                version: 1,
                entry: 0,
                program_headers: core::mem::offset_of!(File, programs) as u64,
                section_headers: 0,
                flags: 0,
                size: 64,
                program_header_size: 56,
                program_header_count: 1,
            },
            programs: [ProgramHeader {
                kind: PT_DYNAMIC,
                flags: 0,
                offset: 0,
                address: core::mem::offset_of!(File, dynamic) as u64,
                physical_address: 0,
                file_size: 0,
                size: 0,
                alignment: 8,
            }],
            dynamic: [
                entry(DT_RELR, core::mem::offset_of!(File, relr) as u64),
                entry(DT_RELRSZ, 24),
                entry(DT_RELA, core::mem::offset_of!(File, rela) as u64),
                entry(DT_RELASZ, 48),
                entry(DT_NULL, 0),
            ],
            rela: [
                Relocation { offset: offset(79), info: u64::from(RELATIVE_RELOCATION), addend: 5 },
                Relocation { offset: offset(78), info: u64::from(kind), addend: 5 },
            ],
            // Word 0, then 1 and 63 of the next 63, then 64 of the ones after.
            relr: [offset(0), 1 | 1 << 1 | 1 << 63, 1 | 1 << 1],
            words: core::array::from_fn(|i| i as u64),
        }
    }

    #[test]
    fn adds_the_base_where_the_tables_say() {
        let mut file = file(RELATIVE_RELOCATION);
        let base = (&raw mut file) as u64;
        // SAFETY: the file's tables are right.
        assert!(unsafe { Image::new((&raw mut file).cast()).relocate() });
        for (i, &word) in file.words.iter().enumerate() {
            let expected = match i {
                0 | 1 | 63 | 64 => base + i as u64,
                78 | 79 => base + 5,
                _ => i as u64,
            };
            assert_eq!(word, expected, "word {i}");
        }
    }

    #[test]
    fn says_when_there_are_others() {
        let mut file = file(RELATIVE_RELOCATION + 1);
        // SAFETY: the file's tables are right.
        assert!(!unsafe { Image::new((&raw mut file).cast()).relocate() });
        assert_eq!(file.words[78], 78);
    }
}
