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
        let (host, guest) = split_at_pair(paths, b"::").unwrap_or((paths, paths));
        if core::str::from_utf8(guest).is_err() {
            return Err(DirectoryError::GuestName);
        }
        if host.is_empty() || guest.is_empty() || text.contains(&0) {
            return Err(DirectoryError::Form);
        }
        let (base, host) = base(host);
        Ok(Directory { base, host, guest, read_only })
    }
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
