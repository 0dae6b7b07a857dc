//! Sets of functions of WASI, of modules and of components.

#[cfg(feature = "components")]
use crate::functions::equal;
use crate::functions::{FUNCTIONS, Group, index};
#[cfg(feature = "components")]
use crate::interfaces::{INTERFACE_FUNCTIONS, InterfaceFunction};

/// Number of words of a set. Programs that are made of modules have no functions of
/// components.
pub(crate) const WORDS: usize = if cfg!(feature = "components") { 4 } else { 1 };

/// Number of functions that a word has bits for.
const BITS: usize = u64::BITS as usize;

/// A set of functions of WASI: a bit for each. Those of the first word are the functions of
/// modules, by their places in [`FUNCTIONS`]; those of the others are the functions of
/// components, by their places in [`INTERFACE_FUNCTIONS`](crate::INTERFACE_FUNCTIONS).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Functions(pub(crate) [u64; WORDS]);

impl Functions {
    /// The empty set.
    pub const NONE: Functions = Functions([0; WORDS]);

    /// The set of all functions of modules.
    pub const OF_MODULES: Functions = {
        let mut set = Functions::NONE;
        set.0[0] = (1 << FUNCTIONS.len()) - 1;
        set
    };

    /// The set of all functions.
    #[cfg(feature = "components")]
    pub const ALL: Functions = {
        let mut set = Functions::OF_MODULES;
        let mut i = 0;
        while i < INTERFACE_FUNCTIONS.len() {
            set = set.with(Functions::one(BITS + i));
            i += 1;
        }
        set
    };

    /// The set of all functions.
    #[cfg(not(feature = "components"))]
    pub const ALL: Functions = Functions::OF_MODULES;

    /// Returns the set of the function with a bit.
    pub(crate) const fn one(bit: usize) -> Functions {
        let mut set = Functions::NONE;
        set.0[bit / BITS] = 1 << (bit % BITS);
        set
    }

    /// Returns the set of the function of modules with a place in [`FUNCTIONS`].
    pub(crate) const fn of_module(place: usize) -> Functions {
        Functions::one(place)
    }

    /// Returns the set of the function of components with a place in
    /// [`INTERFACE_FUNCTIONS`].
    #[cfg(feature = "components")]
    pub(crate) const fn of_interface(place: usize) -> Functions {
        Functions::one(BITS + place)
    }

    /// Returns the functions of modules with these names.
    ///
    /// # Panics
    ///
    /// If no function has one of the names; meant for constants.
    pub const fn of(names: &[&str]) -> Functions {
        let mut set = Functions::NONE;
        let mut i = 0;
        while i < names.len() {
            set = set.with(Functions::of_module(index(names[i])));
            i += 1;
        }
        set
    }

    /// Returns the bit of the function of components with this name, of WASI 0.2 or 0.3; see
    /// [`Functions::has`].
    ///
    /// # Panics
    ///
    /// If no function has the name; meant for constants.
    #[cfg(feature = "components")]
    pub const fn bit_of_component(version: u8, name: &str) -> usize {
        let mut i = 0;
        while i < INTERFACE_FUNCTIONS.len() {
            let function = &INTERFACE_FUNCTIONS[i];
            if function.version == version && equal(function.name.as_bytes(), name.as_bytes()) {
                return BITS + i;
            }
            i += 1;
        }
        panic!("no function of WASI has this name")
    }

    /// Returns the set of a function of components, of one version of WASI.
    #[cfg(feature = "components")]
    pub fn of_interface_function(function: &InterfaceFunction) -> Functions {
        let place = INTERFACE_FUNCTIONS.iter().position(|other| other == function);
        place.map_or(Functions::NONE, Functions::of_interface)
    }

    /// Returns the function of components with this name, of WASI 0.2 or 0.3.
    ///
    /// # Panics
    ///
    /// If no function has the name; meant for constants.
    #[cfg(feature = "components")]
    pub const fn of_component(version: u8, name: &str) -> Functions {
        Functions::one(Functions::bit_of_component(version, name))
    }

    /// Returns the functions of a group.
    pub const fn group(group: Group) -> Functions {
        let mut set = Functions::NONE;
        let mut i = 0;
        while i < FUNCTIONS.len() {
            if FUNCTIONS[i].group as u8 == group as u8 {
                set = set.with(Functions::of_module(i));
            }
            i += 1;
        }
        #[cfg(feature = "components")]
        {
            i = 0;
            while i < INTERFACE_FUNCTIONS.len() {
                if INTERFACE_FUNCTIONS[i].group as u8 == group as u8 {
                    set = set.with(Functions::of_interface(i));
                }
                i += 1;
            }
        }
        set
    }

    /// Returns what a name stands for: a function, the functions of a group or, of
    /// components, those of an interface (`wasi:io/poll`) or of a package (`wasi:io`).
    pub fn named(name: impl AsRef<[u8]>) -> Option<Functions> {
        let name = name.as_ref();
        let is_named = |group: &Group| group.name().as_bytes() == name;
        if let Some(group) = Group::ALL.into_iter().find(is_named) {
            return Some(GROUPS[group as usize]);
        }
        #[cfg(feature = "components")]
        if let Some(functions) = Functions::of_interfaces(name) {
            return Some(functions);
        }
        let mut names = NAMES.split(|&byte| byte == b' ');
        let place = names.position(|other| other == name)?;
        FUNCTIONS.get(place)?;
        Some(Functions::of_module(place))
    }

