//! Objects that do not escape: an object that only one function ever sees becomes the values of
//! its fields, and no room is taken in the heap.
//!
//! The claim: let a reference be used only as the address of loads and stores of its
//! fields, of the stores to its cards, and in comparisons and tests. Then nothing else can reach the
//! object, so a load gives what the last store to the same field has stored, which is
//! a value of the function; a comparison with any other reference finds them different, because no
//! other value of the function can be this reference; and it is neither null nor an `i31`.
//! The parts are found in these steps, which are repeated while they find something, because an
//! object may be kept only by the field of another one:
//!
//! | file | what it knows |
//! | --- | --- |
//! | `sites.rs` | the code that takes room for an object (`translate/heap.rs`) |
//! | `known.rs` | instructions whose result is known, such as a comparison of a new object with null |
//! | `parameters.rs` | parameters of blocks that are always the same value |
//! | `uses.rs` | which objects escape, and what the uses of the others are |
//! | `fields.rs` | the values of fields, block by block |
//!
//! The program can tell only by how much it can allocate until the heap is full.

mod fields;
mod known;
mod parameters;
mod sites;
mod uses;

use cranelift_codegen::Context;
use cranelift_codegen::ir::Block;

/// The largest number of times the steps are repeated: the depth to which objects are found that
/// only fields of other objects keep.
const ROUNDS: usize = 8;

/// Runs the pass on the function of `context`, whose control-flow graph and dominator tree have
/// to be valid and are so afterwards. No operand is an alias before and afterwards.
pub(super) fn improve(context: &mut Context) {
    let room = sites::room_functions(&context.func);
    if room.is_empty() {
        return;
    }
    for _ in 0..ROUNDS {
        let sites = sites::sites(&context.func, &context.cfg, &room);
        let private = uses::private_objects(context, &sites);
        let found = if private.may_be_more {
            if known::fold(&mut context.func, &sites) {
                remove_unreachable(context);
            }
            parameters::simplify(context);
            let sites = sites::sites(&context.func, &context.cfg, &room);
            let private = uses::private_objects(context, &sites);
            fields::replace(context, private.objects)
        } else {
            fields::replace(context, private.objects)
        };
        if !found {
            return;
        }
        remove_unreachable(context);
        parameters::simplify(context);
    }
}

/// Removes the blocks that nothing reaches, and brings the control-flow graph and the dominator
/// tree up to date.
fn remove_unreachable(context: &mut Context) {
    context.flowgraph();
    let (layout, domtree) = (&mut context.func.layout, &context.domtree);
    let unreachable = |block: &Block| !domtree.is_reachable(*block);
    for block in layout.blocks().filter(unreachable).collect::<Vec<_>>() {
        while let Some(instruction) = layout.first_inst(block) {
            layout.remove_inst(instruction);
        }
        layout.remove_block(block);
    }
    context.flowgraph();
}
