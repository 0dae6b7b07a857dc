//! What is known of a value from the instructions that make it, and how what uses it is
//! changed. Knows nothing of why that is looked at or changed.

use cranelift_codegen::ir::{Function, Inst, InstructionData, Opcode, Value, ValueDef, types};

/// The instruction whose result a value is.
pub fn definition(function: &Function, value: Value) -> Option<Inst> {
    let value = function.dfg.resolve_aliases(value);
    match function.dfg.value_def(value) {
        ValueDef::Result(instruction, _) => Some(instruction),
        _ => None,
    }
}

/// The number that a value always is.
pub fn constant(function: &Function, value: Value) -> Option<i64> {
    match function.dfg.insts[definition(function, value)?] {
        InstructionData::UnaryImm { opcode: Opcode::Iconst, imm } => Some(imm.bits()),
        _ => None,
    }
}

/// The number that an i32 always is, extended to 64 bits with zeros.
pub fn extended_constant(function: &Function, value: Value) -> Option<i64> {
    constant(function, value).map(|number| i64::from(number as u32))
}

/// Takes a value in place of an instruction's only result, wherever that is used,
/// once aliases are resolved.
pub fn replace_by(function: &mut Function, instruction: Inst, value: Value) {
    let result = function.dfg.first_result(instruction);
    function.dfg.clear_results(instruction);
    function.dfg.change_to_alias(result, value);
    function.layout.remove_inst(instruction);
}

/// All instructions, in order.
pub fn instructions(function: &Function) -> impl Iterator<Item = Inst> {
    let blocks = function.layout.blocks();
    blocks.flat_map(|block| function.layout.block_insts(block))
}

/// Address and offset of a load or store.
pub fn accessed(function: &Function, instruction: Inst) -> Option<(Value, i32)> {
    match function.dfg.insts[instruction] {
        InstructionData::Load { arg, offset, .. } => Some((arg, offset.into())),
        InstructionData::Store { args, offset, .. } => Some((args[1], offset.into())),
        _ => None,
    }
}

/// Gives a load or store another address and offset.
pub fn redirect(function: &mut Function, access: Inst, to: Value, distance: i32) {
    match &mut function.dfg.insts[access] {
        InstructionData::Load { arg, offset, .. } => {
            *arg = to;
            *offset = distance.into();
        }
        InstructionData::Store { args, offset, .. } => {
            args[1] = to;
            *offset = distance.into();
        }
        _ => unreachable!("not an access"),
    }
}

/// The operands of a value that `opcode` makes of `N` of them.
pub fn operands<const N: usize>(
    function: &Function,
    value: Value,
    opcode: Opcode,
) -> Option<[Value; N]> {
    let instruction = definition(function, value)?;
    if function.dfg.insts[instruction].opcode() != opcode {
        return None;
    }
    let operands: [Value; N] = function.dfg.inst_args(instruction).try_into().ok()?;
    Some(operands.map(|operand| function.dfg.resolve_aliases(operand)))
}

/// The parts of a sum, if one of them is constant: the other, and that one.
pub fn sum_with_constant(function: &Function, value: Value) -> Option<(Value, i64)> {
    let [left, right] = operands(function, value, Opcode::Iadd)?;
    match (constant(function, left), constant(function, right)) {
        (_, Some(addend)) => Some((left, addend)),
        (Some(addend), None) => Some((right, addend)),
        (None, None) => None,
    }
}

/// Instructions that are looked at, one behind the other.
const DEPTH: u32 = 6;

/// The largest number that a value of 32 bits can be.
pub fn maximum(function: &Function, value: Value) -> u32 {
    bound(function, value, DEPTH).unwrap_or(u32::MAX)
}

fn bound(function: &Function, value: Value, depth: u32) -> Option<u32> {
    let depth = depth.checked_sub(1)?;
    if let Some(number) = constant(function, value) {
        return Some(number as u32);
    }
    let opcode = function.dfg.insts[definition(function, value)?].opcode();
    let maximum = |value| bound(function, value, depth).unwrap_or(u32::MAX);
    match opcode {
        Opcode::Uload8 => return Some(u8::MAX.into()),
        Opcode::Uload16 => return Some(u16::MAX.into()),
        Opcode::Uextend => {
            let [narrow] = operands(function, value, opcode)?;
            return match function.dfg.value_type(narrow) {
                types::I8 => Some(u8::MAX.into()),
                types::I16 => Some(u16::MAX.into()),
                _ => None,
            };
        }
        _ => {}
    }
    let [left, right] = operands(function, value, opcode)?;
    let number = || constant(function, right).map(|number| number as u32);
    match opcode {
        Opcode::Band => Some(maximum(left).min(maximum(right))),
        Opcode::Iadd => maximum(left).checked_add(maximum(right)),
        Opcode::Imul => maximum(left).checked_mul(maximum(right)),
        Opcode::Bor | Opcode::Bxor => {
            u32::MAX.checked_shr((maximum(left) | maximum(right)).leading_zeros())
        }
        // Amounts are modulo 32, as in WebAssembly.
        Opcode::Ushr => Some(maximum(left) >> (number()? % 32)),
        Opcode::Ishl => maximum(left).checked_mul(1 << (number()? % 32)),
        Opcode::Urem => number()?.checked_sub(1),
        _ => None,
    }
}
