//! The command line's grammar and help. Decides nothing.

use crate::values::{
    Directory, FUEL, Listener, NamedFunctions, Preload, Variable, parse_directory, parse_functions,
    parse_listener, parse_preload, parse_size, parse_stack_size, parse_variable,
};
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use quench_compiler::{MemoryChecks, OptLevel, Pass, Target};
use std::ffi::OsString;
use std::path::PathBuf;

/// Turns WebAssembly modules into stand-alone native executables.
///
/// An executable made by quench is static: it needs no runtime, no libraries
/// and no compiler where it runs, and it may do what was decided when it was
/// built, nothing else.
#[derive(Debug, Parser)]
#[command(
    name = "quench",
    version,
    long_version = crate::version::LONG.as_str(),
    max_term_width = 100,
    after_help = EXAMPLES
)]
pub struct Cli {
    /// How errors and warnings are printed: as text (`human`), or as lines of
    /// JSON (`json`)
    #[arg(
        long,
        global = true,
        value_enum,
        value_name = "FORMAT",
        default_value_t,
        hide_possible_values = true,
        help_heading = "Messages"
    )]
    pub message_format: MessageFormat,

    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    #[default]
    Human,
    Json,
}

const EXAMPLES: &str = "\
Examples:
  quench build tool.wasm -o tool --dir .      a static executable that may use the current directory
  quench build tool.wasm --target aarch64     the same for ARM, from any machine
  quench run tool.wasm --help                 compile (cached) and run; --help is the tool's
  quench run lib.wasm --invoke add 2 2        call one exported function, print its results
  quench inspect tool                         what an executable is and may do

`quench COMMAND --help` has more of them.";

#[derive(Debug, Subcommand)]
pub enum Command {
    Build(BuildArgs),
    Run(RunArgs),
    Inspect(InspectArgs),
    Reduce(ReduceArgs),
    Cache(CacheCommandArgs),
    Targets(TargetsArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Compile a module to an executable (or object, assembly, Cranelift IR)
#[derive(Debug, Args)]
#[command(after_help = BUILD_EXAMPLES)]
pub struct BuildArgs {
    /// The module: binary (.wasm) or text (.wat); `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Arguments for --invoke, fixed in the executable; without them it takes
    /// them from its own command line
    #[arg(value_name = "ARGS", requires = "invoke", allow_negative_numbers = true)]
    pub arguments: Vec<String>,

    /// Where to write [default: FILE's name without extension, in the current
    /// directory]; `-` is standard output
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,

    /// What to make: an executable (`exe`), an ELF relocatable object (`obj`),
    /// assembly (`asm`) or Cranelift IR (`clif`), the last two as text
    #[arg(long, value_enum, value_name = "KIND", default_value_t, hide_possible_values = true)]
    pub emit: EmitKind,

    /// Call this exported function and print its results, one a line
    #[arg(long, value_name = "NAME")]
    pub invoke: Option<String>,

    /// Make the executable smaller: without source lines in backtraces
    /// (`debug`), without function names there either (`names`), also without
    /// the symbol table that debuggers and profilers read (`all`, also if
    /// nothing is named)
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "all",
        hide_possible_values = true
    )]
    pub strip: Option<Strip>,

    /// Link native code into the program: an ELF object, or an archive of them,
    /// whose functions `MODULE.NAME` satisfy imports. It has no C library, and
    /// can do whatever the program's process can. May be given more than once
    #[arg(long, value_name = "FILE")]
    pub link: Vec<PathBuf>,

    /// Keep what debuggers need: lines and variables, from the debug
    /// information in the module
    #[arg(short = 'g', conflicts_with = "strip")]
    pub debug_info: bool,

    /// Let it write a WebAssembly core dump when it traps, where who starts it
    /// says so: QUENCH_COREDUMP=FILE
    #[arg(long)]
    pub core_dump: bool,

