//! Makes a script in which a function of each of many types is called as one of
//! each other type: through a table that nobody changes, through one that
//! anybody may change and through one with 64-bit indices, and by tail calls.

use std::fmt::{self, Write};

struct Signature {
    parameters: &'static [&'static str],
    results: &'static [&'static str],
    definition: Definition,
}

/// Properties of a type's definition that make types different.
#[derive(Clone, Copy)]
enum Definition {
    Plain,
    /// The type may have subtypes.
    Open,
    FirstOfTwo,
    SecondOfTwo,
}

/// Value types, as parameters and as results: each number, and references that
/// are subtypes of each other.
const VALUES: &[&str] = &[
    "i32",
    "i64",
    "f32",
    "f64",
    "v128",
    "funcref",
    "(ref func)",
    "nullfuncref",
    "(ref null $one)",
    "(ref $one)",
    "(ref $two)",
    "externref",
    "nullexternref",
    "exnref",
    "nullexnref",
];

/// Lists of parameters and results: more or fewer of them, in another order,
/// and both at once.
const LISTS: &[(&[&str], &[&str])] = &[
    (&[], &[]),
    (&["i32", "i32"], &[]),
    (&["i32", "i64"], &[]),
    (&["i64", "i32"], &[]),
    (&["i32", "i32", "i32"], &[]),
    (&[], &["i32", "i32"]),
    (&[], &["i32", "i64"]),
    (&[], &["i64", "i32"]),
    (&["i32"], &["i32"]),
    (&["i32"], &["i64"]),
    (&["i64"], &["i32"]),
    (&["i32"], &["i32", "i32"]),
];

/// Names of the tables, and the operator that makes an index for each of an
/// i32.
const TABLES: &[(&str, &str)] = &[("known", ""), ("exported", ""), ("wide", "i64.extend_i32_u")];

/// Returns the text of the script.
pub(crate) fn script() -> String {
    let mut text = String::new();
    write_script(&signatures(), &mut text).expect("writing to a string");
    text
}

/// Returns the signatures; no two of them are the same type.
fn signatures() -> Vec<Signature> {
    let signature = |parameters, results, definition| Signature { parameters, results, definition };
    let mut all = Vec::new();
    for value in VALUES {
        let value = std::slice::from_ref(value);
        all.push(signature(value, &[], Definition::Plain));
        all.push(signature(&[], value, Definition::Plain));
    }
    for (parameters, results) in LISTS {
        all.push(signature(parameters, results, Definition::Plain));
    }
    for definition in [Definition::Open, Definition::FirstOfTwo, Definition::SecondOfTwo] {
        all.push(signature(&[], &[], definition));
    }
    all
}

fn write_script(signatures: &[Signature], text: &mut String) -> fmt::Result {
    writeln!(text, "(module")?;
    writeln!(text, "(type $one (func (param f32) (result f32)))")?;
    writeln!(text, "(type $two (func (param f64) (result f64)))")?;
    writeln!(text, "(func $one (type $one) (local.get 0))")?;
    writeln!(text, "(func $two (type $two) (local.get 0))")?;
    writeln!(text, "(elem declare func $one $two)")?;
    let mut callees = String::new();
    for (number, signature) in signatures.iter().enumerate() {
        write_callee(text, number, signature)?;
        write!(callees, " $callee{number}")?;
        for (table, index) in TABLES {
            write_callers(text, number, signature, table, index)?;
        }
    }
    writeln!(text, "(table $known funcref (elem{callees}))")?;
    writeln!(text, "(table $exported (export \"table\") funcref (elem{callees}))")?;
    writeln!(text, "(table $wide i64 funcref (elem{callees})))")?;
    for caller in 0..signatures.len() {
        for (table, _) in TABLES {
            for kind in ["call", "tail call"] {
                let export = format!("{kind} {table} {caller}");
                write_assertions(text, &export, caller, signatures.len())?;
            }
        }
    }
    Ok(())
}

/// Writes a type and a function of it that returns.
fn write_callee(text: &mut String, number: usize, signature: &Signature) -> fmt::Result {
    let function = format!(
        "(func (param {}) (result {}))",
        signature.parameters.join(" "),
        signature.results.join(" ")
    );
    match signature.definition {
        Definition::Plain => writeln!(text, "(type $t{number} {function})"),
        Definition::Open => writeln!(text, "(type $t{number} (sub {function}))"),
        Definition::FirstOfTwo => {
            writeln!(text, "(rec (type $t{number} {function}) (type (func)))")
        }
        Definition::SecondOfTwo => {
            writeln!(text, "(rec (type (func)) (type $t{number} {function}))")
        }
    }?;
    let results = values(signature.results);
    writeln!(text, "(func $callee{number} (type $t{number}) {results})")
}

/// Writes exports that call the function with a given number as one of this
/// type.
fn write_callers(
    text: &mut String,
    number: usize,
    signature: &Signature,
    table: &str,
    index: &str,
) -> fmt::Result {
    let arguments = values(signature.parameters);
    let results = signature.results.join(" ");
    let drops = "drop ".repeat(signature.results.len());
    let callee = format!("call_indirect ${table} (type $t{number})");
    writeln!(
        text,
        "(func (export \"call {table} {number}\") (param i32)
            {arguments} local.get 0 {index} {callee} {drops})
        (func $tail_{table}{number} (param i32) (result {results})
            {arguments} local.get 0 {index} return_{callee})
        (func (export \"tail call {table} {number}\") (param i32)
            local.get 0 call $tail_{table}{number} {drops})"
    )
}

/// Writes calls of each function by an export; one function has the export's
/// type.
fn write_assertions(text: &mut String, export: &str, same: usize, count: usize) -> fmt::Result {
    for callee in 0..count {
        let call = format!("(invoke \"{export}\" (i32.const {callee}))");
        if callee == same {
            writeln!(text, "(assert_return {call})")
        } else {
            writeln!(text, "(assert_trap {call} \"indirect call type mismatch\")")
        }?;
    }
    Ok(())
}

/// Returns instructions that give a value of each type.
fn values(types: &[&str]) -> String {
    types.iter().fold(String::new(), |text, ty| {
        let value = match *ty {
            "v128" => "v128.const i64x2 0 0",
            "funcref" | "nullfuncref" => "ref.null nofunc",
            "externref" | "nullexternref" => "ref.null noextern",
            "exnref" | "nullexnref" => "ref.null noexn",
            "(ref null $one)" => "ref.null $one",
            "(ref $one)" | "(ref func)" => "ref.func $one",
            "(ref $two)" => "ref.func $two",
            number => return format!("{text} {number}.const 0"),
        };
        format!("{text} {value}")
    })
}
