//! Options of a compilation: its target, and how much effort goes into the code. Knows nothing
//! of modules.

use crate::cpu::Cpu;
use crate::passes::{Pass, Passes};
use crate::target::Target;

/// The amount of work that goes into the code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OptLevel {
    /// Little work, so that compilation is fast.
    None,
    /// Much work, so that the code is fast.
    #[default]
    Speed,
    /// Much work, for code that is fast but small: no body replaces a call.
    Size,
}

/// The amount of information about functions in messages of the executable.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Detail {
    /// Indices only.
    None,
    /// Indices and names.
    Names,
    /// Indices and names, the places in the source that the module's DWARF knows, and the calls
    /// that were inlined.
    #[default]
    Lines,
}

/// The way in which accesses are kept inside their memories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MemoryChecks {
    /// Address space that is reserved and not accessible, where a memory's type allows it.
    #[default]
    Guard,
    /// A comparison of each access with the memory's length. No address space is reserved
    /// beyond that length.
    Explicit,
}

/// The form in which a compiled module is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emit {
    /// An ELF relocatable object.
    #[default]
    Object,
    /// Cranelift IR after translation and before optimisation, as text.
    Clif,
    /// A disassembly, as text.
    Assembly,
}

/// The content, in all code of a program, of the register that Cranelift can keep out of
/// allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PinnedRegister {
    /// Nothing: the register is not kept out of allocation.
    Unused,
    /// The base of the program's first memory, on targets where a constant costs instructions
    /// at each use (aarch64).
    MemoryBase,
    /// The fuel that is left, while one function calls another.
    Fuel,
}

/// The options that all modules of a program have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// The processor that code is made for.
    pub cpu: Cpu,
    /// The amount of work that goes into the code.
    pub opt_level: OptLevel,
    /// Whether results that are NaN have one bit pattern. Otherwise each machine has its own,
    /// as WebAssembly allows. Whatever else WebAssembly leaves open (relaxed SIMD) is the same
    /// on all machines in any case.
    pub canonical_nans: bool,
    /// The passes that may run.
    pub passes: Passes,
    /// The amount of information about functions in messages of the executable.
    pub detail: Detail,
    /// Whether the program counts what runs, for a [`Profile`](crate::Profile).
    pub instrument: bool,
    /// The limit of the program's fuel, if there is one; see [`quench_abi::Fuel`].
    pub fuel: Option<u64>,
    /// The way in which accesses are kept inside their memories.
    pub memory_checks: MemoryChecks,
    /// What the collector of garbage-collected objects does beside its work: bits of
    /// [`quench_abi::heap_mode`].
    pub heap_mode: u64,
    /// Whether objects have debug information for debuggers of the machine, made from that of
    /// the module. If so, functions are not inlined ([`Pass::Inline`] is left out), and keep
    /// the locals that hold variables in their frames.
    pub debug_info: bool,
    /// Whether each function's registers are checked after they were allocated: the compiler
    /// panics if an operand does not get its value. It takes as long as compiling does.
    pub check_registers: bool,
    /// The index of a function for which the compiler panics, for tests of what happens then.
    pub break_function: Option<u32>,
}

impl Options {
    /// Returns the default options for a target.
    pub fn new(target: Target) -> Options {
        Options {
            cpu: Cpu::portable(target),
            opt_level: OptLevel::default(),
            canonical_nans: false,
            passes: Passes::ALL,
            detail: Detail::default(),
            instrument: false,
            fuel: None,
            memory_checks: MemoryChecks::default(),
            heap_mode: 0,
            debug_info: false,
            check_registers: false,
            break_function: None,
        }
    }

    /// Returns the content of the pinned register.
    pub(crate) fn pinned_register(&self) -> PinnedRegister {
        match (self.fuel, self.cpu.target()) {
            (Some(_), _) => PinnedRegister::Fuel,
            (None, Target::Aarch64) => PinnedRegister::MemoryBase,
            (None, Target::X86_64) => PinnedRegister::Unused,
        }
    }

    /// Returns the passes that run at this level of optimisation, for this target.
    pub(crate) fn effective_passes(&self) -> Passes {
        let passes = match self.cpu.target() {
            // Its accesses take a sum and an offset together.
            Target::X86_64 => self.passes.without(Pass::Offsets),
            // Its accesses extend addresses themselves, and all its instructions have
            // one length.
            Target::Aarch64 => self.passes.without(Pass::Pointers).without(Pass::ShortForms),
        };
        match self.opt_level {
            OptLevel::None => passes.only(Pass::Variables),
            OptLevel::Size => passes.without(Pass::Inline).without(Pass::Bulk),
            OptLevel::Speed if self.debug_info => passes.without(Pass::Inline),
            OptLevel::Speed => passes,
        }
    }
}
