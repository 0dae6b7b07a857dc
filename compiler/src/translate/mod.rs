//! Function bodies to Cranelift IR. One receiver, [`Translator`]; each family
//! of operators is a file that adds to it. The validator runs one step before
//! translation, so translation cannot fail.

mod atomic;
mod bounds;
pub mod call;
mod control;
mod count;
mod exception;
mod fuel;
mod memory;
mod numeric;
mod operators;
mod reference;
mod simd;
mod simd_operators;
mod stack;
mod variable;

use crate::debug::Debug;
use crate::layout::Layout;
use crate::module::{Body, Module};
use crate::optimize::tables::Tables;
use crate::optimize::{Pass, Passes};
use crate::profile::file::Counters;
use crate::profile::{FunctionProfile, ModuleProfile};
use crate::program::ResolvedImports;
use crate::runs::ends_run;
use crate::symbols::Symbol;
use crate::{Error, MemoryChecks, types as wasm_types};
use cranelift_codegen::ir::{
    self, AliasRegion, AliasRegionData, FuncRef, GlobalValueData, InstBuilder, SigRef, StackSlot,
    Type, Value, types,
};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use quench_abi::{Trap, ValueType};
use rustc_hash::FxHashMap;
use stack::{Frame, FrameKind};
use wasmparser::{FuncValidatorAllocations, WasmFeatures};

/// What is the same for all functions of a module.
pub struct Environment<'a> {
    pub module: &'a Module<'a>,
    pub imports: &'a ResolvedImports,
    pub layout: &'a Layout,
    /// Identity in the program of each of the module's types.
    pub type_ids: &'a [u32],
    pub frontend: cranelift_codegen::isa::TargetFrontendConfig,
    /// Branches may arrive at marked instructions only.
    pub marks_targets: bool,
    pub passes: Passes,
    /// What debuggers will ask for, if there is to be debug information.
    pub debug: Option<&'a Debug<'a>>,
    /// Those whose content is known.
    pub tables: Tables,
    /// Where runs are counted, if they are.
    pub counters: Option<Counters>,
    /// How often what has run before.
    pub profile: Option<ModuleProfile>,
    /// Whether code counts what it does against a limit.
    pub has_fuel: bool,
    pub memory_checks: MemoryChecks,
}

impl Environment<'_> {
    pub fn profile_of(&self, function: u32) -> Option<&FunctionProfile> {
        self.profile.as_ref()?.function(function)
    }
}

/// Allocations that serve one function after the other.
#[derive(Default)]
pub struct Scratch {
    builder: FunctionBuilderContext,
    validator: FuncValidatorAllocations,
}

impl Scratch {
    pub fn builder(&mut self) -> &mut FunctionBuilderContext {
        &mut self.builder
    }
}

/// Parts of memory that cannot overlap.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Region {
    Memory(u32),
    MemoryRecords,
    Globals,
    TableElements,
    TableRecords,
    Segments,
    Counters,
    Fuel,
}

pub struct Translator<'a, 'f> {
    pub environment: &'a Environment<'a>,
    pub builder: FunctionBuilder<'f>,
    /// Operands.
    pub stack: Vec<Value>,
    control: Vec<Frame>,
    locals: Vec<Variable>,
    /// Those that debuggers are to find in the frame.
    slots: FxHashMap<u32, StackSlot>,
    /// Whether the operator to be translated can run.
    pub reachable: bool,
    functions: FxHashMap<Symbol, FuncRef>,
    signatures: FxHashMap<u32, SigRef>,
    regions: FxHashMap<Region, AliasRegion>,
    /// Frames of `control` that are in the body of a `try`.
    tries: usize,
    /// The register that holds the base of the first memory.
    base_register: Option<Value>,
    /// Of the function that is translated; none in a thunk.
    function_index: Option<u32>,
    /// Where what it does is counted; none in a thunk.
    fuel: Option<fuel::Tank>,
}

