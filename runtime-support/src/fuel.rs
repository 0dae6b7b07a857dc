//! The end of a program that did more than it may. Compiled code counts what it
//! does; this file does not know how.
//!
//! # Safety
//!
//! Compiled code passes the program's own record. Nothing else runs when the record
//! is read.
#![allow(unsafe_code, reason = "see Safety")]

use crate::report::Line;
use crate::{arch, trap};
use quench_abi::Fuel;

/// Exit status of a program that used up its fuel: the number after the status of a
/// program that ran too long.
const FUEL_STATUS: i32 = 125;

/// [`quench_abi::RuntimeFunction::OutOfFuel`].
///
/// # Safety
///
/// `fuel` is the program's record; compiled code calls this, with its frame pointer
/// in the register for that.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_out_of_fuel(fuel: *const Fuel) -> ! {
    arch::pass_caller!(1, out_of_fuel)
}

/// [`quench_out_of_fuel`], with the caller's frame pointer and return address.
unsafe extern "C" fn out_of_fuel(fuel: *const Fuel, frame: usize, return_address: usize) -> ! {
    // SAFETY: the caller's promise.
    let limit = unsafe { (*fuel).limit };
    let mut line = Line::new("error: the program used up its fuel, ");
    line.decimal(limit).text(" (fuel)");
    trap::report_call(&mut line, frame, return_address, FUEL_STATUS)
}
