//! `wasi:io/poll`.

use super::host::Host;
use super::resources::POLLABLE;
use crate::clock::{now, timespec};
use crate::descriptors::Kind;
use crate::objects::{Object, Pollable};
use crate::state::State;
use quench_component_support::{Call, List, Store, trap};
use rustix::event::{PollFd, PollFlags, poll as wait};
use rustix::fs::CWD;
use rustix::time::ClockId;

/// Pollables that one call can wait for.
pub(crate) const MOST: usize = 512;

pub(crate) fn ready(host: &mut Host<'_>, this: u32) -> u32 {
    let pollable = pollable(host, this);
    let mut ready = [false; MOST];
    poll_once(host.state, &[pollable], false, &mut ready);
    u32::from(ready.first() == Some(&true))
}

pub(crate) fn block(host: &mut Host<'_>, this: u32) {
    let pollable = pollable(host, this);
    let mut ready = [false; MOST];
    while poll_once(host.state, &[pollable], true, &mut ready) == 0 {}
}

/// Waits until one of the pollables is ready. The result are the places in the list of
/// those that are.
pub(crate) fn poll(host: &mut Host<'_>, list: u32, length: u32) -> impl Store + use<> {
    let count = length as usize;
    if length == 0 {
        trap("empty poll list");
    }
    if count > MOST {
        trap("a program can wait for 512 pollables at a time");
    }
    host.call.check_list(list, length, 4, 4);
    let mut pollables = [Pollable::Ready; MOST];
    let memory = host.call.memory();
    let handles = Call::bytes(&memory, list, length * 4);
    let mut numbers = [0; MOST];
    let (handles, _) = handles.as_chunks();
    for (number, handle) in numbers.iter_mut().zip(handles) {
        *number = u32::from_le_bytes(*handle);
    }
    for (place, handle) in pollables.iter_mut().zip(numbers).take(count) {
        *place = pollable(host, handle);
    }
    let pollables = pollables.get(..count).unwrap_or_default();
    let mut ready = [false; MOST];
    let mut count = 0;
    while count == 0 {
        count = poll_once(host.state, pollables, true, &mut ready);
    }
    let places = ready.into_iter().zip(0..).filter(|(is_ready, _)| *is_ready);
    List { count, elements: places.map(|(_, place): (bool, u32)| place) }
}

fn pollable(host: &Host<'_>, handle: u32) -> Pollable {
    match host.state.objects.get(host.borrowed(&POLLABLE, handle)) {
        Some(Object::Pollable(pollable)) => pollable,
        _ => Pollable::Ready,
    }
}

/// Finds out which pollables are ready, and marks them. If none is, and `waits` is true, it
/// waits first, once. Returns the number of those that are ready.
pub(crate) fn poll_once(
    state: &State,
    pollables: &[Pollable],
    waits: bool,
    ready: &mut [bool; MOST],
) -> u32 {
    let nothing = || PollFd::from_borrowed_fd(CWD, PollFlags::empty());
    let mut places: [PollFd<'_>; MOST] = core::array::from_fn(|_| nothing());
    let mut left = if waits { u64::MAX } else { 0 };
    let mut is_any = false;
    for ((pollable, place), is_ready) in pollables.iter().zip(&mut places).zip(ready.iter_mut()) {
        let (number, flags) = match *pollable {
            Pollable::Ready => {
                *is_ready = true;
                continue;
            }
            Pollable::Deadline(deadline) => {
                let until = deadline.saturating_sub(now(ClockId::Monotonic));
                *is_ready = until == 0;
                left = left.min(until);
                continue;
            }
            Pollable::Readable(number) => (number, PollFlags::IN),
            Pollable::Writable(number) => (number, PollFlags::OUT),
        };
        match state.descriptors.get(number) {
            // Files never wait, and the kernel says so of each.
            Ok(descriptor) if descriptor.kind != Kind::File => {
                *place = PollFd::new(descriptor, flags);
                is_any = true;
            }
            _ => *is_ready = true,
        }
    }
    let places = places.get_mut(..pollables.len()).unwrap_or_default();
    let known = ready.iter().filter(|is_ready| **is_ready).count() as u32;
    if known > 0 {
        left = 0;
    }
    if !is_any && left == 0 {
        return known;
    }
    let timeout = (left != u64::MAX).then(|| timespec(left));
    if wait(places, timeout.as_ref()).is_err() {
        return known;
    }
    for ((pollable, place), is_ready) in pollables.iter().zip(places.iter()).zip(ready.iter_mut()) {
        *is_ready |= !place.revents().is_empty();
        if let Pollable::Deadline(deadline) = pollable {
            *is_ready = *deadline <= now(ClockId::Monotonic);
        }
    }
    ready.iter().filter(|is_ready| **is_ready).count() as u32
}