/// Validates, with `features`, and translates one function into `function`.
pub fn translate(
    environment: &Environment<'_>,
    index: u32,
    body: &Body<'_>,
    features: WasmFeatures,
    scratch: &mut Scratch,
    function: &mut ir::Function,
) -> Result<(), Error> {
    let ty = environment.module.function_type(index);
    function.signature = call::internal_signature(ty);
    let mut validator = body.validator();
    validator.features = features;
    let mut validator = validator.into_validator(std::mem::take(&mut scratch.validator));
    let mut translator = Translator::new(environment, function, &mut scratch.builder);
    translator.function_index = Some(index);
    translator.enter(&ty.parameters, &ty.results);
    translator.take_fuel(body)?;
    translator.begin_run(body.body.range().start as u32);
    let wanted = environment.debug.map_or(&[][..], |debug| debug.locals(index));

    let mut reader = body.body.get_binary_reader();
    for _ in 0..reader.read_var_u32()? {
        let offset = reader.original_position();
        let count = reader.read_var_u32()?;
        let ty = reader.read()?;
        validator.define_locals(offset, count, ty)?;
        wasm_types::check_value_type(ty, offset as usize)?;
        translator.declare_locals(count, crate::parse::value_type(ty));
    }
    translator.make_slots(wanted);
    reader.set_features(features);
    let mut operators = wasmparser::OperatorsReader::new(reader);
    while !operators.eof() {
        let (operator, offset) = operators.read_with_offset()?;
        validator.op(offset, &operator)?;
        wasm_types::check_operator(&operator, offset as usize)?;
        translator.builder.set_srcloc(ir::SourceLoc::new(offset as u32));
        translator.before_operator(&operator);
        translator.operator(&operator)?;
        translator.after_operator(&operator);
        if ends_run(&operator) && translator.reachable {
            translator.begin_run(offset as u32);
        }
    }
    operators.finish()?;
    scratch.validator = validator.into_allocations();
    translator.builder.finalize(environment.frontend);
    Ok(())
}

impl<'a, 'f> Translator<'a, 'f> {
    pub fn new(
        environment: &'a Environment<'a>,
        function: &'f mut ir::Function,
        context: &'f mut FunctionBuilderContext,
    ) -> Translator<'a, 'f> {
        Translator {
            environment,
            builder: FunctionBuilder::new(function, context),
            stack: Vec::new(),
            control: Vec::new(),
            locals: Vec::new(),
            slots: FxHashMap::default(),
            reachable: true,
            functions: FxHashMap::default(),
            signatures: FxHashMap::default(),
            regions: FxHashMap::default(),
            tries: 0,
            base_register: None,
            function_index: None,
            fuel: None,
        }
    }

    /// Starts the entry block; returns the function's IR parameters.
    pub fn start(&mut self) -> Vec<Value> {
        let block = self.builder.create_block();
        self.builder.append_block_params_for_function_params(block);
        self.builder.switch_to_block(block);
        self.builder.seal_block(block);
        self.builder.block_params(block).to_vec()
    }

    /// Makes the base register's content known as a value, once it is set.
    pub fn take_base_register(&mut self) {
        if self.environment.layout.base_register {
            self.base_register = Some(self.builder.ins().get_pinned_reg(types::I64));
        }
    }

    fn enter(&mut self, parameters: &[ValueType], results: &[ValueType]) {
        let values = self.start();
        self.take_base_register();
        for (value, ty) in values.into_iter().zip(parameters) {
            let local = self.builder.declare_var(ir_type(*ty));
            self.builder.def_var(local, value);
            self.locals.push(local);
        }
        self.control.push(Frame {
            kind: FrameKind::Function,
            parameters: Vec::new(),
            results: ir_types(results),
            height: 0,
            next: None,
            live: true,
        });
    }

