//! The options that decide what a program may do: those of `quench build` and
//! `run`.

use super::values::{
    Directory, Embed, FUEL, Listener, NamedFunctions, Variable, os_value, parse_directory,
    parse_embed, parse_functions, parse_listener, parse_size, parse_time, parse_variable,
};
use clap::Args;
use std::path::PathBuf;

/// The permissions of the program. `quench_policy` says what they mean when it
/// runs.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Permissions of the program")]
pub struct PolicyArgs {
    /// Let the program use the directory HOST, under the name GUEST if given;
    /// with `:ro` for reading only. A relative HOST is relative to the
    /// directory where the program is started, `@exe/HOST` to that of the
    /// executable, `~/HOST` (in quotes) to the home of the person who starts it
    #[arg(long, value_name = "HOST[::GUEST][:ro]", value_parser = os_value(parse_directory))]
    pub dir: Vec<Directory>,

    /// Put the folder or file HOST into the executable, where the program reads
    /// it under the name GUEST, without being given anything where it runs
    #[arg(long, value_name = "HOST[::GUEST]", value_parser = os_value(parse_embed))]
    pub embed: Vec<Embed>,

    /// Let the program see an environment variable: with this VALUE, or with the
    /// value that it has when the program is started
    #[arg(long, value_name = "NAME[=VALUE]", value_parser = os_value(parse_variable))]
    pub env: Vec<Variable>,

    /// Let the program see all environment variables that it is started with
    #[arg(long)]
    pub env_all: bool,

    /// Let the program accept connections: `127.0.0.1:8080`, `[::1]:8080`,
    /// `unix:PATH`, or `fd:N` for a socket that is open when the program is
    /// started. Its descriptors come after those of the directories
    #[arg(long, value_name = "ADDRESS", value_parser = parse_listener)]
    pub listen: Vec<Listener>,

    /// Let the program call only these functions of WASI, and proc_exit: names,
    /// or the groups args, environ, clocks, descriptors, files, polling, process,
    /// random, sockets
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = parse_functions)]
    pub allow: Vec<NamedFunctions>,

    /// Do not let the program call these functions of WASI: they fail with
    /// `notcapable`
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = parse_functions)]
    pub deny: Vec<NamedFunctions>,

    /// Build nothing if the module imports a denied function
    #[arg(long)]
    pub deny_at_build: bool,

    /// Limit the program's memory, that is its linear memories, grown tables and
    /// exceptions together: bytes, or with K, M, G (powers of 1024)
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub max_memory: Option<u64>,

    /// End the program after this time, with status 124: seconds, or with ms, s,
    /// m, h
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub timeout: Option<u64>,

    /// End the program when it has used the processor for this time, with
    /// status 152
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    pub cpu_timeout: Option<u64>,

    /// End the program when it has run this many of the module's instructions,
    /// with status 125; they are counted in the same way on every machine
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(FUEL))]
    pub fuel: Option<u64>,

    /// Limit the number of descriptors that the program can have at a time,
    /// including the three standard streams and its directories
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(quench_policy::OPEN_FILES))]
    pub max_open_files: Option<u64>,

    /// Make a program that does not start where the kernel cannot confine it
    /// (no_new_privs, Landlock, seccomp); without this it is confined as far as
    /// possible
    #[arg(long)]
    pub require_lockdown: bool,

    /// Do not ask the kernel to confine the program
    #[arg(long, conflicts_with = "require_lockdown")]
    pub no_lockdown: bool,

    /// Let the person who starts the program give it more permissions:
    /// `PROGRAM --dir HOST -- ARGS`, also --env, --env-all and --listen
    #[arg(long)]
    pub runtime_policy: bool,

    /// Also take these options, without the dashes, from a TOML file
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
}
