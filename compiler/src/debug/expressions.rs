//! Translation of DWARF expressions, which say where variables are, from those of the module
//! to native ones.
//!
//! The module's expressions compute addresses of linear memory; a native address is such an
//! address plus the base of the memory. A function's frame base is translated with the
//! base of the memory added, so the result of `DW_OP_fbreg` is a native address already.

use super::map::{self, Bytes, Globals};
use gimli::write::{Address, Expression, UnitEntryId};
use gimli::{self, Encoding, Operation, Register, UnitOffset, constants as c};

/// The most operations of one expression.
const LONGEST: usize = 1000;

/// The places that an expression can refer to.
pub(super) struct Frame<'a> {
    /// Native address of the memory that pointers point into.
    pub memory_base: u64,
    /// Size in bytes of the module's pointers.
    pub pointer_size: u8,
    /// The register of the frame pointer.
    pub frame_pointer: Register,
    /// The function that the expression is in; none outside of functions.
    pub function: Option<&'a map::Function>,
    /// Whether the function has a frame base, to which `DW_OP_fbreg` refers.
    pub has_base: bool,
    /// Sizes of the globals with cells.
    pub globals: Globals<'a>,
    /// A function from an entry of the same unit to its translation.
    pub entry: &'a dyn Fn(UnitOffset) -> Option<UnitEntryId>,
    /// A function from an index in the table of addresses to the address.
    pub address: &'a dyn Fn(gimli::DebugAddrIndex) -> Option<u64>,
}

/// A translated expression without its last operation, which depends on its use.
pub(super) struct Location {
    /// The operations.
    expression: Expression,
    /// The meaning of their result.
    end: End,
}

/// The meaning of a translated expression's result.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The native address of the variable.
    Memory,
    /// The value of the variable.
    Value,
    /// The meaning that the expression's own operations give.
    Complete,
}

/// The kind of number on top of a translated expression's stack.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Top {
    /// No number.
    Nothing,
    /// A number of the module, which may be an address of linear memory.
    Module,
    /// A native address.
    Machine,
}

impl Location {
    /// Returns the expression for the location of a variable.
    pub(super) fn variable(mut self) -> Expression {
        if self.end == End::Value {
            self.expression.op(c::DW_OP_stack_value);
        }
        self.expression
    }

    /// Returns the expression for a variable that is a pointer. Its value is the native
    /// address of the target; null stays null. Returns none if the expression is complete,
    /// because nothing can be added to its result then.
    pub(super) fn pointer(mut self, frame: &Frame<'_>) -> Option<Expression> {
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

    /// Returns the expression for the frame base of a function, which is a native address.
    /// Returns none if the expression is complete.
    pub(super) fn frame_base(mut self, frame: &Frame<'_>) -> Option<Expression> {
        if self.end == End::Value {
            self.expression.op_constu(frame.memory_base);
            self.expression.op(c::DW_OP_plus);
        }
        (self.end != End::Complete).then_some(self.expression)
    }
}

/// Translates an expression. Returns none if it cannot be read, is too long, or has no native
/// equivalent.
pub(super) fn translate(
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

/// Returns the location of a variable that is a local.
fn whole_local(index: u32, frame: &Frame<'_>) -> Option<Location> {
    let (distance, size) = slot(index, frame)?;
    let mut expression = Expression::new();
    expression.op_breg(frame.frame_pointer, distance.into());
    // A location that gives the value, not the address of the slot, keeps debuggers from
    // writing to the slot. A vector does not fit an element of the expression's stack.
    let end = if size <= 8 {
        expression.op_deref_size(size);
        End::Value
    } else {
        End::Memory
    };
    Some(Location { expression, end })
}

/// Returns the distance in bytes of a local's slot from the frame pointer, and the slot's
/// size in bytes.
fn slot(index: u32, frame: &Frame<'_>) -> Option<(i32, u8)> {
    let mut slots = frame.function?.slots.iter();
    let (_, distance, size) = slots.find(|(local, ..)| *local == index)?;
    Some((*distance, *size))
}

/// The translation of one expression, operation by operation.
struct Translator<'a> {
    /// The places that the expression can refer to.
    frame: &'a Frame<'a>,
    /// The operations that have been translated.
    made: Expression,
    /// The kind of number on top of the stack. Those below it are never native addresses.
    top: Top,
    /// The meaning of the result, if an operation has given it.
    end: Option<End>,
}

impl Translator<'_> {
    /// Translates an operation. Returns none if it has no native equivalent.
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

    /// Returns the location that the expression gives, or none if it gives no result.
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

    /// Prepares the stack for an operation that pushes a number of the module.
    fn push(&mut self) {
        self.make_module();
        self.top = Top::Module;
    }

    /// Pushes a constant.
    fn constant(&mut self, value: u64) {
        self.push();
        self.made.op_constu(value);
    }

    /// Converts a native address on top of the stack to an address of linear memory.
    fn make_module(&mut self) {
        if self.top == Top::Machine {
            self.made.op_constu(self.frame.memory_base);
            self.made.op(c::DW_OP_minus);
            self.top = Top::Module;
        }
    }

    /// Converts an address of linear memory on top of the stack to a native one.
    fn make_machine(&mut self) {
        if self.top == Top::Module {
            self.made.op_constu(self.frame.memory_base);
            self.made.op(c::DW_OP_plus);
            self.top = Top::Machine;
        }
    }

    /// Ends the location of a piece of a variable: `bits` bits, from bit `offset` on if that
    /// is given.
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

    /// Returns the translation of a base type. The offset 0 stands for the generic type,
    /// which has no entry.
    fn base(&mut self, offset: UnitOffset) -> Option<Option<UnitEntryId>> {
        self.make_module();
        match offset.0 {
            0 => Some(None),
            _ => (self.frame.entry)(offset).map(Some),
        }
    }
}

/// Returns the opcode of an operation that works on the stack only, and so is copied as it
/// is.
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
