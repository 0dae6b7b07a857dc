//! `wasi:clocks`.

use super::host::Host;
use super::resources::POLLABLE;
use crate::clock::{nanoseconds, now};
use crate::objects::{Object, Pollable};
use rustix::time::{ClockId, clock_getres, clock_gettime};

/// `wasi:clocks/wall-clock.datetime`: seconds and nanoseconds since 1970.
pub(crate) type Datetime = (u64, u32);

pub(crate) fn monotonic_now(_: &mut Host<'_>) -> u64 {
    now(ClockId::Monotonic)
}

pub(crate) fn monotonic_resolution(_: &mut Host<'_>) -> u64 {
    nanoseconds(clock_getres(ClockId::Monotonic))
}

pub(crate) fn subscribe_instant(host: &mut Host<'_>, when: u64) -> u32 {
    host.give_object(&POLLABLE, Object::Pollable(Pollable::Deadline(when)))
}

pub(crate) fn subscribe_duration(host: &mut Host<'_>, duration: u64) -> u32 {
    let when = now(ClockId::Monotonic).saturating_add(duration);
    subscribe_instant(host, when)
}

pub(crate) fn wall_now(_: &mut Host<'_>) -> Datetime {
    let time = clock_gettime(ClockId::Realtime);
    (time.tv_sec as u64, time.tv_nsec as u32)
}

pub(crate) fn wall_resolution(_: &mut Host<'_>) -> Datetime {
    let resolution = clock_getres(ClockId::Realtime);
    (resolution.tv_sec as u64, resolution.tv_nsec as u32)
}
