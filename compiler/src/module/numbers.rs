//! Numbers of a program's types, which code compares: a type's subtypes, and theirs, have the
//! numbers that follow its own, so that one comparison of a range tells whether an object is of
//! a type. Functions come first, then arrays, then structs. Types of functions without
//! subtypes, which is all of them in programs without garbage collection, have the numbers of
//! their identities.

use super::identity::{PreciseStructure, RegisteredType};
use quench_abi::FIRST_OBJECT_TYPE;
use std::ops::Range;

/// The numbers of a program's types.
#[derive(Default)]
pub(crate) struct TypeNumbers {
    /// For each identity, from 1 on, the type's number, and the number behind the last of its
    /// subtypes.
    ranges: Vec<Range<u32>>,
    /// Numbers of the types of arrays.
    pub arrays: Range<u32>,
    /// Numbers of the types of structs, which follow those of arrays.
    pub structs: Range<u32>,
}

impl TypeNumbers {
    /// Gives numbers to types, which are in the order of their identities.
    pub(crate) fn new(types: &[RegisteredType]) -> TypeNumbers {
        let mut subtypes: Vec<Vec<u32>> = vec![Vec::new(); types.len()];
        for (index, ty) in types.iter().enumerate() {
            if let Some(supertype) = ty.supertype {
                subtypes[supertype as usize - 1].push(index as u32);
            }
        }
        let mut numbers = TypeNumbers { ranges: vec![0..0; types.len()], ..TypeNumbers::default() };
        let mut forest = |next: u32, is_kind: fn(&PreciseStructure) -> bool| {
            let roots = types.iter().enumerate().filter(|(_, ty)| ty.supertype.is_none());
            let roots = roots.filter(|(_, ty)| is_kind(&ty.structure));
            let roots: Vec<u32> = roots.map(|(index, _)| index as u32).collect();
            next..number(roots, &subtypes, &mut numbers.ranges, next)
        };
        let functions = forest(1, |it| matches!(it, PreciseStructure::Function { .. }));
        let first = functions.end.max(FIRST_OBJECT_TYPE);
        let arrays = forest(first, |it| matches!(it, PreciseStructure::Array(_)));
        let structs = forest(arrays.end, |it| matches!(it, PreciseStructure::Struct(_)));
        (numbers.arrays, numbers.structs) = (arrays, structs);
        numbers
    }

    /// Gives numbers to the types whose identities follow those that have some, if these are
    /// functions without supertypes. Returns whether they are.
    pub(crate) fn extend(&mut self, types: &[RegisteredType]) -> bool {
        let known = self.ranges.len();
        for ty in &types[known..] {
            if ty.supertype.is_some() || !matches!(ty.structure, PreciseStructure::Function { .. })
            {
                return false;
            }
        }
        let next = self.ranges.iter().map(|range| range.end).max().unwrap_or(1);
        self.ranges.extend((next..).zip(&types[known..]).map(|(number, _)| number..number + 1));
        true
    }

    /// Returns the number of types that have numbers.
    pub(crate) fn count(&self) -> usize {
        self.ranges.len()
    }

    /// Returns the numbers of the type with this identity and of its subtypes; the type's own
    /// is the first.
    pub(crate) fn range(&self, identity: u32) -> Range<u32> {
        self.ranges[identity as usize - 1].clone()
    }

    /// Returns the numbers of the types of arrays and structs.
    pub(crate) fn objects(&self) -> Range<u32> {
        self.arrays.start..self.structs.end
    }
}

/// Gives numbers from `next` on to the types in `roots` and to their subtypes, each in front of
/// its own subtypes. Returns the number behind the last one. Supertypes may be many deep, so
/// this does not recurse.
fn number(roots: Vec<u32>, subtypes: &[Vec<u32>], ranges: &mut [Range<u32>], mut next: u32) -> u32 {
    /// A type that is to get its number, or one whose subtypes have theirs.
    enum Visit {
        Enter(u32),
        Leave(u32),
    }
    let mut waiting: Vec<Visit> = roots.into_iter().rev().map(Visit::Enter).collect();
    while let Some(visit) = waiting.pop() {
        match visit {
            Visit::Enter(index) => {
                ranges[index as usize].start = next;
                next += 1;
                waiting.push(Visit::Leave(index));
                waiting.extend(subtypes[index as usize].iter().rev().copied().map(Visit::Enter));
            }
            Visit::Leave(index) => ranges[index as usize].end = next,
        }
    }
    next
}
