//! Hashes of descriptions that consist of many small pieces.

use blake3::Hasher;

/// The key of an entry in the cache. Functions with equal keys have equal code.
pub type Key = [u8; 16];

/// The most bytes that are collected before they are hashed.
const BUFFER: usize = 1 << 12;

/// A hasher for many small pieces, which it collects before it hashes them.
#[derive(Clone, Default)]
pub(super) struct Buffered {
    /// The hasher of the pieces before those in `buffer`.
    hasher: Hasher,
    /// The pieces that have not been hashed yet.
    buffer: Vec<u8>,
}

impl Buffered {
    /// Adds bytes as they are.
    pub(super) fn add(&mut self, bytes: &[u8]) {
        if self.buffer.len() + bytes.len() > BUFFER {
            self.hasher.update(&self.buffer);
            self.buffer.clear();
        }
        if bytes.len() > BUFFER {
            self.hasher.update(bytes);
        } else {
            self.buffer.extend_from_slice(bytes);
        }
    }

    /// Adds a number, in 8 bytes.
    pub(super) fn number(&mut self, number: u64) {
        self.add(&number.to_le_bytes());
    }

    /// Adds a text after its length, so that the text cannot be confused with what follows
    /// it.
    pub(super) fn text(&mut self, text: &[u8]) {
        self.number(text.len() as u64);
        self.add(text);
    }

    /// Returns the hash of all that was added.
    pub(super) fn digest(mut self) -> Key {
        self.hasher.update(&self.buffer);
        first_half(&self.hasher)
    }
}

/// Returns the first half of a hash of 32 bytes.
pub(super) fn first_half(hasher: &Hasher) -> Key {
    let mut key = Key::default();
    hasher.finalize_xof().fill(&mut key);
    key
}
