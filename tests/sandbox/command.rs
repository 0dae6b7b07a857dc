//! Commands written as lists of calls, as components: what `script` is for modules. A line is
//! a function of WASI, its arguments, and after `->` what it must return:
//!
//! ```text
//! root = get-directories
//! file = descriptor.open-at root 0 'file' 1 3
//! descriptor.unlink-file-at root 'nothing' -> no-entry
//! descriptor.stat file
//! long @+24 7
//! ```
//!
//! A function is named by the end of its name in the table, without what stands in brackets.
//! An argument is a number (also of a case, or the bits of flags), the name of a handle,
//! `[a,b]` a list of handles, `'text'`, or `100:8` (address and length). A function that
//! returns a `result` must succeed, unless the name of a case of its error is expected, or
//! `refused`, any of them; of other functions a number, `some` or `none`. `name =` keeps the
//! handle that is returned, in an `option` or as the first of a list too; two names, with a
//! comma, a stream and its future. `byte`, `half`, `word` and `long` compare what is at an
//! address: `@` is that of the result, `*@` the one that stands there; a `!` before the number
//! negates. `string` and `bytes` compare what an address and a length at an address lead to.
//!
//! `ends = new stream<u8>` makes a stream, whose other end is `ends.end`; `read END COUNT` and
//! `write END 'text'` use one and must move all, unless after `->` another status stands.
//! `close` drops a handle. A line in parentheses is code, in which functions have the full names;
//! `use` imports one, for code or so that there is its type of resources.

use crate::world::{
    ARGUMENTS, DATA, MOST, MOST_ASYNC, Options, RESULTS, World, function_of, known, named,
    short_name,
};
use quench_policy::InterfaceFunction;
use quench_tests::wit::{Core, Function, Type};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A handle.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Held {
    /// A resource of the type with this name.
    Resource(String),
    /// An end of the stream or future with this place in [`Guest::channels`].
    Readable(usize),
    Writable(usize),
}

/// Returns the component of a script. It exits with the number of the line that does not
/// hold.
pub(crate) fn component(script: &str, options: Options) -> String {
    let mut guest =
        Guest { world: World::new(options), names: BTreeMap::new(), body: String::new() };
    guest.use_function("exit-with-code");
    for (place, line) in script.trim().lines().enumerate() {
        guest.line(place + 1, line.trim());
    }
    guest.world.text(&guest.body, guest.names.keys())
}

/// A script that is being read.
struct Guest {
    world: World,
    names: BTreeMap<String, Held>,
    body: String,
}

impl Guest {
    fn use_function(&mut self, name: &str) -> (usize, &'static InterfaceFunction, Function) {
        let (place, row) = known(self.world.options.version, name);
        self.world.functions.insert(place);
        let function = function_of(row);
        if let Some(ty) = &function.result {
            self.note_channels(ty);
        }
        (place, row, function)
    }

    fn note_channels(&mut self, ty: &Type) {
        match ty {
            Type::Stream(_) | Type::Future(_) => _ = self.world.channel(ty),
            Type::Tuple(types) => types.iter().for_each(|ty| self.note_channels(ty)),
            _ => {}
        }
    }

    fn line(&mut self, number: usize, line: &str) {
        if line.is_empty() || line.starts_with('#') {
            return;
        }
        if line.starts_with('(') {
            return self.body.push_str(line);
        }
        let (call, expected) = line.split_once(" -> ").unwrap_or((line, ""));
        let (names, call) = call.split_once(" = ").unwrap_or(("", call));
        let mut words = call.split_whitespace();
        let word = words.next().unwrap_or_default();
        let words: Vec<&str> = words.collect();
        match word {
            "byte" => self.compare(number, "i64.load8_u", words[0], words[1]),
            "half" => self.compare(number, "i64.load16_u", words[0], words[1]),
            "word" => self.compare(number, "i64.load32_u", words[0], words[1]),
            "long" => self.compare(number, "i64.load", words[0], words[1]),
            "string" | "bytes" => self.compare_text(number, word, words[0], words[1]),
            "new" => self.new_channel(
                names,
                &Type::parse(&words.join(" "), named(self.world.options.version)),
            ),
            "read" | "write" => self.transfer(number, word, &words, expected),
            "close" => self.close(words[0]),
            "use" => _ = self.use_function(words[0]),
            _ => self.call(number, word, &words, names, expected),
        }
    }

    fn compare(&mut self, number: usize, load: &str, address: &str, value: &str) {
        let address = address_of(address);
        self.check(number, &format!("({load} {address})"), value);
    }

