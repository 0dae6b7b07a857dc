//! The end of a program that did more than it may. Compiled code counts what it
//! does; how is not known here.
//!
//! # Safety
//!
//! Compiled code passes the program's own record. Nothing else runs when it is
//! read.
#![allow(unsafe_code)]

use crate::report::Line;
use crate::trap;
use quench_abi::Fuel;

/// Exit status of a program that used up its fuel: the one after that of a
/// program that ran too long.
const FUEL_STATUS: i32 = 125;

/// What [`arch::quench_out_of_fuel`] does. `frame` is the frame pointer of the
/// function that calls it, `return_address` where in it that would go on.
///
/// # Safety
///
/// The program's fuel.
pub unsafe extern "C" fn out_of_fuel(fuel: *const Fuel, frame: usize, return_address: usize) -> ! {
    // SAFETY: the caller's promise.
    let limit = unsafe { (*fuel).limit };
    let mut line = Line::new("error: the program used up its fuel, ");
    line.decimal(limit).text(" (fuel)");
    trap::report_call(&mut line, frame, return_address, FUEL_STATUS)
}
