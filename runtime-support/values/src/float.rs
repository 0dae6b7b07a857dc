//! The text of floating-point numbers, as bits: decimal, hexadecimal as in
//! WebAssembly's text format, and NaNs with all of their bits.

use core::fmt::{self, LowerExp, Write};

/// A binary format of IEEE 754.
#[derive(Clone, Copy)]
pub(crate) struct Format {
    /// Number of bits of the fraction, which are the lowest.
    fraction: u32,
    /// Number of bits of the exponent, which are above those. The sign is above these.
    exponent: u32,
}

pub(crate) const F32: Format = Format { fraction: 23, exponent: 8 };
pub(crate) const F64: Format = Format { fraction: 52, exponent: 11 };

impl Format {
    /// Returns the largest exponent of a number, which is also what is added to one
    /// where it is stored.
    fn bias(self) -> i64 {
        (1 << (self.exponent - 1)) - 1
    }

    /// Returns the bits of infinity.
    fn infinity(self) -> u64 {
        ((1 << self.exponent) - 1) << self.fraction
    }

    /// Returns the bits of a fraction.
    fn fraction_bits(self) -> u64 {
        (1 << self.fraction) - 1
    }

    /// Returns the fraction of the canonical NaN.
    fn canonical(self) -> u64 {
        1 << (self.fraction - 1)
    }

    fn sign(self, is_negative: bool) -> u64 {
        u64::from(is_negative) << (self.fraction + self.exponent)
    }
}

/// Reads a number in hexadecimal digits (`-0x1.8p3`), or a NaN with its fraction
/// (`nan:0x200000`); all other numbers are read by the standard library. Returns the
/// bits of the number that is nearest, or `None` if the text is neither.
pub(crate) fn parse(text: &str, format: Format) -> Option<u64> {
    let (is_negative, text) = match text.strip_prefix('-') {
        Some(text) => (true, text),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let magnitude = match text.split_at_checked(4) {
        Some((name, fraction)) if name.eq_ignore_ascii_case("nan:") => nan(fraction, format)?,
        _ => hexadecimal(after_prefix(text)?, format)?,
    };
    Some(format.sign(is_negative) | magnitude)
}

/// Returns what is after the prefix of hexadecimal digits.
pub(crate) fn after_prefix(text: &str) -> Option<&str> {
    text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))
}

fn nan(fraction: &str, format: Format) -> Option<u64> {
    let digits = after_prefix(fraction)?;
    if digits.starts_with('+') {
        return None;
    }
    let fraction = u64::from_str_radix(digits, 16).ok()?;
    let is_nan = fraction != 0 && fraction <= format.fraction_bits();
    is_nan.then_some(format.infinity() | fraction)
}

/// Reads `1.8p3`: hexadecimal digits and a decimal exponent of two, each of which may be
/// left out, but not all of the digits.
fn hexadecimal(text: &str, format: Format) -> Option<u64> {
    let (digits, exponent) = match text.split_once(['p', 'P']) {
        Some((digits, exponent)) => (digits, decimal(exponent)?),
        None => (text, 0),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    // The number is `significand` times two to the `exponent`.
    let (mut significand, mut exponent): (u64, i64) = (0, exponent);
    for (digits, is_fraction) in [(whole, false), (fraction, true)] {
        for digit in digits.chars() {
            let digit = u64::from(digit.to_digit(16)?);
            let has_room = significand >> 60 == 0;
            significand = if has_room {
                significand << 4 | digit
            } else {
                // The lowest bit, which is far below those that the format has, stands
                // for all digits from here on.
                significand | u64::from(digit != 0)
            };
            exponent += match (has_room, is_fraction) {
                (true, true) => -4,
                (false, false) => 4,
                _ => 0,
            };
        }
    }
    Some(nearest(significand, exponent, format))
}

/// Reads a decimal integer after an optional sign. One that is larger than any exponent
/// becomes another that is.
fn decimal(text: &str) -> Option<i64> {
    const MOST: i64 = 1 << 40;
    let (is_negative, digits) = match text.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let add =
        |number: i64, digit: char| Some((number * 10 + i64::from(digit.to_digit(10)?)).min(MOST));
    let number = digits.chars().try_fold(0, add).filter(|_| !digits.is_empty())?;
    Some(if is_negative { -number } else { number })
}

/// Returns the bits of the number that is nearest to `significand` times two to the
/// `exponent`; of two that are equally near, of the even one.
fn nearest(significand: u64, exponent: i64, format: Format) -> u64 {
    let Some(top) = significand.checked_ilog2() else {
        return 0;
    };
    // The exponents of the highest bit and of the lowest that the format has for it.
    let highest = (exponent + i64::from(top)).max(1 - format.bias());
    let lowest = highest - i64::from(format.fraction);
    if highest > format.bias() {
        return format.infinity();
    }
    let rounded = match exponent - lowest {
        left @ 0.. => significand << left,
        // Past all bits there is nothing but zeros.
        right => shifted_right(significand, right.unsigned_abs().min(66) as u32),
    };
    // The highest bit of a number that is not subnormal is not stored; it adds one to the
    // exponent, as does rounding up to the next power of two.
    (((highest + format.bias() - 1) as u64) << format.fraction) + rounded
}

/// Returns a number divided by two to the `count`, rounded to the nearest, or to even.
fn shifted_right(number: u64, count: u32) -> u64 {
    let number = u128::from(number);
    let (quotient, rest) = (number >> count, number & ((1 << count) - 1));
    let half = 1 << (count - 1);
    let is_up = rest > half || rest == half && quotient & 1 == 1;
    quotient as u64 + u64::from(is_up)
}

/// Writes the number with these bits: in the shortest form that is read as the same
/// number, with an exponent where there would be many zeros. Only of the canonical NaNs
/// the sign is not written: it is each machine's own. `value` is the number.
pub(crate) fn print<T>(output: &mut impl Write, value: T, bits: u64, format: Format) -> fmt::Result
where
    T: Copy + fmt::Display + LowerExp + Into<f64>,
{
    let fraction = bits & format.fraction_bits();
    let number: f64 = value.into();
    if number.is_nan() && fraction != format.canonical() {
        let sign = if number.is_sign_negative() { "-" } else { "" };
        return write!(output, "{sign}nan:{fraction:#x}");
    }
    let has_exponent = number.is_finite() && !(1e-5..1e16).contains(&number.abs());
    if has_exponent && number != 0.0 {
        write!(output, "{value:e}")
    } else {
        write!(output, "{value}")
    }
}
