//! Compiled functions by what they were compiled from, so that a build takes
//! those of an earlier one. Does not know where they are kept.
//!
//! A key is a hash of the function as it stands in the module, with numbers in
//! place of indices (`outline`), of what these indices mean, of the functions
//! whose bodies may stand in place of its calls, and of all else that decides
//! its code (`key`). So it says what will come out of translation, passes and
//! code generation without any of them, and stays the same where indices and
//! offsets in the module move. An entry (`entry`) has numbers too, and is read
//! for the function that it is wanted for.
//!
//! The code of an entry is believed: whoever can write to the store decides what
//! goes into executables, as with object files. Nothing else is: the caller
//! validates the function all the same, and a damaged entry is none.

mod entry;
mod hash;
mod key;
mod outline;

use crate::codegen::Machine;
use crate::lines::Locations;
use crate::machine_code::MachineCode;
use crate::module::Module;
use crate::optimize::InlinePlan;
use crate::plan::environment::Environment;
pub use hash::Key;

use key::{Keys, Numbers};

/// Where entries are kept. Used from all threads. Whatever goes wrong is the
/// store's to tell; it has the entry or it has not.
pub trait Store: Send + Sync {
    fn get(&self, key: &Key) -> Option<Vec<u8>>;
    fn put(&self, key: &Key, entry: &[u8]);
}

/// A store, for the functions of one module.
pub struct FunctionCache<'a> {
    store: &'a dyn Store,
    module: &'a Module<'a>,
    keys: Keys<'a>,
}

/// What is looked for.
pub struct Wanted {
    key: Key,
    numbers: Numbers,
}

impl<'a> FunctionCache<'a> {
    /// `None` where entries would not do: they have no part for debug
    /// information, and keys none for a profile.
    pub fn new(
        store: &'a dyn Store,
        environment: &'a Environment<'a>,
        plan: &'a InlinePlan,
        machine: &Machine,
    ) -> Option<FunctionCache<'a>> {
        let is_usual = environment.profile.is_none()
            && environment.counters.is_none()
            && environment.debug.is_none();
        is_usual.then(|| FunctionCache {
            store,
            module: environment.planned.module,
            keys: Keys::new(environment, plan, machine),
        })
    }

    /// `None` for a function that has no key.
    pub fn wanted(&self, function: u32) -> Option<Wanted> {
        let (key, numbers) = self.keys.of(function)?;
        Some(Wanted { key, numbers })
    }

    /// The code, and what its source locations mean.
    pub fn get(&self, wanted: &Wanted) -> Option<(MachineCode, Locations)> {
        let entry = self.store.get(&wanted.key)?;
        entry::decode(&wanted.key, &entry, &wanted.numbers, self.module)
    }

    /// Keeps the code, if it has no part that entries cannot have.
    pub fn put(&self, wanted: &Wanted, function: &MachineCode, locations: &Locations) {
        let Wanted { key, numbers } = wanted;
        if let Some(entry) = entry::encode(key, function, locations, numbers, self.module) {
            self.store.put(key, &entry);
        }
    }
}
