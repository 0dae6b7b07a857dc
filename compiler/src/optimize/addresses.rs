//! Folding of constants that are added to addresses into the offsets of accesses.
//!
//! LLVM writes `table[i & 255]` and `a[i]`, `a[i + 1]` with an `i32.add` of a constant,
//! which in WebAssembly may wrap as far as LLVM can tell. Translated one by one, each of them
//! costs an addition of 32 bits. This pass makes the constant part of the instruction that
//! loads or stores, where one of the following holds. I is the operand of an access as a
//! number, O the constant offset of its operator, L the memory's length; all sums are
//! without wrapping unless said otherwise.
//!
//! * I is X + C modulo 2^32, and X is known to be so small that X + C is below 2^32. Then
//!   X, extended, with offset C + O is the same address.
//! * Another access with operand A comes before, and I = A + D modulo 2^32 with
//!   0 <= D < [`REACH`]. Then A < L, or the program would have ended, and the pass changes
//!   only accesses to memories with L <= 2^32 - REACH (`plan/layout.rs`). So A + D is below
//!   2^32, it is I, and A with offset D + O is the same address.
//! * Another access with operand A comes before, and I = A + D modulo 2^32 with
//!   -REACH < D < 0 and O = 0. If A + D >= 0, it is I. Otherwise I is A + D + 2^32, which is
//!   at least 2^32 - REACH, so at least L: the access has to trap. A with offset D is then
//!   less than REACH below the memory, where nothing is ever mapped: it traps.
//!
//! Whatever the guest does, these addresses are between REACH below the base and the end of
//! the reservation: I + O did not leave it, and C + O < 2^32.

use super::offsets;
use crate::ir::values::{
    accessed, constant, instructions, maximum, operands, redirect, sum_with_constant,
};
use crate::plan::layout::{Check, Layout};
use cranelift_codegen::Context;
use cranelift_codegen::cursor::{Cursor, FuncCursor};
use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::flowgraph::ControlFlowGraph;
use cranelift_codegen::ir::{Block, Function, Inst, InstBuilder, Opcode, Value, types};
use cranelift_codegen::packed_option::PackedOption;
use quench_abi::MEMORY_MARGIN;
use rustc_hash::FxHashMap;

/// The distance in bytes between the operands of two accesses below which the second can use
/// the address of the first.
const REACH: i64 = MEMORY_MARGIN as i64;

/// The limit of the offset in an instruction: a smaller offset fits it, together with the base
/// where that is a constant.
const LARGEST_OFFSET: i32 = 1 << 30;

/// The largest number of terms in a sum: LLVM adds a pointer and a scaled index, rarely more.
const MOST_TERMS: usize = 3;

/// The largest number of additions that are followed from one operand. A limit keeps the time
/// linear where a module has a million additions, each an operand of the next.
const MOST_ADDITIONS: usize = 16;

/// The largest number of anchors with the same terms that are tried for one access. The limit
/// keeps the time linear where a module has very many.
const MOST_ANCHORS: usize = 16;

/// The memories whose accesses the pass may change.
#[derive(Default)]
pub(super) struct Addresses {
    /// Bases of memories that are constants in the code.
    constant: Vec<i64>,
    /// Whether accesses to the memory whose base is in a register may be changed too.
    register: bool,
}

/// An access as `translate/bounds.rs` makes it: its address is the sum of `base` and the
/// extended `operand`, with an offset.
struct Access {
    instruction: Inst,
    base: Value,
    memory: Memory,
    /// The index operand, an i32.
    operand: Value,
    /// The sum of `base` and the extended operand.
    address: Value,
    /// The offset in the instruction, in bytes.
    offset: i32,
}

/// A memory, by its base.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Memory {
    At(i64),
    InRegister,
}

/// A sum of terms and a constant, modulo 2^32.
#[derive(Default)]
struct Sum {
    terms: Terms,
    constant: u32,
}

/// The terms of a sum, in ascending order.
type Terms = [PackedOption<Value>; MOST_TERMS];

/// An access whose address later accesses can use.
struct Anchor {
    /// The constant part of its operand.
    constant: u32,
    address: Value,
    block: Block,
    stretch: Stretch,
    followers: Vec<Follower>,
    costs: Costs,
}

/// An access that can use an anchor's address.
struct Follower {
    instruction: Inst,
    /// Its offset from the anchor's address, in bytes.
    offset: i32,
}

/// The costs and savings of sharing an anchor's address, in instructions.
#[derive(Default)]
struct Costs {
    /// Whether the address has to be computed only for the followers. Where the base is in a
    /// register, the access itself adds it to an operand, but not if there is an offset too.
    of_address: bool,
    /// Number of operands that nothing needs any more.
    saved: usize,
}

