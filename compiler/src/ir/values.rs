//! Values of Cranelift IR: what the instructions that compute a value tell about it, and
//! replacements of what uses it. Knows nothing of the purpose of a query or change.

use cranelift_codegen::ir::{Function, Inst, InstructionData, Opcode, Value, ValueDef, types};

/// Returns the instruction whose result a value is.
pub(crate) fn definition(function: &Function, value: Value) -> Option<Inst> {
    let value = function.dfg.resolve_aliases(value);
    match function.dfg.value_def(value) {
        ValueDef::Result(instruction, _) => Some(instruction),
        _ => None,
    }
}

/// Returns the number that a value is, if it is constant.
pub(crate) fn constant(function: &Function, value: Value) -> Option<i64> {
    match function.dfg.insts[definition(function, value)?] {
        InstructionData::UnaryImm { opcode: Opcode::Iconst, imm } => Some(imm.bits()),
        _ => None,
    }
}

/// Returns the number that an i32 is, if it is constant, extended to 64 bits with zeros.
pub(crate) fn extended_constant(function: &Function, value: Value) -> Option<i64> {
    constant(function, value).map(|number| i64::from(number as u32))
}

/// Replaces an instruction by a value: removes the instruction, whose only result becomes an
/// alias of the value.
pub(crate) fn replace_by(function: &mut Function, instruction: Inst, value: Value) {
    let result = function.dfg.first_result(instruction);
    function.dfg.clear_results(instruction);
    function.dfg.change_to_alias(result, value);
    function.layout.remove_inst(instruction);
}

/// Returns all instructions, in the order of the layout.
pub(crate) fn instructions(function: &Function) -> impl Iterator<Item = Inst> {
    let blocks = function.layout.blocks();
    blocks.flat_map(|block| function.layout.block_insts(block))
}

/// Returns the address and the offset in bytes of a load or store.
pub(crate) fn accessed(function: &Function, instruction: Inst) -> Option<(Value, i32)> {
    match function.dfg.insts[instruction] {
        InstructionData::Load { arg, offset, .. } => Some((arg, offset.into())),
        InstructionData::Store { args, offset, .. } => Some((args[1], offset.into())),
        _ => None,
    }
}

/// Gives a load or store the address `to` and an offset of `distance` bytes.
///
/// # Panics
///
/// If the instruction is neither a load nor a store.
pub(crate) fn redirect(function: &mut Function, access: Inst, to: Value, distance: i32) {
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

/// Returns the `N` operands of the instruction that computes a value, without aliases, if that
/// instruction is an `opcode`.
pub(crate) fn operands<const N: usize>(
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

/// Returns the parts of a sum of which one is constant: first the other part, then the
/// constant.
pub(crate) fn sum_with_constant(function: &Function, value: Value) -> Option<(Value, i64)> {
    let [left, right] = operands(function, value, Opcode::Iadd)?;
    match (constant(function, left), constant(function, right)) {
        (_, Some(addend)) => Some((left, addend)),
        (Some(addend), None) => Some((right, addend)),
        (None, None) => None,
    }
}

/// The largest number of instructions, each computing an operand of the one before, that are
/// examined to find the maximum of a value.
const DEPTH: u32 = 6;

/// Returns an upper bound of the numbers that a value of 32 bits can be.
pub(crate) fn maximum(function: &Function, value: Value) -> u32 {
    bound(function, value, DEPTH).unwrap_or(u32::MAX)
}

/// Returns an upper bound of a value of 32 bits, found by examining less than `depth`
/// instructions in a row, if one is known.
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
        // The amount of a shift is modulo 32, as in WebAssembly.
        Opcode::Ushr => Some(maximum(left) >> (number()? % 32)),
        Opcode::Ishl => maximum(left).checked_mul(1 << (number()? % 32)),
        Opcode::Urem => number()?.checked_sub(1),
        _ => None,
    }
}
