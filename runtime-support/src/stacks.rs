//! Stacks beside the guest's first one, for code that waits while other code runs. A stack
//! is resumed by code on another stack, and goes back to that when it pauses. Knows nothing
//! of what runs on it. A program that never asks for one has none of this.
//!
//! Each stack is mapped when it is first used, at a place that is far from everything the
//! kernel chooses, with nothing mapped between it and the next: that is its guard. A stack
//! that is given back stays mapped, and is the next to be used.
//!
//! # Safety
//!
//! There is one thread. The records of stacks are borrowed only during the functions of
//! this file, and the stack pointer in a record is that of code that has paused or resumed
//! another stack.
#![allow(unsafe_code, reason = "see Safety")]

use crate::pages::round_up;
use crate::{arch, limits, process, stack};
use core::cell::UnsafeCell;
use core::ptr::with_exposed_provenance_mut;
use quench_abi::{PAGE_SIZE, STACK_GUARD_SIZE};
use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};

/// The most stacks that a program can have, the first one included.
pub const STACKS_MAX: usize = 1 << 12;

/// The most bytes of a stack. It has fewer if the program's first one has.
const SIZE_MAX: u64 = 1 << 20;

/// Distance from the program's first stack down to the lowest other one. All of them take
/// less than a tenth of that.
const DISTANCE: usize = 1 << 36;

/// The number of the guest's first stack.
pub const FIRST: u32 = 0;

/// A stack.
#[derive(Clone, Copy)]
struct Record {
    /// Stack pointer of what is on it, if that does not run; 0 if nothing is.
    stack_pointer: usize,
    /// The guard, the end, as [`stack`] has them.
    bounds: [usize; 2],
    /// The stack that resumed it. Of one that was given back, the one that was before.
    other: u32,
}

struct Stacks {
    /// Number of records in use.
    used: usize,
    /// The stack that was given back last, or 0.
    free: u32,
    /// The stack that is in use.
    current: u32,
    records: [Record; STACKS_MAX],
}

struct Global(UnsafeCell<Stacks>);

// SAFETY: there is one thread.
unsafe impl Sync for Global {}

static STACKS: Global = Global(UnsafeCell::new(Stacks {
    used: 0,
    free: 0,
    current: FIRST,
    records: [Record { stack_pointer: 0, bounds: [0; 2], other: 0 }; STACKS_MAX],
}));

/// Why there is no stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoStack {
    /// There are as many as there can be.
    TooMany,
    /// There is no memory for it, or the program's limit is reached.
    NoMemory,
}

#[expect(clippy::mut_from_ref, reason = "see the head of this file")]
fn stacks(global: &Global) -> &mut Stacks {
    // SAFETY: see the head of this file.
    unsafe { &mut *global.0.get() }
}

/// Returns a stack on which a function begins when it is resumed for the first time.
///
/// # Errors
///
/// When there is no room for it.
pub fn begin(function: extern "C" fn() -> !) -> Result<u32, NoStack> {
    let number = take()?;
    let record = &mut stacks(&STACKS).records[number as usize];
    // SAFETY: nothing is on the stack.
    record.stack_pointer = unsafe { arch::prepare_stack(record.bounds[1], function) };
    Ok(number)
}

/// Returns a stack that nothing is on.
fn take() -> Result<u32, NoStack> {
    let Stacks { used, free, records, .. } = stacks(&STACKS);
    if *free != 0 {
        let number = *free;
        *free = records[number as usize].other;
        return Ok(number);
    }
    let number = (*used).max(1);
    let record = records.get_mut(number).ok_or(NoStack::TooMany)?;
    let first = process::program().map_or(SIZE_MAX, |program| program.stack_size);
    let size = round_up(first.min(SIZE_MAX), PAGE_SIZE);
    if !limits::has_room(size) {
        return Err(NoStack::NoMemory);
    }
    let lowest = stack::first_guard().checked_sub(DISTANCE).ok_or(NoStack::NoMemory)?;
    let guard = lowest + number * (STACK_GUARD_SIZE + size) as usize;
    let start = guard + STACK_GUARD_SIZE as usize;
    let access = ProtFlags::READ | ProtFlags::WRITE;
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::STACK;
    let place = with_exposed_provenance_mut(start);
    // SAFETY: a new mapping; the kernel takes the place if nothing is there.
    let mapped = unsafe { mmap_anonymous(place, size as usize, access, flags) };
    if mapped.ok() != Some(place) {
        return Err(NoStack::NoMemory);
    }
    limits::took(size);
    record.bounds = [guard, start + size as usize];
    *used = number + 1;
    stack::set_others(records.as_ptr().expose_provenance(), *used);
    Ok(number as u32)
}

/// Returns the stack that is in use.
pub fn current() -> u32 {
    stacks(&STACKS).current
}

/// Goes on with what is on a stack, until it pauses.
///
/// # Safety
///
/// The stack has begun or has paused, and was not given back. What is on this one may wait
/// meanwhile.
pub unsafe fn resume(number: u32) {
    let Stacks { current, records, .. } = stacks(&STACKS);
    records[number as usize].other = *current;
    // SAFETY: the caller's promise.
    unsafe { switch_to(number) };
}

/// Goes back to the stack from which this one was resumed.
///
/// # Safety
///
/// It was resumed from one, or [`set_resumer`] was called for it, and that one has not gone
/// on since. What is on this one may wait meanwhile.
pub unsafe fn pause() {
    let Stacks { current, records, .. } = stacks(&STACKS);
    let other = records[*current as usize].other;
    // SAFETY: the caller's promise.
    unsafe { switch_to(other) };
}

/// Returns the stack from which a stack was resumed; for the first one, 0 if it never was.
pub fn resumer(number: u32) -> u32 {
    stacks(&STACKS).records[number as usize].other
}

/// Has a stack go to another one when it pauses.
pub fn set_resumer(number: u32, resumer: u32) {
    stacks(&STACKS).records[number as usize].other = resumer;
}

/// Gives back a stack, on which nothing goes on any more.
pub fn give_back(number: u32) {
    let Stacks { free, records, .. } = stacks(&STACKS);
    let record = &mut records[number as usize];
    record.stack_pointer = 0;
    record.other = core::mem::replace(free, number);
}

unsafe fn switch_to(number: u32) {
    let Stacks { current, records, .. } = stacks(&STACKS);
    let from = core::mem::replace(current, number) as usize;
    let to = records[number as usize];
    records[number as usize].stack_pointer = 0;
    records[from].bounds = stack::exchange_bounds(to.bounds);
    let save = &raw mut records[from].stack_pointer;
    // SAFETY: the caller's promise; what is here goes on when this stack is the current one
    // again.
    unsafe { arch::switch_stack(save, to.stack_pointer) };
}

/// Returns the words of a stack that may refer to something: those of the record with this
/// number, of the list that [`stack::others`] is; `None` if its code runs or it has none.
///
/// # Safety
///
/// The list is [`stack::others`].
pub(crate) unsafe fn words(list: usize, number: usize) -> Option<(*const usize, usize)> {
    let record = core::ptr::with_exposed_provenance::<Record>(list);
    // SAFETY: the caller's promise.
    let Record { stack_pointer, bounds: [_, end], .. } = unsafe { record.add(number).read() };
    let start = core::ptr::with_exposed_provenance(stack_pointer);
    (stack_pointer != 0).then(|| (start, (end - stack_pointer) / size_of::<usize>()))
}