impl Costs {
    /// Returns whether sharing the address pays. Saving one operand is not enough where the
    /// address costs an instruction: the operand may be needed less often than the address is
    /// computed.
    fn are_covered(&self) -> bool {
        !self.of_address || self.saved >= 2
    }
}

impl Anchor {
    fn new(access: &Access, constant: u32, block: Block, stretch: Stretch) -> Anchor {
        Anchor {
            constant,
            address: access.address,
            block,
            stretch,
            followers: Vec::new(),
            costs: Costs {
                of_address: access.memory == Memory::InRegister && access.offset == 0,
                ..Costs::default()
            },
        }
    }

    /// Returns the offset from the anchor's address that an access needs whose operand is the
    /// sum of the same terms and `constant`, if the access can use that address.
    fn offset(&self, function: &Function, constant: u32, access: &Access) -> Option<i32> {
        let distance = constant.wrapping_sub(self.constant).cast_signed();
        let is_near = match i64::from(distance) {
            0..REACH => true,
            distance => -REACH < distance && access.offset == 0,
        };
        let offset = access.offset.checked_add(distance)?;
        let fits = match access.memory {
            Memory::At(_) => offset < LARGEST_OFFSET,
            Memory::InRegister => offsets::fits(offset, function, access.instruction),
        };
        (is_near && fits).then_some(offset)
    }

    /// Adds an access in `block` to the followers of this anchor.
    fn add(&mut self, access: &Access, offset: i32, block: Block, uses: &mut Uses) {
        self.followers.push(Follower { instruction: access.instruction, offset });
        self.costs.of_address &= access.offset == 0 || block != self.block;
        self.costs.saved += usize::from(uses.remove(access.operand));
    }
}

/// The number of uses of each value.
#[derive(Default)]
struct Uses(SecondaryMap<Value, usize>);

impl Uses {
    fn of(function: &Function) -> Uses {
        let mut uses = Uses(SecondaryMap::new());
        for instruction in instructions(function) {
            for value in function.dfg.inst_values(instruction) {
                uses.0[function.dfg.resolve_aliases(value)] += 1;
            }
        }
        uses
    }

    /// Removes a use of `value` and returns whether it was the last.
    fn remove(&mut self, value: Value) -> bool {
        let uses = &mut self.0[value];
        let was_last = *uses == 1;
        *uses = uses.saturating_sub(1);
        was_last
    }
}

impl Addresses {
    /// Returns the memories of a module whose accesses the pass may change.
    pub(super) fn new(layout: &Layout) -> Addresses {
        let mut addresses = Addresses::default();
        let places = layout.memories.iter();
        for place in places.filter(|place| place.check == Check::None && place.margin) {
            if place.in_register {
                addresses.register = true;
            } else {
                addresses.constant.push(place.base as i64);
            }
        }
        addresses
    }

    /// Runs the pass on the function of `context`, whose control-flow graph and dominator tree
    /// have to be valid.
    pub(super) fn improve(&self, context: &mut Context) {
        if self.constant.is_empty() && !self.register {
            return;
        }
        let function = &mut context.func;
        let mut uses = if self.register { Uses::of(function) } else { Uses::default() };
        let mut anchors: Vec<Anchor> = Vec::new();
        let mut known: FxHashMap<(Memory, Terms), Vec<usize>> = FxHashMap::default();
        let mut stretches = Stretches::default();
        // In this order, a block comes after the blocks that dominate it.
        for block in context.domtree.cfg_rpo().copied() {
            let mut stretch = stretches.enter(block, &context.cfg);
            let mut next = function.layout.first_inst(block);
            while let Some(instruction) = next {
                next = function.layout.next_inst(instruction);
                if function.dfg.insts[instruction].opcode().is_call() {
                    stretch = stretches.begin();
                }
                let Some(access) = self.access(function, instruction) else {
                    continue;
                };
                if let Some((operand, offset)) = access.without_constant(function) {
                    let address = access.address_of(function, instruction, operand);
                    redirect(function, instruction, address, offset);
                    continue;
                }
                let Sum { terms, constant } = sum(function, access.operand);
                let known = known.entry((access.memory, terms)).or_default();
                let found = known
                    .iter()
                    .rev()
                    .take(MOST_ANCHORS)
                    .filter(|&&number| anchors[number].stretch == stretch)
                    .filter(|&&number| {
                        let anchor = anchors[number].block;
                        context.domtree.block_dominates(anchor, block)
                    })
                    .find_map(|&number| {
                        Some((number, anchors[number].offset(function, constant, &access)?))
                    });
                match found {
                    Some((number, offset)) => {
                        anchors[number].add(&access, offset, block, &mut uses);
                    }
                    None => {
                        known.push(anchors.len());
                        anchors.push(Anchor::new(&access, constant, block, stretch));
                    }
                }
            }
            stretches.leave(block, stretch);
        }
        for anchor in anchors.iter().filter(|anchor| anchor.costs.are_covered()) {
            for follower in &anchor.followers {
                redirect(function, follower.instruction, anchor.address, follower.offset);
            }
        }
    }

