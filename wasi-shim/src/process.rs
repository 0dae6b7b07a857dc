//! The process: `proc_exit`, `proc_raise`, `sched_yield`.

use crate::errno::Errno;
use crate::guest::Guest;

/// Ends the program with the lowest 8 bits of `status`, as Linux does.
pub(crate) fn exit(status: u32) -> ! {
    quench_runtime_support::exit(status as i32)
}

/// Implements `proc_raise`. Signals are not supported; the specification removed
/// the function later.
pub(crate) fn raise(_guest: &mut Guest<'_>, _signal: u32) -> Result<(), Errno> {
    Err(Errno::NotSupported)
}

pub(crate) fn sched_yield(_guest: &mut Guest<'_>) -> Result<(), Errno> {
    rustix::thread::sched_yield();
    Ok(())
}
