//! Links objects into a static, position-independent executable. Knows the linker
//! and the ELF layout that it should make; the linker runs in this process, on the
//! current rayon pool, and sees no files.

use super::symbol_table::keep_functions;
use anyhow::{Result, anyhow};
use libwild::{
    Args, FileSystem, FileType, InputFileData, Linker, OutputFileData, OutputOptions, error,
};
use quench_compiler::Target;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// An input of the linker: an object, or an archive of objects.
pub struct Input {
    /// Name of the input, for messages.
    pub name: String,
    /// Content of the object or archive.
    pub bytes: Cow<'static, [u8]>,
}

impl Input {
    /// Makes an input of its name and content.
    pub fn new(name: impl Into<String>, bytes: impl Into<Cow<'static, [u8]>>) -> Input {
        Input { name: name.into(), bytes: bytes.into() }
    }
}

/// The symbols that an executable has, for debuggers and profilers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Symbols {
    /// It has those of functions.
    #[default]
    Functions,
    /// It has those of functions and of data.
    All,
    /// It has none.
    None,
}

/// Links an executable that starts at `_start`. Sections that cannot be reached by
/// references from there are left out. The same inputs give the same bytes.
///
/// # Errors
///
/// When the linker fails or warns; the error is its message.
pub fn link(target: Target, inputs: Vec<Input>, symbols: Symbols) -> Result<Vec<u8>> {
    let paths: Vec<PathBuf> = inputs.iter().enumerate().map(input_path).collect();
    let arguments = arguments(target, &paths, symbols);
    let files =
        paths.into_iter().zip(inputs).map(|(path, input)| (path, Arc::new(input.bytes))).collect();
    let linked = run(&arguments, files);
    let executable = linked.map_err(|error| anyhow!(on_one_line(&error.to_string())))?;
    match symbols {
        Symbols::Functions => keep_functions(executable),
        Symbols::All | Symbols::None => Ok(executable),
    }
}

fn on_one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the path of an input in the linker's file system. Inputs may have equal
/// names, files may not; and no path may look like an option.
fn input_path((index, input): (usize, &Input)) -> PathBuf {
    PathBuf::from(format!("/{index}/{}", input.name))
}

/// Path of the output in the linker's file system.
const OUTPUT: &str = "/output";

fn arguments(target: Target, inputs: &[PathBuf], symbols: Symbols) -> Vec<String> {
    let emulation = match target {
        Target::X86_64 => "elf_x86_64",
        Target::Aarch64 => "aarch64linux",
    };
    let options = [
        "quench",
        "-m",
        emulation,
        "-static",
        "-pie",
        "--no-dynamic-linker",
        "--gc-sections",
        // Header and relocations lie in one segment with the code, and all data
        // in the others: each segment costs time when the program starts.
        "--no-rosegment",
        "--eh-frame-hdr",
        "--build-id=none",
        "--no-identity-comment",
        // There are no dynamic symbols, so the smaller kind of table will do.
        "--hash-style=gnu",
        "--error-unresolved-symbols",
        "-z",
        "relro",
        "-z",
        "now",
        "-z",
        "noexecstack",
        "-z",
        "pack-relative-relocs",
        "-o",
        OUTPUT,
    ];
    let strip = match symbols {
        Symbols::Functions | Symbols::All => None,
        Symbols::None => Some("--strip-all"),
    };
    options
        .into_iter()
        .chain(strip)
        .map(str::to_string)
        .chain(inputs.iter().map(|path| path.display().to_string()))
        .collect()
}

fn run(arguments: &[String], files: HashMap<PathBuf, Bytes>) -> error::Result<Vec<u8>> {
    let warnings = Arc::new(Mutex::new(Vec::new()));
    let mut args = Args::new(|| arguments.iter())?;
    let sink = Arc::clone(&warnings);
    args.on_warning(Box::new(move |warning| {
        lock(&sink).push(warning.warning().to_string());
    }));
    args.parse(|| arguments.iter())?;

    let memory = Memory { files: Arc::new(files), output: Arc::default() };
    let output = Arc::clone(&memory.output);
    Linker::with_file_system(memory).run(&args)?;

    // Nothing is asked for that a linker may do only halfway.
    if let Some(warning) = lock(&warnings).first() {
        return Err(libwild::error!("{warning}"));
    }
    let bytes = lock(&output).take();
    bytes.ok_or_else(|| libwild::error!("the linker wrote no output"))
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

type Bytes = Arc<Cow<'static, [u8]>>;

/// The linker's file system: the inputs, and one output, in memory.
struct Memory {
    files: Arc<HashMap<PathBuf, Bytes>>,
    output: Arc<Mutex<Option<Vec<u8>>>>,
}

#[derive(Debug)]
struct MemoryInput(Bytes);

impl InputFileData for MemoryInput {
    fn bytes(&self) -> &[u8] {
        &self.0
    }
}

struct MemoryOutput {
    bytes: Vec<u8>,
    finished: Arc<Mutex<Option<Vec<u8>>>>,
}

impl OutputFileData for MemoryOutput {
    fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    fn finish(self) -> error::Result {
        *lock(&self.finished) = Some(self.bytes);
        Ok(())
    }
}

fn no_such_file() -> error::Error {
    io::Error::from(io::ErrorKind::NotFound).into()
}

impl FileSystem for Memory {
    type Input = MemoryInput;
    type Output = MemoryOutput;

    fn open_input(
        &self,
        path: &Path,
        _prepopulate_maps: bool,
    ) -> error::Result<(MemoryInput, Option<Arc<File>>)> {
        let bytes = self.files.get(path).ok_or_else(no_such_file)?;
        Ok((MemoryInput(Arc::clone(bytes)), None))
    }

    fn file_type(&self, path: &Path) -> error::Result<FileType> {
        if self.files.contains_key(path) { Ok(FileType::File) } else { Err(no_such_file()) }
    }

    fn canonicalize(&self, path: &Path) -> error::Result<PathBuf> {
        Ok(path.to_path_buf())
    }

    /// Fails: the linker removes an old output first, and there is none.
    fn remove_file(&self, _path: &Path) -> error::Result<()> {
        Err(no_such_file())
    }

    fn rename_file(&self, _path: &Path, _new_path: &Path) -> error::Result<()> {
        Err(no_such_file())
    }

    fn create_output(
        &self,
        _path: Arc<Path>,
        options: OutputOptions,
    ) -> error::Result<Self::Output> {
        let size = usize::try_from(options.size)?;
        Ok(MemoryOutput { bytes: vec![0; size], finished: Arc::clone(&self.output) })
    }

    /// Does nothing: the linker's debugging aids are not asked for.
    fn write_auxiliary(&self, _path: &Path, _bytes: &[u8]) -> error::Result {
        Ok(())
    }
}
