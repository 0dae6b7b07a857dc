//! The report of a cast that fails, in programs with a heap. Knows the names of types.
//!
//! # Safety
//!
//! There is one thread. The record is as the compiler wrote it.
#![allow(unsafe_code, reason = "see Safety")]

use super::record;
use super::tables::at;
use crate::lookup::Place;
use crate::report::Line;
use crate::trap::{report_call, resume_catch, start_of_report};
use crate::{arch, lookup, process};
use quench_abi::{HOST_BOX, TRAP_EXIT_STATUS, Text, Trap, expected_type};

/// [`quench_abi::RuntimeFunction::HeapCastFailure`].
///
/// # Safety
///
/// `reference` is one to an object or a function, an `i31` or null; compiled code calls this,
/// with its frame pointer in the register for that.
#[unsafe(naked)]
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_heap_cast_failure(reference: u64, expected: u32) -> ! {
    arch::pass_caller!(2, cast_failure)
}

/// [`quench_heap_cast_failure`], with the caller's frame pointer and return address.
unsafe extern "C" fn cast_failure(
    reference: u64,
    expected: u32,
    frame: usize,
    return_address: usize,
) -> ! {
    resume_catch(Trap::CastFailure);
    let mut line = start_of_report(Trap::CastFailure);
    line.text(": found ");
    match reference {
        0 => _ = line.text("null"),
        _ if reference & 1 != 0 => {
            line.text("i31 ").decimal(reference >> 1);
        }
        _ => {
            // SAFETY: the caller's promise: an object and a function begin with their type.
            let number = unsafe { at::<u32>(reference as usize).read() };
            if number == HOST_BOX && reference >> 32 == 0 {
                line.text("a reference of the host's");
            } else {
                put_type(&mut line, number);
            }
        }
    }
    put_type(line.text(", expected "), expected);
    report_call(&mut line, frame, return_address, TRAP_EXIT_STATUS)
}

/// [`quench_abi::symbols::HEAP_NULL_CAST`].
///
/// # Safety
///
/// `line` is the address of a [`Line`], and `place` that of a [`Place`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn quench_heap_null_cast(line: *mut u8, place: *const u8) -> bool {
    // SAFETY: the caller's promise.
    let (line, place) = unsafe { (&mut *line.cast::<Line>(), &*place.cast::<Place>()) };
    let expected = place.expected_type();
    if let Some(expected) = expected {
        put_type(line.text(": found null, expected "), expected);
    }
    expected.is_some()
}

/// Adds the name of a type to a message.
pub(super) fn put_type(line: &mut Line, number: u32) {
    let abstract_type = match number {
        expected_type::ANY => "any reference but null",
        expected_type::EQ => "eq",
        expected_type::I31 => "i31",
        expected_type::STRUCT => "struct",
        expected_type::ARRAY => "array",
        expected_type::NONE => "null",
        _ => "",
    };
    match name(number).or_else(|| lookup::type_name(number)) {
        _ if !abstract_type.is_empty() => line.text(abstract_type),
        Some(name) if !name.is_empty() => line.bytes(name),
        _ => line.text("another type"),
    };
}

/// Returns the name of a type of objects; empty if it has none.
fn name(number: u32) -> Option<&'static [u8]> {
    // SAFETY: there is one thread, and the names stay as they are.
    let (first, count, mut names) = unsafe {
        let heap = record::heap();
        let names: *const Text = &raw const (*heap).names;
        ((*heap).first_type, (*heap).type_count, process::text(&*names))
    };
    let index = u64::from(number).checked_sub(first).filter(|index| *index < count)?;
    for _ in 0..index {
        (_, names) = split(names)?;
    }
    split(names).map(|(name, _)| name)
}

/// Splits the first name off.
fn split(names: &'static [u8]) -> Option<(&'static [u8], &'static [u8])> {
    let (length, rest) = names.split_first_chunk()?;
    rest.split_at_checked(u32::from_le_bytes(*length) as usize)
}
