//! The places of memories, tables and globals. This is the only file that decides about them:
//! translation takes places only from here, so another placement is a change here and in
//! `translate/bounds.rs`.

use crate::error::Error;
use crate::module::MemoryType;
use crate::module::Module;
use crate::module::StaticValue;
use crate::options::{MemoryChecks, Options, PinnedRegister};
use quench_abi::{
    FURTHER_MEMORY_BASE, MEMORIES_END, MEMORY_BASE, MEMORY_GUARD, MEMORY_MARGIN,
    MEMORY_RESERVATION, PAGE_SIZE,
};

/// The places of a module's memories, tables and globals.
pub(crate) struct Layout {
    /// Places of the memories, by index.
    pub memories: Vec<MemoryPlace>,
    /// Places of the tables, by index.
    pub tables: Vec<TablePlace>,
    /// Places of the globals, by index.
    pub globals: Vec<GlobalPlace>,
    /// Addresses that are left for the memories of later modules.
    pub addresses: AddressSpace,
}

/// The place of a memory, and the way in which accesses to it are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct MemoryPlace {
    /// Number of the memory in the program, from 0.
    pub number: u32,
    /// Constant address of the memory's first byte.
    pub base: u64,
    /// Bytes of address space, from `base` on, that the memory has when it is created.
    pub reservation: u64,
    /// The check of each access.
    pub check: Check,
    /// Whether the memory's addresses have 32 bits and its length stays [`MEMORY_MARGIN`] below
    /// the longest that they can address.
    pub margin: bool,
    /// Whether all compiled code keeps `base` in a register of its own. It does on targets
    /// where a constant costs instructions at each use (aarch64).
    pub in_register: bool,
}

/// The comparison that each access to a memory needs. `translate/bounds.rs` explains why it is
/// enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// No comparison: no address leaves the reservation, and what is not accessible in it
    /// faults.
    None,
    /// A comparison of the access's first byte with the length. A guard follows the largest
    /// length.
    Start,
    /// A comparison of the access's last byte with the length, for memories whose length is not
    /// a multiple of the machine's page size, or behind which anything may lie.
    End,
}

/// The addresses that no memory of the program has yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddressSpace {
    /// Whether [`MEMORY_BASE`] is free.
    first: bool,
    /// Address of the next memory that does not get [`MEMORY_BASE`].
    next: u64,
    /// Number of memories that have been placed.
    memories: u32,
}

/// Length in bytes to which a 64-bit memory can always grow, if its type allows it.
const MEMORY64_LENGTH: u64 = 16 << 30;

/// The largest extent, in bytes, of a memory at [`MEMORY_BASE`]. It fits below the addresses
/// that kernels and emulators use themselves.
const LOW_EXTENT: u64 = 64 << 30;

/// The place of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TablePlace {
    /// An array at a symbol, for a table that this module defines and that cannot grow.
    Fixed {
        /// Number of elements.
        length: u64,
    },
    /// A [`quench_abi::Table`], which holds the address of the elements and their number.
    Record,
}

/// The place of a global.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum GlobalPlace {
    /// No place: the global is immutable, and its value is known at compile time.
    Constant(StaticValue),
    /// A cell at a symbol.
    Cell,
}

impl Layout {
    /// Places the memories, tables and globals of a module. `imported_memories` are the places
    /// of its imported memories; its own memories get addresses of `addresses`, one of them
    /// [`MEMORY_BASE`] if `near` says so and that is free.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if a memory would end above [`MEMORIES_END`].
    pub(crate) fn new(
        module: &Module<'_>,
        imported_memories: &[MemoryPlace],
        mut addresses: AddressSpace,
        near: bool,
        options: &Options,
    ) -> Result<Layout, Error> {
        let own = &module.memories[module.imported_memories as usize..];
        let in_register = options.pinned_register() == PinnedRegister::MemoryBase;
        let places = addresses.place(own, near, in_register, options.memory_checks)?;
        Ok(Layout {
            addresses,
            memories: imported_memories.iter().copied().chain(places).collect(),
            tables: (0..module.tables.len()).map(|index| table_place(module, index)).collect(),
            globals: (0..module.globals.len()).map(|index| global_place(module, index)).collect(),
        })
    }
}

impl AddressSpace {
    /// Returns the address space of a program without memories.
    pub(crate) fn new() -> AddressSpace {
        AddressSpace { first: true, next: FURTHER_MEMORY_BASE, memories: 0 }
    }

    /// Gives the addresses of [`MEMORY_BASE`] to the heap of garbage-collected objects.
    pub(crate) fn reserve_heap(&mut self) {
        self.first = false;
    }

