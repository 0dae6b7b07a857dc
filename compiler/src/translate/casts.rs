//! Tests and casts of references, `i31`, and conversions to and from references of the host's.
//!
//! A test of an object reads the number of its type and compares it with the numbers of the
//! wanted type and of its subtypes, which are one range; see [`crate::plan::objects`].

use super::facts::Fact;
use super::translator::{Region, Translator};
use crate::module::representation;
use crate::plan::resolve::PlannedModule;
use crate::traps;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{BlockArg, InstBuilder, MemFlagsData, Value, types};
use quench_abi::{HOST_BOX, HostBox, RuntimeFunction, Trap, expected_type};
use std::mem::offset_of;
use std::ops::Range;
use wasmparser::{AbstractHeapType, BinaryReader, HeapType, Operator, OperatorsReader, RefType};

/// The references, other than null, that pass a test.
enum Wanted {
    /// All of the operand's type.
    All,
    /// None.
    None,
    /// References of type `i31`.
    I31,
    /// References of type `i31`, and to structs and arrays: all but boxes.
    Eq,
    /// References to objects whose types have these numbers. The other number stands for the wanted
    /// type in messages.
    Objects(Range<u32>, u32),
    /// References to functions whose types have these numbers.
    Functions(Range<u32>),
}

impl Wanted {
    /// Returns the references that pass a test for `heap`, a type of the module.
    fn of(planned: &PlannedModule<'_>, heap: HeapType) -> Wanted {
        use AbstractHeapType as Abstract;
        let numbers = &planned.objects.numbers;
        match heap {
            HeapType::Concrete(index) | HeapType::Exact(index) => {
                let index = index.as_module_index().expect("types are read");
                let range = planned.type_range(index);
                let number = range.start;
                if planned.module.is_function_type(index) {
                    Wanted::Functions(range)
                } else {
                    Wanted::Objects(range, number)
                }
            }
            HeapType::Abstract { ty, .. } => match ty {
                Abstract::I31 => Wanted::I31,
                Abstract::Eq => Wanted::Eq,
                Abstract::Struct => Wanted::Objects(numbers.structs.clone(), expected_type::STRUCT),
                Abstract::Array => Wanted::Objects(numbers.arrays.clone(), expected_type::ARRAY),
                Abstract::None | Abstract::NoFunc | Abstract::NoExtern | Abstract::NoExn => {
                    Wanted::None
                }
                _ => Wanted::All,
            },
        }
    }

    /// Returns the number that stands for the type in messages.
    fn expected(&self) -> u32 {
        match self {
            Wanted::Objects(_, number) => *number,
            Wanted::Functions(range) => range.start,
            Wanted::All => expected_type::ANY,
            Wanted::Eq => expected_type::EQ,
            Wanted::I31 => expected_type::I31,
            Wanted::None => expected_type::NONE,
        }
    }

    /// Returns what is known of a reference that has passed the test, and is not null.
    fn fact(&self) -> Option<Fact> {
        match self {
            Wanted::Objects(range, _) | Wanted::Functions(range) => Some(Fact::of_types(range)),
            Wanted::I31 | Wanted::Eq => Some(Fact::NOT_NULL),
            Wanted::All | Wanted::None => None,
        }
    }
}

impl Translator<'_, '_> {
    /// Returns the references that pass a test for `heap`.
    fn wanted(&self, heap: HeapType) -> Wanted {
        Wanted::of(self.environment.planned, heap)
    }

    /// Returns whether a reference may be null; `operand` is its type, if that is known.
    fn may_be_null(&self, reference: Value, operand: Option<RefType>) -> bool {
        operand.is_none_or(|ty| ty.is_nullable()) && !self.facts.is_not_null(reference)
    }

    /// Returns whether a reference may be an `i31`; `operand` is its type, if that is known.
    fn may_be_i31(&self, reference: Value, operand: Option<RefType>) -> bool {
        operand.is_none_or(representation::may_be_i31) && self.facts.types(reference).is_none()
    }

    /// Returns the result of a test, if it is known.
    fn known_result(&self, reference: Value, wanted: &Wanted) -> Option<bool> {
        let known = self.facts.types(reference)?;
        match wanted {
            Wanted::Objects(range, _) | Wanted::Functions(range) => {
                if range.start <= known.start && known.end <= range.end {
                    Some(true)
                } else if known.end <= range.start || range.end <= known.start {
                    Some(false)
                } else {
                    None
                }
            }
            _ => None,
        }
    }

