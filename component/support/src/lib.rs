//! The canonical ABI of the component model at run time, for executables that are made of
//! components: handles of resources, calls between component instances, strings that
//! change their encoding, and the values that host functions take and return. Knows no
//! host interface, and has no heap.
//!
//! | file | what |
//! | --- | --- |
//! | `trap` | ends the program where a component breaks a rule |
//! | `handles` | the handles of a component instance |
//! | `calls` | calls from one component instance to another, and what they borrow |
//! | `resources` | the built-in functions for resources |
//! | `lower` | arguments and results of functions of the host |
//! | `pool` | tables of a fixed size |
//! | `waitable` | what tasks wait for, and sets of it |
//! | `tables` | tables of handles, by the numbers that types have for them |
//! | `ends` | the ends of streams and futures, and how they change hands |
//! | `error_context` | error contexts |
//! | `elements` | elements that go from one guest to another |
//! | `channel` | reading and writing of streams and futures |
//! | `thread` | threads, and how one goes on in place of another |
//! | `task` | tasks: how they begin, go on and end |
//! | `schedule` | the loop that lets them go on, and what waits for it |
//! | `task_functions`, `thread_functions`, `waiting` | the built-in functions for all of these |
//! | `description`, `values` | types of functions, as data, and values in memory |
//! | `arguments`, `results`, `invoke` | calls of exported functions by the program itself |
//! | `transcode`, `strings` | strings: from one encoding to another, and between memories |
#![no_std]

mod arguments;
mod calls;
mod channel;
mod description;
mod elements;
mod ends;
mod error_context;
mod handles;
mod invoke;
mod lower;
mod pool;
mod queue;
mod resources;
mod results;
mod schedule;
mod strings;
mod tables;
mod task;
mod task_functions;
mod thread;
mod thread_functions;
mod transcode;
mod trap;
mod values;
mod waitable;
mod waiting;

pub use channel::{retry, take_stream};
pub use ends::{HostChannel, HostEnd, HostOperations, Transfer, future_of_host, stream_of_host};
pub use lower::{Bytes, Call, Layout, List, Store, Text};
pub use resources::{own_handle, representation, take_representation};
pub use trap::{trap, trap_line};
pub use waitable::{Interest, interest_of, interests};
pub use waiting::{RETURNED, subtask, wait};
