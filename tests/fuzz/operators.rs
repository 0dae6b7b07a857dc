//! Compares every operator on numbers with the interpreter, with operands that
//! are parameters, constants and the same value twice. wasmparser lists the
//! operators and their types, so none can be forgotten.

use crate::arguments::{self, OperatorArguments};
use crate::batch;
use crate::case::{Call, Case, End, Event};
use crate::{expected, operands, oracle};
use anyhow::{Context, Result, ensure};
use quench_abi::ValueType;
use quench_compiler::{OptLevel, Options, Program};
use std::path::Path;

/// Number of operators in one executable.
const BATCH: usize = 32;

/// Limit of the number of calls of one function.
const MOST_CALLS: usize = 256;

/// Compares all operators, at each level, and also with canonical NaNs. Returns
/// whether all did the same.
///
/// # Errors
///
/// Fails when they cannot be run at all.
pub(crate) fn run(arguments: &OperatorArguments) -> Result<bool> {
    let folder = quench_tests::scratch("operators-")?;
    let operators: Vec<Operator> = operators().into_iter().flat_map(typed).collect();
    let mut work = Vec::new();
    for (number, some) in operators.chunks(BATCH).enumerate() {
        for (opt_level, canonical_nans) in
            [(OptLevel::None, false), (OptLevel::Speed, false), (OptLevel::Speed, true)]
        {
            let options = Options {
                opt_level,
                canonical_nans,
                ..arguments::options(arguments.target, arguments.cpu.as_deref())?
            };
            let name = format!("{number}-{opt_level:?}-{canonical_nans}");
            work.push((some, options, folder.path().join(name)));
        }
    }
    let accounts = quench_tests::parallel(&work, |(operators, options, file)| {
        compare(operators, *options, file)
    })?;
    let (mut calls, mut differences) = (0, 0);
    for account in accounts {
        let (called, different) = account?;
        calls += called;
        differences += different.len();
        different.iter().for_each(|line| println!("{line}"));
    }
    println!(
        "{}: {} operators, {calls} calls; {differences} differ",
        arguments.target.short_name(),
        operators.len(),
    );
    Ok(differences == 0)
}

/// Returns the number of calls, and a line for each operator that differs.
fn compare(operators: &[Operator], options: Options, file: &Path) -> Result<(usize, Vec<String>)> {
    let mut cases = Vec::new();
    let mut expectations = Vec::new();
    for operator in operators {
        let (case, events) = case(operator, &options).with_context(|| operator.text.clone())?;
        cases.push(case);
        expectations.push(events);
    }
    let mut differences = Vec::new();
    let accounts = batch::play(&cases, options, file)?;
    for (((operator, case), mut expected), mut account) in
        operators.iter().zip(&cases).zip(expectations).zip(accounts)
    {
        if let Some(lanes) = operator.computed_lanes() {
            canonicalize(&mut expected, lanes);
            if let (batch::Account::Played(events), false) = (&mut account, options.canonical_nans)
            {
                canonicalize(events, lanes);
            }
        }
        if let Some(difference) = expected::difference(case, &expected, &account) {
            differences.push(format!("{}, {options:?}: {difference}", operator.text));
        }
    }
    let calls = cases.iter().map(|case| case.calls.len()).sum();
    Ok((calls, differences))
}

/// Returns the case of an operator, with all calls of its functions, and the
/// interpreter's events.
fn case(operator: &Operator, options: &Options) -> Result<(Case, Vec<Event>)> {
    let functions = operator.functions();
    let case = |strict| {
        let wasm = wat::parse_str(operator.module(&functions, strict))?;
        Ok::<_, anyhow::Error>(Case {
            calls: operator.calls(&functions),
            ..Case::new(wasm, 0, options.opt_level)?
        })
    };
    let mut interpreted = case(true)?;
    let count = interpreted.calls.len();
    let events = oracle::play(&mut interpreted)?;
    ensure!(
        interpreted.calls.len() == count,
        "the interpreter gave up after {}",
        interpreted.describe(events.len() - 1)
    );
    Ok((case(false)?, events))
}

/// An operator as wasmparser describes it.
struct Entry {
    proposal: &'static str,
    /// Name of the visitor's method, such as `visit_i32_add`.
    visitor: &'static str,
    immediates: &'static [&'static str],
    /// Number of operands and results, such as `(arity 2 -> 1)`.
    arity: &'static str,
}

macro_rules! entries {
    ($( @$proposal:ident $op:ident $({ $($immediate:ident: $ty:ty),* })? => $visit:ident ($($arity:tt)*) )*) => {
        vec![$(Entry {
            proposal: stringify!($proposal),
            visitor: stringify!($visit),
            immediates: &[$($(stringify!($immediate)),*)?],
            arity: stringify!($($arity)*),
        }),*]
    };
}

