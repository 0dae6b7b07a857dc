//! Source locations of instructions that Cranelift's mid-end moved: out of a loop, or to a
//! place where a value that was made before is needed again. A debugger would take such an
//! instruction for the beginning of the line that it comes from, although it now stands long
//! before or after it. So the instruction gets the location of the code it was moved to.

use cranelift_codegen::ir::{Block, Function, Inst, SourceLoc};

/// Gives moved instructions the source location of their new place.
///
/// Before the mid-end, the locations in a block ascend, and instructions with effects are
/// still in that order afterwards. An instruction without effects stands before the one that
/// uses it: either its location is between those of its neighbours with effects, or it was
/// moved.
pub(super) fn locate_moved(function: &mut Function) {
    for block in function.layout.blocks().collect::<Vec<_>>() {
        let moved = moved(function, block);
        for (instruction, location) in moved {
            function.set_srcloc(instruction, location);
        }
    }
}

/// Returns the instructions that were moved into a block, with their new locations.
fn moved(function: &Function, block: Block) -> Vec<(Inst, SourceLoc)> {
    let mut last = None;
    let mut waiting: Vec<Inst> = Vec::new();
    let mut found = Vec::new();
    for instruction in function.layout.block_insts(block) {
        if can_move(function, instruction) {
            waiting.push(instruction);
            continue;
        }
        let next = function.srcloc(instruction);
        if next.is_default() {
            continue;
        }
        for before in waiting.drain(..) {
            let own = function.srcloc(before).bits();
            let follows = last.is_none_or(|last: SourceLoc| last.bits() <= own);
            if !follows || own > next.bits() {
                found.push((before, next));
            }
        }
        last = Some(next);
    }
    found
}

/// Returns whether the mid-end may move an instruction.
fn can_move(function: &Function, instruction: Inst) -> bool {
    let data = &function.dfg.insts[instruction];
    let opcode = data.opcode();
    let is_constant_load =
        data.memflags_data(&function.dfg).is_some_and(|flags| flags.readonly() && flags.can_move());
    let has_effect = opcode.is_terminator()
        || opcode.is_call()
        || opcode.can_trap()
        || opcode.can_store()
        || opcode.other_side_effects()
        || opcode.can_load() && !is_constant_load;
    !has_effect
}
