//! Everything that depends on the processor, and the contract of it: each item
//! is described here once and made in the folder of each machine, where the
//! same files have the same items in the same order.
//!
//! | file | what |
//! | --- | --- |
//! | `entry.rs` | the first instructions, relocations, what debuggers are told |
//! | `switch.rs` | stacks, frames and return addresses |
//! | `caller.rs` | what compiled code calls to report itself |
//! | `kernel.rs` | system calls that rustix does not offer |
//! | `decode.rs` | what an instruction loads or stores |
//! | `signal.rs` | the interrupted program in a signal handler |
//! | `features.rs` | an instruction of each feature of processors |
//! | `copy.rs` | vectors for copying and filling |
//!
//! `access.rs` and `probe.rs` are for both machines. Nothing here knows the rest
//! of the runtime.

mod access;
mod probe;

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(target_arch = "aarch64")]
use aarch64 as machine;
#[cfg(target_arch = "x86_64")]
mod x86_64;
#[cfg(target_arch = "x86_64")]
use x86_64 as machine;

pub(crate) use access::Access;

/// Type of the relocation that stores the address of the image plus the addend
/// (`R_X86_64_RELATIVE`, `R_AARCH64_RELATIVE` in the psABI of each processor).
pub(crate) use machine::entry::RELATIVE_RELOCATION;

/// The first instructions of the process, as the body of a naked function: they call
/// the function that is given with the argument block, which the kernel leaves at the
/// stack pointer, and with the executable's header. Nothing of use is in other
/// registers then.
#[cfg(feature = "freestanding")]
pub(crate) use machine::entry::first_instructions;

/// Calls `function(data)` on another stack, whose top is 16-byte aligned.
/// Before that it stores in `frame` what [`resume`] needs to return from this
/// call in its place. Returns 0 if the function returns.
///
/// # Safety
///
/// The stack is unused and large enough for the function, or guarded.
pub(crate) use machine::switch::call_on_stack;

/// Returns `code` from the [`call_on_stack`] that stored `frame`, without the
/// called function's doing.
///
/// # Safety
///
/// That call has not returned, and nothing between there and here has to be
/// dropped.
pub(crate) use machine::switch::resume;

/// Prepares an empty stack whose end is `top`, so that [`switch_stack`] begins `function` there.
/// Returns the stack pointer for that. The chain of frames ends at the function.
///
/// # Safety
///
/// There are 256 writable bytes below `top`, which is 16-byte aligned.
pub(crate) use machine::switch::prepare_stack;

/// Stores the stack pointer in `save`, with the registers that belong to callers on the stack, and
/// goes on where another such call stored `stack_pointer`, or where [`prepare_stack`] says.
///
/// # Safety
///
/// Nothing has gone on from `stack_pointer` since it was stored.
pub(crate) use machine::switch::switch_stack;

/// Calls `function` with the address of the registers that callers may use
/// over this call, which are on the stack meanwhile.
///
/// # Safety
///
/// The function can be called.
pub(crate) use machine::switch::call_with_registers_on_stack;

/// Continues in compiled code at `address`, with an exception as payload and
/// the given stack and frame pointers.
///
/// # Safety
///
/// The code at that address expects this payload, stack and frame.
pub(crate) use machine::switch::land;

/// Returns the address that a stored return address stands for, without the
/// signature that some processors add.
pub(crate) use machine::switch::plain_return_address;

/// The body of a naked function that compiled code calls:
/// `pass_caller!(COUNT, FUNCTION)` continues in a function with the
/// same `COUNT` parameters (1, 2 or 4) and two more: the frame pointer of the
/// calling function, and the address that the call would return to. The function does not
/// return, unless `forgetting` stands behind it: when one returns that gives out objects, the 256
/// bytes below the caller's frame are 0, so that addresses of objects in them do not become
/// words of a later frame, in a place that nothing writes.
pub(crate) use machine::caller::pass_caller;

/// The kernel's number of this architecture in `seccomp` filters
/// (`AUDIT_ARCH_*` of `linux/audit.h`).
pub use machine::kernel::AUDIT_ARCHITECTURE;

/// Makes a system call that rustix does not offer. Returns its result, or the
/// negative number of an error.
///
/// # Safety
///
/// The contract is that of the system call.
pub use machine::kernel::system_call;

/// The restorer of signal handlers: they return to it, and it asks the kernel
/// to put the interrupted context back (`rt_sigreturn`).
///
/// # Safety
///
/// Only the kernel makes it run.
pub(crate) use machine::signal::return_from_signal;

/// The signals by which the kernel tells of an exception of the processor, with their
/// names.
pub(crate) use machine::signal::SIGNALS;

/// Ends the process by one of [`SIGNALS`], in its handler: makes the exception that the
/// signal stands for. The signal is blocked there, and the kernel ends a process for an
/// exception that it cannot tell of. To send the signal again would take a system call,
/// which the program has given up.
pub(crate) use machine::signal::end_by;

/// The interrupted program in a signal handler: the beginning of the kernel's
/// `struct ucontext`.
pub(crate) use machine::signal::SignalContext;

/// Names of the processor's features, in the order of the bits of
/// [`quench_abi::Program::cpu_features`], with a space between them.
pub(crate) use machine::features::CPU_FEATURES;

/// Executes an instruction that belongs to the feature with this bit. It is an
/// illegal one where the processor, or the kernel, lacks the feature.
///
/// # Safety
///
/// The signal of an illegal instruction is handled.
pub(crate) use machine::features::use_cpu_feature;

/// Returns the protection of the pages of compiled code, where that takes a
/// system call; `features` are the bits of those that the code needs.
pub(crate) use machine::features::code_protection;

/// The vector that one instruction loads or stores.
pub(crate) use machine::copy::Vector;

/// The widest such vector of processors with the feature [`quench_abi::WIDE`].
pub(crate) use machine::copy::WideVector;

/// Returns a vector with `byte` in each of its bytes.
pub(crate) use machine::copy::splat;

/// Fills as C's `memset`, if the processor has an instruction for that and it
/// is worth its start. Returns whether it did.
///
/// # Safety
///
/// There are `count` writable bytes at `to`.
pub(crate) use machine::copy::fill_at_once;

/// Compiles functions for processors with the feature [`quench_abi::WIDE`].
pub(crate) use machine::copy::wide;
