//! The invocation of `--invoke`: finds the function, and checks that the arguments
//! fit it. The executable parses and prints values; they are checked here so that a
//! mistake is found when the program is built.

use crate::messages::describe::count;
use anyhow::{Result, bail};
use quench_abi::ValueType;
use quench_compiler::{ExternType, FunctionType, Interface, value_type_name};

/// A function to call instead of `_start`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invoke {
    /// Name of the exported function.
    pub name: String,
    /// The arguments as given. If there are none and the function has
    /// parameters, the executable takes them from its command line.
    pub arguments: Vec<String>,
}

impl Invoke {
    /// Returns the type of the function.
    ///
    /// # Errors
    ///
    /// When the module exports no such function; the message lists those that
    /// it does.
    pub fn function<'a>(&self, interface: &'a Interface) -> Result<&'a FunctionType> {
        match interface.export(&self.name) {
            Some(ExternType::Function(ty)) => Ok(ty),
            Some(_) => bail!(
                "the export `{}` is not a function{}",
                self.name,
                exported_functions(interface)
            ),
            None => bail!(
                "the module exports no function `{}`{}",
                self.name,
                exported_functions(interface)
            ),
        }
    }

    /// Checks the arguments, if there are any, against the function's type.
    ///
    /// # Errors
    ///
    /// When their number or form is wrong, or when a parameter has a type without
    /// literals; the message has the function's type.
    pub fn check(&self, ty: &FunctionType) -> Result<()> {
        if let Some(other) = ty.parameters.iter().find(|ty| !has_literals(**ty)) {
            bail!(
                "{}: a value of type {} cannot be written as an argument",
                self.signature(ty),
                value_type_name(*other)
            );
        }
        if self.arguments.is_empty() {
            return Ok(());
        }
        self.check_count(ty)?;
        for (argument, parameter) in self.arguments.iter().zip(&ty.parameters) {
            if !is_literal(argument, *parameter) {
                bail!(
                    "{}: `{argument}` is not an {}",
                    self.signature(ty),
                    value_type_name(*parameter)
                );
            }
        }
        Ok(())
    }

    /// Checks the number of arguments.
    ///
    /// # Errors
    ///
    /// When there are not as many arguments as parameters.
    pub fn check_count(&self, ty: &FunctionType) -> Result<()> {
        if self.arguments.len() != ty.parameters.len() {
            let expected = count(ty.parameters.len(), "argument");
            bail!("{}: it takes {expected}, not {}", self.signature(ty), self.arguments.len());
        }
        Ok(())
    }

    fn signature(&self, ty: &FunctionType) -> String {
        format!("`{}` is {ty}", self.name)
    }
}

/// Returns a list of the exported functions and their types, for the end of a
/// message.
pub fn exported_functions(interface: &Interface) -> String {
    let functions: Vec<String> = interface
        .exports
        .iter()
        .filter_map(|export| match &export.ty {
            ExternType::Function(ty) => Some(format!("\n  {} {ty}", export.name)),
            _ => None,
        })
        .collect();
    match functions.is_empty() {
        true => "; it exports no functions".to_string(),
        false => format!("; it exports the functions:{}", functions.concat()),
    }
}

fn has_literals(ty: ValueType) -> bool {
    matches!(ty, ValueType::I32 | ValueType::I64 | ValueType::F32 | ValueType::F64)
}

/// Returns whether a text is a literal of this type. Integers are decimal or
/// `0x…`, signed or unsigned; floats are those that Rust parses, including
/// `inf` and `nan`.
fn is_literal(text: &str, ty: ValueType) -> bool {
    match ty {
        ValueType::I32 => is_integer(text, 32),
        ValueType::I64 => is_integer(text, 64),
        ValueType::F32 => text.parse::<f32>().is_ok(),
        ValueType::F64 => text.parse::<f64>().is_ok(),
        _ => false,
    }
}

fn is_integer(text: &str, bits: u32) -> bool {
    let (negative, magnitude) = match text.strip_prefix('-') {
        Some(magnitude) => (true, magnitude),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match magnitude.strip_prefix("0x") {
        Some(digits) => (16, digits),
        None => (10, magnitude),
    };
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return false;
    }
    let limit = if negative { 1 << (bits - 1) } else { (1u128 << bits) - 1 };
    u128::from_str_radix(digits, radix).is_ok_and(|value| value <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals() {
        for good in ["0", "-2147483648", "4294967295", "0xffffffff", "-0x1", "+7"] {
            assert!(is_literal(good, ValueType::I32), "{good}");
        }
        for wrong in ["", "-", "-2147483649", "4294967296", "1.0", "x", "0x", "--1", "-+1", "1 "] {
            assert!(!is_literal(wrong, ValueType::I32), "{wrong}");
        }
        assert!(is_literal("18446744073709551615", ValueType::I64));
        assert!(!is_literal("18446744073709551616", ValueType::I64));
        assert!(is_literal("-1e3", ValueType::F32));
        assert!(is_literal("inf", ValueType::F64));
        assert!(!is_literal("1,5", ValueType::F64));
        assert!(!is_literal("0", ValueType::ExternRef));
    }
}
