//! Where variables are: DWARF expressions of a module to those of the machine.
//!
//! A module's expressions compute addresses of linear memory; the machine's are
//! further by the memory's base. The frame base is translated with the base
//! added, so what `DW_OP_fbreg` gives is one of the machine's already.

use super::map::{self, Bytes, Globals};
use gimli::write::{Address, Expression, UnitEntryId};
use gimli::{self, Encoding, Operation, Register, UnitOffset, constants as c};

/// Operations of one expression.
const LONGEST: usize = 1000;

/// Where a function's variables can be.
pub struct Frame<'a> {
    pub memory_base: u64,
    pub pointer_size: u8,
    pub frame_pointer: Register,
    /// `None` outside of functions.
    pub function: Option<&'a map::Function>,
    /// Whether `DW_OP_fbreg` means something.
    pub has_base: bool,
    pub globals: Globals<'a>,
    /// The translation of an entry of the same unit.
    pub entry: &'a dyn Fn(UnitOffset) -> Option<UnitEntryId>,
    /// An entry of the table of addresses.
    pub address: &'a dyn Fn(gimli::DebugAddrIndex) -> Option<u64>,
}

/// An expression without its end.
pub struct Location {
    expression: Expression,
    end: End,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// It gives an address of the machine.
    Memory,
    /// It gives the value.
    Value,
    /// It says so itself.
    Complete,
}

/// What is on top of the stack of a translated expression.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Top {
    Nothing,
    /// A number of the module, perhaps an address.
    Module,
    /// An address of the machine.
    Machine,
}

impl Location {
    /// For a variable.
    pub fn variable(mut self) -> Expression {
        if self.end == End::Value {
            self.expression.op(c::DW_OP_stack_value);
        }
        self.expression
    }

    /// For a pointer as a debugger of the machine is to see it: what it points
    /// to is at its value. Null stays null.
    pub fn pointer(mut self, frame: &Frame<'_>) -> Option<Expression> {
        let expression = &mut self.expression;
        match self.end {
            End::Memory => expression.op_deref_size(frame.pointer_size),
            End::Value => {}
            End::Complete => return None,
        }
        expression.op(c::DW_OP_dup);
        let branch = expression.op_bra();
        let skip = expression.op_skip();
        let add = expression.next_index();
        expression.set_target(branch, add);
        expression.op_constu(frame.memory_base);
        expression.op(c::DW_OP_plus);
        let end = expression.next_index();
        expression.set_target(skip, end);
        expression.op(c::DW_OP_stack_value);
        Some(self.expression)
    }

    /// For the frame base of a function.
    pub fn frame_base(mut self, frame: &Frame<'_>) -> Option<Expression> {
        if self.end == End::Value {
            self.expression.op_constu(frame.memory_base);
            self.expression.op(c::DW_OP_plus);
        }
        (self.end != End::Complete).then_some(self.expression)
    }
}

/// `None` for what the machine's DWARF cannot say.
pub fn translate(
    expression: gimli::Expression<Bytes<'_>>,
    encoding: Encoding,
    frame: &Frame<'_>,
) -> Option<Location> {
    let mut read = expression.operations(encoding);
    let mut operations = Vec::new();
    while let Some(operation) = read.next().ok()? {
        if operations.len() == LONGEST {
            return None;
        }
        operations.push(operation);
    }
    match operations.as_slice() {
        [Operation::WasmLocal { index }]
        | [Operation::WasmLocal { index }, Operation::StackValue] => whole_local(*index, frame),
        _ => {
            let mut translator =
                Translator { frame, made: Expression::new(), top: Top::Nothing, end: None };
            for operation in operations {
                translator.operation(operation)?;
            }
            translator.finish()
        }
    }
}

/// A variable that is a local.
fn whole_local(index: u32, frame: &Frame<'_>) -> Option<Location> {
    let (distance, size) = slot(index, frame)?;
    let mut expression = Expression::new();
    expression.op_breg(frame.frame_pointer, distance.into());
    // Of a value it can be said that it is one; that keeps debuggers from
    // writing to the slot. The stack of an expression has no room for vectors.
    let end = match size <= 8 {
        true => {
            expression.op_deref_size(size);
            End::Value
        }
        false => End::Memory,
    };
    Some(Location { expression, end })
}

/// A local's distance from the frame pointer, and its bytes.
fn slot(index: u32, frame: &Frame<'_>) -> Option<(i32, u8)> {
    let mut slots = frame.function?.slots.iter();
    let (_, distance, size) = slots.find(|(local, ..)| *local == index)?;
    Some((*distance, *size))
}

struct Translator<'a> {
    frame: &'a Frame<'a>,
    made: Expression,
    /// Only the top can be an address of the machine.
    top: Top,
    end: Option<End>,
}