    /// Let it count what it does and write that to PROFILE when it runs [default:
    /// OUT's name with `.profile`, where it is started]; `%p` in it stands for the
    /// number of the process
    #[arg(
        long,
        value_name = "PROFILE",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with = "profile_use",
        help_heading = "Compilation"
    )]
    pub profile_generate: Option<Option<PathBuf>>,

    /// Make it fast at what it did in runs that wrote PROFILE, or all files of
    /// this folder. May be given more than once
    #[arg(long, value_name = "PROFILE", help_heading = "Compilation")]
    pub profile_use: Vec<PathBuf>,

    #[command(flatten)]
    pub compile: CompileArgs,
    #[command(flatten)]
    pub policy: PolicyArgs,
    #[command(flatten)]
    pub verbosity: Verbosity,
}

const BUILD_EXAMPLES: &str = "\
Examples:
  quench build hello.wat                      makes ./hello
  quench build tool.wasm -o bin/tool --target aarch64 -Os
  quench build tool.wasm --dir .              may read and write where it is started
  quench build tool.wasm --dir /etc/tool::/config:ro --env HOME --env LANG=C
  quench build tool.wasm --cpu native         as fast as it gets, for processors like this one
  quench build tool.wasm --policy tool.toml   options from a file: dir = ['.']
  quench build lib.wasm --invoke add 2 2      makes ./lib, which prints 4
  quench build lib.wasm --invoke add          makes ./lib; `./lib 2 2` prints 4
  quench build app.wasm --preload env=env.wasm
  quench build tool.wasm --profile-generate && ./tool some typical work &&
    quench build tool.wasm --profile-use tool.profile
                                              for what was typical, faster
  quench build tool.wasm --emit asm -o -      assembly on standard output

Without --dir and --env the program sees its arguments and its standard
streams, nothing else. All arguments of the executable reach the program.

A module is run by its export `_start`; a reactor by `_initialize`, then
--invoke. Exit status: what the program gives to proc_exit, or 134 after a trap.";

/// Compile a module, or take it from the cache, and run it
#[derive(Debug, Args)]
#[command(
    after_help = RUN_EXAMPLES,
    override_usage = "quench run [OPTIONS] FILE [ARGS]...\n       quench run [OPTIONS] FILE --invoke NAME [ARGS]..."
)]
pub struct RunArgs {
    /// The module (`-` is standard input) and the program's arguments. Options
    /// of quench stand before FILE; all that follows is the program's, also
    /// `--help`. One exception: `--invoke NAME` may stand right after FILE
    #[arg(value_names = ["FILE", "ARGS"], required = true, num_args = 1.., trailing_var_arg = true)]
    pub program: Vec<OsString>,

    /// Call this exported function with ARGS and print its results, one a line
    #[arg(long, value_name = "NAME")]
    pub invoke: Option<String>,

    #[command(flatten)]
    pub compile: CompileArgs,
    #[command(flatten)]
    pub policy: PolicyArgs,
    #[command(flatten)]
    pub verbosity: Verbosity,
}

impl RunArgs {
    /// Understands `FILE --invoke NAME ARGS`, unless the options ended with
    /// `--` before FILE, and a `--` before the ARGS of an invocation.
    /// `arguments` is the whole command line.
    pub fn with_trailing_invoke(mut self, arguments: &[OsString]) -> RunArgs {
        let before = arguments.len() - self.program.len();
        let ended = before > 0 && arguments[before - 1] == "--";
        let named = match self.program.as_slice() {
            [_, option, name, ..] if option == "--invoke" => name.to_str().map(str::to_string),
            _ => None,
        };
        if let (Some(name), None, false) = (named, &self.invoke, ended) {
            self.invoke = Some(name);
            self.program.drain(1..3);
        }
        if self.invoke.is_some() && self.program.get(1).is_some_and(|argument| argument == "--") {
            self.program.remove(1);
        }
        self
    }
}

const RUN_EXAMPLES: &str = "\
Examples:
  quench run hello.wat
  quench run --dir . tool.wasm --verbose in.txt    --verbose and in.txt are the tool's
  quench run lib.wasm --invoke add 2 2             prints 4
  quench run --invoke add lib.wasm 2 2             the same
  quench run -- tool.wasm --invoke x               after `--`, also --invoke is the tool's
  quench run --target aarch64 hello.wat            under qemu-aarch64

