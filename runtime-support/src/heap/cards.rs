//! Cards: which old objects have been written to since the last collection, so that they may
//! refer to new ones. `quench_abi::CARDS` says who sets them.
//!
//! # Safety
//!
//! Marked objects are objects. Who sets a card sets that of a struct's address, or of an
//! array's element.
#![allow(unsafe_code, reason = "see Safety")]

use super::mark::Marker;
use super::object::Types;
use super::state::State;
use super::tables::{BASE, BITS_UNIT, MARKS, PAGE, cards};
use core::ops::Range;
use quench_abi::CARD_SIZE;

/// Bytes that a card is for, which have one word of marks.
const CARD: usize = CARD_SIZE as usize;
const _: () = assert!(CARD == BITS_UNIT);
/// A page's cards are a word.
const _: () = assert!(PAGE == CARD * 8);

/// Marks what old objects with a card refer to, and removes all cards.
pub(super) fn scan(marker: &mut Marker) {
    cards().each_word(marker.state.space.range(), |first, word| {
        each_dirty(first, word, |card| scan_card(marker, card));
    });
    let (state, types) = (marker.state, marker.types);
    state.large.each(|object| {
        each_of_large(&types, object, |first, word| {
            let is_old = MARKS.has(object);
            each_dirty(first, word, |card| {
                if is_old {
                    marker.look_into(object, &(card..card + CARD));
                }
            });
        });
    });
}

/// Removes all cards.
pub(super) fn clear(state: &State, types: &Types) {
    cards().fill(state.space.range(), 0);
    state.large.each(|object| each_of_large(types, object, |_, word| *word = 0));
}

/// Removes the cards of a word, and visits what each of those that were set is for.
#[inline(always)]
fn each_dirty(first: usize, word: &mut u64, mut visit: impl FnMut(usize)) {
    if *word == 0 {
        return;
    }
    for (number, card) in core::mem::take(word).to_ne_bytes().into_iter().enumerate() {
        if card != 0 {
            visit(first + number * CARD);
        }
    }
}

/// Visits the words of the cards of a large object that has references.
fn each_of_large(types: &Types, object: usize, visit: impl FnMut(usize, &mut u64)) {
    // SAFETY: see the head of this file.
    let (has_references, size) = unsafe {
        let kind = types.kind(object);
        (kind.has_references(), types.size(object, &kind))
    };
    if has_references {
        cards().each_word(object..(object + size).next_multiple_of(PAGE), visit);
    }
}

/// Looks into the old objects of a block that a card is for: those that begin there, and an
/// array that begins before and ends later.
fn scan_card(marker: &mut Marker, card: usize) {
    let part: Range<usize> = card..card + CARD;
    let mut marks = MARKS.word(card);
    if marks & 1 == 0
        && card > BASE
        && let Some(before) = MARKS.last(card - 8)
    {
        // SAFETY: see the head of this file.
        let reaches = unsafe {
            let kind = marker.types.kind(before);
            kind.is_array() && before + marker.types.size(before, &kind) > card
        };
        if reaches {
            marker.look_into(before, &part);
        }
    }
    while marks != 0 {
        marker.look_into(card + 8 * marks.trailing_zeros() as usize, &part);
        marks &= marks - 1;
    }
}
