//! The text of a component around the code of a command: what it imports, how functions are
//! lowered, and the two core modules. Knows nothing of scripts.

use quench_policy::{
    INTERFACE_FUNCTIONS, INTERFACE_RESOURCES, INTERFACE_RESOURCES_3, InterfaceFunction,
    NAMED_TYPES, NAMED_TYPES_3,
};
use quench_tests::wit::{Core, Function, Named, Type, Types};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// How a component is made of a script.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Options {
    /// The second number of the version of WASI.
    pub(crate) version: u8,
    /// The encoding of strings, as the text format names it.
    pub(crate) encoding: &'static str,
    /// Whether functions that one may wait for are not waited for.
    pub(crate) is_async: bool,
    /// Code of the allocator; parameters are `$old`, `$old-size`, `$align` and `$size`.
    pub(crate) realloc: &'static str,
}

/// The encodings of strings.
pub(crate) const ENCODINGS: [&str; 3] = ["utf8", "utf16", "latin1+utf16"];

impl Options {
    pub(crate) const fn version(version: u8) -> Options {
        Options { version, encoding: "utf8", is_async: false, realloc: ALLOCATES }
    }
}

/// An allocator that gives memory which nothing else has.
pub(crate) const ALLOCATES: &str = "
    (local.set $old (i32.and
      (i32.add (global.get $next) (i32.sub (local.get $align) (i32.const 1)))
      (i32.sub (i32.const 0) (local.get $align))))
    (global.set $next (i32.add (local.get $old) (local.get $size)))
    (local.get $old)";

/// Addresses in the guest: of results, of arguments that are in memory, of texts, and where
/// the allocator begins.
pub(crate) const RESULTS: u32 = 0x400;
pub(crate) const ARGUMENTS: u32 = 0x800;
pub(crate) const DATA: u32 = 0x1_0000;
const HEAP: u32 = 0x2_0000;

/// The most core values that arguments of a function are passed as, and of one that is not
/// waited for.
pub(crate) const MOST: usize = 16;
pub(crate) const MOST_ASYNC: usize = 4;

/// Returns the row of a function: the only one whose name ends so.
pub(crate) fn known(version: u8, name: &str) -> (usize, &'static InterfaceFunction) {
    let rows = INTERFACE_FUNCTIONS.iter().enumerate();
    let mut found = rows.filter(|(_, row)| {
        let full = format!("/{}", short_name(row));
        row.version == version
            && full.strip_suffix(name).is_some_and(|start| start.ends_with(['/', '.']))
    });
    let first = found.next().unwrap_or_else(|| panic!("there is no {name} in 0.{version}"));
    assert!(found.next().is_none(), "{name} is not the only one");
    first
}

/// Returns the name of a function as scripts write it in full.
pub(crate) fn short_name(row: &InterfaceFunction) -> String {
    row.name.replace("wasi:", "").replace("[method]", "")
}

pub(crate) fn named(version: u8) -> Named<'static> {
    if version == 2 { &NAMED_TYPES } else { &NAMED_TYPES_3 }
}

pub(crate) fn function_of(row: &InterfaceFunction) -> Function {
    Function::parse(row.ty, named(row.version))
}

/// What the code of a command uses.
pub(crate) struct World {
    pub(crate) options: Options,
    pub(crate) types: Types,
    /// Places of rows that are imported.
    pub(crate) functions: BTreeSet<usize>,
    /// Types of resources that are dropped.
    pub(crate) drops: BTreeSet<String>,
    /// Types of streams and futures.
    pub(crate) channels: Vec<Type>,
    /// The content of memory from [`DATA`].
    pub(crate) data: Vec<u8>,
}

impl World {
    pub(crate) fn new(options: Options) -> World {
        let named = named(options.version);
        let types = named.iter().map(|(name, ty)| (name.to_string(), Type::parse(ty, named)));
        World {
            options,
            types: Types(types.rev().collect()),
            functions: BTreeSet::new(),
            drops: BTreeSet::new(),
            channels: Vec::new(),
            data: Vec::new(),
        }
    }

