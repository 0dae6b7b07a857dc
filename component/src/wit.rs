//! Types of the component model, written in the syntax of WIT. Records, variants, flags and
//! enumerations are written out, because a component does not keep their names.

use std::collections::HashMap;
use std::fmt::Write;
use wasmtime_environ::component::{
    ComponentTypes, InterfaceType, ResourceIndex, TypeDef, TypeFuncIndex, TypeResourceTable,
    TypeResourceTableIndex,
};

/// The writer of types.
pub(crate) struct Types<'a> {
    /// The types of the component.
    pub(crate) types: &'a ComponentTypes,
    /// Names of the types of resources that have one.
    pub(crate) resources: &'a HashMap<ResourceIndex, String>,
}

impl Types<'_> {
    /// Returns the type of a function: `func(path: string) -> result<u32, u8>`.
    pub(crate) fn function(&self, index: TypeFuncIndex) -> String {
        let start = if self.types[index].async_ { "async func(" } else { "func(" };
        self.of_function(index, start, true)
    }

    /// Returns the type of a function without the names of its parameters:
    /// `(string) -> result<u32, u8>`.
    pub(crate) fn signature(&self, index: TypeFuncIndex) -> String {
        let start = if self.types[index].async_ { "async (" } else { "(" };
        self.of_function(index, start, false)
    }

    fn of_function(&self, index: TypeFuncIndex, start: &str, names: bool) -> String {
        let ty = &self.types[index];
        let mut text = start.to_string();
        let parameters = &self.types[ty.params].types;
        for (index, parameter) in parameters.iter().enumerate() {
            text.push_str(if index == 0 { "" } else { ", " });
            if names {
                let _ = write!(text, "{}: ", ty.param_names.get(index).map_or("", String::as_str));
            }
            self.write(parameter, &mut text);
        }
        text.push(')');
        if let Some(result) = self.types[ty.results].types.first() {
            text.push_str(" -> ");
            self.write(result, &mut text);
        }
        text
    }

    /// Returns the type of an import or export.
    pub(crate) fn definition(&self, ty: &TypeDef) -> String {
        match ty {
            TypeDef::ComponentFunc(index) => self.function(*index),
            TypeDef::Interface(ty) => {
                let mut text = String::from("type ");
                self.write(ty, &mut text);
                text
            }
            TypeDef::Resource(_) => "resource".to_string(),
            TypeDef::ComponentInstance(_) => "instance".to_string(),
            other => other.desc().to_string(),
        }
    }

    /// Returns a type of values.
    pub(crate) fn value(&self, ty: &InterfaceType) -> String {
        let mut text = String::new();
        self.write(ty, &mut text);
        text
    }

    /// Writes a type of values. Types nest only as deep as the validator allows.
    fn write(&self, ty: &InterfaceType, text: &mut String) {
        let simple = match ty {
            InterfaceType::Bool => "bool",
            InterfaceType::S8 => "s8",
            InterfaceType::U8 => "u8",
            InterfaceType::S16 => "s16",
            InterfaceType::U16 => "u16",
            InterfaceType::S32 => "s32",
            InterfaceType::U32 => "u32",
            InterfaceType::S64 => "s64",
            InterfaceType::U64 => "u64",
            InterfaceType::Float32 => "f32",
            InterfaceType::Float64 => "f64",
            InterfaceType::Char => "char",
            InterfaceType::String => "string",
            InterfaceType::ErrorContext(_) => "error-context",
            compound => return self.write_compound(compound, text),
        };
        text.push_str(simple);
    }

    fn write_compound(&self, ty: &InterfaceType, text: &mut String) {
        let types = self.types;
        match ty {
            InterfaceType::Record(index) => {
                let fields = types[*index].fields.iter();
                self.members("record", fields.map(|field| (&*field.name, Some(&field.ty))), text);
            }
            InterfaceType::Variant(index) => {
                text.push_str("variant { ");
                for (index, (name, payload)) in types[*index].cases.iter().enumerate() {
                    text.push_str(if index == 0 { "" } else { ", " });
                    text.push_str(name);
                    if let Some(payload) = payload {
                        text.push('(');
                        self.write(payload, text);
                        text.push(')');
                    }
                }
                text.push_str(" }");
            }
            InterfaceType::Flags(index) => {
                let names = types[*index].names.iter();
                self.members("flags", names.map(|name| (&**name, None)), text);
            }
            InterfaceType::Enum(index) => {
                let names = types[*index].names.iter();
                self.members("enum", names.map(|name| (&**name, None)), text);
            }
            InterfaceType::Tuple(index) => {
                self.generic("tuple", types[*index].types.iter().map(Some), text);
            }
            InterfaceType::List(index) => {
                self.generic("list", [Some(&types[*index].element)].into_iter(), text);
            }
            InterfaceType::FixedLengthList(index) => {
                text.push_str("list<");
                self.write(&types[*index].element, text);
                let _ = write!(text, ", {}>", types[*index].size);
            }
            InterfaceType::Map(index) => {
                let map = &types[*index];
                self.generic("map", [Some(&map.key), Some(&map.value)].into_iter(), text);
            }
            InterfaceType::Option(index) => {
                self.generic("option", [Some(&types[*index].ty)].into_iter(), text);
            }
            InterfaceType::Result(index) => {
                let result = &types[*index];
                match (&result.ok, &result.err) {
                    (None, None) => text.push_str("result"),
                    (ok, None) => self.generic("result", [ok.as_ref()].into_iter(), text),
                    (ok, err) => {
                        self.generic("result", [ok.as_ref(), err.as_ref()].into_iter(), text);
                    }
                }
            }
            InterfaceType::Own(table) => text.push_str(self.resource(*table)),
            InterfaceType::Borrow(table) => {
                let _ = write!(text, "borrow<{}>", self.resource(*table));
            }
            InterfaceType::Future(index) => {
                self.payload("future", types[types[*index].ty].payload.as_ref(), text);
            }
            InterfaceType::Stream(index) => {
                self.payload("stream", types[types[*index].ty].payload.as_ref(), text);
            }
            _ => {}
        }
    }

    /// Writes `record { name: type, … }`, or names alone.
    fn members<'t>(
        &self,
        what: &str,
        members: impl Iterator<Item = (&'t str, Option<&'t InterfaceType>)>,
        text: &mut String,
    ) {
        let _ = write!(text, "{what} {{ ");
        for (index, (name, ty)) in members.enumerate() {
            text.push_str(if index == 0 { "" } else { ", " });
            text.push_str(name);
            if let Some(ty) = ty {
                text.push_str(": ");
                self.write(ty, text);
            }
        }
        text.push_str(" }");
    }

    /// Writes `what<type, …>`; a type that is missing is `_`.
    fn generic<'t>(
        &self,
        what: &str,
        arguments: impl Iterator<Item = Option<&'t InterfaceType>>,
        text: &mut String,
    ) {
        let _ = write!(text, "{what}<");
        for (index, argument) in arguments.enumerate() {
            text.push_str(if index == 0 { "" } else { ", " });
            match argument {
                Some(ty) => self.write(ty, text),
                None => text.push('_'),
            }
        }
        text.push('>');
    }

    fn payload(&self, what: &str, payload: Option<&InterfaceType>, text: &mut String) {
        match payload {
            Some(_) => self.generic(what, [payload].into_iter(), text),
            None => text.push_str(what),
        }
    }

    fn resource(&self, table: TypeResourceTableIndex) -> &str {
        match self.types[table] {
            TypeResourceTable::Concrete { ty, .. } => self.resources.get(&ty).map(String::as_str),
            TypeResourceTable::Abstract(_) => None,
        }
        .unwrap_or("resource")
    }
}
