//! The arguments of `quench build`.

use super::compile::CompileArgs;
use super::messages::Verbosity;
use super::policy::PolicyArgs;
use super::values::{Label, parse_label};
use clap::{Args, ValueEnum};
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// The arguments of `quench build`.
#[derive(Debug, Args)]
#[command(after_help = BUILD_EXAMPLES)]
pub struct BuildArgs {
    /// The module: binary (.wasm) or text (.wat); `-` is standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// Arguments for --invoke, fixed in the executable; without them the
    /// executable takes them from its own command line
    #[arg(value_name = "ARGS", requires = "invoke", value_parser = parse_argument)]
    pub arguments: Vec<String>,

    /// Where to write [default: FILE's name without extension, in the current
    /// directory]; `-` is standard output
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,

    /// What to make: an executable (`exe`), an ELF relocatable object (`obj`),
    /// assembly (`asm`) or Cranelift IR (`clif`), the last two as text, or a container
    /// image (`oci`), a tar archive with nothing but the executable
    #[arg(long, value_enum, value_name = "KIND", default_value_t, hide_possible_values = true)]
    pub emit: EmitKind,

    /// Add a label to the image of `--emit oci`, such as
    /// `org.opencontainers.image.version=1.0`. May be given more than once
    #[arg(long, value_name = "NAME=VALUE", value_parser = parse_label)]
    pub label: Vec<Label>,

    /// Call this exported function and print its results, one per line
    #[arg(long, value_name = "NAME")]
    pub invoke: Option<String>,

    /// Make the executable smaller: leave out source lines in backtraces
    /// (`debug`), function names in them as well (`names`), or also the symbol
    /// table that debuggers and profilers read (`all`, which --strip alone means)
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

    /// Link native code into the program: an ELF object, or an archive of
    /// objects, whose functions `MODULE.NAME` satisfy imports. It has no C library,
    /// and can do whatever the program's process can. May be given more than once
    #[arg(long, value_name = "FILE")]
    pub link: Vec<PathBuf>,

    /// Include what debuggers need: lines and variables, from the module's debug
    /// information
    #[arg(short = 'g', conflicts_with = "strip")]
    pub debug_info: bool,

    /// Let the program write a WebAssembly core dump to FILE when it traps, if it
    /// is started with QUENCH_COREDUMP=FILE
    #[arg(long)]
    pub core_dump: bool,

    /// Make a program that counts what it executes and writes the counts to
    /// PROFILE [default: OUT's name with `.profile`, in the directory where the
    /// program is started]; `%p` in PROFILE stands for the process number
    #[arg(
        long,
        value_name = "PROFILE",
        num_args = 0..=1,
        require_equals = true,
        conflicts_with = "profile_use",
        help_heading = "Compilation"
    )]
    pub profile_generate: Option<Option<PathBuf>>,

    /// Optimise for what the program did in the runs that wrote PROFILE, a file
    /// or a folder of them. May be given more than once
    #[arg(long, value_name = "PROFILE", help_heading = "Compilation")]
    pub profile_use: Vec<PathBuf>,

    /// Options of the compiler.
    #[command(flatten)]
    pub compile: CompileArgs,
    /// Permissions of the program.
    #[command(flatten)]
    pub policy: PolicyArgs,
    /// Options for messages.
    #[command(flatten)]
    pub verbosity: Verbosity,
}

const BUILD_EXAMPLES: &str = "\
Examples:
  quench build hello.wat                      makes ./hello
  quench build tool.wasm -o bin/tool --target aarch64 -Os
  quench build tool.wasm --dir .              may read and write in its current directory
  quench build tool.wasm --dir /etc/tool::/config:ro --env HOME --env LANG=C
  quench build tool.wasm --cpu native         as fast as it gets, for processors like this one
  quench build tool.wasm --policy tool.toml   options from a file: dir = ['.']
  quench build lib.wasm --invoke add 2 2      makes ./lib, which prints 4
  quench build lib.wasm --invoke add          makes ./lib; `./lib 2 2` prints 4
  quench build app.wasm --preload env=env.wasm
  quench build tool.wasm --profile-generate && ./tool some typical work &&
    quench build tool.wasm --profile-use tool.profile
                                              faster at the typical work
  quench build tool.wasm --emit asm -o -      assembly on standard output
  quench build tool.wasm --emit oci --target x86_64 --target aarch64
                                              an image for both, tool.oci.tar

