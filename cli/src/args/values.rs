//! Parsers of the values that are more than words: sizes, directories,
//! environment variables, listeners, functions of WASI, preloaded modules. The
//! policy file and environment variables of quench use them as well.

use clap::builder::{OsStringValueParser, TypedValueParser};
use quench_policy::{Base, DirectoryError, Functions, STANDARD_STREAMS, Value};
use std::ffi::{OsStr, OsString};
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

/// Parses a number of bytes: `65536`, `64K`, `8M`, `1G`; the units are powers of
/// 1024, and `KB` and `KiB` mean `K`.
///
/// # Errors
///
/// When the text is not of that form, or means more than 64 bits can count; the
/// message says what is accepted.
pub fn parse_size(text: &str) -> Result<u64, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit());
    let (number, unit) = text.split_at(digits.unwrap_or(text.len()));
    let shift = match unit.to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        _ => return Err(not_a_size(text)),
    };
    let number: u64 = number.parse().map_err(|_| not_a_size(text))?;
    number.checked_mul(1 << shift).ok_or_else(|| format!("`{text}` is more than 64 bits can count"))
}

fn not_a_size(text: &str) -> String {
    format!("`{text}` is not a size; write bytes, or a number with K, M or G, such as `8M`")
}

/// Parses a time: `2` and `2s` are seconds, other units are `ms`, `m` and `h`. Returns
/// milliseconds.
///
/// # Errors
///
/// When the text is not of that form, or means no time at all.
pub fn parse_time(text: &str) -> Result<u64, String> {
    quench_policy::parse_time(text.as_bytes()).ok_or_else(|| {
        format!(
            "`{text}` is not a time; write seconds, or a number with ms, s, m or h, such as `500ms`"
        )
    })
}

/// The numbers that `--fuel` accepts: those that an `i64` can count down from.
pub const FUEL: RangeInclusive<u64> = 1..=i64::MAX as u64;

/// Parses the size of a stack: bytes, from one WebAssembly page to 16 GiB.
///
/// # Errors
///
/// When [`parse_size`] fails, and when the size is not within these limits.
pub fn parse_stack_size(text: &str) -> Result<u64, String> {
    const LIMITS: RangeInclusive<u64> = 64 << 10..=16 << 30;
    let size = parse_size(text)?;
    if !LIMITS.contains(&size) {
        return Err(format!("the stack can have 64K to 16G, not `{text}`"));
    }
    Ok(size)
}

/// The value of `--dir HOST[::GUEST][:ro]`: a directory that a program may use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// The directory that `host` is relative to.
    pub base: Base,
    /// Path of the directory, relative to the base unless it is absolute.
    pub host: OsString,
    /// Name of the directory in the program; WASI has only UTF-8 names.
    pub guest: String,
    /// Whether the program may only read in it.
    pub read_only: bool,
}

/// Parses `HOST[::GUEST][:ro]`.
///
/// # Errors
///
/// When a path is empty or contains a NUL, or the guest's is not UTF-8. When a colon is in
/// the only path, and there is no such directory: it looks like an option of another
/// program, and a directory that is elsewhere can be given two equal names.
pub fn parse_directory(text: &OsStr) -> Result<Directory, String> {
    let directory =
        quench_policy::Directory::parse(text.as_bytes()).map_err(|error| match error {
            DirectoryError::GuestName => no_name(text),
            DirectoryError::Form => format!(
                "`{}` is not a directory; write HOST, HOST::GUEST, and :ro at the end for reading only",
                text.display()
            ),
        })?;
    if is_of_another_form(text, directory.guest) {
        return Err(format!(
            "`{}` is not there; write HOST::GUEST for a directory with another name in the \
             program, and :ro at the end for reading only",
            text.display()
        ));
    }
    Ok(Directory {
        base: directory.base,
        host: OsString::from_vec(directory.host.to_vec()),
        guest: String::from_utf8_lossy(directory.guest).into_owned(),
        read_only: directory.read_only,
    })
}

fn no_name(text: &OsStr) -> String {
    format!("`{}`: the program needs a UTF-8 name for it; write HOST::GUEST", text.display())
}

/// Returns whether a text, whose guest's name is `path`, has one path with a colon in it that is
/// not there.
fn is_of_another_form(text: &OsStr, path: &[u8]) -> bool {
    let has_two_names = text.as_bytes().windows(2).any(|pair| pair == b"::");
    path.contains(&b':') && !has_two_names && !Path::new(OsStr::from_bytes(path)).exists()
}

