//! `--invoke`: calls one function with arguments given as text and prints its
//! results, one a line. Only the invocation's record refers to this file, so that
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
/// The record is as the head of this file says; this runs on the guest stack.
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

/// The function that is called.
struct Call<'a> {
    name: &'a [u8],
    /// Types of the parameters, a [`ValueType`] in a byte each.
    parameters: &'a [u8],
    /// Types of the results, a [`ValueType`] in a byte each.
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
            let parsed =
                value_type(ty).and_then(|ty| parse(ty, core::str::from_utf8(argument).ok()?));
            match parsed {
                Some(bytes) => value.bytes = bytes,
                None => self.wrong_argument(index, argument, ty),
            }
        }
    }

    /// Prints the results, one a line.
    fn print(&self, values: &[Value]) {
        for (&ty, value) in self.results.iter().zip(values) {
            if let Some(ty) = value_type(ty) {
                let mut output = Output::default();
                // This does not fail: `output` keeps what goes wrong.
                let _ = print(&mut output, ty, value.bytes);
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
        Line::new("error: argument ")
            .decimal(index as u64 + 1)
            .text(" of `")
            .bytes(self.name)
            .text("`, `")
            .bytes(argument)
            .text("`, is not an ")
            .text(type_name(ty))
            .text(": expected ")
            .text(expectation(ty))
            .exit(USAGE_STATUS)
    }
}

fn value_type(byte: u8) -> Option<ValueType> {
    ValueType::from_number(byte.into())
}

fn type_name(byte: u8) -> &'static str {
    value_type(byte).map_or("unknown type", ValueType::name)
}

fn expectation(byte: u8) -> &'static str {
    match value_type(byte) {
        Some(ValueType::I32) => "a whole number of 32 bits, such as 7, -1 or 0xff",
        Some(ValueType::I64) => "a whole number of 64 bits, such as 7, -1 or 0xff",
        Some(ValueType::F32 | ValueType::F64) => "a number, such as 7, -0.5, 1e9, inf or nan",
        Some(ValueType::V128) => "a whole number of 128 bits, such as 7 or 0xff",
        Some(ValueType::FuncRef | ValueType::ExternRef | ValueType::ExnRef) => "`null`",
        None => "a newer runtime",
    }
}

/// The bytes of a value slot.
fn parse(ty: ValueType, text: &str) -> Option<[u8; 16]> {
    let mut slot = [0; 16];
    let mut fill = |bytes: &[u8]| {
        for (place, &byte) in iter::zip(&mut slot, bytes) {
            *place = byte;
        }
    };
    match ty {
        ValueType::I32 => fill(&parse_integer(text, 32)?.to_le_bytes()),
        ValueType::I64 => fill(&parse_integer(text, 64)?.to_le_bytes()),
        ValueType::F32 => fill(&text.parse::<f32>().ok()?.to_le_bytes()),
        ValueType::F64 => fill(&text.parse::<f64>().ok()?.to_le_bytes()),
        ValueType::V128 => fill(&parse_unsigned(text)?.to_le_bytes()),
        ValueType::FuncRef | ValueType::ExternRef | ValueType::ExnRef => {
            (text == "null").then_some(())?
        }
    }
    Some(slot)
}

/// Signed or unsigned, decimal or hexadecimal, in two's complement.
fn parse_integer(text: &str, bits: u32) -> Option<u64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text),
    };
    let magnitude = u64::try_from(parse_unsigned(digits)?).ok()?;
    let most = match negative {
        true => 1 << (bits - 1),
        false => u64::MAX >> (64 - bits),
    };
    let value = match negative {
        true => magnitude.wrapping_neg(),
        false => magnitude,
    };
    (magnitude <= most).then_some(value)
}

fn parse_unsigned(text: &str) -> Option<u128> {
    let (digits, base) = match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    // `from_str_radix` would take a sign here.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u128::from_str_radix(digits, base).ok()
}

