//! Names in the symbol table.
//!
//! A function that a module imports or exports is `module.name` in the C
//! calling convention of the target. A single result is returned as C does;
//! more than one are stored in 8-byte (v128: 16-byte) slots of an array whose
//! address is passed as an additional last argument. Characters that a symbol
//! table cannot hold, and `%`, are written `%XX`; so names that begin with
//! another use of `%` are free for the compiler's own. The functions of the
//! runtime that compiled code calls are in
//! [`RuntimeFunction`](crate::RuntimeFunction).

/// The [`Program`](crate::Program).
pub const PROGRAM: &str = "quench_program";
/// Prefix of a module's [`Module`](crate::Module) record: `%module.NAME`.
pub const MODULE: &str = "%module.";
/// Prefix of an [`EntryPoint`](crate::EntryPoint): `%entry.MODULE.NAME`.
pub const ENTRY: &str = "%entry.";
/// Prefix of an instrumented module's counters: `%counters.NAME`.
pub const COUNTERS: &str = "%counters.";
/// Prefix of an exported function in the internal calling convention.
pub const INTERNAL: &str = "%internal.";
/// The [`Fuel`](crate::Fuel) of a program that has a limit of it.
pub const FUEL: &str = "quench_fuel";
/// The [`Profile`](crate::Profile) of an instrumented program.
pub const PROFILE: &str = "quench_profile";
/// [`Program::host_start`](crate::Program::host_start) of an instrumented
/// program.
pub const PROFILE_START: &str = "quench_profile_start";
/// The [`Heap`](crate::Heap) of a program that has garbage-collected types.
pub const HEAP: &str = "quench_heap";
/// [`Program::host_start`](crate::Program::host_start) of such a program: reserves the heap's
/// addresses, then calls [`Heap::host_start`](crate::Heap::host_start).
pub const HEAP_START: &str = "quench_heap_start";
/// A [`SourceFrameReader`](crate::SourceFrameReader).
pub const SOURCE_FRAME: &str = "quench_source_frame";
/// A [`NullCastReporter`](crate::NullCastReporter) that knows the names of functions' types.
pub const NULL_CAST: &str = "quench_null_cast";
/// A [`NullCastReporter`](crate::NullCastReporter) that knows the names of all types.
pub const HEAP_NULL_CAST: &str = "quench_heap_null_cast";
/// A [`CoreDumper`](crate::CoreDumper).
pub const DUMP_CORE: &str = "quench_dump_core";
/// A [`CoreDumper`](crate::CoreDumper) that knows the [`Heap`](crate::Heap).
pub const DUMP_CORE_AND_HEAP: &str = "quench_dump_core_and_heap";
/// The function by which a `main` that quench did not make prepares the program.
pub const START: &str = "quench_start";
/// The function by which such a `main` calls a function on the guest's stack.
pub const CALL: &str = "quench_call";
/// [`Invocation::run`](crate::Invocation::run).
pub const INVOKE: &str = "quench_invoke";
