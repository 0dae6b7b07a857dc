//! The record that an executable starts from, [`quench_abi::Program`], as an
//! object file.

use super::elf::ObjectWriter;
use super::record::{Record, record};
use crate::error::Error;
use crate::module::{ExternType, FunctionType};
use crate::options::Options;
use crate::symbols;
use object::write::{SectionId, SymbolId};
use object::{SymbolKind, SymbolScope};
use quench_abi::PAGE_SIZE;

/// An exported function that the program is to call with arguments (`--invoke`).
pub struct InvocationPlan {
    /// Name of the module.
    pub module: String,
    /// Name of the export, which has an entry point.
    pub export: String,
    /// Arguments baked in; `None`: they come from the command line when it runs.
    pub arguments: Option<Vec<String>>,
}

/// What a program does besides instantiating its modules.
pub struct ProgramPlan {
    /// `(module, export)` of functions `() -> ()` to call in order.
    pub entries: Vec<(String, String)>,
    /// The function to call after `entries`.
    pub invocation: Option<InvocationPlan>,
    /// `(module, export)` of the memory that host functions see.
    pub memory: Option<(String, String)>,
    /// Bytes of stack for guest code; rounded up to whole pages.
    pub stack_size: u64,
    /// Symbol of the function that prepares the host functions.
    pub host_start: Option<String>,
    /// What that function works from; nothing here looks inside.
    pub policy: Vec<u8>,
    /// Whether the program can write core dumps.
    pub dump_core: bool,
    /// The path to which a program of instrumented modules writes its counters;
    /// `%p` in it stands for the number of the process.
    pub profile: Option<Vec<u8>>,
}

/// Makes the object with the program's record. `lookup` gives the type of an export of a
/// module of the program, and whether it has an entry point.
///
/// # Errors
///
/// When the plan names an export that is not there or has another type.
pub fn program<'p>(
    options: &Options,
    modules: &[String],
    plan: &ProgramPlan,
    lookup: impl Fn(&str, &str) -> Option<(&'p ExternType, bool)>,
) -> Result<Vec<u8>, Error> {
    let mut writer = ObjectWriter::new(options.cpu.target());

    let mut list = Record::default();
    for module in modules {
        let record = writer.declare(symbols::module_record(module), SymbolKind::Data);
        list.address(record, 0);
    }
    let module_list = place(&mut writer, &list)?;

    let mut list = Record::default();
    for (module, export) in &plan.entries {
        match lookup(module, export) {
            Some((ExternType::Function(ty), _))
                if ty.parameters.is_empty() && ty.results.is_empty() => {}
            Some((ty, _)) => {
                return Err(Error::link(format!(
                    "`{export}` is a {ty}; it must be a function () -> ()"
                )));
            }
            None => {
                return Err(Error::link(format!("module `{module}` exports no `{export}`")));
            }
        }
        let entry = writer.declare(symbols::public(module, export), SymbolKind::Text);
        list.address(entry, 0);
    }
    let entry_list = place(&mut writer, &list)?;

    let invocation = match &plan.invocation {
        None => None,
        Some(invocation) => match lookup(&invocation.module, &invocation.export) {
            Some((ExternType::Function(ty), true)) => {
                Some(self::invocation(&mut writer, invocation, ty)?)
            }
            _ => {
                let message = format!("`{}` has no entry point to invoke", invocation.export);
                return Err(Error::link(message));
            }
        },
    };
    let memory = match &plan.memory {
        None => None,
        Some((module, export)) => match lookup(module, export) {
            Some((ExternType::Memory(_), _)) => {
                Some(writer.declare(symbols::public(module, export), SymbolKind::Data))
            }
            _ => {
                return Err(Error::link(format!("module `{module}` exports no memory `{export}`")));
            }
        },
    };
    let mut host_start =
        plan.host_start.as_ref().map(|name| writer.declare(name.as_str(), SymbolKind::Text));
    if let Some(file) = &plan.profile {
        profile(&mut writer, modules, file, host_start)?;
        let start = quench_abi::symbols::PROFILE_START;
        host_start = Some(writer.declare(start, SymbolKind::Text));
    }
    let dump_core =
        plan.dump_core.then(|| writer.declare(quench_abi::symbols::DUMP_CORE, SymbolKind::Text));
    if let Some(limit) = options.fuel {
        fuel(&mut writer, limit)?;
    }
    let policy = writer.constant_bytes(&plan.policy);

    let record = record!(quench_abi::Program {
        version: quench_abi::VERSION,
        cpu_features: options.cpu.features(),
        modules: module_list,
        module_count: modules.len(),
        entries: entry_list,
        entry_count: plan.entries.len(),
        invocation: invocation,
        memory: memory,
        stack_size: plan.stack_size.next_multiple_of(PAGE_SIZE).max(PAGE_SIZE),
        host_start: host_start,
        policy: policy,
        dump_core: dump_core,
    });
    define(&mut writer, quench_abi::symbols::PROGRAM, &record)?;
    writer.write()
}

