//! The translator of one function: its state while operators become IR, and the methods
//! that all families of operators use. Each family is a file that adds methods to it.

use super::facts::Facts;
use super::local_places::LocalPlaces;
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
use wasmparser::{Catch, FuncValidatorAllocations, RefType};

/// Allocations that are reused from one function to the next.
#[derive(Default)]
pub(crate) struct Scratch {
    pub(super) builder: FunctionBuilderContext,
    pub(super) validator: FuncValidatorAllocations,
}

impl Scratch {
    /// Returns the allocations of Cranelift's function builder.
    pub(crate) fn builder(&mut self) -> &mut FunctionBuilderContext {
        &mut self.builder
    }
}

/// A part of the program's memory that overlaps no other: a load or store says which one it
/// accesses, so that Cranelift knows which of them are independent.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Region {
    /// The bytes of a linear memory, by its index.
    Memory(u32),
    /// The records of memories ([`quench_abi::Memory`]), of which code loads the lengths.
    MemoryRecords,
    Globals,
    TableElements,
    /// The records of tables ([`quench_abi::Table`]).
    TableRecords,
    /// The lengths of data and element segments.
    Segments,
    /// The counters of a profile.
    Counters,
    /// The fuel that is left ([`quench_abi::Fuel`]).
    Fuel,
    /// The place of the next object ([`quench_abi::Heap`]).
    Heap,
    /// The numbers of types with which objects begin.
    ObjectTypes,
    /// The lengths of arrays.
    ArrayLengths,
    /// The cards of the heap.
    Cards,
    /// Fields and elements of one form, by a number for it.
    Fields(u32),
}

/// The translator of one function or thunk.
pub(super) struct Translator<'a, 'f> {
    pub environment: &'a Environment<'a>,
    pub builder: FunctionBuilder<'f>,
    /// WebAssembly's operand stack.
    pub stack: Vec<Value>,
    /// WebAssembly's control stack, the function's own frame first.
    pub(super) control: Vec<Frame>,
    /// Parameters and locals, by index.
    pub(super) locals: Vec<Local>,
    /// Where the locals are.
    pub(super) places: LocalPlaces,
    /// Stack slots of variables that a debugger has to find in the frame, by index.
    pub(super) slots: FxHashMap<u32, StackSlot>,
    /// Whether the next operator can run.
    pub reachable: bool,
    /// What is known about references.
    pub(super) facts: Facts,
    /// The type of the reference that the next operator tests or casts, if it does that.
    pub operand_type: Option<RefType>,
    /// Functions that the IR refers to already.
    pub(super) functions: FxHashMap<Symbol, FuncRef>,
    /// Signatures of indirect calls that the IR has already, by type index.
    pub(super) signatures: FxHashMap<u32, SigRef>,
    pub(super) regions: FxHashMap<Region, AliasRegion>,
    /// Number of bodies of `try` and `try_table` that are open.
    pub(super) tries: usize,
    /// The pinned register's value, where it holds the base of the first memory.
    pub(super) base_register: Option<Value>,
    /// Index of the function; `None` in a thunk.
    pub(super) function_index: Option<u32>,
    /// The function's fuel; `None` in a thunk, and where fuel is not counted.
    pub(super) fuel: Option<FuelState>,
}

/// A parameter or a local.
#[derive(Clone, Copy)]
pub(super) enum Local {
    Variable(Variable),
    /// A slot of the frame that holds a value of this type.
    Slot(StackSlot, Type),
}

/// A control frame: an open block, loop, `if`, `try` or function, with the IR block to which
/// branches out of it go.
pub(super) struct Frame {
    pub kind: FrameKind,
    /// Types of the frame's parameters.
    pub parameters: Vec<Type>,
    /// Types of the frame's results.
    pub results: Vec<Type>,
    /// Number of operands on the stack below the frame's parameters.
    pub height: usize,
    /// The block that follows the frame's end; made when something first branches to it.
    pub next: Option<Block>,
    /// Whether the frame was entered by code that can run.
    pub live: bool,
    /// The number of facts where the frame was entered.
    pub facts: usize,
    /// The condition of an `if`.
    pub condition: Option<Value>,
}

/// The construct that a control frame belongs to.
pub(super) enum FrameKind {
    Function,
    Block,
    Loop {
        header: Block,
    },
    TryTable {
        /// The landing pad of the body; made when something in it can throw.
        landing: Option<Block>,
        catches: Vec<Catch>,
    },
    /// The body of a legacy `try`.
    Try {
        /// The landing pad of the body; made when something in it can throw.
        landing: Option<Block>,
    },
    /// A `catch` or `catch_all` of a legacy `try`.
    Catch {
        /// The exception that was caught; `None` if nothing in the body can throw.
        exception: Option<Value>,
        /// The block for exceptions that no `catch` so far has matched.
        others: Option<Block>,
    },
    If {
        /// The block of the `else` arm; `None` once `else` has been seen.
        otherwise: Option<Block>,
        /// The parameters, for the `else` arm.
        saved: Vec<Value>,
    },
}

impl Frame {
    /// Returns the types of the operands that a branch to this frame carries.
    pub(super) fn label_types(&self) -> &[Type] {
        match self.kind {
            FrameKind::Loop { .. } => &self.parameters,
            _ => &self.results,
        }
    }
}

