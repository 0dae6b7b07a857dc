//! Loads of vectors with the type of their use.
//!
//! In the translation every `v128` is an `i8x16` between operators. So an `f64x2.add` of a
//! vector that was just loaded reinterprets it first, and Cranelift does not merge the load
//! into the addition. This pass gives a load whose only use is such a reinterpretation the
//! type that it is reinterpreted as.
//!
//! Operands of comparisons of floats are left out: among Cranelift 0.135's SSE instructions,
//! only `cmpps` and `cmppd` get unaligned operands in memory, which they do not accept.

use crate::ir::values::instructions;
use cranelift_codegen::ir::{Function, Inst, Opcode, Value, types};
use rustc_hash::{FxHashMap, FxHashSet};

/// Runs the pass on a function.
pub(super) fn improve(function: &mut Function) {
    let loads = loads(function);
    if loads.is_empty() {
        return;
    }
    let compared = compared(function);
    for (load, reinterpretation) in used_once(function, loads) {
        if compared.contains(&function.dfg.first_result(reinterpretation)) {
            continue;
        }
        let dfg = &mut function.dfg;
        let loaded = dfg.first_result(load);
        let wanted = dfg.first_result(reinterpretation);
        let ty = dfg.value_type(wanted);
        let loaded = dfg.replace_result(loaded, ty);
        dfg.clear_results(reinterpretation);
        dfg.change_to_alias(wanted, loaded);
        function.layout.remove_inst(reinterpretation);
    }
}

/// Returns the loads of vectors, by their results.
fn loads(function: &Function) -> FxHashMap<Value, Inst> {
    instructions(function)
        .filter(|instruction| function.dfg.insts[*instruction].opcode() == Opcode::Load)
        .map(|instruction| (function.dfg.first_result(instruction), instruction))
        .filter(|(value, _)| function.dfg.value_type(*value) == types::I8X16)
        .collect()
}

/// Returns the loads whose only use is a reinterpretation, with that reinterpretation.
fn used_once(function: &Function, loads: FxHashMap<Value, Inst>) -> Vec<(Inst, Inst)> {
    let mut uses: FxHashMap<Value, Vec<Inst>> = FxHashMap::default();
    for instruction in instructions(function) {
        for value in function.dfg.inst_values(instruction) {
            let value = function.dfg.resolve_aliases(value);
            if loads.contains_key(&value) {
                uses.entry(value).or_default().push(instruction);
            }
        }
    }
    let mut pairs: Vec<(Inst, Inst)> = Vec::new();
    for (value, uses) in uses {
        if let [only] = uses[..]
            && function.dfg.insts[only].opcode() == Opcode::Bitcast
        {
            pairs.push((loads[&value], only));
        }
    }
    // The order must not depend on the map's.
    pairs.sort();
    pairs
}

/// Returns the vectors that are operands of comparisons of floats.
fn compared(function: &Function) -> FxHashSet<Value> {
    instructions(function)
        .filter(|instruction| function.dfg.insts[*instruction].opcode() == Opcode::Fcmp)
        .flat_map(|instruction| function.dfg.inst_args(instruction))
        .map(|value| function.dfg.resolve_aliases(*value))
        .collect()
}
