//! The things that code and data refer to, and their names in the symbol table.

use crate::cpu::Cpu;
use crate::error::Error;
use cranelift_codegen::ir::UserExternalName;
use quench_abi::{RuntimeFunction, symbols};
use std::fmt::Write;

/// A thing with an address, to which code or data may refer. Indices are those of the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Symbol {
    /// A function in the internal calling convention. If it is imported, this is the function
    /// of the module that provides it, or the thunk that calls the host.
    Function(u32),
    /// An imported function in the C calling convention.
    HostFunction(u32),
    /// The cell of a global.
    Global(u32),
    /// A [`quench_abi::Table`].
    Table(u32),
    /// The elements of a table whose size is fixed.
    TableElements(u32),
    /// A [`quench_abi::Memory`].
    Memory(u32),
    /// The bytes of a data segment.
    Data(u32),
    /// The length of a data segment, which is 0 once the segment is dropped.
    DataLength(u32),
    /// The references of an element segment.
    Elements(u32),
    /// The length of an element segment, which is 0 once the segment is dropped.
    ElementsLength(u32),
    /// The text `` `module.name` `` of an import that is a stub.
    ImportText(u32),
    /// The text of the `minimum_checks` of a module's imports that has this number.
    MinimumText(u32),
    /// A [`quench_abi::Tag`].
    Tag(u32),
    /// The counters of an instrumented module: its part of a profile.
    Counters,
    /// The [`quench_abi::Fuel`] of the program.
    Fuel,
    /// The context of an imported host function, by the function's index.
    Context(u32),
    /// A part of the initialiser.
    InitializePart(u32),
    /// A function of the runtime.
    Runtime(RuntimeFunction),
}

/// Returns the name in the symbol table of a function of the runtime, in programs for a
/// processor.
pub(crate) fn of_runtime(function: RuntimeFunction, cpu: Cpu) -> &'static str {
    let wide = function.wide_name().filter(|_| cpu.has_wide_vectors());
    wide.unwrap_or(function.name())
}

impl Symbol {
    /// Returns the form in which Cranelift carries the symbol through code generation.
    pub(crate) fn external_name(self) -> UserExternalName {
        let (namespace, index) = match self {
            Symbol::Function(index) => (0, index),
            Symbol::HostFunction(index) => (1, index),
            Symbol::Global(index) => (2, index),
            Symbol::Table(index) => (3, index),
            Symbol::TableElements(index) => (4, index),
            Symbol::Memory(index) => (5, index),
            Symbol::Data(index) => (6, index),
            Symbol::DataLength(index) => (7, index),
            Symbol::Elements(index) => (8, index),
            Symbol::ElementsLength(index) => (9, index),
            Symbol::ImportText(index) => (10, index),
            Symbol::Runtime(function) => (11, function as u32),
            Symbol::Tag(index) => (12, index),
            Symbol::Counters => (13, 0),
            Symbol::Fuel => (14, 0),
            Symbol::MinimumText(number) => (15, number),
            Symbol::Context(index) => (16, index),
            Symbol::InitializePart(part) => (17, part),
        };
        UserExternalName::new(namespace, index)
    }

    /// Returns the symbol of a name that [`Symbol::external_name`] made.
    pub(crate) fn from_external_name(name: &UserExternalName) -> Option<Symbol> {
        let index = name.index;
        Some(match name.namespace {
            0 => Symbol::Function(index),
            1 => Symbol::HostFunction(index),
            2 => Symbol::Global(index),
            3 => Symbol::Table(index),
            4 => Symbol::TableElements(index),
            5 => Symbol::Memory(index),
            6 => Symbol::Data(index),
            7 => Symbol::DataLength(index),
            8 => Symbol::Elements(index),
            9 => Symbol::ElementsLength(index),
            10 => Symbol::ImportText(index),
            11 => Symbol::Runtime(*RuntimeFunction::ALL.get(index as usize)?),
            12 => Symbol::Tag(index),
            13 => Symbol::Counters,
            14 => Symbol::Fuel,
            15 => Symbol::MinimumText(index),
            16 => Symbol::Context(index),
            17 => Symbol::InitializePart(index),
            _ => return None,
        })
    }
}

