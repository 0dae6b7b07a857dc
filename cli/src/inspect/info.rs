//! What an executable says about itself: two sections that `build` puts in and
//! `inspect` reads, JSON and the policy's bytes. Neither is loaded when the
//! executable runs.

use crate::inspect::report::ModuleReport;
use anyhow::{Context, Result, anyhow};
use object::read::{Object as _, ObjectSection as _};
use object::write::Object;
use object::{Architecture, BinaryFormat, Endianness, SectionFlags, SectionKind, elf};
use quench_compiler::Target;
use serde::{Deserialize, Serialize};

const INFO: &str = ".quench.info";
const POLICY: &str = ".quench.policy";

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// Version of quench that made the executable.
    pub quench: String,
    /// Triple.
    pub target: String,
    /// The processor that it needs at least, as `--cpu` names it.
    pub cpu: String,
    /// Whether NaNs are canonical.
    pub deterministic: bool,
    pub module: ModuleReport,
    /// Names of the modules linked in by `--preload`.
    pub preloads: Vec<String>,
    /// Exports that are called, in order.
    pub entries: Vec<String>,
    pub invoke: Option<InvokeInfo>,
    /// Bytes.
    pub stack_size: u64,
    /// Instructions of the modules that it may run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fuel: Option<u64>,
    /// Whether each access to memory is checked, instead of by reserved addresses.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub explicit_memory_checks: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvokeInfo {
    pub function: String,
    /// `None`: from the executable's command line.
    pub arguments: Option<Vec<String>>,
}

impl Info {
    /// An object with the two sections, to be linked in.
    ///
    /// # Errors
    ///
    /// None that a user could cause.
    pub fn object(&self, target: Target, policy: &[u8]) -> Result<Vec<u8>> {
        let architecture = match target {
            Target::X86_64 => Architecture::X86_64,
            Target::Aarch64 => Architecture::Aarch64,
        };
        let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
        let mut add = |name: &str, data: Vec<u8>| {
            let section = object.add_section(Vec::new(), name.into(), SectionKind::Other);
            // Nothing refers to it, yet it stays; and it is not loaded.
            let sh_flags = u64::from(elf::SHF_GNU_RETAIN);
            *object.section_flags_mut(section) = SectionFlags::Elf { sh_flags };
            object.set_section_data(section, data, 1);
        };
        add(INFO, serde_json::to_vec(self)?);
        add(POLICY, policy.to_vec());
        Ok(object.write()?)
    }

    /// The information and the policy's bytes of an executable.
    ///
    /// # Errors
    ///
    /// When quench did not make it, or another version did that said something
    /// else.
    pub fn read(executable: &[u8]) -> Result<(Info, Vec<u8>)> {
        let file = object::File::parse(executable).context("it is not a whole ELF file")?;
        let section = |name: &str| {
            let section = file
                .section_by_name(name)
                .ok_or_else(|| anyhow!("quench did not make it (it has no section `{name}`)"))?;
            section.data().context("it is not a whole ELF file")
        };
        let info = section(INFO)?;
        let info = serde_json::from_slice(info)
            .context("another version of quench made it, which describes executables otherwise")?;
        Ok((info, section(POLICY)?.to_vec()))
    }
}
