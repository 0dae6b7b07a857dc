//! The targets for which executables are made, and their names.

use std::str::FromStr;
use target_lexicon::{Architecture, Environment, OperatingSystem, Triple};

quench_abi::enumeration! {
    /// A machine for which executables are made. All of them run Linux. Its name is the
    /// triple.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
    pub enum Target {
        /// An x86_64 machine.
        X86_64 = "x86_64-unknown-linux-gnu",
        /// A little-endian aarch64 machine.
        Aarch64 = "aarch64-unknown-linux-gnu",
    }
}

impl Target {
    /// Returns the machine on which this code runs, if it is a target.
    pub fn host() -> Option<Target> {
        Target::from_triple(&Triple::host()).ok()
    }

    /// Returns the short name: `x86_64` or `aarch64`.
    pub fn short_name(self) -> &'static str {
        match self {
            Target::X86_64 => "x86_64",
            Target::Aarch64 => "aarch64",
        }
    }

    /// Returns the triple, such as `x86_64-unknown-linux-gnu`.
    pub fn triple(self) -> Triple {
        self.name().parse().expect("a constant triple")
    }

    /// Returns the target that a triple names, or else a message.
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

    /// Parses a triple or the beginning of one: `aarch64`, `aarch64-linux`,
    /// `aarch64-unknown-linux-gnu`. `amd64`, `x64` and `arm64` are understood too.
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