    /// Returns the access that an instruction is, if the pass may change it.
    fn access(&self, function: &Function, instruction: Inst) -> Option<Access> {
        let (address, offset) = accessed(function, instruction)?;
        let [index, base] = operands(function, address, Opcode::Iadd)?;
        let [operand] = operands(function, index, Opcode::Uextend)?;
        (function.dfg.value_type(operand) == types::I32).then_some(Access {
            instruction,
            base,
            memory: self.memory(function, base)?,
            operand,
            address,
            offset,
        })
    }

    /// Returns the memory with this base, if the pass may change accesses to it.
    fn memory(&self, function: &Function, base: Value) -> Option<Memory> {
        if let Some([]) = operands(function, base, Opcode::GetPinnedReg) {
            return self.register.then_some(Memory::InRegister);
        }
        let base = constant(function, base)?;
        self.constant.contains(&base).then_some(Memory::At(base))
    }
}

impl Access {
    /// Returns the operand without the constant that is added to it last, and the offset with
    /// that constant, if the addition cannot wrap.
    fn without_constant(&self, function: &Function) -> Option<(Value, i32)> {
        let (rest, addend) = sum_with_constant(function, self.operand)?;
        let addend = addend as u32;
        maximum(function, rest).checked_add(addend)?;
        let offset = i32::try_from(addend).ok()?.checked_add(self.offset)?;
        (offset < LARGEST_OFFSET).then_some((rest, offset))
    }

    /// Emits the address with another operand before `instruction` and returns it.
    fn address_of(&self, function: &mut Function, instruction: Inst, operand: Value) -> Value {
        let mut cursor = FuncCursor::new(function).at_inst(instruction);
        let index = cursor.ins().uextend(types::I64, operand);
        cursor.ins().iadd(index, self.base)
    }
}

/// Returns an i32 as a sum. An addition that would need more than [`MOST_TERMS`] terms
/// becomes a term itself.
fn sum(function: &Function, value: Value) -> Sum {
    let mut sum = Sum::default();
    let mut found = 0;
    let mut additions = 0..MOST_ADDITIONS;
    // The first `left` values are still to be split into terms.
    let mut open = [function.dfg.resolve_aliases(value); MOST_TERMS];
    let mut left = 1;
    while left > 0 {
        left -= 1;
        let value = open[left];
        if additions.next().is_none() {
            sum.terms[found] = value.into();
            found += 1;
        } else if let Some((rest, addend)) = sum_with_constant(function, value) {
            sum.constant = sum.constant.wrapping_add(addend as u32);
            open[left] = rest;
            left += 1;
        } else if let Some(parts) = operands::<2>(function, value, Opcode::Iadd)
            && found + left + parts.len() <= MOST_TERMS
        {
            open[left..left + 2].copy_from_slice(&parts);
            left += 2;
        } else {
            sum.terms[found] = value.into();
            found += 1;
        }
    }
    sum.terms.sort();
    sum
}

/// The number of a stretch of code in which an address can stay in a register: it has no
/// call and is entered only at its beginning.
type Stretch = u32;

/// The stretches of a function.
#[derive(Default)]
struct Stretches {
    count: Stretch,
    /// The stretch in which each block ends.
    ends: FxHashMap<Block, Stretch>,
}

impl Stretches {
    /// Begins a new stretch and returns its number.
    fn begin(&mut self) -> Stretch {
        self.count += 1;
        self.count
    }

    /// Returns the stretch in which a block begins: that of its only predecessor, or a new one.
    fn enter(&mut self, block: Block, cfg: &ControlFlowGraph) -> Stretch {
        let mut predecessors = cfg.pred_iter(block).map(|branch| branch.block);
        let only = match (predecessors.next(), predecessors.next()) {
            (Some(only), None) => self.ends.get(&only).copied(),
            _ => None,
        };
        only.unwrap_or_else(|| self.begin())
    }

    /// Records the stretch in which a block ends.
    fn leave(&mut self, block: Block, stretch: Stretch) {
        self.ends.insert(block, stretch);
    }
}
