//! The machine code of one function with all that a linker, a debugger and the
//! runtime have to know of it. Does not know how it is made.

use crate::symbols::Symbol;
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::SourceLoc;
use quench_abi::{HandlerEntry, Trap};

/// Machine code of one function.
#[derive(Clone, Debug, Default)]
pub struct MachineCode {
    pub code: Vec<u8>,
    /// See [`phase`](crate::codegen::alignment::phase).
    pub phase: Option<u64>,
    pub relocations: Vec<Relocation>,
    /// Offsets of trapping instructions, ascending; without loads and stores
    /// of guarded memories.
    pub traps: Vec<(u32, Trap)>,
    /// Calls from which exceptions are caught, by ascending return address.
    pub handlers: Vec<HandlerEntry>,
    /// Offsets of instructions that can end the program or call, ascending,
    /// with their source locations; of calls, the last byte.
    pub points: Vec<(u32, SourceLoc)>,
    /// For debug information, if that is wanted: where the code of each source
    /// location begins, ascending.
    pub origins: Vec<(u32, SourceLoc)>,
    /// For debug information, if that is wanted: slots by their keys, and their distances
    /// from the frame pointer.
    pub slots: Vec<(u64, i32)>,
}

impl MachineCode {
    /// What the code refers to.
    pub fn symbols(&self) -> impl Iterator<Item = Symbol> {
        self.relocations.iter().filter_map(|relocation| match relocation.target {
            RelocationTarget::Symbol(symbol) => Some(symbol),
            _ => None,
        })
    }

    /// Lets every kind of branch arrive at the function. Cranelift lets only
    /// calls, which it makes of tail calls through references as little as of
    /// jumps; and what signs the return address counts as a mark for calls.
    pub fn mark_entry(&mut self) {
        const BTI_C: [u8; 4] = 0xd503_245f_u32.to_le_bytes();
        const BTI_JC: [u8; 4] = 0xd503_24df_u32.to_le_bytes();
        const SIZE: u32 = BTI_JC.len() as u32;
        if self.code.starts_with(&BTI_C) {
            self.code[..BTI_JC.len()].copy_from_slice(&BTI_JC);
            return;
        }
        self.code.splice(..0, BTI_JC);
        self.move_offsets(|offset| offset + SIZE);
    }

    /// Puts other offsets, in the same order, in place of all but the code's own.
    pub fn move_offsets(&mut self, new: impl Fn(u32) -> u32) {
        for relocation in &mut self.relocations {
            relocation.offset = new(relocation.offset);
            if let RelocationTarget::Own(offset) = &mut relocation.target {
                *offset = new(*offset);
            }
        }
        let points = self.points.iter_mut().map(|point| &mut point.0);
        let origins = self.origins.iter_mut().map(|origin| &mut origin.0);
        for offset in points.chain(origins) {
            *offset = new(*offset);
        }
        self.traps.iter_mut().for_each(|trap| trap.0 = new(trap.0));
        for handler in &mut self.handlers {
            handler.return_offset = new(handler.return_offset);
            handler.handler_offset = new(handler.handler_offset);
        }
    }
}

#[derive(Clone, Copy, Debug)]
pub struct Relocation {
    pub offset: u32,
    pub kind: Reloc,
    pub target: RelocationTarget,
    pub addend: i64,
}

#[derive(Clone, Copy, Debug)]
pub enum RelocationTarget {
    Symbol(Symbol),
    /// A C library function that Cranelift asks for.
    LibraryCall(&'static str),
    /// An offset in the function itself.
    Own(u32),
}
