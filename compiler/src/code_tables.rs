//! The tables by which the runtime finds out about an address in code: its
//! function with the name, its trap, its exception handlers. Functions are
//! added in the order of their code.

use crate::codegen::CompiledFunction;
use crate::object::Record;
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
    pub fn add(&mut self, index: Option<u32>, name: &str, function: &CompiledFunction) {
        let (traps, handlers) = (self.trap_count(), self.handler_count());
        self.functions
            .u32(0)
            .u32(function.code.len() as u32)
            .u32(index.unwrap_or(u32::MAX))
            .u32(traps as u32)
            .u32(handlers as u32)
            .u32(self.names.len() as u32)
            .u32(name.len() as u32);
        self.names.push_str(name);
        for (offset, trap) in &function.traps {
            self.traps.u32(*offset).u32(*trap as u32);
        }
        for handler in &function.handlers {
            self.handlers
                .u32(handler.return_offset)
                .u32(handler.handler_offset)
                .u32(handler.frame_size);
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
