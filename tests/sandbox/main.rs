//! Tests the promises of docs/SANDBOX.md the way an attacker would: guests that
//! call the kernel directly (`hole`), that pass whatever pointers they like
//! (`hostile`), or those at each edge of memory (`edges`), that try all paths
//! (`paths`) and swap links meanwhile (`race`), that use up and renumber
//! descriptors (`descriptors`); sockets (`sockets`), what every program meets
//! (`everyday`), what the other side does (`streams`), positions in directories
//! (`listing`), limits (`limits`), core dumps (`core_dump`), and the
//! executable as a file (`hardening`); each function that components import
//! (`interfaces`), and components that break every rule (`components`); files in the
//! executable (`embedded`). `script`
//! makes guests from lists of calls, `command` and `world` make components of
//! such lists, `guest` builds them.

mod command;
mod components;
mod core_dump;
mod descriptors;
mod edges;
mod embedded;
mod everyday;
mod guest;
mod hardening;
mod hole;
mod hostile;
mod interfaces;
mod limits;
mod listing;
mod paths;
mod race;
mod script;
mod sockets;
mod streams;
mod world;
