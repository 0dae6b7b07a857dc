//! Writes an output, whole or not at all. Its content is written to a file without a name, which
//! then gets one beside the destination and is renamed. What is not a regular file, such as a device, is written to in place:
//! [`super::place`] tells them apart.

use crate::files::input::{DASH, Source};
use crate::files::place::{Place, folder_of};
use crate::files::unfinished;
use anyhow::{Context, Result, anyhow, bail};
use rustix::fs::{AtFlags, CWD, OFlags};
use std::fs::{self, File, Permissions};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use tempfile::TempPath;

/// The place that an output is written to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Destination {
    /// A file.
    File(PathBuf),
    /// Standard output.
    Stdout,
}

/// Permissions of an output in the file system, before the umask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everybody may read, write and execute it.
    Executable,
    /// Everybody may read and write it.
    Data,
}

/// When the content has to be on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Whenever the system writes it.
    Whenever,
    /// Before the file gets its name, so that a file that exists after a crash
    /// of the machine is whole.
    BeforeRename,
}

impl Mode {
    fn permissions(self) -> Permissions {
        Permissions::from_mode(match self {
            Mode::Executable => 0o777,
            Mode::Data => 0o666,
        })
    }
}

impl Destination {
    /// Returns the destination that `output` (`-o`) names, or else a file in
    /// the current directory with the source's name and `extension`, as
    /// compilers do.
    ///
    /// # Errors
    ///
    /// When there is no name, or the place cannot hold a file: this is better
    /// reported before compilation than after.
    pub fn new(output: Option<&Path>, source: &Source, extension: &str) -> Result<Destination> {
        match output {
            Some(path) => Destination::named(path),
            None => Destination::named(&default_path(source, extension)?),
        }
    }

    /// Returns the destination that a path names.
    ///
    /// # Errors
    ///
    /// When the place cannot hold a file.
    pub fn named(path: &Path) -> Result<Destination> {
        if path.as_os_str() == DASH {
            return Ok(Destination::Stdout);
        }
        if path.is_dir() {
            bail!("`{}` is a directory; name a file with -o", path.display());
        }
        match Place::of(path).with_context(|| cannot_write(path))? {
            Place::Stdout => return Ok(Destination::Stdout),
            Place::Stderr | Place::Special(_) => {}
            Place::File(file) => {
                let folder = folder_of(&file);
                if !folder.is_dir() {
                    bail!(
                        "cannot write `{}`: there is no directory `{}`",
                        path.display(),
                        folder.display()
                    );
                }
            }
        }
        Ok(Destination::File(path.to_path_buf()))
    }

    /// Checks that the output does not replace an input.
    ///
    /// # Errors
    ///
    /// When both are the same file.
    pub fn must_not_be(&self, input: &Source) -> Result<()> {
        if let (Destination::File(output), Source::File(input)) = (self, input)
            && is_same_file(output, input)
        {
            bail!(
                "the output would overwrite the input `{}`; name another with -o",
                input.display()
            );
        }
        Ok(())
    }

    /// Returns the metadata of the file that will be replaced, if there is one.
    pub fn metadata(&self) -> Option<fs::Metadata> {
        match self {
            Destination::File(path) => fs::metadata(path).ok().filter(|file| file.is_file()),
            Destination::Stdout => None,
        }
    }

    /// Writes the output. A device or pipe is written to; a file is replaced. A
    /// symbolic link stays, and what it leads to is written.
    ///
    /// # Errors
    ///
    /// When it cannot be written. A file that existed before is then unchanged.
    pub fn write(&self, content: &(impl Content + ?Sized), mode: Mode) -> Result<()> {
        match self {
            Destination::Stdout => {
                write_to_stdout(content).context("cannot write to standard output")
            }
            Destination::File(path) => {
                write(path, content, mode).with_context(|| cannot_write(path))
            }
        }
    }
}

/// The content of an output, which can write itself.
pub trait Content {
    /// Writes all of it.
    ///
    /// # Errors
    ///
    /// When it cannot be had or written.
    fn write_to<W: Write>(&self, out: &mut W) -> io::Result<()>;
}

impl Content for [u8] {
    fn write_to<W: Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(self)
    }
}