/// Writes a result as wasmtime prints it.
fn print(output: &mut impl Write, ty: ValueType, slot: [u8; 16]) -> fmt::Result {
    let whole = u128::from_le_bytes(slot);
    let (word, long) = (whole as u32, whole as u64);
    match ty {
        ValueType::I32 => write!(output, "{}", word.cast_signed()),
        ValueType::I64 => write!(output, "{}", long.cast_signed()),
        ValueType::F32 => write!(output, "{}", f32::from_bits(word)),
        ValueType::F64 => write!(output, "{}", f64::from_bits(long)),
        ValueType::V128 => write!(output, "{whole}"),
        ValueType::FuncRef if long == 0 => output.write_str("<null funcref>"),
        ValueType::FuncRef => output.write_str("<funcref>"),
        ValueType::ExternRef if long == 0 => output.write_str("<null externref>"),
        ValueType::ExternRef => output.write_str("<externref>"),
        ValueType::ExnRef if long == 0 => output.write_str("<null exnref>"),
        ValueType::ExnRef => output.write_str("<exnref>"),
    }
}

/// A line for standard output: the smallest positive f64 has 326 characters, and no
/// value has more than its negative, which has 327.
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
        let bytes = self.bytes.get(..self.length).unwrap_or_default();
        #[allow(unused_unsafe, reason = "safe where another package turns on rustix's `std`")]
        // SAFETY: a closed descriptor makes the write fail.
        let stdout = unsafe { rustix::stdio::stdout() };
        if process::write_all(stdout, bytes).is_err() {
            Line::new("error: cannot write the result to standard output").fatal();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    extern crate std;
    use std::string::String;

    fn round_trip(ty: ValueType, text: &str) -> Option<String> {
        let mut printed = String::new();
        print(&mut printed, ty, parse(ty, text)?).expect("a string takes all");
        Some(printed)
    }

    fn check(ty: ValueType, text: &str, expected: &str) {
        assert_eq!(round_trip(ty, text).as_deref(), Some(expected), "{text}");
    }

    fn refuse(ty: ValueType, text: &str) {
        assert_eq!(round_trip(ty, text), None, "{text}");
    }

    #[test]
    fn integers() {
        check(ValueType::I32, "4", "4");
        check(ValueType::I32, "-2147483648", "-2147483648");
        check(ValueType::I32, "4294967295", "-1");
        check(ValueType::I32, "0xFFfffffe", "-2");
        check(ValueType::I32, "-0x10", "-16");
        check(ValueType::I64, "18446744073709551615", "-1");
        check(ValueType::I64, "-9223372036854775808", "-9223372036854775808");
        check(ValueType::V128, "0x100000000000000000", "295147905179352825856");
        for text in ["", "-", "0x", "x", "1.0", "--1", "+1", "0x-1", "4294967296", "-2147483649"] {
            refuse(ValueType::I32, text);
        }
        refuse(ValueType::I64, "18446744073709551616");
        refuse(ValueType::I64, "-9223372036854775809");
    }

    #[test]
    fn floats_in_their_shortest_form() {
        check(ValueType::F32, "0.1", "0.1");
        check(ValueType::F64, "1e3", "1000");
        check(ValueType::F64, "-0", "-0");
        check(ValueType::F64, "inf", "inf");
        check(ValueType::F32, "-inf", "-inf");
        check(ValueType::F32, "nan", "NaN");
        refuse(ValueType::F64, "one");
        refuse(ValueType::F64, "");
    }

    #[test]
    fn the_longest_results_fit_a_line() {
        for value in [f64::MIN, f64::MAX, -f64::from_bits(1), -f64::MIN_POSITIVE] {
            let mut output = Output::default();
            let mut slot = [0; 16];
            slot[..8].copy_from_slice(&value.to_le_bytes());
            print(&mut output, ValueType::F64, slot).expect("never fails");
            assert!(output.length < output.bytes.len());
        }
    }

    #[test]
    fn references() {
        check(ValueType::ExternRef, "null", "<null externref>");
        check(ValueType::FuncRef, "null", "<null funcref>");
        refuse(ValueType::FuncRef, "0");
    }
}
