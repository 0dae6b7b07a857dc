//! What a case has to do, and how what it did differs from that.

use crate::batch::{self, Account};
use crate::case::{Case, Event};
use crate::oracle;
use anyhow::{Result, bail};
use quench_compiler::{OptLevel, Options, Passes};
use std::path::Path;

/// What a case should do: what the interpreter says or, of what that does not
/// know, code that went through none of our passes and no optimiser.
///
/// # Errors
///
/// When neither can say it.
pub(crate) fn expect(case: &mut Case, options: Options, file: &Path) -> Result<Vec<Event>> {
    if !case.throws {
        return oracle::play(case);
    }
    let plain = Case { opt_level: OptLevel::None, passes: Passes::NONE, ..case.clone() };
    match batch::play(&[plain], options, file)?.pop() {
        Some(Account::Played(events)) => Ok(events),
        Some(Account::Crashed(_, said)) => bail!("not optimised, the process ended, {said}"),
        Some(Account::NotCompiled(message)) => bail!("not compiled: {message}"),
        None => bail!("it was not played"),
    }
}

/// What is wrong with an account, in words.
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
