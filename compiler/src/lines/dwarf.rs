//! Positions in the source from the module's DWARF. Wrong DWARF gives wrong
//! positions, or none; it does not stop a build.

use super::frame::{Frame, FrameFunction, Position};
use addr2line::Context;
use addr2line::gimli::{self, EndianSlice, LittleEndian};
use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

type Bytes<'a> = EndianSlice<'a, LittleEndian>;

pub struct Dwarf<'a> {
    sections: Vec<(&'a str, &'a [u8])>,
    /// Where addresses count from: the code section's content in the module.
    code_start: u32,
    /// Folders that the module was compiled in; their files are named without.
    folders: BTreeSet<String>,
    /// Readers that no thread uses now. Each reads a unit when it is first
    /// asked for it.
    readers: Mutex<Vec<Context<Bytes<'a>>>>,
}

impl<'a> Dwarf<'a> {
    /// `sections` are the module's custom sections with `.debug_` names; none
    /// if there are no positions in them.
    ///
    /// # Errors
    ///
    /// When the overview of units cannot be read.
    pub fn new(
        sections: &[(&'a str, &'a [u8])],
        code_start: u32,
    ) -> Result<Option<Dwarf<'a>>, gimli::Error> {
        if !sections.iter().any(|(name, _)| *name == ".debug_line") {
            return Ok(None);
        }
        let mut dwarf = Dwarf {
            sections: sections.to_vec(),
            code_start,
            folders: BTreeSet::new(),
            readers: Mutex::default(),
        };
        dwarf.folders = folders(&dwarf.load())?;
        let reader = Context::from_dwarf(dwarf.load())?;
        dwarf.idle().push(reader);
        Ok(Some(dwarf))
    }

    /// Adds the frames of an offset in the module, the innermost first.
    pub fn frames(&self, offset: u32, frames: &mut Vec<Frame>) {
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

    /// The path from the folder that it was compiled in, if it is below that.
    fn short<'f>(&self, file: &'f str) -> &'f str {
        // The nearest folder is the last one before the file in order.
        let folders = self.folders.range::<str, _>((Bound::Unbounded, Bound::Included(file)));
        let below = |folder: &String| file.strip_prefix(folder.as_str())?.strip_prefix('/');
        folders.rev().take(NEAREST).find_map(below).unwrap_or(file)
    }

    fn load(&self) -> gimli::Dwarf<Bytes<'a>> {
        let section = |id: gimli::SectionId| {
            let found = self.sections.iter().find(|(name, _)| *name == id.name());
            let bytes = found.map_or(&[][..], |(_, bytes)| bytes);
            Ok::<_, ()>(EndianSlice::new(bytes, LittleEndian))
        };
        gimli::Dwarf::load(section).unwrap_or_default()
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Context<Bytes<'a>>>> {
        self.readers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Folders that are looked at for one file. Others sort between a folder and
/// what is below it.
const NEAREST: usize = 8;

fn folders(dwarf: &gimli::Dwarf<Bytes<'_>>) -> Result<BTreeSet<String>, gimli::Error> {
    let mut folders = BTreeSet::new();
    let mut units = dwarf.units();
    while let Some(header) = units.next()? {
        // A unit that cannot be read has no positions.
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