    /// Adds a check that a number of 64 bits is, or with `!` is not, the right one.
    fn check(&mut self, number: usize, is: &str, must: &str) {
        let (operator, must) = match must.strip_prefix('!') {
            Some(must) => ("ne", must),
            None => ("eq", must),
        };
        let _ = writeln!(
            self.body,
            "(call $check (i64.const {number}) (i64.{operator} {is} (i64.const {must})))"
        );
    }

    fn compare_text(&mut self, number: usize, word: &str, address: &str, text: &str) {
        let text = unquoted(text);
        let (bytes, length) = match word {
            "bytes" => (text.clone().into_bytes(), text.len() as u32),
            _ => self.encode(&text),
        };
        let address = address_of(address);
        self.check(number, &format!("(i64.load32_u offset=4 {address})"), &length.to_string());
        for (place, byte) in bytes.iter().enumerate() {
            let load = format!("(i64.load8_u offset={place} (i32.load {address}))");
            self.check(number, &load, &byte.to_string());
        }
    }

    /// Returns a text as the guest encodes it, and its length in the canonical ABI.
    fn encode(&self, text: &str) -> (Vec<u8>, u32) {
        const UTF16_TAG: u32 = 1 << 31;
        let units: Vec<u16> = text.encode_utf16().collect();
        let bytes = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        let count = units.len() as u32;
        match self.world.options.encoding {
            "utf8" => (text.as_bytes().to_vec(), text.len() as u32),
            "utf16" => (bytes, count),
            _ if units.iter().all(|unit| *unit < 256) => {
                (units.iter().map(|unit| *unit as u8).collect(), count)
            }
            _ => (bytes, count | UTF16_TAG),
        }
    }

    /// Puts bytes into the guest's memory, aligned; returns their address.
    fn put(&mut self, bytes: &[u8]) -> u32 {
        let address = DATA + self.world.data.len() as u32;
        self.world.data.extend(bytes);
        self.world.data.resize(self.world.data.len().next_multiple_of(8), 0);
        address
    }

    fn new_channel(&mut self, name: &str, ty: &Type) {
        let channel = self.world.channel(ty);
        let end = format!("{name}.end");
        let _ = writeln!(
            self.body,
            "(local.set $pair (call $new{channel}))
             (global.set ${name} (i32.wrap_i64 (local.get $pair)))
             (global.set ${end} (i32.wrap_i64 (i64.shr_u (local.get $pair) (i64.const 32))))"
        );
        self.names.insert(name.to_string(), Held::Readable(channel));
        self.names.insert(end, Held::Writable(channel));
    }

    fn transfer(&mut self, number: usize, word: &str, words: &[&str], expected: &str) {
        let (channel, address, count) = match (word, self.held(words[0])) {
            ("read", Held::Readable(channel)) => {
                (channel, RESULTS, words.get(1).map_or(1, |count| parsed(count)))
            }
            ("write", Held::Writable(channel)) => {
                let text = unquoted(words[1]);
                (channel, self.put(text.as_bytes()), text.len() as u32)
            }
            (_, held) => panic!("{word} of {held:?}"),
        };
        let is_stream = matches!(self.world.channels[channel], Type::Stream(_));
        let (count_argument, moved) = if is_stream {
            (format!("(i32.const {count})"), count << 4)
        } else {
            Default::default()
        };
        let expected = if expected.is_empty() { moved.to_string() } else { expected.to_string() };
        let call = format!(
            "(call ${word}{channel} (global.get ${}) (i32.const {address}) {count_argument})",
            words[0]
        );
        self.check(number, &format!("(i64.extend_i32_u {call})"), &expected);
    }

    fn held(&self, name: &str) -> Held {
        self.names.get(name).unwrap_or_else(|| panic!("there is no {name}")).clone()
    }

    fn close(&mut self, name: &str) {
        let function = match self.held(name) {
            Held::Resource(resource) => {
                self.world.drops.insert(resource.clone());
                format!("drop-{resource}")
            }
            Held::Readable(channel) => format!("close{channel}"),
            Held::Writable(channel) => format!("end{channel}"),
        };
        let _ = writeln!(self.body, "(call ${function} (global.get ${name}))");
    }

