//! Which guest function an instruction belongs to, and what it means when it
//! traps: searches in the tables that the compiler wrote.
//!
//! # Safety
//!
//! The tables of a [`Module`] are as the compiler wrote them, and so is what
//! else lies in the pages of its code: nothing, where these are protected.
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
    /// Number of the function in the module's table.
    position: usize,
    /// Offset of the instruction from the function's start, in bytes.
    offset: u32,
}

/// Where an exception goes.
pub(crate) struct Landing {
    pub address: usize,
    /// From the frame pointer down to the stack pointer.
    pub frame_size: usize,
}

/// The place of an address; none outside of guest code.
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

/// A function type by its number in the program, if a module names it.
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

/// A number, a length, and what follows them.
fn type_entry(bytes: &[u8]) -> Option<([u32; 2], &[u8])> {
    let (number, rest) = bytes.split_first_chunk::<4>()?;
    let (length, rest) = rest.split_first_chunk::<2>()?;
    let length = u32::from(u16::from_le_bytes(*length));
    Some(([u32::from_le_bytes(*number), length], rest))
}

impl Place {
    /// Address of the function's first instruction.
    pub(crate) fn start(&self) -> usize {
        self.function().map_or(0, start)
    }

    /// Index in the module's function index space; none for code that the
    /// compiler made up.
    pub(crate) fn function_index(&self) -> Option<u32> {
        let index = self.function()?.index;
        (index != u32::MAX).then_some(index)
    }

    pub(crate) fn is_in(&self, module: &Module) -> bool {
        core::ptr::eq(self.module, module)
    }

    /// The function's name; empty if none is known.
    pub(crate) fn function_name(&self) -> &'static [u8] {
        self.find_name().unwrap_or_default()
    }

    /// Where in the source the instruction comes from; the last frame is the
    /// function's own. Without a table there is only that, and says nothing.
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

    /// What the instruction reports by trapping; none if it is not expected
    /// to trap.
    pub(crate) fn trap(&self) -> Option<Trap> {
        let traps = self.traps()?;
        let position = traps.binary_search_by_key(&self.offset, |entry| entry.offset).ok()?;
        let code = traps.get(position)?.code;
        Trap::from_number(code.into())
    }

    /// The handler of the call after which this place is the last byte.
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
/// Ends the program with a message if the system does not.
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
        // SAFETY: only the module's code is there, and stays readable and
        // executable.
        if unsafe { mprotect(pages, (to - from) as usize, protection) }.is_err() {
            Line::new("error: the system does not guard branches (--cpu bti)").fatal();
        }
    }
}

fn functions(module: &Module) -> &'static [FunctionEntry] {
    // SAFETY: see the head of this file.
    unsafe { process::slice(module.functions, module.function_count) }
}

fn start(function: &FunctionEntry) -> usize {
    let field = (&raw const function.code).addr();
    field.wrapping_add_signed(function.code as isize)
}
