//! Direct calls of the functions that an indirect call usually reaches, according to a
//! profile.
//!
//! The call compares its reference with the function's, which is an address that nothing
//! else has. Where they are equal it calls the function directly; otherwise it continues as
//! an indirect call. A function is called this way only if it can be referred to (it has a
//! header) and has exactly the type that the call expects. So where the references are
//! equal, the reference is not null and the comparison of types would have found them equal:
//! no check is left out that could have trapped. The check that the element is in the table
//! comes before. A wrong profile costs only comparisons.

use super::translator::Translator;
use crate::passes::Pass;

/// The largest number of comparisons before an indirect call.
const MOST_CALLEES: usize = 2;

/// A function is worth a comparison if at least one in this many calls reaches it.
const SHARE: u64 = 4;

/// Functions that an indirect call may call directly.
#[derive(Default)]
pub(super) struct UsualCallees {
    pub functions: Vec<u32>,
    /// Whether the profile saw the call reach these functions and no other.
    pub are_all: bool,
}

impl Translator<'_, '_> {
    /// Returns the functions that the indirect call which is being translated may call
    /// directly; the call expects type `type_index`.
    pub(super) fn usual_callees(&self, type_index: u32) -> UsualCallees {
        let environment = self.environment;
        let offset = self.builder.srcloc().bits();
        let enabled = environment.passes.contains(Pass::ProfileCalls);
        let Some(profile) = self.profile().filter(|_| enabled) else {
            return UsualCallees::default();
        };
        let callees = profile.callees_at(offset);
        let all = { callees.iter() }.fold(0_u64, |sum, (_, count)| sum.saturating_add(*count));
        let usual = callees.iter().filter(|(function, count)| {
            *count > 0 && *count >= all / SHARE && self.can_be_reached(*function, type_index)
        });
        let functions: Vec<u32> = usual.map(|(f, _)| *f).take(MOST_CALLEES).collect();
        let reached = callees.iter().filter(|(_, count)| *count > 0).count();
        UsualCallees { are_all: reached > 0 && functions.len() == reached, functions }
    }

    /// Returns whether `function` is defined in the module and an indirect call of this type
    /// can reach it.
    fn can_be_reached(&self, function: u32, type_index: u32) -> bool {
        let environment = self.environment;
        let module = environment.planned.module;
        let known = module.functions.get(function as usize);
        function >= module.imported_functions
            && known.is_some_and(|known| {
                let own = environment.planned.type_number(known.type_index);
                known.referenced && environment.planned.type_range(type_index).contains(&own)
            })
    }
}
