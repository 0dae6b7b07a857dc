//! The built-in functions for threads. None of them tells of a cancellation.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs.
#![allow(unsafe_code, reason = "see Safety")]

use crate::handles::{self, require_may_leave};
use crate::schedule;
use crate::task;
use crate::thread::{self, State, Thread};
use crate::trap::trap;
use quench_abi::component::{ComponentInstance, TaskUse, ThreadNew};

fn instance_of(function: &'static TaskUse) -> &'static ComponentInstance {
    // SAFETY: see the head of this file.
    let instance = unsafe { &*function.lowering.instance };
    require_may_leave(instance);
    instance
}

/// Returns a thread of an instance that is suspended.
fn suspended(instance: &ComponentInstance, index: u32) -> u32 {
    let number = thread::of_index(instance, index);
    if thread::get(number).state != State::Suspended {
        trap("cannot resume a thread that is not suspended");
    }
    number
}

/// Returns a thread of an instance if it is ready, and has it wait no more; otherwise 0.
fn ready(instance: &ComponentInstance, index: u32) -> u32 {
    let number = thread::of_index(instance, index);
    thread::take_ready(|other, _| other == number).unwrap_or_default()
}

/// The built-in function `thread.index`.
#[unsafe(no_mangle)]
extern "C" fn quench_thread_index(instance: &'static ComponentInstance) -> u32 {
    require_may_leave(instance);
    thread::current_in(instance)
}

/// A part of the built-in function `thread.new-indirect`: makes a thread that calls what its number
/// stands for with an argument.
#[unsafe(no_mangle)]
extern "C" fn quench_thread_new(function: &'static ThreadNew, argument: u32) -> u32 {
    // SAFETY: see the head of this file.
    let instance = unsafe { &*function.instance };
    require_may_leave(instance);
    let Thread { task, .. } = thread::get(thread::current_in(instance));
    let number = thread::insert(Some(instance), task, run, argument);
    thread::change(number, |thread| thread.start = Some(function.start));
    if task != 0 {
        task::change(task, |task| task.threads += 1);
    }
    number
}

/// Runs a thread that a guest made.
fn run(number: u32, argument: u32) {
    let Thread { instance, task, start, .. } = thread::get(number);
    if let (Some(instance), Some(start)) = (instance, start) {
        handles::replace_may_block(instance, true);
        // SAFETY: it is the compiler's function of this type.
        unsafe { start(number, argument) };
    }
    thread::remove(number);
    task::end_thread(task);
}

/// The built-in function `thread.resume-later`.
#[unsafe(no_mangle)]
extern "C" fn quench_thread_resume_later(instance: &'static ComponentInstance, index: u32) {
    require_may_leave(instance);
    let number = suspended(instance, index);
    thread::current_in(instance);
    // SAFETY: there is no function.
    unsafe { thread::wait(number, None) };
    // Who waits now has somebody who can run meanwhile.
    handles::replace_may_block(instance, true);
}

/// The built-in function `thread.suspend`.
#[unsafe(no_mangle)]
extern "C" fn quench_thread_suspend(function: &'static TaskUse) -> u32 {
    schedule::suspend(instance_of(function), 0);
    0
}

/// The built-in function `thread.yield`.
#[unsafe(no_mangle)]
extern "C" fn quench_thread_yield(function: &'static TaskUse) -> u32 {
    schedule::let_others_run(instance_of(function), 0);
    0
}

/// The built-in function `thread.suspend-then-resume`.
#[unsafe(no_mangle)]
extern "C" fn quench_thread_suspend_then_resume(function: &'static TaskUse, index: u32) -> u32 {
    let instance = instance_of(function);
    schedule::suspend(instance, suspended(instance, index));
    0
}

/// The built-in function `thread.yield-then-resume`.
#[unsafe(no_mangle)]
extern "C" fn quench_thread_yield_then_resume(function: &'static TaskUse, index: u32) -> u32 {
    let instance = instance_of(function);
    schedule::let_others_run(instance, suspended(instance, index));
    0
}

/// The built-in function `thread.suspend-then-promote`.
#[unsafe(no_mangle)]
extern "C" fn quench_thread_suspend_then_promote(function: &'static TaskUse, index: u32) -> u32 {
    let instance = instance_of(function);
    schedule::suspend(instance, ready(instance, index));
    0
}

/// The built-in function `thread.yield-then-promote`.
#[unsafe(no_mangle)]
extern "C" fn quench_thread_yield_then_promote(function: &'static TaskUse, index: u32) -> u32 {
    let instance = instance_of(function);
    schedule::let_others_run(instance, ready(instance, index));
    0
}
