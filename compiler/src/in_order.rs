//! Parallel work whose results are taken in order, each as early as possible, so that few
//! results are kept waiting. Knows nothing of the work.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Does `work` for the numbers below `count`, on all threads of the current rayon pool; each
/// thread has a state of its own, which `state` makes. Passes the results to `take` in the
/// order of their numbers, from one thread at a time.
///
/// # Errors
///
/// The error of `work` or `take` with the smallest number. Results with larger numbers are not
/// taken.
pub(crate) fn in_order<S, T: Send, E: Send>(
    count: usize,
    state: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, usize) -> Result<T, E> + Sync,
    take: impl FnMut(T) -> Result<(), E> + Send,
) -> Result<(), E> {
    let next = AtomicUsize::new(0);
    let queue = Mutex::new(Queue { arrived: BTreeMap::new(), expected: 0, take, result: Ok(()) });
    rayon::broadcast(|_| {
        let mut state = state();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                break;
            }
            let done = work(&mut state, number);
            let mut queue = queue.lock().unwrap_or_else(PoisonError::into_inner);
            queue.arrive(number, done);
            if queue.result.is_err() {
                break;
            }
        }
    });
    queue.into_inner().unwrap_or_else(PoisonError::into_inner).result
}

/// The results that wait for those before them.
struct Queue<T, E, F> {
    /// The results that wait, by their numbers.
    arrived: BTreeMap<usize, Result<T, E>>,
    /// The number to take next.
    expected: usize,
    /// The function that takes results.
    take: F,
    /// The first error in order, if there was one.
    result: Result<(), E>,
}

impl<T, E, F: FnMut(T) -> Result<(), E>> Queue<T, E, F> {
    /// Adds the result with this number, and takes all results that are next.
    fn arrive(&mut self, number: usize, done: Result<T, E>) {
        self.arrived.insert(number, done);
        while self.result.is_ok()
            && let Some(done) = self.arrived.remove(&self.expected)
        {
            self.expected += 1;
            self.result = done.and_then(&mut self.take);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::in_order;

    #[test]
    fn results_are_taken_in_order() {
        let mut taken = Vec::new();
        let work = |_: &mut (), number: usize| Ok::<usize, ()>(number * 2);
        let result = in_order(
            1000,
            || (),
            work,
            |value| {
                taken.push(value);
                Ok(())
            },
        );
        assert_eq!(result, Ok(()));
        assert_eq!(taken, (0..1000).map(|number| number * 2).collect::<Vec<_>>());
    }

    #[test]
    fn the_first_error_in_order_is_reported() {
        let work = |_: &mut (), number: usize| match number % 100 {
            73 => Err(number),
            _ => Ok(number),
        };
        let mut taken = 0;
        let result = in_order(
            1000,
            || (),
            work,
            |_| {
                taken += 1;
                Ok(())
            },
        );
        assert_eq!((result, taken), (Err(73), 73));
    }
}