impl Translator<'_> {
    fn operation(&mut self, operation: Operation<Bytes<'_>>) -> Option<()> {
        use Operation as O;
        if let Some(End::Value) = self.end
            && !matches!(operation, O::Piece { .. })
        {
            return None;
        }
        match operation {
            O::WasmLocal { index } => {
                let (distance, size) = slot(index, self.frame)?;
                self.push();
                self.made.op_breg(self.frame.frame_pointer, distance.into());
                self.made.op_deref_size((size <= 8).then_some(size)?);
            }
            O::WasmGlobal { index } => {
                let size = (self.frame.globals)(index)?;
                self.push();
                self.made.op_addr(Address::Symbol { symbol: index as usize + 1, addend: 0 });
                self.made.op_deref_size((size <= 8).then_some(size)?);
            }
            O::FrameOffset { offset } => {
                self.frame.has_base.then_some(())?;
                self.push();
                self.made.op_fbreg(offset);
                self.top = Top::Machine;
            }
            O::Address { address } => self.constant(address),
            O::AddressIndex { index } | O::ConstantIndex { index } => {
                self.constant((self.frame.address)(index)?);
            }
            O::UnsignedConstant { value } => self.constant(value),
            O::SignedConstant { value } => {
                self.push();
                self.made.op_consts(value);
            }
            O::PlusConstant { value } => self.made.op_plus_uconst(value),
            O::Deref { base_type: UnitOffset(0), size, space: false } => {
                self.make_machine();
                self.made.op_deref_size(size.min(8));
                self.top = Top::Module;
            }
            O::TypedLiteral { base_type, value } => {
                self.push();
                let base = (self.frame.entry)(base_type)?;
                self.made.op_const_type(base, value.slice().into());
            }
            O::Convert { base_type } => {
                let base = self.base(base_type)?;
                self.made.op_convert(base);
            }
            O::Reinterpret { base_type } => {
                let base = self.base(base_type)?;
                self.made.op_reinterpret(base);
            }
            O::StackValue => {
                self.make_module();
                self.end = Some(End::Value);
            }
            O::ImplicitValue { data } => {
                self.made.op_implicit_value(data.slice().into());
                self.end = Some(End::Complete);
            }
            O::Piece { size_in_bits, bit_offset } => self.piece(size_in_bits, bit_offset),
            other => {
                self.make_module();
                self.made.op(simple(&other)?);
            }
        }
        Some(())
    }

    fn finish(mut self) -> Option<Location> {
        let end = match (self.end, self.top) {
            (Some(end), _) => end,
            (None, Top::Nothing) => return None,
            (None, _) => {
                self.make_machine();
                End::Memory
            }
        };
        Some(Location { expression: self.made, end })
    }

    /// Makes room for a number of the module.
    fn push(&mut self) {
        self.make_module();
        self.top = Top::Module;
    }

    fn constant(&mut self, value: u64) {
        self.push();
        self.made.op_constu(value);
    }

    fn make_module(&mut self) {
        if self.top == Top::Machine {
            self.made.op_constu(self.frame.memory_base);
            self.made.op(c::DW_OP_minus);
            self.top = Top::Module;
        }
    }

    fn make_machine(&mut self) {
        if self.top == Top::Module {
            self.made.op_constu(self.frame.memory_base);
            self.made.op(c::DW_OP_plus);
            self.top = Top::Machine;
        }
    }

    /// The end of a part of a variable.
    fn piece(&mut self, bits: u64, offset: Option<u64>) {
        match self.end {
            Some(End::Value) => self.made.op(c::DW_OP_stack_value),
            Some(_) => {}
            None => self.make_machine(),
        }
        match offset {
            None => self.made.op_piece(bits / 8),
            Some(offset) => self.made.op_bit_piece(bits, offset),
        }
        self.top = Top::Nothing;
        self.end = Some(End::Complete);
    }

    /// 0 stands for no type.
    fn base(&mut self, offset: UnitOffset) -> Option<Option<UnitEntryId>> {
        self.make_module();
        match offset.0 {
            0 => Some(None),
            _ => (self.frame.entry)(offset).map(Some),
        }
    }
}

/// Operations on numbers without operands of their own.
fn simple(operation: &Operation<Bytes<'_>>) -> Option<gimli::DwOp> {
    use Operation as O;
    Some(match operation {
        O::Drop => c::DW_OP_drop,
        O::Pick { index: 0 } => c::DW_OP_dup,
        O::Pick { index: 1 } => c::DW_OP_over,
        O::Swap => c::DW_OP_swap,
        O::Rot => c::DW_OP_rot,
        O::Abs => c::DW_OP_abs,
        O::And => c::DW_OP_and,
        O::Div => c::DW_OP_div,
        O::Minus => c::DW_OP_minus,
        O::Mod => c::DW_OP_mod,
        O::Mul => c::DW_OP_mul,
        O::Neg => c::DW_OP_neg,
        O::Not => c::DW_OP_not,
        O::Or => c::DW_OP_or,
        O::Plus => c::DW_OP_plus,
        O::Shl => c::DW_OP_shl,
        O::Shr => c::DW_OP_shr,
        O::Shra => c::DW_OP_shra,
        O::Xor => c::DW_OP_xor,
        O::Eq => c::DW_OP_eq,
        O::Ge => c::DW_OP_ge,
        O::Gt => c::DW_OP_gt,
        O::Le => c::DW_OP_le,
        O::Lt => c::DW_OP_lt,
        O::Ne => c::DW_OP_ne,
        O::Nop => c::DW_OP_nop,
        _ => return None,
    })
}
