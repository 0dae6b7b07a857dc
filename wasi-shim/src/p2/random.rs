//! `wasi:random`. What is called insecure is as random as the rest.

use super::host::Host;
use crate::errno::Errno;
use crate::random;
use quench_component_support::{Bytes, Layout, Store, trap};

/// Returns bytes of the kernel's.
fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if random::fill(&mut bytes).is_err() {
        unavailable();
    }
    bytes
}

fn unavailable() -> ! {
    trap("the kernel gives no random numbers")
}

/// A list of random bytes of this length.
pub(crate) struct RandomBytes(u64);

impl Store for RandomBytes {
    const LAYOUT: Layout = Bytes::LAYOUT;

    fn store(self, call: &mut quench_component_support::Call, address: u32) {
        let Ok(length) = u32::try_from(self.0) else {
            trap("more random bytes are asked for than a memory holds");
        };
        let place = call.allocate(length, 1);
        let mut memory = call.memory();
        let filled = memory
            .bytes_mut(place.into(), length.into())
            .ok_or(Errno::Fault)
            .and_then(random::fill);
        if filled.is_err() {
            unavailable();
        }
        place.store(call, address);
        length.store(call, address + 4);
    }
}

pub(crate) fn get_bytes(_: &mut Host<'_>, length: u64) -> RandomBytes {
    RandomBytes(length)
}

pub(crate) fn get_u64(_: &mut Host<'_>) -> u64 {
    u64::from_le_bytes(bytes())
}

/// Returns the same numbers each time.
pub(crate) fn seed(host: &mut Host<'_>) -> (u64, u64) {
    let seed = host.state.objects.seed.unwrap_or_else(|| (get_u64(host), get_u64(host)));
    host.state.objects.seed = Some(seed);
    seed
}
