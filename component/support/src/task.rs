//! Tasks: how they begin, go on and end. One that has a callback needs no stack between its
//! calls.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs. No table is
//! borrowed while a guest is called.
#![allow(unsafe_code, reason = "see Safety")]

use crate::calls;
use crate::handles;
use crate::pool::Pool;
use crate::queue::{Queue, Queued};
use crate::thread;
use crate::trap::trap;
use crate::waitable::{self, Event, Progress};
use quench_abi::component::{CallPrepare, ComponentInstance};

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
    /// Whether it is asynchronous and has no callback.
    pub(crate) is_stackful: bool,
    /// The thread that it began with, or 0.
    pub(crate) thread: u32,
    /// Number of other threads that it has.
    pub(crate) threads: u32,
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
        is_stackful: false,
        thread: 0,
        threads: 0,
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

impl Queued for Task {
    fn next(&mut self) -> &mut u32 {
        &mut self.next
    }
}

/// The tasks that wait without a stack.
static QUEUE: Queue<Task, MOST> = Queue::new(&TASKS);

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

/// Notes which task runs alone in an instance, if a task is one that does; 0 is none.
pub(crate) fn set_exclusive(instance: &ComponentInstance, task: &Task, number: u32) {
    if task.runs_alone() {
        handles::with_tasks(instance, |_, exclusive| *exclusive = number);
    }
}

/// Returns the results of the program's own task that returned last.
pub(crate) fn last_results() -> [u64; VALUES_MAX] {
    LAST_RESULTS.get(0)
}

/// Sets the results that [`last_results`] returns.
pub(crate) fn set_last_results(results: [u64; VALUES_MAX]) {
    LAST_RESULTS.change(0, |last| *last = results);
}

/// Begins the call of a task between components; returns when it waits or has ended.
pub(crate) fn begin(number: u32) {
    let thread = thread::insert(get(number).instance, number, run_function, number);
    thread::change(thread, |thread| thread.is_implicit = true);
    change(number, |task| (task.state, task.thread) = (State::Runs, thread));
    thread::resume(thread, 0);
}

/// Runs the function of a task, on a stack that is empty.
fn run_function(_: u32, number: u32) {
    let task = get(number);
    let (Some(instance), Some(prepare)) = (task.instance, task.prepare) else {
        return;
    };
    set_exclusive(instance, &task, number);
    handles::replace_may_block(instance, true);
    if task.subtask != 0 {
        waitable::change(task.subtask, |subtask| subtask.progress = Progress::Started);
        waitable::set_event(task.subtask);
    }
    calls::switch_to(task.scope);
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
}

/// Notes that a task has ended, but for threads that it made.
fn end(number: u32, instance: &ComponentInstance) {
    let task = get(number);
    set_exclusive(instance, &task, 0);
    thread::remove(task.thread);
    change(number, |task| task.state = State::Ended);
    if !task.is_awaited {
        leave(number);
    }
}

/// Notes that nobody waits for a task's end: it is removed when it ends.
pub(crate) fn leave(number: u32) {
    change(number, |task| task.is_awaited = false);
    let task = get(number);
    if task.state == State::Ended && task.threads == 0 {
        remove(number);
    }
}

/// Notes that a thread has ended that a task made.
pub(crate) fn end_thread(number: u32) {
    if number == 0 {
        return;
    }
    change(number, |task| task.threads = task.threads.saturating_sub(1));
    let task = get(number);
    if task.state == State::Ended && task.threads == 0 {
        require_result(&task);
        if !task.is_awaited {
            remove(number);
        }
    }
}

/// Traps unless a task that ends has returned.
fn require_result(task: &Task) {
    if !task.has_returned {
        trap("async-lifted export failed to produce a result");
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
pub(crate) const EXIT: u32 = 0;

/// Notes what a task wants that has just returned an answer.
pub(crate) fn suspend(number: u32, answer: u32) {
    const YIELD: u32 = 1;
    const WAIT: u32 = 2;
    let task = get(number);
    let Some(instance) = task.instance else {
        return;
    };
    let (state, set) = match answer & 0xf {
        EXIT => {
            if task.threads == 0 {
                require_result(&task);
            }
            (State::Ended, 0)
        }
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
    QUEUE.push(number);
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
    thread::require_may_enter(instance);
    if exclusive != 0 && new.runs_alone() {
        return false;
    }
    let is_before = |_, task: &Task| {
        task.state == State::Starts
            && task.instance.is_some_and(|other| core::ptr::eq(other, instance))
    };
    backpressure == 0 && QUEUE.find(is_before).is_none()
}

/// Lets the task go on that runs alone in an instance, if it waits and is ready. Returns whether it
/// is.
pub(crate) fn let_go_on(instance: &ComponentInstance) -> bool {
    let exclusive = handles::with_tasks(instance, |_, exclusive| *exclusive);
    let own = if exclusive == 0 { 0 } else { get(exclusive).thread };
    let ready = thread::take_ready(|number, _| number == own);
    if let Some(thread) = ready {
        thread::resume(thread, 0);
    }
    ready.is_some()
}

/// Takes the first task that can go on out of those that wait.
pub(crate) fn take_ready() -> Option<u32> {
    QUEUE.take(|_, task| is_ready(task))
}

/// Returns whether a task that waits can go on.
pub(crate) fn any_is_ready() -> bool {
    QUEUE.find(|_, task| is_ready(task)).is_some()
}

/// Has the task of a subtask end early. The task is told now if it can be.
pub(crate) fn cancel(number: u32) {
    let task = get(number);
    let is_it = |_, other: &Task| other.subtask == task.subtask;
    if task.state == State::Starts {
        QUEUE.take(is_it);
        resolve(number, Progress::CancelledBeforeStarted);
        return remove(number);
    }
    change(number, |task| task.cancellation = Cancellation::Asked);
    if is_ready(&get(number)) && QUEUE.take(is_it).is_some() {
        resume(number);
    }
}

/// Lets a task go on that waits without a stack; returns when it waits again or has ended.
pub(crate) fn resume(number: u32) {
    let task = get(number);
    if task.state == State::Starts {
        return begin(number);
    }
    thread::set_job(task.thread, call_back, number);
    thread::resume(task.thread, 0);
}

/// Tells a task of what it waits for, on a stack that is empty.
fn call_back(_: u32, number: u32) {
    /// The event that says that the caller wants the task to end.
    const CANCELLED: Event = [6, 0, 0];
    let task = get(number);
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
    handles::replace_storage(instance, task.storage);
    handles::replace_may_block(instance, true);
    calls::switch_to(task.scope);
    // SAFETY: it is the guest's function of this type.
    let answer = unsafe { callback(code, first, second) };
    suspend(number, answer);
}
