//! Reads the result of a function of a guest's and prints it in the syntax of WAVE. The whole
//! result is checked before anything of it is printed.

use crate::arguments::FLAT_MAX;
use crate::channel;
use crate::description::{Member, Type};
use crate::error_context;
use crate::lower::{Call, Encoding};
use crate::resources;
use crate::tables;
use crate::task::{self, VALUES_MAX};
use crate::trap::trap;
use crate::values;
use crate::waitable::Kind;
use core::fmt::{self, Write};
use quench_abi::component::{HandleTables, ValueKind};
use quench_runtime_support::print_result;

/// Words that have a meaning of their own in WAVE.
const KEYWORDS: [&[u8]; 8] = [b"true", b"false", b"some", b"none", b"ok", b"err", b"inf", b"nan"];

/// How the core values of a result are given.
pub(crate) enum Given {
    /// These are the bits of the one that was returned.
    Returned(u64),
    /// The task that ended last has them.
    ByTask,
}

/// Prints a line: the result of a type, or `()` if there is none.
pub(crate) fn print(
    call: &mut Call,
    ty: Option<Type>,
    given: Given,
    tables: &'static HandleTables,
) {
    let Some(ty) = ty else {
        print_result(b"()\n");
        return;
    };
    let (flat, most) = match given {
        Given::Returned(bits) => {
            let mut flat = [0; VALUES_MAX];
            flat[0] = bits;
            (flat, 1)
        }
        Given::ByTask => (task::last_results(), FLAT_MAX),
    };
    let place = if ty.flat() <= most {
        Place::Flat(0)
    } else {
        let address = flat[0] as u32;
        call.check(address, ty.size(), ty.alignment());
        Place::Memory(address)
    };
    for is_check in [true, false] {
        let output = Output { is_check, bytes: [0; 512], length: 0 };
        let mut results = Results { call, tables, flat, output };
        results.value(ty, place);
        results.output.text("\n");
        results.output.flush();
    }
}

/// Where a value is.
#[derive(Clone, Copy)]
enum Place {
    /// It is the core values from this number on.
    Flat(usize),
    /// It is at this address, which is inside the memory and aligned.
    Memory(u32),
}

impl Place {
    /// Returns the place of something inside a value: behind this many bytes in a memory, or
    /// behind this many core values.
    fn inside(self, offset: u32, flat: usize) -> Place {
        match self {
            Place::Flat(number) => Place::Flat(number + flat),
            Place::Memory(address) => Place::Memory(address + offset),
        }
    }

    /// Returns the types and places of a record's fields.
    fn fields(self, ty: Type) -> impl Iterator<Item = (Member, Type, Place)> {
        let mut flat = 0;
        ty.members().filter_map(move |field| {
            let ty = field.ty?;
            let place = self.inside(field.offset, flat);
            flat += ty.flat();
            Some((field, ty, place))
        })
    }
}

struct Results<'a> {
    call: &'a mut Call,
    tables: &'static HandleTables,
    flat: [u64; VALUES_MAX],
    output: Output,
}

