//! The functions of the runtime that make system calls. A program's code says
//! by the symbols it refers to which of them it can ever call.

use quench_abi::symbols;

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

    /// What a reference to a symbol of the runtime means.
    pub fn of_symbol(symbol: &str) -> RuntimeFunctions {
        match symbol {
            symbols::MEMORY_GROW => RuntimeFunctions::MEMORY_GROW,
            symbols::MEMORY_GROW_EXPLICIT => RuntimeFunctions::MEMORY_GROW_EXPLICIT,
            symbols::TABLE_GROW => RuntimeFunctions::TABLE_GROW,
            symbols::EXCEPTION_NEW => RuntimeFunctions::EXCEPTIONS,
            symbols::MEMORY_WAIT32 | symbols::MEMORY_WAIT64 | symbols::MEMORY_NOTIFY => {
                RuntimeFunctions::WAITS
            }
            _ => RuntimeFunctions::NONE,
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
