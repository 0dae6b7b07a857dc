//! Counting what runs against a limit ([`quench_abi::Fuel`]). In a function what
//! is left is a variable; in memory it is while another function runs. It is
//! counted by the module's instructions, so that it is the same on each machine
//! and whatever becomes of the code.

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
    /// A function begins. One that calls nothing ends soon, or has loops.
    pub fn take_fuel(&mut self, body: &Body<'_>) -> Result<(), wasmparser::Error> {
        if self.environment.pinned_register == PinnedRegister::Fuel {
            let left = self.builder.declare_var(types::I64);
            self.fuel = Some(FuelState { left, owed: 0 });
            self.load_fuel();
            if calls(body)? {
                self.check_fuel();
            }
        }
        Ok(())
    }

    /// The operator is going to be translated.
    pub fn before_operator(&mut self, operator: &Operator<'_>) {
        if !self.reachable {
            return;
        }
        let Some(fuel) = &mut self.fuel else {
            return;
        };
        fuel.owed += u64::from(!marks_block(operator));
        let effect = effect(operator);
        if effect != Effect::None {
            self.burn_fuel();
        }
        if matches!(effect, Effect::Calls | Effect::Leaves | Effect::Throws) {
            self.save_fuel();
        }
        if effect == Effect::Throws {
            self.fuel_to_memory();
        }
    }

    /// The operator has been translated.
    pub fn after_operator(&mut self, operator: &Operator<'_>) {
        if !self.reachable {
            return;
        }
        match effect(operator) {
            Effect::Calls => self.load_fuel(),
            Effect::Branches => match operator {
                Operator::Loop { .. } => self.check_fuel(),
                Operator::BrIf { relative_depth } if self.is_loop(*relative_depth) => {
                    self.keep_apart();
                }
                _ => {}
            },
            _ => {}
        }
    }

    /// What is left after a loop is not counted from what was left when its last
    /// round began: then both numbers would be needed at the branch to the next
    /// round, and copied there.
    fn keep_apart(&mut self) {
        self.save_fuel();
        self.load_fuel();
    }

    fn burn_fuel(&mut self) {
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

    /// Lets other functions know what is left.
    pub fn save_fuel(&mut self) {
        if let Some(fuel) = &self.fuel {
            let left = self.builder.use_var(fuel.left);
            self.builder.ins().set_pinned_reg(left);
        }
    }

    /// Takes what other functions have left.
    fn load_fuel(&mut self) {
        if let Some(fuel) = &self.fuel {
            let left = self.builder.ins().get_pinned_reg(types::I64);
            self.builder.def_var(fuel.left, left);
        }
    }

    /// In a handler of an exception: what was left when it was thrown.
    pub fn load_thrown_fuel(&mut self) {
        self.fuel_from_memory();
        self.load_fuel();
    }

    /// Before code that has other uses for the register.
    pub fn fuel_to_memory(&mut self) {
        if self.environment.pinned_register == PinnedRegister::Fuel {
            let left = self.builder.ins().get_pinned_reg(types::I64);
            let (flags, address) = (self.fuel_flags(), self.symbol(Symbol::Fuel, 0));
            let offset = offset_of!(Fuel, left) as i32;
            self.builder.ins().store(flags, left, address, offset);
        }
    }

    pub fn fuel_from_memory(&mut self) {
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

    /// Ends the program if nothing is left.
    fn check_fuel(&mut self) {
        if let Some(fuel) = &self.fuel {
            let left = self.builder.use_var(fuel.left);
            let is_empty = self.builder.ins().icmp_imm_s(IntCC::SignedLessThan, left, 0);
            // The call does not come back; the trap only ends the block.
            self.report_if(is_empty, Trap::Unreachable, |translator| {
                let fuel = translator.symbol(Symbol::Fuel, 0);
                translator.call_runtime(RuntimeFunction::OutOfFuel, &[fuel]);
            });
        }
    }
}

/// What an operator has to do with where code goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    None,
    Branches,
    /// It goes on in another function and comes back.
    Calls,
    /// In another function.
    Leaves,
    /// In a handler of an exception.
    Throws,
}

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

fn calls(body: &Body<'_>) -> Result<bool, wasmparser::Error> {
    let mut operators = body.operators()?;
    while !operators.eof() {
        if matches!(effect(&operators.read()?), Effect::Calls | Effect::Leaves) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn marks_block(operator: &Operator<'_>) -> bool {
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