impl Results<'_> {
    /// Returns the number of this size at a place. A core value can have more bits.
    fn number(&mut self, place: Place, size: u32) -> u64 {
        match place {
            Place::Flat(number) => self.flat.get(number).copied().unwrap_or_default(),
            Place::Memory(address) => values::number(self.call, address, size),
        }
    }

    fn value(&mut self, ty: Type, place: Place) {
        let output = &mut self.output;
        let Some(kind) = ty.kind() else {
            return;
        };
        match kind {
            ValueKind::Bool => {
                let value = self.number(place, 1) as u32 != 0;
                self.output.text(if value { "true" } else { "false" });
            }
            ValueKind::S8 => self.display(place, 1, |bits| bits as i8),
            ValueKind::U8 => self.display(place, 1, |bits| bits as u8),
            ValueKind::S16 => self.display(place, 2, |bits| bits as i16),
            ValueKind::U16 => self.display(place, 2, |bits| bits as u16),
            ValueKind::S32 => self.display(place, 4, |bits| bits as i32),
            ValueKind::U32 => self.display(place, 4, |bits| bits as u32),
            ValueKind::S64 => self.display(place, 8, |bits| bits as i64),
            ValueKind::U64 => self.display(place, 8, |bits| bits),
            ValueKind::F32 => {
                let value = f32::from_bits(self.number(place, 4) as u32);
                self.output.float(value.is_nan(), value);
            }
            ValueKind::F64 => {
                let value = f64::from_bits(self.number(place, 8));
                self.output.float(value.is_nan(), value);
            }
            ValueKind::Char => {
                let character = values::character(self.number(place, 4) as u32);
                self.output.text("'");
                self.output.character(character);
                self.output.text("'");
            }
            ValueKind::String => self.string(place),
            ValueKind::List => {
                let (address, length) = self.list(ty, place);
                self.elements(ty, Place::Memory(address), length);
            }
            ValueKind::FixedList => self.elements(ty, place, ty.extra()),
            ValueKind::Map => self.map(ty, place),
            ValueKind::Record => self.record(ty, place),
            ValueKind::Tuple => {
                output.text("(");
                for (index, (_, ty, place)) in place.fields(ty).enumerate() {
                    self.output.text(if index == 0 { "" } else { ", " });
                    self.value(ty, place);
                }
                self.output.text(")");
            }
            ValueKind::Variant | ValueKind::Option | ValueKind::Result => {
                let case = ty.member(self.case(ty, place));
                if kind == ValueKind::Variant && KEYWORDS.contains(&case.name) {
                    self.output.text("%");
                }
                self.output.bytes(case.name);
                if let Some(payload) = case.ty {
                    self.output.text("(");
                    self.value(payload, place.inside(ty.extra(), 1));
                    self.output.text(")");
                }
            }
            ValueKind::Flags => self.flags(ty, place),
            ValueKind::Own => {
                let handle = self.number(place, 4) as u32;
                let table = tables::resource(self.tables, ty.extra());
                if self.output.is_check {
                    resources::take(table, handle);
                }
                // The syntax has no values of resources.
                self.output.text("<");
                self.output.bytes(resources::name(table));
                self.output.text(">");
            }
            // The program itself reads nothing of them.
            ValueKind::Stream => self.readable_end(ty, place, Kind::StreamRead),
            ValueKind::Future => self.readable_end(ty, place, Kind::FutureRead),
            ValueKind::ErrorContext => {
                let handle = self.number(place, 4) as u32;
                error_context::require(tables::error_context(self.tables, ty.extra()), handle);
                self.output.text("<error-context>");
            }
        }
    }

    fn readable_end(&mut self, ty: Type, place: Place, kind: Kind) {
        let handle = self.number(place, 4) as u32;
        if self.output.is_check {
            let table = tables::channel(self.tables, kind.is_future(), ty.extra());
            channel::take_readable(table, kind, handle);
        }
        self.output.text("<");
        self.output.text(kind.noun());
        self.output.text(">");
    }

    fn display<T: fmt::Display>(&mut self, place: Place, size: u32, value: impl Fn(u64) -> T) {
        let bits = self.number(place, size);
        self.output.display(value(bits));
    }

    /// Returns the number of a variant's case.
    fn case(&mut self, ty: Type, place: Place) -> u32 {
        values::case(ty, self.number(place, ty.discriminant_size()) as u32)
    }

    /// Prints a record. As in WAVE, fields that are `none` are left out.
    fn record(&mut self, ty: Type, place: Place) {
        self.output.text("{");
        let mut is_first = true;
        for (field, ty, place) in place.fields(ty) {
            if ty.kind() == Some(ValueKind::Option) && self.case(ty, place) == 0 {
                continue;
            }
            self.output.text(if is_first { "" } else { ", " });
            is_first = false;
            self.output.bytes(field.name);
            self.output.text(": ");
            self.value(ty, place);
        }
        self.output.text(if is_first { ":}" } else { "}" });
    }

    fn flags(&mut self, ty: Type, place: Place) {
        self.output.text("{");
        let mut is_first = true;
        let flags = self.number(place, ty.size());
        for (index, flag) in (0..).zip(ty.members()) {
            if flags >> index & 1 == 1 {
                self.output.text(if is_first { "" } else { ", " });
                is_first = false;
                self.output.bytes(flag.name);
            }
        }
        self.output.text("}");
    }

    fn elements(&mut self, ty: Type, place: Place, count: u32) {
        self.output.text("[");
        if let Some(element) = ty.element() {
            for index in 0..count {
                self.output.text(if index == 0 { "" } else { ", " });
                self.value(
                    element,
                    place.inside(index * element.size(), index as usize * element.flat()),
                );
            }
        }
        self.output.text("]");
    }

    fn map(&mut self, ty: Type, place: Place) {
        let (address, length) = self.list(ty, place);
        self.output.text("{");
        if let Some(entry) = ty.element() {
            for index in 0..length {
                self.output.text(if index == 0 { "" } else { ", " });
                let place = Place::Memory(address + index * entry.size());
                for (index, (_, ty, place)) in place.fields(entry).enumerate() {
                    self.output.text(if index == 0 { "" } else { ": " });
                    self.value(ty, place);
                }
            }
        }
        self.output.text("}");
    }

    /// Returns the address and length of a list. Traps unless all of it is in the memory.
    fn list(&mut self, ty: Type, place: Place) -> (u32, u32) {
        let (address, length) = self.address_and_length(place);
        if let Some(element) = ty.element() {
            self.call.check_list(address, length, element.size(), element.alignment());
        }
        (address, length)
    }

    fn address_and_length(&mut self, place: Place) -> (u32, u32) {
        let address = self.number(place, 4) as u32;
        (address, self.number(place.inside(4, 1), 4) as u32)
    }

    fn string(&mut self, place: Place) {
        let (address, length) = self.address_and_length(place);
        self.output.text("\"");
        let output = &mut self.output;
        let mut put = |character| output.character(character);
        let encoding = self.call.encoding(length);
        let memory = self.call.memory();
        let bytes = Call::string(&memory, encoding, address, length);
        match encoding {
            Encoding::Utf8 => match core::str::from_utf8(bytes) {
                Ok(text) => text.chars().for_each(put),
                // What ends in the middle of a character has no place of its fault.
                Err(error) if error.error_len().is_none() => {
                    trap("invalid utf-8: incomplete utf-8 byte sequence")
                }
                Err(_) => trap("invalid utf-8 encoding"),
            },
            Encoding::Utf16 => {
                let (units, _) = bytes.as_chunks();
                let units = units.iter().map(|unit| u16::from_le_bytes(*unit));
                for character in char::decode_utf16(units) {
                    put(character
                        .unwrap_or_else(|_| trap("unpaired surrogate: invalid utf-16 encoding")));
                }
            }
            Encoding::Latin1 => bytes.iter().for_each(|byte| put(char::from(*byte))),
        }
        self.output.text("\"");
    }
}

