//! The record that an executable starts from, [`quench_abi::Program`], as an
//! object file.

use super::elf::ObjectWriter;
use super::record::{Record, record};
use crate::error::Error;
use crate::module::{ExternType, FunctionType};
use crate::options::Options;
use crate::plan::objects::{ObjectLayout, ObjectTypes, Storage};
use crate::plan::resolve::Modules;
use crate::symbols;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_module::{DataId, FuncId, Linkage};
use quench_abi::{ARRAY_HEADER_SIZE, PAGE_SIZE, ReferenceField};

/// An exported function that the program is to call with arguments (`--invoke`).
pub struct InvocationPlan {
    /// Name of the module.
    pub module: String,
    /// Name of the export, which has an entry point.
    pub export: String,
    /// Arguments baked in; `None`: they come from the command line when it runs.
    pub arguments: Option<Vec<String>>,
}

/// Data of the program that host functions work from, and that compiled code hands to them
/// as the context of an import.
pub struct DataPlan {
    /// Symbol of the data.
    pub symbol: String,
    /// The data.
    pub content: DataContent,
}

/// The content of a [`DataPlan`].
pub enum DataContent {
    /// This number of bytes, which are zero when the program starts and can be written.
    Zeros(u64),
    /// Words of 8 bytes, which cannot be written.
    Words(Vec<Word>),
}

/// A word of a [`DataPlan`].
pub enum Word {
    /// A number.
    Number(u64),
    /// The address of another [`DataPlan`].
    Data(String),
    /// The address of these bytes.
    Bytes(Vec<u8>),
    /// The address of an exported function, `(module, export)`, in the calling convention
    /// of C.
    Function(String, String),
    /// The address of an exported global, or of the record of an exported memory or table,
    /// `(module, export)`.
    Item(String, String),
}

/// What a program does besides instantiating its modules.
pub struct ProgramPlan {
    /// `(module, export)` of functions `() -> ()` to call in order.
    pub entries: Vec<(String, String)>,
    /// Number of the first `entries` that only prepare their modules.
    pub preparation_count: usize,
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
    /// Data that host functions work from; nothing here knows its meaning.
    pub data: Vec<DataPlan>,
    /// Whether the program can write core dumps.
    pub dump_core: bool,
    /// The path to which a program of instrumented modules writes its counters;
    /// `%p` in it stands for the number of the process.
    pub profile: Option<Vec<u8>>,
}

/// The name of the object with the program's record.
const NAME: &str = "program";

/// Makes the object with the program's record. `isa` is the target's, `program` has the
/// program's modules, and `objects` the types of its objects.
///
/// # Errors
///
/// When the plan names an export that is not there or has another type.
pub(crate) fn program(
    options: &Options,
    isa: OwnedTargetIsa,
    program: &Modules,
    objects: Option<&ObjectTypes>,
    plan: &ProgramPlan,
) -> Result<Vec<u8>, Error> {
    let mut writer = ObjectWriter::new(isa, NAME)?;
    let modules = program.names();
    let lookup = |module: &str, export: &str| program.export(module, export);

    let mut list = Record::default();
    for module in modules {
        list.address(writer.import_data(&symbols::module_record(module))?);
    }
    let module_list = writer.constant(list, 8)?;

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
        list.address(writer.import_function(&symbols::public(module, export))?);
    }
    let entry_list = writer.constant(list, 8)?;

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
                Some(writer.import_data(&symbols::public(module, export))?)
            }
            _ => {
                return Err(Error::link(format!("module `{module}` exports no memory `{export}`")));
            }
        },
    };
    let host_start = plan.host_start.as_ref();
    let mut host_start = host_start.map(|name| writer.import_function(name)).transpose()?;
    if let Some(file) = &plan.profile {
        profile(&mut writer, modules, file, host_start)?;
        host_start = Some(writer.import_function(quench_abi::symbols::PROFILE_START)?);
    }
    if let Some(objects) = objects.filter(|objects| objects.has_heap) {
        heap(&mut writer, objects, options.heap_mode, host_start)?;
        host_start = Some(writer.import_function(quench_abi::symbols::HEAP_START)?);
    }
    let dump_core = match objects {
        Some(objects) if objects.has_heap => quench_abi::symbols::DUMP_CORE_AND_HEAP,
        _ => quench_abi::symbols::DUMP_CORE,
    };
    let dump_core = plan.dump_core.then(|| writer.import_function(dump_core)).transpose()?;
    if let Some(limit) = options.fuel {
        fuel(&mut writer, limit)?;
    }
    let policy = writer.constant_bytes(&plan.policy)?;
    for plan in &plan.data {
        data(&mut writer, plan, program)?;
    }

    let record = record!(quench_abi::Program {
        version: quench_abi::VERSION,
        cpu_features: options.cpu.features(),
        modules: module_list,
        module_count: modules.len(),
        entries: entry_list,
        entry_count: plan.entries.len(),
        preparation_count: plan.preparation_count,
        invocation: invocation,
        memory: memory,
        stack_size: plan.stack_size.next_multiple_of(PAGE_SIZE).max(PAGE_SIZE),
        host_start: host_start,
        policy: policy,
        dump_core: dump_core,
    });
    define(&mut writer, quench_abi::symbols::PROGRAM, record, false)?;
    writer.finish(None)?.write()
}

/// Places a record that others know by name.
fn define(
    writer: &mut ObjectWriter,
    name: &str,
    record: Record,
    writable: bool,
) -> Result<(), Error> {
    let data = writer.declare_data(name, Linkage::Hidden, writable)?;
    writer.define(data, record, 8)
}

