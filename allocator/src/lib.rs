//! The register allocator that Cranelift calls: regalloc2 under its own name, with passes of ours
//! over its result.
//!
//! # The model
//!
//! Cranelift describes a function to the allocator as blocks of instructions whose operands
//! are values (*virtual registers*), each defined once. The allocator gives each operand a place: a
//! register, or a slot of the frame. Where a value has to change its place, it adds a move, an
//! *edit*, before or after an instruction. The result ([`Output`]) is the places of all
//! operands, and the edits in their order. Parameters of blocks have no instructions: what they
//! need is among the edits.
//!
//! regalloc2 decides this for each value by itself and within short distances, so there are
//! edits that do nothing: a slot is loaded into a register that has the slot's value already, or a
//! register is stored back unchanged once in each turn of a loop. [`polish`] finds them by looking at
//! the whole function.
//!
//! # What is here
//!
//! | file | what it knows |
//! | --- | --- |
//! | `flow.rs` | a function as what its instructions and edits do to places, block by block |
//! | `equality.rs` | which places hold the same value at the start of each block |
//! | `liveness.rs` | which places are read later |
//! | `polish.rs` | which edits and operands change |
//!
//! Everything else is the real crate's. A wrong result is found by its checker
//! (Cranelift's setting `regalloc_checker`), which follows each value through the result.

mod equality;
mod flow;
mod liveness;
mod polish;

pub use upstream::*;

/// The allocator's memory, which can be used for one function after another, and what it is
/// to do.
#[derive(Default)]
pub struct Ctx {
    /// The result for the last function.
    pub output: Output,
    /// Whether the result is left as regalloc2 made it.
    pub is_plain: bool,
    upstream: upstream::Ctx,
}

/// Allocates registers for a function. The result is in `ctx.output`.
///
/// # Errors
///
/// When the function is not what regalloc2 expects, or has too many values.
pub fn run_with_ctx<'a, F: Function>(
    function: &F,
    environment: &MachineEnv,
    options: &RegallocOptions,
    ctx: &'a mut Ctx,
) -> Result<&'a Output, RegAllocError> {
    // Its vectors are used again.
    core::mem::swap(&mut ctx.output, &mut ctx.upstream.output);
    upstream::run_with_ctx(function, environment, options, &mut ctx.upstream)?;
    core::mem::swap(&mut ctx.output, &mut ctx.upstream.output);
    if !ctx.is_plain && matches!(options.algorithm, Algorithm::Ion) {
        polish::polish(function, &mut ctx.output);
    }
    Ok(&ctx.output)
}
