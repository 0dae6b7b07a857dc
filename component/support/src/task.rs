//! Tasks, and the loop that continues them. There is one stack: a task that can wait has a
//! callback, and what waits otherwise has the loop run above it on the same stack.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs. No table is
//! borrowed while a guest is called.
#![allow(unsafe_code, reason = "see Safety")]

use crate::calls;
use crate::handles;
use crate::pool::Pool;
use crate::trap::trap;
use crate::waitable::{self, Event, Progress};
use quench_abi::component::{CallPrepare, ComponentInstance, Lifting};

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum State {
    /// It has ended.
    Ended = 0,
    /// It has not begun.
    Starts,
    /// It runs, or something runs that it has called.
    Runs,
    /// It lets others run.
    Yields,
    /// It waits for an event of a set.
    Waits,
}

/// Whether a task is to end early.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Cancellation {
    No = 0,
    /// Its caller wishes so, and it has not been told.
    Asked,
    /// It has been told.
    Told,
}

/// A call of a function that has a callback, or that is called asynchronously.
#[derive(Clone, Copy)]
pub(crate) struct Task {
    pub(crate) instance: Option<&'static ComponentInstance>,
    pub(crate) callback: Option<unsafe extern "C" fn(u32, u32, u32) -> u32>,
    /// Number of the type of its results.
    pub(crate) results: u64,
    pub(crate) state: State,
    /// The set that it waits for.
    pub(crate) set: u32,
    pub(crate) has_returned: bool,
    pub(crate) cancellation: Cancellation,
    /// Whether something runs above it that it waits for.
    pub(crate) is_blocked: bool,
    /// Whether it is asynchronous and has no callback.
    pub(crate) is_stackful: bool,
    /// The task that ran before it, on the stack below.
    pub(crate) below: u32,
    /// Its local storage while it does not run.
    pub(crate) storage: [u32; 2],
    /// The task that waits behind it, or 0.
    pub(crate) next: u32,
    /// How it is called; none of the program's own tasks.
    pub(crate) prepare: Option<&'static CallPrepare>,
    /// See [`CallStart`](quench_abi::component::CallStart).
    pub(crate) post_return: Option<unsafe extern "C" fn(u64)>,
    /// Whether its caller waits, and ends it.
    pub(crate) is_awaited: bool,
    /// The last of its arguments is where its results are to be written.
    pub(crate) has_place: bool,
    /// What its caller knows it by, or 0.
    pub(crate) subtask: u32,
    /// The call that handles were lent to for it, or 0.
    pub(crate) scope: u32,
}

/// Arguments or results that a task can have, and one.
pub(crate) const VALUES_MAX: usize = 18;

/// Arguments and results of a task.
#[derive(Clone, Copy)]
pub(crate) struct Values {
    pub(crate) argument_count: usize,
    pub(crate) arguments: [u64; VALUES_MAX],
    pub(crate) result_count: usize,
    pub(crate) results: [u64; VALUES_MAX],
}

/// Tasks that a program can have at a time, and one. The module for calls between
/// components has room for as many.
const MOST: usize = 1 << 12;

static TASKS: Pool<Task, MOST> = Pool::new(Task::NEW);

/// By the number of the task.
static VALUES: Pool<Values, MOST> = Pool::new(Values::NONE);

/// The results of the program's own task that returned last; only the first one's place is
/// of use.
static LAST_RESULTS: Pool<[u64; VALUES_MAX], 1> = Pool::new([0; VALUES_MAX]);

impl Task {
    /// A task that has not begun.
    pub(crate) const NEW: Task = Task {
        instance: None,
        callback: None,
        results: 0,
        state: State::Ended,
        set: 0,
        has_returned: false,
        cancellation: Cancellation::No,
        is_blocked: false,
        is_stackful: false,
        below: 0,
        storage: [0; 2],
        next: 0,
        prepare: None,
        post_return: None,
        is_awaited: false,
        has_place: false,
        subtask: 0,
        scope: 0,
    };
}

impl Task {
    /// Returns whether it keeps others of its kind in its instance from running.
    fn runs_alone(&self) -> bool {
        !self.is_stackful
    }
}

impl Values {
    const NONE: Values = Values {
        argument_count: 0,
        arguments: [0; VALUES_MAX],
        result_count: 0,
        results: [0; VALUES_MAX],
    };
}

/// The task that runs, and the first and last of those that wait, or 0.
#[derive(Clone, Copy)]
struct Queue {
    current: u32,
    first: u32,
    last: u32,
}

/// Only the first one's place is of use.
static QUEUE: Pool<Queue, 1> = Pool::new(Queue { current: 0, first: 0, last: 0 });

unsafe extern "C" {
    /// Waits until something happens that the host waits for, if the argument is 1, and has
    /// everything that has happened go on.
    safe fn quench_component_wait(waits: u32);
}

