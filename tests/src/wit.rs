//! Types of WIT: read from text, in the text format of components, as core values, and
//! their places in memory. It says what the canonical ABI says, from its specification; the
//! compiler's own tables are not used.

use std::fmt::Write;

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// A type without parts: its name in WIT, which is that of the text format.
    Plain(&'static str),
    /// One of [`Types`].
    Named(String),
    /// A handle that is owned, of a type of resources.
    Own(String),
    /// A handle that is lent, of a type of resources.
    Borrow(String),
    /// A list.
    List(Box<Type>),
    /// A list of as many elements as its type says.
    FixedList(Box<Type>, u32),
    /// A value, or nothing.
    Option(Box<Type>),
    /// What is there after success, and after a failure.
    Result(Option<Box<Type>>, Option<Box<Type>>),
    /// Values without names.
    Tuple(Vec<Type>),
    /// Values with names.
    Record(Vec<(String, Type)>),
    /// One of several cases, some of which have a value.
    Variant(Vec<(String, Option<Type>)>),
    /// One of several names.
    Enum(Vec<String>),
    /// Any of several names.
    Flags(Vec<String>),
    /// The readable end of a stream.
    Stream(Box<Type>),
    /// The readable end of a future.
    Future(Box<Type>),
}

/// Types without parts: name, the core type that their values are passed as, and size in
/// memory. Strings are passed as two.
const PLAIN: [(&str, Core, u32); 14] = [
    ("bool", Core::I32, 1),
    ("s8", Core::I32, 1),
    ("u8", Core::I32, 1),
    ("s16", Core::I32, 2),
    ("u16", Core::I32, 2),
    ("s32", Core::I32, 4),
    ("u32", Core::I32, 4),
    ("s64", Core::I64, 8),
    ("u64", Core::I64, 8),
    ("f32", Core::F32, 4),
    ("f64", Core::F64, 8),
    ("char", Core::I32, 4),
    ("string", Core::I32, 8),
    ("error-context", Core::I32, 4),
];

/// A type of core values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Core {
    /// 32 bits.
    I32,
    /// 64 bits.
    I64,
    /// A float of 32 bits.
    F32,
    /// A float of 64 bits.
    F64,
}

impl Core {
    /// Returns the name in the text format.
    pub fn name(self) -> &'static str {
        match self {
            Core::I32 => "i32",
            Core::I64 => "i64",
            Core::F32 => "f32",
            Core::F64 => "f64",
        }
    }

    /// Returns the type that holds values of both.
    fn join(self, other: Core) -> Core {
        match (self, other) {
            _ if self == other => self,
            (Core::I32, Core::F32) | (Core::F32, Core::I32) => Core::I32,
            _ => Core::I64,
        }
    }
}

/// A function's type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Whether a caller may go on before it is done.
    pub is_async: bool,
    /// Types of the parameters.
    pub parameters: Vec<Type>,
    /// Type of the result.
    pub result: Option<Type>,
}

/// Types with names. A name that is not here is that of a type of resources.
#[derive(Clone, Debug, Default)]
pub struct Types(pub Vec<(String, Type)>);

/// Names of types, and their definitions.
pub type Named<'a> = &'a [(&'a str, &'a str)];

/// Number of bytes, and the power of 2 that an address is a multiple of.
pub type Place = (u32, u32);

impl Types {
    /// Returns a type that has no name, by following names.
    pub fn resolve<'a>(&'a self, ty: &'a Type) -> &'a Type {
        let Type::Named(name) = ty else { return ty };
        let known = self.0.iter().find(|(known, _)| known == name);
        known.map_or(ty, |(_, ty)| self.resolve(ty))
    }

    /// Returns the core types that values are passed as, when they are passed in none but
    /// core values.
    pub fn flat(&self, ty: &Type) -> Vec<Core> {
        match self.resolve(ty) {
            Type::Plain("string") | Type::List(_) => vec![Core::I32; 2],
            Type::Plain(name) => vec![plain(name).1],
            Type::FixedList(element, count) => self.flat(element).repeat(*count as usize),
            Type::Tuple(types) => types.iter().flat_map(|ty| self.flat(ty)).collect(),
            Type::Record(fields) => fields.iter().flat_map(|(_, ty)| self.flat(ty)).collect(),
            ty => match self.cases(ty) {
                Some(cases) => {
                    let mut joined: Vec<Core> = Vec::new();
                    for case in cases.into_iter().flatten() {
                        for (place, core) in self.flat(case).into_iter().enumerate() {
                            match joined.get_mut(place) {
                                Some(known) => *known = known.join(core),
                                None => joined.push(core),
                            }
                        }
                    }
                    joined.insert(0, Core::I32);
                    joined
                }
                // Handles and flags.
                None => vec![Core::I32],
            },
        }
    }

