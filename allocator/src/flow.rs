//! A function with its registers allocated, as what its instructions and edits do to places. Only
//! places that edits move values from or to are in it, because no other can hold what another
//! one holds. This file does not know what any of that is good for.

use upstream::{
    Allocation, Block, Edit, Function, Inst, Operand, OperandConstraint, OperandKind, OperandPos,
    Output, PReg, PRegSet, ProgPoint,
};

/// The most registers that edits may name: those of [`Event::Clobber`].
const MAX_REGISTERS: usize = u64::BITS as usize;

/// A register or a slot that edits name: its number, registers first.
pub(crate) type Place = u32;

/// What happens to places, in the order of execution.
#[derive(Clone, Copy)]
pub(crate) enum Event {
    /// An edit, by its index.
    Move { edit: u32, from: Place, to: Place },
    /// An instruction reads a place.
    Read(Place),
    /// The same, and the operand with this index in [`Output::allocs`] may be in any register of
    /// its class as well.
    ReadAnywhere { operand: u32, place: Place },
    /// An instruction ends the edits before it.
    Instruction,
    /// An instruction leaves nothing known in these registers, one bit each.
    Clobber(u64),
    /// An instruction writes a new value to a place.
    Write(Place),
}

/// A function, block by block.
pub(crate) struct Flow {
    /// The places, by number.
    places: Vec<Allocation>,
    /// How many of the places are registers.
    pub registers: u32,
    events: Vec<Event>,
    /// Where a block's events begin, by the block's number, and where the last one's end.
    starts: Vec<u32>,
    /// The blocks in reverse postorder.
    pub order: Vec<u32>,
    predecessors: Lists,
    successors: Lists,
}

/// Lists of numbers of blocks, one for each block.
struct Lists {
    all: Vec<u32>,
    starts: Vec<u32>,
}

impl Lists {
    fn new<'a, F: Function>(function: &'a F, list: impl Fn(Block) -> &'a [Block]) -> Lists {
        let (mut all, mut starts) = (vec![], vec![0]);
        for list in (0..function.num_blocks()).map(|block| list(Block::new(block))) {
            all.extend(list.iter().map(|block| block.index() as u32));
            starts.push(all.len() as u32);
        }
        Lists { all, starts }
    }

    fn of(&self, block: u32) -> &[u32] {
        let block = block as usize;
        &self.all[self.starts[block] as usize..self.starts[block + 1] as usize]
    }
}

impl Flow {
    /// Returns what a function does with the places that edits name; `None` if these are more than
    /// [`MAX_REGISTERS`] registers.
    pub(crate) fn of<F: Function>(function: &F, output: &Output) -> Option<Flow> {
        let numbers = Numbers::of(output)?;
        let mut flow = Flow {
            registers: numbers.registers,
            events: Vec::with_capacity(output.allocs.len()),
            starts: Vec::with_capacity(function.num_blocks() + 1),
            order: vec![],
            predecessors: Lists::new(function, |block| function.block_preds(block)),
            successors: Lists::new(function, |block| function.block_succs(block)),
            places: vec![],
        };
        let mut edits = output.edits.iter().zip(0..).peekable();
        for block in (0..function.num_blocks()).map(Block::new) {
            flow.starts.push(flow.events.len() as u32);
            for inst in function.block_insns(block).iter() {
                while let Some(((_, Edit::Move { from, to }), edit)) =
                    edits.next_if(|((at, _), _)| *at <= ProgPoint::before(inst))
                {
                    let [from, to] = [*from, *to].map(|place| numbers.number(place));
                    flow.events.push(Event::Move { edit, from, to });
                }
                flow.add_instruction(function, inst, output, &numbers);
            }
        }
        flow.starts.push(flow.events.len() as u32);
        flow.order = reverse_postorder(function.entry_block().index() as u32, &flow.successors);
        flow.places = numbers.places;
        Some(flow)
    }

    /// Adds what an instruction does: it reads, then clobbers, then writes.
    fn add_instruction<F: Function>(
        &mut self,
        function: &F,
        inst: Inst,
        output: &Output,
        numbers: &Numbers,
    ) {
        let operands = function.inst_operands(inst);
        let first = output.inst_alloc_offsets[inst.index()];
        let places = || {
            let allocations = output.inst_allocs(inst).iter().zip(first..);
            let all = operands.iter().zip(allocations);
            all.filter_map(|(operand, (allocation, index))| {
                let place = numbers.number(*allocation);
                let is_named = place != NONE && operand.as_fixed_nonallocatable().is_none();
                is_named.then_some((operand, index, place))
            })
        };
        let is_behind_moves = matches!(self.events.last(), Some(Event::Move { .. }));
        for (operand, index, place) in places() {
            if operand.kind() == OperandKind::Use {
                self.events.push(if fits_anywhere(operand, (index - first) as usize, operands) {
                    Event::ReadAnywhere { operand: index, place }
                } else {
                    Event::Read(place)
                });
            }
        }
        if is_behind_moves {
            self.events.push(Event::Instruction);
        }
        let clobbered = numbers.bits(function.inst_clobbers(inst));
        if clobbered != 0 {
            self.events.push(Event::Clobber(clobbered));
        }
        for (operand, _, place) in places() {
            if operand.kind() == OperandKind::Def {
                self.events.push(Event::Write(place));
            }
        }
    }

