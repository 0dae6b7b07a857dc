//! A queue of values of a table: the one that waits longest comes first. Knows nothing of the
//! values but where each keeps the number of the next.

use crate::pool::Pool;

/// A value that can be in a queue.
pub(crate) trait Queued: Copy {
    /// The number of the value behind this one; 0 if there is none.
    fn next(&mut self) -> &mut u32;
}

/// The first and the last value of a queue, or 0.
#[derive(Clone, Copy)]
struct Ends {
    first: u32,
    last: u32,
}

/// A queue of values of a table.
pub(crate) struct Queue<T: 'static, const N: usize> {
    table: &'static Pool<T, N>,
    /// Only the first one's place is of use.
    ends: Pool<Ends, 1>,
}

impl<T: Queued, const N: usize> Queue<T, N> {
    /// Returns a queue that is empty.
    pub(crate) const fn new(table: &'static Pool<T, N>) -> Queue<T, N> {
        Queue { table, ends: Pool::new(Ends { first: 0, last: 0 }) }
    }

    /// Puts a value behind all others.
    pub(crate) fn push(&self, number: u32) {
        self.set_next(number, 0);
        let Ends { last, .. } = self.ends.get(0);
        if last != 0 {
            self.set_next(last, number);
        }
        self.ends.change(0, |ends| {
            ends.last = number;
            if ends.first == 0 {
                ends.first = number;
            }
        });
    }

    /// Returns the first value that is wanted, by its number.
    pub(crate) fn find(&self, is_wanted: impl Fn(u32, &T) -> bool) -> Option<u32> {
        self.place(is_wanted).map(|(_, number)| number)
    }

    /// Takes out the first value that is wanted; returns its number.
    pub(crate) fn take(&self, is_wanted: impl Fn(u32, &T) -> bool) -> Option<u32> {
        let (before, number) = self.place(is_wanted)?;
        let next = self.next(number);
        if before != 0 {
            self.set_next(before, next);
        }
        self.ends.change(0, |ends| {
            if before == 0 {
                ends.first = next;
            }
            if ends.last == number {
                ends.last = before;
            }
        });
        Some(number)
    }

    /// Returns the first value that is wanted, and the one before it, or 0.
    fn place(&self, is_wanted: impl Fn(u32, &T) -> bool) -> Option<(u32, u32)> {
        let (mut before, mut number) = (0, self.ends.get(0).first);
        while number != 0 {
            if is_wanted(number, &self.table.get(number)) {
                return Some((before, number));
            }
            (before, number) = (number, self.next(number));
        }
        None
    }

    fn next(&self, number: u32) -> u32 {
        *self.table.get(number).next()
    }

    fn set_next(&self, number: u32, next: u32) {
        self.table.change(number, |value| *value.next() = next);
    }
}