    /// Returns the types of the values that the cases of a variant, or of what is one, have.
    pub fn cases<'a>(&self, ty: &'a Type) -> Option<Vec<Option<&'a Type>>> {
        match ty {
            Type::Variant(cases) => Some(cases.iter().map(|(_, ty)| ty.as_ref()).collect()),
            Type::Enum(names) => Some(vec![None; names.len()]),
            Type::Option(ty) => Some(vec![None, Some(ty)]),
            Type::Result(ok, error) => Some(vec![ok.as_deref(), error.as_deref()]),
            _ => None,
        }
    }

    /// Returns the place that values take in memory.
    pub fn place(&self, ty: &Type) -> Place {
        match self.resolve(ty) {
            Type::Plain("string") | Type::List(_) => (8, 4),
            Type::Plain(name) => (plain(name).2, plain(name).2),
            Type::FixedList(element, count) => {
                let (size, alignment) = self.place(element);
                (size * count, alignment)
            }
            Type::Tuple(types) => self.of_record(types.iter()),
            Type::Record(fields) => self.of_record(fields.iter().map(|(_, ty)| ty)),
            Type::Flags(names) => match names.len() {
                0..=8 => (1, 1),
                9..=16 => (2, 2),
                _ => (4, 4),
            },
            ty => match self.cases(ty) {
                Some(cases) => {
                    let size = discriminant(cases.len());
                    let payload = self.payload(ty);
                    let (largest, alignment) = cases
                        .into_iter()
                        .flatten()
                        .map(|ty| self.place(ty))
                        .fold((0, size), |one, other| (one.0.max(other.0), one.1.max(other.1)));
                    ((payload + largest).next_multiple_of(alignment), alignment)
                }
                // Handles.
                None => (4, 4),
            },
        }
    }

    fn of_record<'a>(&self, types: impl Iterator<Item = &'a Type>) -> Place {
        let (mut end, mut most) = (0u32, 1);
        for (size, alignment) in types.map(|ty| self.place(ty)) {
            end = end.next_multiple_of(alignment) + size;
            most = most.max(alignment);
        }
        (end.next_multiple_of(most), most)
    }

    /// Returns the offsets of values that stand behind each other, as in a record.
    pub fn offsets(&self, types: &[&Type]) -> Vec<u32> {
        let mut end = 0u32;
        let mut offsets = Vec::new();
        for ty in types {
            let (size, alignment) = self.place(ty);
            let offset = end.next_multiple_of(alignment);
            offsets.push(offset);
            end = offset + size;
        }
        offsets
    }

    /// Returns the offset of a case's value in a variant, or what is one.
    pub fn payload(&self, ty: &Type) -> u32 {
        let cases = self.cases(self.resolve(ty)).unwrap_or_default();
        let size = discriminant(cases.len());
        let alignments = cases.into_iter().flatten().map(|ty| self.place(ty).1);
        size.next_multiple_of(alignments.max().unwrap_or(1))
    }
}

/// Returns the number of bytes of the number of a case.
pub fn discriminant(cases: usize) -> u32 {
    match cases {
        0..=256 => 1,
        257..=65_536 => 2,
        _ => 4,
    }
}

fn plain(name: &str) -> (&'static str, Core, u32) {
    let known = PLAIN.into_iter().find(|(known, ..)| *known == name);
    known.unwrap_or_else(|| panic!("{name} is no type without parts"))
}