/// Adds a task; returns its number.
pub(crate) fn insert(task: Task) -> u32 {
    let Some(number) = TASKS.insert(task) else {
        trap("too many tasks");
    };
    VALUES.change(number, |values| *values = Values::NONE);
    number
}

/// Ends a task.
pub(crate) fn remove(number: u32) {
    TASKS.remove(number);
}

/// Returns a task.
pub(crate) fn get(number: u32) -> Task {
    TASKS.get(number)
}

/// Changes a task.
pub(crate) fn change(number: u32, change: impl FnOnce(&mut Task)) {
    TASKS.change(number, change);
}

/// Uses the arguments and results of a task.
pub(crate) fn with_values<R>(number: u32, function: impl FnOnce(&mut Values) -> R) -> R {
    VALUES.change(number, function)
}

/// Returns the number of the task that runs, or 0.
pub(crate) fn current() -> u32 {
    QUEUE.get(0).current
}

/// Has a task run from now on; returns what ran before.
fn switch_to(number: u32) -> u32 {
    QUEUE.change(0, |queue| core::mem::replace(&mut queue.current, number))
}

/// Has a task run above the one that runs; returns that.
fn run_above(number: u32) -> u32 {
    let below = switch_to(number);
    change(number, |task| task.below = below);
    below
}

/// Notes which task runs alone in an instance, if a task is one that does; 0 is none.
fn set_exclusive(instance: &ComponentInstance, task: &Task, number: u32) {
    if task.runs_alone() {
        handles::with_tasks(instance, |_, exclusive| *exclusive = number);
    }
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
    run_until(|| can_begin(instance, &task));
    let number = insert(task);
    handles::replace_storage(instance, [0; 2]);
    handles::replace_may_block(instance, true);
    set_exclusive(instance, &get(number), number);
    switch_to(number);
}

/// Continues the task that began last until it has ended; returns its first result.
/// `answer` is what its function returned.
#[unsafe(no_mangle)]
extern "C" fn quench_task_finish(_: &'static Lifting, answer: u32) -> u64 {
    finish(answer, |task| task.state == State::Ended)
}

/// Continues the task that began last until it has returned, and more calls follow; returns
/// its first result. `answer` is what its function returned.
#[unsafe(no_mangle)]
extern "C" fn quench_task_await(_: &'static Lifting, answer: u32) -> u64 {
    finish(answer, |task| task.has_returned)
}

/// Continues the task that began last until something is true of it.
fn finish(answer: u32, is_true: impl Fn(&Task) -> bool) -> u64 {
    let number = current();
    suspend(number, answer);
    switch_to(0);
    run_until(|| is_true(&get(number)));
    let results = with_values(number, |values| values.results);
    LAST_RESULTS.change(0, |last| *last = results);
    if get(number).state == State::Ended {
        remove(number);
    } else {
        change(number, |task| task.is_awaited = false);
    }
    results[0]
}

/// Returns the results of the program's own task that returned last.
pub(crate) fn last_results() -> [u64; VALUES_MAX] {
    LAST_RESULTS.get(0)
}

/// Begins the call of a task between components.
pub(crate) fn begin(number: u32) {
    let task = get(number);
    let (Some(instance), Some(prepare)) = (task.instance, task.prepare) else {
        return;
    };
    let storage = handles::replace_storage(instance, [0; 2]);
    set_exclusive(instance, &task, number);
    let may_block = handles::replace_may_block(instance, true);
    let before = run_above(number);
    change(number, |task| task.state = State::Runs);
    if task.subtask != 0 {
        waitable::change(task.subtask, |subtask| subtask.progress = Progress::Started);
        waitable::set_event(task.subtask);
    }
    let outer = calls::switch_to(task.scope);
    // SAFETY: it is the compiler's function of this type.
    let answer = unsafe { (prepare.launch)(number) };
    if task.callback.is_some() {
        if !get(number).has_returned {
            with_values(number, |values| values.result_count = 0);
        }
        suspend(number, answer);
    } else if task.is_stackful {
        suspend(number, EXIT);
    } else {
        return_results(number);
        if let Some(post_return) = task.post_return {
            let result = with_values(number, |values| values.results[0]);
            // SAFETY: it is the guest's function, of this type or without a parameter.
            handles::without_leaving(instance, || unsafe { post_return(result) });
        }
        end(number, instance);
    }
    calls::switch_to(outer);
    switch_to(before);
    handles::replace_may_block(instance, may_block);
    handles::replace_storage(instance, storage);
}

/// Notes that a task has ended.
fn end(number: u32, instance: &ComponentInstance) {
    let task = get(number);
    set_exclusive(instance, &task, 0);
    change(number, |task| task.state = State::Ended);
    if !task.is_awaited {
        remove(number);
    }
}

