//! The text of permissions: what `--dir`, `--env` and `--listen` take, when a
//! program is built and, with `--runtime-policy`, when it is started. Knows no
//! other options.

use crate::{Base, Directory, Listener, STANDARD_STREAMS, Value, Variable, address};

/// The reason why a text is no directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DirectoryError {
    /// It has no path on one of its sides, or a NUL.
    Form,
    /// The guest's name of it is not UTF-8, which is all that WASI knows.
    GuestName,
}

impl<'a> Directory<'a> {
    /// Reads `HOST[::GUEST][:ro]`. HOST begins with `@exe` or `~` where it is
    /// relative to one of those [bases](Base).
    ///
    /// # Errors
    ///
    /// When the text is not of that form.
    pub fn parse(text: &'a [u8]) -> Result<Directory<'a>, DirectoryError> {
        let (paths, read_only) = match text.strip_suffix(b":ro") {
            Some(paths) => (paths, true),
            None => (text, false),
        };
        let (host, guest) = host_and_guest(paths)?;
        let (base, host) = base(host);
        Ok(Directory { base, host, guest, read_only })
    }
}

/// Reads `HOST[::GUEST]`; without GUEST, both names are the same.
///
/// # Errors
///
/// When the text is not of that form.
pub fn host_and_guest(text: &[u8]) -> Result<(&[u8], &[u8]), DirectoryError> {
    let (host, guest) = split_at_pair(text, b"::").unwrap_or((text, text));
    if core::str::from_utf8(guest).is_err() {
        return Err(DirectoryError::GuestName);
    }
    if host.is_empty() || guest.is_empty() || text.contains(&0) {
        return Err(DirectoryError::Form);
    }
    Ok((host, guest))
}

/// Returns what is before and after the first `pair`.
fn split_at_pair<'a>(text: &'a [u8], pair: &[u8; 2]) -> Option<(&'a [u8], &'a [u8])> {
    let at = text.windows(2).position(|bytes| bytes == pair)?;
    Some((text.get(..at)?, text.get(at + 2..)?))
}

/// Returns the base of a host path, and the path relative to it.
fn base(host: &[u8]) -> (Base, &[u8]) {
    for (prefix, base) in [(&b"@exe"[..], Base::Executable), (b"~", Base::Home)] {
        match host.strip_prefix(prefix) {
            Some([] | [b'/']) => return (base, b"."),
            Some([b'/', path @ ..]) => return (base, path),
            _ => {}
        }
    }
    (Base::Caller, host)
}

impl<'a> Variable<'a> {
    /// Reads `NAME[=VALUE]`. Returns `None` if there is no name or a NUL.
    pub fn parse(text: &'a [u8]) -> Option<Variable<'a>> {
        let (name, value) = match text.iter().position(|&byte| byte == b'=') {
            Some(end) => (text.get(..end)?, Value::Fixed(text.get(end + 1..)?)),
            None => (text, Value::Inherited),
        };
        (!name.is_empty() && !text.contains(&0)).then_some(Variable { name, value })
    }
}

/// Reads a time, and returns it in milliseconds: `2` and `2s` are seconds, and other units
/// are `ms`, `m` and `h`. A fraction may have 9 digits (`0.5`) and is rounded up. Returns
/// `None` if the text is not of that form, or means no time or more than can be counted.
pub fn parse_time(text: &[u8]) -> Option<u64> {
    const DIGITS_OF_FRACTION: u64 = 1_000_000_000;
    // The number is `digits / scale`; 0 stands for 1 before there is a point.
    let (mut digits, mut scale) = (0_u64, 0_u64);
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        match byte {
            b'0'..=b'9' => {
                digits = digits.checked_mul(10)?.checked_add(u64::from(byte - b'0'))?;
                scale = scale.saturating_mul(10);
            }
            b'.' if scale == 0 && rest.len() < text.len() => scale = 1,
            _ => break,
        }
        rest = behind;
    }
    let unit = match rest {
        b"ms" => 1,
        b"" | b"s" => 1000,
        b"m" => 60 * 1000,
        b"h" => 60 * 60 * 1000,
        _ => return None,
    };
    if scale == 1 || scale > DIGITS_OF_FRACTION {
        return None;
    }
    let milliseconds = digits.checked_mul(unit)?.div_ceil(scale.max(1));
    Some(milliseconds).filter(|&milliseconds| milliseconds > 0)
}

/// Reads a number in decimal digits.
pub fn decimal(digits: &[u8]) -> Option<u64> {
    let add = |number: u64, digit: &u8| {
        let digit = digit.checked_sub(b'0').filter(|digit| *digit < 10)?;
        number.checked_mul(10)?.checked_add(digit.into())
    };
    digits.iter().try_fold(0, add).filter(|_| !digits.is_empty())
}