impl Type {
    /// Returns the type in the text format of components. Names have `$` before them.
    pub fn wat(&self) -> String {
        let one = |ty: &Option<Box<Type>>, word: &str| match ty {
            Some(ty) => format!(" {word}{}{}", ty.wat(), if word.is_empty() { "" } else { ")" }),
            None => String::new(),
        };
        let quoted =
            |names: &[String]| names.iter().map(|name| format!(" \"{name}\"")).collect::<String>();
        match self {
            Type::Plain(name) => name.to_string(),
            Type::Named(name) => format!("${name}"),
            Type::Own(name) => format!("(own ${name})"),
            Type::Borrow(name) => format!("(borrow ${name})"),
            Type::List(ty) => format!("(list {})", ty.wat()),
            Type::FixedList(ty, count) => format!("(list {} {count})", ty.wat()),
            Type::Option(ty) => format!("(option {})", ty.wat()),
            Type::Stream(ty) => format!("(stream {})", ty.wat()),
            Type::Future(ty) => format!("(future {})", ty.wat()),
            Type::Result(ok, error) => format!("(result{}{})", one(ok, ""), one(error, "(error ")),
            Type::Tuple(types) => {
                let types: Vec<String> = types.iter().map(Type::wat).collect();
                format!("(tuple {})", types.join(" "))
            }
            Type::Record(fields) => {
                let fields =
                    fields.iter().map(|(name, ty)| format!(" (field \"{name}\" {})", ty.wat()));
                format!("(record{})", fields.collect::<String>())
            }
            Type::Variant(cases) => {
                let cases = cases.iter().map(|(name, ty)| {
                    let ty = ty.as_ref().map(|ty| format!(" {}", ty.wat())).unwrap_or_default();
                    format!(" (case \"{name}\"{ty})")
                });
                format!("(variant{})", cases.collect::<String>())
            }
            Type::Enum(names) => format!("(enum{})", quoted(names)),
            Type::Flags(names) => format!("(flags{})", quoted(names)),
        }
    }

    /// Calls a function with each name in the type, first those of its parts.
    pub fn names(&self, note: &mut dyn FnMut(&str)) {
        match self {
            Type::Plain(_) | Type::Enum(_) | Type::Flags(_) => {}
            Type::Named(name) | Type::Own(name) | Type::Borrow(name) => note(name),
            Type::List(ty)
            | Type::FixedList(ty, _)
            | Type::Option(ty)
            | Type::Stream(ty)
            | Type::Future(ty) => ty.names(note),
            Type::Result(ok, error) => {
                [ok, error].into_iter().flatten().for_each(|ty| ty.names(note));
            }
            Type::Tuple(types) => types.iter().for_each(|ty| ty.names(note)),
            Type::Record(fields) => fields.iter().for_each(|(_, ty)| ty.names(note)),
            Type::Variant(cases) => {
                cases.iter().filter_map(|(_, ty)| ty.as_ref()).for_each(|ty| ty.names(note));
            }
        }
    }

    /// Reads a type in the syntax of WIT; records and the like may stand where they are used.
    /// A name that is not among the `named` ones is that of a type of resources.
    ///
    /// # Panics
    ///
    /// If it is not one.
    pub fn parse(text: &str, named: Named<'_>) -> Type {
        let mut reader = Reader { text, named };
        let ty = reader.ty();
        assert!(reader.text.trim().is_empty(), "left of {text}: {}", reader.text);
        ty
    }
}

impl Function {
    /// Reads a type such as `async (u32, string) -> result<_, u8>`.
    ///
    /// # Panics
    ///
    /// If it is not one.
    pub fn parse(text: &str, named: Named<'_>) -> Function {
        let mut reader = Reader { text, named };
        let is_async = reader.takes("async");
        reader.expect("(");
        let parameters = reader.list(")", Reader::ty);
        let result = reader.takes("->").then(|| reader.ty());
        assert!(reader.text.trim().is_empty(), "left of {text}: {}", reader.text);
        Function { is_async, parameters, result }
    }

    /// Returns the type in the text format of components. The first parameter of a method
    /// is called `self`.
    pub fn wat(&self, is_method: bool) -> String {
        let mut text = format!("(func{}", if self.is_async { " async" } else { "" });
        for (place, ty) in self.parameters.iter().enumerate() {
            let name =
                if is_method && place == 0 { "self".to_string() } else { format!("p{place}") };
            // It does not fail.
            let _ = write!(text, " (param \"{name}\" {})", ty.wat());
        }
        if let Some(ty) = &self.result {
            let _ = write!(text, " (result {})", ty.wat());
        }
        text + ")"
    }
}

