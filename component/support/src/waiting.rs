//! The built-in functions for what tasks wait for: sets, subtasks, streams and futures. Also functions of the host that a guest waits for.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs.
#![allow(unsafe_code, reason = "see Safety")]

use crate::channel;
use crate::ends;
use crate::handles::require_may_leave;
use crate::lower::Call;
use crate::schedule;
use crate::task;
use crate::trap::trap;
use crate::waitable::{self, Event, Interest, Kind, Progress, Waitable};
use quench_abi::component::{ChannelUse, ComponentInstance, Lowering, TaskUse};
use quench_runtime_support::slice;

/// What functions return that are not done.
const BLOCKED: u32 = u32::MAX;

/// Has the caller of a function of the host wait: returns what the function returns that was
/// lowered asynchronously, a subtask that is done when `interest` comes true.
pub fn subtask(call: &Call, interest: Interest) -> u32 {
    let number = waitable::insert(call.instance(), Waitable::subtask());
    waitable::begin_waiting(number, interest);
    Progress::Started as u32 | waitable::get(number).handle << 4
}

/// What a function that was lowered asynchronously returns when it is done.
pub const RETURNED: u32 = Progress::Returned as u32;

/// Has the caller of a function of the host wait that was lowered synchronously.
pub fn wait(call: &Call, interest: Interest) {
    let instance = call.instance();
    let number = waitable::insert(instance, Waitable::subtask());
    waitable::begin_waiting(number, interest);
    schedule::wait_for(instance, number);
    waitable::remove(instance, number);
}