    /// Returns the place of a type of streams or futures.
    pub(crate) fn channel(&mut self, ty: &Type) -> usize {
        let known = self.channels.iter().position(|known| known == ty);
        known.unwrap_or_else(|| {
            self.channels.push(ty.clone());
            self.channels.len() - 1
        })
    }

    /// Returns the component with a body of its function `run`, and global variables.
    pub(crate) fn text<'a>(&self, body: &str, globals: impl Iterator<Item = &'a String>) -> String {
        let mut text = String::from("(component\n");
        let mut functions = Vec::new();
        self.imports(&mut text);
        for &place in &self.functions {
            let row = &INTERFACE_FUNCTIONS[place];
            let function = function_of(row);
            let (interface, name) = parts(row);
            let is_async = function.is_async && self.options.is_async;
            functions.push(Lowered {
                name: short_name(row),
                canon: format!(
                    "lower (func ${interface} \"{name}\") {} {}",
                    self.canon_options(),
                    if is_async { "async" } else { "" }
                ),
                ty: self.core_type(&function),
            });
        }
        for resource in &self.drops {
            functions.push(Lowered::new("drop-", resource, "resource.drop", "(param i32)"));
        }
        for (channel, ty) in self.channels.iter().enumerate() {
            let ty = self.local(ty);
            let kind = if matches!(ty, Type::Stream(_)) { "stream" } else { "future" };
            let count = if kind == "stream" { "i32" } else { "" };
            let moves = format!("(param i32 i32 {count}) (result i32)");
            let _ = writeln!(text, "(type $channel{channel} {})", ty.wat());
            for (name, built_in, core, options) in [
                ("new", "new", "(result i64)", String::new()),
                ("read", "read", &moves, self.canon_options()),
                ("write", "write", &moves, self.canon_options()),
                ("close", "drop-readable", "(param i32)", String::new()),
                ("end", "drop-writable", "(param i32)", String::new()),
            ] {
                functions.push(Lowered {
                    name: format!("{name}{channel}"),
                    canon: format!("{kind}.{built_in} $channel{channel} {options}"),
                    ty: core.to_string(),
                });
            }
        }
        if self.options.is_async {
            let memory = "(memory (core memory $libc \"memory\"))";
            for (name, canon, ty) in [
                ("set-new", "waitable-set.new".to_string(), "(result i32)"),
                ("set-wait", format!("waitable-set.wait {memory}"), "(param i32 i32) (result i32)"),
                ("join", "waitable.join".to_string(), "(param i32 i32)"),
                ("subtask-drop", "subtask.drop".to_string(), "(param i32)"),
            ] {
                functions.push(Lowered { name: name.to_string(), canon, ty: ty.to_string() });
            }
        }
        self.modules(&mut text, &functions, body, globals);
        let (version, mark) =
            if self.options.version == 2 { ("0.2.12", "") } else { ("0.3.0", "async") };
        let _ = writeln!(
            text,
            r#"(func $run {mark} (result (result)) (canon lift (core func $main "run")))
  (component $command
    (import "run" (func $run {mark} (result (result))))
    (export "run" (func $run)))
  (instance $command (instantiate $command (with "run" (func $run))))
  (export "wasi:cli/run@{version}" (instance $command)))"#
        );
        text
    }

    fn canon_options(&self) -> String {
        format!(
            "(memory (core memory $libc \"memory\")) (realloc (core func $libc \"realloc\")) \
             string-encoding={}",
            self.options.encoding
        )
    }

    /// Returns the type of a function as the guest's code imports it.
    fn core_type(&self, function: &Function) -> String {
        let is_async = function.is_async && self.options.is_async;
        let mut flat: Vec<Core> =
            function.parameters.iter().flat_map(|ty| self.types.flat(ty)).collect();
        if flat.len() > if is_async { MOST_ASYNC } else { MOST } {
            flat = vec![Core::I32];
        }
        let result = function.result.as_ref().map(|ty| self.types.flat(ty)).unwrap_or_default();
        let result = match result[..] {
            _ if is_async => {
                flat.extend(function.result.iter().map(|_| Core::I32));
                "(result i32)".to_string()
            }
            [] => String::new(),
            [core] => format!("(result {})", core.name()),
            _ => {
                flat.push(Core::I32);
                String::new()
            }
        };
        let flat: Vec<&str> = flat.into_iter().map(Core::name).collect();
        format!("(param {}) {result}", flat.join(" "))
    }

    /// Returns a type with the definitions of all names, except those of resources.
    fn local(&self, ty: &Type) -> Type {
        let boxed = |ty: &Option<Box<Type>>| ty.as_ref().map(|ty| Box::new(self.local(ty)));
        match self.types.resolve(ty) {
            Type::Stream(ty) => Type::Stream(Box::new(self.local(ty))),
            Type::Future(ty) => Type::Future(Box::new(self.local(ty))),
            Type::Result(ok, error) => Type::Result(boxed(ok), boxed(error)),
            Type::Record(fields) => Type::Record(
                fields.iter().map(|(name, ty)| (name.clone(), self.local(ty))).collect(),
            ),
            other => other.clone(),
        }
    }

    /// Adds the interfaces that functions and types are imported from, each after those whose
    /// resources it uses.
    fn imports(&self, text: &mut String) {
        let homes: &[&str] =
            if self.options.version == 2 { &INTERFACE_RESOURCES } else { &INTERFACE_RESOURCES_3 };
        let home = |resource: &str| {
            let place = homes.iter().position(|home| home.ends_with(&format!(".{resource}")));
            place.map(|place| homes[place].split_once('.').unwrap_or_default().0)
        };
        let version = if self.options.version == 2 { "0.2.12" } else { "0.3.0" };
        // By place, name, and types with names.
        let mut interfaces: BTreeMap<(usize, &str), BTreeSet<String>> = BTreeMap::new();
        let place_of = |name: &str| {
            homes
                .iter()
                .position(|home| home.starts_with(&format!("{name}.")))
                .unwrap_or(usize::MAX)
        };
        for &place in &self.functions {
            let row = &INTERFACE_FUNCTIONS[place];
            let (interface, _) = row.name.split_once('.').unwrap_or_default();
            let mut names = BTreeSet::new();
            let function = function_of(row);
            for ty in function.parameters.iter().chain(&function.result) {
                self.names_in(ty, &mut names);
            }
            for interface in names.iter().filter_map(|name| home(name)) {
                interfaces.entry((place_of(interface), interface)).or_default();
            }
            interfaces.entry((place_of(interface), interface)).or_default().extend(names);
        }
        let used: BTreeSet<String> = interfaces.values().flatten().cloned().collect();
        for ((_, interface), names) in &interfaces {
            let short = interface.replace("wasi:", "");
            let _ = writeln!(text, "(import \"{interface}@{version}\" (instance ${short}");
            let mut own = Vec::new();
            for name in &used {
                match home(name) {
                    Some(home) if home == *interface => {
                        let _ = writeln!(text, "(export \"{name}\" (type ${name} (sub resource)))");
                        own.push(name);
                    }
                    Some(_) if names.contains(name) => {
                        let _ = writeln!(
                            text,
                            "(alias outer 1 ${name} (type ${name}'))
                             (export \"{name}\" (type ${name} (eq ${name}')))"
                        );
                    }
                    _ => {}
                }
            }
            for (name, ty) in self.types.0.iter().filter(|(name, _)| names.contains(name)) {
                let _ = writeln!(
                    text,
                    "(type ${name}' {}) (export \"{name}\" (type ${name} (eq ${name}')))",
                    ty.wat()
                );
            }
            for &place in &self.functions {
                let row = &INTERFACE_FUNCTIONS[place];
                let (home, name) = parts(row);
                if home == short {
                    let ty = function_of(row).wat(name.starts_with("[method]"));
                    let _ = writeln!(text, "(export \"{name}\" {ty})");
                }
            }
            text.push_str("))\n");
            for name in own {
                let _ = writeln!(text, "(alias export ${short} \"{name}\" (type ${name}))");
            }
        }
    }

    /// Adds the names in a type, and in those that it names.
    fn names_in(&self, ty: &Type, names: &mut BTreeSet<String>) {
        let mut found = Vec::new();
        ty.names(&mut |name| found.push(name.to_string()));
        for name in found {
            if let Some((_, ty)) = self.types.0.iter().find(|(known, _)| *known == name) {
                self.names_in(ty, names);
            }
            names.insert(name);
        }
    }

    fn modules<'a>(
        &self,
        text: &mut String,
        functions: &[Lowered],
        body: &str,
        globals: impl Iterator<Item = &'a String>,
    ) {
        let realloc = self.options.realloc;
        let (lowered, import, instance) =
            if realloc.contains("$enter") { REENTRY } else { Default::default() };
        let _ = writeln!(
            text,
            r#"{lowered}
  (core module $libc
    {import}
    (memory (export "memory") 4)
    (global $next (mut i32) (i32.const {HEAP}))
    (func $realloc (export "realloc") (param $old i32) (param $old-size i32) (param $align i32)
      (param $size i32) (result i32) {realloc}))
  (core instance $libc (instantiate $libc {instance}))"#
        );
        let mut imports = String::new();
        let mut exports = String::new();
        for Lowered { name, canon, ty } in functions {
            let _ = writeln!(text, "(core func ${name} (canon {canon}))");
            let _ = writeln!(imports, "(import \"host\" \"{name}\" (func ${name} {ty}))");
            let _ = writeln!(exports, "(export \"{name}\" (func ${name}))");
        }
        for name in globals {
            let _ = writeln!(imports, "(global ${name} (mut i32) (i32.const 0))");
        }
        let data: String = self.data.iter().map(|byte| format!("\\{byte:02x}")).collect();
        let finish = if self.options.is_async { FINISH } else { "" };
        let _ = writeln!(
            text,
            r#"(core module $main
    (import "libc" "memory" (memory 4))
    {imports}
    (data (i32.const {DATA}) "{data}")
    (func $check (param $line i64) (param $holds i32)
      (if (i32.eqz (local.get $holds))
        (then (call $cli/exit.exit-with-code (i32.wrap_i64 (local.get $line))))))
    {finish}
    (func (export "run") (result i32) (local $pair i64) (local $n i32)
      {body}
      (i32.const 0)))
  (core instance $main (instantiate $main
    (with "libc" (instance $libc))
    (with "host" (instance {exports}))))"#
        );
    }
}

