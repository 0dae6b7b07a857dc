//! The built-in functions for tasks, and those by which adapters call from one component
//! instance to another asynchronously. Values come and go one after the other, because their
//! number and types are known to compiled code only.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs.
#![allow(unsafe_code, reason = "see Safety")]

use crate::calls;
use crate::handles;
use crate::pool::Pool;
use crate::schedule;
use crate::task::{self, Cancellation, State, Task, VALUES_MAX};
use crate::thread;
use crate::trap::trap;
use crate::waitable::{self, Progress, Waitable};
use quench_abi::component::{CallPrepare, CallStart, ComponentInstance, TaskReturn};
use quench_runtime_support::slice;

/// A call that was prepared and has not begun: the task, and the instance that calls.
#[derive(Clone, Copy)]
struct Prepared {
    task: u32,
    caller: Option<&'static ComponentInstance>,
}

/// Only the first one's place is of use.
static PREPARED: Pool<Prepared, 1> = Pool::new(Prepared { task: 0, caller: None });

/// Takes the next result of the task that runs.
#[unsafe(no_mangle)]
extern "C" fn quench_task_take_result(value: u64) {
    task::with_values(thread::current_task(), |values| {
        if let Some(place) = values.results.get_mut(values.result_count) {
            *place = value;
            values.result_count += 1;
        }
    });
}

/// Takes the next argument of the task that was prepared last.
#[unsafe(no_mangle)]
extern "C" fn quench_task_take_argument(value: u64) {
    task::with_values(PREPARED.get(0).task, |values| {
        if let Some(place) = values.arguments.get_mut(values.argument_count) {
            *place = value;
            values.argument_count += 1;
        }
    });
}

/// Returns an argument of a task.
#[unsafe(no_mangle)]
extern "C" fn quench_task_argument(number: u32, place: u32) -> u64 {
    task::with_values(number, |values| values.arguments[place as usize % VALUES_MAX])
}

/// Returns a result of a task.
#[unsafe(no_mangle)]
extern "C" fn quench_task_result(number: u32, place: u32) -> u64 {
    task::with_values(number, |values| values.results[place as usize % VALUES_MAX])
}

/// Returns the task that was prepared last.
#[unsafe(no_mangle)]
extern "C" fn quench_task_prepared() -> u32 {
    PREPARED.get(0).task
}

/// The built-in function by which an adapter prepares a call.
#[unsafe(no_mangle)]
extern "C" fn quench_call_prepare(
    prepare: &'static CallPrepare,
    caller: u32,
    callee: u32,
    results: u32,
    _is_async: u32,
    _encoding: u32,
    result_count: u32,
) -> u32 {
    /// In place of a number of results: that it is an asynchronous call without any.
    const ASYNC_WITHOUT_RESULT: u32 = u32::MAX;
    // SAFETY: the compiler wrote the list.
    let instances = unsafe { slice(prepare.instances, prepare.instance_count) };
    // SAFETY: see the head of this file.
    let instance = |number: u32| instances.get(number as usize).map(|one| unsafe { &**one });
    let new = Task {
        instance: instance(callee),
        results: results.into(),
        state: State::Starts,
        prepare: Some(prepare),
        has_place: result_count > 1 && result_count != ASYNC_WITHOUT_RESULT,
        ..Task::NEW
    };
    let number = task::insert(new);
    PREPARED.change(0, |prepared| *prepared = Prepared { task: number, caller: instance(caller) });
    number
}