/// Gives the caller of a task the results, which are complete.
pub(crate) fn return_results(number: u32) {
    let task = get(number);
    calls::require_no_borrows(task.scope);
    if let (Some(instance), Some(prepare)) = (task.instance, task.prepare) {
        let result = with_values(number, |values| {
            if task.has_place {
                let place = values.arguments[values.argument_count.saturating_sub(1)];
                values.results[values.result_count.min(VALUES_MAX - 1)] = place;
            }
            let result = values.results[0];
            values.result_count = VALUES_MAX - 1;
            result
        });
        let storage = handles::replace_storage(instance, [0; 2]);
        // SAFETY: it is the compiler's function of this type.
        unsafe { (prepare.deliver)(number) };
        handles::replace_storage(instance, storage);
        // What the caller gets as it is; of others, what `post_return` gets.
        with_values(number, |values| {
            let has_result = values.result_count > VALUES_MAX - 1;
            values.results[0] = if has_result { values.results[VALUES_MAX - 1] } else { result };
        });
    }
    resolve(number, Progress::Returned);
}

/// Notes that the caller of a task has, or will never have, its results.
pub(crate) fn resolve(number: u32, progress: Progress) {
    change(number, |task| task.has_returned = true);
    let subtask = get(number).subtask;
    if subtask != 0 {
        waitable::change(subtask, |subtask| subtask.progress = progress);
        waitable::set_event(subtask);
    }
}

/// The answer of a task that has ended.
const EXIT: u32 = 0;

/// Notes what a task wants that has just returned an answer.
fn suspend(number: u32, answer: u32) {
    const YIELD: u32 = 1;
    const WAIT: u32 = 2;
    let task = get(number);
    let Some(instance) = task.instance else {
        return;
    };
    let (state, set) = match answer & 0xf {
        EXIT if !task.has_returned => trap("async-lifted export failed to produce a result"),
        EXIT => (State::Ended, 0),
        YIELD => (State::Yields, 0),
        WAIT => {
            let set = waitable::set_of_handle(instance, answer >> 4);
            waitable::count_waiting(set, 1);
            (State::Waits, set)
        }
        _ => trap("unsupported callback code"),
    };
    let storage = handles::replace_storage(instance, [0; 2]);
    if state == State::Ended {
        return end(number, instance);
    }
    set_exclusive(instance, &task, 0);
    change(number, |task| (task.state, task.set, task.storage) = (state, set, storage));
    enqueue(number);
}

/// Puts a task behind all that wait.
pub(crate) fn enqueue(number: u32) {
    change(number, |task| task.next = 0);
    let Queue { last, .. } = QUEUE.get(0);
    if last != 0 {
        change(last, |task| task.next = number);
    }
    QUEUE.change(0, |queue| {
        queue.last = number;
        if queue.first == 0 {
            queue.first = number;
        }
    });
}

/// Returns whether a task that waits can go on.
fn is_ready(task: &Task) -> bool {
    let Some(instance) = task.instance else {
        return false;
    };
    let (backpressure, exclusive) =
        handles::with_tasks(instance, |backpressure, exclusive| (*backpressure, *exclusive));
    (exclusive == 0 || !task.runs_alone())
        && match task.state {
            State::Ended | State::Runs => false,
            State::Starts => backpressure == 0,
            _ if task.cancellation == Cancellation::Asked => true,
            State::Yields => true,
            State::Waits => waitable::set_has_event(task.set),
        }
}

/// Returns whether a task can begin now in an instance. Traps if it never can: the instance
/// has called, and is not waiting for anything else.
pub(crate) fn can_begin(instance: &ComponentInstance, new: &Task) -> bool {
    let (backpressure, exclusive) =
        handles::with_tasks(instance, |backpressure, exclusive| (*backpressure, *exclusive));
    let mut number = current();
    while number != 0 {
        let task = get(number);
        let is_in = task.instance.is_some_and(|other| core::ptr::eq(other, instance));
        if is_in && !task.is_blocked {
            trap("cannot enter component instance");
        }
        number = task.below;
    }
    if exclusive != 0 && new.runs_alone() {
        return false;
    }
    let is_before = |task: &Task| {
        task.state == State::Starts
            && task.instance.is_some_and(|other| core::ptr::eq(other, instance))
    };
    backpressure == 0 && take(is_before, false).is_none()
}

/// Returns the first task of which something is true among those that wait, and takes it out
/// if `takes` is true.
fn take(is_wanted: impl Fn(&Task) -> bool, takes: bool) -> Option<u32> {
    let (mut before, mut number) = (0, QUEUE.get(0).first);
    while number != 0 {
        let task = get(number);
        if is_wanted(&task) {
            if takes {
                unlink(before, number, task.next);
            }
            return Some(number);
        }
        (before, number) = (number, task.next);
    }
    None
}

