//! How much of Cranelift is used for a function, by its size and shape: its mid-end
//! and its backtracking register allocator do not pay everywhere.

use crate::ir::branches;
use crate::target::Target;
use cranelift_codegen::ir;

/// Bytes of a body above which code is made in a hurry: Cranelift's mid-end and
/// its usual register allocator can take time that grows with the square of a
/// function's size (80,000 nested `if`s: 46 s instead of 1). The largest bodies
/// of real programs that we met have less (442 KB, in a C compiler).
const LARGE_BODY: usize = 512 << 10;

/// Entries of a function's branch tables above which code is made in a hurry:
/// each gets a block of its own, and where loops are is found out in a time that
/// grows with the square of such blocks (260,000 entries: 16 s).
const LARGE_TABLES: usize = 20_000;

/// Instructions of a function above which the mid-end is left out, unless there
/// are vectors. It takes a fifth of the time and finds nothing that can be timed
/// in what LLVM has optimised, but in loops (numeric kernels took 1.25 times as
/// long without it); the loops of larger functions are as fast without.
const MID_END: usize = 500;

/// The same on aarch64 of a function with two fifths of its instructions in loops
/// that call nothing: its accesses take no sum and offset at once, so sums that stay
/// the same are worth taking out of loops (a SHA-256 executes 0.87 of the
/// instructions). Few functions are like that (sqlite compiles in 1.005 of the time).
/// On x86_64 the same programs are as fast without.
const MID_END_FOR_LOOPS: usize = 1000;

/// How much of Cranelift is used.
#[derive(Clone, Copy, PartialEq)]
pub enum Effort {
    Whole,
    NoMidEnd,
    /// Neither the mid-end nor the backtracking allocator nor our passes: for very
    /// large functions.
    Hurried,
}

impl Effort {
    /// For a function's IR, from a body with so many bytes.
    pub fn of(function: &ir::Function, body: usize, has_loop: bool, target: Target) -> Effort {
        let tables = function.dfg.jump_tables.values();
        let entries: usize = tables.map(|table| table.all_branches().len()).sum();
        if is_large(body) || entries > LARGE_TABLES {
            return Effort::Hurried;
        }
        let count = function.dfg.num_insts();
        let is_small = match target {
            Target::X86_64 => count <= MID_END,
            Target::Aarch64 => count <= MID_END || is_mostly_loops(function, count),
        };
        match has_loop && (is_small || has_vectors(function)) {
            true => Effort::Whole,
            false => Effort::NoMidEnd,
        }
    }
}

/// Whether much of so many instructions is in loops that [`MID_END_FOR_LOOPS`] is for.
fn is_mostly_loops(function: &ir::Function, count: usize) -> bool {
    count <= MID_END_FOR_LOOPS && branches::in_loops_without_calls(function) * 5 >= count * 2
}

fn has_vectors(function: &ir::Function) -> bool {
    let mut values = function.dfg.values();
    values.any(|value| function.dfg.value_type(value).is_vector())
}

/// Returns whether code of a body with so many bytes is made in a hurry.
pub fn is_large(body: usize) -> bool {
    body > LARGE_BODY
}
