//! Finds the provider of each import of a module, and explains what is missing.
//! Knows that WASI exists and which types its functions have; the compiler
//! checks the types of other modules' exports.

use crate::link::native_objects::NativeObjects;
use crate::messages::describe::{extern_type, import_list};
use crate::wiring::wasi;
use anyhow::{Result, bail};
use quench_compiler::{ExternType, Import, ImportSource, Interface, export_symbol};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write};

/// The provider of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// The WASI functions of every executable.
    Wasi,
    /// A module given by `--preload`.
    Preload,
    /// Native code given by `--link`.
    Link,
    /// A function made for `--stub-imports`, which ends the program with a message.
    Stub,
    /// There is no provider.
    Nobody,
}

/// The name of the provider in JSON.
impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// A module of a program, as seen from outside.
pub struct Member {
    /// Name of the module, unique in the program.
    pub name: String,
    /// Size of the binary module, in bytes.
    pub size: u64,
    /// Imports, exports and other facts about the module.
    pub interface: Interface,
}

impl Member {
    /// Returns whether the module imports anything from this module.
    pub fn imports_from(&self, module: &str) -> bool {
        let mut imports = self.interface.imports.iter();
        imports.any(|import| import.module == module)
    }
}

/// The providers of a module's imports, besides WASI.
#[derive(Clone, Copy)]
pub struct Providers<'a> {
    /// The modules of the program before this one.
    pub preloads: &'a [Member],
    /// The native code of `--link`.
    pub linked: &'a NativeObjects,
    /// Whether functions that nobody else provides become stubs.
    pub stub_imports: bool,
}

impl Providers<'_> {
    /// Returns the provider of an import. A preloaded module comes before WASI,
    /// which comes before native code.
    pub fn provider(&self, import: &Import) -> Provider {
        if self.preloaded(import) {
            return Provider::Preload;
        }
        if wasi::function(&import.module, &import.name).is_some() {
            return Provider::Wasi;
        }
        if self.linked.define(&export_symbol(&import.module, &import.name)) {
            return Provider::Link;
        }
        if self.stub_imports && matches!(import.ty, ExternType::Function(_)) {
            return Provider::Stub;
        }
        Provider::Nobody
    }

    fn preloaded(&self, import: &Import) -> bool {
        self.preloads.iter().any(|member| {
            member.name == import.module && member.interface.export(&import.name).is_some()
        })
    }

    /// Returns the source of an import for the compiler. An import that nobody
    /// provides becomes an undefined symbol, for the linker of the object.
    pub fn source(&self, import: &Import) -> ImportSource {
        match self.provider(import) {
            Provider::Wasi | Provider::Link | Provider::Nobody => ImportSource::Host,
            Provider::Preload => {
                ImportSource::Module { module: import.module.clone(), export: import.name.clone() }
            }
            Provider::Stub => ImportSource::Stub,
        }
    }

    /// Checks that each import of a module has a provider; functions
    /// `may_be_undefined`.
    ///
    /// # Errors
    ///
    /// When a function of WASI is imported with another type than it has, or
    /// when nobody provides an import; the message lists the first of them.
    pub fn check(&self, member: &Member, may_be_undefined: bool) -> Result<()> {
        let mut missing = Vec::new();
        let mut different = Vec::new();
        for import in &member.interface.imports {
            match self.provider(import) {
                Provider::Nobody
                    if may_be_undefined && matches!(import.ty, ExternType::Function(_)) => {}
                Provider::Nobody => missing.push(import),
                Provider::Wasi => different.extend(wasi_mismatch(&member.name, import)),
                Provider::Preload | Provider::Link | Provider::Stub => {}
            }
        }
        if !different.is_empty() {
            bail!("{}", different.join("\n"));
        }
        if !missing.is_empty() {
            bail!("{}", self.missing_message(&member.name, &missing));
        }
        Ok(())
    }

    fn missing_message(&self, module: &str, missing: &[&Import]) -> String {
        let mut message = match missing.len() {
            1 => format!("`{module}` has an import that nobody provides:"),
            count => format!("`{module}` has {count} imports that nobody provides:"),
        };
        let lines: Vec<String> = missing.iter().map(|import| self.missing_line(import)).collect();
        message.push_str(&import_list(&lines));
        let stubs_help = missing.iter().any(|import| matches!(import.ty, ExternType::Function(_)));
        message.push_str("\nlink a module that exports them with `--preload NAME=FILE`");
        message.push_str(", native code that defines them with `--link FILE`");
        if stubs_help && !self.stub_imports {
            message.push_str(", or build functions as traps with `--stub-imports`");
        }
        message
    }

    /// Returns an import that nobody provides with its type, and where it could have been.
    fn missing_line(&self, import: &Import) -> String {
        let Import { module, name, ty } = import;
        let mut line = format!("{module}.{name} {}", extern_type(ty));
        if !self.linked.is_empty() {
            let symbol = export_symbol(module, name);
            let _ = write!(line, " (no linked object defines `{symbol}`)");
        }
        if self.preloads.iter().any(|member| member.name == *module) {
            let _ = write!(line, " (the preloaded `{module}` does not export it)");
        }
        line
    }
}

/// Returns a message if an import from WASI has another type than WASI's function.
fn wasi_mismatch(module: &str, import: &Import) -> Option<String> {
    let expected = ExternType::Function(wasi::function(&import.module, &import.name)?);
    if expected == import.ty {
        return None;
    }
    Some(format!(
        "`{module}` imports {}.{} as {}, but WASI has it as {}",
        import.module,
        import.name,
        extern_type(&import.ty),
        extern_type(&expected)
    ))
}