/// For an allocator that calls the host as `$enter`: the lowered function, which needs no
/// memory, its import, and the instance that it comes from.
const REENTRY: (&str, &str, &str) = (
    "(core func $enter (canon waitable-set.new))",
    "(import \"host\" \"enter\" (func $enter (result i32)))",
    "(with \"host\" (instance (export \"enter\" (func $enter))))",
);

/// Waits until a call is done that was not waited for.
const FINISH: &str = "
    (func $finish (param $status i32) (local $set i32) (local $task i32)
      (if (i32.eq (local.get $status) (i32.const 2)) (then (return)))
      (local.set $task (i32.shr_u (local.get $status) (i32.const 4)))
      (local.set $set (call $set-new))
      (call $join (local.get $task) (local.get $set))
      (drop (call $set-wait (local.get $set) (i32.const 16)))
      (call $subtask-drop (local.get $task)))";

/// A function that the guest's code imports.
struct Lowered {
    name: String,
    canon: String,
    ty: String,
}

impl Lowered {
    fn new(prefix: &str, resource: &str, canon: &str, ty: &str) -> Lowered {
        Lowered {
            name: format!("{prefix}{resource}"),
            canon: format!("{canon} ${resource}"),
            ty: ty.to_string(),
        }
    }
}

/// Returns interface, without `wasi:`, and name of a function.
fn parts(row: &InterfaceFunction) -> (&'static str, &'static str) {
    row.name.trim_start_matches("wasi:").split_once('.').unwrap_or_default()
}
