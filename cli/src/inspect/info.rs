//! The description that an executable contains of itself: two sections that
//! `quench build` writes and `quench inspect` reads, with JSON and with the
//! bytes of the policy. Neither is loaded when the executable runs.

use crate::embed::report::EmbeddedReport;
use crate::inspect::report::ModuleReport;
use crate::link::FILES_SECTION;
use crate::wiring::interfaces;
use anyhow::{Context, Result, anyhow};
use object::read::{Object as _, ObjectSection as _};
use object::write::Object;
use object::{Architecture, BinaryFormat, Endianness, SectionFlags, SectionKind, elf};
use quench_compiler::Target;
use quench_policy::Archive;
use serde::{Deserialize, Serialize};

/// Name of the section with the JSON of [`Info`].
const INFO: &str = ".quench.info";

/// Name of the section with the bytes of the policy.
const POLICY: &str = ".quench.policy";

/// A description of an executable. Documented in `docs/INSPECT.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// Version of quench that made the executable.
    pub quench: String,
    /// Target triple.
    pub target: String,
    /// The least processor that it runs on, as `--cpu` names it.
    pub cpu: String,
    /// Whether NaNs are canonical.
    pub deterministic: bool,
    /// The main module.
    pub module: ModuleReport,
    /// Names of the modules linked in by `--preload`.
    pub preloads: Vec<String>,
    /// Exports that are called, in order.
    pub entries: Vec<String>,
    /// The function of `--invoke`.
    pub invoke: Option<InvokeInfo>,
    /// Size of the stack, in bytes.
    pub stack_size: u64,
    /// Limit of the instructions that it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u64>,
    /// Whether each access to memory is checked, instead of reserving the
    /// addresses that it can reach.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub explicit_memory_checks: bool,
}

/// The function of `--invoke`, and its arguments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvokeInfo {
    /// Name of the exported function.
    pub function: String,
    /// Its arguments; `None` if they are taken from the executable's command line.
    pub arguments: Option<Vec<String>>,
}

impl Info {
    /// Returns an object with the two sections, to be linked into the executable.
    ///
    /// # Errors
    ///
    /// When the object cannot be written; nothing in the input causes that.
    pub fn object(&self, target: Target, policy: &[u8]) -> Result<Vec<u8>> {
        let architecture = match target {
            Target::X86_64 => Architecture::X86_64,
            Target::Aarch64 => Architecture::Aarch64,
        };
        let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
        let mut add = |name: &str, data: Vec<u8>| {
            let section = object.add_section(Vec::new(), name.into(), SectionKind::Other);
            // The linker keeps the section though nothing refers to it, and it
            // is not loaded.
            let sh_flags = u64::from(elf::SHF_GNU_RETAIN);
            *object.section_flags_mut(section) = SectionFlags::Elf { sh_flags };
            object.set_section_data(section, data, 1);
        };
        add(INFO, serde_json::to_vec(self)?);
        add(POLICY, policy.to_vec());
        Ok(object.write()?)
    }

    /// Returns the files that an executable has in it.
    pub fn embedded(executable: &[u8]) -> Vec<EmbeddedReport> {
        let file = object::File::parse(executable).ok();
        let section = file.as_ref().and_then(|file| file.section_by_name(FILES_SECTION));
        let archive = section.and_then(|section| Archive::new(section.data().ok()?));
        archive.map_or(Vec::new(), |archive| EmbeddedReport::read(&archive))
    }

    /// Reads the description and the bytes of the policy from an executable.
    ///
    /// # Errors
    ///
    /// When quench did not make it, or when a version did that describes
    /// executables in another way.
    pub fn read(executable: &[u8]) -> Result<(Info, Vec<u8>)> {
        let file = object::File::parse(executable).context("it is not a whole ELF file")?;
        let section = |name: &str| {
            let section = file
                .section_by_name(name)
                .ok_or_else(|| anyhow!("quench did not make it (it has no section `{name}`)"))?;
            section.data().context("it is not a whole ELF file")
        };
        let info = section(INFO)?;
        let mut info: Info = serde_json::from_slice(info).context(
            "another version of quench made it, which describes executables differently",
        )?;
        for import in info.module.imports.iter_mut().filter(|import| import.ty.is_empty()) {
            let known = interfaces::function(&import.module, &import.name);
            import.ty = known.map_or_else(String::new, |function| function.ty.to_string());
        }
        Ok((info, section(POLICY)?.to_vec()))
    }
}