/// Returns for each operator its text with immediates, and the number of its
/// operands and of its results.
fn operators() -> Vec<(String, usize, usize)> {
    const PROPOSALS: [&str; 6] = [
        "mvp",
        "sign_extension",
        "saturating_float_to_int",
        "simd",
        "relaxed_simd",
        "wide_arithmetic",
    ];
    let entries: Vec<Entry> = wasmparser::for_each_operator!(entries);
    let mut operators = Vec::new();
    for entry in entries.iter().filter(|entry| PROPOSALS.contains(&entry.proposal)) {
        let Some((operands, results)) = arity(entry.arity) else {
            continue;
        };
        // In the text format a dot stands after the type.
        let name = entry.visitor.trim_start_matches("visit_").replacen('_', ".", 1);
        let name = name.replace("extadd.", "extadd_");
        let immediates: &[&str] = match entry.immediates {
            [] => &[""],
            ["lane"] => &["0", "1"],
            ["lanes"] => &[
                "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
                "31 0 16 15 1 1 2 30 7 8 24 25 3 0 0 17",
                "0 16 1 17 2 18 3 19 4 20 5 21 6 22 7 23",
            ],
            ["memarg"] => &["", "offset=3 align=1"],
            ["memarg", "lane"] => &["0", "offset=3 align=1 1"],
            _ => continue,
        };
        for immediate in immediates {
            let text = format!("{name} {immediate}");
            operators.push((text.trim().to_string(), operands, results));
        }
    }
    operators
}

/// Reads a text such as `arity memarg 2 -> 1`; `None` if there are no operands.
fn arity(text: &str) -> Option<(usize, usize)> {
    let (operands, results) = text.split_once("->")?;
    let operands = operands.split_whitespace().last()?.parse().ok()?;
    let results = results.trim().parse().ok()?;
    (operands > 0).then_some((operands, results))
}

struct Operator {
    /// The operator's text, such as `i32.add` or `i32.load offset=3 align=1`.
    text: String,
    operands: Vec<ValueType>,
    results: Vec<ValueType>,
}

/// Returns the operator with each list of types that it can have: one, except
/// for `select` and `drop`.
fn typed((text, operands, results): (String, usize, usize)) -> Vec<Operator> {
    let mut found = Vec::new();
    for operands in operands::types(operands) {
        for results in operands::types(results) {
            let operator = Operator { text: text.clone(), operands: operands.clone(), results };
            let parameters: Vec<Operand> = (0..operands.len()).map(Operand::Parameter).collect();
            let wasm = wat::parse_str(operator.module(&[parameters], false));
            if wasm.is_ok_and(|wasm| Program::validate(&wasm).is_ok()) {
                found.push(operator);
            }
        }
    }
    found
}

#[derive(Clone, Copy)]
enum Operand {
    Parameter(usize),
    /// A constant with these bits.
    Constant(u128),
}

impl Operator {
    /// Returns the bits of the values to try as an operand. A vector that is
    /// stored across the end of memory may be stored in part before the trap,
    /// which nobody sees because the program ends.
    fn values(&self, operand: usize) -> Vec<u128> {
        const ACROSS_THE_END: std::ops::Range<u128> = 65_510..65_536;
        let values = operands::values(self.operands[operand]).iter().copied();
        let is_stored = operand == 0 && self.text.split(' ').next() == Some("v128.store");
        values.filter(|value| !is_stored || !ACROSS_THE_END.contains(value)).collect()
    }

    /// Returns the ways to give the operator its operands, one for each
    /// function.
    fn functions(&self) -> Vec<Vec<Operand>> {
        const MOST_CONSTANTS: usize = 64;
        let count = self.operands.len();
        let parameters: Vec<Operand> = (0..count).map(Operand::Parameter).collect();
        let mut functions = vec![parameters.clone()];
        for operand in 0..count {
            for value in self.values(operand) {
                let mut function = parameters.clone();
                function[operand] = Operand::Constant(value);
                functions.push(function);
            }
        }
        let values: Vec<Vec<u128>> = (0..count).map(|operand| self.values(operand)).collect();
        for values in operands::choices(&values, MOST_CONSTANTS) {
            functions.push(values.into_iter().map(Operand::Constant).collect());
        }
        if self.operands.iter().all(|ty| *ty == self.operands[0]) {
            functions.push(vec![Operand::Parameter(0); count]);
        }
        functions
    }

    /// Returns the operands that are parameters of a function, each once.
    fn parameters(function: &[Operand]) -> Vec<usize> {
        let mut parameters: Vec<usize> = function
            .iter()
            .filter_map(|operand| match operand {
                Operand::Parameter(operand) => Some(*operand),
                Operand::Constant(_) => None,
            })
            .collect();
        parameters.dedup();
        parameters
    }

