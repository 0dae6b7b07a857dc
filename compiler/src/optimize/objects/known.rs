//! Instructions whose result is known: comparisons with a new object, which is not null, and what
//! is computed from constants. An inlined constructor begins with such a comparison, and a test of
//! an object's type is one once its fields are values.

use super::sites::Site;
use crate::ir::values::constant;
use cranelift_codegen::entity::EntitySet;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    Block, BlockArg, BlockCall, Function, Inst, InstBuilder, InstructionData, Opcode, Type, Value,
};

/// Replaces instructions whose result is known by constants, and branches whose condition is by
/// jumps. Returns whether a branch was replaced.
pub(super) fn fold(function: &mut Function, sites: &[Site]) -> bool {
    let mut objects: EntitySet<Value> = EntitySet::new();
    objects.extend(sites.iter().map(|site| site.object));
    let mut changed = false;
    for block in function.layout.blocks().collect::<Vec<Block>>() {
        for instruction in function.layout.block_insts(block).collect::<Vec<Inst>>() {
            if let Some((ty, number)) = result(function, &objects, instruction) {
                function.replace(instruction).iconst(ty, number);
            } else if let Some(call) = taken(function, &objects, instruction) {
                let pool = &function.dfg.value_lists;
                let (to, arguments) = (call.block(pool), call.args(pool));
                let arguments: Vec<BlockArg> = arguments.collect();
                function.replace(instruction).jump(to, &arguments);
                changed = true;
            } else if is_passed(function, &objects, instruction) {
                function.layout.remove_inst(instruction);
            }
        }
    }
    changed
}

/// Returns the only destination of a branch whose condition is known.
fn taken(function: &Function, objects: &EntitySet<Value>, branch: Inst) -> Option<BlockCall> {
    let InstructionData::Brif { arg, blocks, .. } = function.dfg.insts[branch] else {
        return None;
    };
    let is_zero = is_zero(function, objects, arg)?;
    Some(blocks[usize::from(is_zero)])
}

/// Returns whether an instruction is a trap for null that a new object does not run into.
fn is_passed(function: &Function, objects: &EntitySet<Value>, instruction: Inst) -> bool {
    match function.dfg.insts[instruction] {
        InstructionData::CondTrap { opcode: Opcode::Trapz, arg, .. } => {
            is_zero(function, objects, arg) == Some(false)
        }
        _ => false,
    }
}

/// Returns whether a value is zero, if that is known.
fn is_zero(function: &Function, objects: &EntitySet<Value>, value: Value) -> Option<bool> {
    if objects.contains(value) {
        return Some(false);
    }
    constant(function, value).map(|number| number == 0)
}

/// Returns the result of an instruction and its type, if it is a known integer of at most 64
/// bits. The number has no bits beyond the type.
fn result(
    function: &Function,
    objects: &EntitySet<Value>,
    instruction: Inst,
) -> Option<(Type, i64)> {
    let dfg = &function.dfg;
    let &[result] = dfg.inst_results(instruction) else {
        return None;
    };
    let ty = dfg.value_type(result);
    let number = number(function, objects, instruction)?;
    (ty.is_int() && ty.bits() <= 64).then_some((ty, (number & mask(ty)).cast_signed()))
}

/// Returns the number that an instruction computes, if it is known; bits beyond the type
/// of its result mean nothing.
fn number(function: &Function, objects: &EntitySet<Value>, instruction: Inst) -> Option<u64> {
    let dfg = &function.dfg;
    let number = |value: Value| {
        let ty = dfg.value_type(value);
        constant(function, value).map(|number| number as u64 & mask(ty))
    };
    match dfg.insts[instruction] {
        InstructionData::IntCompare { args: [left, right], cond, .. } => {
            if let (Some(first), Some(second)) = (number(left), number(right)) {
                return Some(compare(cond, first, second, dfg.value_type(left)).into());
            }
            let different = are_different(function, objects, left, right)
                || are_different(function, objects, right, left);
            match cond {
                IntCC::Equal if different => Some(0),
                IntCC::NotEqual if different => Some(1),
                _ => None,
            }
        }
        InstructionData::Unary { opcode: Opcode::Uextend | Opcode::Ireduce, arg } => number(arg),
        InstructionData::Binary { opcode, args: [left, right] } => match opcode {
            Opcode::Iadd => Some(number(left)?.wrapping_add(number(right)?)),
            Opcode::Isub => Some(number(left)?.wrapping_sub(number(right)?)),
            Opcode::Band => Some(number(left)? & number(right)?),
            _ => None,
        },
        _ => None,
    }
}

/// Returns whether `left` is a new object and `right` is known to be something else.
fn are_different(
    function: &Function,
    objects: &EntitySet<Value>,
    left: Value,
    right: Value,
) -> bool {
    objects.contains(left)
        && left != right
        && (objects.contains(right) || constant(function, right).is_some())
}

/// Returns the bits of an integer type of at most 64 bits.
fn mask(ty: Type) -> u64 {
    u64::MAX >> (64 - ty.bits().min(64))
}

/// Compares two numbers of a type.
fn compare(code: IntCC, left: u64, right: u64, ty: Type) -> bool {
    let signed = |number: u64| {
        let unused = 64 - ty.bits();
        (number << unused).cast_signed() >> unused
    };
    match code {
        IntCC::Equal => left == right,
        IntCC::NotEqual => left != right,
        IntCC::UnsignedLessThan => left < right,
        IntCC::UnsignedLessThanOrEqual => left <= right,
        IntCC::UnsignedGreaterThan => left > right,
        IntCC::UnsignedGreaterThanOrEqual => left >= right,
        IntCC::SignedLessThan => signed(left) < signed(right),
        IntCC::SignedLessThanOrEqual => signed(left) <= signed(right),
        IntCC::SignedGreaterThan => signed(left) > signed(right),
        IntCC::SignedGreaterThanOrEqual => signed(left) >= signed(right),
    }
}
