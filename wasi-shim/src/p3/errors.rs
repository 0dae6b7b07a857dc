//! Errors and types of files as the interfaces of WASI 0.3 have them.

use crate::errno::Errno;
use crate::p2::errors::ErrorCode;
use crate::p2::filesystem::type_number;
use crate::types::FileType;
use quench_component_support::{Call, Layout, Store, Text};

/// A case of a variant whose last case is `other(option<string>)` and the only one with a
/// payload; the host never knows more.
const WITH_OTHER: Layout = Layout::variant(Layout::EMPTY, <Option<Text<'static>>>::LAYOUT);

fn store_case(case: u8, other: u8, call: &mut Call, address: u32) {
    case.store(call, address);
    if case == other {
        None::<Text<'_>>.store(call, address + WITH_OTHER.alignment);
    }
}

/// `wasi:filesystem/types.error-code`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure(pub(super) ErrorCode);

impl From<Errno> for Failure {
    fn from(errno: Errno) -> Failure {
        Failure(errno.into())
    }
}

impl From<ErrorCode> for Failure {
    fn from(code: ErrorCode) -> Failure {
        Failure(code)
    }
}

impl Store for Failure {
    const LAYOUT: Layout = WITH_OTHER;

    fn store(self, call: &mut Call, address: u32) {
        const OTHER: u8 = 36;
        // The cases are those of WASI 0.2 without `would-block`.
        let case = match self.0 {
            ErrorCode::Access => 0,
            ErrorCode::WouldBlock => OTHER,
            code => code as u8 - 1,
        };
        store_case(case, OTHER, call, address);
    }
}

/// `wasi:cli/types.error-code`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum StreamFailure {
    Io = 0,
    IllegalByteSequence = 1,
    Pipe = 2,
}

impl From<Errno> for StreamFailure {
    fn from(errno: Errno) -> StreamFailure {
        match errno {
            Errno::Pipe => StreamFailure::Pipe,
            Errno::IllegalSequence => StreamFailure::IllegalByteSequence,
            _ => StreamFailure::Io,
        }
    }
}

impl Store for StreamFailure {
    const LAYOUT: Layout = Layout::number(1);

    fn store(self, call: &mut Call, address: u32) {
        (self as u8).store(call, address);
    }
}

/// `wasi:filesystem/types.descriptor-type`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct DescriptorType(pub(super) FileType);

impl Store for DescriptorType {
    const LAYOUT: Layout = WITH_OTHER;

    fn store(self, call: &mut Call, address: u32) {
        const OTHER: u8 = 7;
        // The first of WASI 0.2 is `unknown`.
        let case = type_number(self.0).checked_sub(1).unwrap_or(OTHER);
        store_case(case, OTHER, call, address);
    }
}
