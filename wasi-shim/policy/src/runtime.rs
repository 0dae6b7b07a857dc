//! The functions of the runtime that make system calls. The symbols that a
//! program's code refers to show which of them it can ever call.

use quench_abi::{RuntimeFunction, RuntimeNeed};

/// A set of kinds of functions of the runtime, a bit for each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuntimeFunctions(pub u8);

impl RuntimeFunctions {
    /// The empty set.
    pub const NONE: RuntimeFunctions = RuntimeFunctions(0);
    /// Growing a memory within its reservation.
    pub const MEMORY_GROW: RuntimeFunctions = RuntimeFunctions(1);
    /// Growing a table.
    pub const TABLE_GROW: RuntimeFunctions = RuntimeFunctions(2);
    /// Making exceptions.
    pub const EXCEPTIONS: RuntimeFunctions = RuntimeFunctions(4);
    /// Waiting in a shared memory, and notifying.
    pub const WAITS: RuntimeFunctions = RuntimeFunctions(8);
    /// Growing a memory for which nothing is reserved beyond its length.
    pub const MEMORY_GROW_EXPLICIT: RuntimeFunctions = RuntimeFunctions(16);
    /// The set of all kinds.
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

    /// Returns the union of both sets.
    #[must_use]
    pub const fn with(self, other: RuntimeFunctions) -> RuntimeFunctions {
        RuntimeFunctions(self.0 | other.0)
    }

    /// Returns whether the sets have a kind in common.
    pub const fn intersects(self, other: RuntimeFunctions) -> bool {
        self.0 & other.0 != 0
    }
}