/// The value of `--embed HOST[::GUEST]`: a folder or file that becomes part of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Embed {
    /// Path of the folder or file.
    pub host: PathBuf,
    /// Name of it in the program, without slashes at the end.
    pub guest: String,
}

/// Parses `HOST[::GUEST]`.
///
/// # Errors
///
/// When a path is empty or contains a NUL, or the guest's is not UTF-8. When a colon is in
/// the only path, and it is not there, as with [`parse_directory`].
pub fn parse_embed(text: &OsStr) -> Result<Embed, String> {
    let (host, guest) =
        quench_policy::host_and_guest(text.as_bytes()).map_err(|error| match error {
            DirectoryError::GuestName => no_name(text),
            DirectoryError::Form => {
                format!("`{}` is not a folder or file; write HOST or HOST::GUEST", text.display())
            }
        })?;
    if is_of_another_form(text, guest) {
        return Err(format!(
            "`{}` is not there; write HOST::GUEST for another name in the program",
            text.display()
        ));
    }
    let guest = String::from_utf8_lossy(guest);
    let name = match guest.trim_end_matches('/') {
        "" => "/",
        name => name,
    };
    Ok(Embed { host: OsStr::from_bytes(host).into(), guest: name.to_string() })
}

/// `--listen ADDRESS`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Listener {
    /// An IP address and a TCP port.
    Ip(SocketAddr),
    /// Path of a socket in the file system.
    Unix(String),
    /// Number of a descriptor that is open when the program is started.
    Inherited(u32),
}

/// Parses `127.0.0.1:8080`, `[::1]:8080`, `unix:PATH` or `fd:N`.
///
/// # Errors
///
/// When the text has none of these forms; the message lists them.
pub fn parse_listener(text: &str) -> Result<Listener, String> {
    use quench_policy::Listener as Parsed;
    match Parsed::parse(text.as_bytes()) {
        Some(Parsed::Ip(address)) => Ok(Listener::Ip(address)),
        Some(Parsed::Unix(path)) => Ok(Listener::Unix(String::from_utf8_lossy(path).into_owned())),
        Some(Parsed::Inherited(number)) => Ok(Listener::Inherited(number)),
        None => Err(format!(
            "`{text}` is no address; write 127.0.0.1:8080, [::1]:8080, unix:PATH, or fd:N from fd:{STANDARD_STREAMS} on"
        )),
    }
}

/// A name in `--allow` or `--deny`, and the functions that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFunctions {
    /// Name of a function of WASI, or of a group of them.
    pub name: String,
    /// The function, or those of the group.
    pub functions: Functions,
}

/// Finds the functions that a name stands for.
///
/// # Errors
///
/// When there is no function or group of that name.
pub fn parse_functions(name: &str) -> Result<NamedFunctions, String> {
    let functions = Functions::named(name)
        .ok_or_else(|| format!("`{name}` is neither a function of WASI nor a group of them"))?;
    Ok(NamedFunctions { name: name.to_string(), functions })
}

/// The value of `--env NAME[=VALUE]`: an environment variable that a program sees.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variable {
    /// Name of the variable.
    pub name: OsString,
    /// Its value; `None` for the one that it has when the program is started.
    pub value: Option<OsString>,
}

/// Parses `NAME[=VALUE]`.
///
/// # Errors
///
/// When the name is empty, or the text contains a NUL.
pub fn parse_variable(text: &OsStr) -> Result<Variable, String> {
    let variable = quench_policy::Variable::parse(text.as_bytes()).ok_or_else(|| {
        format!("`{}` is not an environment variable; write NAME or NAME=VALUE", text.display())
    })?;
    Ok(Variable {
        name: OsString::from_vec(variable.name.to_vec()),
        value: match variable.value {
            Value::Fixed(value) => Some(OsString::from_vec(value.to_vec())),
            Value::Inherited => None,
        },
    })
}

/// The value of `--preload NAME=FILE`: a module that is linked into a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preload {
    /// Name of the module in imports.
    pub name: String,
    /// The file that it is read from.
    pub file: PathBuf,
}

/// Parses `NAME=FILE`.
///
/// # Errors
///
/// When there is no `=`, no file, or the name is not UTF-8.
pub fn parse_preload(text: &OsStr) -> Result<Preload, String> {
    let bytes = text.as_bytes();
    let at = bytes.iter().position(|&byte| byte == b'=');
    let parts = at.and_then(|at| Some((std::str::from_utf8(&bytes[..at]).ok()?, &bytes[at + 1..])));
    match parts {
        Some((name, file)) if !file.is_empty() => {
            Ok(Preload { name: name.to_string(), file: PathBuf::from(OsStr::from_bytes(file)) })
        }
        _ => Err(format!("`{}` is not a module to preload; write NAME=FILE", text.display())),
    }
}

