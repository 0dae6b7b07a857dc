//! Waiting: `poll_oneoff` on clocks and descriptors. Subscriptions are read
//! from guest memory where they are needed, so that their number costs no
//! memory here; only descriptors need a place each for the kernel.

use crate::clock::{now, timespec};
use crate::descriptors::{Descriptor, Descriptors};
use crate::errno::Errno;
use crate::filestat;
use crate::guest::Guest;
use crate::memory::{Memory, u16_at, u32_at, u64_at};
use crate::types::rights::{FD_READ, FD_WRITE};
use crate::types::{Dialect, FileType, Layout};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::CWD;
use rustix::io::Errno as Linux;
use rustix::time::ClockId;

/// Descriptors that one call can wait for.
const DESCRIPTORS_MAX: usize = 512;

/// Size of an event, in bytes.
const EVENT_SIZE: u32 = 32;

/// `subclockflags`: the timeout is a point in time, not a duration.
const ABSOLUTE: u16 = 1;

/// `eventrwflags`: the other side has gone, or there is nothing more.
const HANGUP: u16 = 1;

/// Implements `poll_oneoff`.
pub(crate) fn oneoff(
    guest: &mut Guest<'_>,
    dialect: Dialect,
    subscriptions: u32,
    events: u32,
    count: u32,
    happened: u32,
) -> Result<(), Errno> {
    if count == 0 {
        return Err(Errno::Invalid);
    }
    let list =
        Subscriptions { address: subscriptions, count, dialect, begin: now(ClockId::Monotonic) };
    let Guest { memory, descriptors, .. } = guest;
    memory.array(subscriptions, count, list.size())?;
    memory.array(events, count, EVENT_SIZE)?;
    memory.check(happened, 4)?;
    loop {
        let number = list.wait(memory, descriptors, events)?;
        if number > 0 {
            return memory.write_u32(happened, number);
        }
    }
}

/// The guest's list of subscriptions.
struct Subscriptions {
    address: u32,
    count: u32,
    dialect: Dialect,
    /// When the call began, by the monotonic clock; durations count from here.
    begin: u64,
}

struct Subscription {
    user_data: u64,
    what: What,
}

enum What {
    Timer(Timer),
    /// Readiness for reading or writing, whichever the right is for.
    Descriptor {
        fd: u32,
        right: u64,
    },
}

struct Timer {
    clock: u32,
    timeout: u64,
    absolute: bool,
}

/// The part of an event that tells what happened.
#[derive(Default)]
struct Outcome {
    bytes: u64,
    flags: u16,
}

impl Subscriptions {
    /// Returns the size of a subscription, in bytes.
    fn size(&self) -> u32 {
        match self.dialect {
            Dialect::Preview1 => 48,
            Dialect::Unstable => 56,
        }
    }

    fn read(&self, memory: &Memory<'_>, index: u32) -> Result<Subscription, Errno> {
        let address = self.address.wrapping_add(index.wrapping_mul(self.size()));
        let bytes = memory.bytes(address, self.size())?;
        // In `wasi_unstable` a clock's content begins with an identifier.
        let clock = match self.dialect {
            Dialect::Preview1 => 16,
            Dialect::Unstable => 24,
        };
        let fd = u32_at(bytes, 16);
        let what = match bytes.get(8) {
            Some(0) => What::Timer(Timer {
                clock: u32_at(bytes, clock),
                timeout: u64_at(bytes, clock + 8),
                absolute: match u16_at(bytes, clock + 24) {
                    0 => false,
                    ABSOLUTE => true,
                    _ => return Err(Errno::Invalid),
                },
            }),
            Some(1) => What::Descriptor { fd, right: FD_READ },
            Some(2) => What::Descriptor { fd, right: FD_WRITE },
            _ => return Err(Errno::Invalid),
        };
        Ok(Subscription { user_data: u64_at(bytes, 0), what })
    }