/// Returns the name `module.name` in the form for the symbol table; see
/// [`quench_abi::symbols`].
pub fn public(module: &str, name: &str) -> String {
    let mut symbol = String::with_capacity(module.len() + name.len() + 1);
    escape(module, &mut symbol);
    symbol.push('.');
    escape(name, &mut symbol);
    symbol
}

/// Returns the name of a module's [`quench_abi::Module`].
pub fn module_record(module: &str) -> String {
    let mut symbol = symbols::MODULE.to_string();
    escape(module, &mut symbol);
    symbol
}

/// Returns the name of an instrumented module's counters.
pub(crate) fn module_counters(module: &str) -> String {
    let mut symbol = symbols::COUNTERS.to_string();
    escape(module, &mut symbol);
    symbol
}

/// Returns the name of the [`quench_abi::EntryPoint`] of an exported function.
pub fn entry_point(module: &str, name: &str) -> String {
    format!("{}{}", symbols::ENTRY, public(module, name))
}

/// Returns the name of an exported function in the internal calling convention.
pub(crate) fn internal(module: &str, name: &str) -> String {
    format!("{}{}", symbols::INTERNAL, public(module, name))
}

/// Returns the name of a local symbol for a name from the name section. Only characters that
/// would end or garble it are replaced.
pub(crate) fn local(name: &str) -> String {
    let mut symbol = String::with_capacity(name.len());
    escape(name, &mut symbol);
    symbol
}

/// Appends a name to a symbol, with some characters written as `%XX`: `%`, which begins names
/// of the compiler's own; `@`, which linkers take for the beginning of a version; and control
/// characters, of which NUL would end the name.
fn escape(name: &str, symbol: &mut String) {
    for character in name.chars() {
        if character == '%' || character == '@' || character.is_control() {
            let mut bytes = [0; 4];
            for byte in character.encode_utf8(&mut bytes).bytes() {
                write!(symbol, "%{byte:02X}").expect("writing to a string");
            }
        } else {
            symbol.push(character);
        }
    }
}

/// Checks that no two different imports or exports get the same symbol, as `a.b` `c` and `a`
/// `b.c` would.
///
/// # Errors
///
/// [`Error::Link`] if two of them do.
pub(crate) fn check_distinct<'a>(
    names: impl Iterator<Item = (&'a str, &'a str)>,
) -> Result<(), Error> {
    let mut seen = std::collections::HashMap::new();
    for (module, name) in names {
        let previous = seen.insert(public(module, name), (module, name));
        if let Some(previous) = previous
            && previous != (module, name)
        {
            return Err(Error::Link {
                message: format!(
                    "`{}` of `{}` and `{}` of `{}` have the same symbol `{}`",
                    previous.1,
                    previous.0,
                    name,
                    module,
                    public(module, name)
                ),
            });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_symbol_tables_cannot_hold_are_escaped() {
        assert_eq!(public("env", "f"), "env.f");
        assert_eq!(public("a%", "x@1\0é"), "a%25.x%401%00é");
        assert_eq!(entry_point("m", "f"), "%entry.m.f");
    }

    #[test]
    fn external_names_round_trip() {
        let all = RuntimeFunction::ALL.map(Symbol::Runtime);
        let others = [Symbol::Function(7), Symbol::ImportText(3), Symbol::MinimumText(1)];
        for symbol in all.into_iter().chain(others) {
            assert_eq!(Symbol::from_external_name(&symbol.external_name()), Some(symbol));
        }
    }

    #[test]
    fn colliding_symbols_are_refused() {
        assert!(check_distinct([("a.b", "c"), ("a", "b.c")].into_iter()).is_err());
        assert!(check_distinct([("a", "b"), ("a", "b")].into_iter()).is_ok());
    }
}