    fn call(&mut self, number: usize, word: &str, words: &[&str], names: &str, expected: &str) {
        let (_, row, function) = self.use_function(word);
        assert_eq!(function.parameters.len(), words.len(), "of {word}: {words:?}");
        let mut leaves = Vec::new();
        let places = self.world.types.offsets(&function.parameters.iter().collect::<Vec<_>>());
        for ((ty, argument), offset) in function.parameters.iter().zip(words).zip(places) {
            self.argument(ty, argument, offset, &mut leaves);
        }
        let is_async = function.is_async && self.world.options.is_async;
        let mut arguments: Vec<String> = Vec::new();
        if leaves.len() > if is_async { MOST_ASYNC } else { MOST } {
            for Leaf { store, offset, value } in leaves {
                let _ = writeln!(self.body, "({store} (i32.const {}) {value})", ARGUMENTS + offset);
            }
            arguments.push(format!("(i32.const {ARGUMENTS})"));
        } else {
            arguments.extend(leaves.into_iter().map(|leaf| leaf.value));
        }
        let _ = writeln!(
            self.body,
            "(memory.fill (i32.const {RESULTS}) (i32.const 0xaa) (i32.const 512))"
        );
        let direct = self.direct(&function);
        if function.result.is_some() && direct.is_none() {
            arguments.push(format!("(i32.const {RESULTS})"));
        }
        let call = format!("(call ${} {})", short_name(row), arguments.join(" "));
        let call = match direct {
            Some(store) => format!("({store} (i32.const {RESULTS}) {call})"),
            None if is_async => format!("(call $finish {call})"),
            None => call,
        };
        self.body.push_str(&call);
        self.body.push('\n');
        if let Some(ty) = &function.result {
            self.expect(number, ty, expected);
            let handles = self.handles(ty, &format!("(i32.const {RESULTS})"), expected);
            for (name, (held, address)) in names.split(',').zip(handles) {
                let name = name.trim();
                if !name.is_empty() {
                    let _ = writeln!(self.body, "(global.set ${name} (i32.load {address}))");
                    self.names.insert(name.to_string(), held);
                }
            }
        }
    }

