//! Searches in the tables that the compiler wrote: the guest function that an
//! instruction belongs to, and what it means when the instruction traps or an
//! exception passes it.
//!
//! # Safety
//!
//! The tables of a [`Module`] are as the compiler wrote them. Where pages of code are
//! protected, nothing else lies in these.
#![allow(unsafe_code, reason = "see Safety")]

use crate::pages::{round_down, round_up};
use crate::report::Line;
use crate::{arch, process};
use core::ptr::{null, with_exposed_provenance_mut};
use quench_abi::{
    FunctionEntry, HandlerEntry, Module, PAGE_SIZE, SourceFrame, Text, Trap, TrapEntry,
};
use rustix::mm::mprotect;

/// A place in guest code.
pub(crate) struct Place {
    module: &'static Module,
    /// Position of the function in the module's table.
    position: usize,
    /// Offset of the instruction from the function's start, in bytes.
    offset: u32,
}

/// The handler that an exception goes to.
pub(crate) struct Landing {
    pub address: usize,
    /// Distance from the frame pointer down to the stack pointer, in bytes.
    pub frame_size: usize,
}

/// Returns the place of an address; none outside of guest code.
pub(crate) fn place(address: usize) -> Option<Place> {
    process::modules().find_map(|module| {
        let functions = functions(module);
        let position =
            functions.partition_point(|function| start(function) <= address).checked_sub(1)?;
        let function = functions.get(position)?;
        let offset = u32::try_from(address - start(function)).ok()?;
        (offset < function.size).then_some(Place { module, position, offset })
    })
}

/// Returns the text of a function type by its number in the program, if a module has
/// the text.
pub(crate) fn type_name(id: u32) -> Option<&'static [u8]> {
    process::modules().find_map(|module| {
        // SAFETY: see the head of this file.
        let mut rest = unsafe { process::text(&module.types) };
        while let Some(([number, length], after)) = type_entry(rest) {
            let name = after.get(..length as usize)?;
            if number == id {
                return Some(name);
            }
            rest = after.get(length as usize..)?;
        }
        None
    })
}

/// Splits a number and a length, the beginning of an entry of [`Module::types`], from
/// the bytes that follow them.
fn type_entry(bytes: &[u8]) -> Option<([u32; 2], &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let length = u32::from(u16::from_le_bytes(*length));
    Some(([u32::from_le_bytes(*number), length], rest))
}

