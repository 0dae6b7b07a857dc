//! Fuel: a count of the operators that run, against a limit ([`quench_abi::Fuel`]). Within a
//! function the fuel that is left is a variable; it is in the pinned register while another
//! compiled function runs, and in memory while the host runs. The count is of the module's
//! instructions, so that it is the same on each machine, and independent of how the code is
//! optimised.

use super::translator::{FuelState, Region, Translator};
use crate::module::Body;
use crate::module::ends_run;
use crate::options::PinnedRegister;
use crate::symbols::Symbol;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, types};
use quench_abi::{Fuel, RuntimeFunction, Trap};
use std::mem::offset_of;
use wasmparser::Operator;

impl Translator<'_, '_> {
    /// Emits the beginning of a function that counts fuel: takes what is left, and checks it if
    /// the function calls others. A function that calls nothing ends soon, or has loops, which
    /// check it themselves.
    ///
    /// # Errors
    ///
    /// The decoder's, if the function's bytes are malformed.
    pub(super) fn take_fuel(&mut self, body: &Body<'_>) -> Result<(), wasmparser::Error> {
        if self.environment.pinned_register == PinnedRegister::Fuel {
            let left = self.builder.declare_var(types::I64);
            self.fuel = Some(FuelState { left, owed: 0 });
            self.fuel_from_register();
            if calls(body)? {
                self.check_fuel();
            }
        }
        Ok(())
    }

    /// Counts an operator that is about to be translated. If it may leave the straight run of
    /// operators, subtracts the fuel that the run has used; if it may leave the function, makes
    /// what is left known to the code that runs next.
    pub(super) fn before_operator(&mut self, operator: &Operator<'_>) {
        if !self.reachable {
            return;
        }
        let Some(fuel) = &mut self.fuel else {
            return;
        };
        fuel.owed += u64::from(!is_free(operator));
        let effect = effect(operator);
        if effect != Effect::None {
            self.subtract_fuel();
        }
        if matches!(effect, Effect::Calls | Effect::Leaves | Effect::Throws) {
            self.fuel_to_register();
        }
        if effect == Effect::Throws {
            self.fuel_to_memory();
        }
    }

    /// Takes what a call has left, and checks the fuel at the header of a loop, after the
    /// operator has been translated.
    pub(super) fn after_operator(&mut self, operator: &Operator<'_>) {
        if !self.reachable {
            return;
        }
        match effect(operator) {
            Effect::Calls => self.fuel_from_register(),
            Effect::Branches => match operator {
                Operator::Loop { .. } => self.check_fuel(),
                Operator::BrIf { relative_depth } if self.is_loop(*relative_depth) => {
                    self.detach_fuel();
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// Detaches the fuel that is left after a loop from the value that the last iteration
    /// began with. Without this, both numbers would be needed at the branch to the next
    /// iteration, and copied there.
    fn detach_fuel(&mut self) {
        self.fuel_to_register();
        self.fuel_from_register();
    }

    /// Emits the subtraction of the fuel that this run has used.
    fn subtract_fuel(&mut self) {
        if let Some(fuel) = &mut self.fuel
            && fuel.owed > 0
        {
            let owed = std::mem::take(&mut fuel.owed);
            let variable = fuel.left;
            let left = self.builder.use_var(variable);
            let left = self.builder.ins().iadd_imm_s(left, -(owed as i64));
            self.builder.def_var(variable, left);
        }
    }

    /// Emits the move of the function's fuel to the pinned register, for other functions.
    pub(super) fn fuel_to_register(&mut self) {
        if let Some(fuel) = &self.fuel {
            let left = self.builder.use_var(fuel.left);
            self.builder.ins().set_pinned_reg(left);
        }
    }

    /// Emits the move of the fuel that other functions have left from the pinned register.
    fn fuel_from_register(&mut self) {
        if let Some(fuel) = &self.fuel {
            let left = self.builder.ins().get_pinned_reg(types::I64);
            self.builder.def_var(fuel.left, left);
        }
    }

    /// Emits, in the handler of an exception, the load of the fuel that was left when it was
    /// thrown.
    pub(super) fn fuel_from_throw(&mut self) {
        self.fuel_from_memory();
        self.fuel_from_register();
    }

    /// Emits the store of the pinned register's fuel to memory, before code that has other uses
    /// for the register.
    pub(super) fn fuel_to_memory(&mut self) {
        if self.environment.pinned_register == PinnedRegister::Fuel {
            let left = self.builder.ins().get_pinned_reg(types::I64);
            let (flags, address) = (self.fuel_flags(), self.symbol(Symbol::Fuel, 0));
            let offset = offset_of!(Fuel, left) as i32;
            self.builder.ins().store(flags, left, address, offset);
        }
    }

    /// Emits the load of the fuel from memory into the pinned register.
    pub(super) fn fuel_from_memory(&mut self) {
        if self.environment.pinned_register == PinnedRegister::Fuel {
            let (flags, address) = (self.fuel_flags(), self.symbol(Symbol::Fuel, 0));
            let offset = offset_of!(Fuel, left) as i32;
            let left = self.builder.ins().load(types::I64, flags, address, offset);
            self.builder.ins().set_pinned_reg(left);
        }
    }

    fn fuel_flags(&mut self) -> MemFlagsData {
        let region = self.region(Region::Fuel);
        MemFlagsData::trusted().with_alias_region(Some(region))
    }

    /// Emits a check that ends the program if no fuel is left.
    fn check_fuel(&mut self) {
        if let Some(fuel) = &self.fuel {
            let left = self.builder.use_var(fuel.left);
            let is_empty = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, left, 0);
            // The call does not return; the trap only ends the block.
            self.report_if(is_empty, Trap::Unreachable, |translator| {
                let fuel = translator.symbol(Symbol::Fuel, 0);
                translator.call_runtime(RuntimeFunction::OutOfFuel, &[fuel]);
            });
        }
    }
}

/// The effect of an operator on where execution continues.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    /// Execution continues with the next operator.
    None,
    /// The run ends: execution may continue elsewhere in the function, return or trap.
    Branches,
    /// Execution continues in another function and returns.
    Calls,
    /// Execution continues in another function and does not return.
    Leaves,
    /// Execution continues in the handler of an exception.
    Throws,
}

/// Returns the effect of an operator on where execution continues.
fn effect(operator: &Operator<'_>) -> Effect {
    match operator {
        Operator::Call { .. } | Operator::CallIndirect { .. } | Operator::CallRef { .. } => {
            Effect::Calls
        }
        Operator::ReturnCall { .. }
        | Operator::ReturnCallIndirect { .. }
        | Operator::ReturnCallRef { .. } => Effect::Leaves,
        Operator::Throw { .. } | Operator::ThrowRef | Operator::Rethrow { .. } => Effect::Throws,
        Operator::Br { .. }
        | Operator::BrTable { .. }
        | Operator::Return
        | Operator::Unreachable
        | Operator::Delegate { .. } => Effect::Branches,
        other if ends_run(other) => Effect::Branches,
        _ => Effect::None,
    }
}

/// Returns whether a function's code has a call of another function.
fn calls(body: &Body<'_>) -> Result<bool, wasmparser::Error> {
    let mut operators = body.operators()?;
    while !operators.eof() {
        if matches!(effect(&operators.read()?), Effect::Calls | Effect::Leaves) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns whether an operator uses no fuel: it only marks a place in the code.
fn is_free(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::Nop
            | Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::Else
            | Operator::End
            | Operator::TryTable { .. }
            | Operator::Try { .. }
            | Operator::Catch { .. }
            | Operator::CatchAll
            | Operator::Delegate { .. }
    )
}