    /// Waits for the first thing to happen and writes an event for each that
    /// has. The number can be 0: a clock was set, or the kernel rounds.
    fn wait(
        &self,
        memory: &mut Memory<'_>,
        descriptors: &Descriptors,
        events: u32,
    ) -> Result<u32, Errno> {
        let nothing = || PollFd::from_borrowed_fd(CWD, PollFlags::empty());
        let mut places: [PollFd<'_>; DESCRIPTORS_MAX] = core::array::from_fn(|_| nothing());
        let mut used = 0;
        let mut left: Option<u64> = None;
        for index in 0..self.count {
            let until = match self.read(memory, index)?.what {
                What::Timer(timer) => timer.left(self.begin).unwrap_or(0),
                What::Descriptor { fd, right } => {
                    let place = places.get_mut(used).ok_or(Errno::NoMemory)?;
                    used += 1;
                    match descriptors.with(fd, right) {
                        Ok(descriptor) if !descriptor.file.is_member() => {
                            *place = PollFd::new(descriptor, direction(right));
                            continue;
                        }
                        Ok(_) | Err(_) => 0,
                    }
                }
            };
            left = Some(left.map_or(until, |left| left.min(until)));
        }
        let places = places.get_mut(..used).unwrap_or_default();
        match poll(places, left.map(timespec).as_ref()) {
            Ok(_) => {}
            Err(Linux::INTR) => return Ok(0),
            Err(error) => return Err(error.into()),
        }
        self.report(memory, descriptors, places, events)
    }

    /// Writes an event for each subscription that has happened.
    fn report(
        &self,
        memory: &mut Memory<'_>,
        descriptors: &Descriptors,
        places: &[PollFd<'_>],
        events: u32,
    ) -> Result<u32, Errno> {
        let mut places = places.iter();
        let mut number = 0;
        for index in 0..self.count {
            let subscription = self.read(memory, index)?;
            let outcome = match &subscription.what {
                What::Timer(timer) => match timer.left(self.begin) {
                    Ok(0) => Ok(Outcome::default()),
                    Ok(_) => continue,
                    Err(errno) => Err(errno),
                },
                What::Descriptor { fd, right } => {
                    let flags = places.next().map_or(PollFlags::empty(), PollFd::revents);
                    match descriptors.with(*fd, *right) {
                        Ok(descriptor) if flags.is_empty() && !descriptor.file.is_member() => {
                            continue;
                        }
                        Ok(descriptor) => outcome(descriptor, *right, flags),
                        Err(errno) => Err(errno),
                    }
                }
            };
            // There are no more events than subscriptions, and those fit.
            let place = events.wrapping_add(EVENT_SIZE * number);
            memory.write(place, &subscription.event(outcome))?;
            number += 1;
        }
        Ok(number)
    }
}

impl Subscription {
    fn event(&self, outcome: Result<Outcome, Errno>) -> [u8; EVENT_SIZE as usize] {
        let (errno, outcome) = match outcome {
            Ok(outcome) => (0, outcome),
            Err(errno) => (errno as u16, Outcome::default()),
        };
        let event_type = match self.what {
            What::Timer(_) => 0,
            What::Descriptor { right: FD_READ, .. } => 1,
            What::Descriptor { .. } => 2,
        };
        let mut event = Layout::new();
        event.put(0, self.user_data.to_le_bytes());
        event.put(8, errno.to_le_bytes());
        event.put(10, [event_type]);
        event.put(16, outcome.bytes.to_le_bytes());
        event.put(24, outcome.flags.to_le_bytes());
        event.0
    }
}

impl Timer {
    /// Returns the nanoseconds until the timer fires, 0 if it has. A duration is measured by the
    /// monotonic clock, whatever clock it names.
    fn left(&self, begin: u64) -> Result<u64, Errno> {
        let clock = match self.clock {
            0 if self.absolute => ClockId::Realtime,
            0 | 1 => ClockId::Monotonic,
            _ => return Err(Errno::Invalid),
        };
        let end = if self.absolute { self.timeout } else { begin.saturating_add(self.timeout) };
        Ok(end.saturating_sub(now(clock)))
    }
}

fn direction(right: u64) -> PollFlags {
    if right == FD_READ { PollFlags::IN } else { PollFlags::OUT }
}

/// Returns the meaning of the kernel's flags for the guest.
fn outcome(descriptor: &Descriptor, right: u64, flags: PollFlags) -> Result<Outcome, Errno> {
    if flags.contains(PollFlags::NVAL) {
        return Err(Errno::BadDescriptor);
    }
    let gone = flags.intersects(PollFlags::HUP | PollFlags::ERR);
    if right == FD_WRITE {
        return Ok(Outcome { bytes: 1, flags: if gone { HANGUP } else { 0 } });
    }
    let (bytes, at_end) = available(descriptor);
    Ok(Outcome { bytes, flags: if gone || at_end { HANGUP } else { 0 } })
}

/// Returns the number of bytes that can be read without waiting, and whether the
/// end of the file is reached.
fn available(descriptor: &Descriptor) -> (u64, bool) {
    if let Some(bytes) = descriptor.file.available() {
        return (bytes, bytes == 0);
    }
    match filestat::of(&descriptor.file) {
        Ok(stat) if stat.file_type == FileType::RegularFile => {
            let position = rustix::fs::tell(descriptor).unwrap_or(0);
            let bytes = stat.size.saturating_sub(position);
            (bytes, bytes == 0)
        }
        _ => (rustix::io::ioctl_fionread(descriptor).unwrap_or(0), false),
    }
}
