//! Permissions that an executable built with `--runtime-policy` takes from its
//! command line: options up to `--`. The arguments after it are the program's. Knows
//! the grammar, which is that of `quench build`.

use crate::address;
use quench_policy::{
    Base, DecodeError, Directory, Entries, Entry, Listener, Value, Variable, decode,
};
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
        b"--dir" => directory(rest.next()?).map(Entry::Directory),
        b"--env" => variable(rest.next()?).map(Entry::Variable),
        b"--listen" => listener(rest.next()?).map(Entry::Listener),
        _ => None,
    }
}

/// `HOST[::GUEST][:ro]`.
fn directory(text: &'static [u8]) -> Option<Directory<'static>> {
    let (paths, read_only) = match text.strip_suffix(b":ro") {
        Some(paths) => (paths, true),
        None => (text, false),
    };
    let (host, guest) = match paths.windows(2).position(|pair| pair == b"::") {
        Some(at) => (paths.get(..at)?, paths.get(at + 2..)?),
        None => (paths, paths),
    };
    core::str::from_utf8(guest).ok()?;
    (!host.is_empty() && !guest.is_empty()).then_some(Directory {
        base: Base::Caller,
        host,
        guest,
        read_only,
    })
}

/// `NAME[=VALUE]`.
fn variable(text: &'static [u8]) -> Option<Variable<'static>> {
    let end = text.iter().position(|&byte| byte == b'=');
    let (name, value) = match end {
        Some(end) => (text.get(..end)?, Value::Fixed(text.get(end + 1..)?)),
        None => (text, Value::Inherited),
    };
    (!name.is_empty()).then_some(Variable { name, value })
}

/// `ADDRESS:PORT`, `unix:PATH` or `fd:NUMBER`.
fn listener(text: &'static [u8]) -> Option<Listener<'static>> {
    if let Some(path) = text.strip_prefix(b"unix:") {
        return (!path.is_empty()).then_some(Listener::Unix(path));
    }
    match text.strip_prefix(b"fd:") {
        Some(number) => {
            let number = core::str::from_utf8(number).ok()?.parse();
            number.ok().map(Listener::Inherited)
        }
        None => address::parse(text).map(Listener::Ip),
    }
}

fn wrong(option: &[u8]) -> ! {
    fatal(&[
        b"error: `",
        option,
        b"` is no permission, or is not complete; before `--` this program takes --dir HOST[::GUEST][:ro], --env NAME[=VALUE], --env-all, --listen ADDRESS",
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directories() {
        let parsed = directory(b"/srv::/data:ro").unwrap();
        assert_eq!(
            (parsed.host, parsed.guest, parsed.read_only),
            (&b"/srv"[..], &b"/data"[..], true)
        );
        let parsed = directory(b".").unwrap();
        assert_eq!((parsed.host, parsed.guest, parsed.read_only), (&b"."[..], &b"."[..], false));
        assert_eq!(directory(b"::x"), None);
        assert_eq!(directory(b":ro"), None);
        assert_eq!(directory(b"\xff"), None);
    }

    #[test]
    fn variables() {
        assert_eq!(variable(b"A").unwrap().value, Value::Inherited);
        assert_eq!(variable(b"A=b=c").unwrap().value, Value::Fixed(b"b=c"));
        assert_eq!(variable(b"=b"), None);
    }

    #[test]
    fn listeners() {
        let ip = |text: &str| Some(Listener::Ip(text.parse().unwrap()));
        assert_eq!(listener(b"127.0.0.1:80"), ip("127.0.0.1:80"));
        assert_eq!(listener(b"[::1]:80"), ip("[::1]:80"));
        assert_eq!(listener(b"unix:a"), Some(Listener::Unix(b"a")));
        assert_eq!(listener(b"fd:3"), Some(Listener::Inherited(3)));
        for wrong in ["", "80", "localhost:80", "unix:", "fd:", "fd:x"] {
            assert_eq!(listener(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
