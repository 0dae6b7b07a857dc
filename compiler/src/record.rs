//! The record that an executable starts from, [`quench_abi::Program`], as an
//! object file.

use crate::object::{ObjectWriter, Record};
use crate::program::{ProgramPlan, link_error};
use crate::{Error, ExternType, FunctionType, Options, symbols};
use object::write::{SectionId, SymbolId};
use object::{SymbolKind, SymbolScope};
use quench_abi::PAGE_SIZE;

/// `lookup` gives the type of an export of a module of the program, and
/// whether it has an entry point.
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
                return Err(link_error(format!(
                    "`{export}` is a {ty}; it must be a function () -> ()"
                )));
            }
            None => {
                return Err(link_error(format!("module `{module}` exports no `{export}`")));
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
                return Err(link_error(message));
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
                return Err(link_error(format!("module `{module}` exports no memory `{export}`")));
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
    let policy = text(&mut writer, &plan.policy);

    let mut record = Record::default();
    record
        .u32(quench_abi::VERSION)
        .u32(options.cpu.features())
        .address(module_list, 0)
        .u64(modules.len() as u64)
        .address(entry_list, 0)
        .u64(plan.entries.len() as u64)
        .optional_address(invocation)
        .optional_address(memory)
        .u64(plan.stack_size.next_multiple_of(PAGE_SIZE).max(PAGE_SIZE))
        .optional_address(host_start)
        .address(policy, 0)
        .u64(plan.policy.len() as u64)
        .optional_address(dump_core);
    assert_eq!(record.bytes.len(), size_of::<quench_abi::Program>());
    define(&mut writer, quench_abi::symbols::PROGRAM, &record)?;
    writer.write()
}

/// [`quench_abi::Fuel`].
fn fuel(writer: &mut ObjectWriter, limit: u64) -> Result<(), Error> {
    let mut record = Record::default();
    record.u64(limit).u64(limit);
    assert_eq!(record.bytes.len(), size_of::<quench_abi::Fuel>());
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
    let size = record.bytes.len() as u64;
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
    let path = text(writer, file);
    let mut record = Record::default();
    record
        .address(path, 0)
        .u64(file.len() as u64)
        .address(parts, 0)
        .u64(modules.len() as u64)
        .optional_address(host_start);
    assert_eq!(record.bytes.len(), size_of::<quench_abi::Profile>());
    define(writer, quench_abi::symbols::PROFILE, &record)
}

/// [`quench_abi::Invocation`].
fn invocation(
    writer: &mut ObjectWriter,
    plan: &crate::InvocationPlan,
    ty: &FunctionType,
) -> Result<SymbolId, Error> {
    let name = text(writer, plan.export.as_bytes());
    let entry = writer.declare(symbols::entry_point(&plan.module, &plan.export), SymbolKind::Text);
    let codes =
        |types: &[quench_abi::ValueType]| types.iter().map(|ty| *ty as u8).collect::<Vec<u8>>();
    let parameters = text(writer, &codes(&ty.parameters));
    let results = text(writer, &codes(&ty.results));
    let run = writer.declare(quench_abi::symbols::INVOKE, SymbolKind::Text);
    let given = plan.arguments.as_deref().unwrap_or(&[]);
    let mut list = Record::default();
    for argument in given {
        let symbol = text(writer, argument.as_bytes());
        list.address(symbol, 0).u64(argument.len() as u64);
    }
    let arguments = place(writer, &list)?;
    let mut record = Record::default();
    record
        .address(name, 0)
        .u64(plan.export.len() as u64)
        .address(entry, 0)
        .address(parameters, 0)
        .u64(ty.parameters.len() as u64)
        .address(results, 0)
        .u64(ty.results.len() as u64)
        .address(arguments, 0)
        .u64(given.len() as u64)
        .u64(u64::from(plan.arguments.is_some()))
        .address(run, 0);
    assert_eq!(record.bytes.len(), size_of::<quench_abi::Invocation>());
    place(writer, &record)
}

fn place(writer: &mut ObjectWriter, record: &Record) -> Result<SymbolId, Error> {
    let section = writer.relocated();
    let at = writer.place(record, section, 8)?;
    Ok(writer.local(section, at, record.bytes.len() as u64))
}

fn text(writer: &mut ObjectWriter, bytes: &[u8]) -> SymbolId {
    let section = writer.read_only();
    let at = writer.object.append_section_data(section, bytes, 1);
    writer.local(section, at, bytes.len() as u64)
}
