//! The choice of how much of Cranelift is used for a function, by the function's size
//! and shape: Cranelift's mid-end and its backtracking register allocator do not pay
//! everywhere.

use super::allocation;
use crate::ir::branches;
use crate::target::Target;
use cranelift_codegen::ir;

/// Size in bytes of a body above which it is compiled with [`Effort::Hurried`].
/// Cranelift's mid-end and its usual register allocator can take time that grows with
/// the square of a function's size (80,000 nested `if`s: 46 s instead of 1 s). The
/// largest bodies that we met in real programs are smaller (442 KB, in a C compiler).
const LARGE_BODY: usize = 512 << 10;

/// Number of entries in a function's branch tables above which it is compiled with
/// [`Effort::Hurried`]. Each entry gets a block of its own, and finding the loops takes
/// time that grows with the square of the number of such blocks (260,000 entries: 16 s).
const LARGE_TABLES: usize = 20_000;

/// Number of a function's instructions above which the mid-end is left out, unless the
/// function has vectors. The mid-end takes a fifth of the time to compile. In code that
/// LLVM has optimised it finds nothing that can be timed, except in loops (numeric
/// kernels took 1.25 times as long without it); the loops of larger functions are as
/// fast without it.
const MID_END: usize = 500;

/// Number of instructions above which the mid-end is left out on aarch64, for a function
/// with at least two fifths of its instructions in loops that call nothing. It is higher
/// than [`MID_END`] because aarch64's loads and stores cannot add both an index and an
/// offset, so invariant sums are worth taking out of loops (a SHA-256 executes 0.87 of
/// the instructions). Few functions are like that (sqlite compiles in 1.005 of the time).
/// On x86_64 the same programs are as fast without the mid-end.
const MID_END_FOR_LOOPS: usize = 1000;

/// Number of a function's instructions above which the mid-end is left out in programs with
/// garbage-collected objects. Their compilers leave more to do than LLVM, in functions without
/// loops too: programs by kotlinc execute 0.92 to 1.00 of the instructions, also after
/// Binaryen's optimiser, their executables are 2 to 4 % smaller, and compiling takes a tenth longer.
const MID_END_FOR_OBJECTS: usize = 5000;

/// What is known of a function besides its IR.
#[derive(Clone, Copy)]
pub(crate) struct Traits {
    /// Whether it needs [`Effort::Hurried`], whatever its IR is like.
    pub is_hard: bool,
    /// Whether the program has garbage-collected objects.
    pub has_objects: bool,
}

/// The part of Cranelift that is used for a function.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Effort {
    /// Everything: mid-end, passes, and the register allocator that the options ask for.
    Whole,
    /// Everything but the mid-end.
    NoMidEnd,
    /// Neither the mid-end nor the backtracking allocator nor our passes: for functions
    /// that are very large or give the allocator too much to do.
    Hurried,
}

impl Effort {
    /// Chooses the effort for a function.
    pub(super) fn of(
        function: &ir::Function,
        traits: Traits,
        has_loop: bool,
        target: Target,
    ) -> Effort {
        let tables = function.dfg.jump_tables.values();
        let entries: usize = tables.map(|table| table.all_branches().len()).sum();
        if traits.is_hard || entries > LARGE_TABLES || allocation::is_too_much(function) {
            return Effort::Hurried;
        }
        let count = function.dfg.num_insts();
        let is_small = match target {
            Target::X86_64 => count <= MID_END,
            Target::Aarch64 => count <= MID_END || is_mostly_loops(function, count),
        };
        let has_gain = has_loop && (is_small || has_vectors(function));
        if has_gain || traits.has_objects && count <= MID_END_FOR_OBJECTS {
            Effort::Whole
        } else {
            Effort::NoMidEnd
        }
    }
}

/// Returns whether [`MID_END_FOR_LOOPS`] applies to a function of `count` instructions:
/// whether it is small enough and has enough of them in loops that call nothing.
fn is_mostly_loops(function: &ir::Function, count: usize) -> bool {
    count <= MID_END_FOR_LOOPS && branches::in_loops_without_calls(function) * 5 >= count * 2
}

/// Returns whether any value of a function is a vector.
fn has_vectors(function: &ir::Function) -> bool {
    let mut values = function.dfg.values();
    values.any(|value| function.dfg.value_type(value).is_vector())
}

/// Returns whether a body of `body` bytes is so large that it is compiled with
/// [`Effort::Hurried`] whatever its shape.
pub(crate) fn is_large(body: usize) -> bool {
    body > LARGE_BODY
}