fn instance_of(function: &'static Lowering) -> &'static ComponentInstance {
    // SAFETY: see the head of this file.
    unsafe { &*function.instance }
}

/// The built-in function `waitable-set.new`.
#[unsafe(no_mangle)]
extern "C" fn quench_waitable_set_new(instance: &'static ComponentInstance) -> u32 {
    require_may_leave(instance);
    waitable::new_set(instance)
}

/// The built-in function `waitable-set.wait`.
#[unsafe(no_mangle)]
extern "C" fn quench_waitable_set_wait(function: &'static TaskUse, set: u32, address: u32) -> u32 {
    let mut call = Call::new(&function.lowering);
    let instance = call.instance();
    let set = waitable::set_of_handle(instance, set);
    tell(&mut call, address, schedule::wait_for_set(instance, set))
}

/// The built-in function `waitable-set.poll`.
#[unsafe(no_mangle)]
extern "C" fn quench_waitable_set_poll(function: &'static TaskUse, set: u32, address: u32) -> u32 {
    let mut call = Call::new(&function.lowering);
    let set = waitable::set_of_handle(call.instance(), set);
    let event = waitable::take_event_of_set(set).unwrap_or(waitable::NONE);
    tell(&mut call, address, event)
}

/// Tells a guest of an event.
fn tell(call: &mut Call, address: u32, [code, first, second]: Event) -> u32 {
    call.give(address, (first, second));
    code
}

/// The built-in function `waitable-set.drop`.
#[unsafe(no_mangle)]
extern "C" fn quench_waitable_set_drop(instance: &'static ComponentInstance, set: u32) {
    require_may_leave(instance);
    waitable::drop_set(instance, set);
}

/// The built-in function `waitable.join`.
#[unsafe(no_mangle)]
extern "C" fn quench_waitable_join(instance: &'static ComponentInstance, handle: u32, set: u32) {
    require_may_leave(instance);
    waitable::join_handles(instance, handle, set);
}

/// The built-in function `subtask.cancel`.
#[unsafe(no_mangle)]
extern "C" fn quench_subtask_cancel(function: &'static TaskUse, handle: u32) -> u32 {
    let instance = instance_of(&function.lowering);
    require_may_leave(instance);
    let number = waitable::of_handle(instance, Kind::Subtask, handle);
    let subtask = waitable::get(number);
    if subtask.is_awaited || subtask.is_in_set() && function.is_async == 0 {
        trap("waitable cannot be used synchronously while added to a waitable set");
    }
    let is_resolved = subtask.progress.is_resolved();
    if subtask.is_cancelled || is_resolved && !subtask.has_event {
        trap("`subtask.cancel` called after terminal status delivered");
    }
    waitable::change(number, |subtask| subtask.is_cancelled = true);
    if !is_resolved && subtask.channel == 0 {
        waitable::end_waiting(number);
        waitable::change(number, |subtask| subtask.progress = Progress::CancelledBeforeReturned);
        waitable::set_event(number);
    } else if !is_resolved {
        task::cancel(subtask.channel);
    }
    let is_resolved = || waitable::get(number).progress.is_resolved();
    if !is_resolved() && function.is_async != 0 {
        return BLOCKED;
    }
    schedule::wait_for_change(instance, number, is_resolved);
    let [_, _, progress] = waitable::take_event(number);
    progress
}

/// The built-in function `subtask.drop`.
#[unsafe(no_mangle)]
extern "C" fn quench_subtask_drop(instance: &'static ComponentInstance, handle: u32) {
    require_may_leave(instance);
    let number = waitable::of_handle(instance, Kind::Subtask, handle);
    let Waitable { progress, has_event, .. } = waitable::get(number);
    if has_event || !progress.is_resolved() {
        trap("cannot drop a subtask which has not yet resolved");
    }
    waitable::remove(instance, number);
}

/// Makes a stream or future; the result has both handles.
fn new(function: &'static ChannelUse, kinds: [Kind; 2]) -> u64 {
    let instance = instance_of(&function.lowering);
    require_may_leave(instance);
    let [readable, writable] = ends::new(instance, function.ty, kinds);
    u64::from(readable) | u64::from(writable) << 32
}

/// Reads or writes.
fn copy(function: &'static ChannelUse, kind: Kind, handle: u32, address: u32, count: u32) -> u32 {
    let number = channel::copy(function, kind, handle, address, count);
    conclude(function, number)
}

/// Returns what a guest is told of what its end does.
fn conclude(function: &'static ChannelUse, number: u32) -> u32 {
    if !waitable::get(number).has_event && function.is_async != 0 {
        return BLOCKED;
    }
    let [_, _, result] = schedule::wait_for(instance_of(&function.lowering), number);
    result
}

/// Exports the functions for the ends of one kind: that which copies, cancels and drops.
macro_rules! ends {
    ($($kind:ident $copy:ident($($count:ident)?) $cancel:ident $drop:ident;)*) => {$(
        #[unsafe(no_mangle)]
        extern "C" fn $copy(
            function: &'static ChannelUse, handle: u32, address: u32 $(, $count: u32)?
        ) -> u32 {
            let count = 1 $(- 1 + $count)?;
            copy(function, Kind::$kind, handle, address, count)
        }

        #[unsafe(no_mangle)]
        extern "C" fn $cancel(function: &'static ChannelUse, handle: u32) -> u32 {
            conclude(function, channel::cancel(function, Kind::$kind, handle))
        }

        #[unsafe(no_mangle)]
        extern "C" fn $drop(function: &'static ChannelUse, handle: u32) {
            channel::drop_end(function, Kind::$kind, handle);
        }
    )*};
}

ends! {
    StreamRead quench_stream_read(count) quench_stream_cancel_read quench_stream_drop_readable;
    StreamWrite quench_stream_write(count) quench_stream_cancel_write quench_stream_drop_writable;
    FutureRead quench_future_read() quench_future_cancel_read quench_future_drop_readable;
    FutureWrite quench_future_write() quench_future_cancel_write quench_future_drop_writable;
}

/// The built-in function `stream.new`.
#[unsafe(no_mangle)]
extern "C" fn quench_stream_new(function: &'static ChannelUse) -> u64 {
    new(function, [Kind::StreamRead, Kind::StreamWrite])
}

/// The built-in function `future.new`.
#[unsafe(no_mangle)]
extern "C" fn quench_future_new(function: &'static ChannelUse) -> u64 {
    new(function, [Kind::FutureRead, Kind::FutureWrite])
}

/// A list that adapters name the elements of by number.
#[repr(C)]
struct Table {
    uses: *const ChannelUse,
    count: u64,
}

/// Moves an end that is read from one instance to another.
fn transfer(table: &'static Table, kind: Kind, handle: u32, from: u32, to: u32) -> u32 {
    // SAFETY: the compiler wrote the list.
    let uses: &'static [ChannelUse] = unsafe { slice(table.uses, table.count) };
    let (Some(from), Some(to)) = (uses.get(from as usize), uses.get(to as usize)) else {
        trap("unknown table of handles");
    };
    ends::transfer(from, to, kind, handle)
}

/// The built-in function by which adapters pass a stream.
#[unsafe(no_mangle)]
extern "C" fn quench_stream_transfer(
    table: &'static Table,
    handle: u32,
    from: u32,
    to: u32,
) -> u32 {
    transfer(table, Kind::StreamRead, handle, from, to)
}

/// The built-in function by which adapters pass a future.
#[unsafe(no_mangle)]
extern "C" fn quench_future_transfer(
    table: &'static Table,
    handle: u32,
    from: u32,
    to: u32,
) -> u32 {
    transfer(table, Kind::FutureRead, handle, from, to)
}
