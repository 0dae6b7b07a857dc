//! The record of a module, [`quench_abi::Module`], with the tables that it points
//! to.

use super::emitter::Emitter;
use super::record::{Address, FieldValue, Record, record};
use crate::error::Error;
use crate::module::{DefinedType, StaticValue};
use crate::plan::layout::GlobalPlace;
use crate::plan::resolve::PlannedModule;
use crate::symbols::{self, Symbol};
use cranelift_module::{DataId, Linkage};
use quench_abi::{RuntimeFunction, ValueType};
use std::collections::BTreeMap;
use wasmparser::ValType;

/// The most bytes of a function type's text that messages show.
const LONGEST_TYPE: usize = 500;

impl Emitter<'_> {
    /// Places the module's [`quench_abi::Module`] with the tables that it points to, and
    /// defines its symbol.
    pub(super) fn module_record(&mut self) -> Result<(), Error> {
        let tables = std::mem::take(&mut self.tables);
        let function_count = tables.function_count();
        let trap_count = tables.trap_count();
        let handler_count = tables.handler_count();
        let functions = self.writer.constant(tables.functions, 8)?;
        let traps = self.writer.constant(tables.traps, 8)?;
        let handlers = self.writer.constant(tables.handlers, 8)?;
        let (names, names_size) = self.writer.constant_bytes(tables.names.as_bytes())?;
        let types = self.type_names();
        let types = self.writer.constant_bytes(&types)?;
        let label = self.module.label.unwrap_or_default();
        let label = self.writer.constant_bytes(label.as_bytes())?;
        let lines = std::mem::take(&mut self.lines).table();
        let lines = self.writer.constant_bytes(&lines)?;

        let own_globals = u64::from(self.module.module.imported_globals);
        let global_table = self.global_entries()?;
        let source_frame = quench_abi::symbols::SOURCE_FRAME;
        let source_frame =
            (lines.1 > 0).then(|| self.writer.import_function(source_frame)).transpose()?;

        let null_cast = if self.module.objects.has_heap {
            quench_abi::symbols::HEAP_NULL_CAST
        } else {
            quench_abi::symbols::NULL_CAST
        };
        let null_cast =
            tables.has_casts.then(|| self.writer.import_function(null_cast)).transpose()?;

        let own_memories =
            self.module.module.imported_memories..self.module.module.memories.len() as u32;
        let memories = own_memories.map(Symbol::Memory).collect();
        let (memories, memory_count) = self.address_list(memories)?;
        let (reference_globals, reference_global_count) =
            self.address_list(reference_globals(self.module))?;
        let (reference_tables, reference_table_count) = self.reference_tables()?;
        let constant_objects = self.constant_objects()?;

        let record = record!(quench_abi::Module {
            memories: memories,
            memory_count: memory_count,
            initialize: self.initializer(),
            functions: functions,
            function_count: function_count,
            traps: traps,
            trap_count: trap_count,
            handlers: handlers,
            handler_count: handler_count,
            label: label,
            names: names,
            names_length: names_size,
            globals: global_table,
            global_count: (self.module.module.globals.len() as u64).saturating_sub(own_globals),
            types: types,
            lines: lines,
            source_frame: source_frame,
            null_cast: null_cast,
            reference_globals: reference_globals,
            reference_global_count: reference_global_count,
            reference_tables: reference_tables,
            reference_table_count: reference_table_count,
            constant_objects: constant_objects,
        });
        let name = symbols::module_record(self.module.name);
        let data = self.writer.declare_data(&name, Linkage::Hidden, false)?;
        self.writer.define(data, record, 8)
    }

    /// Places [`quench_abi::Module::constant_objects`], if there are any.
    fn constant_objects(&mut self) -> Result<Option<DataId>, Error> {
        let objects = self.module.constants;
        if objects.bytes.is_empty() {
            return Ok(None);
        }
        let mut content = Record::from(objects.bytes.clone());
        let mut functions = Record::default();
        for (offset, function) in &objects.functions {
            let header = self.function_reference(*function)?;
            content.distances.push(((*offset).into(), header));
            functions.bytes(&offset.to_le_bytes());
        }
        let mut starts = Record::default();
        for word in &objects.starts {
            starts.u64(*word);
        }
        let record = record!(quench_abi::ConstantObjects {
            start: objects.start,
            bytes: self.writer.constant(content, 16)?,
            size: objects.bytes.len(),
            starts: self.writer.constant(starts, 8)?,
            functions: self.writer.constant(functions, 4)?,
            function_count: objects.functions.len(),
        });
        self.writer.constant(record, 8).map(Some)
    }

    /// Places [`quench_abi::Module::globals`], the table of the module's own globals.
    /// Constants, which code does not read from memory, get a cell that is never written.
    fn global_entries(&mut self) -> Result<DataId, Error> {
        let module = self.module.module;
        let own = module.imported_globals..module.globals.len() as u32;
        let mut entries = Record::default();
        for index in own {
            let cell = match self.module.layout.globals[index as usize] {
                GlobalPlace::Cell => self.symbol(Symbol::Global(index))?.into(),
                GlobalPlace::Constant(value) => Address::from(self.constant_cell(value)?),
            };
            let ty = module.globals[index as usize].ty.content;
            entries.append(record!(quench_abi::GlobalEntry {
                value: FieldValue::Distance(cell),
                ty: ty as u32,
            }));
        }
        self.writer.constant(entries, 8)
    }

    /// Places a cell of 16 bytes with the value of a constant.
    fn constant_cell(&mut self, value: StaticValue) -> Result<DataId, Error> {
        let mut record = Record::default();
        match value {
            // The table is read for core dumps, which do not show what a reference
            // refers to.
            StaticValue::Function(_) => record.u64(0),
            StaticValue::Bits(bits) => record.u64(bits),
            StaticValue::Vector(bytes) => record.bytes(&bytes),
        };
        record.bytes.resize(record.bytes.len().max(16), 0);
        self.writer.constant(record, 16)
    }

    /// Makes the content of [`quench_abi::Module::types`], which is empty if no call
    /// checks a type.
    fn type_names(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        let naming = [
            RuntimeFunction::TypeMismatch,
            RuntimeFunction::CastFailure,
            RuntimeFunction::HeapCastFailure,
        ];
        if !naming.iter().any(|it| self.symbols.contains_key(&Symbol::Runtime(*it))) {
            return bytes;
        }
        let module = self.module.module;
        let names: BTreeMap<u32, String> = module
            .functions
            .iter()
            .map(|function| function.type_index)
            .chain(0..module.types.len() as u32)
            .filter_map(|index| match &module.types[index as usize] {
                DefinedType::Function(ty) => Some((self.module.type_number(index), ty.to_string())),
                DefinedType::Object => None,
            })
            .collect();
        for (id, name) in names {
            let name = name.as_bytes();
            let name = &name[..name.len().min(LONGEST_TYPE)];
            bytes.extend_from_slice(&id.to_le_bytes());
            bytes.extend_from_slice(&(name.len() as u16).to_le_bytes());
            bytes.extend_from_slice(name);
        }
        bytes
    }

    /// Places [`quench_abi::Module::reference_tables`]: the module's own tables with references
    /// that a collector follows, and element segments as tables.
    fn reference_tables(&mut self) -> Result<(Option<DataId>, u64), Error> {
        let PlannedModule { module, objects, .. } = *self.module;
        let own = module.imported_tables..module.tables.len() as u32;
        let tables = own.filter(|index| {
            is_followed(module.tables[*index as usize].ty.element, objects.has_heap)
        });
        let mut list = Record::default();
        for table in tables {
            list.address(self.symbol(Symbol::Table(table))?);
        }
        for (number, segment) in (0..).zip(&module.elements) {
            let content = module.value_type(ValType::Ref(segment.content));
            if !is_followed(content, objects.has_heap)
                || segment.items.iter().all(|item| module.evaluate(item).is_some())
            {
                continue;
            }
            let items = self.symbol(Symbol::Elements(number))?;
            let length = segment.items.len() as u64;
            let table = record!(quench_abi::Table {
                elements: Address::from(items),
                length: length,
                maximum: length,
                capacity: length,
            });
            list.address(self.writer.constant(table, 8)?);
        }
        let count = list.size() / size_of::<u64>() as u64;
        Ok(((count > 0).then(|| self.writer.constant(list, 8)).transpose()?, count))
    }

    /// Places an array of the addresses of `items`, if there are any; returns a symbol
    /// for it and the number of items.
    fn address_list(&mut self, items: Vec<Symbol>) -> Result<(Option<DataId>, u64), Error> {
        if items.is_empty() {
            return Ok((None, 0));
        }
        let count = items.len() as u64;
        let mut list = Record::default();
        for item in items {
            list.address(self.symbol(item)?);
        }
        Ok((Some(self.writer.constant(list, 8)?), count))
    }
}

/// Lists the module's own globals that may hold a reference which a collector follows. Constants
/// are left out: they refer to nothing but constant objects, which are never freed.
fn reference_globals(unit: &PlannedModule<'_>) -> Vec<Symbol> {
    let module = unit.module;
    let own = module.imported_globals..module.globals.len() as u32;
    own.filter(|index| {
        let ty = module.globals[*index as usize].ty;
        let place = unit.layout.globals[*index as usize];
        is_followed(ty.content, unit.objects.has_heap) && matches!(place, GlobalPlace::Cell)
    })
    .map(Symbol::Global)
    .collect()
}

/// Returns whether values of a type may be references that a collector follows. In a program
/// with a heap a reference of the host's type may be one to an object.
fn is_followed(ty: ValueType, has_heap: bool) -> bool {
    ty == ValueType::ExnRef || has_heap && ty.may_refer_to_object()
}
