//! `--invoke`: calls one function with arguments given as text and prints its
//! results, one a line. Reached only through the invocation's record, so that
//! programs without one do not carry the conversion of floats.
//!
//! # Safety
//!
//! An [`Invocation`] is as the compiler wrote it: its types are those of the
//! function behind `entry`, which reads and writes only its value slots.
#![allow(unsafe_code, reason = "see Safety")]

use crate::process;
use crate::report::Line;
use core::fmt::{self, Write};
use core::iter;
use quench_abi::{Invocation, Value, ValueType};

/// Exit status when the arguments do not fit the function.
pub(crate) const USAGE_STATUS: i32 = 1;

/// The most parameters or results that a function can have: the limit of the
/// JavaScript API, which validation keeps to.
const SLOTS: usize = 1000;

/// Calls the function and prints what it returns. Ends the program with a
/// message if the arguments do not fit.
///
/// # Safety
///
/// See the head of this file; runs on the guest stack.
#[unsafe(no_mangle)]
pub(crate) unsafe extern "C" fn quench_invoke(invocation: *const Invocation) {
    // SAFETY: the compiler wrote the record.
    unsafe {
        let invocation = &*invocation;
        let call = Call {
            name: process::text(&invocation.name),
            parameters: process::text(&invocation.parameters),
            results: process::text(&invocation.results),
        };
        let mut values = [Value { bytes: [0; 16] }; SLOTS];
        if invocation.has_arguments == 1 {
            let texts = process::slice(invocation.arguments, invocation.argument_count);
            call.parse(texts.iter().map(|text| process::text(text)), &mut values);
        } else {
            call.parse(process::args().skip(1), &mut values);
        }
        (invocation.entry)(values.as_mut_ptr());
        call.print(&values);
    }
}

struct Call<'a> {
    name: &'a [u8],
    /// [`ValueType`]s.
    parameters: &'a [u8],
    results: &'a [u8],
}

impl Call<'_> {
    fn parse<'t>(&self, arguments: impl Iterator<Item = &'t [u8]> + Clone, values: &mut [Value]) {
        let count = arguments.clone().count();
        if count != self.parameters.len() {
            self.wrong_count(count);
        }
        for (index, ((argument, &ty), value)) in
            arguments.zip(self.parameters).zip(values).enumerate()
        {
            let parsed = ValueType::from_number(ty.into())
                .and_then(|ty| quench_values::parse(ty, core::str::from_utf8(argument).ok()?));
            match parsed {
                Some(parsed) => *value = parsed,
                None => self.wrong_argument(index, argument, ty),
            }
        }
    }

    fn print(&self, values: &[Value]) {
        for (&ty, value) in self.results.iter().zip(values) {
            if let Some(ty) = value_type(ty) {
                let mut output = Output::default();
                // Does not fail: what goes wrong is kept in `output`.
                let _ = quench_values::print(&mut output, ty, *value);
                let _ = output.write_char('\n');
                output.finish();
            }
        }
    }

    #[cold]
    fn wrong_count(&self, count: usize) -> ! {
        let arguments = match self.parameters.len() {
            1 => " argument",
            _ => " arguments",
        };
        let mut line = Line::new("error: `");
        line.bytes(self.name)
            .text("` takes ")
            .decimal(self.parameters.len() as u64)
            .text(arguments);
        for (index, &ty) in self.parameters.iter().enumerate() {
            let separator = if index == 0 { " (" } else { ", " };
            line.text(separator).text(type_name(ty));
        }
        let end = if self.parameters.is_empty() { "" } else { ")" };
        let verb = if count == 1 { " was given" } else { " were given" };
        line.text(end).text(", ").decimal(count as u64).text(verb).exit(USAGE_STATUS)
    }

    #[cold]
    fn wrong_argument(&self, index: usize, argument: &[u8], ty: u8) -> ! {
        let mut line = Line::new("error: argument ");
        line.decimal(index as u64 + 1).text(" of ");
        match ValueType::from_number(ty.into()) {
            Some(ty) => {
                for piece in quench_values::refusal(self.name, argument, ty) {
                    line.bytes(piece);
                }
            }
            None => {
                line.text("unknown type: a newer runtime is needed");
            }
        }
        line.exit(USAGE_STATUS)
    }
}

fn value_type(byte: u8) -> Option<ValueType> {
    ValueType::from_number(byte.into())
}

fn type_name(byte: u8) -> &'static str {
    value_type(byte).map_or("unknown type", ValueType::name)
}

/// Collects a line for standard output: the smallest positive f64 has 326
/// characters, and no value has more than the least one's 327.
struct Output {
    bytes: [u8; 352],
    length: usize,
}

impl Default for Output {
    fn default() -> Output {
        Output { bytes: [0; 352], length: 0 }
    }
}

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.length..).unwrap_or_default();
        for (place, &byte) in iter::zip(room, text.as_bytes()) {
            *place = byte;
            self.length += 1;
        }
        Ok(())
    }
}

impl Output {
    /// Writes the line, or ends the program with a message.
    fn finish(&self) {
        print_result(self.bytes.get(..self.length).unwrap_or_default());
    }
}

/// Writes bytes of a result to standard output, or ends the program with a message.
pub fn print_result(bytes: &[u8]) {
    #[allow(unused_unsafe, reason = "safe where another package turns on rustix's `std`")]
    // SAFETY: a closed descriptor makes the write fail.
    let stdout = unsafe { rustix::stdio::stdout() };
    if process::write_all(stdout, bytes).is_err() {
        Line::new("error: cannot write the result to standard output").fatal();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_results_fit_a_line() {
        for value in [f64::MIN, f64::MAX, -f64::from_bits(1), -f64::MIN_POSITIVE] {
            let mut output = Output::default();
            let mut slot = Value { bytes: [0; 16] };
            slot.bytes[..8].copy_from_slice(&value.to_le_bytes());
            quench_values::print(&mut output, ValueType::F64, slot).expect("never fails");
            assert!(output.length < output.bytes.len());
        }
    }
}
