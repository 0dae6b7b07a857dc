//! The modules of a program, read and named.

use crate::args::CompileArgs;
use crate::files::input::{self, Source};
use crate::wiring::imports::Member;
use anyhow::{Context, Result, bail};
use quench_compiler::Program;

/// A module under the name it has in the program.
pub struct NamedModule {
    pub name: String,
    pub wasm: Vec<u8>,
}

/// The modules of a program: those preloaded, in order, and the main one.
pub struct Modules {
    pub preloads: Vec<NamedModule>,
    pub main: NamedModule,
}

impl Modules {
    /// # Errors
    ///
    /// When one cannot be read, or two have one name.
    pub fn read(source: &Source, compile: &CompileArgs) -> Result<Modules> {
        let mut preloads: Vec<NamedModule> = Vec::new();
        for preload in &compile.preload {
            if preloads.iter().any(|other| other.name == preload.name) {
                bail!("two modules are preloaded as `{}`", preload.name);
            }
            preloads.push(NamedModule {
                name: preload.name.clone(),
                wasm: input::read_module(&Source::new(&preload.file))?,
            });
        }
        let main =
            NamedModule { name: main_name(source, &preloads), wasm: input::read_module(source)? };
        Ok(Modules { preloads, main })
    }

    /// The main module last.
    pub fn iter(&self) -> impl Iterator<Item = &NamedModule> {
        self.preloads.iter().chain([&self.main])
    }

    /// What the modules show to each other, with function bodies not looked at.
    pub fn members(&self) -> Result<Vec<Member>> {
        let member = |module: &NamedModule| {
            Ok(Member {
                name: module.name.clone(),
                size: module.wasm.len() as u64,
                interface: Program::inspect(&module.wasm)
                    .with_context(|| cannot_compile(&module.name))?,
            })
        };
        self.iter().map(member).collect()
    }

    pub fn into_all(self) -> impl Iterator<Item = NamedModule> {
        self.preloads.into_iter().chain([self.main])
    }
}

/// Names of modules are parts of symbols, so they have to differ.
fn main_name(source: &Source, preloads: &[NamedModule]) -> String {
    let stem = source.stem().map(|stem| stem.to_string_lossy().into_owned());
    let mut name = stem.unwrap_or_else(|| "main".to_string());
    while quench_policy::is_wasi_module(&name) || preloads.iter().any(|other| other.name == name) {
        name.push('_');
    }
    name
}

/// What an error of the compiler is about.
pub fn cannot_compile(module: &str) -> String {
    format!("cannot compile `{module}`")
}
