//! Linear memories: address space, initial content, `memory.grow`, and the
//! host's view of the guest's memory. The compiler decided where a memory lies and
//! what its content is.
//!
//! # Safety
//!
//! A [`Memory`] record and its images are as the compiler wrote them. Between
//! `base - MEMORY_MARGIN` and `base + reservation` there is nothing but the memory, and its
//! first `length` bytes are readable and writable once [`set_up`] returned.
//! There is one thread, and guest code does not run during a host function or
//! anything here, so nothing else reads or writes meanwhile.
#![allow(unsafe_code, reason = "see Safety")]

use crate::pages::{round_down, round_up};
use crate::report::Line;
use crate::{limits, process};
use core::ffi::c_void;
use core::marker::PhantomData;
use quench_abi::{MEMORY_GUARD, MEMORY_MARGIN, Memory, MemoryImage, Module, PAGE_SIZE, Program};
use rustix::io::Errno;
use rustix::mm::{MapFlags, MprotectFlags, MremapFlags, ProtFlags};
use rustix::mm::{mmap_anonymous, mprotect, mremap_fixed, munmap};
use rustix::process::{Resource, getrlimit};

/// Reserves a module's memories and gives them their initial content. Ends
/// the program with a message when that cannot be.
///
/// # Safety
///
/// This is called once for each module.
pub(crate) unsafe fn set_up(module: &Module) {
    for memory in process::memories(module) {
        // SAFETY: the record is the module's own; see the head of this file.
        unsafe {
            reserve(&*memory);
            fill(&*memory);
        }
    }
}

/// Makes another program the running one; nothing of it is instantiated yet.
/// For test players, which play many programs in one process: address space is
/// expensive to reserve under an emulator, so the new program's memories lie
/// in what the first program reserved, if they need more than they have.
///
/// # Safety
///
/// No guest code is active, and none of the old program will run again. Each
/// memory of either program is within a reservation of the first, or all programs
/// check their accesses explicitly.
pub unsafe fn replace_program(program: &'static Program) {
    for memory in process::modules().flat_map(process::memories) {
        // SAFETY: nobody uses the old program's memories any more.
        unsafe { empty(&*memory) };
    }
    process::replace(program);
    for memory in process::modules().flat_map(process::memories) {
        // SAFETY: reserved if not here, and nothing is there.
        unsafe {
            if is_explicit(&*memory) {
                reserve(&*memory);
            }
            fill(&*memory);
        }
    }
}

/// Returns whether a memory has all that is reserved for it, because its accesses are
/// checked explicitly. Other memories have a guard behind their largest length.
fn is_explicit(memory: &Memory) -> bool {
    memory.reservation < memory.maximum.saturating_add(MEMORY_GUARD)
}

/// [`quench_abi::RuntimeFunction::MemoryGrow`].
///
/// # Safety
///
/// `memory` is the record of a memory that was set up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_memory_grow(memory: *mut Memory, pages: u64) -> i64 {
    // SAFETY: the caller's promise; nobody else looks at the record now.
    let memory = unsafe { &mut *memory };
    let most = memory.maximum.min(memory.reservation);
    grow(memory, pages, most, |memory, length| {
        // SAFETY: the new length is within the reservation.
        unsafe { make_accessible(memory, memory.length, length) }
    })
}

/// [`quench_abi::RuntimeFunction::MemoryGrowExplicit`].
///
/// # Safety
///
/// `memory` is the record of a memory that was set up.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_memory_grow_explicit(memory: *mut Memory, pages: u64) -> i64 {
    // SAFETY: the caller's promise; nobody else looks at the record now.
    let memory = unsafe { &mut *memory };
    grow(memory, pages, memory.maximum, extend)
}

/// Grows a memory to at most `most` bytes. `make_room` makes it accessible up to a
/// length in bytes, and returns whether it could. Returns the size before, in pages, or
/// -1.
fn grow(
    memory: &mut Memory,
    pages: u64,
    most: u64,
    make_room: impl FnOnce(&mut Memory, u64) -> bool,
) -> i64 {
    let before = memory.length;
    let Some(length) = grown_length(memory, pages, most) else {
        return -1;
    };
    if !limits::has_room(length - before) {
        return -1;
    }
    if length > before && !make_room(memory, length) {
        return -1;
    }
    memory.length = length;
    (before >> memory.page_size_log2).cast_signed()
}

/// Extends a reservation, all of which is accessible, to at least `length` bytes.
/// Returns whether the addresses behind it are free, and there is memory.
fn extend(memory: &mut Memory, length: u64) -> bool {
    let more = round_up(length, PAGE_SIZE).saturating_sub(memory.reservation);
    if more == 0 {
        return true;
    }
    let end = memory.base.wrapping_add(memory.reservation as usize).cast::<c_void>();
    let access = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: replaces nothing.
    let mapped = unsafe { mmap_anonymous(end, more as usize, access, RESERVED) };
    // Kernels before 4.17 take the address for a wish.
    if mapped != Ok(end) {
        return false;
    }
    memory.reservation += more;
    true
}