/// Places data that host functions work from.
fn data(writer: &mut ObjectWriter, plan: &DataPlan, program: &Modules) -> Result<(), Error> {
    let words = match &plan.content {
        DataContent::Zeros(length) => {
            let data = writer.declare_data(&plan.symbol, Linkage::Hidden, true)?;
            return writer.define_zeros(data, *length, 16);
        }
        DataContent::Words(words) => words,
    };
    let mut record = Record::default();
    for word in words {
        match word {
            Word::Number(number) => record.u64(*number),
            Word::Data(symbol) => record.address(writer.import_data(symbol)?),
            Word::Bytes(bytes) => record.address(writer.constant_bytes(bytes)?.0),
            Word::Function(module, export) => match program.export(module, export) {
                Some((ExternType::Function(_), _)) => {
                    record.address(writer.import_function(&symbols::public(module, export))?)
                }
                _ => {
                    return Err(Error::link(format!(
                        "module `{module}` exports no function `{export}`"
                    )));
                }
            },
            Word::Item(module, export) => match program.symbol(module, export) {
                Some(symbol) => record.address(writer.import_data(symbol)?),
                None => {
                    return Err(Error::link(format!("module `{module}` exports no `{export}`")));
                }
            },
        };
    }
    define(writer, &plan.symbol, record, false)
}

/// Places the [`quench_abi::Fuel`].
fn fuel(writer: &mut ObjectWriter, limit: u64) -> Result<(), Error> {
    let record = record!(quench_abi::Fuel { left: limit, limit: limit });
    define(writer, quench_abi::symbols::FUEL, record, true)
}

/// Places the [`quench_abi::Heap`].
fn heap(
    writer: &mut ObjectWriter,
    objects: &ObjectTypes,
    mode: u64,
    host_start: Option<FuncId>,
) -> Result<(), Error> {
    let numbers = objects.numbers.objects();
    let mut types = Record::default();
    let mut references = Record::default();
    for (_, layout) in objects.by_number() {
        let first = references.size() / size_of::<ReferenceField>() as u64;
        let mut reference = |offset: u32, storage: Storage| {
            if storage.is_followed() {
                let field = ReferenceField::new(offset, storage.width() == 8);
                references.bytes(&field.0.to_le_bytes());
            }
        };
        let (size, is_array) = match layout {
            ObjectLayout::Struct { fields, size } => {
                fields.iter().for_each(|field| reference(field.offset, field.storage));
                (*size, 0_u32)
            }
            ObjectLayout::Array(storage) => {
                reference(ARRAY_HEADER_SIZE as u32, *storage);
                (storage.width(), 1)
            }
        };
        let count = references.size() / size_of::<ReferenceField>() as u64 - first;
        types.append(record!(quench_abi::ObjectType {
            size: size,
            is_array: is_array,
            first_reference: first as u32,
            reference_count: count as u32,
        }));
    }
    let mut names = Vec::new();
    for number in numbers.clone() {
        let name = objects.names.get(&number).map_or("", |name| name);
        names.extend_from_slice(&(name.len() as u32).to_le_bytes());
        names.extend_from_slice(name.as_bytes());
    }
    let names = writer.constant_bytes(&names)?;
    let types = writer.constant(types, 8)?;
    let references = writer.constant(references, 8)?;
    let record = record!(quench_abi::Heap {
        types: types,
        type_count: numbers.len(),
        first_type: u64::from(numbers.start),
        references: references,
        names: names,
        mode: mode,
        host_start: host_start,
    });
    define(writer, quench_abi::symbols::HEAP, record, true)
}

/// Places the [`quench_abi::Profile`].
fn profile(
    writer: &mut ObjectWriter,
    modules: &[String],
    file: &[u8],
    host_start: Option<FuncId>,
) -> Result<(), Error> {
    let mut list = Record::default();
    for module in modules {
        list.address(writer.import_data(&symbols::module_counters(module))?);
    }
    let parts = writer.constant(list, 8)?;
    let path = writer.constant_bytes(file)?;
    let record = record!(quench_abi::Profile {
        file: path,
        parts: parts,
        part_count: modules.len(),
        host_start: host_start,
    });
    define(writer, quench_abi::symbols::PROFILE, record, false)
}

/// Places the [`quench_abi::Invocation`].
fn invocation(
    writer: &mut ObjectWriter,
    plan: &InvocationPlan,
    ty: &FunctionType,
) -> Result<DataId, Error> {
    let name = writer.constant_bytes(plan.export.as_bytes())?;
    let entry = writer.import_function(&symbols::entry_point(&plan.module, &plan.export))?;
    let codes =
        |types: &[quench_abi::ValueType]| types.iter().map(|ty| *ty as u8).collect::<Vec<u8>>();
    let parameters = writer.constant_bytes(&codes(&ty.parameters))?;
    let results = writer.constant_bytes(&codes(&ty.results))?;
    let run = writer.import_function(quench_abi::symbols::INVOKE)?;
    let given = plan.arguments.as_deref().unwrap_or(&[]);
    let mut list = Record::default();
    for argument in given {
        let (symbol, length) = writer.constant_bytes(argument.as_bytes())?;
        list.append(record!(quench_abi::Text { bytes: symbol, length: length }));
    }
    let arguments = writer.constant(list, 8)?;
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
    writer.constant(record, 8)
}