/// Begins the call that was prepared last, or puts it off until its instance is free.
fn start(
    function: &'static CallStart,
    is_awaited: bool,
    is_async: bool,
) -> (u32, &'static ComponentInstance) {
    let Prepared { task: number, caller } = PREPARED.get(0);
    let (Some(caller), Some(callee)) = (caller, task::get(number).instance) else {
        trap("a call that was not prepared");
    };
    if is_awaited && !handles::may_block(caller) {
        trap("cannot block a synchronous task before returning");
    }
    thread::leave_ended(caller);
    let is_stackful = is_async && function.callback.is_none();
    let scope = calls::begin();
    task::change(number, |task| {
        task.scope = scope;
        task.callback = function.callback;
        task.post_return = function.post_return;
        task.is_awaited = is_awaited;
        task.is_stackful = is_stackful;
    });
    let can_begin = || task::can_begin(callee, &task::get(number));
    if can_begin() || task::let_go_on(callee) && can_begin() {
        task::begin(number);
    } else {
        task::enqueue(number);
    }
    (number, caller)
}

/// The built-in function by which an adapter begins a call, and its caller goes on.
#[unsafe(no_mangle)]
extern "C" fn quench_call_start(function: &'static CallStart, _: u32, _: u32, flags: u32) -> u32 {
    /// The flag of a callee that is asynchronous.
    const IS_ASYNC: u32 = 1;
    let (number, caller) = start(function, false, flags & IS_ASYNC != 0);
    let Task { has_returned, state, scope, .. } = task::get(number);
    if has_returned {
        calls::end(scope);
        return Progress::Returned as u32;
    }
    let progress = if state == State::Starts { Progress::Starting } else { Progress::Started };
    let subtask = waitable::insert(caller, Waitable::subtask_of(number, progress, scope));
    task::change(number, |task| task.subtask = subtask);
    progress as u32 | waitable::get(subtask).handle << 4
}

/// The built-in function by which an adapter begins a call, and its caller waits.
#[unsafe(no_mangle)]
extern "C" fn quench_call_start_and_wait(function: &'static CallStart, _: u32) {
    let (number, caller) = start(function, true, true);
    schedule::wait_until(caller, || task::get(number).has_returned);
    calls::end(task::get(number).scope);
    task::change(number, |task| task.scope = 0);
    task::leave(number);
}

/// The built-in function `task.return`, after its values.
#[unsafe(no_mangle)]
extern "C" fn quench_task_return(function: &'static TaskReturn) {
    // SAFETY: see the head of this file.
    let instance = unsafe { &*function.instance };
    handles::require_may_leave(instance);
    let number = thread::current_task();
    let task = task::get(number);
    let is_own = task.instance.is_some_and(|own| core::ptr::eq(own, instance));
    if number == 0 || !is_own || task.results != function.results {
        trap("invalid `task.return` signature and/or options for current task");
    }
    if task.has_returned {
        trap("`task.return` or `task.cancel` called more than once for current task");
    }
    task::return_results(number);
}

/// The built-in function `task.cancel`.
#[unsafe(no_mangle)]
extern "C" fn quench_task_cancel(instance: &'static ComponentInstance) {
    handles::require_may_leave(instance);
    let number = thread::current_task();
    let task = task::get(number);
    if number == 0 || task.cancellation != Cancellation::Told {
        trap("`task.cancel` called by task which has not been cancelled");
    }
    if task.has_returned {
        trap("`task.return` or `task.cancel` called more than once for current task");
    }
    calls::require_no_borrows(task.scope);
    task::resolve(number, Progress::CancelledBeforeReturned);
}

/// The built-in function `backpressure.inc`.
#[unsafe(no_mangle)]
extern "C" fn quench_backpressure_inc(instance: &'static ComponentInstance) {
    let after = handles::with_tasks(instance, |backpressure, _| {
        *backpressure += 1;
        *backpressure
    });
    if after == 1 << 16 {
        trap("backpressure counter overflow");
    }
}

/// The built-in function `backpressure.dec`.
#[unsafe(no_mangle)]
extern "C" fn quench_backpressure_dec(instance: &'static ComponentInstance) {
    let before = handles::with_tasks(instance, |backpressure, _| {
        core::mem::replace(backpressure, backpressure.saturating_sub(1))
    });
    if before == 0 {
        trap("backpressure counter underflow");
    }
}
