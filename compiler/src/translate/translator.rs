//! The translator of one function: what it knows while operators become IR, and what
//! all families of operators use. The families are files that add to it.

use crate::ir::types::{ir_type, ir_types};
use crate::module::StaticValue;
use crate::options::PinnedRegister;
use crate::passes::Pass;
use crate::plan::environment::Environment;
use crate::symbols::Symbol;
use crate::traps;
use cranelift_codegen::ir::{
    self, AliasRegion, AliasRegionData, Block, FuncRef, GlobalValueData, InstBuilder, SigRef,
    StackSlot, Type, Value, types,
};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext, Variable};
use quench_abi::{Trap, ValueType};
use rustc_hash::FxHashMap;
use wasmparser::{Catch, FuncValidatorAllocations};

/// Allocations that serve one function after the other.
#[derive(Default)]
pub struct Scratch {
    pub(super) builder: FunctionBuilderContext,
    pub(super) validator: FuncValidatorAllocations,
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
    pub(super) control: Vec<Frame>,
    pub(super) locals: Vec<Variable>,
    /// Those that debuggers are to find in the frame.
    pub(super) slots: FxHashMap<u32, StackSlot>,
    /// Whether the operator to be translated can run.
    pub reachable: bool,
    pub(super) functions: FxHashMap<Symbol, FuncRef>,
    pub(super) signatures: FxHashMap<u32, SigRef>,
    pub(super) regions: FxHashMap<Region, AliasRegion>,
    /// Frames of `control` that are in the body of a `try`.
    pub(super) tries: usize,
    /// The register that holds the base of the first memory.
    pub(super) base_register: Option<Value>,
    /// Of the function that is translated; none in a thunk.
    pub(super) function_index: Option<u32>,
    /// Where what it does is counted; none in a thunk.
    pub(super) fuel: Option<FuelState>,
}

/// A control frame: the blocks that branches out of a block, loop or function go to.
pub struct Frame {
    pub kind: FrameKind,
    /// Types of parameters and results.
    pub parameters: Vec<Type>,
    pub results: Vec<Type>,
    /// Operands below the frame's parameters.
    pub height: usize,
    /// Where the frame's end continues; made when something branches there.
    pub next: Option<Block>,
    /// The frame was entered by code that can run.
    pub live: bool,
}

/// What a control frame belongs to.
pub enum FrameKind {
    Function,
    Block,
    Loop {
        header: Block,
    },
    TryTable {
        /// Where exceptions out of the body go; made when something throws.
        landing: Option<Block>,
        catches: Vec<Catch>,
    },
    /// The body of a legacy `try`.
    Try {
        landing: Option<Block>,
    },
    /// A `catch` or `catch_all` of a legacy `try`.
    Catch {
        exception: Option<Value>,
        /// Where exceptions that no catch so far was meant for go on.
        others: Option<Block>,
    },
    If {
        /// `None` once `else` has been seen.
        otherwise: Option<Block>,
        /// The parameters, for the `else` arm.
        saved: Vec<Value>,
    },
}

impl Frame {
    /// Types of what a branch to this frame carries.
    pub fn label_types(&self) -> &[Type] {
        match self.kind {
            FrameKind::Loop { .. } => &self.parameters,
            _ => &self.results,
        }
    }
}

/// The fuel of a function that is translated.
pub struct FuelState {
    pub(super) left: Variable,
    /// Fuel used by this run and not yet subtracted from `left`.
    pub(super) owed: u64,
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
        if self.environment.pinned_register == PinnedRegister::MemoryBase {
            self.base_register = Some(self.builder.ins().get_pinned_reg(types::I64));
        }
    }

    pub(super) fn enter(&mut self, parameters: &[ValueType], results: &[ValueType]) {
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

    pub(super) fn declare_locals(&mut self, count: u32, ty: ValueType) {
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
        self.static_value(ty, StaticValue::Bits(0))
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

    /// Places the current block behind the rest of the function: it will hardly ever
    /// run. The entry block stays first.
    pub fn mark_cold(&mut self) {
        if self.environment.passes.contains(Pass::ColdBlocks)
            && let Some(block) = self.builder.current_block()
            && Some(block) != self.builder.func.layout.entry_block()
        {
            self.builder.set_cold_block(block);
        }
    }

    /// Ends the block with a trap: it will hardly ever run.
    pub fn trap(&mut self, trap: Trap) {
        self.mark_cold();
        self.builder.ins().trap(traps::code(trap));
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
        self.builder.ins().brif(condition, failed, &[], next, &[]);
        self.builder.switch_to_block(failed);
        self.mark_cold();
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
