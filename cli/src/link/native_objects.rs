//! The objects and archives of `--link`: native code whose functions satisfy
//! imports. Knows the symbols that they define, not what the code does.

use super::linker::Input;
use anyhow::{Context, Result, anyhow, bail};
use object::read::archive::ArchiveFile;
use object::read::elf::ElfFile64;
use object::{Architecture, Object, ObjectKind, ObjectSymbol};
use quench_compiler::Target;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The objects and archives that are linked into a program besides its modules.
#[derive(Default)]
pub struct NativeObjects {
    /// Name and content of each file.
    files: Vec<(String, Vec<u8>)>,
    /// The global symbols that the files define.
    defined: BTreeSet<String>,
}

impl NativeObjects {
    /// Reads objects and archives.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or is not a relocatable object for the
    /// target or an archive of such objects.
    pub fn read(paths: &[PathBuf], target: Target) -> Result<NativeObjects> {
        let mut objects = NativeObjects::default();
        for path in paths {
            let bytes =
                fs::read(path).with_context(|| format!("cannot read `{}`", path.display()))?;
            objects
                .add_symbols(&bytes, target)
                .with_context(|| format!("cannot link `{}`", path.display()))?;
            objects.files.push((file_name(path), bytes));
        }
        Ok(objects)
    }

    /// Returns whether one of the objects defines this global symbol.
    pub fn define(&self, symbol: &str) -> bool {
        self.defined.contains(symbol)
    }

    /// Returns whether there are no files.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// Returns the files as inputs of the linker.
    pub fn inputs(&self) -> impl Iterator<Item = Input> {
        let files = self.files.iter();
        files.map(|(name, bytes)| Input::new(name.clone(), bytes.clone()))
    }

    fn add_symbols(&mut self, bytes: &[u8], target: Target) -> Result<()> {
        let Ok(archive) = ArchiveFile::parse(bytes) else {
            return self.add_object(bytes, target);
        };
        for member in archive.members() {
            let member = member?;
            let name = String::from_utf8_lossy(member.name()).into_owned();
            self.add_object(member.data(bytes)?, target)
                .with_context(|| format!("its member `{name}`"))?;
        }
        Ok(())
    }

    fn add_object(&mut self, bytes: &[u8], target: Target) -> Result<()> {
        let object: ElfFile64 = ElfFile64::parse(bytes)
            .map_err(|_| anyhow!("it is neither an ELF object nor an archive of them"))?;
        let architecture = match target {
            Target::X86_64 => Architecture::X86_64,
            Target::Aarch64 => Architecture::Aarch64,
        };
        if object.architecture() != architecture {
            let other = object.architecture();
            bail!("it is for {other:?}; the program is for {target}");
        }
        if object.kind() != ObjectKind::Relocatable {
            bail!("it is linked already; make an object of it (`cc -c`)");
        }
        let global = object.symbols().filter(|symbol| symbol.is_global() && symbol.is_definition());
        let names = global.filter_map(|symbol| symbol.name().ok().map(str::to_string));
        self.defined.extend(names);
        Ok(())
    }
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
