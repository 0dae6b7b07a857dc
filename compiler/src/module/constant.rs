//! Constant expressions: their parsing, and their evaluation as far as it is possible at
//! compile time.

use crate::error::Error;
use wasmparser::{ConstExpr, Operator};

/// A constant expression as a program for a stack machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ConstantExpression {
    /// Operators, in the order in which they are executed, without the final `end`.
    pub operators: Vec<ConstantOperator>,
}

/// An operator of a constant expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ConstantOperator {
    /// `i32.const`, with its value.
    I32(i32),
    /// `i64.const`, with its value.
    I64(i64),
    /// `f32.const`, with the bits of its value.
    F32(u32),
    /// `f64.const`, with the bits of its value.
    F64(u64),
    /// `v128.const`, with the bytes of its value, little-endian.
    V128([u8; 16]),
    /// `ref.null`, of any type.
    NullReference,
    /// `ref.func`, with the index of its function.
    Function(u32),
    /// `global.get`, with the index of its global.
    Global(u32),
    /// `i32.add`.
    I32Add,
    /// `i32.sub`.
    I32Sub,
    /// `i32.mul`.
    I32Mul,
    /// `i64.add`.
    I64Add,
    /// `i64.sub`.
    I64Sub,
    /// `i64.mul`.
    I64Mul,
    /// `ref.i31`.
    I31,
    /// `struct.new`, with the index of its type.
    StructNew(u32),
    /// `struct.new_default`, with the index of its type.
    StructNewDefault(u32),
    /// `array.new`, with the index of its type.
    ArrayNew(u32),
    /// `array.new_default`, with the index of its type.
    ArrayNewDefault(u32),
    /// `array.new_fixed`, with the index of its type and the number of elements.
    ArrayNewFixed(u32, u32),
    /// `any.convert_extern`.
    AnyConvertExtern,
    /// `extern.convert_any`.
    ExternConvertAny,
}

/// A value that is known at compile time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StaticValue {
    /// The bits of a number, an `i31`, a null reference or one to a constant object,
    /// zero-extended.
    Bits(u64),
    /// The bytes of a vector, little-endian.
    Vector([u8; 16]),
    /// A reference to a function of the module.
    Function(u32),
}

impl ConstantExpression {
    /// Parses an expression that has been validated.
    ///
    /// # Errors
    ///
    /// [`Error`] if the expression is malformed, or has an operator that quench does not
    /// compile.
    pub(crate) fn parse(expression: &ConstExpr<'_>) -> Result<ConstantExpression, Error> {
        let mut operators = Vec::with_capacity(1);
        for operator in expression.get_operators_reader() {
            operators.push(match operator? {
                Operator::I32Const { value } => ConstantOperator::I32(value),
                Operator::I64Const { value } => ConstantOperator::I64(value),
                Operator::F32Const { value } => ConstantOperator::F32(value.bits()),
                Operator::F64Const { value } => ConstantOperator::F64(value.bits()),
                Operator::V128Const { value } => ConstantOperator::V128(*value.bytes()),
                Operator::RefNull { .. } => ConstantOperator::NullReference,
                Operator::RefFunc { function_index } => ConstantOperator::Function(function_index),
                Operator::GlobalGet { global_index } => ConstantOperator::Global(global_index),
                Operator::I32Add => ConstantOperator::I32Add,
                Operator::I32Sub => ConstantOperator::I32Sub,
                Operator::I32Mul => ConstantOperator::I32Mul,
                Operator::I64Add => ConstantOperator::I64Add,
                Operator::I64Sub => ConstantOperator::I64Sub,
                Operator::I64Mul => ConstantOperator::I64Mul,
                Operator::RefI31 => ConstantOperator::I31,
                Operator::StructNew { struct_type_index } => {
                    ConstantOperator::StructNew(struct_type_index)
                }
                Operator::StructNewDefault { struct_type_index } => {
                    ConstantOperator::StructNewDefault(struct_type_index)
                }
                Operator::ArrayNew { array_type_index } => {
                    ConstantOperator::ArrayNew(array_type_index)
                }
                Operator::ArrayNewDefault { array_type_index } => {
                    ConstantOperator::ArrayNewDefault(array_type_index)
                }
                Operator::ArrayNewFixed { array_type_index, array_size } => {
                    ConstantOperator::ArrayNewFixed(array_type_index, array_size)
                }
                Operator::AnyConvertExtern => ConstantOperator::AnyConvertExtern,
                Operator::ExternConvertAny => ConstantOperator::ExternConvertAny,
                Operator::End => break,
                other => unreachable!("{other:?} passed validation in a constant expression"),
            });
        }
        Ok(ConstantExpression { operators })
    }