/// Returns the length in bytes after growing by `pages`, if it is not above `most`.
fn grown_length(memory: &Memory, pages: u64, most: u64) -> Option<u64> {
    let more = pages.checked_mul(1 << memory.page_size_log2)?;
    let length = memory.length.checked_add(more)?;
    (length <= most).then_some(length)
}

/// Flags for mappings in a part of the address space where nothing is yet.
const RESERVED: MapFlags =
    MapFlags::PRIVATE.union(MapFlags::NORESERVE).union(MapFlags::FIXED_NOREPLACE);

/// Reserves the address space of a memory and the margin below.
unsafe fn reserve(memory: &Memory) {
    let base = memory.base.wrapping_sub(MEMORY_MARGIN as usize).cast::<c_void>();
    let size = (MEMORY_MARGIN + memory.reservation) as usize;
    // SAFETY: replaces nothing.
    let result = unsafe { mmap_anonymous(base, size, ProtFlags::empty(), RESERVED) };
    match result {
        Ok(address) if address == base => {}
        // Kernels before 4.17 take the address for a wish.
        Ok(_) | Err(Errno::EXIST) => addresses_taken(memory),
        Err(error) => no_address_space(memory, error),
    }
}

/// Gives a reserved memory its initial size and content.
unsafe fn fill(memory: &Memory) {
    // SAFETY: the compiler wrote the record, and nothing has used it yet.
    unsafe {
        // Images may be whole pages; a length need not be.
        if !make_accessible(memory, 0, round_up(memory.length, PAGE_SIZE)) {
            out_of_memory(memory);
        }
        for image in process::slice(memory.images, memory.image_count) {
            put_in_place(memory, image);
        }
    }
}

/// Brings a memory into the state after [`reserve`] or, if its accesses are checked
/// explicitly, before it.
unsafe fn empty(memory: &Memory) {
    if is_explicit(memory) {
        let start = memory.base.wrapping_sub(MEMORY_MARGIN as usize);
        let size = (MEMORY_MARGIN + memory.reservation) as usize;
        // SAFETY: the memory's own pages, which nobody uses any more.
        if let Err(error) = unsafe { munmap(start.cast(), size) } {
            no_address_space(memory, error);
        }
        return;
    }
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::FIXED;
    // As much as `fill` made accessible, or growing after it.
    let size = round_up(memory.length, PAGE_SIZE) as usize;
    if size == 0 {
        return;
    }
    // SAFETY: the memory's own pages, which nobody uses any more.
    let result = unsafe { mmap_anonymous(memory.base.cast(), size, ProtFlags::empty(), flags) };
    if let Err(error) = result {
        no_address_space(memory, error);
    }
}

/// Makes the bytes from `start` to `end` readable and writable. Returns
/// whether there is memory for that.
unsafe fn make_accessible(memory: &Memory, start: u64, end: u64) -> bool {
    if start == end {
        return true;
    }
    let page = rustix::param::page_size() as u64;
    let start = round_down(start, page);
    let address = memory.base.wrapping_add(start as usize).cast::<c_void>();
    let size = (round_up(end, page) - start) as usize;
    let access = MprotectFlags::READ | MprotectFlags::WRITE;
    // SAFETY: within the reservation.
    unsafe { mprotect(address, size, access) }.is_ok()
}

/// Moves or copies a part of the initial content into a memory.
unsafe fn put_in_place(memory: &Memory, image: &MemoryImage) {
    let target = memory.base.wrapping_add(image.offset as usize);
    let length = image.length as usize;
    if image.movable == 1 {
        let source = image.bytes.cast_mut().cast::<c_void>();
        let flags = MremapFlags::MAYMOVE;
        // SAFETY: both are whole pages of their own, and nobody reads the source
        // again.
        let moved = unsafe { mremap_fixed(source, length, length, flags, target.cast()) };
        if moved.is_ok() {
            return;
        }
    }
    // SAFETY: the compiler keeps images within the memory's initial length.
    unsafe { target.copy_from_nonoverlapping(image.bytes, length) };
}

#[cold]
fn addresses_taken(memory: &Memory) -> ! {
    Line::new("error: the addresses of the program's memory, ")
        .hexadecimal(memory.base.addr() as u64)
        .text(" to ")
        .hexadecimal(memory.base.addr() as u64 + memory.reservation)
        .text(", are in use; start it without tools that load into its process, and link it as a position-independent executable")
        .fatal()
}

#[cold]
fn no_address_space(memory: &Memory, error: Errno) -> ! {
    let mut line = Line::new("error: cannot reserve ");
    line.decimal(memory.reservation >> 20).text(" MiB of address space for the program's memory");
    match error {
        Errno::NOMEM => match getrlimit(Resource::As).current {
            Some(limit) => line
                .text("; `ulimit -v` allows ")
                .decimal(limit >> 20)
                .text(" MiB in all: raise that, or build with `--memory-checks explicit`"),
            None => line.text("; the system does not give so much"),
        },
        _ => line.text(": system error ").decimal(u64::from(error.raw_os_error().unsigned_abs())),
    }
    .fatal()
}

