//! Positions in the source, read from the module's DWARF. Wrong DWARF gives wrong positions
//! or none; it does not stop a build.

use super::frame::{Frame, FrameFunction, Position};
use addr2line::Context;
use addr2line::gimli::{self, EndianSlice, LittleEndian};
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A section of DWARF, or a part of one.
type Bytes<'a> = EndianSlice<'a, LittleEndian>;

/// The DWARF of a module, for use by any number of threads.
pub(crate) struct Dwarf<'a> {
    /// The module's custom sections of DWARF, each with its name.
    sections: Vec<(&'a str, &'a [u8])>,
    /// Offset in the module of the code section's content, from which addresses in DWARF
    /// count.
    code_start: u32,
    /// The folders in which the module's units were compiled. Paths below them are given
    /// relative to them.
    folders: BTreeSet<String>,
    /// Readers that no thread uses at present. A reader parses a compilation unit when it
    /// is first asked about it.
    readers: Mutex<Vec<Context<Bytes<'a>>>>,
}

impl<'a> Dwarf<'a> {
    /// Makes a reader of `sections`, the module's custom sections with `.debug_` names.
    /// Returns none if they have no line table. `code_start` is the offset of the code
    /// section's content in the module.
    ///
    /// # Errors
    ///
    /// When the list of compilation units cannot be read.
    pub(crate) fn new(
        sections: &'a [(&'a str, Cow<'a, [u8]>)],
        code_start: u32,
    ) -> Result<Option<Dwarf<'a>>, gimli::Error> {
        if !sections.iter().any(|(name, _)| *name == ".debug_line") {
            return Ok(None);
        }
        let mut dwarf = Dwarf {
            sections: sections.iter().map(|(name, bytes)| (*name, &**bytes)).collect(),
            code_start,
            folders: BTreeSet::new(),
            readers: Mutex::default(),
        };
        dwarf.folders = folders(&dwarf.load())?;
        let reader = Context::from_dwarf(dwarf.load())?;
        dwarf.idle().push(reader);
        Ok(Some(dwarf))
    }

    /// Appends the frames of the instruction at `offset` in the module to `frames`, the
    /// innermost first. Appends none if DWARF says nothing of it.
    pub(crate) fn frames(&self, offset: u32, frames: &mut Vec<Frame>) {
        let Some(address) = offset.checked_sub(self.code_start) else {
            return;
        };
        let idle = self.idle().pop();
        let reader = idle.or_else(|| Context::from_dwarf(self.load()).ok());
        if let Some(reader) = reader {
            self.add_frames(&reader, u64::from(address), frames);
            self.idle().push(reader);
        }
    }

    /// Appends the frames that `reader` finds for an address of DWARF.
    fn add_frames(&self, reader: &Context<Bytes<'a>>, address: u64, frames: &mut Vec<Frame>) {
        let Ok(mut found) = reader.find_frames(address).skip_all_loads() else {
            return;
        };
        while let Ok(Some(frame)) = found.next() {
            let name = frame.function.as_ref().and_then(|name| name.raw_name().ok());
            let position = frame.location.map(|location| Position {
                file: location.file.map(|file| self.short(file).to_string()),
                line: location.line.unwrap_or(0),
                column: location.column.unwrap_or(0),
            });
            frames.push(Frame {
                function: FrameFunction::Inlined(name.unwrap_or_default().into_owned()),
                position: position.filter(|position| position.line > 0).unwrap_or_default(),
            });
        }
    }

    /// Returns the path of a file relative to the nearest folder of compilation that
    /// contains it, or the whole path if none does.
    fn short<'f>(&self, file: &'f str) -> &'f str {
        // In the order of texts, the nearest folder is the last one before the file that
        // contains it.
        let folders = self.folders.range::<str, _>((Bound::Unbounded, Bound::Included(file)));
        let below = |folder: &String| file.strip_prefix(folder.as_str())?.strip_prefix('/');
        folders.rev().take(NEAREST).find_map(below).unwrap_or(file)
    }

    /// Returns gimli's view of the sections.
    fn load(&self) -> gimli::Dwarf<Bytes<'a>> {
        let section = |id: gimli::SectionId| {
            let found = self.sections.iter().find(|(name, _)| *name == id.name());
            let bytes = found.map_or(&[][..], |(_, bytes)| bytes);
            Ok::<_, ()>(EndianSlice::new(bytes, LittleEndian))
        };
        gimli::Dwarf::load(section).unwrap_or_default()
    }

    /// Locks the list of readers that are not in use.
    fn idle(&self) -> MutexGuard<'_, Vec<Context<Bytes<'a>>>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Number of folders that are compared with one file. More than one is needed, because
/// other folders can sort between a folder and the files below it.
const NEAREST: usize = 8;

/// Returns the folders in which the units of `dwarf` were compiled, without a slash at the
/// end.
fn folders(dwarf: &gimli::Dwarf<Bytes<'_>>) -> Result<BTreeSet<String>, gimli::Error> {
    let mut folders = BTreeSet::new();
    let mut units = dwarf.units();
    while let Some(header) = units.next()? {
        // A unit that cannot be read gives no positions, so that its folder is not needed.
        if let Ok(unit) = dwarf.unit(header)
            && let Some(folder) = unit.comp_dir
        {
            let folder = folder.to_string_lossy();
            folders.insert(folder.trim_end_matches('/').to_string());
        }
    }
    folders.remove("");
    Ok(folders)
}