    /// Emits a test whether `reference`, an operand of type `operand`, is of the type `to`, and
    /// returns the result, an i32.
    fn test(&mut self, reference: Value, operand: Option<RefType>, to: RefType) -> Value {
        let wanted = self.wanted(to.heap_type());
        let is_null =
            |translator: &mut Self| translator.builder.ins().icmp_imm_u(IntCC::Equal, reference, 0);
        let result = match (wanted, to.is_nullable()) {
            (Wanted::All, true) => return self.builder.ins().iconst(types::I32, 1),
            (Wanted::None, false) => return self.builder.ins().iconst(types::I32, 0),
            (Wanted::All, false) => self.builder.ins().icmp_imm_u(IntCC::NotEqual, reference, 0),
            (Wanted::None, true) => is_null(self),
            (Wanted::I31, nullable) => {
                let low = self.builder.ins().ireduce(types::I32, reference);
                let bit = self.builder.ins().band_imm_u(low, 1);
                if !nullable {
                    return bit;
                }
                let null = is_null(self);
                let null = self.builder.ins().uextend(types::I32, null);
                return self.builder.ins().bor(bit, null);
            }
            (wanted, nullable) => return self.test_object(reference, operand, &wanted, nullable),
        };
        self.builder.ins().uextend(types::I32, result)
    }

    /// Emits a test that reads the number of a type, and returns the result, an i32.
    fn test_object(
        &mut self,
        reference: Value,
        operand: Option<RefType>,
        wanted: &Wanted,
        nullable: bool,
    ) -> Value {
        if let Some(passes) = self.known_result(reference, wanted) {
            return self.builder.ins().iconst(types::I32, i64::from(passes));
        }
        let done = self.block_with_parameters(&[types::I32]);
        let decide = |translator: &mut Self, condition: Value, result: bool| {
            let result = translator.builder.ins().iconst(types::I32, i64::from(result));
            translator.leave_if(condition, done, &[BlockArg::Value(result)]);
        };
        if self.may_be_null(reference, operand) {
            let null = self.builder.ins().icmp_imm_u(IntCC::Equal, reference, 0);
            decide(self, null, nullable);
        }
        if self.may_be_i31(reference, operand) {
            let bit = self.builder.ins().band_imm_u(reference, 1);
            decide(self, bit, matches!(wanted, Wanted::Eq));
        }
        let flags = self.object_flags(Region::ObjectTypes);
        let number = self.builder.ins().load(types::I32, flags, reference, 0);
        let outside = self.is_unwanted(number, wanted);
        let result = self.builder.ins().icmp_imm_u(IntCC::Equal, outside, 0);
        let result = self.builder.ins().uextend(types::I32, result);
        self.builder.ins().jump(done, &[BlockArg::Value(result)]);
        self.start_block(done);
        self.builder.block_params(done)[0]
    }

    /// Returns a condition that holds if `number`, an i32, is not that of a wanted type.
    fn is_unwanted(&mut self, number: Value, wanted: &Wanted) -> Value {
        match wanted {
            Wanted::Objects(range, _) | Wanted::Functions(range) => self.is_outside(number, range),
            _ => self.builder.ins().icmp_imm_u(IntCC::Equal, number, i64::from(HOST_BOX)),
        }
    }

    /// Translates `ref.test`.
    pub(super) fn ref_test(&mut self, heap: HeapType, nullable: bool) {
        let reference = self.pop();
        let operand = self.operand_type;
        let result = self.test(reference, operand, reference_type(heap, nullable));
        let fact = self.wanted(heap).fact().filter(|_| !nullable);
        self.facts.note_test(result, reference, fact, None);
        self.push(result);
    }

    /// Translates `ref.cast`.
    pub(super) fn ref_cast(&mut self, heap: HeapType, nullable: bool) {
        let reference = *self.stack.last().expect("validated");
        let operand = self.operand_type;
        let wanted = self.wanted(heap);
        match wanted {
            Wanted::All if nullable => {}
            Wanted::All | Wanted::None | Wanted::I31 => {
                let result = self.test(reference, operand, reference_type(heap, nullable));
                let fails = self.builder.ins().icmp_imm_u(IntCC::Equal, result, 0);
                self.cast_fails_if(fails, reference, &wanted);
            }
            _ => self.cast_object(reference, operand, &wanted, nullable),
        }
    }

    /// Emits a cast that reads the number of a type.
    fn cast_object(
        &mut self,
        reference: Value,
        operand: Option<RefType>,
        wanted: &Wanted,
        nullable: bool,
    ) {
        if self.known_result(reference, wanted) == Some(true) {
            return;
        }
        let passes = self.builder.create_block();
        let may_be_null = nullable && self.may_be_null(reference, operand);
        if may_be_null {
            let null = self.builder.ins().icmp_imm_u(IntCC::Equal, reference, 0);
            self.leave_if(null, passes, &[]);
        }
        let count = self.facts.count();
        if self.may_be_i31(reference, operand) {
            let bit = self.builder.ins().band_imm_u(reference, 1);
            match wanted {
                Wanted::Eq => self.leave_if(bit, passes, &[]),
                _ => self.cast_fails_if(bit, reference, wanted),
            }
        }
        // Null, if it can still be here, faults; what is then said of it comes from
        // `type_of_null_cast`.
        let flags = self.checked_flags(reference, 0, Region::ObjectTypes, Trap::CastFailure);
        let number = self.builder.ins().load(types::I32, flags, reference, 0);
        let unwanted = self.is_unwanted(number, wanted);
        self.cast_fails_if(unwanted, reference, wanted);
        self.builder.ins().jump(passes, &[]);
        self.start_block(passes);
        if may_be_null {
            // Null passes, without having been where the fact comes from.
            self.facts.forget(count);
        } else if let Some(fact) = wanted.fact() {
            self.facts.establish(reference, fact);
        }
    }

