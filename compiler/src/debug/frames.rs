//! The section `.debug_frame`, by which debuggers find the caller of each function. All code
//! keeps the caller's frame pointer and the return address at the top of its frame, so that
//! functions differ only in the place of the instructions that store them.

use super::map::{Placed, address};
use crate::target::Target;
use gimli::write::{
    CallFrameInstruction as Instruction, CommonInformationEntry, FrameDescriptionEntry, FrameTable,
};
use gimli::{AArch64, Encoding, Format, Register, X86_64};

/// The instructions that set up a frame on x86_64: `push rbp`, `mov rbp, rsp`.
const X86_64_FRAME: [&[u8]; 2] = [&[0x55], &[0x48, 0x89, 0xe5]];

/// The instructions that set up a frame on aarch64: `stp x29, x30, [sp, #-16]!`,
/// `mov x29, sp`.
const AARCH64_FRAME: [&[u8]; 2] = [&[0xfd, 0x7b, 0xbf, 0xa9], &[0xfd, 3, 0, 0x91]];

/// Returns the two instructions that set up a frame.
fn steps(target: Target) -> [&'static [u8]; 2] {
    match target {
        Target::X86_64 => X86_64_FRAME,
        Target::Aarch64 => AARCH64_FRAME,
    }
}

/// Returns the offset of the instructions that set up the frame of `code`, if it has one.
/// Other instructions may come first, such as one that marks a target of branches.
pub(super) fn frame_at(code: &[u8], target: Target) -> Option<u32> {
    let frame = steps(target).concat();
    let places = [0, 4, 8].into_iter();
    let mut places = places.filter(|at| code.get(*at..).is_some_and(|c| c.starts_with(&frame)));
    places.next().map(|at| at as u32)
}

/// Makes the table of frames for all code that has one.
pub(super) fn table(code: &[Placed], target: Target) -> FrameTable {
    let (frame_pointer, stack_pointer, return_address, entry_offset) = match target {
        Target::X86_64 => (X86_64::RBP, X86_64::RSP, X86_64::RA, 8),
        Target::Aarch64 => (AArch64::X29, AArch64::SP, AArch64::X30, 0),
    };
    let encoding = Encoding { format: Format::Dwarf32, version: 4, address_size: 8 };
    let mut common = CommonInformationEntry::new(encoding, 1, -8, return_address);
    common.add_instruction(Instruction::Cfa(stack_pointer, entry_offset));
    if target == Target::X86_64 {
        common.add_instruction(Instruction::Offset(return_address, -8));
    }
    let mut table = FrameTable::default();
    let common = table.add_cie(common);
    let [push, set] = steps(target);
    for code in code {
        let Some(at) = code.frame_at else { continue };
        let mut entry = FrameDescriptionEntry::new(address(code.at), code.size);
        let pushed = at + push.len() as u32;
        entry.add_instruction(pushed, Instruction::CfaOffset(16));
        entry.add_instruction(pushed, Instruction::Offset(frame_pointer, -16));
        if target == Target::Aarch64 {
            entry.add_instruction(pushed, Instruction::Offset(return_address, -8));
        }
        let set = pushed + set.len() as u32;
        entry.add_instruction(set, Instruction::CfaRegister(frame_pointer));
        table.add_fde(common, entry);
    }
    table
}

/// Returns the frame pointer's register.
pub(super) fn frame_pointer(target: Target) -> Register {
    match target {
        Target::X86_64 => X86_64::RBP,
        Target::Aarch64 => AArch64::X29,
    }
}
