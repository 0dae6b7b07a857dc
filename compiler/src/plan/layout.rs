//! Where things live: the one place that decides it. Translation asks here
//! and nowhere else, so another placement is a change here and in `bounds`.

use crate::error::Error;
use crate::module::MemoryType;
use crate::module::Module;
use crate::module::StaticValue;
use crate::options::{MemoryChecks, Options, PinnedRegister};
use quench_abi::{
    FURTHER_MEMORY_BASE, MEMORIES_END, MEMORY_BASE, MEMORY_GUARD, MEMORY_MARGIN,
    MEMORY_RESERVATION, PAGE_SIZE,
};

pub struct Layout {
    pub memories: Vec<MemoryPlace>,
    pub tables: Vec<TablePlace>,
    pub globals: Vec<GlobalPlace>,
    /// What is left for the memories of later modules.
    pub addresses: AddressSpace,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryPlace {
    /// Which of the program's memories it is.
    pub number: u32,
    /// Constant address.
    pub base: u64,
    /// Bytes of address space that it has from there when it begins.
    pub reservation: u64,
    pub check: Check,
    /// It is not the longest that 32 bits can address: see [`MEMORY_MARGIN`].
    pub margin: bool,
    /// The target keeps the base in a register of its own in all compiled
    /// code: where a constant costs instructions at each use (aarch64).
    pub in_register: bool,
}

/// What an access to a memory has to be compared with; why that is enough
/// stands in `translate/bounds.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// Nothing: no address leaves the reservation, and what is not accessible
    /// in it faults.
    None,
    /// Its first byte with the length; behind the largest length is a guard.
    Start,
    /// Its last byte with the length: where that is no multiple of the
    /// machine's pages, or nothing is known of what lies behind it.
    End,
}

/// Addresses that no memory of the program has yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressSpace {
    /// [`MEMORY_BASE`] is free.
    first: bool,
    next: u64,
    memories: u32,
}

/// Bytes that a 64-bit memory can always grow to, if its type allows.
const MEMORY64_LENGTH: u64 = 16 << 30;

/// Memories up to this many bytes fit below what kernels and emulators use
/// themselves.
const LOW_EXTENT: u64 = 64 << 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TablePlace {
    /// It cannot grow and is this module's: an array at a symbol.
    Fixed { length: u64 },
    /// Elements and length are in its record.
    Record,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlobalPlace {
    /// Immutable, with a value known when compiling.
    Constant(StaticValue),
    /// A cell at a symbol.
    Cell,
}

impl Layout {
    pub fn new(
        module: &Module<'_>,
        imported_memories: &[MemoryPlace],
        mut addresses: AddressSpace,
        options: &Options,
    ) -> Result<Layout, Error> {
        let own = &module.memories[module.imported_memories as usize..];
        let in_register = options.pinned_register() == PinnedRegister::MemoryBase;
        let places = addresses.place(own, in_register, options.memory_checks)?;
        Ok(Layout {
            addresses,
            memories: imported_memories.iter().copied().chain(places).collect(),
            tables: (0..module.tables.len()).map(|index| table_place(module, index)).collect(),
            globals: (0..module.globals.len()).map(|index| global_place(module, index)).collect(),
        })
    }
}

impl AddressSpace {
    pub fn new() -> AddressSpace {
        AddressSpace { first: true, next: FURTHER_MEMORY_BASE, memories: 0 }
    }

    /// Places a module's memories. One of them, a 32-bit one if there is one,
    /// gets [`MEMORY_BASE`] while that is free: low enough for x86_64 to fold
    /// base and offset into a 32-bit displacement.
    ///
    /// # Errors
    ///
    /// [`Error::Unsupported`] if a memory would end above [`MEMORIES_END`].
    fn place(
        &mut self,
        memories: &[MemoryType],
        in_register: bool,
        checks: MemoryChecks,
    ) -> Result<Vec<MemoryPlace>, Error> {
        let first = memories.iter().position(|ty| !ty.memory64).unwrap_or(0);
        let mut places = Vec::with_capacity(memories.len());
        for (index, ty) in memories.iter().enumerate() {
            let check = check(ty, checks);
            let extent = extent(ty, check);
            let low = self.first && index == first && extent <= LOW_EXTENT;
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

fn check(ty: &MemoryType, checks: MemoryChecks) -> Check {
    let explicit = checks == MemoryChecks::Explicit;
    match (explicit || ty.byte_size(1) < PAGE_SIZE, ty.memory64) {
        (true, _) => Check::End,
        (false, true) => Check::Start,
        (false, false) => Check::None,
    }
}

/// Bytes from a memory's base where nothing else is put.
fn extent(ty: &MemoryType, check: Check) -> u64 {
    match check {
        Check::None => MEMORY_RESERVATION,
        Check::Start | Check::End => largest_length(ty).next_multiple_of(PAGE_SIZE) + MEMORY_GUARD,
    }
}

/// The most bytes a memory can have. A 64-bit memory cannot move, so what its
/// type allows is more than can be kept for it.
pub fn largest_length(ty: &MemoryType) -> u64 {
    let possible = if ty.memory64 {
        ty.byte_size(ty.minimum).saturating_mul(2).max(MEMORY64_LENGTH)
    } else {
        // The number of pages is an i32.
        ty.byte_size(u64::from(u32::MAX)).min(match has_margin(ty) {
            true => (1 << 32) - MEMORY_MARGIN,
            false => 1 << 32,
        })
    };
    let declared = ty.maximum.map_or(u64::MAX, |pages| ty.byte_size(pages));
    possible.min(declared)
}

/// Whether its length is at most 4 GiB - [`MEMORY_MARGIN`]: unless it begins with more, it
/// does not get there.
fn has_margin(ty: &MemoryType) -> bool {
    !ty.memory64 && ty.byte_size(ty.minimum) <= (1 << 32) - MEMORY_MARGIN
}

fn table_place(module: &Module<'_>, index: usize) -> TablePlace {
    let ty = &module.tables[index].ty;
    if index >= module.imported_tables as usize && ty.maximum == Some(ty.minimum) {
        TablePlace::Fixed { length: ty.minimum }
    } else {
        TablePlace::Record
    }
}

fn global_place(module: &Module<'_>, index: usize) -> GlobalPlace {
    let global = &module.globals[index];
    if global.ty.mutable {
        return GlobalPlace::Cell;
    }
    let value = global.initial.as_ref().and_then(|initial| module.evaluate(initial));
    value.map_or(GlobalPlace::Cell, GlobalPlace::Constant)
}
