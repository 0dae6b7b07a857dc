//! The functions of the runtime that make system calls. The symbols that a
//! program's code refers to show which of them it can ever call.

use quench_abi::{RuntimeFunction, RuntimeNeed};

/// A set of kinds of functions of the runtime, a bit for each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuntimeFunctions(pub u8);

impl RuntimeFunctions {
    /// The empty set.
    pub const NONE: RuntimeFunctions = RuntimeFunctions(0);
    /// The set of all kinds.
    pub const ALL: RuntimeFunctions = RuntimeFunctions((1 << (RuntimeNeed::ALL.len() - 1)) - 1);

    /// Returns the kind of function that a symbol of the runtime is.
    pub fn of_symbol(symbol: &str) -> RuntimeFunctions {
        RuntimeFunction::of_symbol(symbol)
            .map_or(RuntimeFunctions::NONE, |function| RuntimeFunctions::of(function.need()))
    }

    /// Returns the kind of the functions that make system calls for this reason; the
    /// first reason is that of functions that make none.
    pub const fn of(need: RuntimeNeed) -> RuntimeFunctions {
        RuntimeFunctions((1 << need as u8) >> 1)
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
