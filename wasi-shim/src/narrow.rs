//! What the person who runs a program takes away from it, by an environment
//! variable. It can only take: every word is a denial or a limit, and a word
//! that is not understood ends the program.

use core::str::FromStr;
use quench_policy::{Functions, Limit, NARROW_VARIABLE, READ_ONLY_WORD};
use quench_runtime_support::{environment, fatal};

pub struct Narrowing {
    pub denied: Functions,
    pub read_only: bool,
    pub limits: [Option<Limit>; 4],
}

impl Narrowing {
    /// From the process's environment; ends the program if that is wrong.
    pub fn read() -> Narrowing {
        let mut narrowing = Narrowing {
            denied: Functions::NONE,
            read_only: false,
            limits: [None; 4],
        };
        let name = NARROW_VARIABLE.as_bytes();
        let value = environment().find_map(|entry| entry.strip_prefix(name)?.strip_prefix(b"="));
        let separates = |byte: &u8| matches!(byte, b',' | b' ');
        let words = value.unwrap_or_default().split(separates);
        for word in words.filter(|word| !word.is_empty()) {
            if narrowing.add(word).is_none() {
                fatal(&[
                    b"error: `",
                    word,
                    b"` in QUENCH_NARROW is no function or group of WASI, no `read-only`, and no limit such as max-memory=BYTES, timeout=SECONDS, cpu-timeout=SECONDS, max-open-files=NUMBER",
                ]);
            }
        }
        narrowing
    }

    fn add(&mut self, word: &[u8]) -> Option<()> {
        let word = core::str::from_utf8(word).ok()?;
        if word == READ_ONLY_WORD {
            self.read_only = true;
        } else if let Some((name, value)) = word.split_once('=') {
            let value = u64::from_str(value).ok()?;
            let (place, limit) = match name {
                "max-memory" => (0, Limit::Memory(value)),
                "timeout" if value > 0 => (1, Limit::Time(value)),
                "cpu-timeout" if value > 0 => (2, Limit::CpuTime(value)),
                "max-open-files" => (3, Limit::OpenFiles(value)),
                _ => return None,
            };
            *self.limits.get_mut(place)? = Some(limit);
        } else {
            self.denied = self.denied.with(Functions::named(word)?);
        }
        Some(())
    }
}
