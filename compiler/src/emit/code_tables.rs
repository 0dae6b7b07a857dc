//! The tables in which the runtime looks up an address in code: the function with its
//! name, the trap, the exception handlers. Functions are added in the order of their
//! code.

use super::record::{Address, FieldValue, Record, record};
use crate::machine_code::MachineCode;
use quench_abi::{FunctionEntry, HandlerEntry, TrapEntry};

/// The tables about code that a [`quench_abi::Module`] points to.
#[derive(Default)]
pub(crate) struct CodeTables {
    /// The [`FunctionEntry`]s.
    pub functions: Record,
    /// The [`TrapEntry`]s of all functions.
    pub traps: Record,
    /// The [`HandlerEntry`]s of all functions.
    pub handlers: Record,
    /// The functions' names, one directly behind the other.
    pub names: String,
    /// Whether an entry in `traps` says what a cast expects.
    pub has_casts: bool,
}

impl CodeTables {
    /// Adds a function or thunk, whose code lies at `code`. `index` is the function's
    /// index in its module; a thunk has none. `casts` are those of [`Code::casts`].
    ///
    /// [`Code::casts`]: super::emitter::Code::casts
    pub(crate) fn add(
        &mut self,
        code: Address,
        index: Option<u32>,
        name: &str,
        function: &MachineCode,
        casts: &[(u32, u32)],
    ) {
        let (traps, handlers) = (self.trap_count(), self.handler_count());
        self.functions.append(record!(FunctionEntry {
            code: FieldValue::Distance(code),
            size: function.code.len() as u32,
            index: index.unwrap_or(u32::MAX),
            first_trap: traps as u32,
            first_handler: handlers as u32,
            name_offset: self.names.len() as u32,
            name_length: name.len() as u32,
        }));
        self.names.push_str(name);
        self.has_casts |= !casts.is_empty();
        for (offset, trap) in &function.traps {
            let cast = casts.binary_search_by_key(offset, |(offset, _)| *offset);
            let expected = cast.ok().map(|position| casts[position].1);
            let code = TrapEntry::code(*trap, expected);
            self.traps.append(record!(TrapEntry { offset: *offset, code: code }));
        }
        for handler in &function.handlers {
            self.handlers.append(record!(HandlerEntry {
                return_offset: handler.return_offset,
                handler_offset: handler.handler_offset,
                frame_size: handler.frame_size,
            }));
        }
    }

    /// Returns the number of functions and thunks.
    pub(crate) fn function_count(&self) -> usize {
        self.functions.bytes.len() / size_of::<FunctionEntry>()
    }

    /// Returns the number of traps of all functions.
    pub(crate) fn trap_count(&self) -> usize {
        self.traps.bytes.len() / size_of::<TrapEntry>()
    }

    /// Returns the number of exception handlers of all functions.
    pub(crate) fn handler_count(&self) -> usize {
        self.handlers.bytes.len() / size_of::<HandlerEntry>()
    }
}
