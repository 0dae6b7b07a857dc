//! ELF relocatable objects for a target. This file knows nothing of modules.
//!
//! `cranelift-object` writes the sections, the symbols and the relocations that
//! `cranelift-module` can describe: data with addresses in it, and one block of code.
//! What those two have no words for is added to their product: symbols in the middle of
//! the code, distances in data, and debug information.

use super::record::{Address, Record};
use crate::error::Error;
use crate::symbols;
use crate::target::Target;
use cranelift_codegen::binemit::Reloc;
use cranelift_codegen::ir::Signature;
use cranelift_codegen::isa::{CallConv, OwnedTargetIsa};
use cranelift_module::{
    DataDescription, DataId, FuncId, FuncOrDataId, Linkage, Module, ModuleReloc, ModuleRelocTarget,
    default_libcall_names,
};
use cranelift_object::{ObjectBuilder, ObjectModule, ObjectProduct};
use object::write::{Relocation, SectionId, StandardSection, Symbol, SymbolId, SymbolSection};
use object::{
    RelocationEncoding, RelocationFlags, RelocationKind, SectionKind, SymbolFlags, SymbolKind,
    SymbolScope,
};
use quench_abi::PAGE_SIZE;
use std::collections::BTreeMap;
use std::fmt::Display;

/// The instructions of a jump to anywhere, for aarch64: `adrp x16`, `add x16, x16`,
/// `br x16`. Between functions the register x16 is free (AAPCS64: a veneer may change
/// it). On x86_64 calls reach everything.
pub(crate) const ISLAND: [u8; 12] = [0x10, 0, 0, 0x90, 0x10, 2, 0, 0x91, 0, 2, 0x1f, 0xd6];

/// The relocations of an [`ISLAND`]: offset in bytes and kind of each.
pub(crate) const ISLAND_RELOCATIONS: [(u64, Reloc); 2] =
    [(0, Reloc::Aarch64AdrPrelPgHi21), (4, Reloc::Aarch64AddAbsLo12Nc)];

/// Returns the number of bytes that a call reaches, forwards and backwards.
pub(crate) fn call_reach(target: Target) -> u64 {
    match target {
        Target::X86_64 => 1 << 31,
        Target::Aarch64 => 1 << 27,
    }
}

/// Returns the kind of relocation of a call, which the linker completes as [`write_call`]
/// does.
pub(crate) fn call_relocation(target: Target) -> Reloc {
    match target {
        Target::X86_64 => Reloc::X86CallPCRel4,
        Target::Aarch64 => Reloc::Arm64Call,
    }
}

/// Returns whether a relocation can be completed by [`write_call`].
pub(crate) fn is_call(kind: Reloc) -> bool {
    matches!(kind, Reloc::X86CallPCRel4 | Reloc::X86PCRel4 | Reloc::Arm64Call)
}

/// Completes a call, or another reference of the same form. `field` is the four bytes at
/// the relocation's offset; `distance` is the number of bytes from there to the callee
/// plus the relocation's addend.
pub(crate) fn write_call(target: Target, field: &mut [u8], distance: i64) {
    let word = match target {
        Target::X86_64 => distance as u32,
        Target::Aarch64 => {
            let mut operation = [0; 4];
            operation.copy_from_slice(field);
            let mask = (1 << 26) - 1;
            u32::from_le_bytes(operation) & !mask | (distance >> 2) as u32 & mask
        }
    };
    field.copy_from_slice(&word.to_le_bytes());
}

/// An object that is being written: its code and its data.
pub(crate) struct ObjectWriter {
    module: ObjectModule,
    /// Distances in data, each with the data's symbol and the offset of its field.
    distances: Vec<(DataId, u64, Address)>,
    /// Data without a name.
    nameless: Vec<DataId>,
}

impl ObjectWriter {
    /// Makes an empty object for the target of `isa`. `name` is that of the source.
    ///
    /// # Errors
    ///
    /// When the target has no ELF objects, a fault of the compiler.
    pub(crate) fn new(isa: OwnedTargetIsa, name: &str) -> Result<ObjectWriter, Error> {
        let name = symbols::local(name);
        let builder =
            ObjectBuilder::new(isa, name, default_libcall_names()).map_err(internal_error)?;
        let module = ObjectModule::new(builder);
        Ok(ObjectWriter { module, distances: Vec::new(), nameless: Vec::new() })
    }

    /// Declares the block of all code, which [`ObjectWriter::define_code`] defines.
    ///
    /// # Errors
    ///
    /// When `cranelift-module` refuses it, a fault of the compiler.
    pub(crate) fn declare_code(&mut self) -> Result<FuncId, Error> {
        self.module.declare_anonymous_function(&no_signature()).map_err(internal_error)
    }

    /// Defines the block of all code, aligned to `alignment` bytes.
    ///
    /// # Errors
    ///
    /// When it has been defined before, a fault of the compiler.
    pub(crate) fn define_code(
        &mut self,
        code: FuncId,
        bytes: &[u8],
        alignment: u64,
        relocations: &[ModuleReloc],
    ) -> Result<(), Error> {
        self.module
            .define_function_bytes(code, alignment, bytes, relocations)
            .map_err(internal_error)
    }

