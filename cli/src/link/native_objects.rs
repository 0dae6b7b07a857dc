//! The objects and archives of `--link`: native code whose functions satisfy
//! imports. Knows the symbols that they define, not what the code does.

use super::linker::Input;
use super::unsupported::unsupported;
use crate::fault::Kind;
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
    /// The objects in the files.
    objects: Vec<NativeObject>,
    /// The global symbols that the objects define.
    defined: BTreeSet<String>,
}

/// An object, alone or in an archive.
struct NativeObject {
    /// Path of the object, or of the archive and the name in it.
    name: String,
    /// Whether it is in an archive: it is linked only if another object needs it.
    is_member: bool,
    /// The global symbols that it defines.
    defined: Vec<String>,
    /// The symbols that it needs from others.
    needed: Vec<String>,
    /// Description of something in it that programs cannot have.
    unsupported: Option<String>,
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
                .add_file(path, &bytes, target)
                .with_context(|| format!("cannot link `{}`", path.display()))
                .map_err(|error| Kind::Link.of(error))?;
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

    /// Checks that the objects have nothing that programs cannot have. Those of an archive
    /// count that are linked because of `imports`, which are symbols.
    ///
    /// # Errors
    ///
    /// When one has; the message names it.
    pub fn check(&self, imports: BTreeSet<String>) -> Result<()> {
        let mut wanted = imports;
        let mut left: Vec<&NativeObject> = self.objects.iter().collect();
        loop {
            let is_linked = |object: &&NativeObject| {
                !object.is_member || object.defined.iter().any(|name| wanted.contains(name))
            };
            let (linked, others): (Vec<_>, Vec<_>) = left.into_iter().partition(is_linked);
            if linked.is_empty() {
                return Ok(());
            }
            for object in linked {
                if let Some(what) = &object.unsupported {
                    bail!("cannot link `{}`: {what}", object.name);
                }
                wanted.extend(object.needed.iter().cloned());
            }
            left = others;
        }
    }

    fn add_file(&mut self, path: &Path, bytes: &[u8], target: Target) -> Result<()> {
        let file = path.display().to_string();
        let Ok(archive) = ArchiveFile::parse(bytes) else {
            return self.add_object(file, false, bytes, target);
        };
        for member in archive.members() {
            let member = member?;
            let name = String::from_utf8_lossy(member.name()).into_owned();
            self.add_object(format!("{file}({name})"), true, member.data(bytes)?, target)
                .with_context(|| format!("its member `{name}`"))?;
        }
        Ok(())
    }

    fn add_object(
        &mut self,
        name: String,
        is_member: bool,
        bytes: &[u8],
        target: Target,
    ) -> Result<()> {
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
        if object.symbol_by_name("__gnu_lto_slim").is_some() {
            bail!("it has no machine code yet; compile it without `-flto`");
        }
        let (mut defined, mut needed) = (Vec::new(), Vec::new());
        for symbol in object.symbols().filter(|symbol| symbol.is_global()) {
            let Ok(name) = symbol.name() else { continue };
            if symbol.is_definition() {
                defined.push(name.to_string());
            } else if symbol.is_undefined() && !symbol.is_weak() {
                needed.push(name.to_string());
            }
        }
        self.defined.extend(defined.iter().cloned());
        let unsupported = unsupported(&object);
        self.objects.push(NativeObject { name, is_member, defined, needed, unsupported });
        Ok(())
    }
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}
