//! Who provides each import of a module, and what to say when nobody does.
//! Knows that WASI exists and which types its functions have; the types of
//! other modules' exports are checked by the compiler.

use crate::link::native_objects::NativeObjects;
use crate::messages::describe::extern_type;
use crate::wiring::wasi;
use anyhow::{Result, bail};
use quench_compiler::{ExternType, Import, ImportSource, Interface, export_symbol};
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write};

/// Who provides an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Provider {
    /// The WASI functions of every executable.
    Wasi,
    /// A module given by `--preload`.
    Preload,
    /// Native code given by `--link`.
    Link,
    /// `--stub-imports`: a message when it is called.
    Stub,
    Nobody,
}

/// The name of the provider in JSON.
impl fmt::Display for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// A module of a program, seen from outside.
pub struct Member {
    /// Unique in the program.
    pub name: String,
    /// Bytes of the module.
    pub size: u64,
    pub interface: Interface,
}

impl Member {
    pub fn imports_from(&self, module: &str) -> bool {
        let mut imports = self.interface.imports.iter();
        imports.any(|import| import.module == module)
    }
}

/// What a module can import.
#[derive(Clone, Copy)]
pub struct Providers<'a> {
    /// The modules before it.
    pub preloads: &'a [Member],
    pub linked: &'a NativeObjects,
    pub stub_imports: bool,
}

impl Providers<'_> {
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

    /// The same for the compiler. What nobody provides stays open, a symbol for
    /// whoever links the object.
    pub fn source(&self, import: &Import) -> ImportSource {
        match self.provider(import) {
            Provider::Wasi | Provider::Link | Provider::Nobody => ImportSource::Host,
            Provider::Preload => {
                ImportSource::Module { module: import.module.clone(), export: import.name.clone() }
            }
            Provider::Stub => ImportSource::Stub,
        }
    }

    /// # Errors
    ///
    /// Lists every import that nobody provides, and every WASI function that
    /// is imported with another type than it has.
    pub fn check(&self, member: &Member) -> Result<()> {
        let mut missing = Vec::new();
        let mut different = Vec::new();
        for import in &member.interface.imports {
            match self.provider(import) {
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
        for import in missing {
            let Import { module, name, ty } = import;
            let _ = write!(message, "\n  {module}.{name} {}", extern_type(ty));
            if !self.linked.is_empty() {
                let symbol = export_symbol(module, name);
                let _ = write!(message, " (no linked object defines `{symbol}`)");
            }
            if self.preloads.iter().any(|member| member.name == *module) {
                let _ = write!(message, " (the preloaded `{module}` does not export it)");
            }
        }
        let stubs_help = missing.iter().any(|import| matches!(import.ty, ExternType::Function(_)));
        message.push_str("\nlink a module that exports them with `--preload NAME=FILE`");
        message.push_str(", native code that defines them with `--link FILE`");
        if stubs_help && !self.stub_imports {
            message.push_str(", or build functions as traps with `--stub-imports`");
        }
        message
    }
}

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
