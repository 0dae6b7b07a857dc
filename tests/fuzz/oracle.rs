//! Plays a case in the interpreter `wasmi`.

use crate::case::{Call, Case, End, Event, Subject, Traps};
use crate::generate::{FUEL, FUEL_AMOUNT};
use anyhow::{Context, Result, bail};
use quench_abi::{Trap, ValueType};
use quench_player::cases::{Digest, REFERENCE};
use wasmi::errors::{ErrorKind, InstantiationError, TableError};
use wasmi::{
    Config, Engine, Error, Extern, ExternRef, Instance, Module, Ref, Store, TrapCode, Val,
};

/// Limit of the interpreter's work for one case, in units of its own. Modules
/// with our fuel end long before; shrunk ones may have lost it.
const PATIENCE: u64 = 100_000_000;

/// Plays a case. Where the interpreter gives up for a reason of its own, the
/// case ends there: its later calls are dropped.
///
/// # Errors
///
/// Fails when the interpreter refuses the module.
pub(crate) fn play(case: &mut Case) -> Result<Vec<Event>> {
    let engine = Engine::new(&config());
    let module = Module::new(&engine, &case.wasm)?;
    let mut store = Store::new(&engine, ());
    store.set_fuel(PATIENCE)?;
    let instance = match Instance::new(&mut store, &module, &[]) {
        Ok(instance) => instance,
        Err(error) => {
            let traps = traps(&error).with_context(|| format!("instantiation: {error}"))?;
            case.calls.clear();
            case.subjects.clear();
            return Ok(vec![Event { end: End::Trapped(traps), contents: Vec::new() }]);
        }
    };
    let mut player = Player { store, instance };
    let mut events = vec![player.event(End::Returned(Vec::new()), &case.subjects)?];
    for call in &case.calls {
        let Some(end) = player.call(call, case.has_fuel)? else {
            break;
        };
        events.push(player.event(end, &case.subjects)?);
    }
    case.calls.truncate(events.len() - 1);
    Ok(events)
}

fn config() -> Config {
    let mut config = Config::default();
    config
        .set_max_recursion_depth(4 * FUEL_AMOUNT as usize)
        .set_max_stack_height(1 << 27)
        .wasm_wide_arithmetic(true)
        .wasm_memory64(true)
        .wasm_custom_page_sizes(true)
        .consume_fuel(true);
    config
}

struct Player {
    store: Store<()>,
    instance: Instance,
}

impl Player {
    /// Calls a function. Returns `None` if the interpreter stopped for a reason
    /// of its own.
    fn call(&mut self, call: &Call, has_fuel: bool) -> Result<Option<End>> {
        if has_fuel {
            let fuel = self.instance.get_global(&self.store, FUEL);
            let fuel = fuel.context("the module exports its fuel")?;
            fuel.set(&mut self.store, Val::I32(FUEL_AMOUNT as i32))?;
        }
        let function = self.instance.get_func(&self.store, &call.export);
        let function = function.context("the module exports the function")?;
        let arguments = call.arguments.iter().zip(&call.parameters);
        let arguments: Result<Vec<Val>> =
            arguments.map(|(&bits, &ty)| self.value(bits, ty)).collect();
        let mut results = vec![Val::I32(0); call.results.len()];
        match function.call(&mut self.store, &arguments?, &mut results) {
            Ok(()) => {
                let bits: Result<_> = results.iter().map(|value| self.bits(value)).collect();
                Ok(Some(End::Returned(bits?)))
            }
            Err(error) => Ok(traps(&error).map(End::Trapped)),
        }
    }

    fn event(&self, end: End, subjects: &[Subject]) -> Result<Event> {
        let contents: Result<_> = subjects.iter().map(|subject| self.content(subject)).collect();
        Ok(Event { end, contents: contents? })
    }

