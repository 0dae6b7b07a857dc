//! The machine code of one function, with everything that a linker, a debugger and the runtime
//! have to know about it. Does not know how it is made.

use crate::symbols::Symbol;
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::SourceLoc;
use quench_abi::{HandlerEntry, Trap};

/// The machine code of one function. Offsets are in bytes from its start.
#[derive(Clone, Debug, Default)]
pub(crate) struct MachineCode {
    /// The bytes of the code.
    pub code: Vec<u8>,
    /// Best distance in bytes of the code's start from the beginning of a line of code, if it
    /// matters; see [`phase`](crate::codegen::alignment::phase).
    pub phase: Option<u64>,
    /// Places in the code that refer to something whose address is not known yet.
    pub relocations: Vec<Relocation>,
    /// Offsets of the instructions that trap, ascending, without loads and stores of guarded
    /// memories.
    pub traps: Vec<(u32, Trap)>,
    /// Calls from which exceptions are caught, ascending by return address.
    pub handlers: Vec<HandlerEntry>,
    /// Offsets of the instructions that call or can end the program, ascending, with their
    /// source locations. The offset of a call is that of its last byte.
    pub points: Vec<(u32, SourceLoc)>,
    /// Offsets at which the code of each source location begins, ascending. Empty unless debug
    /// information is wanted.
    pub origins: Vec<(u32, SourceLoc)>,
    /// Keys of stack slots, with the slots' distances from the frame pointer in bytes. Empty
    /// unless debug information is wanted.
    pub slots: Vec<(u64, i32)>,
}

impl MachineCode {
    /// Returns the symbols that the code refers to.
    pub(crate) fn symbols(&self) -> impl Iterator<Item = Symbol> {
        self.relocations.iter().filter_map(|relocation| match relocation.target {
            RelocationTarget::Symbol(symbol) => Some(symbol),
            _ => None,
        })
    }

    /// Marks the function's entry (for `bti`) so that every kind of branch may arrive at it.
    /// Cranelift marks it for calls only, but a tail call through a reference is not a call in
    /// its code, and neither is a jump. An instruction that signs the return address counts as
    /// a mark for calls too, so a function that begins with it has to get another mark.
    pub(crate) fn mark_entry(&mut self) {
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

    /// Replaces all offsets by what `new` returns for them, except those inside the code
    /// itself. The offsets have to stay in order.
    pub(crate) fn move_offsets(&mut self, new: impl Fn(u32) -> u32) {
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

/// A place in the code that refers to something whose address is not known yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Relocation {
    /// Offset of the place, in bytes.
    pub offset: u32,
    /// The form of the reference.
    pub kind: Reloc,
    /// The thing that is referred to.
    pub target: RelocationTarget,
    /// Number of bytes that is added to the address.
    pub addend: i64,
}

/// The target of a relocation.
#[derive(Clone, Copy, Debug)]
pub(crate) enum RelocationTarget {
    /// A symbol of the module or the runtime.
    Symbol(Symbol),
    /// A function of the C library that Cranelift asks for, by its name.
    LibraryCall(&'static str),
    /// An offset in the function itself, in bytes.
    Own(u32),
}
