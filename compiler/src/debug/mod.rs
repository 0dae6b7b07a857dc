//! Debug information for native debuggers (`-g`), translated from the module's DWARF. Before
//! code is made, it gives the locals that debuggers will have to find; afterwards, the
//! sections for the object. Wrong DWARF gives less debug information and a warning; it does
//! not stop a build, and the time and memory that it can cost are bounded.
//!
//! The native address of a variable in linear memory is its address in the module plus the
//! base of the memory, a constant. A variable in a local is in a slot of the frame, which
//! the translated code keeps up to date. How the target of a pointer in linear memory is
//! described is explained in `pointers.rs`.

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

pub(crate) use map::Placed;
pub(crate) use sections::{Section, SymbolTarget};

/// The debug information of a module, before its code is made.
pub(crate) struct Debug<'a> {
    /// The module's sections of DWARF.
    dwarf: gimli::Dwarf<Bytes<'a>>,
    /// For each function, by its index, the locals that its variables are in, ascending.
    locals: HashMap<u32, Vec<u32>>,
    /// Offsets in `.debug_info` of the compilation units that are left out, ascending.
    refused: Vec<usize>,
    /// Places of the functions' bodies in the module, in order.
    bodies: Vec<map::Body>,
    /// Offset in the module of the code section's content, from which addresses in DWARF
    /// count.
    code_start: u32,
    /// The target of the compilation.
    target: Target,
    /// Native address of the memory that pointers point into.
    memory_base: u64,
    /// Size in bytes of the module's pointers.
    pointer_size: u8,
}

impl<'a> Debug<'a> {
    /// Reads the debug information of a module. `memory_base` is the native address of its
    /// first memory.
    pub(crate) fn new(module: &'a Module<'_>, memory_base: u64, target: Target) -> Debug<'a> {
        let section = |id: gimli::SectionId| {
            let mut sections = module.debug_sections.iter();
            let found = sections.find(|(name, _)| *name == id.name());
            let bytes = found.map_or(&[][..], |(_, bytes)| &**bytes);
            Ok::<_, gimli::Error>(EndianSlice::new(bytes, LittleEndian))
        };
        let dwarf = gimli::Dwarf::load(section).unwrap_or_default();
        let bodies = map::bodies(module);
        let scan = scan::scan(&dwarf, &bodies);
        Debug {
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

    /// Returns the locals of a function that are to be kept in slots of its frame, ascending.
    pub(crate) fn locals(&self, function: u32) -> &[u32] {
        self.locals.get(&function).map_or(&[], Vec::as_slice)
    }

    /// Returns what debuggers have to know of a unit's code, which lies at offset `at` in
    /// the text section. `function` is the function's index; a thunk has none.
    pub(crate) fn placed(&self, function: Option<u32>, at: u64, code: &MachineCode) -> Placed {
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

    /// Makes the sections of debug information for `code`, and warnings about faults of the
    /// module's own debug information. If that cannot be translated, the sections describe
    /// frames only.
    pub(crate) fn sections(
        &self,
        code: Vec<Placed>,
        globals: Globals<'_>,
    ) -> (Vec<Section>, Vec<String>) {
        let mut warnings = Vec::new();
        if !self.refused.is_empty() {
            warnings.push(format!(
                "{} of the module's units of debug information cannot be read and are left out",
                self.refused.len()
            ));
        }
        let frames = frames::table(&code, self.target);
        let map = Map::new(&self.bodies, code);
        // In some places gimli panics where it cannot write something.
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

    /// Translates the compilation units that have code or variables with an address.
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

/// Returns the key that marks a stack slot of `bytes` bytes in Cranelift IR as that of a
/// local.
pub(crate) fn slot_key(local: u32, bytes: u32) -> u64 {
    u64::from(bytes) << 32 | u64::from(local)
}

/// Returns the local that a key of [`slot_key`] stands for, and the slot's size in bytes.
fn slot_of_key(key: u64) -> (u32, u8) {
    (key as u32, (key >> 32) as u8)
}
