//! A collection, from its start to its end: what is needed is found from the roots, stays
//! where it is and is old from then on; all else is free.
//!
//! A young collection keeps all old objects: their marks stay. It looks for new ones from
//! stacks, globals and tables, and from the old objects with a card. A full collection begins with
//! no marks.
//!
//! # Safety
//!
//! There is one thread, which is on the guest's stack in a call from compiled code, and what
//! that needs is there, in registers that callers may use over calls, in globals, tables, or
//! objects.
#![allow(unsafe_code, reason = "see Safety")]

use super::mark::Marker;
use super::record;
use super::state::{Collection, LEAST_BUDGET, State, state};
use super::tables::{BASE, END, MARKS};
use super::{cards, constants, space, stress, words};
use crate::report::Line;
use crate::{arch, roots};
use quench_abi::heap_mode;

/// Number of young collections in stress mode before a full one. The last of them looks for
/// old objects that were written to without a card.
const STRESSED_YOUNG: u64 = 7;

/// Frees the objects that are not needed.
///
/// # Safety
///
/// See the head of this file.
pub(super) unsafe fn collect(collection: Collection) {
    state().collection.set(collection);
    // SAFETY: the registers' values are on the stack during the call.
    unsafe {
        arch::call_with_registers_on_stack(run);
        roots::forget_below();
    }
}

/// Returns the kind of the next collection in stress mode.
pub(super) fn stressed(state: &State) -> Collection {
    stressed_after(state, 0)
}

/// Returns the kind of the collection in stress mode that comes `more` collections after the
/// next one.
fn stressed_after(state: &State, more: u64) -> Collection {
    match (state.count.get() + 1 + more) % (STRESSED_YOUNG + 1) {
        0 => Collection::Full,
        _ => Collection::Young,
    }
}

/// Makes the collection; `stack` is the lowest of the stack's words where references may be.
unsafe extern "C" fn run(stack: *const usize) {
    let state = state();
    let before = state.in_use();
    let is_stressed = space::is_stressed();
    state.space.end_holes();
    let mut marker = Marker::new(state, is_stressed);
    let types = marker.types;
    if is_stressed {
        stress::begin(state, &types);
    }
    // The marks of the last collection are needed to find what words refer to.
    // SAFETY: see the head of this file.
    unsafe {
        roots::each_word(stack, |word| add_roots(&mut marker, word));
    }
    // Without room for all of them, marks have to stay.
    let is_young = state.collection.get() == Collection::Young || marker.list.has_overflown;
    if !is_young {
        MARKS.clear_all(state.space.range());
        state.large.each(|object| MARKS.clear(object));
        cards::clear(state, &types);
        state.space.free_lines();
    }
    marker.list.retain(|object| MARKS.set(object));
    if is_young {
        cards::scan(&mut marker);
    } else {
        constants::mark(&mut marker);
    }
    // SAFETY: see the head of this file.
    unsafe {
        roots::each_reference(|reference| mark_root(&mut marker, reference));
    }
    marker.finish();
    if is_stressed && is_young && stressed_after(state, 1) == Collection::Full {
        stress::check_marks(state, &types);
    }
    marker.list.give_back();
    sweep(state, is_young);
    state.plan(!is_young, before);
    state.count.set(state.count.get() + 1);
    if record::mode() & heap_mode::LOG != 0 {
        log(state, is_young, before);
    }
}

/// Adds the object that a word of a stack refers to.
#[inline(always)]
fn add_root(marker: &mut Marker, word: usize) {
    let found = words::object_of(marker.state, &marker.types, word);
    if let Some(object) = found {
        marker.list.push(object, marker.state);
        if marker.list.has_overflown {
            // It is marked at least, and scanned with all that are.
            MARKS.set(object);
        }
    }
}

/// Adds the objects that a word of a unit test's stack refers to, whose compiler may keep two
/// references in one.
#[cfg(test)]
fn add_roots(marker: &mut Marker, word: usize) {
    let (low, high) = (word & u32::MAX as usize, word >> 32);
    add_root(marker, word);
    if (BASE..END).contains(&high) {
        add_root(marker, high);
        add_root(marker, low);
    }
}
#[cfg(not(test))]
use add_root as add_roots;

/// Marks what a global or an element of a table refers to, unless that is the host's.
fn mark_root(marker: &mut Marker, reference: u64) {
    if (BASE as u64..END as u64).contains(&reference) {
        marker.mark(reference as u32, 0);
    }
}

/// Frees what is not marked, and gives memory back.
fn sweep(state: &State, is_young: bool) {
    let is_last = !is_young && state.collection.get() == Collection::Last;
    if space::is_stressed() {
        super::tables::STARTS.clear_all(state.space.range());
    }
    state.space.sweep(is_young, stress::poison);
    state.large.sweep(!is_young, &state.room);
    if !is_young {
        let kept = state.space.kept();
        let most = if is_last { 0 } else { (kept + kept / 2).max(LEAST_BUDGET) };
        state.space.give_back(most, &state.room);
    }
}

/// Writes a line about a collection.
#[cold]
#[inline(never)]
fn log(state: &State, is_young: bool, before: usize) {
    let mut line = Line::new("heap: ");
    line.text(if is_young { "young" } else { "full" })
        .text(" collection ")
        .decimal(state.count.get())
        .text(": objects had ")
        .decimal(before as u64)
        .text(" bytes, have ")
        .decimal(state.kept() as u64)
        .text("; memory is ")
        .decimal(state.room.bytes())
        .print();
}
