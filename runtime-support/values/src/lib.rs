//! The text of values: which arguments `--invoke` takes for each type, and how
//! results are printed. The command checks with it what is given when a program
//! is built, and the program reads with it what is given when it runs, so that
//! both take the same. Knows value types and slots; knows neither command lines
//! nor functions. Works without allocation.
//!
//! | type | text |
//! | --- | --- |
//! | `i32`, `i64` | decimal digits, or hexadecimal ones after `0x` or `0X`, after an optional sign; from the smallest signed to the largest unsigned number of the type |
//! | `f32`, `f64` | what [`f64::from_str`] takes, hexadecimal digits with an exponent of two (`0x1.8p3`), or a NaN with its fraction (`nan:0x200000`), after an optional sign; rounded to the type |
//! | `v128` | as integers, without a sign: the vector as one number of 128 bits |
//! | references | `null` |
#![no_std]
#![forbid(unsafe_code)]

mod float;

use core::fmt::{self, Write};
use float::{F32, F64};
use quench_abi::{Value, ValueType};

/// Reads the value of a type from its text. Returns `None` if the text is not
/// one of that type.
pub fn parse(ty: ValueType, text: &str) -> Option<Value> {
    Some(slot(match ty {
        ValueType::I32 => i32(text)?.into(),
        ValueType::I64 => i64(text)?.into(),
        ValueType::F32 => f32(text)?.into(),
        ValueType::F64 => f64(text)?.into(),
        ValueType::V128 => v128(text)?,
        ValueType::FuncRef | ValueType::ExternRef | ValueType::ExnRef | ValueType::AnyRef => {
            null(text)?.into()
        }
    }))
}

/// Returns whether a text is a number of any type. It may begin like an option:
/// `-inf`, `-0x10`.
pub fn is_number(text: &str) -> bool {
    // What integers are written as, floats are as well.
    f64(text).is_some()
}

/// Writes a value of a type: integers as signed ones, floats in the shortest
/// form that [`parse`] reads as the same number, a vector as one unsigned number,
/// and of a reference whether it is null.
///
/// # Errors
///
/// When `output` fails.
pub fn print(output: &mut impl Write, ty: ValueType, value: Value) -> fmt::Result {
    let whole = u128::from_le_bytes(value.bytes);
    let (word, long) = (whole as u32, whole as u64);
    match ty {
        ValueType::I32 => write!(output, "{}", word.cast_signed()),
        ValueType::I64 => write!(output, "{}", long.cast_signed()),
        ValueType::F32 => float::print(output, f32::from_bits(word), word.into(), F32),
        ValueType::F64 => float::print(output, f64::from_bits(long), long, F64),
        ValueType::V128 => write!(output, "{whole}"),
        ValueType::FuncRef if long == 0 => output.write_str("<null funcref>"),
        ValueType::FuncRef => output.write_str("<funcref>"),
        ValueType::ExternRef if long == 0 => output.write_str("<null externref>"),
        ValueType::ExternRef => output.write_str("<externref>"),
        ValueType::ExnRef if long == 0 => output.write_str("<null exnref>"),
        ValueType::ExnRef => output.write_str("<exnref>"),
        ValueType::AnyRef if long == 0 => output.write_str("<null anyref>"),
        ValueType::AnyRef => output.write_str("<anyref>"),
    }
}

/// The message about an argument of `function` that [`parse`] does not take,
/// in pieces that belong together without anything between them. The reader
/// puts the number of the argument in front: "argument 2 of ".
pub fn refusal<'a>(function: &'a [u8], argument: &'a [u8], ty: ValueType) -> [&'a [u8]; 9] {
    let article = match ty {
        ValueType::V128 | ValueType::FuncRef => "a ",
        _ => "an ",
    };
    let pieces = [article, ty.name(), ": expected ", expectation(ty)].map(str::as_bytes);
    let [article, name, separator, expectation] = pieces;
    [b"`", function, b"`, `", argument, b"`, is not ", article, name, separator, expectation]
}

/// Describes the text that [`parse`] takes for a type, with examples.
fn expectation(ty: ValueType) -> &'static str {
    match ty {
        ValueType::I32 => "a whole number of 32 bits, such as 7, -1 or 0xff",
        ValueType::I64 => "a whole number of 64 bits, such as 7, -1 or 0xff",
        ValueType::F32 | ValueType::F64 => "a number, such as 7, -0.5, 1e9, 0x1.8p3, inf or nan",
        ValueType::V128 => "a whole number of 128 bits, such as 7 or 0xff",
        ValueType::FuncRef | ValueType::ExternRef | ValueType::ExnRef | ValueType::AnyRef => {
            "`null`"
        }
    }
}

/// Returns a slot with these low bytes and zeros above them.
fn slot(bits: u128) -> Value {
    Value { bytes: bits.to_le_bytes() }
}

fn i32(text: &str) -> Option<u32> {
    u32::try_from(integer(text, 32)?).ok()
}

fn i64(text: &str) -> Option<u64> {
    integer(text, 64)
}

