//! `wasi:sockets`. A program can open no sockets: the functions that would make one say that
//! it may not, and the others cannot be reached.

use super::host::Host;
use super::resources::NETWORK;
use quench_component_support::{Call, Layout, Store};

/// The part of `wasi:sockets/network.error-code` that occurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum ErrorCode {
    AccessDenied = 1,
}

impl Store for ErrorCode {
    const LAYOUT: Layout = Layout::number(1);

    fn store(self, call: &mut Call, address: u32) {
        (self as u8).store(call, address);
    }
}

/// Returns the network that there is, which leads nowhere.
pub(super) fn instance_network(host: &mut Host<'_>) -> u32 {
    host.give(&NETWORK, 0)
}

pub(super) fn create_socket(_: &mut Host<'_>, _family: u32) -> Result<u32, ErrorCode> {
    Err(ErrorCode::AccessDenied)
}

pub(super) fn resolve_addresses(
    host: &mut Host<'_>,
    network: u32,
    name: u32,
    length: u32,
) -> Result<u32, ErrorCode> {
    host.borrowed(&NETWORK, network);
    // Only so that it traps where any other text would.
    host.call.text(name, length, &mut host.state.objects.buffer);
    Err(ErrorCode::AccessDenied)
}
