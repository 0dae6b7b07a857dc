//! One-line messages on standard error, put together without allocation and
//! written by one system call. This file does not decide what they say.
//!
//! # Safety
//!
//! Standard error is written to by number; a closed descriptor makes that
//! write fail, which is ignored.
#![allow(unsafe_code, reason = "see Safety")]

use crate::process;

/// Exit status when the program could not start or go on for a reason that
/// is neither the guest's nor a trap: the status that shells use for a command that
/// was found but cannot be run.
pub const FAILURE_STATUS: i32 = 126;

/// Bytes of the longest line, with its end.
const CAPACITY: usize = 1024;

/// A line of text. Text that does not fit is cut off and ends in `...`.
///
/// Messages are a large part of small executables, so none of these functions is
/// inlined where a message is put together.
pub struct Line {
    bytes: [u8; CAPACITY],
    length: usize,
}

impl Line {
    /// Returns a line that begins with `start`.
    #[inline(never)]
    pub fn new(start: &str) -> Line {
        let mut line = Line { bytes: [0; CAPACITY], length: 0 };
        line.text(start);
        line
    }

    /// Adds text of ours.
    pub fn text(&mut self, text: &str) -> &mut Line {
        self.bytes(text.as_bytes())
    }

    /// Adds text that comes from outside. Control characters are replaced by `?`, so
    /// that the message stays one line and a terminal does not obey it.
    #[inline(never)]
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Line {
        for &byte in bytes {
            let shown = if byte.is_ascii_control() { b'?' } else { byte };
            self.push(shown);
        }
        self
    }

    /// Adds a number in decimal digits.
    pub fn decimal(&mut self, value: u64) -> &mut Line {
        self.digits(value, 10)
    }

    /// Adds `0x` and a number in hexadecimal digits.
    pub fn hexadecimal(&mut self, value: u64) -> &mut Line {
        self.text("0x").digits(value, 16)
    }

    /// Returns the line as it is so far.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Writes the line, with a line end, to standard error.
    pub fn print(&mut self) {
        // `push` leaves the last byte free for this.
        if let Some(end) = self.bytes.get_mut(self.length) {
            *end = b'\n';
            self.length += 1;
        }
        #[allow(unused_unsafe, reason = "safe where another package turns on rustix's `std`")]
        // SAFETY: see the head of this file.
        let stderr = unsafe { rustix::stdio::stderr() };
        // There is nobody left to tell of a failure.
        let _ = rustix::io::retry_on_intr(|| rustix::io::write(stderr, self.as_bytes()));
    }

    /// Writes the line to standard error and ends the program with
    /// [`FAILURE_STATUS`].
    pub fn fatal(&mut self) -> ! {
        self.exit(FAILURE_STATUS)
    }

    /// Writes the line to standard error and ends the program.
    pub fn exit(&mut self, status: i32) -> ! {
        self.print();
        process::exit(status)
    }

    /// Adds a byte, or one of the dots where there is no more room.
    fn push(&mut self, byte: u8) {
        const DOTS: usize = CAPACITY - 4;
        let kept = if self.length < DOTS { byte } else { b'.' };
        if self.length < CAPACITY - 1
            && let Some(place) = self.bytes.get_mut(self.length)
        {
            *place = kept;
            self.length += 1;
        }
    }

    /// Adds a number in digits of a base up to 16.
    #[inline(never)]
    fn digits(&mut self, value: u64, base: u64) -> &mut Line {
        if value >= base {
            self.digits(value / base, base);
        }
        let digit = (value % base) as u8;
        self.push(digit + if digit < 10 { b'0' } else { b'a' - 10 });
        self
    }
}

/// Writes the parts as one line to standard error and ends the program with
/// [`FAILURE_STATUS`].
pub fn fatal(parts: &[&[u8]]) -> ! {
    let mut line = Line::new("");
    for part in parts {
        line.bytes(part);
    }
    line.fatal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let mut line = Line::new("a ");
        line.decimal(0).text(" ").decimal(u64::MAX);
        assert_eq!(line.as_bytes(), b"a 0 18446744073709551615");
        let mut line = Line::new("");
        line.hexadecimal(u64::MAX).text(" ").hexadecimal(16);
        assert_eq!(line.as_bytes(), b"0xffffffffffffffff 0x10");
    }

    #[test]
    fn foreign_text_stays_on_the_line() {
        let mut line = Line::new("");
        line.bytes(b"a\n\x1b[1mb\xc3\xa9");
        assert_eq!(line.as_bytes(), b"a??[1mb\xc3\xa9");
    }

    #[test]
    fn long_text_is_cut() {
        let mut line = Line::new("");
        line.bytes(&[b'x'; 2 * CAPACITY]);
        assert_eq!(line.as_bytes().len(), CAPACITY - 1);
        assert!(line.as_bytes().ends_with(b"xxx..."));
    }
}
