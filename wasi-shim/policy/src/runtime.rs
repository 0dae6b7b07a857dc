//! The functions of the runtime that make system calls. A program's code says
//! by the symbols it refers to which of them it can ever call.

use quench_abi::{RuntimeFunction, RuntimeNeed};

/// A set of kinds of such functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuntimeFunctions(pub u8);

impl RuntimeFunctions {
    pub const NONE: RuntimeFunctions = RuntimeFunctions(0);
    pub const MEMORY_GROW: RuntimeFunctions = RuntimeFunctions(1);
    pub const TABLE_GROW: RuntimeFunctions = RuntimeFunctions(2);
    pub const EXCEPTIONS: RuntimeFunctions = RuntimeFunctions(4);
    /// To wait in a shared memory, and to notify.
    pub const WAITS: RuntimeFunctions = RuntimeFunctions(8);
    /// To grow a memory of which nothing is reserved that it does not have.
    pub const MEMORY_GROW_EXPLICIT: RuntimeFunctions = RuntimeFunctions(16);
    pub const ALL: RuntimeFunctions = RuntimeFunctions(31);

    /// Returns the kind of function that a symbol of the runtime is.
    pub fn of_symbol(symbol: &str) -> RuntimeFunctions {
        RuntimeFunction::of_symbol(symbol)
            .map_or(RuntimeFunctions::NONE, |function| RuntimeFunctions::of(function.need()))
    }

    const fn of(need: RuntimeNeed) -> RuntimeFunctions {
        match need {
            RuntimeNeed::Nothing => RuntimeFunctions::NONE,
            RuntimeNeed::MemoryGrow => RuntimeFunctions::MEMORY_GROW,
            RuntimeNeed::TableGrow => RuntimeFunctions::TABLE_GROW,
            RuntimeNeed::Exceptions => RuntimeFunctions::EXCEPTIONS,
            RuntimeNeed::Waits => RuntimeFunctions::WAITS,
            RuntimeNeed::MemoryGrowExplicit => RuntimeFunctions::MEMORY_GROW_EXPLICIT,
        }
    }

    #[must_use]
    pub const fn with(self, other: RuntimeFunctions) -> RuntimeFunctions {
        RuntimeFunctions(self.0 | other.0)
    }

    pub const fn intersects(self, other: RuntimeFunctions) -> bool {
        self.0 & other.0 != 0
    }
}
