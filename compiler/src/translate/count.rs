//! Counting what runs, at the begin of each straight run of operators (`runs`),
//! and what indirect calls reach.

use super::translator::{Region, Translator};
use crate::profile::FunctionProfile;
use crate::symbols::Symbol;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use quench_abi::RuntimeFunction;

impl Translator<'_, '_> {
    /// A run begins behind the operator at `offset`.
    pub fn begin_run(&mut self, offset: u32) {
        if let Some(function) = self.function_index
            && let Some(counters) = &self.environment.counters
            && let Some(place) = counters.run(function, offset)
        {
            self.count(place);
        }
        self.mark_cold_run(offset);
    }

    /// What is known of the function that is translated.
    pub fn profile(&self) -> Option<&FunctionProfile> {
        self.environment.profile_of(self.function_index?)
    }

    fn count(&mut self, place: u64) {
        let region = self.region(Region::Counters);
        let flags = MemFlagsData::trusted().with_alias_region(Some(region));
        let address = self.symbol(Symbol::Counters, place as i64);
        let count = self.builder.ins().load(types::I64, flags, address, 0);
        let count = self.builder.ins().iadd_imm_u(count, 1);
        self.builder.ins().store(flags, count, address, 0);
    }

    /// Counts what an indirect call reaches: a function that can be called.
    pub fn count_callee(&mut self, reference: Value) {
        let offset = self.builder.srcloc().bits();
        if let Some(function) = self.function_index
            && let Some(counters) = &self.environment.counters
            && let Some(place) = counters.site(function, offset)
        {
            let site = self.symbol(Symbol::Counters, place as i64);
            self.call_runtime(RuntimeFunction::CountCallee, &[site, reference]);
        }
    }
}