    /// Declares a function that another object defines.
    ///
    /// # Errors
    ///
    /// When there is data with this name, a fault of the compiler.
    pub(crate) fn import_function(&mut self, name: &str) -> Result<FuncId, Error> {
        self.module.declare_function(name, Linkage::Import, &no_signature()).map_err(internal_error)
    }

    /// Declares data that another object defines.
    ///
    /// # Errors
    ///
    /// When there is a function with this name, a fault of the compiler.
    pub(crate) fn import_data(&mut self, name: &str) -> Result<DataId, Error> {
        self.declare_data(name, Linkage::Import, true)
    }

    /// Declares data that one of the other methods defines.
    ///
    /// # Errors
    ///
    /// When there is a function with this name, a fault of the compiler.
    pub(crate) fn declare_data(
        &mut self,
        name: &str,
        linkage: Linkage,
        writable: bool,
    ) -> Result<DataId, Error> {
        self.module.declare_data(name, linkage, writable, false).map_err(internal_error)
    }

    /// Places a record, aligned to `alignment` bytes, under a symbol declared before.
    ///
    /// # Errors
    ///
    /// When it has been defined before, or is larger than its format allows.
    pub(crate) fn define(
        &mut self,
        data: DataId,
        record: Record,
        alignment: u64,
    ) -> Result<(), Error> {
        let mut description = DataDescription::new();
        description.set_align(alignment);
        for (offset, address) in &record.addresses {
            let offset = u32::try_from(*offset).map_err(internal_error)?;
            let target = description.import_global_value(ModuleRelocTarget::from(address.symbol));
            description.write_data_addr(offset, target, address.addend);
        }
        let distances = record.distances.into_iter();
        self.distances.extend(distances.map(|(offset, address)| (data, offset, address)));
        let constant = !self.module.declarations().get_data_decl(data).writable;
        if constant && record.addresses.is_empty() {
            // Not `.rodata`, which would lie in one segment with the code: no byte that a
            // module chose may be executable.
            description.set_custom_section(".data.rel.ro.constant");
        }
        description.define(record.bytes.into_boxed_slice());
        self.module.define_data(data, &description).map_err(internal_error)
    }

    /// Places `size` bytes that are zero at first, aligned to `alignment` bytes, under a
    /// symbol declared before.
    ///
    /// # Errors
    ///
    /// When it has been defined before, a fault of the compiler.
    pub(crate) fn define_zeros(
        &mut self,
        data: DataId,
        size: u64,
        alignment: u64,
    ) -> Result<(), Error> {
        let mut description = DataDescription::new();
        description.set_align(alignment);
        description.define_zeroinit(usize::try_from(size).map_err(internal_error)?);
        self.module.define_data(data, &description).map_err(internal_error)
    }

    /// Places bytes in pages that the runtime moves elsewhere, and in which nothing else
    /// lies, under a symbol declared before.
    ///
    /// # Errors
    ///
    /// When it has been defined before, a fault of the compiler.
    pub(crate) fn define_pages(&mut self, data: DataId, bytes: Vec<u8>) -> Result<(), Error> {
        let mut description = DataDescription::new();
        description.set_align(PAGE_SIZE);
        description.set_custom_section(".quench.memory");
        description.define(bytes.into_boxed_slice());
        self.module.define_data(data, &description).map_err(internal_error)
    }

    /// Declares data without a name, to which only this object can refer.
    ///
    /// # Errors
    ///
    /// When `cranelift-module` refuses it, a fault of the compiler.
    pub(crate) fn declare_nameless(&mut self, writable: bool) -> Result<DataId, Error> {
        let data = self.module.declare_anonymous_data(writable, false).map_err(internal_error)?;
        self.nameless.push(data);
        Ok(data)
    }

    /// Places a constant without a name; see [`ObjectWriter::define`].
    ///
    /// # Errors
    ///
    /// When it is larger than its format allows.
    pub(crate) fn constant(&mut self, record: Record, alignment: u64) -> Result<DataId, Error> {
        let data = self.declare_nameless(false)?;
        self.define(data, record, alignment)?;
        Ok(data)
    }

    /// Places constant bytes without a name; returns a symbol for them, and their number.
    ///
    /// # Errors
    ///
    /// When there are more than the format allows.
    pub(crate) fn constant_bytes(&mut self, bytes: &[u8]) -> Result<(DataId, u64), Error> {
        Ok((self.constant(Record::from(bytes.to_vec()), 1)?, bytes.len() as u64))
    }