/// The value of `--label NAME=VALUE`: a label of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Name of the label.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// Parses `NAME=VALUE`.
///
/// # Errors
///
/// When there is no name before a `=`.
pub fn parse_label(text: &str) -> Result<Label, String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => {
            Ok(Label { name: name.to_string(), value: value.to_string() })
        }
        _ => Err(format!("`{text}` is not a label; write NAME=VALUE")),
    }
}

/// Makes a parser for clap of a value that need not be UTF-8.
pub fn os_value<T>(parse: fn(&OsStr) -> Result<T, String>) -> impl TypedValueParser<Value = T>
where
    T: Clone + Send + Sync + 'static,
{
    OsStringValueParser::new().try_map(move |text| parse(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(parse_size("65536"), Ok(65536));
        assert_eq!(parse_size("64K"), Ok(64 << 10));
        assert_eq!(parse_size("64KiB"), Ok(64 << 10));
        assert_eq!(parse_size("8mb"), Ok(8 << 20));
        assert_eq!(parse_size("2G"), Ok(2 << 30));
        for wrong in ["", "M", "-1", "1.5M", "8 M", "8X", "99999999999999999999", "20000000000G"] {
            assert!(parse_size(wrong).is_err(), "{wrong}");
        }
        assert!(parse_stack_size("1K").is_err());
        assert!(parse_stack_size("17G").is_err());
    }

    #[test]
    fn a_single_colon_in_a_directory_is_a_mistake_unless_it_is_there() {
        for wrong in [".:/data", ".:rw", "/srv:/data:ro"] {
            let message = parse_directory(OsStr::new(wrong)).unwrap_err();
            assert!(message.contains("write HOST::GUEST"), "{message}");
        }
        assert!(parse_directory(OsStr::new("a:b::a:b")).is_ok());
    }

    #[test]
    fn permissions_are_kept_as_parsed() {
        let directory = parse_directory(OsStr::new("~/x::/data:ro")).unwrap();
        assert_eq!((directory.base, directory.host), (Base::Home, "x".into()));
        assert_eq!((directory.guest.as_str(), directory.read_only), ("/data", true));
        assert_eq!(parse_listener("127.0.0.1:80"), Ok(Listener::Ip(([127, 0, 0, 1], 80).into())));
        assert_eq!(parse_listener("unix:/s"), Ok(Listener::Unix("/s".to_string())));
        assert_eq!(parse_listener("fd:3"), Ok(Listener::Inherited(3)));
        assert!(parse_listener("fd:2").is_err());
    }

    #[test]
    fn embedded_files_have_a_name_in_the_program() {
        let embed = |text: &str| parse_embed(OsStr::new(text)).map(|one| (one.host, one.guest));
        assert_eq!(embed("app::/app"), Ok(("app".into(), "/app".to_string())));
        assert_eq!(embed("app/"), Ok(("app/".into(), "app".to_string())));
        assert_eq!(embed("a::b::c"), Ok(("a".into(), "b::c".to_string())));
        assert_eq!(embed("x::/"), Ok(("x".into(), "/".to_string())));
        for wrong in ["", "::", "::x", "x::", "x\0", "x:/y"] {
            assert!(embed(wrong).is_err(), "{wrong:?}");
        }
        assert!(parse_embed(OsStr::from_bytes(b"\xff")).is_err());
    }

    #[test]
    fn variables_and_preloads() {
        let variable = parse_variable(OsStr::new("A=b=c")).unwrap();
        assert_eq!(variable.name, "A");
        assert_eq!(variable.value, Some("b=c".into()));
        assert_eq!(parse_variable(OsStr::new("A")).unwrap().value, None);
        assert_eq!(parse_variable(OsStr::new("A=")).unwrap().value, Some("".into()));
        assert!(parse_variable(OsStr::new("=b")).is_err());

        let preload = parse_preload(OsStr::new("env=lib/env.wasm")).unwrap();
        assert_eq!((preload.name.as_str(), preload.file), ("env", "lib/env.wasm".into()));
        assert!(parse_preload(OsStr::new("env")).is_err());
        assert!(parse_preload(OsStr::new("env=")).is_err());
    }
}