    /// Places a module's own memories. If `near` is true, one of them, the first 32-bit memory
    /// if there is one, gets [`MEMORY_BASE`] while that is free: it is low enough for x86_64 to fold base and
    /// offset into a 32-bit displacement.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if a memory would end above [`MEMORIES_END`].
    fn place(
        &mut self,
        memories: &[MemoryType],
        near: bool,
        in_register: bool,
        checks: MemoryChecks,
    ) -> Result<Vec<MemoryPlace>, Error> {
        let first = memories.iter().position(|ty| !ty.memory64).unwrap_or(0);
        let mut places = Vec::with_capacity(memories.len());
        for (index, ty) in memories.iter().enumerate() {
            let check = check(ty, checks);
            let extent = extent(ty, check);
            let low = near && self.first && index == first && extent <= LOW_EXTENT;
            let base = if low { MEMORY_BASE } else { self.next };
            if base + extent > MEMORIES_END {
                return Err(no_room());
            }
            if low {
                self.first = false;
            } else {
                self.next += extent + MEMORY_MARGIN;
            }
            places.push(MemoryPlace {
                number: self.memories,
                base,
                reservation: match checks {
                    MemoryChecks::Guard => extent,
                    MemoryChecks::Explicit => ty.byte_size(ty.minimum).next_multiple_of(PAGE_SIZE),
                },
                check,
                margin: has_margin(ty),
                in_register: low && in_register,
            });
            self.memories += 1;
        }
        Ok(places)
    }
}

/// Returns the error of a program whose memories need too many addresses.
fn no_room() -> Error {
    const TIBIBYTES: u64 = (MEMORIES_END - FURTHER_MEMORY_BASE) >> 40;
    Error::Unsupported {
        offset: 0,
        place: None,
        message: format!(
            "the program's memories need more than {TIBIBYTES} TiB of addresses; declare smaller minimums, or maximums, because twice its minimum is kept for a 64-bit memory without one"
        ),
    }
}

/// Returns the check that accesses to a memory of this type need.
fn check(ty: &MemoryType, checks: MemoryChecks) -> Check {
    let explicit = checks == MemoryChecks::Explicit;
    match (explicit || ty.byte_size(1) < PAGE_SIZE, ty.memory64) {
        (true, _) => Check::End,
        (false, true) => Check::Start,
        (false, false) => Check::None,
    }
}

/// Returns the number of bytes, from a memory's base on, in which nothing else is placed.
fn extent(ty: &MemoryType, check: Check) -> u64 {
    match check {
        Check::None => MEMORY_RESERVATION,
        Check::Start | Check::End => largest_length(ty).next_multiple_of(PAGE_SIZE) + MEMORY_GUARD,
    }
}

/// Returns the largest length in bytes that a memory of this type can have. This may be less
/// than the type of a 64-bit memory allows, because the memory cannot move, and address space
/// for all that its type allows cannot be kept for it.
pub(crate) fn largest_length(ty: &MemoryType) -> u64 {
    let possible = if ty.memory64 {
        ty.byte_size(ty.minimum).saturating_mul(2).max(MEMORY64_LENGTH)
    } else {
        let limit = if has_margin(ty) { (1 << 32) - MEMORY_MARGIN } else { 1 << 32 };
        // The number of pages is an i32.
        ty.byte_size(u64::from(u32::MAX)).min(limit)
    };
    let declared = ty.maximum.map_or(u64::MAX, |pages| ty.byte_size(pages));
    possible.min(declared)
}

/// Returns whether a memory is limited to a length of 4 GiB - [`MEMORY_MARGIN`]. All 32-bit
/// memories are, except those that begin with more.
fn has_margin(ty: &MemoryType) -> bool {
    !ty.memory64 && ty.byte_size(ty.minimum) <= (1 << 32) - MEMORY_MARGIN
}

/// Returns the place of the table with this index.
fn table_place(module: &Module<'_>, index: usize) -> TablePlace {
    let ty = &module.tables[index].ty;
    if index >= module.imported_tables as usize && ty.maximum == Some(ty.minimum) {
        TablePlace::Fixed { length: ty.minimum }
    } else {
        TablePlace::Record
    }
}

/// Returns the place of the global with this index.
fn global_place(module: &Module<'_>, index: usize) -> GlobalPlace {
    let global = &module.globals[index];
    if global.ty.mutable {
        return GlobalPlace::Cell;
    }
    global.value.map_or(GlobalPlace::Cell, GlobalPlace::Constant)
}
