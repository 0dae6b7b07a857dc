//! The units of a module one after the other: which are compiled, and in which order
//! their code goes to the result. Functions are compiled in parallel; each goes to the
//! result as soon as those before it are there.

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

/// Compiles `units` but the functions that nothing can call, also those that
/// nothing calls any more once calls have been replaced: these are only
/// validated. Of the latter, those that are called after all come last.
pub fn compile_all(
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

/// The IR of all functions, as translated.
pub fn listing(worker: &Worker<'_>, units: &[CodeUnit]) -> Result<Vec<u8>, Error> {
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

pub fn disassembly(worker: &Worker<'_>, units: &[CodeUnit]) -> Result<Vec<u8>, Error> {
    let mut texts = String::new();
    compile_all(worker, units, |code| {
        let text = codegen::disassemble(&code.function, worker.machine.isa());
        let text = text.map_err(|message| worker.internal(code.unit, message))?;
        texts.push_str(&worker.titled(code.unit, &text));
        Ok(())
    })?;
    Ok(texts.into_bytes())
}
