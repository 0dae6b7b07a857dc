//! The types of a function as the host reads them at run time: the form is that of
//! [`ValueKind`].

use crate::types::{FunctionType, Shape, Type};
use quench_abi::component::{NO_TYPE, ValueKind};
use std::collections::HashMap;
use std::sync::Arc;

/// Number of words before the first type.
const HEAD: usize = 3;

/// Returns the description of a function's types. What has no [`ValueKind`] is left out;
/// calls of such functions are refused.
pub fn describe(ty: &FunctionType) -> Vec<u8> {
    let mut writer = Writer { words: vec![0; HEAD], names: Vec::new(), known: HashMap::new() };
    let (mut size, mut alignment, mut flat) = (0u32, 1, 0u32);
    let mut fields = Vec::new();
    for (_, ty) in &ty.parameters {
        fields.push((&**ty, String::new(), writer.value(ty)));
        size = size.next_multiple_of(ty.alignment).saturating_add(ty.size);
        alignment = alignment.max(ty.alignment);
        flat = flat.saturating_add(ty.flat.map_or(FLAT_MAX, u32::from));
    }
    let layout = [size.next_multiple_of(alignment), alignment, flat];
    writer.words[1] = writer.record(ValueKind::Tuple, layout, fields);
    writer.words[2] = ty.result.as_ref().map_or(NO_TYPE, |ty| writer.value(ty));
    writer.finish()
}

/// Returns the description of a type alone, as that of the result of a function without
/// parameters.
pub fn describe_value(ty: &Arc<Type>) -> Vec<u8> {
    describe(&FunctionType {
        parameters: Vec::new(),
        result: Some(Arc::clone(ty)),
        is_async: false,
    })
}

/// The number of flat values of a type that has too many.
const FLAT_MAX: u32 = 1 << 16;

struct Writer {
    words: Vec<u32>,
    names: Vec<u8>,
    known: HashMap<*const Type, u32>,
}

/// A member of a type: its name, its type, and its offset.
type Member = (String, u32, u32);

impl Writer {
    fn finish(mut self) -> Vec<u8> {
        self.words[0] = self.words.len() as u32 * 4;
        let words = self.words.iter().flat_map(|word| word.to_le_bytes());
        words.chain(self.names.iter().copied()).collect()
    }

    /// Returns the index of a type, whose description is written if it is not there yet.
    fn value(&mut self, ty: &Arc<Type>) -> u32 {
        if let Some(known) = self.known.get(&Arc::as_ptr(ty)) {
            return *known;
        }
        let index = self.write(ty);
        self.known.insert(Arc::as_ptr(ty), index);
        index
    }

    fn write(&mut self, ty: &Type) -> u32 {
        let simple = |kind| (kind, 0, Vec::new());
        let (kind, extra, members) = match &ty.shape {
            Shape::Bool => simple(ValueKind::Bool),
            Shape::S8 => simple(ValueKind::S8),
            Shape::U8 => simple(ValueKind::U8),
            Shape::S16 => simple(ValueKind::S16),
            Shape::U16 => simple(ValueKind::U16),
            Shape::S32 => simple(ValueKind::S32),
            Shape::U32 => simple(ValueKind::U32),
            Shape::S64 => simple(ValueKind::S64),
            Shape::U64 => simple(ValueKind::U64),
            Shape::F32 => simple(ValueKind::F32),
            Shape::F64 => simple(ValueKind::F64),
            Shape::Char => simple(ValueKind::Char),
            Shape::String => simple(ValueKind::String),
            Shape::Own(table) => (ValueKind::Own, *table as u32, Vec::new()),
            Shape::Stream(table) => (ValueKind::Stream, *table as u32, Vec::new()),
            Shape::Future(table) => (ValueKind::Future, *table as u32, Vec::new()),
            Shape::ErrorContext(table) => (ValueKind::ErrorContext, *table as u32, Vec::new()),
            Shape::Borrow(_) => return NO_TYPE,
            Shape::List(element) => (ValueKind::List, 0, vec![self.element(element)]),
            Shape::FixedList(element, length) => {
                (ValueKind::FixedList, *length, vec![self.element(element)])
            }
            Shape::Map(entry) => (ValueKind::Map, 0, vec![self.element(entry)]),
            Shape::Record(fields) => {
                let fields =
                    fields.iter().map(|(name, ty)| (&**ty, name.clone(), self.value(ty))).collect();
                return self.record(ValueKind::Record, layout(ty), fields);
            }
            Shape::Tuple(fields) => {
                let fields =
                    fields.iter().map(|ty| (&**ty, String::new(), self.value(ty))).collect();
                return self.record(ValueKind::Tuple, layout(ty), fields);
            }
            Shape::Variant(cases) => {
                let cases = cases.iter().map(|(name, ty)| (&**name, ty.as_ref()));
                self.variant(ValueKind::Variant, cases.collect())
            }
            Shape::Enum(names) => {
                self.variant(ValueKind::Variant, names.iter().map(|name| (&**name, None)).collect())
            }
            Shape::Option(some) => {
                self.variant(ValueKind::Option, vec![("none", None), ("some", Some(some))])
            }
            Shape::Result(ok, err) => {
                self.variant(ValueKind::Result, vec![("ok", ok.as_ref()), ("err", err.as_ref())])
            }
            Shape::Flags(names) => {
                (ValueKind::Flags, 0, names.iter().map(|name| (name.clone(), NO_TYPE, 0)).collect())
            }
        };
        self.node(kind, layout(ty), extra, members)
    }

    fn element(&mut self, ty: &Arc<Type>) -> Member {
        (String::new(), self.value(ty), 0)
    }

    fn record(
        &mut self,
        kind: ValueKind,
        layout: [u32; 3],
        fields: Vec<(&Type, String, u32)>,
    ) -> u32 {
        let mut end = 0u32;
        let members = fields.into_iter().map(|(ty, name, index)| {
            let offset = end.next_multiple_of(ty.alignment);
            end = offset + ty.size;
            (name, index, offset)
        });
        let members = members.collect();
        self.node(kind, layout, 0, members)
    }

    fn variant(
        &mut self,
        kind: ValueKind,
        cases: Vec<(&str, Option<&Arc<Type>>)>,
    ) -> (ValueKind, u32, Vec<Member>) {
        let discriminant: u32 = match cases.len() {
            0..=0x100 => 1,
            0x101..=0x1_0000 => 2,
            _ => 4,
        };
        let payloads = cases.iter().filter_map(|(_, ty)| *ty);
        let alignment = payloads.map(|ty| ty.alignment).max().unwrap_or(1);
        let member = |(name, ty): (&str, Option<&Arc<Type>>)| {
            (name.to_string(), ty.map_or(NO_TYPE, |ty| self.value(ty)), 0)
        };
        let members = cases.into_iter().map(member).collect();
        (kind, discriminant.next_multiple_of(alignment), members)
    }

    fn node(
        &mut self,
        kind: ValueKind,
        [size, alignment, flat]: [u32; 3],
        extra: u32,
        members: Vec<Member>,
    ) -> u32 {
        let index = self.words.len() as u32;
        self.words.extend([kind as u32, size, alignment, flat, members.len() as u32, extra]);
        for (name, ty, offset) in members {
            self.words.extend([self.names.len() as u32, name.len() as u32, ty, offset]);
            self.names.extend(name.as_bytes());
        }
        index
    }
}

fn layout(ty: &Type) -> [u32; 3] {
    [ty.size, ty.alignment, ty.flat.map_or(FLAT_MAX, u32::from)]
}
