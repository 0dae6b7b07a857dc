//! The functions that were running when guest code ended by a trap or an
//! exception: a walk over frame pointers, and a line for each function. This file
//! does not know what happened.
//!
//! # Safety
//!
//! Each frame of guest code that made a call begins with the caller's frame
//! pointer and the return address. A walk reads only from the guest's stack,
//! upwards, and ends where a frame is on no stack of the guest's.
#![allow(unsafe_code, reason = "see Safety")]

use crate::arch::SignalContext;
use crate::lookup::{self, Place};
use crate::report::Line;
use crate::{arch, process, stack};
use quench_abi::SourceFrame;

/// The environment variable that says how much is printed: with `0` nothing, with
/// `full` every function, otherwise the innermost and outermost ones.
const VARIABLE: &[u8] = b"QUENCH_BACKTRACE=";

/// Number of callers printed before those that are only counted.
const INNERMOST: usize = 16;
/// Number of callers printed after those that are only counted.
const OUTERMOST: usize = 4;

/// The callers of a place in guest code, the nearest first. The iterator leaves out
/// functions that the compiler made up.
#[derive(Clone)]
pub(crate) struct Callers {
    /// Frame pointer of the function that `return_address` lies in.
    pub frame: usize,
    /// Return address of the call that the nearest caller made; 0 at the end.
    pub return_address: usize,
}

impl Callers {
    /// Returns the callers of a function whose frame begins at `frame`.
    pub(crate) fn of_frame(frame: usize) -> Callers {
        let mut callers = Callers { frame, return_address: 0 };
        callers.step();
        callers
    }

    /// Returns the callers of a function of guest code that a signal interrupted;
    /// `start` is its address.
    pub(crate) fn of_interrupted(context: &SignalContext, start: usize) -> Callers {
        match context.frame(start) {
            (frame, None) => Callers::of_frame(frame),
            (frame, Some(return_address)) => Callers { frame, return_address },
        }
    }

    /// Goes to the next caller.
    pub(crate) fn step(&mut self) {
        let frame = self.frame;
        self.return_address = 0;
        if !frame.is_multiple_of(8) || !stack::contains(frame) || !stack::contains(frame + 8) {
            return;
        }
        // SAFETY: both words are on the guest's stack, and are plain numbers.
        let (next, return_address) = unsafe {
            let frame = frame as *const usize;
            (frame.read(), frame.add(1).read())
        };
        self.return_address = arch::plain_return_address(return_address);
        // Stacks grow downwards, so a frame of a caller is above; anything else is no
        // chain of frames.
        self.frame = if next > frame { next } else { 0 };
    }
}

impl Iterator for Callers {
    type Item = Place;

    fn next(&mut self) -> Option<Place> {
        loop {
            // The call may be the last instruction of its function.
            let place = lookup::place(self.return_address.checked_sub(1)?);
            self.step();
            // Functions of the host, which have frame pointers too, are left out.
            if let Some(place) = place
                && place.function_index().is_some()
            {
                return Some(place);
            }
        }
    }
}

/// Adds what is known of a place in guest code: `` function INDEX `NAME` ``, and the
/// place in the source.
pub(crate) fn place(line: &mut Line, place: &Place) {
    if let Some(frame) = place.frames().next() {
        describe(line, place, &frame);
    }
}

/// Adds `` function INDEX `NAME` ``, without the place in the source.
pub(crate) fn function(line: &mut Line, place: &Place) {
    named(line, place, place.function_index(), place.function_name());
}

/// Adds a function of the source at a place, and where in the source it is.
fn describe(line: &mut Line, place: &Place, frame: &SourceFrame) {
    // SAFETY: the texts are the module's table's.
    let (name, file) = unsafe { (process::text(&frame.name), process::text(&frame.file)) };
    let index = (frame.index != u32::MAX).then_some(frame.index);
    let (index, name) = match (index, name) {
        (None, []) => (place.function_index(), place.function_name()),
        known => known,
    };
    named(line, place, index, name);
    if file.is_empty() {
        return;
    }
    line.text(" at ").bytes(file);
    line.text(":").decimal(u64::from(frame.line));
    if frame.column != 0 {
        line.text(":").decimal(u64::from(frame.column));
    }
}

/// Adds an index, a name and the module's name, as far as they are known.
fn named(line: &mut Line, place: &Place, index: Option<u32>, name: &[u8]) {
    if let Some(index) = index {
        line.text(" function ").decimal(u64::from(index));
    }
    if !name.is_empty() {
        line.text(" `").bytes(name).text("`");
    }
    let label = place.module_label();
    if !label.is_empty() {
        line.text(" of ").bytes(label);
    }
}

/// Adds the functions that the function at a place was inlined into, without the one whose code
/// it is unless `with_last`.
pub(crate) fn inlined(line: &mut Line, place: &Place, with_last: bool) {
    for frame in place.frames().skip(1) {
        if with_last || frame.name.length != 0 {
            describe(line.text(", inlined into"), place, &frame);
        }
    }
}

/// Prints a line for each function that the function at a place was inlined into.
fn print_inlined(place: &Place) {
    for frame in place.frames().skip(1) {
        let mut line = Line::new("  inlined into");
        describe(&mut line, place, &frame);
        line.print();
    }
}

/// Prints a line for each caller of the place `from`, as far as the environment asks
/// for it.
pub(crate) fn print(from: Option<&Place>, callers: Callers) {
    let wanted = process::environment().find_map(|entry| entry.strip_prefix(VARIABLE));
    let all = match wanted {
        Some(b"0") => return,
        Some(b"full") => true,
        _ => false,
    };
    if let Some(place) = from {
        print_inlined(place);
    }
    let count = callers.clone().count();
    let outermost = count.saturating_sub(OUTERMOST);
    for (number, caller) in callers.enumerate() {
        if all || number < INNERMOST || number >= outermost {
            let mut line = Line::new("  called by");
            place(&mut line, &caller);
            line.print();
            print_inlined(&caller);
        } else if number == INNERMOST {
            Line::new("  ... ")
                .decimal((outermost - INNERMOST) as u64)
                .text(" more, which QUENCH_BACKTRACE=full names")
                .print();
        }
    }
}
