//! Types of WIT and values of them that follow from a seed. Values are text, in the one form
//! of WAVE in which they are printed.

use crate::rng::Rng;
use quench_tests::wit::{Type, Types};

/// How deep types are nested at most.
const DEPTH: usize = 4;

/// Limit of the length of most strings and lists.
const FEW: usize = 6;

/// Names of cases and flags, first those that WAVE has for something else.
const NAMES: [&str; 12] =
    ["true", "none", "ok", "inf", "nan", "some", "err", "a", "b-c", "d1", "e-f2-g", "hh"];

/// The words of [`NAMES`] that have to be marked.
const KEYWORDS: usize = 7;

const PLAIN: [&str; 13] =
    ["bool", "s8", "u8", "s16", "u16", "s32", "u32", "s64", "u64", "f32", "f64", "char", "string"];

/// Makes up types. Those that need a name get one.
pub(crate) struct Typist<'a> {
    pub(crate) rng: &'a mut Rng,
    pub(crate) types: Types,
}

impl Typist<'_> {
    /// Makes up a type.
    pub(crate) fn ty(&mut self) -> Type {
        self.nested(DEPTH)
    }

    fn nested(&mut self, depth: usize) -> Type {
        if depth == 0 || self.rng.once_in(4) {
            return Type::Plain(self.rng.choose::<&str>(&PLAIN));
        }
        let depth = depth - 1;
        match self.rng.below(12) {
            0 => Type::List(Box::new(self.nested(depth))),
            1 => Type::FixedList(Box::new(self.nested(depth)), self.rng.below(4) as u32 + 1),
            2 => Type::Option(Box::new(self.nested(depth))),
            3 => {
                let mut possibly = || (!self.rng.once_in(3)).then(|| Box::new(self.nested(depth)));
                Type::Result(possibly(), possibly())
            }
            4 => Type::Tuple(self.some(|typist, _| typist.nested(depth))),
            5 | 6 => {
                let fields = self.some(|typist, place| (format!("f{place}"), typist.nested(depth)));
                self.named(Type::Record(fields))
            }
            7 | 8 => {
                let names = self.names();
                let with = |name| {
                    let ty = (!self.rng.once_in(3)).then(|| self.nested(depth));
                    (name, ty)
                };
                let cases = names.into_iter().map(with).collect();
                self.named(Type::Variant(cases))
            }
            9 => {
                let names = self.names();
                self.named(Type::Enum(names))
            }
            10 => {
                let names = self.names();
                self.named(Type::Flags(names))
            }
            _ => Type::Plain("string"),
        }
    }

    fn some<T>(&mut self, mut one: impl FnMut(&mut Self, usize) -> T) -> Vec<T> {
        (0..=self.rng.below(5)).map(|place| one(self, place)).collect()
    }

    fn named(&mut self, ty: Type) -> Type {
        let name = format!("t{}", self.types.0.len());
        self.types.0.push((name.clone(), ty));
        Type::Named(name)
    }

    /// Returns names of cases or flags: now and then so many that their numbers take more
    /// room.
    fn names(&mut self) -> Vec<String> {
        if self.rng.once_in(8) {
            let count = *self.rng.choose(&[9, 17, 32]);
            return (0..count).map(|number| format!("n{number}")).collect();
        }
        let start = self.rng.below(NAMES.len());
        let count = 1 + self.rng.below(5);
        let names = NAMES.iter().cycle().skip(start).take(count);
        names.map(ToString::to_string).collect()
    }
}

/// Returns a name as it is written in a value.
fn marked(name: &str) -> String {
    let is_keyword = NAMES[..KEYWORDS].contains(&name);
    format!("{}{name}", if is_keyword { "%" } else { "" })
}

