//! Waiting for what tasks of components wait for: all of it in one `ppoll`.

use crate::clock::now;
use crate::objects::Pollable;
use crate::p2::poll::{MOST, poll_once};
use crate::state::state;
use quench_component_support::{Interest, interest_of, interests, retry, trap};
use rustix::time::ClockId;

/// Waits until something has happened that the host waits for, if `waits` is true, and has
/// what has happened go on.
pub(super) fn wait(waits: bool) {
    // What was waited for may have happened already, without the kernel.
    if retry_those(|interest| interest == Interest::Change) {
        return;
    }
    let mut pollables = [Pollable::Ready; MOST];
    let mut numbers = [0; MOST];
    let mut count = 0;
    let mut earliest = None;
    for (number, interest) in interests() {
        let pollable = match interest {
            Interest::Nothing | Interest::Change => continue,
            Interest::Readable(descriptor) => Pollable::Readable(descriptor),
            Interest::Writable(descriptor) => Pollable::Writable(descriptor),
            Interest::Until(deadline) => {
                earliest = Some(earliest.map_or(deadline, |other: u64| other.min(deadline)));
                continue;
            }
        };
        // One place is left for the time.
        let (Some(place), Some(owner)) = (pollables.get_mut(count + 1), numbers.get_mut(count))
        else {
            trap("a program can wait for 511 streams at a time");
        };
        (*place, *owner) = (pollable, number);
        count += 1;
    }
    let deadline = earliest.map(Pollable::Deadline);
    let start = usize::from(deadline.is_none());
    if let (Some(place), Some(deadline)) = (pollables.first_mut(), deadline) {
        *place = deadline;
    }
    let pollables = pollables.get(start..count + 1).unwrap_or_default();
    if pollables.is_empty() && waits {
        trap("deadlock detected: event loop cannot make further progress");
    }
    let mut ready = [false; MOST];
    while poll_once(state(), pollables, waits, &mut ready) == 0 && waits {}
    let of_streams = ready.into_iter().skip(1 - start);
    for (number, _) in numbers.into_iter().zip(of_streams).filter(|(_, is_ready)| *is_ready) {
        retry(number);
    }
    if earliest.is_some() {
        let time = now(ClockId::Monotonic);
        retry_those(|interest| matches!(interest, Interest::Until(until) if until <= time));
    }
}

/// Goes on with some of what is waited for; returns whether anything came of it.
fn retry_those(is_wanted: impl Fn(Interest) -> bool) -> bool {
    let mut waiting = [0; MOST];
    let mut count = 0;
    let wanted = interests().filter(|(_, interest)| is_wanted(*interest));
    for (place, (number, _)) in waiting.iter_mut().zip(wanted) {
        *place = number;
        count += 1;
    }
    let mut has_changed = false;
    for number in waiting.into_iter().take(count) {
        retry(number);
        has_changed |= interest_of(number) == Interest::Nothing;
    }
    has_changed
}
