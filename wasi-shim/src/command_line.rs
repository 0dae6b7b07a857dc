//! Permissions that an executable built with `--runtime-policy` takes from its
//! command line: options up to `--`. All that follows is the program's. Knows
//! the options; their values are read by the parsers that `quench build` uses.

use quench_policy::{DecodeError, Directory, Entries, Entry, Listener, Variable, decode};
use quench_runtime_support::{Strings, args, fatal, policy};

/// Returns whether the program was built with `--runtime-policy`.
fn is_enabled() -> bool {
    let entries = decode(policy()).into_iter().flatten();
    entries.into_iter().any(|entry| entry == Ok(Entry::RuntimePolicy))
}

/// Returns the number of arguments that are options, the `--` at their end
/// included: 0 unless the first begins with `--`.
#[inline(never)]
fn options() -> usize {
    let begins = args().nth(1).is_some_and(|first| first.starts_with(b"--"));
    if !is_enabled() || !begins {
        return 0;
    }
    match args().skip(1).position(|argument| argument == b"--") {
        Some(length) => length + 1,
        None => fatal(&[
            b"error: this program takes permissions from its command line, and no `--` ends them: write --dir HOST -- ARGUMENTS",
        ]),
    }
}

/// Returns the arguments that the program sees, its name first.
pub(crate) fn arguments() -> impl Iterator<Item = &'static [u8]> {
    let options = options();
    let is_guests = move |(place, _): &(usize, _)| *place == 0 || *place > options;
    args().enumerate().filter(is_guests).map(|(_, argument)| argument)
}

/// Returns the entries of the policy that were built in. Ends the program if they
/// are damaged.
pub(crate) fn built_in_entries() -> impl Iterator<Item = Entry<'static>> {
    let entries = decode(policy()).unwrap_or_else(|error| damaged(error));
    entries.map(|entry| entry.unwrap_or_else(|error| damaged(error)))
}

/// Returns the entries of the policy: those built in, then those of the command
/// line. Ends the program at an option that is not understood.
pub(crate) fn entries() -> AllEntries {
    let built_in = decode(policy()).unwrap_or_else(|error| damaged(error));
    // Without the `--` at their end.
    let left = options().saturating_sub(1);
    let mut options = Options { arguments: args(), left };
    // The program's name.
    options.arguments.next();
    AllEntries { built_in, options }
}

pub(crate) struct AllEntries {
    built_in: Entries<'static>,
    options: Options<Strings>,
}

impl Iterator for AllEntries {
    type Item = Entry<'static>;

    // Once in the executable is enough.
    #[inline(never)]
    fn next(&mut self) -> Option<Entry<'static>> {
        if let Some(entry) = self.built_in.next() {
            return Some(entry.unwrap_or_else(|error| damaged(error)));
        }
        let option = self.options.next()?;
        Some(entry(option, &mut self.options).unwrap_or_else(|| wrong(option)))
    }
}

/// Arguments up to a number.
struct Options<I> {
    arguments: I,
    left: usize,
}

impl<I: Iterator> Iterator for Options<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        self.left = self.left.checked_sub(1)?;
        self.arguments.next()
    }
}

fn damaged(error: DecodeError) -> ! {
    fatal(&[b"error: the policy in this executable is damaged: ", error.message().as_bytes()])
}

fn entry(
    option: &'static [u8],
    rest: &mut impl Iterator<Item = &'static [u8]>,
) -> Option<Entry<'static>> {
    match option {
        b"--env-all" => Some(Entry::AllVariables),
        b"--dir" => Directory::parse(rest.next()?).ok().map(Entry::Directory),
        b"--env" => Variable::parse(rest.next()?).map(Entry::Variable),
        b"--listen" => Listener::parse(rest.next()?).map(Entry::Listener),
        _ => None,
    }
}

fn wrong(option: &[u8]) -> ! {
    fatal(&[
        b"error: `",
        option,
        b"` is no permission, or is not complete; before `--` this program takes --dir HOST[::GUEST][:ro], --env NAME[=VALUE], --env-all, --listen ADDRESS",
    ])
}
