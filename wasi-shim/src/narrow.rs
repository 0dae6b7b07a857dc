//! Permissions that the person who runs a program takes away from it, by the
//! environment variable `QUENCH_NARROW`. It can only take: every word is a denial
//! or a limit, and a word that is not understood ends the program.

use quench_policy::{Directory, Functions, Limit, NARROW_VARIABLE, decimal, parse_time};
use quench_runtime_support::{environment, fatal};

/// The denials and limits of the environment variable.
pub(crate) struct Narrowing {
    pub(crate) denied: Functions,
    pub(crate) read_only: bool,
    /// Whether all directories are taken.
    no_directories: bool,
    /// Whether all sockets that others connect to are taken.
    pub(crate) no_listeners: bool,
    pub(crate) limits: [Option<Limit>; 4],
}

impl Narrowing {
    /// Reads the process's environment; ends the program if the variable is wrong.
    /// `is_directory` tells whether the program has a directory of a name.
    pub(crate) fn read(is_directory: impl Fn(&[u8]) -> bool) -> Narrowing {
        let mut narrowing = Narrowing {
            denied: Functions::NONE,
            read_only: false,
            no_directories: false,
            no_listeners: false,
            limits: [None; 4],
        };
        for word in words() {
            if narrowing.add(word, &is_directory).is_none() {
                fatal(&[
                    b"error: `",
                    word,
                    b"` in QUENCH_NARROW is no function or group of WASI, not `read-only`, `no-listen`, `no-dir`, no `no-dir=NAME` of a directory of this program, and no limit such as max-memory=BYTES, timeout=TIME, cpu-timeout=TIME, max-open-files=NUMBER",
                ]);
            }
        }
        narrowing
    }

    fn add(&mut self, word: &[u8], is_directory: impl Fn(&[u8]) -> bool) -> Option<()> {
        let sign = word.iter().position(|byte| *byte == b'=');
        if word == b"read-only" {
            self.read_only = true;
        } else if word == b"no-dir" {
            self.no_directories = true;
        } else if word == b"no-listen" {
            self.no_listeners = true;
        } else if let Some(name) = word.strip_prefix(NO_DIRECTORY) {
            return is_directory(name).then_some(());
        } else if let Some((name, value)) = sign.and_then(|sign| word.split_at_checked(sign)) {
            let value = value.get(1..)?;
            // A `match` would compare byte by byte, each with a branch of its own.
            let (place, limit) = if name == b"max-memory" {
                (0, Limit::Memory(decimal(value)?))
            } else if name == b"max-open-files" {
                (3, Limit::OpenFiles(decimal(value)?))
            } else if name == b"timeout" {
                (1, Limit::Time(parse_time(value)?))
            } else if name == b"cpu-timeout" {
                (2, Limit::CpuTime(parse_time(value)?))
            } else {
                return None;
            };
            *self.limits.get_mut(place)? = Some(limit);
        } else {
            self.denied = self.denied.with(Functions::named(word)?);
        }
        Some(())
    }

    /// Returns whether a directory is taken away.
    pub(crate) fn takes(&self, directory: &Directory<'_>) -> bool {
        let name = directory.guest;
        let names = |word: &[u8]| word.strip_prefix(NO_DIRECTORY) == Some(name);
        self.no_directories || words().any(names)
    }
}

/// The beginning of a word that takes one directory, by the guest's name of it.
const NO_DIRECTORY: &[u8] = b"no-dir=";

fn words() -> impl Iterator<Item = &'static [u8]> {
    let name = NARROW_VARIABLE.as_bytes();
    let value = environment().find_map(|entry| entry.strip_prefix(name)?.strip_prefix(b"="));
    let separates = |byte: &u8| matches!(byte, b',' | b' ');
    let words = value.unwrap_or_default().split(separates);
    words.filter(|word| !word.is_empty())
}