    fn declare_locals(&mut self, count: u32, ty: ValueType) {
        if count == 0 {
            return;
        }
        let zero = self.default_value(ty);
        for _ in 0..count {
            let local = self.builder.declare_var(ir_type(ty));
            self.builder.def_var(local, zero);
            self.locals.push(local);
        }
    }

    /// Zero or null.
    pub fn default_value(&mut self, ty: ValueType) -> Value {
        self.static_value(ty, crate::constant::StaticValue::Bits(0))
    }

    /// The address of `symbol` plus `offset`. All symbols are near: everything
    /// is linked into one file. Each use has its own global value, so that
    /// Cranelift makes the address anew: one instruction, against a register that
    /// is kept across calls.
    pub fn symbol(&mut self, symbol: Symbol, offset: i64) -> Value {
        let name = symbol.external_name();
        let name = self.builder.func.declare_imported_user_function(name);
        let global = self.builder.create_global_value(GlobalValueData::Symbol {
            name: ir::ExternalName::user(name),
            offset: offset.into(),
            colocated: true,
            tls: false,
        });
        self.builder.ins().symbol_value(types::I64, global)
    }

    pub fn region(&mut self, region: Region) -> AliasRegion {
        let regions = &mut self.builder.func.dfg.alias_regions;
        *self.regions.entry(region).or_insert_with(|| {
            regions.push(AliasRegionData {
                user_id: region.number(),
                description: region.description(),
            })
        })
    }

    /// Ends the block with a trap: it will hardly ever run.
    pub fn trap(&mut self, trap: Trap) {
        if self.environment.passes.contains(Pass::ColdBlocks)
            && let Some(block) = self.builder.current_block()
            && Some(block) != self.builder.func.layout.entry_block()
        {
            self.builder.set_cold_block(block);
        }
        self.builder.ins().trap(crate::traps::code(trap));
    }

    /// Where `condition` holds, does what `report` puts there, which does not
    /// come back: a call of the runtime with what the message says.
    pub fn report_if(
        &mut self,
        condition: Value,
        trap: Trap,
        report: impl FnOnce(&mut Translator<'_, '_>),
    ) {
        let (failed, next) = (self.builder.create_block(), self.builder.create_block());
        self.builder.set_cold_block(failed);
        self.builder.ins().brif(condition, failed, &[], next, &[]);
        self.builder.switch_to_block(failed);
        self.builder.seal_block(failed);
        report(self);
        self.trap(trap);
        self.builder.switch_to_block(next);
        self.builder.seal_block(next);
    }
}

impl Region {
    /// The same in all functions of a module: their bodies may be put into
    /// each other.
    fn number(self) -> u32 {
        match self {
            Region::MemoryRecords => 0,
            Region::Globals => 1,
            Region::TableElements => 2,
            Region::TableRecords => 3,
            Region::Segments => 4,
            Region::Counters => u32::MAX,
            Region::Fuel => u32::MAX - 1,
            Region::Memory(index) => 5 + index,
        }
    }

    fn description(self) -> std::borrow::Cow<'static, str> {
        match self {
            Region::Memory(index) => format!("memory {index}").into(),
            Region::MemoryRecords => "memory records".into(),
            Region::Globals => "globals".into(),
            Region::TableElements => "table elements".into(),
            Region::TableRecords => "table records".into(),
            Region::Segments => "segment lengths".into(),
            Region::Counters => "counters".into(),
            Region::Fuel => "fuel".into(),
        }
    }
}

pub fn ir_type(ty: ValueType) -> Type {
    match ty {
        ValueType::I32 => types::I32,
        ValueType::I64 | ValueType::FuncRef | ValueType::ExternRef | ValueType::ExnRef => {
            types::I64
        }
        ValueType::F32 => types::F32,
        ValueType::F64 => types::F64,
        ValueType::V128 => types::I8X16,
    }
}

pub fn ir_types(types: &[ValueType]) -> Vec<Type> {
    types.iter().map(|ty| ir_type(*ty)).collect()
}