/// The fuel of the function that is being translated.
pub(super) struct FuelState {
    /// The variable that holds the fuel that is left.
    pub(super) left: Variable,
    /// Fuel used by this run and not yet subtracted from `left`.
    pub(super) owed: u64,
}

impl<'a, 'f> Translator<'a, 'f> {
    /// Returns a translator that writes `function`, which has its signature but no blocks
    /// yet.
    pub(super) fn new(
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
            places: LocalPlaces::default(),
            slots: FxHashMap::default(),
            reachable: true,
            facts: Facts::new(environment.passes.contains(Pass::Checks)),
            operand_type: None,
            functions: FxHashMap::default(),
            signatures: FxHashMap::default(),
            regions: FxHashMap::default(),
            tries: 0,
            base_register: None,
            function_index: None,
            fuel: None,
        }
    }

    /// Starts the entry block and returns the function's IR parameters.
    pub(super) fn start(&mut self) -> Vec<Value> {
        let block = self.builder.create_block();
        self.builder.append_block_params_for_function_params(block);
        self.builder.switch_to_block(block);
        self.builder.seal_block(block);
        self.builder.block_params(block).to_vec()
    }

    /// Makes the content of the pinned register available as a value, where it is the base of
    /// the first memory. The register has to be set already.
    pub(super) fn take_base_register(&mut self) {
        if self.environment.pinned_register == PinnedRegister::MemoryBase {
            self.base_register = Some(self.builder.ins().get_pinned_reg(types::I64));
        }
    }

    /// Starts a function of the module: its entry block, its parameters as locals, and its
    /// control frame.
    pub(super) fn enter(&mut self, parameters: &[ValueType], results: &[ValueType]) {
        let values = self.start();
        self.take_base_register();
        for (value, ty) in values.into_iter().zip(parameters) {
            self.declare_local(ir_type(*ty), value);
        }
        self.control.push(Frame {
            kind: FrameKind::Function,
            parameters: Vec::new(),
            results: ir_types(results),
            height: 0,
            next: None,
            live: true,
            facts: 0,
            condition: None,
        });
    }

    /// Declares `count` locals of type `ty`, which begin as zero or null.
    pub(super) fn declare_locals(&mut self, count: u32, ty: ValueType) {
        if count == 0 {
            return;
        }
        let zero = self.default_value(ty);
        for _ in 0..count {
            self.declare_local(ir_type(ty), zero);
        }
    }

    /// Returns the default value of a type: zero or null.
    pub(super) fn default_value(&mut self, ty: ValueType) -> Value {
        self.static_value(ty, StaticValue::Bits(0))
    }

    /// Returns the address of `symbol` plus `offset`, in bytes. All symbols are colocated,
    /// because everything is linked into one file. Each use has a global value of its own, so
    /// that Cranelift makes the address anew: that costs one instruction, where sharing it
    /// would keep a register occupied across calls.
    pub(super) fn symbol(&mut self, symbol: Symbol, offset: i64) -> Value {
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

    /// Returns Cranelift's alias region for a part of memory.
    pub(super) fn region(&mut self, region: Region) -> AliasRegion {
        let regions = &mut self.builder.func.dfg.alias_regions;
        *self.regions.entry(region).or_insert_with(|| {
            regions.push(AliasRegionData {
                user_id: region.number(),
                description: region.description(),
            })
        })
    }

    /// Marks the current block as cold: it hardly ever runs, and is placed behind the rest of
    /// the function. The entry block stays first.
    pub(super) fn mark_cold(&mut self) {
        if self.environment.passes.contains(Pass::ColdBlocks)
            && let Some(block) = self.builder.current_block()
            && Some(block) != self.builder.func.layout.entry_block()
        {
            self.builder.set_cold_block(block);
        }
    }

    /// Ends the current block with a trap and marks the block as cold.
    pub(super) fn trap(&mut self, trap: Trap) {
        self.mark_cold();
        self.builder.ins().trap(traps::code(trap));
    }

    /// Emits a branch to code that runs where `condition` holds and does not return. `report`
    /// emits that code: usually a call of the runtime with the values that the message
    /// names. `trap` only ends its block.
    pub(super) fn report_if(
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
    /// Returns the number by which Cranelift tells regions apart. It is the same in all
    /// functions of a module, because their bodies may be inlined into each other.
    fn number(self) -> u32 {
        match self {
            Region::MemoryRecords => 0,
            Region::Globals => 1,
            Region::TableElements => 2,
            Region::TableRecords => 3,
            Region::Segments => 4,
            Region::Counters => u32::MAX,
            Region::Fuel => u32::MAX - 1,
            Region::Heap => u32::MAX - 2,
            Region::ObjectTypes => u32::MAX - 3,
            Region::ArrayLengths => u32::MAX - 4,
            Region::Cards => u32::MAX - 5,
            Region::Fields(form) => u32::MAX - 6 - form,
            Region::Memory(index) => 5 + index,
        }
    }

    /// Returns the region's name, for IR as text.
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
            Region::Heap => "heap".into(),
            Region::ObjectTypes => "object types".into(),
            Region::ArrayLengths => "array lengths".into(),
            Region::Cards => "cards".into(),
            Region::Fields(form) => format!("fields {form}").into(),
        }
    }
}