/// Makes up a value.
pub(crate) fn value(types: &Types, ty: &Type, rng: &mut Rng) -> String {
    let mut list = |types_of: &mut dyn Iterator<Item = &Type>| {
        types_of.map(|ty| value(types, ty, rng)).collect::<Vec<_>>().join(", ")
    };
    match types.resolve(ty) {
        Type::Plain(name) => plain(name, rng),
        Type::Tuple(parts) => format!("({})", list(&mut parts.iter())),
        Type::FixedList(element, count) => {
            format!("[{}]", list(&mut std::iter::repeat_n(&**element, *count as usize)))
        }
        Type::List(element) => {
            let count = if rng.once_in(40) { 100 } else { rng.below(FEW) };
            let mut elements = std::iter::repeat_n(&**element, count);
            let elements: Vec<String> = elements.by_ref().map(|ty| value(types, ty, rng)).collect();
            format!("[{}]", elements.join(", "))
        }
        Type::Record(fields) => {
            let mut shown = Vec::new();
            for (name, ty) in fields {
                let value = value(types, ty, rng);
                let is_option = matches!(types.resolve(ty), Type::Option(_));
                // Such fields are left out.
                if !is_option || value != "none" {
                    shown.push(format!("{name}: {value}"));
                }
            }
            if shown.is_empty() { "{:}".to_string() } else { format!("{{{}}}", shown.join(", ")) }
        }
        Type::Variant(cases) => {
            let (name, ty) = rng.choose(cases);
            let value = ty.as_ref().map(|ty| format!("({})", value(types, ty, rng)));
            marked(name) + &value.unwrap_or_default()
        }
        Type::Enum(names) => marked(rng.choose::<String>(names)),
        Type::Flags(names) => {
            let set: Vec<String> = names.iter().filter(|_| rng.once_in(2)).cloned().collect();
            format!("{{{}}}", set.join(", "))
        }
        Type::Option(_) if rng.once_in(3) => "none".to_string(),
        Type::Option(ty) => format!("some({})", value(types, ty, rng)),
        Type::Result(ok, error) => {
            let (word, ty) = if rng.once_in(2) { ("ok", ok) } else { ("err", error) };
            let value = ty.as_ref().map(|ty| format!("({})", value(types, ty, rng)));
            word.to_string() + &value.unwrap_or_default()
        }
        other => unreachable!("values of {other:?} cannot be written"),
    }
}

fn plain(name: &str, rng: &mut Rng) -> String {
    // As often those at the ends of a range as any.
    let bits = match rng.below(4) {
        0 => 0,
        1 => u64::MAX,
        2 => 1 << rng.below(64),
        _ => rng.next(),
    };
    match name {
        "bool" => (bits & 1 == 1).to_string(),
        "s8" => (bits as i8).to_string(),
        "u8" => (bits as u8).to_string(),
        "s16" => (bits as i16).to_string(),
        "u16" => (bits as u16).to_string(),
        "s32" => (bits as i32).to_string(),
        "u32" => (bits as u32).to_string(),
        "s64" => (bits as i64).to_string(),
        "u64" => bits.to_string(),
        "f32" => {
            let value = f32::from_bits(bits as u32);
            if value.is_nan() { "nan".to_string() } else { value.to_string() }
        }
        "f64" => {
            let value = f64::from_bits(bits);
            if value.is_nan() { "nan".to_string() } else { value.to_string() }
        }
        "char" => format!("'{}'", escaped(character(rng))),
        _ => {
            let length = if rng.once_in(20) { 300 } else { rng.below(2 * FEW) };
            // Whether only characters that one encoding has in one byte.
            let narrow = rng.once_in(3);
            let characters = (0..length)
                .map(|_| if narrow { *rng.choose(&['a', 'é', 'ÿ', ' ']) } else { character(rng) });
            format!("\"{}\"", characters.map(escaped).collect::<String>())
        }
    }
}

/// Returns a character: often one that is special somewhere.
fn character(rng: &mut Rng) -> char {
    const SPECIAL: [char; 22] = [
        '\0',
        '\t',
        '\n',
        '\r',
        '\u{1b}',
        '\u{7f}',
        '\u{80}',
        '\u{9f}',
        '\u{ff}',
        '\u{100}',
        '\u{7ff}',
        '\u{800}',
        '\u{301}',
        '\u{d7ff}',
        '\u{e000}',
        '\u{fffd}',
        '\u{ffff}',
        '\u{10000}',
        '\u{10ffff}',
        '"',
        '\'',
        '\\',
    ];
    match rng.below(4) {
        0 => *rng.choose(&SPECIAL),
        1 => char::from_u32(rng.below(0x11_0000) as u32).unwrap_or('€'),
        _ => char::from(b' ' + rng.below(95) as u8),
    }
}

/// Returns a character as WAVE writes it.
fn escaped(character: char) -> String {
    match character {
        '\\' | '"' | '\'' | '\t' | '\r' | '\n' => character.escape_default().to_string(),
        control if control.is_control() => control.escape_unicode().to_string(),
        other => other.escape_debug().to_string(),
    }
}