    /// Returns how the result of a function is stored, if it is a core value.
    fn direct(&self, function: &Function) -> Option<&'static str> {
        let ty = function.result.as_ref()?;
        let is_async = function.is_async && self.world.options.is_async;
        let [core] = self.world.types.flat(ty)[..] else { return None };
        (!is_async).then(|| store_of(core, self.world.types.place(ty).0))
    }

    /// Adds the core values of an argument, and where they would be in memory.
    fn argument(&mut self, ty: &Type, word: &str, offset: u32, leaves: &mut Vec<Leaf>) {
        let mut leaf = |store, offset, value: String| leaves.push(Leaf { store, offset, value });
        let constant = |number: u32| format!("(i32.const {number})");
        match self.world.types.resolve(ty).clone() {
            Type::Plain("string") | Type::List(_) => {
                let (address, length) = self.text(ty, word);
                leaf("i32.store", offset, constant(address));
                leaf("i32.store", offset + 4, constant(length));
            }
            Type::Variant(cases) => {
                // At most one case has a value, whose parts are numbers.
                leaf("i32.store8", offset, format!("(i32.const {word})"));
                let payload = offset + self.world.types.payload(ty);
                for case in cases.into_iter().filter_map(|(_, ty)| ty) {
                    let Type::Record(fields) = self.world.types.resolve(&case).clone() else {
                        continue;
                    };
                    let types: Vec<&Type> = fields.iter().map(|(_, ty)| ty).collect();
                    for (place, ty) in self.world.types.offsets(&types).into_iter().zip(types) {
                        let [core] = self.world.types.flat(ty)[..] else { continue };
                        let store = store_of(core, self.world.types.place(ty).0);
                        leaf(store, payload + place, format!("({}.const 7)", core.name()));
                    }
                }
            }
            other => {
                let core = self.world.types.flat(&other)[0];
                let store = store_of(core, self.world.types.place(&other).0);
                let value = if self.names.contains_key(word) {
                    format!("(global.get ${word})")
                } else {
                    format!("({}.const {word})", core.name())
                };
                leaf(store, offset, value);
            }
        }
    }

    /// Returns address and length of a text, or of a list.
    fn text(&mut self, ty: &Type, word: &str) -> (u32, u32) {
        if let Some(handles) = word.strip_prefix('[') {
            let names: Vec<&str> = handles.trim_end_matches(']').split(',').collect();
            let address = self.put(&vec![0; names.len() * 4]);
            for (place, name) in names.iter().enumerate() {
                let at = address + 4 * place as u32;
                let _ = writeln!(self.body, "(i32.store (i32.const {at}) (global.get ${name}))");
            }
            return (address, names.len() as u32);
        }
        if let Some((address, length)) = word.split_once(':').filter(|_| !word.starts_with('\'')) {
            return (parsed(address), parsed(length));
        }
        let text = unquoted(word);
        let (bytes, length) = match ty {
            Type::Plain(_) => self.encode(&text),
            _ => (text.clone().into_bytes(), text.len() as u32),
        };
        (self.put(&bytes), length)
    }

    /// Adds a check of a result.
    fn expect(&mut self, number: usize, ty: &Type, expected: &str) {
        let byte = format!("(i64.load8_u (i32.const {RESULTS}))");
        match self.world.types.resolve(ty).clone() {
            Type::Result(..) if expected.is_empty() => self.check(number, &byte, "0"),
            Type::Result(_, error) => {
                self.check(number, &byte, "1");
                let error = error.map(|error| self.world.types.resolve(&error).clone());
                let names: Vec<String> = match error {
                    Some(Type::Enum(names)) => names,
                    Some(Type::Variant(cases)) => cases.into_iter().map(|(name, _)| name).collect(),
                    _ => Vec::new(),
                };
                if expected != "refused" {
                    let case = names.iter().position(|name| name == expected);
                    let case = case.unwrap_or_else(|| panic!("{expected} is none of {names:?}"));
                    let at = RESULTS + self.world.types.payload(ty);
                    self.check(
                        number,
                        &format!("(i64.load8_u (i32.const {at}))"),
                        &case.to_string(),
                    );
                }
            }
            Type::Option(_) if !expected.is_empty() => {
                let case = if expected == "some" { "1" } else { "0" };
                self.check(number, &byte, case);
            }
            _ if !expected.is_empty() => {
                let load = match self.world.types.place(ty).0 {
                    1 => "i64.load8_u",
                    8 => "i64.load",
                    _ => "i64.load32_u",
                };
                self.check(number, &format!("({load} (i32.const {RESULTS}))"), expected);
            }
            _ => {}
        }
    }

    /// Returns the handles in a value at an address: in a list, those of its first element; in
    /// a result, those of the case that is expected.
    fn handles(&mut self, ty: &Type, address: &str, expected: &str) -> Vec<(Held, String)> {
        let behind = |offset| format!("(i32.add {address} (i32.const {offset}))");
        match self.world.types.resolve(ty).clone() {
            Type::Own(name) => vec![(Held::Resource(name), address.to_string())],
            ty @ (Type::Stream(_) | Type::Future(_)) => {
                vec![(Held::Readable(self.world.channel(&ty)), address.to_string())]
            }
            Type::List(ty) => self.handles(&ty, &format!("(i32.load {address})"), ""),
            Type::Option(some) => {
                let payload = self.world.types.payload(ty);
                self.handles(&some, &behind(payload), "")
            }
            Type::Result(ok, error) => {
                let payload = self.world.types.payload(ty);
                let case = if expected.is_empty() { ok } else { error };
                let case = case.map(|ty| self.handles(&ty, &behind(payload), ""));
                case.unwrap_or_default()
            }
            Type::Variant(cases) => {
                let payload = self.world.types.payload(ty);
                let types = cases.into_iter().filter_map(|(_, ty)| ty);
                types.flat_map(|ty| self.handles(&ty, &behind(payload), "")).collect()
            }
            Type::Tuple(types) => {
                let offsets = self.world.types.offsets(&types.iter().collect::<Vec<_>>());
                let parts = types.iter().zip(offsets);
                parts.flat_map(|(ty, offset)| self.handles(ty, &behind(offset), "")).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// A core value of an argument: how it is stored, where in memory, and code.
struct Leaf {
    store: &'static str,
    offset: u32,
    value: String,
}

/// Returns code for an address such as `@+8`, or `*@+8`, behind the one that stands there.
fn address_of(word: &str) -> String {
    let number = |text: &str| parsed(if text.is_empty() { "0" } else { text });
    match (word.strip_prefix("*@"), word.strip_prefix('@')) {
        (Some(offset), _) => {
            let offset = number(offset.trim_start_matches('+'));
            format!("(i32.add (i32.load (i32.const {RESULTS})) (i32.const {offset}))")
        }
        (_, Some(offset)) => {
            format!("(i32.const {})", RESULTS + number(offset.trim_start_matches('+')))
        }
        _ => format!("(i32.const {})", number(word)),
    }
}

fn parsed(word: &str) -> u32 {
    let number = match word.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => word.parse(),
    };
    number.unwrap_or_else(|_| panic!("{word} is no number"))
}

/// Returns a text in quotes, in which `_` stands for a space.
fn unquoted(word: &str) -> String {
    let inside = word.strip_prefix('\'').and_then(|word| word.strip_suffix('\''));
    inside.unwrap_or_else(|| panic!("{word} is no text")).replace('_', " ")
}

fn store_of(core: Core, size: u32) -> &'static str {
    match (core, size) {
        (Core::I64, _) => "i64.store",
        (_, 1) => "i32.store8",
        (_, 2) => "i32.store16",
        _ => "i32.store",
    }
}
