//! A table of a fixed size, in zeroed memory that the kernel supplies when it is touched. A
//! place has a number, and never 0. Knows nothing of what is in it.
//!
//! # Safety
//!
//! There is one thread. A table is borrowed only during the functions of this file, and what
//! they call is a few lines of this crate that use no table of the same type.
#![allow(unsafe_code, reason = "see Safety")]

use core::cell::UnsafeCell;

/// A place of a table.
#[derive(Clone, Copy)]
struct Place<T> {
    /// In a free place, the number of the one that was freed before, or 0.
    next: u32,
    value: T,
}

struct Places<T, const N: usize> {
    /// Number of places that have been used.
    used: u32,
    /// The place that was freed last, or 0.
    free: u32,
    places: [Place<T>; N],
}

/// A table of at most `N - 1` values.
pub(crate) struct Pool<T, const N: usize>(UnsafeCell<Places<T, N>>);

// SAFETY: there is one thread.
unsafe impl<T, const N: usize> Sync for Pool<T, N> {}

impl<T: Copy, const N: usize> Pool<T, N> {
    /// Returns a table, whose places that are not used are `empty`.
    pub(crate) const fn new(empty: T) -> Pool<T, N> {
        let places = [Place { next: 0, value: empty }; N];
        Pool(UnsafeCell::new(Places { used: 0, free: 0, places }))
    }

    #[expect(clippy::mut_from_ref, reason = "see the head of this file")]
    fn places(&self) -> &mut Places<T, N> {
        // SAFETY: see the head of this file.
        unsafe { &mut *self.0.get() }
    }

    /// Adds a value and returns its number; `None` if the table is full.
    pub(crate) fn insert(&self, value: T) -> Option<u32> {
        let Places { used, free, places } = self.places();
        let number = if *free == 0 { *used + 1 } else { *free };
        let place = places.get_mut(number as usize)?;
        if *free == 0 {
            *used = number;
        } else {
            *free = place.next;
        }
        *place = Place { next: 0, value };
        Some(number)
    }

    /// Returns a value. The number has to be one of [`insert`](Pool::insert)'s.
    pub(crate) fn get(&self, number: u32) -> T {
        self.places().places[number as usize % N].value
    }

    /// Changes a value.
    pub(crate) fn change<R>(&self, number: u32, change: impl FnOnce(&mut T) -> R) -> R {
        change(&mut self.places().places[number as usize % N].value)
    }

    /// Frees a place.
    pub(crate) fn remove(&self, number: u32) {
        let Places { free, places, .. } = self.places();
        if let Some(place) = places.get_mut(number as usize) {
            place.next = core::mem::replace(free, number);
        }
    }
}