fn f32(text: &str) -> Option<u64> {
    let plain = || text.parse().ok().map(|number: f32| number.to_bits().into());
    float::parse(text, F32).or_else(plain)
}

fn f64(text: &str) -> Option<u64> {
    float::parse(text, F64).or_else(|| text.parse().ok().map(f64::to_bits))
}

fn v128(text: &str) -> Option<u128> {
    unsigned(text)
}

/// Returns the bits of a null reference.
fn null(text: &str) -> Option<u64> {
    (text == "null").then_some(0)
}

/// Reads an integer of so many bits, signed or unsigned, in two's complement.
fn integer(text: &str, bits: u32) -> Option<u64> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let magnitude = u64::try_from(unsigned(digits)?).ok()?;
    let mask = u64::MAX >> (64 - bits);
    let most = if negative { 1 << (bits - 1) } else { mask };
    let value = if negative { magnitude.wrapping_neg() & mask } else { magnitude };
    (magnitude <= most).then_some(value)
}

/// Reads digits, which are hexadecimal after `0x` or `0X` and else decimal.
fn unsigned(text: &str) -> Option<u128> {
    let (digits, base) = match float::after_prefix(text) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    // `from_str_radix` would take a sign here.
    if digits.starts_with(['+', '-']) {
        return None;
    }
    u128::from_str_radix(digits, base).ok()
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::*;
    use std::string::String;
    use std::vec::Vec;

    /// Texts of a type that are taken, with what is printed of the value, and
    /// those that are refused.
    type Row = (ValueType, &'static [(&'static str, &'static str)], &'static [&'static str]);

    const TABLE: [Row; 9] = [
        (
            ValueType::I32,
            &[
                ("0", "0"),
                ("+7", "7"),
                ("007", "7"),
                ("-2147483648", "-2147483648"),
                ("4294967295", "-1"),
                ("0xFFfffffe", "-2"),
                ("0X7f", "127"),
                ("-0x10", "-16"),
                ("+0x10", "16"),
                ("-0", "0"),
            ],
            &[
                "",
                "+",
                "-",
                "0x",
                "-0x",
                "x",
                "ff",
                "1.0",
                "1e3",
                "--1",
                "-+1",
                "+-1",
                "0x-1",
                "0x+1",
                " 1",
                "1 ",
                "1_000",
                "\u{661}",
                "4294967296",
                "-2147483649",
                "0x100000000",
                "-0x80000001",
                "340282366920938463463374607431768211456",
                "null",
            ],
        ),
        (
            ValueType::I64,
            &[
                ("18446744073709551615", "-1"),
                ("-9223372036854775808", "-9223372036854775808"),
                ("+0xffffffffffffffff", "-1"),
            ],
            &["", "18446744073709551616", "-9223372036854775809", "0x10000000000000000", "1.0"],
        ),
        (
            ValueType::F32,
            &[
                ("0.1", "0.1"),
                ("16777217", "16777216"),
                ("1e39", "inf"),
                ("-inf", "-inf"),
                ("nan", "NaN"),
                ("0x1.000001p0", "1"),
                ("0x1.0000011p0", "1.0000001"),
                ("0x1.000003p0", "1.0000002"),
                ("0xffffff8", "268435460"),
                ("0x1.fffffep127", "3.4028235e38"),
                ("0x1.ffffffp127", "inf"),
                ("-0x1p128", "-inf"),
                ("0x1p-149", "1e-45"),
                ("0x1p-150", "0"),
                ("0x1.1p-150", "1e-45"),
                ("0x1.fffffcp-127", "1.1754942e-38"),
                ("0x1.ffffffp-127", "1.1754944e-38"),
                ("nan:0x1", "nan:0x1"),
                ("-nan:0x7fffff", "-nan:0x7fffff"),
                ("-nan:0x400000", "NaN"),
            ],
            &[
                "",
                "one",
                "1,5",
                "1 ",
                "1e",
                "0x",
                "0x.",
                "0xp1",
                "0x1p",
                "0x1p+-1",
                "0x1.8e3.",
                "0x1p1.5",
                "0xg",
                "0x-1",
                "nan:",
                "nan:1",
                "nan:0x",
                "nan:0x0",
                "nan:0x+1",
                "nan:0x800000",
                "inf:0x1",
            ],
        ),
        (
            ValueType::F64,
            &[
                ("0.1", "0.1"),
                ("+1e3", "1000"),
                ("-1E-3", "-0.001"),
                (".5", "0.5"),
                ("5.", "5"),
                ("-0", "-0"),
                ("inf", "inf"),
                ("-Infinity", "-inf"),
                ("NaN", "NaN"),
                ("0x1", "1"),
                ("-0X10", "-16"),
                ("+0x.8p1", "1"),
                ("0x1.8P+3", "12"),
                ("0xA.p-1", "5"),
                ("-0x0p5", "-0"),
                ("0x1p99999999999999999999", "inf"),
                ("0x1p-99999999999999999999", "0"),
                ("0x1.00000000000008p0", "1"),
                ("0x1.00000000000008000000000000000001p0", "1.0000000000000002"),
                ("0x1.00000000000018p0", "1.0000000000000004"),
                ("0x100000000000000000000", "1.2089258196146292e24"),
                ("0x1.fffffffffffff7ffp1023", "1.7976931348623157e308"),
                ("0x1.fffffffffffff8p1023", "inf"),
                ("0x1p-1074", "5e-324"),
                ("1e300", "1e300"),
                ("123456789012345", "123456789012345"),
                ("-1.5e-7", "-1.5e-7"),
                ("nan:0x4000000000000", "nan:0x4000000000000"),
                ("-NaN:0xFFFFFFFFFFFFF", "-nan:0xfffffffffffff"),
            ],
            &[
                "",
                "one",
                "1,5",
                ".",
                "+",
                "--1",
                "null",
                "0x",
                "-0x-1",
                "+-0x1",
                "nan:0x10000000000000",
                "nan:\u{e9}x1",
            ],
        ),
        (
            ValueType::V128,
            &[
                ("7", "7"),
                ("0x100000000000000000", "295147905179352825856"),
                ("0XFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF", "340282366920938463463374607431768211455"),
            ],
            &["", "-1", "+1", "0x", "1.0", "340282366920938463463374607431768211456"],
        ),
        (ValueType::FuncRef, &[("null", "<null funcref>")], &["", "0", "Null", "null "]),
        (ValueType::ExternRef, &[("null", "<null externref>")], &["", "0", "7"]),
        (ValueType::ExnRef, &[("null", "<null exnref>")], &["", "0", "7"]),
        (ValueType::AnyRef, &[("null", "<null anyref>")], &["", "0", "7"]),
    ];

    #[test]
    fn each_type_has_its_texts() {
        assert_eq!(TABLE.map(|(ty, ..)| ty), ValueType::ALL);
        for (ty, accepted, refused) in TABLE {
            for (text, expected) in accepted {
                let value = parse(ty, text).unwrap_or_else(|| panic!("{ty} {text}"));
                let mut printed = String::new();
                print(&mut printed, ty, value).expect("a string takes all");
                assert_eq!(&printed, expected, "{ty} {text}");
            }
            for text in refused {
                assert!(parse(ty, text).is_none(), "{ty} {text}");
            }
        }
    }

    /// Numbers with these bits, and their neighbours, are what is printed of them.
    #[test]
    fn floats_are_read_as_they_are_printed() {
        let mut bits: u64 = 0x9e37_79b9_7f4a_7c15;
        for _ in 0..20_000 {
            bits ^= bits << 13;
            bits ^= bits >> 7;
            bits ^= bits << 17;
            for (ty, bits) in [(ValueType::F64, bits), (ValueType::F32, bits >> 32)] {
                let value = slot(bits.into());
                let mut text = String::new();
                print(&mut text, ty, value).expect("a string takes all");
                assert!(text.len() <= 24, "{text}");
                let read = parse(ty, &text).map(|value| value.bytes);
                assert!(text == "NaN" || read == Some(value.bytes), "{ty} {text}");
            }
            let number = f64::from_bits(bits);
            if number.is_normal() {
                let (sign, exponent) = (if bits >> 63 == 1 { "-" } else { "" }, bits >> 52 & 0x7ff);
                let exponent = exponent.cast_signed() - 1023;
                let fraction = bits & ((1 << 52) - 1);
                let text = std::format!("{sign}0x1.{fraction:013x}p{exponent}");
                assert_eq!(f64(&text), Some(bits), "{text}");
                let rounded: f32 = number as f32;
                assert_eq!(f32(&text), Some(rounded.to_bits().into()), "{text}");
            }
        }
    }

    #[test]
    fn bytes_above_a_value_are_zero() {
        for (ty, width) in [(ValueType::I32, 4), (ValueType::I64, 8)] {
            let value = parse(ty, "-1").expect("an integer");
            let (low, high) = value.bytes.split_at(width);
            assert!(low.iter().all(|byte| *byte == 0xff), "{ty}");
            assert!(high.iter().all(|byte| *byte == 0), "{ty}");
        }
    }

    #[test]
    fn references_are_printed_without_their_address() {
        let mut printed = String::new();
        print(&mut printed, ValueType::FuncRef, slot(0x40_0000)).expect("a string takes all");
        assert_eq!(printed, "<funcref>");
    }

    #[test]
    fn a_refusal_names_what_is_expected() {
        let message = |ty| {
            let bytes: Vec<u8> = refusal(b"f", b"x", ty).concat();
            String::from_utf8(bytes).expect("all pieces are UTF-8")
        };
        assert_eq!(
            message(ValueType::I32),
            "`f`, `x`, is not an i32: expected a whole number of 32 bits, such as 7, -1 or 0xff"
        );
        assert_eq!(message(ValueType::FuncRef), "`f`, `x`, is not a funcref: expected `null`");
    }
}
