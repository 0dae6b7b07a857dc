//! The queue of a module's units: which of them are compiled, and in which order their
//! code goes to the result. Units are compiled in parallel; the code of each goes to the
//! result as soon as that of all units before it is there.

use super::worker::{State, Worker};
use crate::code_unit::CodeUnit;
use crate::codegen;
use crate::emit::emitter::Code;
use crate::error::Error;
use crate::in_order::in_order;
use crate::observer::{Stage, Stopwatch};
use crate::symbols::Symbol;
use rayon::prelude::*;
use std::collections::HashSet;

/// Compiles `units`, and hands the code of each to `take`, in order. Functions that
/// nothing can call are only validated. So are those that nothing calls any more once
/// calls have been replaced by bodies; if one of these turns out to be called after all,
/// it is compiled at the end.
///
/// # Errors
///
/// When a function is invalid, or cannot be compiled, or `take` fails.
pub(super) fn compile_all(
    worker: &Worker<'_>,
    units: &[CodeUnit],
    mut take: impl FnMut(Code) -> Result<(), Error> + Send,
) -> Result<(), Error> {
    let (mut waiting, mut ready): (Vec<CodeUnit>, Vec<CodeUnit>) =
        units.iter().partition(|unit| worker.optimizer.is_optional(**unit));
    let mut called: HashSet<Symbol> = HashSet::new();
    while !ready.is_empty() {
        worker.observer.expect(ready.len());
        let compile = |state: &mut State, number: usize| worker.guarded(state, ready[number]);
        in_order(ready.len(), State::new, compile, |code| {
            let Some(code) = code else { return Ok(()) };
            let mut watch = Stopwatch::start(worker.observer);
            called.extend(code.function.symbols());
            take(code)?;
            watch.lap(Stage::Emit);
            worker.observer.spent(watch.times());
            Ok(())
        })?;
        (ready, waiting) = waiting.into_iter().partition(|unit| match unit {
            CodeUnit::Function(index) => called.contains(&Symbol::Function(*index)),
            CodeUnit::Thunk(_) => true,
        });
    }
    worker.validate_all(&waiting)
}

/// Lists the IR of all units as it is translated, before any pass.
///
/// # Errors
///
/// When a function is invalid, or uses something that quench does not compile.
pub(super) fn listing(worker: &Worker<'_>, units: &[CodeUnit]) -> Result<Vec<u8>, Error> {
    let texts: Vec<Result<String, Error>> = units
        .par_iter()
        .map_init(State::new, |state, unit| {
            worker.translate(state, *unit)?;
            Ok(worker.titled(*unit, &state.context.func.display().to_string()))
        })
        .collect();
    let texts = texts.into_iter().collect::<Result<String, Error>>()?;
    Ok(texts.into_bytes())
}

/// Lists the machine code of all units that are compiled.
///
/// # Errors
///
/// When a function is invalid, or cannot be compiled or disassembled.
pub(super) fn disassembly(worker: &Worker<'_>, units: &[CodeUnit]) -> Result<Vec<u8>, Error> {
    let mut texts = String::new();
    compile_all(worker, units, |code| {
        let text = codegen::disassemble(&code.function, worker.machine.isa());
        let text = text.map_err(|message| worker.internal(code.unit, message))?;
        texts.push_str(&worker.titled(code.unit, &text));
        Ok(())
    })?;
    Ok(texts.into_bytes())
}
