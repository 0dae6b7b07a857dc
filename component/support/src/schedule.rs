//! The loop that lets tasks and threads go on, and what waits for it. The loop has a stack of its
//! own, because each of those that it resumes may be the one that runs on the first stack.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs. Who waits for
//! something does not return before.
#![allow(unsafe_code, reason = "see Safety")]

use crate::handles;
use crate::task::{self, State, Task};
use crate::thread::{self, Thread};
use crate::trap::trap;
use crate::waitable::{self, Event};
use quench_abi::component::{ComponentInstance, Lifting};

unsafe extern "C" {
    /// Waits until something happens that the host waits for, if the argument is 1, and has
    /// everything that has happened go on.
    safe fn quench_component_wait(waits: u32);
}

/// Begins a task of the program's own, which has nothing to return to.
#[unsafe(no_mangle)]
extern "C" fn quench_task_begin(lifting: &'static Lifting) {
    // SAFETY: see the head of this file.
    let instance = unsafe { &*lifting.instance };
    let task = Task {
        instance: Some(instance),
        callback: lifting.callback,
        results: lifting.results,
        state: State::Runs,
        is_awaited: true,
        is_stackful: lifting.callback.is_none(),
        ..Task::NEW
    };
    // A task of an earlier call may not have ended.
    thread::leave_all();
    thread::wait_without_thread(&|| task::can_begin(instance, &task), schedule);
    let number = task::insert(task);
    handles::replace_storage(instance, [0; 2]);
    handles::replace_may_block(instance, true);
    task::set_exclusive(instance, &task::get(number), number);
    let thread = thread::run_here(instance, number);
    task::change(number, |task| task.thread = thread);
}

/// Continues the task that began last until it has ended; returns its first result.
/// `answer` is what its function returned.
#[unsafe(no_mangle)]
extern "C" fn quench_task_finish(_: &'static Lifting, answer: u32) -> u64 {
    // Another thread of it may be the one that returns.
    finish(answer, |task| task.state == State::Ended && task.has_returned)
}

/// Continues the task that began last until it has returned, and more calls follow; returns
/// its first result. `answer` is what its function returned.
#[unsafe(no_mangle)]
extern "C" fn quench_task_await(_: &'static Lifting, answer: u32) -> u64 {
    finish(answer, |task| task.has_returned)
}

/// Continues the task that began last until something is true of it.
fn finish(answer: u32, is_true: impl Fn(&Task) -> bool) -> u64 {
    thread::leave_all();
    let number = thread::current_task();
    task::suspend(number, answer);
    thread::leave_stack(task::get(number).thread);
    thread::wait_without_thread(&|| is_true(&task::get(number)), schedule);
    let results = task::with_values(number, |values| values.results);
    task::set_last_results(results);
    task::leave(number);
    results[0]
}

/// Lets threads and tasks go on, and waits for what they wait for.
extern "C" fn schedule() -> ! {
    let successor = thread::take_successor();
    thread::resume(successor, 0);
    loop {
        let thread = thread::take_ready(|_, _| true);
        if let Some(number) = thread {
            thread::resume(number, 0);
        }
        let task = task::take_ready();
        if let Some(number) = task {
            task::resume(number);
        }
        let goes_on = thread.is_some() || task.is_some();
        if waitable::interests().next().is_some() {
            // Those who always have something to do do not keep the others from it.
            quench_component_wait((!goes_on).into());
        } else if !goes_on {
            trap("deadlock detected: event loop cannot make further progress");
        }
    }
}

/// Has the thread that runs be suspended, or wait if that was said. `successor` goes on
/// in its place, if it is not 0.
fn pause(number: u32, successor: u32) {
    match thread::pinned_below(number) {
        Some(pinned) => thread::let_run_above(number, || run_above(pinned, number, successor)),
        None => thread::pause(number, successor, schedule),
    }
}

/// Lets other threads of the instance of `pinned` go on until `number`, a thread above it, can.
fn run_above(pinned: u32, number: u32, successor: u32) {
    let instance = thread::get(pinned).instance;
    let is_wanted = |other: u32, thread: &Thread| {
        let is_in = instance.is_some_and(|instance| thread.is_in(instance));
        // Who runs alone in its instance uses the stack in its memory that `pinned` uses too.
        let runs_alone = thread.is_implicit
            && instance.is_some_and(|instance| {
                handles::with_tasks(instance, |_, exclusive| *exclusive == thread.task)
            });
        other == number || is_in && !runs_alone && !thread.is_below_others
    };
    let mut goes_on = successor != 0 && thread::resume(successor, number);
    while !goes_on {
        let Some(ready) = thread::take_ready(is_wanted) else {
            let others = thread::any_is_ready() || task::any_is_ready();
            trap(if others {
                "deadlock detected: event loop cannot make further progress"
            } else {
                "cannot block a synchronous task before returning"
            });
        };
        goes_on = ready == number || thread::resume(ready, number);
    }
}

/// Waits for something that the code that runs cannot go on without.
pub(crate) fn wait_until(instance: &'static ComponentInstance, is_true: impl Fn() -> bool) {
    if !is_true() {
        wait(instance, &is_true, 0);
    }
}

/// Waits, and has another thread go on first, if there is one.
fn wait(instance: &'static ComponentInstance, is_true: &dyn Fn() -> bool, successor: u32) {
    let number = thread::current_in(instance);
    // SAFETY: it stays until the thread goes on here.
    unsafe { thread::wait(number, Some(is_true)) };
    pause(number, successor);
}

/// Has others go on, before or after that which runs.
pub(crate) fn let_others_run(instance: &'static ComponentInstance, successor: u32) {
    wait(instance, &|| true, successor);
}

/// Has the thread that runs go on only when another one says so.
pub(crate) fn suspend(instance: &'static ComponentInstance, successor: u32) {
    let number = thread::current_in(instance);
    thread::change(number, |thread| thread.state = thread::State::Suspended);
    pause(number, successor);
}

/// Waits for an event of a set.
pub(crate) fn wait_for_set(instance: &'static ComponentInstance, set: u32) -> Event {
    waitable::count_waiting(set, 1);
    let event = loop {
        wait_until(instance, || waitable::set_has_event(set));
        // Another thread may have taken it.
        if let Some(event) = waitable::take_event_of_set(set) {
            break event;
        }
    };
    waitable::count_waiting(set, -1);
    event
}

/// Waits for an event of a waitable.
pub(crate) fn wait_for(instance: &'static ComponentInstance, number: u32) -> Event {
    wait_for_change(instance, number, || waitable::get(number).has_event);
    waitable::take_event(number)
}

/// Waits until something is true of a waitable, which nobody else can wait for meanwhile.
pub(crate) fn wait_for_change(
    instance: &'static ComponentInstance,
    number: u32,
    is_true: impl Fn() -> bool,
) {
    waitable::change(number, |waitable| waitable.is_awaited = true);
    wait_until(instance, is_true);
    waitable::change(number, |waitable| waitable.is_awaited = false);
}
