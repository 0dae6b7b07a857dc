//! Debug information for native debuggers (`-g`), from the module's DWARF:
//! before code is made, which locals debuggers will want to find; afterwards,
//! the sections for the object. Wrong DWARF gives less of it and a warning; it
//! does not stop a build, and what it can cost is bounded.
//!
//! A variable in linear memory is where the program sees it plus the base of
//! the memory, a constant. One in a local is in a slot of the frame that
//! translation keeps up to date. What a pointer in memory points to is described
//! in `pointers.rs`.

mod entries;
mod expressions;
mod frames;
mod map;
mod pointers;
mod rows;
mod scan;
mod sections;

use crate::machine_code::MachineCode;
use crate::module::Module;
use crate::target::Target;
use cranelift_codegen::ir::SourceLoc;
use gimli::{EndianSlice, LittleEndian, write};
use map::{Bytes, Globals, Map};
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub use map::Placed;
pub use sections::{Section, SymbolTarget};

/// What the module says, before its code is made.
pub struct Debug<'a> {
    dwarf: gimli::Dwarf<Bytes<'a>>,
    has_entries: bool,
    /// Locals that variables of a function are in, ascending, by the function.
    locals: HashMap<u32, Vec<u32>>,
    /// Offsets of units that are left out.
    refused: Vec<usize>,
    bodies: Vec<map::Body>,
    /// Where DWARF's addresses count from.
    code_start: u32,
    target: Target,
    /// Where the memory is that pointers point into.
    memory_base: u64,
    /// Bytes of a pointer.
    pointer_size: u8,
}

impl<'a> Debug<'a> {
    pub fn new(module: &Module<'a>, memory_base: u64, target: Target) -> Debug<'a> {
        let section = |id: gimli::SectionId| {
            let mut sections = module.debug_sections.iter();
            let found = sections.find(|(name, _)| *name == id.name());
            let bytes = found.map_or(&[][..], |(_, bytes)| bytes);
            Ok::<_, gimli::Error>(EndianSlice::new(bytes, LittleEndian))
        };
        let dwarf = gimli::Dwarf::load(section).unwrap_or_default();
        let mut sections = module.debug_sections.iter();
        let bodies = map::bodies(module);
        let scan = scan::scan(&dwarf, &bodies);
        Debug {
            has_entries: sections.any(|(name, _)| *name == ".debug_info"),
            dwarf,
            locals: scan.locals,
            refused: scan.refused,
            bodies,
            code_start: module.code_start,
            target,
            memory_base,
            pointer_size: match module.memories.first() {
                Some(memory) if memory.memory64 => 8,
                _ => 4,
            },
        }
    }

    /// Locals of a function that are to be kept in slots.
    pub fn locals(&self, function: u32) -> &[u32] {
        self.locals.get(&function).map_or(&[], Vec::as_slice)
    }

    /// What debuggers are to know of a function's code, which lies at `at`.
    pub fn placed(&self, function: Option<u32>, at: u64, code: &MachineCode) -> Placed {
        let origin = |(start, location): &(u32, SourceLoc)| {
            Some((*start, location.bits().checked_sub(self.code_start)?))
        };
        let slot = |(key, distance): &(u64, i32)| {
            let (local, bytes) = slot_of_key(*key);
            (local, *distance, bytes)
        };
        Placed {
            function,
            at,
            size: code.code.len() as u32,
            origins: code.origins.iter().filter_map(origin).collect(),
            slots: code.slots.iter().map(slot).collect(),
            frame_at: frames::frame_at(&code.code, self.target),
        }
    }

    /// The sections, for code that was placed so, and what is wrong with the
    /// module's own.
    pub fn sections(&self, code: Vec<Placed>, globals: Globals<'_>) -> (Vec<Section>, Vec<String>) {
        let mut warnings = Vec::new();
        if !self.has_entries {
            warnings.push(
                "-g finds no debug information in the module; its compiler makes it, often with -g"
                    .to_string(),
            );
        }
        if !self.refused.is_empty() {
            warnings.push(format!(
                "{} of the module's units of debug information cannot be read and are left out",
                self.refused.len()
            ));
        }
        let frames = frames::table(&code, self.target);
        let map = Map::new(&self.bodies, code);
        // What gimli does not want to write, it says in a panic here and there.
        let made = catch_unwind(AssertUnwindSafe(|| {
            let mut dwarf = self.entries(&map, globals)?;
            sections::write(&mut dwarf, &frames).map_err(write::ConvertError::Write)
        }));
        let why = match made {
            Ok(Ok(sections)) => return (sections, warnings),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "something in it has no form".to_string(),
        };
        warnings.push(format!(
            "the module's debug information cannot be translated ({why}); -g makes none"
        ));
        let frames_only = sections::write(&mut write::Dwarf::new(), &frames);
        (frames_only.unwrap_or_default(), warnings)
    }

    fn entries(&self, map: &Map, globals: Globals<'_>) -> write::ConvertResult<write::Dwarf> {
        let mut dwarf = write::Dwarf::new();
        let filter = entries::filter(&self.dwarf, &self.refused, map)?;
        let mut units = dwarf.convert_with_filter(filter)?;
        while let Some((unit, root)) = units.read_unit()? {
            entries::Translation::new(
                map,
                globals,
                self.memory_base,
                self.pointer_size,
                self.target,
            )
            .unit(unit, root)?;
        }
        Ok(dwarf)
    }
}

/// What the slot of a local with so many bytes is known by in code.
pub fn slot_key(local: u32, bytes: u32) -> u64 {
    u64::from(bytes) << 32 | u64::from(local)
}

fn slot_of_key(key: u64) -> (u32, u8) {
    (key as u32, (key >> 32) as u8)
}