    /// Ends the declarations and definitions. `code` is the block of all code, if there
    /// is one.
    ///
    /// # Errors
    ///
    /// When the object's format has no relocation for a distance, a fault of the compiler.
    pub(crate) fn finish(self, code: Option<FuncId>) -> Result<FinishedObject, Error> {
        let product = self.module.finish();
        let code = code.map(|code| product.function_symbol(code));
        let mut finished = FinishedObject { product, code, debug: BTreeMap::new() };
        let nameless = self.nameless.iter().map(|data| finished.product.data_symbol(*data));
        for symbol in nameless.chain(code).collect::<Vec<_>>() {
            finished.product.object.symbol_mut(symbol).name.clear();
        }
        for (data, offset, address) in self.distances {
            let data = finished.product.data_symbol(data);
            let data = finished.product.object.symbol(data);
            let (section, at) = (data.section.id(), data.value + offset);
            let section = section.ok_or_else(|| internal_error("a distance in no section"))?;
            let symbol = match address.symbol {
                FuncOrDataId::Func(function) => finished.product.function_symbol(function),
                FuncOrDataId::Data(data) => finished.product.data_symbol(data),
            };
            let kind = RelocationKind::Relative;
            finished.relocate(section, at, symbol, address.addend, kind, 32)?;
        }
        Ok(finished)
    }
}

/// Returns a signature for declarations of functions, which for us have none.
fn no_signature() -> Signature {
    Signature::new(CallConv::SystemV)
}

/// Makes the error for what only a fault of the compiler can bring about.
fn internal_error(error: impl Display) -> Error {
    Error::Internal { function: None, message: error.to_string() }
}

/// An object whose code and data are complete, so that symbols and debug information can
/// be added.
pub(crate) struct FinishedObject {
    product: ObjectProduct,
    /// The symbol of the block of all code.
    code: Option<SymbolId>,
    /// Sections of debug information, by their names.
    debug: BTreeMap<&'static str, SectionId>,
}

impl FinishedObject {
    /// Adds a symbol for `size` bytes of code at an offset in the code section.
    pub(crate) fn add_code_symbol(
        &mut self,
        name: String,
        scope: SymbolScope,
        offset: u64,
        size: u64,
    ) {
        let text = self.product.object.section_id(StandardSection::Text);
        self.product.object.add_symbol(Symbol {
            name: name.into_bytes(),
            value: offset,
            size,
            kind: SymbolKind::Text,
            scope,
            weak: false,
            section: SymbolSection::Section(text),
            flags: SymbolFlags::None,
        });
    }

    /// Adds a public symbol, `name`, with the definition of `data`.
    pub(crate) fn add_data_symbol(&mut self, name: String, data: DataId) {
        let known = self.product.object.symbol(self.product.data_symbol(data));
        let alias = Symbol {
            name: name.into_bytes(),
            scope: SymbolScope::Linkage,
            value: known.value,
            size: known.size,
            kind: known.kind,
            weak: known.weak,
            section: known.section,
            flags: SymbolFlags::None,
        };
        self.product.object.add_symbol(alias);
    }

    /// Adds a section of debug information, which is not loaded when the program runs.
    pub(crate) fn add_debug_section(&mut self, name: &'static str, bytes: &[u8]) {
        let object = &mut self.product.object;
        let id = object.add_section(Vec::new(), name.into(), SectionKind::Debug);
        object.append_section_data(id, bytes, 1);
        self.debug.insert(name, id);
    }

    /// Adds the relocation of an address or offset of `size` bytes, 4 or 8, in a section
    /// of debug information.
    ///
    /// # Errors
    ///
    /// When there is no such section, a fault of the compiler.
    pub(crate) fn relocate_debug(
        &mut self,
        section: &str,
        offset: u64,
        target: DebugTarget,
        addend: i64,
        size: u8,
    ) -> Result<(), Error> {
        let symbol = match target {
            DebugTarget::Code => {
                self.code.ok_or_else(|| internal_error("debug information without code"))?
            }
            DebugTarget::Data(data) => self.product.data_symbol(data),
            DebugTarget::Section(name) => {
                let section = self.debug_section(name)?;
                self.product.object.section_symbol(section)
            }
        };
        let section = self.debug_section(section)?;
        self.relocate(section, offset, symbol, addend, RelocationKind::Absolute, size * 8)
    }

    /// Returns the section of debug information with this name.
    fn debug_section(&self, name: &str) -> Result<SectionId, Error> {
        let missing = || format!("debug information refers to {name}, which is not there");
        self.debug.get(name).copied().ok_or_else(|| internal_error(missing()))
    }

    /// Adds a relocation of `size` bits.
    fn relocate(
        &mut self,
        section: SectionId,
        offset: u64,
        symbol: SymbolId,
        addend: i64,
        kind: RelocationKind,
        size: u8,
    ) -> Result<(), Error> {
        let flags = RelocationFlags::Generic { kind, encoding: RelocationEncoding::Generic, size };
        let relocation = Relocation { offset, symbol, addend, flags };
        self.product.object.add_relocation(section, relocation).map_err(internal_error)
    }

    /// Writes the object file.
    ///
    /// # Errors
    ///
    /// When the object is larger than its format allows.
    pub(crate) fn write(self) -> Result<Vec<u8>, Error> {
        self.product.emit().map_err(internal_error)
    }
}

/// What debug information can refer to.
pub(crate) enum DebugTarget {
    /// The block of all code.
    Code,
    /// Data of the object or of another one.
    Data(DataId),
    /// Another section of debug information.
    Section(&'static str),
}
