//! Makes a smaller module with the same fault: instructions are left out of its
//! functions as long as it stays valid and differs.

use crate::batch;
use crate::case::Case;
use crate::expected;
use crate::sections::{self, bodies};
use quench_compiler::{OptLevel, Options};
use std::ops::Range;
use std::path::Path;
use std::time::{Duration, Instant};
use wasm_encoder::CodeSection;
use wasmparser::{BinaryReader, FunctionBody, Validator, WasmFeatures};

/// Time for shrinking; the smallest module until then is the result.
const PATIENCE: Duration = Duration::from_secs(40);

/// Returns the smaller module, and how it differs.
pub(crate) fn shrink(case: Case, seed: u64, options: Options, file: &Path) -> (Vec<u8>, String) {
    let trial = Trial { seed, options, level: case.opt_level, file };
    let end = Instant::now() + PATIENCE;
    let mut best = case.wasm;
    let mut trouble = trial.trouble(&best).unwrap_or_default();
    // Whole bodies first, then ever shorter stretches of instructions.
    for length in [usize::MAX, 64, 32, 16, 8, 5, 4, 3, 2, 1, 8, 4, 3, 2, 1] {
        let mut function = 0;
        while let Some(body) = Body::of(&best, function) {
            let mut start = 0;
            while start < body.instruction_count(&best) {
                if Instant::now() > end {
                    return (best, trouble);
                }
                let smaller = body.without(&best, start, length);
                match smaller.and_then(|wasm| Some((trial.trouble(&wasm)?, wasm))) {
                    Some((found, wasm)) => (trouble, best) = (found, wasm),
                    None => start += 1,
                }
                if length == usize::MAX {
                    break;
                }
            }
            function += 1;
        }
    }
    (best, trouble)
}

struct Trial<'a> {
    seed: u64,
    options: Options,
    level: OptLevel,
    file: &'a Path,
}

impl Trial<'_> {
    fn trouble(&self, wasm: &[u8]) -> Option<String> {
        let features = WasmFeatures::all();
        Validator::new_with_features(features).validate_all(wasm).ok()?;
        let mut case = Case::new(wasm.to_vec(), self.seed, self.level).ok()?;
        let expected = expected::expect(&mut case, self.options, self.file).ok()?;
        let accounts = batch::play(std::slice::from_ref(&case), self.options, self.file).ok()?;
        expected::difference(&case, &expected, accounts.first()?)
    }
}

/// A function's body, known by its number in the code section.
struct Body {
    number: usize,
}

impl Body {
    fn of(wasm: &[u8], number: usize) -> Option<Body> {
        (number < bodies(wasm)?.len()).then_some(Body { number })
    }

    fn instruction_count(&self, wasm: &[u8]) -> usize {
        self.instructions(wasm).map_or(0, |list| list.len())
    }

    /// Returns the ranges of the instructions, except for the last `end`.
    fn instructions(&self, wasm: &[u8]) -> Option<Vec<Range<usize>>> {
        let body = bodies(wasm)?.get(self.number)?.clone();
        let body = BinaryReader::new(&wasm[body.clone()], body.start as u64);
        let mut reader = FunctionBody::new(body).get_operators_reader().ok()?;
        let mut starts = Vec::new();
        while !reader.eof() {
            starts.push(reader.original_position() as usize);
            reader.read().ok()?;
        }
        Some(starts.windows(2).map(|pair| pair[0]..pair[1]).collect())
    }

    /// Returns the module without `length` instructions from `start`; with
    /// `usize::MAX`, the body becomes one that only traps.
    fn without(&self, wasm: &[u8], start: usize, length: usize) -> Option<Vec<u8>> {
        const UNREACHABLE: u8 = 0x00;
        let instructions = self.instructions(wasm)?;
        let last = start.checked_add(length);
        let (end, replacement) = match last {
            Some(end) => (end, None),
            None => (instructions.len(), Some(UNREACHABLE)),
        };
        let first = instructions.get(start)?.start;
        let end = instructions.get(end.checked_sub(1)?)?.end;
        if replacement.is_some() && end - first <= 1 {
            return None;
        }
        let mut code = CodeSection::new();
        for (number, body) in bodies(wasm)?.into_iter().enumerate() {
            if number != self.number {
                code.raw(&wasm[body]);
                continue;
            }
            let mut bytes = wasm[body.start..first].to_vec();
            bytes.extend(replacement);
            bytes.extend(&wasm[end..body.end]);
            code.raw(&bytes);
        }
        sections::replace(wasm, &code)
    }
}