    /// Returns the functions of components with a name, or in an interface or a package
    /// with this name.
    #[cfg(feature = "components")]
    fn of_interfaces(name: &[u8]) -> Option<Functions> {
        let mut set = Functions::NONE;
        let names = INTERFACES.split(|&byte| byte == b' ').enumerate();
        for (place, function) in names.take(INTERFACE_FUNCTIONS.len()) {
            let rest = function.strip_prefix(name);
            if rest.is_some_and(|rest| matches!(rest, [] | [b'.' | b'/', ..])) {
                set = set.with(Functions::of_interface(place));
            }
        }
        (set != Functions::NONE).then_some(set)
    }

    /// Returns the union of both sets.
    #[must_use]
    pub const fn with(mut self, others: Functions) -> Functions {
        let mut i = 0;
        while i < WORDS {
            self.0[i] |= others.0[i];
            i += 1;
        }
        self
    }

    /// Returns the functions of this set that are not in the other.
    #[must_use]
    pub const fn without(mut self, others: Functions) -> Functions {
        let mut i = 0;
        while i < WORDS {
            self.0[i] &= !others.0[i];
            i += 1;
        }
        self
    }

    /// Returns whether the sets have a function in common.
    pub const fn intersects(self, others: Functions) -> bool {
        let mut i = 0;
        while i < WORDS {
            if self.0[i] & others.0[i] != 0 {
                return true;
            }
            i += 1;
        }
        false
    }

    /// Returns whether the set has the function with this bit.
    #[cfg(feature = "components")]
    pub fn has(self, bit: usize) -> bool {
        self.0.get(bit / BITS).is_some_and(|word| word >> (bit % BITS) & 1 != 0)
    }

    /// Returns whether the set has functions of modules only.
    pub(crate) fn is_of_modules(self) -> bool {
        self.without(Functions::OF_MODULES) == Functions::NONE
    }

    /// Returns the names of the functions of the set, in the order of the tables. Functions
    /// of several versions of WASI are named once.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let of_modules = FUNCTIONS.iter().map(|function| function.name).zip(0..);
        #[cfg(feature = "components")]
        let of_components = INTERFACE_FUNCTIONS.iter().map(|function| function.name).zip(BITS..);
        #[cfg(not(feature = "components"))]
        let of_components = [];
        let all = of_modules.chain(of_components);
        let ours = move |bit| self.intersects(Functions::one(bit));
        all.filter(move |(name, bit)| ours(*bit) && !self.has_earlier(name, *bit))
            .map(|(name, _)| name)
    }

    /// Returns whether the set has a function of components with a name before a bit.
    fn has_earlier(self, name: &str, bit: usize) -> bool {
        #[cfg(feature = "components")]
        {
            let mut functions = INTERFACE_FUNCTIONS.iter().zip(BITS..bit.max(BITS));
            functions.any(|(function, bit)| {
                function.name == name && self.intersects(Functions::one(bit))
            })
        }
        #[cfg(not(feature = "components"))]
        {
            let _ = (name, bit);
            false
        }
    }
}

/// The functions of each group, in the order of [`Group::ALL`].
const GROUPS: [Functions; Group::ALL.len()] = {
    let mut groups = [Functions::NONE; Group::ALL.len()];
    let mut i = 0;
    while i < groups.len() {
        groups[i] = Functions::group(Group::ALL[i]);
        i += 1;
    }
    groups
};

/// The names of [`FUNCTIONS`] in their order, a space after each: an executable that looks
/// for one has no table of addresses to relocate when it starts.
const NAMES: [u8; length(&MODULE_NAMES)] = joined(&MODULE_NAMES);

const MODULE_NAMES: [&str; FUNCTIONS.len()] = {
    let mut names = [""; FUNCTIONS.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = FUNCTIONS[i].name;
        i += 1;
    }
    names
};

/// The names of [`INTERFACE_FUNCTIONS`], in the same form.
#[cfg(feature = "components")]
const INTERFACES: [u8; length(&INTERFACE_NAMES)] = joined(&INTERFACE_NAMES);

#[cfg(feature = "components")]
const INTERFACE_NAMES: [&str; INTERFACE_FUNCTIONS.len()] = {
    let mut names = [""; INTERFACE_FUNCTIONS.len()];
    let mut i = 0;
    while i < names.len() {
        names[i] = INTERFACE_FUNCTIONS[i].name;
        i += 1;
    }
    names
};

/// Returns the number of bytes of names with a space after each.
const fn length(names: &[&str]) -> usize {
    let mut length = 0;
    let mut i = 0;
    while i < names.len() {
        length += names[i].len() + 1;
        i += 1;
    }
    length
}

/// Returns names with a space after each.
const fn joined<const LENGTH: usize>(names: &[&str]) -> [u8; LENGTH] {
    let mut all = [b' '; LENGTH];
    let mut end = 0;
    let mut i = 0;
    while i < names.len() {
        let name = names[i].as_bytes();
        let (_, rest) = all.split_at_mut(end);
        let (place, _) = rest.split_at_mut(name.len());
        place.copy_from_slice(name);
        end += name.len() + 1;
        i += 1;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets() {
        let clocks = Functions::of(&["clock_res_get", "clock_time_get"]);
        let named = Functions::named("clocks").expect("a group");
        assert_eq!(
            (named.with(clocks), named.intersects(Functions::of(&["fd_read"]))),
            (named, false)
        );
        assert_eq!(Functions::named("clock"), None);
        assert_eq!(Functions::named(""), None);
        for function in &FUNCTIONS {
            let named = Functions::named(function.name);
            assert_eq!(named, Some(Functions::of(&[function.name])));
        }
        assert!(clocks.names().eq(["clock_res_get", "clock_time_get"]));
        assert_eq!(Functions::ALL.without(clocks).with(clocks), Functions::ALL);
        assert!(!Functions::group(Group::Files).intersects(clocks));
    }
}
