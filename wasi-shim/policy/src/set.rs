//! Sets of functions of WASI, of modules and of components.

use crate::functions::{FUNCTIONS, Group, equal, index};
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
    pub const ALL: Functions = {
        let mut set = Functions::NONE;
        let mut place = 0;
        while place < COUNT {
            set = set.with(Functions::at(place));
            place += 1;
        }
        set
    };

    /// Returns the set of the function with a bit.
    pub(crate) const fn one(bit: usize) -> Functions {
        let mut set = Functions::NONE;
        set.0[bit / BITS] = 1 << (bit % BITS);
        set
    }

    /// Returns the set of the function with a place among all.
    pub(crate) const fn at(place: usize) -> Functions {
        Functions::one(bit_at(place))
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

    /// Returns the bit of the function of modules with this name; see [`Functions::has`].
    ///
    /// # Panics
    ///
    /// If no function has the name; meant for constants.
    pub const fn bit_of_module(name: &str) -> usize {
        index(name)
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

    /// Returns the functions of components with this name, of all versions of WASI.
    ///
    /// # Panics
    ///
    /// If no function has the name; meant for constants.
    #[cfg(feature = "components")]
    pub const fn of_components(name: &str) -> Functions {
        let mut set = Functions::NONE;
        let mut i = 0;
        while i < INTERFACE_FUNCTIONS.len() {
            if equal(INTERFACE_FUNCTIONS[i].name.as_bytes(), name.as_bytes()) {
                set = set.with(Functions::of_interface(i));
            }
            i += 1;
        }
        if !set.intersects(set) {
            panic!("no function of WASI has this name");
        }
        set
    }

    /// Returns the functions of a group.
    pub const fn group(group: Group) -> Functions {
        let mut set = Functions::NONE;
        let mut place = 0;
        while place < COUNT {
            if group_at(place) as u8 == group as u8 {
                set = set.with(Functions::at(place));
            }
            place += 1;
        }
        set
    }

    /// Returns what a name stands for: a function, the functions of a group or, of
    /// components, those of an interface (`wasi:io/poll`) or of a package (`wasi:io`).
    pub fn named(name: impl AsRef<[u8]>) -> Option<Functions> {
        let hash = hash(name.as_ref());
        let mut set = Functions::NONE;
        for (place, known) in HASHES.iter().enumerate() {
            if *known == hash {
                set.add(place);
            }
        }
        for (known, [start, end]) in RUN_HASHES.iter().zip(RUNS) {
            if *known == hash {
                for place in start..end {
                    set.add(place.into());
                }
            }
        }
        (set != Functions::NONE).then_some(set)
    }

    /// Adds the function with a place among all.
    fn add(&mut self, place: usize) {
        let bit = bit_at(place);
        if let Some(word) = self.0.get_mut(bit / BITS) {
            *word |= 1 << (bit % BITS);
        }
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
    pub fn has(self, bit: usize) -> bool {
        self.0.get(bit / BITS).is_some_and(|word| word >> (bit % BITS) & 1 != 0)
    }

    /// Returns whether the set has a function, by its place among all.
    pub(crate) fn has_at(self, place: usize) -> bool {
        self.has(bit_at(place))
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

/// Number of functions of WASI. The place of one among all is that in [`FUNCTIONS`], behind
/// which come those of components.
#[cfg(feature = "components")]
pub(crate) const COUNT: usize = FUNCTIONS.len() + INTERFACE_FUNCTIONS.len();
#[cfg(not(feature = "components"))]
pub(crate) const COUNT: usize = FUNCTIONS.len();

/// Returns the bit of the function with a place among all.
const fn bit_at(place: usize) -> usize {
    if place < FUNCTIONS.len() { place } else { place - FUNCTIONS.len() + BITS }
}

/// Returns the name of the function with a place among all.
const fn name_at(place: usize) -> &'static str {
    #[cfg(feature = "components")]
    if place >= FUNCTIONS.len() {
        return INTERFACE_FUNCTIONS[place - FUNCTIONS.len()].name;
    }
    FUNCTIONS[place].name
}

/// Returns the group of the function with a place among all.
const fn group_at(place: usize) -> Group {
    #[cfg(feature = "components")]
    if place >= FUNCTIONS.len() {
        return INTERFACE_FUNCTIONS[place - FUNCTIONS.len()].group;
    }
    FUNCTIONS[place].group
}

// An executable looks for names by their hashes, which are a sixth of their size and no
// addresses to relocate when it starts. A test says that no two names have the same; a word
// that is none of them is taken for one only with a probability of 1 in 25 million.

/// The hash of the name of each function.
const HASHES: [u32; COUNT] = {
    let mut hashes = [0; COUNT];
    let mut place = 0;
    while place < COUNT {
        hashes[place] = hash(name_at(place).as_bytes());
        place += 1;
    }
    hashes
};

/// What functions are together under one name.
#[derive(Clone, Copy)]
enum Together {
    Group,
    Package,
    Interface,
}

impl Together {
    const ALL: [Together; 3] = [Together::Group, Together::Package, Together::Interface];

    /// Returns the name under which a function is, with its place among all; it is empty for
    /// functions of modules, which have no packages.
    const fn name(self, place: usize) -> &'static [u8] {
        match self {
            Together::Group => group_at(place).name().as_bytes(),
            Together::Package => before(name_at(place), b'/'),
            Together::Interface => before(name_at(place), b'.'),
        }
    }
}

/// Returns what stands before a character in a text; nothing if it is not there.
const fn before(text: &'static str, end: u8) -> &'static [u8] {
    let text = text.as_bytes();
    let mut length = 0;
    while length < text.len() {
        if text[length] == end {
            return text.split_at(length).0;
        }
        length += 1;
    }
    b""
}

/// Number of runs: functions that are together, one after the other. A name may have several.
const RUN_COUNT: usize = runs::<0>().2;

/// The hash of the name of each run.
const RUN_HASHES: [u32; RUN_COUNT] = runs().0;

/// The place of the first function of each run, and the one after its last.
const RUNS: [[u8; 2]; RUN_COUNT] = runs().1;

/// Returns the hash of each run's name, its places, and the number of runs. Those beyond
/// `LENGTH` are only counted.
const fn runs<const LENGTH: usize>() -> ([u32; LENGTH], [[u8; 2]; LENGTH], usize) {
    let (mut hashes, mut places, mut count) = ([0; LENGTH], [[0; 2]; LENGTH], 0);
    let mut kind = 0;
    while kind < Together::ALL.len() {
        let mut start = 0;
        while start < COUNT {
            let name = Together::ALL[kind].name(start);
            let mut end = start + 1;
            while end < COUNT && equal(name, Together::ALL[kind].name(end)) {
                end += 1;
            }
            if !name.is_empty() {
                if count < LENGTH {
                    hashes[count] = hash(name);
                    places[count] = [start as u8, end as u8];
                }
                count += 1;
            }
            start = end;
        }
        kind += 1;
    }
    (hashes, places, count)
}

/// Returns the hash of a name (FNV-1a).
const fn hash(name: &[u8]) -> u32 {
    let mut hash: u32 = 0x811c_9dc5;
    let mut i = 0;
    while i < name.len() {
        hash = (hash ^ name[i] as u32).wrapping_mul(0x0100_0193);
        i += 1;
    }
    hash
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
        for group in Group::ALL {
            assert_eq!(Functions::named(group.name()), Some(Functions::group(group)));
        }
        assert!(clocks.names().eq(["clock_res_get", "clock_time_get"]));
        assert_eq!(Functions::ALL.without(clocks).with(clocks), Functions::ALL);
        assert!(!Functions::group(Group::Files).intersects(clocks));
    }
    /// No two names have the same hash, so that each stands for what has exactly that name.
    #[cfg(feature = "components")]
    #[test]
    fn names_of_components() {
        let of_functions = INTERFACE_FUNCTIONS.iter().map(|function| function.name);
        let of_runs = INTERFACE_FUNCTIONS.iter().flat_map(|function| {
            let prefix = |end| function.name.split(end).next().expect("a name");
            [prefix('.'), prefix('/')]
        });
        for name in of_functions.chain(of_runs) {
            let is_in = |function: &InterfaceFunction| {
                let rest = function.name.strip_prefix(name);
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
            };
            let places = 0..INTERFACE_FUNCTIONS.len();
            let places = places.filter(|place| is_in(&INTERFACE_FUNCTIONS[*place]));
            let expected =
                places.fold(Functions::NONE, |set, place| set.with(Functions::of_interface(place)));
            assert_eq!(Functions::named(name), Some(expected), "{name}");
        }
        assert_eq!(Functions::named("wasi:"), None);
        assert_eq!(Functions::named("wasi:io/"), None);
    }
}
