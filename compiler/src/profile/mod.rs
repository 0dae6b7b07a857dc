//! Profiles: what was counted while a program ran, which is how often each straight run of
//! operators (`module/runs.rs`) began, and which functions each indirect call reached.
//!
//! [`shape`] says what of a module is counted, and [`file`] how the counts are written; this
//! file has the counts that were read. A profile is only advice: whatever it says, code that is
//! made with it has the same meaning, so it need not be trusted.

pub(crate) mod file;
pub(crate) mod shape;

use crate::error::Error;
use crate::module;
use file::{Counts, FunctionCounts};
use shape::{FunctionShape, Shape};
use std::collections::BTreeMap;

/// The counts of one run of a program, or of several runs together.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    /// Counts of the modules.
    modules: Vec<Counts>,
}

impl Profile {
    /// Parses the file that an instrumented program wrote.
    ///
    /// # Errors
    ///
    /// A description of the fault, if the bytes are not such a file or are damaged.
    pub fn parse(bytes: &[u8]) -> Result<Profile, String> {
        Ok(Profile { modules: file::read(bytes)? })
    }

    /// Adds the counts of another run of the program, or of another program.
    pub fn merge(&mut self, other: Profile) {
        for counts in other.modules {
            let same = self.modules.iter_mut().find(|own| own.is_of_same(&counts));
            match same {
                Some(own) => own.add(counts),
                None => self.modules.push(counts),
            }
        }
    }

    /// Returns a profile that the module might have written, with numbers that `number` makes
    /// up. It is for tests that code has the same meaning whatever a profile says.
    ///
    /// # Errors
    ///
    /// [`Error`] if the module cannot be read.
    pub fn invented(
        name: &str,
        wasm: &[u8],
        mut number: impl FnMut() -> u64,
    ) -> Result<Profile, Error> {
        let module = module::parse(wasm)?.0;
        let shape = Shape::new(&module);
        // One index more, so that the profile also names a function that does not exist.
        let functions = module.functions.len() as u64 + 1;
        let counted = shape.functions.iter().map(|function| FunctionCounts {
            hash: function.hash,
            runs: function.runs.iter().map(|_| number()).collect(),
            sites: { function.sites.iter() }
                .map(|_| (0..3).map(|_| ((number() % functions) as u32, number())).collect())
                .collect(),
        });
        let counts =
            Counts { name: name.to_string(), hash: shape.hash, functions: counted.collect() };
        Ok(Profile { modules: vec![counts] })
    }

    /// Returns what is known of a module: the counts of the module itself, or else of one that
    /// has its name, as far as the functions are the same.
    pub(crate) fn of_module(&self, name: &str, shape: Shape) -> Option<ModuleProfile> {
        let itself = self.modules.iter().find(|one| one.hash == shape.hash);
        let namesake = || self.modules.iter().find(|one| one.name == name);
        let counts = itself.or_else(namesake)?;
        Some(ModuleProfile::new(shape, counts))
    }
}

/// The counts of a module's functions.
pub(crate) struct ModuleProfile {
    /// Profiles of the module's bodies, in order; `None` for a body that has changed since the
    /// counts were made.
    functions: Vec<Option<FunctionProfile>>,
    /// Number of imported functions, which come before the first body.
    imported: u32,
}

/// The counts of a function.
pub(crate) struct FunctionProfile {
    /// The runs and calls that were counted.
    shape: FunctionShape,
    /// Number of times that each run began.
    counts: Vec<u64>,
    /// For each indirect call, the functions that it reached, with the number of times; the
    /// most frequent first.
    callees: Vec<Vec<(u32, u64)>>,
}

impl ModuleProfile {
    /// Matches the counts of a module with the shape of the module that is being compiled.
    fn new(shape: Shape, counts: &Counts) -> ModuleProfile {
        let imported = shape.imported;
        let functions = shape.functions.into_iter().enumerate();
        let functions = functions.map(|(number, shape)| {
            let counted = counts.functions.get(number)?;
            let fits = counted.hash == shape.hash
                && counted.runs.len() == shape.runs.len()
                && counted.sites.len() == shape.sites.len();
            fits.then(|| FunctionProfile {
                shape,
                counts: counted.runs.clone(),
                callees: counted.sites.iter().map(sorted).collect(),
            })
        });
        ModuleProfile { functions: functions.collect(), imported }
    }

    /// Returns the number of functions that the module defines, and the number of those that
    /// the profile does not know.
    pub(crate) fn coverage(&self) -> (usize, usize) {
        let unknown = self.functions.iter().filter(|one| one.is_none()).count();
        (self.functions.len(), unknown)
    }

    /// Returns the profile of the function with this index, if it is known.
    pub(crate) fn function(&self, index: u32) -> Option<&FunctionProfile> {
        let body = index.checked_sub(self.imported)?;
        self.functions.get(body as usize)?.as_ref()
    }

    /// Returns the known profiles, with the indices of their functions.
    pub(crate) fn functions(&self) -> impl Iterator<Item = (u32, &FunctionProfile)> {
        let functions = (self.imported..).zip(&self.functions);
        functions.filter_map(|(index, function)| Some((index, function.as_ref()?)))
    }
}

impl FunctionProfile {
    /// Returns how often the function was called.
    pub(crate) fn entries(&self) -> u64 {
        self.counts.first().copied().unwrap_or(0)
    }

    /// Returns how often each run of the function began.
    pub(crate) fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// Returns how often a run began. It is the run that has the operator at `offset` in the
    /// module, or, if `follows` is set, the run behind that operator, which ends its own.
    pub(crate) fn count_at(&self, offset: u32, follows: bool) -> u64 {
        let runs = &self.shape.runs;
        let before = if follows {
            runs.partition_point(|run| *run <= offset)
        } else {
            runs.partition_point(|run| *run < offset)
        };
        before.checked_sub(1).and_then(|run| self.counts.get(run)).copied().unwrap_or(0)
    }

    /// Returns the functions that the indirect call at an offset in the module reached, with
    /// the number of times; the most frequent first.
    pub(crate) fn callees_at(&self, offset: u32) -> &[(u32, u64)] {
        let site = self.shape.sites.binary_search(&offset).ok();
        let callees = site.and_then(|site| self.callees.get(site));
        callees.map_or(&[], Vec::as_slice)
    }

    /// Returns the functions that the function calls, and how often, as far as that is known.
    pub(crate) fn calls(&self) -> impl Iterator<Item = (u32, u64)> {
        let calls = self.shape.calls.iter();
        let direct = calls.map(|(offset, callee)| (*callee, self.count_at(*offset, false)));
        direct.chain(self.callees.iter().flatten().copied())
    }
}

/// Sorts callees, the most frequent first, and equally frequent ones by index.
fn sorted(callees: &BTreeMap<u32, u64>) -> Vec<(u32, u64)> {
    let mut callees: Vec<(u32, u64)> = callees.iter().map(|(f, count)| (*f, *count)).collect();
    callees.sort_by_key(|(function, count)| (std::cmp::Reverse(*count), *function));
    callees
}
