//! Expected events of cases, and differences from them.

use crate::batch::{self, Account};
use crate::case::{Case, Event};
use crate::oracle;
use anyhow::{Result, bail};
use quench_abi::heap_mode;
use quench_compiler::{OptLevel, Options, Passes};
use std::path::Path;

/// Returns the events that a case should have: the interpreter's or, if it does
/// not support the case, those of code that neither our passes nor Cranelift's
/// optimiser changed, and without collections.
///
/// # Errors
///
/// Fails when neither can say it.
pub(crate) fn expect(case: &mut Case, options: Options, file: &Path) -> Result<Vec<Event>> {
    if !case.throws && !case.objects {
        return oracle::play(case);
    }
    let plain = Case { opt_level: OptLevel::None, passes: Passes::NONE, ..case.clone() };
    let options = Options { heap_mode: heap_mode::OFF, ..options };
    match batch::play(&[plain], options, file)?.pop() {
        Some(Account::Played(events)) => Ok(events),
        Some(Account::Crashed(_, said)) => bail!("not optimised, the process ended, {said}"),
        Some(Account::NotCompiled(message)) => bail!("not compiled: {message}"),
        None => bail!("it was not played"),
    }
}

/// Describes how an account differs from the expected events, if it does.
pub(crate) fn difference(case: &Case, expected: &[Event], account: &Account) -> Option<String> {
    match account {
        Account::Played(got) => case.difference(expected, got),
        Account::NotCompiled(message) => Some(format!("not compiled: {message}")),
        Account::Crashed(got, said) => {
            let place = case.describe(got.len());
            Some(format!("{place}: the process ended, {said}"))
        }
    }
}
