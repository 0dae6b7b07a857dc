//! An estimate of what Cranelift's backtracking register allocator has to do for a
//! function. Its time and memory can grow with the square of a function's size, for
//! shapes that hand-written and hostile modules have and compilers do not make.

use cranelift_codegen::ir::{self, BlockArg, Value};

/// Number of instructions and values below which nothing is too much.
const SMALL: usize = 2_000;

/// Sum over all webs of the square of their sizes above which the work is too much. A web
/// is a set of values that block parameters and their arguments connect; the allocator
/// tries to give each a single place, and copies what it has of a web for each value that
/// it adds (50,000 nested `if`s: 123 s and 14.8 GB). Functions of real programs reach
/// 28 million, but for one.
const MERGING: u64 = 50_000_000;

/// Number of block parameters times number of arguments for them, for each instruction, above
/// which the work is too much. For each parameter the allocator may look at the arguments of
/// all others (77 locals that change in 390 nested `if`s, 7 KB: 1.4 s). Functions of real
/// programs reach 62,000, but for one.
const PASSING: usize = 80_000;

/// Number of values that are live at one place above which the work is too much. Each that
/// has no register is split, and looks at the others (10,000 live over a call: 4 s).
const PRESSURE: i64 = 4_000;

/// Returns whether a function is left to the allocator that takes a single pass.
pub(super) fn is_too_much(function: &ir::Function) -> bool {
    let size = function.dfg.num_insts() + function.dfg.num_values();
    if size <= SMALL {
        return false;
    }
    // The single pass looks at all calls that lead to a handler, for each of them.
    let has_handlers = !function.dfg.exception_tables.is_empty();
    merging(function) > MERGING
        || passing(function) > PASSING * function.dfg.num_insts()
        || !has_handlers && pressure(function) > PRESSURE
}

/// Returns the sum of the squares of the sizes of a function's webs.
fn merging(function: &ir::Function) -> u64 {
    let dfg = &function.dfg;
    let mut webs = Webs { parents: (0..dfg.num_values() as u32).collect() };
    let mut is_in_web = vec![false; dfg.num_values()];
    each_argument(function, |parameter, argument| {
        webs.join(parameter, argument);
        is_in_web[parameter.as_u32() as usize] = true;
        is_in_web[argument.as_u32() as usize] = true;
    });
    let mut sizes = vec![0_u64; dfg.num_values()];
    for value in dfg.values().filter(|value| is_in_web[value.as_u32() as usize]) {
        sizes[webs.root(value.as_u32()) as usize] += 1;
    }
    sizes.iter().map(|size| size * size).sum()
}

/// Returns the number of block parameters times the number of their arguments.
fn passing(function: &ir::Function) -> usize {
    let blocks = function.layout.blocks();
    let parameters: usize = blocks.map(|block| function.dfg.num_block_params(block)).sum();
    let mut arguments = 0;
    each_argument(function, |_, _| arguments += 1);
    parameters * arguments
}

/// Calls a function for each argument of a branch, with the block parameter that gets it.
fn each_argument(function: &ir::Function, mut found: impl FnMut(Value, Value)) {
    let dfg = &function.dfg;
    for block in function.layout.blocks() {
        let Some(last) = function.layout.last_inst(block) else {
            continue;
        };
        let branch = &dfg.insts[last];
        for call in branch.branch_destination(&dfg.jump_tables, &dfg.exception_tables) {
            let parameters = dfg.block_params(call.block(&dfg.value_lists));
            let arguments = call.args(&dfg.value_lists);
            for (parameter, argument) in parameters.iter().zip(arguments) {
                if let BlockArg::Value(value) = argument {
                    found(*parameter, dfg.resolve_aliases(value));
                }
            }
        }
    }
}

/// Sets of values, as trees of the numbers of values.
struct Webs {
    parents: Vec<u32>,
}

impl Webs {
    fn root(&mut self, mut value: u32) -> u32 {
        while self.parents[value as usize] != value {
            let parent = self.parents[value as usize];
            self.parents[value as usize] = self.parents[parent as usize];
            value = parent;
        }
        value
    }

    fn join(&mut self, one: Value, other: Value) {
        let (one, other) = (self.root(one.as_u32()), self.root(other.as_u32()));
        self.parents[one as usize] = other;
    }
}

/// Returns the number of values that are live at the place with the most of them, as if the
/// blocks were executed in their order.
fn pressure(function: &ir::Function) -> i64 {
    let dfg = &function.dfg;
    let mut begins = vec![0_usize; dfg.num_values()];
    let mut ends = vec![0_usize; dfg.num_values()];
    let mut place = 0;
    for block in function.layout.blocks() {
        place += 1;
        for parameter in dfg.block_params(block) {
            begins[parameter.as_u32() as usize] = place;
        }
        for instruction in function.layout.block_insts(block) {
            place += 1;
            for value in dfg.inst_values(instruction) {
                ends[dfg.resolve_aliases(value).as_u32() as usize] = place;
            }
            for result in dfg.inst_results(instruction) {
                begins[result.as_u32() as usize] = place;
            }
        }
    }
    let mut changes = vec![0_i64; place + 1];
    for (begin, end) in begins.into_iter().zip(ends) {
        if begin < end {
            changes[begin] += 1;
            changes[end] -= 1;
        }
    }
    let mut live = 0;
    let live = changes.into_iter().map(|change| {
        live += change;
        live
    });
    live.max().unwrap_or(0)
}
