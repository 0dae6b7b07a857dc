//! The code that takes room for an object, as `translate/heap.rs` emits it:
//!
//! ```text
//! entry:  object = load next; end = object + size; limit = load limit
//!         brif end > limit, full, free
//! free:   store next = end;            jump done(object)
//! full:   object = call heap_room;     jump done(object)
//! done(object):
//! ```

use crate::ir::branches::{destinations, target};
use crate::ir::values::definition;
use crate::symbols::Symbol;
use cranelift_codegen::entity::EntitySet;
use cranelift_codegen::flowgraph::ControlFlowGraph;
use cranelift_codegen::ir::{
    Block, ExternalName, FuncRef, Function, Inst, InstructionData, Opcode, Value,
};
use quench_abi::RuntimeFunction;

/// The making of an object.
pub(super) struct Site {
    /// The reference to the object: the only parameter of `done`.
    pub object: Value,
    /// The block in which the object is there.
    pub done: Block,
    /// The branch that asks whether there is room.
    pub branch: Inst,
    /// What computes the branch's condition, and nothing else but the object's address.
    pub taking: [Inst; 4],
}

/// Returns the names under which the code calls the function of the runtime that makes room for
/// objects: each inlined body has its own.
pub(super) fn room_functions(function: &Function) -> EntitySet<FuncRef> {
    let names = function.params.user_named_funcs();
    let mut found = EntitySet::new();
    for (name, data) in &function.dfg.ext_funcs {
        if let ExternalName::User(symbol) = data.name
            && Symbol::from_external_name(&names[symbol])
                == Some(Symbol::Runtime(RuntimeFunction::HeapRoom))
        {
            found.insert(name);
        }
    }
    found
}

/// Returns the places at which objects are made, in the order of the code.
pub(super) fn sites(
    function: &Function,
    cfg: &ControlFlowGraph,
    room: &EntitySet<FuncRef>,
) -> Vec<Site> {
    let blocks = function.layout.blocks();
    blocks.filter_map(|block| site(function, cfg, room, block)).collect()
}

/// Returns the site of which `full` is the block that calls the runtime.
fn site(
    function: &Function,
    cfg: &ControlFlowGraph,
    room: &EntitySet<FuncRef>,
    full: Block,
) -> Option<Site> {
    let dfg = &function.dfg;
    let jump = function.layout.last_inst(full)?;
    let call = function.layout.prev_inst(jump)?;
    let InstructionData::Call { func_ref, .. } = dfg.insts[call] else {
        return None;
    };
    if dfg.insts[jump].opcode() != Opcode::Jump || !room.contains(func_ref) {
        return None;
    }
    let done = target(function, destinations(function, jump).first()?);
    let &[object] = dfg.block_params(done) else {
        return None;
    };
    let mut ways = cfg.pred_iter(done).filter(|way| way.block != full);
    let (free, None) = (ways.next()?, ways.next()) else {
        return None;
    };
    let branch = only_branch(cfg, full)?;
    if only_branch(cfg, free.block)? != branch || dfg.insts[branch].opcode() != Opcode::Brif {
        return None;
    }
    let compare = definition(function, dfg.inst_args(branch)[0])?;
    let [end, limit] = dfg.inst_args(compare).try_into().ok()?;
    let (end, limit) = (definition(function, end)?, definition(function, limit)?);
    let next = definition(function, *dfg.inst_args(end).first()?)?;
    let taking = [compare, limit, end, next];
    let opcodes = [Opcode::Icmp, Opcode::Load, Opcode::Iadd, Opcode::Load];
    let expected = taking.iter().zip(opcodes).all(|(it, opcode)| dfg.insts[*it].opcode() == opcode);
    expected.then_some(Site { object, done, branch, taking })
}

/// Returns the branch that enters a block, if there is no other.
fn only_branch(cfg: &ControlFlowGraph, block: Block) -> Option<Inst> {
    let mut ways = cfg.pred_iter(block);
    let way = ways.next()?;
    ways.next().is_none().then_some(way.inst)
}
