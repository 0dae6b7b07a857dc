//! Reads a WebAssembly module, binary or text, from a file or standard input. Does
//! not look inside a binary module; the compiler does.

use crate::fault::{Fault, Kind};
use anyhow::{Context, Result, anyhow, bail};
use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The argument that means standard input or output.
pub const DASH: &str = "-";

/// The place that a module is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File(PathBuf),
    /// Standard input.
    Stdin,
}

impl Source {
    /// Returns the place that an argument means: a path, or [`DASH`].
    pub fn new(argument: impl Into<PathBuf>) -> Source {
        let path = argument.into();
        if path.as_os_str() == DASH { Source::Stdin } else { Source::File(path) }
    }

    /// Returns the path of the file; `None` for standard input.
    pub fn path(&self) -> Option<&Path> {
        match self {
            Source::File(path) => Some(path),
            Source::Stdin => None,
        }
    }

    /// Returns the file's name without its extension: the name of the module
    /// and, by default, of the executable.
    pub fn stem(&self) -> Option<&OsStr> {
        self.path()?.file_stem()
    }

    /// Reads the content, whatever it is.
    ///
    /// # Errors
    ///
    /// When it cannot be read; the message has the file and the system's error.
    pub fn read(&self) -> Result<Vec<u8>> {
        match self {
            Source::File(path) => read_file(path),
            Source::Stdin => {
                let mut bytes = Vec::new();
                std::io::stdin().read_to_end(&mut bytes).context("cannot read standard input")?;
                Ok(bytes)
            }
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Source::File(path) => write!(f, "`{}`", path.display()),
            Source::Stdin => f.write_str("standard input"),
        }
    }
}

fn read_file(path: &Path) -> Result<Vec<u8>> {
    if path.is_dir() {
        bail!("`{}` is a directory, not a WebAssembly module", path.display());
    }
    std::fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))
}

/// Reads a module; text is translated to the binary format.
///
/// # Errors
///
/// When the content cannot be read, is neither binary nor text, or the text has an
/// error; the message then has file, line and column.
pub fn read_module(source: &Source) -> Result<Vec<u8>> {
    let bytes = source.read()?;
    Ok(match parse_module(source, &bytes)? {
        Cow::Owned(translated) => translated,
        Cow::Borrowed(module) if module.len() < bytes.len() => module.to_vec(),
        Cow::Borrowed(_) => bytes,
    })
}

/// Returns the binary module that `bytes`, read from `source`, are or are the text
/// of. Before both may stand a line that begins with `#!`, as in scripts.
///
/// # Errors
///
/// When the bytes are neither binary nor text, or the text has an error.
pub fn parse_module<'a>(source: &Source, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>> {
    let first_line = if bytes.starts_with(b"#!") { line_length(bytes) } else { 0 };
    let (first_line, rest) = bytes.split_at(first_line);
    if is_binary(rest) {
        return Ok(Cow::Borrowed(rest));
    }
    let rest = text(source, rest).map_err(|error| Kind::Invalid.of(error))?;
    // The text's errors are in the line that they have in the file.
    let text = match first_line {
        [] => Cow::Borrowed(rest),
        line => Cow::Owned(" ".repeat(line.len() - 1) + "\n" + rest),
    };
    let module = wat::parse_bytes(text.as_bytes()).map_err(|mut error| {
        error.set_path(source.path().unwrap_or(Path::new("<stdin>")));
        syntax_error(&text, &error.to_string())
    })?;
    Ok(Cow::Owned(module.into_owned()))
}

/// Returns the length of the first line, with its end.
fn line_length(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| byte == b'\n').map_or(bytes.len(), |end| end + 1)
}

/// Returns whether the bytes begin like a binary module or component.
pub fn is_binary(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm")
}

/// Returns whether the bytes begin like an executable or object.
pub fn is_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x7fELF")
}

/// Returns the bytes as text.
fn text<'a>(source: &Source, bytes: &'a [u8]) -> Result<&'a str> {
    if bytes.is_empty() {
        bail!("{source} is empty, not a WebAssembly module");
    }
    if is_elf(bytes) {
        bail!("{source} is a native program or object file, not a WebAssembly module");
    }
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    text.ok_or_else(|| {
        anyhow!("{source} is not a WebAssembly module: neither binary (`\\0asm`) nor text")
    })
}

/// Returns the error for a message of the text parser, whose second line ends with the
/// numbers of line and column: `--> FILE:2:5`.
fn syntax_error(text: &str, message: &str) -> Fault {
    let position = message.lines().nth(1).and_then(|line| {
        let (rest, column) = line.rsplit_once(':')?;
        let (_, line) = rest.rsplit_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?))
    });
    Fault {
        kind: Kind::Invalid,
        place: position.map(|(line, column)| format!("line {line}, column {column}")),
        offset: position.and_then(|(line, column)| offset(text, line, column)),
        error: anyhow!("invalid module text: {}", without_long_lines(message)),
    }
}

/// Returns the offset of a place in a text. Lines and columns, which are bytes, are
/// counted from 1.
fn offset(text: &str, line: usize, column: usize) -> Option<usize> {
    let before = text.split_inclusive('\n').take(line.checked_sub(1)?);
    Some(before.map(str::len).sum::<usize>() + column.checked_sub(1)?)
}

/// Length in bytes up to which a line is worth showing.
const LONGEST_LINE: usize = 400;

/// Returns a message of the text parser. The source line in it is left out if it is
/// too long to read.
fn without_long_lines(message: &str) -> String {
    if message.lines().any(|line| line.len() > LONGEST_LINE) {
        message.lines().take(2).collect::<Vec<_>>().join("\n")
    } else {
        message.to_string()
    }
}
