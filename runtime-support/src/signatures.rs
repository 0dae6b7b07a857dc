//! A check, when this crate is compiled, that each function which compiled code
//! calls is here and has the type that the compiler gives it.

use quench_abi::{RuntimeFunction, signatures};

/// Does nothing: what matters is that it compiles.
const _: fn(RuntimeFunction) = |function| match function {
    RuntimeFunction::MemoryGrow => {
        let _: signatures::MemoryGrow = crate::memory::quench_memory_grow;
    }
    RuntimeFunction::MemoryWait32 => {
        let _: signatures::MemoryWait32 = crate::wait::quench_memory_wait32;
    }
    RuntimeFunction::MemoryWait64 => {
        let _: signatures::MemoryWait64 = crate::wait::quench_memory_wait64;
    }
    RuntimeFunction::MemoryNotify => {
        let _: signatures::MemoryNotify = crate::wait::quench_memory_notify;
    }
    RuntimeFunction::TableGrow => {
        let _: signatures::TableGrow = crate::table::quench_table_grow;
    }
    RuntimeFunction::TableFill => {
        let _: signatures::TableFill = crate::table::quench_table_fill;
    }
    RuntimeFunction::Memmove => {
        let _: [signatures::Memmove; 2] =
            [crate::libc_mem::memmove, crate::libc_mem::quench_memmove_wide];
    }
    RuntimeFunction::Memset => {
        let _: [signatures::Memset; 2] =
            [crate::libc_mem::memset, crate::libc_mem::quench_memset_wide];
    }
    RuntimeFunction::MissingImport => {
        let _: signatures::MissingImport = crate::trap::quench_missing_import;
    }
    RuntimeFunction::IncompatibleImport => {
        let _: signatures::IncompatibleImport = crate::trap::quench_incompatible_import;
    }
    RuntimeFunction::OutOfBounds => {
        let _: signatures::OutOfBounds = crate::trap::quench_out_of_bounds;
    }
    RuntimeFunction::UndefinedElement => {
        let _: signatures::UndefinedElement = crate::trap::quench_undefined_element;
    }
    RuntimeFunction::TypeMismatch => {
        let _: signatures::TypeMismatch = crate::trap::quench_type_mismatch;
    }
    RuntimeFunction::ExceptionNew => {
        let _: signatures::ExceptionNew = crate::exception::quench_exception_new;
    }
    RuntimeFunction::ExceptionFree => {
        let _: signatures::ExceptionFree = crate::exception::quench_exception_free;
    }
    RuntimeFunction::Throw => {
        let _: signatures::Throw = crate::exception::quench_throw;
    }
    RuntimeFunction::CountCallee => {
        #[cfg(all(feature = "freestanding", not(test)))]
        let _: signatures::CountCallee = crate::profile::quench_count_callee;
    }
    RuntimeFunction::OutOfFuel => {
        let _: signatures::OutOfFuel = crate::fuel::quench_out_of_fuel;
    }
    RuntimeFunction::MemoryGrowExplicit => {
        let _: signatures::MemoryGrowExplicit = crate::memory::quench_memory_grow_explicit;
    }
    RuntimeFunction::HeapRoom => {
        let _: signatures::HeapRoom = crate::heap::quench_heap_room;
    }
    RuntimeFunction::ArrayNew => {
        let _: signatures::ArrayNew = crate::heap::quench_array_new;
    }
    RuntimeFunction::HeapWritten => {
        let _: signatures::HeapWritten = crate::heap::quench_heap_written;
    }
    RuntimeFunction::HeapExceptionNew => {
        let _: signatures::HeapExceptionNew = crate::heap::quench_heap_exception_new;
    }
    RuntimeFunction::CastFailure => {
        let _: signatures::CastFailure = crate::trap::quench_cast_failure;
    }
    RuntimeFunction::HeapCastFailure => {
        let _: signatures::HeapCastFailure = crate::heap::quench_heap_cast_failure;
    }
};
