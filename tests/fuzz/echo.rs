//! Components whose functions return what they get. The innermost one writes its arguments
//! to memory, with code made here from the canonical ABI; the others around it pass on what
//! they get to the next, each with a memory and an encoding of strings of its own.

use crate::rng::Rng;
use crate::typed::{Typist, value};
use quench_tests::wit::{Core, Type, Types, discriminant};
use std::fmt::Write;

/// The encodings of strings.
const ENCODINGS: [&str; 3] = ["utf8", "utf16", "latin1+utf16"];

/// The most core values that arguments are passed as.
const MOST: usize = 16;

/// Address of results in each memory, and where its allocator begins.
const RESULT: u32 = 16;
const HEAP: u32 = 0x1_0000;

/// The most functions of a component, parameters of a function, and calls of it at each
/// level.
const FUNCTIONS: usize = 4;
const PARAMETERS: usize = 5;
const CALLS: usize = 3;

/// A component, calls of its functions, and what each must print.
pub(crate) struct Case {
    pub(crate) component: String,
    pub(crate) calls: Vec<(String, String)>,
}

/// Returns the component that follows from a seed, with its calls.
pub(crate) fn case(seed: u64) -> Case {
    let mut rng = Rng::new(seed);
    let mut typist = Typist { rng: &mut rng, types: Types::default() };
    let echoes: Vec<Echo> = (0..1 + typist.rng.below(FUNCTIONS))
        .map(|_| Echo((0..1 + typist.rng.below(PARAMETERS)).map(|_| typist.ty()).collect()))
        .collect();
    let types = typist.types;
    let encodings: Vec<&str> = (0..1 + rng.below(3)).map(|_| *rng.choose(&ENCODINGS)).collect();
    let mut calls = Vec::new();
    for (number, Echo(parameters)) in echoes.iter().enumerate() {
        for level in 0..encodings.len() {
            for _ in 0..CALLS {
                let values: Vec<String> =
                    parameters.iter().map(|ty| value(&types, ty, &mut rng)).collect();
                let arguments = values.join(", ");
                let call = format!("test:echo/l{level}.f{number}({arguments})");
                let is_tuple = values.len() > 1;
                calls.push((call, if is_tuple { format!("({arguments})") } else { arguments }));
            }
        }
    }
    Case { component: component(&types, &echoes, &encodings), calls }
}

/// A function: the types of its parameters. The result is the only one, or a tuple.
struct Echo(Vec<Type>);

impl Echo {
    fn result(&self) -> Type {
        match &self.0[..] {
            [ty] => ty.clone(),
            types => Type::Tuple(types.to_vec()),
        }
    }

    fn wat(&self) -> String {
        let parameters = self.0.iter().enumerate();
        let parameters =
            parameters.map(|(place, ty)| format!(" (param \"p{place}\" {})", ty.wat()));
        format!("{} (result {})", parameters.collect::<String>(), self.result().wat())
    }

    /// Returns the core values that arguments are passed as: an address if they are many.
    fn passed(&self, types: &Types) -> Vec<Core> {
        let flat: Vec<Core> = self.0.iter().flat_map(|ty| types.flat(ty)).collect();
        if flat.len() > MOST { vec![Core::I32] } else { flat }
    }

    /// Returns the core value that the result is: an address if it is several.
    fn returned(&self, types: &Types) -> (Core, bool) {
        match types.flat(&self.result())[..] {
            [core] => (core, false),
            _ => (Core::I32, true),
        }
    }
}