Executables are kept in $XDG_CACHE_HOME/quench (~/.cache/quench), the newest 2
GiB of them; see `quench cache`. The exit status is the program's.";

/// Show what a module needs, or what an executable made by quench may do
#[derive(Debug, Args)]
#[command(after_help = INSPECT_EXAMPLES)]
pub struct InspectArgs {
    /// A module (.wasm, .wat; `-` is standard input) or an executable made by
    /// quench
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// JSON instead of text
    #[arg(long)]
    pub json: bool,

    /// Write a page with a map of the functions by size instead
    #[arg(long, value_name = "PAGE", conflicts_with = "json")]
    pub html: Option<PathBuf>,

    /// Show in the page what `quench build --timings=json 2> FILE` said
    #[arg(long, value_name = "FILE", requires = "html")]
    pub timings: Option<PathBuf>,

    /// Take imports of module NAME from the exports of FILE
    #[arg(long, value_name = "NAME=FILE", value_parser = preload_parser())]
    pub preload: Vec<Preload>,
}

const INSPECT_EXAMPLES: &str = "\
Examples:
  quench inspect tool.wasm                    imports and who provides them, exports, sizes
  quench build tool.wasm && quench inspect tool
  quench inspect tool.wasm --json | jq '.imports[].name'
  quench inspect tool --html tool.html        a page with a map of its functions by size
  quench inspect tool --html tool.html --timings times
                                              also with what took time to build, which
                                              `quench build --timings=json 2> times` wrote

Who runs an executable can take permissions away from it, never give it more:
  QUENCH_NARROW=sockets,read-only,timeout=10 ./tool
denies functions and groups of WASI (as --deny does), protects what is in its
directories (read-only), takes directories away (no-dir=NAME, no-dir for all)
and listeners (no-listen), and sets limits: max-memory=BYTES, timeout=SECONDS,
cpu-timeout=SECONDS, max-open-files=NUMBER.

After a trap an executable names the functions that led there:
  QUENCH_BACKTRACE=full ./tool
names all, QUENCH_BACKTRACE=0 none; else those in the middle are counted.
  QUENCH_COREDUMP=core.wasm ./tool
also writes a WebAssembly core dump, if it was built with --core-dump.";

/// Make a module smaller that the compiler fails with, to report it
#[derive(Debug, Args)]
#[command(after_help = REDUCE_EXAMPLES)]
pub struct ReduceArgs {
    /// The module: binary (.wasm) or text (.wat)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Where to write the smaller one
    #[arg(short, long, value_name = "OUT")]
    pub output: PathBuf,

    /// What to keep instead of the compiler's failure: that this command of the
    /// shell succeeds, with a file as `$1`
    #[arg(long, value_name = "COMMAND")]
    pub command: Option<String>,

    /// Changes tried in vain before it is good enough
    #[arg(long, value_name = "N", default_value_t = 1000)]
    pub attempts: u32,

    #[command(flatten)]
    pub compile: CompileArgs,
}

const REDUCE_EXAMPLES: &str = "\
Examples:
  quench reduce big.wasm -o small.wasm
  quench reduce big.wasm -o small.wasm --command 'quench run \"$1\" 2>&1 | grep -q divide'";

/// Print the completions of a shell
#[derive(Debug, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub struct CompletionsArgs {
    pub shell: clap_complete::Shell,
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  source <(quench completions bash)
  quench completions fish > ~/.config/fish/completions/quench.fish";

/// Write the manual pages to a folder
#[derive(Debug, Args)]
pub struct ManArgs {
    /// Is made if it is not there
    #[arg(value_name = "FOLDER")]
    pub folder: PathBuf,
}

/// List the machines that executables can be made for
#[derive(Debug, Args)]
pub struct TargetsArgs {}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Compilation")]
pub struct CompileArgs {
    /// Machine to compile for [default: this one]: `x86_64`, `aarch64`, or a
    /// triple such as `aarch64-unknown-linux-gnu`
    #[arg(long)]
    pub target: Option<Target>,

