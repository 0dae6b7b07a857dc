//! The place of a function's code relative to the lines of 64 bytes in which
//! processors fetch and cache code. The place is chosen so that the function's small
//! loops lie in as few lines as possible: a loop that begins in the last bytes of a
//! line was measured to take 1.25 times as long. This file knows offsets of code, but
//! not what the code does.

use cranelift_codegen::CompiledCode;

/// Size in bytes of a line of code, which is fetched as a whole, on all processors
/// that matter here.
pub(crate) const LINE: u64 = 64;

/// Alignment of functions in bytes: the one that C compilers use, and that a
/// [`FunctionHeader`](quench_abi::FunctionHeader) needs.
pub(crate) const FUNCTION_ALIGNMENT: u64 = 16;

/// Size in bytes of the longest code that is worth placing. Longer loops gain nothing.
const SMALL: u32 = 4 * LINE as u32;

/// The blocks of instructions of a function's machine code, and the branches between
/// them. There are none if they are not known: Cranelift reports them only with its
/// setting `machine_code_cfg_info`.
pub(crate) struct Blocks {
    /// Offsets in bytes at which the blocks begin, ascending.
    pub starts: Vec<u32>,
    /// Branches: (start of the block that branches, start of the block it branches to).
    edges: Vec<(u32, u32)>,
    /// Offset in bytes of the function's end.
    end: u32,
}

impl Blocks {
    /// Takes the blocks out of compiled code.
    pub(crate) fn of(code: CompiledCode) -> Blocks {
        Blocks {
            end: code.buffer.data().len() as u32,
            starts: code.bb_starts,
            edges: code.bb_edges,
        }
    }

    /// Replaces every offset by what `new` returns for it.
    pub(crate) fn move_offsets(&mut self, new: impl Fn(u32) -> u32) {
        let edges = self.edges.iter_mut().flat_map(|(from, to)| [from, to]);
        for offset in self.starts.iter_mut().chain(edges) {
            *offset = new(*offset);
        }
        self.end = new(self.end);
    }
}

/// Returns the distance in bytes from a multiple of [`LINE`] to the best beginning of a
/// function: a multiple of [`FUNCTION_ALIGNMENT`], or none if the place does not matter.
pub(crate) fn phase(blocks: &Blocks) -> Option<u64> {
    let loops = loops(blocks);
    if loops.is_empty() {
        return None;
    }
    let cost = |phase: &u64| -> u64 { loops.iter().map(|part| part.cost(*phase)).sum() };
    (0..LINE).step_by(FUNCTION_ALIGNMENT as usize).min_by_key(cost)
}

/// The code of a loop that is to lie in few lines: all of it, or its first block if the
/// loop is long.
struct Part {
    /// Offset in bytes of its beginning in the function.
    start: u32,
    /// Offset in bytes of its end in the function.
    end: u32,
}

impl Part {
    /// Returns the cost of the part when the function begins at `phase`: first of all
    /// the number of lines that the part touches, then how late in the first line it
    /// begins.
    fn cost(&self, phase: u64) -> u64 {
        let start = phase + u64::from(self.start);
        let last = phase + u64::from(self.end) - 1;
        (last / LINE - start / LINE) * LINE + start % LINE
    }
}

/// Finds the loops of a function. A loop reaches from the target of a branch back to
/// the end of the block that has the branch.
fn loops(blocks: &Blocks) -> Vec<Part> {
    let end = |start: u32| {
        let next = blocks.starts.partition_point(|other| *other <= start);
        blocks.starts.get(next).copied().unwrap_or(blocks.end)
    };
    let back = blocks.edges.iter().filter(|(from, to)| to <= from);
    back.map(|(from, to)| {
        let part = |end| Part { start: *to, end };
        match end(*from) {
            end if end - to <= SMALL => part(end),
            _ => part(end(*to)),
        }
    })
    .filter(|part| part.start < part.end && part.end - part.start <= SMALL)
    .collect()
}