    /// Makes the expression whose value is a reference to the function with this index.
    pub(crate) fn function(index: u32) -> ConstantExpression {
        ConstantExpression { operators: vec![ConstantOperator::Function(index)] }
    }

    /// Returns the expression's value, if the values of the globals that it names are known.
    /// `global` returns these, by index.
    pub(crate) fn evaluate(
        &self,
        global: &dyn Fn(u32) -> Option<StaticValue>,
    ) -> Option<StaticValue> {
        let mut stack: Vec<StaticValue> = Vec::new();
        for operator in &self.operators {
            let value = operator.evaluate(&mut stack, global)?;
            stack.push(value);
        }
        stack.pop()
    }

    /// Returns whether the expression makes a reference to an object of one of the host's.
    pub(crate) fn converts(&self) -> bool {
        self.operators.contains(&ConstantOperator::AnyConvertExtern)
    }

    /// Returns the indices of the functions to which the expression makes references.
    pub(crate) fn functions(&self) -> impl Iterator<Item = u32> {
        self.operators.iter().filter_map(|operator| match operator {
            ConstantOperator::Function(index) => Some(*index),
            _ => None,
        })
    }
}

impl ConstantOperator {
    /// Returns the operator's result, if it makes no object and the values of the globals that it
    /// names are known, which `global` returns by index. Takes the operands from the stack.
    pub(crate) fn evaluate(
        self,
        stack: &mut Vec<StaticValue>,
        global: &dyn Fn(u32) -> Option<StaticValue>,
    ) -> Option<StaticValue> {
        Some(match self {
            ConstantOperator::I32(value) => StaticValue::Bits(value as u32 as u64),
            ConstantOperator::I64(value) => StaticValue::Bits(value as u64),
            ConstantOperator::F32(bits) => StaticValue::Bits(bits as u64),
            ConstantOperator::F64(bits) => StaticValue::Bits(bits),
            ConstantOperator::V128(bytes) => StaticValue::Vector(bytes),
            ConstantOperator::NullReference => StaticValue::Bits(0),
            ConstantOperator::Function(index) => StaticValue::Function(index),
            ConstantOperator::Global(index) => global(index)?,
            ConstantOperator::I31 => {
                let number = stack.pop()?.bits()?;
                StaticValue::Bits(u64::from((number as u32) << 1 | 1))
            }
            ConstantOperator::StructNew(_)
            | ConstantOperator::StructNewDefault(_)
            | ConstantOperator::ArrayNew(_)
            | ConstantOperator::ArrayNewDefault(_)
            | ConstantOperator::ArrayNewFixed(..)
            | ConstantOperator::AnyConvertExtern
            | ConstantOperator::ExternConvertAny => return None,
            arithmetic => {
                let right = stack.pop()?.bits()?;
                let left = stack.pop()?.bits()?;
                StaticValue::Bits(arithmetic.apply(left, right))
            }
        })
    }

    /// Applies an arithmetic operator to the bits of its operands.
    fn apply(self, left: u64, right: u64) -> u64 {
        let (left32, right32) = (left as u32, right as u32);
        match self {
            ConstantOperator::I32Add => left32.wrapping_add(right32) as u64,
            ConstantOperator::I32Sub => left32.wrapping_sub(right32) as u64,
            ConstantOperator::I32Mul => left32.wrapping_mul(right32) as u64,
            ConstantOperator::I64Add => left.wrapping_add(right),
            ConstantOperator::I64Sub => left.wrapping_sub(right),
            ConstantOperator::I64Mul => left.wrapping_mul(right),
            other => unreachable!("{other:?} is not arithmetic"),
        }
    }
}

impl StaticValue {
    /// Returns the bits of all but vectors and references to functions.
    pub(crate) fn bits(self) -> Option<u64> {
        match self {
            StaticValue::Bits(bits) => Some(bits),
            StaticValue::Vector(_) | StaticValue::Function(_) => None,
        }
    }
}
