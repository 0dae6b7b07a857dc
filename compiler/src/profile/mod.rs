//! What was counted while a program ran: how often each straight run of
//! operators (`runs`) began, and which functions each indirect call reached.
//!
//! [`shape`] says what of a module is counted, [`file`] how it is written;
//! here is what was read. A profile is advice: whatever it says, no code that is
//! made with it means something else, so it need not be trusted.

pub mod file;
pub mod shape;

use crate::error::Error;
use crate::module;
use file::{Counts, FunctionCounts};
use shape::{FunctionShape, Shape};
use std::collections::BTreeMap;

/// What programs counted, of one run or of several together.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    modules: Vec<Counts>,
}

impl Profile {
    /// What an instrumented program wrote.
    ///
    /// # Errors
    ///
    /// When these bytes are something else, or damaged; says what is wrong.
    pub fn parse(bytes: &[u8]) -> Result<Profile, String> {
        Ok(Profile { modules: file::read(bytes)? })
    }

    /// Adds what another run of the program counted, or another program.
    pub fn merge(&mut self, other: Profile) {
        for counts in other.modules {
            let same = self.modules.iter_mut().find(|own| own.is_of_same(&counts));
            match same {
                Some(own) => own.add(counts),
                None => self.modules.push(counts),
            }
        }
    }

    /// What a module might have counted, with numbers that `number` makes up: for
    /// tests that code means the same whatever a profile says.
    ///
    /// # Errors
    ///
    /// When the module cannot be read.
    pub fn invented(
        name: &str,
        wasm: &[u8],
        mut number: impl FnMut() -> u64,
    ) -> Result<Profile, Error> {
        let module = module::parse(wasm)?.0;
        let shape = Shape::new(&module);
        // Also one that does not exist.
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

    /// What is known of a module: counted in itself, or in one of its name, as
    /// far as functions are the same.
    pub(crate) fn of_module(&self, name: &str, shape: Shape) -> Option<ModuleProfile> {
        let itself = self.modules.iter().find(|one| one.hash == shape.hash);
        let namesake = || self.modules.iter().find(|one| one.name == name);
        let counts = itself.or_else(namesake)?;
        Some(ModuleProfile::new(shape, counts))
    }
}

/// What is known of a module's functions.
pub struct ModuleProfile {
    /// Counts of the module's bodies, in order; `None` for a body that has changed since.
    functions: Vec<Option<FunctionProfile>>,
    /// Functions before the first body.
    imported: u32,
}

/// What is known of a function.
pub struct FunctionProfile {
    shape: FunctionShape,
    counts: Vec<u64>,
    /// The functions that each indirect call reached, and how often, the most frequent
    /// first.
    callees: Vec<Vec<(u32, u64)>>,
}

impl ModuleProfile {
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

    /// How many functions there are, and how many the profile knows nothing of.
    pub fn coverage(&self) -> (usize, usize) {
        let unknown = self.functions.iter().filter(|one| one.is_none()).count();
        (self.functions.len(), unknown)
    }

    /// What is known of the function with this index.
    pub fn function(&self, index: u32) -> Option<&FunctionProfile> {
        let body = index.checked_sub(self.imported)?;
        self.functions.get(body as usize)?.as_ref()
    }

    /// All functions that something is known of, with their indices.
    pub fn functions(&self) -> impl Iterator<Item = (u32, &FunctionProfile)> {
        let functions = (self.imported..).zip(&self.functions);
        functions.filter_map(|(index, function)| Some((index, function.as_ref()?)))
    }
}

impl FunctionProfile {
    /// How often it was called.
    pub fn entries(&self) -> u64 {
        self.counts.first().copied().unwrap_or(0)
    }

    /// How often each of its runs began.
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }

    /// How often the run began that has the operator at an offset in the module,
    /// or that follows the one there, which ends a run.
    pub fn count_at(&self, offset: u32, follows: bool) -> u64 {
        let runs = &self.shape.runs;
        let before = match follows {
            true => runs.partition_point(|run| *run <= offset),
            false => runs.partition_point(|run| *run < offset),
        };
        before.checked_sub(1).and_then(|run| self.counts.get(run)).copied().unwrap_or(0)
    }

    /// What the indirect call at an offset in the module reached, the most
    /// frequent first.
    pub fn callees_at(&self, offset: u32) -> &[(u32, u64)] {
        let site = self.shape.sites.binary_search(&offset).ok();
        let callees = site.and_then(|site| self.callees.get(site));
        callees.map_or(&[], Vec::as_slice)
    }

    /// Functions that it calls, and how often, as far as that is known.
    pub fn calls(&self) -> impl Iterator<Item = (u32, u64)> {
        let calls = self.shape.calls.iter();
        let direct = calls.map(|(offset, callee)| (*callee, self.count_at(*offset, false)));
        direct.chain(self.callees.iter().flatten().copied())
    }
}

/// The most frequent first; equal ones by index.
fn sorted(callees: &BTreeMap<u32, u64>) -> Vec<(u32, u64)> {
    let mut callees: Vec<(u32, u64)> = callees.iter().map(|(f, count)| (*f, *count)).collect();
    callees.sort_by_key(|(function, count)| (std::cmp::Reverse(*count), *function));
    callees
}
