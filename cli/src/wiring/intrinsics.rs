//! The symbols of the host's functions that are a part of the component model.

use quench_component::{
    ChannelOperation, InstanceOperation, Intrinsic, TaskHelper, TaskOperation, TranscodeOperation,
};

/// Returns the symbol of a function.
pub fn symbol(intrinsic: &Intrinsic) -> &'static str {
    match intrinsic {
        Intrinsic::ResourceNew { .. } => "quench_resource_new",
        Intrinsic::ResourceRep { .. } => "quench_resource_rep",
        Intrinsic::ResourceDrop { .. } => "quench_resource_drop",
        Intrinsic::TransferOwn => "quench_resource_transfer_own",
        Intrinsic::TransferBorrow => "quench_resource_transfer_borrow",
        Intrinsic::EnterSyncCall => "quench_component_enter_call",
        Intrinsic::ExitSyncCall => "quench_component_exit_call",
        Intrinsic::Trap => "quench_component_trap",
        Intrinsic::Transcode { operation, .. } => transcoder(*operation),
        Intrinsic::OfInstance { operation, .. } => instance_function(*operation),
        Intrinsic::OfTask { operation, .. } => task_function(*operation),
        Intrinsic::OfChannel { is_future, operation, .. } => {
            let [stream, future] = channel_functions(*operation);
            if *is_future { future } else { stream }
        }
        Intrinsic::OfTaskInTheMaking(helper) => task_helper(*helper),
        Intrinsic::CallPrepare { .. } => "quench_call_prepare",
        Intrinsic::CallStart { waits: false, .. } => "quench_call_start",
        Intrinsic::CallStart { waits: true, .. } => "quench_call_start_and_wait",
        Intrinsic::ThreadNew { .. } => "quench_thread_new",
        Intrinsic::TaskReturn { .. } => "quench_task_return",
        Intrinsic::TaskBegin(_) => "quench_task_begin",
        Intrinsic::TaskFinish(_) => "quench_task_finish",
        Intrinsic::TaskAwait(_) => "quench_task_await",
        Intrinsic::StreamTransfer => "quench_stream_transfer",
        Intrinsic::FutureTransfer => "quench_future_transfer",
        Intrinsic::ErrorContextTransfer => "quench_error_context_transfer",
    }
}

fn instance_function(operation: InstanceOperation) -> &'static str {
    match operation {
        InstanceOperation::BackpressureInc => "quench_backpressure_inc",
        InstanceOperation::BackpressureDec => "quench_backpressure_dec",
        InstanceOperation::ThreadIndex => "quench_thread_index",
        InstanceOperation::ThreadResumeLater => "quench_thread_resume_later",
        InstanceOperation::TaskCancel => "quench_task_cancel",
        InstanceOperation::WaitableSetNew => "quench_waitable_set_new",
        InstanceOperation::WaitableSetDrop => "quench_waitable_set_drop",
        InstanceOperation::WaitableJoin => "quench_waitable_join",
        InstanceOperation::SubtaskDrop => "quench_subtask_drop",
        InstanceOperation::ErrorContextDrop => "quench_error_context_drop",
    }
}

fn task_helper(helper: TaskHelper) -> &'static str {
    match helper {
        TaskHelper::TakeResult => "quench_task_take_result",
        TaskHelper::TakeArgument => "quench_task_take_argument",
        TaskHelper::Argument => "quench_task_argument",
        TaskHelper::Result => "quench_task_result",
        TaskHelper::Prepared => "quench_task_prepared",
    }
}

fn task_function(operation: TaskOperation) -> &'static str {
    match operation {
        TaskOperation::WaitableSetWait => "quench_waitable_set_wait",
        TaskOperation::WaitableSetPoll => "quench_waitable_set_poll",
        TaskOperation::SubtaskCancel => "quench_subtask_cancel",
        TaskOperation::ThreadSuspend => "quench_thread_suspend",
        TaskOperation::ThreadYield => "quench_thread_yield",
        TaskOperation::ThreadSuspendThenResume => "quench_thread_suspend_then_resume",
        TaskOperation::ThreadYieldThenResume => "quench_thread_yield_then_resume",
        TaskOperation::ThreadSuspendThenPromote => "quench_thread_suspend_then_promote",
        TaskOperation::ThreadYieldThenPromote => "quench_thread_yield_then_promote",
        TaskOperation::ErrorContextNew => "quench_error_context_new",
        TaskOperation::ErrorContextDebugMessage => "quench_error_context_debug_message",
    }
}

/// Returns the functions for streams and for futures.
fn channel_functions(operation: ChannelOperation) -> [&'static str; 2] {
    match operation {
        ChannelOperation::New => ["quench_stream_new", "quench_future_new"],
        ChannelOperation::Read => ["quench_stream_read", "quench_future_read"],
        ChannelOperation::Write => ["quench_stream_write", "quench_future_write"],
        ChannelOperation::CancelRead => ["quench_stream_cancel_read", "quench_future_cancel_read"],
        ChannelOperation::CancelWrite => {
            ["quench_stream_cancel_write", "quench_future_cancel_write"]
        }
        ChannelOperation::DropReadable => {
            ["quench_stream_drop_readable", "quench_future_drop_readable"]
        }
        ChannelOperation::DropWritable => {
            ["quench_stream_drop_writable", "quench_future_drop_writable"]
        }
    }
}

fn transcoder(operation: TranscodeOperation) -> &'static str {
    match operation {
        TranscodeOperation::CopyUtf8 => "quench_transcode_copy_utf8",
        TranscodeOperation::CopyUtf16 => "quench_transcode_copy_utf16",
        TranscodeOperation::CopyLatin1 => "quench_transcode_copy_latin1",
        TranscodeOperation::Latin1ToUtf16 => "quench_transcode_latin1_to_utf16",
        TranscodeOperation::Latin1ToUtf8 => "quench_transcode_latin1_to_utf8",
        TranscodeOperation::Utf16ToCompactProbablyUtf16 => {
            "quench_transcode_utf16_to_compact_probably_utf16"
        }
        TranscodeOperation::Utf16ToCompactUtf16 => "quench_transcode_utf16_to_compact_utf16",
        TranscodeOperation::Utf16ToLatin1 => "quench_transcode_utf16_to_latin1",
        TranscodeOperation::Utf16ToUtf8 => "quench_transcode_utf16_to_utf8",
        TranscodeOperation::Utf8ToCompactUtf16 => "quench_transcode_utf8_to_compact_utf16",
        TranscodeOperation::Utf8ToLatin1 => "quench_transcode_utf8_to_latin1",
        TranscodeOperation::Utf8ToUtf16 => "quench_transcode_utf8_to_utf16",
    }
}
