//! The tables of handles that types name by number.
//!
//! # Safety
//!
//! The records are the compiler's, and stay as they are while the program runs.
#![allow(unsafe_code, reason = "see Safety")]

use crate::trap::trap;
use quench_abi::component::{ChannelUse, ComponentInstance, HandleTables, ResourceTable};
use quench_runtime_support::slice;

/// Returns a table of resources.
pub(crate) fn resource(tables: &'static HandleTables, number: u32) -> &'static ResourceTable {
    // SAFETY: see the head of this file.
    known(unsafe { slice(tables.resources, tables.resource_count) }, number)
}

/// Returns a table of streams, or of futures.
pub(crate) fn channel(
    tables: &'static HandleTables,
    is_future: bool,
    number: u32,
) -> &'static ChannelUse {
    let (list, count) = if is_future {
        (tables.futures, tables.future_count)
    } else {
        (tables.streams, tables.stream_count)
    };
    // SAFETY: see the head of this file.
    known(unsafe { slice(list, count) }, number)
}

/// Returns the instance of a table of error contexts.
pub(crate) fn error_context(
    tables: &'static HandleTables,
    number: u32,
) -> &'static ComponentInstance {
    // SAFETY: see the head of this file.
    unsafe { &**known(slice(tables.error_contexts, tables.error_context_count), number) }
}

fn known<T>(list: &'static [T], number: u32) -> &'static T {
    list.get(number as usize).unwrap_or_else(|| trap("unknown table of handles"))
}
