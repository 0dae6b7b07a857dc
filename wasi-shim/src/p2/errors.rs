//! Errors as the interfaces have them.

use super::host::Host;
use super::resources::ERROR;
use crate::errno::Errno;
use crate::objects::Object;
use quench_component_support::{Call, Layout, Store};

/// `wasi:filesystem/types.error-code`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum ErrorCode {
    Access = 0,
    WouldBlock = 1,
    Already = 2,
    BadDescriptor = 3,
    Busy = 4,
    Deadlock = 5,
    Quota = 6,
    Exist = 7,
    FileTooLarge = 8,
    IllegalByteSequence = 9,
    InProgress = 10,
    Interrupted = 11,
    Invalid = 12,
    Io = 13,
    IsDirectory = 14,
    Loop = 15,
    TooManyLinks = 16,
    MessageSize = 17,
    NameTooLong = 18,
    NoDevice = 19,
    NoEntry = 20,
    NoLock = 21,
    InsufficientMemory = 22,
    InsufficientSpace = 23,
    NotDirectory = 24,
    NotEmpty = 25,
    NotRecoverable = 26,
    Unsupported = 27,
    NoTty = 28,
    NoSuchDevice = 29,
    Overflow = 30,
    NotPermitted = 31,
    Pipe = 32,
    ReadOnly = 33,
    InvalidSeek = 34,
    TextFileBusy = 35,
    CrossDevice = 36,
}

impl From<Errno> for ErrorCode {
    fn from(errno: Errno) -> ErrorCode {
        match errno {
            Errno::Access => ErrorCode::Access,
            Errno::Again => ErrorCode::WouldBlock,
            Errno::Already => ErrorCode::Already,
            Errno::BadDescriptor => ErrorCode::BadDescriptor,
            Errno::Busy => ErrorCode::Busy,
            Errno::Deadlock => ErrorCode::Deadlock,
            Errno::Quota => ErrorCode::Quota,
            Errno::Exists => ErrorCode::Exist,
            Errno::FileTooBig => ErrorCode::FileTooLarge,
            Errno::IllegalSequence => ErrorCode::IllegalByteSequence,
            Errno::InProgress => ErrorCode::InProgress,
            Errno::Interrupted => ErrorCode::Interrupted,
            Errno::Invalid => ErrorCode::Invalid,
            Errno::IsDirectory => ErrorCode::IsDirectory,
            Errno::Loop => ErrorCode::Loop,
            Errno::TooManyLinks => ErrorCode::TooManyLinks,
            Errno::MessageSize => ErrorCode::MessageSize,
            Errno::NameTooLong => ErrorCode::NameTooLong,
            Errno::NoDevice => ErrorCode::NoDevice,
            Errno::NoEntry => ErrorCode::NoEntry,
            Errno::NoLocks => ErrorCode::NoLock,
            Errno::NoMemory | Errno::TooManyOpen | Errno::TooManyOpenInSystem => {
                ErrorCode::InsufficientMemory
            }
            Errno::NoSpace => ErrorCode::InsufficientSpace,
            Errno::NotDirectory => ErrorCode::NotDirectory,
            Errno::NotEmpty => ErrorCode::NotEmpty,
            Errno::NotRecoverable => ErrorCode::NotRecoverable,
            Errno::NotSupported | Errno::NoSystemCall => ErrorCode::Unsupported,
            Errno::NotTerminal => ErrorCode::NoTty,
            Errno::NoSuchDevice => ErrorCode::NoSuchDevice,
            Errno::Overflow => ErrorCode::Overflow,
            Errno::NotPermitted | Errno::NotCapable => ErrorCode::NotPermitted,
            Errno::Pipe => ErrorCode::Pipe,
            Errno::ReadOnly => ErrorCode::ReadOnly,
            Errno::IllegalSeek => ErrorCode::InvalidSeek,
            Errno::TextBusy => ErrorCode::TextFileBusy,
            Errno::CrossDevice => ErrorCode::CrossDevice,
            _ => ErrorCode::Io,
        }
    }
}

impl ErrorCode {
    /// Returns the name that the interface has for the error.
    pub(super) fn name(self) -> &'static str {
        // In the order of their numbers.
        const NAMES: &str = "access would-block already bad-descriptor busy deadlock quota exist \
            file-too-large illegal-byte-sequence in-progress interrupted invalid io is-directory \
            loop too-many-links message-size name-too-long no-device no-entry no-lock \
            insufficient-memory insufficient-space not-directory not-empty not-recoverable \
            unsupported no-tty no-such-device overflow not-permitted pipe read-only invalid-seek \
            text-file-busy cross-device";
        NAMES.split(' ').nth(self as usize).unwrap_or_default()
    }
}

impl Store for ErrorCode {
    const LAYOUT: Layout = Layout::number(1);

    fn store(self, call: &mut Call, address: u32) {
        (self as u8).store(call, address);
    }
}

/// `wasi:io/streams.stream-error`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StreamError {
    /// The operation failed; a handle of the error.
    LastOperationFailed(u32),
    /// The stream has ended.
    Closed,
}

impl StreamError {
    /// Returns the error of an operation that failed.
    pub(super) fn new(host: &mut Host<'_>, errno: Errno) -> StreamError {
        StreamError::LastOperationFailed(host.give_object(&ERROR, Object::Error(errno)))
    }
}

impl Store for StreamError {
    const LAYOUT: Layout = Layout::variant(Layout::number(4), Layout::EMPTY);

    fn store(self, call: &mut Call, address: u32) {
        match self {
            StreamError::LastOperationFailed(error) => {
                0_u8.store(call, address);
                error.store(call, address + 4);
            }
            StreamError::Closed => 1_u8.store(call, address),
        }
    }
}

/// Returns the errno of an error that a guest lends.
fn errno(host: &Host<'_>, this: u32) -> Errno {
    match host.state.objects.get(host.borrowed(&ERROR, this)) {
        Some(Object::Error(errno)) => errno,
        _ => Errno::Io,
    }
}

pub(super) fn to_debug_string(
    host: &mut Host<'_>,
    this: u32,
) -> quench_component_support::Text<'static> {
    let code = ErrorCode::from(errno(host, this));
    quench_component_support::Text(code.name().as_bytes())
}

pub(super) fn filesystem_error_code(host: &mut Host<'_>, error: u32) -> Option<ErrorCode> {
    Some(errno(host, error).into())
}

#[cfg(test)]
mod tests {
    use super::ErrorCode;

    #[test]
    fn names() {
        assert_eq!(ErrorCode::Access.name(), "access");
        assert_eq!(ErrorCode::FileTooLarge.name(), "file-too-large");
        assert_eq!(ErrorCode::CrossDevice.name(), "cross-device");
    }
}
