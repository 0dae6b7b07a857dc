//! Reads a WebAssembly module from a file or standard input, binary or text.
//! Does not look inside a binary module; the compiler does.

use anyhow::{Context, Result, anyhow, bail};
use std::borrow::Cow;
use std::ffi::OsStr;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};

/// The argument that means standard input or output.
pub const DASH: &str = "-";

/// Where a module is read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    File(PathBuf),
    Stdin,
}

impl Source {
    pub fn new(argument: impl Into<PathBuf>) -> Source {
        let path = argument.into();
        if path.as_os_str() == DASH { Source::Stdin } else { Source::File(path) }
    }

    pub fn path(&self) -> Option<&Path> {
        match self {
            Source::File(path) => Some(path),
            Source::Stdin => None,
        }
    }

    /// The file's name without its extension; what the module and, by default,
    /// the executable are called.
    pub fn stem(&self) -> Option<&OsStr> {
        self.path()?.file_stem()
    }

    /// The content, whatever it is.
    ///
    /// # Errors
    ///
    /// Names the file and what the system said.
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

/// Reads a module; text is translated to binary.
///
/// # Errors
///
/// When it cannot be read, is neither binary nor text, or the text has an
/// error; the message has file, line and column.
pub fn read_module(source: &Source) -> Result<Vec<u8>> {
    let bytes = source.read()?;
    Ok(match parse_module(source, &bytes)? {
        Cow::Owned(translated) => translated,
        Cow::Borrowed(_) => bytes,
    })
}

/// The binary module that `bytes`, read from `source`, are or stand for.
///
/// # Errors
///
/// See [`read_module`].
pub fn parse_module<'a>(source: &Source, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>> {
    if is_binary(bytes) {
        return Ok(Cow::Borrowed(bytes));
    }
    parse_text(source, bytes)
}

/// Whether it opens as a binary module (or component) does.
pub fn is_binary(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\0asm")
}

/// Whether it opens as an executable or object does.
pub fn is_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x7fELF")
}

fn parse_text<'a>(source: &Source, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>> {
    if bytes.is_empty() {
        bail!("{source} is empty, not a WebAssembly module");
    }
    if is_elf(bytes) {
        bail!("{source} is a native program or object file, not a WebAssembly module");
    }
    if bytes.contains(&0) || std::str::from_utf8(bytes).is_err() {
        bail!("{source} is not a WebAssembly module: neither binary (`\\0asm`) nor text");
    }
    wat::parse_bytes(bytes).map_err(|mut error| {
        error.set_path(source.path().unwrap_or(Path::new("<stdin>")));
        anyhow!("invalid module text: {}", without_long_lines(&error.to_string()))
    })
}

/// Bytes of a line that fit on a screen.
const LONGEST_LINE: usize = 400;

/// What is wrong and where, with the line itself only if one can read it.
fn without_long_lines(message: &str) -> String {
    match message.lines().any(|line| line.len() > LONGEST_LINE) {
        true => message.lines().take(2).collect::<Vec<_>>().join("\n"),
        false => message.to_string(),
    }
}