fn write(path: &Path, content: &(impl Content + ?Sized), mode: Mode) -> io::Result<()> {
    match Place::of(path)? {
        Place::File(file) => replace(&file, content, mode, Durability::Whenever),
        Place::Special(path) => {
            content.write_to(&mut File::options().write(true).truncate(true).open(path)?)
        }
        Place::Stdout => write_to_stdout(content),
        Place::Stderr => content.write_to(&mut io::stderr()),
    }
}

fn write_to_stdout(content: &(impl Content + ?Sized)) -> io::Result<()> {
    let mut stdout = io::stdout();
    content.write_to(&mut stdout)?;
    // An error in writing what is left would not be seen at the end of the process.
    stdout.flush()
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write `{}`", path.display())
}

fn default_path(source: &Source, extension: &str) -> Result<PathBuf> {
    let stem = source
        .stem()
        .ok_or_else(|| anyhow!("{source} has no file name to derive the output's from; use -o"))?;
    let mut name = stem.to_os_string();
    name.push(extension);
    Ok(PathBuf::from(name))
}

fn is_same_file(a: &Path, b: &Path) -> bool {
    match (fs::metadata(a), fs::metadata(b)) {
        (Ok(a), Ok(b)) => (a.dev(), a.ino()) == (b.dev(), b.ino()) && a.is_file(),
        _ => false,
    }
}

/// Writes a file that appears at `path` complete, or not at all. It replaces whatever
/// is there.
///
/// # Errors
///
/// When the system cannot write it. Nothing is left behind then.
pub fn replace(
    path: &Path,
    content: &(impl Content + ?Sized),
    mode: Mode,
    durability: Durability,
) -> io::Result<()> {
    let pending = Pending::new(folder_of(path), mode)?;
    content.write_to(&mut pending.file())?;
    pending.publish(path, durability)
}

/// A file that is being written. It goes away with this process, however that
/// ends, unless it is published. Where the file system has no files without
/// names, it has a temporary one, which is removed unless the process is
/// killed.
pub struct Pending {
    file: File,
    temporary: Option<TempPath>,
    permissions: Permissions,
}

impl Pending {
    /// Makes an empty file in this folder.
    ///
    /// # Errors
    ///
    /// When the system cannot make it.
    pub fn new(folder: &Path, mode: Mode) -> io::Result<Pending> {
        let permissions = mode.permissions();
        let (file, temporary) = match nameless(folder, &permissions) {
            Ok(file) => (file, None),
            Err(_) => {
                let named = builder(&permissions)
                    .make_in(folder, |path| unfinished::make(path, |path| create(path, mode)))?;
                let (file, path) = named.into_parts();
                (file, Some(path))
            }
        };
        Ok(Pending { file, temporary, permissions })
    }

    /// Returns the file, to write to.
    pub fn file(&self) -> &File {
        &self.file
    }

    /// Gives the file its name; a file that has the name is replaced.
    ///
    /// # Errors
    ///
    /// When the system cannot do so. Nothing is left behind then.
    pub fn publish(self, path: &Path, durability: Durability) -> io::Result<()> {
        if durability == Durability::BeforeRename {
            self.file.sync_all()?;
        }
        let temporary = match self.temporary {
            Some(temporary) => temporary,
            None => builder(&self.permissions)
                .make_in(folder_of(path), |path| link(&self.file, path))?
                .into_temp_path(),
        };
        Ok(temporary.persist(path)?)
    }
}

fn builder(permissions: &Permissions) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".quench-").permissions(permissions.clone());
    builder
}

fn nameless(folder: &Path, permissions: &Permissions) -> io::Result<File> {
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    let mode = rustix::fs::Mode::from_raw_mode(permissions.mode());
    Ok(File::from(rustix::fs::open(folder, flags, mode)?))
}

fn create(path: &Path, mode: Mode) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    options.mode(mode.permissions().mode()).open(path)
}

fn link(file: &File, path: &Path) -> io::Result<()> {
    let open = format!("/proc/self/fd/{}", file.as_raw_fd());
    rustix::fs::linkat(CWD, open, CWD, path, AtFlags::SYMLINK_FOLLOW)?;
    Ok(())
}