    /// Emits the report of a cast that fails, which runs where `condition` holds.
    fn cast_fails_if(&mut self, condition: Value, reference: Value, wanted: &Wanted) {
        let expected = wanted.expected();
        self.report_if(condition, Trap::CastFailure, |translator| {
            let expected = translator.builder.ins().iconst(types::I32, i64::from(expected));
            let function = if translator.environment.planned.objects.has_heap {
                RuntimeFunction::HeapCastFailure
            } else {
                RuntimeFunction::CastFailure
            };
            translator.call_runtime(function, &[reference, expected]);
        });
    }

    /// Translates `br_on_cast`, or `br_on_cast_fail` if `on_failure`.
    pub(super) fn br_on_cast(&mut self, depth: u32, from: RefType, to: RefType, on_failure: bool) {
        let reference = *self.stack.last().expect("validated");
        let passes = self.test(reference, Some(from), to);
        let fact = self.wanted(to.heap_type()).fact().filter(|_| !to.is_nullable());
        self.facts.note_test(passes, reference, fact, None);
        let condition = if on_failure {
            let fails = self.builder.ins().icmp_imm_u(IntCC::Equal, passes, 0);
            self.facts.note_reversed_test(fails, passes);
            fails
        } else {
            passes
        };
        self.branch_if(condition, depth);
    }

    /// Translates `ref.eq`.
    pub(super) fn ref_eq(&mut self) {
        self.compare_integers(IntCC::Equal);
    }

    /// Translates `ref.i31`.
    pub(super) fn ref_i31(&mut self) {
        let number = self.pop();
        let shifted = self.builder.ins().ishl_imm_u(number, 1);
        let tagged = self.builder.ins().bor_imm_u(shifted, 1);
        let reference = self.builder.ins().uextend(types::I64, tagged);
        self.push(reference);
    }

    /// Translates `i31.get_s` and `i31.get_u`.
    pub(super) fn i31_get(&mut self, is_signed: bool) {
        let reference = self.pop();
        self.builder.ins().trapz(reference, traps::code(Trap::NullI31));
        let tagged = self.builder.ins().ireduce(types::I32, reference);
        let number = if is_signed {
            self.builder.ins().sshr_imm_u(tagged, 1)
        } else {
            self.builder.ins().ushr_imm_u(tagged, 1)
        };
        self.push(number);
    }

    /// Translates `any.convert_extern`: a reference of the host's is put into a box, all others
    /// stay as they are.
    pub(super) fn any_convert_extern(&mut self) {
        let reference = self.pop();
        let done = self.block_with_parameters(&[types::I64]);
        let largest = i64::from(u32::MAX);
        let is_other =
            self.builder.ins().icmp_imm_u(IntCC::UnsignedLessThanOrEqual, reference, largest);
        self.leave_if(is_other, done, &[BlockArg::Value(reference)]);
        let object = self.new_object(size_of::<HostBox>() as u32, HOST_BOX);
        let offset = offset_of!(HostBox, reference) as i32;
        self.builder.ins().store(MemFlagsData::trusted(), reference, object, offset);
        self.builder.ins().jump(done, &[BlockArg::Value(object)]);
        self.continue_in(done);
    }

    /// Translates `extern.convert_any`: the reverse of [`Translator::any_convert_extern`].
    pub(super) fn extern_convert_any(&mut self) {
        let reference = self.pop();
        let done = self.block_with_parameters(&[types::I64]);
        let same = [BlockArg::Value(reference)];
        let null = self.builder.ins().icmp_imm_u(IntCC::Equal, reference, 0);
        self.leave_if(null, done, &same);
        let bit = self.builder.ins().band_imm_u(reference, 1);
        self.leave_if(bit, done, &same);
        let flags = self.object_flags(Region::ObjectTypes);
        let number = self.builder.ins().load(types::I32, flags, reference, 0);
        let is_other = self.builder.ins().icmp_imm_u(IntCC::NotEqual, number, i64::from(HOST_BOX));
        self.leave_if(is_other, done, &same);
        let offset = offset_of!(HostBox, reference) as i32;
        let host = self.builder.ins().load(types::I64, MemFlagsData::trusted(), reference, offset);
        self.builder.ins().jump(done, &[BlockArg::Value(host)]);
        self.continue_in(done);
    }
}

/// Returns the number, in messages, of the type that the operator at the beginning of `reader`
/// expects, if it is a cast that null does not pass.
pub(crate) fn type_of_null_cast(
    planned: &PlannedModule<'_>,
    reader: BinaryReader<'_>,
) -> Option<u32> {
    match OperatorsReader::new(reader).read() {
        Ok(Operator::RefCastNonNull { hty }) => Some(Wanted::of(planned, hty).expected()),
        _ => None,
    }
}

/// Returns a type of references.
fn reference_type(heap: HeapType, nullable: bool) -> RefType {
    RefType::new(nullable, heap).expect("the parser made one of these")
}