/// Takes a task out of the queue, given its neighbours.
fn unlink(before: u32, number: u32, next: u32) {
    if before != 0 {
        change(before, |task| task.next = next);
    }
    QUEUE.change(0, |queue| {
        if before == 0 {
            queue.first = next;
        }
        if queue.last == number {
            queue.last = before;
        }
    });
}

/// Asks a task that a subtask stands for to end early. It is told now if it can be.
pub(crate) fn cancel(number: u32) {
    let task = get(number);
    let is_it = |other: &Task| other.subtask == task.subtask;
    if task.state == State::Starts {
        take(is_it, true);
        resolve(number, Progress::CancelledBeforeStarted);
        return remove(number);
    }
    change(number, |task| task.cancellation = Cancellation::Asked);
    if is_ready(&get(number)) && take(is_it, true).is_some() {
        resume(number);
    }
}

/// Lets a task go on.
fn resume(number: u32) {
    /// The event that says that the caller wants the task to end.
    const CANCELLED: Event = [6, 0, 0];
    let task = get(number);
    if task.state == State::Starts {
        return begin(number);
    }
    let (Some(instance), Some(callback)) = (task.instance, task.callback) else {
        return;
    };
    if task.state == State::Waits {
        waitable::count_waiting(task.set, -1);
    }
    let [code, first, second] = if task.cancellation == Cancellation::Asked {
        change(number, |task| task.cancellation = Cancellation::Told);
        CANCELLED
    } else if task.state == State::Waits {
        waitable::take_event_of_set(task.set).unwrap_or(waitable::NONE)
    } else {
        waitable::NONE
    };
    change(number, |task| task.state = State::Runs);
    set_exclusive(instance, &task, number);
    let storage = handles::replace_storage(instance, task.storage);
    let may_block = handles::replace_may_block(instance, true);
    let before = run_above(number);
    let outer = calls::switch_to(task.scope);
    // SAFETY: it is the guest's function of this type.
    let answer = unsafe { callback(code, first, second) };
    suspend(number, answer);
    calls::switch_to(outer);
    switch_to(before);
    handles::replace_may_block(instance, may_block);
    handles::replace_storage(instance, storage);
}

/// Lets tasks go on, and waits for what they wait for, until something is true.
fn run_until(is_true: impl Fn() -> bool) {
    while !is_true() {
        if let Some(number) = take(is_ready, true) {
            resume(number);
            // Those who always have something to do do not keep the others from it.
            if waitable::interests().next().is_some() {
                quench_component_wait(0);
            }
        } else if waitable::interests().next().is_some() {
            quench_component_wait(1);
        } else {
            trap(if !is_above_caller() {
                "deadlock detected: event loop cannot make further progress"
            } else {
                "deadlock detected: event loop cannot make further progress; quench has one stack, and a task on it waits for what its caller may have been about to do"
            });
        }
    }
}

/// Returns whether a task lies on the stack whose caller could go on, if it was not below.
fn is_above_caller() -> bool {
    let mut number = current();
    while number != 0 {
        let task = get(number);
        let is_awaited = task.is_awaited || task.subtask != 0;
        if task.prepare.is_some() && (task.has_returned || !is_awaited) {
            return true;
        }
        number = task.below;
    }
    false
}

/// Waits for something that the task that runs cannot go on without.
pub(crate) fn wait_until(instance: &ComponentInstance, is_true: impl Fn() -> bool) {
    if is_true() {
        return;
    }
    if !handles::may_block(instance) {
        trap("cannot block a synchronous task before returning");
    }
    let number = current();
    change(number, |task| task.is_blocked = true);
    run_until(is_true);
    change(number, |task| task.is_blocked = false);
}

/// Waits for an event of a set.
pub(crate) fn wait_for_set(instance: &ComponentInstance, set: u32) -> Event {
    waitable::count_waiting(set, 1);
    wait_until(instance, || waitable::set_has_event(set));
    waitable::count_waiting(set, -1);
    waitable::take_event_of_set(set).unwrap_or(waitable::NONE)
}

/// Waits for an event of a waitable.
pub(crate) fn wait_for(instance: &ComponentInstance, number: u32) -> Event {
    wait_until(instance, || waitable::get(number).has_event);
    waitable::take_event(number)
}

/// Lets another task go on, if one can.
pub(crate) fn let_others_run() {
    if waitable::interests().next().is_some() {
        quench_component_wait(0);
    }
    if let Some(ready) = take(is_ready, true) {
        let number = current();
        change(number, |task| task.is_blocked = true);
        resume(ready);
        change(number, |task| task.is_blocked = false);
    }
}