impl<'a> Listener<'a> {
    /// Reads `ADDRESS:PORT`, `unix:PATH` or `fd:N`, where N is not the number of
    /// a [standard stream](STANDARD_STREAMS). Returns `None` if the text is none
    /// of these.
    pub fn parse(text: &'a [u8]) -> Option<Listener<'a>> {
        if let Some(path) = text.strip_prefix(b"unix:") {
            return (!path.is_empty() && !path.contains(&0)).then_some(Listener::Unix(path));
        }
        match text.strip_prefix(b"fd:") {
            Some(number) => {
                let number = core::str::from_utf8(number).ok()?.parse().ok()?;
                (number >= STANDARD_STREAMS).then_some(Listener::Inherited(number))
            }
            None => address::parse(text).map(Listener::Ip),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory that is not for reading only, relative to the caller's.
    fn plain<'a>(host: &'a [u8], guest: &'a [u8]) -> Directory<'a> {
        Directory { base: Base::Caller, host, guest, read_only: false }
    }

    #[test]
    fn directories() {
        assert_eq!(Directory::parse(b"."), Ok(plain(b".", b".")));
        assert_eq!(Directory::parse(b"/srv::/data"), Ok(plain(b"/srv", b"/data")));
        assert_eq!(
            Directory::parse(b"/srv::/data:ro"),
            Ok(Directory { read_only: true, ..plain(b"/srv", b"/data") })
        );
        assert_eq!(
            Directory::parse(b"a:b:ro"),
            Ok(Directory { read_only: true, ..plain(b"a:b", b"a:b") })
        );
        assert_eq!(Directory::parse(b"\xff::x"), Ok(plain(b"\xff", b"x")));
        assert_eq!(Directory::parse(b"\xff"), Err(DirectoryError::GuestName));
        assert_eq!(Directory::parse(b"x::\xff"), Err(DirectoryError::GuestName));
        for wrong in [&b""[..], b":ro", b"::", b"::x", b"x::", b"x\0"] {
            assert_eq!(Directory::parse(wrong), Err(DirectoryError::Form), "{wrong:?}");
        }
    }

    #[test]
    fn bases_of_directories() {
        let base = |text| Directory::parse(text).map(|directory| (directory.base, directory.host));
        assert_eq!(base(b"@exe"), Ok((Base::Executable, &b"."[..])));
        assert_eq!(base(b"@exe/"), Ok((Base::Executable, &b"."[..])));
        assert_eq!(base(b"@exe/share"), Ok((Base::Executable, &b"share"[..])));
        assert_eq!(base(b"~/x:ro"), Ok((Base::Home, &b"x"[..])));
        assert_eq!(base(b"~x"), Ok((Base::Caller, &b"~x"[..])));
        assert_eq!(base(b"@executable"), Ok((Base::Caller, &b"@executable"[..])));
    }

    #[test]
    fn variables() {
        let variable = |text| Variable::parse(text).map(|variable| (variable.name, variable.value));
        assert_eq!(variable(b"A"), Some((&b"A"[..], Value::Inherited)));
        assert_eq!(variable(b"A="), Some((&b"A"[..], Value::Fixed(b""))));
        assert_eq!(variable(b"A=b=c"), Some((&b"A"[..], Value::Fixed(b"b=c"))));
        for wrong in [&b""[..], b"=b", b"A\0", b"A=\0"] {
            assert_eq!(variable(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn times() {
        for (text, milliseconds) in [
            ("1", 1000),
            ("10s", 10_000),
            ("0.5", 500),
            ("1.25s", 1250),
            ("500ms", 500),
            ("1m", 60_000),
            ("1.5h", 5_400_000),
            ("0.000000001", 1),
            ("1.0001", 1001),
            ("18446744073709551", 18_446_744_073_709_551_000),
        ] {
            assert_eq!(parse_time(text.as_bytes()), Some(milliseconds), "{text}");
        }
        for wrong in [
            "",
            "0",
            "0ms",
            "0.0",
            ".5",
            "1.",
            "-1",
            "+1",
            "1 s",
            "s",
            "1d",
            "1S",
            "1e3",
            "1.2.3",
            "0.0000000001",
            "18446744073709552",
            "99999999999999999999",
            "6000000000000h",
        ] {
            assert_eq!(parse_time(wrong.as_bytes()), None, "{wrong}");
        }
    }

    #[test]
    fn listeners() {
        let ip = |text: &str| Some(Listener::Ip(text.parse().unwrap()));
        assert_eq!(Listener::parse(b"127.0.0.1:80"), ip("127.0.0.1:80"));
        assert_eq!(Listener::parse(b"[::1]:80"), ip("[::1]:80"));
        assert_eq!(Listener::parse(b"unix:a"), Some(Listener::Unix(b"a")));
        assert_eq!(Listener::parse(b"fd:3"), Some(Listener::Inherited(3)));
        for wrong in [
            "",
            "80",
            "localhost:80",
            "unix:",
            "unix:\0",
            "fd:",
            "fd:x",
            "fd:-1",
            "fd:0",
            "fd:1",
            "fd:2",
            "fd:4294967296",
        ] {
            assert_eq!(Listener::parse(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
