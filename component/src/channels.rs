//! The part of the translator's result that is about tasks, streams and futures.

use crate::error::Error;
use crate::plan::{
    Channel, ChannelOperation, ChannelTable, Encoding, InstanceOperation, Intrinsic, Options,
    TaskOperation,
};
use crate::types::Structures;
use crate::wit::Types;
use wasmtime_environ::EntityRef;
use wasmtime_environ::component::{
    Component, InterfaceType, OptionsIndex, RuntimeComponentInstanceIndex, Trampoline,
    TypeComponentLocalErrorContextTableIndex, TypeFutureTableIndex, TypeStreamTableIndex,
};

/// What is known about streams and futures. A type of them is listed once for each
/// component instance that has handles of it.
pub(crate) struct Channels<'a> {
    pub(crate) component: &'a Component,
    /// The writer of types, with a name of its own for each type of resources.
    pub(crate) types: Types<'a>,
}

impl Channels<'_> {
    fn streams(&self) -> impl Iterator<Item = TypeStreamTableIndex> {
        (0..self.component.num_stream_tables).map(TypeStreamTableIndex::new)
    }

    fn futures(&self) -> impl Iterator<Item = TypeFutureTableIndex> {
        (0..self.component.num_future_tables).map(TypeFutureTableIndex::new)
    }

    /// Returns all types: first of streams, then of futures.
    pub(crate) fn all(&self, structures: &mut Structures<'_>) -> Vec<Channel> {
        let types = self.types.types;
        let streams = self
            .streams()
            .map(|table| (InterfaceType::Stream(table), types[types[table].ty].payload.as_ref()));
        let futures = self
            .futures()
            .map(|table| (InterfaceType::Future(table), types[types[table].ty].payload.as_ref()));
        let channels = streams.chain(futures);
        channels.map(|(ty, payload)| self.channel(&ty, payload, structures)).collect()
    }

    fn channel(
        &self,
        ty: &InterfaceType,
        payload: Option<&InterfaceType>,
        structures: &mut Structures<'_>,
    ) -> Channel {
        let abi = payload.map(|payload| self.types.types.canonical_abi(payload));
        Channel {
            ty: self.types.value(ty),
            size: abi.map_or(0, |abi| abi.size32),
            alignment: abi.map_or(1, |abi| abi.align32),
            is_plain: payload.is_none_or(|payload| self.is_plain(payload)),
            element: payload.map(|payload| structures.value(payload)),
        }
    }

    /// Returns whether all bytes are values of a type, which mean the same everywhere.
    fn is_plain(&self, ty: &InterfaceType) -> bool {
        use InterfaceType::{
            Float32, Float64, Record, S8, S16, S32, S64, Tuple, U8, U16, U32, U64,
        };
        let types = self.types.types;
        match ty {
            S8 | U8 | S16 | U16 | S32 | U32 | S64 | U64 | Float32 | Float64 => true,
            Record(index) => types[*index].fields.iter().all(|field| self.is_plain(&field.ty)),
            Tuple(index) => types[*index].types.iter().all(|ty| self.is_plain(ty)),
            _ => false,
        }
    }

    pub(crate) fn stream_tables(&self) -> Vec<ChannelTable> {
        let types = self.types.types;
        let table = |table: TypeStreamTableIndex| ChannelTable {
            channel: self.stream(table),
            component_instance: types[table].instance.as_u32(),
        };
        self.streams().map(table).collect()
    }

    pub(crate) fn future_tables(&self) -> Vec<ChannelTable> {
        let types = self.types.types;
        let table = |table: TypeFutureTableIndex| ChannelTable {
            channel: self.future(table),
            component_instance: types[table].instance.as_u32(),
        };
        self.futures().map(table).collect()
    }

    pub(crate) fn error_context_tables(&self) -> Vec<u32> {
        let tables = 0..self.component.num_error_context_tables;
        let instance = |table| {
            let table = TypeComponentLocalErrorContextTableIndex::new(table);
            self.types.types[table].instance.as_u32()
        };
        tables.map(instance).collect()
    }

    /// Returns the place of a type of streams in the list of all.
    fn stream(&self, table: TypeStreamTableIndex) -> usize {
        table.index()
    }

    /// Returns the place of a type of futures in the list of all.
    fn future(&self, table: TypeFutureTableIndex) -> usize {
        self.component.num_stream_tables + table.index()
    }

    /// Returns a built-in function for tasks, threads and what they wait for, if it is one that
    /// needs nothing else of the component.
    pub(crate) fn intrinsic(
        &self,
        trampoline: &Trampoline,
        options: impl Fn(OptionsIndex) -> Result<Options, Error>,
    ) -> Result<Option<Intrinsic>, Error> {
        use ChannelOperation as Channel;
        use InstanceOperation as OfInstance;
        let of_instance = |operation, instance: &RuntimeComponentInstanceIndex| {
            let component_instance = instance.as_u32();
            Intrinsic::OfInstance { operation, component_instance }
        };
        let of_task = |operation, options, is_cancellable| Intrinsic::OfTask {
            operation,
            options,
            is_cancellable,
        };
        let thread = |operation, instance, is_cancellable| {
            of_task(operation, bare(instance, false), is_cancellable)
        };
        let stream = |operation, ty: &TypeStreamTableIndex, options| Intrinsic::OfChannel {
            is_future: false,
            operation,
            channel: self.stream(*ty),
            options,
        };
        let future = |operation, ty: &TypeFutureTableIndex, options| Intrinsic::OfChannel {
            is_future: true,
            operation,
            channel: self.future(*ty),
            options,
        };
        Ok(Some(match trampoline {
            Trampoline::BackpressureInc { instance } => {
                of_instance(OfInstance::BackpressureInc, instance)
            }
            Trampoline::BackpressureDec { instance } => {
                of_instance(OfInstance::BackpressureDec, instance)
            }
            Trampoline::ThreadIndex { instance } => of_instance(OfInstance::ThreadIndex, instance),
            Trampoline::TaskCancel { instance } => of_instance(OfInstance::TaskCancel, instance),
            Trampoline::WaitableSetNew { instance } => {
                of_instance(OfInstance::WaitableSetNew, instance)
            }
            Trampoline::WaitableSetDrop { instance } => {
                of_instance(OfInstance::WaitableSetDrop, instance)
            }
            Trampoline::WaitableJoin { instance } => {
                of_instance(OfInstance::WaitableJoin, instance)
            }
            Trampoline::SubtaskDrop { instance } => of_instance(OfInstance::SubtaskDrop, instance),
            Trampoline::ErrorContextDrop { instance, .. } => {
                of_instance(OfInstance::ErrorContextDrop, instance)
            }
            Trampoline::WaitableSetWait { options: index, .. } => of_task(
                TaskOperation::WaitableSetWait,
                options(*index)?,
                self.component.options[*index].cancellable,
            ),
            Trampoline::WaitableSetPoll { options: index, .. } => of_task(
                TaskOperation::WaitableSetPoll,
                options(*index)?,
                self.component.options[*index].cancellable,
            ),
            Trampoline::SubtaskCancel { instance, async_ } => {
                of_task(TaskOperation::SubtaskCancel, bare(*instance, *async_), false)
            }
            Trampoline::ThreadResumeLater { instance } => {
                of_instance(OfInstance::ThreadResumeLater, instance)
            }
            Trampoline::ThreadSuspend { instance, cancellable } => {
                thread(TaskOperation::ThreadSuspend, *instance, *cancellable)
            }
            Trampoline::ThreadYield { instance, cancellable } => {
                thread(TaskOperation::ThreadYield, *instance, *cancellable)
            }
            Trampoline::ThreadSuspendThenResume { instance, cancellable } => {
                thread(TaskOperation::ThreadSuspendThenResume, *instance, *cancellable)
            }
            Trampoline::ThreadYieldThenResume { instance, cancellable } => {
                thread(TaskOperation::ThreadYieldThenResume, *instance, *cancellable)
            }
            Trampoline::ThreadSuspendThenPromote { instance, cancellable } => {
                thread(TaskOperation::ThreadSuspendThenPromote, *instance, *cancellable)
            }
            Trampoline::ThreadYieldThenPromote { instance, cancellable } => {
                thread(TaskOperation::ThreadYieldThenPromote, *instance, *cancellable)
            }
            Trampoline::ErrorContextNew { options: index, .. } => {
                of_task(TaskOperation::ErrorContextNew, options(*index)?, false)
            }
            Trampoline::ErrorContextDebugMessage { options: index, .. } => {
                of_task(TaskOperation::ErrorContextDebugMessage, options(*index)?, false)
            }
            Trampoline::TaskReturn { instance, results, .. } => Intrinsic::TaskReturn {
                component_instance: instance.as_u32(),
                results: results.as_u32(),
            },
            Trampoline::StreamNew { instance, ty } => {
                stream(Channel::New, ty, bare(*instance, false))
            }
            Trampoline::StreamRead { ty, options: index, .. } => {
                stream(Channel::Read, ty, options(*index)?)
            }
            Trampoline::StreamWrite { ty, options: index, .. } => {
                stream(Channel::Write, ty, options(*index)?)
            }
            Trampoline::StreamCancelRead { instance, ty, async_ } => {
                stream(Channel::CancelRead, ty, bare(*instance, *async_))
            }
            Trampoline::StreamCancelWrite { instance, ty, async_ } => {
                stream(Channel::CancelWrite, ty, bare(*instance, *async_))
            }
            Trampoline::StreamDropReadable { instance, ty } => {
                stream(Channel::DropReadable, ty, bare(*instance, false))
            }
            Trampoline::StreamDropWritable { instance, ty } => {
                stream(Channel::DropWritable, ty, bare(*instance, false))
            }
            Trampoline::FutureNew { instance, ty } => {
                future(Channel::New, ty, bare(*instance, false))
            }
            Trampoline::FutureRead { ty, options: index, .. } => {
                future(Channel::Read, ty, options(*index)?)
            }
            Trampoline::FutureWrite { ty, options: index, .. } => {
                future(Channel::Write, ty, options(*index)?)
            }
            Trampoline::FutureCancelRead { instance, ty, async_ } => {
                future(Channel::CancelRead, ty, bare(*instance, *async_))
            }
            Trampoline::FutureCancelWrite { instance, ty, async_ } => {
                future(Channel::CancelWrite, ty, bare(*instance, *async_))
            }
            Trampoline::FutureDropReadable { instance, ty } => {
                future(Channel::DropReadable, ty, bare(*instance, false))
            }
            Trampoline::FutureDropWritable { instance, ty } => {
                future(Channel::DropWritable, ty, bare(*instance, false))
            }
            Trampoline::StreamTransfer => Intrinsic::StreamTransfer,
            Trampoline::FutureTransfer => Intrinsic::FutureTransfer,
            Trampoline::ErrorContextTransfer => Intrinsic::ErrorContextTransfer,
            _ => return Ok(None),
        }))
    }
}

/// Returns the options of a function that passes no values in memory.
fn bare(instance: RuntimeComponentInstanceIndex, is_async: bool) -> Options {
    Options {
        component_instance: instance.as_u32(),
        encoding: Encoding::Utf8,
        memory: None,
        realloc: None,
        post_return: None,
        callback: None,
        is_async,
    }
}