#[cold]
fn out_of_memory(memory: &Memory) -> ! {
    Line::new("error: cannot get the ")
        .decimal(memory.length >> 10)
        .text(" KiB that the program's memory begins with; free some memory or raise the limit with `ulimit -d unlimited`")
        .fatal()
}

/// The guest's memory during one call of a host function. Addresses and
/// lengths come from the guest and are checked at each access.
///
/// Access goes through borrows of this value: any number of shared slices or
/// one exclusive slice. Functions that need several ranges which may overlap, as
/// scattered input does, copy them or take them one after the other.
pub struct GuestMemory<'call> {
    base: *mut u8,
    length: u64,
    call: PhantomData<&'call mut [u8]>,
}

/// Returns the memory that the program shows to host functions; none if it has none.
///
/// # Safety
///
/// At most one [`GuestMemory`] is in use at a time: a host function asks for it once
/// and does not keep it beyond its return or beyond a call into the guest.
pub unsafe fn guest_memory<'call>() -> Option<GuestMemory<'call>> {
    let memory = process::program()?.memory;
    // SAFETY: the address is null or that of the memory's record.
    let memory = unsafe { memory.as_ref() }?;
    Some(GuestMemory { base: memory.base, length: memory.length, call: PhantomData })
}

/// Returns the memory of a record; one without bytes for a null address.
///
/// # Safety
///
/// The address is null or that of a memory's record. Otherwise what [`guest_memory`] asks.
pub unsafe fn memory_of<'call>(record: *const Memory) -> GuestMemory<'call> {
    // SAFETY: the caller's promise.
    match unsafe { record.as_ref() } {
        Some(memory) => GuestMemory { base: memory.base, length: memory.length, call: PhantomData },
        None => GuestMemory { base: core::ptr::dangling_mut(), length: 0, call: PhantomData },
    }
}

impl GuestMemory<'_> {
    /// Returns the memory's length in bytes.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Returns `length` bytes at an address; none if any of them is out of bounds.
    pub fn bytes(&self, address: u64, length: u64) -> Option<&[u8]> {
        let start = self.start(address, length)?;
        // SAFETY: the bytes are in bounds, and borrowed as this value is.
        Some(unsafe { core::slice::from_raw_parts(start, length as usize) })
    }

    /// Returns `length` bytes at an address, to write; none if any of them is out of
    /// bounds.
    pub fn bytes_mut(&mut self, address: u64, length: u64) -> Option<&mut [u8]> {
        let start = self.start(address, length)?;
        // SAFETY: the bytes are in bounds, and borrowed as this value is.
        Some(unsafe { core::slice::from_raw_parts_mut(start, length as usize) })
    }

    /// Returns a copy of `N` bytes at an address, for `from_le_bytes`; none if any of
    /// them is out of bounds.
    pub fn load<const N: usize>(&self, address: u64) -> Option<[u8; N]> {
        self.bytes(address, N as u64)?.try_into().ok()
    }

    /// Writes all of `bytes` at an address or, if any of them would be out of bounds,
    /// none. Returns whether it wrote them.
    #[must_use]
    pub fn store(&mut self, address: u64, bytes: &[u8]) -> Option<()> {
        self.bytes_mut(address, bytes.len() as u64)?.copy_from_slice(bytes);
        Some(())
    }

    /// Returns the process's address of `length` bytes, if they are in bounds.
    fn start(&self, address: u64, length: u64) -> Option<*mut u8> {
        let end = address.checked_add(length)?;
        (end <= self.length).then(|| self.base.wrapping_add(address as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::ptr::{null, null_mut};

    fn memory(length: u64) -> Memory {
        Memory {
            base: null_mut(),
            length,
            maximum: u64::MAX,
            reservation: quench_abi::MEMORY_RESERVATION,
            page_size_log2: 16,
            images: null(),
            image_count: 0,
        }
    }

    #[test]
    fn grows_to_the_most_and_not_beyond() {
        let memory = memory(0x1_0000);
        assert_eq!(grown_length(&memory, 0, 0x3_0000), Some(0x1_0000));
        assert_eq!(grown_length(&memory, 2, 0x3_0000), Some(0x3_0000));
        assert_eq!(grown_length(&memory, 3, 0x3_0000), None);
        assert_eq!(grown_length(&memory, u64::MAX, u64::MAX), None);
        assert_eq!(grown_length(&memory, u64::MAX >> 16, u64::MAX), None);
    }

    #[test]
    fn the_host_sees_only_what_is_there() {
        let mut bytes = [1, 2, 3, 4];
        let mut memory = GuestMemory { base: bytes.as_mut_ptr(), length: 4, call: PhantomData };
        assert_eq!(memory.load::<2>(2), Some([3, 4]));
        assert_eq!(memory.bytes(4, 0), Some(&[][..]));
        assert_eq!(memory.store(1, &[9]), Some(()));
        assert_eq!(memory.bytes(0, 4), Some(&[1, 9, 3, 4][..]));
        assert_eq!(memory.bytes(3, 2), None);
        assert_eq!(memory.bytes(5, 0), None);
        assert_eq!(memory.bytes(u64::MAX, 2), None);
        assert_eq!(memory.store(2, &[0; 3]), None);
    }
}
