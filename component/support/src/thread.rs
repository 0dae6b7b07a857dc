//! Threads: what tasks run in, each on a stack of its own while it cannot be left. A thread is
//! resumed by code on another stack, and goes back there when it waits. A task has one from
//! its beginning to its end, and the guest can make more. Knows what a thread waits for
//! only as a function that says whether it came about.
//!
//! A call between instances that is made like any other call has no thread until its callee asks for
//! one; that is on the stack of the thread that called, and ends when the call has.
//!
//! # Safety
//!
//! There is one thread of the machine. What a thread waits for is a function on its own stack, which
//! stays as it is until the thread goes on.
#![allow(unsafe_code, reason = "see Safety")]

use crate::calls;
use crate::handles;
use crate::pool::Pool;
use crate::queue::{Queue, Queued};
use crate::trap::{trap, trap_line};
use core::mem::transmute;
use quench_abi::component::ComponentInstance;
use quench_runtime_support::Line;
use quench_runtime_support::stacks::{self, NoStack};

/// How far a thread is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum State {
    /// It has ended, or was never there.
    None = 0,
    /// It runs, or something that it called or resumed; or its task is between two calls of its callback.
    Runs,
    /// It goes on when another thread resumes it.
    Suspended,
    /// It goes on when something comes about.
    Waits,
}

/// What the code of a thread has for itself, and others do not see.
#[derive(Clone, Copy)]
struct Globals {
    storage: [u32; 2],
    may_block: bool,
    /// The call that handles are lent to.
    scope: u32,
}

/// A thread.
#[derive(Clone, Copy)]
pub(crate) struct Thread {
    pub(crate) state: State,
    /// The instance that it belongs to; none of the program's own.
    pub(crate) instance: Option<&'static ComponentInstance>,
    /// The task that it belongs to, or 0.
    pub(crate) task: u32,
    /// Whether it is the one that its task began with.
    pub(crate) is_implicit: bool,
    /// Whether it runs a function that may not wait before it has returned: until it goes on, only
    /// other threads of its instance can run.
    pub(crate) is_pinned: bool,
    /// Whether those run above it, on its own stack.
    pub(crate) is_below_others: bool,
    /// Whether its stack is that of the thread below.
    is_nested: bool,
    /// Its stack, or [`NO_STACK`].
    stack: u32,
    /// The thread that called or resumed it, or 0.
    below: u32,
    /// The call that it is for, if it has no task.
    scope: u32,
    globals: Globals,
    ready: Option<&'static dyn Fn() -> bool>,
    /// The thread that waits behind it, or 0.
    next: u32,
    /// What it does, and with what.
    job: Option<fn(u32, u32)>,
    argument: u32,
    /// The function of a thread that a guest made: `(thread, argument)`.
    pub(crate) start: Option<unsafe extern "C" fn(u32, u32)>,
}

const NO_STACK: u32 = u32::MAX;

/// Threads that a program can have at a time, and one. Modules for new threads have room for
/// as many.
const MOST: usize = 1 << 13;

static THREADS: Pool<Thread, MOST> = Pool::new(Thread::NEW);

/// The threads that wait.
static QUEUE: Queue<Thread, MOST> = Queue::new(&THREADS);

impl Queued for Thread {
    fn next(&mut self) -> &mut u32 {
        &mut self.next
    }
}

impl Thread {
    const NEW: Thread = Thread {
        state: State::None,
        instance: None,
        task: 0,
        is_implicit: false,
        is_pinned: false,
        is_below_others: false,
        is_nested: false,
        stack: 0,
        below: 0,
        scope: 0,
        globals: Globals { storage: [0; 2], may_block: false, scope: 0 },
        ready: None,
        next: 0,
        job: None,
        argument: 0,
        start: None,
    };

    /// Returns whether it belongs to an instance.
    pub(crate) fn is_in(&self, instance: &ComponentInstance) -> bool {
        self.instance.is_some_and(|own| core::ptr::eq(own, instance))
    }

    /// Returns whether it could go on now.
    fn is_ready(&self) -> bool {
        self.state == State::Waits && self.ready.is_none_or(|ready| ready())
    }
}

/// What there is once.
#[derive(Clone, Copy)]
struct Now {
    /// The thread that runs, or 0.
    thread: u32,
    /// The thread that is to go on in place of the one that paused, or 0.
    successor: u32,
    /// Whether that which paused has ended.
    has_ended: bool,
    /// The stack of the loop that resumes whoever is ready, or 0.
    scheduler: u32,
}

/// Only the first one's place is of use.
static NOW: Pool<Now, 1> =
    Pool::new(Now { thread: 0, successor: 0, has_ended: false, scheduler: 0 });

/// Adds a thread, which is suspended, and will do `job` with its number and an argument.
pub(crate) fn insert(
    instance: Option<&'static ComponentInstance>,
    task: u32,
    job: fn(u32, u32),
    argument: u32,
) -> u32 {
    add(Thread {
        state: State::Suspended,
        instance,
        task,
        stack: NO_STACK,
        job: Some(job),
        argument,
        ..Thread::NEW
    })
}