    /// Returns calls of all functions with many arguments.
    fn calls(&self, functions: &[Vec<Operand>]) -> Vec<Call> {
        let mut calls = Vec::new();
        for (number, function) in functions.iter().enumerate() {
            let parameters = Operator::parameters(function);
            let values: Vec<Vec<u128>> =
                parameters.iter().map(|&operand| self.values(operand)).collect();
            for arguments in operands::choices(&values, MOST_CALLS) {
                calls.push(Call {
                    export: number.to_string(),
                    parameters: parameters.iter().map(|&operand| self.operands[operand]).collect(),
                    arguments,
                    results: self.results.clone(),
                });
            }
        }
        calls
    }

    /// Returns a module of the functions, exported by number. If the operator
    /// is a relaxed one and `strict` is set, they use other operators, whose
    /// results are those that we chose.
    fn module(&self, functions: &[Vec<Operand>], strict: bool) -> String {
        let memory = "(memory (export \"memory\") 1 1)
            (data (i32.const 0) \"\\01\\82\\ff\\04\\85\\7f\\87\\08\\f9\\00\\80\\3f\\00\\00\\c0\\7f\\11\")
            (data (i32.const 65528) \"\\f1\\02\\f3\\04\\f5\\06\\f7\\08\")";
        let is_access = self.text.contains(".load") || self.text.contains(".store");
        let mut text = format!("(module {}\n", if is_access { memory } else { "" });
        let results: Vec<&str> = self.results.iter().map(|ty| ty.name()).collect();
        for (number, function) in functions.iter().enumerate() {
            let parameters = Operator::parameters(function);
            let types: Vec<&str> =
                parameters.iter().map(|&operand| self.operands[operand].name()).collect();
            text.push_str(&format!(
                "(func (export \"{number}\") (param {}) (result {}) {})\n",
                types.join(" "),
                results.join(" "),
                self.body(function, &parameters, strict)
            ));
        }
        text + ")"
    }

    fn body(&self, function: &[Operand], parameters: &[usize], strict: bool) -> String {
        let operands: Vec<String> = function
            .iter()
            .zip(&self.operands)
            .map(|(operand, ty)| match operand {
                Operand::Constant(bits) => operands::constant(*bits, *ty),
                Operand::Parameter(operand) => {
                    let local = parameters.iter().position(|parameter| parameter == operand);
                    format!("local.get {}", local.unwrap_or(0))
                }
            })
            .collect();
        let code = if strict { self.strict(&operands) } else { None };
        code.unwrap_or_else(|| format!("{} {}", operands.join(" "), self.text))
    }

    /// Returns what a relaxed operator does on every machine, in terms of other
    /// operators.
    fn strict(&self, operands: &[String]) -> Option<String> {
        let (lanes, name) = self.text.split_once(".relaxed_")?;
        Some(match (name, operands) {
            ("madd", [a, b, c]) => format!("{a} {b} {lanes}.mul {c} {lanes}.add"),
            ("nmadd", [a, b, c]) => format!("{c} {a} {b} {lanes}.mul {lanes}.sub"),
            ("laneselect", _) => format!("{} v128.bitselect", operands.join(" ")),
            ("q15mulr_s", _) => format!("{} {lanes}.q15mulr_sat_s", operands.join(" ")),
            _ if name.starts_with("dot") => return None,
            _ => {
                let name = name.replace("trunc_", "trunc_sat_");
                format!("{} {lanes}.{name}", operands.join(" "))
            }
        })
    }

    /// Returns the number of bits of each lane of the results, if the lanes are
    /// floating-point numbers that the operator computes. Other operators only
    /// move bits.
    fn computed_lanes(&self) -> Option<u32> {
        const COMPUTING: [&str; 15] = [
            "add", "sub", "mul", "div", "sqrt", "min", "max", "ceil", "floor", "trunc", "nearest",
            "demote", "promote", "madd", "nmadd",
        ];
        let (lanes, name) = self.text.split_once('.')?;
        let name = name.trim_start_matches("relaxed_").split('_').next()?;
        let bits = match lanes {
            "f32" | "f32x4" => 32,
            "f64" | "f64x2" => 64,
            _ => return None,
        };
        COMPUTING.contains(&name).then_some(bits)
    }
}

/// Makes every NaN among the results canonical.
fn canonicalize(events: &mut [Event], bits: u32) {
    let (infinity, canonical) = match bits {
        32 => (0x7f80_0000, 0x7fc0_0000),
        _ => (0x7ff0_0000_0000_0000, 0x7ff8_0000_0000_0000),
    };
    let lane = u128::MAX >> (128 - bits);
    for event in events {
        let End::Returned(results) = &mut event.end else {
            continue;
        };
        for value in results {
            for shift in (0..128).step_by(bits as usize) {
                if *value >> shift & (lane >> 1) > infinity {
                    *value = *value & !(lane << shift) | canonical << shift;
                }
            }
        }
    }
}
