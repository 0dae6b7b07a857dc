//! Counters of a profile: at the beginning of each straight run of operators
//! (`module/runs.rs`), and of the functions that indirect calls reach.

use super::translator::{Region, Translator};
use crate::profile::FunctionProfile;
use crate::symbols::Symbol;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use quench_abi::RuntimeFunction;

impl Translator<'_, '_> {
    /// Begins the run of operators behind the operator at `offset`: counts it, and marks its
    /// block as cold if it never ran.
    pub(super) fn begin_run(&mut self, offset: u32) {
        if let Some(function) = self.function_index
            && let Some(counters) = &self.environment.counters
            && let Some(place) = counters.run(function, offset)
        {
            self.count(place);
        }
        self.mark_cold_run(offset);
    }

    /// Returns what a profile says about the function that is being translated.
    pub(super) fn profile(&self) -> Option<&FunctionProfile> {
        self.environment.profile_of(self.function_index?)
    }

    /// Emits an increment of the counter at offset `place`, in bytes.
    fn count(&mut self, place: u64) {
        let region = self.region(Region::Counters);
        let flags = MemFlagsData::trusted().with_alias_region(Some(region));
        let address = self.symbol(Symbol::Counters, place as i64);
        let count = self.builder.ins().load(types::I64, flags, address, 0);
        let count = self.builder.ins().iadd_imm_u(count, 1);
        self.builder.ins().store(flags, count, address, 0);
    }

    /// Emits the call of the runtime that counts the function which an indirect call reaches.
    /// `reference` is not null, and of the call's type.
    pub(super) fn count_callee(&mut self, reference: Value) {
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