fn add(thread: Thread) -> u32 {
    match THREADS.insert(thread) {
        Some(number) => number,
        None => trap("too many threads"),
    }
}

/// Ends a thread.
pub(crate) fn remove(number: u32) {
    change(number, |thread| thread.state = State::None);
    THREADS.remove(number);
}

/// Returns a thread.
pub(crate) fn get(number: u32) -> Thread {
    THREADS.get(number)
}

/// Changes a thread.
pub(crate) fn change(number: u32, change: impl FnOnce(&mut Thread)) {
    THREADS.change(number, change);
}

/// Returns the thread of an instance that a guest knows by a number.
pub(crate) fn of_index(instance: &ComponentInstance, index: u32) -> u32 {
    let is_one = (1..MOST as u32).contains(&index);
    let thread = if is_one { get(index) } else { Thread::NEW };
    if thread.state == State::None || !thread.is_in(instance) {
        trap_line(Line::new("trap: unknown thread index ").decimal(index.into()));
    }
    index
}

/// Has a thread do something else when it begins next; it has ended what it did.
pub(crate) fn set_job(number: u32, job: fn(u32, u32), argument: u32) {
    change(number, |thread| (thread.job, thread.argument) = (Some(job), argument));
}

/// Returns the task of the thread that runs, or 0.
pub(crate) fn current_task() -> u32 {
    let mut thread = get(NOW.get(0).thread);
    while thread.is_nested {
        thread = get(thread.below);
    }
    thread.task
}

/// Makes a thread on the stack in use the one that runs.
pub(crate) fn run_here(instance: &'static ComponentInstance, task: u32) -> u32 {
    let number = add(Thread {
        state: State::Runs,
        instance: Some(instance),
        task,
        is_implicit: true,
        stack: stacks::current(),
        ..Thread::NEW
    });
    NOW.change(0, |now| now.thread = number);
    number
}

/// Notes that nothing of a thread is on the stack in use, where others may have begun it.
pub(crate) fn leave_stack(number: u32) {
    change(number, |thread| thread.stack = NO_STACK);
}

/// Returns the thread that runs in an instance.
pub(crate) fn current_in(instance: &'static ComponentInstance) -> u32 {
    leave_ended(instance);
    let below = NOW.get(0).thread;
    if below != 0 && get(below).is_in(instance) {
        return below;
    }
    let number = add(Thread {
        state: State::Runs,
        instance: Some(instance),
        is_pinned: !handles::may_block(instance),
        is_nested: below != 0,
        stack: stacks::current(),
        below,
        scope: calls::current(),
        ..Thread::NEW
    });
    NOW.change(0, |now| now.thread = number);
    number
}

/// Ends the threads of calls that have ended, when an instance runs.
pub(crate) fn leave_ended(instance: &ComponentInstance) {
    let scope = calls::current();
    leave_while(|thread| {
        if thread.scope == scope {
            !thread.is_in(instance)
        } else {
            !calls::is_active(thread.scope)
        }
    });
}

/// Ends all threads of calls on this stack.
pub(crate) fn leave_all() {
    leave_while(|_| true);
}

fn leave_while(is_left: impl Fn(&Thread) -> bool) {
    loop {
        let number = NOW.get(0).thread;
        let thread = get(number);
        let is_of_call = thread.is_nested || thread.task == 0 && thread.stack == stacks::FIRST;
        if number == 0 || !is_of_call || !is_left(&thread) {
            return;
        }
        remove(number);
        NOW.change(0, |now| now.thread = thread.below);
    }
}

/// Traps if an instance has called, and is not waiting.
pub(crate) fn require_may_enter(instance: &ComponentInstance) {
    let mut number = NOW.get(0).thread;
    while number != 0 {
        let thread = get(number);
        if thread.is_in(instance) {
            trap("cannot enter component instance");
        }
        number = thread.below;
    }
}

/// Returns the thread that has to return before the stack of a thread can be left, if there is one.
pub(crate) fn pinned_below(mut number: u32) -> Option<u32> {
    loop {
        let thread = get(number);
        if thread.is_pinned {
            return Some(number);
        }
        if !thread.is_nested {
            return None;
        }
        number = thread.below;
    }
}

/// Has a thread wait until something is true; always if there is no function.
///
/// # Safety
///
/// The function stays until the thread goes on.
pub(crate) unsafe fn wait(number: u32, ready: Option<&dyn Fn() -> bool>) {
    // SAFETY: the caller's promise.
    let ready: Option<&'static dyn Fn() -> bool> = unsafe { transmute(ready) };
    change(number, |thread| (thread.state, thread.ready) = (State::Waits, ready));
    QUEUE.push(number);
}

/// Returns the first thread that is ready, of those that are wanted, and has it wait no more.
pub(crate) fn take_ready(is_wanted: impl Fn(u32, &Thread) -> bool) -> Option<u32> {
    let number = QUEUE.take(|number, thread| is_wanted(number, thread) && thread.is_ready())?;
    change(number, |thread| thread.state = State::Suspended);
    Some(number)
}