impl Place {
    /// Returns the name of the module in backtraces; empty if it has none.
    pub(crate) fn module_label(&self) -> &'static [u8] {
        // SAFETY: see the head of this file.
        unsafe { process::text(&self.module.label) }
    }

    /// Returns the address of the function's first instruction.
    pub(crate) fn start(&self) -> usize {
        self.function().map_or(0, start)
    }

    /// Returns the function's index in the module's function index space; none for
    /// code that the compiler made up.
    pub(crate) fn function_index(&self) -> Option<u32> {
        let index = self.function()?.index;
        (index != u32::MAX).then_some(index)
    }

    /// Returns whether the place is in a module.
    pub(crate) fn is_in(&self, module: &Module) -> bool {
        core::ptr::eq(self.module, module)
    }

    /// Returns the function's name; empty if none is known.
    pub(crate) fn function_name(&self) -> &'static [u8] {
        self.find_name().unwrap_or_default()
    }

    /// Returns the functions of the source that the instruction comes from, the
    /// innermost first. The last one is the place's own function; without a table it
    /// is the only one, and nothing is known of it.
    pub(crate) fn frames(&self) -> impl Iterator<Item = SourceFrame> {
        (0..).map_while(|depth| {
            let none = Text { bytes: null(), length: 0 };
            let mut frame =
                SourceFrame { name: none, file: none, line: 0, column: 0, index: u32::MAX };
            let found = self.module.source_frame.is_some_and(|read| {
                let (lines, function) = (&raw const self.module.lines, self.position as u64);
                // SAFETY: see the head of this file.
                unsafe { read(lines, function, self.offset, depth, &raw mut frame) }
            });
            (found || depth == 0).then_some(frame)
        })
    }

    /// Returns the trap that the instruction reports by an exception of the
    /// processor; none if it is not expected to trap.
    pub(crate) fn trap(&self) -> Option<Trap> {
        self.trap_entry()?.trap()
    }

    /// Adds to a message that the instruction, a cast, found null where it expected a type.
    /// Returns whether it is a cast, and its type is known.
    pub(crate) fn describe_null_cast(&self, line: &mut Line) -> bool {
        let describe = self.module.null_cast;
        // SAFETY: these are the arguments of such a function.
        describe.is_some_and(|it| unsafe { it((&raw mut *line).cast(), (&raw const *self).cast()) })
    }

    /// Returns the number of the type that the instruction, a cast, expects, if that is known.
    pub(crate) fn expected_type(&self) -> Option<u32> {
        self.trap_entry()?.expected()
    }

    /// Returns the handler of the call whose last byte this place is, if it has one.
    pub(crate) fn handler(&self) -> Option<Landing> {
        // SAFETY: see the head of this file.
        let all = unsafe { process::slice(self.module.handlers, self.module.handler_count) };
        let first = self.function()?.first_handler as usize;
        let end = match functions(self.module).get(self.position + 1) {
            Some(next) => next.first_handler as usize,
            None => all.len(),
        };
        let handlers: &[HandlerEntry] = all.get(first..end)?;
        let position =
            handlers.binary_search_by_key(&(self.offset + 1), |entry| entry.return_offset).ok()?;
        let handler = handlers.get(position)?;
        Some(Landing {
            address: start(self.function()?) + handler.handler_offset as usize,
            frame_size: handler.frame_size as usize,
        })
    }

    /// Returns the function's entry in the module's table.
    fn function(&self) -> Option<&'static FunctionEntry> {
        functions(self.module).get(self.position)
    }

    fn find_name(&self) -> Option<&'static [u8]> {
        let function = self.function()?;
        // SAFETY: see the head of this file.
        let names = unsafe { process::slice(self.module.names, self.module.names_length) };
        let start = function.name_offset as usize;
        names.get(start..start + function.name_length as usize)
    }

    /// Returns the instruction's entry in the module's table of traps.
    fn trap_entry(&self) -> Option<TrapEntry> {
        let traps = self.traps()?;
        let position = traps.binary_search_by_key(&self.offset, |entry| entry.offset).ok()?;
        traps.get(position).copied()
    }

    /// Returns the function's entries in the module's table of traps.
    fn traps(&self) -> Option<&'static [TrapEntry]> {
        // SAFETY: see the head of this file.
        let all = unsafe { process::slice(self.module.traps, self.module.trap_count) };
        let first = self.function()?.first_trap as usize;
        let end = match functions(self.module).get(self.position + 1) {
            Some(next) => next.first_trap as usize,
            None => all.len(),
        };
        all.get(first..end)
    }
}

/// Gives the pages of compiled code the protection that its features ask for.
/// Ends the program with a message if the system refuses.
pub(crate) fn protect(features: u32) {
    let Some(protection) = arch::code_protection(features) else {
        return;
    };
    for module in process::modules() {
        let functions = functions(module);
        let (Some(first), Some(last)) = (functions.first(), functions.last()) else {
            continue;
        };
        let from = round_down(start(first) as u64, PAGE_SIZE);
        let to = round_up((start(last) + last.size as usize) as u64, PAGE_SIZE);
        let pages = with_exposed_provenance_mut(from as usize);
        // SAFETY: only the module's code is in these pages, and it stays readable
        // and executable.
        if unsafe { mprotect(pages, (to - from) as usize, protection) }.is_err() {
            Line::new("error: the system does not guard branches (--cpu bti)").fatal();
        }
    }
}

/// Returns a module's table of functions, which ascends by address.
fn functions(module: &Module) -> &'static [FunctionEntry] {
    // SAFETY: see the head of this file.
    unsafe { process::slice(module.functions, module.function_count) }
}

/// Returns the address of a function's code.
fn start(function: &FunctionEntry) -> usize {
    let field = (&raw const function.code).addr();
    field.wrapping_add_signed(function.code as isize)
}