/// Returns a component that exports an instance `test:echo/lN` with functions `f0` and so on
/// for each of the encodings, the innermost first.
fn component(types: &Types, echoes: &[Echo], encodings: &[&str]) -> String {
    let mut text = String::from("(component\n");
    for (level, encoding) in encodings.iter().enumerate() {
        let _ = writeln!(text, "(component $c{level}");
        if level > 0 {
            text.push_str("(import \"next\" (instance $next\n");
            for (name, ty) in &types.0 {
                let _ = writeln!(
                    text,
                    "(type ${name}' {}) (export \"{name}\" (type ${name} (eq ${name}')))",
                    ty.wat()
                );
            }
            for (number, echo) in echoes.iter().enumerate() {
                let _ = writeln!(text, "(export \"f{number}\" (func{}))", echo.wat());
            }
            text.push_str("))\n");
        }
        for (name, ty) in &types.0 {
            let _ = writeln!(
                text,
                "(type ${name}' {}) (export ${name} \"{name}\" (type ${name}'))",
                ty.wat()
            );
        }
        modules(&mut text, types, echoes, level > 0, encoding);
        text.push_str(")\n");
        let next = match level {
            0 => String::new(),
            _ => format!("(with \"next\" (instance $i{}))", level - 1),
        };
        let _ = writeln!(
            text,
            "(instance $i{level} (instantiate $c{level} {next}))
             (export \"test:echo/l{level}\" (instance $i{level}))"
        );
    }
    text + ")"
}

/// Adds the core modules of one component, and its exports.
fn modules(text: &mut String, types: &Types, echoes: &[Echo], passes_on: bool, encoding: &str) {
    let _ = writeln!(
        text,
        r#"(core module $libc
  (memory (export "memory") 32)
  (global $next (mut i32) (i32.const {HEAP}))
  (func (export "realloc") (param $old i32) (param $old-size i32) (param $align i32)
    (param $size i32) (result i32) (local $place i32)
    (local.set $place (i32.and
      (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $next (i32.add (local.get $place) (local.get $size)))
    ;; Code that forgets to copy would find other bytes.
    (memory.fill (local.get $place) (i32.const 0xaa) (local.get $size))
    (memory.copy (local.get $place) (local.get $old)
      (select (local.get $size) (local.get $old-size)
        (i32.lt_u (local.get $size) (local.get $old-size))))
    (local.get $place)))
(core instance $libc (instantiate $libc))"#
    );
    let options = format!(
        "(memory (core memory $libc \"memory\")) (realloc (core func $libc \"realloc\")) \
         string-encoding={encoding}"
    );
    let (mut imports, mut with, mut functions) = (String::new(), String::new(), String::new());
    for (number, echo) in echoes.iter().enumerate() {
        let passed = echo.passed(types);
        let names: Vec<&str> = passed.iter().map(|core| core.name()).collect();
        let (result, in_memory) = echo.returned(types);
        let _ = writeln!(
            functions,
            "(func (export \"f{number}\") (param {}) (result {})",
            names.join(" "),
            result.name()
        );
        let arguments: Vec<(String, Core)> = passed
            .iter()
            .enumerate()
            .map(|(place, core)| (format!("(local.get {place})"), *core))
            .collect();
        if passes_on {
            let _ = writeln!(
                text,
                "(core func $f{number} (canon lower (func $next \"f{number}\") {options}))"
            );
            let _ = writeln!(with, "(export \"f{number}\" (func $f{number}))");
            let (more, result) = if in_memory {
                ("i32", String::new())
            } else {
                ("", format!("(result {})", result.name()))
            };
            let _ = writeln!(
                imports,
                "(import \"host\" \"f{number}\" (func $f{number} (param {} {more}) {result}))",
                names.join(" ")
            );
            let arguments: String = arguments.into_iter().map(|(value, _)| value).collect();
            let address = format!("(i32.const {RESULT})");
            let (place, returned) =
                if in_memory { (address.as_str(), address.as_str()) } else { ("", "") };
            let _ = writeln!(functions, "(call $f{number} {arguments} {place}) {returned})");
        } else if passed.len() == 1 && passed[0] == result {
            // The value itself, or the address of it.
            functions.push_str("(local.get 0))\n");
        } else {
            let mut arguments = arguments.into_iter();
            let parameters: Vec<&Type> = echo.0.iter().collect();
            for (ty, offset) in parameters.iter().zip(types.offsets(&parameters)) {
                store(&mut functions, types, ty, RESULT + offset, &mut arguments);
            }
            let _ = writeln!(functions, "(i32.const {RESULT}))");
        }
    }
    let host = if passes_on { format!("(with \"host\" (instance {with}))") } else { String::new() };
    let _ = writeln!(
        text,
        r#"(core module $main
  {imports} (import "libc" "memory" (memory 1))
  {functions})
(core instance $main (instantiate $main (with "libc" (instance $libc)) {host}))"#
    );
    for (number, echo) in echoes.iter().enumerate() {
        let _ = writeln!(
            text,
            "(func (export \"f{number}\"){} (canon lift (core func $main \"f{number}\") {options}))",
            echo.wat()
        );
    }
}

/// Adds code that stores a value, which is the next core values, at an address.
fn store(
    code: &mut String,
    types: &Types,
    ty: &Type,
    address: u32,
    values: &mut dyn Iterator<Item = (String, Core)>,
) {
    let mut next = || values.next().unwrap_or_else(|| panic!("{ty:?} has more core values"));
    let number = |code: &mut String, store: &str, address: u32, value: String| {
        // It does not fail.
        let _ = writeln!(code, "({store} (i32.const {address}) {value})");
    };
    let (size, _) = types.place(ty);
    match types.resolve(ty) {
        Type::Plain("string") | Type::List(_) => {
            for place in [address, address + 4] {
                number(code, "i32.store", place, next().0);
            }
        }
        Type::Plain(_) | Type::Flags(_) => {
            let (value, core) = next();
            let store = match (core, size) {
                (Core::I32, 1) => "i32.store8",
                (Core::I32, 2) => "i32.store16",
                (Core::I32, _) => "i32.store",
                (Core::I64, _) => "i64.store",
                (Core::F32, _) => "f32.store",
                (Core::F64, _) => "f64.store",
            };
            number(code, store, address, value);
        }
        Type::FixedList(element, count) => {
            let (size, _) = types.place(element);
            for index in 0..*count {
                store(code, types, element, address + index * size, values);
            }
        }
        Type::Tuple(parts) => {
            let parts: Vec<&Type> = parts.iter().collect();
            for (part, offset) in parts.iter().zip(types.offsets(&parts)) {
                store(code, types, part, address + offset, values);
            }
        }
        Type::Record(fields) => {
            let parts: Vec<&Type> = fields.iter().map(|(_, ty)| ty).collect();
            for (part, offset) in parts.iter().zip(types.offsets(&parts)) {
                store(code, types, part, address + offset, values);
            }
        }
        resolved => {
            let cases = types.cases(resolved).unwrap_or_else(|| panic!("values of {ty:?}"));
            let (case, _) = next();
            let flat = types.flat(ty).len();
            let joined: Vec<(String, Core)> = (1..flat).map(|_| next()).collect();
            let write = match discriminant(cases.len()) {
                1 => "i32.store8",
                2 => "i32.store16",
                _ => "i32.store",
            };
            number(code, write, address, case.clone());
            let payload = address + types.payload(ty);
            for (number, ty) in cases.into_iter().enumerate() {
                let Some(ty) = ty else { continue };
                let wanted = types.flat(ty).into_iter();
                let values = joined.iter().zip(wanted);
                let mut values =
                    values.map(|((value, is), wanted)| (converted(value, *is, wanted), wanted));
                let _ = writeln!(code, "(if (i32.eq {case} (i32.const {number})) (then");
                store(code, types, ty, payload, &mut values);
                code.push_str("))\n");
            }
        }
    }
}

/// Returns code for a value that another type of core values holds.
fn converted(value: &str, is: Core, wanted: Core) -> String {
    match (is, wanted) {
        _ if is == wanted => value.to_string(),
        (Core::I64, Core::I32) => format!("(i32.wrap_i64 {value})"),
        (Core::I64, Core::F32) => format!("(f32.reinterpret_i32 (i32.wrap_i64 {value}))"),
        (Core::I64, Core::F64) => format!("(f64.reinterpret_i64 {value})"),
        (Core::I32, Core::F32) => format!("(f32.reinterpret_i32 {value})"),
        _ => panic!("{is:?} does not hold {wanted:?}"),
    }
}
