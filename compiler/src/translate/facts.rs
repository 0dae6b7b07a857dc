//! Facts about references that tests, casts and accesses have established: a check that a fact
//! proves is left out ([`Pass::Checks`](crate::passes::Pass::Checks)).
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
    types: Option<Range<u32>>,
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
    /// Whether facts are kept.
    is_enabled: bool,
    /// The strongest fact about each value.
    known: FxHashMap<Value, Fact>,
    /// The values about which facts were established, with what was known before.
    history: Vec<(Value, Option<Fact>)>,
    /// Results of tests: the reference, and what holds of it if the result is true, and if it is
    /// false.
    tests: FxHashMap<Value, (Value, [Option<Fact>; 2])>,
}

impl Facts {
    /// Returns facts, none of which is known; if not `is_enabled`, none ever will be.
    pub(super) fn new(is_enabled: bool) -> Facts {
        Facts { is_enabled, ..Facts::default() }
    }

    /// Establishes a fact about a reference from here on.
    pub(super) fn establish(&mut self, reference: Value, fact: Fact) {
        if !self.is_enabled {
            return;
        }
        let known = self.known.get(&reference);
        let is_stronger = match (known, &fact.types) {
            (None, _) | (Some(Fact { types: None }), Some(_)) => true,
            (Some(_), None) => false,
            (Some(Fact { types: Some(known) }), Some(new)) => new.len() < known.len(),
        };
        if is_stronger {
            let before = self.known.insert(reference, fact);
            self.history.push((reference, before));
        }
    }

    /// Returns whether a reference is known not to be null.
    pub(super) fn is_not_null(&self, reference: Value) -> bool {
        self.known.contains_key(&reference)
    }

    /// Returns the numbers of types of which that of a reference is known to be one.
    pub(super) fn types(&self, reference: Value) -> Option<&Range<u32>> {
        self.known.get(&reference)?.types.as_ref()
    }

    /// Returns the number of facts that have been established, for [`Facts::forget`].
    pub(super) fn count(&self) -> usize {
        self.history.len()
    }

    /// Forgets the facts that were established since there were `count`.
    pub(super) fn forget(&mut self, count: usize) {
        for (reference, before) in self.history.drain(count..).rev() {
            match before {
                Some(fact) => self.known.insert(reference, fact),
                None => self.known.remove(&reference),
            };
        }
    }

    /// Notes that `result` is that of a test of a reference, after which the facts hold.
    pub(super) fn note_test(
        &mut self,
        result: Value,
        reference: Value,
        if_true: Option<Fact>,
        if_false: Option<Fact>,
    ) {
        self.tests.insert(result, (reference, [if_false, if_true]));
    }

    /// Notes that `result` is true where the result of another test is false.
    pub(super) fn note_reversed_test(&mut self, result: Value, test: Value) {
        if let Some((reference, [if_false, if_true])) = self.tests.get(&test).cloned() {
            self.note_test(result, reference, if_false, if_true);
        }
    }

    /// Establishes what holds where `condition` has this value.
    pub(super) fn establish_condition(&mut self, condition: Value, value: bool) {
        if let Some((reference, facts)) = self.tests.get(&condition)
            && let Some(fact) = facts[usize::from(value)].clone()
        {
            self.establish(*reference, fact);
        }
    }
}