/// Returns whether a thread is ready.
pub(crate) fn any_is_ready() -> bool {
    QUEUE.find(|_, thread| thread.is_ready()).is_some()
}

/// Replaces what the code that runs has for itself; `None` for the program's own.
fn replace(instance: Option<&ComponentInstance>, new: Option<Globals>) -> Option<Globals> {
    let (instance, new) = (instance?, new.unwrap_or(Thread::NEW.globals));
    Some(Globals {
        storage: handles::replace_storage(instance, new.storage),
        may_block: handles::replace_may_block(instance, new.may_block),
        scope: calls::switch_to(new.scope),
    })
}

/// Lets a thread go on until it waits or ends, and then those that it wants to go on in its place; but not
/// `own`, which is on the stack in use. Returns whether one wants that to go on.
pub(crate) fn resume(number: u32, own: u32) -> bool {
    let mut next = number;
    while next != 0 && next != own {
        next = resume_one(next);
    }
    next != 0
}

/// Lets a thread go on until it waits or ends; returns its successor.
fn resume_one(number: u32) -> u32 {
    let thread = get(number);
    if thread.is_below_others {
        trap("cannot enter component instance");
    }
    let stack = if thread.stack == NO_STACK { new_stack(body) } else { thread.stack };
    change(number, |thread| (thread.state, thread.stack) = (State::Runs, stack));
    let outer = NOW.change(0, |now| core::mem::replace(&mut now.thread, number));
    let mut lowest = number;
    while get(lowest).is_nested {
        lowest = get(lowest).below;
    }
    change(lowest, |thread| thread.below = outer);
    let globals = replace(thread.instance, Some(thread.globals));
    // SAFETY: the stack has begun, or its thread has paused.
    unsafe { stacks::resume(stack) };
    replace(thread.instance, globals);
    let Now { successor, has_ended, .. } = NOW.change(0, |now| {
        let old = *now;
        (now.thread, now.successor, now.has_ended) = (outer, 0, false);
        old
    });
    if has_ended {
        stacks::give_back(stack);
    }
    successor
}

fn new_stack(function: extern "C" fn() -> !) -> u32 {
    match stacks::begin(function) {
        Ok(stack) => stack,
        Err(NoStack::TooMany) => trap("too many tasks and threads wait at a time"),
        Err(NoStack::NoMemory) => trap("there is no memory for the stack of another task"),
    }
}

/// Runs a thread from its beginning to its end; the first function on its stack.
extern "C" fn body() -> ! {
    let number = NOW.get(0).thread;
    let Thread { job, argument, .. } = get(number);
    if let Some(job) = job {
        job(number, argument);
    }
    leave_all();
    change(number, |thread| thread.stack = NO_STACK);
    loop {
        NOW.change(0, |now| now.has_ended = true);
        // SAFETY: the stack was resumed, and nobody goes on here.
        unsafe { stacks::pause() };
    }
}

/// Lets others go on until a thread goes on, which runs now and is suspended or waits from now on.
/// `successor` is to go on first, if it is not 0. `schedule` is the loop that resumes whoever is
/// ready.
pub(crate) fn pause(number: u32, successor: u32, schedule: extern "C" fn() -> !) {
    if stacks::current() == stacks::FIRST && NOW.get(0).scheduler == 0 {
        let scheduler = new_stack(schedule);
        stacks::set_resumer(stacks::FIRST, scheduler);
        NOW.change(0, |now| now.scheduler = scheduler);
    }
    save(number);
    NOW.change(0, |now| now.successor = successor);
    // SAFETY: the stack was resumed, or has the scheduler to go back to.
    unsafe { stacks::pause() };
}

/// Keeps what the code of a thread has for itself until it goes on.
fn save(number: u32) {
    if let Some(globals) = replace(get(number).instance, None) {
        change(number, |thread| thread.globals = globals);
    }
}

/// Lets others run above a thread, until `others` returns.
pub(crate) fn let_run_above(number: u32, others: impl FnOnce()) {
    change(number, |thread| thread.is_below_others = true);
    others();
    change(number, |thread| (thread.is_below_others, thread.state) = (false, State::Runs));
}

/// Takes the thread that is to go on when the loop begins that resumes whoever is ready.
pub(crate) fn take_successor() -> u32 {
    NOW.change(0, |now| {
        now.thread = 0;
        core::mem::replace(&mut now.successor, 0)
    })
}

/// Waits until something is true, for the program's own code, which runs on the first stack and has
/// no thread. The code that resumed it goes on first, unless that is the scheduler.
pub(crate) fn wait_without_thread(is_true: &dyn Fn() -> bool, schedule: extern "C" fn() -> !) {
    let is_scheduled = stacks::resumer(stacks::FIRST) == NOW.get(0).scheduler;
    NOW.change(0, |now| now.thread = 0);
    if is_scheduled && is_true() {
        return;
    }
    let number = add(Thread { stack: stacks::FIRST, ..Thread::NEW });
    // SAFETY: it stays until this function returns.
    unsafe { wait(number, Some(is_true)) };
    pause(number, 0, schedule);
    NOW.change(0, |now| now.thread = 0);
    remove(number);
}