    /// Returns the number of places.
    pub(crate) fn place_count(&self) -> usize {
        self.places.len()
    }

    /// Returns the number of blocks.
    pub(crate) fn block_count(&self) -> usize {
        self.starts.len() - 1
    }

    /// Returns what a place is.
    pub(crate) fn allocation(&self, place: Place) -> Allocation {
        self.places[place as usize]
    }

    /// Returns whether a place is a register.
    pub(crate) fn is_register(&self, place: Place) -> bool {
        place < self.registers
    }

    pub(crate) fn events(&self, block: u32) -> &[Event] {
        &self.events[self.range(block)]
    }

    /// Returns the indices of a block's events, for [`Flow::event`].
    pub(crate) fn range(&self, block: u32) -> core::ops::Range<usize> {
        self.starts[block as usize] as usize..self.starts[block as usize + 1] as usize
    }

    /// Returns the number of events.
    pub(crate) fn end(&self) -> usize {
        self.events.len()
    }

    pub(crate) fn event(&self, index: usize) -> Event {
        self.events[index]
    }

    /// Has an operand read another place.
    pub(crate) fn set_place(&mut self, index: usize, place: Place) {
        if let Event::ReadAnywhere { place: old, .. } | Event::Move { from: old, .. } =
            &mut self.events[index]
        {
            *old = place;
        }
    }

    pub(crate) fn predecessors(&self, block: u32) -> &[u32] {
        self.predecessors.of(block)
    }

    pub(crate) fn successors(&self, block: u32) -> &[u32] {
        self.successors.of(block)
    }
}

/// The numbers of places.
struct Numbers {
    /// By index of the register.
    of_registers: [Place; PReg::NUM_INDEX],
    of_slots: Vec<Place>,
    places: Vec<Allocation>,
    registers: u32,
}

/// The number of what has none.
const NONE: Place = Place::MAX;

impl Numbers {
    /// Returns the numbers of the places that edits name.
    fn of(output: &Output) -> Option<Numbers> {
        let mut numbers = Numbers {
            of_registers: [NONE; PReg::NUM_INDEX],
            of_slots: vec![NONE; output.num_spillslots],
            places: vec![],
            registers: 0,
        };
        numbers.add(output, |place| Some(place.as_reg()?.index()), |own| &mut own.of_registers);
        numbers.registers = numbers.places.len() as u32;
        numbers.add(output, |place| Some(place.as_stack()?.index()), |own| &mut own.of_slots);
        (numbers.registers as usize <= MAX_REGISTERS).then_some(numbers)
    }

    /// Adds the places that have an index, which is the one in a list of numbers.
    fn add(
        &mut self,
        output: &Output,
        index: impl Fn(Allocation) -> Option<usize>,
        list: impl Fn(&mut Numbers) -> &mut [Place],
    ) {
        for (_, Edit::Move { from, to }) in &output.edits {
            for place in [*from, *to] {
                let next = self.places.len() as Place;
                if let Some(index) = index(place)
                    && let number = &mut list(self)[index]
                    && *number == NONE
                {
                    *number = next;
                    self.places.push(place);
                }
            }
        }
    }

    /// Returns the number of a place; [`NONE`] if no edit names it.
    fn number(&self, place: Allocation) -> Place {
        if let Some(register) = place.as_reg() {
            return self.of_registers[register.index()];
        }
        place.as_stack().map_or(NONE, |slot| self.of_slots[slot.index()])
    }

    /// Returns a bit for each register of a set that has a number.
    fn bits(&self, registers: PRegSet) -> u64 {
        let numbers = registers.into_iter().map(|register| self.of_registers[register.index()]);
        numbers.filter(|number| *number != NONE).fold(0, |bits, number| bits | 1 << number)
    }
}

/// Returns whether an operand that is read, the instruction's `index`-th, may be in any register of its
/// class: nothing ties it to one, or to an operand that is written, and nothing is written
/// before it is read.
fn fits_anywhere(operand: &Operand, index: usize, operands: &[Operand]) -> bool {
    operand.pos() == OperandPos::Early
        && matches!(operand.constraint(), OperandConstraint::Any | OperandConstraint::Reg)
        && operands.iter().all(|other| {
            other.constraint() != OperandConstraint::Reuse(index)
                && (other.kind(), other.pos()) != (OperandKind::Def, OperandPos::Early)
        })
}

/// Returns the blocks that can be reached from `entry`, each before those that it leads to but for
/// ways back.
fn reverse_postorder(entry: u32, successors: &Lists) -> Vec<u32> {
    let mut order = vec![];
    let mut is_seen = vec![false; successors.starts.len() - 1];
    let mut stack = vec![(entry, 0)];
    is_seen[entry as usize] = true;
    while let Some((block, next)) = stack.last_mut() {
        if let Some(&successor) = successors.of(*block).get(*next) {
            *next += 1;
            if !core::mem::replace(&mut is_seen[successor as usize], true) {
                stack.push((successor, 0));
            }
        } else {
            order.push(*block);
            stack.pop();
        }
    }
    order.reverse();
    order
}
