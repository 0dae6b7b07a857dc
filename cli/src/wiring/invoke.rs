//! `--invoke`: which function, and whether arguments fit it. The executable
//! parses and prints values, with `quench_values`; here they are only checked,
//! with the same, so that a mistake is found when building.

use crate::messages::describe::count;
use anyhow::{Result, bail};
use quench_abi::ValueType;
use quench_compiler::{ExternType, FunctionType, Interface};

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
    /// When there is no such function; the message lists those there are. When
    /// it takes a reference that cannot be null: null is the only one that can
    /// be written.
    pub fn function<'a>(&self, interface: &'a Interface) -> Result<&'a FunctionType> {
        match interface.export(&self.name) {
            Some(ExternType::Function(ty)) if self.takes_non_null(interface) => bail!(
                "{}: it takes a reference that cannot be null, and only `null` can be written",
                self.signature(ty)
            ),
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
    /// When there are not as many as the function has parameters, or when one
    /// is no value of its parameter's type.
    pub fn check(&self, ty: &FunctionType) -> Result<()> {
        if self.arguments.is_empty() {
            return Ok(());
        }
        self.check_count(ty)?;
        for (index, (argument, &parameter)) in self.arguments.iter().zip(&ty.parameters).enumerate()
        {
            if quench_values::parse(parameter, argument).is_none() {
                bail!("argument {} of {}", index + 1, self.refusal(argument, parameter));
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

    fn takes_non_null(&self, interface: &Interface) -> bool {
        let mut exports = interface.exports.iter();
        exports.any(|export| export.name == self.name && export.takes_non_null)
    }

    fn refusal(&self, argument: &str, parameter: ValueType) -> String {
        let pieces = quench_values::refusal(self.name.as_bytes(), argument.as_bytes(), parameter);
        String::from_utf8_lossy(&pieces.concat()).into_owned()
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
    if functions.is_empty() {
        "; it exports no functions".to_string()
    } else {
        format!("; it exports the functions:{}", functions.concat())
    }
}
