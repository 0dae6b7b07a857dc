//! The tables by which the runtime finds out about an address in code: its
//! function with the name, its trap, its exception handlers. Functions are
//! added in the order of their code.

use super::record::{Record, record};
use crate::machine_code::MachineCode;
use quench_abi::{FunctionEntry, HandlerEntry, TrapEntry};

/// See [`quench_abi::Module`]. The distances in `functions` are left to fill in.
#[derive(Default)]
pub struct CodeTables {
    pub functions: Record,
    pub traps: Record,
    pub handlers: Record,
    pub names: String,
}

impl CodeTables {
    /// `index` is the function's in its module, if it has one.
    pub fn add(&mut self, index: Option<u32>, name: &str, function: &MachineCode) {
        let (traps, handlers) = (self.trap_count(), self.handler_count());
        self.functions.append(record!(FunctionEntry {
            code: 0_u32,
            size: function.code.len() as u32,
            index: index.unwrap_or(u32::MAX),
            first_trap: traps as u32,
            first_handler: handlers as u32,
            name_offset: self.names.len() as u32,
            name_length: name.len() as u32,
        }));
        self.names.push_str(name);
        for (offset, trap) in &function.traps {
            self.traps.append(record!(TrapEntry { offset: *offset, code: *trap as u32 }));
        }
        for handler in &function.handlers {
            self.handlers.append(record!(HandlerEntry {
                return_offset: handler.return_offset,
                handler_offset: handler.handler_offset,
                frame_size: handler.frame_size,
            }));
        }
    }

    pub fn function_count(&self) -> usize {
        self.functions.bytes.len() / size_of::<FunctionEntry>()
    }

    pub fn trap_count(&self) -> usize {
        self.traps.bytes.len() / size_of::<TrapEntry>()
    }

    pub fn handler_count(&self) -> usize {
        self.handlers.bytes.len() / size_of::<HandlerEntry>()
    }
}