    /// Processor that the program may count on [default: x86-64-v2, armv8-a]:
    /// `native` (this one), x86-64-v2 to -v4, armv8-a, armv8.1-a, armv8.4-a,
    /// armv8.6-a; then single features: `x86-64-v3,-bmi2,+avxvnni`, `+lse`. On
    /// a lesser one the program ends at once, with status 126
    #[arg(long, value_name = "CPU", allow_hyphen_values = true)]
    pub cpu: Option<String>,

    /// Effort: 0 compiles fast, 2 makes fast code, s makes fast code that is
    /// smaller
    #[arg(
        short = 'O',
        value_enum,
        value_name = "LEVEL",
        default_value_t,
        hide_possible_values = true
    )]
    pub opt_level: Level,

    /// Leave a pass of the optimiser out, to find out which of them
    /// miscompiles a module
    #[arg(long, value_name = "PASS", hide = true)]
    pub disable_pass: Vec<Pass>,

    /// Pretend that the compiler fails in the function with this index, for
    /// tests of what happens then
    #[arg(long, value_name = "INDEX", hide = true)]
    pub break_function: Option<u32>,

    /// Link a further module into the program; its exports satisfy imports of
    /// module NAME. May be given more than once, later ones can use earlier ones
    #[arg(long, value_name = "NAME=FILE", value_parser = preload_parser())]
    pub preload: Vec<Preload>,

    /// Build although functions are imported that nobody provides; calling one
    /// ends the program with a message
    #[arg(long)]
    pub stub_imports: bool,

    /// Compute the same on every machine, also the bits of a NaN, which
    /// WebAssembly leaves open; floating-point code gets slower
    #[arg(long)]
    pub deterministic: bool,

    /// How accesses are kept inside the program's memory: `guard`, by reserving
    /// 8 GiB of addresses, which is free and fast; or `explicit`, by checking each
    /// access, where so many are not to be had (`ulimit -v`, small containers)
    #[arg(long, value_enum, value_name = "HOW", default_value_t, hide_possible_values = true)]
    pub memory_checks: Checks,

    /// Stack of the program: bytes, or with K, M, G (powers of 1024). Memory is
    /// used only as the stack is; to need more ends the program with a message
    #[arg(long, value_name = "SIZE", default_value = "8M", value_parser = parse_stack_size)]
    pub max_stack: u64,

    /// Threads to compile with [default: one per processor]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,

    #[command(flatten)]
    pub cache: CacheArgs,
}

#[derive(Clone, Debug, Default, Args)]
pub struct CacheArgs {
    /// Take functions that were compiled before from the cache, and keep those
    /// compiled now: in the folder PLACE [default: $XDG_CACHE_HOME/quench],
    /// or behind the URL PLACE if this quench can.
    /// QUENCH_CACHE=PLACE, or =1, has the same effect
    #[arg(
        long,
        value_name = "PLACE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "",
        value_parser = OsStringValueParser::new()
    )]
    pub cache: Option<OsString>,

    /// Keep nothing, and take nothing from the cache, nor executables of
    /// `quench run`
    #[arg(long, conflicts_with = "cache")]
    pub no_cache: bool,
}

/// Show the cache: where it is, what it has, how large it may be
#[derive(Debug, Args)]
#[command(after_help = CACHE_EXAMPLES)]
pub struct CacheCommandArgs {
    #[arg(value_enum, default_value_t, hide_possible_values = true)]
    /// What to do: `show` it, or `clear` it
    pub action: CacheAction,

    /// The folder, as for `quench build`
    #[arg(long, value_name = "PLACE", require_equals = true)]
    pub cache: Option<OsString>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum CacheAction {
    #[default]
    Show,
    Clear,
}

const CACHE_EXAMPLES: &str = "\
Examples:
  quench build --cache tool.wasm             the next build compiles what has changed
  export QUENCH_CACHE=1                      all builds do so from now on
  export QUENCH_CACHE_SIZE=10G               instead of 2G; the oldest is removed
  quench cache clear

Executables that `quench run` made are there as well.";

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Permissions of the program")]
pub struct PolicyArgs {
    /// Let it use the directory HOST, under the name GUEST if given; `:ro` for
    /// reading only. A relative HOST is relative to where the program is
    /// started; `@exe/HOST` to where the executable is, `~/HOST` (in quotes) to
    /// the home of who starts it
    #[arg(long, value_name = "HOST[::GUEST][:ro]", value_parser = directory_parser())]
    pub dir: Vec<Directory>,

