//! Arguments and environment variables: `args_*`, `environ_*`. Arguments are
//! the process's, its name first; variables are those of the policy.

use crate::command_line::{arguments, entries};
use crate::errno::Errno;
use crate::guest::Guest;
use quench_policy::{Entry, Value, Variable};
use quench_runtime_support::environment;

pub(crate) fn args_sizes_get(guest: &mut Guest<'_>, count: u32, size: u32) -> Result<(), Errno> {
    let list = arguments().map(|argument| [argument, &[], &[]]);
    put_sizes(guest, list, count, size)
}

pub(crate) fn args_get(guest: &mut Guest<'_>, pointers: u32, strings: u32) -> Result<(), Errno> {
    let list = arguments().map(|argument| [argument, &[], &[]]);
    put_strings(guest, list, pointers, strings)
}

pub(crate) fn environ_sizes_get(guest: &mut Guest<'_>, count: u32, size: u32) -> Result<(), Errno> {
    put_sizes(guest, variables(), count, size)
}

pub(crate) fn environ_get(guest: &mut Guest<'_>, pointers: u32, strings: u32) -> Result<(), Errno> {
    put_strings(guest, variables(), pointers, strings)
}

/// A string in pieces, which need not be put together.
pub(crate) type Pieces = [&'static [u8]; 3];

/// Returns the variables that the program sees, each `name`, `=`, `value`. A policy
/// that cannot be decoded was refused by `start`.
pub(crate) fn variables() -> impl Iterator<Item = Pieces> {
    named().filter_map(pieces).chain(others())
}

/// Returns the variables that the policy names. Of those with the same name only the
/// last counts: a variable of the command line replaces one that was built in.
fn named() -> impl Iterator<Item = Variable<'static>> {
    let all = entries().enumerate().filter_map(|(place, entry)| match entry {
        Entry::Variable(variable) => Some((place, variable)),
        _ => None,
    });
    all.filter(|(place, variable)| !is_named(variable.name, place + 1)).map(|(_, named)| named)
}

/// Returns whether the policy names a variable in one of its entries after the first
/// `skipped`.
fn is_named(name: &[u8], skipped: usize) -> bool {
    let has_name = |entry| matches!(entry, Entry::Variable(other) if other.name == name);
    entries().skip(skipped).any(has_name)
}

fn pieces(variable: Variable<'static>) -> Option<Pieces> {
    let value = match variable.value {
        Value::Fixed(value) => value,
        Value::Inherited => inherited(variable.name)?,
    };
    Some([variable.name, b"=", value])
}

/// Returns the caller's value of a variable.
fn inherited(name: &[u8]) -> Option<&'static [u8]> {
    environment().find_map(|entry| entry.strip_prefix(name)?.strip_prefix(b"="))
}

/// Returns the caller's variables that are not named, if the policy gives them. Of those
/// with the same name the first counts, as it does for programs of C.
fn others() -> impl Iterator<Item = Pieces> {
    let all = entries().any(|entry| entry == Entry::AllVariables);
    environment().enumerate().filter_map(move |(place, variable)| {
        let end = variable.iter().position(|&byte| byte == b'=')?;
        let (name, with_sign) = (variable.get(..end)?, variable.get(..=end)?);
        let is_other = all && !is_named(name, 0);
        let is_first = || !environment().take(place).any(|other| other.starts_with(with_sign));
        (is_other && is_first()).then_some([variable, &[], &[]])
    })
}

fn put_sizes(
    guest: &mut Guest<'_>,
    strings: impl Iterator<Item = Pieces>,
    count: u32,
    size: u32,
) -> Result<(), Errno> {
    let mut strings_count: u32 = 0;
    let mut bytes: usize = 0;
    for pieces in strings {
        strings_count += 1;
        bytes += pieces.iter().map(|piece| piece.len()).sum::<usize>() + 1;
    }
    let bytes = u32::try_from(bytes).map_err(|_| Errno::Overflow)?;
    guest.memory.write_u32(count, strings_count)?;
    guest.memory.write_u32(size, bytes)
}

/// Writes the strings, each ended by NUL, one after the other, and their
/// addresses.
fn put_strings(
    guest: &mut Guest<'_>,
    strings: impl Iterator<Item = Pieces>,
    mut pointer: u32,
    mut place: u32,
) -> Result<(), Errno> {
    for pieces in strings {
        guest.memory.write_u32(pointer, place)?;
        pointer = pointer.checked_add(4).ok_or(Errno::Fault)?;
        for piece in pieces.into_iter().chain([&b"\0"[..]]) {
            guest.memory.write(place, piece)?;
            place = place.checked_add(piece.len() as u32).ok_or(Errno::Fault)?;
        }
    }
    Ok(())
}
