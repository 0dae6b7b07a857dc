//! Where a function's code is put relative to the lines of 64 bytes in which
//! processors fetch and keep it: so that its small loops lie in as few as
//! possible. One that begins in the last bytes of a line was measured to take
//! 1.25 times as long. Knows offsets of code, nothing of what the code does.

use cranelift_codegen::CompiledCode;

/// Bytes that are fetched together, on all processors that matter here.
pub const LINE: u64 = 64;

/// Functions begin at multiples of this: as C compilers have it, and what a
/// function header needs.
pub const FUNCTION_ALIGNMENT: u64 = 16;

/// Bytes of code of which it matters where they lie. Longer loops gain nothing.
const SMALL: u32 = 4 * LINE as u32;

/// A function's blocks of instructions, and branches between them; none if that is
/// not known. Needs Cranelift's `machine_code_cfg_info`.
pub struct Blocks {
    /// Ascending.
    pub starts: Vec<u32>,
    /// From the block that begins here to the one that begins there.
    edges: Vec<(u32, u32)>,
    /// Where the function ends.
    end: u32,
}

impl Blocks {
    pub fn of(code: CompiledCode) -> Blocks {
        Blocks {
            end: code.buffer.data().len() as u32,
            starts: code.bb_starts,
            edges: code.bb_edges,
        }
    }

    pub fn move_offsets(&mut self, new: impl Fn(u32) -> u32) {
        let edges = self.edges.iter_mut().flat_map(|(from, to)| [from, to]);
        for offset in self.starts.iter_mut().chain(edges) {
            *offset = new(*offset);
        }
        self.end = new(self.end);
    }
}

/// Where a function is to begin, in bytes behind a multiple of [`LINE`]; none
/// if that does not matter.
pub fn phase(blocks: &Blocks) -> Option<u64> {
    let loops = loops(blocks);
    if loops.is_empty() {
        return None;
    }
    let cost = |phase: &u64| -> u64 { loops.iter().map(|part| part.cost(*phase)).sum() };
    (0..LINE).step_by(FUNCTION_ALIGNMENT as usize).min_by_key(cost)
}

/// The loop's code, or where that is long, its first block.
struct Part {
    start: u32,
    end: u32,
}

impl Part {
    /// How many lines it touches, and then how late in the first one it begins.
    fn cost(&self, phase: u64) -> u64 {
        let start = phase + u64::from(self.start);
        let last = phase + u64::from(self.end) - 1;
        (last / LINE - start / LINE) * LINE + start % LINE
    }
}

/// A loop is what lies between the target of a branch back and the end of the
/// block that it is in.
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
