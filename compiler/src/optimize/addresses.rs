//! Additions of constants to addresses, without instructions of their own.
//!
//! LLVM writes `table[i & 255]` and `a[i]`, `a[i + 1]` with an `i32.add` of a
//! constant that may wrap as far as it can say in WebAssembly. Translated one
//! by one each costs an addition of 32 bits. Here the constant becomes part of
//! the instruction that loads or stores, where one of these holds. I is the
//! operand of an access as a number, O the constant offset of its operator, L
//! the memory's length, all sums without wrapping unless said otherwise.
//!
//! * I is X + C modulo 2^32, and X is known to be so small that X + C is below
//!   2^32. Then X, extended, with offset C + O is the same address.
//! * Another access with operand A was made before, and I = A + D modulo 2^32
//!   with 0 <= D < [`REACH`]. Then A < L, or the program would have ended, and
//!   the pass looks only at memories with L <= 2^32 - REACH (`layout.rs`). So A + D
//!   is below 2^32, it is I, and A with offset D + O is the same address.
//! * The same with -REACH < D < 0 and O = 0. If A + D >= 0, it is I. Otherwise I
//!   is A + D + 2^32, which is at least 2^32 - REACH, so at least L: the access
//!   has to trap. A with offset D is then less than REACH below the memory, where
//!   nothing is ever mapped: it traps.
//!
//! Whatever the guest does, these addresses are between REACH below the base
//! and the end of the reservation: I + O did not leave it, and C + O < 2^32.

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

/// Distances below this are bridged.
const REACH: i64 = MEMORY_MARGIN as i64;

/// Offsets below this fit an instruction, with the base where that is a
/// constant.
const LARGEST_OFFSET: i32 = 1 << 30;

/// LLVM has a pointer and a scaled index, rarely more.
const MOST_TERMS: usize = 3;

/// Additions that are followed from an operand. Whoever writes a million of them,
/// one on top of the other, does not make us look at each a million times.
const MOST_ADDITIONS: usize = 16;

/// Anchors with the same terms that are looked at, likewise.
const MOST_ANCHORS: usize = 16;

/// Where the pass may change addresses.
#[derive(Default)]
pub struct Addresses {
    /// Bases of memories, as they stand in the code.
    constant: Vec<i64>,
    /// The memory whose base is in a register is one too.
    register: bool,
}

/// An access as `translate/bounds.rs` makes it: to `base` and the extended
/// `operand`, with an offset.
struct Access {
    instruction: Inst,
    base: Value,
    memory: Memory,
    operand: Value,
    address: Value,
    offset: i32,
}

/// A memory, by its base.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Memory {
    At(i64),
    InRegister,
}

/// A sum modulo 2^32.
#[derive(Default)]
struct Sum {
    terms: Terms,
    constant: u32,
}

/// In ascending order.
type Terms = [PackedOption<Value>; MOST_TERMS];

/// An access that others can lean on.
struct Anchor {
    constant: u32,
    address: Value,
    block: Block,
    stretch: Stretch,
    followers: Vec<Follower>,
    costs: Costs,
}

/// An access that can lean on an anchor.
struct Follower {
    instruction: Inst,
    offset: i32,
}

/// What an anchor's address costs and saves, in instructions.
#[derive(Default)]
struct Costs {
    /// Whether it has to be made for the followers only. Where the base is a
    /// register, the sum of that and an operand is part of the access, but not if
    /// there is an offset too.
    of_address: bool,
    /// Operands that nothing else needs.
    saved: usize,
}

impl Costs {
    /// One operand is not enough: it may be needed less often than the address is
    /// made.
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

    /// The offset from its address that is the address of an access whose
    /// operand is the sum of the same terms and `constant`.
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

    /// Lets an access lean on this one, which `block` has.
    fn add(&mut self, access: &Access, offset: i32, block: Block, uses: &mut Uses) {
        self.followers.push(Follower { instruction: access.instruction, offset });
        self.costs.of_address &= access.offset == 0 || block != self.block;
        self.costs.saved += usize::from(uses.remove(access.operand));
    }
}

/// How often each value is used.
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

    /// Whether that was the last.
    fn remove(&mut self, value: Value) -> bool {
        let uses = &mut self.0[value];
        let was_last = *uses == 1;
        *uses = uses.saturating_sub(1);
        was_last
    }
}

impl Addresses {
    pub fn new(layout: &Layout) -> Addresses {
        let mut addresses = Addresses::default();
        let places = layout.memories.iter();
        for place in places.filter(|place| place.check == Check::None && place.margin) {
            match place.in_register {
                true => addresses.register = true,
                false => addresses.constant.push(place.base as i64),
            }
        }
        addresses
    }

    /// Knows the function's blocks.
    pub fn improve(&self, context: &mut Context) {
        if self.constant.is_empty() && !self.register {
            return;
        }
        let function = &mut context.func;
        let mut uses = match self.register {
            true => Uses::of(function),
            false => Uses::default(),
        };
        let mut anchors: Vec<Anchor> = Vec::new();
        let mut known: FxHashMap<(Memory, Terms), Vec<usize>> = FxHashMap::default();
        let mut stretches = Stretches::default();
        // Dominators come first.
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

    fn memory(&self, function: &Function, base: Value) -> Option<Memory> {
        if let Some([]) = operands(function, base, Opcode::GetPinnedReg) {
            return self.register.then_some(Memory::InRegister);
        }
        let base = constant(function, base)?;
        self.constant.contains(&base).then_some(Memory::At(base))
    }
}

impl Access {
    /// The operand without the constant that is added last, and the offset with
    /// it, if that sum cannot wrap.
    fn without_constant(&self, function: &Function) -> Option<(Value, i32)> {
        let (rest, addend) = sum_with_constant(function, self.operand)?;
        let addend = addend as u32;
        maximum(function, rest).checked_add(addend)?;
        let offset = i32::try_from(addend).ok()?.checked_add(self.offset)?;
        (offset < LARGEST_OFFSET).then_some((rest, offset))
    }

    /// The address with another operand, made before `instruction`.
    fn address_of(&self, function: &mut Function, instruction: Inst, operand: Value) -> Value {
        let mut cursor = FuncCursor::new(function).at_inst(instruction);
        let index = cursor.ins().uextend(types::I64, operand);
        cursor.ins().iadd(index, self.base)
    }
}

/// What would need more terms than there may be, is a term itself.
fn sum(function: &Function, value: Value) -> Sum {
    let mut sum = Sum::default();
    let mut found = 0;
    let mut additions = 0..MOST_ADDITIONS;
    // What is to be looked at: the first `left`.
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

/// Code in which an address can stay in a register: no call is in it, and it is
/// entered only where it begins.
type Stretch = u32;

#[derive(Default)]
struct Stretches {
    count: Stretch,
    /// The one in which each block ends.
    ends: FxHashMap<Block, Stretch>,
}

impl Stretches {
    fn begin(&mut self) -> Stretch {
        self.count += 1;
        self.count
    }

    fn enter(&mut self, block: Block, cfg: &ControlFlowGraph) -> Stretch {
        let mut predecessors = cfg.pred_iter(block).map(|branch| branch.block);
        let only = match (predecessors.next(), predecessors.next()) {
            (Some(only), None) => self.ends.get(&only).copied(),
            _ => None,
        };
        only.unwrap_or_else(|| self.begin())
    }

    fn leave(&mut self, block: Block, stretch: Stretch) {
        self.ends.insert(block, stretch);
    }
}
