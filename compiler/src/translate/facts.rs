//! Facts about references that tests, casts and accesses have established: a check that a fact
//! proves is left out ([`Pass::Checks`](crate::passes::Pass::Checks)). What establishes and asks
//! for them is in `checks.rs`.
//!
//! A fact is about a value of the IR, which never changes. It is established at one place of the
//! code and holds wherever that place must have been passed: up to the end of the innermost
//! frame, and beyond it if nothing branches to that end. The header of a loop comes before what
//! is established in the loop. So the facts that are known while operators are translated in
//! their order hold for each of them, if they are forgotten where another way leads into the
//! code: at an `else`, and at an end or a handler that something branches to.

use cranelift_codegen::ir::Value;
use rustc_hash::FxHashMap;
use std::ops::Range;

/// A fact about a reference: it is not null.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Fact {
    /// The numbers of types of which the object or function that it refers to has one, if
    /// that is known. The reference is then no `i31`.
    pub(super) types: Option<Range<u32>>,
}

impl Fact {
    /// The fact that a reference is not null.
    pub(super) const NOT_NULL: Fact = Fact { types: None };

    /// Returns the fact that a reference refers to something whose type has one of these
    /// numbers.
    pub(super) fn of_types(types: &Range<u32>) -> Fact {
        Fact { types: Some(types.clone()) }
    }
}

/// The facts that hold where the translator is.
#[derive(Default)]
pub(super) struct Facts {
    /// The strongest fact about each value.
    pub(super) known: FxHashMap<Value, Fact>,
    /// The values about which facts were established, with what was known before.
    pub(super) history: Vec<(Value, Option<Fact>)>,
    /// Results of tests: the reference, and what holds of it if the result is true, and if it is
    /// false.
    pub(super) tests: FxHashMap<Value, (Value, [Option<Fact>; 2])>,
}
