//! The types of resources of WASI 0.2, each under the symbol that its import becomes, and
//! what happens when an own handle is dropped.
//!
//! A type of the component `wasi:io/poll@0.2.6` with the name `pollable` has the symbol
//! `wasi-0.2:io/poll.pollable`, whatever the last number of the version.
//!
//! # Safety
//!
//! The symbols are named after the imports and collide with nothing else. A record is never
//! written to.
#![allow(unsafe_code, reason = "see Safety")]

use crate::state::{State, state};
use quench_abi::Text;
use quench_abi::component::ResourceType;

/// A type of resources of the host's.
#[repr(transparent)]
pub(crate) struct Resource(ResourceType);

// SAFETY: it is never written to.
unsafe impl Sync for Resource {}

impl Resource {
    pub(crate) const fn new(name: &'static str, destructor: unsafe extern "C" fn(u32)) -> Resource {
        Resource(ResourceType {
            destructor: Some(destructor),
            owner: core::ptr::null(),
            name: Text { bytes: name.as_ptr(), length: name.len() as u64 },
        })
    }

    /// Returns the record by which handles know the type.
    pub(crate) fn record(&'static self) -> &'static ResourceType {
        &self.0
    }
}

/// Exports types of resources: name, interface, and the function that is called with the
/// state and what a handle stood for when an own handle is dropped.
macro_rules! resources {
    ($($RESOURCE:ident = $interface:literal $name:literal => $drop:expr;)*) => {$(
        #[unsafe(export_name = concat!("wasi-0.2:", $interface, ".", $name))]
        pub(crate) static $RESOURCE: Resource = {
            unsafe extern "C" fn destructor(representation: u32) {
                ($drop)(state(), representation)
            }
            Resource::new($name, destructor)
        };
    )*};
}

resources! {
    ERROR = "io/error" "error" => drop_object;
    POLLABLE = "io/poll" "pollable" => drop_object;
    INPUT_STREAM = "io/streams" "input-stream" => drop_object;
    OUTPUT_STREAM = "io/streams" "output-stream" => drop_object;
    TERMINAL_INPUT = "cli/terminal-input" "terminal-input" => |_, _| {};
    TERMINAL_OUTPUT = "cli/terminal-output" "terminal-output" => |_, _| {};
    DESCRIPTOR = "filesystem/types" "descriptor" => drop_descriptor;
    DIRECTORY_ENTRY_STREAM = "filesystem/types" "directory-entry-stream" => drop_object;
    NETWORK = "sockets/network" "network" => |_, _| {};
    TCP_SOCKET = "sockets/tcp" "tcp-socket" => |_, _| {};
    UDP_SOCKET = "sockets/udp" "udp-socket" => |_, _| {};
    INCOMING_DATAGRAM_STREAM = "sockets/udp" "incoming-datagram-stream" => |_, _| {};
    OUTGOING_DATAGRAM_STREAM = "sockets/udp" "outgoing-datagram-stream" => |_, _| {};
    RESOLVE_ADDRESS_STREAM = "sockets/ip-name-lookup" "resolve-address-stream" => |_, _| {};
}

fn drop_object(state: &mut State, number: u32) {
    state.objects.remove(number, &mut state.descriptors);
}

pub(crate) fn drop_descriptor(state: &mut State, number: u32) {
    state.objects.release(number, &mut state.descriptors);
}