/// [`quench_abi::Fuel`].
fn fuel(writer: &mut ObjectWriter, limit: u64) -> Result<(), Error> {
    let record = record!(quench_abi::Fuel { left: limit, limit: limit });
    let section = writer.data();
    define_in(writer, section, quench_abi::symbols::FUEL, &record)
}

/// Places a record that others know by name.
fn define(writer: &mut ObjectWriter, name: &str, record: &Record) -> Result<(), Error> {
    let section = writer.relocated();
    define_in(writer, section, name, record)
}

fn define_in(
    writer: &mut ObjectWriter,
    section: SectionId,
    name: &str,
    record: &Record,
) -> Result<(), Error> {
    let at = writer.place(record, section, 8)?;
    let symbol = writer.declare(name, SymbolKind::Data);
    let size = record.size();
    writer.define(symbol, SymbolScope::Linkage, section, at, size);
    Ok(())
}

/// [`quench_abi::Profile`].
fn profile(
    writer: &mut ObjectWriter,
    modules: &[String],
    file: &[u8],
    host_start: Option<SymbolId>,
) -> Result<(), Error> {
    let mut list = Record::default();
    for module in modules {
        let counters = writer.declare(symbols::module_counters(module), SymbolKind::Data);
        list.address(counters, 0);
    }
    let parts = place(writer, &list)?;
    let path = writer.constant_bytes(file);
    let record = record!(quench_abi::Profile {
        file: path,
        parts: parts,
        part_count: modules.len(),
        host_start: host_start,
    });
    define(writer, quench_abi::symbols::PROFILE, &record)
}

/// [`quench_abi::Invocation`].
fn invocation(
    writer: &mut ObjectWriter,
    plan: &InvocationPlan,
    ty: &FunctionType,
) -> Result<SymbolId, Error> {
    let name = writer.constant_bytes(plan.export.as_bytes());
    let entry = writer.declare(symbols::entry_point(&plan.module, &plan.export), SymbolKind::Text);
    let codes =
        |types: &[quench_abi::ValueType]| types.iter().map(|ty| *ty as u8).collect::<Vec<u8>>();
    let parameters = writer.constant_bytes(&codes(&ty.parameters));
    let results = writer.constant_bytes(&codes(&ty.results));
    let run = writer.declare(quench_abi::symbols::INVOKE, SymbolKind::Text);
    let given = plan.arguments.as_deref().unwrap_or(&[]);
    let mut list = Record::default();
    for argument in given {
        let (symbol, length) = writer.constant_bytes(argument.as_bytes());
        list.append(record!(quench_abi::Text { bytes: symbol, length: length }));
    }
    let arguments = place(writer, &list)?;
    let record = record!(quench_abi::Invocation {
        name: name,
        entry: entry,
        parameters: parameters,
        results: results,
        arguments: arguments,
        argument_count: given.len(),
        has_arguments: u64::from(plan.arguments.is_some()),
        run: run,
    });
    place(writer, &record)
}

/// Places data with addresses; returns a symbol for it.
fn place(writer: &mut ObjectWriter, record: &Record) -> Result<SymbolId, Error> {
    let section = writer.relocated();
    writer.place_local(record, section, 8)
}
