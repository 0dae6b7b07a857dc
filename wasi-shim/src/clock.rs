//! Clocks: `clock_res_get`, `clock_time_get`.

use crate::errno::Errno;
use crate::guest::Guest;
use rustix::fs::Timespec;
use rustix::time::{ClockId, clock_getres, clock_gettime};

/// Nanoseconds in a second.
const NANOSECONDS: u64 = 1_000_000_000;

/// Returns the clock that a `clockid` names.
pub(crate) fn clock(id: u32) -> Result<ClockId, Errno> {
    match id {
        0 => Ok(ClockId::Realtime),
        1 => Ok(ClockId::Monotonic),
        2 => Ok(ClockId::ProcessCPUTime),
        3 => Ok(ClockId::ThreadCPUTime),
        _ => Err(Errno::Invalid),
    }
}

/// Returns the time of a clock, in nanoseconds.
pub(crate) fn now(clock: ClockId) -> u64 {
    nanoseconds(clock_gettime(clock))
}

/// Converts a time of Linux to WASI's, in nanoseconds since 1970: a time before
/// 1970 becomes 0, one after 2554 the greatest number.
pub(crate) fn nanoseconds(time: Timespec) -> u64 {
    let Ok(seconds) = u64::try_from(time.tv_sec) else {
        return 0;
    };
    seconds.saturating_mul(NANOSECONDS).saturating_add(time.tv_nsec as u64)
}

/// Converts a time of WASI to Linux's.
pub(crate) fn timespec(nanoseconds: u64) -> Timespec {
    Timespec {
        tv_sec: (nanoseconds / NANOSECONDS) as i64,
        tv_nsec: (nanoseconds % NANOSECONDS) as i64,
    }
}

/// Implements `clock_res_get`.
pub(crate) fn res_get(guest: &mut Guest<'_>, id: u32, resolution: u32) -> Result<(), Errno> {
    let value = nanoseconds(clock_getres(clock(id)?));
    guest.memory.write_u64(resolution, value)
}

/// Implements `clock_time_get`. All clocks are as precise as they can be,
/// whatever precision is asked for.
pub(crate) fn time_get(
    guest: &mut Guest<'_>,
    id: u32,
    _precision: u64,
    time: u32,
) -> Result<(), Errno> {
    let value = now(clock(id)?);
    guest.memory.write_u64(time, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extreme_times() {
        let time = |tv_sec, tv_nsec| nanoseconds(Timespec { tv_sec, tv_nsec });
        assert_eq!(time(1, 5), 1_000_000_005);
        assert_eq!(time(-1, 5), 0);
        assert_eq!(time(i64::MAX, 0), u64::MAX);
        assert_eq!(nanoseconds(timespec(u64::MAX)), u64::MAX);
    }
}