/// Text that is left to be read.
struct Reader<'a> {
    text: &'a str,
    named: Named<'a>,
}

impl<'a> Reader<'a> {
    fn takes(&mut self, word: &str) -> bool {
        let rest = self.text.trim_start();
        let behind = rest.strip_prefix(word);
        self.text = behind.unwrap_or(rest);
        behind.is_some()
    }

    fn expect(&mut self, word: &str) {
        assert!(self.takes(word), "{word} is missing before {}", self.text);
    }

    fn word(&mut self) -> &'a str {
        let rest = self.text.trim_start();
        let is_part =
            |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
        let end = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
        let (word, rest) = rest.split_at(end);
        self.text = rest;
        word
    }

    /// Reads what is separated by commas, up to an end.
    fn list<T>(&mut self, end: &str, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let mut list = Vec::new();
        while !self.takes(end) {
            list.push(one(self));
            self.takes(",");
        }
        list
    }

    /// Reads a type, or nothing for `_`.
    fn possibly(&mut self) -> Option<Box<Type>> {
        (!self.takes("_")).then(|| Box::new(self.ty()))
    }

    fn ty(&mut self) -> Type {
        let word = self.word();
        let parts = |reader: &mut Self| {
            if reader.takes("<") { reader.list(">", Reader::possibly) } else { Vec::new() }
        };
        if let Some((name, ..)) = PLAIN.into_iter().find(|(name, ..)| *name == word) {
            return Type::Plain(name);
        }
        let only = |parts: Vec<Option<Box<Type>>>| {
            parts.into_iter().next().flatten().unwrap_or_else(|| panic!("{word} of nothing"))
        };
        match word {
            "list" => Type::List(only(parts(self))),
            "option" => Type::Option(only(parts(self))),
            "stream" => Type::Stream(only(parts(self))),
            "future" => Type::Future(only(parts(self))),
            "borrow" => match *only(parts(self)) {
                Type::Own(name) => Type::Borrow(name),
                other => panic!("{other:?} is lent"),
            },
            "tuple" => Type::Tuple(parts(self).into_iter().flatten().map(|ty| *ty).collect()),
            "result" => {
                let mut parts = parts(self).into_iter();
                Type::Result(parts.next().flatten(), parts.next().flatten())
            }
            "record" => {
                self.expect("{");
                Type::Record(self.list("}", |reader| {
                    let name = reader.word().to_string();
                    reader.expect(":");
                    (name, reader.ty())
                }))
            }
            "variant" => {
                self.expect("{");
                Type::Variant(self.list("}", |reader| {
                    let name = reader.word().to_string();
                    let ty = reader.takes("(").then(|| {
                        let ty = reader.ty();
                        reader.expect(")");
                        ty
                    });
                    (name, ty)
                }))
            }
            "enum" | "flags" => {
                self.expect("{");
                let names = self.list("}", |reader| reader.word().to_string());
                if word == "enum" { Type::Enum(names) } else { Type::Flags(names) }
            }
            _ if self.named.iter().any(|(name, _)| *name == word) => Type::Named(word.to_string()),
            _ => Type::Own(word.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types() {
        let types = Types(vec![(
            "stat".to_string(),
            Type::parse("record { type: u8, size: u64, time: option<tuple<u64, u32>> }", &[]),
        )]);
        let function = Function::parse(
            "async (borrow<file>, string) -> result<stat, enum { a, b }>",
            &[("stat", "")],
        );
        assert!(function.is_async);
        let result = function.result.as_ref().expect("a result");
        assert_eq!(types.place(result), (48, 8));
        assert_eq!(types.payload(result), 8);
        assert_eq!(types.flat(result).len(), 6);
        assert_eq!(
            function.wat(true),
            "(func async (param \"self\" (borrow $file)) (param \"p1\" string) \
             (result (result $stat (error (enum \"a\" \"b\")))))"
        );
        let joined = types.flat(&Type::parse("variant { a(f32), b(u8), c(tuple<f64, f32>) }", &[]));
        assert_eq!(joined, [Core::I32, Core::I64, Core::F32]);
    }
}
