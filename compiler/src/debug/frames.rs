//! `.debug_frame`: how to find the caller of each function. All code keeps its
//! frame pointer and return address at the top of its frame; what remains to be
//! said is where in the code it begins to.

use super::map::{Placed, address};
use crate::target::Target;
use gimli::write::{
    CallFrameInstruction as Instruction, CommonInformationEntry, FrameDescriptionEntry, FrameTable,
};
use gimli::{AArch64, Encoding, Format, Register, X86_64};

/// `push rbp`, `mov rbp, rsp`; `stp x29, x30, [sp, #-16]!`, `mov x29, sp`.
const X86_64_FRAME: [&[u8]; 2] = [&[0x55], &[0x48, 0x89, 0xe5]];
const AARCH64_FRAME: [&[u8]; 2] = [&[0xfd, 0x7b, 0xbf, 0xa9], &[0xfd, 3, 0, 0x91]];

fn steps(target: Target) -> [&'static [u8]; 2] {
    match target {
        Target::X86_64 => X86_64_FRAME,
        Target::Aarch64 => AARCH64_FRAME,
    }
}

/// Where code sets up its frame; it may mark the target of branches before.
pub fn frame_at(code: &[u8], target: Target) -> Option<u32> {
    let frame = steps(target).concat();
    let places = [0, 4, 8].into_iter();
    let mut places = places.filter(|at| code.get(*at..).is_some_and(|c| c.starts_with(&frame)));
    places.next().map(|at| at as u32)
}

pub fn table(code: &[Placed], target: Target) -> FrameTable {
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

/// The register that frames are found by.
pub fn frame_pointer(target: Target) -> Register {
    match target {
        Target::X86_64 => X86_64::RBP,
        Target::Aarch64 => AArch64::X29,
    }
}
