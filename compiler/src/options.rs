//! What to compile for, and how hard to try. Knows nothing of modules.

use crate::Cpu;
use crate::optimize::{Pass, Passes};
use std::fmt;
use std::str::FromStr;
use target_lexicon::{Architecture, Environment, OperatingSystem, Triple};

/// A machine that executables are made for. Both run Linux.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    X86_64,
    Aarch64,
}

impl Target {
    pub const ALL: [Target; 2] = [Target::X86_64, Target::Aarch64];

    /// The machine this runs on, if it is one of them.
    pub fn host() -> Option<Target> {
        Target::from_triple(&Triple::host()).ok()
    }

    /// `x86_64` or `aarch64`.
    pub fn short_name(self) -> &'static str {
        match self {
            Target::X86_64 => "x86_64",
            Target::Aarch64 => "aarch64",
        }
    }

    pub fn triple(self) -> Triple {
        let name = match self {
            Target::X86_64 => "x86_64-unknown-linux-gnu",
            Target::Aarch64 => "aarch64-unknown-linux-gnu",
        };
        name.parse().expect("a constant triple")
    }

    fn from_triple(triple: &Triple) -> Result<Target, String> {
        let linux =
            matches!(triple.operating_system, OperatingSystem::Linux | OperatingSystem::Unknown);
        let little = triple.endianness() == Ok(target_lexicon::Endianness::Little);
        let wide = triple.pointer_width() == Ok(target_lexicon::PointerWidth::U64);
        let environment = matches!(
            triple.environment,
            Environment::Unknown | Environment::Gnu | Environment::Musl
        );
        match triple.architecture {
            Architecture::X86_64 if linux && wide && environment => Ok(Target::X86_64),
            Architecture::Aarch64(_) if linux && little && wide && environment => {
                Ok(Target::Aarch64)
            }
            _ => Err(format!(
                "`{triple}` is not a target of quench; it compiles for x86_64 and aarch64 Linux"
            )),
        }
    }
}

impl FromStr for Target {
    type Err = String;

    /// Takes a triple or the beginning of one: `aarch64`, `aarch64-linux`,
    /// `aarch64-unknown-linux-gnu`. `amd64` and `arm64` are understood.
    fn from_str(name: &str) -> Result<Target, String> {
        let canonical = match name.split_once('-') {
            None => match name {
                "amd64" | "x64" => "x86_64".to_string(),
                "arm64" => "aarch64".to_string(),
                _ => name.to_string(),
            },
            _ => name.to_string(),
        };
        let triple: Triple = canonical
            .parse()
            .map_err(|_| format!("`{name}` is not a target; try `x86_64` or `aarch64`"))?;
        Target::from_triple(&triple)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.triple())
    }
}

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

/// What holds for a whole program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Options {
    pub cpu: Cpu,
    pub opt_level: OptLevel,
    /// Results that are NaN have one bit pattern. Without it each machine has
    /// its own, as WebAssembly allows. What it leaves open besides (relaxed
    /// SIMD) is the same everywhere in any case.
    pub canonical_nans: bool,
    /// Those of [`Pass`](crate::Pass) that may run.
    pub passes: Passes,
    pub detail: Detail,
    /// Whether it counts what runs, for a [`Profile`](crate::Profile).
    pub instrument: bool,
    /// How much it may do, if that is limited; see [`quench_abi::Fuel`].
    pub fuel: Option<u64>,
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

    /// Those of the passes that run at this level, for this machine.
    pub(crate) fn effective_passes(&self) -> Passes {
        let passes = match self.cpu.target() {
            // Its accesses take a sum and an offset.
            Target::X86_64 => self.passes.without(Pass::Offsets),
            // Its accesses extend addresses themselves.
            Target::Aarch64 => self.passes.without(Pass::Pointers),
        };
        match self.opt_level {
            OptLevel::None => Passes::NONE,
            OptLevel::Size => passes.without(Pass::Inline).without(Pass::Bulk),
            OptLevel::Speed if self.debug_info => passes.without(Pass::Inline),
            OptLevel::Speed => passes,
        }
    }
}