Without --dir and --env the program sees only its arguments and its standard
streams. All arguments of the executable reach the program.

A module is run by calling its export `_start`; a reactor by calling
`_initialize`, then the function of --invoke. Exit status: what the program
passes to proc_exit, or 134 after a trap.";

/// Kind of output: the values of `--emit`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EmitKind {
    /// Cranelift IR as text, before optimisation
    Clif,
    /// Disassembly as text
    Asm,
    /// ELF relocatable object
    Obj,
    /// Container image
    Oci,
    /// Static executable
    #[default]
    Exe,
}

/// Parts that an executable leaves out: the values of `--strip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Strip {
    /// Source lines
    Debug,
    /// Source lines and function names
    Names,
    /// Source lines, function names and the symbol table
    All,
}

/// Stands in front of an argument of `--invoke` that begins with a dash, so that it is not
/// taken for options. No argument that a person gives can have it.
const MARK: &str = "\0";

/// Returns the arguments of quench, with a [mark](MARK) in front of those for `--invoke` in
/// `quench build` that are negative numbers: `-inf` and `-0x10` look like options, which no
/// option does that looks like a number. After an option they may be its value, and after
/// `--` all arguments are taken as they are.
pub fn mark_negative_numbers(arguments: &[OsString]) -> Vec<OsString> {
    let begins = |text: &OsStr, start: &str| text.as_encoded_bytes().starts_with(start.as_bytes());
    let is_negative =
        |text: &OsStr| begins(text, "-") && text.to_str().is_some_and(quench_values::is_number);
    let words = arguments.windows(2).filter(|pair| !begins(&pair[1], "-"));
    let mut words = words.filter(|pair| pair[0] != "--message-format");
    let invokes = arguments.iter().any(|one| one == "--invoke" || begins(one, "--invoke="));
    if words.next().is_none_or(|pair| pair[1] != "build") || !invokes {
        return arguments.to_vec();
    }
    let options = arguments.iter().take_while(|argument| *argument != "--").count();
    let mut marked = Vec::with_capacity(arguments.len());
    for (place, argument) in arguments.iter().enumerate() {
        let follows_option =
            place > 0 && begins(&arguments[place - 1], "-") && !is_negative(&arguments[place - 1]);
        let mut text = OsString::new();
        if place < options && is_negative(argument) && !follows_option {
            text.push(MARK);
        }
        text.push(argument);
        marked.push(text);
    }
    marked
}

/// Returns an argument of `--invoke` without its mark.
fn parse_argument(text: &str) -> Result<String, std::convert::Infallible> {
    Ok(text.strip_prefix(MARK).unwrap_or(text).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(line: &str) -> String {
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let marked = mark_negative_numbers(&arguments);
        let marked: Vec<String> = marked.iter().map(|one| one.display().to_string()).collect();
        marked.join(" ").replace(MARK, "^")
    }

    #[test]
    fn negative_numbers_after_a_word_are_arguments() {
        assert_eq!(
            marked("quench build m --invoke f -inf -0x10 -1 -o out -nan:0x1 -g"),
            "quench build m --invoke f ^-inf ^-0x10 ^-1 -o out ^-nan:0x1 -g"
        );
        let json = "quench --message-format json build m --invoke=f 1 -0x1p4";
        assert_eq!(marked(json), json.replace("-0x", "^-0x"));
        for same in [
            "quench build m --invoke f -o -inf -x - --",
            "quench build m --invoke f -- -inf",
            "quench build m -1",
            "quench run build --invoke f -inf",
            "quench",
        ] {
            assert_eq!(marked(same), same);
        }
    }
}
