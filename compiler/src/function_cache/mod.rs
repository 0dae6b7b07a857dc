//! The cache of compiled functions. A build finds in it the functions of earlier builds by
//! what they were compiled from. This module does not know where they are kept.
//!
//! The key of a function is a hash of its body with numbers in place of indices
//! (`outline`), of what these indices mean, of the functions whose bodies may be inlined
//! into it, and of all else that decides its code (`key`). So the key determines the result
//! of translation, passes and code generation without any of them, and stays the same when
//! indices and offsets in the module change. An entry (`entry`) has numbers in place of
//! indices too; they become indices again when it is decoded for a function.
//!
//! The code of an entry is trusted: whoever can write to the store decides what goes into
//! executables, as with object files. Nothing else is trusted: the caller validates the
//! function all the same, and a damaged entry counts as none.

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

/// A store of entries, which is used by all threads. Its methods return no errors: the store
/// itself reports whatever goes wrong in it.
pub trait Store: Send + Sync {
    /// Returns the entry with a key, if the store has it and can read it.
    fn get(&self, key: &Key) -> Option<Vec<u8>>;

    /// Keeps an entry under a key, if the store can.
    fn put(&self, key: &Key, entry: &[u8]);
}

/// The cache of compiled functions, as one module uses it.
pub(crate) struct FunctionCache<'a> {
    /// The store of entries.
    store: &'a dyn Store,
    /// The module.
    module: &'a Module<'a>,
    /// The keys of the module's functions.
    keys: Keys<'a>,
}

/// A function that is looked for in the cache.
pub(crate) struct Wanted {
    /// The key of the function.
    key: Key,
    /// The numbers of what the function mentions.
    numbers: Numbers,
}

impl<'a> FunctionCache<'a> {
    /// Makes a cache for the module of `environment`. Returns none where entries or keys
    /// lack something: entries have no debug information, and keys have nothing about a
    /// profile, whether it is used or generated.
    pub(crate) fn new(
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

    /// Returns what `function`, which the module defines, is looked for by; none if it has
    /// no key.
    pub(crate) fn wanted(&self, function: u32) -> Option<Wanted> {
        let (key, numbers) = self.keys.of(function)?;
        Some(Wanted { key, numbers })
    }

    /// Returns the code of a function and the origins of its inlined instructions, if the
    /// store has them.
    pub(crate) fn get(&self, wanted: &Wanted) -> Option<(MachineCode, Locations)> {
        let entry = self.store.get(&wanted.key)?;
        entry::decode(&wanted.key, &entry, &wanted.numbers, self.module)
    }

    /// Puts the code of a function into the store, unless it has a part that entries cannot
    /// have.
    pub(crate) fn put(&self, wanted: &Wanted, function: &MachineCode, locations: &Locations) {
        let Wanted { key, numbers } = wanted;
        if let Some(entry) = entry::encode(key, function, locations, numbers, self.module) {
            self.store.put(key, &entry);
        }
    }
}
