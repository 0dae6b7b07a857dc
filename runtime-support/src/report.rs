//! One-line messages on standard error, put together without allocation and
//! written by one system call. Does not decide what is said.
//!
//! # Safety
//!
//! Standard error is written to by number; a closed descriptor makes that
//! write fail, which is ignored.
#![allow(unsafe_code)]

use crate::process;

/// Exit status when the program could not start or go on for a reason that
/// is neither the guest's nor a trap: what shells use for a command that was
/// found but cannot be run.
pub const FAILURE_STATUS: i32 = 126;

const CAPACITY: usize = 1024;

/// A line of text. What does not fit is cut off and ends in `...`.
pub struct Line {
    bytes: [u8; CAPACITY],
    length: usize,
}

impl Line {
    pub fn new(start: &str) -> Line {
        let line = Line {
            bytes: [0; CAPACITY],
            length: 0,
        };
        line.text(start)
    }

    pub fn text(self, text: &str) -> Line {
        self.bytes(text.as_bytes())
    }

    /// Adds text that comes from outside. Control characters are replaced, so
    /// that it stays one line and a terminal does not obey it.
    #[must_use]
    pub fn bytes(mut self, bytes: &[u8]) -> Line {
        for &byte in bytes {
            let shown = if byte.is_ascii_control() { b'?' } else { byte };
            self.push(shown);
        }
        self
    }

    pub fn decimal(self, value: u64) -> Line {
        self.digits::<10>(value)
    }

    pub fn hexadecimal(self, value: u64) -> Line {
        self.text("0x").digits::<16>(value)
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }

    /// Writes the line, with a line end, to standard error.
    pub fn print(mut self) {
        // There is room: `push` leaves the last byte free.
        if let Some(end) = self.bytes.get_mut(self.length) {
            *end = b'\n';
            self.length += 1;
        }
        // Safe where another package turns on rustix's `std`.
        #[allow(unused_unsafe)]
        // SAFETY: see the head of this file.
        let stderr = unsafe { rustix::stdio::stderr() };
        // Nobody is left to be told of a failure.
        let _ = rustix::io::write(stderr, self.as_bytes());
    }

    /// Writes the line to standard error and ends the program with
    /// [`FAILURE_STATUS`].
    pub fn fatal(self) -> ! {
        self.exit(FAILURE_STATUS)
    }

    /// Writes the line to standard error and ends the program.
    pub fn exit(self, status: i32) -> ! {
        self.print();
        process::exit(status)
    }

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

    fn digits<const BASE: u64>(self, value: u64) -> Line {
        let line = match value / BASE {
            0 => self,
            more => self.digits::<BASE>(more),
        };
        line.digit((value % BASE) as u8)
    }

    fn digit(mut self, digit: u8) -> Line {
        let letter = if digit < 10 { b'0' } else { b'a' - 10 };
        self.push(letter + digit);
        self
    }
}

/// Writes the parts as one line to standard error and ends the program with
/// [`FAILURE_STATUS`].
pub fn fatal(parts: &[&[u8]]) -> ! {
    let mut line = Line::new("");
    for part in parts {
        line = line.bytes(part);
    }
    line.fatal()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let line = Line::new("a ").decimal(0).text(" ").decimal(u64::MAX);
        assert_eq!(line.as_bytes(), b"a 0 18446744073709551615");
        let line = Line::new("")
            .hexadecimal(u64::MAX)
            .text(" ")
            .hexadecimal(16);
        assert_eq!(line.as_bytes(), b"0xffffffffffffffff 0x10");
    }

    #[test]
    fn foreign_text_stays_on_the_line() {
        let line = Line::new("").bytes(b"a\n\x1b[1mb\xc3\xa9");
        assert_eq!(line.as_bytes(), b"a??[1mb\xc3\xa9");
    }

    #[test]
    fn long_text_is_cut() {
        let line = Line::new("").bytes(&[b'x'; 2 * CAPACITY]);
        assert_eq!(line.as_bytes().len(), CAPACITY - 1);
        assert!(line.as_bytes().ends_with(b"xxx..."));
    }
}