/// Standard output, or nothing while a result is checked.
struct Output {
    is_check: bool,
    bytes: [u8; 512],
    length: usize,
}

impl Output {
    fn bytes(&mut self, text: &[u8]) {
        if self.is_check {
            return;
        }
        for byte in text {
            if self.length == self.bytes.len() {
                self.flush();
            }
            if let Some(place) = self.bytes.get_mut(self.length) {
                *place = *byte;
                self.length += 1;
            }
        }
    }

    fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    fn display(&mut self, value: impl fmt::Display) {
        // Does not fail: what goes wrong ends the program.
        let _ = write!(self, "{value}");
    }

    fn float(&mut self, is_nan: bool, value: impl fmt::Display) {
        if is_nan {
            self.text("nan");
        } else {
            self.display(value);
        }
    }

    /// Writes a character of a string, escaped where it must be.
    fn character(&mut self, character: char) {
        match character {
            '\\' | '"' | '\'' | '\t' | '\r' | '\n' => self.display(character.escape_default()),
            control if control.is_control() => self.display(control.escape_unicode()),
            other => self.display(other.escape_debug()),
        }
    }

    fn flush(&mut self) {
        print_result(self.bytes.get(..self.length).unwrap_or_default());
        self.length = 0;
    }
}

impl Write for Output {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.text(text);
        Ok(())
    }
}
