//! The options that decide how modules are compiled: those of `quench build`,
//! `run` and `reduce`.

use super::cache::CacheArgs;
use super::values::{Preload, os_value, parse_preload, parse_stack_size};
use clap::{Args, ValueEnum};
use quench_compiler::{MemoryChecks, OptLevel, Pass, Target};

/// The options of the compiler.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Compilation")]
pub struct CompileArgs {
    /// Machine to compile for [default: this one]: `x86_64`, `aarch64`, or a
    /// triple such as `aarch64-unknown-linux-gnu`. For an image, it may be given more
    /// than once
    #[arg(long, value_name = "TARGET")]
    pub target: Vec<Target>,

    /// Processor that the program may rely on [default: x86-64-v2, armv8-a]:
    /// `native` (this one), x86-64-v2 to -v4, armv8-a, armv8.1-a, armv8.4-a,
    /// armv8.6-a; then single features: `x86-64-v3,-bmi2,+avxvnni`, `+lse`. On
    /// a lesser processor the program ends at once, with status 126
    #[arg(long, value_name = "CPU", allow_hyphen_values = true)]
    pub cpu: Option<String>,

    /// Optimisation: 0 compiles fast, 2 makes fast code, s makes fast but smaller
    /// code
    #[arg(
        short = 'O',
        value_enum,
        value_name = "LEVEL",
        default_value_t,
        hide_possible_values = true
    )]
    pub opt_level: Level,

    /// Leave out a pass of the optimiser, to find out which pass miscompiles a
    /// module
    #[arg(long, value_name = "PASS", hide = true)]
    pub disable_pass: Vec<Pass>,

    /// Check the registers of each function, for tests: a fault of the register allocator
    /// ends compilation
    #[arg(long, hide = true)]
    pub check_registers: bool,

    /// Pretend that the compiler fails in the function with this index, for
    /// tests of what happens then
    #[arg(long, value_name = "INDEX", hide = true)]
    pub break_function: Option<u32>,

    /// Link another module into the program; its exports satisfy imports from
    /// module NAME. For a component, NAME is an interface that it imports, and FILE a
    /// component that exports it, or a module with its functions. May be given more
    /// than once; later ones can use earlier ones
    #[arg(long, value_name = "NAME=FILE", value_parser = os_value(parse_preload))]
    pub preload: Vec<Preload>,

    /// Build even if nobody provides some of the imported functions; calling one
    /// of these ends the program with a message
    #[arg(long)]
    pub stub_imports: bool,

    /// Compute the same on every machine, including the bits of a NaN, which
    /// WebAssembly leaves open; floating-point code gets slower
    #[arg(long)]
    pub deterministic: bool,

    /// How accesses are kept inside the program's memory: `guard` reserves 8 GiB
    /// of addresses, which costs nothing; `explicit` checks each access, for places
    /// where so many addresses are not available (`ulimit -v`, small containers)
    #[arg(long, value_enum, value_name = "HOW", default_value_t, hide_possible_values = true)]
    pub memory_checks: Checks,

    /// Let whoever starts the program set QUENCH_GC in its environment to `log`, for a
    /// line on standard error about each garbage collection, or to `stress`, to
    /// collect as often as possible
    #[arg(long)]
    pub gc_debug: bool,

    /// Size of the program's stack: bytes, or with K, M, G (powers of 1024). It
    /// takes memory only as it is used; a program that needs more ends with a
    /// message
    #[arg(long, value_name = "SIZE", default_value = "8M", value_parser = parse_stack_size)]
    pub max_stack: u64,

    /// Number of threads to compile with [default: one per processor]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    /// Whether there is a cache, and where.
    #[command(flatten)]
    pub cache: CacheArgs,
}

/// How code is optimised: the values of `-O`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Level {
    /// Compile fast
    #[value(name = "0")]
    None,
    /// Make fast code
    #[default]
    #[value(name = "2")]
    Speed,
    /// Make fast but smaller code
    #[value(name = "s")]
    Size,
}

impl From<Level> for OptLevel {
    fn from(level: Level) -> OptLevel {
        match level {
            Level::None => OptLevel::None,
            Level::Speed => OptLevel::Speed,
            Level::Size => OptLevel::Size,
        }
    }
}

/// How accesses to memory are kept inside it: the values of `--memory-checks`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Checks {
    /// Reserve the addresses that an access can reach
    #[default]
    Guard,
    /// Compare each access with the memory's size
    Explicit,
}

impl From<Checks> for MemoryChecks {
    fn from(checks: Checks) -> MemoryChecks {
        match checks {
            Checks::Guard => MemoryChecks::Guard,
            Checks::Explicit => MemoryChecks::Explicit,
        }
    }
}