    /// Let it see an environment variable: with this VALUE, or the one it has
    /// where the program is started
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = variable_parser())]
    pub env: Vec<Variable>,

    /// Let it see all environment variables of who starts it
    #[arg(long)]
    pub env_all: bool,

    /// Let it accept connections: `127.0.0.1:8080`, `[::1]:8080`, `unix:PATH`,
    /// or `fd:N` for a socket that is open when the program is started. The
    /// descriptors come after those of the directories
    #[arg(long, value_name = "ADDRESS", value_parser = parse_listener)]
    pub listen: Vec<Listener>,

    /// Let it call only these functions of WASI, and proc_exit: names, or the
    /// groups args, environ, clocks, descriptors, files, polling, process,
    /// random, sockets
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = parse_functions)]
    pub allow: Vec<NamedFunctions>,

    /// Do not let it call these functions of WASI: they fail with `notcapable`
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = parse_functions)]
    pub deny: Vec<NamedFunctions>,

    /// Build nothing if the module imports a denied function
    #[arg(long)]
    pub deny_at_build: bool,

    /// Memory of the program, its linear memories, grown tables and exceptions
    /// together: bytes, or with K, M, G (powers of 1024)
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub max_memory: Option<u64>,

    /// End the program after so many seconds, with status 124
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(quench_policy::SECONDS))]
    pub timeout: Option<u64>,

    /// End it when it has used the processor for so many seconds, with status 152
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(quench_policy::SECONDS))]
    pub cpu_timeout: Option<u64>,

    /// End it, with status 125, when it has run so many of the module's
    /// instructions: the same number on each machine and each time
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(FUEL))]
    pub fuel: Option<u64>,

    /// Descriptors that it can have at a time, the three standard streams and
    /// its directories included
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(quench_policy::OPEN_FILES))]
    pub max_open_files: Option<u64>,

    /// Do not start where the kernel cannot confine the program (no_new_privs,
    /// Landlock, seccomp); without this it is confined as far as possible
    #[arg(long)]
    pub require_lockdown: bool,

    /// Do not ask the kernel to confine the program
    #[arg(long, conflicts_with = "require_lockdown")]
    pub no_lockdown: bool,

    /// Let who starts it give it more: `PROGRAM --dir HOST -- ARGS`, also --env,
    /// --env-all and --listen
    #[arg(long)]
    pub runtime_policy: bool,

    /// Take these options, without the dashes, from a TOML file as well
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, Default, Args)]
#[command(next_help_heading = "Messages")]
pub struct Verbosity {
    /// Say nothing but errors
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,

    /// Say what is done and how long it takes
    #[arg(short, long)]
    pub verbose: bool,

    /// Print where the time went, which functions took longest, and how much
    /// memory it took: a table (`table`) or a line of JSON (`json`)
    #[arg(
        long,
        value_enum,
        value_name = "FORM",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "table",
        hide_possible_values = true
    )]
    pub timings: Option<TimingsForm>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TimingsForm {
    Table,
    Json,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EmitKind {
    /// Cranelift IR as text, before optimisation
    Clif,
    /// Disassembly as text
    Asm,
    /// ELF relocatable object
    Obj,
    /// Static executable
    #[default]
    Exe,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Strip {
    Debug,
    Names,
    All,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Level {
    #[value(name = "0")]
    None,
    #[default]
    #[value(name = "2")]
    Speed,
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

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Checks {
    #[default]
    Guard,
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

fn directory_parser() -> impl TypedValueParser<Value = Directory> {
    OsStringValueParser::new().try_map(|text| parse_directory(&text))
}

fn variable_parser() -> impl TypedValueParser<Value = Variable> {
    OsStringValueParser::new().try_map(|text| parse_variable(&text))
}

fn preload_parser() -> impl TypedValueParser<Value = Preload> {
    OsStringValueParser::new().try_map(|text| parse_preload(&text))
}
