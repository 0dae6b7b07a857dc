//! What to compile for, and how hard to try. Knows nothing of modules.

use crate::cpu::Cpu;
use crate::passes::{Pass, Passes};
use crate::target::Target;

/// How much work to put into the code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OptLevel {
    /// Compile fast.
    None,
    /// Run fast.
    #[default]
    Speed,
    /// Run fast, in less space: no function in place of its calls.
    Size,
}

/// What messages of the executable say of its functions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Detail {
    /// Indices only.
    None,
    Names,
    /// Also where in the source, as far as the module's DWARF says, and which
    /// function was inlined where.
    #[default]
    Lines,
}

/// How accesses are kept inside their memories.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum MemoryChecks {
    /// By address space that is reserved and not accessible, where a memory's
    /// type allows it.
    #[default]
    Guard,
    /// By comparing each access with the memory's length: no address space
    /// beyond that is reserved.
    Explicit,
}

/// The form in which a compiled module is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emit {
    /// An ELF relocatable object.
    #[default]
    Object,
    /// Cranelift IR as translated, before optimisation, as text.
    Clif,
    /// Disassembly as text.
    Assembly,
}

/// The content of the register that Cranelift keeps out of allocation, in all code of a
/// program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PinnedRegister {
    /// Nothing: it is not kept out.
    Unused,
    /// The base of the program's first memory, where a constant costs instructions
    /// at each use (aarch64).
    MemoryBase,
    /// The fuel that is left, while one function calls another.
    Fuel,
}

/// What holds for a whole program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    /// The processor that code is made for.
    pub cpu: Cpu,
    /// How much work goes into the code.
    pub opt_level: OptLevel,
    /// Results that are NaN have one bit pattern. Without it each machine has
    /// its own, as WebAssembly allows. What it leaves open besides (relaxed
    /// SIMD) is the same everywhere in any case.
    pub canonical_nans: bool,
    /// The passes that may run.
    pub passes: Passes,
    /// What messages of the executable say of its functions.
    pub detail: Detail,
    /// Whether code counts what runs, for a [`Profile`](crate::Profile).
    pub instrument: bool,
    /// How much the program may do, if that is limited; see [`quench_abi::Fuel`].
    pub fuel: Option<u64>,
    /// How accesses are kept inside their memories.
    pub memory_checks: MemoryChecks,
    /// Debug information for debuggers of the machine, from the module's.
    /// Functions stay apart then ([`Pass::Inline`] is left out) and keep the
    /// variables' locals in their frames.
    pub debug_info: bool,
    /// The index of a function in which to panic, for tests of what happens
    /// then.
    pub break_function: Option<u32>,
}

impl Options {
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
            debug_info: false,
            break_function: None,
        }
    }

    /// Returns who has the pinned register.
    pub(crate) fn pinned_register(&self) -> PinnedRegister {
        match (self.fuel, self.cpu.target()) {
            (Some(_), _) => PinnedRegister::Fuel,
            (None, Target::Aarch64) => PinnedRegister::MemoryBase,
            (None, Target::X86_64) => PinnedRegister::Unused,
        }
    }

    /// Returns the passes that run at this level, for this machine.
    pub(crate) fn effective_passes(&self) -> Passes {
        let passes = match self.cpu.target() {
            // Its accesses take a sum and an offset.
            Target::X86_64 => self.passes.without(Pass::Offsets),
            // Its accesses extend addresses themselves, and all its instructions have
            // one length.
            Target::Aarch64 => self.passes.without(Pass::Pointers).without(Pass::ShortForms),
        };
        match self.opt_level {
            OptLevel::None => Passes::NONE,
            OptLevel::Size => passes.without(Pass::Inline).without(Pass::Bulk),
            OptLevel::Speed if self.debug_info => passes.without(Pass::Inline),
            OptLevel::Speed => passes,
        }
    }
}
