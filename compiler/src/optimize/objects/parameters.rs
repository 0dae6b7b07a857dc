//! Parameters of blocks that are always the same value, which takes their place.

use crate::ir::branches::{self, Way};
use cranelift_codegen::Context;
use cranelift_codegen::ir::{Block, BlockArg, Function, Value};

/// The largest number of times that all blocks are looked at: a parameter may be the same value
/// only once another one is found to be.
const ROUNDS: usize = 4;

/// Replaces the parameters that are always the same value, in the function of `context`, whose
/// dominator tree has to be valid. No operand is an alias afterwards.
pub(super) fn simplify(context: &mut Context) {
    let function = &mut context.func;
    let ways = branches::ways(function);
    let first = function.layout.entry_block();
    for _ in 0..ROUNDS {
        let mut changed = false;
        for block in context.domtree.cfg_rpo().copied() {
            let has_parameters = !function.dfg.block_params(block).is_empty();
            if has_parameters && Some(block) != first {
                changed |= simplify_block(function, block, &ways[block]);
            }
        }
        if !changed {
            break;
        }
    }
    function.dfg.resolve_all_aliases();
}

/// Replaces the parameters of a block, which is entered by `ways`, that are always the same
/// value. Returns whether there are any.
fn simplify_block(function: &mut Function, block: Block, ways: &[Way]) -> bool {
    let parameters = function.dfg.block_params(block).to_vec();
    let mut values: Vec<Same> = vec![Same::None; parameters.len()];
    for way in ways {
        let arguments = branches::arguments(function, *way);
        for ((value, parameter), argument) in values.iter_mut().zip(&parameters).zip(arguments) {
            value.meet(function, *parameter, argument);
        }
    }
    if !values.iter().any(|value| matches!(value, Same::Value(_))) {
        return false;
    }
    for way in ways {
        let arguments = branches::arguments(function, *way).into_iter().zip(&values);
        let kept = arguments.filter(|(_, value)| !matches!(value, Same::Value(_)));
        let kept: Vec<BlockArg> = kept.map(|(argument, _)| argument).collect();
        branches::set_arguments(function, *way, &kept);
    }
    for (parameter, value) in parameters.into_iter().zip(values) {
        if let Same::Value(value) = value {
            function.dfg.remove_block_param(parameter);
            function.dfg.change_to_alias(parameter, value);
        }
    }
    true
}

/// The values that a parameter has been found to be.
#[derive(Clone, Copy)]
enum Same {
    None,
    Value(Value),
    Several,
}

impl Same {
    /// Adds the value with which one way enters the block. A parameter that is passed to itself
    /// stays what it is.
    fn meet(&mut self, function: &Function, parameter: Value, argument: BlockArg) {
        let BlockArg::Value(value) = argument else {
            *self = Same::Several;
            return;
        };
        let value = function.dfg.resolve_aliases(value);
        match *self {
            _ if value == parameter => {}
            Same::None => *self = Same::Value(value),
            Same::Value(known) if known == value => {}
            _ => *self = Same::Several,
        }
    }
}