    fn content(&self, subject: &Subject) -> Result<u128> {
        let export = self.instance.get_export(&self.store, &subject.export);
        match export.context("the module exports the subject")? {
            Extern::Global(global) => self.bits(&global.get(&self.store)),
            Extern::Memory(memory) => {
                let bytes = memory.data(&self.store);
                let mut digest = Digest::default();
                digest.bytes(bytes);
                Ok(pair(bytes.len() as u64, digest))
            }
            Extern::Table(table) => {
                let length = table.size(&self.store);
                let mut digest = Digest::default();
                for index in 0..length {
                    let element = table.get(&self.store, index).context("within the table")?;
                    digest.word(self.bits(&element)? as u64);
                }
                Ok(pair(length, digest))
            }
            Extern::Func(_) => bail!("functions have no content"),
        }
    }

    /// Returns the interpreter's value for the bits that compiled code gets.
    fn value(&mut self, bits: u128, ty: ValueType) -> Result<Val> {
        Ok(match ty {
            ValueType::I32 => Val::I32(bits as i32),
            ValueType::I64 => Val::I64(bits as i64),
            ValueType::F32 => Val::F32(wasmi::F32::from_bits(bits as u32)),
            ValueType::F64 => Val::F64(wasmi::F64::from_bits(bits as u64)),
            ValueType::V128 => Val::V128(bits.into()),
            ValueType::FuncRef => Val::FuncRef(Ref::Null),
            ValueType::ExternRef if bits == 0 => Val::ExternRef(Ref::Null),
            ValueType::ExternRef => {
                Val::ExternRef(ExternRef::new(&mut self.store, bits as u64).into())
            }
            _ => bail!("the interpreter has no {ty:?}"),
        })
    }

    /// Returns the bits that a value has in compiled code, or what the player
    /// shows of a reference to a function.
    fn bits(&self, value: &Val) -> Result<u128> {
        Ok(match value {
            Val::I32(value) => value.cast_unsigned().into(),
            Val::I64(value) => value.cast_unsigned().into(),
            Val::F32(value) => value.to_bits().into(),
            Val::F64(value) => value.to_bits().into(),
            Val::V128(value) => value.as_u128(),
            Val::FuncRef(Ref::Null) => 0,
            Val::FuncRef(Ref::Val(_)) => REFERENCE.into(),
            Val::ExternRef(Ref::Null) => 0,
            Val::ExternRef(Ref::Val(reference)) => {
                let data = reference.data(&self.store).downcast_ref::<u64>();
                u128::from(*data.context("an externref of ours")?)
            }
        })
    }
}

fn pair(length: u64, digest: Digest) -> u128 {
    u128::from(length) | u128::from(digest.value()) << 64
}

/// Returns the traps that the interpreter's error may stand for; `None` if the
/// error is not the module's.
fn traps(error: &Error) -> Option<Traps> {
    match error.kind() {
        ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit { .. })
        | ErrorKind::Table(TableError::CopyOutOfBounds | TableError::InitOutOfBounds) => {
            Some(Traps::of(&[Trap::TableOutOfBounds]))
        }
        _ => trap_code(error.as_trap_code()?),
    }
}

fn trap_code(code: TrapCode) -> Option<Traps> {
    let traps: &[Trap] = match code {
        TrapCode::UnreachableCodeReached => &[Trap::Unreachable],
        TrapCode::MemoryOutOfBounds => &[Trap::MemoryOutOfBounds],
        TrapCode::TableOutOfBounds => &[Trap::TableOutOfBounds, Trap::UndefinedElement],
        TrapCode::IndirectCallToNull => &[Trap::UninitializedElement],
        TrapCode::IntegerDivisionByZero => &[Trap::IntegerDivideByZero],
        TrapCode::IntegerOverflow => &[Trap::IntegerOverflow],
        TrapCode::BadConversionToInteger => &[Trap::InvalidConversionToInteger],
        TrapCode::BadSignature => &[Trap::IndirectCallTypeMismatch],
        _ => return None,
    };
    Some(Traps::of(traps))
}
